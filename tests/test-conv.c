/* The convolution family without a graph: every CPU variant against the reference on odd sizes, nothing written beyond the
 * result or the workspace, the same bits for any number of threads, and the three ops as faces of one trilinear form. */
#include <math.h>
#include <string.h>

#include "ops/conv-private.h"

typedef struct {
  SacShape x, w;
  SacConv3d conv;
} Case;

#define SAME(a, b, c) { 1, 1, 1 }, { a, b, c }
static const Case cases[] = {
  { { 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1 }, { SAME (0, 0, 0) } },
  { { 2, 16, 1, 9, 13 }, { 32, 16, 1, 3, 3 }, { SAME (0, 1, 1) } },
  { { 3, 20, 1, 7, 7 }, { 37, 20, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 1, 1 } } },
  { { 2, 3, 1, 23, 19 }, { 33, 3, 1, 7, 7 }, { { 1, 2, 2 }, { 0, 3, 3 } } },
  { { 2, 3, 5, 15, 17 }, { 16, 3, 3, 7, 7 }, { { 1, 2, 2 }, { 1, 3, 3 }, SAC_PAD_REPLICATE } },
  { { 2, 8, 4, 6, 5 }, { 24, 8, 3, 3, 3 }, { SAME (1, 1, 1) } },
  { { 2, 17, 4, 6, 5 }, { 19, 17, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 } } },
  { { 1, 17, 5, 6, 5 }, { 19, 17, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 }, SAC_PAD_REPLICATE } },
  { { 1, 6, 1, 5, 5 }, { 18, 6, 3, 3, 3 }, { SAME (1, 1, 1), SAC_PAD_REPLICATE } },
  { { 1, 5, 2, 3, 3 }, { 7, 5, 5, 1, 1 }, { { 1, 1, 1 }, { 4, 0, 0 }, SAC_PAD_REPLICATE } },
  { { 1, 5, 7, 3, 3 }, { 7, 5, 3, 1, 1 }, { { 3, 1, 1 }, { 3, 0, 0 }, SAC_PAD_REPLICATE } },
  { { 2, 40, 1, 8, 9 }, { 70, 40, 1, 1, 1 }, { SAME (0, 0, 0) } },
  { { 2, 40, 3, 8, 9 }, { 33, 40, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { { 16, 100, 1, 1, 1 }, { 20, 100, 1, 1, 1 }, { SAME (0, 0, 0) } },
  { { 1, 7, 1, 1, 700 }, { 5, 7, 1, 1, 9 }, { { 1, 1, 3 }, { 0, 0, 2 } } },
  { { 1, 30, 1, 1, 1200 }, { 50, 30, 1, 1, 1 }, { SAME (0, 0, 0) } },
  { { 1, 4, 1, 11, 10 }, { 6, 4, 1, 7, 6 }, { SAME (0, 5, 4) } },              /* more taps than one batch */
  { { 1, 4, 1, 6, 6 }, { 6, 4, 1, 2, 2 }, { { 1, 5, 7 }, { 0, 1, 0 } } },      /* strides beyond the kernel */
  { { 1, 2, 1, 4, 4 }, { 3, 2, 1, 2, 2 }, { { 9, 9, 9 }, { 0, 4, 4 } } },      /* strides beyond the picture, only padding */
  { { 2, 20, 1, 30, 28 }, { 16, 20, 1, 3, 3 }, { SAME (0, 1, 1) } },           /* several parts */
  /* Winograd: tiles that stick out, frames, replicated ones. */
  { { 3, 32, 1, 21, 18 }, { 48, 32, 1, 3, 3 }, { SAME (0, 1, 1) } },
  { { 2, 64, 1, 22, 30 }, { 32, 64, 1, 3, 3 }, { SAME (0, 0, 2) } },
  { { 2, 32, 4, 16, 14 }, { 32, 32, 3, 3, 3 }, { SAME (1, 1, 1) } },
  { { 1, 32, 5, 16, 15 }, { 32, 32, 3, 3, 3 }, { { 2, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE } },
  { { 2, 32, 3, 14, 14 }, { 32, 32, 3, 3, 3 }, { SAME (2, 1, 1), SAC_PAD_REPLICATE } },
  { { 2, 48, 4, 15, 14 }, { 32, 48, 1, 3, 3 }, { SAME (0, 1, 1) } },
  { { 1, 96, 1, 32, 30 }, { 80, 96, 9, 3, 3 }, { SAME (4, 1, 1) } },           /* its weights a frame at a time */
  { { 1, 32, 39, 8, 8 }, { 32, 32, 3, 3, 3 }, { { 2, 1, 1 }, { 1, 1, 1 } } },  /* many stretches of tiles */
  { { 1, 32, 1, 176, 172 }, { 32, 32, 1, 3, 3 }, { SAME (0, 1, 1) } },         /* several batches of tiles */
  /* Deep taps, whose pixels are copied together; many kernels, for which the channels of x are. */
  { { 1, 1024, 2, 3, 5 }, { 40, 1024, 3, 1, 1 }, { SAME (1, 0, 0) } },
  { { 1, 1040, 1, 3, 2 }, { 33, 1040, 1, 1, 1 }, { SAME (0, 0, 0) } },
  { { 1, 66, 1, 33, 32 }, { 515, 66, 1, 1, 1 }, { SAME (0, 0, 0) } },             /* weights of many kernels over pixels copied close */
  { { 2, 68, 1, 33, 63 }, { 513, 68, 1, 1, 1 }, { { 1, 2, 2 }, { 0, 0, 0 } } },
  { { 1, 40, 1, 5, 6 }, { 1024, 40, 1, 3, 3 }, { SAME (0, 1, 1) } },
  { { 2, 64, 3, 9, 11 }, { 256, 64, 3, 3, 3 }, { { 2, 2, 2 }, { 1, 1, 1 }, SAC_PAD_REPLICATE } },
  /* Groups, dilation, replicated rows and columns, far sides padded more or less, and all at once. */
  { { 2, 12, 2, 7, 6 }, { 18, 4, 3, 3, 3 }, { SAME (1, 1, 1), .groups = 3 } },
  { { 2, 120, 1, 9, 7 }, { 240, 40, 1, 1, 1 }, { SAME (0, 0, 0), .groups = 3 } },
  { { 2, 66, 3, 5, 4 }, { 70, 33, 1, 3, 3 }, { { 2, 2, 2 }, { 0, 1, 1 }, .groups = 2 } },
  { { 2, 20, 5, 9, 8 }, { 20, 1, 3, 3, 3 }, { SAME (1, 1, 1), .groups = 20 } },
  { { 2, 67, 3, 11, 10 }, { 67, 1, 3, 5, 5 }, { { 1, 2, 2 }, { 1, 2, 2 }, .groups = 67 } },
  { { 1, 35, 6, 9, 9 }, { 35, 1, 3, 3, 3 }, { { 2, 3, 3 }, { 2, 0, 2 }, .groups = 35, .dilation = { 2, 1, 2 } } },
  { { 2, 24, 4, 9, 8 }, { 24, 1, 5, 3, 3 }, { SAME (4, 1, 1), SAC_PAD_REPLICATE, .groups = 24, .pad_more = { -4 } } },
  { { 2, 16, 1, 13, 11 }, { 16, 1, 1, 5, 5 }, { SAME (0, 2, 2), .pad_space = SAC_PAD_REPLICATE, .groups = 16 } },
  { { 2, 6, 1, 8, 9 }, { 18, 1, 1, 3, 3 }, { SAME (0, 1, 1), .groups = 6 } },
  { { 2, 6, 1, 7, 8 }, { 6, 1, 1, 3, 3 }, { SAME (0, 4, 4), .pad_space = SAC_PAD_REPLICATE, .groups = 6 } },
  { { 2, 9, 1, 13, 12 }, { 17, 9, 1, 3, 3 }, { SAME (0, 2, 2), .dilation = { 1, 2, 2 } } },
  { { 2, 33, 1, 11, 14 }, { 40, 33, 1, 3, 3 }, { { 1, 2, 3 }, { 0, 3, 2 }, .dilation = { 1, 3, 2 } } },
  { { 2, 5, 9, 6, 5 }, { 7, 5, 3, 1, 1 }, { { 2, 1, 1 }, { 4, 0, 0 }, SAC_PAD_REPLICATE, .dilation = { 3, 1, 1 } } },
  { { 2, 17, 1, 9, 8 }, { 19, 17, 1, 3, 3 }, { SAME (0, 1, 1), .pad_space = SAC_PAD_REPLICATE } },
  { { 1, 4, 2, 3, 4 }, { 6, 2, 3, 5, 5 }, { { 1, 2, 2 }, { 1, 4, 4 }, SAC_PAD_REPLICATE, SAC_PAD_REPLICATE, { 2, 2, 3 }, 2, { 1, 2, 3 } } },
  { { 2, 8, 1, 12, 13 }, { 16, 8, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 0, 0 }, .pad_more = { 0, 1, 1 } } },
  { { 2, 3, 1, 14, 12 }, { 16, 3, 1, 3, 3 }, { { 1, 2, 2 }, { 0, 0, 0 }, .pad_more = { 0, 1, 1 } } },
  { { 2, 32, 1, 22, 22 }, { 32, 32, 1, 3, 3 }, { SAME (0, 1, 1), .pad_more = { 0, 1, -1 } } },
  { { 2, 3, 1, 14, 12 }, { 16, 3, 1, 4, 4 }, { { 1, 2, 2 }, { 0, 1, 1 }, .pad_more = { 0, -2, -3 } } },
  /* One axis alone, whichever. */
  { { 3, 20, 40, 1, 1 }, { 24, 20, 5, 1, 1 }, { SAME (2, 0, 0) } },
  { { 2, 3, 64, 1, 1 }, { 32, 3, 5, 1, 1 }, { SAME (2, 0, 0) } },
  { { 2, 20, 1, 40, 1 }, { 24, 20, 1, 5, 1 }, { { 1, 2, 1 }, { 0, 2, 0 } } },
  { { 2, 20, 40, 1, 1 }, { 24, 20, 3, 1, 1 }, { SAME (1, 0, 0), SAC_PAD_REPLICATE } },
  { { 2, 20, 40, 1, 1 }, { 20, 1, 3, 1, 1 }, { SAME (5, 0, 0), .dilation = { 5 }, .groups = 20 } },
};

static float
number (guint64 seed, gsize i)
{
  guint64 z = seed * 0x9e3779b97f4a7c15u + i * 0xbf58476d1ce4e5b9u;

  z = (z ^ (z >> 31)) * 0x94d049bb133111ebu;
  z ^= z >> 29;
  return (float) ((gint64) (z >> 40) - (1 << 23)) / (1 << 23);
}

static SacTensor
tensor (SacShape shape, guint64 seed)
{
  SacTensor t = { shape, sac_try_alloc (sac_shape_count (shape) * sizeof (float)) };

  for (gsize i = 0; i < sac_shape_count (shape); i++)
    t.data[i] = number (seed, i);
  return t;
}

static double
dot (SacTensor a, SacTensor b)
{
  double sum = 0;

  for (gsize i = 0; i < sac_shape_count (a.shape); i++)
    sum += (double) a.data[i] * b.data[i];
  return sum;
}

typedef struct {
  SacTensor x, w, g;            /* g is shaped like y */
  SacConv3dLike like[3];        /* parameters of conv3d, _input, _weight */
} World;

static const SacOp *const ops[3] = { &sac_op_conv3d, &sac_op_conv3d_input, &sac_op_conv3d_weight };

static gboolean
world_init (World *world, const Case *c)
{
  g_autoptr (GError) error = NULL;
  SacShape y;

  if (!sac_op_conv3d.infer ((SacShape[]) { c->x, c->w }, 2, &c->conv, &y, &error))
    {
      g_test_message ("%s", error->message);
      return FALSE;
    }
  world->x = tensor (c->x, 1);
  world->w = tensor (c->w, 2);
  world->g = tensor (y, 3);
  world->like[0] = (SacConv3dLike) { c->conv };
  world->like[1] = (SacConv3dLike) { c->conv, c->x };
  world->like[2] = (SacConv3dLike) { c->conv, c->w };
  return TRUE;
}

static void
world_clear (World *world)
{
  sac_free_aligned (world->x.data);
  sac_free_aligned (world->w.data);
  sac_free_aligned (world->g.data);
}

/* Arguments of the @face-th op: towards g, towards x, towards w. */
static SacKernelArgs
arguments (World *world, int face, float *result)
{
  SacTensor a = face == 1 ? world->g : world->x, b = face == 2 ? world->g : world->w;
  SacTensor like = face == 0 ? world->g : face == 1 ? world->x : world->w;

  return (SacKernelArgs) { .op = ops[face], .src = { a, b }, .n_src = 2, .dst = { like.shape, result }, .params = &world->like[face] };
}

#define GUARD 64
#define MARK 12345.678f

/* Runs a kernel between guards; returns the result (to be freed). */
static float *
run_guarded (SacKernelArgs args, const SacCpuVariant *variant, SacPool *pool)
{
  gsize n = sac_shape_count (args.dst.shape), bytes = variant && variant->workspace ? variant->workspace (&args) : 0;
  float *all = g_new (float, n + 2 * GUARD), *result = g_new (float, n);
  char *work = sac_try_alloc (bytes + 256);

  for (gsize i = 0; i < n + 2 * GUARD; i++)
    all[i] = MARK;
  memset (work, 0x7f, bytes + 256);     /* 3.4e38: whatever is read before it is written shows */
  args.dst.data = all + GUARD;
  args.workspace = work;
  args.workspace_bytes = bytes;
  args.pool = pool;
  if (variant)
    variant->run (&args);
  else
    args.op->reference (&args);
  for (gsize i = 0; i < GUARD; i++)
    {
      g_assert_cmpfloat (all[i], ==, MARK);
      g_assert_cmpfloat (all[GUARD + n + i], ==, MARK);
    }
  for (gsize i = 0; i < 256; i++)
    g_assert_cmpint (work[bytes + i], ==, 0x7f);
  memcpy (result, all + GUARD, n * sizeof (float));
  g_free (all);
  sac_free_aligned (work);
  return result;
}

static void
test_variants (void)
{
  SacPool *one = sac_pool_new (1), *three = sac_pool_new (3);
  guint seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      World world;

      g_assert_true (world_init (&world, &cases[i]));
      for (int face = 0; face < 3; face++)
        {
          SacKernelArgs args = arguments (&world, face, NULL);
          gsize n = sac_shape_count (args.dst.shape);
          g_autofree float *want = run_guarded (args, NULL, NULL);
          gboolean served = FALSE;      /* on any machine: nothing is left to the reference */

          for (const SacCpuVariant *v = ops[face]->cpu; v->run; v++)
            {
              g_autofree float *got = NULL, *again = NULL;
              double error = 0, size = 1e-30;

              served |= v->needs == SAC_CPU_PLAIN && (!v->fits || v->fits (&args));
              if ((v->needs & sac_cpu_flags ()) != v->needs || (v->fits && !v->fits (&args)))
                continue;
              seen |= 1u << v->needs;
              got = run_guarded (args, v, one);
              again = run_guarded (args, v, three);
              for (gsize j = 0; j < n; j++)
                {
                  error += ((double) got[j] - want[j]) * ((double) got[j] - want[j]);
                  size += (double) want[j] * want[j];
                }
              if (!(error <= 1e-11 * size))
                g_test_message ("case %u, %s, %s: NMSE %g", i, ops[face]->name, v->name, error / size);
              g_assert_true (error <= 1e-11 * size);
              g_assert_cmpmem (got, n * sizeof (float), again, n * sizeof (float));
            }
          g_assert_true (served);
        }
      world_clear (&world);
    }
  g_test_message ("sets of instructions tried: %x", seen);
  g_assert_true (seen & 1);
  sac_pool_free (one);
  sac_pool_free (three);
}

/* ⟨g, conv(x,w)⟩ = ⟨x, input(g,w)⟩ = ⟨w, weight(x,g)⟩: with linearity in each this is what being adjoint means. */
static void
test_trilinear (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      World world;
      double form[3];

      g_assert_true (world_init (&world, &cases[i]));
      if (_sac_conv_flops (cases[i].w, world.g.shape) > 2e7)
        {
          world_clear (&world);
          continue;
        }
      for (int face = 0; face < 3; face++)
        {
          SacTensor other = face == 0 ? world.g : face == 1 ? world.x : world.w;
          g_autofree float *result = run_guarded (arguments (&world, face, NULL), NULL, NULL);

          form[face] = dot (other, (SacTensor) { other.shape, result });
        }
      g_assert_cmpfloat (fabs (form[0] - form[1]), <=, 1e-5 * (1 + fabs (form[0])));
      g_assert_cmpfloat (fabs (form[0] - form[2]), <=, 1e-5 * (1 + fabs (form[0])));
      world_clear (&world);
    }
}

static void
test_refusals (void)
{
  static const struct { SacShape x, w; SacConv3d conv; const char *word; } bad[] = {
    { { 1, 3, 1, 8, 8 }, { 4, 5, 1, 3, 3 }, { SAME (0, 1, 1) }, "channels" },
    { { 1, 3, 1, 2, 8 }, { 4, 3, 1, 5, 3 }, { SAME (0, 1, 1) }, "does not fit" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { { 1, 0, 1 }, { 0, 0, 0 } }, "stride" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, -1, 1) }, "padding" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, G_MAXINT32, 1) }, "padding" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, 1, 1), .pad_more = { 0, G_MININT32, 0 } }, "padding" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, 1, 1), .pad_more = { 0, -9, 0 } }, "does not fit" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, 1, 1), .dilation = { 1, -1, 1 } }, "dilation" },
    { { 1, 3, 1, 8, 8 }, { 4, 3, 1, 3, 3 }, { SAME (0, 1, 1), .dilation = { 1, 6, 1 } }, "does not fit" },
    { { 1, 4, 1, 8, 8 }, { 6, 1, 1, 3, 3 }, { SAME (0, 1, 1), .groups = 4 }, "groups" },
    { { 1, 4, 1, 8, 8 }, { 4, 1, 1, 3, 3 }, { SAME (0, 1, 1), .groups = -4 }, "groups" },
    { { 1, 6, 1, 8, 8 }, { 4, 2, 1, 3, 3 }, { SAME (0, 1, 1), .groups = 2 }, "channels" },
  };
  SacConv3dLike like = { { SAME (0, 1, 1) }, SAC_SHAPE (1, 3, 1, 8, 8) };
  SacShape out;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sac_op_conv3d.infer ((SacShape[]) { bad[i].x, bad[i].w }, 2, &bad[i].conv, &out, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, bad[i].word));
    }
  for (int face = 1; face < 3; face++)
    {
      g_autoptr (GError) error = NULL;
      SacShape wrong = SAC_SHAPE (1, 4, 1, 8, 7), w = SAC_SHAPE (4, 3, 1, 3, 3), x = like.like;

      if (face == 2)
        like.like = w;
      g_assert_false (ops[face]->infer ((SacShape[]) { face == 1 ? wrong : x, face == 1 ? w : wrong }, 2, &like, &out, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/ops/conv/variants", test_variants);
  g_test_add_func ("/ops/conv/trilinear", test_trilinear);
  g_test_add_func ("/ops/conv/refusals", test_refusals);
  return g_test_run ();
}
