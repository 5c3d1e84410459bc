#include "sac-profile.h"

#include <string.h>

double
sac_peaks_share (const SacPeaks *peaks, double seconds, double flops, double bytes, SacBound *bound)
{
  double arithmetic = peaks->flops_all > 0 && seconds > 0 ? flops / seconds / peaks->flops_all : 0;
  double memory = peaks->bytes_all > 0 && seconds > 0 ? bytes / seconds / peaks->bytes_all : 0;
  double share = MAX (arithmetic, memory);

  if (bound)
    *bound = share < SAC_BOUND_SHARE ? SAC_BOUND_NOTHING : arithmetic >= memory ? SAC_BOUND_ARITHMETIC : SAC_BOUND_MEMORY;
  return share;
}

static void
clear_row (gpointer data)
{
  SacProfileRow *row = data;

  g_free (row->op);
  g_free (row->variant);
  g_free (row->layer);
  g_free (row->shapes);
}

SacProfile *
sac_profile_new (void)
{
  SacProfile *profile = g_new0 (SacProfile, 1);

  profile->rows = g_array_new (FALSE, TRUE, sizeof (SacProfileRow));
  g_array_set_clear_func (profile->rows, clear_row);
  return profile;
}

void
sac_profile_free (SacProfile *profile)
{
  if (!profile)
    return;
  g_array_unref (profile->rows);
  g_free (profile);
}

static char *
dup_word (const char *word)
{
  return g_strdup (word ? word : "");
}

static SacProfileRow
copy_of (const SacProfileRow *row)
{
  SacProfileRow copy = *row;

  copy.op = dup_word (row->op);
  copy.variant = dup_word (row->variant);
  copy.layer = dup_word (row->layer);
  copy.shapes = dup_word (row->shapes);
  return copy;
}

static void
append_copy (SacProfile *profile, const SacProfileRow *row)
{
  SacProfileRow copy = copy_of (row);

  g_array_append_val (profile->rows, copy);
}

void
sac_profile_add (SacProfile *profile, const SacProfileRow *row)
{
  SacProfileRow copy = *row;
  SacBound bound;
  double share = sac_peaks_share (&profile->peaks, row->seconds, row->flops, row->bytes, &bound);

  memset (copy.by_bound, 0, sizeof copy.by_bound);
  copy.by_bound[bound] = row->seconds;
  copy.least = row->seconds * share;
  append_copy (profile, &copy);
}

SacProfile *
sac_profile_new_like (const SacProfile *like)
{
  SacProfile *profile = sac_profile_new ();

  profile->peaks = like->peaks;
  profile->n_runs = like->n_runs;
  profile->arena_bytes = like->arena_bytes;
  return profile;
}

void
sac_profile_copy_row (SacProfile *to, guint i, const SacProfile *from)
{
  SacProfileRow *row = &g_array_index (to->rows, SacProfileRow, i);

  clear_row (row);
  *row = copy_of (sac_profile_get (from, i));
}

void
sac_profile_append (SacProfile *profile, const SacProfile *other)
{
  for (guint i = 0; i < other->rows->len; i++)
    append_copy (profile, sac_profile_get (other, i));
}

double
sac_profile_get_seconds (const SacProfile *profile)
{
  double sum = 0;

  for (guint i = 0; i < profile->rows->len; i++)
    sum += sac_profile_get (profile, i)->seconds;
  return sum;
}

SacBound
sac_profile_row_get_bound (const SacProfileRow *row)
{
  SacBound most = SAC_BOUND_NOTHING;

  for (guint b = 0; b < SAC_N_BOUNDS; b++)
    if (row->by_bound[b] > row->by_bound[most])
      most = b;
  return most;
}

/* ---- summing. */

/* The first @n_parts of "layer1.0.conv1"; transfer full. */
static char *
cut_name (const char *layer, guint n_parts)
{
  const char *end = layer;

  for (guint i = 0; i < n_parts && *end; i++)
    end += strcspn (end + (i > 0), ".") + (i > 0);
  return g_strndup (layer, (gsize) (end - layer));
}

/* How many parts of the names to keep so that no more than @most different ones are left. */
static guint
find_parts (const SacProfile *profile, guint most)
{
  guint parts = 1;

  for (guint i = 0; i < profile->rows->len; i++)
    {
      guint n = 1;

      for (const char *c = sac_profile_get (profile, i)->layer; *c; c++)
        n += *c == '.';
      parts = MAX (parts, n);
    }
  for (; parts > 1; parts--)
    {
      g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      for (guint i = 0; i < profile->rows->len; i++)
        g_hash_table_add (names, cut_name (sac_profile_get (profile, i)->layer, parts));
      if (g_hash_table_size (names) <= most)
        break;
    }
  return parts;
}

static void
add_up (SacProfileRow *sum, const SacProfileRow *row)
{
  sum->count += row->count;
  sum->seconds += row->seconds;
  sum->flops += row->flops;
  sum->bytes += row->bytes;
  sum->least += row->least;
  for (guint b = 0; b < SAC_N_BOUNDS; b++)
    sum->by_bound[b] += row->by_bound[b];
}

static int
slower_first (gconstpointer a, gconstpointer b)
{
  const SacProfileRow *x = a, *y = b;

  if (x->seconds != y->seconds)
    return x->seconds > y->seconds ? -1 : 1;
  return strcmp (x->op, y->op);
}

SacProfile *
sac_profile_sum (const SacProfile *profile, SacProfileView view, guint max_layers)
{
  SacProfile *sum = sac_profile_new_like (profile);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint parts = view == SAC_PROFILE_BY_LAYER ? find_parts (profile, max_layers) : 0;

  for (guint i = 0; i < profile->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (profile, i);
      g_autofree char *layer = cut_name (row->layer, parts);
      SacProfileRow kind = *row;
      char *key;
      gpointer at;

      kind.layer = layer;
      if (view != SAC_PROFILE_BY_SHAPE)
        kind.shapes = (char *) "";
      if (view == SAC_PROFILE_BY_LAYER)
        kind.op = kind.variant = (char *) "";
      else
        kind.backward = FALSE;
      key = g_strjoin ("\n", kind.op, kind.variant, kind.shapes, layer, kind.backward ? "b" : "", NULL);
      if (g_hash_table_lookup_extended (places, key, NULL, &at))
        {
          add_up (&g_array_index (sum->rows, SacProfileRow, GPOINTER_TO_UINT (at)), row);
          g_free (key);
          continue;
        }
      g_hash_table_insert (places, key, GUINT_TO_POINTER (sum->rows->len));
      append_copy (sum, &kind);
    }
  if (view != SAC_PROFILE_BY_LAYER)
    g_array_sort (sum->rows, slower_first);
  return sum;
}

/* ---- as text. */

static const char *
bound_mark (const SacProfileRow *row)
{
  static const char *const marks[SAC_N_BOUNDS] = { "·", "F", "B" };

  return marks[sac_profile_row_get_bound (row)];
}

char *
sac_profile_dup_table (const SacProfile *profile, double least_share)
{
  GString *out = g_string_new (NULL);
  double total = sac_profile_get_seconds (profile), rest = 0;
  gboolean peaks = profile->peaks.flops_all > 0;
  guint n_rest = 0;

  g_string_append_printf (out, "%12s %7s %5s %9s %7s %7s\n", "ms", "%", "steps", "GFLOP/s", "GB/s", peaks ? "peak" : "");
  for (guint i = 0; i < profile->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (profile, i);
      double us = MAX (row->seconds * 1e6, 1e-3);

      if (row->seconds < least_share * total)
        {
          rest += row->seconds;
          n_rest++;
          continue;
        }
      g_string_append_printf (out, "%12.3f %6.1f%% %4u× %9.1f %7.1f ", row->seconds * 1e3, 100 * row->seconds / MAX (total, 1e-12),
                              row->count, row->flops / us * 1e-3, row->bytes / us * 1e-3);
      if (peaks)
        g_string_append_printf (out, "%5.0f%% %s", 100 * row->least / MAX (row->seconds, 1e-12), bound_mark (row));
      g_string_append_printf (out, "  %s%s%s%s%s%s%s\n", row->layer, *row->layer && row->backward ? " ←" : "", *row->layer ? "  " : "",
                              row->op, *row->op ? "/" : "", row->variant, row->shapes);
    }
  if (n_rest > 0)
    g_string_append_printf (out, "%12.3f %6.1f%%  … %u\n", rest * 1e3, 100 * rest / MAX (total, 1e-12), n_rest);
  return g_string_free (out, FALSE);
}
