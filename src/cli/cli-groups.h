/* What split, leaks and duplicates share: how groups are named on the command line, and how leaks are told. */
#pragma once
#include "sac-cli.h"

#define SAC_CLI_BY_HELP N_("What stays together: group (person), source, day, folder, clip, pattern:REGEX or csv:FILE")
/* @text may be NULL (group).  Its words stay borrowed by @grouping. */
gboolean sac_cli_parse_grouping (const char *text, SacGrouping *grouping, GError **error);
/* Says on stderr how much of validation and test leaks, if anything does, by the groups there are and the fingerprints that are there. */
void     sac_cli_warn_leaks (SacProject *project);
/* Tells the meter, and with @list each pair. */
gboolean sac_cli_tell_leaks (SacProject *project, const SacLeaks *leaks, const SacDuplicates *duplicates, gboolean list, gboolean as_json,
                             GError **error);
