/* What a search is now, read in a thread: its trials, and what they tell.  Main thread but for what reads. */
#pragma once
#include <gio/gio.h>

#include "run/sac-gan-analysis.h"

typedef struct {
  char *folder;                 /* absolute */
  guint k, epochs, n_trials;
  SacObjective objective;
  gboolean halving;
  char *features;               /* the network that the scores are of, in words; NULL: not known yet */
  gboolean inception;           /* ImageNet's, so they are IS; else IS_c */
  GPtrArray *trials;            /* SacTrial, by number */
  guint states[SAC_N_TRIAL_STATES];
  SacGanAnalysis *analysis;     /* nullable: too little is done */
  double left;                  /* seconds of work with the trials that run now side by side; NaN: not known */
  double share;                 /* of the epochs that are done */
} SacSearchNews;
void sac_search_news_free (SacSearchNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSearchNews, sac_search_news_free)

/* Stays at one search; asks one thing at a time. */
typedef struct _SacSearchReader SacSearchReader;
SacSearchReader *sac_search_reader_new (const char *folder);
void             sac_search_reader_unref (SacSearchReader *reader);
/* The answer is NULL without an error where nothing is new since the last. */
void             sac_search_reader_read_async (SacSearchReader *reader, GCancellable *cancellable, GAsyncReadyCallback done,
                                               gpointer data);
SacSearchNews   *sac_search_reader_read_finish (GAsyncResult *result, GError **error);
