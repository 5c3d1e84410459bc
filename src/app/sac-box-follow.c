/* Following an object from the frame in view: a thread finds, the window shows, and at the end it is one act. */
#include <glib/gi18n.h>

#include "data/sac-follow.h"
#include "sac-box-editor-private.h"

struct _SacFollowRun {
  SacBoxEditor *editor;         /* NULL once it has let go of us */
  SacId track;
  SacMedia *media;
  SacBox start;
  guint last;
  gboolean before_key;          /* it ends because a keyframe follows */
  GCancellable *cancellable;    /* drops what was found */

  GMutex lock;                  /* guards what follows */
  GArray *boxes;                /* SacBox, one a frame from @start on */
  gboolean stop, told;          /* by the person; the window has been woken for the newest */
  SacFollowEnd end;
  gatomicrefcount refs;
};

static void
run_unref (gpointer data)
{
  SacFollowRun *run = data;

  if (!g_atomic_ref_count_dec (&run->refs))
    return;
  g_object_unref (run->media);
  g_object_unref (run->cancellable);
  g_array_unref (run->boxes);
  g_mutex_clear (&run->lock);
  g_free (run);
}

static SacFollowRun *
run_ref (SacFollowRun *run)
{
  g_atomic_ref_count_inc (&run->refs);
  return run;
}

gboolean
_sac_box_editor_followed_box (SacBoxEditor *self, SacId track, guint frame, SacBox *box)
{
  gboolean found = FALSE;

  if (!self->run || self->run->track != track)
    return FALSE;
  g_mutex_lock (&self->run->lock);
  if (frame >= self->run->start.frame && frame - self->run->start.frame < self->run->boxes->len)
    {
      *box = g_array_index (self->run->boxes, SacBox, frame - self->run->start.frame);
      box->keyframe = found = TRUE;
    }
  g_mutex_unlock (&self->run->lock);
  return found;
}

/* ---- in the thread. */

static gboolean
show_newest (gpointer data)
{
  SacFollowRun *run = data;
  guint frame;

  g_mutex_lock (&run->lock);
  frame = run->start.frame + run->boxes->len - 1;
  run->told = FALSE;
  g_mutex_unlock (&run->lock);
  if (run->editor && run->editor->run == run)
    {
      sac_player_set_frame (run->editor->player, frame);
      sac_player_redraw (run->editor->player);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_box (const SacBox *box, double sure, gpointer data)
{
  SacFollowRun *run = data;
  gboolean stop, wake;

  g_mutex_lock (&run->lock);
  g_array_append_val (run->boxes, *box);
  stop = run->stop;
  wake = !run->told;
  run->told = TRUE;
  g_mutex_unlock (&run->lock);
  if (wake)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, show_newest, run_ref (run), run_unref);
  return !stop;
}

static void
follow_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SacFollowRun *run = data;
  SacFollowSpec spec;
  GError *error = NULL;
  GArray *found;
  SacFollowEnd end = SAC_FOLLOW_AT_END;

  sac_follow_spec_init (&spec);
  found = sac_follow (run->media, &run->start, run->last, &spec, on_box, run, &end, cancellable, &error);
  run->end = end;
  if (found)
    g_task_return_pointer (task, found, (GDestroyNotify) g_array_unref);
  else
    g_task_return_error (task, error);
}

/* ---- in the window. */

static void
tell_end (SacBoxEditor *self, SacFollowRun *run, guint frame)
{
  if (run->end == SAC_FOLLOW_LOST)
    sac_session_say (self->session, TRUE, _("Lost sight of the object after frame %u; correct the box there and go on"), frame);
  else if (run->end == SAC_FOLLOW_STOPPED)
    sac_session_say (self->session, TRUE, _("Followed the object to frame %u"), frame);
  else if (run->before_key)
    sac_session_say (self->session, TRUE, _("Followed the object to its next keyframe"));
  else
    sac_session_say (self->session, TRUE, _("Followed the object to the end of the clip"));
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer data)
{
  SacFollowRun *run = g_task_get_task_data (G_TASK (result));
  SacBoxEditor *self = run->editor;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = g_task_propagate_pointer (G_TASK (result), &error), boxes = NULL;
  const SacTrack *track;
  guint frame;

  if (!self || self->run != run)
    return;
  self->run = NULL;
  run->editor = NULL;
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sac_session_say (self->session, FALSE, "%s", error->message);
  track = _sac_box_editor_find (self, run->track);
  if (found && track && found->len)
    {
      frame = g_array_index (found, SacBox, found->len - 1).frame;
      boxes = _sac_box_editor_copy (track);
      if (frame == run->start.frame)
        sac_session_say (self->session, FALSE, _("The object cannot be found in the next frame"));
      else if (sac_follow_put (boxes, found) && _sac_box_editor_write (self, track, boxes, _("Follow an object"), TRUE))
        tell_end (self, run, frame);
      sac_player_set_frame (self->player, frame);
    }
  g_object_notify (G_OBJECT (self), "following");
  _sac_box_editor_changed (self);
}

gboolean
_sac_box_editor_follow (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  SacMedia *media = sac_player_get_media (self->player);
  g_autoptr (GTask) task = NULL;
  SacFollowRun *run;
  SacBox box;
  guint next;

  if (!track || !media)
    return FALSE;
  sac_player_set_playing (self->player, FALSE);
  if (!sac_session_is_writable (self->session))
    sac_session_say (self->session, FALSE, _("This project is open read-only"));
  else if (!sac_box_editor_get_box (self, &box))
    sac_session_say (self->session, FALSE, _("The object is not in this frame"));
  else if (box.frame >= sac_player_get_last (self->player))
    sac_session_say (self->session, FALSE, _("This is the last frame"));
  else
    {
      run = g_new0 (SacFollowRun, 1);
      g_atomic_ref_count_init (&run->refs);
      g_mutex_init (&run->lock);
      run->editor = self;
      run->track = track->id;
      run->media = g_object_ref (media);
      run->cancellable = g_cancellable_new ();
      run->start = box;
      run->boxes = g_array_append_val (g_array_new (FALSE, FALSE, sizeof (SacBox)), box);
      run->last = sac_player_get_last (self->player);
      /* What the person keyed later on stays: it follows up to there. */
      if (sac_boxes_next_key (track->boxes, track->n_boxes, box.frame, 1, &next) && next <= run->last)
        {
          run->last = next - 1;
          run->before_key = TRUE;
        }
      if (run->last <= box.frame)
        {
          sac_session_say (self->session, FALSE, _("The next frame is a keyframe already"));
          run_unref (run);
          return TRUE;
        }
      self->run = run;
      task = g_task_new (NULL, run->cancellable, on_followed, NULL);
      g_task_set_task_data (task, run, run_unref);
      g_task_run_in_thread (task, follow_in_thread);
      g_object_notify (G_OBJECT (self), "following");
      _sac_box_editor_changed (self);
    }
  return TRUE;
}

void
_sac_box_editor_stop_following (SacBoxEditor *self, gboolean keep)
{
  SacFollowRun *run = self->run;

  if (!run)
    return;
  if (keep)
    {
      g_mutex_lock (&run->lock);
      run->stop = TRUE;
      g_mutex_unlock (&run->lock);
      return;                   /* what was found comes in a moment */
    }
  run->editor = NULL;
  self->run = NULL;
  g_cancellable_cancel (run->cancellable);
  g_object_notify (G_OBJECT (self), "following");
}
