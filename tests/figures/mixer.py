"""The channel mixer: the layer is that of Keras, up to its ReLU."""

import numpy as np

from convbook.training import keras

CLASS = "ChannelMixer"
DRAG = (0.1, 0.4, 0.8, 0.8)
PICTURED = r"\d+(?:\.\d+)?"
SHOWN = r"(\d+(?:\.\d+)?)(?= from|, after|\. Pixel)"


def random_state(rng):
    return {
        "image": (rng.integers(0, 5, (4, 4, 3)) / 4).tolist(),
        "weights": (rng.integers(-18, 19, (2, 2, 3, 2)) / 2).tolist(),
        "bias": (rng.integers(-18, 19, 2) / 2).tolist(),
        "second": bool(rng.integers(2)),
        "row": int(rng.integers(4)),
        "column": int(rng.integers(4)),
        "channel": str(rng.choice(["red", "green", "blue"])),
        "brush": "cyan",
    }


def expected(state):
    filters = 1 + state["second"]
    image = np.array(state["image"], "float32")[None]
    weights = np.array(state["weights"], "float32")[..., :filters]
    sums = keras.ops.conv(image, weights, padding="valid") + state["bias"][:filters]
    return np.array(keras.ops.relu(sums))[0]


BAD = [
    {"image": [[[1, 0, 0]] * 4] * 3},
    {"image": [[[0, 0, 2]] * 4] * 4},
    {"weights": [1, 2, 3]},
    {"weights": [[[["a", "b"]] * 3] * 2] * 2},
    {"bias": [0]},
    {"channel": "grey"},
    {"second": "yes"},
    {"row": 4},
]
