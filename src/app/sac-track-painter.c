#include "sac-track-painter.h"

struct _SacTrackPainter {
  SacSession *session;
  GPtrArray *tracks;            /* SacTrack, nullable */
};

SacTrackPainter *
sac_track_painter_new (SacSession *session)
{
  SacTrackPainter *self = g_new0 (SacTrackPainter, 1);

  self->session = g_object_ref (session);
  return self;
}

void
sac_track_painter_free (SacTrackPainter *self)
{
  g_clear_pointer (&self->tracks, g_ptr_array_unref);
  g_object_unref (self->session);
  g_free (self);
}

void
sac_track_painter_set_clip (SacTrackPainter *self, SacClip *clip)
{
  SacProject *project = sac_session_get_project (self->session);

  g_clear_pointer (&self->tracks, g_ptr_array_unref);
  if (clip && project)
    self->tracks = sac_project_list_tracks (project, sac_clip_get_id (clip), NULL);
}

guint
sac_track_painter_get_n_tracks (SacTrackPainter *self)
{
  return self->tracks ? self->tracks->len : 0;
}

static void
paint_box (SacTrackPainter *self, cairo_t *cr, const SacTrack *track, const SacBox *box, double sx, double sy,
           const graphene_rect_t *picture)
{
  int index = sac_session_find_label (self->session, track->label);
  const SacLabel *label = index >= 0 ? sac_session_get_label (self->session, (guint) index) : NULL;
  guint32 colour = label ? label->colour : 0xffffff;
  double x = picture->origin.x + box->x * sx, y = picture->origin.y + box->y * sy, w = box->width * sx, h = box->height * sy;
  const double dash[] = { 6, 4 };
  cairo_text_extents_t extents;

  cairo_rectangle (cr, x, y, w, h);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_set_line_width (cr, 4);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
  cairo_set_line_width (cr, 2);
  cairo_set_dash (cr, dash, box->occluded ? 2 : 0, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (!label)
    return;
  cairo_select_font_face (cr, "Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (cr, 12);
  cairo_text_extents (cr, label->name, &extents);
  y = y > picture->origin.y + 18 ? y - 18 : y;
  cairo_rectangle (cr, x, y, extents.x_advance + 10, 18);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.65);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, x + 5, y + 13);
  cairo_show_text (cr, label->name);
}

void
sac_track_painter_paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height,
                         gpointer data)
{
  SacTrackPainter *self = data;
  cairo_t *cr;

  if (!self->tracks || self->tracks->len == 0 || media_width < 1 || media_height < 1)
    return;
  cr = sac_frame_view_append_cairo (snapshot, picture);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const SacTrack *track = self->tracks->pdata[i];
      SacBox box;

      if (sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
        paint_box (self, cr, track, &box, picture->size.width / media_width, picture->size.height / media_height, picture);
    }
  cairo_destroy (cr);
}
