/* Taking hold of a box with the pointer, as numbers: which handle lies under it, and what the box becomes when it is dragged.
 * No widget; everything in px of the picture but for the reach of a handle, which the caller gives in the same px. */
#pragma once
#include "store/sac-store.h"

/* Which sides move: any of the four together; all of them is the box itself. */
typedef enum {
  SAC_GRIP_NONE = 0, SAC_GRIP_LEFT = 1, SAC_GRIP_RIGHT = 2, SAC_GRIP_TOP = 4, SAC_GRIP_BOTTOM = 8, SAC_GRIP_ALL = 15,
} SacGrip;

/* The handle within @reach of the point, else the whole box when the point is inside, else none. */
SacGrip     sac_grip_pick (const SacBox *box, double x, double y, double reach_x, double reach_y);
/* @box after a drag of (@dx, @dy): moved sides come to lie on the picture's edge within @snap, sides pulled past their opposite
 * change places, and what is left is inside the picture. */
void        sac_grip_drag (SacBox *box, SacGrip grip, double dx, double dy, double snap_x, double snap_y, double width, double height);
/* CSS name of the pointer over it. */
const char *sac_grip_cursor (SacGrip grip);
/* Keeps @box inside @width × @height and at least 1 px large. */
void        sac_box_keep_inside (SacBox *box, double width, double height);
