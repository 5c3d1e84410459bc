/* The index of many run folders, its cache, and event folders of others. */
#include <math.h>
#include <string.h>

#include "run/sac-record-private.h"
#include "run-fixture.h"

static void
make_run (const char *parent, guint number, guint n_points, double rate)
{
  g_autofree char *name = g_strdup_printf ("run-%02u", number), *folder = g_build_filename (parent, name, NULL);
  g_autofree char *recipe = g_strdup_printf ("[recipe]\ntitle=T\n[training]\nrate=%g\nbatch=4\n", rate);
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  char *labels[] = { "cat", NULL };
  SacRunInfo info = { .name = name, .model = "r18-2d", .labels = labels, .study = "s", .arm = number % 2 ? "a" : "b",
                      .started_us = number };
  SacEventWriter *writer;

  g_mkdir_with_parents (folder, 0755);
  g_assert_true (g_file_set_contents (path, recipe, -1, NULL));
  g_assert_true (sac_run_info_write (folder, &info, NULL));
  writer = sac_event_writer_new (folder, 0, NULL);
  for (guint i = 0; i < n_points; i++)
    {
      sac_event_writer_scalar (writer, i, "loss/train", 1.0 / (i + 1), NULL);
      sac_event_writer_scalar (writer, i, "auc_macro", i == 3 ? 0.9 : 0.5, NULL);
    }
  sac_event_writer_text (writer, n_points, "status", "done", NULL);
  sac_event_writer_free (writer);
}

static int
find_tag (const SacRunIndex *index, const char *tag)
{
  for (guint i = 0; i < sac_run_index_get_n_tags (index); i++)
    if (strcmp (sac_run_index_get_tag (index, i), tag) == 0)
      return (int) i;
  return -1;
}

static const char *
value_of (const SacRunIndex *index, guint run, const char *key)
{
  SacRunEntry entry;

  sac_run_index_get (index, run, &entry);
  for (guint k = 0; k < sac_run_index_get_n_keys (index); k++)
    if (strcmp (sac_run_index_get_key (index, k), key) == 0)
      return sac_run_entry_find_value (index, &entry, k);
  return NULL;
}

static void
assert_runs (const SacRunIndex *index, guint n)
{
  int loss = find_tag (index, "loss/train"), auc = find_tag (index, "auc_macro");

  g_assert_cmpuint (sac_run_index_get_n (index), ==, n);
  g_assert_cmpint (loss, >=, 0);
  g_assert_cmpint (auc, >=, 0);
  for (guint i = 0; i < n; i++)
    {
      const SacRunMetric *metric;
      SacRunEntry entry;

      sac_run_index_get (index, i, &entry);
      g_assert_cmpstr (entry.study, ==, "s");
      g_assert_cmpstr (entry.model, ==, "r18-2d");
      g_assert_cmpstr (entry.status, ==, "done");
      g_assert_cmpuint (entry.bytes, >, 0);
      g_assert_false (entry.live);
      metric = sac_run_entry_find_metric (&entry, (guint) loss);
      g_assert_nonnull (metric);
      g_assert_cmpfloat_with_epsilon (metric->best, 1.0 / metric->n, 1e-6);
      metric = sac_run_entry_find_metric (&entry, (guint) auc);
      g_assert_cmpfloat_with_epsilon (metric->best, 0.9, 1e-6);
      g_assert_cmpuint (metric->best_step, ==, 3);
      g_assert_cmpfloat_with_epsilon (metric->last, 0.5, 1e-6);
      g_assert_cmpint (sac_run_index_find (index, entry.folder), ==, (int) i);
    }
  g_assert_cmpstr (value_of (index, 1, "training.rate"), ==, "0.2");
}

static void
test_index (void)
{
  g_autofree char *parent = new_folder ();
  g_autofree char *cache = g_build_filename (parent, ".index", NULL);
  g_auto (GStrv) folders = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  for (guint i = 0; i < 4; i++)
    make_run (parent, i, 10, 0.1 * (i + 1));
  folders = sac_run_list_folders (parent);
  g_assert_cmpuint (g_strv_length (folders), ==, 4);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (SacRunIndex) index = sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (sac_run_index_get_n_read (index), ==, round == 0 ? 4 : 0);
      assert_runs (index, 4);
    }
  {
    g_autofree char *gone = g_strdup (folders[3]), *was = g_strdup (folders[0]);
    g_autoptr (SacRunIndex) index = NULL;
    SacEventWriter *writer = sac_event_writer_new (folders[1], 10, NULL);

    sac_event_writer_scalar (writer, 10, "loss/train", 1.0 / 11, NULL);
    sac_event_writer_free (writer);
    remove_tree (gone);
    g_free (folders[0]);
    folders[0] = g_strdup (folders[2]);         /* another order */
    g_free (folders[2]);
    folders[2] = g_strdup (was);
    index = sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (sac_run_index_get_n_read (index), ==, 1);
    assert_runs (index, 3);
  }
  /* A cache that is not one costs a reading, no more. */
  g_assert_true (g_file_get_contents (cache, &text, &length, NULL));
  for (guint round = 0; round < 300; round++)
    {
      SacRandomKey key = { 19, round };
      g_autofree char *mutant = g_memdup2 (text, length);
      g_autoptr (SacRunIndex) index = NULL;
      SacRunEntry entry;

      for (guint i = 0; i <= round % 4; i++)
        mutant[sac_random_below (key, 2 * i, round % 2 ? (guint32) length : 400)] = (char) sac_random_below (key, 2 * i + 1, 256);
      put_file (cache, mutant, round % 9 ? length : sac_random_below (key, 9, (guint32) length));
      index = sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < sac_run_index_get_n (index); i++)
        {
          sac_run_index_get (index, i, &entry);
          for (guint t = 0; t < sac_run_index_get_n_tags (index); t++)
            sac_run_entry_find_metric (&entry, t);
          for (guint k = 0; k < sac_run_index_get_n_keys (index); k++)
            sac_run_entry_find_value (index, &entry, k);
        }
    }
  remove_tree (parent);
}

/* ---- what is shown of it. */
static void
assert_order (const SacRunTable *table, const char *expected)
{
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint r = 0; r < sac_run_table_get_n (table); r++)
    {
      SacRunTableRow row = sac_run_table_get_row (table, r);
      g_autofree char *name = row.run < 0 ? NULL : sac_run_table_dup_cell (table, (guint) row.run, "name");

      g_string_append_printf (order, "%s%s", r ? " " : "", row.run < 0 ? row.heading : name + strlen ("run-0"));
    }
  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_table (void)
{
  static const struct { SacRunWish wish; const char *order; } cases[] = {
    { { NULL, NULL, NULL, FALSE, NULL, FALSE, FALSE }, "0 1 2" },
    { { NULL, NULL, NULL, FALSE, NULL, TRUE, FALSE }, "0 1 2 3" },
    { { NULL, NULL, "key:training.rate", TRUE, NULL, TRUE, FALSE }, "3 2 1 0" },
    { { NULL, NULL, "note", FALSE, NULL, TRUE, FALSE }, "1 0 2 3" },            /* what has none stands last */
    { { NULL, NULL, "key:training.rate", TRUE, "arm", TRUE, FALSE }, "a 3 1 b 2 0" },
    { { NULL, "rate=0.2", NULL, FALSE, NULL, TRUE, FALSE }, "1" },
    { { NULL, "rate>0.15 rate<=0.3", NULL, FALSE, NULL, TRUE, FALSE }, "1 2" },
    { { NULL, "-rate>0.15", NULL, FALSE, NULL, TRUE, FALSE }, "0" },
    { { NULL, "loss/train<0.09", NULL, FALSE, NULL, TRUE, FALSE }, "2 3" },
    { { NULL, "arm=a", NULL, FALSE, NULL, TRUE, FALSE }, "1 3" },
    { { NULL, "tag:PAPER", NULL, FALSE, NULL, TRUE, FALSE }, "2" },
    { { NULL, "r18 -paper", NULL, FALSE, NULL, TRUE, FALSE }, "0 1 3" },
    { { NULL, "nonsense", NULL, FALSE, NULL, TRUE, FALSE }, "" },
  };
  g_autofree char *parent = new_folder (), *csv = NULL, *apart = NULL;
  g_auto (GStrv) folders = NULL;
  g_autoptr (SacRunIndex) index = NULL;
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_said_free);
  char *tags[] = { (char *) "paper", NULL };
  SacRunWish differences = { .archived = TRUE, .differences = TRUE };
  g_autoptr (SacRunTable) table = NULL;
  g_autoptr (GString) columns = g_string_new (NULL);
  guint all[] = { 0, 1, 2, 3 };

  for (guint i = 0; i < 4; i++)
    make_run (parent, i, 10 + i, 0.1 * (i + 1));
  folders = sac_run_list_folders (parent);
  index = sac_run_index_load (NULL, (const char *const *) folders, NULL, NULL, NULL, NULL);
  g_ptr_array_add (said, sac_run_said_new (7, folders[2], "run-02", NULL, tags, FALSE));
  g_ptr_array_add (said, sac_run_said_new (8, folders[3], "run-03", NULL, NULL, TRUE));
  g_ptr_array_add (said, sac_run_said_new (9, folders[1], "run-01", "words, \"quoted\"", NULL, FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SacRunTable) one = sac_run_table_new (index, said, &cases[i].wish);

      assert_order (one, cases[i].order);
      g_assert_cmpuint (sac_run_table_get_n_all (one), ==, 4);
    }
  table = sac_run_table_new (index, said, &differences);
  for (guint c = 0; c < sac_run_table_get_n_columns (table); c++)
    g_string_append_printf (columns, "%s ", sac_run_table_get_column (table, c));
  g_assert_cmpstr (columns->str, ==, "name tags arm key:training.rate best:auc_macro last:loss/train ");
  csv = sac_run_table_dup_csv (table);
  g_assert_true (g_str_has_prefix (csv, "name,tags,arm,key:training.rate,best:auc_macro,last:loss/train\n"
                                   "run-00,,b,0.1,0.899999976,0.100000001\n"));
  apart = sac_run_index_dup_difference (index, all, 4);
  g_assert_null (apart);
  remove_tree (parent);
}

/* Runs on other labels or other splits are no series; of those that do not say nothing is known. */
static void
test_apart (void)
{
  static const struct { const char *label; guint split; } kinds[] = { { "cat", 1 }, { "cat", 1 }, { "cat", 2 }, { "dog", 1 } };
  g_autofree char *parent = new_folder (), *none = NULL, *splits = NULL, *both = NULL;
  g_auto (GStrv) folders = NULL;
  g_autoptr (SacRunIndex) index = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%u", i), *folder = g_build_filename (parent, name, NULL);
      char *labels[] = { (char *) kinds[i].label, NULL };
      SacRunInfo info = { .name = name, .labels = labels };
      g_autoptr (SacRunData) data = sac_run_data_new ((const char *const *) labels);
      SacRunClip clip = { (char *) "h", (char *) "c", 0, 1, kinds[i].split, FALSE };

      g_mkdir (folder, 0755);
      sac_run_data_add (data, &clip, (gint8[]) { 1 });
      g_assert_true (sac_run_info_write (folder, &info, NULL) && sac_run_data_write (folder, data, NULL));
    }
  folders = sac_run_list_folders (parent);
  index = sac_run_index_load (NULL, (const char *const *) folders, NULL, NULL, NULL, NULL);
  none = sac_run_index_dup_difference (index, (guint[]) { 0, 1 }, 2);
  splits = sac_run_index_dup_difference (index, (guint[]) { 0, 1, 2 }, 3);
  both = sac_run_index_dup_difference (index, (guint[]) { 3, 2 }, 2);
  g_assert_null (none);
  g_assert_nonnull (splits);
  g_assert_nonnull (both);
  g_assert_cmpstr (splits, !=, both);
  remove_tree (parent);
}

/* ---- what SummaryWriter writes. */
static void
put_message (GByteArray *out, guint field, GByteArray *inside)
{
  _sac_pb_bytes (out, field, inside->data, inside->len);
  g_byte_array_unref (inside);
}

static GByteArray *
bytes_of (guint field, const void *data, gsize n)
{
  GByteArray *out = g_byte_array_new ();

  _sac_pb_bytes (out, field, data, n);
  return out;
}

static void
put_event (GByteArray *file, guint64 step, GByteArray *value)
{
  g_autoptr (GByteArray) event = g_byte_array_new ();
  GByteArray *summary = g_byte_array_new ();

  put_message (summary, 1, value);
  _sac_pb_double (event, 1, 1700000000.0 + (double) step);
  _sac_pb_varint (event, 2, step);
  put_message (event, 5, summary);
  _sac_record_append (file, event->data, event->len);
}

static void
put_simple (GByteArray *file, guint64 step, const char *tag, float number)
{
  GByteArray *value = bytes_of (1, tag, strlen (tag));

  _sac_pb_float (value, 2, number);
  put_event (file, step, value);
}

/* @how 0: float_val, 1: content of a double, 2: a tensor of three, 3: of the plug-in histograms. */
static void
put_tensor (GByteArray *file, guint64 step, const char *tag, double number, int how)
{
  GByteArray *value = bytes_of (1, tag, strlen (tag)), *tensor = g_byte_array_new ();
  GByteArray *plugin = bytes_of (1, how == 3 ? "histograms" : "scalars", how == 3 ? 10 : 7), *metadata = g_byte_array_new ();
  float single = (float) number;

  _sac_pb_varint (tensor, 1, how == 1 ? 2 : 1);
  if (how == 2)
    {
      GByteArray *dim = g_byte_array_new (), *shape = g_byte_array_new ();

      _sac_pb_varint (dim, 1, 3);
      put_message (shape, 2, dim);
      put_message (tensor, 2, shape);
    }
  if (how == 1)
    _sac_pb_bytes (tensor, 4, &number, 8);
  else
    _sac_pb_bytes (tensor, 5, &single, 4);
  put_message (value, 8, tensor);
  put_message (metadata, 1, plugin);
  put_message (value, 9, metadata);
  put_event (file, step, value);
}

static void
put_hparams (GByteArray *file)
{
  GByteArray *value = bytes_of (1, "_hparams_/session_start_info", 28), *session = g_byte_array_new (), *entry, *inside;
  GByteArray *content = g_byte_array_new (), *plugin = bytes_of (1, "hparams", 7), *metadata = g_byte_array_new ();

  entry = bytes_of (1, "lr", 2);
  inside = g_byte_array_new ();
  _sac_pb_double (inside, 2, 0.003);
  put_message (entry, 2, inside);
  put_message (session, 1, entry);
  entry = bytes_of (1, "optimizer", 9);
  put_message (entry, 2, bytes_of (3, "adam", 4));
  put_message (session, 1, entry);
  put_message (content, 3, session);
  put_message (plugin, 2, content);
  put_message (metadata, 1, plugin);
  put_message (value, 9, metadata);
  put_event (file, 0, value);
}

static void
put_events (const char *dir, const char *below, GByteArray *file)
{
  g_autofree char *folder = g_build_filename (dir, below, NULL), *path = NULL;

  g_mkdir_with_parents (folder, 0755);
  path = g_build_filename (folder, "events.out.tfevents.1700000000.host.1.0", NULL);
  g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
}

/* A file that grows leaves its folder's time as it is. */
static void
test_growth (void)
{
  g_autofree char *parent = new_folder (), *cache = g_build_filename (parent, ".index", NULL), *run = g_build_filename (parent, "r", NULL);
  g_autofree char *path = g_build_filename (run, "events", "events.out.tfevents.1700000000.host.1.0", NULL);
  const char *folders[] = { run, NULL };
  g_autoptr (GByteArray) file = g_byte_array_new ();

  put_simple (file, 1, "loss", 2);
  put_events (run, "events", file);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (SacRunIndex) index = sac_run_index_load (cache, folders, NULL, NULL, NULL, NULL);
      SacRunEntry entry;

      sac_run_index_get (index, 0, &entry);
      g_assert_cmpuint (sac_run_index_get_n_read (index), ==, i != 2);
      g_assert_cmpuint (entry.step, ==, i == 0 ? 1 : i < 3 ? 2 : 3);
      if (i == 1)
        continue;
      put_simple (file, i == 0 ? 2 : 3, "loss", 1);
      put_file (path, (const char *) file->data, file->len);
    }
  remove_tree (parent);
}

static void
test_import (void)
{
  g_autofree char *dir = new_folder (), *runs = new_folder ();
  g_autoptr (GByteArray) one = g_byte_array_new (), hparams = g_byte_array_new (), nothing = g_byte_array_new ();
  g_auto (GStrv) made = NULL;
  g_autoptr (SacRunIndex) index = NULL;
  g_autoptr (GError) error = NULL;
  SacRunEntry entry;
  const SacRunMetric *metric;

  g_assert_null (sac_runs_import (dir, runs, NULL, NULL, NULL, &error));
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT);
  g_clear_error (&error);
  for (guint i = 0; i < 20; i++)
    {
      put_simple (one, i, "Loss/train", 2.0f / (float) (i + 1));
      put_tensor (one, i, "Accuracy/float", 0.01 * i, 0);
      put_tensor (one, i, "Accuracy/double", 0.02 * i, 1);
      put_tensor (one, i, "weights", i, 2);
      put_tensor (one, i, "weights/hist", i, 3);
    }
  put_hparams (hparams);
  put_simple (hparams, 0, "hparam/accuracy", 0.5f);
  put_events (dir, "exp 1", one);
  put_events (dir, "exp 1/1700000001.25", hparams);
  put_events (dir, "empty", nothing);
  made = sac_runs_import (dir, runs, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (made), ==, 1);
  g_assert_true (g_str_has_suffix (made[0], "/exp-1"));
  index = sac_run_index_load (NULL, (const char *const *) made, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sac_run_index_get_n (index), ==, 1);
  sac_run_index_get (index, 0, &entry);
  g_assert_cmpstr (entry.name, ==, "exp-1");
  g_assert_cmpint (entry.started_us, ==, 1700000000000000);
  g_assert_cmpint (find_tag (index, "weights"), <, 0);
  g_assert_cmpint (find_tag (index, "weights/hist"), <, 0);
  metric = sac_run_entry_find_metric (&entry, (guint) find_tag (index, "Loss/train"));
  g_assert_cmpfloat_with_epsilon (metric->last, 0.1, 1e-6);
  metric = sac_run_entry_find_metric (&entry, (guint) find_tag (index, "Accuracy/float"));
  g_assert_cmpfloat_with_epsilon (metric->best, 0.19, 1e-6);
  metric = sac_run_entry_find_metric (&entry, (guint) find_tag (index, "Accuracy/double"));
  g_assert_cmpfloat_with_epsilon (metric->best, 0.38, 1e-6);
  g_assert_cmpstr (value_of (index, 0, "lr"), ==, "0.003");
  g_assert_cmpstr (value_of (index, 0, "optimizer"), ==, "adam");
  remove_tree (dir);
  remove_tree (runs);
}

/* Whatever bytes stand in whole records: bounded, and never a crash. */
static void
test_hostile (void)
{
  g_autofree char *dir = new_folder ();
  g_autoptr (GByteArray) value = g_byte_array_new ();

  put_tensor (value, 1, "a", 1, 1);
  put_tensor (value, 1, "b", 1, 2);
  put_hparams (value);
  for (guint round = 0; round < 800; round++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      SacRandomKey key = { 23, round };
      SacEventReader *reader;
      gsize at = 0, total = 0, n = 0;
      const guint8 *data;

      while (_sac_record_look (value->data + at, value->len - at, &data, &n, &total) == SAC_RECORD_WHOLE)
        {
          g_autofree guint8 *mutant = g_memdup2 (data, n);

          for (guint i = 0; i < 2; i++)
            mutant[sac_random_below (key, (guint32) (at + i), (guint32) n)] = (guint8) sac_random_below (key, (guint32) (at + i + 7), 256);
          _sac_record_append (file, mutant, n);
          at += total;
        }
      put_events (dir, "events", file);
      reader = sac_event_reader_new (dir);
      sac_event_reader_poll (reader);
      sac_event_reader_free (reader);
    }
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/index/cache", test_index);
  g_test_add_func ("/run/index/growth", test_growth);
  g_test_add_func ("/run/index/table", test_table);
  g_test_add_func ("/run/index/apart", test_apart);
  g_test_add_func ("/run/index/import", test_import);
  g_test_add_func ("/run/index/hostile", test_hostile);
  return g_test_run ();
}
