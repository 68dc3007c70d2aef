"""From dense layer to convolution."""

import numpy as np
from scipy import linalg, signal


def by_two_loops(kernel, n):
    matrix = [[0] * n for _ in range(n - len(kernel) + 1)]
    for i in range(len(matrix)):
        for k in range(len(kernel)):
            matrix[i][i + k] = kernel[k]
    return matrix


def by_rolling(w, n):
    row = np.append(w, np.zeros(n - len(w))).astype("f4")
    return np.array([np.roll(row, i) for i in range(n - len(w) + 1)])


def by_impulses(kernel, n):
    print("one column after the other")
    columns = [np.correlate(impulse, kernel) for impulse in np.eye(n)]
    return np.stack(columns, axis=1)


def by_diagonals(kernel, n):
    m = n - len(kernel) + 1
    return sum(weight * np.eye(m, n, k) for k, weight in enumerate(kernel))


def by_kind(kind, n, k):
    m = n - k + 1
    if kind == "dense":
        return m * n, m * n
    if kind == "shared only":
        return m + n - 1, m * n
    if kind == "local only":
        return m * k, m * k
    return k, m * k


def by_switches(kind, inputs, kernel):
    outputs = inputs - kernel + 1
    a_row = kernel if kind in ("local only", "convolution") else inputs
    shared = {"shared only": outputs + inputs - 1, "convolution": kernel}
    return [shared.get(kind, a_row * outputs), float(a_row * outputs)]


def by_sets(kind, n, k):
    free, work = set(), 0
    for i in range(n - k + 1):
        for j in range(n):
            if kind in ("dense", "shared only") or i <= j < i + k:
                free.add((i, j) if kind in ("dense", "local only") else j - i)
                work += 1
    return np.array([len(free), work])


def filter_by_filter(kh, kw, cin, cout):
    total = 0
    for _ in range(cout):
        total += kh * kw * cin + 1
    return total


def by_slices(matrix):
    m, n = matrix.shape
    if m > n:
        return False
    kernel = matrix[0, : n - m + 1]
    for i in range(m):
        row = matrix[i]
        if row[:i].any() or row[i + n - m + 1 :].any():
            return False
        if not (row[i : i + n - m + 1] == kernel).all():
            return False
    return True


def by_rules(matrix):
    m, n = matrix.shape
    band = np.tri(m, n, n - m) - np.tri(m, n, -1)
    toeplitz = np.allclose(matrix[1:, 1:], matrix[:-1, :-1])
    return int(m <= n and toeplitz and np.allclose(matrix * band, matrix))


def by_asking_it(matrix):
    m, n = matrix.shape
    if n < m:
        return np.False_
    tests = np.eye(n)
    return np.all([np.correlate(x, matrix[0][: n - m + 1]) == matrix @ x for x in tests])


def two_loops(signal, grad):
    out = [0.0] * (len(signal) - len(grad) + 1)
    for k in range(len(out)):
        for i in range(len(grad)):
            out[k] += float(signal[i + k]) * grad[i]
    return out


def place_by_place(x, g):
    k = len(x) - len(g) + 1
    out = np.zeros(k)
    for i in range(len(g)):
        out = out + g[i] * x[i : i + k].astype("f4")
    return out


def transposed(kernel, grad):
    return by_rolling(kernel, len(kernel) + len(grad) - 1).T @ grad


def spread(w, g):
    out = np.zeros(len(w) + len(g) - 1)
    for i, value in enumerate(g):
        for k, weight in enumerate(w):
            out[i + k] += value * weight
    return tuple(out)


def padded_and_flipped(w, g):
    return signal.correlate(np.pad(g, len(w) - 1).astype(float), w[::-1], "valid")


RIGHT = {
    "correlation_matrix": [by_two_loops, by_rolling, by_impulses, by_diagonals],
    "layer_counts": [by_kind, by_switches, by_sets],
    "is_convolution": [by_slices, by_rules, by_asking_it],
    "conv_parameters": [
        filter_by_filter,
        lambda kh, kw, cin, cout: float(cout * (1 + kh * kw * cin)),
        lambda a, b, c, d: np.prod([a, b, c, d]) + d,
    ],
    "grad_kernel": [
        two_loops,
        place_by_place,
        lambda x, g: linalg.hankel(x[: len(x) - len(g) + 1], x[len(x) - len(g) :]) @ g,
    ],
    "grad_signal": [transposed, spread, padded_and_flipped],
}

NEEDED = [
    ("correlation_matrix", "for a kernel of one", {"kernel of one"}),
    ("correlation_matrix", "not flipped", {"odd kernel", "even kernel", "as long as the signal"}),
    ("layer_counts", "below the main one", {"shared only"}),
    ("layer_counts", "each output has k weights", {"local only"}),
    ("layer_counts", "n - k + 1, not n", {"dense"}),
    ("layer_counts", "a shared weight counts once", {"convolution", "kernel of one"}),
    (
        "is_convolution",
        "locality only",
        {
            "different rows",
            "one entry differs",
            "a tap differs in a middle row",
            "zeros, a row too many",
        },
    ),
    ("is_convolution", "zeros below", {"something below the band", "zeros, a row too many"}),
    ("is_convolution", "zeros above", {"something above the band", "zeros, a row too many"}),
    ("is_convolution", "may cancel in a sum", {"entries outside the band"}),
    (
        "is_convolution",
        "first two rows",
        {"one entry differs", "a tap differs in a middle row", "zeros, a row too many"},
    ),
    (
        "is_convolution",
        "first and the last row",
        {"a tap differs in a middle row"},
    ),
    ("is_convolution", "the transposed", {"standing", "zeros, a row too many"}),
    ("is_convolution", "not even for zeros", {"zeros, a row too many"}),
    ("is_convolution", "moves to the left", {"upwards"}),
    ("is_convolution", "one tap is a kernel", {"one number on the diagonal"}),
    ("is_convolution", "as long as the signal", {"a single row"}),
    ("is_convolution", "may begin with a zero", {"zeros at the ends", "nothing but zeros"}),
    (
        "is_convolution",
        "a tap of the kernel",
        {"a zero inside", "zeros at the ends", "nothing but zeros"},
    ),
    ("is_convolution", "all the taps", {"nothing but zeros"}),
    ("grad_kernel", "bytes hold no negative", {"bytes"}),
    ("grad_signal", "the ends are missing", {"odd kernel", "even kernel"}),
]
