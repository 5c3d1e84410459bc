#!/usr/bin/env python3
"""Writes the small weight files beside this script with PyTorch (python3-torch), one of each container that Saccade reads.
They need not be made again; the script says what is in them."""
import collections, json, pathlib, struct
import torch

here = pathlib.Path(__file__).parent
base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
state = collections.OrderedDict([
    ('module.conv1.weight', torch.arange(2 * 3 * 3 * 3, dtype=torch.float32).reshape(2, 3, 3, 3) / 16 - 1),
    ('module.bn1.weight', torch.nn.Parameter(torch.tensor([1.5, -2.0]))),
    ('module.bn1.num_batches_tracked', torch.tensor(7)),
    ('module.view', base.t()),
    ('module.window', base[1:3, 2:5]),
    ('module.half', torch.tensor([1.0, -0.5, 65504.0, 6e-8]).half()),
    ('module.brain', torch.tensor([1.0, -3.140625]).bfloat16()),
    ('module.double', torch.tensor([0.1], dtype=torch.float64)),
    ('module.small', torch.tensor([-3, 4], dtype=torch.int16)),
    ('module.flags', torch.tensor([True, False])),
    ('module.empty', torch.zeros(0, 3)),
])
checkpoint = {'epoch': 3, 'arch': 'tiny', 'best': 0.5, 'state_dict': state, 'optimizer': {'state': {0: torch.ones(3)}, 'groups': [{'lr': 0.1}]}}
torch.save(state, here / 'state-zip.pth')
torch.save(state, here / 'state-legacy.pth', _use_new_zipfile_serialization=False)
torch.save(checkpoint, here / 'checkpoint-zip.pth.tar')
torch.save(checkpoint, here / 'checkpoint-legacy.pth.tar', _use_new_zipfile_serialization=False)
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 1)), here / 'whole-module.pth')

# One safetensors file of the same tensors widened to float32: what reading the others must give.
head, blobs, at = {}, [], 0
for name, tensor in state.items():
    bytes_ = tensor.detach().float().contiguous().numpy().tobytes()
    head[name] = dict(dtype='F32', shape=list(tensor.shape), data_offsets=[at, at + len(bytes_)])
    blobs.append(bytes_)
    at += len(bytes_)
text = json.dumps(head).encode()
text += b' ' * (-len(text) % 8)
(here / 'state.safetensors').write_bytes(struct.pack('<Q', len(text)) + text + b''.join(blobs))
