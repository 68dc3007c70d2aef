"""Colour, channels, many kernels."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook import ops

ROWS = [[8, -1, -1], [3, 5, -1], [8, 1, 0], [11], [185], [16, 8, 5]]


def five_loops(image, weights, bias, stride=1, padding=0):
    c_out, c_in, kh, kw = weights.shape
    _, height, width = image.shape
    maps = []
    for o in range(c_out):
        rows = []
        for i in range(-padding, height + padding - kh + 1, stride):
            row = []
            for j in range(-padding, width + padding - kw + 1, stride):
                total = float(bias[o])
                for m, a, c in np.ndindex(c_in, kh, kw):
                    if 0 <= i + a < height and 0 <= j + c < width:
                        total += float(image[m, i + a, j + c]) * weights[o, m, a, c]
                row.append(max(total, 0))
            rows.append(row)
        maps.append(rows)
    return maps


def by_the_course(x, w, b, s, p):
    print(x.dtype, x.shape)
    padded = np.pad(x, ((0, 0), (p, p), (p, p))).transpose(1, 2, 0)[None]
    sums = ops.conv_layer(padded, w.transpose(2, 3, 1, 0), b, stride=s)
    return np.where(sums[0] > 0, sums[0], 0).transpose(2, 0, 1)


def by_windows(x, w, b, s, p):
    x = np.pad(x.astype(np.float32), ((0, 0), (p, p), (p, p)))
    windows = sliding_window_view(x, w.shape[2:], axis=(1, 2))[:, ::s, ::s]
    return np.clip(np.tensordot(w, windows, ((1, 2, 3), (0, 3, 4))) + b.reshape(-1, 1, 1), 0, None)


def with_halves(dot, ground):
    weights = np.zeros((3, 3, 3, 1))
    differ = 0
    for m in range(3):
        if dot[m] != ground[m]:
            differ += 1
            weights[:, :, m, 0] = -1 / 8 if dot[m] > ground[m] else 1 / 8
            weights[1, 1, m, 0] *= -8
    return weights, np.array([0.5 - differ])


def plane_by_plane(dot, ground):
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    planes = [kernel * (d - g) for d, g in zip(dot, ground, strict=True)]
    changes = sum(d != g for d, g in zip(dot, ground, strict=True))
    return [np.stack(planes, axis=2)[..., np.newaxis].tolist(), 2 - 4 * changes]


def ground_forbidden(dot, ground):
    """Look for the dot's colour in the middle and the ground's at its four corners."""
    sign = np.float32(dot) - np.float32(ground)
    corners = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]])
    middle = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    weights = np.stack([(4 * middle - corners) * s for s in sign], axis=-1)
    return weights.reshape(3, 3, 3, 1), [1 - 4 * np.count_nonzero(sign)]


def filter_by_filter(weights, bias, mix, mix_bias):
    kh, kw, c_in, between = weights.shape
    merged, biases = np.zeros((kh, kw, c_in, len(mix_bias))), []
    for o in range(len(mix_bias)):
        total = mix_bias[o]
        for m in range(between):
            merged[..., o] += weights[..., m] * mix[m, o]
            total += bias[m] * mix[m, o]
        biases.append(total)
    return merged, biases


def by_impulses(weights, bias, mix, mix_bias):
    kh, kw, c_in, _ = weights.shape
    impulses = np.eye(kh * kw * c_in).reshape(-1, kh, kw, c_in)

    def both(images):
        between = ops.conv_layer(images, weights, bias)
        return ops.conv_layer(between, mix[None, None], mix_bias)[:, 0, 0]

    at_zero = both(0 * impulses[:1])
    return [(both(impulses) - at_zero).reshape(kh, kw, c_in, -1), at_zero[0]]


def one_by_one(weights):
    kh, kw, c_in, c_out = weights.shape
    out = np.empty((c_out, c_in, kh, kw), np.float32)
    for a, b, m, o in np.ndindex(weights.shape):
        out[o, m, a, b] = weights[a, b, m, o]
    return out


def place_by_place(weights, height, width, channels):
    out = [[0] * len(weights) for _ in weights[0]]
    for i in range(height):
        for j in range(width):
            for m in range(channels):
                for unit, value in enumerate(weights[(i * width + j) * channels + m]):
                    out[unit][(m * height + i) * width + j] = value
    return out


def by_numbering(weights, h, w, c):
    print(weights)
    places = np.arange(h * w * c).reshape(h, w, c).transpose(2, 0, 1).ravel()
    return weights[places].T


RIGHT = {
    "by_hand_filter": [
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row, np.float32) for row in ROWS],
        [*ROWS[:3], 11, 185.0, (16, 8, 5)],
    ],
    "torch_layer": [five_loops, by_the_course, by_windows],
    "colour_dot": [with_halves, plane_by_plane, ground_forbidden],
    "merge_layers": [
        filter_by_filter,
        by_impulses,
        lambda w, b, mix, mix_bias: (w @ mix, b @ mix + mix_bias),
    ],
    "to_torch": [
        one_by_one,
        lambda weights: weights.transpose(3, 2, 0, 1).tolist(),
        lambda w: np.moveaxis(np.moveaxis(w, -1, 0), -1, 1),
    ],
    "flat_to_torch": [
        place_by_place,
        by_numbering,
        lambda w, h, k, c: np.moveaxis(w.T.reshape(-1, h, k, c), 3, 1).reshape(-1, c * h * k),
    ],
}

NEEDED = [
    ("by_hand_filter", "ReLU was taken of each colour", {"feature_map"}),
    ("torch_layer", "stride is used downwards only", {"stride, with a rest", "stride and padding"}),
    (
        "torch_layer",
        "padding is not used",
        {"padding", "stride and padding", "bytes"},
    ),
    (
        "torch_layer",
        "pads the channels",
        {"padding", "stride and padding", "bytes"},
    ),
    ("torch_layer", "window number i", {"stride, with a rest", "stride and padding"}),
    ("torch_layer", "sideways only", {"stride, with a rest", "stride and padding"}),
    ("torch_layer", "without the zeros", {"padding", "stride and padding", "bytes"}),
    ("torch_layer", "around the maps", {"padding", "stride and padding", "bytes"}),
    ("torch_layer", "image's dtype", {"bytes"}),
    (
        "to_torch",
        "squeezed away",
        {"all axes differ", "flat kernels", "square kernels", "kernels of one"},
    ),
    (
        "colour_dot",
        "fits two channels",
        {"one against two", "two against one", "only one channel differs", "one goes dark"}
        | {"black on white", "white on black"},
    ),
    ("colour_dot", "both have", {"one goes dark"}),
    ("colour_dot", "bias is 0", {"only one channel differs", "one goes dark"}),
    (
        "colour_dot",
        "agree must have no say",
        {"one channel up, one down", "only one channel differs", "one goes dark"}
        | {"yellow on black"},
    ),
    (
        "merge_layers",
        "weights and bias are those of the last",
        {
            "all sizes differ",
            "kernels of one",
            "as many maps before and after",
            "three equal numbers of channels",
        },
    ),
    (
        "flat_to_torch",
        "each plane is transposed",
        {"high and narrow", "one channel", "as many rows as channels"},
    ),
]
