#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "sac-backends.h"

G_DEFINE_QUARK (sac-backend-error, sac_backend_error)

void
sac_backend_free (SacBackend *backend)
{
  if (backend)
    backend->destroy (backend);
}

/* The first Vulkan device that is none in software and opens, else the CPU. */
static SacBackend *
open_best (guint n_threads)
{
  g_autoptr (GPtrArray) devices = sac_vulkan_probe ();
  SacBackend *backend = NULL;

  for (guint i = 0; i < devices->len && !backend; i++)
    {
      if (sac_vulkan_device_is_for_auto (devices->pdata[i]))
        backend = sac_backend_vulkan_new ((int) i, NULL);
    }
  return backend ? backend : sac_backend_cpu_new (n_threads);
}

SacBackend *
sac_backend_new_for_name (const char *name, guint n_threads, GError **error)
{
  if (name && strcmp (name, "auto") == 0)
    return open_best (n_threads);
  if (!name || strcmp (name, "cpu") == 0)
    return sac_backend_cpu_new (n_threads);
  if (strcmp (name, "null") == 0)
    return sac_backend_null_new ();
  if (strcmp (name, "vulkan") == 0)
    return sac_backend_vulkan_new (-1, error);
  if (g_str_has_prefix (name, "vulkan:") && g_ascii_isdigit (name[7]))
    return sac_backend_vulkan_new (atoi (name + 7), error);
  g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT,
               _("There is no device “%s”; devices are cpu, vulkan, vulkan:N and auto"), name);
  return NULL;
}
