/* The file of a search: tables, opening, what it is told by.  The work on its trials is in gan-search-trials.c. */
#include "sac-gan-search.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "gan-search-private.h"
#include "sac-gan-recipe.h"
#include "sac-run.h"

#define APPLICATION_ID 0x53414353       /* "SACS" */
#define VERSION 1
#define MAX_BYTES (1024 * 1024)         /* of one text */
#define BUSY_MS 20000

static const char tables[] =
  "CREATE TABLE search (id INTEGER PRIMARY KEY CHECK (id = 1), recipe TEXT NOT NULL, data TEXT NOT NULL, classifier TEXT NOT NULL,"
  " most INTEGER NOT NULL, samples INTEGER NOT NULL, k INTEGER NOT NULL, n_trials INTEGER NOT NULL, epochs INTEGER NOT NULL,"
  " seed INTEGER NOT NULL, objective TEXT NOT NULL, halving INTEGER NOT NULL, settled INTEGER NOT NULL,"
  " features TEXT NOT NULL, features_hash TEXT NOT NULL, own INTEGER NOT NULL) STRICT;"
  "CREATE TABLE trials (number INTEGER PRIMARY KEY, draw INTEGER NOT NULL UNIQUE, graph TEXT NOT NULL, canonical TEXT NOT NULL UNIQUE,"
  " seed INTEGER NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4), epochs INTEGER NOT NULL, objective REAL,"
  " seconds REAL NOT NULL, why TEXT NOT NULL, owner TEXT NOT NULL, beat_us INTEGER NOT NULL) STRICT;"
  "CREATE INDEX trials_state ON trials (state, epochs);"
  "CREATE TABLE points (trial INTEGER NOT NULL REFERENCES trials (number), epochs INTEGER NOT NULL, generator INTEGER NOT NULL,"
  " score REAL, fid REAL, PRIMARY KEY (trial, epochs, generator)) STRICT, WITHOUT ROWID;";       /* generator 0: the objective */

static const struct { const char *name, *words; } objectives[SAC_N_OBJECTIVES] = {
  { "max-is", N_("greatest inception score of the generators") }, { "g1-is", N_("inception score of G1") },
  { "mean-is", N_("mean inception score of the generators") }, { "min-fid", N_("least FID of the generators, negative") },
};
static const struct { const char *name, *words; } states[SAC_N_TRIAL_STATES] = {
  { "waiting", N_("waiting") }, { "running", N_("running") }, { "done", N_("done") }, { "pruned", N_("pruned") },
  { "failed", N_("failed") },
};

const char *
sac_objective_get_name (SacObjective objective)
{
  return objectives[objective].name;
}

const char *
sac_objective_get_words (SacObjective objective)
{
  return _(objectives[objective].words);
}

SacObjective
sac_objective_parse (const char *name)
{
  guint i = 0;

  while (i < SAC_N_OBJECTIVES && g_strcmp0 (objectives[i].name, name) != 0)
    i++;
  return i;
}

double
sac_objective_compute (SacObjective objective, guint k, const double *is, const double *fid)
{
  double best = objective == SAC_OBJECTIVE_MIN_FID ? -fid[0] : is[0], sum = 0;

  for (guint i = 0; i < (objective == SAC_OBJECTIVE_G1_IS ? 1 : k); i++)
    {
      double value = objective == SAC_OBJECTIVE_MIN_FID ? -fid[i] : is[i];

      if (!isfinite (value))
        return NAN;
      best = MAX (best, value);
      sum += value;
    }
  return objective == SAC_OBJECTIVE_MEAN_IS ? sum / k : best;
}

const char *
sac_trial_state_get_name (SacTrialState state)
{
  return states[state].name;
}

const char *
sac_trial_state_get_words (SacTrialState state)
{
  return _(states[state].words);
}

guint
sac_gan_search_next_rung (const SacSearchSpec *spec, guint epochs)
{
  if (epochs >= spec->epochs)
    return 0;
  return spec->halving ? MIN (epochs ? 2 * epochs : 1, spec->epochs) : spec->epochs;
}

/* ---- statements. */
gboolean
_sac_search_fail (SacGanSearch *self, GError **error)
{
  const char *said = sqlite3_errmsg (self->db);

  switch (sqlite3_extended_errcode (self->db) & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("“%s” is being written by another program"), self->path);
      break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a search, or is damaged (%s)"), self->path, said);
      break;
    default:
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” cannot be used: %s"), self->path, said);
      break;
    }
  return FALSE;
}

static sqlite3_stmt *
query_va (SacGanSearch *self, GError **error, const char *sql, const char *types, va_list args)
{
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL) != SQLITE_OK)
    {
      _sac_search_fail (self, error);
      return NULL;
    }
  for (int i = 0; types && types[i]; i++)
    switch (types[i])
      {
      case 'i':
        sqlite3_bind_int64 (stmt, i + 1, va_arg (args, gint64));
        break;
      case 'n':
        sqlite3_bind_int64 (stmt, i + 1, va_arg (args, int));
        break;
      case 'd':
        sqlite3_bind_double (stmt, i + 1, va_arg (args, double));
        break;
      case 's':
        sqlite3_bind_text (stmt, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      default:
        g_assert_not_reached ();
      }
  return stmt;
}

sqlite3_stmt *
_sac_search_query (SacGanSearch *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  va_list args;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  return stmt;
}

gboolean
_sac_search_step (SacGanSearch *self, sqlite3_stmt *stmt, GError **error)
{
  int code = stmt ? sqlite3_step (stmt) : SQLITE_DONE;

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    _sac_search_fail (self, error);
  return code == SQLITE_ROW;
}

gboolean
_sac_search_run (SacGanSearch *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int code;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  if (!stmt)
    return FALSE;
  while ((code = sqlite3_step (stmt)) == SQLITE_ROW)
    ;
  if (code != SQLITE_DONE)
    _sac_search_fail (self, error);
  sqlite3_finalize (stmt);
  return code == SQLITE_DONE;
}

gint64
_sac_search_number (SacGanSearch *self, gint64 otherwise, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int code;
  gint64 number = otherwise;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  if (!stmt)
    return G_MININT64;
  code = sqlite3_step (stmt);
  if (code == SQLITE_ROW)
    number = sqlite3_column_int64 (stmt, 0);
  else if (code != SQLITE_DONE)
    {
      _sac_search_fail (self, error);
      number = G_MININT64;
    }
  sqlite3_finalize (stmt);
  return number;
}

gboolean
_sac_search_begin (SacGanSearch *self, GError **error)
{
  g_return_val_if_fail (self->write, FALSE);
  return _sac_search_run (self, error, "BEGIN IMMEDIATE", NULL);
}

gboolean
_sac_search_commit (SacGanSearch *self, GError **error)
{
  return _sac_search_run (self, error, "COMMIT", NULL) || _sac_search_rollback (self);
}

gboolean
_sac_search_rollback (SacGanSearch *self)
{
  if (!sqlite3_get_autocommit (self->db))
    _sac_search_run (self, NULL, "ROLLBACK", NULL);
  return FALSE;
}

/* ---- opening. */
void
sac_gan_search_free (SacGanSearch *self)
{
  if (!self)
    return;
  if (self->db && self->write && self->claimed)
    _sac_search_run (self, NULL, "UPDATE trials SET state = 0, owner = '' WHERE state = 1 AND owner = ?", "s", self->owner);
  sqlite3_close_v2 (self->db);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->owner);
  g_free (self->spec.recipe);
  g_free (self->spec.data);
  g_free (self->spec.classifier);
  g_free (self->spec.features);
  g_free (self);
}

/* Nothing in the file may act, as in the project's (store/sac-project.c). */
static gboolean
connect_file (SacGanSearch *self, gboolean create, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

  if (sqlite3_open_v2 (self->path, &self->db, flags, NULL) != SQLITE_OK
      || (self->write && sqlite3_db_readonly (self->db, "main") == 1))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, self->write ? _("“%s” cannot be written") : _("“%s” cannot be opened"),
                   self->path);
      return FALSE;
    }
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_limit (self->db, SQLITE_LIMIT_LENGTH, MAX_BYTES);
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  return _sac_search_run (self, error, "PRAGMA temp_store = MEMORY", NULL)
         && _sac_search_run (self, error, "PRAGMA cell_size_check = ON", NULL)
         && _sac_search_run (self, error, "PRAGMA mmap_size = 0", NULL)
         && _sac_search_run (self, error, "PRAGMA synchronous = FULL", NULL)
         && (self->write || _sac_search_run (self, error, "PRAGMA query_only = ON", NULL));
}

static char *
dump_schema (sqlite3 *db)
{
  g_autoptr (GString) out = g_string_new (NULL);
  sqlite3_stmt *stmt = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY name", -1, &stmt, NULL) == SQLITE_OK)
    while ((code = sqlite3_step (stmt)) == SQLITE_ROW && out->len < MAX_BYTES)
      g_string_append_printf (out, "%s\n", (const char *) sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);
  return code == SQLITE_DONE ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* Exactly our tables, and pages that SQLite finds whole. */
static gboolean
check_file (SacGanSearch *self, GError **error)
{
  g_autofree char *there = dump_schema (self->db), *expected = NULL;
  gint64 application = there ? _sac_search_number (self, 0, error, "PRAGMA application_id", NULL) : 0;
  gint64 version = there ? _sac_search_number (self, 0, error, "PRAGMA user_version", NULL) : 0;
  sqlite3 *blank = NULL;
  sqlite3_stmt *stmt = NULL;
  gboolean whole = FALSE;

  if (!there)
    return _sac_search_fail (self, error);
  if (application == APPLICATION_ID && version > VERSION)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION, _("“%s” was written by a newer Saccade"), self->path);
      return FALSE;
    }
  if (sqlite3_open (":memory:", &blank) == SQLITE_OK && sqlite3_exec (blank, tables, NULL, NULL, NULL) == SQLITE_OK)
    expected = dump_schema (blank);
  sqlite3_close (blank);
  if (application == APPLICATION_ID && version == VERSION && g_strcmp0 (there, expected) == 0
      && (stmt = _sac_search_query (self, error, "PRAGMA quick_check(1)", NULL)) && _sac_search_step (self, stmt, NULL))
    whole = g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "ok") == 0;
  sqlite3_finalize (stmt);
  if (!whole && !(error && *error))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a search, or is damaged (%s)"), self->path,
                 application == APPLICATION_ID ? _("its tables are not those of a search") : _("another program’s file"));
  return whole;
}

static char *
dup_column (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *) sqlite3_column_text (stmt, column);

  return text ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

static gboolean
read_spec (SacGanSearch *self, GError **error)
{
  SacSearchSpec *spec = &self->spec;
  sqlite3_stmt *stmt = _sac_search_query (self, error, "SELECT recipe, data, classifier, most, samples, k, n_trials, epochs, seed,"
                                          " objective, halving, features, own FROM search", NULL);
  g_autofree char *objective = NULL;
  gint64 numbers[8] = { 0 };
  gboolean fine = FALSE;

  if (!stmt)
    return FALSE;
  if (_sac_search_step (self, stmt, error))
    {
      spec->recipe = dup_column (stmt, 0);
      spec->data = dup_column (stmt, 1);
      spec->classifier = dup_column (stmt, 2);
      for (int i = 0; i < 6; i++)
        numbers[i] = sqlite3_column_int64 (stmt, 3 + i);
      objective = dup_column (stmt, 9);
      spec->objective = sac_objective_parse (objective);
      spec->halving = sqlite3_column_int (stmt, 10) != 0;
      spec->features = dup_column (stmt, 11);
      spec->own = sqlite3_column_int (stmt, 12) != 0;
      fine = numbers[0] >= 0 && numbers[0] <= G_MAXINT && numbers[1] >= 1 && numbers[1] <= 1000000 && numbers[2] >= 1
             && numbers[2] <= SAC_GAN_MOST && numbers[3] >= 1 && numbers[3] <= SAC_SEARCH_MOST_TRIALS && numbers[4] >= 1
             && numbers[4] <= 1000000 && numbers[5] >= 0 && spec->objective < SAC_N_OBJECTIVES;
    }
  sqlite3_finalize (stmt);
  spec->limit = (guint) numbers[0];
  spec->samples = (guint) numbers[1];
  spec->k = (guint) numbers[2];
  spec->n_trials = (guint) numbers[3];
  spec->epochs = (guint) numbers[4];
  spec->seed = (guint64) numbers[5];
  if (!fine && !(error && *error))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a search, or is damaged (%s)"), self->path,
                 _("its settings are out of range"));
  return fine;
}

static SacGanSearch *
new_search (const char *folder, gboolean write)
{
  SacGanSearch *self = g_new0 (SacGanSearch, 1);

  self->folder = g_canonicalize_filename (folder, NULL);
  self->path = g_build_filename (self->folder, "search.db", NULL);
  self->write = write;
  self->owner = _sac_search_dup_owner ();
  return self;
}

SacGanSearch *
sac_gan_search_open (const char *folder, gboolean write, GError **error)
{
  g_autoptr (SacGanSearch) self = new_search (folder, write);

  if (!g_file_test (self->path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("There is no search in %s"), folder);
      return NULL;
    }
  if (!connect_file (self, FALSE, error) || !check_file (self, error) || !read_spec (self, error))
    return NULL;
  self->data_version = _sac_search_number (self, 0, NULL, "PRAGMA data_version", NULL);
  return g_steal_pointer (&self);
}

static gboolean
write_spec (SacGanSearch *self, GError **error)
{
  const SacSearchSpec *spec = &self->spec;
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version = %d", VERSION);
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d", APPLICATION_ID);

  return (sqlite3_exec (self->db, tables, NULL, NULL, NULL) == SQLITE_OK || _sac_search_fail (self, error))
         && _sac_search_run (self, error, stamp, NULL) && _sac_search_run (self, error, mark, NULL)
         && _sac_search_run (self, error, "INSERT INTO search VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', 0)", "sssnnnnnisn",
                             spec->recipe, spec->data, spec->classifier, (int) spec->limit, (int) spec->samples, (int) spec->k,
                             (int) spec->n_trials, (int) spec->epochs, (gint64) spec->seed, sac_objective_get_name (spec->objective),
                             spec->halving != 0);
}

SacGanSearch *
sac_gan_search_create (const char *folder, const SacSearchSpec *spec, GError **error)
{
  g_autoptr (SacGanSearch) self = new_search (folder, TRUE);
  g_autofree char *path = g_steal_pointer (&self->path);
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_parse (spec->recipe, error);

  g_return_val_if_fail (spec->objective < SAC_N_OBJECTIVES && spec->k >= 1 && spec->k <= SAC_GAN_MOST, NULL);
  if (!recipe)
    return NULL;
  if (spec->n_trials < 1 || spec->n_trials > SAC_SEARCH_MOST_TRIALS || spec->epochs < 1 || spec->samples < 1 || spec->seed > G_MAXINT64)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("A search has 1 to %d trials of at least one epoch"),
                   SAC_SEARCH_MOST_TRIALS);
      return NULL;
    }
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("There is a search in %s already; --resume goes on with it"), folder);
      return NULL;
    }
  if (g_mkdir_with_parents (self->folder, 0755) != 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("Cannot make the folder %s"), folder);
      return NULL;
    }
  self->spec = *spec;
  self->spec.recipe = g_strdup (spec->recipe);
  self->spec.features = g_strdup ("");
  self->spec.data = g_canonicalize_filename (spec->data, NULL);
  self->spec.classifier = spec->classifier && *spec->classifier ? g_canonicalize_filename (spec->classifier, NULL) : g_strdup ("");
  /* Under a name of its own until it is whole: who is killed here leaves no half search. */
  self->path = g_strdup_printf ("%s.%d", path, (int) getpid ());
  g_unlink (self->path);
  if (!connect_file (self, TRUE, error) || !_sac_search_begin (self, error) || !write_spec (self, error) || !_sac_search_draw (self, error)
      || !_sac_search_commit (self, error))
    {
      g_clear_pointer (&self->db, sqlite3_close_v2);
      g_unlink (self->path);
      return NULL;
    }
  sqlite3_close_v2 (g_steal_pointer (&self->db));
  if (link (self->path, path) != 0 && (g_file_test (path, G_FILE_TEST_EXISTS) || g_rename (self->path, path) != 0))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("There is a search in %s already; --resume goes on with it"), folder);
      g_unlink (self->path);
      return NULL;
    }
  g_unlink (self->path);
  return sac_gan_search_open (folder, TRUE, error);
}

/* ---- what it is asked. */
const SacSearchSpec *
sac_gan_search_get_spec (SacGanSearch *self)
{
  return &self->spec;
}

const char *
sac_gan_search_get_folder (SacGanSearch *self)
{
  return self->folder;
}

gboolean
sac_gan_search_note_features (SacGanSearch *self, const char *words, gboolean own, const char *hash, GError **error)
{
  gint64 same;

  if (!_sac_search_begin (self, error)
      || !_sac_search_run (self, error, "UPDATE search SET features = ?, own = ?, features_hash = ? WHERE features = ''", "sns", words,
                           own != 0, hash)
      || !_sac_search_commit (self, error))
    return _sac_search_rollback (self);
  same = _sac_search_number (self, 0, error, "SELECT features_hash = ? FROM search", "s", hash);
  if (same == 0)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION,
                 _("Trials of this search were scored by another feature network (%s): numbers of two do not go together"),
                 self->spec.features);
  else if (same == 1 && !*self->spec.features)
    {
      g_free (self->spec.features);
      self->spec.features = g_strdup (words);
      self->spec.own = own;
    }
  return same == 1;
}

gboolean
sac_gan_search_poll (SacGanSearch *self)
{
  gint64 version = _sac_search_number (self, self->data_version, NULL, "PRAGMA data_version", NULL), before = self->data_version;

  self->data_version = version;
  return version != before;
}

char *
sac_gan_search_dup_run (SacGanSearch *self, guint number)
{
  g_autofree char *name = g_strdup_printf ("%04u", number);

  return g_build_filename (self->folder, "runs", name, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
sac_gan_search_list_folders (const char *data)
{
  g_autofree char *folder = g_build_filename (data, "searches", NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (folder, name, "search.db", NULL);

      if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (found, g_build_filename (folder, name, NULL));
    }
  g_ptr_array_sort (found, compare_names);
  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&found), FALSE);
}

gboolean
sac_gan_search_check_name (const char *name, GError **error)
{
  gsize n = strlen (name);

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (name[i]) && (i == 0 || !strchr ("-_.", name[i])))
      n = 0;
  if (n > 0 && n <= 100)
    return TRUE;
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE,
               _("A search’s name has letters, digits, “-”, “_” and “.”, at most 100, and begins with a letter or digit"));
  return FALSE;
}

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, ",%s", isfinite (value) ? g_ascii_dtostr (digits, sizeof digits, value) : "");
}

char *
sac_gan_search_dup_table (const SacSearchSpec *spec, const GPtrArray *trials)
{
  GString *text = g_string_new ("trial,graph,canonical,seed,state,epochs,objective");

  for (guint i = 1; i <= spec->k; i++)
    g_string_append_printf (text, ",is_G%u,fid_G%u", i, i);
  g_string_append (text, ",curve\n");
  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];
      const SacTrialPoint *last = trial->n_points ? &trial->points[trial->n_points - 1] : NULL;

      g_string_append_printf (text, "%u,%s,%s,%" G_GUINT64_FORMAT ",%s,%u", trial->number, trial->text, trial->canonical, trial->seed,
                              sac_trial_state_get_name (trial->state), trial->epochs);
      append_number (text, trial->objective);
      for (guint g = 0; g < spec->k; g++)
        {
          append_number (text, last ? last->is[g] : NAN);
          append_number (text, last ? last->fid[g] : NAN);
        }
      g_string_append_c (text, ',');
      for (guint p = 0; p < trial->n_points; p++)
        {
          char digits[G_ASCII_DTOSTR_BUF_SIZE];

          g_string_append_printf (text, "%s%u:%s", p ? " " : "", trial->points[p].epochs,
                                  g_ascii_dtostr (digits, sizeof digits, trial->points[p].objective));
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/* ---- wishes. */

gboolean
sac_gan_search_is_stop_wished (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "stop", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
sac_gan_search_wish_stop (const char *folder, gboolean stop, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "stop", NULL);

  if (stop)
    return g_file_set_contents (path, "", 0, error);
  g_unlink (path);
  return TRUE;
}
