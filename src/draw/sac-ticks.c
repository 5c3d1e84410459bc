/* Round numbers along an axis. */
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

static void
superscript (int exponent, char *text, gsize size)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  char plain[16];

  g_snprintf (plain, sizeof plain, "%d", exponent);
  text[0] = '\0';
  for (const char *p = plain; *p; p++)
    g_strlcat (text, *p == '-' ? "⁻" : digits[*p - '0'], size);
}

static void
drop_zeros (char *text)
{
  char *end = text + strlen (text);

  if (!strchr (text, '.'))
    return;
  while (end[-1] == '0')
    *--end = '\0';
  if (end[-1] == '.')
    *--end = '\0';
}

void
_sac_format_number (double value, guint digits, char *text, gsize size)
{
  double magnitude = fabs (value);
  char format[16];

  if (isnan (value))
    g_strlcpy (text, "–", size);
  else if (isinf (value))
    g_strlcpy (text, value > 0 ? "∞" : "−∞", size);
  else if (magnitude == 0)
    g_strlcpy (text, "0", size);
  else if (magnitude < 1e-4 || magnitude >= 1e6)
    {
      int exponent = floor (log10 (magnitude) + 1e-12);
      char power[40];

      g_snprintf (format, sizeof format, "%%.%uf", MAX (digits, 1) - 1);
      g_ascii_formatd (text, size, format, value / pow (10, exponent));
      drop_zeros (text);
      superscript (exponent, power, sizeof power);
      if (strcmp (text, "1") == 0)
        text[0] = '\0';
      else
        g_strlcat (text, "·", size);
      g_strlcat (text, "10", size);
      g_strlcat (text, power, size);
    }
  else
    {
      int decimals = CLAMP ((int) digits - 1 - (int) floor (log10 (magnitude) + 1e-12), 0, 12);

      g_snprintf (format, sizeof format, "%%.%df", decimals);
      g_ascii_formatd (text, size, format, value);
      drop_zeros (text);
    }
  if (text[0] == '-')           /* the typographic minus is as wide as a digit */
    {
      g_autofree char *rest = g_strdup (text + 1);

      g_snprintf (text, size, "−%s", rest);
    }
}

void
_sac_ticks_linear (SacTicks *ticks, double low, double high, guint at_most)
{
  static const struct { double unit; const char *suffix; } units[] = { { 1, "" }, { 1e3, "k" }, { 1e6, "M" }, { 1e9, "G" }, { 1e12, "T" } };
  double span = high - low, rough, power, step = 0, largest = MAX (fabs (low), fabs (high));
  int decimals;
  guint unit = 0;

  ticks->n = ticks->n_minor = 0;
  at_most = CLAMP (at_most, 1, SAC_MAX_TICKS - 1);
  if (!(span > 0) || !isfinite (span) || span < largest * 1e-12)
    return;
  rough = span / at_most;
  power = pow (10, floor (log10 (rough)));
  for (int k = 0; k < 4; k++)
    {
      step = power * (double[]) { 1, 2, 5, 10 }[k];
      if (floor (high / step + 1e-9) - ceil (low / step - 1e-9) + 1 <= at_most + 1e-9)
        break;
    }
  if (largest >= 1e5)
    while (unit + 1 < G_N_ELEMENTS (units) && largest >= units[unit + 1].unit * 0.9999)
      unit++;
  decimals = MAX (0, -(int) floor (log10 (step / units[unit].unit) + 1e-9));
  for (double i = ceil (low / step - 1e-9); i <= floor (high / step + 1e-9) && ticks->n < SAC_MAX_TICKS; i++)
    {
      SacTick *tick = &ticks->tick[ticks->n++];
      double value = i * step;

      tick->at = value;
      if (value == 0)
        g_strlcpy (tick->text, "0", sizeof tick->text);
      else if (largest >= 1e15 || largest < 1e-3)
        _sac_format_number (value, 3, tick->text, sizeof tick->text);
      else
        {
          char format[16], number[24];

          g_snprintf (format, sizeof format, "%%.%df", MIN (decimals, 12));
          g_ascii_formatd (number, sizeof number, format, fabs (value) / units[unit].unit);
          g_snprintf (tick->text, sizeof tick->text, "%s%s%s", value < 0 ? "−" : "", number, units[unit].suffix);
        }
    }
}

void
_sac_ticks_log (SacTicks *ticks, double low, double high, guint at_most)
{
  double first = ceil (low - 1e-9), last = floor (high + 1e-9), every;

  ticks->n = ticks->n_minor = 0;
  if (!(high > low) || high - low > 600)
    return;
  at_most = CLAMP (at_most, 1, SAC_MAX_TICKS - 1);
  if (high - low < 12)
    for (double d = floor (low); d <= high; d++)
      for (int k = 2; k <= 9; k++)
        {
          double at = d + log10 (k);

          if (at >= low && at <= high && ticks->n_minor < G_N_ELEMENTS (ticks->minor))
            ticks->minor[ticks->n_minor++] = at;
        }
  if (last - first >= 1)
    {
      every = MAX (1, ceil ((last - first + 1) / at_most));
      for (double d = ceil (first / every) * every; d <= last && ticks->n < SAC_MAX_TICKS; d += every)
        {
          ticks->tick[ticks->n].at = d;
          _sac_format_number (pow (10, d), 1, ticks->tick[ticks->n].text, sizeof ticks->tick[0].text);
          ticks->n++;
        }
      return;
    }
  /* Less than two decades: 1, 2, 5 if that gives two ticks at least, else even steps. */
  for (double d = floor (low); d <= high; d++)
    for (int k = 0; k < 3; k++)
      {
        double value = pow (10, d) * (double[]) { 1, 2, 5 }[k], at = log10 (value);

        if (at >= low - 1e-9 && at <= high + 1e-9 && ticks->n < SAC_MAX_TICKS)
          {
            ticks->tick[ticks->n].at = at;
            _sac_format_number (value, 2, ticks->tick[ticks->n].text, sizeof ticks->tick[0].text);
            ticks->n++;
          }
      }
  if (ticks->n < 2)
    {
      guint n = ticks->n_minor;

      _sac_ticks_linear (ticks, pow (10, low), pow (10, high), at_most);
      ticks->n_minor = n;
      for (guint i = 0; i < ticks->n; i++)
        ticks->tick[i].at = log10 (ticks->tick[i].at);
    }
}
