#include "sac-html.h"

void
sac_html (GString *out, const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  g_string_append (out, text);
  g_free (text);
}
