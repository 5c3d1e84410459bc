/* The printed program: what SACCADE_EXPLAIN shows. */
#include <string.h>

#include "sac-program-private.h"

const char *
_sac_program_get_variant (const SacProgram *program, const SacStep *step)
{
  const SacOp *op = step->node.op;

  if (strcmp (program->backend->name, "vulkan") == 0)
    return op->vulkan && op->vulkan[step->variant].name ? op->vulkan[step->variant].name : "shader";
  return op->cpu && op->cpu[step->variant].run ? op->cpu[step->variant].name : "reference";
}

char *
sac_program_dup_explain (const SacProgram *program)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "program on %s: %u steps, %u barriers, %.3g GFLOP, arena %.1f MiB (unplanned %.1f), blocks %.1f MiB\n",
                          program->backend->name, program->cost.n_steps, program->cost.n_barriers, program->cost.flops * 1e-9,
                          (double) program->cost.arena_bytes / (1 << 20), (double) program->cost.unplanned_bytes / (1 << 20),
                          (double) program->cost.block_bytes / (1 << 20));
  if (program->cost.n_again > 0)
    g_string_append_printf (out, "%u values made again rather than kept: %.3g GFLOP more, arena without that about %.1f MiB\n",
                            program->cost.n_again, program->cost.again_flops * 1e-9, (double) program->cost.kept_bytes / (1 << 20));
  for (guint s = 0; s < program->plan.n_steps; s++)
    {
      const SacStep *step = &program->plan.steps[s];
      const SacOp *op = step->node.op;
      g_autofree char *shape = sac_shape_dup_string (step->node.shape);
      const char *name = program->values[step->node.self].name;

      g_string_append_printf (out, "%4u %c %-22s %-10s", s, step->barrier ? '|' : ' ', op->name,
                              _sac_program_get_variant (program, step));
      g_string_append_printf (out, " v%d %s%s ←", step->node.self, op->mutates ? "effect" : shape,
                              step->dtype == SAC_BF16 ? " bf16" : step->dtype == SAC_F16 ? " f16" : "");
      for (guint i = 0; i < step->node.n_src; i++)
        g_string_append_printf (out, " v%d", step->node.src[i]);
      if (!op->mutates)
        g_string_append_printf (out, "  @%u+%" G_GSIZE_FORMAT, step->dst.buffer, step->dst.offset);
      if (step->workspace_bytes)
        g_string_append_printf (out, "  work %" G_GSIZE_FORMAT, step->workspace_bytes);
      g_string_append_printf (out, "%s%s\n", name ? "  " : "", name ? name : "");
    }
  return g_string_free (out, FALSE);
}
