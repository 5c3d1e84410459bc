/* Files that are whole or absent: written under another name in the same folder, synced, renamed. */
#pragma once
#include <gio/gio.h>

gboolean sac_file_replace (const char *path, gconstpointer data, gsize n_bytes, GError **error);

/* Reads at most @max_bytes; a larger file is an error that says so.  Transfer full. */
GBytes  *sac_file_read (const char *path, gsize max_bytes, GError **error);

/* Takes away @path and all below it; links are removed, not followed.  FALSE: something stayed. */
gboolean sac_file_remove_tree (const char *path);
/* Bytes of all files below @path as the disk counts them; links are not followed.  0 where there is nothing. */
guint64  sac_file_tree_bytes (const char *path);

/* Path of a file that is installed in pkgdatadir or, in a build tree, lies in SACCADE_DATADIR.  Transfer full, NULL if absent. */
char    *sac_file_find_data (const char *relative);

/* Seconds as a person reads them: "2 h 05 min", "3 min 20 s", "12 s".  Transfer full. */
char    *sac_dup_duration (double seconds);

/* Told now and then by long acts: @fraction 0…1 (or −1 unknown), @what in words. */
typedef void (*SacProgressFunc) (double fraction, const char *what, gpointer data);
