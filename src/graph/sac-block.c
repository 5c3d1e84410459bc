#include "sac-block.h"

#include <glib/gi18n.h>

#include "sac-backend.h"
#include "sac-graph-private.h"

#define ENTRY_ALIGN 64          /* floats: 256 bytes, the largest offset alignment of Vulkan devices */

struct _SacBlock {
  gatomicrefcount refs;
  char *name;
  GArray *entries;              /* SacBlockEntry, names owned */
  GHashTable *by_name;          /* borrowed name → index + 1 */
  GArray *page_floats;          /* gsize */
  GPtrArray *pages;             /* SacBuffer*, empty until allocated */
  SacBackend *backend;
};

SacBlock *
sac_block_new (const char *name)
{
  SacBlock *block = g_new0 (SacBlock, 1);

  g_atomic_ref_count_init (&block->refs);
  block->name = g_strdup (name);
  block->entries = g_array_new (FALSE, TRUE, sizeof (SacBlockEntry));
  block->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  block->page_floats = g_array_new (FALSE, TRUE, sizeof (gsize));
  block->pages = g_ptr_array_new ();
  return block;
}

SacBlock *
sac_block_new_like (const SacBlock *layout, const char *name)
{
  SacBlock *block = sac_block_new (name);

  for (guint i = 0; i < layout->entries->len; i++)
    {
      const SacBlockEntry *entry = sac_block_get_entry (layout, i);

      sac_block_add (block, entry->name, entry->shape);
    }
  return block;
}

SacBlock *
sac_block_ref (SacBlock *block)
{
  g_atomic_ref_count_inc (&block->refs);
  return block;
}

void
sac_block_unref (SacBlock *block)
{
  if (!block || !g_atomic_ref_count_dec (&block->refs))
    return;
  for (guint i = 0; i < block->pages->len; i++)
    block->backend->release (block->backend, block->pages->pdata[i]);
  for (guint i = 0; i < block->entries->len; i++)
    g_free ((char *) g_array_index (block->entries, SacBlockEntry, i).name);
  g_array_unref (block->entries);
  g_hash_table_unref (block->by_name);
  g_array_unref (block->page_floats);
  g_ptr_array_unref (block->pages);
  g_free (block->name);
  g_free (block);
}

guint
sac_block_add (SacBlock *block, const char *name, SacShape shape)
{
  gsize count = sac_shape_count (shape), padded = (count + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
  guint last = block->page_floats->len;
  SacBlockEntry entry = { .name = g_strdup (name), .shape = shape };

  g_assert (!sac_block_is_allocated (block) && sac_block_find (block, name) < 0);
  if (last == 0
      || (g_array_index (block->page_floats, gsize, last - 1) + padded) * sizeof (float) > SAC_BLOCK_PAGE_BYTES)
    {
      gsize none = 0;

      g_array_append_val (block->page_floats, none);
      last++;
    }
  entry.page = last - 1;
  entry.offset = g_array_index (block->page_floats, gsize, entry.page);
  g_array_index (block->page_floats, gsize, entry.page) += padded;
  g_array_append_val (block->entries, entry);
  g_hash_table_insert (block->by_name, (gpointer) entry.name, GUINT_TO_POINTER (block->entries->len));
  return block->entries->len - 1;
}

gint
sac_block_find (const SacBlock *block, const char *name)
{
  return (gint) GPOINTER_TO_UINT (g_hash_table_lookup (block->by_name, name)) - 1;
}

guint
sac_block_get_n_entries (const SacBlock *block)
{
  return block->entries->len;
}

const SacBlockEntry *
sac_block_get_entry (const SacBlock *block, guint i)
{
  g_return_val_if_fail (i < block->entries->len, NULL);
  return &g_array_index (block->entries, SacBlockEntry, i);
}

guint
sac_block_get_n_pages (const SacBlock *block)
{
  return block->page_floats->len;
}

gsize
sac_block_get_page_floats (const SacBlock *block, guint page)
{
  return g_array_index (block->page_floats, gsize, page);
}

gboolean
sac_block_allocate (SacBlock *block, SacBackend *backend, GError **error)
{
  g_return_val_if_fail (!sac_block_is_allocated (block), FALSE);
  block->backend = backend;
  for (guint i = 0; i < block->page_floats->len; i++)
    {
      SacBuffer *page = backend->alloc (backend, sizeof (float) * sac_block_get_page_floats (block, i), error);

      if (!page)
        {
          g_prefix_error (error, _("The %s do not fit: "), block->name);
          for (guint p = 0; p < block->pages->len; p++)
            backend->release (backend, block->pages->pdata[p]);
          g_ptr_array_set_size (block->pages, 0);
          return FALSE;
        }
      g_ptr_array_add (block->pages, page);
    }
  return TRUE;
}

gboolean
sac_block_is_allocated (const SacBlock *block)
{
  return block->pages->len > 0;
}

SacBuffer *
_sac_block_get_page (SacBlock *block, guint page)
{
  return page < block->pages->len ? block->pages->pdata[page] : NULL;
}

SacBackend *
_sac_block_get_backend (SacBlock *block)
{
  return sac_block_is_allocated (block) ? block->backend : NULL;
}

gboolean
sac_block_read (SacBlock *block, guint i, float *out, GError **error)
{
  const SacBlockEntry *entry = sac_block_get_entry (block, i);

  return block->backend->download (block->backend, block->pages->pdata[entry->page], sizeof (float) * entry->offset, out,
                                   sizeof (float) * sac_shape_count (entry->shape), error);
}

void
sac_block_write (SacBlock *block, guint i, const float *in)
{
  const SacBlockEntry *entry = sac_block_get_entry (block, i);

  block->backend->upload (block->backend, block->pages->pdata[entry->page], sizeof (float) * entry->offset, in,
                          sizeof (float) * sac_shape_count (entry->shape));
}

gboolean
sac_block_read_page (SacBlock *block, guint page, float *out, GError **error)
{
  return block->backend->download (block->backend, block->pages->pdata[page], 0, out,
                                   sizeof (float) * sac_block_get_page_floats (block, page), error);
}

void
sac_block_write_page (SacBlock *block, guint page, const float *in)
{
  block->backend->upload (block->backend, block->pages->pdata[page], 0, in,
                          sizeof (float) * sac_block_get_page_floats (block, page));
}

void
sac_block_zero (SacBlock *block)
{
  static const float zeros[16384];

  for (guint p = 0; p < block->pages->len; p++)
    {
      gsize n = sac_block_get_page_floats (block, p);

      for (gsize at = 0; at < n; at += G_N_ELEMENTS (zeros))
        block->backend->upload (block->backend, block->pages->pdata[p], sizeof (float) * at, zeros,
                                sizeof (float) * MIN (n - at, G_N_ELEMENTS (zeros)));
    }
}
