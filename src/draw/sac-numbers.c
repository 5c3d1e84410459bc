/* The numbers behind the pictures, for a table view, a screen reader or another program. */
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

static void
put_text (GString *out, const char *text)
{
  for (const char *p = text ? text : ""; *p; p++)
    g_string_append_c (out, *p == '\t' || *p == '\n' || *p == '\r' ? ' ' : *p);
}

static void
put_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isnan (value))           /* an empty cell */
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

char *
sac_chart_dup_text (const SacAxes *axes, const SacCurve *curves, guint n)
{
  GString *out = g_string_new (NULL);
  g_autofree gsize *at = g_new0 (gsize, n + 1);

  put_text (out, axes->x_name ? axes->x_name : "x");
  for (guint c = 0; c < n; c++)
    {
      g_string_append_c (out, '\t');
      put_text (out, curves[c].name ? curves[c].name : axes->y_name ? axes->y_name : "y");
    }
  g_string_append_c (out, '\n');
  for (;;)                      /* curves need not share their x: merge them */
    {
      double x = INFINITY;

      for (guint c = 0; c < n; c++)
        {
          while (at[c] < curves[c].n && !isfinite (curves[c].x[at[c]]))
            at[c]++;
          if (at[c] < curves[c].n)
            x = MIN (x, curves[c].x[at[c]]);
        }
      if (isinf (x))
        break;
      put_number (out, x);
      for (guint c = 0; c < n; c++)
        {
          g_string_append_c (out, '\t');
          if (at[c] < curves[c].n && curves[c].x[at[c]] == x)
            put_number (out, curves[c].y[at[c]++]);
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

char *
sac_roc_dup_text (const SacRocCurve *curves, guint n)
{
  GString *out = g_string_new ("curve\tfpr\ttpr\tthreshold\tauc\n");

  for (guint c = 0; c < n; c++)
    for (guint i = 0; curves[c].roc && i < curves[c].roc->n_points; i++)
      {
        put_text (out, curves[c].name);
        g_string_append_c (out, '\t');
        put_number (out, curves[c].roc->fpr[i]);
        g_string_append_c (out, '\t');
        put_number (out, curves[c].roc->tpr[i]);
        g_string_append_c (out, '\t');
        put_number (out, curves[c].roc->threshold[i]);
        g_string_append_c (out, '\t');
        put_number (out, curves[c].roc->auc);
        g_string_append_c (out, '\n');
      }
  return g_string_free (out, FALSE);
}

char *
sac_bars_dup_text (const SacBars *bars)
{
  GString *out = g_string_new ("label");

  for (guint r = 0; r < bars->n_runs; r++)
    {
      g_string_append_c (out, '\t');
      put_text (out, bars->runs ? bars->runs[r] : "AUC");
    }
  if (bars->null_low && bars->null_high)
    g_string_append (out, "\tchance from\tchance to");
  g_string_append_c (out, '\n');
  for (guint i = 0; i < bars->n_labels; i++)
    {
      put_text (out, bars->labels[i]);
      for (guint r = 0; r < bars->n_runs; r++)
        {
          g_string_append_c (out, '\t');
          put_number (out, bars->auc[(gsize) r * bars->n_labels + i]);
        }
      if (bars->null_low && bars->null_high)
        {
          g_string_append_c (out, '\t');
          put_number (out, bars->null_low[i]);
          g_string_append_c (out, '\t');
          put_number (out, bars->null_high[i]);
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
