/* Sanitizer builds only.  Drivers and plug-ins stay mapped, so that stacks of leaks keep their names; and GLib's tables of quarks, which it
 * gives up on purpose as they grow, are no leaks.  lsan.supp could tell those from others only by unwinding every allocation
 * through GLib (fast_unwind_on_malloc=0), which makes the tests five times slower; here only blocks of their size are. */
#include <dlfcn.h>
#include <execinfo.h>
#include <sanitizer/lsan_interface.h>
#include <string.h>

enum { QUARK_TABLE = 2048 * sizeof (char *) };          /* the least that gquark.c allocates; it grows by as much */

static int started;                                     /* GLib makes its first table when it is loaded, before us */

void __sanitizer_malloc_hook (const volatile void *memory, size_t size);
void __sanitizer_free_hook (const volatile void *memory);

__attribute__ ((constructor)) static void
start (void)
{
  started = 1;
}

int
dlclose (void *handle)
{
  (void) handle;
  return 0;
}

__attribute__ ((no_sanitize ("address", "undefined"))) void
__sanitizer_malloc_hook (const volatile void *memory, size_t size)
{
  static _Thread_local int inside;              /* backtrace() allocates when it is first called */
  void *stack[16];

  if (size == 0 || size % QUARK_TABLE != 0 || inside)
    return;
  if (!started)
    {
      __lsan_ignore_object ((const void *) memory);
      return;
    }
  inside = 1;
  for (int i = backtrace (stack, 16) - 1; i >= 0; i--)
    {
      Dl_info place;

      if (dladdr (stack[i], &place) && place.dli_sname && strncmp (place.dli_sname, "g_quark_", 8) == 0)
        {
          __lsan_ignore_object ((const void *) memory);
          break;
        }
    }
  inside = 0;
}

void
__sanitizer_free_hook (const volatile void *memory)
{
  (void) memory;
}
