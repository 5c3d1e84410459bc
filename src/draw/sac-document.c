/* The blocks of a document, and the page that they make. */
#include "sac-document-private.h"

#include <string.h>

#include "sac-draw-private.h"

static const char css[] =
  ":root{color-scheme:light dark;--ink:#26292e;--soft:#5c626b;--line:#d9dce1;--card:#fff;--page:#f4f5f7;--mark:#1c71d8}"
  "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}"
  "main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0 0 4px;overflow-wrap:anywhere}"
  "h2{font-size:18px;margin:36px 0 10px}p{margin:8px 0;max-width:84ch}.soft,figcaption{color:var(--soft)}"
  "p.finding{border-left:3px solid var(--mark);padding-left:12px}"
  "figure,.wide{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:10px;margin:12px 0;overflow-x:auto}"
  "figure svg{display:block;max-width:100%;height:auto;margin:0 auto}figcaption{font-size:14px;padding:6px 4px 0}"
  "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:5px 10px;"
  "border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500}.n{text-align:right;white-space:nowrap}"
  "tr:last-child td{border-bottom:0}.dark{display:none}"
  "@media screen and (prefers-color-scheme:dark){:root{--ink:#ededf0;--soft:#a3a7b0;--line:#3a3b40;--card:#1e1e20;--page:#151517;"
  "--mark:#78aeed}.dark{display:block}.light{display:none}}";

static void
block_free (gpointer data)
{
  SacDocumentBlock *block = data;

  g_free (block->text);
  g_free (block->words);
  g_free (block->provenance);
  g_clear_pointer (&block->cells, g_ptr_array_unref);
  if (block->free_data)
    block->free_data (block->data);
  g_free (block);
}

SacDocument *
sac_document_new (const char *title, const char *subtitle)
{
  SacDocument *document = g_new0 (SacDocument, 1);

  document->title = g_strdup (title);
  document->subtitle = g_strdup (subtitle);
  document->blocks = g_ptr_array_new_with_free_func (block_free);
  return document;
}

void
sac_document_free (SacDocument *document)
{
  if (!document)
    return;
  g_free (document->title);
  g_free (document->subtitle);
  g_ptr_array_unref (document->blocks);
  g_free (document);
}

static SacDocumentBlock *
add_block (SacDocument *document, SacBlockKind kind, const char *text)
{
  SacDocumentBlock *block = g_new0 (SacDocumentBlock, 1);

  block->kind = kind;
  block->text = g_strdup (text);
  g_ptr_array_add (document->blocks, block);
  return block;
}

void
sac_document_add_heading (SacDocument *document, const char *text)
{
  add_block (document, SAC_BLOCK_HEADING, text);
}

void
sac_document_add_text (SacDocument *document, const char *text)
{
  add_block (document, SAC_BLOCK_TEXT, text);
}

void
sac_document_add_finding (SacDocument *document, const char *text)
{
  add_block (document, SAC_BLOCK_FINDING, text);
}

void
sac_document_add_table (SacDocument *document, guint n_columns, GPtrArray *cells)
{
  SacDocumentBlock *block;

  g_return_if_fail (n_columns > 0 && cells->len >= n_columns && cells->len % n_columns == 0);
  block = add_block (document, SAC_BLOCK_TABLE, NULL);
  block->n_columns = n_columns;
  block->cells = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < cells->len; i++)
    g_ptr_array_add (block->cells, g_strdup (cells->pdata[i]));
}

void
sac_document_add_figure (SacDocument *document, const char *caption, const char *words, const char *provenance, double width, double height,
                         SacFigureFunc draw, gpointer data, GDestroyNotify free_data)
{
  SacDocumentBlock *block = add_block (document, SAC_BLOCK_FIGURE, caption);

  block->words = g_strdup (words);
  block->provenance = g_strdup (provenance);
  block->width = width;
  block->height = height;
  block->draw = draw;
  block->data = data;
  block->free_data = free_data;
}

gboolean
_sac_document_is_number_column (const SacDocumentBlock *table, guint column)
{
  for (guint i = table->n_columns + column; i < table->cells->len; i += table->n_columns)
    {
      const char *text = table->cells->pdata[i];

      if (!g_ascii_isdigit (*text) && !g_str_has_prefix (text, "−") && !g_str_has_prefix (text, "–") && *text != '+' && *text)
        return FALSE;
    }
  return TRUE;
}

void
_sac_document_draw_figure (cairo_t *cr, const SacDocumentBlock *figure, const SacStyle *style)
{
  SacText text;

  cairo_save (cr);
  figure->draw (cr, figure->width, figure->height - 14, style, figure->data);
  cairo_restore (cr);
  if (!figure->provenance)
    return;
  _sac_text_init (&text, style);
  _sac_text_set (&text, figure->provenance, 0.7, FALSE, 0);
  _sac_text_show (&text, cr, figure->width - 2, figure->height - 7, 1, 0.5, style->ink);
  _sac_text_clear (&text);
}

/* ---- HTML. */
typedef struct {
  const SacDocumentBlock *block;
  SacStyle style;
} Shown;

static void
draw_shown (cairo_t *cr, double width, double height, gpointer data)
{
  const Shown *shown = data;

  _sac_document_draw_figure (cr, shown->block, &shown->style);
}

static void
put_figure (GString *out, const SacDocumentBlock *block)
{
  g_string_append (out, "<figure>");
  for (int dark = 0; dark < 2; dark++)
    {
      Shown shown = { .block = block };
      g_autofree char *svg = NULL;

      sac_style_init (&shown.style, dark);
      shown.style.paper[3] = 0;
      svg = sac_draw_dup_svg (block->width, block->height, draw_shown, &shown);
      sac_html (out, "<div class=\"%s\" role=\"img\" aria-label=\"%s\">", dark ? "dark" : "light", block->words);
      g_string_append (out, svg ? svg : "");
      g_string_append (out, "</div>");
    }
  sac_html (out, "<figcaption>%s</figcaption></figure>\n", block->text);
}

static void
put_table (GString *out, const SacDocumentBlock *block)
{
  g_string_append (out, "<div class=\"wide\"><table>\n");
  for (guint i = 0; i < block->cells->len; i++)
    {
      guint column = i % block->n_columns;
      const char *tag = i < block->n_columns ? "th" : "td";

      if (column == 0)
        g_string_append (out, "<tr>");
      g_string_append_printf (out, "<%s%s>", tag, _sac_document_is_number_column (block, column) ? " class=\"n\"" : "");
      sac_html (out, "%s", (char *) block->cells->pdata[i]);
      g_string_append_printf (out, "</%s>%s", tag, column + 1 == block->n_columns ? "</tr>\n" : "");
    }
  g_string_append (out, "</table></div>\n");
}

char *
sac_document_dup_html (const SacDocument *document)
{
  GString *out = g_string_new ("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"/>"
                               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>");

  sac_html (out, "<title>%s</title>", document->title);
  g_string_append_printf (out, "<style>%s</style></head>\n<body><main>\n", css);
  sac_html (out, "<h1>%s</h1>\n<p class=\"soft\">%s</p>\n", document->title, document->subtitle);
  for (guint i = 0; i < document->blocks->len; i++)
    {
      const SacDocumentBlock *block = document->blocks->pdata[i];

      switch (block->kind)
        {
        case SAC_BLOCK_HEADING:
          sac_html (out, "<h2>%s</h2>\n", block->text);
          break;
        case SAC_BLOCK_TEXT:
          sac_html (out, "<p>%s</p>\n", block->text);
          break;
        case SAC_BLOCK_FINDING:
          sac_html (out, "<p class=\"finding\">%s</p>\n", block->text);
          break;
        case SAC_BLOCK_TABLE:
          put_table (out, block);
          break;
        case SAC_BLOCK_FIGURE:
        default:
          put_figure (out, block);
          break;
        }
    }
  g_string_append (out, "</main></body></html>\n");
  return g_string_free (out, FALSE);
}
