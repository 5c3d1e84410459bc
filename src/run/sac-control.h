/* Commands to a running trainer: files renamed into RUN/control/, read each step, acknowledged as events. */
#pragma once
#include "base/sac-base.h"

typedef enum {
  SAC_CONTROL_NONE = 0,
  SAC_CONTROL_PAUSE = 1 << 0,
  SAC_CONTROL_RESUME = 1 << 1,
  SAC_CONTROL_STOP = 1 << 2,
  SAC_CONTROL_CHECKPOINT = 1 << 3,
} SacControl;
gboolean   sac_control_send (const char *run_folder, SacControl what, GError **error);
SacControl sac_control_take (const char *run_folder);      /* all pending, removed; a later pause/resume wins over an earlier one */

/* A trainer holds RUN/lock (a file lock, asked about without taking it) while it lives: so a crashed run is told from a running one. */
int        sac_run_lock (const char *run_folder, GError **error);     /* fd or −1 */
gboolean   sac_run_is_live (const char *run_folder);
