#include <glib/gi18n.h>
#include <string.h>

#include "net-private.h"

gboolean
sac_net_has_attention (const SacNet *net)
{
  return sac_model_has_attention (&net->model);
}

void
sac_attention_free (SacAttention *attention)
{
  if (!attention)
    return;
  g_free (attention->spatial);
  g_free (attention->temporal);
  g_free (attention->class_maps);
  g_free (attention->features);
  g_free (attention->logits);
  g_free (attention);
}

static gboolean
make_look (SacNet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar wanted[5];
  guint n = 0;

  net->look_clip = sac_graph_input (graph, "clip", _sac_net_clip_shape (net));
  net->seen = sac_model (graph, net->weights, &net->model, net->look_clip, SAC_BN_FROZEN, FALSE);
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->features_shape = sac_graph_get_shape (graph, net->seen.features);
  net->spatial_shape = sac_graph_get_shape (graph, net->seen.spatial);
  wanted[n++] = net->seen.features;
  wanted[n++] = net->seen.spatial;
  wanted[n++] = net->seen.class_maps;
  wanted[n++] = net->seen.attention;
  if (net->seen.temporal)
    wanted[n++] = net->seen.temporal;
  net->look = sac_program_compile (graph, wanted, n, net->backend, error);
  return net->look != NULL;
}

static gboolean
make_perceive (SacNet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacShape f = net->features_shape;

  net->given = (SacModelOut) { 0 };
  net->given.features = sac_graph_input (graph, "features", f);
  net->given.spatial = sac_graph_input (graph, "spatial", net->spatial_shape);
  if (net->seen.temporal)
    net->given.temporal = sac_graph_input (graph, "temporal", SAC_SHAPE (f.n, 1, f.t, 1, 1));
  sac_model_perceive (graph, net->weights, &net->model, &net->given);
  if (!sac_graph_check (graph, error))
    return FALSE;
  net->perceive = sac_program_compile (graph, &net->given.logits, 1, net->backend, error);
  return net->perceive != NULL;
}

static gboolean
ensure (SacNet *net, GError **error)
{
  if (!sac_net_has_attention (net))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("“%s” is a network without attention of its own"),
                   net->recipe ? net->recipe->model : "");
      return FALSE;
    }
  return (net->look || make_look (net, error)) && (net->perceive || make_perceive (net, error));
}

static gboolean
take (SacProgram *program, SacVar value, gsize n, float **out, GError **error)
{
  *out = g_new (float, n);
  return sac_program_get_output (program, value, *out, error);
}

SacAttention *
sac_net_attend (SacNet *net, const float *clip, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacAttention) out = g_new0 (SacAttention, 1);
  gsize places;

  if (!ensure (net, error))
    return NULL;
  sac_program_set_input (net->look, net->look_clip, clip);
  if (!sac_program_run (net->look, cancellable, error))
    return NULL;
  out->t = net->spatial_shape.n * net->spatial_shape.t;         /* of single frames: a batch of them */
  out->h = net->spatial_shape.h;
  out->w = net->spatial_shape.w;
  out->n_labels = net->n_labels;
  out->n_channels = (guint) net->features_shape.c;
  places = (gsize) out->t * (gsize) out->h * (gsize) out->w;
  if (!take (net->look, net->seen.features, sac_shape_count (net->features_shape), &out->features, error)
      || !take (net->look, net->seen.spatial, places, &out->spatial, error)
      || !take (net->look, net->seen.class_maps, places * net->n_labels, &out->class_maps, error)
      || !take (net->look, net->seen.attention, (gsize) sac_net_get_n_rows (net) * net->n_labels, &out->logits, error)
      || (net->seen.temporal && !take (net->look, net->seen.temporal, (gsize) out->t, &out->temporal, error)))
    return NULL;
  return g_steal_pointer (&out);
}

gboolean
sac_net_perceive (SacNet *net, const float *features, const float *spatial, const float *temporal, float *logits,
                  GCancellable *cancellable, GError **error)
{
  if (!ensure (net, error))
    return FALSE;
  sac_program_set_input (net->perceive, net->given.features, features);
  sac_program_set_input (net->perceive, net->given.spatial, spatial);
  if (net->given.temporal)
    sac_program_set_input (net->perceive, net->given.temporal, temporal);
  return sac_program_run (net->perceive, cancellable, error)
         && sac_program_get_output (net->perceive, net->given.logits, logits, error);
}
