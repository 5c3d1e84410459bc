#include "sac-progress-box.h"

#include <glib/gi18n.h>

#include "src/base/sac-file.h"

#define TICK_MS 100

struct _SacTeller {
  gatomicrefcount refs;
  GMutex lock;
  double fraction;
  char *what;
};

SacTeller *
sac_teller_new (void)
{
  SacTeller *self = g_new0 (SacTeller, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  return self;
}

SacTeller *
sac_teller_ref (SacTeller *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sac_teller_unref (SacTeller *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_free (self->what);
  g_free (self);
}

void
sac_teller_tell (double fraction, const char *what, gpointer teller)
{
  SacTeller *self = teller;

  g_mutex_lock (&self->lock);
  self->fraction = fraction;
  if (g_strcmp0 (what, self->what) != 0)
    {
      g_free (self->what);
      self->what = g_strdup (what);
    }
  g_mutex_unlock (&self->lock);
}

/* ---- the box. */
struct _SacProgressBox {
  GtkBox parent_instance;
  SacTeller *teller;
  GCancellable *cancellable;
  gint64 started_us;
  guint tick_source;
  GtkProgressBar *bar;
  GtkLabel *what, *left;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (SacProgressBox, sac_progress_box, GTK_TYPE_BOX)

static gboolean
tick (gpointer data)
{
  SacProgressBox *self = data;
  double seconds = (double) (g_get_monotonic_time () - self->started_us) / 1e6, fraction;
  g_autofree char *what = NULL, *left = NULL;

  g_mutex_lock (&self->teller->lock);
  fraction = self->teller->fraction;
  what = g_strdup (self->teller->what);
  g_mutex_unlock (&self->teller->lock);
  if (fraction < 0)
    gtk_progress_bar_pulse (self->bar);
  else
    gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
  if (seconds > 2 && fraction > 0.02)
    {
      g_autofree char *duration = sac_dup_duration (seconds * (1 - fraction) / fraction);

      left = g_strdup_printf (_("%s left"), duration);
    }
  gtk_label_set_text (self->what, what ? what : "");
  gtk_label_set_text (self->left, left ? left : "");
  return G_SOURCE_CONTINUE;
}

void
sac_progress_box_start (SacProgressBox *self, SacTeller *teller, GCancellable *cancellable)
{
  sac_progress_box_stop (self);
  self->teller = sac_teller_ref (teller);
  self->cancellable = g_object_ref (cancellable);
  self->started_us = g_get_monotonic_time ();
  self->tick_source = g_timeout_add (TICK_MS, tick, self);
  gtk_widget_set_sensitive (self->cancel, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  tick (self);
}

void
sac_progress_box_stop (SacProgressBox *self)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_pointer (&self->teller, sac_teller_unref);
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
on_cancel (SacProgressBox *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (self->cancel, FALSE);
}

static void
sac_progress_box_dispose (GObject *object)
{
  sac_progress_box_stop (SAC_PROGRESS_BOX (object));
  G_OBJECT_CLASS (sac_progress_box_parent_class)->dispose (object);
}

static void
sac_progress_box_class_init (SacProgressBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_progress_box_dispose;
}

static void
sac_progress_box_init (SacProgressBox *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->what = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->what, 0);
  gtk_label_set_ellipsize (self->what, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->what), TRUE);
  self->left = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->left), "dim-label");
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  self->cancel = gtk_button_new_with_mnemonic (_("_Cancel"));
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (on_cancel), self);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->what));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->left));
  gtk_box_append (GTK_BOX (middle), words);
  gtk_box_append (GTK_BOX (middle), GTK_WIDGET (self->bar));
  gtk_widget_set_hexpand (middle, TRUE);
  gtk_box_append (GTK_BOX (self), middle);
  gtk_box_append (GTK_BOX (self), self->cancel);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
sac_progress_box_new (void)
{
  return g_object_new (SAC_TYPE_PROGRESS_BOX, NULL);
}
