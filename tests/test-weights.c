/* Mapping files onto networks, checkpoints, and real networks beside PyTorch. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"

static SacWeights *
make (SacBackend *backend, const char *name, gint32 classes, guint64 seed)
{
  SacWeights *weights = sac_weights_new ();
  SacResnet net;

  g_assert_true (sac_resnet_parse (name, &net));
  net.width = 4;
  net.n_classes = classes;
  g_assert_true (sac_resnet_declare (weights, &net, NULL));
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sac_weights_initialise (weights, seed);
  return weights;
}

/* All params and buffers, one after another. */
static GArray *
snapshot (SacWeights *weights)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        guint at = all->len;

        g_array_set_size (all, at + (guint) sac_shape_count (sac_block_get_entry (blocks[b], i)->shape));
        sac_block_read (blocks[b], i, &g_array_index (all, float, at), NULL);
      }
  return all;
}

static gboolean
same (GArray *a, GArray *b)
{
  return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (float)) == 0;
}

typedef struct {
  char *dir, *path;
} Place;

static void
place_open (Place *place)
{
  place->dir = g_dir_make_tmp ("saccade-XXXXXX", NULL);
  place->path = g_build_filename (place->dir, "x.safetensors", NULL);
}

static void
place_close (Place *place)
{
  g_unlink (place->path);
  g_assert_cmpint (g_rmdir (place->dir), ==, 0);
  g_free (place->dir);
  g_free (place->path);
}

static const SacMapRow *
row_of (const SacMapReport *report, const char *layer, const char *tensor)
{
  for (guint i = 0; i < report->n_rows; i++)
    if (layer ? g_strcmp0 (report->rows[i].layer, layer) == 0 : g_strcmp0 (report->rows[i].tensor, tensor) == 0)
      return &report->rows[i];
  g_test_message ("no row for %s", layer ? layer : tensor);
  g_test_fail ();
  return NULL;
}

/* The tensors of @weights under @prefix, without those whose name begins with @leave_out, and one that no layer wants. */
static void
write_as (SacWeights *weights, const char *prefix, const char *leave_out, const char *path)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };
  g_autoptr (GArray) tensors = g_array_new (FALSE, TRUE, sizeof (SacTensorOut));
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  SacTensorOut extra = { "num_batches_tracked", 0, { 0 }, (float[]) { 3 } };

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *e = sac_block_get_entry (blocks[b], i);
        SacTensorOut out = { 0 };
        float *numbers;

        if (leave_out && g_str_has_prefix (e->name, leave_out))
          continue;
        numbers = g_new (float, sac_shape_count (e->shape));
        g_assert_true (sac_weights_read (weights, e->name, numbers));
        out.name = g_strconcat (prefix, e->name, NULL);
        out.rank = sac_weights_get_dims (weights, e->name, out.dims);
        out.data = numbers;
        g_ptr_array_add (owned, numbers);
        g_ptr_array_add (owned, (gpointer) out.name);
        g_array_append_val (tensors, out);
      }
  g_array_append_val (tensors, extra);
  g_assert_true (sac_safetensors_write (path, (SacTensorOut *) (gpointer) tensors->data, tensors->len, NULL, NULL));
}

static void
test_map (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) flat = make (backend, "r18-2d", 7, 1), deep = make (backend, "i3d-r18", 3, 2);
  g_autoptr (SacMapReport) report = NULL;
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  float one[64 * 9], three[64 * 27], head[32 * 3], again[32 * 3], bias[3];
  Place place;

  place_open (&place);
  write_as (flat, "state_dict.module.", "layer4.1.bn2", place.path);
  file = sac_tensor_file_open (place.path, &error);
  g_assert_no_error (error);
  g_assert_true (sac_weights_load (deep, file, SAC_INFLATE_AVERAGE, 5, &report, &error));
  g_assert_no_error (error);

  g_assert_cmpint (row_of (report, "layer1.0.conv1.weight", NULL)->status, ==, SAC_MAP_INFLATED);
  g_assert_cmpstr (row_of (report, "layer1.0.conv1.weight", NULL)->tensor, ==, "state_dict.module.layer1.0.conv1.weight");
  g_assert_cmpstr (row_of (report, "layer1.0.conv1.weight", NULL)->tensor_shape, ==, "4×4×3×3");
  g_assert_cmpstr (row_of (report, "layer1.0.conv1.weight", NULL)->layer_shape, ==, "4×4×3×3×3");
  g_assert_cmpint (row_of (report, "layer2.0.downsample.0.weight", NULL)->status, ==, SAC_MAP_LOADED);
  g_assert_cmpint (row_of (report, "bn1.running_var", NULL)->status, ==, SAC_MAP_LOADED);
  g_assert_cmpint (row_of (report, "fc.weight", NULL)->status, ==, SAC_MAP_REPLACED);
  g_assert_cmpint (row_of (report, "fc.bias", NULL)->status, ==, SAC_MAP_REPLACED);
  g_assert_cmpint (row_of (report, "layer4.1.bn2.weight", NULL)->status, ==, SAC_MAP_MISSING);
  g_assert_cmpint (row_of (report, NULL, "num_batches_tracked")->status, ==, SAC_MAP_UNUSED);
  g_assert_cmpuint (report->n_missing, ==, 4);
  g_assert_cmpuint (report->n_unused, ==, 1);
  g_assert_cmpuint (report->n_replaced, ==, 2);
  g_assert_cmpuint (report->n_shape, ==, 0);
  g_assert_cmpuint (report->n_loaded + report->n_missing + report->n_unused + report->n_replaced, ==, report->n_rows);
  text = sac_map_report_dup_text (report);
  g_assert_nonnull (strstr (text, "layer1.0.conv1.weight"));
  g_assert_nonnull (strstr (text, "inflated"));
  g_assert_nonnull (strstr (text, "num_batches_tracked"));

  /* Taps hold a third each; the head is N(0, 0.01²) of the given seed, its bias 0. */
  g_assert_true (sac_weights_read (flat, "layer1.0.conv1.weight", one) && sac_weights_read (deep, "layer1.0.conv1.weight", three));
  for (int k = 0; k < 16; k++)
    for (int t = 0; t < 3; t++)
      for (int i = 0; i < 9; i++)
        g_assert_cmpfloat_with_epsilon (three[(k * 3 + t) * 9 + i], one[k * 9 + i] / 3, 1e-7);
  g_assert_true (sac_weights_read (deep, "fc.weight", head) && sac_weights_read (deep, "fc.bias", bias));
  g_assert_true (head[0] != 0 && fabsf (head[0]) < 0.06f && bias[0] == 0 && bias[2] == 0);
  sac_weights_initialise_one (deep, "fc.weight", 5);
  g_assert_true (sac_weights_read (deep, "fc.weight", again));
  g_assert_cmpmem (head, sizeof head, again, sizeof again);
  place_close (&place);
}

/* What does not fit changes nothing. */
static void
test_mismatch (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) flat = make (backend, "r18-2d", 7, 1), other = make (backend, "r50-2d", 7, 2);
  g_autoptr (SacWeights) deep = make (backend, "i3d-r18", 7, 2);
  g_autoptr (GArray) before = snapshot (other), deep_before = snapshot (deep), after = NULL, deep_after = NULL;
  g_autoptr (SacMapReport) report = NULL;
  g_autoptr (SacTensorFile) file = NULL, foreign = NULL;
  g_autoptr (GError) error = NULL;
  Place place, place2;

  place_open (&place);
  place_open (&place2);
  write_as (flat, "", NULL, place.path);
  write_as (flat, "encoder.", NULL, place2.path);
  file = sac_tensor_file_open (place.path, NULL);
  foreign = sac_tensor_file_open (place2.path, NULL);
  g_assert_false (sac_weights_load (other, file, SAC_INFLATE_NONE, 0, &report, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  g_assert_cmpuint (report->n_shape, >, 0);
  g_clear_error (&error);
  g_clear_pointer (&report, sac_map_report_free);
  /* Inflation not asked for is not done. */
  g_assert_false (sac_weights_load (deep, file, SAC_INFLATE_NONE, 0, NULL, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_false (sac_weights_load (deep, foreign, SAC_INFLATE_AVERAGE, 0, &report, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  g_assert_cmpuint (report->n_loaded, ==, 0);
  after = snapshot (other);
  deep_after = snapshot (deep);
  g_assert_true (same (before, after));
  g_assert_true (same (deep_before, deep_after));
  place_close (&place);
  place_close (&place2);
}

/* Bits survive, with moments and metadata; a changed bit is another checkpoint. */
static void
test_checkpoint (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) a = make (backend, "i3d-r18", 3, 1), b = make (backend, "i3d-r18", 3, 2), c = make (backend, "i3d-r18", 4, 2);
  g_autoptr (SacOptimizer) one = sac_optimizer_new_sgd (a, backend, NULL), two = sac_optimizer_new_sgd (b, backend, NULL);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) x = NULL, y = NULL, z = NULL, other = snapshot (c);
  g_autofree char *first = NULL, *second = NULL;
  SacBlock *moments = sac_optimizer_get_moments (one), *restored = sac_optimizer_get_moments (two);
  const char *prefix = "moment.";
  gsize n_first, n_second;
  Place place;

  place_open (&place);
  for (guint i = 0; i < sac_block_get_n_entries (moments); i++)
    {
      gsize n = sac_shape_count (sac_block_get_entry (moments, i)->shape);
      g_autofree float *numbers = g_new (float, n);

      for (gsize k = 0; k < n; k++)
        numbers[k] = k == 0 ? -0.0f : (float) sac_random_normal ((SacRandomKey) { 3, i }, k);
      sac_block_write (moments, i, numbers);
    }
  g_hash_table_insert (metadata, (gpointer) "step", (gpointer) "120");
  g_assert_true (sac_weights_save (a, &moments, &prefix, 1, metadata, place.path, &error));
  g_assert_no_error (error);
  file = sac_tensor_file_open (place.path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sac_tensor_file_get_metadata (file, "step"), ==, "120");
  g_assert_true (sac_weights_restore (b, &restored, &prefix, 1, file, &error));
  g_assert_no_error (error);
  x = snapshot (a);
  y = snapshot (b);
  g_assert_true (same (x, y));
  for (guint page = 0; page < sac_block_get_n_pages (moments); page++)
    {
      gsize n = sac_block_get_page_floats (moments, page);
      g_autofree float *p = g_new (float, n), *q = g_new (float, n);

      sac_block_read_page (moments, page, p, NULL);
      sac_block_read_page (restored, page, q, NULL);
      g_assert_cmpmem (p, n * sizeof (float), q, n * sizeof (float));
    }
  g_assert_true (g_file_get_contents (place.path, &first, &n_first, NULL));
  g_assert_true (sac_weights_save (b, &restored, &prefix, 1, metadata, place.path, &error));
  g_assert_true (g_file_get_contents (place.path, &second, &n_second, NULL));
  g_assert_cmpmem (first, n_first, second, n_second);

  /* Without the moments too; but what is asked for must be there. */
  g_assert_true (sac_weights_restore (b, NULL, NULL, 0, file, &error));
  prefix = "velocity.";
  g_assert_false (sac_weights_restore (b, &restored, &prefix, 1, file, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_false (sac_weights_restore (c, NULL, NULL, 0, file, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  z = snapshot (c);
  g_assert_true (same (other, z));
  place_close (&place);
}

static double
number (JsonObject *object, const char *list, guint i)
{
  return json_array_get_double_element (json_object_get_array_member (object, list), i);
}

/* expected-outputs.json: logits and pooled features of real networks on a fixed input, by PyTorch. */
static void
test_real (gconstpointer data)
{
  const char *model = data, *root = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *name = g_strdup_printf ("resnet%.2s-imagenet.safetensors", model + 1);
  g_autofree char *path = g_build_filename (root ? root : "", "weights", name, NULL);
  g_autofree char *json = g_build_filename (root ? root : "", "weights", "expected-outputs.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (0);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (SacMapReport) report = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacShape shape = SAC_SHAPE (1, 3, 1, 224, 224);
  g_autofree float *field = g_new (float, sac_shape_count (shape)), *memory = g_new (float, sac_shape_count (shape));
  g_autofree float *logits = g_new (float, 1000), *features = g_new (float, 2048);
  SacVar clip = sac_graph_input (graph, "clip", shape);
  SacResnetTaps taps;
  JsonObject *truth;
  SacResnet net;
  double sum = 0;

  if (!root || !*root || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the real weights are not here (SACCADE_TEST_DATA)");
      return;
    }
  g_assert_true (json_parser_load_from_file (parser, json, &error));
  truth = json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)), name);
  g_assert_true (sac_resnet_parse (model, &net));
  sac_resnet_logits (graph, weights, &net, clip, SAC_BN_BATCH, FALSE, &taps);
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (sac_weights_load (weights, file, SAC_INFLATE_NONE, 0, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report->n_missing + report->n_shape + report->n_replaced, ==, 0);
  program = sac_program_compile (graph, (SacVar[]) { taps.logits, taps.features }, 2, backend, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < sac_shape_count (shape); i++)
    field[i] = (float) ((double) ((i * 7) % 256) / 127.5 - 1);
  sac_shape_to_memory_order (shape, field, memory);
  sac_program_set_input (program, clip, memory);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, taps.logits, logits, NULL);
  sac_program_get_output (program, taps.features, features, NULL);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_cmpfloat_with_epsilon (logits[i], number (truth, "logits_first8", i), 1e-3);
      g_assert_cmpfloat_with_epsilon (features[i], number (truth, "features_first8", i), 1e-3);
    }
  for (guint i = 0; i < 1000; i++)
    sum += logits[i];
  g_assert_cmpfloat_with_epsilon (sum, json_object_get_double_member (truth, "sum"), 0.1);
  for (guint k = 0; k < 5; k++)
    {
      guint best = 0;

      for (guint i = 1; i < 1000; i++)
        if (logits[i] > logits[best])
          best = i;
      g_assert_cmpint (best, ==, json_array_get_int_element (json_object_get_array_member (truth, "top5"), k));
      logits[best] = -INFINITY;
    }
}

/* `saccade weights`: its exit codes, and JSON that parses. */
static void
test_command (void)
{
  g_autofree char *good = g_test_build_filename (G_TEST_DIST, "data", "weights", "state-zip.pth", NULL);
  g_autofree char *bad = g_test_build_filename (G_TEST_DIST, "data", "weights", "whole-module.pth", NULL);
  const char *program = g_getenv ("SACCADE_PROGRAM");
  const struct { const char *args[6]; int code; const char *out, *err; } cases[] = {
    { { "weights", good }, 0, "module.conv1.weight", "" },
    { { "weights", good, "--json" }, 0, "\"format\":\"PyTorch zip\"", "" },
    { { "weights", good, "--json", "--for", "r18-2d" }, 1, "\"fits\":false", "" },
    { { "weights", good, "--for", "i3d-r18" }, 1, "conv1.weight", "does not fit" },
    { { "weights", bad }, 1, "", "whole module" },
    { { "weights", good, "--for", "r34" }, 2, "", "r34" },
    { { "weights" }, 2, "", "one file" },
  };

  if (!program || !g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("the program is not built (SACCADE_PROGRAM)");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *argv[8] = { program };
      g_autofree char *out = NULL, *err = NULL;
      g_autoptr (GError) error = NULL;
      int status;

      memcpy (argv + 1, cases[i].args, sizeof cases[i].args);
      g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &out, &err, &status, &error));
      g_assert_true (g_spawn_check_wait_status (status, &error) == (cases[i].code == 0));
      g_assert_cmpint (error ? error->code : 0, ==, cases[i].code);
      g_assert_nonnull (strstr (out, cases[i].out));
      g_assert_nonnull (strstr (err, cases[i].err));
      if (strstr (out, "{\"format\""))
        {
          g_autoptr (JsonParser) parser = json_parser_new ();

          g_assert_true (json_parser_load_from_data (parser, out, -1, NULL));
        }
    }
}

/* Networks of every family come back from a checkpoint to the last number. */
static void
test_families (void)
{
  static const char *const names[] = { "r18-2d", "i3d-r18", "slow-r18", "stabn-r18", "stabn-r50", "stabn-r50-literal", "abn-r18",
                                       "abn-r20" };
  g_autofree char *folder = g_dir_make_tmp ("saccade-families-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SacWeights *pair[2];
      g_autoptr (SacTensorFile) file = NULL;
      g_autoptr (GArray) first = NULL, second = NULL;
      g_autoptr (GError) error = NULL;
      SacModel model;

      g_assert_true (sac_model_parse (names[i], &model));
      sac_model_set_size (&model, 3, 2, (gint32[4]) { 1, 1, 1, 1 }, SAC_PAD_REPLICATE);
      for (guint k = 0; k < 2; k++)
        {
          pair[k] = sac_weights_new ();
          g_assert_true (sac_model_declare (pair[k], &model, 6, &error));
          g_assert_true (sac_weights_allocate (pair[k], backend, &error));
          sac_weights_initialise (pair[k], 5 + k);
        }
      g_assert_true (sac_weights_save (pair[0], NULL, NULL, 0, NULL, path, &error));
      file = sac_tensor_file_open (path, &error);
      g_assert_true (sac_weights_restore (pair[1], NULL, NULL, 0, file, &error));
      g_assert_no_error (error);
      first = snapshot (pair[0]);
      second = snapshot (pair[1]);
      g_assert_cmpmem (first->data, first->len * sizeof (float), second->data, second->len * sizeof (float));
      sac_weights_free (pair[0]);
      sac_weights_free (pair[1]);
    }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/weights/map/report", test_map);
  g_test_add_func ("/weights/map/mismatch", test_mismatch);
  g_test_add_func ("/weights/command", test_command);
  g_test_add_func ("/weights/checkpoint", test_checkpoint);
  g_test_add_func ("/weights/families", test_families);
  g_test_add_data_func ("/weights/real/resnet18", "r18-2d", test_real);
  g_test_add_data_func ("/weights/real/resnet50", "r50-2d", test_real);
  return g_test_run ();
}
