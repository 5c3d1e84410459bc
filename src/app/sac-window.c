#include "sac-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-clips-page.h"
#include "sac-compare-page.h"
#include "sac-explain-page.h"
#include "sac-generate-page.h"
#include "sac-keymap.h"
#include "sac-label-page.h"
#include "sac-runs-page.h"
#include "sac-settings.h"
#include "sac-shortcuts.h"
#include "sac-start-page.h"
#include "sac-train-page.h"
#include "sac-vocabulary.h"
#include "sac-window-private.h"
#include "base/sac-file.h"

#define TOAST_SECONDS 5

/* The pages in order.  One line adds a page; one without a type shows its explanation until it has one. */
static const struct {
  const char *name, *title, *icon;
  GType (*type) (void);
  const char *explanation;
} pages[] = {
  { "clips", N_("Clips"), "sac-clips-symbolic", sac_clips_page_get_type, N_("The clips of the project as moving thumbnails.") },
  { "label", N_("Label"), "sac-label-symbolic", sac_label_page_get_type, N_("One clip, frame by frame, and its labels.") },
  { "train", N_("Train"), "sac-train-symbolic", sac_train_page_get_type, N_("Recipes, and the loss while a network learns.") },
  { "runs", N_("Runs"), "sac-runs-symbolic", sac_runs_page_get_type, N_("All runs, their curves, and where they come from.") },
  { "compare", N_("Compare"), "sac-compare-symbolic", sac_compare_page_get_type, N_("ROC curves and AUC of the runs.") },
  { "explain", N_("Explain"), "sac-explain-symbolic", sac_explain_page_get_type, N_("Where a network looked, frame by frame.") },
  { "generate", N_("Generate"), "sac-generate-symbolic", sac_generate_page_get_type, N_("Generators, watched while they learn.") },
};

G_DEFINE_FINAL_TYPE (SacWindow, sac_window, ADW_TYPE_APPLICATION_WINDOW)

enum { PROP_PAGE = 1 };

/* ---- pages. */

static void
add_pages (SacWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page;

      if (pages[i].type)
        {
          page = g_object_new (pages[i].type (), NULL);
          sac_page_attach (SAC_PAGE (page), self->session, self->selection);
        }
      else
        {
          page = adw_status_page_new ();
          adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), pages[i].icon);
          adw_status_page_set_title (ADW_STATUS_PAGE (page), _(pages[i].title));
          adw_status_page_set_description (ADW_STATUS_PAGE (page), _(pages[i].explanation));
        }
      adw_view_stack_add_titled (self->stack, page, pages[i].name, _(pages[i].title));
      adw_view_stack_page_set_icon_name (adw_view_stack_get_page (self->stack, page), pages[i].icon);
    }
  /* Previous and next on the Label page go through what the Clips page shows. */
  sac_label_page_set_clips (SAC_LABEL_PAGE (sac_window_get_page (self, "label")),
                            SAC_CLIP_LIST (sac_clips_page_get_shown_clips (SAC_CLIPS_PAGE (sac_window_get_page (self, "clips")))));
}

SacPage *
sac_window_get_page (SacWindow *self, const char *name)
{
  GtkWidget *page = adw_view_stack_get_child_by_name (self->stack, name);

  return page && SAC_IS_PAGE (page) ? SAC_PAGE (page) : NULL;
}

static SacPage *
get_shown_page (SacWindow *self)
{
  GtkWidget *page = sac_session_is_open (self->session) ? adw_view_stack_get_visible_child (self->stack) : NULL;

  return page && SAC_IS_PAGE (page) ? SAC_PAGE (page) : NULL;
}

static void
set_css_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Where a page has a bar at its foot, messages stand above it.  The class is the toast's own: one of the overlay would have GTK
 * look up the style of every widget below it anew. */
static void
place_toasts (SacWindow *self)
{
  SacPage *shown = get_shown_page (self);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->toasts)); child; child = gtk_widget_get_next_sibling (child))
    if (g_str_equal (gtk_widget_get_css_name (child), "toast"))
      {
        set_css_class (child, "above-bar", shown && shown == sac_window_get_page (self, "clips"));
        set_css_class (child, "above-player", shown && shown == sac_window_get_page (self, "label"));
      }
}

static void
on_visible_child (SacWindow *self)
{
  SacPage *shown;

  if (!self->session)           /* while the template is being built */
    return;
  shown = get_shown_page (self);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      SacPage *page = sac_window_get_page (self, pages[i].name);

      if (page && page != shown)
        sac_page_set_shown (page, FALSE);
    }
  if (shown)
    sac_page_set_shown (shown, TRUE);
  place_toasts (self);
  g_object_notify (G_OBJECT (self), "page");
}

static void
act_page_step (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);
  const char *shown = adw_view_stack_get_visible_child_name (self->stack);
  int step = g_variant_get_int32 (parameter);

  for (int i = 0; i < (int) G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].name, shown) == 0 && i + step >= 0 && i + step < (int) G_N_ELEMENTS (pages))
      {
        adw_view_stack_set_visible_child_name (self->stack, pages[i + step].name);
        return;
      }
}

static void
act_labels (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *window = GTK_WINDOW (sac_vocabulary_new (SAC_WINDOW (widget)->session));

  gtk_window_set_transient_for (window, GTK_WINDOW (widget));
  gtk_window_set_modal (window, TRUE);
  gtk_window_set_destroy_with_parent (window, TRUE);
  gtk_window_present (window);
}

static void
act_shortcuts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (!self->shortcuts)
    {
      self->shortcuts = sac_shortcuts_new (sac_keymap_get ());
      gtk_window_set_hide_on_close (self->shortcuts, TRUE);
      gtk_window_set_transient_for (self->shortcuts, GTK_WINDOW (widget));
      gtk_window_set_destroy_with_parent (self->shortcuts, TRUE);
      g_object_add_weak_pointer (G_OBJECT (self->shortcuts), (gpointer *) &self->shortcuts);
    }
  gtk_window_present (self->shortcuts);
}

/* The next time they are asked for they are told anew. */
static void
on_keys_changed (SacWindow *self)
{
  if (self->shortcuts)
    gtk_window_destroy (self->shortcuts);
}

/* ---- what the session says. */

static void
on_toast_dismissed (AdwToast *toast, SacWindow *self)
{
  if (self->toast == toast)
    g_clear_object (&self->toast);
}

static gboolean
on_toast_time (gpointer data)
{
  SacWindow *self = data;

  self->toast_source = 0;
  if (self->toast)
    adw_toast_dismiss (self->toast);
  return G_SOURCE_REMOVE;
}

/* One message at a time: a newer one takes the place of an older one, so that Undo always means what it stands beside. */
static void
on_message (SacSession *session, const char *text, gboolean undoable, SacWindow *self)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = self->toast ? self->toast : adw_toast_new ("");

  adw_toast_set_title (toast, escaped);
  adw_toast_set_button_label (toast, undoable ? _("Undo") : NULL);
  adw_toast_set_action_name (toast, undoable ? "win.undo" : NULL);
  g_clear_handle_id (&self->toast_source, g_source_remove);
  self->toast_source = g_timeout_add_seconds (TOAST_SECONDS, on_toast_time, self);
  if (self->toast)
    return;
  self->toast = g_object_ref (toast);
  adw_toast_set_timeout (toast, 0);     /* our own clock begins anew with each message */
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_toast_dismissed), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
  place_toasts (self);
}

static void
set_tooltip (GtkWidget *button, const char *verb, const char *what)
{
  g_autofree char *text = what ? g_strdup_printf ("%s: %s", verb, what) : g_strdup (verb);

  if (g_strcmp0 (text, gtk_widget_get_tooltip_text (button)) != 0)
    gtk_widget_set_tooltip_text (button, text);
}

/* Undo and redo, in header and menu, say what they would do. */
static void
update_undo (SacWindow *self)
{
  g_autofree char *undo = sac_session_dup_undo (self->session);
  g_autofree char *redo = sac_session_dup_redo (self->session);
  g_autofree char *undo_label = undo ? g_strdup_printf (_("_Undo: %s"), undo) : g_strdup (_("_Undo"));
  g_autofree char *redo_label = redo ? g_strdup_printf (_("_Redo: %s"), redo) : g_strdup (_("_Redo"));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", undo != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.redo", redo != NULL);
  set_tooltip (self->undo_button, _("Undo"), undo);
  set_tooltip (self->redo_button, _("Redo"), redo);
  if (g_strcmp0 (undo_label, self->undo_words) == 0 && g_strcmp0 (redo_label, self->redo_words) == 0)
    return;
  g_menu_remove_all (self->undo_section);
  g_menu_append (self->undo_section, undo_label, "win.undo");
  g_menu_append (self->undo_section, redo_label, "win.redo");
  g_free (self->undo_words);
  g_free (self->redo_words);
  self->undo_words = g_steal_pointer (&undo_label);
  self->redo_words = g_steal_pointer (&redo_label);
}

static void
update_recent (SacWindow *self)
{
  g_auto (GStrv) recent = sac_recent_dup ();

  g_menu_remove_all (self->recent_section);
  for (guint i = 0; recent[i]; i++)
    {
      g_autofree char *base = g_path_get_basename (recent[i]);
      g_autoptr (GMenuItem) item = NULL;

      if (g_strcmp0 (recent[i], sac_session_get_path (self->session)) == 0)
        continue;
      if (g_str_has_suffix (base, ".saccade"))
        base[strlen (base) - strlen (".saccade")] = '\0';
      item = g_menu_item_new (base, NULL);
      g_menu_item_set_action_and_target (item, "win.open-path", "s", recent[i]);
      g_menu_append_item (self->recent_section, item);
    }
  sac_start_page_refresh (self->start_page);
}

/* In a narrow window the pages move from the header to the foot. */
static void
update_switcher (SacWindow *self)
{
  adw_view_switcher_bar_set_reveal (self->switcher_bar, self->session && sac_session_is_open (self->session) &&
                                                          adw_view_switcher_title_get_title_visible (self->switcher_title));
}

static void
on_project_changed (SacWindow *self)
{
  gboolean open = sac_session_is_open (self->session);
  g_autofree char *title = sac_session_dup_title (self->session);

  sac_selection_clear (self->selection);
  if (open)
    sac_recent_add (sac_session_get_path (self->session));
  gtk_window_set_title (GTK_WINDOW (self), open ? title : "Saccade");
  adw_view_switcher_title_set_title (self->switcher_title, open ? title : "Saccade");
  adw_view_switcher_title_set_view_switcher_enabled (self->switcher_title, open);
  gtk_label_set_text (self->project_label, open ? title : "");
  gtk_widget_set_visible (self->project_button, open);
  gtk_widget_set_visible (self->undo_box, open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.close-project", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.page", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.labels", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.split", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.suspects", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.weights", open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.page-step", open);
  _sac_window_update_layers (self);
  gtk_stack_set_visible_child_name (self->shell, open ? "project" : "start");
  update_switcher (self);
  update_recent (self);
  update_undo (self);
  on_visible_child (self);
}

/* ---- the job bar. */

static gboolean
pulse (gpointer data)
{
  SacWindow *self = data;
  const char *busy = sac_session_get_busy (self->session);
  double fraction = sac_session_get_progress (self->session), seconds;
  g_autofree char *left = NULL;

  if (sac_import_is_running (self->import))
    return G_SOURCE_CONTINUE;
  gtk_label_set_text (self->job_label, busy ? busy : "");
  seconds = (double) (g_get_monotonic_time () - self->busy_since) * 1e-6;
  if (seconds > 2 && fraction > 0.02)
    {
      g_autofree char *duration = sac_dup_duration (seconds * (1 - fraction) / fraction);

      left = g_strdup_printf (_("%s left"), duration);
    }
  gtk_label_set_text (self->job_left, left ? left : "");
  gtk_progress_bar_set_fraction (self->job_bar, fraction);
  gtk_revealer_set_reveal_child (self->job_revealer, busy != NULL);
  return G_SOURCE_CONTINUE;
}

/* An act on very many clips is told of once it has gone on for a moment. */
static void
on_job_running (SacWindow *self)
{
  gboolean running = sac_import_is_running (self->import), busy = sac_session_get_busy (self->session) != NULL;

  g_clear_handle_id (&self->pulse_source, g_source_remove);
  if (busy)
    {
      self->busy_since = g_get_monotonic_time ();
      self->pulse_source = g_timeout_add (300, pulse, self);
    }
  gtk_revealer_set_reveal_child (self->job_revealer, running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.cancel-job", running || busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import", !running && !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.demo", !running && !busy);
  if (!running)
    update_undo (self);
}

static void
on_job_progress (SacWindow *self)
{
  double fraction = sac_import_get_fraction (self->import);

  gtk_label_set_text (self->job_label, sac_import_get_text (self->import));
  gtk_label_set_text (self->job_left, sac_import_get_left (self->import));
  if (fraction < 0)
    gtk_progress_bar_pulse (self->job_bar);
  else
    gtk_progress_bar_set_fraction (self->job_bar, CLAMP (fraction, 0, 1));
}

static void
act_cancel_job (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (sac_session_get_busy (self->session))
    sac_session_stop (self->session);
  else
    sac_import_cancel (self->import);
}

/* ---- small acts. */

static void
act_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (widget));
  gboolean undo = strcmp (name, "win.undo") == 0;

  /* While text is typed the keys undo the typing. */
  if (focus && GTK_IS_TEXT (focus))
    gtk_widget_activate_action (focus, undo ? "text.undo" : "text.redo", NULL);
  else if (focus && gtk_widget_activate_action (focus, undo ? "graph.undo" : "graph.redo", NULL))
    return;                     /* a graph has steps of its own */
  else if (undo)
    sac_session_undo (SAC_WINDOW (widget)->session);
  else
    sac_session_redo (SAC_WINDOW (widget)->session);
}

static void
act_sidebar (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPage *page = get_shown_page (SAC_WINDOW (widget));

  if (page)
    sac_page_toggle_sidebar (page);
}

static void
act_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPage *page = get_shown_page (SAC_WINDOW (widget));

  if (page)
    sac_page_search (page);
}

static void
act_fullscreen (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    gtk_window_unfullscreen (GTK_WINDOW (widget));
  else
    gtk_window_fullscreen (GTK_WINDOW (widget));
}

static void
act_close_project (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (sac_import_is_running (self->import))
    sac_session_say (self->session, FALSE, _("An import is under way; wait until it is done or cancel it"));
  else
    sac_session_close (self->session);
}

/* ---- life. */

static void
sac_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PAGE)
    g_value_set_string (value, adw_view_stack_get_visible_child_name (SAC_WINDOW (object)->stack));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sac_window_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SacWindow *self = SAC_WINDOW (object);
  const char *name = g_value_get_string (value);

  if (id != PROP_PAGE)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (name && adw_view_stack_get_child_by_name (self->stack, name))
    adw_view_stack_set_visible_child_name (self->stack, name);
}

static void
remember_state (SacWindow *self)
{
  GSettings *settings = sac_settings_get ();
  int width, height;

  if (!settings)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  if (width > 0 && height > 0)
    {
      g_settings_set_int (settings, "window-width", width);
      g_settings_set_int (settings, "window-height", height);
    }
  if (adw_view_stack_get_visible_child_name (self->stack))
    g_settings_set_string (settings, "page", adw_view_stack_get_visible_child_name (self->stack));
}

static void
recall_state (SacWindow *self)
{
  GSettings *settings = sac_settings_get ();
  g_autofree char *page = settings ? g_settings_get_string (settings, "page") : NULL;

  if (!settings)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_object_set (self, "page", page, NULL);
}

static void
sac_window_dispose (GObject *object)
{
  SacWindow *self = SAC_WINDOW (object);

  g_clear_handle_id (&self->pulse_source, g_source_remove);
  g_clear_pointer (&self->undo_words, g_free);
  g_clear_pointer (&self->redo_words, g_free);
  on_keys_changed (self);
  if (self->session)
    {
      remember_state (self);
      sac_import_cancel (self->import);
      for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
        if (sac_window_get_page (self, pages[i].name))
          sac_page_set_shown (sac_window_get_page (self, pages[i].name), FALSE);
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (self->import, self);
      g_clear_pointer (&self->waiting_labels, g_strfreev);
  g_clear_object (&self->import);
      g_clear_object (&self->selection);
      g_clear_object (&self->session);
    }
  g_clear_handle_id (&self->toast_source, g_source_remove);
  g_clear_object (&self->toast);
  g_clear_object (&self->chooser);
  if (self->checking)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_WINDOW);
  G_OBJECT_CLASS (sac_window_parent_class)->dispose (object);
}

static void
sac_window_class_init (SacWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SAC_TYPE_START_PAGE);
  object_class->get_property = sac_window_get_property;
  object_class->set_property = sac_window_set_property;
  object_class->dispose = sac_window_dispose;
  g_object_class_install_property (object_class, PROP_PAGE,
    g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacWindow, name)
  BIND (toasts);
  BIND (overlay);
  BIND (drop_cue);
  BIND (switcher_title);
  BIND (switcher_bar);
  BIND (project_button);
  BIND (project_label);
  BIND (undo_box);
  BIND (undo_button);
  BIND (redo_button);
  BIND (menu_button);
  BIND (shell);
  BIND (start_page);
  BIND (stack);
  BIND (job_revealer);
  BIND (job_label);
  BIND (job_left);
  BIND (job_bar);
  BIND (undo_section);
  BIND (recent_section);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_visible_child);
  gtk_widget_class_bind_template_callback (widget_class, update_switcher);
  gtk_widget_class_install_property_action (widget_class, "win.page", "page");
  gtk_widget_class_install_action (widget_class, "win.page-step", "i", act_page_step);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, act_undo);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, act_undo);
  gtk_widget_class_install_action (widget_class, "win.sidebar", NULL, act_sidebar);
  gtk_widget_class_install_action (widget_class, "win.labels", NULL, act_labels);
  gtk_widget_class_install_action (widget_class, "win.show-help-overlay", NULL, act_shortcuts);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, act_search);
  gtk_widget_class_install_action (widget_class, "win.fullscreen", NULL, act_fullscreen);
  gtk_widget_class_install_action (widget_class, "win.close-project", NULL, act_close_project);
  gtk_widget_class_install_action (widget_class, "win.cancel-job", NULL, act_cancel_job);
  _sac_window_install_files (widget_class);
  _sac_window_install_layers (widget_class);
  _sac_window_install_data (widget_class);
}

/* The window's keys that GTK does not call itself, F9 say: after the widget with the focus, so that an input method has them first. */
static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacWindow *self)
{
  const SacKeyAct *act = sac_key_act_find (sac_keymap_find (sac_keymap_get (), SAC_KEYS_WINDOW, controller, keyval, keycode, state));
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  return act && g_action_parse_detailed_name (act->action, &name, &target, NULL) &&
         gtk_widget_activate_action_variant (GTK_WIDGET (self), name, target);
}

static void
sac_window_init (SacWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = sac_session_new ();
  self->selection = sac_selection_new ();
  self->import = sac_import_new (self->session);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (sac_keymap_get (), "changed", G_CALLBACK (on_keys_changed), self, G_CONNECT_SWAPPED);
  add_pages (self);
  _sac_window_accept_drops (self);
  _sac_window_show_statistics (self);
  g_signal_connect (self->session, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (self->session, "project-changed", G_CALLBACK (on_project_changed), self);
  g_signal_connect_swapped (self->session, "notify::can-undo", G_CALLBACK (update_undo), self);
  g_signal_connect_swapped (self->import, "notify::running", G_CALLBACK (on_job_running), self);
  g_signal_connect_object (self->session, "notify::busy", G_CALLBACK (on_job_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->import, "notify::text", G_CALLBACK (on_job_progress), self);
  recall_state (self);
  on_project_changed (self);
  on_job_running (self);
}

SacWindow *
sac_window_new (GtkApplication *application)
{
  return g_object_new (SAC_TYPE_WINDOW, "application", application, NULL);
}

SacSession *
sac_window_get_session (SacWindow *self)
{
  return self->session;
}

SacSelection *
sac_window_get_selection (SacWindow *self)
{
  return self->selection;
}

SacImport *
sac_window_get_import (SacWindow *self)
{
  return self->import;
}
