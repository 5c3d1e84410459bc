/* A safetensors file written tensor by tensor, so that no second copy of a network stands in memory. */
#pragma once
#include "sac-weight-files.h"

/* Fills @out with the numbers of tensor @i. */
typedef void (*SacTensorFill) (guint i, float *out, gpointer data);

/* @tensors' data pointers are not used. */
gboolean _sac_safetensors_write_with (const char *path, const SacTensorOut *tensors, guint n, GHashTable *metadata, SacTensorFill fill,
                                      gpointer data, GError **error);
