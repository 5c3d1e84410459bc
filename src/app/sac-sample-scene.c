#include "sac-sample-scene.h"

void
sac_sample_scene_clear (SacSampleScene *scene)
{
  for (guint i = 0; i < scene->grid.n; i++)
    {
      g_free (scene->titles[i]);
      for (guint c = 0; c < SAC_GAN_MOST; c++)
        g_free (scene->names[i][c]);
    }
}

/* A picture that is not what the recipe says is none of the trainer's. */
static gboolean
fits (cairo_surface_t *picture, const SacSampleShape *shape)
{
  int pitch = shape->size + SAC_SAMPLE_GAP;

  return cairo_image_surface_get_width (picture) == (int) shape->columns * pitch + SAC_SAMPLE_GAP
         && cairo_image_surface_get_height (picture) == (int) shape->rows * pitch + SAC_SAMPLE_GAP;
}

void
sac_sample_scene_add (SacSampleScene *scene, SacSampleFilm *film, guint at, char *title)
{
  guint i = scene->grid.n;
  SacSamplePanel *panel = &scene->panels[i];
  cairo_surface_t *picture = sac_sample_film_get (film, at);
  SacSampleShape shape;

  g_return_if_fail (i < SAC_SCENE_PANELS);
  sac_sample_film_get_shape (film, &shape);
  panel->rows = shape.rows;
  panel->columns = MIN (shape.columns, SAC_GAN_MOST);
  panel->cell = shape.size;
  panel->gap = SAC_SAMPLE_GAP;
  panel->title = scene->titles[i] = title;
  panel->picture = picture && fits (picture, &shape) ? picture : NULL;
  for (guint c = 0; c < panel->columns; c++)
    scene->names[i][c] = g_strdup_printf ("G%u", c + 1);
  panel->names = (const char *const *) scene->names[i];
  scene->grid.panels = scene->panels;
  scene->grid.n = i + 1;
}
