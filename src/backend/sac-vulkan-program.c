/* A program on Vulkan: one pipeline a step (its shape is in the specialization constants), descriptor sets and command buffers
 * recorded once.  Command buffers are cut by estimated cost, so that cancel works between them and no watchdog fires. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-vulkan-private.h"

#define CHUNK_FLOPS 2e9         /* a command buffer's worth */
#define RUN_TIMEOUT_NS (G_GUINT64_CONSTANT (60) * 1000 * 1000 * 1000)

typedef struct {
  VkDescriptorSetLayout sets_layout;
  VkPipelineLayout layout;
  VkPipeline pipeline;
} Stage;

typedef struct {
  Stage *stages;                /* one a step */
  guint n_stages;
  VkDescriptorPool sets;
  VkCommandBuffer *commands;
  guint n_commands;
  VkFence fence;
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

gboolean
_sac_vulkan_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;

  if (!shapes->op->spirv || !shapes->op->dispatch)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED,
                   _("“%s” cannot run on a Vulkan device yet; use the CPU"), shapes->op->name);
      return FALSE;
    }
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
  *variant = 0;
  *workspace = 0;
  return TRUE;
}

static gboolean
make_stage (SacVulkan *self, const SacStep *step, Stage *stage, guint32 groups[3], GError **error)
{
  SacKernelArgs shapes = step_shapes (step);
  guint32 constants[SAC_VULKAN_MAX_CONSTANTS];
  VkSpecializationMapEntry map[SAC_VULKAN_MAX_CONSTANTS];
  guint n = step->node.op->dispatch (&shapes, constants, groups), n_bindings = step->node.n_src + 1;
  VkDescriptorSetLayoutBinding bindings[SAC_MAX_SRC + 1];
  VkDescriptorSetLayoutCreateInfo sets_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = n_bindings, .pBindings = bindings,
  };
  VkPipelineLayoutCreateInfo layout_info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, .setLayoutCount = 1 };
  VkShaderModuleCreateInfo module_info = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = step->node.op->spirv_bytes, .pCode = step->node.op->spirv,
  };
  VkSpecializationInfo special = { n, map, n * sizeof (guint32), constants };
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = { .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = VK_SHADER_STAGE_COMPUTE_BIT,
               .pName = "main", .pSpecializationInfo = &special },
  };
  VkShaderModule module = VK_NULL_HANDLE;
  VkResult result;

  g_assert (n <= SAC_VULKAN_MAX_CONSTANTS);
  for (guint i = 0; i < n; i++)
    map[i] = (VkSpecializationMapEntry) { i, i * (guint32) sizeof (guint32), sizeof (guint32) };
  for (guint i = 0; i < n_bindings; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding) { i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL };
  result = vkCreateDescriptorSetLayout (self->device, &sets_info, NULL, &stage->sets_layout);
  layout_info.pSetLayouts = &stage->sets_layout;
  if (result == VK_SUCCESS)
    result = vkCreatePipelineLayout (self->device, &layout_info, NULL, &stage->layout);
  if (result == VK_SUCCESS)
    result = vkCreateShaderModule (self->device, &module_info, NULL, &module);
  info.stage.module = module;
  info.layout = stage->layout;
  if (result == VK_SUCCESS)
    result = vkCreateComputePipelines (self->device, self->cache, 1, &info, NULL, &stage->pipeline);
  if (module)
    vkDestroyShaderModule (self->device, module, NULL);
  /* A flat grid wider than the device allows is folded into rows; shaders count by x and y. */
  if (groups[0] > self->max_groups_x)
    {
      groups[1] = (groups[0] + self->max_groups_x - 1) / self->max_groups_x;
      groups[0] = self->max_groups_x;
    }
  return result == VK_SUCCESS || _sac_vulkan_fail (error, step->node.op->name, result);
}

static gboolean
bind_step (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, const SacStep *step, const Stage *stage,
           VkDescriptorSet *set, GError **error)
{
  VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, .descriptorPool = prepared->sets,
    .descriptorSetCount = 1, .pSetLayouts = &stage->sets_layout,
  };
  VkDescriptorBufferInfo buffers[SAC_MAX_SRC + 1];
  VkWriteDescriptorSet writes[SAC_MAX_SRC + 1];
  guint n = step->node.n_src + 1;
  VkResult result = vkAllocateDescriptorSets (self->device, &info, set);

  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkAllocateDescriptorSets", result);
  for (guint i = 0; i < n; i++)
    {
      gboolean is_result = i == step->node.n_src;
      /* an absent source is bound to the result: the shader does not read it */
      gboolean absent = !is_result && step->node.src[i] == 0;
      SacPlace place = is_result || absent ? step->dst : step->src[i];
      SacShape shape = is_result || absent ? step->node.shape : step->src_shape[i];

      if (place.offset % self->alignment != 0)
        {
          g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE,
                       _("A value of “%s” is not aligned as this Vulkan device needs it"), step->node.op->name);
          return FALSE;
        }
      buffers[i] = (VkDescriptorBufferInfo) { plan->buffers[place.buffer]->buffer, place.offset,
                                              MAX (sizeof (float) * sac_shape_count (shape), 4) };
      writes[i] = (VkWriteDescriptorSet) { .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, .dstSet = *set, .dstBinding = i,
                                           .descriptorCount = 1, .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .pBufferInfo = &buffers[i] };
    }
  vkUpdateDescriptorSets (self->device, n, writes, 0, NULL);
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
  result = vkBeginCommandBuffer (commands, &begin);
  return result == VK_SUCCESS || _sac_vulkan_fail (error, "vkBeginCommandBuffer", result);
}

static double
step_flops (const SacStep *step)
{
  SacKernelArgs shapes = step_shapes (step);

  return step->node.op->flops ? step->node.op->flops (&shapes) : (double) sac_shape_count (step->node.shape);
}

gpointer
_sac_vulkan_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error)
{
  static const VkMemoryBarrier everything = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_SHADER_READ_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
  };
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = g_new0 (Prepared, 1);
  VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX (plan->n_steps, 1) * (SAC_MAX_SRC + 1) };
  VkDescriptorPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = MAX (plan->n_steps, 1), .poolSizeCount = 1, .pPoolSizes = &size,
  };
  VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  double cost = 0;
  VkResult result;

  prepared->stages = g_new0 (Stage, plan->n_steps + 1);
  prepared->n_stages = plan->n_steps;
  result = vkCreateDescriptorPool (self->device, &pool, NULL, &prepared->sets);
  if (result == VK_SUCCESS)
    result = vkCreateFence (self->device, &fence, NULL, &prepared->fence);
  if (result != VK_SUCCESS)
    {
      _sac_vulkan_fail (error, "vkCreateDescriptorPool", result);
      goto out;
    }
  for (guint i = 0; i < plan->n_steps; i++)
    {
      const SacStep *step = &plan->steps[i];
      gboolean fresh = i == 0 || cost > CHUNK_FLOPS;
      VkCommandBuffer commands;
      VkDescriptorSet set;
      guint32 groups[3] = { 1, 1, 1 };

      if (fresh)
        {
          if (i > 0)
            vkEndCommandBuffer (prepared->commands[prepared->n_commands - 1]);
          if (!begin_commands (self, prepared, error))
            goto out;
          cost = 0;
        }
      if (!make_stage (self, step, &prepared->stages[i], groups, error)
          || !bind_step (self, prepared, plan, step, &prepared->stages[i], &set, error))
        goto out;
      commands = prepared->commands[prepared->n_commands - 1];
      if (step->barrier || fresh)
        vkCmdPipelineBarrier (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0,
                              1, &everything, 0, NULL, 0, NULL);
      vkCmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, prepared->stages[i].pipeline);
      vkCmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, prepared->stages[i].layout, 0, 1, &set, 0, NULL);
      vkCmdDispatch (commands, groups[0], groups[1], groups[2]);
      cost += step_flops (step);
    }
  if (prepared->n_commands > 0)
    {
      VkMemoryBarrier host = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                               .dstAccessMask = VK_ACCESS_HOST_READ_BIT };

      vkCmdPipelineBarrier (prepared->commands[prepared->n_commands - 1], VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                            VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &host, 0, NULL, 0, NULL);
      vkEndCommandBuffer (prepared->commands[prepared->n_commands - 1]);
    }
  return prepared;

out:
  _sac_vulkan_unprepare (backend, prepared);
  return NULL;
}

gboolean
_sac_vulkan_run (SacBackend *backend, gpointer data, const SacProgramPlan *plan, GCancellable *cancellable, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;

  for (guint i = 0; i < prepared->n_commands; i++)
    {
      VkSubmitInfo submit = { .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &prepared->commands[i] };
      VkResult result;

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED, _("Stopped"));
          return FALSE;
        }
      result = vkQueueSubmit (self->queue, 1, &submit, prepared->fence);
      if (result == VK_SUCCESS)
        result = vkWaitForFences (self->device, 1, &prepared->fence, VK_TRUE, RUN_TIMEOUT_NS);
      if (result != VK_SUCCESS)
        return _sac_vulkan_fail (error, result == VK_TIMEOUT ? "time-out" : "vkQueueSubmit", result);
      vkResetFences (self->device, 1, &prepared->fence);
    }
  return TRUE;
}

void
_sac_vulkan_unprepare (SacBackend *backend, gpointer data)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;

  if (!prepared)
    return;
  vkDeviceWaitIdle (self->device);
  if (prepared->n_commands > 0)
    vkFreeCommandBuffers (self->device, self->commands, prepared->n_commands, prepared->commands);
  for (guint i = 0; i < prepared->n_stages; i++)
    {
      vkDestroyPipeline (self->device, prepared->stages[i].pipeline, NULL);
      vkDestroyPipelineLayout (self->device, prepared->stages[i].layout, NULL);
      vkDestroyDescriptorSetLayout (self->device, prepared->stages[i].sets_layout, NULL);
    }
  vkDestroyDescriptorPool (self->device, prepared->sets, NULL);
  vkDestroyFence (self->device, prepared->fence, NULL);
  g_free (prepared->commands);
  g_free (prepared->stages);
  g_free (prepared);
}
