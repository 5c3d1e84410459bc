/* The synthetic demo clips: what is in each, frame by frame, drawn with Cairo.  Everything follows from (seed, clip, frame). */
#pragma once
#include "base/sac-base.h"

#define DEMO_SIDE 256
#define DEMO_FRAMES 90
#define DEMO_FPS 30
#define DEMO_KINDS 6
#define DEMO_MOTIONS 6
#define DEMO_MAX_OBJECTS 3

#define DEMO_BURST_LABELS 9
#define DEMO_LOGO_LABELS 3

typedef enum { DEMO_SHAPES, DEMO_BURSTS, DEMO_LOGO } DemoTask;

extern const char *const demo_kinds[DEMO_KINDS];        /* the labels */
extern const char *const demo_motions[DEMO_MOTIONS];
extern const char *const demo_burst_labels[DEMO_BURST_LABELS];
extern const char *const demo_logo_labels[DEMO_LOGO_LABELS];

/* What is random in a clip, drawn in a fixed order. */
typedef struct {
  SacRandomKey key;
  guint64 n;
} DemoDice;

typedef struct {
  int kind, motion;
  double color[2][3];
  double radius;                /* of the circle around the shape, pixels, at scale 1 */
  double ratio;                 /* thickness, depth of the points …: what the kind makes of it */
  int parts;                    /* rings, squares a side, stripes */
  double x, y, dx, dy;          /* anchor and reach, pixels */
  double tilt, turn, phase, tempo, direction;
} DemoObject;

typedef struct {
  double x, y, w, h;            /* w 0: not there */
} DemoBox;

typedef struct {
  double x, y, scale, angle, opacity;
} DemoPose;

typedef struct {
  DemoTask task;
  guint number;                 /* place in the list, 0 … */
  gboolean test;                /* of the test split: other backgrounds, other instances */
  guint scene;                  /* clips of one scene share the kind of background and its colours */
  guint tag;                    /* a number for the file name that says nothing */
  guint64 seed;
  int n_objects;
  DemoObject objects[DEMO_MAX_OBJECTS];         /* of a burst: the first one acts */
  int burst, first, last;       /* of a burst: its label; frames first ≤ f < last */
  double pillar_x, pillar_width, pillar_color[3];       /* of a burst: stands before everything; width 0 none */
  gboolean logo;                /* a sender's mark in the corner */
} DemoClip;

/* All clips in the order of their numbers; @n a multiple of DEMO_KINDS is best balanced.  Transfer full, g_free. */
DemoClip *demo_plan (guint64 seed, guint n);
guint     demo_n_test (guint n);
/* The same for clips of one burst; @n a multiple of DEMO_BURST_LABELS is best balanced. */
DemoClip *demo_plan_bursts (guint64 seed, guint n);
/* The same for clips of one shape, where a logo in the corner betrays one label as long as one trains, and is never there in the
 * test split: a shortcut to be unlearned.  @n a multiple of DEMO_LOGO_LABELS is best balanced. */
DemoClip *demo_plan_logo (guint64 seed, guint n);
void      demo_logo_box (DemoBox *box);         /* where it stands, in pixels of the frame */
gboolean  demo_burst_is_nothing (const DemoClip *clip); /* nothing acts in it: no burst, no segment */
DemoPose  demo_burst_pose (const DemoClip *clip, int which, int frame);
/* Gives each of @clips (@n, zeroed) its number, split, scene and seed, by the dice @what: to the test split three tenths, of each of
 * @n_labels labels as many as of the others, in shuffled order.  Returns them in the order of planning.  Transfer full, g_free. */
typedef struct {
  DemoClip *clip;
  guint nth;                    /* of its split; the labels take turns */
} DemoTurn;
DemoTurn *demo_share (DemoClip *clips, guint n, DemoTask task, guint n_labels, guint64 seed, guint64 what);
/* The size, colours and way of an object whose kind and motion are known. */
void      demo_plan_object (DemoDice *dice, const DemoClip *clip, int which, DemoObject *object);
/* Colours and proportions of an object whose kind is known; those of test clips are others. */
void      demo_pick_look (DemoDice *dice, gboolean test, DemoObject *object);
gboolean  demo_is_round (int kind);     /* turned, it looks the same */

/* One clip's pictures. One thread at a time. */
typedef struct _DemoRenderer DemoRenderer;
DemoRenderer *demo_renderer_new (const DemoClip *clip);
/* @rgb: DEMO_SIDE² packed RGB; @boxes: one per object, cut to the frame, the logo's behind theirs. */
void          demo_renderer_draw (DemoRenderer *renderer, int frame, guint8 *rgb, DemoBox boxes[DEMO_MAX_OBJECTS]);
void          demo_renderer_free (DemoRenderer *renderer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoRenderer, demo_renderer_free)

/* ---- demo-scene.c: backgrounds, and the dice both files throw. */
DemoDice demo_dice (guint64 seed, guint64 what, guint64 which);
double   demo_between (DemoDice *dice, double low, double high);
int      demo_pick (DemoDice *dice, int n);     /* 0 … n−1 */
void     demo_hsl (double hue, double saturation, double lightness, double rgb[3]);

/* Fills @side² BGRx pixels, @stride bytes a row. */
void   demo_scene_paint (guint64 seed, guint scene, gboolean test, guint64 clip, guint8 *pixels, int side, int stride);
