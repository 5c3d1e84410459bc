#include "sac-live-model.h"

#include <math.h>
#include <string.h>

#include "draw/sac-pyramid.h"

#define POLL_MS 400

/* A tag as it is drawn. */
typedef struct {
  SacPyramid *curves[2];        /* by axis */
  SacPyramid *smooth[2];        /* the same smoothed, made when first asked for */
  double smoothing;             /* of them */
  SacPoint last;                /* the last point taken, to tell whether what was read is still what was */
  SacLiveSummary summary;
} Series;

typedef struct {
  GHashTable *summaries;        /* tag → SacLiveSummary */
  GHashTable *texts;
} Digest;

struct _SacLiveModel {
  GObject parent_instance;
  /* Main thread. */
  char *folder;
  gboolean active;
  Digest digest;
  GThread *thread;

  GMutex mutex;                 /* of what follows */
  GCond wake;
  char *wanted;                 /* the folder that the thread shall read */
  gboolean on, quit;
  guint generation;             /* of @wanted */
  GHashTable *series;           /* tag → Series */
  double first_time;            /* NaN: no event yet */
};

G_DEFINE_FINAL_TYPE (SacLiveModel, sac_live_model, G_TYPE_OBJECT)

static guint changed_signal;

static void
series_free (gpointer data)
{
  Series *series = data;

  for (int i = 0; i < 2; i++)
    {
      sac_pyramid_free (series->curves[i]);
      sac_pyramid_free (series->smooth[i]);
    }
  g_free (series);
}

static void
digest_clear (Digest *digest)
{
  g_clear_pointer (&digest->summaries, g_hash_table_unref);
  g_clear_pointer (&digest->texts, g_hash_table_unref);
}

static Digest
digest_new (void)
{
  return (Digest) { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
}

/* ---- the thread. */

static void
summarise (SacLiveSummary *s, const SacPoint *point)
{
  if (s->n++ == 0)
    {
      s->first = point->value;
      s->first_step = point->step;
      s->least = s->most = NAN;
    }
  s->last = point->value;
  s->last_step = point->step;
  if (isnan (point->value))
    return;
  if (!(s->least <= point->value))
    {
      s->least = point->value;
      s->least_step = point->step;
    }
  if (!(s->most >= point->value))
    {
      s->most = point->value;
      s->most_step = point->step;
    }
}

static void
start_over (Series *series)
{
  for (int i = 0; i < 2; i++)
    {
      if (series->curves[i])
        sac_pyramid_clear (series->curves[i]);
      else
        series->curves[i] = sac_pyramid_new ();
      g_clear_pointer (&series->smooth[i], sac_pyramid_free);
    }
  series->summary = (SacLiveSummary) { 0 };
}

/* With the mutex. */
static void
take_points (SacLiveModel *self, const char *tag, const SacPoint *points, guint n)
{
  Series *series = g_hash_table_lookup (self->series, tag);
  guint64 had;

  if (!series)
    {
      series = g_new0 (Series, 1);
      start_over (series);
      g_hash_table_insert (self->series, g_strdup (tag), series);
    }
  had = series->summary.n;
  if (had > n || (had > 0 && memcmp (&points[had - 1], &series->last, sizeof *points) != 0))
    {
      start_over (series);      /* a resumed run took some of it back */
      had = 0;
    }
  if (had == n)
    return;
  for (guint i = (guint) had; i < n; i++)
    {
      sac_pyramid_append (series->curves[SAC_LIVE_STEPS], (double) points[i].step, points[i].value);
      sac_pyramid_append (series->curves[SAC_LIVE_SECONDS], points[i].wall_time - self->first_time, points[i].value);
      summarise (&series->summary, &points[i]);
    }
  series->last = points[n - 1];
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&series->smooth[i], sac_pyramid_free);
}

typedef struct {
  SacLiveModel *self;
  Digest digest;
  guint generation;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  digest_clear (&news->digest);
  g_object_unref (news->self);
  g_free (news);
}

static gboolean
bring_news (gpointer data)
{
  News *news = data;
  SacLiveModel *self = news->self;
  gboolean current;

  g_mutex_lock (&self->mutex);
  current = news->generation == self->generation;
  g_mutex_unlock (&self->mutex);
  if (current)
    {
      Digest old = self->digest;

      self->digest = news->digest;
      news->digest = old;
      g_signal_emit (self, changed_signal, 0);
    }
  return G_SOURCE_REMOVE;
}

static const char *const text_tags[] = { "status", "note", "control" };

/* What goes wrong in a group of generators; NULL for other runs, too. */
static char *
dup_warning (SacEventReader *reader, char **tags)
{
  guint k = 0;

  for (guint i = 0; tags[i]; i++)
    k += g_str_has_prefix (tags[i], "diversity/G");
  return k > 0 && k <= SAC_GAN_MOST ? sac_gan_dup_warning (reader, k) : NULL;
}

static void
read_all (SacLiveModel *self, SacEventReader *reader, guint generation)
{
  g_auto (GStrv) tags = sac_event_reader_dup_tags (reader);
  News *news = g_new0 (News, 1);
  SacWaterfall waterfall;
  char *words;

  news->self = g_object_ref (self);
  news->generation = generation;
  news->digest = digest_new ();
  for (guint i = 0; i < G_N_ELEMENTS (text_tags); i++)
    {
      const char *text = sac_event_reader_get_text (reader, text_tags[i]);

      if (text)
        g_hash_table_insert (news->digest.texts, g_strdup (text_tags[i]), g_strdup (text));
    }
  sac_waterfall_read (reader, 0, &waterfall);
  words = sac_waterfall_dup_words (&waterfall);
  if (words)
    g_hash_table_insert (news->digest.texts, g_strdup ("waterfall"), words);
  words = dup_warning (reader, tags);
  if (words)
    g_hash_table_insert (news->digest.texts, g_strdup ("warning"), words);
  g_mutex_lock (&self->mutex);
  if (generation != self->generation)
    {
      g_mutex_unlock (&self->mutex);
      news_free (news);
      return;
    }
  if (isnan (self->first_time))
    for (guint i = 0; tags[i]; i++)
      {
        guint n;
        const SacPoint *points = sac_event_reader_get (reader, tags[i], &n);

        if (n > 0 && !(self->first_time <= points[0].wall_time))
          self->first_time = points[0].wall_time;
      }
  for (guint i = 0; tags[i]; i++)
    {
      guint n;
      const SacPoint *points = sac_event_reader_get (reader, tags[i], &n);

      take_points (self, tags[i], points, n);
      g_hash_table_insert (news->digest.summaries, g_strdup (tags[i]),
                           g_memdup2 (&((Series *) g_hash_table_lookup (self->series, tags[i]))->summary, sizeof (SacLiveSummary)));
    }
  g_mutex_unlock (&self->mutex);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, bring_news, news, news_free);
}

static gpointer
read_on (gpointer data)
{
  SacLiveModel *self = data;
  SacEventReader *reader = NULL;
  guint generation = 0;

  g_mutex_lock (&self->mutex);
  while (!self->quit)
    {
      if (generation != self->generation)
        {
          g_clear_pointer (&reader, sac_event_reader_free);
          generation = self->generation;
          if (self->wanted)
            reader = sac_event_reader_new (self->wanted);
        }
      if (!reader || !self->on)
        {
          g_cond_wait (&self->wake, &self->mutex);
          continue;
        }
      g_mutex_unlock (&self->mutex);
      if (sac_event_reader_poll (reader))
        read_all (self, reader, generation);
      g_mutex_lock (&self->mutex);
      if (!self->quit && generation == self->generation)
        g_cond_wait_until (&self->wake, &self->mutex, g_get_monotonic_time () + POLL_MS * 1000);
    }
  g_mutex_unlock (&self->mutex);
  sac_event_reader_free (reader);
  return NULL;
}

/* ---- main thread. */

SacLiveModel *
sac_live_model_new (void)
{
  return g_object_new (SAC_TYPE_LIVE_MODEL, NULL);
}

const char *
sac_live_model_get_folder (SacLiveModel *self)
{
  return self->folder;
}

void
sac_live_model_set_folder (SacLiveModel *self, const char *run_folder)
{
  if (g_strcmp0 (run_folder, self->folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (run_folder);
  digest_clear (&self->digest);
  self->digest = digest_new ();
  g_mutex_lock (&self->mutex);
  g_free (self->wanted);
  self->wanted = g_strdup (run_folder);
  self->generation++;
  self->first_time = NAN;
  g_hash_table_remove_all (self->series);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_signal_emit (self, changed_signal, 0);
}

void
sac_live_model_set_active (SacLiveModel *self, gboolean active)
{
  g_mutex_lock (&self->mutex);
  self->on = active;
  if (active && !self->thread)
    self->thread = g_thread_new ("events", read_on, self);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

gboolean
sac_live_model_get (SacLiveModel *self, const char *tag, SacLiveSummary *summary)
{
  const SacLiveSummary *found = g_hash_table_lookup (self->digest.summaries, tag);

  if (found)
    *summary = *found;
  return found != NULL;
}

gboolean
sac_live_model_get_last (SacLiveModel *self, const char *tag, double *value)
{
  SacLiveSummary summary;

  if (!sac_live_model_get (self, tag, &summary))
    return FALSE;
  *value = summary.last;
  return TRUE;
}

const char *
sac_live_model_get_text (SacLiveModel *self, const char *tag)
{
  return g_hash_table_lookup (self->digest.texts, tag);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
sac_live_model_dup_tags (SacLiveModel *self, const char *prefix)
{
  GPtrArray *tags = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->digest.summaries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_ptr_array_add (tags, g_strdup (key));
  g_ptr_array_sort (tags, compare_strings);
  g_ptr_array_add (tags, NULL);
  return (char **) g_ptr_array_free (tags, FALSE);
}

/* ---- any thread. */

gsize
sac_live_model_dup_curve (SacLiveModel *self, const char *tag, SacLiveAxis axis, double x0, double x1, guint columns, double smoothing,
                          double **x, double **y)
{
  Series *series;
  const SacPyramid *curve;
  gsize n = 0;

  *x = *y = NULL;
  g_mutex_lock (&self->mutex);
  series = g_hash_table_lookup (self->series, tag);
  if (series)
    {
      curve = series->curves[axis];
      if (smoothing > 0)
        {
          if (series->smoothing != smoothing)
            for (int i = 0; i < 2; i++)
              g_clear_pointer (&series->smooth[i], sac_pyramid_free);
          series->smoothing = smoothing;
          if (!series->smooth[axis])
            series->smooth[axis] = sac_pyramid_smooth (curve, smoothing);
          curve = series->smooth[axis];
        }
      n = sac_pyramid_view (curve, x0 == x1 ? -INFINITY : x0, x0 == x1 ? INFINITY : x1, columns, x, y);
    }
  g_mutex_unlock (&self->mutex);
  if (!*x)
    {
      *x = g_new0 (double, 1);
      *y = g_new0 (double, 1);
    }
  return n;
}

static void
sac_live_model_dispose (GObject *object)
{
  SacLiveModel *self = SAC_LIVE_MODEL (object);

  if (self->thread)
    {
      g_mutex_lock (&self->mutex);
      self->quit = TRUE;
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->mutex);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  G_OBJECT_CLASS (sac_live_model_parent_class)->dispose (object);
}

static void
sac_live_model_finalize (GObject *object)
{
  SacLiveModel *self = SAC_LIVE_MODEL (object);

  digest_clear (&self->digest);
  g_hash_table_unref (self->series);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self->folder);
  g_free (self->wanted);
  G_OBJECT_CLASS (sac_live_model_parent_class)->finalize (object);
}

static void
sac_live_model_class_init (SacLiveModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_live_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_live_model_finalize;
  changed_signal = g_signal_new ("changed", SAC_TYPE_LIVE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_live_model_init (SacLiveModel *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, series_free);
  self->digest = digest_new ();
  self->first_time = NAN;
}
