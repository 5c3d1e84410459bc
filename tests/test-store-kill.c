/* kill -9 at any moment: every act that was acknowledged is there, at most the one in flight is not. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-fixture.h"

#define N_CLIPS 12
#define N_LABELS 4

/* What the acts do, without a store: the states after each of them are known to the parent from the seed alone. */
typedef struct {
  gint8 said[N_CLIPS][N_LABELS];
  gint8 reviewed[N_CLIPS];
} Model;

typedef struct {
  int kind;                     /* 0…7 set label, 8 reviewed */
  guint first, n, label;
  int state;
} Act;

static Act
draw_act (guint64 seed, guint step)
{
  SacRandomKey key = { seed, 0xAC7 };
  guint64 at = (guint64) step * 8;
  Act act = { .kind = sac_random_below (key, at, 9), .first = sac_random_below (key, at + 1, N_CLIPS),
              .label = sac_random_below (key, at + 2, N_LABELS), .state = (int) sac_random_below (key, at + 3, 3) - 1 };

  act.n = 1 + sac_random_below (key, at + 4, N_CLIPS - act.first);
  return act;
}

static gboolean
do_act (SacProject *project, const Act *act, const SacId *clips, const SacId *labels)
{
  if (act->kind == 8)
    return sac_project_set_reviewed (project, clips + act->first, act->n, act->state > 0, NULL);
  return sac_project_set_label (project, clips + act->first, act->n, labels[act->label], act->state, NULL);
}

static void
model_act (Model *model, const Act *act)
{
  for (guint i = act->first; i < act->first + act->n; i++)
    if (act->kind == 8)
      model->reviewed[i] = act->state > 0;
    else if (act->state == SAC_LABEL_UNKNOWN)
      model->said[i][act->label] = model->reviewed[i] ? 2 : 0;       /* said to be unknown, or untouched */
    else
      model->said[i][act->label] = act->state == SAC_LABEL_YES ? 1 : -1;
}

static gboolean
model_equals (const Model *model, SacProject *project, const SacId *clips, const SacId *labels)
{
  for (int i = 0; i < N_CLIPS; i++)
    for (int l = 0; l < N_LABELS; l++)
      {
        int said = model->said[i][l];
        int expected = said == 1 ? SAC_LABEL_YES : said == -1 || (said == 0 && model->reviewed[i]) ? SAC_LABEL_NO : SAC_LABEL_UNKNOWN;

        if ((int) sac_project_get_label_state (project, clips[i], labels[l]) != expected)
          return FALSE;
      }
  return TRUE;
}

/* The child: acts from @first on, each acknowledged with one byte after it returned. */
static void
act_for_ever (const char *path, guint64 seed, guint first, int acknowledge)
{
  SacProject *project = sac_project_open (path, SAC_PROJECT_READ_WRITE, NULL);
  g_autoptr (GPtrArray) items = project ? sac_project_list_items (project, NULL) : NULL;
  g_autoptr (GPtrArray) list = project ? sac_project_list_labels (project, NULL) : NULL;
  SacId clips[N_CLIPS], labels[N_LABELS];

  if (!items || !list || items->len != N_CLIPS || list->len != N_LABELS)
    _exit (3);
  for (int i = 0; i < N_CLIPS; i++)
    clips[i] = ((SacItem *) items->pdata[i])->id;
  for (int l = 0; l < N_LABELS; l++)
    labels[l] = ((SacLabel *) list->pdata[l])->id;
  for (guint step = first;; step++)
    {
      Act act = draw_act (seed, step);

      if (!do_act (project, &act, clips, labels) || write (acknowledge, "+", 1) != 1)
        _exit (4);
    }
}

static guint
count_bytes (int fd)
{
  char bytes[4096];
  guint n = 0;
  gssize got;

  while ((got = read (fd, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR))
    n += MAX (got, 0);
  return n;
}

static void
test_kill (Fixture *f, gconstpointer data)
{
  const guint n_kills = 60;
  const guint64 seed = g_test_rand_int ();
  SacRandomKey when = { seed, 0xDEAD };
  Model model = { 0 };
  SacId clips[N_CLIPS], labels[N_LABELS];
  guint step = 0, n_lost = 0;

  add_clips (f->project, N_CLIPS, 0, clips);
  for (int l = 0; l < N_LABELS; l++)
    {
      g_autofree char *name = g_strdup_printf ("label-%d", l);

      labels[l] = sac_project_add_label (f->project, name, NULL);
    }
  g_clear_object (&f->project);

  for (guint kill_number = 0; kill_number < n_kills; kill_number++)
    {
      g_autofree char *from = g_strdup_printf ("%u", step), *seed_text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
      int pipe_fds[2], status;
      guint acknowledged;
      char first_byte;
      pid_t child;

      g_assert_cmpint (pipe (pipe_fds), ==, 0);
      fflush (stdout);
      child = fork ();
      if (child == 0)
        {
          g_autofree char *fd_text = g_strdup_printf ("%d", pipe_fds[1]);

          close (pipe_fds[0]);
          execl ("/proc/self/exe", "test-store-kill", "--act", f->path, seed_text, from, fd_text, NULL);
          _exit (5);
        }
      close (pipe_fds[1]);
      /* Kill it somewhere in the first milliseconds of work; sometimes while it still opens. */
      acknowledged = 0;
      if (kill_number % 5 && read (pipe_fds[0], &first_byte, 1) == 1)
        acknowledged = 1;
      g_usleep (sac_random_below (when, kill_number, 12000));
      kill (child, SIGKILL);
      waitpid (child, &status, 0);
      g_assert_true (WIFSIGNALED (status));     /* it had not ended by itself */
      acknowledged += count_bytes (pipe_fds[0]);
      close (pipe_fds[0]);

      for (guint k = 0; k < acknowledged; k++)
        {
          Act act = draw_act (seed, step++);

          model_act (&model, &act);
        }
      reopen (f);
      if (!f->project)
        return;
      if (!model_equals (&model, f->project, clips, labels))
        {
          /* The act in flight may have been done without our hearing of it. */
          Act act = draw_act (seed, step++);

          model_act (&model, &act);
          n_lost++;
          if (!model_equals (&model, f->project, clips, labels))
            {
              g_test_message ("kill %u of seed %" G_GUINT64_FORMAT ": %u acknowledged, state is neither", kill_number, seed,
                              acknowledged);
              g_test_fail ();
              return;
            }
        }
      g_clear_object (&f->project);
    }
  g_test_message ("%u kills, %u acts, %u done but not heard of", n_kills, step, n_lost);
  g_assert_cmpuint (step, >, n_kills);

  /* And all of it can be taken back, as far as the journal reaches. */
  reopen (f);
  for (guint i = 0; i < 50 && i < step; i++)
    g_assert_true (sac_project_undo (f->project, NULL, NULL));
  for (guint i = 0; i < 50 && i < step; i++)
    g_assert_true (sac_project_redo (f->project, NULL, NULL));
  g_assert_true (model_equals (&model, f->project, clips, labels));
}

int
main (int argc, char **argv)
{
  if (argc == 6 && strcmp (argv[1], "--act") == 0)
    act_for_ever (argv[2], g_ascii_strtoull (argv[3], NULL, 10), (guint) atoi (argv[4]), atoi (argv[5]));
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("kill", test_kill);
  return g_test_run ();
}
