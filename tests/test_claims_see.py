"""What the pages on receptive fields and on edges say without showing it."""

import numpy as np
import pytest
from scipy import ndimage

from convbook.ops import correlate1d, output_length, same_padding
from convbook.training import keras


def test_at_sign_between_two_tables_is_the_matrix_product():
    assert (np.ones((3, 3)) @ np.ones((3, 3))).shape == (3, 3)


@pytest.mark.parametrize("mode", ["edge", "wrap"])
def test_keras_has_no_such_padding(mode):
    with pytest.raises(ValueError):
        keras.ops.pad(np.arange(5), [[1, 1]], mode=mode)


def test_ndimage_reflects_unless_told_otherwise():
    x = np.arange(6)
    assert np.array_equal(
        ndimage.correlate1d(x, [1, 2, 4]), correlate1d(np.pad(x, 1, "symmetric"), [1, 2, 4])
    )


@pytest.mark.parametrize("kernel", range(1, 8))
def test_half_the_kernel_on_both_sides_keeps_the_length_of_odd_kernels_only(kernel):
    grown = output_length(20 + 2 * (kernel // 2), kernel) - 20
    assert grown == (kernel % 2 == 0)


def test_nothing_is_padded_where_more_numbers_are_at_hand_than_needed():
    assert same_padding(8, 1, stride=2) == (0, 0)


def test_keras_puts_the_odd_zero_after():
    x, w = np.arange(1.0, 7), np.array([1.0, 10, 100, 1000])
    y = keras.ops.conv(x[None, :, None], w[:, None, None], padding="same")
    assert np.array_equal(y[0, :, 0], correlate1d(np.pad(x, (1, 2)), w))
