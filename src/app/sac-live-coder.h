/* SacLiveCoder: labels held down while a clip plays.  A key held marks a segment for as long; a key tapped says yes or no of the
 * clip, which is the page's business ("tap").  Several keys may be held at once; each makes its segments as one act of the session
 * when it goes up, moved back by the person's reaction time (setting "reaction-ms").  At any speed, backwards, round a loop.
 * Main thread.
 * Signals: "tap" (uint act's number), "changed": what grows is another. */
#pragma once
#include "sac-player.h"
#include "sac-session.h"

#define SAC_TYPE_LIVE_CODER (sac_live_coder_get_type ())
G_DECLARE_FINAL_TYPE (SacLiveCoder, sac_live_coder, SAC, LIVE_CODER, GObject)

SacLiveCoder *sac_live_coder_new (SacSession *session, SacPlayer *player);
/* The clip that is played; what is held is let go.  0: none. */
void          sac_live_coder_set_clip (SacLiveCoder *self, SacId clip);
/* A label's key went down.  FALSE: nothing is played, the press means what it means at rest.  @number comes back with "tap". */
gboolean      sac_live_coder_press (SacLiveCoder *self, guint keycode, SacId label, guint number);
void          sac_live_coder_release (SacLiveCoder *self, guint keycode);
/* All keys up: the window lost the keyboard, say. */
void          sac_live_coder_release_all (SacLiveCoder *self);
/* Whether a mark of @label grows now, and from where. */
gboolean      sac_live_coder_get_growing (SacLiveCoder *self, SacId label, gint64 *from_ns);
