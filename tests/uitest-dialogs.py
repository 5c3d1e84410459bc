#!/usr/bin/python3
"""uitest-dialogs.py WINDOW SACCADE: the dialogs around labels, clicked through: export, import, division, history, named versions,
layers, health, a damaged project.  What each did is asked of the command line.  See uidriver.py."""
import os, pathlib, shutil, sqlite3, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade = sys.argv[1:3]
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
cache = {'SACCADE_CACHE': str(work / 'cache')}
project, anna = work / 'mine.saccade', work / 'anna.saccade'
N_CLIPS = 8


def tell(*words, to=project):
    answer = subprocess.run([saccade, *map(str, words), '--project', str(to)], env=dict(os.environ, **cache), capture_output=True,
                            text=True, timeout=60)
    return answer.stdout if answer.returncode == 0 else f'{answer.returncode}: {answer.stderr}'


def prepare():
    subprocess.run([saccade, 'demo', str(work / 'demo'), '--clips', str(N_CLIPS)], check=True, stdout=subprocess.DEVNULL, timeout=120)
    for to in (project, anna):
        tell('import', work / 'demo' / 'clips', to=to)
        tell('label', 'add', 'cat', 'dog', to=to)
    names = tell('query').split()
    tell('label', 'set', 'cat', *names[:4])
    tell('label', 'set', 'dog', names[7])
    tell('label', 'set', 'cat', *names[:2], to=anna)
    tell('label', 'set', 'cat=no', *names[2:4], to=anna)
    tell('label', 'set', 'dog', names[4], to=anna)
    box = ('<annotations><version>1.1</version><meta><project><tasks><task><id>0</id><name>{0}</name><source>{0}</source><size>90</size>'
           '</task></tasks></project></meta><track id="0" label="{1}" task_id="0"><box frame="0" outside="0" occluded="0" keyframe="1" '
           'xtl="8" ytl="8" xbr="{2}" ybr="40"/></track></annotations>')
    (work / 'own.xml').write_text(box.format(names[0], 'cat', 40))
    (work / 'theirs.xml').write_text(box.format(names[0], 'dog', 30))
    tell('labels', 'import', work / 'own.xml', '--own')
    tell('labels', 'import', work / 'own.xml', '--own', to=anna)
    tell('labels', 'import', work / 'theirs.xml')
    tell('labels', 'merge', anna, '--as', 'Anna')


def press_named(name, **kw):
    """Presses what says so and can be pressed; whether it was there."""
    node = wait(lambda: next((n for n in find_all(**kw) if (n.get_name() or '').endswith(name) and n.get_role_name() in
                              ('push button', 'toggle button', 'check box', 'switch', 'button')
                              and n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None), 10)
    if node:
        press(node)
    return bool(node)


def toplevels():
    return [uidriver.app.get_child_at_index(i) for i in range(uidriver.app.get_child_count())]


def dialog(title, holds=None):
    """The window of that title, in which all is sought from now on; the pointer goes into it, so that keys do, too."""
    found = wait(lambda: next((n for n in toplevels() if n and n.get_name() == title and
                               (not holds or any((m.get_name() or '').startswith(holds) for m in walk(n)))), None), 20)
    subprocess.run(['xdotool', 'mousemove', '300', '300'], timeout=10)
    time.sleep(0.3)
    uidriver.within = found
    return found


def click_in(title, node):
    """A click into a dialog, which has a window of the display for itself."""
    number = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', f'^{title}$'], capture_output=True, text=True, timeout=10)
    geometry = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', number.stdout.split()[-1]], capture_output=True, text=True,
                              timeout=10).stdout
    at = dict(line.split('=') for line in geometry.split())
    frame = uidriver.within.get_extents(Atspi.CoordType.WINDOW)
    e = node.get_extents(Atspi.CoordType.WINDOW)
    left, top = (int(at['X']) + (int(at['WIDTH']) - frame.width) // 2, int(at['Y']) + (int(at['HEIGHT']) - frame.height) // 2)
    subprocess.run(['xdotool', 'mousemove', str(left + e.x + e.width // 2), str(top + e.y + e.height // 2), 'sleep', '0.1', 'click', '1'],
                   timeout=10)
    time.sleep(0.3)


def gone(title):
    uidriver.within = None
    return wait(lambda: not any(n and n.get_name() == title for n in toplevels()), 20)


def close(title):
    key('Escape')
    ok(gone(title), f'Escape closes “{title}”')


def choose_file(open_it, path, until):
    """Into GTK's own file chooser; @until tells that it was taken."""
    before = len(toplevels())
    open_it()
    wait(lambda: len(toplevels()) > before, 20)
    time.sleep(1)
    key('ctrl+a')
    type_text(str(path))
    for _ in range(3):                  # a loaded machine is slow to find the path
        time.sleep(0.6)
        key('Return')
        if wait(until, 4):
            return True
    return False


def named(title):
    wait(lambda: not unnamed(), 6)
    ok(not unnamed(), f'every control of “{title}” has a name', unnamed())


def export():
    key('ctrl+e')
    ok(dialog('Export labels'), 'Ctrl+E opens the export')
    ok(says(f'{N_CLIPS} clips fit'), 'it counts the clips', texts)
    ok(says('This format cannot hold:'), 'and tells what the format cannot hold', texts)
    named('Export labels')
    query = see(role='text', starts='Clips')
    ok(query, 'the query has a name')
    click_in('Export labels', query)
    type_text('label:dog')
    ok(says('1 clip fits'), 'a query chooses the clips', texts)
    key('ctrl+a', 'BackSpace')
    ok(says(f'{N_CLIPS} clips fit'), 'without it all go out', texts)
    shot('dialog-export')
    out = work / 'out.xml'
    ok(choose_file(lambda: ok(press_named('Write…'), 'Write asks where to'), out, out.is_file), 'the file is written')
    ok(gone('Export labels'), 'and the dialog goes')


def divide():
    key('ctrl+d')
    ok(dialog('Divide the clips'), 'Ctrl+D opens the division')
    ok(says(f'{N_CLIPS} groups.'), 'it tells what would come', texts)
    ok(says('Leak meter'), 'and what leaks', texts)
    named('Divide the clips')
    top = wait(lambda: next((n for n in find_all(starts='Most frequent labels') if n.get_value_iface()), None))
    ok(top, 'the number of labels has a name')
    if top:
        top.get_value_iface().set_current_value(1)
    ok(says('The 1 most frequent of 2 labels: 4 of 5 labelled clips carry one'), 'of the most frequent labels it says what stays', texts)
    shot('dialog-split')
    ok(press_named('Divide'), 'Divide divides')
    ok(gone('Divide the clips'), 'and the dialog goes')
    ok(tell('query', '--count', 'split:none').strip() == '4', 'clips without the label have no side', tell('query', 'split:none'))


def versions():
    key('ctrl+s')
    ok(dialog('Versions'), 'Ctrl+S opens the versions')
    named('Versions')
    type_text('first')
    key('Return')
    ok(wait(lambda: 'first' in tell('labels', 'versions'), 20), 'a name and Enter keep this state', tell('labels', 'versions'))
    ok(gone('Versions'), 'and the dialog goes')
    key('ctrl+z')
    ok(wait(lambda: tell('query', '--count', 'split:none').strip() == str(N_CLIPS)), 'Ctrl+Z takes the division back')
    key('ctrl+alt+v')
    ok(dialog('Versions'), 'Ctrl+Alt+V opens the versions, too')
    ok(press_named('What is otherwise now: first') or press_named('What is otherwise now'), 'it is compared')
    ok(says('Since “first”') or find(name='Since “first”') or says('Tags: '), 'with what there is now', texts)
    shot('dialog-versions-compared')
    close('Versions')


def history():
    key('ctrl+h')
    ok(dialog('History'), 'Ctrl+H opens the history')
    ok(says('Divide the clips'), 'the acts are listed', texts)
    named('History')
    shot('dialog-history')
    row = see(role='list item', starts='Divide the clips, undone') or see(starts='Divide the clips', seconds=2)
    if ok(row, 'what was undone is a row of it'):
        click_in('History', row)
        if not wait(lambda: tell('query', '--count', 'split:none').strip() == '4', 3):
            key('Return')
    ok(wait(lambda: tell('query', '--count', 'split:none').strip() == '4'), 'a row brings back what there was after it')
    close('History')
    key('ctrl+z')
    ok(wait(lambda: tell('query', '--count', 'split:none').strip() == str(N_CLIPS)), 'and Ctrl+Z leaves it again')


def layers():
    key('ctrl+2')
    see(name='Seek bar')
    editor = wait(lambda: next((n for n in walk(uidriver.app) if 'in this clip' in (n.get_description() or '')), None), 30)
    ok(editor, 'the frame tells how many objects there are')
    shown = lambda n: wait(lambda: f'{n} object' in (editor.get_description() or ''), 30)
    ok(editor and shown(3), 'those of three layers')
    key('ctrl+alt+l')
    ok(dialog('Layers'), 'Ctrl+Alt+L opens the layers')
    ok(says('2 disagreements') or says('1 disagreement'), 'who disagrees is queued', texts)
    named('Layers')
    shot('dialog-layers')
    eye = see(starts='Show theirs.xml')
    ok(eye, 'each layer has an eye', [n.get_name() for n in find_all(starts='Show')])
    if eye:
        press(eye)
    ok(shown(2), 'a hidden layer is not drawn')
    if eye:
        press(eye)
    ok(shown(3), 'and comes back')
    ok(press_named('Merge the second into my labels'), 'what another said is taken over')
    ok(wait(lambda: 'Merge “Anna”' in tell('labels', 'history')), 'as an act of the history', lambda: tell('labels', 'history'))
    close('Layers')


def import_labels():
    choose_file(lambda: key('ctrl+alt+i'), work / 'out.xml',
                lambda: any(any((m.get_name() or '').startswith('Where to') for m in walk(n)) for n in toplevels() if n and n.get_name() == 'Import labels'))
    shot('dialog-import-chosen')
    if not ok(dialog('Import labels', 'Where to'), 'Ctrl+Alt+I asks for files and shows what they hold'):
        return
    ok(wait(lambda: any('1 clip is in the project' in (t or '') for t in texts())), 'which clips they speak of', texts)
    named('Import labels')
    shot('dialog-import-labels')
    ok(press_named('Import'), 'Import takes it')
    ok(gone('Import labels'), 'and the dialog goes')
    ok(wait(lambda: 'out.xml' in tell('labels', 'layers')), 'as a layer of its own', tell('labels', 'layers'))


def health():
    key('ctrl+1')
    ok(press_named('Health…'), 'the Clips page leads to the health')
    ok(dialog('Health of the clips'), 'which has a window')
    ok(says('All files are there') or says('Nothing that training'), 'and finds none ill', texts)
    named('Health of the clips')
    close('Health of the clips')
    clips = sorted((work / 'demo' / 'clips').rglob('*.*'))
    clips = [c for c in clips if c.suffix in ('.mp4', '.mkv', '.webm', '.avi', '.ogv')]
    clips[5].unlink()
    clips[6].write_bytes(b'no video' * 200)
    press_named('Health…')
    dialog('Health of the clips')
    ok(press_named('Look into each file'), 'files can be looked into')
    exclude = see(starts='Exclude: ', seconds=20)
    ok(exclude and says('2 clips need a decision'), 'one that is gone and one that is broken are found', texts)
    shot('dialog-health')
    if exclude:
        press(exclude)
    ok(wait(lambda: 'xclude' in tell('labels', 'history')), 'one click leaves the broken one out', lambda: tell('labels', 'history'))
    remove = see(starts='Remove: ')
    if ok(remove, 'the lost one can be removed'):
        press(remove)
    ok(wait(lambda: tell('query', '--count').strip() == str(N_CLIPS - 1)), 'which it is', lambda: tell('query', '--count'))
    close('Health of the clips')
    key('ctrl+z')
    ok(wait(lambda: tell('query', '--count').strip() == str(N_CLIPS)), 'and Ctrl+Z brings it back')


def menu_import():
    """The same by the pointer: the menu's entry opens the chooser."""
    before = len(toplevels())
    menu = see(name='Main menu')
    if not ok(menu, 'there is a main menu'):
        return
    click(menu)
    entry = see(starts='Import labels')
    ok(entry, 'which offers to import labels', lambda: [n.get_name() for n in walk(uidriver.app) if n.get_role_name() == 'menu item'])
    key('m')                            # the letter that is underlined
    ok(wait(lambda: len(toplevels()) > before), 'and asks for files')
    key('Escape')
    ok(wait(lambda: len(toplevels()) == before), 'which Escape takes back')


def damage():
    """A project too large to be checked before it opens, with a page that leads nowhere."""
    broken = work / 'broken.saccade'
    shutil.copy(anna, broken)
    base = sqlite3.connect(broken)
    base.execute("INSERT INTO versions (name, note, file, time_us, revision) VALUES ('v', ?, 'none', 0, 0)", ('x' * (60 << 20),))
    base.commit()
    size = base.execute('PRAGMA page_size').fetchone()[0]
    base.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    base.close()
    with open(broken, 'r+b') as file:
        file.seek(broken.stat().st_size // 2 // size * size)
        if ok(file.read(size)[4:] == b'x' * (size - 4), 'its middle is a page of padding'):
            file.seek(-size, os.SEEK_CUR)
            file.write(b'\xff\xff\xff\xff')
    if not ok(launch(window, broken, **cache), 'the window opens it all the same'):
        return
    ok(dialog('The project file is damaged'), 'and tells soon that it is damaged', lambda: [n.get_name() for n in toplevels()])
    ok(says('The project file “'), 'with what SQLite says', texts)
    named('The project file is damaged')
    shot('dialog-damaged')
    ok(press_named('Close'), 'it can be closed')
    ok(gone('The project file is damaged'), 'and goes')
    ok(says(f'{N_CLIPS} clips', 30), 'the clips are there', texts)


def day():
    prepare()
    if not ok(launch(window, project, **cache), 'the window is on the accessibility bus'):
        return
    ok(says(f'{N_CLIPS} clips', 60), 'the project is open', texts)
    export()
    divide()
    versions()
    history()
    layers()
    import_labels()
    menu_import()
    health()


try:
    day()
    ok(end() == 0, 'the window ends cleanly', uidriver.process.returncode)
    damage()
    ok(end() == 0, 'this one ends cleanly, too', uidriver.process.returncode)
finally:
    if uidriver.process and uidriver.process.poll() is None:
        uidriver.process.kill()
    if not os.environ.get('SACCADE_SHOTS'):
        shutil.rmtree(work, ignore_errors=True)
done()
