/* Files that are missing, changed, excluded or twice; files that moved are found again by their content. */
#include "store-fixture.h"
#include "store/sac-health.h"

static char *
put_file (Fixture *f, const char *name, const char *contents)
{
  char *path = g_build_filename (f->dir, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0755);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  return path;
}

static SacId
add_file (Fixture *f, const char *path, const char *name, guint flags)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = sac_media_hash (path, &error);
  const SacItem item = { .name = (char *) name, .path = (char *) path, .hash = hash, .out_ns = 1000, .n_frames = 5, .width = 8, .height = 8,
                         .fps = 25, .flags = flags };
  const SacItem *list[] = { &item };
  SacId id = 0;

  g_assert_no_error (error);
  g_assert_true (sac_project_add_items (f->project, list, 1, &id, &error));
  return id;
}

static char *
health (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) complaints = sac_project_check_health (f->project, FALSE, NULL, NULL, NULL, &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < complaints->len; i++)
    {
      const SacComplaint *c = complaints->pdata[i];

      g_string_append_printf (out, "%s%s %s", i ? ", " : "", sac_health_name (c->kind), c->name);
    }
  return g_string_free (out, FALSE);
}

#define HEALTH_IS(what) { g_autofree char *told = health (f); g_assert_cmpstr (told, ==, what); }

static void
test_kinds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *a = put_file (f, "a.mp4", "one"), *b = put_file (f, "b.mp4", "two"), *c = put_file (f, "c.mp4", "three");
  SacId ids[3] = { add_file (f, a, "a", 0), add_file (f, b, "b", SAC_MEDIA_VFR | SAC_MEDIA_SPARSE), add_file (f, c, "c", 0) };

  HEALTH_IS ("vfr b, sparse b");
  g_remove (c);
  HEALTH_IS ("missing c, vfr b, sparse b");
  g_assert_true (sac_project_set_excluded (f->project, ids, 1, TRUE, &error));
  HEALTH_IS ("missing c, vfr b, sparse b, excluded a");
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  add_file (f, a, "a again", 0);
  HEALTH_IS ("missing c, vfr b, sparse b, duplicate a again");
  for (guint k = 0; k < SAC_N_HEALTHS; k++)
    g_assert_true (sac_health_name (k) && sac_health_title (k)[0] && sac_health_hint (k)[0]);
  g_assert_no_error (error);
}

static void
test_moved (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *a = put_file (f, "old/a.mp4", "one"), *b = put_file (f, "old/b.mp4", "two"), *folder = NULL, *nowhere = NULL;
  g_autofree char *moved = NULL, *renamed = NULL, *other = put_file (f, "new/a.mp4", "not the same");
  SacId ids[2] = { add_file (f, a, "a", 0), add_file (f, b, "b", 0) };
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (SacItem) item = NULL;
  guint n_missing = 9;

  folder = g_build_filename (f->dir, "new", NULL);
  nowhere = g_build_filename (f->dir, "nowhere", NULL);
  moves = sac_project_find_moved (f->project, folder, &n_missing, NULL, NULL, NULL, &error);
  g_assert_cmpuint (n_missing, ==, 0);
  g_assert_cmpuint (moves->len, ==, 0);
  g_clear_pointer (&moves, g_ptr_array_unref);
  g_remove (a);
  g_remove (b);
  moved = put_file (f, "new/deep/a.mp4", "one");
  renamed = put_file (f, "new/quite other.mkv", "two");
  moves = sac_project_find_moved (f->project, folder, &n_missing, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_missing, ==, 2);
  g_assert_cmpuint (moves->len, ==, 2);
  g_assert_true (sac_project_relink (f->project, moves, &error));
  item = sac_project_get_item (f->project, ids[0], &error);
  g_assert_cmpstr (item->path, ==, moved);
  g_assert_false (item->missing);
  g_clear_pointer (&item, sac_item_free);
  item = sac_project_get_item (f->project, ids[1], &error);
  g_assert_cmpstr (item->path, ==, renamed);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  HEALTH_IS ("missing a, missing b");
  g_clear_pointer (&moves, g_ptr_array_unref);
  g_assert_null (sac_project_find_moved (f->project, nowhere, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
}

/* A clip that the project knows with other numbers than its file has. */
static void
test_count (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strdup_printf ("counted.%s", sac_encoder_get_suffix ()), *path = g_build_filename (f->dir, file, NULL);
  g_autofree char *bad = put_file (f, "bad.mp4", "nothing");
  g_autofree guint8 *grey = g_malloc0 (64 * 48 * 3);
  SacEncoder *encoder = sac_encoder_new (path, 64, 48, 25, 1, &error);
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (SacItem) item = NULL;
  SacId ids[3];

  g_assert_no_error (error);
  for (int i = 0; i < 12; i++)
    g_assert_true (sac_encoder_push (encoder, grey, 64 * 3, &error));
  g_assert_true (sac_encoder_finish (encoder, &error));
  ids[0] = add_file (f, path, "counted", 0);
  ids[1] = add_file (f, path, "the same file", 0);
  ids[2] = add_file (f, bad, "bad", 0);
  counts = sac_project_count_frames (f->project, ids, 3, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts->len, ==, 2);
  g_assert_cmpuint (((SacRecount *) counts->pdata[0])->n_before, ==, 5);
  g_assert_cmpuint (((SacRecount *) counts->pdata[0])->n_now, ==, 12);
  g_assert_null (((SacRecount *) counts->pdata[0])->problem);
  g_assert_nonnull (((SacRecount *) counts->pdata[1])->problem);
  g_assert_true (sac_project_take_counts (f->project, counts, &error));
  item = sac_project_get_item (f->project, ids[0], &error);
  g_assert_cmpuint (item->n_frames, ==, 12);
  g_assert_cmpint (item->out_ns, ==, ((SacRecount *) counts->pdata[0])->duration_ns);     /* it was the whole file, and is */
  g_clear_pointer (&item, sac_item_free);
  item = sac_project_get_item (f->project, ids[2], &error);
  g_assert_cmpuint (item->n_frames, ==, 5);
  g_clear_pointer (&item, sac_item_free);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  item = sac_project_get_item (f->project, ids[0], &error);
  g_assert_cmpuint (item->n_frames, ==, 5);
  g_assert_cmpint (item->out_ns, ==, 1000);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("health/kinds", test_kinds);
  ADD ("health/moved", test_moved);
  ADD ("health/count", test_count);
  return g_test_run ();
}
