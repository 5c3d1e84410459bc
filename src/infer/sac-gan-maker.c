#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-gan-net.h"
#include "sac-infer.h"

#define FEW 8
#define MANY 64
#define STREAM 3                /* of noise that is asked for by seed */

typedef struct {
  SacProgram *program;
  SacVar z, images[SAC_GAN_MOST];
} Drawer;

struct _SacGanMaker {
  char *run_folder, *checkpoint;
  SacGanRecipe *recipe;
  SacGanNet *net;
  guint64 step;
  Drawer drawers[2];            /* of FEW and of MANY */
  SacProgram *judge;
  SacVar judge_in, logits;
};

SacGanMaker *
sac_gan_maker_open (const char *run_folder, guint n_threads, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "recipe.ini", NULL);
  g_autoptr (SacGanMaker) maker = g_new0 (SacGanMaker, 1);

  maker->run_folder = g_strdup (run_folder);
  maker->recipe = sac_gan_recipe_load (path, error);
  maker->checkpoint = sac_run_find_checkpoint (run_folder, FALSE);
  maker->net = maker->recipe ? sac_gan_net_new (maker->recipe, NULL, n_threads, FALSE, error) : NULL;
  if (!maker->net || !sac_gan_net_restore (maker->net, run_folder, &maker->step, error))
    return NULL;
  return g_steal_pointer (&maker);
}

void
sac_gan_maker_free (SacGanMaker *maker)
{
  if (!maker)
    return;
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&maker->drawers[i].program, sac_program_free);
  g_clear_pointer (&maker->judge, sac_program_free);
  g_clear_pointer (&maker->net, sac_gan_net_free);
  g_clear_pointer (&maker->recipe, sac_gan_recipe_free);
  g_free (maker->run_folder);
  g_free (maker->checkpoint);
  g_free (maker);
}

const SacGanRecipe *
sac_gan_maker_get_recipe (const SacGanMaker *maker)
{
  return maker->recipe;
}

guint64
sac_gan_maker_get_step (const SacGanMaker *maker)
{
  return maker->step;
}

gboolean
sac_gan_maker_is_stale (const SacGanMaker *maker)
{
  g_autofree char *newest = sac_run_find_checkpoint (maker->run_folder, FALSE);

  return newest && g_strcmp0 (newest, maker->checkpoint) != 0;
}

/* ---- noise. */

static void
fill_noise (const SacGanMaker *maker, gint64 seed, float *out)
{
  guint z = (guint) maker->recipe->z;

  if (seed >= 0)
    for (guint i = 0; i < z; i++)
      out[i] = (float) sac_random_normal ((SacRandomKey) { (guint64) seed, sac_random_stream (0, STREAM, 0) }, i);
  else                          /* a row of the sample grid: vectors of update 0 lie behind each other */
    for (guint i = 0; i < z; i++)
      out[i] = (float) sac_random_normal ((SacRandomKey) { maker->recipe->seed, sac_random_stream (0, 2, 0) },
                                          (guint64) (-1 - seed) * z + i);
}

/* Along the arc: directions by the angle between them, lengths in a line, so that mixtures are as long as noise is. */
static void
mix (float *a, const float *b, guint n, double fraction)
{
  double aa = 0, bb = 0, ab = 0, angle, one, two, length;

  for (guint i = 0; i < n; i++)
    {
      aa += (double) a[i] * (double) a[i];
      bb += (double) b[i] * (double) b[i];
      ab += (double) a[i] * (double) b[i];
    }
  aa = sqrt (aa);
  bb = sqrt (bb);
  angle = aa > 0 && bb > 0 ? acos (CLAMP (ab / (aa * bb), -1, 1)) : 0;
  length = aa + fraction * (bb - aa);
  if (angle > 1e-6 && angle < G_PI - 1e-6)
    {
      one = sin ((1 - fraction) * angle) / sin (angle) / aa * length;
      two = sin (fraction * angle) / sin (angle) / bb * length;
    }
  else
    {
      one = 1 - fraction;
      two = fraction;
    }
  for (guint i = 0; i < n; i++)
    a[i] = (float) (one * (double) a[i] + two * (double) b[i]);
}

void
sac_gan_maker_noise (const SacGanMaker *maker, const SacGanNoise *noise, guint n, float *out)
{
  guint z = (guint) maker->recipe->z;
  g_autofree float *other = g_new (float, z);

  for (guint i = 0; i < n; i++)
    {
      fill_noise (maker, noise[i].fraction < 1 ? noise[i].seed : noise[i].to, out + (gsize) i * z);
      if (noise[i].fraction > 0 && noise[i].fraction < 1)
        {
          fill_noise (maker, noise[i].to, other);
          mix (out + (gsize) i * z, other, z, noise[i].fraction);
        }
    }
}

/* ---- pictures. */

static Drawer *
get_drawer (SacGanMaker *maker, guint batch, GError **error)
{
  Drawer *drawer = &maker->drawers[batch == MANY];
  g_autoptr (SacGraph) graph = NULL;

  if (drawer->program)
    return drawer;
  graph = sac_graph_new ();
  drawer->z = sac_graph_input (graph, "z", SAC_SHAPE ((gint32) batch, maker->recipe->z, 1, 1, 1));
  for (guint i = 0; i < maker->net->k; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      drawer->images[i] = sac_dcgan_generator (graph, maker->net->g, prefix, &maker->net->net, drawer->z, FALSE);
    }
  drawer->program = sac_program_compile (graph, drawer->images, maker->net->k, maker->net->backend, error);
  return drawer->program ? drawer : NULL;
}

gboolean
sac_gan_maker_draw (SacGanMaker *maker, const float *noise, guint n, guint8 *rgb, GCancellable *cancellable, GError **error)
{
  guint batch = n > 2 * FEW ? MANY : FEW, k = maker->net->k, z = (guint) maker->recipe->z;
  gsize each = 3 * (gsize) maker->recipe->size * (gsize) maker->recipe->size;
  g_autofree float *in = g_new0 (float, (gsize) batch * z);
  g_autofree float *made = g_new (float, batch * each);
  Drawer *drawer = get_drawer (maker, batch, error);

  for (guint at = 0; drawer && at < n; at += batch)
    {
      guint count = MIN (batch, n - at);

      memcpy (in, noise + (gsize) at * z, (gsize) count * z * sizeof *in);
      sac_program_set_input (drawer->program, drawer->z, in);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sac_program_run (drawer->program, cancellable, error))
        return FALSE;
      for (guint g = 0; g < k; g++)
        {
          if (!sac_program_get_output (drawer->program, drawer->images[g], made, error))
            return FALSE;
          for (guint i = 0; i < count; i++)
            for (gsize p = 0; p < each; p++)
              rgb[((gsize) (at + i) * k + g) * each + p] = (guint8) CLAMP ((made[i * each + p] + 1) * 127.5f + 0.5f, 0, 255);
        }
    }
  return drawer != NULL;
}

static gboolean
make_judge (SacGanMaker *maker, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  maker->judge_in = sac_graph_input (graph, "images", SAC_SHAPE (MANY, 3, 1, maker->recipe->size, maker->recipe->size));
  maker->logits = sac_dcgan_discriminator (graph, maker->net->d, "D.", &maker->net->net, maker->judge_in, FALSE);
  maker->judge = sac_program_compile (graph, &maker->logits, 1, maker->net->backend, error);
  return maker->judge != NULL;
}

gboolean
sac_gan_maker_judge (SacGanMaker *maker, const guint8 *rgb, guint n, guint8 *takes, GCancellable *cancellable, GError **error)
{
  gsize each = 3 * (gsize) maker->recipe->size * (gsize) maker->recipe->size;
  guint classes = maker->net->k + 1;
  g_autofree float *in = g_new0 (float, MANY * each);
  float logits[MANY * (SAC_GAN_MOST + 1)];

  if (!maker->judge && !make_judge (maker, error))
    return FALSE;
  for (guint at = 0; at < n; at += MANY)
    {
      guint count = MIN (MANY, n - at);

      for (gsize p = 0; p < count * each; p++)
        in[p] = rgb[at * each + p] / 127.5f - 1;
      sac_program_set_input (maker->judge, maker->judge_in, in);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sac_program_run (maker->judge, cancellable, error)
          || !sac_program_get_output (maker->judge, maker->logits, logits, error))
        return FALSE;
      for (guint i = 0; i < count; i++)
        {
          guint best = 0;

          for (guint c = 1; c < classes; c++)
            if (logits[i * classes + c] > logits[i * classes + best])
              best = c;
          takes[at + i] = (guint8) best;
        }
    }
  return TRUE;
}

float *
sac_gan_sample (const char *run_folder, guint which, guint n, guint64 seed, guint n_threads, GError **error)
{
  g_autoptr (SacGanMaker) maker = sac_gan_maker_open (run_folder, n_threads, error);
  g_autofree float *noise = NULL;
  g_autofree guint8 *rgb = NULL;
  float *out;
  gsize each;

  if (!maker)
    return NULL;
  if (which >= maker->net->k)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("The run has %u generators"), maker->net->k);
      return NULL;
    }
  each = 3 * (gsize) maker->recipe->size * (gsize) maker->recipe->size;
  noise = g_new (float, (gsize) n * (guint) maker->recipe->z);
  rgb = g_new (guint8, (gsize) n * maker->net->k * each);
  sac_gan_noise (seed, G_MAXUINT32, n, (guint) maker->recipe->z, noise);
  if (!sac_gan_maker_draw (maker, noise, n, rgb, NULL, error))
    return NULL;
  out = g_new (float, n * each + 1);
  for (guint i = 0; i < n; i++)
    for (gsize p = 0; p < each; p++)
      out[i * each + p] = rgb[((gsize) i * maker->net->k + which) * each + p] / 127.5f - 1;
  return out;
}
