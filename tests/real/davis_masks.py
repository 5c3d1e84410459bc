#!/usr/bin/env python3
"""Clips and truth for davis-masks.sh: WORK/davis/truth.json beside links to the clips.  Three sequences whose masks become boxes are to be
tested with, the other sequences of davis-objects to be learned from.  Several labels a clip where the folder names but one.

  tests/real/davis_masks.py SHARED WORK
"""
import json
import os
import struct
import sys
import zlib

SEQUENCES = {"car-shadow": "vehicle", "dog": "animal", "parkour": "person"}
LABELS = ["animal", "person", "vehicle"]
ALSO = {"motocross-jump_1": "person", "soapbox_1": "person", "soapbox_2": "person", "bmx-trees_1": "vehicle", "bmx-trees_2": "vehicle"}


def read_grey(path):
    """Rows of an 8-bit grey PNG."""
    data = open(path, "rb").read()
    at, packed, size = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            size = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    width, height, depth, colour = size[:4]
    assert depth == 8 and colour in (0, 3) and size[6] == 0, path
    raw, before, rows = zlib.decompress(packed), bytearray(width), []
    for y in range(height):
        way = raw[y * (width + 1)]
        line = bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width) if way else ():
            left, above, corner = (line[x - 1] if x else 0), before[x], (before[x - 1] if x else 0)
            if way == 4:
                p = left + above - corner
                near = min((abs(p - left), 0, left), (abs(p - above), 1, above), (abs(p - corner), 2, corner))[2]
            else:
                near = {1: left, 2: above, 3: (left + above) // 2}[way]
            line[x] = (line[x] + near) & 255
        rows.append(line)
        before = line
    return rows


def box_of(rows):
    """x, y, width, height around what is not 0; None where nothing is."""
    lines = [y for y, row in enumerate(rows) if any(row)]
    if not lines:
        return None
    left = min(next(x for x, v in enumerate(rows[y]) if v) for y in lines)
    right = max(len(rows[y]) - next(x for x, v in enumerate(reversed(rows[y])) if v) for y in lines)
    return [left, lines[0], right - left, lines[-1] + 1 - lines[0]]


def main(shared, work):
    masks, objects = os.path.join(shared, "data/boxes/davis-masks"), os.path.join(shared, "data/videos/davis-objects")
    folder = os.path.join(work, "davis")
    os.makedirs(folder, exist_ok=True)
    clips = []
    for label in LABELS:
        for name in sorted(os.listdir(os.path.join(objects, label))):
            stem = name.rsplit(".", 1)[0]
            if stem.rsplit("_", 1)[0] not in SEQUENCES:
                labels = sorted({label, ALSO.get(stem, label)})
                clips.append((os.path.join(objects, label, name), name, "train", labels, []))
    for sequence, label in SEQUENCES.items():
        pictures = os.path.join(masks, "Annotations/480p", sequence)
        boxes = []
        for number, name in enumerate(sorted(os.listdir(pictures))):
            box = box_of(read_grey(os.path.join(pictures, name)))
            if box:
                boxes.append([number] + box)
        clips.append((os.path.join(masks, sequence + ".mp4"), sequence + ".mp4", "test", [label], [{"label": label, "boxes": boxes}]))
    out = []
    for source, name, split, labels, found in clips:
        target = os.path.join(folder, name)
        if not os.path.lexists(target):
            os.symlink(os.path.abspath(source), target)
        out.append({"file": name, "split": split, "group": name.split(".")[0].rsplit("_", 1)[0], "labels": labels, "objects": found})
    with open(os.path.join(folder, "truth.json"), "w") as f:
        json.dump({"version": 1, "synthetic": False, "labels": LABELS, "clips": out}, f)
    print(len(out), "clips")


if __name__ == "__main__":
    main(*sys.argv[1:3])
