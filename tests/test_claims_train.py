"""What the pages of part "Train" say of first losses, logs, luck and choice, and do not print."""

import re
from pathlib import Path
from types import SimpleNamespace

import jupytext
import numpy as np
import pytest
from scipy.stats import binom
from sklearn.model_selection import train_test_split

from convbook import data, training
from convbook.training import keras

PAGE = (Path(__file__).parents[1] / "book/learning-curves.md").read_text(encoding="utf-8")
LOGS = data.load_lecture_logs()
DENSE = LOGS["dense"]
LEVEL = np.mean(DENSE["val_accuracy"][2:])


def said(pattern):
    """Return the numbers that the page's text has at the groups of `pattern`."""
    found = re.findall(pattern.replace(" ", r"\s+"), PAGE)
    assert len(found) == 1, f"{pattern!r} stands {len(found)} times on the page"
    groups = found[0] if isinstance(found[0], tuple) else found
    return [float(number) for number in groups]


def run(marker, **names):
    """Run the page's one cell that contains `marker`; return its names and what it quotes."""
    cells = jupytext.reads(PAGE, "md:myst").cells
    (cell,) = [c.source for c in cells if c.cell_type == "code" and marker in c.source]
    quoted, silent = {}, SimpleNamespace(optimism=len, accuracy_band=len)
    names |= {"np": np, "training": training, "plots": silent, "quote": quoted.update}
    exec(cell, names)
    return names, quoted


# Before training


@pytest.mark.parametrize("seed", range(3))
def test_first_losses_of_two_slips(seed):
    (x, y), _ = data.load_mnist()
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *layers])

    def loss(images, from_logits):
        measure = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
        return float(measure(y[:5000], model(images[:5000])))

    assert abs(loss(x / 255, True) - np.log(10)) < 0.25
    assert loss(x * 1.0, True) > 100
    assert loss(x / 255, False) > 6


# The lecture's logs


@pytest.mark.parametrize(
    ("network", "column", "total"),
    [  # added up from the lecture's own print
        ("dense", "loss", 0.7660),
        ("dense", "accuracy", 19.7715),
        ("dense", "val_loss", 1.8071),
        ("dense", "val_accuracy", 19.5318),
        ("dense", "seconds", 106),
        ("cnn", "loss", 0.2975),
        ("cnn", "accuracy", 19.9086),
        ("cnn", "val_loss", 0.7835),
        ("cnn", "val_accuracy", 19.8336),
        ("cnn", "seconds", 803),
    ],
)
def test_logs_are_those_of_the_lecture(network, column, total):
    assert np.isclose(sum(LOGS[network][column]), total, atol=1e-9)


def test_epochs_and_growth_of_the_losses_in_the_text():
    best = said(r"best after epoch (\d+) and the convolutional one after epoch (\d+)")
    growth = said(r"grown to ([\d.]+) and ([\d.]+) times its minimum")
    losses = [np.array(log["val_loss"]) for log in LOGS.values()]
    assert best == [loss.argmin() + 1 for loss in losses]
    assert growth == [round(loss[-1] / loss.min(), 1) for loss in losses]
    assert said(r"validation accuracy, the dense network was best after epoch (\d+)") == [
        np.argmax(DENSE["val_accuracy"]) + 1
    ]


def test_four_digits_get_a_higher_loss_and_a_better_accuracy():
    before = said(r"probabilities ([\d.]+), ([\d.]+), ([\d.]+) and ([\d.]+), and in")
    after = said(r"gives them ([\d.]+), ([\d.]+), ([\d.]+) and ([\d.]+), and three")
    assert [np.sum(np.array(p) > 0.5) for p in (before, after)] == [2, 3]
    assert max(before[2:]) < 0.5 and sum(before[2:3]) + 0.5 <= 1  # another class can have 0.5
    means = said(r"\)/4 \\approx ([\d.]+)\$\. Later \$[^$]*\)/4 \\approx ([\d.]+)\$")
    assert np.round([-np.log(p).mean() for p in (before, after)], 2).tolist() == means
    names, _ = run("early, late")
    assert names["early"].tolist() == before and names["late"].tolist() == after


# Early stopping


def test_patience_one_trips_and_every_longer_one_does_not():
    losses = said(r"losses begin ([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+)\?")
    assert losses == DENSE["val_loss"][:5]
    assert training.early_stopping(DENSE["val_loss"], 1) == (4, 3)
    kept = {training.early_stopping(DENSE["val_loss"], p)[1] for p in range(2, 25)}
    assert kept == {5}


def test_keras_keeps_the_last_weights_unless_told_otherwise():
    stop = keras.callbacks.EarlyStopping()
    assert (stop.monitor, stop.restore_best_weights) == ("val_loss", False)


# Half an epoch late


def test_keras_judges_each_batch_before_it_learns_from_it():
    x, y = np.array([[1.0], [2], [3]]), np.array([[2.0], [0], [1]])
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[1.0]])])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit(x, y, batch_size=1, shuffle=False, verbose=0).history
    weight, losses = 1.0, []
    for a, b in zip(x[:, 0], y[:, 0], strict=True):
        losses.append((weight * a - b) ** 2)
        weight -= 0.1 * 2 * (weight * a - b) * a
    assert np.isclose(history["loss"][0], np.mean(losses), rtol=1e-5)


# How much is luck


def test_no_epoch_from_the_third_on_leaves_the_band():
    names, quoted = run("low, high =", dense=DENSE)
    inside = [names["low"] <= share <= names["high"] for share in DENSE["val_accuracy"]]
    assert inside == [False] * 2 + [True] * 18
    assert re.search(r"all 18 values from epoch 3 on lie within", PAGE)
    assert abs(names["high"] - names["low"] - 0.01) < 0.0003  # half a point down or up
    assert np.isclose(names["level"], LEVEL)
    assert quoted["extra"] == 13 and round(quoted["peak"], 2) == 0.40


def test_other_digits_could_do_as_much_as_the_peak_and_the_dip():
    right = 3300 * np.array(DENSE["val_accuracy"][2:])
    low, high = binom.interval(0.95, 3300, LEVEL)
    assert low <= right.min() and right.max() <= high


@pytest.mark.parametrize("truth", [0.975, 0.978, 0.98, 0.99])
def test_wilsons_interval_covers_the_truth_in_about_95_of_100_samples(truth):
    counts = np.arange(3301)
    likely = counts[binom.pmf(counts, 3300, truth) > 1e-8]
    intervals = [training.accuracy_interval(count, 3300) for count in likely]
    cover = [low <= truth <= high for low, high in intervals]
    assert abs(np.sum(binom.pmf(likely, 3300, truth) * cover) - 0.95) < 0.01


def test_a_tenth_of_the_digits_is_5500():
    train, validation = data.split_validation(data.load_mnist()[0][1], 5000, seed=0)
    assert (len(train), len(train[::10]), len(validation)) == (55_000, 5_500, 5_000)


# The best of many


def expected_best(m, n, truth):
    """Return the exact mean, in points, of the best of m shares of n digits, minus the truth."""
    cumulative = binom.cdf(np.arange(n + 1), n, truth) ** m
    return 100 * (np.sum(1 - cumulative) / n - truth)


def test_the_best_looks_as_much_too_good_as_exact_probabilities_say():
    names, quoted = run("def best_of")
    assert np.isclose(quoted["twenty"], expected_best(20, 3300, 0.98), atol=0.02)
    assert np.isclose(quoted["small"], expected_best(20, 500, 0.98), atol=0.03)
    one, twenty, small, fresh = names["gaps"].values()
    assert twenty.min() > 0 and small.mean() > twenty.mean()
    for honest in (one, fresh):
        assert abs(honest.mean()) < 3 * honest.std() / np.sqrt(len(honest))


def test_more_candidates_and_fewer_digits_flatter_more():
    by_candidates = [expected_best(m, 3300, 0.98) for m in (1, 2, 5, 20, 100)]
    by_digits = [expected_best(20, n, 0.98) for n in (500, 1000, 3300, 10_000)]
    assert abs(by_candidates[0]) < 1e-9
    assert np.all(np.diff(by_candidates) > 0) and np.all(np.diff(by_digits) < 0)


def test_epoch_fifteen_stands_about_as_high_as_the_luckiest_of_18_equals():
    assert re.search(r"luckiest of 18 equals", PAGE)
    peak = 100 * (max(DENSE["val_accuracy"]) - LEVEL)
    assert 0.8 < peak / expected_best(18, 3300, LEVEL) < 1.1


def test_candidates_that_share_luck_flatter_less_but_do_flatter():
    rng = np.random.default_rng(0)
    shared = rng.binomial(1650, 0.98, (4000, 1))  # half of the digits answered alike by all
    best = (shared + rng.binomial(1650, 0.98, (4000, 20))).max(axis=1) / 3300
    assert 0.1 < 100 * (best.mean() - 0.98) < 0.9 * expected_best(20, 3300, 0.98)


# Find six errors


def test_errors_stand_in_the_lines_that_the_answer_names():
    script = PAGE.split(":linenos:\n")[1].split("\n```")[0].splitlines()
    answer = PAGE.split("{dropdown} The errors, by line\n")[1].split("\n```")[0].splitlines()
    lines = [int(re.match(r"- \*\*(\d+)", error)[1]) for error in answer]
    marks = ["evaluate", "train_test_split", "x_test, x_val", "test_size", "test_size"]
    marks += ["epochs=20", "max(", "better"]
    assert len(lines) == len(marks) and len(lines) >= 6
    for line, mark in zip(lines, marks, strict=True):
        assert mark in script[line - 1]
    assert 'print("cnn, last' in script[17 - 1] and "line 17" in answer[5]
    assert not re.search("random_state|stratify|Stopping", "\n".join(script))


def test_the_split_leaves_fewer_digits_each_time_it_runs():
    test, sizes = np.arange(10_000), []
    for _ in range(2):
        test, _ = train_test_split(test, test_size=0.33)
        sizes.append(len(test))
    assert "leaves {:,} test digits, then {:,}.".format(*sizes) in PAGE
