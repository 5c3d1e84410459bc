/* Scores files, wherever they lie. */
#pragma once
#include "sac-run.h"

gboolean   _sac_scores_write_to (const char *path, const SacScores *scores, GError **error);
SacScores *_sac_scores_read_from (const char *path, const char *split, GError **error);
