/* SacLabelChip: a label as a button with three states, each told by icon, text style and words, not by colour alone.
 * A click or the label's digit makes yes of what is not yes, and no of yes; with Shift held it makes unknown. */
#pragma once
#include <gtk/gtk.h>

#include "store/sac-store.h"

#define SAC_TYPE_LABEL_CHIP (sac_label_chip_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelChip, sac_label_chip, SAC, LABEL_CHIP, GtkButton)

/* SAC_CHIP_MIXED: several clips that differ. */
typedef enum { SAC_CHIP_UNKNOWN = -1, SAC_CHIP_NO = 0, SAC_CHIP_YES = 1, SAC_CHIP_MIXED = 2 } SacChipState;

/* Signal "set-state" (int SacLabelState): what the person asks for. */
GtkWidget   *sac_label_chip_new (const SacLabel *label);
SacId        sac_label_chip_get_label (SacLabelChip *self);
void         sac_label_chip_set_state (SacLabelChip *self, SacChipState state);
SacChipState sac_label_chip_get_state (SacLabelChip *self);
