/* Scores of whole splits. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "net-private.h"

const char *
sac_split_get_name (SacSplit split)
{
  switch (split)
    {
    case SAC_SPLIT_TRAIN:
      return "train";
    case SAC_SPLIT_VALIDATION:
      return "validation";
    case SAC_SPLIT_TEST:
      return "test";
    case SAC_SPLIT_NONE:
    default:
      return "none";
    }
}

static SacScores *
scores_new (SacDataset *dataset, const char *split, guint64 step, gboolean with_control)
{
  SacScores *scores = g_new0 (SacScores, 1);
  gsize cells;

  scores->split = g_strdup (split);
  scores->step = step;
  scores->n_labels = dataset->labels->len;
  scores->labels = g_new0 (char *, scores->n_labels + 1);
  for (guint j = 0; j < scores->n_labels; j++)
    scores->labels[j] = g_strdup (dataset->labels->pdata[j]);
  scores->clips = g_new0 (char *, dataset->items->len + 1);
  cells = (gsize) dataset->items->len * scores->n_labels + 1;
  scores->scores = g_new0 (float, cells);
  scores->truth = g_new0 (gint8, cells);
  scores->control = with_control ? g_new0 (float, cells) : NULL;
  return scores;
}

/* One clip of numbers, or NULL with an error instead of an abort where memory is short.  Free with g_free(). */
static float *
clip_buffer (const SacClipSpec *spec, GError **error)
{
  gsize n = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3;
  float *clip = g_try_new (float, n);

  if (!clip)
    g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"), spec->n_frames);
  return clip;
}

#define MOST_VIEWS 2

/* Loaders of the clips whose scores are averaged; one where the recipe says nothing else.  methods/08 §5. */
static guint
open_views (SacNet *net, SacDataset *dataset, SacLoader *loaders[MOST_VIEWS])
{
  guint n = CLAMP (net->n_test_clips, 1, MOST_VIEWS);

  for (guint v = 0; v < n; v++)
    {
      SacClipSpec spec = *sac_net_get_clip_spec (net);

      spec.views = n;
      spec.view = v;
      loaders[v] = sac_loader_new (dataset, &spec, 0, 0);
    }
  return n;
}

/* The probabilities of clip @item; the first of its views stays in @clip. */
static gboolean
score_item (SacNet *net, SacLoader *const *loaders, guint n_views, guint item, float *clip, float *probabilities, GError **unreadable,
            GCancellable *cancellable, GError **error)
{
  guint rows = sac_net_get_n_rows (net);
  gsize n = (gsize) rows * net->n_labels;
  g_autofree float *logits = g_new (float, n * n_views);

  for (guint v = n_views; v-- > 0;)
    if (!sac_loader_get (loaders[v], item, 0, FALSE, clip, cancellable, unreadable)
        || !sac_net_logits (net, clip, logits + v * n, cancellable, error))
      return FALSE;
  _sac_net_mean (net, logits, rows * n_views, probabilities);
  return TRUE;
}

static SacScores *
score_dataset (SacNet *net, SacDataset *dataset, const char *split, const SacColourControl *control, SacProgressFunc progress,
               gpointer data, GCancellable *cancellable, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autofree float *clip = clip_buffer (spec, error);
  g_autoptr (SacScores) scores = NULL;
  g_autoptr (GError) last = NULL, failed = NULL;
  SacLoader *loaders[MOST_VIEWS];
  guint n = dataset->items->len, n_views;
  gboolean fine = clip != NULL;
  g_autofree guint *order = g_new (guint, n + 1);

  g_return_val_if_fail (dataset->labels->len == sac_net_get_n_labels (net), NULL);
  if (!fine)
    return NULL;
  scores = scores_new (dataset, split, sac_net_get_step (net), control != NULL);
  n_views = open_views (net, dataset, loaders);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = 0; i < n && fine; i++)
    {
      const SacItem *item = dataset->items->pdata[i];
      gsize row = (gsize) scores->n_clips * scores->n_labels;
      g_autofree char *what = g_strdup_printf (_("Scoring %s"), item->name);

      if (progress)
        progress ((double) i / n, what, data);
      for (guint v = 0; v < n_views; v++)
        sac_loader_hint (loaders[v], order + i, MIN (n - i, 4));
      g_clear_error (&last);
      if (!score_item (net, loaders, n_views, i, clip, scores->scores + row, &last, cancellable, &failed))
        {
          fine = !failed && !g_cancellable_set_error_if_cancelled (cancellable, error);
          if (fine)
            sac_debug (TRAIN, "%s is left out: %s\n", item->name, last ? last->message : "?");
          continue;
        }
      memcpy (scores->truth + row, dataset->states + (gsize) i * scores->n_labels, scores->n_labels);
      if (control)
        {
          float rgb[3];

          sac_clip_mean_colour (clip, spec, rgb);
          sac_colour_control_score (control, rgb, scores->control + row);
        }
      scores->clips[scores->n_clips++] = g_strdup (item->name);
    }
  for (guint v = 0; v < n_views; v++)
    sac_loader_free (loaders[v]);
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  if (!fine)
    return NULL;
  if (scores->n_clips == 0)
    {
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("none of the clips of the split “%s” can be read%s%s"), split,
                   last ? ": " : "", last ? last->message : "");
      return NULL;
    }
  if (progress)
    progress (1, split, data);
  return g_steal_pointer (&scores);
}

SacScores *
sac_net_score_dataset (SacNet *net, SacDataset *dataset, const char *split, SacProgressFunc progress, gpointer data,
                       GCancellable *cancellable, GError **error)
{
  return score_dataset (net, dataset, split, NULL, progress, data, cancellable, error);
}

/* Runs of earlier days have no control yet: their training clips are looked at once more. */
static SacColourControl *
fit_control (SacNet *net, SacProject *project, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
             GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autoptr (SacDataset) train = sac_dataset_new (project, SAC_SPLIT_TRAIN,
                                                  (const char *const *) sac_net_get_info (net)->labels, error);
  g_autofree float *clip = train ? clip_buffer (spec, error) : NULL;
  g_autofree float *colours = NULL;
  g_autofree gint8 *states = NULL;
  SacLoader *loader;
  guint n_labels, n = 0;

  if (!clip)
    return NULL;
  n_labels = train->labels->len;
  colours = g_new (float, 3 * (gsize) train->items->len + 1);
  states = g_new (gint8, (gsize) n_labels * train->items->len + 1);
  loader = sac_loader_new (train, spec, 0, 0);
  for (guint i = 0; i < train->items->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      if (progress)
        progress ((double) i / train->items->len, _("Mean colours of the training clips"), data);
      if (!sac_loader_get (loader, i, 0, FALSE, clip, cancellable, NULL))
        continue;
      sac_clip_mean_colour (clip, spec, colours + 3 * (gsize) n);
      memcpy (states + (gsize) n * n_labels, train->states + (gsize) i * n_labels, n_labels);
      n++;
    }
  sac_loader_free (loader);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return sac_colour_control_fit (colours, n, states, n_labels);
}

SacScores *
sac_score_set (SacNet *net, const char *run_folder, SacDataset *dataset, const char *split, const SacColourControl *control,
               SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacScores) scores = NULL;

  scores = score_dataset (net, dataset, split, control, progress, data, cancellable, error);
  if (!scores || !sac_scores_write (run_folder, scores, error))
    return NULL;
  return g_steal_pointer (&scores);
}

SacScores *
sac_score_run (SacNet *net, const char *run_folder, SacProject *project, SacSplit split, SacProgressFunc progress,
               gpointer data,
               GCancellable *cancellable, GError **error)
{
  const SacRunInfo *info = sac_net_get_info (net);
  g_autoptr (SacDataset) dataset = sac_dataset_new (project, split, (const char *const *) info->labels, error);
  g_autoptr (SacColourControl) control = NULL;
  g_autoptr (GError) inner = NULL;

  if (!dataset)
    return NULL;
  if (sac_net_get_recipe (net)->top_k > 0)
    sac_dataset_drop_empty (dataset);
  control = sac_colour_control_read (run_folder, dataset->labels->len, NULL);
  if (!control)
    {
      control = fit_control (net, project, progress, data, cancellable, &inner);
      if (!control && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (control && !sac_colour_control_write (run_folder, control, error))
        return NULL;
    }
  return sac_score_set (net, run_folder, dataset, sac_split_get_name (split), control, progress, data, cancellable, error);
}
