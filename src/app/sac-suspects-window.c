#include "sac-suspects-window.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-suspect-list.h"
#include "sac-keymap.h"
#include "sac-player.h"
#include "sac-tool-job.h"

struct _SacSuspectsWindow {
  AdwWindow parent_instance;
  SacSession *session;
  SacSelection *selection;
  SacToolJob *job;
  SacSuspectList *list;         /* NULL: none yet */
  char *path;                   /* where it is kept */
  guint save_source;
  gboolean broken;              /* the file cannot be written: said once */

  SacPlayer *player;
  GtkStack *stack;              /* empty, search, queue, end */
  GtkLabel *place, *question, *why, *verdict, *end_words;
  GtkProgressBar *bar, *done_bar;
  AdwStatusPage *empty;
  GtkWidget *top_spin, *again;
  GtkWidget *buttons[5];
};

G_DEFINE_FINAL_TYPE (SacSuspectsWindow, sac_suspects_window, ADW_TYPE_WINDOW)

static const struct { const char *act, *words; SacJudgement verdict; } acts[] = {
  { "suspects.yes", N_("Set yes"), SAC_JUDGED_YES },
  { "suspects.no", N_("Set no"), SAC_JUDGED_NO },
  { "suspects.unknown", N_("Set unknown"), SAC_JUDGED_UNKNOWN },
  { "suspects.keep", N_("Keep as it is"), SAC_JUDGED_KEEP },
};

/* ---- the file. */

static gboolean
save_now (gpointer data)
{
  SacSuspectsWindow *self = data;
  g_autoptr (GError) error = NULL;

  self->save_source = 0;
  if (self->list && self->path && !sac_suspect_list_write (self->list, self->path, &error) && !self->broken)
    {
      self->broken = TRUE;
      sac_session_say (self->session, FALSE, _("The place in the queue cannot be kept: %s"), error->message);
    }
  return G_SOURCE_REMOVE;
}

static void
save_soon (SacSuspectsWindow *self)
{
  if (self->save_source == 0)
    self->save_source = g_timeout_add (300, save_now, self);
}

/* The page takes markup. */
static void
say_empty (SacSuspectsWindow *self, const char *words)
{
  g_autofree char *safe = g_markup_escape_text (words, -1);

  adw_status_page_set_description (self->empty, safe);
}

/* ---- one of the queue. */

static SacSuspectRow *
current (SacSuspectsWindow *self)
{
  return self->list && self->list->position < self->list->rows->len ? self->list->rows->pdata[self->list->position] : NULL;
}

static int
find_label (SacSuspectsWindow *self, const char *name)
{
  for (guint i = 0; i < sac_session_get_n_labels (self->session); i++)
    if (strcmp (sac_session_get_label (self->session, i)->name, name) == 0)
      return (int) i;
  return -1;
}

static const char *
verdict_words (SacJudgement verdict)
{
  switch (verdict)
    {
    case SAC_JUDGED_YES:
      return _("Judged: yes");
    case SAC_JUDGED_NO:
      return _("Judged: no");
    case SAC_JUDGED_UNKNOWN:
      return _("Judged: unknown");
    case SAC_JUDGED_KEEP:
      return _("Judged: stays as it is");
    case SAC_JUDGED_NONE:
    default:
      return "";
    }
}

static void
show_end (SacSuspectsWindow *self)
{
  guint n = sac_suspect_list_count (self->list, FALSE), changed = sac_suspect_list_count (self->list, TRUE);
  g_autofree char *text = g_strdup_printf (_("%u judged, %u of them changed. Train again, and look once more: what was hidden by the "
                                             "wrong ones shows then."), n, changed);

  gtk_label_set_text (self->end_words, text);
  sac_player_set_playing (self->player, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "end");
}

static void
show_current (SacSuspectsWindow *self)
{
  SacSuspectRow *row = current (self);
  SacClip *clip = row ? sac_session_find_clip (self->session, row->clip) : NULL;
  guint n = self->list ? self->list->rows->len : 0;
  g_autofree char *place = NULL, *question = NULL;

  if (!self->list)
    {
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  if (!row)
    {
      show_end (self);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "queue");
  place = g_strdup_printf (_("%u of %u, %u changed"), self->list->position + 1, n, sac_suspect_list_count (self->list, TRUE));
  gtk_label_set_text (self->place, place);
  gtk_progress_bar_set_fraction (self->done_bar, n ? (double) sac_suspect_list_count (self->list, FALSE) / n : 0);
  question = g_strdup_printf (row->given ? _("Is there “%s” in %s? It is labelled yes.") : _("Is there “%s” in %s? It is labelled no."),
                              row->label, row->clip);
  gtk_label_set_text (self->question, question);
  gtk_label_set_text (self->why, clip ? row->why : _("This clip is no longer in the project."));
  gtk_label_set_text (self->verdict, verdict_words (row->verdict));
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    gtk_widget_set_sensitive (self->buttons[i], clip && find_label (self, row->label) >= 0 && sac_session_is_writable (self->session));
  gtk_window_set_focus (GTK_WINDOW (self), self->buttons[G_N_ELEMENTS (acts) - 1]);      /* not where one types a number */
  sac_player_open (self->player, clip ? sac_clip_get_item (clip) : NULL);
  sac_player_set_playing (self->player, clip != NULL);
}

static void
go (SacSuspectsWindow *self, guint position)
{
  self->list->position = MIN (position, self->list->rows->len);
  save_soon (self);
  show_current (self);
}

static gboolean
judge (SacSuspectsWindow *self, SacJudgement verdict)
{
  static const SacLabelState states[] = { [SAC_JUDGED_YES] = SAC_LABEL_YES, [SAC_JUDGED_NO] = SAC_LABEL_NO,
                                          [SAC_JUDGED_UNKNOWN] = SAC_LABEL_UNKNOWN };
  SacSuspectRow *row = current (self);
  SacClip *clip = row ? sac_session_find_clip (self->session, row->clip) : NULL;
  int label = row ? find_label (self, row->label) : -1;

  if (!clip || label < 0)
    return FALSE;
  /* What is said already needs no act: setting yes on a yes keeps it. */
  if (verdict != SAC_JUDGED_KEEP && sac_clip_get_state (clip, (guint) label) == states[verdict])
    verdict = SAC_JUDGED_KEEP;
  if (verdict != SAC_JUDGED_KEEP)
    {
      SacId id = sac_clip_get_id (clip);

      if (!sac_session_set_label (self->session, &id, 1, sac_session_get_label (self->session, (guint) label)->id, states[verdict]))
        return FALSE;
    }
  row->verdict = verdict;
  go (self, self->list->position + 1);
  return TRUE;
}

/* One step back, and what was judged there is as before. */
static gboolean
undo (SacSuspectsWindow *self)
{
  SacSuspectRow *row;

  if (!self->list || self->list->position == 0)
    return FALSE;
  row = self->list->rows->pdata[self->list->position - 1];
  if (row->verdict != SAC_JUDGED_NONE && row->verdict != SAC_JUDGED_KEEP)
    {
      SacClip *clip = sac_session_find_clip (self->session, row->clip);
      int label = find_label (self, row->label);
      SacId id = clip ? sac_clip_get_id (clip) : 0;

      /* An act of its own: the last one of the project may be another's. */
      if (!clip || label < 0
          || !sac_session_set_label (self->session, &id, 1, sac_session_get_label (self->session, (guint) label)->id,
                                     row->given ? SAC_LABEL_YES : SAC_LABEL_NO))
        return FALSE;
    }
  row->verdict = SAC_JUDGED_NONE;
  go (self, self->list->position - 1);
  return TRUE;
}

gboolean
sac_suspects_window_act (SacSuspectsWindow *self, const char *act)
{
  g_return_val_if_fail (SAC_IS_SUSPECTS_WINDOW (self), FALSE);

  if (!act || !self->list)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (strcmp (act, acts[i].act) == 0)
      return judge (self, acts[i].verdict);
  if (strcmp (act, "suspects.undo") == 0)
    return undo (self);
  if (strcmp (act, "suspects.next") == 0 && self->list->position < self->list->rows->len)
    go (self, self->list->position + 1);
  else if (strcmp (act, "suspects.previous") == 0 && self->list->position > 0)
    go (self, self->list->position - 1);
  else if (strcmp (act, "suspects.open") == 0 && current (self))
    {
      SacClip *clip = sac_session_find_clip (self->session, current (self)->clip);

      if (!clip)
        return FALSE;
      sac_selection_go (self->selection, clip, sac_player_get_frame (self->player));
      gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self))), "win.page", "s", "label");
      gtk_window_close (GTK_WINDOW (self));
    }
  else
    return sac_player_act (self->player, act);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacSuspectsWindow *self)
{
  static const SacKeyScope scopes[] = { SAC_KEYS_SUSPECTS, SAC_KEYS_PLAYER };

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "queue") != 0
      && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "end") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    {
      const char *act = sac_keymap_find (sac_keymap_get (), scopes[i], controller, keyval, keycode, state);

      if (act && sac_suspects_window_act (self, act))
        return TRUE;
    }
  return FALSE;
}

/* ---- the search. */

static void
start_search (SacSuspectsWindow *self)
{
  g_autofree char *top = g_strdup_printf ("%d%%", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->top_spin)));
  const char *words[] = { "suspects", "--project", sac_session_get_path (self->session), "--top", top, "--attention", "12", "--json",
                          NULL };

  if (sac_tool_job_is_running (self->job) || !words[2])
    return;
  sac_player_set_playing (self->player, FALSE);
  gtk_progress_bar_set_fraction (self->bar, 0);
  gtk_stack_set_visible_child_name (self->stack, "search");
  sac_tool_job_start (self->job, words);
}

static void
on_progress (SacSuspectsWindow *self, double fraction)
{
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

static void
on_done (SacSuspectsWindow *self, gboolean fine, const char *words)
{
  g_autoptr (GError) error = NULL;
  SacSuspectList *list = fine ? sac_suspect_list_parse (words, -1, &error) : NULL;

  if (!list)
    {
      if (words && !fine)
        say_empty (self, words);
      else if (error)
        say_empty (self, error->message);
      show_current (self);
      return;
    }
  if (self->list)
    sac_suspect_list_inherit (list, self->list);
  sac_suspect_list_free (self->list);
  self->list = list;
  /* The first that nobody has judged yet. */
  while (current (self) && current (self)->verdict != SAC_JUDGED_NONE)
    self->list->position++;
  save_soon (self);
  show_current (self);
}

static void
on_cancel (SacSuspectsWindow *self)
{
  sac_tool_job_cancel (self->job);
}

/* ---- life. */

static void
sac_suspects_window_dispose (GObject *object)
{
  SacSuspectsWindow *self = SAC_SUSPECTS_WINDOW (object);

  if (self->save_source)
    {
      g_clear_handle_id (&self->save_source, g_source_remove);
      save_now (self);
    }
  if (self->job)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      sac_tool_job_cancel (self->job);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (sac_suspects_window_parent_class)->dispose (object);
}

static void
sac_suspects_window_finalize (GObject *object)
{
  SacSuspectsWindow *self = SAC_SUSPECTS_WINDOW (object);

  g_clear_pointer (&self->list, sac_suspect_list_free);
  g_free (self->path);
  G_OBJECT_CLASS (sac_suspects_window_parent_class)->finalize (object);
}

static void
sac_suspects_window_class_init (SacSuspectsWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_suspects_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_suspects_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
on_button (GtkButton *button, SacSuspectsWindow *self)
{
  sac_suspects_window_act (self, g_object_get_data (G_OBJECT (button), "act"));
}

static GtkWidget *
act_button (SacSuspectsWindow *self, const char *act, const char *words)
{
  g_autofree char *key = sac_keymap_dup_label (sac_keymap_get (), act);
  g_autofree char *text = *key ? g_strdup_printf ("%s (%s)", words, key) : g_strdup (words);
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_set_focus_on_click (button, FALSE);
  g_object_set_data (G_OBJECT (button), "act", (gpointer) act);
  g_signal_connect (button, "clicked", G_CALLBACK (on_button), self);
  return button;
}

static GtkLabel *
words_label (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class)
    gtk_widget_add_css_class (label, class);
  return GTK_LABEL (label);
}

static GtkWidget *
make_queue (SacSuspectsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *back;

  self->player = g_object_new (SAC_TYPE_PLAYER, "vexpand", TRUE, NULL);
  self->question = words_label ("title-4");
  self->why = words_label (NULL);
  self->verdict = words_label ("dim-label");
  gtk_label_set_selectable (self->why, FALSE);
  self->done_bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->done_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Judged so far"), -1);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      self->buttons[i] = act_button (self, acts[i].act, _(acts[i].words));
      gtk_box_append (GTK_BOX (row), self->buttons[i]);
    }
  back = act_button (self, "suspects.undo", _("Undo"));
  gtk_widget_set_hexpand (back, TRUE);
  gtk_widget_set_halign (back, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (row), back);
  gtk_box_append (GTK_BOX (row), act_button (self, "suspects.open", _("Label page")));
  gtk_box_append (GTK_BOX (below), GTK_WIDGET (self->question));
  gtk_box_append (GTK_BOX (below), GTK_WIDGET (self->why));
  gtk_box_append (GTK_BOX (below), GTK_WIDGET (self->verdict));
  gtk_box_append (GTK_BOX (below), row);
  gtk_box_append (GTK_BOX (below), GTK_WIDGET (self->done_bar));
  gtk_widget_set_margin_start (below, 12);
  gtk_widget_set_margin_end (below, 12);
  gtk_widget_set_margin_bottom (below, 12);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->player));
  gtk_box_append (GTK_BOX (box), below);
  return box;
}

static GtkWidget *
make_search (SacSuspectsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *cancel = gtk_button_new_with_label (_("Cancel"));

  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress of the search"), -1);
  gtk_widget_set_size_request (GTK_WIDGET (self->bar), 320, -1);
  gtk_widget_set_halign (cancel, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (on_cancel), self);
  gtk_box_append (GTK_BOX (box), gtk_label_new (_("Asking all runs what they think of each label…")));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bar));
  gtk_box_append (GTK_BOX (box), cancel);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  return box;
}

static GtkWidget *
search_button (SacSuspectsWindow *self, const char *words)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (start_search), self);
  return button;
}

static GtkWidget *
make_empty (SacSuspectsWindow *self)
{
  GtkWidget *page = adw_status_page_new ();

  self->empty = ADW_STATUS_PAGE (page);
  adw_status_page_set_icon_name (self->empty, "edit-find-symbolic");
  adw_status_page_set_title (self->empty, _("Find labels that are likely wrong"));
  adw_status_page_set_description (self->empty, _("Runs remember which labels they came to believe only late or never, and what they think "
                                                  "of clips they did not learn from. What they doubt most comes first."));
  adw_status_page_set_child (self->empty, search_button (self, _("Search")));
  return page;
}

static GtkWidget *
make_end (SacSuspectsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *title = gtk_label_new (_("That was the whole queue"));
  GtkWidget *back = act_button (self, "suspects.undo", _("Undo"));

  self->end_words = words_label (NULL);
  gtk_label_set_justify (self->end_words, GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (self->end_words, 60);
  gtk_widget_add_css_class (title, "title-1");
  gtk_widget_set_halign (back, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->end_words));
  gtk_box_append (GTK_BOX (box), search_button (self, _("Search again")));
  gtk_box_append (GTK_BOX (box), back);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  return box;
}

static void
sac_suspects_window_init (SacSuspectsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->stack = GTK_STACK (gtk_stack_new ());
  self->place = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "numeric");
  gtk_stack_add_named (self->stack, make_empty (self), "empty");
  gtk_stack_add_named (self->stack, make_search (self), "search");
  gtk_stack_add_named (self->stack, make_queue (self), "queue");
  gtk_stack_add_named (self->stack, make_end (self), "end");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  self->top_spin = gtk_spin_button_new_with_range (1, 100, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->top_spin), 8);
  gtk_widget_set_tooltip_text (self->top_spin, _("How much of all labels a search brings, in percent"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->top_spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Percent of all labels"), -1);
  self->again = gtk_button_new_from_icon_name ("view-refresh-symbolic");
  gtk_widget_set_tooltip_text (self->again, _("Search again; what was judged stays judged"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->again), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search again"), -1);
  g_signal_connect_swapped (self->again, "clicked", G_CALLBACK (start_search), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->again);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->top_spin);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _("Doubtful labels"));
  gtk_window_set_default_size (GTK_WINDOW (self), 820, 720);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  self->job = sac_tool_job_new ();
  g_signal_connect_swapped (self->job, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "done", G_CALLBACK (on_done), self);
}

GtkWidget *
sac_suspects_window_new (SacSession *session, SacSelection *selection, GtkWidget *page)
{
  SacSuspectsWindow *self = g_object_new (SAC_TYPE_SUSPECTS_WINDOW, "transient-for", page ? gtk_widget_get_root (page) : NULL, "modal",
                                          TRUE, NULL);
  SacProject *project = sac_session_get_project (session);
  g_autoptr (GError) error = NULL;

  self->session = g_object_ref (session);
  self->selection = g_object_ref (selection);
  if (project)
    {
      self->path = g_build_filename (sac_project_get_folder (project), "suspects.json", NULL);
      self->list = sac_suspect_list_read (self->path, &error);
    }
  if (error)
    say_empty (self, error->message);
  gtk_widget_set_sensitive (self->again, project != NULL);
  show_current (self);
  return GTK_WIDGET (self);
}

guint
sac_suspects_window_get_position (SacSuspectsWindow *self)
{
  return self->list ? self->list->position : 0;
}

guint
sac_suspects_window_get_n (SacSuspectsWindow *self)
{
  return self->list ? self->list->rows->len : 0;
}
