/* SacPage: the base of the pages in the window's view stack.  A page is given the window's session (the open project) and
 * selection (what is looked at) once, before it is first shown, and is told when it comes to the front or goes.
 * To add a page: derive from SacPage (template parent "SacPage") and name its type in the table in sac-window.c. */
#pragma once
#include <adwaita.h>

#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_PAGE (sac_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (SacPage, sac_page, SAC, PAGE, AdwBin)

struct _SacPageClass {
  AdwBinClass parent_class;
  void (*attach) (SacPage *self);                      /* session and selection are there: connect */
  void (*set_shown) (SacPage *self, gboolean shown);   /* start or stop timers, players, polling */
  void (*toggle_sidebar) (SacPage *self);              /* F9 */
  void (*search) (SacPage *self);                      /* Ctrl+F */
};

void          sac_page_attach (SacPage *self, SacSession *session, SacSelection *selection);
void          sac_page_set_shown (SacPage *self, gboolean shown);
gboolean      sac_page_get_shown (SacPage *self);
SacSession   *sac_page_get_session (SacPage *self);          /* borrowed; NULL before attach */
SacSelection *sac_page_get_selection (SacPage *self);        /* borrowed; NULL before attach */
void          sac_page_toggle_sidebar (SacPage *self);
void          sac_page_search (SacPage *self);
