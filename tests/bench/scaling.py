#!/usr/bin/env python3
"""Time of a step against batch, frames and resolution: scaling.py SACCADE [--threads N].
The last column is the time per FLOP, the smallest size of each group being 1; it should not grow."""
import json, subprocess, sys

SETS = [
    ('r18-2d, batch', 'r18-2d', ['4,3,1,224,224', '8,3,1,224,224', '16,3,1,224,224', '32,3,1,224,224']),
    ('r18-2d, resolution', 'r18-2d', ['8,3,1,112,112', '8,3,1,160,160', '8,3,1,224,224', '8,3,1,320,320']),
    ('i3d-r18-s, frames', 'i3d-r18-s', ['2,3,8,112,112', '2,3,16,112,112', '2,3,32,112,112', '2,3,64,112,112']),
    ('i3d-r18-s, batch', 'i3d-r18-s', ['1,3,16,112,112', '2,3,16,112,112', '4,3,16,112,112', '8,3,16,112,112']),
]
for title, workload, inputs in SETS:
    print(f'{title}\n{"input":>18} {"GFLOP":>8} {"ms":>9} {"GFLOP/s":>8} {"time/FLOP":>10} {"compile ms":>11}')
    first = None
    for shape in inputs:
        out = subprocess.run([sys.argv[1], 'bench', workload, '--input', shape, '--json', '--steps', '3', *sys.argv[2:]],
                             capture_output=True, text=True, check=True).stdout
        r = json.loads(out)
        per = r['step_ms'] / r['gflop']
        first = first or per
        print(f'{shape:>18} {r["gflop"]:8.1f} {r["step_ms"]:9.1f} {1e3 / per:8.1f} {per / first:10.2f} {r["compile_ms"]:11.2f}', flush=True)
    print()
