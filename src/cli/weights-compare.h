/* saccade weights compare A B | RUN…, saccade weights motion RUN…: the parts of `weights` that look at what training did. */
#pragma once

int sac_cli_weights_compare (int argc, char **argv);
int sac_cli_weights_motion (int argc, char **argv);
