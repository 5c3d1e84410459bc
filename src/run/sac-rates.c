#include <glib/gi18n.h>
#include <string.h>

#include "sac-run.h"

#define MOST_BYTES ((gsize) 1 << 20)

GArray *
sac_rates_read (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "rates.txt", NULL), *text = NULL;
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (SacRateChange));
  g_autoptr (GBytes) bytes = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&changes);
  if (!(bytes = sac_file_read (path, MOST_BYTES, error)))
    return NULL;
  text = g_strndup (g_bytes_get_size (bytes) ? g_bytes_get_data (bytes, NULL) : "", g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      char *space = strchr (lines[i], ' '), *end = NULL;
      SacRateChange change = { 0 };

      if (!*lines[i])
        continue;
      if (space)
        *space = '\0';
      change.rate = space ? g_ascii_strtod (space + 1, &end) : 0;
      if (!space || end == space + 1 || *end || !(change.rate > 0) || change.rate > 1000
          || !g_ascii_string_to_unsigned (lines[i], 10, 0, G_MAXINT, &change.after, NULL)
          || (changes->len && g_array_index (changes, SacRateChange, changes->len - 1).after > change.after))
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, lines[i]);
          return NULL;
        }
      g_array_append_val (changes, change);
    }
  return g_steal_pointer (&changes);
}

gboolean
sac_rates_write (const char *run_folder, const GArray *changes, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "rates.txt", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      const SacRateChange *change = &g_array_index (changes, SacRateChange, i);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%" G_GUINT64_FORMAT " %s\n", change->after, g_ascii_dtostr (number, sizeof number, change->rate));
    }
  return sac_file_replace (path, text->str, text->len, error);
}

double
sac_rates_at (const SacRecipe *recipe, const GArray *changes, int step)
{
  const SacRateChange *last = NULL;
  double rate;

  for (guint i = 0; changes && i < changes->len; i++)
    if (g_array_index (changes, SacRateChange, i).after < (guint64) step)
      last = &g_array_index (changes, SacRateChange, i);
  if (!last)
    return sac_recipe_rate (recipe, step);
  rate = last->rate;
  for (int i = 0; i < recipe->n_drops; i++)
    if (step > recipe->drops[i] && (guint64) recipe->drops[i] > last->after)
      rate *= recipe->drop_factor;
  return rate;
}
