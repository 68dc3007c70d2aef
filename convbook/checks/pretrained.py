"""The exercises of "Standing on a trained network"."""

import numpy as np
from scipy import ndimage, special

from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
ORIGIN, FREEZE = "Digits of another origin", "Freeze the body, renew the head"
WORTH, LARGE = "What it is worth", "The same with a large network"


def _digits(rng):
    """Draw pictures all of ink, darker on one side; no place is halfway between two pixels."""

    def drawn(height, width, top=15, corner=()):
        while True:
            image = rng.integers(1, top - 2, (height, width)).astype(float)
            image[rng.integers(height), rng.integers(width)] = top
            if corner:
                image[:2, :2] = corner
            centre = np.array(ndimage.center_of_mass(image))
            middle = (np.array(image.shape) - 1) / 2
            clear = abs(centre % 1 - 0.5) > 0.08
            place = np.round(14 - centre)
            if np.all(clear) and all(
                np.any(place != np.round(14 - c)) for c in (middle, centre + 0.5)
            ):
                return image

    bytes_ = drawn(4, 5, 201, [[201, 180], [201, 201]]).astype(np.uint8)
    fractions = np.array([[3, 8, 2, 5, 1], [14, 9, 15, 7, 6]])  # neither squared nor bright alike
    wide = np.ones((2, 20))
    wide[:, 0] = 31, 29
    tall = np.ones((19, 1))
    tall[-1] = 35
    return {
        "wide": (drawn(3, 4),),
        "tall": (drawn(5, 2),),
        "bytes": (bytes_,),
        "fractions of ink": (fractions / 4,),
        "one row": (drawn(1, 5),),
        "heavy on the left": (wide,),
        "heavy on the right": (wide[:1, ::-1],),
        "heavy at the top": (tall[::-1],),
        "heavy at the bottom": (tall,),
    }


def _corner(image):
    """Return the place of the picture's first pixel, the frame not yet minded."""
    return [round(14 - c) for c in ndimage.center_of_mass(image.astype(float))]


def _bytes(image):
    return np.round(image.astype(float) * 255 / image.max()).astype(np.uint8)


def _framed(corner=_corner, ink=_bytes):
    """Return the picture in its frame, at a corner and with an ink of another program's."""

    def answer(image):
        place = [
            min(max(first, 0), 28 - size)
            for first, size in zip(corner(image), image.shape, strict=True)
        ]
        margins = [(p, 28 - s - p) for p, s in zip(place, image.shape, strict=True)]
        return np.pad(ink(image), margins)

    return answer


def _ink(result, image):
    """Return the first row and column with ink, how many there are, and the ink itself."""
    frame = np.asarray(result)
    if frame.shape != (28, 28):
        raise NotUsableError(f"the frame must have the shape (28, 28), not {frame.shape}")
    if frame.dtype != np.uint8:
        raise NotUsableError(f"the frame must hold bytes (uint8), not {frame.dtype}")
    rows, columns = (np.flatnonzero(frame.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        raise NotUsableError("there is no ink in the frame")
    box = frame[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return [rows[0], columns[0], *box.shape, *box.ravel()]


def _rolled(image):
    frame = np.zeros((28, 28), np.uint8)
    frame[: image.shape[0], : image.shape[1]] = _bytes(image)
    return np.roll(frame, _corner(image), axis=(0, 1))


def _cut_off(image):
    top, left = _corner(image)
    frame = np.zeros((60, 60), np.uint8)
    frame[top : top + image.shape[0], left : left + image.shape[1]] = _bytes(image)
    return frame[:28, :28]


_INTO_FRAME = [
    (
        _framed(lambda image: [(28 - size) // 2 for size in image.shape]),
        "the box is in the middle: it is the centre of mass that belongs there",
        ORIGIN,
    ),
    (
        _framed(lambda image: [np.floor(14 - c).astype(int) for c in _mass(image)]),
        "too far up or to the left: round 14 minus the centre (13.5 is the middle of the frame)",
        ORIGIN,
    ),
    (
        _framed(lambda image: [np.ceil(14 - c).astype(int) for c in _mass(image)]),
        "the place was rounded up: it is the nearest whole number",
        ORIGIN,
    ),
    (
        _framed(lambda image: _corner(image)[::-1]),
        "row and column are swapped: the first axis runs downwards",
        ORIGIN,
    ),
    (
        _framed(lambda image: _corner(image > 0)),
        "each pixel weighs as much as it has ink: this took all alike",
        ORIGIN,
    ),
    (
        _framed(lambda image: _corner(image > image.max() / 2)),
        "each pixel weighs as much as it has ink: the bright ones had too much weight",
        ORIGIN,
    ),
    (
        _framed(lambda image: [14 - i for i in np.unravel_index(image.argmax(), image.shape)]),
        "the brightest pixel is in the middle: take the mean place of all the ink",
        ORIGIN,
    ),
    (
        _framed(lambda image: [0, 0]),
        "the digit lies in the corner",
        ORIGIN,
    ),
    (
        _rolled,
        "what leaves the frame comes in on the other side: push the digit back inside",
        ORIGIN,
    ),
    (
        _cut_off,
        "what leaves the frame is lost: push the digit back inside",
        ORIGIN,
    ),
    (
        _framed(ink=lambda image: image.astype(np.uint8)),
        "the ink is as faint as it came: the brightest pixel must be 255",
        ORIGIN,
    ),
    (
        lambda image: _framed()(image.astype(int)),
        "the ink was made whole before it was stretched: round it afterwards",
        ORIGIN,
    ),
    (
        _framed(ink=lambda image: np.round(image * 255 / 16).clip(0, 255).astype(np.uint8)),
        "divided by 16: divide by the brightest pixel of this digit",
        ORIGIN,
    ),
    (
        _framed(ink=lambda image: (image.astype(float) * 255 / image.max()).astype(np.uint8)),
        "the fractions of the ink were cut off: round before you make bytes",
        ORIGIN,
    ),
    (
        _framed(
            ink=lambda image: np.round(
                (image * image.dtype.type(255)) / image.max().astype(float)
            ).astype(np.uint8)
        ),
        "255 times a byte does not fit into a byte: make floats first",
        ORIGIN,
    ),
    (
        _framed(
            ink=lambda image: np.round(
                255 * (image - image.min() * 1.0) / np.ptp(image).astype(float)
            ).astype(np.uint8)
        ),
        "the faintest ink became black: 0 is the background, nothing is taken off",
        ORIGIN,
    ),
    (
        lambda image: 255 - _framed()(image),
        "black and white are swapped: ink is white here",
        ORIGIN,
    ),
    (
        _framed(ink=lambda image: image / image.max() * 255),
        "the frame must hold bytes (uint8)",
        ORIGIN,
    ),
]


def _mass(image):
    return ndimage.center_of_mass(image.astype(float))


MEANS = np.array([123.68, 116.779, 103.939])  # of red, green and blue over ImageNet
TORCH_MEANS, TORCH_SDS = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def _photographs(rng):
    """Draw (images, mode); all bytes differ, but for those of nearly black pictures."""
    pixels = rng.permutation(np.arange(10, 250)).astype(np.uint8)
    dark = rng.permutation(np.repeat([0, 1], 6)).astype(np.uint8).reshape(1, 2, 2, 3)
    return {
        "tf": (pixels[:12].reshape(1, 2, 2, 3), "tf"),
        "caffe": (pixels[12:30].reshape(2, 1, 3, 3), "caffe"),
        "torch": (pixels[30:48].reshape(1, 3, 2, 3), "torch"),
        "caffe, one pixel": (pixels[48:51].reshape(1, 1, 1, 3), "caffe"),
        "caffe, floats": (pixels[51:63].reshape(2, 2, 1, 3) / 2, "caffe"),
        "torch, floats": (pixels[63:75].reshape(1, 2, 2, 3) / 2 + 60.25, "torch"),
        "tf, floats": (pixels[75:87].reshape(2, 1, 2, 3) / 2 + 60.25, "tf"),
        "tf, black and white": (np.array([[[[0, 255, 128]], [[255, 0, 1]]]], np.uint8), "tf"),
        "tf, nearly black": (dark, "tf"),
        "torch, nearly black": (dark, "torch"),
    }


def _backbone_input(images, mode):
    from convbook.training import keras

    prepare = keras.applications.imagenet_utils.preprocess_input
    return prepare(np.array(images, "float32"), data_format="channels_last", mode=mode)


def _in_mode(**others):
    """Return the right preparation, with another one in the modes that are named."""

    def prepare(images, mode):
        if mode in others:
            return others[mode](images)
        x = images.astype(float)
        if mode == "tf":
            return x / 127.5 - 1
        return (x - MEANS)[..., ::-1] if mode == "caffe" else (x / 255 - TORCH_MEANS) / TORCH_SDS

    return prepare


_right_input = _in_mode()


def _by_dtype(mode):
    return lambda x: _right_input(x if x.dtype == np.uint8 else x * 255, mode)


def _by_brightest(mode):
    return lambda x: _right_input(x if x.max() > 1 else x * 255.0, mode)


_BACKBONE_INPUT = [
    (_in_mode(tf=lambda x: x / 255), '"tf" runs from -1 to 1, this from 0 to 1', LARGE),
    (_in_mode(tf=lambda x: x / 127.5), 'in "tf" 1 is still to be taken off', LARGE),
    (
        _in_mode(tf=lambda x: x / 128 - 1),
        "divided by 128: white, 255, must become exactly 1",
        LARGE,
    ),
    (
        _in_mode(tf=lambda x: 2.0 * x / x.max() - 1),
        "divided by the brightest of the batch: the scale is fixed, 0 to 255",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: x - MEANS),
        'in "caffe" the colours are turned round: blue comes first',
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: x[..., ::-1] - MEANS),
        "each mean belongs to its colour: after turning, blue's comes first",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - MEANS)[..., ::-1, :]),
        "the columns were turned round, so the image is mirrored: turn the last axis",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - MEANS)[::-1, ..., ::-1]),
        "the images were turned round as well: only the last axis",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - MEANS)[..., ::-1] / 255),
        '"caffe" keeps the range of the bytes: nothing is divided',
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - x.mean(axis=(0, 1, 2)))[..., ::-1]),
        "these are the means of your batch: take those of ImageNet",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - MEANS.mean())[..., ::-1]),
        "each colour has a mean of its own",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: x[..., ::-1] + MEANS[::-1]),
        "the means are to be taken off, not added",
        LARGE,
    ),
    (
        _in_mode(caffe=lambda x: (x - MEANS.astype(x.dtype))[..., ::-1]),
        "the difference of bytes wraps round below 0: make floats first",
        LARGE,
    ),
    (
        _in_mode(torch=lambda x: x / 255 - TORCH_MEANS),
        'in "torch" each colour is also divided by its standard deviation',
        LARGE,
    ),
    (
        _in_mode(**{mode: _by_dtype(mode) for mode in ("tf", "torch")}),
        "the dtype says nothing of the range: floats run from 0 to 255, too",
        LARGE,
    ),
    (
        _in_mode(**{mode: _by_brightest(mode) for mode in ("tf", "torch")}),
        "no pixel above 1 makes no other range: the picture is only nearly black",
        LARGE,
    ),
    (
        _in_mode(torch=lambda x: (x - TORCH_MEANS) / TORCH_SDS),
        'the numbers of "torch" hold for pixels from 0 to 1: divide by 255 first',
        LARGE,
    ),
    (
        _in_mode(torch=lambda x: x / 255 / TORCH_SDS - TORCH_MEANS),
        "first take the mean off, then divide",
        LARGE,
    ),
    (
        _in_mode(torch=lambda x: ((x / 255 - TORCH_MEANS) / TORCH_SDS)[..., ::-1]),
        '"torch" leaves the colours in their order',
        LARGE,
    ),
    (
        _in_mode(torch=lambda x: (x / 255 - TORCH_MEANS) / TORCH_SDS**2),
        "divided by the variance: divide by the standard deviation",
        LARGE,
    ),
    (
        lambda x, mode: _right_input(x.astype(np.uint8), mode),
        "floats have fractions: do not make bytes of them",
        LARGE,
    ),
    (
        lambda x, mode: _right_input(x, "tf"),
        "all are prepared alike: the mode is not used",
        LARGE,
    ),
    (
        lambda x, mode: np.moveaxis(_right_input(x, mode), -1, 1),
        "the colours were moved to the second axis: they stay last",
        LARGE,
    ),
    (
        lambda x, mode: _right_input(x, mode)[0],
        "only the first image: return the whole batch",
        LARGE,
    ),
]


def _networks(rng):
    """Draw (channels, layers, how many of them are frozen)."""
    a, b, c = (int(n) for n in rng.permutation(np.arange(4, 12))[:3])
    return {
        "nothing frozen": (1, [("conv", 3, a, True), ("dense", c)], 0),
        "with a norm": (3, [("conv", 5, a, False), ("norm",), ("dense", c)], 2),
        "a norm that learns": (2, [("conv", 3, b, True), ("norm",), ("dense", c)], 1),
        "a block": (
            a,
            [("conv", 3, b, False), ("norm",), ("conv", 1, c, False), ("norm",), ("dense", 10)],
            3,
        ),
        "norm first": (b, [("norm",), ("dense", a), ("dense", c)], 1),
        "all frozen": (1, [("conv", 2, a, True), ("norm",)], 2),
    }


def _count_trainable(channels, layers, frozen):
    from convbook.training import keras

    kinds = {
        "conv": lambda size, filters, bias: keras.layers.Conv2D(filters, size, use_bias=bias),
        "norm": keras.layers.BatchNormalization,
        "dense": keras.layers.Dense,
    }
    shape, counts = (None, None, None, channels), np.zeros(2, int)
    for i, (kind, *options) in enumerate(layers):
        layer = kinds[kind](*options)
        layer.build(shape)
        layer.trainable = i >= frozen
        shape = (*shape[:3], shape[3] if kind == "norm" else options[kind == "conv"])
        for side, weights in enumerate([layer.trainable_weights, layer.non_trainable_weights]):
            counts[side] += sum(int(np.prod(w.shape)) for w in weights)
    return counts


def _counting(norm=(2, 2), bias=True, square=True, depth=True, moves=True, no_bias=False):
    """Count by formulas, each of which can be wrong; without arguments they are right.

    norm: parameters a channel of a norm that learns, and those that never do.
    """

    def count(channels, layers, frozen):
        counts = [0, 0]
        for i, (kind, *options) in enumerate(layers):
            still, never = i < frozen, 0
            if kind == "norm":
                here, never = (n * channels for n in norm)
            elif kind == "conv":
                size, filters, has_bias = options
                here = size ** (1 + square) * (channels if depth else 1) * filters
                here += filters * (no_bias or has_bias) * bias
            else:
                here = (channels + bias) * options[0]
            if kind != "norm" and moves:
                channels = options[kind == "conv"]
            counts[still] += here
            counts[1] += never
        return counts

    return count


_count = _counting()

_COUNT_TRAINABLE = [
    (
        _counting(norm=(4, 0)),
        "a norm has four numbers a channel, but gradients move only two of them, frozen or not",
        FREEZE,
    ),
    (
        _counting(norm=(0, 4)),
        "factor and summand of a norm are learnt, unless it is frozen",
        FREEZE,
    ),
    (
        _counting(norm=(2, 0)),
        "the moving mean and variance of a norm count too, as not trainable",
        FREEZE,
    ),
    (
        _counting(norm=(0, 0)),
        "a norm has four numbers a channel: count them",
        FREEZE,
    ),
    (
        _counting(norm=(1, 1)),
        "a norm has two of each, not one: factor and summand, mean and variance",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, len(layers) - frozen),
        "the number says how many are frozen, not how many learn",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, frozen + 1),
        "one layer too many is frozen",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, max(frozen - 1, 0)),
        "one layer too few is frozen",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, 0),
        "nothing is frozen here",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, len(layers) - 1),
        "only the last layer learns here: use the number",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: _count(c, layers, frozen)[::-1],
        "swapped: first what learns, then what does not",
        FREEZE,
    ),
    (
        lambda c, layers, frozen: np.array(_count(c, layers, frozen)) * [1, 0],
        "the frozen ones are still there: count them as not trainable",
        FREEZE,
    ),
    (
        _counting(bias=False),
        "the biases are missing: one an output",
        FREEZE,
    ),
    (
        _counting(no_bias=True),
        "a convolution without a bias has none to count",
        FREEZE,
    ),
    (
        _counting(square=False),
        "a kernel has two sides: size times size",
        FREEZE,
    ),
    (
        _counting(depth=False),
        "a filter has one kernel for each channel that comes in",
        FREEZE,
    ),
    (
        _counting(moves=False),
        "each layer takes in what the one before gives out",
        FREEZE,
    ),
]


def _to_normalise(rng):
    """Draw (x, factor, summand, mean, variance, frozen); the batch lies far from the mean."""

    def case(frozen, *shape):
        channels = shape[-1]
        x = rng.permutation(np.arange(np.prod(shape))).reshape(shape) / 2 - 2.0
        factor, summand, mean = (rng.permutation(np.arange(1, 6))[:channels] / 2 for _ in range(3))
        variance = rng.permutation(np.arange(2, 9))[:channels] / 4
        return x, factor, summand - 3, mean + 4, variance, frozen

    return {
        "learning": case(False, 5, 3),
        "frozen": case(True, 4, 2),
        "images, learning": case(False, 2, 3, 2, 2),
        "rows of an image, learning": case(False, 2, 3, 2),
        "images, frozen": case(True, 1, 2, 3, 3),
        "one row, frozen": case(True, 1, 4),
        "as many as channels": case(False, 3, 3),
        "small variance": (
            np.array([[0.0, 1.0], [0.125, 1.0]]),
            *(np.array(pair) for pair in ([1.0, 2.0], [0.5, -1.0], [0.0, 1.5], [0.004, 0.002])),
            False,
        ),
    }


def _batch_norm(x, factor, summand, mean, variance, frozen):
    from convbook.training import keras

    layer = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    layer.build((None, *x.shape[1:]))
    layer.set_weights([factor, summand, mean, variance])
    layer.trainable = not frozen
    output = keras.ops.convert_to_numpy(layer(x.astype("float32"), training=True))
    return output, *layer.get_weights()[2:]


def _three(result, x, *more):
    """Return output, mean and variance in one row."""
    output, mean, variance = (np.asarray(part, float) for part in result)
    if output.shape != x.shape:
        raise NotUsableError(f"the output has the shape {output.shape} instead of {x.shape}")
    return np.concatenate([output.ravel(), mean.ravel(), variance.ravel()])


def _moments(x, ddof=0):
    axes = tuple(range(x.ndim - 1))
    count = x[..., 0].size
    return x.mean(axis=axes), x.var(axis=axes) * count / max(count - ddof, 1)


def _norm(
    use=lambda frozen: frozen,  # True: the old mean and variance
    move=lambda frozen: not frozen,
    moments=_moments,
    apply=lambda x, f, s, m, v: f * (x - m) / np.sqrt(v + 1e-3) + s,
    share=0.1,
):
    """Return a batch normalisation with the slips of another program; by default it is right."""

    def answer(x, factor, summand, mean, variance, frozen):
        fresh = moments(x)
        used = (mean, variance) if use(frozen) else fresh
        if move(frozen):
            mean, variance = (
                old + share * (new - old) for old, new in zip((mean, variance), fresh, strict=True)
            )
        return apply(x, factor, summand, *used), mean, variance

    return answer


_BATCH_NORM = [
    (
        _norm(use=lambda frozen: False),
        "frozen, the old mean and variance are used, not those of the batch",
        FREEZE,
    ),
    (
        _norm(use=lambda frozen: True),
        "while it learns, a norm uses the mean and variance of the batch",
        FREEZE,
    ),
    (
        _norm(move=lambda frozen: True),
        "frozen, mean and variance stay as they are",
        FREEZE,
    ),
    (
        _norm(move=lambda frozen: False),
        "while it learns, mean and variance move towards those of the batch",
        FREEZE,
    ),
    (
        _norm(use=lambda frozen: False, move=lambda frozen: True),
        "`frozen` is not used at all",
        FREEZE,
    ),
    (
        _norm(use=lambda frozen: not frozen, move=lambda frozen: frozen),
        "`frozen` is taken the wrong way round",
        FREEZE,
    ),
    (
        _norm(share=0.9),
        "nine tenths of the old are kept and one tenth of the new is added: this is reversed",
        FREEZE,
    ),
    (
        _norm(share=1.0),
        "the old mean and variance are forgotten: keep nine tenths of them",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: _moments(x, 1)),
        "the variance divides by the number of values, not by one less",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: (np.full(x.shape[-1], x.mean()), np.full(x.shape[-1], x.var()))),
        "each channel has a mean and a variance of its own",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: (x.mean(axis=0), x.var(axis=0))),
        "of images, a channel's mean is taken over height and width too, not over the batch alone",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: _moments(x) if x.ndim == 4 else (x.mean(axis=0), x.var(axis=0))),
        "there may be three axes, too: the mean is taken over all axes but the last",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: (x.mean((0, 1)), x.var((0, 1))) if x.ndim == 4 else _moments(x)),
        "images have four axes: the mean is taken over three of them, all but the last",
        FREEZE,
    ),
    (
        _norm(moments=lambda x: (_moments(x)[0], np.sqrt(_moments(x)[1]))),
        "this is the standard deviation where the variance belongs",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: f * (x - m) / (v + 1e-3) + s),
        "divided by the variance: take its square root",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: f * (x - m) / (np.sqrt(v) + 1e-3) + s),
        "0.001 belongs below the root, not beside it",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: f * (x - m) / np.sqrt(np.maximum(v, 1e-12)) + s),
        "0.001 must be added to each variance: it matters where a channel is nearly constant",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: s * (x - m) / np.sqrt(v + 1e-3) + f),
        "factor and summand are swapped",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: (x - m) / np.sqrt(v + 1e-3)),
        "factor and summand are not used",
        FREEZE,
    ),
    (
        _norm(apply=lambda x, f, s, m, v: f * ((x - m) / np.sqrt(v + 1e-3) + s)),
        "the summand comes last: it is not multiplied by the factor",
        FREEZE,
    ),
]


def _labelled(rng):
    """Draw (features, labels, strength, new features); features lie away from 0."""

    def case(n, features, classes, strength, new):
        values = rng.permutation(np.arange(8 * (n + new) * features)) / 8
        values = values[: (n + new) * features].reshape(n + new, features)
        values = values / values.mean() * 2 + rng.integers(0, 2, features)
        labels = rng.permutation(np.arange(n) % classes)
        return values[:n], labels, strength, values[n:]

    features, labels, *more = case(6, 3, 4, 2.0, 2)
    return {
        "many labels": case(9, 3, 4, 1.5, 4),
        "fewer labels than features": case(4, 6, 3, 0.5, 3),
        "one new": case(5, 4, 3, 3.0, 1),
        "labels as bytes": (features, labels.astype(np.uint8), *more),
        "strength 1": case(8, 2, 2, 1.0, 3),
        "a class without labels": (features, np.where(labels == 1, 3, labels), *more),
    }


def _regression(strength, **options):
    from sklearn.linear_model import Ridge  # here: a check begins sooner

    return Ridge(strength, **options)


def _ridge(features, labels, strength, new):
    return _regression(strength).fit(features, np.eye(labels.max() + 1)[labels]).predict(new)


def _head(
    targets=lambda y: np.eye(y.max() + 1)[y],
    strength=lambda a, n: a,
    centre=lambda features: features.mean(axis=0),
    centre_new=lambda features, new: features.mean(axis=0),
    level=lambda t: t.mean(axis=0),
):
    """Return ridge regression with the slips of another program; by default it is right."""

    def answer(features, labels, a, new):
        y = targets(labels)
        x = features - centre(features)
        square = x.T @ x + strength(a, len(x)) * np.eye(x.shape[1])
        weights = np.linalg.lstsq(square, x.T @ (y - level(y)), rcond=1e-9)[0]
        return (new - centre_new(features, new)) @ weights + level(y)

    return answer


def _punished_bias(features, labels, a, new):
    ones = [np.column_stack([part, np.ones(len(part))]) for part in (features, new)]
    return (
        _regression(a, fit_intercept=False)
        .fit(ones[0], np.eye(labels.max() + 1)[labels])
        .predict(ones[1])
    )


def _standardised(features, labels, a, new):
    spread = features.std(axis=0)
    return _ridge(features / spread, labels, a, new / spread)


_RIDGE_HEAD = [
    (
        lambda f, y, a, new: (
            _regression(a, fit_intercept=False).fit(f, np.eye(y.max() + 1)[y]).predict(new)
        ),
        "there is no bias: take the means off first, add that of the targets at the end",
        FREEZE,
    ),
    (
        _punished_bias,
        "the bias is held down like a weight: leave it out of the sum of squares",
        FREEZE,
    ),
    (
        _head(strength=lambda a, n: 0),
        "the strength is not used: with fewer labels than features nothing holds the weights",
        WORTH,
    ),
    (
        _head(strength=lambda a, n: a * n),
        "multiplied by the number of labels: the sum of squares is not a mean here",
        WORTH,
    ),
    (
        _head(strength=lambda a, n: a**2),
        "the strength was squared",
        WORTH,
    ),
    (
        _head(strength=lambda a, n: a / 2),
        "half the strength: both sums are taken whole",
        WORTH,
    ),
    (
        _head(strength=lambda a, n: 1.0),
        "the strength is always 1 here: use the argument",
        WORTH,
    ),
    (
        _head(targets=lambda y: y[:, None] * 1.0),
        "the digit is no amount: class 4 is not twice class 2, give each class its own target",
        FREEZE,
    ),
    (
        _head(targets=lambda y: 2 * np.eye(y.max() + 1)[y] - 1),
        "the targets are 1 and 0, not 1 and -1",
        FREEZE,
    ),
    (
        _head(centre_new=lambda features, new: new.mean(axis=0)),
        "new images must not be centred on themselves: take the training mean off",
        WORTH,
    ),
    (
        _head(centre_new=lambda features, new: 0),
        "what is taken off the training features must be taken off the new ones too",
        WORTH,
    ),
    (
        lambda f, y, a, new: _ridge(f, y, a, new) - np.eye(y.max() + 1)[y].mean(axis=0),
        "the mean of the targets is missing at the end",
        FREEZE,
    ),
    (
        _standardised,
        "the features were divided by their spread: the strength then means something else",
        WORTH,
    ),
    (
        lambda f, y, a, new: _ridge(f, y, a, f),
        "these are the scores of the old images: score the new ones",
        WORTH,
    ),
    (
        lambda f, y, a, new: _ridge(f, np.unique(y, return_inverse=True)[1], a, new),
        "a class without labels has a column too: the classes run from 0 to the largest label",
        FREEZE,
    ),
    (
        lambda f, y, a, new: _ridge(f, y, a, new).argmax(axis=1),
        "these are classes: return the scores",
        FREEZE,
    ),
    (
        lambda f, y, a, new: special.softmax(_ridge(f, y, a, new), axis=1),
        "no softmax: the scores as they are",
        FREEZE,
    ),
    (
        lambda f, y, a, new: _ridge(f, y, a, new).T,
        "the classes lie along the first axis: one row an image",
        FREEZE,
    ),
]

EXERCISES = [
    Exercise("pretrained", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        (
            "into_frame",
            "scipy.ndimage.center_of_mass",
            _framed(),
            _digits,
            _INTO_FRAME,
            {"view": _ink, "digits": 0},
        ),
        (
            "backbone_input",
            "keras.applications",
            _backbone_input,
            _photographs,
            _BACKBONE_INPUT,
            {"digits": 3},
        ),
        (
            "count_trainable",
            "the layers of Keras",
            _count_trainable,
            _networks,
            _COUNT_TRAINABLE,
            {"digits": 0},
        ),
        (
            "batch_norm",
            "keras.layers.BatchNormalization",
            _batch_norm,
            _to_normalise,
            _BATCH_NORM,
            {"view": _three, "digits": 3},
        ),
        (
            "ridge_head",
            "sklearn.linear_model.Ridge",
            _ridge,
            _labelled,
            _RIDGE_HEAD,
            {"digits": 3},
        ),
    ]
]
