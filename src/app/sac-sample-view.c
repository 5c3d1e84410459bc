#include "sac-sample-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-plot.h"
#include "sac-sample-scene.h"

#define PLAY_FPS 30
#define AHEAD 12                /* pictures decoded before they are due */
#define DRAG_PX 12              /* less is a click of an unsteady hand */

struct _SacSampleView {
  AdwBin parent_instance;
  GtkStack *stack;
  GtkPaned *paned;
  SacPlot *plot;
  GtkScale *slider;
  GtkToggleButton *play, *pin;
  GtkDropDown *other_drop;
  GtkLabel *place;
  SacSampleFilm *film, *other;  /* @other: of the run beside, nullable */
  char *name, *other_name;
  char **other_folders, **other_names, **notes;
  guint at;
  guint64 pinned;               /* step beside, when pin is on */
  gboolean follow;              /* the newest, as they come */
  gboolean moving;              /* slider and drop-down are being set by us */
  gboolean zoomed;
  int panel, row, column;       /* chosen */
  int to_row, to_column;        /* under a drag */
  double drag_x, drag_y;
  gboolean dragging;
  guint tick;
  gint64 play_from_us;
  guint play_at;
};

G_DEFINE_FINAL_TYPE (SacSampleView, sac_sample_view, ADW_TYPE_BIN)

enum { CHOSEN, DRAGGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_0, PROP_STEP };

/* ---- the picture. */

static void
make_scene (SacSampleView *self, SacSampleScene *scene)
{
  SacSampleShape mine, theirs;

  memset (scene, 0, sizeof *scene);
  sac_sample_film_get_shape (self->film, &mine);
  if (gtk_toggle_button_get_active (self->pin))
    sac_sample_scene_add (scene, self->film, sac_sample_film_find (self->film, self->pinned),
                g_strdup_printf (_("pinned: step %u"), (guint) self->pinned));
  else if (self->other && sac_sample_film_get_n (self->other) > 0)
    {
      guint at = sac_sample_film_find (self->other, sac_sample_view_get_step (self));
      guint step = (guint) sac_sample_film_get_step (self->other, at);

      sac_sample_film_get_shape (self->other, &theirs);
      sac_sample_scene_add (scene, self->other, at, theirs.seed == mine.seed && theirs.z == mine.z
                                            ? g_strdup_printf (_("%s, step %u"), self->other_name, step)
                                            : g_strdup_printf (_("%s, step %u, other noise"), self->other_name, step));
    }
  sac_sample_scene_add (scene, self->film, self->at,
              scene->grid.n == 0 ? NULL : g_strdup_printf (_("step %u"), (guint) sac_sample_view_get_step (self)));
  if (self->notes && g_strv_length (self->notes) >= mine.columns)
    scene->panels[scene->grid.n - 1].notes = (const char *const *) self->notes;
  scene->grid.panel = (int) scene->grid.n - 1;
  scene->grid.row = self->row;
  scene->grid.column = self->column;
  scene->grid.other_row = self->to_row;
  scene->grid.other_column = self->to_column;
  scene->grid.zoomed = self->zoomed && self->row >= 0;
}

static void
draw (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacSampleView *self = data;
  SacSampleScene scene;

  if (sac_sample_film_get_n (self->film) == 0)
    return;
  make_scene (self, &scene);
  sac_sample_grid_draw (cr, width, height, style, &scene.grid);
  sac_sample_scene_clear (&scene);
}

static gboolean
pick (SacSampleView *self, double x, double y, guint *panel, guint *row, guint *column)
{
  SacStyle style;
  SacSampleScene scene;
  gboolean found;

  if (sac_sample_film_get_n (self->film) == 0)
    return FALSE;
  sac_plot_get_style (self->plot, &style);
  make_scene (self, &scene);
  found = sac_sample_grid_pick (gtk_widget_get_width (GTK_WIDGET (self->plot)), gtk_widget_get_height (GTK_WIDGET (self->plot)), &style,
                                &scene.grid, x, y, panel, row, column);
  *panel = found && *panel + 1 == scene.grid.n ? 0 : 1;         /* 0: the moment shown */
  sac_sample_scene_clear (&scene);
  return found;
}

static void
describe (SacSampleView *self)
{
  SacSampleShape shape;
  g_autofree char *words = NULL;

  sac_sample_film_get_shape (self->film, &shape);
  if (self->row >= 0)
    words = g_strdup_printf (_("%u rows of %u generators at step %u; chosen: row %d, G%d"), shape.rows, shape.columns,
                             (guint) sac_sample_view_get_step (self), self->row + 1, self->column + 1);
  else
    words = g_strdup_printf (_("%u rows of %u generators at step %u"), shape.rows, shape.columns,
                             (guint) sac_sample_view_get_step (self));
  sac_plot_describe (self->plot, words);
}

static void
show (SacSampleView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
  describe (self);
}

static void
choose (SacSampleView *self, int row, int column)
{
  SacSampleShape shape;

  sac_sample_film_get_shape (self->film, &shape);
  if (shape.rows == 0 || shape.columns == 0)
    return;
  self->row = row < 0 ? -1 : MIN (row, (int) shape.rows - 1);
  self->column = row < 0 ? -1 : CLAMP (column, 0, (int) shape.columns - 1);
  if (row < 0)
    self->zoomed = FALSE;
  show (self);
  g_signal_emit (self, signals[CHOSEN], 0);
}

/* ---- through time. */

static void
go_to (SacSampleView *self, guint at)
{
  guint n = sac_sample_film_get_n (self->film);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  self->at = MIN (at, n - 1);
  text = g_strdup_printf (_("step %u"), (guint) sac_sample_view_get_step (self));
  gtk_label_set_text (self->place, text);
  self->moving = TRUE;
  gtk_range_set_value (GTK_RANGE (self->slider), self->at);
  self->moving = FALSE;
  show (self);
  g_object_notify (G_OBJECT (self), "step");
}

static void
on_slider (SacSampleView *self)
{
  guint at = (guint) (gtk_range_get_value (GTK_RANGE (self->slider)) + 0.5);

  if (self->moving || at == self->at)
    return;
  self->follow = at + 1 >= sac_sample_film_get_n (self->film);
  gtk_toggle_button_set_active (self->play, FALSE);
  go_to (self, at);
  for (guint i = 1; i <= 3; i++)
    {
      sac_sample_film_prefetch (self->film, at + i);
      if (at >= i)
        sac_sample_film_prefetch (self->film, at - i);
    }
}

static void
on_film (SacSampleView *self)
{
  guint n = sac_sample_film_get_n (self->film), old = self->at;

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "samples" : "empty");
  if (n == 0)
    return;
  self->moving = TRUE;
  gtk_range_set_range (GTK_RANGE (self->slider), 0, MAX (n - 1, 1));
  self->moving = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->slider), n > 1);
  go_to (self, self->follow ? n - 1 : old);
}

static void
on_loaded (SacSampleView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

/* As many pictures a second as PLAY_FPS; one that is not decoded when it is due is waited for. */
static gboolean
play_on (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacSampleView *self = SAC_SAMPLE_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  guint n = sac_sample_film_get_n (self->film), due;

  if (self->play_from_us == 0)
    {
      self->play_from_us = now;
      self->play_at = self->at;
    }
  due = self->play_at + (guint) ((now - self->play_from_us) * PLAY_FPS / G_USEC_PER_SEC);
  if (self->at + 1 >= n)
    {
      gtk_toggle_button_set_active (self->play, FALSE);
      return G_SOURCE_CONTINUE;
    }
  for (guint i = 1; i <= AHEAD; i++)
    sac_sample_film_prefetch (self->film, self->at + i);
  if (due <= self->at)
    return G_SOURCE_CONTINUE;
  if (!sac_sample_film_get (self->film, self->at + 1))
    {
      self->play_from_us = 0;
      return G_SOURCE_CONTINUE;
    }
  self->follow = FALSE;
  go_to (self, MIN (due, self->at + 2));
  if (due > self->at + 2)               /* late: the clock begins anew instead of running away */
    self->play_from_us = 0;
  return G_SOURCE_CONTINUE;
}

static void
on_play (SacSampleView *self)
{
  gboolean active = gtk_toggle_button_get_active (self->play);

  gtk_button_set_icon_name (GTK_BUTTON (self->play), active ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  if (!active)
    return;
  if (self->at + 1 >= sac_sample_film_get_n (self->film))
    go_to (self, 0);
  self->play_from_us = 0;
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), play_on, NULL, NULL);
}

/* ---- beside it. */

static void
on_pin (SacSampleView *self)
{
  self->pinned = sac_sample_view_get_step (self);
  if (!self->moving)
    show (self);
}

static void
on_other (SacSampleView *self)
{
  guint i = gtk_drop_down_get_selected (self->other_drop);
  const char *folder = i > 0 && self->other_folders && i <= g_strv_length (self->other_folders) ? self->other_folders[i - 1] : NULL;

  if (self->moving)
    return;
  g_clear_object (&self->other);
  g_clear_pointer (&self->other_name, g_free);
  if (folder)
    {
      self->other = sac_sample_film_new ();
      self->other_name = g_strdup (self->other_names[i - 1]);
      g_signal_connect_object (self->other, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->other, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
      sac_sample_film_set_folder (self->other, folder);
      sac_sample_film_set_active (self->other, TRUE);
      gtk_toggle_button_set_active (self->pin, FALSE);
    }
  show (self);
}

void
sac_sample_view_set_others (SacSampleView *self, const char *const *folders, const char *const *names)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  const char *current = self->other ? sac_sample_film_get_folder (self->other) : NULL;
  guint chosen = 0;

  gtk_string_list_append (list, _("Nothing beside it"));
  for (guint i = 0; folders && folders[i]; i++)
    {
      gtk_string_list_append (list, names[i]);
      if (g_strcmp0 (folders[i], current) == 0)
        chosen = i + 1;
    }
  g_strfreev (self->other_folders);
  g_strfreev (self->other_names);
  self->other_folders = g_strdupv ((char **) folders);
  self->other_names = g_strdupv ((char **) names);
  self->moving = TRUE;
  gtk_drop_down_set_model (self->other_drop, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->other_drop, chosen);
  self->moving = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->other_drop), folders && folders[0]);
  if (chosen == 0 && current)
    on_other (self);
}

void
sac_sample_view_set_side (SacSampleView *self, GtkWidget *side)
{
  gtk_paned_set_end_child (self->paned, side);
}

void
sac_sample_view_set_notes (SacSampleView *self, const char *const *notes)
{
  g_strfreev (self->notes);
  self->notes = g_strdupv ((char **) notes);
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

/* ---- pointer. */

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacSampleView *self)
{
  guint panel, row, column;

  gtk_widget_grab_focus (GTK_WIDGET (self->plot));
  if (!pick (self, x, y, &panel, &row, &column))
    return;
  if (n_press == 2)
    {
      self->zoomed = !self->zoomed;
      show (self);
      g_signal_emit (self, signals[ACTIVATED], 0);
    }
  else
    choose (self, (int) row, (int) column);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacSampleView *self)
{
  guint panel, row, column;

  self->dragging = pick (self, x, y, &panel, &row, &column) && panel == 0 && !self->zoomed;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacSampleView *self)
{
  double x, y;
  guint panel, row, column;
  gboolean found;

  if (!self->dragging || hypot (dx, dy) < DRAG_PX || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  found = pick (self, x + dx, y + dy, &panel, &row, &column) && panel == 0;
  self->to_row = found ? (int) row : -1;
  self->to_column = found ? (int) column : -1;
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacSampleView *self)
{
  int row = self->to_row, column = self->to_column;

  self->dragging = FALSE;
  self->to_row = self->to_column = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
  if (row >= 0 && self->row >= 0 && (row != self->row || column != self->column))
    g_signal_emit (self, signals[DRAGGED], 0, (guint) self->row, (guint) self->column, (guint) row, (guint) column);
}

/* ---- acts. */

gboolean
sac_sample_view_act (SacSampleView *self, const char *act)
{
  const char *name = act && g_str_has_prefix (act, "generate.") ? act + strlen ("generate.") : NULL;
  guint n = sac_sample_film_get_n (self->film);
  int row = MAX (self->row, 0), column = MAX (self->column, 0);
  gboolean none = self->row < 0;

  if (!name || n == 0)
    return FALSE;
  if (strcmp (name, "play") == 0)
    gtk_toggle_button_set_active (self->play, !gtk_toggle_button_get_active (self->play));
  else if (strcmp (name, "pin") == 0)
    gtk_toggle_button_set_active (self->pin, !gtk_toggle_button_get_active (self->pin));
  else if (strcmp (name, "later") == 0 || strcmp (name, "earlier") == 0)
    {
      gboolean later = strcmp (name, "later") == 0;

      self->follow = later && self->at + 2 >= n;
      go_to (self, later ? self->at + 1 : self->at > 0 ? self->at - 1 : 0);
    }
  else if (strcmp (name, "first") == 0 || strcmp (name, "last") == 0)
    {
      self->follow = strcmp (name, "last") == 0;
      go_to (self, self->follow ? n - 1 : 0);
    }
  else if (strcmp (name, "left") == 0)
    choose (self, row, none ? 0 : MAX (column - 1, 0));
  else if (strcmp (name, "right") == 0)
    choose (self, row, none ? 0 : column + 1);
  else if (strcmp (name, "up") == 0)
    choose (self, none ? 0 : MAX (row - 1, 0), column);
  else if (strcmp (name, "down") == 0)
    choose (self, none ? 0 : row + 1, column);
  else if (strcmp (name, "zoom") == 0)
    {
      self->zoomed = !self->zoomed;
      choose (self, row, column);
    }
  else if (strcmp (name, "unchoose") == 0)
    {
      if (self->zoomed)
        {
          self->zoomed = FALSE;
          show (self);
        }
      else if (none)
        return FALSE;
      else
        choose (self, -1, -1);
    }
  else
    return FALSE;
  return TRUE;
}

void
sac_sample_view_focus (SacSampleView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->plot));
}

gboolean
sac_sample_view_get_chosen (SacSampleView *self, guint *row, guint *column)
{
  if (self->row < 0)
    return FALSE;
  *row = (guint) self->row;
  *column = (guint) self->column;
  return TRUE;
}

cairo_surface_t *
sac_sample_view_dup_picture (SacSampleView *self, gboolean all)
{
  SacSampleShape shape;
  cairo_surface_t *whole = sac_sample_film_get (self->film, self->at), *one;
  cairo_t *cr;
  int pitch;

  sac_sample_film_get_shape (self->film, &shape);
  if (!whole || shape.size == 0 || (!all && self->row < 0))
    return NULL;
  if (all)
    return cairo_surface_reference (whole);
  pitch = shape.size + SAC_SAMPLE_GAP;
  one = cairo_image_surface_create (CAIRO_FORMAT_RGB24, shape.size, shape.size);
  cr = cairo_create (one);
  cairo_set_source_surface (cr, whole, -(self->column * pitch + SAC_SAMPLE_GAP), -(self->row * pitch + SAC_SAMPLE_GAP));
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (one);
  return one;
}

/* ---- run. */

void
sac_sample_view_set_run (SacSampleView *self, const char *run_folder, const char *name)
{
  if (g_strcmp0 (run_folder, sac_sample_film_get_folder (self->film)) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  self->at = 0;
  self->follow = TRUE;
  self->zoomed = FALSE;
  self->row = self->column = -1;
  gtk_toggle_button_set_active (self->play, FALSE);
  gtk_toggle_button_set_active (self->pin, FALSE);
  g_clear_pointer (&self->notes, g_strfreev);
  sac_sample_film_set_folder (self->film, run_folder);
}

void
sac_sample_view_set_active (SacSampleView *self, gboolean active)
{
  sac_sample_film_set_active (self->film, active);
  if (self->other)
    sac_sample_film_set_active (self->other, active);
  if (!active)
    gtk_toggle_button_set_active (self->play, FALSE);
}

void
sac_sample_view_go (SacSampleView *self, double step)
{
  guint at = sac_sample_film_find (self->film, step > 0 ? (guint64) step : 0);

  self->follow = at + 1 >= sac_sample_film_get_n (self->film);
  go_to (self, at);
}

guint64
sac_sample_view_get_step (SacSampleView *self)
{
  return sac_sample_film_get_step (self->film, self->at);
}

gboolean
sac_sample_view_is_following (SacSampleView *self)
{
  return self->follow;
}

SacSampleFilm *
sac_sample_view_get_film (SacSampleView *self)
{
  return self->film;
}

/* ---- object. */

SacSampleView *
sac_sample_view_new (void)
{
  return g_object_new (SAC_TYPE_SAMPLE_VIEW, NULL);
}

static void
sac_sample_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_STEP)
    g_value_set_uint64 (value, sac_sample_view_get_step (SAC_SAMPLE_VIEW (object)));
}

static void
sac_sample_view_dispose (GObject *object)
{
  SacSampleView *self = SAC_SAMPLE_VIEW (object);

  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->other);
  G_OBJECT_CLASS (sac_sample_view_parent_class)->dispose (object);
}

static void
sac_sample_view_finalize (GObject *object)
{
  SacSampleView *self = SAC_SAMPLE_VIEW (object);

  g_clear_object (&self->film);
  g_free (self->name);
  g_free (self->other_name);
  g_strfreev (self->other_folders);
  g_strfreev (self->other_names);
  g_strfreev (self->notes);
  G_OBJECT_CLASS (sac_sample_view_parent_class)->finalize (object);
}

static void
sac_sample_view_class_init (SacSampleViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType u = G_TYPE_UINT;

  object_class->get_property = sac_sample_view_get_property;
  object_class->dispose = sac_sample_view_dispose;
  object_class->finalize = sac_sample_view_finalize;
  g_object_class_install_property (object_class, PROP_STEP,
    g_param_spec_uint64 ("step", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  signals[CHOSEN] = g_signal_new ("chosen", SAC_TYPE_SAMPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", SAC_TYPE_SAMPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DRAGGED] = g_signal_new ("dragged", SAC_TYPE_SAMPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, u, u, u, u);
}

static void
name_it (gpointer widget, const char *name)
{
  gtk_widget_set_tooltip_text (widget, name);
  gtk_accessible_update_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
build_plot (SacSampleView *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  self->plot = g_object_new (SAC_TYPE_PLOT, NULL);
  sac_plot_set_up (self->plot, _("Pictures of the generators"), "samples", draw, NULL, self);
  gtk_widget_set_focusable (GTK_WIDGET (self->plot), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->plot), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->plot), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->plot), 120, 120);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->plot), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self->plot), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (click, drag);
}

static GtkWidget *
build_bar (SacSampleView *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->play = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->play), "media-playback-start-symbolic");
  name_it (self->play, _("Play through the training"));
  self->slider = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1));
  gtk_widget_set_hexpand (GTK_WIDGET (self->slider), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->slider), 80, -1);
  name_it (self->slider, _("Training step of the samples"));
  self->place = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_width_chars (self->place, 11);
  self->pin = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->pin), "view-pin-symbolic");
  name_it (self->pin, _("Keep this moment beside the others"));
  self->other_drop = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_set_size_request (GTK_WIDGET (self->other_drop), 90, -1);
  name_it (self->other_drop, _("Another run beside it"));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->play));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->slider));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->pin));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->other_drop));
  g_signal_connect_swapped (self->play, "toggled", G_CALLBACK (on_play), self);
  g_signal_connect_swapped (self->slider, "value-changed", G_CALLBACK (on_slider), self);
  g_signal_connect_swapped (self->pin, "toggled", G_CALLBACK (on_pin), self);
  g_signal_connect_swapped (self->other_drop, "notify::selected", G_CALLBACK (on_other), self);
  return bar;
}

static void
sac_sample_view_init (SacSampleView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *empty = adw_status_page_new ();

  self->row = self->column = self->to_row = self->to_column = -1;
  self->follow = TRUE;
  self->film = sac_sample_film_new ();
  build_plot (self);
  self->paned = GTK_PANED (gtk_paned_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_paned_set_start_child (self->paned, GTK_WIDGET (self->plot));
  gtk_paned_set_shrink_start_child (self->paned, FALSE);
  gtk_paned_set_resize_end_child (self->paned, FALSE);
  gtk_paned_set_shrink_end_child (self->paned, TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->paned));
  gtk_box_append (GTK_BOX (box), build_bar (self));
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No samples yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("The first pictures appear when the generators have learnt for a moment."));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, box, "samples");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
  g_signal_connect_object (self->film, "changed", G_CALLBACK (on_film), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->film, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  sac_sample_view_set_others (self, NULL, NULL);
}
