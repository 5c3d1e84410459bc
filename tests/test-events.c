/* A run's events: written and read again, torn, taken up, hostile. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "run-fixture.h"

static void
write_points (const char *folder, guint64 first_step, guint from, guint to, double base)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacEventWriter) writer = sac_event_writer_new (folder, first_step, &error);

  g_assert_no_error (error);
  for (guint step = from; step <= to; step++)
    g_assert_true (sac_event_writer_scalar (writer, step, "loss/train", base + step, &error));
}

static void
check_points (SacEventReader *reader, guint n, guint first, double base)
{
  guint n_points;
  const SacPoint *points = sac_event_reader_get (reader, "loss/train", &n_points);

  g_assert_cmpuint (n_points, ==, n);
  for (guint i = 0; i < MIN (n, n_points); i++)
    {
      g_assert_cmpuint (points[i].step, ==, first + i);
      g_assert_cmpfloat (points[i].value, ==, base + first + i);
      g_assert_cmpfloat (points[i].wall_time, >, 1e9);
    }
}

static void
test_events_round (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacEventWriter) writer = sac_event_writer_new (folder, 0, &error);
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  g_autoptr (GBytes) png = g_bytes_new_static ("not really a picture", 20);
  g_auto (GStrv) tags = NULL;
  const SacPoint *points;
  guint n;

  g_assert_no_error (error);
  g_assert_false (sac_event_reader_poll (reader));
  g_assert_true (sac_event_writer_scalar (writer, 1, "loss/train", 0.75, &error));
  g_assert_true (sac_event_writer_scalar (writer, 300000000000, "auc/猫 in the rain", -1.5, &error));
  g_assert_true (sac_event_writer_text (writer, 2, "status", "running", &error));
  g_assert_true (sac_event_writer_text (writer, 3, "status", "failed: “no room”", &error));
  g_assert_true (sac_event_writer_image (writer, 3, "map", 4, 5, png, &error));
  g_assert_true (sac_event_writer_scalar (writer, 4, "loss/train", NAN, &error));
  g_assert_true (sac_event_writer_flush (writer, &error));
  g_assert_true (sac_event_reader_poll (reader));
  g_assert_false (sac_event_reader_poll (reader));
  points = sac_event_reader_get (reader, "loss/train", &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat (points[0].value, ==, 0.75);
  g_assert_true (isnan (points[1].value));
  points = sac_event_reader_get (reader, "auc/猫 in the rain", &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (points[0].step, ==, 300000000000);
  g_assert_cmpfloat (points[0].value, ==, -1.5);
  g_assert_cmpstr (sac_event_reader_get_text (reader, "status"), ==, "failed: “no room”");
  tags = sac_event_reader_dup_tags (reader);
  g_assert_cmpuint (g_strv_length (tags), ==, 2);
  g_assert_null (sac_event_reader_get (reader, "absent", &n));
  remove_tree (folder);
}

/* The frame of the file-version record, computed by hand from the format's definition (CRC-32C of "123456789" is E3069283). */
static void
test_events_bytes (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize n;
  static const guint8 length[12] = { 26, 0, 0, 0, 0, 0, 0, 0 };

  write_points (folder, 0, 1, 0, 0);
  path = only_file (folder, "events");
  g_assert_true (strstr (path, "/events.out.tfevents.") != NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  /* wall_time (9 bytes), step 0 (2), file_version (2 + 13) */
  g_assert_cmpmem (bytes, 8, length, 8);
  g_assert_cmpmem (bytes + 12 + 11, 15, "\x1a\x0d" "brain.Event:2", 15);
  {
    guint32 crc = 0xFFFFFFFFu, told;

    for (int i = 0; i < 8; i++)
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (((crc ^ (guint8) bytes[i] >> bit) & 1) ? 0x82F63B78u : 0);
    crc = ~crc;
    memcpy (&told, bytes + 8, 4);
    g_assert_cmphex (GUINT32_FROM_LE (told), ==, ((crc >> 15) | (crc << 17)) + 0xa282ead8u);
  }
  remove_tree (folder);
}

/* A file cut at every byte: never more than what was whole, and the rest appears when it comes. */
static void
test_events_torn (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize n;

  write_points (folder, 0, 1, 5, 10);
  path = only_file (folder, "events");
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize cut = 0; cut < n; cut++)
    {
      g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
      guint n_points;

      put_file (path, bytes, cut);
      sac_event_reader_poll (reader);
      sac_event_reader_get (reader, "loss/train", &n_points);
      g_assert_cmpuint (n_points, <, 5);
      put_file (path, bytes, n);
      g_assert_true (sac_event_reader_poll (reader));
      check_points (reader, 5, 1, 10);
    }
  remove_tree (folder);
}

static void
test_events_resume (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (SacEventReader) late = NULL;
  g_autoptr (SacEventReader) live = sac_event_reader_new (folder);
  guint n;
  const SacPoint *points;

  write_points (folder, 0, 1, 25, 0);
  sac_event_reader_poll (live);
  check_points (live, 25, 1, 0);
  write_points (folder, 20, 21, 30, 1000);      /* killed after 25, resumed from the checkpoint of step 20 */
  sac_event_reader_poll (live);
  late = sac_event_reader_new (folder);
  sac_event_reader_poll (late);
  for (int i = 0; i < 2; i++)
    {
      points = sac_event_reader_get (i ? late : live, "loss/train", &n);
      g_assert_cmpuint (n, ==, 30);
      g_assert_cmpfloat (points[19].value, ==, 20);
      g_assert_cmpfloat (points[20].value, ==, 1021);
      g_assert_cmpfloat (points[29].value, ==, 1030);
    }
  write_points (folder, 0, 1, 3, 5);            /* and once more from the very start */
  sac_event_reader_poll (live);
  check_points (live, 3, 1, 5);
  remove_tree (folder);
}

/* Seeded damage: whatever stands in the file, reading ends, and gives no more points than were written. */
static void
test_events_mutations (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize n;

  write_points (folder, 0, 1, 40, 0);
  path = only_file (folder, "events");
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (guint round = 0; round < 400; round++)
    {
      SacRandomKey key = { 11, round };
      g_autofree char *changed = g_memdup2 (bytes, n);
      g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
      guint n_points;

      for (guint i = 0; i <= round % 8; i++)
        changed[sac_random_below (key, 2 * i, (guint32) n)] = (char) sac_random_below (key, 2 * i + 1, 256);
      put_file (path, changed, n);
      sac_event_reader_poll (reader);
      sac_event_reader_poll (reader);
      sac_event_reader_get (reader, "loss/train", &n_points);
      g_assert_cmpuint (n_points, <=, 40);
    }
  remove_tree (folder);
}

/* Right checksums around wrong contents: the protobuf inside is hostile, the frame is not. */
static void
append_framed (GByteArray *out, const guint8 *data, gsize n)
{
  guint8 head[8] = { 0 };
  const void *parts[2] = { head, data };
  gsize sizes[2] = { 8, n };

  for (int i = 0; i < 8; i++)
    head[i] = (guint8) ((guint64) n >> (8 * i));
  for (int p = 0; p < 2; p++)
    {
      guint32 crc = 0xFFFFFFFFu;

      for (gsize i = 0; i < sizes[p]; i++)
        for (int bit = 0; bit < 8; bit++)
          crc = (crc >> 1) ^ (((crc ^ ((const guint8 *) parts[p])[i] >> bit) & 1) ? 0x82F63B78u : 0);
      crc = ~crc;
      crc = GUINT32_TO_LE (((crc >> 15) | (crc << 17)) + 0xa282ead8u);
      g_byte_array_append (out, parts[p], (guint) sizes[p]);
      g_byte_array_append (out, (guint8 *) &crc, 4);
    }
}

static void
test_events_hostile_inside (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *inside = g_build_filename (folder, "events", NULL);
  g_autofree char *path = g_build_filename (inside, "events.out.tfevents.0000000001.x.1", NULL);
  g_autofree char *link = g_build_filename (inside, "events.out.tfevents.0000000002.x.1", NULL);
  g_autofree char *fifo = g_build_filename (inside, "events.out.tfevents.0000000003.x.1", NULL);
  static const guint8 good[] = { 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0x07, 0x2a, 0x0a, 0x0a, 0x08, 0x0a, 0x01,
                                 'x', 0x15, 0, 0, 0x80, 0x3f };

  g_mkdir (inside, 0755);
  g_assert_cmpint (symlink ("/dev/zero", link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint round = 0; round < 300; round++)
    {
      SacRandomKey key = { 12, round };
      g_autoptr (GByteArray) file = g_byte_array_new ();
      g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
      guint n;

      for (guint r = 0; r < 4; r++)
        {
          guint8 changed[sizeof good];

          memcpy (changed, good, sizeof good);
          for (guint i = 0; i < round % 5; i++)
            changed[sac_random_below (key, r * 16 + 2 * i, sizeof good)] = (guint8) sac_random_below (key,
                                                                                                      r * 16 + 2 * i + 1, 256);
          append_framed (file, changed, sizeof good - (round % 7 == 6 ? sac_random_below (key, 99, sizeof good) : 0));
        }
      put_file (path, (char *) file->data, file->len);
      sac_event_reader_poll (reader);
      sac_event_reader_get (reader, "x", &n);
      if (round % 5 == 0 && round % 7 != 6)
        g_assert_cmpuint (n, ==, 4);
      else
        g_assert_cmpuint (n, <=, 4);
    }
  remove_tree (folder);
}

/* A device that is full: an error in words, and the file keeps only whole records. */
static void
test_events_unwritable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_event_writer_new ("/proc/saccade", 0, &error));
  g_assert_nonnull (error);
  g_assert_true (strstr (error->message, "/proc/saccade") != NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run/events/round", test_events_round);
  g_test_add_func ("/run/events/bytes", test_events_bytes);
  g_test_add_func ("/run/events/torn", test_events_torn);
  g_test_add_func ("/run/events/resume", test_events_resume);
  g_test_add_func ("/run/events/mutations", test_events_mutations);
  g_test_add_func ("/run/events/hostile-inside", test_events_hostile_inside);
  g_test_add_func ("/run/events/unwritable", test_events_unwritable);
  return g_test_run ();
}
