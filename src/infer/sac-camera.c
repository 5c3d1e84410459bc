/* Maps that are computed from outside: Grad-CAM, the input gradient, chance. */
#include <glib/gi18n.h>
#include <math.h>

#include "net-private.h"

/* The value that a network calls so; 0: it has none. */
static SacVar
find_named (const SacGraph *graph, const char *name)
{
  for (SacVar v = (SacVar) sac_graph_get_n_nodes (graph) - 1; v > 0; v--)
    if (g_strcmp0 (sac_graph_get_name (graph, v), name) == 0)
      return v;
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
make_camera (SacNet *net, int layer, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autofree char *name = g_strdup_printf ("layer%d", layer);
  SacModelOut out = begin (net, graph, &net->cam_clip, &net->cam_pick);
  SacVar at, slope;
  SacShape map;

  if (!sac_graph_check (graph, error))
    return FALSE;
  at = layer == 0 ? out.last : find_named (graph, name);
  if (at <= 0)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("the network has no stage %d"), layer);
      return FALSE;
    }
  sac_graph_gradients_seeded (graph, out.logits, net->cam_pick, &at, 1, &slope);
  map = sac_graph_get_shape (graph, at);
  map.c = 1;
  slope = sac_global_average (graph, slope);
  net->cam_map = sac_relu (graph, sac_sum_to (graph, sac_mul (graph, at, slope), map));
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->coarse = map;
  net->cam_layer = layer;
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
sac_net_gradcam_at (SacNet *net, const float *clip, guint label, int layer, float *map, float *frame_weight, GCancellable *cancellable,
                    GError **error)
{
  int t = (int) net->spec.n_frames, size = net->spec.crop;
  gsize area = (gsize) size * (gsize) size;
  g_autofree float *coarse = NULL;

  g_return_val_if_fail (label < net->n_labels, FALSE);
  if (net->camera && net->cam_layer != layer)
    g_clear_pointer (&net->camera, sac_program_free);
  if ((!net->camera && !make_camera (net, layer, error))
      || !run (net, net->camera, net->cam_clip, net->cam_pick, clip, label, cancellable, error))
    return FALSE;
  coarse = g_new (float, sac_shape_count (net->coarse));
  sac_program_get_output (net->camera, net->cam_map, coarse);
  if (!sac_model_is_flat (&net->model))
    sac_upsample3 (coarse, net->coarse.t, net->coarse.h, net->coarse.w, map, t, size, size);
  else
    for (int i = 0; i < t; i++)
      sac_upsample3 (coarse + (gsize) i * net->coarse.h * net->coarse.w, 1, net->coarse.h, net->coarse.w, map + i * area, 1, size, size);
  finish (net, map, frame_weight);
  return TRUE;
}

gboolean
sac_net_gradcam (SacNet *net, const float *clip, guint label, float *map, float *frame_weight, GCancellable *cancellable, GError **error)
{
  return sac_net_gradcam_at (net, clip, label, 0, map, frame_weight, cancellable, error);
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
  sac_program_get_output (net->slope, net->slope_map, slope);
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
