/* SacClipsPage, inside: what its three files share: what is shown (sac-clips-filter.c), what is done with it (sac-clips-acts.c), and
 * the page itself. */
#pragma once
#include "sac-clip-search.h"
#include "sac-clip-selection.h"
#include "sac-clips-page.h"
#include "sac-collections.h"
#include "sac-label-bar.h"
#include "sac-tile-grid.h"

struct _SacClipsPage {
  SacPage parent_instance;
  SacThumbLoader *loader;
  SacClipSearch *find;          /* what is shown, and in which order */
  SacClipSelection *selection;
  GMenuModel *context_menu;
  int label_index;              /* −1 = any */
  SacId label_id;
  gboolean filling;             /* the label drop-down is being refilled */
  gboolean following;           /* the shared selection is being told */
  guint tick_source;
  guint64 tick;
  int tile_width;
  GCancellable *relinking;      /* missing files are being looked for */
  GtkFileChooserNative *chooser;
  guint64 seed;                 /* of the shuffled order */
  gpointer missing_of;          /* the table's ids whose missing files are counted */

  GtkSearchEntry *search;
  GtkDropDown *label_filter, *state_filter, *split_filter;
  GtkToggleButton *unreviewed;
  GtkLabel *count, *set_label, *selected_count, *error_label, *missing_label;
  GtkInfoBar *set_bar, *missing_bar;
  GtkRevealer *error_revealer;
  GtkDropDown *sort;
  GtkToggleButton *descending, *statistics_button;
  GtkWidget *keep;
  AdwFlap *flap;
  SacCollections *collections;
  GtkStack *stack;
  SacTileGrid *grid;
  GtkRevealer *act_revealer;
  SacLabelBar *labels;
};

SacClipList *_sac_clips_page_get_list (SacClipsPage *self);
/* The position of a clip among those shown; FALSE where it is not. */
gboolean     _sac_clips_page_find (SacClipsPage *self, SacClip *clip, guint *position);

/* What is shown. */
void         _sac_clips_page_class_init_filter (GtkWidgetClass *widget_class);
void         _sac_clips_page_attach_filter (SacClipsPage *self);
void         _sac_clips_page_update_count (SacClipsPage *self);
void         _sac_clips_page_clear_filters (SacClipsPage *self);
void         _sac_clips_page_show_collection (SacClipsPage *self, const char *query);

/* What is done. */
void         _sac_clips_page_class_init_acts (GtkWidgetClass *widget_class);
void         _sac_clips_page_attach_acts (SacClipsPage *self);
void         _sac_clips_page_enable_acts (SacClipsPage *self, gboolean any);
