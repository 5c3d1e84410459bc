#include "sac-clip-selection.h"

struct _SacClipSelection {
  GObject parent_instance;
  SacClipList *list;
  GtkBitset *selected;
  GArray *kept;                 /* SacId, while the list's rows are replaced */
  gboolean single;
};

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SacClipSelection, sac_clip_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

static GType
get_item_type (GListModel *model)
{
  return SAC_TYPE_CLIP;
}

static guint
get_n_items (GListModel *model)
{
  return sac_clip_list_get_n (SAC_CLIP_SELECTION (model)->list);
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (SAC_CLIP_SELECTION (model)->list), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- what is selected. */

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_bitset_contains (SAC_CLIP_SELECTION (model)->selected, position);
}

static GtkBitset *
get_in_range (GtkSelectionModel *model, guint position, guint n)
{
  return gtk_bitset_ref (SAC_CLIP_SELECTION (model)->selected);
}

static void
replace (SacClipSelection *self, GtkBitset *selected /* taken */)
{
  g_autoptr (GtkBitset) changed = gtk_bitset_copy (selected);

  gtk_bitset_difference (changed, self->selected);
  gtk_bitset_unref (self->selected);
  self->selected = selected;
  if (!gtk_bitset_is_empty (changed))
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), gtk_bitset_get_minimum (changed),
                                           gtk_bitset_get_maximum (changed) - gtk_bitset_get_minimum (changed) + 1);
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  SacClipSelection *self = SAC_CLIP_SELECTION (model);
  g_autoptr (GtkBitset) wanted = gtk_bitset_copy (selected);
  GtkBitset *now = gtk_bitset_copy (self->selected);

  gtk_bitset_intersect (wanted, mask);
  if (self->single)
    {
      if (gtk_bitset_is_empty (wanted))
        gtk_bitset_subtract (now, mask);
      else
        {
          gtk_bitset_remove_all (now);
          gtk_bitset_add (now, gtk_bitset_get_minimum (wanted));
        }
    }
  else
    {
      gtk_bitset_subtract (now, mask);
      gtk_bitset_union (now, wanted);
    }
  if (sac_clip_list_get_n (self->list) < G_MAXUINT)
    gtk_bitset_remove_range_closed (now, sac_clip_list_get_n (self->list), G_MAXUINT);
  replace (self, now);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_in_range;
  iface->set_selection = set_selection;
}

guint
sac_clip_selection_get_first (SacClipSelection *self)
{
  return gtk_bitset_is_empty (self->selected) ? GTK_INVALID_LIST_POSITION : gtk_bitset_get_minimum (self->selected);
}

guint
sac_clip_selection_get_n (SacClipSelection *self)
{
  return (guint) gtk_bitset_get_size (self->selected);
}

GArray *
sac_clip_selection_dup_ids (SacClipSelection *self)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (SacId), sac_clip_selection_get_n (self));
  guint n = sac_clip_selection_get_n (self);
  GtkBitsetIter iter;
  guint position;

  if (n > 0 && gtk_bitset_get_maximum (self->selected) - gtk_bitset_get_minimum (self->selected) == n - 1)
    {
      g_array_set_size (ids, n);
      sac_clip_list_get_ids (self->list, gtk_bitset_get_minimum (self->selected), n, (SacId *) (void *) ids->data);
      return ids;
    }
  for (gboolean more = gtk_bitset_iter_init_first (&iter, self->selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      SacId id = sac_clip_list_get_id (self->list, position);

      g_array_append_val (ids, id);
    }
  return ids;
}

static GtkBitset *
find_ids (SacClipSelection *self, const SacId *ids, guint n)
{
  GtkBitset *found = gtk_bitset_new_empty ();
  guint first = 0, n_run = 0, position;

  for (guint i = 0; i < n; i++)         /* neighbours go in together */
    {
      if (!sac_clip_list_find (self->list, ids[i], &position))
        continue;
      if (n_run > 0 && position == first + n_run)
        {
          n_run++;
          continue;
        }
      if (n_run > 0)
        gtk_bitset_add_range (found, first, n_run);
      first = position;
      n_run = 1;
    }
  if (n_run > 0)
    gtk_bitset_add_range (found, first, n_run);
  return found;
}

void
sac_clip_selection_select_ids (SacClipSelection *self, const SacId *ids, guint n)
{
  replace (self, find_ids (self, ids, n));
}

void
sac_clip_selection_select_only (SacClipSelection *self, guint position)
{
  GtkBitset *one = gtk_bitset_new_empty ();

  if (position < sac_clip_list_get_n (self->list))
    gtk_bitset_add (one, position);
  replace (self, one);
}

/* ---- the list behind. */

static void
on_before_change (SacClipSelection *self)
{
  g_clear_pointer (&self->kept, g_array_unref);
  self->kept = sac_clip_selection_dup_ids (self);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, SacClipSelection *self)
{
  g_autoptr (GArray) kept = g_steal_pointer (&self->kept);
  gboolean fewer;

  gtk_bitset_unref (self->selected);
  self->selected = kept ? find_ids (self, (const SacId *) (void *) kept->data, kept->len) : gtk_bitset_new_empty ();
  fewer = kept && gtk_bitset_get_size (self->selected) < kept->len;
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  /* Rows that moved without being replaced carry their selection along; what fell out must be told. */
  if (fewer && sac_clip_list_get_n (self->list))
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, sac_clip_list_get_n (self->list));
}

static void
drop_list (SacClipSelection *self)
{
  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
}

void
sac_clip_selection_set_list (SacClipSelection *self, SacClipList *list)
{
  guint old = self->list ? sac_clip_list_get_n (self->list) : 0;

  g_return_if_fail (SAC_IS_CLIP_SELECTION (self) && SAC_IS_CLIP_LIST (list));
  g_object_ref (list);
  drop_list (self);
  self->list = list;
  gtk_bitset_remove_all (self->selected);
  g_signal_connect_swapped (list, "before-change", G_CALLBACK (on_before_change), self);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), self);
  if (old || sac_clip_list_get_n (list))
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old, sac_clip_list_get_n (list));
}

SacClipList *
sac_clip_selection_get_list (SacClipSelection *self)
{
  return self->list;
}

static void
sac_clip_selection_dispose (GObject *object)
{
  drop_list (SAC_CLIP_SELECTION (object));
  G_OBJECT_CLASS (sac_clip_selection_parent_class)->dispose (object);
}

static void
sac_clip_selection_finalize (GObject *object)
{
  SacClipSelection *self = SAC_CLIP_SELECTION (object);

  gtk_bitset_unref (self->selected);
  g_clear_pointer (&self->kept, g_array_unref);
  G_OBJECT_CLASS (sac_clip_selection_parent_class)->finalize (object);
}

static void
sac_clip_selection_class_init (SacClipSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_clip_selection_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_clip_selection_finalize;
}

static void
sac_clip_selection_init (SacClipSelection *self)
{
  self->selected = gtk_bitset_new_empty ();
}

SacClipSelection *
sac_clip_selection_new (SacClipList *list, gboolean single)
{
  SacClipSelection *self = g_object_new (SAC_TYPE_CLIP_SELECTION, NULL);

  self->single = single;
  sac_clip_selection_set_list (self, list);
  return self;
}
