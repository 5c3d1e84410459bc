/* SacAttributeBox: the attributes of one segment or track as rows of name and value, and the fields to set one.  A click on a row
 * brings it into the fields.  Of tracks an attribute may also begin at the frame in view. */
#pragma once
#include "sac-player.h"
#include "sac-session.h"

#define SAC_TYPE_ATTRIBUTE_BOX (sac_attribute_box_get_type ())
G_DECLARE_FINAL_TYPE (SacAttributeBox, sac_attribute_box, SAC, ATTRIBUTE_BOX, GtkBox)

/* @player is borrowed: it stands in the same page. */
void sac_attribute_box_attach (SacAttributeBox *self, SacSession *session, SacPlayer *player, SacAttributeKind kind);
void sac_attribute_box_set_owner (SacAttributeBox *self, SacId owner);         /* 0: none */
