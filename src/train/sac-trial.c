/* A run for a look: made of a recipe as any other, in a folder that goes with it. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "sac-train-private.h"

gboolean
_sac_trial_open (SacTrial *trial, const SacTrainSpec *spec, GCancellable *cancellable, GError **error)
{
  const char *cache = sac_env_cache_dir ();

  *trial = (SacTrial) { .spec = *spec, .folder = g_build_filename (cache, "trial-XXXXXX", NULL) };
  _sac_trainer_init (&trial->trainer, &trial->spec, cancellable);
  if (g_mkdir_with_parents (cache, 0755) != 0 || !g_mkdtemp (trial->folder))
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), trial->folder,
                   g_strerror (number));
      g_clear_pointer (&trial->folder, g_free);
      return FALSE;
    }
  trial->spec.run_folder = trial->folder;
  trial->spec.resume = FALSE;
  return _sac_trainer_prepare (&trial->trainer, error);
}

void
_sac_trial_close (SacTrial *trial)
{
  _sac_trainer_clear (&trial->trainer);
  if (trial->folder)
    sac_file_remove_tree (trial->folder);
  g_clear_pointer (&trial->folder, g_free);
}
