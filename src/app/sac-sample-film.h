/* SacSampleFilm: the sample pictures of a run (RUN/samples/step-NNNNNN.png) through its training time: which there are, and their pixels,
 * read and decoded by a thread, the most wanted first.  What was decoded is kept within a bound.  Signals: "changed": others are there;
 * "loaded" (uint64 step): a picture came.  Main thread. */
#pragma once
#include <cairo.h>
#include <gio/gio.h>

#include "run/sac-gan-graph.h"

#define SAC_TYPE_SAMPLE_FILM (sac_sample_film_get_type ())
G_DECLARE_FINAL_TYPE (SacSampleFilm, sac_sample_film, SAC, SAMPLE_FILM, GObject)

#define SAC_SAMPLE_GAP 2        /* px around each picture of a file */

SacSampleFilm   *sac_sample_film_new (void);
void             sac_sample_film_set_folder (SacSampleFilm *self, const char *run_folder);     /* NULL: none */
const char      *sac_sample_film_get_folder (SacSampleFilm *self);
void             sac_sample_film_set_active (SacSampleFilm *self, gboolean active);    /* look for new ones; off at first */
guint            sac_sample_film_get_n (SacSampleFilm *self);
guint64          sac_sample_film_get_step (SacSampleFilm *self, guint i);        /* ascending in @i */
guint            sac_sample_film_find (SacSampleFilm *self, guint64 step);       /* the nearest; 0 where there are none */
/* NULL while it is not decoded: it is sought now, before all that was asked for earlier.  Borrowed until the main loop runs again. */
cairo_surface_t *sac_sample_film_get (SacSampleFilm *self, guint i);
void             sac_sample_film_prefetch (SacSampleFilm *self, guint i);       /* behind what is wanted */
/* The file of one step, decoded here and now; NULL: it cannot be read.  Any thread; transfer full. */
cairo_surface_t *sac_sample_film_decode (const char *run_folder, guint64 step);
/* What the run's recipe says; 0 while it is not known. */
typedef struct {
  guint rows, columns;
  int size, z;                  /* same seed and z: same noise */
  guint64 seed;
  SacGanGraph graph;
} SacSampleShape;
void             sac_sample_film_get_shape (SacSampleFilm *self, SacSampleShape *shape);
