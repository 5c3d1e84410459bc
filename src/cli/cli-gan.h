/* Parts of `saccade gan`. */
#pragma once

void _sac_gan_show (double fraction, const char *what, void *data);      /* a SacProgressFunc: a line each, or one that changes */
int  _sac_gan_classifier (int argc, char **argv);
int  _sac_gan_score (int argc, char **argv);
