#include "sac-op.h"

SacCpuFlags
sac_cpu_flags (void)
{
  guint32 flags = SAC_CPU_PLAIN;

#if defined(__x86_64__)
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    flags |= SAC_CPU_AVX2;
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512dq"))
    flags |= SAC_CPU_AVX512;
  if (__builtin_cpu_supports ("avx512bf16"))
    flags |= SAC_CPU_AVX512_BF16;
#endif
  return (SacCpuFlags) (flags & sac_env_cpu_mask ());
}
