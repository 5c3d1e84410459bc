/* Commands to a running trainer: files renamed into RUN/control/, read each step, acknowledged as events (text "control": the word,
 * with its value behind a blank).  A word's file holds its value, or nothing. */
#pragma once
#include "base/sac-base.h"

typedef enum {
  SAC_CONTROL_NONE = 0,
  SAC_CONTROL_PAUSE = 1 << 0,
  SAC_CONTROL_RESUME = 1 << 1,
  SAC_CONTROL_STOP = 1 << 2,
  SAC_CONTROL_CHECKPOINT = 1 << 3,
  SAC_CONTROL_RELEASE = 1 << 4,  /* pause, and give back the memory of the device until it is to go on; the same bits come out */
  SAC_CONTROL_RATE = 1 << 5,     /* with a value: the rate from the next step on; later drops of the recipe lower it further */
  SAC_CONTROL_SNAPSHOT = 1 << 6, /* weights and statistics as they are now, to checkpoints/snapshot.safetensors; put off where
                                  * the ones before would have cost more than 2 % of the time */
} SacControl;
gboolean   sac_control_send (const char *run_folder, SacControl what, GError **error);
/* @word as it stands in the folder: "rate" with "0.003"; the others take NULL.  What no trainer would understand is an error. */
gboolean   sac_control_send_value (const char *run_folder, const char *word, const char *value, GError **error);
/* All pending, removed; of pause, release and resume the last wins.  @rate, nullable: the value of RATE. */
SacControl sac_control_take_values (const char *run_folder, double *rate);
SacControl sac_control_take (const char *run_folder);
/* The word of one command. */
const char *sac_control_get_word (SacControl what);

/* A trainer holds RUN/lock (a file lock, asked about without taking it) while it lives: so a crashed run is told from a running one. */
int        sac_run_lock (const char *run_folder, GError **error);     /* fd or −1 */
gboolean   sac_run_is_live (const char *run_folder);
