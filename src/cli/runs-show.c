#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "cli-runs.h"
#include "data/sac-run-now.h"
#include "run/sac-run.h"

static const char *const facts[] = { "name", "tags", "note", "study", "arm", "status", "model", "step", "started", "duration", "seed",
                                     "size", "clips", "device", "machine", "version", "weights", "labels", "split", "snapshot", "folder" };
static const char *const kinds[] = { "label", "split", "gone", "new" };

static void
print_changes (GPtrArray *changes)
{
  guint n_labels = 0;

  for (guint i = 0; i < changes->len; i++)
    n_labels += ((SacRunChange *) changes->pdata[i])->kind == SAC_RUN_CHANGE_LABEL;
  g_print (ngettext ("\n%u label change since this run\n", "\n%u label changes since this run\n", n_labels), n_labels);
  for (guint i = 0; i < changes->len; i++)
    {
      const SacRunChange *change = changes->pdata[i];
      g_autofree char *words = sac_run_change_dup_words (change);

      g_print ("  %s: %s\n", change->clip, words);
    }
}

static void
print_text (const SacRunTable *table, guint run, const SacRunEntry *entry, GPtrArray *changes)
{
  const SacRunIndex *index = sac_run_table_get_index (table);

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *title = sac_run_column_dup_title (facts[i]), *text = sac_run_table_dup_cell (table, run, facts[i]);

      if (*text)
        g_print ("%s: %s\n", title, text);
    }
  for (guint k = 0; k < entry->n_keys; k++)
    g_print ("  %s = %s\n", sac_run_index_get_key (index, entry->keys[k].key), sac_run_index_get_text (index, entry->keys[k].value));
  for (guint m = 0; m < entry->n_metrics; m++)
    g_print (_("  %s: last %.5g, best %.5g at step %.0f\n"), sac_run_index_get_tag (index, entry->metrics[m].tag), entry->metrics[m].last,
             entry->metrics[m].best, (double) entry->metrics[m].best_step);
  if (changes)
    print_changes (changes);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
print_json (const SacRunTable *table, guint run, const SacRunEntry *entry, GPtrArray *changes)
{
  const SacRunIndex *index = sac_run_table_get_index (table);
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *text = sac_run_table_dup_cell (table, run, facts[i]);

      json_builder_set_member_name (builder, facts[i]);
      json_builder_add_string_value (builder, text);
    }
  json_builder_set_member_name (builder, "recipe");
  json_builder_begin_object (builder);
  for (guint k = 0; k < entry->n_keys; k++)
    {
      json_builder_set_member_name (builder, sac_run_index_get_key (index, entry->keys[k].key));
      json_builder_add_string_value (builder, sac_run_index_get_text (index, entry->keys[k].value));
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "metrics");
  json_builder_begin_object (builder);
  for (guint m = 0; m < entry->n_metrics; m++)
    {
      json_builder_set_member_name (builder, sac_run_index_get_tag (index, entry->metrics[m].tag));
      json_builder_begin_object (builder);
      add_number (builder, "last", entry->metrics[m].last);
      add_number (builder, "best", entry->metrics[m].best);
      add_number (builder, "best_step", (double) entry->metrics[m].best_step);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  if (changes)
    {
      json_builder_set_member_name (builder, "changes");
      json_builder_begin_array (builder);
      for (guint i = 0; i < changes->len; i++)
        {
          const SacRunChange *change = changes->pdata[i];

          json_builder_begin_object (builder);
          json_builder_set_member_name (builder, "kind");
          json_builder_add_string_value (builder, kinds[change->kind]);
          json_builder_set_member_name (builder, "clip");
          json_builder_add_string_value (builder, change->clip);
          json_builder_set_member_name (builder, "label");
          json_builder_add_string_value (builder, change->label ? change->label : "");
          json_builder_set_member_name (builder, "was");
          json_builder_add_int_value (builder, change->was);
          json_builder_set_member_name (builder, "is");
          json_builder_add_int_value (builder, change->is);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

gboolean
_sac_runs_show (const SacRuns *runs, const char *name, gboolean json, GError **error)
{
  const SacRunSaid *said = _sac_runs_find (runs, name, error);
  int run = said ? sac_run_index_find (runs->index, said->folder) : -1;
  SacRunWish wish = { .archived = TRUE };
  g_autoptr (SacRunTable) table = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  SacRunEntry entry;

  if (said && run < 0)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("the folder %s is gone"), said->folder);
  if (run < 0)
    return FALSE;
  table = sac_run_table_new (runs->index, runs->said, &wish);
  changes = sac_run_list_changes (runs->project, said->folder, NULL, NULL);     /* older and foreign runs do not say */
  sac_run_index_get (runs->index, (guint) run, &entry);
  if (json)
    print_json (table, (guint) run, &entry, changes);
  else
    print_text (table, (guint) run, &entry, changes);
  return TRUE;
}
