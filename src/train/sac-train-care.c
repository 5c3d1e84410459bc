/* What a run looks out for by itself: a battery that runs down, a disk that fills. */
#include <glib/gi18n.h>
#include <string.h>
#include <sys/statvfs.h>

#include "sac-train-private.h"

#define LOOK_US (3 * G_USEC_PER_SEC)
#define LOW_PERCENT 10

static char *
read_word (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = sac_file_read (path, 4096, NULL);

  if (!bytes || g_bytes_get_size (bytes) == 0)
    return g_strdup ("");
  return g_strstrip (g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

/* Percent left of the machine's batteries where they run down and nothing feeds them; −1 else.  A mouse has a battery of its own. */
static int
battery_left (void)
{
  const char *folder = sac_env_power_dir ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  int left = -1;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (folder, name, NULL);
      g_autofree char *type = read_word (inside, "type"), *scope = read_word (inside, "scope"), *status = read_word (inside, "status");
      g_autofree char *capacity = read_word (inside, "capacity"), *online = read_word (inside, "online");
      guint64 percent;

      if (strcmp (type, "Battery") != 0 && strcmp (online, "1") == 0)
        return -1;
      if (strcmp (type, "Battery") == 0 && strcmp (scope, "Device") != 0 && strcmp (status, "Discharging") == 0
          && g_ascii_string_to_unsigned (capacity, 10, 0, 100, &percent, NULL))
        left = MAX (left, (int) percent);
    }
  return left;
}

static guint64
bytes_of (SacBlock *block)
{
  guint64 n = 0;

  for (guint page = 0; block && page < sac_block_get_n_pages (block); page++)
    n += sizeof (float) * sac_block_get_page_floats (block, page);
  return n;
}

/* Bytes free where the run lies; G_MAXUINT64 where the system does not tell. */
static guint64
disk_free (const SacTrainer *t)
{
  struct statvfs info;

  return statvfs (t->spec->run_folder, &info) == 0 ? (guint64) info.f_bavail * info.f_frsize : G_MAXUINT64;
}

/* Two checkpoints, one of which replaces an older one, and what others need of the disk. */
gboolean
_sac_trainer_has_room (SacTrainer *t)
{
  if (t->weights)
    t->checkpoint_bytes = bytes_of (sac_weights_get_params (t->weights)) + bytes_of (sac_weights_get_buffers (t->weights))
                          + bytes_of (sac_optimizer_get_moments (t->optimizer));
  return disk_free (t) >= 2 * t->checkpoint_bytes + sac_env_least_free ();
}

char *
_sac_trainer_dup_worry (SacTrainer *t)
{
  gint64 now = g_get_monotonic_time ();
  int left;

  if (now < t->look_us)
    return g_strdup (t->worry);
  t->look_us = now + LOOK_US;
  g_clear_pointer (&t->worry, g_free);
  left = battery_left ();
  if (left >= 0 && left <= LOW_PERCENT)
    t->worry = g_strdup_printf (_("the battery is at %d %%"), left);
  else if (!_sac_trainer_has_room (t))
    {
      g_autofree char *free = sac_size_dup_text ((double) disk_free (t));

      t->worry = g_strdup_printf (_("the disk has %s left"), free);
    }
  return g_strdup (t->worry);
}
