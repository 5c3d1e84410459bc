#pragma once
#include "base/sac-base.h"

#define _SAC_MESSAGE_MAX_BYTES ((gsize) 65536)

/* With @wait FALSE a full socket is an error (G_IO_ERROR_WOULD_BLOCK) instead of a pause. */
gboolean _sac_message_send (int socket_fd, const char *json, int fd, gboolean wait, GError **error);
