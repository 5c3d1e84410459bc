/* A document on pages of A4: what does not fit goes to the next one. */
#include <cairo-pdf.h>
#include <glib/gi18n.h>
#include <math.h>

#include "sac-document-private.h"
#include "sac-draw-private.h"

#define PAGE_WIDTH 595.0
#define PAGE_HEIGHT 842.0
#define MARGIN 48.0
#define WIDTH (PAGE_WIDTH - 2 * MARGIN)

typedef struct {
  cairo_t *cr;
  SacStyle style;
  SacText text;
  double y;
  guint page;
} Pdf;

static void
end_page (Pdf *pdf)
{
  char number[16];

  g_snprintf (number, sizeof number, "%u", ++pdf->page);
  _sac_text_set (&pdf->text, number, 0.8, FALSE, 0);
  _sac_text_show (&pdf->text, pdf->cr, PAGE_WIDTH / 2, PAGE_HEIGHT - MARGIN / 2, 0.5, 0.5, pdf->style.faint);
  cairo_show_page (pdf->cr);
  pdf->y = MARGIN;
}

static void
need (Pdf *pdf, double height)
{
  if (pdf->y > MARGIN && pdf->y + height > PAGE_HEIGHT - MARGIN)
    end_page (pdf);
}

/* Words in a box of @width; measured where @show is FALSE.  Returns the height. */
static double
words (Pdf *pdf, const char *text, double scale, gboolean bold, double x, double y, double width, gboolean right, gboolean show)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (pdf->cr);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string ("Sans");
  int height;

  pango_font_description_set_absolute_size (font, pdf->style.font_px * scale * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, NULL, &height);
  if (show)
    {
      _sac_source (pdf->cr, pdf->style.ink, 1);
      cairo_move_to (pdf->cr, x, y);
      pango_cairo_show_layout (pdf->cr, layout);
    }
  return height;
}

static void
put_words (Pdf *pdf, const char *text, double scale, gboolean bold, double indent, double before, double after)
{
  double height = words (pdf, text, scale, bold, 0, 0, WIDTH - indent, FALSE, FALSE);

  if (pdf->y > MARGIN)
    pdf->y += before;
  need (pdf, height + (bold ? 120 : 0));        /* a heading does not stand alone at the end of a page */
  words (pdf, text, scale, bold, MARGIN + indent, pdf->y, WIDTH - indent, FALSE, TRUE);
  if (indent > 0)
    {
      _sac_source (pdf->cr, pdf->style.accent, 1);
      cairo_rectangle (pdf->cr, MARGIN, pdf->y, 2, height);
      cairo_fill (pdf->cr);
    }
  pdf->y += height + after;
}

/* Columns as wide as their longest cell, together as wide as the page. */
static void
put_table (Pdf *pdf, const SacDocumentBlock *block)
{
  guint n = block->n_columns;
  g_autofree double *widths = g_new0 (double, n);
  double sum = 0;

  for (guint i = 0; i < block->cells->len; i++)
    {
      _sac_text_set (&pdf->text, block->cells->pdata[i], 0.85, FALSE, 0);
      widths[i % n] = MAX (widths[i % n], MIN (_sac_text_width (&pdf->text) + 10, WIDTH / 2));
    }
  for (guint c = 0; c < n; c++)
    sum += widths[c];
  for (guint c = 0; c < n; c++)
    widths[c] *= WIDTH / sum;
  for (guint row = 0; row < block->cells->len / n; row++)
    {
      double x = MARGIN, height = 0;

      for (int show = 0; show < 2; show++, x = MARGIN)
        {
          if (show)
            need (pdf, height + 5);
          for (guint c = 0; c < n; c++)
            {
              double own = words (pdf, block->cells->pdata[row * n + c], 0.85, row == 0, x, pdf->y, widths[c] - 6,
                                  _sac_document_is_number_column (block, c), show);

              height = MAX (height, own);
              x += widths[c];
            }
        }
      pdf->y += height + 2.5;
      _sac_source (pdf->cr, pdf->style.faint, 0.6);
      cairo_rectangle (pdf->cr, MARGIN, pdf->y, WIDTH, 0.5);
      cairo_fill (pdf->cr);
      pdf->y += 2.5;
    }
  pdf->y += 6;
}

static void
put_figure (Pdf *pdf, const SacDocumentBlock *block)
{
  double scale = MIN (WIDTH / block->width, (PAGE_HEIGHT - 2 * MARGIN - 60) / block->height);
  double caption = words (pdf, block->text, 0.8, FALSE, 0, 0, WIDTH, FALSE, FALSE);
  SacStyle style;

  sac_style_init (&style, FALSE);
  need (pdf, block->height * scale + caption + 12);
  cairo_save (pdf->cr);
  cairo_translate (pdf->cr, MARGIN + (WIDTH - block->width * scale) / 2, pdf->y);
  cairo_scale (pdf->cr, scale, scale);
  _sac_document_draw_figure (pdf->cr, block, &style);
  cairo_restore (pdf->cr);
  pdf->y += block->height * scale + 3;
  words (pdf, block->text, 0.8, FALSE, MARGIN, pdf->y, WIDTH, FALSE, TRUE);
  pdf->y += caption + 10;
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
sac_document_pdf (const SacDocument *document, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  Pdf pdf = { .cr = cairo_create (surface), .y = MARGIN };
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, document->title);
  sac_style_init (&pdf.style, FALSE);
  pdf.style.font_px = 10;
  _sac_text_init (&pdf.text, &pdf.style);
  put_words (&pdf, document->title, 2, TRUE, 0, 0, 2);
  put_words (&pdf, document->subtitle, 1, FALSE, 0, 0, 6);
  for (guint i = 0; i < document->blocks->len; i++)
    {
      const SacDocumentBlock *block = document->blocks->pdata[i];

      if (block->kind == SAC_BLOCK_HEADING)
        put_words (&pdf, block->text, 1.35, TRUE, 0, 12, 5);
      else if (block->kind == SAC_BLOCK_TABLE)
        put_table (&pdf, block);
      else if (block->kind == SAC_BLOCK_FIGURE)
        put_figure (&pdf, block);
      else
        put_words (&pdf, block->text, 1, FALSE, block->kind == SAC_BLOCK_FINDING ? 9 : 0, 0, 5);
    }
  end_page (&pdf);
  _sac_text_clear (&pdf.text);
  status = cairo_status (pdf.cr);
  cairo_destroy (pdf.cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The pages cannot be drawn: %s"), cairo_status_to_string (status));
  return NULL;
}
