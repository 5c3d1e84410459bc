/* Layers compared and merged, against numbers worked out by hand. */
#include <math.h>

#include "store-fixture.h"
#include "store/sac-compare.h"
#include "store/sac-versions.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)
#define S G_GINT64_CONSTANT (1000000000)

typedef struct {
  Fixture f, other;
  SacId clips[10], cat, dog, theirs[10], their_cat, their_dog;
} Pair;

/* The same clips in two projects; the other's labels were made in another order, and it lacks the last clip. */
static void
pair_setup (Pair *p, gconstpointer data)
{
  SacItem facts[10] = { 0 };
  const SacItem *list[10];

  setup (&p->f, NULL);
  setup (&p->other, NULL);
  for (guint i = 0; i < 10; i++)
    {
      facts[i] = (SacItem) { .kind = SAC_ITEM_VIDEO, .name = g_strdup_printf ("clip-%u", i), .path = g_strdup_printf ("/x/%u.mp4", i),
                             .hash = g_strdup_printf ("h%u", i), .n_frames = 100, .width = 100, .height = 100, .fps = 25, .out_ns = 4 * S };
      list[i] = &facts[i];
    }
  g_assert_true (sac_project_add_items (p->f.project, list, 10, p->clips, NULL));
  for (guint i = 0; i < 10; i++)
    {
      g_free (facts[i].name);
      facts[i].name = g_strdup_printf ("renamed-%u", 9 - i);
    }
  g_assert_true (sac_project_add_items (p->other.project, list, 9, p->theirs, NULL));
  p->cat = sac_project_add_label (p->f.project, "cat", NULL);
  p->dog = sac_project_add_label (p->f.project, "dog", NULL);
  p->their_dog = sac_project_add_label (p->other.project, "dog", NULL);
  p->their_cat = sac_project_add_label (p->other.project, "cat", NULL);
  for (guint i = 0; i < 10; i++)
    {
      g_free (facts[i].name);
      g_free (facts[i].path);
      g_free (facts[i].hash);
    }
}

static void
pair_teardown (Pair *p, gconstpointer data)
{
  teardown (&p->f, NULL);
  teardown (&p->other, NULL);
}

static void
tag (SacProject *project, SacId clip, SacId label, SacLabelState state)
{
  g_assert_true (sac_project_set_label (project, &clip, 1, label, state, NULL));
}

static const SacAgreement *
row_of (const SacComparison *comparison, const char *label)
{
  for (guint l = 0; l < comparison->labels->len; l++)
    if (strcmp (((SacAgreement *) comparison->labels->pdata[l])->label, label) == 0)
      return comparison->labels->pdata[l];
  return NULL;
}

/* cat: ours yes on 0–5, no on 6–8; theirs yes on 0–3 and 6, no on 4, 5, 7, and silent on 8.
 * Both judged 8: yes-yes 4, yes-no 2, no-yes 1, no-no 1; observed 5/8, expected (6·5 + 2·3)/64 = 36/64, κ = (40 − 36)/(64 − 36) = 1/7. */
static void
test_tags (Pair *p, gconstpointer data)
{
  g_autoptr (SacComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  const SacSpeaker ours = { p->f.project, 1 }, theirs = { p->other.project, 1 };
  const SacAgreement *row;
  const SacDisagreement *one;

  for (guint i = 0; i < 9; i++)
    tag (p->f.project, p->clips[i], p->cat, i < 6 ? SAC_LABEL_YES : SAC_LABEL_NO);
  for (guint i = 0; i < 8; i++)
    tag (p->other.project, p->theirs[i], p->their_cat, i < 4 || i == 6 ? SAC_LABEL_YES : SAC_LABEL_NO);
  comparison = sac_compare (&ours, &theirs, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (comparison->n_clips, ==, 9);
  g_assert_cmpuint (comparison->n_only_a, ==, 1);
  g_assert_cmpuint (comparison->n_only_b, ==, 0);
  g_assert_cmpuint (comparison->labels->len, ==, 1);
  row = row_of (comparison, "cat");
  g_assert_cmpuint (row->tags.n, ==, 8);
  close (row->tags.kappa, 1.0 / 7, 1e-12);
  g_assert_cmpuint (comparison->queue->len, ==, 3);
  one = comparison->queue->pdata[0];
  g_assert_cmpstr (one->clip, ==, "clip-4");
  g_assert_cmpint (one->a, ==, 1);
  g_assert_cmpint (one->b, ==, 0);
  close (one->gravity, 1, 1e-12);

  /* Reviewed: what they did not say of it is no. */
  g_clear_pointer (&comparison, sac_comparison_free);
  g_assert_true (sac_project_set_reviewed (p->other.project, &p->theirs[8], 1, TRUE, NULL));
  comparison = sac_compare (&ours, &theirs, NULL, &error);
  g_assert_cmpuint (row_of (comparison, "cat")->tags.n, ==, 9);
  g_assert_cmpuint (row_of (comparison, "cat")->tags.no_no, ==, 2);
}

/* Clip 0: ours 0–2 s and 3–4 s, theirs 1–3 s.  0–2 and 1–3 meet by 1/3; over all time both say 1 of 4 s.
 * Clip 1: the same 0–1 s.  Clip 2: only we have segments there: that says nothing. */
static void
test_segments (Pair *p, gconstpointer data)
{
  g_autoptr (SacComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  const SacSpeaker ours = { p->f.project, 1 }, theirs = { p->other.project, 1 };
  const SacAgreement *row;
  const SacDisagreement *one;

  sac_project_add_segment (p->f.project, 1, p->clips[0], p->cat, 3 * S, 4 * S, NULL);
  sac_project_add_segment (p->f.project, 1, p->clips[0], p->cat, 0, 2 * S, NULL);
  sac_project_add_segment (p->f.project, 1, p->clips[1], p->cat, 0, S, NULL);
  sac_project_add_segment (p->f.project, 1, p->clips[2], p->cat, 0, S, NULL);
  sac_project_add_segment (p->other.project, 1, p->theirs[0], p->their_cat, S, 3 * S, NULL);
  sac_project_add_segment (p->other.project, 1, p->theirs[1], p->their_cat, 0, S, NULL);
  comparison = sac_compare (&ours, &theirs, NULL, &error);
  g_assert_no_error (error);
  row = row_of (comparison, "cat");
  g_assert_cmpuint (row->n_a_segments, ==, 3);
  g_assert_cmpuint (row->n_b_segments, ==, 2);
  g_assert_cmpuint (row->n_segments, ==, 2);
  close (row->segment_iou, (1.0 / 3 + 1) / 2, 1e-12);
  close (row->segment_f1, 2.0 / 5, 1e-12);      /* one of them from 0.5 on */
  g_assert_cmpuint (comparison->queue->len, ==, 1);
  one = comparison->queue->pdata[0];
  g_assert_cmpint (one->kind, ==, SAC_DISAGREE_SEGMENTS);
  g_assert_cmpint (one->item, ==, p->clips[0]);
  close (one->gravity, 0.75, 1e-12);
  g_assert_cmpint (one->at_ns, ==, 0);
  g_assert_true (isnan (row->tags.kappa));
}

/* Two still boxes of 10 × 10 on all 100 frames, 5 px apart: 50 of 150 px; theirs begins at frame 50: over all frames both say
 * 50·50, any 50·100 + 50·150: 1/5. */
static void
test_tracks (Pair *p, gconstpointer data)
{
  const SacBox a = { .frame = 0, .x = 0, .y = 0, .width = 10, .height = 10, .keyframe = TRUE };
  SacBox b = { .frame = 50, .x = 5, .y = 0, .width = 10, .height = 10, .keyframe = TRUE };
  g_autoptr (SacComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  const SacSpeaker ours = { p->f.project, 1 }, theirs = { p->other.project, 1 };
  const SacAgreement *row;

  sac_project_add_track (p->f.project, 1, p->clips[0], p->dog, &a, 1, NULL);
  sac_project_add_track (p->other.project, 1, p->theirs[0], p->their_dog, &b, 1, NULL);
  sac_project_add_track (p->f.project, 1, p->clips[1], 0, &a, 1, NULL);
  sac_project_add_track (p->other.project, 1, p->theirs[1], 0, &a, 1, NULL);
  comparison = sac_compare (&ours, &theirs, NULL, &error);
  g_assert_no_error (error);
  row = row_of (comparison, "dog");
  g_assert_cmpuint (row->n_tracks, ==, 1);
  close (row->track_iou, 0.2, 1e-9);
  close (row->track_f1, 0, 1e-12);
  row = row_of (comparison, "");
  close (row->track_iou, 1, 1e-12);
  close (row->track_f1, 1, 1e-12);
  g_assert_cmpuint (comparison->queue->len, ==, 1);
  close (((SacDisagreement *) comparison->queue->pdata[0])->gravity, 0.8, 1e-9);
  g_assert_cmpint (((SacDisagreement *) comparison->queue->pdata[0])->at_ns, ==, 0);

  /* They part where theirs moves away. */
  g_clear_pointer (&comparison, sac_comparison_free);
  {
    SacBox moved[] = { a, a, a };
    g_autoptr (GPtrArray) tracks = sac_project_list_tracks (p->other.project, p->theirs[0], NULL);

    moved[1].frame = 24;
    moved[2].frame = 25;
    moved[2].x = 50;
    g_assert_true (sac_project_set_track (p->other.project, ((SacTrack *) tracks->pdata[0])->id, moved, 3, NULL, NULL));
  }
  comparison = sac_compare (&ours, &theirs, NULL, &error);
  g_assert_cmpint (((SacDisagreement *) comparison->queue->pdata[0])->at_ns, ==, S);
}

/* A person's project as a layer, then taken into ours by each rule; each is one act and is undone as one. */
static void
test_merge (Pair *p, gconstpointer data)
{
  static const struct { SacMergeRule rule; int contradicted; gint64 out_ns; } cases[] = {
    { SAC_MERGE_OURS, SAC_LABEL_YES, 2 * S }, { SAC_MERGE_THEIRS, SAC_LABEL_NO, 3 * S },
    { SAC_MERGE_UNKNOWN, SAC_LABEL_UNKNOWN, 2 * S }, { SAC_MERGE_NEWEST, SAC_LABEL_NO, 3 * S },
  };
  SacProject *ours = p->f.project, *theirs = p->other.project;
  SacId segment;

  tag (ours, p->clips[0], p->cat, SAC_LABEL_YES);
  tag (ours, p->clips[1], p->cat, SAC_LABEL_YES);
  sac_project_add_segment (ours, 1, p->clips[0], p->cat, 0, 2 * S, NULL);
  g_usleep (2000);
  tag (theirs, p->theirs[0], p->their_cat, SAC_LABEL_NO);
  tag (theirs, p->theirs[2], p->their_dog, SAC_LABEL_YES);
  segment = sac_project_add_segment (theirs, 1, p->theirs[0], p->their_cat, 0, 3 * S, NULL);
  sac_project_add_segment (theirs, 1, p->theirs[3], p->their_dog, 0, S, NULL);
  sac_project_set_attribute (theirs, SAC_ATTRIBUTE_SEGMENT, segment, -1, "who", "Ben", NULL);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *before = dump (ours), *after = NULL;
      g_autoptr (GPtrArray) segments = NULL, layers = NULL;
      g_autoptr (GError) error = NULL;
      gint64 longest = 0;
      SacMergeResult result;

      g_assert_true (sac_project_bring_person (ours, theirs, "Ben", &cases[c].rule, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (result.n_tags, ==, 2);
      g_assert_cmpuint (result.n_segments, ==, 2);
      g_assert_cmpuint (result.n_conflicts, ==, 2);
      g_assert_cmpuint (result.n_missing, ==, 0);
      g_assert_cmpint (sac_project_get_label_state (ours, p->clips[0], p->cat), ==, cases[c].contradicted);
      g_assert_cmpint (sac_project_get_label_state (ours, p->clips[1], p->cat), ==, SAC_LABEL_YES);
      g_assert_cmpint (sac_project_get_label_state (ours, p->clips[2], p->dog), ==, SAC_LABEL_YES);
      segments = sac_project_list_segments (ours, p->clips[0], NULL);
      g_assert_cmpuint (segments->len, ==, 2);  /* ours, and theirs in their layer: they are the same thing */
      for (guint s = 0; s < segments->len; s++)
        if (((SacSegment *) segments->pdata[s])->layer == 1)
          longest = ((SacSegment *) segments->pdata[s])->out_ns;
      g_assert_cmpint (longest, ==, cases[c].out_ns);
      layers = sac_project_list_layers (ours, NULL);
      g_assert_cmpstr (((SacLayer *) layers->pdata[1])->name, ==, "Ben");
      g_assert_cmpuint (((SacLayer *) layers->pdata[1])->n_segments, ==, 2);
      g_assert_cmpuint (((SacLayer *) layers->pdata[0])->n_segments, ==, 2);
      g_assert_true (sac_project_undo (ours, NULL, &error));
      after = dump (ours);
      g_assert_cmpstr (after, ==, before);
    }
}

/* Brought in twice, the layer says the same once; taken in step by step, it says the same as at once. */
static void
test_bring_twice (Pair *p, gconstpointer data)
{
  const SacBox box = { .frame = 3, .x = 1, .y = 2, .width = 3, .height = 4, .keyframe = TRUE, .occluded = TRUE };
  g_autoptr (SacComparison) comparison = NULL;
  g_autoptr (GPtrArray) layers = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *once = NULL, *twice = NULL;
  g_auto (SacSpeaker) ben = { 0 }, mine = { 0 };
  SacMergeResult result;
  SacId track;

  for (guint i = 0; i < 9; i++)
    tag (p->other.project, p->theirs[i], p->their_cat, i % 2);
  track = sac_project_add_track (p->other.project, 1, p->theirs[4], p->their_dog, &box, 1, NULL);
  sac_project_set_attribute (p->other.project, SAC_ATTRIBUTE_TRACK, track, 7, "pose", "left", NULL);
  g_assert_true (sac_project_bring_person (p->f.project, p->other.project, "Ben", NULL, &result, &error));
  layers = sac_project_list_layers (p->f.project, NULL);
  g_assert_cmpuint (((SacLayer *) layers->pdata[1])->n_labels, ==, 9);
  g_assert_true (sac_project_bring_person (p->f.project, p->other.project, "Ben", NULL, &result, &error));
  g_clear_pointer (&layers, g_ptr_array_unref);
  layers = sac_project_list_layers (p->f.project, NULL);
  g_assert_cmpuint (layers->len, ==, 2);
  g_assert_cmpuint (((SacLayer *) layers->pdata[1])->n_labels, ==, 9);
  g_assert_cmpuint (((SacLayer *) layers->pdata[1])->n_tracks, ==, 1);
  g_assert_true (sac_project_merge_layer (p->f.project, ((SacLayer *) layers->pdata[1])->id, 1, SAC_MERGE_OURS, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_tags, ==, 9);
  g_assert_cmpuint (result.n_tracks, ==, 1);
  once = dump (p->f.project);
  g_assert_nonnull (strstr (once, "7:pose=left"));
  g_assert_true (sac_project_merge_layer (p->f.project, ((SacLayer *) layers->pdata[1])->id, 1, SAC_MERGE_OURS, &result, &error));
  twice = dump (p->f.project);
  g_assert_cmpstr (twice, ==, once);

  g_assert_true (sac_speaker_find (p->f.project, "Ben", &ben, &error));
  g_assert_true (sac_speaker_find (p->f.project, "", &mine, &error));
  comparison = sac_compare (&mine, &ben, NULL, &error);
  g_assert_cmpuint (comparison->queue->len, ==, 0);
  close (row_of (comparison, "cat")->tags.kappa, 1, 1e-12);
  close (row_of (comparison, "dog")->track_iou, 1, 1e-12);
  g_assert_false (sac_project_merge_layer (p->f.project, 1, 1, SAC_MERGE_OURS, &result, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
}

static void
test_speakers (Pair *p, gconstpointer data)
{
  static const char *const wrong[] = { "Nobody", "version:none", "/etc/passwd", "/nonexistent.saccade" };

  tag (p->f.project, p->clips[0], p->cat, SAC_LABEL_YES);
  g_assert_cmpint (sac_project_add_version (p->f.project, "noon", NULL, NULL), !=, 0);
  tag (p->f.project, p->clips[0], p->cat, SAC_LABEL_NO);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (SacSpeaker) speaker = { 0 };

      g_assert_false (sac_speaker_find (p->f.project, wrong[i], &speaker, &error));
      g_assert_nonnull (error);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (SacSpeaker) speaker = { 0 }, mine = { g_object_ref (p->f.project), 1 };
      g_autoptr (SacComparison) comparison = NULL;

      g_assert_true (sac_speaker_find (p->f.project, i ? p->other.path : "version:noon", &speaker, &error));
      comparison = sac_compare (&mine, &speaker, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (comparison->queue->len, ==, i ? 0 : 1);
    }
}

#define ADD_PAIR(path, func) g_test_add ("/store/" path, Pair, NULL, pair_setup, func, pair_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD_PAIR ("compare/tags", test_tags);
  ADD_PAIR ("compare/segments", test_segments);
  ADD_PAIR ("compare/tracks", test_tracks);
  ADD_PAIR ("compare/speakers", test_speakers);
  ADD_PAIR ("merge/rules", test_merge);
  ADD_PAIR ("merge/twice", test_bring_twice);
  return g_test_run ();
}
