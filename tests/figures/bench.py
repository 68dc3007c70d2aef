"""The architecture bench: shapes, parameters and multiply-adds are those of Keras."""

from types import SimpleNamespace

import numpy as np

from convbook.ops import receptive_field

CLASS = "ArchitectureBench"
DRAG = (0.3, 0.5, 0.8, 0.3)
SHOWN = r"\d+(?= % of them)|(?:Nearest record|Recorded): .*"
CASES = 60  # networks that Keras has to build


def random_state(rng):
    while True:
        most = rng.integers(1, (97, 8, 3, 3), (rng.integers(4), 4))
        side = 28
        for _, kernel, stride, pool in most:
            side = ((side - kernel) // stride + 1) // pool
        if side >= 1:
            break
    return {
        "layers": most.tolist(),
        "average": bool(rng.integers(2)),
        "dense": int(rng.choice([0, 1, 64, 128])),
        "norm": bool(rng.integers(2)),
    }


def expected(state):
    from keras import Sequential, layers

    from convbook.training import multiply_adds

    model, rows, below, size = Sequential(), [], [], 28
    model.add(layers.Input((28, 28, 1)))

    def add(*new):
        for layer in new:
            model.add(layer)
        shape = model.output_shape[1:]
        work = multiply_adds(SimpleNamespace(layers=new))
        parameters = sum(layer.count_params() for layer in new)
        rows.append([shape[0] if len(shape) > 1 else 1, shape[-1], parameters, work, size])

    for filters, kernel, stride, pool in state["layers"]:
        size, _, _ = receptive_field(below := [*below, (kernel, stride)])
        convolution = layers.Conv2D(filters, kernel, strides=stride, use_bias=not state["norm"])
        add(*[convolution, layers.BatchNormalization()][: 1 + state["norm"]])
        if pool == 2:
            size, _, _ = receptive_field(below := [*below, (2, 2)])
            add(layers.MaxPooling2D(2))
    size, jump, _ = receptive_field(below)
    size += jump * ((rows[-1][0] if rows else 28) - 1)
    add(layers.GlobalAveragePooling2D() if state["average"] else layers.Flatten())
    for units in [state["dense"], 10][not state["dense"] :]:
        add(layers.Dense(units))
    total = model.count_params(), multiply_adds(model)
    far = [
        np.hypot(*np.log2([n["parameters"] / total[0], n["multiply_adds"] / total[1]])) ** 2
        + (n["norm"] != state["norm"])
        for n in state["networks"]
    ]
    return [*np.ravel(rows), *total, np.argmin(far)]


BAD = [
    {"layers": [[8, 3, 1]]},
    {"layers": [[8, 7, 2, 2], [8, 7, 1, 1]]},
    {"layers": [[97, 3, 1, 1]]},
    {"layers": [[8, 0, 1, 1]]},
    {"dense": 129},
    {"norm": "no"},
]
