/* Explanations, with the last network, project and clips kept at hand. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sac-infer.h"

#define KEPT_CLIPS 8
#define KEPT_BYTES ((gsize) 512 << 20)
#define MAX_TOP 10

typedef struct {
  char *key;
  float *numbers;
  gsize bytes;
  SacItem *item;
} KeptClip;

struct _SacExplainer {
  guint n_threads;
  char *stamp;                  /* of the open network: checkpoint and its time */
  SacNet *net;
  char *project_path;
  SacProject *project;
  GQueue clips;                 /* KeptClip*, the last used first */
};

static void
kept_clip_free (gpointer data)
{
  KeptClip *kept = data;

  g_free (kept->key);
  g_free (kept->numbers);
  sac_item_free (kept->item);
  g_free (kept);
}

SacExplainer *
sac_explainer_new (guint n_threads)
{
  SacExplainer *explainer = g_new0 (SacExplainer, 1);

  explainer->n_threads = n_threads;
  g_queue_init (&explainer->clips);
  return explainer;
}

void
sac_explainer_free (SacExplainer *explainer)
{
  if (!explainer)
    return;
  g_queue_clear_full (&explainer->clips, kept_clip_free);
  g_clear_object (&explainer->project);
  sac_net_free (explainer->net);
  g_free (explainer->stamp);
  g_free (explainer->project_path);
  g_free (explainer);
}

/* The network of the newest knowledge: a run that trains on replaces its checkpoints. */
static gboolean
open_net (SacExplainer *explainer, const char *run, GError **error)
{
  g_autofree char *checkpoint = sac_run_find_checkpoint (run, TRUE);
  g_autofree char *stamp = NULL;
  GStatBuf info;

  if (checkpoint && g_stat (checkpoint, &info) == 0)
    stamp = g_strdup_printf ("%s %" G_GINT64_FORMAT ".%ld", checkpoint, (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  if (explainer->net && stamp && g_strcmp0 (stamp, explainer->stamp) == 0)
    return TRUE;
  g_clear_pointer (&explainer->net, sac_net_free);
  g_clear_pointer (&explainer->stamp, g_free);
  explainer->net = sac_net_open_run (run, checkpoint, explainer->n_threads, error);
  explainer->stamp = g_steal_pointer (&stamp);
  return explainer->net != NULL;
}

static gboolean
open_project (SacExplainer *explainer, const char *path, GError **error)
{
  if (explainer->project && g_strcmp0 (path, explainer->project_path) == 0)
    return TRUE;
  g_clear_object (&explainer->project);
  g_free (explainer->project_path);
  explainer->project_path = g_strdup (path);
  explainer->project = sac_project_open (path, SAC_PROJECT_READ_ONLY, error);
  return explainer->project != NULL;
}

static const KeptClip *
load_clip (SacExplainer *explainer, const char *name, GCancellable *cancellable, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (explainer->net);
  g_autoptr (SacItem) item = sac_project_find_item (explainer->project, name, error);
  g_autofree char *key = NULL;
  g_autofree float *numbers = NULL;
  KeptClip *kept;
  gsize bytes = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3 * sizeof (float), sum = 0;

  if (!item)
    return NULL;
  key = g_strdup_printf ("%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%u|%d|%d", item->path, item->in_ns, item->out_ns,
                         spec->n_frames, spec->resize, spec->crop);
  for (GList *at = explainer->clips.head; at; at = at->next)
    if (strcmp (((KeptClip *) at->data)->key, key) == 0)
      {
        g_queue_unlink (&explainer->clips, at);
        g_queue_push_head_link (&explainer->clips, at);
        return at->data;
      }
  numbers = g_try_malloc (bytes);
  if (!numbers)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"),
                   spec->n_frames);
      return NULL;
    }
  if (!sac_clip_load (item, spec, NULL, numbers, cancellable, error))
    return NULL;
  kept = g_new0 (KeptClip, 1);
  kept->key = g_steal_pointer (&key);
  kept->numbers = g_steal_pointer (&numbers);
  kept->bytes = bytes;
  kept->item = g_steal_pointer (&item);
  g_queue_push_head (&explainer->clips, kept);
  for (GList *at = explainer->clips.head; at; at = at->next)
    sum += ((KeptClip *) at->data)->bytes;
  while (explainer->clips.length > 1 && (explainer->clips.length > KEPT_CLIPS || sum > KEPT_BYTES))
    {
      KeptClip *oldest = g_queue_pop_tail (&explainer->clips);

      sum -= oldest->bytes;
      kept_clip_free (oldest);
    }
  return kept;
}

/* Which frames of the file the network saw, and which part of them. */
static gboolean
fill_place (SacExplanation *out, const SacItem *item, const SacClipSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (item->path, cancellable, error);
  guint first, n;

  if (!media)
    return FALSE;
  sac_clip_range (item, media, &first, &n);
  sac_clip_frames (MAX (n, 1), spec->n_frames, out->frames);
  for (guint i = 0; i < spec->n_frames; i++)
    out->frames[i] += first;
  sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), spec, out->crop);
  return TRUE;
}

static int
higher_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const float *scores = data;
  float x = scores[*(const guint *) a], y = scores[*(const guint *) b];

  return (x < y) - (x > y);
}

static void
fill_top (SacExplanation *out, char **labels, float *scores, guint n)
{
  g_autofree guint *order = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) n, sizeof (guint), higher_first, scores);
  out->n_top = MIN (n, MAX_TOP);
  out->top_labels = g_new0 (char *, out->n_top + 1);
  out->top_scores = g_new0 (double, out->n_top);
  for (guint i = 0; i < out->n_top; i++)
    {
      out->top_labels[i] = g_strdup (labels[order[i]]);
      out->top_scores[i] = (double) scores[order[i]];
    }
}

SacExplanation *
sac_explainer_run (SacExplainer *explainer, const char *run_folder, const char *project, const char *clip, const char *label,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (SacExplanation) out = g_new0 (SacExplanation, 1);
  g_autofree float *scores = NULL;
  const SacClipSpec *spec;
  const KeptClip *kept;
  char **labels;
  guint n, chosen = 0;

  if (!open_net (explainer, run_folder, error) || !open_project (explainer, project, error))
    return NULL;
  spec = sac_net_get_clip_spec (explainer->net);
  labels = sac_net_get_info (explainer->net)->labels;
  n = sac_net_get_n_labels (explainer->net);
  if (label && *label)
    {
      while (chosen < n && strcmp (labels[chosen], label) != 0)
        chosen++;
      if (chosen == n)
        {
          g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_LABEL, _("the run was not trained on a label “%s”"), label);
          return NULL;
        }
    }
  kept = load_clip (explainer, clip, cancellable, error);
  if (!kept)
    return NULL;
  scores = g_new (float, n);
  if (!sac_net_score (explainer->net, kept->numbers, scores, cancellable, error))
    return NULL;
  fill_top (out, labels, scores, n);
  if (!label || !*label)
    while (chosen + 1 < n && strcmp (labels[chosen], out->top_labels[0]) != 0)
      chosen++;
  out->label = g_strdup (labels[chosen]);
  out->score = (double) scores[chosen];
  out->t = (int) spec->n_frames;
  out->h = out->w = spec->crop;
  out->n_frames = spec->n_frames;
  out->frames = g_new0 (guint, out->n_frames);
  out->weights = g_new0 (float, out->n_frames);
  out->map = g_try_new (float, (gsize) out->t * out->h * out->w);
  if (!out->map)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for the heat map"));
      return NULL;
    }
  if (!fill_place (out, kept->item, spec, cancellable, error)
      || !sac_net_gradcam (explainer->net, kept->numbers, chosen, out->map, out->weights, cancellable, error))
    return NULL;
  return g_steal_pointer (&out);
}
