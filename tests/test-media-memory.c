/* Memory for pictures: blocks never overlap, and bytes that are lent out stay as they are until they come back. */
#include "media-fixture.h"

/* ---- blocks */

typedef struct {
  guint8 *memory;
  gsize n;
  guint8 mark;
} Held;

static void
test_blocks (void)
{
  static const gsize sizes[] = { 1, 100, 4096, 18816, 98304, 460800, 600000, 1 << 20, 3142080, 12 << 20, 60 << 20 };
  g_autoptr (GRand) dice = g_rand_new_with_seed (7);
  Held held[40] = { { NULL, 0, 0 } };

  for (guint i = 0; i < 4000; i++)
    {
      Held *h = held + g_rand_int_range (dice, 0, G_N_ELEMENTS (held));

      if (h->memory)
        {
          g_assert_cmpuint (h->memory[0], ==, h->mark);
          g_assert_cmpuint (h->memory[h->n / 2], ==, h->mark);
          g_assert_cmpuint (h->memory[h->n - 1], ==, h->mark);
          _sac_block_give (h->memory);
          h->memory = NULL;
        }
      else
        {
          /* Large ones seldom, so that not all memory is asked for. */
          h->n = sizes[g_rand_int_range (dice, 0, i % 50 == 0 ? G_N_ELEMENTS (sizes) : G_N_ELEMENTS (sizes) - 2)];
          h->mark = (guint8) g_rand_int_range (dice, 1, 256);
          h->memory = _sac_block_take (h->n);
          g_assert_nonnull (h->memory);
          g_assert_cmpuint ((gsize) h->memory % 64, ==, 0);
          h->memory[0] = h->memory[h->n / 2] = h->memory[h->n - 1] = h->mark;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    _sac_block_give (held[i].memory);
  g_assert_null (_sac_block_take (G_MAXSIZE / 2));
}

static gpointer
take_and_give (gpointer data)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (GPOINTER_TO_UINT (data));

  for (guint i = 0; i < 3000; i++)
    {
      gsize n = (gsize) g_rand_int_range (dice, 1, 5) * 50000;
      guint8 *memory = _sac_block_take (n);

      memory[0] = memory[n - 1] = (guint8) GPOINTER_TO_UINT (data);
      g_thread_yield ();
      g_assert_cmpuint (memory[0], ==, GPOINTER_TO_UINT (data));
      g_assert_cmpuint (memory[n - 1], ==, GPOINTER_TO_UINT (data));
      _sac_block_give (memory);
    }
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("take", take_and_give, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

/* ---- pictures that a decoder still holds */

static GstBufferPool *
make_pool (gsize n)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=I420,width=64,height=64,framerate=1/1");
  GstBufferPool *pool = _sac_picture_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocationParams params = { .align = 63 };

  gst_buffer_pool_config_set_params (config, caps, (guint) n, 0, 0);
  gst_buffer_pool_config_set_allocator (config, _sac_picture_allocator (), &params);
  g_assert_true (gst_buffer_pool_set_config (pool, config));
  g_assert_true (gst_buffer_pool_set_active (pool, TRUE));
  return pool;
}

static guint8 *
address (GstBuffer *buffer, GstMapFlags how)
{
  GstMapInfo map;
  guint8 *data;

  g_assert_true (gst_buffer_map (buffer, &map, how));
  data = map.data;
  gst_buffer_unmap (buffer, &map);
  return data;
}

static void
test_lending (void)
{
  const gsize n = 64 * 64 * 3 / 2;
  g_autoptr (GstBufferPool) pool = make_pool (n);
  GstBuffer *original, *next, *out, *own;
  GstMapInfo map;
  guint8 *bytes;

  g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &original, NULL), ==, GST_FLOW_OK);
  g_assert_true (gst_buffer_map (original, &map, GST_MAP_READWRITE));
  bytes = map.data;
  memset (bytes, 7, n);
  /* As GStreamer does with a picture that its decoder holds. */
  out = gst_buffer_make_writable (gst_buffer_ref (original));
  g_assert_true (out != original);
  g_assert_true (address (out, GST_MAP_READ) == bytes);
  gst_buffer_unmap (original, &map);
  gst_buffer_unref (original);          /* the decoder needs it no more: the pool has it back */
  g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &next, NULL), ==, GST_FLOW_OK);
  g_assert_true (address (next, GST_MAP_WRITE) != bytes);
  memset (address (next, GST_MAP_WRITE), 9, n);
  g_assert_cmpuint (address (out, GST_MAP_READ)[0], ==, 7);
  g_assert_cmpuint (address (out, GST_MAP_READ)[n - 1], ==, 7);

  /* Who wants to write gets bytes of his own. */
  own = gst_buffer_make_writable (gst_buffer_ref (out));
  memset (address (own, GST_MAP_WRITE), 8, n);
  g_assert_true (address (own, GST_MAP_READ) != bytes);
  g_assert_cmpuint (address (own, GST_MAP_READ)[n - 1], ==, 8);
  g_assert_cmpuint (address (out, GST_MAP_READ)[n - 1], ==, 7);
  gst_buffer_unref (own);

  /* The picture goes before the decoder lets go of it: then the pool uses the bytes again. */
  bytes = address (next, GST_MAP_READ);
  gst_buffer_unref (out);
  gst_buffer_unref (next);
  g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &next, NULL), ==, GST_FLOW_OK);
  g_assert_true (address (next, GST_MAP_READ) == bytes);
  gst_buffer_unref (next);
  gst_buffer_pool_set_active (pool, FALSE);
}

/* ---- a clip whose frames are kept while it is decoded on. */

static void
test_held (void)
{
  g_autofree char *path = make_clip ("held", 320, 242, 90);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_frame_unref);
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);

  g_assert_no_error (error);
  sac_media_set_cache_budget (0);
  for (guint i = 0; i < sac_media_get_n_frames (media); i++)
    {
      SacFrame *frame = sac_media_get_frame (media, i, NULL, &error);
      guint64 sum;

      g_assert_no_error (error);
      sum = _sac_frame_sum (frame);
      g_array_append_val (sums, sum);
      g_ptr_array_add (frames, frame);
      if (i >= 30)              /* what is let go of is used again */
        g_clear_pointer ((SacFrame **) &frames->pdata[i - 30], sac_frame_unref);
    }
  for (guint i = 0; i < frames->len; i++)
    if (frames->pdata[i])
      g_assert_cmphex (_sac_frame_sum (frames->pdata[i]), ==, g_array_index (sums, guint64, i));
  sac_media_set_cache_budget ((gsize) 256 << 20);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  media_test_init (&argc, &argv);
  g_test_add_func ("/media/memory/blocks", test_blocks);
  g_test_add_func ("/media/memory/threads", test_threads);
  g_test_add_func ("/media/memory/lending", test_lending);
  g_test_add_func ("/media/memory/held", test_held);
  return media_test_run ();
}
