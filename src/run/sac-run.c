#include "sac-run.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-json-private.h"
#include "sac-scores-private.h"

#define MAX_CELLS 50000000u     /* clips × labels of a scores file */

GQuark
sac_run_error_quark (void)
{
  return g_quark_from_static_string ("sac-run-error");
}

static gboolean
damaged (GError **error, const char *path, const char *why)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, why);
  return FALSE;
}

static gboolean
check_version (JsonObject *object, const char *path, GError **error)
{
  gint64 version = _sac_json_int (object, "version", 0);

  if (version >= 1 && version <= SAC_RUN_VERSION)
    return TRUE;
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION,
               _("%s has version %d; this program knows up to %d"),
               path, (int) version, SAC_RUN_VERSION);
  return FALSE;
}

/* ---- run.json */
static const struct {
  const char *name;
  gsize offset;
} info_texts[] = {
  { "name", G_STRUCT_OFFSET (SacRunInfo, name) },
  { "model", G_STRUCT_OFFSET (SacRunInfo, model) },
  { "project", G_STRUCT_OFFSET (SacRunInfo, project) },
  { "snapshot", G_STRUCT_OFFSET (SacRunInfo, snapshot) },
  { "weights_file", G_STRUCT_OFFSET (SacRunInfo, weights_file) },
  { "weights_hash", G_STRUCT_OFFSET (SacRunInfo, weights_hash) },
  { "device", G_STRUCT_OFFSET (SacRunInfo, device) },
  { "host", G_STRUCT_OFFSET (SacRunInfo, host) },
  { "program", G_STRUCT_OFFSET (SacRunInfo, version) },
  { "study", G_STRUCT_OFFSET (SacRunInfo, study) },
  { "arm", G_STRUCT_OFFSET (SacRunInfo, arm) },
  { "machine", G_STRUCT_OFFSET (SacRunInfo, machine) },
};

gboolean
sac_run_info_write (const char *folder, const SacRunInfo *info, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "run.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed);
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, SAC_RUN_VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (info_texts); i++)
    {
      const char *value = G_STRUCT_MEMBER (char *, info, info_texts[i].offset);

      json_builder_set_member_name (builder, info_texts[i].name);
      json_builder_add_string_value (builder, value ? value : "");
    }
  _sac_json_add_strings (builder, "labels", (const char *const *) info->labels);
  json_builder_set_member_name (builder, "started_us");
  json_builder_add_int_value (builder, info->started_us);
  json_builder_set_member_name (builder, "journal");
  json_builder_add_int_value (builder, info->journal);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_string_value (builder, seed);        /* 64 bits do not fit a JSON number everywhere */
  json_builder_set_member_name (builder, "synthetic");
  json_builder_add_boolean_value (builder, info->synthetic);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, TRUE, &length);
  return sac_file_replace (path, text, length, error);
}

SacRunInfo *
sac_run_info_read (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "run.json", NULL);
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  g_autoptr (SacRunInfo) info = NULL;

  if (!object || !check_version (object, path, error))
    return NULL;
  info = g_new0 (SacRunInfo, 1);
  for (guint i = 0; i < G_N_ELEMENTS (info_texts); i++)
    G_STRUCT_MEMBER (char *, info, info_texts[i].offset) = g_strdup (_sac_json_string (object, info_texts[i].name, ""));
  info->labels = _sac_json_strings (object, "labels", NULL);
  if (!info->labels)
    {
      damaged (error, path, _("the labels are missing"));
      return NULL;
    }
  info->started_us = _sac_json_int (object, "started_us", 0);
  info->journal = _sac_json_int (object, "journal", 0);
  info->seed = g_ascii_strtoull (_sac_json_string (object, "seed", "0"), NULL, 10);
  info->synthetic = _sac_json_flag (object, "synthetic");
  return g_steal_pointer (&info);
}

void
sac_run_info_free (SacRunInfo *info)
{
  if (!info)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (info_texts); i++)
    g_free (G_STRUCT_MEMBER (char *, info, info_texts[i].offset));
  g_strfreev (info->labels);
  g_free (info);
}

/* ---- scores/<split>.json: {"labels":[…],"clips":[{"name":…,"scores":[…],"truth":[1,0,null…],"control":[…]}…]} */
static char *
scores_path (const char *run_folder, const char *split)
{
  g_autofree char *name = g_strconcat (split, ".json", NULL);

  return g_build_filename (run_folder, "scores", name, NULL);
}

static void
add_row (JsonBuilder *builder, const char *name, const float *values, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    _sac_json_add_number (builder, (double) values[i]);
  json_builder_end_array (builder);
}

gboolean
_sac_scores_write_to (const char *path, const SacScores *scores, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), folder,
                   g_strerror (number));
      return FALSE;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, SAC_RUN_VERSION);
  json_builder_set_member_name (builder, "split");
  json_builder_add_string_value (builder, scores->split);
  json_builder_set_member_name (builder, "step");
  json_builder_add_int_value (builder, (gint64) scores->step);
  _sac_json_add_strings (builder, "labels", (const char *const *) scores->labels);
  json_builder_set_member_name (builder, "clips");
  json_builder_begin_array (builder);
  for (guint i = 0; i < scores->n_clips; i++)
    {
      gsize row = (gsize) i * scores->n_labels;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, scores->clips[i]);
      add_row (builder, "scores", scores->scores + row, scores->n_labels);
      json_builder_set_member_name (builder, "truth");
      json_builder_begin_array (builder);
      for (guint j = 0; j < scores->n_labels; j++)
        if (scores->truth[row + j] < 0)
          json_builder_add_null_value (builder);
        else
          json_builder_add_int_value (builder, scores->truth[row + j] != 0);
      json_builder_end_array (builder);
      if (scores->control)
        add_row (builder, "control", scores->control + row, scores->n_labels);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, FALSE, &length);
  return sac_file_replace (path, text, length, error);
}

static gboolean
read_row (JsonObject *clip, const char *name, guint n, float *out)
{
  JsonArray *array = _sac_json_array (clip, name);

  if (!array || json_array_get_length (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    out[i] = (float) _sac_json_number_at (array, i, NAN);
  return TRUE;
}

SacScores *
_sac_scores_read_from (const char *path, const char *split, GError **error)
{
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  g_autoptr (SacScores) scores = NULL;
  gboolean has_control = FALSE;
  JsonArray *clips;

  if (!object || !check_version (object, path, error))
    return NULL;
  scores = g_new0 (SacScores, 1);
  scores->split = g_strdup (_sac_json_string (object, "split", split));
  scores->step = (guint64) MAX (_sac_json_int (object, "step", 0), 0);
  scores->labels = _sac_json_strings (object, "labels", &scores->n_labels);
  clips = _sac_json_array (object, "clips");
  if (!scores->labels || !clips || (guint64) json_array_get_length (clips) * scores->n_labels > MAX_CELLS)
    {
      damaged (error, path, _("labels or clips are missing"));
      return NULL;
    }
  scores->n_clips = json_array_get_length (clips);
  scores->clips = g_new0 (char *, scores->n_clips + 1);
  scores->scores = g_new0 (float, (gsize) scores->n_clips * scores->n_labels + 1);
  scores->truth = g_new0 (gint8, (gsize) scores->n_clips * scores->n_labels + 1);
  scores->control = g_new0 (float, (gsize) scores->n_clips * scores->n_labels + 1);
  for (guint i = 0; i < scores->n_clips; i++)
    {
      JsonNode *node = json_array_get_element (clips, i);
      JsonObject *clip = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = clip ? _sac_json_string (clip, "name", NULL) : NULL;
      JsonArray *truth = clip ? _sac_json_array (clip, "truth") : NULL;
      gsize row = (gsize) i * scores->n_labels;
      gboolean control;

      if (!name || !truth || json_array_get_length (truth) != scores->n_labels
          || !read_row (clip, "scores", scores->n_labels, scores->scores + row))
        {
          damaged (error, path, _("a clip is not complete"));
          return NULL;
        }
      scores->clips[i] = g_strdup (name);
      for (guint j = 0; j < scores->n_labels; j++)
        {
          double value = _sac_json_number_at (truth, j, -1);

          scores->truth[row + j] = value == 1 ? 1 : value == 0 ? 0 : -1;
        }
      control = read_row (clip, "control", scores->n_labels, scores->control + row);
      if (i > 0 && control != has_control)
        {
          damaged (error, path, _("a clip is not complete"));
          return NULL;
        }
      has_control = control;
    }
  if (!has_control)
    g_clear_pointer (&scores->control, g_free);
  return g_steal_pointer (&scores);
}

gboolean
sac_scores_write (const char *run_folder, const SacScores *scores, GError **error)
{
  g_autofree char *path = scores_path (run_folder, scores->split);

  return _sac_scores_write_to (path, scores, error);
}

SacScores *
sac_scores_read (const char *run_folder, const char *split, GError **error)
{
  g_autofree char *path = scores_path (run_folder, split);

  return _sac_scores_read_from (path, split, error);
}

void
sac_scores_free (SacScores *scores)
{
  if (!scores)
    return;
  g_free (scores->split);
  g_strfreev (scores->labels);
  g_strfreev (scores->clips);
  g_free (scores->scores);
  g_free (scores->truth);
  g_free (scores->control);
  g_free (scores);
}

/* ---- checkpoints */

/* The header of a safetensors file says how long it is; one that a full disk or a crash cut short is passed over. */
static gboolean
looks_whole (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat info;
  guint8 head[8];
  guint64 length = 0;
  gboolean whole;

  if (fd < 0)
    return FALSE;
  whole = fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && pread (fd, head, 8, 0) == 8;
  for (int i = 7; i >= 0 && whole; i--)
    length = length << 8 | head[i];
  close (fd);
  return whole && length > 0 && length <= (guint64) info.st_size - 8;
}

static int
later_first (gconstpointer a, gconstpointer b)
{
  const char *x = *(char *const *) a, *y = *(char *const *) b;
  gsize m = strlen (x), n = strlen (y);

  /* "step-1000000" is later than "step-999999": longer numbers are larger. */
  return m != n ? (m < n) - (m > n) : strcmp (y, x);
}

char **
sac_run_list_checkpoints (const char *folder)
{
  g_autofree char *inside = g_build_filename (folder, "checkpoints", NULL);
  g_autoptr (GDir) dir = g_dir_open (inside, 0, NULL);
  GPtrArray *found = g_ptr_array_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (inside, name, NULL);

      if (g_str_has_prefix (name, "step-") && g_str_has_suffix (name, ".safetensors")
          && strspn (name + 5, "0123456789") == strlen (name + 5) - strlen (".safetensors") && looks_whole (path))
        g_ptr_array_add (found, g_steal_pointer (&path));
    }
  g_ptr_array_sort (found, later_first);
  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (found, FALSE);
}

char *
sac_run_find_checkpoint (const char *folder, gboolean best)
{
  g_autofree char *path = g_build_filename (folder, "checkpoints", "best.safetensors", NULL);
  g_auto (GStrv) all = NULL;

  if (best && looks_whole (path))
    return g_steal_pointer (&path);
  all = sac_run_list_checkpoints (folder);
  return g_strdup (all[0]);
}
