#include "sac-gan-charts.h"

#include <glib/gi18n.h>
#include <string.h>

SacGanCharts *
sac_gan_charts_new (SacLiveModel *model)
{
  SacGanCharts *charts = g_new0 (SacGanCharts, 1);
  SacLiveSummary loss;

  charts->model = g_object_ref (model);
  charts->tags = sac_live_model_dup_tags (model, "");
  if (sac_live_model_get (model, "loss/D", &loss) && loss.n > 1)
    {
      charts->first = (double) loss.first_step;
      charts->last = (double) loss.last_step;
    }
  return charts;
}

void
sac_gan_charts_free (gpointer data)
{
  SacGanCharts *charts = data;

  g_object_unref (charts->model);
  g_strfreev (charts->tags);
  g_free (charts);
}

typedef struct {
  const SacGanCharts *charts;
  SacBoardData *data;
  double x0, x1;
  guint columns;                /* pixels of a curve */
} Draft;

static void
add_chart (Draft *draft, const char *title, double y0, double y1)
{
  const SacGanCharts *c = draft->charts;
  gboolean all = draft->x0 == draft->x1;
  SacAxes axes = { .title = title, .x_name = _("step"), .y0 = y0, .y1 = y1 };

  axes.x0 = all ? c->first : draft->x0;
  axes.x1 = all ? c->last : draft->x1;
  sac_board_data_add_chart (draft->data, &axes, 1, 1);
}

static void
add_curve (Draft *draft, const char *tag, const char *name, guint colour)
{
  double *x, *y;
  gsize n = sac_live_model_dup_curve (draft->charts->model, tag, SAC_LIVE_STEPS, draft->x0, draft->x1, draft->columns, 0, &x, &y);

  sac_board_data_add_curve (draft->data, x, y, n, name, colour, 2, FALSE);
}

/* A chart of all tags of @prefix for which @edge is as it is for them: an edge between generators has an arrow in its name. */
static void
add_family (Draft *draft, const char *title, const char *prefix, gboolean edge, double y0, double y1)
{
  char **tags = draft->charts->tags;
  gboolean any = FALSE;

  for (guint i = 0; tags[i]; i++)
    {
      const char *name = tags[i] + strlen (prefix);
      const char *arrow;
      g_autofree char *words = NULL;
      guint colour;

      if (!g_str_has_prefix (tags[i], prefix) || (strchr (name, '>') != NULL) != edge)
        continue;
      if (!any)
        add_chart (draft, title, y0, y1);
      any = TRUE;
      arrow = strchr (name, '>');
      words = arrow ? g_strdup_printf ("%.*s → %s", (int) (arrow - name), name, arrow + 1)
                    : g_strdup (strcmp (name, "real") ? name : _("real"));
      /* A generator has its colour in every chart; D has none of theirs. */
      colour = arrow ? i : name[0] == 'G' ? (guint) g_ascii_strtoull (name + 1, NULL, 10) : strcmp (name, "D") == 0 ? 0 : 7;
      add_curve (draft, tags[i], words, colour);
    }
}

SacBoardData *
sac_gan_charts_make (double x0, double x1, int width, gpointer data)
{
  Draft draft = { data, NULL, x0, x1, (guint) MAX (width, 50) };
  const SacGanCharts *charts = data;
  guint columns = width >= 700 ? 2 : 1;

  draft.data = sac_board_data_new (columns, 0);
  draft.columns /= columns;
  add_family (&draft, _("Loss"), "loss/", FALSE, 0, 0);
  add_family (&draft, _("How often D is right"), "accuracy/", FALSE, 0, 1);
  add_family (&draft, _("How varied the pictures are"), "diversity/", FALSE, 0, 0);
  add_family (&draft, _("What generators teach each other"), "loss/", TRUE, 0, 0);
  if (g_strv_contains ((const char *const *) charts->tags, "images_per_second"))
    {
      add_chart (&draft, _("Pictures a second"), 0, 0);
      add_curve (&draft, "images_per_second", NULL, 0);
    }
  return draft.data;
}
