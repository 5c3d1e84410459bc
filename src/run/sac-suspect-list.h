/* SacSuspectList: labels that are likely wrong, the most suspicious first, as `saccade suspects --json` prints them and as a queue that a
 * person works off, kept in a file beside the project:
 *   {"version":1,"pairs":2160,"runs":[FOLDER,…],"position":12,"suspects":[{"clip":…,"label":…,"given":"no","score":0.84,"trajectory":…,
 *    "outside":…,"margin":…,"off_box":…,"believed_while":…,"believed_outside":…,"against":3,"runs":3,"why":…,"verdict":"yes"},…]}
 * What the numbers are: eval/sac-suspects.h; null where there is none.  The file is not trusted. */
#pragma once
#include "base/sac-base.h"

typedef enum { SAC_JUDGED_NONE, SAC_JUDGED_YES, SAC_JUDGED_NO, SAC_JUDGED_UNKNOWN, SAC_JUDGED_KEEP } SacJudgement;
const char *sac_judgement_get_name (SacJudgement verdict);         /* "", "yes", "no", "unknown", "keep" */

typedef struct {
  char *clip, *label;           /* names */
  gboolean given;               /* yes */
  double score, trajectory, outside, margin, off_box, believed_while, believed_outside;
  guint n_against, n_runs;
  char *why;                    /* in words, in the language it was computed in */
  SacJudgement verdict;
} SacSuspectRow;

typedef struct {
  guint n_pairs;                /* among so many labels */
  char **runs;                  /* NULL-terminated */
  guint position;               /* of who works it off */
  GPtrArray *rows;              /* SacSuspectRow */
} SacSuspectList;

SacSuspectList *sac_suspect_list_new (void);
void            sac_suspect_list_free (SacSuspectList *list);
SacSuspectRow  *sac_suspect_list_add (SacSuspectList *list, const char *clip, const char *label, gboolean given);      /* NaN all over */
guint           sac_suspect_list_count (const SacSuspectList *list, gboolean changed);         /* that have a verdict; that were changed */
/* Verdicts of @old go over to the same clip and label with the same thing said. */
void            sac_suspect_list_inherit (SacSuspectList *list, const SacSuspectList *old);

char           *sac_suspect_list_dup_json (const SacSuspectList *list);
SacSuspectList *sac_suspect_list_parse (const char *json, gssize length, GError **error);
gboolean        sac_suspect_list_write (const SacSuspectList *list, const char *path, GError **error);
/* NULL without @error set where there is no such file. */
SacSuspectList *sac_suspect_list_read (const char *path, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSuspectList, sac_suspect_list_free)
