/* PyTorch's two containers.  Zip (since 1.6): NAME/data.pkl and one stored entry NAME/data/KEY per storage.  Legacy (0.4–1.5):
 * pickles of a magic number, a version and the system, then the object, the list of storage keys, and each storage as a
 * count of elements and its bytes.  Both lead to one tree of values, in which the state dict is looked for. */
#include <glib/gi18n.h>
#include <string.h>

#include "weight-files-private.h"

#define MOST_PICKLE ((guint64) 32 << 20)
#define MOST_ENTRIES 200000
#define MOST_VISITS 200000
#define DEEPEST 6

static gboolean
fail (GError **error, SacWeightsError code, const char *message)
{
  return _sac_refuse (error, code, "%s", message);
}

/* ---- from values to tensors */

typedef struct {
  SacTensorFile *file;
  const SacPickle *pickle;
  /* Finds the bytes of a storage: index into file->storages. */
  gboolean (*place) (SacTensorFile *file, const SacPickleStorage *storage, gpointer data, guint *index, GError **error);
  gpointer data;
  GHashTable *placed;           /* key → index + 1 */
  guint visits;
  GError **error;
} Walk;

static const SacPickleNode *
lookup (const SacPickle *pickle, const SacPickleNode *dict, const char *key)
{
  gsize n = strlen (key);

  for (guint i = 0; i + 1 < dict->n; i += 2)
    {
      const SacPickleNode *k = _sac_pickle_node (pickle, dict->items[i]);

      if (k->kind == SAC_PICKLE_STRING && k->n == n && memcmp (k->text, key, n) == 0)
        return _sac_pickle_node (pickle, dict->items[i + 1]);
    }
  return NULL;
}

static gboolean
has_tensors (const SacPickle *pickle, const SacPickleNode *dict)
{
  if (!dict || dict->kind != SAC_PICKLE_DICT)
    return FALSE;
  for (guint i = 0; i + 1 < dict->n; i += 2)
    if (_sac_pickle_node (pickle, dict->items[i])->kind == SAC_PICKLE_STRING
        && _sac_pickle_node (pickle, dict->items[i + 1])->kind == SAC_PICKLE_TENSOR)
      return TRUE;
  return FALSE;
}

static gboolean
add_tensor (Walk *w, const char *name, const SacPickleTensor *t)
{
  const SacPickleStorage *s = _sac_pickle_node (w->pickle, t->storage)->storage;
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (w->placed, s->key));
  guint width = _sac_dtype_bytes (s->dtype);
  guint64 elements = s->n, held;
  gint64 offset = t->offset;

  if (!index)
    {
      if (!w->place (w->file, s, w->data, &index, w->error))
        return FALSE;
      g_hash_table_insert (w->placed, s->key, GUINT_TO_POINTER (index + 1));
    }
  else
    index--;
  held = g_array_index (w->file->storages, SacStorage, index).n_bytes;
  if (held % width || held / width != s->base_n)
    return fail (w->error, SAC_WEIGHTS_ERROR_FORMAT, _("a storage is described in two ways that do not agree"));
  if (s->view_offset && offset >= 0)
    {
      if (__builtin_add_overflow (offset, s->view_offset, &offset))
        return fail (w->error, SAC_WEIGHTS_ERROR_FORMAT, _("a tensor reaches past the end of its data"));
      elements += (guint64) s->view_offset;
    }
  return _sac_tensor_file_add (w->file, name, s->dtype, t->rank, t->dims, t->strides, index, elements, offset, w->error);
}

/* Tensors of a dictionary, and of dictionaries in it under "outer.inner". */
static gboolean
collect (Walk *w, const SacPickleNode *dict, const char *prefix, guint depth)
{
  for (guint i = 0; i + 1 < dict->n; i += 2)
    {
      const SacPickleNode *k = _sac_pickle_node (w->pickle, dict->items[i]), *v = _sac_pickle_node (w->pickle, dict->items[i + 1]);
      g_autofree char *name = NULL;

      if (++w->visits > MOST_VISITS)
        return fail (w->error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the pickle holds more values than a list of tensors needs"));
      if (k->kind != SAC_PICKLE_STRING || (v->kind != SAC_PICKLE_TENSOR && v->kind != SAC_PICKLE_DICT))
        continue;
      name = g_strdup_printf ("%s%.*s", prefix, (int) k->n, k->text);
      if (strlen (name) > 4096)
        return fail (w->error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("a name is longer than 4096 bytes"));
      if (v->kind == SAC_PICKLE_TENSOR && !add_tensor (w, name, v->tensor))
        return FALSE;
      if (v->kind == SAC_PICKLE_DICT && depth < DEEPEST)
        {
          g_autofree char *inner = g_strdup_printf ("%s.", name);

          if (!collect (w, v, inner, depth + 1))
            return FALSE;
        }
    }
  return TRUE;
}

/* A training checkpoint keeps the weights beside the optimiser's state: by one of a few customary names. */
static gboolean
collect_state (Walk *w)
{
  static const char *const keys[] = { "state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params" };
  const SacPickleNode *root = _sac_pickle_node (w->pickle, w->pickle->root), *chosen = root;

  if (root->kind == SAC_PICKLE_TENSOR)
    return add_tensor (w, "tensor", root->tensor);
  if (root->kind != SAC_PICKLE_DICT)
    return fail (w->error, SAC_WEIGHTS_ERROR_FORMAT, _("the pickle holds no dictionary of tensors"));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const SacPickleNode *inner = lookup (w->pickle, root, keys[i]);

      if (has_tensors (w->pickle, inner))
        {
          chosen = inner;
          break;
        }
    }
  if (!collect (w, chosen, "", 0))
    return FALSE;
  if (w->file->tensors->len == 0)
    return fail (w->error, SAC_WEIGHTS_ERROR_FORMAT, _("the pickle holds no tensors"));
  return TRUE;
}

/* ---- zip */

static const char *
zip_words (zip_error_t *e)
{
  return zip_error_strerror (e);
}

gboolean
_sac_read_zip_storage (SacTensorFile *file, const SacStorage *storage, guint8 *out, GError **error)
{
  zip_file_t *entry = zip_fopen_index (file->zip, (zip_uint64_t) storage->zip_entry, 0);
  guint64 done = 0;
  guint8 more;
  zip_int64_t got = 0;

  if (!entry)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container is damaged: %s"),
                        zip_words (zip_get_error (file->zip)));
  while (done < storage->n_bytes && (got = zip_fread (entry, out + done, MIN (storage->n_bytes - done, 1 << 24))) > 0)
    done += (guint64) got;
  if (done == storage->n_bytes)
    got = zip_fread (entry, &more, 1);         /* the end: here the checksum is compared */
  if (got != 0 || done != storage->n_bytes)
    {
      _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container is damaged: %s"),
                   got < 0 ? zip_words (zip_file_get_error (entry)) : _("an entry has another size than it says"));
      zip_fclose (entry);
      return FALSE;
    }
  zip_fclose (entry);
  return TRUE;
}

/* Size of an entry, believed only as far as the file could hold it: deflate shrinks by 1032 at most. */
static gboolean
entry_size (SacTensorFile *file, guint64 index, guint64 *size, GError **error)
{
  zip_stat_t info;

  zip_stat_init (&info);
  if (zip_stat_index (file->zip, index, 0, &info) != 0
      || (info.valid & (ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD))
           != (ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD))
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container is damaged: an entry without a size"));
  if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) && info.encryption_method != ZIP_EM_NONE)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("the zip container is encrypted"));
  if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("the zip container is compressed in a way that PyTorch does not use"));
  if (info.comp_size > file->size || (info.comp_method == ZIP_CM_STORE && info.comp_size != info.size)
      || info.size / 1032 > info.comp_size)
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container is damaged: an entry claims more bytes than the file holds"));
  *size = info.size;
  return TRUE;
}

static gboolean
place_in_zip (SacTensorFile *file, const SacPickleStorage *storage, gpointer data, guint *index, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%sdata/%s", (const char *) data, storage->key);
  g_autofree char *shown = sac_tensor_name_dup_visible (name);
  SacStorage s = { .zip_entry = zip_name_locate (file->zip, name, 0) };
  guint64 expected, size = 0;

  if (__builtin_mul_overflow (storage->base_n, (guint64) _sac_dtype_bytes (storage->dtype), &expected))
    return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the size of a storage overflows"));
  if (s.zip_entry < 0 && expected > 0)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container has no entry “%s”"), shown);
  if (s.zip_entry >= 0 && !entry_size (file, (guint64) s.zip_entry, &size, error))
    return FALSE;
  if (size != expected)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the entry “%s” has another size than its tensor claims"), shown);
  s.n_bytes = size;
  g_array_append_val (file->storages, s);
  *index = file->storages->len - 1;
  return TRUE;
}

static zip_t *
open_zip (SacTensorFile *file, GError **error)
{
  zip_error_t e;
  zip_source_t *source;
  zip_t *zip = NULL;

  zip_error_init (&e);
  if (file->bytes)
    source = zip_source_buffer_create (g_bytes_get_data (file->bytes, NULL), g_bytes_get_size (file->bytes), 0, &e);
  else
    {
      FILE *stream = NULL;
      int fd = dup (file->fd);

      if (fd >= 0)
        stream = fdopen (fd, "rb");
      source = stream ? zip_source_filep_create (stream, 0, -1, &e) : NULL;
      if (!source && stream)
        fclose (stream);
      else if (!stream && fd >= 0)
        close (fd);
    }
  if (source)
    {
      zip = zip_open_from_source (source, ZIP_RDONLY, &e);
      if (!zip)
        zip_source_free (source);
    }
  if (!zip)
    _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the zip container is damaged or cut short: %s"), zip_words (&e));
  zip_error_fini (&e);
  return zip;
}

/* Which zip is it?  Returns the index of data.pkl or −1 with the reason. */
static gint64
find_pickle (SacTensorFile *file, char **prefix, GError **error)
{
  zip_int64_t n = zip_get_num_entries (file->zip, 0), found = -1, arrays = 0;
  gboolean script = FALSE, lite = FALSE;
  guint64 size;

  if (n > MOST_ENTRIES)
    return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the zip container has more entries than a network has tensors")), -1;
  for (zip_int64_t i = 0; i < n; i++)
    {
      const char *name = zip_get_name (file->zip, (zip_uint64_t) i, ZIP_FL_ENC_RAW), *slash = name ? strchr (name, '/') : NULL;

      if (!name)
        continue;
      arrays += g_str_has_suffix (name, ".npy");
      if (slash && (strcmp (slash, "/constants.pkl") == 0 || g_str_has_prefix (slash, "/code/")))
        script = TRUE;
      if (slash && strcmp (slash, "/bytecode.pkl") == 0)
        lite = TRUE;
      if (found < 0 && (strcmp (name, "data.pkl") == 0 || (slash && strcmp (slash, "/data.pkl") == 0)))
        {
          found = i;
          *prefix = g_strndup (name, strlen (name) - strlen ("data.pkl"));
        }
    }
  if (lite)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED,
                 _("this is a PyTorch Lite (mobile) program, which is not read: save model.state_dict() instead")), -1;
  if (script)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED,
                 _("this is a TorchScript program, which is not read: save model.state_dict() instead")), -1;
  if (found < 0 && arrays > 0)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("this is a NumPy archive (npz), which is not read yet: save it as safetensors")),
           -1;
  if (found < 0)
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("this zip holds no weights: data.pkl is missing")), -1;
  /* An entry that lies speaks against the file even where nothing reads it. */
  for (zip_int64_t i = 0; i < n; i++)
    if (!entry_size (file, (guint64) i, &size, error))
      return -1;
  return found;
}

static gboolean
check_byte_order (SacTensorFile *file, const char *prefix, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%sbyteorder", prefix);
  SacStorage s = { .zip_entry = zip_name_locate (file->zip, name, 0) };
  guint8 text[16];

  if (s.zip_entry < 0)
    return TRUE;
  if (!entry_size (file, (guint64) s.zip_entry, &s.n_bytes, error))
    return FALSE;
  if (s.n_bytes > sizeof text)
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("the byte order is unknown"));
  if (!_sac_read_zip_storage (file, &s, text, error))
    return FALSE;
  if (s.n_bytes < 6 || memcmp (text, "little", 6) != 0)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("its numbers are big-endian, which is not read"));
  return TRUE;
}

gboolean
_sac_read_pytorch_zip (SacTensorFile *file, GError **error)
{
  g_autofree char *prefix = NULL;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (SacPickle) pickle = NULL;
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);
  SacStorage s = { 0 };
  Walk w = { .file = file, .place = place_in_zip, .placed = placed, .error = error };

  file->zip = open_zip (file, error);
  if (!file->zip)
    return FALSE;
  s.zip_entry = find_pickle (file, &prefix, error);
  if (s.zip_entry < 0 || !entry_size (file, (guint64) s.zip_entry, &s.n_bytes, error) || !check_byte_order (file, prefix, error))
    return FALSE;
  if (s.n_bytes > MOST_PICKLE)
    return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("its pickle is larger than a list of tensors needs"));
  bytes = g_try_malloc (MAX (s.n_bytes, 1));
  if (!bytes)
    return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("there is no memory for its pickle"));
  if (!_sac_read_zip_storage (file, &s, bytes, error))
    return FALSE;
  pickle = _sac_pickle_parse (bytes, (gsize) s.n_bytes, NULL, error);
  if (!pickle)
    return FALSE;
  w.pickle = pickle;
  w.data = prefix;
  file->format = "PyTorch zip";
  return collect_state (&w);
}

/* ---- legacy */

/* The next pickle at *@at.  Its length is unknown beforehand: a window that grows. */
static SacPickle *
next_pickle (SacTensorFile *file, guint64 *at, guint8 **bytes, GError **error)
{
  guint64 window = 1 << 16;

  for (;; window *= 8)
    {
      g_autoptr (GError) own = NULL;
      gboolean cut = FALSE, all;
      SacPickle *pickle;

      window = MIN (window, MIN (MOST_PICKLE, file->size - *at));
      all = window == file->size - *at;
      g_free (*bytes);
      *bytes = g_try_malloc (MAX (window, 1));
      if (!*bytes)
        return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("there is no memory for its pickle")), NULL;
      if (!_sac_tensor_file_pread (file, *at, *bytes, (gsize) window, error))
        return NULL;
      pickle = _sac_pickle_parse (*bytes, (gsize) window, &cut, &own);
      if (pickle)
        {
          *at += pickle->used;
          return pickle;
        }
      if (!cut || all)
        return g_propagate_error (error, g_steal_pointer (&own)), NULL;
      if (window == MOST_PICKLE)
        return fail (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("its pickle is larger than a list of tensors needs")), NULL;
    }
}

static gboolean
is_magic (const SacPickleNode *value)
{
  static const guint8 magic[10] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };

  return value->kind == SAC_PICKLE_LONG && value->n == sizeof magic && memcmp (value->text, magic, sizeof magic) == 0;
}

/* Key → index + 1 of storages laid out behind the pickles. */
static gboolean
place_in_legacy (SacTensorFile *file, const SacPickleStorage *storage, gpointer data, guint *index, GError **error)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (data, storage->key));

  if (!found)
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("a tensor's data are not in the file"));
  *index = found - 1;
  return TRUE;
}

/* Element sizes stand in the object's pickle only: storages first, by key. */
static gboolean
lay_out (SacTensorFile *file, const SacPickle *object, const SacPickle *keys, guint64 at, GHashTable *where, GStringChunk *texts,
         GError **error)
{
  g_autoptr (GHashTable) described = g_hash_table_new (g_str_hash, g_str_equal);
  const SacPickleNode *list = _sac_pickle_node (keys, keys->root);

  for (guint i = 0; i < object->nodes->len; i++)
    {
      const SacPickleNode *value = _sac_pickle_node (object, i);

      if (value->kind == SAC_PICKLE_STORAGE && !g_hash_table_contains (described, value->storage->key))
        g_hash_table_insert (described, value->storage->key, value->storage);
    }
  if (list->kind != SAC_PICKLE_LIST)
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("the list of storages is missing"));
  for (guint i = 0; i < list->n; i++)
    {
      const SacPickleNode *key = _sac_pickle_node (keys, list->items[i]);
      g_autofree char *text = key->kind == SAC_PICKLE_STRING ? g_strndup ((const char *) key->text, key->n) : NULL;
      const SacPickleStorage *storage = text ? g_hash_table_lookup (described, text) : NULL;
      SacStorage s = { .zip_entry = -1 };
      guint64 n;

      if (!storage)
        return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("a storage that no tensor speaks of"));
      if (g_hash_table_contains (where, text))
        return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("a storage is listed twice"));
      if (!_sac_tensor_file_pread (file, at, &n, 8, error))
        return FALSE;
      s.position = at + 8;
      if (n != storage->base_n || n > (file->size - s.position) / _sac_dtype_bytes (storage->dtype))
        return fail (error, SAC_WEIGHTS_ERROR_FORMAT, n != storage->base_n ? _("a storage has another size than its tensors say")
                                                                           : _("the file is cut short"));
      s.n_bytes = n * _sac_dtype_bytes (storage->dtype);
      g_array_append_val (file->storages, s);
      g_hash_table_insert (where, g_string_chunk_insert (texts, text), GUINT_TO_POINTER (file->storages->len));
      at = s.position + s.n_bytes;
    }
  return TRUE;
}

gboolean
_sac_read_pytorch_legacy (SacTensorFile *file, GError **error)
{
  g_autofree guint8 *bytes = NULL, *key_bytes = NULL;
  g_autoptr (SacPickle) first = NULL, version = NULL, system = NULL, object = NULL, keys = NULL;
  g_autoptr (GHashTable) where = g_hash_table_new (g_str_hash, g_str_equal), placed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStringChunk) texts = g_string_chunk_new (256);
  const SacPickleNode *value;
  guint64 at = 0;
  Walk w = { .file = file, .place = place_in_legacy, .data = where, .placed = placed, .error = error };

  first = next_pickle (file, &at, &bytes, error);
  if (!first)
    return FALSE;
  if (!is_magic (_sac_pickle_node (first, first->root)))
    return fail (error, SAC_WEIGHTS_ERROR_FORMAT, _("this is a pickle, but not of PyTorch's weights"));
  version = next_pickle (file, &at, &bytes, error);
  if (!version)
    return FALSE;
  value = _sac_pickle_node (version, version->root);
  if (value->kind != SAC_PICKLE_INT || value->integer != 1001)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("this version of PyTorch's old format is not known"));
  system = next_pickle (file, &at, &bytes, error);
  if (!system)
    return FALSE;
  value = _sac_pickle_node (system, system->root);
  if (value->kind == SAC_PICKLE_DICT)
    value = lookup (system, value, "little_endian");
  if (!value || value->kind != SAC_PICKLE_BOOL || !value->integer)
    return fail (error, SAC_WEIGHTS_ERROR_UNSUPPORTED, _("its numbers are big-endian, which is not read"));
  object = next_pickle (file, &at, &bytes, error);
  if (!object)
    return FALSE;
  keys = next_pickle (file, &at, &key_bytes, error);
  if (!keys || !lay_out (file, object, keys, at, where, texts, error))
    return FALSE;
  w.pickle = object;
  file->format = "PyTorch legacy";
  return collect_state (&w);
}
