/* SacThumbLoader: thumbnails as textures.  What is visible comes first; what is no longer wanted is dropped from the queue; the
 * latest are kept within a memory budget.  Main thread; the work is done by threads. */
#pragma once
#include <gtk/gtk.h>

#include "store/sac-store.h"

#define SAC_TYPE_THUMB_LOADER (sac_thumb_loader_get_type ())
G_DECLARE_FINAL_TYPE (SacThumbLoader, sac_thumb_loader, SAC, THUMB_LOADER, GObject)

/* @pictures: GdkTexture, evenly spread over the file, empty where it cannot be read; borrowed, ref to keep. */
typedef void (*SacThumbFunc) (GPtrArray *pictures, gpointer data);

/* How far from being seen the one who asked is: 0 = visible now.  The nearest are loaded first. */
typedef int (*SacThumbRank) (gpointer data);

SacThumbLoader *sac_thumb_loader_new (SacThumbRank rank);
/* Calls @func at once when the pictures are there, else later.  A second ask of the same @data takes the place of the first. */
void            sac_thumb_loader_ask (SacThumbLoader *self, const SacItem *item, SacThumbFunc func, gpointer data);
void            sac_thumb_loader_forget (SacThumbLoader *self, gpointer data);
