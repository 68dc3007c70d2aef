"""What happens at the edges?"""

import numpy as np

from convbook import ops
from convbook.checks.edges import NAMES


def by_ranges(length, kernel, stride=1, padding="valid"):
    if padding == "same":
        return len(range(0, length, stride))
    if padding == "full":
        length += 2 * (kernel - 1)
    return len(range(0, length - kernel + 1, stride))


def by_formula(n, k, s, p):
    if p == "valid":
        return np.int64((n - k) // s + 1)
    return -(-n // s) if p == "same" else n + k - 1


def in_float(n, k, s, p):
    return float(ops.output_length(n, k, stride=s, padding=p))


def as_array(length, kernel, stride=1):
    total = max((int(np.ceil(length / stride)) - 1) * stride + kernel - length, 0)
    return np.array([total // 2, (total + 1) // 2])


def as_list(n, k, s):
    print("working")
    total = 0
    while (n + total - k) // s + 1 < (n + s - 1) // s or n + total < k:
        total += 1
    return [total // 2, total - total // 2]


def by_index(signal, before, after, mode):
    n, out = len(signal), []
    for i in range(-before, n + after):
        if mode == "zeros":
            out.append(signal[i] if 0 <= i < n else 0)
        elif mode == "edge":
            out.append(signal[min(max(i, 0), n - 1)])
        elif mode == "wrap":
            out.append(signal[i % n])
        elif mode == "symmetric":
            out.append(signal[-1 - i if i < 0 else (i if i < n else 2 * n - 1 - i)])
        else:
            out.append(signal[-i if i < 0 else (i if i < n else 2 * n - 2 - i)])
    return out


def by_blocks(x, b, a, mode):
    x = x.astype(np.float32)
    n = len(x)
    parts = {
        "zeros": (np.zeros(b), np.zeros(a)),
        "edge": (np.repeat(x[0], b), np.repeat(x[-1], a)),
        "wrap": (x[n - b :], x[:a]),
        "symmetric": (x[:b][::-1], x[n - a :][::-1]),
        "reflect": (x[1 : b + 1][::-1], x[n - 1 - a : n - 1][::-1]),
    }[mode]
    return np.concatenate([parts[0], x, parts[1]])


def by_take(signal, before, after, mode):
    places = np.pad(np.arange(len(signal)), (before, after), NAMES[mode])
    padded = np.take(signal, places)
    if mode == "zeros":
        padded[:before] = 0
        padded[len(padded) - after :] = 0
    return tuple(padded)


def by_visits(length, kernel, padding):
    count = [0] * length
    first = -(kernel // 2) if padding == "same" else 0
    for place in range(first, length - kernel + 1 - first):
        for k in range(kernel):
            if 0 <= place + k < length:
                count[place + k] += 1
    return count


def by_distance(n, k, padding):
    i = np.arange(n)
    if padding == "same":
        return np.minimum(np.minimum(i, n - 1 - i), k // 2) + k // 2 + 1
    return np.minimum(np.minimum(i, n - 1 - i) + 1, min(k, n - k + 1))


def by_matrix(n, k, padding):
    size = (n, n)
    band = sum(np.eye(*size, k=d) for d in range(-(k // 2), k // 2 + 1))
    rows = band if padding == "same" else band[k // 2 : n - k // 2]
    return rows.sum(axis=0)


RIGHT = {
    "output_length": [by_ranges, by_formula, in_float],
    "same_padding": [
        as_array,
        as_list,
        lambda length, kernel, stride: ops.same_padding(length, kernel, stride=stride),
    ],
    "pad1d": [by_index, by_blocks, by_take],
    "pixel_use": [by_visits, by_distance, by_matrix],
    "by_hand_widths": [[[8], [14], [16], [1]], ([8.0], (14,), [16], [1]), [[8], [14], [16], [1.0]]],
}

NEEDED = [
    ("output_length", "rounding counts a place", {"valid, a sample left over"}),
    (
        "output_length",
        "k // 2 zeros on both sides",
        {"same, even kernel", "same, even kernel, stride that fits"},
    ),
    ("output_length", "(k - 1) // 2 zeros on both sides", {"same, even kernel"}),
    ("output_length", "right for odd kernels only", {"valid, even kernel"}),
    ("output_length", '"full" adds', {"full"}),
    (
        "output_length",
        "the last, incomplete step",
        {"same, odd length", "same, one left over", "same, two left over"},
    ),
    ("output_length", "however little is left over", {"same, one left over"}),
    ("output_length", "do not add n % s", {"same, two left over"}),
    ("same_padding", "negative number of zeros", {"kernel below the stride"}),
    (
        "same_padding",
        "one is lost",
        {"even kernel", "one zero", "three zeros", "stride, two left over"},
    ),
    ("same_padding", "however little is left over", {"stride, one left over"}),
    ("same_padding", "do not add n % s", {"stride, two left over"}),
    ("pad1d", "x[-0:]", {"nothing after", "wrap, nothing before"}),
    ("pad1d", "out[before:-0]", {"zeros, nothing after"}),
    ("pad1d", "out[-0:]", {"edge, nothing after"}),
    ("pixel_use", "the places over each sample", {"valid", "valid, wide kernel"}),
]
