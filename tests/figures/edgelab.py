"""Edge lab: padded by NumPy, correlated by the course; uses counted by going back from outputs."""

import numpy as np

from convbook import ops

CLASS = "EdgeLab"
DRAG = (0.3, 0.2, 0.7, 0.2)
SHOWN = r"(?:is|in|to|[−=]) \(?−?(\d+(?:\.\d+)?)"
NAMES = {"zeros": "constant"}
MODES = ["valid", "zeros", "edge", "symmetric", "reflect", "wrap"]


def random_state(rng):
    return {
        "signal": (rng.integers(-36, 37, rng.integers(7, 9)) / 4).tolist(),
        "size": int(rng.integers(1, 8)),
        "mode": str(rng.choice(MODES)),
        "stride": int(rng.integers(1, 5)),
        "place": int(rng.integers(8)),
    }


def expected(state):
    signal, size, stride, mode = (state[key] for key in ("signal", "size", "stride", "mode"))
    kernel = np.zeros(size)
    kernel[0], kernel[-1] = -1, 1
    before = after = 0
    if mode != "valid":
        before, after = ops.same_padding(len(signal), size, stride=stride)
        signal = np.pad(signal, (before, after), mode=NAMES.get(mode, mode))
    outputs = ops.correlate1d(signal, kernel, stride=stride)
    visited = np.zeros((len(outputs) - 1) * stride + 1)
    visited[::stride] = 1
    used = np.zeros(max(len(signal), len(visited) + size - 1))
    used[: len(visited) + size - 1] = np.convolve(visited, np.ones(size))
    return [*outputs, *used[before : before + len(state["signal"])]]


BAD = [
    {"signal": [1] * 6},
    {"signal": [1] * 7 + [10]},
    {"size": 0},
    {"mode": "mirror"},
    {"stride": 5},
]
