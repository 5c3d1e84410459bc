/* saccade suspects [RUN…]: labels that are likely wrong, as the runs see it; the most suspicious first. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "infer/sac-suspicion.h"
#include "run/sac-suspect-list.h"
#include "sac-cli.h"

/* "8%", "0.08" and "40": how many of @n. */
static gboolean
parse_top (const char *text, guint n, guint *top)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || !(value >= 0) || (*end && strcmp (end, "%") != 0))
    return FALSE;
  if (*end == '%')
    value *= n / 100.0;
  else if (value < 1)
    value *= n;
  *top = (guint) (MIN (value, n) + 0.5);
  return TRUE;
}

/* Those named, or all that the project knows and that nobody put away. */
static char **
find_runs (SacProject *project, int argc, char **argv, const char *path, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = NULL;

  for (int i = 1; i < argc; i++)
    {
      char *folder = sac_cli_find_run (argv[i], path, error);

      if (!folder)
        return NULL;
      g_ptr_array_add (folders, folder);
    }
  all = argc > 1 ? NULL : sac_project_list_runs (project, error);
  if (argc < 2 && !all)
    return NULL;
  for (guint i = 0; all && i < all->len; i++)
    {
      const SacRunRow *run = all->pdata[i];

      if (!run->archived)
        g_ptr_array_add (folders, g_strdup (run->folder));
    }
  if (folders->len == 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("the project has no runs yet: train a network first"));
      return NULL;
    }
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&folders), FALSE);
}

static SacSuspectList *
make_list (const SacSuspicion *suspicion, char **runs, guint top)
{
  SacSuspectList *list = sac_suspect_list_new ();

  list->n_pairs = suspicion->suspects->len;
  g_strfreev (list->runs);
  list->runs = g_strdupv (runs);
  for (guint i = 0; i < top; i++)
    {
      const SacSuspect *s = &g_array_index (suspicion->suspects, SacSuspect, i);
      SacSuspectRow *row = sac_suspect_list_add (list, ((SacItem *) suspicion->dataset->items->pdata[s->clip])->name,
                                                 suspicion->dataset->labels->pdata[s->label], s->given > 0);

      row->score = s->score;
      row->trajectory = s->trajectory;
      row->outside = s->outside;
      row->margin = s->margin;
      row->off_box = s->off_box;
      row->believed_while = s->believed_while;
      row->believed_outside = s->believed_outside;
      row->n_against = s->n_against;
      row->n_runs = s->n_runs;
      row->why = sac_suspicion_dup_why (suspicion, i);
    }
  return list;
}

static void
print_words (const SacSuspectList *list, guint n_runs)
{
  for (guint i = 0; i < list->rows->len; i++)
    {
      const SacSuspectRow *row = list->rows->pdata[i];

      g_print ("%4u  %.3f  %s  %s=%s\n      %s\n", i + 1, row->score, row->clip, row->label, row->given ? _("yes") : _("no"), row->why);
    }
  g_print (ngettext ("%u of %u labels, by what %u run thinks of them\n", "%u of %u labels, by what %u runs think of them\n", n_runs),
           list->rows->len, list->n_pairs, n_runs);
}

int
sac_cli_suspects (int argc, char **argv)
{
  g_autofree char *path = NULL, *text = NULL;
  gboolean json = FALSE, progress = FALSE;
  int threads = 0, looked = 0, parsed;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacSuspicion) suspicion = NULL;
  g_autoptr (SacSuspectList) list = NULL;
  g_auto (GStrv) runs = NULL;
  guint top = 0;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), N_("FILE.saccade") },
    { "top", 0, 0, G_OPTION_ARG_STRING, &text, N_("How many: 40, or a share such as 8% (the default)"), N_("SHARE") },
    { "attention", 0, 0, G_OPTION_ARG_INT, &looked,
      N_("Look at so many of the first that have a box: does the attention lie on it?"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &progress, NULL, NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("[RUN…]"),
                          _("Lists the labels that are likely wrong: what these runs (default: all of the project) do not believe."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (threads < 0 || looked < 0 || (text && !parse_top (text, 1000, &top)))
    {
      g_printerr ("saccade: %s\n", _("--top wants a number or a share such as 8%"));
      return 2;
    }
  project = sac_cli_open_project (path, SAC_PROJECT_READ_ONLY, &error);
  if (!project)
    return sac_cli_fail (g_steal_pointer (&error));
  runs = find_runs (project, argc, argv, path, &error);
  if (!runs)
    return sac_cli_fail (g_steal_pointer (&error));
  if (looked > 0)
    sac_media_init ();
  suspicion = sac_suspicion_new (project, (const char *const *) runs, (guint) looked, (guint) threads,
                                 progress ? sac_cli_progress_lines : sac_cli_progress, NULL, NULL, &error);
  if (!suspicion)
    return sac_cli_fail (g_steal_pointer (&error));
  parse_top (text ? text : "8%", suspicion->suspects->len, &top);
  list = make_list (suspicion, runs, top);
  if (json)
    {
      g_autofree char *text_out = sac_suspect_list_dup_json (list);

      g_print ("%s\n", text_out);
    }
  else
    print_words (list, suspicion->n_runs);
  return 0;
}
