/* Which clips a run learns from, and which it is watched on. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "data/sac-clip-store.h"
#include "sac-train-private.h"

/* methods/01 §1.2, counted over all splits, so that the names do not depend on how the clips were divided. */
static char **
choose_labels (SacProject *project, guint top_k, GError **error)
{
  g_autoptr (SacTopLabels) top = top_k > 0 ? sac_project_top_labels (project, top_k, error) : NULL;
  g_autoptr (GPtrArray) all = top_k > 0 ? NULL : sac_project_list_labels (project, error);
  GPtrArray *labels = top ? top->labels : all, *names;

  if (!labels)
    return NULL;
  names = g_ptr_array_new ();
  for (guint i = 0; i < labels->len; i++)
    g_ptr_array_add (names, g_strdup (((SacLabel *) labels->pdata[i])->name));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* Keeps the rows where @keep; the items that go are freed by the array. */
void
_sac_dataset_keep (SacDataset *dataset, const gboolean *keep)
{
  guint n = dataset->items->len, n_labels = dataset->labels->len, kept = 0;

  for (guint i = 0; i < n; i++)
    if (keep[i])
      {
        gpointer held = dataset->items->pdata[kept];

        dataset->items->pdata[kept] = dataset->items->pdata[i];
        dataset->items->pdata[i] = held;
        memmove (dataset->states + (gsize) kept * n_labels, dataset->states + (gsize) i * n_labels, n_labels);
        kept++;
      }
  g_ptr_array_set_size (dataset->items, (int) kept);
}

typedef struct {
  guint item, first;            /* first: the label that is yes, or n_labels */
  guint32 place;                /* drawn */
} Stratum;

static int
by_stratum (gconstpointer a, gconstpointer b)
{
  const Stratum *x = a, *y = b;

  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

gboolean *
_sac_hold_out (const SacDataset *dataset, double share, guint64 seed)
{
  guint n = dataset->items->len, n_labels = dataset->labels->len;
  gboolean *held = g_new0 (gboolean, n + 1);
  g_autofree Stratum *rows = g_new (Stratum, n + 1);
  g_autofree guint32 *place = g_new (guint32, n + 1);

  sac_random_shuffle ((SacRandomKey) { seed, sac_random_stream (n, 0, 0x68656c64) }, place, n);
  for (guint i = 0; i < n; i++)
    {
      rows[i] = (Stratum) { i, n_labels, place[i] };
      for (guint j = 0; j < n_labels && rows[i].first == n_labels; j++)
        if (dataset->states[(gsize) i * n_labels + j] > 0)
          rows[i].first = j;
    }
  qsort (rows, n, sizeof (Stratum), by_stratum);
  /* Every 1/share-th clip down the sorted list: each label gives its share, the remainders are carried on. */
  for (guint i = 0; i < n; i++)
    held[rows[i].item] = (guint) ((i + 1) * share + 0.5) > (guint) (i * share + 0.5);
  return held;
}

/* A split without labelled clips is no error here: NULL, and @error unset. */
static SacDataset *
open_split (SacProject *project, SacSplit split, char **names, const SacRecipe *recipe, GError **error)
{
  g_autoptr (GError) inner = NULL;
  SacDataset *dataset = sac_dataset_new (project, split, (const char *const *) names, &inner);

  if (dataset && recipe->top_k > 0)
    sac_dataset_drop_empty (dataset);
  if (dataset && dataset->items->len == 0)
    g_clear_pointer (&dataset, sac_dataset_free);
  if (inner && !g_error_matches (inner, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY))
    g_propagate_error (error, g_steal_pointer (&inner));
  return dataset;
}

static gboolean
hold_out (SacTrainer *trainer, char **names, GError **error)
{
  g_autofree gboolean *held = _sac_hold_out (trainer->train, trainer->recipe->validation, trainer->recipe->seed);
  guint n = trainer->train->items->len;

  trainer->validation = open_split (trainer->spec->project, SAC_SPLIT_TRAIN, names, trainer->recipe, error);
  if (!trainer->validation || trainer->validation->items->len != n)
    return FALSE;
  _sac_dataset_keep (trainer->validation, held);
  for (guint i = 0; i < n; i++)
    held[i] = !held[i];
  _sac_dataset_keep (trainer->train, held);
  if (trainer->validation->items->len == 0)
    g_clear_pointer (&trainer->validation, sac_dataset_free);
  return TRUE;
}

static guint
count_clips (const SacDataset *dataset)
{
  return dataset ? dataset->items->len : 0;
}

/* The memory for decoded clips is shared by their number. */
static void
open_loaders (SacTrainer *t)
{
  guint n = count_clips (t->train) + count_clips (t->validation) + count_clips (t->test);
  double each = (double) sac_train_clip_cache (t->memory) / n;
  SacClipSpec training;
  guint64 on_disk = 0;

  sac_recipe_get_clip_spec (t->recipe, &t->clip_spec);
  sac_recipe_get_training_spec (t->recipe, &training);
  if (!t->spec->clip_cache || !sac_size_parse (t->spec->clip_cache, &on_disk))
    on_disk = t->spec->clip_cache ? 0 : sac_clip_store_usual_budget ();
  t->store = sac_clip_store_new (NULL, on_disk);
  t->train_loader = sac_loader_new (t->train, &training, t->recipe->seed, (gsize) (each * count_clips (t->train)));
  if (t->validation)
    t->validation_loader = sac_loader_new (t->validation, &t->clip_spec, t->recipe->seed, (gsize) (each * count_clips (t->validation)));
  if (t->test)
    t->test_loader = sac_loader_new (t->test, &t->clip_spec, t->recipe->seed, (gsize) (each * count_clips (t->test)));
  sac_loader_set_store (t->train_loader, t->store);
  if (t->validation)
    sac_loader_set_store (t->validation_loader, t->store);
  if (t->test)
    sac_loader_set_store (t->test_loader, t->store);
}

gboolean
_sac_trainer_open_data (SacTrainer *trainer, GError **error)
{
  const SacRecipe *recipe = trainer->recipe;
  SacProject *project = trainer->spec->project;
  g_auto (GStrv) names = choose_labels (project, (guint) recipe->top_k, error);
  g_autoptr (GError) inner = NULL;

  if (!names)
    return FALSE;
  if (!names[0])
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA,
                   _("The project has no labels to learn: label some clips first"));
      return FALSE;
    }
  trainer->train = open_split (project, SAC_SPLIT_TRAIN, names, recipe, &inner);
  if (!inner)
    trainer->validation = open_split (project, SAC_SPLIT_VALIDATION, names, recipe, &inner);
  if (!inner && trainer->train && !trainer->validation && recipe->validation > 0 && trainer->train->items->len > 1)
    hold_out (trainer, names, &inner);
  if (inner)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (!trainer->train || trainer->train->items->len == 0)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA,
                   _("No labelled clip stands in the training split: label clips and divide them (saccade split)"));
      return FALSE;
    }
  trainer->n_labels = trainer->train->labels->len;
  if (!_sac_trainer_open_maps (trainer, error))
    return FALSE;
  if (recipe->watch_test)
    trainer->test = open_split (project, SAC_SPLIT_TEST, names, recipe, &inner);
  if (inner)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  open_loaders (trainer);
  return TRUE;
}
