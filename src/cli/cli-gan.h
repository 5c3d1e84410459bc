/* Parts of `saccade gan`. */
#pragma once
#include "data/sac-images.h"
#include "run/sac-gan-score-file.h"

void       _sac_gan_show (double fraction, const char *what, void *data);        /* a SacProgressFunc: a line each, or one that changes */
/* What --data says; tells what had to be left out.  NULL: @error. */
SacImages *_sac_gan_load (const char *source, int size, guint most, GCancellable *cancellable, GError **error);
/* "2.584 ± 0.040", or "–" where there is none; transfer full. */
char      *_sac_gan_dup_number (const SacGanMeasure *measure, double value, double deviation);
int        _sac_gan_classifier (int argc, char **argv);
int        _sac_gan_score (int argc, char **argv);
int        _sac_gan_report (int argc, char **argv);
