/* Which values to make again, and when: see sac-recompute.h.
 *
 * Moments are keys: step p of the original order has the key p·(n+1) + n, a copy of step i made for step p has p·(n+1) + i, so
 * copies for a step run before it, in the order of the originals.  A decision is a cut: “value i does not live through moment k”.
 * From all cuts follows everything else – which readers are served by which copy, what the copies read, who lives how long. */
#include <string.h>

#include "sac-recompute.h"

#define CHEAP_SHARE 0.05        /* of a step's time, which may be spent on copies that nobody asked for */
#define WORTH_IT 0.97           /* they must lower the peak at least so far */
#define SMALLEST 400            /* values below 1/400 of the peak are left alone */
#define FLOPS_PER_SECOND 2e11   /* a rough machine: only the balance of the two matters */
#define BYTES_PER_SECOND 1e10

typedef gint64 Key;

typedef struct {
  guint n_cuts;
  Key *cuts;                    /* ascending */
} Cuts;

/* One making of a value: the original, or a copy. */
typedef struct {
  guint of;                     /* step */
  Key made, last;               /* its own moment and that of its last reader */
  gint next;                    /* other copies made for the same step */
} Making;

typedef struct {
  const SacRecompute *what;
  guint n;                      /* steps */
  gint *step_of;                /* by value; −1 for leaves */
  guint *reader_start, *readers;        /* steps that read step i: readers[reader_start[i] … reader_start[i + 1]) */
  gsize *bytes;                 /* by step */
  double *seconds;              /* by step */
  gboolean *may_copy;
  guint *until;                 /* a copy for a later step would read what an effect wrote */
  double base_seconds;

  Cuts *cuts;                   /* by step: the decisions */

  /* What follows from them. */
  GArray *makings;              /* originals first */
  gint *first_copy;             /* by step: copies of it, as a range of @makings */
  guint *n_copies_of;
  gint *copies_for;             /* by step: head of a list through .next, ascending */
  gboolean *dropped;            /* originals that nobody reads before a copy */
  gint *when;                   /* time by making */
  gint *at;                     /* making by time */
  guint n_times;
  gssize *profile;
  gsize peak;
  guint n_peaks, peak_at;
  double extra_seconds, extra_flops;
} Search;

static Making *
making (const Search *s, guint i)
{
  return &g_array_index (s->makings, Making, i);
}

static Key
key_of (const Search *s, guint position, guint rank)
{
  return (Key) position * (s->n + 1) + rank;
}

/* ---- what does not change. */

/* The first step after @i that writes a block which step @i reads; n when there is none. */
static guint
read_until (const Search *s, guint i)
{
  const SacNode *node = &s->what->nodes[s->what->order[i]];
  gboolean reads = FALSE;

  for (guint k = 0; k < node->n_src; k++)
    reads |= node->src[k] && _sac_graph_at (s->what->graph, node->src[k])->block;
  for (guint p = i + 1; reads && p < s->n; p++)
    {
      const SacNode *effect = &s->what->nodes[s->what->order[p]];

      if (effect->op->mutates && _sac_touches (s->what->graph, node, effect))
        return p;
    }
  return s->n;
}

static void
learn_steps (Search *s)
{
  const SacRecompute *what = s->what;
  g_autofree guint *fill = g_new0 (guint, s->n + 1);

  for (guint v = 0; v < what->n_values; v++)
    s->step_of[v] = -1;
  for (guint i = 0; i < s->n; i++)
    {
      const SacNode *node = &what->nodes[what->order[i]];
      double moved = 0;

      s->step_of[what->order[i]] = (gint) i;
      s->bytes[i] = node->op->mutates ? 0 : what->bytes[what->order[i]];
      for (guint k = 0; k < node->n_src; k++)
        if (node->src[k])
          {
            moved += (double) what->bytes[node->src[k]];
            if (s->step_of[node->src[k]] >= 0)
              s->reader_start[s->step_of[node->src[k]] + 1]++;
          }
      moved += (double) s->bytes[i];
      s->seconds[i] = what->flops[i] / FLOPS_PER_SECOND + moved / BYTES_PER_SECOND;
      s->base_seconds += s->seconds[i];
      s->may_copy[i] = !node->op->mutates && !what->output[what->order[i]]
                       && (what->target > 0 || what->flops[i] / FLOPS_PER_SECOND <= moved / BYTES_PER_SECOND);
      s->until[i] = s->may_copy[i] ? read_until (s, i) : s->n;
    }
  for (guint i = 0; i < s->n; i++)
    s->reader_start[i + 1] += s->reader_start[i];
  for (guint i = 0; i < s->n; i++)
    {
      const SacNode *node = &what->nodes[what->order[i]];

      for (guint k = 0; k < node->n_src; k++)
        {
          gint from = node->src[k] ? s->step_of[node->src[k]] : -1;

          if (from >= 0)
            s->readers[s->reader_start[from] + fill[from]++] = i;
        }
    }
}

/* ---- what follows from the cuts. */

typedef struct {
  Key key;
  gint by;                      /* making that reads */
} Read;

static guint
gather_reads (const Search *s, guint i, GArray *reads)
{
  g_array_set_size (reads, 0);
  for (guint r = s->reader_start[i]; r < s->reader_start[i + 1]; r++)
    {
      guint reader = s->readers[r];

      if (!s->dropped[reader])
        g_array_append_val (reads, ((Read) { key_of (s, reader, s->n), (gint) reader }));
      for (guint c = 0; c < s->n_copies_of[reader]; c++)
        {
          guint copy = (guint) s->first_copy[reader] + c;

          g_array_append_val (reads, ((Read) { making (s, copy)->made, (gint) copy }));
        }
    }
  return reads->len;
}

static int
by_key (gconstpointer a, gconstpointer b)
{
  const Read *x = a, *y = b;

  return (x->key > y->key) - (x->key < y->key);
}

static gboolean
add_copy (Search *s, guint i, Key first_read)
{
  guint position = (guint) (first_read / (s->n + 1));
  Making copy = { .of = i, .made = key_of (s, position, i), .last = first_read, .next = s->copies_for[position] };

  if (position > s->until[i])
    return FALSE;
  if (s->n_copies_of[i]++ == 0)
    s->first_copy[i] = (gint) s->makings->len;
  s->copies_for[position] = (gint) s->makings->len;     /* later steps came first: the list ascends */
  g_array_append_val (s->makings, copy);
  s->extra_seconds += s->seconds[i];
  s->extra_flops += s->what->flops[i];
  return TRUE;
}

/* Who reads what, from the last step to the first: a step's readers are known before it. */
static gboolean
follow_cuts (Search *s, GArray *reads)
{
  g_array_set_size (s->makings, s->n);
  s->extra_seconds = s->extra_flops = 0;
  for (guint i = 0; i < s->n; i++)
    s->copies_for[i] = -1;
  for (guint i = s->n; i-- > 0;)
    {
      const SacNode *node = &s->what->nodes[s->what->order[i]];
      Key made = key_of (s, i, s->n), last = made;
      gint open = -1;           /* copy that serves now */
      guint n = gather_reads (s, i, reads), cut = 0;

      s->n_copies_of[i] = 0;
      s->dropped[i] = FALSE;
      if (s->cuts[i].n_cuts > 0)
        g_array_sort (reads, by_key);
      for (guint r = 0; r < n; r++)
        {
          const Read *read = &g_array_index (reads, Read, r);
          guint passed = cut;

          while (cut < s->cuts[i].n_cuts && s->cuts[i].cuts[cut] < read->key)
            cut++;
          if (cut > passed)
            {
              s->dropped[i] = s->dropped[i] || (open < 0 && r == 0);
              open = (gint) s->makings->len;
              if (!add_copy (s, i, read->key))
                return FALSE;
            }
          if (open >= 0)
            making (s, (guint) open)->last = MAX (making (s, (guint) open)->last, read->key);
          else
            last = MAX (last, read->key);
        }
      if (s->dropped[i])
        {
          s->extra_seconds -= s->seconds[i];
          s->extra_flops -= s->what->flops[i];
        }
      if (s->what->output[node->self])
        last = G_MAXINT64;
      *making (s, i) = (Making) { i, made, last, -1 };
    }
  return TRUE;
}

/* The makings in the order in which they run. */
static void
number_times (Search *s)
{
  s->n_times = 0;
  s->when = g_renew (gint, s->when, s->makings->len + 1);
  s->at = g_renew (gint, s->at, s->makings->len + 1);
  s->profile = g_renew (gssize, s->profile, s->makings->len + 2);
  for (guint p = 0; p < s->n; p++)
    {
      for (gint c = s->copies_for[p]; c >= 0; c = making (s, (guint) c)->next)
        {
          s->at[s->n_times] = c;
          s->when[c] = (gint) s->n_times++;
        }
      s->when[p] = (gint) s->n_times;
      if (!s->dropped[p])
        s->at[s->n_times++] = (gint) p;
    }
}

/* The time of moment @key, at which something runs. */
static guint
time_of (const Search *s, Key key)
{
  guint position = (guint) (key / (s->n + 1)), rank = (guint) (key % (s->n + 1));

  if (key == G_MAXINT64)
    return s->n_times - 1;
  if (rank == s->n)
    return (guint) s->when[position];
  for (gint c = s->copies_for[position]; c >= 0; c = making (s, (guint) c)->next)
    if (making (s, (guint) c)->of == rank)
      return (guint) s->when[c];
  g_assert_not_reached ();
}

/* Whether the result of step @i may lie where its source lay, whose last reader it is. */
static gboolean
takes_over (const Search *s, guint i, guint from)
{
  const SacNode *node = &s->what->nodes[s->what->order[i]];
  SacVar src = s->what->order[from];
  guint n = 0;

  for (guint k = 0; k < node->n_src; k++)
    n += node->src[k] == src;
  return n == 1 && !node->op->mutates && node->op->inplace >= 0 && (guint) node->op->inplace < node->n_src
         && node->src[node->op->inplace] == src && s->bytes[i] == s->bytes[from];
}

static gboolean
evaluate (Search *s, GArray *reads)
{
  gssize now = 0;

  if (!follow_cuts (s, reads))
    return FALSE;
  number_times (s);
  memset (s->profile, 0, (s->n_times + 1) * sizeof *s->profile);
  for (guint m = 0; m < s->makings->len; m++)
    {
      const Making *made = making (s, m);
      guint last;

      if (m < s->n && s->dropped[m])
        continue;
      last = time_of (s, made->last);
      if (last > (guint) s->when[m] && made->last != G_MAXINT64 && takes_over (s, making (s, (guint) s->at[last])->of, made->of))
        last--;
      s->profile[s->when[m]] += (gssize) s->bytes[made->of];
      s->profile[last + 1] -= (gssize) s->bytes[made->of];
    }
  s->peak = s->n_peaks = 0;
  for (guint t = 0; t < s->n_times; t++)
    {
      gsize used;

      now += s->profile[t];
      used = (gsize) now + s->what->workspace[making (s, (guint) s->at[t])->of];
      if (used > s->peak)
        {
          s->peak = used;
          s->n_peaks = 0;
          s->peak_at = t;
        }
      s->n_peaks += used == s->peak;
    }
  return TRUE;
}

/* ---- the search. */

typedef struct {
  guint of;
  double score;                 /* bytes freed a second spent */
} Candidate;

static int
by_score (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->of < y->of ? 1 : x->of > y->of ? -1 : 0;    /* of equals the later one, which waits shorter */
}

/* The values that wait through the worst moment and may be made again. */
static void
find_candidates (const Search *s, GArray *found)
{
  Key worst = making (s, (guint) s->at[s->peak_at])->made;

  g_array_set_size (found, 0);
  for (guint m = 0; m < s->makings->len; m++)
    {
      const Making *made = making (s, m);
      guint i = made->of;

      if ((m < s->n && s->dropped[m]) || made->made >= worst || made->last <= worst || !s->may_copy[i]
          || s->bytes[i] < s->peak / SMALLEST)
        continue;
      g_array_append_val (found, ((Candidate) { i, (double) s->bytes[i] / s->seconds[i] }));
    }
  g_array_sort (found, by_score);
}

static void
cut (Search *s, guint i, Key where)
{
  Cuts *cuts = &s->cuts[i];
  guint at = cuts->n_cuts;

  cuts->cuts = g_renew (Key, cuts->cuts, cuts->n_cuts + 1);
  for (; at > 0 && cuts->cuts[at - 1] > where; at--)
    cuts->cuts[at] = cuts->cuts[at - 1];
  cuts->cuts[at] = where;
  cuts->n_cuts++;
}

static void
uncut (Search *s, guint i, Key where)
{
  Cuts *cuts = &s->cuts[i];
  guint kept = 0;

  for (guint c = 0; c < cuts->n_cuts; c++)
    if (cuts->cuts[c] != where)
      cuts->cuts[kept++] = cuts->cuts[c];
  cuts->n_cuts = kept;
}

/* One more cut that lowers the peak, or makes it rarer; the first that does, best bargain first. */
static gboolean
improve (Search *s, GArray *reads, GArray *found, GArray *done)
{
  gsize peak = s->peak;
  guint n_peaks = s->n_peaks;
  double most = s->what->target > 0 ? G_MAXDOUBLE : CHEAP_SHARE * s->base_seconds;
  Key worst = making (s, (guint) s->at[s->peak_at])->made;

  find_candidates (s, found);
  for (guint c = 0; c < found->len; c++)
    {
      guint i = g_array_index (found, Candidate, c).of;

      cut (s, i, worst);
      if (evaluate (s, reads) && s->extra_seconds <= most && (s->peak < peak || (s->peak == peak && s->n_peaks < n_peaks)))
        {
          g_array_append_val (done, ((Read) { worst, (gint) i }));
          return TRUE;
        }
      uncut (s, i, worst);
    }
  evaluate (s, reads);
  return FALSE;
}

/* Cuts that later ones made needless are taken back, as long as the peak (or the target) allows. */
static void
take_back (Search *s, GArray *reads, const GArray *done)
{
  gsize allowed = MAX (s->peak, s->what->target);

  for (guint d = 0; d < done->len; d++)
    {
      const Read *one = &g_array_index (done, Read, d);
      double before = s->extra_seconds;

      uncut (s, (guint) one->by, one->key);
      if (!evaluate (s, reads) || s->peak > allowed || s->extra_seconds > before)
        {
          cut (s, (guint) one->by, one->key);
          evaluate (s, reads);
        }
    }
}

/* ---- the result. */

static GArray *
write_nodes (const Search *s, GArray *repeated)
{
  const SacRecompute *what = s->what;
  GArray *nodes = g_array_sized_new (FALSE, FALSE, sizeof (SacNode), s->n_times);
  g_autofree SacVar *current = g_new0 (SacVar, s->n + 1);
  SacVar next = (SacVar) what->n_values;

  for (guint t = 0; t < s->n_times; t++)
    {
      const Making *made = making (s, (guint) s->at[t]);
      SacNode node = what->nodes[what->order[made->of]];
      SacVar original = 0;

      for (guint k = 0; k < node.n_src; k++)
        if (node.src[k] && s->step_of[node.src[k]] >= 0)
          node.src[k] = current[s->step_of[node.src[k]]];
      if ((guint) s->at[t] >= s->n)
        {
          original = node.self;
          node.self = next++;
        }
      current[made->of] = node.self;
      g_array_append_val (nodes, node);
      g_array_append_val (repeated, original);
    }
  return nodes;
}

static void
search_init (Search *s, const SacRecompute *what)
{
  guint n_reads = 0;

  for (guint i = 0; i < what->n_steps; i++)
    n_reads += what->nodes[what->order[i]].n_src;
  *s = (Search) { .what = what, .n = what->n_steps };
  s->step_of = g_new (gint, what->n_values);
  s->reader_start = g_new0 (guint, s->n + 2);
  s->readers = g_new (guint, n_reads + 1);
  s->bytes = g_new0 (gsize, s->n + 1);
  s->seconds = g_new0 (double, s->n + 1);
  s->may_copy = g_new0 (gboolean, s->n + 1);
  s->until = g_new0 (guint, s->n + 1);
  s->cuts = g_new0 (Cuts, s->n + 1);
  s->makings = g_array_new (FALSE, TRUE, sizeof (Making));
  s->first_copy = g_new0 (gint, s->n + 1);
  s->n_copies_of = g_new0 (guint, s->n + 1);
  s->copies_for = g_new (gint, s->n + 1);
  s->dropped = g_new0 (gboolean, s->n + 1);
  learn_steps (s);
}

static void
search_clear (Search *s)
{
  for (guint i = 0; i < s->n; i++)
    g_free (s->cuts[i].cuts);
  g_array_unref (s->makings);
  g_free (s->step_of);
  g_free (s->reader_start);
  g_free (s->readers);
  g_free (s->bytes);
  g_free (s->seconds);
  g_free (s->may_copy);
  g_free (s->until);
  g_free (s->cuts);
  g_free (s->first_copy);
  g_free (s->n_copies_of);
  g_free (s->copies_for);
  g_free (s->dropped);
  g_free (s->when);
  g_free (s->at);
  g_free (s->profile);
}

GArray *
_sac_recompute (const SacRecompute *what, GArray *repeated, SacRecomputed *result)
{
  g_autoptr (GArray) reads = g_array_new (FALSE, FALSE, sizeof (Read));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GArray) done = g_array_new (FALSE, FALSE, sizeof (Read));
  GArray *nodes;
  Search s;

  search_init (&s, what);
  evaluate (&s, reads);
  result->peak_before = s.peak;
  while (!what->keep_all && s.peak > what->target && improve (&s, reads, found, done))
    ;
  take_back (&s, reads, done);
  if (what->target == 0 && (double) s.peak > WORTH_IT * (double) result->peak_before)
    {
      for (guint i = 0; i < s.n; i++)
        s.cuts[i].n_cuts = 0;
      evaluate (&s, reads);
    }
  result->peak = s.peak;
  result->extra_flops = s.extra_flops;
  result->n_copies = s.makings->len - s.n;
  nodes = write_nodes (&s, repeated);
  search_clear (&s);
  return nodes;
}
