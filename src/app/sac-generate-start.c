/* The Generate page: trainers started, paused, stopped and gone on with. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-generate-page-private.h"
#include "sac-settings.h"

static void
control (SacGeneratePage *self, SacControl what)
{
  g_autoptr (GError) error = NULL;

  if (self->run && !sac_control_send (self->run, what, &error))
    sac_session_say (_sac_generate_page_get_session (self), FALSE, "%s", error->message);
}

void
_sac_generate_page_on_checkpoint (SacGeneratePage *self)
{
  control (self, SAC_CONTROL_CHECKPOINT);
}

void
_sac_generate_page_on_stop (SacGeneratePage *self)
{
  control (self, SAC_CONTROL_STOP);
}

/* The trainer ended: what it said on stderr is told when it failed. */
static void
on_trainer_end (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacGeneratePage) self = data;
  g_autofree char *words = NULL;
  gboolean ok = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &words, NULL)
                && g_subprocess_get_successful (G_SUBPROCESS (source));
  SacSession *session = _sac_generate_page_get_session (self);

  if (!session)
    return;
  if (ok)
    sac_session_say (session, FALSE, _("The run is done"));
  else
    {
      g_auto (GStrv) lines = g_strsplit (words ? g_strstrip (words) : "", "\n", -1);
      guint n = g_strv_length (lines);

      sac_session_say (session, FALSE, _("The run failed. %s"), n > 0 ? lines[n - 1] : "");
    }
  sac_session_tell_runs (session);
}

/* A process of its own: it goes on when the window is closed. */
static void
start_trainer (SacGeneratePage *self, const char *const *argv, const char *folder, const char *name)
{
  SacSession *session = _sac_generate_page_get_session (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) trainer = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);

  if (!trainer)
    {
      sac_session_say (session, FALSE, _("Training could not be started: %s"), error->message);
      return;
    }
  g_subprocess_communicate_utf8_async (trainer, NULL, NULL, on_trainer_end, g_object_ref (self));
  _sac_generate_page_show_run (self, folder, name);
  sac_session_tell_runs (session);
}

void
_sac_generate_page_on_start (SacGeneratePage *self)
{
  SacSession *session = _sac_generate_page_get_session (self);
  SacProject *project = sac_session_get_project (session);
  const char *recipe = sac_gan_form_get_recipe (self->form);
  g_autofree char *program = sac_dup_program (), *stem = recipe ? g_path_get_basename (recipe) : NULL;
  g_autofree char *name = NULL, *folder = NULL, *listed = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  g_autoptr (GPtrArray) argv = sac_gan_form_dup_words (self->form);
  g_autoptr (GError) error = NULL;

  if (!project || !stem || !argv)
    return;
  if (g_str_has_suffix (stem, ".ini"))
    stem[strlen (stem) - strlen (".ini")] = '\0';
  name = g_strdup_printf ("%s %s", stamp, stem);
  folder = g_build_filename (sac_project_get_folder (project), "runs", name, NULL);
  listed = g_strconcat (SAC_GAN_RUN_PREFIX, stem, NULL);
  if (!sac_project_add_run (project, name, folder, listed, &error))
    {
      sac_session_say (session, FALSE, "%s", error->message);
      return;
    }
  g_ptr_array_insert (argv, 0, g_strdup (program ? program : "saccade"));
  g_ptr_array_add (argv, g_strdup ("--run"));
  g_ptr_array_add (argv, g_strdup (folder));
  g_ptr_array_add (argv, NULL);
  start_trainer (self, (const char *const *) argv->pdata, folder, name);
}

/* A run that was cut off, stopped or failed, from its last checkpoint. */
static void
go_on (SacGeneratePage *self)
{
  g_autofree char *program = sac_dup_program (), *folder = g_strdup (self->run);
  g_autoptr (SacRunInfo) info = sac_run_info_read (self->run, NULL);
  const char *const argv[] = {
    program ? program : "saccade", "gan", "train", "--resume", "--run", folder, "--data", info && info->project ? info->project : "",
    "--device", sac_gan_form_get_device (self->form), NULL,
  };

  start_trainer (self, argv, folder, NULL);
}

void
_sac_generate_page_on_pause (SacGeneratePage *self)
{
  if (self->resumable)
    go_on (self);
  else
    control (self, self->paused ? SAC_CONTROL_RESUME : SAC_CONTROL_PAUSE);
}
