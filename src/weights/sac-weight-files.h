/* weights: weight files in and out, names mapped, 2-D inflated to 3-D.  Files are untrusted: nothing in them is executed,
 * sizes are checked before memory is taken, every refusal names the reason.  methods/01 §2.3 */
#pragma once
#include "nn/sac-nn.h"

#define SAC_WEIGHTS_ERROR (sac_weights_error_quark ())
GQuark sac_weights_error_quark (void);
typedef enum {
  SAC_WEIGHTS_ERROR_FORMAT,     /* damaged, or not what it says */
  SAC_WEIGHTS_ERROR_REFUSED,    /* would execute something, or names what tensors do not need */
  SAC_WEIGHTS_ERROR_UNSUPPORTED,/* a container of a later version: named */
  SAC_WEIGHTS_ERROR_TOO_LARGE,
  SAC_WEIGHTS_ERROR_MISMATCH,
} SacWeightsError;

/* ---- reading.  A file is a list of named tensors; numbers are widened to f32 on demand. */
typedef struct _SacTensorFile SacTensorFile;
typedef struct {
  const char *name;             /* as in the file */
  const char *dtype;            /* "float32", "float16", "bfloat16", "int64" … */
  guint rank;
  gint64 dims[8];
} SacTensorInfo;

/* Recognises by content, not by name: safetensors, .pth zip, .pth legacy; others are declined by name. */
SacTensorFile       *sac_tensor_file_open (const char *path, GError **error);
/* The same from memory; @shown stands for the file in messages, its ending breaks ties between formats. */
SacTensorFile       *sac_tensor_file_open_bytes (GBytes *bytes, const char *shown, GError **error);
void                 sac_tensor_file_free (SacTensorFile *file);      /* one thread at a time uses a file */
guint                sac_tensor_file_get_n (const SacTensorFile *file);
const SacTensorInfo *sac_tensor_file_get_info (const SacTensorFile *file, guint i);
gint                 sac_tensor_file_find (const SacTensorFile *file, const char *name);       /* −1 if absent */
/* In the file's own (row-major) order; @out holds the product of dims. */
gboolean             sac_tensor_file_read_f32 (SacTensorFile *file, guint i, float *out, GError **error);
const char          *sac_tensor_file_get_format (const SacTensorFile *file);            /* "safetensors", "PyTorch zip" … */
const char          *sac_tensor_file_get_metadata (const SacTensorFile *file, const char *key);   /* safetensors __metadata__, or NULL */

/* ---- mapping onto a network. */
typedef enum { SAC_INFLATE_NONE, SAC_INFLATE_AVERAGE, SAC_INFLATE_CENTRE } SacInflation;
typedef enum {
  SAC_MAP_LOADED, SAC_MAP_INFLATED, SAC_MAP_REPLACED,    /* replaced: heads, drawn anew because classes (or frames) differ */
  SAC_MAP_MISSING,              /* layer without a tensor in the file: initialised afresh */
  SAC_MAP_UNUSED,               /* tensor without a layer */
  SAC_MAP_SHAPE,                /* both there, shapes do not fit */
} SacMapStatus;
typedef struct {
  char *tensor, *layer;         /* either may be NULL */
  char *tensor_shape, *layer_shape;
  SacMapStatus status;
} SacMapRow;
typedef struct {
  SacMapRow *rows;
  guint n_rows, n_loaded, n_missing, n_unused, n_shape, n_replaced;
} SacMapReport;
/* Strips "module." / "state_dict." / "backbone." prefixes, matches torchvision names, those of the public attention branch networks, of
 * mmaction and of Caffe2's non-local networks.  SHAPE rows outside the head, or nothing loaded, are an error (MISMATCH) and leave
 * @weights as they were; the report is filled either way. */
gboolean sac_weights_load (SacWeights *weights, SacTensorFile *file, SacInflation inflation, guint64 head_seed,
                           SacMapReport **report, GError **error);
/* Only the report and the verdict: nothing is read or written, @weights need no memory. */
gboolean sac_weights_match (SacWeights *weights, SacTensorFile *file, SacInflation inflation, SacMapReport **report, GError **error);
/* The network whose weights these are, as far as names and shapes tell: ResNets, flat and in any geometry of methods/01 §2.2, told
 * apart by the kernels' shapes.  Its name; transfer full.  NULL: not told. */
char    *sac_weights_recognise (SacTensorFile *file, SacModel *model);
void     sac_map_report_free (SacMapReport *report);
const char *sac_map_status_get_name (SacMapStatus status);         /* "loaded", "inflated" …: for programs, untranslated */
char    *sac_map_report_dup_text (const SacMapReport *report);     /* a table: file tensor · layer · status */

/* One kernel: (K,C,kH,kW) → (K,C,n,kH,kW), both in the field's order. */
void     sac_inflate_kernel (const float *in, gsize n_out_in, gsize kernel_area, guint n, SacInflation how, float *out);

/* Frames with non-zero input gradient at the start in the inflated networks of sac-resnet.h, by index propagation:
 * touched[t] for t < @n_frames.  methods/01 §2.5 */
void     sac_temporal_receptive_set (guint n_frames, SacInflation how, gboolean *touched);

/* Energy that varies over the taps of one kernel in the field's order, as a share: ‖W − mean over t‖² / ‖W‖², 0…1; 0 for
 * W = 0.  Averaging starts at 0, centring at 1 − 1/n.  methods/01 §5.3 */
double   sac_temporal_anisotropy (const float *kernel, gsize n_out_in, guint n, gsize kernel_area);

/* A name from a file as a person may be shown it: control and invisible characters become escapes.  Transfer full. */
char    *sac_tensor_name_dup_visible (const char *name);

/* ---- writing: safetensors, whole or absent. */
typedef struct {
  const char *name;
  guint rank;
  gint64 dims[8];
  const float *data;            /* row-major, the field's order */
} SacTensorOut;
gboolean sac_safetensors_write (const char *path, const SacTensorOut *tensors, guint n, GHashTable *metadata /* char*→char*, nullable */,
                                GError **error);
/* All of @weights (params and buffers) with torchvision names; @extra (nullable) blocks saved as "<prefix><entry>". */
gboolean sac_weights_save (SacWeights *weights, SacBlock *const *extra, const char *const *prefixes, guint n_extra,
                           GHashTable *metadata, const char *path, GError **error);
/* Restores such a file exactly: every entry of @weights and of the extra blocks must be there with its shape, else
 * MISMATCH and nothing is changed.  Tensors nobody asked for are passed over, so that evaluation reads a checkpoint
 * without its moments. */
gboolean sac_weights_restore (SacWeights *weights, SacBlock *const *extra, const char *const *prefixes, guint n_extra,
                              SacTensorFile *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTensorFile, sac_tensor_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMapReport, sac_map_report_free)
