/* What the readers of this room share. */
#pragma once
#include <zip.h>

#include "write-private.h"

typedef enum {
  SAC_DTYPE_F64, SAC_DTYPE_F32, SAC_DTYPE_F16, SAC_DTYPE_BF16, SAC_DTYPE_F8_E4M3, SAC_DTYPE_F8_E5M2,
  SAC_DTYPE_I64, SAC_DTYPE_I32, SAC_DTYPE_I16, SAC_DTYPE_I8, SAC_DTYPE_U64, SAC_DTYPE_U32, SAC_DTYPE_U16, SAC_DTYPE_U8,
  SAC_DTYPE_BOOL, SAC_N_DTYPES
} SacFileDtype;

/* A run of bytes that tensors look into. */
typedef struct {
  guint64 n_bytes;
  guint64 position;             /* in the file, when not in a zip */
  gint64 zip_entry;             /* −1: not in a zip */
} SacStorage;

typedef struct {
  SacTensorInfo info;
  SacFileDtype dtype;
  guint storage;
  guint64 n, offset;            /* elements, and where the first one stands in its storage */
  guint64 strides[8];           /* elements */
  gboolean contiguous;
} SacStoredTensor;

struct _SacTensorFile
{
  char *shown;
  const char *format;
  int fd;                       /* −1: in memory */
  GBytes *bytes;
  guint64 size;
  GArray *tensors, *storages;
  GStringChunk *names;
  GHashTable *by_name;          /* name → index + 1 */
  GHashTable *metadata;         /* char* → char* */
  zip_t *zip;
  gint64 cached;                /* storage whose bytes are in @cache, −1 none */
  guint8 *cache;
};

/* Names for info and messages, and element sizes. */
const char *_sac_dtype_name (SacFileDtype dtype);
guint       _sac_dtype_bytes (SacFileDtype dtype);
/* Widens; int64 and doubles lose digits as a C cast does. */
void        _sac_dtype_to_f32 (SacFileDtype dtype, const guint8 *in, gsize n, float *out);

/* Exactly @n bytes from @position, or an error that the file ends too early. */
gboolean    _sac_tensor_file_pread (SacTensorFile *file, guint64 position, gpointer out, gsize n, GError **error);
/* Adds a tensor after checking rank, name and that the view stays inside its storage of @storage_elements.
 * @strides NULL: row-major. */
gboolean    _sac_tensor_file_add (SacTensorFile *file, const char *name, SacFileDtype dtype, guint rank, const gint64 *dims,
                                  const gint64 *strides, guint storage, guint64 storage_elements, gint64 offset, GError **error);

/* Readers: fill an opened file. */
gboolean    _sac_read_safetensors (SacTensorFile *file, GError **error);
gboolean    _sac_read_pytorch_zip (SacTensorFile *file, GError **error);
gboolean    _sac_read_pytorch_legacy (SacTensorFile *file, GError **error);
gboolean    _sac_read_zip_storage (SacTensorFile *file, const SacStorage *storage, guint8 *out, GError **error);
/* Names formats that are known but not read.  Always sets @error and returns FALSE. */
gboolean    _sac_decline (const SacTensorFile *file, const guint8 *head, gsize n, GError **error);
gboolean    _sac_looks_like_tar (const guint8 *head, gsize n);

/* ---- pickles: the few opcodes that tensors need, interpreted into values; nothing is imported or called. */
typedef enum {
  SAC_PICKLE_NONE, SAC_PICKLE_BOOL, SAC_PICKLE_INT, SAC_PICKLE_LONG, SAC_PICKLE_FLOAT, SAC_PICKLE_STRING, SAC_PICKLE_BYTES,
  SAC_PICKLE_TUPLE, SAC_PICKLE_LIST, SAC_PICKLE_DICT, SAC_PICKLE_GLOBAL, SAC_PICKLE_STORAGE, SAC_PICKLE_TENSOR,
} SacPickleKind;

typedef struct {
  SacFileDtype dtype;
  guint64 n;                    /* elements */
  char *key;
  gint64 view_offset;           /* legacy views into a storage: elements, 0 otherwise */
  guint64 base_n;               /* elements of the storage viewed; = n otherwise */
} SacPickleStorage;

typedef struct {
  guint32 storage;              /* node */
  gint64 offset;
  guint rank;
  gint64 dims[8], strides[8];
} SacPickleTensor;

typedef struct {
  guint8 kind;
  guint32 n;                    /* items (2 a pair in a dict), or bytes of text */
  guint32 room;
  union {
    gint64 integer;
    double real;
    guint32 *items;             /* nodes */
    const guint8 *text;         /* in the parsed bytes; not terminated */
    guint global;               /* which of the few */
    SacPickleStorage *storage;
    SacPickleTensor *tensor;
  };
} SacPickleNode;

typedef struct {
  GArray *nodes;                /* SacPickleNode */
  guint32 root;
  gsize used;                   /* bytes up to and including STOP */
} SacPickle;

/* @cut (nullable) tells that the bytes ended inside the pickle.  The result borrows @data. */
SacPickle          *_sac_pickle_parse (const guint8 *data, gsize n, gboolean *cut, GError **error);
void                _sac_pickle_free (SacPickle *pickle);
static inline const SacPickleNode *
_sac_pickle_node (const SacPickle *pickle, guint32 i)
{
  return &g_array_index (pickle->nodes, SacPickleNode, i);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPickle, _sac_pickle_free)

/* The layer that a file's tensor @name is meant for; transfer full. */
char       *_sac_dup_layer_name (const char *name);
/* Layer → number of its tensor in the file + 1. */
GHashTable *_sac_index_layers (SacTensorFile *file);
