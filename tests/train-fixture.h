/* What the tests of training share. */
#pragma once
#include "train/sac-train-private.h"

extern char *work;              /* folder of this program's run */
extern char *project_path;      /* 24 clips of each kind, every third for the test */

/* Runs the tests that were added, with both of these there. */
int train_tests_run (void);

void remove_tree (const char *path);
/* Clips of @n of each kind in DIR/red and DIR/blue, imported.  Returns the project file's path. */
char *make_project (const char *folder, guint n);
/* A tiny recipe, with the keys of @changes in place of its own. */
SacRecipe *make_recipe (const char *changes);
/* In this process, in the folder runs/NAME. */
gboolean train_here (const char *project_file, const char *name, const char *changes, guint threads, char **folder, GError **error);

/* Of the run's events: a scalar's first and last value (NAN without any), the word of its state. */
double first_value (const char *folder, const char *tag);
double last_value (const char *folder, const char *tag);
char *dup_status (const char *folder);

/* Fails where @exact and a number differs; @relative: the size of the weights' difference. */
void compare_checkpoints (const char *a, const char *b, gboolean exact, double *relative);

/* ---- the trainer as a program of its own: `saccade train` with @arguments (NULL-terminated), its status when it ended. */
GPid start_train (const char *const *arguments);
int end_of (GPid pid);
/* The tiny recipe as a file NAME.ini; transfer full. */
char *write_recipe (const char *name, const char *changes);
/* Until the run has made @step steps, or the process is gone; FALSE then. */
gboolean wait_for_step (const char *folder, GPid pid, guint64 step);
/* Until the text @tag is @text; FALSE after half a minute. */
gboolean wait_for_text (const char *folder, const char *tag, const char *text);
