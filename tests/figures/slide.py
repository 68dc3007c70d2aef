"""Slide it: what the page computes is what NumPy computes."""

import numpy as np

CLASS = "Slide"
DRAG = (0.25, 0.3, 0.55, 0.3)  # on the drawing: from (x, y) to (x, y), in shares of its size
SHOWN = r"(\d+(?:\.\d+)?)(?= \+| =|\.$)"


def random_state(rng):
    n, k = rng.integers(5, 7), rng.integers(1, 6)
    return {
        "signal": (rng.integers(-18, 19, n) / 2).tolist(),
        "kernel": (rng.integers(-18, 19, k) / 2).tolist(),
        "flip": bool(rng.integers(2)),
        "full": bool(rng.integers(2)),
        "place": 0,
    }


def expected(state):
    operation = np.convolve if state["flip"] else np.correlate
    return operation(state["signal"], state["kernel"], "full" if state["full"] else "valid")


BAD = [
    {"kernel": ["a"]},
    {"kernel": ["1"]},
    {"kernel": [True]},
    {"kernel": [1] * 6},
    {"signal": [float("nan")] * 5},
    {"place": -1},
    {"place": True},
]
