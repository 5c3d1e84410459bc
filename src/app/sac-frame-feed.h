/* SacFrameFeed: the frames of one file as textures, decoded and converted on a thread of its own.  It is told which frame is
 * wanted and how many to have ready beyond it; it keeps a window of ready textures around that frame.  Main thread.
 * A far frame takes its time: what is decoded on the way to it, the key frame first, can be had meanwhile.
 * Signals: "opened" (get_media answers now), "failed" (string why; the file cannot be shown), "ready" (new textures, a
 * frame that cannot be decoded: see get_problem, or counting went on). */
#pragma once
#include <gtk/gtk.h>

#include "media/sac-media.h"

#define SAC_TYPE_FRAME_FEED (sac_frame_feed_get_type ())
G_DECLARE_FINAL_TYPE (SacFrameFeed, sac_frame_feed, SAC, FRAME_FEED, GObject)

SacFrameFeed *sac_frame_feed_new (void);
/* Another file, NULL = none.  What belonged to the one before is dropped at once; opening goes on in the background. */
void          sac_frame_feed_open (SacFrameFeed *self, const char *path);
SacMedia     *sac_frame_feed_get_media (SacFrameFeed *self);            /* borrowed, NULL until opened */
/* Some files can be opened only when all their frames have been decoded once and counted.  While that goes on: how far it is, 0…1, and
 * the seconds left, each −1 where nobody knows.  FALSE: it does not go on. */
gboolean      sac_frame_feed_get_counting (SacFrameFeed *self, double *fraction, double *seconds_left);
void          sac_frame_feed_stop (SacFrameFeed *self);                 /* gives up opening; "failed" follows */
/* @ahead: so many frames beyond @frame, negative = before it, are made ready too. */
void          sac_frame_feed_want (SacFrameFeed *self, guint frame, int ahead);
GdkTexture   *sac_frame_feed_dup_texture (SacFrameFeed *self, guint frame);   /* transfer full, NULL = not ready */
/* Why @frame cannot be shown; transfer full, NULL if it can or is not known yet. */
char         *sac_frame_feed_dup_problem (SacFrameFeed *self, guint frame);
/* A picture near the wanted frame, until that is ready: *@frame is which.  Transfer full, NULL = none. */
GdkTexture   *sac_frame_feed_dup_near (SacFrameFeed *self, guint *frame);
