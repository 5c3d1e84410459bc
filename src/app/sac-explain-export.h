/* SacExplainExport: the button that writes what the Explain page shows into files: pictures, a video, the numbers.  The work is that of
 * `saccade explain`, beside the window; while it goes on the button ends it.
 * Signals: "wanted" (pointer GPtrArray): fill in the verb's words (RUN, CLIP, options), each to be freed; "told"
 * (string): done or why not. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_EXPLAIN_EXPORT (sac_explain_export_get_type ())
G_DECLARE_FINAL_TYPE (SacExplainExport, sac_explain_export, SAC, EXPLAIN_EXPORT, GtkWidget)
