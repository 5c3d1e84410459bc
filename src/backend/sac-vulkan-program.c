/* A program on Vulkan: descriptor sets and command buffers recorded once.  Command buffers are cut by cost, and large steps into several,
 * so that a desktop on the same device stays smooth, cancel works within one and no watchdog fires.  The first run is cut by estimate
 * and measured; then the buffers are recorded again, cut by what the steps took. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-shaders.h"
#include "sac-vulkan-private.h"

#define CHUNKS_AHEAD 2          /* submitted before the first of them is over: the device never waits, cancel soon works */
#define OVERHEAD 5e-6           /* seconds of a dispatch that does next to nothing */
#define MOST_PIECES 4096
#define STEPS_UNMEASURED 4      /* software compiles when it first runs a step, which takes longest: one */

typedef struct {
  VkDescriptorPool pool;
  VkDescriptorSet *sets;        /* one a step */
  VkCommandBuffer *commands;
  guint n_commands;
  double chunk;                 /* seconds in the last command buffer so far */
  guint n_in_chunk;             /* steps in it, while nothing was measured */
  double *seconds;              /* of each step: guessed, then measured */
  VkQueryPool stamps;           /* two a step, while one run is measured or all are */
  gboolean measuring, timed;    /* the run that the cut hangs on; all runs, step by step */
  guint n_timed;
  double *sums;                 /* of the timed runs */
} Prepared;

static gboolean
bind_step (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, const SacStep *step, VkDescriptorSet *set, GError **error)
{
  VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, .descriptorPool = prepared->pool,
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

/* ---- what a step may take, before anybody knows: of a device that is rather slow. */
static double
guess_seconds (const SacVulkan *self, const SacStep *step)
{
  const SacKernelArgs shapes = _sac_vulkan_step_shapes (step);
  double flops = step->node.op->flops ? step->node.op->flops (&shapes) : (double) sac_shape_count (step->node.shape);
  double bytes = (double) step->dst_bytes;

  for (guint i = 0; i < step->node.n_src; i++)
    bytes += (double) step->src_bytes[i];
  return OVERHEAD + (self->software ? flops / 2e9 + bytes / 2e9 : flops / 5e11 + bytes / 3e10);
}

/* ---- recording. */

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
  prepared->chunk = 0;
  prepared->n_in_chunk = 0;
  result = vkBeginCommandBuffer (commands, &begin);
  return result == VK_SUCCESS || _sac_vulkan_fail (error, "vkBeginCommandBuffer", result);
}

static VkCommandBuffer
get_commands (const Prepared *prepared)
{
  return prepared->commands[prepared->n_commands - 1];
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

static void
put_stamp (const Prepared *prepared, guint number)
{
  if (prepared->stamps && (prepared->measuring || prepared->timed))
    vkCmdWriteTimestamp (get_commands (prepared), VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, prepared->stamps, number);
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

/* One pass of a step in as many dispatches as its cost asks for; a new command buffer wherever one is full. */
static gboolean
dispatch (SacVulkan *self, Prepared *prepared, VkPipeline pipeline, VkDescriptorSet set, const guint32 groups[3], double seconds,
          GError **error)
{
  guint axis = groups[1] > 1 ? 1 : 0;
  guint pieces = (guint) CLAMP (seconds / self->chunk_seconds + 1, 1, MIN (groups[axis], MOST_PIECES));

  for (guint i = 0; i < pieces; i++)
    {
      guint32 from[3] = { 0 }, n[3] = { groups[0], groups[1], groups[2] };

      from[axis] = (guint32) ((guint64) groups[axis] * i / pieces);
      n[axis] = (guint32) ((guint64) groups[axis] * (i + 1) / pieces) - from[axis];
      if (prepared->chunk > 0 && prepared->chunk + seconds / pieces > self->chunk_seconds)
        {
          vkEndCommandBuffer (get_commands (prepared));
          if (!begin_commands (self, prepared, error))
            return FALSE;
        }
      vkCmdBindPipeline (get_commands (prepared), VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
      vkCmdBindDescriptorSets (get_commands (prepared), VK_PIPELINE_BIND_POINT_COMPUTE, self->layout, 0, 1, &set, 0, NULL);
      if (pieces == 1)          /* the validation layers look for missing barriers at these only */
        vkCmdDispatch (get_commands (prepared), n[0], n[1], n[2]);
      else
        vkCmdDispatchBase (get_commands (prepared), from[0], from[1], from[2], n[0], n[1], n[2]);
      prepared->chunk += seconds / pieces;
    }
  return TRUE;
}

/* What nobody has measured may take far longer than was guessed: a run that is measured is cut after a few steps at the latest, so that
 * it can be stopped and no watchdog fires.  But validation layers look at barriers within one command buffer only. */
static gboolean
cut_unmeasured (SacVulkan *self, Prepared *prepared, GError **error)
{
  if (prepared->measuring && !sac_switch_on (SAC_SWITCH_VALIDATE) && prepared->n_in_chunk >= (self->software ? 1 : STEPS_UNMEASURED))
    {
      vkEndCommandBuffer (get_commands (prepared));
      if (!begin_commands (self, prepared, error))
        return FALSE;
    }
  prepared->n_in_chunk++;
  return TRUE;
}

/* What a step costs is counted in its first pass, mostly the longest. */
static gboolean
record_step (SacVulkan *self, Prepared *prepared, const SacStep *step, guint s, GError **error)
{
  const SacKernelArgs shapes = _sac_vulkan_step_shapes (step);
  guint32 groups[3];

  if (!cut_unmeasured (self, prepared, error))
    return FALSE;
  for (guint pass = 0; _sac_vulkan_get_grid (step, &shapes, pass, groups); pass++)
    {
      VkPipeline pipeline = _sac_vulkan_get_pipeline (self, step, &shapes, pass, error);

      if (!pipeline)
        return FALSE;
      if (pass > 0 || step->barrier)
        put_barrier (get_commands (prepared));
      if (pass == 0)
        put_stamp (prepared, 2 * s);
      fold (self, groups);
      if (!dispatch (self, prepared, pipeline, prepared->sets[s], groups, pass == 0 ? prepared->seconds[s] : OVERHEAD, error))
        return FALSE;
    }
  put_stamp (prepared, 2 * s + 1);
  return TRUE;
}

static void
drop_commands (SacVulkan *self, Prepared *prepared)
{
  if (prepared->n_commands > 0)
    vkFreeCommandBuffers (self->device, self->commands, prepared->n_commands, prepared->commands);
  g_clear_pointer (&prepared->commands, g_free);
  prepared->n_commands = 0;
}

/* Nothing of the program may be under way. */
static gboolean
record (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, GError **error)
{
  static const VkMemoryBarrier host = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                        .dstAccessMask = VK_ACCESS_HOST_READ_BIT };

  drop_commands (self, prepared);
  if (plan->n_steps == 0)
    return TRUE;
  if (!begin_commands (self, prepared, error))
    return FALSE;
  if (prepared->stamps && (prepared->measuring || prepared->timed))
    vkCmdResetQueryPool (get_commands (prepared), prepared->stamps, 0, 2 * plan->n_steps);
  put_barrier (get_commands (prepared));        /* what ran before wrote */
  for (guint s = 0; s < plan->n_steps; s++)
    if (!record_step (self, prepared, &plan->steps[s], s, error))
      return FALSE;
  vkCmdPipelineBarrier (get_commands (prepared), VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &host,
                        0, NULL, 0, NULL);
  vkEndCommandBuffer (get_commands (prepared));
  return TRUE;
}

static gboolean
bind_all (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, GError **error)
{
  guint n_sets = MAX (plan->n_steps, 1);
  VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, n_sets * SAC_SHADER_N_BINDINGS };
  VkDescriptorPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = n_sets, .poolSizeCount = 1, .pPoolSizes = &size,
  };
  VkQueryPoolCreateInfo stamps = {
    .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, .queryType = VK_QUERY_TYPE_TIMESTAMP, .queryCount = 2 * n_sets,
  };
  VkResult result = vkCreateDescriptorPool (self->device, &pool, NULL, &prepared->pool);

  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkCreateDescriptorPool", result);
  prepared->sets = g_new0 (VkDescriptorSet, n_sets);
  prepared->seconds = g_new0 (double, n_sets);
  prepared->sums = g_new0 (double, n_sets);
  if (self->tick_seconds > 0)
    result = vkCreateQueryPool (self->device, &stamps, NULL, &prepared->stamps);
  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkCreateQueryPool", result);
  prepared->measuring = prepared->stamps != VK_NULL_HANDLE;
  prepared->timed = prepared->measuring && sac_switch_on (SAC_SWITCH_PROFILE);
  for (guint s = 0; s < plan->n_steps; s++)
    {
      prepared->seconds[s] = guess_seconds (self, &plan->steps[s]);
      if (!bind_step (self, prepared, plan, &plan->steps[s], &prepared->sets[s], error))
        return FALSE;
    }
  return TRUE;
}

gpointer
_sac_vulkan_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = g_new0 (Prepared, 1);
  gint64 begun = g_get_monotonic_time ();

  if (bind_all (self, prepared, plan, error) && record (self, prepared, plan, error))
    {
      sac_debug (VULKAN, "%u steps prepared in %.0f ms in %u pieces, %u pipelines so far\n", plan->n_steps,
                 1e-3 * (double) (g_get_monotonic_time () - begun), prepared->n_commands, g_hash_table_size (self->pipelines));
      _sac_vulkan_cache_save (self, FALSE);
      return prepared;
    }
  _sac_vulkan_unprepare (backend, prepared);
  return NULL;
}

/* ---- running. */

/* After a whole run: what each step took.  A device whose times make no sense keeps the guesses. */
static gboolean
read_stamps (SacVulkan *self, Prepared *prepared, guint n_steps, double *seconds)
{
  g_autofree guint64 *ticks = g_new0 (guint64, 2 * (gsize) n_steps + 1);
  VkResult result = vkGetQueryPoolResults (self->device, prepared->stamps, 0, 2 * n_steps, 2 * n_steps * sizeof (guint64), ticks,
                                           sizeof (guint64), VK_QUERY_RESULT_64_BIT);

  if (n_steps == 0 || result != VK_SUCCESS)
    return FALSE;
  for (guint s = 0; s < n_steps; s++)
    seconds[s] = self->tick_seconds * (double) ((ticks[2 * s + 1] - ticks[2 * s]) & self->tick_mask);
  return TRUE;
}

static gboolean
learn (SacVulkan *self, Prepared *prepared, const SacProgramPlan *plan, GError **error)
{
  g_autofree double *seconds = g_new0 (double, plan->n_steps + 1);
  guint before = prepared->n_commands;
  double sum = 0;

  if (!prepared->measuring && !prepared->timed)
    return TRUE;
  if (!read_stamps (self, prepared, plan->n_steps, seconds))
    return TRUE;
  for (guint s = 0; s < plan->n_steps && prepared->timed; s++)
    prepared->sums[s] += seconds[s];
  prepared->n_timed += prepared->timed;
  if (!prepared->measuring)
    return TRUE;
  prepared->measuring = FALSE;
  for (guint s = 0; s < plan->n_steps; s++)
    {
      sum += seconds[s];
      prepared->seconds[s] = OVERHEAD + seconds[s];
    }
  if (!record (self, prepared, plan, error))
    return FALSE;
  sac_debug (VULKAN, "%u steps took %.2f ms; cut into %u pieces, by estimate %u\n", plan->n_steps, 1e3 * sum, prepared->n_commands, before);
  return TRUE;
}

/* @n_over of the command buffers are. */
static void
tell (const Prepared *prepared, const SacProgramPlan *plan, guint n_over)
{
  if (plan->progress)
    plan->progress ((double) n_over / prepared->n_commands, plan->progress_data);
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
      if (i >= CHUNKS_AHEAD && result == VK_SUCCESS)
        tell (prepared, plan, i + 1 - CHUNKS_AHEAD);
      cancelled = g_cancellable_is_cancelled (cancellable);
      if (cancelled)
        break;
      if (result == VK_SUCCESS)
        result = _sac_vulkan_submit (self, prepared->commands[i], ticket);
    }
  for (guint i = 0; i < CHUNKS_AHEAD; i++)      /* each wait has its own time */
    {
      if (result == VK_SUCCESS)
        result = _sac_vulkan_wait (self, tickets[(prepared->n_commands + i) % CHUNKS_AHEAD]);
      if (result == VK_SUCCESS && !cancelled && prepared->n_commands + i >= CHUNKS_AHEAD)
        tell (prepared, plan, prepared->n_commands + i + 1 - CHUNKS_AHEAD);
    }
  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkQueueSubmit", result);
  if (cancelled)
    g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED, _("Stopped"));
  return !cancelled && learn (self, prepared, plan, error);
}

guint
_sac_vulkan_step_times (SacBackend *backend, gpointer data, const SacProgramPlan *plan, double *seconds)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;

  for (guint s = 0; seconds && s < plan->n_steps; s++)
    seconds[s] = prepared->sums[s] / MAX (prepared->n_timed, 1);
  if (seconds || !prepared->stamps)
    return prepared->n_timed;
  memset (prepared->sums, 0, sizeof (double) * plan->n_steps);
  prepared->n_timed = 0;
  if (!prepared->timed)
    {
      prepared->timed = TRUE;
      if (!record (self, prepared, plan, NULL))
        prepared->timed = FALSE;
    }
  return 0;
}

void
_sac_vulkan_unprepare (SacBackend *backend, gpointer data)
{
  SacVulkan *self = (SacVulkan *) backend;
  Prepared *prepared = data;

  if (!prepared || self->broken == VK_TIMEOUT)  /* what a device that hangs may still use is left to it */
    return;
  vkDeviceWaitIdle (self->device);
  drop_commands (self, prepared);
  vkDestroyDescriptorPool (self->device, prepared->pool, NULL);
  vkDestroyQueryPool (self->device, prepared->stamps, NULL);
  g_free (prepared->sets);
  g_free (prepared->seconds);
  g_free (prepared->sums);
  g_free (prepared);
}
