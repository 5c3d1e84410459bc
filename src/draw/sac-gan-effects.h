/* What a search among graphs tells, as pictures: for each edge the outcome under each of its gates with its interval, and beside it which
 * gates the best trials have; and the best graphs laid over one another. */
#pragma once
#include "sac-gan-picture.h"

typedef struct { guint n; double mean, low, high; guint best; } SacGanEffect;   /* NaN: not known; @best: trials among the best */
typedef struct {
  guint n_edges, n_best;
  const char *const *edges;     /* their names */
  const SacGanEffect (*effects)[4];     /* n_edges × gate, as the gates of SacGanPicture are numbered */
  const char *outcome, *best_words;     /* above the two halves */
} SacGanEffects;
double sac_gan_effects_height (const SacStyle *style, const SacGanEffects *effects);    /* at which it is easy to read */
void   sac_gan_effects_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacGanEffects *effects);
/* The numbers behind it, tab-separated with a heading line.  Transfer full. */
char  *sac_gan_effects_dup_text (const SacGanEffects *effects);

/* @graphs: as SacGanGraph has gates, MOST × MOST each; what all of them have is strong, what one has is faint. */
void   sac_gan_overlay_draw (cairo_t *cr, double width, double height, const SacStyle *style, guint k, const guint8 *const *graphs,
                             guint n);
