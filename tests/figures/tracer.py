"""How far a unit sees: the cones are those that poking the layers finds."""

import numpy as np

from convbook import ops

CLASS = "FieldTracer"
DRAG = (0.3, 0.05, 0.8, 0.05)
SHOWN = r"(?:pixels?|units?|to|lies) (\d+)"


def random_state(rng):
    kernels = rng.integers(1, 6, rng.integers(1, 6)).tolist()
    return {
        "layers": [[k, int(rng.integers(1, 4)), int(rng.integers(0, k // 2 + 1))] for k in kernels],
        "level": int(rng.integers(6)),
        "unit": int(rng.integers(23)),
    }


def apply(layers, values):
    """Sum windows of the rows of `values` (N, n), layer upon layer."""
    for kernel, stride, padding in layers:
        padded = np.pad(values, ((0, 0), (padding, padding)))
        values = np.array([ops.correlate1d(row, np.ones(kernel), stride=stride) for row in padded])
    return values


def expected(state):
    layers, sizes = [], [18]
    for kernel, stride, padding in state["layers"]:
        if sizes[-1] + 2 * padding < kernel:
            break
        layers.append((kernel, stride, padding))
        sizes.append(apply(layers, np.zeros((1, 18))).shape[1])
    level = min(state["level"], len(layers))
    unit = min(state["unit"], sizes[level] - 1)
    fields = [ops.receptive_field(layers[: n + 1]) for n in range(len(layers))]
    below = [apply(layers[n:level], np.eye(sizes[n]))[:, unit] for n in range(level)]
    above = [apply(layers[level:n], np.eye(sizes[level]))[unit] for n in range(level, len(sizes))]
    return np.hstack([np.ravel(fields), *(np.hstack([*below, *above]) > 0,)])


BAD = [
    {"layers": []},
    {"layers": [[3, 1, 0]] * 6},
    {"layers": [[3, 1, 2]]},
    {"layers": [[0, 1, 0]]},
    {"layers": [[3, 1, 0], [3, 1, 0, 0]]},
    {"layers": [[3, 1.5, 0]]},
    {"level": 6},
    {"unit": -1},
]
