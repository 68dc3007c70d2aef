"""Shift lab: maps, pooling and counts are those of the library."""

import numpy as np

from convbook import data, ops

CLASS = "ShiftLab"
DRAG = (0.2, 0.9, 0.7, 0.9)
SHOWN = r" (\d+)(?=, [a-z]|\.$| %| numbers| of the pooled)"
KERNELS = {
    "vertical": np.outer([1, 2, 1], [-1, 0, 1]),
    "horizontal": np.outer([-1, 0, 1], [1, 2, 1]),
    "blur": np.outer([1, 2, 1], [1, 2, 1]),
}
DIGIT = data.load_mnist()[1][0][0].astype(int)


def random_state(rng):
    return {"shift": int(rng.integers(9)), "kernel": str(rng.choice([*KERNELS]))}


def expected(state):
    shift = state["shift"]
    images = DIGIT, np.pad(DIGIT, ((0, 0), (shift, 0)))[:, :28]
    maps = [np.maximum(ops.correlate2d(image, KERNELS[state["kernel"]]), 0) for image in images]
    pools = [ops.max_pool2d(m[None, :, :, None])[0, :, :, 0] for m in maps]
    changed = [
        np.count_nonzero(after[:, back:] - before[:, : before.shape[1] - back])
        for (before, after), back in ((maps, shift), (pools, shift // 2))
    ]
    read = [100 * shares[shift] for _, shares in sorted(state["accuracies"].items())]
    return np.hstack([pools[1].ravel(), maps[1].max(), maps[1].mean(), changed, read])


BAD = [
    {"shift": 9},
    {"shift": 1.5},
    {"kernel": "sobel"},
    {"digit": [[0] * 28] * 27},
    {"digit": [[256] * 28] * 28},
    {"accuracies": {}},
    {"accuracies": {"dense": [0.5] * 8}},
    {"accuracies": {"dense": [1.5] * 9}},
]
