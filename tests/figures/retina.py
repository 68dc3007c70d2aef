"""Retina probe: the answers are a correlation of the whole scene with the cell's weights."""

import numpy as np
from scipy.signal import correlate2d
from scipy.signal.windows import gaussian

CLASS = "RetinaProbe"
DRAG = (0.4, 0.2, 0.7, 0.2)
SHOWN = r"(?:excitation|inhibition|answer) −?(\d+(?:\.\d+)?)"
SHAPES = ["spot", "bar", "edge", "uniform"]


def random_state(rng):
    return {
        "shape": str(rng.choice(SHAPES)),
        "size": int(2 * rng.integers(7) + 1),
        "place": int(rng.integers(-8, 9)),
        "dark": bool(rng.integers(2)),
        "off": bool(rng.integers(2)),
    }


def expected(state):
    centre, surround = (
        np.outer(bell, bell) / bell.sum() ** 2 for bell in (gaussian(13, 1.2), gaussian(13, 2.4))
    )
    row, column = np.ogrid[-6:7, -14:15]  # the light stays, the cell moves
    scene = {
        "spot": 4 * (row**2 + column**2) <= state["size"] ** 2,
        "bar": 2 * abs(column) + 0 * row <= state["size"],
        "edge": column + 0 * row >= 0,
        "uniform": np.ones((13, 29), bool),
    }[state["shape"]]
    answers = correlate2d(scene != state["dark"], centre - surround, "valid")[0, ::-1]
    return -answers if state["off"] else answers


BAD = [{"shape": "ring"}, {"size": 4}, {"size": 15}, {"place": 9}, {"place": 0.5}, {"dark": "yes"}]
