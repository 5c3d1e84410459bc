/* What the Clips page shows: the search field, the filters beside it, collections, the set a plot led to; and how many files of it
 * are missing. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-clips-page-private.h"

void
_sac_clips_page_update_count (SacClipsPage *self)
{
  guint all = sac_session_get_table (sac_page_get_session (SAC_PAGE (self)))->n, n = sac_clip_list_get_n (_sac_clips_page_get_list (self));
  g_autofree char *text = n == all ? g_strdup_printf (ngettext ("%u clip", "%u clips", all), all)
                                   : g_strdup_printf (ngettext ("%u of %u clip", "%u of %u clips", all), n, all);

  gtk_label_set_text (self->count, text);
  gtk_stack_set_visible_child_name (self->stack, all == 0 ? "empty" : n == 0 ? "none" : "grid");
}

/* A word of a query in quotes, whatever is in it. */
static void
append_quoted (GString *query, const char *key, const char *word)
{
  g_string_append_printf (query, " %s:\"", key);
  for (const char *c = word; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (query, '\\');
      g_string_append_c (query, *c);
    }
  g_string_append_c (query, '"');
}

/* What the search field and the filters beside it ask for together; "" = all clips. */
static char *
dup_query (SacClipsPage *self)
{
  static const char *const states[] = { "label", "no", "unknown" }, *const splits[] = { "none", "train", "validation", "test" };
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  const SacLabel *label = self->label_index >= 0 ? sac_session_get_label (session, (guint) self->label_index) : NULL;
  guint split = gtk_drop_down_get_selected (self->split_filter);
  GString *query = g_string_new (NULL);

  if (text[strspn (text, " \t")])
    g_string_append_printf (query, "(%s)", text);
  if (label)
    append_quoted (query, states[MIN (gtk_drop_down_get_selected (self->state_filter), 2)], label->name);
  if (split > 0 && split <= G_N_ELEMENTS (splits))
    g_string_append_printf (query, " split:%s", splits[split - 1]);
  if (gtk_toggle_button_get_active (self->unreviewed))
    g_string_append (query, " reviewed:no");
  return g_string_free (query, FALSE);
}

static void
refilter (SacClipsPage *self)
{
  g_autofree char *query = NULL;
  g_autoptr (GArray) only = NULL;

  if (!self->find || self->filling)
    return;
  query = dup_query (self);
  only = sac_selection_dup_set (sac_page_get_selection (SAC_PAGE (self)));
  gtk_widget_set_sensitive (self->keep, query[0] != '\0');
  sac_collections_set_query (self->collections, g_strstrip (query));
  sac_clip_search_ask (self->find, query, (SacSort) MIN (gtk_drop_down_get_selected (self->sort), SAC_SORT_RANDOM),
                       gtk_toggle_button_get_active (self->descending), self->seed, only);
}

/* Shuffled anew each time it is chosen. */
static void
on_sort (SacClipsPage *self)
{
  if (gtk_drop_down_get_selected (self->sort) == SAC_SORT_RANDOM)
    self->seed = (guint64) g_get_monotonic_time ();
  refilter (self);
}

static void
on_found (SacClipsPage *self, const char *error)
{
  if (error)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
      gtk_label_set_text (self->error_label, error);
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  gtk_revealer_set_reveal_child (self->error_revealer, error != NULL);
  _sac_clips_page_update_count (self);
}

static void
on_label_filter (SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const SacLabel *label;

  if (self->filling || !session)
    return;
  self->label_index = (int) gtk_drop_down_get_selected (self->label_filter) - 1;
  label = self->label_index >= 0 ? sac_session_get_label (session, (guint) self->label_index) : NULL;
  self->label_id = label ? label->id : 0;
  gtk_widget_set_visible (GTK_WIDGET (self->state_filter), label != NULL);
  refilter (self);
}

/* Fills the drop-down of labels and keeps the chosen one. */
static void
on_labels_changed (SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GListModel *old = gtk_drop_down_get_model (self->label_filter);
  gboolean same = old && g_list_model_get_n_items (old) == sac_session_get_n_labels (session) + 1;

  gtk_string_list_append (names, _("Any label"));
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    {
      const char *name = sac_session_get_label (session, i)->name;

      gtk_string_list_append (names, name);
      same = same && g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (old), i + 1), name) == 0;
    }
  if (same)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_model (self->label_filter, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->label_filter, (guint) (self->label_id ? sac_session_find_label (session, self->label_id) + 1 : 0));
  self->filling = FALSE;
  on_label_filter (self);
  sac_tile_grid_refresh (self->grid);
}

/* How many files are not where they were; counted once for each reading of the project. */
static void
update_missing (SacClipsPage *self)
{
  SacClipTable *table = sac_session_get_table (sac_page_get_session (SAC_PAGE (self)));
  g_autofree char *text = NULL;
  guint n = 0;

  for (guint i = 0; i < table->n; i++)
    n += table->items[i]->missing;
  text = g_strdup_printf (ngettext ("%u file is not where it was.", "%u files are not where they were.", n), n);
  gtk_label_set_text (self->missing_label, text);
  gtk_info_bar_set_revealed (self->missing_bar, n > 0);
  self->missing_of = table->ids;
}

/* Clips or their states changed: those that no longer fit what is asked for go; where all are shown nothing is searched. */
static void
on_clips_changed (SacClipsPage *self)
{
  refilter (self);
  _sac_clips_page_update_count (self);
  if (self->missing_of != sac_session_get_table (sac_page_get_session (SAC_PAGE (self)))->ids)
    update_missing (self);
}

static void
on_show_missing (SacClipsPage *self)
{
  sac_clips_page_search_for (self, "is:missing");
}

static void
on_keep (SacClipsPage *self)
{
  g_autofree char *query = dup_query (self);

  sac_collections_keep (self->collections, g_strstrip (query));
}

void
_sac_clips_page_clear_filters (SacClipsPage *self)
{
  self->filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_drop_down_set_selected (self->label_filter, 0);
  gtk_drop_down_set_selected (self->state_filter, 0);
  gtk_drop_down_set_selected (self->split_filter, 0);
  gtk_toggle_button_set_active (self->unreviewed, FALSE);
  self->filling = FALSE;
  on_label_filter (self);
}

void
_sac_clips_page_show_collection (SacClipsPage *self, const char *query)
{
  _sac_clips_page_clear_filters (self);
  sac_clips_page_search_for (self, query);
}

static void
on_clear_filters (SacClipsPage *self)
{
  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), NULL, NULL, 0);
  _sac_clips_page_clear_filters (self);
}

static void
on_set_clear (SacClipsPage *self)
{
  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), NULL, NULL, 0);
}

/* A plot led here: exactly its clips, whatever was filtered before. */
static void
on_set_changed (SacClipsPage *self)
{
  const char *title = sac_selection_get_set_title (sac_page_get_selection (SAC_PAGE (self)));

  gtk_label_set_text (self->set_label, title ? title : "");
  gtk_info_bar_set_revealed (self->set_bar, title != NULL);
  if (title)
    _sac_clips_page_clear_filters (self);
  else
    refilter (self);
}

static void
on_stop_search (SacClipsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

/* ---- the selected clips. */

void
sac_clips_page_search_for (SacClipsPage *self, const char *query)
{
  g_return_if_fail (SAC_IS_CLIPS_PAGE (self) && query);
  gtk_editable_set_text (GTK_EDITABLE (self->search), query);
  refilter (self);
}

void
_sac_clips_page_class_init_filter (GtkWidgetClass *widget_class)
{
#define CALL(name) gtk_widget_class_bind_template_callback (widget_class, name)
  CALL (refilter);
  CALL (on_label_filter);
  CALL (on_stop_search);
  CALL (on_set_clear);
  CALL (on_sort);
  CALL (on_keep);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_collection", G_CALLBACK (_sac_clips_page_show_collection));
  CALL (on_show_missing);
  CALL (on_clear_filters);
#undef CALL
}

void
_sac_clips_page_attach_filter (SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  g_signal_connect_swapped (self->find, "done", G_CALLBACK (on_found), self);
  g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (on_labels_changed), self);
  g_signal_connect_swapped (session, "clips-changed", G_CALLBACK (on_clips_changed), self);
  g_signal_connect_swapped (session, "project-changed", G_CALLBACK (_sac_clips_page_clear_filters), self);
  g_signal_connect_swapped (sac_page_get_selection (SAC_PAGE (self)), "set-changed", G_CALLBACK (on_set_changed), self);
  on_labels_changed (self);
}
