/* saccade bench store [--items N --segments N --boxes N --marks N]: makes a project of that size and times what the window asks
 * of it.  --make FILE only makes it and leaves it there (with clips of the videos that FILE holds already, if any). */
#include "bench-store.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "sac-cli.h"
#include "store/sac-fill.h"

typedef struct {
  gboolean as_json, comma;
} Print;

static double
now_ms (void)
{
  return 1e-3 * (double) g_get_monotonic_time ();
}

static void
say (Print *print, const char *key, const char *words, double ms)
{
  if (print->as_json)
    g_print ("%s\"%s_ms\": %.3f", print->comma ? ", " : "{", key, ms);
  else
    g_print ("%10.2f ms  %s\n", ms, words);
  print->comma = TRUE;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* Single tags, as a person sets them: the time until the act has returned. */
static gboolean
time_acts (SacProject *project, GArray *ids, SacId label, Print *print, GError **error)
{
  const guint n = 500;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    {
      double start = now_ms (), ms;

      if (!sac_project_set_label (project, &g_array_index (ids, SacId, (guint64) i * 7919 % ids->len), 1, label,
                                  i % 2 ? SAC_LABEL_YES : SAC_LABEL_NO, error))
        return FALSE;
      ms = now_ms () - start;
      g_array_append_val (times, ms);
    }
  g_array_sort (times, by_size);
  say (print, "act_p50", _("a tag, median"), g_array_index (times, double, n / 2));
  say (print, "act_p99", _("a tag, 99 of 100"), g_array_index (times, double, n * 99 / 100));
  sac_project_flush (project);
  g_array_set_size (times, 0);
  for (guint i = 0; i < 20; i++)
    {
      double start = now_ms (), ms;

      if (!sac_project_set_label (project, &g_array_index (ids, SacId, i), 1, label, i % 2 ? SAC_LABEL_NO : SAC_LABEL_UNKNOWN, error))
        return FALSE;
      sac_project_flush (project);
      ms = now_ms () - start;
      g_array_append_val (times, ms);
    }
  g_array_sort (times, by_size);
  say (print, "flush_p50", _("a tag and a flush to the disk at once, median"), g_array_index (times, double, 10));
  return TRUE;
}

static gboolean
time_queries (SacProject *project, Print *print, GError **error)
{
  static const struct { const char *key, *query; } asked[] = {
    { "query_all", "" }, { "query_label", "label:label-01 -reviewed:yes" }, { "query_name", "name:*77*" },
    { "query_segments", "segment:label-02 segments>2" }, { "query_tracks", "track:label-03" },
  };

  for (guint q = 0; q < G_N_ELEMENTS (asked); q++)
    {
      double start = now_ms ();
      g_autoptr (GArray) found = sac_project_query (project, asked[q].query, error);
      g_autofree char *words = NULL;

      if (!found)
        return FALSE;
      words = g_strdup_printf (_("query “%s”: %u clips"), asked[q].query, found->len);
      say (print, asked[q].key, words, now_ms () - start);
    }
  return TRUE;
}

static gboolean
time_bulk (SacProject *project, GArray *ids, SacId label, Print *print, GError **error)
{
  double start = now_ms ();

  if (!sac_project_set_label (project, (const SacId *) (void *) ids->data, ids->len, label, SAC_LABEL_YES, error))
    return FALSE;
  say (print, "bulk", _("tag all clips"), now_ms () - start);
  start = now_ms ();
  if (!sac_project_undo (project, NULL, error))
    return FALSE;
  say (print, "bulk_undo", _("undo that"), now_ms () - start);
  start = now_ms ();
  if (!sac_project_redo (project, NULL, error))
    return FALSE;
  say (print, "bulk_redo", _("redo that"), now_ms () - start);
  return TRUE;
}

/* What happens between the name of a project and its clips on the screen. */
static gboolean
time_project (const char *path, Print *print, GError **error)
{
  double start = now_ms (), opening = start;
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_READ_WRITE, error);
  g_autoptr (GPtrArray) items = NULL, labels = NULL, layers = NULL, segments = NULL, tracks = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId)), label_ids = g_array_new (FALSE, FALSE, sizeof (SacId));
  g_autofree gint8 *matrix = NULL;

  if (!project)
    return FALSE;
  say (print, "open", _("open the file"), now_ms () - start);
  start = now_ms ();
  if (!(items = sac_project_list_items (project, error)) || items->len == 0)
    return FALSE;
  say (print, "items", _("list the clips"), now_ms () - start);
  start = now_ms ();
  if (!(labels = sac_project_list_labels (project, error)) || labels->len == 0)
    return FALSE;
  say (print, "labels", _("list the labels with their counts"), now_ms () - start);
  for (guint i = 0; i < items->len; i++)
    g_array_append_val (ids, ((SacItem *) items->pdata[i])->id);
  for (guint l = 0; l < labels->len; l++)
    g_array_append_val (label_ids, ((SacLabel *) labels->pdata[l])->id);
  start = now_ms ();
  matrix = sac_project_label_matrix (project, (const SacId *) (void *) ids->data, ids->len, (const SacId *) (void *) label_ids->data,
                                     label_ids->len, error);
  if (!matrix)
    return FALSE;
  say (print, "matrix", _("tags of all clips"), now_ms () - start);
  say (print, "open_all", _("together: a project opens"), now_ms () - opening);
  start = now_ms ();
  if (!(layers = sac_project_list_layers (project, error)))
    return FALSE;
  say (print, "layers", _("list the layers with their counts"), now_ms () - start);
  start = now_ms ();
  if (!(segments = sac_project_list_segments (project, g_array_index (ids, SacId, ids->len / 2), error))
      || !(tracks = sac_project_list_tracks (project, g_array_index (ids, SacId, ids->len / 2), error)))
    return FALSE;
  say (print, "one_clip", _("segments and boxes of one clip"), now_ms () - start);
  if (!time_queries (project, print, error) || !time_acts (project, ids, g_array_index (label_ids, SacId, 0), print, error)
      || !time_bulk (project, ids, g_array_index (label_ids, SacId, labels->len - 1), print, error))
    return FALSE;
  start = now_ms ();
  if (!sac_project_check (path, NULL, error))
    return FALSE;
  say (print, "check", _("check every page (beside the work)"), now_ms () - start);
  return TRUE;
}

static void
remove_all (const char *path, const char *dir)
{
  static const char *const more[] = { "", "-wal", "-shm", "-lock" };

  for (guint i = 0; i < G_N_ELEMENTS (more); i++)
    {
      g_autofree char *name = g_strconcat (path, more[i], NULL);

      g_remove (name);
    }
  g_rmdir (dir);
}

static gboolean
make (const char *path, const SacFill *fill, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_CREATE, error);

  return project && sac_project_fill (project, fill, sac_cli_progress, NULL, error);
}

int
_sac_bench_store (int argc, char **argv)
{
  int items = 10000, labels = 10, segments = -1, boxes = -1, tags = -1, marks = 0;
  gint64 seed = 1;
  g_autofree char *file = NULL, *dir = NULL, *path = NULL;
  Print print = { 0 };
  const GOptionEntry entries[] = {
    { "items", 0, 0, G_OPTION_ARG_INT, &items, N_("Clips (10000)"), "N" },
    { "labels", 0, 0, G_OPTION_ARG_INT, &labels, N_("Labels (10)"), "N" },
    { "tags", 0, 0, G_OPTION_ARG_INT, &tags, N_("Tags (3 a clip)"), "N" },
    { "segments", 0, 0, G_OPTION_ARG_INT, &segments, N_("Segments (20 a clip)"), "N" },
    { "boxes", 0, 0, G_OPTION_ARG_INT, &boxes, N_("Boxes (100 a clip)"), "N" },
    { "marks", 0, 0, G_OPTION_ARG_INT, &marks, N_("More segments, all on the first clip"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Other numbers, other project"), "N" },
    { "make", 0, 0, G_OPTION_ARG_FILENAME, &file, N_("Only make the project, or add to the one that is there"), "FILE.saccade" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &print.as_json, N_("Print one line of JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  SacFill fill;
  struct stat info;
  gboolean good;
  double start = now_ms ();
  int parsed = sac_cli_parse (&argc, &argv, entries, "store", _("Makes a project of any size and times what the window asks of it."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc > 1 || items < 1 || items > 10000000 || labels < 3 || labels > 1000 || tags > 2000000000 || marks < 0)
    {
      g_printerr ("%s\n", _("saccade: bench store wants 1 to 10 million clips and 3 to 1000 labels"));
      return 2;
    }
  fill = (SacFill) { .n_items = (guint) items, .n_labels = (guint) labels, .n_marks = (guint) marks, .seed = (guint64) seed,
                     .n_tags = tags < 0 ? 3 * (guint) items : (guint) tags,
                     .n_segments = segments < 0 ? 20 * (guint) items : (guint) segments,
                     .n_boxes = boxes < 0 ? 100 * (guint) items : (guint) boxes };
  if (file)
    return make (file, &fill, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
  dir = g_dir_make_tmp ("saccade-bench-XXXXXX", &error);
  if (!dir)
    return sac_cli_fail (g_steal_pointer (&error));
  path = g_build_filename (dir, "bench.saccade", NULL);
  good = make (path, &fill, &error);
  if (good)
    {
      say (&print, "make", _("make the project"), now_ms () - start);
      if (!print.as_json && stat (path, &info) == 0)
        g_print (_("            %u clips, %u tags, %u segments, %u boxes, %.0f MB\n"), fill.n_items, fill.n_tags,
                 fill.n_segments + fill.n_marks, fill.n_boxes, 1e-6 * (double) info.st_size);
      good = time_project (path, &print, &error);
    }
  if (print.as_json && print.comma)
    g_print ("}\n");
  remove_all (path, dir);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
