"""The sliding dot product."""

import sys

import numpy as np

from convbook.checks.sliding_dot_product import _rows

ROWS = _rows(0)(None)


def loops(signal, kernel):
    result = []
    for i in range(len(signal) - len(kernel) + 1):
        total = 0.0
        for k in range(len(kernel)):
            total += float(signal[i + k]) * float(kernel[k])
        result.append(total)
    return result


def windows(a, b):
    a = np.lib.stride_tricks.sliding_window_view(a.astype(float), len(b))
    return a @ b.astype(float)


def flip_and_convolve(signal, kernel):
    return tuple(np.convolve(signal.astype("f4"), kernel[::-1].astype("f4"), "valid"))


def chatty(signal, kernel):
    print("correlating", signal)
    print("with", kernel, file=sys.stderr)
    np.array([1.0]) / 0
    return loops(signal, kernel)


def integers_where_equal(signal, kernel):
    result = np.array(loops(signal, kernel))
    return result.astype(int) if np.all(result == np.round(result)) else result


def by_index(x, w):
    x, w = x.tolist(), w.tolist()
    places, taps = range(len(x) + len(w) - 1), range(len(w))
    return [sum(x[i - k] * w[k] for k in taps if 0 <= i - k < len(x)) for i in places]


def by_matrix(x, w):
    rows = [np.concatenate([np.zeros(n), w, np.zeros(len(x) - 1 - n)]) for n in range(len(x))]
    return x.astype(float) @ np.array(rows)


def by_polynomial(x, w):
    return np.polymul(x.astype(float), w.astype(float))


def by_impulse(box):
    return {(1, 5): "Convolution", (5, 1): "Correlation "}.get(tuple(box([1], [1, 5])), "NEITHER")


def by_library(box):
    x, w = np.array([0, 0, 1.0, 0]), np.array([2.0, -1, 3])
    if np.array_equal(box(x, w), np.convolve(x, w)):
        return "convolution"
    return "correlation" if np.array_equal(box(x, w), np.correlate(x, w, "full")) else "neither"


def by_flipping(box):
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=5), rng.normal(size=4)
    as_it_is, flipped = box(list(x), list(w)), box(list(x), list(w[::-1]))
    right = np.convolve(x, w)
    if np.allclose(as_it_is, right):
        return np.str_("convolution")
    return "correlation" if np.allclose(flipped, right) else "neither"


def by_keyword(operation):
    shown = list(operation(kernel=[1, 2, 4], signal=[1]))
    return {(1, 2, 4): "convolution", (4, 2, 1): "correlation"}.get(tuple(shown), "neither")


RIGHT = {
    "correlate1d": [loops, windows, flip_and_convolve, chatty, integers_where_equal],
    "convolve1d": [by_index, by_matrix, by_polynomial],
    "identify": [by_impulse, by_library, by_flipping, by_keyword],
    "by_hand_bump": [
        [(-2, 2, -2), np.array([-2, 0, -2, 0]), [-2.0, -4.0, -6.0], [-1, 3, -4, 3, -1]],
        ([-2, 2, -2], [-2, -0.0, -2, 0], [-2, -4, -6], [-1, 3, -4, 3, -1]),
        [np.convolve(x, [-1, 1, -1], "valid") for x, _ in ROWS.values()],
    ],
    "by_hand_slope": [
        [np.convolve(x, [1, 0, -1], "valid") for x, _ in ROWS.values()],
        [[2.0, 0, -2], [0, -2, -2, 0], (4, 4, 4), [1, -2, 0, 2, -1]],
        [np.correlate(x, [-1, 0, 1], "valid") for x, _ in ROWS.values()],
    ],
    "combine": [by_index, by_matrix, by_polynomial],
}

# (exercise, part of the diagnosis, all inputs that show the mistake)
NEEDED = [
    ("correlate1d", "right for odd kernels only", {"even kernel"}),
    ("correlate1d", "for K = 1 the slice ends at -0", {"kernel of one"}),
    ("correlate1d", "the result has the input's dtype", {"whole numbers", "uint8"}),
    ("correlate1d", "uint8 sums wrap round", {"uint8"}),
    ("correlate1d", "uint8 products wrap round", {"uint8"}),
    ("correlate1d", "right for K = 3 only", {"even kernel", "kernel of one", "uint8"}),
]
