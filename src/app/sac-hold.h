/* SacHold: what of a clip played by while a key was held, as stretches of time.  Plain numbers, no widgets.
 *
 * A person sees, then presses, then lets go: both ends are late by about the same time, so sac_hold_end() moves both back along
 * the way that was played.  Where the playhead jumped (a loop's wrap, a seek) the stretch ends and a next begins. */
#pragma once
#include "store/sac-store.h"

typedef struct _SacHold SacHold;

/* The key went down with the playhead at @at_ns; looping goes from @zone_out_ns to @zone_in_ns and back. */
SacHold *sac_hold_new (gint64 at_ns, gint64 zone_in_ns, gint64 zone_out_ns);
void     sac_hold_free (SacHold *hold);
/* The playhead went on to @at_ns.  @direction +1 or −1.  What is against it is a wrap from near one end of the zone to near the
 * other, and a seek elsewhere; more than @far_ns at once is a seek too. */
void     sac_hold_move (SacHold *hold, gint64 at_ns, int direction, gint64 far_ns);
gint64   sac_hold_get_from (const SacHold *hold);               /* where the stretch that now grows began */
/* The key is up.  @late_ns: how much of the media passed between seeing and pressing.  The stretches in order, none touching
 * another, of SacSpan; transfer full. */
GArray  *sac_hold_end (const SacHold *hold, gint64 late_ns);
