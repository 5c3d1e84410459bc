#pragma once
#include "sac-cli.h"

/* saccade labels top …; argv[0] is "top". */
int sac_cli_labels_top (int argc, char **argv);
