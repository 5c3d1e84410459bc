#include "sac-gan-graph.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

static const struct { char letter; const char *name; } gates[SAC_N_GATES] = {
  { 'C', "cutoff" }, { 'T', "through" }, { 'P', "positive" }, { 'N', "negative" },
};

char
sac_gate_get_letter (SacGate gate)
{
  return gates[gate].letter;
}

double
sac_gate_factor (SacGate gate, guint64 t, guint64 updates)
{
  double tau = updates > 0 ? CLAMP ((double) t / (double) updates, 0, 1) : 1;

  switch (gate)
    {
    case SAC_GATE_THROUGH:
      return 1;
    case SAC_GATE_POSITIVE:
      return tau;
    case SAC_GATE_NEGATIVE:
      return 1 - tau;
    default:
      return 0;
    }
}

void
sac_gan_graph_init (SacGanGraph *graph, guint k)
{
  g_assert (k >= 1 && k <= SAC_GAN_MOST);
  memset (graph, 0, sizeof *graph);
  graph->k = k;
  for (guint i = 0; i < k; i++)
    graph->gates[i][i] = SAC_GATE_THROUGH;
}

gboolean
sac_gan_graph_equal (const SacGanGraph *a, const SacGanGraph *b)
{
  return a->k == b->k && memcmp (a->gates, b->gates, sizeof a->gates) == 0;
}

gboolean
sac_gan_graph_teaches (const SacGanGraph *graph, guint target)
{
  for (guint t = 0; t < graph->k; t++)
    if (graph->gates[target][t] != SAC_GATE_CUTOFF)
      return TRUE;
  return FALSE;
}

/* ---- text. */

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, why);
  return FALSE;
}

static gboolean
parse_letters (const char *text, SacGanGraph *graph, GError **error)
{
  g_auto (GStrv) rows = g_strsplit (text, "|", SAC_GAN_MOST + 2);
  guint k = g_strv_length (rows);

  if (k < 1 || k > SAC_GAN_MOST)
    return refuse (error, _("A graph has one to six generators: rows of letters such as TCC|CTC|CCT"));
  memset (graph, 0, sizeof *graph);
  graph->k = k;
  for (guint s = 0; s < k; s++)
    {
      if (strlen (rows[s]) != k)
        return refuse (error, _("Each row of a graph has a letter for each generator, such as TCC|CTC|CCT"));
      for (guint t = 0; t < k; t++)
        {
          guint gate = 0;

          while (gate < SAC_N_GATES && gates[gate].letter != g_ascii_toupper (rows[s][t]))
            gate++;
          if (gate == SAC_N_GATES)
            return refuse (error, _("The gates of a graph are T (through), C (cut off), P (positive) and N (negative)"));
          graph->gates[s][t] = (guint8) gate;
        }
    }
  return TRUE;
}

/* "D" is −1, "G1" 0; −2 where it is neither. */
static int
find_node (const char *name, guint k)
{
  char *end;
  guint64 number;

  if (strcmp (name, "D") == 0)
    return -1;
  if (name[0] != 'G' || !g_ascii_isdigit (name[1]))
    return -2;
  number = g_ascii_strtoull (name + 1, &end, 10);
  return *end || number < 1 || number > k ? -2 : (int) number - 1;
}

static gboolean
take_edge (JsonObject *edge, SacGanGraph *graph, GError **error)
{
  int from = find_node (_sac_json_string (edge, "from", ""), graph->k), to = find_node (_sac_json_string (edge, "to", ""), graph->k);
  const char *name = _sac_json_string (edge, "gate", "");
  guint gate = 0;

  while (gate < SAC_N_GATES && strcmp (gates[gate].name, name) != 0)
    gate++;
  if (from < -1 || to < 0 || from == to || gate == SAC_N_GATES)
    return refuse (error, _("An edge of a graph leads from D or a generator to another generator, with a gate: "
                            "through, cutoff, positive or negative"));
  graph->gates[to][from < 0 ? to : from] = (guint8) gate;
  return TRUE;
}

static gboolean
parse_json (const char *text, SacGanGraph *graph, GError **error)
{
  JsonObject *object = _sac_json_parse (text, strlen (text), _("the graph"), error);
  JsonArray *edges = object ? _sac_json_array (object, "edges") : NULL;
  gint64 k = object ? _sac_json_int (object, "k", 0) : 0;
  gboolean fine = object != NULL;

  if (fine && (k < 1 || k > SAC_GAN_MOST || !edges))
    fine = refuse (error, _("A graph in JSON has “k”, one to six, and “edges”"));
  memset (graph, 0, sizeof *graph);
  graph->k = (guint) k;
  for (guint i = 0; fine && i < json_array_get_length (edges); i++)
    {
      JsonNode *node = json_array_get_element (edges, i);

      fine = JSON_NODE_HOLDS_OBJECT (node) ? take_edge (json_node_get_object (node), graph, error)
                                           : refuse (error, _("A graph in JSON has “k”, one to six, and “edges”"));
    }
  if (object)
    json_object_unref (object);
  return fine;
}

gboolean
sac_gan_graph_parse (const char *text, SacGanGraph *graph, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  return *trimmed == '{' ? parse_json (trimmed, graph, error) : parse_letters (trimmed, graph, error);
}

char *
sac_gan_graph_dup_text (const SacGanGraph *graph)
{
  GString *text = g_string_new (NULL);

  for (guint s = 0; s < graph->k; s++)
    {
      if (s > 0)
        g_string_append_c (text, '|');
      for (guint t = 0; t < graph->k; t++)
        g_string_append_c (text, gates[graph->gates[s][t]].letter);
    }
  return g_string_free (text, FALSE);
}

char *
sac_gan_graph_dup_json (const SacGanGraph *graph)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "k");
  json_builder_add_int_value (builder, graph->k);
  json_builder_set_member_name (builder, "edges");
  json_builder_begin_array (builder);
  for (guint s = 0; s < graph->k; s++)
    for (guint t = 0; t < graph->k; t++)
      {
        g_autofree char *from = s == t ? g_strdup ("D") : g_strdup_printf ("G%u", t + 1);
        g_autofree char *to = g_strdup_printf ("G%u", s + 1);

        json_builder_begin_object (builder);
        json_builder_set_member_name (builder, "from");
        json_builder_add_string_value (builder, from);
        json_builder_set_member_name (builder, "to");
        json_builder_add_string_value (builder, to);
        json_builder_set_member_name (builder, "gate");
        json_builder_add_string_value (builder, gates[graph->gates[s][t]].name);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return _sac_json_text (builder, TRUE, &length);
}

/* ---- the same graph under other names. */

/* Generator i of the outcome is @names[i] of @graph. */
static void
rename_graph (const SacGanGraph *graph, const guint *names, SacGanGraph *out)
{
  memset (out, 0, sizeof *out);
  out->k = graph->k;
  for (guint s = 0; s < graph->k; s++)
    for (guint t = 0; t < graph->k; t++)
      out->gates[s][t] = graph->gates[names[s]][names[t]];
}

static int
compare_letters (const SacGanGraph *a, const SacGanGraph *b)
{
  for (guint s = 0; s < a->k; s++)
    for (guint t = 0; t < a->k; t++)
      if (a->gates[s][t] != b->gates[s][t])
        return gates[a->gates[s][t]].letter < gates[b->gates[s][t]].letter ? -1 : 1;
  return 0;
}

static void
try_names (const SacGanGraph *graph, int keep, guint *names, guint at, SacGanGraph *best)
{
  if (at == graph->k)
    {
      SacGanGraph other;

      rename_graph (graph, names, &other);
      if (compare_letters (&other, best) < 0)
        *best = other;
      return;
    }
  for (guint i = at; i < graph->k; i++)
    {
      guint held = names[at];

      names[at] = names[i];
      names[i] = held;
      if (keep < 0 || (int) at != keep || (int) names[at] == keep)
        try_names (graph, keep, names, at + 1, best);
      names[i] = names[at];
      names[at] = held;
    }
}

void
sac_gan_graph_canonical (const SacGanGraph *graph, int keep, SacGanGraph *out)
{
  guint names[SAC_GAN_MOST];
  SacGanGraph best = *graph;

  for (guint i = 0; i < graph->k; i++)
    names[i] = i;
  try_names (graph, keep, names, 0, &best);
  *out = best;
}

void
sac_gan_graph_random (guint64 seed, guint64 index, guint k, SacGanGraph *out)
{
  SacRandomKey key = { seed, sac_random_stream (index, k, 0) };

  memset (out, 0, sizeof *out);
  out->k = k;
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      out->gates[s][t] = (guint8) (sac_random_below (key, s * k + t, SAC_N_GATES));
}
