#!/usr/bin/env python3
"""See check.sh."""
import json, os, subprocess, sys, time

LIMIT = 9 * 60
ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, 'build'))
SACCADE = os.path.join(BUILD, 'saccade')
PEERS = os.environ.get('PEERS', '')
PYTHON = os.environ.get('PYTHON', 'python3')
LAVAPIPE = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json'
TESTS = [('vulkan', []), ('backends', []), ('ops', []), ('conv', []), ('maths', []), ('space', []), ('norms', []), ('pairwise', []),
         ('fusion', []), ('devices', []), ('golden', ['-p', '/vulkan']), ('gan', ['-p', '/vulkan'])]
TESTS_SOFTWARE = [('vulkan', []), ('backends', []), ('fusion', ['-p', '/fusion/conv-stats-vulkan'])]
# What matters most first: time may run out.  With a size: for software.
SPEED = [(name, dtype, []) for name in ('i3d-r50', 'r50-2d', 'stabn-r50-s', 'gan-k3', 'i3d-r50-s', 'i3d-r18-s', 'r18-2d', 'stabn-r50', 'san1d')
         for dtype in ('f32', 'f16')]
SPEED_SOFTWARE = [(name, dtype, ['--width', '8', '--input', size, '--most', '1'])
                  for name, size in (('san1d', '8,3,64,1,1'), ('r18-2d', '2,3,1,64,64'), ('i3d-r18-s', '1,3,8,64,64'))
                  for dtype in ('f32', 'f16')]
SYNC = 'VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT'
LAYER = '/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json'

began = time.monotonic()
rows = []                       # what, figure, verdict
failed = False


def left(most):
    return max(1, min(most, LIMIT - (time.monotonic() - began) - 5))


def run(command, most, env=None):
    """Output, or None where it failed or time is up."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=left(most), env=env or os.environ)
        return done.stdout if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError):
        return None


def add(what, figure, verdict=''):
    rows.append((what, figure, verdict))
    print(f'{what}: {figure} {verdict}', flush=True)


def find_device():
    told = run([SACCADE, 'doctor', '--json'], 30)
    devices = json.loads(told)['vulkan'] if told else []
    for i, device in enumerate(devices):
        if not device['software'] and not device['missing']:
            return f'vulkan:{i}', device
    return ('vulkan', devices[0]) if devices else (None, None)


def check_tests(tests, env):
    global failed
    for name, args in tests:
        program = os.path.join(BUILD, 'tests', 'test-' + name)
        if not os.path.exists(program):
            add('test ' + name, 'not built', '–')
            continue
        if left(60) < 5:
            add('test ' + name, 'no time left', '–')
            continue
        if args:                # GLib's -p takes whole paths, or the folder a test lies in
            paths = (run([program, '-l'], 30, env) or '').split()
            args = [a for path in paths if path.startswith(args[1] + '/') for a in ('-p', path)]
        try:
            done = subprocess.run([program, *args], capture_output=True, text=True, timeout=left(120), env=env)
        except subprocess.TimeoutExpired:
            add('test ' + name, 'ran out of time', '–')
            continue
        lines = done.stdout.splitlines()
        good, bad = sum(l.startswith('ok') for l in lines), sum(l.startswith('not ok') for l in lines)
        skipped = sum('# SKIP' in l for l in lines)
        fine = done.returncode == 0 and bad == 0
        failed |= not fine
        add('test ' + name, f'{good} passed, {bad} failed, {skipped} skipped', 'ok' if fine else 'FAILED')


def check_barriers(env):
    """A training step of each kind under the validation layers, which look at barriers, too."""
    global failed
    program = os.path.join(BUILD, 'tests', 'test-backends')
    if not os.path.exists(LAYER) or not os.path.exists(program):
        add('validation layers', 'not installed', '–')
        return
    try:
        done = subprocess.run([program], capture_output=True, text=True, timeout=left(120),
                              env=dict(env, SACCADE_VALIDATE='1', SACCADE_VULKAN_CHUNK='1000000000', VK_LAYER_ENABLES=SYNC))
    except subprocess.TimeoutExpired:
        add('validation layers', 'ran out of time', '–')
        return
    messages = sum(l.startswith('vulkan: ') for l in done.stderr.splitlines() + done.stdout.splitlines())
    fine = done.returncode == 0 and messages == 0
    failed |= not fine
    add('validation layers, with barriers', f'{messages} messages', 'ok' if fine else 'FAILED')


def has_cuda():
    return run([PYTHON, '-c', 'import torch; assert torch.cuda.is_available()'], 60) is not None


def check_speed(device, speed):
    cuda = has_cuda() and PEERS
    if not cuda:
        print('No PyTorch with CUDA here (PYTHON, PEERS): speeds stand alone.')
    for name, dtype, more in speed:
        if left(60) < 15:
            add(f'step of {name}, {dtype}', 'no time left', '–')
            continue
        args = ['--device', device, '--dtype', dtype, '--steps', '5', *more]
        if cuda:
            out = run([PYTHON, os.path.join(PEERS, 'side_by_side.py'), SACCADE, name, '--pairs', '1', '--python', PYTHON, *args], 90)
            add(f'step of {name}, {dtype}', out.splitlines()[0].split(None, 1)[1] if out else 'failed', '')
        else:
            out = run([SACCADE, 'bench', name, '--json', '--most', '15', *args], 60)
            told = json.loads(out.splitlines()[-1]) if out else None
            add(f'step of {name}, {dtype}', f"{told['step_ms']:.1f} ms, {told['gflop'] / told['step_ms']:.3f} TFLOP/s, "
                f"{told['peak_device_mb']:.0f} MB" if told else 'failed', '')


def check_convolutions(device, work, dtype, most, args=()):
    if left(60) < 10:
        add(f'convolutions of {work}, {dtype}', 'no time left', '–')
        return
    out = run([SACCADE, 'bench', work, '--ops', '--only', 'conv3d', '--json', '--device', device, '--dtype', dtype, '--steps', '1', *args], 120)
    if not out:
        add(f'convolutions of {work}, {dtype}', 'failed', '')
        return
    told = json.loads(out)
    add(f'peak of {device}', f"{told['peak_gflops'] / 1000:.2f} TFLOP/s f32, {told['peak_gbs']:.0f} GB/s", '')
    for op in sorted(told['ops'], key=lambda o: -o['ms'])[:most]:
        add(f"{op['op']} {op['kernel']} {dtype} {op['shapes']}", f"{op['gflops'] / 1000:.3f} TFLOP/s, {op['ms']:.3f} ms", f"{100 * op['share']:.0f} %")


def main():
    env = dict(os.environ, G_TEST_SRCDIR=os.path.join(ROOT, 'tests'), G_TEST_BUILDDIR=os.path.join(BUILD, 'tests'),
               SACCADE_DATADIR=os.path.join(ROOT, 'data'), SACCADE_PROGRAM=SACCADE, LC_ALL='C.UTF-8', GSETTINGS_BACKEND='memory')
    os.environ.setdefault('SACCADE_DATADIR', env['SACCADE_DATADIR'])
    device, about = find_device()
    if len(sys.argv) > 2:
        device = sys.argv[2]
    if device is None and os.path.exists(LAVAPIPE):
        os.environ['VK_ICD_FILENAMES'] = env['VK_ICD_FILENAMES'] = LAVAPIPE
        device, about = find_device()
    if device is None:
        print('There is no Vulkan device here, not even one in software: nothing was checked.')
        return 0
    print(f"{device}: {about['name']}, {about['driver']}, {about['memory'] >> 20} MiB", flush=True)
    if about['software']:
        print('There is no GPU here: only what software Vulkan can do is checked, and its speeds mean nothing.', flush=True)
        check_tests(TESTS_SOFTWARE, env)
        check_barriers(env)
        check_convolutions(device, 'san1d', 'f32', 5, ['--infer'])
        check_speed(device, SPEED_SOFTWARE)
    else:
        check_tests(TESTS, env)
        for dtype in ('f32', 'f16'):
            check_convolutions(device, 'i3d-r50', dtype, 12)
        check_speed(device, SPEED[:6])
        check_barriers(env)
        for dtype in ('f32', 'f16'):
            check_convolutions(device, 'r50-2d', dtype, 12)
        check_speed(device, SPEED[6:])
    print()
    width = min(100, max(len(r[0]) for r in rows))
    for what, figure, verdict in rows:
        print(f'{what[:100]:{width}}  {verdict:>6}  {figure}')
    print(f'{time.monotonic() - began:.0f} s; ' + ('FAILED' if failed else 'nothing failed'))
    return 1 if failed else 0


sys.exit(main())
