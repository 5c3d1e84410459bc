/* Where new runs compute: the one list of devices that forms and the preferences offer.  What is chosen is remembered (the setting
 * "device") and shown by all of them. */
#pragma once
#include <gtk/gtk.h>

/* "cpu", "vulkan", "auto": words of saccade train --device, ended by NULL; and what a person reads for each, in this order. */
const char *const *sac_device_choice_get_names (void);
GtkStringList     *sac_device_choice_new_words (void);  /* transfer full */

/* Number of the remembered device in the list, and to remember another. */
guint sac_device_choice_get (void);
void  sac_device_choice_set (guint which);

/* A drop-down with an accessible name that shows the remembered device and follows it; @remember: what is chosen there is remembered. */
GtkWidget  *sac_device_choice_new (gboolean remember);
/* The name of what @drop shows. */
const char *sac_device_choice_get_name (GtkDropDown *drop);
