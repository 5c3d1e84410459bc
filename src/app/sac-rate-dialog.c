#include "sac-rate-dialog.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>

#include "run/sac-run.h"
#include "sac-plot.h"
#include "sac-tool-job.h"

typedef struct {
  GtkWindow *window;
  GtkWidget *plot, *status, *spinner, *use;
  SacToolJob *job;
  char *folder;
  SacRateFinder *found;         /* NULL: not yet, or failed */
  double rate;                  /* chosen; NaN: none */
  double pointer;               /* px; −1 */
  gboolean closed;
  SacRateChosen chosen;
  gpointer data;
} Dialog;

static void
fill_curves (Dialog *d, SacCurve curves[2], SacAxes *axes)
{
  double least = INFINITY, most = -INFINITY;

  *axes = (SacAxes) { .title = _("Loss at each rate"), .x_name = _("learning rate"), .log_x = TRUE };
  curves[0] = (SacCurve) { .x = d->found->rates, .y = d->found->losses, .n = d->found->n, .width_px = 1, .colour = { 0.5, 0.5, 0.5, 0.5 } };
  curves[1] = (SacCurve) { .x = d->found->rates, .y = d->found->smooth, .n = d->found->n, .width_px = 2.5 };
  for (guint i = 0; i < d->found->n; i++)
    if (isfinite (d->found->smooth[i]))
      {
        least = MIN (least, d->found->smooth[i]);
        most = MAX (most, d->found->smooth[i]);
      }
  if (least < most)             /* where it runs away is not worth the height */
    {
      axes->y0 = least - 0.1 * (most - least);
      axes->y1 = MIN (most, d->found->smooth[0] + 0.5 * (d->found->smooth[0] - least) + 1e-9) + 0.05 * (most - least);
    }
}

static void
draw (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  Dialog *d = data;
  SacCurve curves[2];
  SacAxes axes;
  SacChartPlace place;

  if (!d->found)
    return;
  fill_curves (d, curves, &axes);
  sac_chart_draw (cr, width, height, style, &axes, curves, 2);
  sac_chart_place (width, height, style, &axes, curves, 2, &place);
  for (int i = 0; i < 2; i++)
    {
      double rate = i == 0 ? d->rate : d->pointer >= 0 ? sac_chart_x_at (&place, d->pointer) : NAN, x;

      if (!isfinite (rate))
        continue;
      x = sac_chart_place_x (&place, rate);
      if (x < place.x || x > place.x + place.width)
        continue;
      cairo_save (cr);
      cairo_set_line_width (cr, i == 0 ? 2 : 1);
      cairo_set_source_rgba (cr, style->accent[0], style->accent[1], style->accent[2], i == 0 ? 1 : 0.5);
      cairo_move_to (cr, x, place.y);
      cairo_line_to (cr, x, place.y + place.height);
      cairo_stroke (cr);
      cairo_restore (cr);
    }
}

static void
choose (Dialog *d, double rate)
{
  g_autofree char *text = g_strdup_printf (_("Use the rate %.3g"), rate);

  d->rate = rate;
  gtk_button_set_label (GTK_BUTTON (d->use), text);
  gtk_widget_set_sensitive (d->use, TRUE);
  gtk_widget_queue_draw (d->plot);
}

static void
on_clicked (Dialog *d, double x, double y)
{
  SacCurve curves[2];
  SacAxes axes;
  SacStyle style;
  double rate;

  if (!d->found)
    return;
  fill_curves (d, curves, &axes);
  sac_plot_get_style (SAC_PLOT (d->plot), &style);
  if (sac_chart_pick (gtk_widget_get_width (d->plot), gtk_widget_get_height (d->plot), &style, &axes, curves, 2, x, y, &rate, NULL))
    choose (d, rate);
}

static void
on_pointed (Dialog *d, double x, double y)
{
  d->pointer = x;
  gtk_widget_queue_draw (d->plot);
}

static void
on_use (Dialog *d)
{
  if (isfinite (d->rate))
    d->chosen (d->rate, d->data);
  gtk_window_destroy (d->window);
}

static void
dialog_free (Dialog *d)
{
  g_autofree char *file = g_build_filename (d->folder, "rate-finder.json", NULL);

  g_unlink (file);
  g_rmdir (d->folder);
  g_clear_pointer (&d->found, sac_rate_finder_free);
  g_object_unref (d->job);
  g_free (d->folder);
  g_free (d);
}

static void
on_said (Dialog *d, const char *line)
{
  if (!d->closed)
    gtk_label_set_text (GTK_LABEL (d->status), line);
}

static void
on_done (Dialog *d, gboolean fine, const char *said)
{
  g_autoptr (GError) error = NULL;

  if (d->closed)
    {
      dialog_free (d);
      return;
    }
  gtk_spinner_stop (GTK_SPINNER (d->spinner));
  d->found = fine ? sac_rate_finder_read (d->folder, &error) : NULL;
  gtk_label_set_text (GTK_LABEL (d->status),
                      !d->found ? (error ? error->message : said ? said : "")
                      : isfinite (d->found->suggested) ? _("The line is where the loss falls fastest; click to choose another rate")
                                                       : _("At no rate did the loss fall; click to choose one all the same"));
  if (d->found && isfinite (d->found->suggested))
    choose (d, d->found->suggested);
  gtk_widget_queue_draw (d->plot);
}

static void
on_destroy (Dialog *d)
{
  d->closed = TRUE;
  if (sac_tool_job_is_running (d->job))
    sac_tool_job_cancel (d->job);       /* the rest when it has ended */
  else
    dialog_free (d);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  gtk_window_destroy (GTK_WINDOW (widget));
  return TRUE;
}

GtkWindow *
sac_rate_dialog_new (GtkWindow *parent, const char *const *words, SacRateChosen chosen, gpointer data)
{
  Dialog *d = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  d->chosen = chosen;
  d->data = data;
  d->rate = NAN;
  d->pointer = -1;
  d->folder = g_dir_make_tmp ("saccade-rates-XXXXXX", NULL);
  d->window = GTK_WINDOW (adw_window_new ());
  gtk_window_set_title (d->window, _("Find a learning rate"));
  gtk_window_set_default_size (d->window, 640, 440);
  gtk_window_set_transient_for (d->window, parent);
  gtk_window_set_modal (d->window, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  d->plot = g_object_new (SAC_TYPE_PLOT, "vexpand", TRUE, NULL);
  sac_plot_set_up (SAC_PLOT (d->plot), _("Loss at each rate"), "rates", draw, NULL, d);
  g_signal_connect_swapped (d->plot, "clicked", G_CALLBACK (on_clicked), d);
  g_signal_connect_swapped (d->plot, "pointed", G_CALLBACK (on_pointed), d);
  gtk_box_append (GTK_BOX (box), d->plot);
  d->spinner = gtk_spinner_new ();
  gtk_spinner_start (GTK_SPINNER (d->spinner));
  d->status = gtk_label_new (_("Trying rates from small to large on a copy of the weights…"));
  gtk_label_set_wrap (GTK_LABEL (d->status), TRUE);
  gtk_label_set_xalign (GTK_LABEL (d->status), 0);
  gtk_widget_set_hexpand (d->status, TRUE);
  d->use = gtk_button_new_with_label (_("Use this rate"));
  gtk_widget_add_css_class (d->use, "suggested-action");
  gtk_widget_set_valign (d->use, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (d->use, FALSE);
  g_signal_connect_swapped (d->use, "clicked", G_CALLBACK (on_use), d);
  gtk_widget_set_margin_start (row, 12);
  gtk_widget_set_margin_end (row, 12);
  gtk_widget_set_margin_top (row, 9);
  gtk_widget_set_margin_bottom (row, 12);
  gtk_box_append (GTK_BOX (row), d->spinner);
  gtk_box_append (GTK_BOX (row), d->status);
  gtk_box_append (GTK_BOX (row), d->use);
  gtk_box_append (GTK_BOX (box), row);
  adw_window_set_content (ADW_WINDOW (d->window), box);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (d->window), keys);
  g_signal_connect_swapped (d->window, "destroy", G_CALLBACK (on_destroy), d);
  d->job = sac_tool_job_new ();
  g_signal_connect_swapped (d->job, "said", G_CALLBACK (on_said), d);
  g_signal_connect_swapped (d->job, "done", G_CALLBACK (on_done), d);
  for (; *words; words++)
    g_ptr_array_add (argv, (char *) *words);
  g_ptr_array_add (argv, (char *) "--find-rate");
  g_ptr_array_add (argv, (char *) "--run");
  g_ptr_array_add (argv, d->folder);
  g_ptr_array_add (argv, NULL);
  sac_tool_job_start_plain (d->job, (const char *const *) argv->pdata);
  return d->window;
}
