#include "sac-gan-scores-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"
#include "sac-settings.h"
#include "sac-tool-job.h"

#define MOST_RUNS 40            /* in the tables */

struct _SacGanScoresView {
  AdwBin parent_instance;
  GtkBox *tables;
  GtkLabel *classifier_label, *said;
  GtkButton *score, *train, *choose;
  GtkSpinner *spinner;
  GtkFileChooserNative *chooser;
  SacToolJob *job;
  gboolean training;            /* what the job does: a classifier, not scores */
  char *project, *run, *classifier;     /* paths, nullable */
  char **folders, **names;
  GPtrArray *all;               /* SacGanScores*, NULL where a run has none, in the order of @folders; nullable */
  guint generation;
};

G_DEFINE_FINAL_TYPE (SacGanScoresView, sac_gan_scores_view, ADW_TYPE_BIN)

static guint scored_signal;
static void read_all (SacGanScoresView *self);

static void
scores_free (gpointer scores)
{
  if (scores)
    sac_gan_scores_free (scores);
}

const SacGanScores *
sac_gan_scores_view_get (SacGanScoresView *self)
{
  for (guint i = 0; self->all && i < self->all->len; i++)
    if (g_strcmp0 (self->folders[i], self->run) == 0)
      return self->all->pdata[i];
  return NULL;
}

/* ---- tables. */

static void
put (GtkGrid *grid, int column, int row, const char *text, gboolean number, gboolean bold)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (number)
    gtk_widget_add_css_class (label, "numeric");
  if (bold)
    gtk_widget_add_css_class (label, "heading");
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* The best generator of a run by a measure, as a row; −1: the measure has no best. */
static int
find_best (const SacGanScores *scores, const SacGanMeasure *measure)
{
  int best = -1;

  for (guint r = 0; measure->sense != 0 && r < scores->rows->len; r++)
    {
      const SacGanScoreRow *row = scores->rows->pdata[r], *old = best >= 0 ? scores->rows->pdata[best] : NULL;
      double value = sac_gan_measure_value (measure, row);

      if (row->who[0] == 'G' && !isnan (value) && (!old || (value - sac_gan_measure_value (measure, old)) * measure->sense > 0))
        best = (int) r;
    }
  return best;
}

static int
add_run (GtkGrid *grid, int at, const char *name, const SacGanScores *scores, gboolean with_real, gboolean own)
{
  for (guint r = 0; r < scores->rows->len; r++)
    {
      const SacGanScoreRow *row = scores->rows->pdata[r];
      gboolean real = strcmp (row->who, "real") == 0;
      SacGanMeasure measure;

      if (real && !with_real)
        continue;
      put (grid, 0, at, real ? "" : name, FALSE, own && !real);
      put (grid, 1, at, real ? _("real") : strcmp (row->who, "union") == 0 ? _("all together") : row->who, FALSE, FALSE);
      for (guint m = 0; sac_gan_measure_get (m, scores->inception, &measure); m++)
        {
          double value = sac_gan_measure_value (&measure, row), deviation = sac_gan_measure_deviation (&measure, row);
          g_autofree char *text = isnan (value)       ? g_strdup ("–")
                                  : isnan (deviation) ? g_strdup_printf ("%.*f", measure.digits, value)
                                                      : g_strdup_printf ("%.*f ± %.*f", measure.digits, value, measure.digits, deviation);

          put (grid, (int) m + 2, at, text, TRUE, scores->k > 1 && find_best (scores, &measure) == (int) r);
        }
      at++;
    }
  return at;
}

/* What one feature network said of the runs it looked at. */
static void
add_table (SacGanScoresView *self, guint first, gboolean *done)
{
  const SacGanScores *head = self->all->pdata[first];
  g_autofree char *words = g_strdup_printf (_("Feature network: %s; resize: %s; %u real pictures, IS in %u parts"), head->features,
                                            head->resize, head->n_real, head->n_splits);
  GtkWidget *label = gtk_label_new (words), *grid = gtk_grid_new ();
  SacGanMeasure measure;
  int at = 1;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_tooltip_text (label, head->hash);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 16);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  for (guint m = 0; sac_gan_measure_get (m, head->inception, &measure); m++)
    put (GTK_GRID (grid), (int) m + 2, 0, measure.name, TRUE, TRUE);
  for (guint i = first; i < self->all->len; i++)
    {
      const SacGanScores *scores = self->all->pdata[i];

      if (!scores || done[i] || !sac_gan_scores_comparable (head, scores))
        continue;
      done[i] = TRUE;
      at = add_run (GTK_GRID (grid), at, self->names[i], scores, at == 1, g_strcmp0 (self->folders[i], self->run) == 0);
    }
  gtk_box_append (self->tables, label);
  gtk_box_append (self->tables, grid);
}

/* The network of the run shown first. */
static void
show_tables (SacGanScoresView *self)
{
  guint n = self->all ? self->all->len : 0;
  g_autofree gboolean *done = g_new0 (gboolean, n + 1);
  GtkWidget *child;
  gboolean any = FALSE;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->tables))))
    gtk_box_remove (self->tables, child);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++)
      if (self->all->pdata[i] && !done[i] && (pass == 1 || g_strcmp0 (self->folders[i], self->run) == 0))
        {
          if (any)
            {
              GtkWidget *apart = gtk_label_new (_("Scored otherwise: these numbers must not be compared with those above."));

              gtk_label_set_xalign (GTK_LABEL (apart), 0);
              gtk_widget_add_css_class (apart, "apart");
              gtk_box_append (self->tables, apart);
            }
          any = TRUE;
          add_table (self, i, done);
        }
  if (!any)
    {
      GtkWidget *empty = adw_status_page_new ();

      adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No scores yet"));
      adw_status_page_set_description (ADW_STATUS_PAGE (empty),
                                       _("Scores need a network that knows what is in the pictures: train a classifier here, whose "
                                         "pictures lie in a folder for each class, or choose Inception-v3 weights. Then press Score."));
      gtk_box_append (self->tables, empty);
    }
}

/* ---- reading. */

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  char **folders = task_data;
  GPtrArray *all = g_ptr_array_new_with_free_func (scores_free);

  for (guint i = 0; folders[i]; i++)
    g_ptr_array_add (all, i < MOST_RUNS ? sac_gan_scores_read (folders[i], NULL) : NULL);
  g_task_return_pointer (task, all, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  SacGanScoresView *self = SAC_GAN_SCORES_VIEW (source);
  GPtrArray *all = g_task_propagate_pointer (G_TASK (result), NULL);

  if (GPOINTER_TO_UINT (data) != self->generation || !self->job || !all)
    {
      g_clear_pointer (&all, g_ptr_array_unref);
      return;
    }
  g_clear_pointer (&self->all, g_ptr_array_unref);
  self->all = all;
  show_tables (self);
  g_signal_emit (self, scored_signal, 0);
}

static void
read_all (SacGanScoresView *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_read, GUINT_TO_POINTER (++self->generation));

  g_task_set_task_data (task, g_strdupv (self->folders), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, read_in_thread);
}

/* ---- scoring. */

static char *
dup_own_classifier (SacGanScoresView *self)
{
  g_autofree char *stem = self->project ? g_strndup (self->project, strlen (self->project) -
                                                     (g_str_has_suffix (self->project, ".saccade") ? strlen (".saccade") : 0)) : NULL;
  g_autofree char *data = stem ? g_strconcat (stem, ".data", NULL) : NULL;

  return data ? g_build_filename (data, "classifier", NULL) : NULL;
}

static void
show_state (SacGanScoresView *self)
{
  gboolean busy = sac_tool_job_is_running (self->job);
  g_autofree char *base = self->classifier ? g_path_get_basename (self->classifier) : NULL;
  g_autofree char *words = base ? g_strdup_printf (_("Feature network: %s"), base) : g_strdup (_("No feature network yet"));

  gtk_label_set_text (self->classifier_label, words);
  gtk_button_set_label (self->score, busy && !self->training ? _("Cancel") : _("Score"));
  gtk_button_set_label (self->train, busy && self->training ? _("Cancel") : _("Train a classifier"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->score), self->run && (busy ? !self->training : self->classifier != NULL));
  gtk_widget_set_sensitive (GTK_WIDGET (self->train), self->run && (!busy || self->training));
  gtk_widget_set_sensitive (GTK_WIDGET (self->choose), !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

static void
on_said (SacGanScoresView *self, const char *line)
{
  gtk_label_set_text (self->said, line);
}

static void
on_done (SacGanScoresView *self, gboolean fine, const char *said)
{
  if (fine && self->training)
    {
      g_free (self->classifier);
      self->classifier = dup_own_classifier (self);
    }
  gtk_label_set_text (self->said, fine ? "" : said ? said : _("Cancelled"));
  show_state (self);
  read_all (self);
}

static void
start (SacGanScoresView *self, gboolean training)
{
  g_autoptr (SacRunInfo) info = self->run ? sac_run_info_read (self->run, NULL) : NULL;
  g_autofree char *out = dup_own_classifier (self);
  const char *source = info && info->project ? info->project : "";
  const char *const classify[] = { "gan", "classifier", "--data", source, "--out", out, NULL };
  const char *const score[] = { "gan", "score", self->run, "--data", source, "--classifier", self->classifier, NULL };

  if (sac_tool_job_is_running (self->job))
    {
      sac_tool_job_cancel (self->job);
      return;
    }
  if (!self->run || (!training && !self->classifier) || (training && !out))
    return;
  self->training = training;
  gtk_label_set_text (self->said, training ? _("Training a classifier…") : _("Scoring…"));
  sac_tool_job_start_plain (self->job, training ? classify : score);
  show_state (self);
}

const char *
sac_gan_scores_view_get_classifier (SacGanScoresView *self)
{
  return self->classifier;
}

void
sac_gan_scores_view_score (SacGanScoresView *self)
{
  if (!sac_tool_job_is_running (self->job))
    start (self, FALSE);
}

static void
on_score (SacGanScoresView *self)
{
  start (self, FALSE);
}

static void
on_train (SacGanScoresView *self)
{
  start (self, TRUE);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  SacGanScoresView *self = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file), *name = g_path_get_basename (path);

      g_free (self->classifier);
      /* A classifier is a folder; a person chooses the file in it. */
      self->classifier = g_str_has_suffix (name, ".json") || strcmp (name, "classifier.safetensors") == 0 ? g_path_get_dirname (path)
                                                                                                          : g_strdup (path);
      show_state (self);
    }
  g_clear_object (&self->chooser);
}

static void
on_choose (SacGanScoresView *self)
{
  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (_("A classifier’s file, or Inception-v3 weights"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Open"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- what is shown. */

void
sac_gan_scores_view_set_project (SacGanScoresView *self, const char *path)
{
  g_autofree char *own = NULL;

  if (g_strcmp0 (path, self->project) == 0)
    return;
  g_free (self->project);
  self->project = g_strdup (path);
  g_clear_pointer (&self->classifier, g_free);
  own = dup_own_classifier (self);
  if (own && g_file_test (own, G_FILE_TEST_IS_DIR))
    self->classifier = g_steal_pointer (&own);
  show_state (self);
}

void
sac_gan_scores_view_set_runs (SacGanScoresView *self, const char *run, const char *const *folders, const char *const *names)
{
  static const char *const none[] = { NULL };

  g_free (self->run);
  self->run = g_strdup (run);
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_strfreev (self->folders);
  g_strfreev (self->names);
  self->folders = g_strdupv ((char **) (folders ? folders : none));
  self->names = g_strdupv ((char **) (names ? names : none));
  show_state (self);
  read_all (self);
}

/* ---- object. */

SacGanScoresView *
sac_gan_scores_view_new (void)
{
  return g_object_new (SAC_TYPE_GAN_SCORES_VIEW, NULL);
}

static void
sac_gan_scores_view_dispose (GObject *object)
{
  SacGanScoresView *self = SAC_GAN_SCORES_VIEW (object);

  g_clear_object (&self->job);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_strfreev);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->project, g_free);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->classifier, g_free);
  G_OBJECT_CLASS (sac_gan_scores_view_parent_class)->dispose (object);
}

static void
sac_gan_scores_view_class_init (SacGanScoresViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_gan_scores_view_dispose;
  scored_signal = g_signal_new ("scored", SAC_TYPE_GAN_SCORES_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkButton *
add_button (GtkBox *box, const char *label, const char *tooltip, void (*act) (SacGanScoresView *), SacGanScoresView *self)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (act), self);
  gtk_box_append (box, button);
  return GTK_BUTTON (button);
}

static void
sac_gan_scores_view_init (SacGanScoresView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->job = sac_tool_job_new ();
  g_signal_connect_object (self->job, "said", G_CALLBACK (on_said), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->job, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  self->folders = g_new0 (char *, 1);
  self->names = g_new0 (char *, 1);
  self->classifier_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->classifier_label, 0);
  gtk_label_set_ellipsize (self->classifier_label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->classifier_label), TRUE);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->classifier_label));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->spinner));
  self->choose = add_button (GTK_BOX (row), _("Choose…"), _("A classifier made before, or Inception-v3 weights"), on_choose, self);
  self->train = add_button (GTK_BOX (row), _("Train a classifier"), _("On the pictures of this run; it stays with the project"),
                            on_train, self);
  self->score = add_button (GTK_BOX (row), _("Score"), _("Make pictures from the newest checkpoint and score them"), on_score, self);
  self->said = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->said, 0);
  gtk_label_set_wrap (self->said, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->said), "dim-label");
  self->tables = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 9));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->tables));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->said));
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_bin_set_child (ADW_BIN (self), box);
  show_state (self);
  show_tables (self);
}
