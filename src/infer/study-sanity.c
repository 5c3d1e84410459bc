/* Would the maps be the same if the network had learned nothing?  From its end on, one part after the other is drawn afresh, and the
 * maps are compared with those of the weights that were learned.  A map that stays alike tells of the clip, not of what was learned;
 * maps that are made before a part cannot depend on it.  methods/08 §8. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "net-private.h"
#include "study-private.h"

#define MOST_PREFIXES 3

static const struct { const char *name, *prefixes[MOST_PREFIXES]; } parts[] = {
  { "fc", { "fc." } }, { "layer4", { "layer4." } }, { "fuse", { "fuse.", "fuse_bn." } }, { "maps", { "sp_", "t_" } },
  { "branch", { "att_" } }, { "layer3", { "layer3." } }, { "layer2", { "layer2." } }, { "layer1", { "layer1." } },
  { "conv1", { "conv1.", "bn1." } },
};

/* Entries of both blocks and what stood in them. */
typedef struct {
  GPtrArray *names;
  GPtrArray *numbers;           /* float* */
} Kept;

static void
keep_block (SacWeights *weights, SacBlock *block, Kept *kept)
{
  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    {
      const SacBlockEntry *entry = sac_block_get_entry (block, i);
      float *numbers = g_new (float, sac_shape_count (entry->shape));

      sac_weights_read (weights, entry->name, numbers);
      g_ptr_array_add (kept->names, g_strdup (entry->name));
      g_ptr_array_add (kept->numbers, numbers);
    }
}

static gboolean
belongs (const char *name, guint part)
{
  for (guint k = 0; k < MOST_PREFIXES && parts[part].prefixes[k]; k++)
    if (g_str_has_prefix (name, parts[part].prefixes[k]))
      return TRUE;
  return FALSE;
}

/* FALSE: the network has no such part. */
static gboolean
draw_afresh (SacWeights *weights, const Kept *kept, guint part, guint64 seed)
{
  gboolean any = FALSE;

  for (guint i = 0; i < kept->names->len; i++)
    if (belongs (kept->names->pdata[i], part))
      {
        sac_weights_initialise_one (weights, kept->names->pdata[i], seed ^ 0x73616e69);
        any = TRUE;
      }
  return any;
}

typedef struct {
  guint clip, label;            /* of the study */
  float *places, *time, *gradcam;
  gsize n_places;
} Before;

static void
before_free (gpointer data)
{
  Before *before = data;

  g_free (before->places);
  g_free (before->time);
  g_free (before->gradcam);
  g_free (before);
}

/* Takes over the maps of @attention. */
static gboolean
look (SacStudy *s, const float *clip, guint label, Before *out, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacAttention) attention = sac_net_attend (s->net, clip, cancellable, error);
  guint t = s->spec->n_frames;
  g_autofree float *weights = g_new (float, t);

  if (!attention)
    return FALSE;
  out->n_places = (gsize) attention->t * (gsize) attention->h * (gsize) attention->w;
  out->places = g_steal_pointer (&attention->spatial);
  out->time = g_steal_pointer (&attention->temporal);
  out->gradcam = g_new (float, (gsize) t * (gsize) s->spec->crop * (gsize) s->spec->crop);
  return sac_net_gradcam (s->net, clip, label, out->gradcam, weights, cancellable, error);
}

/* A map without any order is like no other. */
static double
likeness (const float *a, const float *b, gsize n)
{
  double value = sac_spearman (a, b, n);

  return isnan (value) ? 0 : value;
}

static void
compare (SacStudy *s, const Before *old, const Before *now, const char *part)
{
  gsize n = (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop;

  _sac_study_note_at (s, old->clip, "sanity-places", part, likeness (old->places, now->places, old->n_places));
  if (old->time)
    _sac_study_note_at (s, old->clip, "sanity-time", part, likeness (old->time, now->time, s->spec->n_frames));
  _sac_study_note_at (s, old->clip, "sanity-gradcam", part, likeness (old->gradcam, now->gradcam, n));
}

static guint
first_label (const SacStudy *s, guint clip)
{
  guint label = 0;

  while (label < s->n_labels && s->truth[(gsize) clip * s->n_labels + label] <= 0)
    label++;
  return label < s->n_labels ? label : 0;
}

static gboolean
cascade (SacStudy *s, SacLoader *loader, const Kept *kept, GPtrArray *before, float *clip, SacProgressFunc progress, gpointer data,
         GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < s->n; i++)
    {
      Before *one;

      if (!_sac_study_is_chosen (i, s->n, s->options.n_sanity)
          || !sac_loader_get (loader, g_array_index (s->items, guint, i), 0, FALSE, clip, cancellable, NULL))
        continue;
      one = g_new0 (Before, 1);
      g_ptr_array_add (before, one);
      one->clip = i;
      one->label = first_label (s, i);
      if (!look (s, clip, one->label, one, cancellable, error))
        return FALSE;
    }
  for (guint part = 0; part < G_N_ELEMENTS (parts); part++)
    {
      if (progress)
        progress ((double) part / G_N_ELEMENTS (parts), _("New weights"), data);
      if (!draw_afresh (s->net->weights, kept, part, s->options.seed))
        continue;
      for (guint k = 0; k < before->len; k++)
        {
          const Before *old = before->pdata[k];
          Before *now = g_new0 (Before, 1);
          gboolean fine = sac_loader_get (loader, g_array_index (s->items, guint, old->clip), 0, FALSE, clip, cancellable, error)
                          && look (s, clip, old->label, now, cancellable, error);

          if (fine)
            compare (s, old, now, parts[part].name);
          before_free (now);
          if (!fine)
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
_sac_study_sanity (SacStudy *s, SacLoader *loader, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free), numbers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (before_free);
  g_autofree float *clip = g_try_new (float, (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop * 3);
  Kept kept = { names, numbers };
  gboolean fine;

  if (!clip)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"), s->spec->n_frames);
      return FALSE;
    }
  keep_block (s->net->weights, sac_weights_get_params (s->net->weights), &kept);
  keep_block (s->net->weights, sac_weights_get_buffers (s->net->weights), &kept);
  fine = cascade (s, loader, &kept, before, clip, progress, data, cancellable, error);
  for (guint i = 0; i < names->len; i++)
    sac_weights_write (s->net->weights, names->pdata[i], numbers->pdata[i]);
  return fine;
}
