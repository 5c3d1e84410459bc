/* Ops through the one helper of op-cases.h.  An op without a case, here or in another test-*.c, fails the test of completeness. */
#include "op-cases.h"

#include <string.h>

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define POSITIVE(n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = 0.5f, .high = 2 }
#define DISTINCT(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_DISTINCT }
#define BITS(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_BITS }

typedef struct {
  SacConv3d conv;
  SacShape like;
} Like;                         /* of conv3d_input and conv3d_weight */

static const SacConv3d same = { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, strided = { { 2, 2, 2 }, { 1, 1, 1 }, SAC_PAD_ZEROS };
static const SacConv3d flat = { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS };
static const Like input_same = { { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, { 2, 3, 3, 4, 5 } };
static const Like input_flat = { { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS }, { 2, 5, 1, 7, 6 } };
static const Like weight_same = { { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, { 4, 3, 3, 3, 3 } };
static const Like weight_flat = { { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS }, { 9, 5, 1, 3, 3 } };
/* The ways a convolution may take: Winograd's (32 channels, stride 1), kernel rows as one run (3 channels), plain products (1×1×1). */
static const SacConv3d tiled = { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, stem = { { 1, 2, 2 }, { 1, 3, 3 }, SAC_PAD_REPLICATE };
static const SacConv3d dot = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS };
static const Like input_tiled = { { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, { 2, 32, 3, 14, 13 } };
static const Like input_stem = { { { 1, 2, 2 }, { 1, 3, 3 }, SAC_PAD_REPLICATE }, { 2, 3, 4, 13, 11 } };
static const Like input_dot = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 2, 40, 2, 5, 7 } };
static const Like weight_tiled = { { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE }, { 48, 32, 3, 3, 3 } };
static const Like weight_stem = { { { 1, 2, 2 }, { 1, 3, 3 }, SAC_PAD_REPLICATE }, { 18, 3, 3, 7, 7 } };
static const Like weight_dot = { { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, { 33, 40, 1, 1, 1 } };
static const SacPool3d deep = { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } }, flat_pool = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } };
static const SacPool3d odd_pool = { { 2, 1, 4 }, { 1, 3, 2 }, { 1, 0, 2 } };
static const struct { float scale, shift; } affine = { -1.5f, 0.25f };
static const float minus_half = -0.5f, half = 0.5f, square = 2, cube = 3, eps = 1e-5f;
static const SacShape scalar = { 1, 1, 1, 1, 1 }, vector17 = { 1, 17, 1, 1, 1 }, examples = { 3, 17, 1, 1, 1 }, frames = { 2, 1, 3, 1, 1 };
static const SacShape full17 = { 3, 17, 2, 3, 4 }, full5 = { 2, 5, 3, 2, 2 };
static const gint32 row0 = 0, row1 = 1;
static const SacBnApply bn_plain = { 1e-5f, FALSE }, bn_relu = { 1e-5f, TRUE };
static const struct { float momentum; guint count; } running = { 0.1f, 40 };

#define BINARY(op, same_bits) \
  { op, { X (2, 17, 1, 3, 5), X (2, 17, 1, 3, 5) }, 2, NULL, same_bits, 3, TRUE, "equal shapes" }, \
  { op, { X (2, 17, 3, 5, 1), X (1, 17, 1, 1, 1) }, 2, NULL, same_bits, 3, TRUE, "a row of channels" }, \
  { op, { X (1, 17, 1, 1, 1), X (2, 17, 3, 5, 1) }, 2, NULL, same_bits, 3, TRUE, "a row first" }, \
  { op, { X (3, 4, 1, 2, 2), X (1, 1, 1, 1, 1) }, 2, NULL, same_bits, 3, TRUE, "a scalar" }, \
  { op, { X (3, 1, 2, 1, 5), X (1, 4, 1, 3, 1) }, 2, NULL, same_bits, 3, TRUE, "both stretch" }, \
  { op, { X (2, 33, 2, 29, 31), X (2, 33, 2, 29, 31) }, 2, NULL, same_bits, 0, FALSE, "many pieces" }

/* Whole pieces of networks: statistics that depend on the value they normalise, losses with unknown labels, chains. */
static SacVar
build_bn (SacGraph *g, const SacVar src[])
{
  return sac_bn_apply (g, src[0], sac_bn_stats (g, src[0]), src[1], src[2], src[3], &bn_plain);
}

static SacVar
build_bn_frozen (SacGraph *g, const SacVar src[])
{
  SacVar stats = sac_bn_running (g, src[1], src[2]);

  return sac_bn_apply (g, src[0], stats, src[1], src[2], 0, &bn_plain);
}

static SacVar
build_bce (SacGraph *g, const SacVar src[])
{
  return sac_bce_logits (g, src[0], src[1], src[2]);
}

static SacVar
build_chain (SacGraph *g, const SacVar src[])
{
  SacVar y = sac_conv3d (g, src[0], src[1], &same);

  y = sac_bn_apply (g, y, sac_bn_stats (g, y), src[2], src[3], src[0], &bn_plain);
  return sac_global_average (g, sac_sigmoid (g, y));
}

static SacVar
build_same_source_twice (SacGraph *g, const SacVar src[])
{
  SacVar stats = sac_bn_stats (g, src[0]);

  return sac_graph_append (g, sac_op_find ("bn_sums"), (SacVar[]) { src[0], src[0], stats }, 3, &eps);
}

static const SacOpCase cases[] = {
  { "batch-norm", { X (2, 3, 2, 3, 2), X (1, 3, 1, 1, 1), X (1, 3, 1, 1, 1), X (2, 3, 2, 3, 2) }, 4, NULL, 0, 15, TRUE, NULL, build_bn },
  { "batch-norm-frozen", { X (2, 3, 2, 3, 2), POSITIVE (1, 3, 1, 1, 1), POSITIVE (1, 3, 1, 1, 1) }, 3, NULL, 0, 7, TRUE, NULL,
    build_bn_frozen },
  { "bce-logits", { X (4, 3, 1, 1, 1), BITS (4, 3, 1, 1, 1), BITS (4, 3, 1, 1, 1) }, 3, NULL, 0, 1, TRUE, "masked", build_bce },
  { "bce-logits", { X (4, 3, 1, 1, 1), BITS (4, 3, 1, 1, 1), X (0, 0, 0, 0, 0) }, 3, NULL, 0, 1, TRUE, "all known", build_bce },
  { "chain", { X (2, 3, 3, 4, 3), X (3, 3, 3, 3, 3), X (1, 3, 1, 1, 1), X (1, 3, 1, 1, 1) }, 4, NULL, 0, 15, TRUE, NULL, build_chain },
  { "source-twice", { X (2, 3, 2, 3, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_same_source_twice },
  BINARY ("add", 0), BINARY ("sub", 0), BINARY ("mul", 0),
  { "affine", { X (2, 17, 1, 3, 5) }, 1, &affine, 0, 1, TRUE },
  { "affine", { X (2, 33, 2, 29, 31) }, 1, &affine, 0, 0, FALSE },
  { "relu", { DISTINCT (2, 17, 1, 3, 5) }, 1, NULL, 0, 1, TRUE },
  { "relu_mask", { DISTINCT (2, 17, 1, 3, 5), X (2, 17, 1, 3, 5) }, 2, NULL, 0, 2, TRUE },
  { "power", { POSITIVE (2, 7, 1, 3, 5) }, 1, &minus_half, 1e-12, 1, TRUE },
  { "power", { POSITIVE (2, 7, 1, 3, 5) }, 1, &half, 1e-12, 1, TRUE },
  { "power", { X (2, 7, 1, 3, 5) }, 1, &square, 1e-12, 1, TRUE },
  { "power", { X (2, 7, 1, 3, 5) }, 1, &cube, 1e-12, 1, TRUE },
  { "sum_to", { X (3, 17, 2, 3, 4) }, 1, &scalar, 1e-11, 1, TRUE },
  { "sum_to", { X (3, 17, 2, 3, 4) }, 1, &vector17, 1e-11, 1, TRUE },
  { "sum_to", { X (3, 17, 2, 3, 4) }, 1, &examples, 1e-11, 1, TRUE },
  { "sum_to", { X (2, 5, 3, 2, 2) }, 1, &frames, 1e-11, 1, TRUE },
  { "sum_to", { X (3, 17, 2, 23, 29) }, 1, &vector17, 1e-11, 0, FALSE, "many chunks" },
  { "sum_to", { X (2, 19, 2, 33, 29) }, 1, &scalar, 1e-11, 0, FALSE, "many chunks" },
  { "broadcast_to", { X (1, 17, 1, 1, 1) }, 1, &full17, 0, 1, TRUE },
  { "broadcast_to", { X (2, 1, 3, 1, 1) }, 1, &full5, 0, 1, TRUE },
  { "conv3d", { X (2, 3, 3, 4, 5), X (4, 3, 3, 3, 3) }, 2, &same, 1e-11, 3, TRUE, "replicated" },
  { "conv3d", { X (1, 17, 5, 6, 5), X (19, 17, 3, 3, 3) }, 2, &strided, 1e-11, 3, FALSE, "strided" },
  { "conv3d", { X (2, 5, 1, 7, 6), X (9, 5, 1, 3, 3) }, 2, &flat, 1e-11, 3, TRUE, "a picture" },
  { "conv3d", { X (2, 32, 3, 14, 13), X (48, 32, 3, 3, 3) }, 2, &tiled, 1e-11, 3, TRUE, "tiles" },
  { "conv3d", { X (2, 3, 4, 13, 11), X (18, 3, 3, 7, 7) }, 2, &stem, 1e-11, 3, TRUE, "few channels" },
  { "conv3d", { X (2, 40, 2, 5, 7), X (33, 40, 1, 1, 1) }, 2, &dot, 1e-11, 3, TRUE, "1×1×1" },
  { "conv3d_input", { X (2, 48, 3, 14, 13), X (48, 32, 3, 3, 3) }, 2, &input_tiled, 1e-11, 3, TRUE, "tiles" },
  { "conv3d_input", { X (2, 18, 4, 7, 6), X (18, 3, 3, 7, 7) }, 2, &input_stem, 1e-11, 3, TRUE, "few channels" },
  { "conv3d_input", { X (2, 33, 2, 5, 7), X (33, 40, 1, 1, 1) }, 2, &input_dot, 1e-11, 3, TRUE, "1×1×1" },
  { "conv3d_input", { X (2, 4, 3, 4, 5), X (4, 3, 3, 3, 3) }, 2, &input_same, 1e-11, 3, TRUE, "replicated" },
  { "conv3d_input", { X (2, 9, 1, 4, 3), X (9, 5, 1, 3, 3) }, 2, &input_flat, 1e-11, 3, TRUE, "a picture" },
  { "conv3d_weight", { X (2, 32, 3, 14, 13), X (2, 48, 3, 14, 13) }, 2, &weight_tiled, 1e-11, 3, TRUE, "tiles" },
  { "conv3d_weight", { X (2, 3, 4, 13, 11), X (2, 18, 4, 7, 6) }, 2, &weight_stem, 1e-11, 3, TRUE, "few channels" },
  { "conv3d_weight", { X (2, 40, 2, 5, 7), X (2, 33, 2, 5, 7) }, 2, &weight_dot, 1e-11, 3, TRUE, "1×1×1" },
  { "conv3d_weight", { X (2, 3, 3, 4, 5), X (2, 4, 3, 4, 5) }, 2, &weight_same, 1e-11, 3, TRUE, "replicated" },
  { "conv3d_weight", { X (2, 5, 1, 7, 6), X (2, 9, 1, 4, 3) }, 2, &weight_flat, 1e-11, 3, TRUE, "a picture" },
  { "max_pool3d", { DISTINCT (2, 3, 1, 7, 8) }, 1, &flat_pool, 0, 1, TRUE, "a picture" },
  { "max_pool3d", { DISTINCT (1, 5, 5, 6, 7) }, 1, &deep, 0, 1, TRUE, "in time" },
  { "max_pool3d", { BITS (2, 300, 3, 35, 9) }, 1, &odd_pool, 0, 0, FALSE, "ties" },
  { "max_pool3d", { BITS (2, 80, 3, 35, 9) }, 1, &odd_pool, 0, 0, FALSE, "whole vectors" },
  { "max_pool3d", { DISTINCT (1, 16, 2, 19, 8) }, 1, &flat_pool, 0, 0, FALSE, "one vector" },
  { "max_pool3d_scatter", { DISTINCT (1, 5, 5, 6, 7), X (1, 5, 3, 3, 4) }, 2, &deep, 0, 2, TRUE },
  { "max_pool3d_scatter", { BITS (2, 300, 3, 35, 9), X (2, 300, 4, 12, 5) }, 2, &odd_pool, 1e-12, 0, FALSE, "ties" },
  { "max_pool3d_scatter", { BITS (2, 80, 3, 35, 9), X (2, 80, 4, 12, 5) }, 2, &odd_pool, 1e-12, 0, FALSE, "whole vectors" },
  { "max_pool3d_scatter", { DISTINCT (1, 16, 2, 19, 8), X (1, 16, 2, 10, 4) }, 2, &flat_pool, 1e-12, 0, FALSE, "one vector" },
  { "max_pool3d_gather", { DISTINCT (1, 5, 5, 6, 7), X (1, 5, 5, 6, 7) }, 2, &deep, 0, 2, TRUE },
  { "max_pool3d_gather", { BITS (2, 300, 3, 35, 9), X (2, 300, 3, 35, 9) }, 2, &odd_pool, 0, 0, FALSE, "ties" },
  { "bn_stats", { X (2, 17, 2, 3, 4) }, 1, NULL, 1e-11, 1, TRUE },
  { "bn_stats", { X (3, 149, 1, 11, 7) }, 1, NULL, 1e-11, 0, FALSE, "many channels" },
  { "bn_stats", { { .shape = { 5, 35, 2, 13, 9 }, .low = 100, .high = 101 } }, 1, NULL, 1e-9, 0, FALSE, "far from zero, many chunks" },
  { "bn_apply", { X (2, 17, 2, 3, 4), POSITIVE (2, 17, 1, 1, 1), X (1, 17, 1, 1, 1), X (1, 17, 1, 1, 1) }, 4, &bn_plain, 1e-11,
    15, TRUE },
  { "bn_apply", { X (2, 5, 2, 3, 4), POSITIVE (2, 5, 1, 1, 1), X (1, 5, 1, 1, 1), X (1, 5, 1, 1, 1), X (2, 5, 2, 3, 4) }, 5, &bn_plain,
    1e-11, 31, TRUE, "residual" },
  { "bn_apply", { X (3, 37, 2, 23, 9), POSITIVE (2, 37, 1, 1, 1), X (1, 37, 1, 1, 1), X (1, 37, 1, 1, 1), X (3, 37, 2, 23,
    9) }, 5, &bn_relu,
    1e-11, 0, FALSE, "residual, relu" },
  { "bn_sums", { X (2, 17, 2, 3, 4), X (2, 17, 2, 3, 4), POSITIVE (2, 17, 1, 1, 1) }, 3, &eps, 1e-11, 7, TRUE },
  { "bn_sums", { X (5, 35, 2, 13, 9), X (5, 35, 2, 13, 9), POSITIVE (2, 35, 1, 1, 1) }, 3, &eps, 1e-10, 0, FALSE, "many chunks" },
  { "bn_sums", { X (5, 35, 2, 13, 9), X (5, 35, 2, 13, 9), POSITIVE (2, 35, 1, 1, 1), X (1, 35, 1, 1, 1), X (1, 35, 1, 1, 1) }, 5, &eps,
    1e-10, 0, FALSE, "masked" },
  { "bn_sums", { X (3, 133, 1, 9, 7), X (3, 133, 1, 9, 7), POSITIVE (2, 133, 1, 1, 1), X (1, 133, 1, 1, 1), X (1, 133, 1, 1, 1) }, 5, &eps,
    1e-10, 0, FALSE, "masked, many channels" },
  { "bn_sums", { X (2, 5, 1, 3, 2), DISTINCT (2, 5, 1, 3, 2), POSITIVE (2, 5, 1, 1, 1), X (1, 5, 1, 1, 1), X (1, 5, 1, 1, 1) }, 5, &eps,
    1e-10, 1, FALSE, "masked" },
  { "bn_input", { X (2, 17, 2, 3, 4), X (2, 17, 2, 3, 4), POSITIVE (2, 17, 1, 1, 1), X (1, 17, 1, 1, 1), X (2, 17, 1, 1, 1) },
    5, &eps, 1e-11,
    31, TRUE },
  { "bn_input", { X (3, 37, 2, 23, 9), X (3, 37, 2, 23, 9), POSITIVE (2, 37, 1, 1, 1), X (1, 37, 1, 1, 1), X (2, 37, 1, 1,
    1) }, 5, &eps, 1e-11,
    0, FALSE, "many pieces" },
  { "bn_input", { X (3, 37, 2, 23, 9), X (3, 37, 2, 23, 9), POSITIVE (2, 37, 1, 1, 1), X (1, 37, 1, 1, 1), X (2, 37, 1, 1, 1),
    X (1, 37, 1, 1, 1) }, 6, &eps, 1e-11, 1, FALSE, "masked" },
  { "bn_row", { X (2, 17, 1, 1, 1) }, 1, &row0, 0, 1, TRUE },
  { "bn_row", { X (2, 17, 1, 1, 1) }, 1, &row1, 0, 1, TRUE },
  { "bn_running", { X (1, 17, 1, 1, 1), X (1, 17, 1, 1, 1) }, 2, NULL, 0, 3, TRUE },
  { "accumulate", { X (2, 33, 2, 29, 31), X (2, 33, 2, 29, 31) }, 2, NULL, 0, 0, FALSE },
  { "assign", { X (2, 33, 2, 29, 31), X (2, 33, 2, 29, 31) }, 2, NULL, 0, 0, FALSE },
  { "running_update", { X (1, 17, 1, 1, 1), POSITIVE (1, 17, 1, 1, 1), X (2, 17, 1, 1, 1) }, 3, &running, 0, 0, FALSE },
  { "sgd", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), { .shape = { 0 } }, POSITIVE (1, 5, 1,
    1, 1) }, 5, NULL, 1e-12, 0, FALSE },
  { "sgd", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 1, 1, 1, 1), POSITIVE (1, 5, 1,
    1, 1) }, 5, NULL, 1e-12, 0, FALSE, "scaled" },
  { "sgd", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), { .shape = { 1, 1, 1, 1, 1 }, .low = 0, .high = 1e-45f },
    POSITIVE (1, 5, 1, 1, 1) }, 5, NULL, 0, 0, FALSE, "frozen" },
  { "sgd", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), { .shape = { 0 } }, BITS (1, 5, 1, 1, 1) }, 5, NULL,
    1e-12, 0, FALSE, "bits" },
  { "add_squares", { X (1, 1, 1, 1, 1), X (3, 17, 1, 41, 43) }, 2, NULL, 1e-12, 0, FALSE },
  { "adam", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f } }, 5, NULL, 1e-11, 0, FALSE },
  { "adam", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f }, POSITIVE (1, 1, 1, 1, 1) }, 6, NULL, 1e-11, 0, FALSE, "scaled" },
  { "adam", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f }, { .shape = { 1, 1, 1, 1, 1 }, .low = 0, .high = 1e-45f } }, 6, NULL, 0, 0,
    FALSE, "frozen" },
  { "sgd_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), { .shape = { 0 } }, POSITIVE (1, 5, 1,
    1, 1) }, 5, NULL, 1e-12, 0, FALSE },
  { "sgd_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 1, 1, 1, 1), POSITIVE (1, 5, 1,
    1, 1) }, 5, NULL, 1e-12, 0, FALSE, "scaled" },
  { "sgd_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
                 { .shape = { 1, 1, 1, 1, 1 }, .low = 0, .high = 1e-45f },
    POSITIVE (1, 5, 1, 1, 1) }, 5, NULL, 0, 0, FALSE, "frozen" },
  { "adam_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f } }, 5, NULL, 1e-11, 0, FALSE },
  { "adam_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f }, POSITIVE (1, 1, 1, 1, 1) }, 6, NULL, 1e-11, 0, FALSE, "scaled" },
  { "adam_once", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), POSITIVE (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1),
    { .shape = { 1, 7, 1, 1, 1 }, .low = 0.1f, .high = 0.9f }, { .shape = { 1, 1, 1, 1, 1 }, .low = 0, .high = 1e-45f } }, 6, NULL, 0, 0,
    FALSE, "frozen" },
  { "detach", { X (2, 33, 2, 29, 31) }, 1, NULL, 0, 0, FALSE },
};

/* The cases of other rooms: their files name the op as theirs do here. */
static char *
all_test_sources (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, ".", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GString *all = g_string_new (NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "test-") && g_str_has_suffix (name, ".c"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;

        if (g_file_get_contents (path, &text, NULL, NULL))
          g_string_append (all, text);
      }
  return g_string_free (all, FALSE);
}

static void
test_every_op_has_a_case (void)
{
  g_autofree char *sources = all_test_sources ();

  for (guint i = 0; sac_ops[i]; i++)
    {
      g_autofree char *row = g_strdup_printf ("{ \"%s\", {", sac_ops[i]->name), *rows = g_strdup_printf ("(\"%s\"", sac_ops[i]->name);
      gboolean seen = strstr (sources, row) || strstr (sources, rows);

      for (guint k = 0; k < G_N_ELEMENTS (cases) && !seen; k++)
        seen = strcmp (cases[k].op, sac_ops[i]->name) == 0;
      if (!seen)
        {
          g_test_message ("no case for %s", sac_ops[i]->name);
          g_test_fail ();
        }
      g_assert_nonnull (sac_ops[i]->reference);
      g_assert_true (sac_op_find (sac_ops[i]->name) == sac_ops[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/ops/complete", test_every_op_has_a_case);
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
