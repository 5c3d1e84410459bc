/* safetensors: 8 bytes of header length, a JSON header, then the numbers without gaps.
 * The header's grammar is small and flat, so it is read by a strict scanner of its own: no recursion for a hostile file to
 * feed on, and duplicate names and NULs are seen, which JSON libraries pass over. */
#include <glib/gi18n.h>
#include <string.h>

#include "weight-files-private.h"

#define MOST_HEADER ((guint64) 64 << 20)

typedef struct {
  const char *at, *end;
  SacTensorFile *file;
  GError **error;
} Scanner;

typedef struct { guint64 begin, end; guint tensor; } Span;

static gboolean
fail (Scanner *s, const char *message)
{
  if (!*s->error)
    g_set_error (s->error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_FORMAT, _("the safetensors header is damaged: %s"), message);
  return FALSE;
}

static char
peek (Scanner *s)
{
  while (s->at < s->end && strchr (" \t\r\n", *s->at) && *s->at)
    s->at++;
  return s->at < s->end ? *s->at : '\0';
}

static gboolean
expect (Scanner *s, char c)
{
  char message[40];

  if (peek (s) == c && s->at < s->end)
    {
      s->at++;
      return TRUE;
    }
  g_snprintf (message, sizeof message, _("“%c” expected"), c);
  return fail (s, message);
}

static gboolean
hex4 (Scanner *s, gunichar *out)
{
  *out = 0;
  if (s->end - s->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*s->at++);

      if (digit < 0)
        return FALSE;
      *out = *out << 4 | (gunichar) digit;
    }
  return TRUE;
}

/* Returns the decoded text, or NULL with the error set. */
static char *
string (Scanner *s)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!expect (s, '"'))
    return NULL;
  for (;;)
    {
      char c;

      if (s->at >= s->end)
        return fail (s, _("a text without an end")), NULL;
      c = *s->at++;
      if (c == '"')
        break;
      if ((guchar) c < 0x20)
        return fail (s, _("a control character in a text")), NULL;
      if (c == '\\')
        {
          static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
          const char *which;
          gunichar u;

          c = s->at < s->end ? *s->at++ : '\0';
          which = c ? strchr (from, c) : NULL;
          if (which)
            {
              g_string_append_c (out, to[which - from]);
              continue;
            }
          if (c != 'u' || !hex4 (s, &u))
            return fail (s, _("an unknown escape")), NULL;
          if (u >= 0xd800 && u < 0xdc00)
            {
              gunichar low;

              if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
                return fail (s, _("half a surrogate pair")), NULL;
              s->at += 2;
              if (!hex4 (s, &low) || low < 0xdc00 || low > 0xdfff)
                return fail (s, _("half a surrogate pair")), NULL;
              u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
            }
          else if (u >= 0xdc00 && u < 0xe000)
            return fail (s, _("half a surrogate pair")), NULL;
          if (u == 0)
            return fail (s, _("a NUL in a name")), NULL;
          g_string_append_unichar (out, u);
          continue;
        }
      g_string_append_c (out, c);
    }
  if (!g_utf8_validate (out->str, (gssize) out->len, NULL))
    return fail (s, _("a text that is not UTF-8")), NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
integer (Scanner *s, gint64 *out)
{
  gboolean negative = peek (s) == '-';
  guint64 value = 0;
  const char *first;

  if (negative)
    s->at++;
  first = s->at;
  while (s->at < s->end && g_ascii_isdigit (*s->at))
    {
      if (value > (G_MAXINT64 - 9) / 10)
        return fail (s, _("a number too large to be true"));
      value = value * 10 + (guint64) (*s->at++ - '0');
    }
  if (s->at == first || (s->at < s->end && strchr (".eE", *s->at) && *s->at))
    return fail (s, _("a size that is not a whole number"));
  *out = negative ? -(gint64) value : (gint64) value;
  return TRUE;
}

static gboolean
integers (Scanner *s, gint64 *out, guint most, guint *n)
{
  *n = 0;
  if (!expect (s, '['))
    return FALSE;
  if (peek (s) == ']')
    return expect (s, ']');
  do
    {
      if (*n == most)
        return fail (s, _("a list that is too long"));
      if (!integer (s, &out[(*n)++]))
        return FALSE;
      if (peek (s) == ']')
        return expect (s, ']');
    }
  while (expect (s, ','));
  return FALSE;
}

static gboolean
metadata (Scanner *s)
{
  if (!expect (s, '{'))
    return FALSE;
  if (peek (s) == '}')
    return expect (s, '}');
  do
    {
      g_autofree char *key = string (s);
      g_autofree char *value = NULL;

      if (!key || !expect (s, ':') || !(value = string (s)))
        return FALSE;
      g_hash_table_replace (s->file->metadata, g_steal_pointer (&key), g_steal_pointer (&value));
      if (peek (s) == '}')
        return expect (s, '}');
    }
  while (expect (s, ','));
  return FALSE;
}

static gboolean
dtype_of (Scanner *s, const char *text, SacFileDtype *out)
{
  static const struct { const char *text; SacFileDtype dtype; } known[] = {
    { "F64", SAC_DTYPE_F64 }, { "F32", SAC_DTYPE_F32 }, { "F16", SAC_DTYPE_F16 }, { "BF16", SAC_DTYPE_BF16 },
    { "F8_E4M3", SAC_DTYPE_F8_E4M3 }, { "F8_E5M2", SAC_DTYPE_F8_E5M2 }, { "I64", SAC_DTYPE_I64 }, { "I32", SAC_DTYPE_I32 },
    { "I16", SAC_DTYPE_I16 }, { "I8", SAC_DTYPE_I8 }, { "U64", SAC_DTYPE_U64 }, { "U32", SAC_DTYPE_U32 },
    { "U16", SAC_DTYPE_U16 }, { "U8", SAC_DTYPE_U8 }, { "BOOL", SAC_DTYPE_BOOL },
  };
  g_autofree char *visible = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (text, known[i].text) == 0)
      {
        *out = known[i].dtype;
        return TRUE;
      }
  visible = sac_tensor_name_dup_visible (text);
  g_set_error (s->error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("numbers of type “%s” are not known"), visible);
  return FALSE;
}

/* { "dtype": …, "shape": […], "data_offsets": [begin, end] } in any order. */
static gboolean
tensor (Scanner *s, const char *name, guint64 n_data, guint64 data_at, GArray *spans)
{
  gint64 dims[8], offsets[2];
  guint rank = 0, n_offsets = 0;
  gboolean has_shape = FALSE, has_dtype = FALSE;
  SacFileDtype dtype = SAC_DTYPE_F32;
  SacStorage storage = { .zip_entry = -1 };
  guint64 n = 1;
  gboolean overflow = FALSE;
  Span span;

  if (!expect (s, '{'))
    return FALSE;
  do
    {
      g_autofree char *key = string (s);

      if (!key || !expect (s, ':'))
        return FALSE;
      if (strcmp (key, "dtype") == 0 && !has_dtype)
        {
          g_autofree char *text = string (s);

          if (!text || !dtype_of (s, text, &dtype))
            return FALSE;
          has_dtype = TRUE;
        }
      else if (strcmp (key, "shape") == 0 && !has_shape)
        {
          if (!integers (s, dims, 8, &rank))
            return FALSE;
          has_shape = TRUE;
        }
      else if (strcmp (key, "data_offsets") == 0 && !n_offsets)
        {
          if (!integers (s, offsets, 2, &n_offsets))
            return FALSE;
        }
      else
        return fail (s, _("a field of a tensor that is unknown or given twice"));
      if (peek (s) == '}')
        break;
    }
  while (expect (s, ','));
  if (!expect (s, '}'))
    return FALSE;
  if (!has_dtype || !has_shape || n_offsets != 2)
    return fail (s, _("a tensor without dtype, shape or data_offsets"));
  if (offsets[0] < 0 || offsets[1] < offsets[0])
    return fail (s, _("a tensor that ends before it begins"));
  if ((guint64) offsets[1] > n_data)
    return fail (s, _("a tensor that reaches past the end of the file"));
  for (guint i = 0; i < rank; i++)
    {
      if (dims[i] < 0)
        return fail (s, _("a negative size"));
      overflow |= __builtin_mul_overflow (n, (guint64) dims[i], &n);
    }
  overflow |= __builtin_mul_overflow (n, (guint64) _sac_dtype_bytes (dtype), &n);
  if (overflow)
    return fail (s, _("a shape whose size overflows"));
  if (n != (guint64) (offsets[1] - offsets[0]))
    return fail (s, _("a shape that does not fit its bytes"));
  storage.n_bytes = n;
  storage.position = data_at + (guint64) offsets[0];
  g_array_append_val (s->file->storages, storage);
  if (!_sac_tensor_file_add (s->file, name, dtype, rank, dims, NULL, s->file->storages->len - 1, n / _sac_dtype_bytes (dtype), 0,
                             s->error))
    return FALSE;
  span = (Span) { (guint64) offsets[0], (guint64) offsets[1], s->file->tensors->len - 1 };
  g_array_append_val (spans, span);
  return TRUE;
}

static gint
by_begin (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

gboolean
_sac_read_safetensors (SacTensorFile *file, GError **error)
{
  g_autofree char *header = NULL;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  Scanner s = { NULL, NULL, file, error };
  guint64 length, n_data, reached = 0;

  if (file->size < 8)
    return fail (&s, _("the file is shorter than its length field"));
  if (!_sac_tensor_file_pread (file, 0, &length, 8, error))
    return FALSE;
  if (length > file->size - 8)
    return fail (&s, _("it claims to be longer than the file"));
  if (length < 2)
    return fail (&s, _("it is empty"));
  if (length > MOST_HEADER)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the safetensors header is larger than a list of tensors needs"));
  header = g_try_malloc (length);
  if (!header)
    return fail (&s, _("there is no memory for it"));
  if (!_sac_tensor_file_pread (file, 8, header, (gsize) length, error))
    return FALSE;
  s.at = header;
  s.end = header + length;
  n_data = file->size - 8 - length;
  if (*s.at != '{')
    return fail (&s, _("it is not a JSON object"));
  s.at++;
  if (peek (&s) != '}')
    do
      {
        g_autofree char *name = string (&s);

        if (!name || !expect (&s, ':'))
          return FALSE;
        if (strcmp (name, "__metadata__") == 0 ? !metadata (&s) : !tensor (&s, name, n_data, 8 + length, spans))
          return FALSE;
        if (peek (&s) == '}')
          break;
      }
    while (expect (&s, ','));
  if (!expect (&s, '}'))
    return FALSE;
  if (peek (&s) || s.at < s.end)
    return fail (&s, _("something stands behind it"));

  g_array_sort (spans, by_begin);
  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);

      if (span->begin != reached)
        return fail (&s, span->begin < reached ? _("two tensors overlap") : _("bytes between two tensors belong to none"));
      reached = span->end;
    }
  if (reached != n_data)
    return fail (&s, _("bytes at the end of the file belong to no tensor"));
  file->format = "safetensors";
  return TRUE;
}
