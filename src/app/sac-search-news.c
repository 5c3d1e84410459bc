#include "sac-search-news.h"

#include <math.h>

#include "run/sac-gan-score-file.h"

struct _SacSearchReader {
  char *folder;
  SacGanSearch *search;         /* of the thread that reads now */
};

void
sac_search_news_free (SacSearchNews *news)
{
  if (!news)
    return;
  g_clear_pointer (&news->trials, g_ptr_array_unref);
  g_clear_pointer (&news->analysis, sac_gan_analysis_free);
  g_free (news->folder);
  g_free (news->features);
  g_free (news);
}

static void
reader_clear (gpointer data)
{
  SacSearchReader *reader = data;

  g_clear_pointer (&reader->search, sac_gan_search_free);
  g_free (reader->folder);
}

SacSearchReader *
sac_search_reader_new (const char *folder)
{
  SacSearchReader *reader = g_atomic_rc_box_new0 (SacSearchReader);

  reader->folder = g_strdup (folder);
  return reader;
}

void
sac_search_reader_unref (SacSearchReader *reader)
{
  g_atomic_rc_box_release_full (reader, reader_clear);
}

/* How much is done and how long the rest takes, by what an epoch took so far.  With halving only the better half goes on each time. */
static void
work_out (SacSearchNews *news, const SacSearchSpec *spec)
{
  double seconds = 0, epochs = 0, rest = 0, whole = 0;

  for (guint i = 0; i < news->trials->len; i++)
    {
      const SacTrial *trial = news->trials->pdata[i];

      seconds += trial->epochs ? trial->seconds : 0;
      epochs += trial->epochs;
      if (!news->halving && (trial->state == SAC_TRIAL_WAITING || trial->state == SAC_TRIAL_RUNNING))
        rest += news->epochs - MIN (trial->epochs, news->epochs);
    }
  if (news->halving)
    {
      guint trials = news->n_trials, before = 0;

      for (guint rung = sac_gan_search_next_rung (spec, 0); rung; rung = sac_gan_search_next_rung (spec, rung))
        {
          whole += (double) trials * (rung - before);
          before = rung;
          trials = (trials + 1) / 2;
        }
      rest = news->states[SAC_TRIAL_WAITING] + news->states[SAC_TRIAL_RUNNING] ? MAX (whole - epochs, 0) : 0;
    }
  news->share = epochs + rest > 0 ? epochs / (epochs + rest) : 1;
  news->left = epochs > 0 && seconds > 0 ? rest * seconds / epochs / MAX (news->states[SAC_TRIAL_RUNNING], 1) : NAN;
}

static void
read_now (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SacSearchReader *reader = data;
  g_autoptr (SacSearchNews) news = NULL;
  const SacSearchSpec *spec;
  const SacTrial *best;
  GError *error = NULL;
  gboolean first = !reader->search, enough = FALSE;

  if (first)
    reader->search = sac_gan_search_open (reader->folder, FALSE, &error);
  if (!reader->search)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!sac_gan_search_poll (reader->search) && !first)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  spec = sac_gan_search_get_spec (reader->search);
  news = g_new0 (SacSearchNews, 1);
  news->trials = sac_gan_search_list (reader->search, &error);
  if (!news->trials)
    {
      g_clear_pointer (&reader->search, sac_gan_search_free);
      g_task_return_error (task, error);
      return;
    }
  news->folder = g_strdup (sac_gan_search_get_folder (reader->search));
  news->k = spec->k;
  news->epochs = spec->epochs;
  news->n_trials = news->trials->len;
  news->objective = spec->objective;
  news->halving = spec->halving;
  for (guint i = 0; i < news->trials->len; i++)
    {
      const SacTrial *trial = news->trials->pdata[i];

      news->states[trial->state]++;
      enough = enough || trial->n_points > 0;
    }
  work_out (news, spec);
  if (enough)
    news->analysis = sac_gan_analysis_new (spec, news->trials);
  best = sac_gan_search_best (news->trials);
  if (best)
    {
      g_autofree char *run = sac_gan_search_dup_run (reader->search, best->number);
      g_autoptr (SacGanScores) scores = sac_gan_scores_read (run, NULL);

      news->features = scores ? g_strdup (scores->features) : NULL;
      news->inception = scores && scores->inception;
    }
  g_task_return_pointer (task, g_steal_pointer (&news), (GDestroyNotify) sac_search_news_free);
}

void
sac_search_reader_read_async (SacSearchReader *reader, GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, done, data);

  g_task_set_task_data (task, g_atomic_rc_box_acquire (reader), (GDestroyNotify) sac_search_reader_unref);
  g_task_run_in_thread (task, read_now);
}

SacSearchNews *
sac_search_reader_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
