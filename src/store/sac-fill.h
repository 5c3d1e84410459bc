/* Made-up projects of any size, for measuring: a hundred thousand clips cannot be drawn by hand. */
#pragma once
#include "sac-store.h"

/* All numbers may be 0.  @n_marks: segments of the first new clip alone, beside its share of @n_segments. */
typedef struct {
  guint n_items, n_labels, n_tags, n_segments, n_boxes, n_marks;
  guint64 seed;
} SacFill;

/* Adds what @fill says in one go, without undo; the history is emptied.  In a project without clips each new one is a video of
 * its own whose file is not there (12 s, 25 fps, 256 × 256); else the new ones are clips of the videos that are there, in turn,
 * so that they have pictures.  Tags are spread over labels "label-00" …, segments and tracks of 20 boxes over the clips.  About a
 * million rows a second.  The same numbers and seed give the same project. */
gboolean sac_project_fill (SacProject *project, const SacFill *fill, SacProgressFunc progress, gpointer data, GError **error);
