/* Where the time of a training goes, from the events "seconds/<part>", and what holds it up, in words. */
#pragma once
#include "sac-events.h"

/* The step's own thread spends all its time in one of these: what another thread does meanwhile costs nothing. */
typedef enum {
  SAC_TIME_READ,                /* waiting for decoded clips from the disk */
  SAC_TIME_DECODE,              /* waiting for clips to be decoded */
  SAC_TIME_AUGMENT,
  SAC_TIME_UPLOAD,
  SAC_TIME_FORWARD,
  SAC_TIME_BACKWARD,
  SAC_TIME_UPDATE,
  SAC_TIME_VALIDATE,
  SAC_TIME_CHECKPOINT,
  SAC_N_TIMES,
} SacTime;

const char *sac_time_get_tag (SacTime part);            /* "seconds/decode" */
const char *sac_time_get_words (SacTime part);          /* "waiting for decoding", translated */

typedef struct {
  double seconds[SAC_N_TIMES], all;
  guint64 first, last;          /* steps of the first and the last log that were counted; 0: there are none */
} SacWaterfall;

/* Sums the logs of steps above @after; of all with 0. */
void  sac_waterfall_read (SacEventReader *events, guint64 after, SacWaterfall *out);
/* The part that costs most, unless that is computing. SAC_N_TIMES: computing takes the time, as it should. */
SacTime sac_waterfall_get_bottleneck (const SacWaterfall *waterfall);
/* "Waiting for decoding: 34 % of the time; …" and what would help; NULL where nothing was counted.  Transfer full. */
char *sac_waterfall_dup_words (const SacWaterfall *waterfall);
