/* What the timeline shows, read from the project. */
#include "sac-timeline-view-private.h"

#define FEW 3000                /* segments that are read at once: some ms */
#define MOST_TRACK_ROWS 24      /* more objects share the rows of their labels */

/* ---- a row a label, and below it one for each of its tracks. */

typedef struct {
  SacId item;
  char *path;                   /* of the project */
  GArray *rows;                 /* SacTimelineKey */
  GPtrArray *tracks;            /* GArray of SacMark, a row each: what of the tracks is shown */
  GArray *hidden, *foreign;     /* SacId: layers that are not shown; that are somebody else's */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->path);
  g_array_unref (asked->rows);
  g_ptr_array_unref (asked->tracks);
  g_array_unref (asked->hidden);
  g_array_unref (asked->foreign);
  g_free (asked);
}

static gboolean
is_in (const GArray *layers, SacId layer)
{
  for (guint i = 0; i < layers->len; i++)
    if (g_array_index (layers, SacId, i) == layer)
      return TRUE;
  return FALSE;
}

/* The rows' marks: segments, and the tracks that were asked with. */
static GPtrArray *
make_rows (const Asked *asked, GPtrArray *segments)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_int64_hash, g_int64_equal);
  GPtrArray *made = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_marks_free);

  for (guint r = 0; r < asked->rows->len; r++)
    {
      SacTimelineKey *key = &g_array_index (asked->rows, SacTimelineKey, r);

      if (!key->track)
        g_hash_table_insert (places, &key->label, GUINT_TO_POINTER (r + 1));
    }
  for (guint s = 0; segments && s < segments->len; s++)
    {
      const SacSegment *segment = segments->pdata[s];
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &segment->label));
      SacMark mark = { segment->in_ns, segment->out_ns, segment->id, 0, FALSE, is_in (asked->foreign, segment->layer) };

      if (!place || is_in (asked->hidden, segment->layer))
        continue;
      mark.colour = g_array_index (asked->rows, SacTimelineKey, place - 1).colour;
      g_array_append_val (asked->tracks->pdata[place - 1], mark);
    }
  for (guint r = 0; r < asked->rows->len; r++)
    {
      GArray *marks = asked->tracks->pdata[r];

      g_ptr_array_add (made, sac_marks_new ((SacMark *) (gpointer) marks->data, marks->len));
    }
  return made;
}

/* The stretches of a track in which the object is there. */
static void
add_track (GArray *marks, const SacTrack *track, const SacItem *item, SacMedia *media, guint32 colour, gboolean foreign)
{
  gint64 start = -1;

  for (guint b = 0; b <= track->n_boxes; b++)
    {
      gboolean there = b < track->n_boxes && !track->boxes[b].outside;
      gint64 at = b == track->n_boxes ? item->out_ns
                  : media ? sac_media_get_time_ns (media, MIN (track->boxes[b].frame, sac_media_get_n_frames (media) - 1))
                  : (gint64) (track->boxes[b].frame * 1e9 / MAX (item->fps, 1));

      if (there && start < 0)
        start = at;
      if (!there && start >= 0)
        {
          SacMark mark = { start, MAX (at, start + 1), -track->id, colour, TRUE, foreign };

          g_array_append_val (marks, mark);
          start = -1;
        }
    }
}

/* The selected track's keyframes. */
static void
read_points (SacTimelineView *self, const SacTrack *track, const SacItem *item, SacMedia *media)
{
  for (guint b = 0; b < track->n_boxes; b++)
    {
      gint64 at = media ? sac_media_get_time_ns (media, MIN (track->boxes[b].frame, sac_media_get_n_frames (media) - 1))
                        : (gint64) (track->boxes[b].frame * 1e9 / MAX (item->fps, 1));

      g_array_append_val (self->points, at);
    }
}

static void
add_row (Asked *asked, const SacLabel *label, SacId track, guint number)
{
  SacTimelineKey key = { label->id, track, number, label->colour };

  g_array_append_val (asked->rows, key);
  g_ptr_array_add (asked->tracks, g_array_new (FALSE, FALSE, sizeof (SacMark)));
}

/* The marks of a track, in row @row. */
static void
fill_row (SacTimelineView *self, Asked *asked, guint row, const SacTrack *track, const SacItem *item)
{
  SacMedia *media = sac_player_get_media (self->player);

  if (self->track && track->id == self->track)
    {
      read_points (self, track, item, media);
      self->points_row = row;
    }
  add_track (asked->tracks->pdata[row], track, item, media, g_array_index (asked->rows, SacTimelineKey, row).colour,
             is_in (asked->foreign, track->layer));
}

static void
add_rows (SacTimelineView *self, SacProject *project, const SacItem *item, Asked *asked)
{
  g_autoptr (GPtrArray) tracks = sac_project_list_tracks (project, item->id, NULL);
  guint n = tracks ? tracks->len : 0;

  for (guint l = 0; l < sac_session_get_n_labels (self->session); l++)
    {
      const SacLabel *label = sac_session_get_label (self->session, l);
      guint number = 0;

      add_row (asked, label, 0, 0);
      for (guint t = 0; t < n && n <= MOST_TRACK_ROWS; t++)
        {
          const SacTrack *track = tracks->pdata[t];

          if (track->label != label->id || is_in (asked->hidden, track->layer))
            continue;
          add_row (asked, label, track->id, ++number);
          fill_row (self, asked, asked->rows->len - 1, track, item);
        }
    }
  for (guint t = 0; t < n && n > MOST_TRACK_ROWS; t++)
    {
      const SacTrack *track = tracks->pdata[t];
      int row = sac_session_find_label (self->session, track->label);

      if (row >= 0 && !is_in (asked->hidden, track->layer))
        fill_row (self, asked, (guint) row, track, item);
    }
}

/* ---- at once, or in a thread. */

static void
take_rows (SacTimelineView *self, const Asked *asked, GPtrArray *rows)
{
  g_ptr_array_unref (self->marks);
  self->marks = rows;
  g_array_unref (self->rows);
  self->rows = g_array_ref (asked->rows);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  _sac_timeline_changed (self);
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Asked *asked = data;
  g_autoptr (SacProject) project = sac_project_open_reader (asked->path, NULL);
  g_autoptr (GPtrArray) segments = project ? sac_project_list_segments (project, asked->item, NULL) : NULL;

  g_task_return_pointer (task, make_rows (asked, segments), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (source);
  GPtrArray *rows = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!rows)
    return;                     /* cancelled: something newer is read */
  g_clear_object (&self->reading);
  take_rows (self, g_task_get_task_data (G_TASK (result)), rows);
}

static Asked *
ask (SacTimelineView *self, SacProject *project, const SacItem *item)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->item = item ? item->id : 0;
  asked->path = project ? g_strdup (sac_project_get_path (project)) : NULL;
  asked->rows = g_array_new (FALSE, FALSE, sizeof (SacTimelineKey));
  asked->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  asked->hidden = self->session ? sac_session_list_hidden_layers (self->session) : g_array_new (FALSE, FALSE, sizeof (SacId));
  asked->foreign = self->session ? sac_session_list_foreign_layers (self->session) : g_array_new (FALSE, FALSE, sizeof (SacId));
  if (project && item)
    add_rows (self, project, item, asked);
  return asked;
}

void
_sac_timeline_read (SacTimelineView *self)
{
  SacProject *project = self->session ? sac_session_get_project (self->session) : NULL;
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;
  Asked *asked;

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_array_set_size (self->points, 0);
  asked = ask (self, project, item);
  if (self->session && sac_session_find_label (self->session, self->chosen) < 0)
    self->chosen = asked->rows->len ? g_array_index (asked->rows, SacTimelineKey, 0).label : 0;
  _sac_timeline_read_selected (self);
  if (asked->rows->len && sac_project_has_more_segments (project, item->id, FEW))
    {
      g_autoptr (GTask) task = NULL;

      self->reading = g_cancellable_new ();
      task = g_task_new (self, self->reading, on_read, NULL);
      g_task_set_task_data (task, asked, asked_free);
      g_task_run_in_thread (task, run_reading);
    }
  else
    {
      g_autoptr (GPtrArray) segments = asked->rows->len ? sac_project_list_segments (project, item->id, NULL) : NULL;

      take_rows (self, asked, make_rows (asked, segments));
      asked_free (asked);
    }
}

void
_sac_timeline_read_selected (SacTimelineView *self)
{
  SacProject *project = self->session ? sac_session_get_project (self->session) : NULL;

  if (self->selected && project && !sac_project_get_segment (project, self->selected, &self->said))
    sac_timeline_view_select (self, 0);
  if (!self->selected || !project)
    self->said.id = 0;
}
