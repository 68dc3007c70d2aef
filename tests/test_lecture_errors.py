"""Fifty things the lecture got wrong: each is answered by a page, and none of them comes back.

The table says which page answers, and with what words; where code can tell, a check runs too.
A page of which only the title is written yet is skipped.
"""

import os
import re
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import jupytext
import numpy as np
import pytest

from convbook import data, models, ops, plots, training
from convbook.training import keras

ROOT = Path(__file__).parents[1]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("book/*.md")}


def cells(text):
    notebook = jupytext.reads(text, "md:myst")
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run(page, *marks, **names):
    """Execute the one cell of a page in which each mark stands, and return their names."""
    names = {"np": np, "data": data, "models": models, "ops": ops, "training": training,
             "keras": keras, **names}  # fmt: skip
    for mark in marks:
        (cell,) = [cell for cell in cells(PAGES[page]) if mark in cell]
        exec(cell, names)
    return names


SHOWN = {"bug-clinic", "learning-curves"}  # the pages that show the lecture's code as mistakes


# What code can check. Each function is named after what must be true.


def correlation_is_that_of_numpy_and_that_of_signal_books_reversed():
    x, w = [1, 3, 2, 0, -1], [1, 2, 3]
    full = ops.correlate1d(x, w, padding="full")
    books = [sum(x[n] * w[n + i] for n in range(5) if 0 <= n + i < 3) for i in range(-4, 3)]
    assert full.tolist() == np.correlate(x, w, "full").tolist() == books[::-1]


def flipping_the_kernel_turns_one_into_the_other():
    x, w = [1, 3, 2, 0, -1], [1, 2, 3]
    assert (ops.convolve1d(x, w) == ops.correlate1d(x, w[::-1], padding="full")).all()
    assert (ops.convolve1d(x, w) != ops.correlate1d(x, w, padding="full")).any()


def the_tail_is_not_dropped_and_nothing_wraps_round():
    assert ops.convolve1d([1, 0, 0, 5], [1, 2, 3]).tolist() == [1, 2, 3, 5, 10, 15]


def the_lectures_kernel_answers_minus_one_to_what_is_constant():
    w = [-1, 1, -1]
    assert ops.convolve1d(np.ones(9, int), w, padding="valid").tolist() == [-1] * 7
    assert (ops.convolve1d([1, 2], w) == ops.correlate1d([1, 2], w, padding="full")).all()


def each_mode_has_its_range():
    lengths = [ops.output_length(5, 3, padding=mode) for mode in ("valid", "same", "full")]
    assert lengths == [3, 5, 7]


def six_ways_with_the_border_are_named():
    assert re.findall(r"valid", PAGES["edges"]) and re.findall(r"zeros", PAGES["edges"])
    for mode in ("reflect", "symmetric", "edge", "wrap"):
        assert re.search(rf"\b{mode}\b", PAGES["edges"]), mode


def an_image_has_two_indices():
    x, w = np.arange(20).reshape(4, 5) ** 2, np.array([[1, 2, 4], [3, -5, 7]])
    (height, width), (kh, kw) = x.shape, w.shape
    by_hand = [
        [sum(x[i + a, j + c] * w[a, c] for a in range(kh) for c in range(kw))
         for j in range(width - kw + 1)]
        for i in range(height - kh + 1)
    ]  # fmt: skip
    assert ops.correlate2d(x, w).tolist() == by_hand


def a_bright_block_beats_the_true_match():
    names = run("patterns", "scene = np.zeros((7, 12)", "zero_mean = ")
    raw, zero_mean, normalised = (names[key] for key in ("score", "zero_mean", "ncc"))
    assert (raw[2, 1], raw[2, 7], raw.argmax() % raw.shape[1] > 4) == (5, 45, True)
    assert zero_mean[:, 4:].max() > zero_mean[2, 1] > 0 == round(zero_mean[2, 7], 9)
    assert normalised.argmax() == 2 * normalised.shape[1] + 1
    assert round(normalised.max(), 9) == 1 > 2 * normalised[:, 4:].max()


def sharing_and_locality_are_counted_apart():
    assert (models.dense().count_params(), models.lecture_cnn().count_params()) == (101770, 515146)
    sizes = {layer.count_params() for layer in models.lecture_cnn().layers}
    assert {320, 18496, 495680, 650} <= sizes
    assert round(495680 / 515146, 3) == 0.962


def valid_shrinks_by_k_minus_one():
    assert [ops.output_length(28, k) for k in (1, 3, 5)] == [28, 26, 24]


def flattening_goes_row_by_row_and_keeps_channels_together():
    image = run("channels", "tiny = 100 * i")["tiny"]  # (H, W, C), each number names its place
    flat = np.array(keras.layers.Flatten()(image[None].astype("float32")))[0]
    for (i, j, m), value in np.ndenumerate(image):
        assert flat[(i * image.shape[1] + j) * 3 + m] == value == 100 * i + 10 * j + m


def a_filter_spans_all_input_channels():
    layer = keras.layers.Conv2D(2, 3)
    layer.build((None, 5, 5, 3))
    assert layer.kernel.shape == (3, 3, 3, 2)
    assert layer.bias.shape == (2,)
    page = run("channels", "total = from_red + from_green")
    x = np.stack([page["red"], page["green"]], axis=2)[None]
    w = np.stack([page["red_kernel"], page["green_kernel"]], axis=2)[..., None]
    assert (ops.conv_layer(x, w, [0])[0, :, :, 0] == page["total"]).all()


def pooling_by_two_leaves_a_quarter_of_the_positions():
    shapes = [layer.output.shape for layer in models.lecture_cnn().layers]
    assert (None, 26, 26, 32) in shapes and (None, 13, 13, 32) in shapes
    assert ops.max_pool2d(np.zeros((1, 100, 100, 1)), 10).size == 100


def no_page_shows_pictures_of_others():
    remote = r"!\[[^\]]*\]\(https?:|```\{(?:image|figure)\} +https?:|\.gif\b|<img|<iframe"
    assert [name for name, text in PAGES.items() if re.search(remote, text)] == []


def the_work_is_what_makes_it_slow():
    work = [training.multiply_adds(m) for m in (models.dense(), models.lecture_cnn())]
    assert work == [101632, 2921216]


def every_page_imports_what_it_uses():
    for name, text in PAGES.items():
        code = "\n".join(cells(text))
        for short, module in [("np", "numpy"), ("keras", "keras"), ("plt", "matplotlib")]:
            if re.search(rf"(?<![\w.]){short}\.\w", code):
                assert re.search(rf"import\b.*\b{short}\b", code), f"{name}: {module}"


def no_page_mixes_keras_with_tensorflow():
    mixed = r"^\s*(?:import tensorflow|from tensorflow)|\btf\.keras"
    found = [name for name, text in PAGES.items() for cell in cells(text)
             if re.search(mixed, cell, re.M)]  # fmt: skip
    assert found == []


def the_networks_can_be_rebuilt_from_their_description():
    for build in (models.dense, models.lecture_cnn, models.small_cnn):
        model = build()
        again = keras.Sequential.from_config(model.get_config())
        assert again.count_params() == model.count_params()


def the_networks_start_with_an_input_and_no_warning(recwarn):
    for build in (models.dense, models.lecture_cnn, models.small_cnn):
        assert build().input_shape == (None, 28, 28, 1)
    assert [w for w in recwarn if "input_shape" in str(w.message)] == []


def images_stay_bytes():
    (x, _), _ = data.load_mnist()
    assert x.dtype == np.uint8
    sizes = [round(x.size * np.dtype(kind).itemsize / 1e6) for kind in ("u1", "f4", "f8")]
    assert sizes == [47, 188, 376]


def bytes_have_no_sign():
    assert (np.uint8([5]) - np.uint8([10]))[0] == 251


def digits_are_drawn_in_grey():
    figure = plots.images(np.arange(8).reshape(2, 2, 2))
    assert {image.get_cmap().name for ax in figure.axes for image in ax.images} == {"gray"}


def labels_stay_integers():
    _, (_, y) = data.load_mnist()
    assert y.ndim == 1 and y.dtype.kind == "u"


def a_second_softmax_has_a_floor():
    assert round(float(np.log(np.e + 9) - 1), 3) == 1.461


def the_test_labels_are_not_touched_before_the_end():
    for page, heading in [("mnist-dense", "## Opening the"), ("mnist-cnn", "## The final")]:
        before, after = PAGES[page].split(heading)
        assert before.count("y_test") == 1, page  # where the data are loaded
        assert "y_test" in after
    for name, text in PAGES.items():
        training_cells = [cell for cell in cells(text) if re.search(r"\.fit\(", cell)]
        assert name in SHOWN or not [cell for cell in training_cells if "_test" in cell], name


def validation_comes_out_of_the_training_labels():
    (_, y), _ = data.load_mnist()
    train, validation = data.split_validation(y, 5000, seed=0)
    assert (len(train), len(validation)) == (55000, 5000)
    assert np.intersect1d(train, validation).size == 0


def a_split_is_seeded_stratified_and_the_same_again():
    (_, y), _ = data.load_mnist()
    first, again = (data.split_validation(y, 5000, seed=0)[1] for _ in range(2))
    assert (first == again).all()
    share = np.bincount(y[first]) / 5000 - np.bincount(y) / len(y)
    assert np.abs(share).max() < 1 / 5000


def a_seed_gives_the_same_network():
    weights = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        weights.append(models.dense().get_weights()[0])
    assert (weights[0] == weights[1]).all()


def the_best_epoch_can_be_restored():
    stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    assert stop.restore_best_weights


def the_history_has_the_key_accuracy():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    x, y = np.ones((4, 2), "float32"), np.array([0, 1, 1, 0])
    keys = model.fit(x, y, validation_data=(x, y), verbose=0).history
    assert "val_accuracy" in keys and "acc" not in keys


HISTORY = {
    "loss": [3.0, 2, 1],
    "val_loss": [2.0, 2, 2],
    "accuracy": [0.1, 0.2, 0.3],
    "val_accuracy": [0.2, 0.2, 0.2],
}


def epochs_count_from_one_and_training_lies_half_an_epoch_earlier():
    lines = plots.learning_curves(HISTORY).axes[0].lines
    assert lines[0].get_xdata().tolist() == [0.5, 1.5, 2.5]
    assert lines[1].get_xdata().tolist() == [1, 2, 3]


def curves_differ_in_more_than_colour_and_have_labels():
    figure = plots.learning_curves(HISTORY)
    for ax in figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel()
        assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 2
        assert len({line.get_color() for line in ax.lines}) == 2
    assert any(ax.get_legend() for ax in figure.axes)


def three_thousand_digits_leave_half_a_point_of_doubt():
    low, high = training.accuracy_interval(0.978 * 3300, 3300)
    assert (high - low) / 2 == pytest.approx(0.005, abs=0.0003)
    accuracies = data.load_lecture_logs()["dense"]["val_accuracy"]
    assert int(np.argmax(accuracies)) + 1 == 15
    assert low <= min(accuracies[2:]) and max(accuracies[2:]) <= high


def a_new_axis_cannot_mix_pixels():
    x = np.arange(24).reshape(2, 3, 4)
    assert (x[..., None][..., 0] == x).all()
    assert (x.reshape(3, 4, 2)[..., 0] != x[0]).any()


def a_second_pooling_shrinks_the_dense_layer():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64),
            layers.Dense(10),
        ]
    )
    assert model.count_params() == 121930


def what_is_left_to_learn_of_a_large_network_is_a_head():
    names = run("pretrained", "include_top=False")
    learnt, all_of_them = (
        sum(int(np.prod(w.shape)) for w in weights)
        for weights in (names["flowers"].trainable_weights, names["flowers"].weights)
    )
    assert (learnt, all_of_them) == (6405, 2264389)


def a_frozen_body_stays_as_it_was():
    names = run("pretrained", "backbone.trainable = False", network=models.small_cnn())
    backbone, renewed = names["backbone"], names["renewed"]
    before = [weights.copy() for weights in backbone.get_weights()]
    (x, y), _ = data.load_mnist()
    renewed.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head = renewed.layers[-1].kernel.numpy().copy()
    renewed.fit(x[:40, ..., None], y[:40], batch_size=20, verbose=0)
    assert (renewed.layers[-1].kernel.numpy() != head).any()
    assert all(np.array_equal(*pair) for pair in zip(before, backbone.get_weights(), strict=True))


def shifting_the_training_digits_helps():
    changes = run("training-faster", "ladder = {", strided=None)["ladder"]
    assert changes["shifts by one pixel"] == {"shifts": 1}
    rows = training.average_seeds(data.load_experiment("architectures")["rows"])
    long = [r for r in rows if r["epochs"] == 5 and r["network"] == "strided_cnn"]
    without = {str(r["filters"]): r["validation"] for r in long if not r["jitter"]}
    shifted = {str(r["filters"]): r["validation"] for r in long if r["jitter"]}
    assert set(without) == set(shifted) and len(shifted) == 4
    assert all(shifted[filters] > without[filters] for filters in shifted)


def an_accuracy_has_an_interval():
    low, high = training.accuracy_interval(6637, 6700)
    assert (high - low) / 2 == pytest.approx(0.0023, abs=0.0001)


def no_page_stores_outputs():
    leaked = r"keras\.callbacks\.History at|object at 0x|Anaconda|\[=+>?\.*\]"
    assert [name for name, text in PAGES.items() if re.search(leaked, text)] == []


NUMBERED = [  # number, what was wrong, the page that answers, a pattern of its answer, a check
    (1, "images called unstructured", "receptive-fields", r"\*unstructured\*.*no structure", None),
    (2, "the same cell everywhere", "receptive-fields", r"fovea", None),
    (3, "correlation of signal books for that of networks", "sliding-dot-product",
     r"third variant.*y\[-i\]", correlation_is_that_of_numpy_and_that_of_signal_books_reversed),
    (4, "convolution called a sliding dot product, flip unsaid", "sliding-dot-product",
     r"same, flipped", flipping_the_kernel_turns_one_into_the_other),
    (5, "sums without ranges", "sliding-dot-product",
     r"counts from the \*end\* of the array", the_tail_is_not_dropped_and_nothing_wraps_round),
    (6, "exercise without inputs, kernel its own mirror image", "sliding-dot-product",
     r"palindrome|same from both ends",
     the_lectures_kernel_answers_minus_one_to_what_is_constant),
    (7, "range of the result", "sliding-dot-product", r"N-K\+1.*N\+K-1", each_mode_has_its_range),
    (8, "options for the edges missing", "edges", r"symmetric", six_ways_with_the_border_are_named),
    (9, "1-D formula for images", "patterns", r"x\[i\+a,\\, j\+c\]\\; w\[a,c\].*H-k_h.*W-k_w",
     an_image_has_two_indices),
    (10, "large dot product taken for likeness", "patterns",
     r"A dot product measures likeness \*times brightness\*",
     a_bright_block_beats_the_true_match),
    (11, "locality and sharing merged; fewer weights as a law", "dense-to-convolution",
     r"\*\*locality\*\*.*\*\*weight sharing\*\*", sharing_and_locality_are_counted_apart),
    (12, "how much smaller an image gets", "edges", r"N-K\+1",
     valid_shrinks_by_k_minus_one),
    (13, "flattening a colour image", "channels",
     r"\$x\[i,j,m\]\$ lands at \$\(i\\,W\+j\)\\,3\+m\$",
     flattening_goes_row_by_row_and_keeps_channels_together),
    (14, "each kernel spans all input channels", "channels",
     r"A \*\*filter\*\* has one kernel for each channel of its input",
     a_filter_spans_all_input_channels),
    (15, "a hundredfold downsampling without context", "pooling", r"window of 10 × 10",
     pooling_by_two_leaves_a_quarter_of_the_positions),
    (16, "link to moving pictures of others", "references", r"towardsdatascience",
     no_page_shows_pictures_of_others),
    (17, "two protocols compared", "mnist-cnn", r"seed.*interval|interval.*seed", None),
    (18, "slower, without a reason", "mnist-cnn", r"multiply-adds",
     the_work_is_what_makes_it_slow),
    (19, "supercomputers for days", "pretrained",
     r"days on machines that few people own, but it is done",
     what_is_left_to_learn_of_a_large_network_is_a_head),
    (20, "loading a trained network announced only", "pretrained",
     r"backbone\.trainable = False.*include_top=False, pooling=\"avg\", weights=weights",
     a_frozen_body_stays_as_it_was),
    (21, "imports missing", "mnist-dense", r"import numpy as np", every_page_imports_what_it_uses),
    (22, "three libraries mixed", "mnist-dense", r"import keras",
     no_page_mixes_keras_with_tensorflow),
    (23, "optimizer of TensorFlow 1", "mnist-dense", r"compile\(\"adam\"", None),
    (24, "functions as activations cannot be loaded", "mnist-dense", r'activation="relu"',
     the_networks_can_be_rebuilt_from_their_description),
    (25, "shape given to the first layer", "mnist-dense", r"keras\.Input\(",
     the_networks_start_with_an_input_and_no_warning),
    (26, "float64 by accident", "mnist-dense", r"turns each byte into eight", images_stay_bytes),
    (27, "bytes have no sign", "mnist-dense", r"byte without a sign", bytes_have_no_sign),
    (28, "grey image in false colours", "mnist-dense", r"white on black", digits_are_drawn_in_grey),
    (29, "undefined function for the sheet of digits", "mnist-dense", r"fig-sheet", None),
    (30, "one-hot labels without need", "mnist-dense", r"SparseCategoricalCrossentropy",
     labels_stay_integers),
    (31, "softmax in the network", "mnist-dense", r"from_logits=True",
     a_second_softmax_has_a_floor),
    (32, "test set used while designing", "mnist-dense", r"we may look, once",
     the_test_labels_are_not_touched_before_the_end),
    (33, "validation cut from the test set", "mnist-dense",
     r"splitting the \*test\* set in two", validation_comes_out_of_the_training_labels),
    (34, "a cell that shrinks the test set when run again", "bug-clinic", r"4,489",
     a_split_is_seeded_stratified_and_the_same_again),
    (35, "first or last digits as validation", "mnist-dense", r"same share of every digit", None),
    (36, "no seed", "mnist-dense", r"set_random_seed", a_seed_gives_the_same_network),
    (37, "last epoch reported", "mnist-dense", r"restore_best_weights=True",
     the_best_epoch_can_be_restored),
    (38, "key of the history", "conventions", r"`val_accuracy`", the_history_has_the_key_accuracy),
    (39, "epochs counted from 0", "mnist-dense", r"learning_curves",
     epochs_count_from_one_and_training_lies_half_an_epoch_earlier),
    (40, "curves of one colour without labels", "mnist-dense", r"fig-dense-curves",
     curves_differ_in_more_than_colour_and_have_labels),
    (41, "average over an epoch compared with its end", "mnist-dense",
     r"averages over an epoch", None),
    (42, "wiggles read as a trend", "learning-curves", r"another 3,300 digits could do as much",
     three_thousand_digits_leave_half_a_point_of_doubt),
    (43, "reshape with a number of images typed in", "bug-clinic", r"\[\.\.\., None\]",
     a_new_axis_cannot_mix_pixels),
    (44, "one pooling, so most weights in a dense layer", "mnist-cnn", r"96 %",
     a_second_pooling_shrinks_the_dense_layer),
    (45, "no remedy for overfitting", "training-faster",
     r"\*Augmentation\* makes new training digits.*\*dropout\*.*usual remedy for overfitting",
     shifting_the_training_digits_helps),
    (46, "old file format", "mnist-cnn", r"\.keras\"", None),
    (47, "sixteen digits", "mnist-dense", r"would be noise", an_accuracy_has_an_interval),
    (48, "outputs and a user's name left in", "mnist-dense", r"verbose=0", no_page_stores_outputs),
    (49, "no look at mistakes or weights", "mnist-dense",
     r"fig-dense-confusion.*fig-dense-mistakes.*fig-dense-weights", None),
    (50, "links that moved", "references",
     r"tutorials/keras/classification.*|deeplearningwithpython\.io", None),
]  # fmt: skip


def test_the_table_has_all_fifty():
    assert [row[0] for row in NUMBERED] == list(range(1, 51))


@pytest.mark.parametrize("row", NUMBERED, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_page_answers(row):
    _, _, page, pattern, _ = row
    if re.search(r"^Stub\.$", PAGES[page], re.M):
        pytest.skip(f"{page} is not written yet")
    text = " ".join(PAGES[page].split())
    assert re.search(pattern, text, re.I), f"{page} does not say {pattern}"


ANSWERED_BY_A_PHRASE = [row for row in NUMBERED if row[0] in {9, 10, 13, 14, 19, 20, 42, 45}]


@pytest.mark.parametrize("row", ANSWERED_BY_A_PHRASE, ids=lambda row: f"{row[0]}: {row[1]}")
def test_no_other_page_would_do(row):
    _, _, page, pattern, _ = row
    found = [
        name for name, text in PAGES.items() if re.search(pattern, " ".join(text.split()), re.I)
    ]
    assert found == [page]


CHECKS = [(row[0], row[4]) for row in NUMBERED if row[4]]


@pytest.mark.parametrize(
    ("number", "check"), CHECKS, ids=lambda value: getattr(value, "__name__", value)
)
def test_code_agrees(number, check, recwarn):
    if check is six_ways_with_the_border_are_named and "Stub." in PAGES["edges"]:
        pytest.skip("edges is not written yet")
    check(recwarn) if check.__code__.co_argcount else check()


# None of it comes back. Each row: a pattern, and the pages that show it as a mistake.

CODE = [
    (r"AdamOptimizer", SHOWN),
    (r"history\[[\"'](?:val_)?acc[\"']\]", SHOWN),
    (r"\.(?:h5|hdf5)\b", SHOWN),
    (r"train_test_split\(\s*X_test", SHOWN),
    (r"= *[Xx]_test *, *[Xx]_val|[Xx]_test, *[Xx]_valid", SHOWN),
    (r"activation *= *tf\.", SHOWN),
    (r"\binput_shape *=", {*SHOWN, "pretrained"}),
    (r"/ *255\.0", SHOWN),
    (r"showMNIST", SHOWN),
    (r"to_categorical", SHOWN | {"conventions"}),
    (r"reshape\(\(?60[_,]?000", SHOWN),
    (r"range\(len\((?:acc|loss)\)\)", SHOWN),
    (r"validation_data=\([Xx]_test", SHOWN),
    (r"validation_split", SHOWN),
    (r"metrics=\[\"acc\"\]", SHOWN),
    (r"compile\([^()]*, \[\"accuracy\"\]", SHOWN),
]

WORDS = [  # in prose, outside quotation marks and italics, in which mistakes are cited
    (r"mathematically (?:the same|identical|equivalent)", set()),
    (r"unstructured", set()),
    (r"elementwise dot product|dot product, elementwise", set()),
    (r"(?:translation|shift)[- ]invarian(?:t|ce)", set()),
    (r"vertical filter|horizontal filter", {"glossary"}),
    (r"one-to-one", {"glossary"}),
    (r"zero[- ]padding|zero[- ]padded", {"glossary"}),
    (r"supercomput", set()),
    (r"coming soon", set()),
    (r"8 ?-?bit integer", set()),
    (r"tutorials/keras/basic_classification", set()),
]

FILES = [
    path
    for pattern in ("index.md", "book/*.md", "solutions/*.md", "convbook/*.py")
    for path in sorted(ROOT.glob(pattern))
]


def names(path):
    return path.relative_to(ROOT).as_posix()


def code_of(path):
    text = path.read_text(encoding="utf-8")
    return text if path.suffix == ".py" else "\n".join(cells(text))


def prose_of(path):
    """Return the text of a page without code, quotations and italics, on one line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return " ".join(re.findall(r'"""(.*?)"""', text, re.S))
    text = re.sub(r"```+\{code-cell\}.*?\n```+\n|`[^`\n]*`", " ", text, flags=re.S)
    text = re.sub(r"\[[^\]]*\]\([^)]*\)", " ", " ".join(text.split()))  # titles of others
    return re.sub(r'"[^"]{1,200}"|“[^”]{1,200}”|\*[^*\n]{1,80}\*', " ", text)


@pytest.mark.parametrize("path", FILES, ids=names)
def test_no_code_of_the_lecture_comes_back(path):
    code = code_of(path)
    found = [rule for rule, shown in CODE if path.stem not in shown and re.search(rule, code)]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=names)
def test_no_words_of_the_lecture_come_back(path):
    prose = prose_of(path)
    found = [rule for rule, shown in WORDS
             if path.stem not in shown and re.search(rule, prose, re.I)]  # fmt: skip
    assert found == []


def test_the_rules_find_what_they_are_for():
    """A rule that never fires would prove nothing: let each meet the lecture's own words."""
    lecture = """
        model.compile(optimizer=tf.train.AdamOptimizer(), loss=l, metrics=["acc"])
        acc = history.history['acc']
        val_acc = history.history['val_acc']
        epochs = range(len(acc))
        model.save('myCNN1.h5')
        X_test, X_valid, y_test, y_valid = train_test_split(X_test, y_test, test_size=0.33)
        layers.Dense(128, activation=tf.nn.relu, input_shape=(28, 28))
        X_train = X_train / 255.0
        showMNIST10x10()
        y_train_cat = to_categorical(y_train)
        X_train = X_train.reshape((60000, 28, 28, 1))
        model.fit(X_train, y_train, validation_data=(X_test, y_test), validation_split=0.1)
        model.compile("adam", loss, ["accuracy"])
    """
    assert [rule for rule, _ in CODE if not re.search(rule, lecture)] == []
