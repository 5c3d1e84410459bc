"""The window as a screen reader sees it, asked for many nodes at once: AT-SPI's own client waits for each answer before it asks again,
which takes minutes on a busy machine.  A Node answers to the same names as Atspi.Accessible."""
import time

from gi.repository import Atspi, Gio, GLib

ROOT = '/org/a11y/atspi/accessible/root'
ACCESSIBLE, COMPONENT, VALUE, ACTION = (f'org.a11y.atspi.{name}' for name in ('Accessible', 'Component', 'Value', 'Action'))
PROPERTIES = 'org.freedesktop.DBus.Properties'
BLINK = 0.3                             # what was read so many seconds ago still holds
bus = None


def connect():
    global bus
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, 0, 20000, None).unpack()[0]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


def ask_all(questions):
    """The answers to (owner, path, interface, method, arguments), in their order; None where there was none."""
    answers = [None] * len(questions)
    left = len(questions)

    def on_answer(source, result, i):
        nonlocal left
        left -= 1
        try:
            answers[i] = source.call_finish(result).unpack()
        except GLib.Error:              # it went meanwhile, or has no such interface
            pass

    for i, (owner, path, interface, method, arguments) in enumerate(questions):
        bus.call(owner, path, interface, method, arguments, None, 0, 30000, None, on_answer, i)
    while left:
        GLib.MainContext.default().iteration(True)
    return answers


class Extents:
    def __init__(self, x, y, width, height):
        self.x, self.y, self.width, self.height = x, y, width, height


class States:
    def __init__(self, words):
        self.bits = words[0] | words[1] << 32

    def contains(self, state):
        return bool(self.bits >> int(state) & 1)


class Node:
    def __init__(self, owner, path, parent=None):
        self.owner, self.path, self.parent = owner, path, parent
        self.name = self.description = self.role = ''
        self.extents, self.children, self.read_at = Extents(0, 0, 0, 0), [], 0

    def questions(self):
        return [(self.owner, self.path, PROPERTIES, 'GetAll', GLib.Variant('(s)', (ACCESSIBLE,))),
                (self.owner, self.path, ACCESSIBLE, 'GetRole', None),
                (self.owner, self.path, COMPONENT, 'GetExtents', GLib.Variant('(u)', (1,))),
                (self.owner, self.path, ACCESSIBLE, 'GetChildren', None)]

    def take(self, told, role, extents, children):
        self.read_at = time.monotonic()
        if told:
            self.name, self.description = told[0].get('Name', ''), told[0].get('Description', '')
        self.role = Atspi.role_get_name(Atspi.Role(role[0])) if role else ''
        self.extents = Extents(*extents[0]) if extents else Extents(0, 0, 0, 0)
        self.children = [Node(owner, path, self) for owner, path in children[0]] if children else []

    def ask(self, interface, method, arguments=None):
        return ask_all([(self.owner, self.path, interface, method, arguments)])[0]

    def fresh(self):
        if time.monotonic() - self.read_at > BLINK:
            self.take(*ask_all(self.questions()))
        return self

    def showing(self):
        """GTK 4.8 tells no 'showing' but of windows: what was never laid out has no size."""
        return self.role == 'list item' or self.extents.width > 0

    def get_name(self):
        return self.fresh().name

    def get_description(self):
        return self.fresh().description

    def get_role_name(self):
        return self.role

    def get_parent(self):
        return self.parent

    def get_child_count(self):
        return len(self.fresh().children)

    def get_child_at_index(self, i):
        return self.children[i] if i < len(self.children) else None

    def get_extents(self, kind=None):
        return self.fresh().extents

    def get_component_iface(self):
        return self

    def get_state_set(self):
        return States((self.ask(ACCESSIBLE, 'GetState') or [[0, 0]])[0])

    def do_action(self, i):
        answer = self.ask(ACTION, 'DoAction', GLib.Variant('(i)', (i,)))
        return bool(answer and answer[0])

    def get_value_iface(self):
        return self if self.get_current_value() is not None else None

    def get_current_value(self):
        answer = self.ask(PROPERTIES, 'Get', GLib.Variant('(ss)', (VALUE, 'CurrentValue')))
        return answer[0] if answer else None

    def set_current_value(self, value):
        self.ask(PROPERTIES, 'Set', GLib.Variant('(ssv)', (VALUE, 'CurrentValue', GLib.Variant('d', value))))


def read(top):
    """All that is shown of @top, asked for a storey at a time; parts that were never laid out are left out."""
    storey = [top]
    while storey:
        answers = ask_all([question for node in storey for question in node.questions()])
        below = []
        for i, node in enumerate(storey):
            node.take(*answers[4 * i:4 * i + 4])
            if node is not top and not node.showing():
                node.children = []
            below += node.children
        storey = below


def walk(top):
    """@top and all below it that is shown, in reading order, as they were at one time."""
    read(top)
    stack = [top]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.children)


def application(pid):
    """The root of the program with this process number, None where it has none yet."""
    for owner, path in (Node('org.a11y.atspi.Registry', ROOT).ask(ACCESSIBLE, 'GetChildren') or [[]])[0]:
        number = bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID',
                               GLib.Variant('(s)', (owner,)), None, 0, 20000, None).unpack()[0]
        if number == pid:
            return Node(owner, path)
    return None
