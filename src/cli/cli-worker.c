/* saccade worker: answers the window's questions over fd 3 until the window is gone. */
#include <glib/gi18n.h>
#include <sys/socket.h>

#include "cli-scores.h"
#include "infer/sac-gan-net.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

/* What the acts share; who looks at pictures alone needs no explainer, and the other way round. */
typedef struct {
  SacExplainer *explainer;
  SacGanAnswers *answers;
} Server;

static SacExplanation *
explain (const SacQuestion *question, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_explainer_run (((Server *) data)->explainer, question, cancellable, error);
}

static SacLook *
attend (const char *run, const char *project, const char *clip, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_explainer_attend (((Server *) data)->explainer, run, project, clip, cancellable, error);
}

static float *
perceive (const char *run, const char *project, const char *clip, const SacMaps *maps, guint *n_labels, GCancellable *cancellable,
          gpointer data, GError **error)
{
  return sac_explainer_perceive (((Server *) data)->explainer, run, project, clip, maps, n_labels, cancellable, error);
}

static SacGanPictures *
generate (const char *run, const SacGanNoise *noise, guint n, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_gan_answers_generate (((Server *) data)->answers, run, noise, n, cancellable, error);
}

static SacGanNearest *
find_nearest (const SacNearestQuestion *question, GCancellable *cancellable, gpointer data, GError **error)
{
  return sac_gan_answers_find_nearest (((Server *) data)->answers, question, cancellable, error);
}

int
sac_cli_worker (int argc, char **argv)
{
  static const SacWorkerActs acts = { explain, attend, perceive, generate, find_nearest };
  GOptionEntry none[] = { { NULL } };
  int kind = 0, parsed = sac_cli_parse (&argc, &argv, none, "", _("Serves the window; not for the shell."));
  socklen_t length = sizeof kind;
  g_autoptr (SacExplainer) explainer = NULL;
  g_autoptr (SacGanAnswers) answers = NULL;
  Server server;

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
  answers = sac_gan_answers_new (0);
  server = (Server) { explainer, answers };
  sac_worker_serve (3, &acts, &server);
  return 0;
}
