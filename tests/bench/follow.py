#!/usr/bin/python3
"""follow.py SACCADE DATA: how well `saccade follow` follows.  From every tenth frame of sequences whose truth is published (boxes of DATA/boxes/otb,
masks of DATA/boxes/davis-masks) a box is followed for as long as the sequence goes; told is how many of those lie over the truth by half
(IoU ≥ 0.5) after 10, 25 and 50 frames, and the mean IoU of all frames.  A box that was given up counts as wrong."""
import pathlib, re, subprocess, sys, tempfile

AFTER = 10, 25, 50
EVERY = 10


def boxes_of_masks(folder):
    """The box of what is white, a picture a frame; None where nothing is."""
    size = subprocess.run(['ffprobe', '-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', str(folder / '00000.png')],
                          capture_output=True, text=True, check=True).stdout.strip().split(',')
    width, height = int(size[0]), int(size[1])
    grey = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(folder / '%05d.png'), '-vf', 'format=gray', '-f', 'rawvideo', '-'],
                          capture_output=True, check=True).stdout
    boxes = []
    for at in range(0, len(grey), width * height):
        rows = [grey[at + y * width:at + (y + 1) * width] for y in range(height)]
        filled = [y for y, row in enumerate(rows) if max(row) > 60]
        spans = [re.search(rb'[\x3d-\xff](?:.*[\x3d-\xff])?', rows[y], re.S).span() for y in filled]
        left, right = min((s[0] for s in spans), default=0), max((s[1] for s in spans), default=0)
        boxes.append((left, filled[0], right - left, filled[-1] + 1 - filled[0]) if filled else None)
    return boxes


def sequences(data):
    """(name, video, boxes by frame)"""
    for truth in sorted(data.glob('boxes/otb/*/groundtruth_rect.txt')):
        boxes = [tuple(float(n) for n in re.split(r'[,\s]+', line.strip())) for line in truth.read_text().splitlines() if line.strip()]
        yield truth.parent.name, next(truth.parent.glob('*.mp4')), boxes
    for masks in sorted(data.glob('boxes/davis-masks/Annotations/480p/*')):
        yield masks.name, data / 'boxes' / 'davis-masks' / f'{masks.name}.mp4', boxes_of_masks(masks)


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def follow(saccade, video, boxes):
    """For each start {frames after it: IoU}."""
    with tempfile.TemporaryDirectory() as folder:
        project, out = pathlib.Path(folder) / 'p.saccade', pathlib.Path(folder) / 'mot'
        def tell(*words):
            return subprocess.run([saccade, *map(str, words), '--project', str(project)], check=True, capture_output=True, text=True).stdout
        tell('import', video)
        starts = [s for s in range(0, len(boxes) - AFTER[0], EVERY) if boxes[s] and min(boxes[s][2:]) >= 4]
        for start in starts:
            tell('follow', video.stem, '--from', start, '--to', len(boxes) - 1, '--box', ','.join(map(str, boxes[start])))
        tell('export', '--format', 'mot', out)
        found = {}
        for line in next(out.rglob('gt.txt')).read_text().splitlines():
            frame, track, *box = line.split(',')[:6]
            found.setdefault(int(track), {})[int(frame) - 1] = tuple(map(float, box))
        runs = []
        for start, track in zip(starts, sorted(found)):
            runs.append({f - start: overlap(found[track][f], boxes[f]) if f in found[track] else 0.0
                         for f in range(start + 1, len(boxes)) if boxes[f]})
        return runs


def line(name, runs):
    parts = []
    for n in AFTER:
        seen = [run[n] >= 0.5 for run in runs if n in run]
        parts.append(f'{sum(seen):3} of {len(seen):2}' if seen else '  –     ')
    all_iou = [iou for run in runs for iou in run.values()]
    print(f'{name:16}{"   ".join(parts)}   {sum(all_iou) / len(all_iou):.3f}')


if __name__ == '__main__':
    everything = []
    print(f'{"":16}' + '  '.join(f'after {n:3}' for n in AFTER) + '   mean IoU')
    for name, video, boxes in sequences(pathlib.Path(sys.argv[2])):
        runs = follow(sys.argv[1], video, boxes)
        everything += runs
        line(name, runs)
    line('all', everything)
