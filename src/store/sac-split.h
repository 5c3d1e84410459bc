/* Splits: which clips train, which validate, which test; what belongs together, and what leaks from one side to the other.
 * A plan is made without touching the project (any connection, also a read-only one in a thread), looked at, then applied as one
 * command. */
#pragma once
#include "sac-store.h"

/* ---- groups: clips of one group stand on one side. */
typedef enum {
  SAC_GROUP_GIVEN,              /* the clip's group as imported or set (a person, a source); without one, its file */
  SAC_GROUP_SOURCE,             /* the video file the clip was cut from */
  SAC_GROUP_DAY,                /* the day of recording (what the file says, else a date in its name), local time */
  SAC_GROUP_FOLDER,             /* the folder of the file */
  SAC_GROUP_PATTERN,            /* the first capture of a regular expression in the name, else in the path */
  SAC_GROUP_TABLE,              /* a CSV of clip and group, as import takes */
  SAC_GROUP_CLIP,               /* each clip by itself: footage may stand on both sides */
} SacGroupBy;
/* A clip of which the grouping knows nothing (no date, no match, not in the table) goes with the other clips of its file. */
typedef struct {
  SacGroupBy by;
  const char *pattern;          /* PATTERN; without parentheses the whole match */
  const char *table;            /* TABLE: path of the file */
} SacGrouping;
/* "group", "person", "source", "day", "folder", "clip"; FALSE: no such word. */
gboolean sac_group_by_from_word (const char *word, SacGroupBy *by);

/* ---- duplicates: clips that show the same (media/sac-fingerprint.h). */
typedef struct { SacId a, b; guint bits; } SacDuplicate;
typedef struct {
  GArray *pairs;                /* SacDuplicate, nearest first; clips of one file only where they have the same in and out */
  guint n_unknown;              /* clips without a fingerprint: not computed yet, or their file cannot be read */
  gboolean complete;            /* FALSE: so many look alike that not all pairs are listed */
} SacDuplicates;
void sac_duplicates_free (SacDuplicates *duplicates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDuplicates, sac_duplicates_free)
/* @compute: fingerprints that the cache lacks are made now (decodes; in as many threads as there are cores); else they count as unknown. */
SacDuplicates *sac_project_find_duplicates (SacProject *project, guint max_bits, gboolean compute, SacProgressFunc progress,
                                            gpointer data, GCancellable *cancellable, GError **error);

/* ---- the division: whole groups, stratified for clips with several labels by iterative stratification over groups, then bettered by
 * moves and exchanges.  Paper: Sechidis 2011 §3.2, alg. 1.  Deterministic by @seed and the clips' names. */
#define SAC_SPLIT_MAX_FOLDS 32
typedef struct {
  double validation, test;      /* shares of the clips */
  guint64 seed;
  gboolean by_group;            /* FALSE: as SAC_GROUP_CLIP */
  gboolean keep_test;           /* clips that are test stay test; none joins them; the shares are of the rest */
  gboolean keep;                /* clips that stand on a side stay there; only the others are placed.  A group that stands on several
                                 * sides is put together: where it has a test clip in test, else where most of it is */
  SacGrouping grouping;
  guint n_folds, fold;          /* n_folds ≥ 2: that many equal parts; part @fold (from 0) is the test; @test and keep… do not count.
                                 * The same seed gives the same parts for every @fold */
  const SacDuplicates *join;    /* nullable: near-duplicates stay together, too */
  gboolean write_groups;        /* the groups found become the clips' groups, by the same command */
  gboolean ignore_labels;       /* not stratified: only the numbers of clips count */
  guint top_k;                  /* only the labels of sac_project_top_labels() count, and clips that carry none of them get no side,
                                 * whichever they had; 0: every clip is divided */
} SacSplitSpec;

typedef struct { SacId item; guint group; SacSplit was, side; } SacSplitRow;
typedef struct {
  GArray *rows;                 /* SacSplitRow, by name of the clip */
  GPtrArray *groups;            /* char*: what a group is called */
  GPtrArray *labels;            /* char* */
  guint *counts;                /* (labels + 1) × 4 sides: clips that say yes; the last row: all clips */
  guint n_groups[4];            /* by side */
  guint n_moved, n_placed;      /* clips that change sides, that had none */
  guint n_dropped;              /* by @top_k: without a side */
  gboolean write_groups;
} SacSplitPlan;
void          sac_split_plan_free (SacSplitPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSplitPlan, sac_split_plan_free)
SacSplitPlan *sac_project_plan_split (SacProject *project, const SacSplitSpec *spec, GError **error);
gboolean      sac_project_apply_split (SacProject *project, const SacSplitPlan *plan, GError **error);
/* Both in one. */
gboolean      sac_project_split (SacProject *project, const SacSplitSpec *spec, GError **error);
/* What the sides are now, in the same words (side = was); transfer full. */
SacSplitPlan *sac_project_read_split (SacProject *project, const SacGrouping *grouping, GError **error);

/* ---- the leak meter: validation and test clips that training has seen, in one way or another. */
typedef enum {
  SAC_LEAK_GROUP = 1 << 0,      /* a clip of the same group trains */
  SAC_LEAK_MEDIA = 1 << 1,      /* a clip of the same video file trains */
  SAC_LEAK_TIME = 1 << 2,       /* … and lies within gap_ns of this one, or overlaps it */
  SAC_LEAK_PICTURE = 1 << 3,    /* a near-duplicate trains */
} SacLeakKind;
#define SAC_LEAK_KINDS 4
typedef struct {
  SacGrouping grouping;
  gint64 gap_ns;                /* Δt */
  const SacDuplicates *duplicates;      /* nullable: pictures are not looked at */
  const SacSplitPlan *plan;     /* nullable: sides as they would be */
} SacLeakSpec;
typedef struct { SacId item, mate; SacLeakKind kind; gint64 gap_ns; guint bits; } SacLeak;
typedef struct {
  guint n_judged;               /* clips in validation and test */
  guint n_leaking;              /* of those, with a leak of any kind */
  guint n_by_kind[SAC_LEAK_KINDS];
  GArray *pairs;                /* SacLeak: of each leaking clip and kind the nearest mate; by name */
} SacLeaks;
void      sac_leaks_free (SacLeaks *leaks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLeaks, sac_leaks_free)
SacLeaks *sac_project_find_leaks (SacProject *project, const SacLeakSpec *spec, GError **error);
/* "group", "media", "time", "picture". */
const char *sac_leak_kind_word (SacLeakKind kind);

/* ---- methods/01 §1.2: the @k labels that most clips say yes to, over all sides, each label once a clip; by (count descending, name
 * ascending).  Labels that no clip says yes to are never among them; clips that say yes to none of them drop out, whatever their side. */
typedef struct {
  GPtrArray *labels;            /* SacLabel*, at most @k */
  GArray *clips;                /* SacId by name: those that say yes to at least one of them */
  guint8 *matrix;               /* clips × labels: 1 yes, 0 not */
  guint n_occurring;            /* labels that some clip says yes to */
  guint n_labelled;             /* clips that say yes to any label */
  double mean, mean_kept;       /* labels a clip: all labels over the labelled clips; the chosen over the kept */
} SacTopLabels;
void          sac_top_labels_free (SacTopLabels *top);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTopLabels, sac_top_labels_free)
SacTopLabels *sac_project_top_labels (SacProject *project, guint k, GError **error);
