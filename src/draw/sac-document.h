/* A document of headings, words, tables and figures, written as one HTML page or as a PDF; figures stay vectors in both.
 * Nothing in it comes from outside, all text is escaped.  One thread. */
#pragma once
#include "sac-draw.h"

/* A point with its interval for each of @n things; NaN: nothing is drawn.  @mark: a line, as for chance; @most: the right end. */
typedef struct {
  const char *const *names;
  const double *value, *low, *high;
  guint n;
  double mark, most;
} SacIntervalPlot;
void sac_interval_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacIntervalPlot *plot);

typedef struct _SacDocument SacDocument;
typedef void (*SacFigureFunc) (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);

SacDocument *sac_document_new (const char *title, const char *subtitle);
void         sac_document_free (SacDocument *document);
void         sac_document_add_heading (SacDocument *document, const char *text);
void         sac_document_add_text (SacDocument *document, const char *text);
/* What stands out: a sentence that a reader should take along. */
void         sac_document_add_finding (SacDocument *document, const char *text);
/* @cells: rows of @n_columns texts, the first row the heads; a column of numbers (all cells below the head begin with a digit or a sign)
 * is aligned right. */
void         sac_document_add_table (SacDocument *document, guint n_columns, GPtrArray *cells);
/* @caption under it, @words for who cannot see it, @provenance (a short hash) in its corner.  @data is freed with the document. */
void         sac_document_add_figure (SacDocument *document, const char *caption, const char *words, const char *provenance, double width,
                                      double height, SacFigureFunc draw, gpointer data, GDestroyNotify free_data);

char        *sac_document_dup_html (const SacDocument *document);
/* A4, with page numbers. */
GBytes      *sac_document_pdf (const SacDocument *document, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDocument, sac_document_free)
