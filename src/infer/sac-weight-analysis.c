/* Two files of weights, layer by layer, and what follows about the two ways of inflating. */
#include <cblas.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-weight-analysis.h"

#define MOST_NUMBERS ((gsize) 1 << 29)         /* of one tensor */
#define MOST_TAPS 64

typedef struct {
  SacWeightLayer *layer;        /* of the series, filled in by one thread */
  guint from[4], to[4];         /* tensors: of a kernel the first alone; of a norm γ, β, μ, σ² */
  gint flat;                    /* −1: none */
} Job;

typedef struct {
  SacTensorFile *from, *to, *flat;
  GArray *jobs;
  GMutex lock;                  /* files are read by one thread at a time */
  GError *error;
  guint done;
  SacProgressFunc progress;
  gpointer data;
  GCancellable *cancellable;
} Work;

/* ---- what there is to compare. */

static gsize
count (const SacTensorInfo *info)
{
  gsize n = 1;

  for (guint i = 0; i < info->rank; i++)
    if (g_size_checked_mul (&n, n, (gsize) MAX (info->dims[i], 0)) == FALSE)
      return 0;
  return n;
}

static gint
find_same (SacTensorFile *file, const char *name, const SacTensorInfo *like)
{
  gint at = sac_tensor_file_find (file, name);
  const SacTensorInfo *info = at < 0 ? NULL : sac_tensor_file_get_info (file, (guint) at);

  return info && info->rank == like->rank && memcmp (info->dims, like->dims, like->rank * sizeof *like->dims) == 0 ? at : -1;
}

/* "layer1.0.bn1" has weight, bias, running_mean and running_var in both files. */
static gboolean
find_norm (Work *work, const char *prefix, const SacTensorInfo *gamma, Job *job)
{
  static const char *const parts[] = { "weight", "bias", "running_mean", "running_var" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name = g_strconcat (prefix, ".", parts[i], NULL);
      gint from = find_same (work->from, name, gamma), to = find_same (work->to, name, gamma);

      if (from < 0 || to < 0)
        return FALSE;
      job->from[i] = (guint) from;
      job->to[i] = (guint) to;
    }
  return TRUE;
}

/* (K,C,kT,kH,kW) or (K,C,kH,kW) or (K,C): the same without time. */
static gint
find_flat (Work *work, const char *name, const SacTensorInfo *info)
{
  gint at = work->flat ? sac_tensor_file_find (work->flat, name) : -1;
  const SacTensorInfo *flat = at < 0 ? NULL : sac_tensor_file_get_info (work->flat, (guint) at);
  gsize taps = info->rank == 5 ? (gsize) MAX (info->dims[2], 1) : 1;

  if (!flat || flat->rank != MIN (info->rank, 4) || flat->dims[0] != info->dims[0] || count (flat) * taps != count (info))
    return -1;
  return at;
}

static void
list_jobs (Work *work, SacWeightSeries *series)
{
  for (guint i = 0; i < sac_tensor_file_get_n (work->from); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (work->from, i);
      gsize n = count (info), length = strlen (info->name);
      Job job = { .from = { i }, .flat = -1 };
      gboolean weight = g_str_has_suffix (info->name, ".weight"), bias = g_str_has_suffix (info->name, ".bias");
      g_autofree char *prefix = g_strndup (info->name, length - (weight ? 7 : bias ? 5 : 0)), *shown = NULL, *gamma = NULL;
      gint to = find_same (work->to, info->name, info);

      if (to < 0 || n == 0 || n > MOST_NUMBERS || info->rank < 1 || info->rank > 5 || g_str_has_prefix (info->name, "moment")
          || (!weight && !bias) || (info->rank == 5 && info->dims[2] > MOST_TAPS))
        continue;
      gamma = g_strconcat (prefix, ".running_mean", NULL);
      if (info->rank == 1 && sac_tensor_file_find (work->from, gamma) >= 0)
        {
          if (weight && find_norm (work, prefix, info, &job))
            {
              shown = sac_tensor_name_dup_visible (prefix);
              job.layer = sac_weight_series_add (series, shown, SAC_LAYER_NORM);
              g_array_append_val (work->jobs, job);
            }
          continue;
        }
      shown = sac_tensor_name_dup_visible (weight ? prefix : info->name);
      job.to[0] = (guint) to;
      job.flat = find_flat (work, info->name, info);
      job.layer = sac_weight_series_add (series, shown, SAC_LAYER_KERNEL);
      job.layer->rank = info->rank;
      memcpy (job.layer->dims, info->dims, info->rank * sizeof *info->dims);
      job.layer->taps = info->rank == 5 ? (guint) info->dims[2] : 1;
      g_array_append_val (work->jobs, job);
    }
}

/* ---- one layer. */

static float *
read_numbers (Work *work, SacTensorFile *file, guint i, GError **error)
{
  gsize n = count (sac_tensor_file_get_info (file, i));
  g_autofree float *out = g_try_new (float, n);
  gboolean good;

  if (!out)
    {
      g_set_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_TOO_LARGE, _("not enough memory for “%s”"),
                   sac_tensor_file_get_info (file, i)->name);
      return NULL;
    }
  g_mutex_lock (&work->lock);
  good = sac_tensor_file_read_f32 (file, i, out, error);
  g_mutex_unlock (&work->lock);
  return good ? g_steal_pointer (&out) : NULL;
}

static gboolean
do_norm (Work *work, const Job *job, GError **error)
{
  float *rows[8] = { NULL };
  gboolean good = TRUE;
  SacNormChange change;

  for (guint i = 0; i < 8 && good; i++)
    {
      rows[i] = i < 4 ? read_numbers (work, work->from, job->from[i], error) : read_numbers (work, work->to, job->to[i - 4], error);
      good = rows[i] != NULL;
    }
  if (good)
    {
      sac_norm_change ((const float *const *) rows, (const float *const *) rows + 4,
                       (guint) count (sac_tensor_file_get_info (work->from, job->from[0])), &change);
      job->layer->values[SAC_WEIGHT_GAMMA] = change.gamma;
      job->layer->values[SAC_WEIGHT_BETA] = change.beta;
      job->layer->values[SAC_WEIGHT_MEAN] = change.mean;
      job->layer->values[SAC_WEIGHT_VARIANCE] = change.variance;
    }
  for (guint i = 0; i < 8; i++)
    g_free (rows[i]);
  return good;
}

static gboolean
do_kernel (Work *work, const Job *job, GError **error)
{
  SacWeightLayer *layer = job->layer;
  g_autofree float *before = read_numbers (work, work->from, job->from[0], error);
  g_autofree float *after = before ? read_numbers (work, work->to, job->to[0], error) : NULL;
  g_autofree float *flat = after && job->flat >= 0 ? read_numbers (work, work->flat, (guint) job->flat, error) : NULL;
  gsize n = 1, area = 1, outer, columns;
  SacKernelChange change;

  if (!after || (job->flat >= 0 && !flat))
    return FALSE;
  for (guint i = 0; i < layer->rank; i++)
    n *= (gsize) layer->dims[i];
  for (guint i = layer->rank == 5 ? 3 : 2; i < layer->rank; i++)
    area *= (gsize) layer->dims[i];
  outer = n / area / layer->taps;
  columns = n / (gsize) layer->dims[0];
  if (layer->taps > 1)
    {
      layer->energy0 = g_new (double, layer->taps);
      layer->energy1 = g_new (double, layer->taps);
      layer->change = g_new (double, layer->taps);
    }
  sac_kernel_change (before, after, flat, outer, layer->taps, area, &change, layer->energy0, layer->energy1, layer->change);
  layer->values[SAC_WEIGHT_RELATIVE] = change.relative;
  layer->values[SAC_WEIGHT_RELATIVE2] = change.relative2;
  layer->values[SAC_WEIGHT_COSINE] = change.cosine;
  layer->values[SAC_WEIGHT_FLIPS] = change.flips;
  layer->values[SAC_WEIGHT_ZEROS0] = change.zeros0;
  layer->values[SAC_WEIGHT_ZEROS1] = change.zeros1;
  layer->values[SAC_WEIGHT_STATIC_DRIFT] = change.static_drift;
  if (layer->taps > 1)
    {
      layer->values[SAC_WEIGHT_ANISOTROPY0] = change.anisotropy0;
      layer->values[SAC_WEIGHT_ANISOTROPY1] = change.anisotropy1;
      layer->values[SAC_WEIGHT_STATIC1] = change.static_norm1;
      layer->values[SAC_WEIGHT_MOTION1] = change.motion_norm1;
      layer->values[SAC_WEIGHT_MOTION_CHANGE] = change.motion_change;
      layer->values[SAC_WEIGHT_CENTRE0] = layer->energy0[layer->taps / 2];
      layer->values[SAC_WEIGHT_CENTRE1] = layer->energy1[layer->taps / 2];
    }
  if (layer->rank > 1)
    {
      layer->values[SAC_WEIGHT_RANK0] = sac_matrix_effective_rank (before, (gsize) layer->dims[0], columns);
      layer->values[SAC_WEIGHT_RANK1] = sac_matrix_effective_rank (after, (gsize) layer->dims[0], columns);
    }
  return TRUE;
}

static void
do_job (guint task, guint thread, gpointer data)
{
  Work *work = data;
  const Job *job = &g_array_index (work->jobs, Job, task);
  g_autoptr (GError) error = NULL;
  gboolean stop;

  g_mutex_lock (&work->lock);
  stop = work->error != NULL;
  g_mutex_unlock (&work->lock);
  if (stop)
    return;
  if (!g_cancellable_set_error_if_cancelled (work->cancellable, &error))
    {
      if (job->layer->kind == SAC_LAYER_NORM)
        do_norm (work, job, &error);
      else
        do_kernel (work, job, &error);
    }
  g_mutex_lock (&work->lock);
  work->done++;
  if (error && !work->error)
    work->error = g_steal_pointer (&error);
  g_mutex_unlock (&work->lock);
  if (thread == 0 && work->progress)
    work->progress ((double) g_atomic_int_get (&work->done) / work->jobs->len, job->layer->name, work->data);
}

/* ---- a pair of files. */

/* How kernels that span time began. */
static const char *
find_start (const SacWeightSeries *series)
{
  guint n = 0, average = 0, centre = 0;

  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_KERNEL || layer->taps < 2)
        continue;
      n++;
      average += layer->values[SAC_WEIGHT_ANISOTROPY0] < 1e-6;
      centre += layer->values[SAC_WEIGHT_CENTRE0] > 1 - 1e-9;
    }
  return n == 0 ? "flat" : average == n ? "average" : centre == n ? "centre" : "other";
}

static SacTensorFile *
open_weights (const char *path, GError **error)
{
  SacTensorFile *file = sac_tensor_file_open (path, error);

  if (!file)
    g_prefix_error (error, "%s: ", path);
  return file;
}

static gboolean
run_jobs (Work *work, guint n_threads, GError **error)
{
  g_autoptr (SacPool) pool = sac_pool_new (n_threads);
  int threads = openblas_get_num_threads ();

  openblas_set_num_threads (1);         /* the layers share the threads, and bits do not depend on how many */
  sac_pool_run (pool, work->jobs->len, do_job, work);
  openblas_set_num_threads (threads);
  if (work->error)
    g_propagate_error (error, g_steal_pointer (&work->error));
  else
    return TRUE;
  return FALSE;
}

SacWeightSeries *
sac_weight_analysis_add (SacWeightStudy *study, const SacWeightPair *pair, guint n_threads, SacProgressFunc progress, gpointer data,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr (SacTensorFile) from = open_weights (pair->from, error);
  g_autoptr (SacTensorFile) to = from ? open_weights (pair->to, error) : NULL;
  g_autoptr (SacTensorFile) flat = to && pair->flat ? open_weights (pair->flat, error) : NULL;
  g_autoptr (GArray) jobs = g_array_new (FALSE, TRUE, sizeof (Job));
  Work work = { from, to, flat, jobs, .progress = progress, .data = data, .cancellable = cancellable };
  SacWeightSeries *series;
  g_autofree char *name = NULL;
  SacModel model;
  gboolean good;

  if (!to || (pair->flat && !flat))
    return NULL;
  series = sac_weight_study_add (study, pair->name);
  series->from = g_strdup (pair->from);
  series->to = g_strdup (pair->to);
  list_jobs (&work, series);
  if (jobs->len == 0)
    {
      g_set_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH,
                   _("%s and %s are not of one network: no layer has the same name and shape in both"), pair->from, pair->to);
      good = FALSE;
    }
  else
    {
      g_mutex_init (&work.lock);
      good = run_jobs (&work, n_threads, error);
      g_mutex_clear (&work.lock);
    }
  if (!good)
    {
      g_ptr_array_remove (study->series, series);
      return NULL;
    }
  g_free (series->start);
  series->start = g_strdup (find_start (series));
  name = pair->model ? NULL : sac_weights_recognise (from, &model);
  if (pair->model || name)
    {
      const SacModel *known = pair->model ? pair->model : &model;

      if (study->n_frames == 0)
        study->n_frames = 32;
      series->seen0 = sac_temporal_receptive_frames (known, from, study->n_frames, NULL);
      series->seen1 = sac_temporal_receptive_frames (known, to, study->n_frames, NULL);
    }
  return series;
}

/* ---- what it was exposed to. */

/* The mean over all log steps; NaN where there are none. */
static double
mean_of_tag (SacEventReader *reader, const char *format, const char *layer, guint t)
{
  g_autofree char *tag = t == G_MAXUINT ? g_strconcat (format, layer, NULL) : g_strdup_printf ("%s%s/%u", format, layer, t);
  const SacPoint *points;
  double sum = 0;
  guint n, good = 0;

  points = sac_event_reader_get (reader, tag, &n);
  for (guint i = 0; i < n; i++)
    if (isfinite (points[i].value))
      {
        sum += points[i].value;
        good++;
      }
  return good ? sum / good : NAN;
}

gboolean
sac_weight_analysis_exposure (SacWeightSeries *series, const char *run_folder)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (run_folder);
  gboolean any = FALSE;

  sac_event_reader_poll (reader);
  for (guint i = 0; i < series->layers->len; i++)
    {
      SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_KERNEL)
        continue;
      layer->values[SAC_WEIGHT_GRADIENT] = mean_of_tag (reader, "gradient/", layer->name, G_MAXUINT);
      layer->values[SAC_WEIGHT_UPDATE] = mean_of_tag (reader, "update_ratio/", layer->name, G_MAXUINT);
      any |= isfinite (layer->values[SAC_WEIGHT_GRADIENT]);
      if (layer->taps < 2 || isnan (mean_of_tag (reader, "gradient_slice/", layer->name, 0)))
        continue;
      g_free (layer->exposure);
      layer->exposure = g_new (double, layer->taps);
      for (guint t = 0; t < layer->taps; t++)
        layer->exposure[t] = mean_of_tag (reader, "gradient_slice/", layer->name, t);
    }
  return any;
}

/* ---- averaging against centring. */

static double
mode_mean (const SacWeightStudy *study, const char *start, const char *layer, SacWeightValue value)
{
  double sum = 0;
  guint n = 0;

  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];
      double x = strcmp (series->start, start) == 0 ? sac_weight_series_get (series, layer, value) : NAN;

      if (isfinite (x))
        {
          sum += x;
          n++;
        }
    }
  return n ? sum / n : NAN;
}

static double
mode_mean_of_kernels (const SacWeightStudy *study, const char *start, SacWeightValue value)
{
  g_auto (GStrv) names = sac_weight_study_dup_depths (study, value);
  double sum = 0;
  guint n = 0;

  for (guint i = 0; names[i]; i++)
    {
      double x = mode_mean (study, start, names[i], value);

      if (isfinite (x))
        {
          sum += x;
          n++;
        }
    }
  return n ? sum / n : NAN;
}

gboolean
sac_weight_study_answer (const SacWeightStudy *study, SacInflationAnswer *answer)
{
  g_auto (GStrv) names = sac_weight_study_dup_depths (study, SAC_WEIGHT_RELATIVE2);
  guint n = g_strv_length (names), m = 0, in_time = 0;
  g_autofree double *a = g_new (double, n + 1), *b = g_new (double, n + 1), *at = g_new (double, n + 1), *bt = g_new (double, n + 1);

  *answer = (SacInflationAnswer) { 0 };
  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];

      answer->n_average += strcmp (series->start, "average") == 0;
      answer->n_centre += strcmp (series->start, "centre") == 0;
    }
  if (answer->n_average == 0 || answer->n_centre == 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const SacWeightLayer *layer = NULL;
      double x = mode_mean (study, "average", names[i], SAC_WEIGHT_RELATIVE2);
      double y = mode_mean (study, "centre", names[i], SAC_WEIGHT_RELATIVE2);

      for (guint s = 0; s < study->series->len && !layer; s++)
        layer = sac_weight_series_find (study->series->pdata[s], names[i], SAC_LAYER_KERNEL);
      if (!isfinite (x) || !isfinite (y) || !layer || layer->rank < 4)       /* the head begins at random */
        continue;
      a[m] = x;
      b[m++] = y;
      if (layer->taps > 1)
        {
          at[in_time] = x;
          bt[in_time++] = y;
        }
    }
  answer->n_layers = m;
  sac_sign_test (a, b, m, &answer->all);
  sac_sign_test (at, bt, in_time, &answer->in_time);
  answer->anisotropy[0] = mode_mean_of_kernels (study, "average", SAC_WEIGHT_ANISOTROPY1);
  answer->anisotropy[1] = mode_mean_of_kernels (study, "centre", SAC_WEIGHT_ANISOTROPY1);
  answer->motion[0] = mode_mean_of_kernels (study, "average", SAC_WEIGHT_MOTION_CHANGE);
  answer->motion[1] = mode_mean_of_kernels (study, "centre", SAC_WEIGHT_MOTION_CHANGE);
  answer->centre[0] = mode_mean_of_kernels (study, "average", SAC_WEIGHT_CENTRE1);
  answer->centre[1] = mode_mean_of_kernels (study, "centre", SAC_WEIGHT_CENTRE1);
  return TRUE;
}

static void
say_test (GString *out, const SacSignTest *test, const char *which)
{
  guint told = test->n_above + test->n_below;

  if (told == 0)
    return;
  g_string_append_printf (out, _("In %u of %u %s the averaging start moved further than the centring one, measured by ρ₂ "
                                 "(two-sided sign test, p = %.2g). "), test->n_above, told, which, test->p);
  if (isfinite (test->low))
    g_string_append_printf (out, _("The median layer moved %.2f times as far (95 %% interval %.2f … %.2f). "), test->median, test->low,
                            test->high);
  if (test->p > 0.05)
    g_string_append (out, _("This difference is what chance alone could give. "));
  else
    g_string_append (out, test->n_above > test->n_below ? _("So averaging moves its weights more. ")
                                                        : _("So centring moves its weights more. "));
}

char *
sac_weight_study_dup_answer (const SacWeightStudy *study)
{
  SacInflationAnswer answer;
  GString *out;

  if (!sac_weight_study_answer (study, &answer))
    return NULL;
  out = g_string_new (NULL);
  say_test (out, &answer.in_time, _("kernels that span time"));
  say_test (out, &answer.all, _("kernels in all"));
  if (isfinite (answer.anisotropy[0]) && isfinite (answer.anisotropy[1]))
    g_string_append_printf (out, _("Afterwards %.2g %% of the energy of averaging's kernels varies over time (0 at the start), and %.2g %% "
                                   "of that of centring's lies outside the middle tap (0 at the start). "),
                            100 * answer.anisotropy[0], 100 * (1 - answer.centre[1]));
  if (isfinite (answer.motion[0]) && isfinite (answer.motion[1]))
    g_string_append_printf (out, _("Of the change itself %.2g %% with averaging and %.2g %% with centring differs from tap to tap; "
                                   "the rest moved all taps alike, as a still picture would. "),
                            100 * answer.motion[0], 100 * answer.motion[1]);
  g_string_append_printf (out, _("Runs behind this: %u averaging, %u centring; the layers of a network are not independent of "
                                 "each other, so take p as a lower bound."), answer.n_average, answer.n_centre);
  return g_string_free (out, FALSE);
}
