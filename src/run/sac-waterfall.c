#include "sac-waterfall.h"

#include <glib/gi18n.h>
#include <string.h>

#define WORTH_A_WORD 0.1        /* a share of the time below which nothing is held up */

static const struct {
  const char *tag, *words, *advice;
} parts[] = {
  [SAC_TIME_READ] = { "seconds/read", N_("waiting for the disk"), N_("a faster disk, or more memory for decoded clips, would help") },
  [SAC_TIME_DECODE] = { "seconds/decode", N_("waiting for decoding"),
                        N_("normal in the first epoch; later, a larger clip cache or fewer frames help") },
  [SAC_TIME_AUGMENT] = { "seconds/augment", N_("cutting and colouring clips"),
                         N_("without crop_area, colour_jitter and colour_noise it is hardly felt") },
  [SAC_TIME_UPLOAD] = { "seconds/upload", N_("copying clips to the device"), N_("a larger batch copies less often") },
  [SAC_TIME_FORWARD] = { "seconds/forward", N_("forward"), NULL },
  [SAC_TIME_BACKWARD] = { "seconds/backward", N_("backward"), NULL },
  [SAC_TIME_UPDATE] = { "seconds/update", N_("updating weights"), NULL },
  [SAC_TIME_VALIDATE] = { "seconds/validate", N_("validation"), N_("a larger validate_every would help") },
  [SAC_TIME_CHECKPOINT] = { "seconds/checkpoint", N_("writing checkpoints"), N_("a larger checkpoint_every would help") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (parts) == SAC_N_TIMES);

const char *
sac_time_get_tag (SacTime part)
{
  return parts[part].tag;
}

const char *
sac_time_get_words (SacTime part)
{
  return _(parts[part].words);
}

void
sac_waterfall_read (SacEventReader *events, guint64 after, SacWaterfall *out)
{
  *out = (SacWaterfall) { 0 };
  for (guint part = 0; part < SAC_N_TIMES; part++)
    {
      guint n;
      const SacPoint *points = sac_event_reader_get (events, parts[part].tag, &n);

      for (guint i = 0; i < n; i++)
        if (points[i].step > after && points[i].value >= 0)
          {
            out->seconds[part] += points[i].value;
            out->first = out->first ? MIN (out->first, points[i].step) : points[i].step;
            out->last = MAX (out->last, points[i].step);
          }
      out->all += out->seconds[part];
    }
}

SacTime
sac_waterfall_get_bottleneck (const SacWaterfall *w)
{
  SacTime most = SAC_N_TIMES;

  for (guint part = 0; part < SAC_N_TIMES; part++)
    if (parts[part].advice && w->seconds[part] >= WORTH_A_WORD * w->all
        && (most == SAC_N_TIMES || w->seconds[part] > w->seconds[most]))
      most = (SacTime) part;
  return w->all > 0 ? most : SAC_N_TIMES;
}

char *
sac_waterfall_dup_words (const SacWaterfall *w)
{
  SacTime most = sac_waterfall_get_bottleneck (w);
  GString *text;
  gboolean begun = FALSE;

  if (!(w->all > 0))
    return NULL;
  text = g_string_new (NULL);
  if (most == SAC_N_TIMES)
    g_string_append (text, _("Nothing holds the computing up"));
  else
    {
      g_autofree char *words = g_strdup (sac_time_get_words (most));

      words[0] = g_ascii_toupper (words[0]);
      g_string_append_printf (text, _("%s: %.0f %% of the time; %s"), words, 100 * w->seconds[most] / w->all, _(parts[most].advice));
    }
  for (guint part = 0; part < SAC_N_TIMES; part++)
    if (part != most && w->seconds[part] >= 0.005 * w->all)
      {
        g_string_append_printf (text, _("%s%s %.0f %%"), begun ? ", " : " (", sac_time_get_words ((SacTime) part),
                                100 * w->seconds[part] / w->all);
        begun = TRUE;
      }
  if (begun)
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}
