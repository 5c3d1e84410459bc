#include "sac-image-classifier.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-train.h"

#define SIZE SAC_IMAGE_NET_SIZE
#define EACH (3 * SIZE * SIZE)
#define SHIFT 4                 /* pixels a picture is moved at most, each way */
#define MOST_CLASSES 4096

typedef struct {
  const SacImageClassifierSpec *spec;
  SacImageNet net;
  SacBackend *backend;
  SacWeights *weights;
  SacOptimizer *optimizer;
  SacProgram *program, *judge;
  SacVar in, labels, hyper, loss, judge_in, logits;
  guint32 *learnt, *held;       /* numbers of pictures */
  guint n_learnt, n_held, n_batch;
  float *batch, *classes;
} Trainer;

void
sac_image_classifier_spec_init (SacImageClassifierSpec *spec)
{
  *spec = (SacImageClassifierSpec) { .held_out = 1000, .width = 64, .batch = 64, .epochs = 20, .rate = 0.1, .decay = 5e-4, .seed = 1 };
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA, why);
  return FALSE;
}

/* Of each class the same share is held out, by chance. */
static gboolean
part (Trainer *q, GError **error)
{
  const SacImages *images = q->spec->images;
  g_autofree guint32 *order = g_new (guint32, images->n);
  guint counts[MOST_CLASSES] = { 0 }, taken[MOST_CLASSES] = { 0 }, n_classes = 0, with = 0;

  for (guint i = 0; i < images->n; i++)
    {
      if (images->classes[i] >= MOST_CLASSES)
        return refuse (error, _("There are too many classes for a classifier"));
      counts[images->classes[i]]++;
      n_classes = MAX (n_classes, images->classes[i] + 1u);
    }
  for (guint c = 0; c < n_classes; c++)
    with += counts[c] > 0;
  if (with < 2)
    return refuse (error, _("A classifier wants pictures of two classes or more: folders of a folder, or CIFAR-10"));
  if (q->spec->held_out < with || q->spec->held_out > images->n / 2)
    return refuse (error, _("There are too few pictures: half of them at most can be held out, one of each class at least"));
  q->net = (SacImageNet) { (gint32) n_classes, (gint32) q->spec->width };
  q->learnt = g_new (guint32, images->n);
  q->held = g_new (guint32, images->n);
  sac_random_shuffle ((SacRandomKey) { q->spec->seed, sac_random_stream (0, 11, 0) }, order, images->n);
  for (guint i = 0; i < images->n; i++)
    {
      guint c = images->classes[order[i]];

      if (taken[c] < (guint) ((guint64) counts[c] * q->spec->held_out / images->n))
        {
          taken[c]++;
          q->held[q->n_held++] = order[i];
        }
      else
        q->learnt[q->n_learnt++] = order[i];
    }
  q->n_batch = MIN (q->spec->batch, q->n_learnt);
  if (q->n_batch < 2 || q->n_held == 0)
    return refuse (error, _("There are too few pictures for a classifier"));
  return TRUE;
}

static gboolean
prepare (Trainer *q, GError **error)
{
  gint32 n = (gint32) q->n_batch;
  g_autoptr (SacGraph) step = sac_graph_new ();
  g_autoptr (SacGraph) judge = sac_graph_new ();

  q->backend = sac_backend_new_for_name ("cpu", q->spec->n_threads, error);
  if (!q->backend)
    return FALSE;
  q->weights = sac_weights_new ();
  sac_image_net_declare (q->weights, &q->net);
  if (!sac_weights_allocate (q->weights, q->backend, error)
      || !(q->optimizer = sac_optimizer_new_sgd (q->weights, q->backend, error)))
    return FALSE;
  sac_weights_initialise (q->weights, q->spec->seed);
  sac_optimizer_set_nesterov (q->optimizer, TRUE);
  q->in = sac_graph_input (step, "images", SAC_SHAPE (n, 3, 1, SIZE, SIZE));
  q->labels = sac_graph_input (step, "labels", SAC_SHAPE (n, 1, 1, 1, 1));
  q->loss = sac_cross_entropy (step, sac_image_net_logits (step, q->weights, &q->net, q->in, TRUE, NULL), q->labels, 0);
  q->hyper = sac_optimizer_update_at_once (q->optimizer, step, q->loss, FALSE);
  q->judge_in = sac_graph_input (judge, "images", SAC_SHAPE (n, 3, 1, SIZE, SIZE));
  q->logits = sac_image_net_logits (judge, q->weights, &q->net, q->judge_in, FALSE, NULL);
  q->program = sac_program_compile (step, &q->loss, 1, q->backend, error);
  q->judge = q->program ? sac_program_compile (judge, &q->logits, 1, q->backend, error) : NULL;
  q->batch = g_new0 (float, (gsize) n * EACH);
  q->classes = g_new (float, n);
  return q->judge != NULL;
}

/* A picture as it is learnt from: mirrored or not, moved by up to SHIFT pixels each way; what comes in from outside is mid-grey. */
static void
take (Trainer *q, guint32 picture, guint64 example, float *out)
{
  SacRandomKey key = { q->spec->seed, sac_random_stream (example, 12, 0) };
  gboolean mirror = sac_random_below (key, 0, 2);
  int down = (int) sac_random_below (key, 1, 2 * SHIFT + 1) - SHIFT, right = (int) sac_random_below (key, 2, 2 * SHIFT + 1) - SHIFT;
  float whole[EACH];

  sac_images_get (q->spec->images, picture, whole);
  memset (out, 0, sizeof whole);
  for (int y = MAX (0, down); y < MIN (SIZE, SIZE + down); y++)
    for (int x = MAX (0, right); x < MIN (SIZE, SIZE + right); x++)
      {
        int from = x - right;

        memcpy (out + 3 * (y * SIZE + x), whole + 3 * ((y - down) * SIZE + (mirror ? SIZE - 1 - from : from)), 3 * sizeof *out);
      }
}

static double
rate_at (const SacImageClassifierSpec *spec, guint t, guint n)
{
  double warm = fmin (0.1 * n, 200), at = t;

  return spec->rate * (at < warm ? (at + 1) / (warm + 1) : (n - at) / (n - warm));
}

static gboolean
measure (Trainer *q, double *accuracy, GError **error)
{
  guint n = q->n_batch, k = (guint) q->net.n_classes, right = 0;
  g_autofree float *logits = g_new (float, (gsize) n * k);

  for (guint from = 0; from < q->n_held; from += n)
    {
      guint count = MIN (n, q->n_held - from);

      for (guint i = 0; i < count; i++)
        sac_images_get (q->spec->images, q->held[from + i], q->batch + (gsize) i * EACH);
      sac_program_set_input (q->judge, q->judge_in, q->batch);
      if (!sac_program_run (q->judge, NULL, error) || !sac_program_get_output (q->judge, q->logits, logits, error))
        return FALSE;
      for (guint i = 0; i < count; i++)
        {
          guint best = 0;

          for (guint c = 1; c < k; c++)
            if (logits[i * k + c] > logits[i * k + best])
              best = c;
          right += best == q->spec->images->classes[q->held[from + i]];
        }
    }
  *accuracy = (double) right / q->n_held;
  return TRUE;
}

static gboolean
learn (Trainer *q, double *accuracy, GCancellable *cancellable, GError **error)
{
  guint n = q->n_batch, each = q->n_learnt / n, steps = (guint) MAX (1, lround (q->spec->epochs * each));
  g_autofree guint32 *order = g_new (guint32, q->n_learnt);
  double sum = 0;

  for (guint t = 0; t < steps; t++)
    {
      float loss;

      if (t % each == 0)
        sac_random_shuffle ((SacRandomKey) { q->spec->seed, sac_random_stream (t / each, 13, 0) }, order, q->n_learnt);
      for (guint i = 0; i < n; i++)
        {
          guint32 picture = q->learnt[order[(t % each) * n + i]];

          take (q, picture, (guint64) t * n + i, q->batch + (gsize) i * EACH);
          q->classes[i] = q->spec->images->classes[picture];
        }
      sac_program_set_input (q->program, q->in, q->batch);
      sac_program_set_input (q->program, q->labels, q->classes);
      sac_optimizer_set_sgd (q->optimizer, q->program, q->hyper, rate_at (q->spec, t, steps), 0.9, q->spec->decay, 1);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sac_program_run (q->program, cancellable, error)
          || !sac_program_get_output (q->program, q->loss, &loss, error))
        return FALSE;
      if (!isfinite (loss))
        {
          g_set_error_literal (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED,
                               _("The loss is no longer a number: the training diverged; a smaller rate may help"));
          return FALSE;
        }
      sum += (double) loss;
      if ((t + 1) % each == 0 || t + 1 == steps)
        {
          g_autofree char *words = NULL;

          if (!measure (q, accuracy, error))
            return FALSE;
          words = g_strdup_printf (_("epoch %u, loss %.3f, right of the %u held-out pictures: %.1f %%"), t / each + 1,
                                   sum / (t % each + 1), q->n_held, 100 * *accuracy);
          sum = 0;
          if (q->spec->progress)
            q->spec->progress ((t + 1.0) / steps, words, q->spec->progress_data);
        }
    }
  return TRUE;
}

static gboolean
save (Trainer *q, double accuracy, GError **error)
{
  g_autofree char *path = g_build_filename (q->spec->folder, "classifier.safetensors", NULL);
  g_autoptr (GHashTable) metadata = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autofree char *names = g_strjoinv ("\n", q->spec->images->class_names);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_hash_table_insert (metadata, (char *) "saccade.model", g_strdup ("image-net-32"));
  g_hash_table_insert (metadata, (char *) "saccade.width", g_strdup_printf ("%d", (int) q->net.width));
  g_hash_table_insert (metadata, (char *) "saccade.classes", g_strdup_printf ("%d", (int) q->net.n_classes));
  g_hash_table_insert (metadata, (char *) "saccade.names", g_steal_pointer (&names));
  g_hash_table_insert (metadata, (char *) "saccade.accuracy", g_strdup (g_ascii_formatd (number, sizeof number, "%.6f", accuracy)));
  g_hash_table_insert (metadata, (char *) "saccade.held_out", g_strdup_printf ("%u", q->n_held));
  g_hash_table_insert (metadata, (char *) "saccade.trained", g_strdup_printf ("%u", q->n_learnt));
  g_hash_table_insert (metadata, (char *) "saccade.source", g_strdup (q->spec->source ? q->spec->source : ""));
  if (g_mkdir_with_parents (q->spec->folder, 0755) != 0)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("Cannot make the folder %s"), q->spec->folder);
      return FALSE;
    }
  return sac_weights_save (q->weights, NULL, NULL, 0, metadata, path, error);
}

gboolean
sac_image_classifier_train (const SacImageClassifierSpec *spec, double *accuracy, GCancellable *cancellable, GError **error)
{
  Trainer q = { .spec = spec };
  double right = 0;
  gboolean fine;

  g_return_val_if_fail (spec->images->size == SIZE && spec->batch >= 1 && spec->width >= 1, FALSE);
  fine = part (&q, error) && prepare (&q, error) && learn (&q, &right, cancellable, error) && save (&q, right, error);
  if (accuracy)
    *accuracy = right;
  g_clear_pointer (&q.program, sac_program_free);
  g_clear_pointer (&q.judge, sac_program_free);
  g_clear_pointer (&q.optimizer, sac_optimizer_free);
  g_clear_pointer (&q.weights, sac_weights_free);
  g_clear_pointer (&q.backend, sac_backend_free);
  g_free (q.learnt);
  g_free (q.held);
  g_free (q.batch);
  g_free (q.classes);
  return fine;
}
