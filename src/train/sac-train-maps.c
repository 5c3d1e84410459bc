/* What a person drew over a network's maps, as one more term of the loss.  methods/08 §10: L = L_att + L_per + γ_s‖M'_s − M_s‖₂ +
 * γ_t‖M'_t − M_t‖₂.  Clips with an edited map are seen as the person saw them, without augmentation, so that places stay places. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-train-private.h"
#include "store/sac-maps.h"

gboolean
_sac_train_has_edits (const SacRecipe *recipe)
{
  return strcmp (recipe->edits, "none") != 0;
}

void
_sac_train_add_map_loss (const SacRecipe *recipe, const SacModelOut *out, SacGraph *graph, SacTrainStep *step)
{
  SacShape one = SAC_SHAPE (recipe->batch, 1, 1, 1, 1);

  step->map_shape = sac_graph_get_shape (graph, out->spatial);
  step->map = sac_graph_input (graph, "map", step->map_shape);
  step->map_weight = sac_graph_input (graph, "map weight", one);
  step->loss = sac_add (graph, step->loss, sac_map_loss (graph, out->spatial, step->map, step->map_weight));
  if (!out->temporal)
    return;
  step->time_map = sac_graph_input (graph, "time map", sac_graph_get_shape (graph, out->temporal));
  step->time_weight = sac_graph_input (graph, "time weight", one);
  step->loss = sac_add (graph, step->loss, sac_map_loss (graph, out->temporal, step->time_map, step->time_weight));
}

/* The network's own grid; edited maps of another one do not fit it. */
static gboolean
find_grid (SacTrainer *t, guint grid[3], GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacWeights) weights = sac_weights_new ();
  gboolean flat;
  SacModel model;
  SacModelOut out;
  SacShape s;

  if (!sac_recipe_get_model (t->recipe, t->train->labels->len, &model, error))
    return FALSE;
  flat = sac_model_is_flat (&model);
  out = sac_model (graph, weights, &model, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, flat ? 1 : t->recipe->frames, t->recipe->crop,
                                                                                      t->recipe->crop)), SAC_BN_FROZEN, FALSE);
  if (!sac_graph_check (graph, error))
    return FALSE;
  s = sac_graph_get_shape (graph, out.spatial);
  grid[0] = (guint) t->recipe->frames;
  grid[1] = (guint) s.h;
  grid[2] = (guint) s.w;
  return TRUE;
}

static void
map_free (gpointer map)
{
  sac_map_free (map);           /* NULL: the clip has none */
}

gboolean
_sac_trainer_open_maps (SacTrainer *t, GError **error)
{
  g_autofree gboolean *keep = g_new0 (gboolean, t->train->items->len + 1);
  g_autoptr (GError) failed = NULL;
  guint grid[3], n = 0;

  if (!_sac_train_has_edits (t->recipe))
    return TRUE;
  if (!find_grid (t, grid, error))
    return FALSE;
  t->maps = g_ptr_array_new_with_free_func (map_free);
  for (guint i = 0; i < t->train->items->len; i++)
    {
      const SacItem *item = t->train->items->pdata[i];
      SacMap *map = sac_project_get_map (t->spec->project, item->id, grid[0], grid[1], grid[2], &failed);

      if (failed)
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return FALSE;
        }
      keep[i] = map != NULL;
      n += map != NULL;
      if (map || strcmp (t->recipe->edits, "only") != 0)
        g_ptr_array_add (t->maps, map);
    }
  if (n == 0)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA,
                   _("No clip of the training split has an edited map of %u × %u × %u, which is what this network looks with"), grid[0],
                   grid[1], grid[2]);
      return FALSE;
    }
  if (strcmp (t->recipe->edits, "only") == 0)
    _sac_dataset_keep (t->train, keep);
  return TRUE;
}

gboolean
_sac_trainer_is_edited (const SacTrainer *t, guint item)
{
  return t->maps && t->maps->pdata[item];
}

void
_sac_trainer_take_map (SacTrainer *t, const SacExample *example, guint row)
{
  const SacMap *map = t->maps ? t->maps->pdata[example->item] : NULL;
  gboolean flat = sac_model_is_flat (&t->model);
  gsize places, frame = 3 * (gsize) t->recipe->crop * (gsize) t->recipe->crop;

  if (!t->maps)
    return;
  if (!t->map)
    {
      t->map = g_new0 (float, sac_shape_count (t->in.map_shape));
      t->map_weight = g_new0 (float, t->in.map_shape.n);
      t->time_map = t->in.time_map ? g_new0 (float, (gsize) t->in.map_shape.n * (gsize) t->in.map_shape.t) : NULL;
      t->time_weight = t->in.time_map ? g_new0 (float, t->in.map_shape.n) : NULL;
    }
  t->map_weight[row] = map ? (float) (t->recipe->map_gamma / t->recipe->batch) : 0;
  if (t->time_map)
    t->time_weight[row] = map && map->temporal ? (float) (t->recipe->map_gamma_t / t->recipe->batch) : 0;
  if (!map)
    return;
  places = (gsize) map->h * map->w * (flat ? 1 : map->t);
  for (gsize p = 0; p < places; p++)
    t->map[row * places + p] = sac_map_unpack (map->spatial[(flat ? example->frame * places : 0) + p]);
  for (guint f = 0; t->time_map && map->temporal && f < map->t; f++)
    t->time_map[(gsize) row * map->t + f] = sac_map_unpack (map->temporal[f]);
  /* Every second epoch, so that what is true of the clip as it is stays learned. */
  if (t->recipe->map_hide > 0 && example->epoch % 2 == 1)
    _sac_train_paint_over (t->clips + row * frame * (flat ? 1 : map->t), flat ? 1 : (int) map->t, t->recipe->crop, t->recipe->crop,
                           t->map + row * places, (int) map->h, (int) map->w,
                           t->time_map && map->temporal ? t->time_map + (gsize) row * map->t : NULL, t->recipe->map_hide);
}

void
_sac_trainer_set_maps (SacTrainer *t)
{
  if (!t->map)
    return;
  sac_program_set_input (t->program, t->in.map, t->map);
  sac_program_set_input (t->program, t->in.map_weight, t->map_weight);
  if (!t->time_map)
    return;
  sac_program_set_input (t->program, t->in.time_map, t->time_map);
  sac_program_set_input (t->program, t->in.time_weight, t->time_weight);
}

void
_sac_trainer_close_maps (SacTrainer *t)
{
  g_clear_pointer (&t->maps, g_ptr_array_unref);
  g_clear_pointer (&t->map, g_free);
  g_clear_pointer (&t->map_weight, g_free);
  g_clear_pointer (&t->time_map, g_free);
  g_clear_pointer (&t->time_weight, g_free);
}
