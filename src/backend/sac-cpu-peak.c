/* What this machine can do at best: multiply-adds in registers, and a triad a = b + s·c over arrays larger than its caches.  Of several
 * short tries the fastest counts, as a kernel is measured against what was possible, not against what was usual. */
#include <string.h>
#include <unistd.h>

#include "sac-cpu-private.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define N_CHAINS 12             /* independent sums: more than latency × units of any processor at hand, fewer than its registers */
#define ROUNDS 200000
#define TRIES 40
#define TRIAD_TRIES 5

typedef void (*AddFunc) (float *out);
typedef void (*TriadFunc) (float *a, const float *b, const float *c, gsize n);

typedef struct {
  SacCpuFlags needs;
  guint lanes;                  /* of one multiply-add */
  AddFunc add;
  TriadFunc triad;              /* @n is a multiple of 16 */
} Kernels;

typedef struct {
  const Kernels *kernels;
  guint n_slices;
  float *a, *b, *c;             /* NULL: multiply-adds */
  gsize n;                      /* floats of each, a multiple of 16 · n_slices */
} Try;

/* One instruction set: @V holds the lanes of one register, @fma is x·y + z.  The sums start apart and the product has a sum in it, so that
 * a compiler can neither merge the chains nor take anything out of the loop. */
#define KERNELS(isa, V, attribute, fma) \
  attribute static void \
  add_##isa (float *out) \
  { \
    V sum[N_CHAINS], x, y; \
    memcpy (&x, out, sizeof x); \
    y = 0.5f * x; \
    for (int i = 0; i < N_CHAINS; i++) \
      sum[i] = x * (float) i; \
    for (int r = 0; r < ROUNDS; r++) \
      _Pragma ("GCC unroll 12") for (int i = 0; i < N_CHAINS; i++) \
        sum[i] = fma (sum[i], x, y); \
    for (int i = 1; i < N_CHAINS; i++) \
      sum[0] += sum[i]; \
    memcpy (out, &sum[0], sizeof x); \
  } \
  attribute static void \
  triad_##isa (float *a, const float *b, const float *c, gsize n) \
  { \
    for (gsize i = 0; i < n; i += sizeof (V) / sizeof (float)) \
      *(V *) (gpointer) (a + i) = *(const V *) (gconstpointer) (b + i) + 3.0f * *(const V *) (gconstpointer) (c + i); \
  }

typedef float Four __attribute__ ((vector_size (16), may_alias));
#define MULTIPLY_ADD(x, y, z) ((x) * (y) + (z))
KERNELS (plain, Four, , MULTIPLY_ADD)

#if defined(__x86_64__)
typedef float Eight __attribute__ ((vector_size (32), may_alias));
typedef float Sixteen __attribute__ ((vector_size (64), may_alias));
KERNELS (avx2, Eight, __attribute__ ((target ("avx2,fma"))), _mm256_fmadd_ps)
KERNELS (avx512, Sixteen, __attribute__ ((target ("avx512f,avx512vl"))), _mm512_fmadd_ps)
#endif

static const Kernels kernels[] = {
#if defined(__x86_64__)
  { SAC_CPU_AVX512, 16, add_avx512, triad_avx512 },
  { SAC_CPU_AVX2, 8, add_avx2, triad_avx2 },
#endif
  { SAC_CPU_PLAIN, 4, add_plain, triad_plain },
};

static void
run_slice (guint task, guint thread, gpointer data)
{
  const Try *try = data;

  if (try->a)
    {
      gsize n = try->n / try->n_slices, from = task * n;

      try->kernels->triad (try->a + from, try->b + from, try->c + from, n);
    }
  else
    {
      float start[16] __attribute__ ((aligned (64))) = { 0 };
      volatile float kept;

      for (guint i = 0; i < G_N_ELEMENTS (start); i++)
        start[i] = 0.5f + 1e-3f * (float) (task + i);
      try->kernels->add (start);
      kept = start[0];
      (void) kept;
    }
}

/* The shortest of several tries, in seconds. */
static double
best_time (SacPool *pool, Try *try, guint tries)
{
  double best = G_MAXDOUBLE;

  try->n_slices = pool ? sac_pool_get_threads (pool) : 1;
  for (guint i = 0; i < tries; i++)
    {
      gint64 start = g_get_monotonic_time ();

      sac_pool_run (pool, try->n_slices, run_slice, try);
      best = MIN (best, 1e-6 * (double) MAX (g_get_monotonic_time () - start, 1));
    }
  return best;
}

/* Floats of each of the three arrays: as many as the last cache holds, in 16s for every thread.  Machines of many chips tell the sum of
 * their caches, of which a thread sees one: 48 MiB are enough for any. */
static gsize
triad_floats (guint n_threads)
{
  long cache = sysconf (_SC_LEVEL3_CACHE_SIZE);
  gsize n_bytes = CLAMP ((gsize) MAX (cache, 0), (gsize) 16 << 20, (gsize) 48 << 20), step = 16 * (gsize) n_threads;

  return n_bytes / sizeof (float) / step * step;
}

SacPeaks
_sac_cpu_measure_peaks (SacPool *pool)
{
  SacPeaks peaks = { .n_threads = sac_pool_get_threads (pool) };
  const Kernels *fit = kernels;
  Try try = { 0 };

  while ((fit->needs & sac_cpu_flags ()) != fit->needs)
    fit++;
  try.kernels = fit;
  peaks.flops_one = 2.0 * fit->lanes * N_CHAINS * ROUNDS / best_time (NULL, &try, TRIES);
  peaks.flops_all = peaks.n_threads * 2.0 * fit->lanes * N_CHAINS * ROUNDS / best_time (pool, &try, TRIES);
  try.n = triad_floats (peaks.n_threads);
  try.a = sac_try_alloc (3 * try.n * sizeof (float));
  if (try.a)
    {
      try.b = try.a + try.n;
      try.c = try.b + try.n;
      peaks.bytes_one = 3.0 * sizeof (float) * (double) try.n / best_time (NULL, &try, TRIAD_TRIES);
      peaks.bytes_all = 3.0 * sizeof (float) * (double) try.n / best_time (pool, &try, TRIAD_TRIES);
    }
  sac_free_aligned (try.a);
  return peaks;
}
