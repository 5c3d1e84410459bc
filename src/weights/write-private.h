/* A safetensors file written tensor by tensor, so that no second copy of a network stands in memory. */
#pragma once
#include "sac-weight-files.h"

/* Sets @error in the room's domain; always FALSE. */
gboolean _sac_refuse (GError **error, SacWeightsError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Fills @out with the numbers of tensor @i.  Where it fails, no file is written. */
typedef gboolean (*SacTensorFill) (guint i, float *out, gpointer data, GError **error);

/* @tensors' data pointers are not used. */
gboolean _sac_safetensors_write_with (const char *path, const SacTensorOut *tensors, guint n, GHashTable *metadata, SacTensorFill fill,
                                      gpointer data, GError **error);
