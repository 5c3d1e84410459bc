#include "sac-follow.h"

#include <glib/gi18n.h>

#define PATIENCE 4              /* unsure frames in a row until it is lost */

void
sac_follow_spec_init (SacFollowSpec *spec)
{
  *spec = (SacFollowSpec) { .lost_below = 0.22, .px = 1, .share = 0.02 };
}

/* The frame as RGB; the buffer is made at the first. */
static gboolean
read_frame (SacMedia *media, guint number, guint8 **rgb, int *width, int *height, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacFrame) frame = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !(frame = sac_media_get_frame (media, number, cancellable, error)))
    return FALSE;
  if (!*rgb)
    {
      *width = sac_frame_get_width (frame);
      *height = sac_frame_get_height (frame);
      *rgb = *width >= 2 && *height >= 2 ? g_try_malloc ((gsize) *width * (gsize) *height * 3) : NULL;
    }
  if (!*rgb || *width != sac_frame_get_width (frame) || *height != sac_frame_get_height (frame))
    {
      g_set_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_UNSUPPORTED, _("Frames of this size cannot be followed through"));
      return FALSE;
    }
  return sac_frame_convert (frame, SAC_PIXELS_RGB, *rgb, (gsize) *width * 3, error);
}

/* What of the box lies in the picture; FALSE when it has left. */
static gboolean
cut_to (SacBox *box, double width, double height)
{
  double right = MIN (box->x + box->width, width), bottom = MIN (box->y + box->height, height);

  box->x = MAX (box->x, 0);
  box->y = MAX (box->y, 0);
  box->width = right - box->x;
  box->height = bottom - box->y;
  return box->width >= 2 && box->height >= 2;
}

GArray *
sac_follow (SacMedia *media, const SacBox *start, guint last, const SacFollowSpec *spec, SacFollowFunc func, gpointer data,
            SacFollowEnd *end, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (SacBox));
  g_autofree guint8 *rgb = NULL;
  g_autoptr (SacTracker) tracker = NULL;
  int width = 0, height = 0;
  guint unsure = 0;
  SacBox box = *start;

  g_return_val_if_fail (SAC_IS_MEDIA (media) && start && spec && end, NULL);
  *end = SAC_FOLLOW_AT_END;
  last = MIN (last, sac_media_get_n_frames (media) - 1);
  if (start->frame > last || start->width < 4 || start->height < 4)
    {
      g_set_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_RANGE, _("The box to follow wants at least 4 × 4 px, and a frame of the video"));
      return NULL;
    }
  if (!read_frame (media, start->frame, &rgb, &width, &height, cancellable, error))
    return NULL;
  tracker = sac_tracker_new (rgb, width, height, (gsize) width * 3, start);
  box.keyframe = TRUE;
  box.occluded = box.outside = FALSE;
  g_array_append_val (found, box);
  for (guint frame = start->frame + 1; frame <= last && *end == SAC_FOLLOW_AT_END; frame++)
    {
      double sure;

      if (!read_frame (media, frame, &rgb, &width, &height, cancellable, error))
        return NULL;
      sure = sac_tracker_step (tracker, rgb, (gsize) width * 3, &box);
      box.frame = frame;
      unsure = sure < spec->lost_below ? unsure + 1 : 0;
      {
        SacBox shown = box;

        if (!cut_to (&shown, width, height))
          unsure = PATIENCE;
        else
          g_array_append_val (found, shown);
        if (unsure >= PATIENCE)
          *end = SAC_FOLLOW_LOST;
        else if (func && !func (&shown, sure, data))
          *end = SAC_FOLLOW_STOPPED;
      }
    }
  if (*end == SAC_FOLLOW_LOST)  /* the frames at which it was unsure already are not shown as found */
    while (found->len > 1 && g_array_index (found, SacBox, found->len - 1).frame + unsure > box.frame)
      g_array_set_size (found, found->len - 1);
  sac_boxes_thin (found, spec->px, spec->share);
  return g_steal_pointer (&found);
}

gboolean
sac_follow_put (GArray *boxes, const GArray *found)
{
  const SacBox *box = (const SacBox *) (gconstpointer) found->data;
  gboolean changed = FALSE;

  for (guint i = boxes->len; found->len && i-- > 0;)
    if (g_array_index (boxes, SacBox, i).frame > box[0].frame && g_array_index (boxes, SacBox, i).frame <= box[found->len - 1].frame)
      {
        g_array_remove_index (boxes, i);
        changed = TRUE;
      }
  for (guint i = 0; i < found->len; i++)
    changed |= sac_boxes_put (boxes, &box[i]);
  return changed;
}
