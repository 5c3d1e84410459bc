/* What goes wrong with a group of generators, told from the run's events alone, in plain words.  Main thread or any other, as the
 * reader's. */
#pragma once
#include "sac-events.h"

typedef enum {
  SAC_GAN_FINE,
  SAC_GAN_COLLAPSED,            /* a generator says one thing only */
  SAC_GAN_D_WINS,               /* D is right nearly always: generators learn little from it */
  SAC_GAN_D_LOST,               /* D guesses: it has nothing to teach */
  SAC_GAN_UNBALANCED,           /* D takes one generator's pictures alone for what they are: the others say the same */
} SacGanTrouble;

/* The gravest one by now; @generator (nullable): which (from 0), where it is one's. */
SacGanTrouble sac_gan_find_trouble (SacEventReader *events, guint k, guint *generator);
/* In words, with what may help; NULL: nothing to warn of.  Transfer full. */
char         *sac_gan_dup_warning (SacEventReader *events, guint k);
