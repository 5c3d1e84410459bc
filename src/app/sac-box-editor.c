/* State and life of the editor; its acts are in sac-box-acts.c. */
#include "sac-box-editor-private.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (SacBoxEditor, sac_box_editor, GTK_TYPE_WIDGET)

enum { PROP_SELECTED = 1, PROP_ARMED, PROP_FOLLOWING, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

/* ---- asking. */

SacTrack *
_sac_box_editor_find (SacBoxEditor *self, SacId id)
{
  for (guint i = 0; id && self->tracks && i < self->tracks->len; i++)
    if (((SacTrack *) self->tracks->pdata[i])->id == id)
      return self->tracks->pdata[i];
  return NULL;
}

guint
_sac_box_editor_frame (SacBoxEditor *self)
{
  return sac_player_get_frame (self->player);
}

gboolean
_sac_box_editor_size (SacBoxEditor *self, double *width, double *height)
{
  SacMedia *media = sac_player_get_media (self->player);

  if (!media)
    return FALSE;
  *width = sac_media_get_width (media);
  *height = sac_media_get_height (media);
  return TRUE;
}

gboolean
_sac_box_editor_shown (SacBoxEditor *self, const SacTrack *track, guint frame, SacBox *box)
{
  if (g_hash_table_contains (self->hidden, &track->id) || (self->only_selected && track->id != self->selected))
    return FALSE;
  if (self->drafting && self->draft_track == track->id && self->draft.frame == frame)
    {
      *box = self->draft;
      return TRUE;
    }
  return _sac_box_editor_followed_box (self, track->id, frame, box) || sac_boxes_at (track->boxes, track->n_boxes, frame, box);
}

const SacTrack *
sac_box_editor_get_track (SacBoxEditor *self)
{
  return _sac_box_editor_find (self, self->selected);
}

gboolean
sac_box_editor_get_box (SacBoxEditor *self, SacBox *box)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  guint frame = _sac_box_editor_frame (self);

  if (!track)
    return FALSE;
  if (self->drafting && self->draft_track == track->id && self->draft.frame == frame)
    {
      *box = self->draft;
      return TRUE;
    }
  return sac_boxes_at (track->boxes, track->n_boxes, frame, box);
}

guint
sac_box_editor_get_n_tracks (SacBoxEditor *self)
{
  return self->tracks ? self->tracks->len : 0;
}

SacId
sac_box_editor_get_selected (SacBoxEditor *self)
{
  return self->selected;
}

gboolean
sac_box_editor_get_armed (SacBoxEditor *self)
{
  return self->armed;
}

gboolean
sac_box_editor_get_locked (SacBoxEditor *self)
{
  return g_hash_table_contains (self->locked, &self->selected);
}

gboolean
sac_box_editor_get_hidden (SacBoxEditor *self)
{
  return g_hash_table_contains (self->hidden, &self->selected);
}

gboolean
sac_box_editor_get_following (SacBoxEditor *self)
{
  return self->run != NULL;
}

gboolean
_sac_box_editor_is_foreign (SacBoxEditor *self, const SacTrack *track)
{
  for (guint i = 0; track && i < self->foreign->len; i++)
    if (g_array_index (self->foreign, SacId, i) == track->layer)
      return TRUE;
  return FALSE;
}

gboolean
sac_box_editor_may_change (SacBoxEditor *self)
{
  return self->selected && !sac_box_editor_get_locked (self) && !_sac_box_editor_is_foreign (self, sac_box_editor_get_track (self));
}

gboolean
_sac_box_editor_is_locked (SacBoxEditor *self, SacId track)
{
  const SacTrack *said = _sac_box_editor_find (self, track);

  if (said && sac_session_refuses_layer (self->session, said->layer))
    return TRUE;
  if (!g_hash_table_contains (self->locked, &track))
    return FALSE;
  sac_session_say (self->session, FALSE, _("This object is locked"));
  return TRUE;
}

/* What a screen reader says of the editor. */
static void
describe (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  int index = track ? sac_session_find_label (self->session, track->label) : -1;
  const char *name = index >= 0 ? sac_session_get_label (self->session, (guint) index)->name : _("without a label");
  g_autofree char *text = NULL;
  SacBox box;

  if (self->armed)
    text = g_strdup (_("Drag to draw a new box"));
  else if (!track)
    text = g_strdup_printf (ngettext ("%u object in this clip", "%u objects in this clip", sac_box_editor_get_n_tracks (self)),
                            sac_box_editor_get_n_tracks (self));
  else if (sac_box_editor_get_box (self, &box))
    text = g_strdup_printf (_("Object “%s” at %.0f, %.0f, size %.0f by %.0f"), name, box.x, box.y, box.width, box.height);
  else
    text = g_strdup_printf (_("Object “%s”, not in this frame"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
_sac_box_editor_changed (SacBoxEditor *self)
{
  sac_player_redraw (self->player);
  describe (self);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- writing. */

GArray *
_sac_box_editor_copy (const SacTrack *track)
{
  GArray *boxes = g_array_sized_new (FALSE, FALSE, sizeof (SacBox), track->n_boxes + 2);

  return g_array_append_vals (boxes, track->boxes, track->n_boxes);
}

gboolean
_sac_box_editor_write (SacBoxEditor *self, const SacTrack *track, GArray *boxes, const char *what, gboolean quiet)
{
  SacId id = track->id;         /* the act reads the tracks anew */

  return boxes->len == 0 ? sac_session_remove_track (self->session, id)
                         : sac_session_set_track (self->session, id, (SacBox *) (gpointer) boxes->data, boxes->len, what, quiet);
}

gboolean
sac_box_editor_set_box (SacBoxEditor *self, const SacBox *box)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = NULL;
  SacBox key = *box;
  double width, height;

  if (!track || !_sac_box_editor_size (self, &width, &height) || _sac_box_editor_is_locked (self, track->id))
    return FALSE;
  boxes = _sac_box_editor_copy (track);
  key.frame = _sac_box_editor_frame (self);
  sac_box_keep_inside (&key, width, height);
  return sac_boxes_put (boxes, &key) && _sac_box_editor_write (self, track, boxes, _("Move a box"), TRUE);
}

void
_sac_box_editor_drop_draft (SacBoxEditor *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->drafting = FALSE;
  self->grip = SAC_GRIP_NONE;
  self->held = FALSE;
}

static SacId
label_of_new (SacBoxEditor *self)
{
  const SacLabel *first = sac_session_get_label (self->session, 0);

  return sac_session_find_label (self->session, self->label) >= 0 ? self->label : first ? first->id : 0;
}

void
_sac_box_editor_settle (SacBoxEditor *self)
{
  const SacTrack *track = _sac_box_editor_find (self, self->draft_track);
  SacBox box = self->draft;
  gboolean drafting = self->drafting, resized = self->grip != SAC_GRIP_ALL && self->grip != SAC_GRIP_NONE;

  _sac_box_editor_drop_draft (self);
  if (!drafting || !self->clip)
    return;
  box.keyframe = TRUE;
  if (self->draft_track == 0)
    {
      SacId id = sac_session_add_track (self->session, sac_clip_get_id (self->clip), label_of_new (self), &box, 1);

      sac_box_editor_set_armed (self, FALSE);
      if (id)
        sac_box_editor_select (self, id);
    }
  else if (track)
    {
      g_autoptr (GArray) boxes = _sac_box_editor_copy (track);

      if (sac_boxes_put (boxes, &box))
        _sac_box_editor_write (self, track, boxes, resized ? _("Resize a box") : _("Move a box"), TRUE);
    }
  _sac_box_editor_changed (self);
}

gboolean
sac_box_editor_set_label (SacBoxEditor *self, SacId label)
{
  const SacTrack *track = sac_box_editor_get_track (self);

  g_return_val_if_fail (SAC_IS_BOX_EDITOR (self), FALSE);
  self->label = label;
  if (!track || self->armed)
    return self->armed;
  _sac_box_editor_settle (self);
  track = sac_box_editor_get_track (self);
  if (track && track->label != label && !_sac_box_editor_is_locked (self, track->id))
    sac_session_set_track_label (self->session, track->id, label);
  return TRUE;
}

/* ---- choosing. */

void
sac_box_editor_set_armed (SacBoxEditor *self, gboolean armed)
{
  g_return_if_fail (SAC_IS_BOX_EDITOR (self));
  armed = armed && self->clip;
  if (armed && !sac_session_is_writable (self->session))
    {
      sac_session_say (self->session, FALSE, _("This project is open read-only"));
      armed = FALSE;
    }
  if (self->armed == armed)
    {
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ARMED]);    /* a toggle that was pressed in vain comes out again */
      return;
    }
  self->armed = armed;
  if (armed)
    {
      _sac_box_editor_settle (self);
      sac_player_set_playing (self->player, FALSE);
    }
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), armed ? "crosshair" : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ARMED]);
  _sac_box_editor_changed (self);
}

void
sac_box_editor_select (SacBoxEditor *self, SacId track)
{
  g_return_if_fail (SAC_IS_BOX_EDITOR (self));
  if (track != self->selected && self->drafting)
    _sac_box_editor_settle (self);
  if (!_sac_box_editor_find (self, track))
    track = 0;
  if (track == self->selected)
    return;
  self->selected = track;
  if (track && _sac_box_editor_find (self, track)->label)
    self->label = _sac_box_editor_find (self, track)->label;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
  _sac_box_editor_changed (self);
}

static gboolean
same_track (const SacTrack *a, const SacTrack *b)
{
  if (!a || !b || a->n_boxes != b->n_boxes)
    return FALSE;
  for (guint i = 0; i < a->n_boxes; i++)
    {
      const SacBox *p = &a->boxes[i], *q = &b->boxes[i];

      if (p->frame != q->frame || p->x != q->x || p->y != q->y || p->width != q->width || p->height != q->height
          || p->occluded != q->occluded || p->outside != q->outside)
        return FALSE;
    }
  return TRUE;
}

void
sac_box_editor_set_clip (SacBoxEditor *self, SacClip *clip)
{
  g_autoptr (GPtrArray) before = NULL;
  SacProject *project = sac_session_get_project (self->session);
  SacId selected = self->selected;

  g_return_if_fail (SAC_IS_BOX_EDITOR (self));
  if (clip != self->clip)
    {
      _sac_box_editor_stop_following (self, FALSE);
      _sac_box_editor_drop_draft (self);
      sac_box_editor_set_armed (self, FALSE);
      g_hash_table_remove_all (self->locked);
      g_hash_table_remove_all (self->hidden);
      self->only_selected = FALSE;
      self->merging = 0;
      selected = 0;
      g_set_object (&self->clip, clip);
    }
  before = g_steal_pointer (&self->tracks);
  g_array_unref (self->foreign);
  self->foreign = sac_session_list_foreign_layers (self->session);
  if (clip && project)
    self->tracks = sac_project_list_tracks (project, sac_clip_get_id (clip), NULL);
  for (guint i = self->tracks ? self->tracks->len : 0; i-- > 0;)
    if (sac_session_is_layer_hidden (self->session, ((SacTrack *) self->tracks->pdata[i])->layer))
      g_ptr_array_remove_index (self->tracks, i);
  for (guint i = 0; self->settle_id && before && i < before->len; i++)
    {
      const SacTrack *was = before->pdata[i];

      /* Undone meanwhile: what was nudged is not what it was. */
      if (was->id == self->draft_track && !same_track (was, _sac_box_editor_find (self, was->id)))
        _sac_box_editor_drop_draft (self);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), clip != NULL);
  if (!_sac_box_editor_find (self, selected))
    selected = 0;
  if (self->selected != selected)
    {
      self->selected = selected;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
    }
  _sac_box_editor_changed (self);
}

static void
on_frame (SacBoxEditor *self)
{
  if (self->settle_id)
    _sac_box_editor_settle (self);
  if (self->selected)
    _sac_box_editor_changed (self);
}

/* To play is to have seen enough of the following. */
static void
on_playing (SacBoxEditor *self)
{
  if (sac_player_get_playing (self->player))
    _sac_box_editor_stop_following (self, TRUE);
}

/* ---- life. */

static void
sac_box_editor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacBoxEditor *self = SAC_BOX_EDITOR (object);

  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_int64 (value, self->selected);
      break;
    case PROP_ARMED:
      g_value_set_boolean (value, self->armed);
      break;
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->run != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_box_editor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ARMED)
    sac_box_editor_set_armed (SAC_BOX_EDITOR (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sac_box_editor_dispose (GObject *object)
{
  SacBoxEditor *self = SAC_BOX_EDITOR (object);

  if (self->session)
    _sac_box_editor_stop_following (self, FALSE);
  _sac_box_editor_drop_draft (self);
  if (self->painter)
    sac_player_remove_painter (self->player, self->painter);
  self->painter = 0;
  g_clear_object (&self->session);
  g_clear_object (&self->clip);
  G_OBJECT_CLASS (sac_box_editor_parent_class)->dispose (object);
}

static void
sac_box_editor_finalize (GObject *object)
{
  SacBoxEditor *self = SAC_BOX_EDITOR (object);

  g_clear_pointer (&self->tracks, g_ptr_array_unref);
  g_hash_table_unref (self->locked);
  g_array_unref (self->foreign);
  g_hash_table_unref (self->hidden);
  G_OBJECT_CLASS (sac_box_editor_parent_class)->finalize (object);
}

static void
sac_box_editor_class_init (SacBoxEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sac_box_editor_get_property;
  object_class->set_property = sac_box_editor_set_property;
  object_class->dispose = sac_box_editor_dispose;
  object_class->finalize = sac_box_editor_finalize;
  props[PROP_SELECTED] = g_param_spec_int64 ("selected", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | flags);
  props[PROP_ARMED] = g_param_spec_boolean ("armed", NULL, NULL, FALSE, G_PARAM_READWRITE | flags);
  props[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, FALSE, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAC_TYPE_BOX_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "boxeditor");
}

static void
sac_box_editor_init (SacBoxEditor *self)
{
  self->foreign = g_array_new (FALSE, FALSE, sizeof (SacId));
  self->locked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->hidden = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Boxes over the picture"), -1);
  _sac_box_editor_add_pointer (self);
}

SacBoxEditor *
sac_box_editor_new (SacSession *session, SacPlayer *player)
{
  SacBoxEditor *self = g_object_new (SAC_TYPE_BOX_EDITOR, "visible", FALSE, NULL);

  self->session = g_object_ref (session);
  self->player = player;
  self->painter = sac_player_add_painter (player, _sac_box_editor_paint, self);
  g_signal_connect_object (player, "notify::frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::playing", G_CALLBACK (on_playing), self, G_CONNECT_SWAPPED);
  sac_player_add_overlay (player, GTK_WIDGET (self));
  return self;
}
