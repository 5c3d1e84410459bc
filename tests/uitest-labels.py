#!/usr/bin/python3
"""uitest-labels.py WINDOW SACCADE: twenty clips are labelled by keys and pointer: tags, segments, tracks; all is undone, the program is
started anew, all is redone, and the labels go out as CVAT XML and come back the same.  See uidriver.py.
The clips are real ones where SACCADE_TEST_DATA is set, else rendered."""
import os, pathlib, re, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade = sys.argv[1:3]
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
folder = work / 'mine'
cache = {'SACCADE_CACHE': str(work / 'cache')}
N_CLIPS = 20


def gather():
    folder.mkdir()
    real = pathlib.Path(os.environ.get('SACCADE_TEST_DATA', '')) / 'data' / 'videos'
    if real.is_dir() and os.environ.get('SACCADE_TEST_DATA'):
        found = [sorted(p for p in (real / kind).rglob('*') if p.suffix in ('.mkv', '.mp4'))
                 for kind in ('asl-words', 'surveillance-fights', 'yoga-poses')]
        chosen = (found[0][:8] + found[1][:8] + found[2])[:N_CLIPS]
    else:
        subprocess.run([saccade, 'demo', str(work / 'demo'), '--clips', str(N_CLIPS)], check=True, stdout=subprocess.DEVNULL, timeout=120)
        chosen = sorted((work / 'demo' / 'clips').iterdir())[:N_CLIPS]
    for number, path in enumerate(chosen):
        shutil.copy(path, folder / f'{number:02}{path.suffix}')


def project():
    return next(folder.glob('*.saccade'), None) or next(work.glob('*.saccade'))


def tell(*words, project_file=None):
    answer = subprocess.run([saccade, *map(str, words), '--project', str(project_file or project())], env=dict(os.environ, **cache),
                            capture_output=True, text=True, timeout=60)
    return answer.stdout if answer.returncode == 0 else f'{answer.returncode}: {answer.stderr}'


def cvat(project_file=None):
    """What is said, as the bytes of the export; the moment of writing left out."""
    out = work / 'labels.xml'
    told = tell('export', '--format', 'cvat', out, project_file=project_file)
    if not out.is_file():
        return told
    text = out.read_text()
    out.unlink()
    return text


def acts():
    """The acts of the history: (undone, words)."""
    return [line for line in tell('labels', 'history').splitlines() if line.strip()]


def listed(query):
    """The clips that fit, by name."""
    return [line.split()[0] for line in tell('query', query).splitlines() if line.strip()]


def undone_all():
    text = cvat()
    return '<track' not in text and '<box' not in text and 'fight' not in text


def tag_the_clips():
    for name in ('fight', 'calm'):
        key('t')
        type_text(name)
        key('Return')
        ok(wait(lambda: chip(name, 'yes')), f'T makes the label {name}')
    ok(says('00'), 'the first clip is in front', texts)
    key('2')
    for number in range(N_CLIPS):               # clip 0 is a fight already; each goes on by itself
        subprocess.run(['xdotool', 'key', '--clearmodifiers', '--delay', '30', *([] if number == 0 else ['2' if number % 3 else '1']),
                        'ctrl+Return'], check=True, timeout=20)
    ok(says(f'{N_CLIPS} of {N_CLIPS} reviewed'), 'all are reviewed', texts)
    for name, wanted in ('fight', range(0, N_CLIPS, 3)), ('calm', [n for n in range(N_CLIPS) if n % 3]):
        got = wait(lambda: listed(f'label:{name}') == [f'{n:02}' for n in wanted])
        ok(got, f'a digit said of each clip whether it is {name}', listed(f'label:{name}'))
    ok(len(listed('reviewed:yes')) == N_CLIPS, 'Ctrl+Enter accepted each')


def go_to_first():
    repeat('Page_Up', N_CLIPS)
    ok(says('00'), 'Page Up leads back to the first')


def mark_segments():
    for number in range(3):
        key('Home')
        key(*['period'] * (2 + number))
        key('i')
        key(*['period'] * (5 + number))
        key('o')
        key('Page_Down')
    text = tell('query', 'has:segments')
    ok(len([line for line in text.splitlines() if line.strip()]) >= 3, 'I and O mark a segment in three clips', text)


def shown_picture():
    return next((n for n in find_all(role='image') if (n.get_description() or '').startswith('Frame')), None)


def spans():
    """What segments of clip 00 the export tells: (first, last frame)."""
    out = work / 'spans.json'
    tell('export', '--format', 'datumaro', out)
    text = out.read_text() if out.is_file() else ''
    out.unlink(missing_ok=True)
    return text


def drag_an_edge():
    """The end of the first clip's segment, by the pointer: the frame under it is shown while it is held."""
    picture, line = shown_picture(), find(role='image', name='Timeline')
    key('Home', 'ctrl+Right', 'shift+o')        # the segment, its last frame
    number = int((picture.get_description() or 'Frame 0').split()[1])
    width = line.get_component_iface().get_extents(Atspi.CoordType.WINDOW).width
    frames = int(next(t for t in texts() if t and ' / ' in t and t.split(' / ')[0] == str(number)).split(' / ')[1]) + 1
    left = min(max(width * 0.16, 60), 150)
    x, y = place(line, 0, 0)
    x += int(left + (number + 1) / frames * (width - left - 6))
    y += 22 + 12
    was = spans()
    xdo('mousemove', '--sync', x, y, 'mousedown', 1)
    for step in 40, 80, 120:
        xdo('mousemove', '--sync', x + step, y)
        time.sleep(0.05)
    meant = round(number + 120 / (width - left - 6) * frames)
    seen = wait(lambda: abs(int(picture.get_description().split()[1]) - meant) <= 2)
    ok(seen, 'an edge that is dragged shows the frame under it', (picture.get_description(), number, meant))
    ok(spans() == was, 'and nothing is written before it is let go')
    xdo('mouseup', 1)
    ok(wait(lambda: spans() != was), 'then the segment is longer')
    key('Escape')


def code_live():
    """A label's key held while the clip plays marks as long."""
    was = acts()
    key('Home', 'space')
    xdo('keydown', '2')
    time.sleep(0.5)
    xdo('keyup', '2')
    key('space')
    ok(wait(lambda: len(acts()) == len(was) + 1), 'a key held while it plays marks a segment', acts()[:3])


def draw_tracks():
    picture = wait(shown_picture)
    ok(picture, 'the frame is a picture that tells its number', lambda: [(n.get_name(), n.get_description()) for n in find_all(role='image')])
    left, top = place(picture, 0.42, 0.4)
    for number in range(2):
        key('Home', 'n')
        x, y = left + number * 90, top
        drag(x, y, x + 60, y + 70)
        key(*['period'] * 6)
        drag(x + 30, y + 35, x + 50, y + 45)
        key('Escape')
    moved = wait(lambda: re.findall(r'keyframe="1"', cvat()))
    ok(len(moved) >= 4 and '<box frame="6"' in cvat(), 'each was moved six frames later: that is a keyframe',
       lambda: [line for line in cvat().splitlines() if '<box' in line][:8])
    shot('labels-tracks')
    text = tell('query', 'has:tracks')
    ok(text.strip(), 'a drag after N draws a track, a second one moves it', text)
    tracks = cvat().count('<track')
    ok(tracks >= 2, 'there are two tracks', tracks)


def day():
    gather()
    if not ok(launch(window, folder, **cache), 'the window is on the accessibility bus'):
        return
    ok(says(f'{N_CLIPS} clips', 60), 'twenty clips are imported', texts)
    key('ctrl+2')
    ok(see(name='Seek bar'), 'Ctrl+2 shows the Label page')
    tag_the_clips()
    go_to_first()
    mark_segments()
    go_to_first()
    drag_an_edge()
    code_live()
    draw_tracks()
    shot('labels')
    before, history = cvat(), acts()
    ok(before.count('<track') >= 2 and '<labels>' in before, 'the export tells of them', before[:600])

    # Undo all, across a restart
    repeat('ctrl+z', len(history))
    ok(wait(undone_all), 'Ctrl+Z takes back every act', lambda: cvat()[:600])
    ok(end('kill') != 0, 'the program is killed')
    ok(launch(window, project(), **cache), 'and started again')
    ok(see(role='push button', name='Redo', seconds=30), 'the project opens')
    shot('again')
    repeat('ctrl+shift+z', len(history))
    ok(wait(lambda: cvat() == before), 'Ctrl+Shift+Z brings back all of it', lambda: cvat()[:600])

    # Out and in
    out, other = work / 'out.xml', work / 'other.saccade'
    tell('export', '--format', 'cvat', out)
    ok(out.is_file(), 'CVAT XML is written')
    tell('import', folder, project_file=other)
    told = tell('labels', 'import', out, project_file=other)
    ok(cvat(other).count('<track') == before.count('<track'), 'and comes back: tracks and segments', told)
    ok(cvat(other).replace('other', '') == before, 'the same to the letter', cvat(other)[:900])
    out = work / 'out.json'
    tell('export', '--format', 'datumaro', out)
    told = tell('labels', 'import', out, project_file=other)
    ok(tell('query', 'label:fight', project_file=other) == tell('query', 'label:fight') != '', 'tags of clips go by Datumaro', told)


def pictures():
    """What a person sees, in light, dark and Japanese, with a segment and with an object selected."""
    looks = {'light': {}, 'dark': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}, 'ja': {'LANGUAGE': 'ja'}}
    for name, extra in looks.items():
        if not launch(window, project(), **cache, **extra):
            continue
        see(role='toggle button', seconds=30)
        key('ctrl+2')
        time.sleep(1)
        shot(f'labels-{name}')
        key('Home', 'ctrl+Right')
        shot(f'labels-{name}-segment')
        key('Escape', 'alt+Down', 'r')
        shot(f'labels-{name}-object')
        key('Escape', 't')
        type_text('ca')
        shot(f'labels-{name}-find')
        key('Escape', 'ctrl+shift+l')
        shot(f'labels-{name}-vocabulary')
        key('Escape', 'ctrl+u')
        shot(f'labels-{name}-next')
        key('Escape', 'ctrl+comma')
        shot(f'labels-{name}-preferences')
        end()


try:
    day()
    if os.environ.get('SACCADE_SHOTS'):
        end()
        pictures()
    ok(end() == 0, 'the window ends cleanly', uidriver.process.returncode)
finally:
    if uidriver.process and uidriver.process.poll() is None:
        uidriver.process.kill()
    if not os.environ.get('SACCADE_SHOTS'):
        shutil.rmtree(work, ignore_errors=True)
done()
