/* The searches of the Generate page: a second view beside the groups of generators. */
#pragma once
#include <adwaita.h>

#include "sac-gan-form.h"
#include "sac-search-view.h"
#include "sac-session.h"

/* Puts it beside @groups, which is the content of @flap.  What it wants used goes to @form.  Borrowed, the flap's own. */
SacSearchView *sac_generate_add_searches (AdwFlap *flap, GtkWidget *groups, SacGanForm *form);
/* Project, recipe and pictures as they are now. */
void           sac_generate_update_searches (SacSearchView *view, SacSession *session, SacGanForm *form);
/* Shows the groups again. */
void           sac_generate_show_groups (SacSearchView *view);
