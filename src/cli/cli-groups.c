#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cli-groups.h"
#include "media/sac-fingerprint.h"

gboolean
sac_cli_parse_grouping (const char *text, SacGrouping *grouping, GError **error)
{
  *grouping = (SacGrouping) { SAC_GROUP_GIVEN };
  if (!text || sac_group_by_from_word (text, &grouping->by))
    return TRUE;
  if (g_str_has_prefix (text, "pattern:"))
    {
      grouping->by = SAC_GROUP_PATTERN;
      grouping->pattern = text + strlen ("pattern:");
      return TRUE;
    }
  if (g_str_has_prefix (text, "csv:"))
    {
      grouping->by = SAC_GROUP_TABLE;
      grouping->table = text + strlen ("csv:");
      return TRUE;
    }
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
               _("There is no grouping “%s”; there are group, person, source, day, folder, clip, pattern:REGEX and csv:FILE"), text);
  return FALSE;
}

static void
tell_kinds (const SacLeaks *leaks, const SacDuplicates *duplicates)
{
  static const char *const words[SAC_LEAK_KINDS] = { N_("of a group that trains"), N_("of a video that trains"),
                                                     N_("close in time to training"), N_("near-duplicates of training clips") };

  g_print (_("%.1f %% of validation and test leak: %u of %u clips\n"), leaks->n_judged ? 100.0 * leaks->n_leaking / leaks->n_judged : 0,
           leaks->n_leaking, leaks->n_judged);
  for (guint k = 0; k < SAC_LEAK_KINDS; k++)
    if (leaks->n_by_kind[k])
      g_print ("  %6u %s\n", leaks->n_by_kind[k], _(words[k]));
  if (duplicates && duplicates->n_unknown)
    g_print (ngettext ("%u clip has no fingerprint and was not compared by its pictures\n",
                       "%u clips have no fingerprints and were not compared by their pictures\n", duplicates->n_unknown),
             duplicates->n_unknown);
  if (duplicates && !duplicates->complete)
    g_print ("%s\n", _("So many clips look alike that not all pairs are listed"));
}

gboolean
sac_cli_tell_leaks (SacProject *project, const SacLeaks *leaks, const SacDuplicates *duplicates, gboolean list, gboolean as_json,
                    GError **error)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "judged");
  json_builder_add_int_value (builder, leaks->n_judged);
  json_builder_set_member_name (builder, "leaking");
  json_builder_add_int_value (builder, leaks->n_leaking);
  json_builder_set_member_name (builder, "share");
  json_builder_add_double_value (builder, leaks->n_judged ? (double) leaks->n_leaking / leaks->n_judged : 0);
  for (guint k = 0; k < SAC_LEAK_KINDS; k++)
    {
      json_builder_set_member_name (builder, sac_leak_kind_word (1 << k));
      json_builder_add_int_value (builder, leaks->n_by_kind[k]);
    }
  json_builder_set_member_name (builder, "without_fingerprint");
  json_builder_add_int_value (builder, duplicates ? duplicates->n_unknown : 0);
  json_builder_set_member_name (builder, "pairs");
  json_builder_begin_array (builder);
  if (!as_json)
    tell_kinds (leaks, duplicates);
  for (guint i = 0; (list || as_json) && i < leaks->pairs->len; i++)
    {
      const SacLeak *leak = &g_array_index (leaks->pairs, SacLeak, i);
      g_autoptr (SacItem) item = sac_project_get_item (project, leak->item, error);
      g_autoptr (SacItem) mate = item ? sac_project_get_item (project, leak->mate, error) : NULL;

      if (!mate)
        {
          g_object_unref (builder);
          return FALSE;
        }
      if (!as_json && leak->kind == SAC_LEAK_PICTURE)
        g_print (_("%-8s %s  %s  (%u bits)\n"), sac_leak_kind_word (leak->kind), item->name, mate->name, leak->bits);
      else if (!as_json && leak->kind != SAC_LEAK_GROUP)
        g_print (_("%-8s %s  %s  (%.2f s apart)\n"), sac_leak_kind_word (leak->kind), item->name, mate->name, leak->gap_ns / 1e9);
      else if (!as_json)
        g_print ("%-8s %s  %s\n", sac_leak_kind_word (leak->kind), item->name, mate->name);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "kind");
      json_builder_add_string_value (builder, sac_leak_kind_word (leak->kind));
      json_builder_set_member_name (builder, "clip");
      json_builder_add_string_value (builder, item->name);
      json_builder_set_member_name (builder, "mate");
      json_builder_add_string_value (builder, mate->name);
      json_builder_set_member_name (builder, leak->kind == SAC_LEAK_PICTURE ? "bits" : "gap_s");
      json_builder_add_double_value (builder, leak->kind == SAC_LEAK_PICTURE ? leak->bits : leak->gap_ns / 1e9);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (as_json)
    sac_cli_print_json (builder);
  else
    g_object_unref (builder);
  return TRUE;
}

void
sac_cli_warn_leaks (SacProject *project)
{
  /* Fingerprints go by the content of the files, of which a part is read: not for very many. */
  g_autoptr (GPtrArray) items = sac_project_list_items (project, NULL);
  g_autoptr (SacDuplicates) duplicates = NULL;
  g_autoptr (SacLeaks) leaks = NULL;

  if (items && items->len <= 5000)
    duplicates = sac_project_find_duplicates (project, SAC_FINGERPRINT_NEAR, FALSE, NULL, NULL, NULL, NULL);
  leaks = sac_project_find_leaks (project, &(SacLeakSpec) { .gap_ns = G_GINT64_CONSTANT (1000000000), .duplicates = duplicates }, NULL);
  if (leaks && leaks->n_leaking)
    g_printerr (_("%.1f %% of validation and test leak: %u of %u clips\n"), 100.0 * leaks->n_leaking / leaks->n_judged, leaks->n_leaking,
                leaks->n_judged);
}
