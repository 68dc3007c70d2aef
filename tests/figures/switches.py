"""Two switches: the matrix is SciPy's Toeplitz and band, the convolution NumPy's correlation."""

import numpy as np
from scipy.linalg import toeplitz

CLASS = "TwoSwitches"
DRAG = (0.2, 0.3, 0.7, 0.6)
SHOWN = r"(\d+)(?= weights| multiply-adds)"


def random_state(rng):
    return {
        "sharing": bool(rng.integers(2)),
        "locality": bool(rng.integers(2)),
        "inputs": int(rng.integers(4, 9)),
        "weights": (rng.integers(-18, 19, (6, 8)) / 2).tolist(),
        "row": int(rng.integers(6)),
        "column": int(rng.integers(8)),
    }


def expected(state):
    n, m = state["inputs"], state["inputs"] - 2
    signal = [1, 3, 2, 0, -1, 2, 1, -2][:n]
    matrix = np.array(state["weights"])[:m, :n]
    if state["sharing"]:
        matrix = toeplitz(matrix[:, 0], matrix[0])
    if state["locality"]:
        matrix = np.tril(np.triu(matrix), 2)
    outputs = matrix @ signal
    if state["sharing"] and state["locality"]:
        outputs = np.correlate(signal, matrix[0, :3])
    work = 3 * m if state["locality"] else n * m
    weights = min(work, 3 if state["locality"] else n + m - 1) if state["sharing"] else work
    return np.concatenate([matrix.ravel(), outputs, [weights, work, work]])


BAD = [
    {"weights": [[1, 2, 3]]},
    {"weights": [["1"] * 8] * 6},
    {"weights": [[True] * 8] * 6},
    {"weights": [[10] * 8] * 6},
    {"inputs": 3},
    {"sharing": "yes"},
    {"row": -1},
    {"column": 8},
]
