/* Figures: each number is what its query finds, whatever the project; and the picture answers to the pointer. */
#include "draw/sac-draw.h"
#include "store-fixture.h"
#include "store/sac-statistics.h"

/* 80 clips, 5 labels in all states, some reviewed, sides, segments, lengths and sizes. */
static void
fill (SacProject *project, guint64 seed)
{
  SacRandomKey key = { seed, 9 };
  guint64 at = 0;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 80; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%03u", i), *hash = g_strdup_printf ("h%u", i);
      SacItem item = { .kind = SAC_ITEM_VIDEO, .name = name, .path = name, .hash = hash, .n_frames = 10,
                       .fps = sac_random_below (key, at, 2) ? 29.97 : 25, .width = sac_random_below (key, at + 1, 2) ? 640 : 320,
                       .height = 240, .out_ns = (gint64) (sac_random_unit (key, at + 2) * 20e9) };
      const SacItem *one = &item;
      SacId id;

      at += 3;
      g_assert_true (sac_project_add_items (project, &one, 1, &id, &error));
      g_assert_true (sac_project_set_split (project, &id, 1, (SacSplit) sac_random_below (key, at++, 4), &error));
      if (sac_random_below (key, at++, 3) == 0)
        g_assert_true (sac_project_set_reviewed (project, &id, 1, TRUE, &error));
      for (guint l = 0; l < 5; l++)
        {
          static const char *const names[] = { "a", "say \"b\"", "c d", "\\e", "or" };
          SacId label = sac_project_add_label (project, names[l], NULL);

          if (!label)
            {
              g_autoptr (GPtrArray) labels = sac_project_list_labels (project, NULL);

              for (guint k = 0; k < labels->len; k++)
                if (strcmp (((SacLabel *) labels->pdata[k])->name, names[l]) == 0)
                  label = ((SacLabel *) labels->pdata[k])->id;
            }
          if (sac_random_below (key, at++, 3))
            sac_project_set_label (project, &id, 1, label, (SacLabelState) ((int) sac_random_below (key, at++, 3) - 1), &error);
          if (sac_random_below (key, at++, 6) == 0)
            sac_project_add_segment (project, 1, id, label, 0, 1 + (gint64) (sac_random_unit (key, at++) * 9e9), &error);
          g_assert_no_error (error);
        }
    }
}

static void
check_queries (SacProject *project, GPtrArray *figures)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < figures->len; i++)
    {
      const SacFigure *f = figures->pdata[i];

      for (guint r = 0; r < f->n_rows; r++)
        for (guint p = 0; p < f->n_parts; p++)
          {
            const char *query = sac_figure_get_query (f, r, p);
            g_autoptr (GArray) found = sac_project_query (project, query, &error);
            double value = f->values[r * f->n_parts + p];

            g_assert_no_error (error);
            n++;
            /* Several segments of a clip may lie in one column. */
            if (strcmp (f->id, "segments") == 0)
              g_assert_cmpuint (found->len, <=, value);
            else if (found->len != value)
              g_error ("%s, %s, part %u: %g, but “%s” finds %u", f->id, f->rows[r], p, value, query, found->len);
          }
    }
  g_assert_cmpuint (n, >, 80);
}

static void
test_queries (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL, some = NULL, none = NULL;

  fill (f->project, 4);
  all = sac_project_read_figures (f->project, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 9);
  check_queries (f->project, all);
  some = sac_project_read_figures (f->project, "width=640 or split:train", NULL, &error);
  g_assert_no_error (error);
  check_queries (f->project, some);
  none = sac_project_read_figures (f->project, "width=1", NULL, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (sac_project_read_figures (f->project, "width=", NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
}

static void
test_lift (Fixture *f, gconstpointer data)
{
  SacId clips[8], cat, dog;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) figures = NULL;
  const SacFigure *together = NULL;

  add_clips (f->project, 8, 0, clips);
  cat = sac_project_add_label (f->project, "cat", &error);
  dog = sac_project_add_label (f->project, "dog", &error);
  sac_project_set_label (f->project, clips, 4, cat, SAC_LABEL_YES, &error);
  sac_project_set_label (f->project, clips + 2, 2, dog, SAC_LABEL_YES, &error);
  figures = sac_project_read_figures (f->project, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < figures->len; i++)
    if (strcmp (((SacFigure *) figures->pdata[i])->id, "together") == 0)
      together = figures->pdata[i];
  g_assert_cmpstr (together->rows[0], ==, "cat");
  g_assert_cmpfloat (together->values[1], ==, 2);
  g_assert_cmpstr (together->notes[1], ==, "lift 2.00");        /* 2 · 8 / (4 · 2) */
  g_assert_cmpfloat_with_epsilon (together->shades[1], 0.5, 1e-12);
}

/* Each number has a pixel at which it is picked, unless its bar is thinner than that; and none is picked above the rows. */
static void
test_pick (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) figures = NULL;
  SacStyle style;

  sac_style_init (&style, FALSE);
  fill (f->project, 5);
  figures = sac_project_read_figures (f->project, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < figures->len; i++)
    {
      const SacFigure *figure = figures->pdata[i];
      double height = sac_figure_height (&style, figure, 400);
      g_autofree guint *hits = g_new0 (guint, figure->n_rows * figure->n_parts);
      g_autofree char *text = sac_figure_dup_text (figure), *words = sac_figure_dup_words (figure, 0, 0);
      guint row, part;

      g_assert_nonnull (strstr (text, figure->rows[figure->n_rows - 1]));
      g_assert_true (g_str_has_prefix (words, figure->rows[0]));
      for (int y = 0; y < (int) height; y += 4)
        for (int x = 0; x < 400; x += 5)
          if (sac_figure_pick (400, height, &style, figure, x + 0.5, y + 0.5, &row, &part))
            hits[row * figure->n_parts + part]++;
      for (guint k = 0; k < figure->n_rows * figure->n_parts; k++)
        g_assert_true (hits[k] > 0 || figure->values[k] < 2);
      g_assert_false (sac_figure_pick (400, height, &style, figure, 200, 2, &row, &part));
      g_assert_false (sac_figure_pick (400, height, &style, figure, 399.5, height - 1, &row, &part) && figure->kind == SAC_FIGURE_MATRIX);
    }
}

#undef ADD
#define ADD(name, func) g_test_add ("/statistics/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("queries", test_queries);
  ADD ("lift", test_lift);
  ADD ("pick", test_pick);
  return g_test_run ();
}
