/* Rows by the million: no journal, no foreign keys (what they point to was made just before), no waiting for the disk. */
#include "sac-fill.h"

#include <glib/gi18n.h>

#include "sac-store-private.h"

#define BATCH 200000                            /* rows a transaction */
#define BOXES_A_TRACK 20
#define FRAMES 300
#define SECOND G_GINT64_CONSTANT (1000000000)
#define LENGTH (12 * SECOND)

typedef struct {
  SacProject *project;
  GError **error;
  SacRandomKey key;
  guint64 n_random, n_rows, n_all;
  SacProgressFunc progress;
  gpointer data;
} Filler;

static guint
draw (Filler *f, guint below)
{
  return sac_random_below (f->key, f->n_random++, below);
}

/* Runs @stmt with what is bound to it; every BATCH rows the disk gets its share. */
static gboolean
put (Filler *f, sqlite3_stmt *stmt)
{
  int code = stmt ? sqlite3_step (stmt) : SQLITE_ERROR;

  if (code != SQLITE_DONE && stmt)
    _sac_store_fail (f->project, f->error);
  if (stmt)
    sqlite3_reset (stmt);
  if (code != SQLITE_DONE)
    return FALSE;
  if (++f->n_rows % BATCH)
    return TRUE;
  if (f->progress)
    f->progress ((double) f->n_rows / MAX (f->n_all, 1), _("Filling the project"), f->data);
  return _sac_run (f->project, f->error, "COMMIT", NULL) && _sac_run (f->project, f->error, "BEGIN IMMEDIATE", NULL);
}

static GArray *
ids_of (Filler *f, const char *sql)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));
  sqlite3_stmt *stmt = _sac_query (f->project, f->error, sql, NULL);

  while (_sac_step (f->project, stmt, f->error))
    {
      SacId id = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

static gboolean
add_labels (Filler *f, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("label-%02u", i);

      if (!_sac_ensure_label (f->project, name, f->error))
        return FALSE;
    }
  return TRUE;
}

/* The new items have the ids *first … *first + n − 1. */
static gboolean
add_items (Filler *f, guint n, gint64 *first)
{
  g_autoptr (GArray) media = ids_of (f, "SELECT id FROM media WHERE problem IS NULL ORDER BY id");
  g_autoptr (GArray) lengths = ids_of (f, "SELECT duration_ns FROM media WHERE problem IS NULL ORDER BY id");
  sqlite3_stmt *put_media = _sac_query (f->project, f->error, "INSERT INTO media (id, hash, path, n_frames, width, height, fps,"
                                        " duration_ns) VALUES (?, ?, ?, 300, 256, 256, 25, 12000000000)", NULL);
  sqlite3_stmt *put_item = _sac_query (f->project, f->error, "INSERT INTO items (id, media, kind, name, grp, in_ns, out_ns, reviewed)"
                                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NULL);
  gint64 first_media = 0;

  if (*f->error || !put_media || !put_item
      || _sac_lookup (f->project, first, f->error, "SELECT coalesce (max (id), 0) + 1 FROM items", NULL) != 1
      || _sac_lookup (f->project, &first_media, f->error, "SELECT coalesce (max (id), 0) + 1 FROM media", NULL) != 1)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      gint64 id = *first + i, from = 0, to = LENGTH, of = first_media + i;
      char name[64], group[32], hash[48], path[64];

      g_snprintf (group, sizeof group, "group-%04u", (guint) (id / 40));
      g_snprintf (name, sizeof name, "%s/clip-%07u", group, (guint) id);
      if (media->len)
        {
          gint64 length = MAX (g_array_index (lengths, SacId, i % lengths->len), 2);

          of = g_array_index (media, SacId, i % media->len);
          from = length / 2 * draw (f, 1000) / 1000;
          to = from + MAX (length / 2, 1);
        }
      else
        {
          g_snprintf (hash, sizeof hash, "saccade1:made-up-%u", (guint) id);
          g_snprintf (path, sizeof path, "made-up/clip-%07u.mp4", (guint) id);
          sqlite3_bind_int64 (put_media, 1, of);
          sqlite3_bind_text (put_media, 2, hash, -1, SQLITE_TRANSIENT);
          sqlite3_bind_text (put_media, 3, path, -1, SQLITE_TRANSIENT);
          if (!put (f, put_media))
            return FALSE;
        }
      sqlite3_bind_int64 (put_item, 1, id);
      sqlite3_bind_int64 (put_item, 2, of);
      sqlite3_bind_int (put_item, 3, media->len ? SAC_ITEM_CLIP : SAC_ITEM_VIDEO);
      sqlite3_bind_text (put_item, 4, name, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text (put_item, 5, group, -1, SQLITE_TRANSIENT);
      sqlite3_bind_int64 (put_item, 6, from);
      sqlite3_bind_int64 (put_item, 7, to);
      sqlite3_bind_int (put_item, 8, draw (f, 10) < 3);
      if (!put (f, put_item))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_tags (Filler *f, guint n, gint64 first, guint n_items, GArray *labels)
{
  sqlite3_stmt *stmt = _sac_query (f->project, f->error, "INSERT OR IGNORE INTO clip_labels (item, label, layer, state)"
                                   " VALUES (?, ?, 1, ?)", NULL);

  if (labels->len == 0)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      /* In the order of the clips; the n-th round starts at another label, so that none comes twice. */
      guint item = (guint) ((guint64) i * n_items / n), label = (item * 7 + i) % labels->len;

      sqlite3_bind_int64 (stmt, 1, first + item);
      sqlite3_bind_int64 (stmt, 2, g_array_index (labels, SacId, label));
      sqlite3_bind_int (stmt, 3, draw (f, 10) < 4 ? SAC_LABEL_YES : SAC_LABEL_NO);
      if (!put (f, stmt))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_segments (Filler *f, guint n, gint64 first, guint n_items, GArray *labels)
{
  sqlite3_stmt *stmt = _sac_query (f->project, f->error, "INSERT INTO segments (layer, item, label, in_ns, out_ns)"
                                   " VALUES (1, ?, ?, ?, ?)", NULL);

  if (labels->len == 0)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      gint64 in_ns = LENGTH / 1000000 * draw (f, 1000000), out_ns = in_ns + MAX ((LENGTH - in_ns) / 1000 * draw (f, 300), 1);

      sqlite3_bind_int64 (stmt, 1, first + (gint64) ((guint64) i * n_items / n));
      sqlite3_bind_int64 (stmt, 2, g_array_index (labels, SacId, draw (f, labels->len)));
      sqlite3_bind_int64 (stmt, 3, in_ns);
      sqlite3_bind_int64 (stmt, 4, out_ns);
      if (!put (f, stmt))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_tracks (Filler *f, guint n_boxes, gint64 first, guint n_items, GArray *labels)
{
  sqlite3_stmt *put_track = _sac_query (f->project, f->error, "INSERT INTO tracks (id, layer, item, label) VALUES (?, 1, ?, ?)", NULL);
  sqlite3_stmt *put_box = _sac_query (f->project, f->error, "INSERT INTO boxes (track, frame, x, y, width, height, flags)"
                                      " VALUES (?, ?, ?, ?, ?, ?, 1)", NULL);
  guint n = (n_boxes + BOXES_A_TRACK - 1) / BOXES_A_TRACK;
  gint64 track = 0;

  if (!put_track || !put_box || _sac_lookup (f->project, &track, f->error, "SELECT coalesce (max (id), 0) FROM tracks", NULL) != 1)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      double x = draw (f, 160), y = draw (f, 160), size = 16 + draw (f, 64);

      sqlite3_bind_int64 (put_track, 1, ++track);
      sqlite3_bind_int64 (put_track, 2, first + (gint64) ((guint64) i * n_items / n));
      if (labels->len)
        sqlite3_bind_int64 (put_track, 3, g_array_index (labels, SacId, draw (f, labels->len)));
      if (!put (f, put_track))
        return FALSE;
      for (guint b = 0; b < MIN (BOXES_A_TRACK, n_boxes - i * BOXES_A_TRACK); b++)
        {
          sqlite3_bind_int64 (put_box, 1, track);
          sqlite3_bind_int (put_box, 2, (int) (b * (FRAMES / BOXES_A_TRACK)));
          sqlite3_bind_double (put_box, 3, x += 0.25 * draw (f, 8) - 0.875);
          sqlite3_bind_double (put_box, 4, y += 0.25 * draw (f, 8) - 0.875);
          sqlite3_bind_double (put_box, 5, size);
          sqlite3_bind_double (put_box, 6, size);
          if (!put (f, put_box))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
fill_tables (Filler *f, const SacFill *fill)
{
  g_autoptr (GArray) labels = NULL;
  gint64 first = 0;

  if (!add_labels (f, fill->n_labels) || !add_items (f, fill->n_items, &first))
    return FALSE;
  labels = ids_of (f, "SELECT id FROM labels ORDER BY position, id");
  return !*f->error && (fill->n_items == 0 || (add_tags (f, fill->n_tags, first, fill->n_items, labels)
                                 && add_segments (f, fill->n_segments, first, fill->n_items, labels)
                                 && add_segments (f, fill->n_marks, first, 1, labels)
                                 && add_tracks (f, fill->n_boxes, first, fill->n_items, labels)))
         && _sac_run (f->project, f->error, "DELETE FROM undo_rows", NULL) && _sac_run (f->project, f->error, "DELETE FROM undo", NULL);
}

gboolean
sac_project_fill (SacProject *self, const SacFill *fill, SacProgressFunc progress, gpointer data, GError **error)
{
  g_autoptr (GError) failed = NULL;
  Filler f = { .project = self, .error = &failed, .key = { fill->seed, 0xF111 }, .progress = progress, .data = data };
  gboolean good;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  f.n_all = 2 * (guint64) fill->n_items + fill->n_tags + fill->n_segments + fill->n_marks
            + (guint64) fill->n_boxes / BOXES_A_TRACK * (BOXES_A_TRACK + 1);
  if (!_sac_journal_detach (self, error)
      || !_sac_run (self, error, "PRAGMA foreign_keys = OFF", NULL) || !_sac_run (self, error, "PRAGMA synchronous = OFF", NULL)
      || !_sac_begin (self, error))
    return FALSE;
  self->recording = FALSE;
  good = fill_tables (&f, fill) && _sac_commit (self, NULL, &failed);
  if (!good)
    _sac_rollback (self);
  good = _sac_run (self, failed ? NULL : &failed, "PRAGMA foreign_keys = ON", NULL)
         && _sac_run (self, failed ? NULL : &failed, "PRAGMA synchronous = NORMAL", NULL)
         && _sac_journal_attach (self, failed ? NULL : &failed) && good;
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return good;
}
