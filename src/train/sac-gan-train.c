#include "sac-gan-train.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "sac-train.h"

typedef struct {
  const SacGanSpec *spec;
  const SacGanRecipe *recipe;
  GCancellable *cancellable;
  SacGanNet *net;
  SacProgram *program, *sampler;
  SacVar z, real, sample_z, samples[SAC_GAN_MOST];
  SacGanStep step;
  guint64 t, updates, until, checkpoint_t;
  SacEventWriter *events;
  int lock_fd;
  float *batch, *noise;
  guint32 *order;               /* of the pictures in epoch @epoch */
  guint64 epoch;
  double sum_d, sums[SAC_GAN_MOST][SAC_GAN_MOST];       /* of the losses since the last log */
  double right[SAC_GAN_MOST + 1];                       /* share of each group, real last, that D took for what it is; the same */
  float *logits;
  guint n_sums;
  gint64 began_us, logged_us, paused_us;
  guint64 began_t;
} Trainer;

guint64
sac_gan_count_updates (const SacGanRecipe *recipe, guint n_images)
{
  guint each = (n_images + (guint) recipe->batch - 1) / (guint) recipe->batch;

  return (guint64) MAX (each, 1) * (guint64) recipe->epochs;
}

static gboolean
tell (Trainer *q, const char *status, GError **error)
{
  return sac_event_writer_text (q->events, q->t, "status", status, error) && sac_event_writer_flush (q->events, error);
}

/* ---- programs. */

static gboolean
make_step (Trainer *q, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (SacVar));
  const SacDcgan *net = &q->net->net;
  SacGanEdges edges = { .alpha = (float) q->recipe->alpha };
  guint k = q->recipe->graph.k;
  static const guint8 kinds[SAC_N_GATES] = { SAC_EDGE_CUT, SAC_EDGE_OPEN, SAC_EDGE_SCALED, SAC_EDGE_SCALED };

  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      edges.edges[s][t] = kinds[q->recipe->graph.gates[s][t]];
  q->z = sac_graph_input (graph, "z", SAC_SHAPE (q->recipe->batch, net->z, 1, 1, 1));
  q->real = sac_graph_input (graph, "real", SAC_SHAPE (q->recipe->batch, 3, 1, net->size, net->size));
  q->step = sac_gan_step (graph, q->net->g, q->net->d, q->net->g_optimizer, q->net->d_optimizer, net, k, &edges, q->z, q->real);
  if (!sac_graph_check (graph, error))
    return FALSE;
  g_array_append_val (outputs, q->step.loss_d);
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      if (q->step.losses[s][t])
        g_array_append_val (outputs, q->step.losses[s][t]);
  for (guint group = 0; group <= k; group++)
    g_array_append_val (outputs, q->step.logits[group]);
  q->program = sac_program_compile (graph, (const SacVar *) (gpointer) outputs->data, outputs->len, q->net->backend, error);
  return q->program != NULL;
}

static gboolean
make_sampler (Trainer *q, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  q->sample_z = sac_graph_input (graph, "z", SAC_SHAPE (q->recipe->rows, q->net->net.z, 1, 1, 1));
  for (guint i = 0; i < q->recipe->graph.k; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      q->samples[i] = sac_dcgan_generator (graph, q->net->g, prefix, &q->net->net, q->sample_z, FALSE);
    }
  q->sampler = sac_program_compile (graph, q->samples, q->recipe->graph.k, q->net->backend, error);
  return q->sampler != NULL;
}

/* ---- a step. */

static void
take_batch (Trainer *q)
{
  gsize each = 3 * (gsize) q->recipe->size * (gsize) q->recipe->size;
  guint64 at = q->t * (guint64) q->recipe->batch;

  for (int i = 0; i < q->recipe->batch; i++, at++)
    {
      guint64 epoch = at / q->spec->images->n;

      if (epoch != q->epoch)
        {
          q->epoch = epoch;
          sac_random_shuffle ((SacRandomKey) { q->recipe->seed, sac_random_stream (epoch, 1, 0) }, q->order, q->spec->images->n);
        }
      sac_images_get (q->spec->images, q->order[at % q->spec->images->n], q->batch + each * (gsize) i);
    }
}

/* Decisions of D over the step's pictures, before its update. */
static gboolean
count_right (Trainer *q, GError **error)
{
  guint k = q->recipe->graph.k, n = (guint) q->recipe->batch;

  for (guint group = 0; group <= k; group++)
    {
      guint right = 0;

      if (!sac_program_get_output (q->program, q->step.logits[group], q->logits, error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        {
          const float *row = q->logits + (gsize) i * (k + 1);
          guint best = 0;

          for (guint c = 1; c <= k; c++)
            if (row[c] > row[best])
              best = c;
          right += best == group;
        }
      q->right[group] += (double) right / n;
    }
  return TRUE;
}

static gboolean
make_one (Trainer *q, GError **error)
{
  const SacAdam adam = { q->recipe->rate, q->recipe->beta1, q->recipe->beta2, 1e-8, 0 };
  guint k = q->recipe->graph.k;
  float value;

  take_batch (q);
  sac_gan_noise (q->recipe->seed, q->t + 1, (guint) q->recipe->batch, (guint) q->recipe->z, q->noise);
  sac_program_set_input (q->program, q->z, q->noise);
  sac_program_set_input (q->program, q->real, q->batch);
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      if (q->step.factors[s][t])
        {
          value = (float) sac_gate_factor (q->recipe->graph.gates[s][t], q->t + 1, q->updates);
          sac_program_set_input (q->program, q->step.factors[s][t], &value);
        }
  sac_optimizer_set_adam (q->net->d_optimizer, q->program, q->step.hyper_d, &adam, 1);
  sac_optimizer_set_adam (q->net->g_optimizer, q->program, q->step.hyper_g, &adam, 1);
  if (!sac_program_run (q->program, NULL, error) || !sac_program_get_output (q->program, q->step.loss_d, &value, error))
    return FALSE;
  if (!isfinite (value))
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED,
                   _("The loss is no longer a number at update %u: the training diverged; a smaller rate may help"), (guint) q->t + 1);
      return FALSE;
    }
  q->sum_d += (double) value;
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      if (q->step.losses[s][t])
        {
          if (!sac_program_get_output (q->program, q->step.losses[s][t], &value, error))
            return FALSE;
          q->sums[s][t] += (double) value;
        }
  q->n_sums++;
  q->t++;
  return count_right (q, error);
}

/* ---- what it tells. */

static gboolean
log_accuracy (Trainer *q, GError **error)
{
  guint k = q->recipe->graph.k;
  double sum = 0;

  for (guint group = 0; group <= k; group++)
    {
      g_autofree char *tag = group < k ? g_strdup_printf ("accuracy/G%u", group + 1) : g_strdup ("accuracy/real");

      sum += q->right[group] / q->n_sums;
      if (!sac_event_writer_scalar (q->events, q->t, tag, q->right[group] / q->n_sums, error))
        return FALSE;
    }
  return sac_event_writer_scalar (q->events, q->t, "accuracy/D", sum / (k + 1), error);
}

static gboolean
log_edges (Trainer *q, GError **error)
{
  guint k = q->recipe->graph.k;

  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      {
        SacGate gate = q->recipe->graph.gates[s][t];
        g_autofree char *edge = s == t ? g_strdup_printf ("G%u", s + 1) : g_strdup_printf ("G%u>G%u", t + 1, s + 1);
        g_autofree char *loss = g_strconcat ("loss/", edge, NULL);
        g_autofree char *factor = g_strconcat ("factor/", edge, NULL);

        if (!q->step.losses[s][t])
          continue;
        if (!sac_event_writer_scalar (q->events, q->t, loss, q->sums[s][t] / q->n_sums, error))
          return FALSE;
        if (q->step.factors[s][t] && !sac_event_writer_scalar (q->events, q->t, factor, sac_gate_factor (gate, q->t, q->updates), error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
log_now (Trainer *q, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - q->logged_us) * 1e-6, all = (double) (now - q->began_us - q->paused_us) * 1e-6;
  double left = q->t > q->began_t ? all / (double) (q->t - q->began_t) * (double) (q->updates - q->t) : 0;
  g_autofree char *words = NULL;

  if (!sac_event_writer_scalar (q->events, q->t, "loss/D", q->sum_d / q->n_sums, error) || !log_edges (q, error) || !log_accuracy (q, error)
      || !sac_event_writer_scalar (q->events, q->t, "images_per_second", q->n_sums * (double) q->recipe->batch / MAX (seconds, 1e-9), error)
      || !sac_event_writer_scalar (q->events, q->t, "progress", (double) q->t / (double) q->updates, error)
      || !sac_event_writer_scalar (q->events, q->t, "seconds_left", left, error) || !sac_event_writer_flush (q->events, error))
    return FALSE;
  words = g_strdup_printf (_("update %u of %u, loss of D %.3f"), (guint) q->t, (guint) q->updates, q->sum_d / q->n_sums);
  if (q->spec->progress)
    q->spec->progress ((double) q->t / (double) q->updates, words, q->spec->progress_data);
  q->logged_us = now;
  q->sum_d = 0;
  q->n_sums = 0;
  memset (q->sums, 0, sizeof q->sums);
  memset (q->right, 0, sizeof q->right);
  return TRUE;
}

/* Mean over pixels of the deviation over the rows. */
static double
find_diversity (const float *pictures, guint n, gsize each)
{
  double sum = 0;

  for (gsize p = 0; p < each; p++)
    {
      double mean = 0, square = 0;

      for (guint i = 0; i < n; i++)
        {
          double value = (double) pictures[each * i + p];

          mean += value / n;
          square += value * value / n;
        }
      sum += sqrt (MAX (square - mean * mean, 0));
    }
  return sum / (double) each;
}

static gboolean
draw_samples (Trainer *q, GError **error)
{
  guint rows = (guint) q->recipe->rows, k = q->recipe->graph.k;
  gsize each = 3 * (gsize) q->recipe->size * (gsize) q->recipe->size;
  g_autofree float *noise = g_new (float, (gsize) rows * (gsize) q->recipe->z);
  g_autofree float *one = g_new (float, rows * each);
  g_autofree float *grid = g_new (float, rows * k * each);
  g_autofree char *folder = g_build_filename (q->spec->run_folder, "samples", NULL);
  g_autofree char *path = g_strdup_printf ("%s/step-%06" G_GUINT64_FORMAT ".png", folder, q->t);

  sac_gan_noise (q->recipe->seed, 0, rows, (guint) q->recipe->z, noise);       /* the same all through the run */
  sac_program_set_input (q->sampler, q->sample_z, noise);
  if (!sac_program_run (q->sampler, NULL, error))
    return FALSE;
  for (guint i = 0; i < k; i++)
    {
      g_autofree char *tag = g_strdup_printf ("diversity/G%u", i + 1);

      if (!sac_program_get_output (q->sampler, q->samples[i], one, error)
          || !sac_event_writer_scalar (q->events, q->t, tag, find_diversity (one, rows, each), error))
        return FALSE;
      for (guint r = 0; r < rows; r++)
        memcpy (grid + ((gsize) r * k + i) * each, one + r * each, each * sizeof *one);
    }
  g_mkdir_with_parents (folder, 0755);
  return sac_gan_write_grid (path, grid, rows, k, q->recipe->size, error);
}

static gboolean
save (Trainer *q, GError **error)
{
  if (!sac_gan_net_save (q->net, q->spec->run_folder, q->t, error))
    return FALSE;
  q->checkpoint_t = q->t;
  return TRUE;
}

/* ---- the whole. */

static gboolean
write_info (Trainer *q, GError **error)
{
  g_autofree char *folder_name = g_path_get_basename (q->spec->run_folder);
  g_autofree char *model = g_strdup_printf ("dcgan-%d", q->recipe->size);
  g_autofree char *machine = sac_run_dup_machine (q->spec->n_threads > 0 ? q->spec->n_threads : g_get_num_processors ());
  g_autofree char *text = sac_gan_recipe_dup_text (q->recipe);
  g_autofree char *path = g_build_filename (q->spec->run_folder, "recipe.ini", NULL);
  char *none[] = { NULL };
  SacRunInfo info = {
    .name = (char *) (q->spec->name ? q->spec->name : folder_name), .model = model, .project = (char *) q->spec->source,
    .device = (char *) (q->spec->device ? q->spec->device : "cpu"), .machine = machine, .labels = none,
    .host = (char *) g_get_host_name (), .version = (char *) SAC_VERSION, .started_us = g_get_real_time (), .seed = q->recipe->seed,
  };

  return g_file_set_contents (path, text, -1, error) && sac_run_info_write (q->spec->run_folder, &info, error);
}

static gboolean
prepare (Trainer *q, GError **error)
{
  const SacGanRecipe *recipe = q->recipe;
  g_autofree char *there = g_build_filename (q->spec->run_folder, "recipe.ini", NULL);

  if (g_mkdir_with_parents (q->spec->run_folder, 0755) != 0 || (q->lock_fd = sac_run_lock (q->spec->run_folder, error)) < 0)
    {
      if (error && !*error)
        g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("Cannot make the folder %s"), q->spec->run_folder);
      return FALSE;
    }
  if (!q->spec->resume && g_file_test (there, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("%s holds another run"), q->spec->run_folder);
      return FALSE;
    }
  q->updates = q->until = sac_gan_count_updates (recipe, q->spec->images->n);
  if (q->spec->until_epoch > 0 && q->spec->until_epoch < (guint) recipe->epochs)
    q->until = q->updates / (guint64) recipe->epochs * q->spec->until_epoch;
  q->net = sac_gan_net_new (recipe, q->spec->device, q->spec->n_threads, TRUE, error);
  if (!q->net)
    return FALSE;
  if (q->spec->resume && !sac_gan_net_restore (q->net, q->spec->run_folder, &q->t, error))
    return FALSE;
  if (!q->spec->resume && !write_info (q, error))
    return FALSE;
  q->checkpoint_t = q->t;
  q->events = sac_event_writer_new (q->spec->run_folder, q->t, error);
  if (!q->events || !make_step (q, error) || !make_sampler (q, error))
    return FALSE;
  q->batch = g_new (float, (gsize) recipe->batch * 3 * (gsize) recipe->size * (gsize) recipe->size);
  q->noise = g_new (float, (gsize) recipe->batch * (gsize) recipe->z);
  q->order = g_new (guint32, q->spec->images->n);
  q->logits = g_new (float, (gsize) recipe->batch * (recipe->graph.k + 1));
  q->epoch = G_MAXUINT64;
  return tell (q, "running", error);
}

static gboolean
obey (Trainer *q, gboolean *stop, GError **error)
{
  gboolean paused = FALSE;

  do
    {
      SacControl taken = sac_control_take (q->spec->run_folder);

      if (taken & SAC_CONTROL_STOP)
        *stop = TRUE;
      if ((taken & SAC_CONTROL_CHECKPOINT) && !save (q, error))
        return FALSE;
      if (taken & (SAC_CONTROL_PAUSE | SAC_CONTROL_RELEASE | SAC_CONTROL_RESUME))
        {
          gboolean pause = !(taken & SAC_CONTROL_RESUME);

          if (pause != paused && !tell (q, pause ? "paused" : "running", error))
            return FALSE;
          paused = pause;
        }
      if (g_cancellable_is_cancelled (q->cancellable))
        *stop = TRUE;
      if (paused && !*stop)
        {
          g_usleep (100000);
          q->paused_us += 100000;
        }
    }
  while (paused && !*stop);
  return TRUE;
}

static gboolean
is_due (const Trainer *q, int every)
{
  return q->t == q->until || (every > 0 && q->t % (guint64) every == 0);
}

static gboolean
train_on (Trainer *q, GError **error)
{
  gboolean stop = FALSE;

  q->began_us = q->logged_us = g_get_monotonic_time ();
  q->began_t = q->t;
  if (q->t == 0 && !draw_samples (q, error))
    return FALSE;
  while (q->t < q->until)
    {
      if (!obey (q, &stop, error))
        return FALSE;
      if (stop)
        break;
      if (!make_one (q, error) || (is_due (q, q->recipe->log_every) && !log_now (q, error))
          || (is_due (q, q->recipe->sample_every) && !draw_samples (q, error))
          || (is_due (q, q->recipe->checkpoint_every) && !save (q, error)))
        return FALSE;
    }
  return (q->checkpoint_t == q->t || save (q, error)) && tell (q, q->t == q->updates ? "done" : "stopped", error);
}

gboolean
sac_gan_train (const SacGanSpec *spec, GCancellable *cancellable, GError **error)
{
  Trainer q = { .spec = spec, .recipe = spec->recipe, .cancellable = cancellable, .lock_fd = -1 };
  g_autoptr (GError) inner = NULL;
  gboolean fine = prepare (&q, &inner) && train_on (&q, &inner);

  if (!fine)
    {
      g_autofree char *status = g_strdup_printf ("failed: %s", inner->message);

      if (q.events)
        tell (&q, status, NULL);
      g_propagate_error (error, g_steal_pointer (&inner));
    }
  g_clear_pointer (&q.events, sac_event_writer_free);
  g_clear_pointer (&q.program, sac_program_free);
  g_clear_pointer (&q.sampler, sac_program_free);
  g_clear_pointer (&q.net, sac_gan_net_free);
  g_free (q.batch);
  g_free (q.noise);
  g_free (q.order);
  g_free (q.logits);
  if (q.lock_fd >= 0)
    close (q.lock_fd);
  return fine;
}
