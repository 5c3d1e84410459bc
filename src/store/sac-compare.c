/* Two layers are read as plain arrays, sorted by clip and label, and walked side by side. */
#include "sac-compare.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-compare-private.h"
#include "sac-versions.h"

#define MAX_QUEUE 10000
#define MAX_PAIRS 1000000
#define MAX_CELLS (1u << 30)    /* clips × labels */
#define FRAMES_LOOKED_AT 500
#define SAME 0.5

/* ---- who speaks. */
void
sac_speaker_clear (SacSpeaker *speaker)
{
  g_clear_object (&speaker->project);
}

char *
sac_layer_dup_title (const SacLayer *layer)
{
  if (layer->name[0])
    return g_strdup (layer->name);
  return strcmp (layer->kind, "person") == 0 ? g_strdup (_("My labels")) : g_strdup (layer->kind);
}

static gboolean
open_file (const char *path, SacSpeaker *out, GError **error)
{
  *out = (SacSpeaker) { sac_project_open (path, SAC_PROJECT_READ_ONLY, error), SAC_STORE_PERSON };
  return out->project != NULL;
}

gboolean
sac_speaker_find (SacProject *project, const char *name, SacSpeaker *out, GError **error)
{
  g_autoptr (GPtrArray) layers = NULL;
  SacId found = name[0] ? 0 : SAC_STORE_PERSON;
  guint n = name[0] ? 0 : 1;

  *out = (SacSpeaker) { 0 };
  if (g_str_has_prefix (name, "version:"))
    {
      g_autoptr (SacVersion) version = sac_project_find_version (project, name + strlen ("version:"), error);

      if (version && version->size < 0)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The file of the version “%s” is gone"), version->name);
      return version && version->size >= 0 && open_file (version->path, out, error);
    }
  layers = sac_project_list_layers (project, error);
  if (!layers)
    return FALSE;
  for (guint i = 0; i < layers->len && name[0]; i++)
    {
      const SacLayer *layer = layers->pdata[i];
      g_autofree char *full = g_strdup_printf ("%s:%s", layer->kind, layer->name);

      if (strcmp (layer->name, name) != 0 && strcmp (full, name) != 0)
        continue;
      found = layer->id;
      n++;
    }
  if (n == 1)
    {
      *out = (SacSpeaker) { g_object_ref (project), found };
      return TRUE;
    }
  if (n == 0 && g_file_test (name, G_FILE_TEST_EXISTS))
    return open_file (name, out, error);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND,
               n ? _("Several layers are called “%s”; say person:, import: or run: before it")
                 : _("There is no layer, version or project “%s”"), name);
  return FALSE;
}

/* ---- reading. */
typedef struct { guint item, label; SacStretch span; } Segment;
typedef struct { guint item, label; SacId id; } Track;
typedef struct {
  gint8 *tags;                  /* [item][label], −1 unknown */
  GArray *segments, *tracks;    /* by item and label */
  gint8 *has_segments, *has_tracks;     /* of an item: this side has judged them */
} Side;

typedef struct {
  GArray *items[2];             /* SacId in each project; the same place is the same clip */
  GArray *frames;               /* guint */
  GPtrArray *clips, *labels;    /* char*; the last label is "": none */
  GHashTable *by_label;
  GCancellable *cancellable;
} Common;

static void
side_clear (Side *side)
{
  g_free (side->tags);
  g_free (side->has_segments);
  g_free (side->has_tracks);
  g_clear_pointer (&side->segments, g_array_unref);
  g_clear_pointer (&side->tracks, g_array_unref);
}

static void
common_clear (Common *c)
{
  g_clear_pointer (&c->items[0], g_array_unref);
  g_clear_pointer (&c->items[1], g_array_unref);
  g_clear_pointer (&c->frames, g_array_unref);
  g_clear_pointer (&c->clips, g_ptr_array_unref);
  g_clear_pointer (&c->labels, g_ptr_array_unref);
  g_clear_pointer (&c->by_label, g_hash_table_unref);
}

static gboolean
find_common_items (const SacSpeaker *a, const SacSpeaker *b, Common *c, SacComparison *out, GError **error)
{
  static const char all[] = "SELECT i.id, " SAC_CLIP_KEY ", i.name, m.n_frames FROM items i JOIN media m ON m.id = i.media ORDER BY i.id";
  g_autoptr (GHashTable) theirs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  stmt = _sac_query (b->project, &failed, all, NULL);
  while (_sac_step (b->project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);

      g_hash_table_insert (theirs, a->project == b->project ? g_strdup_printf ("%" G_GINT64_FORMAT, id) : _sac_dup_words (stmt, 1),
                           g_memdup2 (&id, sizeof id));
    }
  out->n_only_b = g_hash_table_size (theirs);
  stmt = failed ? NULL : _sac_query (a->project, &failed, all, NULL);
  while (_sac_step (a->project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0), *other;
      g_autofree char *key = a->project == b->project ? g_strdup_printf ("%" G_GINT64_FORMAT, id) : _sac_dup_words (stmt, 1);
      guint frames = (guint) _sac_column_int (stmt, 3);

      other = g_hash_table_lookup (theirs, key);
      if (!other)
        {
          out->n_only_a++;
          continue;
        }
      g_array_append_val (c->items[0], id);
      g_array_append_val (c->items[1], *other);
      g_array_append_val (c->frames, frames);
      g_ptr_array_add (c->clips, _sac_dup_words (stmt, 2));
      g_hash_table_remove (theirs, key);
      out->n_only_b--;
    }
  out->n_clips = c->items[0]->len;
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static int
by_words (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(char *const *) a, *(char *const *) b);
}

static gboolean
find_labels (const SacSpeaker *speakers[2], Common *c, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint s = 0; s < 2; s++)
    {
      g_autoptr (GPtrArray) labels = sac_project_list_vocabulary (speakers[s]->project, error);

      if (!labels)
        return FALSE;
      for (guint l = 0; l < labels->len; l++)
        if (!g_hash_table_contains (seen, ((SacLabel *) labels->pdata[l])->name))
          {
            char *name = g_strdup (((SacLabel *) labels->pdata[l])->name);

            g_ptr_array_add (c->labels, name);
            g_hash_table_add (seen, name);
          }
    }
  g_ptr_array_sort (c->labels, by_words);
  g_ptr_array_add (c->labels, g_strdup (""));
  for (guint l = 0; l < c->labels->len; l++)
    g_hash_table_insert (c->by_label, c->labels->pdata[l], GUINT_TO_POINTER (l));
  if ((guint64) c->labels->len * MAX (c->items[0]->len, 1) < MAX_CELLS)
    return TRUE;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There are too many clips and labels to compare at once"));
  return FALSE;
}

/* A project's label number → ours + 1. */
static GHashTable *
label_places (SacProject *project, Common *c, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_vocabulary (project, error);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint l = 0; labels && l < labels->len; l++)
    {
      const SacLabel *label = labels->pdata[l];

      g_hash_table_insert (places, g_memdup2 (&label->id, sizeof label->id),
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (c->by_label, label->name)) + 1));
    }
  return labels ? g_steal_pointer (&places) : NULL;
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  const Segment *x = a, *y = b;

  if (x->item != y->item)
    return x->item < y->item ? -1 : 1;
  if (x->label != y->label)
    return x->label < y->label ? -1 : 1;
  return (x->span.in > y->span.in) - (x->span.in < y->span.in);
}

static int
by_track_place (gconstpointer a, gconstpointer b)
{
  const Track *x = a, *y = b;

  if (x->item != y->item)
    return x->item < y->item ? -1 : 1;
  if (x->label != y->label)
    return x->label < y->label ? -1 : 1;
  return (x->id > y->id) - (x->id < y->id);
}

static gboolean
read_side (const SacSpeaker *speaker, guint which, Common *c, Side *side, GError **error)
{
  guint n = c->items[which]->len, n_labels = c->labels->len;
  g_autoptr (GHashTable) places = g_hash_table_new (g_int64_hash, g_int64_equal), labels = label_places (speaker->project, c, error);
  SacProject *project = speaker->project;
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  if (!labels)
    return FALSE;
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (places, &g_array_index (c->items[which], SacId, i), GUINT_TO_POINTER (i + 1));
  side->tags = g_malloc (MAX ((gsize) n * n_labels, 1));
  memset (side->tags, -1, (gsize) n * n_labels);
  side->has_segments = g_new0 (gint8, n + 1);
  side->has_tracks = g_new0 (gint8, n + 1);
  side->segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  side->tracks = g_array_new (FALSE, FALSE, sizeof (Track));
  stmt = speaker->layer == SAC_STORE_PERSON ? _sac_query (project, &failed, "SELECT id FROM items WHERE reviewed = 1", NULL) : NULL;
  while (_sac_step (project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (places, &id));

      if (at)
        {
          memset (side->tags + (gsize) (at - 1) * n_labels, 0, n_labels - 1);
          side->has_segments[at - 1] = side->has_tracks[at - 1] = TRUE;
        }
    }
  stmt = failed ? NULL : _sac_query (project, &failed, "SELECT item, label, state FROM clip_labels WHERE layer = ?", "i", speaker->layer);
  while (_sac_step (project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (places, &id)), l = GPOINTER_TO_UINT (g_hash_table_lookup (labels, &label));

      if (at && l)
        side->tags[(gsize) (at - 1) * n_labels + l - 1] = CLAMP (sqlite3_column_int (stmt, 2), -1, 1);
    }
  stmt = failed ? NULL : _sac_query (project, &failed, "SELECT item, label, in_ns, out_ns FROM segments WHERE layer = ?", "i",
                                     speaker->layer);
  while (_sac_step (project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1), in = MAX (sqlite3_column_int64 (stmt, 2), 0);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (places, &id)), l = GPOINTER_TO_UINT (g_hash_table_lookup (labels, &label));
      Segment segment = { at - 1, l - 1, { in, MAX (sqlite3_column_int64 (stmt, 3), in) } };

      if (!at || !l)
        continue;
      g_array_append_val (side->segments, segment);
      side->has_segments[at - 1] = TRUE;
    }
  stmt = failed ? NULL : _sac_query (project, &failed, "SELECT item, label, id FROM tracks WHERE layer = ?", "i", speaker->layer);
  while (_sac_step (project, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (places, &id)), l = GPOINTER_TO_UINT (g_hash_table_lookup (labels, &label));
      Track track = { at - 1, l ? l - 1 : n_labels - 1, sqlite3_column_int64 (stmt, 2) };

      if (!at)
        continue;
      g_array_append_val (side->tracks, track);
      side->has_tracks[at - 1] = TRUE;
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  /* Reviewed says nothing of a kind of mark that the layer never makes. */
  if (side->segments->len == 0)
    memset (side->has_segments, 0, n);
  if (side->tracks->len == 0)
    memset (side->has_tracks, 0, n);
  g_array_sort (side->segments, by_place);
  g_array_sort (side->tracks, by_track_place);
  return TRUE;
}

/* ---- the walk. */
typedef struct {
  Common *c;
  const SacSpeaker *speakers[2];
  Side sides[2];
  SacAgreement *rows;           /* a label each */
  SacComparison *out;
} Walk;

static void
disagree (Walk *w, guint item, guint label, SacDisagreeKind kind, double gravity, int a, int b, gint64 at_ns)
{
  SacDisagreement *one = g_new0 (SacDisagreement, 1);

  *one = (SacDisagreement) { g_array_index (w->c->items[0], SacId, item), g_strdup (w->c->clips->pdata[item]), w->rows[label].label, kind,
                             gravity, a, b, at_ns };
  g_ptr_array_add (w->out->queue, one);
}

static void
compare_tags (Walk *w)
{
  guint n = w->c->items[0]->len, n_labels = w->c->labels->len;

  for (guint l = 0; l + 1 < n_labels; l++)
    w->rows[l].tags = sac_kappa (w->sides[0].tags + l, w->sides[1].tags + l, n, n_labels);
  w->rows[n_labels - 1].tags = sac_kappa_of (0, 0, 0, 0);
  for (guint i = 0; i < n; i++)
    for (guint l = 0; l + 1 < n_labels; l++)
      {
        gint8 a = w->sides[0].tags[(gsize) i * n_labels + l], b = w->sides[1].tags[(gsize) i * n_labels + l];

        if (a >= 0 && b >= 0 && a != b)
          disagree (w, i, l, SAC_DISAGREE_TAG, 1, a, b, 0);
      }
}

/* The earliest time at which one is alone, or the two of a pair part. */
static gint64
first_difference (const SacStretch *a, guint n_a, const SacStretch *b, guint n_b, const SacPair *pairs, guint n_pairs)
{
  g_autofree gint8 *met_a = g_new0 (gint8, n_a + 1), *met_b = g_new0 (gint8, n_b + 1);
  gint64 first = G_MAXINT64;

  for (guint p = 0; p < n_pairs; p++)
    {
      met_a[pairs[p].a] = met_b[pairs[p].b] = TRUE;
      if (a[pairs[p].a].in != b[pairs[p].b].in)
        first = MIN (first, MIN (a[pairs[p].a].in, b[pairs[p].b].in));
      else if (a[pairs[p].a].out != b[pairs[p].b].out)
        first = MIN (first, MIN (a[pairs[p].a].out, b[pairs[p].b].out));
    }
  for (guint i = 0; i < n_a; i++)
    if (!met_a[i])
      first = MIN (first, a[i].in);
  for (guint i = 0; i < n_b; i++)
    if (!met_b[i])
      first = MIN (first, b[i].in);
  return first == G_MAXINT64 ? 0 : first;
}

static void
compare_spans (Walk *w, guint item, guint label, GArray *a, GArray *b)
{
  const SacStretch *x = (const SacStretch *) (void *) a->data, *y = (const SacStretch *) (void *) b->data;
  g_autoptr (GArray) pairs = sac_span_pairs (x, a->len, y, b->len, MAX_PAIRS);
  SacPair *pair = (SacPair *) (void *) pairs->data;
  guint n = sac_match (pair, pairs->len), same = 0;
  SacAgreement *row = &w->rows[label];
  double iou = sac_spans_iou (x, a->len, y, b->len);

  for (guint p = 0; p < n; p++)
    {
      row->segment_iou += pair[p].value;
      same += pair[p].value >= SAME;
    }
  row->n_a_segments += a->len;
  row->n_b_segments += b->len;
  row->n_segments += n;
  row->segment_f1 += same;
  if (iou < 1 - 1e-9)
    disagree (w, item, label, SAC_DISAGREE_SEGMENTS, 1 - iou, (int) a->len, (int) b->len,
              first_difference (x, a->len, y, b->len, pair, n));
}

static gboolean
compare_segments (Walk *w, GError **error)
{
  g_autoptr (GArray) spans_a = g_array_new (FALSE, FALSE, sizeof (SacStretch)), spans_b = g_array_new (FALSE, FALSE, sizeof (SacStretch));
  GArray *const spans[2] = { spans_a, spans_b };
  guint at[2] = { 0, 0 };

  for (;;)
    {
      const Segment *next[2], *least;
      Segment here;

      for (guint s = 0; s < 2; s++)
        {
          GArray *all = w->sides[s].segments;

          /* A clip on which the other has not looked for segments says nothing about agreement. */
          while (at[s] < all->len && !w->sides[1 - s].has_segments[g_array_index (all, Segment, at[s]).item])
            at[s]++;
          next[s] = at[s] < all->len ? &g_array_index (all, Segment, at[s]) : NULL;
          g_array_set_size (spans[s], 0);
        }
      if (!next[0] && !next[1])
        return TRUE;
      if (g_cancellable_set_error_if_cancelled (w->c->cancellable, error))
        return FALSE;
      least = !next[1] || (next[0] && (next[0]->item < next[1]->item
                                       || (next[0]->item == next[1]->item && next[0]->label <= next[1]->label))) ? next[0] : next[1];
      here = *least;
      for (guint s = 0; s < 2; s++)
        for (GArray *all = w->sides[s].segments; at[s] < all->len && g_array_index (all, Segment, at[s]).item == here.item
             && g_array_index (all, Segment, at[s]).label == here.label; at[s]++)
          g_array_append_val (spans[s], g_array_index (all, Segment, at[s]).span);
      compare_spans (w, here.item, here.label, spans[0], spans[1]);
    }
}

/* ---- tracks. */
static double
box_area (const SacBox *box)
{
  return fmax (box->width, 0) * fmax (box->height, 0);
}

double
_sac_track_iou (const SacTrack *a, const SacTrack *b, guint n_frames, guint *differs)
{
  guint first = MIN (a->n_boxes ? a->boxes[0].frame : G_MAXUINT, b->n_boxes ? b->boxes[0].frame : G_MAXUINT), step;
  double both = 0, any = 0;

  if (first == G_MAXUINT)
    return NAN;
  if (differs)
    *differs = first;
  n_frames = MAX (n_frames, first + 1);
  step = (n_frames - first + FRAMES_LOOKED_AT - 1) / FRAMES_LOOKED_AT;
  for (guint64 frame = first; frame < n_frames; frame += step)
    {
      SacBox x = { 0 }, y = { 0 };
      gboolean has_x = a->n_boxes && sac_boxes_at (a->boxes, a->n_boxes, (guint) frame, &x);
      gboolean has_y = b->n_boxes && sac_boxes_at (b->boxes, b->n_boxes, (guint) frame, &y);
      double inter = 0, area = (has_x ? box_area (&x) : 0) + (has_y ? box_area (&y) : 0);

      if (has_x && has_y)
        inter = fmax (fmin (x.x + x.width, y.x + y.width) - fmax (x.x, y.x), 0)
                * fmax (fmin (x.y + x.height, y.y + y.height) - fmax (x.y, y.y), 0);
      if (differs && both == any && area - inter > inter)
        *differs = (guint) frame;
      both += inter;
      any += area - inter;
    }
  return any > 0 ? both / any : NAN;
}

static SacTrack *
find_track (GPtrArray *tracks, SacId id)
{
  for (guint t = 0; t < tracks->len; t++)
    if (((SacTrack *) tracks->pdata[t])->id == id)
      return tracks->pdata[t];
  return NULL;
}

/* Tracks first…last−1 of each side are of one clip and one label. */
static void
compare_boxes (Walk *w, guint item, guint label, GPtrArray *lists[2], const guint first[2], const guint last[2])
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (SacPair));
  guint n[2] = { last[0] - first[0], last[1] - first[1] }, matched, same = 0, frame = G_MAXUINT;
  SacAgreement *row = &w->rows[label];
  SacPair *pair;
  double sum = 0;

  for (guint i = 0; i < n[0]; i++)
    for (guint j = 0; j < n[1] && pairs->len < MAX_PAIRS; j++)
      {
        SacTrack *a = find_track (lists[0], g_array_index (w->sides[0].tracks, Track, first[0] + i).id);
        SacTrack *b = find_track (lists[1], g_array_index (w->sides[1].tracks, Track, first[1] + j).id);
        SacPair one = { i, j, a && b ? _sac_track_iou (a, b, g_array_index (w->c->frames, guint, item), NULL) : 0 };

        if (one.value > 0)
          g_array_append_val (pairs, one);
      }
  pair = (SacPair *) (void *) pairs->data;
  matched = sac_match (pair, pairs->len);
  for (guint p = 0; p < matched; p++)
    {
      SacTrack *a = find_track (lists[0], g_array_index (w->sides[0].tracks, Track, first[0] + pair[p].a).id);
      SacTrack *b = find_track (lists[1], g_array_index (w->sides[1].tracks, Track, first[1] + pair[p].b).id);
      guint at = 0;

      sum += pair[p].value;
      same += pair[p].value >= SAME;
      if (pair[p].value < 1 - 1e-9)
        {
          _sac_track_iou (a, b, g_array_index (w->c->frames, guint, item), &at);
          frame = MIN (frame, at);
        }
    }
  for (guint s = 0; s < 2; s++)         /* one that nobody meets: where it begins */
    for (guint t = 0; t < n[s]; t++)
      {
        SacTrack *track = find_track (lists[s], g_array_index (w->sides[s].tracks, Track, first[s] + t).id);
        gboolean met = FALSE;

        for (guint p = 0; p < matched; p++)
          met |= (s ? pair[p].b : pair[p].a) == t;
        if (!met && track && track->n_boxes)
          frame = MIN (frame, track->boxes[0].frame);
      }
  row->n_a_tracks += n[0];
  row->n_b_tracks += n[1];
  row->n_tracks += matched;
  row->track_iou += sum;
  row->track_f1 += same;
  if (sum < MAX (n[0], n[1]) - 1e-9)
    {
      g_autoptr (SacItem) clip = sac_project_get_item (w->speakers[0]->project, g_array_index (w->c->items[0], SacId, item), NULL);

      disagree (w, item, label, SAC_DISAGREE_TRACKS, 1 - sum / MAX (n[0], n[1]), (int) n[0], (int) n[1],
                clip && clip->fps > 0 && frame != G_MAXUINT ? (gint64) (frame / clip->fps * 1e9) : 0);
    }
}

static gboolean
compare_tracks (Walk *w, GError **error)
{
  guint at[2] = { 0, 0 };

  for (;;)
    {
      g_autoptr (GPtrArray) list_a = NULL, list_b = NULL;
      guint item = G_MAXUINT;

      for (guint s = 0; s < 2; s++)
        {
          GArray *all = w->sides[s].tracks;

          while (at[s] < all->len && !w->sides[1 - s].has_tracks[g_array_index (all, Track, at[s]).item])
            at[s]++;
          if (at[s] < all->len)
            item = MIN (item, g_array_index (all, Track, at[s]).item);
        }
      if (item == G_MAXUINT)
        return TRUE;
      if (g_cancellable_set_error_if_cancelled (w->c->cancellable, error))
        return FALSE;
      list_a = sac_project_list_tracks (w->speakers[0]->project, g_array_index (w->c->items[0], SacId, item), error);
      list_b = list_a ? sac_project_list_tracks (w->speakers[1]->project, g_array_index (w->c->items[1], SacId, item), error) : NULL;
      if (!list_b)
        return FALSE;
      for (guint label = 0; label < w->c->labels->len; label++)
        {
          guint first[2] = { at[0], at[1] };

          for (guint s = 0; s < 2; s++)
            for (GArray *all = w->sides[s].tracks; at[s] < all->len && g_array_index (all, Track, at[s]).item == item
                 && g_array_index (all, Track, at[s]).label == label;)
              at[s]++;
          if (at[0] > first[0] || at[1] > first[1])
            compare_boxes (w, item, label, (GPtrArray *[]) { list_a, list_b }, first, at);
        }
    }
}

/* ---- the result. */
static void
agreement_free (gpointer data)
{
  SacAgreement *row = data;

  g_free (row->label);
  g_free (row);
}

static void
disagreement_free (gpointer data)
{
  SacDisagreement *one = data;

  g_free (one->clip);
  g_free (one);
}

void
sac_comparison_free (SacComparison *comparison)
{
  if (!comparison)
    return;
  g_clear_pointer (&comparison->queue, g_ptr_array_unref);
  g_clear_pointer (&comparison->labels, g_ptr_array_unref);
  g_free (comparison);
}

static int
by_gravity (gconstpointer a, gconstpointer b)
{
  const SacDisagreement *x = *(const SacDisagreement *const *) a, *y = *(const SacDisagreement *const *) b;
  int order;

  if (x->gravity != y->gravity)
    return x->gravity < y->gravity ? 1 : -1;
  order = strcmp (x->clip, y->clip);
  order = order ? order : strcmp (x->label, y->label);
  return order ? order : (int) x->kind - (int) y->kind;
}

/* Sums become means; labels of which nobody says anything are left out. */
static void
finish (Walk *w)
{
  for (guint l = 0; l < w->c->labels->len; l++)
    {
      SacAgreement *row = g_memdup2 (&w->rows[l], sizeof w->rows[l]);

      row->segment_f1 = sac_f1 ((guint) row->segment_f1, row->n_a_segments, row->n_b_segments);
      row->track_f1 = sac_f1 ((guint) row->track_f1, row->n_a_tracks, row->n_b_tracks);
      row->segment_iou = row->n_segments ? row->segment_iou / row->n_segments : NAN;
      row->track_iou = row->n_tracks ? row->track_iou / row->n_tracks : NAN;
      if (row->tags.n || row->n_a_segments || row->n_b_segments || row->n_a_tracks || row->n_b_tracks)
        g_ptr_array_add (w->out->labels, row);
      else
        agreement_free (row);
    }
  g_ptr_array_sort (w->out->queue, by_gravity);
  w->out->n_disagreements = w->out->queue->len;
  if (w->out->queue->len > MAX_QUEUE)
    g_ptr_array_set_size (w->out->queue, MAX_QUEUE);
}

SacComparison *
sac_compare (const SacSpeaker *a, const SacSpeaker *b, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacComparison) out = g_new0 (SacComparison, 1);
  Common c = { .cancellable = cancellable };
  Walk w = { .c = &c, .speakers = { a, b }, .out = out };
  gboolean good;

  for (guint s = 0; s < 2; s++)
    c.items[s] = g_array_new (FALSE, FALSE, sizeof (SacId));
  c.frames = g_array_new (FALSE, FALSE, sizeof (guint));
  c.clips = g_ptr_array_new_with_free_func (g_free);
  c.labels = g_ptr_array_new_with_free_func (g_free);
  c.by_label = g_hash_table_new (g_str_hash, g_str_equal);
  out->labels = g_ptr_array_new_with_free_func (agreement_free);
  out->queue = g_ptr_array_new_with_free_func (disagreement_free);
  good = find_common_items (a, b, &c, out, error) && find_labels (w.speakers, &c, error) && read_side (a, 0, &c, &w.sides[0], error)
         && read_side (b, 1, &c, &w.sides[1], error);
  if (good)
    {
      w.rows = g_new0 (SacAgreement, c.labels->len);
      for (guint l = 0; l < c.labels->len; l++)
        w.rows[l].label = g_strdup (c.labels->pdata[l]);
      compare_tags (&w);
      good = compare_segments (&w, error) && compare_tracks (&w, error);
      if (good)
        finish (&w);
      else
        for (guint l = 0; l < c.labels->len; l++)
          g_free (w.rows[l].label);
    }
  g_free (w.rows);
  side_clear (&w.sides[0]);
  side_clear (&w.sides[1]);
  common_clear (&c);
  return good ? g_steal_pointer (&out) : NULL;
}
