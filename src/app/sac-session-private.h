/* SacSession, inside: what the files that hold its acts share. */
#pragma once
#include "sac-session.h"

/* FALSE, and said so, where the project may not be written; otherwise the act must be ended. */
gboolean _sac_session_begin_act (SacSession *self);
/* Whether a segment or track is somebody else's, and says so. */
gboolean _sac_session_refuses (SacSession *self, SacAttributeKind kind, SacId id);
/* Follows an act that changed no label: "clips-changed", and unless @quiet the words of the act with Undo.  Frees @error, which is given by
 * address: arguments are evaluated in any order, and the act is one of them. */
gboolean _sac_session_end_act (SacSession *self, gboolean done, gboolean quiet, GError **error);
/* An act that did nothing, and needs no words. */
void     _sac_session_drop_act (SacSession *self);
/* An act is done: reads what it touched again. */
void     _sac_session_follow_act (SacSession *self);
/* Which layers of this project are hidden, in the settings; and back, as ids into @hidden. */
void     _sac_session_keep_hidden (SacSession *self);
void     _sac_session_restore_hidden (SacSession *self, GHashTable *hidden);
/* Between begin and end of an act that a thread does with the session's connection.  @busy: what it does, in words. */
SacProject *_sac_session_give_project (SacSession *self, const char *busy, guint n_rows);      /* transfer full */
void     _sac_session_get_back (SacSession *self, SacProject *project /* taken */);
