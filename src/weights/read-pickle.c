/* The pickle machine, reduced to what tensors need: values are built, nothing is imported, called or looked up.  A global
 * is one of a short list or refuses the file by its name; opcodes that build other objects are refused by theirs.
 * Values live in one array and refer to each other by index: freeing is a loop, so nesting costs no stack, and the memo
 * shares instead of copying. */
#include <glib/gi18n.h>
#include <string.h>

#include "weight-files-private.h"

#define MOST_NODES (1u << 21)
#define MOST_MEMO (1u << 21)
#define MOST_PUSHES (1u << 24)
#define NOTHING G_MAXUINT32

typedef enum {
  GLOBAL_ORDERED_DICT, GLOBAL_REBUILD_TENSOR, GLOBAL_REBUILD_TENSOR_V2, GLOBAL_REBUILD_PARAMETER, GLOBAL_SIZE, GLOBAL_DEVICE,
  GLOBAL_DTYPE, GLOBAL_STORAGE        /* + SacFileDtype */
} Global;

typedef struct {
  const guint8 *data;
  gsize n, at;
  GArray *nodes, *stack, *marks, *memo;
  guint pushes, memoised;
  gboolean cut;
  GError **error;
} Machine;

static gboolean
refuse (Machine *m, SacWeightsError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (Machine *m, SacWeightsError code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (m->error && !*m->error)
    g_set_error_literal (m->error, SAC_WEIGHTS_ERROR, code, text);
  return FALSE;
}

static gboolean
damaged (Machine *m, const char *why)
{
  return refuse (m, SAC_WEIGHTS_ERROR_FORMAT, _("the pickle is damaged: %s"), why);
}

static const guint8 *
take (Machine *m, gsize n)
{
  const guint8 *at = m->data + m->at;

  if (n > m->n - m->at)
    {
      m->cut = TRUE;
      refuse (m, SAC_WEIGHTS_ERROR_FORMAT, _("the file is cut short inside its pickle"));
      return NULL;
    }
  m->at += n;
  return at;
}

static guint64
little (const guint8 *p, guint n)
{
  guint64 v = 0;

  for (guint i = 0; i < n; i++)
    v |= (guint64) p[i] << 8 * i;
  return v;
}

/* Up to a newline, which is eaten. */
static const guint8 *
line (Machine *m, gsize *n)
{
  const guint8 *first = m->data + m->at, *end = memchr (first, '\n', m->n - m->at);

  if (!end)
    {
      take (m, m->n - m->at + 1);
      return NULL;
    }
  *n = (gsize) (end - first);
  m->at += *n + 1;
  return first;
}

static SacPickleNode *
node (Machine *m, guint32 i)
{
  return &g_array_index (m->nodes, SacPickleNode, i);
}

static gboolean
push (Machine *m, guint32 i)
{
  if (++m->pushes > MOST_PUSHES)
    return refuse (m, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the pickle has more values than a list of tensors needs"));
  g_array_append_val (m->stack, i);
  return TRUE;
}

static gboolean
push_new (Machine *m, SacPickleNode value)
{
  if (m->nodes->len >= MOST_NODES)
    {
      /* What a node owns would be lost with it. */
      if (value.kind == SAC_PICKLE_TUPLE || value.kind == SAC_PICKLE_LIST || value.kind == SAC_PICKLE_DICT)
        g_free (value.items);
      return refuse (m, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the pickle has more values than a list of tensors needs"));
    }
  g_array_append_val (m->nodes, value);
  return push (m, m->nodes->len - 1);
}

/* What lies above the last mark may be taken, no deeper. */
static guint
floor_of (Machine *m)
{
  return m->marks->len ? g_array_index (m->marks, guint, m->marks->len - 1) : 0;
}

static guint32
pop (Machine *m)
{
  guint32 top;

  if (m->stack->len <= floor_of (m))
    {
      damaged (m, _("it takes a value from an empty stack"));
      return NOTHING;
    }
  top = g_array_index (m->stack, guint32, m->stack->len - 1);
  g_array_set_size (m->stack, m->stack->len - 1);
  return top;
}

static guint32
top (Machine *m)
{
  if (m->stack->len <= floor_of (m))
    {
      damaged (m, _("it looks at an empty stack"));
      return NOTHING;
    }
  return g_array_index (m->stack, guint32, m->stack->len - 1);
}

static gboolean
pop_mark (Machine *m, guint *first)
{
  if (!m->marks->len)
    return damaged (m, _("a mark is missing"));
  *first = g_array_index (m->marks, guint, m->marks->len - 1);
  g_array_set_size (m->marks, m->marks->len - 1);
  return TRUE;
}

static gboolean
append_items (Machine *m, SacPickleNode *to, guint first)
{
  guint n = m->stack->len - first;

  if (to->n + n > to->room)
    {
      to->room = MAX (to->n + n, 2 * to->room);
      to->items = g_renew (guint32, to->items, to->room);
    }
  if (n)
    memcpy (to->items + to->n, &g_array_index (m->stack, guint32, first), n * sizeof (guint32));
  to->n += n;
  g_array_set_size (m->stack, first);
  return TRUE;
}

static gboolean
push_tuple (Machine *m, guint first)
{
  SacPickleNode value = { .kind = SAC_PICKLE_TUPLE };

  append_items (m, &value, first);
  return push_new (m, value);
}

static gboolean
push_short_tuple (Machine *m, guint n)
{
  if (m->stack->len < floor_of (m) + n)
    return damaged (m, _("it takes a value from an empty stack"));
  return push_tuple (m, m->stack->len - n);
}

static gboolean
push_text (Machine *m, SacPickleKind kind, guint width)
{
  const guint8 *p = take (m, width);
  guint64 n;

  if (!p)
    return FALSE;
  n = little (p, width);
  if (n > G_MAXINT32)
    return damaged (m, _("a text longer than the file"));
  p = take (m, (gsize) n);
  if (!p)
    return FALSE;
  if (kind == SAC_PICKLE_STRING && !g_utf8_validate ((const char *) p, (gssize) n, NULL))
    return damaged (m, _("a text that is not UTF-8, or has a NUL"));
  return push_new (m, (SacPickleNode) { .kind = (guint8) kind, .n = (guint32) n, .text = p });
}

static gboolean
is_text (const SacPickleNode *value, const char *text)
{
  return value->kind == SAC_PICKLE_STRING && value->n == strlen (text) && memcmp (value->text, text, value->n) == 0;
}

static gboolean
push_global (Machine *m, const guint8 *module, gsize n_module, const guint8 *name, gsize n_name)
{
  static const struct { const char *module, *name; guint global; } known[] = {
    { "collections", "OrderedDict", GLOBAL_ORDERED_DICT },
    { "torch._utils", "_rebuild_tensor", GLOBAL_REBUILD_TENSOR },
    { "torch._utils", "_rebuild_tensor_v2", GLOBAL_REBUILD_TENSOR_V2 },
    { "torch._utils", "_rebuild_parameter", GLOBAL_REBUILD_PARAMETER },
    { "torch", "Size", GLOBAL_SIZE },
    { "torch", "device", GLOBAL_DEVICE },
    { "torch", "float32", GLOBAL_DTYPE }, { "torch", "float64", GLOBAL_DTYPE }, { "torch", "float16", GLOBAL_DTYPE },
    { "torch", "bfloat16", GLOBAL_DTYPE }, { "torch", "int64", GLOBAL_DTYPE }, { "torch", "int32", GLOBAL_DTYPE },
    { "torch", "int16", GLOBAL_DTYPE }, { "torch", "int8", GLOBAL_DTYPE }, { "torch", "uint8", GLOBAL_DTYPE },
    { "torch", "bool", GLOBAL_DTYPE },
    { "torch", "DoubleStorage", GLOBAL_STORAGE + SAC_DTYPE_F64 }, { "torch", "FloatStorage", GLOBAL_STORAGE + SAC_DTYPE_F32 },
    { "torch", "HalfStorage", GLOBAL_STORAGE + SAC_DTYPE_F16 }, { "torch", "BFloat16Storage", GLOBAL_STORAGE + SAC_DTYPE_BF16 },
    { "torch", "LongStorage", GLOBAL_STORAGE + SAC_DTYPE_I64 }, { "torch", "IntStorage", GLOBAL_STORAGE + SAC_DTYPE_I32 },
    { "torch", "ShortStorage", GLOBAL_STORAGE + SAC_DTYPE_I16 }, { "torch", "CharStorage", GLOBAL_STORAGE + SAC_DTYPE_I8 },
    { "torch", "ByteStorage", GLOBAL_STORAGE + SAC_DTYPE_U8 }, { "torch", "BoolStorage", GLOBAL_STORAGE + SAC_DTYPE_BOOL },
  };
  g_autofree char *raw = NULL, *shown = NULL;
  gboolean cuda = n_module == 10 && memcmp (module, "torch.cuda", 10) == 0;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gboolean fits = strlen (known[i].module) == n_module && memcmp (known[i].module, module, n_module) == 0;

      if ((fits || (cuda && known[i].global >= GLOBAL_STORAGE)) && strlen (known[i].name) == n_name
          && memcmp (known[i].name, name, n_name) == 0)
        return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_GLOBAL, .global = known[i].global });
    }
  raw = g_strdup_printf ("%.*s.%.*s", (int) MIN (n_module, 120), module, (int) MIN (n_name, 120), name);
  shown = sac_tensor_name_dup_visible (raw);
  if (g_str_has_prefix (raw, "torch.nn.") || g_str_has_prefix (raw, "torchvision.models.") || g_str_has_prefix (raw, "__main__."))
    return refuse (m, SAC_WEIGHTS_ERROR_REFUSED,
                   _("this is a whole module (it asks for “%s”), and loading it would run its code: save model.state_dict() instead"),
                   shown);
  if (n_name > 7 && memcmp (name + n_name - 7, "Storage", 7) == 0)
    return refuse (m, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("numbers of type “%s” are not known"), shown);
  return refuse (m, SAC_WEIGHTS_ERROR_REFUSED, _("the pickle asks for “%s”, which weights do not need; nothing was run"), shown);
}

/* ('storage', type, key, place, elements[, view]) → a storage. */
static gboolean
push_storage (Machine *m, guint32 id)
{
  const SacPickleNode *tuple, *type, *key, *n, *view = NULL;
  SacPickleStorage *s;
  guint32 held = id;

  if (id == NOTHING)
    return FALSE;
  tuple = node (m, held);
  if (tuple->kind != SAC_PICKLE_TUPLE || tuple->n < 5 || tuple->n > 6 || !is_text (node (m, tuple->items[0]), "storage"))
    return damaged (m, _("a persistent object that is not a storage"));
  type = node (m, tuple->items[1]);
  key = node (m, tuple->items[2]);
  n = node (m, tuple->items[4]);
  if (tuple->n == 6)
    view = node (m, tuple->items[5]);
  if (type->kind != SAC_PICKLE_GLOBAL || type->global < GLOBAL_STORAGE || key->kind != SAC_PICKLE_STRING
      || n->kind != SAC_PICKLE_INT || n->integer < 0)
    return damaged (m, _("a storage without type, key or size"));
  if (key->n == 0 || key->n > 32)
    return damaged (m, _("a storage whose key is not a plain number"));
  for (guint i = 0; i < key->n; i++)
    if (!g_ascii_isdigit (key->text[i]))
      {
        g_autofree char *raw = g_strndup ((const char *) key->text, key->n), *shown = sac_tensor_name_dup_visible (raw);

        return refuse (m, SAC_WEIGHTS_ERROR_REFUSED, _("the storage key “%s” is not a plain number"), shown);
      }
  s = g_new0 (SacPickleStorage, 1);
  s->dtype = (SacFileDtype) (type->global - GLOBAL_STORAGE);
  s->n = s->base_n = (guint64) n->integer;
  s->key = g_strndup ((const char *) key->text, key->n);
  /* (view key, offset, size): the storage is a window of another, whose whole size stands in @n. */
  if (view && view->kind == SAC_PICKLE_TUPLE && view->n == 3)
    {
      const SacPickleNode *offset = node (m, view->items[1]), *size = node (m, view->items[2]);

      if (offset->kind == SAC_PICKLE_INT && size->kind == SAC_PICKLE_INT && offset->integer >= 0 && size->integer >= 0
          && (guint64) offset->integer <= s->n && (guint64) size->integer <= s->n - (guint64) offset->integer)
        {
          s->view_offset = offset->integer;
          s->n = (guint64) size->integer;
          view = NULL;
        }
    }
  if ((view && view->kind != SAC_PICKLE_NONE) || m->nodes->len >= MOST_NODES)
    {
      g_free (s->key);
      g_free (s);
      return damaged (m, _("a view that leaves its storage"));
    }
  return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_STORAGE, .storage = s });
}

static gboolean
get_ints (Machine *m, guint32 i, gint64 *out, guint *n)
{
  const SacPickleNode *tuple = node (m, i);

  if ((tuple->kind != SAC_PICKLE_TUPLE && tuple->kind != SAC_PICKLE_LIST) || tuple->n > 8)
    return FALSE;
  for (guint k = 0; k < tuple->n; k++)
    {
      const SacPickleNode *value = node (m, tuple->items[k]);

      if (value->kind != SAC_PICKLE_INT)
        return FALSE;
      out[k] = value->integer;
    }
  *n = tuple->n;
  return TRUE;
}

static gboolean
push_tensor (Machine *m, const SacPickleNode *args, gboolean v2)
{
  SacPickleTensor *t;
  const SacPickleNode *offset;
  guint n_strides;
  guint32 storage;

  if (args->n < 4 || args->n > (v2 ? 7 : 4) || (v2 && args->n < 5) || node (m, args->items[0])->kind != SAC_PICKLE_STORAGE)
    return damaged (m, _("a tensor that is not built from a storage"));
  storage = args->items[0];
  offset = node (m, args->items[1]);
  if (offset->kind != SAC_PICKLE_INT)
    return damaged (m, _("a tensor whose offset is not a number"));
  if (m->nodes->len >= MOST_NODES)
    return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_NONE });
  t = g_new0 (SacPickleTensor, 1);
  t->storage = storage;
  t->offset = offset->integer;
  if (!get_ints (m, args->items[2], t->dims, &t->rank) || !get_ints (m, args->items[3], t->strides, &n_strides)
      || t->rank != n_strides)
    {
      g_free (t);
      return damaged (m, _("a tensor whose sizes and strides do not go together"));
    }
  return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_TENSOR, .tensor = t });
}

/* OrderedDict ([[key, value], …]), as Python 2 wrote it. */
static gboolean
push_ordered_dict (Machine *m, const SacPickleNode *args)
{
  SacPickleNode dict = { .kind = SAC_PICKLE_DICT };

  if (args->n > 1)
    return damaged (m, _("a dictionary of an unknown form"));
  if (args->n == 1)
    {
      const SacPickleNode *pairs = node (m, args->items[0]);

      if (pairs->kind != SAC_PICKLE_LIST && pairs->kind != SAC_PICKLE_TUPLE)
        return damaged (m, _("a dictionary of an unknown form"));
      for (guint i = 0; i < pairs->n; i++)
        if ((node (m, pairs->items[i])->kind != SAC_PICKLE_LIST && node (m, pairs->items[i])->kind != SAC_PICKLE_TUPLE)
            || node (m, pairs->items[i])->n != 2)
          return damaged (m, _("a dictionary of an unknown form"));
      dict.n = dict.room = 2 * pairs->n;
      dict.items = g_new (guint32, dict.room);
      for (guint i = 0; i < pairs->n; i++)
        memcpy (dict.items + 2 * i, node (m, pairs->items[i])->items, 2 * sizeof (guint32));
    }
  return push_new (m, dict);
}

static gboolean
reduce (Machine *m)
{
  guint32 args_at = pop (m), function_at = args_at == NOTHING ? NOTHING : pop (m);
  const SacPickleNode *args, *function;

  if (function_at == NOTHING)
    return FALSE;
  args = node (m, args_at);
  function = node (m, function_at);
  if (function->kind != SAC_PICKLE_GLOBAL || args->kind != SAC_PICKLE_TUPLE)
    return damaged (m, _("it calls something that is not a function"));
  switch (function->global)
    {
    case GLOBAL_ORDERED_DICT:
      return push_ordered_dict (m, args);
    case GLOBAL_REBUILD_TENSOR:
      return push_tensor (m, args, FALSE);
    case GLOBAL_REBUILD_TENSOR_V2:
      return push_tensor (m, args, TRUE);
    case GLOBAL_REBUILD_PARAMETER:
      if (args->n < 1 || node (m, args->items[0])->kind != SAC_PICKLE_TENSOR)
        return damaged (m, _("a parameter that is not a tensor"));
      return push (m, args->items[0]);
    case GLOBAL_SIZE:
      if (args->n != 1 || node (m, args->items[0])->kind != SAC_PICKLE_TUPLE)
        return damaged (m, _("a size of an unknown form"));
      return push (m, args->items[0]);
    case GLOBAL_DEVICE:
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_NONE });
    default:
      return damaged (m, _("it calls something that is not a function"));
    }
}

/* State of an OrderedDict (PyTorch hangs "_metadata" on it) is of no use to us and dropped; other objects have none. */
static gboolean
build (Machine *m)
{
  guint32 object;

  if (pop (m) == NOTHING || (object = top (m)) == NOTHING)
    return FALSE;
  if (node (m, object)->kind != SAC_PICKLE_DICT)
    return refuse (m, SAC_WEIGHTS_ERROR_REFUSED, _("the pickle sets the inner state of an object (BUILD), which weights do not need"));
  return TRUE;
}

static gboolean
set_items (Machine *m, guint first, SacPickleKind kind)
{
  guint32 object;

  if (kind == SAC_PICKLE_DICT && (m->stack->len - first) % 2)
    return damaged (m, _("a key without a value"));
  if (first <= floor_of (m))
    return damaged (m, _("it takes a value from an empty stack"));
  object = g_array_index (m->stack, guint32, first - 1);
  if (node (m, object)->kind != kind)
    return damaged (m, _("items are added to something that holds none"));
  return append_items (m, node (m, object), first);
}

static gboolean
remember (Machine *m, guint64 index)
{
  guint32 value = top (m), none = NOTHING;

  if (value == NOTHING)
    return FALSE;
  if (index >= MOST_MEMO)
    return damaged (m, _("a memo number out of all proportion"));
  while (m->memo->len <= index)
    g_array_append_val (m->memo, none);
  g_array_index (m->memo, guint32, index) = value;
  m->memoised++;
  return TRUE;
}

static gboolean
recall (Machine *m, guint64 index)
{
  if (index >= m->memo->len || g_array_index (m->memo, guint32, index) == NOTHING)
    return damaged (m, _("it recalls what it never remembered"));
  return push (m, g_array_index (m->memo, guint32, index));
}

static gboolean
push_long (Machine *m, guint width)
{
  const guint8 *p = take (m, width);
  guint64 n, value;

  if (!p)
    return FALSE;
  n = little (p, width);
  if (n > 1024)
    return damaged (m, _("a number too large to be true"));
  p = take (m, (gsize) n);
  if (!p)
    return FALSE;
  if (n > 8)
    return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_LONG, .n = (guint32) n, .text = p });
  value = little (p, (guint) n);
  if (n > 0 && n < 8 && (p[n - 1] & 0x80))
    value |= ~(guint64) 0 << 8 * n;
  return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_INT, .integer = (gint64) value });
}

static gboolean
push_float (Machine *m)
{
  const guint8 *p = take (m, 8);
  guint64 bits;
  double value;

  if (!p)
    return FALSE;
  memcpy (&bits, p, 8);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&value, &bits, 8);
  return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_FLOAT, .real = value });
}

static gboolean
push_int (Machine *m, guint width)
{
  const guint8 *p = take (m, width);

  if (!p)
    return FALSE;
  return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_INT,
                                        .integer = width == 4 ? (gint32) little (p, 4) : (gint64) little (p, width) });
}

static gboolean
stack_global (Machine *m)
{
  guint32 name = pop (m), module = name == NOTHING ? NOTHING : pop (m);
  const SacPickleNode *a, *b;

  if (module == NOTHING)
    return FALSE;
  a = node (m, module);
  b = node (m, name);
  if (a->kind != SAC_PICKLE_STRING || b->kind != SAC_PICKLE_STRING)
    return damaged (m, _("a name that is not a text"));
  return push_global (m, a->text, a->n, b->text, b->n);
}

static gboolean
forbidden (Machine *m, guint8 opcode)
{
  static const struct { guint8 opcode; const char *name; } names[] = {
    { 'i', "INST" }, { 'o', "OBJ" }, { 'P', "PERSID" }, { 0x81, "NEWOBJ" }, { 0x92, "NEWOBJ_EX" },
    { 0x82, "EXT1" }, { 0x83, "EXT2" }, { 0x84, "EXT4" }, { 'S', "STRING" }, { 'V', "UNICODE" }, { 'g', "GET" }, { 'p', "PUT" },
    { 'F', "FLOAT" }, { 'I', "INT" }, { 'L', "LONG" }, { 'd', "DICT" }, { 'l', "LIST" }, { '1', "POP_MARK" },
    { 0x8f, "EMPTY_SET" }, { 0x90, "ADDITEMS" }, { 0x91, "FROZENSET" }, { 0x96, "BYTEARRAY8" }, { 0x97, "NEXT_BUFFER" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].opcode == opcode)
      return refuse (m, SAC_WEIGHTS_ERROR_REFUSED, _("the pickle uses the instruction %s, which weights do not need; nothing was run"),
                     names[i].name);
  return refuse (m, SAC_WEIGHTS_ERROR_FORMAT, _("this is no pickle that Saccade knows (instruction 0x%02x)"), opcode);
}

static gboolean
step (Machine *m, guint8 opcode)
{
  const guint8 *p, *module, *name;
  gsize n_module, n_name;
  guint first;
  guint32 value;

  switch (opcode)
    {
    case 0x80:                  /* PROTO */
      p = take (m, 1);
      return p && (*p <= 5 || damaged (m, _("a version of the future")));
    case 0x95:                  /* FRAME */
      return take (m, 8) != NULL;
    case '(':
      if (m->marks->len >= MOST_PUSHES / 4)
        return refuse (m, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the pickle has more values than a list of tensors needs"));
      g_array_append_val (m->marks, m->stack->len);
      return TRUE;
    case '0':                   /* POP takes a mark too */
      if (m->marks->len && m->stack->len == floor_of (m))
        return pop_mark (m, &first);
      return pop (m) != NOTHING;
    case '2':
      value = top (m);
      return value != NOTHING && push (m, value);
    case 'N':
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_NONE });
    case 0x88:
    case 0x89:
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_BOOL, .integer = opcode == 0x88 });
    case 'J':
      return push_int (m, 4);
    case 'K':
      return push_int (m, 1);
    case 'M':
      return push_int (m, 2);
    case 0x8a:
      return push_long (m, 1);
    case 0x8b:
      return push_long (m, 4);
    case 'G':
      return push_float (m);
    case 'X':
      return push_text (m, SAC_PICKLE_STRING, 4);
    case 0x8c:
      return push_text (m, SAC_PICKLE_STRING, 1);
    case 0x8d:
      return push_text (m, SAC_PICKLE_STRING, 8);
    case 'U':                   /* Python 2 texts */
      return push_text (m, SAC_PICKLE_STRING, 1);
    case 'T':
      return push_text (m, SAC_PICKLE_STRING, 4);
    case 'B':
      return push_text (m, SAC_PICKLE_BYTES, 4);
    case 'C':
      return push_text (m, SAC_PICKLE_BYTES, 1);
    case '}':
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_DICT });
    case ']':
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_LIST });
    case ')':
      return push_new (m, (SacPickleNode) { .kind = SAC_PICKLE_TUPLE });
    case 't':
      return pop_mark (m, &first) && push_tuple (m, first);
    case 0x85:
    case 0x86:
    case 0x87:
      return push_short_tuple (m, opcode - 0x84u);
    case 'a':
      return m->stack->len < 2 ? damaged (m, _("it takes a value from an empty stack"))
                               : set_items (m, m->stack->len - 1, SAC_PICKLE_LIST);
    case 'e':
      return pop_mark (m, &first) && set_items (m, first, SAC_PICKLE_LIST);
    case 's':
      return m->stack->len < 3 ? damaged (m, _("it takes a value from an empty stack"))
                               : set_items (m, m->stack->len - 2, SAC_PICKLE_DICT);
    case 'u':
      return pop_mark (m, &first) && set_items (m, first, SAC_PICKLE_DICT);
    case 'q':
      p = take (m, 1);
      return p && remember (m, *p);
    case 'r':
      p = take (m, 4);
      return p && remember (m, little (p, 4));
    case 0x94:                  /* MEMOIZE: the next free number */
      return remember (m, m->memoised);
    case 'h':
      p = take (m, 1);
      return p && recall (m, *p);
    case 'j':
      p = take (m, 4);
      return p && recall (m, little (p, 4));
    case 'c':
      return (module = line (m, &n_module)) && (name = line (m, &n_name)) && push_global (m, module, n_module, name, n_name);
    case 0x93:
      return stack_global (m);
    case 'Q':
      return push_storage (m, pop (m));
    case 'R':
      return reduce (m);
    case 'b':
      return build (m);
    default:
      return forbidden (m, opcode);
    }
}

void
_sac_pickle_free (SacPickle *pickle)
{
  if (!pickle)
    return;
  for (guint i = 0; i < pickle->nodes->len; i++)
    {
      SacPickleNode *value = &g_array_index (pickle->nodes, SacPickleNode, i);

      if (value->kind == SAC_PICKLE_TUPLE || value->kind == SAC_PICKLE_LIST || value->kind == SAC_PICKLE_DICT)
        g_free (value->items);
      else if (value->kind == SAC_PICKLE_TENSOR)
        g_free (value->tensor);
      else if (value->kind == SAC_PICKLE_STORAGE)
        {
          g_free (value->storage->key);
          g_free (value->storage);
        }
    }
  g_array_unref (pickle->nodes);
  g_free (pickle);
}

SacPickle *
_sac_pickle_parse (const guint8 *data, gsize n, gboolean *cut, GError **error)
{
  g_autoptr (SacPickle) pickle = g_new0 (SacPickle, 1);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint32)), marks = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) memo = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GError) own = NULL;
  Machine m = { .data = data, .n = n, .stack = stack, .marks = marks, .memo = memo, .error = &own };
  gboolean fine = TRUE, stopped = FALSE;

  m.nodes = pickle->nodes = g_array_new (FALSE, FALSE, sizeof (SacPickleNode));
  while (fine && !stopped)
    {
      const guint8 *opcode = take (&m, 1);

      if (!opcode)
        fine = FALSE;
      else if (*opcode == '.')
        {
          stopped = TRUE;
          pickle->root = pop (&m);
          fine = pickle->root != NOTHING;
        }
      else
        fine = step (&m, *opcode);
    }
  if (cut)
    *cut = m.cut;
  if (!fine)
    {
      g_propagate_error (error, g_steal_pointer (&own));
      return NULL;
    }
  pickle->used = m.at;
  return g_steal_pointer (&pickle);
}
