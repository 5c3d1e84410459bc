/* Decoded frames of all open files within one budget; the least recently used go first. */
#include <string.h>

#include "sac-media-private.h"

#define DEFAULT_BUDGET ((gsize) 256 << 20)

typedef struct {
  const char *file;             /* interned: equal strings are equal pointers */
  SacFrame *frame;
  GList link;
} Entry;

static GMutex lock;
static GHashTable *entries;     /* Entry, as its own key */
static GQueue order = G_QUEUE_INIT;     /* most recently used first */
static gsize budget = DEFAULT_BUDGET, used;

static guint
entry_hash (gconstpointer data)
{
  const Entry *entry = data;

  return g_direct_hash (entry->file) ^ (entry->frame->number * 2654435761u);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *other = b;

  return one->file == other->file && one->frame->number == other->frame->number;
}

static Entry *
look_up (const char *file, guint number)
{
  SacFrame frame = { .number = number };
  const Entry wanted = { .file = file, .frame = &frame };

  return entries ? g_hash_table_lookup (entries, &wanted) : NULL;
}

static void
remove_entry (Entry *entry)
{
  g_hash_table_remove (entries, entry);
  g_queue_unlink (&order, &entry->link);
  used -= entry->frame->n_bytes;
  sac_frame_unref (entry->frame);
  g_free (entry);
}

static void
shrink (gsize to)
{
  while (used > to && order.tail)
    remove_entry (order.tail->data);
}

SacFrame *
_sac_cache_get (const char *file, guint number)
{
  SacFrame *frame = NULL;
  Entry *entry;

  g_mutex_lock (&lock);
  entry = look_up (file, number);
  if (entry)
    {
      g_queue_unlink (&order, &entry->link);
      g_queue_push_head_link (&order, &entry->link);
      frame = sac_frame_ref (entry->frame);
    }
  g_mutex_unlock (&lock);
  return frame;
}

gboolean
_sac_cache_has (const char *file, guint number)
{
  gboolean has;

  g_mutex_lock (&lock);
  has = look_up (file, number) != NULL;
  g_mutex_unlock (&lock);
  return has;
}

void
_sac_cache_mark (const char *file, guint first, guint n, guint n_parts, guint8 *out)
{
  memset (out, 0, n_parts);
  g_mutex_lock (&lock);
  for (GList *link = order.head; link; link = link->next)
    {
      const Entry *entry = link->data;

      if (entry->file == file && entry->frame->number >= first && entry->frame->number - first < n)
        out[(guint64) (entry->frame->number - first) * n_parts / n] = 1;
    }
  g_mutex_unlock (&lock);
}

void
_sac_cache_put (const char *file, SacFrame *frame)
{
  g_mutex_lock (&lock);
  if (!entries)
    entries = g_hash_table_new (entry_hash, entry_equal);
  if (frame->n_bytes <= budget && !look_up (file, frame->number))
    {
      Entry *entry = g_new0 (Entry, 1);

      shrink (budget - frame->n_bytes);
      entry->file = file;
      entry->frame = sac_frame_ref (frame);
      entry->link.data = entry;
      g_hash_table_add (entries, entry);
      g_queue_push_head_link (&order, &entry->link);
      used += frame->n_bytes;
    }
  g_mutex_unlock (&lock);
}

gsize
_sac_cache_get_budget (void)
{
  gsize n;

  g_mutex_lock (&lock);
  n = budget;
  g_mutex_unlock (&lock);
  return n;
}

gsize
sac_media_get_cache_bytes (void)
{
  gsize n;

  g_mutex_lock (&lock);
  n = used;
  g_mutex_unlock (&lock);
  return n;
}

void
sac_media_set_cache_budget (gsize n_bytes)
{
  g_mutex_lock (&lock);
  budget = n_bytes;
  shrink (budget);
  g_mutex_unlock (&lock);
}
