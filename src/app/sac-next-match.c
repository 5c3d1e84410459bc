#include "sac-next-match.h"

#include <glib/gi18n.h>
#include <string.h>

#include "run/sac-run.h"
#include "sac-gan-runs.h"

/* What a run says: name of a clip → its row of probabilities. */
typedef struct {
  GHashTable *rows;             /* char* → row + 1 */
  GPtrArray *labels;            /* char*, a column each */
  GArray *p;                    /* float */
} Scored;

struct _SacNextMatch {
  GObject parent_instance;
  SacSession *session;
  SacNextKind kind;
  SacId label;
  Scored *scored;               /* NULL: not read, or there is none */
  GCancellable *reading;
  int column;                   /* of @label in the table, −1 none */
  int *columns;                 /* of the table → of the scores, −1 none; made for each search */
};

G_DEFINE_FINAL_TYPE (SacNextMatch, sac_next_match, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- scores of the newest run that has some, in a thread. */

static void
scored_free (gpointer data)
{
  Scored *scored = data;

  if (!scored)
    return;
  g_hash_table_unref (scored->rows);
  g_ptr_array_unref (scored->labels);
  g_array_unref (scored->p);
  g_free (scored);
}

/* The splits of one run have the same labels. */
static void
add_scores (Scored *scored, const SacScores *scores)
{
  guint row = scored->labels->len ? scored->p->len / scored->labels->len : 0;

  if (scored->labels->len == 0)
    for (guint l = 0; l < scores->n_labels; l++)
      g_ptr_array_add (scored->labels, g_strdup (scores->labels[l]));
  if (scores->n_labels == 0 || scores->n_labels != scored->labels->len)
    return;
  for (guint c = 0; c < scores->n_clips; c++)
    g_hash_table_insert (scored->rows, g_strdup (scores->clips[c]), GUINT_TO_POINTER (++row));
  g_array_append_vals (scored->p, scores->scores, scores->n_clips * scores->n_labels);
}

static void
read_scores (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const char *const splits[] = { "train", "validation", "test" };
  char **folders = data;
  Scored *scored = g_new0 (Scored, 1);

  scored->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  scored->labels = g_ptr_array_new_with_free_func (g_free);
  scored->p = g_array_new (FALSE, FALSE, sizeof (float));
  for (guint f = 0; folders[f] && scored->p->len == 0; f++)
    for (guint s = 0; s < G_N_ELEMENTS (splits); s++)
      {
        g_autoptr (SacScores) scores = sac_scores_read (folders[f], splits[s], NULL);

        if (scores)
          add_scores (scored, scores);
      }
  g_task_return_pointer (task, scored, scored_free);
}

static void
on_scores (GObject *source, GAsyncResult *result, gpointer data)
{
  SacNextMatch *self = SAC_NEXT_MATCH (source);
  Scored *scored = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!scored)
    return;
  g_clear_object (&self->reading);
  scored_free (self->scored);
  self->scored = scored;
  g_signal_emit (self, changed_signal, 0);
}

static void
begin_reading (SacNextMatch *self)
{
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GPtrArray) runs = project ? sac_gan_runs_list_others (project) : NULL;
  GPtrArray *folders = g_ptr_array_new ();
  g_autoptr (GTask) task = NULL;

  if (self->reading)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->scored, scored_free);
  for (guint i = 0; runs && i < runs->len; i++)
    g_ptr_array_add (folders, g_strdup (((SacRunRow *) runs->pdata[i])->folder));
  g_ptr_array_add (folders, NULL);
  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, on_scores, NULL);
  g_task_set_task_data (task, g_ptr_array_free (folders, FALSE), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, read_scores);
}

static gboolean
needs_scores (SacNextMatch *self)
{
  return self->kind == SAC_NEXT_UNCERTAIN || self->kind == SAC_NEXT_DISAGREES;
}

static void
on_runs_changed (SacNextMatch *self)
{
  if (needs_scores (self))
    begin_reading (self);
  else
    g_clear_pointer (&self->scored, scored_free);
}

/* ---- which clips. */

static gboolean
has_label (SacNextMatch *self, const SacClipTable *table, guint row, SacLabelState state)
{
  return self->column >= 0 && (guint) self->column < table->n_labels &&
         sac_clip_table_get_state (table, row, (guint) self->column) == state;
}

static gboolean
says (const SacClipTable *table, guint row, SacLabelState state)
{
  return memchr (table->states + (gsize) row * table->n_labels, (guint8) state, table->n_labels) != NULL;
}

static gboolean
is_doubtful (SacNextMatch *self, const SacClipTable *table, guint row)
{
  guint at = self->scored ? GPOINTER_TO_UINT (g_hash_table_lookup (self->scored->rows, table->items[row]->name)) : 0;
  const float *p = at ? &g_array_index (self->scored->p, float, (gsize) (at - 1) * self->scored->labels->len) : NULL;

  for (guint l = 0; p && l < table->n_labels; l++)
    {
      SacLabelState state = sac_clip_table_get_state (table, row, l);
      int column = self->columns[l];

      if (column < 0)
        continue;
      if (self->kind == SAC_NEXT_UNCERTAIN ? p[column] >= 0.35f && p[column] <= 0.65f
          : (state == SAC_LABEL_YES && p[column] < 0.2f) || (state == SAC_LABEL_NO && p[column] > 0.8f))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_sought (const SacClipTable *table, guint row, gpointer data)
{
  SacNextMatch *self = data;

  switch (self->kind)
    {
    case SAC_NEXT_UNREVIEWED:
      return !table->reviewed[row];
    case SAC_NEXT_UNLABELLED:
      return !says (table, row, SAC_LABEL_YES) && !says (table, row, SAC_LABEL_NO) && !table->reviewed[row];
    case SAC_NEXT_UNSURE:
      return table->reviewed[row] && says (table, row, SAC_LABEL_UNKNOWN);
    case SAC_NEXT_WITH:
      return has_label (self, table, row, SAC_LABEL_YES);
    case SAC_NEXT_WITHOUT_WORD:
      return has_label (self, table, row, SAC_LABEL_UNKNOWN);
    default:
      return is_doubtful (self, table, row);
    }
}

static void
match_columns (SacNextMatch *self)
{
  guint n = sac_session_get_n_labels (self->session);

  g_free (self->columns);
  self->columns = g_new (int, n + 1);
  for (guint l = 0; l < n; l++)
    {
      self->columns[l] = -1;
      for (guint c = 0; self->scored && c < self->scored->labels->len; c++)
        if (g_str_equal (self->scored->labels->pdata[c], sac_session_get_label (self->session, l)->name))
          self->columns[l] = (int) c;
    }
}

gboolean
sac_next_match_find (SacNextMatch *self, SacClipList *list, guint from, int step, guint *position)
{
  g_return_val_if_fail (SAC_IS_NEXT_MATCH (self), FALSE);
  self->column = sac_session_find_label (self->session, self->label);
  if (needs_scores (self))
    match_columns (self);
  return sac_clip_list_find_where (list, from, step, is_sought, self, position) && *position != from;
}

/* ---- words. */

char *
sac_next_match_dup_words (SacNextMatch *self)
{
  int at = sac_session_find_label (self->session, self->label);
  const char *name = at < 0 ? "?" : sac_session_get_label (self->session, (guint) at)->name;

  switch (self->kind)
    {
    case SAC_NEXT_UNLABELLED:
      return g_strdup (_("Next unlabelled"));
    case SAC_NEXT_UNSURE:
      return g_strdup (_("Next unsure"));
    case SAC_NEXT_WITH:
      return g_strdup_printf (_("Next “%s”"), name);
    case SAC_NEXT_WITHOUT_WORD:
      return g_strdup_printf (_("Next without “%s”"), name);
    case SAC_NEXT_UNCERTAIN:
      return g_strdup (_("Next uncertain"));
    case SAC_NEXT_DISAGREES:
      return g_strdup (_("Next disagreement"));
    default:
      return g_strdup (_("Next unreviewed"));
    }
}

char *
sac_next_match_dup_excuse (SacNextMatch *self)
{
  if (needs_scores (self) && (!self->scored || self->scored->p->len == 0))
    return g_strdup (self->reading ? _("The scores are being read") : _("No run of this project has scored clips yet"));
  return g_strdup (self->kind == SAC_NEXT_UNREVIEWED ? _("All other clips of this list are reviewed")
                                                     : _("No other clip of this list is like that"));
}

/* ---- life. */

void
sac_next_match_set (SacNextMatch *self, SacNextKind kind, SacId label)
{
  g_return_if_fail (SAC_IS_NEXT_MATCH (self) && kind < SAC_N_NEXT);
  self->kind = kind;
  self->label = label;
  if (needs_scores (self) && !self->scored)
    begin_reading (self);
  g_signal_emit (self, changed_signal, 0);
}

SacNextKind
sac_next_match_get_kind (SacNextMatch *self)
{
  return self->kind;
}

static void
sac_next_match_dispose (GObject *object)
{
  SacNextMatch *self = SAC_NEXT_MATCH (object);

  if (self->reading)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->scored, scored_free);
  g_clear_pointer (&self->columns, g_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_next_match_parent_class)->dispose (object);
}

static void
sac_next_match_class_init (SacNextMatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_next_match_dispose;
  changed_signal = g_signal_new ("changed", SAC_TYPE_NEXT_MATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_next_match_init (SacNextMatch *self)
{
}

SacNextMatch *
sac_next_match_new (SacSession *session)
{
  SacNextMatch *self = g_object_new (SAC_TYPE_NEXT_MATCH, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "runs-changed", G_CALLBACK (on_runs_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_runs_changed), self, G_CONNECT_SWAPPED);
  return self;
}
