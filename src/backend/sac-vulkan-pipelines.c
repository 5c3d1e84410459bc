/* Which shader runs a step on Vulkan, and its pipelines: made once for a shader and the constants it reads, kept as long as the device. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-shaders.h"
#include "sac-vulkan-private.h"

#define MAX_PASSES 4

SacKernelArgs
_sac_vulkan_step_shapes (const SacStep *step)
{
  SacKernelArgs args = { .op = step->node.op, .n_src = step->node.n_src, .params = step->node.params };

  for (guint i = 0; i < step->node.n_src; i++)
    args.src[i] = (SacTensor) { .shape = step->src_shape[i], .dtype = step->src_dtype[i] };
  args.dst = (SacTensor) { .shape = step->node.shape, .dtype = step->dtype };
  return args;
}

/* Which operands are f16, as the shaders have it: bit i for source i, then the result. */
static guint32
list_halves (const SacKernelArgs *shapes)
{
  guint32 halves = shapes->dst.dtype == SAC_F16 ? 1u << SAC_SHADER_RESULT : 0;

  for (guint i = 0; i < shapes->n_src; i++)
    halves |= (guint32) (shapes->src[i].dtype == SAC_F16) << i;
  return halves;
}

static const SacShader *
find_shader (const SacVulkanVariant *variant, const SacKernelArgs *shapes)
{
  g_autofree char *other = g_strconcat (variant->shader, variant->matrix ? ".matrix" : ".half", NULL);

  return _sac_shader_find (list_halves (shapes) || variant->matrix ? other : variant->shader);
}

const SacVulkanVariant *
_sac_vulkan_list_variants (const SacOp *op, SacVulkanVariant own[2])
{
  own[0] = (SacVulkanVariant) { .shader = op->name };
  own[1] = (SacVulkanVariant) { NULL };
  return op->vulkan ? op->vulkan : own;
}

gboolean
_sac_vulkan_variant_fits (const SacVulkan *self, const SacVulkanVariant *variant, const SacKernelArgs *shapes)
{
  if (variant->matrix && (!self->matrix || !list_halves (shapes)))
    return FALSE;
  return (!variant->fits || variant->fits (shapes)) && find_shader (variant, shapes);
}

static gboolean
fits_bindings (const SacVulkan *self, const SacKernelArgs *shapes, GError **error)
{
  for (guint i = 0; i <= shapes->n_src; i++)
    {
      const SacTensor *operand = i < shapes->n_src ? &shapes->src[i] : &shapes->dst;
      gsize n_bytes = i == shapes->n_src ? sac_op_result_bytes (shapes)
                                         : sac_dtype_bytes (operand->dtype) * sac_shape_count (operand->shape);

      if (n_bytes > self->max_range)
        {
          g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED,
                       _("“%s” needs %u MiB in one piece, more than this Vulkan device binds"),
                       shapes->op->name, (guint) (n_bytes >> 20));
          return FALSE;
        }
    }
  return TRUE;
}

/* What is fused for the sake of one pass less would lose far more where the op alone runs by matrices. */
static gboolean
loses_matrices (const SacVulkan *self, const SacKernelArgs *shapes)
{
  return self->matrix && shapes->op->tail && list_halves (shapes);
}

gboolean
_sac_vulkan_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error)
{
  SacVulkanVariant own[2];
  const SacVulkanVariant *variants = _sac_vulkan_list_variants (shapes->op, own);

  for (guint i = 0; variants[i].shader && !loses_matrices ((SacVulkan *) backend, shapes); i++)
    if (_sac_vulkan_variant_fits ((SacVulkan *) backend, &variants[i], shapes))
      {
        if (!fits_bindings ((SacVulkan *) backend, shapes, error))
          return FALSE;
        *variant = _sac_vulkan_tune ((SacVulkan *) backend, shapes, variants, i);
        *workspace = variants[*variant].scratch ? variants[*variant].scratch (shapes) : 0;
        return TRUE;
      }
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED,
               _("“%s” cannot run on a Vulkan device yet; use the CPU"), shapes->op->name);
  return FALSE;
}


/* One pass, an invocation for each element. */
static gboolean
grid_by_elements (const SacKernelArgs *shapes, guint pass, guint32 groups[3])
{
  gsize n = sac_shape_count (shapes->op->mutates ? shapes->src[0].shape : shapes->dst.shape);

  groups[0] = (guint32) ((n + SAC_VULKAN_LOCAL - 1) / SAC_VULKAN_LOCAL);
  return pass == 0;
}

gboolean
_sac_vulkan_get_grid (const SacStep *step, const SacKernelArgs *shapes, guint pass, guint32 groups[3])
{
  SacVulkanVariant own[2];
  const SacVulkanVariant *variant = &_sac_vulkan_list_variants (step->node.op, own)[step->variant];

  groups[0] = groups[1] = groups[2] = 1;
  return pass < MAX_PASSES && (variant->grid ? variant->grid : grid_by_elements) (shapes, pass, groups);
}

/* ---- pipelines. */

typedef struct {
  const SacShader *shader;
  guint32 constants[SAC_SHADER_N_CONSTANTS];
  VkPipeline pipeline;
} Pipeline;

static guint
hash_pipeline (gconstpointer key)
{
  const Pipeline *p = key;
  guint hash = GPOINTER_TO_UINT (p->shader);

  for (guint i = 0; i < SAC_SHADER_N_CONSTANTS; i++)
    hash = hash * 31 + p->constants[i];
  return hash;
}

static gboolean
equal_pipelines (gconstpointer a, gconstpointer b)
{
  const Pipeline *p = a, *q = b;

  return p->shader == q->shader && memcmp (p->constants, q->constants, sizeof p->constants) == 0;
}

void
_sac_vulkan_pipelines_init (SacVulkan *self)
{
  self->pipelines = g_hash_table_new_full (hash_pipeline, equal_pipelines, NULL, g_free);
}

void
_sac_vulkan_pipelines_clear (SacVulkan *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pipelines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    vkDestroyPipeline (self->device, ((Pipeline *) value)->pipeline, NULL);
  g_clear_pointer (&self->pipelines, g_hash_table_unref);
}

static VkResult
make_pipeline (SacVulkan *self, Pipeline *p, const gboolean *read)
{
  VkSpecializationMapEntry map[SAC_SHADER_N_CONSTANTS];
  VkSpecializationInfo special = { 0, map, sizeof p->constants, p->constants };
  VkShaderModuleCreateInfo module_info = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = p->shader->n_bytes, .pCode = p->shader->words,
  };
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO, .flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT, .layout = self->layout,
    .stage = { .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = VK_SHADER_STAGE_COMPUTE_BIT,
               .pName = "main", .pSpecializationInfo = &special },
  };
  VkResult result;

  for (guint32 i = 0; i < SAC_SHADER_N_CONSTANTS; i++)
    if (read[i])
      map[special.mapEntryCount++] = (VkSpecializationMapEntry) { i, i * (guint32) sizeof (guint32), sizeof (guint32) };
  result = vkCreateShaderModule (self->device, &module_info, NULL, &info.stage.module);
  if (result == VK_SUCCESS)
    {
      result = vkCreateComputePipelines (self->device, self->cache, 1, &info, NULL, &p->pipeline);
      vkDestroyShaderModule (self->device, info.stage.module, NULL);
    }
  return result;
}

static void
put_shape (guint32 *constants, SacShape s)
{
  const gint32 sizes[] = { s.n, s.c, s.t, s.h, s.w };

  memcpy (constants, sizes, sizeof sizes);
}

VkPipeline
_sac_vulkan_get_pipeline (SacVulkan *self, const SacStep *step, const SacKernelArgs *shapes, guint pass, GError **error)
{
  SacVulkanVariant own[2];
  const SacVulkanVariant *variant = &_sac_vulkan_list_variants (step->node.op, own)[step->variant];
  const SacShader *shader = find_shader (variant, shapes);
  Pipeline key = { .shader = shader }, *p;
  gboolean read[SAC_SHADER_N_CONSTANTS];
  gsize n_params = shapes->params ? shapes->op->params_size : 0;
  VkResult result;

  for (guint i = 0; i < shapes->n_src; i++)
    put_shape (key.constants + 5 * i, shapes->src[i].shape);
  put_shape (key.constants + 5 * SAC_SHADER_RESULT, shapes->dst.shape);
  key.constants[SAC_SHADER_PASS] = pass;
  key.constants[SAC_SHADER_TILE] = variant->tile;
  key.constants[SAC_SHADER_HALVES] = list_halves (shapes);
  g_assert (n_params <= sizeof (guint32) * (SAC_SHADER_N_CONSTANTS - SAC_SHADER_PARAMS));
  if (n_params > 0)
    memcpy (key.constants + SAC_SHADER_PARAMS, shapes->params, n_params);
  _sac_shader_get_constants (shader, read);
  for (guint i = 0; i < SAC_SHADER_N_CONSTANTS; i++)
    if (!read[i])
      key.constants[i] = 0;
  p = g_hash_table_lookup (self->pipelines, &key);
  if (p)
    return p->pipeline;
  p = g_memdup2 (&key, sizeof key);
  result = make_pipeline (self, p, read);
  if (result != VK_SUCCESS)
    {
      g_free (p);
      _sac_vulkan_fail (error, shader->name, result);
      return VK_NULL_HANDLE;
    }
  g_hash_table_add (self->pipelines, p);
  self->cache_stale = TRUE;
  return p->pipeline;
}
