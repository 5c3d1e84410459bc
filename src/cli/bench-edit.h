/* saccade bench edit: how long scores take to follow a brush.  A network of full size (ST-ABN, ResNet-50, 174 labels, drawn weights) has
 * looked at a clip of 8 frames of 112×112; its features are kept, and other maps are perceived with.  Target: 200 ms on two cores. */
#pragma once
#include <glib.h>

int _sac_bench_edit (guint threads, int steps, gboolean as_json);      /* exit code: 0 even where the target is missed */
