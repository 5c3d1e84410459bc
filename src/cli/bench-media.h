/* saccade bench media [FILE|DIR…]: what the player's wishes cost on this machine, each beside its target. */
#pragma once
#include <glib.h>

int _sac_bench_media (int n_paths, char **paths, gboolean as_json);    /* exit code: 0 even where a target is missed */
