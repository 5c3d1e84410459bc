/* saccade worker: answers the window's questions over fd 3 until the window is gone. */
#include <glib/gi18n.h>
#include <sys/socket.h>

#include "cli-scores.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

static SacExplanation *
explain (const SacQuestion *question, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_explainer_run (data, question, cancellable, error);
}

static SacLook *
attend (const char *run, const char *project, const char *clip, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_explainer_attend (data, run, project, clip, cancellable, error);
}

static float *
perceive (const char *run, const char *project, const char *clip, const SacMaps *maps, guint *n_labels, GCancellable *cancellable,
          gpointer data, GError **error)
{
  return sac_explainer_perceive (data, run, project, clip, maps, n_labels, cancellable, error);
}

int
sac_cli_worker (int argc, char **argv)
{
  static const SacWorkerActs acts = { explain, attend, perceive };
  GOptionEntry none[] = { { NULL } };
  int kind = 0, parsed = sac_cli_parse (&argc, &argv, none, "", _("Serves the window; not for the shell."));
  socklen_t length = sizeof kind;
  g_autoptr (SacExplainer) explainer = NULL;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (getsockopt (3, SOL_SOCKET, SO_TYPE, &kind, &length) != 0 || kind != SOCK_SEQPACKET)
    {
      g_printerr ("saccade: %s\n", _("the worker is started by the window"));
      return 2;
    }
  sac_cli_stay_behind (FALSE);
  sac_media_init ();
  explainer = sac_explainer_new (0);
  sac_worker_serve (3, &acts, explainer);
  return 0;
}
