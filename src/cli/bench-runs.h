/* saccade bench runs: the times that many runs take, beside what is asked for. */
#pragma once

int _sac_bench_runs (int argc, char **argv);
