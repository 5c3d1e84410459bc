#include "run-index-private.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/sac-eval.h"
#include "sac-run.h"

#define MAX_RECIPE (256 * 1024)
#define MAX_KEYS 400
#define MAX_METRICS 2000
#define MAX_TEXT 400

/* ---- the stamp. */
static guint64
mix (guint64 hash, guint64 value)
{
  hash ^= value;
  hash *= 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 29;
}

static guint64
mix_file (guint64 hash, int dir, const char *name)
{
  struct stat about;

  if (fstatat (dir, name, &about, 0) != 0)
    return mix (hash, 1);
  hash = mix (hash, (guint64) about.st_mtim.tv_sec * 1000000000u + (guint64) about.st_mtim.tv_nsec);
  return S_ISDIR (about.st_mode) ? hash : mix (hash, (guint64) about.st_size);
}

static char *
find_newest (const char *folder)
{
  g_autofree char *events = g_build_filename (folder, "events", NULL);
  g_autoptr (GDir) dir = g_dir_open (events, 0, NULL);
  char *newest = NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (strstr (name, "tfevents") && (!newest || strcmp (name, newest) > 0))
      {
        g_free (newest);
        newest = g_strdup (name);
      }
  return newest;
}

guint64
_sac_run_stamp (const char *folder, char **newest)
{
  static const char *const names[] = { "run.json", "recipe.ini", "data.json", "scores", "events" };
  int dir = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  guint64 hash = 7;

  if (dir < 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    hash = mix_file (hash, dir, names[i]);
  /* A folder's time says that a file came, not that one grew. */
  if (!*newest)
    *newest = find_newest (folder);
  if (*newest && strlen (*newest) < 256)
    {
      char path[300];

      g_snprintf (path, sizeof path, "events/%s", *newest);
      hash = mix_file (hash, dir, path);
    }
  close (dir);
  return hash ? hash : 1;
}

/* ---- metrics. */
gboolean
sac_metric_wants_low (const char *tag)
{
  static const char *const words[] = { "loss", "error", "seconds", "memory", "perplexity", "quarantined", "nll", "mse", "mae" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (tag, words[i]))
      return TRUE;
  return FALSE;
}

static void
take_points (SacFreshRun *fresh, const char *tag, const SacPoint *points, guint n)
{
  gboolean low = sac_metric_wants_low (tag);
  SacFreshMetric row = { g_strdup (tag), { .n = n, .last = NAN, .best = NAN } };

  for (guint i = 0; i < n; i++)
    {
      double value = points[i].value;

      if (!isfinite (value))
        continue;
      row.metric.last = value;
      row.metric.last_step = points[i].step;
      if (isnan (row.metric.best) || (low ? value < row.metric.best : value > row.metric.best))
        {
          row.metric.best = value;
          row.metric.best_step = points[i].step;
        }
    }
  g_array_append_val (fresh->metrics, row);
}

static void
set_fact (SacFreshRun *fresh, guint fact, const char *text)
{
  const char *end;

  if (!text || !*text || *fresh->facts[fact])
    return;
  g_free (fresh->facts[fact]);
  end = text + MIN (strlen (text), MAX_TEXT);
  if (*end)
    end = g_utf8_find_prev_char (text, end);
  fresh->facts[fact] = g_strndup (text, end ? (gsize) (end - text) : 0);
}

static void
add_key (SacFreshRun *fresh, const char *key, const char *value)
{
  if (fresh->keys->len >= MAX_KEYS || strlen (key) > MAX_TEXT || strlen (value) > MAX_TEXT)
    return;
  g_ptr_array_add (fresh->keys, g_strdup (key));
  g_ptr_array_add (fresh->values, g_strdup (value));
}

static void
read_events (SacFreshRun *fresh, const char *folder)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  g_auto (GStrv) tags = NULL, texts = NULL;

  sac_event_reader_poll (reader);
  tags = sac_event_reader_dup_tags (reader);
  for (guint i = 0; tags[i] && i < MAX_METRICS; i++)
    {
      guint n;
      const SacPoint *points = sac_event_reader_get (reader, tags[i], &n);

      take_points (fresh, tags[i], points, n);
      fresh->step = MAX (fresh->step, points[n - 1].step);
      if (isfinite (points[0].wall_time) && fabs (points[0].wall_time) < 1e11 && !fresh->started_us)
        fresh->started_us = (gint64) (points[0].wall_time * 1e6);
      if (isfinite (points[n - 1].wall_time) && fabs (points[n - 1].wall_time) < 1e11)
        fresh->ended_us = MAX (fresh->ended_us, (gint64) (points[n - 1].wall_time * 1e6));
    }
  set_fact (fresh, FACT_STATUS, sac_event_reader_get_text (reader, "status"));
  texts = sac_event_reader_dup_texts (reader, SAC_HPARAM);
  for (guint i = 0; texts[i]; i++)
    add_key (fresh, texts[i] + strlen (SAC_HPARAM), sac_event_reader_get_text (reader, texts[i]));
}

static void
read_scores (SacFreshRun *fresh, const char *folder)
{
  g_autoptr (SacScores) scores = sac_scores_read (folder, "test", NULL);
  g_autoptr (SacAucTable) table = scores ? sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels) : NULL;

  if (table)
    take_points (fresh, "test/auc_macro", &(SacPoint) { scores->step, 0, table->macro }, 1);
}

/* ---- the other files. */
static void
read_recipe (SacFreshRun *fresh, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_RECIPE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!bytes || !g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL))
    return;
  groups = g_key_file_get_groups (file, NULL);
  for (guint g = 0; groups[g]; g++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[g], NULL, NULL);

      for (guint k = 0; keys && keys[k]; k++)
        {
          g_autofree char *value = g_key_file_get_string (file, groups[g], keys[k], NULL);
          g_autofree char *key = g_strconcat (groups[g], ".", keys[k], NULL);

          if (value && strcmp (key, "recipe.version") != 0 && strcmp (key, "recipe.description") != 0)
            add_key (fresh, key, value);
        }
    }
}

static void
read_info (SacFreshRun *fresh, const char *folder)
{
  g_autoptr (SacRunInfo) info = sac_run_info_read (folder, NULL);
  g_autofree char *base = g_path_get_basename (folder);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);

  if (info)
    {
      set_fact (fresh, FACT_NAME, info->name);
      set_fact (fresh, FACT_STUDY, info->study);
      set_fact (fresh, FACT_ARM, info->arm);
      set_fact (fresh, FACT_MODEL, info->model);
      set_fact (fresh, FACT_VERSION, info->version);
      set_fact (fresh, FACT_MACHINE, info->machine);
      set_fact (fresh, FACT_DEVICE, info->device);
      set_fact (fresh, FACT_WEIGHTS, info->weights_file);
      set_fact (fresh, FACT_PROJECT, info->project);
      set_fact (fresh, FACT_SNAPSHOT, info->snapshot);
      fresh->seed = info->seed;
      fresh->started_us = info->started_us;
      for (guint l = 0; info->labels[l]; l++)
        g_checksum_update (sum, (const guchar *) info->labels[l], (gssize) strlen (info->labels[l]) + 1);
      if (info->labels[0])
        set_fact (fresh, FACT_LABELS_ID, g_checksum_get_string (sum));
    }
  set_fact (fresh, FACT_NAME, base);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
read_data (SacFreshRun *fresh, const char *folder)
{
  g_autoptr (SacRunData) data = sac_run_data_read (folder, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);

  if (!data)
    return;
  for (guint c = 0; c < data->clips->len; c++)
    {
      const SacRunClip *clip = &g_array_index (data->clips, SacRunClip, c);

      g_ptr_array_add (lines, g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %d\n", clip->hash, clip->in_ns,
                                               clip->out_ns, clip->split, clip->held));
    }
  fresh->n_clips = lines->len;
  g_ptr_array_sort (lines, by_text);
  for (guint c = 0; c < lines->len; c++)
    g_checksum_update (sum, lines->pdata[c], -1);
  set_fact (fresh, FACT_SPLIT_ID, g_checksum_get_string (sum));
}

static void
fresh_metric_clear (gpointer data)
{
  g_free (((SacFreshMetric *) data)->tag);
}

void
_sac_fresh_run_read (SacFreshRun *fresh, const char *folder)
{
  memset (fresh, 0, sizeof *fresh);
  fresh->metrics = g_array_new (FALSE, FALSE, sizeof (SacFreshMetric));
  g_array_set_clear_func (fresh->metrics, fresh_metric_clear);
  fresh->keys = g_ptr_array_new_with_free_func (g_free);
  fresh->values = g_ptr_array_new_with_free_func (g_free);
  for (guint f = 0; f < N_FACTS; f++)
    fresh->facts[f] = g_strdup ("");
  read_info (fresh, folder);
  read_recipe (fresh, folder);
  read_data (fresh, folder);
  read_events (fresh, folder);
  read_scores (fresh, folder);
  fresh->bytes = sac_file_tree_bytes (folder);
}

void
_sac_fresh_run_clear (SacFreshRun *fresh)
{
  for (guint f = 0; f < N_FACTS; f++)
    g_free (fresh->facts[f]);
  g_clear_pointer (&fresh->metrics, g_array_unref);
  g_clear_pointer (&fresh->keys, g_ptr_array_unref);
  g_clear_pointer (&fresh->values, g_ptr_array_unref);
  memset (fresh, 0, sizeof *fresh);
}
