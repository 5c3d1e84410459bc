#include "sac-explain-editing.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-map-editor.h"
#include "sac-map-files.h"
#include "sac-map-teacher.h"
#include "sac-settings.h"
#include "store/sac-maps.h"

/* All children of the page, or of this, which goes with the page. */
typedef struct {
  SacPage *page;
  SacPlayer *player;
  SacGaze *gaze;
  SacMapEditor *editor;
  GtkToggleButton *toggle, *modes[3], *area;
  GtkBox *tools;
  GtkWidget *forget, *teach;
  GtkDropDown *copy;
  GtkScale *value, *size;
  GtkCheckButton *all, *hide;
  SacProject *project;          /* whose changes are heard */
  gboolean writing, filling;
} Editing;

static const char *const mode_words[] = { N_("Add"), N_("Erase"), N_("Value") };

/* ---- the maps of now. */

/* Of the clip in front; NULL: none is edited, or none can be. */
static SacMap *
find_map (Editing *e, SacId *item)
{
  const SacLook *look = sac_gaze_get_look (e->gaze);
  SacSession *session = sac_page_get_session (e->page);
  SacProject *project = session ? sac_session_get_project (session) : NULL;
  SacClip *clip = session && sac_gaze_get_clip (e->gaze) ? sac_session_find_clip (session, sac_gaze_get_clip (e->gaze)) : NULL;

  *item = clip ? sac_clip_get_item (clip)->id : 0;
  if (!project || !clip || !sac_look_has_attention (look))
    return NULL;
  return sac_project_get_map (project, *item, (guint) look->t, (guint) look->h, (guint) look->w, NULL);
}

static void
on_frame (Editing *e)
{
  const SacLook *look = sac_gaze_get_look (e->gaze);
  guint frame = sac_player_get_frame (e->player), best = 0;

  for (guint f = 1; look && f < look->n_frames; f++)
    if (ABS ((gint64) look->frames[f] - frame) < ABS ((gint64) look->frames[best] - frame))
      best = f;
  sac_map_editor_set_frame (e->editor, (int) best);
}

static guint
count_maps (Editing *e)
{
  SacSession *session = sac_page_get_session (e->page);
  SacProject *project = session ? sac_session_get_project (session) : NULL;
  g_autoptr (GPtrArray) maps = project ? sac_project_list_maps (project, 0, NULL) : NULL;

  return maps ? maps->len : 0;
}

static void
show_count (Editing *e)
{
  guint n = count_maps (e);
  g_autofree char *words = n ? g_strdup_printf (ngettext ("Teach with %u edit", "Teach with %u edits", n), n)
                             : g_strdup (_("Teach with edits"));

  gtk_button_set_label (GTK_BUTTON (e->teach), words);
  gtk_widget_set_sensitive (e->teach, n > 0);
}

static void
fill_copy (Editing *e, const SacLook *look)
{
  g_autoptr (GtkStringList) frames = gtk_string_list_new (NULL);

  gtk_string_list_append (frames, _("As in frame…"));
  for (guint f = 0; f < look->n_frames; f++)
    gtk_string_list_take (frames, g_strdup_printf ("%u", look->frames[f]));
  e->filling = TRUE;
  gtk_drop_down_set_model (e->copy, G_LIST_MODEL (frames));
  e->filling = FALSE;
}

/* What is drawn on: the person's map where there is one, else the network's own. */
static void
load (Editing *e)
{
  const SacLook *look = sac_gaze_get_look (e->gaze);
  gboolean can = sac_look_has_attention (look), on = can && gtk_toggle_button_get_active (e->toggle);
  g_autoptr (SacMap) map = NULL;
  SacId item;

  gtk_widget_set_visible (GTK_WIDGET (e->toggle), can);
  gtk_widget_set_visible (GTK_WIDGET (e->tools), on);
  gtk_widget_set_visible (GTK_WIDGET (e->editor), on);
  if (!on)
    {
      sac_map_editor_set_maps (e->editor, 0, 0, 0, NULL, NULL, NULL);
      sac_gaze_set_edited (e->gaze, NULL, NULL);
      return;
    }
  map = find_map (e, &item);
  if (map)
    {
      gsize n = (gsize) map->t * map->h * map->w;
      g_autofree float *spatial = g_new (float, n), *temporal = look->temporal ? g_new (float, map->t) : NULL;

      for (gsize i = 0; i < n; i++)
        spatial[i] = sac_map_unpack (map->spatial[i]);
      for (guint f = 0; temporal && f < map->t; f++)
        temporal[f] = map->temporal ? sac_map_unpack (map->temporal[f]) : look->temporal[f];
      sac_map_editor_set_maps (e->editor, look->t, look->h, look->w, spatial, temporal, look->crop);
      sac_gaze_set_edited (e->gaze, spatial, temporal);
    }
  else
    {
      sac_map_editor_set_maps (e->editor, look->t, look->h, look->w, look->spatial, look->temporal, look->crop);
      sac_gaze_set_edited (e->gaze, NULL, NULL);
    }
  gtk_widget_set_sensitive (e->forget, map != NULL);
  fill_copy (e, look);
  on_frame (e);
  show_count (e);
}

/* ---- acts. */

static void
on_changed (Editing *e)
{
  sac_gaze_set_edited (e->gaze, sac_map_editor_get_spatial (e->editor), sac_map_editor_get_temporal (e->editor));
}

static gboolean
say_map (SacProject *project, gpointer data, GError **error)
{
  const SacMap *map = data;

  return sac_project_set_maps (project, &map, 1, error);
}

static gboolean
forget_map (SacProject *project, gpointer data, GError **error)
{
  return sac_project_remove_maps (project, data, 1, error);
}

static void
on_committed (Editing *e)
{
  const SacLook *look = sac_gaze_get_look (e->gaze);
  const float *spatial = sac_map_editor_get_spatial (e->editor), *temporal = sac_map_editor_get_temporal (e->editor);
  g_autofree char *run = sac_gaze_get_run (e->gaze) ? g_path_get_basename (sac_gaze_get_run (e->gaze)) : NULL;
  g_autofree guint16 *packed = NULL, *times = NULL;
  SacMap map = { .run = run };
  gsize n;
  SacId item;

  sac_map_free (find_map (e, &item));
  if (!item || !sac_look_has_attention (look) || !spatial)
    return;
  map.item = item;
  map.t = (guint) look->t, map.h = (guint) look->h, map.w = (guint) look->w;
  n = (gsize) map.t * map.h * map.w;
  map.spatial = packed = g_new (guint16, n);
  for (gsize i = 0; i < n; i++)
    packed[i] = sac_map_pack (spatial[i]);
  map.temporal = times = temporal ? g_new (guint16, map.t) : NULL;
  for (guint f = 0; times && f < map.t; f++)
    times[f] = sac_map_pack (temporal[f]);
  e->writing = TRUE;
  if (!sac_session_do (sac_page_get_session (e->page), say_map, &map))
    load (e);           /* what cannot be kept is not shown */
  e->writing = FALSE;
  gtk_widget_set_sensitive (e->forget, TRUE);
  show_count (e);
}

static void
on_forget (Editing *e)
{
  SacId item;
  g_autoptr (SacMap) map = find_map (e, &item);

  if (map)
    sac_session_do (sac_page_get_session (e->page), forget_map, &map->id);
}

/* The first line is what the list is for. */
static void
on_copy (Editing *e)
{
  guint from = gtk_drop_down_get_selected (e->copy);

  if (e->filling || from == 0 || from == GTK_INVALID_LIST_POSITION)
    return;
  gtk_drop_down_set_selected (e->copy, 0);
  sac_map_editor_copy_frame (e->editor, (int) from - 1);
}

static void
on_brush (Editing *e)
{
  SacBrush brush = { .mode = SAC_BRUSH_ADD, .value = gtk_range_get_value (GTK_RANGE (e->value)),
                     .radius = gtk_range_get_value (GTK_RANGE (e->size)), .softness = 0.4 };

  for (int m = 0; m < 3; m++)
    if (gtk_toggle_button_get_active (e->modes[m]))
      brush.mode = (SacBrushMode) m;
  sac_map_editor_set_brush (e->editor, &brush);
  sac_map_editor_set_area (e->editor, gtk_toggle_button_get_active (e->area));
  sac_map_editor_set_all_frames (e->editor, gtk_check_button_get_active (e->all));
}

static void
on_teach (Editing *e)
{
  if (sac_gaze_get_run (e->gaze))
    sac_map_teach (e->page, sac_gaze_get_run (e->gaze), gtk_check_button_get_active (e->hide));
}

/* ---- life. */

static void
on_project_changed (Editing *e)
{
  if (!e->writing && gtk_widget_get_visible (GTK_WIDGET (e->tools)))
    load (e);
}

static void
watch_project (Editing *e)
{
  SacSession *session = sac_page_get_session (e->page);
  SacProject *project = session ? sac_session_get_project (session) : NULL;

  if (project == e->project)
    return;
  if (e->project)
    g_signal_handlers_disconnect_by_func (e->project, on_project_changed, e);
  g_set_object (&e->project, project);
  if (project)
    g_signal_connect_swapped (project, "changed", G_CALLBACK (on_project_changed), e);
}

static void
on_looked (Editing *e)
{
  watch_project (e);
  load (e);
}

static GtkWidget *
add_button (Editing *e, GtkBox *row, const char *label, const char *tip, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect_swapped (button, "clicked", callback, e);
  gtk_box_append (row, button);
  return button;
}

static GtkToggleButton *
add_toggle (Editing *e, GtkBox *row, const char *label, const char *tip)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_brush), e);
  gtk_box_append (row, button);
  return GTK_TOGGLE_BUTTON (button);
}

static void
name (GtkWidget *widget, const char *words)
{
  gtk_widget_set_tooltip_text (widget, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static GtkScale *
add_scale (Editing *e, GtkBox *row, const char *label, double low, double high, double value)
{
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, low, high, 0.05);

  gtk_range_set_value (GTK_RANGE (scale), value);
  gtk_widget_set_size_request (scale, 110, -1);
  name (scale, label);
  g_signal_connect_swapped (scale, "value-changed", G_CALLBACK (on_brush), e);
  gtk_box_append (row, scale);
  return GTK_SCALE (scale);
}

static void
make_tools (Editing *e)
{
  static const char *const tips[] = { N_("Look there more"), N_("Look there less"), N_("Set to the strength") };
  GtkBox *row = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6)), *second = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  GtkWidget *modes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (e->tools), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (modes, "linked");
  gtk_box_append (row, modes);
  for (int m = 0; m < 3; m++)
    {
      e->modes[m] = add_toggle (e, GTK_BOX (modes), _(mode_words[m]), _(tips[m]));
      if (m)
        gtk_toggle_button_set_group (e->modes[m], e->modes[0]);
    }
  e->area = add_toggle (e, row, _("Area"), _("Fill what the pointer goes around"));
  e->value = add_scale (e, row, _("Strength of the brush"), 0, 1, 1);
  e->size = add_scale (e, row, _("Size of the brush, in cells of the map"), 0.1, 6, 1);
  e->all = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_("All frames")));
  g_signal_connect_swapped (e->all, "toggled", G_CALLBACK (on_brush), e);
  gtk_box_append (row, GTK_WIDGET (e->all));
  e->copy = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  name (GTK_WIDGET (e->copy), _("Look here as in another frame"));
  g_signal_connect_swapped (e->copy, "notify::selected", G_CALLBACK (on_copy), e);
  gtk_box_append (row, GTK_WIDGET (e->copy));
  e->forget = add_button (e, row, _("The network’s own"), _("Forget what was drawn on this clip"), G_CALLBACK (on_forget));
  gtk_box_append (second, sac_map_editor_get_bars (e->editor));
  e->hide = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_("Paint over")));
  gtk_widget_set_tooltip_text (GTK_WIDGET (e->hide), _("While it is taught, what was erased to nothing is painted over in every second "
                                                       "view of the clip, so that it cannot be used"));
  gtk_check_button_set_active (e->hide, TRUE);
  gtk_box_append (second, GTK_WIDGET (e->hide));
  e->teach = add_button (e, second, _("Teach with edits"), _("Go on training this run, with what was drawn as its aim"),
                         G_CALLBACK (on_teach));
  gtk_box_append (second, sac_map_files_button_new (e->page));
  gtk_box_append (e->tools, GTK_WIDGET (row));
  gtk_box_append (e->tools, GTK_WIDGET (second));
  gtk_toggle_button_set_active (e->modes[SAC_BRUSH_ERASE], TRUE);
}

static void
editing_free (gpointer data)
{
  Editing *e = data;

  if (e->project)
    g_signal_handlers_disconnect_by_func (e->project, on_project_changed, e);
  g_clear_object (&e->project);
  g_signal_handlers_disconnect_by_data (e->gaze, e);
  g_clear_object (&e->gaze);
  g_free (e);
}

void
sac_explain_editing_add (SacPage *page, SacPlayer *player, SacGaze *gaze, GtkToggleButton *toggle, GtkBox *tools)
{
  Editing *e = g_new0 (Editing, 1);

  *e = (Editing) { .page = page, .player = player, .gaze = g_object_ref (gaze), .toggle = toggle, .tools = tools };
  g_object_set_data_full (G_OBJECT (page), "sac-explain-editing", e, editing_free);
  e->editor = sac_map_editor_new (sac_player_get_view (player));
  sac_player_add_overlay (player, GTK_WIDGET (e->editor));
  make_tools (e);
  on_brush (e);
  gtk_widget_set_visible (GTK_WIDGET (toggle), FALSE);
  g_signal_connect_swapped (e->editor, "changed", G_CALLBACK (on_changed), e);
  g_signal_connect_swapped (e->editor, "committed", G_CALLBACK (on_committed), e);
  g_signal_connect_swapped (toggle, "toggled", G_CALLBACK (on_looked), e);
  g_signal_connect_swapped (player, "notify::frame", G_CALLBACK (on_frame), e);
  g_signal_connect_swapped (gaze, "looked", G_CALLBACK (on_looked), e);
}
