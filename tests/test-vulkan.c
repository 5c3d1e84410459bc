/* The thin Vulkan path: a tiny network's forward pass (convolutions with both paddings and strides, ReLU, residual adds, broadcasting
 * bias) on a Vulkan device equals the CPU. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "backend/sac-backends.h"
#include "ops/conv-private.h"
#include "ops/sac-ops.h"

static SacBackend *
open_vulkan (void)
{
  g_autoptr (GError) error = NULL;
  SacBackend *backend = sac_backend_vulkan_new (-1, &error);

  if (!backend)
    {
      g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT);
      g_test_skip ("no Vulkan device here (mesa-vulkan-drivers brings a software one)");
    }
  return backend;
}

static SacVar
weight (SacGraph *graph, guint64 stream, SacShape shape)
{
  gsize n = sac_shape_count (shape);
  g_autofree float *data = g_new (float, n);
  double scale = 1.0 / sqrt ((double) n / shape.n);

  for (gsize i = 0; i < n; i++)
    data[i] = (float) (scale * sac_random_normal ((SacRandomKey) { 5, stream }, i));
  return sac_graph_constant_data (graph, shape, data);
}

/* Odd sizes; a strided block with a 1×1×1 shortcut, replicate padding in time, and a broadcast bias. */
static SacVar
tiny_network (SacGraph *graph, SacVar x)
{
  const SacConv3d stem = { { 1, 2, 2 }, { 1, 3, 3 }, SAC_PAD_REPLICATE };
  const SacConv3d down = { { 2, 2, 2 }, { 1, 1, 1 }, SAC_PAD_ZEROS };
  const SacConv3d same = { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE };
  const SacConv3d shortcut = { { 2, 2, 2 }, { 0, 0, 0 }, SAC_PAD_ZEROS };
  const SacConv3d halves = { { 1, 1, 1 }, { 0, 2, 2 }, .pad_space = SAC_PAD_REPLICATE, .dilation = { 1, 2, 2 }, .groups = 2 };
  SacVar h, y;

  h = sac_relu (graph, sac_conv3d (graph, x, weight (graph, 1, SAC_SHAPE (10, 3, 3, 7, 7)), &stem));
  h = sac_conv3d (graph, h, weight (graph, 6, SAC_SHAPE (10, 5, 1, 3, 3)), &halves);
  y = sac_relu (graph, sac_conv3d (graph, h, weight (graph, 2, SAC_SHAPE (13, 10, 3, 3, 3)), &down));
  y = sac_conv3d (graph, y, weight (graph, 3, SAC_SHAPE (13, 13, 3, 3, 3)), &same);
  y = sac_add (graph, y, sac_conv3d (graph, h, weight (graph, 4, SAC_SHAPE (13, 10, 1, 1, 1)), &shortcut));
  return sac_relu (graph, sac_add (graph, y, weight (graph, 5, SAC_SHAPE (1, 13, 1, 1, 1))));
}

static float *
forward (SacBackend *backend, gsize *n_out, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  SacShape shape = SAC_SHAPE (2, 3, 5, 17, 19);
  SacVar x = sac_graph_input (graph, "clip", shape), y = tiny_network (graph, x);
  g_autofree float *in = g_new (float, sac_shape_count (shape));
  float *out;

  for (gsize i = 0; i < sac_shape_count (shape); i++)
    in[i] = (float) sac_random_normal ((SacRandomKey) { 5, 0 }, i);
  *n_out = sac_shape_count (sac_graph_get_shape (graph, y));
  program = sac_program_compile (graph, &y, 1, backend, error);
  if (!program)
    return NULL;
  sac_program_set_input (program, x, in);
  if (!sac_program_run (program, NULL, error))
    return NULL;
  out = g_new (float, *n_out);
  sac_program_get_output (program, y, out, NULL);
  return out;
}

/* @data: a switch that makes the device poorer, or NULL. */
static void
test_equals_cpu (gconstpointer data)
{
  const char *poorer = data;
  SacBackend *vulkan, *cpu;
  g_autoptr (GError) error = NULL;
  g_autofree float *a = NULL, *b = NULL;
  double difference = 0, power = 0;
  gsize n;

  g_setenv ("SACCADE_VALIDATE", "1", TRUE);
  if (poorer)
    g_setenv (poorer, "1", TRUE);
  vulkan = open_vulkan ();
  if (!vulkan)
    {
      g_unsetenv ("SACCADE_VALIDATE");
      if (poorer)
        g_unsetenv (poorer);
      return;
    }
  cpu = sac_backend_cpu_new (2);
  a = forward (vulkan, &n, &error);
  g_assert_no_error (error);
  b = forward (cpu, &n, &error);
  g_assert_no_error (error);
  for (gsize i = 0; a && b && i < n; i++)
    {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      power += (double) b[i] * b[i];
    }
  g_test_message ("NMSE %g over %" G_GSIZE_FORMAT " values", difference / power, n);
  g_assert_cmpfloat (power, >, 0);
  g_assert_cmpfloat (difference / power, <=, 1e-6);
  g_assert_cmpuint (sac_backend_vulkan_get_validation_errors (vulkan), ==, 0);
  sac_backend_free (vulkan);
  sac_backend_free (cpu);
  g_unsetenv ("SACCADE_VALIDATE");
  if (poorer)
    g_unsetenv (poorer);
}

/* Copies of all lengths and places, larger than a slot of the way by host memory, too; memory comes zeroed, and all of it goes back. */
static void
test_memory (gconstpointer data)
{
  const gsize sizes[] = { 5, 1000, 257, (40 << 20) + 3, 4 << 20, 9000001, 16 };
  const gsize first = 3;        /* of each copy */
  const char *poorer = data;
  SacBuffer *buffers[G_N_ELEMENTS (sizes)];
  SacBackend *vulkan;
  g_autoptr (GError) error = NULL;
  gsize in_use, reserved, sum = 0;

  if (poorer)
    g_setenv (poorer, "1", TRUE);
  vulkan = open_vulkan ();
  if (poorer)
    g_unsetenv (poorer);
  if (!vulkan)
    return;
  for (guint turn = 0; turn < 2; turn++)        /* the second time in holes that were written */
    {
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autofree char *in = g_malloc (sizes[i]), *out = g_malloc (sizes[i]);
          gsize n = 0;

          buffers[i] = vulkan->alloc (vulkan, sizes[i], &error);
          g_assert_no_error (error);
          sum += sizes[i];
          vulkan->download (vulkan, buffers[i], 0, out, sizes[i], NULL);
          while (n < sizes[i] && out[n] == 0)
            n++;
          g_assert_cmpuint (n, ==, sizes[i]);
          for (gsize k = 0; k < sizes[i]; k++)
            in[k] = (char) (k * 31 + i + (k >> 13));
          vulkan->upload (vulkan, buffers[i], first, in + first, sizes[i] - first);
          vulkan->download (vulkan, buffers[i], 1, out + 1, sizes[i] - 1, NULL);
          g_assert_cmpmem (out, first, "\0\0\0", first);
          g_assert_cmpmem (out + first, sizes[i] - first, in + first, sizes[i] - first);
        }
      reserved = sac_backend_vulkan_get_memory (vulkan, &in_use);
      g_assert_cmpuint (reserved, >=, in_use);
      g_assert_cmpuint (in_use, >=, sum);
      g_assert_cmpuint (in_use, <=, sum + 4096 * G_N_ELEMENTS (sizes));
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        vulkan->release (vulkan, buffers[i * 3 % G_N_ELEMENTS (sizes)]);
      sum = 0;
      reserved = sac_backend_vulkan_get_memory (vulkan, &in_use);
      g_assert_cmpuint (in_use, ==, 0);
      g_assert_cmpuint (reserved, <=, 64 << 20);
    }
  buffers[0] = vulkan->alloc (vulkan, 60 << 20, &error);        /* the pieces have become one again */
  g_assert_no_error (error);
  g_assert_cmpuint (sac_backend_vulkan_get_memory (vulkan, NULL), ==, 64 << 20);
  vulkan->release (vulkan, buffers[0]);
  g_assert_null (vulkan->alloc (vulkan, (gsize) 1 << 45, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  g_test_message ("%s", error->message);
  sac_backend_free (vulkan);
}

/* A run that is stopped leaves a program that runs; one whose device is lost says how training goes on, then and ever after. */
static void
test_stopped_and_lost (void)
{
  SacBackend *vulkan = open_vulkan ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  SacShape shape = SAC_SHAPE (1, 3, 5, 9, 9);
  SacVar y = tiny_network (graph, sac_graph_input (graph, "clip", shape));
  SacProgram *program;

  if (!vulkan)
    return;
  program = sac_program_compile (graph, &y, 1, vulkan, NULL);
  g_assert_nonnull (program);
  g_cancellable_cancel (stop);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;

      if (i == 2)
        g_setenv ("SACCADE_LOSE_DEVICE", "1", TRUE);
      g_assert_true (sac_program_run (program, i == 0 ? stop : NULL, &error) == (i == 1));
      g_unsetenv ("SACCADE_LOSE_DEVICE");
      if (i == 0)
        g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED);
      if (i < 2)
        continue;
      g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE);
      g_assert_true (error && strstr (error->message, "--resume --device cpu"));
    }
  sac_program_free (program);
  sac_backend_free (vulkan);
}

/* Cut into submissions of next to nothing the bits are the same, and the first run teaches how many the others need. */
static void
test_chunks (void)
{
  const char *lengths[] = { "1000000000", "20" };
  g_autofree float *out[2] = { NULL };
  guint64 submissions[2][3] = { { 0 } };
  gsize n = 0;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SacGraph) graph = sac_graph_new ();
      SacShape shape = SAC_SHAPE (2, 3, 5, 17, 19);
      SacVar x = sac_graph_input (graph, "clip", shape), y = tiny_network (graph, x);
      g_autofree float *in = g_new (float, sac_shape_count (shape));
      g_autoptr (GError) error = NULL;
      SacProgram *program;
      SacBackend *vulkan;

      g_setenv ("SACCADE_VULKAN_CHUNK", lengths[i], TRUE);
      vulkan = open_vulkan ();
      g_unsetenv ("SACCADE_VULKAN_CHUNK");
      if (!vulkan)
        return;
      for (gsize k = 0; k < sac_shape_count (shape); k++)
        in[k] = (float) sac_random_normal ((SacRandomKey) { 5, 0 }, k);
      program = sac_program_compile (graph, &y, 1, vulkan, &error);
      g_assert_no_error (error);
      sac_program_set_input (program, x, in);
      n = sac_shape_count (sac_graph_get_shape (graph, y));
      out[i] = g_new (float, n);
      for (guint run = 0; run < 3; run++)
        {
          guint64 before = sac_backend_vulkan_get_submissions (vulkan);

          g_assert_true (sac_program_run (program, NULL, &error));
          submissions[i][run] = sac_backend_vulkan_get_submissions (vulkan) - before;
        }
      g_assert_true (sac_program_get_output (program, y, out[i], &error));
      sac_program_free (program);
      sac_backend_free (vulkan);
    }
  g_assert_cmpmem (out[0], n * sizeof (float), out[1], n * sizeof (float));
  g_assert_cmpuint (submissions[0][2], ==, 1);
  g_test_message ("%u submissions by estimate, %u by what was measured", (guint) submissions[1][0], (guint) submissions[1][2]);
  g_assert_cmpuint (submissions[1][1], ==, submissions[1][2]);
  g_assert_cmpuint (submissions[1][2], >=, 10);
}

typedef struct {
  SacBackend *vulkan;           /* NULL: the CPU's */
  GCancellable *stop;
  double stop_at, last;
  guint n;
  guint64 submitted;            /* when it was stopped */
} Told;

static void
tell (double fraction, gpointer data)
{
  Told *told = data;

  g_assert_cmpfloat (fraction, >, told->last);
  g_assert_cmpfloat (fraction, <=, 1);
  told->last = fraction;
  told->n++;
  if (fraction < told->stop_at || g_cancellable_is_cancelled (told->stop))
    return;
  g_cancellable_cancel (told->stop);
  told->submitted = told->vulkan ? sac_backend_vulkan_get_submissions (told->vulkan) : 0;
}

/* A run tells how far it is, piece by piece, the first one too, whose length nobody knows yet; who is told may stop it, and then not one
 * piece more is begun. */
static void
test_progress (gconstpointer data)
{
  gboolean on_cpu = GPOINTER_TO_INT (data);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar y = tiny_network (graph, sac_graph_input (graph, "clip", SAC_SHAPE (2, 3, 5, 17, 19)));
  g_autoptr (GError) error = NULL;
  SacBackend *backend;
  SacProgram *program;
  guint n_steps;

  g_setenv ("SACCADE_VULKAN_CHUNK", "20", TRUE);
  backend = on_cpu ? sac_backend_cpu_new (2) : open_vulkan ();
  g_unsetenv ("SACCADE_VULKAN_CHUNK");
  if (!backend)
    return;
  program = sac_program_compile (graph, &y, 1, backend, &error);
  g_assert_no_error (error);
  n_steps = sac_program_get_cost (program).n_steps;
  for (guint run = 0; run < 4; run++)
    {
      gboolean stopped = run == 0 || run == 2;
      g_autoptr (GCancellable) stop = g_cancellable_new ();
      Told told = { on_cpu ? NULL : backend, stop, stopped ? 0.3 : 2 };

      sac_program_set_progress (program, tell, &told);
      g_clear_error (&error);
      g_assert_true (sac_program_run (program, stop, &error) != stopped);
      if (stopped)
        {
          g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED);
          g_assert_cmpfloat (told.last, <, 0.8);
          if (!on_cpu)
            g_assert_cmpuint (sac_backend_vulkan_get_submissions (backend), ==, told.submitted);
          continue;
        }
      g_assert_cmpfloat (told.last, ==, 1);
      g_test_message ("told %u times in %u steps", told.n, n_steps);
      g_assert_cmpuint (told.n, >=, on_cpu ? n_steps : 10);
    }
  sac_program_free (program);
  sac_backend_free (backend);
}

/* Steps tell their times, and those of a whole program are not more than the runs took. */
static void
test_step_times (void)
{
  SacBackend *vulkan = open_vulkan ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar y = tiny_network (graph, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, 5, 9, 9)));
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProfile) profile = NULL;
  SacProgram *program;
  gint64 begun;

  if (!vulkan)
    return;
  program = sac_program_compile (graph, &y, 1, vulkan, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  g_assert_null (sac_program_dup_profile (program));
  sac_program_time_steps (program);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < 3; i++)
    g_assert_true (sac_program_run (program, NULL, &error));
  begun = g_get_monotonic_time () - begun;
  profile = sac_program_dup_profile (program);
  g_assert_nonnull (profile);
  g_assert_cmpuint (profile->n_runs, ==, 3);
  g_assert_cmpuint (profile->rows->len, ==, sac_program_get_cost (program).n_steps);
  g_assert_cmpfloat (sac_profile_get_seconds (profile), >, 0);
  g_assert_cmpfloat (3 * sac_profile_get_seconds (profile), <=, 1e-6 * (double) begun);
  sac_program_free (program);
  sac_backend_free (vulkan);
}

static char *
dup_tiles_path (void)
{
  g_autofree char *folder = g_build_filename (sac_env_cache_dir (), "tiles", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;

  return name ? g_build_filename (folder, name, NULL) : NULL;
}

static GString *told;

static void
keep_told (const char *text)
{
  g_string_append (told, text);
}

/* All shaders of the fused convolution give the tuner the same numbers: with statistics whose variances may be next to nothing, deep
 * sums, f16 (where some overflow) and the depth shared among workgroups. */
static void
test_tune_agrees (void)
{
  const SacConv3dApply apply = { { .stride = { 1, 1, 1 }, .pad = { 0, 1, 1 } }, 1e-5f, TRUE };
  const struct { gint32 c, k, size; } sizes[] = { { 130, 40, 7 }, { 600, 36, 6 } };
  SacBackend *vulkan;
  GPrintFunc before;

  g_setenv ("SACCADE_VULKAN_TUNE", "1", TRUE);
  vulkan = open_vulkan ();
  g_unsetenv ("SACCADE_VULKAN_TUNE");
  if (!vulkan)
    return;
  told = g_string_new (NULL);
  before = g_set_printerr_handler (keep_told);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      const SacDtype dtype = i % 2 && sac_backend_stores (vulkan, SAC_F16) ? SAC_F16 : SAC_F32;
      const gint32 c = sizes[i / 2].c, k = sizes[i / 2].k, size = sizes[i / 2].size;
      SacKernelArgs shapes = { .op = sac_op_find ("conv3d_apply"), .n_src = 6, .params = &apply, .src = {
        { .shape = SAC_SHAPE (1, c, 1, size, size), .dtype = dtype }, { .shape = SAC_SHAPE (k, c, 1, 3, 3) },
        { .shape = SAC_SHAPE (2, k, 1, 1, 1) }, { .shape = SAC_SHAPE (1, k, 1, 1, 1) }, { .shape = SAC_SHAPE (1, k, 1, 1, 1) },
        { .shape = SAC_SHAPE (1, k, 1, size, size), .dtype = dtype } },
        .dst = { .shape = SAC_SHAPE (1, k, 1, size, size), .dtype = dtype } };
      guint variant;
      gsize workspace;

      g_assert_true (vulkan->select (vulkan, &shapes, &variant, &workspace, NULL));
    }
  g_set_printerr_handler (before);
  sac_backend_free (vulkan);
  g_assert_cmpstr (told->str, ==, "");
  g_string_free (told, TRUE);
}

/* Ways of an op are told apart by measuring, once; what the file says is followed only as far as it makes sense. */
static void
test_tune (void)
{
  g_autofree char *path = NULL, *first = NULL, *second = NULL;
  const char *bad[] = { "", "nonsense\n[", "[tiles]\n%s=99\n", "[tiles]\n%s=-1\n", "[tiles]\n%s=x\n" };
  g_autofree float *plain = NULL;
  SacBackend *vulkan = open_vulkan ();
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!vulkan)
    return;
  plain = forward (vulkan, &n, &error);
  sac_backend_free (vulkan);
  g_assert_null (dup_tiles_path ());            /* software: not unless asked */
  g_setenv ("SACCADE_VULKAN_TUNE", "1", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (bad) + 2; i++)
    {
      g_autofree float *out = NULL;
      g_autofree char *text = NULL;
      double difference = 0, power = 0;

      if (i >= 2)
        {
          g_autofree char *key = g_strndup (first + strlen ("[tiles]\n"), strcspn (first + strlen ("[tiles]\n"), "="));
          g_auto (GStrv) parts = g_strsplit (bad[i - 2], "%s", 2);

          text = g_strjoinv (key, parts);
          g_assert_true (g_file_set_contents (path, text, -1, NULL));
        }
      vulkan = open_vulkan ();
      out = forward (vulkan, &n, &error);
      g_assert_no_error (error);
      sac_backend_free (vulkan);
      for (gsize k = 0; k < n; k++)
        {
          difference += ((double) out[k] - plain[k]) * ((double) out[k] - plain[k]);
          power += (double) plain[k] * plain[k];
        }
      g_assert_cmpfloat (difference / power, <=, 1e-10);
      if (i == 0)
        path = dup_tiles_path ();
      g_assert_nonnull (path);
      if (i < 2)
        g_assert_true (g_file_get_contents (path, i == 0 ? &first : &second, NULL, NULL));
    }
  g_unsetenv ("SACCADE_VULKAN_TUNE");
  g_assert_cmpstr (first, ==, second);
  g_assert_true (g_str_has_prefix (first, "[tiles]\nconv3d_"));
}

/* The one file that the devices' pipelines are kept in. */
static char *
dup_cache_path (void)
{
  g_autofree char *folder = g_build_filename (sac_env_cache_dir (), "pipelines", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;

  return name ? g_build_filename (folder, name, NULL) : NULL;
}

/* Opens a device whose cache file holds @data; how much of it was taken. */
static gsize
open_with_cache (const char *path, const char *data, gsize n_bytes)
{
  SacBackend *backend;
  gsize n_read;

  g_assert_true (g_file_set_contents (path, data, (gssize) n_bytes, NULL));
  backend = open_vulkan ();
  n_read = sac_backend_vulkan_get_cache_bytes (backend);
  sac_backend_free (backend);
  return n_read;
}

/* Kept when the device is closed, taken when it is opened; whatever is not as it was written is not shown to the driver. */
static void
test_cache (void)
{
  const gsize mark = 8, sum = 32;
  SacBackend *vulkan = open_vulkan ();
  g_autoptr (GError) error = NULL;
  g_autofree float *out = NULL;
  g_autofree char *path = NULL, *good = NULL, *bad = NULL;
  gsize n, n_good;

  if (!vulkan)
    return;
  out = forward (vulkan, &n, &error);
  g_assert_no_error (error);
  sac_backend_free (vulkan);
  path = dup_cache_path ();
  g_assert_nonnull (path);
  g_assert_true (g_file_get_contents (path, &good, &n_good, &error));
  g_assert_cmpuint (n_good, >=, mark + sum + 32);
  g_assert_cmpuint (open_with_cache (path, good, n_good), ==, n_good - mark - sum);
  bad = g_malloc (n_good);
  for (gsize i = 0; i < mark + sum + 32; i++)
    {
      memcpy (bad, good, n_good);
      bad[i] ^= 0x10;
      g_assert_cmpuint (open_with_cache (path, bad, n_good), ==, 0);
      g_assert_cmpuint (open_with_cache (path, good, i), ==, 0);
    }
  for (gsize i = 0; i < 32; i++)        /* the sum is right, but the driver's header is another's; 4…7 of it: the version */
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
      gsize n_sum = sum;

      memcpy (bad, good, n_good);
      bad[mark + sum + i] ^= (char) 0x80;
      g_checksum_update (checksum, (guint8 *) bad + mark + sum, (gssize) (n_good - mark - sum));
      g_checksum_get_digest (checksum, (guint8 *) bad + mark, &n_sum);
      g_assert_cmpuint (open_with_cache (path, bad, n_good), ==, 0);
    }
  g_assert_cmpuint (open_with_cache (path, good, n_good), >, 0);
}

/* An op that has no shader is refused in words when the program is compiled, not when it runs. */
static void
test_declines_missing_shader (void)
{
  static const SacOp unheard = { .name = "unheard", .n_src = 1 };
  SacBackend *vulkan = open_vulkan ();
  g_autoptr (GError) error = NULL;
  SacKernelArgs shapes = { .op = &unheard, .n_src = 1, .src = { { .shape = SAC_SHAPE (1, 4, 1, 1, 1) } },
                           .dst = { .shape = SAC_SHAPE (1, 4, 1, 1, 1) } };
  guint variant;
  gsize workspace;

  if (!vulkan)
    return;
  g_assert_false (vulkan->select (vulkan, &shapes, &variant, &workspace, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED);
  sac_backend_free (vulkan);
}

static void
test_absent_device (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_backend_vulkan_new (15, &error));
  g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT);
}

/* What `saccade doctor` tells of the devices is what opening them finds. */
static void
test_doctor (void)
{
  const char *argv[] = { g_getenv ("SACCADE_PROGRAM"), "doctor", "--json", NULL };
  g_autoptr (GPtrArray) devices = sac_vulkan_probe ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  const char *best;
  gboolean best_is_cpu = TRUE;
  JsonObject *root;
  JsonArray *told;
  int status;

  if (!argv[0])
    {
      g_test_skip ("SACCADE_PROGRAM is not set");
      return;
    }
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (json_parser_load_from_data (parser, out, -1, &error));
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (root, "cores"), ==, g_get_num_processors ());
  g_assert_cmpint (json_object_get_int_member (root, "memory"), >, 0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "codecs")), >, 5);
  told = json_object_get_array_member (root, "vulkan");
  best = json_object_get_string_member (root, "auto");
  g_assert_cmpuint (json_array_get_length (told), ==, devices->len);
  for (guint i = 0; i < devices->len; i++)
    {
      const SacVulkanDevice *device = devices->pdata[i];
      SacBackend *backend = sac_backend_vulkan_new ((int) i, NULL);

      g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (told, i), "name"), ==, device->name);
      g_assert_cmpuint (device->memory, >, 0);
      g_assert_true ((backend != NULL) == (device->missing == NULL));
      if (best_is_cpu && backend && !device->software)
        {
          g_autofree char *name = g_strdup_printf ("vulkan:%u", i);

          g_assert_cmpstr (best, ==, name);
          best_is_cpu = FALSE;
        }
      if (backend)
        sac_backend_free (backend);
    }
  if (best_is_cpu)
    g_assert_cmpstr (best, ==, "cpu");
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("saccade-XXXXXX", NULL);
  int failed;

  g_setenv ("SACCADE_CACHE", cache, TRUE);      /* its own: others write theirs at the same time */
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_data_func ("/vulkan/tiny-network-equals-cpu", NULL, test_equals_cpu);
  g_test_add_data_func ("/vulkan/tiny-network-equals-cpu/staging", "SACCADE_VULKAN_STAGING", test_equals_cpu);
  g_test_add_data_func ("/vulkan/tiny-network-equals-cpu/fences", "SACCADE_VULKAN_FENCES", test_equals_cpu);
  g_test_add_data_func ("/vulkan/memory", NULL, test_memory);
  g_test_add_data_func ("/vulkan/memory/staging", "SACCADE_VULKAN_STAGING", test_memory);
  g_test_add_func ("/vulkan/stopped-and-lost", test_stopped_and_lost);
  g_test_add_func ("/vulkan/tune", test_tune);
  g_test_add_func ("/vulkan/tune-agrees", test_tune_agrees);
  g_test_add_func ("/vulkan/chunks", test_chunks);
  g_test_add_data_func ("/vulkan/progress", GINT_TO_POINTER (FALSE), test_progress);
  g_test_add_data_func ("/vulkan/progress/cpu", GINT_TO_POINTER (TRUE), test_progress);
  g_test_add_func ("/vulkan/step-times", test_step_times);
  g_test_add_func ("/vulkan/cache", test_cache);
  g_test_add_func ("/vulkan/declines-missing-shader", test_declines_missing_shader);
  g_test_add_func ("/vulkan/absent-device", test_absent_device);
  g_test_add_func ("/vulkan/doctor", test_doctor);
  failed = g_test_run ();
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = i == 0 ? dup_cache_path () : dup_tiles_path (), *folder = path ? g_path_get_dirname (path) : NULL;

      if (path)
        g_unlink (path);
      if (folder)
        g_rmdir (folder);
    }
  g_rmdir (cache);
  return failed;
}
