/* saccade bench store: how long the project file takes, at any size. */
#pragma once

int _sac_bench_store (int argc, char **argv);
