/* The answer to "explain". */
#include <string.h>

#include "answer-private.h"

static const char *const map_names[SAC_N_ASKED_MAPS] = { "gradcam", "gradient", "random" };

const char *
sac_asked_map_get_name (SacAskedMap map)
{
  return map_names[map];
}

int
sac_asked_map_from_name (const char *name)
{
  for (int i = 0; i < SAC_N_ASKED_MAPS; i++)
    if (strcmp (name, map_names[i]) == 0)
      return i;
  return -1;
}

void
sac_explanation_free (SacExplanation *explanation)
{
  if (!explanation)
    return;
  g_free (explanation->label);
  g_free (explanation->frames);
  g_free (explanation->weights);
  g_strfreev (explanation->top_labels);
  g_free (explanation->top_scores);
  g_free (explanation->map);
  g_free (explanation);
}

int
_sac_explanation_write (JsonBuilder *builder, const SacExplanation *explanation)
{
  const double shape[3] = { explanation->t, explanation->h, explanation->w };
  gsize n = (gsize) explanation->t * (gsize) explanation->h * (gsize) explanation->w;

  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, explanation->label);
  json_builder_set_member_name (builder, "score");
  _sac_json_add_number (builder, explanation->score);
  _sac_add_frames (builder, explanation->frames, explanation->n_frames);
  json_builder_set_member_name (builder, "weights");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->n_frames; i++)
    _sac_json_add_number (builder, (double) explanation->weights[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->n_top; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, explanation->top_labels[i]);
      json_builder_set_member_name (builder, "score");
      _sac_json_add_number (builder, explanation->top_scores[i]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  _sac_add_numbers (builder, "shape", shape, 3);
  _sac_add_numbers (builder, "crop", explanation->crop, 4);
  return _sac_parts_to_fd (&(SacPart) { explanation->map, n * sizeof (float) }, 1);
}

static gboolean
read_members (JsonObject *object, SacExplanation *out, GError **error)
{
  JsonArray *weights = _sac_json_array (object, "weights"), *top = _sac_json_array (object, "top");
  int shape[3];

  if (!weights || !top || !_sac_read_shape (object, 1, shape, error) || !_sac_read_frames (object, &out->frames, &out->n_frames, error)
      || !_sac_read_crop (object, out->crop, error))
    return error && *error ? FALSE : _sac_damaged_answer (error);
  out->t = shape[0], out->h = shape[1], out->w = shape[2];
  if (out->n_frames != (guint) out->t || json_array_get_length (weights) != out->n_frames)
    return _sac_damaged_answer (error);
  out->label = g_strdup (_sac_json_string (object, "label", ""));
  out->score = _sac_json_double (object, "score", 0);
  out->weights = g_new0 (float, out->n_frames + 1);
  for (guint i = 0; i < out->n_frames; i++)
    out->weights[i] = (float) CLAMP (_sac_json_number_at (weights, i, 0), 0, 1);
  out->top_labels = g_new0 (char *, json_array_get_length (top) + 1);
  out->top_scores = g_new0 (double, json_array_get_length (top) + 1);
  for (guint i = 0; i < json_array_get_length (top); i++)
    {
      JsonNode *node = json_array_get_element (top, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (!row)
        continue;
      out->top_labels[out->n_top] = g_strdup (_sac_json_string (row, "label", ""));
      out->top_scores[out->n_top++] = _sac_json_double (row, "score", 0);
    }
  return TRUE;
}

SacExplanation *
_sac_explanation_read (JsonObject *object, int fd, GError **error)
{
  g_autoptr (SacExplanation) out = g_new0 (SacExplanation, 1);
  gsize n;

  if (!read_members (object, out, error))
    return NULL;
  n = (gsize) out->t * (gsize) out->h * (gsize) out->w;
  out->map = (float *) (gpointer) _sac_bytes_from_fd (fd, n * sizeof (float), error);
  if (!out->map)
    return NULL;
  _sac_keep_shares (out->map, n);
  return g_steal_pointer (&out);
}

static gpointer
read_answer (JsonObject *object, int fd, GError **error)
{
  return _sac_explanation_read (object, fd, error);
}

void
sac_worker_explain_async (SacWorker *self, const SacQuestion *question, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer data)
{
  JsonBuilder *builder = _sac_question ("explain", question->run, question->project, question->clip);

  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, question->label ? question->label : "");
  json_builder_set_member_name (builder, "map");
  json_builder_add_string_value (builder, sac_asked_map_get_name (question->map));
  json_builder_set_member_name (builder, "layer");
  json_builder_add_string_value (builder, question->layer ? question->layer : "");
  _sac_worker_ask (self, builder, -1, read_answer, (GDestroyNotify) sac_explanation_free, sac_worker_explain_async, cancellable,
                   callback, data);
}

SacExplanation *
sac_worker_explain_finish (SacWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sac_worker_explain_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
