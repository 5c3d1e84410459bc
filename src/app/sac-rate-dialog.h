/* The learning-rate finder: a sweep of rates on a copy (`saccade train --find-rate`), its curve, and a click on it that chooses.  The
 * window frees itself when it is closed, and its process with it.  Main thread. */
#pragma once
#include <adwaita.h>

typedef void (*SacRateChosen) (double rate, gpointer data);

/* @words: the verb train with all that the run would be started with, NULL-terminated, without --run.  @data must live as long as the
 * window, which is modal for @parent. */
GtkWindow *sac_rate_dialog_new (GtkWindow *parent, const char *const *words, SacRateChosen chosen, gpointer data);
