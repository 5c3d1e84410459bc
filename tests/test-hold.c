/* What a key held while a clip plays marks: late fingers, loops, seeks, turning round. */
#include "app/sac-hold.h"

#define MS G_GINT64_CONSTANT (1000000)
#define FAR (500 * MS)

/* "100-250 400-450" in ms. */
static void
assert_spans (SacHold *hold, gint64 late_ms, const char *wanted)
{
  g_autoptr (GArray) spans = sac_hold_end (hold, late_ms * MS);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const SacSpan *span = &g_array_index (spans, SacSpan, i);

      g_string_append_printf (text, "%s%d-%d", i ? " " : "", (int) (span->in_ns / MS), (int) (span->out_ns / MS));
    }
  g_assert_cmpstr (text->str, ==, wanted);
  sac_hold_free (hold);
}

/* Plays from @from to @to, ms, a frame each 20 ms. */
static void
play (SacHold *hold, int from, int to)
{
  int step = to > from ? 20 : -20;

  for (int at = from; step > 0 ? at <= to : at >= to; at += step)
    sac_hold_move (hold, at * MS, step > 0 ? 1 : -1, FAR);
}

static SacHold *
hold_at (int at)
{
  return sac_hold_new (at * MS, 0, 2000 * MS);
}

static void
test_forward (void)
{
  SacHold *hold = hold_at (400);

  play (hold, 400, 900);
  assert_spans (hold, 0, "400-900");
  hold = hold_at (400);
  play (hold, 400, 900);
  assert_spans (hold, 250, "150-650");
  hold = hold_at (100);         /* not before the start of the clip */
  play (hold, 100, 600);
  assert_spans (hold, 250, "0-350");
  hold = hold_at (100);         /* never moved */
  assert_spans (hold, 0, "");
}

static void
test_backward (void)
{
  SacHold *hold = hold_at (900);

  play (hold, 900, 400);
  assert_spans (hold, 0, "400-900");
  hold = hold_at (900);         /* what is seen late lies further on in time */
  play (hold, 900, 400);
  assert_spans (hold, 250, "650-1150");
}

static void
test_loop (void)
{
  SacHold *hold = hold_at (1700);

  play (hold, 1700, 1980);
  play (hold, 0, 300);
  g_assert_cmpint (sac_hold_get_from (hold), ==, 0);
  assert_spans (hold, 0, "0-300 1700-2000");
  hold = hold_at (1700);        /* late by more than was played after the wrap: the end lies before it */
  play (hold, 1700, 1980);
  play (hold, 0, 100);
  assert_spans (hold, 200, "1500-1900");
  hold = hold_at (300);         /* round and round: it is all of the clip */
  play (hold, 300, 1980);
  play (hold, 0, 1980);
  play (hold, 0, 200);
  assert_spans (hold, 0, "0-2000");
  hold = hold_at (200);         /* backwards */
  play (hold, 200, 0);
  play (hold, 1980, 1700);
  assert_spans (hold, 0, "0-200 1700-2000");
}

static void
test_jumps (void)
{
  SacHold *hold = hold_at (100);

  play (hold, 100, 300);        /* somebody seeks */
  play (hold, 1200, 1400);
  play (hold, 700, 800);
  assert_spans (hold, 0, "100-300 700-800 1200-1400");
  hold = hold_at (100);         /* forward, then back over it */
  play (hold, 100, 600);
  play (hold, 580, 40);
  assert_spans (hold, 0, "40-600");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hold/forward", test_forward);
  g_test_add_func ("/hold/backward", test_backward);
  g_test_add_func ("/hold/loop", test_loop);
  g_test_add_func ("/hold/jumps", test_jumps);
  return g_test_run ();
}
