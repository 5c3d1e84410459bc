#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sac-message-private.h"
#include "sac-run.h"

/* The sockets are of the kind that keeps records apart (SOCK_SEQPACKET), so one receive is one message and its memfd. */
gboolean
_sac_message_send (int socket_fd, const char *json, int fd, gboolean wait, GError **error)
{
  gsize length = strlen (json);
  struct iovec parts[2] = { { (char *) json, length }, { (char *) "\n", 1 } };
  union {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control = { { 0 } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  gssize sent;

  if (length >= _SAC_MESSAGE_MAX_BYTES || memchr (json, '\n', length))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("a message is one line of at most %u bytes"),
                   (guint) _SAC_MESSAGE_MAX_BYTES);
      return FALSE;
    }
  if (fd >= 0)
    {
      struct cmsghdr *head;

      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
      head = CMSG_FIRSTHDR (&message);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (head), &fd, sizeof (int));
    }
  do
    sent = sendmsg (socket_fd, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot send to the other process: %s"),
                   g_strerror (number));
      return FALSE;
    }
  return TRUE;
}

gboolean
sac_message_send (int socket_fd, const char *json, int fd, GError **error)
{
  return _sac_message_send (socket_fd, json, fd, TRUE, error);
}

/* Keeps the first descriptor that came along and closes the others. */
static int
take_fd (struct msghdr *message)
{
  int kept = -1;

  for (struct cmsghdr *head = CMSG_FIRSTHDR (message); head; head = CMSG_NXTHDR (message, head))
    if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
      {
        guint n = (guint) ((head->cmsg_len - CMSG_LEN (0)) / sizeof (int));

        for (guint i = 0; i < n; i++)
          {
            int fd;

            memcpy (&fd, CMSG_DATA (head) + i * sizeof (int), sizeof (int));
            if (kept < 0)
              kept = fd;
            else
              close (fd);
          }
      }
  return kept;
}

SacMessage *
sac_message_receive (int socket_fd, GError **error)
{
  g_autofree char *buffer = g_malloc (_SAC_MESSAGE_MAX_BYTES + 1);
  struct iovec part = { buffer, _SAC_MESSAGE_MAX_BYTES + 1 };
  union {
    char bytes[CMSG_SPACE (4 * sizeof (int))];
    struct cmsghdr align;
  } control;
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes };
  SacMessage *result;
  gssize got;
  int fd;

  do
    got = recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    {
      int number = errno;

      if (number != ECONNRESET)
        g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot receive from the other process: %s"),
                     g_strerror (number));
      return NULL;
    }
  if (got == 0)
    return NULL;
  fd = take_fd (&message);
  while (got > 0 && buffer[got - 1] == '\n')
    got--;
  if ((message.msg_flags & MSG_TRUNC) || memchr (buffer, '\n', (gsize) got) || memchr (buffer, 0, (gsize) got)
      || !g_utf8_validate_len (buffer, (gsize) got, NULL))
    {
      if (fd >= 0)
        close (fd);
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("a message of the other process cannot be read"));
      return NULL;
    }
  result = g_new0 (SacMessage, 1);
  result->json = g_strndup (buffer, (gsize) got);
  result->fd = fd;
  return result;
}

void
sac_message_free (SacMessage *message)
{
  if (!message)
    return;
  if (message->fd >= 0)
    close (message->fd);
  g_free (message->json);
  g_free (message);
}
