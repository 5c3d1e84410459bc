/* SacBoxEditor: lies over a player's picture, paints the clip's tracks of boxes and edits them by pointer and by acts.  Drag with the
 * tool to draw a new object; click to select, drag to move, drag one of eight handles to resize: that makes a keyframe at the
 * frame in view.  Nothing is written during a drag; at its end it is one act of the session.  Locks and what is hidden are view state.
 * Properties (notify): "selected" int64 (a track's id, 0 none), "armed" boolean, read and write: the next drag draws a new object;
 * "following" boolean: an object is being followed.
 * Signal "changed": the selected box, its track or the frame is another. */
#pragma once
#include "sac-player.h"
#include "sac-session.h"

#define SAC_TYPE_BOX_EDITOR (sac_box_editor_get_type ())
G_DECLARE_FINAL_TYPE (SacBoxEditor, sac_box_editor, SAC, BOX_EDITOR, GtkWidget)

/* A new editor over @player's picture, owned by it. */
SacBoxEditor   *sac_box_editor_new (SacSession *session, SacPlayer *player);
void            sac_box_editor_set_clip (SacBoxEditor *self, SacClip *clip);   /* NULL none; the same again: its tracks are read anew */
guint           sac_box_editor_get_n_tracks (SacBoxEditor *self);

SacId           sac_box_editor_get_selected (SacBoxEditor *self);
void            sac_box_editor_select (SacBoxEditor *self, SacId track);       /* 0: none */
const SacTrack *sac_box_editor_get_track (SacBoxEditor *self);                 /* the selected one, borrowed until "changed"; NULL none */
/* The selected object at the frame in view, as a drag in progress has it; FALSE where it is not there. */
gboolean        sac_box_editor_get_box (SacBoxEditor *self, SacBox *box);
/* A keyframe at the frame in view. */
gboolean        sac_box_editor_set_box (SacBoxEditor *self, const SacBox *box);

void            sac_box_editor_set_armed (SacBoxEditor *self, gboolean armed);
gboolean        sac_box_editor_get_armed (SacBoxEditor *self);
/* Of the selected track (TRUE); otherwise new objects get it. */
gboolean        sac_box_editor_set_label (SacBoxEditor *self, SacId label);
gboolean        sac_box_editor_get_locked (SacBoxEditor *self);
/* The selected one is neither locked nor somebody else's. */
gboolean       sac_box_editor_may_change (SacBoxEditor *self);
gboolean        sac_box_editor_get_hidden (SacBoxEditor *self);
gboolean        sac_box_editor_get_following (SacBoxEditor *self);
/* The selected object's box stays as it is over the next @n frames; FALSE: nothing changed. */
gboolean        sac_box_editor_propagate (SacBoxEditor *self, guint n);
/* "track.new", "track.keyframe" … of the key map: TRUE if it was done.  Acts on a track are not where none is selected. */
gboolean        sac_box_editor_act (SacBoxEditor *self, const char *act);
