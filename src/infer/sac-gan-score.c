#include "sac-gan-score.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-gan-net.h"
#include "sac-gan-scores.h"
#include "sac-image-features.h"

#define MANY 512                /* pictures at a time */
#define MOST_IMAGES 50000
#define USUAL_IMAGES 10000
#define SPLITS 10
#define NEIGHBOURS 3
#define SUBSETS 100
#define SUBSET 1000
#define LEAST_SHARE 0.01
#define PAIRS 1000              /* of MS-SSIM */

/* Pictures as the feature network sees them. */
typedef struct {
  guint n;
  float *probabilities, *features;
} Seen;

struct _SacGanJudge {
  SacFeatureNet *net;
  const SacImages *images;
  guint n_images, n_threads;
  Seen real;                    /* in an order by chance, so that consecutive parts are alike */
  guint32 *order;
  SacFeatureStats *stats;
};

typedef struct {
  SacProgressFunc progress;
  gpointer data;
  GCancellable *cancellable;
  double from, share;           /* of all, what is under way */
} Progress;

static void
tell (const Progress *progress, double part, const char *what)
{
  if (progress->progress)
    progress->progress (progress->from + progress->share * part, what, progress->data);
}

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->probabilities, g_free);
  g_clear_pointer (&seen->features, g_free);
}

static gboolean
seen_init (Seen *seen, guint n, const SacFeatureNet *net, GError **error)
{
  seen->n = n;
  seen->probabilities = g_try_new (float, (gsize) n * sac_feature_net_get_n_classes (net));
  seen->features = g_try_new (float, (gsize) n * sac_feature_net_get_n_features (net));
  if (seen->probabilities && seen->features)
    return TRUE;
  g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for the features of %u pictures"), n);
  return FALSE;
}

SacGanJudge *
sac_gan_judge_new (const char *features, const SacImages *images, guint n_images, guint n_threads, GError **error)
{
  g_autoptr (SacGanJudge) judge = g_new0 (SacGanJudge, 1);

  judge->images = images;
  judge->n_threads = n_threads;
  judge->n_images = MIN (n_images ? n_images : MIN (MAX (images->n, SPLITS), USUAL_IMAGES), MOST_IMAGES);
  judge->order = g_new (guint32, images->n);
  sac_random_shuffle ((SacRandomKey) { 0, sac_random_stream (0, 21, 0) }, judge->order, images->n);
  if (images->n < 2 || judge->n_images < SPLITS)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("Scores want at least %d pictures"), SPLITS);
      return NULL;
    }
  judge->net = sac_feature_net_open (features, n_threads, error);
  return judge->net ? g_steal_pointer (&judge) : NULL;
}

void
sac_gan_judge_free (SacGanJudge *judge)
{
  if (!judge)
    return;
  g_clear_pointer (&judge->net, sac_feature_net_free);
  g_clear_pointer (&judge->stats, sac_feature_stats_free);
  seen_clear (&judge->real);
  g_free (judge->order);
  g_free (judge);
}

/* ---- looking at pictures. */

static gboolean
look_at_real (SacGanJudge *judge, const Progress *progress, GError **error)
{
  const SacImages *images = judge->images;
  gsize each = 3 * (gsize) images->size * (gsize) images->size;
  guint k = sac_feature_net_get_n_classes (judge->net), d = sac_feature_net_get_n_features (judge->net);
  g_autofree guint8 *rgb = g_new (guint8, MANY * each);

  if (judge->stats)
    return TRUE;
  if (!judge->real.features && !seen_init (&judge->real, images->n, judge->net, error))
    return FALSE;
  for (guint at = 0; at < images->n; at += MANY)
    {
      guint count = MIN (MANY, images->n - at);

      tell (progress, (double) at / images->n, _("looking at the real pictures"));
      for (guint i = 0; i < count; i++)
        memcpy (rgb + i * each, images->pixels + judge->order[at + i] * each, each);
      if (!sac_feature_net_run (judge->net, rgb, count, images->size, judge->real.probabilities + (gsize) at * k,
                                judge->real.features + (gsize) at * d, progress->cancellable, error))
        return FALSE;
    }
  judge->stats = sac_feature_stats_new (judge->real.features, judge->real.n, d);
  return TRUE;
}

/* @made: k of them; @takes: what D takes each for, n × k; @pairs: pictures kept for MS-SSIM, 2·PAIRS of each generator at most. */
static gboolean
look_at_made (SacGanJudge *judge, SacGanMaker *maker, guint64 seed, Seen *made, guint8 *takes, guint8 *pairs, const Progress *progress,
              GError **error)
{
  const SacGanRecipe *recipe = sac_gan_maker_get_recipe (maker);
  gsize each = 3 * (gsize) recipe->size * (gsize) recipe->size;
  guint k = recipe->graph.k, classes = sac_feature_net_get_n_classes (judge->net), d = sac_feature_net_get_n_features (judge->net);
  g_autofree float *noise = g_new (float, (gsize) MANY * (guint) recipe->z);
  g_autofree guint8 *rgb = g_new (guint8, MANY * k * each);
  g_autofree guint8 *one = g_new (guint8, MANY * each);

  for (guint at = 0; at < judge->n_images; at += MANY)
    {
      guint count = MIN (MANY, judge->n_images - at);

      tell (progress, (double) at / judge->n_images, _("looking at generated pictures"));
      sac_gan_noise (seed, G_MAXUINT32 + (guint64) at, count, (guint) recipe->z, noise);
      if (!sac_gan_maker_draw (maker, noise, count, rgb, progress->cancellable, error)
          || (takes && !sac_gan_maker_judge (maker, rgb, count * k, takes + (gsize) at * k, progress->cancellable, error)))
        return FALSE;
      for (guint g = 0; g < k; g++)
        {
          for (guint i = 0; i < count; i++)
            memcpy (one + i * each, rgb + ((gsize) i * k + g) * each, each);
          for (guint i = 0; pairs && i < count && at + i < 2 * PAIRS; i++)
            memcpy (pairs + ((gsize) g * 2 * PAIRS + at + i) * each, one + i * each, each);
          if (!sac_feature_net_run (judge->net, one, count, recipe->size, made[g].probabilities + (gsize) at * classes,
                                    made[g].features + (gsize) at * d, progress->cancellable, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* Every k-th picture of each, so that all have an equal share; as many in all as of one. */
static gboolean
join (const SacGanJudge *judge, const Seen *made, guint k, Seen *all, GError **error)
{
  guint classes = sac_feature_net_get_n_classes (judge->net), d = sac_feature_net_get_n_features (judge->net);

  if (!seen_init (all, made[0].n, judge->net, error))
    return FALSE;
  for (guint i = 0; i < all->n; i++)
    {
      const Seen *from = &made[i % k];

      memcpy (all->probabilities + (gsize) i * classes, from->probabilities + (gsize) i * classes, classes * sizeof (float));
      memcpy (all->features + (gsize) i * d, from->features + (gsize) i * d, d * sizeof (float));
    }
  return TRUE;
}

/* ---- numbers. */

static gboolean
fill (const SacGanJudge *judge, const Seen *seen, guint parts, guint64 seed, SacGanScoreRow *row, const Progress *progress,
      GError **error)
{
  guint classes = sac_feature_net_get_n_classes (judge->net), d = sac_feature_net_get_n_features (judge->net);

  row->n = seen->n;
  if (parts & SAC_GAN_SCORE_IS)
    {
      row->is = sac_inception_score (seen->probabilities, seen->n, classes, SPLITS, &row->is_deviation);
      row->modes = sac_count_modes (seen->probabilities, seen->n, classes, LEAST_SHARE, &row->kl);
    }
  if (seen == &judge->real)
    return TRUE;
  if (parts & SAC_GAN_SCORE_FID)
    {
      g_autoptr (SacFeatureStats) stats = sac_feature_stats_new (seen->features, seen->n, d);

      row->fid = stats ? sac_frechet_distance (judge->stats, stats) : NAN;
    }
  if (g_cancellable_set_error_if_cancelled (progress->cancellable, error))
    return FALSE;
  if (parts & SAC_GAN_SCORE_KID)
    row->kid = sac_kernel_distance (judge->real.features, judge->real.n, seen->features, seen->n, d, SUBSETS, SUBSET, seed,
                                    &row->kid_deviation);
  if (g_cancellable_set_error_if_cancelled (progress->cancellable, error))
    return FALSE;
  if (parts & SAC_GAN_SCORE_MANIFOLD)
    sac_precision_recall (judge->real.features, judge->real.n, seen->features, seen->n, d, NEIGHBOURS, &row->precision, &row->recall);
  return !g_cancellable_set_error_if_cancelled (progress->cancellable, error);
}

/* What cannot be improved upon: one half of the real pictures against the other. */
static void
fill_real (const SacGanJudge *judge, guint parts, guint64 seed, SacGanScoreRow *row)
{
  guint d = sac_feature_net_get_n_features (judge->net), half = judge->real.n / 2;
  const float *other = judge->real.features + (gsize) half * d;
  g_autoptr (SacFeatureStats) a = sac_feature_stats_new (judge->real.features, half, d);
  g_autoptr (SacFeatureStats) b = sac_feature_stats_new (other, half, d);

  if (a && b && (parts & SAC_GAN_SCORE_FID))
    row->fid = sac_frechet_distance (a, b);
  if (parts & SAC_GAN_SCORE_KID)
    row->kid = sac_kernel_distance (judge->real.features, half, other, half, d, SUBSETS, SUBSET, seed, &row->kid_deviation);
  if (parts & SAC_GAN_SCORE_MANIFOLD)
    sac_precision_recall (judge->real.features, half, other, half, d, NEIGHBOURS, &row->precision, &row->recall);
}

/* Of pictures 2i and 2i+1. */
static double
find_likeness (const guint8 *pictures, guint n, int size)
{
  gsize each = 3 * (gsize) size * (gsize) size;
  g_autofree float *pair = g_new (float, 2 * each);
  double sum = 0;

  for (guint i = 0; i + 1 < n; i += 2)
    {
      for (gsize p = 0; p < 2 * each; p++)
        pair[p] = pictures[i * each + p];
      sum += sac_ms_ssim (pair, pair + each, (guint) size, (guint) size, 3, 255);
    }
  return n >= 2 ? sum / (n / 2) : NAN;
}

static gboolean
find_overlap (SacGanJudge *judge, SacGanMaker *maker, const guint8 *takes, SacGanScores *scores, GCancellable *cancellable, GError **error)
{
  guint k = scores->k, side = k + 1, n_real = MIN (judge->n_images, judge->images->n);
  gsize each = 3 * (gsize) judge->images->size * (gsize) judge->images->size;
  g_autofree guint8 *rgb = g_new (guint8, MANY * each);
  g_autofree guint8 *real = g_new (guint8, n_real);

  for (guint at = 0; at < n_real; at += MANY)
    {
      guint count = MIN (MANY, n_real - at);

      for (guint i = 0; i < count; i++)
        memcpy (rgb + i * each, judge->images->pixels + judge->order[at + i] * each, each);
      if (!sac_gan_maker_judge (maker, rgb, count, real + at, cancellable, error))
        return FALSE;
    }
  scores->overlap = g_new0 (double, side * side);
  for (guint i = 0; i < judge->n_images; i++)
    for (guint g = 0; g < k; g++)
      scores->overlap[g * side + takes[(gsize) i * k + g]] += 1.0 / judge->n_images;
  for (guint i = 0; i < n_real; i++)
    scores->overlap[k * side + real[i]] += 1.0 / n_real;
  return TRUE;
}

/* Half of the pairs of the union are of two generators. */
static double
find_likeness_of_union (const guint8 *pairs, guint n, guint k, int size)
{
  gsize each = 3 * (gsize) size * (gsize) size;
  g_autofree guint8 *mixed = g_new (guint8, n * each);

  for (guint i = 0; i < n; i++)
    memcpy (mixed + i * each, pairs + ((gsize) ((i + i / k) % k) * 2 * PAIRS + i) * each, each);
  return find_likeness (mixed, n, size);
}

static gboolean
score_all (SacGanJudge *judge, SacGanMaker *maker, guint parts, guint64 seed, SacGanScores *scores, Seen *made, Seen *all,
           Progress *progress, GError **error)
{
  const SacGanRecipe *recipe = sac_gan_maker_get_recipe (maker);
  guint k = scores->k, n = judge->n_images, n_pairs = MIN (2 * PAIRS, n);
  gsize each = 3 * (gsize) recipe->size * (gsize) recipe->size;
  g_autofree guint8 *takes = parts & SAC_GAN_SCORE_OVERLAP ? g_new (guint8, (gsize) n * k) : NULL;
  g_autofree guint8 *pairs = parts & SAC_GAN_SCORE_SSIM ? g_new (guint8, (gsize) k * 2 * PAIRS * each) : NULL;
  SacGanScoreRow *row;

  for (guint g = 0; g < k; g++)
    if (!seen_init (&made[g], n, judge->net, error))
      return FALSE;
  *progress = (Progress) { progress->progress, progress->data, progress->cancellable, 0, 0.25 };
  if (!look_at_real (judge, progress, error))
    return FALSE;
  *progress = (Progress) { progress->progress, progress->data, progress->cancellable, 0.25, 0.5 };
  if (!look_at_made (judge, maker, seed, made, takes, pairs, progress, error)
      || (takes && !find_overlap (judge, maker, takes, scores, progress->cancellable, error)))
    return FALSE;
  *progress = (Progress) { progress->progress, progress->data, progress->cancellable, 0.75, 0.25 };
  row = sac_gan_scores_add (scores, "real");
  tell (progress, 0, _("comparing"));
  if (!fill (judge, &judge->real, parts, seed, row, progress, error))
    return FALSE;
  fill_real (judge, parts, seed, row);
  if (pairs)
    {
      guint n_real = MIN (2 * PAIRS, judge->images->n);
      g_autofree guint8 *some = g_new (guint8, n_real * each);

      for (guint i = 0; i < n_real; i++)
        memcpy (some + i * each, judge->images->pixels + judge->order[i] * each, each);
      row->ms_ssim = find_likeness (some, n_real, recipe->size);
    }
  for (guint g = 0; g < k + (k > 1); g++)
    {
      g_autofree char *who = g < k ? g_strdup_printf ("G%u", g + 1) : g_strdup ("union");

      tell (progress, (g + 1.0) / (k + 2), _("comparing"));
      if (g == k && !join (judge, made, k, all, error))
        return FALSE;
      row = sac_gan_scores_add (scores, who);
      if (!fill (judge, g < k ? &made[g] : all, parts, seed, row, progress, error))
        return FALSE;
      if (pairs)
        row->ms_ssim = g < k ? find_likeness (pairs + (gsize) g * 2 * PAIRS * each, n_pairs, recipe->size)
                             : find_likeness_of_union (pairs, n_pairs, k, recipe->size);
    }
  return TRUE;
}

SacGanScores *
sac_gan_judge_score (SacGanJudge *judge, const char *run_folder, guint parts, guint64 seed, SacProgressFunc progress, gpointer data,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (SacGanMaker) maker = sac_gan_maker_open (run_folder, judge->n_threads, error);
  g_autoptr (SacGanScores) scores = NULL;
  const SacGanRecipe *recipe = maker ? sac_gan_maker_get_recipe (maker) : NULL;
  Seen made[SAC_GAN_MOST] = { 0 }, all = { 0 };
  Progress way = { progress, data, cancellable, 0, 0 };
  gboolean fine;

  if (!maker)
    return NULL;
  if (recipe->size != judge->images->size)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("The generators make pictures of %d pixels, the real ones have %d"),
                   recipe->size, judge->images->size);
      return NULL;
    }
  scores = sac_gan_scores_new (recipe->graph.k);
  scores->step = sac_gan_maker_get_step (maker);
  scores->features = g_strdup (sac_feature_net_get_words (judge->net));
  scores->hash = g_strdup (sac_feature_net_get_hash (judge->net));
  scores->resize = sac_feature_net_dup_resize (judge->net, recipe->size);
  scores->inception = sac_feature_net_is_inception (judge->net);
  scores->accuracy = sac_feature_net_get_accuracy (judge->net);
  scores->n_classes = sac_feature_net_get_n_classes (judge->net);
  scores->n_splits = SPLITS;
  scores->n_real = judge->images->n;
  fine = score_all (judge, maker, parts, seed, scores, made, &all, &way, error);
  for (guint g = 0; g < SAC_GAN_MOST; g++)
    seen_clear (&made[g]);
  seen_clear (&all);
  return fine ? g_steal_pointer (&scores) : NULL;
}

SacGanScores *
sac_gan_score_run (const char *run_folder, const char *features, const SacImages *images, guint n_images, guint n_threads,
                   SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacGanJudge) judge = sac_gan_judge_new (features, images, n_images, n_threads, error);
  g_autoptr (SacGanScores) scores
    = judge ? sac_gan_judge_score (judge, run_folder, SAC_GAN_SCORE_ALL, 1, progress, data, cancellable, error) : NULL;

  if (!scores || !sac_gan_scores_write (run_folder, scores, error))
    return NULL;
  return g_steal_pointer (&scores);
}
