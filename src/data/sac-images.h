/* Pictures for generators to learn from, all in memory: a folder of images (its folders are the classes), CIFAR-10's binary batches, or
 * frames of a project's clips. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint n;
  int size;                     /* pixels a side */
  guint8 *pixels;               /* n × size × size × 3, RGB */
  guint16 *classes;             /* n; 0 where there are none */
  char **class_names;           /* NULL-terminated; at least one */
  gsize n_room;                 /* the reader's own */
  guint n_left_out;             /* files or clips that could not be read */
  char *problem;                /* nullable: the first of them, and why */
} SacImages;

/* @source: a folder, or a .bin file of records of 1 + 3072 bytes, or a folder of such; or what sac_images_dup_source() wrote of a
 * project.  Pictures are cut to their middle square and scaled to @size; at most @most of them (0: all there are) in the order of their
 * names; what cannot be read is left out and told in @problem, and an error only where nothing is left.  Any thread. */
SacImages *sac_images_load (const char *source, int size, guint most, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                            GError **error);
/* How many pictures there seem to be, by names and sizes alone; 0 for a project, whose frames nobody has counted.  Any thread. */
guint      sac_images_count (const char *source);
void       sac_images_free (SacImages *images);
/* Picture @i as size × size × 3 numbers in −1 … 1. */
void       sac_images_get (const SacImages *images, guint i, float *out);

/* Every @every-th frame (from 1) of the clips of @project (FILE.saccade) that @query finds (nullable: all):
 * "FILE.saccade?every=25&query=label:throw", as it stands in a run's record and may be given for a path everywhere.  Classes are the
 * clips' first labels that are yes; clips without come under "". */
char      *sac_images_dup_source (const char *project, const char *query, guint every);
gboolean   sac_images_is_project (const char *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacImages, sac_images_free)
