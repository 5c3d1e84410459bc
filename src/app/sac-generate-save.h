/* Pictures of generators into files and the clipboard. */
#pragma once
#include "sac-sample-view.h"
#include "sac-session.h"

/* "generate.copy", "generate.save-picture" and the like: TRUE if it was done or begun.  @session tells what came of it. */
gboolean sac_generate_save_act (SacSampleView *view, SacSession *session, const char *act);
/* A surface of RGB24 on the clipboard of @widget. */
void     sac_generate_copy (GtkWidget *widget, cairo_surface_t *picture);
