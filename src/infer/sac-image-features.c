#include "sac-image-features.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-infer.h"

#define BATCH 64
#define INCEPTION_BATCH 8       /* its pictures are large */
#define MOST_WIDTH 1024
#define MOST_CLASSES 4096

struct _SacFeatureNet {
  gboolean is_inception;
  SacImageNet net;
  SacInception inception;
  int size;                     /* pixels a side */
  guint n_batch;
  int program_size;             /* of the pictures @program takes */
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
  self->n_batch = BATCH;
  self->n_classes = (guint) classes;
  self->n_features = 4 * (guint) width;
  self->words = g_strdup_printf (_("classifier trained here on %.0f pictures of %.0f classes, %.1f %% of %.0f held-out ones right"),
                                 trained, classes, 100 * self->accuracy, held);
  return TRUE;
}

/* ---- Inception-v3. */

/* Rows of the last layer tell which of the two it is. */
static gboolean
read_inception (SacFeatureNet *self, SacTensorFile *file, GError **error)
{
  gint at = sac_tensor_file_find (file, "fc.weight");
  const SacTensorInfo *info = at >= 0 ? sac_tensor_file_get_info (file, (guint) at) : NULL;

  if (!info || info->rank != 2 || info->dims[1] != SAC_INCEPTION_FEATURES || (info->dims[0] != 1000 && info->dims[0] != 1008))
    {
      g_set_error_literal (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK,
                           _("These weights of Inception-v3 have no last layer “fc” of 1000 or 1008 classes"));
      return FALSE;
    }
  self->is_inception = TRUE;
  self->inception = (SacInception) { (gint32) info->dims[0], info->dims[0] == 1008 };
  self->size = SAC_INCEPTION_SIZE;
  self->n_batch = INCEPTION_BATCH;
  self->accuracy = NAN;
  self->n_classes = (guint) info->dims[0];
  self->n_features = SAC_INCEPTION_FEATURES;
  self->words = g_strdup_printf (self->inception.original ? _("Inception-v3 of 2015, %d classes, weights given by the user")
                                                          : _("Inception-v3, %d classes, weights given by the user"),
                                 (int) info->dims[0]);
  return TRUE;
}

/* Every layer must be in the file: one drawn by chance would give numbers that look like scores. */
static gboolean
load_inception (SacFeatureNet *self, SacTensorFile *file, const char *path, GError **error)
{
  SacMapReport *report = NULL;
  gboolean fine = sac_weights_load (self->weights, file, SAC_INFLATE_NONE, 0, &report, error);

  if (fine && (report->n_missing > 0 || report->n_replaced > 0))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("%s lacks %u layers of Inception-v3"), path,
                   report->n_missing + report->n_replaced);
      fine = FALSE;
    }
  g_clear_pointer (&report, sac_map_report_free);
  return fine;
}

/* ---- both. */

static gboolean
make_program (SacFeatureNet *self, int size, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar logits, images;

  g_clear_pointer (&self->program, sac_program_free);
  g_clear_pointer (&self->batch, g_free);
  self->program_size = self->is_inception ? size : self->size;
  self->in = images = sac_graph_input (graph, "images", SAC_SHAPE ((gint32) self->n_batch, 3, 1, self->program_size, self->program_size));
  if (self->is_inception && size != self->size)
    images = sac_resize_linear (graph, images, 1, self->size, self->size, FALSE);
  if (self->is_inception)
    logits = sac_inception_logits (graph, self->weights, &self->inception, images, &self->outputs[1]);
  else
    logits = sac_image_net_logits (graph, self->weights, &self->net, images, FALSE, &self->outputs[1]);
  self->outputs[0] = sac_softmax (graph, logits);
  self->program = sac_program_compile (graph, self->outputs, 2, self->backend, error);
  self->batch = g_new0 (float, (gsize) self->n_batch * 3 * (gsize) self->program_size * (gsize) self->program_size);
  return self->program != NULL;
}

SacFeatureNet *
sac_feature_net_open (const char *path, guint n_threads, GError **error)
{
  g_autoptr (SacFeatureNet) self = g_new0 (SacFeatureNet, 1);
  g_autofree char *inside = g_build_filename (path, "classifier.safetensors", NULL);
  const char *file_path = g_file_test (path, G_FILE_TEST_IS_DIR) ? inside : path;
  g_autoptr (SacTensorFile) file = NULL;
  gboolean fine;

  if (file_path == inside && !g_file_test (inside, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK,
                   _("%s holds no classifier; “saccade gan classifier --data PATH --out FOLDER” trains one"), path);
      return NULL;
    }
  file = sac_tensor_file_open (file_path, error);
  if (!file)
    return NULL;
  fine = sac_tensor_file_find (file, "Conv2d_1a_3x3.conv.weight") >= 0 ? read_inception (self, file, error)
                                                                      : read_head (self, file, file_path, error);
  if (!fine)
    return NULL;
  self->hash = find_hash (file_path);
  self->backend = sac_backend_new_for_name ("cpu", n_threads, error);
  self->weights = sac_weights_new ();
  if (self->is_inception)
    sac_inception_declare (self->weights, &self->inception);
  else
    sac_image_net_declare (self->weights, &self->net);
  if (!self->backend || !sac_weights_allocate (self->weights, self->backend, error))
    return NULL;
  fine = self->is_inception ? load_inception (self, file, file_path, error)
                            : sac_weights_restore (self->weights, NULL, NULL, 0, file, error);
  return fine && make_program (self, self->size, error) ? g_steal_pointer (&self) : NULL;
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
  return self->is_inception;
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
  if (self->is_inception)
    return g_strdup_printf ("bilinear %d→%d, pixel centres at ½, not rounded", size, self->size);
  return g_strdup_printf (size < self->size ? "bilinear %d→%d, pixel centres at ½" : "area %d→%d", size, self->size);
}

gboolean
sac_feature_net_run (SacFeatureNet *self, const guint8 *rgb, guint n, int size, float *probabilities, float *features,
                     GCancellable *cancellable, GError **error)
{
  int taken = self->is_inception ? size : self->size;
  gsize each = 3 * (gsize) taken * (gsize) taken, from = 3 * (gsize) size * (gsize) size;
  g_autofree guint8 *scaled = size != taken ? g_new (guint8, each) : NULL;
  g_autofree float *out = g_new (float, self->n_batch * (gsize) MAX (self->n_classes, self->n_features));
  const float half = self->is_inception ? 128 : 127.5f;
  float *const into[2] = { probabilities, features };
  const guint widths[2] = { self->n_classes, self->n_features };

  if (self->program_size != taken && !make_program (self, size, error))
    return FALSE;
  for (guint at = 0; at < n; at += self->n_batch)
    {
      guint count = MIN (self->n_batch, n - at);

      for (guint i = 0; i < count; i++)
        {
          const guint8 *picture = rgb + from * (at + i);

          if (scaled)
            {
              sac_resize_rgb (picture, size, size, 3 * (gsize) size, taken, taken, 0, 0, taken, taken, scaled);
              picture = scaled;
            }
          for (gsize p = 0; p < each; p++)
            self->batch[i * each + p] = picture[p] / half - 1;
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
