/* Random annotations that a format can hold, and what annotations say as text. */
#pragma once
#include <math.h>

#include "store-fixture.h"

G_GNUC_UNUSED static char *
words_of (SacRandomKey key, guint64 i)
{
  static const char *const some[] = { "cat", "Straße", "歩く", "a<b>&\"c\"", "two words", "x,y;z", "it's", "{json}" };

  return g_strdup (some[sac_random_below (key, i, G_N_ELEMENTS (some))]);
}

G_GNUC_UNUSED static double
number (SacRandomKey key, guint64 i, double most, gboolean fractions)
{
  double x = sac_random_unit (key, i) * most;

  return fractions ? x : floor (x);
}

G_GNUC_UNUSED static void
add_track (SacNoted *item, SacRandomKey key, guint label, SacHolds holds)
{
  SacNotedTrack *track = sac_noted_add_track (item, label);
  gboolean still = item->n_frames == 1, sparse = (holds & SAC_HOLDS_KEYFRAMES) != 0;
  guint n = still ? 1 : 2 + (guint) sac_random_below (key, 0, 5), frame = (guint) sac_random_below (key, 1, 5);

  for (guint b = 0; b < n; b++)
    {
      SacBox box = { .frame = still ? 0 : frame, .keyframe = TRUE };

      box.x = number (key, 10 * b + 2, 500, TRUE);
      box.y = number (key, 10 * b + 3, 300, TRUE);
      box.width = number (key, 10 * b + 4, 90, TRUE);
      box.height = number (key, 10 * b + 5, 90, TRUE);
      box.occluded = (holds & SAC_HOLDS_OCCLUDED) && sac_random_below (key, 10 * b + 6, 2);
      box.outside = !still && sparse && b > 0 && !g_array_index (track->boxes, SacBox, b - 1).outside
                    && sac_random_below (key, 10 * b + 7, 5) == 0;
      frame += 1 + (sparse ? (guint) sac_random_below (key, 10 * b + 8, 7) : 0);
      g_array_append_val (track->boxes, box);
    }
  if (!still && !sparse && frame < item->n_frames)      /* without keyframes a track that stays has a box on each frame */
    {
      SacBox end = g_array_index (track->boxes, SacBox, n - 1);

      end.frame = frame, end.outside = TRUE;
      g_array_append_val (track->boxes, end);
    }
  if (holds & SAC_HOLDS_ATTRIBUTES && sac_random_below (key, 90, 2))
    {
      g_autofree char *value = words_of (key, 91);

      sac_noted_set_attribute (track->attributes, -1, "kind", value);
    }
  if (holds & SAC_HOLDS_FRAME_ATTRIBUTES && !still)
    {
      for (guint b = 1; b < n; b++)     /* a frame on which it is seen */
        if (!g_array_index (track->boxes, SacBox, b).outside)
          {
            sac_noted_set_attribute (track->attributes, g_array_index (track->boxes, SacBox, 0).frame, "pose", "sits");
            sac_noted_set_attribute (track->attributes, g_array_index (track->boxes, SacBox, b).frame, "pose", "runs <fast>");
            break;
          }
    }
}

/* Random, but nothing that @holds does not cover. */
G_GNUC_UNUSED static SacAnnotations *
make (SacRandomKey key, SacHolds holds)
{
  SacAnnotations *self = sac_annotations_new ();
  guint n_labels = 2 + (guint) sac_random_below (key, 1, 4), n_items = 1 + (guint) sac_random_below (key, 2, 4);

  for (guint l = 0; l < n_labels; l++)
    {
      g_autofree char *words = words_of (key, 10 + l), *name = g_strdup_printf ("%s %u", words, l);

      sac_annotations_label (self, name);
    }
  for (guint i = 0; i < n_items; i++)
    {
      SacRandomKey own = { key.seed * 31 + i + 1, 7 };
      gboolean still = !(holds & (SAC_HOLDS_TRACKS | SAC_HOLDS_SEGMENTS | SAC_HOLDS_TAGS))
                       || ((holds & SAC_HOLDS_STILL_BOXES) && sac_random_below (own, 0, 2));
      g_autofree char *name = g_strdup_printf ("%s %u.%s", i % 2 ? "clip é" : "dir/clip &", i, still ? "png" : "mp4");
      SacNoted *item = sac_annotations_item (self, name);

      item->n_frames = still ? 1 : 60;
      item->width = 640;
      item->height = 480;
      if (holds & SAC_HOLDS_TIME && !still)
        item->fps = 29.97;
      if (holds & SAC_HOLDS_SPLITS)
        item->split = (int) sac_random_below (own, 3, 4);
      for (guint l = 0; l < n_labels; l++)
        {
          gboolean tags = (holds & (still ? SAC_HOLDS_STILL_TAGS : SAC_HOLDS_TAGS)) != 0;

          if (tags && sac_random_below (own, 20 + l, 2))
            sac_noted_set_tag (item, l, holds & SAC_HOLDS_NO ? (gint8) sac_random_below (own, 30 + l, 3) - 1 : SAC_LABEL_YES);
          if (holds & SAC_HOLDS_SEGMENTS && sac_random_below (own, 40 + l, 2))
            {
              SacNotedSegment *segment = sac_noted_add_segment (item, l, (gint64) sac_random_below (own, 50 + l,
                                                                      1000000) * 1000, 2000000000);

              if (holds & SAC_HOLDS_ATTRIBUTES && l % 2)
                sac_noted_set_attribute (segment->attributes, -1, "how", "slowly & <long>");
            }
          if (holds & (still ? SAC_HOLDS_STILL_BOXES : SAC_HOLDS_TRACKS) && sac_random_below (own, 60 + l, 3))
            add_track (item, (SacRandomKey) { own.seed * 17 + l, 3 },
                       (holds & SAC_HOLDS_UNLABELLED) && sac_random_below (own, 70 + l, 9) == 0 ? SAC_NO_LABEL : l, holds);
        }
    }
  return self;
}

/* As text; numbers rounded, so that a+b−a is a. */
G_GNUC_UNUSED static char *
text_of (SacAnnotations *self, SacHolds holds)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tags->len; t++)
        {
          SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);

          g_ptr_array_add (lines, g_strdup_printf ("%s tag %s %d split %d", item->name, (char *) self->labels->pdata[tag.label], tag.state,
                                                   item->split));
        }
      for (guint s = 0; s < item->segments->len; s++)
        {
          const SacNotedSegment *segment = item->segments->pdata[s];

          const char *how = sac_noted_get_attribute (segment->attributes, -1, "how");

          g_ptr_array_add (lines, g_strdup_printf ("%s %s %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " %s", item->name,
                                                   (char *) self->labels->pdata[segment->label], segment->in_ns, segment->out_ns,
                                                   how ? how : ""));
        }
      for (guint t = 0; t < item->tracks->len; t++)
        {
          const SacNotedTrack *track = item->tracks->pdata[t];
          GString *line = g_string_new (item->name);

          g_string_append_printf (line, " %dx%d split %d fps %g %s:", item->width, item->height, item->split, item->n_frames == 1 ? 0
                                  : item->fps,
                                  track->label == SAC_NO_LABEL ? "-" : (char *) self->labels->pdata[track->label]);
          for (guint b = 0; b < track->boxes->len; b++)
            {
              const SacBox *box = &g_array_index (track->boxes, SacBox, b);

              if (box->outside)
                g_string_append_printf (line, " %u gone", box->frame);
              else
                g_string_append_printf (line, " %u %.5f %.5f %.5f %.5f %d", box->frame, box->x, box->y, box->width, box->height,
                                        box->occluded);
            }
          for (gint64 frame = -1; frame < 100; frame++)
            for (guint a = 0; a < track->attributes->len; a++)
              {
                const SacAttribute *attribute = track->attributes->pdata[a];

                if (attribute->frame == frame && strcmp (attribute->name, "track_id") != 0)
                  g_string_append_printf (line, " @%" G_GINT64_FORMAT " %s=%s", attribute->frame, attribute->name, attribute->value);
              }
          g_ptr_array_add (lines, g_string_free (line, FALSE));
        }
    }
  for (guint i = 1; i < lines->len; i++)        /* few lines: any sorting will do */
    for (guint j = i; j > 0 && strcmp (lines->pdata[j - 1], lines->pdata[j]) > 0; j--)
      {
        gpointer swap = lines->pdata[j];

        lines->pdata[j] = lines->pdata[j - 1];
        lines->pdata[j - 1] = swap;
      }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
