/* Frames of a project's clips as pictures. */
#include <glib/gi18n.h>
#include <string.h>

#include "images-private.h"
#include "sac-data.h"

#define SUFFIX ".saccade"
#define EVERY "every="
#define QUERY "query="
#define MOST_EVERY 1000000
#define MOST_CLASSES 4096

char *
sac_images_dup_source (const char *project, const char *query, guint every)
{
  gboolean asks = query && *query;

  if (every <= 1 && !asks)
    return g_strdup (project);
  return g_strdup_printf ("%s?" EVERY "%u%s%s", project, MAX (every, 1), asks ? "&" QUERY : "", asks ? query : "");
}

/* Where the path ends; NULL: it is none of a project. */
static const char *
find_end (const char *source)
{
  const char *at = source;

  while ((at = strstr (at, SUFFIX)))
    {
      at += strlen (SUFFIX);
      if (*at == 0 || *at == '?')
        return at;
    }
  return NULL;
}

gboolean
sac_images_is_project (const char *source)
{
  return find_end (source) != NULL;
}

/* @query: the rest of @source, borrowed; "" for all. */
static gboolean
parse (const char *source, char **path, guint *every, const char **query, GError **error)
{
  const char *end = find_end (source), *at = end + (*end == '?');

  *path = g_strndup (source, (gsize) (end - source));
  *every = 1;
  *query = "";
  if (g_str_has_prefix (at, EVERY))
    {
      char *rest;
      guint64 number = g_ascii_strtoull (at + strlen (EVERY), &rest, 10);

      *every = (guint) CLAMP (number, 1, MOST_EVERY);
      at = rest + (*rest == '&');
    }
  if (g_str_has_prefix (at, QUERY))
    *query = at + strlen (QUERY);
  else if (*at)
    {
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE,
                   _("“%s”: behind the project's name only ?every=N&query=WORDS can stand"), source);
      return FALSE;
    }
  return TRUE;
}

/* ---- one clip. */

typedef struct {
  SacImages *images;
  guint every, most;
  guint8 *rgb;
  gsize n_rgb;
} Reader;

static gboolean
read_frame (Reader *reader, SacMedia *media, guint number, guint16 class, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, cancellable, error);
  int width = frame ? sac_frame_get_width (frame) : 0, height = frame ? sac_frame_get_height (frame) : 0;
  gsize n = 3 * (gsize) width * (gsize) height;

  if (!frame)
    return FALSE;
  if (n > reader->n_rgb)
    {
      g_free (reader->rgb);
      reader->rgb = g_try_malloc (n);
      reader->n_rgb = reader->rgb ? n : 0;
    }
  if (!reader->rgb)
    {
      g_set_error_literal (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE, _("its pictures do not fit in memory"));
      return FALSE;
    }
  if (!sac_frame_convert (frame, SAC_PIXELS_RGB, reader->rgb, 3 * (gsize) width, error)
      || !_sac_images_make_room (reader->images, (gsize) reader->images->n + 1, error))
    return FALSE;
  _sac_images_take (reader->images, reader->rgb, width, height, 3 * (gsize) width, sac_media_get_pixel_aspect (media), class);
  return TRUE;
}

/* FALSE: it cannot be read on. */
static gboolean
read_clip (Reader *reader, const SacItem *item, guint16 class, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) media = NULL;
  guint first, n;

  if (item->problem || item->missing || item->kind == SAC_ITEM_SIGNAL)
    {
      g_set_error_literal (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE,
                           item->problem   ? item->problem
                           : item->missing ? _("the file is not where it was")
                                           : _("it is a signal, not a video"));
      return FALSE;
    }
  media = sac_media_open (item->path, cancellable, error);
  if (!media)
    return FALSE;
  sac_clip_range (item, media, &first, &n);
  /* From the middle of the first stretch on, so that a clip shorter than one gives its middle. */
  for (guint at = MIN (reader->every, n) / 2; at < n && (!reader->most || reader->images->n < reader->most); at += reader->every)
    if (!read_frame (reader, media, first + at, class, cancellable, error))
      return FALSE;
  return TRUE;
}

/* ---- all. */

static guint16
find_class (GPtrArray *names, GPtrArray *labels, const gint8 *row)
{
  const char *name = "";
  guint class = 0;

  for (guint l = 0; l < labels->len; l++)
    if (row[l] == SAC_LABEL_YES)
      {
        name = ((SacLabel *) labels->pdata[l])->name;
        break;
      }
  while (class < names->len && strcmp (names->pdata[class], name) != 0)
    class++;
  if (class == names->len && class < MOST_CLASSES)
    g_ptr_array_add (names, g_strdup (name));
  return (guint16) MIN (class, MOST_CLASSES - 1);
}

static gboolean
read_clips (Reader *reader, SacProject *project, const char *query, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, error);
  g_autoptr (GArray) ids = labels ? sac_project_query (project, query, error) : NULL;
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (SacId));
  g_autofree gint8 *states = NULL;

  if (!ids)
    return FALSE;
  for (guint l = 0; l < labels->len; l++)
    g_array_append_val (columns, ((SacLabel *) labels->pdata[l])->id);
  states = sac_project_label_matrix (project, (const SacId *) (gpointer) ids->data, ids->len, (const SacId *) (gpointer) columns->data,
                                     columns->len, error);
  if (!states)
    return FALSE;
  if (ids->len == 0)
    {
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("No clip of the project fits “%s”"), query);
      return FALSE;
    }
  for (guint i = 0; i < ids->len && (!reader->most || reader->images->n < reader->most); i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (ids, SacId, i), error);
      g_autoptr (GError) failed = NULL;

      if (!item)
        return FALSE;
      if (progress)
        progress ((double) i / ids->len, item->name, data);
      if (!read_clip (reader, item, find_class (names, labels, states + (gsize) i * labels->len), cancellable, &failed))
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          _sac_images_leave_out (reader->images, item->name, g_strdup (failed->message));
        }
    }
  if (names->len == 0)
    g_ptr_array_add (names, g_strdup (""));
  g_ptr_array_add (names, NULL);
  reader->images->class_names = (char **) g_ptr_array_steal (names, NULL);
  return TRUE;
}

gboolean
_sac_images_load_frames (SacImages *images, const char *source, guint most, SacProgressFunc progress, gpointer data,
                         GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (SacProject) project = NULL;
  Reader reader = { images, 1, most, NULL, 0 };
  const char *query;
  gboolean fine;

  if (!parse (source, &path, &reader.every, &query, error))
    return FALSE;
  sac_media_init ();
  project = sac_project_open (path, SAC_PROJECT_READ_ONLY, error);
  fine = project && read_clips (&reader, project, query, progress, data, cancellable, error);
  g_free (reader.rgb);
  return fine;
}
