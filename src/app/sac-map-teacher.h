/* Teaching a run by the project's edited maps, from a page: a training of its own in a process of its own (`saccade maps tune`), and when
 * it is done what it brought: before and after beside each other (`saccade maps compare`). */
#pragma once
#include "sac-page.h"

/* @run: folder of the run that is taught.  What happens is told by the session's messages, the end by a dialog over @page's window. */
void sac_map_teach (SacPage *page, const char *run, gboolean paint_over);
