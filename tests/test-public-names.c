/* Weights under the names of the public PyTorch code of attention branch networks (2-D ABN; ST-ABN in mmaction), and of torchvision,
 * find their layers.  The state dicts are made up: each tensor is full of a number of its own. */
#include <glib/gstdio.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-model.h"
#include "weights/sac-weight-files.h"

#define WIDTH 2
#define K 5
#define T 6

static SacBackend *backend;     /* outlives the weights */

typedef struct {
  GArray *tensors;              /* SacTensorOut */
  GPtrArray *held;
  GHashTable *values;           /* our layer → its number, as float* */
} Dict;

/* @ours NULL: nobody reads it. */
static void
add (Dict *dict, const char *theirs, const char *ours, guint rank, const gint64 *dims)
{
  SacTensorOut out = { .name = g_strdup (theirs), .rank = rank };
  gsize n = 1;
  float *data, value = (float) dict->tensors->len + 1;

  for (guint i = 0; i < rank; i++)
    n *= (gsize) (out.dims[i] = dims[i]);
  data = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    data[i] = value;
  out.data = data;
  g_ptr_array_add (dict->held, (gpointer) out.name);
  g_ptr_array_add (dict->held, data);
  g_array_append_val (dict->tensors, out);
  if (ours)
    g_hash_table_insert (dict->values, g_strdup (ours), g_memdup2 (&value, sizeof value));
}

#define DIMS(...) G_N_ELEMENTS (((gint64[]) { __VA_ARGS__ })), (gint64[]) { __VA_ARGS__ }

static void
add_bn (Dict *dict, const char *theirs, const char *ours, gint64 n)
{
  static const char *const parts[] = { "weight", "bias", "running_mean", "running_var" };

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *a = g_strdup_printf ("%s.%s", theirs, parts[i]), *b = g_strdup_printf ("%s.%s", ours, parts[i]);

      add (dict, a, b, DIMS (n));
    }
}

static void
add_conv (Dict *dict, const char *theirs, const char *ours, guint rank, const gint64 *dims)
{
  g_autofree char *a = g_strdup_printf ("%s.weight", theirs), *b = g_strdup_printf ("%s.weight", ours);

  add (dict, a, b, rank, dims);
}

/* One residual block of a stage; @kt 0: 2-D. */
static void
add_block (Dict *dict, const char *prefix, const char *stage, gboolean deep, gint64 in, gint64 width, gint64 kt, gboolean shortcut)
{
  gint64 out = deep ? 4 * width : width;
  struct { const char *conv, *bn; gint64 k, c, t, size; } rows[] = {
    { "conv1", "bn1", width, in, kt, deep ? 1 : 3 }, { "conv2", "bn2", width, width, 1, 3 }, { "conv3", "bn3", out, width, 1, 1 },
    { "downsample.0", "downsample.1", out, in, 1, 1 },
  };

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *conv = g_strdup_printf ("%s.0.%s", stage, rows[i].conv), *bn = g_strdup_printf ("%s.0.%s", stage, rows[i].bn);
      g_autofree char *their_conv = g_strconcat (prefix, conv, NULL), *their_bn = g_strconcat (prefix, bn, NULL);

      if ((i == 2 && !deep) || (i == 3 && !shortcut))
        continue;
      if (kt > 0)
        add_conv (dict, their_conv, conv, DIMS (rows[i].k, rows[i].c, rows[i].t, rows[i].size, rows[i].size));
      else
        add_conv (dict, their_conv, conv, DIMS (rows[i].k, rows[i].c, rows[i].size, rows[i].size));
      add_bn (dict, their_bn, bn, rows[i].k);
    }
}

static void
add_stages (Dict *dict, const char *prefix, gboolean deep, gboolean flat)
{
  gint64 in = WIDTH;

  for (int stage = 0; stage < 4; stage++)
    {
      g_autofree char *name = g_strdup_printf ("layer%d", stage + 1), *att = g_strdup_printf ("att_layer%d", stage + 1);
      gint64 width = WIDTH << stage;

      add_block (dict, prefix, name, deep, in, width, flat ? 0 : stage >= 2 ? 3 : 1, stage > 0 || deep);
      if (stage == 3)
        add_block (dict, prefix, att, deep, in, width, flat ? 0 : 3, TRUE);
      in = deep ? 4 * width : width;
    }
}

static void
begin (Dict *dict)
{
  dict->tensors = g_array_new (FALSE, TRUE, sizeof (SacTensorOut));
  dict->held = g_ptr_array_new_with_free_func (g_free);
  dict->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
end (Dict *dict)
{
  g_array_unref (dict->tensors);
  g_ptr_array_unref (dict->held);
  g_hash_table_unref (dict->values);
}

static SacMapReport *
load (Dict *dict, const char *model_name, gint32 n_classes, gint32 frames, SacInflation how, SacWeights *weights)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-names-XXXXXX", NULL), *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  SacMapReport *report = NULL;
  SacModel model;

  g_assert_true (sac_safetensors_write (path, (SacTensorOut *) (gpointer) dict->tensors->data, dict->tensors->len, NULL, &error));
  g_assert_true (sac_model_parse (model_name, &model));
  sac_model_set_size (&model, n_classes, WIDTH, (gint32[4]) { 1, 1, 1, 1 }, SAC_PAD_REPLICATE);
  g_assert_true (sac_model_declare (weights, &model, frames, &error));
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  sac_weights_initialise (weights, 1);
  file = sac_tensor_file_open (path, &error);
  g_assert_true (sac_weights_load (weights, file, how, 1, &report, &error));
  g_assert_no_error (error);
  g_remove (path);
  g_rmdir (folder);
  return report;
}

/* Every layer has the number that was meant for it, but for those of @but, a set of prefixes. */
static void
check (Dict *dict, SacWeights *weights, const char *const *but)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *entry = sac_block_get_entry (blocks[b], i);
        gsize n = sac_shape_count (entry->shape);
        g_autofree float *numbers = g_new (float, n);
        const float *meant = g_hash_table_lookup (dict->values, entry->name);
        gboolean left_out = FALSE;

        for (guint k = 0; but && but[k]; k++)
          left_out = left_out || g_str_has_prefix (entry->name, but[k]);
        g_assert_true (sac_weights_read (weights, entry->name, numbers));
        g_assert_nonnull (meant);
        for (gsize k = 0; k < n && meant; k++)
          if (left_out)
            g_assert_cmpfloat (numbers[k], !=, *meant);
          else
            g_assert_cmpfloat (numbers[k], ==, *meant);
      }
}

static void
st_abn_dict (Dict *dict)
{
  gint64 f = 16 * WIDTH;

  begin (dict);
  add_conv (dict, "module.backbone.conv1", "conv1", DIMS (WIDTH, 3, 1, 7, 7));
  add_bn (dict, "module.backbone.bn1", "bn1", WIDTH);
  add_stages (dict, "module.backbone.", TRUE, FALSE);
  add_bn (dict, "module.backbone.bn_att", "att_bn", 2 * f);
  add_conv (dict, "module.backbone.t_att_conv", "t_conv", DIMS (1, K, 3, 3, 3));
  add_bn (dict, "module.backbone.t_bn_att", "t_bn", 1);
  add_conv (dict, "module.backbone.t_att_conv2", "t_mix", DIMS (T, T, 1, 1));
  add_conv (dict, "module.backbone.fc1", "t_fc1", DIMS (T, T));
  add (dict, "module.backbone.fc1.bias", "t_fc1.bias", DIMS (T));
  add_conv (dict, "module.backbone.fc2", "t_fc2", DIMS (T, T));
  add (dict, "module.backbone.fc2.bias", "t_fc2.bias", DIMS (T));
  add_conv (dict, "module.backbone.t_att_conv3", "fuse", DIMS (f, 2 * f, 1, 1, 1));
  add_bn (dict, "module.backbone.bn_att4", "fuse_bn", f);
  add_conv (dict, "module.backbone.att_conv", "att_conv", DIMS (K, 2 * f, 1, 1, 1));
  add_bn (dict, "module.backbone.bn_att2", "att_bn2", K);
  add_conv (dict, "module.backbone.att_conv2", "att_score", DIMS (K, K, 1, 1, 1));
  add_conv (dict, "module.backbone.att_conv3", "sp_conv", DIMS (1, K, 1, 1, 1));
  add_bn (dict, "module.backbone.bn_att3", "sp_bn", 1);
  add_conv (dict, "module.necks.att_head.fc", "att_fc", DIMS (K, K * T));
  add (dict, "module.necks.att_head.fc.bias", "att_fc.bias", DIMS (K));
  add (dict, "module.necks.level_fusion_op.fusion_conv.0.weight", NULL, DIMS (2, 3, 1, 1, 1));
  add_conv (dict, "module.cls_head.fc_cls", "fc", DIMS (K, 2 * f));
  add (dict, "module.cls_head.fc_cls.bias", "fc.bias", DIMS (K));
}

static void
test_st_abn (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacMapReport) report = NULL;
  Dict dict;

  st_abn_dict (&dict);
  report = load (&dict, "stabn-r50", K, T, SAC_INFLATE_NONE, weights);
  g_assert_cmpuint (report->n_missing, ==, 0);
  g_assert_cmpuint (report->n_replaced, ==, 0);
  g_assert_cmpuint (report->n_unused, ==, 1);
  check (&dict, weights, NULL);
  end (&dict);
}

/* Other classes, other frames: what depends on them is drawn anew, whole layers at a time; all the rest is kept. */
static void
test_st_abn_other (void)
{
  static const char *const classes[] = { "fc.", "att_conv.", "att_bn2.", "att_score.", "att_fc.", "sp_conv.", "t_conv.", NULL };
  static const char *const frames[] = { "att_fc.", "t_mix.", "t_fc1.", "t_fc2.", NULL };
  g_autoptr (SacWeights) weights = sac_weights_new (), longer = sac_weights_new ();
  g_autoptr (SacMapReport) report = NULL, second = NULL;
  Dict dict;

  st_abn_dict (&dict);
  report = load (&dict, "stabn-r50", K + 2, T, SAC_INFLATE_NONE, weights);
  check (&dict, weights, classes);
  second = load (&dict, "stabn-r50", K, T + 2, SAC_INFLATE_NONE, longer);
  check (&dict, longer, frames);
  g_assert_cmpuint (report->n_missing + second->n_missing, ==, 0);
  end (&dict);
}

static void
test_abn (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacMapReport) report = NULL;
  Dict dict;

  begin (&dict);
  add_conv (&dict, "module.conv1", "conv1", DIMS (WIDTH, 3, 7, 7));
  add_bn (&dict, "module.bn1", "bn1", WIDTH);
  add_stages (&dict, "module.", FALSE, TRUE);
  add_bn (&dict, "module.bn_att", "att_bn", 8 * WIDTH);
  add_conv (&dict, "module.att_conv", "att_conv", DIMS (K, 8 * WIDTH, 1, 1));
  add_bn (&dict, "module.bn_att2", "att_bn2", K);
  add_conv (&dict, "module.att_conv2", "att_score", DIMS (K, K, 1, 1));
  add_conv (&dict, "module.att_conv3", "sp_conv", DIMS (1, K, 3, 3));
  add_bn (&dict, "module.bn_att3", "sp_bn", 1);
  add_conv (&dict, "module.fc", "fc", DIMS (K, 8 * WIDTH));
  add (&dict, "module.fc.bias", "fc.bias", DIMS (K));
  report = load (&dict, "abn-r18", K, 1, SAC_INFLATE_NONE, weights);
  g_assert_cmpuint (report->n_missing + report->n_unused + report->n_replaced, ==, 0);
  check (&dict, weights, NULL);
  end (&dict);
}

/* A 2-D ResNet by averaging: kernels over three frames get a third, the branch and the head stay drawn; §2. */
static void
test_average (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacMapReport) report = NULL;
  float first[8192] = { 0 };
  const float *meant;
  Dict dict;

  begin (&dict);
  add_conv (&dict, "conv1", "conv1", DIMS (WIDTH, 3, 7, 7));
  add_bn (&dict, "bn1", "bn1", WIDTH);
  add_stages (&dict, "", TRUE, TRUE);
  report = load (&dict, "stabn-r50", K, T, SAC_INFLATE_AVERAGE, weights);
  meant = g_hash_table_lookup (dict.values, "layer3.0.conv1.weight");
  g_assert_true (sac_weights_read (weights, "layer3.0.conv1.weight", first));
  g_assert_cmpfloat_with_epsilon (first[0], *meant / 3, 1e-5);
  g_assert_cmpfloat_with_epsilon (first[2], *meant / 3, 1e-5);
  meant = g_hash_table_lookup (dict.values, "layer1.0.conv2.weight");
  g_assert_true (sac_weights_read (weights, "layer1.0.conv2.weight", first));
  g_assert_cmpfloat (first[0], ==, *meant);
  g_assert_cmpuint (report->n_shape, ==, 0);
  end (&dict);
}

/* The branch's own last stage may begin as a copy of the trunk's. */
static void
test_copy (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacMapReport) report = NULL;
  float a[8192], b[8192];
  Dict dict;

  st_abn_dict (&dict);
  report = load (&dict, "stabn-r50", K, T, SAC_INFLATE_NONE, weights);
  g_assert_true (sac_weights_read (weights, "layer4.0.bn3.running_var", a));
  g_assert_true (sac_weights_read (weights, "att_layer4.0.bn3.running_var", b));
  g_assert_cmpfloat (a[0], !=, b[0]);
  g_assert_true (sac_attention_copy_layer4 (weights));
  g_assert_true (sac_weights_read (weights, "att_layer4.0.bn3.running_var", b));
  g_assert_cmpfloat (a[0], ==, b[0]);
  g_assert_true (sac_weights_read (weights, "layer4.0.conv1.weight", a) && sac_weights_read (weights, "att_layer4.0.conv1.weight", b));
  g_assert_cmpfloat (a[0], ==, b[0]);
  end (&dict);
}

/* ---- published 3-D networks: whole files under other people's names, from this network's own list. */
typedef char *(*Rename) (const char *ours);

static char *
plain_name (const char *ours)
{
  return g_strdup (ours);
}

static char *
hara_name (const char *ours)
{
  return g_strconcat ("module.", ours, NULL);
}

static char *
moments_name (const char *ours)
{
  return g_str_has_prefix (ours, "fc.") ? g_strconcat ("module.last_linear.", ours + 3, NULL) : g_strconcat ("module.", ours, NULL);
}

static char *
stage_name (const char *ours)
{
  return g_str_has_prefix (ours, "layer") ? g_strdup_printf ("res%c%s", ours[5] + 1, ours + 6) : g_strdup (ours);
}

static char *
mmaction_name (const char *ours)
{
  static const char *const pairs[][2] = {
    { "conv1.", "conv1.conv." }, { "conv2.", "conv2.conv." }, { "conv3.", "conv3.conv." }, { "bn1.", "conv1.bn." }, { "bn2.", "conv2.bn." },
    { "bn3.", "conv3.bn." }, { "downsample.0.", "downsample.conv." }, { "downsample.1.", "downsample.bn." },
  };

  if (g_str_has_prefix (ours, "fc."))
    return g_strconcat ("cls_head.fc_cls.", ours + 3, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const char *at = strstr (ours, pairs[i][0]);

      if (at && (at == ours || at[-1] == '.'))
        return g_strdup_printf ("backbone.%.*s%s%s", (int) (at - ours), ours, pairs[i][1], at + strlen (pairs[i][0]));
    }
  g_assert_not_reached ();
}

static char *
blob_name (const char *ours)
{
  static const char *const ends[][2] = {
    { "weight", "_s" }, { "bias", "_b" }, { "running_mean", "_rm" }, { "running_var", "_riv" },
  };
  const char *what = strrchr (ours, '.') + 1, *end = NULL, *part;
  char branch[16];

  if (g_str_has_prefix (ours, "fc."))
    return g_strdup_printf ("pred_%c", *what);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (strcmp (what, ends[i][0]) == 0)
      end = ends[i][1];
  if (!g_str_has_prefix (ours, "layer"))
    return strcmp (ours, "conv1.weight") == 0 ? g_strdup ("conv1_w") : g_strconcat ("res_conv1_bn", end, NULL);
  part = ours + strlen ("layer1.0.");
  if (g_str_has_prefix (part, "downsample."))
    g_snprintf (branch, sizeof branch, "1%s", part[11] == '0' ? "_w" : "_bn");
  else
    g_snprintf (branch, sizeof branch, "2%c%s", 'a' + part[strcspn (part, "123")] - '1', *part == 'c' ? "_w" : "_bn");
  return g_strdup_printf ("res%c_%c_branch%s%s", ours[5] + 1, ours[7], branch, g_str_has_suffix (branch, "_bn") ? end : "");
}

static const struct { const char *path, *model; Rename rename; const char *extra; } published[] = {
  { "/weights/published/hara", "hara-r50", hara_name, NULL },
  { "/weights/published/hara-18", "hara-r18", hara_name, NULL },
  { "/weights/published/moments", "hara-r50", moments_name, NULL },
  { "/weights/published/nonlocal", "nonlocal-r50", plain_name, "layer2.1.nl.theta.weight" },
  { "/weights/published/nonlocal-stages", "nonlocal-r50", stage_name, "nonlocal_conv3_1_theta_w" },
  { "/weights/published/nonlocal-blobs", "nonlocal-r50", blob_name, NULL },
  { "/weights/published/slow-only", "slow-r50", mmaction_name, NULL },
  { "/weights/published/inflated", "i3d-r50", hara_name, NULL },
  { "/weights/published/inflated-18", "i3d-r18", plain_name, NULL },
  { "/weights/published/flat", "r18-2d", plain_name, NULL },
};

/* All names are found, and shapes alone tell which network it is. */
static void
test_published (gconstpointer data)
{
  guint which = GPOINTER_TO_UINT (data);
  g_autofree char *folder = g_dir_make_tmp ("saccade-names-XXXXXX", NULL), *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autoptr (SacWeights) list = sac_weights_new (), weights = sac_weights_new ();
  SacBlock *blocks[] = { sac_weights_get_params (list), sac_weights_get_buffers (list) };
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (SacMapReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;
  SacModel model, seen;
  Dict dict;

  g_assert_true (sac_model_parse (published[which].model, &model));
  sac_model_set_size (&model, K, WIDTH, (gint32[4]) { 2, 2, 2, 1 }, SAC_PAD_ZEROS);
  g_assert_true (sac_model_declare (list, &model, 16, &error));
  begin (&dict);
  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const char *ours = sac_block_get_entry (blocks[b], i)->name;
        g_autofree char *theirs = published[which].rename (ours);
        gint64 dims[5];
        guint rank = sac_weights_get_dims (list, ours, dims);

        add (&dict, theirs, ours, rank, dims);
      }
  if (published[which].extra)
    add (&dict, published[which].extra, NULL, DIMS (3, 3));
  g_assert_true (sac_safetensors_write (path, (SacTensorOut *) (gpointer) dict.tensors->data, dict.tensors->len, NULL, &error));
  file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  told = sac_weights_recognise (file, &seen);
  g_assert_cmpstr (told, ==, published[which].model);
  g_assert_cmpint (seen.resnet.n_classes, ==, K);
  g_assert_cmpint (seen.resnet.width, ==, WIDTH);
  g_assert_cmpint (seen.resnet.blocks[2], ==, 2);
  g_assert_true (sac_model_declare (weights, &model, 16, &error));
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  sac_weights_initialise (weights, 1);
  g_assert_true (sac_weights_load (weights, file, SAC_INFLATE_NONE, 1, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report->n_missing + report->n_shape + report->n_replaced, ==, 0);
  g_assert_cmpuint (report->n_unused, ==, published[which].extra != NULL);
  check (&dict, weights, NULL);
  end (&dict);
  g_remove (path);
  g_rmdir (folder);
}

/* Names that only begin as known ones do, and other networks. */
static void
test_unknown (void)
{
  static const char *const names[] = { "res2_0_branch2", "res2_0_branch2d_w", "res9_0_branch2a_w", "res2_99999_branch2a_w", "res_conv1_",
                                       "conv1_", "res6.0.conv1.weight", "res", "conv", "conv1", "layer1.0.conv1.conv", "downsample.",
                                       "pred_" };
  g_autofree char *folder = g_dir_make_tmp ("saccade-names-XXXXXX", NULL), *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  SacModel seen;
  Dict dict;

  begin (&dict);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add (&dict, names[i], NULL, DIMS (2, 2));
  add_conv (&dict, "conv1", "conv1", DIMS (WIDTH, 3, 9, 7, 7));         /* no known network looks at 9 frames */
  add (&dict, "fc.bias", NULL, DIMS (K));
  add_stages (&dict, "", TRUE, FALSE);
  g_assert_true (sac_safetensors_write (path, (SacTensorOut *) (gpointer) dict.tensors->data, dict.tensors->len, NULL, &error));
  file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_null (sac_weights_recognise (file, &seen));
  end (&dict);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/weights/public/st-abn", test_st_abn);
  g_test_add_func ("/weights/public/st-abn-other", test_st_abn_other);
  g_test_add_func ("/weights/public/abn", test_abn);
  g_test_add_func ("/weights/public/average", test_average);
  g_test_add_func ("/weights/public/copy", test_copy);
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    g_test_add_data_func (published[i].path, GUINT_TO_POINTER (i), test_published);
  g_test_add_func ("/weights/published/unknown", test_unknown);
  backend = sac_backend_cpu_new (1);
  result = g_test_run ();
  sac_backend_free (backend);
  return result;
}
