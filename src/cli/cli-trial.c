#include "cli-trial.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "sac-cli.h"
#include "train/sac-find-rate.h"
#include "train/sac-probe.h"

#define PROBE_STEPS 20
#define FIND_STEPS 100
#define FIND_FROM 1e-6
#define FIND_TO 10.0

static void
add (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
print_probe_json (const SacProbe *p)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add (builder, "timed_steps", p->steps);
  add (builder, "seconds_start", p->start);
  add (builder, "seconds_step", p->step);
  add (builder, "seconds_first_use_of_a_clip", p->wait);
  add (builder, "seconds_validation", p->validation);
  add (builder, "seconds_checkpoint", p->checkpoint);
  add (builder, "seconds_scores", p->score);
  add (builder, "steps_per_epoch", p->steps_per_epoch);
  add (builder, "validations", p->n_validations);
  add (builder, "checkpoints", p->n_checkpoints);
  add (builder, "seconds_epoch", p->epoch);
  add (builder, "seconds_total", p->total);
  add (builder, "end_unix_seconds", (double) (p->end_us / G_USEC_PER_SEC));
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

static void
print_probe (const SacRecipe *recipe, const SacProbe *p)
{
  g_autofree char *epoch = sac_dup_duration (p->epoch), *total = sac_dup_duration (p->total);
  g_autoptr (GDateTime) end = g_date_time_new_from_unix_local (p->end_us / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format (end, "%Y-%m-%d %H:%M");

  g_print (_("a step: %.3g s, and %.3g s for the first use of each clip (mean of %d steps)\n"), p->step, p->wait, p->steps);
  g_print (_("a validation: %.3g s, %d of them; a checkpoint: %.3g s, %d of them; scores at the end: %.3g s\n"), p->validation,
           p->n_validations, p->checkpoint, p->n_checkpoints, p->score);
  g_print (_("an epoch of %.5g steps: %s\n"), p->steps_per_epoch, epoch);
  g_print (_("all %d steps: %s; started now, they would end at %s\n"), recipe->steps, total, when);
}

int
sac_cli_probe (const SacTrainSpec *spec, gboolean as_json, GCancellable *cancellable)
{
  GError *error = NULL;
  SacProbe probe;

  if (!sac_probe (spec, PROBE_STEPS, &probe, cancellable, &error))
    return sac_cli_fail (error);
  if (as_json)
    print_probe_json (&probe);
  else
    print_probe (spec->recipe, &probe);
  return 0;
}

int
sac_cli_find_rate (const SacTrainSpec *spec, gboolean as_json, GCancellable *cancellable)
{
  g_autoptr (SacRateFinder) found = NULL;
  GError *error = NULL;

  if (g_mkdir_with_parents (spec->run_folder, 0755) != 0)
    {
      g_printerr (_("saccade: Cannot make the folder %s: %s\n"), spec->run_folder, g_strerror (errno));
      return 1;
    }
  found = sac_find_rate (spec, FIND_FROM, FIND_TO, FIND_STEPS, cancellable, &error);
  if (!found || !sac_rate_finder_write (spec->run_folder, found, &error))
    return sac_cli_fail (error);
  if (as_json)
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      add (builder, "steps", found->n);
      json_builder_set_member_name (builder, "suggested");
      if (isfinite (found->suggested))
        json_builder_add_double_value (builder, found->suggested);
      else
        json_builder_add_null_value (builder);
      json_builder_end_object (builder);
      sac_cli_print_json (builder);
    }
  else if (isfinite (found->suggested))
    g_print (_("The loss falls fastest at rate=%.2g (%u steps from %.1g to %.1g; %s/rate-finder.json)\n"), found->suggested, found->n,
             found->rates[0], found->rates[found->n - 1], spec->run_folder);
  else
    g_print (_("At no rate from %.1g to %.1g did the loss fall\n"), found->rates[0], found->rates[found->n - 1]);
  return 0;
}
