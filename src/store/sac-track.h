/* A track of boxes as numbers: what it says at each frame, and the acts on it.  No file, no database.
 *
 * A track is a list of keyframes by ascending frame.  Between two keyframes the box is interpolated linearly; after the last it
 * stays.  Before the first there is no object.  A keyframe with @outside ends the object there: from that frame up to the next
 * keyframe there is none.  @occluded holds from its keyframe on.  (CVAT's meaning of keyframe, outside and occluded.)
 * Frames are numbers of the media's index; px are of the picture as shown. */
#pragma once
#include <glib.h>

typedef struct {
  guint frame;
  double x, y, width, height;
  gboolean keyframe, occluded, outside;
} SacBox;

/* The box at @frame; FALSE where the object is not there (before the first keyframe, or outside).  @out gets keyframe TRUE only at one. */
gboolean sac_boxes_at (const SacBox *boxes, guint n, guint frame, SacBox *out);
/* Where the next keyframe helps most: the middle of the widest stretch between two keyframes in which the object is there; TRUE
 * unless no stretch is wider than one frame. */
gboolean sac_boxes_widest_gap (const SacBox *boxes, guint n, guint *frame);
/* The next keyframe after (@step 1) or before (−1) @frame; FALSE when there is none. */
gboolean sac_boxes_next_key (const SacBox *boxes, guint n, guint frame, int step, guint *to);

/* The acts.  Each takes a GArray of SacBox and changes it in place; FALSE when nothing changed. */
/* Puts a keyframe (or replaces the one at its frame). */
gboolean sac_boxes_put (GArray *boxes, const SacBox *box);
/* Takes the keyframe at @frame away; the neighbours are interpolated across.  FALSE also when it is the only one. */
gboolean sac_boxes_remove_key (GArray *boxes, guint frame);
/* The object is not there at this one frame; before and after all stays as it is shown now.  @n_frames: of the media. */
gboolean sac_boxes_delete_frame (GArray *boxes, guint frame, guint n_frames);
/* The object is not there from @frame on.  No keyframe is left when it came later: such a track is to be removed. */
gboolean sac_boxes_delete_from (GArray *boxes, guint frame);
/* Whether the object is there: @outside ends it at @frame (up to the next keyframe) with what was before kept as shown; otherwise it
 * comes back there as its last keyframe said. */
gboolean sac_boxes_set_outside (GArray *boxes, guint frame, gboolean outside);
/* @occluded from @frame up to the next keyframe. */
gboolean sac_boxes_set_occluded (GArray *boxes, guint frame, gboolean occluded);
/* The box of frame @from stays as it is until @to; keyframes between are gone. */
gboolean sac_boxes_propagate (GArray *boxes, guint from, guint to);
/* Takes the keyframes of another track of the same object in: between the first and the last of @boxes nothing changes. */
gboolean sac_boxes_merge (GArray *boxes, const SacBox *other, guint n_other);
/* Takes keyframes away where interpolation stays within @px and, of each side's length, within @share (the larger of both counts);
 * where the object is occluded or outside nothing is taken. */
gboolean sac_boxes_thin (GArray *boxes, double px, double share);
/* Sorted, one a frame, all keyframes, finite numbers: what the acts and the project file hold to. */
gboolean sac_boxes_are_valid (const SacBox *boxes, guint n);
