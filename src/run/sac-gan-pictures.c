/* Questions about generated pictures and their answers; both sides. */
#include "sac-gan-pictures.h"

#include <math.h>
#include <string.h>

#include "answer-private.h"
#include "gan-answer-private.h"
#include "sac-gan-graph.h"

#define MOST_SIZE 512
#define MOST_NEAREST 64

void
sac_gan_pictures_free (SacGanPictures *pictures)
{
  if (!pictures)
    return;
  g_free (pictures->rgb);
  g_free (pictures);
}

void
sac_gan_nearest_free (SacGanNearest *nearest)
{
  if (!nearest)
    return;
  g_free (nearest->by);
  g_free (nearest->distances);
  g_free (nearest->rgb);
  g_free (nearest);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text ? text : "");
}

/* ---- the question. */

static void
add_noise (JsonBuilder *builder, const SacGanNoise *noise, guint n)
{
  json_builder_set_member_name (builder, "noise");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_add_int_value (builder, noise[i].seed);
      json_builder_add_int_value (builder, noise[i].to);
      json_builder_add_double_value (builder, isfinite (noise[i].fraction) ? CLAMP (noise[i].fraction, 0, 1) : 0);
    }
  json_builder_end_array (builder);
}

SacGanNoise *
_sac_noise_read (JsonObject *object, guint *n)
{
  JsonArray *array = _sac_json_array (object, "noise");
  guint length = array ? json_array_get_length (array) : 0;
  SacGanNoise *noise;

  *n = length / 3;
  if (length == 0 || length % 3 != 0 || *n > SAC_GAN_MOST_PICTURES)
    return NULL;
  noise = g_new (SacGanNoise, *n);
  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gint64 whole = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;

      if (i % 3 == 0)
        noise[i / 3].seed = whole;
      else if (i % 3 == 1)
        noise[i / 3].to = whole;
      else
        noise[i / 3].fraction = CLAMP (_sac_json_number_at (array, i, 0), 0, 1);
    }
  return noise;
}

/* ---- answers. */

int
_sac_gan_pictures_write (JsonBuilder *builder, const SacGanPictures *pictures)
{
  gsize each = 3 * (gsize) pictures->size * (gsize) pictures->size;

  add_int (builder, "size", pictures->size);
  add_int (builder, "k", pictures->k);
  add_int (builder, "n", pictures->n);
  add_int (builder, "step", (gint64) pictures->step);
  return _sac_parts_to_fd (&(SacPart) { pictures->rgb, each * pictures->n * pictures->k }, 1);
}

static gpointer
read_pictures (JsonObject *object, int fd, GError **error)
{
  gint64 size = _sac_json_int (object, "size", 0), k = _sac_json_int (object, "k", 0), n = _sac_json_int (object, "n", 0);
  guint8 *rgb;
  SacGanPictures *out;

  if (size < 1 || size > MOST_SIZE || k < 1 || k > SAC_GAN_MOST || n < 1 || n * k > SAC_GAN_MOST_PICTURES)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  rgb = _sac_bytes_from_fd (fd, (gsize) (n * k * size * size * 3), error);
  if (!rgb)
    return NULL;
  out = g_new0 (SacGanPictures, 1);
  *out = (SacGanPictures) { (guint) n, (guint) k, (int) size, (guint64) MAX (_sac_json_int (object, "step", 0), 0), rgb };
  return out;
}

int
_sac_gan_nearest_write (JsonBuilder *builder, const SacGanNearest *nearest)
{
  gsize each = 3 * (gsize) nearest->size * (gsize) nearest->size;

  add_int (builder, "size", nearest->size);
  add_int (builder, "n", nearest->n);
  add_text (builder, "by", nearest->by);
  _sac_add_numbers (builder, "distances", nearest->distances, nearest->n);
  return _sac_parts_to_fd (&(SacPart) { nearest->rgb, each * (1 + nearest->n) }, 1);
}

static gpointer
read_nearest (JsonObject *object, int fd, GError **error)
{
  gint64 size = _sac_json_int (object, "size", 0), n = _sac_json_int (object, "n", 0);
  JsonArray *distances = _sac_json_array (object, "distances");
  const char *by = _sac_json_string (object, "by", "");
  guint8 *rgb;
  SacGanNearest *out;

  if (size < 1 || size > MOST_SIZE || n < 1 || n > MOST_NEAREST || !distances || json_array_get_length (distances) != (guint) n)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  rgb = _sac_bytes_from_fd (fd, (gsize) ((1 + n) * size * size * 3), error);
  if (!rgb)
    return NULL;
  out = g_new0 (SacGanNearest, 1);
  out->n = (guint) n;
  out->size = (int) size;
  out->by = g_utf8_make_valid (by, (gssize) MIN (strlen (by), 4096));
  out->rgb = rgb;
  out->distances = g_new (double, n);
  for (guint i = 0; i < out->n; i++)
    out->distances[i] = MAX (_sac_json_number_at (distances, i, 0), 0);
  return out;
}

/* ---- the window's side. */

static JsonBuilder *
begin (const char *ask, const char *run_folder)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "ask", ask);
  add_text (builder, "run", run_folder);
  return builder;
}

void
sac_worker_generate_async (SacWorker *self, const char *run_folder, const SacGanNoise *noise, guint n, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data)
{
  JsonBuilder *builder = begin ("generate", run_folder);

  add_noise (builder, noise, n);
  _sac_worker_ask (self, builder, -1, read_pictures, (GDestroyNotify) sac_gan_pictures_free, sac_worker_generate_async, cancellable,
                   callback, data);
}

SacGanPictures *
sac_worker_generate_finish (SacWorker *worker, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sac_worker_generate_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sac_worker_nearest_async (SacWorker *self, const SacNearestQuestion *question, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer data)
{
  JsonBuilder *builder = begin ("nearest", question->run);

  add_text (builder, "data", question->data);
  add_text (builder, "classifier", question->classifier);
  add_int (builder, "generator", question->generator);
  add_int (builder, "count", question->count);
  add_noise (builder, &question->noise, 1);
  _sac_worker_ask (self, builder, -1, read_nearest, (GDestroyNotify) sac_gan_nearest_free, sac_worker_nearest_async, cancellable,
                   callback, data);
}

SacGanNearest *
sac_worker_nearest_finish (SacWorker *worker, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sac_worker_nearest_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
