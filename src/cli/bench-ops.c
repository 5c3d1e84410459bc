/* saccade bench --ops: what each op of a workload costs where it stands, in the middle of a step, with the caches as they are then. */
#include "bench-conv.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "draw/sac-draw.h"
#include "sac-cli.h"

gboolean
_sac_bench_keep_fastest (SacProfile **best, const SacProgram *program, const SacBackend *backend, GError **error)
{
  SacProfile *run = sac_program_dup_profile (program);

  if (!run)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED, _("“%s” does not tell the time of single steps"), backend->name);
      return FALSE;
    }
  for (guint i = 0; *best && i < run->rows->len; i++)   /* both are profiles of one program */
    if (sac_profile_get (*best, i)->seconds <= sac_profile_get (run, i)->seconds)
      sac_profile_copy_row (run, i, *best);
  g_clear_pointer (best, sac_profile_free);
  *best = run;
  return TRUE;
}

/* The step's own program, then the update's where that is another. */
static SacProfile *
measure (SacBenchStep *step, int runs, GError **error)
{
  SacProfile *best[2] = { NULL };
  gboolean fine;
  float loss;

  fine = _sac_bench_step_run (step, &loss, NULL, error);      /* the first is not counted; it makes the update's program */
  for (int i = 0; i < runs && fine; i++)
    {
      SacProgram *programs[2] = { step->program, step->optimizer ? sac_optimizer_get_program (step->optimizer) : NULL };

      for (guint p = 0; p < 2 && programs[p]; p++)
        sac_program_time_steps (programs[p]);
      fine = _sac_bench_step_run (step, &loss, NULL, error);
      for (guint p = 0; p < 2 && programs[p] && fine; p++)
        fine = _sac_bench_keep_fastest (&best[p], programs[p], step->backend, error);
    }
  if (fine && best[1])
    sac_profile_append (best[0], best[1]);
  g_clear_pointer (&best[1], sac_profile_free);
  if (!fine)
    g_clear_pointer (&best[0], sac_profile_free);
  return best[0];
}

static SacProfile *
filter (const SacProfile *all, const char *only)
{
  SacProfile *kept = sac_profile_new_like (all);

  for (guint i = 0; i < all->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (all, i);
      g_autofree char *text = g_strconcat (row->op, "/", row->variant, row->shapes, " ", row->layer, NULL);

      if (!only || strstr (text, only))
        sac_profile_add (kept, row);
    }
  return kept;
}

/* ---- the picture: by op above, by layer below. */
typedef struct {
  SacStyle style;
  SacProfilePlot plots[2];
  double heights[2];
} Picture;

static void
draw_picture (cairo_t *cr, double width, double height, gpointer data)
{
  Picture *picture = data;

  sac_profile_plot_draw (cr, width, picture->heights[0], &picture->style, &picture->plots[0]);
  cairo_translate (cr, 0, picture->heights[0]);
  sac_profile_plot_draw (cr, width, picture->heights[1], &picture->style, &picture->plots[1]);
}

static gboolean
write_picture (const char *path, const SacProfile *profile, GError **error)
{
  Picture picture = { .plots = { { profile, SAC_PROFILE_BY_OP, 24 }, { profile, SAC_PROFILE_BY_LAYER, 32 } } };

  sac_style_init (&picture.style, FALSE);
  for (guint i = 0; i < 2; i++)
    picture.heights[i] = sac_profile_plot_height (&picture.style, &picture.plots[i]);
  return sac_draw_to_file (path, 900, picture.heights[0] + picture.heights[1], draw_picture, &picture, error);
}

/* ---- the table. */
static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
add_word (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
print_json (const char *name, const SacProfile *profile)
{
  static const char *const bounds[SAC_N_BOUNDS] = { "nothing", "arithmetic", "memory" };
  JsonBuilder *json = json_builder_new ();
  const SacPeaks *peaks = &profile->peaks;

  json_builder_begin_object (json);
  add_word (json, "workload", name);
  add_number (json, "threads", peaks->n_threads);
  add_number (json, "peak_gflops_one", peaks->flops_one * 1e-9);
  add_number (json, "peak_gflops", peaks->flops_all * 1e-9);
  add_number (json, "peak_gbs_one", peaks->bytes_one * 1e-9);
  add_number (json, "peak_gbs", peaks->bytes_all * 1e-9);
  json_builder_set_member_name (json, "ops");
  json_builder_begin_array (json);
  for (guint i = 0; i < profile->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (profile, i);
      double seconds = MAX (row->seconds, 1e-9);

      json_builder_begin_object (json);
      add_word (json, "op", row->op);
      add_word (json, "kernel", row->variant);
      add_word (json, "shapes", row->shapes + (*row->shapes == ' '));
      add_number (json, "steps", row->count);
      add_number (json, "ms", row->seconds * 1e3);
      add_number (json, "gflops", row->flops / seconds * 1e-9);
      add_number (json, "gbs", row->bytes / seconds * 1e-9);
      add_number (json, "share", row->least / seconds);
      add_word (json, "bound", bounds[sac_profile_row_get_bound (row)]);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
  json_builder_end_object (json);
  sac_cli_print_json (json);
}

static void
print_text (const char *name, const SacProfile *profile)
{
  const SacPeaks *peaks = &profile->peaks;
  g_autofree char *table = sac_profile_dup_table (profile, 0);

  g_print (_("%s: %.1f ms in ops\n"), name, sac_profile_get_seconds (profile) * 1e3);
  if (peaks->flops_all > 0 && peaks->flops_one == 0)
    g_print (_("peaks of the device: %.1f GFLOP/s (f32), %.1f GB/s (F: arithmetic bounds, B: memory)\n"), peaks->flops_all * 1e-9,
             peaks->bytes_all * 1e-9);
  else if (peaks->flops_all > 0)
    g_print (_("peaks: one thread %.1f GFLOP/s, %.1f GB/s; %u threads %.1f GFLOP/s, %.1f GB/s (F: arithmetic bounds, B: memory)\n"),
             peaks->flops_one * 1e-9, peaks->bytes_one * 1e-9, peaks->n_threads, peaks->flops_all * 1e-9, peaks->bytes_all * 1e-9);
  g_print ("%s\n", table);
}

static gboolean
show (const char *name, const SacProfile *profile, const SacBenchOps *how, GError **error)
{
  g_autoptr (SacProfile) wanted = filter (profile, how->only);
  g_autoptr (SacProfile) sum = sac_profile_sum (wanted, SAC_PROFILE_BY_SHAPE, 0);

  if (how->picture && !write_picture (how->picture, wanted, error))
    return FALSE;
  if (how->as_json)
    print_json (name, sum);
  else
    print_text (name, sum);
  return TRUE;
}

gboolean
_sac_bench_ops (const SacWorkload *work, const SacBenchOps *how, GError **error)
{
  gboolean all = work == NULL;

  for (work = all ? _sac_workloads : work; work->name; work++)
    {
      g_autoptr (SacBenchStep) step = _sac_bench_step_new (work, how->device, how->threads, how->infer, &how->options, error);
      g_autoptr (SacProfile) profile = step ? measure (step, how->steps, error) : NULL;

      if (!profile || !show (work->name, profile, how, error))
        return FALSE;
      if (!all)
        break;
    }
  return TRUE;
}

gboolean
_sac_bench_ops_conv (const SacBenchOps *how, GError **error)
{
  g_autoptr (SacProfile) profile = _sac_bench_conv (how, error);

  return profile && show ("conv", profile, how, error);
}
