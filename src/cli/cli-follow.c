/* saccade follow CLIP: a box goes after its object through the frames, and becomes keyframes of a track. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "data/sac-follow.h"
#include "sac-cli.h"

typedef struct {
  char *project, *box, *label;
  int track, from, to;
  gboolean as_json;
} Options;

/* "x,y,w,h" in px of the picture. */
static gboolean
parse_box (const char *text, SacBox *box, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  double *fields[] = { &box->x, &box->y, &box->width, &box->height };
  guint n = g_strv_length (parts), good = 0;

  for (guint i = 0; n == 4 && i < 4; i++)
    {
      char *end = NULL;

      *fields[i] = g_ascii_strtod (parts[i], &end);
      good += end != parts[i] && *end == '\0' && isfinite (*fields[i]);
    }
  if (good == 4 && box->width >= 4 && box->height >= 4)
    return TRUE;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
               _("--box wants X,Y,WIDTH,HEIGHT in pixels, at least 4 × 4, not “%s”"), text);
  return FALSE;
}

static SacId
find_label (SacProject *project, const char *name, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, error);

  for (guint i = 0; labels && i < labels->len; i++)
    if (strcmp (((SacLabel *) labels->pdata[i])->name, name) == 0)
      return ((SacLabel *) labels->pdata[i])->id;
  if (labels)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no label “%s”; saccade label list shows them"), name);
  return 0;
}

/* The @number-th track of the clip, from 1 on. */
static const SacTrack *
find_track (GPtrArray *tracks, int number, GError **error)
{
  if (number >= 1 && (guint) number <= tracks->len)
    return tracks->pdata[number - 1];
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, ngettext ("The clip has %u track", "The clip has %u tracks", tracks->len),
               tracks->len);
  return NULL;
}

typedef struct { guint from, to; } Span;

static gboolean
on_box (const SacBox *box, double sure, gpointer data)
{
  const Span *span = data;

  sac_cli_progress ((double) (box->frame - span->from) / MAX (span->to - span->from, 1), _("following"), NULL);
  return TRUE;
}

static void
tell (const SacBox *boxes, guint n, SacFollowEnd end, gboolean as_json)
{
  guint last = boxes[n - 1].frame;

  if (as_json)
    {
      static const char *const words[] = { "end", "lost", "stopped" };

      g_print ("{\"from\":%u,\"to\":%u,\"keyframes\":%u,\"end\":\"%s\"}\n", boxes[0].frame, last, n, words[end]);
      return;
    }
  g_print (ngettext ("frames %u to %u, %u keyframe\n", "frames %u to %u, %u keyframes\n", n), boxes[0].frame, last, n);
  if (end == SAC_FOLLOW_LOST)
    g_print (_("Lost sight of the object after frame %u\n"), last);
}

static gboolean
follow (SacProject *project, const char *name, const Options *options, GError **error)
{
  g_autoptr (SacItem) item = sac_project_find_item (project, name, error);
  g_autoptr (SacMedia) media = item ? sac_media_open (item->path, NULL, error) : NULL;
  g_autoptr (GPtrArray) tracks = media ? sac_project_list_tracks (project, item->id, error) : NULL;
  g_autoptr (GArray) found = NULL, boxes = NULL;
  const SacTrack *track = NULL;
  SacBox start = { .keyframe = TRUE };
  Span span = { 0, media ? sac_media_get_n_frames (media) - 1 : 0 };
  SacFollowSpec spec;
  SacFollowEnd end;
  SacId label = 0, layer;
  guint next;

  if (!tracks || (!options->box && !(track = find_track (tracks, options->track, error)))
      || (options->label && !(label = find_label (project, options->label, error)))
      || (options->box && !parse_box (options->box, &start, error)))
    return FALSE;
  span.from = options->from >= 0 ? (guint) options->from : track && track->n_boxes ? track->boxes[track->n_boxes - 1].frame : 0;
  if (track && !sac_boxes_at (track->boxes, track->n_boxes, span.from, &start))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The object is not in frame %u"), span.from);
      return FALSE;
    }
  start.frame = span.from;
  if (options->to >= 0)
    span.to = MIN (span.to, (guint) options->to);
  else if (track && sac_boxes_next_key (track->boxes, track->n_boxes, span.from, 1, &next))
    span.to = MIN (span.to, next - 1);  /* what was keyed by hand stays */
  sac_follow_spec_init (&spec);
  found = sac_follow (media, &start, span.to, &spec, on_box, &span, &end, NULL, error);
  if (!found)
    return FALSE;
  boxes = g_array_new (FALSE, FALSE, sizeof (SacBox));
  if (track)
    g_array_append_vals (boxes, track->boxes, track->n_boxes);
  sac_follow_put (boxes, found);
  layer = track ? 0 : sac_project_get_layer (project, "person", "", error);
  if (track ? !sac_project_set_track (project, track->id, (SacBox *) (gpointer) boxes->data, boxes->len, _("Follow an object"), error)
            : !layer || !sac_project_add_track (project, layer, item->id, label, (SacBox *) (gpointer) boxes->data, boxes->len, error))
    return FALSE;
  tell ((SacBox *) (gpointer) found->data, found->len, end, options->as_json);
  return TRUE;
}

int
sac_cli_follow (int argc, char **argv)
{
  Options options = { .track = 0, .from = -1, .to = -1 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &options.project, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "track", 't', 0, G_OPTION_ARG_INT, &options.track, N_("The clip's track to go on with, counted from 1"), "N" },
    { "box", 'b', 0, G_OPTION_ARG_STRING, &options.box, N_("A new object, in pixels"), "X,Y,WIDTH,HEIGHT" },
    { "label", 'l', 0, G_OPTION_ARG_STRING, &options.label, N_("Label of the new object"), "NAME" },
    { "from", 0, 0, G_OPTION_ARG_INT, &options.from, N_("First frame (else the track's last keyframe, or 0)"), "FRAME" },
    { "to", 0, 0, G_OPTION_ARG_INT, &options.to, N_("Last frame (else up to the next keyframe, or the end)"), "FRAME" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_("Answer as JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("CLIP"), _("A box follows its object forward and becomes a track."));
  gboolean good;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || !options.box == !options.track)
    {
      g_printerr ("%s\n", _("saccade: follow wants a clip, and either --track N or --box X,Y,WIDTH,HEIGHT"));
      return 2;
    }
  sac_media_init ();
  project = sac_cli_open_project (options.project, SAC_PROJECT_READ_WRITE, &error);
  good = project && follow (project, argv[1], &options, &error);
  g_free (options.project);
  g_free (options.box);
  g_free (options.label);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
