/* How far work in a thread has come: a bar, what is being done, the time left, and a button that cancels.  The work tells a SacTeller,
 * which any thread may do (it is a SacProgressFunc's data); the box looks at it ten times a second.  Main thread otherwise. */
#pragma once
#include <gtk/gtk.h>

typedef struct _SacTeller SacTeller;
SacTeller *sac_teller_new (void);
SacTeller *sac_teller_ref (SacTeller *self);
void       sac_teller_unref (SacTeller *self);
void       sac_teller_tell (double fraction, const char *what, gpointer teller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTeller, sac_teller_unref)

#define SAC_TYPE_PROGRESS_BOX (sac_progress_box_get_type ())
G_DECLARE_FINAL_TYPE (SacProgressBox, sac_progress_box, SAC, PROGRESS_BOX, GtkBox)

/* Hidden until work starts and after it stops. */
GtkWidget *sac_progress_box_new (void);
void       sac_progress_box_start (SacProgressBox *self, SacTeller *teller, GCancellable *cancellable);
void       sac_progress_box_stop (SacProgressBox *self);
