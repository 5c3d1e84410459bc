/* The clips of one burst: something comes, does one thing and is gone, in a part of the clip that the dice choose; others stand there all
 * the time and sway a little.  What acted, where and when is known, so that attention in space and in time can be scored.  methods/08 §11.
 *
 * The thing is there in its burst alone because a network else need not look at it: where a thing stands before and after, compared,
 * tells what it did (tried: M_t then rose on the first and the last frames and fell in the burst).  In some clips nothing happens: one
 * label of several needs no evidence, only that of the others missing (tried without: M_t stayed flat for one or two labels a network).
 * In half of these something comes and goes all the same, so that coming and going tell nothing (without: M_t was high there, and
 * after it, not where it turned). */
#include <math.h>

#include "demo-render.h"

const char *const demo_burst_labels[DEMO_BURST_LABELS] = {
  "appears", "moves down", "moves left", "moves right", "moves up", "nothing happens", "passes behind", "stops", "turns",
};
enum { APPEARS, DOWN, LEFT, RIGHT, UP, NOTHING, BEHIND, STOPS, TURNS };

#define LEAST_FRAMES 18         /* of a burst */
#define MOST_FRAMES 40
#define STILL_FRAMES 6          /* at least, before and after */
#define BORDER 8                /* pixels between things and the edge of the frame */
#define TRIES 200
#define MIDDLE 12               /* pixels around the middle of the picture that the way keeps clear of */
#define FADE_FRAMES 3           /* in which the thing comes, and goes */

/* Where the actor goes in its burst, from the start. */
static void
path (const DemoClip *clip, double *dx, double *dy)
{
  static const int ways[DEMO_BURST_LABELS][2] = {
    [DOWN] = { 0, 1 }, [LEFT] = { -1, 0 }, [RIGHT] = { 1, 0 }, [UP] = { 0, -1 }, [BEHIND] = { 1, 0 },
  };
  const DemoObject *actor = clip->objects;
  double way = clip->burst == BEHIND ? actor->direction : 1;

  *dx = ways[clip->burst][0] * way * actor->dx;
  *dy = ways[clip->burst][1] * actor->dx;
  if (clip->burst == STOPS)     /* aslant, so that the direction is no other label's */
    {
      *dx = actor->direction * actor->dx * 0.7;
      *dy = (actor->turn > 0 ? 1 : -1) * actor->dx * 0.7;
    }
}

static void
plan_thing (DemoDice *dice, gboolean test, double least, double most, DemoObject *object)
{
  object->kind = demo_pick (dice, DEMO_KINDS);
  demo_pick_look (dice, test, object);
  object->radius = demo_between (dice, least, most);
  object->dy = demo_between (dice, 2, 5);
  object->phase = demo_between (dice, 0, 2 * G_PI);
  object->tempo = demo_between (dice, 0.2, 0.35);
  object->tilt = demo_between (dice, -0.35, 0.35);
  object->direction = demo_pick (dice, 2) ? 1 : -1;
  object->turn = object->direction * demo_between (dice, 1, 1.5) * G_PI;
}

/* From (x, y) to the actor's way. */
static double
distance_to_way (const DemoClip *clip, double x, double y)
{
  const DemoObject *actor = clip->objects;
  double dx, dy, u;

  path (clip, &dx, &dy);
  u = dx == 0 && dy == 0 ? 0 : CLAMP (((x - actor->x) * dx + (y - actor->y) * dy) / (dx * dx + dy * dy), 0, 1);
  return hypot (x - actor->x - u * dx, y - actor->y - u * dy);
}

/* The actor, with room for its way, which keeps clear of the middle: a map that always points there should earn little. */
static void
plan_actor (DemoDice *dice, DemoClip *clip)
{
  DemoObject *actor = clip->objects;
  double dx, dy, room;

  plan_thing (dice, clip->test, 36, 46, actor);
  while (clip->burst == TURNS && demo_is_round (actor->kind))   /* one would not see it turn */
    actor->kind = (actor->kind + 1) % DEMO_KINDS;
  if (clip->burst == STOPS)
    actor->turn *= demo_pick (dice, 2) ? 1 : -1;
  actor->dx = demo_between (dice, 112, 130);
  path (clip, &dx, &dy);
  room = actor->radius + BORDER;
  for (int i = 0; i < TRIES; i++)
    {
      actor->x = demo_between (dice, room + MAX (0, -dx), DEMO_SIDE - room - MAX (0, dx));
      actor->y = demo_between (dice, room + MAX (0, -dy), DEMO_SIDE - room - MAX (0, dy));
      if (distance_to_way (clip, DEMO_SIDE / 2.0, DEMO_SIDE / 2.0) > actor->radius + MIDDLE)
        break;
    }
}

/* Something that only stands there, clear of everything; FALSE where the dice find no place. */
static gboolean
plan_bystander (DemoDice *dice, DemoClip *clip, DemoObject *object)
{
  plan_thing (dice, clip->test, 18, 26, object);
  for (int i = 0; i < TRIES; i++)
    {
      gboolean clear;

      object->x = demo_between (dice, object->radius, DEMO_SIDE - object->radius);
      object->y = demo_between (dice, object->radius, DEMO_SIDE - object->radius);
      clear = distance_to_way (clip, object->x, object->y) > object->radius + clip->objects[0].radius + BORDER;
      for (int k = 1; k < clip->n_objects && clear; k++)
        clear = hypot (object->x - clip->objects[k].x, object->y - clip->objects[k].y) > object->radius + clip->objects[k].radius;
      if (clear)
        return TRUE;
    }
  return FALSE;
}

/* A pillar stands in the way of what passes behind it, and aside in half of the other clips: its being there tells nothing. */
static void
plan_pillar (DemoDice *dice, DemoClip *clip)
{
  const DemoObject *actor = clip->objects;
  double width = demo_between (dice, 32, 40), dx, dy;

  demo_hsl (demo_between (dice, 0, 1), demo_between (dice, 0.1, 0.5), demo_between (dice, 0.2, 0.8), clip->pillar_color);
  path (clip, &dx, &dy);
  if (clip->burst == BEHIND)
    {
      clip->pillar_x = actor->x + dx / 2 - width / 2;
      clip->pillar_width = width;
    }
  else if (demo_pick (dice, 2))
    for (int i = 0; i < TRIES; i++)
      {
        double x = demo_between (dice, 0, DEMO_SIDE - width);
        double left = MIN (actor->x, actor->x + dx) - actor->radius, right = MAX (actor->x, actor->x + dx) + actor->radius;

        if (x + width > left && x < right)
          continue;
        clip->pillar_x = x;
        clip->pillar_width = width;
        break;
      }
}

DemoClip *
demo_plan_bursts (guint64 seed, guint n)
{
  DemoClip *clips = g_new0 (DemoClip, MAX (n, 1));
  g_autofree DemoTurn *turns = demo_share (clips, n, DEMO_BURSTS, DEMO_BURST_LABELS, seed, 7);

  for (guint i = 0; i < n; i++)
    {
      DemoClip *clip = turns[i].clip;
      DemoDice dice = demo_dice (seed, 8, i);
      int length = LEAST_FRAMES + demo_pick (&dice, MOST_FRAMES - LEAST_FRAMES + 1), bystanders = demo_pick (&dice, DEMO_MAX_OBJECTS);

      clip->tag = (guint) demo_pick (&dice, 0x10000);
      clip->burst = (int) (turns[i].nth % DEMO_BURST_LABELS);
      clip->first = STILL_FRAMES + demo_pick (&dice, DEMO_FRAMES - 2 * STILL_FRAMES - length + 1);
      clip->last = clip->first + length;
      plan_actor (&dice, clip);
      clip->n_objects = 1;
      for (int k = 0; k < bystanders; k++)
        if (plan_bystander (&dice, clip, clip->objects + clip->n_objects))
          clip->n_objects++;
      plan_pillar (&dice, clip);
    }
  return clips;
}

gboolean
demo_burst_is_nothing (const DemoClip *clip)
{
  return clip->burst == NOTHING;
}

DemoPose
demo_burst_pose (const DemoClip *clip, int which, int frame)
{
  const DemoObject *o = clip->objects + which;
  DemoPose pose = { o->x, o->y, 1, o->tilt, 1 };
  double u = CLAMP ((double) (frame - clip->first + 1) / (clip->last - clip->first), 0, 1), s = u * u * (3 - 2 * u), dx, dy;

  if (which > 0)
    {
      pose.x += o->dy * cos (o->phase) * sin (o->tempo * frame + o->phase);
      pose.y += o->dy * sin (o->phase) * sin (o->tempo * frame + o->phase);
      return pose;
    }
  path (clip, &dx, &dy);
  if (clip->burst == STOPS)     /* at full speed until it stands */
    s = u;
  pose.x += s * dx;
  pose.y += s * dy;
  if (clip->burst == TURNS)
    pose.angle += s * o->turn;
  if (clip->burst == APPEARS)
    {
      pose.opacity = s;
      pose.scale = 0.5 + 0.5 * s;
    }
  if (clip->burst == NOTHING && o->direction > 0)
    pose.opacity = 0;
  pose.opacity *= CLAMP (MIN (frame - clip->first + 1, clip->last - frame) / (double) FADE_FRAMES, 0, 1);
  return pose;
}
