/* CSV of tags: Kinetics (label,youtube_id,time_start,time_end,split), Moments (clip,label,label,…), and a list with any of the
 * columns  name|clip|video|youtube_id|path, label(s), time_start, time_end, split, state, fps  in any order.
 * A row with times is a segment; a row without is a tag of the whole clip.  In a column “labels” several are parted by ";" or "|". */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

#define MAX_FIELDS 512

enum { NAME, LABEL, START, END, SPLIT, STATE, FPS, FRAMES, N_COLUMNS };

static int
column_of (const char *title)
{
  static const struct { const char *title; int column; } known[] = {
    { "name", NAME }, { "clip", NAME }, { "video", NAME }, { "video_id", NAME }, { "youtube_id", NAME }, { "path", NAME }, { "file", NAME },
    { "label", LABEL }, { "labels", LABEL }, { "class", LABEL }, { "time_start", START }, { "start", START }, { "start_sec", START },
    { "time_end", END }, { "end", END }, { "end_sec", END }, { "split", SPLIT }, { "subset", SPLIT }, { "state", STATE }, { "fps", FPS },
    { "frames", FRAMES },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (title, known[i].title) == 0)
      return known[i].column;
  return -1;
}

GPtrArray *
_sac_csv_next_row (const char **at)
{
  const char *c = *at;
  GPtrArray *fields;
  g_autoptr (GString) field = g_string_new (NULL);
  gboolean quoted = FALSE;

  if (!*c)
    return NULL;
  fields = g_ptr_array_new_with_free_func (g_free);
  for (;; c++)
    {
      if (quoted && *c == '"' && c[1] == '"')
        g_string_append_c (field, *c++);
      else if (*c == '"' && (quoted || field->len == 0))
        quoted = !quoted;
      else if (*c == 0 || (!quoted && (*c == ',' || *c == '\n')))
        {
          if (fields->len < MAX_FIELDS)
            g_ptr_array_add (fields, g_strdup (g_strstrip (field->str)));
          g_string_truncate (field, 0);
          if (*c != ',')
            break;
        }
      else
        g_string_append_c (field, *c);
    }
  *at = *c ? c + 1 : c;
  return fields;
}

static int
split_of (const char *text)
{
  if (g_ascii_strncasecmp (text, "train", 5) == 0)
    return SAC_SPLIT_TRAIN;
  if (g_ascii_strncasecmp (text, "val", 3) == 0)
    return SAC_SPLIT_VALIDATION;
  return g_ascii_strncasecmp (text, "test", 4) == 0 ? SAC_SPLIT_TEST : SAC_SPLIT_NONE;
}

static const char *
field (GPtrArray *row, const int *columns, int which)
{
  return columns[which] >= 0 && (guint) columns[which] < row->len ? row->pdata[columns[which]] : "";
}

static gboolean
take_row (SacAnnotations *out, GPtrArray *row, const int *columns, gboolean titled, gboolean several)
{
  const char *name = field (row, columns, NAME), *state = field (row, columns, STATE);
  g_auto (GStrv) labels = g_strsplit_set (field (row, columns, LABEL), several ? ";|" : "", -1);
  int split = split_of (field (row, columns, SPLIT));
  double start, end, value;
  gboolean timed = _sac_format_read_number (field (row, columns, START), &start)
      && _sac_format_read_number (field (row, columns, END), &end);
  SacNoted *item;

  if (!*name || (timed && !(start >= 0 && end >= start && end < 1e8)))
    return FALSE;
  item = sac_annotations_item (out, name);
  if (split)
    item->split = split;
  if (_sac_format_read_number (field (row, columns, FPS), &value) && value > 0 && value < 1e5)
    item->fps = value;
  if (_sac_format_read_number (field (row, columns, FRAMES), &value) && value > 0 && value < 1e9)
    item->n_frames = (guint) value;
  for (guint i = 0; i < (titled ? g_strv_length (labels) : row->len - MIN (row->len, 1)); i++)
    {
      const char *label = g_strstrip (titled ? labels[i] : row->pdata[i + 1]);
      guint index;

      if (!*label)
        continue;
      index = sac_annotations_label (out, label);
      if (timed)
        sac_noted_add_segment (item, index, (gint64) llround (start * 1e9), (gint64) llround (end * 1e9));
      else
        sac_noted_set_tag (item, index, g_ascii_strcasecmp (state, "no") == 0 ? SAC_LABEL_NO
                                        : g_ascii_strcasecmp (state, "unknown") == 0 ? SAC_LABEL_UNKNOWN : SAC_LABEL_YES);
    }
  return TRUE;
}

static guint
line_of (const char *text, const char *at)
{
  guint line = 1;

  for (; text < at; text++)
    line += *text == '\n';
  return line;
}

static SacAnnotations *
read_csv (const char *path, GError **error)
{
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autofree char *text = _sac_format_load (path, NULL, error);
  const char *at = text, *start = text;
  int columns[N_COLUMNS];
  gboolean titled = FALSE, several = FALSE;
  GPtrArray *row;
  guint n_bad = 0, first_bad = 0;

  if (!text)
    return NULL;
  for (guint k = 0; k < N_COLUMNS; k++)
    columns[k] = -1;
  for (gboolean first = TRUE; (start = at, row = _sac_csv_next_row (&at)); first = FALSE)
    {
      if (first)
        {
          for (guint c = 0; c < row->len; c++)
            if (column_of (row->pdata[c]) >= 0 && columns[column_of (row->pdata[c])] < 0)
              columns[column_of (row->pdata[c])] = (int) c;
          several = columns[LABEL] >= 0 && g_ascii_strcasecmp (row->pdata[columns[LABEL]], "labels") == 0;
          titled = columns[NAME] >= 0 && columns[LABEL] >= 0;
          if (!titled)
            {
              for (guint k = 0; k < N_COLUMNS; k++)
                columns[k] = -1;
              columns[NAME] = 0;
            }
        }
      if (!(first && titled) && !(row->len == 1 && !*(char *) row->pdata[0]))
        if (!take_row (out, row, columns, titled, several) && n_bad++ == 0)
          first_bad = line_of (text, start);
      g_ptr_array_unref (row);
    }
  if (n_bad)
    g_ptr_array_add (out->problems, g_strdup_printf (ngettext ("%u row without a clip or with times that cannot be (line %u)",
                                                               "%u rows without a clip or with times that cannot be (the first in line %u)",
                                                               n_bad), n_bad, first_bad));
  if (out->items->len == 0)
    {
      _sac_format_fail (error, path, _("it names no clip"));
      return NULL;
    }
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

/* ---- writing. */
void
_sac_format_put_field (GString *out, const char *text, char end)
{
  if (strpbrk (text, ",\"\n\r") || g_ascii_isspace (text[0]))
    {
      g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
      g_autofree char *doubled = g_strjoinv ("\"\"", parts);

      g_string_append_printf (out, "\"%s\"", doubled);
    }
  else
    g_string_append (out, text);
  g_string_append_c (out, end);
}

static void
put_row (GString *out, SacAnnotations *self, SacNoted *item, guint label, gint64 in_ns, gint64 out_ns, int state)
{
  static const char *const splits[] = { "", "train", "validate", "test" };
  static const char *const states[] = { "unknown", "no", "yes" };
  g_autofree char *fps = item->fps > 0 ? _sac_format_dup_number (item->fps) : g_strdup ("");
  g_autofree char *start = in_ns >= 0 ? _sac_format_dup_number ((double) in_ns * 1e-9) : g_strdup ("");
  g_autofree char *end = in_ns >= 0 ? _sac_format_dup_number ((double) out_ns * 1e-9) : g_strdup ("");
  g_autofree char *frames = item->n_frames ? g_strdup_printf ("%u", item->n_frames) : g_strdup ("");

  _sac_format_put_field (out, self->labels->pdata[label], ',');
  _sac_format_put_field (out, item->name, ',');
  _sac_format_put_field (out, start, ',');
  _sac_format_put_field (out, end, ',');
  _sac_format_put_field (out, splits[CLAMP (item->split, 0, 3)], ',');
  _sac_format_put_field (out, states[state + 1], ',');
  _sac_format_put_field (out, fps, ',');
  _sac_format_put_field (out, frames, '\n');
}

static gboolean
write_csv (SacAnnotations *self, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new ("label,youtube_id,time_start,time_end,split,state,fps,frames\n");

  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tags->len; t++)
        {
          SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);

          put_row (out, self, item, tag.label, -1, -1, CLAMP (tag.state, -1, 1));
        }
      for (guint s = 0; s < item->segments->len; s++)
        {
          SacNotedSegment *segment = item->segments->pdata[s];

          put_row (out, self, item, segment->label, segment->in_ns, segment->out_ns, 1);
        }
    }
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static gboolean
is_csv (const char *path, const char *head)
{
  return g_str_has_suffix (path, ".csv") && !_sac_format_is_table (head);
}

const SacFormatVtable _sac_format_csv = { "csv", is_csv, read_csv, write_csv };
