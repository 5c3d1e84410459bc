/* saccade label: the acts on the vocabulary beyond names, and on what lies in time and space. */
#pragma once
#include "sac-cli.h"

typedef struct {
  const char *word, *usage;
  int least, most;              /* words after it; most −1: any number */
  SacProjectMode mode;
  gboolean (*run) (SacProject *project, char **words, GError **error);
} SacLabelAct;

extern const SacLabelAct sac_cli_label_acts[];  /* ended by word NULL */
/* 0 and @error where there is none of that name. */
SacId sac_cli_find_label (SacProject *project, const char *name, GError **error);
