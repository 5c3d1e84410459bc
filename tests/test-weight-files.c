/* Readers and the writer of weight files: every container people have, damage and attacks. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "weights/sac-weight-files.h"

#ifdef __SANITIZE_ADDRESS__
#define MOST_SECONDS 10.0               /* allocation is slow there */
#else
#define MOST_SECONDS 2.0
#endif

static gsize
count (const SacTensorInfo *info)
{
  gsize n = 1;

  for (guint i = 0; i < info->rank; i++)
    n *= (gsize) info->dims[i];
  return n;
}

/* All tensors are read; FALSE with the first error. */
static gboolean
read_all (SacTensorFile *file, GError **error)
{
  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      g_autofree float *numbers = g_new (float, count (sac_tensor_file_get_info (file, i)) + 1);

      if (!sac_tensor_file_read_f32 (file, i, numbers, error))
        return FALSE;
    }
  return TRUE;
}

static SacTensorFile *
open_own (const char *name, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "weights", name, NULL);

  return sac_tensor_file_open (path, error);
}

/* tests/data/weights: the same tensors in every container, once more widened in safetensors. */
static void
test_own_samples (void)
{
  static const struct { const char *name, *format; gboolean prefix; } samples[] = {
    { "state-zip.pth", "PyTorch zip" }, { "state-legacy.pth", "PyTorch legacy" },
    { "checkpoint-zip.pth.tar", "PyTorch zip" }, { "checkpoint-legacy.pth.tar", "PyTorch legacy" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) truth = open_own ("state.safetensors", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sac_tensor_file_get_format (truth), ==, "safetensors");
  g_assert_cmpuint (sac_tensor_file_get_n (truth), ==, 11);
  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_autoptr (SacTensorFile) file = open_own (samples[s].name, &error);

      g_assert_no_error (error);
      g_assert_nonnull (file);
      g_assert_cmpstr (sac_tensor_file_get_format (file), ==, samples[s].format);
      g_assert_cmpuint (sac_tensor_file_get_n (file), ==, sac_tensor_file_get_n (truth));
      for (guint i = 0; i < sac_tensor_file_get_n (truth); i++)
        {
          const SacTensorInfo *a = sac_tensor_file_get_info (truth, i);
          gint at = sac_tensor_file_find (file, a->name);
          const SacTensorInfo *b;
          g_autofree float *x = g_new0 (float, count (a) + 1), *y = g_new0 (float, count (a) + 1);

          g_assert_cmpint (at, >=, 0);
          b = sac_tensor_file_get_info (file, (guint) at);
          g_assert_cmpmem (a->dims, a->rank * sizeof (gint64), b->dims, b->rank * sizeof (gint64));
          g_assert_true (sac_tensor_file_read_f32 (truth, i, x, &error));
          g_assert_true (sac_tensor_file_read_f32 (file, (guint) at, y, &error));
          g_assert_no_error (error);
          g_assert_cmpmem (x, count (a) * sizeof (float), y, count (a) * sizeof (float));
        }
    }
}

static void
test_whole_module (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = open_own ("whole-module.pth", &error);

  g_assert_null (file);
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "whole module"));
}

static SacTensorFile *
from_bytes (const void *data, gsize n, const char *shown, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, n);

  return sac_tensor_file_open_bytes (bytes, shown, error);
}

static SacTensorFile *
from_header (const char *header, const void *data, gsize n, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint64 length = strlen (header);

  g_byte_array_append (all, (const guint8 *) &length, 8);
  g_byte_array_append (all, (const guint8 *) header, (guint) length);
  g_byte_array_append (all, data, (guint) n);
  return from_bytes (all->data, all->len, "x.safetensors", error);
}

static void
test_widening (void)
{
  static const guint16 half[] = { 0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0x03ff };
  static const float half_is[] = { 1, -2, 0x1p-24f, -0.0f, 65504, INFINITY, 1023 * 0x1p-24f };
  static const guint8 e4m3[] = { 0x38, 0x7e, 0x01, 0xb8, 0x7f, 0x08, 0x00 };
  static const float e4m3_is[] = { 1, 448, 0x1p-9f, -1, NAN, 0x1p-6f, 0 };
  static const guint8 e5m2[] = { 0x3c, 0x7b, 0xbc };
  static const float e5m2_is[] = { 1, 57344, -1 };
  static const double f64[] = { 0.1, 1e300, -1e300, 1e-300 };
  static const float f64_is[] = { 0.1f, INFINITY, -INFINITY, 0 };
  static const gint64 i64[] = { -3, G_MAXINT64 };
  static const float i64_is[] = { -3, 0x1p63f };
  static const struct { const char *dtype, *name; const void *bytes; gsize width, n; const float *is; } cases[] = {
    { "F16", "float16", half, 2, G_N_ELEMENTS (half), half_is }, { "F8_E4M3", "float8_e4m3fn", e4m3, 1, G_N_ELEMENTS (e4m3), e4m3_is },
    { "F8_E5M2", "float8_e5m2", e5m2, 1, G_N_ELEMENTS (e5m2), e5m2_is }, { "F64", "float64", f64, 8, G_N_ELEMENTS (f64), f64_is },
    { "I64", "int64", i64, 8, G_N_ELEMENTS (i64), i64_is },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      gsize bytes = cases[c].n * cases[c].width;
      g_autofree char *header = g_strdup_printf ("{\"a\":{\"dtype\":\"%s\",\"shape\":[%zu],\"data_offsets\":[0,%zu]}}", cases[c].dtype,
                                                 cases[c].n, bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacTensorFile) file = from_header (header, cases[c].bytes, bytes, &error);
      float out[8];

      g_assert_no_error (error);
      g_assert_cmpstr (sac_tensor_file_get_info (file, 0)->dtype, ==, cases[c].name);
      g_assert_true (sac_tensor_file_read_f32 (file, 0, out, &error));
      for (gsize i = 0; i < cases[c].n; i++)
        if (isnan (cases[c].is[i]))
          g_assert_true (isnan (out[i]));
        else
          {
            g_assert_true (out[i] == cases[c].is[i]);
            g_assert_cmpint (signbit (out[i]) != 0, ==, signbit (cases[c].is[i]) != 0);
          }
    }
}

static void
test_safetensors_grammar (void)
{
  static const char *const bad[] = {
    "{", "{}x", "{\"a\":1}", "{\"a\":{}}", "[]", "{\"a\" {}}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":1}}",
    "{\"a\":{\"dtype\":\"Q9\",\"shape\":[],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", "{\"__metadata__\":{\"a\":1}}",
    "{\"a\\u0000b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
    "{\"a\\ud800\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) e = NULL;

      g_assert_null (from_header (bad[i], "abcd", 4, &e));
      g_assert_true (e && e->domain == SAC_WEIGHTS_ERROR);
    }
  file = from_header (" \n{ \"a\\n\\u00e9\" : {\"dtype\":\"F32\", \"shape\":[ ], \"data_offsets\" : [0 , 4]} } ",
                      "\0\0\x80?", 4, &error);
  g_assert_null (file);                 /* the format wants the brace at once */
  g_clear_error (&error);
  file = from_header ("{ \"a\\n\\u00e9\\ud83d\\ude00\" : {\"dtype\":\"F32\", \"shape\":[ ], \"data_offsets\" : [0 , 4]} } ",
                      "\0\0\x80?", 4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sac_tensor_file_get_info (file, 0)->name, ==, "a\né😀");
}

static void
test_visible_names (void)
{
  static const struct { const char *in, *out; } cases[] = {
    { "conv1.weight", "conv1.weight" }, { "a\nb\tc", "a\\nb\\tc" }, { "名/ünï", "名/ünï" }, { "a\x01", "a\\u{1}" },
    { "evil\xe2\x80\xae", "evil\\u{202e}" }, { "bad\xff", "bad\\xff" }, { "cut\xfc", "cut\\xfc" }, { "\xe2\x80", "\\xe2\\x80" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = sac_tensor_name_dup_visible (cases[i].in);

      g_assert_cmpstr (out, ==, cases[i].out);
    }
}

/* A pickle that is one state dict of one tensor, from its opcodes; rank and numbers as given. */
static void
test_pickle_bounds (void)
{
  static const struct { const char *bytes; gsize n; const char *word; } cases[] = {
    { "\x80\x02" "cposix\nsystem\n.", 17, "posix.system" },
    { "\x80\x02" "ctorch\nload\n.", 14, "torch.load" },
    { "\x80\x02)\x81.", 5, "NEWOBJ" },
    { "\x80\x02}b.", 5, "empty stack" },
    { "\x80\x02)}b.", 5, "BUILD" },
    { "\x80\x02}K\x01K\x02K\x03u.", 11, "mark" },
    { "\x80\x02h\x05.", 5, "recalls" },
    { "\x80\x02(}(K\x01s.", 9, "empty stack" },
    { "\x80\x06.", 3, "" },
    { "\x80\x02}.", 4, "PyTorch" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (from_bytes (cases[i].bytes, cases[i].n, "x.pth", &error));
      g_assert_nonnull (error);
      if (!strstr (error->message, cases[i].word))
        g_test_message ("case %u: “%s” does not say “%s”", i, error->message, cases[i].word);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

static void
test_not_a_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL);
  g_autofree char *pipe = g_build_filename (dir, "pipe", NULL), *none = g_build_filename (dir, "none", NULL);
  const char *const paths[] = { dir, pipe, none };

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sac_tensor_file_open (paths[i], &error));
      g_assert_nonnull (error);
    }
  g_unlink (pipe);
  g_rmdir (dir);
}

static void
test_write_read (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (dir, "x.safetensors", NULL);
  g_autofree char *nowhere = g_build_filename (dir, "no", "x", NULL), *first = NULL, *second = NULL;
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  guint32 odd[6] = { 0x7fc00001, 0x80000000, 1, 0x7f800000, 0x3f800000, 0xffffffff };
  float numbers[6], back[6];
  const SacTensorOut tensors[] = {
    { "a \"quoted\"\\\n名", 2, { 2, 3 }, numbers }, { "scalar", 0, { 0 }, numbers + 4 }, { "empty", 2, { 0, 5 }, numbers },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = NULL;
  gsize n_first, n_second;

  memcpy (numbers, odd, sizeof odd);
  g_hash_table_insert (metadata, (gpointer) "step", (gpointer) "12");
  g_hash_table_insert (metadata, (gpointer) "recipe", (gpointer) "[a]\nb=\"c\"\n");
  g_assert_true (sac_safetensors_write (path, tensors, 3, metadata, &error));
  g_assert_no_error (error);
  file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sac_tensor_file_get_n (file), ==, 3);
  g_assert_cmpint (sac_tensor_file_find (file, tensors[0].name), ==, 0);
  g_assert_cmpint (sac_tensor_file_find (file, "not there"), ==, -1);
  g_assert_cmpstr (sac_tensor_file_get_metadata (file, "recipe"), ==, "[a]\nb=\"c\"\n");
  g_assert_null (sac_tensor_file_get_metadata (file, "other"));
  g_assert_true (sac_tensor_file_read_f32 (file, 0, back, &error));
  g_assert_cmpmem (back, sizeof back, odd, sizeof odd);
  g_assert_true (sac_tensor_file_read_f32 (file, 1, back, &error));
  g_assert_cmpmem (back, 4, odd + 4, 4);

  g_assert_true (g_file_get_contents (path, &first, &n_first, NULL));
  g_assert_cmpuint (n_first % 4, ==, 0);
  g_assert_true (sac_safetensors_write (path, tensors, 3, metadata, &error));
  g_assert_true (g_file_get_contents (path, &second, &n_second, NULL));
  g_assert_cmpmem (first, n_first, second, n_second);
  g_assert_false (sac_safetensors_write (nowhere, tensors, 3, NULL, &error));
  g_assert_nonnull (error);
  g_unlink (path);
  g_assert_cmpint (g_rmdir (dir), ==, 0);       /* no other file was left */
}

/* A file that shrinks while it is open is an error, no crash. */
static void
test_shrinking (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (dir, "x.safetensors", NULL);
  g_autofree float *numbers = g_new0 (float, 5000);
  const SacTensorOut tensor = { "a", 1, { 5000 }, numbers };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = NULL;

  g_assert_true (sac_safetensors_write (path, &tensor, 1, NULL, &error));
  file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (truncate (path, 200), ==, 0);
  g_assert_false (sac_tensor_file_read_f32 (file, 0, numbers, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_FORMAT);
  g_unlink (path);
  g_rmdir (dir);
}

/* ---- the collection of formats: folders good/ and hostile/ with what is right about each */

static char *
collection (const char *folder, const char *name)
{
  const char *root = g_getenv ("SACCADE_TEST_DATA");

  return root && *root ? g_build_filename (root, "weights", "checkpoint-formats", folder, name, NULL) : NULL;
}

static JsonObject *
expected (const char *folder, JsonParser *parser)
{
  g_autofree char *path = collection (folder, "expected.json");

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the collection of weight formats is not here (SACCADE_TEST_DATA)");
      return NULL;
    }
  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  return json_node_get_object (json_parser_get_root (parser));
}

static void
compare_tensor (SacTensorFile *file, const char *name, JsonObject *truth)
{
  gint at = sac_tensor_file_find (file, name);
  JsonArray *shape = json_object_get_array_member (truth, "shape");
  const SacTensorInfo *info;
  g_autofree float *numbers = NULL;
  g_autofree char *sum = NULL;
  g_autoptr (GError) error = NULL;

  if (at < 0)
    {
      g_test_message ("“%s” is missing", name);
      g_test_fail ();
      return;
    }
  info = sac_tensor_file_get_info (file, (guint) at);
  /* Some writers keep a scalar as a list of one. */
  if (json_array_get_length (shape) > 0 || count (info) != 1)
    g_assert_cmpuint (info->rank, ==, json_array_get_length (shape));
  for (guint i = 0; i < MIN (info->rank, json_array_get_length (shape)); i++)
    g_assert_cmpint (info->dims[i], ==, json_array_get_int_element (shape, i));
  if (json_object_has_member (truth, "dtype"))
    g_assert_cmpstr (info->dtype, ==, json_object_get_string_member (truth, "dtype"));
  numbers = g_new0 (float, count (info) + 1);
  g_assert_true (sac_tensor_file_read_f32 (file, (guint) at, numbers, &error));
  g_assert_no_error (error);
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) numbers, count (info) * sizeof (float));
  if (json_object_has_member (truth, "f32_sha256"))
    g_assert_cmpstr (sum, ==, json_object_get_string_member (truth, "f32_sha256"));
}

static void
test_good (void)
{
  static const struct { const char *ending, *word; } declined[] = {
    { ".onnx", "ONNX" }, { ".caffemodel", "Caffe" }, { ".npz", "npz" }, { ".npy", "npy" }, { "torchscript.pt", "TorchScript" },
    { ".ptl", "Lite" }, { "tar-0.1.pth", "tar" }, { "whole-module-zip.pth", "whole module" },
  };
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *files = expected ("good", parser);
  g_autoptr (GList) names = NULL;
  guint n_read = 0, n_declined = 0;

  if (!files)
    return;
  names = json_object_get_members (files);
  for (GList *l = names; l; l = l->next)
    {
      const char *name = l->data, *word = NULL;
      g_autofree char *path = collection ("good", name);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
      JsonObject *tensors = json_object_get_object_member (json_object_get_object_member (files, name), "tensors");
      g_autoptr (GList) keys = tensors ? json_object_get_members (tensors) : NULL;

      for (guint i = 0; i < G_N_ELEMENTS (declined); i++)
        if (g_str_has_suffix (name, declined[i].ending))
          word = declined[i].word;
      if (word)
        {
          g_assert_null (file);
          g_assert_nonnull (error);
          g_test_message ("%s", error->message);
          g_assert_nonnull (strstr (error->message, word));
          n_declined++;
          continue;
        }
      g_assert_no_error (error);
      if (!file)
        continue;
      g_assert_cmpuint (sac_tensor_file_get_n (file), ==, g_list_length (keys));
      for (GList *k = keys; k; k = k->next)
        compare_tensor (file, k->data, json_object_get_object_member (tensors, k->data));
      n_read++;
    }
  g_test_message ("%u read, %u declined by name", n_read, n_declined);
  g_assert_cmpuint (n_read, ==, 13);
}

/* What the refusal must speak of, where one word can be named. */
static const struct { const char *name, *word; } reasons[] = {
  { "truncated-zip.pth", "zip" }, { "truncated-legacy-in-pickle.pth", "cut short" }, { "corrupt-crc-zip.pth", "CRC" },
  { "empty.pth", "empty" }, { "lfs-pointer.pth", "Git LFS" }, { "html.safetensors", "HTML" },
  { "pickle-os-system.pth", "os.system" }, { "pickle-builtins-exec.pth", "builtins.exec" }, { "pickle-py2-eval.pth", "__builtin__.eval" },
  { "pickle-stack-global.pth", "os.system" }, { "pickle-inst-op.pth", "instruction" }, { "pickle-obj-op.pth", "os.system" },
  { "pickle-getattr-chain.pth", "getattr" }, { "pickle-rebuild-lookalike.pth", "_import_dotted_name" },
  { "zip-os-system.pth", "os.system" }, { "zip-good-then-evil.pth", "os.system" }, { "zip-no-data-pkl.pth", "data.pkl" },
  { "zip-lying-size.pth", "zip" }, { "zip-lying-local-offset.pth", "zip" }, { "tensor-huge-numel.pth", "claims" },
  { "tensor-size-overflow.pth", "overflow" }, { "tensor-negative-size.pth", "negative" }, { "tensor-negative-offset.pth", "offset" },
  { "tensor-out-of-bounds.pth", "past the end" }, { "tensor-key-traversal.pth", "../../etc/passwd" },
  { "tensor-unknown-storage.pth", "EvilStorage" }, { "tensor-rank-mismatch.pth", "strides" }, { "pickle-stack-underflow.pth", "pickle" },
  { "pickle-huge-memo-index.pth", "memo" }, { "pickle-memo-bomb.pth", "pickle" }, { "pickle-deep-nesting.pth", "pickle" },
  { "st-header-2p63.safetensors", "longer than the file" }, { "st-header-past-eof.safetensors", "longer than the file" },
  { "st-header-zero.safetensors", "empty" }, { "st-seven-bytes.safetensors", "shorter" }, { "st-trailing.safetensors", "end of the file" },
  { "st-past-end.safetensors", "past the end" }, { "st-begin-after-end.safetensors", "ends before" },
  { "st-shape-mismatch.safetensors", "does not fit" }, { "st-shape-float.safetensors", "whole number" },
  { "st-shape-negative.safetensors", "negative" }, { "st-shape-overflow.safetensors", "overflow" },
  { "st-dtype-missing.safetensors", "dtype" }, { "st-duplicate-key.safetensors", "two tensors" }, { "st-not-json.safetensors", "header" },
  { "st-json-deep.safetensors", "header" }, { "st-invalid-utf8.safetensors", "UTF-8" }, { "st-name-nul.safetensors", "NUL" },
  { "st-truncated.safetensors", "past the end" },
};

static void
test_hostile (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *files = expected ("hostile", parser);
  g_autoptr (GList) names = NULL;
  struct rusage before, after;

  if (!files)
    return;
  files = json_object_get_object_member (files, "files");
  names = json_object_get_members (files);
  g_assert_cmpuint (g_list_length (names), >, 60);
  getrusage (RUSAGE_SELF, &before);
  for (GList *l = names; l; l = l->next)
    {
      const char *name = l->data, *note = json_object_get_string_member (files, name);
      g_autofree char *path = collection ("hostile", name);
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
      gboolean loads = file && read_all (file, &error);
      double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

      g_test_message ("%s: %s", name, loads ? "loads" : error->message);
      g_assert_cmpfloat (seconds, <, MOST_SECONDS);
      if (strstr (note, "CONTROL") || g_str_has_prefix (note, "a valid") || strstr (note, "loads,"))
        g_assert_true (loads);
      else if (!strstr (note, "both fine"))
        g_assert_false (loads);
      if (loads)
        g_assert_no_error (error);
      else
        g_assert_nonnull (error);
      for (guint i = 0; !loads && error && i < G_N_ELEMENTS (reasons); i++)
        if (strcmp (reasons[i].name, name) == 0)
          {
            g_assert_nonnull (strstr (error->message, reasons[i].word));
            g_assert_nonnull (strstr (error->message, name));
          }
    }
  getrusage (RUSAGE_SELF, &after);
  g_test_message ("peak memory %ld MiB", after.ru_maxrss / 1024);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 256 * 1024);
  g_assert_false (g_file_test ("/tmp/pwned", G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/weights/files/own-samples", test_own_samples);
  g_test_add_func ("/weights/files/whole-module", test_whole_module);
  g_test_add_func ("/weights/files/widening", test_widening);
  g_test_add_func ("/weights/files/safetensors-grammar", test_safetensors_grammar);
  g_test_add_func ("/weights/files/visible-names", test_visible_names);
  g_test_add_func ("/weights/files/pickle-bounds", test_pickle_bounds);
  g_test_add_func ("/weights/files/not-a-file", test_not_a_file);
  g_test_add_func ("/weights/files/write-read", test_write_read);
  g_test_add_func ("/weights/files/shrinking", test_shrinking);
  g_test_add_func ("/weights/files/good", test_good);
  g_test_add_func ("/weights/files/hostile", test_hostile);
  return g_test_run ();
}
