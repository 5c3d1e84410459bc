/* The compiled shaders: SPIR-V words, and what a shader says of itself. */
#pragma once
#include <glib.h>

/* Numbers of specialization constants, as shaders/include/sac.glsl has them: five a shape, sources 0…7, then the result. */
#define SAC_SHADER_RESULT 8     /* also its binding */
#define SAC_SHADER_SCRATCH 9    /* binding of what passes hand on */
#define SAC_SHADER_N_BINDINGS 10
#define SAC_SHADER_PASS 45
#define SAC_SHADER_HALVES 46    /* bit i: source i is f16; bit SAC_SHADER_RESULT: the result */
#define SAC_SHADER_TILE 47
#define SAC_SHADER_PARAMS 48
#define SAC_SHADER_N_CONSTANTS 96

typedef struct _SacShader SacShader;
struct _SacShader {
  const char *name;
  const guint32 *words;
  gsize n_bytes;
};

const SacShader *_sac_shader_find (const char *name);   /* NULL: there is none */
/* Which constants it reads, by number: what it does not read makes no pipeline of its own. */
void _sac_shader_get_constants (const SacShader *shader, gboolean read[SAC_SHADER_N_CONSTANTS]);
