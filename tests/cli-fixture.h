/* The program as a shell would start it. */
#pragma once
#include <glib.h>
#include <string.h>
#include <sys/wait.h>

/* Its standard output; @said: what it said beside, transfer full, or NULL. */
G_GNUC_UNUSED static char *
saccade_and (int expected, const char *const *args, const char *dir, char **said)
{
  const char *program = g_getenv ("SACCADE_PROGRAM");
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status = 0;

  g_ptr_array_add (argv, (gpointer) program);
  for (guint i = 0; args[i]; i++)
    g_ptr_array_add (argv, (gpointer) args[i]);
  g_ptr_array_add (argv, NULL);
  g_assert_true (g_spawn_sync (dir, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error));
  g_assert_no_error (error);
  if (!WIFEXITED (status) || WEXITSTATUS (status) != expected)
    g_test_message ("%s %s: %s", args[0], args[1] ? args[1] : "", err);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == expected);
  if (expected)
    g_assert_true (g_str_has_prefix (err, "saccade: ") || strstr (err, "\nsaccade: "));
  if (said)
    *said = g_steal_pointer (&err);
  return out;
}

G_GNUC_UNUSED static char *
saccade (int expected, const char *const *args, const char *dir)
{
  return saccade_and (expected, args, dir, NULL);
}

#define SACCADE(expected, ...) saccade (expected, (const char *const[]) { __VA_ARGS__, NULL }, f->dir)
