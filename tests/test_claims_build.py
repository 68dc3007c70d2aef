"""What the pages of part "Build" say about layers, and the build does not print."""

import keras
import numpy as np
import pytest

from convbook import ops


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(("inputs", "outputs", "weights"), [(6, 4, 9), (28, 26, 53), (12, 10, 21)])
def test_dense_toeplitz_has_a_weight_for_each_diagonal(inputs, outputs, weights):
    row, column = np.indices((outputs, inputs))
    assert np.unique(column - row).size == inputs + outputs - 1 == weights


def test_impulses_give_the_matrix_of_a_linear_layer(rng):
    kernel, signal = rng.normal(size=3), rng.normal(size=7)
    matrix = np.array([ops.correlate1d(impulse, kernel) for impulse in np.eye(7)]).T
    assert np.allclose(matrix @ signal, np.correlate(signal, kernel))


def test_a_longer_signal_needs_more_local_weights_and_no_more_shared_ones():
    def free(length, sharing):
        row, column = np.indices((length - 2, length))
        number = column - row + length if sharing else row * length + column
        return np.unique(number[(column >= row) & (column < row + 3)]).size

    assert [free(12, False), free(24, False)] == [30, 66]
    assert [free(12, True), free(24, True)] == [3, 3]


def test_a_dense_layer_follows_any_order_of_its_inputs(rng):
    pixels, weights, order = rng.normal(size=784), rng.normal(size=(784, 5)), rng.permutation(784)
    assert np.allclose(pixels @ weights, pixels[order] @ weights[order])


@pytest.mark.parametrize(("padding", "rows"), [("valid", 5), ("same", 6)])
def test_keras_pools_eleven_rows(padding, rows):
    pool = keras.layers.MaxPooling2D(2, padding=padding)
    assert pool(np.zeros((1, 11, 11, 1))).shape == (1, rows, rows, 1)


def test_stride_two_follows_no_move_by_one_pixel(rng):
    wide, kernel = rng.normal(size=(28, 29)), rng.normal(size=(3, 3))
    before = ops.correlate2d(wide[:, 1:], kernel, stride=2)
    after = ops.correlate2d(wide[:, :-1], kernel, stride=2)
    for units in range(-2, 3):
        n = before.shape[1] - abs(units)
        moved, still = after[:, max(units, 0) :][:, :n], before[:, max(-units, 0) :][:, :n]
        assert np.abs(moved - still).max() > 1


def test_max_pooling_is_neither_equivariant_nor_invariant_to_one_pixel():
    pattern = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    images = [x[None, None, :, None] for x in (pattern, np.append(pattern[1:], 0))]
    pool = keras.layers.MaxPooling2D((1, 2))
    assert [np.ravel(pool(x)).tolist() for x in images] == [[0, 1, 0, 1], [1, 1, 1, 1]]


def test_maps_of_the_globally_pooled_network():
    sizes = [28]
    for kernel, stride in [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]:
        sizes.append(ops.output_length(sizes[-1], kernel, stride=stride))
    assert sizes == [28, 26, 13, 11, 5, 3]
    assert ops.receptive_field([(3, 1), (2, 2), (3, 1), (2, 2)])[:2] == (10, 4)
    assert ops.receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)])[:2] == (18, 4)


def test_receptive_field_is_not_the_sum_of_kernels():
    assert ops.receptive_field([(3, 1), (3, 1)])[0] == 5
    assert ops.receptive_field([(3, 1), (2, 2), (3, 1, 1)]) == (8, 2, -2)  # a zero in front: 1 jump
