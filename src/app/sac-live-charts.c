#include "sac-live-charts.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LABEL_WIDTH 250         /* px that a small chart wants */

void
sac_live_options_free (gpointer data)
{
  SacLiveOptions *options = data;

  g_object_unref (options->model);
  g_strfreev (options->tags);
  g_strfreev (options->titles);
  g_free (options);
}

typedef struct {
  const SacLiveOptions *options;
  SacBoardData *data;
  double x0, x1;
  guint columns;                /* pixels of a curve */
} Draft;

static void
add_chart (Draft *draft, const char *title, guint span, gboolean log_y, double y0, double y1)
{
  const SacLiveOptions *o = draft->options;
  SacAxes axes = {
    .title = title, .x_name = o->axis == SAC_LIVE_STEPS ? _("step") : _("seconds"), .log_x = o->log_x, .log_y = log_y, .y0 = y0, .y1 = y1,
    .x0 = draft->x0, .x1 = draft->x1,
  };

  if (draft->x0 == draft->x1)
    {
      axes.x0 = o->first;
      axes.x1 = o->last;
    }
  if (o->log_x)
    axes.x0 = MAX (axes.x0, o->axis == SAC_LIVE_STEPS ? 1 : 0.1);
  sac_board_data_add_chart (draft->data, &axes, span, span == 0 ? 1.5 : 1);
}

/* FALSE: the run has not told such a thing. */
static gboolean
add_curve (Draft *draft, const char *tag, const char *name, guint colour, double smoothing)
{
  const SacLiveOptions *o = draft->options;
  double *x, *y;
  gsize n;

  if (smoothing > 0)
    {
      n = sac_live_model_dup_curve (o->model, tag, o->axis, draft->x0, draft->x1, draft->columns, 0, &x, &y);
      sac_board_data_add_curve (draft->data, x, y, n, NULL, colour, 1, TRUE);
    }
  n = sac_live_model_dup_curve (o->model, tag, o->axis, draft->x0, draft->x1, draft->columns, smoothing, &x, &y);
  if (n == 0)
    {
      g_free (x);
      g_free (y);
      return FALSE;
    }
  sac_board_data_add_curve (draft->data, x, y, n, name, colour, 2, FALSE);
  return TRUE;
}

static gboolean
has (const SacLiveOptions *options, const char *tag)
{
  return options->tags && g_strv_contains ((const char *const *) options->tags, tag);
}

static void
make_curves (Draft *draft)
{
  const SacLiveOptions *o = draft->options;
  static const struct { const char *tag, *title; gboolean log_y; } small[] = {
    { "rate", N_("Learning rate"), TRUE },
    { "gradient_norm", N_("Norm of the gradient"), TRUE },
    { "top1", N_("Top-1"), FALSE },
  };

  add_chart (draft, _("Loss"), 0, o->log_y, 0, 0);
  add_curve (draft, "loss/train", _("training"), 0, o->smoothing);
  if (has (o, "loss/train_evaluated"))
    add_curve (draft, "loss/train_evaluated", _("training clips, as in evaluation"), 4, 0);
  if (has (o, "loss/validation"))
    add_curve (draft, "loss/validation", _("validation"), 1, 0);
  if (has (o, "loss/test"))
    add_curve (draft, "loss/test", _("test (only watched)"), 3, 0);
  add_chart (draft, _("Macro AUC"), 0, FALSE, 0, 1);
  add_curve (draft, "auc_macro", _("validation"), 2, 0);
  if (has (o, "auc_test_macro"))
    add_curve (draft, "auc_test_macro", _("test (only watched)"), 3, 0);
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    if (has (o, small[i].tag))
      {
        add_chart (draft, _(small[i].title), 1, small[i].log_y, 0, small[i].log_y ? 0 : 1);
        add_curve (draft, small[i].tag, NULL, 5 + i, 0);
      }
}

static void
make_labels (Draft *draft)
{
  for (guint i = 0; draft->options->tags[i]; i++)
    {
      add_chart (draft, draft->options->titles[i], 1, FALSE, 0, 1);
      add_curve (draft, draft->options->tags[i], NULL, 2, 0);
    }
}

/* All layers in one chart, from the first (dark) to the last (bright). */
static void
make_depths (Draft *draft, const char *prefix, const char *title)
{
  const SacLiveOptions *o = draft->options;
  guint n = 0, i = 0;

  for (guint k = 0; o->tags[k]; k++)
    n += g_str_has_prefix (o->tags[k], prefix);
  if (n == 0)
    return;
  add_chart (draft, title, 0, TRUE, 0, 0);
  for (guint k = 0; o->tags[k]; k++)
    if (g_str_has_prefix (o->tags[k], prefix))
      {
        double rgb[3];

        sac_colour_map (SAC_MAP_VIRIDIS, n > 1 ? 0.9 * i / (n - 1) : 0.5, rgb);
        if (add_curve (draft, o->tags[k], o->tags[k] + strlen (prefix), i, 0))
          sac_board_data_set_colour (draft->data, rgb);
        i++;
      }
}

static void
make_machine (Draft *draft)
{
  const SacLiveOptions *o = draft->options;
  guint colour = 0;

  if (has (o, "clips_per_second"))
    {
      add_chart (draft, _("Clips a second"), 1, FALSE, 0, 0);
      add_curve (draft, "clips_per_second", NULL, 0, o->smoothing);
    }
  if (has (o, "memory"))
    {
      add_chart (draft, _("Memory, bytes"), 1, FALSE, 0, 0);
      add_curve (draft, "memory", NULL, 5, 0);
    }
  add_chart (draft, _("Share of the time"), 0, FALSE, 0, 1);
  add_curve (draft, "share/compute", _("computing"), 0, o->smoothing);
  add_curve (draft, "share/decode", _("waiting for clips"), 1, o->smoothing);
  for (guint part = 0; part < SAC_N_TIMES; part++)
    if (has (o, sac_time_get_tag (part)))
      {
        if (colour == 0)
          add_chart (draft, _("Seconds of each stage, between two points"), 0, o->log_y, 0, 0);
        add_curve (draft, sac_time_get_tag (part), sac_time_get_words (part), colour++, o->smoothing);
      }
}

SacBoardData *
sac_live_charts_make (double x0, double x1, int width, gpointer data)
{
  const SacLiveOptions *options = data;
  static const struct { guint columns; double row_height; } shapes[] = { { 3, 0 }, { 0, 112 }, { 1, 0 }, { 2, 0 } };
  guint columns = shapes[options->tab].columns;
  Draft draft = { options, NULL, x0, x1, (guint) MAX (width, 50) };

  if (columns == 0)
    {
      columns = (guint) CLAMP (width / LABEL_WIDTH, 1, 12);
      draft.columns /= columns;
    }
  draft.data = sac_board_data_new (columns, shapes[options->tab].row_height);
  switch (options->tab)
    {
    case SAC_LIVE_LABELS:
      make_labels (&draft);
      break;
    case SAC_LIVE_LAYERS:
      make_depths (&draft, "update_ratio/", _("Update ÷ weight of each layer, at one step"));
      make_depths (&draft, "gradient/", _("Norm of each layer’s gradient"));
      break;
    case SAC_LIVE_MACHINE:
      make_machine (&draft);
      break;
    default:
      make_curves (&draft);
    }
  return draft.data;
}

/* ---- what there is to draw. */

typedef struct {
  const char *tag;
  SacLiveSummary summary;
  SacLiveOrder order;
} Row;

static double
key_of (const Row *row)
{
  const SacLiveSummary *s = &row->summary;

  switch (row->order)
    {
    case SAC_LIVE_BY_LAST:
      return s->last;
    case SAC_LIVE_BY_BEST:
      return s->most;
    default:                    /* how far it rose from its first to its last value */
      return s->last - s->first;
    }
}

/* The lowest first: those are what a person looks for. */
static int
by_order (gconstpointer a, gconstpointer b)
{
  const Row *x = a, *y = b;
  double one, other;

  if (x->order == SAC_LIVE_BY_NAME)
    return g_utf8_collate (x->tag, y->tag);
  one = key_of (x);
  other = key_of (y);
  if (isnan (one) || isnan (other))
    return isnan (one) - isnan (other);
  return (one > other) - (one < other);
}

void
sac_live_charts_choose (SacLiveModel *model, SacLiveTab tab, SacLiveOrder order, char ***tags, char ***titles)
{
  static const char *const prefixes[] = { "", "auc/", "", "" };
  char **all = sac_live_model_dup_tags (model, prefixes[tab]);
  guint n = g_strv_length (all);
  g_autofree Row *rows = NULL;
  char **sorted;

  *titles = NULL;
  *tags = all;
  if (tab != SAC_LIVE_LABELS)
    return;
  rows = g_new0 (Row, n + 1);
  sorted = g_new0 (char *, n + 1);
  *titles = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      rows[i].tag = all[i];
      rows[i].order = order;
      sac_live_model_get (model, all[i], &rows[i].summary);
    }
  qsort (rows, n, sizeof *rows, by_order);
  for (guint i = 0; i < n; i++)
    {
      const SacLiveSummary *s = &rows[i].summary;
      const char *name = rows[i].tag + strlen ("auc/");

      sorted[i] = g_strdup (rows[i].tag);
      (*titles)[i] = isnan (s->most) ? g_strdup_printf (_("%s: undefined"), name)
                     : s->n == 1     ? g_strdup_printf ("%s  %.2f", name, s->last)
                                     : g_strdup_printf (_("%s  %.2f  (best %.2f)"), name, s->last, s->most);
    }
  g_strfreev (all);
  *tags = sorted;
}
