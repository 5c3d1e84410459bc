/* saccade runs: the runs of a project as the Runs page has them, and what a person says of them. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cli-runs.h"
#include "data/sac-run-now.h"
#include "run/sac-run.h"
#include "sac-cli.h"

/* ---- what there is. */
gboolean
_sac_runs_open (SacRuns *runs, const char *project_path, gboolean write, GError **error)
{
  g_auto (GStrv) folders = NULL;
  g_autofree char *cache = NULL;

  runs->project = sac_cli_open_project (project_path, write ? SAC_PROJECT_READ_WRITE : SAC_PROJECT_READ_ONLY, error);
  runs->said = runs->project ? sac_runs_collect (runs->project, &folders, &cache, error) : NULL;
  runs->index = runs->said ? sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, NULL, error) : NULL;
  return runs->index != NULL;
}

void
_sac_runs_close (SacRuns *runs)
{
  g_clear_pointer (&runs->index, sac_run_index_unref);
  g_clear_pointer (&runs->said, g_ptr_array_unref);
  g_clear_object (&runs->project);
}

const SacRunSaid *
_sac_runs_find (const SacRuns *runs, const char *name, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (name, NULL);
  const SacRunSaid *found = NULL;
  guint n = 0;

  for (guint i = 0; i < runs->said->len; i++)
    {
      const SacRunSaid *said = runs->said->pdata[i];
      g_autofree char *base = g_path_get_basename (said->folder);

      if (strcmp (said->folder, path) == 0)
        return said;
      if (strcmp (said->name, name) == 0 || strcmp (base, name) == 0)
        {
          found = said;
          n++;
        }
    }
  if (n == 1)
    return found;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND,
               n ? _("several runs are called “%s”: name its folder") : _("there is no run “%s”"), name);
  return NULL;
}

/* Their ids; runs that the project does not list yet are entered. */
static GArray *
find_ids (const SacRuns *runs, char **names, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  for (guint i = 0; names[i]; i++)
    {
      const SacRunSaid *said = _sac_runs_find (runs, names[i], error);
      SacId id = !said ? 0 : said->id ? said->id : sac_project_add_run (runs->project, said->name, said->folder, NULL, error);

      if (!id)
        return NULL;
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

/* ---- list. */
static SacRunTable *
make_table (const SacRuns *runs, const SacListOptions *o, char **words)
{
  g_auto (GStrv) columns = o->columns ? g_strsplit (o->columns, ",", 200) : NULL;
  g_autofree char *filter = g_strjoinv (" ", words);
  SacRunWish wish = { (const char *const *) columns, filter, o->sort, o->descending, o->group, o->all, o->differences };

  return sac_run_table_new (runs->index, runs->said, &wish);
}

static void
print_table (const SacRunTable *table)
{
  guint n_columns = sac_run_table_get_n_columns (table), n = sac_run_table_get_n (table);
  g_autofree glong *width = g_new0 (glong, n_columns + 1);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint c = 0; c < n_columns; c++)
    g_ptr_array_add (cells, sac_run_column_dup_title (sac_run_table_get_column (table, c)));
  for (guint r = 0; r < n; r++)
    {
      gint run = sac_run_table_get_row (table, r).run;

      for (guint c = 0; c < n_columns; c++)
        g_ptr_array_add (cells, run < 0 ? g_strdup ("") : sac_run_table_dup_cell (table, (guint) run, sac_run_table_get_column (table, c)));
    }
  for (guint i = 0; i < cells->len; i++)
    width[i % n_columns] = MAX (width[i % n_columns], MIN (g_utf8_strlen (cells->pdata[i], -1), 48));
  for (guint r = 0; r <= n; r++)
    {
      SacRunTableRow row = r ? sac_run_table_get_row (table, r - 1) : (SacRunTableRow) { 0 };

      if (r && row.run < 0)
        {
          g_print ("%s (%u)\n", *row.heading ? row.heading : "–", row.n);
          continue;
        }
      for (guint c = 0; c < n_columns; c++)
        {
          const char *text = cells->pdata[r * n_columns + c];
          glong pad = width[c] - g_utf8_strlen (text, -1);
          gboolean right = sac_run_table_is_number (sac_run_table_get_column (table, c));

          int before = right ? (int) MAX (pad, 0) : 0, behind = right || c + 1 == n_columns ? 0 : (int) MAX (pad, 0);

          g_print ("%s%*s%s%*s", c ? "  " : "", before, "", text, behind, "");
        }
      g_print ("\n");
    }
}

static void
print_table_json (const SacRunTable *table)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint r = 0; r < sac_run_table_get_n (table); r++)
    {
      gint run = sac_run_table_get_row (table, r).run;
      const SacRunSaid *said = run >= 0 ? sac_run_table_get_said (table, (guint) run) : NULL;

      if (!said)
        continue;
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "folder");
      json_builder_add_string_value (builder, said->folder);
      for (guint c = 0; c < sac_run_table_get_n_columns (table); c++)
        {
          const char *column = sac_run_table_get_column (table, c);
          double number = sac_run_table_get_number (table, (guint) run, column);
          g_autofree char *text = sac_run_table_dup_cell (table, (guint) run, column);

          json_builder_set_member_name (builder, column);
          if (isfinite (number))
            json_builder_add_double_value (builder, number);
          else
            json_builder_add_string_value (builder, text);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sac_cli_print_json (builder);
}

static gboolean
list_runs (const SacRuns *runs, const SacListOptions *o, char **words)
{
  g_autoptr (SacRunTable) table = make_table (runs, o, words);

  if (o->json)
    print_table_json (table);
  else
    {
      print_table (table);
      g_print (ngettext ("%u of %u run\n", "%u of %u runs\n", sac_run_table_get_n_all (table)), sac_run_table_get_n_runs (table),
               sac_run_table_get_n_all (table));
    }
  return TRUE;
}

static gboolean
export_csv (const SacRuns *runs, const SacListOptions *o, char **words, GError **error)
{
  SacListOptions all = *o;
  g_auto (GStrv) columns = sac_run_index_dup_columns (runs->index);
  g_autofree char *joined = g_strjoinv (",", columns);
  g_autoptr (SacRunTable) table = NULL;
  g_autofree char *text = NULL;

  if (!all.columns && !all.differences)
    all.columns = joined;
  table = make_table (runs, &all, words + 1);
  text = sac_run_table_dup_csv (table);
  if (strcmp (words[0], "-") == 0)
    {
      g_print ("%s", text);
      return TRUE;
    }
  return sac_file_replace (words[0], text, strlen (text), error);
}

/* ---- acts. */
static gboolean
import_runs (const SacRuns *runs, const char *dir, GError **error)
{
  g_autofree char *parent = g_build_filename (sac_project_get_folder (runs->project), "runs", NULL);
  g_auto (GStrv) made = sac_runs_import (dir, parent, sac_cli_progress, NULL, NULL, error);

  for (guint i = 0; made && made[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (made[i]);

      if (!sac_project_add_run (runs->project, name, made[i], NULL, error))
        return FALSE;
      g_print (_("run %s\n"), made[i]);
    }
  return made != NULL;
}

static gboolean
empty_trash (const SacRuns *runs, gboolean all, GError **error)
{
  g_auto (GStrv) folders = sac_project_empty_run_trash (runs->project, all, error);
  guint64 bytes = 0;

  for (guint i = 0; folders && folders[i]; i++)
    {
      bytes += sac_file_tree_bytes (folders[i]);
      sac_file_remove_tree (folders[i]);
    }
  if (folders)
    {
      g_autofree char *size = g_format_size (bytes);

      g_print (ngettext ("%u run removed for good, %s freed\n", "%u runs removed for good, %s freed\n", g_strv_length (folders)),
               g_strv_length (folders), size);
    }
  return folders != NULL;
}

static gboolean
restore (const SacRuns *runs, char **names, GError **error)
{
  g_autoptr (GPtrArray) gone = sac_project_list_deleted_runs (runs->project, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  for (guint n = 0; gone && names[n]; n++)
    {
      guint before = ids->len;

      for (guint i = 0; i < gone->len && ids->len == before; i++)
        {
          const SacRunRow *row = gone->pdata[i];
          g_autofree char *base = g_path_get_basename (row->folder);

          if (strcmp (row->name, names[n]) == 0 || strcmp (base, names[n]) == 0)
            g_array_append_val (ids, row->id);
        }
      if (ids->len == before)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("no deleted run is called “%s”"), names[n]);
          return FALSE;
        }
    }
  return gone && sac_project_restore_runs (runs->project, (const SacId *) ids->data, ids->len, error);
}

static gboolean
delete_runs (const SacRuns *runs, char **names, GError **error)
{
  g_autoptr (GArray) ids = find_ids (runs, names, error);

  for (guint i = 0; ids && names[i]; i++)
    {
      const SacRunSaid *said = _sac_runs_find (runs, names[i], NULL);

      if (said && sac_run_is_live (said->folder))
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("“%s” is at work: stop it first"), said->name);
          return FALSE;
        }
    }
  return ids && sac_project_delete_runs (runs->project, (const SacId *) ids->data, ids->len, error);
}

/* rename RUN NAME · tag TAG RUN… · note TEXT RUN… · archive RUN… */
static gboolean
say (const SacRuns *runs, const char *act, const SacListOptions *o, char **words, GError **error)
{
  gboolean rename = strcmp (act, "rename") == 0, archive = strcmp (act, "archive") == 0;
  char *only[] = { words[0], NULL };
  g_autoptr (GArray) ids = find_ids (runs, rename ? only : archive ? words : words + 1, error);
  const SacId *id = ids ? (const SacId *) ids->data : NULL;

  if (!ids)
    return FALSE;
  if (rename)
    return sac_project_rename_run (runs->project, id[0], words[1], error);
  if (archive)
    return sac_project_archive_runs (runs->project, id, ids->len, !o->off, error);
  if (strcmp (act, "tag") == 0)
    return sac_project_tag_runs (runs->project, id, ids->len, words[0], !o->off, error);
  return sac_project_note_runs (runs->project, id, ids->len, words[0], error);
}

static const struct { const char *name; guint least, most; gboolean writes; } acts[] = {
  { "list", 0, 100, FALSE }, { "show", 1, 1, FALSE }, { "export", 1, 100, FALSE }, { "rename", 2, 2, TRUE }, { "tag", 2, 100000, TRUE },
  { "note", 2, 100000, TRUE }, { "archive", 1, 100000, TRUE }, { "delete", 1, 100000, TRUE }, { "restore", 1, 100000, TRUE },
  { "import", 1, 1, TRUE }, { "empty-trash", 0, 0, TRUE },
};

static gboolean
act (const SacRuns *runs, const char *name, const SacListOptions *o, char **words, GError **error)
{
  if (strcmp (name, "list") == 0)
    return list_runs (runs, o, words);
  if (strcmp (name, "show") == 0)
    return _sac_runs_show (runs, words[0], o->json, error);
  if (strcmp (name, "export") == 0)
    return export_csv (runs, o, words, error);
  if (strcmp (name, "import") == 0)
    return import_runs (runs, words[0], error);
  if (strcmp (name, "delete") == 0)
    return delete_runs (runs, words, error);
  if (strcmp (name, "restore") == 0)
    return restore (runs, words, error);
  if (strcmp (name, "empty-trash") == 0)
    return empty_trash (runs, o->all, error);
  return say (runs, name, o, words, error);
}

int
sac_cli_runs (int argc, char **argv)
{
  g_autofree char *project = NULL, *columns = NULL, *sort = NULL, *group = NULL;
  SacListOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "columns", 'c', 0, G_OPTION_ARG_STRING, &columns, N_("Columns, such as name,key:training.rate,best:auc_macro"), N_("LIST") },
    { "sort", 's', 0, G_OPTION_ARG_STRING, &sort, N_("Sort by this column"), N_("COLUMN") },
    { "descending", 'r', 0, G_OPTION_ARG_NONE, &o.descending, N_("The largest first"), NULL },
    { "group", 'g', 0, G_OPTION_ARG_STRING, &group, N_("Group by this column"), N_("COLUMN") },
    { "differences", 'd', 0, G_OPTION_ARG_NONE, &o.differences, N_("Only columns whose values differ"), NULL },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &o.all, N_("Archived runs too; of empty-trash: also what an undo would bring back"), NULL },
    { "off", 0, 0, G_OPTION_ARG_NONE, &o.off, N_("Take the tag away, or the runs out of the archive"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  const char *name = "list";
  g_autoptr (GError) error = NULL;
  SacRuns runs = { 0 };
  gboolean good;
  guint i = 0;
  int parsed = sac_cli_parse (&argc, &argv, entries,
                              _("[list [WORDS] | show RUN | rename RUN NAME | tag TAG RUN… | note TEXT RUN… | archive RUN… |"
                                " delete RUN… | restore RUN… | empty-trash | import FOLDER | export FILE.csv [WORDS]]"),
                              _("Lists the runs of a project, and does what the Runs page does."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc > 1)
    name = argv[1];
  while (i < G_N_ELEMENTS (acts) && strcmp (acts[i].name, name) != 0)
    i++;
  if (i == G_N_ELEMENTS (acts) || MAX (argc - 2, 0) < (int) acts[i].least || argc - 2 > (int) acts[i].most)
    {
      g_printerr (i == G_N_ELEMENTS (acts) ? _("saccade: runs cannot “%s”; see saccade runs --help\n")
                                           : _("saccade: runs %s wants other arguments; see saccade runs --help\n"), name);
      return 2;
    }
  o.columns = columns;
  o.sort = sort;
  o.group = group;
  good = _sac_runs_open (&runs, project, acts[i].writes, &error) && act (&runs, name, &o, argc > 2 ? argv + 2 : argv + argc, &error);
  _sac_runs_close (&runs);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
