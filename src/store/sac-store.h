/* store: the project file (one SQLite file, WAL): items, labels, boxes/tracks/segments, splits, runs, undo, import.
 * Every command is one transaction and one undo entry; there is no save button.  One writer; a second opener reads only.
 * A SacProject belongs to the thread that opened it; other threads or processes open their own. */
#pragma once
#include "media/sac-media.h"
#include "sac-annotations.h"
#include "sac-track.h"

#define SAC_STORE_ERROR (sac_store_error_quark ())
GQuark sac_store_error_quark (void);
typedef enum {
  SAC_STORE_ERROR_OPEN, SAC_STORE_ERROR_VERSION, SAC_STORE_ERROR_READ_ONLY, SAC_STORE_ERROR_BUSY,
  SAC_STORE_ERROR_CORRUPT, SAC_STORE_ERROR_NOT_FOUND, SAC_STORE_ERROR_INVALID, SAC_STORE_ERROR_CANCELLED,
} SacStoreError;

#define SAC_TYPE_PROJECT (sac_project_get_type ())
G_DECLARE_FINAL_TYPE (SacProject, sac_project, SAC, PROJECT, GObject)
/* signal "changed" (guint64 revision): after each command, undo, redo; also after sac_project_poll() saw another process's write */

typedef gint64 SacId;           /* 0 = none */
typedef enum { SAC_PROJECT_READ_WRITE, SAC_PROJECT_READ_ONLY, SAC_PROJECT_CREATE } SacProjectMode;

/* @path: the project file ("x.saccade") or the folder that holds exactly one. CREATE opens if it exists.
 * The file is not trusted: a damaged one is CORRUPT, a stranger's OPEN, one of a newer Saccade VERSION, one that another
 * program writes BUSY (open it READ_ONLY then); each says so in words. */
SacProject *sac_project_open (const char *path, SacProjectMode mode, GError **error);
/* One more look at a file that this program has open: reads only, and leaves out the checks that were made then.  For threads. */
SacProject *sac_project_open_reader (const char *path, GError **error);
const char *sac_project_get_path (SacProject *project);
const char *sac_project_get_folder (SacProject *project);        /* "x.data" beside the file: runs/, created on demand */
gboolean    sac_project_is_read_only (SacProject *project);
/* Every act lies on the disk, safe from a power cut, within 250 ms; this waits until all that was done so far does. */
void        sac_project_flush (SacProject *project);
/* Files above 48 MiB open unchecked, so that they open at once: whoever opens one for a person has it checked beside the work.
 * In any thread, by a connection of its own; FALSE with CORRUPT where a page or a value is not as it should be. */
gboolean    sac_project_is_unchecked (SacProject *project);
gboolean    sac_project_check (const char *path, GCancellable *cancellable, GError **error);
gboolean    sac_project_poll (SacProject *project);               /* TRUE if changed by another connection since */
guint64     sac_project_get_revision (SacProject *project);
/* The items whose row, tags, split, tracks or segments the last command, undo or redo of this connection changed (some may stand
 * twice); borrowed until the next.  NULL: more than that (items came or went, media changed), so read all again.  Labels and
 * collections are not told of. */
const SacId *sac_project_get_touched (SacProject *project, guint *n);

/* The same of runs: whether one came, went, or was told something of. */
gboolean     sac_project_touched_runs (SacProject *project);

/* ---- items. */
typedef enum { SAC_ITEM_VIDEO, SAC_ITEM_CLIP, SAC_ITEM_STILL, SAC_ITEM_SIGNAL } SacItemKind;
typedef enum { SAC_SPLIT_NONE, SAC_SPLIT_TRAIN, SAC_SPLIT_VALIDATION, SAC_SPLIT_TEST } SacSplit;
typedef struct {
  SacId id;
  SacItemKind kind;
  char *name;                   /* unique within the project, e.g. "padmasana/VID_1a" */
  char *path;                   /* absolute, resolved against the project file */
  char *hash;                   /* media identity */
  char *group;                  /* person, source video …; NULL = its own group */
  gint64 in_ns, out_ns;         /* 0, duration for whole videos */
  guint n_frames;
  int width, height;
  double fps;
  SacSplit split;
  gboolean reviewed;
  gboolean missing;             /* the file is not where it was */
  gboolean synthetic;
  char *problem;                /* why it cannot be read, or NULL */
  char *warning;                /* readable, but not as it should be ("cut short: 143 of 300 frames"), or NULL */
  guint flags;                  /* SacMediaFlags */
  gint64 recorded_us;           /* since 1970, 0 = unknown */
} SacItem;
/* What media said of a file at its import (a column of the project): odd, but readable.  CHECKED: it was looked at.
 * EXCLUDED is the person's word: clips of that file are never given to a trainer, whatever their split. */
typedef enum {
  SAC_MEDIA_CHECKED = 1, SAC_MEDIA_VFR = 2, SAC_MEDIA_CUT = 4, SAC_MEDIA_SPARSE = 8 /* over 10 s between keyframes */,
  SAC_MEDIA_INTERLACED = 16, SAC_MEDIA_ROTATED = 32, SAC_MEDIA_STRETCHED = 64 /* pixels that are not square */,
  SAC_MEDIA_ENDLESS = 128 /* says no duration */, SAC_MEDIA_EXCLUDED = 1024,
} SacMediaFlags;
void       sac_item_free (SacItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacItem, sac_item_free)
/* All items by name.  Elements are SacItem*, transfer full. */
GPtrArray *sac_project_list_items (SacProject *project, GError **error);
SacItem   *sac_project_get_item (SacProject *project, SacId id, GError **error);
/* By name, by path, by name with its suffix, or by the last part of the name where only one item has it. */
SacItem   *sac_project_find_item (SacProject *project, const char *name_or_path, GError **error);
/* Adds items whose facts the caller knows (virtual clips of a file already in the project: same path and hash, other in and
 * out).  @id and @missing are ignored, names are made unique; @ids (nullable) receives the new ids.  One command. */
gboolean   sac_project_add_items (SacProject *project, const SacItem *const *items, guint n_items, SacId *ids, GError **error);
/* Whether anything is marked in the clip; one look into an index each. */
void       sac_project_has_marks (SacProject *project, SacId item, gboolean *segments, gboolean *tracks);
/* All clips of these items' files: given to no trainer, or given again. */
gboolean   sac_project_set_excluded (SacProject *project, const SacId *items, guint n_items, gboolean excluded, GError **error);
/* With their labels, tracks and segments; the videos themselves are never touched. */
gboolean   sac_project_remove_items (SacProject *project, const SacId *items, guint n_items, GError **error);

/* ---- queries: which clips.  Words that stand in the name, and tests, side by side (all must hold) or with "or", "not", "-", ( ):
 *   label:cat   no:cat   unknown:cat   segment:run   track:cat   name:*walk*   path:…   group:anna   split:none|train|validation|test
 *   kind:video|clip|still|signal   reviewed:yes|no   has:labels|segments|tracks|maps|problem|warning|group|split
 *   is:missing|excluded|duplicate|vfr|cut|sparse|interlaced|rotated|stretched|endless (what SacMediaFlags say)
 *   frames>100   duration<=3s   fps=25   width>=640   height<480   labels=0   said<3   segments>2   tracks>0   date>=2024-01-31
 * Words with blanks stand in "quotes".  "label:cat -reviewed:yes (duration>10s or has:tracks)".  The empty query finds all.
 * "labels" counts those that are yes, "said" also those that are no, "date" is the day of the recording (universal time). */
typedef enum {
  SAC_SORT_NAME, SAC_SORT_DURATION, SAC_SORT_SIZE /* pixels */, SAC_SORT_FPS, SAC_SORT_DATE, SAC_SORT_SAID, SAC_SORT_PROBLEM,
  SAC_SORT_RANDOM,
} SacSort;
extern const char *const sac_sort_names[];                       /* "name", "duration", …, NULL */
GArray    *sac_project_query (SacProject *project, const char *query, GError **error);       /* of SacId, by name; transfer full */
/* In an order: clips that are equal in it stand by name.  PROBLEM: what cannot be read first, then what has a warning.
 * RANDOM: the same for the same @seed, else unused. */
GArray    *sac_project_query_sorted (SacProject *project, const char *query, SacSort sort, gboolean descending, guint64 seed,
                                     GCancellable *cancellable, GError **error);
gboolean   sac_query_check (const char *query, GError **error);                              /* only whether it can be understood */
/* The words that may go on where the query stops @at (bytes) is: "label:", "has:tracks", for "label:" the project's labels.
 * char*, at most @most, each in place of the word that begins at *start; transfer full. */
GPtrArray *sac_query_complete (const char *query, gsize at, GPtrArray *labels /* SacLabel */, guint most, gsize *start);

/* Collections: queries under names.  Saving under a name that is there changes its query.  Undoable. */
typedef struct { SacId id; char *name, *text; } SacQuery;
void       sac_query_free (SacQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacQuery, sac_query_free)
GPtrArray *sac_project_list_queries (SacProject *project, GError **error);      /* SacQuery*; transfer full */
SacId      sac_project_save_query (SacProject *project, const char *name, const char *text, GError **error);
gboolean   sac_project_rename_query (SacProject *project, SacId query, const char *name, GError **error);
gboolean   sac_project_remove_query (SacProject *project, SacId query, GError **error);

/* ---- label vocabulary and clip labels.  Untouched means unknown; *reviewed* turns untouched into no.
 * Setting UNKNOWN takes a label back: on an unreviewed clip it is untouched again; on a reviewed one "unknown" is what
 * the person said, and it stays out of loss and ROC.  Labels that come with an import are the person's statement too;
 * an import never overwrites a state that is already there. */
typedef enum { SAC_LABEL_UNKNOWN = -1, SAC_LABEL_NO = 0, SAC_LABEL_YES = 1 } SacLabelState;
typedef struct {
  SacId id;
  char *name;
  guint32 colour;               /* 0xRRGGBB, auto-assigned */
  char key;                     /* '1'…'9','0' or 0 */
  SacId parent;                 /* the label it stands below; 0 = none */
  guint n_yes, n_no;            /* clips, by their effective state */
} SacLabel;
void       sac_label_free (SacLabel *label);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLabel, sac_label_free)
GPtrArray *sac_project_list_labels (SacProject *project, GError **error);       /* SacLabel*, by position; transfer full */
GPtrArray *sac_project_list_vocabulary (SacProject *project, GError **error);   /* the same with n_yes, n_no 0: nothing is counted */
SacId      sac_project_add_label (SacProject *project, const char *name, GError **error);
gboolean   sac_project_remove_label (SacProject *project, SacId label, GError **error);
gboolean   sac_project_rename_label (SacProject *project, SacId label, const char *name, GError **error);
/* Everything that says @from says @into then; where both are said of a clip, yes wins over no over unknown. */
gboolean   sac_project_merge_labels (SacProject *project, SacId from, SacId into, GError **error);
/* One of its facts anew.  A key that another label has moves over; a parent must not stand below its child. */
gboolean   sac_project_set_label_colour (SacProject *project, SacId label, guint32 colour, GError **error);
gboolean   sac_project_set_label_key (SacProject *project, SacId label, char key, GError **error);
gboolean   sac_project_set_label_parent (SacProject *project, SacId label, SacId parent, GError **error);
/* To @position of the list, 0 the first; the others close up. */
gboolean   sac_project_move_label (SacProject *project, SacId label, guint position, GError **error);
/* Both at once. */
gboolean   sac_project_place_label (SacProject *project, SacId label, SacId parent, guint position, GError **error);
gboolean   sac_project_set_label (SacProject *project, const SacId *items, guint n_items, SacId label, SacLabelState state,
                                  GError **error);
gboolean   sac_project_set_reviewed (SacProject *project, const SacId *items, guint n_items, gboolean reviewed, GError **error);
/* The effective state: what the person said; else NO if reviewed; else UNKNOWN. */
SacLabelState sac_project_get_label_state (SacProject *project, SacId item, SacId label);
/* Matrix items × labels of effective states (gint8), row-major; transfer full. */
gint8     *sac_project_label_matrix (SacProject *project, const SacId *items, guint n_items, const SacId *labels, guint n_labels,
                                     GError **error);

/* ---- layers: who says something. */
SacId      sac_project_get_layer (SacProject *project, const char *kind /* "person","import","run" */, const char *name, GError **error);
typedef struct { SacId id; char *kind, *name; guint n_labels, n_segments, n_tracks; } SacLayer;
void       sac_layer_free (SacLayer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLayer, sac_layer_free)
GPtrArray *sac_project_list_layers (SacProject *project, GError **error);        /* SacLayer*, the person's first; transfer full */
/* Layers of other persons and of runs: what they say is looked at, compared and merged, not edited (an import is one's own to
 * correct). */
GArray    *sac_project_list_foreign_layers (SacProject *project);                /* SacId; transfer full */
/* What a foreign layer is called; NULL: it is none.  Transfer full. */
char      *sac_project_dup_foreign_title (SacProject *project, SacId layer);
/* A layer as "kind:name", and back; NULL and 0: there is none. */
char      *sac_project_dup_layer_name (SacProject *project, SacId layer);
SacId      sac_project_find_layer (SacProject *project, const char *name);

/* ---- tracks of boxes (sac-track.h says what keyframes mean).  Boxes are in px of the shown picture, in the order of frames. */
typedef struct { SacId id, item, label, layer; SacBox *boxes; guint n_boxes; } SacTrack;
void       sac_track_free (SacTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTrack, sac_track_free)
SacId      sac_project_add_track (SacProject *project, SacId layer, SacId item, SacId label, const SacBox *boxes, guint n_boxes,
                                  GError **error);
GPtrArray *sac_project_list_tracks (SacProject *project, SacId item, GError **error);
SacId      sac_project_get_track_layer (SacProject *project, SacId track);       /* 0: there is no such track */
/* The track now says @boxes; only the keyframes that differ are written.  @what: words of the undo entry, or NULL. */
gboolean   sac_project_set_track (SacProject *project, SacId track, const SacBox *boxes, guint n_boxes, const char *what, GError **error);
gboolean   sac_project_set_track_label (SacProject *project, SacId track, SacId label, GError **error);
gboolean   sac_project_remove_track (SacProject *project, SacId track, GError **error);
/* @into takes @boxes and the attributes it lacks of @from, which is gone then: one object that was two.  One command. */
gboolean   sac_project_merge_tracks (SacProject *project, SacId into, SacId from, const SacBox *boxes, guint n_boxes, GError **error);

/* ---- segments of time, half open: [in, out). */
typedef struct { SacId id, item, label, layer; gint64 in_ns, out_ns; } SacSegment;
SacId      sac_project_add_segment (SacProject *project, SacId layer, SacId item, SacId label, gint64 in_ns, gint64 out_ns,
                                    GError **error);
typedef struct { gint64 in_ns, out_ns; } SacSpan;
/* Several of one label as one command; the id of the first. */
SacId      sac_project_add_segments (SacProject *project, SacId layer, SacId item, SacId label, const SacSpan *spans, guint n,
                                     GError **error);
GPtrArray *sac_project_list_segments (SacProject *project, SacId item, GError **error);      /* SacSegment*, by in point; transfer full */
gboolean   sac_project_get_segment (SacProject *project, SacId id, SacSegment *segment);     /* FALSE: there is none */
/* Whether the clip has more than @most; costs no more than counting so far. */
gboolean   sac_project_has_more_segments (SacProject *project, SacId item, guint most);
gboolean   sac_project_set_segment (SacProject *project, SacId segment, SacId label, gint64 in_ns, gint64 out_ns, GError **error);
/* Two segments instead of one; the attributes go to both. */
gboolean   sac_project_split_segment (SacProject *project, SacId segment, gint64 at_ns, GError **error);
gboolean   sac_project_remove_segment (SacProject *project, SacId segment, GError **error);

/* ---- attributes: words about a segment or a track; of a track also from a frame on (@frame −1: of the whole). */
typedef enum { SAC_ATTRIBUTE_SEGMENT = 1, SAC_ATTRIBUTE_TRACK = 2 } SacAttributeKind;
/* @value NULL takes it away. */
gboolean   sac_project_set_attribute (SacProject *project, SacAttributeKind kind, SacId owner, gint64 frame, const char *name,
                                      const char *value, GError **error);
GPtrArray *sac_project_list_attributes (SacProject *project, SacAttributeKind kind, SacId owner, GError **error);   /* SacAttribute* */

/* ---- splits. */
gboolean   sac_project_set_split (SacProject *project, const SacId *items, guint n_items, SacSplit split, GError **error);
/* sac-split.h divides them. */
/* Groups that stand on both sides of train and test/validation; 0 = no leak. */
guint      sac_project_count_leaks (SacProject *project);

/* ---- undo: across restarts; the last 1000 commands.  That a layer or a run is there is a record, not an act: it is
 * not undone. */
gboolean   sac_project_undo (SacProject *project, char **what,
                             GError **error);  /* FALSE without error: nothing to undo; @what: "Label 3 clips cat" */
gboolean   sac_project_redo (SacProject *project, char **what, GError **error);
gboolean   sac_project_can_undo (SacProject *project, char **what);
/* About how many rows the next undo or redo changes, counted no further than @most. */
guint      sac_project_count_undo (SacProject *project, gboolean redo, guint most);
gboolean   sac_project_can_redo (SacProject *project, char **what);

/* For an act that takes long.  Before it: about how many rows it changes; from any other thread while it works: how far it is, and
 * that it shall end, with SAC_STORE_ERROR_CANCELLED and nothing changed. */
void       sac_project_expect (SacProject *project, guint n_rows);
double     sac_project_get_progress (SacProject *project);
void       sac_project_stop (SacProject *project);

/* The history as it can be browsed, newest first: what was done, when, and whether it is undone now. */
typedef struct { SacId id; char *what; gint64 time_us; gboolean undone; } SacAct;
void       sac_act_free (SacAct *act);
GPtrArray *sac_project_list_history (SacProject *project, guint most, GError **error);      /* SacAct*; transfer full */
/* Undoes or redoes until @act is the last one that is done; 0: until nothing is. */
gboolean   sac_project_go_to (SacProject *project, SacId act, GError **error);

/* ---- runs (registered so that Compare lists them), and what a person says of them. */
typedef struct {
  SacId id;
  char *name, *folder, *recipe;
  gint64 started_us;
  char *note;                   /* nullable */
  char **tags;                  /* by name; NULL-terminated, never NULL */
  gboolean archived, deleted;
} SacRunRow;
void       sac_run_row_free (SacRunRow *row);
SacId      sac_project_add_run (SacProject *project, const char *name, const char *folder, const char *recipe, GError **error);
GPtrArray *sac_project_list_runs (SacProject *project, GError **error);          /* SacRunRow*, newest first; without the deleted */
GPtrArray *sac_project_list_deleted_runs (SacProject *project, GError **error);
gboolean   sac_project_rename_run (SacProject *project, SacId run, const char *name, GError **error);
gboolean   sac_project_note_runs (SacProject *project, const SacId *runs, guint n, const char *note, GError **error);
gboolean   sac_project_tag_runs (SacProject *project, const SacId *runs, guint n, const char *tag, gboolean on, GError **error);
gboolean   sac_project_archive_runs (SacProject *project, const SacId *runs, guint n, gboolean archived, GError **error);
/* Their folders, where they lie in the project's own, move to runs-trash/ beside runs/, and back with undo or restore. */
gboolean   sac_project_delete_runs (SacProject *project, const SacId *runs, guint n, GError **error);
gboolean   sac_project_restore_runs (SacProject *project, const SacId *runs, guint n, GError **error);
/* Forgets deleted runs that no undo brings back any more (@all: each), and says which folders are now free to be removed
 * (sac_file_remove_tree(), which takes long).  Transfer full. */
char     **sac_project_empty_run_trash (SacProject *project, gboolean all, GError **error);

/* ---- files that were moved: found again below @folder by their content; first those that kept their names are looked at.
 * Finding only reads (a reader of a thread will do) and may take long; relinking is one command. */
typedef struct { SacId media; char *path; } SacMove;
void       sac_move_free (SacMove *move);
GPtrArray *sac_project_find_moved (SacProject *project, const char *folder, guint *n_missing, SacProgressFunc progress, gpointer data,
                                   GCancellable *cancellable, GError **error);      /* SacMove*; transfer full */
gboolean   sac_project_relink (SacProject *project, GPtrArray *moves, GError **error);

/* ---- import.  May take long: progress is called from this thread; cancel leaves the project as before. */
typedef struct {
  gboolean labels_from_folders; /* the folder's name = label, yes; the other folders' labels = no */
  const char *groups_csv;       /* clip,group; NULL none; the header row is told apart */
  const char *truth_json;       /* the demo's truth.json: labels, boxes, split, synthetic; NULL none */
  gboolean stills;              /* pictures, too: each an item of one frame */
  GHashTable *only;             /* set of absolute paths (char*): these of the folder, nothing else; NULL all */
} SacImportSpec;
typedef struct { guint n_added, n_known, n_refused; GPtrArray *problems; /* char*: "file: why" */ } SacImportResult;
SacImportResult *sac_project_import (SacProject *project, const char *folder_or_file, const SacImportSpec *spec,
                                     SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error);
void       sac_import_result_free (SacImportResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacImportResult, sac_import_result_free)

/* ---- label files.  One command; what is said already stays, and what a layer already says of a clip by segments or by tracks is
 * neither changed nor doubled.  TO_IMPORT: tags go to the person's layer, segments and tracks to a layer of the import called @layer.
 * TO_OWN: all to the person's layer.  TO_PERSON: all to the layer of another person @layer, to be compared and merged.
 * Media are met by their name; those the project lacks are first looked for near the files (@near, ended by NULL; NULL: nowhere) and
 * imported in the same command.  @told receives a line (char*) for all that could not be taken, in words. */
typedef enum { SAC_LABELS_TO_IMPORT, SAC_LABELS_TO_OWN, SAC_LABELS_TO_PERSON } SacLabelsTo;
typedef struct {
  SacLabelsTo to;
  const char *layer;            /* also what the act is called by */
  const char *const *near;
} SacLabelImportSpec;
typedef struct { guint n_clips, n_tags, n_segments, n_tracks, n_missing, n_added /* clips imported with them */; } SacLabelImport;
gboolean   sac_project_apply_annotations (SacProject *project, SacAnnotations *annotations, const SacLabelImportSpec *spec,
                                          SacLabelImport *result, GPtrArray *told, SacProgressFunc progress, gpointer data,
                                          GCancellable *cancellable, GError **error);
/* What would come, before anything is written (a reader will do); n_near: clips the project lacks, whose media lie near the files.
 * The counts are of what the files say of clips that are met or near. */
typedef struct { guint n_clips, n_near, n_missing, n_labels, n_new_labels, n_tags, n_segments, n_tracks, n_boxes; } SacLabelPlan;
gboolean   sac_project_plan_annotations (SacProject *project, SacAnnotations *annotations, const SacLabelImportSpec *spec,
                                         SacLabelPlan *plan, GPtrArray *told, GCancellable *cancellable, GError **error);
/* What is said of @items (n 0: of all) as annotations: effective tags, and the segments and tracks of @layer (0: of all). */
SacAnnotations *sac_project_collect_annotations (SacProject *project, const SacId *items, guint n_items, SacId layer, GError **error);

/* ---- with pictures: formats of single pictures (VOC, YOLO) get the frames of videos as pictures of their own, which then hold the boxes
 * of that frame; stills are copied.  "frames.csv" beside them says of each picture clip, frame, time and frames a second. */
typedef enum { SAC_FRAMES_KEY /* where a box is a keyframe */, SAC_FRAMES_BOXED /* where there is a box */, SAC_FRAMES_ALL } SacFrames;
typedef struct { SacFrames frames; guint every; /* of these frames each @every-th, 0 = 1 */ gboolean png; } SacPictureSpec;
gboolean   sac_frames_parse (const char *text, SacFrames *frames);              /* "keyframes", "boxes", "all" */
gboolean   sac_label_format_has_pictures (const SacLabelFormat *format);
/* How many pictures it would be; what the format cannot hold of @annotations then, as sac_annotations_list_losses() tells it. */
guint      sac_annotations_count_pictures (SacAnnotations *annotations, const SacPictureSpec *spec);
char     **sac_annotations_list_picture_losses (SacAnnotations *annotations, const SacLabelFormat *format);
/* Writes all or nothing to @folder, which must not exist or be empty; frames that cannot be read are left out and told.
 * @annotations: sac_project_collect_annotations() of the same @items (n 0: all). */
gboolean   sac_project_export_pictures (SacProject *project, const SacId *items, guint n_items, SacAnnotations *annotations,
                                        const SacLabelFormat *format, const SacPictureSpec *spec, const char *folder, guint *n_pictures,
                                        GPtrArray *told, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                                        GError **error);

#include "sac-split.h"
