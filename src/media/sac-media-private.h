/* What the files of this room share: the container's own claims, a decoding pipeline, the index, the frame cache. */
#pragma once
#include <gst/gst.h>
#include <gst/video/video.h>

#include "sac-media.h"

#define SAC_MEDIA_MAX_SIDE 16384
#define SAC_MEDIA_MAX_PIXELS (36u * 1000 * 1000)        /* a little more than 8192 × 4320 */
#define SAC_MEDIA_MAX_FRAMES (1u << 22)                 /* 38 hours at 30 frames a second */
#define SAC_MEDIA_STALL_US (20 * G_USEC_PER_SEC)        /* no frame for so long: give up */

/* Sets a SAC_MEDIA_ERROR whose message begins with the file's name. */
void _sac_media_fail (GError **error, SacMediaError code, const char *path, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* ---- media-container.c: what a container says of itself, read without GStreamer. */
typedef struct {
  guint64 size;                 /* bytes of the file */
  guint declared;               /* frames that the video track's table lists; 0 = unknown */
  gboolean cut_short;           /* the file ends before the container says it does */
  gboolean is_mp4, is_matroska;
  gboolean no_table;            /* MP4 without moov: nothing can be found in it */
  /* Bytes to put in place of the file's own when it is read (see media-container.c); n_patch 0 = none. */
  guint64 patch_at;
  guint n_patch;
  guint8 patch[8];
} SacContainer;

gboolean _sac_container_read (const char *path, SacContainer *container, GError **error);

/* ---- media-packets.c: the video track's packets in the file's order, undecoded.  NULL: ask a decoder instead. */
typedef struct {
  gint64 time, duration;        /* stream time; duration 0 = unknown */
  gboolean key;
} SacPacket;
GArray *_sac_packets_read (const char *path, const SacContainer *container, GCancellable *cancellable);

/* ---- media-decoder.c: one pipeline that gives a file's frames in order from some key frame on.  One thread at a time. */
typedef struct _SacDecoder SacDecoder;

SacDecoder *_sac_decoder_new (const char *path, const SacContainer *container, gboolean watch);
void        _sac_decoder_free (SacDecoder *decoder);
/* 1: a frame in @sample (transfer full), 0: end of the stream, -1: error.  @time_ns: stream time or -1. */
int         _sac_decoder_pull (SacDecoder *decoder, GstSample **sample, gint64 *time_ns, GCancellable *cancellable, GError **error);
/* Goes to the key frame at or before @time_ns. */
gboolean    _sac_decoder_seek (SacDecoder *decoder, gint64 time_ns);
/* Stream times of the key frames that went into the decoder, when @watch; borrowed, call when no frame is being pulled. */
GArray     *_sac_decoder_get_keys (SacDecoder *decoder);
gint64      _sac_decoder_get_duration_ns (SacDecoder *decoder);     /* what the container says, −1 = nothing */
guint       _sac_decoder_get_n_sent (SacDecoder *decoder);          /* pictures to be shown that went into it, when @watch */
guint       _sac_decoder_get_n_complaints (SacDecoder *decoder);    /* warnings and errors of the decoder so far */
void        _sac_decoder_stop_watching (SacDecoder *decoder);
guint       _sac_decoder_get_n_threads (int width, int height);     /* that a decoder takes for pictures of this size */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDecoder, _sac_decoder_free)

/* ---- media-memory.c: for pictures. */
gpointer       _sac_block_take (gsize n);                /* NULL: there is no more */
void           _sac_block_give (gpointer memory);        /* NULL is ignored */
GstAllocator  *_sac_picture_allocator (void);            /* borrowed */
GstBufferPool *_sac_picture_pool_new (void);            /* to be configured with that allocator */

/* ---- media-frame.c */
struct _SacFrame {
  gint refs;
  guint number;
  int width, height;            /* of the media; a stream may change its size on the way */
  gsize n_bytes;
  GstVideoInfo info;
  GstBuffer *buffer;            /* the decoder's own */
};

/* Keeps the decoded picture; NULL if it cannot be read or is too large. */
SacFrame *_sac_frame_new (GstSample *sample, guint number, int width, int height);
guint64   _sac_frame_sum (SacFrame *frame);     /* of the decoded bytes, whatever lies between rows */
/* Scales to fit @width × @height RGB, packed rows of width·3. */
gboolean  _sac_frame_convert_scaled (SacFrame *frame, int width, int height, guint8 *rgb, GError **error);

/* ---- media-index.c */
typedef enum { SAC_INDEX_WHOLE, SAC_INDEX_CUT_SHORT, SAC_INDEX_DAMAGED } SacIndexState;
typedef struct {
  guint32 n;
  gint32 width, height, par_n, par_d;
  gboolean vfr;
  double fps;
  gint64 origin_ns;             /* stream time of frame 0; the times below have it taken off */
  gint64 duration_ns;
  SacIndexState state;
  guint32 declared;
  gint64 *times;                /* n, strictly ascending, times[0] = 0 */
  guint64 *sums;                /* n, _sac_frame_sum: a frame found by seeking is the right one when its sum agrees.
                                 * NULL: made from packets, whose times can be relied on; no frame was decoded for it */
  guint8 *keys;                 /* n, 1 = decoding can start here */
} SacIndex;

/* @count: decode every frame, even where packets tell the same.  *@decoder: one that gives frame *@next next (transfer full,
 * nullable). */
SacIndex *_sac_index_build (const char *path, const SacContainer *container, gboolean count, const SacMediaWatch *watch,
                            SacDecoder **decoder, guint *next, GCancellable *cancellable, GError **error);
GBytes   *_sac_index_to_bytes (const SacIndex *index);
SacIndex *_sac_index_from_bytes (GBytes *bytes);               /* NULL if it is not whole, or of another version */
char     *_sac_index_path (const char *hash);
guint     _sac_index_find (const SacIndex *index, gint64 time_ns);
char     *_sac_index_dup_warning (const SacIndex *index);
void      _sac_index_free (SacIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacIndex, _sac_index_free)

/* Whole or absent, but not synced: for caches that are checked when they are read. */
gboolean _sac_media_write_cache (const char *path, gconstpointer data, gsize n_bytes);

/* The file of many thumbnails (media-atlas.c); any thread.  What is put may be gone again when it is asked for. */
void     _sac_atlas_put (const char *key, gconstpointer bytes, gsize n_bytes);
guint8  *_sac_atlas_dup (const char *key, gsize *n_bytes);        /* NULL: not there */
void     _sac_atlas_set_limit (gint64 n_bytes);                   /* on disk, both files together; for tests */

/* ---- media-cache.c: frames of all open files, least recently used first out.  Any thread.  @file: interned hash. */
SacFrame *_sac_cache_get (const char *file, guint number);     /* transfer full, or NULL */
gboolean  _sac_cache_has (const char *file, guint number);
void      _sac_cache_put (const char *file, SacFrame *frame);
void      _sac_cache_mark (const char *file, guint first, guint n, guint n_parts, guint8 *out);
gsize     _sac_cache_get_budget (void);

/* ---- sac-media.c: @keep FALSE leaves the cache as it is (thumbnails). */
SacFrame *_sac_media_get_frame (SacMedia *media, guint frame, gboolean keep, GCancellable *cancellable, GError **error);
gint64    _sac_media_get_origin_ns (SacMedia *media);          /* stream time of frame 0 */
