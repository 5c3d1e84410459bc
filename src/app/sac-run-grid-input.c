#include "sac-run-grid-private.h"

int
_sac_run_grid_column_at (SacRunGrid *self, double x)
{
  double at = SAC_RUN_TICK_WIDTH - gtk_adjustment_get_value (self->hadjustment);

  for (guint c = 0; c < self->n_columns; at += self->widths[c], c++)
    if (x >= at && x < at + self->widths[c])
      return (int) c;
  return -1;
}

static guint
row_at (SacRunGrid *self, double y)
{
  double at = (y - SAC_RUN_ROW_HEIGHT + gtk_adjustment_get_value (self->vadjustment)) / SAC_RUN_ROW_HEIGHT;

  return y < SAC_RUN_ROW_HEIGHT || at < 0 || at >= _sac_run_grid_get_n (self) ? SAC_RUN_NO_ROW : (guint) at;
}

static void
select_row (SacRunGrid *self, guint row)
{
  const char *folder = _sac_run_grid_get_folder (self, row);

  if (folder)
    g_hash_table_add (self->selected, g_strdup (folder));
}

/* As in a list: alone, with Ctrl the other way, with Shift from where the last alone was. */
static void
choose (SacRunGrid *self, guint row, gboolean modify, gboolean extend)
{
  const char *folder = _sac_run_grid_get_folder (self, row);
  guint from = self->anchor == SAC_RUN_NO_ROW ? (self->cursor == SAC_RUN_NO_ROW ? row : self->cursor) : self->anchor;

  if (!folder)
    return;
  if (extend)
    {
      if (!modify)
        g_hash_table_remove_all (self->selected);
      for (guint r = MIN (from, row); r <= MAX (from, row); r++)
        select_row (self, r);
      self->anchor = from;
    }
  else if (modify && g_hash_table_contains (self->selected, folder))
    {
      g_hash_table_remove (self->selected, folder);
      self->anchor = row;
    }
  else
    {
      if (!modify)
        g_hash_table_remove_all (self->selected);
      select_row (self, row);
      self->anchor = row;
    }
  from = self->anchor;
  sac_run_grid_set_cursor (self, folder);
  self->cursor = row;
  self->anchor = from;
  _sac_run_grid_reveal (self, row);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_SELECTION_CHANGED], 0);
}

/* ---- pointer. */
static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacRunGrid *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)), row = row_at (self, y);
  int column = _sac_run_grid_column_at (self, x);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (y < SAC_RUN_ROW_HEIGHT)
    {
      if (column >= 0 && button == GDK_BUTTON_PRIMARY)
        g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_SORT_ASKED], 0, sac_run_table_get_column (self->table, (guint) column));
      return;
    }
  if (row == SAC_RUN_NO_ROW || !_sac_run_grid_get_folder (self, row))
    return;
  if (button == GDK_BUTTON_SECONDARY)
    {
      if (!g_hash_table_contains (self->selected, _sac_run_grid_get_folder (self, row)))
        choose (self, row, FALSE, FALSE);
      g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_MENU_ASKED], 0, x, y);
    }
  else if (button == GDK_BUTTON_PRIMARY && x < SAC_RUN_TICK_WIDTH - gtk_adjustment_get_value (self->hadjustment))
    {
      const char *folder = _sac_run_grid_get_folder (self, row);

      sac_run_grid_set_ticked (self, folder, !g_hash_table_contains (self->ticked, folder));
    }
  else if (button == GDK_BUTTON_PRIMARY)
    {
      choose (self, row, (state & GDK_CONTROL_MASK) != 0, (state & GDK_SHIFT_MASK) != 0);
      if (n_press == 2)
        g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_ACTIVATED], 0);
    }
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacRunGrid *self)
{
  guint row = row_at (self, y);

  if (row != self->hovered)
    {
      self->hovered = row;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
}

static void
on_leave (GtkEventControllerMotion *controller, SacRunGrid *self)
{
  self->hovered = SAC_RUN_NO_ROW;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A cell that is cut short, and what a head is in full. */
static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  SacRunGrid *self = SAC_RUN_GRID (widget);
  int column = self->table ? _sac_run_grid_column_at (self, x) : -1;
  guint row = row_at (self, y);
  const char *name;

  if (column < 0 || keyboard)
    return FALSE;
  name = sac_run_table_get_column (self->table, (guint) column);
  if (y < SAC_RUN_ROW_HEIGHT)
    gtk_tooltip_set_text (tooltip, g_str_has_prefix (name, "key:") ? name + 4 : name);
  else
    {
      gint run = row == SAC_RUN_NO_ROW ? -1 : sac_run_table_get_row (self->table, row).run;
      g_autofree char *text = run < 0 ? NULL : sac_run_table_dup_cell (self->table, (guint) run, name);

      if (!text || g_utf8_strlen (text, -1) * 6 < self->widths[column] - 20)
        return FALSE;
      gtk_tooltip_set_text (tooltip, text);
    }
  return TRUE;
}

/* ---- keys. */
typedef enum { MOVE_UP, MOVE_DOWN, MOVE_PAGE_UP, MOVE_PAGE_DOWN, MOVE_HOME, MOVE_END } Move;

static gboolean
on_move (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacRunGrid *self = SAC_RUN_GRID (widget);
  guint move, n = _sac_run_grid_get_n (self);
  guint page = (guint) MAX (gtk_adjustment_get_page_size (self->vadjustment) / SAC_RUN_ROW_HEIGHT - 1, 1);
  gboolean extend;
  gint64 to;
  int step;

  g_variant_get (arguments, "(ub)", &move, &extend);
  if (n == 0)
    return FALSE;
  step = move == MOVE_UP || move == MOVE_PAGE_UP || move == MOVE_END ? -1 : 1;
  to = self->cursor == SAC_RUN_NO_ROW || move == MOVE_HOME ? 0
       : move == MOVE_END ? (gint64) n - 1 : (gint64) self->cursor + step * (gint64) (move == MOVE_UP || move == MOVE_DOWN ? 1 : page);
  to = CLAMP (to, 0, (gint64) n - 1);
  while (to >= 0 && to < n && !_sac_run_grid_get_folder (self, (guint) to))      /* headings are passed over */
    to += step;
  if (to < 0 || to >= n)
    return TRUE;
  choose (self, (guint) to, FALSE, extend);
  return TRUE;
}

static gboolean
on_tick_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  sac_run_grid_tick_selected (SAC_RUN_GRID (widget));
  return TRUE;
}

static gboolean
on_select_all (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacRunGrid *self = SAC_RUN_GRID (widget);

  g_hash_table_remove_all (self->selected);
  for (guint r = 0; g_variant_get_boolean (arguments) && r < _sac_run_grid_get_n (self); r++)
    select_row (self, r);
  gtk_widget_queue_draw (widget);
  g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_SELECTION_CHANGED], 0);
  return TRUE;
}

static gboolean
on_enter (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  g_signal_emit (widget, _sac_run_grid_signals[SAC_RUN_ACTIVATED], 0);
  return TRUE;
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacRunGrid *self = SAC_RUN_GRID (widget);
  double y = SAC_RUN_ROW_HEIGHT + (self->cursor == SAC_RUN_NO_ROW ? 0 : self->cursor + 0.5) * SAC_RUN_ROW_HEIGHT
             - gtk_adjustment_get_value (self->vadjustment);

  g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_MENU_ASKED], 0, 80.0, y);
  return TRUE;
}

void
_sac_run_grid_class_init_input (GtkWidgetClass *klass)
{
  static const struct { guint key; Move move; } moves[] = {
    { GDK_KEY_Up, MOVE_UP }, { GDK_KEY_KP_Up, MOVE_UP }, { GDK_KEY_Down, MOVE_DOWN }, { GDK_KEY_KP_Down, MOVE_DOWN },
    { GDK_KEY_Page_Up, MOVE_PAGE_UP }, { GDK_KEY_Page_Down, MOVE_PAGE_DOWN }, { GDK_KEY_Home, MOVE_HOME }, { GDK_KEY_End, MOVE_END },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      gtk_widget_class_add_binding (klass, moves[i].key, 0, on_move, "(ub)", (guint) moves[i].move, FALSE);
      gtk_widget_class_add_binding (klass, moves[i].key, GDK_SHIFT_MASK, on_move, "(ub)", (guint) moves[i].move, TRUE);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_space, 0, on_tick_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_a, GDK_CONTROL_MASK, on_select_all, "b", TRUE);
  gtk_widget_class_add_binding (klass, GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, on_select_all, "b", FALSE);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, on_enter, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, on_enter, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

void
_sac_run_grid_init_input (SacRunGrid *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
}
