#include "sac-figure.h"

SacFigure *
sac_figure_new (const char *id, const char *title, SacFigureKind kind, guint n_rows, guint n_parts)
{
  SacFigure *figure = g_new0 (SacFigure, 1);
  gsize n = MAX ((gsize) n_rows * n_parts, 1);

  figure->id = g_strdup (id);
  figure->title = g_strdup (title);
  figure->kind = kind;
  figure->n_rows = n_rows;
  figure->n_parts = n_parts;
  figure->rows = g_new0 (char *, n_rows + 1);
  figure->values = g_new0 (double, n);
  figure->notes = g_new0 (char *, n);
  figure->queries = g_new0 (char *, n);
  if (kind == SAC_FIGURE_MATRIX)
    figure->shades = g_new0 (double, n);
  else if (n_parts > 1)
    figure->parts = g_new0 (char *, n_parts + 1);
  return figure;
}

void
sac_figure_free (SacFigure *figure)
{
  if (!figure)
    return;
  for (gsize i = 0; i < (gsize) figure->n_rows * figure->n_parts; i++)
    {
      g_free (figure->notes[i]);
      g_free (figure->queries[i]);
    }
  g_free (figure->notes);
  g_free (figure->queries);
  g_free (figure->values);
  g_free (figure->shades);
  g_strfreev (figure->rows);
  g_strfreev (figure->parts);
  g_free (figure->more);
  g_free (figure->title);
  g_free (figure->id);
  g_free (figure);
}

void
sac_figure_set (SacFigure *figure, guint row, guint part, double value, char *note, char *query)
{
  gsize at = (gsize) row * figure->n_parts + part;

  figure->values[at] = value;
  g_free (figure->notes[at]);
  figure->notes[at] = note;
  g_free (figure->queries[at]);
  figure->queries[at] = query;
}

const char *
sac_figure_get_query (const SacFigure *figure, guint row, guint part)
{
  return row < figure->n_rows && part < figure->n_parts ? figure->queries[(gsize) row * figure->n_parts + part] : NULL;
}

char *
sac_figure_dup_text (const SacFigure *figure)
{
  GString *out = g_string_new (figure->title);

  for (guint p = 0; p < figure->n_parts; p++)
    if (figure->kind == SAC_FIGURE_MATRIX)
      g_string_append_printf (out, "\t%s", figure->rows[p]);
    else if (figure->parts)
      g_string_append_printf (out, "\t%s", figure->parts[p]);
  for (guint r = 0; r < figure->n_rows; r++)
    {
      g_string_append_printf (out, "\n%s", figure->rows[r]);
      for (guint p = 0; p < figure->n_parts; p++)
        g_string_append_printf (out, "\t%.10g", figure->values[(gsize) r * figure->n_parts + p]);
    }
  g_string_append_c (out, '\n');
  if (figure->more)
    g_string_append_printf (out, "%s\n", figure->more);
  return g_string_free (out, FALSE);
}
