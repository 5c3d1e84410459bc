/* What a label file says, whatever its format, and the formats there are.
 * Reading never touches a project and never trusts the file: sizes are bounded, damaged input is a clear error.
 *
 * Boxes are in px, (x, y) the upper left corner, frames from 0; a box on a still is a track with one keyframe at frame 0.
 * What has no place in the model rides along as attributes of the track: "polygon", "polyline", "points" (x,y;x,y…), "z_order",
 * "iscrowd", "area", "segmentation" (JSON), "pose", "truncated", "difficult", "confidence", "track_id"; writers put them back. */
#pragma once
#include <gio/gio.h>

#include "media/sac-media.h"
#include "sac-track.h"

typedef struct { gint64 frame; char *name, *value; } SacAttribute;      /* frame −1: of the whole */
void sac_attribute_free (SacAttribute *attribute);

/* @label: index into SacAnnotations.labels; state as SacLabelState */
typedef struct { guint label; gint8 state; } SacNotedTag;
typedef struct { guint label; gint64 in_ns, out_ns; GPtrArray *attributes; } SacNotedSegment;
typedef struct { guint label; GArray *boxes; GPtrArray *attributes; } SacNotedTrack;      /* SacBox by frame; SacAttribute* */
#define SAC_NO_LABEL G_MAXUINT

typedef struct {
  char *name;                   /* as the file names the media: a path or a name, with or without suffix; '/' between folders */
  int width, height;            /* 0 = the file does not say */
  guint n_frames;               /* 0 = the file does not say; 1 = a still */
  double fps;                   /* 0 = the file does not say */
  GArray *times;                /* gint64 ns a frame, where the rate varies; else NULL */
  char *clip, *clip_tracks;     /* a picture made from a clip (frames.csv): whose, and its tracks as written there; else NULL */
  gint64 clip_frame;            /* −1: the clip is a still */
  int split;                    /* SacSplit */
  gboolean reviewed;            /* labels not named are absent */
  GArray *tags;                 /* SacNotedTag */
  GPtrArray *segments, *tracks; /* SacNotedSegment*, SacNotedTrack* */
} SacNoted;

typedef struct {
  GPtrArray *labels;            /* char* */
  GPtrArray *parents;           /* char* of the label above or NULL, as @labels */
  GPtrArray *items;             /* SacNoted* */
  GPtrArray *problems;          /* char*: what of the file could not be taken, in words */
  GHashTable *by_label, *by_name;       /* private */
} SacAnnotations;

SacAnnotations  *sac_annotations_new (void);
void             sac_annotations_free (SacAnnotations *annotations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAnnotations, sac_annotations_free)
guint            sac_annotations_label (SacAnnotations *annotations, const char *name);    /* index; added when new */
SacNoted        *sac_annotations_item (SacAnnotations *annotations, const char *name);     /* found by name or added */
SacNotedSegment *sac_noted_add_segment (SacNoted *item, guint label, gint64 in_ns, gint64 out_ns);
SacNotedTrack   *sac_noted_add_track (SacNoted *item, guint label);
void             sac_noted_set_tag (SacNoted *item, guint label, gint8 state);
void             sac_noted_set_attribute (GPtrArray *attributes, gint64 frame, const char *name, const char *value);
const char      *sac_noted_get_attribute (GPtrArray *attributes, gint64 frame, const char *name);

/* ---- formats. */
typedef enum {
  SAC_HOLDS_TAGS = 1 << 0, SAC_HOLDS_NO = 1 << 1 /* that a label is absent */, SAC_HOLDS_SEGMENTS = 1 << 2,
  SAC_HOLDS_STILL_BOXES = 1 << 3, SAC_HOLDS_TRACKS = 1 << 4 /* over the frames of a video */, SAC_HOLDS_KEYFRAMES = 1 << 5,
  SAC_HOLDS_OCCLUDED = 1 << 6, SAC_HOLDS_ATTRIBUTES = 1 << 7, SAC_HOLDS_FRAME_ATTRIBUTES = 1 << 8,
  SAC_HOLDS_FRACTIONS = 1 << 9 /* of a px */, SAC_HOLDS_SPLITS = 1 << 10, SAC_HOLDS_TIME = 1 << 11 /* fps */,
  SAC_HOLDS_SEVERAL = 1 << 12 /* videos in one file or folder */, SAC_HOLDS_STILL_TAGS = 1 << 13, SAC_HOLDS_HIERARCHY = 1 << 14,
  SAC_HOLDS_UNLABELLED = 1 << 15 /* boxes without a label */,
} SacHolds;

typedef struct {
  const char *id;               /* "cvat", as typed */
  const char *title;            /* "CVAT XML (images and video tracks)"; translate with _() */
  gboolean folder;              /* it is a folder of files */
  SacHolds holds;
  const char *own;              /* attributes that it writes though it holds none else, parted by blanks; or NULL */
} SacLabelFormat;

/* All of them, ended by id NULL. */
extern const SacLabelFormat sac_label_formats[];
const SacLabelFormat *sac_label_format_find (const char *id);

/* From the content of a file, or what lies in a folder; NULL where it is none. */
const SacLabelFormat *sac_label_format_recognise (const char *path);
/* The label files that @path stands for: itself, or what lies in the folder (four levels deep); ended by NULL, transfer full. */
char          **sac_label_files_find (const char *path);

/* Reads @path (a file or a folder); @format NULL: recognised from its content. */
SacAnnotations *sac_annotations_read (const char *path, const SacLabelFormat *format, GError **error);
/* Several files as one; those that cannot be read are problems, unless none can.  @paths ended by NULL. */
SacAnnotations *sac_annotations_read_several (const char *const *paths, const SacLabelFormat *format, SacProgressFunc progress,
                                              gpointer data, GCancellable *cancellable, GError **error);
/* Writes all or nothing: a file is replaced whole; a folder must not exist or be empty. */
gboolean        sac_annotations_write (SacAnnotations *annotations, const SacLabelFormat *format, const char *path, GError **error);
/* What @format cannot hold of this, a line each ("12 segments of time"); transfer full; ended by NULL. */
char          **sac_annotations_list_losses (SacAnnotations *annotations, const SacLabelFormat *format);
