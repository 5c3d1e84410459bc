/* SacClipTable: what the project says of its clips at one moment, row by row in the order of names, with their label states.
 * It is read by any thread in one go and then handed to the session; from then on only the main thread changes rows (an act
 * on one clip costs one row).  The ids, their order and sac_clip_table_find() never change: any thread may ask for them. */
#pragma once
#include "store/sac-store.h"

typedef struct {
  gatomicrefcount refs;
  guint n, n_labels;
  SacId *ids;                   /* n */
  SacItem **items;              /* n, owned */
  gint8 *states;                /* n × n_labels effective states */
  guint8 *reviewed;             /* n, 0 or 1: beside the items, to be counted quickly */
  guint8 *splits;               /* n: SacSplit, beside the items for those who walk through all */
  GPtrArray *labels;            /* SacLabel, with n_yes and n_no kept true */
  guint n_reviewed;
  guint64 revision;             /* of the project when it was read */
  guint *by_id;                 /* id → row + 1; NULL where ids are too far apart, then */
  gint64 n_by_id;
  GHashTable *rows;             /* … id → row + 1 */
} SacClipTable;

#define SAC_NO_ROW G_MAXUINT

SacClipTable *sac_clip_table_new (void);                                             /* of no clips */
SacClipTable *sac_clip_table_read (SacProject *project, GError **error);
SacClipTable *sac_clip_table_ref (SacClipTable *self);
void          sac_clip_table_unref (SacClipTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacClipTable, sac_clip_table_unref)

guint         sac_clip_table_find (const SacClipTable *self, SacId id);              /* row or SAC_NO_ROW */
guint         sac_clip_table_find_name (const SacClipTable *self, const char *name);
SacLabelState sac_clip_table_get_state (const SacClipTable *self, guint row, guint label);
/* Per label, a bit 1 << (state + 1) for each state that occurs among the clips. */
void          sac_clip_table_join_states (const SacClipTable *self, const SacId *ids, guint n, guint8 *masks);
/* These rows anew from @project; @changed (guint) receives those where anything differs. */
void          sac_clip_table_refresh (SacClipTable *self, SacProject *project, const SacId *ids, guint n, GArray *changed);
/* A new vocabulary (SacLabel, taken); TRUE if labels came, went or moved, so that all states stand in other columns. */
gboolean      sac_clip_table_take_labels (SacClipTable *self, GPtrArray *labels);
gboolean      sac_clip_table_same_row (const SacClipTable *a, guint row_a, const SacClipTable *b, guint row_b);
