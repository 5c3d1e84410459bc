/* The synthetic demo clips: what is in each, frame by frame, drawn with Cairo.  Everything follows from (seed, clip, frame). */
#pragma once
#include "base/sac-base.h"

#define DEMO_SIDE 256
#define DEMO_FRAMES 90
#define DEMO_FPS 30
#define DEMO_KINDS 6
#define DEMO_MOTIONS 6
#define DEMO_MAX_OBJECTS 3

extern const char *const demo_kinds[DEMO_KINDS];        /* the labels */
extern const char *const demo_motions[DEMO_MOTIONS];

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
  double x, y, w, h;
} DemoBox;

typedef struct {
  guint number;                 /* place in the list, 0 … */
  gboolean test;                /* of the test split: other backgrounds, other instances */
  guint scene;                  /* clips of one scene share the kind of background and its colours */
  guint tag;                    /* a number for the file name that says nothing */
  guint64 seed;
  int n_objects;
  DemoObject objects[DEMO_MAX_OBJECTS];
} DemoClip;

/* All clips in the order of their numbers; @n a multiple of DEMO_KINDS is best balanced.  Transfer full, g_free. */
DemoClip *demo_plan (guint64 seed, guint n);
guint     demo_n_test (guint n);

/* One clip's pictures. One thread at a time. */
typedef struct _DemoRenderer DemoRenderer;
DemoRenderer *demo_renderer_new (const DemoClip *clip);
/* @rgb: DEMO_SIDE² packed RGB; @boxes: one per object, cut to the frame. */
void          demo_renderer_draw (DemoRenderer *renderer, int frame, guint8 *rgb, DemoBox boxes[DEMO_MAX_OBJECTS]);
void          demo_renderer_free (DemoRenderer *renderer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoRenderer, demo_renderer_free)

/* ---- demo-scene.c: backgrounds, and the dice both files throw. */
typedef struct {
  SacRandomKey key;
  guint64 n;
} DemoDice;

DemoDice demo_dice (guint64 seed, guint64 what, guint64 which);
double   demo_between (DemoDice *dice, double low, double high);
int      demo_pick (DemoDice *dice, int n);     /* 0 … n−1 */
void     demo_hsl (double hue, double saturation, double lightness, double rgb[3]);

/* Fills @side² BGRx pixels, @stride bytes a row. */
void   demo_scene_paint (guint64 seed, guint scene, gboolean test, guint64 clip, guint8 *pixels, int side, int stride);
