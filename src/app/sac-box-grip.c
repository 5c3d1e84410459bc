#include "sac-box-grip.h"

#include <math.h>

SacGrip
sac_grip_pick (const SacBox *box, double x, double y, double reach_x, double reach_y)
{
  double right = box->x + box->width, bottom = box->y + box->height;
  gboolean near_left = fabs (x - box->x) <= reach_x, near_right = fabs (x - right) <= reach_x;
  gboolean near_top = fabs (y - box->y) <= reach_y, near_bottom = fabs (y - bottom) <= reach_y;
  gboolean along_x = x >= box->x - reach_x && x <= right + reach_x, along_y = y >= box->y - reach_y && y <= bottom + reach_y;
  SacGrip grip = SAC_GRIP_NONE;

  if (!along_x || !along_y)
    return SAC_GRIP_NONE;
  /* In a box smaller than two handles the nearer side is meant; in the middle third it is the box. */
  if (near_left && near_right)
    near_left = fabs (x - box->x) < fabs (x - right), near_right = !near_left;
  if (near_top && near_bottom)
    near_top = fabs (y - box->y) < fabs (y - bottom), near_bottom = !near_top;
  if (box->width < 3 * reach_x && fabs (x - box->x - box->width / 2) < box->width / 6)
    near_left = near_right = FALSE;
  if (box->height < 3 * reach_y && fabs (y - box->y - box->height / 2) < box->height / 6)
    near_top = near_bottom = FALSE;
  grip = (near_left ? SAC_GRIP_LEFT : 0) | (near_right ? SAC_GRIP_RIGHT : 0) | (near_top ? SAC_GRIP_TOP : 0)
         | (near_bottom ? SAC_GRIP_BOTTOM : 0);
  if (grip)
    return grip;
  return x >= box->x && x <= right && y >= box->y && y <= bottom ? SAC_GRIP_ALL : SAC_GRIP_NONE;
}

void
sac_box_keep_inside (SacBox *box, double width, double height)
{
  box->width = CLAMP (box->width, MIN (1, width), width);
  box->height = CLAMP (box->height, MIN (1, height), height);
  box->x = CLAMP (box->x, 0, width - box->width);
  box->y = CLAMP (box->y, 0, height - box->height);
}

/* One axis: [@at, @at + @size] of a picture of length @length. */
static void
drag_axis (double *at, double *size, gboolean low, gboolean high, double d, double snap, double length)
{
  double a = *at, b = *at + *size;

  if (low && high)
    {
      a = CLAMP (a + d, 0, length - *size);
      if (a < snap)
        a = 0;
      else if (a > length - *size - snap)
        a = length - *size;
      *at = MAX (a, 0);
      return;
    }
  if (low)
    a += d;
  if (high)
    b += d;
  if (low)
    a = a < snap ? 0 : a > length - snap ? length : a;
  if (high)
    b = b < snap ? 0 : b > length - snap ? length : b;
  a = CLAMP (a, 0, length);
  b = CLAMP (b, 0, length);
  *at = MIN (a, b);
  *size = MAX (fabs (b - a), MIN (1, length));
  *at = MIN (*at, length - *size);
}

void
sac_grip_drag (SacBox *box, SacGrip grip, double dx, double dy, double snap_x, double snap_y, double width, double height)
{
  if (grip & (SAC_GRIP_LEFT | SAC_GRIP_RIGHT))
    drag_axis (&box->x, &box->width, (grip & SAC_GRIP_LEFT) != 0, (grip & SAC_GRIP_RIGHT) != 0, dx, snap_x, width);
  if (grip & (SAC_GRIP_TOP | SAC_GRIP_BOTTOM))
    drag_axis (&box->y, &box->height, (grip & SAC_GRIP_TOP) != 0, (grip & SAC_GRIP_BOTTOM) != 0, dy, snap_y, height);
}

const char *
sac_grip_cursor (SacGrip grip)
{
  switch ((guint) grip)
    {
    case SAC_GRIP_LEFT:
    case SAC_GRIP_RIGHT:
      return "ew-resize";
    case SAC_GRIP_TOP:
    case SAC_GRIP_BOTTOM:
      return "ns-resize";
    case SAC_GRIP_LEFT | SAC_GRIP_TOP:
    case SAC_GRIP_RIGHT | SAC_GRIP_BOTTOM:
      return "nwse-resize";
    case SAC_GRIP_RIGHT | SAC_GRIP_TOP:
    case SAC_GRIP_LEFT | SAC_GRIP_BOTTOM:
      return "nesw-resize";
    case SAC_GRIP_ALL:
      return "move";
    case SAC_GRIP_NONE:
    default:
      return NULL;
    }
}
