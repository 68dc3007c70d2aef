"""Every row of the page Conventions: what the libraries do, and that the page shows it.

The tables below are typed, the libraries are asked here, and the page asks them again.
"""

import inspect
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest
import scipy.signal as sps
from bs4 import BeautifulSoup
from numpy.testing import assert_array_equal as assert_same
from scipy import ndimage

from convbook import models, ops
from convbook.training import keras


def conv(x, w, padding="same", stride=1):
    """Let Keras slide w over x, both one-dimensional."""
    x, w = np.float32(x)[None, :, None], np.float32(w)[:, None, None]
    return np.array(keras.ops.conv(x, w, stride, padding))[0, :, 0].astype(int)


SAME = {
    "np.convolve": lambda x, w: np.convolve(x, w, "same"),
    "np.correlate": lambda x, w: np.correlate(x, w, "same"),
    "signal.convolve": lambda x, w: sps.convolve(x, w, "same"),
    "signal.correlate": lambda x, w: sps.correlate(x, w, "same"),
    "signal.convolve2d": lambda x, w: sps.convolve2d([x], [w], "same")[0],
    "signal.correlate2d": lambda x, w: sps.correlate2d([x], [w], "same")[0],
    "ndimage.convolve1d": lambda x, w: ndimage.convolve1d(x, w, mode="constant"),
    "ndimage.correlate1d": lambda x, w: ndimage.correlate1d(x, w, mode="constant"),
    "keras.ops.conv": conv,
    "ops.convolve1d": lambda x, w: ops.convolve1d(x, w, padding="same"),
    "ops.correlate1d": lambda x, w: ops.correlate1d(x, w, padding="same"),
}

TABLES = {  # the header's cells, then the rows, as the page shows them
    "call | flips? | kernel 123 | kernel 12 | starts at": """
        np.convolve | yes | 0012300 | 0001200 | 3
        np.correlate | no | 0032100 | 0002100 | 3
        signal.convolve | yes | 0012300 | 0001200 | 3
        signal.correlate | no | 0032100 | 0002100 | 3
        signal.convolve2d | yes | 0012300 | 0001200 | 3
        signal.correlate2d | no | 0032100 | 0021000 | 2
        ndimage.convolve1d | yes | 0012300 | 0012000 | 2
        ndimage.correlate1d | no | 0032100 | 0002100 | 3
        keras.ops.conv | no | 0032100 | 0021000 | 2
        ops.convolve1d | yes | 0012300 | 0012000 | 2
        ops.correlate1d | no | 0032100 | 0021000 | 2""",
    "call | default": """
        np.convolve | mode="full"
        np.correlate | mode="valid"
        signal.convolve | mode="full"
        signal.correlate | mode="full"
        signal.convolve2d | mode="full"
        signal.correlate2d | mode="full"
        ndimage.convolve1d | mode="reflect"
        ndimage.correlate1d | mode="reflect"
        layers.Conv1D | padding="valid"
        layers.Conv2D | padding="valid\"""",
    "call | length of same": """
        np.convolve | 5
        np.correlate | 5
        signal.convolve | 3
        signal.correlate | 3
        ndimage.convolve1d | 3
        ndimage.correlate1d | 3
        keras.ops.conv | 3
        keras.ops.conv, N = 8, stride 3 | 3""",
    "call | 200 + 200": """
        np.correlate | 144
        signal.correlate | 144
        ndimage.correlate1d | 144
        keras.ops.conv | 400
        ops.correlate1d | 400""",
    "N | K | stride | before | after | length | Keras agrees": """
        8 | 3 | 1 | 1 | 1 | 8 | yes
        6 | 4 | 1 | 1 | 2 | 6 | yes
        8 | 3 | 2 | 0 | 1 | 4 | yes
        7 | 3 | 2 | 1 | 1 | 4 | yes
        8 | 5 | 3 | 1 | 2 | 3 | yes
        28 | 3 | 2 | 0 | 1 | 14 | yes
        224 | 7 | 2 | 2 | 3 | 112 | yes
        8 | 1 | 3 | 0 | 0 | 3 | yes""",
    "np.pad | ndimage | signal 2-D | border | agree": """
        constant | constant | fill | 0001234000 | yes
        edge | nearest | none | 1111234444 | yes
        reflect | mirror | none | 4321234321 | yes
        symmetric | reflect | symm | 3211234432 | yes
        wrap | wrap | wrap | 2341234123 | yes""",
    "pooling | padding | length | least | greatest": """
        maximum | valid | 11 → 5 | -1.0 | -1.0
        maximum | same | 11 → 6 | -1.0 | -1.0
        average | valid | 11 → 5 | -1.0 | -1.0
        average | same | 11 → 6 | -1.0 | -1.0""",
    "layers (kernel by stride) | size | jump | centre": """
        conv 3 | 3 | 1 | 1.0
        conv 3, pool 2 | 4 | 2 | 1.5
        conv 3, pool 2, conv 3 | 8 | 2 | 3.5
        two of 3 | 5 | 1 | 2.0
        three of 3 | 7 | 1 | 3.0
        3 by 2, 3 by 2, 3 | 15 | 4 | 7.0
        same, padded by 1 | 15 | 4 | 0.0""",
    "layer | output | parameters | multiply-adds": """
        Rescaling | 28 × 28 × 1 | 0 | 0
        Conv2D | 26 × 26 × 32 | 320 | 194,688
        MaxPooling2D | 13 × 13 × 32 | 0 | 0
        Conv2D | 11 × 11 × 64 | 18,496 | 2,230,272
        Flatten | 7744 | 0 | 0
        Dense | 64 | 495,680 | 495,616
        Dense | 10 | 650 | 640""",
    "layer | connections | weights": """
        dense | 529984 | 529984
        locally connected | 6084 | 6084
        convolution | 6084 | 9""",
    "loss | value": """
        by hand | 0.170
        sparse, from_logits=True | 0.170
        sparse | 0.170
        categorical | 0.170
        sparse, given logits | 0.000""",
}


def rows(header):
    return [row.strip().split(" | ") for row in TABLES[header].strip().splitlines()]


def each(header):
    """Return a decorator that runs a test for each row of the table with this header."""
    return pytest.mark.parametrize("row", rows(header), ids=lambda row: row[0])


@pytest.mark.parametrize("header", TABLES)
def test_the_page_shows_the_table(site, header):
    soup = BeautifulSoup((site / "book" / "conventions.html").read_bytes(), "html.parser")
    shown = [
        [[cell.get_text().strip() for cell in line.select("th, td")] for line in table("tr")]
        for table in soup.select(".cell_output table")
    ]
    straight = str.maketrans("”’", "\"'")
    shown = [[[cell.translate(straight) for cell in line] for line in table] for table in shown]
    assert [header.split(" | "), *rows(header)] in shown


@each("call | flips? | kernel 123 | kernel 12 | starts at")
def test_who_flips_and_where_the_result_lies(row):
    name, flips, odd, even, start = row
    impulse = np.array([0, 0, 0, 1, 0, 0, 0])
    results = ["".join(map(str, SAME[name](impulse, np.array(w)))) for w in ([1, 2, 3], [1, 2])]
    assert results == [odd, even]
    assert ("123" in odd) == (flips == "yes")
    assert even.index("1" if flips == "yes" else "2") == int(start)


DEFAULTS = {
    "np": np,
    "signal": sps,
    "ndimage": ndimage,
    "layers": keras.layers,
}


@each("call | default")
def test_default_modes(row):
    module, call = row[0].split(".")
    argument, value = row[1].replace('"', "").split("=")
    parameters = inspect.signature(getattr(DEFAULTS[module], call)).parameters
    assert parameters[argument].default == value


@each("call | length of same")
def test_length_of_same(row):
    name, length = row
    if "stride" in name:
        assert len(conv(np.arange(8), np.arange(5), stride=3)) == int(length) == -(-8 // 3)
    else:
        assert len(SAME[name](np.arange(3), np.arange(5))) == int(length)


def test_a_kernel_that_is_too_long_for_valid():
    short, long = np.arange(1, 4), np.arange(1, 6)
    assert len(np.correlate(short, long, "valid")) == 3
    with pytest.raises(ValueError, match="kernel must not be longer"):
        ops.correlate1d(short, long)
    with pytest.raises(Exception, match="negative"):
        conv(short, long, "valid")


BYTES = {
    "np.correlate": lambda x, w: np.correlate(x, w)[0],
    "signal.correlate": lambda x, w: sps.correlate(x, w, "valid")[0],
    "ndimage.correlate1d": lambda x, w: ndimage.correlate1d(x, w)[1],
    "keras.ops.conv": lambda x, w: conv(x, w, "valid")[0],
    "ops.correlate1d": lambda x, w: ops.correlate1d(x, w)[0],
}


@each("call | 200 + 200")
def test_bytes_wrap_round_or_not(row):
    assert BYTES[row[0]](np.uint8([200, 200]), np.uint8([1, 1])) == int(row[1])


def test_ndimage_keeps_the_type_of_its_input():
    step = np.uint8([[0, 0, 255, 255]] * 3)
    assert ndimage.sobel(step, axis=1).dtype == np.uint8
    assert ndimage.sobel(step, axis=1)[1, 1] == 252 == 1020 % 256
    assert ndimage.sobel(np.float32(step), axis=1)[1, 1] == 1020


@each("N | K | stride | before | after | length | Keras agrees")
def test_same_padding_is_that_of_keras(row):
    n, k, stride, before, after, length = map(int, row[:6])
    x, w = np.arange(1, n + 1), np.arange(1, k + 1)
    same = conv(x, w, "same", stride)
    assert len(same) == length
    assert_same(conv(np.pad(x, (before, after)), w, "valid", stride), same)
    total = max((length - 1) * stride + k - n, 0)
    assert (before, after) == (total // 2, total - total // 2)


def test_one_zero_on_both_sides_is_not_same():
    x, w = np.arange(1, 9), [1, 2, 3]
    assert_same(conv(x, w, "same", 2), [14, 26, 38, 23])
    assert_same(conv(np.pad(x, 1), w, "valid", 2), [8, 20, 32, 44])


def test_size_formula_with_dilation_and_leftovers():
    for n, k, s, d in np.ndindex(12, 4, 3, 2):
        n, k, s, d = n + 8, k + 1, s + 1, d + 1
        if s > 1 and d > 1:
            continue  # Keras refuses both at once
        x, w = np.ones((1, n, 1), "float32"), np.ones((k, 1, 1), "float32")
        out = keras.ops.conv(x, w, s, "valid", dilation_rate=d)
        assert out.shape[1] == (n - d * (k - 1) - 1) // s + 1


@each("np.pad | ndimage | signal 2-D | border | agree")
def test_names_of_borders(row):
    pad, nd, signal, border, _ = row
    x, expected = np.arange(1, 5), [int(digit) for digit in border]
    assert_same(np.pad(x, 3, mode=pad), expected)
    for i in range(7):  # a kernel with a single 1 fetches one neighbour
        pick = np.eye(7, dtype=int)[i]
        assert_same(ndimage.correlate1d(x, pick, mode=nd), expected[i : i + 4])
        if signal != "none":
            fetched = sps.correlate2d([x], [pick], "same", boundary=signal)
            assert_same(fetched[0], expected[i : i + 4])


@each("pooling | padding | length | least | greatest")
def test_pooling_at_the_edge(row):
    pool = {"maximum": keras.ops.max_pool, "average": keras.ops.average_pool}[row[0]]
    before, after = map(int, row[2].split(" → "))
    out = np.array(pool(-np.ones((1, before, before, 1), "float32"), 2, padding=row[1]))
    assert out.shape == (1, after, after, 1)
    assert (out == -1).all()


STACKS = {
    "conv 3": [(3, 1)],
    "conv 3, pool 2": [(3, 1), (2, 2)],
    "conv 3, pool 2, conv 3": [(3, 1), (2, 2), (3, 1)],
    "two of 3": [(3, 1)] * 2,
    "three of 3": [(3, 1)] * 3,
    "3 by 2, 3 by 2, 3": [(3, 2), (3, 2), (3, 1)],
    "same, padded by 1": [(3, 2, 1), (3, 2, 1), (3, 1, 1)],
}


@each("layers (kernel by stride) | size | jump | centre")
def test_receptive_fields_by_the_formulas(row):
    r, j, c = 1, 1, 0
    for k, s, p in ([*layer, 0][:3] for layer in STACKS[row[0]]):
        r, c, j = r + (k - 1) * j, c + ((k - 1) / 2 - p) * j, j * s
    assert [str(r), str(j), str(float(c))] == row[1:]
    size, jump, start = ops.receptive_field(STACKS[row[0]])
    assert (size, jump, start + (size - 1) / 2) == (r, j, c)


@pytest.mark.parametrize("i", range(7))
def test_counts_of_the_lectures_network(i):
    layer = models.lecture_cnn().layers[i]
    row = rows("layer | output | parameters | multiply-adds")[i]
    shape = layer.output.shape[1:]
    kernel = layer.kernel.shape if hasattr(layer, "kernel") else (0,)
    work = np.prod(shape[:-1], dtype=int) * np.prod(kernel, dtype=int)
    assert row[:2] == [type(layer).__name__, " × ".join(map(str, shape))]
    assert row[2:] == [f"{layer.count_params():,}", f"{work:,}"]


def test_counts_of_one_map():
    layer = keras.layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, 28, 28, 1))
    assert layer.count_params() == 9
    assert (26 * 26 * 9, 28 * 28 * 26 * 26) == (6084, 529984)


Z, P = np.float32([[2, 0, -1]]), np.float32([[0.843795, 0.114195, 0.042010]])
LOSSES = {
    "by hand": lambda: -np.log(np.exp(2) / np.exp([2.0, 0, -1]).sum()),
    "sparse, from_logits=True": lambda: keras.losses.SparseCategoricalCrossentropy(
        from_logits=True
    )(np.array([0]), Z),
    "sparse": lambda: keras.losses.SparseCategoricalCrossentropy()(np.array([0]), P),
    "categorical": lambda: keras.losses.CategoricalCrossentropy()(np.array([[1, 0, 0]]), P),
    "sparse, given logits": lambda: keras.losses.SparseCategoricalCrossentropy()(np.array([0]), Z),
}


@each("loss | value")
def test_losses(row):
    assert f"{float(LOSSES[row[0]]()):.3f}" == row[1]


def test_logits_without_from_logits_are_cut_off_and_normalised():
    z = np.random.default_rng(0).normal(0, 1, (50, 10)).astype("float32")
    y = np.arange(50) % 10
    cut = np.clip(z, 1e-7, 1 - 1e-7)
    cut /= cut.sum(axis=1, keepdims=True)
    loss = keras.losses.SparseCategoricalCrossentropy()(y, z)
    assert float(loss) == pytest.approx(-np.log(cut[np.arange(50), y]).mean(), rel=1e-4)


class WrittenOut(keras.layers.Layer):
    def call(self, z):
        e = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
        return e / keras.ops.sum(e, axis=-1, keepdims=True)


@pytest.mark.filterwarnings("ignore:.*from_logits")
@pytest.mark.parametrize(
    ("softmax", "loss"), [(keras.layers.Softmax, 0.0), (WrittenOut, np.log(np.e + 9) - 1)]
)
def test_keras_sees_through_its_own_softmax_only(softmax, loss):
    model = keras.Sequential([keras.Input((10,)), softmax()])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    perfect = 50 * np.eye(10, dtype="float32")
    value = model.evaluate(perfect, np.arange(10), verbose=0)
    assert value == pytest.approx(loss, abs=1e-5)


def test_one_hot_labels_are_refused_by_the_sparse_loss():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.raises(ValueError, match="rank"):
        loss(np.eye(3), Z[:, :3].repeat(3, 0))


def test_a_third_argument_of_compile_is_no_metric():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.raises(Exception, match="dtype='string' is not a valid dtype"):
        model.compile("adam", loss, ["accuracy"])
        model.fit(np.ones((4, 2), "float32"), np.array([0, 1, 2, 0]), verbose=0)


def test_two_numbers_worth_knowing():
    once = np.eye(10)[3]  # a perfect softmax
    twice = np.exp(once) / np.exp(once).sum()
    assert -np.log(twice[3]) == pytest.approx(np.log(np.e + 9) - 1)
    assert f"{np.log(10):.3f} {np.log(np.e + 9) - 1:.3f}" == "2.303 1.461"


def test_names_in_a_history_and_arguments_of_compile():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    x, y = np.ones((4, 2), "float32"), np.array([0, 1, 2, 0])
    history = model.fit(x, y, validation_data=(x, y), verbose=0).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    names = list(inspect.signature(keras.Model.compile).parameters)
    assert names[1:5] == ["optimizer", "loss", "loss_weights", "metrics"]


def test_a_keras_layer_takes_no_number_as_padding():
    with pytest.raises((AttributeError, TypeError, ValueError)):
        keras.layers.Conv2D(1, 3, padding=1)


def test_gradients_of_a_correlation():
    rng = np.random.default_rng(0)
    x, w, g = (rng.integers(-5, 6, size) for size in (7, 3, 5))
    by_x = [g @ np.correlate(step, w, "valid") for step in np.eye(7)]
    by_w = [g @ np.correlate(x, step, "valid") for step in np.eye(3)]
    assert_same(by_x, np.convolve(g, w, "full"))
    assert_same(by_w, np.correlate(x, g, "valid"))


def test_convolution_is_correlation_after_half_a_turn_and_nothing_less():
    image, kernel = np.arange(20).reshape(4, 5), np.array([[1, 2, 3], [4, 6, 9]])
    convolved = sps.convolve2d(image, kernel, "valid")
    assert_same(sps.correlate2d(image, kernel[::-1, ::-1], "valid"), convolved)
    for turned in (kernel, kernel[:, ::-1], kernel[::-1]):
        assert (sps.correlate2d(image, turned, "valid") != convolved).any()


def test_correlation_of_signal_books_is_ours_read_backwards():
    x, w = [1, 3, 2, 0, -1], [1, 2, 3]
    ours = np.correlate(x, w, "full")  # y[-(K-1)] .. y[N-1]
    books = [
        sum(x[n] * w[n + i] for n in range(5) if 0 <= n + i < 3)
        for i in range(-4, 3)  # -(N-1) .. K-1
    ]
    assert_same(books, ours[::-1])
