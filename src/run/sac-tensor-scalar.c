/* What TensorFlow and PyTorch put into a value beside a plain number: scalars as tensors, and the hyperparameters of a run.
 *   Tensor    1 dtype · 2 shape { 2 dim { 1 size } } · 4 content · 5 floats · 6 doubles · 7 ints · 8 strings · 10 int64s
 *   Metadata  1 plug-in { 1 name · 2 content }
 *   HParams   3 session start { 1 map entry { 1 name · 2 value { 2 number · 3 string · 4 flag } } } */
#include <string.h>

#include "sac-record-private.h"

#define MAX_PAIRS 400
#define MAX_TEXT (1 << 20)

enum { DT_FLOAT = 1, DT_DOUBLE = 2, DT_INT32 = 3, DT_INT64 = 9 };

/* The number of elements that the shape speaks of; 0: damaged or absurd. */
static guint64
count_elements (const guint8 *data, gsize n_bytes)
{
  SacPbReader pb, dim;
  guint64 n = 1;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    if (pb.field == 2 && pb.wire == 2)
      {
        guint64 size = 0;

        _sac_pb_reader_init (&dim, pb.data, pb.n_bytes);
        while (_sac_pb_next (&dim))
          if (dim.field == 1 && dim.wire == 0)
            size = dim.number;
        n = size > 1 ? 0 : n * size;
      }
  return n;
}

/* The one number of a packed or plain field; FALSE: of another length. */
static gboolean
take_bits (const SacPbReader *pb, guint n_bytes, guint64 *bits)
{
  if (pb->wire != 2)
    *bits = pb->number;
  else if (pb->n_bytes != n_bytes)
    return FALSE;
  else
    for (guint i = 0; i < n_bytes; i++)
      *bits = (i ? *bits : 0) | (guint64) pb->data[i] << 8 * i;
  return TRUE;
}

static double
from_bits (guint64 bits, guint dtype)
{
  SacPbReader pb = { .number = bits };

  switch (dtype)
    {
    case DT_FLOAT:
      return (double) _sac_pb_as_float (&pb);
    case DT_DOUBLE:
      return _sac_pb_as_double (&pb);
    case DT_INT32:
      return (gint32) bits;
    default:
      return (double) (gint64) bits;
    }
}

gboolean
_sac_tensor_read (const guint8 *data, gsize n_bytes, double *value, char **text)
{
  guint64 bits = 0, dtype = 0;
  gboolean found = FALSE, scalar = TRUE;
  SacPbReader pb;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    switch (pb.field)
      {
      case 1:
        dtype = pb.wire == 0 ? pb.number : 0;
        break;
      case 2:
        scalar = pb.wire == 2 && count_elements (pb.data, pb.n_bytes) == 1;
        break;
      case 4:
        found |= pb.wire == 2 && pb.n_bytes > 0 && take_bits (&pb, dtype == DT_FLOAT || dtype == DT_INT32 ? 4 : 8, &bits);
        break;
      case 5:
        found |= (pb.wire == 5 || pb.wire == 2) && take_bits (&pb, 4, &bits);
        break;
      case 6:
        found |= (pb.wire == 1 || pb.wire == 2) && take_bits (&pb, 8, &bits);
        break;
      case 7:
      case 10:
        found |= pb.wire == 0 && take_bits (&pb, 8, &bits);
        break;
      case 8:
        if (pb.wire == 2 && text && !*text && pb.n_bytes <= MAX_TEXT)
          *text = g_utf8_make_valid ((const char *) pb.data, (gssize) pb.n_bytes);
        break;
      default:
        break;
      }
  if (!found || !scalar || (dtype != DT_FLOAT && dtype != DT_DOUBLE && dtype != DT_INT32 && dtype != DT_INT64))
    return FALSE;
  *value = from_bits (bits, (guint) dtype);
  return TRUE;
}

/* ---- hyperparameters. */
static char *
dup_text (const SacPbReader *pb, gsize most)
{
  return pb->wire == 2 && pb->n_bytes <= most ? g_utf8_make_valid ((const char *) pb->data, (gssize) pb->n_bytes) : NULL;
}

static char *
dup_value (const guint8 *data, gsize n_bytes)
{
  SacPbReader pb;
  char *text = NULL;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (!text && _sac_pb_next (&pb))
    if (pb.field == 2 && pb.wire == 1)
      {
        char number[G_ASCII_DTOSTR_BUF_SIZE];

        text = g_strdup (g_ascii_formatd (number, sizeof number, "%.10g", _sac_pb_as_double (&pb)));
      }
    else if (pb.field == 3)
      text = dup_text (&pb, 400);
    else if (pb.field == 4 && pb.wire == 0)
      text = g_strdup (pb.number ? "true" : "false");
  return text;
}

static void
take_session (const guint8 *data, gsize n_bytes, GPtrArray *pairs)
{
  SacPbReader pb, entry;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb) && pairs->len < 2 * MAX_PAIRS)
    if (pb.field == 1 && pb.wire == 2)
      {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;

        _sac_pb_reader_init (&entry, pb.data, pb.n_bytes);
        while (_sac_pb_next (&entry))
          if (entry.field == 1 && !name)
            name = dup_text (&entry, 200);
          else if (entry.field == 2 && entry.wire == 2 && !value)
            value = dup_value (entry.data, entry.n_bytes);
        if (name && *name && value)
          {
            g_ptr_array_add (pairs, g_steal_pointer (&name));
            g_ptr_array_add (pairs, g_steal_pointer (&value));
          }
      }
}

gboolean
_sac_metadata_read (const guint8 *data, gsize n_bytes, GPtrArray *pairs)
{
  SacPbReader pb, plugin, content;
  const guint8 *inside = NULL;
  gsize n_inside = 0;
  gboolean scalar = TRUE, hparams = FALSE;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    if (pb.field == 1 && pb.wire == 2)
      {
        _sac_pb_reader_init (&plugin, pb.data, pb.n_bytes);
        while (_sac_pb_next (&plugin))
          if (plugin.field == 1 && plugin.wire == 2)
            {
              scalar = plugin.n_bytes == 0 || (plugin.n_bytes == 7 && memcmp (plugin.data, "scalars", 7) == 0);
              hparams = plugin.n_bytes == 7 && memcmp (plugin.data, "hparams", 7) == 0;
            }
          else if (plugin.field == 2 && plugin.wire == 2)
            {
              inside = plugin.data;
              n_inside = plugin.n_bytes;
            }
      }
  if (!hparams || !inside)
    return scalar;
  _sac_pb_reader_init (&content, inside, n_inside);
  while (_sac_pb_next (&content))
    if (content.field == 3 && content.wire == 2)
      take_session (content.data, content.n_bytes, pairs);
  return scalar;
}
