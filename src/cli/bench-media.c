/* Every figure stands beside what it is held to in the same run: decoding beside ffmpeg -f null with as many threads, the
 * index beside ffprobe -show_packets, a jump beside the time the frames from its key frame take at the measured rate.
 * Without files it makes three, 1920×1080 at 60, 1280×720 and 256×256 at 30 frames a second, where ffmpeg is there.
 * Indexes and thumbnails go to a folder of their own, so that opening is measured cold (but the file is in the page cache). */
#include "bench-media.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench-window.h"
#include "media/sac-media.h"
#include "sac-cli.h"

#define MAX_DECODED 600         /* frames of the decoding race */
#define N_JUMPS 40
#define JUMP_SECONDS 6.0        /* fewer jumps where they take long */
#define N_STEPS 60
#define PLAY_SECONDS 4.0

typedef struct {
  JsonBuilder *json;            /* NULL = text */
  char *dir;                    /* of this run, removed afterwards */
  int n_missed;
} Bench;

static double
now_ms (void)
{
  return 1e-3 * (double) g_get_monotonic_time ();
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static double
quantile (GArray *values, double q)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, by_size);
  return g_array_index (values, double, MIN ((guint) (q * values->len), values->len - 1));
}

/* One line: what, how much, what it is held to, whether that is met.  @target < 0: nothing to hold it to. */
static void
say (Bench *bench, const char *key, const char *what, const char *unit, double value, double target, gboolean at_least)
{
  gboolean met = target < 0 || (at_least ? value >= target : value <= target);

  bench->n_missed += !met;
  if (bench->json)
    {
      json_builder_set_member_name (bench->json, key);
      json_builder_begin_object (bench->json);
      json_builder_set_member_name (bench->json, "value");
      json_builder_add_double_value (bench->json, value);
      if (target >= 0)
        {
          json_builder_set_member_name (bench->json, "target");
          json_builder_add_double_value (bench->json, target);
          json_builder_set_member_name (bench->json, "met");
          json_builder_add_boolean_value (bench->json, met);
        }
      json_builder_end_object (bench->json);
    }
  else if (target < 0)
    g_print ("  %-44s %9.2f %s\n", what, value, unit);
  else
    g_print ("  %-44s %9.2f %-8s %s %.2f  %s\n", what, value, unit, at_least ? "≥" : "≤", target, met ? _("met") : _("MISSED"));
}

/* ---- other programs. */

/* Milliseconds that a program takes, −1 if it is not there or fails. */
static double
time_program (const char *const *arguments)
{
  double start = now_ms ();
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, &status, NULL)
      || !g_spawn_check_wait_status (status, NULL))
    return -1;
  return now_ms () - start;
}

static char *
make_clip (Bench *bench, const char *name, const char *source, const char *rate)
{
  char *path = g_build_filename (bench->dir, name, NULL);
  const char *const arguments[] = { "ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, "-f", "lavfi", "-i",
                                    "sine=440", "-vf", "noise=alls=6:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-b:v",
                                    rate, "-g", "120", "-bf", "2", "-pix_fmt", "yuv420p", "-shortest", path, NULL };

  if (time_program (arguments) < 0)
    g_clear_pointer (&path, g_free);
  return path;
}

/* The same video as another file: a box that players skip is added to its end. */
static char *
copy_clip (Bench *bench, const char *path, guint number)
{
  g_autofree char *name = g_strdup_printf ("copy-%u.mp4", number);
  char *copy = g_build_filename (bench->dir, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  gsize n;

  if (g_file_get_contents (path, &bytes, &n, NULL))
    {
      guint8 box[12] = { 0, 0, 0, 12, 'f', 'r', 'e', 'e', (guint8) number };

      g_byte_array_append (all, (const guint8 *) bytes, (guint) n);
      g_byte_array_append (all, box, sizeof box);
      if (g_file_set_contents (copy, (const char *) all->data, all->len, NULL))
        return copy;
    }
  g_free (copy);
  return NULL;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
forget_index (void)
{
  g_autofree char *folder = g_build_filename (sac_env_cache_dir (), "index", NULL);

  remove_tree (folder);
}

static void
empty_cache (void)
{
  sac_media_set_cache_budget (0);
  sac_media_set_cache_budget ((gsize) 256 << 20);
}

/* ---- one file. */

/* As the window does before it paints. */
static void
convert (SacFrame *frame)
{
  g_autoptr (GBytes) pixels = frame ? sac_frame_to_bgra (frame, NULL) : NULL;
}

typedef struct {
  double start_ms, ms;          /* ms < 0: not yet */
} First;

static void
on_first (SacFrame *frame, gpointer data)
{
  First *first = data;

  if (first->ms >= 0)
    return;
  convert (frame);
  first->ms = now_ms () - first->start_ms;
}

/* Opening with nothing known, until the first frame can be painted; and the index alone beside ffprobe. */
static gboolean
measure_opening (Bench *bench, const char *path, GError **error)
{
  const char *const probe[] = { "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_packets", "-of", "csv", path, NULL };
  double first_ms = G_MAXDOUBLE, index_ms = G_MAXDOUBLE, probe_ms = G_MAXDOUBLE;
  guint n = 1;

  for (int round = 0; round < 3; round++)
    {
      First first = { now_ms (), -1 };
      const SacMediaWatch watch = { on_first, NULL, &first };
      g_autoptr (SacMedia) media = NULL;
      double ms;

      forget_index ();
      empty_cache ();
      media = sac_media_open_watched (path, &watch, NULL, error);
      if (!media)
        return FALSE;
      first_ms = MIN (first_ms, first.ms);
      index_ms = MIN (index_ms, now_ms () - first.start_ms);
      n = sac_media_get_n_frames (media);
      ms = time_program (probe);
      if (ms > 0)
        probe_ms = MIN (probe_ms, ms);
    }
  say (bench, "first_frame_ms", _("Time to the first frame, no index yet"), "ms", first_ms, 150, FALSE);
  say (bench, "index_fps", _("Index, first frames included"), "frames/s", 1000.0 * n / index_ms, -1, TRUE);
  if (probe_ms < G_MAXDOUBLE)
    say (bench, "index_vs_ffprobe", _("Index, times the speed of ffprobe -show_packets"), "×", probe_ms / index_ms, 0.5, TRUE);
  return TRUE;
}

/* Returns milliseconds a frame of ours, 0 on failure. */
static double
measure_decoding (Bench *bench, SacMedia *media, GError **error)
{
  guint n = MIN (sac_media_get_n_frames (media), MAX_DECODED);
  g_autofree char *limit = g_strdup_printf ("%u", n), *threads = g_strdup_printf ("%u", sac_media_get_n_threads (media));
  const char *const theirs[] = { "ffmpeg", "-v", "error", "-nostdin", "-threads", threads, "-i", sac_media_get_path (media), "-map",
                                 "0:v:0", "-vsync", "passthrough", "-frames:v", limit, "-f", "null", "-", NULL };
  double ours_ms = G_MAXDOUBLE, theirs_ms = G_MAXDOUBLE;

  for (int round = 0; round < 3; round++)
    {
      double start = now_ms (), ms;
      g_autoptr (SacMedia) fresh = NULL;

      empty_cache ();
      fresh = sac_media_open (sac_media_get_path (media), NULL, error);
      for (guint i = 0; fresh && i < n; i++)
        {
          g_autoptr (SacFrame) frame = sac_media_get_frame (fresh, i, NULL, error);

          if (!frame)
            return 0;
        }
      if (!fresh)
        return 0;
      ours_ms = MIN (ours_ms, now_ms () - start);
      ms = time_program (theirs);
      if (ms > 0)
        theirs_ms = MIN (theirs_ms, ms);
    }
  say (bench, "decode_fps", _("Decoding"), "frames/s", 1000 * n / ours_ms, -1, TRUE);
  if (theirs_ms < G_MAXDOUBLE)
    say (bench, "decode_vs_ffmpeg", _("Decoding, times the speed of ffmpeg -f null"), "×", theirs_ms / ours_ms, 0.95, TRUE);
  return ours_ms / n;
}

static gboolean
measure_jumps (Bench *bench, SacMedia *media, double frame_ms, GError **error)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (11);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double)), keys = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) excess = g_array_new (FALSE, FALSE, sizeof (double));
  guint n = sac_media_get_n_frames (media);
  double begin = now_ms ();
  gboolean small = sac_media_get_width (media) * sac_media_get_height (media) <= 256 * 256;

  for (int i = 0; i < N_JUMPS && now_ms () - begin < 1000 * JUMP_SECONDS; i++)
    {
      guint wanted = (guint) g_rand_int_range (dice, 0, (gint32) n), key = wanted;
      g_autoptr (SacFrame) frame = NULL;
      First jump = { 0, -1 };
      double best = G_MAXDOUBLE, over;

      while (key > 0 && !sac_media_is_keyframe (media, key))
        key--;
      /* First with the key frame made ready on the way.  Then twice without, the better one counts, as it does for the rate. */
      for (int how = 0; how < 3; how++)
        {
          /* From somewhere else, so that it is a jump. */
          g_autoptr (SacFrame) other = sac_media_get_frame (media, wanted > n / 2 ? 0 : n - 1, NULL, error);
          double ms;

          empty_cache ();
          g_clear_pointer (&frame, sac_frame_unref);
          jump.start_ms = now_ms ();
          frame = other ? sac_media_get_frame_passing (media, wanted, how ? NULL : on_first, &jump, NULL, error) : NULL;
          if (!frame)
            return FALSE;
          ms = now_ms () - jump.start_ms;
          if (how == 0 && jump.ms < 0)
            on_first (frame, &jump);
          else if (how > 0)
            best = MIN (best, ms);
        }
      over = best - 1.15 * (wanted - key + 1) * frame_ms;
      g_array_append_val (keys, jump.ms);
      g_array_append_val (times, best);
      g_array_append_val (excess, over);
    }
  say (bench, "seek_p50_ms", _("Accurate jump, cold, median"), "ms", quantile (times, 0.5), -1, FALSE);
  say (bench, "seek_p95_ms", _("Accurate jump, cold, 95 of 100"), "ms", quantile (times, 0.95), small ? 60 : -1, FALSE);
  say (bench, "seek_excess_p95_ms", _("… beyond 1.15 × the frames from the key frame"), "ms", MAX (quantile (excess, 0.95), 0), 15,
       FALSE);
  say (bench, "keyframe_p95_ms", _("Key frame ready to paint after a jump, 95 of 100"), "ms", quantile (keys, 0.95), 60, FALSE);
  return TRUE;
}

static gboolean
measure_steps (Bench *bench, SacMedia *media, GError **error)
{
  guint n = MIN (sac_media_get_n_frames (media), N_STEPS);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));

  for (int way = 0; way < 3; way++)     /* fills the cache, then back, then forth */
    for (guint i = 0; i < n; i++)
      {
        double start = now_ms (), ms;
        g_autoptr (SacFrame) frame = sac_media_get_frame (media, way == 1 ? n - 1 - i : i, NULL, error);

        if (!frame)
          return FALSE;
        convert (frame);
        ms = now_ms () - start;
        if (way && i)
          g_array_append_val (times, ms);
      }
  say (bench, "step_p99_ms", _("Step inside the cache, both ways, 99 of 100"), "ms", quantile (times, 0.99), 16, FALSE);
  return TRUE;
}

/* ---- playing by the clock. */

typedef struct {
  const char *path;
  guint n_due, n_late;
  double seconds;
} Play;

/* As the player's thread does: each frame decoded and turned into pixels before its time comes; three may be ready ahead. */
static gpointer
play (gpointer data)
{
  Play *play = data;
  g_autoptr (SacMedia) media = sac_media_open (play->path, NULL, NULL);
  gint64 start, before = 0;
  guint n;

  if (!media)
    return NULL;
  n = sac_media_get_n_frames (media);
  for (guint i = 0; i < MIN (3, n); i++)
    {
      g_autoptr (SacFrame) frame = sac_media_get_frame (media, i, NULL, NULL);
    }
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n && sac_media_get_time_ns (media, i) * 1e-9 < play->seconds; i++)
    {
      g_autoptr (SacFrame) frame = NULL;
      gint64 due = start + sac_media_get_time_ns (media, i) / 1000, ahead = i >= 3 ? before : 0, now = g_get_monotonic_time ();

      if (ahead > now)
        g_usleep ((gulong) (ahead - now));
      before = start + sac_media_get_time_ns (media, i >= 2 ? i - 2 : 0) / 1000;
      frame = sac_media_get_frame (media, i, NULL, NULL);
      convert (frame);
      play->n_due++;
      play->n_late += !frame || g_get_monotonic_time () > due + (gint64) (1e6 / sac_media_get_fps (media));
    }
  return NULL;
}

static void
measure_playing (Bench *bench, char **paths, guint n, const char *key, const char *what)
{
  GThread *threads[4];
  Play plays[4];
  guint n_late = 0, n_due = 0;

  empty_cache ();
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SacMedia) media = sac_media_open (paths[i], NULL, NULL);       /* indexed before the clock runs */

      plays[i] = (Play) { paths[i], 0, 0, PLAY_SECONDS };
    }
  for (guint i = 0; i < n; i++)
    threads[i] = g_thread_new ("play", play, plays + i);
  for (guint i = 0; i < n; i++)
    {
      g_thread_join (threads[i]);
      n_late += plays[i].n_late;
      n_due += plays[i].n_due;
    }
  say (bench, key, what, "late", n_due ? n_late : 1, 0, FALSE);
}

/* The same in the window, as it is seen: a player for each file, drawn by software.  @paths: NULL ends them. */
static void
measure_window (Bench *bench, char **paths, const char *late_key, const char *late, const char *skipped_key, const char *skipped)
{
  g_autofree char *out = g_build_filename (bench->dir, "play.json", NULL), *seconds = g_strdup_printf ("%g", PLAY_SECONDS);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *players;
  gint64 n_late = 0, n_skipped = 0, n_due = 0;

  g_ptr_array_add (words, (char *) "--bench-play");
  g_ptr_array_add (words, out);
  g_ptr_array_add (words, seconds);
  for (guint i = 0; paths[i]; i++)
    g_ptr_array_add (words, paths[i]);
  g_ptr_array_add (words, NULL);
  empty_cache ();
  if (!_sac_bench_run_window (bench->dir, (const char *const *) words->pdata, &error) || !json_parser_load_from_file (parser, out, &error))
    {
      g_printerr (_("The window did not play: %s\n"), error->message);
      return;
    }
  players = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (players); i++)
    {
      JsonObject *player = json_array_get_object_element (players, i);

      n_due += json_object_get_int_member (player, "due");
      n_late += json_object_get_int_member (player, "late");
      n_skipped += json_object_get_int_member (player, "skipped");
    }
  say (bench, late_key, late, "late", n_due ? (double) n_late : 1, 0, FALSE);
  say (bench, skipped_key, skipped, "%", n_due ? 100.0 * (double) n_skipped / (double) n_due : 100, -1, FALSE);
}

static gboolean
measure (Bench *bench, const char *path, GError **error)
{
  g_autoptr (SacMedia) media = NULL;
  g_autofree char *name = g_path_get_basename (path);
  char *one[] = { (char *) path, NULL };
  double frame_ms;
  gboolean good;

  media = sac_media_open (path, NULL, error);
  if (!media)
    return FALSE;
  if (bench->json)
    {
      json_builder_begin_object (bench->json);
      json_builder_set_member_name (bench->json, "file");
      json_builder_add_string_value (bench->json, name);
      json_builder_set_member_name (bench->json, "frames");
      json_builder_add_int_value (bench->json, sac_media_get_n_frames (media));
      json_builder_set_member_name (bench->json, "threads");
      json_builder_add_int_value (bench->json, sac_media_get_n_threads (media));
    }
  else
    g_print (_("%s: %d×%d, %u frames at %.2f per s, %u threads\n"), name, sac_media_get_width (media), sac_media_get_height (media),
             sac_media_get_n_frames (media), sac_media_get_fps (media), sac_media_get_n_threads (media));
  good = measure_opening (bench, path, error) && (frame_ms = measure_decoding (bench, media, error)) > 0
         && measure_jumps (bench, media, frame_ms, error) && measure_steps (bench, media, error);
  g_clear_object (&media);
  if (good)
    {
      measure_playing (bench, one, 1, "play_late", _("Playing, frames late"));
      measure_window (bench, one, "window_late", _("Playing in the window, frames late"), "window_skipped",
                      _("… between two pictures of the screen"));
    }
  if (bench->json)
    json_builder_end_object (bench->json);
  return good;
}

static void
collect (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (!dir)
    g_ptr_array_add (files, g_strdup (path));
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) || sac_media_is_video_name (child))
        collect (child, files);
    }
}

static void
measure_four (Bench *bench, const char *path)
{
  char *copies[5] = { NULL };
  guint n = 0;

  while (n < 4 && (copies[n] = copy_clip (bench, path, n)))
    n++;
  if (n == 4)
    {
      measure_playing (bench, copies, 4, "play_four_late", _("Four players of 1280×720 at 30, frames late"));
      measure_window (bench, copies, "window_four_late", _("Four in the window, frames late"), "window_four_skipped",
                      _("… between two pictures of the screen"));
    }
  for (guint i = 0; i < n; i++)
    g_free (copies[i]);
}

int
_sac_bench_media (int n_paths, char **paths, gboolean as_json)
{
  Bench bench = { 0 };
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  static const struct { const char *name, *source, *rate; } made[] = {
    { "1080p60.mp4", "testsrc2=s=1920x1080:r=60:d=5", "8M" },
    { "720p30.mp4", "testsrc2=s=1280x720:r=30:d=6", "3M" },
    { "256.mp4", "testsrc2=s=256x256:r=30:d=10", "400k" },
  };
  g_autofree char *four = NULL;
  struct rusage usage;
  int n_failed = 0;

  bench.dir = g_dir_make_tmp ("saccade-bench-XXXXXX", NULL);
  if (!bench.dir)
    {
      g_printerr ("%s\n", _("saccade: no folder for the measurement can be made"));
      return 1;
    }
  g_setenv ("SACCADE_CACHE", bench.dir, TRUE);
  sac_media_init ();
  bench.json = as_json ? json_builder_new () : NULL;
  for (int i = 0; i < n_paths; i++)
    collect (paths[i], files);
  for (guint i = 0; n_paths == 0 && i < G_N_ELEMENTS (made); i++)
    {
      char *path = make_clip (&bench, made[i].name, made[i].source, made[i].rate);

      if (path)
        g_ptr_array_add (files, path);
      if (path && i == 1)
        four = g_strdup (path);
    }
  if (n_paths == 0 && files->len == 0)
    g_printerr ("%s\n", _("saccade: there is no ffmpeg with libx264 to make a clip with; name files instead"));
  if (as_json)
    {
      json_builder_begin_object (bench.json);
      json_builder_set_member_name (bench.json, "files");
      json_builder_begin_array (bench.json);
    }
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!measure (&bench, files->pdata[i], &error))
        {
          g_printerr ("%s\n", error ? error->message : "?");
          n_failed++;
        }
    }
  if (as_json)
    json_builder_end_array (bench.json);
  if (four)
    measure_four (&bench, four);
  getrusage (RUSAGE_SELF, &usage);
  say (&bench, "peak_rss_mb", _("Memory at most, frame cache of 256 MiB included"), "MiB", (double) usage.ru_maxrss / 1024, 656, FALSE);
  if (as_json)
    {
      json_builder_set_member_name (bench.json, "missed");
      json_builder_add_int_value (bench.json, bench.n_missed);
      json_builder_end_object (bench.json);
      sac_cli_print_json (bench.json);
    }
  else
    g_print (ngettext ("%d target missed\n", "%d targets missed\n", (unsigned long) bench.n_missed), bench.n_missed);
  remove_tree (bench.dir);
  g_free (bench.dir);
  return n_failed ? 1 : 0;
}
