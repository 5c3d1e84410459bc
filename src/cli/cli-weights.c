/* saccade weights FILE [--for MODEL]: what a weight file holds, and which tensor goes to which layer.  `weights compare` and
 * `weights motion` are in files of their own. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-cli.h"
#include "weights/sac-weight-files.h"
#include "weights-compare.h"

static char *
dup_shape (const SacTensorInfo *info, const char *between)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < info->rank; i++)
    g_string_append_printf (out, "%s%" G_GINT64_FORMAT, i ? between : "", info->dims[i]);
  return g_string_free (out, FALSE);
}

static void
print_tensors (SacTensorFile *file)
{
  g_autofree char *total = NULL;
  guint64 numbers = 0;

  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (file, i);
      g_autofree char *name = sac_tensor_name_dup_visible (info->name), *shape = dup_shape (info, "×");
      guint64 n = 1;

      for (guint k = 0; k < info->rank; k++)
        n *= (guint64) info->dims[k];
      numbers += n;
      g_print ("%-48s %-10s %s\n", name, info->dtype, info->rank ? shape : _("scalar"));
    }
  total = g_strdup_printf ("%" G_GUINT64_FORMAT, numbers);
  g_print (_("%s: %u tensors, %s numbers\n"), sac_tensor_file_get_format (file), sac_tensor_file_get_n (file), total);
}

static void
print_tensors_json (SacTensorFile *file)
{
  g_autofree char *format = sac_cli_json (sac_tensor_file_get_format (file));

  g_print ("{\"format\":%s,\"tensors\":[", format);
  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (file, i);
      g_autofree char *name = sac_cli_json (info->name), *shape = dup_shape (info, ",");

      g_print ("%s{\"name\":%s,\"dtype\":\"%s\",\"shape\":[%s]}", i ? "," : "", name, info->dtype, shape);
    }
  g_print ("]");
}

static void
print_report_json (const SacMapReport *report, const char *model, guint64 n_params, gboolean fits, const GError *error)
{
  g_autofree char *name = sac_cli_json (model), *why = error ? sac_cli_json (error->message) : NULL;

  g_print (",\"for\":%s,\"parameters\":%" G_GUINT64_FORMAT ",\"fits\":%s", name, n_params, fits ? "true" : "false");
  if (why)
    g_print (",\"reason\":%s", why);
  g_print (",\"loaded\":%u,\"replaced\":%u,\"missing\":%u,\"unused\":%u,\"shape\":%u,\"map\":[", report->n_loaded, report->n_replaced,
           report->n_missing, report->n_unused, report->n_shape);
  for (guint i = 0; i < report->n_rows; i++)
    {
      const SacMapRow *row = &report->rows[i];
      g_autofree char *tensor = row->tensor ? sac_cli_json (row->tensor) : NULL, *layer = row->layer ? sac_cli_json (row->layer) : NULL;

      g_print ("%s{\"tensor\":%s,\"layer\":%s,\"status\":\"%s\"}", i ? "," : "", tensor ? tensor : "null", layer ? layer : "null",
               sac_map_status_get_name (row->status));
    }
  g_print ("]");
}

static void
print_report (const SacMapReport *report, const SacResnet *net, SacInflation inflation, guint64 n_params)
{
  g_autofree char *text = sac_map_report_dup_text (report), *total = g_strdup_printf ("%" G_GUINT64_FORMAT, n_params);
  gboolean seen[32];

  g_print ("\n%s", text);
  g_print (_("The network has %s parameters.\n"), total);
  if (!net->inflated || net->form != SAC_RESNET_I3RES)
    return;
  sac_temporal_receptive_set (32, inflation, seen);
  g_print ("%s", _("Frames of a clip of 32 that it sees at the start:"));
  for (guint t = 0; t < 32; t++)
    if (seen[t])
      g_print (" %u", t);
  g_print ("\n");
}

static void
print_network (SacTensorFile *file, gboolean json)
{
  SacModel model;
  g_autofree char *name = sac_weights_recognise (file, &model);

  if (name && json)
    g_print (",\"network\":\"%s\",\"labels\":%d", name, model.resnet.n_classes);
  else if (name)
    g_print (_("Network: %s, %d labels\n"), name, model.resnet.n_classes);
}

/* Labels of the head in the file, or 0. */
static int
classes_of (SacTensorFile *file)
{
  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (file, i);

      if (info->rank == 1 && (strcmp (info->name, "fc.bias") == 0 || g_str_has_suffix (info->name, ".fc.bias")
                              || g_str_has_suffix (info->name, "last_linear.bias")))
        return (int) CLAMP (info->dims[0], 0, 1000000);
    }
  return 0;
}

int
sac_cli_weights (int argc, char **argv)
{
  g_autofree char *model = NULL, *how = NULL;
  int classes = 0, parsed;
  gboolean json = FALSE, fits;
  SacInflation inflation = SAC_INFLATE_AVERAGE;
  SacResnet net;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (SacWeights) weights = NULL;
  g_autoptr (SacMapReport) report = NULL;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_STRING, &model, N_("Show how it fits a ResNet: r50-2d, i3d-r50, hara-r50, nonlocal-r50 …"), N_("MODEL") },
    { "classes", 0, 0, G_OPTION_ARG_INT, &classes, N_("Labels of the network (those of the file if not given)"), "N" },
    { "inflation", 0, 0, G_OPTION_ARG_STRING, &how, N_("How 2-D kernels become 3-D: average or centre"), N_("WAY") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON for programs"), NULL },
    { NULL },
  };

  if (argc > 1 && strcmp (argv[1], "compare") == 0)
    return sac_cli_weights_compare (argc - 1, argv + 1);
  if (argc > 1 && strcmp (argv[1], "motion") == 0)
    return sac_cli_weights_motion (argc - 1, argv + 1);
  parsed = sac_cli_parse (&argc, &argv, entries, _("FILE | compare … | motion RUN…"),
                          _("Says what a weight file holds and how it fits a network."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || classes < 0 || (how && strcmp (how, "average") != 0 && strcmp (how, "centre") != 0))
    {
      g_printerr ("saccade: %s\n",
                  argc != 2 ? _("name one file of weights") : _("--classes wants a number, --inflation average or centre"));
      return 2;
    }
  if (model && !sac_resnet_parse (model, &net))
    {
      g_printerr (_("saccade: there is no network “%s”: r18-2d, r50-2d, i3d-r18, i3d-r50, hara-r18, hara-r50, nonlocal-r50\n"), model);
      return 2;
    }
  if (g_strcmp0 (how, "centre") == 0)
    inflation = SAC_INFLATE_CENTRE;
  file = sac_tensor_file_open (argv[1], &error);
  if (!file)
    return sac_cli_fail (g_steal_pointer (&error));
  if (json)
    print_tensors_json (file);
  else
    print_tensors (file);
  print_network (file, json);
  if (!model)
    {
      g_print ("%s", json ? "}\n" : "");
      return 0;
    }

  if (classes == 0)
    classes = classes_of (file);
  if (classes > 0)
    net.n_classes = classes;
  weights = sac_weights_new ();
  if (!sac_resnet_declare (weights, &net, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  fits = sac_weights_match (weights, file, inflation, &report, &error);
  if (json)
    {
      print_report_json (report, model, sac_weights_count_params (weights), fits, error);
      g_print ("}\n");
      return fits ? 0 : 1;
    }
  print_report (report, &net, inflation, sac_weights_count_params (weights));
  return fits ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
