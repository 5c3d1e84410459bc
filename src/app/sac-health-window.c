#include "sac-health-window.h"

#include <glib/gi18n.h>

#include "store/sac-health.h"

#define TICK_MS 150

struct _SacHealthWindow {
  AdwWindow parent_instance;
  SacSession *session;
  SacSelection *selection;
  GtkWidget *page;              /* borrowed: it is the window below */
  const char *relink_action;
  GCancellable *checking;
  GPtrArray *complaints;        /* SacComplaint, by kind */
  GMutex lock;                  /* guards what the thread tells */
  double told;
  guint tick_source, n_rows;
  GtkWidget *list, *status, *bar, *stop, *deep;
};

G_DEFINE_FINAL_TYPE (SacHealthWindow, sac_health_window, ADW_TYPE_WINDOW)

typedef struct {
  char *path;
  gboolean deep;
  GArray *count;                /* SacId: clips whose frames are to be counted, instead of a check; NULL */
} Check;

static void
check_free (gpointer data)
{
  g_clear_pointer (&((Check *) data)->count, g_array_unref);
  g_free (((Check *) data)->path);
  g_free (data);
}

/* ---- remedies. */

static GArray *
dup_ids (SacHealthWindow *self, SacHealth kind)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  for (guint i = 0; i < self->complaints->len; i++)
    {
      const SacComplaint *complaint = self->complaints->pdata[i];

      if (complaint->kind == kind)
        g_array_append_val (ids, complaint->item);
    }
  return ids;
}

static SacHealth
kind_of (GtkWidget *button)
{
  return (SacHealth) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "kind"));
}

static void start_check (SacHealthWindow *self, gboolean deep);
static void start_count (SacHealthWindow *self, GArray *ids);

static void
on_show (GtkWidget *button, SacHealthWindow *self)
{
  g_autoptr (GArray) ids = dup_ids (self, kind_of (button));

  sac_selection_show_set (self->selection, sac_health_title (kind_of (button)), (const SacId *) (void *) ids->data, ids->len);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_exclude (GtkWidget *button, SacHealthWindow *self)
{
  g_autoptr (GArray) ids = dup_ids (self, kind_of (button));

  if (sac_session_set_excluded (self->session, (const SacId *) (void *) ids->data, ids->len, kind_of (button) != SAC_HEALTH_EXCLUDED))
    start_check (self, FALSE);
}

static void
on_remove (GtkWidget *button, SacHealthWindow *self)
{
  g_autoptr (GArray) ids = dup_ids (self, kind_of (button));

  if (sac_session_remove_clips (self->session, (const SacId *) (void *) ids->data, ids->len))
    start_check (self, FALSE);
}

static void
on_count (GtkWidget *button, SacHealthWindow *self)
{
  start_count (self, dup_ids (self, kind_of (button)));
}

static void
on_relink (GtkWidget *button, SacHealthWindow *self)
{
  GtkWidget *page = self->page;
  const char *action = self->relink_action;

  gtk_window_close (GTK_WINDOW (self));
  gtk_widget_activate_action (page, action, NULL);
}

/* ---- the list. */

static void
add_button (SacHealthWindow *self, GtkWidget *row, SacHealth kind, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  g_autofree char *described = g_strdup_printf ("%s: %s", label, sac_health_title (kind));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, described, -1);
  g_object_set_data (G_OBJECT (button), "kind", GINT_TO_POINTER (kind));
  g_signal_connect (button, "clicked", callback, self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static void
add_row (SacHealthWindow *self, SacHealth kind, guint n)
{
  GtkWidget *row = adw_action_row_new (), *icon;
  g_autofree char *title = g_strdup_printf ("%s (%u)", sac_health_title (kind), n);
  gboolean can_change = sac_session_is_writable (self->session);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), sac_health_hint (kind));
  icon = gtk_image_new_from_icon_name (sac_health_is_serious (kind) ? "dialog-warning-symbolic" : "dialog-information-symbolic");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  add_button (self, row, kind, _("Show"), G_CALLBACK (on_show));
  if (kind == SAC_HEALTH_MISSING && can_change)
    add_button (self, row, kind, _("Look for them…"), G_CALLBACK (on_relink));
  if ((kind == SAC_HEALTH_UNREADABLE || kind == SAC_HEALTH_CUT || kind == SAC_HEALTH_VFR || kind == SAC_HEALTH_ENDLESS) && can_change)
    add_button (self, row, kind, _("Count frames anew"), G_CALLBACK (on_count));
  if ((kind == SAC_HEALTH_UNREADABLE || kind == SAC_HEALTH_CUT || kind == SAC_HEALTH_REPLACED) && can_change)
    add_button (self, row, kind, _("Exclude"), G_CALLBACK (on_exclude));
  if (kind == SAC_HEALTH_EXCLUDED && can_change)
    add_button (self, row, kind, _("Include"), G_CALLBACK (on_exclude));
  if ((kind == SAC_HEALTH_MISSING || kind == SAC_HEALTH_UNREADABLE || kind == SAC_HEALTH_DUPLICATE) && can_change)
    add_button (self, row, kind, _("Remove"), G_CALLBACK (on_remove));
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  self->n_rows++;
}

static void
show_complaints (SacHealthWindow *self)
{
  GtkWidget *row;
  guint n_serious = 0;

  while ((row = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  self->n_rows = 0;
  for (guint i = 0, n; i < self->complaints->len; i += n)
    {
      SacHealth kind = ((SacComplaint *) self->complaints->pdata[i])->kind;

      for (n = 1; i + n < self->complaints->len && ((SacComplaint *) self->complaints->pdata[i + n])->kind == kind;)
        n++;
      add_row (self, kind, n);
      n_serious += sac_health_is_serious (kind) ? n : 0;
    }
  gtk_widget_set_visible (self->list, self->n_rows > 0);
  if (self->n_rows == 0)
    gtk_label_set_text (GTK_LABEL (self->status), _("All files are there and as they should be."));
  else if (n_serious == 0)
    gtk_label_set_text (GTK_LABEL (self->status), _("Nothing that training would stumble over."));
  else
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u clip needs a decision.", "%u clips need a decision.", n_serious), n_serious);

      gtk_label_set_text (GTK_LABEL (self->status), text);
    }
}

/* ---- the check. */

static void
on_progress (double fraction, const char *what, gpointer data)
{
  SacHealthWindow *self = data;

  g_mutex_lock (&self->lock);
  self->told = fraction;
  g_mutex_unlock (&self->lock);
}

static gboolean
on_tick (gpointer data)
{
  SacHealthWindow *self = data;

  g_mutex_lock (&self->lock);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), CLAMP (self->told, 0, 1));
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static void
check (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Check *asked = data;
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open_reader (asked->path, &error);
  GPtrArray *complaints = project ? sac_project_check_health (project, asked->deep, on_progress, source, cancellable, &error) : NULL;

  if (complaints)
    g_task_return_pointer (task, complaints, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
set_busy (SacHealthWindow *self, gboolean busy)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (busy)
    self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  gtk_widget_set_visible (self->bar, busy);
  gtk_widget_set_visible (self->stop, busy);
  gtk_widget_set_sensitive (self->deep, !busy);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacHealthWindow *self = SAC_HEALTH_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) complaints = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->checking)
    return;             /* closed, or a newer check is under way */
  g_clear_object (&self->checking);
  set_busy (self, FALSE);
  if (!complaints)
    {
      gtk_label_set_text (GTK_LABEL (self->status), error->message);
      return;
    }
  g_clear_pointer (&self->complaints, g_ptr_array_unref);
  self->complaints = g_steal_pointer (&complaints);
  show_complaints (self);
}

static void
drop_check (SacHealthWindow *self)
{
  if (self->checking)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
}

/* ---- counting. */

static void
count (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Check *asked = data;
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open_reader (asked->path, &error);
  GPtrArray *counts = NULL;

  if (project)
    counts = sac_project_count_frames (project, (const SacId *) (void *) asked->count->data, asked->count->len, on_progress, source,
                                       cancellable, &error);
  if (counts)
    g_task_return_pointer (task, counts, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  SacHealthWindow *self = SAC_HEALTH_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) counts = g_task_propagate_pointer (G_TASK (result), &error);
  guint n_changed = 0;

  if (g_task_get_cancellable (G_TASK (result)) != self->checking)
    return;
  g_clear_object (&self->checking);
  set_busy (self, FALSE);
  if (!counts)
    {
      gtk_label_set_text (GTK_LABEL (self->status), error->message);
      return;
    }
  for (guint i = 0; i < counts->len; i++)
    {
      const SacRecount *one = counts->pdata[i];

      n_changed += !one->problem && one->n_now != one->n_before;
    }
  if (n_changed && sac_session_take_counts (self->session, counts))
    start_check (self, FALSE);
  else
    gtk_label_set_text (GTK_LABEL (self->status), _("All files hold as many frames as was known."));
}

static void
start_work (SacHealthWindow *self, Check *asked, GAsyncReadyCallback callback, GTaskThreadFunc work)
{
  g_autoptr (GTask) task = NULL;

  drop_check (self);
  asked->path = g_strdup (sac_session_get_path (self->session));
  self->told = 0;
  self->checking = g_cancellable_new ();
  task = g_task_new (self, self->checking, callback, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, asked, check_free);
  set_busy (self, TRUE);
  gtk_label_set_text (GTK_LABEL (self->status), asked->count ? _("Counting the frames…") : _("Checking…"));
  g_task_run_in_thread (task, work);
}

/* Eats @ids. */
static void
start_count (SacHealthWindow *self, GArray *ids)
{
  Check *asked = g_new0 (Check, 1);

  asked->count = ids;
  if (sac_session_get_path (self->session))
    start_work (self, asked, on_counted, count);
  else
    check_free (asked);
}

static void
start_check (SacHealthWindow *self, gboolean deep)
{
  Check *asked = g_new0 (Check, 1);

  asked->deep = deep;
  if (sac_session_get_path (self->session))
    start_work (self, asked, on_checked, check);
  else
    check_free (asked);
}

static void
on_deep (SacHealthWindow *self)
{
  start_check (self, TRUE);
}

static void
on_stop (SacHealthWindow *self)
{
  if (self->checking)
    g_cancellable_cancel (self->checking);
}

/* ---- life. */

static void
sac_health_window_dispose (GObject *object)
{
  SacHealthWindow *self = SAC_HEALTH_WINDOW (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  drop_check (self);
  g_clear_object (&self->session);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (sac_health_window_parent_class)->dispose (object);
}

static void
sac_health_window_finalize (GObject *object)
{
  SacHealthWindow *self = SAC_HEALTH_WINDOW (object);

  g_clear_pointer (&self->complaints, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sac_health_window_parent_class)->finalize (object);
}

static void
sac_health_window_class_init (SacHealthWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_health_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_health_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_health_window_init (SacHealthWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new (), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  g_mutex_init (&self->lock);
  self->status = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_widget_add_css_class (self->status, "heading");
  self->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress of the check"), -1);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_visible (self->list, FALSE);
  self->deep = gtk_button_new_with_label (_("Look into each file"));
  gtk_widget_set_tooltip_text (self->deep, _("Opens each file and compares its content with what was imported"));
  g_signal_connect_swapped (self->deep, "clicked", G_CALLBACK (on_deep), self);
  self->stop = gtk_button_new_with_label (_("Stop"));
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (on_stop), self);
  gtk_box_append (GTK_BOX (buttons), self->deep);
  gtk_box_append (GTK_BOX (buttons), self->stop);
  gtk_box_append (GTK_BOX (inner), self->status);
  gtk_box_append (GTK_BOX (inner), self->bar);
  gtk_box_append (GTK_BOX (inner), self->list);
  gtk_box_append (GTK_BOX (inner), buttons);
  gtk_widget_set_margin_top (inner, 18);
  gtk_widget_set_margin_bottom (inner, 18);
  gtk_widget_set_margin_start (inner, 18);
  gtk_widget_set_margin_end (inner, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 760);
  adw_clamp_set_child (ADW_CLAMP (clamp), inner);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _("Health of the clips"));
  gtk_window_set_default_size (GTK_WINDOW (self), 760, 560);
}

GtkWidget *
sac_health_window_new (SacSession *session, SacSelection *selection, GtkWidget *page, const char *relink_action)
{
  SacHealthWindow *self = g_object_new (SAC_TYPE_HEALTH_WINDOW, "transient-for", gtk_widget_get_root (page), "modal", TRUE, NULL);

  self->session = g_object_ref (session);
  self->selection = g_object_ref (selection);
  self->page = page;
  self->relink_action = relink_action;
  start_check (self, FALSE);
  return GTK_WIDGET (self);
}

guint
sac_health_window_get_n_rows (SacHealthWindow *self)
{
  return self->n_rows;
}
