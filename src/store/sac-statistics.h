/* Numbers about a project, as figures whose bars and cells are queries. */
#pragma once
#include "sac-store.h"

/* Of the clips that fit @query (NULL or empty: all); the bars' queries narrow it.  Each table is read once.  Of SacFigure*, transfer full:
 *   "sides"       clips by side
 *   "labels"      by label: yes, no, unknown; the most frequent first
 *   "label-sides" by label: clips that say yes, by side
 *   "together"    labels × labels: clips that say yes to both, with the lift n_ab · n / (n_a · n_b)
 *   "per-clip"    labels on a clip
 *   "durations", "segments"   of clips and of segments of time
 *   "fps", "sizes"
 * A figure with nothing to count is left out.  Any connection, in its own thread. */
GPtrArray *sac_project_read_figures (SacProject *project, const char *query, GCancellable *cancellable, GError **error);
