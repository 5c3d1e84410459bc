/* What the dialogs of questions share: rows with a title and a control, lines of text below, and questions to the project that follow
 * what is being changed. */
#pragma once
#include <adwaita.h>

/* The control is named by the title for assistive technology. */
GtkWidget *sac_form_add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *control);
GtkLabel  *sac_form_add_label (GtkWidget *box);

/* Adwaita's, with a title that assistive technology can tell it by. */
GtkWidget *sac_message_dialog_new (GtkWindow *parent, const char *heading, const char *body);

/* Each question takes the place of the one before, some time after the last change. */
typedef struct { guint wait; GCancellable *cancellable; } SacAsker;
/* @ask is called with @owner after @ms without another call, and returns G_SOURCE_REMOVE. */
void          sac_asker_later (SacAsker *self, guint ms, GSourceFunc ask, gpointer owner);
/* The cancellable of the question that is asked now; the one before is cancelled.  Borrowed. */
GCancellable *sac_asker_next (SacAsker *self);
void          sac_asker_stop (SacAsker *self);
