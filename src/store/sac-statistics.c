#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-statistics.h"
#include "sac-store-private.h"

#define MAX_ROWS 60             /* of a figure; the others are told as a number */
#define MAX_TOGETHER 24         /* labels of the matrix */
#define MAX_PER_CLIP 12

typedef struct {
  SacProject *project;
  const char *query;            /* NULL: all clips */
  GHashTable *chosen;           /* ids; NULL: all */
  GPtrArray *figures, *labels;  /* labels: most frequent first, once counted */
  GHashTable *column;           /* label id → index + 1 */
  GHashTable *side_of;          /* item id → SacSplit; all chosen items */
  guint *yes, *no, *sides;      /* labels; labels; labels × 4 */
  guint n_items, n_reviewed, n_by_side[4], per_clip[MAX_PER_CLIP + 1];
  GArray *durations, *fps, *sizes;
} Reader;

typedef struct { double key; guint n; int width, height; } Count;

static gboolean
is_chosen (const Reader *r, SacId item)
{
  return !r->chosen || g_hash_table_contains (r->chosen, &item);
}

/* The clips of the bar, among those that are asked for. */
static char *
narrow (const Reader *r, const char *more)
{
  return r->query && r->query[0] ? g_strdup_printf ("(%s) %s", r->query, more) : g_strdup (more);
}

static char *
quote (const char *key, const char *word)
{
  g_autoptr (GString) out = g_string_new (word);

  g_string_replace (out, "\\", "\\\\", 0);
  g_string_replace (out, "\"", "\\\"", 0);
  return g_strdup_printf ("%s:\"%s\"", key, out->str);
}

static char *
label_query (const Reader *r, const char *key, const char *name, const char *after)
{
  g_autofree char *word = quote (key, name), *both = g_strconcat (word, after, NULL);

  return narrow (r, both);
}

static void
add_figure (Reader *r, SacFigure *figure)
{
  g_ptr_array_add (r->figures, figure);
}

static void
count (GArray *counts, double key, int width, int height)
{
  for (guint i = 0; i < counts->len; i++)
    {
      Count *known = &g_array_index (counts, Count, i);

      if (known->key == key && known->width == width && known->height == height)
        {
          known->n++;
          return;
        }
    }
  if (counts->len < 1000)       /* a thousand different frame rates are no statistics */
    g_array_append_val (counts, ((Count) { key, 1, width, height }));
}

/* ---- reading: one pass over items, one over clip labels, one over segments. */
static gboolean
read_items (Reader *r, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (r->project, &failed, "SELECT i.id, coalesce (s.side, 0), i.out_ns - i.in_ns, m.fps, m.width, m.height,"
                                   " i.reviewed FROM items i JOIN media m ON m.id = i.media LEFT JOIN splits s ON s.item = i.id", NULL);

  while (_sac_step (r->project, stmt, &failed))
    {
      SacId id = sqlite3_column_int64 (stmt, 0);
      int side = CLAMP (sqlite3_column_int (stmt, 1), 0, 3);
      double fps = sqlite3_column_double (stmt, 3), seconds = (double) sqlite3_column_int64 (stmt, 2) * 1e-9;

      if (!is_chosen (r, id))
        continue;
      g_hash_table_insert (r->side_of, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (side));
      r->n_items++;
      r->n_by_side[side]++;
      r->n_reviewed += sqlite3_column_int (stmt, 6) != 0;
      g_array_append_val (r->durations, seconds);
      count (r->fps, isfinite (fps) && fps > 0 && fps < 1e6 ? round (fps * 100) / 100 : 0, 0, 0);
      count (r->sizes, 0, sqlite3_column_int (stmt, 4), sqlite3_column_int (stmt, 5));
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static gboolean
read_clip_labels (Reader *r, GError **error)
{
  guint n = r->labels->len;
  g_autoptr (GError) failed = NULL;
  g_autoptr (GHashTable) n_on = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  sqlite3_stmt *stmt = _sac_query (r->project, &failed, "SELECT c.item, c.label, c.state, c.layer, i.reviewed FROM clip_labels c"
                                   " JOIN items i ON i.id = c.item", NULL);
  GHashTableIter iter;
  gpointer value;
  guint n_with = 0;

  r->yes = g_new0 (guint, n + 1);
  r->no = g_new0 (guint, n + 1);
  r->sides = g_new0 (guint, n * 4 + 1);
  for (guint l = 0; l < n; l++)
    r->no[l] = r->n_reviewed;   /* untouched on a reviewed clip is no; what is said there takes itself out below */
  while (_sac_step (r->project, stmt, &failed))
    {
      SacId item = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1);
      int state = sqlite3_column_int (stmt, 2);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (r->column, &label));

      if (!at || !is_chosen (r, item))
        continue;
      if (state > 0)
        {
          guint before = GPOINTER_TO_UINT (g_hash_table_lookup (n_on, &item));

          g_hash_table_insert (n_on, g_memdup2 (&item, sizeof item), GUINT_TO_POINTER (before + 1));
        }
      if (sqlite3_column_int (stmt, 3) != SAC_STORE_PERSON)
        continue;
      if (sqlite3_column_int (stmt, 4))
        r->no[at - 1]--;
      if (state == 0)
        r->no[at - 1]++;
      if (state <= 0)
        continue;
      r->yes[at - 1]++;
      r->sides[(at - 1) * 4 + GPOINTER_TO_UINT (g_hash_table_lookup (r->side_of, &item))]++;
    }
  g_hash_table_iter_init (&iter, n_on);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      r->per_clip[MIN (GPOINTER_TO_UINT (value), MAX_PER_CLIP)]++;
      n_with++;
    }
  r->per_clip[0] = r->n_items - n_with;
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

/* ---- the figures. */
static const char *const side_names[] = { N_("none"), N_("training"), N_("validation"), N_("test") };
static const char *const side_words[] = { "none", "train", "validation", "test" };

static void
add_sides (Reader *r)
{
  SacFigure *figure = sac_figure_new ("sides", _("Clips by side"), SAC_FIGURE_BARS, 4, 1);

  for (guint s = 0; s < 4; s++)
    {
      guint side = (s + 1) % 4;         /* none last */
      g_autofree char *word = g_strconcat ("split:", side_words[side], NULL);

      figure->rows[s] = g_strdup (_(side_names[side]));
      sac_figure_set (figure, s, 0, r->n_by_side[side], NULL, narrow (r, word));
    }
  add_figure (r, figure);
}

static int
by_yes (gconstpointer a, gconstpointer b, gpointer data)
{
  const Reader *r = data;
  guint left = *(const guint *) a, right = *(const guint *) b;

  if (r->yes[left] != r->yes[right])
    return r->yes[left] < r->yes[right] ? 1 : -1;
  return strcmp (((SacLabel *) r->labels->pdata[left])->name, ((SacLabel *) r->labels->pdata[right])->name);
}

static void
add_labels (Reader *r, const guint *order)
{
  guint n = MIN (r->labels->len, MAX_ROWS);
  SacFigure *states = sac_figure_new ("labels", _("Labels"), SAC_FIGURE_BARS, n, 3);
  SacFigure *sides = sac_figure_new ("label-sides", _("Labels by side"), SAC_FIGURE_BARS, n, 4);

  states->parts[0] = g_strdup (_("yes"));
  states->parts[1] = g_strdup (_("no"));
  states->parts[2] = g_strdup (_("unknown"));
  for (guint s = 0; s < 4; s++)
    sides->parts[s] = g_strdup (_(side_names[(s + 1) % 4]));
  for (guint i = 0; i < n; i++)
    {
      guint l = order[i];
      const char *name = ((SacLabel *) r->labels->pdata[l])->name;

      states->rows[i] = g_strdup (name);
      sides->rows[i] = g_strdup (name);
      sac_figure_set (states, i, 0, r->yes[l], NULL, label_query (r, "label", name, ""));
      sac_figure_set (states, i, 1, r->no[l], NULL, label_query (r, "no", name, ""));
      sac_figure_set (states, i, 2, r->n_items - r->yes[l] - r->no[l], NULL, label_query (r, "unknown", name, ""));
      for (guint s = 0; s < 4; s++)
        {
          g_autofree char *after = g_strconcat (" split:", side_words[(s + 1) % 4], NULL);

          sac_figure_set (sides, i, s, r->sides[l * 4 + (s + 1) % 4], NULL, label_query (r, "label", name, after));
        }
    }
  if (r->labels->len > n)
    {
      states->more = g_strdup_printf (ngettext ("and %u label more", "and %u labels more", r->labels->len - n), r->labels->len - n);
      sides->more = g_strdup (states->more);
    }
  add_figure (r, states);
  add_figure (r, sides);
}

/* Pairs among the most frequent labels. */
static gboolean
add_together (Reader *r, const guint *order, GError **error)
{
  guint n = 0;
  SacFigure *figure;
  g_autofree guint *rank = g_new0 (guint, r->labels->len + 1), *pairs = NULL;
  g_autoptr (GError) failed = NULL;
  SacId last = 0;
  guint on[MAX_TOGETHER], n_on = 0;
  sqlite3_stmt *stmt;

  for (; n < MIN (r->labels->len, MAX_TOGETHER) && r->yes[order[n]] > 0; n++)
    rank[order[n]] = n + 1;
  if (n < 2)
    return TRUE;
  pairs = g_new0 (guint, n * n);
  stmt = _sac_query (r->project, &failed, "SELECT item, label FROM clip_labels WHERE layer = ? AND state = 1 ORDER BY item", "n",
                     SAC_STORE_PERSON);
  while (_sac_step (r->project, stmt, &failed))
    {
      SacId item = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (r->column, &label));

      if (!at || !rank[at - 1] || !is_chosen (r, item))
        continue;
      if (item != last)
        n_on = 0;
      last = item;
      at = rank[at - 1] - 1;
      for (guint i = 0; i < n_on; i++)
        {
          pairs[at * n + on[i]]++;
          pairs[on[i] * n + at]++;
        }
      pairs[at * n + at]++;
      if (n_on < MAX_TOGETHER)
        on[n_on++] = at;
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  figure = sac_figure_new ("together", _("Labels on the same clip"), SAC_FIGURE_MATRIX, n, n);
  for (guint a = 0; a < n; a++)
    figure->rows[a] = g_strdup (((SacLabel *) r->labels->pdata[order[a]])->name);
  for (guint a = 0; a < n; a++)
    for (guint b = 0; b < n; b++)
      {
        double both = pairs[a * n + b], lift = both * r->n_items / ((double) pairs[a * n + a] * pairs[b * n + b]);
        g_autofree char *second = quote (" label", figure->rows[b]);

        sac_figure_set (figure, a, b, both, a == b ? NULL : g_strdup_printf (_("lift %.2f"), lift),
                        label_query (r, "label", figure->rows[a], a == b ? "" : second));
        /* Twice as often as by chance, or half as often, is half the way to full colour. */
        figure->shades[a * n + b] = a == b ? 0 : both > 0 ? CLAMP (log2 (lift) / 2, -1, 1) : -1;
      }
  add_figure (r, figure);
  return TRUE;
}

static void
add_per_clip (Reader *r)
{
  guint most = 0;
  SacFigure *figure;

  for (guint k = 0; k <= MAX_PER_CLIP; k++)
    if (r->per_clip[k])
      most = k;
  figure = sac_figure_new ("per-clip", _("Labels on a clip"), SAC_FIGURE_COLUMNS, most + 1, 1);
  for (guint k = 0; k <= most; k++)
    {
      g_autofree char *word = g_strdup_printf ("labels%s%u", k == MAX_PER_CLIP ? ">=" : "=", k);

      figure->rows[k] = g_strdup_printf (k == MAX_PER_CLIP ? "%u…" : "%u", k);
      sac_figure_set (figure, k, 0, r->per_clip[k], NULL, narrow (r, word));
    }
  add_figure (r, figure);
}

/* Edges of the columns, in seconds: each roughly half as long again as the one before, at numbers people say. */
static const double edges[] = { 0, 0.1, 0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120, 180, 300, 600, 1200, 1800, 3600, 7200, 1e9 };
#define N_BINS (G_N_ELEMENTS (edges) - 1)

static char *
edge_text (double seconds)
{
  if (seconds < 60)
    return g_strdup_printf ("%g s", seconds);
  return seconds < 3600 ? g_strdup_printf ("%g min", seconds / 60) : g_strdup_printf ("%g h", seconds / 3600);
}

/* @format: the query with two numbers, from and to. */
static void
add_durations (Reader *r, const char *id, const char *title, GArray *seconds, const char *format)
{
  guint counts[N_BINS] = { 0 }, first = N_BINS, last = 0;
  SacFigure *figure;

  for (guint i = 0; i < seconds->len; i++)
    {
      double s = g_array_index (seconds, double, i);
      guint bin = 0;

      while (bin + 1 < N_BINS && s >= edges[bin + 1])
        bin++;
      counts[bin]++;
      first = MIN (first, bin);
      last = MAX (last, bin);
    }
  if (seconds->len == 0)
    return;
  figure = sac_figure_new (id, title, SAC_FIGURE_COLUMNS, last - first + 1, 1);
  for (guint b = first; b <= last; b++)
    {
      char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *word = NULL, *from = edge_text (edges[b]), *to = edge_text (edges[b + 1]);
      g_auto (GStrv) pieces = g_strsplit (format, "#", 3);

      g_ascii_dtostr (low, sizeof low, edges[b]);
      g_ascii_dtostr (high, sizeof high, edges[b + 1]);
      word = g_strconcat (pieces[0], low, pieces[1], high, pieces[2], NULL);
      figure->rows[b - first] = b + 1 < N_BINS ? g_strdup_printf ("%s – %s", from, to) : g_strdup_printf ("≥ %s", from);
      sac_figure_set (figure, b - first, 0, counts[b], NULL, narrow (r, word));
    }
  add_figure (r, figure);
}

static gboolean
add_segments (Reader *r, GError **error)
{
  g_autoptr (GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (r->project, &failed, "SELECT item, out_ns - in_ns FROM segments", NULL);

  while (_sac_step (r->project, stmt, &failed))
    if (is_chosen (r, sqlite3_column_int64 (stmt, 0)))
      {
        double length = (double) sqlite3_column_int64 (stmt, 1) * 1e-9;

        g_array_append_val (seconds, length);
      }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  add_durations (r, "segments", _("Length of segments"), seconds, "segmentlength:#..#");
  return TRUE;
}

static int
most_first (gconstpointer a, gconstpointer b)
{
  const Count *left = a, *right = b;

  if (left->n != right->n)
    return left->n < right->n ? 1 : -1;
  return left->width != right->width ? right->width - left->width : (left->key > right->key) - (left->key < right->key);
}

static void
add_counts (Reader *r, const char *id, const char *title, GArray *counts, gboolean sizes)
{
  guint n = MIN (counts->len, MAX_ROWS);
  SacFigure *figure;

  if (n == 0)
    return;
  g_array_sort (counts, most_first);
  figure = sac_figure_new (id, title, SAC_FIGURE_BARS, n, 1);
  for (guint i = 0; i < n; i++)
    {
      const Count *c = &g_array_index (counts, Count, i);
      char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *word = NULL;

      if (sizes)
        word = g_strdup_printf ("width=%d height=%d", c->width, c->height);
      else
        word = g_strconcat ("fps>=", g_ascii_formatd (low, sizeof low, "%.3f", MAX (c->key - 0.005, 0)), " fps<",
                            g_ascii_formatd (high, sizeof high, "%.3f", c->key + 0.005), NULL);
      figure->rows[i] = sizes ? g_strdup_printf ("%d × %d", c->width, c->height) : g_strdup_printf ("%g", c->key);
      sac_figure_set (figure, i, 0, c->n, NULL, narrow (r, word));
    }
  if (counts->len > n)
    figure->more = g_strdup_printf (ngettext ("and %u more", "and %u more", counts->len - n), counts->len - n);
  add_figure (r, figure);
}

static gboolean
make_figures (Reader *r, GError **error)
{
  g_autofree guint *order = g_new (guint, r->labels->len + 1);

  for (guint l = 0; l < r->labels->len; l++)
    {
      g_hash_table_insert (r->column, &((SacLabel *) r->labels->pdata[l])->id, GUINT_TO_POINTER (l + 1));
      order[l] = l;
    }
  if (!read_items (r, error) || !read_clip_labels (r, error))
    return FALSE;
  g_qsort_with_data (order, (int) r->labels->len, sizeof (guint), by_yes, r);
  if (r->n_items == 0)
    return TRUE;
  add_sides (r);
  if (r->labels->len)
    add_labels (r, order);
  if (!add_together (r, order, error))
    return FALSE;
  if (r->labels->len)
    add_per_clip (r);
  add_durations (r, "durations", _("Length of clips"), r->durations, "duration>=# duration<#");
  if (!add_segments (r, error))
    return FALSE;
  add_counts (r, "fps", _("Frames a second"), r->fps, FALSE);
  add_counts (r, "sizes", _("Size of the picture"), r->sizes, TRUE);
  return TRUE;
}

GPtrArray *
sac_project_read_figures (SacProject *self, const char *query, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) figures = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_figure_free), labels = NULL;
  g_autoptr (GHashTable) chosen = NULL, column = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) side_of = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) durations = g_array_new (FALSE, FALSE, sizeof (double)), ids = NULL;
  g_autoptr (GArray) fps = g_array_new (FALSE, FALSE, sizeof (Count)), sizes = g_array_new (FALSE, FALSE, sizeof (Count));
  Reader r = { .project = self, .query = query, .figures = figures, .column = column, .side_of = side_of, .durations = durations,
               .fps = fps, .sizes = sizes };
  gboolean good;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  if (query && query[0])
    {
      ids = sac_project_query (self, query, error);
      if (!ids)
        return NULL;
      chosen = g_hash_table_new (g_int64_hash, g_int64_equal);
      for (guint i = 0; i < ids->len; i++)
        g_hash_table_add (chosen, &g_array_index (ids, SacId, i));
      r.chosen = chosen;
    }
  r.labels = labels = sac_project_list_labels (self, error);
  good = labels && !g_cancellable_set_error_if_cancelled (cancellable, error) && make_figures (&r, error);
  g_free (r.yes);
  g_free (r.no);
  g_free (r.sides);
  return good ? g_steal_pointer (&figures) : NULL;
}
