/* What a search found: as text, as tables for other programs, as a page. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "draw/sac-document.h"
#include "draw/sac-gan-picture.h"
#include "run/sac-gan-analysis.h"
#include "run/sac-run.h"
#include "search.h"

static char *
dup_number (double value, const char *format)
{
  return isfinite (value) ? g_strdup_printf (format, value) : g_strdup ("–");
}

static char *
dup_interval (double value, double low, double high, const char *format)
{
  g_autofree char *a = dup_number (value, format), *b = dup_number (low, format), *c = dup_number (high, format);

  return isfinite (low) ? g_strdup_printf (_("%s (%s to %s)"), a, b, c) : g_steal_pointer (&a);
}

/* "20 trials, of them 1 failed; compared after 1 epochs by …". */
static char *
dup_outline (SacGanSearch *search, const GPtrArray *trials, const SacGanAnalysis *a)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  guint counts[SAC_N_TRIAL_STATES] = { 0 };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < trials->len; i++)
    counts[((SacTrial *) trials->pdata[i])->state]++;
  g_string_append_printf (text, _("%u trials: "), trials->len);
  for (guint s = 0, n = 0; s < SAC_N_TRIAL_STATES; s++)
    if (counts[s])
      g_string_append_printf (text, "%s%u %s", n++ ? ", " : "", counts[s], sac_trial_state_get_words (s));
  g_string_append_printf (text, _(".  Compared are %u after %u epochs by: %s"), a->n_trials, a->epochs,
                          sac_objective_get_words (spec->objective));
  if (spec->halving)
    g_string_append (text, _(" (those that were pruned later count, too)"));
  g_string_append (text, ".");
  return g_string_free (text, FALSE);
}

static char *
dup_judge (const SacSearchSpec *spec)
{
  return g_strdup_printf (_("Scores: %u pictures of each generator, seen by %s.  Numbers of other feature networks are not to be compared "
                            "with these%s."), spec->samples, *spec->features ? spec->features : "–",
                          spec->own ? _("; they are IS_c and FID_c, for it was trained here") : "");
}

/* ---- for a terminal. */
static void
add_top (GString *text, const SacSearchSpec *spec, const GPtrArray *trials, const SacGanAnalysis *a)
{
  const char *own = spec->own ? "_c" : "";

  g_string_append_printf (text, _("\nBest graphs\n"));
  for (guint i = 0; i < a->n_top; i++)
    {
      const SacTrial *trial = trials->pdata[a->top[i]];
      const SacTrialPoint *last = &trial->points[trial->n_points - 1];

      g_string_append_printf (text, _("%3u  trial %-5u %s  %.4f after %u epochs  "), i + 1, trial->number, trial->text, trial->objective,
                              trial->epochs);
      for (guint g = 0; g < spec->k && trial->n_points; g++)
        {
          g_autofree char *is = dup_number (last->is[g], "%.3f"), *fid = dup_number (last->fid[g], "%.2f");

          g_string_append_printf (text, " G%u IS%s %s", g + 1, own, is);
          if (isfinite (last->fid[g]))
            g_string_append_printf (text, " FID%s %s", own, fid);
        }
      g_string_append_c (text, '\n');
    }
}

static void
add_hints (GString *text, const SacGanAnalysis *a)
{
  g_string_append_printf (text, _("\nHints\n"));
  for (guint i = 0; i < a->hints->len; i++)
    g_string_append_printf (text, "  %s\n", (char *) a->hints->pdata[i]);
  if (!a->hints->len)
    g_string_append_printf (text, _("  none: of %u questions about gates none has an answer that stands out of the noise (p < 0.05 for all "
                                    "together)\n"), a->n_questions);
}

char *
sac_search_dup_words (SacGanSearch *search, const GPtrArray *trials)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  g_autoptr (SacGanAnalysis) a = sac_gan_analysis_new (spec, trials);
  g_autofree char *outline = dup_outline (search, trials, a), *judge = dup_judge (spec);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n%s\n", outline, judge);
  add_top (text, spec, trials, a);
  g_string_append_printf (text, _("\nMean by gate, its interval of 95 %%, and how many of the best %u have it\n"), a->n_best);
  for (guint e = 0; e < a->n_edges; e++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacLevelEffect *effect = &a->effects[e][gate];
        g_autofree char *mean = dup_interval (effect->mean, effect->low, effect->high, "%.3f");

        g_string_append_printf (text, "  %-8s %c  n %-4u %s%*s %u\n", gate ? "" : a->edges[e], sac_gate_get_letter (gate), effect->n, mean,
                                MAX (28 - (int) g_utf8_strlen (mean, -1), 0), "", a->best[e][gate]);
      }
  add_hints (text, a);
  return g_string_free (text, FALSE);
}

/* ---- for other programs. */
static void
add_csv (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, ",%s", isfinite (value) ? g_ascii_dtostr (digits, sizeof digits, value) : "");
}

char *
sac_search_dup_effects_csv (SacGanSearch *search, const GPtrArray *trials)
{
  g_autoptr (SacGanAnalysis) a = sac_gan_analysis_new (sac_gan_search_get_spec (search), trials);
  GString *text = g_string_new ("what,edge,with,gate,n,mean,low,high,effect,effect_low,effect_high,f,share,p,p_adjusted,of_best\n");
  static const char *const kinds[] = { "D→*", "G→*" };

  for (guint e = 0; e < a->n_edges; e++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacLevelEffect *x = &a->effects[e][gate];
        const double numbers[] = { x->mean, x->low, x->high, x->effect, x->effect_low, x->effect_high, NAN, NAN, x->p,
                                   a->adjusted[e][gate] };

        g_string_append_printf (text, "main,%s,,%c,%u", a->edges[e], sac_gate_get_letter (gate), x->n);
        for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
          add_csv (text, numbers[i]);
        g_string_append_printf (text, ",%u\n", a->best[e][gate]);
      }
  for (guint kind = 0; kind < 2; kind++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacSlope *x = &a->pooled[kind][gate];
        const double numbers[] = { NAN, NAN, NAN, x->slope, x->low, x->high, NAN, NAN, x->p, a->pooled_adjusted[kind][gate] };

        g_string_append_printf (text, "each,%s,,%c,%u", kinds[kind], sac_gate_get_letter (gate), a->n_trials);
        for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
          add_csv (text, numbers[i]);
        g_string_append (text, ",\n");
      }
  for (guint i = 0; i < a->n_pairs; i++)
    {
      const SacPairEffect *x = &a->pairs[i];
      const double numbers[] = { NAN, NAN, NAN, NAN, NAN, NAN, x->f, x->share, x->p, a->pairs_adjusted[i] };

      g_string_append_printf (text, "pair,%s,%s,,%u", a->edges[x->a], a->edges[x->b], a->n_trials);
      for (guint n = 0; n < G_N_ELEMENTS (numbers); n++)
        add_csv (text, numbers[n]);
      g_string_append (text, ",\n");
    }
  return g_string_free (text, FALSE);
}

/* ---- as a page. */
static void
put (GPtrArray *cells, char *text)
{
  g_ptr_array_add (cells, text);
}

static void
add_top_table (SacDocument *document, const SacSearchSpec *spec, const GPtrArray *trials, const SacGanAnalysis *a)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  put (cells, g_strdup (_("Trial")));
  put (cells, g_strdup (_("Graph")));
  put (cells, g_strdup (_("Epochs")));
  put (cells, g_strdup (sac_objective_get_name (spec->objective)));
  for (guint g = 1; g <= spec->k; g++)
    put (cells, g_strdup_printf (spec->own ? "IS_c G%u" : "IS G%u", g));
  for (guint i = 0; i < a->n_top; i++)
    {
      const SacTrial *trial = trials->pdata[a->top[i]];

      put (cells, g_strdup_printf ("%u", trial->number));
      put (cells, g_strdup (trial->text));
      put (cells, g_strdup_printf ("%u", trial->epochs));
      put (cells, dup_number (trial->objective, "%.4f"));
      for (guint g = 0; g < spec->k; g++)
        put (cells, dup_number (trial->n_points ? trial->points[trial->n_points - 1].is[g] : NAN, "%.3f"));
    }
  sac_document_add_table (document, 4 + spec->k, cells);
}

static void
add_effect_table (SacDocument *document, const SacGanAnalysis *a)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const char *heads[] = { _("Edge"), _("Gate"), _("Trials"), _("Mean (95 %)"), _("Against other gates (95 %)"), _("p of all"),
                          _("Of the best") };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    put (cells, g_strdup (heads[i]));
  for (guint e = 0; e < a->n_edges; e++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacLevelEffect *x = &a->effects[e][gate];

        put (cells, g_strdup (a->edges[e]));
        put (cells, g_strdup (sac_gate_get_words (gate)));
        put (cells, g_strdup_printf ("%u", x->n));
        put (cells, dup_interval (x->mean, x->low, x->high, "%.3f"));
        put (cells, dup_interval (x->effect, x->effect_low, x->effect_high, "%+.3f"));
        put (cells, dup_number (a->adjusted[e][gate], "%.3g"));
        put (cells, g_strdup_printf ("%u", a->best[e][gate]));
      }
  for (guint kind = 0; kind < 2; kind++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacSlope *x = &a->pooled[kind][gate];

        put (cells, g_strdup (kind ? _("each among generators") : _("each from D")));
        put (cells, g_strdup (sac_gate_get_words (gate)));
        put (cells, g_strdup_printf ("%u", a->n_trials));
        put (cells, g_strdup ("–"));
        put (cells, dup_interval (x->slope, x->low, x->high, "%+.3f"));
        put (cells, dup_number (a->pooled_adjusted[kind][gate], "%.3g"));
        put (cells, g_strdup (""));
      }
  sac_document_add_table (document, G_N_ELEMENTS (heads), cells);
}

static void
add_pair_table (SacDocument *document, const SacGanAnalysis *a)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const char *heads[] = { _("Edge"), _("and edge"), "F", _("degrees of freedom"), _("share of the variance"), "p", _("p of all") };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    put (cells, g_strdup (heads[i]));
  for (guint i = 0; i < a->n_pairs; i++)
    {
      const SacPairEffect *x = &a->pairs[i];

      put (cells, g_strdup (a->edges[x->a]));
      put (cells, g_strdup (a->edges[x->b]));
      put (cells, dup_number (x->f, "%.2f"));
      put (cells, x->df ? g_strdup_printf ("%u, %u", x->df, x->df_rest) : g_strdup ("–"));
      put (cells, dup_number (x->share, "%.3f"));
      put (cells, dup_number (x->p, "%.3g"));
      put (cells, dup_number (a->pairs_adjusted[i], "%.3g"));
    }
  sac_document_add_table (document, G_N_ELEMENTS (heads), cells);
}

/* The best graphs side by side. */
typedef struct { SacGanPicture pictures[SAC_SEARCH_TOP]; guint n; } Overlay;

static void
draw_graphs (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const Overlay *overlay = data;
  double each = width / 5, high = height / ((overlay->n + 4) / 5);

  for (guint i = 0; i < overlay->n; i++)
    {
      cairo_save (cr);
      cairo_translate (cr, each * (i % 5), high * (i / 5));
      sac_gan_picture_draw (cr, each, high, style, &overlay->pictures[i]);
      cairo_restore (cr);
    }
}

/* All of them one over the other: an edge is as wide as the share of the best that have it open, in the colour of its commonest gate. */
static void
make_overlay (const GPtrArray *trials, const SacGanAnalysis *a, SacGanPicture *picture, double *factors)
{
  guint8 gates[SAC_GAN_MOST][SAC_GAN_MOST] = { { 0 } };

  for (guint e = 0; e < a->n_edges; e++)
    {
      guint counts[SAC_N_GATES] = { 0 }, most = 1;

      for (guint i = 0; i < a->n_top; i++)
        counts[((SacTrial *) trials->pdata[a->top[i]])->graph.gates[e / a->k][e % a->k]]++;
      for (guint gate = 2; gate < SAC_N_GATES; gate++)
        most = counts[gate] > counts[most] ? gate : most;
      factors[e] = a->n_top ? 1 - (double) counts[SAC_GATE_CUTOFF] / a->n_top : 0;
      gates[e / a->k][e % a->k] = (guint8) (factors[e] > 0 ? most : SAC_GATE_CUTOFF);
    }
  sac_gan_picture_init (picture, a->k, &gates[0][0]);
  picture->factors = factors;
}

typedef struct { SacGanPicture picture; double factors[SAC_GAN_EDGES]; } Sum;

static void
draw_sum (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  sac_gan_picture_draw (cr, width, height, style, &((const Sum *) data)->picture);
}

static void
add_pictures (SacDocument *document, const GPtrArray *trials, const SacGanAnalysis *a, const char *provenance)
{
  Overlay *overlay = g_new0 (Overlay, 1);
  Sum *sum = g_new0 (Sum, 1);
  g_autoptr (GString) words = g_string_new (NULL);

  overlay->n = a->n_top;
  for (guint i = 0; i < a->n_top; i++)
    {
      const SacTrial *trial = trials->pdata[a->top[i]];

      sac_gan_picture_init (&overlay->pictures[i], a->k, &trial->graph.gates[0][0]);
      overlay->pictures[i].small = TRUE;
      overlay->pictures[i].tau = 0.5;
      g_string_append_printf (words, "%s%s", i ? ", " : "", trial->text);
    }
  sac_document_add_figure (document, _("The best graphs, the best first; grey through, red positive, blue negative linear"), words->str,
                           provenance, 700, a->n_top > 5 ? 280 : 140, draw_graphs, overlay, g_free);
  make_overlay (trials, a, &sum->picture, sum->factors);
  sac_document_add_figure (document, _("The same, one over the other: as wide as often open, in the colour of the commonest gate"),
                           words->str, provenance, 360, 320, draw_sum, sum, g_free);
}

char *
sac_search_dup_page (SacGanSearch *search, const GPtrArray *trials)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  g_autoptr (SacGanAnalysis) a = sac_gan_analysis_new (spec, trials);
  g_autofree char *name = g_path_get_basename (sac_gan_search_get_folder (search)), *table = sac_gan_search_dup_table (spec, trials);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, table, -1), *provenance = g_strndup (hash, 12);
  g_autofree char *outline = dup_outline (search, trials, a), *judge = dup_judge (spec);
  g_autofree char *title = g_strdup_printf (_("Search %s"), name);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, spec->seed);
  g_autofree char *origin = g_strdup_printf (_("Pictures %s, seed %s, %u epochs%s; table of the trials %s."), spec->data, seed,
                                             spec->epochs, spec->halving ? _(", halving") : "", provenance);
  g_autoptr (SacDocument) document = sac_document_new (title, outline);

  sac_document_add_text (document, judge);
  sac_document_add_heading (document, _("Hints"));
  for (guint i = 0; i < a->hints->len; i++)
    sac_document_add_finding (document, a->hints->pdata[i]);
  if (!a->hints->len)
    sac_document_add_text (document, _("None: no gate's effect stands out of the noise, all questions taken together (p < 0.05)."));
  if (a->n_top)
    {
      sac_document_add_heading (document, _("Best graphs"));
      add_top_table (document, spec, trials, a);
      add_pictures (document, trials, a, provenance);
    }
  sac_document_add_heading (document, _("What each gate is worth"));
  if (spec->objective != SAC_OBJECTIVE_G1_IS && spec->k > 1)
    sac_document_add_text (document, _("Generators are interchangeable in this objective, so edges of a kind should differ by chance only; "
                                       "the last rows take them together."));
  add_effect_table (document, a);
  sac_document_add_heading (document, _("Edges that act together"));
  add_pair_table (document, a);
  sac_document_add_heading (document, _("Where it comes from"));
  sac_document_add_text (document, origin);
  return sac_document_dup_html (document);
}
