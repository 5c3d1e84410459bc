/* Looks into a few clips of the scored split: some that the network got right, some that it got wrong. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "infer/sac-infer.h"
#include "report.h"

#define MAX_FRAMES 16           /* of a strip; more are thinned evenly */

typedef struct {
  guint clip, label;
  int kind;
  float score;
  double weight;                /* the larger the more telling */
} Candidate;

void
sac_report_strip_free (SacReportStrip *s)
{
  for (guint i = 0; s->frames && i < s->n; i++)
    if (s->frames[i])
      cairo_surface_destroy (s->frames[i]);
  g_free (s->frames);
  g_free (s->clip);
  g_free (s->label);
  g_free (s->maps);
  g_free (s->weights);
  g_free (s->numbers);
  g_free (s);
}

static int
by_weight (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->weight != y->weight)
    return x->weight > y->weight ? -1 : 1;
  return x->clip != y->clip ? (x->clip < y->clip ? -1 : 1) : x->label < y->label ? -1 : x->label > y->label;
}

/* The most telling of @all first, each clip once, and no label again before every label had its turn. */
static void
choose (GArray *all, gboolean right, guint at_most, GHashTable *clips, GArray *chosen)
{
  g_autoptr (GHashTable) labels = g_hash_table_new (NULL, NULL);

  for (gboolean again = FALSE;; again = TRUE)
    {
      for (guint i = 0; i < all->len && at_most; i++)
        {
          Candidate *c = &g_array_index (all, Candidate, i);

          if ((c->kind == SAC_STRIP_FOUND) != right || g_hash_table_contains (clips, GUINT_TO_POINTER (c->clip))
              || (!again && g_hash_table_contains (labels, GUINT_TO_POINTER (c->label))))
            continue;
          g_hash_table_add (clips, GUINT_TO_POINTER (c->clip));
          g_hash_table_add (labels, GUINT_TO_POINTER (c->label));
          g_array_append_val (chosen, *c);
          at_most--;
        }
      if (again)
        return;
    }
}

static GArray *
find_candidates (const SacScores *s, guint at_most)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GHashTable) clips = g_hash_table_new (NULL, NULL);
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < s->n_clips; i++)
    for (guint l = 0; l < s->n_labels; l++)
      {
        float score = s->scores[(gsize) i * s->n_labels + l];
        gint8 truth = s->truth[(gsize) i * s->n_labels + l];
        Candidate c = { i, l, SAC_STRIP_FOUND, score, fabs (score - 0.5) };

        if (truth < 0 || isnan (score) || (truth == 0 && score < 0.5f))
          continue;
        if (truth == 0)
          c.kind = SAC_STRIP_FALSE_ALARM;
        else if (score < 0.5f)
          c.kind = SAC_STRIP_MISSED;
        g_array_append_val (all, c);
      }
  g_array_sort (all, by_weight);
  choose (all, FALSE, at_most / 2, clips, chosen);
  choose (all, TRUE, at_most - chosen->len, clips, chosen);
  choose (all, FALSE, at_most - chosen->len, clips, chosen);
  return chosen;
}

/* The frame as the network saw it, back from normalised floats. */
static cairo_surface_t *
frame_surface (const float *pixels, const SacClipSpec *spec)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, spec->crop, spec->crop);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  for (int y = 0; y < spec->crop; y++)
    for (int x = 0; x < spec->crop; x++, pixels += 3)
      {
        guint32 packed = 0xff000000;

        for (int k = 0; k < 3; k++)
          packed |= (guint32) lroundf (255 * CLAMP (pixels[k] * spec->deviation[k] + spec->mean[k], 0, 1)) << (16 - 8 * k);
        ((guint32 *) (gpointer) (data + (gsize) y * stride))[x] = packed;
      }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static gboolean
look (SacReport *report, SacProject *project, SacNet *net, const Candidate *c, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  gsize area = (gsize) spec->crop * spec->crop;
  guint t = spec->n_frames, every = (t + MAX_FRAMES - 1) / MAX_FRAMES;
  g_autoptr (SacItem) item = sac_project_find_item (project, report->scores->clips[c->clip], error);
  g_autofree float *weights = g_new0 (float, t);
  g_autofree guint *numbers = g_new0 (guint, t);
  float *clip = NULL, *map = NULL;
  SacReportStrip *s;
  gboolean ok;

  if (!item)
    return FALSE;
  clip = sac_try_alloc (t * area * 3 * sizeof *clip);
  map = sac_try_alloc (t * area * sizeof *map);
  ok = clip && map;
  if (!ok)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("Not enough memory for a clip of %u frames"), t);
  ok = ok && sac_clip_load (item, spec, NULL, clip, NULL, error) && sac_net_gradcam (net, clip, c->label, map, weights, NULL, error);
  if (ok)
    {
      sac_clip_list_frames (spec, item->n_frames, numbers);
      s = g_new0 (SacReportStrip, 1);
      s->clip = g_strdup (item->name);
      s->label = g_strdup (report->scores->labels[c->label]);
      s->kind = c->kind;
      s->score = c->score;
      s->width = s->height = spec->crop;
      s->n = (t + every - 1) / every;
      s->frames = g_new0 (cairo_surface_t *, s->n);
      s->maps = g_new (float, s->n * area);
      s->weights = g_new (float, s->n);
      s->numbers = g_new (guint, s->n);
      for (guint i = 0; i < s->n; i++)
        {
          s->frames[i] = frame_surface (clip + i * every * area * 3, spec);
          memcpy (s->maps + i * area, map + i * every * area, area * sizeof *map);
          s->weights[i] = weights[i * every];
          s->numbers[i] = numbers[i * every];
        }
      g_ptr_array_add (report->strips, s);
    }
  sac_free_aligned (clip);
  sac_free_aligned (map);
  return ok;
}

void
sac_report_add_strips (SacReport *report, const char *project_path, guint at_most, guint n_threads)
{
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacNet) net = NULL;
  g_autoptr (GArray) candidates = NULL;
  g_autoptr (GError) error = NULL;

  if (at_most == 0 || !report->scores)
    return;
  if (!project_path || !project_path[0])
    {
      report->no_strips = g_strdup (_("The strips are left out: the run does not say which project its clips are in."));
      return;
    }
  sac_media_init ();
  project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
  if (project)
    net = sac_net_open_run (report->folder, NULL, n_threads, &error);
  if (net && sac_net_get_n_labels (net) != report->scores->n_labels)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("the network tells %u labels apart, the scores hold %u"),
                 sac_net_get_n_labels (net), report->scores->n_labels);
  if (error)
    {
      report->no_strips = g_strdup_printf (_("The strips are left out: %s"), error->message);
      return;
    }
  candidates = find_candidates (report->scores, at_most);
  for (guint i = 0; i < candidates->len; i++)
    {
      g_autoptr (GError) local = NULL;

      /* A clip that is gone does not cost the others. */
      if (!look (report, project, net, &g_array_index (candidates, Candidate, i), &local) && !error)
        g_propagate_error (&error, g_steal_pointer (&local));
    }
  if (report->strips->len == 0 && error)
    report->no_strips = g_strdup_printf (_("The strips are left out: %s"), error->message);
}
