/* One row of the label editor: what of a label is shown and changed there.  Acts through the session. */
#pragma once
#include <gtk/gtk.h>

#include "sac-session.h"

/* What the list holds: a label's place in the tree.  Facts are asked of the session by id. */
#define SAC_TYPE_VOCABULARY_ITEM (sac_vocabulary_item_get_type ())
G_DECLARE_FINAL_TYPE (SacVocabularyItem, sac_vocabulary_item, SAC, VOCABULARY_ITEM, GObject)
SacVocabularyItem *sac_vocabulary_item_new (SacId label, guint depth);
SacId              sac_vocabulary_item_get_label (SacVocabularyItem *self);
guint              sac_vocabulary_item_get_depth (SacVocabularyItem *self);

#define SAC_TYPE_VOCABULARY_ROW (sac_vocabulary_row_get_type ())
G_DECLARE_FINAL_TYPE (SacVocabularyRow, sac_vocabulary_row, SAC, VOCABULARY_ROW, GtkBox)
/* Signals: "act" (string act of the key map, or "vocabulary.merge"): a menu asked for it · "dropped" (int64 label): it was dragged here. */
GtkWidget         *sac_vocabulary_row_new (SacSession *session);
void               sac_vocabulary_row_set_item (SacVocabularyRow *self, SacVocabularyItem *item);       /* NULL none */
SacVocabularyItem *sac_vocabulary_row_get_item (SacVocabularyRow *self);
void               sac_vocabulary_row_update (SacVocabularyRow *self);          /* the label's facts may be others */
void               sac_vocabulary_row_rename (SacVocabularyRow *self);          /* starts typing the name */
