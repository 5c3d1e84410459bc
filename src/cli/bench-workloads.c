#include "bench-gan.h"

#include <glib/gi18n.h>
#include <string.h>

static SacVar
build_resnet (const SacWorkload *work, SacGraph *graph, SacWeights *weights, SacVar input, SacVar target, gboolean infer)
{
  SacResnet net;
  SacVar logits;

  if (!sac_resnet_parse (work->model, &net))
    g_assert_not_reached ();
  net.n_classes = work->n_classes;
  net.width = SAC_WORKLOAD_WIDTH (work);
  net.pad_time = SAC_PAD_ZEROS;
  logits = sac_resnet_logits (graph, weights, &net, input, infer ? SAC_BN_FROZEN : SAC_BN_BATCH, !infer, NULL);
  return infer ? logits : sac_bce_logits (graph, logits, target, 0);
}

static SacVar
build_stabn (const SacWorkload *work, SacGraph *graph, SacWeights *weights, SacVar input, SacVar target, gboolean infer)
{
  SacStabn net = { .n_classes = work->n_classes, .width = SAC_WORKLOAD_WIDTH (work), .pad_time = SAC_PAD_ZEROS };
  SacStabnOut out = sac_stabn (graph, weights, &net, input, infer ? SAC_BN_FROZEN : SAC_BN_BATCH, !infer);

  return infer ? out.logits : sac_stabn_loss (graph, &out, target);
}

static SacVar
build_san (const SacWorkload *work, SacGraph *graph, SacWeights *weights, SacVar input, SacVar target, gboolean infer)
{
  SacSan net = { .n_classes = work->n_classes, .width = SAC_WORKLOAD_WIDTH (work) };
  SacVar logits = sac_san_logits (graph, weights, &net, input, infer ? SAC_BN_FROZEN : SAC_BN_BATCH, !infer);

  return infer ? logits : sac_cross_entropy (graph, logits, target, 0);
}

const SacWorkload _sac_workloads[] = {
  { "r18-2d", { 16, 3, 1, 224, 224 }, SAC_BENCH_LABELS, 20, build_resnet, "r18-2d",
    N_("small network on single frames") },
  { "r50-2d", { 16, 3, 1, 224, 224 }, SAC_BENCH_LABELS, 20, build_resnet, "r50-2d",
    N_("common network on single frames") },
  { "i3d-r18-s", { 2, 3, 16, 112, 112 }, SAC_BENCH_LABELS, 20, build_resnet, "i3d-r18",
    N_("quick fine-tuning on clips") },
  { "i3d-r50", { 1, 3, 32, 224, 224 }, SAC_BENCH_LABELS, 20, build_resnet, "i3d-r50",
    N_("fine-tuning at full size") },
  { "i3d-r50-s", { 2, 3, 16, 112, 112 }, SAC_BENCH_LABELS, 20, build_resnet, "i3d-r50",
    N_("fine-tuning on small clips") },
  { "stabn-r50", { 1, 3, 32, 224, 224 }, SAC_BENCH_CLASS, 174, build_stabn, NULL,
    N_("attention branches at full size") },
  { "stabn-r50-s", { 2, 3, 8, 112, 112 }, SAC_BENCH_CLASS, 20, build_stabn, NULL,
    N_("attention branches on small clips") },
  { "san1d", { 128, 3, 64, 1, 1 }, SAC_BENCH_CLASS, 6, build_san, NULL,
    N_("gestures from nerve signals") },
  { "gan-k3", { 64, 100, 1, 1, 1 }, SAC_BENCH_PICTURES, 4, NULL, NULL,
    N_("three generators against one critic"), _sac_bench_gan_make },
  { NULL },
};

SacShape
_sac_workload_target_shape (const SacWorkload *work)
{
  if (work->target == SAC_BENCH_PICTURES)
    return SAC_SHAPE (work->input.n, 3, 1, 64, 64);
  return SAC_SHAPE (work->input.n, work->target == SAC_BENCH_CLASS ? 1 : work->n_classes, 1, 1, 1);
}

const SacWorkload *
_sac_workload_find (const char *name)
{
  for (const SacWorkload *work = _sac_workloads; work->name; work++)
    if (strcmp (work->name, name) == 0)
      return work;
  return NULL;
}

char *
_sac_workload_dup_names (void)
{
  GString *names = g_string_new (NULL);

  for (const SacWorkload *work = _sac_workloads; work->name; work++)
    g_string_append_printf (names, "%s ", work->name);
  return g_string_free (names, FALSE);
}

void
_sac_workload_upload (const SacWorkload *work, SacProgram *program, SacVar input, SacVar target)
{
  gsize n = sac_shape_count (work->input), labels = sac_shape_count (_sac_workload_target_shape (work));
  g_autofree float *pixels = g_new (float, n), *wanted = g_new0 (float, labels);
  const SacRandomKey drawn = { 7, 1 }, labelled = { 7, 2 };

  for (gsize i = 0; i < n; i++)
    pixels[i] = (float) sac_random_normal (drawn, i);
  sac_program_set_input (program, input, pixels);
  if (!target)
    return;
  if (work->target == SAC_BENCH_CLASS)
    for (gsize i = 0; i < labels; i++)
      wanted[i] = (float) sac_random_below (labelled, i, (guint32) work->n_classes);
  else if (work->target == SAC_BENCH_PICTURES)
    for (gsize i = 0; i < labels; i++)
      wanted[i] = (float) (2 * sac_random_unit (labelled, i) - 1);
  else
    for (gsize i = 0; i < labels; i++)
      wanted[i] = sac_random_unit (labelled, i) < 0.2;
  sac_program_set_input (program, target, wanted);
}
