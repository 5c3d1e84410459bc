/* saccade-window --keys[-json] WORDS…: the key map without a display, for "saccade keys".  Returns the exit code. */
#pragma once

int sac_keymap_tool_main (int argc, char **argv);
