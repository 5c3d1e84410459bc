/* Scores of a split at each validation, so that curves made of them can be moved through training time. */
#include <glib/gstdio.h>
#include <string.h>

#include "sac-scores-private.h"

#define MOST_CELLS 20000000u    /* clips × labels of all files of a split together */
#define LEAST_KEPT 10

static char *
path_at (const char *run_folder, const char *split, guint64 step)
{
  g_autofree char *name = g_strdup_printf ("%s-%06" G_GUINT64_FORMAT ".json", split, step);

  return g_build_filename (run_folder, "scores", "history", name, NULL);
}

/* "test-000120.json" of @split "test", or of any split where it is NULL. */
static gboolean
parse_name (const char *name, const char *split, guint64 *step)
{
  const char *dash = strrchr (name, '-');
  g_autofree char *digits = NULL;

  if (!dash || !g_str_has_suffix (dash, ".json") || strlen (dash) < 1 + 6 + strlen (".json"))
    return FALSE;
  if (split && (strlen (split) != (gsize) (dash - name) || strncmp (name, split, strlen (split)) != 0))
    return FALSE;
  digits = g_strndup (dash + 1, strlen (dash + 1) - strlen (".json"));
  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64, step, NULL);
}

static int
by_step (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

guint64 *
sac_scores_list_steps (const char *run_folder, const char *split, guint *n)
{
  g_autofree char *folder = g_build_filename (run_folder, "scores", "history", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  const char *name;
  guint64 step;

  while (dir && (name = g_dir_read_name (dir)))
    if (parse_name (name, split, &step))
      g_array_append_val (steps, step);
  g_array_sort (steps, by_step);
  *n = steps->len;
  return steps->len ? (guint64 *) g_array_free (g_steal_pointer (&steps), FALSE) : NULL;
}

/* The one between whose neighbours the way is shortest; steps then stay about even. */
static void
thin (const char *run_folder, const char *split, guint most)
{
  guint n;
  g_autofree guint64 *steps = sac_scores_list_steps (run_folder, split, &n);

  for (; n > most; n--)
    {
      guint crowded = 1;
      g_autofree char *path = NULL;

      for (guint i = 2; i + 1 < n; i++)
        if (steps[i + 1] - steps[i - 1] < steps[crowded + 1] - steps[crowded - 1])
          crowded = i;
      path = path_at (run_folder, split, steps[crowded]);
      g_unlink (path);
      memmove (steps + crowded, steps + crowded + 1, (n - crowded - 1) * sizeof *steps);
    }
}

gboolean
sac_scores_write_at (const char *run_folder, const SacScores *scores, GError **error)
{
  g_autofree char *path = path_at (run_folder, scores->split, scores->step);
  guint64 cells = MAX ((guint64) scores->n_clips * scores->n_labels, 1);

  if (!_sac_scores_write_to (path, scores, error))
    return FALSE;
  thin (run_folder, scores->split, (guint) CLAMP (MOST_CELLS / cells, LEAST_KEPT, SAC_SCORES_HISTORY));
  return TRUE;
}

SacScores *
sac_scores_read_at (const char *run_folder, const char *split, guint64 step, GError **error)
{
  g_autofree char *path = path_at (run_folder, split, step);

  return _sac_scores_read_from (path, split, error);
}

void
sac_scores_forget_after (const char *run_folder, guint64 last_step)
{
  g_autofree char *folder = g_build_filename (run_folder, "scores", "history", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint64 step;

  while (dir && (name = g_dir_read_name (dir)))
    if (parse_name (name, NULL, &step) && step > last_step)
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
      }
}
