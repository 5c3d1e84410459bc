/* nn: weights by name, layers, models as functions that append nodes, optimisers. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-weights.h"
#include "sac-resnet.h"
#include "sac-optimizer.h"
#include "sac-average.h"
#include "sac-spectral.h"
#include "sac-dcgan.h"
#include "sac-san.h"
#include "sac-stabn.h"
#include "sac-abn.h"
#include "sac-model.h"
#include "sac-map-loss.h"
