/* Which tensor of a file goes to which layer, said in full before anything is written. */
#include <glib/gi18n.h>
#include <string.h>

#include "weight-files-private.h"

typedef struct {
  gint tensor;                  /* −1: none */
  SacMapStatus status;
  float *numbers;               /* in the layer's order, read before the first write */
} Plan;

/* Layers whose shape follows the number of classes, or of frames: @weight and bias, or running numbers, of one go together. */
static const char *const heads[] = {
  "fc.", "att_conv.", "att_bn2.", "att_score.", "att_fc.", "sp_conv.", "t_conv.", "t_mix.", "t_fc1.", "t_fc2.",
};

static const char *
find_head (const char *layer)
{
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    if (g_str_has_prefix (layer, heads[i]))
      return heads[i];
  return NULL;
}

static char *
dup_shape (guint rank, const gint64 *dims)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rank; i++)
    g_string_append_printf (out, "%s%" G_GINT64_FORMAT, i ? "×" : "", dims[i]);
  if (rank == 0)
    g_string_append_c (out, '1');
  return g_string_free (out, FALSE);
}

/* Kernels as (K,C,kT,kH,kW), the rest filled up with ones: 1×1 kernels and matrices become the same thing. */
static void
to_five (guint rank, const gint64 *dims, gint64 five[5])
{
  for (guint i = 0; i < 5; i++)
    five[i] = 1;
  if (rank == 4)
    five[0] = dims[0], five[1] = dims[1], five[3] = dims[2], five[4] = dims[3];
  else
    memcpy (five, dims, rank * sizeof (gint64));
}

/* How @info fills a layer of @dims. */
static SacMapStatus
compare (const SacTensorInfo *info, guint rank, const gint64 *dims, SacInflation inflation, const char *head)
{
  gint64 a[5], b[5];

  if (info->rank > 5)
    return SAC_MAP_SHAPE;
  to_five (info->rank, info->dims, a);
  to_five (rank, dims, b);
  if (memcmp (a, b, sizeof a) == 0)
    return SAC_MAP_LOADED;
  if (info->rank == 4 && rank == 5 && inflation != SAC_INFLATE_NONE && a[0] == b[0] && a[1] == b[1] && a[3] == b[3] && a[4] == b[4]
      && (inflation == SAC_INFLATE_AVERAGE || b[2] % 2 == 1))
    return SAC_MAP_INFLATED;
  if (head && info->rank >= 1 && (rank == 1 || (info->rank >= 2 && (a[1] == b[1] || strcmp (head, "fc.") != 0))))
    return SAC_MAP_REPLACED;
  return SAC_MAP_SHAPE;
}

GHashTable *
_sac_index_layers (SacTensorFile *file)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      g_autofree char *name = _sac_dup_layer_name (sac_tensor_file_get_info (file, i)->name);

      if (!g_hash_table_contains (names, name))
        g_hash_table_insert (names, g_steal_pointer (&name), GUINT_TO_POINTER (i + 1));
    }
  return names;
}

static void
add_row (GArray *rows, SacMapReport *report, const SacTensorInfo *info, SacWeights *weights, const char *layer, SacMapStatus status)
{
  SacMapRow row = { .status = status };
  gint64 dims[5];

  if (info)
    {
      row.tensor = g_strdup (info->name);
      row.tensor_shape = dup_shape (info->rank, info->dims);
    }
  if (layer)
    {
      guint rank = sac_weights_get_dims (weights, layer, dims);

      row.layer = g_strdup (layer);
      row.layer_shape = dup_shape (rank, dims);
    }
  report->n_loaded += status == SAC_MAP_LOADED || status == SAC_MAP_INFLATED;
  report->n_missing += status == SAC_MAP_MISSING;
  report->n_unused += status == SAC_MAP_UNUSED;
  report->n_shape += status == SAC_MAP_SHAPE;
  report->n_replaced += status == SAC_MAP_REPLACED;
  g_array_append_val (rows, row);
}

/* Parts of a head go together: one drawn anew leaves the others without meaning. */
static void
settle_heads (Plan *plans, guint n, const char *const *layers)
{
  for (guint h = 0; h < G_N_ELEMENTS (heads); h++)
    {
      gboolean replaced = FALSE;

      for (guint i = 0; i < n; i++)
        replaced = replaced || (g_str_has_prefix (layers[i], heads[h]) && plans[i].status == SAC_MAP_REPLACED);
      for (guint i = 0; replaced && i < n; i++)
        if (g_str_has_prefix (layers[i], heads[h]) && plans[i].status == SAC_MAP_LOADED)
          plans[i].status = SAC_MAP_REPLACED;
    }
}

static gboolean
read_plan (Plan *plan, SacTensorFile *file, SacWeights *weights, const char *layer, SacInflation inflation, GError **error)
{
  const SacTensorInfo *info = sac_tensor_file_get_info (file, (guint) plan->tensor);
  g_autofree float *flat = NULL;
  gint64 dims[5];
  gsize in = 1, out = 1;
  guint rank = sac_weights_get_dims (weights, layer, dims);

  for (guint i = 0; i < info->rank; i++)
    in *= (gsize) info->dims[i];
  for (guint i = 0; i < rank; i++)
    out *= (gsize) dims[i];
  plan->numbers = g_try_new (float, out);
  flat = plan->status == SAC_MAP_INFLATED ? g_try_new (float, in) : NULL;
  if (!plan->numbers || (plan->status == SAC_MAP_INFLATED && !flat))
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("there is no memory for the weights"));
  if (!sac_tensor_file_read_f32 (file, (guint) plan->tensor, flat ? flat : plan->numbers, error))
    return FALSE;
  if (flat)
    sac_inflate_kernel (flat, (gsize) (dims[0] * dims[1]), (gsize) (dims[3] * dims[4]), (guint) dims[2], inflation, plan->numbers);
  return TRUE;
}

static gboolean
apply (Plan *plans, guint n, const char *const *layers, SacTensorFile *file, SacWeights *weights, SacInflation inflation,
       guint64 head_seed, GError **error)
{
  for (guint i = 0; i < n; i++)
    if ((plans[i].status == SAC_MAP_LOADED || plans[i].status == SAC_MAP_INFLATED)
        && !read_plan (&plans[i], file, weights, layers[i], inflation, error))
      return FALSE;
  for (guint i = 0; i < n; i++)
    if (plans[i].numbers)
      sac_weights_write (weights, layers[i], plans[i].numbers);
    else
      sac_weights_initialise_one (weights, layers[i], head_seed);
  return TRUE;
}

static gboolean
judge (const SacMapReport *report, SacTensorFile *file, GError **error)
{
  if (report->n_shape)
    for (guint i = 0; i < report->n_rows; i++)
      if (report->rows[i].status == SAC_MAP_SHAPE)
        {
          const SacMapRow *row = &report->rows[i];
          g_autofree char *visible = sac_tensor_name_dup_visible (row->tensor);

          _sac_refuse (error, SAC_WEIGHTS_ERROR_MISMATCH,
                       _("%s does not fit this network: “%s” is %s, the layer is %s (%u layers differ)"), file->shown, visible,
                       row->tensor_shape, row->layer_shape, report->n_shape);
          return FALSE;
        }
  if (!report->n_loaded)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_MISMATCH,
                        _("%s does not fit this network: no tensor has the name of a layer"), file->shown);
  return TRUE;
}

static void
clear_row (gpointer data)
{
  SacMapRow *row = data;

  g_free (row->tensor);
  g_free (row->layer);
  g_free (row->tensor_shape);
  g_free (row->layer_shape);
}

/* @load FALSE: say it only. */
static gboolean
map (SacWeights *weights, SacTensorFile *file, SacInflation inflation, gboolean load, guint64 head_seed, SacMapReport **report,
     GError **error)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };
  guint n_params = sac_block_get_n_entries (blocks[0]), n = n_params + sac_block_get_n_entries (blocks[1]);
  g_autofree const char **layers = g_new0 (const char *, n + 1);
  g_autofree Plan *plans = g_new0 (Plan, n + 1);
  g_autofree gboolean *used = g_new0 (gboolean, sac_tensor_file_get_n (file) + 1);
  g_autoptr (GHashTable) names = _sac_index_layers (file);
  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (SacMapRow));
  g_autoptr (SacMapReport) told = g_new0 (SacMapReport, 1);
  gboolean fine;

  for (guint i = 0; i < n; i++)
    {
      gint64 dims[5];
      guint rank;

      layers[i] = sac_block_get_entry (blocks[i >= n_params], i < n_params ? i : i - n_params)->name;
      plans[i].tensor = (gint) GPOINTER_TO_UINT (g_hash_table_lookup (names, layers[i])) - 1;
      rank = sac_weights_get_dims (weights, layers[i], dims);
      plans[i].status = plans[i].tensor < 0 ? SAC_MAP_MISSING
                                            : compare (sac_tensor_file_get_info (file, (guint) plans[i].tensor), rank, dims, inflation,
                                                       find_head (layers[i]));
    }
  settle_heads (plans, n, layers);
  for (guint i = 0; i < n; i++)
    {
      if (plans[i].tensor >= 0)
        used[plans[i].tensor] = TRUE;
      add_row (rows, told, plans[i].tensor < 0 ? NULL : sac_tensor_file_get_info (file, (guint) plans[i].tensor), weights, layers[i],
               plans[i].status);
    }
  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    if (!used[i])
      add_row (rows, told, sac_tensor_file_get_info (file, i), weights, NULL, SAC_MAP_UNUSED);
  told->n_rows = rows->len;
  told->rows = (SacMapRow *) (gpointer) g_array_free (g_steal_pointer (&rows), FALSE);

  fine = judge (told, file, error) && (!load || apply (plans, n, layers, file, weights, inflation, head_seed, error));
  for (guint i = 0; i < n; i++)
    g_free (plans[i].numbers);
  if (report)
    *report = g_steal_pointer (&told);
  return fine;
}

gboolean
sac_weights_load (SacWeights *weights, SacTensorFile *file, SacInflation inflation, guint64 head_seed, SacMapReport **report,
                  GError **error)
{
  return map (weights, file, inflation, TRUE, head_seed, report, error);
}

gboolean
sac_weights_match (SacWeights *weights, SacTensorFile *file, SacInflation inflation, SacMapReport **report, GError **error)
{
  return map (weights, file, inflation, FALSE, 0, report, error);
}

const char *
sac_map_status_get_name (SacMapStatus status)
{
  static const char *const names[] = {
    [SAC_MAP_LOADED] = "loaded", [SAC_MAP_INFLATED] = "inflated", [SAC_MAP_REPLACED] = "replaced", [SAC_MAP_MISSING] = "missing",
    [SAC_MAP_UNUSED] = "unused", [SAC_MAP_SHAPE] = "shape",
  };

  return names[status];
}

void
sac_map_report_free (SacMapReport *report)
{
  if (!report)
    return;
  for (guint i = 0; i < report->n_rows; i++)
    clear_row (&report->rows[i]);
  g_free (report->rows);
  g_free (report);
}

static const char *
status_word (SacMapStatus status)
{
  switch (status)
    {
    case SAC_MAP_LOADED:
      return _("loaded");
    case SAC_MAP_INFLATED:
      return _("inflated");
    case SAC_MAP_REPLACED:
      return _("replaced: other classes, drawn anew");
    case SAC_MAP_MISSING:
      return _("not in the file, drawn anew");
    case SAC_MAP_UNUSED:
      return _("not used");
    case SAC_MAP_SHAPE:
    default:
      return _("shapes differ");
    }
}

static void
pad_to (GString *out, gsize from, glong width)
{
  glong have = g_utf8_strlen (out->str + from, -1);

  while (have++ < width)
    g_string_append_c (out, ' ');
}

char *
sac_map_report_dup_text (const SacMapReport *report)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free), right = g_ptr_array_new_with_free_func (g_free);
  glong widths[2] = { 0, 0 };

  for (guint i = 0; i < report->n_rows; i++)
    {
      const SacMapRow *row = &report->rows[i];
      g_autofree char *tensor = row->tensor ? sac_tensor_name_dup_visible (row->tensor) : NULL;
      char *a = tensor ? g_strdup_printf ("%s  %s", tensor, row->tensor_shape) : g_strdup ("–");
      char *b = row->layer ? g_strdup_printf ("%s  %s", row->layer, row->layer_shape) : g_strdup ("–");

      g_ptr_array_add (left, a);
      g_ptr_array_add (right, b);
      widths[0] = MIN (MAX (widths[0], g_utf8_strlen (a, -1)), 70);
      widths[1] = MIN (MAX (widths[1], g_utf8_strlen (b, -1)), 70);
    }
  for (guint i = 0; i < report->n_rows; i++)
    {
      gsize from = out->len;

      g_string_append (out, left->pdata[i]);
      pad_to (out, from, widths[0] + 2);
      from = out->len;
      g_string_append (out, right->pdata[i]);
      pad_to (out, from, widths[1] + 2);
      g_string_append_printf (out, "%s\n", status_word (report->rows[i].status));
    }
  g_string_append_printf (out, _("%u loaded, %u replaced, %u missing, %u not used, %u of another shape"), report->n_loaded,
                          report->n_replaced, report->n_missing, report->n_unused, report->n_shape);
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
