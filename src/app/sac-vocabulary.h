/* SacVocabulary: the window where the project's labels are edited: names, colours, keys, order and hierarchy; merge, add, delete.
 * Every change is one act of the session and can be undone here too.  Hundreds of labels: rows are recycled, a search narrows them. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_VOCABULARY (sac_vocabulary_get_type ())
G_DECLARE_FINAL_TYPE (SacVocabulary, sac_vocabulary, SAC, VOCABULARY, AdwWindow)

SacVocabulary *sac_vocabulary_new (SacSession *session);
/* An act of the key map's scope VOCABULARY, on the label that is selected: TRUE if it was done. */
gboolean       sac_vocabulary_act (SacVocabulary *self, const char *act);
void           sac_vocabulary_select (SacVocabulary *self, SacId label);
/* What is listed now: rows in order, "name" indented by two blanks a level; transfer full.  For tests. */
char          *sac_vocabulary_dup_text (SacVocabulary *self);
