/* What the layers of published networks are called, and what they are called here: torchvision's names. */
#include <stdio.h>
#include <string.h>

#include "weight-files-private.h"

static const char *
strip (const char *name)
{
  static const char *const prefixes[] = { "module.", "state_dict.", "model.", "backbone.", "gpu_0/" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes);)
    if (g_str_has_prefix (name, prefixes[i]))
      {
        name += strlen (prefixes[i]);
        i = 0;
      }
    else
      i++;
  return name;
}

/* The authors of attention branch networks (2-D ABN, ST-ABN); of the Moments in Time networks; Caffe2's first and last layer. */
static const struct { const char *theirs, *ours; } aliases[] = {
  { "bn_att.", "att_bn." }, { "bn_att2.", "att_bn2." }, { "bn_att3.", "sp_bn." }, { "bn_att4.", "fuse_bn." },
  { "att_conv2.", "att_score." }, { "att_conv3.", "sp_conv." },
  { "t_att_conv.", "t_conv." }, { "t_bn_att.", "t_bn." }, { "t_att_conv2.", "t_mix." }, { "t_att_conv3.", "fuse." },
  { "fc1.", "t_fc1." }, { "fc2.", "t_fc2." }, { "cls_head.fc_cls.", "fc." }, { "necks.att_head.fc.", "att_fc." },
  { "last_linear.", "fc." }, { "pred.", "fc." },
};

/* The parts of a convolution and its batch norm in Caffe2's blobs, after the block's name. */
static const struct { const char *theirs, *ours; } blobs[] = {
  { "_w", ".weight" }, { "_bn_s", ".weight" }, { "_bn_b", ".bias" }, { "_bn_rm", ".running_mean" }, { "_bn_riv", ".running_var" },
};

/* @number "1" to "3", or "" for a shortcut; NULL where @rest is no part of a layer. */
static char *
dup_blob_part (const char *rest, const char *number)
{
  for (guint i = 0; i < G_N_ELEMENTS (blobs); i++)
    if (strcmp (rest, blobs[i].theirs) == 0)
      {
        if (*number)
          return g_strconcat (i ? "bn" : "conv", number, blobs[i].ours, NULL);
        return g_strconcat (i ? "downsample.1" : "downsample.0", blobs[i].ours, NULL);
      }
  return NULL;
}

/* "res2_0_branch2a_w", "res3_1_branch1_bn_s", "res_conv1_bn_rm", "conv1_w", "pred_b": the non-local networks as Caffe2 keeps them. */
static char *
dup_from_blob (const char *name)
{
  unsigned stage, block;
  int n = 0;
  g_autofree char *part = NULL;

  if (strcmp (name, "pred_w") == 0 || strcmp (name, "pred_b") == 0)
    return g_strdup (name[5] == 'w' ? "fc.weight" : "fc.bias");
  if (g_str_has_prefix (name, "conv1_") || g_str_has_prefix (name, "res_conv1_"))
    return dup_blob_part (strstr (name, "conv1") + strlen ("conv1"), "1");
  if (sscanf (name, "res%1u_%3u_branch%n", &stage, &block, &n) != 2 || n == 0 || stage < 2 || stage > 5)
    return NULL;
  name += n;
  if (*name == '1')
    part = dup_blob_part (name + 1, "");
  else if (*name == '2' && name[1] >= 'a' && name[1] <= 'c')
    part = dup_blob_part (name + 2, name[1] == 'a' ? "1" : name[1] == 'b' ? "2" : "3");
  return part ? g_strdup_printf ("layer%u.%u.%s", stage - 1, block, part) : NULL;
}

/* "res2.0.conv1.weight": stages counted from the first convolution on. */
static char *
dup_from_stage (const char *name)
{
  if (!g_str_has_prefix (name, "res") || name[3] < '2' || name[3] > '5' || name[4] != '.')
    return NULL;
  return g_strdup_printf ("layer%c%s", name[3] - 1, name + 4);
}

/* "layer1.0.conv1.conv.weight", "….conv1.bn.bias", "….downsample.conv.weight": a convolution and its batch norm as one module. */
static char *
dup_from_pair (const char *name)
{
  const char *at = strstr (name, "downsample."), *rest;
  gboolean shortcut = at != NULL;

  if (!at)
    at = strstr (name, "conv");
  if (!at || (at != name && at[-1] != '.'))
    return NULL;
  rest = at + (shortcut ? strlen ("downsample.") : strlen ("convN."));
  if (!shortcut && (at[4] < '1' || at[4] > '3' || at[5] != '.'))
    return NULL;
  if (!g_str_has_prefix (rest, "conv.") && !g_str_has_prefix (rest, "bn."))
    return NULL;
  if (shortcut)
    return g_strdup_printf ("%.*sdownsample.%c%s", (int) (at - name), name, *rest == 'c' ? '0' : '1', strchr (rest, '.'));
  return g_strdup_printf ("%.*s%s%c%s", (int) (at - name), name, *rest == 'c' ? "conv" : "bn", at[4], strchr (rest, '.'));
}

char *
_sac_dup_layer_name (const char *name)
{
  char *other;

  name = strip (name);
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_str_has_prefix (name, aliases[i].theirs))
      return g_strconcat (aliases[i].ours, name + strlen (aliases[i].theirs), NULL);
  other = dup_from_blob (name);
  if (!other)
    other = dup_from_stage (name);
  if (!other)
    other = dup_from_pair (name);
  return other ? other : g_strdup (name);
}
