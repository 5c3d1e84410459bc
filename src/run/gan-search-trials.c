/* The trials of a search: drawn, claimed, recorded. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "gan-search-private.h"
#include "sac-run.h"

#define MOST_MISSES 1000000
#define MOST_RUNGS 32

/* ---- drawing. */

/* Whether @graph is worth a trial; @canonical: what counts as the same.  Where G1 is the target it keeps its name and has to learn
 * something; else generators have no names, and one of them has to. */
static gboolean
is_worth (const SacSearchSpec *spec, const SacGanGraph *graph, SacGanGraph *canonical)
{
  gboolean target = spec->objective == SAC_OBJECTIVE_G1_IS, teaches = FALSE;

  for (guint i = 0; i < (target ? 1 : spec->k); i++)
    teaches = teaches || sac_gan_graph_teaches (graph, i);
  sac_gan_graph_canonical (graph, target ? 0 : -1, canonical);
  return teaches;
}

/* Letters of all graphs that have a trial; NULL with @error. */
static GHashTable *
load_known (SacGanSearch *self, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) inner = NULL;
  sqlite3_stmt *stmt = _sac_search_query (self, &inner, "SELECT canonical FROM trials", NULL);

  while (stmt && _sac_search_step (self, stmt, &inner))
    g_hash_table_add (known, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));
  sqlite3_finalize (stmt);
  if (inner)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
  return g_steal_pointer (&known);
}

static gboolean
add_trial (SacGanSearch *self, guint number, gint64 draw, const SacGanGraph *graph, const char *letters, GError **error)
{
  g_autofree char *text = sac_gan_graph_dup_text (graph);
  gint64 seed = sac_random_u32 ((SacRandomKey) { self->spec.seed, sac_random_stream ((guint64) draw, self->spec.k, 1) }, 0);

  return _sac_search_run (self, error, "INSERT INTO trials VALUES (?, ?, ?, ?, ?, 0, 0, NULL, 0, '', '', 0)", "nissi", (int) number, draw,
                          text, letters, seed);
}

gboolean
_sac_search_draw (SacGanSearch *self, GError **error)
{
  g_autoptr (GHashTable) known = load_known (self, error);
  const SacSearchSpec *spec = &self->spec;
  gint64 draw = known ? _sac_search_number (self, -1, error, "SELECT max (draw) FROM trials HAVING count (*) > 0", NULL) : G_MININT64;
  guint there = known ? g_hash_table_size (known) : 0, misses = 0;
  /* Draws one after the other that give nothing new: by then a graph of one or two generators would have come. */
  guint most = spec->k < 3 ? 10000 + (100u << (2 * spec->k * spec->k)) : MOST_MISSES;

  if (draw == G_MININT64)
    return FALSE;
  while (there < spec->n_trials && misses < most)
    {
      g_autofree char *letters = NULL;
      SacGanGraph graph, canonical;

      sac_gan_graph_random (spec->seed, (guint64) ++draw, spec->k, &graph);
      misses++;
      if (!is_worth (spec, &graph, &canonical))
        continue;
      letters = sac_gan_graph_dup_text (&canonical);
      if (g_hash_table_contains (known, letters))
        continue;
      if (!add_trial (self, ++there, draw, &graph, letters, error))
        return FALSE;
      g_hash_table_add (known, g_steal_pointer (&letters));
      misses = 0;
    }
  if (there < spec->n_trials)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE,
                 _("There are only %u graphs of %u generators that differ and teach anything; ask for fewer trials"), there, spec->k);
  return there >= spec->n_trials;
}

gboolean
sac_gan_search_extend (SacGanSearch *self, guint n_trials, GError **error)
{
  guint before = self->spec.n_trials;

  if (self->spec.halving || n_trials < before || n_trials > SAC_SEARCH_MOST_TRIALS)
    {
      g_set_error_literal (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, self->spec.halving
                             ? _("A search with halving has as many trials as it began with: who goes on depends on all of them")
                             : _("A search can be given more trials, not fewer"));
      return FALSE;
    }
  self->spec.n_trials = n_trials;
  if (_sac_search_begin (self, error) && _sac_search_draw (self, error)
      && _sac_search_run (self, error, "UPDATE search SET n_trials = max (n_trials, ?)", "n", (int) n_trials)
      && _sac_search_commit (self, error))
    return TRUE;
  self->spec.n_trials = before;
  return _sac_search_rollback (self);
}

/* ---- claims. */

/* The instant that process @pid began, 0: there is none. */
static guint64
find_began (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid), *stat = NULL;
  const char *at = g_file_get_contents (path, &stat, NULL, NULL) ? strrchr (stat, ')') : NULL;    /* a name may hold anything */

  for (int i = 2; at && i < 22; i++)
    at = strchr (at + 1, ' ');
  return at ? g_ascii_strtoull (at, NULL, 10) : 0;
}

/* The boot of its machine, its name space of processes, its number and the instant that it began; host and connection. */
char *
_sac_search_dup_owner (void)
{
  static int serial;
  g_autofree char *boot = NULL, *space = g_file_read_link ("/proc/self/ns/pid", NULL);

  g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL);
  return g_strdup_printf ("%s %s %d %" G_GUINT64_FORMAT " %s %d", boot ? g_strstrip (boot) : "-", space ? space : "-", (int) getpid (),
                          find_began ("self"), g_get_host_name (), g_atomic_int_add (&serial, 1));
}

/* Of this machine one knows at once; others have to say that they live. */
static gboolean
is_dead (SacGanSearch *self, const char *owner, gint64 beat_us)
{
  g_auto (GStrv) theirs = g_strsplit (owner, " ", 6), ours = g_strsplit (self->owner, " ", 6);
  gint64 silent = g_get_real_time () - beat_us;

  if (g_strv_length (theirs) == 6 && g_strv_length (ours) == 6 && strcmp (theirs[0], ours[0]) == 0 && strcmp (theirs[1], ours[1]) == 0
      && strspn (theirs[2], "0123456789") == strlen (theirs[2]))
    return g_ascii_strtoull (theirs[3], NULL, 10) != find_began (theirs[2]);
  return silent > SAC_SEARCH_SILENT_S * G_USEC_PER_SEC || silent < -SAC_SEARCH_SILENT_S * G_USEC_PER_SEC;
}

static gboolean
free_the_dead (SacGanSearch *self, GError **error)
{
  g_autoptr (GArray) dead = g_array_new (FALSE, FALSE, sizeof (int));
  sqlite3_stmt *stmt = _sac_search_query (self, error, "SELECT number, owner, beat_us FROM trials WHERE state = 1", NULL);
  gboolean fine = stmt != NULL;

  while (stmt && _sac_search_step (self, stmt, error))
    {
      int number = sqlite3_column_int (stmt, 0);
      const char *owner = (const char *) sqlite3_column_text (stmt, 1);

      if (is_dead (self, owner ? owner : "", sqlite3_column_int64 (stmt, 2)))
        g_array_append_val (dead, number);
    }
  sqlite3_finalize (stmt);
  for (guint i = 0; fine && i < dead->len; i++)
    fine = _sac_search_run (self, error, "UPDATE trials SET state = 0, owner = '' WHERE number = ?", "n", g_array_index (dead, int, i));
  return fine && !(error && *error);
}

/* All have come to @rung: the better half goes on.  Of equals the lower number. */
static gboolean
halve (SacGanSearch *self, gint64 rung, GError **error)
{
  gint64 alive = _sac_search_number (self, 0, error, "SELECT count (*) FROM trials WHERE state = 0", NULL);

  return alive != G_MININT64
         && _sac_search_run (self, error, "UPDATE trials SET state = 3 WHERE number IN (SELECT number FROM trials WHERE state = 0"
                             " ORDER BY objective DESC, number LIMIT -1 OFFSET ?)", "i", (alive + 1) / 2)
         && _sac_search_run (self, error, "UPDATE search SET settled = ?", "i", rung);
}

/* Inside a transaction: the number to claim and its epochs so far; 0: none now, −1 failed, −2 over. */
static int
choose (SacGanSearch *self, guint *epochs, GError **error)
{
  gint64 least, settled, number;

  if (!free_the_dead (self, error))
    return -1;
  least = _sac_search_number (self, -1, error, "SELECT min (epochs) FROM trials WHERE state IN (0, 1) HAVING count (*) > 0", NULL);
  settled = _sac_search_number (self, 0, error, "SELECT settled FROM search", NULL);
  if (least == G_MININT64 || settled == G_MININT64)
    return -1;
  if (least < 0)
    return -2;
  /* Nobody is behind, and who stands at an unsettled rung cannot be running. */
  if (self->spec.halving && least > settled && !halve (self, least, error))
    return -1;
  number = _sac_search_number (self, 0, error, "SELECT number FROM trials WHERE state = 0 AND (epochs = ?1 OR NOT ?2)"
                               " ORDER BY number LIMIT 1", "in", least, self->spec.halving != 0);
  if (number > 0)
    *epochs = (guint) CLAMP (_sac_search_number (self, 0, error, "SELECT epochs FROM trials WHERE number = ?", "i", number), 0, G_MAXINT);
  return number == G_MININT64 ? -1 : (int) number;
}

static SacTrial *
find_trial (GPtrArray *trials, guint number)
{
  for (guint i = 0; i < trials->len; i++)
    if (((SacTrial *) trials->pdata[i])->number == number)
      return g_ptr_array_steal_index (trials, i);
  return NULL;
}

static GPtrArray *list_where (SacGanSearch *self, int number, GError **error);

int
sac_gan_search_claim (SacGanSearch *self, SacTrial **trial, guint *until, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  guint epochs = 0;
  int number;

  *trial = NULL;
  if (!_sac_search_begin (self, error))
    return -1;
  number = choose (self, &epochs, error);
  if (number == -1
      || (number > 0 && !_sac_search_run (self, error, "UPDATE trials SET state = 1, owner = ?, beat_us = ? WHERE number = ?", "sin",
                                          self->owner, g_get_real_time (), number))
      || (number > 0 && !(found = list_where (self, number, error))) || !_sac_search_commit (self, error))
    {
      _sac_search_rollback (self);
      return -1;
    }
  if (number <= 0)
    return number == -2 ? 2 : 0;
  self->claimed = TRUE;
  *until = sac_gan_search_next_rung (&self->spec, epochs);
  *trial = *until ? find_trial (found, (guint) number) : NULL;
  if (!*trial)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a search, or is damaged (%s)"), self->path,
                 _("a trial waits that is at its end"));
  return *trial ? 1 : -1;
}

gboolean
sac_gan_search_beat (SacGanSearch *self, GError **error)
{
  return _sac_search_run (self, error, "UPDATE trials SET beat_us = ? WHERE state = 1 AND owner = ?", "is", g_get_real_time (),
                          self->owner);
}

/* The claim must be this connection's. */
static gboolean
check_claim (SacGanSearch *self, guint number, GError **error)
{
  gint64 ours = _sac_search_number (self, 0, error, "SELECT 1 FROM trials WHERE number = ? AND state = 1 AND owner = ?", "ns", (int) number,
                                    self->owner);

  if (ours == 0)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("Trial %u was taken over by another process"), number);
  return ours == 1;
}

static gboolean
write_point (SacGanSearch *self, guint number, const SacTrialPoint *point, GError **error)
{
  const char *insert = "INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?)";
  gboolean fine = _sac_search_run (self, error, insert, "nnndd", (int) number, (int) point->epochs, 0, point->objective, (double) NAN);

  for (guint g = 0; fine && g < self->spec.k; g++)
    fine = _sac_search_run (self, error, insert, "nnndd", (int) number, (int) point->epochs, (int) g + 1, point->is[g], point->fid[g]);
  return fine;
}

gboolean
sac_gan_search_record (SacGanSearch *self, guint number, const SacTrialPoint *point, double seconds, GError **error)
{
  SacTrialState state = sac_gan_search_next_rung (&self->spec, point->epochs) ? SAC_TRIAL_WAITING : SAC_TRIAL_DONE;

  g_return_val_if_fail (isfinite (point->objective), FALSE);
  if (_sac_search_begin (self, error) && check_claim (self, number, error) && write_point (self, number, point, error)
      && _sac_search_run (self, error, "UPDATE trials SET state = ?, epochs = ?, objective = ?, seconds = seconds + ?, owner = '', why = ''"
                          " WHERE number = ?", "nnddn", (int) state, (int) point->epochs, point->objective, seconds, (int) number)
      && _sac_search_commit (self, error))
    return TRUE;
  return _sac_search_rollback (self);
}

static gboolean
end_claim (SacGanSearch *self, guint number, SacTrialState state, const char *why, double seconds, GError **error)
{
  if (_sac_search_begin (self, error) && check_claim (self, number, error)
      && _sac_search_run (self, error, "UPDATE trials SET state = ?, seconds = seconds + ?, owner = '', why = ? WHERE number = ?", "ndsn",
                          (int) state, seconds, why, (int) number)
      && _sac_search_commit (self, error))
    return TRUE;
  return _sac_search_rollback (self);
}

gboolean
sac_gan_search_fail (SacGanSearch *self, guint number, const char *why, double seconds, GError **error)
{
  return end_claim (self, number, SAC_TRIAL_FAILED, why, seconds, error);
}

gboolean
sac_gan_search_release (SacGanSearch *self, guint number, double seconds, GError **error)
{
  return end_claim (self, number, SAC_TRIAL_WAITING, "", seconds, error);
}

/* With halving one that failed has missed its rung when others went on. */
int
sac_gan_search_retry (SacGanSearch *self, GError **error)
{
  if (!_sac_search_run (self, error, "UPDATE trials SET state = 0, why = '' WHERE state = 4 AND (NOT ? OR epochs = (SELECT settled FROM"
                        " search))", "n", self->spec.halving != 0))
    return -1;
  return sqlite3_changes (self->db);
}

/* ---- reading. */
void
sac_trial_free (SacTrial *trial)
{
  if (!trial)
    return;
  g_free (trial->text);
  g_free (trial->canonical);
  g_free (trial->points);
  g_free (trial->why);
  g_free (trial->who);
  g_free (trial);
}

static double
column_double (sqlite3_stmt *stmt, int column)
{
  return sqlite3_column_type (stmt, column) == SQLITE_NULL ? NAN : sqlite3_column_double (stmt, column);
}

static char *
column_text (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *) sqlite3_column_text (stmt, column);

  return text ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

/* "host, process 123" of an owner. */
static char *
dup_who (const char *owner)
{
  g_auto (GStrv) parts = g_strsplit (owner, " ", 6);

  return g_strv_length (parts) == 6 ? g_strdup_printf (_("%s, process %s"), parts[4], parts[2]) : g_strdup ("");
}

static SacTrial *
read_trial (SacGanSearch *self, sqlite3_stmt *stmt)
{
  g_autoptr (SacTrial) trial = g_new0 (SacTrial, 1);
  g_autofree char *owner = column_text (stmt, 9);
  SacGanGraph canonical;

  trial->number = (guint) CLAMP (sqlite3_column_int64 (stmt, 0), 0, G_MAXINT);
  trial->text = column_text (stmt, 1);
  trial->canonical = column_text (stmt, 2);
  trial->seed = (guint64) sqlite3_column_int64 (stmt, 3);
  trial->state = (SacTrialState) sqlite3_column_int (stmt, 4);
  trial->epochs = (guint) CLAMP (sqlite3_column_int64 (stmt, 5), 0, G_MAXINT);
  trial->objective = column_double (stmt, 6);
  trial->seconds = column_double (stmt, 7);
  trial->why = column_text (stmt, 8);
  trial->who = dup_who (owner);
  if (trial->number < 1 || trial->number > SAC_SEARCH_MOST_TRIALS || (guint) trial->state >= SAC_N_TRIAL_STATES
      || !sac_gan_graph_parse (trial->text, &trial->graph, NULL) || trial->graph.k != self->spec.k
      || !sac_gan_graph_parse (trial->canonical, &canonical, NULL) || canonical.k != self->spec.k)
    return NULL;
  return g_steal_pointer (&trial);
}

static gboolean
add_points (SacGanSearch *self, GPtrArray *trials, int number, GError **error)
{
  g_autoptr (GHashTable) by_number = g_hash_table_new (NULL, NULL);
  sqlite3_stmt *stmt = _sac_search_query (self, error, "SELECT trial, epochs, generator, score, fid FROM points WHERE ?1 = 0 OR trial = ?1"
                                          " ORDER BY trial, epochs, generator", "n", number);

  for (guint i = 0; i < trials->len; i++)
    g_hash_table_insert (by_number, GUINT_TO_POINTER (((SacTrial *) trials->pdata[i])->number), trials->pdata[i]);
  while (stmt && _sac_search_step (self, stmt, error))
    {
      SacTrial *trial = g_hash_table_lookup (by_number, GINT_TO_POINTER (sqlite3_column_int (stmt, 0)));
      guint epochs = (guint) CLAMP (sqlite3_column_int64 (stmt, 1), 0, G_MAXINT);
      gint64 generator = sqlite3_column_int64 (stmt, 2);
      SacTrialPoint *point;

      if (!trial || generator < 0 || generator > self->spec.k || trial->n_points > MOST_RUNGS)
        continue;
      if (!trial->n_points || trial->points[trial->n_points - 1].epochs != epochs)
        {
          trial->points = g_renew (SacTrialPoint, trial->points, trial->n_points + 1);
          point = &trial->points[trial->n_points++];
          *point = (SacTrialPoint) { .epochs = epochs, .objective = NAN };
          for (guint g = 0; g < SAC_GAN_MOST; g++)
            point->is[g] = point->fid[g] = NAN;
        }
      point = &trial->points[trial->n_points - 1];
      if (generator == 0)
        point->objective = column_double (stmt, 3);
      else
        {
          point->is[generator - 1] = column_double (stmt, 3);
          point->fid[generator - 1] = column_double (stmt, 4);
        }
    }
  sqlite3_finalize (stmt);
  return stmt != NULL && !(error && *error);
}

/* @number 0: all. */
static GPtrArray *
list_where (SacGanSearch *self, int number, GError **error)
{
  g_autoptr (GPtrArray) trials = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_trial_free);
  g_autoptr (GError) inner = NULL;
  sqlite3_stmt *stmt = _sac_search_query (self, &inner, "SELECT number, graph, canonical, seed, state, epochs, objective, seconds, why,"
                                          " owner FROM trials WHERE ?1 = 0 OR number = ?1 ORDER BY number LIMIT ?2", "nn", number,
                                          SAC_SEARCH_MOST_TRIALS);

  while (!inner && stmt && _sac_search_step (self, stmt, &inner))
    {
      SacTrial *trial = read_trial (self, stmt);

      if (trial)
        g_ptr_array_add (trials, trial);
      else
        g_set_error (&inner, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a search, or is damaged (%s)"), self->path,
                     _("a trial is no trial"));
    }
  sqlite3_finalize (stmt);
  if (!inner)
    add_points (self, trials, number, &inner);
  if (inner)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
  return g_steal_pointer (&trials);
}

/* Both tables as they were at one instant. */
GPtrArray *
sac_gan_search_list (SacGanSearch *self, GError **error)
{
  GPtrArray *trials;

  if (!_sac_search_run (self, error, "BEGIN", NULL))
    return NULL;
  trials = list_where (self, 0, error);
  _sac_search_rollback (self);
  return trials;
}

const SacTrial *
sac_gan_search_best (const GPtrArray *trials)
{
  const SacTrial *best = NULL;

  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];

      if (trial->state == SAC_TRIAL_DONE && isfinite (trial->objective) && (!best || trial->objective > best->objective))
        best = trial;
    }
  return best;
}
