/* What goes wrong with generators, told from their events alone. */
#include <math.h>
#include <string.h>

#include "remove-tree.h"
#include "run/sac-gan-health.h"

static char *dir;

typedef struct {
  double d, diversity[3], accuracy[3];
} Told;

/* A run whose first samples were varied, and which then tells the same thing @n times. */
static SacEventReader *
make_events (const char *name, const Told *told, guint n)
{
  g_autofree char *folder = g_build_filename (dir, name, NULL);
  g_autoptr (SacEventWriter) writer = sac_event_writer_new (folder, 0, NULL);
  SacEventReader *reader;

  for (guint t = 0; t < n; t++)
    {
      sac_event_writer_scalar (writer, t, "accuracy/D", told->d, NULL);
      for (guint g = 0; g < 3; g++)
        {
          g_autofree char *diversity = g_strdup_printf ("diversity/G%u", g + 1), *accuracy = g_strdup_printf ("accuracy/G%u", g + 1);

          sac_event_writer_scalar (writer, t, diversity, t == 0 ? 0.4 : told->diversity[g], NULL);
          sac_event_writer_scalar (writer, t, accuracy, told->accuracy[g], NULL);
        }
    }
  sac_event_writer_flush (writer, NULL);
  reader = sac_event_reader_new (folder);
  sac_event_reader_poll (reader);
  return reader;
}

static void
test_troubles (void)
{
  static const struct { const char *name; Told told; guint n; SacGanTrouble trouble; guint generator; const char *word; } cases[] = {
    { "fine", { 0.6, { 0.4, 0.35, 0.3 }, { 0.5, 0.6, 0.5 } }, 20, SAC_GAN_FINE, 0, NULL },
    { "young", { 1.0, { 0.4, 0.35, 0.3 }, { 0.5, 0.6, 0.5 } }, 2, SAC_GAN_FINE, 0, NULL },
    { "flat", { 0.6, { 0.4, 0.01, 0.4 }, { 0.5, 0.6, 0.5 } }, 20, SAC_GAN_COLLAPSED, 1, "G2" },
    { "fallen", { 0.6, { 0.4, 0.4, 0.1 }, { 0.5, 0.6, 0.5 } }, 20, SAC_GAN_COLLAPSED, 2, "G3" },
    { "wins", { 0.999, { 0.4, 0.4, 0.4 }, { 1, 1, 1 } }, 20, SAC_GAN_D_WINS, 0, "99.9" },
    { "lost", { 0.26, { 0.4, 0.4, 0.4 }, { 0.3, 0.3, 0.3 } }, 20, SAC_GAN_D_LOST, 0, "guesses" },
    { "same", { 0.5, { 0.4, 0.4, 0.4 }, { 0.02, 0.9, 0.05 } }, 20, SAC_GAN_UNBALANCED, 1, "G2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SacEventReader) events = make_events (cases[i].name, &cases[i].told, cases[i].n);
      guint generator = 99;
      g_autofree char *words = sac_gan_dup_warning (events, 3);

      g_test_message ("%s: %s", cases[i].name, words ? words : "-");
      g_assert_cmpint (sac_gan_find_trouble (events, 3, &generator), ==, cases[i].trouble);
      if (cases[i].word)
        {
          g_assert_nonnull (words);
          g_assert_nonnull (strstr (words, cases[i].word));
        }
      else
        g_assert_null (words);
      if (cases[i].trouble == SAC_GAN_COLLAPSED || cases[i].trouble == SAC_GAN_UNBALANCED)
        g_assert_cmpuint (generator, ==, cases[i].generator);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("saccade-gan-health-XXXXXX", NULL);
  g_test_add_func ("/gan-health/troubles", test_troubles);
  result = g_test_run ();
  remove_tree (dir);
  g_free (dir);
  return result;
}
