/* The Generate page: how the run shown does, in a line and in the edges of its graph. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-generate-page-private.h"
#include "sac-settings.h"

#define GRAPH_WINDOW 200        /* steps in which an edge of the past is sought */

static void
append_part (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len ? "  ·  " : "", part);
  g_free (part);
}

static const char *
state_words (SacGeneratePage *self, gboolean live, gboolean told)
{
  const char *said = sac_live_model_get_text (self->model, "status");

  if (self->paused)
    return _("Paused");
  if (live)
    return told ? _("Learning") : _("Starting");
  if (said && g_str_has_prefix (said, "done"))
    return _("Done");
  if (said && g_str_has_prefix (said, "stopp"))
    return _("Stopped");
  if (said || told)
    return _("Cut off; it can go on from its last checkpoint");
  return _("Waiting for the trainer");
}

void
_sac_generate_page_show_status (SacGeneratePage *self)
{
  gboolean live = self->run && sac_run_is_live (self->run);
  const char *said = sac_live_model_get_text (self->model, "status");
  const char *warning = sac_live_model_get_text (self->model, "warning");
  g_autoptr (GString) text = g_string_new (NULL);
  double value;
  SacLiveSummary loss;
  gboolean told = sac_live_model_get (self->model, "loss/D", &loss);

  self->paused = live && said && g_str_has_prefix (said, "paused");
  if (said && g_str_has_prefix (said, "failed"))
    append_part (text, g_strdup_printf (_("Failed%s"), said + strlen ("failed")));
  else
    append_part (text, g_strdup (state_words (self, live, told)));
  if (told)
    {
      append_part (text, g_strdup_printf (_("step %u"), (guint) loss.last_step));
      append_part (text, g_strdup_printf (_("loss of D %.3f"), loss.last));
    }
  if (sac_live_model_get_last (self->model, "accuracy/D", &value) && !isnan (value))
    append_part (text, g_strdup_printf (_("D is right in %.0f %%"), 100 * value));
  if (live && sac_live_model_get_last (self->model, "images_per_second", &value))
    append_part (text, g_strdup_printf (_("%.0f pictures/s"), value));
  if (live && !self->paused && sac_live_model_get_last (self->model, "seconds_left", &value))
    {
      g_autofree char *left = sac_dup_duration (value);

      append_part (text, g_strdup_printf (_("%s left"), left));
    }
  gtk_label_set_text (self->status, text->str);
  gtk_label_set_text (self->warning, warning ? warning : "");
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning != NULL);
  gtk_progress_bar_set_fraction (self->progress, sac_live_model_get_last (self->model, "progress", &value) ? CLAMP (value, 0, 1) : 0);
  self->resumable = self->run && !live && told && !(said && g_str_has_prefix (said, "done"));
  gtk_button_set_label (self->pause_button, self->paused ? _("Resume") : self->resumable ? _("Go on") : _("Pause"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause_button), live || self->resumable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->checkpoint_button), live);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), live);
}

/* Of @tag at the step shown; NaN: nothing was told. */
static double
value_at (SacGeneratePage *self, const char *kind, guint student, guint teacher, double step)
{
  g_autofree char *tag = student == teacher ? g_strdup_printf ("%s/G%u", kind, student + 1)
                                            : g_strdup_printf ("%s/G%u>G%u", kind, teacher + 1, student + 1);
  SacLiveSummary summary;
  g_autofree double *x = NULL, *y = NULL;
  double value = NAN;
  gsize n;

  if (!sac_live_model_get (self->model, tag, &summary))
    return NAN;
  if (step >= (double) summary.last_step)
    return summary.last;
  n = sac_live_model_dup_curve (self->model, tag, SAC_LIVE_STEPS, MAX (step - GRAPH_WINDOW, 0), step + 1, 8, 0, &x, &y);
  for (gsize i = 0; i < n && x[i] <= step + 0.5; i++)
    value = y[i];
  return value;
}

/* Edges as they are at the step of the samples, which while it learns is the newest. */
void
_sac_generate_page_show_edges (SacGeneratePage *self)
{
  SacSampleShape shape;
  SacGraphLive live;
  SacLiveSummary d, progress;
  double step = (double) sac_sample_view_get_step (self->samples), updates;

  sac_sample_film_get_shape (sac_sample_view_get_film (self->samples), &shape);
  if (shape.columns == 0)
    return;
  if (!sac_gan_graph_equal (&shape.graph, &self->shown_graph))
    sac_graph_editor_set_graph (self->graph, &shape.graph);
  self->shown_graph = shape.graph;
  if (!sac_live_model_get (self->model, "loss/D", &d))
    return;
  if (sac_sample_view_is_following (self->samples))
    step = (double) d.last_step;
  sac_graph_live_init (&live);
  if (sac_live_model_get (self->model, "progress", &progress) && progress.last > 0)
    {
      updates = (double) progress.last_step / progress.last;
      live.tau = CLAMP (step / updates, 0, 1);
    }
  for (guint s = 0; s < shape.columns; s++)
    for (guint t = 0; t < shape.columns; t++)
      {
        live.loss[s][t] = value_at (self, "loss", s, t, step);
        live.factor[s][t] = value_at (self, "factor", s, t, step);
      }
  sac_graph_editor_set_live (self->graph, &live);
}
