#include "sac-explain-editing.h"

void
sac_explain_editing_add (SacPage *page, SacPlayer *player, SacGaze *gaze, GtkToggleButton *toggle, GtkBox *tools)
{
  gtk_widget_set_visible (GTK_WIDGET (toggle), FALSE);
}
