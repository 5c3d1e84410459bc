/* Decoded clips within a budget, and a thread that decodes the coming ones.
 * A clip's place in the order to come (its due) decides: what is needed latest, or not at all, leaves first, and the thread
 * never throws out a clip that is due before the one it brings. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-clip-store.h"

#define NOT_DUE G_MAXUINT

typedef enum { EMPTY, LOADING, READY, BAD } State;

typedef struct {
  State state;
  guint8 *pixels;
  guint due;                    /* place in the order to come */
  guint64 used;                 /* clock of the last use */
  guint pins;                   /* readers at work */
  gboolean stored;              /* it needs not be kept in the store any more */
  gboolean read;                /* it came, or comes, from the store of decoded clips */
  char *problem;
} Entry;

struct _SacLoader {
  SacDataset *dataset;
  SacClipStore *store;          /* borrowed, nullable */
  SacClipSpec spec;
  guint64 seed;
  gsize clip_bytes;
  guint8 *sided;                /* an item: its labels say left or right */
  guint n_items, n_slots, n_held;       /* how many clips fit; how many are held or being loaded */
  GMutex lock;
  GCond changed;
  Entry *entries;
  guint *order, n_order, next;          /* the order to come; where the thread is in it */
  guint64 clock, n_decoded;
  guint n_bad;
  gint64 waited_us[2], augment_us;      /* for decoding, for reading what was decoded before */
  gboolean quit;
  GCancellable *cancellable;
  GThread *thread;
};

/* ---- all below up to decode() with the lock held. */
static void
drop (SacLoader *self, Entry *entry)
{
  g_clear_pointer (&entry->pixels, g_free);
  entry->state = EMPTY;
  self->n_held--;
}

/* Makes room for one clip that is due at @due; FALSE when everything held is needed earlier, or in use. */
static gboolean
make_room (SacLoader *self, guint due)
{
  Entry *victim = NULL;

  if (self->n_held < self->n_slots)
    return TRUE;
  for (guint i = 0; i < self->n_items; i++)
    {
      Entry *entry = &self->entries[i];

      if (entry->state == READY && entry->pins == 0
          && (!victim || entry->due > victim->due || (entry->due == victim->due && entry->used < victim->used)))
        victim = entry;
    }
  if (!victim || (victim->due != NOT_DUE && victim->due <= due))
    return FALSE;
  drop (self, victim);
  return TRUE;
}

static void
quarantine (SacLoader *self, Entry *entry, const char *why)
{
  entry->state = BAD;
  entry->problem = g_strdup (why);
  self->n_bad++;
}

/* Decodes @item outside the lock; on return it is READY, BAD or (cancelled) EMPTY again. */
static gboolean
decode (SacLoader *self, guint item, GCancellable *cancellable, GError **error)
{
  Entry *entry = &self->entries[item];
  const SacItem *what = self->dataset->items->pdata[item];
  g_autoptr (GError) failed = NULL;
  guint8 *pixels;
  gboolean good, read;

  entry->state = LOADING;
  read = entry->read = self->store && sac_clip_store_has (self->store, what, &self->spec);
  self->n_held++;
  g_mutex_unlock (&self->lock);
  pixels = g_try_malloc (self->clip_bytes);
  if (pixels && read)
    read = sac_clip_store_read (self->store, what, &self->spec, pixels);
  if (pixels)
    good = read || sac_clip_decode (what, &self->spec, pixels, cancellable, &failed);
  else
    {
      good = FALSE;
      g_set_error (&failed, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE, _("There is no memory for a decoded clip"));
    }
  g_mutex_lock (&self->lock);
  self->n_decoded += good && !read;
  entry->read = entry->stored = read;
  if (good)
    {
      entry->pixels = pixels;
      entry->state = READY;
      entry->used = ++self->clock;
    }
  else
    {
      g_free (pixels);
      entry->state = EMPTY;
      self->n_held--;
      /* Only what the file is to blame for; a cancelled decode or want of memory may do better next time. */
      if (pixels && !g_cancellable_is_cancelled (cancellable))
        quarantine (self, entry, failed->message);
      g_propagate_error (error, g_steal_pointer (&failed));
    }
  g_cond_broadcast (&self->changed);
  return good;
}

/* Pixels that were decoded go to the store, outside the lock. */
static void
keep (SacLoader *self, guint item)
{
  Entry *entry = &self->entries[item];

  entry->pins++;
  entry->stored = TRUE;
  g_mutex_unlock (&self->lock);
  sac_clip_store_write (self->store, self->dataset->items->pdata[item], &self->spec, entry->pixels);
  g_mutex_lock (&self->lock);
  entry->pins--;
  g_cond_broadcast (&self->changed);
}

/* One that the reader had to decode itself, while there is nothing else to do. */
static gboolean
keep_one (SacLoader *self)
{
  for (guint i = 0; i < self->n_items && self->store; i++)
    if (self->entries[i].state == READY && !self->entries[i].stored)
      {
        keep (self, i);
        return TRUE;
      }
  return FALSE;
}

static gpointer
prefetch (gpointer data)
{
  SacLoader *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit)
    {
      guint item = 0;

      while (self->next < self->n_order && (item = self->order[self->next], self->entries[item].state != EMPTY))
        self->next++;
      if (self->next >= self->n_order || !make_room (self, self->next))
        {
          if (!keep_one (self))
            g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      /* Want of memory is met by get() itself; the thread goes on with the next clip, unless another order came meanwhile. */
      if (!decode (self, item, self->cancellable, NULL) && self->entries[item].state == EMPTY && self->next < self->n_order
          && self->order[self->next] == item)
        self->next++;
      if (self->store && self->entries[item].state == READY && !self->entries[item].stored)
        keep (self, item);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
find_sided (SacLoader *self)
{
  guint n_labels = self->dataset->labels->len;

  self->sided = g_new0 (guint8, self->n_items + 1);
  for (guint j = 0; j < n_labels && !self->spec.flip_sided; j++)
    if (sac_label_has_side (self->dataset->labels->pdata[j]))
      for (guint i = 0; i < self->n_items; i++)
        if (self->dataset->states[(gsize) i * n_labels + j] > 0)
          self->sided[i] = 1;
}

SacLoader *
sac_loader_new (SacDataset *dataset, const SacClipSpec *spec, guint64 seed, gsize cache_bytes)
{
  SacLoader *self = g_new0 (SacLoader, 1);

  self->dataset = dataset;
  self->spec = *spec;
  self->seed = seed;
  self->clip_bytes = sac_clip_bytes (spec);
  self->n_items = dataset->items->len;
  /* One in use, one on its way. */
  self->n_slots = (guint) CLAMP (cache_bytes / self->clip_bytes, 2, MAX (self->n_items, 2));
  self->entries = g_new0 (Entry, self->n_items + 1);
  find_sided (self);
  for (guint i = 0; i < self->n_items; i++)
    self->entries[i].due = NOT_DUE;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->cancellable = g_cancellable_new ();
  sac_media_init ();
  self->thread = g_thread_new ("prefetch", prefetch, self);
  return self;
}

void
sac_loader_set_store (SacLoader *self, SacClipStore *store)
{
  g_mutex_lock (&self->lock);
  self->store = store;
  g_mutex_unlock (&self->lock);
}

void
sac_loader_free (SacLoader *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n_items; i++)
    {
      g_free (self->entries[i].pixels);
      g_free (self->entries[i].problem);
    }
  g_free (self->entries);
  g_free (self->sided);
  g_free (self->order);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
sac_loader_hint (SacLoader *self, const guint *items, guint n)
{
  g_mutex_lock (&self->lock);
  g_free (self->order);
  self->order = g_memdup2 (items, n * sizeof (guint));
  self->n_order = n;
  self->next = 0;
  for (guint i = 0; i < self->n_items; i++)
    self->entries[i].due = NOT_DUE;
  for (guint i = n; i-- > 0;)
    if (items[i] < self->n_items)
      self->entries[items[i]].due = i;
    else
      self->order[i] = 0;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* The clip's pixels, pinned; NULL with @error. */
static Entry *
acquire (SacLoader *self, guint item, GCancellable *cancellable, GError **error)
{
  Entry *entry = &self->entries[item];
  gint64 start = g_get_monotonic_time ();
  gboolean waited = FALSE, good = TRUE;

  while (good && entry->state != READY)
    {
      waited = TRUE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        good = FALSE;
      else if (entry->state == BAD)
        {
          g_set_error_literal (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE, entry->problem);
          good = FALSE;
        }
      else if (entry->state == EMPTY)
        {
          /* What is asked for now comes before everything that is to come. */
          if (!make_room (self, 0))
            for (guint i = 0; i < self->n_items && self->n_held >= self->n_slots; i++)
              if (self->entries[i].state == READY && self->entries[i].pins == 0)
                drop (self, &self->entries[i]);
          good = decode (self, item, cancellable, error);
        }
      else
        g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + 100000);
    }
  if (waited)
    self->waited_us[entry->read] += g_get_monotonic_time () - start;
  /* The clip has had its turn; it may come again further down the order. */
  if (entry->due != NOT_DUE)
    {
      guint after = entry->due + 1;

      while (after < self->n_order && self->order[after] != item)
        after++;
      entry->due = after < self->n_order ? after : NOT_DUE;
      if (entry->due != NOT_DUE && entry->due < self->next && entry->state == EMPTY)
        self->next = entry->due;
      g_cond_broadcast (&self->changed);
    }
  if (!good)
    return NULL;
  entry->pins++;
  entry->used = ++self->clock;
  return entry;
}

static gboolean
check_item (SacLoader *self, guint item, GError **error)
{
  if (item < self->n_items)
    return TRUE;
  g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("There is no clip %u in this set of %u"), item, self->n_items);
  return FALSE;
}

static gboolean
get (SacLoader *self, guint item, int frame, guint64 epoch, gboolean train, float *out, GCancellable *cancellable, GError **error)
{
  SacRandomKey key = sac_clip_key (self->seed, epoch, item, frame);
  SacClipSpec spec = self->spec;
  gint64 before;
  Entry *entry;

  if (!check_item (self, item, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  entry = acquire (self, item, cancellable, error);
  g_mutex_unlock (&self->lock);
  if (!entry)
    return FALSE;
  before = g_get_monotonic_time ();
  spec.flip_horizontal = spec.flip_horizontal && !self->sided[item];
  if (frame < 0)
    sac_clip_transform (entry->pixels, &spec, train ? &key : NULL, out);
  else
    sac_clip_transform_frame (entry->pixels, &spec, frame, train ? &key : NULL, out);
  g_mutex_lock (&self->lock);
  self->augment_us += g_get_monotonic_time () - before;
  entry->pins--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

gboolean
sac_loader_get (SacLoader *self, guint item, guint64 epoch, gboolean train, float *out, GCancellable *cancellable, GError **error)
{
  return get (self, item, -1, epoch, train, out, cancellable, error);
}

gboolean
sac_loader_get_frame (SacLoader *self, guint item, guint frame, guint64 epoch, gboolean train, float *out, GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (frame < self->spec.n_frames, FALSE);
  return get (self, item, frame, epoch, train, out, cancellable, error);
}

gboolean
sac_loader_is_quarantined (SacLoader *self, guint item)
{
  gboolean bad;

  g_mutex_lock (&self->lock);
  bad = item < self->n_items && self->entries[item].state == BAD;
  g_mutex_unlock (&self->lock);
  return bad;
}

char *
sac_loader_dup_problem (SacLoader *self, guint item)
{
  char *problem;

  g_mutex_lock (&self->lock);
  problem = item < self->n_items ? g_strdup (self->entries[item].problem) : NULL;
  g_mutex_unlock (&self->lock);
  return problem;
}

guint
sac_loader_get_n_quarantined (SacLoader *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_bad;
  g_mutex_unlock (&self->lock);
  return n;
}

void
sac_loader_get_times (SacLoader *self, SacLoaderTimes *times)
{
  g_mutex_lock (&self->lock);
  *times = (SacLoaderTimes) { .read = 1e-6 * (double) self->waited_us[TRUE], .decode = 1e-6 * (double) self->waited_us[FALSE],
                              .augment = 1e-6 * (double) self->augment_us };
  g_mutex_unlock (&self->lock);
}

double
sac_loader_get_wait_seconds (SacLoader *self)
{
  SacLoaderTimes times;

  sac_loader_get_times (self, &times);
  return times.read + times.decode;
}

void
sac_loader_forget (SacLoader *self)
{
  g_mutex_lock (&self->lock);
  self->n_order = self->next = 0;
  for (guint i = 0; i < self->n_items; i++)
    {
      self->entries[i].due = NOT_DUE;
      if (self->entries[i].state == READY && self->entries[i].pins == 0)
        drop (self, &self->entries[i]);
    }
  g_mutex_unlock (&self->lock);
}

guint64
sac_loader_get_n_decoded (SacLoader *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_decoded;
  g_mutex_unlock (&self->lock);
  return n;
}
