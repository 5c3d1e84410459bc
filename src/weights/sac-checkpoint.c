/* All of a network in one file, and back, bit for bit. */
#include <glib/gi18n.h>
#include <string.h>

#include "write-private.h"

typedef struct {
  SacBlock *block;
  guint entry;
  SacTensorOut out;
} Item;

static void
add_block (GArray *items, GStringChunk *names, SacWeights *weights, SacBlock *block, const char *prefix)
{
  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    {
      const char *name = sac_block_get_entry (block, i)->name;
      g_autofree char *full = g_strconcat (prefix, name, NULL);
      Item item = { block, i };
      gint64 dims[5];

      /* Extra blocks are laid out like the params; anything else keeps its five axes. */
      if (sac_block_find (sac_weights_get_params (weights), name) >= 0 || sac_block_find (sac_weights_get_buffers (weights), name) >= 0)
        item.out.rank = sac_weights_get_dims (weights, name, dims);
      else
        {
          SacShape s = sac_block_get_entry (block, i)->shape;

          item.out.rank = 5;
          dims[0] = s.n, dims[1] = s.c, dims[2] = s.t, dims[3] = s.h, dims[4] = s.w;
        }
      {
        gint64 n = 1;

        for (guint axis = 0; axis < item.out.rank; axis++)
          n *= dims[axis];
        g_assert ((gsize) n == sac_shape_count (sac_block_get_entry (block, i)->shape));      /* not one number is left behind */
      }
      memcpy (item.out.dims, dims, item.out.rank * sizeof (gint64));
      item.out.name = g_string_chunk_insert (names, full);
      g_array_append_val (items, item);
    }
}

static GArray *
list_items (GStringChunk *names, SacWeights *weights, SacBlock *const *extra, const char *const *prefixes, guint n_extra)
{
  GArray *items = g_array_new (FALSE, TRUE, sizeof (Item));

  add_block (items, names, weights, sac_weights_get_params (weights), "");
  add_block (items, names, weights, sac_weights_get_buffers (weights), "");
  for (guint i = 0; i < n_extra; i++)
    add_block (items, names, weights, extra[i], prefixes[i]);
  return items;
}

static gboolean
fill_entry (guint i, float *out, gpointer data, GError **error)
{
  const Item *item = &g_array_index ((GArray *) data, Item, i);
  SacShape shape = sac_block_get_entry (item->block, item->entry)->shape;
  g_autofree float *memory = g_new (float, sac_shape_count (shape));

  if (!sac_block_read (item->block, item->entry, memory, error))
    return FALSE;
  sac_shape_from_memory_order (shape, memory, out);
  return TRUE;
}

gboolean
sac_weights_save (SacWeights *weights, SacBlock *const *extra, const char *const *prefixes, guint n_extra, GHashTable *metadata,
                  const char *path, GError **error)
{
  g_autoptr (GStringChunk) names = g_string_chunk_new (1024);
  g_autoptr (GArray) items = list_items (names, weights, extra, prefixes, n_extra);
  g_autofree SacTensorOut *tensors = g_new (SacTensorOut, MAX (items->len, 1));

  for (guint i = 0; i < items->len; i++)
    tensors[i] = g_array_index (items, Item, i).out;
  return _sac_safetensors_write_with (path, tensors, items->len, metadata, fill_entry, items, error);
}

gboolean
sac_weights_restore (SacWeights *weights, SacBlock *const *extra, const char *const *prefixes, guint n_extra, SacTensorFile *file,
                     GError **error)
{
  g_autoptr (GStringChunk) names = g_string_chunk_new (1024);
  g_autoptr (GArray) items = list_items (names, weights, extra, prefixes, n_extra);

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      gint at = sac_tensor_file_find (file, item->out.name);
      const SacTensorInfo *info = at < 0 ? NULL : sac_tensor_file_get_info (file, (guint) at);

      if (!info || strcmp (info->dtype, "float32") != 0 || info->rank != item->out.rank
          || memcmp (info->dims, item->out.dims, info->rank * sizeof (gint64)) != 0)
        return _sac_refuse (error, SAC_WEIGHTS_ERROR_MISMATCH,
                            info ? _("the checkpoint is of another network: “%s” has another shape there")
                                 : _("the checkpoint is of another network: “%s” is not in it"), item->out.name);
    }
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      SacShape shape = sac_block_get_entry (item->block, item->entry)->shape;
      g_autofree float *logical = g_new (float, sac_shape_count (shape)), *memory = g_new (float, sac_shape_count (shape));

      if (!sac_tensor_file_read_f32 (file, (guint) sac_tensor_file_find (file, item->out.name), logical, error))
        return FALSE;
      sac_shape_to_memory_order (shape, logical, memory);
      sac_block_write (item->block, item->entry, memory);
    }
  return TRUE;
}
