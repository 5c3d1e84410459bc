#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-recipe-private.h"
#include "sac-study.h"

#define MAX_BYTES ((gsize) 1 << 20)
#define RECIPE_VERSION 1
#define MAX_CLIP_PIXELS ((gint64) 1 << 27)      /* 1.5 GiB of floats */

/* One row a key: where it lies in the struct, what it may be.  The defaults are the protocol of methods/01 on clips. */
typedef enum { KIND_TEXT, KIND_WORD, KIND_INT, KIND_FLAG, KIND_REAL, KIND_SEED, KIND_BLOCKS, KIND_DROPS, KIND_SIZE } Kind;
typedef struct {
  const char *group, *key;
  Kind kind;
  gsize offset;
  double low, high;             /* of numbers, both allowed */
  const char *value;            /* default, as it would stand in the file */
  const char *words;            /* of KIND_WORD: what is allowed, separated by blanks */
} Row;

#define AT(field) G_STRUCT_OFFSET (SacRecipe, field)
static const Row rows[] = {
  { "recipe", "title", KIND_TEXT, AT (title), 0, 0, "", NULL },
  { "recipe", "description", KIND_TEXT, AT (description), 0, 0, "", NULL },
  { "network", "model", KIND_WORD, AT (model), 0, 0, "i3d-r50",
    "r18-2d r50-2d i3d-r18 i3d-r50 hara-r18 hara-r50 nonlocal-r50 slow-r18 slow-r50 stabn-r18 stabn-r50 stabn-r18-literal "
    "stabn-r50-literal abn-r18 abn-r20 abn-r50" },
  { "network", "width", KIND_INT, AT (width), 1, 256, "64", NULL },
  { "network", "blocks", KIND_BLOCKS, AT (blocks), 0, 64, "0;0;0;0", NULL },
  { "network", "inflation", KIND_WORD, AT (inflation), 0, 0, "none", "none average centre" },
  { "network", "pad_time", KIND_WORD, AT (pad_time), 0, 0, "replicate", "replicate zeros" },
  { "network", "weights", KIND_TEXT, AT (weights), 0, 0, "", NULL },
  { "network", "attention", KIND_WORD, AT (attention), 0, 0, "random", "random aligned" },
  { "network", "attention_layer4", KIND_WORD, AT (attention_layer4), 0, 0, "random", "random copied" },
  { "network", "dropout", KIND_REAL, AT (dropout), 0, 0.95, "0", NULL },
  { "data", "frames", KIND_INT, AT (frames), 1, 1024, "32", NULL },
  { "data", "resize", KIND_INT, AT (resize), 0, 2048, "256", NULL },
  { "data", "crop", KIND_INT, AT (crop), 8, 2048, "224", NULL },
  { "data", "flip_horizontal", KIND_FLAG, AT (flip_horizontal), 0, 0, "true", NULL },
  { "data", "flip_vertical", KIND_FLAG, AT (flip_vertical), 0, 0, "true", NULL },
  { "data", "flip_sided", KIND_FLAG, AT (flip_sided), 0, 0, "false", NULL },
  { "data", "sampling", KIND_WORD, AT (sampling), 0, 0, "middle", "middle segments step" },
  { "data", "step", KIND_INT, AT (step), 1, 1000, "2", NULL },
  { "data", "choices", KIND_INT, AT (choices), 1, 99, "5", NULL },
  { "data", "test_clips", KIND_INT, AT (test_clips), 1, 2, "1", NULL },
  { "data", "clip_mean", KIND_WORD, AT (clip_mean), 0, 0, "softmax", "softmax logits" },
  { "data", "crop_area", KIND_REAL, AT (crop_area), 0, 1, "0", NULL },
  { "data", "colour_jitter", KIND_REAL, AT (colour_jitter), 0, 1, "0", NULL },
  { "data", "colour_noise", KIND_REAL, AT (colour_noise), 0, 1, "0", NULL },
  { "data", "top_k", KIND_INT, AT (top_k), 0, 100000, "0", NULL },
  { "data", "validation", KIND_REAL, AT (validation), 0, 0.9, "0.1", NULL },
  { "training", "effective_batch", KIND_INT, AT (effective_batch), 0, 1 << 24, "0", NULL },
  { "training", "batch", KIND_INT, AT (batch), 1, 4096, "1", NULL },
  { "training", "accumulate", KIND_INT, AT (accumulate), 1, 4096, "4", NULL },
  { "training", "steps", KIND_INT, AT (steps), 1, 100000000, "2000", NULL },
  { "training", "rate", KIND_REAL, AT (rate), 1e-12, 1000, "0.01", NULL },
  { "training", "rate_clips", KIND_INT, AT (rate_clips), 0, 100000, "0", NULL },
  { "training", "warmup", KIND_INT, AT (warmup), 0, 100000000, "0", NULL },
  { "training", "momentum", KIND_REAL, AT (momentum), 0, 0.9999, "0.9", NULL },
  { "training", "nesterov", KIND_FLAG, AT (nesterov), 0, 0, "false", NULL },
  { "training", "clip_norm", KIND_REAL, AT (clip_norm), 0, 1e9, "0", NULL },
  { "training", "decay", KIND_REAL, AT (decay), 0, 1, "1e-07", NULL },
  { "training", "head_rate", KIND_REAL, AT (head_rate), 0, 1000, "1", NULL },
  { "training", "map_rate", KIND_REAL, AT (map_rate), 0, 1000, "1", NULL },
  { "training", "drops", KIND_DROPS, AT (drops), 1, 100000000, "300;1000", NULL },
  { "training", "drop_factor", KIND_REAL, AT (drop_factor), 1e-6, 1, "0.1", NULL },
  { "training", "batch_norm", KIND_WORD, AT (batch_norm), 0, 0, "frozen", "batch frozen" },
  { "training", "precision", KIND_WORD, AT (precision), 0, 0, "f32", "f32 bf16 f16" },
  { "training", "loss", KIND_WORD, AT (loss), 0, 0, "sigmoid", "sigmoid softmax" },
  { "training", "freeze", KIND_WORD, AT (freeze), 0, 0, "none", "none extractor stem layer1 layer2 layer3 layer4" },
  { "training", "edits", KIND_WORD, AT (edits), 0, 0, "none", "none all only" },
  { "training", "map_gamma", KIND_REAL, AT (map_gamma), 0, 1e6, "1", NULL },
  { "training", "map_gamma_t", KIND_REAL, AT (map_gamma_t), 0, 1e6, "1", NULL },
  { "training", "map_hide", KIND_REAL, AT (map_hide), 0, 1, "0", NULL },
  { "training", "memory", KIND_SIZE, AT (memory), 0, 0, "", NULL },
  { "training", "seed", KIND_SEED, AT (seed), 0, 0, "1", NULL },
  { "training", "best_metric", KIND_TEXT, AT (best_metric), 0, 0, "auc_macro", NULL },
  { "training", "stop_metric", KIND_TEXT, AT (stop_metric), 0, 0, "", NULL },
  { "training", "stop_patience", KIND_INT, AT (stop_patience), 0, 1000000, "0", NULL },
  { "training", "stop_min_change", KIND_REAL, AT (stop_min_change), 0, 1e6, "0", NULL },
  { "training", "watch_test", KIND_FLAG, AT (watch_test), 0, 0, "false", NULL },
  { "training", "validate_every", KIND_INT, AT (validate_every), 0, 100000000, "50", NULL },
  { "training", "checkpoint_every", KIND_INT, AT (checkpoint_every), 0, 100000000, "100", NULL },
  { "training", "keep_checkpoints", KIND_INT, AT (keep_checkpoints), 1, 1000, "2", NULL },
  { "training", "log_every", KIND_INT, AT (log_every), 1, 100000, "10", NULL },
};

static gboolean
refuse (GError **error, const Row *row, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, const Row *row, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("[%s] %s: %s"), row->group, row->key, why);
  return FALSE;
}

static gboolean
read_real (const Row *row, const char *text, double *value, GError **error)
{
  char *end;

  errno = 0;
  *value = g_ascii_strtod (text, &end);
  if (end == text || *g_strchug (end) || !isfinite (*value))
    return refuse (error, row, _("“%s” is not a number"), text);
  if (*value < row->low || *value > row->high)
    return refuse (error, row, _("%s is out of range; allowed is %g to %g"), text, row->low, row->high);
  return TRUE;
}

static gboolean
read_int (const Row *row, const char *text, int *value, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  gint64 number;

  if (!g_ascii_string_to_signed (trimmed, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return refuse (error, row, _("“%s” is not a whole number"), text);
  if (number < (gint64) row->low || number > (gint64) row->high)
    return refuse (error, row, _("%s is out of range; allowed is %g to %g"), trimmed, row->low, row->high);
  *value = (int) number;
  return TRUE;
}

/* "a;b;c" → at most @max numbers; an empty text gives none. */
static gboolean
read_list (const Row *row, const char *text, int *values, int max, int *n, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  *n = 0;
  for (guint i = 0; parts[i]; i++)
    {
      if (*g_strstrip (parts[i]) == '\0')
        continue;
      if (*n == max)
        return refuse (error, row, _("more than %d numbers"), max);
      if (!read_int (row, parts[i], &values[(*n)++], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_value (SacRecipe *recipe, const Row *row, const char *text, GError **error)
{
  gpointer at = G_STRUCT_MEMBER_P (recipe, row->offset);

  switch (row->kind)
    {
    case KIND_WORD:
      {
        g_auto (GStrv) words = g_strsplit (row->words, " ", -1);

        if (!g_strv_contains ((const char *const *) words, text))
          return refuse (error, row, _("“%s” is unknown; allowed is one of: %s"), text, row->words);
      }
      G_GNUC_FALLTHROUGH;
    case KIND_TEXT:
    case KIND_SIZE:
      if (row->kind == KIND_SIZE && *text && !sac_size_parse (text, &(guint64) { 0 }))
        return refuse (error, row, _("“%s” is not a size, such as 2G or 800M"), text);
      if (strlen (text) > 65536)
        return refuse (error, row, _("too long"));
      g_free (*(char **) at);
      *(char **) at = g_strdup (text);
      return TRUE;
    case KIND_INT:
      return read_int (row, text, at, error);
    case KIND_REAL:
      return read_real (row, text, at, error);
    case KIND_FLAG:
      if (strcmp (text, "true") != 0 && strcmp (text, "false") != 0)
        return refuse (error, row, _("“%s” is neither true nor false"), text);
      *(gboolean *) at = text[0] == 't';
      return TRUE;
    case KIND_SEED:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, at, NULL))
        return refuse (error, row, _("“%s” is not a whole number"), text);
      return TRUE;
    case KIND_BLOCKS:
      {
        int n;

        if (!read_list (row, text, at, 4, &n, error))
          return FALSE;
        return n == 4 || refuse (error, row, _("four numbers are needed, “%s” has %d"), text, n);
      }
    case KIND_DROPS:
      if (!read_list (row, text, recipe->drops, G_N_ELEMENTS (recipe->drops), &recipe->n_drops, error))
        return FALSE;
      for (int i = 1; i < recipe->n_drops; i++)
        if (recipe->drops[i] <= recipe->drops[i - 1])
          return refuse (error, row, _("the steps must grow: %s"), text);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static const Row *
find_row (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].group, group) == 0 && strcmp (rows[i].key, key) == 0)
      return &rows[i];
  return NULL;
}

const char *
_sac_recipe_find_section (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].key, key) == 0)
      return rows[i].group;
  return NULL;
}

/* GKeyFile lets the last of two equal keys win; here the second one is a mistake to be told. */
gboolean
_sac_recipe_check_duplicates (const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *group = g_strdup ("");

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *equals = strchr (line, '=');

      if (*line == '[' && line[strlen (line) - 1] == ']')
        {
          g_free (group);
          group = g_strndup (line + 1, strlen (line) - 2);
        }
      else if (*line && *line != '#' && equals)
        {
          g_autofree char *key = g_strndup (line, (gsize) (equals - line));
          char *full = g_strdup_printf ("[%s] %s", group, g_strstrip (key));

          if (!g_hash_table_add (seen, full))
            {
              g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("line %u: [%s] %s stands there twice"),
                           i + 1, group, key);
              return FALSE;
            }
        }
    }
  return TRUE;
}

static gboolean
check_keys (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i]; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);
      gboolean known = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (rows); j++)
        known = known || strcmp (rows[j].group, groups[i]) == 0;
      if (!known && _sac_study_owns_section (groups[i]))
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE,
                       _("[%s]: this recipe has several arms, so it is for “saccade study”"), groups[i]);
          return FALSE;
        }
      if (!known)
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("[%s] is not a section of a recipe"), groups[i]);
          return FALSE;
        }
      for (guint j = 0; keys && keys[j]; j++)
        {
          char *bracket = strchr (keys[j], '[');
          g_autofree char *base = bracket ? g_strndup (keys[j], (gsize) (bracket - keys[j])) : g_strdup (keys[j]);
          const Row *row = find_row (groups[i], base);

          if (strcmp (groups[i], "recipe") == 0 && strcmp (keys[j], "version") == 0)
            continue;
          if (!row || (bracket && strcmp (row->group, "recipe") != 0))
            {
              g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("[%s] %s is not a key of a recipe"),
                           groups[i], keys[j]);
              return FALSE;
            }
        }
    }
  return TRUE;
}

#define SAC_METRICS "auc_macro, auc/LABEL, loss/validation, loss/train_evaluated, top1, top5"

int
sac_metric_get_sense (const char *tag)
{
  if (strcmp (tag, "loss/validation") == 0 || strcmp (tag, "loss/train_evaluated") == 0)
    return -1;
  return strcmp (tag, "auc_macro") == 0 || strcmp (tag, "top1") == 0 || strcmp (tag, "top5") == 0
         || (g_str_has_prefix (tag, "auc/") && tag[strlen ("auc/")]);
}

gboolean
sac_recipe_is_flat (const SacRecipe *recipe)
{
  return g_str_has_suffix (recipe->model, "-2d") || g_str_has_prefix (recipe->model, "abn-");
}

gboolean
sac_recipe_has_attention (const SacRecipe *recipe)
{
  return g_str_has_prefix (recipe->model, "stabn-") || g_str_has_prefix (recipe->model, "abn-");
}

/* What one key alone cannot tell. */
static gboolean
check_together (const SacRecipe *recipe, GError **error)
{
  if (recipe->resize > 0 && recipe->resize < recipe->crop)
    return refuse (error, find_row ("data", "crop"), _("%d is more than resize = %d"), recipe->crop, recipe->resize);
  if ((gint64) recipe->frames * recipe->crop * recipe->crop > MAX_CLIP_PIXELS)
    return refuse (error, find_row ("data", "frames"), _("%d frames of %d×%d are more than a clip may hold"), recipe->frames,
                   recipe->crop, recipe->crop);
  if (sac_recipe_is_flat (recipe) && strcmp (recipe->inflation, "none") != 0)
    return refuse (error, find_row ("network", "inflation"), _("a network for single frames (%s) is not inflated"),
                   recipe->model);
  if (recipe->dropout > 0 && !g_str_has_prefix (recipe->model, "slow-") && !g_str_has_prefix (recipe->model, "stabn-"))
    return refuse (error, find_row ("network", "dropout"), _("only slow ResNets and ST-ABN have dropout"));
  if (strcmp (recipe->edits, "none") != 0 && !sac_recipe_has_attention (recipe))
    return refuse (error, find_row ("training", "edits"), _("a network without attention of its own (%s) cannot be taught where to look"),
                   recipe->model);
  if (strcmp (recipe->freeze, "extractor") == 0 && !sac_recipe_has_attention (recipe))
    return refuse (error, find_row ("training", "freeze"), _("“%s” has no part that could stay as it is"), recipe->model);
  if (sac_metric_get_sense (recipe->best_metric) == 0)
    return refuse (error, find_row ("training", "best_metric"), _("“%s” is no metric of a validation; such are: %s"),
                   recipe->best_metric, SAC_METRICS);
  if (*recipe->stop_metric && sac_metric_get_sense (recipe->stop_metric) == 0)
    return refuse (error, find_row ("training", "stop_metric"), _("“%s” is no metric of a validation; such are: %s"),
                   recipe->stop_metric, SAC_METRICS);
  if (strcmp (recipe->loss, "softmax") != 0 && (g_str_has_prefix (recipe->best_metric, "top")
                                                || g_str_has_prefix (recipe->stop_metric, "top")))
    return refuse (error, find_row ("training", "loss"), _("top1 and top5 are told with loss=softmax only"));
  if (recipe->stop_patience > 0 && recipe->validate_every == 0)
    return refuse (error, find_row ("training", "stop_patience"), _("without validations (validate_every=0) nothing tells when to stop"));
  if (recipe->blocks[0] + recipe->blocks[1] + recipe->blocks[2] + recipe->blocks[3] > 0)
    for (int i = 0; i < 4; i++)
      if (recipe->blocks[i] < 1)
        return refuse (error, find_row ("network", "blocks"), _("all four are numbers from 1, or all four are 0"));
  return TRUE;
}

SacRecipe *
sac_recipe_parse (const char *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SacRecipe) recipe = g_new0 (SacRecipe, 1);
  g_autoptr (GError) inner = NULL;

  if (strlen (text) > MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("not a recipe: too long, or not text"));
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, &inner))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, "%s", inner->message);
      return NULL;
    }
  if (g_key_file_has_key (file, "recipe", "version", NULL))
    {
      g_autofree char *version = g_key_file_get_string (file, "recipe", "version", NULL);
      guint64 number = 0;

      if (!version || !g_ascii_string_to_unsigned (version, 10, 1, G_MAXINT, &number, NULL) || number > RECIPE_VERSION)
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION,
                       _("[recipe] version: this program knows %d, the recipe says “%s”"),
                       RECIPE_VERSION, version ? version : "");
          return NULL;
        }
    }
  if (!check_keys (file, error) || !_sac_recipe_check_duplicates (text, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autofree char *value = NULL;

      if (!g_key_file_has_key (file, row->group, row->key, NULL))
        value = g_strdup (row->value);
      else if (row->kind == KIND_TEXT && strcmp (row->group, "recipe") == 0)
        value = g_key_file_get_locale_string (file, row->group, row->key, NULL, &inner);
      else
        value = g_key_file_get_string (file, row->group, row->key, &inner);
      if (!value)
        {
          refuse (error, row, "%s", inner->message);
          return NULL;
        }
      if (row->kind != KIND_TEXT)
        g_strstrip (value);
      if (!set_value (recipe, row, value, error))
        return NULL;
    }
  if (!check_together (recipe, error))
    return NULL;
  return g_steal_pointer (&recipe);
}

SacRecipe *
sac_recipe_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_BYTES, error);
  g_autofree char *text = NULL;
  SacRecipe *recipe;

  if (!bytes)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (memchr (g_bytes_get_data (bytes, NULL), 0, g_bytes_get_size (bytes)))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("%s: not a recipe: too long, or not text"), path);
      return NULL;
    }
  recipe = sac_recipe_parse (text ? text : "", error);
  if (!recipe)
    g_prefix_error (error, "%s: ", path);
  return recipe;
}

/* The shortest decimal text that reads back to the same bits. */
static void
append_real (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 1; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (out, text);
}

static void
append_list (GString *out, const int *values, int n)
{
  for (int i = 0; i < n; i++)
    g_string_append_printf (out, "%s%d", i ? ";" : "", values[i]);
}

char *
sac_recipe_dup_text (const SacRecipe *recipe)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_integer (file, "recipe", "version", RECIPE_VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      gconstpointer at = (const char *) recipe + row->offset;
      g_autoptr (GString) value = g_string_new (NULL);

      switch (row->kind)
        {
        case KIND_TEXT:
        case KIND_WORD:
        case KIND_SIZE:
          g_key_file_set_string (file, row->group, row->key, *(char *const *) at ? *(char *const *) at : "");
          continue;
        case KIND_INT:
          g_string_append_printf (value, "%d", *(const int *) at);
          break;
        case KIND_FLAG:
          g_string_append (value, *(const gboolean *) at ? "true" : "false");
          break;
        case KIND_REAL:
          append_real (value, *(const double *) at);
          break;
        case KIND_SEED:
          g_string_append_printf (value, "%" G_GUINT64_FORMAT, *(const guint64 *) at);
          break;
        case KIND_BLOCKS:
          append_list (value, at, 4);
          break;
        case KIND_DROPS:
          append_list (value, recipe->drops, recipe->n_drops);
          break;
        default:
          g_assert_not_reached ();
        }
      g_key_file_set_value (file, row->group, row->key, value->str);
    }
  return g_key_file_to_data (file, NULL, NULL);
}

void
sac_recipe_free (SacRecipe *recipe)
{
  if (!recipe)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].kind == KIND_TEXT || rows[i].kind == KIND_WORD || rows[i].kind == KIND_SIZE)
      g_free (G_STRUCT_MEMBER (char *, recipe, rows[i].offset));
  g_free (recipe);
}

double
sac_recipe_rate (const SacRecipe *recipe, int step)
{
  double rate = recipe->rate;

  if (step < recipe->warmup)
    rate *= (double) step / recipe->warmup;
  if (recipe->rate_clips > 0)
    rate *= (double) recipe->batch * recipe->accumulate / recipe->rate_clips;
  for (int i = 0; i < recipe->n_drops; i++)
    if (step > recipe->drops[i])
      rate *= recipe->drop_factor;
  return rate;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
_sac_recipe_list (gboolean studies)
{
  g_autofree char *folder = sac_file_find_data ("recipes");
  g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
  GPtrArray *paths = g_ptr_array_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".ini"))
      {
        char *path = g_build_filename (folder, name, NULL);

        if (sac_study_is_recipe (path) == studies)
          g_ptr_array_add (paths, path);
        else
          g_free (path);
      }
  g_ptr_array_sort (paths, compare_strings);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

char **
sac_recipe_list (void)
{
  return _sac_recipe_list (FALSE);
}
