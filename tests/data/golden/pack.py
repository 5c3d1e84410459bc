#!/usr/bin/env python3
"""Packs golden trajectories of the PyTorch peer into one file a network: pack.py OUT CASE=PEER_FILE…

The peer writes input, target, weights.*, grad.*, weights-after.* and loss, one file a case.  Cases of one network share their input and
nearly all first weights; these are kept once, exactly.  First gradients and the change of the weights over the run are kept in bfloat16
(a relative error of 1e-3, an NMSE of 1e-6, against tolerances of 1e-4 and more).  Cases that begin with "train" keep no change: later
steps of batch statistics amplify rounding and are not compared.
The GAN's file has one case without a name: z, real, weights.*, loss_d, loss_g, kept as they are.
Names: "input", "target", "weights.*"; in a case "CASE/loss", "CASE/weights.*" (where they differ), "CASE/grad.*", "CASE/change.*"."""
import json, struct, sys
import numpy as np


def load(path):
    data = open(path, 'rb').read()
    n = struct.unpack('<Q', data[:8])[0]
    head, out = json.loads(data[8:8 + n]), {}
    for name, t in head.items():
        a, b = t['data_offsets']
        out[name] = np.frombuffer(data[8 + n + a:8 + n + b], np.float32 if t['dtype'] == 'F32' else np.int64).reshape(t['shape'])
    return out


def bf16(x):
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16).astype(np.uint16).reshape(x.shape)


out, first = {}, None
for arg in sys.argv[2:]:
    case, path = arg.split('=', 1)
    t = load(path)
    if 'z' in t:
        out = {k: ('F32', v) for k, v in t.items() if not k.startswith('weights-after.')}
        continue
    first = first or t
    assert all((t[k] == first[k]).all() for k in ('input', 'target'))
    for name in ('input', 'target'):
        out[name] = ('F32', t[name].astype(np.float32))
    out[f'{case}/loss'] = ('F32', t['loss'])
    for name, value in t.items():
        kind, _, rest = name.partition('.')
        if kind == 'weights':
            same = name in out and (out[name][1] == value).all()
            out.setdefault(name, ('F32', value))
            if not same and t is not first:
                out[f'{case}/{name}'] = ('F32', value)
        elif kind == 'grad':
            out[f'{case}/{name}'] = ('BF16', bf16(value))
        elif kind == 'weights-after' and not case.startswith('train') and 'running_' not in rest:
            out[f'{case}/change.{rest}'] = ('BF16', bf16(value - t['weights.' + rest]))
head, blobs, at = {}, [], 0
for name, (dtype, value) in out.items():
    data = value.tobytes()
    head[name] = dict(dtype=dtype, shape=list(value.shape), data_offsets=[at, at + len(data)])
    blobs.append(data)
    at += len(data)
text = json.dumps(head).encode()
text += b' ' * (-len(text) % 8)
open(sys.argv[1], 'wb').write(struct.pack('<Q', len(text)) + text + b''.join(blobs))
