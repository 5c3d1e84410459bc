/* For the tests of the window: the main loop turned by hand, a folder of small clips whose frames say their number. */
#pragma once
#include <adwaita.h>
#include <glib/gstdio.h>

#include "media/sac-media.h"
#include "remove-tree.h"

/* Turns the main loop until @done or @seconds are over; returns whether it is done. */
G_GNUC_UNUSED static gboolean
wait_until (gboolean (*done) (gpointer data), gpointer data, double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  while (!done (data) && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  return done (data);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

G_GNUC_UNUSED static void
spin (double seconds)
{
  wait_until (never, NULL, seconds);
}

#define CLIP_WIDTH 96
#define CLIP_HEIGHT 64
#define CLIP_FRAMES 16
/* Frame n is grey of this value. */
#define CLIP_GREY(n) (12 + 15 * (int) (n))

/* @folder/@name without suffix; returns the path. */
G_GNUC_UNUSED static char *
make_clip (const char *folder, const char *name)
{
  g_autofree char *file = g_strdup_printf ("%s.%s", name, sac_encoder_get_suffix ());
  char *path = g_build_filename (folder, file, NULL);
  g_autofree guint8 *rgb = g_malloc (CLIP_WIDTH * CLIP_HEIGHT * 3);
  GError *error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, CLIP_WIDTH, CLIP_HEIGHT, 24, 1, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < CLIP_FRAMES; i++)
    {
      memset (rgb, CLIP_GREY (i), CLIP_WIDTH * CLIP_HEIGHT * 3);
      memset (rgb, name[0], CLIP_WIDTH * 8 * 3);        /* so that no two are the same file */
      g_assert_true (sac_encoder_push (encoder, rgb, CLIP_WIDTH * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  return path;
}
