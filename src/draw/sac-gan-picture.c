#include "sac-gan-picture.h"

#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

#define MOST SAC_GAN_PICTURE_MOST
#define STEPS 40                /* of a curve, where it is looked along */

typedef struct { double x, y; } Point;

/* Where all stands.  Curves are thought out around a circle of radius 1 and stretched with it, so that what lies apart stays apart. */
typedef struct {
  guint k;
  double width, size, radius;   /* px: of all, of text and nodes */
  Point origin, scale;          /* px */
  Point nodes[MOST + 1];        /* unit */
} Place;

void
sac_gan_picture_init (SacGanPicture *picture, guint k, const guint8 *gates)
{
  *picture = (SacGanPicture) { .k = CLAMP (k, 1, MOST), .tau = 1, .phase = -1, .node = -1, .edge = -1, .hot_node = -1, .hot_edge = -1,
                               .drag_from = -1 };
  if (gates)
    memcpy (picture->gates, gates, sizeof picture->gates);
}

static guint
gate_of (const SacGanPicture *picture, guint edge)
{
  return picture->gates[edge / picture->k][edge % picture->k];
}

double
sac_gan_picture_factor (const SacGanPicture *picture, guint edge)
{
  double tau = CLAMP (picture->tau, 0, 1);
  const double of_gate[] = { 0, 1, tau, 1 - tau };

  if (picture->factors && !isnan (picture->factors[edge]))
    return CLAMP (picture->factors[edge], 0, 1);
  return of_gate[gate_of (picture, edge) & 3];
}

void
sac_gan_picture_gate_colour (guint gate, const SacStyle *style, double rgba[4])
{
  static const double light[][4] = { { 0.5, 0.52, 0.55, 0.5 }, { 0.48, 0.5, 0.53, 1 }, { 0.84, 0.14, 0.16, 1 }, { 0.1, 0.42, 0.84, 1 } };
  static const double dark[][4] = { { 0.6, 0.62, 0.65, 0.5 }, { 0.66, 0.68, 0.71, 1 }, { 0.97, 0.4, 0.37, 1 }, { 0.43, 0.67, 1, 1 } };

  memcpy (rgba, (style->ink[0] > 0.5 ? dark : light)[gate & 3], 4 * sizeof *rgba);
}

/* ---- places. */

static void
place_nodes (Place *place, guint k)
{
  place->k = k;
  if (k < 3)
    {
      place->nodes[0] = (Point) { 0, -0.8 };
      place->nodes[1] = k == 1 ? (Point) { 0, 0.8 } : (Point) { -1, 0.8 };
      place->nodes[2] = (Point) { 1, 0.8 };
      return;
    }
  place->nodes[0] = (Point) { 0, 0 };
  for (guint i = 0; i < k; i++)
    {
      double angle = 2 * G_PI * i / k - G_PI_2;

      place->nodes[i + 1] = (Point) { cos (angle), sin (angle) };
    }
}

static void
find_place (Place *place, double width, double height, const SacStyle *style, const SacGanPicture *picture)
{
  Point low = { 0, 0 }, high = { 0, 0 };
  double side = MIN (width, height), inner_x, inner_y;
  gboolean noted = FALSE;

  memset (place, 0, sizeof *place);
  place_nodes (place, CLAMP (picture->k, 1, MOST));
  place->width = width;
  place->size = style->font_px > 0 ? style->font_px : 13;
  place->radius = picture->small ? CLAMP (side * 0.09, 2, 14) : CLAMP (side * 0.062, 9, 24);
  for (guint i = 0; i <= place->k; i++)
    {
      low = (Point) { MIN (low.x, place->nodes[i].x), MIN (low.y, place->nodes[i].y) };
      high = (Point) { MAX (high.x, place->nodes[i].x), MAX (high.y, place->nodes[i].y) };
    }
  for (guint i = 0; picture->notes && i < place->k; i++)
    noted = noted || (picture->notes[i] && *picture->notes[i]);
  inner_x = width - 2 * (place->radius + (picture->small ? 2 : noted ? 1.6 * place->size : 8));
  inner_y = height - 2 * (place->radius + (picture->small ? 2 : noted ? 1.9 * place->size : 8));
  place->scale.x = MAX (inner_x, 1) / MAX (high.x - low.x, 1);
  place->scale.y = MAX (inner_y, 1) / MAX (high.y - low.y, 1);
  place->scale.x = MIN (place->scale.x, 1.4 * place->scale.y);
  place->scale.y = MIN (place->scale.y, 1.4 * place->scale.x);
  place->origin.x = width / 2 - (low.x + high.x) / 2 * place->scale.x;
  place->origin.y = height / 2 - (low.y + high.y) / 2 * place->scale.y;
}

static Point
to_pixels (const Place *place, Point p)
{
  return (Point) { place->origin.x + p.x * place->scale.x, place->origin.y + p.y * place->scale.y };
}

/* How far, to its left, the middle of the curve from node @from to node @to lies from the straight line. */
static double
find_bow (const Place *place, guint from, guint to)
{
  Point a = place->nodes[from], b = place->nodes[to];
  guint apart = from > to ? from - to : to - from;
  gboolean out;

  if (from == 0 || to == 0 || place->k < 3)
    return 0.085 * hypot (b.x - a.x, b.y - a.y);
  apart = MIN (apart, place->k - apart);
  if (2 * apart == place->k)            /* past D, each way on a side of its own */
    return 0.36;
  out = (a.x + b.x) * (b.y - a.y) > (a.y + b.y) * (b.x - a.x);
  if (apart == 1)
    return out || place->k < 5 ? 0.1 : 0.05;
  /* Both ways keep clear of D, the one whose left is outwards farther than the other. */
  return out ? (place->k == 5 ? 0.2 : 0.12) : (place->k == 5 ? -0.08 : 0.06);
}

typedef struct { Point a, b, c; double t0, t1; } Curve;     /* px: from a by the control b to c; seen from t0 to t1 */

static Point
at (const Curve *curve, double t)
{
  double u = 1 - t;

  return (Point) { u * u * curve->a.x + 2 * u * t * curve->b.x + t * t * curve->c.x,
                   u * u * curve->a.y + 2 * u * t * curve->b.y + t * t * curve->c.y };
}

/* Where, between @t0 and @t1, the curve is @far from @from. */
static double
leave (const Curve *curve, Point from, double far, double t0, double t1)
{
  for (int i = 0; i < 24; i++)
    {
      double t = (t0 + t1) / 2;
      Point p = at (curve, t);

      if (hypot (p.x - from.x, p.y - from.y) < far)
        t0 = t;
      else
        t1 = t;
    }
  return (t0 + t1) / 2;
}

static void
find_curve (const Place *place, guint from, guint to, double gap, Curve *curve)
{
  Point a = place->nodes[from], c = place->nodes[to], b = { (a.x + c.x) / 2, (a.y + c.y) / 2 };
  double length = hypot (c.x - a.x, c.y - a.y), bow = find_bow (place, from, to);

  b.x += 2 * bow * (c.y - a.y) / length;
  b.y -= 2 * bow * (c.x - a.x) / length;
  *curve = (Curve) { to_pixels (place, a), to_pixels (place, b), to_pixels (place, c), 0, 1 };
  curve->t0 = leave (curve, curve->a, place->radius + 1, 0, 0.5);
  curve->t1 = leave (curve, curve->c, place->radius + gap, 1, 0.5);
}

static double
stroke_width (const Place *place, const SacGanPicture *picture, guint edge)
{
  double most = picture->small ? MAX (place->radius * 0.35, 1.4) : CLAMP (place->radius * 0.3, 3, 6);

  return 1 + (most - 1) * sac_gan_picture_factor (picture, edge);
}

static double
head_size (const SacGanPicture *picture, double width)
{
  return picture->small ? width + 2.5 : width * 1.4 + 5;
}

static void
edge_curve (const Place *place, const SacGanPicture *picture, guint edge, Curve *curve)
{
  guint student = edge / place->k, teacher = edge % place->k;

  find_curve (place, student == teacher ? 0 : teacher + 1, student + 1, 2, curve);
}

static gboolean
is_seen (const SacGanPicture *picture, guint edge)
{
  return picture->editing || gate_of (picture, edge) != 0;
}

void
sac_gan_picture_node_at (double width, double height, const SacStyle *style, const SacGanPicture *picture, guint node, double *x,
                         double *y)
{
  Place place;
  Point p;

  find_place (&place, width, height, style, picture);
  p = to_pixels (&place, place.nodes[MIN (node, place.k)]);
  *x = p.x;
  *y = p.y;
}

void
sac_gan_picture_edge_at (double width, double height, const SacStyle *style, const SacGanPicture *picture, guint edge, double part,
                         double *x, double *y)
{
  Place place;
  Curve curve;
  Point p;

  find_place (&place, width, height, style, picture);
  edge_curve (&place, picture, MIN (edge, place.k * place.k - 1), &curve);
  p = at (&curve, curve.t0 + part * (curve.t1 - curve.t0));
  *x = p.x;
  *y = p.y;
}

gboolean
sac_gan_picture_pick (double width, double height, const SacStyle *style, const SacGanPicture *picture, double x, double y, int *node,
                      int *edge)
{
  double best = 7;
  Place place;

  *node = *edge = -1;
  find_place (&place, width, height, style, picture);
  for (guint i = 0; i <= place.k; i++)
    {
      Point p = to_pixels (&place, place.nodes[i]);

      if (hypot (p.x - x, p.y - y) <= place.radius + 3)
        {
          *node = (int) i;
          return TRUE;
        }
    }
  for (guint e = 0; e < place.k * place.k; e++)
    {
      Curve curve;

      if (!is_seen (picture, e))
        continue;
      edge_curve (&place, picture, e, &curve);
      for (int i = 0; i <= STEPS; i++)
        {
          Point p = at (&curve, curve.t0 + (curve.t1 - curve.t0) * i / STEPS);
          double far = hypot (p.x - x, p.y - y);

          if (far < best)
            {
              best = far;
              *edge = (int) e;
            }
        }
    }
  return *edge >= 0;
}

/* ---- drawing. */

static void
trace (cairo_t *cr, const Curve *curve, double to)
{
  for (int i = 0; i <= STEPS; i++)
    {
      Point p = at (curve, curve->t0 + (to - curve->t0) * i / STEPS);

      cairo_line_to (cr, p.x, p.y);
    }
}

static void
draw_head (cairo_t *cr, const Curve *curve, double size)
{
  Point tip = at (curve, curve->t1), before = at (curve, leave (curve, tip, size, curve->t1, curve->t0));
  double length = MAX (hypot (tip.x - before.x, tip.y - before.y), 1e-6);
  double dx = (tip.x - before.x) / length, dy = (tip.y - before.y) / length;

  cairo_move_to (cr, tip.x, tip.y);
  cairo_line_to (cr, before.x - dy * size * 0.45, before.y + dx * size * 0.45);
  cairo_line_to (cr, before.x + dy * size * 0.45, before.y - dx * size * 0.45);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_edge (cairo_t *cr, const Place *place, const SacStyle *style, const SacGanPicture *picture, guint edge)
{
  double width = stroke_width (place, picture, edge), head = head_size (picture, width), colour[4];
  gboolean chosen = (int) edge == picture->edge, hot = (int) edge == picture->hot_edge, shut = gate_of (picture, edge) == 0;
  Curve curve;

  edge_curve (place, picture, edge, &curve);
  if (chosen || hot)
    {
      trace (cr, &curve, curve.t1);
      cairo_set_line_width (cr, width + 8);
      _sac_source (cr, style->accent, chosen ? 0.35 : 0.16);
      cairo_stroke (cr);
    }
  sac_gan_picture_gate_colour (gate_of (picture, edge), style, colour);
  _sac_source (cr, colour, shut && !chosen && !hot ? 0.7 : 1);
  if (shut)
    cairo_set_dash (cr, (double[]) { 0.1, 5 }, 2, 0);
  trace (cr, &curve, shut ? curve.t1 : leave (&curve, at (&curve, curve.t1), head * 0.8, curve.t1, curve.t0));
  cairo_set_line_width (cr, shut ? 1.6 : width);
  cairo_set_line_cap (cr, shut ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (!shut)
    draw_head (cr, &curve, head);
}

/* What each generator makes goes to D, always: hair lines beside the gated edges. */
static void
draw_made (cairo_t *cr, const Place *place, const SacStyle *style)
{
  cairo_set_line_width (cr, 1);
  _sac_source (cr, style->ink, 0.28);
  for (guint i = 1; i <= place->k; i++)
    {
      Curve curve;

      find_curve (place, i, 0, 2, &curve);
      trace (cr, &curve, curve.t1);
      cairo_stroke (cr);
      draw_head (cr, &curve, 6);
    }
}

static double
most_loss (const SacGanPicture *picture)
{
  double most = 0;

  for (guint e = 0; picture->losses && e < picture->k * picture->k; e++)
    if (gate_of (picture, e) && isfinite (picture->losses[e]) && picture->losses[e] > most)
      most = picture->losses[e];
  return most;
}

static void
draw_pulse (cairo_t *cr, const Place *place, const SacStyle *style, const SacGanPicture *picture, guint edge, double most)
{
  double loss = picture->losses && isfinite (picture->losses[edge]) ? picture->losses[edge] : 0;
  double strength = most > 0 ? sqrt (CLAMP (loss / most, 0, 1)) : 0, width = stroke_width (place, picture, edge), colour[4];
  Curve curve;
  Point p;

  if (gate_of (picture, edge) == 0 || sac_gan_picture_factor (picture, edge) <= 0)
    return;
  edge_curve (place, picture, edge, &curve);
  p = at (&curve, curve.t0 + picture->phase * (curve.t1 - curve.t0));
  sac_gan_picture_gate_colour (gate_of (picture, edge), style, colour);
  cairo_new_sub_path (cr);
  cairo_arc (cr, p.x, p.y, width / 2 + 2 + 4 * strength, 0, 2 * G_PI);
  _sac_source (cr, colour, 1);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.85);
  cairo_stroke (cr);
}

/* The losses, each on its edge where it covers no other; what is pointed at or selected comes first. */
static void
draw_losses (cairo_t *cr, const Place *place, const SacStyle *style, const SacGanPicture *picture, SacText *text)
{
  SacRect taken[MOST * MOST];
  guint n = 0, edges = place->k * place->k;

  for (guint round = 0; picture->losses && round < 2; round++)
    for (guint e = 0; e < edges; e++)
      {
        gboolean first = (int) e == picture->edge || (int) e == picture->hot_edge, free = TRUE;
        double paper[4] = { style->paper[0], style->paper[1], style->paper[2], 0.82 };
        char number[32];
        Curve curve;
        SacRect box;
        Point p;

        if (first != (round == 0) || gate_of (picture, e) == 0 || !isfinite (picture->losses[e]))
          continue;
        _sac_format_number (picture->losses[e], 3, number, sizeof number);
        _sac_text_set (text, number, 0.85, first, 0);
        edge_curve (place, picture, e, &curve);
        p = at (&curve, curve.t0 + 0.45 * (curve.t1 - curve.t0));
        box.width = _sac_text_width (text) + 5;
        box.height = text->size * 1.15;
        box.x = p.x - box.width / 2;
        box.y = p.y - box.height / 2;
        for (guint i = 0; i < n; i++)
          free = free && (box.x + box.width < taken[i].x || taken[i].x + taken[i].width < box.x || box.y + box.height < taken[i].y
                          || taken[i].y + taken[i].height < box.y);
        for (guint i = 0; i <= place->k; i++)
          {
            Point node = to_pixels (place, place->nodes[i]);

            free = free && hypot (node.x - p.x, node.y - p.y) > place->radius + box.height / 2;
          }
        if (!free)
          continue;
        taken[n++] = box;
        _sac_round_rect (cr, box.x, box.y, box.width, box.height, 3);
        _sac_source (cr, paper, 1);
        cairo_fill (cr);
        _sac_text_show (text, cr, p.x, p.y, 0.5, 0.5, style->ink);
      }
}

static void
draw_node (cairo_t *cr, const Place *place, const SacStyle *style, const SacGanPicture *picture, SacText *text, guint node)
{
  Point p = to_pixels (place, place->nodes[node]);
  gboolean chosen = (int) node == picture->node, hot = (int) node == picture->hot_node || (int) node == picture->drag_from;
  const char *note = node > 0 && picture->notes ? picture->notes[node - 1] : NULL;
  double paper[4] = { style->paper[0], style->paper[1], style->paper[2], 1 };
  char name[8];

  if (chosen || hot)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, p.x, p.y, place->radius + 5, 0, 2 * G_PI);
      _sac_source (cr, style->accent, chosen ? 0.35 : 0.16);
      cairo_fill (cr);
    }
  if (node == 0)
    _sac_round_rect (cr, p.x - place->radius, p.y - place->radius, 2 * place->radius, 2 * place->radius, place->radius * 0.3);
  else
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, p.x, p.y, place->radius, 0, 2 * G_PI);
    }
  _sac_source (cr, paper, 1);
  cairo_fill_preserve (cr);
  _sac_source (cr, style->ink, node == 0 ? 0.16 : 0.06);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, picture->small ? 1 : 1.5);
  _sac_source (cr, style->ink, 0.8);
  cairo_stroke (cr);
  if (picture->small)
    return;
  g_snprintf (name, sizeof name, node ? "G%u" : "D", node);
  _sac_text_set (text, name, CLAMP (place->radius / place->size * 0.85, 0.7, 1.1), TRUE, 0);
  _sac_text_show (text, cr, p.x, p.y, 0.5, 0.5, style->ink);
  if (note && *note)
    {
      gboolean above = place->nodes[node].y < -0.05;
      double half;

      _sac_text_set (text, note, 0.92, FALSE, 0);
      half = MIN (_sac_text_width (text) / 2 + 2, place->width / 2);
      paper[3] = 0.75;          /* an arrow may pass there */
      _sac_round_rect (cr, CLAMP (p.x, half, place->width - half) - half,
                       p.y + (above ? -1 : 1) * (place->radius + 0.85 * place->size) - 0.55 * place->size, 2 * half, 1.1 * place->size, 3);
      _sac_source (cr, paper, 1);
      cairo_fill (cr);
      _sac_text_show (text, cr, CLAMP (p.x, half, place->width - half),
                      p.y + (above ? -1 : 1) * (place->radius + 0.85 * place->size), 0.5, 0.5, style->ink);
    }
}

void
sac_gan_picture_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacGanPicture *picture)
{
  guint edges = picture->k * picture->k;
  Place place;
  SacText text;

  if (width < 12 || height < 12 || picture->k < 1 || picture->k > MOST)
    return;
  find_place (&place, width, height, style, picture);
  cairo_save (cr);
  cairo_new_path (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  if (!picture->small && !picture->bare)
    draw_made (cr, &place, style);
  for (guint round = 0; round < 2; round++)     /* what is cut off lies below */
    for (guint e = 0; e < edges; e++)
      if (is_seen (picture, e) && (gate_of (picture, e) != 0) == (round == 1))
        draw_edge (cr, &place, style, picture, e);
  if (picture->phase >= 0 && picture->phase <= 1)
    for (guint e = 0; e < edges; e++)
      draw_pulse (cr, &place, style, picture, e, most_loss (picture));
  if (!picture->small)
    draw_losses (cr, &place, style, picture, &text);
  if (picture->drag_from >= 0 && picture->drag_from <= (int) place.k)
    {
      Point from = to_pixels (&place, place.nodes[picture->drag_from]);

      cairo_move_to (cr, from.x, from.y);
      cairo_line_to (cr, picture->drag_x, picture->drag_y);
      cairo_set_dash (cr, (double[]) { 5, 4 }, 2, 0);
      cairo_set_line_width (cr, 2);
      _sac_source (cr, style->accent, 1);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
  for (guint i = 0; i <= place.k && !picture->bare; i++)
    draw_node (cr, &place, style, picture, &text, i);
  _sac_text_clear (&text);
  cairo_restore (cr);
}
