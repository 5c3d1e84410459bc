/* saccade gan ring: the mode-collapse experiment (train/sac-ring-experiment.h), its numbers and its picture. */
#pragma once

int sac_cli_gan_ring (int argc, char **argv);
