/* SacProject: opening, the lock of the one writer, and what everybody may ask. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sac-store-private.h"

#define SUFFIX ".saccade"

G_DEFINE_QUARK (sac-store-error-quark, sac_store_error)
G_DEFINE_FINAL_TYPE (SacProject, sac_project, G_TYPE_OBJECT)

static void
sac_project_finalize (GObject *object)
{
  SacProject *self = SAC_PROJECT (object);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->records, g_array_unref);
  g_clear_pointer (&self->touched, g_array_unref);
  if (self->db)
    sqlite3_close_v2 (self->db);
  g_clear_pointer (&self->syncer, _sac_syncer_free);
  if (self->lock_fd >= 0)
    {
      g_unlink (self->lock_path);       /* still ours: nobody else can have taken it */
      close (self->lock_fd);
    }
  g_free (self->lock_path);
  g_free (self->path);
  g_free (self->dir);
  g_free (self->folder);
  G_OBJECT_CLASS (sac_project_parent_class)->finalize (object);
}

static void
sac_project_class_init (SacProjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_project_finalize;
  g_signal_new ("changed", SAC_TYPE_PROJECT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
finalize_statement (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

static void
sac_project_init (SacProject *self)
{
  self->lock_fd = -1;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  self->touched = g_array_sized_new (FALSE, FALSE, sizeof (SacId), 64);
  self->records = g_array_new (FALSE, TRUE, sizeof (SacRecord));
  g_array_set_clear_func (self->records, (GDestroyNotify) _sac_journal_clear_record);
}

/* ---- which file. */
static char *
find_project_file (const char *path, SacProjectMode mode, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *found = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (full, G_FILE_TEST_IS_DIR))
    {
      if (mode != SAC_PROJECT_CREATE && !g_file_test (full, G_FILE_TEST_EXISTS))
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no project “%s”"), path);
          return NULL;
        }
      if (g_file_test (full, G_FILE_TEST_EXISTS) && !g_file_test (full, G_FILE_TEST_IS_REGULAR))
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("“%s” is not a file"), path);
          return NULL;
        }
      return g_steal_pointer (&full);
    }
  dir = g_dir_open (full, 0, error);
  if (!dir)
    return NULL;
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, SUFFIX) && name[0] != '.')
      {
        if (found)
          {
            g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("“%s” holds several projects; name one of them"), path);
            return NULL;
          }
        found = g_build_filename (full, name, NULL);
      }
  if (!found && mode == SAC_PROJECT_CREATE)
    {
      g_autofree char *base = g_path_get_basename (full);

      found = g_strconcat (full, G_DIR_SEPARATOR_S, strcmp (base, "/") ? base : "project", SUFFIX, NULL);
    }
  if (!found)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("“%s” holds no project (no file that ends in %s)"), path, SUFFIX);
  return g_steal_pointer (&found);
}

/* SQLite's shared memory does not work across machines. */
static gboolean
is_on_network_disk (const char *dir)
{
  struct statfs fs;

  if (statfs (dir, &fs) != 0)
    return FALSE;
  return (unsigned long) fs.f_type == NFS_SUPER_MAGIC || (unsigned long) fs.f_type == SMB_SUPER_MAGIC
         || (unsigned long) fs.f_type == 0xFF534D42 /* CIFS */ || (unsigned long) fs.f_type == 0xFE534D42 /* SMB2 */;
}

/* A file of its own: closing any descriptor of the project file would drop SQLite's locks of this process. */
static gboolean
lock_for_writing (SacProject *self, GError **error)
{
  self->lock_path = g_strconcat (self->path, "-lock", NULL);
  for (int attempt = 0; attempt < 20; attempt++)
    {
      struct stat opened, there;
      int fd = g_open (self->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

      if (fd < 0)
        {
          g_set_error (error, SAC_STORE_ERROR, errno == EACCES || errno == EROFS ? SAC_STORE_ERROR_READ_ONLY : SAC_STORE_ERROR_OPEN,
                       _("“%s” cannot be opened for writing: %s"), self->path, g_strerror (errno));
          return FALSE;
        }
      if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
          close (fd);
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY,
                       _("“%s” is already open for writing elsewhere; here it can only be read"), self->path);
          return FALSE;
        }
      /* The one who held it before may have unlinked the name meanwhile. */
      if (fstat (fd, &opened) == 0 && stat (self->lock_path,
                                            &there) == 0 && opened.st_ino == there.st_ino && opened.st_dev == there.st_dev)
        {
          self->lock_fd = fd;
          return TRUE;
        }
      close (fd);
    }
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY, _("“%s” is already open for writing elsewhere; here it can only be read"),
               self->path);
  return FALSE;
}

/* Nothing in the file may act: no views, no triggers, no odd functions, no changes behind SQLite's back. */
void
_sac_harden (sqlite3 *db)
{
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);      /* those of the file; temporary ones still run */
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, SAC_STORE_MAX_BYTES);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_extended_result_codes (db, 1);
}

/* The settings and the first look at the file. */
static gboolean
set_up_connection (SacProject *self)
{
  const char *settings = "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                         "PRAGMA cache_size = -16384; PRAGMA mmap_size = 0; PRAGMA recursive_triggers = OFF;"
                         "SELECT count(*) FROM main.sqlite_schema;";

  _sac_harden (self->db);
  sqlite3_busy_timeout (self->db, 3000);
  return sqlite3_exec (self->db, settings, NULL, NULL, NULL) == SQLITE_OK
         && (!self->read_only || sqlite3_exec (self->db, "PRAGMA query_only = ON", NULL, NULL, NULL) == SQLITE_OK);
}

static gboolean
connect_database (SacProject *self, SacProjectMode mode, GError **error)
{
  /* A reader, too, may write where it can: only so does it bring home what a killed writer left in the WAL file, and
   * leave nothing beside the project when it was the last to close.  query_only keeps its hands off the tables. */
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | (mode == SAC_PROJECT_CREATE ? SQLITE_OPEN_CREATE : 0), code;

  _sac_make_locks_last ();
  if (sqlite3_open_v2 (self->path, &self->db, flags, NULL) != SQLITE_OK)
    {
      if (!self->db)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("“%s” cannot be opened"), self->path);
      else
        _sac_store_fail (self, error);
      return FALSE;
    }
  if (!self->read_only && sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY, _("“%s” can only be read"), self->path);
      return FALSE;
    }
  if (set_up_connection (self))
    return TRUE;
  code = sqlite3_errcode (self->db) & 0xff;
  if (self->read_only && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY))
    {
      /* A WAL file in a folder that cannot be written: nobody else can be writing it either. */
      g_autofree char *escaped = g_uri_escape_string (self->path, "/", TRUE);
      g_autofree char *uri = g_strconcat ("file:", escaped, "?immutable=1", NULL);

      sqlite3_close_v2 (g_steal_pointer (&self->db));
      if (sqlite3_open_v2 (uri, &self->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK && set_up_connection (self))
        return TRUE;
    }
  return _sac_store_fail (self, error);
}

static SacProject *
open_file (const char *path, SacProjectMode mode, gboolean checked, GError **error)
{
  g_autoptr (SacProject) self = NULL;
  gint64 revision = 0;

  self = g_object_new (SAC_TYPE_PROJECT, NULL);
  self->read_only = mode == SAC_PROJECT_READ_ONLY;
  self->path = find_project_file (path, mode, error);
  if (!self->path)
    return NULL;
  self->dir = g_path_get_dirname (self->path);
  self->folder = g_str_has_suffix (self->path, SUFFIX)
                   ? g_strdup_printf ("%.*s.data", (int) (strlen (self->path) - strlen (SUFFIX)), self->path)
                   : g_strconcat (self->path, ".data", NULL);
  if (!g_file_test (self->dir, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no folder “%s”"), self->dir);
      return NULL;
    }
  if (!self->read_only)
    {
      if (is_on_network_disk (self->dir))
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN,
                       _("“%s” lies on a network disk, where labels would not be safe; keep the project file on a disk of this "
                         "machine (the videos may stay where they are)"), self->path);
          return NULL;
        }
      if (!lock_for_writing (self, error))
        return NULL;
    }
  if (!connect_database (self, mode, error))
    return NULL;
  if (!self->read_only)
    {
      /* NORMAL: an act survives the death of this program at once, and a power cut never takes the file; the syncer sees to it
       * that the acts, too, lie on the disk a tenth of a second later. */
      self->syncer = _sac_syncer_new (self->path, self->dir);
      if (sqlite3_exec (self->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", NULL, NULL, NULL) != SQLITE_OK)
        {
          _sac_store_fail (self, error);
          return NULL;
        }
    }
  if ((!checked && !_sac_schema_prepare (self, mode == SAC_PROJECT_CREATE, error))
      || (!self->read_only && !_sac_journal_attach (self, error)))
    return NULL;
  if (_sac_lookup (self, &revision, error, "SELECT value FROM meta WHERE key = 'revision'", NULL) < 0
      || _sac_lookup (self, &self->data_version, error, "PRAGMA data_version", NULL) < 0)
    return NULL;
  self->revision = revision;
  /* What a death between an act and its move left behind. */
  if (!self->read_only)
    _sac_settle_runs (self, NULL);
  return g_steal_pointer (&self);
}

SacProject *
sac_project_open (const char *path, SacProjectMode mode, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  return open_file (path, mode, FALSE, error);
}

SacProject *
sac_project_open_reader (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  return open_file (path, SAC_PROJECT_READ_ONLY, TRUE, error);
}

void
sac_project_flush (SacProject *self)
{
  g_return_if_fail (SAC_IS_PROJECT (self));
  if (self->syncer)
    _sac_syncer_wait (self->syncer);
}

gboolean
sac_project_is_unchecked (SacProject *self)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return _sac_is_large (self);
}

static int
stop_when_cancelled (gpointer cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

gboolean
sac_project_check (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_READ_ONLY, error);
  g_autoptr (GError) failed = NULL;
  gboolean good;

  if (!project || !_sac_is_large (project))
    return project != NULL;
  if (cancellable)
    sqlite3_progress_handler (project->db, 10000, stop_when_cancelled, cancellable);
  good = _sac_check_pages (project, &failed);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return good;
}

const char *
sac_project_get_path (SacProject *self)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  return self->path;
}

const char *
sac_project_get_folder (SacProject *self)
{
  g_autofree char *runs = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  runs = g_build_filename (self->folder, "runs", NULL);
  g_mkdir_with_parents (runs, 0755);    /* who writes into it sees why when this failed */
  return self->folder;
}

gboolean
sac_project_is_read_only (SacProject *self)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), TRUE);
  return self->read_only;
}

guint64
sac_project_get_revision (SacProject *self)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  return self->revision;
}

gboolean
sac_project_poll (SacProject *self)
{
  gint64 version = 0, revision = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (_sac_lookup (self, &version, NULL, "PRAGMA data_version", NULL) != 1 || version == self->data_version)
    return FALSE;
  self->data_version = version;
  if (_sac_lookup (self, &revision, NULL, "SELECT value FROM meta WHERE key = 'revision'", NULL) != 1
      || (guint64) revision == self->revision)
    return FALSE;
  self->revision = revision;
  _sac_emit_changed (self);
  return TRUE;
}
