#!/usr/bin/env python3
"""Scores of made-up features by NumPy, in double precision: the numbers in tests/test-gan-scores.c (test_other_program)."""
import numpy as np


def features(n, d, s):
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    return (np.sin(0.7 * i * (j + 1) + s) + 0.1 * np.cos(1.3 * i + j * s) + 0.05 * s * j).astype(np.float32).astype(float)


def probabilities(n, k):
    i, j = np.arange(n)[:, None], np.arange(k)[None, :]
    p = np.exp(2 * np.sin(1.7 * i * (j + 1) + 0.3 * j))
    return (p / p.sum(1, keepdims=True)).astype(np.float32).astype(float)


def inception(p, parts):
    each = len(p) // parts
    out = []
    for s in range(parts):
        q = p[s * each:(s + 1) * each]
        out.append(np.exp((q * (np.log(q) - np.log(q.mean(0)))).sum(1).mean()))
    return np.mean(out), np.std(out)


def frechet(a, b):
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    gap = a.mean(0) - b.mean(0)
    return gap @ gap + np.trace(s) + np.trace(t) - 2 * np.sqrt(np.maximum(np.linalg.eigvals(s @ t).real, 0)).sum()


def kernel(a, b):
    d = a.shape[1]
    k = lambda x, y: (x @ y.T / d + 1) ** 3
    m, n = len(a), len(b)
    aa, bb = k(a, a), k(b, b)
    return ((aa.sum() - np.trace(aa)) / (m * (m - 1)) + (bb.sum() - np.trace(bb)) / (n * (n - 1)) - 2 * k(a, b).mean())


def within(centres, points, k):
    gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    reach = np.sort(gaps, 1)[:, k]
    return (np.linalg.norm(points[:, None] - centres[None], axis=2) <= reach[None]).any(1).mean()


a, b = features(200, 24, 0.3), features(150, 24, 0.4)
p = probabilities(200, 7)
shares = np.bincount(p.argmax(1), minlength=7) / len(p)
print('frechet   %.12f' % frechet(a, b))
print('kernel    %.12f' % kernel(a[:150], b))
print('inception %.12f %.12f' % inception(p, 10))
print('kl        %.12f' % np.sum([s * np.log(s * 7) for s in shares if s > 0]), 'modes', (shares >= 0.01).sum())
print('precision %.12f recall %.12f' % (within(a, b, 3), within(b, a, 3)))
