/* saccade explain RUN CLIP: which labels, which frames, which places. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "draw/sac-draw.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

typedef struct {
  const SacExplanation *explanation;
  cairo_surface_t **frames;     /* the part of each frame that the map covers */
  SacStyle style;
  guint one;                    /* of a single overlay */
} Picture;

static void
draw_strip (cairo_t *cr, double width, double height, gpointer data)
{
  Picture *p = data;
  const SacExplanation *e = p->explanation;

  cairo_set_source_rgba (cr, p->style.paper[0], p->style.paper[1], p->style.paper[2], 1);
  cairo_paint (cr);
  sac_strip_draw (cr, width, height, &p->style, p->frames, e->map, e->h, e->w, e->weights, e->frames, e->n_frames,
                  SAC_MAP_JET, 0.5);
}

static void
draw_overlay (cairo_t *cr, double width, double height, gpointer data)
{
  Picture *p = data;
  const SacExplanation *e = p->explanation;

  sac_overlay_draw (cr, width, height, p->frames[p->one], e->map + (gsize) p->one * e->h * e->w, e->h, e->w, SAC_MAP_JET, 0.5);
}

/* The frame as the network saw it: the crop, in the file's own pixels. */
static cairo_surface_t *
load_frame (SacMedia *media, guint number, const double crop[4], GError **error)
{
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, NULL, error);
  g_autofree guint8 *pixels = NULL;
  cairo_surface_t *whole, *part;
  int width, height, stride;
  cairo_t *cr;

  if (!frame)
    return NULL;
  width = sac_frame_get_width (frame);
  height = sac_frame_get_height (frame);
  stride = cairo_format_stride_for_width (CAIRO_FORMAT_RGB24, width);
  pixels = g_try_malloc ((gsize) stride * (gsize) height);
  if (!pixels || !sac_frame_convert (frame, SAC_PIXELS_BGRA, pixels, (gsize) stride, error))
    return NULL;
  whole = cairo_image_surface_create_for_data (pixels, CAIRO_FORMAT_RGB24, width, height, stride);
  part = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX ((int) lrint (crop[2]), 1), MAX ((int) lrint (crop[3]), 1));
  cr = cairo_create (part);
  cairo_set_source_surface (cr, whole, -lrint (crop[0]), -lrint (crop[1]));
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (whole);
  return part;
}

static gboolean
write_pictures (const char *folder, const char *path, const SacExplanation *e, GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, error);
  g_autofree char *strip = g_build_filename (folder, "strip.png", NULL);
  Picture picture = { .explanation = e };
  gboolean fine = media != NULL;

  if (fine && g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Cannot make the folder %s"), folder);
      fine = FALSE;
    }
  picture.frames = g_new0 (cairo_surface_t *, e->n_frames);
  sac_style_init (&picture.style, FALSE);
  for (guint i = 0; i < e->n_frames && fine; i++)
    {
      g_autofree char *file = g_strdup_printf ("%s/frame-%06u.png", folder, e->frames[i]);

      picture.frames[i] = load_frame (media, e->frames[i], e->crop, error);
      picture.one = i;
      fine = picture.frames[i]
             && sac_draw_to_file (file, cairo_image_surface_get_width (picture.frames[i]),
                                  cairo_image_surface_get_height (picture.frames[i]), draw_overlay, &picture, error);
    }
  if (fine)
    fine = sac_draw_to_file (strip, 1200, MAX (sac_strip_height (1200 * 4, &picture.style, picture.frames, TRUE,
                                                                 TRUE, e->n_frames), 200),
                             draw_strip, &picture, error);
  for (guint i = 0; i < e->n_frames; i++)
    if (picture.frames[i])
      cairo_surface_destroy (picture.frames[i]);
  g_free (picture.frames);
  return fine;
}

static void
print_text (const SacExplanation *e)
{
  gboolean equal = TRUE;

  for (guint i = 0; i < e->n_top; i++)
    g_print ("%6.3f  %s\n", e->top_scores[i], e->top_labels[i]);
  g_print (_("where it looked for “%s”: frame and weight\n"), e->label);
  for (guint i = 1; i < e->n_frames; i++)
    equal = equal && fabsf (e->weights[i] - e->weights[0]) < 1e-4f;
  if (equal && e->n_frames > 1)
    g_print (_("(all frames weigh the same: the last stage of this network has one place in time)\n"));
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%6u  %.3f  %.*s\n", e->frames[i], (double) e->weights[i], (int) lrint (40 * (double) e->weights[i]),
             "########################################");
}

static void
print_json (const SacExplanation *e)
{
  g_autofree char *label = sac_cli_json (e->label);

  g_print ("{\"label\":%s,\"score\":%.6f,\"top\":[", label, e->score);
  for (guint i = 0; i < e->n_top; i++)
    {
      g_autofree char *name = sac_cli_json (e->top_labels[i]);

      g_print ("%s{\"label\":%s,\"score\":%.6f}", i ? "," : "", name, e->top_scores[i]);
    }
  g_print ("],\"frames\":[");
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%s%u", i ? "," : "", e->frames[i]);
  g_print ("],\"weights\":[");
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%s%.6f", i ? "," : "", (double) e->weights[i]);
  g_print ("],\"crop\":[%.3f,%.3f,%.3f,%.3f]}\n", e->crop[0], e->crop[1], e->crop[2], e->crop[3]);
}

int
sac_cli_explain (int argc, char **argv)
{
  g_autofree char *project_path = NULL;
  g_autofree char *label = NULL;
  g_autofree char *output = NULL;
  g_autofree char *folder = NULL;
  gboolean json = FALSE;
  int threads = 0, parsed;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRunInfo) info = NULL;
  g_autoptr (SacExplainer) explainer = NULL;
  SacExplanation *explanation;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path,
      N_("Project file or its folder (default: the run's own)"), N_("FILE") },
    { "label", 'l', 0, G_OPTION_ARG_STRING, &label,
      N_("Label to explain (default: the one with the highest score)"), N_("NAME") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_("Write the frames with their heat maps and a strip there"), N_("FOLDER") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  int result = 0;

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN CLIP"), _("Shows where a run looks in a clip."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 3 || threads < 0)
    {
      g_printerr ("saccade: %s\n", _("explain wants a RUN and a CLIP"));
      return 2;
    }
  sac_media_init ();
  folder = sac_cli_find_run (argv[1], project_path, &error);
  info = folder ? sac_run_info_read (folder, &error) : NULL;
  if (!info)
    return sac_cli_fail (g_steal_pointer (&error));
  if (!project_path)
    project_path = g_strdup (info->project);
  explainer = sac_explainer_new ((guint) threads);
  explanation = sac_explainer_run (explainer, folder, project_path, argv[2], label, NULL, &error);
  if (!explanation)
    return sac_cli_fail (g_steal_pointer (&error));
  if (json)
    print_json (explanation);
  else
    print_text (explanation);
  if (output)
    {
      g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
      g_autoptr (SacItem) item = project ? sac_project_find_item (project, argv[2], &error) : NULL;

      if (!item || !write_pictures (output, item->path, explanation, &error))
        result = sac_cli_fail (g_steal_pointer (&error));
    }
  sac_explanation_free (explanation);
  return result;
}
