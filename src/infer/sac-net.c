#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "net-private.h"

GQuark
sac_infer_error_quark (void)
{
  return g_quark_from_static_string ("sac-infer-error");
}

gboolean
sac_recipe_get_model (const SacRecipe *recipe, guint n_labels, SacModel *model, GError **error)
{
  if (n_labels < 1 || n_labels > 100000 || !sac_model_parse (recipe->model, model))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("there is no network “%s” for %u labels"),
                   recipe->model, n_labels);
      return FALSE;
    }
  sac_model_set_size (model, (gint32) n_labels, recipe->width, recipe->blocks,
                      strcmp (recipe->pad_time, "zeros") == 0 ? SAC_PAD_ZEROS : SAC_PAD_REPLICATE);
  return TRUE;
}

gboolean
sac_recipe_is_softmax (const SacRecipe *recipe)
{
  return strcmp (recipe->loss, "softmax") == 0;
}

void
sac_recipe_get_clip_spec (const SacRecipe *recipe, SacClipSpec *spec)
{
  sac_clip_spec_init (spec);
  spec->n_frames = (guint) recipe->frames;
  spec->resize = recipe->resize;
  spec->crop = recipe->crop;
  spec->flip_horizontal = recipe->flip_horizontal;
  spec->flip_vertical = recipe->flip_vertical;
  spec->flip_sided = recipe->flip_sided;
  spec->sampling = strcmp (recipe->sampling, "segments") == 0 ? SAC_SAMPLE_SEGMENTS
                   : strcmp (recipe->sampling, "step") == 0 ? SAC_SAMPLE_STEP : SAC_SAMPLE_MIDDLE;
  spec->step = (guint) recipe->step;
}

void
sac_recipe_get_training_spec (const SacRecipe *recipe, SacClipSpec *spec)
{
  sac_recipe_get_clip_spec (recipe, spec);
  spec->choices = spec->sampling == SAC_SAMPLE_MIDDLE ? 1 : (guint) recipe->choices;
  spec->least_area = recipe->crop_area;
  spec->jitter = recipe->colour_jitter;
  spec->pca = recipe->colour_noise;
}

static SacNet *
net_new (const SacRecipe *recipe, guint n_labels, GError **error)
{
  g_autoptr (SacNet) net = g_new0 (SacNet, 1);

  net->n_labels = n_labels;
  sac_recipe_get_clip_spec (recipe, &net->spec);
  net->softmax = sac_recipe_is_softmax (recipe);
  net->mean_logits = strcmp (recipe->clip_mean, "logits") == 0;
  net->n_test_clips = (guint) recipe->test_clips;
  if (!sac_recipe_get_model (recipe, n_labels, &net->model, error))
    return NULL;
  return g_steal_pointer (&net);
}

SacNet *
sac_net_new_shared (const SacRecipe *recipe, guint n_labels, SacWeights *weights, SacBackend *backend, GError **error)
{
  SacNet *net = net_new (recipe, n_labels, error);

  if (!net)
    return NULL;
  net->weights = weights;
  net->backend = backend;
  return net;
}

SacNet *
sac_net_open_run (const char *run_folder, const char *checkpoint, guint n_threads, GError **error)
{
  return sac_net_open_run_on ("cpu", run_folder, checkpoint, n_threads, error);
}

SacNet *
sac_net_open_run_on (const char *device, const char *run_folder, const char *checkpoint, guint n_threads, GError **error)
{
  g_autofree char *path = checkpoint ? g_strdup (checkpoint) : sac_run_find_checkpoint (run_folder, TRUE);
  g_autofree char *recipe_path = g_build_filename (run_folder, "recipe.ini", NULL);
  g_autoptr (SacRunInfo) info = sac_run_info_read (run_folder, error);
  g_autoptr (SacRecipe) recipe = info ? sac_recipe_load (recipe_path, error) : NULL;
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (SacNet) net = NULL;
  const char *step;

  if (!recipe)
    return NULL;
  if (!path)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("%s has no checkpoint yet"), run_folder);
      return NULL;
    }
  net = net_new (recipe, g_strv_length (info->labels), error);
  if (!net)
    return NULL;
  net->info = g_steal_pointer (&info);
  net->recipe = g_steal_pointer (&recipe);
  net->owned = TRUE;
  net->backend = sac_backend_new_for_name (device, n_threads, error);
  net->weights = sac_weights_new ();
  if (!net->backend || !sac_model_declare (net->weights, &net->model, (gint32) net->spec.n_frames, error)
      || !sac_weights_allocate (net->weights, net->backend, error))
    return NULL;
  file = sac_tensor_file_open (path, error);
  if (!file || !sac_weights_restore (net->weights, NULL, NULL, 0, file, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  step = sac_tensor_file_get_metadata (file, "saccade.step");
  net->step = step ? g_ascii_strtoull (step, NULL, 10) : 0;
  return g_steal_pointer (&net);
}

void
sac_net_free (SacNet *net)
{
  if (!net)
    return;
  g_clear_pointer (&net->forward, sac_program_free);
  g_clear_pointer (&net->camera, sac_program_free);
  g_free (net->cam_layer);
  g_strfreev (net->layers);
  g_clear_pointer (&net->slope, sac_program_free);
  g_clear_pointer (&net->look, sac_program_free);
  g_clear_pointer (&net->perceive, sac_program_free);
  if (net->owned)
    {
      g_clear_pointer (&net->weights, sac_weights_free);
      g_clear_pointer (&net->backend, sac_backend_free);
    }
  sac_run_info_free (net->info);
  sac_recipe_free (net->recipe);
  g_free (net);
}

const SacRunInfo *
sac_net_get_info (const SacNet *net)
{
  return net->info;
}

const SacRecipe *
sac_net_get_recipe (const SacNet *net)
{
  return net->recipe;
}

const SacClipSpec *
sac_net_get_clip_spec (const SacNet *net)
{
  return &net->spec;
}

guint
sac_net_get_n_labels (const SacNet *net)
{
  return net->n_labels;
}

guint64
sac_net_get_step (const SacNet *net)
{
  return net->step;
}

guint
sac_net_get_n_rows (const SacNet *net)
{
  return sac_model_is_flat (&net->model) ? net->spec.n_frames : 1;
}

/* A clip lies in memory as T·H·W·C: for a network of single frames that is a batch of T pictures as it stands. */
SacShape
_sac_net_clip_shape (const SacNet *net)
{
  gint32 t = (gint32) net->spec.n_frames, size = net->spec.crop;

  return sac_model_is_flat (&net->model) ? SAC_SHAPE (t, 3, 1, size, size) : SAC_SHAPE (1, 3, t, size, size);
}

static gboolean
make_forward (SacNet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  net->clip = sac_graph_input (graph, "clip", _sac_net_clip_shape (net));
  net->logits = sac_model (graph, net->weights, &net->model, net->clip, SAC_BN_FROZEN, FALSE).logits;
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->forward = sac_program_compile (graph, &net->logits, 1, net->backend, error);
  return net->forward != NULL;
}

gboolean
sac_net_logits (SacNet *net, const float *clip, float *logits, GCancellable *cancellable, GError **error)
{
  if (!net->forward && !make_forward (net, error))
    return FALSE;
  sac_program_set_input (net->forward, net->clip, clip);
  return sac_program_run (net->forward, cancellable, error) && sac_program_get_output (net->forward, net->logits, logits, error);
}

/* ln Σ exp of a row. */
static double
log_sum_exp (const float *row, guint n)
{
  double most = -INFINITY, sum = 0;

  for (guint j = 0; j < n; j++)
    most = MAX (most, (double) row[j]);
  for (guint j = 0; j < n; j++)
    sum += exp (row[j] - most);
  return most + log (sum);
}

/* exp (row − log Σ exp), or the sigmoid of each. */
static void
add_probabilities (const SacNet *net, const float *row, double *sums)
{
  double all = net->softmax ? log_sum_exp (row, net->n_labels) : 0;

  for (guint j = 0; j < net->n_labels; j++)
    sums[j] += net->softmax ? exp (row[j] - all) : 1 / (1 + exp (-(double) row[j]));
}

void
_sac_net_mean (const SacNet *net, const float *logits, guint rows, float *probabilities)
{
  guint n = net->n_labels;
  g_autofree double *sums = g_new0 (double, n);
  g_autofree float *mean = g_new (float, n);

  if (net->mean_logits)
    {
      for (gsize i = 0; i < (gsize) rows * n; i++)
        sums[i % n] += logits[i];
      for (guint j = 0; j < n; j++)
        {
          mean[j] = (float) (sums[j] / rows);
          sums[j] = 0;
        }
      logits = mean;
      rows = 1;
    }
  for (guint r = 0; r < rows; r++)
    add_probabilities (net, logits + (gsize) r * n, sums);
  for (guint j = 0; j < n; j++)
    probabilities[j] = (float) (sums[j] / rows);
}

void
sac_net_probabilities (const SacNet *net, const float *logits, float *probabilities)
{
  _sac_net_mean (net, logits, sac_net_get_n_rows (net), probabilities);
}

gboolean
sac_net_score (SacNet *net, const float *clip, float *probabilities, GCancellable *cancellable, GError **error)
{
  g_autofree float *logits = g_new (float, (gsize) sac_net_get_n_rows (net) * net->n_labels);

  if (!sac_net_logits (net, clip, logits, cancellable, error))
    return FALSE;
  sac_net_probabilities (net, logits, probabilities);
  return TRUE;
}

double
sac_clip_loss (const float *logits, guint n_rows, guint n_labels, const gint8 *states, gboolean softmax)
{
  double sum = 0;
  guint known = 0;

  for (guint j = 0; j < n_labels; j++)
    known += softmax ? states[j] > 0 : states[j] >= 0;
  if (known == 0)
    return -1;
  if (softmax)
    {
      for (guint r = 0; r < n_rows; r++)
        for (guint j = 0; j < n_labels; j++)
          if (states[j] > 0)
            sum += log_sum_exp (logits + (gsize) r * n_labels, n_labels) - (double) logits[(gsize) r * n_labels + j];
      return sum / known / n_rows;
    }
  for (guint r = 0; r < n_rows; r++)
    for (guint j = 0; j < n_labels; j++)
      if (states[j] >= 0)
        {
          double z = (double) logits[(gsize) r * n_labels + j];

          sum += MAX (z, 0) - z * (states[j] > 0) + log1p (exp (-fabs (z)));
        }
  return sum / known / n_rows;
}
