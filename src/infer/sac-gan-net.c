#include "sac-gan-net.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sac-infer.h"

SacGanNet *
sac_gan_net_new (const SacGanRecipe *recipe, const char *device, guint n_threads, gboolean train, GError **error)
{
  SacGanNet *net = g_new0 (SacGanNet, 1);

  net->k = recipe->graph.k;
  net->net = (SacDcgan) { .size = recipe->size, .width = recipe->width, .z = recipe->z, .n_logits = (gint32) net->k + 1,
                          .spectral = recipe->spectral };
  net->backend = sac_backend_new_for_name (device ? device : "cpu", n_threads, error);
  net->g = sac_weights_new ();
  net->d = sac_weights_new ();
  sac_mad_gan_declare (net->g, net->d, &net->net, net->k);
  if (!net->backend || !sac_weights_allocate (net->g, net->backend, error) || !sac_weights_allocate (net->d, net->backend, error)
      || (train && !(net->g_optimizer = sac_optimizer_new_adam (net->g, net->backend, error)))
      || (train && !(net->d_optimizer = sac_optimizer_new_adam (net->d, net->backend, error))))
    {
      sac_gan_net_free (net);
      return NULL;
    }
  sac_weights_initialise (net->g, recipe->seed);
  sac_weights_initialise (net->d, recipe->seed);
  return net;
}

void
sac_gan_net_free (SacGanNet *net)
{
  if (!net)
    return;
  g_clear_pointer (&net->g_optimizer, sac_optimizer_free);
  g_clear_pointer (&net->d_optimizer, sac_optimizer_free);
  g_clear_pointer (&net->g, sac_weights_free);
  g_clear_pointer (&net->d, sac_weights_free);
  g_clear_pointer (&net->backend, sac_backend_free);
  g_free (net);
}

/* All blocks beside the generators' own, with the prefixes of their entries in the file; names of G and D differ by themselves. */
typedef struct {
  SacBlock *blocks[6];
  const char *prefixes[6];
  guint n;
} Extra;

static Extra
list_extra (SacGanNet *net)
{
  Extra extra = { { sac_weights_get_params (net->d), sac_weights_get_buffers (net->d) }, { "", "" }, 2 };

  if (net->g_optimizer)
    {
      SacOptimizer *const optimizers[] = { net->g_optimizer, net->d_optimizer };

      for (guint i = 0; i < 2; i++)
        {
          extra.blocks[extra.n] = sac_optimizer_get_moments (optimizers[i]);
          extra.prefixes[extra.n++] = "moment.";
          extra.blocks[extra.n] = sac_optimizer_get_second_moments (optimizers[i]);
          extra.prefixes[extra.n++] = "second.";
        }
    }
  return extra;
}

gboolean
sac_gan_net_save (SacGanNet *net, const char *run_folder, guint64 t, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "checkpoints", NULL);
  g_autofree char *path = g_strdup_printf ("%s/step-%06" G_GUINT64_FORMAT ".safetensors", folder, t);
  g_autoptr (GHashTable) metadata = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_auto (GStrv) all = NULL;
  Extra extra = list_extra (net);

  g_hash_table_insert (metadata, (char *) "saccade.step", g_strdup_printf ("%" G_GUINT64_FORMAT, t));
  g_hash_table_insert (metadata, (char *) "saccade.model", g_strdup_printf ("dcgan-%d", (int) net->net.size));
  g_mkdir_with_parents (folder, 0755);
  if (!sac_weights_save (net->g, extra.blocks, extra.prefixes, extra.n, metadata, path, error))
    return FALSE;
  all = sac_run_list_checkpoints (run_folder);
  for (guint i = 0; all[i]; i++)
    if (i >= 2)
      g_unlink (all[i]);
  return TRUE;
}

gboolean
sac_gan_net_restore (SacGanNet *net, const char *run_folder, guint64 *t, GError **error)
{
  g_autofree char *path = sac_run_find_checkpoint (run_folder, FALSE);
  g_autoptr (SacTensorFile) file = path ? sac_tensor_file_open (path, error) : NULL;
  const char *step = file ? sac_tensor_file_get_metadata (file, "saccade.step") : NULL;
  Extra extra = list_extra (net);

  if (!path)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("%s has no checkpoint"), run_folder);
      return FALSE;
    }
  if (!file)
    return FALSE;
  if (!step || !g_ascii_string_to_unsigned (step, 10, 0, G_MAXINT64, t, NULL))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("%s is no checkpoint of generators"), path);
      return FALSE;
    }
  if (!sac_weights_restore (net->g, extra.blocks, extra.prefixes, extra.n, file, error))
    return FALSE;
  if (net->g_optimizer)
    {
      sac_optimizer_set_steps (net->g_optimizer, *t);
      sac_optimizer_set_steps (net->d_optimizer, *t);
    }
  return TRUE;
}

void
sac_gan_noise (guint64 seed, guint64 t, guint n, guint length, float *out)
{
  SacRandomKey key = { seed, sac_random_stream (t, 2, 0) };

  for (gsize i = 0; i < (gsize) n * length; i++)
    out[i] = (float) sac_random_normal (key, i);
}

gboolean
sac_gan_write_grid (const char *path, const float *pictures, guint n_rows, guint n_columns, int size, GError **error)
{
  const int gap = 2;
  int width = (int) n_columns * (size + gap) + gap, height = (int) n_rows * (size + gap) + gap;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autofree char *png = NULL;
  guint8 *pixels;
  int stride;
  gsize n;

  if (!pixbuf)
    {
      g_set_error_literal (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for the samples"));
      return FALSE;
    }
  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  pixels = gdk_pixbuf_get_pixels (pixbuf);
  stride = gdk_pixbuf_get_rowstride (pixbuf);
  for (guint i = 0; i < n_rows * n_columns; i++)
    for (int y = 0; y < size; y++)
      {
        guint8 *to = pixels + (gsize) ((int) (i / n_columns) * (size + gap) + gap + y) * (gsize) stride
                     + 3 * (gsize) ((int) (i % n_columns) * (size + gap) + gap);
        const float *from = pictures + 3 * ((gsize) i * (gsize) size + (gsize) y) * (gsize) size;

        for (int x = 0; x < 3 * size; x++)
          to[x] = (guint8) CLAMP ((from[x] + 1) * 127.5f + 0.5f, 0, 255);
      }
  return gdk_pixbuf_save_to_buffer (pixbuf, &png, &n, "png", error, NULL) && g_file_set_contents (path, png, (gssize) n, error);
}
