/* A block: many named tensors in few pages (≤ 128 MiB each; no tensor straddles a page), so that saving is one write
 * and one optimiser step is one dispatch a page.  Weights, BN statistics, gradients and moments are blocks.
 * Not thread-safe while a program that uses it runs. */
#pragma once
#include "sac-op.h"

typedef struct _SacBackend SacBackend;
typedef struct _SacBlock SacBlock;

#define SAC_BLOCK_PAGE_BYTES ((gsize) 128 << 20)

typedef struct {
  const char *name;             /* "layer1.0.conv1.weight" */
  SacShape shape;
  guint page;
  gsize offset;                 /* in floats inside the page; a multiple of 16 */
} SacBlockEntry;

SacBlock            *sac_block_new (const char *name);
SacBlock            *sac_block_new_like (const SacBlock *layout, const char *name);   /* same entries, no memory yet */
SacBlock            *sac_block_ref (SacBlock *block);
void                 sac_block_unref (SacBlock *block);

/* Layout.  Names are unique; adding after allocate is a programmer's error.  Returns the entry's index. */
guint                sac_block_add (SacBlock *block, const char *name, SacShape shape);
gint                 sac_block_find (const SacBlock *block, const char *name);         /* −1 if absent */
guint                sac_block_get_n_entries (const SacBlock *block);
const SacBlockEntry *sac_block_get_entry (const SacBlock *block, guint i);
guint                sac_block_get_n_pages (const SacBlock *block);
gsize                sac_block_get_page_floats (const SacBlock *block, guint page);

/* Memory (zeroed) on @backend.  Fails with SAC_GRAPH_ERROR_NO_MEMORY. */
gboolean             sac_block_allocate (SacBlock *block, SacBackend *backend, GError **error);
gboolean             sac_block_is_allocated (const SacBlock *block);
/* Copies, in memory order (N,T,H,W,C).  Reading fails where the device was lost. */
gboolean             sac_block_read (SacBlock *block, guint entry, float *out, GError **error);
void                 sac_block_write (SacBlock *block, guint entry, const float *in);
gboolean             sac_block_read_page (SacBlock *block, guint page, float *out, GError **error);
void                 sac_block_write_page (SacBlock *block, guint page, const float *in);
void                 sac_block_zero (SacBlock *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacBlock, sac_block_unref)
