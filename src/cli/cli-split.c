/* saccade split: divides the clips into training, validation and test. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "cli-groups.h"
#include "media/sac-fingerprint.h"

static void
tell_plan (const SacSplitPlan *plan, gboolean labels)
{
  const guint *n = plan->counts + plan->labels->len * 4;

  g_print (_("training %u, validation %u, test %u clips; groups %u, %u, %u\n"), n[SAC_SPLIT_TRAIN], n[SAC_SPLIT_VALIDATION],
           n[SAC_SPLIT_TEST], plan->n_groups[SAC_SPLIT_TRAIN], plan->n_groups[SAC_SPLIT_VALIDATION], plan->n_groups[SAC_SPLIT_TEST]);
  g_print (_("%u clips placed, %u moved from one side to another\n"), plan->n_placed, plan->n_moved);
  for (guint l = 0; labels && l < plan->labels->len; l++)
    g_print ("  %6u %6u %6u  %s\n", plan->counts[l * 4 + 1], plan->counts[l * 4 + 2], plan->counts[l * 4 + 3],
             (char *) plan->labels->pdata[l]);
}

static void
tell_json (const SacSplitPlan *plan, const SacLeaks *leaks)
{
  const guint *n = plan->counts + plan->labels->len * 4;
  static const char *const sides[] = { "none", "train", "validation", "test" };
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint side = 0; side < 4; side++)
    {
      json_builder_set_member_name (builder, sides[side]);
      json_builder_add_int_value (builder, n[side]);
    }
  json_builder_set_member_name (builder, "placed");
  json_builder_add_int_value (builder, plan->n_placed);
  json_builder_set_member_name (builder, "moved");
  json_builder_add_int_value (builder, plan->n_moved);
  json_builder_set_member_name (builder, "dropped");
  json_builder_add_int_value (builder, plan->n_dropped);
  json_builder_set_member_name (builder, "leaks");
  json_builder_add_int_value (builder, leaks->n_leaking);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_object (builder);
  for (guint l = 0; l < plan->labels->len; l++)
    {
      json_builder_set_member_name (builder, plan->labels->pdata[l]);
      json_builder_begin_array (builder);
      for (guint side = 1; side < 4; side++)
        json_builder_add_int_value (builder, plan->counts[l * 4 + side]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

int
sac_cli_split (int argc, char **argv)
{
  g_autofree char *project_path = NULL, *by = NULL;
  gboolean by_clip = FALSE, keep_test = FALSE, as_json = FALSE, anew = FALSE, stratify = FALSE, plain = FALSE, write_groups = FALSE,
           join = FALSE, dry = FALSE;
  double validation = 0.1, test = 0.25;
  gint64 seed = 1;
  int n_folds = 0, fold = 1, top_k = 0;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, SAC_CLI_BY_HELP, "GROUPS" },
    { "validation", 0, 0, G_OPTION_ARG_DOUBLE, &validation, N_("Share of the clips for validation (0.1)"), "SHARE" },
    { "test", 0, 0, G_OPTION_ARG_DOUBLE, &test, N_("Share of the clips for the test (0.25)"), "SHARE" },
    { "folds", 0, 0, G_OPTION_ARG_INT, &n_folds, N_("Divide into so many equal parts instead; one of them is the test"), "N" },
    { "fold", 0, 0, G_OPTION_ARG_INT, &fold, N_("Which part is the test, from 1 (1)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Another number draws another division"), "N" },
    { "stratify", 0, 0, G_OPTION_ARG_NONE, &stratify, N_("Labels as even as the groups allow (the default)"), NULL },
    { "no-stratify", 0, 0, G_OPTION_ARG_NONE, &plain, N_("Look at the number of clips only"), NULL },
    { "top-k", 0, 0, G_OPTION_ARG_INT, &top_k, N_("Only clips with one of the K most frequent labels; the others get no side"), "K" },
    { "anew", 0, 0, G_OPTION_ARG_NONE, &anew, N_("Divide all clips again; else those that have a side keep it"), NULL },
    { "keep-test", 0, 0, G_OPTION_ARG_NONE, &keep_test, N_("Leave the clips that are test already; divide the rest again"), NULL },
    { "join-duplicates", 0, 0, G_OPTION_ARG_NONE, &join, N_("Near-duplicates stay together, too (takes missing fingerprints)"), NULL },
    { "write-groups", 0, 0, G_OPTION_ARG_NONE, &write_groups, N_("Make what was found the clips' groups"), NULL },
    { "by-clip", 0, 0, G_OPTION_ARG_NONE, &by_clip, N_("The same as --by clip: clips of one group may stand on several sides"), NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry, N_("Only tell what would come of it"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacDuplicates) duplicates = NULL;
  g_autoptr (SacSplitPlan) plan = NULL;
  g_autoptr (SacLeaks) leaks = NULL;
  SacSplitSpec spec = { 0 };
  SacLeakSpec leak_spec = { 0 };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("[FILE.saccade]"),
                              _("Divides the clips into training, validation and test: whole groups, labels as even as they allow.\n"
                                "Clips that have a side keep it unless --anew is said."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (!sac_cli_parse_grouping (by, &spec.grouping, &error) || argc > 2 || (stratify && plain) || n_folds < 0 || fold < 1 || top_k < 0)
    {
      g_printerr ("saccade: %s\n", error ? error->message : _("these options do not go together; see saccade split --help"));
      return 2;
    }
  if (by_clip)
    spec.grouping.by = SAC_GROUP_CLIP;
  project = sac_cli_open_project (argc > 1 ? argv[1] : project_path, dry ? SAC_PROJECT_READ_ONLY : SAC_PROJECT_READ_WRITE, &error);
  duplicates = !project ? NULL : sac_project_find_duplicates (project, SAC_FINGERPRINT_NEAR, join, join ? sac_cli_progress : NULL, NULL,
                                                              NULL, &error);
  if (!duplicates)
    return sac_cli_fail (g_steal_pointer (&error));
  spec.validation = validation;
  spec.test = test;
  spec.seed = (guint64) seed;
  spec.by_group = TRUE;
  spec.keep_test = keep_test;
  spec.keep = !anew && !keep_test && n_folds == 0;
  spec.n_folds = (guint) n_folds;
  spec.fold = (guint) fold - 1;
  spec.join = join ? duplicates : NULL;
  spec.write_groups = write_groups;
  spec.ignore_labels = plain;
  spec.top_k = (guint) top_k;
  plan = sac_project_plan_split (project, &spec, &error);
  leak_spec = (SacLeakSpec) { spec.grouping, G_GINT64_CONSTANT (1000000000), duplicates, plan };
  /* Who lets groups part is told what that leaks by the groups there are. */
  if (leak_spec.grouping.by == SAC_GROUP_CLIP)
    leak_spec.grouping.by = SAC_GROUP_GIVEN;
  leaks = plan ? sac_project_find_leaks (project, &leak_spec, &error) : NULL;
  if (!leaks || (!dry && !sac_project_apply_split (project, plan, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  if (as_json)
    tell_json (plan, leaks);
  else
    {
      tell_plan (plan, TRUE);
      if (plan->n_dropped)
        g_print (ngettext ("%u clip carries none of these labels and has no side\n",
                           "%u clips carry none of these labels and have no side\n", plan->n_dropped), plan->n_dropped);
      if (spec.keep && plan->n_placed == 0 && plan->n_moved == 0)
        g_print ("%s\n", _("All clips had a side; --anew divides them again"));
      if (!sac_cli_tell_leaks (project, leaks, duplicates, FALSE, FALSE, &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  return 0;
}
