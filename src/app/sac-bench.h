/* saccade-window --bench OUT.json CLIPS.saccade MARKS.saccade: the window drives itself through a project of many clips and one of
 * many marks, and writes what its main thread worked for each frame.  Started by "saccade bench ui". */
#pragma once

int sac_bench_main (int argc, char **argv);
