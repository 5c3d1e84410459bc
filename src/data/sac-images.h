/* Pictures for generators to learn from, all in memory: a folder of images (its folders are the classes), or CIFAR-10's binary batches. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint n;
  int size;                     /* pixels a side */
  guint8 *pixels;               /* n × size × size × 3, RGB */
  guint16 *classes;             /* n; 0 where there are none */
  char **class_names;           /* NULL-terminated; at least one */
} SacImages;

/* @path: a folder, or a .bin file of records of 1 + 3072 bytes, or a folder of such.  Pictures are cut to their middle square and scaled
 * to @size; at most @most of them (0: all there are) in the order of their names; what cannot be read is left out, and an error only
 * where nothing is left.  Any thread. */
SacImages *sac_images_load (const char *path, int size, guint most, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                            GError **error);
/* How many pictures there seem to be at @path, by names and sizes alone; at most a few million.  Any thread. */
guint      sac_images_count (const char *path);
void       sac_images_free (SacImages *images);
/* Picture @i as size × size × 3 numbers in −1 … 1. */
void       sac_images_get (const SacImages *images, guint i, float *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacImages, sac_images_free)
