#include "sac-bench-play.h"

#include <json-glib/json-glib.h>

#include "sac-player-private.h"

#define MAX_PLAYERS 16
#define OPEN_SECONDS 60

typedef struct {
  GtkWidget *window;
  SacPlayer *players[MAX_PLAYERS];
  guint n;
  double seconds;
} Bench;

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* Turns the main loop for so long, or until all files are @opened. */
static gboolean
spin (Bench *bench, double seconds, gboolean opened)
{
  gboolean over = FALSE, ready = FALSE;
  guint source = g_timeout_add ((guint) (1000 * seconds), set_flag, &over);

  while (!over && !ready)
    {
      g_main_context_iteration (NULL, TRUE);
      ready = opened;
      for (guint i = 0; i < bench->n; i++)
        ready = ready && sac_player_get_media (bench->players[i]) && sac_player_get_shown_frame (bench->players[i]) >= 0;
    }
  if (!over)
    g_source_remove (source);
  return ready;
}

static void
tell (Bench *bench, char **paths, JsonBuilder *json)
{
  json_builder_begin_array (json);
  for (guint i = 0; i < bench->n; i++)
    {
      guint n_due, n_late, n_skipped;

      sac_player_get_playback (bench->players[i], &n_due, &n_late, &n_skipped);
      json_builder_begin_object (json);
      json_builder_set_member_name (json, "file");
      json_builder_add_string_value (json, paths[i]);
      json_builder_set_member_name (json, "due");
      json_builder_add_int_value (json, n_due);
      json_builder_set_member_name (json, "late");
      json_builder_add_int_value (json, n_late);
      json_builder_set_member_name (json, "skipped");
      json_builder_add_int_value (json, n_skipped);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

int
sac_bench_play_main (int argc, char **argv)
{
  Bench bench = { .seconds = argc > 3 ? g_ascii_strtod (argv[3], NULL) : 0 };
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  GtkWidget *grid;
  gboolean good;

  if (argc < 5 || argc > 4 + MAX_PLAYERS || !(bench.seconds > 0) || bench.seconds > 600)
    {
      g_printerr ("saccade-window --bench-play OUT.json SECONDS FILE…\n");
      return 2;
    }
  adw_init ();
  bench.window = gtk_window_new ();
  grid = gtk_grid_new ();
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (bench.window), 1280, 760);
  gtk_window_set_child (GTK_WINDOW (bench.window), grid);
  bench.n = (guint) argc - 4;
  for (guint i = 0; i < bench.n; i++)
    {
      const SacItem item = { .path = argv[4 + i] };
      guint columns = bench.n > 4 ? 4 : bench.n > 1 ? 2 : 1;

      bench.players[i] = g_object_new (SAC_TYPE_PLAYER, "hexpand", TRUE, "vexpand", TRUE, NULL);
      gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (bench.players[i]), (int) (i % columns), (int) (i / columns), 1, 1);
      gtk_toggle_button_set_active (bench.players[i]->sound_button, FALSE);
      sac_player_open (bench.players[i], &item);
    }
  gtk_window_present (GTK_WINDOW (bench.window));
  good = spin (&bench, OPEN_SECONDS, TRUE);
  if (good)
    {
      spin (&bench, 0.5, FALSE);
      for (guint i = 0; i < bench.n; i++)
        sac_player_set_playing (bench.players[i], TRUE);
      spin (&bench, bench.seconds, FALSE);
      tell (&bench, argv + 4, json);
      root = json_builder_get_root (json);
      json_generator_set_root (generator, root);
      good = json_generator_to_file (generator, argv[2], NULL);
    }
  gtk_window_destroy (GTK_WINDOW (bench.window));
  return good ? 0 : 1;
}
