/* Starts the window so that it measures itself: the saccade-window that lies beside this program, with @arguments (NULL ends them),
 * its caches in @cache.  Without a display it starts Xvfb; pictures are drawn by software in either case. */
#pragma once
#include <gio/gio.h>

gboolean _sac_bench_run_window (const char *cache, const char *const *arguments, GError **error);
