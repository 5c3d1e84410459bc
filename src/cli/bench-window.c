#include "bench-window.h"

#include <glib/gi18n.h>
#include <signal.h>

/* A display server that picks its own number; NULL with @error where there is none. */
static GSubprocess *
start_display (char **name, GError **error)
{
  GSubprocess *server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, error, "Xvfb", "-displayfd",
                                          "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", NULL);
  g_autoptr (GDataInputStream) told = server ? g_data_input_stream_new (g_subprocess_get_stdout_pipe (server)) : NULL;
  g_autofree char *number = told ? g_data_input_stream_read_line (told, NULL, NULL, error) : NULL;

  if (number)
    *name = g_strconcat (":", number, NULL);
  else if (server && error && !*error)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Xvfb did not start"));
  return server;
}

gboolean
_sac_bench_run_window (const char *cache, const char *const *arguments, GError **error)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL), *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder ? g_build_filename (folder, "saccade-window", NULL) : NULL, *display = NULL;
  const char *program = beside && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE) ? beside : "saccade-window";
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) server = NULL, window = NULL;
  static const struct { const char *name, *value; } settings[] = {
    { "GSK_RENDERER", "cairo" }, { "GSETTINGS_BACKEND", "memory" }, { "ADW_DISABLE_PORTAL", "1" }, { "GTK_A11Y", "none" },
  };
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  gboolean good;

  g_ptr_array_add (words, (char *) program);
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (words, (char *) arguments[i]);
  g_ptr_array_add (words, NULL);
  if (!g_getenv ("DISPLAY") && !g_getenv ("WAYLAND_DISPLAY"))
    {
      server = start_display (&display, error);
      if (display)
        {
          g_subprocess_launcher_setenv (launcher, "DISPLAY", display, TRUE);
          g_subprocess_launcher_setenv (launcher, "GDK_BACKEND", "x11", TRUE);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_subprocess_launcher_setenv (launcher, settings[i].name, settings[i].value, TRUE);
  g_subprocess_launcher_setenv (launcher, "SACCADE_CACHE", cache, TRUE);
  if (!server || display)
    window = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, error);
  good = window && g_subprocess_wait_check (window, NULL, error);
  if (server)
    {
      g_subprocess_send_signal (server, SIGTERM);
      g_subprocess_wait (server, NULL, NULL);
    }
  return good;
}
