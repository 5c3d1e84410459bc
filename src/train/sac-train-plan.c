#include "sac-train-plan.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-train-private.h"

#define MOST_CLIP_CACHE ((guint64) 16 << 30)
#define LEAST_CLIP_CACHE ((guint64) 64 << 20)
#define MOST_BATCH 4096         /* of a recipe's batch and accumulate */
#define SOME_LABELS 64          /* they hardly count */
#define LEAST_CLIPS 2           /* the loader has at least so many at hand */

/* Of one branch's scores.  With softmax the targets of an example are probabilities, all 0 where no label is yes. */
static SacVar
loss_of (SacGraph *graph, SacVar z, const SacTrainStep *step, gboolean softmax)
{
  return softmax ? sac_cross_entropy_soft (graph, z, step->target) : sac_bce_logits (graph, z, step->target, step->mask);
}

void
_sac_train_freeze (const SacRecipe *recipe, SacModel *model, SacOptimizer *optimizer)
{
  const char *const *parts;

  if (strcmp (recipe->freeze, "none") == 0)
    return;
  parts = sac_model_get_up_to (model, recipe->freeze);
  sac_model_set_frozen (model, parts);
  for (guint i = 0; parts[i]; i++)
    sac_optimizer_set_scale (optimizer, parts[i], 0);
}

gboolean
_sac_train_build (const SacRecipe *recipe, const SacModel *model, guint n_labels, SacWeights *weights, SacOptimizer *optimizer,
                  SacGraph *graph, SacTrainStep *step, GError **error)
{
  gint32 batch = recipe->batch, frames = sac_model_is_flat (model) ? 1 : recipe->frames, size = recipe->crop;
  SacBnMode bn = strcmp (recipe->batch_norm, "batch") == 0 ? SAC_BN_BATCH : SAC_BN_FROZEN;
  SacShape vector = SAC_SHAPE (batch, (gint32) n_labels, 1, 1, 1);
  SacModel dropping = *model;
  SacModelOut out;

  step->clip = sac_graph_input (graph, "clip", SAC_SHAPE (batch, 3, frames, size, size));
  step->target = sac_graph_input (graph, "target", vector);
  step->mask = sac_graph_input (graph, "mask", vector);
  step->dropout = 0;
  if (recipe->dropout > 0 && model->kind == SAC_MODEL_STABN)
    step->dropout = sac_graph_input (graph, "dropout", SAC_SHAPE (1, SAC_DROPOUT_KEY, 1, 1, 1));
  dropping.stabn.dropout = (float) recipe->dropout;
  dropping.stabn.dropout_key = step->dropout;
  out = sac_model (graph, weights, &dropping, step->clip, bn, TRUE);
  step->logits = out.logits;
  step->loss = loss_of (graph, out.logits, step, sac_recipe_is_softmax (recipe));
  if (out.attention)            /* methods/08 §5: both branches, with equal weight */
    step->loss = sac_add (graph, step->loss, loss_of (graph, out.attention, step, sac_recipe_is_softmax (recipe)));
  if (_sac_train_has_edits (recipe))
    _sac_train_add_map_loss (recipe, &out, graph, step);
  step->hyper = step->scale = 0;
  if (_sac_train_scales (recipe))       /* a step may turn out to be none, so weights wait for all gradients */
    {
      step->scale = sac_graph_input (graph, "loss scale", SAC_SHAPE_SCALAR);
      sac_optimizer_accumulate (optimizer, graph, sac_mul (graph, step->loss, step->scale));
    }
  else if (recipe->accumulate == 1 && recipe->clip_norm == 0)
    step->hyper = sac_optimizer_update_at_once (optimizer, graph, step->loss, TRUE);
  else
    sac_optimizer_accumulate (optimizer, graph, step->loss);
  return sac_graph_check (graph, error);
}

static guint64
block_bytes (SacBlock *block)
{
  guint64 n = 0;

  for (guint page = 0; block && page < sac_block_get_n_pages (block); page++)
    n += sizeof (float) * sac_block_get_page_floats (block, page);
  return n;
}

guint64
sac_train_clip_cache (guint64 memory)
{
  guint64 half = CLAMP (sac_memory_available () / 2, LEAST_CLIP_CACHE, MOST_CLIP_CACHE);

  return memory > 0 ? MIN (memory / 10, half) : half;
}

/* Everything but the arena, so that the rest of a budget is the arena's. */
void
_sac_train_count (const SacRecipe *recipe, const SacModel *model, guint n_labels, guint n_clips, guint64 memory, SacWeights *weights,
                  SacOptimizer *optimizer, SacTrainPlan *plan)
{
  guint64 frame = 3 * (guint64) recipe->crop * (guint64) recipe->crop;
  guint64 example = frame * (guint64) (sac_model_is_flat (model) ? 1 : recipe->frames);
  guint64 batch = sizeof (float) * (guint64) recipe->batch * (example + 2 * (guint64) n_labels);
  SacClipSpec spec;
  guint64 one;

  sac_recipe_get_training_spec (recipe, &spec);
  one = sac_clip_bytes (&spec);
  plan->weights = block_bytes (sac_weights_get_params (weights)) + block_bytes (sac_weights_get_buffers (weights));
  plan->gradients = block_bytes (sac_optimizer_get_gradients (optimizer));
  plan->moments = block_bytes (sac_optimizer_get_moments (optimizer));
  plan->inputs = 2 * batch + sizeof (float) * frame * (guint64) recipe->frames;
  plan->clips = one * CLAMP (sac_train_clip_cache (memory) / one, LEAST_CLIPS, MAX (n_clips, LEAST_CLIPS));
  plan->n_params = sac_weights_count_params (weights);
  plan->total = plan->weights + plan->gradients + plan->moments + plan->inputs + plan->clips;
}

gboolean
_sac_train_options (const SacRecipe *recipe, guint64 memory, const SacTrainPlan *counted, SacCompileOptions *options, GError **error)
{
  *options = (SacCompileOptions) { 0 };
  sac_dtype_parse (recipe->precision, &options->activations);
  if (memory == 0)
    return TRUE;
  if (memory <= counted->total)
    {
      g_autofree char *most = sac_size_dup_text ((double) memory), *needed = sac_size_dup_text ((double) counted->total);

      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
                   _("Weights, moments and clips alone take %s; allowed is %s"), needed, most);
      return FALSE;
    }
  options->memory_budget = memory - counted->total;
  return TRUE;
}

gboolean
sac_train_plan (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, SacTrainPlan *plan, GError **error)
{
  g_autoptr (SacBackend) backend = sac_backend_null_new ();
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  SacCompileOptions options;
  SacProgramCost cost;
  SacTrainStep step;
  SacModel model;

  *plan = (SacTrainPlan) { 0 };
  if (!sac_recipe_get_model (recipe, n_labels, &model, error) || !sac_model_declare (weights, &model, recipe->frames, error)
      || !sac_weights_allocate (weights, backend, error))
    return FALSE;
  optimizer = sac_optimizer_new_sgd (weights, backend, error);
  if (optimizer)
    _sac_train_freeze (recipe, &model, optimizer);
  if (!optimizer || !_sac_train_build (recipe, &model, n_labels, weights, optimizer, graph, &step, error))
    return FALSE;
  _sac_train_count (recipe, &model, n_labels, n_clips, memory, weights, optimizer, plan);
  if (!_sac_train_options (recipe, memory, plan, &options, error))
    return FALSE;
  program = sac_program_compile_with (graph, (SacVar[]) { step.loss, step.logits }, 2, backend, &options, error);
  if (!program)
    return FALSE;
  cost = sac_program_get_cost (program);
  plan->activations = cost.arena_bytes;
  plan->workspace = cost.workspace_bytes;
  plan->kept = cost.kept_bytes;
  plan->total += plan->activations;
  plan->flops = cost.flops * recipe->accumulate;
  plan->again_flops = cost.again_flops * recipe->accumulate;
  plan->n_again = cost.n_again;
  return TRUE;
}

guint64
sac_train_memory (const SacRecipe *recipe, const char *asked)
{
  guint64 memory = 0;

  if (!sac_size_parse (asked ? asked : recipe->memory, &memory))
    return 0;
  return memory;
}

static gboolean
fits_quietly (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, gboolean as_budget)
{
  SacTrainPlan plan;

  return sac_train_plan (recipe, n_labels, n_clips, as_budget ? memory : 0, &plan, NULL)
         && (as_budget || plan.total - plan.clips <= memory);
}

gboolean
sac_train_choose_batch (SacRecipe *recipe, guint64 memory, GError **error)
{
  guint64 room = memory > 0 ? memory : sac_memory_available () / 10 * 8;
  int whole = recipe->effective_batch;
  g_autofree char *most = NULL;
  SacRecipe other = *recipe;

  if (whole == 0)
    return TRUE;
  for (other.batch = MIN (whole, MOST_BATCH); other.batch > 0; other.batch--)
    {
      other.accumulate = whole / other.batch;
      if (whole % other.batch || other.accumulate > MOST_BATCH)
        continue;
      if (room > 0 && !fits_quietly (&other, SOME_LABELS, 0, room, memory > 0))
        continue;
      recipe->batch = other.batch;
      recipe->accumulate = other.accumulate;
      return TRUE;
    }
  most = sac_size_dup_text ((double) room);
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
               _("No batch that %d clips a step could be made of fits in %s; a smaller crop or fewer frames may"), whole, most);
  return FALSE;
}

char *
sac_train_propose (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, gboolean as_budget)
{
  GString *out = g_string_new (NULL);
  SacRecipe other = *recipe;

  /* The same step from smaller batches. */
  while (other.batch > 1 && other.batch % 2 == 0 && other.accumulate <= 2048)
    {
      other.batch /= 2;
      other.accumulate *= 2;
      if (fits_quietly (&other, n_labels, n_clips, memory, as_budget))
        {
          g_string_append_printf (out, "batch=%d accumulate=%d\n", other.batch, other.accumulate);
          break;
        }
    }
  for (other = *recipe; !sac_recipe_is_flat (recipe) && other.frames > 8;)
    {
      other.frames /= 2;
      if (fits_quietly (&other, n_labels, n_clips, memory, as_budget))
        {
          g_string_append_printf (out, "frames=%d\n", other.frames);
          break;
        }
    }
  for (other = *recipe; other.crop > 64;)
    {
      other.crop = other.crop * 3 / 4 / 16 * 16;
      if (fits_quietly (&other, n_labels, n_clips, memory, as_budget))
        {
          g_string_append_printf (out, "crop=%d\n", other.crop);
          break;
        }
    }
  return g_string_free (out, FALSE);
}

gboolean
sac_train_fits (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, SacTrainPlan *plan, GError **error)
{
  guint64 there = sac_memory_available ();
  g_autoptr (GError) inner = NULL;
  g_autofree char *others = NULL, *needed = NULL, *most = NULL;
  gboolean as_budget = memory > 0;

  if (sac_train_plan (recipe, n_labels, n_clips, memory, plan, &inner))
    {
      SacTrainPlan tight;

      if (there == 0 || plan->total - plan->clips <= there)
        return TRUE;
      needed = sac_size_dup_text ((double) (plan->total - plan->clips));
      most = sac_size_dup_text ((double) there);
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY, _("The run takes %s, and %s are free."), needed, most);
      if (memory == 0 && sac_train_plan (recipe, n_labels, n_clips, there / 10 * 9, &tight, NULL))
        others = g_strdup_printf ("memory=%" G_GUINT64_FORMAT "M\n", (there / 10 * 9) >> 20);
      memory = there / 10 * 9;
    }
  else if (!g_error_matches (inner, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY))
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  else
    g_propagate_error (error, g_steal_pointer (&inner));
  {
    g_autofree char *smaller = sac_train_propose (recipe, n_labels, n_clips, memory, as_budget);
    g_autofree char *lines = g_strconcat (others ? others : "", smaller, NULL);

    if (error && *error && *lines)
      {
        g_auto (GStrv) parts = g_strsplit (g_strchomp (lines), "\n", -1);
        g_autofree char *joined = g_strjoinv (", ", parts);
        g_autofree char *reason = g_strconcat ((*error)->message, g_str_has_suffix ((*error)->message, ".") ? "" : ".", NULL);
        char *whole = g_strdup_printf (_("%s It would fit with one of: %s"), reason, joined);

        g_free ((*error)->message);
        (*error)->message = whole;
      }
  }
  return FALSE;
}
