/* A project in a folder of its own, for the tests of store/. */
#pragma once
#include <glib/gstdio.h>
#include <string.h>

#include "remove-tree.h"
#include "store/sac-store.h"

typedef struct {
  char *dir, *path;
  SacProject *project;
} Fixture;

G_GNUC_UNUSED static void
setup (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("saccade-store-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "p.saccade", NULL);
  f->project = sac_project_open (f->path, SAC_PROJECT_CREATE, &error);
  g_assert_no_error (error);
}

G_GNUC_UNUSED static void
teardown (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->project);
  remove_tree (f->dir);
  g_free (f->path);
  g_free (f->dir);
}

G_GNUC_UNUSED static void
reopen (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->project);
  f->project = sac_project_open (f->path, SAC_PROJECT_READ_WRITE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->project);
}

/* Clips clip-000… of files that are not there, all of the given group size. */
G_GNUC_UNUSED static void
add_clips (SacProject *project, guint n, guint per_group, SacId *ids)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  g_autoptr (GError) error = NULL;
  const char *dir = sac_project_get_path (project);

  for (guint i = 0; i < n; i++)
    {
      SacItem *item = g_new0 (SacItem, 1);

      item->kind = SAC_ITEM_VIDEO;
      item->name = g_strdup_printf ("clip-%03u", i);
      item->path = g_strdup_printf ("%s-%u.mp4", dir, i);
      item->hash = g_strdup_printf ("saccade1:%u", i);
      item->group = per_group ? g_strdup_printf ("group-%u", i / per_group) : NULL;
      item->n_frames = 90;
      item->width = item->height = 256;
      item->fps = 30;
      item->out_ns = 3000000000;
      g_ptr_array_add (items, item);
    }
  g_assert_true (sac_project_add_items (project, (const SacItem *const *) items->pdata, n, ids, &error));
  g_assert_no_error (error);
}

static void
dump_attributes (SacProject *project, SacAttributeKind kind, SacId owner, GString *out)
{
  g_autoptr (GPtrArray) attributes = sac_project_list_attributes (project, kind, owner, NULL);

  for (guint i = 0; attributes && i < attributes->len; i++)
    {
      SacAttribute *attribute = attributes->pdata[i];

      g_string_append_printf (out, " %" G_GINT64_FORMAT ":%s=%s", attribute->frame, attribute->name, attribute->value);
    }
}

/* Everything a reader can see, as text: two projects are equal when their dumps are. */
G_GNUC_UNUSED static char *
dump (SacProject *project)
{
  g_autoptr (GPtrArray) items = sac_project_list_items (project, NULL);
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  if (!items || !labels)
    return g_strdup ("(unreadable)");
  for (guint l = 0; l < labels->len; l++)
    {
      SacLabel *label = labels->pdata[l];

      g_string_append_printf (out, "label %" G_GINT64_FORMAT " %s %06x %c %u %u below %" G_GINT64_FORMAT "\n", label->id, label->name,
                              label->colour, label->key ? label->key : '-', label->n_yes, label->n_no, label->parent);
    }
  for (guint i = 0; i < items->len; i++)
    {
      SacItem *item = items->pdata[i];
      g_autoptr (GPtrArray) tracks = sac_project_list_tracks (project, item->id, NULL);
      g_autoptr (GPtrArray) segments = sac_project_list_segments (project, item->id, NULL);

      g_string_append_printf (out, "item %" G_GINT64_FORMAT " %d %s %s %s %u %d %d %d %.17g", item->id, item->kind, item->name,
                              item->hash, item->group ? item->group : "-", item->n_frames, item->split, item->reviewed, item->synthetic,
                              item->fps);
      for (guint l = 0; l < labels->len; l++)
        g_string_append_printf (out, " %d", sac_project_get_label_state (project, item->id, ((SacLabel *) labels->pdata[l])->id));
      for (guint t = 0; tracks && t < tracks->len; t++)
        {
          SacTrack *track = tracks->pdata[t];

          g_string_append_printf (out, " [%" G_GINT64_FORMAT, track->label);
          for (guint b = 0; b < track->n_boxes; b++)
            g_string_append_printf (out, " %u:%.17g,%.17g,%.17g,%.17g,%d%d%d", track->boxes[b].frame, track->boxes[b].x,
                                    track->boxes[b].y, track->boxes[b].width, track->boxes[b].height, track->boxes[b].keyframe,
                                    track->boxes[b].occluded, track->boxes[b].outside);
          dump_attributes (project, SAC_ATTRIBUTE_TRACK, track->id, out);
          g_string_append_c (out, ']');
        }
      for (guint k = 0; segments && k < segments->len; k++)
        {
          SacSegment *segment = segments->pdata[k];

          g_string_append_printf (out, " {%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, segment->label, segment->in_ns,
                                  segment->out_ns);
          dump_attributes (project, SAC_ATTRIBUTE_SEGMENT, segment->id, out);
          g_string_append_c (out, '}');
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define ADD(path, func) g_test_add ("/store/" path, Fixture, NULL, setup, func, teardown)
