#include "gan-ring.h"

#include <glib/gi18n.h>
#include <string.h>

#include "draw/sac-ring-picture.h"
#include "sac-cli.h"
#include "train/sac-ring-experiment.h"

#define PANEL 260               /* px */
#define MOST_DRAWN 10           /* seeds */
#define DRAWN 400               /* points of a generator; a vector file stays small */

/* ---- the picture: a row an arm, a column a seed. */

typedef struct {
  SacGanGraph graph;
  const char *name;
  GPtrArray *results;           /* SacRingResult */
} Arm;

static void
arm_free (gpointer data)
{
  Arm *arm = data;

  g_ptr_array_unref (arm->results);
  g_free (arm);
}

static void
draw_arms (cairo_t *cr, double width, double height, gpointer data)
{
  GPtrArray *arms = data;
  SacStyle style;

  sac_style_init (&style, FALSE);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  for (guint a = 0; a < arms->len; a++)
    {
      const Arm *arm = arms->pdata[a];
      g_autofree char *letters = sac_gan_graph_dup_text (&arm->graph);
      g_autofree char *title = *arm->name ? g_strdup_printf ("%s %s", arm->name, letters) : g_strdup (letters);
      SacGanPicture graph;

      sac_gan_picture_init (&graph, arm->graph.k, &arm->graph.gates[0][0]);
      graph.small = TRUE;
      graph.tau = 0.5;
      for (guint s = 0; s < arm->results->len; s++)
        {
          const SacRingResult *result = arm->results->pdata[s];
          g_autofree char *words = g_strdup_printf (_("seed %u: %u of %d modes"), s + 1, result->modes, SAC_RING_MODES);
          SacRingPicture picture = {
            .title = title, .words = words, .modes = SAC_RING_MODES, .radius = SAC_RING_RADIUS, .deviation = SAC_RING_DEVIATION,
            .k = arm->graph.k, .n = result->n, .points = result->points, .at_most = DRAWN, .graph = &graph,
          };

          cairo_save (cr);
          cairo_translate (cr, s * PANEL + 6, a * PANEL + 6);
          sac_ring_picture_draw (cr, PANEL - 12, PANEL - 12, &style, &picture);
          cairo_restore (cr);
        }
    }
}

/* ---- the verb. */

/* Arms of the mode-collapse experiment, each with several seeds. */
int
sac_cli_gan_ring (int argc, char **argv)
{
  static const struct { const char *name, *graph; } arms[] = {
    { "DCGAN", "T" }, { "MAD-GAN", "TCC|CTC|CCT" }, { N_("collaborative"), "TTC|CTT|TCT" },
  };
  g_auto (GStrv) graphs = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func (arm_free);
  int seeds = 5, updates = 6000, parsed;
  double alpha = 100, rate = 0;
  int hidden = 0, batch = 0;
  const GOptionEntry entries[] = {
    { "graph", 'g', 0, G_OPTION_ARG_STRING_ARRAY, &graphs, N_("Graph instead of the three of the paper; may be said often"), N_("GRAPH") },
    { "seeds", 's', 0, G_OPTION_ARG_INT, &seeds, N_("Seeds of each (5)"), N_("N") },
    { "updates", 'u', 0, G_OPTION_ARG_INT, &updates, N_("Updates of each (6000)"), N_("N") },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, N_("Learning rate"), N_("X") },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &hidden, N_("Units of a hidden layer"), N_("N") },
    { "batch", 0, 0, G_OPTION_ARG_INT, &batch, N_("Points a batch"), N_("N") },
    { "alpha", 'a', 0, G_OPTION_ARG_DOUBLE, &alpha, N_("Weight of the transfer between generators (100)"), N_("X") },
    { "picture", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("Draw the points of all to a PNG, SVG or PDF file"), N_("FILE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  guint n;

  parsed = sac_cli_parse (&argc, &argv, entries, NULL,
                          _("Eight Gaussians on a ring: how many of them does a group of generators find?"));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 1 || seeds < 1 || seeds > 1000 || updates < 1 || alpha < 0 || rate < 0 || hidden < 0 || hidden > 4096 || batch < 0
      || batch > 65536)
    {
      g_printerr ("saccade: %s\n", _("gan ring wants numbers from 1"));
      return 2;
    }
  n = graphs ? g_strv_length (graphs) : G_N_ELEMENTS (arms);
  for (guint a = 0; a < n; a++)
    {
      Arm *arm = g_new0 (Arm, 1);
      SacRingSpec spec;
      double modes = 0, good = 0;
      guint least = SAC_RING_MODES;

      g_ptr_array_add (done, arm);
      arm->results = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_ring_result_free);
      arm->name = graphs ? "" : _(arms[a].name);
      sac_ring_spec_init (&spec);
      spec.updates = (guint) updates;
      spec.alpha = alpha;
      spec.rate = rate > 0 ? rate : spec.rate;
      spec.hidden = hidden ? (guint) hidden : spec.hidden;
      spec.batch = batch ? (guint) batch : spec.batch;
      if (!sac_gan_graph_parse (graphs ? graphs[a] : arms[a].graph, &spec.graph, &error))
        return sac_cli_fail (g_steal_pointer (&error));
      arm->graph = spec.graph;
      g_print ("%-16s %-12s", graphs ? "" : _(arms[a].name), graphs ? graphs[a] : arms[a].graph);
      for (int s = 1; s <= seeds; s++)
        {
          g_autoptr (SacRingResult) result = NULL;

          spec.seed = (guint64) s;
          result = sac_ring_run (&spec, NULL, &error);
          if (!result)
            return sac_cli_fail (g_steal_pointer (&error));
          g_print (" %u", result->modes);
          modes += (double) result->modes / seeds;
          good += result->good / seeds;
          least = MIN (least, result->modes);
          if (path && s <= MOST_DRAWN)
            g_ptr_array_add (arm->results, g_steal_pointer (&result));
        }
      g_print (_("   mean %.1f of %d modes, at least %u; %.0f %% of the points near one\n"), modes, SAC_RING_MODES, least, 100 * good);
    }
  if (path && !sac_draw_to_file (path, MIN (seeds, MOST_DRAWN) * PANEL, done->len * PANEL, draw_arms, done, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  return 0;
}
