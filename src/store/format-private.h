/* What the formats share. */
#pragma once
#include "sac-store.h"

#define SAC_FORMAT_MAX_BYTES (256 * 1024 * 1024)       /* of one label file */

/* One format: all three may rely on bounded, valid UTF-8 from _sac_format_load(). */
typedef struct {
  const char *id;
  /* Whether @head (the first few KiB of the file at @path, or "" for a folder) looks like it. */
  gboolean (*recognise) (const char *path, const char *head);
  SacAnnotations *(*read) (const char *path, GError **error);
  gboolean (*write) (SacAnnotations *annotations, const char *path, GError **error);
} SacFormatVtable;

extern const SacFormatVtable _sac_format_cvat, _sac_format_coco, _sac_format_voc, _sac_format_yolo, _sac_format_mot, _sac_format_otb,
    _sac_format_csv,
  _sac_format_something, _sac_format_datumaro;

/* Sets INVALID, "FILE: why"; FALSE. */
gboolean _sac_format_fail (GError **error, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The whole text, without a byte order mark; transfer full. */
char    *_sac_format_load (const char *path, gsize *length, GError **error);
/* Its first few KiB, for recognising; "" where it cannot be read; transfer full. */
char    *_sac_format_read_head (const char *path);
/* A plain number, nothing behind it. */
gboolean _sac_format_read_number (const char *text, double *out);
/* The shortest text that reads back as the same number. */
char    *_sac_format_dup_number (double value);
/* Sorts and cleans each track; tracks without boxes go. */
void     _sac_format_settle (SacAnnotations *annotations, SacNoted *item, SacNotedTrack *track);
void     _sac_format_finish (SacAnnotations *annotations);
/* The tracks as boxes on each frame (interpolated), for formats without keyframes.  Ends at @n_frames, or, where that is 0, at
 * the last keyframe. */
GArray  *_sac_format_dense (const SacNotedTrack *track, guint n_frames);
/* The keyframes, and what is drawn where an attribute changes between them. */
GArray  *_sac_format_shown (const SacNotedTrack *track);
/* The other way of _sac_format_dense(): where the file tells boxes frame by frame, the object is gone in a frame that is told
 * (@frames, ascending; NULL: every one) but has no box. */
void     _sac_format_end_holes (SacNotedTrack *track, GArray *frames, guint n_frames);
/* Boxes that are no keyframes and say what interpolation says anyway are dropped, others become keyframes; attributes are
 * kept where they change. */
void     _sac_format_thin (SacNotedTrack *track);
/* An attribute that each box has, always the same, is one of the whole track. */
void     _sac_format_lift (SacNotedTrack *track);
/* The upright box around "x,y;x,y;…". */
gboolean _sac_format_bounds (const char *points, SacBox *box);
/* "a/b.jpg" → "a_b": a file's name without folders and suffix, or "a_b_2" where it is @taken; transfer full. */
char    *_sac_format_unique_stem (GHashTable *taken, const char *name);
/* A field of a table, quoted where it must be, and @end. */
void     _sac_format_put_field (GString *out, const char *text, char end);
/* The fields of the row at *@at, which moves on; NULL at the end.  Quotes as in RFC 4180. */
GPtrArray *_sac_csv_next_row (const char **at);
/* Whether @folder is not there yet, or empty; and writing without that look. */
gboolean _sac_format_may_fill (const char *folder, GError **error);
gboolean _sac_format_write (SacAnnotations *annotations, const SacLabelFormat *format, const char *path, GError **error);
/* Where YOLO's "images" or "labels" of a split lie: "images/val"; "images" where no clip has a split. */
char    *_sac_yolo_folder (SacAnnotations *annotations, const char *what, int split);
gboolean _sac_format_make_folder (const char *path, GError **error);
void     _sac_format_sort_names (GPtrArray *names);

/* ---- tables beside label files: which frame of which clip a picture shows, and when frames are shown. */
#define SAC_FRAMES_HEAD "picture,clip,frame,time_s,fps,tracks\n"
#define SAC_TIMES_HEAD "clip,frame,time_s\n"
gboolean _sac_format_is_table (const char *head);
void     _sac_format_read_tables (SacAnnotations *annotations, const char *path);
gboolean _sac_format_write_times (SacAnnotations *annotations, const char *path, GError **error);
/* The tracks that @frame shows, for the table; @next: the frame told after it; @unlabelled: those without a label, too. */
void     _sac_format_put_tracks (GString *out, const SacNoted *item, guint frame, guint next, gboolean unlabelled);
/* How many frames the clip has, 0 where there is none. */
typedef guint (*SacClipFunc) (const char *name, gpointer data);
/* Pictures of clips that there are become boxes of these clips' frames. */
void     _sac_format_return_frames (SacAnnotations *annotations, SacClipFunc find, gpointer data);
void     _sac_noted_free (gpointer item);
