#include "sac-strip-frames.h"

#include <string.h>

#include "media/sac-media.h"

typedef struct {
  char *path;
  guint *frames;
  guint n;
  double crop[4];
  int height;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->frames);
  g_free (job);
}

static void
surface_free (gpointer surface)
{
  if (surface)
    cairo_surface_destroy (surface);
}

static cairo_surface_t *
load_one (SacMedia *media, guint number, const double crop[4], int height, GCancellable *cancellable)
{
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, cancellable, NULL);
  cairo_surface_t *whole, *small;
  int w, h;
  double scale, part[4];
  cairo_t *cr;

  if (!frame)
    return NULL;
  w = sac_frame_get_width (frame), h = sac_frame_get_height (frame);
  whole = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  if (cairo_surface_status (whole) != CAIRO_STATUS_SUCCESS
      || !sac_frame_convert (frame, SAC_PIXELS_BGRA, cairo_image_surface_get_data (whole),
                             (gsize) cairo_image_surface_get_stride (whole), NULL))
    {
      cairo_surface_destroy (whole);
      return NULL;
    }
  cairo_surface_mark_dirty (whole);
  if (crop[2] >= 1 && crop[3] >= 1)
    memcpy (part, crop, sizeof part);
  else
    memcpy (part, (double[]) { 0, 0, w, h }, sizeof part);
  scale = MIN (height / part[3], 1);
  small = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX ((int) (part[2] * scale + 0.5), 1), MAX ((int) (part[3] * scale + 0.5), 1));
  cr = cairo_create (small);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, whole, -part[0], -part[1]);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (whole);
  return small;
}

static void
load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (job->path, cancellable, &error);
  GPtrArray *surfaces;

  if (!media)
    {
      g_task_return_error (task, error);
      return;
    }
  surfaces = g_ptr_array_new_with_free_func (surface_free);
  for (guint i = 0; i < job->n && !g_cancellable_is_cancelled (cancellable); i++)
    g_ptr_array_add (surfaces, load_one (media, job->frames[i], job->crop, job->height, cancellable));
  g_task_return_pointer (task, surfaces, (GDestroyNotify) g_ptr_array_unref);
}

void
sac_strip_frames_load_async (const char *path, const guint *frames, guint n, const double crop[4], int height,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Job *job = g_new0 (Job, 1);

  *job = (Job) { g_strdup (path), g_memdup2 (frames, sizeof (guint) * n), n, { crop[0], crop[1], crop[2], crop[3] }, height };
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, load);
}

GPtrArray *
sac_strip_frames_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
