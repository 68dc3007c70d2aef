"""Pooling, striding, and how far a unit sees."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook import ops


def four_loops(image, size=2, stride=2):
    result = []
    for i in range(0, len(image) - size + 1, stride):
        result.append([])
        for j in range(0, len(image[0]) - size + 1, stride):
            best = image[i, j]
            for a in range(size):
                for b in range(size):
                    if image[i + a, j + b] > best:
                        best = image[i + a, j + b]
            result[-1].append(best)
    return result


def all_windows(x, k, s):
    print("windows")
    return sliding_window_view(x.astype("f4"), (k, k))[::s, ::s].max(axis=(2, 3))


def by_shifts(x, k, s):
    h, w = (x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1
    out = np.full((h, w), -np.inf)
    for a, b in np.ndindex(k, k):
        out = np.maximum(out, x[a : a + s * h : s, b : b + s * w : s][:h, :w])
    return out


def size_by_size(size, layers):
    rows = []
    for window, stride in layers:
        after = (size - window) // stride + 1
        rows.append([after, size - ((after - 1) * stride + window)])
        size = after
    return rows


def by_remainder(n, layers):
    out = np.zeros((len(layers), 2), "f4")
    for i, (k, s) in enumerate(layers):
        places, left = divmod(n - k, s)
        n = out[i, 0] = places + 1
        out[i, 1] = left
    return out


def by_walking(size, layers):
    result = ()
    for window, stride in layers:
        place, count = 0, 0
        while place + window <= size:
            place, count = place + stride, count + 1
        result += ((count, size - (place - stride + window)),)
        size = count
    return result


def by_formula(layers, unit):
    r, j, start = 1, 1, 0
    for k, s, p in layers:
        r += (k - 1) * j
        start -= p * j
        j *= s
    return start + unit * j, start + unit * j + r - 1


def downwards(layers, unit):
    first = last = float(unit)
    for kernel, stride, before in layers[::-1]:
        first = first * stride - before
        last = last * stride - before + kernel - 1
    return [first, last]


def by_package(layers, unit):
    size, jump, start = ops.receptive_field(layers)
    return np.array([0, size - 1]) + start + jump * unit


def column_by_column(layer, wide, move, margin):
    first, second = layer(wide[:, move:]), layer(wide[:, :-move])
    columns = first.shape[1] - move
    interior = border = 0.0
    for j in range(columns):
        for i in range(first.shape[0]):
            gap = abs(float(second[i, j + move]) - float(first[i, j]))
            if margin <= j < columns - margin:
                interior = max(interior, gap)
            else:
                border = max(border, gap)
    return interior, border


def with_mask(f, x, d, m):
    a, b = f(x[:, d:]).astype(float), f(x[:, :-d]).astype(float)
    gap = np.abs(a[:, :-d] - b[:, d:])
    inside = np.zeros(gap.shape, bool)
    inside[:, m:-m] = True
    return np.array([gap[inside].max(), gap[~inside].max()])


def by_deleting(layer, wide, move, margin):
    print("two windows")
    before, after = layer(wide[:, move:]), layer(wide[:, : wide.shape[1] - move])
    gap = np.float64(after[:, move:]) - before[:, : before.shape[1] - move]
    ends = np.r_[:margin, gap.shape[1] - margin : gap.shape[1]]
    inner = np.delete(gap, ends, axis=1)
    return [max(inner.max(), -inner.min()), np.linalg.norm(gap[:, ends].ravel(), np.inf)]


def black_between(n):
    row = []
    for i in range(n // 2):
        row += [i + 1, 0]
    return row


def only_black_and_white(n):
    row = np.zeros(n, bool)
    row[n - 2 :: -4] = True
    return row


RIGHT = {
    "max_pool": [four_loops, all_windows, by_shifts],
    "net_sizes": [size_by_size, by_remainder, by_walking],
    "pixels_seen": [by_formula, downwards, by_package],
    "shift_test": [column_by_column, with_mask, by_deleting],
    "fragile": [
        black_between,
        only_black_and_white,
        lambda n: tuple(range(10, n + 9)) + (-3.5,),
    ],
}

NEEDED = [
    ("max_pool", "may be too large", {"all negative"}),
    ("max_pool", "difference of two bytes", {"bytes"}),
    (
        "max_pool",
        "a stride apart",
        {
            "windows that overlap",
            "windows with gaps",
            "windows of one",
            "windows of three, stride of one",
        },
    ),
    ("max_pool", "stick out", {"a row and a column left over", "windows with gaps"}),
    ("max_pool", "at every pixel", {"windows of three, stride of one"}),
    (
        "net_sizes",
        "take (n - k) % s",
        {"large strides", "windows that overlap", "windows with gaps"},
    ),
    ("net_sizes", "only say that there are some", {"large strides", "windows with gaps"}),
    ("pixels_seen", "cut at the image's border", {"padding, unit 0", "only zeros"}),
    ("pixels_seen", "last pixel may be negative", {"only zeros"}),
    ("pixels_seen", "is as wide as the jump", {"padding", "padding, unit 0"}),
    ("pixels_seen", "not the last one", {"the lecture's network", "two strides", "padding"}),
    (
        "shift_test",
        "for the margins only",
        {
            "a stain at the top",
            "black where the interior begins",
            "black where the interior ends",
        },
    ),
    ("shift_test", "first column is missing", {"black where the interior begins"}),
    ("shift_test", "last column is missing", {"black where the interior ends"}),
    (
        "shift_test",
        "leave the margins out",
        {
            "padded with zeros",
            "padded with more zeros",
            "black near the left end",
            "bytes, black near the right end",
        },
    ),
    ("shift_test", "two bytes wraps", {"bytes, black near the right end"}),
    (
        "shift_test",
        "not always one pixel",
        {
            "padded with more zeros",
            "darker to the right",
            "black near the left end",
            "black where the interior begins",
            "black where the interior ends",
            "bytes, black near the right end",
        },
    ),
    ("fragile", "changes two windows", {"more", "many", "a hundred"}),
]
