/* cli: `saccade VERB …`, the acts of the window without a display.  One file cli-<verb>.c per verb; table in main.c.
 * A verb returns the exit code: 0 done, 1 failed (one line on stderr says why), 2 bad usage. */
#pragma once
#include "base/sac-base.h"
#include "store/sac-store.h"

typedef struct {
  const char *name;
  const char *summary;          /* one line, N_() */
  int (*run) (int argc, char **argv);      /* argv[0] is the verb */
} SacVerb;

/* Prints "saccade: MESSAGE" and returns 1; eats @error. */
int  sac_cli_fail (GError *error);
/* Parses @entries; 0 to go on, 1 = help was printed (exit 0), 2 = bad usage (said on stderr). */
int  sac_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage, const char *summary);
/* One-line progress on a terminal, plain lines otherwise; fits SacProgressFunc. */
void sac_cli_progress (double fraction, const char *what, gpointer data);
/* For another program, a line each on stderr: "progress 0.250". */
void sac_cli_progress_lines (double fraction, const char *what, gpointer data);
/* JSON string literal with quotes; transfer full. */
char *sac_cli_json (const char *text);

/* Opens @path, or the only project of this folder when NULL; says what to do when there is none.  Transfer full. */
SacProject *sac_cli_open_project (const char *path, SacProjectMode mode, GError **error);
/* The ids of the clips named by @names (n of them), or of all clips when @all; NULL with @error.  Transfer full, of SacId. */
GArray *sac_cli_find_clips (SacProject *project, char **names, int n_names, gboolean all, GError **error);
/* Prints a finished JSON tree on one line and frees it. */
typedef struct _JsonBuilder JsonBuilder;
void sac_cli_print_json (JsonBuilder *builder);

/* Cancelled by the first SIGTERM, SIGINT or SIGHUP, for work that then keeps what it has; the second ends the process. */
GCancellable *sac_cli_cancellable_for_signals (void);
/* For programs that look after others at every turn: from now on the same signals are only counted, the second ends the process, and a
 * reader that is gone (SIGPIPE) ends nothing. */
void          sac_cli_count_signals (void);
gboolean      sac_cli_is_signalled (void);

int sac_cli_demo (int argc, char **argv);
int sac_cli_import (int argc, char **argv);
int sac_cli_label (int argc, char **argv);
int sac_cli_labels (int argc, char **argv);
int sac_cli_history (int argc, char **argv);
int sac_cli_export (int argc, char **argv);
int sac_cli_query (int argc, char **argv);
int sac_cli_follow (int argc, char **argv);     /* a box goes after its object */
int sac_cli_gan (int argc, char **argv);        /* groups of generators: training, samples */
int sac_cli_gan_train (int argc, char **argv);
gboolean sac_cli_is_gan (int argc, char **argv);        /* whether a recipe, or the run to go on with, is one of generators */
int sac_cli_search (int argc, char **argv);     /* which graph makes the best group of generators */
int sac_cli_split (int argc, char **argv);
int sac_cli_stats (int argc, char **argv);
int sac_cli_leaks (int argc, char **argv);
int sac_cli_duplicates (int argc, char **argv);
int sac_cli_status (int argc, char **argv);
int sac_cli_suspects (int argc, char **argv);  /* labels that are likely wrong */
int sac_cli_plan (int argc, char **argv);     /* saccade plan RECIPE [--memory 2G]: what a run takes */
int sac_cli_train (int argc, char **argv);
int sac_cli_study (int argc, char **argv);      /* saccade study RECIPE: several arms, several seeds */
int sac_cli_control (int argc, char **argv);   /* pause, resume, stop, checkpoint */
int sac_cli_eval (int argc, char **argv);
int sac_cli_compare (int argc, char **argv);   /* runs side by side */
int sac_cli_report (int argc, char **argv);
int sac_cli_runs (int argc, char **argv);
int sac_cli_relink (int argc, char **argv);
int sac_cli_health (int argc, char **argv);
int sac_cli_index (int argc, char **argv);
int sac_cli_attention (int argc, char **argv);
int sac_cli_maps (int argc, char **argv);      /* edited maps of attention */
int sac_cli_explain (int argc, char **argv);
int sac_cli_worker (int argc, char **argv);
int sac_cli_weights (int argc, char **argv);   /* saccade weights FILE [--for MODEL]: what is in it, how it maps */
int sac_cli_bench (int argc, char **argv);
int sac_cli_keys (int argc, char **argv);      /* of the window */
int sac_cli_doctor (int argc, char **argv);
int sac_cli_open (int argc, char **argv);
