#include "sac-tool-job.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "sac-settings.h"

#define MAX_OUTPUT ((gsize) 8 << 20)

struct _SacToolJob {
  GObject parent_instance;
  GSubprocess *child;
  GDataInputStream *told;       /* its stderr, a line at a time */
  GString *words;               /* of it: what was no progress */
  GString *output;
  char buffer[4096];
  guint open;                   /* ends that are awaited: output, words, the process */
  gboolean fine, cancelled;
  gboolean plain;               /* it does not know --progress */
};

G_DEFINE_FINAL_TYPE (SacToolJob, sac_tool_job, G_TYPE_OBJECT)

enum { PROGRESS, SAID, DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void read_line (SacToolJob *self);
static void read_output (SacToolJob *self);

static void
one_less (SacToolJob *self)
{
  gboolean fine, cancelled;
  g_autofree char *said = NULL;

  if (--self->open > 0)
    return;
  fine = self->fine;
  cancelled = self->cancelled;
  if (!cancelled)
    said = g_strdup (fine ? self->output->str : self->words->len ? self->words->str : _("The program ended without a word."));
  g_clear_object (&self->child);
  g_clear_object (&self->told);
  g_signal_emit (self, signals[DONE], 0, fine && !cancelled, said ? g_strchomp (said) : NULL);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacToolJob) self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!line)
    {
      one_less (self);
      return;
    }
  if (g_str_has_prefix (line, "progress "))
    g_signal_emit (self, signals[PROGRESS], 0, CLAMP (g_ascii_strtod (line + 9, NULL), 0, 1));
  else if (self->plain)
    {
      g_string_printf (self->words, "%.4000s\n", line);
      g_signal_emit (self, signals[SAID], 0, line);
    }
  else if (self->words->len < 4096)
    g_string_append_printf (self->words, "%s\n", line);
  read_line (self);
}

static void
read_line (SacToolJob *self)
{
  g_data_input_stream_read_line_async (self->told, G_PRIORITY_DEFAULT, NULL, on_line, g_object_ref (self));
}

static void
on_output (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacToolJob) self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0)
    {
      one_less (self);
      return;
    }
  if (self->output->len < MAX_OUTPUT)
    g_string_append_len (self->output, self->buffer, n);
  read_output (self);
}

static void
read_output (SacToolJob *self)
{
  g_input_stream_read_async (g_subprocess_get_stdout_pipe (self->child), self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT, NULL,
                             on_output, g_object_ref (self));
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacToolJob) self = data;

  self->fine = g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL);
  one_less (self);
}

static void
start (SacToolJob *self, const char *const *words, gboolean plain)
{
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SAC_IS_TOOL_JOB (self) && !self->child);
  self->plain = plain;
  g_ptr_array_add (argv, program ? program : (char *) "saccade");
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  if (!plain)
    g_ptr_array_add (argv, (char *) "--progress");
  g_ptr_array_add (argv, NULL);
  g_string_truncate (self->words, 0);
  g_string_truncate (self->output, 0);
  self->cancelled = self->fine = FALSE;
  self->child = g_subprocess_newv ((const char *const *) argv->pdata,
                                   G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  if (!self->child)
    {
      g_signal_emit (self, signals[DONE], 0, FALSE, error->message);
      return;
    }
  self->open = 3;
  self->told = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->child));
  read_line (self);
  read_output (self);
  g_subprocess_wait_check_async (self->child, NULL, on_ended, g_object_ref (self));
}

void
sac_tool_job_start (SacToolJob *self, const char *const *words)
{
  start (self, words, FALSE);
}

void
sac_tool_job_start_plain (SacToolJob *self, const char *const *words)
{
  start (self, words, TRUE);
}

gboolean
sac_tool_job_is_running (SacToolJob *self)
{
  return self->child != NULL;
}

void
sac_tool_job_cancel (SacToolJob *self)
{
  if (!self->child)
    return;
  self->cancelled = TRUE;
  g_subprocess_send_signal (self->child, SIGTERM);
}

static void
sac_tool_job_finalize (GObject *object)
{
  SacToolJob *self = SAC_TOOL_JOB (object);

  g_string_free (self->words, TRUE);
  g_string_free (self->output, TRUE);
  G_OBJECT_CLASS (sac_tool_job_parent_class)->finalize (object);
}

static void
sac_tool_job_class_init (SacToolJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_tool_job_finalize;
  signals[PROGRESS] = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    G_TYPE_DOUBLE);
  signals[SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN,
                                G_TYPE_STRING);
}

static void
sac_tool_job_init (SacToolJob *self)
{
  self->words = g_string_new (NULL);
  self->output = g_string_new (NULL);
}

SacToolJob *
sac_tool_job_new (void)
{
  return g_object_new (SAC_TYPE_TOOL_JOB, NULL);
}
