/* Event folders that others wrote (PyTorch's SummaryWriter, TensorFlow) become run folders: scalars as plain numbers or as tensors,
 * hyperparameters as recipe columns.  The files are copied as they are and read as untrusted as ever. */
#pragma once
#include "base/sac-base.h"

/* Each folder at or below @dir with event files becomes one in @runs; folders of add_hparams(), named by a time, join the one above them,
 * and a run of this program brings its recipe, data and scores along.  At most 10 000.  The new folders, NULL-terminated, transfer full;
 * NULL with an error where there is nothing to import, or where it was cancelled: then nothing stays. */
char **sac_runs_import (const char *dir, const char *runs, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                        GError **error);
