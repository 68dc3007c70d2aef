"""The exercises of "Colour, channels, many kernels"; none of them needs TensorFlow."""

import functools
import itertools

import numpy as np
from scipy import signal

from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
PLANES, FILTER = "A colour image is a pile of planes", "One filter, all channels, one map"
LAYER, DETECTOR = "The whole layer in one formula", "A detector for red on green"
ONE, ORDERS = "Kernels of one pixel", "Two libraries, two orders"


def _draw(rng, *shape):
    """Draw halves of different sizes and both signs: symmetric in no direction."""
    count = int(np.prod(shape))
    signs = rng.choice([-1, 1], count)
    signs[0], signs[-1] = -1, 1
    return (signs * rng.permutation(np.arange(1, 2 * count + 5, 2))[:count]).reshape(shape) / 2


RED, GREEN = [[2, 0, 1, 2], [1, 3, 0, 0]], [[0, 1, 6, 2], [2, 1, 5, 0]]
RED_KERNEL, GREEN_KERNEL, BIAS = [[1, -1], [0, 2]], [[-1, 0], [1, 1]], -3


def _questions(rng):
    names = ["from_red", "from_green", "feature_map", "flat_place", "parameters", "shape_after"]
    return {name: (name,) for name in names}


def _partial(of=signal.correlate2d):
    """Return the partial maps of red and of green."""
    pairs = (RED, RED_KERNEL), (GREEN, GREEN_KERNEL)
    return [of(np.array(plane), np.array(kernel), "valid")[0] for plane, kernel in pairs]


@functools.cache  # every mistake asks for all of it
def _asked(name, of=signal.correlate2d):
    """Work the questions by hand out with SciPy and with the sizes of NumPy's arrays."""
    red, green = _partial(of)
    photo, first = np.zeros((20, 12, 3)), np.zeros((3, 3, 3, 4))
    second = np.zeros((3, 3, 4, 5))
    for weights in (first, second):
        same = [signal.correlate(photo, weights[..., o], "valid") for o in range(weights.shape[3])]
        photo = np.concatenate(same, axis=2)
    return {
        "from_red": red,
        "from_green": green,
        "feature_map": np.maximum(red + green + BIAS, 0),
        "flat_place": [np.ravel_multi_index((1, 1, 1), (2, 4, 2))],
        "parameters": [second.size + second.shape[3]],
        "shape_after": photo.shape,
    }[name]


def _but(**others):
    return lambda name: others.get(name, _asked(name))


_FROM_RED, _FROM_GREEN = _partial()
_TOTAL = _FROM_RED + _FROM_GREEN

_BY_HAND = [
    (
        lambda name: _asked(name, signal.convolve2d),
        "the kernel was flipped: in a layer it slides as it is",
        FILTER,
    ),
    (
        _but(from_red=_FROM_RED + BIAS, from_green=_FROM_GREEN + BIAS),
        "a partial map has no bias: one is added to the sum of all",
        FILTER,
    ),
    (
        _but(from_red=np.maximum(_FROM_RED, 0), from_green=np.maximum(_FROM_GREEN, 0)),
        "a partial map keeps its signs: the ReLU comes after the sum",
        FILTER,
    ),
    (
        _but(feature_map=np.maximum(np.maximum(_FROM_RED, 0) + np.maximum(_FROM_GREEN, 0) - 3, 0)),
        "the ReLU was taken of each colour before the sum: then one cannot object to the other",
        FILTER,
    ),
    (
        _but(feature_map=np.maximum(_TOTAL + 2 * BIAS, 0)),
        "the bias was added once for each channel: a filter has only one",
        FILTER,
    ),
    (
        _but(feature_map=np.maximum(_FROM_RED + BIAS, 0) + np.maximum(_FROM_GREEN + BIAS, 0)),
        "bias and ReLU were applied to each colour: the two are added before",
        FILTER,
    ),
    (
        _but(feature_map=np.maximum(_TOTAL - BIAS, 0)),
        "the bias was subtracted: it is added, with its sign",
        FILTER,
    ),
    (
        _but(feature_map=_TOTAL + BIAS),
        "the ReLU is missing: nothing negative leaves it",
        FILTER,
    ),
    (_but(feature_map=np.maximum(_TOTAL, 0)), "the bias is missing", FILTER),
    (
        _but(feature_map=np.maximum(_TOTAL, 0) + BIAS),
        "first the bias, then the ReLU: what is too small must be cut off",
        FILTER,
    ),
    (
        _but(feature_map=np.maximum(_TOTAL / 2 + BIAS, 0)),
        "this is the mean of the partial maps: they are added",
        FILTER,
    ),
    (
        _but(flat_place=[np.ravel_multi_index((1, 1, 1), (2, 2, 4))]),
        "this goes plane by plane: here the numbers of a pixel stay together",
        PLANES,
    ),
    (_but(flat_place=[12]), "places are counted from 0", PLANES),
    (_but(flat_place=[7]), "this goes down the columns: rows come first", PLANES),
    (_but(flat_place=[5]), "this is the place in a grey image: there are two channels", PLANES),
    (_but(flat_place=[10]), "this is the red of the pixel: its green comes next", PLANES),
    (
        _but(parameters=[50]),
        "a filter has a kernel for each of the four maps that come in",
        LAYER,
    ),
    (
        _but(parameters=[45]),
        "nine weights a filter are for one map: four come in, and there is a bias, too",
        LAYER,
    ),
    (_but(parameters=[37]), "this is one filter: there are five", LAYER),
    (_but(parameters=[112]), "this is the first layer: the second is asked for", LAYER),
    (_but(parameters=[297]), "these are both layers together: the second is asked for", LAYER),
    (
        _but(parameters=[140]),
        "the second layer does not see the photograph: its input is the maps of the first",
        LAYER,
    ),
    (_but(parameters=[180]), "these are the weights only: each filter has a bias, too", LAYER),
    (_but(parameters=[181]), "one bias in all: each filter has its own", LAYER),
    (_but(parameters=[200]), "one bias a kernel: each filter has one, for all its kernels", LAYER),
    (
        _but(shape_after=(16, 8, 3)),
        "the colours are summed over: the channels that come out are the filters",
        LAYER,
    ),
    (_but(shape_after=(16, 8, 20)), "maps are not multiplied: one filter makes one map", LAYER),
    (
        _but(shape_after=(20, 12, 5)),
        "without padding each layer takes 2 from height and width",
        LAYER,
    ),
    (_but(shape_after=(18, 10, 4)), "this is after the first layer only", LAYER),
    (
        _but(shape_after=(18, 10, 5)),
        "only one layer takes 2 from height and width here, and there are two",
        LAYER,
    ),
    (
        _but(shape_after=(16, 8, 4)),
        "these are the filters of the first layer: the second has five",
        LAYER,
    ),
    (_but(shape_after=(8, 16, 5)), "height and width are swapped", PLANES),
    (_but(shape_after=(5, 16, 8)), "here the channels come last", PLANES),
]


def _layers(rng):
    """Draw (image, weights, bias, stride, padding); no two axes are equal unless they must be.

    Where nothing else is asked than stride or padding, one channel: short enough to be tried.
    """
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)

    def layer(image, weights, stride=1, padding=0):
        return _draw(rng, *image), _draw(rng, *weights), 8 * _draw(rng, weights[0]), stride, padding

    return {
        "two filters": layer((3, 4, 5), (2, 3, 2, 3)),
        "one filter": layer((2, 5, 4), (1, 2, 2, 1)),
        "one channel": layer((1, 4, 3), (3, 1, 1, 2)),
        "as many filters as columns": layer((2, 3, 4), (3, 2, 2, 2)),
        "stride, with a rest": layer((1, 6, 5), (2, 1, 3, 2), 2),
        "padding": layer((3, 3, 2), (2, 3, 3, 2), 1, 1),
        "stride and padding": layer((1, 5, 4), (2, 1, 3, 2), 3, 2),
        "kernels of one": layer((3, 2, 4), (2, 3, 1, 1)),
        "sums below 1": (
            np.array([[[0.5, 3.0]]]),
            np.array([0.5, -0.25]).reshape(2, 1, 1, 1),
            np.array([0.25, 0.5]),
            1,
            0,
        ),
        "bytes": (  # no sum is negative: the ReLU would hide what is wrong with it
            pixels[:24].reshape(2, 3, 4),
            np.abs(_draw(rng, 2, 2, 2, 3)),
            *layer((1,), (2, 2, 2, 3))[2:4],
            1,
        ),
    }


def _relu(sums):
    return np.maximum(sums, 0)


def _sums(image, weights, stride=1, padding=0, of=signal.correlate, zeros=None):
    """Return the layer without bias and ReLU, one filter after the other."""
    zeros = zeros or ((0, 0), (padding, padding), (padding, padding))
    padded = np.pad(image.astype(float), zeros)
    maps = [of(padded, kernels, "valid", method="direct")[0] for kernels in weights]
    return np.array(maps)[:, ::stride, ::stride]


def _layer(image, weights, bias, stride, padding):
    return _relu(_sums(image, weights, stride, padding) + bias[:, None, None])


def _turned(image, kernels, mode, method):
    """Flip each kernel by a half turn, but keep the order of the channels."""
    return signal.correlate(image, kernels[:, ::-1, ::-1], mode, method)


def _with(sums):
    """Return the mistake of other sums; bias and ReLU are right."""
    return lambda x, w, b, s, p: _relu(sums(x, w, s, p) + b[:, None, None])


def _ends_with(end):
    """Return the mistake of another end after the right sums."""
    return lambda x, w, b, s, p: end(_sums(x, w, s, p), b[:, None, None])


def _each_channel(x, w, s, p):
    """Return the partial maps (filter, channel, height, width)."""
    return np.array([_sums(x[[m]], w[:, [m]], s, p) for m in range(len(x))]).swapaxes(0, 1)


def _map_a_channel(x, w, b, s, p):
    return _relu(_each_channel(x, w, s, p) + b[:, None, None, None])


def _at_every_pixel(x, w, b, s, p):
    """Return as many places as there should be, each a pixel after the one before."""
    rows, columns = _layer(x, w, b, s, p).shape[1:]
    return _layer(x, w, b, 1, p)[:, :rows, :columns]


def _size_swapped(x, w, b, s, p):
    """Take the height of the kernels for their width; NumPy may refuse to multiply."""
    kw, kh = w.shape[2:]
    padded = np.pad(x.astype(float), ((0, 0), (p, p), (p, p)))
    rows, columns = range(0, padded.shape[1] - kh + 1, s), range(0, padded.shape[2] - kw + 1, s)
    maps = [
        [[(padded[:, i : i + kh, j : j + kw] * kernels).sum() for j in columns] for i in rows]
        for kernels in w
    ]
    return _relu(np.array(maps) + b[:, None, None])


def _size_before_padding(x, w, b, s, p):
    rows, columns = ((n - k) // s + 1 for n, k in zip(x.shape[1:], w.shape[2:], strict=True))
    return _layer(x, w, b, s, p)[:, :rows, :columns]


def _without_last(x, w, b, s, p):
    rows, columns = ((n + 2 * p - k) // s for n, k in zip(x.shape[1:], w.shape[2:], strict=True))
    return _layer(x, w, b, s, p)[:, :rows, :columns]


_TORCH_LAYER = [
    (
        _with(lambda x, w, s, p: _sums(x[:1], w[:, :1], s, p)),
        "only the first channel is used: each filter spans all of them",
        FILTER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x[-1:], w[:, -1:], s, p)),
        "only the last channel is left: add the partial maps, do not overwrite",
        FILTER,
    ),
    (
        _map_a_channel,
        "each filter has a map for each channel: add them up, one filter makes one map",
        FILTER,
    ),
    (
        lambda *a: np.concatenate(_map_a_channel(*a)),
        "there are Cout times Cin maps: add up those of a filter, it makes one map",
        FILTER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, s, p) / len(x)),
        "this is the mean over the channels: their partial maps are added",
        FILTER,
    ),
    (
        lambda x, w, b, s, p: _relu(
            _relu(_each_channel(x, w, s, p)).sum(axis=1) + b[:, None, None]
        ),
        "the ReLU was taken of each partial map: add the channels first",
        FILTER,
    ),
    (
        lambda x, w, b, s, p: _relu(_sums(x, w, s, p) + len(x) * b[:, None, None]),
        "the bias was added once for each channel: once for each filter is right",
        FILTER,
    ),
    (_ends_with(lambda y, b: _relu(y)), "the bias is missing", FILTER),
    (_ends_with(lambda y, b: _relu(y) + b), "the bias came after the ReLU: add it before", FILTER),
    (_ends_with(lambda y, b: y + b), "the ReLU is missing: replace what is negative by 0", FILTER),
    (
        _ends_with(lambda y, b: np.minimum(y + b, 0)),
        "this keeps what is negative: the ReLU keeps the larger of the number and 0",
        FILTER,
    ),
    (
        _ends_with(lambda y, b: np.abs(y + b)),
        "the ReLU does not turn the sign round: what is negative becomes 0",
        FILTER,
    ),
    (
        lambda x, w, b, s, p: _relu(_sums(x, w, s, p) + b),
        "the bias ran along the columns: give it axes for them, b[:, None, None]",
        LAYER,
    ),
    (
        _ends_with(lambda y, b: _relu(y + b[0])),
        "all filters got the first bias: each has its own",
        LAYER,
    ),
    (
        lambda x, w, b, s, p: _layer(x, w[:1], b[:1], s, p),
        "only the first filter was used: each makes a map of its own",
        LAYER,
    ),
    (
        lambda x, w, b, s, p: _layer(x, w, b, s, p).sum(axis=0),
        "the filters were added up: the channels are, but each filter keeps its map",
        LAYER,
    ),
    (
        lambda *a: np.moveaxis(_layer(*a), 0, -1).reshape(_layer(*a).shape),
        "the maps were reshaped, which mixes them: transpose",
        ORDERS,
    ),
    (
        lambda x, w, b, s, p: np.moveaxis(_layer(x, w, b, s, p), 0, -1),
        "the channels of the result come last: PyTorch wants them first",
        ORDERS,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, s, p, _turned)),
        "the kernels were flipped: neither library does that",
        ORDERS,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, s, p, signal.convolve)),
        "scipy.signal.convolve flips all three axes, the channels too: correlate",
        ORDERS,
    ),
    (
        lambda x, w, b, s, p: _layer(x, _to_torch(w.reshape(_to_keras(w).shape)), b, s, p),
        "the weights were reshaped, which mixes the filters: transpose",
        ORDERS,
    ),
    (
        lambda x, w, b, s, p: _layer(
            x.reshape(*x.shape[1:], len(x)).transpose(2, 0, 1), w, b, s, p
        ),
        "the image was reshaped, which mixes the channels: transpose",
        ORDERS,
    ),
    (
        _size_swapped,
        "kh and kw are swapped: the rows come first, weights.shape[2:] is (kh, kw)",
        LAYER,
    ),
    (_with(lambda x, w, s, p: _sums(x, w, 1, p)), "the stride is not used", LAYER),
    (
        _at_every_pixel,
        "window number i begins at i times the stride, not at i",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, 1, p)[:, :, ::s]),
        "the stride is used sideways only: it holds for both axes",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, 1, p)[:, ::s]),
        "the stride is used downwards only: it holds for both axes",
        LAYER,
    ),
    (
        _without_last,
        "the last place is missing: (H + 2 padding - kh) // stride, and one more",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, 1, p)[:, :-1:s, :-1:s]),
        "a window may begin at H + 2 padding - kh itself: range leaves its end out, so add 1",
        LAYER,
    ),
    (
        _size_before_padding,
        "the size of the maps was computed without the zeros: H is H + 2 padding by then",
        LAYER,
    ),
    (_with(lambda x, w, s, p: _sums(x, w, s, 0)), "the padding is not used", LAYER),
    (
        lambda x, w, b, s, p: np.pad(_layer(x, w, b, s, 0), ((0, 0), (p, p), (p, p))),
        "the zeros were put around the maps: they belong around the image, before the filters",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, s, zeros=((0, 0), (0, p), (0, p)))),
        "too few zeros were put before: `padding` of them stand on each side",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: _sums(x, w, s, zeros=((p, p),) * 3)),
        "np.pad with one number pads the channels, too: say ((0, 0), (p, p), (p, p))",
        LAYER,
    ),
    (
        lambda *a: np.where(_layer(*a) > 1, _layer(*a), 0),
        "the ReLU begins at 0: a sum between 0 and 1 stays as it is",
        LAYER,
    ),
    (
        _with(lambda x, w, s, p: np.trunc(_sums(x, np.trunc(w), s, p))),
        "the weights were cut to whole numbers: use floats",
        LAYER,
    ),
    (
        lambda x, w, b, s, p: _layer(x, w, b, s, p).astype(x.dtype),
        "the result has the image's dtype, which for bytes cannot hold it: use floats",
        LAYER,
    ),
]


def _weights(rng):
    """Draw weights (kh, kw, Cin, Cout); only in the last case no shape can tell."""
    return {
        "all axes differ": (_draw(rng, 3, 2, 1, 4),),
        "flat kernels": (_draw(rng, 1, 3, 4, 2),),
        "square kernels": (_draw(rng, 2, 2, 3, 1),),
        "kernels of one": (_draw(rng, 1, 1, 3, 2),),
        "all axes equal": (_draw(rng, 2, 2, 2, 2),),
    }


def _to_torch(weights):
    return np.einsum("abmo->omab", weights)


def _to_keras(weights):
    return np.einsum("omab->abmo", weights)


def _reshaped(weights):
    kh, kw, c_in, c_out = weights.shape
    return weights.reshape(c_out, c_in, kh, kw)


_TO_TORCH = [
    (
        _reshaped,
        "reshape keeps the numbers in their row, so they end up in other filters: transpose",
        ORDERS,
    ),
    (
        lambda w: w.T.reshape(_to_torch(w).shape),
        ".T and a reshape to the right shape mix rows and columns: name all axes in transpose",
        ORDERS,
    ),
    (
        lambda w: w.transpose(2, 3, 1, 0),
        "this is the page's order of axes, which leads the other way, from PyTorch to Keras",
        ORDERS,
    ),
    (
        lambda w: w.T,
        ".T reverses all four axes, so height and width of the kernel are swapped",
        ORDERS,
    ),
    (
        lambda w: w.transpose(2, 3, 0, 1),
        "Cin stands first: PyTorch begins with the filters",
        ORDERS,
    ),
    (
        lambda w: np.moveaxis(w, 3, 0),
        "only the filters were moved: Cin comes second",
        ORDERS,
    ),
    (
        lambda w: w.swapaxes(0, 3),
        "the first and the last axis were swapped: the kernel's axes come last, in their order",
        ORDERS,
    ),
    (
        lambda w: _to_torch(w)[:, :, ::-1, ::-1],
        "the kernels were flipped: both libraries let them slide as they are",
        ORDERS,
    ),
    (
        lambda w: _to_torch(w)[:, ::-1],
        "the channels were reversed: their order stays as it is",
        ORDERS,
    ),
    (
        lambda w: _to_torch(w).squeeze(),
        "an axis of length 1 was squeezed away: it must stay",
        ORDERS,
    ),
]


def _dense(rng):
    """Draw (weights, height, width, channels) of a dense layer behind `Flatten`."""

    def layer(height, width, channels, units):
        return _draw(rng, height * width * channels, units), height, width, channels

    return {
        "three channels": layer(1, 2, 3, 4),
        "high and narrow": layer(3, 2, 2, 1),
        "one channel": layer(2, 3, 1, 2),
        "one pixel": layer(1, 1, 4, 3),
        "one row": layer(1, 4, 2, 2),
        "as many rows as channels": layer(2, 3, 2, 1),
    }


def _flat_to_torch(weights, height, width, channels):
    boxes = weights.reshape(height, width, channels, -1)
    return np.einsum("ijmu->umij", boxes).reshape(boxes.shape[3], -1)


def _boxed(order, shape=(0, 1, 2)):
    """Return the mistake of cutting the rows into another box, or of another order of axes."""

    def wrong(weights, *size):
        boxes = weights.reshape(*(size[axis] for axis in shape), -1)
        return boxes.transpose(order).reshape(boxes.shape[3], -1)

    return wrong


_FLAT_TO_TORCH = [
    (
        lambda w, *size: w.T,
        "the units come first now, but the inputs are still in the order of Keras",
        ORDERS,
    ),
    (
        lambda w, *size: w.reshape(w.shape[1], -1),
        "reshape does not transpose: the weights of one unit are spread over several",
        ORDERS,
    ),
    (
        lambda w, *size: _flat_to_torch(w, *size).T.reshape(w.shape[1], -1),
        "the inputs are in order, but the reshape at the end mixes the units: .T, or the units' "
        "axis first",
        ORDERS,
    ),
    (
        lambda w, *size: _flat_to_torch(w.reshape(w.shape[1], -1).T, *size),
        "the rows were cut as if the units came first: they are the last axis of the weights",
        ORDERS,
    ),
    (
        lambda w, *size: _flat_to_torch(w, *size).T.reshape(size[2], *size[:2], -1),
        "the weights are still a box of four axes: make a row for each unit",
        ORDERS,
    ),
    (
        lambda w, *size: _flat_to_torch(w, *size).T,
        "the inputs are in order, but PyTorch wants the units first",
        ORDERS,
    ),
    (
        _boxed((3, 1, 2, 0), (2, 0, 1)),
        "this leads the other way, from PyTorch to Keras: cut the rows as (H, W, C)",
        PLANES,
    ),
    (
        _boxed((3, 2, 1, 0), (1, 0, 2)),
        "height and width are swapped when the rows are cut: (H, W, C)",
        PLANES,
    ),
    (
        _boxed((3, 2, 1, 0)),
        "each plane is transposed: within a channel go row by row",
        PLANES,
    ),
    (
        _boxed((3, 0, 2, 1)),
        "only width and channels were swapped: PyTorch goes through a whole plane first",
        ORDERS,
    ),
    (
        lambda w, *size: _flat_to_torch(w, *size).reshape(w.shape[1], size[2], *size[:2]),
        "the weights of a unit are still a box: make them one row",
        ORDERS,
    ),
    (
        lambda w, h, width, c: _flat_to_torch(
            w.reshape(h, width, c, -1)[:, :, ::-1].reshape(w.shape), h, width, c
        ),
        "the channels are in reverse order",
        ORDERS,
    ),
]


def _two_layers(rng):
    """Draw (weights, bias, mix, mix bias); some sizes agree, so that no error warns."""

    def layers(kh, kw, c_in, between, c_out, sign=1):
        return (
            _draw(rng, kh, kw, c_in, between),
            sign * _draw(rng, between),
            _draw(rng, between, c_out),
            _draw(rng, c_out),
        )

    return {
        "all sizes differ": layers(1, 3, 2, 4, 3),
        "kernels of one": layers(1, 1, 3, 2, 4),
        "one map between": layers(2, 1, 3, 1, 2),
        "as many maps before and after": layers(2, 1, 3, 2, 2),
        "three equal numbers of channels": layers(1, 2, 2, 2, 2, -1),  # the last bias is negative
    }


def _merged(weights, bias, mix, mix_bias):
    return np.einsum("abim,mo->abio", weights, mix), np.einsum("m,mo->o", bias, mix) + mix_bias


def _shape_and_numbers(result, *layers):
    """Return the shape of the weights, then weights and biases, all in one row."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise NotUsableError("the result must be two arrays: weights and bias")
    weights, bias = (np.asarray(part) for part in result)
    if bias.ndim != 1:  # a layer adds it all the same, but a bias has one axis
        raise NotUsableError(
            f"the bias has the shape {bias.shape} instead of {layers[-1].shape}: one row of numbers"
        )
    return np.array([*weights.shape, *weights.ravel(), *bias.ravel()])


def _last_map(w, b, mix, c):
    """Return what is left if each map between overwrites the share of the one before."""
    return w[..., -1:] * mix[-1], b[-1] * mix[-1] + c


def _weights_but(change):
    return lambda w, b, mix, c: (change(w, mix), _merged(w, b, mix, c)[1])


def _bias_but(change):
    return lambda w, b, mix, c: (_merged(w, b, mix, c)[0], change(w, b, mix, c))


_MERGE = [
    (
        _bias_but(lambda w, b, mix, c: c),
        "the first bias is lost: it goes through the second layer like any other number",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: b @ mix),
        "the second bias is forgotten: it is added at the end",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: b + c),
        "the biases were only added: the first is multiplied by the second layer's weights",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: b.sum() + c),
        "the first bias is weighted like the maps it belongs to: b @ mix, not its sum",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: (b + c) @ mix),
        "the second bias was mixed as well: it comes after the mixing",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: b @ mix * w.shape[0] * w.shape[1] + c),
        "the bias was counted once for each place of the kernel: it is added once",
        LAYER,
    ),
    (
        lambda w, b, mix, c: _merged(w, _relu(b), mix, c),
        "there is no ReLU in between: with one the two could not be merged",
        FILTER,
    ),
    (
        _bias_but(lambda w, b, mix, c: _relu(b @ mix + c)),
        "the ReLU is for maps: a bias may be negative",
        FILTER,
    ),
    (
        _bias_but(lambda w, b, mix, c: b.sum() * mix.sum(axis=0) + c),
        "the sums were multiplied: weight each bias first, then add, b @ mix",
        ONE,
    ),
    (
        _bias_but(lambda w, b, mix, c: b @ mix + len(mix) * c),
        "the second bias was added for each map between: it is added once, at the end",
        ONE,
    ),
    (
        _last_map,
        "weights and bias are those of the last map between: add up, do not overwrite",
        ONE,
    ),
    (
        _weights_but(lambda w, mix: w[..., -1:] * mix[-1]),
        "the weights are those of the last map between: add up, do not overwrite",
        ONE,
    ),
    (
        _bias_but(lambda *layers: _last_map(*layers)[1]),
        "the bias is that of the last map between: add up, do not overwrite",
        ONE,
    ),
    (
        lambda w, b, mix, c: (w @ mix.T, b @ mix.T + c),
        "the second layer's weights are transposed: (channels in, filters)",
        ONE,
    ),
    (
        _weights_but(lambda w, mix: np.einsum("abim,io->abmo", w, mix)),
        "the wrong axis was summed over: the second layer mixes the maps, not the colours",
        ONE,
    ),
    (
        _weights_but(lambda w, mix: w * mix),
        "number times number is no sum: each new kernel is made of all kernels between",
        ONE,
    ),
    (
        _weights_but(lambda w, mix: w @ mix / len(mix)),
        "this is the mean over the maps between: they are added",
        FILTER,
    ),
    (
        _weights_but(lambda w, mix: (w @ mix).swapaxes(2, 3)),
        "filters come last: (kh, kw, Cin, Cout)",
        LAYER,
    ),
    (
        lambda w, b, mix, c: (w, _merged(w, b, mix, c)[1]),
        "these are the first layer's weights: mix them, too",
        ONE,
    ),
    (
        _weights_but(lambda w, mix: w.sum(axis=3, keepdims=True) * mix.sum(axis=0)),
        "the kernels were added before they were weighted: weight each first",
        ONE,
    ),
]

COLOURS = list(itertools.product((0, 1), repeat=3))
_DOT = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])


def _scene(dot, ground):
    """Return 5 x 7 pixels of one colour with a dot of another in the middle."""
    scene = np.tile(np.array(ground, float), (5, 7, 1))
    scene[2, 3] = dot
    return scene


_PAIRS = list(itertools.product(COLOURS, COLOURS))
_SCENES = np.array([_scene(*pair) for pair in _PAIRS])  # (64, 5, 7, 3)


def _colours(rng):
    """Return pairs (dot, ground); which channel is which is drawn, but for the last two."""
    order = rng.permutation(3)
    named = {
        "one channel up, one down": ((1, 0, 0), (0, 1, 0)),
        "one against two": ((0, 0, 1), (1, 1, 0)),
        "two against one": ((0, 1, 1), (1, 0, 0)),
        "only one channel differs": ((0, 1, 0), (0, 0, 0)),
        "one goes dark": ((1, 0, 1), (1, 1, 1)),
        "black on white": ((0, 0, 0), (1, 1, 1)),
    }
    drawn = {
        label: tuple(tuple(colour[m] for m in order) for colour in pair)
        for label, pair in named.items()
    }
    black = (0, 0, 0)
    return {**drawn, "white on black": ((1, 1, 1), black), "yellow on black": ((1, 1, 0), black)}


def _detector(dot, ground):
    sign = np.subtract(dot, ground)
    return (_DOT[:, :, None] * sign)[..., None], [4 - 8 * np.abs(sign).sum()]


def _alarms(result, dot, ground):
    """Return 1 if the dot is found; then how often it fires beside it, and at other pairs."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise NotUsableError("the result must be two arrays: weights and bias")
    weights, bias = (np.asarray(part, float) for part in result)
    if weights.shape != (3, 3, 3, 1) or bias.size != 1:
        raise NotUsableError(
            f"the shapes of weights and bias are {weights.shape} and {bias.shape}: "
            "for one filter they must be (3, 3, 3, 1) and (1,)"
        )
    kernels = weights[None, ..., 0]
    maps = signal.correlate(_SCENES, kernels, "valid", method="direct")[..., 0] + bias.item()
    fires = maps > 1e-6  # (64, 3, 5)
    differ = np.not_equal(dot, ground)
    asked = np.array([np.equal(pair, (dot, ground))[:, differ].all() for pair in _PAIRS])
    found = fires[_PAIRS.index((tuple(dot), tuple(ground)))]
    return [found[1, 2], found.sum() - found[1, 2], fires[~asked].any(axis=(1, 2)).sum()]


def _from_sign(sign, bias=None):
    """Return the mistake of another sign for each channel, or of another bias."""

    def wrong(dot, ground):
        dot, ground = np.array(dot), np.array(ground)
        kernels = _DOT[:, :, None] * sign(dot, ground)
        count = np.abs(dot - ground).sum()
        return kernels[..., None], [bias(count) if bias else 4 - 8 * count]

    return wrong


def _minus(dot, ground):
    return dot - ground


_COLOUR_DOT = [
    (
        lambda dot, ground: _detector(dot[::-1], ground[::-1]),
        "the channels are in reverse order: red, green, blue",
        PLANES,
    ),
    (
        lambda dot, ground: _detector(ground, dot),
        "dot and ground are swapped",
        DETECTOR,
    ),
    (
        lambda dot, ground: (
            np.stack([_DOT * s for s in np.subtract(dot, ground)])[..., None],
            _detector(dot, ground)[1],
        ),
        "the kernels stand along an axis of the window, and the shape fits by luck: stack along "
        "axis 2",
        LAYER,
    ),
    (
        _from_sign(lambda dot, ground: np.array([1, -1, 0]), lambda count: -10),
        "this is the page's filter whatever is asked for: it fits red on green only",
        DETECTOR,
    ),
    (
        lambda dot, ground: _detector(dot, (0, 0, 0)),
        "`ground` is not used: a channel that only the ground has needs a kernel, too",
        DETECTOR,
    ),
    (
        _from_sign(lambda dot, ground: np.where(dot == 1, 1, -ground)),
        "a channel that dot and ground both have must have no say: its kernel is 0",
        DETECTOR,
    ),
    (
        _from_sign(lambda dot, ground: (dot - ground) * [1, 1, 0]),
        "blue is left out, as on the page: it counts wherever dot and ground differ in it",
        DETECTOR,
    ),
    (
        lambda dot, ground: (_detector(dot, ground)[0], [4 - 8 * np.subtract(dot, ground).sum()]),
        "the channels that go up and down cancel in the sum: count those that differ",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: -4 * count),
        "the bias is too close to 0 for three channels: a dot that is right in two reaches 16",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: 8 - 8 * count),
        "the bias is 0 where one channel differs: small sums must be stopped there, too",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: -10),
        "the bias of the page fits two channels: it depends on how many differ",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: 0),
        "without a threshold any channel can make it fire: a negative bias is missing",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: 8 * count - 4),
        "the bias is added, so it must be negative",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: -8 * count),
        "the threshold is as high as the sum, or higher: stay below it",
        DETECTOR,
    ),
    (
        _from_sign(_minus, lambda count: -20),
        "the bias is made for three channels: where fewer differ, the filter stays silent",
        DETECTOR,
    ),
    (
        _from_sign(lambda dot, ground: np.maximum(dot - ground, 0)),
        "only what is brighter in the dot has a kernel: what is darker must object",
        DETECTOR,
    ),
    (
        _from_sign(lambda dot, ground: np.where(dot > ground, 1, -1)),
        "a channel in which dot and ground agree must have no say: its kernel is 0",
        DETECTOR,
    ),
    (
        _from_sign(lambda dot, ground: np.abs(dot - ground)),
        "no kernel is negative: where the dot is darker than the ground, one must be",
        DETECTOR,
    ),
    (
        lambda dot, ground: (
            ((np.arange(9) == 4).reshape(3, 3, 1) * (2.0 * np.array(dot) - 1))[..., None],
            [0.5 - sum(dot)],
        ),
        "the filter looks at the middle only: it must see the ground around it, too",
        DETECTOR,
    ),
]

EXERCISES = [
    Exercise("channels", *row)
    for row in [
        # name, library, oracle, inputs, mistakes, by hand, view, digits
        ("by_hand_filter", "scipy.signal", _asked, _questions, _BY_HAND, True),
        ("torch_layer", "scipy.signal.correlate", _layer, _layers, _TORCH_LAYER),
        (
            "colour_dot",
            "scipy.signal.correlate",
            _detector,
            _colours,
            _COLOUR_DOT,
            False,
            _alarms,
            0,
        ),
        ("merge_layers", "numpy.einsum", _merged, _two_layers, _MERGE, False, _shape_and_numbers),
        ("to_torch", "numpy.einsum", _to_torch, _weights, _TO_TORCH),
        ("flat_to_torch", "numpy.einsum", _flat_to_torch, _dense, _FLAT_TO_TORCH),
    ]
]
