/* Memory for pictures, straight from the system and given back to it, but for a few blocks that wait to be used again: what a
 * program holds is then what its cache holds, and a picture that takes the place of another costs no page faults.
 * Left to malloc(), frames freed by one thread stay with the arena of that thread. */
#include <string.h>
#include <sys/mman.h>

#include "sac-media-private.h"

#define GRAIN ((gsize) 64 << 10)
#define MAX_IDLE_BYTES ((gsize) 48 << 20)
#define MAX_IDLE 64

typedef struct {
  gpointer memory;
  gsize n;
} Block;

static GMutex lock;
static Block idle[MAX_IDLE];    /* longest idle first */
static guint n_idle;
static gsize idle_bytes;

static gsize
round_up (gsize n)
{
  return (MAX (n, 1) + GRAIN - 1) / GRAIN * GRAIN;
}

gpointer
_sac_block_take (gsize n)
{
  gpointer memory = NULL;

  if (n > G_MAXSIZE / 2)
    return NULL;
  n = round_up (n);
  g_mutex_lock (&lock);
  for (guint i = n_idle; i-- > 0 && !memory;)
    if (idle[i].n == n)
      {
        memory = idle[i].memory;
        idle_bytes -= n;
        n_idle--;
        memmove (idle + i, idle + i + 1, (n_idle - i) * sizeof *idle);
      }
  g_mutex_unlock (&lock);
  if (!memory)
    {
      memory = mmap (NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      if (memory == MAP_FAILED)
        memory = NULL;
    }
  return memory;
}

void
_sac_block_give (gpointer memory, gsize n)
{
  Block out[MAX_IDLE];
  guint n_out = 0;

  if (!memory)
    return;
  n = round_up (n);
  g_mutex_lock (&lock);
  while (n_idle && (n_idle == MAX_IDLE || idle_bytes + n > MAX_IDLE_BYTES))
    {
      out[n_out++] = idle[0];
      idle_bytes -= idle[0].n;
      n_idle--;
      memmove (idle, idle + 1, n_idle * sizeof *idle);
    }
  if (n <= MAX_IDLE_BYTES)
    {
      idle[n_idle++] = (Block) { memory, n };
      idle_bytes += n;
      memory = NULL;
    }
  g_mutex_unlock (&lock);
  while (n_out)
    {
      n_out--;
      munmap (out[n_out].memory, out[n_out].n);
    }
  if (memory)
    munmap (memory, n);
}

/* ---- the same for GStreamer's decoders. */

typedef struct {
  GstMemory memory;
  guint8 *block;
  gsize n;
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
  picture->n = n;
  gst_memory_init (GST_MEMORY_CAST (picture), params->flags, allocator, NULL, n, params->align, offset, size);
  return GST_MEMORY_CAST (picture);
}

static void
release (GstAllocator *allocator, GstMemory *memory)
{
  PictureMemory *picture = (PictureMemory *) memory;

  if (!memory->parent)
    _sac_block_give (picture->block, picture->n);
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
  part->n = ((PictureMemory *) memory)->n;
  gst_memory_init (GST_MEMORY_CAST (part), GST_MINI_OBJECT_FLAGS (parent) | GST_MINI_OBJECT_FLAG_LOCK_READONLY, memory->allocator,
                   parent, memory->maxsize, memory->align, memory->offset + (gsize) offset,
                   size < 0 ? memory->size - (gsize) offset : (gsize) size);
  return GST_MEMORY_CAST (part);
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
