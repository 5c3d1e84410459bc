/* "Save picture…" of anything that is drawn by Cairo: asks for a file, whose ending decides, and draws there, for paper in the light style.
 * Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "draw/sac-draw.h"

/* @name: nullable, the file's without its ending; @draw is called with @data when a person has chosen.  @chooser belongs to @widget and is
 * NULL while nothing is asked: while it is not, this does nothing, and g_clear_object() on it (in dispose) takes the question back. */
void sac_save_picture (GtkWidget *widget, GtkFileChooserNative **chooser, const char *name, double width, double height, SacDrawFunc draw,
                       gpointer data);
