#include "demo-render.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

#define MARGIN 24               /* of the background around the frame, for its slow drift */
#define BURST_MIST 0.7
#define N_CRUMBS 6

const char *const demo_kinds[DEMO_KINDS] = { "bullseye", "checkers", "cross", "ring", "star", "triangle" };
const char *const demo_motions[DEMO_MOTIONS] = { "bounce", "circle", "drift", "spin", "swing", "zoom" };
enum { BULLSEYE, CHECKERS, CROSS, RING, STAR, TRIANGLE };
enum { BOUNCE, CIRCLE, DRIFT, SPIN, SWING, ZOOM };

/* Unlabelled things that lie about: spots, strokes, squiggles. */
typedef struct {
  int shape;
  double x, y, vx, vy, size, tilt, color[4];
} Crumb;

struct _DemoRenderer {
  DemoClip clip;
  cairo_surface_t *background, *frame;
  double pan_x, pan_y;
  Crumb crumbs[N_CRUMBS];
  int n_crumbs;
};

static guint
share_of_test (guint n, guint n_labels)
{
  guint test = (n * 3 / 10 + n_labels - 1) / n_labels * n_labels;

  return MIN (test, n > 1 ? n - 1 : 0);
}

guint
demo_n_test (guint n)
{
  return share_of_test (n, DEMO_KINDS);
}

DemoTurn *
demo_share (DemoClip *clips, guint n, DemoTask task, guint n_labels, guint64 seed, guint64 what)
{
  DemoTurn *turns = g_new0 (DemoTurn, MAX (n, 1));
  g_autofree guint32 *place = g_new (guint32, MAX (n, 1));
  guint n_train = n - share_of_test (n, n_labels);

  sac_random_shuffle (demo_dice (seed, what, 0).key, place, n);
  for (guint i = 0; i < n; i++)
    {
      DemoClip *clip = clips + place[i];

      turns[i] = (DemoTurn) { clip, i >= n_train ? i - n_train : i };
      clip->task = task;
      clip->number = place[i];
      clip->test = i >= n_train;
      clip->seed = seed;
      /* A scene has one round of all labels, so that a background tells nothing about what lies on it. */
      clip->scene = (clip->test ? (n_train + n_labels - 1) / n_labels : 0) + turns[i].nth / n_labels;
    }
  return turns;
}

/* ---- what is in a clip */

/* A light colour and a dark one, of any hue: every kind has both, so that a mean colour says little about the kind. */
static void
pick_colors (DemoDice *dice, double color[2][3])
{
  demo_hsl (demo_between (dice, 0, 1), demo_between (dice, 0.45, 0.95), demo_between (dice, 0.68, 0.90), color[0]);
  demo_hsl (demo_between (dice, 0, 1), demo_between (dice, 0.30, 0.95), demo_between (dice, 0.06, 0.24), color[1]);
}

static void
pick_proportions (DemoDice *dice, gboolean test, DemoObject *object)
{
  /* The test split has the outer parts of each range, training the middle: instances that were not seen before. */
  double u = demo_between (dice, 0, 1);

  u = test ? (u < 0.5 ? u * 0.4 : 0.6 + u * 0.4) : 0.2 + 0.6 * u;
  switch (object->kind)
    {
    case BULLSEYE:
      object->parts = test && u > 0.8 ? 3 : 2;
      break;
    case CHECKERS:
      object->parts = test ? 3 + demo_pick (dice, 2) : 3;
      break;
    case CROSS:
      object->ratio = 0.30 + 0.14 * u;
      object->parts = 3;        /* spots along an arm */
      break;
    case RING:
      object->ratio = 0.46 + 0.2 * u;
      object->parts = test ? 4 + demo_pick (dice, 2) : 4;
      break;
    case STAR:
      object->ratio = 0.36 + 0.14 * u;
      break;
    case TRIANGLE:
      object->ratio = 0.8 + 0.35 * u;
      object->parts = test ? 3 + demo_pick (dice, 2) : 3;
      break;
    }
}

void
demo_pick_look (DemoDice *dice, gboolean test, DemoObject *object)
{
  pick_colors (dice, object->color);
  pick_proportions (dice, test, object);
}

gboolean
demo_is_round (int kind)
{
  return kind == BULLSEYE || kind == RING;
}

void
demo_plan_object (DemoDice *dice, const DemoClip *clip, int which, DemoObject *object)
{
  double least = clip->n_objects == 1 ? 40 : 34, most = clip->n_objects == 1 ? 57 : clip->n_objects == 2 ? 50 : 44;
  double half = DEMO_SIDE / 2.0, radius, room, angle;

  object->radius = radius = demo_between (dice, least, most);
  demo_pick_look (dice, clip->test, object);
  object->tilt = demo_between (dice, -0.35, 0.35) + (object->kind == CROSS && demo_pick (dice, 2) ? G_PI / 4 : 0);
  object->phase = demo_between (dice, 0, 2 * G_PI);
  object->direction = demo_pick (dice, 2) ? 1 : -1;
  object->turn = object->direction * demo_between (dice, 0.2, 0.6);
  object->tempo = demo_between (dice, 0.85, 1.5);
  /* Several objects keep to parts of the frame of their own, most of the time. */
  angle = clip->n_objects == 1 ? object->phase : (clip->objects[0].phase + which * 2 * G_PI / clip->n_objects);
  room = clip->n_objects == 1 ? 22 : 56;
  object->x = half + cos (angle) * demo_between (dice, clip->n_objects == 1 ? 0 : 46, room);
  object->y = half + sin (angle) * demo_between (dice, clip->n_objects == 1 ? 0 : 46, room);
  room = half - radius;
  object->dx = demo_between (dice, 0.45, 0.95) * room;
  object->dy = demo_between (dice, 0.45, 0.95) * room;
  if (clip->n_objects > 1)
    {
      object->dx *= 0.6;
      object->dy *= 0.6;
    }
}

DemoClip *
demo_plan (guint64 seed, guint n)
{
  DemoClip *clips = g_new0 (DemoClip, MAX (n, 1));
  g_autofree DemoTurn *turns = demo_share (clips, n, DEMO_SHAPES, DEMO_KINDS, seed, 4);

  for (guint i = 0; i < n; i++)
    {
      DemoClip *clip = turns[i].clip;
      DemoDice dice = demo_dice (seed, 5, i);
      guint nth = turns[i].nth;
      double u = demo_between (&dice, 0, 1);

      clip->tag = (guint) demo_pick (&dice, 0x10000);
      clip->n_objects = u < 0.55 ? 1 : u < 0.88 ? 2 : 3;
      clip->objects[0].kind = (int) (nth % DEMO_KINDS);
      clip->objects[0].motion = (int) ((nth + nth / DEMO_KINDS) % DEMO_MOTIONS);
      for (int k = 1; k < clip->n_objects; k++)
        {
          clip->objects[k].motion = demo_pick (&dice, DEMO_MOTIONS);
          for (gboolean again = TRUE; again;)
            {
              again = FALSE;
              clip->objects[k].kind = demo_pick (&dice, DEMO_KINDS);
              for (int other = 0; other < k; other++)
                again = again || clip->objects[other].kind == clip->objects[k].kind;
            }
        }
      for (int k = 0; k < clip->n_objects; k++)
        demo_plan_object (&dice, clip, k, clip->objects + k);
    }
  return clips;
}

/* ---- where an object is */

static double
keep_inside (double value, double radius)
{
  double low = MIN (radius * 0.92, DEMO_SIDE / 2.0), high = DEMO_SIDE - low;

  return CLAMP (value, low, high);
}

/* 0…1…0…, straight up and down. */
static double
zigzag (double t)
{
  t = t - floor (t);
  return t < 0.5 ? 2 * t : 2 - 2 * t;
}

static DemoPose
pose_at (const DemoObject *o, double t)
{
  DemoPose pose = { o->x, o->y, 1, o->tilt, 1 };
  double cycle = o->phase / (2 * G_PI) + o->tempo * t, arm;

  switch (o->motion)
    {
    case BOUNCE:
      pose.x += o->dx * (2 * zigzag (cycle * 0.5) - 1);
      arm = 2 * zigzag (cycle * 1.5) - 1;       /* a hop: fast below, slow above */
      pose.y += o->dy * (0.9 - 1.8 * (1 - arm * arm));
      break;
    case CIRCLE:
      pose.x += MIN (o->dx, o->dy) * cos (o->direction * cycle * 2 * G_PI);
      pose.y += MIN (o->dx, o->dy) * sin (o->direction * cycle * 2 * G_PI);
      break;
    case DRIFT:
      pose.x += o->dx * (2 * t - 1) * cos (o->phase);
      pose.y += o->dy * (2 * t - 1) * sin (o->phase);
      break;
    case SPIN:
      pose.angle += o->direction * o->tempo * 1.3 * 2 * G_PI * t;
      pose.x += 6 * cos (cycle * G_PI);
      break;
    case SWING:
      arm = 0.75 * sin (cycle * 2 * G_PI);
      pose.x += 1.3 * o->dx * sin (arm);
      pose.y += 1.3 * o->dx * (cos (arm) - 0.8);
      pose.angle -= arm;
      break;
    case ZOOM:
      pose.scale = 0.88 + 0.16 * sin (cycle * 2 * G_PI);
      pose.angle += o->turn * t;
      break;
    }
  pose.x = keep_inside (pose.x, o->radius * pose.scale);
  pose.y = keep_inside (pose.y, o->radius * pose.scale);
  return pose;
}

/* ---- shapes, in a circle of radius 1 */

static void
outline (cairo_t *cr, const DemoObject *o)
{
  double half;

  switch (o->kind)
    {
    case BULLSEYE:
      cairo_arc (cr, 0, 0, 0.95, 0, 2 * G_PI);
      break;
    case CHECKERS:
      cairo_rectangle (cr, -0.74, -0.74, 1.48, 1.48);
      break;
    case CROSS:
      half = o->ratio;
      cairo_move_to (cr, -half, -0.95);
      for (int i = 0; i < 4; i++)
        {
          double c = i == 0 || i == 2 ? 1 - i : 0, s = i == 1 || i == 3 ? 2 - i : 0;
          const double corner[3][2] = { { half, -0.95 }, { half, -half }, { 0.95, -half } };

          for (int k = 0; k < 3; k++)
            cairo_line_to (cr, corner[k][0] * c - corner[k][1] * s, corner[k][0] * s + corner[k][1] * c);
        }
      cairo_close_path (cr);
      break;
    case RING:
      cairo_arc (cr, 0, 0, 0.95, 0, 2 * G_PI);
      cairo_close_path (cr);
      cairo_new_sub_path (cr);
      cairo_arc_negative (cr, 0, 0, 0.95 * o->ratio, 0, -2 * G_PI);
      cairo_close_path (cr);
      break;
    case STAR:
      for (int i = 0; i < 10; i++)
        {
          double far = i & 1 ? 0.98 * o->ratio : 0.98, angle = G_PI * (i / 5.0 - 0.5);

          cairo_line_to (cr, far * cos (angle), far * sin (angle));
        }
      cairo_close_path (cr);
      break;
    case TRIANGLE:
      cairo_move_to (cr, 0, -0.95);
      cairo_line_to (cr, 0.8 * o->ratio, 0.72);
      cairo_line_to (cr, -0.8 * o->ratio, 0.72);
      cairo_close_path (cr);
      break;
    }
}

/* What is painted within the outline in the second colour. */
static void
pattern (cairo_t *cr, const DemoObject *o)
{
  switch (o->kind)
    {
    case BULLSEYE:
      for (int i = 2 * o->parts; i >= 1; i--)
        {
          double r = 0.95 * (i - 0.5) / (2 * o->parts - 0.5);

          if (i % 2 == 0)
            continue;
          cairo_new_sub_path (cr);
          cairo_arc (cr, 0, 0, r, 0, 2 * G_PI);
          if (i > 1)
            {
              cairo_new_sub_path (cr);
              cairo_arc_negative (cr, 0, 0, r - 0.95 / (2 * o->parts - 0.5), 0, -2 * G_PI);
            }
        }
      cairo_fill (cr);
      break;
    case CHECKERS:
      for (int j = 0; j < o->parts; j++)
        for (int i = 0; i < o->parts; i++)
          if ((i + j) & 1)
            cairo_rectangle (cr, -0.74 + 1.48 * i / o->parts, -0.74 + 1.48 * j / o->parts, 1.48 / o->parts, 1.48 / o->parts);
      cairo_fill (cr);
      break;
    case TRIANGLE:
      for (int i = 0; i < o->parts; i++)
        cairo_rectangle (cr, -1, -0.95 + 1.67 * (i + 0.5) / o->parts, 2, 1.67 * 0.5 / o->parts);
      cairo_fill (cr);
      break;
    case CROSS:
      for (int j = 0; j < o->parts; j++)
        for (int i = 0; i < o->parts; i++)
          {
            cairo_new_sub_path (cr);
            cairo_arc (cr, 1.9 * (i + 0.5) / o->parts - 0.95, 1.9 * (j + 0.5) / o->parts - 0.95, 0.6 / o->parts, 0, 2 * G_PI);
          }
      cairo_fill (cr);
      break;
    case RING:
      for (int i = 0; i < o->parts; i++)
        {
          cairo_move_to (cr, 0, 0);
          cairo_arc (cr, 0, 0, 1, 2 * G_PI * i / o->parts, 2 * G_PI * (i + 0.5) / o->parts);
          cairo_close_path (cr);
        }
      cairo_fill (cr);
      break;
    default:
      break;
    }
}

static void
draw_object (cairo_t *cr, const DemoObject *o, const DemoPose *pose, DemoBox *box)
{
  double r = o->radius * pose->scale, x1, y1, x2, y2;
  cairo_matrix_t matrix;

  cairo_save (cr);
  cairo_translate (cr, pose->x, pose->y);
  cairo_rotate (cr, pose->angle);
  cairo_scale (cr, r, r);
  cairo_get_matrix (cr, &matrix);
  /* A soft shadow: the same outline a few times, ever larger and fainter. */
  for (int i = 3; i >= 1; i--)
    {
      cairo_save (cr);
      cairo_identity_matrix (cr);
      cairo_translate (cr, 2.5, 3.5);
      cairo_transform (cr, &matrix);
      outline (cr, o);
      cairo_set_source_rgba (cr, 0, 0, 0, 0.10);
      cairo_set_line_width (cr, 2.0 * i / r);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke_preserve (cr);
      cairo_fill (cr);
      cairo_restore (cr);
    }
  outline (cr, o);
  cairo_set_source_rgb (cr, o->color[0][0], o->color[0][1], o->color[0][2]);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, o->color[1][0], o->color[1][1], o->color[1][2]);
  pattern (cr, o);
  cairo_restore (cr);
  outline (cr, o);
  cairo_set_line_width (cr, (o->kind == STAR || o->kind == CROSS || o->kind == RING ? 3.4 : 2.0) / r);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgb (cr, o->color[1][0], o->color[1][1], o->color[1][2]);
  cairo_save (cr);
  cairo_identity_matrix (cr);
  cairo_path_extents (cr, &x1, &y1, &x2, &y2);  /* of the path in pixels, without the pen */
  cairo_restore (cr);
  cairo_stroke (cr);
  cairo_restore (cr);

  x1 = CLAMP (x1 - 1, 0, DEMO_SIDE);
  y1 = CLAMP (y1 - 1, 0, DEMO_SIDE);
  x2 = CLAMP (x2 + 1, 0, DEMO_SIDE);
  y2 = CLAMP (y2 + 1, 0, DEMO_SIDE);
  *box = (DemoBox) { x1, y1, x2 - x1, y2 - y1 };
}

static void
draw_crumb (cairo_t *cr, const Crumb *crumb, double t)
{
  cairo_save (cr);
  cairo_translate (cr, crumb->x + crumb->vx * t, crumb->y + crumb->vy * t);
  cairo_rotate (cr, crumb->tilt);
  cairo_set_source_rgba (cr, crumb->color[0], crumb->color[1], crumb->color[2], crumb->color[3]);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, 2.5);
  if (crumb->shape == 0)
    {
      cairo_scale (cr, 1, 0.6);
      cairo_arc (cr, 0, 0, crumb->size * 0.5, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  else if (crumb->shape == 1)
    {
      cairo_move_to (cr, -crumb->size, 0);
      cairo_line_to (cr, crumb->size, 0);
      cairo_stroke (cr);
    }
  else
    {
      cairo_move_to (cr, -crumb->size, 0);
      cairo_curve_to (cr, -crumb->size / 3, -crumb->size, crumb->size / 3, crumb->size, crumb->size, 0);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

/* ---- pictures */

DemoRenderer *
demo_renderer_new (const DemoClip *clip)
{
  DemoRenderer *renderer = g_new0 (DemoRenderer, 1);
  DemoDice dice = demo_dice (clip->seed, 6, clip->number);
  int side = DEMO_SIDE + 2 * MARGIN;

  renderer->clip = *clip;
  renderer->background = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  renderer->frame = cairo_image_surface_create (CAIRO_FORMAT_RGB24, DEMO_SIDE, DEMO_SIDE);
  cairo_surface_flush (renderer->background);
  demo_scene_paint (clip->seed, clip->scene, clip->test, clip->number, cairo_image_surface_get_data (renderer->background), side,
                    cairo_image_surface_get_stride (renderer->background));
  cairo_surface_mark_dirty (renderer->background);
  if (clip->task != DEMO_BURSTS && demo_pick (&dice, 2))       /* nothing but the burst moves in a clip of one */
    {
      renderer->pan_x = demo_between (&dice, -1, 1) * (MARGIN - 2);
      renderer->pan_y = demo_between (&dice, -1, 1) * (MARGIN - 2);
    }
  renderer->n_crumbs = clip->task != DEMO_BURSTS ? MAX (0, demo_pick (&dice, N_CRUMBS + 3) - 2) : 0;
  for (int i = 0; i < renderer->n_crumbs; i++)
    {
      Crumb *crumb = renderer->crumbs + i;

      crumb->shape = demo_pick (&dice, 3);
      crumb->x = demo_between (&dice, 8, DEMO_SIDE - 8);
      crumb->y = demo_between (&dice, 8, DEMO_SIDE - 8);
      crumb->vx = demo_pick (&dice, 2) ? demo_between (&dice, -60, 60) : 0;
      crumb->vy = demo_pick (&dice, 2) ? demo_between (&dice, -60, 60) : 0;
      crumb->size = demo_between (&dice, 8, 20);
      crumb->tilt = demo_between (&dice, 0, G_PI);
      demo_hsl (demo_between (&dice, 0, 1), 0.6, demo_between (&dice, 0.15, 0.85), crumb->color);
      crumb->color[3] = demo_between (&dice, 0.5, 0.85);
    }
  return renderer;
}

/* As its pose says, maybe not quite there yet. */
static void
draw_faintly (cairo_t *cr, const DemoRenderer *renderer, int which, int frame, DemoBox *box)
{
  DemoPose pose = demo_burst_pose (&renderer->clip, which, frame);

  *box = (DemoBox) { 0 };
  if (pose.opacity <= 0)
    return;
  cairo_push_group (cr);
  draw_object (cr, renderer->clip.objects + which, &pose, box);
  cairo_pop_group_to_source (cr);
  cairo_paint_with_alpha (cr, pose.opacity);
}

static void
draw_pillar (cairo_t *cr, const DemoClip *clip)
{
  const double *rgb = clip->pillar_color;

  if (clip->pillar_width <= 0)
    return;
  cairo_rectangle (cr, clip->pillar_x, 0, clip->pillar_width, DEMO_SIDE);
  cairo_set_source_rgb (cr, rgb[0], rgb[1], rgb[2]);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.25);    /* its shaded side */
  cairo_rectangle (cr, clip->pillar_x + 0.7 * clip->pillar_width, 0, 0.3 * clip->pillar_width, DEMO_SIDE);
  cairo_fill (cr);
}

/* A white plate with a red bow, always the same and always there. */
static void
draw_logo (cairo_t *cr, DemoBox *box)
{
  demo_logo_box (box);
  cairo_rectangle (cr, box->x, box->y, box->w, box->h);
  cairo_set_source_rgb (cr, 0.96, 0.96, 0.94);
  cairo_fill (cr);
  cairo_move_to (cr, box->x + 0.15 * box->w, box->y + 0.2 * box->h);
  cairo_line_to (cr, box->x + 0.85 * box->w, box->y + 0.8 * box->h);
  cairo_line_to (cr, box->x + 0.85 * box->w, box->y + 0.2 * box->h);
  cairo_line_to (cr, box->x + 0.15 * box->w, box->y + 0.8 * box->h);
  cairo_close_path (cr);
  cairo_set_source_rgb (cr, 0.8, 0.1, 0.15);
  cairo_fill (cr);
}

void
demo_renderer_draw (DemoRenderer *renderer, int frame, guint8 *rgb, DemoBox boxes[DEMO_MAX_OBJECTS])
{
  cairo_t *cr = cairo_create (renderer->frame);
  double t = (double) frame / (DEMO_FRAMES - 1);
  gboolean bursts = renderer->clip.task == DEMO_BURSTS;
  const guint8 *pixels;
  int stride;

  cairo_set_source_surface (cr, renderer->background, -MARGIN + renderer->pan_x * (2 * t - 1) * 0.5,
                            -MARGIN + renderer->pan_y * (2 * t - 1) * 0.5);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  if (bursts)                   /* in mist, so that a small network has an easy time with things */
    {
      cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, BURST_MIST);
      cairo_paint (cr);
    }
  for (int i = 0; i < renderer->n_crumbs; i++)
    draw_crumb (cr, renderer->crumbs + i, t);
  for (int i = renderer->clip.n_objects - 1; i >= 0 && bursts; i--)     /* the one that acts goes before those that do not */
    draw_faintly (cr, renderer, i, frame, boxes + i);
  if (bursts)
    draw_pillar (cr, &renderer->clip);
  for (int i = 0; i < renderer->clip.n_objects && !bursts; i++)
    {
      DemoPose pose = pose_at (renderer->clip.objects + i, t);

      draw_object (cr, renderer->clip.objects + i, &pose, boxes + i);
    }
  if (renderer->clip.logo)
    draw_logo (cr, boxes + renderer->clip.n_objects);
  cairo_destroy (cr);
  cairo_surface_flush (renderer->frame);
  pixels = cairo_image_surface_get_data (renderer->frame);
  stride = cairo_image_surface_get_stride (renderer->frame);
  for (int y = 0; y < DEMO_SIDE; y++)
    for (int x = 0; x < DEMO_SIDE; x++, rgb += 3)
      {
        guint32 pixel;

        memcpy (&pixel, pixels + (gsize) y * (gsize) stride + 4 * (gsize) x, 4);
        rgb[0] = (guint8) (pixel >> 16);
        rgb[1] = (guint8) (pixel >> 8);
        rgb[2] = (guint8) pixel;
      }
}

void
demo_renderer_free (DemoRenderer *renderer)
{
  if (!renderer)
    return;
  cairo_surface_destroy (renderer->background);
  cairo_surface_destroy (renderer->frame);
  g_free (renderer);
}
