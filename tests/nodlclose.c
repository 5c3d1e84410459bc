/* Sanitizer builds only: drivers and plug-ins stay mapped, so that stacks of leaks keep their names. */
#include <dlfcn.h>

int
dlclose (void *handle)
{
  (void) handle;
  return 0;
}
