#include "sac-pins.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define VERSION 1
#define MOST_LABELS 100000
#define MOST_STEPS 100000
#define MOST_PLACES (1u << 22)

/* ---- what is pinned. */

char **
sac_pins_read (const char *run_folder)
{
  g_autofree char *path = g_build_filename (run_folder, "pins.json", NULL);
  JsonObject *object = g_file_test (path, G_FILE_TEST_EXISTS) ? _sac_json_read (path, NULL) : NULL;
  char **clips = NULL;
  guint n = 0;

  if (object)
    {
      if (_sac_json_int (object, "version", 0) <= VERSION)
        clips = _sac_json_strings (object, "clips", &n);
      json_object_unref (object);
    }
  for (guint i = SAC_MOST_PINS; i < n; i++)
    g_clear_pointer (&clips[i], g_free);
  return clips ? clips : g_new0 (char *, 1);
}

gboolean
sac_pins_write (const char *run_folder, const char *const *clips, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "pins.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, VERSION);
  _sac_json_add_strings (builder, "clips", clips);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, TRUE, &length);
  return g_file_set_contents (path, text, (gssize) length, error);
}

/* ---- what was found. */

void
sac_pin_sight_free (SacPinSight *sight)
{
  if (!sight)
    return;
  for (guint i = 0; i < sight->n; i++)
    {
      g_free (sight->pins[i].clip);
      g_free (sight->pins[i].scores);
      g_free (sight->pins[i].frames);
      g_free (sight->pins[i].map);
    }
  g_free (sight->pins);
  g_strfreev (sight->labels);
  g_free (sight);
}

static char *
sight_path (const char *run_folder, guint64 step)
{
  g_autofree char *name = g_strdup_printf ("step-%06" G_GUINT64_FORMAT ".json", step);

  return g_build_filename (run_folder, "pins", name, NULL);
}

static void
add_pin (JsonBuilder *builder, const SacPinned *pin, guint n_labels)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "clip");
  json_builder_add_string_value (builder, pin->clip);
  json_builder_set_member_name (builder, "scores");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_labels; i++)
    _sac_json_add_number (builder, (double) pin->scores[i]);
  json_builder_end_array (builder);
  if (pin->t > 0)
    {
      g_autofree char *map = g_base64_encode (pin->map, (gsize) pin->t * (gsize) pin->h * (gsize) pin->w);
      const int shape[] = { pin->t, pin->h, pin->w };

      json_builder_set_member_name (builder, "label");
      json_builder_add_int_value (builder, pin->label);
      json_builder_set_member_name (builder, "shape");
      json_builder_begin_array (builder);
      for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
        json_builder_add_int_value (builder, shape[i]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "frames");
      json_builder_begin_array (builder);
      for (int i = 0; i < pin->t; i++)
        json_builder_add_int_value (builder, pin->frames[i]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "crop");
      json_builder_begin_array (builder);
      for (int i = 0; i < 4; i++)
        _sac_json_add_number (builder, pin->crop[i]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "map");
      json_builder_add_string_value (builder, map);
    }
  json_builder_end_object (builder);
}

gboolean
sac_pin_sight_write (const char *run_folder, const SacPinSight *sight, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "pins", NULL);
  g_autofree char *path = sight_path (run_folder, sight->step);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, VERSION);
  json_builder_set_member_name (builder, "step");
  json_builder_add_int_value (builder, (gint64) sight->step);
  _sac_json_add_strings (builder, "labels", (const char *const *) sight->labels);
  json_builder_set_member_name (builder, "pins");
  json_builder_begin_array (builder);
  for (guint i = 0; i < sight->n; i++)
    add_pin (builder, &sight->pins[i], sight->n_labels);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, FALSE, &length);
  g_mkdir_with_parents (folder, 0755);
  return g_file_set_contents (path, text, (gssize) length, error);
}

/* A map that does not hold together is left out; scores that are not there are 0. */
static void
take_pin (JsonObject *object, guint n_labels, SacPinned *pin)
{
  JsonArray *scores = _sac_json_array (object, "scores"), *shape = _sac_json_array (object, "shape");
  JsonArray *frames = _sac_json_array (object, "frames"), *crop = _sac_json_array (object, "crop");
  const char *map = _sac_json_string (object, "map", NULL);
  double size[3] = { 0 };
  gsize n = 0;

  pin->clip = g_strdup (_sac_json_string (object, "clip", ""));
  pin->scores = g_new0 (float, n_labels + 1);
  for (guint i = 0; scores && i < n_labels && i < json_array_get_length (scores); i++)
    pin->scores[i] = (float) _sac_json_number_at (scores, i, 0);
  if (!map || !shape || json_array_get_length (shape) != 3 || !frames)
    return;
  for (guint i = 0; i < 3; i++)
    size[i] = _sac_json_number_at (shape, i, 0);
  if (!(size[0] >= 1 && size[1] >= 1 && size[2] >= 1 && size[0] * size[1] * size[2] <= MOST_PLACES)
      || json_array_get_length (frames) != (guint) size[0])
    return;
  pin->map = g_base64_decode (map, &n);
  if (n != (gsize) size[0] * (gsize) size[1] * (gsize) size[2])
    {
      g_clear_pointer (&pin->map, g_free);
      return;
    }
  pin->t = (int) size[0];
  pin->h = (int) size[1];
  pin->w = (int) size[2];
  pin->label = (int) CLAMP (_sac_json_int (object, "label", -1), -1, (gint64) n_labels - 1);
  pin->frames = g_new (guint, pin->t);
  for (int i = 0; i < pin->t; i++)
    pin->frames[i] = (guint) CLAMP (_sac_json_number_at (frames, (guint) i, 0), 0, 1e9);
  for (guint i = 0; crop && i < 4 && i < json_array_get_length (crop); i++)
    pin->crop[i] = CLAMP (_sac_json_number_at (crop, i, 0), 0, 1e6);
}

SacPinSight *
sac_pin_sight_read (const char *run_folder, guint64 step, GError **error)
{
  g_autofree char *path = sight_path (run_folder, step);
  JsonObject *object = _sac_json_read (path, error);
  SacPinSight *sight;
  JsonArray *pins;

  if (!object)
    return NULL;
  sight = g_new0 (SacPinSight, 1);
  sight->step = step;
  sight->labels = _sac_json_strings (object, "labels", &sight->n_labels);
  pins = _sac_json_array (object, "pins");
  if (_sac_json_int (object, "version", 0) > VERSION || !sight->labels || sight->n_labels > MOST_LABELS || !pins)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” holds no pinned clips"), path);
      sac_pin_sight_free (sight);
      json_object_unref (object);
      return NULL;
    }
  sight->pins = g_new0 (SacPinned, SAC_MOST_PINS);
  for (guint i = 0; i < json_array_get_length (pins) && sight->n < SAC_MOST_PINS; i++)
    {
      JsonNode *node = json_array_get_element (pins, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        take_pin (json_node_get_object (node), sight->n_labels, &sight->pins[sight->n++]);
    }
  json_object_unref (object);
  return sight;
}

static int
by_step (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

guint64 *
sac_pin_sight_list (const char *run_folder, guint *n)
{
  g_autofree char *folder = g_build_filename (run_folder, "pins", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && steps->len < MOST_STEPS)
    {
      guint64 step;
      char *end;

      if (!g_str_has_prefix (name, "step-") || !g_ascii_isdigit (name[5]))
        continue;
      step = g_ascii_strtoull (name + 5, &end, 10);
      if (strcmp (end, ".json") == 0)
        g_array_append_val (steps, step);
    }
  g_array_sort (steps, by_step);
  *n = steps->len;
  return (guint64 *) (gpointer) g_array_free (steps, FALSE);
}

void
sac_pin_map_shrink (const float *map, int t, int h, int w, int to_h, int to_w, guint8 *out)
{
  for (int k = 0; k < t; k++)
    for (int i = 0; i < to_h; i++)
      for (int j = 0; j < to_w; j++)
        {
          int y0 = i * h / to_h, y1 = MAX ((i + 1) * h / to_h, y0 + 1), x0 = j * w / to_w, x1 = MAX ((j + 1) * w / to_w, x0 + 1);
          double sum = 0;

          for (int y = y0; y < y1; y++)
            for (int x = x0; x < x1; x++)
              sum += (double) map[((gsize) k * (gsize) h + (gsize) y) * (gsize) w + (gsize) x];
          sum /= (y1 - y0) * (x1 - x0);
          *out++ = (guint8) (sum >= 0 ? MIN (sum, 1) * 255 + 0.5 : 0);
        }
}
