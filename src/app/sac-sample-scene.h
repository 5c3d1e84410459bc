/* What a sample grid (draw/sac-sample-grid.h) shows of one moment: panels made of films.  Main thread. */
#pragma once
#include "draw/sac-sample-grid.h"
#include "sac-sample-film.h"

#define SAC_SCENE_PANELS 2

typedef struct {
  SacSamplePanel panels[SAC_SCENE_PANELS];
  char *titles[SAC_SCENE_PANELS];
  char *names[SAC_SCENE_PANELS][SAC_GAN_MOST + 1];
  SacSampleGrid grid;           /* of these panels; nothing chosen where it begins as zeros but for what the caller sets */
} SacSampleScene;

/* Begin with zeros.  @title: transfer full, nullable.  A picture that is still being decoded leaves its places empty. */
void sac_sample_scene_add (SacSampleScene *scene, SacSampleFilm *film, guint at, char *title);
void sac_sample_scene_clear (SacSampleScene *scene);
