#include "sac-panes.h"

#include <glib/gi18n.h>

#include "sac-heat-options.h"
#include "sac-keys.h"
#include "sac-keymap.h"
#include "sac-panes-pane.h"
#include "sac-settings.h"
#include "sac-sight-pane.h"

#define GRADCAM_LAYER ""

struct _SacPanes {
  AdwWindow parent_instance;
  AdwWindowTitle *title;
  GtkGrid *grid;
  GtkDropDown *map_drop;
  GtkMenuButton *add;
  SacHeatOptions *options;
  SacPlayer *player;
  SacWorker *worker;
  SacSession *session;
  SacClip *clip;
  GPtrArray *panes;             /* GtkWidget: SacSightPane or SacPanesPane, in the order of the grid */
  char **names, **folders;
  gboolean wants_peak;          /* to its decisive frame as soon as that is known */
};

G_DEFINE_FINAL_TYPE (SacPanes, sac_panes, ADW_TYPE_WINDOW)

guint
sac_panes_get_n (SacPanes *self)
{
  return self->panes->len;
}

/* ---- asking: all panes about one clip with one kind of map. */

static void
ask_one (SacPanes *self, SacSight *sight, const char *run)
{
  sac_sight_choose (sight, (SacSightKind) MIN (gtk_drop_down_get_selected (self->map_drop), SAC_N_SIGHTS - 1), GRADCAM_LAYER, NULL);
  sac_sight_ask (sight, run, sac_session_get_path (self->session), self->clip ? sac_clip_get_name (self->clip) : NULL);
}

static void
ask (SacPanes *self)
{
  for (guint i = 0; i < self->panes->len; i++)
    if (SAC_IS_SIGHT_PANE (self->panes->pdata[i]))
      ask_one (self, sac_sight_pane_get_sight (self->panes->pdata[i]), sac_sight_pane_get_run (self->panes->pdata[i]));
    else if (sac_panes_pane_is_difference (self->panes->pdata[i]))
      for (guint side = 0; side < 2; side++)
        ask_one (self, sac_panes_pane_get_sight (self->panes->pdata[i], side), sac_panes_pane_get_run (self->panes->pdata[i], side));
}

/* The first run's attention has its curve on the seek bar, and the clip opens where that is highest. */
static void
on_sight (SacPanes *self)
{
  SacSeen seen;

  for (guint i = 0; self->clip && i < self->panes->len; i++)
    {
      guint n = sac_clip_get_item (self->clip)->n_frames, peak = 0;
      g_autofree float *curve = NULL;

      if (!SAC_IS_SIGHT_PANE (self->panes->pdata[i]) || !sac_sight_get (sac_sight_pane_get_sight (self->panes->pdata[i]), &seen) ||
          !seen.weights || n == 0)
        continue;
      curve = g_new (float, n);
      sac_seen_curve (&seen, seen.weights, n, curve);
      sac_player_set_weights (self->player, curve, n);
      for (guint k = 1; k < seen.n; k++)
        if (seen.weights[k] > seen.weights[peak])
          peak = k;
      if (self->wants_peak)
        sac_player_set_frame (self->player, seen.frames[peak]);
      self->wants_peak = FALSE;
      return;
    }
}

/* ---- the grid. */

/* As square as it goes: 1, 2×1, 2×2, 3×2, 3×3; fewer scores where panes are small. */
static void
lay_out (SacPanes *self)
{
  guint columns = self->panes->len <= 1 ? 1 : self->panes->len <= 4 ? 2 : 3;

  for (guint i = 0; i < self->panes->len; i++)
    {
      GtkWidget *pane = self->panes->pdata[i];

      if (gtk_widget_get_parent (pane))
        gtk_grid_remove (self->grid, pane);
      gtk_grid_attach (self->grid, pane, (int) (i % columns), (int) (i / columns), 1, 1);
      if (SAC_IS_SIGHT_PANE (pane))
        sac_sight_pane_set_most (SAC_SIGHT_PANE (pane), self->panes->len <= 2 ? 5 : self->panes->len <= 6 ? 3 : 2);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), self->panes->len < SAC_MAX_PANES);
}

static void
on_closed (GtkWidget *pane, SacPanes *self)
{
  gtk_grid_remove (self->grid, pane);
  g_ptr_array_remove (self->panes, pane);
  lay_out (self);
}

static void
add_pane (SacPanes *self, GtkWidget *pane)
{
  g_ptr_array_add (self->panes, g_object_ref_sink (pane));
  g_signal_connect_object (pane, "closed", G_CALLBACK (on_closed), self, 0);
  if (SAC_IS_SIGHT_PANE (pane))
    {
      g_signal_connect_object (pane, "run-chosen", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (sac_sight_pane_get_sight (SAC_SIGHT_PANE (pane)), "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
    }
  else if (sac_panes_pane_is_difference (SAC_PANES_PANE (pane)))
    g_signal_connect_object (pane, "runs-chosen", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
}

static void
add_run (SacPanes *self, guint run)
{
  add_pane (self, sac_sight_pane_new (self->worker, self->player, self->options, (const char *const *) self->names,
                                      (const char *const *) self->folders, run));
}

static void
add_other (SacPanes *self, gboolean difference)
{
  add_pane (self, sac_panes_pane_new (difference ? self->worker : NULL, self->player, self->options, (const char *const *) self->names,
                                      (const char *const *) self->folders, 0, self->folders[0] && self->folders[1] ? 1 : 0));
}

/* "picture", "run" or "difference". */
static void
act_add (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPanes *self = SAC_PANES (widget);
  const char *kind = g_variant_get_string (parameter, NULL);
  guint n_runs = g_strv_length (self->folders), n = 0;

  if (self->panes->len >= SAC_MAX_PANES)
    return;
  for (guint i = 0; i < self->panes->len; i++)
    n += SAC_IS_SIGHT_PANE (self->panes->pdata[i]);
  if (g_strcmp0 (kind, "run") == 0 && n_runs)
    add_run (self, n % n_runs);
  else if (g_strcmp0 (kind, "difference") == 0 && n_runs)
    add_other (self, TRUE);
  else
    add_other (self, FALSE);
  lay_out (self);
  ask (self);
}

/* ---- keys: the player's, wherever the focus is. */

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  SacPanes *self = data;
  SacKeymap *keymap = sac_keymap_get ();

  if (keyval == GDK_KEY_Escape)
    {
      gtk_window_close (GTK_WINDOW (self));
      return TRUE;
    }
  if (sac_key_is_of_focus (GTK_WIDGET (self), keyval, state))
    return FALSE;
  if (g_strcmp0 (sac_keymap_find (keymap, SAC_KEYS_EXPLAIN, controller, keyval, keycode, state), "explain.attention") == 0)
    {
      sac_heat_options_toggle (self->options);
      return TRUE;
    }
  return sac_player_press (self->player, sac_keymap_find (keymap, SAC_KEYS_PLAYER, controller, keyval, keycode, state), keycode);
}

static void
on_key_up (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  sac_player_release (SAC_PANES (data)->player, keycode);
}

/* ---- life. */

static void
on_project (SacPanes *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
sac_panes_dispose (GObject *object)
{
  SacPanes *self = SAC_PANES (object);

  g_clear_pointer (&self->panes, g_ptr_array_unref);
  g_clear_object (&self->clip);
  G_OBJECT_CLASS (sac_panes_parent_class)->dispose (object);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->folders, g_strfreev);
}

static void
sac_panes_class_init (SacPanesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_panes_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "panes.add", "s", act_add);
}

static void
sac_panes_init (SacPanes *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GtkStringList) maps = gtk_string_list_new (NULL);
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GMenu) menu = g_menu_new ();

  self->panes = g_ptr_array_new_with_free_func (g_object_unref);
  self->worker = sac_worker_new (program ? program : "saccade");
  self->title = ADW_WINDOW_TITLE (adw_window_title_new (_("Side by side"), NULL));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), GTK_WIDGET (self->title));
  g_menu_append (menu, _("Attention of a run"), "panes.add::run");
  g_menu_append (menu, _("Difference of two runs"), "panes.add::difference");
  g_menu_append (menu, _("Picture"), "panes.add::picture");
  self->add = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (self->add, "list-add-symbolic");
  gtk_menu_button_set_menu_model (self->add, G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->add), _("Another pane"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Another pane"), -1);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), GTK_WIDGET (self->add));
  for (int i = 0; i < SAC_N_SIGHTS; i++)
    gtk_string_list_append (maps, sac_sight_kind_get_words ((SacSightKind) i));
  self->map_drop = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&maps)), NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->map_drop), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Which map is shown"), -1);
  self->options = g_object_new (SAC_TYPE_HEAT_OPTIONS, NULL);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), GTK_WIDGET (self->options));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), GTK_WIDGET (self->map_drop));
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_homogeneous (self->grid, TRUE);
  gtk_grid_set_column_homogeneous (self->grid, TRUE);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_widget_set_vexpand (GTK_WIDGET (self->grid), TRUE);
  gtk_widget_set_margin_start (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_top (GTK_WIDGET (self->grid), 6);
  self->player = g_object_new (SAC_TYPE_PLAYER, NULL);
  sac_player_set_stage_shown (self->player, FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->player), FALSE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->player));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 1180, 720);
  gtk_window_set_title (GTK_WINDOW (self), _("Side by side"));
  g_signal_connect_object (self->map_drop, "notify::selected", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

SacPanes *
sac_panes_new (GtkWindow *parent, SacSession *session, const char *const *names, const char *const *folders, guint n_shown)
{
  SacPanes *self = g_object_new (SAC_TYPE_PANES, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  guint n_runs = g_strv_length ((char **) folders);

  self->session = session;
  self->names = g_strdupv ((char **) names);
  self->folders = g_strdupv ((char **) folders);
  add_other (self, FALSE);
  n_shown = MIN (MIN (n_shown, n_runs), SAC_MAX_PANES - 2);
  for (guint r = 0; r < n_shown; r++)
    add_run (self, r);
  if (n_shown > 1)
    add_other (self, TRUE);
  lay_out (self);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project), self, G_CONNECT_SWAPPED);
  return self;
}

void
sac_panes_show (SacPanes *self, SacClip *clip, guint frame)
{
  g_return_if_fail (SAC_IS_PANES (self));
  g_set_object (&self->clip, clip);
  self->wants_peak = frame == 0;
  sac_player_open (self->player, clip ? sac_clip_get_item (clip) : NULL);
  if (frame)
    sac_player_set_frame (self->player, frame);
  adw_window_title_set_subtitle (self->title, clip ? sac_clip_get_name (clip) : "");
  ask (self);
}
