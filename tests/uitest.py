#!/usr/bin/python3
"""uitest.py WINDOW SACCADE SOURCE: a person's day in the real window: open a folder, label by keys, train, look at the curves, at the
clips behind them and at where the network looked.  See uidriver.py."""
import pathlib, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade, source = sys.argv[1:4]

RECIPE = """[recipe]
version=1
title=Tiny
description=A few steps of a tiny network.
[network]
model=i3d-r18
width=8
blocks=1;1;1;1
inflation=none
pad_time=replicate
weights=
[data]
frames=4
resize=36
crop=32
flip_horizontal=true
flip_vertical=true
top_k=0
validation=0
[training]
batch=4
accumulate=1
steps=16
rate=0.02
momentum=0.9
decay=0.0001
head_rate=1
drops=
drop_factor=0.1
batch_norm=batch
seed=1
validate_every=8
checkpoint_every=8
keep_checkpoints=1
log_every=2
"""

work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
demo = work / 'shapes'
(work / 'data' / 'recipes').mkdir(parents=True)
(work / 'data' / 'recipes' / 'tiny.ini').write_text(RECIPE)
subprocess.run([saccade, 'demo', str(demo), '--clips', '24'], check=True, stdout=subprocess.DEVNULL, timeout=120)


def day():
    if not ok(launch(window, demo, SACCADE_DATADIR=str(work / 'data'), SACCADE_CACHE=str(work / 'cache')), 'the window is on the accessibility bus'):
        return

    # Clips
    ok(says('24 clips', 60), 'a folder is opened: its clips are imported', texts)
    names = sorted(p.stem for p in (demo / 'clips').iterdir())
    names = [f'clips/{name}' for name in names]
    tile = see(role='table cell', name=names[0])
    ok(tile, 'clips are shown as tiles with a name')
    shot('clips')
    wait(lambda: not unnamed(), 9)       # the cross of libadwaita's toast has no name; it goes with the toast
    ok(not unnamed(), 'every control of the Clips page has a name', unnamed())

    # Label three clips by keys
    key('ctrl+2')
    ok(see(name='Seek bar'), 'Ctrl+2 shows the Label page')
    ok(says('0 / 89', 20), 'the first frame is shown')
    key('period', 'period', 'comma', 'f')
    ok(says('2 / 89'), 'keys step by frames', texts)
    key('End')
    ok(says('89 / 89'), 'End goes to the last frame', texts)
    key('t')
    type_text('odd one')
    key('Return')
    ok(wait(lambda: chip('odd one', 'yes')), 'T makes a label and sets it')
    first = [n.get_name().split(':')[0] for n in find_all() if n.get_name() and n.get_name().endswith((': yes', ': no'))][0]
    ok(first, 'labels are chips with their state in words')
    for number in range(3):
        before = wait(lambda: find(starts=f'{first}: ')).get_name()
        key('1')
        changed = wait(lambda: find(starts=f'{first}: ').get_name() != before, 4)
        ok(changed, f'digit key changes the label of clip {number + 1}', before)
        if number == 0:
            key('shift+1')
            ok(wait(lambda: chip(first, 'unknown')), 'Shift and digit make it unknown')
            key('ctrl+z')
            ok(wait(lambda: not chip(first, 'unknown')), 'Ctrl+Z takes it back')
        key('ctrl+Return')
        ok(says(names[number + 1]), 'Ctrl+Enter accepts and goes on', texts)
    ok(says('24 of 24 reviewed'), 'what is reviewed is counted', texts)
    shot('label')
    wait(lambda: not unnamed(), 9)       # the cross of libadwaita's toast has no name; it goes with the toast
    ok(not unnamed(), 'every control of the Label page has a name', unnamed())

    # Train
    key('ctrl+3')
    start = see(role='push button', name='Start training')
    ok(start, 'Ctrl+3 shows the Train page')
    press(start)
    ok(wait(lambda: any('Running' in (t or '') or 'running' in (t or '') or 'step' in (t or '').lower() for t in texts()), 40),
       'training starts', texts)
    loss = [n for n in find_all(role='image') if 'oss' in (n.get_name() or '')]
    ok(loss, 'the loss is a picture with a name')
    ok(wait(lambda: any('oss' in (n.get_name() or '') and any(c.isdigit() for c in n.get_description() or '')
                        for n in find_all(role='image')), 60), 'points arrive', [n.get_description() for n in loss])
    results = wait(lambda: next((n for n in find_all(role='push button', name='Results')
                                 if n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None), 90)
    ok(results, 'the run ends and has results', texts)
    shot('train')

    # Compare
    if results:
        press(results)
    roc = wait(lambda: next((n for n in find_all(role='image') if (n.get_name() or '').startswith('ROC')), None), 30)
    ok(roc, 'Results leads to the ROC curves', [n.get_name() for n in find_all(role='image')])
    shot('compare')
    bars = ([n for n in find_all(role='image') if 'AUC' in (n.get_name() or '')] or [None])[-1]     # Train has one too, before
    behind = find(name='Clips with the scores of the runs')
    clips = []
    if bars and behind:
        for x in [i / 40 for i in range(3, 38)]:        # somewhere along the axis stands a bar
            click(bars, x, 0.72)
            clips = wait(lambda: [n for n in walk(behind) if (n.get_name() or '').startswith('clips/')], 0.6)
            if clips and any(' at threshold ' in (t or '') for t in texts()):
                break
    ok(clips, 'a click on a bar shows the clips behind it')
    shot('compare-clips')

    # Explain
    if clips:
        click(clips[0])
        key('Return')
    else:
        key('ctrl+5')
    ok(see(name='Label to explain', seconds=15) or see(name='Find a clip'), 'a clip behind it leads to the Explain page')
    ok(wait(lambda: any('nothing to invert' in (t or '') for t in texts()), 60), 'the network has looked: a label and its score', texts)
    shot('explain')


try:
    day()
    ok(end() == 0, 'the window ends cleanly', uidriver.process.returncode)
finally:
    if uidriver.process and uidriver.process.poll() is None:
        uidriver.process.kill()
    shutil.rmtree(work, ignore_errors=True)
done()
