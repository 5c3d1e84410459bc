/* y = x/(1 − rate), or 0 with probability rate.  Which ones is a pure function of the key (an input: seed, step, number of the first
 * example), the layer, the example's number and the element in it; so it is the same whatever the batch is cut into, and
 * the adjoint is the same op.  Philox 4x32-10 as base/sac-random.h has it; element e of an example is word e mod 4 of block e/4. */
#include "targets-private.h"

typedef struct {
  float rate;
  gint32 layer;
} Dropout;

#define BLOCKS 16               /* at once, so that rounds are vectors */

static gboolean
dropout_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  float rate = ((const Dropout *) params)->rate;

  *out = src[0];
  return rate >= 0 && rate < 1 && sac_shape_equal (src[1], SAC_SHAPE (1, SAC_DROPOUT_KEY, 1, 1, 1));
}

static void
dropout_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const Dropout *dropout = node->params;

  gx[0] = sac_dropout (g, gy, node->src[1], dropout->rate, dropout->layer);
}

void
sac_dropout_key (guint64 seed, guint64 step, guint64 first_example, float key[SAC_DROPOUT_KEY])
{
  guint64 hash = sac_random_stream (seed, step, 0x64726f70);

  for (guint i = 0; i < 4; i++)
    key[i] = (float) (hash >> 16 * i & 0xffff);
  for (guint i = 0; i < 2; i++)
    key[4 + i] = (float) (first_example >> 16 * i & 0xffff);
}

/* 16 bits of a key's number; what is none counts as 0. */
static guint64
bits16 (float x)
{
  return x >= 0 && x < 65536 ? (guint64) x : 0;
}

static SacRandomKey
read_key (const SacKernelArgs *args, guint64 *first_example)
{
  const float *key = args->src[1].data;
  guint64 seed = bits16 (key[0]) | bits16 (key[1]) << 16 | bits16 (key[2]) << 32 | bits16 (key[3]) << 48;

  *first_example = bits16 (key[4]) | bits16 (key[5]) << 16;
  return (SacRandomKey) { seed, (guint64) ((const Dropout *) args->params)->layer };
}

static guint32
threshold (const SacKernelArgs *args)
{
  return (guint32) ((double) ((const Dropout *) args->params)->rate * 4294967296.0);
}

static void
dropout_reference (const SacKernelArgs *args)
{
  gsize n = (gsize) args->dst.shape.n, size = sac_shape_count (args->dst.shape) / n, n_blocks = (size + 3) / 4;
  float scale = 1 / (1 - ((const Dropout *) args->params)->rate);
  guint64 first;
  SacRandomKey key = read_key (args, &first);

  for (gsize i = 0; i < n; i++)
    for (gsize e = 0; e < size; e++)
      {
        guint32 block[4];

        sac_random_block (key, (first + i) * n_blocks + e / 4, block);
        args->dst.data[i * size + e] = block[e % 4] < threshold (args) ? 0 : args->src[0].data[i * size + e] * scale;
      }
}

/* BLOCKS blocks from @counter on, word by word. */
SAC_BODY void
draw (SacRandomKey key, guint64 counter, guint32 out[4][BLOCKS])
{
  guint32 k0 = (guint32) key.seed, k1 = (guint32) (key.seed >> 32);

  for (guint i = 0; i < BLOCKS; i++)
    {
      out[0][i] = (guint32) (counter + i);
      out[1][i] = (guint32) ((counter + i) >> 32);
      out[2][i] = (guint32) key.stream;
      out[3][i] = (guint32) (key.stream >> 32);
    }
  for (guint round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
    for (guint i = 0; i < BLOCKS; i++)
      {
        guint64 p0 = (guint64) 0xD2511F53u * out[0][i], p1 = (guint64) 0xCD9E8D57u * out[2][i];

        out[0][i] = (guint32) (p1 >> 32) ^ out[1][i] ^ k0;
        out[1][i] = (guint32) p1;
        out[2][i] = (guint32) (p0 >> 32) ^ out[3][i] ^ k1;
        out[3][i] = (guint32) p0;
      }
}

/* Groups of BLOCKS blocks, counted through the examples. */
SAC_BODY void
dropout_body (const SacKernelArgs *args, gsize from, gsize to)
{
  gsize size = sac_shape_count (args->dst.shape) / (gsize) args->dst.shape.n, n_blocks = (size + 3) / 4;
  gsize n_groups = (n_blocks + BLOCKS - 1) / BLOCKS;
  float scale = 1 / (1 - ((const Dropout *) args->params)->rate);
  guint32 limit = threshold (args);
  guint64 first;
  SacRandomKey key = read_key (args, &first);

  for (gsize group = from; group < to; group++)
    {
      gsize example = group / n_groups, block = group % n_groups * BLOCKS, n = MIN ((gsize) 4 * BLOCKS, size - 4 * block);
      const float *x = args->src[0].data + example * size + 4 * block;
      float *y = args->dst.data + example * size + 4 * block;
      guint32 words[4][BLOCKS], keep[4 * BLOCKS];

      draw (key, (first + example) * n_blocks + block, words);
      for (guint i = 0; i < BLOCKS; i++)
        for (guint w = 0; w < 4; w++)
          keep[4 * i + w] = words[w][i] < limit ? 0 : 0xffffffffu;
      for (gsize i = 0; i < n; i++)
        y[i] = sac_choose ((gboolean) (keep[i] & 1), x[i] * scale, 0);
    }
}

static void
dropout_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n = (gsize) args->dst.shape.n, n_blocks = (sac_shape_count (args->dst.shape) / n + 3) / 4;

  _sac_run_pieces (args, n * ((n_blocks + BLOCKS - 1) / BLOCKS), 4 * BLOCKS, piece);
}

SAC_MULTIVERSION (dropout, NULL)

static double
dropout_flops (const SacKernelArgs *shapes)
{
  return 20.0 * (double) sac_shape_count (shapes->dst.shape);
}

const SacOp sac_op_dropout = {
  .name = "dropout", .n_src = 2, .params_size = sizeof (Dropout), .infer = dropout_infer, .vjp = dropout_vjp,
  .reference = dropout_reference, .cpu = dropout_cpu, .flops = dropout_flops, .inplace = 0,
};

SacVar
sac_dropout (SacGraph *g, SacVar x, SacVar key, float rate, gint32 layer)
{
  return sac_graph_append (g, &sac_op_dropout, (SacVar[]) { x, key }, 2, &(Dropout) { rate, layer });
}
