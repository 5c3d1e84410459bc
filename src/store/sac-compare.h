/* Layers beside each other: how far two people (imports, runs, versions, other projects) say the same, where they differ most, and
 * one taken into the other. */
#pragma once
#include "eval/sac-agreement.h"
#include "sac-store.h"

/* Who speaks: a layer of a project.  Both may be of one project, or of two (another person's file, a version); clips are then met
 * by the content of their video and their place in it, labels by name.  Both projects belong to the calling thread. */
typedef struct { SacProject *project; SacId layer; } SacSpeaker;
/* Finds @name: "" the person's own, a layer's name, "kind:name" where two have it, "version:NAME", or a project file ("FILE.saccade",
 * its person's own).  Opens what is beside @project for reading, so take the project from @out; it holds a reference. */
gboolean    sac_speaker_find (SacProject *project, const char *name, SacSpeaker *out, GError **error);
void        sac_speaker_clear (SacSpeaker *speaker);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacSpeaker, sac_speaker_clear)
/* What to call a layer: its name, or who it is of.  Transfer full. */
char       *sac_layer_dup_title (const SacLayer *layer);

/* One label.  Tags count on clips that both have judged (with the own layer, reviewed means no to the rest).  Segments count on
 * clips on which both have segments, or that are reviewed in the own layer where that has segments at all; tracks likewise.
 * They are matched one to one by the greatest IoU; a match is one from 0.5 on for F1, the means are over all that meet.  IoU of two
 * tracks: over all frames, what both boxes cover by what any covers (at 500 frames in long clips).  Undefined numbers are NaN. */
typedef struct {
  char *label;
  SacKappa tags;
  guint n_a_segments, n_b_segments, n_segments;         /* the last: matched */
  double segment_iou, segment_f1;
  guint n_a_tracks, n_b_tracks, n_tracks;
  double track_iou, track_f1;
} SacAgreement;

typedef enum { SAC_DISAGREE_TAG, SAC_DISAGREE_SEGMENTS, SAC_DISAGREE_TRACKS } SacDisagreeKind;
/* A clip and a label of which they say different things.  @gravity: 1 for yes against no; of segments and tracks 1 − IoU.
 * @at_ns: where in the clip they differ first. */
typedef struct {
  SacId item;                   /* in the first project */
  char *clip;
  const char *label;            /* of the SacAgreement */
  SacDisagreeKind kind;
  double gravity;
  int a, b;                     /* tags: their states; else how many each has */
  gint64 at_ns;
} SacDisagreement;

typedef struct {
  guint n_clips, n_only_a, n_only_b;    /* in both; in one of the projects alone */
  GPtrArray *labels;            /* SacAgreement*, those of which either says anything, by name */
  GPtrArray *queue;             /* SacDisagreement*, the gravest first, at most 10 000 */
  guint n_disagreements;
} SacComparison;
SacComparison *sac_compare (const SacSpeaker *a, const SacSpeaker *b, GCancellable *cancellable, GError **error);
void           sac_comparison_free (SacComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacComparison, sac_comparison_free)

/* ---- merging.  What only one says, is said.  Where both speak: @ours stays, @theirs comes, both are taken back (tags: unknown;
 * segments and tracks: ours stay), or what was said last in the projects' histories (ours where they do not tell). */
typedef enum { SAC_MERGE_OURS, SAC_MERGE_THEIRS, SAC_MERGE_UNKNOWN, SAC_MERGE_NEWEST } SacMergeRule;
typedef struct { guint n_tags, n_segments, n_tracks, n_maps, n_conflicts, n_missing; } SacMergeResult;
gboolean    sac_merge_rule_parse (const char *text, SacMergeRule *rule);        /* "ours", "theirs", "unknown", "newest" */
/* @from into @into (the own layer: 1), another layer of the project; @from stays.  One command. */
gboolean    sac_project_merge_layer (SacProject *project, SacId from, SacId into, SacMergeRule rule, SacMergeResult *result,
                                     GError **error);
/* What the person of @other says, as the layer of person @name (which is replaced if it is there); with @rule also merged into the
 * own layer, and the edited maps of attention taken over.  n_missing: clips of @other that this project lacks.  One command. */
gboolean    sac_project_bring_person (SacProject *project, SacProject *other, const char *name, const SacMergeRule *rule,
                                      SacMergeResult *result, GError **error);
