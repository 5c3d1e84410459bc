/* A program on Vulkan: a pipeline for each shader and set of constants, descriptor sets and command buffers recorded once.  Command
 * buffers are cut by estimated cost, so that cancel works between them and no watchdog fires. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-shaders.h"
#include "sac-vulkan-private.h"

#define CHUNK_FLOPS 2e9         /* a command buffer's worth */
#define CHUNKS_AHEAD 2          /* submitted before the first of them is over: the device never waits, cancel soon works */
#define MAX_PASSES 4

typedef struct {
  VkDescriptorPool sets;
  VkCommandBuffer *commands;
  guint n_commands;
  double cost;                  /* of the last command buffer so far */
} Prepared;

static SacKernelArgs
step_shapes (const SacStep *step)
{
  SacKernelArgs args = { .op = step->node.op, .n_src = step->node.n_src, .params = step->node.params };

  for (guint i = 0; i < step->node.n_src; i++)
    args.src[i].shape = step->src_shape[i];
  args.dst.shape = step->node.shape;
  return args;
}

/* ---- which shader. */

/* The shaders an op may run by; ended by .shader = NULL. */
static const SacVulkanVariant *
list_variants (const SacOp *op, SacVulkanVariant own[2])
{
  own[0] = (SacVulkanVariant) { .shader = op->name };
  own[1] = (SacVulkanVariant) { NULL };
  return op->vulkan ? op->vulkan : own;
}

static gboolean
fits_bindings (const SacVulkan *self, const SacKernelArgs *shapes, GError **error)
{
  for (guint i = 0; i <= shapes->n_src; i++)
    {
      gsize n_bytes = sizeof (float) * sac_shape_count (i < shapes->n_src ? shapes->src[i].shape : shapes->dst.shape);

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

gboolean
_sac_vulkan_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error)
{
  SacVulkanVariant own[2];
  const SacVulkanVariant *variants = list_variants (shapes->op, own);

  for (guint i = 0; variants[i].shader; i++)
    if ((!variants[i].fits || variants[i].fits (shapes)) && _sac_shader_find (variants[i].shader))
      {
        *variant = i;
        *workspace = variants[i].scratch ? variants[i].scratch (shapes) : 0;
        return fits_bindings ((SacVulkan *) backend, shapes, error);
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

/* ---- pipelines: made once for a shader and the constants it reads, and kept as long as the device. */

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
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO, .layout = self->layout,
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

static VkPipeline
get_pipeline (SacVulkan *self, const SacKernelArgs *shapes, const SacShader *shader, guint pass, GError **error)
{
  Pipeline key = { .shader = shader }, *p;
  gboolean read[SAC_SHADER_N_CONSTANTS];
  gsize n_params = shapes->params ? shapes->op->params_size : 0;
  VkResult result;

  for (guint i = 0; i < shapes->n_src; i++)
    put_shape (key.constants + 5 * i, shapes->src[i].shape);
  put_shape (key.constants + 5 * SAC_SHADER_RESULT, shapes->dst.shape);
  key.constants[SAC_SHADER_PASS] = pass;
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

/* ---- recording. */

static gboolean
bind_step (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, const SacStep *step, VkDescriptorSet *set, GError **error)
{
  VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, .descriptorPool = prepared->sets,
    .descriptorSetCount = 1, .pSetLayouts = &self->sets_layout,
  };
  VkDescriptorBufferInfo buffers[SAC_SHADER_N_BINDINGS];
  VkWriteDescriptorSet writes[SAC_SHADER_N_BINDINGS];
  VkResult result = vkAllocateDescriptorSets (self->device, &info, set);

  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkAllocateDescriptorSets", result);
  for (guint i = 0; i < SAC_SHADER_N_BINDINGS; i++)
    {
      gboolean is_source = i < step->node.n_src && step->node.src[i] != 0;
      gboolean is_scratch = i == SAC_SHADER_SCRATCH && step->workspace_bytes > 0;
      /* what is absent is bound to something that is there: the shader does not touch it */
      SacPlace place = is_source ? step->src[i] : is_scratch ? step->workspace : step->node.op->mutates ? step->src[0] : step->dst;
      gsize n_bytes = is_source ? step->src_bytes[i] : is_scratch ? step->workspace_bytes
                      : step->node.op->mutates ? step->src_bytes[0] : step->dst_bytes;

      if (place.offset % self->alignment != 0)
        {
          g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE,
                       _("A value of “%s” is not aligned as this Vulkan device needs it"), step->node.op->name);
          return FALSE;
        }
      buffers[i] = (VkDescriptorBufferInfo) { plan->buffers[place.buffer]->buffer, place.offset, MAX (n_bytes, 4) };
      writes[i] = (VkWriteDescriptorSet) { .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, .dstSet = *set, .dstBinding = i,
                                           .descriptorCount = 1, .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .pBufferInfo = &buffers[i] };
    }
  vkUpdateDescriptorSets (self->device, SAC_SHADER_N_BINDINGS, writes, 0, NULL);
  return TRUE;
}

static gboolean
begin_commands (SacVulkan *self, Prepared *prepared, GError **error)
{
  VkCommandBufferAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .commandPool = self->commands,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY, .commandBufferCount = 1,
  };
  VkCommandBufferBeginInfo begin = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO };
  VkCommandBuffer commands;
  VkResult result = vkAllocateCommandBuffers (self->device, &info, &commands);

  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkAllocateCommandBuffers", result);
  prepared->commands = g_renew (VkCommandBuffer, prepared->commands, prepared->n_commands + 1);
  prepared->commands[prepared->n_commands++] = commands;
  prepared->cost = 0;
  result = vkBeginCommandBuffer (commands, &begin);
  return result == VK_SUCCESS || _sac_vulkan_fail (error, "vkBeginCommandBuffer", result);
}

static void
put_barrier (VkCommandBuffer commands)
{
  static const VkMemoryBarrier everything = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_SHADER_READ_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
  };

  vkCmdPipelineBarrier (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &everything,
                        0, NULL, 0, NULL);
}

/* A flat grid wider than the device allows is folded into rows; shaders count by x and y. */
static void
fold (const SacVulkan *self, guint32 groups[3])
{
  if (groups[0] <= self->max_groups_x)
    return;
  g_assert (groups[1] == 1);
  groups[1] = (groups[0] + self->max_groups_x - 1) / self->max_groups_x;
  groups[0] = self->max_groups_x;
}

static gboolean
record_step (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, const SacStep *step, GError **error)
{
  const SacKernelArgs shapes = step_shapes (step);
  SacVulkanVariant own[2];
  const SacVulkanVariant *variant = &list_variants (step->node.op, own)[step->variant];
  const SacShader *shader = _sac_shader_find (variant->shader);
  gboolean (*grid) (const SacKernelArgs *, guint, guint32 *) = variant->grid ? variant->grid : grid_by_elements;
  VkCommandBuffer commands = prepared->commands[prepared->n_commands - 1];
  guint32 groups[3] = { 1, 1, 1 };
  VkDescriptorSet set;

  if (!bind_step (self, prepared, plan, step, &set, error))
    return FALSE;
  for (guint pass = 0; pass < MAX_PASSES && grid (&shapes, pass, groups); pass++)
    {
      VkPipeline pipeline = get_pipeline (self, &shapes, shader, pass, error);

      if (!pipeline)
        return FALSE;
      if (pass > 0 || step->barrier)
        put_barrier (commands);
      fold (self, groups);
      vkCmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
      vkCmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->layout, 0, 1, &set, 0, NULL);
      vkCmdDispatch (commands, groups[0], groups[1], groups[2]);
      groups[0] = groups[1] = groups[2] = 1;
    }
  prepared->cost += step->node.op->flops ? step->node.op->flops (&shapes) : (double) sac_shape_count (step->node.shape);
  return TRUE;
}

static gboolean
record (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, GError **error)
{
  static const VkMemoryBarrier host = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                        .dstAccessMask = VK_ACCESS_HOST_READ_BIT };

  for (guint i = 0; i < plan->n_steps; i++)
    {
      if (i == 0 || prepared->cost > CHUNK_FLOPS)
        {
          if (i > 0)
            vkEndCommandBuffer (prepared->commands[prepared->n_commands - 1]);
          if (!begin_commands (self, prepared, error))
            return FALSE;
          put_barrier (prepared->commands[prepared->n_commands - 1]);
        }
      if (!record_step (self, prepared, plan, &plan->steps[i], error))
        return FALSE;
    }
  if (prepared->n_commands > 0)
    {
      vkCmdPipelineBarrier (prepared->commands[prepared->n_commands - 1], VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                            VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &host, 0, NULL, 0, NULL);
      vkEndCommandBuffer (prepared->commands[prepared->n_commands - 1]);
    }
  return TRUE;
}

gpointer
_sac_vulkan_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = g_new0 (Prepared, 1);
  guint n_sets = MAX (plan->n_steps, 1);
  gint64 begun = g_get_monotonic_time ();
  VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, n_sets * SAC_SHADER_N_BINDINGS };
  VkDescriptorPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = n_sets, .poolSizeCount = 1, .pPoolSizes = &size,
  };
  VkResult result = vkCreateDescriptorPool (self->device, &pool, NULL, &prepared->sets);

  if (result != VK_SUCCESS)
    _sac_vulkan_fail (error, "vkCreateDescriptorPool", result);
  else if (record (self, prepared, plan, error))
    {
      sac_debug (VULKAN, "%u steps prepared in %.0f ms, %u pipelines so far\n", plan->n_steps,
                 1e-3 * (double) (g_get_monotonic_time () - begun), g_hash_table_size (self->pipelines));
      _sac_vulkan_cache_save (self, FALSE);
      return prepared;
    }
  _sac_vulkan_unprepare (backend, prepared);
  return NULL;
}

gboolean
_sac_vulkan_run (SacBackend *backend, gpointer data, const SacProgramPlan *plan, GCancellable *cancellable, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;
  guint64 tickets[CHUNKS_AHEAD] = { 0 };
  gboolean cancelled = FALSE;
  VkResult result = self->broken;

  for (guint i = 0; i < prepared->n_commands && result == VK_SUCCESS; i++)
    {
      guint64 *ticket = &tickets[i % CHUNKS_AHEAD];

      result = _sac_vulkan_wait (self, *ticket);
      cancelled = g_cancellable_is_cancelled (cancellable);
      if (cancelled)
        break;
      if (result == VK_SUCCESS)
        result = _sac_vulkan_submit (self, prepared->commands[i], ticket);
    }
  for (guint i = 0; i < CHUNKS_AHEAD; i++)      /* each wait has its own time */
    if (result == VK_SUCCESS)
      result = _sac_vulkan_wait (self, tickets[(prepared->n_commands + i) % CHUNKS_AHEAD]);
  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkQueueSubmit", result);
  if (cancelled)
    g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED, _("Stopped"));
  return !cancelled;
}

void
_sac_vulkan_unprepare (SacBackend *backend, gpointer data)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;

  if (!prepared || self->broken == VK_TIMEOUT)  /* what a device that hangs may still use is left to it */
    return;
  vkDeviceWaitIdle (self->device);
  if (prepared->n_commands > 0)
    vkFreeCommandBuffers (self->device, self->commands, prepared->n_commands, prepared->commands);
  vkDestroyDescriptorPool (self->device, prepared->sets, NULL);
  g_free (prepared->commands);
  g_free (prepared);
}
