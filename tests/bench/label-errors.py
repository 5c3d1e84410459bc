#!/usr/bin/env python3
"""Are wrong labels found?  label-errors.py SACCADE FOLDER [--weights FILE] [--folds 4] [--noise 0.05] [--top 0.08] [--seed 1]

Renders the demo into FOLDER, turns a share of all labels round (in a copy; which ones is a function of the seed), divides the clips into
folds, trains a small network on each but one, and asks `saccade suspects` over all of these runs.  Says how many of the wrong labels stand
in the first part of its list, and what each signal would have found alone.  Runs that are there already are used again.
With --weights (ResNet-18 of ImageNet) a network of single frames learns; else the demo's own recipe, from scratch."""
import argparse, json, os, pathlib, random, shutil, subprocess, sys

FRAMES = '''[recipe]
version=1
title=Label errors
[network]
model=r18-2d
width=64
inflation=none
weights=resnet18-imagenet.safetensors
[data]
frames=6
resize=112
crop=112
flip_horizontal=true
flip_vertical=false
validation=0
[training]
batch=16
accumulate=1
steps=%d
rate=0.01
momentum=0.9
decay=0.0001
head_rate=3
drops=%d
drop_factor=0.1
batch_norm=frozen
seed=1
validate_every=0
checkpoint_every=0
keep_checkpoints=1
log_every=10
'''


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument('saccade')
    ask.add_argument('folder', type=pathlib.Path)
    ask.add_argument('--weights')
    ask.add_argument('--folds', type=int, default=4)
    ask.add_argument('--noise', type=float, default=0.05)
    ask.add_argument('--top', type=float, default=0.08)
    ask.add_argument('--seed', type=int, default=1)
    ask.add_argument('--clips', type=int, default=360)
    ask.add_argument('--steps', type=int, default=240)
    a = ask.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    a.saccade = os.path.abspath(a.saccade) if '/' in a.saccade else a.saccade
    os.chdir(a.folder)

    def saccade(*words):
        done = subprocess.run([a.saccade, *map(str, words)], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f'saccade {" ".join(map(str, words))}: {done.returncode}')
        return done.stdout

    def clips(project, query):
        return json.loads(saccade('query', '-p', project, '--json', query))

    if not pathlib.Path('clean.saccade').exists():
        if not pathlib.Path('truth.json').exists():
            saccade('demo', '.', '--clips', a.clips, '--seed', a.seed)
        saccade('import', '-p', 'clean.saccade', '.')
    labels = [l['name'] for l in json.loads(saccade('label', 'list', '-p', 'clean.saccade', '--json'))]
    pairs = [(clip, label, state) for label in labels for state, word in ((1, 'label'), (0, 'no'))
             for clip in clips('clean.saccade', f'{word}:{label}')]
    pairs.sort()
    wrong = random.Random(a.seed).sample(pairs, round(len(pairs) * a.noise))
    if not pathlib.Path('noisy.saccade').exists():
        shutil.copy('clean.saccade', 'noisy.tmp.saccade')
        for label in labels:
            for state, word in ((1, 'no'), (0, 'yes')):
                turned = [c for c, l, s in wrong if l == label and s == state]
                if turned:
                    saccade('label', 'set', '-p', 'noisy.tmp.saccade', '-s', word, label, *turned)
        os.rename('noisy.tmp.saccade', 'noisy.saccade')

    recipe = 'demo'
    if a.weights:
        recipe = 'label-errors.ini'
        pathlib.Path(recipe).write_text(FRAMES % (a.steps, a.steps * 2 // 3))
    runs = []
    for fold in range(1, a.folds + 1):
        project, run = f'fold-{fold}.saccade', f'run-{fold}'
        runs.append(str(pathlib.Path(run).absolute()))
        if pathlib.Path(run, 'scores', 'test.json').exists():
            continue
        shutil.rmtree(run, ignore_errors=True)
        shutil.copy('noisy.saccade', project)
        saccade('split', '-p', project, '--folds', a.folds, '--fold', fold, '--seed', a.seed, '--anew')
        more = ['--weights', a.weights] if a.weights else []
        saccade('train', recipe, '-p', project, '-r', run, '--threads', os.environ.get('SACCADE_THREADS', 0), *more)

    found = json.loads(saccade('suspects', '-p', 'noisy.saccade', *runs, '--top', '100%', '--json'))['suspects']
    turned = {(c, l) for c, l, s in wrong}
    n, first = len(pairs), round(len(pairs) * a.top)
    hits = [(s['clip'], s['label']) in turned for s in found]
    print(f'{len(turned)} of {n} labels turned round ({100 * len(turned) / n:.1f} %), {a.folds} runs')
    print(f'in the first {first} ({100 * a.top:.0f} %): {sum(hits[:first])} = {100 * sum(hits[:first]) / len(turned):.1f} %')
    for share in (0.02, 0.05, 0.08, 0.1, 0.2):
        print(f'  first {100 * share:3.0f} %: {100 * sum(hits[:round(n * share)]) / len(turned):5.1f} % of the wrong ones')
    for signal in ('trajectory', 'outside', 'margin', 'off_box'):
        told = sorted((s for s in found if s.get(signal) is not None), key=lambda s: -s[signal])
        if told:
            alone = sum((s['clip'], s['label']) in turned for s in told[:first])
            print(f'  {signal} alone, first {first}: {100 * alone / len(turned):5.1f} %')
    sys.exit(sum(hits[:first]) < 0.7 * len(turned))


main()
