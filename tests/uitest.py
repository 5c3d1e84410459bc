#!/usr/bin/python3
"""uitest.py WINDOW SACCADE SOURCE: a person's day in the real window: open a folder, label by keys, train, look at the curves, at the
clips behind them and at where the network looked.  Driven by AT-SPI and xdotool; speaks TAP.  Run under headless.sh.
SACCADE_SHOTS=DIR keeps pictures of the pages.  This python is the one that has gi."""
import os, pathlib, shutil, subprocess, sys, tempfile, time, warnings

warnings.simplefilter('ignore', DeprecationWarning)

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi
except (ImportError, ValueError):
    print('1..0 # SKIP no python3-gi with Atspi')
    sys.exit(0)

window, saccade, source = sys.argv[1:4]
steps = failures = 0


def ok(good, name, told=None):
    global steps, failures
    steps += 1
    failures += not good
    if not good and told is not None:
        print(f'# {told}')
    print(f"{'ok' if good else 'not ok'} {steps} - {name}", flush=True)
    return good


def wait(ask, seconds=10):
    end = time.time() + seconds
    while True:
        try:
            got = ask()
        except Exception:               # the tree changes while it is walked
            got = None
        if got or time.time() > end:
            return got
        time.sleep(0.05)


def walk(node):
    yield node
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child:
            yield from walk(child)


def showing(node):
    """GTK 4.8 tells no 'showing' but of windows: what was never laid out has no size."""
    component = node.get_component_iface()
    return bool(component) and (node.get_role_name() == 'list item' or component.get_extents(Atspi.CoordType.WINDOW).width > 0)


def find_all(role=None, name=None, starts=None):
    return [n for n in walk(app) if (role is None or n.get_role_name() == role) and (name is None or n.get_name() == name) and
            (starts is None or (n.get_name() or '').startswith(starts)) and showing(n)]


def find(*args, **kw):
    found = find_all(*args, **kw)
    return found[0] if found else None


def see(seconds=10, **kw):
    return wait(lambda: find(**kw), seconds)


def texts():
    return [n.get_name() for n in find_all(role='label')]


def says(start, seconds=10):
    return wait(lambda: any((t or '').startswith(start) for t in texts()), seconds)


def key(*keys):
    for k in keys:
        subprocess.run(['xdotool', 'key', '--clearmodifiers', k], check=True, timeout=10)
        time.sleep(0.15)


def type_text(text):
    subprocess.run(['xdotool', 'type', '--delay', '15', text], check=True, timeout=20)


def place(node, x=0.5, y=0.5):
    """A point of the node on the screen; without a window manager the window stands at 0,0 inside its own border."""
    number = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(process.pid)], capture_output=True, text=True, timeout=10)
    geometry = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', number.stdout.split()[-1]], capture_output=True, text=True,
                              timeout=10).stdout
    at = dict(line.split('=') for line in geometry.split())
    frame = [n for n in walk(app) if n.get_role_name() == 'frame'][0].get_extents(Atspi.CoordType.WINDOW)
    e = node.get_extents(Atspi.CoordType.WINDOW)
    left = int(at['X']) + (int(at['WIDTH']) - frame.width) // 2
    top = int(at['Y']) + (int(at['HEIGHT']) - frame.height) // 2
    return int(left + e.x + x * e.width), int(top + e.y + y * e.height)


def click(node, x=0.5, y=0.5):
    px, py = place(node, x, y)
    subprocess.run(['xdotool', 'mousemove', '--sync', str(px), str(py), 'click', '1'], timeout=10)
    time.sleep(0.2)


def press(node):
    node.do_action(0)


def shot(name):
    folder = os.environ.get('SACCADE_SHOTS')
    if folder:
        time.sleep(0.6)
        subprocess.run(['import', '-window', 'root', f'{folder}/{name}.png'], timeout=20)


def chip(name, state):
    return find(starts=f'{name}: {state}')


def unnamed():
    """Controls that a screen reader could not name."""
    wanted = {'push button', 'toggle button', 'check box', 'text', 'combo box', 'slider', 'image', 'progress bar', 'menu button'}
    dull = {'', 'GtkImage', 'GtkPicture', 'GtkButton', 'GtkMenuButton', 'GtkDrawingArea'}
    return [f'{n.get_role_name()} {n.get_name()!r}' for n in walk(app)
            if showing(n) and n.get_role_name() in wanted and (n.get_name() or '') in dull and n.get_role_name() != 'image']


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
environment = dict(os.environ, SACCADE_DATADIR=str(work / 'data'), SACCADE_CACHE=str(work / 'cache'))
process = subprocess.Popen([window, str(demo)], env=environment, stdout=sys.stderr)


def application():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child and child.get_process_id() == process.pid:
            return child


def day():
    global app
    app = wait(application, 20)
    if not ok(app, 'the window is on the accessibility bus'):
        return

    # Clips
    ok(says('24 clips', 60), 'a folder is opened: its clips are imported', texts())
    names = sorted(p.stem for p in (demo / 'clips').iterdir())
    names = [f'clips/{name}' for name in names]
    tile = see(role='image', name=names[0])
    ok(tile, 'clips are shown as tiles with a name')
    shot('clips')
    wait(lambda: not unnamed(), 9)       # the cross of libadwaita's toast has no name; it goes with the toast
    ok(not unnamed(), 'every control of the Clips page has a name', unnamed())

    # Label three clips by keys
    key('ctrl+2')
    ok(see(name='Seek bar'), 'Ctrl+2 shows the Label page')
    ok(says('0 / 89', 20), 'the first frame is shown')
    key('period', 'period', 'comma', 'f')
    ok(says('2 / 89'), 'keys step by frames', texts())
    key('End')
    ok(says('89 / 89'), 'End goes to the last frame')
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
        ok(says(names[number + 1]), 'Ctrl+Enter accepts and goes on', texts())
    ok(says('24 of 24 reviewed'), 'what is reviewed is counted', texts())
    shot('label')
    wait(lambda: not unnamed(), 9)       # the cross of libadwaita's toast has no name; it goes with the toast
    ok(not unnamed(), 'every control of the Label page has a name', unnamed())

    # Train
    key('ctrl+3')
    start = see(role='push button', name='Start training')
    ok(start, 'Ctrl+3 shows the Train page')
    press(start)
    ok(wait(lambda: any('Running' in (t or '') or 'running' in (t or '') or 'step' in (t or '').lower() for t in texts()), 40),
       'training starts', texts())
    loss = [n for n in find_all(role='image') if 'oss' in (n.get_name() or '')]
    ok(loss, 'the loss is a picture with a name')
    ok(wait(lambda: any('oss' in (n.get_name() or '') and any(c.isdigit() for c in n.get_description() or '')
                        for n in find_all(role='image')), 60), 'points arrive', [n.get_description() for n in loss])
    results = wait(lambda: next((n for n in find_all(role='push button', name='Results')
                                 if n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None), 90)
    ok(results, 'the run ends and has results', texts())
    shot('train')

    # Compare
    if results:
        press(results)
    roc = wait(lambda: next((n for n in find_all(role='image') if (n.get_name() or '').startswith('ROC')), None), 30)
    ok(roc, 'Results leads to the ROC curves', [n.get_name() for n in find_all(role='image')])
    shot('compare')
    bars = ([n for n in find_all(role='image') if 'AUC' in (n.get_name() or '')] or [None])[-1]     # Train has one too, before
    behind = find(name='Clips behind the point')
    clips = []
    if bars and behind:
        for x in [i / 40 for i in range(3, 38)]:        # somewhere along the axis stands a bar
            click(bars, x, 0.72)
            clips = [n for n in walk(behind) if n.get_role_name() == 'list item']
            if clips:
                break
    ok(clips, 'a click on a bar shows the clips behind it')
    shot('compare-clips')

    # Explain
    if clips:
        click(clips[0])
    else:
        key('ctrl+5')
    ok(see(name='Label to explain', seconds=15) or see(name='Find a clip'), 'a clip behind it leads to the Explain page')
    ok(wait(lambda: any('score' in (t or '') for t in texts()), 60), 'the network has looked', texts())
    shot('explain')


try:
    Atspi.init()
    day()
    process.terminate()
    ok(process.wait(timeout=30) == 0, 'the window ends cleanly', process.returncode)
finally:
    if process.poll() is None:
        process.kill()
    shutil.rmtree(work, ignore_errors=True)
print(f'1..{steps}')
sys.exit(1 if failures else 0)
