"""What the pages of part "Train faster, reuse" say without printing it."""

import fnmatch

import numpy as np
import pytest
from sklearn.datasets import load_digits

from convbook import data, models, training
from convbook.training import keras


@pytest.fixture
def recipes():
    return training.average_seeds(data.load_experiment("architectures")["rows"])


def work(recipe):
    return recipe["multiply_adds"] * recipe["epochs"]


# Training faster


def test_last_fifth_of_the_cycle_stays_below_a_sixth_of_its_peak():
    rate = training.one_cycle(1e-2, 938)
    assert max(float(rate(step)) for step in range(751, 939)) < 1e-2 / 6


def test_the_last_page_saved_nearly_half_a_million_parameters():
    saved = models.lecture_cnn().count_params() - models.small_cnn().count_params()
    assert 480_000 < saved < 500_000


def test_half_a_million_parameters_do_a_sixth_of_the_work():
    all_of_it = training.multiply_adds(models.lecture_cnn())
    assert 7744 * 64 / all_of_it == pytest.approx(1 / 6, abs=0.01)
    assert 11 * 11 * 3 * 3 * 32 * 64 / all_of_it > 3 / 4


def test_batch_normalisation_takes_its_mean_over_the_batch_and_all_places():
    layer, x = (
        keras.layers.BatchNormalization(),
        np.random.default_rng(0).normal(3, 2, (8, 5, 5, 4)),
    )
    y = np.array(layer(x, training=True))
    assert np.allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-3)
    assert np.allclose(y.var(axis=(0, 1, 2)), 1, atol=1e-2)
    assert [w.shape for w in layer.trainable_weights] == [(4,), (4,)]
    kinds = [type(part).__name__ for part in models.block(16, 5, stride=2)]
    assert kinds == ["Conv2D", "BatchNormalization", "ReLU"]


def test_floats_and_bytes_give_the_same_answers():
    training.keras.utils.set_random_seed(0)
    model = models.small_cnn()
    digits = data.load_mnist()[1][0][:50, ..., None]
    as_bytes, as_floats = (model.predict(x, verbose=0) for x in (digits, digits.astype(float)))
    assert np.allclose(as_bytes, as_floats, atol=1e-5)


def test_the_best_seed_looks_better_than_the_mean():
    seeds = [row["accuracy"] for row in data.load_experiment("seeds")["rows"]]
    assert len(seeds) == 10
    assert 0.0004 < max(seeds) - np.mean(seeds) < 0.001


def test_26_recipes_with_two_or_three_seeds(recipes):
    assert len(recipes) == 26
    assert {recipe["seeds"] for recipe in recipes} == {2, 3}


def test_the_stairs_rise_steeply_and_then_flatten(recipes):
    def best(limit):
        return max(r["validation"] for r in recipes if work(r) <= limit)

    cheapest, dearest = min(map(work, recipes)), max(map(work, recipes))
    middle = (cheapest * dearest) ** 0.5  # of the logarithmic axis
    assert best(middle) - best(cheapest) > 3 * (best(dearest) - best(middle))


def test_the_lectures_network_stands_far_to_the_right_of_its_equals(recipes):
    (lecture,) = [r for r in recipes if r["network"] == "lecture_cnn"]
    assert (lecture["epochs"], lecture["peak"]) == (3, 3e-3)
    assert any(r["validation"] >= lecture["validation"] for r in recipes
               if 20 * work(r) < work(lecture))  # fmt: skip


def test_shifts_win_in_all_four_pairs_that_stand_above_each_other(recipes):
    kinds = {}
    for row in recipes:
        if row["epochs"] == 5 and row["network"] == "strided_cnn":
            kinds.setdefault(str(row["filters"]), {})[row["jitter"]] = row
    assert len(kinds) == 4
    for kind in kinds.values():
        assert work(kind[0]) == work(kind[1])
        assert kind[0]["validation"] < kind[1]["validation"]


def test_each_doubling_of_the_budget_brings_less(recipes):
    best = [max(r["validation"] for r in recipes if r["cpu_seconds"] <= budget)
            for budget in (5, 10, 20, 40)]  # fmt: skip
    gains = np.diff(best)
    assert (gains > 0).all() and (np.diff(gains) < 0).all()
    low, high = training.accuracy_interval(6637, 6700)
    assert best[0] < low < best[1] < high < best[3]


def test_the_cheapest_recipe_above_the_bar_is_the_small_network(recipes):
    chosen = min((r for r in recipes if r["validation"] >= 0.99), key=lambda r: r["cpu_seconds"])
    assert (chosen["network"], chosen["epochs"], chosen["jitter"]) == ("strided_cnn", 2, 0)
    options = ("filters", "first_kernel", "batch_norm", "pooling", "average")
    again = models.strided_cnn(**{option: chosen[option] for option in options})
    shapes = [[w.shape for w in model.weights] for model in (again, models.small_cnn())]
    assert shapes[0] == shapes[1]
    assert chosen["peak"] == 1e-2


def test_what_the_lecture_reported_lies_inside_the_interval_of_each_recorded_seed():
    for row in data.load_experiment("seeds")["rows"]:
        low, high = training.accuracy_interval(10000 * row["accuracy"], 10000)
        assert low < 6637 / 6700 < high


def test_average_seeds_averages_what_differs_in_the_seed_only():
    row = {"filters": [1], "seed": 0, "cpu_seconds": 1.0, "validation": 0.5, "test": 0.25}
    rows = [row, row | {"seed": 1, "cpu_seconds": 3.0}, row | {"filters": [2]}]
    averaged = training.average_seeds(rows)
    assert [(r["filters"], r["cpu_seconds"]) for r in averaged] == [([1], 2.0), ([2], 1.0)]


# Standing on a trained network


def test_thirteen_people_wrote_the_digits_of_scikit_learn():
    told = " ".join(load_digits().DESCR.split())
    assert "copy of the test set" in told and "different 13 to the test set" in told
    assert "32x32 bitmaps are divided into nonoverlapping blocks of 4x4" in told
    assert "boun.edu.tr" in told


@pytest.mark.parametrize("frozen", [True, False])
def test_only_a_frozen_batch_normalisation_keeps_its_means(frozen):
    layer = keras.layers.BatchNormalization()
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(2)])
    layer.trainable = not frozen
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = layer.moving_mean.numpy()
    model.fit(np.full((8, 3), 5.0), np.zeros(8), verbose=0)
    assert np.array_equal(before, layer.moving_mean.numpy()) == frozen


def means_move(body, layer, **options):
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(2)(body(inputs, **options)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = layer.moving_mean.numpy()
    model.fit(np.full((8, 3), 5.0), np.zeros(8), verbose=0)
    return not np.array_equal(before, layer.moving_mean.numpy())


def test_in_an_unfrozen_body_fit_overrides_training_false_and_trainable_false_holds():
    layer = keras.layers.BatchNormalization()
    body = keras.Sequential([keras.Input((3,)), layer])
    body.trainable = False
    body.trainable = True
    assert means_move(body, layer, training=False)  # keras-team/keras#20285
    layer.trainable = False
    assert not means_move(body, layer)


def test_a_trained_body_is_found_under_the_name_that_keras_gives_it(tmp_path, monkeypatch):
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    assert fnmatch.fnmatch(name, "mobilenet_v2*1.0_224_no_top*")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert training.cached_weights("mobilenet_v2*1.0_224_no_top*") is None
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / name).touch()
    assert training.cached_weights("mobilenet_v2*1.0_224_no_top*").name == name


def test_resnet_wants_blue_first_and_the_mean_of_each_colour_taken_off():
    red = np.array([[[255.0, 0, 0]]])
    given = keras.applications.resnet50.preprocess_input(red[None].copy())[0, 0, 0]
    assert np.allclose(given, [0 - 103.939, 0 - 116.779, 255 - 123.68], atol=1e-3)


def test_efficientnet_scales_bytes_itself():
    body = keras.applications.EfficientNetB0(weights=None, include_top=False)
    assert isinstance(body.layers[1], keras.layers.Rescaling)
