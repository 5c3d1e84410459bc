// Mean and variance of n numbers in a form that can be joined: mean and sum of squared differences from it, beside a first value.
// Paper: Chan, Golub & LeVeque 1983, eq. 2.1.  Behind a result with C channels stand, from TAIL_AT (its shape) on, a head of 16 numbers, the
// first of which says how many records there are, and for each a head of 16, the first of which is n, and three rows of C numbers.
#define TAIL_AT(s_, half_) ((COUNT(s_) * ((half_) ? 2 : 4) + 63) / 64 * 16)
#define RECORD_AT(tail_, record_, channels_) ((tail_) + 16 + (record_) * (16 + 3 * (channels_)))

struct Sums { float n, mean, squares; };

// @n numbers more, whose mean lies @mean above the same first value.
void join_sums(inout Sums sums, float n, float mean, float squares)
{
  float all = sums.n + n, d = mean - sums.mean;

  sums.mean += d * (n / all);
  sums.squares += squares + d * d * (sums.n * (n / all));
  sums.n = all;
}
