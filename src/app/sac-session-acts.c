/* The session's acts on clips, vocabulary and collections, and undo.  What touches more than a few thousand clips works in a thread
 * with the session's own connection, as one act like any other; nothing else can be written until it is done. */
#include <glib/gi18n.h>

#include "sac-session-private.h"

#include "store/sac-health.h"

#define MANY_CLIPS 3000         /* more are changed by a thread */

static gboolean
finish_act (SacSession *self, gboolean done, GError **error)
{
  return _sac_session_end_act (self, done, FALSE, error);
}

/* ---- in a thread. */

typedef struct {
  SacProject *project;
  SacSessionAct act;
  gpointer data;
  GDestroyNotify free_data;
  void (*finish) (SacSession *self, gpointer data, gboolean done, GError **error);
  gboolean done;
  GError *error;
} Bulk;

static void
bulk_free (gpointer data)
{
  Bulk *bulk = data;

  g_clear_object (&bulk->project);
  bulk->free_data (bulk->data);
  g_clear_error (&bulk->error);
  g_free (bulk);
}

static void
work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Bulk *bulk = task_data;

  bulk->done = bulk->act (bulk->project, bulk->data, &bulk->error);
  g_task_return_boolean (task, TRUE);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSession *self = SAC_SESSION (source);
  Bulk *bulk = g_task_get_task_data (G_TASK (result));

  _sac_session_get_back (self, g_steal_pointer (&bulk->project));
  bulk->finish (self, bulk->data, bulk->done, &bulk->error);
}

static void
start (SacSession *self, const char *words, guint n_rows, const Bulk *what)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_worked, NULL);
  Bulk *bulk = g_memdup2 (what, sizeof *what);

  bulk->project = _sac_session_give_project (self, words, n_rows);
  g_task_set_task_data (task, bulk, bulk_free);
  g_task_run_in_thread (task, work);
}

/* ---- clips. */

typedef struct {
  SacId *items;
  guint n;
  SacId label;
  int value;
  gboolean quiet;
} Items;

static void
items_free (gpointer data)
{
  g_free (((Items *) data)->items);
  g_free (data);
}

static void
finish_items (SacSession *self, gpointer data, gboolean done, GError **error)
{
  _sac_session_end_act (self, done, ((const Items *) data)->quiet, error);
}

/* What is seen where it happens, on one clip, needs no words.  An act after an undo drops what was undone: that may be much too. */
static gboolean
do_items (SacSession *self, SacSessionAct act, const char *busy, const SacId *items, guint n, SacId label, int value, gboolean quiet)
{
  g_autofree char *words = NULL;
  Items *copy;

  if (n == 0 || !_sac_session_begin_act (self))
    return FALSE;
  if (n <= MANY_CLIPS && sac_project_count_undo (sac_session_get_project (self), TRUE, MANY_CLIPS) < MANY_CLIPS)
    {
      GError *error = NULL;
      Items what = { (SacId *) items, n, label, value, quiet };

      return _sac_session_end_act (self, act (sac_session_get_project (self), &what, &error), quiet, &error);
    }
  copy = g_new0 (Items, 1);
  *copy = (Items) { g_memdup2 (items, n * sizeof *items), n, label, value, quiet };
  words = n > MANY_CLIPS ? g_strdup_printf (busy, n) : g_strdup (_("Dropping what was undone…"));
  start (self, words, n, &(Bulk) { .act = act, .data = copy, .free_data = items_free, .finish = finish_items });
  return TRUE;
}

static gboolean
set_label (SacProject *project, gpointer data, GError **error)
{
  const Items *what = data;

  return sac_project_set_label (project, what->items, what->n, what->label, (SacLabelState) what->value, error);
}

gboolean
sac_session_set_label (SacSession *self, const SacId *items, guint n, SacId label, SacLabelState state)
{
  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  return do_items (self, set_label, _("Labelling %u clips…"), items, n, label, state, n == 1);
}

static gboolean
set_reviewed (SacProject *project, gpointer data, GError **error)
{
  const Items *what = data;

  return sac_project_set_reviewed (project, what->items, what->n, what->value, error);
}

gboolean
sac_session_set_reviewed (SacSession *self, const SacId *items, guint n, gboolean reviewed)
{
  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  return do_items (self, set_reviewed, _("Marking %u clips…"), items, n, 0, reviewed, n == 1);
}

static gboolean
set_split (SacProject *project, gpointer data, GError **error)
{
  const Items *what = data;

  return sac_project_set_split (project, what->items, what->n, (SacSplit) what->value, error);
}

gboolean
sac_session_set_split (SacSession *self, const SacId *items, guint n, SacSplit split)
{
  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  return do_items (self, set_split, _("Dividing %u clips…"), items, n, 0, split, FALSE);
}

static gboolean
set_excluded (SacProject *project, gpointer data, GError **error)
{
  const Items *what = data;

  return sac_project_set_excluded (project, what->items, what->n, what->value, error);
}

gboolean
sac_session_set_excluded (SacSession *self, const SacId *items, guint n, gboolean excluded)
{
  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  return do_items (self, set_excluded, _("Marking %u clips…"), items, n, 0, excluded, FALSE);
}

static gboolean
remove_items (SacProject *project, gpointer data, GError **error)
{
  const Items *what = data;

  return sac_project_remove_items (project, what->items, what->n, error);
}

gboolean
sac_session_remove_clips (SacSession *self, const SacId *items, guint n)
{
  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  return do_items (self, remove_items, _("Removing %u clips…"), items, n, 0, 0, FALSE);
}

/* ---- one thing each. */

gboolean
sac_session_split (SacSession *self, const SacSplitSpec *spec)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_split (sac_session_get_project (self), spec, &error), &error);
}

SacId
sac_session_add_label (SacSession *self, const char *name)
{
  GError *error = NULL;
  SacId id;

  g_return_val_if_fail (SAC_IS_SESSION (self) && name, 0);
  if (!_sac_session_begin_act (self))
    return 0;
  id = sac_project_add_label (sac_session_get_project (self), name, &error);
  finish_act (self, id != 0, &error);
  return id;
}

gboolean
sac_session_rename_label (SacSession *self, SacId label, const char *name)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self) && name, FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_rename_label (sac_session_get_project (self), label, name, &error), &error);
}

gboolean
sac_session_remove_label (SacSession *self, SacId label)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_remove_label (sac_session_get_project (self), label, &error), &error);
}

gboolean
sac_session_relink (SacSession *self, GPtrArray *moves)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self) && moves, FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_relink (sac_session_get_project (self), moves, &error), &error);
}

gboolean
sac_session_take_counts (SacSession *self, GPtrArray *counts)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self) && counts, FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_take_counts (sac_session_get_project (self), counts, &error), &error);
}

SacId
sac_session_save_query (SacSession *self, const char *name, const char *text)
{
  GError *error = NULL;
  SacId id;

  g_return_val_if_fail (SAC_IS_SESSION (self) && name && text, 0);
  if (!_sac_session_begin_act (self))
    return 0;
  id = sac_project_save_query (sac_session_get_project (self), name, text, &error);
  finish_act (self, id != 0, &error);
  return id;
}

gboolean
sac_session_rename_query (SacSession *self, SacId query, const char *name)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self) && name, FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_rename_query (sac_session_get_project (self), query, name, &error), &error);
}

gboolean
sac_session_remove_query (SacSession *self, SacId query)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, sac_project_remove_query (sac_session_get_project (self), query, &error), &error);
}

gboolean
sac_session_do (SacSession *self, SacSessionAct act, gpointer data)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (!_sac_session_begin_act (self))
    return FALSE;
  return finish_act (self, act (sac_session_get_project (self), data, &error), &error);
}

/* ---- undo and redo. */

typedef struct {
  gboolean redo;
  char *what;
} Step;

static void
step_free (gpointer data)
{
  g_free (((Step *) data)->what);
  g_free (data);
}

static gboolean
take_step (SacProject *project, gpointer data, GError **error)
{
  Step *step = data;

  return (step->redo ? sac_project_redo : sac_project_undo) (project, &step->what, error);
}

static void
finish_step (SacSession *self, gpointer data, gboolean done, GError **error)
{
  const Step *step = data;

  _sac_session_drop_act (self);
  if (*error)
    sac_session_say (self, FALSE, "%s", (*error)->message);
  if (!done)
    return;
  _sac_session_follow_act (self);
  sac_session_say (self, FALSE, step->redo ? _("Redone: %s") : _("Undone: %s"), step->what ? step->what : "");
}

static void
go_back_or_forth (SacSession *self, gboolean redo)
{
  Step *step;

  if (!_sac_session_begin_act (self))
    return;
  step = g_new0 (Step, 1);
  step->redo = redo;
  if (sac_project_count_undo (sac_session_get_project (self), redo, MANY_CLIPS) < MANY_CLIPS)
    {
      g_autoptr (GError) error = NULL;

      finish_step (self, step, take_step (sac_session_get_project (self), step, &error), &error);
      step_free (step);
      return;
    }
  start (self, redo ? _("Redoing…") : _("Undoing…"), 0, &(Bulk) { .act = take_step, .data = step, .free_data = step_free,
                                                                 .finish = finish_step });
}

void
sac_session_undo (SacSession *self)
{
  g_return_if_fail (SAC_IS_SESSION (self));
  go_back_or_forth (self, FALSE);
}

void
sac_session_redo (SacSession *self)
{
  g_return_if_fail (SAC_IS_SESSION (self));
  go_back_or_forth (self, TRUE);
}
