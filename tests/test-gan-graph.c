/* Knowledge-transfer graphs: methods/07, acceptance facts of gates and graphs. */
#include <string.h>

#include "run/sac-gan-graph.h"
#include "run/sac-run.h"

static void
test_gates (void)
{
  static const struct { guint64 t; double positive; } cases[] = { { 25, 0.125 }, { 50, 0.25 }, { 100, 0.5 }, { 200, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpfloat (sac_gate_factor (SAC_GATE_POSITIVE, cases[i].t, 200), ==, cases[i].positive);
      g_assert_cmpfloat (sac_gate_factor (SAC_GATE_NEGATIVE, cases[i].t, 200), ==, 1 - cases[i].positive);
    }
  for (guint t = 1; t <= 200; t++)
    {
      g_assert_cmpfloat (sac_gate_factor (SAC_GATE_POSITIVE, t, 200) + sac_gate_factor (SAC_GATE_NEGATIVE, t, 200), ==,
                         sac_gate_factor (SAC_GATE_THROUGH, t, 200));
      g_assert_cmpfloat (sac_gate_factor (SAC_GATE_CUTOFF, t, 200), ==, 0);
    }
}

static void
test_text (void)
{
  static const char *const good[] = { "T", "TCC|CTC|CCT", "NP|TC", "CCC|CCC|CCC" };
  static const char *const bad[] = { "", "TC", "TCC|CT|CCT", "TX|TT", "TTTTTTT|T|T|T|T|T|T", "{", "{\"k\":7,\"edges\":[]}", "{\"k\":2}",
                                     "{\"k\":2,\"edges\":[{\"from\":\"G1\",\"to\":\"D\",\"gate\":\"through\"}]}",
                                     "{\"k\":2,\"edges\":[{\"from\":\"G3\",\"to\":\"G1\",\"gate\":\"through\"}]}",
                                     "{\"k\":2,\"edges\":[{\"from\":\"D\",\"to\":\"G1\",\"gate\":\"ajar\"}]}", "{\"k\":1,\"edges\":[3]}" };
  SacGanGraph graph, again;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = NULL;
      g_autofree char *json = NULL;

      g_assert_true (sac_gan_graph_parse (good[i], &graph, NULL));
      text = sac_gan_graph_dup_text (&graph);
      json = sac_gan_graph_dup_json (&graph);
      g_assert_cmpstr (text, ==, good[i]);
      g_assert_true (sac_gan_graph_parse (json, &again, NULL));
      g_assert_true (sac_gan_graph_equal (&graph, &again));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sac_gan_graph_parse (bad[i], &graph, &error));
      g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT);
    }
  sac_gan_graph_init (&graph, 3);
  {
    g_autofree char *mad = sac_gan_graph_dup_text (&graph);

    g_assert_cmpstr (mad, ==, "TCC|CTC|CCT");
  }
}

static void
unpack (guint number, guint k, SacGanGraph *graph)
{
  memset (graph, 0, sizeof *graph);
  graph->k = k;
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++, number /= SAC_N_GATES)
      graph->gates[s][t] = (guint8) (number % SAC_N_GATES);
}

/* 4⁹ graphs of three generators: 44 224 up to names, 131 584 where the target keeps its own. */
static void
test_counts (void)
{
  guint n = 0, free_names = 0, kept_target = 0;

  for (guint number = 0; number < 262144; number++)
    {
      SacGanGraph graph, canonical;

      unpack (number, 3, &graph);
      n++;
      sac_gan_graph_canonical (&graph, -1, &canonical);
      free_names += sac_gan_graph_equal (&graph, &canonical);
      sac_gan_graph_canonical (&graph, 0, &canonical);
      kept_target += sac_gan_graph_equal (&graph, &canonical);
    }
  g_assert_cmpuint (n, ==, 262144);
  g_assert_cmpuint (free_names, ==, 44224);
  g_assert_cmpuint (kept_target, ==, 131584);
}

/* All 4⁴ graphs of two generators have texts of their own; one of four generators has 16 gates: 4¹⁶ graphs. */
static void
test_other_counts (void)
{
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *four = NULL;
  guint64 graphs = 1;
  SacGanGraph graph;

  for (guint number = 0; number < 256; number++)
    {
      unpack (number, 2, &graph);
      g_hash_table_add (texts, sac_gan_graph_dup_text (&graph));
    }
  g_assert_cmpuint (g_hash_table_size (texts), ==, 256);
  sac_gan_graph_init (&graph, 4);
  four = sac_gan_graph_dup_text (&graph);
  for (const char *at = four; *at; at++)
    if (*at != '|')
      graphs *= SAC_N_GATES;
  g_assert_cmpuint (graphs, ==, G_GUINT64_CONSTANT (4294967296));
}

static void
test_canonical (void)
{
  SacGanGraph a, b, one, other;

  g_assert_true (sac_gan_graph_parse ("TPC|CNC|CTP", &a, NULL));
  g_assert_true (sac_gan_graph_parse ("PCT|CTP|CCN", &b, NULL));        /* 1 → 2, 2 → 3, 3 → 1 */
  sac_gan_graph_canonical (&a, -1, &one);
  sac_gan_graph_canonical (&b, -1, &other);
  g_assert_true (sac_gan_graph_equal (&one, &other));
  g_assert_true (sac_gan_graph_teaches (&a, 0));
  g_assert_true (sac_gan_graph_parse ("CCC|TTT|TTT", &a, NULL));
  g_assert_false (sac_gan_graph_teaches (&a, 0));
}

/* The same numbers give the same graph; all gates are as likely. */
static void
test_random (void)
{
  guint counts[SAC_N_GATES] = { 0 };
  SacGanGraph a, b;

  for (guint i = 0; i < 4000; i++)
    {
      sac_gan_graph_random (7, i, 3, &a);
      sac_gan_graph_random (7, i, 3, &b);
      g_assert_true (sac_gan_graph_equal (&a, &b));
      for (guint e = 0; e < 9; e++)
        counts[a.gates[e / 3][e % 3]]++;
    }
  for (guint g = 0; g < SAC_N_GATES; g++)
    g_assert_cmpfloat_with_epsilon (counts[g] / 36000.0, 0.25, 0.012);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gan-graph/gates", test_gates);
  g_test_add_func ("/gan-graph/text", test_text);
  g_test_add_func ("/gan-graph/counts", test_counts);
  g_test_add_func ("/gan-graph/counts/others", test_other_counts);
  g_test_add_func ("/gan-graph/canonical", test_canonical);
  g_test_add_func ("/gan-graph/random", test_random);
  return g_test_run ();
}
