/* One layer taken into another, and another person's project brought in as a layer. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "maps-private.h"
#include "sac-compare-private.h"

#define SAME 0.5                /* from this IoU on two segments or tracks are the same thing */

gboolean
sac_merge_rule_parse (const char *text, SacMergeRule *rule)
{
  static const char *const words[] = { "ours", "theirs", "unknown", "newest" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (text, words[i]) == 0)
      {
        *rule = (SacMergeRule) i;
        return TRUE;
      }
  return FALSE;
}

/* ---- when a row was last written, as far as the history tells. */
typedef struct {
  SacProject *project;
  GHashTable *moved;            /* rows came from another project: their number here → there; NULL: they are here */
} Clock;

static gint64
last_act (const Clock *clock, const char *table, gint64 row)
{
  gint64 time_us = 0, *there = clock->moved ? g_hash_table_lookup (clock->moved, &row) : NULL;
  const char *const *columns, *name;
  guint t = 0;

  while ((name = _sac_journal_table (t, &columns)) && strcmp (name, table) != 0)
    t++;
  if (clock->moved && !there)
    return 0;
  row = there ? *there : row;
  if (_sac_lookup (clock->project, &time_us, NULL, "SELECT max (u.time_us) FROM undo_rows r JOIN undo u ON u.id = r.entry"
                   " WHERE u.undone = 0 AND r.tbl = ?1 AND r.row <= ?2 AND r.row + r.n > ?2", "ni", (int) t, row) != 1)
    return 0;
  return time_us;
}

static GHashTable *
id_map (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

static void
put_id (GHashTable *map, gint64 key, gint64 value)
{
  g_hash_table_insert (map, g_memdup2 (&key, sizeof key), g_memdup2 (&value, sizeof value));
}

static gint64
get_id (GHashTable *map, gint64 key)
{
  gint64 *value = g_hash_table_lookup (map, &key);

  return value ? *value : 0;
}

typedef struct {
  SacProject *project;
  SacId from, into;
  SacMergeRule rule;
  Clock ours;
  Clock theirs_tags, theirs_segments, theirs_tracks;
  SacMergeResult *result;
} Merge;

/* Whether theirs is to be taken where the two contradict each other. */
static gboolean
takes_theirs (Merge *m, const char *table, gint64 ours, const Clock *theirs_clock, gint64 theirs)
{
  m->result->n_conflicts++;
  if (m->rule == SAC_MERGE_NEWEST)
    return last_act (theirs_clock, table, theirs) > last_act (&m->ours, table, ours);
  return m->rule == SAC_MERGE_THEIRS;
}

/* ---- tags. */
typedef struct { SacId item, label; gint64 ours, theirs; int our_state, their_state; } TagPair;

static gboolean
merge_tags (Merge *m, GError **error)
{
  static const char both[] =
    "SELECT f.item, f.label, coalesce (o.id, 0), f.id,"
    " coalesce (o.state, CASE WHEN ?2 = 1 AND i.reviewed THEN 0 ELSE -1 END), f.state"
    " FROM clip_labels f JOIN items i ON i.id = f.item"
    " LEFT JOIN clip_labels o ON o.item = f.item AND o.label = f.label AND o.layer = ?2 WHERE f.layer = ?1 AND f.state >= 0";
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TagPair));
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (m->project, &failed, both, "ii", m->from, m->into);

  while (_sac_step (m->project, stmt, &failed))
    {
      TagPair pair = { sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1), sqlite3_column_int64 (stmt, 2),
                       sqlite3_column_int64 (stmt, 3), sqlite3_column_int (stmt, 4), sqlite3_column_int (stmt, 5) };

      if (pair.our_state != pair.their_state)
        g_array_append_val (pairs, pair);
    }
  for (guint p = 0; p < pairs->len && !failed; p++)
    {
      const TagPair *pair = &g_array_index (pairs, TagPair, p);
      int state = pair->their_state;

      if (pair->our_state >= 0 && !takes_theirs (m, "clip_labels", pair->ours, &m->theirs_tags, pair->theirs))
        {
          if (m->rule != SAC_MERGE_UNKNOWN)
            continue;
          state = SAC_LABEL_UNKNOWN;
        }
      if (_sac_run (m->project, &failed, "INSERT INTO clip_labels (item, label, layer, state) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (item, label, layer) DO UPDATE SET state = excluded.state", "iiin", pair->item, pair->label, m->into,
                    state))
        m->result->n_tags++;
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

/* ---- what holds for both. */

/* What segments and tracks begin with. */
typedef struct { SacId id, item, label, layer; } Mark;
G_STATIC_ASSERT (G_STRUCT_OFFSET (SacSegment, layer) == G_STRUCT_OFFSET (Mark, layer));
G_STATIC_ASSERT (G_STRUCT_OFFSET (SacTrack, layer) == G_STRUCT_OFFSET (Mark, layer));

typedef struct {
  const char *table;
  const Clock *clock;           /* theirs */
  double (*iou) (const Mark *ours, const Mark *theirs, guint n_frames);        /* negative: nor of any that comes after theirs */
  gboolean (*equal) (const Mark *ours, const Mark *theirs);
  gboolean (*take) (Merge *m, const Mark *ours, const Mark *theirs, GError **error);    /* ours becomes as theirs */
  gboolean (*copy) (Merge *m, const Mark *theirs, GError **error);
} Marks;

/* Two are the same thing where they are of one label and cover each other by half. */
static gboolean
merge_marks (Merge *m, const Marks *marks, GPtrArray *all, guint n_frames, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (SacPair));
  g_autofree gint8 *met = all ? g_new0 (gint8, all->len + 1) : NULL;
  SacPair *pair;
  guint n;

  if (!all)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    for (guint j = 0; j < all->len && ((Mark *) all->pdata[i])->layer == m->into; j++)
      {
        const Mark *a = all->pdata[i], *b = all->pdata[j];
        SacPair one = { i, j, 0 };

        if (b->layer != m->from || a->label != b->label)
          continue;
        one.value = marks->iou (a, b, n_frames);
        if (one.value < 0)
          break;
        if (one.value >= SAME)
          g_array_append_val (pairs, one);
      }
  pair = (SacPair *) (void *) pairs->data;
  n = sac_match (pair, pairs->len);
  for (guint p = 0; p < n; p++)
    {
      const Mark *a = all->pdata[pair[p].a], *b = all->pdata[pair[p].b];

      met[pair[p].b] = TRUE;
      if (!marks->equal (a, b) && takes_theirs (m, marks->table, a->id, marks->clock, b->id) && !marks->take (m, a, b, error))
        return FALSE;
    }
  for (guint j = 0; j < all->len; j++)
    if (((Mark *) all->pdata[j])->layer == m->from && !met[j] && !marks->copy (m, all->pdata[j], error))
      return FALSE;
  return TRUE;
}

static gboolean
copy_attributes (SacProject *self, SacAttributeKind kind, SacId from, SacId to, GError **error)
{
  return _sac_run (self, error, "INSERT INTO attributes (kind, owner, frame, name, value)"
                   " SELECT kind, ?3, frame, name, value FROM attributes WHERE kind = ?1 AND owner = ?2", "nii", (int) kind, from, to);
}

/* ---- segments. */
static double
segment_iou (const Mark *ours, const Mark *theirs, guint n_frames)
{
  const SacSegment *a = (const SacSegment *) ours, *b = (const SacSegment *) theirs;

  /* They come by in point. */
  return b->in_ns > a->out_ns ? -1 : sac_span_iou ((SacStretch) { a->in_ns, a->out_ns }, (SacStretch) { b->in_ns, b->out_ns });
}

static gboolean
equal_segments (const Mark *ours, const Mark *theirs)
{
  const SacSegment *a = (const SacSegment *) ours, *b = (const SacSegment *) theirs;

  return a->in_ns == b->in_ns && a->out_ns == b->out_ns;
}

static gboolean
take_segment (Merge *m, const Mark *ours, const Mark *theirs, GError **error)
{
  const SacSegment *b = (const SacSegment *) theirs;

  m->result->n_segments++;
  return _sac_run (m->project, error, "UPDATE segments SET in_ns = ?2, out_ns = ?3 WHERE id = ?1", "iii", ours->id, b->in_ns, b->out_ns);
}

static gboolean
copy_segment (Merge *m, const Mark *mark, GError **error)
{
  const SacSegment *theirs = (const SacSegment *) mark;

  if (!_sac_run (m->project, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii", m->into,
                 theirs->item, theirs->label, theirs->in_ns, theirs->out_ns))
    return FALSE;
  m->result->n_segments++;
  return copy_attributes (m->project, SAC_ATTRIBUTE_SEGMENT, theirs->id, sqlite3_last_insert_rowid (m->project->db), error);
}

static gboolean
merge_segments (Merge *m, SacId item, GError **error)
{
  const Marks marks = { "segments", &m->theirs_segments, segment_iou, equal_segments, take_segment, copy_segment };
  g_autoptr (GPtrArray) all = sac_project_list_segments (m->project, item, error);

  return merge_marks (m, &marks, all, 0, error);
}

/* ---- tracks. */
static gboolean
equal_boxes (const Mark *ours, const Mark *theirs)
{
  const SacTrack *a = (const SacTrack *) ours, *b = (const SacTrack *) theirs;

  if (a->n_boxes != b->n_boxes)
    return FALSE;
  for (guint i = 0; i < a->n_boxes; i++)
    {
      const SacBox *x = &a->boxes[i], *y = &b->boxes[i];

      if (x->frame != y->frame || x->x != y->x || x->y != y->y || x->width != y->width || x->height != y->height
          || x->occluded != y->occluded || x->outside != y->outside)
        return FALSE;
    }
  return TRUE;
}

static gboolean
copy_boxes (SacProject *self, SacId from, SacId to, GError **error)
{
  return _sac_run (self, error, "INSERT INTO boxes (track, frame, x, y, width, height, flags)"
                   " SELECT ?2, frame, x, y, width, height, flags FROM boxes WHERE track = ?1 ORDER BY frame", "ii", from, to);
}

static gboolean
copy_track (Merge *m, const Mark *theirs, GError **error)
{
  SacId to;

  if (!_sac_run (m->project, error, "INSERT INTO tracks (layer, item, label) VALUES (?, ?, nullif (?, 0))", "iii", m->into, theirs->item,
                 theirs->label))
    return FALSE;
  to = sqlite3_last_insert_rowid (m->project->db);
  m->result->n_tracks++;
  return copy_boxes (m->project, theirs->id, to, error) && copy_attributes (m->project, SAC_ATTRIBUTE_TRACK, theirs->id, to, error);
}

static double
track_iou (const Mark *ours, const Mark *theirs, guint n_frames)
{
  return _sac_track_iou ((const SacTrack *) ours, (const SacTrack *) theirs, n_frames, NULL);
}

static gboolean
take_track (Merge *m, const Mark *ours, const Mark *theirs, GError **error)
{
  m->result->n_tracks++;
  return _sac_run (m->project, error, "DELETE FROM boxes WHERE track = ?", "i", ours->id)
         && copy_boxes (m->project, theirs->id, ours->id, error);
}

static gboolean
merge_tracks (Merge *m, SacId item, guint n_frames, GError **error)
{
  const Marks marks = { "tracks", &m->theirs_tracks, track_iou, equal_boxes, take_track, copy_track };
  g_autoptr (GPtrArray) all = sac_project_list_tracks (m->project, item, error);

  return merge_marks (m, &marks, all, n_frames, error);
}

/* ---- the whole of it, inside an open command. */
static gboolean
merge_all (Merge *m, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  if (!merge_tags (m, error))
    return FALSE;
  stmt = _sac_query (m->project, &failed, "SELECT i.id, m.n_frames FROM items i JOIN media m ON m.id = i.media WHERE i.id IN"
                     " (SELECT item FROM segments WHERE layer = ?1 UNION SELECT item FROM tracks WHERE layer = ?1) ORDER BY i.id", "i",
                     m->from);
  while (_sac_step (m->project, stmt, &failed))
    {
      gint64 pair[2] = { sqlite3_column_int64 (stmt, 0), _sac_column_int (stmt, 1) };

      g_array_append_vals (items, pair, 2);
    }
  for (guint i = 0; i + 1 < items->len && !failed; i += 2)
    if (merge_segments (m, g_array_index (items, gint64, i), &failed))
      merge_tracks (m, g_array_index (items, gint64, i), (guint) g_array_index (items, gint64, i + 1), &failed);
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static char *
layer_title (SacProject *self, SacId id, GError **error)
{
  g_autoptr (GPtrArray) layers = sac_project_list_layers (self, error);

  for (guint i = 0; layers && i < layers->len; i++)
    if (((SacLayer *) layers->pdata[i])->id == id)
      return sac_layer_dup_title (layers->pdata[i]);
  if (layers)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such layer"));
  return NULL;
}

gboolean
sac_project_merge_layer (SacProject *self, SacId from, SacId into, SacMergeRule rule, SacMergeResult *result, GError **error)
{
  Merge m = { self, from, into, rule, { self, NULL }, { self, NULL }, { self, NULL }, { self, NULL }, result };
  g_autofree char *theirs = NULL, *ours = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  *result = (SacMergeResult) { 0 };
  if (from == into || from == SAC_STORE_PERSON)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Take another layer into your own, or into a third"));
      return FALSE;
    }
  theirs = layer_title (self, from, error);
  ours = theirs ? layer_title (self, into, error) : NULL;
  if (!ours || !_sac_begin (self, error))
    return FALSE;
  if (!merge_all (&m, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Merge “%s” into “%s”"), theirs, ours), error);
}

/* ---- another project. */
typedef struct {
  SacProject *self, *other;
  SacId layer;
  GHashTable *items, *labels;                   /* there → here */
  GHashTable *tags, *segments, *tracks;         /* rows: here → there */
  GHashTable *owners[3];                        /* by SacAttributeKind: there → here */
  SacMergeResult *result;
} Bring;

static gboolean
map_items (Bring *b, GError **error)
{
  static const char all[] = "SELECT i.id, " SAC_CLIP_KEY " FROM items i JOIN media m ON m.id = i.media ORDER BY i.id";
  g_autoptr (GHashTable) ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (b->self, &failed, all, NULL);

  while (_sac_step (b->self, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);

      g_hash_table_insert (ours, _sac_dup_words (stmt, 1), g_memdup2 (&id, sizeof id));
    }
  stmt = failed ? NULL : _sac_query (b->other, &failed, all, NULL);
  while (_sac_step (b->other, stmt, &failed))
    {
      g_autofree char *key = _sac_dup_words (stmt, 1);
      gint64 *id = g_hash_table_lookup (ours, key);

      if (id)
        put_id (b->items, sqlite3_column_int64 (stmt, 0), *id);
      else
        b->result->n_missing++;
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static gboolean
map_labels (Bring *b, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_vocabulary (b->other, error);

  for (guint l = 0; labels && l < labels->len; l++)
    {
      const SacLabel *label = labels->pdata[l];
      SacId id = _sac_ensure_label (b->self, label->name, error);

      if (!id)
        return FALSE;
      put_id (b->labels, label->id, id);
    }
  return labels != NULL;
}

static gboolean
empty_layer (Bring *b, GError **error)
{
  static const char *const acts[] = {
    "DELETE FROM attributes WHERE kind = 1 AND owner IN (SELECT id FROM segments WHERE layer = ?)",
    "DELETE FROM attributes WHERE kind = 2 AND owner IN (SELECT id FROM tracks WHERE layer = ?)",
    "DELETE FROM boxes WHERE track IN (SELECT id FROM tracks WHERE layer = ?)", "DELETE FROM tracks WHERE layer = ?",
    "DELETE FROM segments WHERE layer = ?", "DELETE FROM clip_labels WHERE layer = ?",
  };

  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    if (!_sac_run (b->self, error, acts[a], "i", b->layer))
      return FALSE;
  return TRUE;
}

/* On reviewed clips the other person's silence is a no. */
static gboolean
bring_tags (Bring *b, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (b->other, &failed, "SELECT item, label, state, id FROM clip_labels WHERE layer = 1 AND state >= 0"
                                   " UNION ALL SELECT i.id, l.id, 0, 0 FROM items i CROSS JOIN labels l WHERE i.reviewed = 1 AND NOT EXISTS"
                                   " (SELECT 1 FROM clip_labels c WHERE c.item = i.id AND c.label = l.id AND c.layer = 1)", NULL);

  while (_sac_step (b->other, stmt, &failed))
    {
      SacId item = get_id (b->items, sqlite3_column_int64 (stmt, 0)), label = get_id (b->labels, sqlite3_column_int64 (stmt, 1));

      if (!item || !label)
        continue;
      if (!_sac_run (b->self, &failed, "INSERT INTO clip_labels (item, label, layer, state) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (item, label, layer) DO UPDATE SET state = excluded.state", "iiin", item, label, b->layer,
                     CLAMP (sqlite3_column_int (stmt, 2), 0, 1)))
        {
          sqlite3_reset (stmt);
          break;
        }
      put_id (b->tags, sqlite3_last_insert_rowid (b->self->db), sqlite3_column_int64 (stmt, 3));
      b->result->n_tags++;
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static gboolean
bring_segments (Bring *b, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (b->other, &failed, "SELECT id, item, label, in_ns, out_ns FROM segments WHERE layer = 1 ORDER BY id",
                                   NULL);

  while (_sac_step (b->other, stmt, &failed))
    {
      SacId id = sqlite3_column_int64 (stmt, 0), here;
      SacId item = get_id (b->items, sqlite3_column_int64 (stmt, 1)), label = get_id (b->labels, sqlite3_column_int64 (stmt, 2));
      gint64 in = MAX (sqlite3_column_int64 (stmt, 3), 0);

      if (!item || !label)
        continue;
      if (!_sac_run (b->self, &failed, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii", b->layer,
                     item, label, in, MAX (sqlite3_column_int64 (stmt, 4), in)))
        {
          sqlite3_reset (stmt);
          break;
        }
      here = sqlite3_last_insert_rowid (b->self->db);
      put_id (b->segments, here, id);
      put_id (b->owners[SAC_ATTRIBUTE_SEGMENT], id, here);
      b->result->n_segments++;
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static gboolean
bring_tracks (Bring *b, GError **error)
{
  GHashTableIter iter;
  gpointer there, here;

  g_hash_table_iter_init (&iter, b->items);
  while (g_hash_table_iter_next (&iter, &there, &here))
    {
      g_autoptr (GPtrArray) tracks = sac_project_list_tracks (b->other, *(gint64 *) there, error);

      if (!tracks)
        return FALSE;
      for (guint t = 0; t < tracks->len; t++)
        {
          const SacTrack *track = tracks->pdata[t];
          SacId id;

          if (track->layer != SAC_STORE_PERSON)
            continue;
          id = _sac_insert_track (b->self, b->layer, *(gint64 *) here, track->label ? get_id (b->labels, track->label) : 0, track->boxes,
                                  track->n_boxes, error);
          if (!id)
            return FALSE;
          put_id (b->tracks, id, track->id);
          put_id (b->owners[SAC_ATTRIBUTE_TRACK], track->id, id);
          b->result->n_tracks++;
        }
    }
  return TRUE;
}

static gboolean
bring_attributes (Bring *b, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (b->other, &failed, "SELECT kind, owner, frame, name, value FROM attributes ORDER BY id", NULL);

  while (_sac_step (b->other, stmt, &failed))
    {
      int kind = CLAMP (sqlite3_column_int (stmt, 0), 1, 2);
      SacId owner = get_id (b->owners[kind], sqlite3_column_int64 (stmt, 1));
      g_autofree char *name = _sac_dup_words (stmt, 3), *value = _sac_dup_words (stmt, 4);

      if (owner && !_sac_put_attribute (b->self, (SacAttributeKind) kind, owner, sqlite3_column_int64 (stmt, 2), name, value, &failed))
        {
          sqlite3_reset (stmt);
          break;
        }
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

gboolean
sac_project_bring_person (SacProject *self, SacProject *other, const char *name, const SacMergeRule *rule, SacMergeResult *result,
                          GError **error)
{
  g_autofree char *clean = NULL;
  Bring b = { .self = self, .other = other, .result = result };
  SacMergeResult merged = { 0 };
  gboolean good;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && SAC_IS_PROJECT (other) && self != other, FALSE);
  *result = (SacMergeResult) { 0 };
  clean = _sac_clean_label_name (name, NULL);
  if (!clean)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Say whose labels these are: a name of at most 200 letters"));
      return FALSE;
    }
  if (!_sac_begin (self, error))
    return FALSE;
  b.items = id_map ();
  b.labels = id_map ();
  b.tags = id_map ();
  b.segments = id_map ();
  b.tracks = id_map ();
  b.owners[SAC_ATTRIBUTE_SEGMENT] = id_map ();
  b.owners[SAC_ATTRIBUTE_TRACK] = id_map ();
  b.layer = _sac_ensure_layer (self, "person", clean, error);
  good = b.layer && map_items (&b, error) && map_labels (&b, error) && empty_layer (&b, error) && bring_tags (&b, error)
         && bring_segments (&b, error) && bring_tracks (&b, error) && bring_attributes (&b, error);
  if (good && rule)
    {
      Merge m = { self, b.layer, SAC_STORE_PERSON, *rule, { self, NULL }, { other, b.tags }, { other, b.segments }, { other, b.tracks },
                  &merged };

      good = merge_all (&m, error) && _sac_bring_maps (self, other, b.items, *rule, &merged, error);
      result->n_maps = merged.n_maps;
      result->n_conflicts = merged.n_conflicts;
    }
  good = good ? _sac_commit (self, g_strdup_printf (_("Bring in the labels of %s"), clean), error) : _sac_rollback (self);
  for (guint k = SAC_ATTRIBUTE_SEGMENT; k <= SAC_ATTRIBUTE_TRACK; k++)
    g_hash_table_unref (b.owners[k]);
  g_hash_table_unref (b.items);
  g_hash_table_unref (b.labels);
  g_hash_table_unref (b.tags);
  g_hash_table_unref (b.segments);
  g_hash_table_unref (b.tracks);
  return good;
}
