/* What the files of the Generate page share. */
#pragma once
#include "run/sac-run.h"
#include "sac-board-view.h"
#include "sac-gan-form.h"
#include "sac-gan-runs.h"
#include "sac-gan-scores-view.h"
#include "sac-generate-page.h"
#include "sac-graph-editor.h"
#include "sac-latent-view.h"
#include "sac-live-model.h"
#include "sac-sample-view.h"
#include "sac-search-view.h"

struct _SacGeneratePage {
  SacPage parent_instance;
  AdwFlap *flap;
  SacGanForm *form;
  GtkButton *start_button, *pause_button, *checkpoint_button, *stop_button;
  GtkMenuButton *more_button;
  GtkLabel *start_note, *status, *warning;
  GtkStack *stack, *tabs;
  GtkDropDown *run_drop;
  GtkProgressBar *progress;
  SacSampleView *samples;
  SacBoardView *board;
  SacLatentView *latent;
  SacGanScoresView *scores;
  SacSearchView *search;
  SacWorker *worker;
  SacGraphEditor *graph;        /* of the run shown */
  SacGanGraph shown_graph;

  SacGanRuns *runs;             /* nullable */
  gboolean filling;             /* the drop-down is being filled: its notify is not the person's */
  char *run;                    /* folder shown */
  char *wanted;                 /* what the selection said when runs were last sought */
  SacLiveModel *model;
  guint poll_source, edges_source;
  gboolean paused, resumable;   /* resumable: nobody trains it, and it did not reach its end */
};

SacSession *_sac_generate_page_get_session (SacGeneratePage *self);
void        _sac_generate_page_show_run (SacGeneratePage *self, const char *folder, const char *name);      /* NULL: none */
/* ---- sac-generate-status.c */
void        _sac_generate_page_show_status (SacGeneratePage *self);
void        _sac_generate_page_show_edges (SacGeneratePage *self);
/* ---- sac-generate-start.c */
void        _sac_generate_page_on_start (SacGeneratePage *self);
void        _sac_generate_page_on_pause (SacGeneratePage *self);
void        _sac_generate_page_on_checkpoint (SacGeneratePage *self);
void        _sac_generate_page_on_stop (SacGeneratePage *self);
