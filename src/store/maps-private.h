/* What edited maps share with merging and their files. */
#pragma once
#include "sac-compare.h"
#include "sac-maps.h"
#include "sac-store-private.h"

/* Inside an open command. */
gboolean _sac_put_map (SacProject *self, const SacMap *map, GError **error);
/* The maps of @other, whose clips @items (gint64 → gint64) tells here; where both have one @rule decides. */
gboolean _sac_bring_maps (SacProject *self, SacProject *other, GHashTable *items, SacMergeRule rule, SacMergeResult *result,
                          GError **error);
