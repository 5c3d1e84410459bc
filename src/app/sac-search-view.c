#include "sac-search-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sac-graph-view.h"
#include "sac-search-start.h"
#include "sac-search-table.h"
#include "sac-search-told.h"
#include "sac-settings.h"

struct _SacSearchView {
  GtkWidget parent_instance;
  GtkDropDown *which;
  GtkMenuButton *fresh;
  GtkButton *stop, *go_on, *use, *open;
  GtkLabel *status, *trial_words;
  GtkProgressBar *progress;
  GtkStack *stack;
  SacSearchStart *start;
  SacSearchTable *table;
  SacSearchTold *told;
  SacGraphView *graph;
  char *project, *data, *recipe;
  char **folders;               /* as the drop-down lists them */
  SacSearchReader *reader;      /* of the one that is shown; nullable */
  SacSearchNews *news;
  GCancellable *cancellable;
  gboolean reading, filling, stopping;
  GSubprocess *child;           /* that we started, and what it works on */
  char *child_folder, *child_recipe, *said;
  guint jobs, timer;
};

enum { GRAPH_CHOSEN, RUN_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SacSearchView, sac_search_view, GTK_TYPE_WIDGET)

static const char *
shown_folder (SacSearchView *self)
{
  guint at = gtk_drop_down_get_selected (self->which);

  return self->folders && at < g_strv_length (self->folders) ? self->folders[at] : NULL;
}

static gboolean
is_ours (SacSearchView *self)
{
  return self->child && g_strcmp0 (self->child_folder, shown_folder (self)) == 0;
}

/* ---- showing. */

static const SacTrial *
chosen_trial (SacSearchView *self)
{
  guint number = sac_search_table_get_chosen (self->table);

  for (guint i = 0; self->news && number && i < self->news->trials->len; i++)
    if (((SacTrial *) self->news->trials->pdata[i])->number == number)
      return self->news->trials->pdata[i];
  return NULL;
}

static void
show_trial (SacSearchView *self)
{
  const SacTrial *trial = chosen_trial (self);
  const SacTrialPoint *last = trial && trial->n_points ? &trial->points[trial->n_points - 1] : NULL;
  GString *words = g_string_new (NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->graph), trial != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->use), trial != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->open), trial && (trial->epochs > 0 || trial->state == SAC_TRIAL_RUNNING));
  if (!trial)
    g_string_append (words, _("Choose a trial to see its graph"));
  else
    {
      sac_graph_view_set_graph (self->graph, &trial->graph);
      for (guint g = 0; g < SAC_GAN_MOST; g++)
        {
          g_autofree char *note = last && g < trial->graph.k && !isnan (last->is[g])
                                    ? g_strdup_printf ("%s %.2f", self->news->inception ? "IS" : "IS_c", last->is[g]) : NULL;

          sac_graph_view_set_note (self->graph, g, note);
        }
      g_string_append_printf (words, _("Trial %u: %s"), trial->number, sac_trial_state_get_words (trial->state));
      if (trial->why && *trial->why)
        g_string_append_printf (words, ": %s", trial->why);
      if (trial->who && *trial->who)
        g_string_append_printf (words, " (%s)", trial->who);
      for (guint i = 0; i < trial->n_points; i++)
        g_string_append_printf (words, i ? _(", %.3f after %u") : _("; %.3f after %u epochs"), trial->points[i].objective,
                                trial->points[i].epochs);
    }
  gtk_label_set_text (self->trial_words, words->str);
  g_string_free (words, TRUE);
}

static char *
dup_status (SacSearchView *self)
{
  const SacSearchNews *news = self->news;
  GString *words = g_string_new (NULL);
  guint over, waiting;

  if (!news)
    return g_string_free (words, FALSE);
  over = news->states[SAC_TRIAL_DONE] + news->states[SAC_TRIAL_PRUNED] + news->states[SAC_TRIAL_FAILED];
  waiting = news->states[SAC_TRIAL_WAITING] + news->states[SAC_TRIAL_RUNNING];
  g_string_append_printf (words, _("%u of %u trials over"), over, news->n_trials);
  if (news->states[SAC_TRIAL_PRUNED])
    g_string_append_printf (words, _(", %u of them pruned"), news->states[SAC_TRIAL_PRUNED]);
  if (news->states[SAC_TRIAL_FAILED])
    g_string_append_printf (words, _(", %u failed"), news->states[SAC_TRIAL_FAILED]);
  if (news->states[SAC_TRIAL_RUNNING])
    g_string_append_printf (words, _(", %u running"), news->states[SAC_TRIAL_RUNNING]);
  if (news->states[SAC_TRIAL_RUNNING] && waiting && isfinite (news->left))
    {
      g_autofree char *left = sac_dup_duration (news->left);

      g_string_append_printf (words, _(", %s left"), left);
    }
  g_string_append_printf (words, "  ·  %s", sac_objective_get_words (news->objective));
  return g_string_free (words, FALSE);
}

static void
show_state (SacSearchView *self)
{
  const SacSearchNews *news = self->news;
  guint waiting = news ? news->states[SAC_TRIAL_WAITING] + news->states[SAC_TRIAL_RUNNING] : 0;
  g_autofree char *status = dup_status (self);

  if (self->said)
    gtk_label_set_text (self->status, self->said);
  else if (self->stopping)
    gtk_label_set_text (self->status, _("Stopping: what is under way is kept"));
  else if (!self->project)
    gtk_label_set_text (self->status, _("Searches belong to a project: open one"));
  else if (!shown_folder (self))
    gtk_label_set_text (self->status, _("No search yet: many graphs are drawn at random, each is trained, and what the best have in common "
                                        "is told"));
  else if (is_ours (self) && !news)
    gtk_label_set_text (self->status, _("Starting"));
  else
    gtk_label_set_text (self->status, status);
  gtk_progress_bar_set_fraction (self->progress, news ? CLAMP (news->share, 0, 1) : 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), (is_ours (self) || (news && news->states[SAC_TRIAL_RUNNING])) && !self->stopping);
  gtk_widget_set_sensitive (GTK_WIDGET (self->go_on), news && !self->child && waiting + news->states[SAC_TRIAL_FAILED] > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fresh), self->project && !self->child);
}

static void
show_news (SacSearchView *self)
{
  sac_search_table_show (self->table, self->news);
  sac_search_told_show (self->told, self->news);
  show_trial (self);
  show_state (self);
}

/* ---- reading. */

static void read_on (SacSearchView *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacSearchView) self = data;
  g_autoptr (GError) error = NULL;
  SacSearchNews *news = sac_search_reader_read_finish (result, &error);

  self->reading = FALSE;
  if (!gtk_widget_get_first_child (GTK_WIDGET (self)))
    {
      sac_search_news_free (news);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      read_on (self);           /* another was chosen meanwhile */
      return;
    }
  if (news && g_strcmp0 (news->folder, shown_folder (self)) != 0)        /* another was chosen meanwhile */
    g_clear_pointer (&news, sac_search_news_free);
  if (news)
    {
      sac_search_news_free (self->news);
      self->news = news;
      show_news (self);
    }
  else
    {
      show_state (self);
      if (error && !is_ours (self))     /* ours may be about to be made */
        gtk_label_set_text (self->status, error->message);
    }
}

static void
forget (SacSearchView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->reader, sac_search_reader_unref);
  g_clear_pointer (&self->news, sac_search_news_free);
}

static void
read_on (SacSearchView *self)
{
  const char *folder = shown_folder (self);

  if (!folder || self->reading)
    return;
  if (!self->reader)
    {
      self->reader = sac_search_reader_new (folder);
      self->cancellable = g_cancellable_new ();
    }
  self->reading = TRUE;
  sac_search_reader_read_async (self->reader, self->cancellable, on_read, g_object_ref (self));
}

static void
read_another (SacSearchView *self)
{
  forget (self);
  show_news (self);
  read_on (self);
}

static void
on_which (SacSearchView *self)
{
  if (self->filling)
    return;
  g_clear_pointer (&self->said, g_free);
  read_another (self);
}

/* The list of searches; one of ours that is about to be made is among them. */
static void
list_searches (SacSearchView *self, const char *show)
{
  g_auto (GStrv) found = self->data ? sac_gan_search_list_folders (self->data) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *held = g_strdup (show ? show : shown_folder (self));
  guint at = 0, n = 0;

  for (guint i = 0; found && found[i]; i++, n++)
    g_strv_builder_add (builder, found[i]);
  if (self->child_folder && self->child && !(found && g_strv_contains ((const char *const *) found, self->child_folder)))
    {
      g_strv_builder_add (builder, self->child_folder);
      n++;
    }
  {
    char **folders = g_strv_builder_end (builder);

    if (self->folders && g_strv_equal ((const char *const *) folders, (const char *const *) self->folders) && !show)
      {
        g_strfreev (folders);
        return;
      }
    g_strfreev (self->folders);
    self->folders = folders;
  }
  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (names, g_path_get_basename (self->folders[i]));
      if (g_strcmp0 (self->folders[i], held) == 0)
        at = i;
    }
  g_ptr_array_add (names, NULL);
  self->filling = TRUE;
  {
    g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) names->pdata);

    gtk_drop_down_set_model (self->which, G_LIST_MODEL (model));
  }
  if (n)
    gtk_drop_down_set_selected (self->which, at);
  self->filling = FALSE;
  sac_search_start_set_taken (self->start, (char **) names->pdata);
  gtk_widget_set_visible (GTK_WIDGET (self->which), n > 0);
  if (g_strcmp0 (held, shown_folder (self)) != 0 || !self->reader)
    read_another (self);
}

void
sac_search_view_refresh (SacSearchView *self)
{
  g_return_if_fail (SAC_IS_SEARCH_VIEW (self));
  list_searches (self, NULL);
  read_on (self);
  show_state (self);
}

static gboolean
on_timer (gpointer data)
{
  sac_search_view_refresh (data);
  return G_SOURCE_CONTINUE;
}

void
sac_search_view_set_project (SacSearchView *self, const char *project, const char *data_folder)
{
  g_return_if_fail (SAC_IS_SEARCH_VIEW (self));
  if (g_strcmp0 (project, self->project) == 0 && g_strcmp0 (data_folder, self->data) == 0)
    return;
  g_free (self->project);
  g_free (self->data);
  self->project = g_strdup (project);
  self->data = g_strdup (data_folder);
  g_clear_pointer (&self->folders, g_strfreev);
  forget (self);
  list_searches (self, NULL);
  show_news (self);
}

void
sac_search_view_set_source (SacSearchView *self, const char *recipe, const char *data)
{
  g_return_if_fail (SAC_IS_SEARCH_VIEW (self));
  g_free (self->recipe);
  self->recipe = g_strdup (recipe);
  sac_search_start_set_source (self->start, recipe != NULL, data);
}

void
sac_search_view_set_classifier (SacSearchView *self, const char *path)
{
  g_return_if_fail (SAC_IS_SEARCH_VIEW (self));
  sac_search_start_set_classifier (self->start, path);
}

/* ---- the program. */

/* The recipe as it was changed in the form, for the program to read; it goes when the program does. */
static void
drop_recipe (SacSearchView *self)
{
  if (self->child_recipe)
    g_unlink (self->child_recipe);
  g_clear_pointer (&self->child_recipe, g_free);
}

static void
on_end (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacSearchView) self = data;
  g_autofree char *words = NULL;
  gboolean fine = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &words, NULL)
                  && g_subprocess_get_successful (G_SUBPROCESS (source));

  g_clear_object (&self->child);
  drop_recipe (self);
  if (!gtk_widget_get_first_child (GTK_WIDGET (self)))
    return;
  if (!fine && !self->stopping)
    {
      g_auto (GStrv) lines = g_strsplit (words ? g_strstrip (words) : "", "\n", -1);
      guint n = g_strv_length (lines);

      g_free (self->said);
      self->said = g_strdup (n ? lines[n - 1] : _("The search ended without saying why"));
    }
  self->stopping = FALSE;
  sac_search_view_refresh (self);
}

/* It is a program of its own, and goes on when the window goes. */
static void
start_program (SacSearchView *self, GPtrArray *words, const char *folder)
{
  g_autofree char *program = sac_dup_program (), *held = g_strdup (folder);
  g_autoptr (GError) error = NULL;

  g_ptr_array_insert (words, 0, g_strdup (program ? program : "saccade"));
  g_ptr_array_add (words, NULL);
  g_clear_pointer (&self->said, g_free);
  self->child = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                   &error);
  if (!self->child)
    {
      self->said = g_strdup_printf (_("The search could not be started: %s"), error->message);
      drop_recipe (self);
      show_state (self);
      return;
    }
  g_free (self->child_folder);
  self->child_folder = g_steal_pointer (&held);
  g_subprocess_communicate_utf8_async (self->child, NULL, NULL, on_end, g_object_ref (self));
  list_searches (self, self->child_folder);
  show_state (self);
}

static gboolean
write_recipe (SacSearchView *self)
{
  g_autoptr (GError) error = NULL;
  int file;

  drop_recipe (self);
  file = g_file_open_tmp ("saccade-search-XXXXXX.ini", &self->child_recipe, &error);

  if (file >= 0)
    close (file);
  if (file >= 0 && g_file_set_contents (self->child_recipe, self->recipe, -1, &error))
    return TRUE;
  g_free (self->said);
  self->said = g_strdup_printf (_("The search could not be started: %s"), error->message);
  show_state (self);
  return FALSE;
}

static void
on_start (SacSearchView *self)
{
  g_autoptr (GPtrArray) words = NULL;
  g_autofree char *folder = NULL;

  if (!self->project || !self->data || !self->recipe || self->child || !write_recipe (self))
    return;
  words = sac_search_start_dup_words (self->start, self->project, self->child_recipe);
  folder = g_build_filename (self->data, "searches", sac_search_start_get_name (self->start), NULL);
  self->jobs = sac_search_start_get_jobs (self->start);
  gtk_menu_button_popdown (self->fresh);
  start_program (self, words, folder);
}

static void
on_stop (SacSearchView *self)
{
  const char *folder = shown_folder (self);
  g_autoptr (GError) error = NULL;

  if (!folder || self->stopping)
    return;
  /* What is not ours was started by another window or by hand, here or elsewhere. */
  if (!sac_gan_search_wish_stop (folder, TRUE, &error) && !is_ours (self))
    {
      g_free (self->said);
      self->said = g_strdup (error->message);
    }
  if (is_ours (self))
    {
      self->stopping = TRUE;
      g_subprocess_send_signal (self->child, SIGTERM);
    }
  show_state (self);
}

static void
on_go_on (SacSearchView *self)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const char *folder = shown_folder (self);

  if (!folder || self->child || !self->news)
    return;
  g_ptr_array_add (words, g_strdup ("search"));
  g_ptr_array_add (words, g_strdup ("--search"));
  g_ptr_array_add (words, g_strdup (folder));
  g_ptr_array_add (words, g_strdup ("--resume"));
  if (self->news->states[SAC_TRIAL_FAILED])
    g_ptr_array_add (words, g_strdup ("--retry"));
  g_ptr_array_add (words, g_strdup ("--jobs"));
  g_ptr_array_add (words, g_strdup_printf ("%u", MAX (self->jobs, 1)));
  start_program (self, words, folder);
}

static void
on_use (SacSearchView *self)
{
  const SacTrial *trial = chosen_trial (self);

  if (trial)
    g_signal_emit (self, signals[GRAPH_CHOSEN], 0, trial->text);
}

static void
on_open (SacSearchView *self)
{
  const SacTrial *trial = chosen_trial (self);
  g_autofree char *name = trial ? g_strdup_printf ("%04u", trial->number) : NULL;
  g_autofree char *run = trial ? g_build_filename (self->news->folder, "runs", name, NULL) : NULL;

  if (run)
    g_signal_emit (self, signals[RUN_CHOSEN], 0, run);
}

/* ---- life. */

static void
sac_search_view_map (GtkWidget *widget)
{
  SacSearchView *self = SAC_SEARCH_VIEW (widget);

  GTK_WIDGET_CLASS (sac_search_view_parent_class)->map (widget);
  if (!self->timer)
    self->timer = g_timeout_add_seconds (1, on_timer, self);
  sac_search_view_refresh (self);
}

static void
sac_search_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SAC_SEARCH_VIEW (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (sac_search_view_parent_class)->unmap (widget);
}

static void
sac_search_view_dispose (GObject *object)
{
  SacSearchView *self = SAC_SEARCH_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->timer, g_source_remove);
  forget (self);
  self->filling = TRUE;         /* what goes says nothing any more */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->folders, g_strfreev);
  g_clear_pointer (&self->project, g_free);
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->recipe, g_free);
  g_clear_pointer (&self->child_folder, g_free);
  g_clear_pointer (&self->said, g_free);
  G_OBJECT_CLASS (sac_search_view_parent_class)->dispose (object);
}

static void
sac_search_view_finalize (GObject *object)
{
  g_clear_object (&SAC_SEARCH_VIEW (object)->child);
  G_OBJECT_CLASS (sac_search_view_parent_class)->finalize (object);
}

static void
sac_search_view_class_init (SacSearchViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_search_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_search_view_finalize;
  widget_class->map = sac_search_view_map;
  widget_class->unmap = sac_search_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  signals[GRAPH_CHOSEN] = g_signal_new ("graph-chosen", SAC_TYPE_SEARCH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
  signals[RUN_CHOSEN] = g_signal_new ("run-chosen", SAC_TYPE_SEARCH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                      G_TYPE_STRING);
}

static GtkButton *
text_button (SacSearchView *self, GtkWidget *box, const char *words, const char *tip, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return GTK_BUTTON (button);
}

static GtkWidget *
make_head (SacSearchView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *popover = gtk_popover_new (), *switcher = gtk_stack_switcher_new ();

  self->which = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->which), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search that is shown"), -1);
  self->start = SAC_SEARCH_START (sac_search_start_new ());
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (self->start));
  self->fresh = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_label (self->fresh, _("New search"));
  gtk_menu_button_set_popover (self->fresh, popover);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->which));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->fresh));
  self->stop = text_button (self, box, _("Stop"), _("Trials that are under way go on from where they are another time"),
                            G_CALLBACK (on_stop));
  self->go_on = text_button (self, box, _("Go on"), _("With the trials that wait, and those that failed"), G_CALLBACK (on_go_on));
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->stack);
  gtk_widget_set_hexpand (switcher, TRUE);
  gtk_widget_set_halign (switcher, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), switcher);
  return box;
}

static GtkWidget *
make_trials (SacSearchView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->table = SAC_SEARCH_TABLE (sac_search_table_new ());
  self->graph = SAC_GRAPH_VIEW (sac_graph_view_new ());
  self->trial_words = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->table), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->table), TRUE);
  gtk_widget_set_size_request (side, 250, -1);
  gtk_widget_set_size_request (GTK_WIDGET (self->graph), 250, 250);
  sac_graph_view_set_tau (self->graph, 0.5);    /* as wide as it lets through on the average */
  gtk_label_set_wrap (self->trial_words, TRUE);
  gtk_label_set_xalign (self->trial_words, 0);
  gtk_label_set_max_width_chars (self->trial_words, 28);
  gtk_label_set_width_chars (self->trial_words, 28);
  gtk_box_append (GTK_BOX (side), GTK_WIDGET (self->graph));
  gtk_box_append (GTK_BOX (side), GTK_WIDGET (self->trial_words));
  self->use = text_button (self, buttons, _("Use this graph"), _("Where a new training is described"), G_CALLBACK (on_use));
  self->open = text_button (self, buttons, _("Show its run"), NULL, G_CALLBACK (on_open));
  gtk_box_append (GTK_BOX (side), buttons);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->table));
  gtk_box_append (GTK_BOX (box), side);
  return box;
}

static void
sac_search_view_init (SacSearchView *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *head;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->stack = GTK_STACK (gtk_stack_new ());
  self->told = SAC_SEARCH_TOLD (sac_search_told_new ());
  head = make_head (self);
  gtk_stack_add_titled (self->stack, make_trials (self), "trials", _("Trials"));
  gtk_stack_add_titled (self->stack, GTK_WIDGET (self->told), "told", _("What they tell"));
  self->status = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->status, 0);
  gtk_label_set_wrap (self->status, TRUE);
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress of the search"), -1);
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->status), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->progress), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  g_signal_connect_object (self->which, "notify::selected", G_CALLBACK (on_which), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->start, "start", G_CALLBACK (on_start), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "chosen", G_CALLBACK (show_trial), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "opened", G_CALLBACK (on_use), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self->which), FALSE);
  show_trial (self);
  show_state (self);
}

GtkWidget *
sac_search_view_new (void)
{
  return g_object_new (SAC_TYPE_SEARCH_VIEW, NULL);
}
