#!/usr/bin/python3
"""uitest-workbench.py WINDOW SACCADE: a run is started in the window, watched, paused, its trainer is killed, it goes on, is compared with
another, and a point of its ROC curve leads to a clip at the frame that decided.  See uidriver.py."""
import os, pathlib, re, signal, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True

import uidriver
from uidriver import *

window, saccade, root = sys.argv[1], os.path.realpath(sys.argv[2]), sys.argv[3]
work = pathlib.Path(tempfile.mkdtemp(prefix='saccade-ui-'))
project = work / 'bursts.saccade'
data = work / 'data'
environment = {'SACCADE_CACHE': str(work / 'cache'), 'SACCADE_DATADIR': str(data)}
SMALL = dict(width=4, frames=8, resize=36, crop=32, batch=4, drops='', warmup=5)


def tell(*words):
    return subprocess.run([saccade, *map(str, words)], env=dict(os.environ, SACCADE_THREADS='2', **environment), capture_output=True,
                          text=True, timeout=200)


def recipe(name, **changed):
    text = (pathlib.Path(root) / 'data/recipes/bursts-stabn.ini').read_text()
    for key_name, value in {**SMALL, **changed}.items():
        text = re.sub(rf'^{key_name}=.*$', f'{key_name}={value}', text, flags=re.M)
    (data / 'recipes' / name).write_text(text)
    return data / 'recipes' / name


def prepare():
    """A project with one run that has ended, and a recipe that takes long enough to be paused in."""
    (data / 'recipes').mkdir(parents=True)
    tell('demo', work / 'demo', '--task', 'bursts', '--clips', 12)
    tell('import', '--project', project, work / 'demo')
    told = tell('train', recipe('short.ini', steps=12, validate_every=12), '--project', project, '--name', 'before', '--full-speed')
    (data / 'recipes' / 'short.ini').unlink()
    recipe('watched.ini', title='Watched', steps=20000, validate_every=15, checkpoint_every=15, log_every=1)
    return ok(told.returncode == 0, 'a run to compare with is trained', told.stderr[-400:])


def trainer():
    """The process that trains, and its run folder."""
    for entry in pathlib.Path('/proc').iterdir():
        try:
            words = (entry / 'cmdline').read_bytes().split(b'\0')
        except (OSError, ValueError):
            continue
        if entry.name.isdigit() and b'train' in words and str(project).encode() in words and saccade.encode() in words[:1]:
            return int(entry.name)


def run_folder():
    folders = sorted((work / 'bursts.data' / 'runs').glob('*/run.json'), key=lambda p: p.stat().st_mtime)
    return folders[-1].parent if folders else None


def described(name):
    """What a plot says of itself in words."""
    return [n.get_description() or '' for n in find_all(role='image') if name in (n.get_name() or '')]


def sensitive(name, seconds=60):
    return wait(lambda: next((n for n in find_all(role='push button', name=name)
                              if n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None), seconds)


def step():
    """The step that the line below the progress tells."""
    return max([int(m.group(1)) for t in texts() for m in [re.search(r'[Ss]tep (\d+)', t or '')] if m], default=0)


def train():
    key('ctrl+3')
    start = see(role='push button', name='Start training', seconds=60)
    ok(start, 'Ctrl+3 shows the Train page')
    stay(start, 'Results')
    press(start)
    ok(wait(trainer, 60), 'a trainer is started')
    ok(wait(lambda: step() > 4, 60), 'steps are counted', texts)
    ok(wait(lambda: any(re.search(r'\d', d) for d in described('oss')), 60), 'points arrive', lambda: described('oss'))
    shot('workbench-watched')
    press(see(name='Pause', seconds=30))
    ok(sensitive('Resume'), 'it pauses', texts)
    at = step()
    uidriver.time.sleep(0.7)
    ok(step() == at, 'no step is made while it pauses', (at, step()))
    shot('workbench-paused')
    pid = trainer()
    if ok(pid, 'its trainer waits'):
        os.kill(pid, signal.SIGKILL)
    ok(wait(lambda: not trainer(), 30), 'the trainer is killed')
    go_on = sensitive('Go on')
    ok(go_on, 'the window says that it can go on', texts)
    shot('workbench-killed')
    if go_on:
        press(go_on)
    ok(wait(trainer, 60), 'another trainer goes on')
    ok(wait(lambda: step() > at, 60), 'it makes the steps that follow', (at, step()))
    stop = sensitive('Stop')
    if stop:
        press(stop)
    results = sensitive('Results', 120)
    ok(results, 'stopped, the run has results', texts)
    shot('workbench-ended')
    return results


def compare(results):
    uidriver.within = None
    press(results)
    roc = wait(lambda: next((n for n in find_all(role='image') if n.name.startswith('ROC')), None), 60)
    ok(roc, 'Results leads to the ROC curves', lambda: [n.name for n in find_all(role='image')])
    stay(roc, 'Runs to compare')
    ok(wait(lambda: any('macro AUC (95' in t for t in texts()), 60), 'the difference is told in words', texts)
    shot('workbench-compare')
    for name in ('Precision', 'Calibration', 'Confusion'):
        click(see(name=name))
        shot(f'workbench-{name.lower()}')
    # A threshold is kept with the run.
    slider = see(role='slider', name='Threshold between no and yes')
    if ok(slider, 'there is a threshold'):
        click(slider, 0.1, 0.5)
        kept = wait(lambda: list((work / 'bursts.data' / 'runs').glob('*/thresholds.json')), 30)
        ok(kept, 'it is kept with the run')
        if kept:
            told = tell('eval', kept[0].parent, '--project', project)
            ok(told.returncode == 0 and '(hand, test)' in told.stdout, 'saccade eval decides by it', told.stdout + told.stderr)
    click(see(name='ROC'))
    return see(role='image', name='ROC curves', seconds=30)


def frame_told():
    """The frame that the line below the player tells."""
    return next((int(m.group(1)) for t in texts() for m in [re.match(r'^(\d+) / \d+$', t)] if m), None)


def explain(roc):
    # Every curve has a point where the axes meet, and no two places of this grid are further apart than a click may miss by.
    left, bottom = place(roc, 0, 1)
    click_all([(left + x, bottom - y) for y in range(8, 90, 16) for x in range(8, 90, 16)])
    ok(wait(lambda: any(' at threshold ' in t for t in texts()), 30), 'a click on the curve shows the clips behind the point', texts)
    table = see(name='Clips with the scores of the runs', seconds=30)
    ok(table, 'the clips stand in a table')
    shot('workbench-behind')
    ok(not unnamed(), 'every control has a name', unnamed)
    click(wait(lambda: next((n for n in walk(table) if n.name == 'Clip'), None), 30))
    ok(wait(lambda: 'By name' in texts(), 30), 'a click on a header puts them in its order', texts)
    clip = wait(lambda: next((n for n in walk(table) if n.name.startswith('clips/')), None), 30)
    if ok(clip, 'with their names'):
        click(clip)
        key('Return')
    uidriver.within = None
    shown = see(name='Which map is shown', seconds=60)
    if ok(shown, 'a clip of it opens in Explain'):
        stay(shown, 'Strip')
    decided = wait(lambda: next((int(m.group(1)) for t in texts() for m in [re.search(r'looked most at frame (\d+)', t)] if m), None), 120)
    ok(decided is not None, 'its attention is shown', texts)
    ok(wait(lambda: frame_told() == decided, 30), 'it stands at the frame that decided', lambda: (decided, frame_told()))
    shot('workbench-decisive')
    ok(not unnamed(), 'every control has a name', unnamed)


try:
    if prepare() and ok(launch(window, project, **environment), 'the window opens'):
        ok(see(name='Explain', seconds=60), 'its pages are there')
        uidriver.time.sleep(1)
        results = train()
        if results:
            explain(compare(results))
        status = end()
        ok(status in (0, -15), 'the window ends well', status)
finally:
    pid = trainer()
    if pid:
        os.kill(pid, signal.SIGKILL)
    if uidriver.process and uidriver.process.poll() is None:
        uidriver.process.kill()
    shutil.rmtree(work, ignore_errors=True)
done()
