/* SacSession: the open project as the window sees it: its clips as a list model, its labels, its acts.  Every act is one
 * command of the store; errors and what was done are told by "message", so no page has to.  Main thread.
 * Signals: "project-changed" another project, or none, is open · "labels-changed" vocabulary, keys, colours or counts ·
 * "clips-changed" items or label states changed (each SacClip also says so itself) · "runs-changed" ·
 * "layers-shown" other layers are to be drawn ·
 * "message" (string text, boolean undoable) to be shown as a toast.
 * Acts on thousands of clips are begun and go on in a thread: "busy" says what is done, "message" when it is done.
 * Properties (read, notify): "busy" string nullable, "open" boolean, "writable" boolean, "can-undo", "can-redo" boolean. */
#pragma once
#include "sac-clip-list.h"

#define SAC_TYPE_SESSION (sac_session_get_type ())
G_DECLARE_FINAL_TYPE (SacSession, sac_session, SAC, SESSION, GObject)

SacSession *sac_session_new (void);
/* Opens @path in place of what is open.  A project that another program writes is opened read-only, with a message. */
gboolean    sac_session_open (SacSession *self, const char *path, gboolean create, GError **error);
void        sac_session_close (SacSession *self);
gboolean    sac_session_is_open (SacSession *self);
gboolean    sac_session_is_writable (SacSession *self);
const char *sac_session_get_busy (SacSession *self);             /* "Labelling 100000 clips…", NULL; the write is lent meanwhile */
double      sac_session_get_progress (SacSession *self);         /* of what makes it busy, 0 … 1 */
void        sac_session_stop (SacSession *self);                 /* ends it with nothing changed */
/* What else is marked in a clip: bits. */
enum { SAC_HAS_SEGMENTS = 1, SAC_HAS_TRACKS = 2 };
guint       sac_session_get_marks (SacSession *self, SacId item);
/* NULL while none is open or while the write is lent.  Runs, tracks and segments are asked of it directly. */
SacProject *sac_session_get_project (SacSession *self);
const char *sac_session_get_path (SacSession *self);             /* of the project file, NULL while none is open */
char       *sac_session_dup_title (SacSession *self);            /* the file's name without its suffix; transfer full */

GListModel *sac_session_get_clips (SacSession *self);            /* SacClip by name; a SacClipList, the same for life */
SacClipTable *sac_session_get_table (SacSession *self);          /* all rows at once, without objects; until "clips-changed" */
SacClipPool *sac_session_get_pool (SacSession *self);            /* for lists of one's own */
/* What @ids say of all labels at once: @masks[label] receives 1 << (state + 1) for each state that occurs among them. */
void        sac_session_join_states (SacSession *self, const SacId *ids, guint n, guint8 *masks);
SacClip    *sac_session_get_clip (SacSession *self, SacId id);   /* borrowed, NULL if none */
SacClip    *sac_session_find_clip (SacSession *self, const char *name);
guint          sac_session_get_n_labels (SacSession *self);
const SacLabel *sac_session_get_label (SacSession *self, guint index);         /* borrowed until "labels-changed" */
int            sac_session_find_label (SacSession *self, SacId label);         /* index, −1 if none */
int            sac_session_find_label_by_key (SacSession *self, char key);     /* index, −1 if none */

/* What is said of one clip is seen at once, of several it is told. */
gboolean    sac_session_set_label (SacSession *self, const SacId *items, guint n, SacId label, SacLabelState state);
gboolean    sac_session_set_reviewed (SacSession *self, const SacId *items, guint n, gboolean reviewed);
gboolean    sac_session_set_split (SacSession *self, const SacId *items, guint n, SacSplit split);
gboolean    sac_session_split (SacSession *self, const SacSplitSpec *spec);
/* Any act of the store as one of the session: refused with words while nothing can be written, followed and told otherwise. */
typedef gboolean (*SacSessionAct) (SacProject *project, gpointer data, GError **error);
gboolean    sac_session_do (SacSession *self, SacSessionAct act, gpointer data);
/* Segments of time, in the person's layer; each one act. */
/* 0 = refused, and said so */
SacId       sac_session_add_segment (SacSession *self, SacId item, SacId label, gint64 in_ns, gint64 out_ns);
/* Several of one label as one act; the id of the first. */
SacId       sac_session_add_segments (SacSession *self, SacId item, SacId label, const SacSpan *spans, guint n);
gboolean    sac_session_set_segment (SacSession *self, SacId segment, SacId label, gint64 in_ns, gint64 out_ns);
gboolean    sac_session_split_segment (SacSession *self, SacId segment, gint64 at_ns);
gboolean    sac_session_remove_segment (SacSession *self, SacId segment);
/* Tracks of boxes, each one act; told as a message only where something is taken away.  A new one is in the person's layer. */
SacId       sac_session_add_track (SacSession *self, SacId item, SacId label, const SacBox *boxes, guint n_boxes);    /* 0 = refused */
gboolean    sac_session_set_track (SacSession *self, SacId track, const SacBox *boxes, guint n_boxes, const char *what, gboolean quiet);
gboolean    sac_session_set_track_label (SacSession *self, SacId track, SacId label);
gboolean    sac_session_merge_tracks (SacSession *self, SacId into, SacId from, const SacBox *boxes, guint n_boxes);
gboolean    sac_session_remove_track (SacSession *self, SacId track);
/* @frame −1: of the whole; @value NULL takes it away. */
gboolean    sac_session_set_attribute (SacSession *self, SacAttributeKind kind, SacId owner, gint64 frame, const char *name,
                                       const char *value);
SacId       sac_session_add_label (SacSession *self, const char *name);        /* 0 = refused, and said so */
gboolean    sac_session_rename_label (SacSession *self, SacId label, const char *name);
gboolean    sac_session_set_label_colour (SacSession *self, SacId label, guint32 colour);
gboolean    sac_session_set_label_key (SacSession *self, SacId label, char key);        /* 0: none */
/* Below @parent (0: none) and to @position of all labels. */
gboolean    sac_session_place_label (SacSession *self, SacId label, SacId parent, guint position);
gboolean    sac_session_merge_labels (SacSession *self, SacId from, SacId into);
gboolean    sac_session_remove_label (SacSession *self, SacId label);
/* Clips of whose files no network is given anything; clips with all that is said of them (the files stay). */
gboolean    sac_session_set_excluded (SacSession *self, const SacId *items, guint n, gboolean excluded);
gboolean    sac_session_remove_clips (SacSession *self, const SacId *items, guint n);
gboolean    sac_session_relink (SacSession *self, GPtrArray *moves);          /* SacMove; see sac_project_find_moved() */
gboolean    sac_session_take_counts (SacSession *self, GPtrArray *counts);    /* SacRecount; see store/sac-health.h */
/* Collections. */
SacId       sac_session_save_query (SacSession *self, const char *name, const char *text);
gboolean    sac_session_rename_query (SacSession *self, SacId query, const char *name);
gboolean    sac_session_remove_query (SacSession *self, SacId query);
/* What a digit key or a click on a chip makes of states: unless all are yes, yes; if all are yes, no. */
SacLabelState sac_label_toggled (const SacLabelState *states, guint n);

char       *sac_session_dup_undo (SacSession *self);             /* "Label 3 clips cat", NULL = nothing to undo */
char       *sac_session_dup_redo (SacSession *self);
void        sac_session_undo (SacSession *self);
void        sac_session_redo (SacSession *self);
void        sac_session_reload (SacSession *self);               /* after something else wrote into the project */
void        sac_session_tell_runs (SacSession *self);            /* a run was added or its folder changed: "runs-changed" */

/* Layers that are not drawn: neither in the frame nor on the timeline.  Kept in the person's settings, not in the project.
 * What is drawn anew by hand shows the own layer again. */
gboolean    sac_session_is_layer_hidden (SacSession *self, SacId layer);
void        sac_session_set_layer_hidden (SacSession *self, SacId layer, gboolean hidden);
GArray     *sac_session_list_hidden_layers (SacSession *self);   /* SacId; transfer full */
/* Whether a layer's boxes and segments are not to be changed here because somebody else has said them; if so, says whose they are and how
 * to take them over.  The acts above ask it, too. */
gboolean    sac_session_refuses_layer (SacSession *self, SacId layer);
GArray     *sac_session_list_foreign_layers (SacSession *self);  /* SacId; transfer full */

/* A long import writes from its own thread, and a project has one writer: the session closes its own connection, shows
 * what it has, and opens again when the write comes back. */
void        sac_session_lend (SacSession *self);
void        sac_session_take_back (SacSession *self);

void        sac_session_say (SacSession *self, gboolean undoable, const char *format, ...) G_GNUC_PRINTF (3, 4);
