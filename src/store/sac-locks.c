/* SQLite's locks on project files, so that they last.
 * POSIX locks are the process's, and all that it has on a file go when it closes any descriptor of that file.  A file chooser that looks
 * into the files of a folder, to find out what they are, so takes the locks of the open project; another program that reads it then
 * thinks itself alone and, when it closes, removes the WAL file that is still written.  Locks of open file descriptions, which Linux has,
 * stay until their own descriptor is closed, and heed those of other programs all the same. */
#include <fcntl.h>
#include <stdarg.h>

#include "sac-store-private.h"

#ifdef F_OFD_SETLK
static int
lock_by_description (int fd, int command, ...)
{
  struct flock lock, *given;
  va_list args;
  long word;
  int result;

  va_start (args, command);
  if (command == F_SETLK || command == F_SETLKW || command == F_GETLK)
    {
      given = va_arg (args, struct flock *);
      lock = *given;
      lock.l_pid = 0;           /* or it is refused */
      result = fcntl (fd, command == F_GETLK ? F_OFD_GETLK : command == F_SETLK ? F_OFD_SETLK : F_OFD_SETLKW, &lock);
      if (command == F_GETLK)
        *given = lock;
    }
  else
    {
      word = va_arg (args, long);
      result = fcntl (fd, command, word);
    }
  va_end (args);
  return result;
}
#endif

void
_sac_make_locks_last (void)
{
#ifdef F_OFD_SETLK
  static gsize done;

  if (g_once_init_enter (&done))
    {
      sqlite3_vfs *vfs = sqlite3_vfs_find ("unix");

      if (vfs && vfs->iVersion >= 3 && vfs->xSetSystemCall)
        vfs->xSetSystemCall (vfs, "fcntl", (sqlite3_syscall_ptr) lock_by_description);
      g_once_init_leave (&done, 1);
    }
#endif
}
