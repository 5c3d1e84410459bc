/* The division itself, apart from projects: groups with counts go to sides with shares. */
#pragma once
#include "sac-store-private.h"

typedef struct { guint column, n; } SacSplitCell;

/* Clips that must not part. */
typedef struct {
  char *name;
  GArray *rows;                 /* guint, indices of the plan's rows */
  GArray *cells;                /* SacSplitCell: clips by label that say yes; without zeros */
  int side;                     /* −1: nowhere yet */
  gboolean fixed;               /* stays where it is */
} SacSplitGroup;

typedef struct {
  GPtrArray *groups;            /* SacSplitGroup*, in an order that does not depend on ids */
  guint n_labels;
  guint n_sides;
  const double *target;         /* a share of the clips for each side; 0: closed */
} SacDivision;

/* Gives each group that is not fixed a side. */
void _sac_divide (const SacDivision *division, guint64 seed);

/* ---- sac-groups.c: the group of each clip. */
typedef struct {
  SacId item, media;
  char *name, *group;           /* group: what @grouping says, else that of the file: never NULL */
  gint64 in_ns, out_ns;
  SacSplit was;
} SacGroupedRow;
/* By name.  Clips that cannot be read or were set aside are left out unless @all.  Transfer full, of SacGroupedRow*. */
GPtrArray *_sac_group_rows (SacProject *self, const SacGrouping *grouping, gboolean all, GError **error);
