#!/usr/bin/python3
"""uitest-study.py WINDOW SACCADE ROOT: a study of two arms is started in the window, watched, paused, its trainer is killed and then all of
it, it goes on and ends; a run of it leads to its curves.  See uidriver.py."""
import json, os, pathlib, signal, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade = sys.argv[1], os.path.realpath(sys.argv[2])
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
project = work / 'bursts.saccade'
data = work / 'data'
environment = {'SACCADE_CACHE': str(work / 'cache'), 'SACCADE_DATADIR': str(data), 'SACCADE_THREADS': '1'}
RECIPE = '''[recipe]
title=Two small ones
description=Single frames against clips.
[network]
model=i3d-r18
width=4
blocks=1;1;1;1
[data]
frames=4
resize=40
crop=32
validation=0.25
[training]
accumulate=2
steps=1500
rate=0.001
drops=
validate_every=100
checkpoint_every=10
log_every=1
[study]
seeds=1
[arm clips]
title=Clips
weights=nowhere.safetensors
[arm flat]
title=Single frames
model=r18-2d
batch=4
steps=200
'''


def prepare():
    (data / 'recipes').mkdir(parents=True)
    (data / 'recipes' / 'two.ini').write_text(RECIPE)
    for words in (('demo', work / 'demo', '--task', 'bursts', '--clips', 8), ('import', '--project', project, work / 'demo')):
        told = subprocess.run([saccade, *map(str, words)], env=dict(os.environ, **environment), capture_output=True, text=True, timeout=200)
        if told.returncode:
            return ok(False, 'a project is made', told.stderr[-400:])
    return ok(True, 'a project is made')


def processes(word):
    """The numbers of the processes `saccade WORD` that work on this project."""
    found = []
    for entry in pathlib.Path('/proc').iterdir():
        try:
            words = (entry / 'cmdline').read_bytes().split(b'\0')
        except (OSError, ValueError):
            continue
        if entry.name.isdigit() and words[:2] == [saccade.encode(), word.encode()] and any(bytes(work) in w for w in words):
            found.append(int(entry.name))
    return found


def queue():
    files = list((work / 'bursts.data' / 'studies').glob('*/queue.json'))
    return json.loads(files[0].read_text()) if files else None


def progress(name):
    """What the bar of a run shows, 0…1; −1 without one."""
    bar = find(role='progress bar', name=name)
    return bar.get_current_value() if bar else -1


def sensitive(name, seconds=60):
    return wait(lambda: next((n for n in find_all(role='push button', name=name)
                              if n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None), seconds)


def kill(word):
    gone = processes(word)
    for pid in gone:
        os.kill(pid, signal.SIGKILL)
    return gone


def open_study():
    key('ctrl+3')
    more = see(name='Compare several networks…', seconds=60)
    ok(more, 'the Train page offers to compare several networks')
    press(more)
    start = see(role='push button', name='Start study', seconds=60)
    if not ok(start, 'a window for studies opens'):
        return False
    stay(start, 'Seeds')
    return True


def choose():
    """The first arm begins with a file that is not there: from scratch instead."""
    arms = [n.name for n in find_all(role='check box')]
    ok('Single frames' in arms and 'Clips' in arms, 'its arms can be ticked', arms)
    ok(see(name='Device'), 'and a device be chosen')
    weights = see(name='Weights of Clips')
    ok(weights, 'each arm has a choice of weights')
    click(weights)
    key('Down', 'Return')
    ok(wait(lambda: 'nowhere.safetensors' not in texts(), 30), 'from scratch, for example', texts)
    ok(not unnamed(), 'every control has a name', unnamed)
    shot('study-new')
    press(sensitive('Start study'))


def watch():
    ok(wait(lambda: processes('train'), 60), 'a trainer is started', texts)
    ok(wait(lambda: queue() and len(queue()['jobs']) == 2 and progress('clips · 1') > 0, 120), 'its run makes steps', lambda: (queue(), texts()))
    shot('study-watched')
    press(sensitive('Pause all'))
    ok(sensitive('Resume all'), 'the study is paused', texts)
    ok(wait(lambda: not processes('train'), 60), 'nothing is trained while it is')
    shot('study-paused')
    press(sensitive('Resume all'))
    again = wait(lambda: processes('train'), 60)
    ok(again, 'resumed, it trains again', texts)
    killed = kill('train')
    ok(wait(lambda: set(processes('train')) - set(killed), 60), 'a trainer that is killed has a successor', texts)
    kill('study')
    kill('train')
    go_on = sensitive('Go on')
    ok(go_on, 'the whole killed, the window offers to go on', texts)
    shot('study-killed')
    press(go_on)
    ok(wait(lambda: '2 of 2 runs done' in texts(), 200), 'gone on with, all of it is done', texts)
    ok(sensitive('Write report', 30), 'it can be reported')
    shot('study-done')


def lead():
    """A run of the queue leads to its curves on the Train page."""
    row = wait(lambda: next((n for n in find_all(role='label') if n.name == 'clips · 1'), None), 30)
    if ok(row, 'its runs are listed'):
        click(row)
    uidriver.within = None
    ok(wait(lambda: any('oss' in n.name and any(c.isdigit() for c in n.description) for n in find_all(role='image')), 60),
       'a run leads to its curves', lambda: [n.name + ': ' + n.description for n in find_all(role='image')])
    shot('study-run')


try:
    if prepare() and ok(launch(window, project, **environment), 'the window opens') and open_study():
        choose()
        watch()
        lead()
        status = end()
        ok(status in (0, -15), 'the window ends well', status)
finally:
    for word in ('study', 'train'):
        kill(word)
    if uidriver.process and uidriver.process.poll() is None:
        uidriver.process.kill()
    shutil.rmtree(work, ignore_errors=True)
done()
