/* The film of a run's samples: which there are, decoded in a thread, what is broken left out. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/sac-sample-film.h"

static const char recipe[] = "[recipe]\nkind=gan\n[network]\nsize=32\nwidth=2\nz=4\ngraph=TC|PT\n[training]\nrows=3\nseed=7\n";

typedef struct {
  char *folder;
  SacSampleFilm *film;
  guint n_changed, n_loaded;
} Fixture;

static void
write_sample (Fixture *f, guint step, int width, int height)
{
  g_autofree char *path = g_strdup_printf ("%s/samples/step-%06u.png", f->folder, step);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, step / 255.0, 0, 1);
  cairo_paint (cr);
  cairo_destroy (cr);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

static void
write_text (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
on_changed (Fixture *f)
{
  f->n_changed++;
}

static void
on_loaded (Fixture *f)
{
  f->n_loaded++;
}

/* Until there are @n samples, or for as long as a very busy machine may take. */
static void
wait_for (Fixture *f, guint n)
{
  for (guint i = 0; i < 3000 && sac_sample_film_get_n (f->film) != n; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (10000);
    }
  g_assert_cmpuint (sac_sample_film_get_n (f->film), ==, n);
}

static cairo_surface_t *
decoded (Fixture *f, guint i)
{
  guint before = f->n_loaded;
  cairo_surface_t *surface = sac_sample_film_get (f->film, i);

  for (guint k = 0; k < 3000 && !surface && f->n_loaded == before; k++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (10000);
    }
  return sac_sample_film_get (f->film, i);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *samples = NULL;

  f->folder = g_dir_make_tmp ("saccade-film-XXXXXX", NULL);
  samples = g_build_filename (f->folder, "samples", NULL);
  g_assert_cmpint (g_mkdir (samples, 0755), ==, 0);
  write_text (f, "recipe.ini", recipe);
  f->film = sac_sample_film_new ();
  g_signal_connect_swapped (f->film, "changed", G_CALLBACK (on_changed), f);
  g_signal_connect_swapped (f->film, "loaded", G_CALLBACK (on_loaded), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *remove = g_strdup_printf ("rm -r '%s'", f->folder);

  g_object_unref (f->film);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
  g_free (f->folder);
}

static void
test_steps (Fixture *f, gconstpointer data)
{
  SacSampleShape shape;

  for (guint i = 0; i < 4; i++)
    write_sample (f, (3 - i) * 40, 70, 104);
  write_text (f, "samples/step-x.png", "");
  write_text (f, "samples/step-000007.png.part", "");
  write_text (f, "samples/notes.txt", "");
  sac_sample_film_set_folder (f->film, f->folder);
  sac_sample_film_set_active (f->film, TRUE);
  wait_for (f, 4);
  sac_sample_film_get_shape (f->film, &shape);
  g_assert_cmpuint (shape.rows, ==, 3);
  g_assert_cmpuint (shape.columns, ==, 2);
  g_assert_cmpint (shape.size, ==, 32);
  g_assert_cmpuint (shape.seed, ==, 7);
  for (guint i = 0; i < 4; i++)
    {
      cairo_surface_t *surface = decoded (f, i);

      g_assert_cmpuint (sac_sample_film_get_step (f->film, i), ==, i * 40);
      g_assert_nonnull (surface);
      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 70);
      g_assert_cmpuint (*(guint32 *) (gpointer) cairo_image_surface_get_data (surface) & 0xffffff, ==, i * 40 << 16 | 255);
    }
  g_assert_cmpuint (sac_sample_film_find (f->film, 0), ==, 0);
  g_assert_cmpuint (sac_sample_film_find (f->film, 59), ==, 1);
  g_assert_cmpuint (sac_sample_film_find (f->film, 61), ==, 2);
  g_assert_cmpuint (sac_sample_film_find (f->film, 100000), ==, 3);
  write_sample (f, 160, 70, 104);       /* the training goes on */
  wait_for (f, 5);
  g_assert_nonnull (decoded (f, 4));
}

/* Not a picture, cut short, and one that claims to be huge. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const guint8 huge[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R',
                                 0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0 };
  g_autofree char *path = g_build_filename (f->folder, "samples", "step-000003.png", NULL);

  write_text (f, "samples/step-000001.png", "no picture at all");
  write_text (f, "samples/step-000002.png", "\x89PNG\r\n");
  g_assert_true (g_file_set_contents (path, (const char *) huge, sizeof huge, NULL));
  write_sample (f, 4, 70, 104);
  sac_sample_film_set_folder (f->film, f->folder);
  sac_sample_film_set_active (f->film, TRUE);
  wait_for (f, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_null (decoded (f, i));
  g_assert_nonnull (decoded (f, 3));
  g_assert_null (sac_sample_film_get (f->film, 4));
}

/* Another run takes the place of one whose pictures are still awaited. */
static void
test_change (Fixture *f, gconstpointer data)
{
  write_sample (f, 0, 70, 104);
  sac_sample_film_set_folder (f->film, f->folder);
  sac_sample_film_set_active (f->film, TRUE);
  wait_for (f, 1);
  sac_sample_film_get (f->film, 0);
  sac_sample_film_set_folder (f->film, NULL);
  g_assert_cmpuint (sac_sample_film_get_n (f->film), ==, 0);
  for (guint i = 0; i < 20; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (5000);
    }
  g_assert_cmpuint (f->n_loaded, ==, 0);
  g_assert_cmpuint (sac_sample_film_get_n (f->film), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sample-film/steps", Fixture, NULL, set_up, test_steps, tear_down);
  g_test_add ("/sample-film/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/sample-film/change", Fixture, NULL, set_up, test_change, tear_down);
  return g_test_run ();
}
