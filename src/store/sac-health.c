#include "sac-health.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-split.h"
#include "sac-store-private.h"

#define NEAR_BITS 4             /* of the 64 of a fingerprint */

static const struct {
  const char *name, *title, *hint;
  guint flag;
  gboolean serious;
} kinds[SAC_N_HEALTHS] = {
  [SAC_HEALTH_MISSING] = { "missing", N_("The file is missing"),
                           N_("It is not where it was. Look for it in another folder, or remove the clip."), 0, TRUE },
  [SAC_HEALTH_UNREADABLE] = { "unreadable", N_("Cannot be decoded"),
                              N_("No network can be given this clip. Exclude or remove it, or convert the file."), 0, TRUE },
  [SAC_HEALTH_REPLACED] = { "replaced", N_("The file has changed"),
                            N_("What was said of the clip was said of another file. Import the new one."), 0, TRUE },
  [SAC_HEALTH_CUT] = { "cut", N_("Cut short"), N_("The file ends before it says it does. What is there can be used."),
                       SAC_MEDIA_CUT, FALSE },
  [SAC_HEALTH_VFR] = { "vfr", N_("The frame rate varies"), N_("Times are exact here; other tools may count frames differently."),
                       SAC_MEDIA_VFR, FALSE },
  [SAC_HEALTH_SPARSE] = { "sparse", N_("Few key frames"), N_("More than 10 s between them: going to a frame takes long. A copy helps."),
                          SAC_MEDIA_SPARSE, FALSE },
  [SAC_HEALTH_INTERLACED] = { "interlaced", N_("Interlaced"), N_("Each frame holds two moments; fast motion shows combs."),
                              SAC_MEDIA_INTERLACED, FALSE },
  [SAC_HEALTH_ROTATED] = { "rotated", N_("Stored turned"), N_("Shown upright here; other tools may not turn it."),
                           SAC_MEDIA_ROTATED, FALSE },
  [SAC_HEALTH_STRETCHED] = { "stretched", N_("Pixels are not square"), N_("Shown in the right shape here; networks get frames as stored."),
                             SAC_MEDIA_STRETCHED, FALSE },
  [SAC_HEALTH_ENDLESS] = { "endless", N_("Says no duration"), N_("Its frames were counted instead."), SAC_MEDIA_ENDLESS, FALSE },
  [SAC_HEALTH_DUPLICATE] = { "duplicate", N_("The same clip twice"), N_("In two splits it would be a leak. Remove one."), 0, TRUE },
  [SAC_HEALTH_NEAR_DUPLICATE] = { "near-duplicate", N_("Looks like another clip"),
                                  N_("In two splits it would be a leak. Put both into one group, or remove one."), 0, TRUE },
  [SAC_HEALTH_EXCLUDED] = { "excluded", N_("Excluded"), N_("No network is given this clip."), SAC_MEDIA_EXCLUDED, FALSE },
};

void
sac_complaint_free (SacComplaint *complaint)
{
  if (!complaint)
    return;
  g_free (complaint->name);
  g_free (complaint->text);
  g_free (complaint);
}

const char *
sac_health_name (SacHealth kind)
{
  return kinds[kind].name;
}

const char *
sac_health_title (SacHealth kind)
{
  return _(kinds[kind].title);
}

const char *
sac_health_hint (SacHealth kind)
{
  return _(kinds[kind].hint);
}

gboolean
sac_health_is_serious (SacHealth kind)
{
  return kinds[kind].serious;
}

static void
complain (GPtrArray *out, SacHealth kind, const SacItem *item, const SacItem *other, const char *text)
{
  SacComplaint *complaint = g_new0 (SacComplaint, 1);

  complaint->kind = kind;
  complaint->item = item->id;
  complaint->other = other ? other->id : 0;
  complaint->name = g_strdup (item->name);
  complaint->text = g_strdup (other ? other->name : text);
  g_ptr_array_add (out, complaint);
}

/* Opens the file as the import did; FALSE when it has complained. */
static gboolean
look_deep (const SacItem *item, GPtrArray *out, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = sac_media_hash (item->path, &error);
  g_autoptr (SacMedia) media = NULL;

  if (hash && g_strcmp0 (hash, item->hash) != 0)
    {
      complain (out, SAC_HEALTH_REPLACED, item, NULL, NULL);
      return FALSE;
    }
  media = hash ? sac_media_open (item->path, cancellable, &error) : NULL;
  if (media || g_cancellable_is_cancelled (cancellable))
    return TRUE;
  complain (out, SAC_HEALTH_UNREADABLE, item, NULL, error->message);
  return FALSE;
}

/* Clips of the same file and stretch of time, told once for each that is too many. */
static void
find_twins (GPtrArray *items, GPtrArray *out)
{
  g_autoptr (GHashTable) first = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      SacItem *item = items->pdata[i], *twin;
      char *key = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, item->hash, item->in_ns, item->out_ns);

      twin = g_hash_table_lookup (first, key);
      if (twin)
        {
          complain (out, SAC_HEALTH_DUPLICATE, item, twin, NULL);
          g_free (key);
        }
      else
        g_hash_table_insert (first, key, item);
    }
}

/* Clips that show the same though their files differ. */
static gboolean
find_look_alikes (SacProject *self, GPtrArray *items, GPtrArray *out, SacProgressFunc progress, gpointer data,
                  GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (SacDuplicates) found = sac_project_find_duplicates (self, NEAR_BITS, TRUE, progress, data, cancellable, error);

  if (!found)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    g_hash_table_insert (by_id, &((SacItem *) items->pdata[i])->id, items->pdata[i]);
  for (guint i = 0; i < found->pairs->len; i++)
    {
      const SacDuplicate *pair = &g_array_index (found->pairs, SacDuplicate, i);
      const SacItem *a = g_hash_table_lookup (by_id, &pair->a), *b = g_hash_table_lookup (by_id, &pair->b);

      if (a && b && strcmp (a->hash, b->hash) != 0)     /* those of one file are told as twins */
        complain (out, SAC_HEALTH_NEAR_DUPLICATE, b, a, NULL);
    }
  return TRUE;
}

static int
by_kind (gconstpointer a, gconstpointer b)
{
  const SacComplaint *x = *(SacComplaint *const *) a, *y = *(SacComplaint *const *) b;

  return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp (x->name, y->name);
}

GPtrArray *
sac_project_check_health (SacProject *self, gboolean deep, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GPtrArray) items = NULL, out = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_complaint_free);

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  items = sac_project_list_items (self, error);
  if (!items)
    return NULL;
  for (guint i = 0; i < items->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const SacItem *item = items->pdata[i];

      if (item->missing)
        complain (out, SAC_HEALTH_MISSING, item, NULL, item->path);
      else if (item->problem)
        complain (out, SAC_HEALTH_UNREADABLE, item, NULL, item->problem);
      else if (deep)
        look_deep (item, out, cancellable);
      for (guint k = 0; k < SAC_N_HEALTHS; k++)
        if ((kinds[k].flag & item->flags) || (k == SAC_HEALTH_CUT && item->warning))
          complain (out, k, item, NULL, k == SAC_HEALTH_CUT ? item->warning : NULL);
      if (progress && (deep || i % 1000 == 0))
        progress ((double) i / items->len, item->name, data);
    }
  find_twins (items, out);
  if (deep && !find_look_alikes (self, items, out, progress, data, cancellable, error))
    return NULL;
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The check was cancelled"));
      return NULL;
    }
  g_ptr_array_sort (out, by_kind);
  return g_steal_pointer (&out);
}
