/* What an op is.  One op = one word in src/ops/meson.build, one file op-<name>.c, one shader, one test.
 * Ops are coarse and closed under differentiation: an adjoint is written with ops. */
#pragma once
#include "base/sac-base.h"
#include "sac-shape.h"

typedef struct _SacGraph SacGraph;
typedef struct _SacOp SacOp;
typedef gint32 SacVar;          /* a value in a graph; 0 = none */

#define SAC_MAX_SRC 8

typedef enum {
  SAC_CPU_PLAIN = 0,
  SAC_CPU_AVX2 = 1 << 0,        /* AVX2 + FMA */
  SAC_CPU_AVX512 = 1 << 1,      /* F, VL, BW, DQ */
  SAC_CPU_AVX512_BF16 = 1 << 2,
} SacCpuFlags;

/* Flags of this machine, less those SACCADE_CPU_MASK hides. */
SacCpuFlags sac_cpu_flags (void);

/* What a node is when its op is asked about it; a copy, so that appending cannot move it. */
typedef struct {
  const SacOp *op;
  SacVar src[SAC_MAX_SRC];      /* 0 where an optional source is absent */
  guint n_src;
  SacShape shape;               /* of the result */
  const void *params;           /* op->params_size bytes, lives as long as the graph */
  SacVar self;
} SacNode;

/* What a kernel gets.  Sources and result never overlap unless the op says @inplace. */
typedef struct {
  const SacOp *op;
  SacTensor src[SAC_MAX_SRC];   /* data NULL where absent */
  guint n_src;
  SacTensor dst;                /* data NULL for pure effects */
  const void *params;
  void *workspace;              /* 64-byte aligned, of the size the variant asked for */
  gsize workspace_bytes;
  SacPool *pool;
} SacKernelArgs;

typedef void (*SacKernel) (const SacKernelArgs *args);

/* Where what an op with a tail fills behind @tensor begins, and the bytes before it. */
static inline gsize
sac_tensor_tail_offset (const SacTensor *tensor)
{
  return (sac_dtype_bytes (tensor->dtype) * sac_shape_count (tensor->shape) + 63) / 64 * 64;
}

/* Bits of a mask of operands: bit i is source i. */
#define SAC_SRC(i) (1u << (i))
#define SAC_DST (1u << 31)
#define SAC_ALL_OPERANDS (~0u)

typedef struct {
  const char *name;             /* "avx512", "avx2", "plain" */
  SacCpuFlags needs;
  gboolean (*fits) (const SacKernelArgs *shapes);      /* NULL = always; data pointers are unset */
  gsize    (*workspace) (const SacKernelArgs *shapes); /* bytes; NULL = none; must not depend on thread count's bits of result */
  SacKernel run;
  guint32 bf16;                 /* operands it takes as bf16 too; others are widened to f32 before it and narrowed after it */
} SacCpuVariant;

/* One way to run an op on a Vulkan device: a shader that gets the shapes of all operands and the op's params, word by word, as
 * specialization constants (shaders/include/sac.glsl says which number is what). */
typedef struct {
  const char *shader;           /* shaders/<shader>.comp; NULL ends the list */
  gboolean (*fits) (const SacKernelArgs *shapes);      /* NULL = always */
  /* How many workgroups run pass @pass; FALSE: there are no more passes.  NULL: one pass, an invocation for each element of the
   * result, or of source 0 where that is what is written. */
  gboolean (*grid) (const SacKernelArgs *shapes, guint pass, guint32 groups[3]);
  gsize    (*scratch) (const SacKernelArgs *shapes);   /* bytes that pass a pass's sums to the next; NULL = none */
  guint32 tile;                 /* the shader's TILE */
  gboolean matrix;              /* by cooperative matrices, where the device has them and an operand is f16 */
  const char *name;             /* among the op's; NULL where it is the only one.  Several that fit are told apart by measuring */
} SacVulkanVariant;

#define SAC_VULKAN_LOCAL 64     /* invocations of a workgroup, where the shader does not say another number */

struct _SacOp {
  const char *name;
  guint n_src;                  /* most sources; absent ones are 0 */
  gsize params_size;

  /* Result shape, or FALSE with @error naming the shapes.  @src[i].n == 0 where absent. */
  gboolean (*infer) (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error);
  /* Appends the adjoint: @gx[i] = gradient towards src[i], left 0 where there is none. NULL: not differentiable.
   * See sac_graph_needs_gradient() and sac_graph_vjp_by_expansion(). */
  void (*vjp) (SacGraph *graph, const SacNode *node, SacVar gy, SacVar gx[]);

  SacKernel reference;          /* plain loops, double sums: what the op means.  Kept for ever as the oracle. */
  const SacCpuVariant *cpu;     /* best first, ended by .run = NULL; NULL: reference is used */

  const SacVulkanVariant *vulkan;       /* best first; NULL: the shader of the op's own name, if there is one, in one pass */

  double (*flops) (const SacKernelArgs *shapes);       /* NULL: one per result element */
  /* Bytes behind the result, from the next multiple of 64 on, that the op fills for readers who know of them; NULL: none.  Only for ops
   * that rewriting makes: no gradient, copy or output sees them. */
  gsize (*tail) (const SacKernelArgs *shapes);
  guint32 tails;                /* bit i: of src[i] only what lies behind it is read */
  /* Source whose memory the result may take over, −1 none: where it has the result's shape and nobody reads it later.  Only for
   * kernels that have read element e of every source of that shape when they write element e. */
  int inplace;
  guint32 optional;             /* bit i: src[i] may be absent */
  guint32 bf16;                 /* operands that may be stored as bf16 or f16 where a program wants that (graph/sac-precision.c) */
  guint32 f16;                  /* more of them, as f16 only: for ops whose CPU kernels have no use for bf16 */
  guint32 mutates;              /* bit i: src[i] is written in place (an effect: kept, ordered, never differentiated) */
};

/* Bytes of a result, with what the op leaves behind it. */
static inline gsize
sac_op_result_bytes (const SacKernelArgs *shapes)
{
  if (shapes->op->tail)
    return sac_tensor_tail_offset (&shapes->dst) + shapes->op->tail (shapes);
  return sac_dtype_bytes (shapes->dst.dtype) * sac_shape_count (shapes->dst.shape);
}

/* Operands that may be stored as @dtype, one of the small ones. */
static inline guint32
sac_op_narrow_operands (const SacOp *op, SacDtype dtype)
{
  return op->bf16 | (dtype == SAC_F16 ? op->f16 : 0);
}

/* ---- Fusion.  A row of the table says what the last node of a pattern may become: @rewrite looks around and changes op,
 * sources and params of @node (new params: sac_rewriting_keep_params()); nodes nobody reads any more are dropped.  With f32 the result must
 * be the same bits: a row is tested against SACCADE_NO_FUSE, which switches all rows off (1) or those named (a,b).  A backend that
 * cannot run the new node keeps the old ones. */
typedef struct _SacRewriting SacRewriting;
typedef struct {
  const char *name;             /* one word; NULL ends the table */
  const SacOp *last;
  gboolean (*rewrite) (const SacRewriting *r, SacNode *node);
} SacRewrite;

SacNode  sac_rewriting_get_node (const SacRewriting *r, SacVar v);
SacShape sac_rewriting_get_shape (const SacRewriting *r, SacVar v);      /* leaves too */
gboolean sac_rewriting_is_output (const SacRewriting *r, SacVar v);
/* The first live node after @after that reads @v; 0 when there is none. */
SacVar   sac_rewriting_next_reader (const SacRewriting *r, SacVar v, SacVar after);

/* A copy that lives long enough. */
gconstpointer sac_rewriting_keep_params (const SacRewriting *r, gconstpointer params, gsize n_bytes);

/* The one table, in ops/rewrites.c. */
extern const SacRewrite sac_rewrites[];
