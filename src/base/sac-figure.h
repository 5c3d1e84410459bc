/* SacFigure: numbers with names, ready to be drawn (draw/), told as text, and asked back: each number may carry the query that finds
 * the clips it counts.  Store makes them, draw shows them, window and command line hand them from one to the other. */
#pragma once
#include <glib.h>

typedef enum {
  SAC_FIGURE_BARS,              /* lying bars, a row each, the parts one behind the other */
  SAC_FIGURE_COLUMNS,           /* standing columns side by side: a histogram */
  SAC_FIGURE_MATRIX,            /* rows × rows */
} SacFigureKind;

typedef struct {
  char *id;                     /* "labels", for programs */
  char *title;
  SacFigureKind kind;
  guint n_rows, n_parts;        /* MATRIX: n_parts = n_rows */
  char **rows, **parts;         /* names; @parts NULL where there is one, and for a MATRIX */
  double *values;               /* rows × parts */
  double *shades;               /* MATRIX: −1…1, how strong a cell is coloured; NULL else */
  char **notes;                 /* rows × parts, nullable, elements too: what is said of a number besides ("lift 2.1") */
  char **queries;               /* rows × parts, as notes */
  char *more;                   /* what was left out ("120 more labels"), or NULL */
} SacFigure;

SacFigure *sac_figure_new (const char *id, const char *title, SacFigureKind kind, guint n_rows, guint n_parts);
void       sac_figure_free (SacFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFigure, sac_figure_free)
/* @note and @query (both nullable) are taken. */
void       sac_figure_set (SacFigure *figure, guint row, guint part, double value, char *note, char *query);
const char *sac_figure_get_query (const SacFigure *figure, guint row, guint part);     /* or NULL */
/* Tab-separated with a heading line; transfer full. */
char      *sac_figure_dup_text (const SacFigure *figure);
