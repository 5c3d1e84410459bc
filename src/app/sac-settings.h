/* The program's settings and the places of its helpers.  Main thread. */
#pragma once
#include <gio/gio.h>

/* One object for the whole program, borrowed.  NULL where the schema is installed nowhere: then nothing is remembered. */
GSettings *sac_settings_get (void);
int        sac_settings_get_int (const char *key, int otherwise);
gboolean   sac_settings_get_boolean (const char *key, gboolean otherwise);
/* NULL-terminated, empty where there is none; transfer full.  Nothing is kept where an older schema does not know @key. */
char     **sac_settings_dup_words (const char *key);
void       sac_settings_set_words (const char *key, const char *const *words);
void       sac_settings_set_boolean (const char *key, gboolean value);

/* The `saccade` program: beside this one, else in PATH.  Transfer full, NULL if there is none. */
char      *sac_dup_program (void);

/* Puts a project file on top of the recent ones. */
void       sac_recent_add (const char *path);
/* Those that still exist, newest first; transfer full, NULL-terminated. */
char     **sac_recent_dup (void);
