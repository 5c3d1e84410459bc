#include <adwaita.h>
#include <string.h>

#include "draw/sac-draw.h"
#include "sac-run-grid-private.h"

#define PAD 10
#define N_SAMPLED 60            /* rows whose texts decide how wide a column is */
#define LEAST_WIDTH 56
#define MOST_WIDTH 320

static void
line_free (SacRunGrid *self, SacRunLine *line)
{
  for (guint c = 0; c < self->n_columns; c++)
    g_clear_object (&line->cells[c]);
  g_free (line->cells);
  g_free (line);
}

void
_sac_run_grid_forget_lines (SacRunGrid *self)
{
  GHashTableIter iter;
  gpointer line;

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, &line))
    line_free (self, line);
  g_hash_table_remove_all (self->lines);
  for (guint c = 0; self->heads && c < self->n_columns; c++)
    g_clear_object (&self->heads[c]);
  g_clear_pointer (&self->heads, g_free);
}

/* Columns are as wide as their head and what stands in some rows from all over the table. */
void
_sac_run_grid_measure_columns (SacRunGrid *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  guint n = _sac_run_grid_get_n (self), step = MAX (n / N_SAMPLED, 1);

  self->n_columns = self->table ? sac_run_table_get_n_columns (self->table) : 0;
  g_free (self->widths);
  self->widths = g_new0 (int, self->n_columns + 1);
  self->heads = g_new0 (PangoLayout *, self->n_columns + 1);
  self->total_width = SAC_RUN_TICK_WIDTH;
  for (guint c = 0; c < self->n_columns; c++)
    {
      const char *column = sac_run_table_get_column (self->table, c);
      g_autofree char *title = sac_run_column_dup_title (column);
      int widest;

      self->heads[c] = gtk_widget_create_pango_layout (GTK_WIDGET (self), title);
      pango_layout_get_pixel_size (self->heads[c], &widest, NULL);
      widest += 14;             /* the arrow */
      for (guint r = 0; r < n; r += step)
        {
          gint run = sac_run_table_get_row (self->table, r).run;
          g_autofree char *text = run < 0 ? NULL : sac_run_table_dup_cell (self->table, (guint) run, column);
          int width = 0;

          if (!text || !*text)
            continue;
          pango_layout_set_text (layout, text, -1);
          pango_layout_get_pixel_size (layout, &width, NULL);
          widest = MAX (widest, width);
        }
      self->widths[c] = CLAMP (widest + 2 * PAD, LEAST_WIDTH, MOST_WIDTH);
      self->total_width += self->widths[c];
    }
}

static SacRunLine *
get_line (SacRunGrid *self, guint row, gint run)
{
  SacRunLine *line = g_hash_table_lookup (self->lines, GUINT_TO_POINTER (row));

  if (line)
    return line;
  line = g_new0 (SacRunLine, 1);
  line->row = row;
  line->cells = g_new0 (PangoLayout *, self->n_columns + 1);
  for (guint c = 0; c < self->n_columns; c++)
    {
      g_autofree char *text = sac_run_table_dup_cell (self->table, (guint) run, sac_run_table_get_column (self->table, c));

      if (!*text)
        continue;
      g_strdelimit (text, "\n\t", ' ');
      line->cells[c] = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      pango_layout_set_width (line->cells[c], (self->widths[c] - 2 * PAD) * PANGO_SCALE);
      pango_layout_set_ellipsize (line->cells[c], PANGO_ELLIPSIZE_END);
      if (sac_run_table_is_number (sac_run_table_get_column (self->table, c)))
        pango_layout_set_alignment (line->cells[c], PANGO_ALIGN_RIGHT);
    }
  g_hash_table_insert (self->lines, GUINT_TO_POINTER (row), line);
  return line;
}

/* Rows that are out of sight go, so that only what is seen costs memory. */
static void
forget_others (SacRunGrid *self, guint first, guint end)
{
  GHashTableIter iter;
  gpointer key, line;

  if (g_hash_table_size (self->lines) <= 2 * (end - first) + 20)
    return;
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, &key, &line))
    if (GPOINTER_TO_UINT (key) < first || GPOINTER_TO_UINT (key) >= end)
      {
        line_free (self, line);
        g_hash_table_iter_remove (&iter);
      }
}

static void
put_text (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, double height, const GdkRGBA *ink)
{
  int text_height;

  pango_layout_get_pixel_size (layout, NULL, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) (int) (y + (height - text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}

static void
fill (GtkSnapshot *snapshot, double x, double y, double width, double height, GdkRGBA colour, double alpha)
{
  colour.alpha = (float) alpha;
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

/* A box; ticked: filled with the colour of the run's curve, and a hook in it. */
static void
draw_tick (SacRunGrid *self, GtkSnapshot *snapshot, guint run, double x, double y, const GdkRGBA *ink)
{
  GskRoundedRect box;
  int tick = sac_run_grid_find_tick (self, run);
  GdkRGBA line = *ink;
  cairo_t *cr;

  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT ((float) x + 10, (float) y + 7, 16, 16), 4);
  line.alpha = 0.45f;
  if (tick < 0)
    {
      gtk_snapshot_append_border (snapshot, &box, (float[]) { 1, 1, 1, 1 }, (GdkRGBA[]) { line, line, line, line });
      return;
    }
  {
    double rgba[4];

    sac_palette ((guint) tick, rgba);
    line = (GdkRGBA) { (float) rgba[0], (float) rgba[1], (float) rgba[2], 1 };
  }
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &line, &box.bounds);
  gtk_snapshot_pop (snapshot);
  cr = gtk_snapshot_append_cairo (snapshot, &box.bounds);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x + 13.5, y + 15);
  cairo_line_to (cr, x + 17, y + 18.5);
  cairo_line_to (cr, x + 22.5, y + 11.5);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_row (SacRunGrid *self, GtkSnapshot *snapshot, guint row, double y, const GdkRGBA *ink, const GdkRGBA *accent)
{
  SacRunTableRow what = sac_run_table_get_row (self->table, row);
  double x = -gtk_adjustment_get_value (self->hadjustment), width = gtk_widget_get_width (GTK_WIDGET (self));
  const char *folder = _sac_run_grid_get_folder (self, row);
  SacRunLine *line;

  if (what.run < 0)
    {
      g_autofree char *text = g_strdup_printf ("%s  (%u)", *what.heading ? what.heading : "–", what.n);
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      g_autoptr (PangoAttrList) bold = pango_attr_list_new ();

      pango_attr_list_insert (bold, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
      pango_layout_set_attributes (layout, bold);
      fill (snapshot, 0, y, width, SAC_RUN_ROW_HEIGHT, *ink, 0.06);
      put_text (snapshot, layout, 12, y, SAC_RUN_ROW_HEIGHT, ink);
      return;
    }
  if (g_hash_table_contains (self->selected, folder))
    fill (snapshot, 0, y, width, SAC_RUN_ROW_HEIGHT, *accent, 0.25);
  else if (row == self->hovered)
    fill (snapshot, 0, y, width, SAC_RUN_ROW_HEIGHT, *ink, 0.05);
  if (row == self->cursor && gtk_widget_has_focus (GTK_WIDGET (self)))
    {
      GskRoundedRect outline;
      GdkRGBA colour = *accent;

      gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (1, (float) y + 1, (float) width - 2, SAC_RUN_ROW_HEIGHT - 2), 4);
      gtk_snapshot_append_border (snapshot, &outline, (float[]) { 2, 2, 2, 2 }, (GdkRGBA[]) { colour, colour, colour, colour });
    }
  draw_tick (self, snapshot, (guint) what.run, x, y, ink);
  line = get_line (self, row, what.run);
  x += SAC_RUN_TICK_WIDTH;
  for (guint c = 0; c < self->n_columns; x += self->widths[c], c++)
    if (line->cells[c] && x < width && x + self->widths[c] > 0)
      put_text (snapshot, line->cells[c], x + PAD, y, SAC_RUN_ROW_HEIGHT, ink);
}

static void
draw_heads (SacRunGrid *self, GtkSnapshot *snapshot, const GdkRGBA *ink)
{
  double x = SAC_RUN_TICK_WIDTH - gtk_adjustment_get_value (self->hadjustment), width = gtk_widget_get_width (GTK_WIDGET (self));
  GdkRGBA pale = *ink;

  pale.alpha = 0.75f;
  fill (snapshot, 0, SAC_RUN_ROW_HEIGHT - 1, width, 1, *ink, 0.2);
  for (guint c = 0; c < self->n_columns; x += self->widths[c], c++)
    {
      const char *column = sac_run_table_get_column (self->table, c);
      gboolean right = sac_run_table_is_number (column), sorted = g_strcmp0 (column, self->sort) == 0;
      int text_width, room = self->widths[c] - 2 * PAD - 12;
      double at;

      if (x > width || x + self->widths[c] < 0)
        continue;
      pango_layout_set_ellipsize (self->heads[c], PANGO_ELLIPSIZE_END);
      pango_layout_set_width (self->heads[c], room * PANGO_SCALE);
      pango_layout_get_pixel_size (self->heads[c], &text_width, NULL);
      at = right ? x + self->widths[c] - PAD - text_width : x + PAD;
      put_text (snapshot, self->heads[c], at, 0, SAC_RUN_ROW_HEIGHT, sorted ? ink : &pale);
      if (sorted)
        {
          double tip = self->descending ? 18.5 : 11.5, base = self->descending ? 11.5 : 18.5, middle = right ? at - 8 : at + text_width + 8;
          cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) middle - 5, 8, 10, 14));

          gdk_cairo_set_source_rgba (cr, ink);
          cairo_move_to (cr, middle - 4, base);
          cairo_line_to (cr, middle + 4, base);
          cairo_line_to (cr, middle, tip);
          cairo_fill (cr);
          cairo_destroy (cr);
        }
    }
}

void
_sac_run_grid_snapshot (SacRunGrid *self, GtkSnapshot *snapshot)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double scroll = gtk_adjustment_get_value (self->vadjustment);
  guint n = _sac_run_grid_get_n (self), first = (guint) (scroll / SAC_RUN_ROW_HEIGHT), end;
  GdkRGBA ink, accent;

  if (!self->table || width <= 0 || height <= SAC_RUN_ROW_HEIGHT)
    return;
  gtk_style_context_get_color (style, &ink);
  if (!gtk_style_context_lookup_color (style, "accent_bg_color", &accent))
    accent = ink;
  end = MIN (n, first + (guint) (height / SAC_RUN_ROW_HEIGHT) + 2);
  forget_others (self, first, end);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, SAC_RUN_ROW_HEIGHT, (float) width, (float) (height - SAC_RUN_ROW_HEIGHT)));
  for (guint row = first; row < end; row++)
    draw_row (self, snapshot, row, SAC_RUN_ROW_HEIGHT + row * (double) SAC_RUN_ROW_HEIGHT - scroll, &ink, &accent);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, SAC_RUN_ROW_HEIGHT));
  draw_heads (self, snapshot, &ink);
  gtk_snapshot_pop (snapshot);
}
