/* Answers about a run's pictures, with what they need kept at hand: the last run's generators, the last data, their features. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-gan-net.h"
#include "sac-image-features.h"
#include "sac-infer.h"

#define MOST_COMPARED 200000

struct _SacGanAnswers {
  guint n_threads;
  char *run_folder;
  SacGanMaker *maker;
  char *source;                 /* of @images, and their size */
  SacImages *images;
  char *classifier;
  SacFeatureNet *net;
  float *features;              /* of all images, by @net; NULL: not looked at yet */
};

SacGanAnswers *
sac_gan_answers_new (guint n_threads)
{
  SacGanAnswers *self = g_new0 (SacGanAnswers, 1);

  self->n_threads = n_threads;
  return self;
}

static void
forget_features (SacGanAnswers *self)
{
  g_clear_pointer (&self->features, g_free);
}

void
sac_gan_answers_free (SacGanAnswers *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->maker, sac_gan_maker_free);
  g_clear_pointer (&self->images, sac_images_free);
  g_clear_pointer (&self->net, sac_feature_net_free);
  forget_features (self);
  g_free (self->run_folder);
  g_free (self->source);
  g_free (self->classifier);
  g_free (self);
}

static SacGanMaker *
get_maker (SacGanAnswers *self, const char *run_folder, GError **error)
{
  if (self->maker && g_strcmp0 (run_folder, self->run_folder) == 0 && !sac_gan_maker_is_stale (self->maker))
    return self->maker;
  g_clear_pointer (&self->maker, sac_gan_maker_free);
  g_free (self->run_folder);
  self->run_folder = g_strdup (run_folder);
  self->maker = sac_gan_maker_open (run_folder, self->n_threads, error);
  return self->maker;
}

SacGanPictures *
sac_gan_answers_generate (SacGanAnswers *self, const char *run_folder, const SacGanNoise *noise, guint n, GCancellable *cancellable,
                          GError **error)
{
  SacGanMaker *maker = get_maker (self, run_folder, error);
  const SacGanRecipe *recipe = maker ? sac_gan_maker_get_recipe (maker) : NULL;
  g_autoptr (SacGanPictures) out = NULL;
  g_autofree float *z = NULL;

  if (!maker)
    return NULL;
  if (n < 1 || n * recipe->graph.k > SAC_GAN_MOST_PICTURES)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("At most %d pictures are drawn at once"), SAC_GAN_MOST_PICTURES);
      return NULL;
    }
  out = g_new0 (SacGanPictures, 1);
  *out = (SacGanPictures) { n, recipe->graph.k, recipe->size, sac_gan_maker_get_step (maker),
                            g_new (guint8, (gsize) n * recipe->graph.k * 3 * (gsize) recipe->size * (gsize) recipe->size) };
  z = g_new (float, (gsize) n * (guint) recipe->z);
  sac_gan_maker_noise (maker, noise, n, z);
  return sac_gan_maker_draw (maker, z, n, out->rgb, cancellable, error) ? g_steal_pointer (&out) : NULL;
}

/* ---- nearest training pictures. */

static gboolean
get_images (SacGanAnswers *self, const SacNearestQuestion *question, int size, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacRunInfo) info = NULL;
  const char *source = question->data;

  if (!source || !*source)
    {
      info = sac_run_info_read (question->run, error);
      if (!info)
        return FALSE;
      source = info->project;
    }
  if (self->images && self->images->size == size && g_strcmp0 (source, self->source) == 0)
    return TRUE;
  g_clear_pointer (&self->images, sac_images_free);
  forget_features (self);
  g_free (self->source);
  self->source = g_strdup (source);
  self->images = sac_images_load (source, size, MOST_COMPARED, NULL, NULL, cancellable, error);
  return self->images != NULL;
}

static gboolean
get_features (SacGanAnswers *self, const char *classifier, GCancellable *cancellable, GError **error)
{
  if (!self->net || g_strcmp0 (classifier, self->classifier) != 0)
    {
      g_clear_pointer (&self->net, sac_feature_net_free);
      forget_features (self);
      g_free (self->classifier);
      self->classifier = g_strdup (classifier);
      self->net = sac_feature_net_open (classifier, self->n_threads, error);
    }
  if (!self->net || self->features)
    return self->net != NULL;
  self->features = g_try_new (float, (gsize) self->images->n * sac_feature_net_get_n_features (self->net));
  if (self->features && sac_feature_net_run (self->net, self->images->pixels, self->images->n, self->images->size, NULL, self->features,
                                             cancellable, error))
    return TRUE;
  if (!self->features)
    g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for the features of %u pictures"), self->images->n);
  forget_features (self);
  return FALSE;
}

typedef struct { double distance; guint picture; } Found;

static int
by_distance (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return (x->picture > y->picture) - (x->picture < y->picture);
}

static void
compare_pixels (const SacImages *images, const guint8 *picture, Found *found)
{
  gsize each = 3 * (gsize) images->size * (gsize) images->size;

  for (guint i = 0; i < images->n; i++)
    {
      guint64 sum = 0;

      for (gsize p = 0; p < each; p++)
        {
          int gap = (int) picture[p] - (int) images->pixels[i * each + p];

          sum += (guint64) (gap * gap);
        }
      found[i] = (Found) { sqrt ((double) sum / (double) each) / 255, i };
    }
}

static gboolean
compare_features (SacGanAnswers *self, const guint8 *picture, Found *found, GCancellable *cancellable, GError **error)
{
  guint d = sac_feature_net_get_n_features (self->net);
  g_autofree float *mine = g_new (float, d);

  if (!sac_feature_net_run (self->net, picture, 1, self->images->size, NULL, mine, cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->images->n; i++)
    {
      double sum = 0;

      for (guint j = 0; j < d; j++)
        {
          double gap = (double) mine[j] - (double) self->features[(gsize) i * d + j];

          sum += gap * gap;
        }
      found[i] = (Found) { sqrt (sum), i };
    }
  return TRUE;
}

SacGanNearest *
sac_gan_answers_find_nearest (SacGanAnswers *self, const SacNearestQuestion *question, GCancellable *cancellable, GError **error)
{
  gboolean by_features = question->classifier && *question->classifier;
  g_autoptr (SacGanPictures) made = sac_gan_answers_generate (self, question->run, &question->noise, 1, cancellable, error);
  g_autoptr (SacGanNearest) out = NULL;
  g_autofree Found *found = NULL;
  const guint8 *picture;
  gsize each;

  if (!made)
    return NULL;
  if (question->generator >= made->k)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("The run has %u generators"), made->k);
      return NULL;
    }
  if (!get_images (self, question, made->size, cancellable, error)
      || (by_features && !get_features (self, question->classifier, cancellable, error)))
    return NULL;
  each = 3 * (gsize) made->size * (gsize) made->size;
  picture = made->rgb + question->generator * each;
  found = g_new (Found, self->images->n);
  if (!by_features)
    compare_pixels (self->images, picture, found);
  else if (!compare_features (self, picture, found, cancellable, error))
    return NULL;
  qsort (found, self->images->n, sizeof *found, by_distance);
  out = g_new0 (SacGanNearest, 1);
  out->n = CLAMP (question->count, 1, self->images->n);
  out->size = made->size;
  out->by = g_strdup (by_features ? sac_feature_net_get_words (self->net) : _("pixels"));
  out->distances = g_new (double, out->n);
  out->rgb = g_new (guint8, (1 + out->n) * each);
  memcpy (out->rgb, picture, each);
  for (guint i = 0; i < out->n; i++)
    {
      out->distances[i] = found[i].distance;
      memcpy (out->rgb + (1 + i) * each, self->images->pixels + found[i].picture * each, each);
    }
  return g_steal_pointer (&out);
}
