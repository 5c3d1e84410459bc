#!/usr/bin/env python3
"""ja.po is complete: every string of the program is translated, nothing is fuzzy, formats agree. Speaks TAP."""
import pathlib, subprocess, sys, tempfile

root = pathlib.Path(sys.argv[1])
results = []

files = [l for l in (root / 'po/POTFILES').read_text().split('\n') if l and not l.startswith('#')]
marked = set()
for path in list((root / 'src').rglob('*.c')) + list((root / 'ui').rglob('*.ui')):
    text = path.read_text(encoding='utf-8')
    if '_("' in text or 'N_("' in text or 'ngettext (' in text or 'translatable="yes"' in text:
        marked.add(str(path.relative_to(root)))
missing = sorted(marked - set(files))
results.append(('/translation/potfiles', not missing, ['not in po/POTFILES: ' + m for m in missing]))

with tempfile.TemporaryDirectory() as tmp:
    pot, merged = tmp + '/s.pot', tmp + '/ja.po'
    present = [f for f in files if (root / f).exists()]
    ui = [f for f in present if not f.endswith('.c')]
    c = [f for f in present if f.endswith('.c')]
    flags = ['--from-code=UTF-8', '-k_', '-kN_', '-kC_:1c,2', '-kngettext:1,2', '-kg_dngettext:2,3', '--flag=_:1:pass-c-format', '-o', pot, '-D', str(root)]
    subprocess.run(['xgettext', *flags, '-L', 'C', *c], check=True)
    if ui:
        subprocess.run(['xgettext', *flags, '-j', *ui], check=True)
    if pathlib.Path(pot).exists():
        r = subprocess.run(['msgmerge', '-q', '--no-fuzzy-matching', '-o', merged, str(root / 'po/ja.po'), pot], capture_output=True, text=True)
        r2 = subprocess.run(['msgattrib', '--untranslated', '--no-obsolete', merged], capture_output=True, text=True)
        left = [l for l in r2.stdout.splitlines() if l.startswith(('msgid', '"', '#:'))][3:]
        results.append(('/translation/ja-complete', r.returncode == 0 and not r2.stdout.strip(), [r.stderr] + left[:60]))
        r3 = subprocess.run(['msgfmt', '-c', '-o', '/dev/null', merged], capture_output=True, text=True)
        results.append(('/translation/ja-formats', r3.returncode == 0, r3.stderr.splitlines()))

print(f'1..{len(results)}')
for n, (name, good, notes) in enumerate(results, 1):
    if not good:
        for note in notes:
            print('# ' + note)
    print(f"{'' if good else 'not '}ok {n} - {name}")
sys.exit(0 if all(g for _, g, _ in results) else 1)
