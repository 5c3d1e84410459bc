#include "sac-live-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-live-charts.h"

struct _SacLiveView {
  AdwBin parent_instance;
  GtkStack *stack;
  SacBoardView *boards[SAC_N_LIVE_TABS];
  GtkWidget *curves_board, *labels_board, *layers_board, *machine_board;
  GtkStack *layers_stack, *labels_stack;
  GtkCheckButton *log_x, *log_y;
  GtkDropDown *axis_drop, *order_drop;
  GtkScale *smoothing;
  GtkBox *tools;
  GtkLabel *waterfall;
  SacLiveModel *model;          /* a reference */
};

G_DEFINE_FINAL_TYPE (SacLiveView, sac_live_view, ADW_TYPE_BIN)

static guint picked_signal;

static SacLiveTab
shown_tab (SacLiveView *self)
{
  static const char *const names[] = { "curves", "labels", "layers", "machine" };
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < SAC_N_LIVE_TABS; i++)
    if (g_strcmp0 (name, names[i]) == 0)
      return i;
  return SAC_N_LIVE_TABS;
}

static void
describe (SacLiveView *self)
{
  SacLiveSummary loss, auc;
  g_autoptr (GString) words = g_string_new (NULL);

  if (sac_live_model_get (self->model, "loss/train", &loss))
    g_string_append_printf (words, _("Training loss from %.3f at step %u to %.3f at step %u"), loss.first, (guint) loss.first_step,
                            loss.last, (guint) loss.last_step);
  if (sac_live_model_get (self->model, "auc_macro", &auc))
    g_string_append_printf (words, _("; macro AUC %.2f, at best %.2f at step %u"), auc.last, auc.most, (guint) auc.most_step);
  sac_board_view_describe (self->boards[SAC_LIVE_CURVES], words->str);
}

/* The tab in front is drawn anew; the others when they come to the front. */
static void
refresh (SacLiveView *self)
{
  SacLiveTab tab = shown_tab (self);
  SacLiveOptions *options;
  SacLiveSummary loss;
  guint n;

  gtk_widget_set_visible (GTK_WIDGET (self->tools), tab < SAC_N_LIVE_TABS);
  if (!self->model || tab >= SAC_N_LIVE_TABS)
    return;
  options = g_new0 (SacLiveOptions, 1);
  options->model = g_object_ref (self->model);
  options->tab = tab;
  options->axis = gtk_drop_down_get_selected (self->axis_drop) == 1 ? SAC_LIVE_SECONDS : SAC_LIVE_STEPS;
  options->log_x = gtk_check_button_get_active (self->log_x);
  options->log_y = gtk_check_button_get_active (self->log_y);
  options->smoothing = gtk_range_get_value (GTK_RANGE (self->smoothing));
  if (options->axis == SAC_LIVE_STEPS && sac_live_model_get (self->model, "loss/train", &loss) && loss.n > 1)
    {
      options->first = (double) loss.first_step;
      options->last = (double) loss.last_step;
    }
  sac_live_charts_choose (self->model, tab, gtk_drop_down_get_selected (self->order_drop), &options->tags, &options->titles);
  n = g_strv_length (options->tags);
  gtk_widget_set_visible (GTK_WIDGET (self->order_drop), tab == SAC_LIVE_LABELS);
  gtk_stack_set_visible_child_name (self->labels_stack, tab != SAC_LIVE_LABELS || n > 0 ? "board" : "empty");
  if (tab == SAC_LIVE_LAYERS)
    {
      gboolean any = FALSE;

      for (guint i = 0; i < n && !any; i++)
        any = g_str_has_prefix (options->tags[i], "update_ratio/") || g_str_has_prefix (options->tags[i], "gradient/");
      gtk_stack_set_visible_child_name (self->layers_stack, any ? "board" : "empty");
    }
  if (tab == SAC_LIVE_MACHINE)
    {
      const char *words = sac_live_model_get_text (self->model, "waterfall");

      gtk_label_set_text (self->waterfall, words ? words : "");
      gtk_widget_set_visible (GTK_WIDGET (self->waterfall), words != NULL);
    }
  sac_board_view_set_maker (self->boards[tab], sac_live_charts_make, options, sac_live_options_free);
  describe (self);
}

static void
on_axis (SacLiveView *self)
{
  for (guint i = 0; i < SAC_N_LIVE_TABS; i++)   /* the window was one of the other axis */
    sac_board_view_set_window (self->boards[i], 0, 0);
  refresh (self);
}

/* One window for all tabs. */
static void
on_window (SacLiveView *self, SacBoardView *board)
{
  double x0, x1;

  sac_board_view_get_window (board, &x0, &x1);
  for (guint i = 0; i < SAC_N_LIVE_TABS; i++)
    sac_board_view_set_window (self->boards[i], x0, x1);
}

void
sac_live_view_set_model (SacLiveView *self, SacLiveModel *model)
{
  g_set_object (&self->model, model);
  g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
on_picked (SacLiveView *self, double x)
{
  if (gtk_drop_down_get_selected (self->axis_drop) == 0)
    g_signal_emit (self, picked_signal, 0, x);
}

void
sac_live_view_set_step (SacLiveView *self, double step)
{
  gboolean steps = gtk_drop_down_get_selected (self->axis_drop) == 0;

  for (guint i = 0; i < SAC_N_LIVE_TABS; i++)
    sac_board_view_set_cross (self->boards[i], steps ? step : NAN);
}

void
sac_live_view_add_tab (SacLiveView *self, GtkWidget *child, const char *name, const char *title)
{
  gtk_stack_add_titled (self->stack, child, name, title);
}

static void
sac_live_view_dispose (GObject *object)
{
  SacLiveView *self = SAC_LIVE_VIEW (object);

  g_clear_object (&self->model);
  G_OBJECT_CLASS (sac_live_view_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacLiveView, child)
static void
sac_live_view_class_init (SacLiveViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_live_view_dispose;
  picked_signal = g_signal_new ("picked", SAC_TYPE_LIVE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  g_type_ensure (SAC_TYPE_BOARD_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/live-view.ui");
  BIND (stack);
  BIND (curves_board);
  BIND (labels_board);
  BIND (layers_board);
  BIND (machine_board);
  BIND (labels_stack);
  BIND (layers_stack);
  BIND (log_x);
  BIND (log_y);
  BIND (axis_drop);
  BIND (order_drop);
  BIND (smoothing);
  BIND (tools);
  BIND (waterfall);
  gtk_widget_class_bind_template_callback (widget_class, refresh);
  gtk_widget_class_bind_template_callback (widget_class, on_axis);
}

static void
sac_live_view_init (SacLiveView *self)
{
  static const char *const files[] = { "curves", "labels", "layers", "machine" };
  const char *const names[] = {
    _("Loss and AUC"), _("AUC of each label"), _("Updates and gradients of each layer"), _("Speed and memory"),
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->boards[SAC_LIVE_CURVES] = SAC_BOARD_VIEW (self->curves_board);
  self->boards[SAC_LIVE_LABELS] = SAC_BOARD_VIEW (self->labels_board);
  self->boards[SAC_LIVE_LAYERS] = SAC_BOARD_VIEW (self->layers_board);
  self->boards[SAC_LIVE_MACHINE] = SAC_BOARD_VIEW (self->machine_board);
  for (guint i = 0; i < SAC_N_LIVE_TABS; i++)
    {
      sac_board_view_set_name (self->boards[i], names[i], files[i]);
      g_signal_connect_swapped (self->boards[i], "window-changed", G_CALLBACK (on_window), self);
      g_signal_connect_swapped (self->boards[i], "picked", G_CALLBACK (on_picked), self);
    }
}
