/* Where the time of a program went, and how near that is to what the machine can do.  Numbers and words only: the backend fills a
 * profile, a run keeps it, a picture shows it.
 *
 * The measure is a roofline: a step cannot be faster than its FLOPs at the peak of the arithmetic, nor than its bytes at the peak of
 * the memory.  Its share of the peak is the larger of the two shares, and that one bounds it.  A share may exceed 1: what lies in the
 * caches is faster than memory, and Winograd's convolutions multiply less than the definition whose FLOPs are counted. */
#pragma once
#include <glib.h>

/* What this machine can do, measured; 0 = not known. */
typedef struct {
  guint n_threads;
  double flops_one, flops_all;  /* FLOP/s of f32 multiply-adds on one thread and on @n_threads */
  double bytes_one, bytes_all;  /* B/s of memory: reading two arrays and writing a third, all larger than the caches */
} SacPeaks;

typedef enum {
  SAC_BOUND_NOTHING,            /* below SAC_BOUND_SHARE of both peaks: overhead, latency, or a kernel worth a look */
  SAC_BOUND_ARITHMETIC,
  SAC_BOUND_MEMORY,
  SAC_N_BOUNDS,
} SacBound;
#define SAC_BOUND_SHARE 0.4

/* Share of the peaks of all threads (0…, 0 where no peak is known) of @flops and @bytes done in @seconds.  @bound nullable. */
double   sac_peaks_share (const SacPeaks *peaks, double seconds, double flops, double bytes, SacBound *bound);

/* One step, or several of a kind summed. */
typedef struct {
  char *op, *variant;           /* "conv3d", "avx512" */
  char *layer;                  /* "layer1.0.conv1"; "" where none is known */
  char *shapes;                 /* of sources and result */
  gboolean backward;            /* part of a gradient */
  guint count;                  /* steps */
  double seconds, flops, bytes; /* of one run, all @count steps together */
  double least;                 /* seconds these steps would take at the peaks */
  double by_bound[SAC_N_BOUNDS];        /* @seconds, parted by what bounds the steps */
} SacProfileRow;

typedef struct {
  SacPeaks peaks;
  guint n_runs;                 /* runs the times are the mean of */
  gsize arena_bytes;
  GArray *rows;                 /* SacProfileRow */
} SacProfile;

SacProfile    *sac_profile_new (void);
void           sac_profile_free (SacProfile *profile);
/* Adds one step, or several alike; the words are copied, NULL is "".  Sets least and by_bound from profile->peaks. */
void           sac_profile_add (SacProfile *profile, const SacProfileRow *row);
/* An empty one with the peaks and the counts of @like. */
SacProfile    *sac_profile_new_like (const SacProfile *like);
/* Row @i of @to becomes what it is in @from. */
void           sac_profile_copy_row (SacProfile *to, guint i, const SacProfile *from);
/* Appends the rows of @other, e.g. the update's after the gradients'. */
void           sac_profile_append (SacProfile *profile, const SacProfile *other);
double         sac_profile_get_seconds (const SacProfile *profile);
/* What most of the row's time is bound by. */
SacBound       sac_profile_row_get_bound (const SacProfileRow *row);

typedef enum {
  SAC_PROFILE_BY_OP,            /* slowest first */
  SAC_PROFILE_BY_SHAPE,         /* op, variant and shapes; slowest first */
  SAC_PROFILE_BY_LAYER,         /* forward and backward each; in the order of the network */
} SacProfileView;
/* Rows of a kind summed.  By layer, names are cut to fewer parts ("layer1.0") until at most @max_layers are left.  Transfer full. */
SacProfile    *sac_profile_sum (const SacProfile *profile, SacProfileView view, guint max_layers);
/* A table for a terminal, a line a row; rows under @least_share of the whole time are left out and counted.  Transfer full. */
char          *sac_profile_dup_table (const SacProfile *profile, double least_share);

static inline const SacProfileRow *
sac_profile_get (const SacProfile *profile, guint i)
{
  return &g_array_index (profile->rows, SacProfileRow, i);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacProfile, sac_profile_free)
