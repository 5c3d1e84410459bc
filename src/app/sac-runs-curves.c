#include "sac-runs-curves.h"

#include <glib/gi18n.h>
#include <string.h>

#include "draw/sac-pyramid.h"
#include "run/sac-run.h"

#define MOST_NAMED 12           /* with more, names tell nothing */
#define MOST_KEPT 400           /* curves */

typedef struct {
  gint64 said_us;
  SacPyramid *pyramid;
} Kept;

struct _SacRunsCurves {
  gatomicrefcount refs;
  GMutex lock;
  GHashTable *kept;             /* "folder\ntag" → Kept */
};

static void
kept_free (gpointer data)
{
  sac_pyramid_free (((Kept *) data)->pyramid);
  g_free (data);
}

SacRunsCurves *
sac_runs_curves_new (void)
{
  SacRunsCurves *self = g_new0 (SacRunsCurves, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, kept_free);
  return self;
}

SacRunsCurves *
sac_runs_curves_ref (SacRunsCurves *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sac_runs_curves_unref (SacRunsCurves *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_hash_table_unref (self->kept);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static SacPyramid *
read_curve (const char *folder, const char *tag)
{
  SacPyramid *pyramid = sac_pyramid_new ();
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  const SacPoint *points;
  guint n;

  sac_event_reader_poll (reader);
  points = sac_event_reader_get (reader, tag, &n);
  for (guint i = 0; i < n; i++)
    sac_pyramid_append (pyramid, (double) points[i].step, points[i].value);
  return pyramid;
}

/* With the lock held. */
static const SacPyramid *
get_curve (SacRunsCurves *self, const SacRunsCurve *run, const char *tag)
{
  g_autofree char *key = g_strconcat (run->folder, "\n", tag, NULL);
  Kept *kept = g_hash_table_lookup (self->kept, key);

  if (kept && kept->said_us == run->said_us)
    return kept->pyramid;
  if (!kept && g_hash_table_size (self->kept) >= MOST_KEPT)
    g_hash_table_remove_all (self->kept);
  kept = g_new (Kept, 1);
  *kept = (Kept) { run->said_us, read_curve (run->folder, tag) };
  g_hash_table_insert (self->kept, g_steal_pointer (&key), kept);
  return kept->pyramid;
}

/* ---- an overlay. */
static void
run_clear (gpointer data)
{
  SacRunsCurve *run = data;

  g_free (run->folder);
  g_free (run->name);
}

SacRunsOverlay *
sac_runs_overlay_new (SacRunsCurves *curves, const char *tag, double smoothing, gboolean log_y)
{
  SacRunsOverlay *overlay = g_new0 (SacRunsOverlay, 1);

  overlay->curves = sac_runs_curves_ref (curves);
  overlay->runs = g_array_new (FALSE, FALSE, sizeof (SacRunsCurve));
  g_array_set_clear_func (overlay->runs, run_clear);
  overlay->tag = g_strdup (tag);
  overlay->smoothing = smoothing;
  overlay->log_y = log_y;
  return overlay;
}

void
sac_runs_overlay_add (SacRunsOverlay *overlay, const char *folder, const char *name, guint colour, gint64 said_us)
{
  SacRunsCurve run = { g_strdup (folder), g_strdup (name), colour, said_us };

  g_array_append_val (overlay->runs, run);
}

void
sac_runs_overlay_free (gpointer data)
{
  SacRunsOverlay *overlay = data;

  sac_runs_curves_unref (overlay->curves);
  g_array_unref (overlay->runs);
  g_free (overlay->tag);
  g_free (overlay);
}

SacBoardData *
sac_runs_overlay_make (double x0, double x1, int width, gpointer data)
{
  const SacRunsOverlay *overlay = data;
  SacBoardData *board = sac_board_data_new (1, 0);
  SacAxes axes = { .title = overlay->tag, .x_name = _("step"), .x0 = x0, .x1 = x1, .log_y = overlay->log_y };
  gboolean all = !(x1 > x0);

  sac_board_data_add_chart (board, &axes, 0, 1);
  g_mutex_lock (&overlay->curves->lock);
  for (guint i = 0; i < overlay->runs->len; i++)
    {
      const SacRunsCurve *run = &g_array_index (overlay->runs, SacRunsCurve, i);
      const SacPyramid *pyramid = get_curve (overlay->curves, run, overlay->tag);
      g_autoptr (SacPyramid) smooth = overlay->smoothing > 0 ? sac_pyramid_smooth (pyramid, overlay->smoothing) : NULL;
      gsize n = sac_pyramid_get_n (pyramid);
      double *x, *y;

      if (n == 0)
        continue;
      n = sac_pyramid_view (smooth ? smooth : pyramid, all ? -G_MAXDOUBLE : x0, all ? G_MAXDOUBLE : x1, (guint) MAX (width, 50) / 2,
                            &x, &y);
      sac_board_data_add_curve (board, x, y, n, overlay->runs->len <= MOST_NAMED ? run->name : NULL, run->colour,
                                overlay->runs->len > 30 ? 1 : 1.6, FALSE);
    }
  g_mutex_unlock (&overlay->curves->lock);
  return board;
}
