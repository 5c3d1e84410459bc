#include "sac-layers-dialog.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-store-job.h"
#include "store/sac-compare.h"
#include "store/sac-versions.h"

#define MOST_LABELS 200

/* ---- a row of the queue. */
#define SAC_TYPE_QUEUE_ROW (sac_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (SacQueueRow, sac_queue_row, SAC, QUEUE_ROW, GObject)

struct _SacQueueRow {
  GObject parent_instance;
  SacId item;
  double gravity;
  gint64 at_ns;
  char *clip, *words;
};

G_DEFINE_FINAL_TYPE (SacQueueRow, sac_queue_row, G_TYPE_OBJECT)

static void
sac_queue_row_finalize (GObject *object)
{
  g_free (SAC_QUEUE_ROW (object)->clip);
  g_free (SAC_QUEUE_ROW (object)->words);
  G_OBJECT_CLASS (sac_queue_row_parent_class)->finalize (object);
}

static void
sac_queue_row_class_init (SacQueueRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_queue_row_finalize;
}

static void
sac_queue_row_init (SacQueueRow *self)
{
}

/* ---- the dialog. */
struct _SacLayersDialog {
  AdwWindow parent_instance;
  SacSession *session;
  SacSelection *selection;
  GCancellable *working;
  GPtrArray *names;             /* char*: what sac_speaker_find() takes, in the order of the drop downs */
  GtkFileChooserNative *chooser;
  gboolean filling;
  GListStore *queue;
  guint refresh_source;
  GtkListBox *layers;
  GtkDropDown *first, *second, *rule;
  GtkWidget *merge, *bring, *spinner, *results;
  GtkGrid *table;
  GtkLabel *summary;
  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (SacLayersDialog, sac_layers_dialog, ADW_TYPE_WINDOW)

/* ---- reading who there is. */
typedef struct { GPtrArray *layers, *versions; } Known;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_clear_pointer (&known->layers, g_ptr_array_unref);
  g_clear_pointer (&known->versions, g_ptr_array_unref);
  g_free (known);
}

static gboolean
read_known (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Known *known = data;

  known->layers = sac_project_list_layers (project, error);
  known->versions = known->layers ? sac_project_list_versions (project, error) : NULL;
  return known->versions != NULL;
}

static void
on_shown (SacLayersDialog *self, GParamSpec *pspec, GtkToggleButton *button)
{
  SacId *layer = g_object_get_data (G_OBJECT (button), "layer");
  gboolean shown = gtk_toggle_button_get_active (button);

  gtk_button_set_icon_name (GTK_BUTTON (button), shown ? "view-reveal-symbolic" : "view-conceal-symbolic");
  if (self->session)
    sac_session_set_layer_hidden (self->session, *layer, !shown);
}

/* An eye that is open while the layer's boxes and segments are drawn. */
static GtkWidget *
make_eye (SacLayersDialog *self, SacId layer, const char *title)
{
  GtkWidget *eye = gtk_toggle_button_new ();
  g_autofree char *name = g_strdup_printf (_("Show %s"), title);

  g_object_set_data_full (G_OBJECT (eye), "layer", g_memdup2 (&layer, sizeof layer), g_free);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (eye), !sac_session_is_layer_hidden (self->session, layer));
  gtk_button_set_icon_name (GTK_BUTTON (eye), gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (eye)) ? "view-reveal-symbolic"
                                                                                                    : "view-conceal-symbolic");
  gtk_widget_add_css_class (eye, "flat");
  gtk_widget_set_valign (eye, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (eye, _("Whether its boxes and segments are drawn"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (eye), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (eye, "notify::active", G_CALLBACK (on_shown), self, G_CONNECT_SWAPPED);
  return eye;
}

static void
add_layer (SacLayersDialog *self, const SacLayer *layer, GtkStringList *shown)
{
  GtkWidget *row = adw_action_row_new (), *icon;
  g_autofree char *title = sac_layer_dup_title (layer), *escaped = g_markup_escape_text (title, -1);
  g_autofree char *words = g_strdup_printf (_("%u tags · %u segments · %u tracks"), layer->n_labels, layer->n_segments, layer->n_tracks);
  const char *name = strcmp (layer->kind, "person") == 0 ? "avatar-default-symbolic"
                     : strcmp (layer->kind, "import") == 0 ? "document-open-symbolic" : "system-run-symbolic";

  icon = gtk_image_new_from_icon_name (name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_eye (self, layer->id, title));
  gtk_list_box_append (self->layers, row);
  gtk_string_list_append (shown, title);
  g_ptr_array_add (self->names, layer->id == 1 ? g_strdup ("") : g_strdup_printf ("%s:%s", layer->kind, layer->name));
}

static guint
find_name (SacLayersDialog *self, const char *name, guint otherwise)
{
  for (guint i = 0; name && i < self->names->len; i++)
    if (strcmp (self->names->pdata[i], name) == 0)
      return i;
  return otherwise;
}

static char *
dup_chosen (SacLayersDialog *self, GtkDropDown *which)
{
  guint i = gtk_drop_down_get_selected (which);

  return i < self->names->len ? g_strdup (self->names->pdata[i]) : NULL;
}

static void compare (SacLayersDialog *self);

static void
on_known (GObject *source, GAsyncResult *result, gpointer data)
{
  SacLayersDialog *self = SAC_LAYERS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Known *known = sac_store_job_finish (result, &error);
  g_autoptr (GtkStringList) shown = gtk_string_list_new (NULL);
  g_autofree char *first = NULL, *second = NULL;
  guint other = 0;
  GtkWidget *row;

  if (!self->session)
    return;
  if (!known)
    {
      sac_session_say (self->session, FALSE, "%s", error->message);
      return;
    }
  first = dup_chosen (self, self->first);
  second = dup_chosen (self, self->second);
  self->filling = TRUE;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->layers))))
    gtk_list_box_remove (self->layers, row);
  g_ptr_array_set_size (self->names, 0);
  for (guint i = 0; i < known->layers->len; i++)
    add_layer (self, known->layers->pdata[i], shown);
  for (guint i = 0; i < known->versions->len; i++)
    {
      const SacVersion *version = known->versions->pdata[i];
      g_autofree char *title = g_strdup_printf (_("Version “%s”"), version->name);

      if (version->size < 0)
        continue;
      gtk_string_list_append (shown, title);
      g_ptr_array_add (self->names, g_strconcat ("version:", version->name, NULL));
    }
  gtk_drop_down_set_model (self->first, G_LIST_MODEL (shown));
  gtk_drop_down_set_model (self->second, G_LIST_MODEL (shown));
  gtk_drop_down_set_selected (self->first, find_name (self, first, 0));
  for (guint i = self->names->len; i-- > 1;)    /* another person, else whoever there is */
    if (g_str_has_prefix (self->names->pdata[i], "person:") || !other)
      other = i;
  gtk_drop_down_set_selected (self->second, find_name (self, second, other));
  self->filling = FALSE;
  compare (self);
}

static gboolean
refresh (gpointer data)
{
  SacLayersDialog *self = data;

  g_clear_handle_id (&self->refresh_source, g_source_remove);  /* also where it is called beside the clock */
  if (sac_session_get_path (self->session))
    sac_store_job_read (self->session, read_known, g_new0 (Known, 1), known_free, NULL, self, on_known);
  return G_SOURCE_REMOVE;
}

/* ---- comparing. */
typedef struct { char *first, *second; SacComparison *comparison; } Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->comparison, sac_comparison_free);
  g_free (question->first);
  g_free (question->second);
  g_free (question);
}

static gboolean
answer (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Question *question = data;
  g_auto (SacSpeaker) first = { 0 }, second = { 0 };

  if (!sac_speaker_find (project, question->first, &first, error) || !sac_speaker_find (project, question->second, &second, error))
    return FALSE;
  question->comparison = sac_compare (&first, &second, cancellable, error);
  return question->comparison != NULL;
}

static void
put_text (SacLayersDialog *self, int column, int row, const char *text, gboolean heading)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), column ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, heading ? "heading" : "numeric");
  if (heading)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

/* A bar from 0 to 1 and its number; a dash where there is none. */
static void
put_bar (SacLayersDialog *self, int column, int row, double value, const char *what, const char *more)
{
  GtkWidget *bar;
  g_autofree char *number = isnan (value) ? g_strdup ("–") : g_strdup_printf ("%.2f", value);
  g_autofree char *told = g_strdup_printf ("%s: %s", what, number);

  put_text (self, column + 1, row, number, FALSE);
  if (isnan (value))
    return;
  bar = gtk_level_bar_new ();
  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), "low", 0.4);
  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), "high", 0.8);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), CLAMP (value, 0, 1));
  gtk_widget_set_size_request (bar, 70, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (bar, more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  gtk_grid_attach (self->table, bar, column, row, 1, 1);
}

static void
put_row (SacLayersDialog *self, int row, const SacAgreement *one)
{
  g_autofree char *n = g_strdup_printf ("%u", one->tags.n);
  g_autofree char *kappa = isnan (one->tags.kappa)
                             ? g_strdup (_("Not defined: both say the same of all clips, or none was judged by both"))
                             : g_strdup_printf (_("95 %%: %.2f to %.2f; they agree on %.0f %% of %u clips"), one->tags.low, one->tags.high,
                                                100 * one->tags.observed, one->tags.n);
  g_autofree char *segments = g_strdup_printf (_("%u and %u segments, F1 at 0.5: %.2f"), one->n_a_segments, one->n_b_segments,
                                               isnan (one->segment_f1) ? 0 : one->segment_f1);
  g_autofree char *tracks = g_strdup_printf (_("%u and %u tracks, F1 at 0.5: %.2f"), one->n_a_tracks, one->n_b_tracks,
                                             isnan (one->track_f1) ? 0 : one->track_f1);

  put_text (self, 0, row, one->label[0] ? one->label : _("(no label)"), FALSE);
  put_bar (self, 1, row, one->tags.kappa, "κ", kappa);
  put_text (self, 3, row, n, FALSE);
  put_bar (self, 4, row, one->n_a_segments + one->n_b_segments ? one->segment_f1 : NAN, _("F1 of segments"), segments);
  put_bar (self, 6, row, one->segment_iou, _("IoU of segments"), segments);
  put_bar (self, 8, row, one->track_iou, _("IoU of tracks"), tracks);
}

static char *
dup_words (const SacDisagreement *one)
{
  const char *label = one->label[0] ? one->label : _("(no label)");

  if (one->kind == SAC_DISAGREE_TAG)
    return g_strdup_printf (one->a ? _("%s: yes, no") : _("%s: no, yes"), label);
  if (one->kind == SAC_DISAGREE_SEGMENTS)
    return g_strdup_printf (_("%s: %d and %d segments"), label, one->a, one->b);
  return g_strdup_printf (_("%s: %d and %d tracks"), label, one->a, one->b);
}

static void
show_comparison (SacLayersDialog *self, const SacComparison *comparison)
{
  static const char *const headings[] = { N_("Label"), N_("Tags, κ"), NULL, N_("Clips"), N_("Segments, F1"), NULL, N_("IoU"), NULL,
                                          N_("Tracks, IoU") };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *words = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))))
    gtk_grid_remove (self->table, child);
  for (guint c = 0; c < G_N_ELEMENTS (headings); c++)
    if (headings[c])
      put_text (self, (int) c, 0, _(headings[c]), TRUE);
  for (guint l = 0; l < MIN (comparison->labels->len, MOST_LABELS); l++)
    put_row (self, (int) l + 1, comparison->labels->pdata[l]);
  for (guint i = 0; i < comparison->queue->len; i++)
    {
      const SacDisagreement *one = comparison->queue->pdata[i];
      SacQueueRow *row = g_object_new (SAC_TYPE_QUEUE_ROW, NULL);

      row->item = one->item;
      row->gravity = one->gravity;
      row->at_ns = one->at_ns;
      row->clip = g_strdup (one->clip);
      row->words = dup_words (one);
      g_ptr_array_add (rows, row);
    }
  g_list_store_splice (self->queue, 0, g_list_model_get_n_items (G_LIST_MODEL (self->queue)), rows->pdata, rows->len);
  words = g_strdup_printf (ngettext ("%u disagreement, the gravest first", "%u disagreements, the gravest first",
                                     comparison->n_disagreements), comparison->n_disagreements);
  gtk_label_set_text (self->summary, comparison->n_disagreements ? words : _("They do not contradict each other."));
  gtk_widget_set_visible (self->results, TRUE);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  SacLayersDialog *self = SAC_LAYERS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Question *question = sac_store_job_finish (result, &error);

  if (!self->session || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (self->spinner, FALSE);
  if (question)
    show_comparison (self, question->comparison);
  else
    sac_session_say (self->session, FALSE, "%s", error->message);
}

static void
compare (SacLayersDialog *self)
{
  Question *question;
  g_autofree char *second = dup_chosen (self, self->second);

  if (self->filling || !sac_session_get_path (self->session))
    return;
  /* Only another layer can be merged into the own labels. */
  gtk_widget_set_sensitive (self->merge, second && second[0] && !g_str_has_prefix (second, "version:")
                                         && sac_session_is_writable (self->session));
  if (self->working)
    g_cancellable_cancel (self->working);
  g_clear_object (&self->working);
  if (self->names->len < 2)
    {
      gtk_widget_set_visible (self->results, FALSE);
      return;
    }
  self->working = g_cancellable_new ();
  question = g_new0 (Question, 1);
  question->first = dup_chosen (self, self->first);
  question->second = g_steal_pointer (&second);
  if (!question->first || !question->second)
    {
      question_free (question);
      return;
    }
  gtk_widget_set_visible (self->spinner, TRUE);
  sac_store_job_read (self->session, answer, question, question_free, self->working, self, on_answer);
}

/* ---- a click on the queue. */
static void
on_activate (SacLayersDialog *self, guint position)
{
  g_autoptr (SacQueueRow) row = g_list_model_get_item (G_LIST_MODEL (self->queue), position);
  SacClip *clip = row ? sac_session_get_clip (self->session, row->item) : NULL;
  const SacItem *item = clip ? sac_clip_get_item (clip) : NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (!item)
    return;
  sac_selection_go (self->selection, clip, (guint) CLAMP (1e-9 * (double) row->at_ns * item->fps + 0.5, 0, item->n_frames));
  if (parent)
    g_object_set (parent, "page", "label", NULL);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *bar = gtk_level_bar_new ();
  GtkWidget *clip = gtk_label_new (NULL), *words = gtk_label_new (NULL), *time = gtk_label_new (NULL);

  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_LOW);       /* grave is neither bad nor good */
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  gtk_widget_set_size_request (bar, 60, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (clip), 0);
  gtk_label_set_ellipsize (GTK_LABEL (clip), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (clip, TRUE);
  gtk_widget_add_css_class (words, "dim-label");
  gtk_widget_add_css_class (time, "numeric");
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), clip);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), time);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  SacQueueRow *row = gtk_list_item_get_item (item);
  GtkWidget *bar = gtk_widget_get_first_child (gtk_list_item_get_child (item)), *clip = gtk_widget_get_next_sibling (bar);
  GtkWidget *words = gtk_widget_get_next_sibling (clip), *time = gtk_widget_get_next_sibling (words);
  g_autofree char *at = g_strdup_printf (_("%.2f s"), 1e-9 * (double) row->at_ns);
  g_autofree char *told = g_strdup_printf (_("Gravity %.2f"), row->gravity);

  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), CLAMP (row->gravity, 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  gtk_label_set_text (GTK_LABEL (clip), row->clip);
  gtk_label_set_text (GTK_LABEL (words), row->words);
  gtk_label_set_text (GTK_LABEL (time), at);
}

/* ---- merging. */
typedef struct { char *name, *path; SacMergeRule rule; SacMergeResult result; } Merging;

static void
merging_free (gpointer data)
{
  Merging *merging = data;

  g_free (merging->name);
  g_free (merging->path);
  g_free (merging);
}

static gboolean
do_merge (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Merging *merging = data;
  g_auto (SacSpeaker) from = { 0 };

  return sac_speaker_find (project, merging->name, &from, error)
         && sac_project_merge_layer (project, from.layer, 1, merging->rule, &merging->result, error);
}

static gboolean
do_bring (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Merging *merging = data;
  g_autoptr (SacProject) other = sac_project_open (merging->path, SAC_PROJECT_READ_ONLY, error);

  return other && sac_project_bring_person (project, other, merging->name, NULL, &merging->result, error);
}

static void
on_merged (GObject *source, GAsyncResult *result, gpointer data)
{
  SacLayersDialog *self = SAC_LAYERS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Merging *merging = sac_store_job_finish (result, &error);

  if (!self->session)
    return;
  gtk_widget_set_visible (self->spinner, FALSE);
  if (!merging)
    sac_session_say (self->session, FALSE, "%s", error->message);
  else if (merging->path && merging->result.n_missing)
    sac_session_say (self->session, TRUE, _("“%s” is a layer now; %u of its clips are not in this project"), merging->name,
                     merging->result.n_missing);
  else if (merging->path)
    sac_session_say (self->session, TRUE, _("“%s” is a layer now"), merging->name);
  else
    sac_session_say (self->session, TRUE, _("Merged: %u tags, %u segments, %u tracks; %u contradictions"), merging->result.n_tags,
                     merging->result.n_segments, merging->result.n_tracks, merging->result.n_conflicts);
  refresh (self);
}

static void
on_merge (SacLayersDialog *self)
{
  Merging *merging = g_new0 (Merging, 1);

  merging->name = dup_chosen (self, self->second);
  merging->rule = (SacMergeRule) MIN (gtk_drop_down_get_selected (self->rule), SAC_MERGE_NEWEST);
  gtk_widget_set_visible (self->spinner, TRUE);
  if (!sac_store_job_write (self->session, do_merge, merging, merging_free, self, on_merged))
    gtk_widget_set_visible (self->spinner, FALSE);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, SacLayersDialog *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL, *base = path ? g_path_get_basename (path) : NULL;
  Merging *merging;

  g_clear_object (&self->chooser);
  if (!path || !self->session)
    return;
  if (g_str_has_suffix (base, ".saccade"))
    base[strlen (base) - strlen (".saccade")] = '\0';
  merging = g_new0 (Merging, 1);
  merging->path = g_steal_pointer (&path);
  merging->name = g_filename_display_name (base);
  gtk_widget_set_visible (self->spinner, TRUE);
  if (!sac_store_job_write (self->session, do_bring, merging, merging_free, self, on_merged))
    gtk_widget_set_visible (self->spinner, FALSE);
}

static void
on_bring (SacLayersDialog *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Another person's project"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Bring in"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_filter_set_name (filter, _("Saccade projects"));
  gtk_file_filter_add_suffix (filter, "saccade");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- life. */
static void
queue_refresh (SacLayersDialog *self)
{
  if (!self->refresh_source)
    self->refresh_source = g_timeout_add (500, refresh, self);
}

static void
on_project_changed (SacLayersDialog *self)
{
  if (!sac_session_is_open (self->session))
    gtk_window_destroy (GTK_WINDOW (self));
  else
    queue_refresh (self);
}

static void
sac_layers_dialog_dispose (GObject *object)
{
  SacLayersDialog *self = SAC_LAYERS_DIALOG (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  if (self->working)
    g_cancellable_cancel (self->working);
  g_clear_object (&self->working);
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  g_clear_object (&self->selection);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_LAYERS_DIALOG);
  G_OBJECT_CLASS (sac_layers_dialog_parent_class)->dispose (object);
}

static void
sac_layers_dialog_class_init (SacLayersDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_layers_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/layers-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacLayersDialog, name)
  BIND (layers);
  BIND (first);
  BIND (second);
  BIND (rule);
  BIND (merge);
  BIND (bring);
  BIND (spinner);
  BIND (results);
  BIND (table);
  BIND (summary);
  BIND (list);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, compare);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_merge);
  gtk_widget_class_bind_template_callback (widget_class, on_bring);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_layers_dialog_init (SacLayersDialog *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->queue = g_list_store_new (SAC_TYPE_QUEUE_ROW);
  self->filling = TRUE;         /* until it is known who there is */
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->queue)))));
}

SacLayersDialog *
sac_layers_dialog_new (GtkWindow *parent, SacSession *session, SacSelection *selection)
{
  SacLayersDialog *self = g_object_new (SAC_TYPE_LAYERS_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, NULL);

  self->session = g_object_ref (session);
  self->selection = g_object_ref (selection);
  g_signal_connect_object (session, "clips-changed", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-undo", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (self->bring, sac_session_is_writable (session));
  refresh (self);
  return self;
}
