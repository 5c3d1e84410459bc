#include "sac-memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sac-debug.h"

/* Large pieces lie on huge pages where the system has them: walks with long strides (a row of pixels, 36 points) would miss the
 * translation cache at each step; in a virtual machine that costs up to half the speed.  They are mapped rather than allocated:
 * a mapping is zeros already, and its pages are taken when they are first used. */
#define HUGE_PAGE ((gsize) 2 << 20)
#define HUGE_FROM (2 * HUGE_PAGE)

static GMutex lock;
static GHashTable *mapped;      /* start → bytes */

static gpointer
map_piece (gsize n_bytes)
{
  char *start = mmap (NULL, n_bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *aligned;

  if (start == MAP_FAILED)
    return NULL;
  aligned = (char *) (((guintptr) start + HUGE_PAGE - 1) & ~(guintptr) (HUGE_PAGE - 1));
  if (aligned > start)
    munmap (start, (gsize) (aligned - start));
  munmap (aligned + n_bytes, (gsize) (start + HUGE_PAGE - aligned));
#ifdef MADV_HUGEPAGE
  madvise (aligned, n_bytes, MADV_HUGEPAGE);
#endif
  g_mutex_lock (&lock);
  if (!mapped)
    mapped = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (mapped, aligned, GSIZE_TO_POINTER (n_bytes));
  g_mutex_unlock (&lock);
  return aligned;
}

static gboolean
unmap_piece (gpointer memory)
{
  gsize n_bytes = 0;

  g_mutex_lock (&lock);
  if (mapped)
    n_bytes = GPOINTER_TO_SIZE (g_hash_table_lookup (mapped, memory));
  if (n_bytes > 0)
    g_hash_table_remove (mapped, memory);
  g_mutex_unlock (&lock);
  if (n_bytes > 0)
    munmap (memory, n_bytes);
  return n_bytes > 0;
}

gpointer
sac_try_alloc (gsize n_bytes)
{
  static gint count;
  guint fail = sac_env_fail_alloc ();
  gsize unit = n_bytes >= HUGE_FROM ? HUGE_PAGE : 64, rounded = (n_bytes + unit - 1) & ~(unit - 1);
  void *memory;

  if (rounded < n_bytes || rounded > G_MAXSSIZE)
    return NULL;
  if (fail && (guint) g_atomic_int_add (&count, 1) + 1 >= fail)
    {
      g_atomic_int_set (&count, 0);
      return NULL;
    }
  if (unit == HUGE_PAGE)
    return map_piece (rounded);
  memory = aligned_alloc (unit, MAX (rounded, 64));
  if (memory)
    memset (memory, 0, MAX (n_bytes, 64));
  return memory;
}

void
sac_free_aligned (gpointer memory)
{
  if (memory && !unmap_piece (memory))
    free (memory);
}

guint64
sac_memory_available (void)
{
  g_autofree char *text = NULL;
  const char *line = g_file_get_contents ("/proc/meminfo", &text, NULL, NULL) ? strstr (text, "MemAvailable:") : NULL;

  return line ? g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) << 10 : 0;
}

guint64
sac_memory_resident (void)
{
  g_autofree char *text = NULL;
  const char *second = g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ? strchr (text, ' ') : NULL;

  return second ? g_ascii_strtoull (second + 1, NULL, 10) * (guint64) sysconf (_SC_PAGESIZE) : 0;
}

gboolean
sac_size_parse (const char *text, guint64 *n_bytes)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  double number = text ? g_ascii_strtod (text, &end) : 0;
  const char *unit;

  if (!text || end == text || !isfinite (number))
    return FALSE;
  while (*end == ' ')
    end++;
  unit = *end ? strchr (units, g_ascii_toupper (*end)) : NULL;
  if (unit)
    {
      number *= exp2 (10 * (double) (unit - units + 1));
      end += 1 + (end[1] == 'i');
    }
  end += *end == 'B' || *end == 'b';
  if (*end || !(number >= 1) || number > 1e18)
    return FALSE;
  *n_bytes = (guint64) number;
  return TRUE;
}

char *
sac_size_dup_text (double n_bytes)
{
  double mib = n_bytes / 1048576;

  return mib >= 1024 ? g_strdup_printf ("%.2f GiB", mib / 1024) : mib >= 10 ? g_strdup_printf ("%.0f MiB", mib)
         : g_strdup_printf ("%.1f MiB", mib);
}
