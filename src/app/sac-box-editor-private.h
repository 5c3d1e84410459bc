/* SacBoxEditor, inside: the acts, the pointer and the painting share it. */
#pragma once
#include "sac-box-editor.h"
#include "sac-box-grip.h"

typedef struct _SacFollowRun SacFollowRun;

struct _SacBoxEditor {
  GtkWidget parent_instance;
  SacSession *session;
  SacPlayer *player;            /* owns us */
  guint painter;
  SacClip *clip;
  GPtrArray *tracks;            /* SacTrack */
  GHashTable *locked, *hidden;  /* gint64 ids */
  GArray *foreign;              /* SacId: layers of others, which are not changed here */
  gboolean only_selected;       /* the others are hidden */
  SacId selected, label, merging;
  gboolean armed;

  /* What is not written yet: a drag or nudges. */
  gboolean drafting;
  SacId draft_track;            /* 0: a new object */
  SacBox draft;
  guint settle_id;              /* nudges become an act when they pause */

  SacGrip grip;                 /* of the drag */
  SacBox start;                 /* as it was when the drag began */
  double start_x, start_y;      /* px of the picture */
  gboolean held;                /* a button is down on us */
  gboolean beside;              /* … or on no box at all … */
  gboolean refusing;            /* … or on one that may not be moved: to be said if it is tried */

  guint propagated;             /* over how many frames the last time; 0: not yet */

  SacFollowRun *run;
};

SacTrack *_sac_box_editor_find (SacBoxEditor *self, SacId id);
/* What is painted of @track at @frame: FALSE: nothing. */
gboolean  _sac_box_editor_shown (SacBoxEditor *self, const SacTrack *track, guint frame, SacBox *box);
gboolean  _sac_box_editor_is_foreign (SacBoxEditor *self, const SacTrack *track);
gboolean  _sac_box_editor_is_locked (SacBoxEditor *self, SacId track);        /* or foreign, and says so */
guint     _sac_box_editor_frame (SacBoxEditor *self);
gboolean  _sac_box_editor_size (SacBoxEditor *self, double *width, double *height);   /* of the picture */
/* The draft is written; a new object is selected. */
void      _sac_box_editor_settle (SacBoxEditor *self);
void      _sac_box_editor_drop_draft (SacBoxEditor *self);
void      _sac_box_editor_changed (SacBoxEditor *self);
/* An act on the selected track's boxes: @boxes (none left: the track goes). */
gboolean  _sac_box_editor_write (SacBoxEditor *self, const SacTrack *track, GArray *boxes, const char *what, gboolean quiet);
GArray   *_sac_box_editor_copy (const SacTrack *track);

/* sac-box-pointer.c */
void      _sac_box_editor_add_pointer (SacBoxEditor *self);
void      _sac_box_editor_paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height,
                                 gpointer data);
/* sac-box-propagate.c */
void      _sac_box_editor_ask_propagate (SacBoxEditor *self);
/* sac-box-follow.c */
gboolean  _sac_box_editor_follow (SacBoxEditor *self);       /* starts, or stops and keeps what was found */
void      _sac_box_editor_stop_following (SacBoxEditor *self, gboolean keep);
gboolean  _sac_box_editor_followed_box (SacBoxEditor *self, SacId track, guint frame, SacBox *box);
