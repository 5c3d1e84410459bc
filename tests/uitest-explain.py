#!/usr/bin/python3
"""uitest-explain.py WINDOW SACCADE: a small ST-ABN is trained for some steps; the Explain page shows where it looks: scrubbing, peaks, kinds
of maps, inversion while a key is held, a second run beside it, the table of a split.  See uidriver.py."""
import os, pathlib, re, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade, root = sys.argv[1:4]
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
cache = {'SACCADE_CACHE': str(work / 'cache')}


def tell(*words):
    return subprocess.run([saccade, *map(str, words)], env=dict(os.environ, SACCADE_THREADS='2', **cache), capture_output=True, text=True,
                          timeout=200)


def recipe(name, **changed):
    text = (pathlib.Path(root) / 'data/recipes/bursts-stabn.ini').read_text()
    for key_name, value in changed.items():
        text = re.sub(rf'^{key_name}=.*$', f'{key_name}={value}', text, flags=re.M)
    (work / name).write_text(text)
    return work / name


def prepare():
    """Two runs: with attention and without."""
    project = work / 'bursts.saccade'
    tell('demo', work / 'demo', '--task', 'bursts', '--clips', 12)
    tell('import', '--project', project, work / 'demo')
    small = dict(width=4, frames=8, resize=36, crop=32, batch=4, steps=12, warmup=5, drops='', validate_every=12)
    for model in ('slow-r18', 'stabn-r18'):      # the newest is the first of the list
        told = tell('train', recipe(f'{model}.ini', model=model, **small), '--project', project, '--name', model, '--full-speed')
        if not ok(told.returncode == 0, f'{model} is trained for some steps', told.stderr[-400:]):
            done()
    return project


def key_down(name):
    subprocess.run(['xdotool', 'keydown', name], check=True, timeout=10)


def key_up(name):
    subprocess.run(['xdotool', 'keyup', name], check=True, timeout=10)


def scores(start):
    """The numbers of the line that begins so."""
    line = wait(lambda: next((t for t in texts() if (t or '').startswith(start)), None))
    return [float(n) for n in re.findall(r'([\d.]+) %', line or '')]


def choose(name, down):
    """An entry of a drop-down, so many below the one that is chosen."""
    node = see(name=name)
    click(node)
    time_after_popup()
    for _ in range(abs(down)):
        key('Down' if down > 0 else 'Up')
    key('Return')


def time_after_popup():
    uidriver.time.sleep(0.4)


def place_text():
    return next((t for t in texts() if re.fullmatch(r'\d+ / \d+', t or '')), None) or \
        next((n.get_name() for n in walk(page) if re.match(r'^\d+ / \d+', n.get_name() or '')), '')


project = prepare()
if not ok(launch(window, project, **cache), 'the window opens'):
    done()
ok(see(name='Explain', seconds=20), 'its pages are there')
uidriver.time.sleep(1)
press(see(name='Explain'))
page = see(name='Which map is shown', seconds=15)
ok(page, 'the Explain page is in front')
while page and not any(n.get_name() == 'Strip' for n in walk(page)):
    page = page.get_parent()
uidriver.within = page
ok(says('The network’s own maps', 25), 'the scores under the network’s own maps are there', texts)
ok(says('Own attention, “', 10), 'the heading says which map it is and of which label', texts)
shot('explain-own')

# Inversion, while the key is held and by the buttons.
own = scores('The network’s own maps')
view = see(name='Frames that the network saw')
click(view, 0.5, 0.5)
moves = []
for held, words in (('s', 'Places inverted'), ('t', 'Time inverted'), ('b', 'Places and time inverted')):
    key_down(held)
    there = says(f'{words}: ', 10)
    moved = scores(words)
    if held == 'b':
        shot('explain-inverted')
    key_up(held)
    ok(there and len(moved) == 2, f'{held} held: {words}', texts)
    ok(moved and own and abs(moved[0] - own[0]) < 0.11, 'the score of before is told beside', (own, moved))
    moves += [abs(moved[-1] - moved[0])] if moved else []
    ok(says('The network’s own maps', 10), 'let go, all is as before', texts)
ok(max(moves, default=0) > 0.15, 'inverted maps give other scores', moves)
press(see(name='Invert places'))
ok(says('Places inverted: ', 10), 'the button inverts until it is pressed again', texts)
press(see(name='Invert places'))
ok(says('The network’s own maps', 10), '… and back')

# Scrubbing and peaks.
key('Home')
before = place_text()
click(see(name='Frames that the network saw'), 0.9, 0.4)
ok(wait(lambda: place_text() != before), 'a frame of the strip is a place to go', (before, place_text()))
key('Home', 'n')
ok(says('Own attention', 5), 'N goes to a peak of attention')
key('shift+n')

# A map is edited: the scores follow; undone, they are as before.
press(see(name='Edit maps'))
canvas = see(starts='Attention over the picture')
if ok(canvas, 'maps can be edited'):
    click(see(name='All frames', role='check box'))
    for y in (0.25, 0.4, 0.55, 0.7):
        drag(*place(canvas, 0.3, y), *place(canvas, 0.7, y))
    ok(says('Edited maps: ', 10), 'a stroke of the brush: the scores are those of the edited maps', texts)
    edited = wait(lambda: (lambda told: told if len(told) == 2 else None) (scores('Edited maps'))) or []
    shot('explain-edited')
    ok(len(edited) == 2 and abs(edited[0] - own[0]) < 0.11 and edited[1] != edited[0], 'they moved', (own, edited))
    for _ in range(4):
        if not says('The network’s own maps', 1):
            key('ctrl+z')
    ok(says('The network’s own maps', 10) and scores('The network’s own maps') == own, 'undone, all is as before', texts)
press(see(name='Edit maps'))

# Kinds of maps.
for words in ('Attention to the label', 'Grad-CAM', 'Input gradient', 'Random', 'Own attention'):
    key('w')
    ok(says(f'{words}, “', 20), f'W: {words}', texts)

# The charts.
for name in ('Rows', 'Over time', 'Strip'):
    press(see(name=name))
    uidriver.time.sleep(0.3)
    shot(f'explain-{name.lower().replace(" ", "-")}')
ok(see(name='Frames that the network saw'), 'strip, rows and time axis can be chosen')

# A run beside it, at the same frame.
press(see(name='Beside'))
ok(see(name='Run beside', seconds=10), 'another run stands beside')
ok(says('This network has no attention', 20), 'a network without attention says so', texts)
shot('explain-beside')
press(see(name='No longer beside'))
ok(wait(lambda: not find(name='Run beside')), '… and goes')

# The table of a split.
press(see(name='Whole split'))
uidriver.time.sleep(0.4)
press(see(name='Compute'))
ok(says('As it is', 180) and says('Both inverted') and says('Constant maps'), 'the table of the split is computed', texts)
shot('explain-split')

uidriver.within = None
press(see(name='Compare'))
press(see(name='Table'))
ok(says('All labels', 20) and says('0.') and see(name='Figures of the runs by label'), 'the runs stand in a table', texts)
shot('explain-table')
ok(not unnamed(), 'every control has a name', unnamed)
status = end()
ok(status in (0, -15), 'the window ends well', status)
done()
