/* Memory for pictures, straight from the system and given back to it, but for a little that waits to be used again: what a
 * program holds is then what its cache holds, and a picture that takes the place of another costs no page faults.
 * Left to malloc(), frames freed by one thread stay with the arena of that thread.
 * Blocks of one size lie side by side in chunks of whole huge pages, since 800 small pages a picture cost a tenth of decoding it. */
#include <gst/video/gstvideopool.h>
#include <string.h>
#include <sys/mman.h>

#include "sac-media-private.h"

#define HUGE_PAGE ((gsize) 2 << 20)
#define GRAIN ((gsize) 4 << 10)
#define MAX_A_CHUNK 8           /* of blocks above a quarter of a huge page */
#define MAX_IDLE_BYTES ((gsize) 48 << 20)

typedef struct {
  guint8 *memory;
  gsize n_bytes, n_block;
  guint n_blocks, n_fresh;      /* the last so many were never taken */
  guint n_taken;
  gpointer given_back;          /* a list: each block begins with the next one's address */
  GList link;                   /* in open, when any block of it can be taken */
} Chunk;

static GMutex lock;
static GHashTable *chunks;      /* number of a huge page → Chunk */
static GQueue open_chunks = G_QUEUE_INIT;       /* those without any block taken at the end, the one idle longest last */
static gsize idle_bytes;        /* of those without any */

static gpointer
page_key (gconstpointer address)
{
  return GSIZE_TO_POINTER ((gsize) address / HUGE_PAGE);
}

/* How many blocks go into one chunk: as few as leave a sixteenth of it unused at most. */
static guint
choose_n_blocks (gsize n_block)
{
  guint best = 1;
  double best_waste = 1;

  if (n_block <= HUGE_PAGE / 4)
    return (guint) (HUGE_PAGE / n_block);
  for (guint n = 1; n <= MAX_A_CHUNK && best_waste > 1.0 / 16; n++)
    {
      gsize used = n * n_block, whole = (used + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
      double waste = 1 - (double) used / (double) whole;

      if (waste < best_waste)
        {
          best = n;
          best_waste = waste;
        }
    }
  return best;
}

static Chunk *
chunk_new (gsize n_block)
{
  guint n_blocks = choose_n_blocks (n_block);
  gsize n_bytes = (n_blocks * n_block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, before, after;
  guint8 *start = mmap (NULL, n_bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Chunk *chunk;

  if (start == MAP_FAILED)
    return NULL;
  before = (HUGE_PAGE - (gsize) start % HUGE_PAGE) % HUGE_PAGE;
  after = HUGE_PAGE - before;
  if (before)
    munmap (start, before);
  if (after)
    munmap (start + before + n_bytes, after);
  chunk = g_new0 (Chunk, 1);
  chunk->memory = start + before;
  chunk->n_bytes = n_bytes;
  chunk->n_block = n_block;
  chunk->n_blocks = chunk->n_fresh = n_blocks;
  chunk->link.data = chunk;
#ifdef MADV_HUGEPAGE
  madvise (chunk->memory, n_bytes, MADV_HUGEPAGE);
#endif
  if (!chunks)
    chunks = g_hash_table_new (NULL, NULL);
  for (gsize at = 0; at < n_bytes; at += HUGE_PAGE)
    g_hash_table_insert (chunks, page_key (chunk->memory + at), chunk);
  return chunk;
}

static void
chunk_free (Chunk *chunk)
{
  for (gsize at = 0; at < chunk->n_bytes; at += HUGE_PAGE)
    g_hash_table_remove (chunks, page_key (chunk->memory + at));
  munmap (chunk->memory, chunk->n_bytes);
  g_free (chunk);
}

gpointer
_sac_block_take (gsize n)
{
  Chunk *chunk = NULL;
  gpointer memory = NULL;
  gboolean fresh = FALSE;

  if (n > G_MAXSIZE / 4)
    return NULL;
  n = (MAX (n, 1) + GRAIN - 1) / GRAIN * GRAIN;
  g_mutex_lock (&lock);
  for (GList *at = open_chunks.head; at && !chunk; at = at->next)
    if (((Chunk *) at->data)->n_block == n)
      chunk = at->data;
  if (chunk && chunk->n_taken == 0)
    {
      idle_bytes -= chunk->n_bytes;
      g_queue_unlink (&open_chunks, &chunk->link);
      g_queue_push_head_link (&open_chunks, &chunk->link);
    }
  else if (!chunk && (chunk = chunk_new (n)))
    g_queue_push_head_link (&open_chunks, &chunk->link);
  if (chunk)
    {
      fresh = !chunk->given_back;
      if (fresh)
        memory = chunk->memory + n * (chunk->n_blocks - chunk->n_fresh--);
      else
        {
          memory = chunk->given_back;
          memcpy (&chunk->given_back, memory, sizeof (gpointer));
        }
      chunk->n_taken++;
      if (!chunk->given_back && !chunk->n_fresh)
        g_queue_unlink (&open_chunks, &chunk->link);
    }
  g_mutex_unlock (&lock);
#ifdef MADV_POPULATE_WRITE
  if (fresh && memory)          /* all pages at once, should they be small ones after all */
    madvise (memory, n, MADV_POPULATE_WRITE);
#endif
  return memory;
}

void
_sac_block_give (gpointer memory)
{
  Chunk *chunk;

  if (!memory)
    return;
  g_mutex_lock (&lock);
  chunk = g_hash_table_lookup (chunks, page_key (memory));
  if (chunk->given_back || chunk->n_fresh)
    g_queue_unlink (&open_chunks, &chunk->link);
  memcpy (memory, &chunk->given_back, sizeof (gpointer));
  chunk->given_back = memory;
  if (--chunk->n_taken > 0)
    g_queue_push_head_link (&open_chunks, &chunk->link);
  else if (chunk->n_bytes > MAX_IDLE_BYTES)
    chunk_free (chunk);
  else
    {
      GList *at = open_chunks.tail;

      /* Behind those with blocks that are taken, before those that have been idle longer. */
      while (at && ((Chunk *) at->data)->n_taken == 0)
        at = at->prev;
      if (at)
        g_queue_insert_after_link (&open_chunks, at, &chunk->link);
      else
        g_queue_push_head_link (&open_chunks, &chunk->link);
      for (idle_bytes += chunk->n_bytes; idle_bytes > MAX_IDLE_BYTES;)
        {
          Chunk *oldest = g_queue_pop_tail_link (&open_chunks)->data;

          idle_bytes -= oldest->n_bytes;
          chunk_free (oldest);
        }
    }
  g_mutex_unlock (&lock);
}

/* ---- the same for GStreamer's decoders. */

typedef struct {
  GstMemory memory;
  guint8 *block;
  GstMemory *source;            /* whose block it is, NULL = its own */
  gboolean lends;
} PictureMemory;

typedef struct {
  GstAllocator parent_instance;
} SacPictureAllocator;

typedef struct {
  GstAllocatorClass parent_class;
} SacPictureAllocatorClass;

static GType sac_picture_allocator_get_type (void);
G_DEFINE_TYPE (SacPictureAllocator, sac_picture_allocator, GST_TYPE_ALLOCATOR)

static GstMemory *
allocate (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  gsize offset = (params->prefix + params->align) & ~params->align, n = offset + size + params->padding;
  guint8 *block = _sac_block_take (n);
  PictureMemory *picture;

  if (!block)
    return NULL;
  picture = g_new0 (PictureMemory, 1);
  picture->block = block;
  gst_memory_init (GST_MEMORY_CAST (picture), params->flags, allocator, NULL, n, params->align, offset, size);
  return GST_MEMORY_CAST (picture);
}

static void
release (GstAllocator *allocator, GstMemory *memory)
{
  PictureMemory *picture = (PictureMemory *) memory;

  if (picture->source)
    gst_memory_unref (picture->source);
  else if (!memory->parent)
    _sac_block_give (picture->block);
  g_free (picture);
}

static gpointer
map (GstMemory *memory, gsize max_size, GstMapFlags flags)
{
  return ((PictureMemory *) memory)->block;
}

static void
unmap (GstMemory *memory)
{
}

static GstMemory *
share (GstMemory *memory, gssize offset, gssize size)
{
  GstMemory *parent = memory->parent ? memory->parent : memory;
  PictureMemory *part = g_new0 (PictureMemory, 1);

  part->block = ((PictureMemory *) memory)->block;
  gst_memory_init (GST_MEMORY_CAST (part), GST_MINI_OBJECT_FLAGS (parent) | GST_MINI_OBJECT_FLAG_LOCK_READONLY, memory->allocator,
                   parent, memory->maxsize, memory->align, memory->offset + (gsize) offset,
                   size < 0 ? memory->size - (gsize) offset : (gsize) size);
  return GST_MEMORY_CAST (part);
}

/* A decoder that still needs a picture to make others from holds it for writing, though it writes no more once the picture is out;
 * GStreamer (1.22) therefore gives out a copy.  That copy is the same bytes, to be read only, where the pool below sees to it that
 * they are not used again meanwhile.  Who would write copies the copy, and gets bytes of his own. */
static GstMemory *
copy (GstMemory *memory, gssize offset, gssize size)
{
  gsize n = size < 0 ? memory->size - (gsize) offset : (gsize) size, at = memory->offset + (gsize) offset;
  PictureMemory *picture;

  if (!((PictureMemory *) memory)->lends)
    {
      GstAllocationParams params = { .align = memory->align };
      GstMemory *own = allocate (memory->allocator, n, &params);

      if (own)
        memcpy (((PictureMemory *) own)->block + own->offset, ((PictureMemory *) memory)->block + at, n);
      return own;
    }
  picture = g_new0 (PictureMemory, 1);
  picture->block = ((PictureMemory *) memory)->block;
  picture->source = gst_memory_ref (memory);
  gst_memory_init (GST_MEMORY_CAST (picture), GST_MEMORY_FLAG_READONLY, memory->allocator, NULL, memory->maxsize, memory->align, at, n);
  return GST_MEMORY_CAST (picture);
}

static void
sac_picture_allocator_class_init (SacPictureAllocatorClass *klass)
{
  klass->parent_class.alloc = allocate;
  klass->parent_class.free = release;
}

static void
sac_picture_allocator_init (SacPictureAllocator *self)
{
  GstAllocator *allocator = GST_ALLOCATOR (self);

  allocator->mem_type = "SacPicture";
  allocator->mem_map = map;
  allocator->mem_unmap = unmap;
  allocator->mem_share = share;
  allocator->mem_copy = copy;
}

GstAllocator *
_sac_picture_allocator (void)
{
  static gsize once;
  static GstAllocator *allocator;

  if (g_once_init_enter (&once))
    {
      allocator = gst_object_ref_sink (g_object_new (sac_picture_allocator_get_type (), NULL));
      GST_OBJECT_FLAG_SET (allocator, GST_OBJECT_FLAG_MAY_BE_LEAKED);
      g_once_init_leave (&once, 1);
    }
  return allocator;
}

/* ---- the pool that goes with it. */

typedef struct {
  GstVideoBufferPool parent_instance;
} SacPicturePool;

typedef struct {
  GstVideoBufferPoolClass parent_class;
} SacPicturePoolClass;

static GType sac_picture_pool_get_type (void);
G_DEFINE_TYPE (SacPicturePool, sac_picture_pool, GST_TYPE_VIDEO_BUFFER_POOL)

static GstFlowReturn
alloc_buffer (GstBufferPool *pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params)
{
  GstFlowReturn flow = GST_BUFFER_POOL_CLASS (sac_picture_pool_parent_class)->alloc_buffer (pool, buffer, params);

  for (guint i = 0; flow == GST_FLOW_OK && i < gst_buffer_n_memory (*buffer); i++)
    {
      GstMemory *memory = gst_buffer_peek_memory (*buffer, i);

      if (memory->allocator == _sac_picture_allocator () && !memory->parent)
        ((PictureMemory *) memory)->lends = TRUE;
    }
  return flow;
}

static void
release_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++)
    if (GST_MINI_OBJECT_REFCOUNT_VALUE (gst_buffer_peek_memory (buffer, i)) > 1)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);         /* the pool lets go of what bears this */
  GST_BUFFER_POOL_CLASS (sac_picture_pool_parent_class)->release_buffer (pool, buffer);
}

static void
sac_picture_pool_class_init (SacPicturePoolClass *klass)
{
  GST_BUFFER_POOL_CLASS (klass)->alloc_buffer = alloc_buffer;
  GST_BUFFER_POOL_CLASS (klass)->release_buffer = release_buffer;
}

static void
sac_picture_pool_init (SacPicturePool *self)
{
}

GstBufferPool *
_sac_picture_pool_new (void)
{
  return gst_object_ref_sink (g_object_new (sac_picture_pool_get_type (), NULL));
}
