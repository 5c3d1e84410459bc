/* Memory for tensors, how much of it is free, and sizes as people write them. */
#pragma once
#include <glib.h>

/* Zeroed, 64-byte aligned memory for tensors, or NULL (also when SACCADE_FAIL_ALLOC says so). */
gpointer sac_try_alloc (gsize n_bytes);
void     sac_free_aligned (gpointer memory);

/* What can be taken without swapping, as the system tells it; 0 where it does not. */
guint64  sac_memory_available (void);
/* What this process holds in memory now; 0 where the system does not tell. */
guint64  sac_memory_resident (void);
/* "2G", "800M", "1.5 GiB", "512 MB" or plain bytes; K, M, G, T are powers of 1024.  FALSE for anything else and for 0. */
gboolean sac_size_parse (const char *text, guint64 *n_bytes);
/* "1.5 GiB", "212 MiB": transfer full. */
char    *sac_size_dup_text (double n_bytes);
