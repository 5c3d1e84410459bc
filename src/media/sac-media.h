/* media: video files as frames by number.  GStreamer inside, no GTK.  One index per file, on disk (sac_env_cache_dir()/index),
 * answers every "which frame, what time"; player, labels, trainer, attention and export all ask it. */
#pragma once
#include "base/sac-base.h"

#define SAC_MEDIA_ERROR (sac_media_error_quark ())
GQuark sac_media_error_quark (void);
typedef enum {
  SAC_MEDIA_ERROR_EMPTY,        /* zero bytes, or nothing that can be decoded */
  SAC_MEDIA_ERROR_NO_VIDEO,
  SAC_MEDIA_ERROR_DAMAGED,
  SAC_MEDIA_ERROR_UNSUPPORTED,
  SAC_MEDIA_ERROR_TOO_LARGE,
  SAC_MEDIA_ERROR_RANGE,
  SAC_MEDIA_ERROR_TIMEOUT,
} SacMediaError;

void sac_media_init (void);     /* gst_init once; call at program start */

/* ---- identity: "saccade1:" + hex SHA-256 over file size and first, middle and last 64 KiB.  Transfer full. */
char *sac_media_hash (const char *path, GError **error);
gboolean sac_media_is_video_name (const char *path);      /* by suffix: mp4 mov mkv webm avi ts mpg gif … */

gboolean sac_media_is_image_name (const char *path);      /* a still: jpg jpeg png webp bmp tif tiff; one frame */

/* ---- a file with its index.  Thread-safe; frames come from a GOP cache within a budget shared by all SacMedia. */
#define SAC_TYPE_MEDIA (sac_media_get_type ())
G_DECLARE_FINAL_TYPE (SacMedia, sac_media, SAC, MEDIA, GObject)

/* Opens and, the first time, indexes: from the packets alone where the container can be trusted, else by decoding once.
 * Cancellable; bounded in time and memory. */
SacMedia   *sac_media_open (const char *path, GCancellable *cancellable, GError **error);
const char *sac_media_get_path (SacMedia *media);
const char *sac_media_get_hash (SacMedia *media);
guint       sac_media_get_n_frames (SacMedia *media);
int         sac_media_get_width (SacMedia *media);          /* as shown, after rotation */
int         sac_media_get_height (SacMedia *media);
double      sac_media_get_pixel_aspect (SacMedia *media);   /* width of a pixel over its height, mostly 1; frames come as stored */
double      sac_media_get_fps (SacMedia *media);            /* mean */
gboolean    sac_media_is_vfr (SacMedia *media);
gint64      sac_media_get_duration_ns (SacMedia *media);    /* end of the last frame */
const char *sac_media_get_warning (SacMedia *media);        /* "cut short: 143 of 300 frames", … or NULL */
gint64      sac_media_get_time_ns (SacMedia *media, guint frame);      /* stream time after the edit list, first frame = 0 */
guint       sac_media_get_frame_at (SacMedia *media, gint64 time_ns);  /* nearest index entry */
gboolean    sac_media_is_keyframe (SacMedia *media, guint frame);

/* What else a container says; needs no index, takes some milliseconds.  Any thread. */
typedef struct {
  gboolean interlaced, turned, no_duration;
  gint64 recorded_us;           /* since 1970: what the camera said, else the file's own time; 0 unknown */
} SacMediaFacts;
void        sac_media_look (const char *path, SacMediaFacts *facts);
gint64      sac_media_get_longest_gop_ns (SacMedia *media); /* the longest time between key frames */

/* ---- frames. */
typedef struct _SacFrame SacFrame;      /* immutable, ref-counted, native YUV inside */
SacFrame *sac_media_get_frame (SacMedia *media, guint frame, GCancellable *cancellable, GError **error);
/* @passing is given frames that are decoded on the way to the wanted one and lie before it, the key frame first; in the caller's
 * thread, borrowed. */
typedef void (*SacMediaPassing) (SacFrame *frame, gpointer data);
SacFrame *sac_media_get_frame_passing (SacMedia *media, guint frame, SacMediaPassing passing, gpointer data,
                                       GCancellable *cancellable, GError **error);
/* What is told while a file is opened that has no index yet, in the caller's thread; each may be NULL. */
typedef struct {
  SacMediaPassing first;        /* the first frame, long before the index is done */
  /* Where every frame must be decoded for it: how far that is, 0…1, or −1 where the file does not say how long it is. */
  void (*counting) (double fraction, gpointer data);
  gpointer data;
} SacMediaWatch;
SacMedia *sac_media_open_watched (const char *path, const SacMediaWatch *watch, GCancellable *cancellable, GError **error);
/* Makes the index anew by decoding every frame, whatever the packets say, and opens with it; so does everybody from now on who opens
 * the file.  A SacMedia that is open already keeps the old one.  The remedy for files whose packets lie. */
SacMedia *sac_media_open_counted (const char *path, const SacMediaWatch *watch, GCancellable *cancellable, GError **error);
gboolean  sac_media_is_counted (SacMedia *media);           /* its index was made so, and not from packets */
guint     sac_media_get_n_threads (SacMedia *media);        /* that decode it */
guint     sac_media_get_n_back (SacMedia *media);           /* so many frames before a wanted one are kept when they are decoded */
/* The @n frames from @first on in @n_parts equal parts, not more than there are frames: sets out[i] to whether any frame of part i
 * is in the cache.  Time goes with the frames that are. */
void      sac_media_mark_cached (SacMedia *media, guint first, guint n, guint n_parts, guint8 *out);
gboolean  sac_media_is_cached (SacMedia *media, guint frame);
SacFrame *sac_frame_ref (SacFrame *frame);
void      sac_frame_unref (SacFrame *frame);
guint     sac_frame_get_number (const SacFrame *frame);
int       sac_frame_get_width (const SacFrame *frame);
int       sac_frame_get_height (const SacFrame *frame);
/* The one YUV→RGB of the program.  8-bit, @stride bytes a row; RGB24 for data, BGRA (Cairo/GDK little-endian) for the window. */
typedef enum { SAC_PIXELS_RGB, SAC_PIXELS_BGRA } SacPixels;
gboolean  sac_frame_convert (SacFrame *frame, SacPixels pixels, guint8 *out, gsize stride, GError **error);
/* The same as BGRA without gaps, in memory that is used again when the bytes are let go.  Transfer full. */
GBytes   *sac_frame_to_bgra (SacFrame *frame, GError **error);
/* The content of a PNG or a JPEG file.  Transfer full. */
GBytes   *sac_frame_encode (SacFrame *frame, gboolean png, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFrame, sac_frame_unref)

void      sac_media_set_cache_budget (gsize n_bytes);       /* of all open files; default 256 MiB */
gsize     sac_media_get_cache_bytes (void);                 /* held at this moment */

/* ---- thumbnails: @n_pictures frames evenly spread, each scaled to fit @width × @height, side by side in one RGB strip
 * kept on disk (cache dir/thumbs: two files for all, 4 GiB at most).  Transfer full. */
typedef struct {
  int width, height, n;         /* of one picture, and how many */
  guint8 *rgb;                  /* n·width × height × 3, row stride n·width·3 */
} SacThumbs;
SacThumbs *sac_thumbs_load (const char *path, int width, int height, int n_pictures, GCancellable *cancellable, GError **error);
void       sac_thumbs_free (SacThumbs *thumbs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacThumbs, sac_thumbs_free)

/* ---- the sound of a file, which follows the pictures.  It is heard from half to twice the speed; otherwise there is silence.
 * Main thread; nothing here waits. */
typedef struct _SacAudio SacAudio;
typedef void (*SacAudioTold) (gboolean has_sound, gpointer data);      /* once, in the main thread, not after free */
/* @sink: a GStreamer element to play with; NULL: the person's own. */
SacAudio *sac_audio_new (SacMedia *media, const char *sink, SacAudioTold told, gpointer data);
/* The pictures stand at @at_ns now and go on with @rate if @playing.  To be said with every frame. */
void      sac_audio_follow (SacAudio *audio, gboolean playing, gint64 at_ns, double rate);
guint     sac_audio_get_n_starts (SacAudio *audio);        /* how often it was started or brought to another place */
void      sac_audio_free (SacAudio *audio);

/* ---- what can be read and written here. */
typedef struct {
  const char *name;             /* "H.264" */
  char *decoder, *encoder;      /* names of GStreamer elements, NULL: none */
} SacMediaCodec;
SacMediaCodec *sac_media_list_codecs (guint *n_codecs);        /* free with: */
void           sac_media_codecs_free (SacMediaCodec *codecs, guint n_codecs);

/* ---- encoding: frames in, file out: H.264 where an encoder is present, else VP8, in the container that the name's ending says (.mp4,
 * .mov, .mkv, .webm; others are refused). */
typedef struct _SacEncoder SacEncoder;
const char *sac_encoder_get_suffix (void);                  /* "mp4" or "webm" */
SacEncoder *sac_encoder_new (const char *path, int width, int height, int fps_num, int fps_den, GError **error);
gboolean    sac_encoder_push (SacEncoder *encoder, const guint8 *rgb, gsize stride, GError **error);
gboolean    sac_encoder_finish (SacEncoder *encoder, GError **error);      /* frees @encoder in every case */
