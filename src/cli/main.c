/* `saccade VERB …`.  Without a verb, and for `open`, the window is started. */
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "config.h"
#include "sac-cli.h"

#define SAC_VERB(name) { #name, NULL, sac_cli_##name },
static const SacVerb verbs[] = {
#include "verbs.inc"
  { NULL },
};

/* What each verb does, in the order of a day's work; verbs of the table above that are not here are for programs. */
static const struct {
  const char *name, *summary;
} summaries[] = {
  { "open", N_("Open a project in the window") },
  { "keys", N_("List and change the window’s keys") },
  { "demo", N_("Render the synthetic demo clips") },
  { "import", N_("Add a folder of videos to a project") },
  { "label", N_("Add, remove, set or list labels") },
  { "labels", N_("Label files in, named versions, layers of several people") },
  { "history", N_("List all that was done, newest first") },
  { "export", N_("Write labels in a format of other tools") },
  { "query", N_("List the clips that fit a query") },
  { "follow", N_("Follow an object of a clip with a box") },
  { "split", N_("Divide the clips into training, validation and test") },
  { "stats", N_("Count labels, lengths, sizes and what goes together") },
  { "leaks", N_("List what validation and test share with training") },
  { "duplicates", N_("List clips that show the same") },
  { "status", N_("Say what a project holds") },
  { "health", N_("List files that are missing, damaged or odd") },
  { "index", N_("Count the frames of videos") },
  { "relink", N_("Find moved files by their content") },
  { "weights", N_("Say what a weight file holds, how it fits a network, what training did to it") },
  { "plan", N_("Tell the memory and FLOPs of a run beforehand") },
  { "train", N_("Train a network by a recipe") },
  { "study", N_("Train the arms of a recipe as a queue, and compare them") },
  { "control", N_("Pause, resume, stop or checkpoint a run") },
  { "eval", N_("Score a run: ROC and AUC per label") },
  { "compare", N_("Put runs side by side: which differences are more than noise") },
  { "runs", N_("List, name, tag, archive, delete and import runs") },
  { "report", N_("Write a report of a run or a study") },
  { "gan", N_("Train groups of generators on pictures, and draw from them") },
  { "search", N_("Search for the graph that makes generators best") },
  { "attention", N_("Tell what a network's own attention is worth") },
  { "suspects", N_("List labels that are likely wrong, as runs see them") },
  { "explain", N_("Show where a run looks in a clip") },
  { "maps", N_("Edited maps of attention: files, drawing, teaching") },
  { "doctor", N_("Say what of this machine is used, and what is missing") },
  { "bench", N_("Measure the speed of a workload") },
};

static const SacVerb *
find_verb (const char *name)
{
  for (const SacVerb *verb = verbs; verb->name; verb++)
    if (strcmp (verb->name, name) == 0)
      return verb;
  return NULL;
}

static int
usage (void)
{
  g_print ("%s\n\n", _("Usage: saccade VERB [OPTION…]   (saccade VERB --help tells more)"));
  for (guint i = 0; i < G_N_ELEMENTS (summaries); i++)
    if (find_verb (summaries[i].name))
      g_print ("  %-10s %s\n", summaries[i].name, _(summaries[i].summary));
  return 0;
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "open";
  const SacVerb *verb;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("SACCADE_LOCALEDIR") ? g_getenv ("SACCADE_LOCALEDIR") : SAC_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  setlocale (LC_NUMERIC, "C");  /* numbers in files and on stdout are for programs too */

  if (strcmp (name, "--version") == 0)
    {
      g_print ("saccade %s\n", SAC_VERSION);
      return 0;
    }
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0)
    return usage ();
  verb = find_verb (name);
  if (!verb)
    {
      g_printerr (_("saccade: there is no verb “%s”; saccade --help lists them\n"), name);
      return 2;
    }
  if (argc > 1)
    return verb->run (argc - 1, argv + 1);
  return verb->run (argc, argv);
}
