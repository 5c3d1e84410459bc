/* saccade stats: what the project holds, in numbers and as a picture. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "draw/sac-draw.h"
#include "sac-cli.h"
#include "store/sac-statistics.h"

#define WIDTH 760
#define GAP 18

static void
add_json (JsonBuilder *builder, const SacFigure *f)
{
  json_builder_set_member_name (builder, f->id);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint p = 0; p < f->n_parts && (f->parts || f->kind == SAC_FIGURE_MATRIX); p++)
    json_builder_add_string_value (builder, f->parts ? f->parts[p] : f->rows[p]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint r = 0; r < f->n_rows; r++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, f->rows[r]);
      json_builder_set_member_name (builder, "values");
      json_builder_begin_array (builder);
      for (guint p = 0; p < f->n_parts; p++)
        json_builder_add_double_value (builder, f->values[(gsize) r * f->n_parts + p]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "queries");
      json_builder_begin_array (builder);
      for (guint p = 0; p < f->n_parts; p++)
        json_builder_add_string_value (builder, sac_figure_get_query (f, r, p));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
draw_all (cairo_t *cr, double width, double height, gpointer data)
{
  GPtrArray *figures = data;
  SacStyle style;

  sac_style_init (&style, FALSE);
  cairo_set_source_rgb (cr, style.paper[0], style.paper[1], style.paper[2]);
  cairo_paint (cr);
  for (guint i = 0; i < figures->len; i++)
    {
      double tall = sac_figure_height (&style, figures->pdata[i], width);

      sac_figure_draw (cr, width, tall, &style, figures->pdata[i], -1, -1);
      cairo_translate (cr, 0, tall + GAP);
    }
}

static gboolean
write_picture (GPtrArray *figures, const char *path, GError **error)
{
  SacStyle style;
  double height = 0;

  sac_style_init (&style, FALSE);
  for (guint i = 0; i < figures->len; i++)
    height += sac_figure_height (&style, figures->pdata[i], WIDTH) + GAP;
  return sac_draw_to_file (path, WIDTH, MAX (height, 1), draw_all, figures, error);
}

int
sac_cli_stats (int argc, char **argv)
{
  g_autofree char *path = NULL, *query = NULL, *picture = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "query", 'q', 0, G_OPTION_ARG_STRING, &query, N_("The clips that fit a query (see saccade query)"), "WORDS" },
    { "picture", 0, 0, G_OPTION_ARG_FILENAME, &picture, N_("Draw it, too: .svg, .png or .pdf"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON, each number with the query that finds its clips"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) figures = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("[FILE.saccade]"),
                              _("Counts labels by state and side, labels on the same clip, lengths, sizes and frame rates."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  project = sac_cli_open_project (argc > 1 ? argv[1] : path, SAC_PROJECT_READ_ONLY, &error);
  figures = project ? sac_project_read_figures (project, query, NULL, &error) : NULL;
  if (!figures || (picture && !write_picture (figures, picture, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  for (guint i = 0; i < figures->len; i++)
    {
      g_autofree char *text = sac_figure_dup_text (figures->pdata[i]);

      add_json (builder, figures->pdata[i]);
      if (!as_json)
        g_print ("%s%s", i ? "\n" : "", text);
    }
  json_builder_end_object (builder);
  if (as_json)
    sac_cli_print_json (g_steal_pointer (&builder));
  return 0;
}
