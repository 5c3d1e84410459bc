#include "sac-suspicion.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define SKIPPED 0.3             /* of the draws: the first ones say nothing yet */

/* ---- what a run thinks, brought to the clips and labels of the project. */

typedef struct {
  GHashTable *clips, *labels;   /* name → place + 1 */
  guint n_clips, n_labels;
} Places;

static int
place_of (GHashTable *table, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (table, name)) - 1;
}

static float *
new_table (const Places *places)
{
  gsize n = (gsize) places->n_clips * places->n_labels;
  float *table = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    table[i] = NAN;
  return table;
}

static guint *
map_labels (const Places *places, char **names, guint n)
{
  guint *map = g_new (guint, n + 1);

  for (guint j = 0; j < n; j++)
    map[j] = (guint) place_of (places->labels, names[j]);      /* G_MAXUINT: not known here */
  return map;
}

/* The means over the draws of each clip; @learned: which clips were drawn at all. */
static float *
read_trajectory (const Places *places, const char *run, gboolean *learned, GError **error)
{
  g_autoptr (SacDrawn) drawn = sac_drawn_read (run, error);
  g_autofree guint *map = NULL, *counts = NULL;
  g_autofree double *sums = NULL;
  float *table;
  guint last;

  if (!drawn || drawn->n == 0)
    return NULL;
  table = new_table (places);
  map = map_labels (places, drawn->labels, drawn->n_labels);
  counts = g_new0 (guint, drawn->n_clips + 1);
  sums = g_new0 (double, (gsize) drawn->n_clips * drawn->n_labels + 1);
  last = drawn->steps[drawn->n - 1];
  for (guint i = 0; i < drawn->n; i++)
    {
      guint clip = drawn->items[i];

      if (drawn->steps[i] < SKIPPED * last)
        continue;
      counts[clip]++;
      for (guint j = 0; j < drawn->n_labels; j++)
        sums[(gsize) clip * drawn->n_labels + j] += drawn->probabilities[(gsize) i * drawn->n_labels + j] / 65535.0;
    }
  for (guint c = 0; c < drawn->n_clips; c++)
    {
      int clip = place_of (places->clips, drawn->clips[c]);

      if (clip < 0)
        continue;
      learned[clip] = TRUE;
      for (guint j = 0; j < drawn->n_labels && counts[c]; j++)
        if (map[j] < places->n_labels)
          table[(gsize) clip * places->n_labels + map[j]] = (float) (sums[(gsize) c * drawn->n_labels + j] / counts[c]);
    }
  return table;
}

/* Scores of clips that it did not learn from; of runs of earlier days, which do not tell, those of the sides that are not training. */
static float *
read_outside (const Places *places, const char *run, const gboolean *learned, gboolean known)
{
  static const char *const splits[] = { "train", "validation", "test" };
  float *table = NULL;

  for (guint k = known ? 0 : 1; k < G_N_ELEMENTS (splits); k++)
    {
      g_autoptr (SacScores) scores = sac_scores_read (run, splits[k], NULL);
      g_autofree guint *map = scores ? map_labels (places, scores->labels, scores->n_labels) : NULL;

      for (guint c = 0; scores && c < scores->n_clips; c++)
        {
          int clip = place_of (places->clips, scores->clips[c]);

          if (clip < 0 || learned[clip])
            continue;
          if (!table)
            table = new_table (places);
          for (guint j = 0; j < scores->n_labels; j++)
            if (map[j] < places->n_labels)
              table[(gsize) clip * places->n_labels + map[j]] = scores->scores[(gsize) c * scores->n_labels + j];
        }
    }
  return table;
}

/* ---- where the attention lies. */

/* The share of @map's energy inside the boxes of @label, and the share of the area they take; FALSE: there are none. */
static gboolean
look_into_boxes (SacProject *project, const SacItem *item, const char *label, const SacClipSpec *spec, const float *map, double *inside,
                 double *area)
{
  g_autoptr (SacMedia) media = sac_media_open (item->path, NULL, NULL);
  g_autoptr (GPtrArray) tracks = media ? sac_project_list_tracks (project, item->id, NULL) : NULL;
  g_autoptr (GPtrArray) labels = tracks ? sac_project_list_labels (project, NULL) : NULL;
  gsize size = (gsize) spec->crop * (gsize) spec->crop;
  g_autofree float *cover = NULL;
  g_autofree guint *frames = NULL;
  double window[4], energy = 0, share = 0;
  guint first, n_available, n = 0;
  SacId id = -1;

  for (guint i = 0; labels && i < labels->len; i++)
    if (strcmp (((SacLabel *) labels->pdata[i])->name, label) == 0)
      id = ((SacLabel *) labels->pdata[i])->id;
  if (!tracks || tracks->len == 0 || id < 0)
    return FALSE;
  cover = g_new (float, size);
  frames = g_new (guint, spec->n_frames);
  sac_clip_range (item, media, &first, &n_available);
  sac_clip_list_frames (spec, MAX (n_available, 1), frames);
  sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), spec, window);
  for (guint f = 0; f < spec->n_frames; f++)
    for (guint k = 0; k < tracks->len; k++)
      {
        const SacTrack *track = tracks->pdata[k];
        SacRegion region;
        SacBox box;
        double e, whole = 0;

        if (track->label != id || !sac_boxes_at (track->boxes, track->n_boxes, frames[f] + first, &box))
          continue;
        region = (SacRegion) { (box.x - window[0]) * spec->crop / window[2], (box.y - window[1]) * spec->crop / window[3],
                               box.width * spec->crop / window[2], box.height * spec->crop / window[3] };
        memset (cover, 0, size * sizeof *cover);
        sac_cover_boxes (&region, 1, 0, spec->crop, spec->crop, cover);
        e = sac_energy_in_cover (map + f * size, cover, size);
        for (gsize i = 0; i < size; i++)
          whole += (double) cover[i];
        if (isnan (e))
          continue;
        energy += e;
        share += whole / (double) size;
        n++;
      }
  if (n == 0)
    return FALSE;
  *inside = energy / n;
  *area = share / n;
  return TRUE;
}

static gboolean
has_boxes (SacProject *project, SacId item)
{
  g_autoptr (GPtrArray) tracks = sac_project_list_tracks (project, item, NULL);

  return tracks && tracks->len > 0;
}

/* ½ at what chance gives, 0 with all inside, 1 with nothing inside. */
static double
against_chance (double inside, double area)
{
  if (inside >= area)
    return area < 1 ? 0.5 * (1 - (inside - area) / (1 - area)) : 0.5;
  return 0.5 + 0.5 * (area - inside) / area;
}

static gboolean
look (SacSuspicion *suspicion, SacProject *project, const char *run, guint n_looked, guint n_threads, SacProgressFunc progress,
      gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  SacNet *net = sac_net_open_run (run, NULL, n_threads, &inner);
  const SacClipSpec *spec;
  SacLoader *loader;
  g_autofree float *clip = NULL, *map = NULL, *weights = NULL;
  gsize n;
  guint looked = 0;
  gboolean fine = TRUE;

  if (!net)
    {
      sac_debug (TRAIN, "%s: %s\n", run, inner->message);       /* the other signals stand */
      return TRUE;
    }
  spec = sac_net_get_clip_spec (net);
  n = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop;
  clip = g_new (float, 3 * n);
  map = g_new (float, n);
  weights = g_new (float, spec->n_frames);
  loader = sac_loader_new (suspicion->dataset, spec, 0, 0);
  for (guint i = 0; i < suspicion->suspects->len && looked < n_looked && fine; i++)
    {
      SacSuspect *suspect = &g_array_index (suspicion->suspects, SacSuspect, i);
      const SacItem *item = suspicion->dataset->items->pdata[suspect->clip];
      const char *label = suspicion->dataset->labels->pdata[suspect->label];
      char **known = sac_net_get_info (net)->labels;
      double inside, area;
      guint at = 0;

      while (known[at] && strcmp (known[at], label) != 0)
        at++;
      if (!suspect->given || !known[at] || !has_boxes (project, item->id))
        continue;
      if (progress)
        progress ((double) looked / n_looked, item->name, data);
      fine = !g_cancellable_set_error_if_cancelled (cancellable, error);
      looked++;
      if (fine && sac_loader_get (loader, suspect->clip, 0, FALSE, clip, cancellable, NULL)
          && sac_net_gradcam (net, clip, at, map, weights, cancellable, NULL)
          && look_into_boxes (project, item, label, spec, map, &inside, &area))
        {
          suspect->in_box = inside;
          suspect->off_box = against_chance (inside, area);
        }
    }
  sac_loader_free (loader);
  sac_net_free (net);
  sac_suspects_rank_again (suspicion->suspects);
  return fine;
}

/* ---- the whole. */

SacSuspicion *
sac_suspicion_new (SacProject *project, const char *const *runs, guint n_looked, guint n_threads, SacProgressFunc progress, gpointer data,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (SacSuspicion) suspicion = g_new0 (SacSuspicion, 1);
  g_autoptr (GHashTable) clips = g_hash_table_new (g_str_hash, g_str_equal), labels = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_runs = g_strv_length ((char **) runs), told = 0;
  g_autofree SacSuspectRun *said = g_new0 (SacSuspectRun, n_runs + 1);
  g_autofree gboolean *learned = NULL;
  Places places = { clips, labels };
  gboolean fine = TRUE;

  suspicion->dataset = sac_dataset_new (project, SAC_SPLIT_NONE, NULL, error);
  if (!suspicion->dataset)
    return NULL;
  places.n_clips = suspicion->dataset->items->len;
  places.n_labels = suspicion->dataset->labels->len;
  for (guint i = 0; i < places.n_clips; i++)
    g_hash_table_insert (clips, ((SacItem *) suspicion->dataset->items->pdata[i])->name, GINT_TO_POINTER (i + 1));
  for (guint j = 0; j < places.n_labels; j++)
    g_hash_table_insert (labels, suspicion->dataset->labels->pdata[j], GINT_TO_POINTER (j + 1));
  learned = g_new (gboolean, places.n_clips + 1);
  for (guint r = 0; r < n_runs && fine; r++)
    {
      g_autoptr (GError) inner = NULL;

      if (progress)
        progress ((double) r / (n_runs + (n_looked > 0)), runs[r], data);
      memset (learned, 0, places.n_clips * sizeof *learned);
      said[r].trajectory = read_trajectory (&places, runs[r], learned, &inner);
      said[r].outside = read_outside (&places, runs[r], learned, said[r].trajectory != NULL);
      told += said[r].trajectory || said[r].outside;
      fine = !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (inner)
        sac_debug (TRAIN, "%s\n", inner->message);
    }
  if (fine && told == 0)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA,
                   _("None of these runs says anything of the project's clips: train one first, or score it (saccade eval)"));
      fine = FALSE;
    }
  if (fine)
    suspicion->suspects = sac_suspects_rank (said, n_runs, suspicion->dataset->states, places.n_clips, places.n_labels);
  for (guint r = 0; r < n_runs; r++)
    {
      g_free ((float *) said[r].trajectory);
      g_free ((float *) said[r].outside);
    }
  suspicion->n_runs = told;
  if (fine && n_looked > 0)
    fine = look (suspicion, project, runs[0], n_looked, n_threads, progress, data, cancellable, error);
  return fine ? g_steal_pointer (&suspicion) : NULL;
}

void
sac_suspicion_free (SacSuspicion *suspicion)
{
  if (!suspicion)
    return;
  g_clear_pointer (&suspicion->dataset, sac_dataset_free);
  g_clear_pointer (&suspicion->suspects, g_array_unref);
  g_free (suspicion);
}

char *
sac_suspicion_dup_why (const SacSuspicion *suspicion, guint i)
{
  const SacSuspect *s = &g_array_index (suspicion->suspects, SacSuspect, i);
  const char *label = suspicion->dataset->labels->pdata[s->label];
  GString *out = g_string_new (NULL);

  if (isfinite (s->believed_outside))
    {
      double yes = s->given ? s->believed_outside : 1 - s->believed_outside;

      if (s->n_runs == 1)
        g_string_append_printf (out, s->given ? _("Labelled yes, but a run that did not learn from it says “%s” at %.2f only. ")
                                              : _("Labelled no, but a run that did not learn from it says “%s” at %.2f. "), label, yes);
      else
        g_string_append_printf (out, s->given
                                ? _("Labelled yes, but %u of %u runs that did not learn from it doubt it: “%s” at %.2f on the mean. ")
                                : _("Labelled no, but %u of %u runs that did not learn from it contradict: “%s” at %.2f on the mean. "),
                                s->n_against, s->n_runs, label, yes);
    }
  if (isfinite (s->believed_while) && s->trajectory > 0.55)
    g_string_append_printf (out, _("While it was learned from its loss stayed high: the label was believed at %.2f on the mean. "),
                            s->believed_while);
  else if (isfinite (s->believed_while))
    g_string_append_printf (out, _("While it was learned from the label was believed at %.2f on the mean. "), s->believed_while);
  if (isfinite (s->in_box))
    g_string_append_printf (out, _("%.0f %% of the attention for “%s” lies in its box. "), 100 * s->in_box, label);
  g_strchomp (out->str);
  return g_string_free (out, FALSE);
}
