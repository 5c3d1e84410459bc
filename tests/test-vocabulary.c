/* The window where labels are edited, and keys changed in the preferences, on a display of their own. */
#include "widget-fixture.h"

#include "app/sac-keyboard-page.h"
#include "app/sac-device-choice.h"
#include "app/sac-label-finder.h"
#include "app/sac-preferences.h"
#include "app/sac-settings.h"
#include "app/sac-shortcuts.h"
#include "app/sac-vocabulary-row.h"
#include "app/sac-vocabulary.h"

static void
assert_text (SacVocabulary *window, const char *wanted)
{
  g_autofree char *text = sac_vocabulary_dup_text (window);

  g_assert_cmpstr (text, ==, wanted);
}

static void
find_all (GtkWidget *from, GType type, GPtrArray *found)
{
  for (GtkWidget *child = gtk_widget_get_first_child (from); child; child = gtk_widget_get_next_sibling (child))
    {
      if (g_type_is_a (G_OBJECT_TYPE (child), type) && gtk_widget_get_mapped (child))
        g_ptr_array_add (found, child);
      find_all (child, type, found);
    }
}

static SacSession *
open_session (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "p.saccade", NULL);
  SacSession *session = sac_session_new ();
  GError *error = NULL;

  g_assert_true (sac_session_open (session, path, TRUE, &error));
  g_assert_no_error (error);
  return session;
}

static guint
count_acts (SacSession *session)
{
  g_autoptr (GPtrArray) history = sac_project_list_history (sac_session_get_project (session), 1000, NULL);

  return history->len;
}

static void
test_vocabulary (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-vocabulary-XXXXXX", NULL);
  g_autoptr (SacSession) session = open_session (folder);
  SacId cat = sac_session_add_label (session, "cat"), dog = sac_session_add_label (session, "dog");
  SacId pet = sac_session_add_label (session, "pet"), bird = sac_session_add_label (session, "小鳥");
  SacVocabulary *window = sac_vocabulary_new (session);
  g_autoptr (GPtrArray) rows = g_ptr_array_new (), colours = g_ptr_array_new (), names = g_ptr_array_new ();
  guint n = count_acts (session);

  gtk_window_present (GTK_WINDOW (window));
  spin (0.3);
  assert_text (window, "cat\ndog\npet\n小鳥\n");
  find_all (GTK_WIDGET (window), SAC_TYPE_VOCABULARY_ROW, rows);
  g_assert_cmpuint (rows->len, ==, 4);

  /* The tree, by keys' acts; each is one act of the session. */
  sac_vocabulary_select (window, pet);
  g_assert_true (sac_vocabulary_act (window, "vocabulary.up"));
  g_assert_true (sac_vocabulary_act (window, "vocabulary.up"));
  assert_text (window, "pet\ncat\ndog\n小鳥\n");
  sac_vocabulary_select (window, cat);
  sac_vocabulary_act (window, "vocabulary.below");
  sac_vocabulary_select (window, dog);
  sac_vocabulary_act (window, "vocabulary.below");
  assert_text (window, "pet\n  cat\n  dog\n小鳥\n");
  g_assert_cmpuint (count_acts (session), ==, n + 4);
  sac_vocabulary_act (window, "vocabulary.up");
  assert_text (window, "pet\n  dog\n  cat\n小鳥\n");
  sac_vocabulary_act (window, "vocabulary.out");        /* comes after what it was below */
  assert_text (window, "pet\n  cat\ndog\n小鳥\n");
  sac_vocabulary_select (window, pet);
  sac_vocabulary_act (window, "vocabulary.down");
  assert_text (window, "dog\npet\n  cat\n小鳥\n");
  sac_session_undo (session);
  assert_text (window, "pet\n  cat\ndog\n小鳥\n");

  /* Dragged onto another: takes its place. */
  spin (0.2);
  g_ptr_array_set_size (rows, 0);
  find_all (GTK_WIDGET (window), SAC_TYPE_VOCABULARY_ROW, rows);
  for (guint i = 0; i < rows->len; i++)
    if (sac_vocabulary_item_get_label (sac_vocabulary_row_get_item (rows->pdata[i])) == cat)
      {
        g_signal_emit_by_name (rows->pdata[i], "dropped", (gint64) bird);
        break;
      }
  assert_text (window, "pet\n  小鳥\n  cat\ndog\n");

  /* Facts, and what others see of them. */
  g_assert_true (sac_session_set_label_colour (session, dog, 0x123456));
  g_assert_true (sac_session_set_label_key (session, dog, '9'));
  g_assert_cmpint (sac_session_find_label_by_key (session, '9'), ==, sac_session_find_label (session, dog));
  sac_session_undo (session);
  g_assert_cmpint (sac_session_find_label_by_key (session, '9'), ==, -1);
  sac_session_undo (session);
  g_assert_cmphex (sac_session_get_label (session, (guint) sac_session_find_label (session, dog))->colour, !=, 0x123456);
  sac_session_redo (session);
  sac_session_redo (session);
  g_assert_cmphex (sac_session_get_label (session, (guint) sac_session_find_label (session, dog))->colour, ==, 0x123456);
  g_assert_true (sac_session_rename_label (session, dog, "hound"));
  assert_text (window, "pet\n  小鳥\n  cat\nhound\n");
  sac_session_undo (session);
  g_assert_true (sac_session_merge_labels (session, cat, dog));
  assert_text (window, "pet\n  小鳥\ndog\n");
  sac_session_undo (session);
  assert_text (window, "pet\n  小鳥\n  cat\ndog\n");
  sac_vocabulary_select (window, dog);
  sac_vocabulary_act (window, "vocabulary.remove");
  assert_text (window, "pet\n  小鳥\n  cat\n");
  gtk_widget_activate_action (GTK_WIDGET (window), "vocabulary.undo", NULL);
  assert_text (window, "pet\n  小鳥\n  cat\ndog\n");
  g_assert_false (sac_vocabulary_act (window, "player.play"));
  gtk_window_destroy (GTK_WINDOW (window));
  sac_session_close (session);
  spin (0.05);
  remove_tree (folder);
}

/* Hundreds of labels: few rows, found by a part of the name. */
static void
test_many (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-vocabulary-XXXXXX", NULL);
  g_autoptr (SacSession) session = open_session (folder);
  g_autoptr (GPtrArray) rows = g_ptr_array_new (), entries = g_ptr_array_new ();
  SacVocabulary *window;
  gint64 start;

  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *name = g_strdup_printf ("label %03u", i);

      g_assert_cmpint (sac_project_add_label (sac_session_get_project (session), name, NULL), >, 0);
    }
  sac_session_reload (session);
  window = sac_vocabulary_new (session);        /* the first window of the program loads style and fonts */
  gtk_window_present (GTK_WINDOW (window));
  spin (0.3);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.1);
  start = g_get_monotonic_time ();
  window = sac_vocabulary_new (session);
  gtk_window_present (GTK_WINDOW (window));
  spin (0.3);
  g_test_message ("open: %.0f ms", (double) (g_get_monotonic_time () - start) / 1e3 - 300);
  find_all (GTK_WIDGET (window), GTK_TYPE_POPOVER, rows);
  g_assert_cmpuint (rows->len, ==, 0);          /* menus are made when they are opened */
  find_all (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, entries);
  g_assert_cmpuint (entries->len, ==, 1);
  gtk_editable_set_text (entries->pdata[0], "LABEL 12");
  spin (0.5);
  assert_text (window, "label 120\nlabel 121\nlabel 122\nlabel 123\nlabel 124\nlabel 125\nlabel 126\nlabel 127\nlabel 128\nlabel 129\n");
  gtk_editable_set_text (entries->pdata[0], "nothing like it");
  spin (0.5);
  assert_text (window, "");
  gtk_window_destroy (GTK_WINDOW (window));
  sac_session_close (session);
  spin (0.05);
  remove_tree (folder);
}

static void
on_chosen (SacLabelFinder *finder, gint64 label, const char *name, GString *said)
{
  g_string_printf (said, "%d %s", (int) label, name);
}

/* Typed and entered: an exact name, one that begins so, else a new one; a name in the middle is found, but a new label goes before it. */
static void
test_finder (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-vocabulary-XXXXXX", NULL);
  g_autoptr (SacSession) session = open_session (folder);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  g_autoptr (GString) said = g_string_new (NULL);
  int catfish = (int) sac_session_add_label (session, "catfish"), cat = (int) sac_session_add_label (session, "Cat");
  int kana = (int) sac_session_add_label (session, "カメラ");
  GtkWidget *window = gtk_window_new (), *finder = sac_label_finder_new ();
  const struct {
    const char *typed;
    int label;
  } cases[] = { { "cat", cat }, { "catf", catfish }, { "fish", 0 }, { " Cat ", cat }, { "ｶﾒ", kana }, { "dog", 0 } };

  sac_label_finder_set_session (SAC_LABEL_FINDER (finder), session);
  g_signal_connect (finder, "chosen", G_CALLBACK (on_chosen), said);
  gtk_window_set_child (GTK_WINDOW (window), finder);
  gtk_window_present (GTK_WINDOW (window));
  spin (0.2);
  find_all (window, GTK_TYPE_ENTRY, entries);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strstrip (g_strdup (cases[i].typed));
      g_autofree char *wanted = g_strdup_printf ("%d %s", cases[i].label, name);

      gtk_editable_set_text (entries->pdata[0], cases[i].typed);
      g_signal_emit_by_name (entries->pdata[0], "activate");
      g_assert_cmpstr (said->str, ==, wanted);
    }
  sac_label_finder_begin (SAC_LABEL_FINDER (finder));
  g_string_truncate (said, 0);
  g_signal_emit_by_name (entries->pdata[0], "activate");        /* nothing typed, nothing done */
  g_assert_cmpstr (said->str, ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
  sac_session_close (session);
  spin (0.05);
  remove_tree (folder);
}

/* What the preferences and the shortcuts window show is what the map holds. */
static void
test_keys (void)
{
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);
  GtkWidget *window = adw_preferences_window_new ();
  g_autoptr (GPtrArray) buttons = g_ptr_array_new (), entries = g_ptr_array_new ();
  GtkWindow *shortcuts;
  gboolean found = FALSE;

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), sac_keyboard_page_new (keymap));
  gtk_window_present (GTK_WINDOW (window));
  spin (0.3);
  g_assert_true (sac_keymap_set (keymap, sac_key_act_find ("segment.split"), "<Control><Alt>F12", NULL));
  find_all (window, GTK_TYPE_SEARCH_ENTRY, entries);
  gtk_editable_set_text (entries->pdata[0], "ctrl+alt+f12");
  spin (0.5);
  find_all (window, GTK_TYPE_BUTTON, buttons);
  for (guint i = 0; i < buttons->len; i++)
    found = found || g_strcmp0 (gtk_button_get_label (buttons->pdata[i]), "Ctrl+Alt+F12") == 0;
  g_assert_true (found);
  shortcuts = sac_shortcuts_new (keymap);
  gtk_window_present (shortcuts);
  spin (0.3);
  gtk_window_destroy (shortcuts);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

/* The device of new runs: the forms' drop-down and the preferences show the same list and follow each other. */
static void
test_device (void)
{
  GtkWidget *window = gtk_window_new (), *drop = sac_device_choice_new (TRUE), *preferences;
  const char *const *names = sac_device_choice_get_names ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  AdwComboRow *row = NULL;

  g_assert_nonnull (sac_settings_get ());
  sac_device_choice_set (0);
  gtk_window_set_child (GTK_WINDOW (window), drop);
  preferences = GTK_WIDGET (sac_preferences_new ());
  gtk_window_present (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (preferences));
  spin (0.3);
  find_all (preferences, ADW_TYPE_COMBO_ROW, rows);
  for (guint i = 0; i < rows->len; i++)
    if (strstr (adw_preferences_row_get_title (rows->pdata[i]), "Device"))
      row = rows->pdata[i];
  g_assert_nonnull (row);
  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (row)), ==, g_strv_length ((char **) names));
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  for (guint i = g_strv_length ((char **) names); i-- > 0;)
    {
      g_autofree char *set = NULL;

      adw_combo_row_set_selected (row, i);
      spin (0.05);
      set = g_settings_get_string (sac_settings_get (), "device");
      g_assert_cmpstr (set, ==, names[i]);
      g_assert_cmpstr (sac_device_choice_get_name (GTK_DROP_DOWN (drop)), ==, names[i]);
    }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop), 2);
  spin (0.05);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 2);
  g_settings_set_string (sac_settings_get (), "device", "toaster");     /* what nobody knows is the processor */
  spin (0.05);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  g_settings_reset (sac_settings_get (), "device");
  gtk_window_destroy (GTK_WINDOW (preferences));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

/* Warnings end the test, but for two of view switchers: an indicator is unparented twice, and labels are asked for a width below 0. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && (strstr (fields[i].value, "gtk_widget_unparent: assertion") ||
                                                   strstr (fields[i].value, "reported min width")))
      return G_LOG_WRITER_HANDLED;
  g_log_writer_default (level, fields, n_fields, data);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    abort ();
  return G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (on_log, NULL, NULL);
  sac_media_init ();
  adw_init ();
  g_test_add_func ("/vocabulary/edit", test_vocabulary);
  g_test_add_func ("/vocabulary/many", test_many);
  g_test_add_func ("/vocabulary/finder", test_finder);
  g_test_add_func ("/vocabulary/keys", test_keys);
  g_test_add_func ("/vocabulary/device", test_device);
  return g_test_run ();
}
