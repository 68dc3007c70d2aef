"""Softmax bench: probabilities and loss are SciPy's, the floor is that of very sure logits."""

import numpy as np
from scipy.special import log_softmax, softmax

CLASS = "SoftmaxBench"
DRAG = (0.1, 0.3, 0.35, 0.3)
SHOWN = r"(?:=|below) (\d+(?:\.\d+)?)"


def random_state(rng):
    return {
        "logits": (rng.integers(-12, 13, 4) / 2).tolist(),
        "temperature": float(rng.integers(1, 17) / 4),
        "truth": int(rng.integers(4)),
        "twice": bool(rng.integers(2)),
        "taken": bool(rng.integers(2)),
    }


def run(logits, softmaxes):
    """Return the first and the last probabilities, and their logarithms."""
    first = softmax(logits)
    for _ in range(softmaxes - 1):
        logits = softmax(logits)
    return first, softmax(logits), log_softmax(logits)


def expected(state):
    truth, softmaxes = state["truth"], 1 + state["twice"] + state["taken"]
    first, last, logs = run(np.divide(state["logits"], state["temperature"]), softmaxes)
    floor = -run(1000 * np.eye(4)[truth], softmaxes)[2][truth]
    return np.hstack([first, last, -logs[truth], floor])


BAD = [
    {"logits": [1, 2, 3]},
    {"logits": [0, 0, 0, 7]},
    {"logits": [0, 0, 0, float("nan")]},
    {"temperature": 0},
    {"truth": 4},
    {"twice": 3},
]
