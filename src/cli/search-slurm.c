/* An array script for Slurm: each task works on the search, trial by trial, until there are none left. */
#include <glib/gi18n.h>

#include "search.h"

char *
sac_search_dup_slurm (SacGanSearch *search, const char *program, const SacSearchRun *run)
{
  g_autofree char *name = g_path_get_basename (sac_gan_search_get_folder (search));
  g_autofree char *folder = g_shell_quote (sac_gan_search_get_folder (search)), *call = g_shell_quote (program);
  g_autofree char *scorer = run->scorer ? g_shell_quote (run->scorer) : NULL;
  int threads = run->n_threads > 0 ? run->n_threads : 4;
  GString *text = g_string_new ("#!/bin/sh\n");

  /* Slurm reads these lines by itself, so nothing that a person chose stands in them but the name, which is letters and digits. */
  g_string_append_printf (text, "#SBATCH --job-name=saccade-%s\n#SBATCH --array=1-%u\n#SBATCH --cpus-per-task=%d\n", name, run->n_jobs,
                          threads);
  g_string_append_printf (text, "#SBATCH --output=saccade-%s-%%A-%%a.out\n#SBATCH --signal=TERM@120\n\n", name);
  g_string_append (text, "# Each task takes trials from the search until none is left.  What a time limit ends goes on with the same bits\n"
                         "# when this script is submitted again; more tasks may join at any time (sbatch --array=1-N).\n");
  g_string_append_printf (text, "exec %s search --resume --search %s --jobs 1 \\\n  --threads \"${SLURM_CPUS_PER_TASK:-%d}\"", call,
                          folder, threads);
  if (scorer)
    g_string_append_printf (text, " --scorer %s", scorer);
  if (run->slim)
    g_string_append (text, " --slim");
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}
