"""The exercises of "A convolutional network on MNIST". Keras is imported where it is needed."""

import functools

import numpy as np
from scipy import signal

from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
PAPER, FIRST = "The network, on paper first", "What the first layer looks for"
WORK, SMALL = "Where the work goes", "A smaller network, thought about"


def _keras():
    from convbook.training import keras

    return keras


def _nets(rng):
    """Draw (shape, filters, classes): small, not square, more than one channel."""
    f = int(rng.integers(3, 5))
    return {
        "grey": ((12, 15, 1), f, 4),
        "colour": ((13, 11, 3), f, 5),
    }


def _layers(filters, classes, pool=2, padding="valid", activation="relu", second=2, kernel=3):
    """Return the layers of the network after the scaling, some of them otherwise."""
    layers = _keras().layers
    options = {"activation": activation, "padding": padding}
    return [
        layers.Conv2D(filters, kernel, **options),
        layers.MaxPooling2D(pool),
        layers.Conv2D(second * filters, kernel, **options),
        layers.MaxPooling2D(pool),
        layers.Flatten(),
        layers.Dense(classes),
    ]


def _net(shape, filters, classes, scaled=True, **options):
    return _stack(shape, _layers(filters, classes, **options), scaled)


def _stack(shape, layers, scaled=True):
    keras = _keras()
    scaling = [keras.layers.Rescaling(1 / 255)] if scaled else []
    return keras.Sequential([keras.Input(shape), *scaling, *layers])


def _pick(*places, **options):
    """Return the network without the layers at `places`."""

    def net(shape, filters, classes):
        layers = _layers(filters, classes, **options)
        return _stack(shape, [layer for i, layer in enumerate(layers) if i not in places])

    return net


def _with(place, make, **options):
    """Return the network with the layer that `make` makes in front of `place`."""

    def net(shape, filters, classes):
        layers = _layers(filters, classes, **options)
        layers.insert(place, make(_keras().layers))
        return _stack(shape, layers)

    return net


def _answers(build, shape, filters, classes):
    """Return the parameters, the classes, and what the network answers with set weights."""
    model, keras = build(shape, filters, classes), _keras()
    if model is None or model is ...:
        return model
    if not isinstance(model, keras.Model):
        raise NotUsableError("the result is not a Keras model")
    if not model.built:
        raise NotUsableError("the model does not know its pictures: begin with keras.Input(shape)")
    takes = getattr(model, "input_shape", (None, *shape))[1:]  # a subclass does not tell
    if takes != shape:
        raise NotUsableError(f"the model takes pictures {takes} instead of {shape}")
    return _scores(model, shape)


def _scores(model, shape):
    """Set the weights of a model; return its parameters, the scores' shape, and one picture's."""
    rng = np.random.default_rng(5)
    weights = [
        rng.normal(0.05, 1 / np.sqrt(max(w[..., 0].size, 1)), w.shape) for w in model.get_weights()
    ]
    model.set_weights(weights)
    picture = rng.integers(0, 256, (1, *shape)).astype(np.float32)
    out = np.array(model(picture, training=False))  # layers that draw images do so by default
    return np.array([model.count_params(), *out.shape[1:], *out.ravel()])


def _no_input(shape, filters, classes):
    keras = _keras()
    return keras.Sequential([keras.layers.Rescaling(1 / 255), *_layers(filters, classes)])


def _kept(mistakes):
    """Return the mistakes so that each model is built once only: that takes its time."""
    return [(functools.cache(make), *more) for make, *more in mistakes]


_BUILD = [
    (_no_input, "the model does not know its pictures: begin with keras.Input(shape)", PAPER),
    (
        _with(6, lambda layers: layers.Softmax()),
        "the softmax is in the network: it returns scores, the loss takes care of the rest",
        PAPER,
    ),
    (
        lambda *a: _net(*a, scaled=False),
        "the bytes are not scaled: the first layer divides them by 255",
        PAPER,
    ),
    (
        _with(0, lambda layers: layers.Rescaling(1 / 255)),
        "the bytes are divided by 255 twice",
        PAPER,
    ),
    (
        lambda *a: _net(*a, padding="same"),
        "zeros were added at the borders: these convolutions stay inside",
        PAPER,
    ),
    (
        lambda *a: _net(*a, activation=None),
        "the ReLU is missing: two linear layers in a row are only one",
        PAPER,
    ),
    (_pick(3), "the second pooling is missing", PAPER),
    (_pick(1, 3), "there is no pooling at all", PAPER),
    (
        lambda *a: _net(*a, second=1),
        "the second convolution has twice as many filters as the first",
        PAPER,
    ),
    (
        lambda *a: _net(*a, kernel=2),
        "the kernels are 2 x 2: pooling is 2 x 2, kernels 3 x 3",
        PAPER,
    ),
    (
        lambda shape, filters, classes: _net((*shape[1::-1], shape[2]), filters, classes),
        "the model takes pictures",
        PAPER,
    ),
    (_pick(4), "Flatten is missing: the dense layer answered at each place for itself", PAPER),
    (
        lambda shape, filters, classes: _net(shape, filters, 10),
        "always ten classes: use the argument",
        PAPER,
    ),
    (
        _with(6, lambda layers: layers.ReLU()),
        "a ReLU at the end: scores may be negative",
        PAPER,
    ),
    (
        lambda shape, f, classes: _stack(
            shape,
            [
                *_layers(f, classes)[:5],
                _keras().layers.Dense(64, activation="relu"),
                _keras().layers.Dense(classes),
            ],
        ),
        "a dense layer too many: the maps go to the scores at once",
        PAPER,
    ),
]


def _specs(rng):
    """Draw (layers, shape); some kernels do not fit evenly, so that something is left over."""
    f, n, units = (int(rng.integers(low, low + 7)) for low in (3, 6, 2))
    return {
        "one convolution": ([("conv", f, 3, 1)], (2 * n, 2 * n + 3, 1)),
        "colour": ([("conv", f, 2, 1)], (n, n + 2, 3)),
        "stride": ([("conv", f, 5, 2), ("conv", 2 * f, 3, 2)], (4 * n + 2, 4 * n + 1, 2)),
        "pooling": ([("conv", f, 3, 1), ("pool", 2), ("conv", f + 1, 3, 1)], (9, 11, 1)),
        "wide pooling": ([("conv", f, 2, 1), ("pool", 3), ("conv", units, 2, 1)], (12, 15, 1)),
        "dense": ([("flatten",), ("dense", f), ("dense", units)], (n, 5, 2)),
        "pooling before dense": ([("pool", 2), ("flatten",), ("dense", f)], (7, n, 2)),
        "all": (
            [("conv", f, 3, 1), ("pool", 2), ("conv", 4, 2, 2), ("flatten",), ("dense", units)],
            (11, 13, 3),
        ),
    }


@functools.cache
def _work(layers, shape):
    """Return rows (places of output, weights, biases, places of input, channels, filters)."""
    keras, rows = _keras(), []
    k = keras.layers
    x = keras.KerasTensor((1, *shape))
    for kind, *numbers in layers:
        if kind == "conv":
            layer = k.Conv2D(numbers[0], numbers[1], strides=numbers[2])
        else:
            layer = {"pool": k.MaxPooling2D, "flatten": k.Flatten, "dense": k.Dense}[kind](*numbers)
        before, x = x, layer(x)
        if layer.weights:
            sizes = [int(np.prod(t.shape[1:-1])) for t in (x, before)]
            kernel = tuple(layer.kernel.shape)
            rows.append((kind, sizes[0], sizes[1], kernel, int(x.shape[-1])))
    return rows


def _sum(each, change=lambda layers: layers):
    """Return a counter that adds up `each` over the layers with weights."""

    def macs(layers, shape):
        layers = tuple(tuple(layer) for layer in change(layers))
        return sum(int(each(*row)) for row in _work(layers, tuple(shape)))

    return macs


def _each(kind, out, into, kernel, filters):
    return out * np.prod(kernel)


_macs = _sum(_each)


def _one_by_one(layers):
    return [(*layer[:3], 1) if layer[0] == "conv" else layer for layer in layers]


def _unpooled(layers):
    return [layer for layer in layers if layer[0] != "pool"]


def _with_pools(*numbers):
    """Return a change of layers: these arguments for Keras's pooling, None for the size."""
    return lambda layers: [
        ("pool", *(layer[1] if n is None else n for n in numbers)) if layer[0] == "pool" else layer
        for layer in layers
    ]


def _by_cards(places=lambda side, kernel, stride: (side - kernel) // stride + 1, blocks=None):
    """Return a counter with the sizes of another program."""

    def macs(layers, shape):
        (*sides, channels), total = shape, 0
        for kind, *n in layers:
            if kind == "pool":
                sides = [blocks(side, n[0]) if blocks else side // n[0] for side in sides]
            elif kind == "flatten":
                sides, channels = [], np.prod([*sides, channels])
            else:
                units, *window = n
                sides = [places(side, *window) for side in sides]
                size = window[0] ** 2 if window else 1
                total, channels = total + np.prod(sides) * size * channels * units, units
        return total

    return macs


_MACS = [
    (
        _by_cards(places=lambda side, kernel, stride: (side - kernel) // stride),
        "a row and a column of places too few: the first place counts as well",
        PAPER,
    ),
    (
        _by_cards(blocks=lambda side, size: side / size),
        "a part of a block was counted: what is left over is dropped",
        PAPER,
    ),
    (
        _sum(lambda kind, out, into, kernel, f: out * (np.prod(kernel) + f)),
        "biases are only added: count multiplications",
        WORK,
    ),
    (
        _sum(lambda kind, out, into, kernel, f: into * np.prod(kernel)),
        "counted at the places of the input: the kernel stops only at those of the output",
        WORK,
    ),
    (
        _sum(lambda kind, out, into, kernel, f: np.prod(kernel)),
        "these are the weights: a kernel is used again at every place",
        WORK,
    ),
    (
        _sum(
            lambda kind, out, into, kernel, f: (
                out * np.prod(kernel) // (kernel[2] if kind == "conv" else 1)
            )
        ),
        "each sum runs over all channels of the input: multiply by their number",
        WORK,
    ),
    (
        _sum(
            lambda kind, out, into, kernel, f: out * np.prod(kernel) // (f if kind == "conv" else 1)
        ),
        "this is one filter only: multiply by their number",
        WORK,
    ),
    (
        _sum(
            lambda kind, out, into, kernel, f: (
                out * np.prod(kernel) // (kernel[0] if kind == "conv" else 1)
            )
        ),
        "a kernel has its size squared weights, not its size",
        WORK,
    ),
    (_sum(_each, _one_by_one), "the stride is not used: there are fewer places", SMALL),
    (_sum(_each, _unpooled), "pooling is not used: the next layer has fewer places", PAPER),
    (
        _sum(_each, _with_pools(None, 1)),
        "the blocks of the pooling do not overlap: they lie as far apart as they are wide",
        PAPER,
    ),
    (
        _sum(_each, _with_pools(None, None, "same")),
        "an incomplete block of the pooling is dropped: round down",
        PAPER,
    ),
    (_sum(_each, _with_pools(2)), "a pooling may have other blocks than 2 x 2", PAPER),
    (
        lambda layers, shape: 2 * _macs(layers, shape),
        "a multiplication and its addition are one multiply-add",
        WORK,
    ),
    (
        _sum(lambda *row: _each(*row) if row[0] == "conv" else 0),
        "dense layers work too: one for each weight",
        WORK,
    ),
    (
        _sum(lambda *row: _each(*row) if row[0] == "dense" else 0),
        "only the dense layers are counted",
        WORK,
    ),
]


def _images(rng):
    """Draw (bytes, weights, bias) for a first layer; kernels are not square, nor symmetric."""

    def case(h, w, *kernel):
        size = int(np.prod(kernel))
        weights = rng.permutation(np.arange(size) - (size - 1) / 2).reshape(kernel) + 0.25
        bias = rng.permutation(np.arange(1, 5))[: kernel[-1]] / 4 * (-1) ** np.arange(kernel[-1])
        return rng.integers(0, 256, (h, w, kernel[2])).astype(np.uint8), weights, bias

    def dark(drawn):
        image, weights, bias = drawn
        return image, -np.abs(weights) - 0.5, bias

    return {
        "grey": case(6, 8, 3, 3, 1, 2),
        "colour": case(5, 7, 2, 2, 3, 2),
        "flat kernel": case(4, 7, 1, 3, 2, 1),
        "kernel of one": case(3, 5, 1, 1, 1, 3),
        "rows left over": case(7, 9, 3, 2, 1, 2),
        "no positive weight": dark(case(5, 7, 2, 2, 1, 2)),
    }


def _conv(image, weights, bias=0, flip=False):
    """Return the sums by scipy.signal, channels last."""
    step = slice(None, None, -1 if flip else 1)
    maps = [
        sum(
            signal.correlate2d(image[..., c], weights[step, step, c, o], "valid")
            for c in range(image.shape[2])
        )
        for o in range(weights.shape[3])
    ]
    return np.stack(maps, axis=-1) + bias


def _pooled(maps, reduce=np.max, stride=2):
    h, w = ((n - 2) // stride + 1 for n in maps.shape[:2])
    return np.array(
        [
            [
                reduce(maps[stride * i : stride * i + 2, stride * j : stride * j + 2], axis=(0, 1))
                for j in range(w)
            ]
            for i in range(h)
        ]
    )


def _first_block(image, weights, bias):
    keras = _keras()
    x = image[None].astype("float32") / 255
    y = keras.ops.relu(keras.ops.conv(x, weights.astype("float32"), padding="valid") + bias)
    return np.array(keras.ops.max_pool(y, 2, 2, padding="valid"))[0]


def _otherwise(flip=False, bias=True, relu=True, scale=255, pool=_pooled):
    def block(image, weights, b):
        sums = _conv(image / scale, weights, b if bias else 0, flip)
        return pool(np.maximum(sums, 0) if relu else sums)

    return block


def _ceiled(maps):
    h, w = (-(-n // 2) for n in maps.shape[:2])
    return np.array(
        [
            [maps[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max((0, 1)) for j in range(w)]
            for i in range(h)
        ]
    )


def _relu_first(image, weights, bias):
    return _pooled(np.maximum(_conv(image / 255, weights), 0) + bias)


def _first_channel(image, weights, bias):
    return _pooled(np.maximum(_conv(image[..., :1] / 255, weights[:, :, :1], bias), 0))


def _bias_per_channel(image, weights, bias):
    return _pooled(np.maximum(_conv(image / 255, weights, bias * image.shape[2]), 0))


def _relu_per_channel(image, weights, bias):
    sums = (_conv(image[..., [c]] / 255, weights[:, :, [c]]) for c in range(image.shape[2]))
    return _pooled(np.maximum(sum(np.maximum(s, 0) for s in sums) + bias, 0))


def _mirrored_columns(image, weights, bias):
    return _otherwise()(image, weights[:, ::-1], bias)


_FIRST_BLOCK = [
    (_otherwise(flip=True), "the kernels were flipped: Keras correlates", FIRST),
    (
        _mirrored_columns,
        "the kernels were mirrored left to right: Keras takes them as they are",
        FIRST,
    ),
    (_otherwise(bias=False), "the bias is missing: one number for each filter", FIRST),
    (_relu_first, "the bias comes before the ReLU", FIRST),
    (
        lambda *a: np.maximum(_relu_first(*a), 0),
        "one ReLU is enough: after the bias, and none before it",
        FIRST,
    ),
    (
        lambda image, weights, bias: _otherwise(scale=1)(image // 255, weights, bias),
        "// leaves only 0 and 1: divide with /",
        FIRST,
    ),
    (
        lambda image, weights, bias: _otherwise(scale=image.max())(image, weights, bias),
        "divided by the image's own largest pixel: it is 255 for every image",
        FIRST,
    ),
    (_otherwise(relu=False), "the ReLU is missing: no map is negative", FIRST),
    (_otherwise(scale=1), "the bytes were not divided by 255", FIRST),
    (_otherwise(scale=256), "divided by 256: 255 must become 1", FIRST),
    (_otherwise(pool=lambda maps: maps), "the pooling is missing", PAPER),
    (
        _otherwise(pool=lambda maps: _pooled(maps, np.mean)),
        "this is the average of each block: keep the largest",
        PAPER,
    ),
    (
        _otherwise(pool=lambda maps: _pooled(maps, stride=1)),
        "the blocks overlap: they lie 2 apart",
        PAPER,
    ),
    (
        _otherwise(pool=lambda maps: maps[: len(maps) // 2 * 2 : 2, : maps.shape[1] // 2 * 2 : 2]),
        "the first value of each block was kept: keep the largest",
        PAPER,
    ),
    (_otherwise(pool=_ceiled), "a block that is not complete is left out", PAPER),
    (_first_channel, "only the first channel was used: the sum runs over all of them", PAPER),
    (
        _relu_per_channel,
        "the ReLU comes after the sum over the channels, not before",
        FIRST,
    ),
    (
        _bias_per_channel,
        "the bias was added once for each channel: once is enough",
        FIRST,
    ),
    (
        lambda *a: np.moveaxis(_otherwise()(*a), 2, 0),
        "the maps stand first: in Keras the channels come last",
        FIRST,
    ),
]


_ROWS = ["conv1", "after_conv1", "after_pool", "conv2", "after_conv2", "flat", "dense", "work"]


def _questions(rng):
    return {name: (name,) for name in _ROWS}


@functools.cache
def _on_paper():
    """Build the network of the questions with Keras and read the answers off."""
    k = _keras().layers
    conv1, conv2, dense = k.Conv2D(16, 5), k.Conv2D(32, 3, strides=2), k.Dense(10)
    model = _stack((32, 32, 3), [conv1, k.MaxPooling2D(2), conv2, k.Flatten(), dense])
    width = [layer.output.shape[1] for layer in model.layers[1:]]
    work = width[0] ** 2 * np.prod(conv1.kernel.shape)
    weights = [layer.count_params() for layer in (conv1, conv2, dense)]
    answers = [weights[0], *width[:2], weights[1], *width[2:4], weights[2], work]
    return dict(zip(_ROWS, answers, strict=True))


def _paper(row):
    return [_on_paper()[row]]


def _but(**others):
    return lambda row: [others[row]] if row in others else _paper(row)


_BY_HAND = [
    (_but(conv1=1200), "a bias belongs to each filter", PAPER),
    (_but(conv1=416), "each filter spans all three colours", PAPER),
    (_but(conv1=1248), "one bias for each filter, not for each filter and colour", PAPER),
    (_but(after_conv1=27), "one place too few: the first place counts as well", PAPER),
    (_but(after_conv1=32), "no zeros are added: the kernel stays inside", PAPER),
    (_but(after_pool=27), "blocks of a pooling do not overlap", PAPER),
    (_but(conv2=4608), "again a bias for each filter", PAPER),
    (_but(conv2=320), "each filter spans all maps of the layer before", PAPER),
    (_but(after_conv2=12), "a stride of 2 halves the number of places", SMALL),
    (_but(after_conv2=5), "dropped too much: places are (n - k) // s + 1", SMALL),
    (_but(after_conv2=7), "the last place would stick out: what is left over is dropped", SMALL),
    (_but(flat=36), "height times width times maps: the maps are missing", PAPER),
    (_but(flat=192), "height times width times maps: one of the sides is missing", PAPER),
    (_but(dense=11520), "each score has a bias", PAPER),
    (_but(work=1228800), "counted at 32 by 32 places: the kernel stops only at those inside", WORK),
    (_but(work=313600), "each sum runs over three colours", WORK),
    (_but(work=953344), "biases are only added: count multiplications", WORK),
    (_but(work=1200), "these are the weights: they work at every place", WORK),
]

EXERCISES = [
    Exercise("mnist-cnn", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        (
            "build_cnn",
            "Keras",
            functools.cache(_net),
            _nets,
            _kept(_BUILD),
            {"call": _answers, "digits": 3},
        ),
        ("macs", "the shapes of Keras", _macs, _specs, _MACS, {"digits": 0}),
        ("first_block", "Keras", _first_block, _images, _FIRST_BLOCK, {}),
        ("by_hand_cnn", "Keras", _paper, _questions, _BY_HAND, {"by_hand": True}),
    ]
]
