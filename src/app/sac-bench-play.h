/* saccade-window --bench-play OUT.json SECONDS FILE…: a window with a player for each file, all playing at once; writes how many
 * frames came in time.  Started by "saccade bench media". */
#pragma once

int sac_bench_play_main (int argc, char **argv);
