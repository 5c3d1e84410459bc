#include "sac-shape.h"

const char *
sac_dtype_get_name (SacDtype dtype)
{
  return dtype == SAC_BF16 ? "bf16" : dtype == SAC_F16 ? "f16" : "f32";
}

gboolean
sac_dtype_parse (const char *name, SacDtype *dtype)
{
  for (SacDtype d = SAC_F32; d <= SAC_F16; d++)
    if (g_strcmp0 (name, sac_dtype_get_name (d)) == 0)
      {
        *dtype = d;
        return TRUE;
      }
  return FALSE;
}

char *
sac_shape_dup_string (SacShape s)
{
  return g_strdup_printf ("(%d,%d,%d,%d,%d)", s.n, s.c, s.t, s.h, s.w);
}

/* One channel of one example is T·H·W numbers, apart by C in memory. */
void
sac_shape_to_memory_order (SacShape s, const float *logical, float *memory)
{
  gsize area = (gsize) s.t * s.h * s.w;

  for (gint32 n = 0; n < s.n; n++)
    for (gint32 c = 0; c < s.c; c++)
      for (gsize i = 0; i < area; i++)
        memory[((gsize) n * area + i) * s.c + c] = logical[((gsize) n * s.c + c) * area + i];
}

void
sac_shape_from_memory_order (SacShape s, const float *memory, float *logical)
{
  gsize area = (gsize) s.t * s.h * s.w;

  for (gint32 n = 0; n < s.n; n++)
    for (gint32 c = 0; c < s.c; c++)
      for (gsize i = 0; i < area; i++)
        logical[((gsize) n * s.c + c) * area + i] = memory[((gsize) n * area + i) * s.c + c];
}
