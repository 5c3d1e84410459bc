/* Shared by sac-gan-search.c (the file) and gan-search-trials.c (the work on it). */
#pragma once
#include <sqlite3.h>

#include "sac-gan-search.h"

struct _SacGanSearch {
  char *folder, *path;
  sqlite3 *db;
  gboolean write;
  SacSearchSpec spec;
  gint64 data_version;
  char *owner;                  /* this connection, as claims name it */
  gboolean claimed;             /* it has claimed something */
};

/* Statements that live for one call.  Arguments by letter: i gint64, n int or guint, d double (NaN is stored as NULL), s text or NULL. */
sqlite3_stmt *_sac_search_query (SacGanSearch *self, GError **error, const char *sql, const char *types, ...);
gboolean      _sac_search_step (SacGanSearch *self, sqlite3_stmt *stmt, GError **error);         /* TRUE: a row; FALSE: done or failed */
gboolean      _sac_search_run (SacGanSearch *self, GError **error, const char *sql, const char *types, ...);
/* First column of the first row; @otherwise where there is none.  G_MININT64: failed. */
gint64        _sac_search_number (SacGanSearch *self, gint64 otherwise, GError **error, const char *sql, const char *types, ...);
gboolean      _sac_search_fail (SacGanSearch *self, GError **error);
gboolean      _sac_search_begin (SacGanSearch *self, GError **error);   /* alone with the file from here on */
gboolean      _sac_search_commit (SacGanSearch *self, GError **error);
gboolean      _sac_search_rollback (SacGanSearch *self);                /* FALSE */
/* This connection, so that other processes can tell whether it still lives. */
char         *_sac_search_dup_owner (void);
/* Inside a transaction: trials until there are spec.n_trials. */
gboolean      _sac_search_draw (SacGanSearch *self, GError **error);
