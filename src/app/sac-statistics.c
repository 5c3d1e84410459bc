#include <glib/gi18n.h>

#include "sac-plot.h"
#include "sac-statistics.h"
#include "store/sac-statistics.h"

#define WAIT_MS 500             /* after an act: somebody who labels quickly does not have everything counted each time */

typedef struct {
  SacStatistics *owner;
  GtkWidget *plot;              /* SacPlot, owned by the box */
  SacFigure *figure;            /* borrowed from figures */
  int row, part;                /* under the pointer, −1 none */
} Shown;

struct _SacStatistics {
  GtkWidget parent_instance;
  GtkWidget *scroller, *box, *status;
  SacSession *session;
  GPtrArray *figures, *shown;   /* SacFigure*, Shown* */
  GCancellable *cancellable;
  char *query;
  guint wait;
  gboolean stale;
};

G_DEFINE_FINAL_TYPE (SacStatistics, sac_statistics, GTK_TYPE_WIDGET)

enum { QUERY, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- one figure. */
static void
draw_shown (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  Shown *shown = data;

  sac_figure_draw (cr, width, height, style, shown->figure, shown->row, shown->part);
}

static char *
text_of_shown (gpointer data)
{
  return sac_figure_dup_text (((Shown *) data)->figure);
}

static gboolean
pick (Shown *shown, double x, double y, guint *row, guint *part)
{
  SacStyle style;

  sac_plot_get_style (SAC_PLOT (shown->plot), &style);
  return sac_figure_pick (gtk_widget_get_width (shown->plot), gtk_widget_get_height (shown->plot), &style, shown->figure, x, y, row, part);
}

static void
on_pointed (SacPlot *plot, double x, double y, Shown *shown)
{
  guint row, part;
  gboolean any = x >= 0 && pick (shown, x, y, &row, &part);
  int new_row = any ? (int) row : -1, new_part = any ? (int) part : -1;
  g_autofree char *words = any ? sac_figure_dup_words (shown->figure, row, part) : NULL;

  if (new_row == shown->row && new_part == shown->part)
    return;
  shown->row = new_row;
  shown->part = new_part;
  gtk_widget_set_tooltip_text (GTK_WIDGET (plot), words);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (plot), any && sac_figure_get_query (shown->figure, row, part) ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (plot));
}

static void
on_clicked (SacPlot *plot, double x, double y, Shown *shown)
{
  guint row, part;
  const char *query = pick (shown, x, y, &row, &part) ? sac_figure_get_query (shown->figure, row, part) : NULL;

  if (query)
    g_signal_emit (shown->owner, signals[QUERY], 0, query);
}

/* The three largest numbers in words, for those who do not see the picture; all of them can be copied as text. */
static char *
describe (const SacFigure *figure)
{
  GString *out = g_string_new (figure->title);

  for (guint r = 0; r < MIN (figure->n_rows, 3); r++)
    {
      g_autofree char *words = sac_figure_dup_words (figure, r, figure->kind == SAC_FIGURE_MATRIX ? r : 0);

      g_string_append_printf (out, "%s%s", r ? "; " : ": ", words);
    }
  return g_string_free (out, FALSE);
}

static void
set_height (Shown *shown)
{
  int width = gtk_widget_get_width (shown->owner->box);
  SacStyle style;

  sac_plot_get_style (SAC_PLOT (shown->plot), &style);
  gtk_widget_set_size_request (shown->plot, -1, (int) sac_figure_height (&style, shown->figure, width > 50 ? width : 320));
}

static void
show_figures (SacStatistics *self, GPtrArray *figures)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->shown, 0);
  while ((child = gtk_widget_get_first_child (self->box)))
    gtk_box_remove (GTK_BOX (self->box), child);
  g_clear_pointer (&self->figures, g_ptr_array_unref);
  self->figures = g_ptr_array_ref (figures);
  for (guint i = 0; i < figures->len; i++)
    {
      Shown *shown = g_new0 (Shown, 1);
      g_autofree char *words = describe (figures->pdata[i]);

      *shown = (Shown) { self, g_object_new (SAC_TYPE_PLOT, NULL), figures->pdata[i], -1, -1 };
      g_ptr_array_add (self->shown, shown);
      sac_plot_set_up (SAC_PLOT (shown->plot), shown->figure->title, shown->figure->id, draw_shown, text_of_shown, shown);
      sac_plot_describe (SAC_PLOT (shown->plot), words);
      g_signal_connect (shown->plot, "pointed", G_CALLBACK (on_pointed), shown);
      g_signal_connect (shown->plot, "clicked", G_CALLBACK (on_clicked), shown);
      gtk_box_append (GTK_BOX (self->box), shown->plot);
      set_height (shown);
    }
  gtk_widget_set_visible (self->status, figures->len == 0);
  gtk_label_set_text (GTK_LABEL (self->status), _("No clips to count"));
}

/* ---- reading. */
typedef struct { char *path, *query; } Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->query);
  g_free (job);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (job->path, SAC_PROJECT_READ_ONLY, &error);
  GPtrArray *figures = project ? sac_project_read_figures (project, job->query, cancellable, &error) : NULL;

  if (figures)
    g_task_return_pointer (task, figures, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  SacStatistics *self = SAC_STATISTICS (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) figures = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->box)
    return;
  if (figures)
    {
      show_figures (self, figures);
      return;
    }
  gtk_label_set_text (GTK_LABEL (self->status), error->message);
  gtk_widget_set_visible (self->status, TRUE);
}

static void
read_figures (SacStatistics *self)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->stale = FALSE;
  if (!self->session || !sac_session_is_open (self->session) || !sac_session_get_path (self->session))
    {
      g_autoptr (GPtrArray) none = g_ptr_array_new ();

      show_figures (self, none);
      return;
    }
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_read, NULL);
  job = g_new0 (Job, 1);
  job->path = g_strdup (sac_session_get_path (self->session));
  job->query = g_strdup (self->query);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
waited (gpointer data)
{
  SacStatistics *self = data;

  self->wait = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_figures (self);
  return G_SOURCE_REMOVE;
}

static void
read_later (SacStatistics *self)
{
  self->stale = TRUE;
  if (self->wait == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->wait = g_timeout_add (WAIT_MS, waited, self);
}

static void
sac_statistics_map (GtkWidget *widget)
{
  SacStatistics *self = SAC_STATISTICS (widget);

  GTK_WIDGET_CLASS (sac_statistics_parent_class)->map (widget);
  if (self->stale)
    read_figures (self);
}

static void
sac_statistics_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SacStatistics *self = SAC_STATISTICS (widget);

  gtk_widget_allocate (self->scroller, width, height, baseline, NULL);
}

static void
sac_statistics_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 260 : 100;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 380 : 600;
  *minimum_baseline = *natural_baseline = -1;
}

void
sac_statistics_set_session (SacStatistics *self, SacSession *session)
{
  g_return_if_fail (SAC_IS_STATISTICS (self));
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session)
    {
      g_signal_connect_swapped (session, "project-changed", G_CALLBACK (read_later), self);
      g_signal_connect_swapped (session, "clips-changed", G_CALLBACK (read_later), self);
      g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (read_later), self);
    }
  read_later (self);
}

void
sac_statistics_set_query (SacStatistics *self, const char *query)
{
  g_return_if_fail (SAC_IS_STATISTICS (self));
  if (g_strcmp0 (self->query, query) == 0)
    return;
  g_free (self->query);
  self->query = g_strdup (query);
  read_later (self);
}

static void
sac_statistics_dispose (GObject *object)
{
  SacStatistics *self = SAC_STATISTICS (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  self->box = NULL;
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_pointer (&self->figures, g_ptr_array_unref);
  g_clear_pointer (&self->query, g_free);
  G_OBJECT_CLASS (sac_statistics_parent_class)->dispose (object);
}

static void
sac_statistics_class_init (SacStatisticsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_statistics_dispose;
  widget_class->map = sac_statistics_map;
  widget_class->size_allocate = sac_statistics_size_allocate;
  widget_class->measure = sac_statistics_measure;
  signals[QUERY] = g_signal_new ("query", SAC_TYPE_STATISTICS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_statistics_init (SacStatistics *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->shown = g_ptr_array_new_with_free_func (g_free);
  self->stale = TRUE;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  self->status = gtk_label_new (_("Counting…"));
  gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
  gtk_widget_add_css_class (self->status, "dim-label");
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_margin_start (outer, 12);
  gtk_widget_set_margin_end (outer, 12);
  gtk_widget_set_margin_top (outer, 12);
  gtk_widget_set_margin_bottom (outer, 12);
  gtk_box_append (GTK_BOX (outer), self->status);
  gtk_box_append (GTK_BOX (outer), self->box);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), outer);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Statistics"), -1);
}

GtkWidget *
sac_statistics_new (void)
{
  return g_object_new (SAC_TYPE_STATISTICS, NULL);
}
