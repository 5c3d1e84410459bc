#include "op-cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/sac-bf16.h"

#define GUARD 64
#define MARK 0x5a
#ifdef __SANITIZE_ADDRESS__     /* ten times slower: cases of so many FLOPs run with three threads only, and not again as bf16 or f16 */
#define LARGE_FLOPS 1e7
#else
#define LARGE_FLOPS G_MAXDOUBLE
#endif

float
sac_test_number (guint64 seed, gsize i)
{
  return (float) (2 * sac_random_unit ((SacRandomKey) { seed, 77 }, i) - 1);
}

double
sac_test_nmse (const float *a, const float *b, gsize n)
{
  double error = 0, size = 0;

  for (gsize i = 0; i < n; i++)
    {
      double d = (double) a[i] - b[i];

      error += a[i] == b[i] ? 0 : d * d;
      size += (double) b[i] * b[i];
    }
  return error / MAX (size, 1e-30);
}

static float *
numbers (const SacCaseSource *source, guint64 seed)
{
  gsize n = sac_shape_count (source->shape);
  float *x = g_new (float, MAX (n, 1));
  float low = source->low, high = source->high;
  g_autofree guint32 *order = NULL;

  if (low == 0 && high == 0)
    low = -1, high = 1;
  if (source->fill == SAC_FILL_DISTINCT)
    {
      order = g_new (guint32, MAX (n, 1));
      sac_random_shuffle ((SacRandomKey) { seed, 5 }, order, (guint) n);
    }
  for (gsize i = 0; i < n; i++)
    x[i] = source->fill == SAC_FILL_DISTINCT ? 0.1f * ((float) order[i] - (float) (n / 2) + 0.5f)
           : source->fill == SAC_FILL_BITS   ? (float) (sac_test_number (seed, i) > 0)
                                             : low + (high - low) * 0.5f * (1 + sac_test_number (seed, i));
  return x;
}

/* ---- variants. */

typedef struct {
  SacKernelArgs args;
  float *original[SAC_MAX_SRC];
} World;

static gsize
tensor_bytes (const SacTensor *tensor)
{
  return sac_shape_count (tensor->shape) * sac_dtype_bytes (tensor->dtype);
}

/* f16 by its definition: to the nearest, ties to even. */
static guint16
half_from_float (float value)
{
  double size = fabs ((double) value), step;
  guint16 sign = signbit (value) ? 0x8000 : 0;
  int exponent;

  if (!(size < 65520))
    return isnan (value) ? 0x7e00 : sign | 0x7c00;
  frexp (size, &exponent);
  exponent = MAX (exponent, -13);       /* below 2⁻¹⁴ the steps stay as they are */
  step = ldexp (1, exponent - 11);
  size = nearbyint (size / step);
  if (size >= 2048)
    return (guint16) (sign | ((exponent + 15) << 10));
  return (guint16) (sign | (size >= 1024 ? (guint) (exponent + 14) << 10 | ((guint) size - 1024) : (guint) size));
}

static float
half_to_float (guint16 half)
{
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  double size = exponent == 31 ? (mantissa ? NAN : INFINITY)
                : exponent ? ldexp (1024 + mantissa, exponent - 25) : ldexp (mantissa, -24);

  return (float) (half & 0x8000 ? -size : size);
}

/* The numbers as @tensor stores them. */
static gpointer
dup_stored (const SacTensor *tensor, const float *numbers_)
{
  gpointer stored = g_malloc (tensor_bytes (tensor) + 1);

  if (tensor->dtype == SAC_BF16)
    sac_bf16_copies ().narrow (stored, numbers_, sac_shape_count (tensor->shape));
  else if (tensor->dtype == SAC_F16)
    for (gsize i = 0; i < sac_shape_count (tensor->shape); i++)
      ((guint16 *) stored)[i] = half_from_float (numbers_[i]);
  else
    memcpy (stored, numbers_, tensor_bytes (tensor));
  return stored;
}

static void
append_stored (GArray *out, const SacTensor *tensor, gconstpointer stored)
{
  gsize n = sac_shape_count (tensor->shape), at = out->len;

  g_array_set_size (out, (guint) (at + n));
  if (tensor->dtype == SAC_BF16)
    sac_bf16_copies ().widen (&g_array_index (out, float, at), stored, n);
  else if (tensor->dtype == SAC_F16)
    for (gsize i = 0; i < n; i++)
      g_array_index (out, float, at + i) = half_to_float (((const guint16 *) stored)[i]);
  else
    memcpy (&g_array_index (out, float, at), stored, n * sizeof (float));
}

static gboolean
world_init (World *world, const SacOpCase *c)
{
  SacShape shapes[SAC_MAX_SRC] = { { 0 } };
  g_autoptr (GError) error = NULL;
  const SacOp *op = sac_op_find (c->op);

  memset (world, 0, sizeof *world);
  g_assert_nonnull (op);
  world->args = (SacKernelArgs) { .op = op, .n_src = c->n_src, .params = c->params };
  for (guint i = 0; i < c->n_src; i++)
    {
      world->args.src[i].shape = shapes[i] = c->src[i].shape;
      if (c->src[i].shape.n)
        world->original[i] = numbers (&c->src[i], 10 + i);
    }
  if (op->infer (shapes, c->n_src, c->params, &world->args.dst.shape, &error))
    return TRUE;
  g_test_message ("%s %s: %s", c->op, c->note ? c->note : "", error ? error->message : "does not fit");
  g_test_fail ();
  return FALSE;
}

static gboolean
is_large (const World *world)
{
  return world->args.op->flops && world->args.op->flops (&world->args) > LARGE_FLOPS;
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < SAC_MAX_SRC; i++)
    g_free (world->original[i]);
}

/* Everything the kernel yields, one after the other: the result, or the sources it writes. */
static float *
run_kernel (const World *world, SacKernel kernel, gsize workspace_bytes, SacPool *pool, gboolean inplace, gboolean *harm, gsize *n_out)
{
  SacKernelArgs args = world->args;
  char *guarded[SAC_MAX_SRC + 2] = { NULL };
  gsize bytes[SAC_MAX_SRC + 2] = { 0 };
  GArray *out = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint i = 0; i < SAC_MAX_SRC; i++)
    bytes[i] = world->original[i] ? tensor_bytes (&args.src[i]) : 0;
  bytes[SAC_MAX_SRC] = args.op->mutates || inplace ? 0 : tensor_bytes (&args.dst);
  if (bytes[SAC_MAX_SRC] && args.op->tail)
    bytes[SAC_MAX_SRC] = sac_tensor_tail_offset (&args.dst) + args.op->tail (&args);
  bytes[SAC_MAX_SRC + 1] = workspace_bytes;
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    if (bytes[i])
      {
        guarded[i] = sac_try_alloc (bytes[i] + 2 * GUARD);
        memset (guarded[i], MARK, bytes[i] + 2 * GUARD);
        if (i < SAC_MAX_SRC)
          {
            g_autofree gpointer stored = dup_stored (&args.src[i], world->original[i]);

            memcpy (guarded[i] + GUARD, stored, bytes[i]);
            args.src[i].data = (float *) (guarded[i] + GUARD);
          }
      }
  if (bytes[SAC_MAX_SRC])
    args.dst.data = (float *) (guarded[SAC_MAX_SRC] + GUARD);
  else if (inplace)
    args.dst.data = args.src[args.op->inplace].data;
  args.workspace = workspace_bytes ? guarded[SAC_MAX_SRC + 1] + GUARD : NULL;
  args.workspace_bytes = workspace_bytes;
  args.pool = pool;
  kernel (&args);

  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    if (guarded[i])
      {
        gboolean written = (i < SAC_MAX_SRC && (args.op->mutates >> i & 1)) || i == SAC_MAX_SRC
                           || (inplace && (gint) i == args.op->inplace);

        for (guint k = 0; k < GUARD; k++)
          *harm |= guarded[i][k] != MARK || guarded[i][GUARD + bytes[i] + k] != MARK;
        if (written)
          append_stored (out, i < SAC_MAX_SRC ? &args.src[i] : &args.dst, guarded[i] + GUARD);
        else if (i < SAC_MAX_SRC)
          {
            g_autofree gpointer stored = dup_stored (&args.src[i], world->original[i]);

            *harm |= memcmp (guarded[i] + GUARD, stored, bytes[i]) != 0;
          }
        sac_free_aligned (guarded[i]);
      }
  *n_out = out->len;
  return (float *) g_array_free (out, FALSE);
}

static void
check_variant (const SacOpCase *c, const World *world, const SacCpuVariant *variant, const float *expected, gsize n, double tolerance)
{
  gsize workspace = variant->workspace ? variant->workspace (&world->args) : 0, n_got;
  gint into = world->args.op->inplace;
  gboolean may_take_over = into >= 0 && (guint) into < c->n_src && !world->args.op->mutates
                           && sac_shape_equal (c->src[into].shape, world->args.dst.shape)
                           && world->args.src[into].dtype == world->args.dst.dtype;
  g_autofree float *first = NULL;

  for (guint threads = is_large (world) ? 3 : 1; threads <= 3; threads++)
    for (guint inplace = 0; inplace <= (guint) may_take_over; inplace++)
      {
        g_autoptr (SacPool) pool = sac_pool_new (threads);
        gboolean harm = FALSE;
        g_autofree float *got = run_kernel (world, variant->run, workspace, pool, inplace, &harm, &n_got);
        double nmse = sac_test_nmse (got, expected, n);

        g_assert_cmpuint (n_got, ==, n);
        if (harm || (tolerance == 0 ? memcmp (got, expected, n * sizeof (float)) != 0 : !(nmse <= tolerance))
            || (first && memcmp (got, first, n * sizeof (float)) != 0))
          {
            g_test_message ("%s/%s %s, %u threads%s: NMSE %.3g%s%s", c->op, variant->name, c->note ? c->note : "", threads,
                            inplace ? ", in place" : "", nmse, harm ? ", writes where it must not" : "",
                            first && memcmp (got, first, n * sizeof (float)) != 0 ? ", other bits than before" : "");
            g_test_fail ();
          }
        if (!first)
          first = g_steal_pointer (&got);
      }
}

typedef struct {
  const SacOpCase *cases;
  guint n;
} Cases;

static void
test_variants (gconstpointer data)
{
  const Cases *all = data;

  for (guint i = 0; i < all->n; i++)
    {
      const SacOpCase *c = &all->cases[i];
      World world;
      gboolean harm = FALSE;
      gsize n;

      if (world_init (&world, c))
        {
          g_autofree float *expected = run_kernel (&world, world.args.op->reference, 0, NULL, FALSE, &harm, &n);

          g_assert_false (harm);
          for (gsize k = 0; k < n; k++)
            g_assert_true (isfinite (expected[k]));
          for (const SacCpuVariant *v = world.args.op->cpu; v && v->run; v++)
            if ((v->needs & ~sac_cpu_flags ()) == 0 && (!v->fits || v->fits (&world.args)))
              check_variant (c, &world, v, expected, n, c->tolerance);
        }
      world_clear (&world);
    }
}

/* ---- bf16.  All operands the op allows, and some of them only; the reference sees the rounded numbers. */

#define BF16_TOLERANCE 1e-5     /* rounding alone makes 1.3e-6 */

static void
store_as_bf16 (World *world, guint32 operands)
{
  SacBf16Copies copies = sac_bf16_copies ();

  for (guint i = 0; i < world->args.n_src; i++)
    {
      gsize n = sac_shape_count (world->args.src[i].shape);
      g_autofree guint16 *narrow = g_new (guint16, n + 1);

      if (!(operands & SAC_SRC (i)) || !world->original[i])
        continue;
      world->args.src[i].dtype = SAC_BF16;
      copies.narrow (narrow, world->original[i], n);
      copies.widen (world->original[i], narrow, n);
    }
  if (operands & SAC_DST)
    world->args.dst.dtype = SAC_BF16;
}

static void
test_bf16 (gconstpointer data)
{
  static const guint32 some[] = { SAC_ALL_OPERANDS, SAC_DST - 1, SAC_DST, SAC_SRC (0), SAC_SRC (1) };
  const Cases *all = data;

  for (guint i = 0; i < G_N_ELEMENTS (some) * all->n; i++)
    {
      const SacOpCase *c = &all->cases[i / G_N_ELEMENTS (some)];
      const SacOp *op = sac_op_find (c->op);
      guint32 operands = op->bf16 & some[i % G_N_ELEMENTS (some)];
      gboolean harm = FALSE, again = operands == 0;
      World world, plain;
      gsize n;

      for (guint k = 0; k < i % G_N_ELEMENTS (some); k++)
        again |= operands == (op->bf16 & some[k]);
      if (again)
        continue;
      if (world_init (&world, c) && !is_large (&world))
        {
          g_autofree float *expected = NULL;

          store_as_bf16 (&world, operands);
          plain = world;
          for (guint s = 0; s < c->n_src; s++)
            plain.args.src[s].dtype = SAC_F32;
          plain.args.dst.dtype = SAC_F32;
          expected = run_kernel (&plain, op->reference, 0, NULL, FALSE, &harm, &n);
          for (const SacCpuVariant *v = op->cpu; v && v->run; v++)
            if ((v->needs & ~sac_cpu_flags ()) == 0 && (operands & ~v->bf16) == 0 && (!v->fits || v->fits (&world.args)))
              check_variant (c, &world, v, expected, n, MAX (BF16_TOLERANCE, c->tolerance));
        }
      world_clear (&world);
    }
}

/* ---- Vulkan.  The op as the one step of a plan made by hand, each operand in a buffer of its own. */

#define VULKAN_TOLERANCE 1e-6

static SacBackend *vulkan;

static void
close_vulkan (void)
{
  sac_backend_free (vulkan);
}

/* One device for all cases of a program: pipelines are made once.  NULL where there is none. */
static SacBackend *
open_vulkan (void)
{
  static gboolean tried;

  if (!tried)
    {
      vulkan = sac_backend_vulkan_new (-1, NULL);
      if (vulkan)
        atexit (close_vulkan);
    }
  tried = TRUE;
  return vulkan;
}

/* What the op yields there, as run_kernel() gives it; NULL with @error.  @way: NULL, or which of its shaders runs it. */
static float *
run_vulkan (const World *world, const SacVulkanVariant *way, gsize *n_out, GError **error)
{
  enum { DST = SAC_MAX_SRC, WORKSPACE };
  const SacKernelArgs *args = &world->args;
  SacBuffer *buffers[SAC_MAX_SRC + 2] = { NULL };
  SacStep step = { .node = { .op = args->op, .n_src = args->n_src, .shape = args->dst.shape, .params = args->params },
                   .dtype = args->dst.dtype,
                   .dst = { DST, 0 }, .dst_bytes = sac_op_result_bytes (args), .workspace = { WORKSPACE, 0 } };
  SacProgramPlan plan = { &step, 1, buffers, G_N_ELEMENTS (buffers), 0 };
  GArray *out = g_array_new (FALSE, FALSE, sizeof (float));
  gpointer prepared = NULL;
  gboolean ran;

  ran = vulkan->select (vulkan, args, &step.variant, &step.workspace_bytes, error);
  if (ran && way)
    {
      step.variant = (guint) (way - args->op->vulkan);
      step.workspace_bytes = way->scratch ? way->scratch (args) : 0;
    }
  for (guint i = 0; ran && i < args->n_src; i++)
    if (world->original[i])
      {
        g_autofree char *stored = dup_stored (&args->src[i], world->original[i]);

        step.node.src[i] = (SacVar) i + 1;
        step.src_shape[i] = args->src[i].shape;
        step.src_dtype[i] = args->src[i].dtype;
        step.src_bytes[i] = tensor_bytes (&args->src[i]);
        step.src[i] = (SacPlace) { i, 0 };
        buffers[i] = vulkan->alloc (vulkan, step.src_bytes[i], error);
        vulkan->upload (vulkan, buffers[i], 0, stored, step.src_bytes[i]);
      }
  if (ran)
    {
      buffers[DST] = vulkan->alloc (vulkan, step.dst_bytes, error);
      buffers[WORKSPACE] = vulkan->alloc (vulkan, MAX (step.workspace_bytes, 16), error);
      prepared = vulkan->prepare (vulkan, &plan, error);
      ran = prepared && vulkan->run (vulkan, prepared, &plan, NULL, error);
    }
  for (guint i = 0; ran && i <= DST; i++)
    if (i == DST ? !args->op->mutates : (args->op->mutates >> i & 1) && buffers[i])
      {
        const SacTensor *tensor = i == DST ? &args->dst : &args->src[i];
        g_autofree char *stored = g_malloc (tensor_bytes (tensor) + 1);

        ran = vulkan->download (vulkan, buffers[i], 0, stored, tensor_bytes (tensor), error);
        append_stored (out, tensor, stored);
      }
  if (prepared)
    vulkan->unprepare (vulkan, prepared);
  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    vulkan->release (vulkan, buffers[i]);
  *n_out = out->len;
  return (float *) g_array_free (out, !ran);
}

static void
test_vulkan (gconstpointer data)
{
  const Cases *all = data;

  if (!open_vulkan ())
    {
      g_test_skip ("no Vulkan device here (mesa-vulkan-drivers brings a software one)");
      return;
    }
  for (guint i = 0; i < all->n; i++)
    {
      const SacOpCase *c = &all->cases[i];
      World world;
      gboolean harm = FALSE;
      gsize n, n_got;

      if (c->tiny)
        continue;
      if (world_init (&world, c))
        {
          g_autoptr (GError) error = NULL;
          g_autofree float *expected = run_kernel (&world, world.args.op->reference, 0, NULL, FALSE, &harm, &n);
          const SacVulkanVariant *way = world.args.op->vulkan;

          do
            {
              gboolean runs = !way || (!way->matrix && (!way->fits || way->fits (&world.args)));
              g_autofree float *got = runs ? run_vulkan (&world, way, &n_got, &error) : NULL;
              double nmse = got && n == n_got ? sac_test_nmse (got, expected, n) : NAN;

              if ((got || error) && !(nmse <= VULKAN_TOLERANCE))
                {
                  g_test_message ("%s %s, shader %s: NMSE %.3g over %" G_GSIZE_FORMAT " numbers %s", c->op, c->note ? c->note : "",
                                  way && way->name ? way->name : "", nmse, n, error ? error->message : "");
                  g_test_fail ();
                }
            }
          while (way && !error && (++way)->shader);
        }
      world_clear (&world);
    }
}

/* Operands stored as f16, all that may be and some: against the reference on the same numbers.  Half a step of f16 is 2⁻¹² of a
 * number or less, in squares a third of 2⁻²⁴; a device may also cut, which is four times that. */
#define HALF_TOLERANCE 1e-6

static void
test_f16 (gconstpointer data)
{
  static const guint32 some[] = { SAC_ALL_OPERANDS, SAC_DST - 1, SAC_DST, SAC_SRC (0) };
  const Cases *all = data;

  if (!open_vulkan () || !sac_backend_stores (vulkan, SAC_F16))
    {
      g_test_skip ("no Vulkan device here that stores f16");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (some) * all->n; i++)
    {
      const SacOpCase *c = &all->cases[i / G_N_ELEMENTS (some)];
      guint32 narrow = sac_op_narrow_operands (sac_op_find (c->op), SAC_F16), operands = narrow & some[i % G_N_ELEMENTS (some)];
      gboolean harm = FALSE, again = FALSE;
      World world, plain;
      gsize n, n_got;

      for (guint k = 0; k < i % G_N_ELEMENTS (some); k++)
        again |= operands == (narrow & some[k]);
      if (c->tiny || operands == 0 || again)
        continue;
      if (world_init (&world, c) && !is_large (&world))
        {
          g_autoptr (GError) error = NULL;
          g_autofree float *expected = NULL, *got = NULL;
          double nmse;

          for (guint s = 0; s < c->n_src; s++)
            if ((operands & SAC_SRC (s)) && world.original[s])
              {
                world.args.src[s].dtype = SAC_F16;
                for (gsize k = 0; k < sac_shape_count (world.args.src[s].shape); k++)
                  world.original[s][k] = half_to_float (half_from_float (world.original[s][k]));
              }
          if (operands & SAC_DST)
            world.args.dst.dtype = SAC_F16;
          plain = world;
          for (guint s = 0; s < c->n_src; s++)
            plain.args.src[s].dtype = SAC_F32;
          plain.args.dst.dtype = SAC_F32;
          expected = run_kernel (&plain, plain.args.op->reference, 0, NULL, FALSE, &harm, &n);
          got = run_vulkan (&world, NULL, &n_got, &error);
          nmse = got && n == n_got ? sac_test_nmse (got, expected, n) : NAN;
          if (!(nmse <= HALF_TOLERANCE))
            {
              g_test_message ("%s %s, operands %x: NMSE %.3g over %" G_GSIZE_FORMAT " numbers %s", c->op, c->note ? c->note : "",
                              operands, nmse, n, error ? error->message : "");
              g_test_fail ();
            }
        }
      world_clear (&world);
    }
}

/* ---- gradients.  A graph of the op alone; sources and the seed are inputs. */

typedef struct {
  const SacOpCase *c;
  SacBackend *backend;
  SacProgram *program;
  SacVar in[SAC_MAX_SRC + 1], out[SAC_MAX_SRC + 1];     /* the last: the seed, and the number that is differentiated */
  float *values[SAC_MAX_SRC + 1];
  gsize counts[SAC_MAX_SRC + 1];
  guint n_in;
} Probe;

static SacVar
weigh (SacGraph *g, SacVar v, guint64 seed)
{
  SacShape s = sac_graph_get_shape (g, v);
  g_autofree float *q = numbers (&(SacCaseSource) { .shape = s }, seed);

  return sac_sum_to (g, sac_mul (g, v, sac_graph_constant_data (g, s, q)), SAC_SHAPE_SCALAR);
}

static gboolean
probe_init (Probe *p, const SacOpCase *c, gboolean second)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar wrt[SAC_MAX_SRC + 1], gx[SAC_MAX_SRC + 1], y, number;
  guint n_wrt = 0, n_out = 0;

  memset (p, 0, sizeof *p);
  p->c = c;
  for (guint i = 0; i < c->n_src; i++)
    if (c->src[i].shape.n)
      {
        p->in[i] = sac_graph_input (g, "source", c->src[i].shape);
        p->values[i] = numbers (&c->src[i], 10 + i);
        p->counts[i] = sac_shape_count (c->src[i].shape);
      }
  y = c->build ? c->build (g, p->in) : sac_graph_append (g, sac_op_find (c->op), p->in, c->n_src, c->params);
  p->in[SAC_MAX_SRC] = sac_graph_input (g, "seed", sac_graph_get_shape (g, y));
  p->counts[SAC_MAX_SRC] = sac_shape_count (sac_graph_get_shape (g, y));
  p->values[SAC_MAX_SRC] = numbers (&(SacCaseSource) { .shape = sac_graph_get_shape (g, y) }, 90);
  number = sac_sum_to (g, sac_mul (g, y, p->in[SAC_MAX_SRC]), SAC_SHAPE_SCALAR);
  for (guint i = 0; i < c->n_src; i++)
    if (c->differentiable >> i & 1)
      wrt[n_wrt++] = p->in[i];
  sac_graph_gradients (g, number, wrt, n_wrt, gx);
  if (second)
    {
      number = sac_graph_constant (g, SAC_SHAPE_SCALAR, 0);
      for (guint i = 0; i < n_wrt; i++)
        if (gx[i])
          number = sac_add (g, number, weigh (g, gx[i], 40 + i));
      wrt[n_wrt++] = p->in[SAC_MAX_SRC];
      sac_graph_gradients (g, number, wrt, n_wrt, gx);
    }
  for (guint i = 0, k = 0; i <= SAC_MAX_SRC; i++)
    if (k < n_wrt && p->in[i] && wrt[k] == p->in[i])
      {
        p->out[i] = gx[k++];
        if (!second)
          g_assert_cmpint (p->out[i], >, 0);
      }
  if (sac_graph_check (g, &error))
    {
      SacVar outputs[SAC_MAX_SRC + 2];

      for (guint i = 0; i <= SAC_MAX_SRC; i++)
        if (p->out[i])
          outputs[n_out++] = p->out[i];
      outputs[n_out++] = number;
      p->backend = sac_backend_cpu_new (2);
      p->program = sac_program_compile (g, outputs, n_out, p->backend, &error);
      p->n_in = (guint) number;
    }
  if (p->program)
    return TRUE;
  g_test_message ("%s %s: %s", c->op, c->note ? c->note : "", error->message);
  g_test_fail ();
  return FALSE;
}

static void
probe_clear (Probe *p)
{
  g_clear_pointer (&p->program, sac_program_free);
  g_clear_pointer (&p->backend, sac_backend_free);
  for (guint i = 0; i <= SAC_MAX_SRC; i++)
    g_free (p->values[i]);
}

static double
probe_run (Probe *p, guint moved, const float *by, float step)
{
  g_autoptr (GError) error = NULL;
  float number = NAN;

  for (guint i = 0; i <= SAC_MAX_SRC; i++)
    if (p->in[i])
      {
        g_autofree float *x = g_memdup2 (p->values[i], p->counts[i] * sizeof (float));

        for (gsize k = 0; by && i == moved && k < p->counts[i]; k++)
          x[k] += step * by[k];
        sac_program_set_input (p->program, p->in[i], x);
      }
  if (!sac_program_run (p->program, NULL, &error))
    g_test_message ("%s", error->message);
  sac_program_get_output (p->program, (SacVar) p->n_in, &number, NULL);
  return number;
}

/* The sum of many floats is known to 1e-7 of their sizes, so a step of 1/100 leaves differences good to about 1e-4. */
#define STEP 0.01f
#define DIRECTIONS 6
#define GRADIENT_TOLERANCE 4e-3

static void
check_differences (Probe *p, guint i, const char *what)
{
  gsize n = p->counts[i];
  g_autofree float *g = g_new0 (float, n), *direction = g_new0 (float, n);
  double norm = 0;

  probe_run (p, 0, NULL, 0);
  if (p->out[i])
    sac_program_get_output (p->program, p->out[i], g, NULL);
  for (gsize k = 0; k < n; k++)
    norm += (double) g[k] * g[k];
  norm = sqrt (norm);
  for (guint d = 0; d < DIRECTIONS; d++)
    {
      double analytic = 0, difference;

      /* half of the probes move everything at once, half a single number */
      for (gsize k = 0; k < n; k++)
        direction[k] = d % 2 ? (k == sac_random_below ((SacRandomKey) { 3, i }, d, (guint32) n))
                             : sac_test_number (200 + d, k) > 0 ? 1 : -1;
      for (gsize k = 0; k < n; k++)
        analytic += (double) g[k] * direction[k];
      difference = (probe_run (p, i, direction, STEP) - probe_run (p, i, direction, -STEP)) / (2 * STEP);
      if (!(fabs (difference - analytic) <= GRADIENT_TOLERANCE * (norm + 0.05)))
        {
          g_test_message ("%s %s: %s towards source %u is %g, differences say %g (norm %g)", p->c->op,
                          p->c->note ? p->c->note : "", what, i, analytic, difference, norm);
          g_test_fail ();
        }
    }
}

static void
test_gradient (gconstpointer data)
{
  const Cases *all = data;

  for (guint i = 0; i < all->n; i++)
    for (guint second = 0; second <= (guint) all->cases[i].smooth && all->cases[i].differentiable; second++)
      {
        Probe p;

        if (probe_init (&p, &all->cases[i], second))
          for (guint k = 0; k <= SAC_MAX_SRC; k++)
            if (p.in[k] && (second ? k == SAC_MAX_SRC || (all->cases[i].differentiable >> k & 1)
                                   : k < SAC_MAX_SRC && (all->cases[i].differentiable >> k & 1)))
              check_differences (&p, k, second ? "the second derivative" : "the gradient");
        probe_clear (&p);
      }
}

/* ---- memory. */

static void
test_memory (gconstpointer data)
{
  const Cases *all = data;
  const SacOpCase *c = &all->cases[0];
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  SacVar in[SAC_MAX_SRC] = { 0 }, y;
  guint failures = 0;

  for (guint i = 0; i < c->n_src; i++)
    if (c->src[i].shape.n)
      in[i] = sac_graph_input (g, "source", c->src[i].shape);
  y = sac_graph_append (g, sac_op_find (c->op), in, c->n_src, c->params);
  for (guint nth = 1; nth < 20; nth++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacProgram) program = NULL;
      g_autofree char *text = g_strdup_printf ("%u", nth);

      setenv ("SACCADE_FAIL_ALLOC", text, 1);
      program = sac_program_compile (g, &y, 1, backend, &error);
      unsetenv ("SACCADE_FAIL_ALLOC");
      if (program)
        break;
      g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
      failures++;
    }
  g_assert_cmpuint (failures, >=, 2);
}

void
sac_op_cases_add (const SacOpCase *cases, guint n_cases)
{
  for (guint from = 0, to; from < n_cases; from = to)
    {
      static Cases groups[100];
      static guint n_groups;
      Cases *group = &groups[n_groups++];
      const char *op = cases[from].op;
      g_autofree char *variants = g_strdup_printf ("/ops/%s/variants", op), *gradient = g_strdup_printf ("/ops/%s/gradient", op);
      g_autofree char *memory = g_strdup_printf ("/ops/%s/memory", op);

      for (to = from + 1; to < n_cases && g_str_equal (cases[to].op, op); to++)
        ;
      *group = (Cases) { &cases[from], to - from };
      if (!cases[from].build)
        g_test_add_data_func (variants, group, test_variants);
      if (!cases[from].build && sac_op_find (op))
        {
          g_autofree char *on_vulkan = g_strdup_printf ("/ops/%s/vulkan", op);

          g_test_add_data_func (on_vulkan, group, test_vulkan);
        }
      if (!cases[from].build && sac_op_find (op) && sac_op_find (op)->bf16)
        {
          g_autofree char *bf16 = g_strdup_printf ("/ops/%s/bf16", op);

          g_test_add_data_func (bf16, group, test_bf16);
        }
      if (!cases[from].build && sac_op_find (op) && sac_op_narrow_operands (sac_op_find (op), SAC_F16))
        {
          g_autofree char *f16 = g_strdup_printf ("/ops/%s/f16", op);

          g_test_add_data_func (f16, group, test_f16);
        }
      if (cases[from].differentiable)
        g_test_add_data_func (gradient, group, test_gradient);
      if (!cases[from].build && (!sac_op_find (op) || !sac_op_find (op)->mutates))
        g_test_add_data_func (memory, group, test_memory);
    }
}
