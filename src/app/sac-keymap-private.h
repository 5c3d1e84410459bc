#pragma once
#include "sac-keymap.h"

#define SAC_N_CANDIDATES 6

/* What a press may be meant as, the symbol first, then by the key's place; their number.  @display may be NULL. */
guint _sac_key_candidates (GdkDisplay *display, guint keyval, guint keycode, GdkModifierType state, SacKey keys[SAC_N_CANDIDATES]);
