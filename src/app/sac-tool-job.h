/* SacToolJob: a verb of `saccade` at work beside the window, with its progress (the verb is given --progress) and an end at any time.
 * Signals: "progress" (double 0…1); "done" (gboolean fine, string): what it printed, or why it failed in its words; cancelled: FALSE and
 * NULL.  After "done" it may start anew.  It ends with the object.  Main thread. */
#pragma once
#include <gio/gio.h>

#define SAC_TYPE_TOOL_JOB (sac_tool_job_get_type ())
G_DECLARE_FINAL_TYPE (SacToolJob, sac_tool_job, SAC, TOOL_JOB, GObject)

SacToolJob *sac_tool_job_new (void);
/* @words: the verb and its arguments, NULL-terminated; --progress is added. */
void        sac_tool_job_start (SacToolJob *self, const char *const *words);
/* Of a verb without --progress: each line it tells is a signal "said" (string), and the last one is why it failed. */
void        sac_tool_job_start_plain (SacToolJob *self, const char *const *words);
gboolean    sac_tool_job_is_running (SacToolJob *self);
void        sac_tool_job_cancel (SacToolJob *self);
