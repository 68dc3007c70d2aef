"""Correlation, convolution, the convolution layer and pooling in plain NumPy.

The course's convention, with x = 0 wherever an index leaves the signal:

    correlation   y[i] = sum_k x[i + k] w[k]   the kernel slides as it is
    convolution   y[i] = sum_n x[n] w[i - n]   the kernel is flipped first

Keras and PyTorch compute the correlation and call it "convolution";
`np.correlate` and `np.convolve` each do what their name says.

Every array may be a list. Inputs are never modified. Integers and booleans
are widened to int64 before anything is computed, so that uint8 pixels cannot
wrap round; floats keep their type (float32 stays float32), and integers
together with floats follow NumPy's rule for int64, which gives float64.

Every refusal is a `ValueError` that names the argument.
"""

from numbers import Integral

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = [
    "conv_layer",
    "convolve1d",
    "convolve2d",
    "correlate1d",
    "correlate2d",
    "max_pool2d",
    "normalised_correlation2d",
    "output_length",
    "receptive_field",
    "same_padding",
]


def correlate1d(signal, kernel, *, stride=1, padding="valid"):
    """Slide `kernel` (K,) over `signal` (N,): product, then sum -> (N',).

    y[i] = sum_k x[i*stride + k - before] w[k],  k = 0..K-1,  i = 0..N'-1,
    where x is 0 outside 0..N-1, `before` is the number of zeros that
    `padding` puts in front, and N' is `output_length(N, K, ...)`.

    padding: "valid" adds no zeros, "same" those of `same_padding` (as in
    Keras), "full" K-1 on both sides.

    Raises ValueError if an array is empty, not 1-D or not of real numbers,
    `stride` is not a positive integer, `padding` is unknown, or `kernel` is
    longer than `signal` in "valid" (where NumPy silently swaps the two).

    >>> correlate1d([0, 0, 1, 0, 0], [1, 2, 3])  # an impulse: w reversed
    array([3, 2, 1])
    """
    signal = _numbers("signal", signal, "N")
    kernel = _numbers("kernel", kernel, "K")
    padded = _pad(signal, kernel.shape, stride, padding)
    windows = sliding_window_view(padded, kernel.size)[::stride]  # (N', K)
    return (windows * kernel).sum(axis=1)


def convolve1d(signal, kernel, *, padding="full"):
    """Convolve `signal` (N,) with `kernel` (K,): flip, then correlate.

    In "full": y[i] = sum_n x[n] w[i - n],  n = 0..N-1,  i = 0..N+K-2.
    "valid" and "same" are parts of it. For even K this "same" lies one place
    earlier than that of `np.convolve`: the padding is Keras's, see
    `same_padding`. Raises ValueError like `correlate1d`.

    >>> convolve1d([0, 0, 1, 0, 0], [1, 2, 3], padding="same")
    array([0, 1, 2, 3, 0])
    """
    kernel = _numbers("kernel", kernel, "K")
    return correlate1d(signal, kernel[::-1], padding=padding)


def correlate2d(image, kernel, *, stride=1, padding="valid"):
    """Slide `kernel` (kh, kw) over `image` (H, W) -> (H', W').

    y[i, j] = sum_a sum_c x[i*stride + a - top, j*stride + c - left] w[a, c],
    a = 0..kh-1,  c = 0..kw-1,  i = 0..H'-1 (down),  j = 0..W'-1 (right),
    where x is 0 outside the image and `padding` adds `top` rows and `left`
    columns of zeros in front. `stride` is the same on both axes.

    Raises ValueError like `correlate1d`, with two axes each.

    >>> correlate2d([[1, 2, 3], [4, 5, 6]], [[-1, 1]])
    array([[1, 1],
           [1, 1]])
    """
    image = _numbers("image", image, "H, W")
    kernel = _numbers("kernel", kernel, "kh, kw")
    padded = _pad(image, kernel.shape, stride, padding)
    windows = sliding_window_view(padded, kernel.shape)  # (., ., kh, kw)
    windows = windows[::stride, ::stride]  # (H', W', kh, kw)
    return (windows * kernel).sum(axis=(2, 3))


def convolve2d(image, kernel, *, padding="full"):
    """Convolve `image` (H, W) with `kernel` (kh, kw): flip, then correlate.

    In "full": y[i, j] = sum_m sum_n x[m, n] w[i - m, j - n],  m = 0..H-1,
    n = 0..W-1,  i = 0..H+kh-2,  j = 0..W+kw-2. The flip is on both axes, a
    half turn of the kernel. "same" lies one place earlier than SciPy's on
    each axis where the kernel is even. Raises ValueError like `correlate2d`.

    >>> convolve2d([[1]], [[1, 2], [3, 4]])  # an impulse: w itself
    array([[1, 2],
           [3, 4]])
    """
    kernel = _numbers("kernel", kernel, "kh, kw")
    return correlate2d(image, kernel[::-1, ::-1], padding=padding)


def normalised_correlation2d(image, template):
    """Compare `template` (kh, kw) with each patch of `image` (H, W) -> (H', W').

    From both the mean is subtracted, and the dot product is divided by both
    lengths. That is the correlation coefficient of patch and template, in
    float64: 1 for the same up to brightness and contrast, -1 for its negative.
    A flat patch has no shape to compare and gets 0. H' = H - kh + 1.

    Raises ValueError like `correlate2d`, and if `template` is flat.

    >>> normalised_correlation2d([[0, 1, 5, 3, 7, 7]], [[2, 4]])
    array([[ 1.,  1., -1.,  1.,  0.]])
    """
    image = _numbers("image", image, "H, W").astype(float)
    template = _numbers("template", template, "kh, kw").astype(float)
    if template.min() == template.max():
        raise ValueError("template must not be flat: all its numbers are equal")
    image = _pad(image, template.shape, 1, "valid", name="template")  # fits?
    patches = sliding_window_view(image, template.shape)  # (H', W', kh, kw)
    flat = patches.min(axis=(2, 3)) == patches.max(axis=(2, 3))
    patches = patches - patches.mean(axis=(2, 3), keepdims=True)
    template = template - template.mean()
    products = (patches * template).sum(axis=(2, 3))
    lengths = np.sqrt((patches**2).sum(axis=(2, 3)) * (template**2).sum())
    return np.divide(products, lengths, out=np.zeros_like(products), where=~flat)


def conv_layer(images, weights, bias, *, stride=1, padding="valid"):
    """Compute a convolution layer: correlate, sum over channels, add bias.

    images (N, H, W, Cin), weights (kh, kw, Cin, Cout), bias (Cout,)
    -> (N, H', W', Cout); the layout of Keras. Without padding:

    y[n, i, j, o] = bias[o] + sum_a sum_c sum_m
                    x[n, i*stride + a, j*stride + c, m] w[a, c, m, o],
    a = 0..kh-1,  c = 0..kw-1,  m = 0..Cin-1.

    Raises ValueError like `correlate1d`, and if `weights` has another Cin
    than `images` or `bias` has not one number for each output channel.
    """
    images = _numbers("images", images, "N, H, W, Cin")
    weights = _numbers("weights", weights, "kh, kw, Cin, Cout")
    bias = _numbers("bias", bias, "Cout")
    _check_channels(images, weights, bias)
    size = weights.shape[:2]
    padded = _pad(images, size, stride, padding, first_axis=1, name="weights")
    windows = sliding_window_view(padded, size, axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (N, H', W', Cin, kh, kw)
    sums = np.einsum("nijmac,acmo->nijo", windows, weights, optimize=True)
    return sums + bias  # (N, H', W', Cout)


def max_pool2d(images, size=2, *, stride=None):
    """Keep the largest value of each `size` x `size` window of `images`.

    y[n, i, j, c] = max over a, b = 0..size-1 of
                    x[n, i*stride + a, j*stride + b, c]

    images (N, H, W, C) -> (N, H', W', C), H' = (H - size) // stride + 1: rows
    and columns at the bottom and right that do not fill a window are dropped.
    `stride` None means `size`. The dtype is kept.

    Raises ValueError if `images` is empty, not 4-D or not of real numbers,
    `size` or `stride` is not a positive integer, or `size` exceeds H or W.
    """
    images = _array("images", images, "N, H, W, C")
    size = _integer("size", size)
    stride = size if stride is None else _integer("stride", stride)
    for length in images.shape[1:3]:
        _check_fits("size", size, length)
    windows = sliding_window_view(images, (size, size), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (N, H', W', C, size, size)
    return windows.max(axis=(-2, -1))


def output_length(length, kernel, *, stride=1, padding="valid"):
    """Return how many places a kernel of length `kernel` stops at, an int.

    floor((length + before + after - kernel) / stride) + 1, which is
    floor((length - kernel) / stride) + 1 for "valid", ceil(length / stride)
    for "same" and length + kernel - 1 for "full" with stride 1.

    Raises ValueError if a number is not a positive integer, `padding` is
    unknown, or `kernel` is longer than `length` in "valid".

    >>> output_length(28, 3), output_length(28, 3, stride=2, padding="same")
    (26, 14)
    """
    length = _integer("length", length)
    kernel = _integer("kernel", kernel)
    stride = _integer("stride", stride)
    before, after = _zeros(length, kernel, stride, padding)
    return (length + before + after - kernel) // stride + 1


def same_padding(length, kernel, *, stride=1):
    """Return the zeros (before, after) that "same" adds, as in Keras and TF.

    Just enough for ceil(length / stride) outputs. An odd zero goes after
    (bottom, right); PyTorch's symmetric `padding` differs in this.

    Raises ValueError if an argument is not a positive integer.

    >>> same_padding(8, 3), same_padding(8, 3, stride=2)
    ((1, 1), (0, 1))
    """
    length = _integer("length", length)
    kernel = _integer("kernel", kernel)
    stride = _integer("stride", stride)
    outputs = -(-length // stride)  # ceil(length / stride), in integers
    total = max((outputs - 1) * stride + kernel - length, 0)
    before = total // 2
    return before, total - before


def receptive_field(layers):
    """Return (size, jump, start) of a unit after `layers`, along one axis.

    layers: a sequence of (kernel, stride) or (kernel, stride, padding_before).
    size: input pixels from the first to the last that one unit sees.
    jump: input pixels between neighbouring units.
    start: input index of the first pixel that unit 0 sees; negative if that
    lies in the padding. Unit u sees start + u*jump .. start + u*jump + size-1.

    Raises ValueError, naming the layer, if a kernel or stride is not a
    positive integer or a padding is negative or no integer.

    >>> receptive_field([(3, 1), (2, 2), (3, 1)])  # conv, pool, conv
    (8, 2, 0)
    """
    size, jump, start = 1, 1, 0  # a pixel sees itself
    for kernel, stride, before in _layers(layers):
        size += (kernel - 1) * jump  # the jump of the layer below
        start -= before * jump
        jump *= stride
    return size, jump, start


# What the functions above share: padding, then the checks.


def _pad(array, kernel_shape, stride, padding, first_axis=0, name="kernel"):
    """Put the zeros of `padding` around the axes that the kernel slides on."""
    stride = _integer("stride", stride)
    widths = [(0, 0)] * array.ndim
    for axis, kernel in enumerate(kernel_shape, start=first_axis):
        length = array.shape[axis]
        widths[axis] = _zeros(length, kernel, stride, padding, name)
    return np.pad(array, widths)


def _zeros(length, kernel, stride, padding, name="kernel"):
    """Return how many zeros `padding` means, (before, after)."""
    if padding == "valid":
        _check_fits(name, kernel, length)
        return 0, 0
    if padding == "same":
        return same_padding(length, kernel, stride=stride)
    if padding == "full":
        return kernel - 1, kernel - 1
    raise ValueError(f"padding must be 'valid', 'same' or 'full', got {padding!r}")


def _array(name, value, axes):
    """Return `value` as a non-empty array of real numbers with these axes."""
    try:
        array = np.asarray(value)
    except ValueError as error:  # for example rows of different lengths
        raise ValueError(f"{name} must be an array: {error}") from None
    if array.dtype.kind not in "biuf":  # bool, int, unsigned, float
        raise ValueError(f"{name} must hold real numbers, got {array.dtype}")
    if array.ndim != len(axes.split(", ")):
        raise ValueError(f"{name} must have the axes ({axes}), got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array


def _numbers(name, value, axes):
    """Return `_array`, with integers and booleans widened to int64."""
    array = _array(name, value, axes)
    if array.dtype.kind == "f":
        return array
    if array.max() > np.iinfo(np.int64).max:  # only uint64 can be that large
        raise ValueError(f"{name} must fit into int64, got {array.max()}")
    return array.astype(np.int64)


def _integer(name, value, least=1):
    """Return `value` as an int of at least `least`; True is no integer."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return int(value)


def _check_fits(name, kernel, length):
    """Refuse a window that is longer than what it slides over."""
    if kernel > length:
        raise ValueError(
            f"{name} must not be longer than the input it slides over: "
            f"got length {kernel} over {length}"
        )


def _check_channels(images, weights, bias):
    """Refuse a layer whose channels do not fit together."""
    c_in, c_out = weights.shape[2:]
    if c_in != images.shape[3]:
        raise ValueError(
            f"weights must have Cin = {images.shape[3]} as images have, "
            f"got Cin = {c_in} (weights {weights.shape})"
        )
    if bias.shape != (c_out,):
        raise ValueError(
            f"bias must have shape ({c_out},), one number for each output channel, got {bias.shape}"
        )


def _layers(layers):
    """Yield each layer as checked ints (kernel, stride, padding_before)."""
    expected = "(kernel, stride) or (kernel, stride, padding_before)"
    if not np.iterable(layers):
        raise ValueError(f"layers must be a sequence of {expected}, got {layers!r}")
    for i, layer in enumerate(layers):
        if not np.iterable(layer) or len(layer) not in (2, 3):
            raise ValueError(f"layers[{i}] must be {expected}, got {layer!r}")
        kernel, stride, before = [*layer, 0][:3]
        yield (
            _integer(f"layers[{i}] kernel", kernel),
            _integer(f"layers[{i}] stride", stride),
            _integer(f"layers[{i}] padding_before", before, least=0),
        )
