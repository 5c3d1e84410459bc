/* TFRecord framing and the few protobuf fields of TensorBoard events.
 *   record = length (u64 LE), masked CRC-32C of those 8 bytes, data, masked CRC-32C of data
 *   Event    1 wall_time double · 2 step varint · 3 file_version · 5 summary · 7 session_log
 *   Summary  1 value { 1 tag · 2 simple_value float · 4 image · 8 tensor · 9 metadata }
 *   Image    1 height · 2 width · 3 colour channels · 4 encoded bytes
 *   Tensor   1 dtype · 2 shape · 8 string_val        SessionLog 1 status (1 = START) */
#pragma once
#include "base/sac-base.h"

#define _SAC_RECORD_MAX_BYTES ((gsize) 64 << 20)

guint32 _sac_crc32c_masked (const void *data, gsize n_bytes);

/* Appends one framed record. */
void    _sac_record_append (GByteArray *out, const void *data, gsize n_bytes);
typedef enum { SAC_RECORD_WHOLE, SAC_RECORD_TORN, SAC_RECORD_DAMAGED } SacRecordState;
/* Looks at the record that starts at @at: TORN means more bytes are needed.  @total: framed length, set also for TORN when known. */
SacRecordState _sac_record_look (const guint8 *at, gsize available, const guint8 **data, gsize *n_bytes, gsize *total);

/* ---- protobuf, writing. */
void    _sac_pb_varint (GByteArray *out, guint field, guint64 value);
void    _sac_pb_double (GByteArray *out, guint field, double value);
void    _sac_pb_float (GByteArray *out, guint field, float value);
void    _sac_pb_bytes (GByteArray *out, guint field, const void *data, gsize n_bytes);

/* ---- protobuf, reading: one field at a time; FALSE at the end or where the message is damaged. */
typedef struct {
  const guint8 *at, *end;
  guint field, wire;
  guint64 number;               /* varint, or the bits of fixed32 and fixed64 */
  const guint8 *data;           /* of a length-delimited field */
  gsize n_bytes;
} SacPbReader;
void     _sac_pb_reader_init (SacPbReader *reader, const void *data, gsize n_bytes);
gboolean _sac_pb_next (SacPbReader *reader);
double   _sac_pb_as_double (const SacPbReader *reader);
float    _sac_pb_as_float (const SacPbReader *reader);

/* ---- what others write: sac-tensor-scalar.c */
/* A tensor of one number: TRUE.  One that holds text: its first string in @text (nullable, of at most 1 MiB). */
gboolean _sac_tensor_read (const guint8 *data, gsize n_bytes, double *value, char **text);
/* The metadata of a value: FALSE where it belongs to a plug-in whose numbers are no scalars.  Hyperparameters are added to @pairs, name and
 * value in turn. */
gboolean _sac_metadata_read (const guint8 *data, gsize n_bytes, GPtrArray *pairs);
