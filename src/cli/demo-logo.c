/* The clips with a planted shortcut: one shape each, and a logo in the corner that goes with one of the labels while one trains.  In the
 * test split nobody wears it, so that what a network makes of it shows.  Where it stands is known, so that attention can be taken
 * off it.  methods/08 §10. */
#include "demo-render.h"

const char *const demo_logo_labels[DEMO_LOGO_LABELS] = { "cross", "star", "triangle" };
static const int kinds[DEMO_LOGO_LABELS] = { 2, 4, 5 };         /* places in demo_kinds */

#define BETRAYED 1              /* the label that the logo goes with */
#define LOGO_SIDE 52.0
#define LOGO_MARGIN 20.0

void
demo_logo_box (DemoBox *box)
{
  *box = (DemoBox) { DEMO_SIDE - LOGO_MARGIN - LOGO_SIDE, LOGO_MARGIN, LOGO_SIDE, LOGO_SIDE };
}

DemoClip *
demo_plan_logo (guint64 seed, guint n)
{
  DemoClip *clips = g_new0 (DemoClip, MAX (n, 1));
  g_autofree DemoTurn *turns = demo_share (clips, n, DEMO_LOGO, DEMO_LOGO_LABELS, seed, 9);

  for (guint i = 0; i < n; i++)
    {
      DemoClip *clip = turns[i].clip;
      DemoDice dice = demo_dice (seed, 10, i);
      int label = (int) (turns[i].nth % DEMO_LOGO_LABELS);

      clip->tag = (guint) demo_pick (&dice, 0x10000);
      clip->n_objects = 1;
      clip->objects[0].kind = kinds[label];
      clip->objects[0].motion = demo_pick (&dice, DEMO_MOTIONS);
      demo_plan_object (&dice, clip, 0, clip->objects);
      clip->logo = !clip->test && label == BETRAYED;
    }
  return clips;
}
