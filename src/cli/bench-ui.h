/* saccade bench ui: what the window's main thread works for each frame, with many clips and many marks. */
#pragma once

int _sac_bench_ui (int argc, char **argv);
