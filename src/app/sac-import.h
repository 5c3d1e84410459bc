/* SacImport: a folder, some videos or the demo clips into the session's project, beside the main thread.  First every file is
 * opened once, which builds its index and may take long; only then is the project's write borrowed, for the moment that
 * the rows need.  Cancelling leaves the project as it was.  Main thread.
 * Properties (read, notify): "running" boolean, "fraction" double (−1 unknown), "text" string, "left" string (time left or "").
 * Signal "done" (boolean ok): the result, or why not, has been said through the session. */
#pragma once
#include "sac-session.h"

#define SAC_TYPE_IMPORT (sac_import_get_type ())
G_DECLARE_FINAL_TYPE (SacImport, sac_import, SAC, IMPORT, GObject)

SacImport  *sac_import_new (SacSession *session);
gboolean    sac_import_is_running (SacImport *self);
double      sac_import_get_fraction (SacImport *self);
const char *sac_import_get_text (SacImport *self);
const char *sac_import_get_left (SacImport *self);
/* @paths: folders and videos; @spec copied, nullable. */
void        sac_import_start (SacImport *self, const char *const *paths, const SacImportSpec *spec);
/* Renders the demo clips into @folder with `saccade demo` and imports them with their truth. */
void        sac_import_start_demo (SacImport *self, const char *folder);
void        sac_import_cancel (SacImport *self);

/* What a folder offers: number of subfolders with videos (class folders), a truth file, a CSV of groups.  A quick look. */
typedef struct { guint n_class_folders; char *truth_json, *groups_csv; } SacFolderHints;
void        sac_folder_look (const char *folder, SacFolderHints *hints);
void        sac_folder_hints_clear (SacFolderHints *hints);
