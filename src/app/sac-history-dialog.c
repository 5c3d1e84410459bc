#include "sac-history-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST 1000

/* ---- a row. */
#define SAC_TYPE_HISTORY_ROW (sac_history_row_get_type ())
G_DECLARE_FINAL_TYPE (SacHistoryRow, sac_history_row, SAC, HISTORY_ROW, GObject)

struct _SacHistoryRow {
  GObject parent_instance;
  SacId act;                    /* 0: before the first */
  char *what, *when, *folded;
  gboolean undone, now;
};

G_DEFINE_FINAL_TYPE (SacHistoryRow, sac_history_row, G_TYPE_OBJECT)

static void
sac_history_row_finalize (GObject *object)
{
  SacHistoryRow *self = SAC_HISTORY_ROW (object);

  g_free (self->what);
  g_free (self->when);
  g_free (self->folded);
  G_OBJECT_CLASS (sac_history_row_parent_class)->finalize (object);
}

static void
sac_history_row_class_init (SacHistoryRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_history_row_finalize;
}

static void
sac_history_row_init (SacHistoryRow *self)
{
}

/* ---- the dialog. */
struct _SacHistoryDialog {
  AdwWindow parent_instance;
  SacSession *session;
  GListStore *rows;
  GtkCustomFilter *filter;
  char *wanted;                 /* what is searched, folded; NULL: nothing */
  guint refresh_source;
  GtkSearchEntry *search;
  GtkListView *list;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (SacHistoryDialog, sac_history_dialog, ADW_TYPE_WINDOW)

static char *
dup_when (gint64 time_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC), now = g_date_time_new_now_local ();
  gboolean today = at && g_date_time_get_year (at) == g_date_time_get_year (now)
                   && g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (now);

  return at ? g_date_time_format (at, today ? "%T" : "%F %T") : g_strdup ("");
}

static void
add_row (SacHistoryDialog *self, const SacAct *act, gboolean now)
{
  g_autoptr (SacHistoryRow) row = g_object_new (SAC_TYPE_HISTORY_ROW, NULL);

  row->act = act ? act->id : 0;
  row->what = g_strdup (act ? act->what : _("Before all of this"));
  row->when = act ? dup_when (act->time_us) : g_strdup ("");
  row->folded = g_utf8_casefold (row->what, -1);
  row->undone = act && act->undone;
  row->now = now;
  g_list_store_append (self->rows, row);
}

static gboolean
refresh (gpointer data)
{
  SacHistoryDialog *self = data;
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GPtrArray) acts = project ? sac_project_list_history (project, MOST, NULL) : NULL;
  gboolean found = FALSE;

  g_clear_handle_id (&self->refresh_source, g_source_remove);  /* also where it is called beside the clock */
  if (!project && sac_session_is_open (self->session))
    return G_SOURCE_REMOVE;     /* lent: it says again when it is back */
  g_list_store_remove_all (self->rows);
  for (guint i = 0; acts && i < acts->len; i++)
    {
      const SacAct *act = acts->pdata[i];

      add_row (self, act, !found && !act->undone);
      found |= !act->undone;
    }
  if (acts && acts->len)
    add_row (self, NULL, !found);
  gtk_stack_set_visible_child_name (self->stack, acts && acts->len ? "list" : "empty");
  return G_SOURCE_REMOVE;
}

/* A burst of acts is one reading of the list. */
static void
queue_refresh (SacHistoryDialog *self)
{
  if (!self->refresh_source)
    self->refresh_source = g_timeout_add (60, refresh, self);
}

static void
on_project_changed (SacHistoryDialog *self)
{
  if (!sac_session_is_open (self->session))
    gtk_window_destroy (GTK_WINDOW (self));
  else
    queue_refresh (self);
}

static gboolean
is_wanted (gpointer item, gpointer data)
{
  SacHistoryDialog *self = data;

  return !self->wanted || strstr (SAC_HISTORY_ROW (item)->folded, self->wanted) || strstr (SAC_HISTORY_ROW (item)->when, self->wanted);
}

static void
on_search (SacHistoryDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));

  g_free (self->wanted);
  self->wanted = text[0] ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* Escape empties the search first, then closes. */
static void
on_stop_search (SacHistoryDialog *self)
{
  if (gtk_editable_get_text (GTK_EDITABLE (self->search))[0])
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_activate (SacHistoryDialog *self, guint position)
{
  g_autoptr (SacHistoryRow) row = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->list)), position);
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GError) error = NULL;

  if (!row || row->now)
    return;
  if (!project)
    sac_session_say (self->session, FALSE, _("This project can only be read now; nothing was changed"));
  else if (!sac_project_go_to (project, row->act, &error))
    sac_session_say (self->session, FALSE, "%s", error->message);
  else
    sac_session_say (self->session, FALSE, _("Now as after: %s"), row->what);
}

/* ---- rows on the screen: words, time, and a mark at the state of now. */
static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_label_new (NULL), *when = gtk_label_new (NULL);
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_add_css_class (when, "numeric");
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), when);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  SacHistoryRow *row = gtk_list_item_get_item (item);
  GtkWidget *mark = gtk_widget_get_first_child (gtk_list_item_get_child (item)), *words = gtk_widget_get_next_sibling (mark);
  g_autofree char *told = g_strdup_printf (row->now ? _("%s, now here") : row->undone ? _("%s, undone") : "%s", row->what);

  gtk_widget_set_opacity (mark, row->now ? 1 : 0);
  gtk_label_set_text (GTK_LABEL (words), row->what);
  gtk_widget_set_tooltip_text (words, row->what);
  gtk_widget_set_opacity (words, row->undone ? 0.5 : 1);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (words)), row->when);
  gtk_accessible_update_property (GTK_ACCESSIBLE (words), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
}

static void
sac_history_dialog_dispose (GObject *object)
{
  SacHistoryDialog *self = SAC_HISTORY_DIALOG (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->wanted, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_HISTORY_DIALOG);
  G_OBJECT_CLASS (sac_history_dialog_parent_class)->dispose (object);
}

static void
sac_history_dialog_class_init (SacHistoryDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_history_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/history-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SacHistoryDialog, search);
  gtk_widget_class_bind_template_child (widget_class, SacHistoryDialog, list);
  gtk_widget_class_bind_template_child (widget_class, SacHistoryDialog, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_history_dialog_init (SacHistoryDialog *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkFilterListModel *filtered;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (SAC_TYPE_HISTORY_ROW);
  self->filter = gtk_custom_filter_new (is_wanted, self, NULL);
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)), GTK_FILTER (self->filter));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (filtered))));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
}

SacHistoryDialog *
sac_history_dialog_new (GtkWindow *parent, SacSession *session)
{
  SacHistoryDialog *self = g_object_new (SAC_TYPE_HISTORY_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  static const char *const tells[] = { "clips-changed", "labels-changed", "notify::can-undo", "notify::can-redo" };

  self->session = g_object_ref (session);
  for (guint i = 0; i < G_N_ELEMENTS (tells); i++)
    g_signal_connect_object (session, tells[i], G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project_changed), self, G_CONNECT_SWAPPED);
  refresh (self);
  return self;
}
