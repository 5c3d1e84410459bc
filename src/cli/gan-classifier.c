/* saccade gan classifier: trains the network whose answers and features score generated pictures. */
#include <glib/gi18n.h>

#include "cli-gan.h"
#include "sac-cli.h"
#include "train/sac-image-classifier.h"

int
_sac_gan_classifier (int argc, char **argv)
{
  g_autofree char *data = NULL, *out = NULL;
  int threads = 0, held = 1000, width = 64, parsed;
  SacImageClassifierSpec spec;
  double epochs, accuracy;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, N_("Pictures: a folder with a folder for each class, or CIFAR-10's binary batches"),
      N_("PATH") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Folder for the classifier"), N_("FOLDER") },
    { "epochs", 'e', 0, G_OPTION_ARG_DOUBLE, &epochs, N_("How often each picture is learnt from (20)"), N_("N") },
    { "held-out", 0, 0, G_OPTION_ARG_INT, &held, N_("Pictures that are held out to tell how good it is (1000)"), N_("N") },
    { "width", 'w', 0, G_OPTION_ARG_INT, &width, N_("Width of the network's first stage (64)"), N_("N") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImages) images = NULL;
  g_autoptr (GCancellable) cancellable = NULL;

  sac_image_classifier_spec_init (&spec);
  epochs = spec.epochs;
  parsed = sac_cli_parse (&argc, &argv, entries, NULL, _("Trains a classifier of pictures, to score generators with."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 1 || !data || !out || threads < 0 || held < 1 || width < 1 || width > 1024 || !(epochs > 0 && epochs <= 1e4))
    {
      g_printerr ("saccade: %s\n", _("gan classifier wants --data PATH and --out FOLDER"));
      return 2;
    }
  cancellable = sac_cli_cancellable_for_signals ();
  images = _sac_gan_load (data, SAC_IMAGE_NET_SIZE, 0, cancellable, &error);
  if (!images)
    return sac_cli_fail (g_steal_pointer (&error));
  spec.images = images;
  spec.folder = out;
  spec.source = data;
  spec.epochs = epochs;
  spec.held_out = (guint) held;
  spec.width = (guint) width;
  spec.n_threads = (guint) threads;
  spec.progress = _sac_gan_show;
  if (!sac_image_classifier_train (&spec, &accuracy, cancellable, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_print (_("%s: %.1f %% of held-out pictures right\n"), out, 100 * accuracy);
  return 0;
}
