/* A backend: one small vtable.  Allocate, copy, prepare a program once, run it many times. */
#pragma once
#include "sac-op.h"

typedef struct _SacBackend SacBackend;
typedef struct _SacProgram SacProgram;
typedef struct _SacBuffer SacBuffer;       /* opaque device memory */

/* One step of a compiled program; offsets are bytes into the buffer they name. */
typedef struct {
  guint buffer;                 /* index into SacProgramPlan.buffers */
  gsize offset;
} SacPlace;

typedef struct {
  SacNode node;
  SacShape src_shape[SAC_MAX_SRC];
  SacDtype src_dtype[SAC_MAX_SRC], dtype;
  gsize src_bytes[SAC_MAX_SRC], dst_bytes;      /* with what lies behind the numbers (SacOp.tail) */
  SacPlace src[SAC_MAX_SRC], dst, workspace;
  gsize workspace_bytes;
  guint variant;                /* chosen by the backend in select() */
  gboolean barrier;             /* must wait for all earlier steps */
} SacStep;

typedef struct {
  SacStep *steps;
  guint n_steps;
  SacBuffer **buffers;          /* [0] the arena, then constants, inputs, block pages */
  guint n_buffers;
  gsize arena_bytes;
  /* Told by run(), in its thread, how much of a run is over: after a step, or as often as it can be stopped.  NULL: nobody asks. */
  void (*progress) (double fraction, gpointer data);
  gpointer progress_data;
} SacProgramPlan;

struct _SacBackend {
  const char *name;             /* "cpu", "vulkan", "null" */
  guint stores;                 /* bit of each SacDtype that activations may be stored as; f32 always */
  SacBuffer *(*alloc) (SacBackend *backend, gsize n_bytes, GError **error);   /* zeroed */
  void  (*release) (SacBackend *backend, SacBuffer *buffer);
  /* A device that is lost meanwhile says so in the next run or download. */
  void  (*upload) (SacBackend *backend, SacBuffer *buffer, gsize offset, gconstpointer data, gsize n_bytes);
  /* FALSE: what stands in @data is no answer. */
  gboolean (*download) (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes, GError **error);
  /* Which variant runs this step, and its workspace; FALSE with an error when the op is not to be had here. */
  gboolean (*select) (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);
  gpointer (*prepare) (SacBackend *backend, const SacProgramPlan *plan, GError **error);
  gboolean (*run) (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable, GError **error);
  /* With @seconds NULL: times each step of the runs from now on.  Else: the mean of each step over those runs, and how many they were.
   * NULL where the backend keeps no times. */
  guint (*step_times) (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, double *seconds);
  SacPeaks (*measure_peaks) (SacBackend *backend);      /* may take some tenths of a second; NULL: not known */
  void  (*unprepare) (SacBackend *backend, gpointer prepared);
  void  (*destroy) (SacBackend *backend);
};

/* What the device can do, measured at the first call. */
SacPeaks sac_backend_get_peaks (SacBackend *backend);
/* Whether programs may store activations as @dtype there. */
gboolean sac_backend_stores (const SacBackend *backend, SacDtype dtype);
void sac_backend_free (SacBackend *backend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacBackend, sac_backend_free)
