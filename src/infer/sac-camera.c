/* Maps that are computed from outside: Grad-CAM, the input gradient, chance. */
#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net-private.h"

/* "layer3.1" → 7, what stands before the number of the block; 0: it is no block. */
static gsize
block_prefix (const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize digits = dot ? strspn (dot + 1, "0123456789") : 0;

  return digits > 0 && digits < 6 && dot[1 + digits] == 0 ? (gsize) (dot - name) : 0;
}

/* Of a stage or one of its blocks; weights have names that go on. */
static gboolean
is_layer (const char *name)
{
  const char *number = name + (g_str_has_prefix (name, "att_layer") ? 9 : g_str_has_prefix (name, "layer") ? 5 : 0);
  gsize n = block_prefix (name) ? block_prefix (name) : strlen (name), digits = strspn (number, "0123456789");

  return number > name && digits > 0 && number + digits == name + n;
}

/* What Grad-CAM can look at: the stem, stages and their blocks, as far as @logits hang on them.  The last block of a stage is the
 * stage: its value has that name, and is listed under both.  Transfer full; @values (nullable): a SacVar each. */
char **
_sac_net_list_layers (const SacGraph *graph, SacVar logits, GArray *values)
{
  GPtrArray *names = g_ptr_array_new ();
  const char *before = "";

  for (SacVar v = 1; v < logits; v++)
    {
      const char *name = sac_graph_get_name (graph, v);
      gsize stage = name ? strlen (name) : 0;

      if (!name || (strcmp (name, "stem") != 0 && !is_layer (name)))
        continue;
      if (block_prefix (name) == 0 && strcmp (name, "stem") != 0)
        {
          gboolean after = block_prefix (before) == stage && strncmp (before, name, stage) == 0;

          g_ptr_array_add (names, g_strdup_printf ("%s.%d", name, after ? atoi (before + stage + 1) + 1 : 0));
          if (values)
            g_array_append_val (values, v);
        }
      g_ptr_array_add (names, g_strdup (name));
      if (values)
        g_array_append_val (values, v);
      before = name;
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* "3" is the third stage. */
static SacVar
find_layer (const SacGraph *graph, const SacModelOut *out, const char *layer, GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (SacVar));
  g_auto (GStrv) names = NULL;
  g_autofree char *stage = NULL, *all = NULL;

  if (!*layer)
    return out->last;
  names = _sac_net_list_layers (graph, out->logits, values);
  stage = g_strconcat ("layer", layer, NULL);
  for (guint i = 0; names[i]; i++)
    if (strcmp (names[i], layer) == 0 || (g_ascii_isdigit (*layer) && strcmp (names[i], stage) == 0))
      return g_array_index (values, SacVar, i);
  all = g_strjoinv (", ", names);
  g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("the network has no layer “%s”; it has %s"), layer, all);
  return 0;
}

/* Which label is meant is an input: a row of one 1. */
static SacModelOut
begin (SacNet *net, SacGraph *graph, SacVar *clip, SacVar *pick)
{
  SacShape shape = _sac_net_clip_shape (net);

  *clip = sac_graph_input (graph, "clip", shape);
  *pick = sac_graph_input (graph, "label", SAC_SHAPE (shape.n, (gint32) net->n_labels, 1, 1, 1));
  return sac_model (graph, net->weights, &net->model, *clip, SAC_BN_FROZEN, FALSE);
}

static gboolean
make_camera (SacNet *net, const char *layer, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacModelOut out = begin (net, graph, &net->cam_clip, &net->cam_pick);
  SacVar at, slope;
  SacShape map;

  if (!sac_graph_check (graph, error))
    return FALSE;
  at = find_layer (graph, &out, layer, error);
  if (at <= 0)
    return FALSE;
  sac_graph_gradients_seeded (graph, out.logits, net->cam_pick, &at, 1, &slope);
  map = sac_graph_get_shape (graph, at);
  map.c = 1;
  slope = sac_global_average (graph, slope);
  net->cam_map = sac_relu (graph, sac_sum_to (graph, sac_mul (graph, at, slope), map));
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->coarse = map;
  g_free (net->cam_layer);
  net->cam_layer = g_strdup (layer);
  net->camera = sac_program_compile (graph, &net->cam_map, 1, net->backend, error);
  return net->camera != NULL;
}

static gboolean
make_slope (SacNet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacModelOut out = begin (net, graph, &net->slope_clip, &net->slope_pick);

  if (!sac_graph_check (graph, error))
    return FALSE;
  sac_graph_gradients_seeded (graph, out.logits, net->slope_pick, &net->slope_clip, 1, &net->slope_map);
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->slope = sac_program_compile (graph, &net->slope_map, 1, net->backend, error);
  return net->slope != NULL;
}

static gboolean
run (SacNet *net, SacProgram *program, SacVar clip_in, SacVar pick_in, const float *clip, guint label, GCancellable *cancellable,
     GError **error)
{
  gint32 rows = _sac_net_clip_shape (net).n;
  g_autofree float *pick = g_new0 (float, (gsize) rows * net->n_labels);

  for (gint32 r = 0; r < rows; r++)
    pick[(gsize) r * net->n_labels + label] = 1;
  sac_program_set_input (program, clip_in, clip);
  sac_program_set_input (program, pick_in, pick);
  return sac_program_run (program, cancellable, error);
}

static void
scale_to_one (float *values, gsize n)
{
  float most = 0;

  for (gsize i = 0; i < n; i++)
    most = isfinite (values[i]) ? MAX (most, values[i]) : most;
  for (gsize i = 0; i < n; i++)
    values[i] = most > 0 && values[i] > 0 ? MIN (values[i] / most, 1) : 0;
}

static void
finish (SacNet *net, float *map, float *frame_weight)
{
  gsize t = net->spec.n_frames, area = (gsize) net->spec.crop * (gsize) net->spec.crop;

  scale_to_one (map, t * area);
  for (gsize i = 0; i < t; i++)
    {
      double sum = 0;

      for (gsize k = 0; k < area; k++)
        sum += (double) map[i * area + k];
      frame_weight[i] = (float) (sum / (double) area);
    }
  scale_to_one (frame_weight, t);
}

gboolean
sac_net_gradcam_at (SacNet *net, const float *clip, guint label, const char *layer, float *map, float *frame_weight,
                    GCancellable *cancellable, GError **error)
{
  int t = (int) net->spec.n_frames, size = net->spec.crop;
  gsize area = (gsize) size * (gsize) size;
  g_autofree float *coarse = NULL;

  g_return_val_if_fail (label < net->n_labels, FALSE);
  layer = layer && strcmp (layer, "0") != 0 ? layer : "";
  if (net->camera && strcmp (net->cam_layer, layer) != 0)
    g_clear_pointer (&net->camera, sac_program_free);
  if ((!net->camera && !make_camera (net, layer, error))
      || !run (net, net->camera, net->cam_clip, net->cam_pick, clip, label, cancellable, error))
    return FALSE;
  coarse = g_new (float, sac_shape_count (net->coarse));
  if (!sac_program_get_output (net->camera, net->cam_map, coarse, error))
    return FALSE;
  if (!sac_model_is_flat (&net->model))
    sac_upsample3 (coarse, net->coarse.t, net->coarse.h, net->coarse.w, map, t, size, size);
  else
    for (int i = 0; i < t; i++)
      sac_upsample3 (coarse + (gsize) i * net->coarse.h * net->coarse.w, 1, net->coarse.h, net->coarse.w, map + i * area, 1, size, size);
  finish (net, map, frame_weight);
  return TRUE;
}

void
sac_net_get_gradcam_grid (const SacNet *net, int grid[3])
{
  grid[0] = net->camera ? net->coarse.t * (sac_model_is_flat (&net->model) ? net->coarse.n : 1) : 0;
  grid[1] = net->camera ? net->coarse.h : 0;
  grid[2] = net->camera ? net->coarse.w : 0;
}

const char *const *
sac_net_get_layers (SacNet *net)
{
  if (!net->layers)
    {
      g_autoptr (SacGraph) graph = sac_graph_new ();
      SacVar clip, pick;
      SacModelOut out = begin (net, graph, &clip, &pick);

      net->layers = _sac_net_list_layers (graph, sac_graph_check (graph, NULL) ? out.logits : 0, NULL);
    }
  return (const char *const *) net->layers;
}

gboolean
sac_net_gradcam (SacNet *net, const float *clip, guint label, float *map, float *frame_weight, GCancellable *cancellable, GError **error)
{
  return sac_net_gradcam_at (net, clip, label, NULL, map, frame_weight, cancellable, error);
}

gboolean
sac_net_input_gradient (SacNet *net, const float *clip, guint label, float *map, float *frame_weight, GCancellable *cancellable,
                        GError **error)
{
  gsize n = (gsize) net->spec.n_frames * (gsize) net->spec.crop * (gsize) net->spec.crop;
  g_autofree float *slope = NULL;

  g_return_val_if_fail (label < net->n_labels, FALSE);
  if ((!net->slope && !make_slope (net, error))
      || !run (net, net->slope, net->slope_clip, net->slope_pick, clip, label, cancellable, error))
    return FALSE;
  slope = g_new (float, 3 * n);
  if (!sac_program_get_output (net->slope, net->slope_map, slope, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    map[i] = MAX (MAX (fabsf (slope[3 * i]), fabsf (slope[3 * i + 1])), fabsf (slope[3 * i + 2]));
  finish (net, map, frame_weight);
  return TRUE;
}

void
sac_net_random_map (SacNet *net, guint64 seed, float *map, float *frame_weight)
{
  enum { GRID = 7 };
  int t = (int) net->spec.n_frames, size = net->spec.crop;
  g_autofree float *coarse = g_new (float, (gsize) t * GRID * GRID);

  sac_random_map (seed, 0x6d6170, (gsize) t * GRID * GRID, coarse);
  for (int i = 0; i < t; i++)
    sac_upsample3 (coarse + (gsize) i * GRID * GRID, 1, GRID, GRID, map + (gsize) i * (gsize) size * (gsize) size, 1, size, size);
  finish (net, map, frame_weight);
}
