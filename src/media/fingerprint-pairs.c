/* Which fingerprints lie near each other: a table for each quarter of the 64 bits.  Two words within 7 bits agree in one quarter but for
 * a bit, so it is enough to look up each quarter and its 16 neighbours.  Quarters take every fourth bit: neighbouring frequencies say
 * similar things, and a table whose keys are all alike would find everybody. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-fingerprint.h"
#include "sac-media-private.h"

#define N_TABLES 4
#define KEY_BITS 16
#define N_KEYS (1 << KEY_BITS)
#define REACH 7                 /* bits between two words that are surely met */
#define MAX_MATES 64            /* pairs of one video with later ones */
#define MAX_LOOKS (1 << 18)     /* entries looked at for one video: bounds the whole to n of that, whatever the videos show */

typedef struct { guint64 bits; guint print; } Entry;
typedef struct {
  guint *start;                 /* N_KEYS + 1 */
  Entry *entries;               /* by key, in the order of prints */
} Table;

static guint
key_of (guint64 bits, guint table)
{
  guint key = 0;

  for (guint i = 0; i < KEY_BITS; i++)
    key |= (guint) (bits >> (i * N_TABLES + table) & 1) << i;
  return key;
}

static guint
count_bits (guint64 bits)
{
  return (guint) __builtin_popcountll (bits);
}

static int
by_bits (gconstpointer a, gconstpointer b)
{
  guint left = *(const guint *) a, right = *(const guint *) b;

  return left < right ? -1 : left > right;
}

guint
sac_fingerprint_distance (const SacFingerprint *a, const SacFingerprint *b)
{
  guint nearest[64], n = 0;

  if (a->n > b->n)
    {
      const SacFingerprint *swapped = a;

      a = b;
      b = swapped;
    }
  for (guint i = 0; i < a->n && n < G_N_ELEMENTS (nearest); i++)
    {
      guint best = 64;

      for (guint j = 0; a->bits[i] && j < b->n; j++)
        if (b->bits[j])
          best = MIN (best, count_bits (a->bits[i] ^ b->bits[j]));
      if (a->bits[i])
        nearest[n++] = best;
    }
  if (n == 0)
    return 64;
  qsort (nearest, n, sizeof (guint), by_bits);
  return nearest[n / 2];
}

static void
fill_table (Table *table, guint which, const SacFingerprint *const *prints, guint n_prints, guint n_entries)
{
  g_autofree guint *next = NULL;

  table->start = g_new0 (guint, N_KEYS + 1);
  table->entries = g_new (Entry, MAX (n_entries, 1));
  for (guint p = 0; p < n_prints; p++)
    for (guint i = 0; prints[p] && i < prints[p]->n; i++)
      if (prints[p]->bits[i])
        table->start[key_of (prints[p]->bits[i], which) + 1]++;
  for (guint k = 0; k < N_KEYS; k++)
    table->start[k + 1] += table->start[k];
  next = g_memdup2 (table->start, N_KEYS * sizeof (guint));
  for (guint p = 0; p < n_prints; p++)
    for (guint i = 0; prints[p] && i < prints[p]->n; i++)
      if (prints[p]->bits[i])
        table->entries[next[key_of (prints[p]->bits[i], which)]++] = (Entry) { prints[p]->bits[i], p };
}

typedef struct {
  const SacFingerprint *const *prints;
  Table tables[N_TABLES];
  guint *seen;                  /* last print that met this one, + 1 */
  guint max_bits;
  GArray *pairs;
} Search;

/* The first entry of @key that belongs to a print after @p. */
static guint
first_after (const Table *table, guint key, guint p)
{
  guint low = table->start[key], high = table->start[key + 1];

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (table->entries[middle].print <= p)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* FALSE when there may be more pairs than were taken. */
static gboolean
search_print (Search *search, guint p)
{
  const SacFingerprint *print = search->prints[p];
  guint mates = 0, looks = 0;

  for (guint i = 0; i < print->n; i++)
    for (guint t = 0; print->bits[i] && t < N_TABLES; t++)
      for (int flip = -1; flip < KEY_BITS; flip++)
        {
          const Table *table = &search->tables[t];
          guint key = key_of (print->bits[i], t) ^ (flip < 0 ? 0 : 1u << flip);

          for (guint e = first_after (table, key, p); e < table->start[key + 1]; e++)
            {
              const Entry *entry = &table->entries[e];
              guint bits;

              if (++looks > MAX_LOOKS)
                return FALSE;
              if (search->seen[entry->print] == p + 1 || count_bits (entry->bits ^ print->bits[i]) > REACH)
                continue;
              search->seen[entry->print] = p + 1;
              bits = sac_fingerprint_distance (print, search->prints[entry->print]);
              if (bits > search->max_bits)
                continue;
              if (mates++ == MAX_MATES)
                return FALSE;
              g_array_append_val (search->pairs, ((SacLookalike) { p, entry->print, bits }));
            }
        }
  return TRUE;
}

static int
nearest_first (gconstpointer a, gconstpointer b)
{
  const SacLookalike *left = a, *right = b;

  if (left->bits != right->bits)
    return left->bits < right->bits ? -1 : 1;
  if (left->a != right->a)
    return left->a < right->a ? -1 : 1;
  return left->b < right->b ? -1 : left->b > right->b;
}

GArray *
sac_fingerprint_pairs (const SacFingerprint *const *prints, guint n_prints, guint max_bits, gboolean *complete,
                       SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree guint *seen = g_new0 (guint, MAX (n_prints, 1));
  Search search = { .prints = prints, .seen = seen, .max_bits = max_bits };
  guint n_entries = 0;
  gboolean all = TRUE, stopped = FALSE;

  for (guint p = 0; p < n_prints; p++)
    n_entries += prints[p] ? prints[p]->n : 0;
  search.pairs = g_array_new (FALSE, FALSE, sizeof (SacLookalike));
  for (guint t = 0; t < N_TABLES; t++)
    fill_table (&search.tables[t], t, prints, n_prints, n_entries);
  for (guint p = 0; p < n_prints && !stopped; p++)
    {
      if (p % 256 == 0)
        {
          stopped = g_cancellable_set_error_if_cancelled (cancellable, error);
          if (progress && !stopped)
            progress ((double) p / n_prints, _("Looking for near-duplicates"), data);
        }
      if (prints[p] && !stopped)
        all &= search_print (&search, p);
    }
  for (guint t = 0; t < N_TABLES; t++)
    {
      g_free (search.tables[t].start);
      g_free (search.tables[t].entries);
    }
  if (complete)
    *complete = all;
  if (stopped)
    {
      g_array_unref (search.pairs);
      return NULL;
    }
  g_array_sort (search.pairs, nearest_first);
  return search.pairs;
}
