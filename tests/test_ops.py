"""The facts that `convbook.ops` rests on, checked with NumPy, SciPy and Keras.

Whole numbers are drawn throughout, so that float32 libraries are exact too.
"""

import doctest
import os
from functools import partial
from itertools import product

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal as assert_same

from convbook import ops
from convbook.ops import (
    conv_layer,
    convolve1d,
    convolve2d,
    correlate1d,
    correlate2d,
    max_pool2d,
    normalised_correlation2d,
    output_length,
    receptive_field,
    same_padding,
)

facts = settings(deadline=None, max_examples=60, derandomize=True)

strides = st.integers(1, 4)
keras_paddings = st.sampled_from(["valid", "same"])
pixels = st.integers(0, 255)


def numbers(shape, elements=None, dtype=np.int64):
    """Draw an array, by default of whole numbers of both signs."""
    return arrays(dtype, shape, elements=st.integers(-9, 9) if elements is None else elements)


@st.composite
def pairs(draw, axes, fits=False, **kinds):
    """Draw (input, kernel) with `axes` axes; with `fits` the kernel is nowhere longer."""
    lengths = st.tuples(*[st.integers(1, 5)] * axes)
    kernel, extra = draw(lengths), draw(lengths)
    shape = tuple(k + e - 1 for k, e in zip(kernel, extra, strict=True)) if fits else extra
    return draw(numbers(shape, **kinds)), draw(numbers(kernel))


@st.composite
def layers(draw):
    """Draw (images, weights, bias) that fit together."""
    image, kernel = draw(pairs(2, fits=True))
    n, c_in, c_out = draw(st.tuples(*[st.integers(1, 3)] * 3))
    return (
        draw(numbers((n, *image.shape, c_in))),
        draw(numbers((*kernel.shape, c_in, c_out))),
        draw(numbers(c_out)),
    )


def keras_conv(images, weights, stride, padding):
    """Let Keras compute it, in float32, channels last, whatever the number of axes."""
    images, weights = np.float32(images), np.float32(weights)
    return np.asarray(keras.ops.conv(images, weights, stride, padding, data_format="channels_last"))


def impulse(length, place):
    return (np.arange(length) == place).astype(int)


# Correlation and convolution are what the libraries compute.


@facts
@given(pairs(1, fits=True), strides)
def test_correlate1d_valid_is_numpy(pair, stride):
    assert_same(correlate1d(*pair, stride=stride), np.correlate(*pair, "valid")[::stride])


@facts
@given(pairs(1), strides)
def test_correlate1d_full_is_numpy(pair, stride):
    expected = np.correlate(*pair, "full")[::stride]
    assert_same(correlate1d(*pair, stride=stride, padding="full"), expected)


@facts
@given(pairs(1), strides)
def test_correlate1d_same_is_keras(pair, stride):
    x, w = pair
    expected = keras_conv(x[None, :, None], w[:, None, None], stride, "same")[0, :, 0]
    assert_same(correlate1d(x, w, stride=stride, padding="same"), expected)


@facts
@given(pairs(1))
def test_convolve1d_full_is_numpy_and_is_the_default(pair):
    assert_same(convolve1d(*pair), np.convolve(*pair, "full"))


@facts
@given(pairs(1, fits=True))
def test_convolve1d_valid_is_numpy(pair):
    assert_same(convolve1d(*pair, padding="valid"), np.convolve(*pair, "valid"))


@facts
@given(pairs(1))
def test_convolve1d_same_is_keras_with_the_kernel_flipped(pair):
    x, w = pair
    expected = keras_conv(x[None, :, None], w[::-1, None, None], 1, "same")[0, :, 0]
    assert_same(convolve1d(x, w, padding="same"), expected)


@facts
@given(pairs(2, fits=True), strides)
def test_2d_valid_is_scipy(pair, stride):
    steps = np.s_[::stride, ::stride]
    assert_same(correlate2d(*pair, stride=stride), scipy.signal.correlate2d(*pair, "valid")[steps])
    assert_same(convolve2d(*pair, padding="valid"), scipy.signal.convolve2d(*pair, "valid"))


@facts
@given(pairs(2), strides)
def test_2d_full_is_scipy(pair, stride):
    steps = np.s_[::stride, ::stride]
    assert_same(
        correlate2d(*pair, stride=stride, padding="full"),
        scipy.signal.correlate2d(*pair, "full")[steps],
    )
    assert_same(convolve2d(*pair), scipy.signal.convolve2d(*pair, "full"))


@facts
@given(pairs(2), strides)
def test_2d_same_is_keras(pair, stride):
    x, w = pair
    expected = keras_conv(x[None, :, :, None], w[:, :, None, None], stride, "same")[0, :, :, 0]
    assert_same(correlate2d(x, w, stride=stride, padding="same"), expected)


@facts
@given(pairs(2))
def test_convolve2d_same_is_keras_with_both_axes_flipped(pair):
    x, w = pair
    flipped = np.flip(w)[:, :, None, None]
    expected = keras_conv(x[None, :, :, None], flipped, 1, "same")[0, :, :, 0]
    assert_same(convolve2d(x, w, padding="same"), expected)


@facts
@given(layers(), strides, keras_paddings)
def test_conv_layer_is_keras(layer, stride, padding):
    images, weights, bias = layer
    expected = keras_conv(images, weights, stride, padding) + bias
    assert_same(conv_layer(*layer, stride=stride, padding=padding), expected)


@facts
@given(layers())
def test_conv_layer_full_is_scipy_summed_over_channels(layer):
    images, weights, bias = layer
    y = conv_layer(*layer, padding="full")
    for n, o in np.ndindex(len(images), len(bias)):
        x, w = np.moveaxis(images[n], 2, 0), np.moveaxis(weights[..., o], 2, 0)
        maps = [scipy.signal.correlate2d(a, b, "full") for a, b in zip(x, w, strict=True)]
        assert_same(y[n, :, :, o], sum(maps) + bias[o])


def test_conv_layer_of_real_numbers_is_keras():
    rng = np.random.default_rng(0)
    images, weights = rng.normal(size=(2, 7, 6, 3)), rng.normal(size=(3, 2, 3, 4))
    bias = rng.normal(size=4)
    expected = keras_conv(images, weights, 2, "same") + bias
    np.testing.assert_allclose(
        conv_layer(images, weights, bias, stride=2, padding="same"), expected, atol=1e-5
    )


# Normalised correlation.


@facts
@given(pairs(2, fits=True))
def test_normalised_correlation_is_the_correlation_coefficient_of_each_patch(pair):
    image, template = pair
    if np.ptp(template) == 0:
        with pytest.raises(ValueError, match="^template must not be flat"):
            normalised_correlation2d(image, template)
        return
    scores = normalised_correlation2d(image, template)
    kh, kw = template.shape
    for (i, j), score in np.ndenumerate(scores):
        patch = image[i : i + kh, j : j + kw]
        flat = np.ptp(patch) == 0
        expected = 0 if flat else np.corrcoef(patch.ravel(), template.ravel())[0, 1]
        np.testing.assert_allclose(score, expected, atol=1e-12)
    assert scores.shape == tuple(np.subtract(image.shape, template.shape) + 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_normalised_correlation_ignores_brightness_and_contrast(dtype):
    image = np.random.default_rng(0).integers(0, 40, (8, 9))
    template = image[2:5, 3:7]
    expected = normalised_correlation2d(image, template)
    scores = normalised_correlation2d((5 * image + 50).astype(dtype), template.astype(dtype))
    np.testing.assert_allclose(scores, expected, atol=1e-12)
    assert np.argwhere(scores > 1 - 1e-12).tolist() == [[2, 3]]
    np.testing.assert_allclose(normalised_correlation2d(-image, template), -expected, atol=1e-12)


@pytest.mark.parametrize("value", [0, 255, 0.1, -1e9 / 3])
def test_a_flat_patch_scores_0_in_spite_of_rounding(value):
    image = np.full((5, 6), value)
    assert_same(normalised_correlation2d(image, [[0.1, 0.7, 0.2], [0, 1, 2]]), np.zeros((4, 4)))


# Pooling.


@facts
@given(st.data(), st.integers(1, 3), st.none() | strides)
def test_max_pool2d_is_keras_also_for_negative_images(data, size, stride):
    shape = data.draw(st.tuples(*[st.integers(low, low + 4) for low in (1, size, size, 1)]))
    images = data.draw(numbers(shape, st.integers(-9, -1) | st.integers(-9, 9)))
    expected = keras.ops.max_pool(
        np.float32(images), size, stride, "valid", data_format="channels_last"
    )
    assert_same(max_pool2d(images, size, stride=stride), expected)


def test_max_pool2d_drops_what_does_not_fill_a_window():
    images = np.arange(11 * 11).reshape(1, 11, 11, 1)
    assert max_pool2d(images).shape == (1, 5, 5, 1)
    assert max_pool2d(images).max() == 9 * 11 + 9  # row and column 10 are not seen


def test_max_pool2d_of_a_negative_image_is_negative():
    assert_same(max_pool2d(np.full((1, 4, 4, 1), -1)), np.full((1, 2, 2, 1), -1))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.float16, np.float32, np.float64])
def test_max_pool2d_keeps_the_dtype(dtype):
    assert max_pool2d(np.ones((1, 4, 4, 1), dtype)).dtype == dtype


# Integers never wrap, floats keep their type.


@facts
@given(pairs(1, fits=True, dtype=np.uint8, elements=pixels))
def test_uint8_signals_do_not_wrap(pair):
    x, w = pair
    assert_same(correlate1d(x, w), np.correlate(x.astype(np.int64), w, "valid"))
    assert_same(convolve1d(x, x), np.convolve(x.astype(np.int64), x.astype(np.int64)))


@facts
@given(pairs(2, fits=True, dtype=np.uint8, elements=pixels))
def test_uint8_images_do_not_wrap(pair):
    x, w = pair
    wide = x.astype(np.int64)
    expected = scipy.signal.correlate2d(wide, w, "valid")
    assert_same(correlate2d(x, w), expected)
    assert_same(convolve2d(x, x), scipy.signal.convolve2d(wide, wide))
    layer = conv_layer(x[None, :, :, None], w[:, :, None, None], np.uint8([255]))
    assert_same(layer[0, :, :, 0], expected + 255)


def test_where_numpy_wraps_we_do_not():
    x, w = np.uint8([200, 200]), np.uint8([1, 1])
    assert np.correlate(x, w)[0] == 144
    assert correlate1d(x, w)[0] == 400
    assert correlate1d([True, True], [True, True])[0] == 2


@pytest.mark.parametrize(
    ("signal", "kernel", "result"),
    [
        (np.uint8, np.uint8, np.int64),
        (bool, bool, np.int64),
        (np.int16, np.uint64, np.int64),
        (np.float16, np.float16, np.float16),
        (np.float32, np.float32, np.float32),
        (np.float32, np.float64, np.float64),
        (np.uint8, np.float32, np.float64),  # int64 with float32
        (np.float32, np.int8, np.float64),
    ],
)
@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_dtypes(signal, kernel, result, padding):
    x, w = np.ones((4, 4), signal), np.ones((3, 2), kernel)
    images, weights, bias = x[None, :, :, None], w[:, :, None, None], np.ones(1, kernel)
    assert correlate1d(x[0], w[0], padding=padding).dtype == result
    assert convolve1d(x[0], w[0], padding=padding).dtype == result
    assert correlate2d(x, w, padding=padding).dtype == result
    assert convolve2d(x, w, padding=padding).dtype == result
    assert conv_layer(images, weights, bias, padding=padding).dtype == result


# Sizes and padding.

SIZES = list(product(range(1, 10), range(1, 6), range(1, 5)))  # length, kernel, stride


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "expected"),
    [
        (8, 3, 2, (0, 1)),
        (7, 3, 2, (1, 1)),
        (8, 5, 3, (1, 2)),
        (28, 3, 2, (0, 1)),
        (6, 4, 1, (1, 2)),
        (224, 7, 2, (2, 3)),
        (8, 3, 1, (1, 1)),
        (8, 1, 3, (0, 0)),  # never negative
    ],
)
def test_same_padding_table(length, kernel, stride, expected):
    assert same_padding(length, kernel, stride=stride) == expected


@pytest.mark.parametrize("stride", range(1, 5))
def test_same_padding_is_what_keras_adds(stride):
    for length, kernel, _ in (size for size in SIZES if size[2] == stride):
        x, w = np.arange(1, length + 1), np.arange(1, kernel + 1)
        padded = np.pad(x, same_padding(length, kernel, stride=stride))
        expected = keras_conv(x[None, :, None], w[:, None, None], stride, "same")[0, :, 0]
        assert_same(np.correlate(padded, w, "valid")[::stride], expected)
        assert output_length(length, kernel, stride=stride, padding="same") == len(expected)


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_output_length_is_the_length_of_the_output(padding):
    for length, kernel, stride in SIZES:
        if padding == "valid" and kernel > length:
            continue
        y = correlate1d(np.ones(length), np.ones(kernel), stride=stride, padding=padding)
        assert output_length(length, kernel, stride=stride, padding=padding) == len(y)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_output_length_is_the_shape_that_keras_states(padding):
    for length, kernel, stride in SIZES[::7]:
        if padding == "valid" and kernel > length:
            continue
        layer = keras.layers.Conv1D(1, kernel, strides=stride, padding=padding)
        expected = layer.compute_output_shape((None, length, 1))[1]
        assert output_length(length, kernel, stride=stride, padding=padding) == expected


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "padding", "expected"),
    [
        (28, 3, 1, "valid", 26),
        (28, 3, 2, "valid", 13),  # the last column is dropped
        (28, 3, 2, "same", 14),
        (11, 2, 2, "valid", 5),
        (11, 2, 2, "same", 6),
        (28, 3, 1, "full", 30),
        (3, 5, 1, "full", 7),
    ],
)
def test_output_length_table(length, kernel, stride, padding, expected):
    assert output_length(length, kernel, stride=stride, padding=padding) == expected


def test_sizes_are_plain_ints():
    sizes = [
        output_length(np.int64(8), np.uint8(3)),
        *same_padding(np.int64(8), np.uint8(3), stride=np.int16(2)),
        *receptive_field(np.array([[3, 2], [3, 1]])),
    ]
    assert {type(size) for size in sizes} == {int}


# Receptive fields.


def seen_pixels(layers, length):
    """Propagate which pixels each unit sees: rows are units, columns are pixels."""
    seen = np.eye(length, dtype=bool)
    for kernel, stride, before in layers:
        seen = np.pad(seen, [(before, before), (0, 0)])
        starts = range(0, len(seen) - kernel + 1, stride)
        seen = np.array([seen[i : i + kernel].any(axis=0) for i in starts])
    return seen


@facts
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 3)), max_size=3))
def test_receptive_field_is_what_a_unit_sees(layers):
    length = 200
    size, jump, start = receptive_field(layers)
    inside = 0
    for unit, seen in enumerate(seen_pixels(layers, length)):
        first = start + unit * jump
        if first >= 0 and first + size <= length:
            assert (np.flatnonzero(seen)[[0, -1]] == [first, first + size - 1]).all()
            inside += 1
    assert inside >= 2


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], (1, 1, 0)),
        ([(3, 1)], (3, 1, 0)),  # the lecture's network: conv,
        ([(3, 1), (2, 2)], (4, 2, 0)),  # pool,
        ([(3, 1), (2, 2), (3, 1)], (8, 2, 0)),  # conv
        ([(3, 1)] * 2, (5, 1, 0)),
        ([(3, 1)] * 3, (7, 1, 0)),
        ([(3, 2), (3, 2), (3, 1)], (15, 4, 0)),
        ([(3, 2, 1), (3, 2, 1), (3, 1, 1)], (15, 4, -7)),
        (((3, 1, 1), (2, 2)), (4, 2, -1)),
    ],
)
def test_receptive_field_table(layers, expected):
    assert receptive_field(layers) == expected


# Algebra.


@facts
@given(pairs(1), st.data())
def test_convolution_commutes_and_associates(pair, data):
    x, a = pair
    b = data.draw(numbers(st.integers(1, 4)))
    assert_same(convolve1d(x, a), convolve1d(a, x))
    assert_same(convolve1d(convolve1d(x, a), b), convolve1d(x, convolve1d(a, b)))


def test_correlation_does_neither():
    def full(x, w):
        return correlate1d(x, w, padding="full").tolist()

    x, a, b = [1, 2, 3], [1, 0, 2], [1, 1, 3]
    assert full(x, a) != full(a, x)
    assert full(x, a) == full(a, x)[::-1]
    assert full(full(x, a), b) != full(x, full(a, b))


@facts
@given(numbers(st.integers(9, 12)), numbers(st.integers(1, 4)), numbers(st.integers(1, 4)))
def test_two_correlations_are_one_with_the_convolved_kernel(x, a, b):
    assert_same(correlate1d(correlate1d(x, a), b), correlate1d(x, convolve1d(a, b)))


@facts
@given(pairs(2))
def test_2d_convolution_commutes(pair):
    x, w = pair
    assert_same(convolve2d(x, w), convolve2d(w, x))


def test_an_impulse_shows_the_kernel_or_its_mirror_image():
    x, w = impulse(7, 3), [1, 2, 3]
    assert_same(convolve1d(x, w, padding="same"), [0, 0, 1, 2, 3, 0, 0])
    assert_same(correlate1d(x, w, padding="same"), [0, 0, 3, 2, 1, 0, 0])


def test_even_kernels_in_same_start_one_place_earlier_than_in_numpy():
    x, w = impulse(7, 3), [1, 2]
    assert_same(convolve1d(x, w, padding="same"), [0, 0, 1, 2, 0, 0, 0])
    assert_same(np.convolve(x, w, "same"), [0, 0, 0, 1, 2, 0, 0])
    assert_same(correlate1d(x, w, padding="same"), [0, 0, 2, 1, 0, 0, 0])
    assert_same(np.correlate(x, w, "same"), [0, 0, 0, 2, 1, 0, 0])


def test_padding_with_zeros_makes_edges_that_are_not_there():
    sobel = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    edges = correlate2d(np.ones((6, 6)), sobel, padding="same")
    assert_same(edges[2], [4, 0, 0, 0, 0, -4])


# Manners.

X1, W1 = np.arange(1.0, 6.0), np.array([1.0])
X2, W2 = np.arange(1.0, 13.0).reshape(3, 4), np.array([[1.0]])
X4, W4, B = X2[None, :, :, None], W2[:, :, None, None], np.zeros(1)


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (correlate1d, (X1, W1)),
        (convolve1d, (X1, W1)),
        (correlate2d, (X2, W2)),
        (convolve2d, (X2, W2)),
        (normalised_correlation2d, (X2, X2[:2, 1:3])),
        (conv_layer, (X4, W4, B)),
        (partial(max_pool2d, size=1), (X4,)),
    ],
)
@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_inputs_are_neither_modified_nor_shared(function, inputs, dtype):
    inputs = [x.astype(dtype) for x in inputs]
    before = [x.copy() for x in inputs]
    y = function(*inputs)
    y[:] = 77
    for x, copy in zip(inputs, before, strict=True):
        assert_same(x, copy)


def test_lists_are_accepted():
    images = [[[[1], [2]], [[3], [4]]]]
    assert correlate1d([1, 2, 3], [1, 1]).tolist() == [3, 5]
    assert convolve1d([1, 2], [1, 3]).tolist() == [1, 5, 6]
    assert correlate2d([[1, 2], [3, 4]], [[1, 1]]).tolist() == [[3], [7]]
    assert convolve2d([[1, 2]], [[1], [1]]).tolist() == [[1, 2], [1, 2]]
    assert conv_layer(images, [[[[2, 3]]]], [1, 0])[0, 0].tolist() == [[3, 3], [5, 6]]
    assert max_pool2d(images).tolist() == [[[[4]]]]


ARRAYS = {  # each array argument: how many axes, and a call with only this one replaced
    "correlate1d signal": (1, lambda bad: correlate1d(bad, [1])),
    "correlate1d kernel": (1, lambda bad: correlate1d([1], bad)),
    "convolve1d signal": (1, lambda bad: convolve1d(bad, [1])),
    "convolve1d kernel": (1, lambda bad: convolve1d([1], bad)),
    "correlate2d image": (2, lambda bad: correlate2d(bad, [[1]])),
    "correlate2d kernel": (2, lambda bad: correlate2d([[1]], bad)),
    "convolve2d image": (2, lambda bad: convolve2d(bad, [[1]])),
    "convolve2d kernel": (2, lambda bad: convolve2d([[1]], bad)),
    "normalised_correlation2d image": (2, lambda bad: normalised_correlation2d(bad, [[1, 2]])),
    "normalised_correlation2d template": (2, lambda bad: normalised_correlation2d([[1]], bad)),
    "conv_layer images": (4, lambda bad: conv_layer(bad, W4, B)),
    "conv_layer weights": (4, lambda bad: conv_layer(X4, bad, B)),
    "conv_layer bias": (1, lambda bad: conv_layer(X4, W4, bad)),
    "max_pool2d images": (4, lambda bad: max_pool2d(bad)),
}


@pytest.mark.parametrize("argument", ARRAYS)
def test_a_bad_array_is_refused_by_name(argument):
    name, (axes, call) = argument.split()[1], ARRAYS[argument]
    right = (2,) * axes
    for bad, message in [
        (np.ones((2, *right)), f"{name} must have the axes .*, got shape \\(2, 2"),
        (5, f"{name} must have the axes .*, got shape \\(\\)"),
        (np.ones((0, *right[1:])), f"{name} must not be empty, got shape \\(0,"),
        (np.ones(right, complex), f"{name} must hold real numbers, got complex128"),
        (np.full(right, "a"), f"{name} must hold real numbers, got <U1"),
        (np.full(right, None), f"{name} must hold real numbers, got object"),
        ([[1, 2], [3]], f"{name} must be an array: .*inhomogeneous"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            call(bad)


def too_big_for_int64():
    return correlate1d(np.array([2**63], np.uint64), [1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: correlate1d([1, 2], [1, 2, 3]), "kernel must not be longer .* 3 over 2"),
        (lambda: convolve1d([1], [1, 2], padding="valid"), "kernel must not be longer"),
        (lambda: correlate2d([[1, 2]], [[1], [2]]), "kernel must not be longer .* 2 over 1"),
        (lambda: correlate2d([[1], [2]], [[1, 2]]), "kernel must not be longer .* 2 over 1"),
        (
            lambda: normalised_correlation2d([[1], [2]], [[1, 2]]),
            "template must not be longer .* 2 over 1",
        ),
        (
            lambda: conv_layer(X4, np.ones((4, 1, 1, 1)), B),
            "weights must not be longer .* 4 over 3",
        ),
        (lambda: max_pool2d(X4, 4), "size must not be longer .* 4 over 3"),
        (lambda: output_length(2, 3), "kernel must not be longer .* 3 over 2"),
        (
            lambda: conv_layer(X4, np.ones((1, 1, 2, 1)), B),
            "weights must have Cin = 1 .*got Cin = 2",
        ),
        (lambda: conv_layer(X4, W4, [1, 2]), r"bias must have shape \(1,\).*got \(2,\)"),
        (lambda: conv_layer(X4, np.ones((1, 1, 1, 2)), [1]), r"bias must have shape \(2,\)"),
        (too_big_for_int64, f"signal must fit into int64, got {2**63}"),
        (lambda: correlate1d([1], [1], padding="wrap"), "padding must be 'valid'.*got 'wrap'"),
        (lambda: convolve1d([1], [1], padding=1), "padding must be .*got 1"),
        (lambda: correlate2d([[1]], [[1]], padding=None), "padding must be .*got None"),
        (lambda: convolve2d([[1]], [[1]], padding="SAME"), "padding must be .*got 'SAME'"),
        (lambda: conv_layer(X4, W4, B, padding=(1, 1)), r"padding must be .*got \(1, 1\)"),
        (lambda: output_length(3, 3, padding=""), "padding must be .*got ''"),
        (lambda: max_pool2d(X4, 0), "size must be an integer >= 1, got 0"),
        (lambda: max_pool2d(X4, (2, 2)), r"size must be an integer >= 1, got \(2, 2\)"),
        (lambda: output_length(0, 1), "length must be an integer >= 1, got 0"),
        (lambda: output_length(3, 1.5), "kernel must be an integer >= 1, got 1.5"),
        (lambda: same_padding(-3, 1), "length must be an integer >= 1, got -3"),
        (lambda: same_padding(3, 0), "kernel must be an integer >= 1, got 0"),
        (lambda: receptive_field(3), "layers must be a sequence of .*got 3"),
        (lambda: receptive_field((3, 1)), r"layers\[0\] must be \(kernel, stride\).*got 3"),
        (lambda: receptive_field([(3, 1), (3,)]), r"layers\[1\] must be .*got \(3,\)"),
        (lambda: receptive_field([(3, 1, 0, 0)]), r"layers\[0\] must be .*got \(3, 1, 0, 0\)"),
        (lambda: receptive_field([(0, 1)]), r"layers\[0\] kernel must be .* >= 1, got 0"),
        (lambda: receptive_field([(3, 0)]), r"layers\[0\] stride must be .* >= 1, got 0"),
        (
            lambda: receptive_field([(3, 1, -1)]),
            r"layers\[0\] padding_before must be .* >= 0, got -1",
        ),
    ],
)
def test_a_bad_argument_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


@pytest.mark.parametrize("stride", [0, -1, 1.0, True, "2", (1, 1)])
def test_a_bad_stride_is_refused_by_name(stride):
    for call in [
        lambda: correlate1d([1], [1], stride=stride),
        lambda: correlate2d([[1]], [[1]], stride=stride),
        lambda: conv_layer(X4, W4, B, stride=stride),
        lambda: max_pool2d(X4, stride=stride),
        lambda: output_length(3, 3, stride=stride),
        lambda: same_padding(3, 3, stride=stride),
    ]:
        with pytest.raises(ValueError, match="^stride must be an integer >= 1, got "):
            call()


def test_the_examples_in_the_docstrings_are_true():
    failed, tried = doctest.testmod(ops)
    assert (failed, tried >= 7) == (0, True)
