/* The picture over the seek bar, where the pointer is.  Pictures come from a strip of thumbnails that is made once a file, off the
 * main thread, when the pointer first asks for it. */
#include "sac-player-private.h"

#include <string.h>

#define N_PICTURES 40
#define WIDTH 160
#define HEIGHT 100

typedef struct {
  SacPlayer *player;            /* not a reference: it owns this */
  GtkWidget *box, *picture, *label;
  SacThumbs *thumbs;
  SacMedia *media;              /* of @thumbs, or of those under way */
  GCancellable *cancellable;
  guint frame;
} Hover;

static void
forget (Hover *hover)
{
  if (hover->cancellable)
    g_cancellable_cancel (hover->cancellable);
  g_clear_object (&hover->cancellable);
  g_clear_object (&hover->media);
  g_clear_pointer (&hover->thumbs, sac_thumbs_free);
}

static void
hover_free (gpointer data)
{
  forget (data);
  g_free (data);
}

static void
load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  SacThumbs *thumbs = sac_thumbs_load (data, WIDTH, HEIGHT, N_PICTURES, cancellable, &error);

  if (thumbs)
    g_task_return_pointer (task, thumbs, (GDestroyNotify) sac_thumbs_free);
  else
    g_task_return_error (task, error);
}

static void
paint (Hover *hover)
{
  const SacThumbs *thumbs = hover->thumbs;
  guint n = hover->media ? MAX (sac_media_get_n_frames (hover->media), 1) : 1, which;
  gsize row, all;
  g_autofree guint8 *rgb = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gtk_widget_set_visible (hover->picture, thumbs != NULL);
  if (!thumbs)
    return;
  which = MIN ((guint) ((guint64) hover->frame * (guint) thumbs->n / n), (guint) thumbs->n - 1);
  row = (gsize) thumbs->width * 3;
  all = row * (gsize) thumbs->height;
  rgb = g_malloc (all);
  for (int y = 0; y < thumbs->height; y++)
    memcpy (rgb + (gsize) y * row, thumbs->rgb + ((gsize) y * (gsize) thumbs->n + which) * row, row);
  bytes = g_bytes_new_take (g_steal_pointer (&rgb), all);
  texture = gdk_memory_texture_new (thumbs->width, thumbs->height, GDK_MEMORY_R8G8B8, bytes, row);
  gtk_picture_set_paintable (GTK_PICTURE (hover->picture), GDK_PAINTABLE (texture));
  gtk_widget_set_size_request (hover->picture, thumbs->width, thumbs->height);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  SacThumbs *thumbs = g_task_propagate_pointer (G_TASK (result), &error);
  Hover *hover = g_object_get_data (source, "sac-hover");

  if (!thumbs)
    return;
  if (!hover || g_task_get_cancellable (G_TASK (result)) != hover->cancellable)
    {
      sac_thumbs_free (thumbs);
      return;
    }
  hover->thumbs = thumbs;
  if (gtk_widget_get_visible (hover->box))
    paint (hover);
}

static void
want (Hover *hover, SacMedia *media)
{
  g_autoptr (GTask) task = NULL;

  if (hover->media == media)
    return;
  forget (hover);
  hover->media = g_object_ref (media);
  hover->cancellable = g_cancellable_new ();
  task = g_task_new (hover->player, hover->cancellable, on_loaded, NULL);
  g_task_set_task_data (task, g_strdup (sac_media_get_path (media)), g_free);
  g_task_run_in_thread (task, load);
}

void
_sac_player_hover (SacPlayer *self, int frame, double x)
{
  Hover *hover = g_object_get_data (G_OBJECT (self), "sac-hover");
  SacMedia *media = sac_player_get_media (self);
  GtkWidget *stage = _sac_player_get_stage (self);
  g_autofree char *text = NULL;
  gint64 ms;
  int width = WIDTH + 12;

  if (frame < 0 || !media)
    {
      gtk_widget_set_visible (hover->box, FALSE);
      return;
    }
  want (hover, media);
  hover->frame = (guint) frame;
  ms = (sac_media_get_time_ns (media, hover->frame) + 500000) / 1000000;
  text = g_strdup_printf ("%d:%02d.%03d · %u", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000), hover->frame);
  gtk_label_set_text (GTK_LABEL (hover->label), text);
  gtk_widget_set_margin_start (hover->box, (int) CLAMP (x - width / 2.0, 4, MAX (gtk_widget_get_width (stage) - width - 4, 4)));
  gtk_widget_set_visible (hover->box, TRUE);
  paint (hover);
}

void
_sac_player_add_hover (SacPlayer *self)
{
  Hover *hover = g_new0 (Hover, 1);

  hover->player = self;
  hover->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  hover->picture = gtk_picture_new ();
  hover->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (hover->box, "osd-badge");
  gtk_widget_add_css_class (hover->label, "numeric");
  gtk_box_append (GTK_BOX (hover->box), hover->picture);
  gtk_box_append (GTK_BOX (hover->box), hover->label);
  gtk_widget_set_halign (hover->box, GTK_ALIGN_START);
  gtk_widget_set_valign (hover->box, GTK_ALIGN_END);
  gtk_widget_set_margin_bottom (hover->box, 6);
  gtk_widget_set_can_target (hover->box, FALSE);
  gtk_widget_set_visible (hover->box, FALSE);
  gtk_overlay_add_overlay (GTK_OVERLAY (_sac_player_get_stage (self)), hover->box);
  g_object_set_data_full (G_OBJECT (self), "sac-hover", hover, hover_free);
}
