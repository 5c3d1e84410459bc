/* A robot labels in a process of its own, all kinds of acts at random, and is killed at random moments (SIGKILL, 200 times).
 * Before each act it says which, after it the revision and a digest of everything a reader sees.  Then: the file opens clean,
 * every act that was told as finished is there, at most the one in flight is not, and undo goes on from there. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-fixture.h"
#include "store/sac-versions.h"

#ifdef __SANITIZE_ADDRESS__     /* slower acts, fewer of them */
#define N_KILLS 60
#else
#define N_KILLS 200
#endif
#define MOST_CLIPS 16
#define MOST_LABELS 8

typedef struct {
  guint64 step, revision, digest, done; /* done 0: about to act */
  guint64 kind;
} Told;

typedef struct {
  SacProject *project;
  SacRandomKey key;
  guint64 at;
  GPtrArray *items, *labels;
  const char *dir;
} Robot;

static guint64
digest (SacProject *project)
{
  g_autofree char *text = dump (project), *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, text, -1);

  sum[16] = '\0';
  return g_ascii_strtoull (sum, NULL, 16);
}

static guint
draw (Robot *r, guint below)
{
  return sac_random_below (r->key, r->at++, MAX (below, 1));
}

static SacId
a_clip (Robot *r)
{
  return ((SacItem *) r->items->pdata[draw (r, r->items->len)])->id;
}

static SacId
a_label (Robot *r)
{
  return ((SacLabel *) r->labels->pdata[draw (r, r->labels->len)])->id;
}

/* Some clips, one after the other in the list: a bulk edit. */
static guint
some_clips (Robot *r, SacId *out)
{
  guint first = draw (r, r->items->len), n = 1 + draw (r, r->items->len - first);

  for (guint i = 0; i < n; i++)
    out[i] = ((SacItem *) r->items->pdata[first + i])->id;
  return n;
}

static void
act_tag (Robot *r)
{
  SacId clips[4 * MOST_CLIPS];
  guint n = some_clips (r, clips);

  sac_project_set_label (r->project, clips, n, a_label (r), (int) draw (r, 3) - 1, NULL);
}

static void
act_review (Robot *r)
{
  SacId clips[4 * MOST_CLIPS];
  guint n = some_clips (r, clips);

  sac_project_set_reviewed (r->project, clips, n, draw (r, 2), NULL);
}

static void
act_segment (Robot *r)
{
  SacId clip = a_clip (r);
  g_autoptr (GPtrArray) segments = sac_project_list_segments (r->project, clip, NULL);
  gint64 from = (gint64) draw (r, 2000) * 1000000, to = from + 1 + (gint64) draw (r, 1000) * 1000000;
  SacSegment *segment = segments->len ? segments->pdata[draw (r, segments->len)] : NULL;
  guint kind = segment ? draw (r, 5) : 0;

  if (kind == 0)
    sac_project_add_segment (r->project, 1, clip, a_label (r), from, to, NULL);
  else if (kind == 1)
    sac_project_set_segment (r->project, segment->id, a_label (r), from, to, NULL);
  else if (kind == 2)
    sac_project_split_segment (r->project, segment->id, (segment->in_ns + segment->out_ns) / 2, NULL);
  else if (kind == 3)
    sac_project_set_attribute (r->project, SAC_ATTRIBUTE_SEGMENT, segment->id, -1, "mood", draw (r, 2) ? "calm" : NULL, NULL);
  else
    sac_project_remove_segment (r->project, segment->id, NULL);
}

static void
act_track (Robot *r)
{
  SacId clip = a_clip (r);
  g_autoptr (GPtrArray) tracks = sac_project_list_tracks (r->project, clip, NULL);
  SacTrack *track = tracks->len ? tracks->pdata[draw (r, tracks->len)] : NULL;
  guint kind = track ? draw (r, 5) : 0, n = 1 + draw (r, 6);
  SacBox boxes[8];

  for (guint b = 0; b < n; b++)
    boxes[b] = (SacBox) { .frame = b * 10 + draw (r, 10), .x = draw (r, 200), .y = draw (r, 200), .width = 8, .height = 8 + draw (r, 9),
                          .keyframe = TRUE, .occluded = draw (r, 2), .outside = b + 1 == n && b && draw (r, 2) };
  if (kind == 0)
    sac_project_add_track (r->project, 1, clip, draw (r, 4) ? a_label (r) : 0, boxes, n, NULL);
  else if (kind == 1)
    sac_project_set_track (r->project, track->id, boxes, n, NULL, NULL);
  else if (kind == 2)
    sac_project_set_track_label (r->project, track->id, a_label (r), NULL);
  else if (kind == 3)
    sac_project_set_attribute (r->project, SAC_ATTRIBUTE_TRACK, track->id, draw (r, 60), "pose", "left", NULL);
  else
    sac_project_remove_track (r->project, track->id, NULL);
}

static void
act_vocabulary (Robot *r)
{
  g_autofree char *name = g_strdup_printf ("word-%u", draw (r, 1000));

  switch (draw (r, 8))
    {
    case 0:
      if (r->labels->len < MOST_LABELS)
        sac_project_add_label (r->project, name, NULL);
      break;
    case 1:
      if (r->labels->len > 2)
        sac_project_remove_label (r->project, a_label (r), NULL);
      break;
    case 2:
      sac_project_rename_label (r->project, a_label (r), name, NULL);
      break;
    case 3:
      if (r->labels->len > 2)
        sac_project_merge_labels (r->project, a_label (r), a_label (r), NULL);
      break;
    case 4:
      sac_project_set_label_colour (r->project, a_label (r), draw (r, 0xffffff), NULL);
      break;
    case 5:
      sac_project_set_label_key (r->project, a_label (r), (char) ('0' + draw (r, 10)), NULL);
      break;
    case 6:
      sac_project_set_label_parent (r->project, a_label (r), draw (r, 2) ? a_label (r) : 0, NULL);
      break;
    default:
      sac_project_move_label (r->project, a_label (r), draw (r, r->labels->len), NULL);
    }
}

static void
act_split (Robot *r)
{
  sac_project_split (r->project, &(SacSplitSpec) { 0.2, 0.2, draw (r, 1000), draw (r, 2), draw (r, 2) }, NULL);
}

/* Clips come and go; and label files come in. */
static void
act_clips (Robot *r)
{
  if (r->items->len < MOST_CLIPS)
    {
      guint n = 1 + draw (r, 3);
      SacItem facts[3] = { 0 };
      const SacItem *list[3] = { &facts[0], &facts[1], &facts[2] };
      g_autofree char *name = g_strdup_printf ("new-%u", draw (r, 100000)), *path = g_strconcat (r->dir, "/", name, NULL);

      for (guint i = 0; i < n; i++)
        facts[i] = (SacItem) { .kind = SAC_ITEM_CLIP, .name = name, .path = path, .hash = name, .n_frames = 90, .width = 64,
                               .height = 64, .fps = 30, .in_ns = i * 10, .out_ns = 3000000000 };
      sac_project_add_items (r->project, list, n, NULL, NULL);
    }
  else
    {
      SacId gone[2] = { a_clip (r), a_clip (r) };

      sac_project_remove_items (r->project, gone, 2, NULL);
    }
}

static void
act_import (Robot *r)
{
  g_autoptr (SacAnnotations) annotations = sac_annotations_new ();
  g_autofree char *layer = g_strdup_printf ("file-%u", draw (r, 1000));
  const SacLabelImportSpec spec = { SAC_LABELS_TO_IMPORT, layer, NULL };
  SacLabelImport result;

  for (guint i = 0; i < 4; i++)
    {
      const SacItem *clip = r->items->pdata[draw (r, r->items->len)];
      guint label = sac_annotations_label (annotations, ((SacLabel *) r->labels->pdata[draw (r, r->labels->len)])->name);
      SacNoted *noted = sac_annotations_item (annotations, clip->name);
      SacBox box = { .frame = draw (r, 80), .x = 1, .y = 2, .width = 3, .height = 4, .keyframe = TRUE };

      sac_noted_set_tag (noted, label, (gint8) draw (r, 2));
      sac_noted_add_segment (noted, label, draw (r, 1000), 2000);
      g_array_append_val (sac_noted_add_track (noted, label)->boxes, box);
    }
  sac_project_apply_annotations (r->project, annotations, &spec, &result, NULL, NULL, NULL, NULL, NULL);
}

static void
act_undo (Robot *r)
{
  sac_project_undo (r->project, NULL, NULL);
}

static void
act_redo (Robot *r)
{
  sac_project_redo (r->project, NULL, NULL);
}

static void
act_go_to (Robot *r)
{
  g_autoptr (GPtrArray) acts = sac_project_list_history (r->project, 12, NULL);

  if (acts->len)
    sac_project_go_to (r->project, ((SacAct *) acts->pdata[draw (r, acts->len)])->id, NULL);
}

static void
act_version (Robot *r)
{
  g_autoptr (GPtrArray) versions = sac_project_list_versions (r->project, NULL);
  g_autofree char *name = g_strdup_printf ("v%u", draw (r, 100000));

  if (versions->len < 3 && draw (r, 2))
    sac_project_add_version (r->project, name, NULL, NULL);
  else if (versions->len && draw (r, 4))
    sac_project_restore_version (r->project, ((SacVersion *) versions->pdata[draw (r, versions->len)])->id, NULL);
  else if (versions->len)
    sac_project_remove_version (r->project, ((SacVersion *) versions->pdata[draw (r, versions->len)])->id, NULL);
}

/* By how often. */
static const struct { void (*act) (Robot *r); guint weight; } kinds[] = {
  { act_tag, 8 }, { act_review, 2 }, { act_segment, 6 }, { act_track, 6 }, { act_vocabulary, 4 }, { act_split, 1 },
  { act_clips, 2 }, { act_import, 2 }, { act_undo, 6 }, { act_redo, 4 }, { act_go_to, 1 }, { act_version, 2 },
};

static void
tell (int fd, Told told)
{
  if (write (fd, &told, sizeof told) != sizeof told)
    _exit (4);
}

static void
act_for_ever (const char *path, guint64 seed, guint64 first, int fd)
{
  g_autofree char *dir = g_path_get_dirname (path);
  Robot r = { .project = sac_project_open (path, SAC_PROJECT_READ_WRITE, NULL), .dir = dir };
  guint sum = 0;

  if (!r.project)
    _exit (3);
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    sum += kinds[k].weight;
  for (guint64 step = first;; step++)
    {
      guint at, kind = 0;

      r.key = (SacRandomKey) { seed, step };
      r.at = 0;
      r.items = sac_project_list_items (r.project, NULL);
      r.labels = sac_project_list_labels (r.project, NULL);
      if (!r.items || !r.labels)
        _exit (6);
      for (at = draw (&r, sum); at >= kinds[kind].weight; kind++)
        at -= kinds[kind].weight;
      /* Undone back to where there is nothing to label: forward again. */
      for (guint k = 0; (r.items->len == 0 || r.labels->len == 0) && k < G_N_ELEMENTS (kinds); k++)
        if (kinds[k].act == act_redo)
          kind = k;
      tell (fd, (Told) { .step = step, .kind = kind });
      kinds[kind].act (&r);
      tell (fd, (Told) { step, sac_project_get_revision (r.project), digest (r.project), 1, kind });
      g_ptr_array_unref (r.items);
      g_ptr_array_unref (r.labels);
    }
}

/* What SQLite itself says of the file. */
static gboolean
is_sound (const char *path)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gboolean good = sqlite3_open (path, &db) == SQLITE_OK
                  && sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK
                  && sqlite3_step (stmt) == SQLITE_ROW && strcmp ((const char *) sqlite3_column_text (stmt, 0), "ok") == 0;

  sqlite3_finalize (stmt);
  stmt = NULL;
  good = good && sqlite3_prepare_v2 (db, "PRAGMA foreign_key_check", -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_DONE;
  sqlite3_finalize (stmt);
  stmt = NULL;
  /* Words about a segment or a track that is not there. */
  good = good && sqlite3_prepare_v2 (db, "SELECT 1 FROM attributes WHERE kind = 1 AND owner NOT IN (SELECT id FROM segments)"
                                     " OR kind = 2 AND owner NOT IN (SELECT id FROM tracks)", -1, &stmt, NULL) == SQLITE_OK
         && sqlite3_step (stmt) == SQLITE_DONE;
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return good;
}

static void
read_told (int fd, Told *finished, Told *begun, guint *n)
{
  Told told;
  gssize got;

  while ((got = read (fd, &told, sizeof told)) == sizeof told || (got < 0 && errno == EINTR))
    if (got == sizeof told && told.done)
      {
        *finished = told;
        (*n)++;
      }
    else if (got == sizeof told)
      *begun = told;
}

/* The file after a kill; FALSE ends the test. */
static gboolean
check_after (Fixture *f, const Told *finished, const Told *begun, guint *n_unheard)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  guint64 revision;

  g_assert_true (is_sound (f->path));
  reopen (f);
  if (!f->project)
    return FALSE;
  revision = sac_project_get_revision (f->project);
  if (revision == finished->revision)
    g_assert_cmpuint (digest (f->project), ==, finished->digest);
  else
    {
      /* The act in flight was done, but nobody heard of it: it is that one and no other. */
      g_assert_cmpuint (revision, ==, finished->revision + 1);
      g_assert_cmpuint (begun->step, ==, finished->step + 1);
      (*n_unheard)++;
    }
  /* Undo works from here, and nothing is lost by it. */
  before = dump (f->project);
  if (sac_project_undo (f->project, NULL, &error))
    {
      if (revision != finished->revision && kinds[begun->kind].act != act_undo && kinds[begun->kind].act != act_redo
          && kinds[begun->kind].act != act_go_to && kinds[begun->kind].act != act_version)
        g_assert_cmpuint (digest (f->project), ==, finished->digest);
      g_assert_true (sac_project_redo (f->project, NULL, &error));
    }
  g_assert_no_error (error);
  after = dump (f->project);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (is_sound (f->path));
  return !g_test_failed ();
}

static void
test_robot (Fixture *f, gconstpointer data)
{
  const guint64 seed = g_test_rand_int ();
  SacRandomKey when = { seed, 0xDEAD };
  Told finished = { 0 }, begun = { 0 };
  SacId clips[8];
  guint n_acts = 0, n_unheard = 0;
  gboolean good = TRUE;

  add_clips (f->project, 8, 3, clips);
  sac_project_add_label (f->project, "cat", NULL);
  sac_project_add_label (f->project, "dog", NULL);
  sac_project_add_label (f->project, "bird", NULL);
  for (guint n = 0; n < N_KILLS && good; n++)
    {
      g_autofree char *seed_text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
      g_autofree char *from = g_strdup_printf ("%" G_GUINT64_FORMAT, MAX (finished.step, begun.step) + 1);
      int pipe_fds[2], status;
      guint heard = 0;
      Told first;
      pid_t child;

      finished.revision = sac_project_get_revision (f->project);
      finished.digest = digest (f->project);
      finished.step = MAX (finished.step, begun.step);
      g_clear_object (&f->project);
      g_assert_cmpint (pipe (pipe_fds), ==, 0);
      child = fork ();
      if (child == 0)
        {
          g_autofree char *fd_text = g_strdup_printf ("%d", pipe_fds[1]);

          close (pipe_fds[0]);
          execl ("/proc/self/exe", "test-store-robot", "--robot", f->path, seed_text, from, fd_text, NULL);
          _exit (5);
        }
      close (pipe_fds[1]);
      /* One in ten is killed while it still opens the project. */
      if (n % 10 && read (pipe_fds[0], &first, sizeof first) == sizeof first)
        begun = first;
      g_usleep (sac_random_below (when, n, n % 10 ? 90000 : 20000));
      kill (child, SIGKILL);
      waitpid (child, &status, 0);
      g_assert_true (WIFSIGNALED (status));     /* it had not ended by itself */
      read_told (pipe_fds[0], &finished, &begun, &heard);
      close (pipe_fds[0]);
      n_acts += heard;
      good = check_after (f, &finished, &begun, &n_unheard);
      if (!good)
        g_test_message ("kill %u of seed %" G_GUINT64_FORMAT ", step %" G_GUINT64_FORMAT ", kind %u", n, seed, begun.step,
                        (guint) begun.kind);
    }
  g_test_message ("%u kills, %u acts, %u done but not heard of", N_KILLS, n_acts, n_unheard);
  g_assert_cmpuint (n_acts, >, N_KILLS);
}

int
main (int argc, char **argv)
{
  if (argc == 6 && strcmp (argv[1], "--robot") == 0)
    act_for_ever (argv[2], g_ascii_strtoull (argv[3], NULL, 10), g_ascii_strtoull (argv[4], NULL, 10), atoi (argv[5]));
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("robot", test_robot);
  return g_test_run ();
}
