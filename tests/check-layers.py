#!/usr/bin/env python3
"""Who may include whom: reads the #include lines of src/ against the table (src/README.md explains it).
check-layers.py ROOT [--table] ; speaks TAP, one test a room."""
import pathlib, re, sys

MAY = {
    'base': '', 'graph': '', 'ops': 'graph', 'backend': 'graph', 'nn': 'ops graph', 'weights': 'nn ops graph',
    'media': '', 'store': 'media eval', 'data': 'store media run', 'run': 'eval', 'eval': '',
    'infer': 'nn ops graph backend weights data run eval store media',
    'train': 'infer eval nn ops graph backend weights data run store media',
    'draw': 'eval', 'app': 'draw eval run store media data',
    'cli': 'base graph ops backend nn weights media store data run eval infer train draw',
}
# Libraries a room may use beside GLib; a header that matches none of the patterns of its room is refused.
ONLY = {'gtk/': ['app'], 'adwaita': ['app'], 'gst/': ['media'], 'sqlite3': ['store', 'run'], 'cairo': ['draw', 'app', 'cli'],
        'vulkan/': ['backend'], 'cblas': ['ops', 'infer'], 'zip.h': ['weights']}

root = pathlib.Path(sys.argv[1]) / 'src'
rooms = sorted(p.name for p in root.iterdir() if p.is_dir())
print(f'1..{len(rooms)}')
failed = 0
for n, room in enumerate(rooms, 1):
    allowed, bad = set(MAY.get(room, '').split()) | {'base', room}, []
    if room not in MAY:
        bad.append(f'{room} is not in the table')
    for path in sorted((root / room).rglob('*.[ch]')):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            target = m.group(2)
            first = target.split('/')[0]
            if m.group(1) == '"' and '/' in target and first in MAY and first not in allowed:
                bad.append(f'{path.name}:{number}: {room} may not include {target}')
            if m.group(1) == '"' and '/' in target and first != room and target.endswith('-private.h'):
                bad.append(f'{path.name}:{number}: {target} is private to {first}')
            for word, where in ONLY.items():
                if m.group(1) == '<' and target.startswith(word) and room not in where:
                    bad.append(f'{path.name}:{number}: {room} may not use <{target}>')
    for b in bad:
        print('# ' + b)
    print(f"{'not ' if bad else ''}ok {n} - /layers/{room}")
    failed += bool(bad)
sys.exit(1 if failed else 0)
