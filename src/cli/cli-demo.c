/* saccade demo DIR: renders the synthetic clips, encodes them, and writes what is in them to truth.json. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "demo-render.h"
#include "media/sac-media.h"
#include "sac-cli.h"

#define MAX_CLIPS 100000

typedef struct {
  DemoTask task;
  const char *folder;           /* DIR/clips */
  DemoClip *clips;
  guint n;
  DemoBox (*boxes)[DEMO_FRAMES][DEMO_MAX_OBJECTS];
  GMutex lock;
  guint done;
  GError *error;                /* the first */
} Work;

static char *
clip_name (const DemoClip *clip)
{
  return g_strdup_printf ("%03u-%04x.%s", clip->number + 1, clip->tag, sac_encoder_get_suffix ());
}

static gboolean
render_clip (Work *work, guint i, GError **error)
{
  g_autoptr (DemoRenderer) renderer = demo_renderer_new (work->clips + i);
  g_autofree char *name = clip_name (work->clips + i);
  g_autofree char *path = g_build_filename (work->folder, name, NULL);
  g_autofree guint8 *rgb = g_malloc ((gsize) DEMO_SIDE * DEMO_SIDE * 3);
  SacEncoder *encoder = sac_encoder_new (path, DEMO_SIDE, DEMO_SIDE, DEMO_FPS, 1, error);

  if (!encoder)
    return FALSE;
  for (int frame = 0; frame < DEMO_FRAMES; frame++)
    {
      demo_renderer_draw (renderer, frame, rgb, work->boxes[i][frame]);
      if (!sac_encoder_push (encoder, rgb, (gsize) DEMO_SIDE * 3, error))
        {
          sac_encoder_finish (encoder, NULL);
          return FALSE;
        }
    }
  return sac_encoder_finish (encoder, error);
}

static void
render_task (guint task, guint thread, gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  gboolean go;

  g_mutex_lock (&work->lock);
  go = work->error == NULL;
  g_mutex_unlock (&work->lock);
  if (!go)
    return;
  render_clip (work, task, &error);
  g_mutex_lock (&work->lock);
  work->done++;
  if (error && !work->error)
    work->error = g_steal_pointer (&error);
  sac_cli_progress ((double) work->done / work->n, _("Rendering synthetic clips"), NULL);
  g_mutex_unlock (&work->lock);
}

/* Only where it is to be seen.  @label NULL: of no label. */
static void
add_object (GString *text, const Work *work, guint i, int k, const char *label, const char *motion)
{
  const char *comma = "", *quote = label ? "\"" : "";

  g_string_append_printf (text, "%s\n   {\"label\":%s%s%s,\"motion\":\"%s\",\"boxes\":[", k ? "," : "", quote,
                          label ? label : "null", quote, motion);
  for (int frame = 0; frame < DEMO_FRAMES; frame++)
    {
      const DemoBox *box = &work->boxes[i][frame][k];

      if (box->w <= 0)
        continue;
      g_string_append_printf (text, "%s[%d,%.1f,%.1f,%.1f,%.1f]", comma, frame, box->x, box->y, box->w, box->h);
      comma = ",";
    }
  g_string_append (text, "]}");
}

static void
add_clip (GString *text, const Work *work, guint i)
{
  const DemoClip *clip = work->clips + i;
  g_autofree char *name = clip_name (clip);

  g_string_append_printf (text, "%s\n {\"file\":\"clips/%s\",\"split\":\"%s\",\"group\":\"scene-%03u\",\"labels\":[", i ? "," : "",
                          name, clip->test ? "test" : "train", clip->scene + 1);
  if (work->task == DEMO_BURSTS)
    {
      const char *label = demo_burst_labels[clip->burst];

      if (demo_burst_is_nothing (clip))
        {
          g_string_append_printf (text, "\"%s\"],\n  \"segments\":[],\"objects\":[]}", label);
          return;
        }
      g_string_append_printf (text, "\"%s\"],\n  \"segments\":[{\"label\":\"%s\",\"first\":%d,\"last\":%d}],\n  \"objects\":[", label,
                              label, clip->first, clip->last);
      add_object (text, work, i, 0, label, label);
      g_string_append (text, "]}");
      return;
    }
  for (int k = 0; k < clip->n_objects; k++)
    g_string_append_printf (text, "%s\"%s\"", k ? "," : "", demo_kinds[clip->objects[k].kind]);
  g_string_append (text, "],\"motions\":[");
  for (int k = 0; k < clip->n_objects; k++)
    g_string_append_printf (text, "%s\"%s\"", k ? "," : "", demo_motions[clip->objects[k].motion]);
  g_string_append (text, "],\n  \"objects\":[");
  for (int k = 0; k < clip->n_objects; k++)
    add_object (text, work, i, k, demo_kinds[clip->objects[k].kind], demo_motions[clip->objects[k].motion]);
  if (clip->logo)
    add_object (text, work, i, clip->n_objects, NULL, "logo");
  g_string_append (text, "]}");
}

static const char *const *
label_list (DemoTask task, int *n)
{
  *n = task == DEMO_BURSTS ? DEMO_BURST_LABELS : task == DEMO_LOGO ? DEMO_LOGO_LABELS : DEMO_KINDS;
  return task == DEMO_BURSTS ? demo_burst_labels : task == DEMO_LOGO ? demo_logo_labels : demo_kinds;
}

static void
add_labels (GString *text, DemoTask task)
{
  int n;
  const char *const *names = label_list (task, &n);

  for (int k = 0; k < n; k++)
    g_string_append_printf (text, "%s\"%s\"", k ? "," : "", names[k]);
}

static gboolean
write_truth (const Work *work, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new ("{\"version\":1,\"synthetic\":true,\"labels\":[");

  add_labels (text, work->task);
  g_string_append (text, "],\"clips\":[");
  for (guint i = 0; i < work->n; i++)
    add_clip (text, work, i);
  g_string_append (text, "\n]}\n");
  return sac_file_replace (path, text->str, text->len, error);
}

static void
report (const Work *work, const char *folder, double seconds, gboolean json)
{
  guint n_test = 0;

  for (guint i = 0; i < work->n; i++)
    n_test += work->clips[i].test;
  if (json)
    {
      g_autofree char *name = sac_cli_json (folder);
      g_autoptr (GString) labels = g_string_new (NULL);

      add_labels (labels, work->task);
      g_print ("{\"folder\":%s,\"synthetic\":true,\"clips\":%u,\"train\":%u,\"test\":%u,\"frames\":%d,\"labels\":[%s],"
               "\"seconds\":%.2f}\n", name, work->n, work->n - n_test, n_test, DEMO_FRAMES, labels->str, seconds);
    }
  else
    {
      g_autofree char *took = sac_dup_duration (seconds);

      g_print (_("%u synthetic clips of %d frames (%u to train on, %u to test with) in %s, made in %s\n"), work->n, DEMO_FRAMES,
               work->n - n_test, n_test, folder, took);
    }
}

int
sac_cli_demo (int argc, char **argv)
{
  int n_clips = 360;
  gint64 seed = 1;
  gboolean json = FALSE;
  g_autofree char *task = NULL;
  const GOptionEntry entries[] = {
    { "clips", 0, 0, G_OPTION_ARG_INT, &n_clips, N_("How many clips (360)"), N_("N") },
    { "task", 't', 0, G_OPTION_ARG_STRING, &task, N_("shapes: which things are there (as a rule); bursts: what one thing does, once; "
         "logo: one thing, and a mark in the corner that betrays a label until it is tested"),
      N_("TASK") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Another number gives other clips (1)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Write for programs"), NULL },
    { NULL },
  };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("DIR"), _("Renders synthetic clips with known content into DIR."));
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SacPool) pool = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *truth = NULL;
  GError *error = NULL;
  Work work = { 0 };

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || n_clips < 1 || n_clips > MAX_CLIPS)
    {
      g_printerr (_("saccade demo: needs one folder, and 1 to %d clips; see saccade demo --help\n"), MAX_CLIPS);
      return 2;
    }
  if (task && strcmp (task, "shapes") != 0 && strcmp (task, "bursts") != 0 && strcmp (task, "logo") != 0)
    {
      g_printerr (_("saccade demo: the task is shapes, bursts or logo, not “%s”\n"), task);
      return 2;
    }
  folder = g_build_filename (argv[1], "clips", NULL);
  truth = g_build_filename (argv[1], "truth.json", NULL);
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_printerr (_("saccade demo: cannot make the folder %s\n"), folder);
      return 1;
    }
  g_unlink (truth);     /* it comes last, so that its presence says that all clips are there */
  sac_media_init ();
  work.folder = folder;
  work.n = (guint) n_clips;
  work.task = g_strcmp0 (task, "bursts") == 0 ? DEMO_BURSTS : g_strcmp0 (task, "logo") == 0 ? DEMO_LOGO : DEMO_SHAPES;
  work.clips = work.task == DEMO_BURSTS ? demo_plan_bursts ((guint64) seed, work.n)
               : work.task == DEMO_LOGO ? demo_plan_logo ((guint64) seed, work.n) : demo_plan ((guint64) seed, work.n);
  work.boxes = g_malloc0 (sizeof *work.boxes * work.n);
  g_mutex_init (&work.lock);
  pool = sac_pool_new (0);
  sac_pool_run (pool, work.n, render_task, &work);
  if (work.error)
    error = work.error;
  else if (write_truth (&work, truth, &error))
    report (&work, argv[1], (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, json);
  g_mutex_clear (&work.lock);
  g_free (work.clips);
  g_free (work.boxes);
  return error ? sac_cli_fail (error) : 0;
}
