#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "study-private.h"

#define LABEL_RESAMPLES 500     /* at most, of figures of single labels */

static const char *const row_names[SAC_N_ROWS] = { "none", "spatial", "temporal", "both", "constant", "shuffled", "other", "zero", "one" };
static const char *const map_names[SAC_N_MAPS] = { "own", "gradcam", "centre", "random" };

const char *
sac_inversion_get_name (SacInversion row)
{
  return row_names[row];
}

const char *
sac_inversion_get_words (SacInversion row)
{
  return sac_measure_kind_get_words (row_names[row]);
}

const char *
sac_compared_map_get_name (SacComparedMap map)
{
  return map_names[map];
}

const char *
sac_compared_map_get_words (SacComparedMap map)
{
  return sac_measure_kind_get_words (map_names[map]);
}

/* ---- what is noted of each clip. */

static void
row_free (gpointer data)
{
  SacStudyRow *row = data;

  g_free (row->name);
  g_free (row->values);
  g_free (row);
}

static void
curve_free (gpointer data)
{
  SacStudyCurve *curve = data;

  g_free (curve->name);
  g_free (curve->sums);
  g_free (curve);
}

void
_sac_study_note_at (SacStudy *s, guint clip, const char *measure, const char *kind, double value)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);
  SacStudyRow *row = NULL;

  for (guint i = 0; i < s->rows->len && !row; i++)
    if (strcmp (((SacStudyRow *) s->rows->pdata[i])->name, name) == 0)
      row = s->rows->pdata[i];
  if (!row)
    {
      row = g_new (SacStudyRow, 1);
      row->name = g_steal_pointer (&name);
      row->values = g_new (double, s->most + 1);
      for (guint i = 0; i < s->most; i++)
        row->values[i] = NAN;
      g_ptr_array_add (s->rows, row);
    }
  row->values[clip] = value;
}

void
_sac_study_note (SacStudy *s, const char *measure, const char *kind, double value)
{
  _sac_study_note_at (s, s->n, measure, kind, value);
}

void
_sac_study_add_curve (SacStudy *s, const char *measure, const char *kind, const double *values, guint n)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);
  SacStudyCurve *curve = NULL;

  for (guint i = 0; i < s->curves->len && !curve; i++)
    if (strcmp (((SacStudyCurve *) s->curves->pdata[i])->name, name) == 0)
      curve = s->curves->pdata[i];
  if (!curve)
    {
      curve = g_new0 (SacStudyCurve, 1);
      curve->name = g_steal_pointer (&name);
      curve->sums = g_new0 (double, n);
      curve->n = n;
      g_ptr_array_add (s->curves, curve);
    }
  for (guint k = 0; k < n; k++)
    curve->sums[k] += values[k];
  curve->n_clips++;
}

gboolean
_sac_study_is_chosen (guint i, guint n, guint at_most)
{
  return at_most == 0 || at_most >= n || (guint64) (i + 1) * at_most / n != (guint64) i * at_most / n;
}

void
_sac_study_init (SacStudy *s, guint n_clips)
{
  s->most = n_clips;
  s->rows = g_ptr_array_new_with_free_func (row_free);
  s->curves = g_ptr_array_new_with_free_func (curve_free);
  s->items = g_array_new (FALSE, FALSE, sizeof (guint));
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      s->scores[r] = g_new0 (float, (gsize) n_clips * s->n_labels + 1);
      for (gsize i = 0; i < (gsize) n_clips * s->n_labels; i++)
        s->scores[r][i] = NAN;
    }
  s->truth = g_new0 (gint8, (gsize) n_clips * s->n_labels + 1);
}

void
_sac_study_clear (SacStudy *s)
{
  for (int r = 0; r < SAC_N_ROWS; r++)
    g_free (s->scores[r]);
  g_free (s->truth);
  g_ptr_array_unref (s->rows);
  g_ptr_array_unref (s->curves);
  g_array_unref (s->items);
  sac_attention_free (s->before);
}

/* ---- inversion. */

static void
invert (const float *in, gsize n, float *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = 1 - in[i];
}

static void
fill (float *out, gsize n, float value)
{
  for (gsize i = 0; i < n; i++)
    out[i] = value;
}

static void
fill_with_mean (const float *in, gsize n, float *out)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += in[i];
  fill (out, n, n ? (float) (sum / (double) n) : 0);
}

/* The maps of @row into @spatial and @temporal; FALSE where the network or the clip has no such row. */
static gboolean
make_maps (SacStudy *s, const SacAttention *a, SacInversion row, float *spatial, float *temporal)
{
  gsize places = (gsize) a->t * (gsize) a->h * (gsize) a->w, frames = a->temporal ? (gsize) a->t : 0;

  memcpy (spatial, a->spatial, places * sizeof *spatial);
  if (frames)
    memcpy (temporal, a->temporal, frames * sizeof *temporal);
  switch (row)
    {
    case SAC_ROW_NONE:
      return TRUE;
    case SAC_ROW_SPATIAL:
      invert (a->spatial, places, spatial);
      return TRUE;
    case SAC_ROW_TEMPORAL:
      invert (a->temporal, frames, temporal);
      return frames > 0;
    case SAC_ROW_BOTH:
      invert (a->spatial, places, spatial);
      invert (a->temporal, frames, temporal);
      return frames > 0;
    case SAC_ROW_CONSTANT:
      fill_with_mean (a->spatial, places, spatial);
      fill_with_mean (a->temporal, frames, temporal);
      return TRUE;
    case SAC_ROW_SHUFFLED:
      {
        g_autofree guint32 *order = g_new (guint32, frames + 1);

        sac_random_shuffle ((SacRandomKey) { s->options.seed, sac_random_stream (s->n, 0, 0x73687566) }, order, (guint) frames);
        for (gsize i = 0; i < frames; i++)
          temporal[i] = a->temporal[order[i]];
      }
      return frames > 0;
    case SAC_ROW_OTHER:
      if (s->before)
        memcpy (spatial, s->before->spatial, places * sizeof *spatial);
      if (s->before && frames)
        memcpy (temporal, s->before->temporal, frames * sizeof *temporal);
      return s->before != NULL;
    case SAC_ROW_ZERO:
    case SAC_ROW_ONE:
      fill (spatial, places, row == SAC_ROW_ONE);
      fill (temporal, frames, row == SAC_ROW_ONE);
      return TRUE;
    case SAC_N_ROWS:
    default:
      return FALSE;
    }
}

static gboolean
study_rows (SacStudy *s, const SacAttention *a, const gint8 *states, GCancellable *cancellable, GError **error)
{
  gsize places = (gsize) a->t * (gsize) a->h * (gsize) a->w;
  g_autofree float *spatial = g_new (float, places), *temporal = g_new (float, a->t);
  g_autofree float *logits = g_new (float, (gsize) s->n_rows * s->n_labels);

  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      float *scores = s->scores[r] + (gsize) s->n * s->n_labels;
      gboolean known = FALSE, first = FALSE, five = FALSE;

      if (!make_maps (s, a, (SacInversion) r, spatial, temporal))
        continue;
      if (!sac_net_perceive (s->net, a->features, spatial, temporal, logits, cancellable, error))
        return FALSE;
      sac_net_probabilities (s->net, logits, scores);
      for (guint j = 0; j < s->n_labels; j++)
        if (states[j] > 0)
          {
            known = TRUE;
            first = first || sac_is_in_top (scores, s->n_labels, j, 1);
            five = five || sac_is_in_top (scores, s->n_labels, j, 5);
          }
      if (known)
        {
          _sac_study_note (s, "top1", row_names[r], first);
          _sac_study_note (s, "top5", row_names[r], five);
        }
    }
  return TRUE;
}

/* ---- summing up. */

static SacMeanInterval
interval (const SacStudy *s, const double *values, guint n_resamples)
{
  return sac_bootstrap_mean (values, s->n, n_resamples, s->options.seed);
}

static SacMeasure
figure (SacMeanInterval value)
{
  return (SacMeasure) { value.mean, value.low, value.high, value.n };
}

/* The same of each label alone: over the clips where it is yes. */
static void
add_row (const SacStudy *s, SacMeasures *figures, const char *name, const double *values)
{
  SacMeasureRow *row = sac_measures_add (figures, name);
  g_autofree double *some = g_new (double, s->n + 1);

  row->all = figure (interval (s, values, s->options.n_resamples));
  for (guint j = 0; j < s->n_labels; j++)
    {
      for (guint i = 0; i < s->n; i++)
        some[i] = s->truth[(gsize) i * s->n_labels + j] > 0 ? values[i] : NAN;
      row->labels[j] = figure (interval (s, some, MIN (s->options.n_resamples, LABEL_RESAMPLES)));
    }
}

static const double *
find_values (const SacStudy *s, const char *measure, const char *kind)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);

  for (guint i = 0; i < s->rows->len; i++)
    if (strcmp (((SacStudyRow *) s->rows->pdata[i])->name, name) == 0)
      return ((SacStudyRow *) s->rows->pdata[i])->values;
  return NULL;
}

/* Loss of Top-1, paired, and AUC of each row. */
static void
add_rows (const SacStudy *s, SacAttentionStudy *out)
{
  const double *before = find_values (s, "top1", "none");
  g_autofree double *drops = g_new (double, s->n + 1);

  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      const double *after = find_values (s, "top1", row_names[r]);
      SacAucTable *table = sac_auc_table_new (s->scores[r], s->truth, s->n, s->n_labels);
      g_autofree char *drop = g_strconcat ("drop.", row_names[r], NULL), *auc = g_strconcat ("auc.", row_names[r], NULL);
      SacMeasureRow *row;

      out->rows[r].macro_auc = table->macro;
      if (after)
        {
          for (guint i = 0; i < s->n; i++)
            drops[i] = before[i] - after[i];
          add_row (s, out->figures, drop, drops);
          row = sac_measures_add (out->figures, auc);
          row->all = (SacMeasure) { table->macro, NAN, NAN, table->n_defined ? s->n : 0 };
          for (guint j = 0; j < s->n_labels; j++)
            if (!isnan (table->auc[j]))
              row->labels[j] = (SacMeasure) { table->auc[j], NAN, NAN, s->n };
        }
      sac_auc_table_free (table);
    }
}

/* Is it worse to invert both than either? */
static void
add_differences (const SacStudy *s, SacMeasures *figures)
{
  const double *both = find_values (s, "top1", "both");
  g_autofree double *more = g_new (double, s->n + 1);

  for (int r = SAC_ROW_SPATIAL; both && r <= SAC_ROW_TEMPORAL; r++)
    {
      g_autofree char *name = g_strconcat ("more.", row_names[r], NULL);
      const double *one = find_values (s, "top1", row_names[r]);

      for (guint i = 0; i < s->n; i++)
        more[i] = one[i] - both[i];
      add_row (s, figures, name, more);
    }
}

static SacMeanInterval
take (const SacAttentionStudy *study, const char *measure, const char *kind)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);
  const SacMeasureRow *row = sac_measures_find (study->figures, name);

  return row ? (SacMeanInterval) { row->all.mean, row->all.low, row->all.high, row->all.n } : (SacMeanInterval) { NAN, NAN, NAN, 0 };
}

static SacAttentionStudy *
sum_up (const SacStudy *s, SacSplit split)
{
  SacAttentionStudy *out = g_new0 (SacAttentionStudy, 1);

  out->n_clips = s->n;
  out->figures = sac_measures_new (sac_split_get_name (split), sac_net_get_step (s->net), s->options.seed, s->n,
                                  (const char *const *) sac_net_get_info (s->net)->labels);
  for (guint i = 0; i < s->rows->len; i++)
    {
      const SacStudyRow *row = s->rows->pdata[i];

      add_row (s, out->figures, row->name, row->values);
    }
  add_rows (s, out);
  add_differences (s, out->figures);
  for (guint i = 0; i < s->curves->len; i++)
    {
      const SacStudyCurve *curve = s->curves->pdata[i];

      for (guint k = 0; k < curve->n; k++)
        curve->sums[k] /= curve->n_clips;
      sac_measures_add_curve (out->figures, curve->name, curve->sums, curve->n);
    }
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      out->rows[r].top1 = take (out, "top1", row_names[r]);
      out->rows[r].top5 = take (out, "top5", row_names[r]);
      out->rows[r].drop = take (out, "drop", row_names[r]);
    }
  for (int m = 0; m < SAC_N_MAPS; m++)
    {
      out->places[m].pointing = take (out, "pointing", map_names[m]);
      out->places[m].energy = take (out, "energy", map_names[m]);
      out->places[m].iou = take (out, "iou", map_names[m]);
    }
  out->time_own = take (out, "inside", "own");
  out->time_chance = take (out, "inside", "chance");
  out->time_gradcam = take (out, "inside", "gradcam");
  out->motion = take (out, "motion", "own");
  return out;
}

void
sac_attention_study_free (SacAttentionStudy *study)
{
  if (!study)
    return;
  sac_measures_free (study->figures);
  g_free (study);
}

static gboolean
study_clip (SacStudy *s, const float *clip, guint item, GPtrArray *labels, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacAttention) attention = sac_net_attend (s->net, clip, cancellable, error);
  const gint8 *states = s->dataset->states + (gsize) item * s->n_labels;

  if (!attention || !study_rows (s, attention, states, cancellable, error)
      || !_sac_study_places (s, attention, clip, item, labels, cancellable, error))
    return FALSE;
  memcpy (s->truth + (gsize) s->n * s->n_labels, states, s->n_labels);
  g_array_append_val (s->items, item);
  s->n++;
  sac_attention_free (s->before);
  s->before = g_steal_pointer (&attention);
  return TRUE;
}

/* FALSE: not one could be read. */
static gboolean
study_all (SacStudy *s, SacLoader *loader, SacSplit split, float *clip, guint *n_unreadable, SacProgressFunc progress, gpointer data,
           GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_labels (s->project, error);

  if (!labels)
    return FALSE;
  for (guint i = 0; i < s->dataset->items->len; i++)
    {
      const SacItem *item = s->dataset->items->pdata[i];

      if (progress)
        progress ((double) i / s->dataset->items->len, item->name, data);
      if (!sac_loader_get (loader, i, 0, FALSE, clip, cancellable, NULL))
        {
          ++*n_unreadable;
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        }
      else if (!study_clip (s, clip, i, labels, cancellable, error))
        return FALSE;
    }
  if (s->n == 0)
    g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("None of the clips of the split “%s” can be read"),
                 sac_split_get_name (split));
  return s->n > 0;
}

SacAttentionStudy *
sac_attention_study_run (SacNet *net, SacProject *project, SacSplit split, const SacStudyOptions *options, SacProgressFunc progress,
                         gpointer data, GCancellable *cancellable, GError **error)
{
  const SacRunInfo *info = sac_net_get_info (net);
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autoptr (SacDataset) dataset = NULL;
  g_autoptr (SacLoader) loader = NULL;
  g_autofree float *clip = NULL;
  SacAttentionStudy *out = NULL;
  SacStudy s = { .net = net, .project = project, .spec = spec, .options = *options, .n_labels = sac_net_get_n_labels (net),
                 .n_rows = sac_net_get_n_rows (net) };
  guint n_unreadable = 0;

  g_return_val_if_fail (info, NULL);
  if (!sac_net_has_attention (net))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("“%s” is a network without attention of its own"), info->model);
      return NULL;
    }
  dataset = sac_dataset_new (project, split, (const char *const *) info->labels, error);
  clip = dataset ? g_try_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3) : NULL;
  if (!clip)
    {
      if (dataset)
        g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"), spec->n_frames);
      return NULL;
    }
  s.dataset = dataset;
  _sac_study_init (&s, dataset->items->len);
  loader = sac_loader_new (dataset, spec, 0, 0);
  if (study_all (&s, loader, split, clip, &n_unreadable, progress, data, cancellable, error)
      && (s.options.n_sanity == 0 || _sac_study_sanity (&s, loader, progress, data, cancellable, error)))
    {
      out = sum_up (&s, split);
      out->n_unreadable = n_unreadable;
    }
  _sac_study_clear (&s);
  return out;
}
