/* Named versions: whole states of a project under a name, each a project file of its own in the project's folder
 * ("x.data/versions"), without the history.  Making one and comparing with one may take seconds in a large project, so both can
 * be done in any thread; they open the project by themselves. */
#pragma once
#include "sac-store.h"

typedef struct {
  SacId id;
  char *name, *note;            /* note: NULL = none */
  char *path;                   /* absolute */
  gint64 time_us;
  guint64 revision;             /* of the project when it was made */
  gint64 size;                  /* bytes; −1: the file is gone */
} SacVersion;
void       sac_version_free (SacVersion *version);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacVersion, sac_version_free)

/* Newest first; SacVersion*, transfer full. */
GPtrArray *sac_project_list_versions (SacProject *project, GError **error);
/* By name, or by number where no name fits. */
SacVersion *sac_project_find_version (SacProject *project, const char *name, GError **error);
/* What stands in the project now under @name; 0 on error.  The same in two steps: sac_version_write() in any thread gives the
 * file's name and the revision it holds, sac_project_keep_version() enters it (and removes the file when that fails). */
SacId      sac_project_add_version (SacProject *project, const char *name, const char *note, GError **error);
char      *sac_version_write (const char *project_path, guint64 *revision, GCancellable *cancellable, GError **error);
SacId      sac_project_keep_version (SacProject *project, const char *name, const char *note, const char *file, guint64 revision,
                                     GError **error);
/* Name and file; not undone. */
gboolean   sac_project_remove_version (SacProject *project, SacId version, GError **error);
/* One command, undone as any other: only the rows that differ are written.  Where videos lie, saved queries, runs and the
 * versions themselves stay as they are. */
gboolean   sac_project_restore_version (SacProject *project, SacId version, GError **error);

/* What is otherwise now than in the version: rows that only now are there, that are no longer there, that say something else. */
typedef struct { guint added, removed, changed; } SacChange;
typedef struct { SacId item; char *name; guint n; } SacTouched;
typedef struct {
  SacChange clips, labels, tags, segments, tracks, boxes, splits, attributes, maps;
  GPtrArray *touched;           /* SacTouched*: the clips with the most differences, at most 500 */
} SacChanges;
SacChanges *sac_version_compare (const char *project_path, SacId version, GCancellable *cancellable, GError **error);
void        sac_changes_free (SacChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacChanges, sac_changes_free)
