/* What the files of store/ share: one connection, statements kept by their text, commands, the journal's recorder. */
#pragma once
#include <sqlite3.h>

#include "sac-store.h"

#define SAC_STORE_APPLICATION_ID 0x53414343     /* "SACC" */
#define SAC_STORE_PERSON 1                      /* the layer of the person, made with the schema */
#define SAC_STORE_MAX_UNDO 1000
#define SAC_STORE_MAX_BYTES (64 * 1024 * 1024)  /* of one text or blob */

typedef struct _SacSyncer SacSyncer;

struct _SacProject {
  GObject parent_instance;
  char *path, *dir, *folder;
  sqlite3 *db;
  gboolean read_only;
  int lock_fd;
  char *lock_path;
  GHashTable *statements;       /* SQL → sqlite3_stmt */
  guint64 revision;
  gint64 data_version;
  gboolean recording;           /* a command is open and its changes are noted */
  GArray *records;              /* SacRecord, of the command that is open */
  GArray *touched;              /* SacId of items that the last command, undo or redo changed; see sac_project_get_touched() */
  gboolean runs_touched;        /* the same for rows of runs */
  gboolean touched_more;        /* and more than those */
  int n_steps, n_expected, stop;        /* atomic: of the act under way, as other threads see it */
  gboolean has_query_functions;
  SacSyncer *syncer;            /* NULL where nothing is written */
};

/* ---- sac-sql.c: statements.  Arguments by letter: i gint64, n int, d double, s text or NULL. */
gboolean      _sac_store_fail (SacProject *self, GError **error);          /* what SQLite says, in our words; FALSE */
sqlite3_stmt *_sac_query (SacProject *self, GError **error, const char *sql, const char *types, ...);
gboolean      _sac_step (SacProject *self, sqlite3_stmt *stmt, GError **error);    /* TRUE: a row; FALSE: reset, done or failed */
gboolean      _sac_run (SacProject *self, GError **error, const char *sql, const char *types, ...);
/* First column of the first row: 1 found, 0 no row, −1 failed. */
int           _sac_lookup (SacProject *self, gint64 *out, GError **error, const char *sql, const char *types, ...);
char         *_sac_dup_column (sqlite3_stmt *stmt, int column);            /* valid UTF-8, NULL for NULL */
char         *_sac_dup_words (sqlite3_stmt *stmt, int column);             /* the same, "" for NULL: of columns that have none */
int           _sac_column_int (sqlite3_stmt *stmt, int column);            /* clamped to 0…G_MAXINT */

/* A command: begin, changes, then commit (eats @what, the words of the undo entry) or roll back (returns FALSE).
 * With @what NULL nothing is noted for undo.  A command that changed nothing leaves no entry. */
gboolean      _sac_begin (SacProject *self, GError **error);
gboolean      _sac_commit (SacProject *self, char *what, GError **error);
gboolean      _sac_rollback (SacProject *self);
void          _sac_emit_changed (SacProject *self);

/* ---- sac-project.c */
/* Before the first connection: other descriptors of the file that are closed take no locks away. */
void _sac_make_locks_last (void);
void          _sac_harden (sqlite3 *db);

/* ---- sac-syncer.c: what was committed reaches the disk within 100 ms and the time the disk takes for a flush. */
SacSyncer    *_sac_syncer_new (const char *path, const char *dir);
void          _sac_syncer_ask (SacSyncer *self);
void          _sac_syncer_wait (SacSyncer *self);        /* until all that was asked for lies on the disk */
void          _sac_syncer_free (SacSyncer *self);        /* the same */

/* ---- sac-schema.c */
gboolean      _sac_schema_create (sqlite3 *db);          /* all tables of the newest version, in an empty file */
gboolean      _sac_schema_prepare (SacProject *self, gboolean create, GError **error);
extern const guint _sac_schema_version;
#define SAC_STORE_CHECK_AT_ONCE (48 * 1024 * 1024)     /* bytes; 0.15 s */
gboolean      _sac_is_large (SacProject *self);
gboolean      _sac_check_pages (SacProject *self, GError **error);

/* ---- sac-runs.c: folders of runs are where the rows say, in the trash or out of it. */
gboolean      _sac_settle_runs (SacProject *self, GError **error);

/* ---- sac-journal.c */
int           _sac_journal_find (const char *table);   /* its place in the list of tables */
typedef enum { SAC_RECORD_INSERT = 1, SAC_RECORD_UPDATE = 2, SAC_RECORD_DELETE = 3 } SacRecordKind;
typedef struct {
  guint table;
  SacRecordKind kind;
  gint64 row;
  guint n;                      /* rows row…row+n−1, 1 unless INSERT */
  GBytes *image;                /* the row as it was; NULL for INSERT */
} SacRecord;
gboolean      _sac_journal_attach (SacProject *self, GError **error);      /* the recorder's triggers, on a writing connection */
gboolean      _sac_journal_detach (SacProject *self, GError **error);
gboolean      _sac_journal_write (SacProject *self, const char *what, GError **error);
/* The tables that commands change: name, and the columns (the first is the row's number); NULL past the last. */
const char   *_sac_journal_table (guint table, const char *const **columns);
/* Plays an entry back inside an open command that does not record. */
gboolean      _sac_journal_play (SacProject *self, gint64 entry, gboolean undo, GError **error);
void          _sac_journal_clear_record (SacRecord *record);
void          _sac_journal_forget_touched (SacProject *self);

/* ---- sac-items.c */
char         *_sac_relative_path (const char *folder, const char *path);   /* both absolute and canonical */
char         *_sac_media_path (SacProject *self, const char *stored);
char         *_sac_unique_name (SacProject *self, const char *wanted, const char *longer, GError **error);
SacId         _sac_add_media (SacProject *self, const SacItem *facts, GError **error);
SacId         _sac_add_item_row (SacProject *self, SacId media, const SacItem *facts, const char *name, GError **error);

/* ---- sac-labels.c; _sac_ensure_label() inside an open command. */
char         *_sac_label_name (SacProject *self, SacId label, GError **error);     /* NULL: NOT_FOUND */
/* The name as it is kept: no blanks around it, one line; NULL (with @error) when nothing is left. */
char         *_sac_clean_label_name (const char *name, GError **error);
SacId         _sac_ensure_label (SacProject *self, const char *name, GError **error);
/* ---- sac-tracks.c: inside an open command. */
SacId         _sac_insert_track (SacProject *self, SacId layer, SacId item, SacId label, const SacBox *boxes, guint n_boxes,
                                 GError **error);
/* ---- sac-segments.c: inside an open command. */
gboolean      _sac_put_attribute (SacProject *self, SacAttributeKind kind, SacId owner, gint64 frame, const char *name, const char *value,
                                  GError **error);
SacId         _sac_ensure_layer (SacProject *self, const char *kind, const char *name, GError **error);

/* ---- import: what sac-import.c found, and what is added to it from lists beside the videos. */
typedef struct {
  char *path, *relative;        /* absolute; below the imported folder, with suffix */
  SacItem *facts;               /* NULL: refused, or its content is known */
  char *hash;
  GError *error;
  SacId item;                   /* once it stands in the project */
  gboolean is_new;
} SacFound;

/* Clip → group, from CSV or from a list of sources ("https://…" followed by the clips cut from it). */
GHashTable   *_sac_groups_parse (const char *text);                          /* char* → char* */
GHashTable   *_sac_groups_load (const char *path, GError **error);
const char   *_sac_groups_find (GHashTable *groups, const SacFound *found);

/* An import in two steps: reading the files, which may take long, and writing, inside an open command. */
typedef struct _SacImportFiles SacImportFiles;
SacImportFiles *_sac_import_probe (SacProject *self, const char *folder_or_file, const SacImportSpec *spec, SacProgressFunc progress,
                                   gpointer data, GCancellable *cancellable, GError **error);
gboolean        _sac_import_write (SacProject *self, SacImportFiles *files, const SacImportSpec *spec, SacImportResult *result,
                                   GCancellable *cancellable, GError **error);
GPtrArray      *_sac_import_files_get (SacImportFiles *files);      /* SacFound*; borrowed */
void            _sac_import_files_free (SacImportFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacImportFiles, _sac_import_files_free)

/* The truth of rendered clips.  Inside an open command: vocabulary, labels, review, split, groups, tracks of @found. */
typedef struct _SacTruth SacTruth;
SacTruth     *_sac_truth_load (const char *path, GError **error);
void          _sac_truth_free (SacTruth *truth);
gboolean      _sac_truth_apply (SacProject *self, SacTruth *truth, GPtrArray *found, GPtrArray *problems, GCancellable *cancellable,
                                GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTruth, _sac_truth_free)

/* Says @state of @item in the person's layer unless something is said already. */
gboolean      _sac_imply_label (SacProject *self, SacId item, SacId label, SacLabelState state, GError **error);
