/* What sac-window.c and sac-window-files.c share. */
#pragma once
#include "sac-start-page.h"
#include "sac-window.h"

struct _SacWindow {
  AdwApplicationWindow parent_instance;
  SacSession *session;
  SacSelection *selection;
  SacImport *import;
  AdwToast *toast;              /* the one shown */
  guint toast_source, pulse_source;
  gint64 busy_since;
  GtkWindow *shortcuts;         /* weak */
  GtkFileChooserNative *chooser;
  GCancellable *checking;       /* of a large project file */
  char **waiting_labels;        /* label files given with media that are being imported */

  AdwToastOverlay *toasts;
  GtkOverlay *overlay;
  GtkRevealer *drop_cue;
  AdwViewSwitcherTitle *switcher_title;
  AdwViewSwitcherBar *switcher_bar;
  GtkWidget *project_button, *undo_box, *undo_button, *redo_button, *menu_button;
  GtkLabel *project_label;
  GtkStack *shell;
  SacStartPage *start_page;
  AdwViewStack *stack;
  GtkRevealer *job_revealer;
  GtkLabel *job_label, *job_left;
  GtkProgressBar *job_bar;
  GMenu *undo_section, *recent_section;
  char *undo_words, *redo_words;        /* as the menu has them */
};

void _sac_window_install_files (GtkWidgetClass *widget_class);
void _sac_window_install_layers (GtkWidgetClass *widget_class);
void _sac_window_update_layers (SacWindow *self);        /* another project, or none, is open */
/* ---- sac-window-data.c */
void _sac_window_install_data (GtkWidgetClass *widget_class);
void _sac_window_show_statistics (SacWindow *self);

void _sac_window_accept_drops (SacWindow *self);
