/* saccade label add|remove|rename|set|review|list: the vocabulary and what is said of clips. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "label-acts.h"

static gboolean
list (SacProject *project, gboolean as_json, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, error);
  g_autoptr (GPtrArray) items = labels ? sac_project_list_items (project, error) : NULL;
  JsonBuilder *builder;

  if (!items)
    return FALSE;
  if (!as_json)
    {
      for (guint i = 0; i < labels->len; i++)
        {
          SacLabel *label = labels->pdata[i];

          g_print (_("%c %-24s %6u yes %6u no %6u unknown\n"), label->key ? label->key : ' ', label->name, label->n_yes, label->n_no,
                   items->len - MIN (label->n_yes + label->n_no, items->len));
        }
      return TRUE;
    }
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < labels->len; i++)
    {
      SacLabel *label = labels->pdata[i];
      char key[2] = { label->key, 0 };
      g_autofree char *colour = g_strdup_printf ("#%06x", label->colour);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, label->name);
      json_builder_set_member_name (builder, "key");
      json_builder_add_string_value (builder, key);
      json_builder_set_member_name (builder, "colour");
      json_builder_add_string_value (builder, colour);
      json_builder_set_member_name (builder, "yes");
      json_builder_add_int_value (builder, label->n_yes);
      json_builder_set_member_name (builder, "no");
      json_builder_add_int_value (builder, label->n_no);
      json_builder_set_member_name (builder, "unknown");
      json_builder_add_int_value (builder, items->len - MIN (label->n_yes + label->n_no, items->len));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sac_cli_print_json (builder);
  return TRUE;
}

/* "cat=yes" or "cat" with --state. */
static gboolean
parse_state (char *name, const char *option, SacLabelState *state, GError **error)
{
  static const char *const words[] = { "unknown", "no", "yes" };
  char *sign = strrchr (name, '=');

  if (!option && sign)
    {
      *sign = '\0';
      option = sign + 1;
    }
  *state = SAC_LABEL_YES;
  if (!option)
    return TRUE;
  for (int i = 0; i < 3; i++)
    if (g_ascii_strcasecmp (option, words[i]) == 0)
      {
        *state = i - 1;
        return TRUE;
      }
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A label is yes, no or unknown, not “%s”"), option);
  return FALSE;
}

static gboolean
say (gboolean good, gboolean as_json, guint n)
{
  if (good && as_json)
    g_print ("{\"changed\":%u}\n", n);
  return good;
}

static int
run_act (const SacLabelAct *act, int n, char **words, const char *path)
{
  g_autoptr (SacProject) project = NULL;
  GError *error = NULL;

  if (n < act->least || (act->most >= 0 && n > act->most))
    {
      g_printerr (_("saccade: label wants it so: %s\n"), _(act->usage));
      return 2;
    }
  project = sac_cli_open_project (path, act->mode, &error);
  return project && act->run (project, words, &error) ? 0 : sac_cli_fail (error);
}

int
sac_cli_label (int argc, char **argv)
{
  g_autofree char *project_path = NULL, *state_word = NULL;
  gboolean all = FALSE, as_json = FALSE, not_reviewed = FALSE, good = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "state", 's', 0, G_OPTION_ARG_STRING, &state_word, N_("yes (as a rule), no or unknown"), N_("STATE") },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("All clips"), NULL },
    { "not", 0, 0, G_OPTION_ARG_NONE, &not_reviewed, N_("With review: not reviewed after all"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GArray) clips = NULL;
  SacLabelState state;
  SacId label;
  GError *error = NULL;
  const char *act;
  int parsed = sac_cli_parse (&argc, &argv, entries,
                              _("list | add NAME… | remove NAME… | rename NAME NEW | set NAME[=STATE] CLIP… | review CLIP…"),
                              _("Labels are yes, no or unknown; what nobody said is unknown, and no once a clip is reviewed.\n"
                                "Further acts:\n"
                                "  colour NAME #RRGGBB, key NAME KEY|none, below NAME OTHER|\"\", merge NAME INTO\n"
                                "  show CLIP                      all that is said of a clip\n"
                                "  segment CLIP NAME FROM TO      a stretch of time, in seconds\n"
                                "  track CLIP NAME FRAME,X,Y,WIDTH,HEIGHT… [FRAME,gone]\n"
                                "  erase segment|track NUMBER"));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  act = argc > 1 ? argv[1] : "list";
  for (guint a = 0; sac_cli_label_acts[a].word; a++)
    if (strcmp (act, sac_cli_label_acts[a].word) == 0)
      return run_act (&sac_cli_label_acts[a], argc - 2, argv + 2, project_path);
  if (!(strcmp (act, "list") == 0 || (strcmp (act, "review") == 0 && (argc > 2 || all)) || (strcmp (act, "rename") == 0 && argc == 4)
        || (argc > 2 && (strcmp (act, "add") == 0 || strcmp (act, "remove") == 0 || strcmp (act, "set") == 0))))
    {
      g_printerr (_("saccade: label needs list, add NAME, remove NAME, rename NAME NEW, set NAME CLIP or review CLIP\n"));
      return 2;
    }
  project = sac_cli_open_project (project_path, strcmp (act, "list") ? SAC_PROJECT_READ_WRITE : SAC_PROJECT_READ_ONLY, &error);
  if (!project)
    return sac_cli_fail (error);

  if (strcmp (act, "list") == 0)
    good = list (project, as_json, &error);
  else if (strcmp (act, "add") == 0)
    {
      good = TRUE;
      for (int i = 2; i < argc && good; i++)
        good = sac_project_add_label (project, argv[i], &error) != 0;
      say (good, as_json, argc - 2);
    }
  else if (strcmp (act, "remove") == 0)
    {
      good = TRUE;
      for (int i = 2; i < argc && good; i++)
        good = (label = sac_cli_find_label (project, argv[i], &error)) && sac_project_remove_label (project, label, &error);
      say (good, as_json, argc - 2);
    }
  else if (strcmp (act, "rename") == 0)
    good = say ((label = sac_cli_find_label (project, argv[2], &error)) && sac_project_rename_label (project, label, argv[3],
                                                                                             &error), as_json, 1);
  else if (strcmp (act, "set") == 0)
    good = parse_state (argv[2], state_word, &state, &error) && (label = sac_cli_find_label (project, argv[2], &error))
           && (clips = sac_cli_find_clips (project, argv + 3, argc - 3, all, &error))
           && say (sac_project_set_label (project, (SacId *) clips->data, clips->len, label, state, &error), as_json, clips->len);
  else
    good = (clips = sac_cli_find_clips (project, argv + 2, argc - 2, all, &error))
           && say (sac_project_set_reviewed (project, (SacId *) clips->data, clips->len, !not_reviewed, &error), as_json, clips->len);
  return good ? 0 : sac_cli_fail (error);
}
