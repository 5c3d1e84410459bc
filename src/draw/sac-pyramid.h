/* SacPyramid: a curve of any number of points that is looked at through windows of few pixels.  Above the points stand levels of blocks,
 * four of one level a block of the next, each with its lowest and its highest point; a window takes the level that is just fine enough.
 * Appending costs a few comparisons, a view some thousand points however many there are.  One thread at a time. */
#pragma once
#include "base/sac-base.h"

typedef struct _SacPyramid SacPyramid;

SacPyramid *sac_pyramid_new (void);
void        sac_pyramid_free (SacPyramid *pyramid);
/* A point whose @x is NaN or below the x before it is left out; @y NaN: a gap. */
void        sac_pyramid_append (SacPyramid *pyramid, double x, double y);
void        sac_pyramid_clear (SacPyramid *pyramid);
gsize       sac_pyramid_get_n (const SacPyramid *pyramid);
const double *sac_pyramid_get_x (const SacPyramid *pyramid);   /* all points; borrowed until the next change */
const double *sac_pyramid_get_y (const SacPyramid *pyramid);
/* The window's points with @x0 ≤ x ≤ @x1 and one on either side, thinned where there are more than 4·@columns: every block's lowest and
 * highest point stay, in the order they came; at most 8·@columns + 18 of them.  @x and @y are set to new arrays, transfer full. */
gsize       sac_pyramid_view (const SacPyramid *pyramid, double x0, double x1, guint columns, double **x, double **y);
/* The last point at or before @at that is no gap; FALSE where there is none. */
gboolean    sac_pyramid_find (const SacPyramid *pyramid, double at, gsize *index);
/* Another curve: the exponential moving average of this one with @smoothing in 0…1, started without a bias; gaps stay. */
SacPyramid *sac_pyramid_smooth (const SacPyramid *pyramid, double smoothing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPyramid, sac_pyramid_free)
