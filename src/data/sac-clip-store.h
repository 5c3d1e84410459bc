/* Decoded and resized clips on the disk, so that a second epoch, run or seed decodes nothing: compressed without loss, within a budget,
 * those not used for longest leaving first.  Files are whole or absent; what is damaged is passed over and made again.  A clip is known by
 * the hash of its file and what is taken of it, and read only while its file is still the one that was labelled.  Thread-safe; several
 * processes may share a folder. */
#pragma once
#include "sac-data.h"

struct _SacClipStore;           /* SacClipStore of sac-data.h */

/* @folder NULL: "clips" in the cache.  @budget: most bytes there; 0: nothing is kept or read. */
SacClipStore *sac_clip_store_new (const char *folder, guint64 budget);
void          sac_clip_store_free (SacClipStore *store);
/* Bytes for a budget that nobody gave: 8 GiB, at most a quarter of what the disk has free. */
guint64       sac_clip_store_usual_budget (void);
/* Whether it is likely there. */
gboolean      sac_clip_store_has (SacClipStore *store, const SacItem *item, const SacClipSpec *spec);
/* @pixels: sac_clip_bytes() of them, as sac_clip_decode() gives. */
gboolean      sac_clip_store_read (SacClipStore *store, const SacItem *item, const SacClipSpec *spec, guint8 *pixels);
void          sac_clip_store_write (SacClipStore *store, const SacItem *item, const SacClipSpec *spec, const guint8 *pixels);
guint64       sac_clip_store_get_bytes (SacClipStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacClipStore, sac_clip_store_free)
