#include "sac-page.h"

typedef struct {
  SacSession *session;
  SacSelection *selection;
  gboolean shown;
} SacPagePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (SacPage, sac_page, ADW_TYPE_BIN)

static SacPagePrivate *
get_private (SacPage *self)
{
  return sac_page_get_instance_private (self);
}

static void
sac_page_dispose (GObject *object)
{
  SacPagePrivate *priv = get_private (SAC_PAGE (object));

  g_clear_object (&priv->session);
  g_clear_object (&priv->selection);
  G_OBJECT_CLASS (sac_page_parent_class)->dispose (object);
}

static void
sac_page_class_init (SacPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_page_dispose;
}

static void
sac_page_init (SacPage *self)
{
}

void
sac_page_attach (SacPage *self, SacSession *session, SacSelection *selection)
{
  SacPagePrivate *priv = get_private (self);

  g_return_if_fail (SAC_IS_PAGE (self) && priv->session == NULL);
  priv->session = g_object_ref (session);
  priv->selection = g_object_ref (selection);
  if (SAC_PAGE_GET_CLASS (self)->attach)
    SAC_PAGE_GET_CLASS (self)->attach (self);
}

void
sac_page_set_shown (SacPage *self, gboolean shown)
{
  SacPagePrivate *priv = get_private (self);

  g_return_if_fail (SAC_IS_PAGE (self));
  if (priv->shown == shown)
    return;
  priv->shown = shown;
  if (SAC_PAGE_GET_CLASS (self)->set_shown)
    SAC_PAGE_GET_CLASS (self)->set_shown (self, shown);
}

gboolean
sac_page_get_shown (SacPage *self)
{
  return get_private (self)->shown;
}

SacSession *
sac_page_get_session (SacPage *self)
{
  return get_private (self)->session;
}

SacSelection *
sac_page_get_selection (SacPage *self)
{
  return get_private (self)->selection;
}

void
sac_page_toggle_sidebar (SacPage *self)
{
  g_return_if_fail (SAC_IS_PAGE (self));
  if (SAC_PAGE_GET_CLASS (self)->toggle_sidebar)
    SAC_PAGE_GET_CLASS (self)->toggle_sidebar (self);
}

void
sac_page_search (SacPage *self)
{
  g_return_if_fail (SAC_IS_PAGE (self));
  if (SAC_PAGE_GET_CLASS (self)->search)
    SAC_PAGE_GET_CLASS (self)->search (self);
}
