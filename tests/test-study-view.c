/* Studies in the window: what the form asks `saccade study` for, and which study's queue is shown. */
#include "widget-fixture.h"

#include "app/sac-study-form.h"
#include "app/sac-study-queue.h"
#include "run/sac-study.h"

typedef void (*Visit) (GtkWidget *widget, gpointer data);

static void
walk (GtkWidget *widget, Visit visit, gpointer data)
{
  visit (widget, data);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    walk (child, visit, data);
}

typedef struct { const char *words; GtkWidget *found; } Sought;

/* The first list that offers these words. */
static void
offers (GtkWidget *widget, gpointer data)
{
  Sought *sought = data;
  GListModel *model = GTK_IS_DROP_DOWN (widget) ? gtk_drop_down_get_model (GTK_DROP_DOWN (widget)) : NULL;

  for (guint i = 0; model && !sought->found && GTK_IS_STRING_LIST (model) && i < g_list_model_get_n_items (model); i++)
    if (g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), i), sought->words) == 0)
      sought->found = widget;
}

static GtkDropDown *
find_list (GtkWidget *top, const char *words)
{
  Sought sought = { words, NULL };

  walk (top, offers, &sought);
  g_assert_nonnull (sought.found);
  return GTK_DROP_DOWN (sought.found);
}

static void
choose (GtkDropDown *list, const char *words)
{
  GtkStringList *strings = GTK_STRING_LIST (gtk_drop_down_get_model (list));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (strings)); i++)
    if (strcmp (gtk_string_list_get_string (strings, i), words) == 0)
      gtk_drop_down_set_selected (list, i);
}

static void
untick (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_CHECK_BUTTON (widget) && (!data || g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), data) == 0))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (widget), FALSE);
}

static char *
dup_line (SacStudyForm *form)
{
  g_autoptr (GPtrArray) words = sac_study_form_dup_words (form, "p.saccade", "n");

  if (!words)
    return NULL;
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **) words->pdata);
}

static void
test_form (void)
{
  g_autoptr (SacStudyForm) form = g_object_ref_sink (SAC_STUDY_FORM (sac_study_form_new ()));
  g_autofree char *all = NULL, *some = NULL, *name = NULL;

  choose (find_list (GTK_WIDGET (form), "Four networks, small"), "Four networks, small");
  g_assert_true (sac_study_form_is_ready (form));
  all = dup_line (form);
  g_assert_nonnull (strstr (all, "four-networks-small.ini --project p.saccade --name n --arms 2d,i3d-avg,"));
  g_assert_nonnull (strstr (all, "--seeds 1, 2, 3 --device cpu"));
  g_assert_null (strstr (all, "--weights"));
  name = sac_study_form_dup_name (form);
  g_assert_true (g_str_has_prefix (name, "four-networks-small-2"));
  g_assert_true (sac_study_check_name (name, NULL));
  /* The first list with these words is the first arm's. */
  choose (find_list (GTK_WIDGET (form), "From scratch"), "From scratch");
  walk (GTK_WIDGET (form), untick, (gpointer) "Averaged I3D");
  choose (find_list (GTK_WIDGET (form), "Automatic"), "Automatic");
  some = dup_line (form);
  g_assert_nonnull (strstr (some, "--arms 2d,i3d-centre,"));
  g_assert_nonnull (strstr (some, "--device auto --weights 2d=none"));
  walk (GTK_WIDGET (form), untick, NULL);
  g_assert_null (dup_line (form));
}

static void
count_rows (GtkWidget *widget, gpointer data)
{
  *(guint *) data += GTK_IS_LIST_BOX_ROW (widget);
}

static void
test_choice (void)
{
  static const char plain[] = "[study]\nseeds=1;2\n[arm a]\nmodel=r18-2d\n[arm b]\n";
  g_autofree char *dir = g_dir_make_tmp ("saccade-study-XXXXXX", NULL), *path = g_build_filename (dir, "p.saccade", NULL);
  g_autofree char *data = g_build_filename (dir, "p.data", NULL);
  g_autoptr (SacSession) session = sac_session_new ();
  g_autoptr (SacStudyPlan) plan = sac_study_plan_parse (plain, NULL), one = NULL;
  g_autoptr (SacStudyQueue) first = NULL, second = NULL, third = NULL;
  g_autoptr (GError) error = NULL;
  SacStudyQueueView *view;
  GtkDropDown *list;
  GListModel *shown;
  guint n = 0;

  g_assert_true (sac_session_open (session, path, TRUE, &error));
  g_assert_no_error (error);
  one = sac_study_plan_with (plan, (const char *const[]) { "a", NULL }, "7", NULL, &error);
  first = sac_study_create (data, "alone", path, one, &error);
  second = sac_study_create (data, "both", path, plan, &error);
  g_assert_no_error (error);
  view = sac_study_queue_view_new (NULL, session);
  gtk_window_present (GTK_WINDOW (view));
  list = find_list (GTK_WIDGET (view), "both");
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (list)), ==, 2);
  choose (list, "alone");
  walk (GTK_WIDGET (view), count_rows, &n);
  g_assert_cmpuint (n, ==, 1);
  choose (list, "both");
  n = 0;
  walk (GTK_WIDGET (view), count_rows, &n);
  g_assert_cmpuint (n, ==, 4);
  /* A newer one comes: what was chosen stays. */
  third = sac_study_create (data, "later", path, one, &error);
  g_assert_no_error (error);
  sac_study_queue_view_refresh (view);
  shown = gtk_drop_down_get_model (list);
  g_assert_cmpuint (g_list_model_get_n_items (shown), ==, 3);
  g_assert_cmpstr (gtk_string_list_get_string (GTK_STRING_LIST (shown), gtk_drop_down_get_selected (list)), ==, "both");
  gtk_window_destroy (GTK_WINDOW (view));
  spin (0.1);
  g_clear_object (&session);
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  adw_init ();
  g_test_add_func ("/app/study/form", test_form);
  g_test_add_func ("/app/study/choice", test_choice);
  return g_test_run ();
}
