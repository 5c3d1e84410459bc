"""Drives the real window by AT-SPI and xdotool, as a person would by eyes, keys and pointer; speaks TAP.  Run under headless.sh with
the python that has gi.  SACCADE_SHOTS=DIR keeps pictures of the pages."""
import os, subprocess, sys, time, warnings

warnings.simplefilter('ignore', DeprecationWarning)

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi
    import uitree
    from uitree import walk
except (ImportError, ValueError):
    print('1..0 # SKIP no python3-gi with Atspi')
    sys.exit(0)

app = process = None
within = None                           # a part of the window: what is looked for is looked for there, which is quicker
steps = failures = 0


def ok(good, name, told=None):
    global steps, failures
    steps += 1
    failures += not good
    if not good and told is not None:
        print(f'# {told() if callable(told) else told}')
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
        time.sleep(0.1)


def showing(node):
    return node.showing()


def find_all(role=None, name=None, starts=None):
    return [n for n in walk(within or app) if (role is None or n.role == role) and (name is None or n.name == name) and
            (starts is None or n.name.startswith(starts)) and showing(n)]


def find(*args, **kw):
    found = find_all(*args, **kw)
    return found[0] if found else None


def see(seconds=10, **kw):
    return wait(lambda: find(**kw), seconds)


def stay(node, name):
    """Looks only at the part of the window that holds @node and something called @name, which is quicker."""
    def holds(top):
        return top.name == name or any(holds(child) for child in top.children)

    global within
    node = next((n for n in walk(app) if n.path == node.path), None)
    while node and not holds(node):
        node = node.parent
    within = node


def texts():
    return [n.name for n in find_all(role='label')]


def says(start, seconds=10):
    return wait(lambda: any((t or '').startswith(start) for t in texts()), seconds)


def xdo(*words):
    subprocess.run(['xdotool', *map(str, words)], check=True, timeout=10)


def key(*keys):
    subprocess.run(['xdotool', 'key', '--clearmodifiers', '--delay', '25', *keys], check=True, timeout=30)
    time.sleep(0.15)


def repeat(name, times):
    subprocess.run(['xdotool', 'key', '--clearmodifiers', '--delay', '15', *[name] * times], check=True, timeout=120)
    time.sleep(0.3)


def type_text(text):
    subprocess.run(['xdotool', 'type', '--delay', '15', text], check=True, timeout=20)


def place(node, x=0.5, y=0.5):
    """A point of the node on the screen; without a window manager the window stands at 0,0 inside its own border."""
    top = node
    while top.parent and top.parent.path != app.path:
        top = top.parent
    first = app.get_child_at_index(0) if app.get_child_count() else top
    own = top.parent and top.path != first.path         # a dialog has a window of the display for itself
    which = ['--name', f'^{top.name}$'] if own else ['--pid', str(process.pid)]
    number = subprocess.run(['xdotool', 'search', '--onlyvisible', *which], capture_output=True, text=True, timeout=10)
    geometry = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', number.stdout.split()[-1]], capture_output=True, text=True,
                              timeout=10).stdout
    at = dict(line.split('=') for line in geometry.split())
    frame = (top if own else first).get_extents()
    e = node.get_extents()
    left = int(at['X']) + (int(at['WIDTH']) - frame.width) // 2
    top = int(at['Y']) + (int(at['HEIGHT']) - frame.height) // 2
    return int(left + e.x + x * e.width), int(top + e.y + y * e.height)


def click(node, x=0.5, y=0.5):
    px, py = place(node, x, y)
    subprocess.run(['xdotool', 'mousemove', '--sync', str(px), str(py), 'click', '1'], timeout=10)
    time.sleep(0.2)


def click_all(points):
    """Many places of the screen, one after the other."""
    words = [str(w) for x, y in points for w in ('mousemove', x, y, 'sleep', 0.03, 'click', 1, 'sleep', 0.03)]
    subprocess.run(['xdotool', *words], check=True, timeout=60)
    time.sleep(0.2)


def drag(x, y, to_x, to_y):
    """With the first button, in steps as a hand would."""
    subprocess.run(['xdotool', 'mousemove', '--sync', str(x), str(y), 'mousedown', '1'], timeout=10)
    for i in range(1, 6):
        subprocess.run(['xdotool', 'mousemove', str(x + (to_x - x) * i // 5), str(y + (to_y - y) * i // 5)], timeout=10)
        time.sleep(0.06)
    subprocess.run(['xdotool', 'mouseup', '1'], timeout=10)
    time.sleep(0.3)


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
    return [f'{n.role} {n.name!r}' for n in walk(within or app)
            if showing(n) and n.role in wanted and n.name in dull and n.role != 'image']


def launch(program, *arguments, **environment):
    """Starts the window; whether it came."""
    global app, process
    uitree.connect()
    process = subprocess.Popen([program, *map(str, arguments)], env=dict(os.environ, **environment), stdout=sys.stderr)
    app = wait(lambda: uitree.application(process.pid), 60)
    return app


def end(how='terminate'):
    """Ends the window; its exit status."""
    getattr(process, how)()
    return process.wait(timeout=30)


def done():
    if process and process.poll() is None:
        process.kill()
    print(f'1..{steps}')
    sys.exit(1 if failures else 0)
