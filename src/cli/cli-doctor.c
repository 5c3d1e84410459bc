/* saccade doctor: what this machine has, what of it is used, and what is missing. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "backend/sac-backends.h"
#include "media/sac-media.h"
#include "sac-cli.h"

static const struct {
  SacCpuFlags flag;
  const char *name;
} sets[] = {
  { SAC_CPU_AVX2, "AVX2 + FMA" },
  { SAC_CPU_AVX512, "AVX-512" },
  { SAC_CPU_AVX512_BF16, "AVX-512 bf16" },
};

typedef struct {
  GPtrArray *devices;           /* of SacVulkanDevice */
  SacMediaCodec *codecs;
  guint n_codecs;
} Found;

static const char *
where_are_we (void)
{
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return "flatpak";
  if (g_getenv ("SNAP"))
    return "snap";
  if (g_file_test ("/.dockerenv", G_FILE_TEST_EXISTS) || g_file_test ("/run/.containerenv", G_FILE_TEST_EXISTS))
    return "container";
  return NULL;
}

static char *
join_sets (const char *none)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    if (sac_cpu_flags () & sets[i].flag)
      g_string_append_printf (out, "%s%s", out->len ? ", " : "", sets[i].name);
  return g_strdup (out->len ? out->str : none);
}

/* ---- in words. */

static void
print_processor (void)
{
  g_autofree char *flags = join_sets (_("none of AVX2, AVX-512: plain C is used, which is slow"));
  g_autofree char *memory = g_format_size (sac_memory_available ());

  g_print ("%s\n", _("Processor"));
  g_print (_("  %u cores; instruction sets in use: %s\n"), g_get_num_processors (), flags);
  g_print (_("  free memory: %s\n"), memory);
  if (where_are_we ())
    g_print (_("  inside a %s: what follows is what it lets through\n"), where_are_we ());
}

static void
print_device (guint i, const SacVulkanDevice *device)
{
  g_autofree char *memory = g_format_size (device->memory);

  g_print ("  vulkan:%u  %s (%s, Vulkan %u.%u)\n", i, device->name, device->driver, device->api_major, device->api_minor);
  g_print (_("            memory %s; subgroups of %u\n"), memory, device->subgroup);
  g_print (_("            16-bit storage: %s, 16-bit arithmetic: %s, matrix units: %s, time stamps: %s\n"),
           device->half_storage ? _("yes") : _("no"), device->half_arithmetic ? _("yes") : _("no"),
           device->matrix ? _("yes") : _("no"), device->timestamps ? _("yes") : _("no"));
  if (device->software)
    g_print ("            %s\n", _("a driver in software: right, but slower than the device “cpu”"));
  if (device->missing)
    g_print (_("            cannot be used: %s\n"), device->missing);
}

/* "cpu" or "vulkan:N". */
static char *
dup_auto (const Found *found)
{
  for (guint i = 0; i < found->devices->len; i++)
    if (sac_vulkan_device_is_for_auto (found->devices->pdata[i]))
      return g_strdup_printf ("vulkan:%u", i);
  return g_strdup ("cpu");
}

static void
print_devices (const Found *found)
{
  g_autofree char *best = dup_auto (found);

  g_print ("\n%s\n", _("Devices"));
  g_print ("  cpu       %s\n", _("always there"));
  g_print (_("  auto      the first Vulkan device that is none in software and can be used, else cpu; here: %s\n"), best);
  for (guint i = 0; i < found->devices->len; i++)
    print_device (i, found->devices->pdata[i]);
  if (found->devices->len == 0)
    {
      g_print ("  %s\n", _("no Vulkan device: no driver is installed (Debian: mesa-vulkan-drivers, or the vendor's), or it finds no "
                            "device"));
      if (!g_file_test ("/dev/dri", G_FILE_TEST_EXISTS))
        g_print ("  %s\n", _("/dev/dri is not there: this machine, or this container, has no graphics device"));
    }
}

static void
print_codecs (const Found *found)
{
  g_print ("\n%s\n", _("Videos"));
  for (guint i = 0; i < found->n_codecs; i++)
    {
      const SacMediaCodec *codec = &found->codecs[i];

      g_print (_("  %-12s reads: %-18s writes: %s\n"), codec->name, codec->decoder ? codec->decoder : _("no"),
               codec->encoder ? codec->encoder : _("no"));
    }
  if (!found->codecs[0].decoder)
    g_print ("  %s\n", _("H.264 cannot be read: most videos need it (Debian: gstreamer1.0-libav)"));
  g_print (_("  videos are written as .%s\n"), sac_encoder_get_suffix ());
}

/* ---- for programs. */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);       /* NULL: null */
}

static void
add_yes (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_count (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

static void
print_json (const Found *found)
{
  JsonBuilder *builder = json_builder_new ();
  g_autofree char *flags = join_sets (""), *best = dup_auto (found);

  json_builder_begin_object (builder);
  add_count (builder, "cores", g_get_num_processors ());
  add_text (builder, "instruction_sets", flags);
  add_count (builder, "memory", sac_memory_available ());
  add_text (builder, "inside", where_are_we ());
  add_text (builder, "auto", best);
  json_builder_set_member_name (builder, "vulkan");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->devices->len; i++)
    {
      const SacVulkanDevice *device = found->devices->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "name", device->name);
      add_text (builder, "driver", device->driver);
      add_yes (builder, "software", device->software);
      add_count (builder, "memory", device->memory);
      add_count (builder, "subgroup", device->subgroup);
      add_yes (builder, "half_storage", device->half_storage);
      add_yes (builder, "half_arithmetic", device->half_arithmetic);
      add_yes (builder, "matrix", device->matrix);
      add_yes (builder, "timestamps", device->timestamps);
      add_yes (builder, "memory_budget", device->reports_memory);
      add_text (builder, "missing", device->missing);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "codecs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->n_codecs; i++)
    {
      json_builder_begin_object (builder);
      add_text (builder, "name", found->codecs[i].name);
      add_text (builder, "decoder", found->codecs[i].decoder);
      add_text (builder, "encoder", found->codecs[i].encoder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

int
sac_cli_doctor (int argc, char **argv)
{
  gboolean json = FALSE;
  GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON, for programs"), NULL },
    { NULL },
  };
  int parsed = sac_cli_parse (&argc, &argv, entries, "", _("Says what of this machine is used, and what is missing."));
  Found found;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  found.devices = sac_vulkan_probe ();
  found.codecs = sac_media_list_codecs (&found.n_codecs);
  if (json)
    print_json (&found);
  else
    {
      print_processor ();
      print_devices (&found);
      print_codecs (&found);
    }
  sac_media_codecs_free (found.codecs, found.n_codecs);
  g_ptr_array_unref (found.devices);
  return 0;
}
