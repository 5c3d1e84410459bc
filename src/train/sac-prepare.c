/* Before the first step: folder, data, network, program. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>

#include "config.h"
#include "sac-train-private.h"

static gboolean
open_folder (SacTrainer *t, GError **error)
{
  const SacTrainSpec *spec = t->spec;
  g_autofree char *recipe_path = g_build_filename (spec->run_folder, "recipe.ini", NULL);
  g_autofree char *asked = NULL, *text = NULL;

  if (g_mkdir_with_parents (spec->run_folder, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), spec->run_folder,
                   g_strerror (number));
      return FALSE;
    }
  t->lock_fd = sac_run_lock (spec->run_folder, error);
  if (t->lock_fd < 0)
    return FALSE;
  if (spec->resume)
    {
      t->recipe = sac_recipe_load (recipe_path, error);
      return t->recipe != NULL;
    }
  if (g_file_test (recipe_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN,
                   _("%s holds a run already: resume it, or choose another folder"),
                   spec->run_folder);
      return FALSE;
    }
  asked = sac_recipe_dup_text (spec->recipe);
  t->recipe = sac_recipe_parse (asked, error);
  if (!t->recipe || !sac_train_choose_batch (t->recipe, sac_train_memory (t->recipe, spec->memory), error))
    return FALSE;
  text = sac_recipe_dup_text (t->recipe);
  return sac_file_replace (recipe_path, text, strlen (text), error);
}

static void
copy_layer4 (SacTrainer *t)
{
  if (sac_model_has_attention (&t->model) && strcmp (t->recipe->attention_layer4, "copied") == 0)
    sac_attention_copy_layer4 (t->weights);
}

/* Whether the file had a last stage for the attention branch. */
static gboolean
has_attention_stage (const SacMapReport *report)
{
  for (guint i = 0; i < report->n_rows; i++)
    if (report->rows[i].tensor && report->rows[i].layer && g_str_has_prefix (report->rows[i].layer, "att_layer"))
      return TRUE;
  return FALSE;
}

/* A head says something of its labels alone: from a run with others it is drawn anew, even where their number is the same. */
static void
renew_heads (SacTrainer *t, const char *path, const SacMapReport *report)
{
  static const char *const heads[] = { "fc.", "att_fc.", "att_conv.", "att_bn2.", "att_score." };
  g_autofree char *checkpoints = g_path_get_dirname (path), *run = g_path_get_dirname (checkpoints);
  g_autofree char *file = g_build_filename (run, "run.json", NULL);
  g_autoptr (SacRunInfo) info = g_file_test (file, G_FILE_TEST_EXISTS) ? sac_run_info_read (run, NULL) : NULL;
  gboolean same = info && g_strv_length (info->labels) == t->n_labels;

  for (guint j = 0; same && j < t->n_labels; j++)
    same = strcmp (info->labels[j], t->train->labels->pdata[j]) == 0;
  for (guint i = 0; info && !same && i < report->n_rows; i++)
    for (guint h = 0; report->rows[i].layer && h < G_N_ELEMENTS (heads); h++)
      if (report->rows[i].status == SAC_MAP_LOADED && g_str_has_prefix (report->rows[i].layer, heads[h]))
        {
          sac_weights_initialise_one (t->weights, report->rows[i].layer, t->recipe->seed);
          report->rows[i].status = SAC_MAP_REPLACED;
        }
}

/* Weights of a new run: drawn, then overwritten by what a file has.  The table of what went where stays with the run. */
static gboolean
start_weights (SacTrainer *t, char **hash, GError **error)
{
  const char *path = t->spec->weights_file;
  SacInflation how = strcmp (t->recipe->inflation, "average") == 0 ? SAC_INFLATE_AVERAGE
                     : strcmp (t->recipe->inflation, "centre") == 0 ? SAC_INFLATE_CENTRE : SAC_INFLATE_NONE;
  g_autoptr (SacTensorFile) file = NULL;
  g_autoptr (SacMapReport) report = NULL;
  g_autofree char *table = NULL;
  g_autofree char *table_path = g_build_filename (t->spec->run_folder, "weights.txt", NULL);

  sac_weights_initialise (t->weights, t->recipe->seed);
  if (t->model.kind == SAC_MODEL_STABN && !t->model.stabn.plain && strcmp (t->recipe->attention, "aligned") == 0)
    sac_stabn_align (t->weights, &t->model.stabn, t->recipe->frames);
  if (!path || !*path)
    {
      copy_layer4 (t);
      return TRUE;
    }
  file = sac_tensor_file_open (path, error);
  if (!file || !sac_weights_load (t->weights, file, how, t->recipe->seed, &report, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  renew_heads (t, path, report);
  if (!has_attention_stage (report))
    copy_layer4 (t);
  table = sac_map_report_dup_text (report);
  *hash = sac_media_hash (path, NULL);
  return sac_file_replace (table_path, table, strlen (table), error);
}

/* The number of the project's last act; 0: none. */
static gint64
last_act (SacProject *project)
{
  g_autoptr (GPtrArray) acts = sac_project_list_history (project, 1, NULL);

  return acts && acts->len > 0 ? ((SacAct *) acts->pdata[0])->id : 0;
}

static void
add_clips (SacRunData *data, const SacDataset *set, SacSplit as)
{
  for (guint i = 0; set && i < set->items->len; i++)
    {
      const SacItem *item = set->items->pdata[i];
      SacRunClip clip = { item->hash, item->name, item->in_ns, item->out_ns, item->split, item->split != as };

      sac_run_data_add (data, &clip, set->states + (gsize) i * set->labels->len);
    }
}

/* What the run learns from and is measured with, for whoever asks later what has changed. */
static gboolean
write_data (SacTrainer *t, char **labels, GError **error)
{
  g_autoptr (SacRunData) data = sac_run_data_new ((const char *const *) labels);
  g_autoptr (SacDataset) test = sac_dataset_new (t->spec->project, SAC_SPLIT_TEST, (const char *const *) labels, NULL);

  data->snapshot = g_strdup (t->train->snapshot);
  add_clips (data, t->train, SAC_SPLIT_TRAIN);
  add_clips (data, t->validation, SAC_SPLIT_VALIDATION);
  add_clips (data, test, SAC_SPLIT_TEST);
  return sac_run_data_write (t->spec->run_folder, data, error);
}

static gboolean
write_info (SacTrainer *t, const char *hash, GError **error)
{
  guint n_threads = t->spec->n_threads > 0 ? t->spec->n_threads : sac_env_threads ();
  g_autofree char *machine = sac_run_dup_machine (n_threads > 0 ? n_threads : g_get_num_processors ());
  g_autofree char *folder_name = g_path_get_basename (t->spec->run_folder);
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  SacRunInfo info = {
    .name = (char *) (t->spec->name ? t->spec->name : folder_name), .model = t->recipe->model,
    .project = (char *) sac_project_get_path (t->spec->project), .snapshot = t->train->snapshot,
    .weights_file = (char *) t->spec->weights_file, .weights_hash = (char *) hash, .device = (char *) t->spec->device,
    .study = (char *) t->spec->study, .arm = (char *) t->spec->arm, .machine = machine, .journal = last_act (t->spec->project),
    .host = (char *) g_get_host_name (), .version = (char *) SAC_VERSION, .started_us = g_get_real_time (), .seed = t->recipe->seed,
  };

  for (guint j = 0; j < t->n_labels; j++)
    g_ptr_array_add (labels, t->train->labels->pdata[j]);
  g_ptr_array_add (labels, NULL);
  info.labels = (char **) labels->pdata;
  for (guint i = 0; i < t->train->items->len; i++)
    info.synthetic = info.synthetic || ((SacItem *) t->train->items->pdata[i])->synthetic;
  return sac_run_info_write (t->spec->run_folder, &info, error) && write_data (t, info.labels, error);
}

/* The labels of a resumed run must be the ones its last layer was made for; other changes of the data are only told. */
static gboolean
check_info (SacTrainer *t, gboolean *changed, GError **error)
{
  g_autoptr (SacRunInfo) info = sac_run_info_read (t->spec->run_folder, error);
  gboolean same;

  if (!info)
    return FALSE;
  same = g_strv_length (info->labels) == t->n_labels;
  for (guint j = 0; same && j < t->n_labels; j++)
    same = strcmp (info->labels[j], t->train->labels->pdata[j]) == 0;
  if (!same)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA,
                   _("The project's labels are no longer those that this run learns: start a new run"));
      return FALSE;
    }
  *changed = g_strcmp0 (info->snapshot, t->train->snapshot) != 0;
  return TRUE;
}

static gboolean
build_program (SacTrainer *t, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  guint n_clips = t->train->items->len + (t->validation ? t->validation->items->len : 0);
  SacCompileOptions options;
  SacTrainPlan plan = { 0 };

  if (!_sac_train_build (t->recipe, &t->model, t->n_labels, t->weights, t->optimizer, graph, &t->in, error))
    return FALSE;
  _sac_train_count (t->recipe, &t->model, t->n_labels, n_clips, t->memory, t->weights, t->optimizer, &plan);
  if (!_sac_train_options (t->recipe, t->memory, &plan, &options, error))
    return FALSE;
  if (options.activations == SAC_F16 && !sac_backend_stores (t->backend, SAC_F16) && strcmp (t->backend->name, "vulkan") == 0)
    {
      options.activations = SAC_F32;
      if (!_sac_trainer_note (t, "note", error, _("This device cannot store f16: numbers are stored as f32")))
        return FALSE;
    }
  t->program = sac_program_compile_with (graph, (SacVar[]) { t->in.loss, t->in.logits }, 2, t->backend, &options, error);
  return t->program != NULL;
}

/* Told before anything is written or computed. */
static gboolean
check_memory (SacTrainer *t, GError **error)
{
  guint n_clips = t->train->items->len + (t->validation ? t->validation->items->len : 0);
  gboolean on_cpu = !t->spec->device || strcmp (t->spec->device, "cpu") == 0;
  SacTrainPlan plan;

  return !on_cpu || sac_train_fits (t->recipe, t->n_labels, n_clips, t->memory, &plan, error);
}

static gboolean
take_buffers (SacTrainer *t, GError **error)
{
  gsize frame = (gsize) t->recipe->crop * (gsize) t->recipe->crop * 3, clip = frame * (gsize) t->recipe->frames;
  gsize example = sac_model_is_flat (&t->model) ? frame : clip;

  t->clips = g_try_new (float, example * (gsize) t->recipe->batch);
  t->targets = g_try_new0 (float, (gsize) t->recipe->batch * t->n_labels);
  t->mask = g_try_new0 (float, (gsize) t->recipe->batch * t->n_labels);
  t->scratch = g_try_new (float, clip);
  if (t->clips && t->targets && t->mask && t->scratch)
    return TRUE;
  g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA, _("not enough memory for a batch of %d"), t->recipe->batch);
  return FALSE;
}

static gboolean
start_new (SacTrainer *t, GError **error)
{
  g_autofree char *hash = NULL;

  _sac_loss_scale_begin (&t->scale);
  return start_weights (t, &hash, error) && write_info (t, hash, error) && _sac_trainer_save_initial (t, error);
}

/* Device, weights without values yet, and the optimiser. */
static gboolean
make_network (SacTrainer *t, GError **error)
{
  t->backend = sac_backend_new_for_name (t->spec->device ? t->spec->device : "cpu", t->spec->n_threads, error);
  t->weights = sac_weights_new ();
  if (t->backend && strcmp (t->backend->name, "cpu") == 0 && strcmp (t->recipe->precision, "f16") == 0)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED,
                   _("The processor does not train with precision=f16: take bf16 or f32 there, or a Vulkan device (--device vulkan)"));
      return FALSE;
    }
  if (!t->backend || !sac_recipe_get_model (t->recipe, t->n_labels, &t->model, error)
      || !sac_model_declare (t->weights, &t->model, t->recipe->frames, error) || !sac_weights_allocate (t->weights, t->backend, error))
    return FALSE;
  t->optimizer = sac_optimizer_new_sgd (t->weights, t->backend, error);
  if (!t->optimizer)
    return FALSE;
  if (t->recipe->head_rate != 1)
    sac_optimizer_set_scale (t->optimizer, "fc.", (float) t->recipe->head_rate);
  if (t->recipe->map_rate != 1 && sac_model_has_attention (&t->model))
    {
      sac_optimizer_set_scale (t->optimizer, "sp_", (float) t->recipe->map_rate);
      sac_optimizer_set_scale (t->optimizer, "t_", (float) t->recipe->map_rate);
    }
  _sac_train_freeze (t->recipe, &t->model, t->optimizer);
  sac_optimizer_set_nesterov (t->optimizer, t->recipe->nesterov);
  sac_optimizer_set_clip (t->optimizer, t->recipe->clip_norm);
  return TRUE;
}

static gboolean
make_programs (SacTrainer *t, GError **error)
{
  t->net = sac_net_new_shared (t->recipe, t->n_labels, t->weights, t->backend, error);
  if (!t->net || !build_program (t, error) || !take_buffers (t, error))
    return FALSE;
  sac_program_time_steps (t->program);          /* forward and backward are told apart by it */
  return TRUE;
}

void
_sac_trainer_drop_network (SacTrainer *t)
{
  g_clear_pointer (&t->program, sac_program_free);
  g_clear_pointer (&t->net, sac_net_free);
  g_clear_pointer (&t->optimizer, sac_optimizer_free);
  g_clear_pointer (&t->weights, sac_weights_free);
  g_clear_pointer (&t->backend, sac_backend_free);
  g_clear_pointer (&t->clips, g_free);
  g_clear_pointer (&t->targets, g_free);
  g_clear_pointer (&t->mask, g_free);
  g_clear_pointer (&t->scratch, g_free);
  if (t->train_loader)
    sac_loader_forget (t->train_loader);
  if (t->validation_loader)
    sac_loader_forget (t->validation_loader);
  if (t->test_loader)
    sac_loader_forget (t->test_loader);
#ifdef __GLIBC__
  malloc_trim (0);              /* what was freed goes back to the system, too */
#endif
}

gboolean
_sac_trainer_take_network (SacTrainer *t, GError **error)
{
  int step = t->step;

  if (!make_network (t, error) || !_sac_trainer_restore (t, error))
    return FALSE;
  if (t->step != step)
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN,
                   _("The checkpoint written at the pause can no longer be read; the run can be resumed from step %d"), t->step);
      return FALSE;
    }
  return make_programs (t, error);
}

static gboolean
open_network (SacTrainer *t, GError **error)
{
  gboolean changed = FALSE;

  if (!make_network (t, error))
    return FALSE;
  if (t->spec->resume)
    {
      _sac_trainer_sweep (t);
      if (!check_info (t, &changed, error) || !_sac_trainer_restore (t, error))
        return FALSE;
      t->events = sac_event_writer_new (t->spec->run_folder, (guint64) t->step, error);
      if (!t->events)
        return FALSE;
      sac_scores_forget_after (t->spec->run_folder, (guint64) t->step);
    }
  else if (!start_new (t, error))
    return FALSE;
  t->sampler = _sac_sampler_new (t->train->items->len, sac_model_is_flat (&t->model) ? (guint) t->recipe->frames : 0, t->recipe->seed);
  if (!(t->rates = sac_rates_read (t->spec->run_folder, error)) || !make_programs (t, error))
    return FALSE;
  _sac_trainer_open_drawn (t);
  return !changed || _sac_trainer_note (t, "note", error,
                                        _("The clips or labels changed since this run began; it goes on with the new ones"));
}

gboolean
_sac_trainer_prepare (SacTrainer *t, GError **error)
{
  if (!open_folder (t, error))
    return FALSE;
  if (!t->spec->resume)
    {
      t->events = sac_event_writer_new (t->spec->run_folder, 0, error);
      if (!t->events)
        return FALSE;
    }
  t->memory = sac_train_memory (t->recipe, t->spec->memory);
  return _sac_trainer_open_data (t, error) && check_memory (t, error) && open_network (t, error)
      && _sac_trainer_check_metrics (t, error)
      && _sac_trainer_status (t, "running", error);
}
