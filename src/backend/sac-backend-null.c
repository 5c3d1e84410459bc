/* Plans and counts: tells memory and FLOPs before a run starts.  Chooses as the CPU would, so workspaces are the same. */
#include "sac-backends.h"
#include "sac-cpu-private.h"

static SacBuffer *
null_alloc (SacBackend *backend, gsize n_bytes, GError **error)
{
  return (SacBuffer *) g_new0 (char, 1);        /* something to point at, never looked into */
}

static void
null_release (SacBackend *backend, SacBuffer *buffer)
{
  g_free (buffer);
}

static void
null_upload (SacBackend *backend, SacBuffer *buffer, gsize offset, gconstpointer data, gsize n_bytes)
{
}

static gboolean
null_download (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes, GError **error)
{
  return TRUE;
}

static gpointer
null_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error)
{
  return backend;
}

static gboolean
null_run (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
null_unprepare (SacBackend *backend, gpointer prepared)
{
}

SacBackend *
sac_backend_null_new (void)
{
  SacBackend *backend = g_new (SacBackend, 1);

  *backend = (SacBackend) {
    .name = "null", .stores = 1 << SAC_BF16 | 1 << SAC_F16,
    .alloc = null_alloc, .release = null_release, .upload = null_upload, .download = null_download,
    .select = _sac_cpu_select, .prepare = null_prepare, .run = null_run, .unprepare = null_unprepare,
    .destroy = (void (*) (SacBackend *)) g_free,
  };
  return backend;
}
