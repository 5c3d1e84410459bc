/* The session reads the whole project into a table at open and when another process wrote (a large one in a thread); after its
 * own acts, undo and redo it asks the store which clips they touched and reads those, so that a key press costs the same in a
 * project of any size. */
#include "sac-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define POLL_MS 1500
#define MANY_CLIPS 3000         /* more are read by a thread */

struct _SacSession {
  GObject parent_instance;
  SacProject *project;
  gulong changed_id;
  char *path;
  gboolean lent, read_only;
  char *busy;                   /* what a thread does with the project … */
  SacProject *working;          /* … which is this */
  SacClipPool *pool;
  SacClipList *clips;
  GCancellable *reading;        /* the table is being read by a thread */
  gboolean own_act;             /* the change being told is ours and already followed */
  gboolean polling;             /* the change being told is another program's */
  guint poll_source;
  GHashTable *hidden;           /* ids of layers that are not drawn */
};

G_DEFINE_FINAL_TYPE (SacSession, sac_session, G_TYPE_OBJECT)

enum { PROP_OPEN = 1, PROP_WRITABLE, PROP_CAN_UNDO, PROP_CAN_REDO, PROP_BUSY, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { PROJECT_CHANGED, LABELS_CHANGED, CLIPS_CHANGED, RUNS_CHANGED, LAYERS_SHOWN, MESSAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sac_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacSession *self = SAC_SESSION (object);

  switch (id)
    {
    case PROP_OPEN:
      g_value_set_boolean (value, sac_session_is_open (self));
      break;
    case PROP_WRITABLE:
      g_value_set_boolean (value, sac_session_is_writable (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, sac_session_is_writable (self) && sac_project_can_undo (self->project, NULL));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, sac_session_is_writable (self) && sac_project_can_redo (self->project, NULL));
      break;
    case PROP_BUSY:
      g_value_set_string (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void drop_reading (SacSession *self);

static void
drop_project (SacSession *self)
{
  if (self->project)
    g_clear_signal_handler (&self->changed_id, self->project);
  g_clear_object (&self->project);
}

static void
sac_session_dispose (GObject *object)
{
  SacSession *self = SAC_SESSION (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  drop_reading (self);
  drop_project (self);
  g_clear_object (&self->clips);
  G_OBJECT_CLASS (sac_session_parent_class)->dispose (object);
}

static void
sac_session_finalize (GObject *object)
{
  SacSession *self = SAC_SESSION (object);

  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->busy, g_free);
  g_clear_pointer (&self->pool, sac_clip_pool_unref);
  g_hash_table_unref (self->hidden);
  G_OBJECT_CLASS (sac_session_parent_class)->finalize (object);
}

static void
sac_session_class_init (SacSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  static const char *const names[] = { "project-changed", "labels-changed", "clips-changed", "runs-changed", "layers-shown" };

  object_class->get_property = sac_session_get_property;
  object_class->dispose = sac_session_dispose;
  object_class->finalize = sac_session_finalize;
  props[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, flags);
  props[PROP_WRITABLE] = g_param_spec_boolean ("writable", NULL, NULL, FALSE, flags);
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  props[PROP_BUSY] = g_param_spec_string ("busy", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    signals[i] = g_signal_new (names[i], SAC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", SAC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
sac_session_init (SacSession *self)
{
  self->hidden = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->pool = sac_clip_pool_new ();
  self->clips = sac_clip_list_new (self->pool);
}

SacSession *
sac_session_new (void)
{
  return g_object_new (SAC_TYPE_SESSION, NULL);
}

void
sac_session_say (SacSession *self, gboolean undoable, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[MESSAGE], 0, text, undoable);
}

static void
notify_state (SacSession *self)
{
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

/* ---- reading. */

static void
set_table (SacSession *self, SacClipTable *table /* taken */)
{
  sac_clip_pool_set_table (self->pool, table);
  sac_clip_list_set_rows (self->clips, table, NULL, table->n);
}

static SacClipTable *
get_table (SacSession *self)
{
  return sac_clip_pool_get_table (self->pool);
}

static void
tell_all (SacSession *self)
{
  g_signal_emit (self, signals[LABELS_CHANGED], 0);
  g_signal_emit (self, signals[CLIPS_CHANGED], 0);
  g_signal_emit (self, signals[RUNS_CHANGED], 0);
  notify_state (self);
}

/* The vocabulary anew; the states follow it into their new columns without being read again. */
static void
read_labels (SacSession *self)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *labels = sac_project_list_vocabulary (self->project, &error);

  if (!labels)
    sac_session_say (self, FALSE, "%s", error->message);
  else if (sac_clip_table_take_labels (get_table (self), labels))
    sac_clip_pool_tell_all (self->pool);
}

static void
drop_reading (SacSession *self)
{
  if (self->reading)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open_reader (path, &error);
  SacClipTable *table = project ? sac_clip_table_read (project, &error) : NULL;

  if (table)
    g_task_return_pointer (task, table, (GDestroyNotify) sac_clip_table_unref);
  else
    g_task_return_error (task, error);
}

static void start_reading (SacSession *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSession *self = SAC_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacClipTable) table = NULL;

  if (g_task_get_cancellable (G_TASK (result)) != self->reading)
    return;             /* another one is under way, or the project is closed */
  table = g_task_propagate_pointer (G_TASK (result), &error);
  g_clear_object (&self->reading);
  if (!table)
    {
      sac_session_say (self, FALSE, "%s", error->message);
      return;
    }
  if (!self->project)
    return;
  if (table->revision < sac_project_get_revision (self->project))
    {
      start_reading (self);             /* an act came between */
      return;
    }
  set_table (self, g_steal_pointer (&table));
  tell_all (self);
}

static void
start_reading (SacSession *self)
{
  g_autoptr (GTask) task = NULL;

  drop_reading (self);
  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, on_read, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
read_now (SacSession *self)
{
  g_autoptr (GError) error = NULL;
  SacClipTable *table = sac_clip_table_read (self->project, &error);

  drop_reading (self);
  if (table)
    set_table (self, table);
  else
    sac_session_say (self, FALSE, "%s", error->message);
}

void
sac_session_reload (SacSession *self)
{
  g_return_if_fail (SAC_IS_SESSION (self));
  if (!self->project)
    return;
  if (get_table (self)->n > MANY_CLIPS)
    {
      start_reading (self);             /* what is shown stays until then */
      return;
    }
  read_now (self);
  tell_all (self);
}

/* After an act of this connection: only what it touched is read again. */
static void
follow_act (SacSession *self)
{
  guint n = 0;
  const SacId *ids = sac_project_get_touched (self->project, &n);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));

  read_labels (self);
  if (!ids || n > MANY_CLIPS)
    {
      sac_session_reload (self);
      return;
    }
  sac_clip_table_refresh (get_table (self), self->project, ids, n, rows);
  get_table (self)->revision = sac_project_get_revision (self->project);
  if (self->reading)
    start_reading (self);               /* it may have begun before the act */
  for (guint i = 0; i < rows->len; i++)
    sac_clip_pool_tell (self->pool, g_array_index (rows, guint, i));
  g_signal_emit (self, signals[LABELS_CHANGED], 0);
  g_signal_emit (self, signals[CLIPS_CHANGED], 0);
  if (sac_project_touched_runs (self->project))
    g_signal_emit (self, signals[RUNS_CHANGED], 0);
  notify_state (self);
}

static void
on_project_changed (SacProject *project, guint64 revision, SacSession *self)
{
  if (self->own_act)
    return;
  if (self->polling)
    sac_session_reload (self);
  else
    follow_act (self);  /* somebody in this window wrote without the session's acts */
}

static gboolean
poll_project (gpointer data)
{
  SacSession *self = data;

  self->polling = TRUE;
  if (self->project)
    sac_project_poll (self->project);
  self->polling = FALSE;
  return G_SOURCE_CONTINUE;
}

/* ---- opening. */

static gboolean
connect_project (SacSession *self, const char *path, gboolean create, GError **error)
{
  g_autoptr (GError) refused = NULL;
  SacProject *project = sac_project_open (path, create ? SAC_PROJECT_CREATE : SAC_PROJECT_READ_WRITE, &refused);

  if (!project && (g_error_matches (refused, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY) ||
                   g_error_matches (refused, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY)))
    project = sac_project_open (path, SAC_PROJECT_READ_ONLY, NULL);
  if (!project)
    {
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }
  drop_project (self);
  self->project = project;
  self->read_only = sac_project_is_read_only (project);
  self->changed_id = g_signal_connect (project, "changed", G_CALLBACK (on_project_changed), self);
  if (!self->poll_source)
    self->poll_source = g_timeout_add (POLL_MS, poll_project, self);
  return TRUE;
}

gboolean
sac_session_open (SacSession *self, const char *path, gboolean create, GError **error)
{
  g_return_val_if_fail (SAC_IS_SESSION (self) && path, FALSE);
  if (self->lent)
    {
      g_set_error_literal (error, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY,
                           self->busy ? _("Wait until what was begun before is done")
                                      : _("An import is under way; wait until it is done or cancel it"));
      return FALSE;
    }
  if (self->project && g_strcmp0 (path, self->path) == 0)
    return TRUE;
  if (!connect_project (self, path, create, error))
    return FALSE;
  g_free (self->path);
  self->path = g_strdup (sac_project_get_path (self->project));
  g_hash_table_remove_all (self->hidden);
  _sac_session_restore_hidden (self, self->hidden);
  read_now (self);
  tell_all (self);
  g_signal_emit (self, signals[PROJECT_CHANGED], 0);
  if (self->read_only)
    sac_session_say (self, FALSE, _("Another program writes this project; it is shown read-only"));
  return TRUE;
}

void
sac_session_close (SacSession *self)
{
  g_return_if_fail (SAC_IS_SESSION (self));
  if (self->lent || !self->path)
    return;
  drop_project (self);
  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_clear_pointer (&self->path, g_free);
  drop_reading (self);
  g_hash_table_remove_all (self->hidden);
  set_table (self, sac_clip_table_new ());
  g_signal_emit (self, signals[LABELS_CHANGED], 0);
  g_signal_emit (self, signals[PROJECT_CHANGED], 0);
  notify_state (self);
}

gboolean
sac_session_is_layer_hidden (SacSession *self, SacId layer)
{
  return g_hash_table_contains (self->hidden, &layer);
}

void
sac_session_set_layer_hidden (SacSession *self, SacId layer, gboolean hidden)
{
  g_return_if_fail (SAC_IS_SESSION (self));
  if (hidden ? g_hash_table_add (self->hidden, g_memdup2 (&layer, sizeof layer)) : g_hash_table_remove (self->hidden, &layer))
    {
      _sac_session_keep_hidden (self);
      g_signal_emit (self, signals[LAYERS_SHOWN], 0);
    }
}

GArray *
sac_session_list_hidden_layers (SacSession *self)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (SacId));
  GHashTableIter iter;
  gpointer layer;

  g_hash_table_iter_init (&iter, self->hidden);
  while (g_hash_table_iter_next (&iter, &layer, NULL))
    g_array_append_vals (layers, layer, 1);
  return layers;
}

void
sac_session_lend (SacSession *self)
{
  g_return_if_fail (SAC_IS_SESSION (self) && self->path && !self->lent);
  self->lent = TRUE;
  drop_project (self);
  notify_state (self);
}

void
sac_session_take_back (SacSession *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SAC_IS_SESSION (self) && self->lent);
  self->lent = FALSE;
  if (!connect_project (self, self->path, FALSE, &error))
    {
      sac_session_say (self, FALSE, "%s", error->message);
      sac_session_close (self);
      return;
    }
  sac_session_reload (self);
}

/* ---- asking. */

gboolean
sac_session_is_open (SacSession *self)
{
  return self->path != NULL;
}

const char *
sac_session_get_busy (SacSession *self)
{
  return self->busy;
}

double
sac_session_get_progress (SacSession *self)
{
  return self->working ? sac_project_get_progress (self->working) : 0;
}

void
sac_session_stop (SacSession *self)
{
  if (self->working)
    sac_project_stop (self->working);
}

gboolean
sac_session_is_writable (SacSession *self)
{
  return self->project != NULL && !self->read_only;
}

SacProject *
sac_session_get_project (SacSession *self)
{
  return self->project;
}

const char *
sac_session_get_path (SacSession *self)
{
  return self->path;
}

char *
sac_session_dup_title (SacSession *self)
{
  g_autofree char *base = self->path ? g_path_get_basename (self->path) : NULL;

  if (base && g_str_has_suffix (base, ".saccade"))
    base[strlen (base) - strlen (".saccade")] = '\0';
  return base ? g_filename_display_name (base) : NULL;
}

GListModel *
sac_session_get_clips (SacSession *self)
{
  return G_LIST_MODEL (self->clips);
}

static SacClip *
get_row (SacSession *self, guint row)
{
  return row == SAC_NO_ROW ? NULL : sac_clip_pool_get (self->pool, get_table (self), row);
}

SacClip *
sac_session_get_clip (SacSession *self, SacId id)
{
  return get_row (self, sac_clip_table_find (get_table (self), id));
}

SacClip *
sac_session_find_clip (SacSession *self, const char *name)
{
  return name ? get_row (self, sac_clip_table_find_name (get_table (self), name)) : NULL;
}

SacClipTable *
sac_session_get_table (SacSession *self)
{
  return get_table (self);
}

SacClipPool *
sac_session_get_pool (SacSession *self)
{
  return self->pool;
}

guint
sac_session_get_marks (SacSession *self, SacId item)
{
  gboolean segments = FALSE, tracks = FALSE;

  if (self->project)
    sac_project_has_marks (self->project, item, &segments, &tracks);
  return (segments ? SAC_HAS_SEGMENTS : 0) | (tracks ? SAC_HAS_TRACKS : 0);
}

guint
sac_session_get_n_labels (SacSession *self)
{
  return get_table (self)->labels->len;
}

const SacLabel *
sac_session_get_label (SacSession *self, guint index)
{
  GPtrArray *labels = get_table (self)->labels;

  return index < labels->len ? labels->pdata[index] : NULL;
}

int
sac_session_find_label (SacSession *self, SacId label)
{
  for (guint i = 0; i < sac_session_get_n_labels (self); i++)
    if (sac_session_get_label (self, i)->id == label)
      return (int) i;
  return -1;
}

int
sac_session_find_label_by_key (SacSession *self, char key)
{
  for (guint i = 0; key && i < sac_session_get_n_labels (self); i++)
    if (sac_session_get_label (self, i)->key == key)
      return (int) i;
  return -1;
}

void
sac_session_join_states (SacSession *self, const SacId *ids, guint n, guint8 *masks)
{
  sac_clip_table_join_states (get_table (self), ids, n, masks);
}

/* ---- acts. */

static gboolean
may_write (SacSession *self)
{
  if (sac_session_is_writable (self))
    return TRUE;
  if (self->lent)
    sac_session_say (self, FALSE, self->busy ? _("Wait until what was begun before is done")
                                             : _("An import is under way; labels can be changed again when it is done"));
  else if (self->path)
    sac_session_say (self, FALSE, _("This project is open read-only"));
  return FALSE;
}

SacLabelState
sac_label_toggled (const SacLabelState *states, guint n)
{
  for (guint i = 0; i < n; i++)
    if (states[i] != SAC_LABEL_YES)
      return SAC_LABEL_YES;
  return n ? SAC_LABEL_NO : SAC_LABEL_YES;
}

char *
sac_session_dup_undo (SacSession *self)
{
  char *what = NULL;

  return sac_session_is_writable (self) && sac_project_can_undo (self->project, &what) ? what : NULL;
}

char *
sac_session_dup_redo (SacSession *self)
{
  char *what = NULL;

  return sac_session_is_writable (self) && sac_project_can_redo (self->project, &what) ? what : NULL;
}

/* ---- for the acts that stand in other files. */

/* While a thread works with it nobody here knows the project. */
SacProject *
_sac_session_give_project (SacSession *self, const char *busy, guint n_rows)
{
  SacProject *project = g_object_ref (self->project);

  sac_project_expect (project, n_rows);
  g_set_object (&self->working, project);
  self->lent = TRUE;
  self->busy = g_strdup (busy);
  drop_project (self);
  notify_state (self);
  return project;
}

void
_sac_session_get_back (SacSession *self, SacProject *project)
{
  sac_project_expect (project, 0);
  g_clear_object (&self->working);
  self->project = project;
  self->changed_id = g_signal_connect (project, "changed", G_CALLBACK (on_project_changed), self);
  self->lent = FALSE;
  g_clear_pointer (&self->busy, g_free);
  notify_state (self);
}

void
_sac_session_drop_act (SacSession *self)
{
  self->own_act = FALSE;
}

void
_sac_session_follow_act (SacSession *self)
{
  self->own_act = FALSE;
  follow_act (self);
}

gboolean
_sac_session_begin_act (SacSession *self)
{
  if (!may_write (self))
    return FALSE;
  self->own_act = TRUE;
  return TRUE;
}

gboolean
_sac_session_end_act (SacSession *self, gboolean done, gboolean quiet, GError **error)
{
  g_autofree char *what = NULL;

  self->own_act = FALSE;
  if (!done)
    {
      sac_session_say (self, FALSE, "%s", *error ? (*error)->message : _("Nothing was changed"));
      g_clear_error (error);
      return FALSE;
    }
  follow_act (self);
  if (!quiet && sac_project_can_undo (self->project, &what) && what)
    sac_session_say (self, TRUE, "%s", what);
  return TRUE;
}

void
sac_session_tell_runs (SacSession *self)
{
  g_signal_emit (self, signals[RUNS_CHANGED], 0);
}
