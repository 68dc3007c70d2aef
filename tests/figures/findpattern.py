"""Find the pattern: its scores are those of SciPy and of NumPy's correlation coefficient."""

import numpy as np
from scipy import signal

CLASS = "FindPattern"
DRAG = (0.2, 0.5, 0.7, 0.5)
PICTURED = r"\d+(?:\.\d+)?"
SHOWN = r"(?:is|gets|scores) −?(\d+(?:\.\d+)?)"


def random_state(rng):
    return {
        "score": str(rng.choice(["dot product", "zero-mean", "normalised"])),
        "plus": int(rng.integers(10)),
        "block": int(rng.integers(10)),
        "ground": int(rng.integers(10)),
        "row": int(rng.integers(5)),
        "column": int(rng.integers(10)),
    }


def expected(state):
    pattern = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], float)
    image = np.full((7, 12), state["ground"], float)
    for row, column in [(2, 2), (3, 1), (3, 2), (3, 3), (4, 2)]:
        image[row, column] = state["plus"]
    image[1:6, 6:11] = state["block"]
    if state["score"] == "dot product":
        return signal.correlate2d(image, pattern, "valid")
    if state["score"] == "zero-mean":
        return signal.correlate2d(image, pattern - 5 / 9, "valid")
    scores = np.zeros((5, 10))
    for i, j in np.ndindex(5, 10):
        patch = image[i : i + 3, j : j + 3]
        if np.ptp(patch):
            scores[i, j] = np.corrcoef(patch.ravel(), pattern.ravel())[0, 1]
    return scores


BAD = [{"score": "best"}, {"plus": 10}, {"block": -1}, {"row": 5}, {"column": 1.5}]
