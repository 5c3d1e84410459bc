/* The convolutions of a GAN.  conv-phases.c: flat 4×4 kernels of stride 2, in the three faces, at sizes that do not fill their tiles;
 * conv-vector.c: a matrix by a vector, as spectral norm has it. */
#include "op-cases.h"

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define NMSE 3e-12

typedef struct {
  SacConv3d conv;
  SacShape like;
} Like;

#define DCGAN { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS }
#define BARE { { 1, 2, 2 }, { 0, 0, 0 }, SAC_PAD_ZEROS }
#define WIDE { { 1, 2, 2 }, { 0, 3, 2 }, SAC_PAD_ZEROS }
#define FAR { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS, .pad_more = { 0, 1, 1 } }

static const SacConv3d dcgan = DCGAN, bare = BARE, wide = WIDE, far_side = FAR;
static const Like input_even = { DCGAN, { 8, 32, 1, 16, 16 } }, input_frames = { DCGAN, { 3, 48, 3, 16, 14 } };
static const Like input_odd = { DCGAN, { 6, 32, 1, 15, 23 } }, input_bare = { BARE, { 9, 32, 1, 16, 17 } };
static const Like input_wide = { WIDE, { 9, 32, 1, 15, 14 } }, input_far = { FAR, { 8, 32, 1, 15, 15 } };
static const Like input_many = { DCGAN, { 41, 80, 1, 8, 8 } };
static const Like weight_even = { DCGAN, { 48, 32, 1, 4, 4 } }, weight_frames = { DCGAN, { 32, 48, 1, 4, 4 } };
static const Like weight_odd = { DCGAN, { 80, 32, 1, 4, 4 } }, weight_bare = { BARE, { 32, 32, 1, 4, 4 } };
static const Like weight_wide = { WIDE, { 64, 32, 1, 4, 4 } }, weight_far = { FAR, { 32, 32, 1, 4, 4 } };
static const Like weight_many = { DCGAN, { 112, 80, 1, 4, 4 } };

static const Like input_groups = { DCGAN, { 33, 192, 1, 8, 8 } }, weight_batches = { DCGAN, { 32, 32, 1, 4, 4 } };
static const SacConv3d whole = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS };
static const Like input_whole = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 1, 37, 1, 4, 4 } };
static const Like weight_whole = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 19, 37, 1, 4, 4 } };

static const Like input_cover = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 5, 37, 2, 4, 3 } };
static const Like weight_cover = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 19, 37, 2, 4, 3 } };

static const char vector[] = "a matrix by a vector", cover[] = "a kernel that covers its picture";

static const SacOpCase cases[] = {
  { "conv3d", { X (8, 32, 1, 16, 16), X (48, 32, 1, 4, 4) }, 2, &dcgan, NMSE, 3, FALSE, "even" },
  { "conv3d", { X (3, 48, 3, 16, 14), X (32, 48, 1, 4, 4) }, 2, &dcgan, NMSE, 0, FALSE, "frames" },
  { "conv3d", { X (6, 32, 1, 15, 23), X (80, 32, 1, 4, 4) }, 2, &dcgan, NMSE, 0, FALSE, "odd" },
  { "conv3d", { X (9, 32, 1, 16, 17), X (32, 32, 1, 4, 4) }, 2, &bare, NMSE, 0, FALSE, "no padding" },
  { "conv3d", { X (9, 32, 1, 15, 14), X (64, 32, 1, 4, 4) }, 2, &wide, NMSE, 0, FALSE, "wide padding" },
  { "conv3d", { X (8, 32, 1, 15, 15), X (32, 32, 1, 4, 4) }, 2, &far_side, NMSE, 0, FALSE, "padding on the far side" },
  { "conv3d", { X (41, 80, 1, 8, 8), X (112, 80, 1, 4, 4) }, 2, &dcgan, NMSE, 0, FALSE, "many" },
  { "conv3d", { X (33, 32, 1, 72, 72), X (32, 32, 1, 4, 4) }, 2, &dcgan, NMSE, 0, FALSE, "two batches of tiles" },
  { "conv3d", { X (1, 37, 1, 4, 4), X (19, 37, 1, 4, 4) }, 2, &whole, 1e-12, 3, TRUE, vector },
  { "conv3d", { X (5, 37, 2, 4, 3), X (19, 37, 2, 4, 3) }, 2, &whole, 1e-12, 3, TRUE, cover },
  { "conv3d_input", { X (8, 48, 1, 8, 8), X (48, 32, 1, 4, 4) }, 2, &input_even, NMSE, 3, FALSE, "even" },
  { "conv3d_input", { X (3, 32, 3, 8, 7), X (32, 48, 1, 4, 4) }, 2, &input_frames, NMSE, 0, FALSE, "frames" },
  { "conv3d_input", { X (6, 80, 1, 7, 11), X (80, 32, 1, 4, 4) }, 2, &input_odd, NMSE, 0, FALSE, "odd" },
  { "conv3d_input", { X (9, 32, 1, 7, 7), X (32, 32, 1, 4, 4) }, 2, &input_bare, NMSE, 0, FALSE, "no padding" },
  { "conv3d_input", { X (9, 64, 1, 9, 8), X (64, 32, 1, 4, 4) }, 2, &input_wide, NMSE, 0, FALSE, "wide padding" },
  { "conv3d_input", { X (8, 32, 1, 8, 8), X (32, 32, 1, 4, 4) }, 2, &input_far, NMSE, 0, FALSE, "padding on the far side" },
  { "conv3d_input", { X (41, 112, 1, 4, 4), X (112, 80, 1, 4, 4) }, 2, &input_many, NMSE, 0, FALSE, "many" },
  { "conv3d_input", { X (33, 256, 1, 4, 4), X (256, 192, 1, 4, 4) }, 2, &input_groups, NMSE, 0, FALSE, "two groups of columns" },
  { "conv3d_input", { X (1, 19, 1, 1, 1), X (19, 37, 1, 4, 4) }, 2, &input_whole, 1e-12, 3, TRUE, vector },
  { "conv3d_input", { X (5, 19, 1, 1, 1), X (19, 37, 2, 4, 3) }, 2, &input_cover, 1e-12, 3, TRUE, cover },
  { "conv3d_weight", { X (8, 32, 1, 16, 16), X (8, 48, 1, 8, 8) }, 2, &weight_even, NMSE, 3, FALSE, "even" },
  { "conv3d_weight", { X (3, 48, 3, 16, 14), X (3, 32, 3, 8, 7) }, 2, &weight_frames, NMSE, 0, FALSE, "frames" },
  { "conv3d_weight", { X (6, 32, 1, 15, 23), X (6, 80, 1, 7, 11) }, 2, &weight_odd, NMSE, 0, FALSE, "odd" },
  { "conv3d_weight", { X (9, 32, 1, 16, 17), X (9, 32, 1, 7, 7) }, 2, &weight_bare, NMSE, 0, FALSE, "no padding" },
  { "conv3d_weight", { X (9, 32, 1, 15, 14), X (9, 64, 1, 9, 8) }, 2, &weight_wide, NMSE, 0, FALSE, "wide padding" },
  { "conv3d_weight", { X (8, 32, 1, 15, 15), X (8, 32, 1, 8, 8) }, 2, &weight_far, NMSE, 0, FALSE, "padding on the far side" },
  { "conv3d_weight", { X (41, 80, 1, 8, 8), X (41, 112, 1, 4, 4) }, 2, &weight_many, NMSE, 0, FALSE, "many" },
  { "conv3d_weight", { X (33, 32, 1, 64, 64), X (33, 32, 1, 32, 32) }, 2, &weight_batches, 2e-11, 0, FALSE, "two batches of tiles" },
  { "conv3d_weight", { X (1, 37, 1, 4, 4), X (1, 19, 1, 1, 1) }, 2, &weight_whole, 1e-12, 3, TRUE, vector },
  { "conv3d_weight", { X (5, 37, 2, 4, 3), X (5, 19, 1, 1, 1) }, 2, &weight_cover, 1e-12, 3, TRUE, cover },
};

/* The variant a case is about takes part: else it would test the others again. */
static void
test_chosen (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SacOpCase *c = &cases[i];
      const char *way = c->note == vector ? " vector" : c->note == cover ? "" : " phases";
      const SacOp *op = sac_op_find (c->op);
      SacKernelArgs shapes = { .op = op, .n_src = c->n_src, .params = c->params };
      SacShape src[SAC_MAX_SRC] = { { 0 } };
      gboolean seen = FALSE;

      for (guint k = 0; k < c->n_src; k++)
        shapes.src[k].shape = src[k] = c->src[k].shape;
      g_assert_true (op->infer (src, c->n_src, c->params, &shapes.dst.shape, NULL));
      for (const SacCpuVariant *v = op->cpu; v->run; v++)
        seen |= g_str_has_suffix (v->name, way) && v->fits (&shapes);
      if (!seen)
        g_test_message ("%s %s: not by%s", c->op, c->note, way);
      g_assert_true (seen);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/ops/phases/chosen", test_chosen);
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
