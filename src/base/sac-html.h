/* Text of pages that we write ourselves. */
#pragma once
#include <glib.h>

/* Appends to a page of HTML or XML; what stands for %s is escaped, @format is not. */
void sac_html (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);
