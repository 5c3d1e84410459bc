/* The curves of a group of generators under way: losses, how often D is right, how varied the pictures are, what generators teach each
 * other.  A SacBoardMake; any thread. */
#pragma once
#include "sac-board-view.h"
#include "sac-live-model.h"

typedef struct {
  SacLiveModel *model;          /* a reference */
  char **tags;                  /* all there are */
  double first, last;           /* of the axis, where no window is chosen */
} SacGanCharts;
SacGanCharts *sac_gan_charts_new (SacLiveModel *model);         /* main thread */
void          sac_gan_charts_free (gpointer charts);
SacBoardData *sac_gan_charts_make (double x0, double x1, int width, gpointer charts);
