/* SacNextMatch: what “the next clip” is: the first unreviewed one, or one about which nothing is said, with a label, of which a person or
 * a run is not sure, about which the newest run says something else.  A plain object without widgets; main thread.
 * Signal "changed": what is sought is another, or what runs say has come. */
#pragma once
#include "sac-clip-list.h"
#include "sac-session.h"

typedef enum {
  SAC_NEXT_UNREVIEWED,
  SAC_NEXT_UNLABELLED,          /* nothing is said about it */
  SAC_NEXT_UNSURE,              /* reviewed, and a label is unknown nevertheless */
  SAC_NEXT_WITH,                /* a label is yes */
  SAC_NEXT_WITHOUT_WORD,        /* a label is unknown */
  SAC_NEXT_UNCERTAIN,           /* the newest run with scores gives a label between 0.35 and 0.65 */
  SAC_NEXT_DISAGREES,           /* … or below 0.2 where it is yes, above 0.8 where it is no */
  SAC_N_NEXT,
} SacNextKind;

#define SAC_TYPE_NEXT_MATCH (sac_next_match_get_type ())
G_DECLARE_FINAL_TYPE (SacNextMatch, sac_next_match, SAC, NEXT_MATCH, GObject)

SacNextMatch *sac_next_match_new (SacSession *session);
/* @label: of WITH and WITHOUT_WORD, else 0. */
void          sac_next_match_set (SacNextMatch *self, SacNextKind kind, SacId label);
SacNextKind   sac_next_match_get_kind (SacNextMatch *self);
/* "Next unreviewed"; transfer full. */
char         *sac_next_match_dup_words (SacNextMatch *self);
/* Why nothing is found: "No run has scored clips yet", "All other clips of this list are reviewed"; transfer full. */
char         *sac_next_match_dup_excuse (SacNextMatch *self);
/* The next clip of @list after (@step 1) or before (−1) @from, round the ends; never @from itself. */
gboolean      sac_next_match_find (SacNextMatch *self, SacClipList *list, guint from, int step, guint *position);
