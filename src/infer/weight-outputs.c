/* How like a network's answers inside are before and after training.  methods/01 §5.5; Paper: Kornblith 2019 §3. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "net-private.h"
#include "sac-weight-analysis.h"

#define MOST_COLUMNS 8192       /* of a layer's output for one clip */
#define MOST_CLIPS 1024

typedef struct {
  SacNet *net;
  SacProgram *program;
  SacVar clip;
  GArray *outputs;              /* SacVar */
  GArray *shapes;               /* SacShape, of these */
  char **names;
} Probe;

/* As many places as there is room for: time first, it is what inflation changes. */
static void
choose_grid (SacShape shape, gint32 grid[3])
{
  grid[0] = MIN (shape.t, 4);
  grid[1] = MIN (shape.h, 4);
  grid[2] = MIN (shape.w, 4);
  while ((gsize) shape.c * (gsize) (grid[0] * grid[1] * grid[2]) > MOST_COLUMNS && (grid[1] > 1 || grid[2] > 1))
    {
      grid[1] = MAX (grid[1] - 1, 1);
      grid[2] = MAX (grid[2] - 1, 1);
    }
}

static void
probe_clear (Probe *probe)
{
  g_clear_pointer (&probe->program, sac_program_free);
  g_clear_pointer (&probe->outputs, g_array_unref);
  g_clear_pointer (&probe->shapes, g_array_unref);
  g_clear_pointer (&probe->names, g_strfreev);
}

static gboolean
probe_init (Probe *probe, SacNet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (SacVar));
  SacVar last = 0, logits;

  *probe = (Probe) { net, .outputs = g_array_new (FALSE, FALSE, sizeof (SacVar)), .shapes = g_array_new (FALSE, FALSE, sizeof (SacShape)) };
  probe->clip = sac_graph_input (graph, "clip", _sac_net_clip_shape (net));
  logits = sac_model (graph, net->weights, &net->model, probe->clip, SAC_BN_FROZEN, FALSE).logits;
  if (!sac_graph_check (graph, error))
    return FALSE;
  probe->names = _sac_net_list_layers (graph, logits, values);
  for (guint i = 0; i < values->len; i++)
    {
      SacVar v = g_array_index (values, SacVar, i);
      SacShape shape = sac_graph_get_shape (graph, v);
      gint32 grid[3];

      if (v == last)            /* a stage is its last block once more */
        v = 0;
      else
        {
          last = v;
          choose_grid (shape, grid);
          v = sac_adaptive_avg_pool3d (graph, v, grid[0], grid[1], grid[2]);
          shape = sac_graph_get_shape (graph, v);
        }
      g_array_append_val (probe->outputs, v);
      g_array_append_val (probe->shapes, shape);
    }
  if (!sac_graph_check (graph, error))
    return FALSE;
  {
    g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (SacVar));

    for (guint i = 0; i < probe->outputs->len; i++)
      if (g_array_index (probe->outputs, SacVar, i))
        g_array_append_val (kept, g_array_index (probe->outputs, SacVar, i));
    probe->program = sac_program_compile (graph, (SacVar *) (gpointer) kept->data, kept->len, net->backend, error);
  }
  return probe->program != NULL;
}

static gsize
row_length (const Probe *probe, guint layer)
{
  SacShape s = g_array_index (probe->shapes, SacShape, layer);

  s.n = MIN (s.n, 4);           /* frames of a flat network: four parts of the clip */
  return sac_shape_count (s);
}

/* The output of @layer for the clip that was run last, as a row. */
static gboolean
take_row (const Probe *probe, guint layer, float *row, GError **error)
{
  SacShape s = g_array_index (probe->shapes, SacShape, layer);
  SacVar v = g_array_index (probe->outputs, SacVar, layer);
  gint32 parts = MIN (s.n, 4);
  gsize size = sac_shape_count (s) / (gsize) s.n;
  g_autofree float *all = NULL;

  if (s.n == parts)
    return sac_program_get_output (probe->program, v, row, error);
  all = g_new (float, sac_shape_count (s));
  if (!sac_program_get_output (probe->program, v, all, error))
    return FALSE;
  memset (row, 0, (gsize) parts * size * sizeof *row);
  for (gint32 n = 0; n < s.n; n++)
    for (gsize i = 0; i < size; i++)
      row[(gsize) (n * parts / s.n) * size + i] += all[(gsize) n * size + i] * (float) parts / (float) s.n;
  return TRUE;
}

static gboolean
run_probe (Probe *probe, const float *clip, float *const *tables, guint row, GCancellable *cancellable, GError **error)
{
  sac_program_set_input (probe->program, probe->clip, clip);
  if (!sac_program_run (probe->program, cancellable, error))
    return FALSE;
  for (guint i = 0; i < probe->outputs->len; i++)
    if (tables[i] && !take_row (probe, i, tables[i] + (gsize) row * row_length (probe, i), error))
      return FALSE;
  return TRUE;
}

static double
output_rank (double *gram, guint n)
{
  g_autofree double *values = g_new (double, n + 1);

  if (!sac_symmetric_eigenvalues (gram, n, values))
    return NAN;
  for (guint i = 0; i < n; i++)
    values[i] = sqrt (MAX (values[i], 0));
  return sac_effective_rank (values, n);
}

static void
add_layer (SacWeightSeries *series, const char *name, const float *x, const float *y, guint n, gsize d)
{
  SacWeightLayer *layer = sac_weight_series_add (series, name, SAC_LAYER_OUTPUT);
  gsize cells = (gsize) n * n;
  g_autofree double *a = g_new (double, cells), *b = g_new (double, cells);

  sac_centred_gram (x, n, d, a);
  sac_centred_gram (y, n, d, b);
  layer->values[SAC_WEIGHT_CKA] = sac_linear_cka (a, b, n);
  layer->values[SAC_WEIGHT_CKA_UNBIASED] = sac_linear_cka_unbiased (a, b, n);
  layer->values[SAC_WEIGHT_OUTPUT_RANK0] = output_rank (a, n);
  layer->values[SAC_WEIGHT_OUTPUT_RANK1] = output_rank (b, n);
}

static guint
look_at_clips (Probe *probes, float **tables[2], SacDataset *dataset, guint n_clips, SacProgressFunc progress, gpointer data,
               GCancellable *cancellable, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (probes[0].net);
  g_autofree float *clip = g_try_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3);
  g_autoptr (SacLoader) loader = sac_loader_new (dataset, spec, 0, 0);
  guint n = dataset->items->len, taken = MIN (n, n_clips), row = 0;
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < taken && clip; i++)
    {
      guint item = (guint) ((guint64) i * n / taken);

      if (progress)
        progress ((double) i / taken, ((SacItem *) dataset->items->pdata[item])->name, data);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return 0;
      g_clear_error (&last);
      if (!sac_loader_get (loader, item, 0, FALSE, clip, cancellable, &last))
        continue;
      for (guint k = 0; k < 2; k++)
        if (!run_probe (probes + k, clip, tables[k], row, cancellable, error))
          return 0;
      row++;
    }
  if (row < 2)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("two clips at least must be readable to compare outputs%s%s"),
                   last ? ": " : "", last ? last->message : "");
      return 0;
    }
  return row;
}

guint
sac_weight_analysis_outputs (SacWeightSeries *series, SacNet *before, SacNet *after, SacProject *project, SacSplit split, guint n_clips,
                             SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacDataset) dataset = sac_dataset_new (project, split, (const char *const *) sac_net_get_info (after)->labels, error);
  Probe probes[2] = { { 0 } };
  float **tables[2] = { NULL };
  guint n = 0, layers = 0;

  n_clips = CLAMP (n_clips, 2, MOST_CLIPS);
  if (!dataset)
    return 0;
  if (probe_init (probes, before, error) && probe_init (probes + 1, after, error))
    {
      gboolean good = TRUE;

      layers = probes[0].outputs->len;
      for (guint k = 0; k < 2; k++)
        {
          tables[k] = g_new0 (float *, layers + 1);
          for (guint i = 0; i < layers && good; i++)
            if (g_array_index (probes[k].outputs, SacVar, i))
              {
                tables[k][i] = g_try_new (float, n_clips * row_length (probes + k, i));
                good = tables[k][i] != NULL;
              }
        }
      if (good)
        n = look_at_clips (probes, tables, dataset, n_clips, progress, data, cancellable, error);
      else
        g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for the outputs of %u clips"), n_clips);
    }
  for (guint i = 0; i < layers && n > 0; i++)
    if (tables[0][i] && tables[1][i])
      add_layer (series, probes[0].names[i], tables[0][i], tables[1][i], n, row_length (probes, i));
  for (guint k = 0; k < 2; k++)
    {
      for (guint i = 0; i < layers && tables[k]; i++)
        g_free (tables[k][i]);
      g_free (tables[k]);
      probe_clear (probes + k);
    }
  return n;
}
