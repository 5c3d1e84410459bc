/* SacKeyboardPage: the page of the preferences where keys are changed: presets, all acts by scope, a search by words or keys.
 * A click on an act's keys asks for the new one; a collision is told before it is taken over. */
#pragma once
#include <adwaita.h>

#include "sac-keymap.h"

#define SAC_TYPE_KEYBOARD_PAGE (sac_keyboard_page_get_type ())
G_DECLARE_FINAL_TYPE (SacKeyboardPage, sac_keyboard_page, SAC, KEYBOARD_PAGE, AdwPreferencesPage)

AdwPreferencesPage *sac_keyboard_page_new (SacKeymap *keymap);
