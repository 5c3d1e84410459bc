/* Scores of trials, made in a thread beside the trainings, one trial at a time: the feature network looks at the real pictures once. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "infer/sac-gan-score.h"
#include "run/sac-gan-recipe.h"
#include "run/sac-run.h"
#include "search.h"
#include "train/sac-gan-train.h"

struct _SacSearchScorer {
  SacSearchSpec spec;           /* borrowed from the search, which is another thread's */
  char *folder;
  guint n_threads;
  GAsyncQueue *asked, *answers;
  GCancellable *cancellable;
  GThread *thread;              /* begun with the first question */
  /* of the thread */
  SacGanRecipe *recipe;
  SacImages *images;
  SacGanJudge *judge;
};

void
sac_score_answer_free (SacScoreAnswer *answer)
{
  if (!answer)
    return;
  g_free (answer->features);
  g_free (answer->hash);
  g_free (answer->why);
  g_free (answer);
}

static void
clear_point (SacTrialPoint *point, guint epochs)
{
  *point = (SacTrialPoint) { .epochs = epochs, .objective = NAN };
  for (guint g = 0; g < SAC_GAN_MOST; g++)
    point->is[g] = point->fid[g] = NAN;
}

/* The updates that the newest checkpoint has seen; −1: there is none. */
static gint64
find_step (const char *run)
{
  g_autofree char *path = sac_run_find_checkpoint (run, FALSE), *name = path ? g_path_get_basename (path) : NULL;

  return name && g_str_has_prefix (name, "step-") ? (gint64) g_ascii_strtoull (name + strlen ("step-"), NULL, 10) : -1;
}

static gboolean
prepare (SacSearchScorer *self, GError **error)
{
  if (!self->recipe && !(self->recipe = sac_gan_recipe_parse (self->spec.recipe, error)))
    return FALSE;
  if (!self->images)
    self->images = sac_images_load (self->spec.data, self->recipe->size, self->spec.limit, NULL, NULL, self->cancellable, error);
  if (!self->images)
    return FALSE;
  if (!self->judge)
    self->judge = sac_gan_judge_new (self->spec.classifier, self->images, self->spec.samples, self->n_threads, error);
  return self->judge != NULL;
}

static gboolean
score (SacSearchScorer *self, SacScoreAnswer *answer, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%04u", answer->number), *run = g_build_filename (self->folder, "runs", name, NULL);
  guint parts = SAC_GAN_SCORE_IS | (self->spec.objective == SAC_OBJECTIVE_MIN_FID ? SAC_GAN_SCORE_FID : 0);
  g_autoptr (SacGanScores) scores = NULL;
  guint64 updates;

  answer->outcome = SAC_SCORE_HOPELESS;
  if (!prepare (self, error))
    return FALSE;
  self->recipe->epochs = (int) self->spec.epochs;
  updates = sac_gan_count_updates (self->recipe, self->images->n) / self->spec.epochs * answer->epochs;
  answer->outcome = SAC_SCORE_UNTRAINED;
  if (find_step (run) != (gint64) updates)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("the training ended before its time"));
      return FALSE;
    }
  answer->outcome = SAC_SCORE_FAILED;
  scores = sac_gan_judge_score (self->judge, run, parts, self->spec.seed, NULL, NULL, self->cancellable, error);
  if (!scores || !sac_gan_scores_write (run, scores, error))
    return FALSE;
  for (guint g = 0; g < self->spec.k; g++)
    {
      g_autofree char *who = g_strdup_printf ("G%u", g + 1);
      const SacGanScoreRow *row = sac_gan_scores_find (scores, who);

      answer->point.is[g] = row ? row->is : NAN;
      answer->point.fid[g] = row ? row->fid : NAN;
    }
  answer->point.objective = sac_objective_compute (self->spec.objective, self->spec.k, answer->point.is, answer->point.fid);
  if (!isfinite (answer->point.objective))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("its pictures could not be scored"));
      return FALSE;
    }
  answer->features = g_strdup (scores->features);
  answer->own = !scores->inception;
  answer->hash = g_strdup_printf ("%s %s", scores->hash, scores->resize);
  answer->outcome = SAC_SCORED;
  return TRUE;
}

static gpointer
work (gpointer data)
{
  SacSearchScorer *self = data;
  SacScoreAnswer *answer;

  while ((answer = g_async_queue_pop (self->asked))->number)
    {
      g_autoptr (GError) error = NULL;

      if (g_cancellable_is_cancelled (self->cancellable) || !score (self, answer, &error))
        answer->why = g_strdup (error ? error->message : "");
      g_async_queue_push (self->answers, answer);
    }
  sac_score_answer_free (answer);
  return NULL;
}

SacSearchScorer *
sac_search_scorer_new (SacGanSearch *search, guint n_threads)
{
  SacSearchScorer *self = g_new0 (SacSearchScorer, 1);

  self->spec = *sac_gan_search_get_spec (search);
  self->folder = g_strdup (sac_gan_search_get_folder (search));
  self->n_threads = n_threads;
  self->asked = g_async_queue_new_full ((GDestroyNotify) sac_score_answer_free);
  self->answers = g_async_queue_new_full ((GDestroyNotify) sac_score_answer_free);
  self->cancellable = g_cancellable_new ();
  return self;
}

void
sac_search_scorer_ask (SacSearchScorer *self, guint number, guint epochs)
{
  SacScoreAnswer *answer = g_new0 (SacScoreAnswer, 1);

  answer->number = number;
  answer->epochs = epochs;
  clear_point (&answer->point, epochs);
  g_async_queue_push (self->asked, answer);
  if (!self->thread && number)
    self->thread = g_thread_new ("scores", work, self);
}

SacScoreAnswer *
sac_search_scorer_take (SacSearchScorer *self)
{
  return g_async_queue_try_pop (self->answers);
}

void
sac_search_scorer_free (SacSearchScorer *self)
{
  if (!self)
    return;
  g_cancellable_cancel (self->cancellable);
  sac_search_scorer_ask (self, 0, 0);
  if (self->thread)
    g_thread_join (self->thread);
  g_async_queue_unref (self->asked);
  g_async_queue_unref (self->answers);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->judge, sac_gan_judge_free);
  g_clear_pointer (&self->images, sac_images_free);
  g_clear_pointer (&self->recipe, sac_gan_recipe_free);
  g_free (self->folder);
  g_free (self);
}

gboolean
sac_search_parse_scores (const char *text, const SacSearchSpec *spec, SacTrialPoint *point, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", (int) spec->k + 1);

  for (guint g = 0; g < spec->k && lines[g]; g++)
    {
      char *end = lines[g], *next;

      point->is[g] = g_ascii_strtod (lines[g], &end);
      if (end == lines[g])
        point->is[g] = NAN;
      point->fid[g] = g_ascii_strtod (end, &next);
      if (next == end)
        point->fid[g] = NAN;
    }
  point->objective = sac_objective_compute (spec->objective, spec->k, point->is, point->fid);
  if (isfinite (point->objective))
    return TRUE;
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT,
               _("the scoring program prints a line for each generator: its inception score and, where it is asked for, its FID"));
  return FALSE;
}
