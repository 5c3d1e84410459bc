#include "sac-selection.h"

struct _SacSelection {
  GObject parent_instance;
  SacClip *clip;
  guint frame;
  SacId label;
  char *run;
  char **compared;
  GArray *selected;             /* SacId */
  char *set_title;
  GHashTable *set;              /* gint64 → itself */
};

G_DEFINE_FINAL_TYPE (SacSelection, sac_selection, G_TYPE_OBJECT)

enum { PROP_CLIP = 1, PROP_FRAME, PROP_LABEL, PROP_RUN, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { SELECTED_CHANGED, SET_CHANGED, DECISIVE, COMPARE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sac_selection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacSelection *self = SAC_SELECTION (object);

  switch (id)
    {
    case PROP_CLIP:
      g_value_set_object (value, self->clip);
      break;
    case PROP_FRAME:
      g_value_set_uint (value, self->frame);
      break;
    case PROP_LABEL:
      g_value_set_int64 (value, self->label);
      break;
    case PROP_RUN:
      g_value_set_string (value, self->run);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_selection_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SacSelection *self = SAC_SELECTION (object);

  switch (id)
    {
    case PROP_CLIP:
      sac_selection_set_clip (self, g_value_get_object (value));
      break;
    case PROP_FRAME:
      sac_selection_set_frame (self, g_value_get_uint (value));
      break;
    case PROP_LABEL:
      sac_selection_set_label (self, g_value_get_int64 (value));
      break;
    case PROP_RUN:
      sac_selection_set_run (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_selection_finalize (GObject *object)
{
  SacSelection *self = SAC_SELECTION (object);

  g_clear_object (&self->clip);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->compared, g_strfreev);
  g_clear_pointer (&self->selected, g_array_unref);
  g_clear_pointer (&self->set_title, g_free);
  g_clear_pointer (&self->set, g_hash_table_unref);
  G_OBJECT_CLASS (sac_selection_parent_class)->finalize (object);
}

static void
sac_selection_class_init (SacSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sac_selection_get_property;
  object_class->set_property = sac_selection_set_property;
  object_class->finalize = sac_selection_finalize;
  props[PROP_CLIP] = g_param_spec_object ("clip", NULL, NULL, SAC_TYPE_CLIP, flags);
  props[PROP_FRAME] = g_param_spec_uint ("frame", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_LABEL] = g_param_spec_int64 ("label", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_RUN] = g_param_spec_string ("run", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SELECTED_CHANGED] = g_signal_new ("selected-changed", SAC_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
  signals[SET_CHANGED] = g_signal_new ("set-changed", SAC_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[DECISIVE] = g_signal_new ("decisive", SAC_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COMPARE_CHANGED] = g_signal_new ("compare-changed", SAC_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);
}

static void
sac_selection_init (SacSelection *self)
{
  self->selected = g_array_new (FALSE, FALSE, sizeof (SacId));
}

SacSelection *
sac_selection_new (void)
{
  return g_object_new (SAC_TYPE_SELECTION, NULL);
}

SacClip *
sac_selection_get_clip (SacSelection *self)
{
  return self->clip;
}

void
sac_selection_go (SacSelection *self, SacClip *clip, guint frame)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_object (&self->clip, clip))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLIP]);
  if (self->frame != frame)
    {
      self->frame = frame;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRAME]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
sac_selection_set_clip (SacSelection *self, SacClip *clip)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  if (self->clip != clip)
    sac_selection_go (self, clip, 0);
}

guint
sac_selection_get_frame (SacSelection *self)
{
  return self->frame;
}

void
sac_selection_set_frame (SacSelection *self, guint frame)
{
  sac_selection_go (self, self->clip, frame);
}

void
sac_selection_go_decisive (SacSelection *self, SacClip *clip)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  sac_selection_go (self, clip, 0);
  g_signal_emit (self, signals[DECISIVE], 0);
}

void
sac_selection_compare (SacSelection *self, const char *const *run_folders)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  g_strfreev (self->compared);
  self->compared = g_strdupv ((char **) run_folders);
  g_signal_emit (self, signals[COMPARE_CHANGED], 0);
}

const char *const *
sac_selection_get_compared (SacSelection *self)
{
  return (const char *const *) self->compared;
}

SacId
sac_selection_get_label (SacSelection *self)
{
  return self->label;
}

void
sac_selection_set_label (SacSelection *self, SacId label)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  if (self->label == label)
    return;
  self->label = label;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LABEL]);
}

const char *
sac_selection_get_run (SacSelection *self)
{
  return self->run;
}

void
sac_selection_set_run (SacSelection *self, const char *run_folder)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  if (g_strcmp0 (self->run, run_folder) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (run_folder);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN]);
}

const SacId *
sac_selection_get_selected (SacSelection *self, guint *n)
{
  *n = self->selected->len;
  return (const SacId *) (void *) self->selected->data;
}

void
sac_selection_set_selected (SacSelection *self, GArray *ids)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  g_array_unref (self->selected);
  self->selected = ids ? g_array_ref (ids) : g_array_new (FALSE, FALSE, sizeof (SacId));
  g_signal_emit (self, signals[SELECTED_CHANGED], 0);
}

void
sac_selection_show_set (SacSelection *self, const char *title, const SacId *ids, guint n)
{
  g_return_if_fail (SAC_IS_SELECTION (self));
  if (!title && !self->set_title)
    return;
  g_free (self->set_title);
  self->set_title = g_strdup (title);
  g_clear_pointer (&self->set, g_hash_table_unref);
  if (title)
    {
      self->set = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      for (guint i = 0; i < n; i++)
        g_hash_table_add (self->set, g_memdup2 (&ids[i], sizeof ids[i]));
    }
  g_signal_emit (self, signals[SET_CHANGED], 0);
}

const char *
sac_selection_get_set_title (SacSelection *self)
{
  return self->set_title;
}

guint
sac_selection_get_set_size (SacSelection *self)
{
  return self->set ? g_hash_table_size (self->set) : 0;
}

GArray *
sac_selection_dup_set (SacSelection *self)
{
  GArray *ids = self->set ? g_array_new (FALSE, FALSE, sizeof (SacId)) : NULL;
  GHashTableIter iter;
  gpointer id;

  if (!self->set)
    return NULL;
  g_hash_table_iter_init (&iter, self->set);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, id, 1);
  return ids;
}

gboolean
sac_selection_set_contains (SacSelection *self, SacId id)
{
  return self->set == NULL || g_hash_table_contains (self->set, &id);
}

void
sac_selection_clear (SacSelection *self)
{
  sac_selection_set_selected (self, NULL);
  sac_selection_show_set (self, NULL, NULL, 0);
  sac_selection_set_run (self, NULL);
  g_clear_pointer (&self->compared, g_strfreev);
  sac_selection_set_label (self, 0);
  sac_selection_go (self, NULL, 0);
}
