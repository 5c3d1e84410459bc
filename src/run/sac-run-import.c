#include "sac-run-import.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sac-run.h"

#define MAX_DEPTH 12
#define MAX_RUNS 10000
#define MAX_FILES 1000          /* of a run */
#define MAX_ENTRIES 1000000     /* looked at */

typedef struct {
  char *name;
  GPtrArray *files;             /* char*: paths of event files */
  char *ours;                   /* a run folder of this program, or NULL */
} Source;

static void
source_free (gpointer data)
{
  Source *source = data;

  g_free (source->name);
  g_free (source->ours);
  g_ptr_array_unref (source->files);
  g_free (source);
}

static gboolean
is_plain_file (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

/* What add_hparams() calls its folders: seconds since 1970 with a fraction. */
static gboolean
is_named_by_time (const char *name)
{
  return strlen (name) > 10 && strchr (name, '.') && strspn (name, "0123456789.") == strlen (name);
}

static char *
name_for (const char *relative, const char *fallback)
{
  char *name = g_strdup (*relative ? relative : fallback);

  g_strdelimit (name, "/\\ \n\t", '-');
  if (name[0] == '.')
    name[0] = '_';
  if (strlen (name) > 120)
    {
      const char *end = g_utf8_find_prev_char (name, name + 120);

      name[end ? end - name : 0] = '\0';
    }
  return name;
}

static void
find_sources (const char *dir, const char *relative, guint depth, Source *above, guint *n_entries, GPtrArray *out)
{
  g_autoptr (GDir) listing = depth < MAX_DEPTH && out->len < MAX_RUNS ? g_dir_open (dir, 0, NULL) : NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free), files = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *base = g_path_get_basename (dir);
  Source *own = NULL;
  const char *entry;

  while (listing && (entry = g_dir_read_name (listing)) && ++*n_entries < MAX_ENTRIES)
    {
      g_autofree char *path = g_build_filename (dir, entry, NULL);

      if (strstr (entry, "tfevents") && is_plain_file (path) && files->len < MAX_FILES)
        g_ptr_array_add (files, g_steal_pointer (&path));
      else if (path && g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)
               && g_utf8_validate (entry, -1, NULL))
        g_ptr_array_add (folders, g_strdup (entry));
    }
  if (files->len > 0 && above && is_named_by_time (base))
    {
      for (guint i = 0; i < files->len && above->files->len < MAX_FILES; i++)
        g_ptr_array_add (above->files, g_strdup (files->pdata[i]));
    }
  else if (files->len > 0)
    {
      g_autofree char *parent = g_path_get_dirname (dir), *info = g_build_filename (parent, "run.json", NULL);
      g_autofree char *parent_name = g_path_get_basename (parent);
      gboolean ours = strcmp (base, "events") == 0 && is_plain_file (info);

      own = g_new0 (Source, 1);
      own->name = ours ? name_for (parent_name, "run") : name_for (relative, base);
      own->ours = ours ? g_steal_pointer (&parent) : NULL;
      own->files = g_ptr_array_ref (files);
      g_ptr_array_add (out, own);
    }
  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *inside = g_build_filename (dir, folders->pdata[i], NULL);
      g_autofree char *there = *relative ? g_build_filename (relative, folders->pdata[i], NULL) : g_strdup (folders->pdata[i]);

      find_sources (inside, there, depth + 1, own, n_entries, out);
    }
}

static gboolean
copy_file (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);

  return g_file_copy (source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL, error);
}

static gboolean
copy_own_files (const Source *source, const char *folder, GCancellable *cancellable, GError **error)
{
  static const char *const names[] = { "run.json", "recipe.ini", "data.json", "scores/test.json", "scores/validation.json",
                                       "thresholds.json" };
  g_autofree char *scores = g_build_filename (folder, "scores", NULL);

  g_mkdir (scores, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (source->ours, names[i], NULL), *to = g_build_filename (folder, names[i], NULL);

      if (is_plain_file (from) && !copy_file (from, to, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* FALSE without an error: no numbers in it. */
static gboolean
describe (const Source *source, const char *folder, GError **error)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  g_auto (GStrv) tags = NULL, texts = NULL;
  char *no_labels[] = { NULL };
  SacRunInfo info = { .name = source->name, .version = (char *) "TensorBoard", .labels = no_labels };

  sac_event_reader_poll (reader);
  tags = sac_event_reader_dup_tags (reader);
  texts = sac_event_reader_dup_texts (reader, SAC_HPARAM);
  if (!tags[0] && !texts[0])
    return FALSE;
  for (guint i = 0; tags[i]; i++)
    {
      guint n;
      const SacPoint *points = sac_event_reader_get (reader, tags[i], &n);
      double at = points[0].wall_time;

      if (at > 0 && at < 1e11 && (!info.started_us || (gint64) (at * 1e6) < info.started_us))
        info.started_us = (gint64) (at * 1e6);
    }
  return source->ours || sac_run_info_write (folder, &info, error);
}

/* NULL without an error: nothing in it. */
static char *
import_one (const Source *source, const char *runs, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_build_filename (runs, source->name, NULL), *events = NULL;
  g_autoptr (GError) failed = NULL;
  gboolean good;

  for (guint i = 2; g_file_test (folder, G_FILE_TEST_EXISTS); i++)
    {
      g_free (folder);
      folder = g_strdup_printf ("%s/%s-%u", runs, source->name, i);
    }
  events = g_build_filename (folder, "events", NULL);
  good = g_mkdir_with_parents (events, 0755) == 0;
  if (!good)
    {
      int number = errno;

      g_set_error (&failed, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), events, g_strerror (number));
    }
  for (guint i = 0; good && i < source->files->len; i++)
    {
      g_autofree char *base = g_path_get_basename (source->files->pdata[i]), *to = g_build_filename (events, base, NULL);

      if (g_file_test (to, G_FILE_TEST_EXISTS))
        {
          g_free (to);
          to = g_strdup_printf ("%s/%s.%u", events, base, i);
        }
      good = copy_file (source->files->pdata[i], to, cancellable, &failed);
    }
  good = good && (!source->ours || copy_own_files (source, folder, cancellable, &failed)) && describe (source, folder, &failed);
  if (good)
    return g_steal_pointer (&folder);
  sac_file_remove_tree (folder);
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

char **
sac_runs_import (const char *dir, const char *runs, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (source_free), made = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *whole = g_canonicalize_filename (dir, NULL);
  g_autoptr (GError) failed = NULL;
  guint n_entries = 0;

  find_sources (whole, "", 0, NULL, &n_entries, sources);
  for (guint i = 0; i < sources->len && !failed && !g_cancellable_set_error_if_cancelled (cancellable, &failed); i++)
    {
      char *folder;

      if (progress)
        progress ((double) i / sources->len, _("Importing runs"), data);
      folder = import_one (sources->pdata[i], runs, cancellable, &failed);
      if (folder)
        g_ptr_array_add (made, folder);
    }
  if (!failed && made->len == 0)
    g_set_error (&failed, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s holds no event files with numbers in them"), dir);
  if (failed)
    {
      for (guint i = 0; i < made->len; i++)
        sac_file_remove_tree (made->pdata[i]);
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  g_ptr_array_add (made, NULL);
  return g_strdupv ((char **) made->pdata);
}
