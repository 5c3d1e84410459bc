#!/usr/bin/python3
"""uitest-generate.py WINDOW SACCADE: a graph of generators is drawn, learning is started; samples appear, edges tell their losses, the samples
are gone through, pinned and compared; the run is stopped and goes on.  See uidriver.py."""
import os, pathlib, re, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade = sys.argv[1], os.path.realpath(sys.argv[2])
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
project = work / 'shapes.saccade'
environment = {'SACCADE_CACHE': str(work / 'cache'), 'SACCADE_DATADIR': str(work / 'data'), 'SACCADE_THREADS': '1'}
RECIPE = """[recipe]
version=1
kind=gan
title=Tiny
description=For a test.
[network]
size=32
width=8
z=8
spectral=true
graph=TCC|CTC|CCT
[training]
batch=8
epochs={epochs}
sample_every=3
checkpoint_every=3
log_every=1
rows=4
"""


def tell(*words):
    return subprocess.run([saccade, *map(str, words)], env=dict(os.environ, **environment), capture_output=True, text=True, timeout=200)


def prepare():
    """A project, 32 pictures of squares, and a run that has ended, from which the form takes where the pictures are."""
    pictures = work / 'pictures'
    pictures.mkdir()
    (work / 'data/recipes/gan').mkdir(parents=True)
    for i in range(32):
        x, y = 2 + i % 8 * 2, 2 + i // 8 * 4
        rows = [bytes([200, 60 + 6 * i, 40] if x <= u < x + 12 and y <= v < y + 12 else [20, 20, 30]) for v in range(32) for u in range(32)]
        (pictures / f'{i:02}.ppm').write_bytes(b'P6\n32 32\n255\n' + b''.join(rows))
    tell('demo', work / 'demo', '--clips', 2)
    tell('import', '--project', project, work / 'demo' / 'clips')
    recipe = work / 'data/recipes/gan/tiny.ini'
    recipe.write_text(RECIPE.format(epochs=2))
    told = tell('gan', 'train', recipe, '--data', pictures, '--run', work / 'shapes.data' / 'runs' / 'before')
    recipe.write_text(RECIPE.format(epochs=20000))
    return ok(told.returncode == 0, 'generators to compare with are trained', told.stderr[-400:])


nodes = {}                              # what was found once: to walk the whole window takes long on a busy machine


def node(name, role=None):
    if name not in nodes:
        nodes[name] = find(role=role, name=name)
        if not nodes[name]:
            del nodes[name]
    return nodes.get(name)


def described(name):
    return node(name).get_description() or '' if node(name) else ''


def shown_step():
    """The step of the samples, as their picture says it; −1: there are none."""
    found = re.search(r'at step (\d+)', described('Pictures of the generators'))
    return int(found.group(1)) if found else -1


def graphs():
    """What the drawn graph, and then that of the run, say of themselves."""
    if 'graphs' not in nodes or len(nodes['graphs']) < 2:
        nodes['graphs'] = [n for n in find_all() if n.get_name() == 'Knowledge-transfer graph']
    return [n.get_description() or '' for n in nodes['graphs']]


def sensitive(name, seconds=30):
    """The button once it can be pressed; one button is called Pause, Resume and Go on."""
    def look():
        button = node(name, 'push button')
        if button and button.get_name() != name:
            del nodes[name]
            return None
        return button if button and button.get_state_set().contains(Atspi.StateType.SENSITIVE) else None
    return wait(look, seconds)


def run_folders():
    return [p.parent for p in (work / 'shapes.data' / 'runs').glob('*/recipe.ini')]


def stay(inside):
    """Looks only at the page that holds @inside from now on."""
    while inside and not any(n.get_name() == 'Choose a folder of pictures' for n in walk(inside)):
        inside = inside.get_parent()
    while inside and not any(n.get_name() in ('Run', 'Pause', 'Go on') for n in walk(inside)):
        inside = inside.get_parent()
    uidriver.within = inside


def draw_graph():
    """Letters are typed, then a generator is removed by its button: what is left is a graph of two."""
    letters = see(role='text', name='Graph as letters')
    ok(letters, 'the form has a graph')
    graphs()
    click(letters)
    key('ctrl+a')
    type_text('TCP|TTC|CCT')
    key('Return')
    press(see(role='push button', name='Remove a generator'))
    ok(wait(lambda: 'D → G1: through; G1 → G2: through; D → G2: through' in graphs(), 20), 'a graph of two is drawn', graphs)


def start():
    ok(wait(lambda: any('32 pictures' in t for t in texts() if t), 30), 'the pictures of the run before are offered', texts)
    draw_graph()
    shot('generate-form')
    go = sensitive('Start learning')
    ok(go, 'it can be started', texts)
    press(go)
    found = wait(lambda: len(run_folders()) == 2 and [f for f in run_folders() if f.name != 'before'], 40)
    if not ok(found, 'a run folder appears'):
        return None
    recipe = wait(lambda: (found[0] / 'recipe.ini').read_text(), 20)
    ok('graph=TC|TT' in recipe, 'it learns by the graph that was drawn', recipe)
    return found[0]


def watch():
    ok(wait(lambda: '4 rows of 2 generators' in described('Pictures of the generators'), 60), 'samples of the two generators appear',
       lambda: described('Pictures of the generators'))
    before = shown_step()
    ok(wait(lambda: shown_step() > before, 40), 'newer ones take their place', shown_step)
    ok(wait(lambda: any('loss' in d for d in graphs()), 30), 'edges tell their loss', graphs)
    shot('generate-live')


def scrub():
    slider = see(role='slider', name='Training step of the samples')
    click(slider)
    key('Home')
    ok(wait(lambda: shown_step() == 0, 30), 'the slider goes back to the first samples', shown_step)
    key('Right')
    ok(wait(lambda: shown_step() == 3, 30), 'and on to the next', shown_step)
    pin = see(name='Keep this moment beside the others')
    press(pin)
    press(see(name='Play through the training'))
    ok(wait(lambda: shown_step() > 6, 40), 'it plays through the training', shown_step)
    shot('generate-pinned')
    press(pin)


def stop_and_go_on(folder):
    press(sensitive('Stop'))
    go_on = sensitive('Go on', 60)
    ok(go_on, 'stopped, it can go on', texts)
    newest = lambda: max(int(p.stem[5:]) for p in (folder / 'samples').glob('step-*.png'))
    at = newest()
    press(go_on)
    ok(wait(lambda: newest() > at, 60), 'it goes on from where it was', newest)
    press(sensitive('Stop'))
    ok(sensitive('Go on', 60), 'and is stopped again')


try:
    if prepare() and ok(launch(window, project, **environment), 'the window opens'):
        ok(see(name='Generate', seconds=20), 'its pages are there')
        uidriver.time.sleep(1)
        key('ctrl+7')
        button = see(role='push button', name='Start learning', seconds=20)
        ok(button, 'Ctrl+7 shows the Generate page')
        stay(button)
        folder = start()
        if folder:
            watch()
            scrub()
            stop_and_go_on(folder)
        ok(not unnamed(), 'every control has a name', unnamed)
except Exception as error:
    ok(False, f'no step fails: {error!r}')
finally:
    done()
