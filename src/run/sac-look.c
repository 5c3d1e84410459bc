/* The answers to "attend" and "perceive". */
#include <math.h>
#include <string.h>

#include "answer-private.h"

#define MAX_NAMES_BYTES ((gsize) 16 << 20)
#define MAX_LAYERS 4096

void
sac_look_free (SacLook *look)
{
  if (!look)
    return;
  g_strfreev (look->labels);
  g_strfreev (look->layers);
  g_free (look->frames);
  g_free (look->scores);
  g_free (look->branch);
  g_free (look->spatial);
  g_free (look->temporal);
  g_free (look->class_maps);
  g_free (look);
}

gboolean
sac_look_has_attention (const SacLook *look)
{
  return look && look->spatial != NULL;
}

static void
add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_count (JsonBuilder *builder, const char *name, gsize value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

int
_sac_look_write (JsonBuilder *builder, const SacLook *look)
{
  const double shape[3] = { look->t, look->h, look->w };
  gsize places = (gsize) look->t * (gsize) look->h * (gsize) look->w, k = look->n_labels, unit = sizeof (float);
  gboolean classes = look->class_maps && places * (k + 1) + 3 * k + look->n_frames <= _SAC_ANSWER_MAX_FLOATS;
  g_autoptr (GByteArray) names = g_byte_array_new ();
  gsize layers = look->layers ? MIN (g_strv_length (look->layers), MAX_LAYERS) : 0;

  for (gsize i = 0; i < k; i++)
    g_byte_array_append (names, (const guint8 *) look->labels[i], (guint) strlen (look->labels[i]) + 1);
  for (gsize i = 0; i < layers; i++)
    g_byte_array_append (names, (const guint8 *) look->layers[i], (guint) strlen (look->layers[i]) + 1);
  add_count (builder, "labels", k);
  add_count (builder, "layers", layers);
  add_count (builder, "names", names->len);
  add_flag (builder, "softmax", look->softmax);
  add_flag (builder, "time", look->temporal != NULL);
  add_flag (builder, "classes", classes);
  _sac_add_numbers (builder, "shape", shape, 3);
  _sac_add_frames (builder, look->frames, look->n_frames);
  _sac_add_numbers (builder, "crop", look->crop, 4);
  {
    const SacPart parts[] = {
      { look->scores, k * unit },
      { look->branch, look->branch ? k * unit : 0 },
      { look->spatial, places * unit },
      { look->temporal, look->temporal ? (gsize) look->t * unit : 0 },
      { look->class_maps, classes ? places * k * unit : 0 },
      { names->data, names->len },
    };

    return _sac_parts_to_fd (parts, G_N_ELEMENTS (parts));
  }
}

/* The next @n numbers; NULL for none. */
static float *
take_floats (const guint8 **at, gsize n)
{
  float *out = n ? g_new (float, n) : NULL;

  if (n)
    memcpy (out, *at, n * sizeof (float));
  *at += n * sizeof (float);
  return out;
}

/* The next @n names; NULL: they are damaged. */
static char **
take_names (const char **at, const char *end, guint n)
{
  g_auto (GStrv) names = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const char *zero = *at < end ? memchr (*at, 0, (gsize) (end - *at)) : NULL;

      if (!zero || !g_utf8_validate (*at, zero - *at, NULL))
        return NULL;
      names[i] = g_strdup (*at);
      *at = zero + 1;
    }
  return g_steal_pointer (&names);
}

static void
keep_finite (float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!(values[i] >= 0 && isfinite (values[i])))
      values[i] = 0;
}

SacLook *
_sac_look_read (JsonObject *object, int fd, GError **error)
{
  g_autoptr (SacLook) out = g_new0 (SacLook, 1);
  g_autofree guint8 *bytes = NULL;
  gint64 k = _sac_json_int (object, "labels", 0), names = _sac_json_int (object, "names", -1);
  gint64 layers = _sac_json_int (object, "layers", 0);
  gboolean time = _sac_json_flag (object, "time"), classes = _sac_json_flag (object, "classes"), attention;
  gsize places, n_time, n_classes, n_floats;
  const char *name, *end;
  const guint8 *at;
  int shape[3];

  if (k < 1 || k > _SAC_ANSWER_MAX_LABELS || layers < 0 || layers > MAX_LAYERS || names < k + layers || names > (gint64) MAX_NAMES_BYTES)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  if (!_sac_read_shape (object, 0, shape, error) || !_sac_read_frames (object, &out->frames, &out->n_frames, error)
      || !_sac_read_crop (object, out->crop, error))
    return NULL;
  out->n_labels = (guint) k;
  out->t = shape[0], out->h = shape[1], out->w = shape[2];
  out->softmax = _sac_json_flag (object, "softmax");
  places = (gsize) out->t * (gsize) out->h * (gsize) out->w;
  attention = places > 0;
  if (attention ? (guint) out->t != out->n_frames : time || classes || out->t || out->h || out->w)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  n_time = time ? (gsize) out->t : 0;
  n_classes = classes ? places * (gsize) k : 0;
  n_floats = (gsize) k * (attention ? 2 : 1) + places + n_time + n_classes;
  if (n_floats > _SAC_ANSWER_MAX_FLOATS)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  bytes = _sac_bytes_from_fd (fd, n_floats * sizeof (float) + (gsize) names, error);
  if (!bytes)
    return NULL;
  at = bytes;
  out->scores = take_floats (&at, (gsize) k);
  out->branch = take_floats (&at, attention ? (gsize) k : 0);
  out->spatial = take_floats (&at, places);
  out->temporal = take_floats (&at, n_time);
  out->class_maps = take_floats (&at, n_classes);
  _sac_keep_shares (out->scores, (gsize) k);
  _sac_keep_shares (out->branch, attention ? (gsize) k : 0);
  _sac_keep_shares (out->spatial, places);
  _sac_keep_shares (out->temporal, n_time);
  keep_finite (out->class_maps, n_classes);
  name = (const char *) at;
  end = name + names;
  out->labels = take_names (&name, end, out->n_labels);
  out->layers = out->labels ? take_names (&name, end, (guint) layers) : NULL;
  if (!out->layers || name != end)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  return g_steal_pointer (&out);
}

static gpointer
read_look (JsonObject *object, int fd, GError **error)
{
  return _sac_look_read (object, fd, error);
}

void
sac_worker_attend_async (SacWorker *self, const char *run_folder, const char *project, const char *clip, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer data)
{
  _sac_worker_ask (self, _sac_question ("attend", run_folder, project, clip), -1, read_look, (GDestroyNotify) sac_look_free,
                   sac_worker_attend_async, cancellable, callback, data);
}

SacLook *
sac_worker_attend_finish (SacWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sac_worker_attend_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- perceive. */

typedef struct {
  guint n;
  float *values;
} Scores;

static void
scores_free (gpointer data)
{
  g_free (((Scores *) data)->values);
  g_free (data);
}

int
_sac_scores_write (JsonBuilder *builder, const float *scores, guint n)
{
  add_count (builder, "labels", n);
  return _sac_parts_to_fd (&(SacPart) { scores, n * sizeof (float) }, 1);
}

static gpointer
read_scores (JsonObject *object, int fd, GError **error)
{
  gint64 n = _sac_json_int (object, "labels", 0);
  g_autofree guint8 *bytes = NULL;
  Scores *out;

  if (n < 1 || n > _SAC_ANSWER_MAX_LABELS)
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  bytes = _sac_bytes_from_fd (fd, (gsize) n * sizeof (float), error);
  if (!bytes)
    return NULL;
  out = g_new0 (Scores, 1);
  out->n = (guint) n;
  out->values = (float *) (gpointer) g_steal_pointer (&bytes);
  _sac_keep_shares (out->values, out->n);
  return out;
}

int
_sac_maps_write (JsonBuilder *builder, const SacMaps *maps)
{
  const double shape[3] = { maps->t, maps->h, maps->w };
  gsize places = (gsize) maps->t * (gsize) maps->h * (gsize) maps->w;
  const SacPart parts[] = { { maps->spatial, places * sizeof (float) },
                            { maps->temporal, maps->temporal ? (gsize) maps->t * sizeof (float) : 0 } };

  _sac_add_numbers (builder, "shape", shape, 3);
  add_flag (builder, "time", maps->temporal != NULL);
  return _sac_parts_to_fd (parts, G_N_ELEMENTS (parts));
}

float *
_sac_maps_read (JsonObject *object, int fd, SacMaps *maps, GError **error)
{
  gboolean time = _sac_json_flag (object, "time");
  gsize places, n;
  float *values;
  int shape[3];

  if (!_sac_read_shape (object, 1, shape, error))
    return NULL;
  places = (gsize) shape[0] * (gsize) shape[1] * (gsize) shape[2];
  n = places + (time ? (gsize) shape[0] : 0);
  values = (float *) (gpointer) _sac_bytes_from_fd (fd, n * sizeof (float), error);
  if (!values)
    return NULL;
  _sac_keep_shares (values, n);
  *maps = (SacMaps) { shape[0], shape[1], shape[2], values, time ? values + places : NULL };
  return values;
}

void
sac_worker_perceive_async (SacWorker *self, const char *run_folder, const char *project, const char *clip, const SacMaps *maps,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  JsonBuilder *builder = _sac_question ("perceive", run_folder, project, clip);
  int fd = _sac_maps_write (builder, maps);

  _sac_worker_ask (self, builder, fd, read_scores, scores_free, sac_worker_perceive_async, cancellable, callback, data);
}

float *
sac_worker_perceive_finish (SacWorker *self, GAsyncResult *result, guint *n_labels, GError **error)
{
  Scores *scores;
  float *values;

  g_return_val_if_fail (g_async_result_is_tagged (result, sac_worker_perceive_async), NULL);
  scores = g_task_propagate_pointer (G_TASK (result), error);
  if (!scores)
    return NULL;
  if (n_labels)
    *n_labels = scores->n;
  values = g_steal_pointer (&scores->values);
  scores_free (scores);
  return values;
}
