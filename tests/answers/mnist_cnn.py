"""A convolutional network on MNIST."""

import math

import numpy as np
from scipy import ndimage


def keras():
    from convbook.training import keras

    return keras


def by_adding(shape, filters, classes):
    layers = keras().layers
    model = keras().Sequential()
    model.add(keras().Input(shape=shape))
    model.add(layers.Lambda(lambda x: x / 255))
    for number in (filters, 2 * filters):
        model.add(layers.Conv2D(number, (3, 3)))
        model.add(layers.ReLU())
        model.add(layers.MaxPool2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(units=classes))
    return model


def functional(shape, f, classes):
    layers = keras().layers
    inputs = keras().Input(shape)
    x = layers.Conv2D(f, 3, activation="relu")(layers.Rescaling(scale=1.0 / 255)(inputs))
    x = layers.Conv2D(2 * f, 3, activation="relu")(layers.MaxPooling2D()(x))
    return keras().Model(inputs, layers.Dense(classes)(layers.Flatten()(layers.MaxPooling2D()(x))))


def late_relu(shape, filters, classes):
    print("building")
    layers = keras().layers
    return keras().Sequential(
        [
            layers.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(filters, 3),
            layers.MaxPooling2D(2),
            layers.Activation("relu"),
            layers.Conv2D(2 * filters, 3, padding="valid", activation="relu"),
            layers.MaxPooling2D(2, strides=2),
            layers.Reshape((-1,)),
            layers.Dense(classes, activation="linear"),
        ]
    )


def turning_pictures(shape, filters, classes):
    layers = keras().layers
    body = functional(shape, filters, classes).layers[1:]
    model = keras().Sequential([layers.RandomRotation(0.2), *body[:1], layers.Dropout(0.5)])
    for layer in body[1:]:
        model.add(layer)
    model(np.zeros((1, *shape)))  # from this it knows its pictures
    return model


def as_a_class(shape, filters, classes):
    class Network(keras().Model):
        def __init__(self):
            super().__init__()
            self.inner = late_relu(shape, filters, classes)

        def call(self, pictures):
            return self.inner(pictures)

    model = Network()
    model.build((None, *shape))
    return model


def by_cards(layers, shape):
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            filters, kernel, stride = numbers
            height, width, channels = shape
            shape = ((height - kernel) // stride + 1, (width - kernel) // stride + 1, filters)
            total += shape[0] * shape[1] * kernel * kernel * channels * filters
        elif kind == "pool":
            shape = (shape[0] // numbers[0], shape[1] // numbers[0], shape[2])
        elif kind == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            total += shape[0] * numbers[0]
            shape = (numbers[0],)
    return total


def with_ranges(layers, shape):
    work, shape = np.int64(0), list(shape)
    for layer in layers:
        if layer[0] in ("conv", "pool"):
            k, s = (layer[2], layer[3]) if layer[0] == "conv" else (layer[1], layer[1])
            shape[:2] = [len(range(0, n - k + 1, s)) for n in shape[:2]]
        if layer[0] == "flatten":
            shape = [math.prod(shape)]
        if layer[0] in ("conv", "dense"):
            each = shape[-1] * (layer[2] ** 2 if layer[0] == "conv" else 1)
            shape[-1] = layer[1]
            work += each * np.prod(shape)
    return work


def in_float(layers, shape):
    print(shape)
    return float(by_cards(layers, shape))


def in_loops(image, weights, bias):
    kh, kw, cin, cout = weights.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    maps = np.zeros((h, w, cout))
    for i in range(h):
        for j in range(w):
            for o in range(cout):
                window = image[i : i + kh, j : j + kw] / 255
                maps[i, j, o] = max(0, np.sum(window * weights[..., o]) + bias[o])
    out = [
        [[maps[i : i + 2, j : j + 2, o].max() for o in range(cout)] for j in range(0, w - 1, 2)]
        for i in range(0, h - 1, 2)
    ]
    return out


def by_windows(x, weights, b):
    size = weights.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(x / 255, size, axis=(0, 1))
    maps = np.einsum("ijcab,abco->ijo", windows, weights) + b
    h, w = maps.shape[0] // 2, maps.shape[1] // 2
    blocks = maps[: 2 * h, : 2 * w].reshape(h, 2, w, 2, -1)
    return np.maximum(blocks.max(axis=(1, 3)), 0).astype(np.float32)


def by_ndimage(image, weights, bias):
    kh, kw, cin, cout = weights.shape
    maps = []
    for o in range(cout):
        total = bias[o]
        for c in range(cin):
            full = ndimage.correlate(
                np.pad(image[..., c] / 255, ((0, kh), (0, kw))),
                weights[..., c, o],
                mode="constant",
                origin=(-(kh // 2), -(kw // 2)),
            )
            total = total + full[: image.shape[0] - kh + 1, : image.shape[1] - kw + 1]
        maps.append(np.maximum(total, 0))
    m = np.stack(maps, axis=-1)
    m = m[: len(m) // 2 * 2, : m.shape[1] // 2 * 2]
    return np.maximum.reduce([m[::2, ::2], m[1::2, ::2], m[::2, 1::2], m[1::2, 1::2]])


ROWS = [[1216], [28], [14], [4640], [6], [1152], [11530], [940800]]

RIGHT = {
    "build_cnn": [by_adding, functional, late_relu, turning_pictures, as_a_class],
    "macs": [by_cards, with_ranges, in_float],
    "first_block": [in_loops, by_windows, by_ndimage],
    "by_hand_cnn": [
        ROWS,
        tuple((float(value),) for (value,) in ROWS),
        [np.array(row) for row in ROWS],
    ],
}

NEEDED = [
    ("build_cnn", "always ten classes", {"grey", "colour"}),
    ("macs", "the stride is not used", {"stride", "all"}),
    ("macs", "pooling is not used", {"pooling", "wide pooling", "pooling before dense", "all"}),
    ("macs", "a part of a block", {"pooling before dense"}),
    ("macs", "other blocks than 2 x 2", {"wide pooling"}),
    ("macs", "all channels of the input", {"colour", "stride", "pooling", "wide pooling", "all"}),
    ("macs", "dense layers work too", {"dense", "pooling before dense", "all"}),
    ("first_block", "only the first channel", {"colour", "flat kernel"}),
    (
        "first_block",
        "a block that is not complete",
        {"kernel of one", "rows left over", "flat kernel"},
    ),
]
