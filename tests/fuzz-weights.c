/* One input for every reader of weight files.  Built twice: as a libFuzzer target (-Dfuzz=true with clang), and as an
 * ordinary test that mutates the samples of tests/data/weights by a seeded generator.
 *   CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *   ninja -C build-fuzz tests/libfuzz-weights && build-fuzz/tests/libfuzz-weights CORPUS tests/data/weights */
#include <string.h>

#include "weights/sac-weight-files.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open_bytes (bytes, "input.safetensors", &error);

  if (!file)
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  for (guint i = 0; i < sac_tensor_file_get_n (file); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (file, i);
      g_autofree float *numbers = NULL;
      g_autofree char *shown = sac_tensor_name_dup_visible (info->name);
      gsize n = 1;

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (guint k = 0; k < info->rank; k++)
        n *= (gsize) info->dims[k];
      /* No small file stands for many numbers: deflate gives 1032 for one, a broadcast at most 4 million. */
      g_assert_cmpuint (n, <=, MAX (size * 1032, (gsize) 1 << 22));
      numbers = g_new (float, n + 1);
      numbers[n] = 12345;
      if (!sac_tensor_file_read_f32 (file, i, numbers, &error))
        g_clear_error (&error);
      g_assert_true (numbers[n] == 12345);
    }
  return 0;
}

#ifndef SAC_LIBFUZZER

#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 1500                     /* allocation is slow there */
#else
#define ROUNDS 30000
#endif

typedef struct {
  SacRandomKey key;
  guint64 at;
} Dice;

static guint32
throw (Dice *dice, guint32 n)
{
  return sac_random_below (dice->key, dice->at++, n);
}

/* A handful of changes: bytes, numbers that matter, pieces moved, cut or doubled, pieces of another sample. */
static void
mutate (GByteArray *bytes, const GByteArray *other, Dice *dice)
{
  static const guint8 telling[] = { 0, 1, 0x7f, 0x80, 0xff, '(', ')', '.', 'R', 'Q', 'c', 'b', 't', 'q', 'h', '"', '{', '}', '[', '-' };

  for (guint changes = 1 + throw (dice, 6); changes > 0 && bytes->len > 1; changes--)
    {
      guint at = throw (dice, bytes->len), n = 1 + throw (dice, 16), from = throw (dice, other->len);

      switch (throw (dice, 7))
        {
        case 0:
          bytes->data[at] ^= (guint8) (1 << throw (dice, 8));
          break;
        case 1:
          bytes->data[at] = telling[throw (dice, G_N_ELEMENTS (telling))];
          break;
        case 2:
          for (guint i = 0; i < 8 && at + i < bytes->len; i++)
            bytes->data[at + i] = (guint8) (throw (dice, 2) ? 0xff : 0x7f);
          break;
        case 3:
          g_byte_array_set_size (bytes, at + 1);
          break;
        case 4:
          g_byte_array_remove_range (bytes, at, MIN (n, bytes->len - at));
          break;
        case 5:
          {
            g_autofree guint8 *tail = g_memdup2 (bytes->data + at, bytes->len - at);
            guint n_tail = bytes->len - at, again = MIN (n, n_tail);

            g_byte_array_set_size (bytes, at);
            g_byte_array_append (bytes, tail, again);
            g_byte_array_append (bytes, tail, n_tail);
            break;
          }
        default:
          n = MIN (MIN (n, other->len - from), bytes->len - at);
          memcpy (bytes->data + at, other->data + from, n);
          break;
        }
    }
}

static const char *const samples[] = {
  "state.safetensors", "state-legacy.pth", "checkpoint-legacy.pth.tar", "state-zip.pth", "checkpoint-zip.pth.tar", "whole-module.pth",
};

static void
test_mutations (gconstpointer data)
{
  guint which = GPOINTER_TO_UINT (data), rounds = g_test_slow () ? 1000000 : ROUNDS;
  GByteArray *seeds[G_N_ELEMENTS (samples)];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "weights", samples[i], NULL);
      char *contents;
      gsize n;

      g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
      seeds[i] = g_byte_array_new_take ((guint8 *) contents, n);
    }
  for (guint round = 0; round < rounds; round++)
    {
      Dice dice = { { 20, sac_random_stream (which, round, 0) }, 0 };
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, seeds[which]->data, seeds[which]->len);
      if (round > 0)
        mutate (bytes, seeds[throw (&dice, G_N_ELEMENTS (samples))], &dice);
      LLVMFuzzerTestOneInput (bytes->data, bytes->len);
    }
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_byte_array_unref (seeds[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *path = g_strdup_printf ("/weights/fuzz/%s", samples[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mutations);
    }
  return g_test_run ();
}

#endif
