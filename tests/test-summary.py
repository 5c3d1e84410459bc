#!/usr/bin/env python3
"""test-summary.py BUILD_DIR…: one closing line 'N passed, N failed' over the meson test logs of all given build folders.

Counts TAP lines where a test speaks TAP, else the test as one.  A bad result without a 'not ok' line (crash, time-out) is one
failure.  Skipped tests are listed with their reason.  Exit status 1 when something failed or nothing ran."""
import json
import pathlib
import re
import sys

LINE = re.compile(r'(?P<bad>not )?ok\b(?P<text>[^#]*)(?:#\s*(?P<mark>\w+)\s*(?P<why>.*))?$', re.I)
passed, failures, skips = 0, [], []
for folder in sys.argv[1:]:
    log = pathlib.Path(folder, 'meson-logs', 'testlog.json')
    if not log.exists():
        failures.append(f'{folder}: no test log')
        continue
    for row in map(json.loads, log.read_text(encoding='utf-8').splitlines()):
        name, good, bad = f"{folder} {row['name']}", 0, []
        skipped = 0
        for m in filter(None, map(LINE.match, row.get('stdout', '').splitlines())):
            if (m['mark'] or '').upper() in ('SKIP', 'TODO'):
                skipped += 1
                skips.append(f"{name}{m['text'].rstrip()}: {m['why']}")
            elif m['bad']:
                bad.append(name + m['text'].rstrip())
            else:
                good += 1
        if row['result'] == 'SKIP' and not skipped:
            skips.append(name)
        elif row['result'] in ('OK', 'EXPECTEDFAIL') and not (good or bad or skipped):
            good = 1
        elif row['result'] not in ('OK', 'EXPECTEDFAIL', 'SKIP') and not bad:
            bad = [f"{name}: {row['result']}, exit status {row['returncode']}"]
        passed += good
        failures += bad
for f in failures:
    print('failed:', f)
for s in skips:
    print('skipped:', s)
print(f'{passed} passed, {len(failures)} failed')
sys.exit(1 if failures or not passed else 0)
