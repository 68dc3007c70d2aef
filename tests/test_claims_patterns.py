"""Facts that the page on two-dimensional kernels states, as a table."""

import numpy as np
import pytest
import scipy.signal
from numpy.testing import assert_array_equal as assert_same
from scipy import ndimage

from convbook.ops import convolve2d, correlate2d, normalised_correlation2d

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])  # a left-right difference
DARK_BRIGHT = np.tile([0, 0, 0, 1, 1, 1], (5, 1))  # a vertical edge


@pytest.mark.parametrize(
    ("image", "kernel", "correlation", "convolution"),
    [
        (DARK_BRIGHT, SOBEL, 4, -4),
        (1 - DARK_BRIGHT, SOBEL, -4, 4),
        (DARK_BRIGHT, SOBEL.T, 0, 0),  # an up-down difference does not see it
        (DARK_BRIGHT.T, SOBEL.T, 4, -4),
    ],
)
def test_answer_at_an_edge(image, kernel, correlation, convolution):
    for ours, theirs, expected in [
        (correlate2d(image, kernel), scipy.signal.correlate2d, correlation),
        (convolve2d(image, kernel, padding="valid"), scipy.signal.convolve2d, convolution),
    ]:
        assert_same(ours, theirs(image, kernel, "valid"))
        assert set(np.unique(ours)) == {0, expected}


def test_flip_is_a_half_turn_and_no_transpose():
    rng = np.random.default_rng(0)
    x, w = rng.integers(-9, 10, (6, 5)), rng.integers(-9, 10, (3, 3))
    convolution = scipy.signal.convolve2d(x, w, "valid")
    assert_same(correlate2d(x, np.rot90(w, 2)), convolution)
    for wrong in (w, w.T, w[::-1], w[:, ::-1], np.rot90(w)):
        assert not np.array_equal(correlate2d(x, wrong), convolution)


def test_bytes_wrap_in_numpy_and_scipy_and_not_here():
    step = (255 * DARK_BRIGHT).astype(np.uint8)
    assert (np.uint8([5]) - np.uint8([10])).tolist() == [251]
    assert ndimage.sobel(step, axis=1).max() == 1020 % 256 == 252
    assert correlate2d(step, SOBEL).max() == 1020


def test_only_the_normalised_score_finds_the_plus():
    plus = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    scene = np.zeros((7, 12), int)
    scene[2:5, 1:4], scene[1:6, 6:11] = plus, 9
    raw, zero_mean = correlate2d(scene, plus), correlate2d(scene, plus - plus.mean())
    assert (raw[2, 1], raw.max()) == (5, 45)
    np.testing.assert_allclose((zero_mean[2, 1], zero_mean.max()), (20 / 9, 7))
    ncc = normalised_correlation2d(scene, plus)
    assert np.argwhere(ncc > 0.99).tolist() == [[2, 1]]
    assert ncc[2, 7] == 0  # flat
