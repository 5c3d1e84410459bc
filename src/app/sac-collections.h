/* SacCollections: the project's kept queries as a row of buttons; hidden while there are none.
 * Signal: "chosen" (string query).  A secondary click, or the menu key, renames or removes.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_COLLECTIONS (sac_collections_get_type ())
G_DECLARE_FINAL_TYPE (SacCollections, sac_collections, SAC, COLLECTIONS, AdwBin)

void sac_collections_attach (SacCollections *self, SacSession *session);
/* Which query is asked now: its button looks pressed. */
void sac_collections_set_query (SacCollections *self, const char *query);
/* Asks for a name and keeps @query under it. */
void sac_collections_keep (SacCollections *self, const char *query);
