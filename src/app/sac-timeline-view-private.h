/* SacTimelineView, inside: what the files that make it up share.  sac-timeline-marks.c reads, -acts.c does what keys ask for, -pointer.c
 * what the pointer does, -view.c draws and holds it together. */
#pragma once
#include "draw/sac-timeline.h"
#include "sac-timeline-view.h"

/* What a row is of. */
typedef struct {
  SacId label;
  SacId track;                  /* 0: the label's tags and segments */
  guint number;                 /* of the track among its label's, from 1 */
  guint32 colour;
} SacTimelineKey;

struct _SacTimelineView {
  GtkWidget parent_instance;
  SacSession *session;
  SacPlayer *player;            /* borrowed: it stands beside us in the page */
  SacLiveCoder *coder;          /* nullable */
  SacRunRows *run;              /* nullable: rows above the others */
  SacClip *clip;
  GPtrArray *marks;             /* SacMarks, a row each */
  GArray *rows;                 /* SacTimelineKey */
  GCancellable *reading;        /* marks are being read in a thread; NULL: they are not */
  SacId chosen, selected;       /* label; segment */
  SacSegment said;              /* of the selected one; id 0: none */
  SacId track;                  /* the selected one: its keyframes are shown */
  GArray *points;               /* gint64: when they are */
  guint points_row;
  guint vocabulary;             /* of what labels the rows were made */
  gint64 pending_ns;            /* −1: none */
  gint64 from_ns, to_ns, length_ns;
  SacId looped;                 /* the segment that is played over and over */
  GtkAdjustment *scrolled;      /* how far down the rows are scrolled */

  SacTimelineHit pointed;       /* what lies under the pointer */
  SacTimelineHit held;          /* what is dragged */
  SacMark held_mark;            /* the mark of it; in_ns > out_ns: none */
  gint64 held_ns;               /* where its edge would be now */
  gboolean refusing;            /* … is somebody else's edge: to be said if it is dragged */
  gboolean copying;             /* a copy of it is dragged, over @ghost_row */
  gint64 ghost_in_ns, ghost_out_ns;
  guint ghost_row;
};

gint64 _sac_timeline_playhead (SacTimelineView *self);
/* The end of the frame that is shown: an out point there takes the frame in. */
gint64 _sac_timeline_end_of_frame (SacTimelineView *self);
/* Rows as they are drawn: those of a run come before the labels'. */
guint  _sac_timeline_first_row (SacTimelineView *self);
SacId  _sac_timeline_row_label (SacTimelineView *self, guint row);     /* 0: not one of a label */
const SacMarks *_sac_timeline_row_marks (SacTimelineView *self, guint row);    /* NULL likewise */
SacId  _sac_timeline_row_track (SacTimelineView *self, guint row);     /* 0: not one of a track */
void   _sac_timeline_go_to (SacTimelineView *self, gint64 ns);
/* Reads the clip's marks anew: few at once, many in a thread while what was read before stays. */
void   _sac_timeline_read (SacTimelineView *self);
/* What the selected segment says now; it is let go where it is gone. */
void   _sac_timeline_read_selected (SacTimelineView *self);
/* The player goes round in the selected segment; once more: it does not. */
void   _sac_timeline_toggle_loop (SacTimelineView *self);
/* Shows @span ns from @from on, as far as the clip goes. */
void   _sac_timeline_show (SacTimelineView *self, double from, double span);
void   _sac_timeline_zoom_about (SacTimelineView *self, double factor, gint64 ns);
/* Scrolls to the row of @label. */
void   _sac_timeline_reveal (SacTimelineView *self, SacId label);
/* Other marks, or other words about the selected one. */
void   _sac_timeline_changed (SacTimelineView *self);
SacTimelineHit _sac_timeline_pick (SacTimelineView *self, double x, double y);
void   _sac_timeline_init_pointer (SacTimelineView *self);
