/* The worker's side of questions about generated pictures. */
#pragma once
#include "sac-gan-pictures.h"
#include "sac-json-private.h"

/* NULL: there is none, or it is damaged.  Transfer full. */
SacGanNoise *_sac_noise_read (JsonObject *object, guint *n);
int          _sac_gan_pictures_write (JsonBuilder *builder, const SacGanPictures *pictures);
int          _sac_gan_nearest_write (JsonBuilder *builder, const SacGanNearest *nearest);
