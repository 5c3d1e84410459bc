/* The control: what mean colour alone can tell. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-infer.h"

#define L2 1.0                  /* on standardised features: mild, and keeps separable labels finite */

void
sac_clip_mean_colour (const float *clip, const SacClipSpec *spec, float rgb[3])
{
  gsize n = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop;
  double sum[3] = { 0 };

  for (gsize i = 0; i < n; i++)
    for (int c = 0; c < 3; c++)
      sum[c] += (double) clip[3 * i + (gsize) c];
  for (int c = 0; c < 3; c++)
    rgb[c] = (float) (sum[c] / (double) n * (double) spec->deviation[c] + (double) spec->mean[c]);
}

SacColourControl *
sac_colour_control_fit (const float *colours, guint n_clips, const gint8 *states, guint n_labels)
{
  SacColourControl *control = g_new0 (SacColourControl, 1);

  control->n_labels = n_labels;
  control->weights = g_new0 (double, 4 * (gsize) n_labels);
  for (guint j = 0; j < n_labels; j++)
    sac_logistic_fit (colours, n_clips, 3, states + j, n_labels, L2, control->weights + 4 * (gsize) j);
  return control;
}

void
sac_colour_control_score (const SacColourControl *control, const float rgb[3], float *scores)
{
  for (guint j = 0; j < control->n_labels; j++)
    scores[j] = (float) sac_logistic_score (control->weights + 4 * (gsize) j, rgb, 3);
}

void
sac_colour_control_free (SacColourControl *control)
{
  if (!control)
    return;
  g_free (control->weights);
  g_free (control);
}

gboolean
sac_colour_control_write (const char *run_folder, const SacColourControl *control, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "scores", NULL);
  g_autofree char *path = g_build_filename (folder, "colour-control.json", NULL);
  g_autoptr (GString) text = g_string_new ("{\"version\":1,\"weights\":[");

  for (gsize i = 0; i < 4 * (gsize) control->n_labels; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%s%s", i ? "," : "", g_ascii_dtostr (number, sizeof number, control->weights[i]));
    }
  g_string_append (text, "]}\n");
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Cannot make the folder %s"), folder);
      return FALSE;
    }
  return sac_file_replace (path, text->str, text->len, error);
}

/* A flat list of numbers is all there is to read: whatever is not 4 finite numbers a label is refused. */
SacColourControl *
sac_colour_control_read (const char *run_folder, guint n_labels, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "scores", "colour-control.json", NULL);
  g_autoptr (GBytes) bytes = sac_file_read (path, 16 << 20, error);
  g_autoptr (SacColourControl) control = NULL;
  g_autofree char *text = NULL;
  const char *at;

  if (!bytes)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  control = g_new0 (SacColourControl, 1);
  control->n_labels = n_labels;
  control->weights = g_new0 (double, 4 * (gsize) n_labels + 1);
  at = text ? strstr (text, "\"weights\":[") : NULL;
  at = at ? at + strlen ("\"weights\":[") : NULL;
  for (gsize i = 0; at && i < 4 * (gsize) n_labels; i++)
    {
      char *end;

      control->weights[i] = g_ascii_strtod (at, &end);
      at = end != at && isfinite (control->weights[i]) && *end == (i + 1 == 4 * (gsize) n_labels ? ']' : ',') ? end + 1 : NULL;
    }
  if (!at)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, _("it does not fit the labels"));
      return NULL;
    }
  return g_steal_pointer (&control);
}
