/* Loss scaling: gradients stored as f16 lose what is below 6e-8, so they are those of the loss times a power of two, which the update
 * divides by.  Where they overflow, the step moves nothing and the next is half as large; after many good steps it is doubled. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/sac-debug-device.h"
#include "sac-train-private.h"

#define FIRST 65536.0
#define LEAST (1.0 / 1024)
#define MOST 16777216.0
#define GOOD_STEPS 1000         /* in a row, until it is doubled */

gboolean
_sac_train_scales (const SacRecipe *recipe)
{
  return strcmp (recipe->precision, "f16") == 0;
}

void
_sac_loss_scale_begin (SacLossScale *scale)
{
  *scale = (SacLossScale) { sac_env_loss_scale () > 0 ? sac_env_loss_scale () : FIRST, 0, 0 };
}

void
_sac_loss_scale_learn (SacLossScale *scale, gboolean finite)
{
  if (!finite)
    {
      scale->value /= 2;
      scale->good = 0;
      scale->skipped++;
    }
  else if (++scale->good >= GOOD_STEPS)
    {
      scale->value = MIN (2 * scale->value, MOST);
      scale->good = 0;
    }
}

/* Once the step's gradients are there. */
gboolean
_sac_trainer_check_scale (SacTrainer *t, gboolean *finite, GError **error)
{
  *finite = TRUE;
  if (!t->in.scale)
    return TRUE;
  if (!sac_optimizer_gradients_finite (t->optimizer, finite, error))
    return FALSE;
  _sac_loss_scale_learn (&t->scale, *finite);
  if (*finite)
    return TRUE;
  sac_block_zero (sac_optimizer_get_gradients (t->optimizer));
  if (t->scale.value >= LEAST)
    return TRUE;
  g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED,
               _("The gradients are no numbers at step %d, however small they are made: the training diverged, or needs precision=f32"),
               t->step + 1);
  return FALSE;
}
