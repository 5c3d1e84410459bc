#include "sac-image-features.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-infer.h"

#define BATCH 64
#define MOST_WIDTH 1024
#define MOST_CLASSES 4096

struct _SacFeatureNet {
  SacImageNet net;
  int size;                     /* pixels a side */
  char *words, *hash;
  double accuracy;
  guint n_classes, n_features;
  SacBackend *backend;
  SacWeights *weights;
  SacProgram *program;
  SacVar in, outputs[2];        /* probabilities, features */
  float *batch;
};

static char *
find_hash (const char *path)
{
  g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, NULL);

  return map ? g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) g_mapped_file_get_contents (map),
                                            g_mapped_file_get_length (map))
             : g_strdup ("");
}

static gboolean
find_number (SacTensorFile *file, const char *key, double low, double high, double *value)
{
  const char *text = sac_tensor_file_get_metadata (file, key);

  *value = text ? g_ascii_strtod (text, NULL) : NAN;
  return *value >= low && *value <= high;
}

static gboolean
read_head (SacFeatureNet *self, SacTensorFile *file, const char *path, GError **error)
{
  double classes, width, held = 0, trained = 0;

  if (g_strcmp0 (sac_tensor_file_get_metadata (file, "saccade.model"), "image-net-32") != 0
      || !find_number (file, "saccade.classes", 2, MOST_CLASSES, &classes) || !find_number (file, "saccade.width", 1, MOST_WIDTH, &width))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("%s is no classifier made by “saccade gan classifier”"), path);
      return FALSE;
    }
  if (!find_number (file, "saccade.accuracy", 0, 1, &self->accuracy))
    self->accuracy = NAN;
  if (!find_number (file, "saccade.held_out", 0, 1e9, &held))
    held = 0;
  if (!find_number (file, "saccade.trained", 0, 1e9, &trained))
    trained = 0;
  self->net = (SacImageNet) { (gint32) classes, (gint32) width };
  self->size = SAC_IMAGE_NET_SIZE;
  self->n_classes = (guint) classes;
  self->n_features = 4 * (guint) width;
  self->words = g_strdup_printf (_("classifier trained here on %.0f pictures of %.0f classes, %.1f %% of %.0f held-out ones right"),
                                 trained, classes, 100 * self->accuracy, held);
  return TRUE;
}

static gboolean
make_program (SacFeatureNet *self, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar logits;

  self->in = sac_graph_input (graph, "images", SAC_SHAPE (BATCH, 3, 1, self->size, self->size));
  logits = sac_image_net_logits (graph, self->weights, &self->net, self->in, FALSE, &self->outputs[1]);
  self->outputs[0] = sac_softmax (graph, logits);
  self->program = sac_program_compile (graph, self->outputs, 2, self->backend, error);
  self->batch = g_new0 (float, (gsize) BATCH * 3 * (gsize) self->size * (gsize) self->size);
  return self->program != NULL;
}

SacFeatureNet *
sac_feature_net_open (const char *path, guint n_threads, GError **error)
{
  g_autoptr (SacFeatureNet) self = g_new0 (SacFeatureNet, 1);
  g_autofree char *inside = g_build_filename (path, "classifier.safetensors", NULL);
  const char *file_path = g_file_test (path, G_FILE_TEST_IS_DIR) ? inside : path;
  g_autoptr (SacTensorFile) file = NULL;

  if (file_path == inside && !g_file_test (inside, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK,
                   _("%s holds no classifier; “saccade gan classifier --data PATH --out FOLDER” trains one"), path);
      return NULL;
    }
  file = sac_tensor_file_open (file_path, error);
  if (!file || !read_head (self, file, file_path, error))
    return NULL;
  self->hash = find_hash (file_path);
  self->backend = sac_backend_new_for_name ("cpu", n_threads, error);
  self->weights = sac_weights_new ();
  sac_image_net_declare (self->weights, &self->net);
  if (!self->backend || !sac_weights_allocate (self->weights, self->backend, error)
      || !sac_weights_restore (self->weights, NULL, NULL, 0, file, error) || !make_program (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sac_feature_net_free (SacFeatureNet *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->program, sac_program_free);
  g_clear_pointer (&self->weights, sac_weights_free);
  g_clear_pointer (&self->backend, sac_backend_free);
  g_free (self->batch);
  g_free (self->words);
  g_free (self->hash);
  g_free (self);
}

const char *
sac_feature_net_get_words (const SacFeatureNet *self)
{
  return self->words;
}

const char *
sac_feature_net_get_hash (const SacFeatureNet *self)
{
  return self->hash;
}

gboolean
sac_feature_net_is_inception (const SacFeatureNet *self)
{
  return self->size == 299;
}

double
sac_feature_net_get_accuracy (const SacFeatureNet *self)
{
  return self->accuracy;
}

guint
sac_feature_net_get_n_classes (const SacFeatureNet *self)
{
  return self->n_classes;
}

guint
sac_feature_net_get_n_features (const SacFeatureNet *self)
{
  return self->n_features;
}

char *
sac_feature_net_dup_resize (const SacFeatureNet *self, int size)
{
  if (size == self->size)
    return g_strdup ("none");
  return g_strdup_printf (size < self->size ? "bilinear %d→%d, pixel centres at ½" : "area %d→%d", size, self->size);
}

gboolean
sac_feature_net_run (SacFeatureNet *self, const guint8 *rgb, guint n, int size, float *probabilities, float *features,
                     GCancellable *cancellable, GError **error)
{
  gsize each = 3 * (gsize) self->size * (gsize) self->size, from = 3 * (gsize) size * (gsize) size;
  g_autofree guint8 *scaled = size != self->size ? g_new (guint8, each) : NULL;
  g_autofree float *out = g_new (float, BATCH * (gsize) MAX (self->n_classes, self->n_features));
  float *const into[2] = { probabilities, features };
  const guint widths[2] = { self->n_classes, self->n_features };

  for (guint at = 0; at < n; at += BATCH)
    {
      guint count = MIN (BATCH, n - at);

      for (guint i = 0; i < count; i++)
        {
          const guint8 *picture = rgb + from * (at + i);

          if (scaled)
            {
              sac_resize_rgb (picture, size, size, 3 * (gsize) size, self->size, self->size, 0, 0, self->size, self->size, scaled);
              picture = scaled;
            }
          for (gsize p = 0; p < each; p++)
            self->batch[i * each + p] = picture[p] / 127.5f - 1;
        }
      sac_program_set_input (self->program, self->in, self->batch);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sac_program_run (self->program, cancellable, error))
        return FALSE;
      for (guint o = 0; o < 2; o++)
        if (into[o])
          {
            if (!sac_program_get_output (self->program, self->outputs[o], out, error))
              return FALSE;
            memcpy (into[o] + (gsize) at * widths[o], out, (gsize) count * widths[o] * sizeof *out);
          }
    }
  return TRUE;
}
