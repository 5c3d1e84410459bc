#!/usr/bin/env python3
"""Style that grep can see: no tabs, no trailing blanks, lines of at most 140 characters, a final newline, scripts executable.  Speaks TAP."""
import pathlib, subprocess, sys

root = pathlib.Path(sys.argv[1])
bad = []
for folder in ('src', 'shaders', 'tests', 'ui', 'po'):
    for path in sorted((root / folder).rglob('*')):
        if path.suffix not in ('.c', '.h', '.comp', '.glsl', '.py', '.ui', '.build', '.sh') or not path.is_file():
            continue
        text = path.read_text(encoding='utf-8')
        name = path.relative_to(root)
        if text.startswith('#!') and not path.stat().st_mode & 0o100:
            bad.append(f'{name}: a script that cannot be run (chmod +x)')
        if text and not text.endswith('\n'):
            bad.append(f'{name}: no newline at the end')
        for number, line in enumerate(text.splitlines(), 1):
            if '\t' in line:
                bad.append(f'{name}:{number}: tab')
            if line != line.rstrip():
                bad.append(f'{name}:{number}: trailing blank')
            if len(line) > 140 and path.suffix in ('.c', '.h'):
                bad.append(f'{name}:{number}: {len(line)} characters')
print('1..1')
for b in bad[:40]:
    print('# ' + b)
print(f"{'not ' if bad else ''}ok 1 - /style/text")
sys.exit(1 if bad else 0)
