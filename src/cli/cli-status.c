/* saccade status: what a project holds. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "run/sac-run.h"
#include "sac-cli.h"

typedef struct {
  guint n_clips, n_reviewed, n_missing, n_synthetic, n_problems, n_warnings, n_split[4], n_groups, n_leaks;
  GPtrArray *notes;             /* "clip: what is wrong" */
} Counts;

static void
count (SacProject *project, GPtrArray *items, Counts *c)
{
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);

  c->n_clips = items->len;
  for (guint i = 0; i < items->len; i++)
    {
      SacItem *item = items->pdata[i];

      c->n_reviewed += item->reviewed;
      c->n_missing += item->missing;
      c->n_synthetic += item->synthetic;
      c->n_problems += item->problem != NULL;
      c->n_warnings += item->warning != NULL;
      c->n_split[item->split]++;
      if (item->group)
        g_hash_table_add (groups, item->group);
      if (item->missing)
        g_ptr_array_add (c->notes, g_strdup_printf (_("%s: the file is not there"), item->name));
      if (item->problem || item->warning)
        g_ptr_array_add (c->notes, g_strdup_printf ("%s: %s", item->name, item->problem ? item->problem : item->warning));
    }
  c->n_groups = g_hash_table_size (groups);
  c->n_leaks = sac_project_count_leaks (project);
}

static void
add_count (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);       /* NULL: null */
}

static void
print_json (SacProject *project, const Counts *c, GPtrArray *labels, GPtrArray *runs)
{
  JsonBuilder *builder = json_builder_new ();
  g_autofree char *undo = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "project", sac_project_get_path (project));
  add_count (builder, "clips", c->n_clips);
  add_count (builder, "reviewed", c->n_reviewed);
  add_count (builder, "synthetic", c->n_synthetic);
  add_count (builder, "missing", c->n_missing);
  add_count (builder, "problems", c->n_problems);
  add_count (builder, "warnings", c->n_warnings);
  add_count (builder, "groups", c->n_groups);
  add_count (builder, "leaks", c->n_leaks);
  json_builder_set_member_name (builder, "splits");
  json_builder_begin_object (builder);
  add_count (builder, "none", c->n_split[SAC_SPLIT_NONE]);
  add_count (builder, "train", c->n_split[SAC_SPLIT_TRAIN]);
  add_count (builder, "validation", c->n_split[SAC_SPLIT_VALIDATION]);
  add_count (builder, "test", c->n_split[SAC_SPLIT_TEST]);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < labels->len; i++)
    {
      SacLabel *label = labels->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "name", label->name);
      add_count (builder, "yes", label->n_yes);
      add_count (builder, "no", label->n_no);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < runs->len; i++)
    {
      SacRunRow *run = runs->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "name", run->name);
      add_text (builder, "folder", run->folder);
      add_text (builder, "recipe", run->recipe);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < c->notes->len; i++)
    json_builder_add_string_value (builder, c->notes->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

/* How a run that goes on is doing. */
static void
print_live (const char *folder)
{
  g_autoptr (SacEventReader) events = sac_event_reader_new (folder);
  g_autofree char *words = NULL, *left = NULL;
  const char *status;
  const SacPoint *points;
  SacWaterfall waterfall;
  guint n;

  sac_event_reader_poll (events);
  status = sac_event_reader_get_text (events, "status");
  points = sac_event_reader_get (events, "seconds_left", &n);
  left = n ? sac_dup_duration (points[n - 1].value) : g_strdup ("?");
  sac_waterfall_read (events, 0, &waterfall);
  words = sac_waterfall_dup_words (&waterfall);
  g_print (_("  %s, %s left\n"), status ? status : "?", left);
  if (words)
    g_print ("  %s\n", words);
}

static void
print_text (SacProject *project, const Counts *c, GPtrArray *labels, GPtrArray *runs)
{
  g_print ("%s\n", sac_project_get_path (project));
  g_print (ngettext ("%u clip", "%u clips", c->n_clips), c->n_clips);
  g_print (_(", %u reviewed"), c->n_reviewed);
  if (c->n_synthetic)
    g_print (_(", %u synthetic"), c->n_synthetic);
  g_print ("\n");
  g_print (_("training %u, validation %u, test %u, not divided %u\n"), c->n_split[SAC_SPLIT_TRAIN], c->n_split[SAC_SPLIT_VALIDATION],
           c->n_split[SAC_SPLIT_TEST], c->n_split[SAC_SPLIT_NONE]);
  g_print (ngettext ("%u group", "%u groups", c->n_groups), c->n_groups);
  g_print (c->n_leaks ? _(", %u of them on both sides of training and test: scores would be too good\n") : _(", none on both sides\n"),
           c->n_leaks);
  for (guint i = 0; i < labels->len; i++)
    {
      SacLabel *label = labels->pdata[i];

      g_print (_("  %-24s %6u yes %6u no\n"), label->name, label->n_yes, label->n_no);
    }
  for (guint i = 0; i < runs->len; i++)
    {
      SacRunRow *run = runs->pdata[i];

      g_print (_("run %s (%s)\n"), run->name, run->recipe ? run->recipe : "");
      if (sac_run_is_live (run->folder))
        print_live (run->folder);
    }
  for (guint i = 0; i < c->notes->len; i++)
    g_print ("! %s\n", (char *) c->notes->pdata[i]);
}

int
sac_cli_status (int argc, char **argv)
{
  g_autofree char *project_path = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  Counts counts = { .notes = notes };
  GError *error = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, "", _("Says what a project holds."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  project = sac_cli_open_project (project_path, SAC_PROJECT_READ_ONLY, &error);
  if (!project || !(items = sac_project_list_items (project, &error)) || !(labels = sac_project_list_labels (project, &error))
      || !(runs = sac_project_list_runs (project, &error)))
    return sac_cli_fail (error);
  count (project, items, &counts);
  if (as_json)
    print_json (project, &counts, labels, runs);
  else
    print_text (project, &counts, labels, runs);
  return 0;
}
