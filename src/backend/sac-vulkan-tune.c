/* Vulkan: which of an op's shaders is the fastest for given shapes.  Measured when they are first met, on memory of its own, and kept on
 * disk, one file a device and driver version in tiles/ of the cache folder. */
#define G_LOG_DOMAIN "saccade"
#include <math.h>
#include <string.h>

#include "base/sac-file.h"
#include "sac-vulkan-private.h"

#define MAX_BYTES (4u << 20)
#define RUNS 3
#define GROUP "tiles"
enum { DST = SAC_MAX_SRC, WORKSPACE, N_BUFFERS };

void
_sac_vulkan_tune_open (SacVulkan *self)
{
  g_autofree char *name = g_path_get_basename (self->cache_path), *file = g_strconcat (name, ".ini", NULL);
  g_autoptr (GBytes) data = NULL;

  if (!sac_env_vulkan_tune (!self->software) || self->tick_seconds <= 0)
    return;
  self->tiles_path = g_build_filename (sac_env_cache_dir (), "tiles", file, NULL);
  self->tiles = g_key_file_new ();
  data = sac_file_read (self->tiles_path, MAX_BYTES, NULL);
  if (data)
    g_key_file_load_from_bytes (self->tiles, data, G_KEY_FILE_NONE, NULL);      /* a damaged one is measured again */
}

/* What was learned is worth nothing without the device: no errors. */
void
_sac_vulkan_tune_close (SacVulkan *self)
{
  if (self->tiles && self->tiles_stale)
    {
      g_autofree char *text = g_key_file_to_data (self->tiles, NULL, NULL), *folder = g_path_get_dirname (self->tiles_path);

      g_mkdir_with_parents (folder, 0700);
      sac_file_replace (self->tiles_path, text, strlen (text), NULL);
    }
  g_clear_pointer (&self->tiles, g_key_file_free);
  g_clear_pointer (&self->tiles_path, g_free);
}

/* Op, shapes, dtypes and params in one word. */
static char *
dup_key (const SacKernelArgs *shapes)
{
  GString *key = g_string_new (shapes->op->name);
  const guint8 *params = shapes->params;

  for (guint i = 0; i <= shapes->n_src; i++)
    {
      const SacTensor *operand = i < shapes->n_src ? &shapes->src[i] : &shapes->dst;
      SacShape s = operand->shape;

      g_string_append_printf (key, "_%dx%dx%dx%dx%d%s", s.n, s.c, s.t, s.h, s.w, operand->dtype == SAC_F16 ? "h" : "");
    }
  g_string_append_c (key, '-');
  for (gsize i = 0; params && i < shapes->op->params_size; i += sizeof (guint32))
    {
      guint32 word = 0;

      memcpy (&word, params + i, MIN (sizeof word, shapes->op->params_size - i));
      g_string_append_printf (key, "%x.", word);
    }
  return g_string_free (key, FALSE);
}

/* Numbers of 0…1 in f32 (some are variances), of −½…½ in f16, the same few over and over: with zeros a device may be faster than with
 * anything else. */
static void
fill (SacVulkan *self, SacBuffer *buffer, SacDtype dtype, gsize n_bytes)
{
  enum { N = 16384 };
  g_autofree guint16 *halves = g_new (guint16, 2 * N);
  float *numbers = (float *) halves;

  for (guint i = 0; i < (dtype == SAC_F16 ? 2 * N : N); i++)
    {
      guint32 word = i * 2654435761u;

      if (dtype == SAC_F16)     /* ±(1024 … 2047) / 4096 */
        halves[i] = (guint16) ((word >> 16 & 0x83ff) | (13 << 10));
      else
        numbers[i] = (float) (word >> 8) / (1 << 24);
    }
  for (gsize at = 0; at < n_bytes; at += 2 * N * sizeof (guint16))
    _sac_vulkan_upload (&self->base, buffer, at, halves, MIN (n_bytes - at, 2 * N * sizeof (guint16)));
}

double
_sac_vulkan_measure (SacVulkan *self, const SacKernelArgs *shapes, const SacVulkanVariant *variant, guint number, GByteArray *sample)
{
  SacBuffer *buffers[N_BUFFERS] = { NULL };
  SacStep step = { .node = { .op = shapes->op, .n_src = shapes->n_src, .shape = shapes->dst.shape, .params = shapes->params },
                   .dtype = shapes->dst.dtype, .dst = { DST, 0 }, .workspace = { WORKSPACE, 0 }, .variant = number };
  SacProgramPlan plan = { &step, 1, buffers, N_BUFFERS, 0 };
  gpointer prepared = NULL;
  double seconds = INFINITY;
  gboolean fine = TRUE;

  for (guint i = 0; i < shapes->n_src && fine; i++)
    if (shapes->src[i].shape.n > 0)
      {
        step.node.src[i] = (SacVar) i + 1;
        step.src_shape[i] = shapes->src[i].shape;
        step.src_dtype[i] = shapes->src[i].dtype;
        step.src[i] = (SacPlace) { i, 0 };
        step.src_bytes[i] = sac_dtype_bytes (shapes->src[i].dtype) * sac_shape_count (shapes->src[i].shape);
        buffers[i] = _sac_vulkan_alloc (&self->base, step.src_bytes[i], NULL);
        fine = buffers[i] != NULL;
        if (fine)
          fill (self, buffers[i], shapes->src[i].dtype, step.src_bytes[i]);
      }
  step.dst_bytes = sac_op_result_bytes (shapes);
  step.workspace_bytes = variant->scratch ? variant->scratch (shapes) : 0;
  if (fine)
    {
      buffers[DST] = _sac_vulkan_alloc (&self->base, step.dst_bytes, NULL);
      buffers[WORKSPACE] = _sac_vulkan_alloc (&self->base, MAX (step.workspace_bytes, 16), NULL);
      fine = buffers[DST] && buffers[WORKSPACE];
    }
  if (fine)
    prepared = _sac_vulkan_prepare (&self->base, &plan, NULL);
  fine = prepared && _sac_vulkan_run (&self->base, prepared, &plan, NULL, NULL);       /* the first warms up */
  if (fine)
    _sac_vulkan_step_times (&self->base, prepared, &plan, NULL);
  for (guint i = 0; i < RUNS && fine; i++)
    fine = _sac_vulkan_run (&self->base, prepared, &plan, NULL, NULL);
  if (fine && _sac_vulkan_step_times (&self->base, prepared, &plan, &seconds) == 0)
    seconds = INFINITY;
  if (fine && sample)
    {
      gsize n_numbers = sac_dtype_bytes (shapes->dst.dtype) * sac_shape_count (shapes->dst.shape);

      g_byte_array_set_size (sample, (guint) MIN (n_numbers, SAC_VULKAN_SAMPLE_BYTES));
      if (!_sac_vulkan_download (&self->base, buffers[DST], 0, sample->data, sample->len, NULL))
        seconds = INFINITY;
    }
  _sac_vulkan_unprepare (&self->base, prepared);
  for (guint i = 0; i < N_BUFFERS; i++)
    _sac_vulkan_release (&self->base, buffers[i]);
  return seconds;
}

static double
read_number (const GByteArray *sample, SacDtype dtype, gsize i)
{
  guint16 half;

  if (dtype != SAC_F16)
    return (double) ((const float *) (gconstpointer) sample->data)[i];
  half = ((const guint16 *) (gconstpointer) sample->data)[i];
  if ((half >> 10 & 31) == 31)
    return half & 1023 ? NAN : half & 0x8000 ? -INFINITY : INFINITY;
  return (half & 0x8000 ? -1 : 1) * (half >> 10 & 31 ? ldexp (1024 + (half & 1023), (half >> 10 & 31) - 25) : ldexp (half & 1023, -24));
}

/* A shader that some driver gets wrong is never chosen: what it gives must be what the first gives, but for rounding. */
static gboolean
agrees (const GByteArray *sample, const GByteArray *first, SacDtype dtype)
{
  double difference = 0, power = 0;

  if (sample->len != first->len)
    return FALSE;
  for (gsize i = 0; i < sample->len / sac_dtype_bytes (dtype); i++)
    {
      double a = read_number (sample, dtype, i), b = read_number (first, dtype, i);

      if (isfinite (b) || a != b)       /* f16 overflows in both alike */
        {
          difference += (a - b) * (a - b);
          power += b * b;
        }
    }
  return difference <= 1e-5 * power;
}

guint
_sac_vulkan_tune (SacVulkan *self, const SacKernelArgs *shapes, const SacVulkanVariant *variants, guint first)
{
  g_autofree char *key = NULL;
  g_autoptr (GByteArray) reference = g_byte_array_new (), other = g_byte_array_new ();
  GByteArray *samples[2] = { reference, other };
  double least = INFINITY;
  guint best = first, n = 0;

  while (variants[n].shader)
    n++;
  if (!self->tiles || n - first < 2)
    return first;
  key = dup_key (shapes);
  if (g_key_file_has_key (self->tiles, GROUP, key, NULL))
    {
      int told = g_key_file_get_integer (self->tiles, GROUP, key, NULL);

      if (told >= (int) first && told < (int) n && _sac_vulkan_variant_fits (self, &variants[told], shapes))
        return (guint) told;
    }
  for (guint i = first; i < n; i++)
    if (_sac_vulkan_variant_fits (self, &variants[i], shapes))
      {
        double seconds = _sac_vulkan_measure (self, shapes, &variants[i], i, samples[i > first]);

        if (i > first && samples[0]->len > 0 && seconds < INFINITY && !agrees (samples[1], samples[0], shapes->dst.dtype))
          {
            g_printerr ("vulkan: %s of %s gives other numbers here and is not used\n", variants[i].name, shapes->op->name);
            continue;
          }
        sac_debug (VULKAN, "%s: %s %.3f ms\n", key, variants[i].name, 1e3 * seconds);
        if (seconds < least)
          {
            least = seconds;
            best = i;
          }
      }
  if (least < INFINITY)
    {
      g_key_file_set_integer (self->tiles, GROUP, key, (int) best);
      self->tiles_stale = TRUE;
    }
  return best;
}
