#include "sac-label-names.h"

static gboolean
is_same (SacSession *session, GListModel *model, const char *first)
{
  guint n = sac_session_get_n_labels (session), before = first ? 1 : 0;

  if (!model || !GTK_IS_STRING_LIST (model) || g_list_model_get_n_items (model) != n + before)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), i + before), sac_session_get_label (session, i)->name) != 0)
      return FALSE;
  return TRUE;
}

GtkStringList *
sac_label_names_if_changed (SacSession *session, GListModel *model, const char *first)
{
  GtkStringList *names;

  if (is_same (session, model, first))
    return NULL;
  names = gtk_string_list_new (NULL);
  if (first)
    gtk_string_list_append (names, first);
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    gtk_string_list_append (names, sac_session_get_label (session, i)->name);
  return names;
}
