"""Drives the real window by AT-SPI and xdotool, as a person would by eyes, keys and pointer; speaks TAP.  Run under headless.sh with
the python that has gi.  SACCADE_SHOTS=DIR keeps pictures of the pages."""
import os, subprocess, sys, time, warnings

warnings.simplefilter('ignore', DeprecationWarning)

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi
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
    return [n for n in walk(within or app) if (role is None or n.get_role_name() == role) and (name is None or n.get_name() == name) and
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
    return [f'{n.get_role_name()} {n.get_name()!r}' for n in walk(within or app)
            if showing(n) and n.get_role_name() in wanted and (n.get_name() or '') in dull and n.get_role_name() != 'image']


def application():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child and child.get_process_id() == process.pid:
            return child


def launch(program, *arguments, **environment):
    """Starts the window; whether it came."""
    global app, process
    Atspi.init()
    process = subprocess.Popen([program, *map(str, arguments)], env=dict(os.environ, **environment), stdout=sys.stderr)
    app = wait(application, 20)
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
