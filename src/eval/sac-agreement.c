/* Agreement of two people. */
#include "sac-agreement.h"

#include <math.h>
#include <stdlib.h>

/* Fleiss, Cohen & Everitt 1969: the large-sample variance of κ, here for two classes. */
static double
kappa_variance (const double p[2][2], double observed, double expected, guint n)
{
  double row[2] = { p[0][0] + p[0][1], p[1][0] + p[1][1] }, column[2] = { p[0][0] + p[1][0], p[0][1] + p[1][1] };
  double same = 0, other = 0, both = observed * expected - 2 * expected + observed, rest = 1 - expected;

  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++)
      {
        double sum = column[i] + row[j];

        if (i == j)
          same += p[i][i] * pow (rest - sum * (1 - observed), 2);
        else
          other += p[i][j] * sum * sum;
      }
  return fmax ((same + pow (1 - observed, 2) * other - both * both) / (n * pow (rest, 4)), 0);
}

SacKappa
sac_kappa_of (guint yes_yes, guint yes_no, guint no_yes, guint no_no)
{
  SacKappa k = { .n = yes_yes + yes_no + no_yes + no_no, .yes_yes = yes_yes, .yes_no = yes_no, .no_yes = no_yes, .no_no = no_no,
                 .observed = NAN, .expected = NAN, .kappa = NAN, .low = NAN, .high = NAN };
  double n = k.n, half;

  if (k.n == 0)
    return k;
  k.observed = ((double) yes_yes + no_no) / n;
  k.expected = (((double) yes_yes + yes_no) * ((double) yes_yes + no_yes)
                + ((double) no_yes + no_no) * ((double) yes_no + no_no)) / (n * n);
  if (k.expected >= 1)          /* both said the same of all: chance explains everything */
    return k;
  k.kappa = (k.observed - k.expected) / (1 - k.expected);
  half = 1.959963984540054 * sqrt (kappa_variance ((const double[2][2]) { { yes_yes / n, yes_no / n }, { no_yes / n, no_no / n } },
                                                   k.observed, k.expected, k.n));
  k.low = fmax (k.kappa - half, -1);
  k.high = fmin (k.kappa + half, 1);
  return k;
}

SacKappa
sac_kappa (const gint8 *a, const gint8 *b, gsize n, gsize stride)
{
  guint counts[2][2] = { { 0 } };

  for (gsize i = 0; i < n; i++)
    if (a[i * stride] >= 0 && b[i * stride] >= 0)
      counts[a[i * stride] != 0][b[i * stride] != 0]++;
  return sac_kappa_of (counts[1][1], counts[1][0], counts[0][1], counts[0][0]);
}

int
sac_kappa_grade (double kappa)
{
  static const double least[] = { 0, 0.2, 0.4, 0.6, 0.8 };
  int grade = 0;

  if (isnan (kappa))
    return -1;
  for (guint i = 0; i < G_N_ELEMENTS (least); i++)
    grade += i == 0 ? kappa >= least[i] : kappa > least[i];
  return grade;
}

double
sac_span_iou (SacStretch a, SacStretch b)
{
  gint64 both = MIN (a.out, b.out) - MAX (a.in, b.in);
  double any = (double) (MAX (a.out, b.out) - MIN (a.in, b.in));

  if (a.in == b.in && a.out == b.out)
    return 1;
  return both > 0 && any > 0 ? (double) both / any : 0;
}

/* The next stretch that a side covers without a gap, from @i on. */
static gboolean
next_cover (const SacStretch *spans, guint n, guint *i, SacStretch *out)
{
  if (*i >= n)
    return FALSE;
  *out = spans[(*i)++];
  while (*i < n && spans[*i].in <= out->out)
    {
      out->out = MAX (out->out, spans[*i].out);
      (*i)++;
    }
  return TRUE;
}

double
sac_spans_iou (const SacStretch *a, guint n_a, const SacStretch *b, guint n_b)
{
  guint i = 0, j = 0;
  SacStretch x = { 0 }, y = { 0 };
  double both = 0, sum = 0;
  gboolean more_a = next_cover (a, n_a, &i, &x), more_b = next_cover (b, n_b, &j, &y);

  if (!more_a && !more_b)
    return NAN;
  while (more_a || more_b)
    {
      if (more_a && more_b)
        both += (double) MAX (MIN (x.out, y.out) - MAX (x.in, y.in), 0);
      if (more_a && (!more_b || x.out <= y.out))
        {
          sum += (double) (x.out - x.in);
          more_a = next_cover (a, n_a, &i, &x);
        }
      else
        {
          sum += (double) (y.out - y.in);
          more_b = next_cover (b, n_b, &j, &y);
        }
    }
  if (sum > 0)
    return both / (sum - both);
  return n_a == n_b ? 1 : 0;    /* points in time only */
}

/* ---- matching. */
static int
by_value (const void *left, const void *right)
{
  const SacPair *x = left, *y = right;

  if (x->value != y->value)
    return (x->value < y->value) - (x->value > y->value);
  return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

guint
sac_match (SacPair *pairs, guint n_pairs)
{
  g_autoptr (GHashTable) taken_a = g_hash_table_new (NULL, NULL), taken_b = g_hash_table_new (NULL, NULL);
  guint n = 0;

  if (n_pairs > 1)
    qsort (pairs, n_pairs, sizeof *pairs, by_value);
  for (guint p = 0; p < n_pairs; p++)
    {
      SacPair pair = pairs[p];

      if (g_hash_table_contains (taken_a, GUINT_TO_POINTER (pair.a)) || g_hash_table_contains (taken_b, GUINT_TO_POINTER (pair.b)))
        continue;
      g_hash_table_add (taken_a, GUINT_TO_POINTER (pair.a));
      g_hash_table_add (taken_b, GUINT_TO_POINTER (pair.b));
      pairs[p] = pairs[n];
      pairs[n++] = pair;
    }
  return n;
}

GArray *
sac_span_pairs (const SacStretch *a, guint n_a, const SacStretch *b, guint n_b, guint most)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (SacPair));
  gint64 longest = 0;
  guint from = 0;

  for (guint j = 0; j < n_b; j++)
    longest = MAX (longest, b[j].out - b[j].in);
  for (guint i = 0; i < n_a; i++)
    {
      /* What begins more than the longest before this one has ended. */
      while (from < n_b && b[from].in + longest < a[i].in)
        from++;
      for (guint j = from; j < n_b && b[j].in <= a[i].out && pairs->len < most; j++)
        {
          SacPair pair = { i, j, sac_span_iou (a[i], b[j]) };

          if (pair.value > 0)
            g_array_append_val (pairs, pair);
        }
    }
  return pairs;
}

double
sac_f1 (guint matched, guint n_a, guint n_b)
{
  return n_a + n_b ? 2.0 * matched / ((double) n_a + n_b) : NAN;
}
