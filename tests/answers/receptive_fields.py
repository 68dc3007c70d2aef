"""What does one cell see?"""

import math

import numpy as np


def on_a_grid(size, sigma_c, sigma_s):
    y, x = np.mgrid[:size, :size] - size // 2

    def unit_sum(sigma):
        weights = np.exp(-(x**2 + y**2) / (2 * sigma**2))
        return weights / weights.sum()

    return unit_sum(sigma_c) - unit_sum(sigma_s)


def in_loops(size, a, b):
    middle = (size - 1) / 2
    fields = []
    for sigma in (a, b):
        rows = [
            [math.exp(-((i - middle) ** 2 + (j - middle) ** 2) / 2 / sigma**2) for j in range(size)]
            for i in range(size)
        ]
        total = sum(map(sum, rows))
        fields.append([[value / total for value in row] for row in rows])
    return [[p - q for p, q in zip(*rows, strict=True)] for rows in zip(*fields, strict=True)]


def separable(n, c, s):
    print("two windows")
    i = np.arange(n) - (n - 1) / 2
    c, s = (np.exp(-0.5 * (i / sigma) ** 2) for sigma in (c, s))
    c, s = c / c.sum(), s / s.sum()
    return np.outer(c, c) - np.outer(s, s)


def by_loops(patch, weights):
    total = 0
    for i in range(patch.shape[0]):
        for j in range(patch.shape[1]):
            total += float(patch[i, j]) * weights[i, j]
    return total


def on_off_loops(r):
    on, off = [], []
    for value in r:
        on.append(value if value > 0 else 0)
        off.append(-value if value < 0 else 0)
    return [on, off]


def pasted(unit, centres, size):
    weights = np.zeros((size, size))
    for row, column in centres:
        weights[row - 1 : row + 2, column - 1 : column + 2] += unit
    return weights


def pixel_by_pixel(unit, centres, size):
    out = [[0.0] * size for _ in range(size)]
    for i, j in centres:
        for a in range(3):
            for b in range(3):
                out[i + a - 1][j + b - 1] += float(unit[a][b])
    return out


def padded(unit, centres, n):
    return sum(np.pad(unit, ((i - 1, n - i - 2), (j - 1, n - j - 2))) for i, j in centres)


SIGNS = [0, 1, -1, -1, 0, 1]
RIGHT = {
    "centre_surround": [on_a_grid, in_loops, separable],
    "response": [
        by_loops,
        lambda patch, weights: (patch.astype("f4") * weights).sum(),
        lambda p, w: np.dot(np.ravel(p).astype(float), np.ravel(w)),
    ],
    "on_off": [
        on_off_loops,
        lambda r: np.stack([np.maximum(r, 0), np.maximum(-r, 0)]),
        lambda r: ((np.abs(r) + r) / 2, (np.abs(r) - r) / 2),
    ],
    "by_hand_signs": [
        [[sign] for sign in SIGNS],
        [(float(sign),) for sign in SIGNS],
        [np.array([sign]) for sign in SIGNS],
    ],
    "add_units": [pasted, pixel_by_pixel, padded],
}

NEEDED = [
    ("response", "uint8 has no negative numbers", {"bytes"}),
    ("response", "this is a firing rate", {"one pixel", "bytes"}),
    ("add_units", "named twice", {"the same place twice"}),
    ("add_units", "outermost rows", {"into two corners"}),
    ("on_off", "only the ON cell", {"both signs", "none negative", "one"}),
]
