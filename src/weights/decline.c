/* Formats that people have and that are not read yet: known by their first bytes, declined by name. */
#include <glib/gi18n.h>
#include <string.h>

#include "weight-files-private.h"

gboolean
_sac_looks_like_tar (const guint8 *head, gsize n)
{
  return n >= 262 && memcmp (head + 257, "ustar", 5) == 0;
}

static gboolean
decline (GError **error, const char *what)
{
  return _sac_refuse (error, SAC_WEIGHTS_ERROR_UNSUPPORTED,
                      _("this is %s, which is not read yet: Saccade reads safetensors and PyTorch weights (.pth)"), what);
}

static gboolean
varint (const guint8 **p, const guint8 *end, guint64 *v)
{
  *v = 0;
  for (guint shift = 0; *p < end && shift < 64; shift += 7)
    {
      guint8 b = *(*p)++;

      *v |= (guint64) (b & 0x7f) << shift;
      if (!(b & 0x80))
        return TRUE;
    }
  return FALSE;
}

/* Protocol buffers carry no name; the numbers and kinds of the first fields tell ONNX (1 version, 7 graph) from Caffe
 * (1 name, 2 or 100 layers). */
static const char *
protobuf_kind (const guint8 *head, gsize n)
{
  const guint8 *p = head, *end = head + n;
  guint fields = 0;
  gboolean name = FALSE;

  while (p < end && fields < 16)
    {
      guint64 tag, value;

      if (!varint (&p, end, &tag) || tag >> 3 == 0 || tag >> 3 > 1000)
        return NULL;
      switch (tag & 7)
        {
        case 0:
          if (!varint (&p, end, &value))
            return NULL;
          if (fields == 0 && tag >> 3 == 1 && value <= 64)
            return "onnx";
          break;
        case 2:
          if (!varint (&p, end, &value))
            return NULL;
          if (tag >> 3 == 100 || (tag >> 3 == 2 && name))
            return "caffe";
          if (tag >> 3 == 7)
            return "onnx";
          if (tag >> 3 == 2 && fields == 0)
            return "caffe";
          if (tag >> 3 == 1)
            name = TRUE;
          if (value > (guint64) (end - p))
            return NULL;
          p += value;
          break;
        default:
          return NULL;
        }
      fields++;
    }
  return NULL;
}

gboolean
_sac_decline (const SacTensorFile *file, const guint8 *head, gsize n, GError **error)
{
  const char *kind;
  g_autofree char *lower = g_ascii_strdown (file->shown, -1);

  if (n >= 6 && memcmp (head, "\x93NUMPY", 6) == 0)
    return decline (error, _("a NumPy array (npy)"));
  if (n >= 8 && memcmp (head, "\x89HDF\r\n\x1a\n", 8) == 0)
    return decline (error, _("an HDF5 file (Keras)"));
  if (n >= 4 && memcmp (head, "GGUF", 4) == 0)
    return decline (error, _("a GGUF file"));
  if (n >= 8 && memcmp (head + 4, "TFL3", 4) == 0)
    return decline (error, _("a TensorFlow Lite model"));
  if (_sac_looks_like_tar (head, n))
    return decline (error, _("a tar container (PyTorch before 0.4, or an archive to unpack)"));
  if (n >= 3 && memcmp (head, "\x1f\x8b", 2) == 0)
    return decline (error, _("a gzip archive: unpack it first"));
  kind = protobuf_kind (head, n);
  if (g_strcmp0 (kind, "onnx") == 0 || g_str_has_suffix (lower, ".onnx"))
    return decline (error, _("an ONNX model"));
  if (g_strcmp0 (kind, "caffe") == 0 || g_str_has_suffix (lower, ".caffemodel"))
    return decline (error, _("a Caffe model (caffemodel)"));
  return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT,
                      _("this is no file of weights that Saccade knows: it reads safetensors and PyTorch weights (.pth)"));
}
