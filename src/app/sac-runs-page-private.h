#pragma once
#include "sac-board-view.h"
#include "sac-runs-curves.h"
#include "sac-runs-page.h"

struct _SacRunsPage {
  SacPage parent_instance;
  GtkStack *stack;
  SacRunGrid *grid;
  GtkSearchEntry *search, *column_search;
  GtkDropDown *group_drop, *metric_drop;
  GtkToggleButton *differences, *archived, *log_y;
  GtkListBox *column_list, *changes;
  GtkLabel *facts, *count, *facts_title, *changes_title, *apart_words, *ask_title;
  GtkWidget *apart, *facts_box, *act_box, *compare_button;
  GtkScale *smoothing;
  SacBoardView *board;
  GtkPopover *ask, *menu;
  GtkTextView *ask_text;
  GtkPaned *lower;

  /* what is shown */
  GPtrArray *said;              /* SacRunSaid; nullable */
  SacRunIndex *index;           /* nullable */
  char **columns, *sort, *metric;
  GPtrArray *groups, *metrics;  /* char*: what the drop-downs offer */
  gboolean descending, together;        /* together: other splits drawn all the same, as the person said */
  SacRunsCurves *curves;

  /* what is under way */
  guint n_busy, reload_id, poll_id, refresh_id, overlay_id;
  guint64 generation;           /* of tables: older answers are dropped */
  GCancellable *cancellable;
  gboolean filling, stale;
  char *asked, *facts_folder;
  GCancellable *facts_cancellable;
  GPtrArray *pending;           /* SacRunChange that have no row yet */
  guint n_pending, pending_id;
};

/* ---- sac-runs-page.c */
void    _sac_runs_page_reload (SacRunsPage *self);      /* folders are looked at again, in a thread */
void    _sac_runs_page_refresh (SacRunsPage *self);     /* the same runs, put in order anew */
/* ---- sac-runs-columns.c */
void    _sac_runs_page_fill_choices (SacRunsPage *self);
void    _sac_runs_page_init_columns (SacRunsPage *self);
void    _sac_runs_page_show_columns (SacRunsPage *self);
/* ---- sac-runs-facts.c: provenance, and what has changed since */
void    _sac_runs_page_show_facts (SacRunsPage *self);
void    _sac_runs_page_init_facts (SacRunsPage *self);
void    _sac_runs_page_stop_facts (SacRunsPage *self);
/* ---- sac-runs-acts.c */
void    _sac_runs_page_init_acts (SacRunsPage *self);
void    _sac_runs_page_class_init_acts (GtkWidgetClass *klass);
void    _sac_runs_page_update_acts (SacRunsPage *self);
