/* saccade plan RECIPE: memory and FLOPs of a run, told without starting it. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "cli-recipe.h"
#include "cli-trial.h"
#include "sac-cli.h"
#include "train/sac-train.h"

#define SOME_LABELS 10          /* where no project says how many: they hardly count */

static gboolean
count_project (const char *path, const SacRecipe *recipe, guint *n_labels, guint *n_clips, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_READ_ONLY, error);
  g_autoptr (GPtrArray) labels = project ? sac_project_list_labels (project, error) : NULL;
  g_autoptr (GPtrArray) items = labels ? sac_project_list_items (project, error) : NULL;

  if (!items)
    return FALSE;
  *n_clips = items->len;
  *n_labels = MAX (recipe->top_k > 0 ? MIN (labels->len, (guint) recipe->top_k) : labels->len, 1);
  return TRUE;
}

static void
print_bytes (const char *what, guint64 n_bytes)
{
  g_autofree char *text = sac_size_dup_text ((double) n_bytes);

  g_print ("%10s  %s\n", text, what);
}

static void
print_plan (const SacRecipe *recipe, const SacTrainPlan *plan)
{
  g_autofree char *work = sac_size_dup_text ((double) plan->workspace), *kept = sac_size_dup_text ((double) plan->kept);

  print_bytes (_("weights and statistics"), plan->weights);
  print_bytes (plan->gradients ? _("gradients, added up over batches") : _("gradients: used at once"), plan->gradients);
  print_bytes (_("moments of the optimiser"), plan->moments);
  print_bytes (_("activations and workspaces"), plan->activations);
  print_bytes (_("inputs of a step and of the next"), plan->inputs);
  print_bytes (_("decoded clips at hand"), plan->clips);
  print_bytes (_("together"), plan->total);
  g_print (_("A step of %d × %d: %.4g GFLOP, of which %.3g %% make %u values again that are not kept (kept: %s; largest workspace %s).\n"),
           recipe->accumulate, recipe->batch, plan->flops * 1e-9, 100 * plan->again_flops / plan->flops, plan->n_again, kept, work);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_bytes (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

static void
print_json (const SacRecipe *recipe, const SacTrainPlan *plan)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "model");
  json_builder_add_string_value (builder, recipe->model);
  add_bytes (builder, "batch", (guint64) recipe->batch);
  add_bytes (builder, "accumulate", (guint64) recipe->accumulate);
  add_bytes (builder, "parameters", plan->n_params);
  add_bytes (builder, "weights", plan->weights);
  add_bytes (builder, "gradients", plan->gradients);
  add_bytes (builder, "moments", plan->moments);
  add_bytes (builder, "activations", plan->activations);
  add_bytes (builder, "activations_kept", plan->kept);
  add_bytes (builder, "workspace", plan->workspace);
  add_bytes (builder, "inputs", plan->inputs);
  add_bytes (builder, "clips", plan->clips);
  add_bytes (builder, "total", plan->total);
  add_number (builder, "gflop", plan->flops * 1e-9);
  add_number (builder, "again_gflop", plan->again_flops * 1e-9);
  add_bytes (builder, "values_again", plan->n_again);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

int
sac_cli_plan (int argc, char **argv)
{
  g_autofree char *project = NULL, *memory = NULL, *short_name = NULL;
  int batch = 0, accumulate = 0, frames = 0, crop = 0;
  g_auto (GStrv) settings = NULL;
  gboolean as_json = FALSE, probe = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project file or its folder"), N_("FILE") },
    { "batch", 0, 0, G_OPTION_ARG_INT, &batch, N_("Clips a batch, instead of the recipe's"), N_("N") },
    { "accumulate", 0, 0, G_OPTION_ARG_INT, &accumulate, N_("Batches a step, instead of the recipe's"), N_("N") },
    { "frames", 0, 0, G_OPTION_ARG_INT, &frames, N_("Frames a clip, instead of the recipe's"), N_("N") },
    { "crop", 0, 0, G_OPTION_ARG_INT, &crop, N_("Height and width, instead of the recipe's"), N_("N") },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings, N_("Another value of a key of the recipe; may be said often"), N_("KEY=VALUE") },
    { "memory", 'm', 0, G_OPTION_ARG_STRING, &memory, N_("Most that the run may take, such as 2G"), N_("SIZE") },
    { "probe", 0, 0, G_OPTION_ARG_NONE, &probe, N_("With --project: time 20 steps and tell how long the run would take"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print one line of JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = NULL, whole = NULL;
  g_autofree char *text = NULL;
  guint n_labels = SOME_LABELS, n_clips = 0;
  SacTrainPlan plan;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("RECIPE"), _("Tells the memory and the FLOPs of a run without starting it."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || batch < 0 || accumulate < 0 || frames < 0 || crop < 0 || (memory && !sac_size_parse (memory, &(guint64) { 0 })))
    {
      g_printerr ("saccade: %s\n", _("plan wants one RECIPE, numbers from 1 and a size such as 2G or 800M"));
      return 2;
    }
  recipe = sac_cli_load_recipe (argv[1], &short_name, &error);
  if (!recipe || !sac_cli_change_recipe (&recipe, settings, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  recipe->batch = batch ? batch : recipe->batch;
  recipe->accumulate = accumulate ? accumulate : recipe->accumulate;
  recipe->frames = frames ? frames : recipe->frames;
  recipe->crop = crop ? crop : recipe->crop;
  if (crop && recipe->resize > 0)
    recipe->resize = MAX (recipe->resize, crop);
  /* As if the recipe said so: its limits hold. */
  text = sac_recipe_dup_text (recipe);
  whole = sac_recipe_parse (text, &error);
  if (!whole || (!batch && !accumulate && !sac_train_choose_batch (whole, sac_train_memory (whole, memory), &error))
      || (project && !count_project (project, whole, &n_labels, &n_clips, &error))
      || !sac_train_fits (whole, n_labels, n_clips, sac_train_memory (whole, memory), &plan, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  if (probe && project)
    {
      SacTrainSpec spec = { .recipe = whole, .memory = memory };
      g_autoptr (SacProject) opened = sac_project_open (project, SAC_PROJECT_READ_ONLY, &error);

      sac_media_init ();
      spec.project = opened;
      return opened ? sac_cli_probe (&spec, as_json, NULL) : sac_cli_fail (g_steal_pointer (&error));
    }
  if (as_json)
    print_json (whole, &plan);
  else
    print_plan (whole, &plan);
  return 0;
}
