#include "sac-import.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-settings.h"

#define MAX_DEPTH 16
#define DEMO_CLIPS 240          /* at least so many are rendered: the scale of the bar */

typedef struct {
  char **paths;
  char *project;
  gboolean labels_from_folders;
  char *truth_json, *groups_csv;
} Work;

typedef struct {
  guint n_added, n_known, n_refused;
  char *first_problem;
} Outcome;

struct _SacImport {
  GObject parent_instance;
  SacSession *session;
  GCancellable *cancellable;
  gboolean running, lent;
  char *text, *left;
  double fraction;
  gint64 started_us;            /* of the phase */
  GMutex lock;                  /* guards what the thread tells */
  double told_fraction;
  char *told_text;
  guint tick_source;
  GSubprocess *demo;
  char *demo_folder;
};

G_DEFINE_FINAL_TYPE (SacImport, sac_import, G_TYPE_OBJECT)

enum { PROP_RUNNING = 1, PROP_FRACTION, PROP_TEXT, PROP_LEFT, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint done_signal;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_strfreev (work->paths);
  g_free (work->project);
  g_free (work->truth_json);
  g_free (work->groups_csv);
  g_free (work);
}

static void
outcome_free (gpointer data)
{
  g_free (((Outcome *) data)->first_problem);
  g_free (data);
}

static void
sac_import_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacImport *self = SAC_IMPORT (object);

  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_LEFT:
      g_value_set_string (value, self->left);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_import_dispose (GObject *object)
{
  SacImport *self = SAC_IMPORT (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->demo)
    g_subprocess_send_signal (self->demo, 15);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->demo);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_import_parent_class)->dispose (object);
}

static void
sac_import_finalize (GObject *object)
{
  SacImport *self = SAC_IMPORT (object);

  g_free (self->text);
  g_free (self->left);
  g_free (self->told_text);
  g_free (self->demo_folder);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sac_import_parent_class)->finalize (object);
}

static void
sac_import_class_init (SacImportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sac_import_get_property;
  object_class->dispose = sac_import_dispose;
  object_class->finalize = sac_import_finalize;
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, 0, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  props[PROP_LEFT] = g_param_spec_string ("left", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  done_signal = g_signal_new ("done", SAC_TYPE_IMPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
sac_import_init (SacImport *self)
{
  g_mutex_init (&self->lock);
}

SacImport *
sac_import_new (SacSession *session)
{
  SacImport *self = g_object_new (SAC_TYPE_IMPORT, NULL);

  self->session = g_object_ref (session);
  return self;
}

gboolean
sac_import_is_running (SacImport *self)
{
  return self->running;
}

double
sac_import_get_fraction (SacImport *self)
{
  return self->fraction;
}

const char *
sac_import_get_text (SacImport *self)
{
  return self->text ? self->text : "";
}

const char *
sac_import_get_left (SacImport *self)
{
  return self->left ? self->left : "";
}

/* ---- progress: told by any thread, shown ten times a second. */

static void
tell (double fraction, const char *what, gpointer data)
{
  SacImport *self = data;

  g_mutex_lock (&self->lock);
  self->told_fraction = fraction;
  if (what && g_strcmp0 (what, self->told_text) != 0)
    {
      g_free (self->told_text);
      self->told_text = g_strdup (what);
    }
  g_mutex_unlock (&self->lock);
}

static guint
count_videos (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    if (sac_media_is_video_name (name))
      n++;
    else if (name[0] != '.' && !strchr (name, '.'))
      {
        g_autofree char *sub = g_build_filename (folder, name, NULL);

        n += count_videos (sub);
      }
  return n;
}

static gboolean
tick (gpointer data)
{
  SacImport *self = data;
  double seconds = (double) (g_get_monotonic_time () - self->started_us) / 1e6;

  if (self->demo)
    {
      guint n = count_videos (self->demo_folder);
      g_autofree char *what = g_strdup_printf (ngettext ("Rendering synthetic clips: %u done",
                                                            "Rendering synthetic clips: %u done", n), n);

      tell (MIN (n / (double) DEMO_CLIPS, 0.99), what, self);
    }
  g_mutex_lock (&self->lock);
  self->fraction = self->told_fraction;
  g_free (self->text);
  self->text = g_strdup (self->told_text);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->left, g_free);
  if (seconds > 2 && self->fraction > 0.02)
    {
      g_autofree char *duration = sac_dup_duration (seconds * (1 - self->fraction) / self->fraction);

      /* Translators: %s is a duration such as "3 min 20 s". */
      self->left = g_strdup_printf (_("%s left"), duration);
    }
  for (guint i = PROP_FRACTION; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  return G_SOURCE_CONTINUE;
}

static void
begin_phase (SacImport *self, const char *what)
{
  tell (0, what, self);
  self->started_us = g_get_monotonic_time ();
}

static void
begin (SacImport *self)
{
  self->running = TRUE;
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  begin_phase (self, _("Looking for videos"));
  self->tick_source = g_timeout_add (100, tick, self);
  tick (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

static void
finish (SacImport *self, gboolean ok)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
  self->running = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
  g_signal_emit (self, done_signal, 0, ok);
}

/* ---- phase one: find the files and index each. */

static void
collect (const char *path, int depth, GPtrArray *files, GCancellable *cancellable)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_cancellable_is_cancelled (cancellable))
    return;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      if (sac_media_is_video_name (path))
        g_ptr_array_add (files, g_strdup (path));
      return;
    }
  dir = depth < MAX_DEPTH ? g_dir_open (path, 0, NULL) : NULL;
  while (dir && (name = g_dir_read_name (dir)))
    if (name[0] != '.' && !g_str_has_suffix (name, ".data"))
      {
        g_autofree char *child = g_build_filename (path, name, NULL);

        if (!g_file_test (child, G_FILE_TEST_IS_SYMLINK) || !g_file_test (child, G_FILE_TEST_IS_DIR))
          collect (child, depth + 1, files, cancellable);
      }
}

static void
index_files (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SacImport *self = source;
  Work *work = task_data;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; work->paths[i]; i++)
    collect (work->paths[i], 0, files, cancellable);
  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autofree char *name = g_path_get_basename (files->pdata[i]);
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *what = g_strdup_printf (_("Reading %u of %u: %s"), i + 1, files->len, shown);
      g_autoptr (SacMedia) media = NULL;

      tell ((double) i / files->len, what, self);
      media = sac_media_open (files->pdata[i], cancellable, NULL);      /* why not, if so, the store will say */
    }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_int (task, (gssize) files->len);
}

/* ---- phase two: the rows. */

static void
import_rows (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SacImport *self = source;
  Work *work = task_data;
  SacImportSpec spec = { work->labels_from_folders, work->groups_csv, work->truth_json };
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open (work->project, SAC_PROJECT_READ_WRITE, &error);
  Outcome *outcome = g_new0 (Outcome, 1);

  for (guint i = 0; project && work->paths[i] && !error; i++)
    {
      g_autoptr (SacImportResult) result = sac_project_import (project, work->paths[i], &spec, tell, self, cancellable, &error);

      if (!result)
        break;
      outcome->n_added += result->n_added;
      outcome->n_known += result->n_known;
      outcome->n_refused += result->n_refused;
      if (!outcome->first_problem && result->problems && result->problems->len)
        outcome->first_problem = g_strdup (result->problems->pdata[0]);
    }
  g_clear_object (&project);    /* gives the write back before the session asks for it */
  if (error)
    {
      outcome_free (outcome);
      g_task_return_error (task, error);
    }
  else
    g_task_return_pointer (task, outcome, outcome_free);
}

static gboolean
was_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED);
}

static void
say_outcome (SacImport *self, const Outcome *outcome)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("Imported %u clip", "Imported %u clips", outcome->n_added), outcome->n_added);
  if (outcome->n_known)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%u was there already", "%u were there already", outcome->n_known),
                              outcome->n_known);
    }
  if (outcome->n_refused)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%u cannot be read", "%u cannot be read", outcome->n_refused),
                              outcome->n_refused);
    }
  sac_session_say (self->session, outcome->n_added > 0, "%s", text->str);
  if (outcome->n_refused && outcome->n_added == 0 && outcome->first_problem)
    sac_session_say (self->session, FALSE, "%s", outcome->first_problem);
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  SacImport *self = SAC_IMPORT (source);
  g_autoptr (GError) error = NULL;
  Outcome *outcome = g_task_propagate_pointer (G_TASK (result), &error);

  if (!self->session)
    {
      g_clear_pointer (&outcome, outcome_free);
      return;
    }
  sac_session_take_back (self->session);
  if (outcome)
    say_outcome (self, outcome);
  else if (was_cancelled (error))
    sac_session_say (self->session, FALSE, _("Import cancelled; nothing was changed"));
  else
    sac_session_say (self->session, FALSE, _("The import failed: %s"), error->message);
  finish (self, outcome != NULL);
  g_clear_pointer (&outcome, outcome_free);
}

static void
on_indexed (GObject *source, GAsyncResult *result, gpointer data)
{
  SacImport *self = SAC_IMPORT (source);
  g_autoptr (GError) error = NULL;
  gssize n = g_task_propagate_int (G_TASK (result), &error);
  g_autoptr (GTask) task = NULL;
  Work *work = data;

  if (!self->session || error || n == 0 || !sac_session_is_writable (self->session))
    {
      if (self->session && error)
        sac_session_say (self->session, FALSE, _("Import cancelled; nothing was changed"));
      else if (self->session && n == 0)
        sac_session_say (self->session, FALSE, _("There are no videos in what was given"));
      else if (self->session)
        sac_session_say (self->session, FALSE, _("This project is open read-only"));
      work_free (work);
      if (self->session)
        finish (self, FALSE);
      return;
    }
  begin_phase (self, _("Adding the clips to the project"));
  sac_session_lend (self->session);
  task = g_task_new (self, self->cancellable, on_rows, NULL);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, import_rows);
}

static void
start_work (SacImport *self, Work *work)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_indexed, work);

  work->project = g_strdup (sac_session_get_path (self->session));
  begin_phase (self, _("Looking for videos"));
  g_task_set_task_data (task, work, NULL);      /* on_indexed passes it on */
  g_task_run_in_thread (task, index_files);
}

void
sac_import_start (SacImport *self, const char *const *paths, const SacImportSpec *spec)
{
  Work *work;

  g_return_if_fail (SAC_IS_IMPORT (self) && paths && !self->running);
  if (!sac_session_is_writable (self->session))
    {
      sac_session_say (self->session, FALSE, _("This project is open read-only"));
      return;
    }
  work = g_new0 (Work, 1);
  work->paths = g_strdupv ((char **) paths);
  if (spec)
    {
      work->labels_from_folders = spec->labels_from_folders;
      work->truth_json = g_strdup (spec->truth_json);
      work->groups_csv = g_strdup (spec->groups_csv);
    }
  begin (self);
  start_work (self, work);
}

/* ---- the demo. */

static void
on_demo (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacImport) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *truth = NULL;
  Work *work;
  gboolean ok = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &said, &error);

  ok = ok && g_subprocess_get_successful (G_SUBPROCESS (source));
  g_clear_object (&self->demo);
  if (!self->session)
    return;
  if (!ok || g_cancellable_is_cancelled (self->cancellable))
    {
      if (g_cancellable_is_cancelled (self->cancellable))
        sac_session_say (self->session, FALSE, _("Cancelled"));
      else
        sac_session_say (self->session, FALSE, _("The demo clips could not be made: %s"),
                         error ? error->message : said ? g_strchomp (said) : "");
      finish (self, FALSE);
      return;
    }
  work = g_new0 (Work, 1);
  work->paths = g_new0 (char *, 2);
  work->paths[0] = g_strdup (self->demo_folder);
  truth = g_build_filename (self->demo_folder, "truth.json", NULL);
  if (g_file_test (truth, G_FILE_TEST_EXISTS))
    work->truth_json = g_steal_pointer (&truth);
  start_work (self, work);
}

void
sac_import_start_demo (SacImport *self, const char *folder)
{
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SAC_IS_IMPORT (self) && !self->running);
  g_free (self->demo_folder);
  self->demo_folder = g_strdup (folder);
  begin (self);
  self->demo = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                                 program ? program : "saccade", "demo", folder, NULL);
  if (!self->demo)
    {
      sac_session_say (self->session, FALSE, _("The demo clips could not be made: %s"), error->message);
      finish (self, FALSE);
      return;
    }
  g_subprocess_communicate_utf8_async (self->demo, NULL, NULL, on_demo, g_object_ref (self));
}

void
sac_import_cancel (SacImport *self)
{
  g_return_if_fail (SAC_IS_IMPORT (self));
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->demo)
    g_subprocess_send_signal (self->demo, 15);
}

/* ---- what a folder offers. */

static gboolean
holds_video (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  for (guint i = 0; dir && i < 200 && (name = g_dir_read_name (dir)); i++)
    if (sac_media_is_video_name (name))
      return TRUE;
  return FALSE;
}

void
sac_folder_look (const char *folder, SacFolderHints *hints)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  memset (hints, 0, sizeof *hints);
  for (guint i = 0; dir && i < 4096 && (name = g_dir_read_name (dir)); i++)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);

      if (strcmp (name, "truth.json") == 0)
        hints->truth_json = g_steal_pointer (&child);
      else if (strcmp (name, "persons.csv") == 0 || strcmp (name, "groups.csv") == 0)
        {
          g_free (hints->groups_csv);
          hints->groups_csv = g_steal_pointer (&child);
        }
      else if (name[0] != '.' && hints->n_class_folders < 1000 && g_file_test (child, G_FILE_TEST_IS_DIR) && holds_video (child))
        hints->n_class_folders++;
    }
}

void
sac_folder_hints_clear (SacFolderHints *hints)
{
  g_clear_pointer (&hints->truth_json, g_free);
  g_clear_pointer (&hints->groups_csv, g_free);
  hints->n_class_folders = 0;
}
