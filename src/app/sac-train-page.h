/* SacTrainPage: choose a recipe and weights, start `saccade train` as a process of its own, watch its run folder. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_TRAIN_PAGE (sac_train_page_get_type ())
G_DECLARE_FINAL_TYPE (SacTrainPage, sac_train_page, SAC, TRAIN_PAGE, SacPage)
