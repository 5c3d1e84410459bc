/* What a shader reads, told by its decorations.  SPIR-V specification §2.3 (layout), §3.20 (decorations). */
#include "sac-shaders.h"

#define HEADER_WORDS 5
#define OP_DECORATE 71
#define SPEC_ID 1

void
_sac_shader_get_constants (const SacShader *shader, gboolean read[SAC_SHADER_N_CONSTANTS])
{
  const guint32 *at = shader->words + HEADER_WORDS, *end = shader->words + shader->n_bytes / sizeof (guint32);

  for (guint i = 0; i < SAC_SHADER_N_CONSTANTS; i++)
    read[i] = FALSE;
  for (; at < end && at[0] >> 16 > 0; at += at[0] >> 16)
    if ((at[0] & 0xffff) == OP_DECORATE && at[0] >> 16 == 4 && at[2] == SPEC_ID && at[3] < SAC_SHADER_N_CONSTANTS)
      read[at[3]] = TRUE;
}
