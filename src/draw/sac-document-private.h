#pragma once
#include "sac-document.h"

typedef enum { SAC_BLOCK_HEADING, SAC_BLOCK_TEXT, SAC_BLOCK_FINDING, SAC_BLOCK_TABLE, SAC_BLOCK_FIGURE } SacBlockKind;
typedef struct {
  SacBlockKind kind;
  char *text, *words, *provenance;      /* @text: of a figure its caption */
  guint n_columns;
  GPtrArray *cells;             /* char* */
  double width, height;
  SacFigureFunc draw;
  gpointer data;
  GDestroyNotify free_data;
} SacDocumentBlock;
struct _SacDocument {
  char *title, *subtitle;
  GPtrArray *blocks;
};

gboolean _sac_document_is_number_column (const SacDocumentBlock *table, guint column);
/* The figure with its provenance in the lower right corner. */
void     _sac_document_draw_figure (cairo_t *cr, const SacDocumentBlock *figure, const SacStyle *style);
