/* Explanations, with the last network, project and clips kept at hand. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sac-infer.h"

#define KEPT_CLIPS 8
#define KEPT_BYTES ((gsize) 512 << 20)
#define KEPT_NETS 3             /* runs beside each other */
#define MAX_TOP 10

typedef struct {
  char *key;
  float *numbers;
  gsize bytes;
  SacItem *item;
} KeptClip;

typedef struct {
  char *key;                    /* stamp of the network, key of the clip */
  SacAttention *attention;
  gsize bytes;
} KeptLook;

typedef struct {
  char *stamp;                  /* checkpoint and its time */
  SacNet *net;
} KeptNet;

/* What was used last is first in each queue. */
struct _SacExplainer {
  guint n_threads;
  char *device;                 /* NULL: cpu */
  char *project_path;
  SacProject *project;
  GQueue nets;                  /* KeptNet* */
  GQueue clips;                 /* KeptClip* */
  GQueue looks;                 /* KeptLook* */
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

static void
kept_look_free (gpointer data)
{
  KeptLook *kept = data;

  g_free (kept->key);
  sac_attention_free (kept->attention);
  g_free (kept);
}

static void
kept_net_free (gpointer data)
{
  KeptNet *kept = data;

  g_free (kept->stamp);
  sac_net_free (kept->net);
  g_free (kept);
}

SacExplainer *
sac_explainer_new (guint n_threads)
{
  SacExplainer *explainer = g_new0 (SacExplainer, 1);

  explainer->n_threads = n_threads;
  g_queue_init (&explainer->nets);
  g_queue_init (&explainer->clips);
  g_queue_init (&explainer->looks);
  return explainer;
}

void
sac_explainer_set_device (SacExplainer *explainer, const char *device)
{
  g_free (explainer->device);
  explainer->device = g_strdup (device);
}

void
sac_explainer_free (SacExplainer *explainer)
{
  if (!explainer)
    return;
  g_queue_clear_full (&explainer->looks, kept_look_free);
  g_queue_clear_full (&explainer->clips, kept_clip_free);
  g_queue_clear_full (&explainer->nets, kept_net_free);
  g_clear_object (&explainer->project);
  g_free (explainer->project_path);
  g_free (explainer->device);
  g_free (explainer);
}

/* The network of the newest knowledge: a run that trains on replaces its checkpoints. */
static const KeptNet *
open_net (SacExplainer *explainer, const char *run, GError **error)
{
  g_autofree char *checkpoint = sac_run_find_checkpoint (run, TRUE);
  g_autofree char *stamp = NULL;
  KeptNet *kept;
  SacNet *net;
  GStatBuf info;

  if (checkpoint && g_stat (checkpoint, &info) == 0)
    stamp = g_strdup_printf ("%s %" G_GINT64_FORMAT ".%ld", checkpoint, (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  for (GList *at = explainer->nets.head; at && stamp; at = at->next)
    if (strcmp (((KeptNet *) at->data)->stamp, stamp) == 0)
      {
        g_queue_unlink (&explainer->nets, at);
        g_queue_push_head_link (&explainer->nets, at);
        return at->data;
      }
  while (explainer->nets.length >= KEPT_NETS)
    kept_net_free (g_queue_pop_tail (&explainer->nets));
  net = sac_net_open_run_on (explainer->device ? explainer->device : "cpu", run, checkpoint, explainer->n_threads, error);
  if (!net)
    return NULL;
  kept = g_new0 (KeptNet, 1);
  kept->stamp = stamp ? g_steal_pointer (&stamp) : g_strdup ("");
  kept->net = net;
  g_queue_push_head (&explainer->nets, kept);
  return kept;
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
load_clip (SacExplainer *explainer, const SacClipSpec *spec, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacItem) item = sac_project_find_item (explainer->project, name, error);
  g_autofree char *key = NULL;
  g_autofree float *numbers = NULL;
  KeptClip *kept;
  gsize bytes = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3 * sizeof (float), sum = 0;

  if (!item)
    return NULL;
  key = g_strdup_printf ("%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%u|%d|%d|%d|%u", item->path, item->in_ns, item->out_ns,
                         spec->n_frames, spec->resize, spec->crop, spec->sampling, spec->step);
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
find_place (const SacItem *item, const SacClipSpec *spec, guint *frames, double crop[4], GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (item->path, cancellable, error);
  guint first, n;

  if (!media)
    return FALSE;
  sac_clip_range (item, media, &first, &n);
  sac_clip_list_frames (spec, MAX (n, 1), frames);
  for (guint i = 0; i < spec->n_frames; i++)
    frames[i] += first;
  sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), spec, crop);
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

static gboolean
make_map (SacNet *net, const float *clip, guint label, const SacQuestion *question, SacExplanation *out, GCancellable *cancellable,
          GError **error)
{
  switch (question->map)
    {
    case SAC_ASK_GRADIENT:
      return sac_net_input_gradient (net, clip, label, out->map, out->weights, cancellable, error);
    case SAC_ASK_RANDOM:
      sac_net_random_map (net, g_str_hash (question->clip), out->map, out->weights);
      return TRUE;
    case SAC_ASK_GRADCAM:
    case SAC_N_ASKED_MAPS:
    default:
      return sac_net_gradcam_at (net, clip, label, question->layer, out->map, out->weights, cancellable, error);
    }
}

SacExplanation *
sac_explainer_run (SacExplainer *explainer, const SacQuestion *question, GCancellable *cancellable, GError **error)
{
  const char *label = question->label;
  g_autoptr (SacExplanation) out = g_new0 (SacExplanation, 1);
  g_autofree float *scores = NULL;
  const KeptNet *open = open_net (explainer, question->run, error);
  const SacClipSpec *spec;
  const KeptClip *kept;
  char **labels;
  SacNet *net;
  guint n, chosen = 0;

  if (!open || !open_project (explainer, question->project, error))
    return NULL;
  net = open->net;
  spec = sac_net_get_clip_spec (net);
  labels = sac_net_get_info (net)->labels;
  n = sac_net_get_n_labels (net);
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
  kept = load_clip (explainer, spec, question->clip, cancellable, error);
  if (!kept)
    return NULL;
  scores = g_new (float, n);
  if (!sac_net_score (net, kept->numbers, scores, cancellable, error))
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
  if (!find_place (kept->item, spec, out->frames, out->crop, cancellable, error)
      || !make_map (net, kept->numbers, chosen, question, out, cancellable, error))
    return NULL;
  return g_steal_pointer (&out);
}

/* ---- attention of its own. */

static float *
dup_probabilities (SacNet *net, const float *logits)
{
  float *out = g_new (float, sac_net_get_n_labels (net));

  sac_net_probabilities (net, logits, out);
  return out;
}

/* The features and maps of a clip, kept so that other maps cost the second half of the network only. */
static const SacAttention *
load_attention (SacExplainer *explainer, const KeptNet *open, const KeptClip *clip, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s|%s", open->stamp, clip->key);
  SacAttention *attention;
  KeptLook *kept;
  gsize sum = 0;

  for (GList *at = explainer->looks.head; at; at = at->next)
    if (strcmp (((KeptLook *) at->data)->key, key) == 0)
      {
        g_queue_unlink (&explainer->looks, at);
        g_queue_push_head_link (&explainer->looks, at);
        return ((KeptLook *) at->data)->attention;
      }
  attention = sac_net_attend (open->net, clip->numbers, cancellable, error);
  if (!attention)
    return NULL;
  kept = g_new0 (KeptLook, 1);
  kept->key = g_steal_pointer (&key);
  kept->attention = attention;
  kept->bytes = sizeof (float) * (gsize) attention->t * (gsize) attention->h * (gsize) attention->w
                * ((gsize) attention->n_channels + attention->n_labels + 1);
  g_queue_push_head (&explainer->looks, kept);
  for (GList *at = explainer->looks.head; at; at = at->next)
    sum += ((KeptLook *) at->data)->bytes;
  while (explainer->looks.length > 1 && (explainer->looks.length > KEPT_CLIPS || sum > KEPT_BYTES))
    {
      KeptLook *oldest = g_queue_pop_tail (&explainer->looks);

      sum -= oldest->bytes;
      kept_look_free (oldest);
    }
  return attention;
}

/* As it lies in the network the label is last; a picture of one label wants it first. */
static float *
dup_class_maps (const SacAttention *a)
{
  gsize places = (gsize) a->t * (gsize) a->h * (gsize) a->w, n = a->n_labels;
  float *out = g_try_new (float, places * n);

  for (gsize k = 0; k < n && out; k++)
    for (gsize i = 0; i < places; i++)
      out[k * places + i] = a->class_maps[i * n + k];
  return out;
}

static gboolean
perceive (SacNet *net, const SacAttention *a, const float *spatial, const float *temporal, float **scores, GCancellable *cancellable,
          GError **error)
{
  g_autofree float *logits = g_new (float, (gsize) sac_net_get_n_rows (net) * a->n_labels);

  if (!sac_net_perceive (net, a->features, spatial, temporal, logits, cancellable, error))
    return FALSE;
  *scores = dup_probabilities (net, logits);
  return TRUE;
}

SacLook *
sac_explainer_attend (SacExplainer *explainer, const char *run_folder, const char *project, const char *clip, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (SacLook) out = g_new0 (SacLook, 1);
  const KeptNet *open = open_net (explainer, run_folder, error);
  const SacClipSpec *spec;
  const SacAttention *a;
  const KeptClip *kept;
  gsize places;

  if (!open || !open_project (explainer, project, error))
    return NULL;
  spec = sac_net_get_clip_spec (open->net);
  kept = load_clip (explainer, spec, clip, cancellable, error);
  if (!kept)
    return NULL;
  out->n_labels = sac_net_get_n_labels (open->net);
  out->labels = g_strdupv (sac_net_get_info (open->net)->labels);
  out->layers = g_strdupv ((char **) sac_net_get_layers (open->net));
  out->softmax = sac_recipe_is_softmax (sac_net_get_recipe (open->net));
  out->n_frames = spec->n_frames;
  out->frames = g_new0 (guint, out->n_frames);
  if (!find_place (kept->item, spec, out->frames, out->crop, cancellable, error))
    return NULL;
  if (!sac_net_has_attention (open->net))
    {
      out->scores = g_new0 (float, out->n_labels);
      return sac_net_score (open->net, kept->numbers, out->scores, cancellable, error) ? g_steal_pointer (&out) : NULL;
    }
  a = load_attention (explainer, open, kept, cancellable, error);
  if (!a || !perceive (open->net, a, a->spatial, a->temporal, &out->scores, cancellable, error))
    return NULL;
  places = (gsize) a->t * (gsize) a->h * (gsize) a->w;
  out->t = a->t, out->h = a->h, out->w = a->w;
  out->branch = dup_probabilities (open->net, a->logits);
  out->spatial = g_memdup2 (a->spatial, places * sizeof (float));
  out->temporal = a->temporal ? g_memdup2 (a->temporal, (gsize) a->t * sizeof (float)) : NULL;
  out->class_maps = dup_class_maps (a);
  return g_steal_pointer (&out);
}

float *
sac_explainer_perceive (SacExplainer *explainer, const char *run_folder, const char *project, const char *clip, const SacMaps *maps,
                        guint *n_labels, GCancellable *cancellable, GError **error)
{
  const KeptNet *open = open_net (explainer, run_folder, error);
  const SacAttention *a;
  const KeptClip *kept;
  float *scores = NULL;

  if (!open || !open_project (explainer, project, error))
    return NULL;
  kept = load_clip (explainer, sac_net_get_clip_spec (open->net), clip, cancellable, error);
  a = kept ? load_attention (explainer, open, kept, cancellable, error) : NULL;
  if (!a)
    return NULL;
  if (maps->t != a->t || maps->h != a->h || maps->w != a->w || !maps->temporal != !a->temporal)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("the maps have another size than those of the network"));
      return NULL;
    }
  *n_labels = a->n_labels;
  return perceive (open->net, a, maps->spatial, maps->temporal, &scores, cancellable, error) ? scores : NULL;
}
