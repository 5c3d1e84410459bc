#include "sac-map-teacher.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "sac-form.h"
#include "sac-settings.h"

typedef struct {
  SacPage *page;
  char *project, *before, *after;       /* files and folders */
} Lesson;

static void
lesson_free (Lesson *lesson)
{
  g_object_unref (lesson->page);
  g_free (lesson->project);
  g_free (lesson->before);
  g_free (lesson->after);
  g_free (lesson);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lesson, lesson_free)

/* What a verb printed; NULL after a failure, which is told unless the project is no longer open. */
static char *
finish (Lesson *lesson, GObject *source, GAsyncResult *result)
{
  g_autofree char *out = NULL, *said = NULL;
  SacSession *session = sac_page_get_session (lesson->page);
  gboolean good = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &out, &said, NULL)
                  && g_subprocess_get_if_exited (G_SUBPROCESS (source)) && g_subprocess_get_exit_status (G_SUBPROCESS (source)) == 0;
  const char *why = said ? strstr (said, "saccade: ") : NULL;
  g_autofree char *words = g_strstrip (g_strdup (why ? why + strlen ("saccade: ") : ""));

  if (good)
    return g_strdup (out ? out : "");
  if (g_strcmp0 (lesson->project, sac_session_get_path (session)) == 0)
    sac_session_say (session, FALSE, _("Teaching failed: %s"), words);
  return NULL;
}

/* A member of a run's line; −1 where there is none. */
static double
number (JsonArray *rows, guint row, const char *name)
{
  JsonObject *object = json_array_get_object_element (rows, row);
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : -1;
}

static void
add_line (GString *text, JsonArray *rows, const char *name, double factor, const char *format)
{
  double before = number (rows, 0, name), after = number (rows, 1, name);

  if (before >= 0 && after >= 0)
    g_string_append_printf (text, format, factor * before, factor * after);
}

static void
show (Lesson *lesson, const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = json_parser_load_from_data (parser, json, -1, NULL) ? json_parser_get_root (parser) : NULL;
  JsonArray *rows = root && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (lesson->page));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *title = NULL, *name = g_path_get_basename (lesson->after);
  GtkWidget *dialog;
  guint n;

  if (!rows || json_array_get_length (rows) < 2 || !window)
    return;
  n = (guint) MAX (number (rows, 1, "maps"), 0);
  title = g_strdup_printf (ngettext ("Taught by %u edited map", "Taught by %u edited maps", n), n);
  g_string_append_printf (text, "%s\n", name);
  add_line (text, rows, "space", 1, _("\nFrom the drawn maps, in space: %.3f → %.3f"));
  add_line (text, rows, "time", 1, _("\nFrom the drawn maps, in time: %.3f → %.3f"));
  add_line (text, rows, "validation_top1", 100, _("\nTold right, held out: %.1f %% → %.1f %%"));
  add_line (text, rows, "test_top1", 100, _("\nTold right, in the test: %.1f %% → %.1f %%"));
  add_line (text, rows, "deletion", 1, _("\nDeletion, low is good: %.3f → %.3f"));
  add_line (text, rows, "insertion", 1, _("\nInsertion, high is good: %.3f → %.3f"));
  dialog = sac_message_dialog_new (GTK_WINDOW (window), title, text->str);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Lesson) lesson = data;
  g_autofree char *json = finish (lesson, source, result);

  if (json && g_strcmp0 (lesson->project, sac_session_get_path (sac_page_get_session (lesson->page))) == 0)
    show (lesson, json);
}

static void
on_taught (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Lesson) lesson = data;
  g_autofree char *said = finish (lesson, source, result), *program = sac_dup_program ();
  g_autoptr (GSubprocess) tool = NULL;

  sac_session_tell_runs (sac_page_get_session (lesson->page));
  if (said)
    tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, program ? program : "saccade", "maps",
                             "compare", lesson->before, lesson->after, "--project", lesson->project, "--json", NULL);
  if (tool)
    g_subprocess_communicate_utf8_async (tool, NULL, NULL, on_compared, g_steal_pointer (&lesson));
}

void
sac_map_teach (SacPage *page, const char *run, gboolean paint_over)
{
  SacSession *session = sac_page_get_session (page);
  SacProject *project = sac_session_get_project (session);
  g_autofree char *base = g_path_get_basename (run), *program = sac_dup_program (), *stamp = NULL, *name = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) trainer = NULL;
  g_autoptr (Lesson) lesson = g_new0 (Lesson, 1);

  stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  name = g_strdup_printf ("%s edits of %s", stamp, base);
  lesson->page = g_object_ref (page);
  lesson->project = g_strdup (sac_session_get_path (session));
  lesson->before = g_strdup (run);
  lesson->after = g_build_filename (sac_project_get_folder (project), "runs", name, NULL);
  if (sac_project_add_run (project, name, lesson->after, "maps", &error))
    trainer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, program ? program : "saccade",
                                "maps", "tune", run, "--project", lesson->project, "--run", lesson->after,
                                paint_over ? "--hide=0.001" : "--hide=0", NULL);
  if (!trainer)
    {
      sac_session_say (session, FALSE, _("Training could not be started: %s"), error->message);
      return;
    }
  g_subprocess_communicate_utf8_async (trainer, NULL, NULL, on_taught, g_steal_pointer (&lesson));
  sac_session_tell_runs (session);
  sac_session_say (session, FALSE, _("“%s” is being taught; the Train page shows how it goes"), name);
}
