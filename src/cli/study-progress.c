/* How far a study is, and how long it will take. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli-scores.h"
#include "eval/sac-eval.h"
#include "sac-cli.h"
#include "study-private.h"

char *
sac_cli_dup_job_name (const SacStudyJob *job)
{
  if (job->source)
    return g_strdup_printf ("source:%s", job->arm);
  return g_strdup_printf ("%s:%" G_GUINT64_FORMAT, job->arm, job->seed);
}

static double
last (SacEventReader *events, const char *tag)
{
  guint n;
  const SacPoint *points = sac_event_reader_get (events, tag, &n);

  return n ? points[n - 1].value : NAN;
}

void
sac_cli_study_look (SacStudyJob *job, SacEventReader *events)
{
  double fraction, left;

  sac_event_reader_poll (events);
  fraction = last (events, "progress");
  left = last (events, "seconds_left");
  if (isfinite (fraction))
    job->step = (guint) lround (CLAMP (fraction, 0, 1) * job->steps);
  job->left = isfinite (left) && left >= 0 ? left : -1;
}

/* Pixels that a run passes: what its time is taken to go with, where no run of its arm has been seen. */
static double
work_of (const SacStudyRunner *r, const SacStudyJob *job)
{
  const SacStudyArm *arm = sac_study_plan_find (r->plan, job->arm, job->source);
  g_autoptr (SacRecipe) recipe = arm ? sac_recipe_parse (arm->text, NULL) : NULL;

  if (!recipe)
    return 1;
  return (double) recipe->steps * recipe->batch * recipe->accumulate * (sac_recipe_is_flat (recipe) ? 1 : recipe->frames)
         * recipe->crop * recipe->crop;
}

/* Of a whole run of this kind, from those that are done or well on their way; −1: there is none. */
static double
seconds_of (const SacStudyJob *job)
{
  if (job->state == SAC_JOB_DONE && job->seconds > 0)
    return job->seconds;
  return job->state == SAC_JOB_RUNNING && job->left >= 0 && job->step > 0 ? job->seconds + job->left : -1;
}

static void
estimate (SacStudyRunner *r)
{
  SacStudyQueue *queue = r->queue;
  double known_work = 0, known_seconds = 0, sum = 0, longest = 0;
  gboolean guessed = TRUE;

  for (guint i = 0; i < queue->jobs->len; i++)
    {
      double seconds = seconds_of (queue->jobs->pdata[i]);

      if (seconds > 0)
        {
          known_seconds += seconds;
          known_work += work_of (r, queue->jobs->pdata[i]);
        }
    }
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      SacStudyJob *job = queue->jobs->pdata[i];
      double of_arm = 0, whole;
      guint n = 0;

      if (job->state == SAC_JOB_RUNNING && job->left >= 0)
        {
          sum += job->left;
          longest = MAX (longest, job->left);
          continue;
        }
      if (job->state != SAC_JOB_WAITING && job->state != SAC_JOB_RUNNING)
        continue;
      for (guint j = 0; j < queue->jobs->len; j++)
        {
          const SacStudyJob *other = queue->jobs->pdata[j];
          double seconds = other->source == job->source && strcmp (other->arm, job->arm) == 0 ? seconds_of (other) : -1;

          if (seconds > 0)
            of_arm += seconds, n++;
        }
      guessed = guessed && (n || known_work > 0);
      whole = n ? of_arm / n : known_work > 0 ? known_seconds / known_work * work_of (r, job) : 0;
      job->left = guessed ? whole * (1 - (job->steps ? MIN ((double) job->step / job->steps, 1) : 0)) : -1;
      sum += MAX (job->left, 0);
      longest = MAX (longest, job->left);
    }
  queue->left = guessed ? MAX (sum / r->n_slots, longest) : -1;
}

static void
tell (SacStudyRunner *r)
{
  gint64 now = g_get_monotonic_time ();
  guint done = sac_study_queue_count (r->queue, SAC_JOB_DONE);
  g_autofree char *left = r->queue->left >= 0 ? sac_dup_duration (r->queue->left) : NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  if (!isatty (2) && now - r->told_us < 60 * G_USEC_PER_SEC)
    return;
  for (guint i = 0; i < r->n_slots; i++)
    if (r->slots[i].job)
      {
        const SacStudyJob *job = r->slots[i].job;
        g_autofree char *name = sac_cli_dup_job_name (job);

        g_string_append_printf (line, _("%s step %u of %u"), name, job->step, job->steps);
        g_string_append (line, " · ");
      }
  if (!line->len && !isatty (2))
    return;
  r->told_us = now;
  g_string_append_printf (line, _("%u of %u runs done"), done, r->queue->jobs->len);
  if (r->queue->paused)
    g_string_append_printf (line, " · %s", _("paused"));
  else if (left)
    {
      g_string_append (line, " · ");
      g_string_append_printf (line, _("%s left"), left);
    }
  g_printerr ("%s%s%s", isatty (2) ? "\r\033[K" : "", line->str, isatty (2) ? "" : "\n");
}

void
sac_cli_study_progress (SacStudyRunner *r)
{
  for (guint i = 0; i < r->n_slots; i++)
    {
      SacStudySlot *slot = &r->slots[i];

      if (!slot->job)
        continue;
      sac_cli_study_look (slot->job, slot->events);
      slot->job->seconds = slot->seconds + (double) (g_get_monotonic_time () - slot->began_us) * 1e-6;
    }
  estimate (r);
  tell (r);
}

static double
macro_of (const SacStudyJob *job)
{
  static const char *const splits[] = { "test", "validation" };

  for (guint i = 0; i < G_N_ELEMENTS (splits) && job->state == SAC_JOB_DONE && !job->source; i++)
    {
      g_autoptr (SacScores) scores = sac_scores_read (job->run, splits[i], NULL);
      g_autoptr (SacAucTable) table = scores ? sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels) : NULL;

      if (table)
        return table->macro;
    }
  return NAN;
}

static void
print_json (const SacStudyQueue *queue)
{
  g_autofree char *folder = sac_cli_json (queue->folder), *project = sac_cli_json (queue->project);

  g_print ("{\"study\":%s,\"project\":%s,\"running\":%s,\"paused\":%s,\"left\":%.1f,\"jobs\":[", folder, project,
           sac_run_is_live (queue->folder) ? "true" : "false", queue->paused ? "true" : "false", queue->left);
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];
      g_autofree char *arm = sac_cli_json (job->arm), *run = sac_cli_json (job->run), *why = sac_cli_json (job->why);
      double macro = macro_of (job);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_print ("%s{\"%s\":%s,\"seed\":\"%" G_GUINT64_FORMAT "\",\"state\":\"%s\",\"run\":%s,\"why\":%s,\"step\":%u,\"steps\":%u,"
               "\"seconds\":%.1f,\"left\":%.1f,\"macro_auc\":%s}",
               i ? "," : "", job->source ? "source" : "arm", arm, job->seed, sac_job_state_get_name (job->state), run, why, job->step,
               job->steps, job->seconds, job->left, isnan (macro) ? "null" : g_ascii_formatd (number, sizeof number, "%.6f", macro));
    }
  g_print ("]}\n");
}

void
sac_cli_print_study (const SacStudyQueue *queue, gboolean json)
{
  if (json)
    {
      print_json (queue);
      return;
    }
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];
      g_autofree char *name = sac_cli_dup_job_name (job), *spent = sac_dup_duration (job->seconds);
      double macro = macro_of (job);

      g_print ("%3u  %-28s %-12s %5u / %-5u %10s", i + 1, name, sac_job_state_get_words (job->state), job->step, job->steps, spent);
      if (!isnan (macro))
        g_print ("  %s %.3f", _("macro AUC"), macro);
      g_print ("%s%s\n", *job->why ? "  " : "", job->why);
    }
}
