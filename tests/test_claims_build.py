"""What the pages of part "Build" say about layers, and the build does not print."""

import re
from pathlib import Path

import jupytext
import keras
import numpy as np
import pytest
import scipy.signal

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


# What "Colour, channels, many kernels" says. The cells of the page run here, without their figures.

CHANNELS = (Path(__file__).parents[1] / "book/channels.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def channels():
    """The names that the cells of the page leave behind."""
    figures = re.compile(r"^plots\.\w+\(.*\Z", re.MULTILINE | re.DOTALL)  # the last call of a cell
    names = {}
    for cell in jupytext.reads(CHANNELS, "md:myst").cells:
        if cell.cell_type == "code":
            exec(figures.sub("", cell.source), names)
    return names


def test_two_channels_by_hand(channels):
    tables = re.findall(r"\\begin\{[pb]matrix\}(.*?)\\end", CHANNELS)
    formula = [[[int(n) for n in row.split("&")] for row in t.split(r"\\")] for t in tables]
    for channel in ("red", "green"):  # the same planes and kernels in the formula and in the cell
        assert [formula.pop(0), formula.pop(0)] == [
            channels[channel].tolist(),
            channels[f"{channel}_kernel"].tolist(),
        ]
    planes = np.stack([channels["red"], channels["green"]], axis=2)[None]
    kernels = np.stack([channels["red_kernel"], channels["green_kernel"]], axis=2)[..., None]
    total = keras.ops.conv(planes.astype("float32"), kernels.astype("float32"), padding="valid")
    assert np.array(total)[0, :, :, 0].tolist() == channels["total"].tolist() == [[5, 0], [0, 3]]
    assert np.maximum(channels["total"] - 2, 0).tolist() == [[3, 0], [0, 1]]


def test_relu_before_the_sum_would_have_let_red_through(channels):
    early = np.maximum(channels["from_red"], 0) + np.maximum(channels["from_green"], 0)
    assert (early[0, 1], early[1, 0]) == (3, 4)
    assert (channels["from_green"][0, 1], channels["from_green"][1, 0]) == (-3, -4)


def test_only_the_poppy_exceeds_the_threshold(channels):
    places = [(3, column - 1) for column in channels["dots"]]
    assert [channels["sums"][place] for place in places] == [16, 8, 8, 8]
    assert [channels["fired"][place] for place in places] == [6, 0, 0, 0]
    assert np.count_nonzero(channels["fired"]) == 1
    assert re.search(r"collects both, 16, and leaves the ReLU with 6", CHANNELS)


def test_border_of_the_meadow_answers_with_three_and_blue_has_no_say(channels):
    assert channels["sums"][0, 12:16].tolist() == [0, -3, 3, 0]
    magenta = channels["scene"].copy()
    magenta[4, 3] = (1, 0, 1)
    assert ops.conv_layer(magenta[None], channels["poppy"], [-10])[0, 3, 2, 0] == 6


def test_flattened_number_stands_where_the_page_says(channels):
    i, j, m = channels["i"], channels["j"], channels["m"]
    assert (channels["tiny"].reshape(-1)[(i * 2 + j) * 3 + m] == channels["tiny"]).all()
    flat = np.array(keras.layers.Flatten()(channels["tiny"][None]))[0]
    assert flat.tolist() == channels["tiny"].reshape(-1).tolist() and flat[7] == 101


def test_one_by_one_filters_mix_pixels_one_by_one(channels):
    pixel = channels["image"][14, 15] / 255
    expected = np.maximum(pixel @ channels["mix"] + [0, 0, -1], 0)
    assert np.allclose(channels["apart"][14, 15], expected)
    assert np.size(channels["mix"]) + 3 == 12


def test_weights_are_transposed_between_layouts_and_not_reshaped(rng):
    keras_w = rng.normal(size=(3, 2, 5, 4))  # (kh, kw, Cin, Cout)
    torch_w = np.empty((4, 5, 3, 2))  # (Cout, Cin, kh, kw)
    for a, c, m, o in np.ndindex(keras_w.shape):
        torch_w[o, m, a, c] = keras_w[a, c, m, o]
    order = re.search(r"keras_w = torch_w\.transpose\(([\d, ]+)\)", CHANNELS)[1]
    assert (torch_w.transpose([int(axis) for axis in order.split(",")]) == keras_w).all()
    assert (torch_w.reshape(keras_w.shape) != keras_w).any()


def test_all_filters_of_the_transposed_weights_agree_with_scipy_and_no_flip_does(channels):
    image, weights = channels["torch_x"], channels["torch_w"]
    maps = [
        sum(scipy.signal.correlate2d(image[m], filter_[m], "valid") for m in range(3))
        for filter_ in weights
    ]
    ours = ops.conv_layer(channels["x"][:1], channels["keras_w"], np.zeros(4))[0]
    flipped = ops.conv_layer(channels["x"][:1], channels["keras_w"][::-1, ::-1], np.zeros(4))[0]
    assert np.allclose(ours.transpose(2, 0, 1), maps)
    assert not np.allclose(flipped.transpose(2, 0, 1), maps)


def test_channels_first_flattens_plane_by_plane():
    image = np.arange(2 * 3 * 4).reshape(2, 3, 4)  # (H, W, C)
    first = image.transpose(2, 0, 1).reshape(-1)
    assert first[:6].tolist() == image[:, :, 0].reshape(-1).tolist()
    assert first.tolist() != image.reshape(-1).tolist()
