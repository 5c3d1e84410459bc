/* A network told from the names and shapes in a file.  methods/01 §2.2 */
#include <string.h>

#include "nn/sac-model.h"
#include "weight-files-private.h"

/* Kernels in time of the first convolution, of the first block's first and second one, of the third stage's first; 0: whatever. */
static const struct { const char *name; gint64 stem, first, second, third; } deep[] = {
  { "i3d", 3, 0, 3, 0 }, { "hara", 7, 0, 3, 0 }, { "nonlocal", 5, 3, 1, 3 }, { "slow", 1, 1, 1, 3 },
};

/* How far the layer's kernel reaches in time; 0: there is no such layer, or it is flat. */
static gint64
time_of (SacTensorFile *file, GHashTable *names, const char *layer)
{
  guint at = GPOINTER_TO_UINT (g_hash_table_lookup (names, layer));
  const SacTensorInfo *info = at ? sac_tensor_file_get_info (file, at - 1) : NULL;

  return info && info->rank == 5 ? info->dims[2] : 0;
}

static void
count_blocks (GHashTable *names, gint32 blocks[4])
{
  for (int stage = 0; stage < 4; stage++)
    for (blocks[stage] = 0; blocks[stage] < 100; blocks[stage]++)
      {
        g_autofree char *block = g_strdup_printf ("layer%d.%d.conv1.weight", stage + 1, blocks[stage]);

        if (!g_hash_table_contains (names, block))
          break;
      }
}

/* The first rows of the table that fits; bottlenecks have their kernel in time in the second convolution, basic blocks in both. */
static char *
dup_deep_name (SacTensorFile *file, GHashTable *names, gboolean bottleneck)
{
  gint64 seen[4] = { time_of (file, names, "conv1.weight"), time_of (file, names, "layer1.0.conv1.weight"),
                     time_of (file, names, "layer1.0.conv2.weight"), time_of (file, names, "layer3.0.conv1.weight") };

  for (guint i = 0; i < G_N_ELEMENTS (deep); i++)
    if (deep[i].stem == seen[0] && (!deep[i].first || deep[i].first == seen[1]) && deep[i].second == seen[2]
        && (!deep[i].third || deep[i].third == seen[3]) && (bottleneck || strcmp (deep[i].name, "nonlocal") != 0))
      return g_strdup_printf ("%s-r%d", deep[i].name, bottleneck ? 50 : 18);
  return NULL;
}

char *
sac_weights_recognise (SacTensorFile *file, SacModel *model)
{
  g_autoptr (GHashTable) names = _sac_index_layers (file);
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (names, "conv1.weight"));
  guint head = GPOINTER_TO_UINT (g_hash_table_lookup (names, "fc.bias"));
  const SacTensorInfo *stem = first ? sac_tensor_file_get_info (file, first - 1) : NULL;
  const SacTensorInfo *classes = head ? sac_tensor_file_get_info (file, head - 1) : NULL;
  gboolean bottleneck = g_hash_table_contains (names, "layer1.0.conv3.weight");
  g_autofree char *name = NULL;
  gint32 blocks[4];

  /* ST-ABN and ABN have other names beside. */
  if (!stem || !classes || classes->rank != 1 || (stem->rank != 4 && stem->rank != 5) || g_hash_table_contains (names, "att_conv.weight"))
    return NULL;
  name = stem->rank == 5 ? dup_deep_name (file, names, bottleneck) : g_strdup (bottleneck ? "r50-2d" : "r18-2d");
  count_blocks (names, blocks);
  if (!name || blocks[0] * blocks[1] * blocks[2] * blocks[3] == 0 || !sac_model_parse (name, model) || stem->dims[0] < 1
      || stem->dims[0] > 4096 || classes->dims[0] > 100000 || classes->dims[0] < 1)
    return NULL;
  sac_model_set_size (model, (gint32) classes->dims[0], (gint32) stem->dims[0], blocks, SAC_PAD_REPLICATE);
  return g_steal_pointer (&name);
}
