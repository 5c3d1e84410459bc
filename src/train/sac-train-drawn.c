/* What the network thought of each example, kept for whoever looks for wrong labels. */
#include <math.h>
#include <string.h>

#include "sac-train-private.h"

static char **
list_names (GPtrArray *items)
{
  char **names = g_new0 (char *, items->len + 1);

  for (guint i = 0; i < items->len; i++)
    names[i] = g_strdup (((SacItem *) items->pdata[i])->name);
  return names;
}

/* Without it the run trains all the same. */
void
_sac_trainer_open_drawn (SacTrainer *trainer)
{
  g_auto (GStrv) clips = list_names (trainer->train->items), labels = g_new0 (char *, trainer->n_labels + 1);
  guint64 expected = (guint64) trainer->recipe->steps * (guint64) trainer->recipe->accumulate * (guint64) trainer->recipe->batch;
  g_autoptr (GError) error = NULL;

  for (guint j = 0; j < trainer->n_labels; j++)
    labels[j] = g_strdup (trainer->train->labels->pdata[j]);
  trainer->drawn = sac_drawn_writer_new (trainer->spec->run_folder, (const char *const *) labels, (const char *const *) clips,
                                         (guint64) trainer->step, expected, &error);
  if (error)
    sac_debug (TRAIN, "%s\n", error->message);
  trainer->batch_items = g_new0 (guint, (gsize) trainer->recipe->batch);
}

void
_sac_trainer_note_drawn (SacTrainer *trainer)
{
  guint batch = (guint) trainer->recipe->batch, n = trainer->n_labels;
  gboolean softmax = sac_recipe_is_softmax (trainer->recipe);
  g_autofree float *logits = NULL;

  if (!trainer->drawn)
    return;
  logits = g_new (float, (gsize) batch * n);
  if (!sac_program_get_output (trainer->program, trainer->in.logits, logits, NULL))
    return;                     /* the loss could not be read either, which ends the run in words */
  for (guint i = 0; i < batch; i++)
    {
      float *row = logits + (gsize) i * n, most = row[0];
      double sum = 0;

      for (guint j = 1; j < n; j++)
        most = MAX (most, row[j]);
      for (guint j = 0; j < n; j++)
        sum += exp ((double) (row[j] - most));
      for (guint j = 0; j < n; j++)
        row[j] = (float) (softmax ? exp ((double) (row[j] - most)) / sum : 1 / (1 + exp (-(double) row[j])));
      sac_drawn_writer_add (trainer->drawn, (guint64) trainer->step + 1, trainer->batch_items[i], row);
    }
  sac_drawn_writer_flush (trainer->drawn);
}

void
_sac_trainer_close_drawn (SacTrainer *trainer)
{
  g_clear_pointer (&trainer->drawn, sac_drawn_writer_free);
  g_clear_pointer (&trainer->batch_items, g_free);
}
