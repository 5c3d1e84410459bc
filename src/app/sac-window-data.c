/* The window's dealings with the data set as a whole, and with what runs say of it: divide, export, statistics,
 * doubtful labels, weights. */
#include "sac-clips-page.h"
#include "sac-export-dialog.h"
#include "sac-split-dialog.h"
#include "sac-statistics.h"
#include "sac-suspects-window.h"
#include "sac-weights-window.h"
#include "sac-window-private.h"

static void
present (SacWindow *self, GtkWidget *dialog)
{
  gtk_window_set_transient_for (GTK_WINDOW (dialog), GTK_WINDOW (self));
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
act_split (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (sac_session_is_open (self->session))
    present (self, sac_split_dialog_new (self->session));
}

static void
act_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (sac_session_is_open (self->session))
    present (self, sac_export_dialog_new (self->session));
}

static void
act_suspects (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (sac_session_is_open (self->session))
    present (self, sac_suspects_window_new (self->session, self->selection, widget));
}

static void
act_weights (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);
  const char *runs[] = { sac_selection_get_run (self->selection), NULL };

  if (sac_session_is_open (self->session))
    present (self, sac_weights_window_new (self->session, widget, runs));
}

void
_sac_window_install_data (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.split", NULL, act_split);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, act_export);
  gtk_widget_class_install_action (widget_class, "win.suspects", NULL, act_suspects);
  gtk_widget_class_install_action (widget_class, "win.weights", NULL, act_weights);
}

void
_sac_window_show_statistics (SacWindow *self)
{
  SacPage *clips = sac_window_get_page (self, "clips");
  GtkWidget *statistics = sac_statistics_new ();

  sac_statistics_set_session (SAC_STATISTICS (statistics), self->session);
  sac_clips_page_set_statistics (SAC_CLIPS_PAGE (clips), statistics);
}
