/* saccade bench conv: each convolution of ResNet-18 (16 pictures of 224²) and of its inflated form (2 clips of 16 × 112²), and the
 * 1×1 ones of ResNet-50, timed alone: where a slow step loses its time. */
#include "bench-conv.h"

#include <string.h>

#include "backend/sac-backends.h"
#include "ops/sac-ops.h"

typedef struct {
  const char *name;
  gint32 times;                 /* how often the network has it */
  SacShape x, w;
  SacConv3d conv;
} Layer;

static const Layer layers[] = {
  { "r18 stem 7×7/2", 1, { 16, 3, 1, 224, 224 }, { 64, 3, 1, 7, 7 }, { { 1, 2, 2 }, { 0, 3, 3 } } },
  { "r18 64 3×3", 4, { 16, 64, 1, 56, 56 }, { 64, 64, 1, 3, 3 }, { { 1, 1, 1 }, { 0, 1, 1 } } },
  { "r18 128 3×3/2", 1, { 16, 64, 1, 56, 56 }, { 128, 64, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 1, 1 } } },
  { "r18 128 1×1/2", 1, { 16, 64, 1, 56, 56 }, { 128, 64, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { "r18 128 3×3", 3, { 16, 128, 1, 28, 28 }, { 128, 128, 1, 3, 3 }, { { 1, 1, 1 }, { 0, 1, 1 } } },
  { "r18 256 3×3/2", 1, { 16, 128, 1, 28, 28 }, { 256, 128, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 1, 1 } } },
  { "r18 256 1×1/2", 1, { 16, 128, 1, 28, 28 }, { 256, 128, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { "r18 256 3×3", 3, { 16, 256, 1, 14, 14 }, { 256, 256, 1, 3, 3 }, { { 1, 1, 1 }, { 0, 1, 1 } } },
  { "r18 512 3×3/2", 1, { 16, 256, 1, 14, 14 }, { 512, 256, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 1, 1 } } },
  { "r18 512 1×1/2", 1, { 16, 256, 1, 14, 14 }, { 512, 256, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { "r18 512 3×3", 3, { 16, 512, 1, 7, 7 }, { 512, 512, 1, 3, 3 }, { { 1, 1, 1 }, { 0, 1, 1 } } },
  { "i3d stem 3×7×7/2", 1, { 2, 3, 16, 112, 112 }, { 64, 3, 3, 7, 7 }, { { 1, 2, 2 }, { 1, 3, 3 } } },
  { "i3d 64 3×3×3", 4, { 2, 64, 8, 28, 28 }, { 64, 64, 3, 3, 3 }, { { 1, 1, 1 }, { 1, 1, 1 } } },
  { "i3d 128 3×3×3/2", 1, { 2, 64, 8, 28, 28 }, { 128, 64, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 } } },
  { "i3d 128 3×3×3", 3, { 2, 128, 4, 14, 14 }, { 128, 128, 3, 3, 3 }, { { 1, 1, 1 }, { 1, 1, 1 } } },
  { "i3d 256 3×3×3/2", 1, { 2, 128, 4, 14, 14 }, { 256, 128, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 } } },
  { "i3d 256 3×3×3", 3, { 2, 256, 2, 7, 7 }, { 256, 256, 3, 3, 3 }, { { 1, 1, 1 }, { 1, 1, 1 } } },
  { "i3d 512 3×3×3/2", 1, { 2, 256, 2, 7, 7 }, { 512, 256, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 } } },
  { "i3d 512 3×3×3", 3, { 2, 512, 1, 4, 4 }, { 512, 512, 3, 3, 3 }, { { 1, 1, 1 }, { 1, 1, 1 } } },
  { "r50 64→256 1×1", 3, { 16, 64, 1, 56, 56 }, { 256, 64, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 256→64 1×1", 2, { 16, 256, 1, 56, 56 }, { 64, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 1024→256 1×1", 5, { 16, 1024, 1, 14, 14 }, { 256, 1024, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 64→64 1×1", 1, { 16, 64, 1, 56, 56 }, { 64, 64, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 256→128 1×1", 1, { 16, 256, 1, 56, 56 }, { 128, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 256→512 1×1/2", 1, { 16, 256, 1, 56, 56 }, { 512, 256, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { "r50 128→512 1×1", 4, { 16, 128, 1, 28, 28 }, { 512, 128, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 512→128 1×1", 3, { 16, 512, 1, 28, 28 }, { 128, 512, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 512→256 1×1", 1, { 16, 512, 1, 28, 28 }, { 256, 512, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 512→1024 1×1/2", 1, { 16, 512, 1, 28, 28 }, { 1024, 512, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { "r50 256→1024 1×1", 6, { 16, 256, 1, 14, 14 }, { 1024, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 64→64 1×1×1", 1, { 2, 64, 8, 28, 28 }, { 64, 64, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 64→256 1×1×1", 4, { 2, 64, 8, 28, 28 }, { 256, 64, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 256→64 1×1×1", 2, { 2, 256, 8, 28, 28 }, { 64, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 256→128 1×1×1", 1, { 2, 256, 8, 28, 28 }, { 128, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 256→512 1×1×1/2", 1, { 2, 256, 8, 28, 28 }, { 512, 256, 1, 1, 1 }, { { 2, 2, 2 }, { 0, 0, 0 } } },
  { "i3d-r50 128→512 1×1×1", 4, { 2, 128, 4, 14, 14 }, { 512, 128, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 512→128 1×1×1", 3, { 2, 512, 4, 14, 14 }, { 128, 512, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 512→256 1×1×1", 1, { 2, 512, 4, 14, 14 }, { 256, 512, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 512→1024 1×1×1/2", 1, { 2, 512, 4, 14, 14 }, { 1024, 512, 1, 1, 1 }, { { 2, 2, 2 }, { 0, 0, 0 } } },
  { "i3d-r50 256→1024 1×1×1", 6, { 2, 256, 2, 7, 7 }, { 1024, 256, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 1024→256 1×1×1", 5, { 2, 1024, 2, 7, 7 }, { 256, 1024, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 1024→512 1×1×1", 1, { 2, 1024, 2, 7, 7 }, { 512, 1024, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 1024→2048 1×1×1/2", 1, { 2, 1024, 2, 7, 7 }, { 2048, 1024, 1, 1, 1 }, { { 2, 2, 2 }, { 0, 0, 0 } } },
  { "i3d-r50 512→2048 1×1×1", 3, { 2, 512, 1, 4, 4 }, { 2048, 512, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "i3d-r50 2048→512 1×1×1", 2, { 2, 2048, 1, 4, 4 }, { 512, 2048, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "shuffle3d 120→120 1×1×1 in 3", 1, { 2, 120, 8, 28, 28 }, { 120, 40, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 }, .groups = 3 } },
  { "shuffle3d 120 deep 3×3×3", 1, { 2, 120, 8, 14, 14 }, { 120, 1, 3, 3, 3 }, { { 1, 1, 1 }, { 1, 1, 1 }, .groups = 120 } },
  { "movinet 40 deep 5×3×3", 1, { 1, 40, 16, 43, 43 }, { 40, 1, 5, 3, 3 }, { { 1, 1, 1 }, { 2, 1, 1 }, .groups = 40 } },
  { "mobile 240 deep 3×3/2", 1, { 16, 240, 1, 28, 28 }, { 240, 1, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 1, 1 }, .groups = 240 } },
  { "dilated 256 3×3", 1, { 4, 256, 1, 28, 28 }, { 256, 256, 1, 3, 3 }, { { 1, 1, 1 }, { 0, 2, 2 }, .dilation = { 1, 2, 2 } } },
  { "1-D 32→64 5 of 32", 1, { 128, 32, 32, 1, 1 }, { 64, 32, 5, 1, 1 }, { { 1, 1, 1 }, { 2, 0, 0 } } },
  { "1-D 64→64 1 of 64", 1, { 128, 64, 64, 1, 1 }, { 64, 64, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
  { "r50 2048→512 1×1", 2, { 16, 2048, 1, 7, 7 }, { 512, 2048, 1, 1, 1 }, { { 1, 1, 1 }, { 0, 0, 0 } } },
};

/* Fills an input with numbers in −½…½. */
static void
fill (SacProgram *program, SacVar input, SacShape shape, guint64 stream)
{
  gsize n = sac_shape_count (shape);
  g_autofree float *data = g_new (float, n);
  const SacRandomKey key = { 1, stream };

  for (gsize i = 0; i < n; i++)
    data[i] = (float) sac_random_unit (key, i) - 0.5f;
  sac_program_set_input (program, input, data);
}

/* The fastest of @runs runs of one member of the family (0 forward, 1 towards x, 2 towards w), as often as the network has it. */
static gboolean
time_one (SacBackend *backend, const Layer *layer, int face, int runs, SacProfile *to, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (SacProfile) best = NULL;
  SacShape y;
  SacVar x, w, g, result;

  x = sac_graph_input (graph, "x", layer->x);
  w = sac_graph_input (graph, "w", layer->w);
  y = sac_graph_get_shape (graph, sac_conv3d (graph, x, w, &layer->conv));
  g = sac_graph_input (graph, "g", y);
  result = face == 0   ? sac_conv3d (graph, x, w, &layer->conv)
           : face == 1 ? sac_conv3d_input (graph, g, w, &layer->conv, layer->x)
                       : sac_conv3d_weight (graph, x, g, &layer->conv, layer->w);
  program = sac_program_compile (graph, &result, 1, backend, error);
  if (!program)
    return FALSE;
  fill (program, x, layer->x, 1);
  fill (program, w, layer->w, 2);
  fill (program, g, y, 3);
  for (int i = 0; i <= runs; i++)       /* the first is not counted */
    {
      sac_program_time_steps (program);
      if (!sac_program_run (program, NULL, error))
        return FALSE;
      if (i > 0 && !_sac_bench_keep_fastest (&best, program, backend, error))
        return FALSE;
    }
  for (guint i = 0; i < best->rows->len; i++)
    {
      SacProfileRow row = *sac_profile_get (best, i);

      to->peaks = best->peaks;
      row.layer = (char *) layer->name;
      row.backward = face > 0;
      row.count *= (guint) layer->times;
      row.seconds *= layer->times;
      row.flops *= layer->times;
      row.bytes *= layer->times;
      sac_profile_add (to, &row);
    }
  return TRUE;
}

SacProfile *
_sac_bench_conv (const SacBenchOps *how, GError **error)
{
  g_autoptr (SacBackend) backend = sac_backend_new_for_name (how->device, how->threads, error);
  g_autoptr (SacProfile) profile = sac_profile_new ();
  gboolean named = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (layers) && how->only; i++)
    named |= strstr (layers[i].name, how->only) != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (layers) && backend; i++)
    for (int face = 0; face < 3 && (!named || strstr (layers[i].name, how->only)); face++)
      if (!time_one (backend, &layers[i], face, how->steps, profile, error))
        return NULL;
  return backend ? g_steal_pointer (&profile) : NULL;
}
