#include "sac-generate-save.h"

#include <glib/gi18n.h>
#include <string.h>

#include "media/sac-media.h"

#define STRIP_MOST 16           /* moments in a strip */
#define FILM_FPS 15
#define FILM_SIDE 512           /* px that the longer side of a film has at least, so that players show it well */

/* ---- clipboard. */

void
sac_generate_copy (GtkWidget *widget, cairo_surface_t *picture)
{
  int width = cairo_image_surface_get_width (picture), height = cairo_image_surface_get_height (picture);
  gsize stride = (gsize) cairo_image_surface_get_stride (picture);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  guint8 *pixels;

  cairo_surface_flush (picture);
  pixels = g_memdup2 (cairo_image_surface_get_data (picture), stride * (gsize) height);
  for (gsize i = 3; i < stride * (gsize) height; i += 4)
    pixels[i] = 255;            /* RGB24 leaves it open; little endian, as everything here */
  bytes = g_bytes_new_take (pixels, stride * (gsize) height);
  texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
}

/* ---- files, by a thread. */

typedef enum { PICTURE, GRID, STRIP } Kind;

typedef struct {
  SacSession *session;
  Kind kind;
  char *path, *folder;          /* to be written; of the run */
  cairo_surface_t *picture;     /* PICTURE, GRID */
  guint64 *steps;               /* STRIP */
  guint n;
  SacSampleShape shape;
  guint row, column;
  gboolean chosen;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->session);
  g_free (job->path);
  g_free (job->folder);
  g_clear_pointer (&job->picture, cairo_surface_destroy);
  g_free (job->steps);
  g_free (job);
}

static gboolean
write_png (cairo_surface_t *surface, const char *path, GError **error)
{
  cairo_status_t status = cairo_surface_write_to_png (surface, path);

  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” could not be written: %s"), path, cairo_status_to_string (status));
  return FALSE;
}

/* The chosen picture at moments an equal way apart, the first on the left. */
static gboolean
write_strip (const Job *job, GError **error)
{
  guint n = MIN (job->n, STRIP_MOST);
  int pitch = job->shape.size + SAC_SAMPLE_GAP;
  cairo_surface_t *strip = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) n * pitch + SAC_SAMPLE_GAP, pitch + SAC_SAMPLE_GAP);
  cairo_t *cr = cairo_create (strip);
  gboolean fine;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  for (guint i = 0; i < n; i++)
    {
      guint at = n > 1 ? (guint) ((guint64) i * (job->n - 1) / (n - 1)) : 0;
      cairo_surface_t *whole = sac_sample_film_decode (job->folder, job->steps[at]);
      double x = i * pitch + SAC_SAMPLE_GAP;

      if (!whole)
        continue;
      cairo_set_source_surface (cr, whole, x - (job->column * (double) pitch + SAC_SAMPLE_GAP), -(job->row * (double) pitch));
      cairo_rectangle (cr, x, SAC_SAMPLE_GAP, job->shape.size, job->shape.size);
      cairo_fill (cr);
      cairo_surface_destroy (whole);
    }
  cairo_destroy (cr);
  fine = write_png (strip, job->path, error);
  cairo_surface_destroy (strip);
  return fine;
}

/* All pictures through the training, enlarged without smoothing; sides that codecs take are even. */
static gboolean
write_film (const Job *job, GError **error)
{
  int pitch = job->shape.size + SAC_SAMPLE_GAP;
  int own_width = (int) job->shape.columns * pitch + SAC_SAMPLE_GAP, own_height = (int) job->shape.rows * pitch + SAC_SAMPLE_GAP;
  int side = MAX (own_width, own_height), scale = MAX (1, (FILM_SIDE + side - 1) / side);
  int width = (own_width * scale + 1) / 2 * 2, height = (own_height * scale + 1) / 2 * 2;
  SacEncoder *encoder = sac_encoder_new (job->path, width, height, FILM_FPS, 1, error);
  g_autofree guint8 *rgb = g_malloc0 ((gsize) width * (gsize) height * 3);

  if (!encoder)
    return FALSE;
  for (guint i = 0; i < job->n; i++)
    {
      cairo_surface_t *whole = sac_sample_film_decode (job->folder, job->steps[i]);
      gboolean fits = whole && cairo_image_surface_get_width (whole) >= own_width && cairo_image_surface_get_height (whole) >= own_height;

      for (int y = 0; fits && y < own_height * scale; y++)
        {
          const guint32 *from = (const guint32 *) (const void *) (cairo_image_surface_get_data (whole)
                                                                  + (gsize) (y / scale) * (gsize) cairo_image_surface_get_stride (whole));
          guint8 *to = rgb + (gsize) y * (gsize) width * 3;

          for (int x = 0; x < own_width * scale; x++)
            {
              guint32 pixel = from[x / scale];

              *to++ = (guint8) (pixel >> 16);
              *to++ = (guint8) (pixel >> 8);
              *to++ = (guint8) pixel;
            }
        }
      g_clear_pointer (&whole, cairo_surface_destroy);
      if (!sac_encoder_push (encoder, rgb, (gsize) width * 3, error))
        {
          sac_encoder_finish (encoder, NULL);
          return FALSE;
        }
    }
  return sac_encoder_finish (encoder, error);
}

static void
work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  GError *error = NULL;
  gboolean film = g_str_has_suffix (job->path, ".mp4") || g_str_has_suffix (job->path, ".webm") || g_str_has_suffix (job->path, ".mkv");
  gboolean fine = job->kind != STRIP ? write_png (job->picture, job->path, &error)
                  : film             ? write_film (job, &error)
                                     : write_strip (job, &error);

  if (fine)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autofree char *base = g_path_get_basename (job->path);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    sac_session_say (job->session, FALSE, _("“%s” is written"), base);
  else
    sac_session_say (job->session, FALSE, "%s", error->message);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  Job *job = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GTask) task = g_task_new (NULL, NULL, on_worked, NULL);

      job->path = g_file_get_path (file);
      g_task_set_task_data (task, job, job_free);
      g_task_run_in_thread (task, work);
    }
  else
    job_free (job);
  g_object_unref (dialog);
}

static void
ask (SacSampleView *view, Job *job, const char *title, const char *suggestion)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (view))),
                                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), suggestion);
  g_signal_connect (chooser, "response", G_CALLBACK (on_response), job);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
save (SacSampleView *view, SacSession *session, Kind kind)
{
  SacSampleFilm *film = sac_sample_view_get_film (view);
  Job *job = g_new0 (Job, 1);
  guint step = (guint) sac_sample_view_get_step (view);
  g_autofree char *name = NULL;

  job->session = g_object_ref (session);
  job->kind = kind;
  job->folder = g_strdup (sac_sample_film_get_folder (film));
  job->chosen = sac_sample_view_get_chosen (view, &job->row, &job->column);
  sac_sample_film_get_shape (film, &job->shape);
  if (kind == STRIP)
    {
      job->n = sac_sample_film_get_n (film);
      job->steps = g_new (guint64, job->n + 1);
      for (guint i = 0; i < job->n; i++)
        job->steps[i] = sac_sample_film_get_step (film, i);
    }
  else
    job->picture = sac_sample_view_dup_picture (view, kind == GRID);
  if (kind == STRIP ? job->n == 0 : !job->picture)
    {
      job_free (job);
      return FALSE;
    }
  name = kind == PICTURE ? g_strdup_printf ("step-%06u-row%u-G%u.png", step, job->row + 1, job->column + 1)
         : kind == GRID  ? g_strdup_printf ("step-%06u.png", step)
                         : g_strdup_printf ("training.%s", sac_encoder_get_suffix () ? sac_encoder_get_suffix () : "png");
  ask (view, job, kind == STRIP ? _("Save the way through the training (.png: a strip of one picture; .mp4, .webm: a film of all)")
                                : _("Save as PNG"), name);
  return TRUE;
}

gboolean
sac_generate_save_act (SacSampleView *view, SacSession *session, const char *act)
{
  if (g_strcmp0 (act, "generate.copy") == 0)
    {
      cairo_surface_t *picture = sac_sample_view_dup_picture (view, FALSE);

      if (!picture)
        return FALSE;
      sac_generate_copy (GTK_WIDGET (view), picture);
      cairo_surface_destroy (picture);
      sac_session_say (session, FALSE, _("The picture is on the clipboard"));
      return TRUE;
    }
  if (g_strcmp0 (act, "generate.save-picture") == 0)
    return save (view, session, PICTURE);
  if (g_strcmp0 (act, "generate.save-grid") == 0)
    return save (view, session, GRID);
  if (g_strcmp0 (act, "generate.save-strip") == 0)
    return save (view, session, STRIP);
  return FALSE;
}
