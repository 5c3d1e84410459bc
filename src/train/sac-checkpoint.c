/* Checkpoints: one safetensors file each with weights, statistics, moments and where the run stands. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "sac-train-private.h"

#define CHECKPOINT_VERSION 1

static void
put_text (GHashTable *metadata, const char *key, char *value)
{
  g_hash_table_insert (metadata, g_strdup (key), value);
}

static void
put_number (GHashTable *metadata, const char *key, guint64 value)
{
  put_text (metadata, key, g_strdup_printf ("%" G_GUINT64_FORMAT, value));
}

static void
put_real (GHashTable *metadata, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  put_text (metadata, key, g_strdup (g_ascii_dtostr (text, sizeof text, value)));
}

static GHashTable *
describe (const SacTrainer *trainer)
{
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  put_number (metadata, "saccade.version", CHECKPOINT_VERSION);
  put_number (metadata, "saccade.step", (guint64) trainer->step);
  put_number (metadata, "saccade.position", trainer->position);
  put_number (metadata, "saccade.seed", trainer->recipe->seed);
  put_number (metadata, "saccade.validated_step", (guint64) MAX (trainer->validated_step, 0));
  put_real (metadata, "saccade.best_value", trainer->best_value);
  put_real (metadata, "saccade.stop_best", trainer->stop_best);
  put_number (metadata, "saccade.stop_waited", (guint64) trainer->stop_waited);
  put_real (metadata, "saccade.best_loss", trainer->best_loss);
  put_real (metadata, "saccade.loss_sum", trainer->loss_sum);  /* since the last log */
  put_number (metadata, "saccade.loss_n", trainer->loss_n);
  if (_sac_train_scales (trainer->recipe))
    {
      put_real (metadata, "saccade.loss_scale", trainer->scale.value);
      put_number (metadata, "saccade.good_steps", trainer->scale.good);
      put_number (metadata, "saccade.skipped_steps", trainer->scale.skipped);
    }
  put_text (metadata, "saccade.model", g_strdup (trainer->recipe->model));
  put_text (metadata, "saccade.snapshot", g_strdup (trainer->train->snapshot ? trainer->train->snapshot : ""));
  return metadata;
}

static char *
folder_of (const SacTrainer *trainer)
{
  return g_build_filename (trainer->spec->run_folder, "checkpoints", NULL);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  int number;

  if (g_mkdir_with_parents (folder, 0755) == 0)
    return TRUE;
  number = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), folder,
               g_strerror (number));
  return FALSE;
}

gboolean
_sac_trainer_save (SacTrainer *trainer, GError **error)
{
  g_autoptr (GHashTable) metadata = describe (trainer);
  g_autofree char *folder = folder_of (trainer);
  g_autofree char *path = g_strdup_printf ("%s/step-%06d.safetensors", folder, trainer->step);
  SacBlock *const extra[] = { sac_optimizer_get_moments (trainer->optimizer) };
  const char *const prefixes[] = { "moment." };
  g_auto (GStrv) all = NULL;

  if (!make_folder (folder, error) || !sac_weights_save (trainer->weights, extra, prefixes, 1, metadata, path, error))
    return FALSE;
  trainer->checkpoint_step = trainer->step;
  all = sac_run_list_checkpoints (trainer->spec->run_folder);
  for (int i = 0; all[i]; i++)
    if (i >= trainer->recipe->keep_checkpoints)
      g_unlink (all[i]);
  return TRUE;
}

static gboolean
save_bare (SacTrainer *trainer, const char *name, GError **error)
{
  g_autoptr (GHashTable) metadata = describe (trainer);
  g_autofree char *folder = folder_of (trainer);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return make_folder (folder, error) && sac_weights_save (trainer->weights, NULL, NULL, 0, metadata, path, error);
}

gboolean
_sac_trainer_save_best (SacTrainer *trainer, GError **error)
{
  return save_bare (trainer, "best.safetensors", error);
}

gboolean
_sac_trainer_save_snapshot (SacTrainer *trainer, GError **error)
{
  return save_bare (trainer, "snapshot.safetensors", error);
}

void
_sac_trainer_drop_snapshot (SacTrainer *trainer)
{
  g_autofree char *path = g_build_filename (trainer->spec->run_folder, "checkpoints", "snapshot.safetensors", NULL);

  g_unlink (path);
}

gboolean
_sac_trainer_save_initial (SacTrainer *trainer, GError **error)
{
  return save_bare (trainer, "initial.safetensors", error);
}

/* FALSE where a key is missing or no number. */
static gboolean
get_number (SacTensorFile *file, const char *key, guint64 *value)
{
  const char *text = sac_tensor_file_get_metadata (file, key);

  return text && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, value, NULL);
}

static double
get_real (SacTensorFile *file, const char *key, double fallback)
{
  const char *text = sac_tensor_file_get_metadata (file, key);

  return text ? g_ascii_strtod (text, NULL) : fallback;
}

static gboolean
restore_one (SacTrainer *trainer, const char *path, gboolean with_moments, GError **error)
{
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, error);
  SacBlock *const extra[] = { sac_optimizer_get_moments (trainer->optimizer) };
  const char *const prefixes[] = { "moment." };
  guint64 version, step, position, seed, n;

  if (!file)
    return FALSE;
  if (!get_number (file, "saccade.version", &version) || version != CHECKPOINT_VERSION || !get_number (file,
                                                                                                       "saccade.step", &step)
      || !get_number (file, "saccade.position", &position) || step > G_MAXINT)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("it is not a checkpoint of this program"));
      return FALSE;
    }
  if (get_number (file, "saccade.seed", &seed) && seed != trainer->recipe->seed)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("it belongs to a run with another seed"));
      return FALSE;
    }
  if (!sac_weights_restore (trainer->weights, extra, prefixes, with_moments ? 1 : 0, file, error))
    return FALSE;
  trainer->step = (int) step;
  trainer->position = position;
  trainer->best_value = get_real (file, "saccade.best_value", get_real (file, "saccade.best_auc", NAN));
  trainer->stop_best = get_real (file, "saccade.stop_best", NAN);
  trainer->stop_waited = get_number (file, "saccade.stop_waited", &n) ? (int) MIN (n, G_MAXINT) : 0;
  trainer->validated_step = get_number (file, "saccade.validated_step", &n) ? (int) MIN (n, G_MAXINT) : (int) step;
  _sac_loss_scale_begin (&trainer->scale);
  trainer->scale.value = CLAMP (get_real (file, "saccade.loss_scale", trainer->scale.value), 1e-6, 1e9);
  get_number (file, "saccade.good_steps", &trainer->scale.good);
  get_number (file, "saccade.skipped_steps", &trainer->scale.skipped);
  trainer->best_loss = get_real (file, "saccade.best_loss", INFINITY);
  trainer->loss_sum = get_real (file, "saccade.loss_sum", 0);
  trainer->loss_n = get_number (file, "saccade.loss_n", &n) ? (guint) MIN (n, G_MAXINT) : 0;
  trainer->checkpoint_step = trainer->step;
  return TRUE;
}

gboolean
_sac_trainer_restore (SacTrainer *trainer, GError **error)
{
  g_auto (GStrv) all = sac_run_list_checkpoints (trainer->spec->run_folder);
  g_autoptr (GError) first = NULL;

  for (int i = 0; all[i]; i++)
    {
      g_autoptr (GError) inner = NULL;

      if (restore_one (trainer, all[i], TRUE, &inner))
        return TRUE;
      sac_debug (TRAIN, "%s: %s\n", all[i], inner->message);
      if (!first)
        {
          g_prefix_error (&inner, "%s: ", all[i]);
          first = g_steal_pointer (&inner);
        }
    }
  if (!first)
    {
      g_autofree char *folder = folder_of (trainer);
      g_autofree char *path = g_build_filename (folder, "initial.safetensors", NULL);

      /* No checkpoint yet: the moments are zero. */
      return restore_one (trainer, path, FALSE, error);
    }
  /* Checkpoints that all refuse are not thrown away by starting again over them. */
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

void
_sac_trainer_sweep (SacTrainer *trainer)
{
  g_autofree char *folder = folder_of (trainer);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".new"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
      }
}
