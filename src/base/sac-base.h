/* base: what every room may use.  GLib only. */
#pragma once
#include <glib.h>
#include <glib-object.h>
#include <gio/gio.h>

#include "sac-debug.h"
#include "sac-figure.h"
#include "sac-file.h"
#include "sac-html.h"
#include "sac-memory.h"
#include "sac-pool.h"
#include "sac-profile.h"
#include "sac-random.h"
