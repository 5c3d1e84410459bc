/* Pinned clips: what is written comes back; files of strangers do no harm. */
#include <glib/gstdio.h>
#include <string.h>

#include "remove-tree.h"
#include "run/sac-run.h"

static char *dir;

static void
test_names (void)
{
  const char *const clips[] = { "a/b", "Yoga 日本", NULL };
  const char *many[SAC_MOST_PINS + 3] = { NULL };
  g_auto (GStrv) none = sac_pins_read (dir);
  g_auto (GStrv) back = NULL;
  g_auto (GStrv) bounded = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (sac_pins_write (dir, clips, NULL));
  back = sac_pins_read (dir);
  g_assert_cmpuint (g_strv_length (back), ==, 2);
  g_assert_cmpstr (back[1], ==, clips[1]);
  for (guint i = 0; i < SAC_MOST_PINS + 2; i++)
    many[i] = "x";
  g_assert_true (sac_pins_write (dir, many, NULL));
  bounded = sac_pins_read (dir);
  g_assert_cmpuint (g_strv_length (bounded), ==, SAC_MOST_PINS);
}

static void
test_sight (void)
{
  char *labels[] = { "cat", "dog", NULL };
  float scores[] = { 0.25f, 0.75f }, other[] = { 0.5f, 0.125f };
  guint frames[] = { 3, 9 };
  guint8 map[12] = { 0, 255, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  SacPinned pins[] = {
    { "a", scores, 1, frames, { 1, 2, 30, 40 }, 2, 2, 3, map },
    { "b", other, -1, NULL, { 0 }, 0, 0, 0, NULL },
  };
  SacPinSight sight = { 120, 2, labels, 2, pins };
  g_autoptr (SacPinSight) back = NULL;
  g_autofree guint64 *steps = NULL;
  guint n;

  g_assert_true (sac_pin_sight_write (dir, &sight, NULL));
  sight.step = 7;
  g_assert_true (sac_pin_sight_write (dir, &sight, NULL));
  steps = sac_pin_sight_list (dir, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (steps[0], ==, 7);
  g_assert_cmpuint (steps[1], ==, 120);
  back = sac_pin_sight_read (dir, 120, NULL);
  g_assert_nonnull (back);
  g_assert_cmpuint (back->n, ==, 2);
  g_assert_cmpstr (back->labels[1], ==, "dog");
  g_assert_cmpfloat (back->pins[0].scores[1], ==, 0.75);
  g_assert_cmpint (back->pins[0].label, ==, 1);
  g_assert_cmpmem (back->pins[0].map, 12, map, 12);
  g_assert_cmpuint (back->pins[0].frames[1], ==, 9);
  g_assert_cmpfloat (back->pins[0].crop[3], ==, 40);
  g_assert_cmpint (back->pins[1].t, ==, 0);
  g_assert_null (back->pins[1].map);
}

static void
test_strangers (void)
{
  static const struct { const char *text; int pins; } cases[] = {        /* pins: −1: an error */
    { "", -1 },
    { "[]", -1 },
    { "{\"version\":99,\"labels\":[],\"pins\":[]}", -1 },
    { "{\"version\":1,\"labels\":[1],\"pins\":[]}", -1 },
    { "{\"version\":1,\"labels\":[\"a\"],\"pins\":[3,\"x\",{}]}", 1 },
    { "{\"version\":1,\"labels\":[\"a\"],\"pins\":[{\"clip\":\"c\",\"scores\":\"no\",\"shape\":[1e9,1e9,1e9],\"frames\":[1],"
      "\"map\":\"AA==\"}]}", 1 },
    { "{\"version\":1,\"labels\":[\"a\"],\"pins\":[{\"clip\":\"c\",\"shape\":[1,-1,-1],\"frames\":[1],\"map\":\"AA==\"}]}", 1 },
    { "{\"version\":1,\"labels\":[\"a\"],\"pins\":[{\"clip\":\"c\",\"shape\":[1,2,2],\"frames\":[1],\"map\":\"AA==\"}]}", 1 },
    { "{\"version\":1,\"labels\":[\"a\"],\"pins\":[{\"clip\":\"c\",\"label\":77,\"shape\":[1,1,1],\"frames\":[-4],\"map\":\"AA==\"}]}", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (dir, "pins", "step-000005.json", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacPinSight) sight = NULL;

      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      sight = sac_pin_sight_read (dir, 5, &error);
      if (cases[i].pins < 0)
        {
          g_assert_null (sight);
          g_assert_nonnull (error);
          continue;
        }
      g_assert_nonnull (sight);
      g_assert_cmpint ((int) sight->n, ==, cases[i].pins);
      g_assert_cmpint (sight->pins[0].t, ==, i + 1 == G_N_ELEMENTS (cases));
      g_assert_cmpint (sight->pins[0].label, <, 1);
    }
}

static void
test_shrink (void)
{
  const float map[2 * 2 * 4] = { 0, 1, 0.5f, 0.5f, 1, 0, 0.5f, 0.5f, 2, 2, -1, -1, 2, 2, -1, -1 };
  guint8 out[4];

  sac_pin_map_shrink (map, 2, 2, 4, 1, 2, out);
  g_assert_cmpint (out[0], ==, 128);
  g_assert_cmpint (out[1], ==, 128);
  g_assert_cmpint (out[2], ==, 255);            /* beyond 1 */
  g_assert_cmpint (out[3], ==, 0);              /* below 0 */
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("saccade-pins-XXXXXX", NULL);
  g_test_add_func ("/pins/names", test_names);
  g_test_add_func ("/pins/sight", test_sight);
  g_test_add_func ("/pins/strangers", test_strangers);
  g_test_add_func ("/pins/shrink", test_shrink);
  result = g_test_run ();
  remove_tree (dir);
  g_free (dir);
  return result;
}
