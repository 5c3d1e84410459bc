#include "sac-cli.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

int
sac_cli_fail (GError *error)
{
  g_printerr ("saccade: %s\n", error ? error->message : _("failed without saying why"));
  g_clear_error (&error);
  return 1;
}

int
sac_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage, const char *summary)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  const GOptionEntry own[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Say what this command does"), NULL },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, "saccade");
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, "saccade");
  g_option_context_add_main_entries (context, own, "saccade");
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("saccade: %s\n", error->message);
      return 2;
    }
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      g_print ("%s", text);
      return 1;
    }
  return 0;
}

void
sac_cli_progress (double fraction, const char *what, gpointer data)
{
  if (isatty (2))
    g_printerr ("\r\033[K%3.0f %%  %s", 100 * CLAMP (fraction, 0, 1), what);
  if (isatty (2) && fraction >= 1)
    g_printerr ("\n");
}

void
sac_cli_progress_lines (double fraction, const char *what, gpointer data)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_printerr ("progress %s\n", g_ascii_formatd (number, sizeof number, "%.3f", CLAMP (fraction, 0, 1)));
}

char *
sac_cli_json (const char *text)
{
  GString *out = g_string_new ("\"");

  for (const char *p = text ? text : ""; *p; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar) *p < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* ---- signals. */

/* A handler takes them in whichever thread they meet: libraries have threads of their own before main(), which no mask of ours reaches. */
static int signal_pipe[2];

static void
on_signal (int which)
{
  char one = 1;

  (void) !write (signal_pipe[1], &one, 1);
}

/* The first signal asks for an end after the step under way, the second ends the process. */
static gpointer
signal_thread (gpointer data)
{
  char one;

  if (read (signal_pipe[0], &one, 1) == 1)
    {
      g_printerr ("%s\n", _("Stopping after this step; once more to end at once"));
      g_cancellable_cancel (data);
    }
  if (read (signal_pipe[0], &one, 1) == 1)
    _exit (130);
  return NULL;
}

GCancellable *
sac_cli_cancellable_for_signals (void)
{
  static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
  GCancellable *cancellable = g_cancellable_new ();
  const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

  if (pipe (signal_pipe) != 0)
    return cancellable;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &action, NULL);
  g_thread_unref (g_thread_new ("signals", signal_thread, cancellable));
  return cancellable;
}

static volatile sig_atomic_t n_signals;

static void
count_signal (int which)
{
  if (++n_signals > 1)
    _exit (130);
}

void
sac_cli_count_signals (void)
{
  const struct sigaction action = { .sa_handler = count_signal };

  n_signals = 0;
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
  signal (SIGPIPE, SIG_IGN);
}

gboolean
sac_cli_is_signalled (void)
{
  return n_signals > 0;
}
