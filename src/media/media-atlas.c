/* The thumbnails of all clips in two files: "new" grows by records of a key and its bytes; when it holds half of what is allowed it
 * takes the place of "old", and what is still asked for moves on.  So a hundred thousand clips make no hundred thousand files, the
 * disk taken has a bound, and what nobody looks at goes.  Several programs may share the folder: who writes holds a lock, who reads
 * finds whole records or none.  A record that was cut off by a crash is cut off the file by the next writer. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-media-private.h"

#define MAGIC 0x31415453u                       /* "STA1" */
#define MAX_KEY 255
#define MAX_RECORD_BYTES ((guint32) 96 << 20)

typedef struct {
  guint32 magic, n_key, n_bytes;                /* little endian; then key and bytes */
} Head;

typedef struct {
  gint64 offset;
  guint32 n_bytes;
} Place;

typedef struct {
  int fd;                                       /* −1: not there */
  struct stat is;                               /* which file that is */
  gint64 read;                                  /* so far its records are known */
  GHashTable *places;                           /* key → Place */
} Shelf;

static GMutex lock;
static Shelf shelves[2] = { { .fd = -1 }, { .fd = -1 } };
static const char *const names[] = { "new", "old" };
static gint64 most_bytes = (gint64) 4 << 30;

void
_sac_atlas_set_limit (gint64 n_bytes)
{
  g_mutex_lock (&lock);
  most_bytes = n_bytes;
  g_mutex_unlock (&lock);
}

static char *
shelf_path (guint which)
{
  return g_build_filename (sac_env_cache_dir (), "thumbs", names[which], NULL);
}

static void
close_shelf (Shelf *shelf)
{
  if (shelf->fd >= 0)
    close (shelf->fd);
  shelf->fd = -1;
  shelf->read = 0;
  g_clear_pointer (&shelf->places, g_hash_table_unref);
}

static gboolean
read_at (int fd, gpointer out, gsize n, gint64 offset)
{
  for (gsize done = 0; done < n;)
    {
      gssize got = pread (fd, (guint8 *) out + done, n - done, offset + (gint64) done);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      done += (gsize) got;
    }
  return TRUE;
}

/* Learns of the records that came since; stops at what is no record. */
static void
learn (Shelf *shelf)
{
  struct stat now;

  if (fstat (shelf->fd, &now) != 0)
    return;
  while (shelf->read + (gint64) sizeof (Head) <= now.st_size)
    {
      char key[MAX_KEY + 1];
      Head head;
      Place *place;
      gint64 n;

      if (!read_at (shelf->fd, &head, sizeof head, shelf->read))
        return;
      head.n_key = GUINT32_FROM_LE (head.n_key);
      head.n_bytes = GUINT32_FROM_LE (head.n_bytes);
      n = (gint64) sizeof head + head.n_key + head.n_bytes;
      if (head.magic != GUINT32_TO_LE (MAGIC) || head.n_key == 0 || head.n_key > MAX_KEY || head.n_bytes > MAX_RECORD_BYTES ||
          n > now.st_size - shelf->read || !read_at (shelf->fd, key, head.n_key, shelf->read + (gint64) sizeof head))
        return;
      key[head.n_key] = '\0';
      place = g_new (Place, 1);
      *place = (Place) { shelf->read + (gint64) sizeof head + head.n_key, head.n_bytes };
      g_hash_table_replace (shelf->places, g_strdup (key), place);      /* the latest holds */
      shelf->read += n;
    }
}

/* Opens what is not open, and anew what another program has put in its place. */
static void
look (guint which, gboolean make)
{
  Shelf *shelf = &shelves[which];
  g_autofree char *path = shelf_path (which);
  struct stat there;
  gboolean is_there = stat (path, &there) == 0;

  if (shelf->fd >= 0 && (!is_there || there.st_ino != shelf->is.st_ino || there.st_dev != shelf->is.st_dev))
    close_shelf (shelf);
  if (shelf->fd < 0 && (is_there || make))
    {
      g_autofree char *folder = g_path_get_dirname (path);

      g_mkdir_with_parents (folder, 0700);
      shelf->fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (make ? O_CREAT : 0), 0600);
      if (shelf->fd < 0)
        return;
      if (fstat (shelf->fd, &shelf->is) != 0 || !S_ISREG (shelf->is.st_mode))
        {
          close_shelf (shelf);
          return;
        }
      shelf->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    }
  if (shelf->fd >= 0)
    learn (shelf);
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize n, gint64 offset)
{
  for (gsize done = 0; done < n;)
    {
      gssize put = pwrite (fd, bytes + done, n - done, offset + (gint64) done);

      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        return FALSE;
      done += (gsize) put;
    }
  return TRUE;
}

/* The writer's shelf, locked, known to its end and nothing torn behind; FALSE: there is none. */
static gboolean
hold_newest (gsize n_more)
{
  for (guint tries = 0; tries < 8; tries++)
    {
      g_autofree char *path = shelf_path (0), *old = shelf_path (1);
      struct stat there;
      Shelf *shelf = &shelves[0];

      look (0, TRUE);
      if (shelf->fd < 0 || flock (shelf->fd, LOCK_EX) != 0)
        return FALSE;
      if (stat (path, &there) != 0 || there.st_ino != shelf->is.st_ino || there.st_dev != shelf->is.st_dev)
        {
          close_shelf (shelf);          /* put away by another program while we waited; gives back the lock */
          continue;
        }
      learn (shelf);
      if (fstat (shelf->fd, &there) != 0 || (there.st_size > shelf->read && ftruncate (shelf->fd, shelf->read) != 0))
        break;
      if (shelf->read == 0 || shelf->read + (gint64) n_more <= most_bytes / 2)
        return TRUE;
      if (g_rename (path, old) != 0)
        break;
      close_shelf (&shelves[1]);
      shelves[1] = *shelf;
      *shelf = (Shelf) { .fd = -1 };
      flock (shelves[1].fd, LOCK_UN);
    }
  if (shelves[0].fd >= 0)
    flock (shelves[0].fd, LOCK_UN);
  return FALSE;
}

static void
put (const char *key, gconstpointer bytes, gsize n_bytes)
{
  g_autoptr (GByteArray) record = NULL;
  guint32 n_key = (guint32) strlen (key);
  const Head head = { GUINT32_TO_LE (MAGIC), GUINT32_TO_LE (n_key), GUINT32_TO_LE ((guint32) n_bytes) };

  if (n_key == 0 || n_key > MAX_KEY || n_bytes > MAX_RECORD_BYTES || !hold_newest (sizeof head + n_key + n_bytes))
    return;
  record = g_byte_array_sized_new ((guint) (sizeof head + n_key + n_bytes));
  g_byte_array_append (record, (const guint8 *) &head, sizeof head);
  g_byte_array_append (record, (const guint8 *) key, n_key);
  g_byte_array_append (record, bytes, (guint) n_bytes);
  if (write_all (shelves[0].fd, record->data, record->len, shelves[0].read))
    learn (&shelves[0]);
  flock (shelves[0].fd, LOCK_UN);
}

void
_sac_atlas_put (const char *key, gconstpointer bytes, gsize n_bytes)
{
  g_mutex_lock (&lock);
  put (key, bytes, n_bytes);
  g_mutex_unlock (&lock);
}

guint8 *
_sac_atlas_dup (const char *key, gsize *n_bytes)
{
  guint8 *bytes = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (shelves) && !bytes; i++)
    {
      const Place *place;

      look (i, FALSE);
      place = shelves[i].places ? g_hash_table_lookup (shelves[i].places, key) : NULL;
      if (!place)
        continue;
      *n_bytes = place->n_bytes;
      bytes = g_malloc (MAX (place->n_bytes, 1));
      if (!read_at (shelves[i].fd, bytes, place->n_bytes, place->offset))
        g_clear_pointer (&bytes, g_free);
      else if (i == 1)
        put (key, bytes, *n_bytes);     /* still asked for: it stays another round */
    }
  g_mutex_unlock (&lock);
  return bytes;
}
