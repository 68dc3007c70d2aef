"""Digit pad: what a unit of the network in the page computes is what Keras and NumPy compute."""

import numpy as np
from scipy.special import softmax

from convbook.figures import network
from convbook.training import keras

CLASS = "DigitPad"
DRAG = (0.2, 0.2, 0.8, 0.7)
SHOWN = r"(?:reads \d \(|products |bias |ReLU |inputs is )−?(\d+(?:\.\d+)?)"


def random_state(rng):
    pixels = np.zeros((28, 28), np.uint8)
    height, width = rng.integers(1, 29, 2)
    top, left = rng.integers(0, 29 - height), rng.integers(0, 29 - width)
    digit = rng.integers(0, 256, (height, width)) * (rng.random((height, width)) < 0.5)
    pixels[top : top + height, left : left + width] = digit
    return {
        "ink": pixels.tobytes().hex(),
        "centre": bool(rng.integers(2)),
        "layer": int(rng.integers(4)),
        "map": int(rng.integers(70)),
        "row": int(rng.integers(13)),
        "column": int(rng.integers(13)),
    }


def centred(pixels):
    """Frame one drawing (28, 28) as MNIST does, in NumPy."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not len(rows):
        return pixels.astype(float)
    digit = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(float)
    if (longer := max(digit.shape)) != 20:
        for axis in (0, 1):
            digit = np.moveaxis(resized(np.moveaxis(digit, axis, 0), longer), 0, axis)
        digit = np.floor(255 * digit / digit.max() + 0.5)
    places = np.arange(20.0)
    framed = np.zeros((28, 28))
    corner = []
    for axis, size in enumerate(digit.shape):
        middle = np.average(places[:size], weights=digit.sum(axis=1 - axis))
        corner.append(int(np.clip(np.floor(14 - middle + 0.5), 0, 28 - size)))
    (top, left), (height, width) = corner, digit.shape
    framed[top : top + height, left : left + width] = digit
    return framed


def resized(lines, longer):
    """Resample along the first axis with a triangle, normalised at the ends."""
    n = len(lines)
    to = max(1, int(np.floor(20 * n / longer + 0.5)))
    middles = (np.arange(to) + 0.5) * n / to - 0.5
    weights = 1 - np.abs(np.arange(n) - middles[:, None]) / max(n / to, 1)
    weights = np.clip(weights, 0, None)
    return weights @ lines / weights.sum(axis=1, keepdims=True)


MODELS = {}  # by their weights


def layers_of(networks):
    """Return the layers of the CNN, a Keras model of what each puts out, and the dense network."""
    if (weights := networks["weights"]) not in MODELS:
        layers = network.unpack(networks)
        dense, cnn = (network.build(layers[name], "float64") for name in ("dense", "cnn"))
        outputs = keras.Model(cnn.inputs[0], [x.output for x in cnn.layers])
        MODELS[weights] = layers["cnn"], outputs, dense
    return MODELS[weights]


def expected(state):
    layers, model, dense = layers_of(state["networks"])
    pixels = np.frombuffer(bytes.fromhex(state["ink"]), np.uint8).reshape(28, 28)
    image = centred(pixels) if state["centre"] else pixels.astype(float)
    outputs = [y.numpy()[0] for y in model(image[None, ..., None])]
    shares = softmax([dense(image[None, ..., None]).numpy()[0], outputs[-1]], axis=1).ravel()
    shown = [i for i, layer in enumerate(layers) if layer["kind"] in ("conv", "pool")]
    index = shown[min(state["layer"], len(shown) - 1)]
    height, width, depth = outputs[index].shape
    i, j = min(state["row"], height - 1), min(state["column"], width - 1)
    value = outputs[index][i, j, o := min(state["map"], depth - 1)]
    if layers[index]["kind"] == "pool":
        return np.array([*shares, value])
    (kh, kw), stride = layers[index]["size"], layers[index]["stride"][0]
    patch = outputs[index - 1][i * stride : i * stride + kh, j * stride : j * stride + kw]
    parts = np.einsum("abm,abm->m", patch, layers[index]["kernel"][..., o].astype(float))
    bias = float(layers[index]["bias"][o])
    return np.array([*shares, *parts, bias, parts.sum() + bias, value])


BAD = [
    {"ink": "ff"},
    {"ink": 7},
    {"ink": [["1"] * 28] * 28},
    {"ink": [[256] * 28] * 28},
    {"centre": "yes"},
    {"pen_row": 28},
    {"layer": -1},
    {"map": 100},
    {"plane": 0.5},
]
