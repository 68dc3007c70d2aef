"""The records of the long experiments are whole and plausible, and a small part comes out again."""

import datetime
import importlib.util
import json

import numpy as np
import pytest
from conftest import ROOT

from convbook import data, models, training

SPEC = importlib.util.spec_from_file_location("experiments", ROOT / "tools" / "experiments.py")
experiments = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(experiments)

NAMES = sorted(path.stem for path in data.EXPERIMENTS.glob("*.json"))
SHARES = ("accuracy", "inverted", "validation", "test")
# Lowest and highest plausible share of right answers on digits as they are.
PLAUSIBLE = {
    "dense": (0.97, 0.985),
    "lecture_cnn": (0.985, 0.994),
    "two_pools": (0.985, 0.995),
    "global_pooling": (0.97, 0.995),
    "small_cnn": (0.988, 0.994),
    "strided_cnn": (0.92, 0.997),
}


@pytest.fixture(params=NAMES)
def record(request):
    return request.param, data.load_experiment(request.param)


def rows(name, **wanted):
    return experiments.belonging(data.load_experiment(name)["rows"], wanted)


def mean(name, field="accuracy", **wanted):
    found = [row[field] for row in rows(name, **wanted)]
    return sum(found) / len(found)


def test_there_is_a_record_of_each_experiment_and_no_other():
    assert set(NAMES) == set(experiments.EXPERIMENTS)


def test_fields(record):
    name, content = record
    assert list(content) == ["what", "command", "date", "versions", "rows"]
    assert content["what"].endswith(".") and content["what"] == experiments.EXPERIMENTS[name][0]
    assert content["command"] == f"make experiments NAMES={name}"
    assert datetime.date.fromisoformat(content["date"]) >= datetime.date(2025, 1, 1)
    assert list(content["versions"]) == ["python", "numpy", "keras", "tensorflow"]
    assert len({frozenset(row) for row in content["rows"] if row.get("shift") != 0}) == 1


def test_each_setting_is_measured_once_and_nothing_else(record):
    name, content = record
    settings = experiments.EXPERIMENTS[name][1]
    keys = [*settings[0], "shift"]
    labels = [json.dumps([row.get(key) for key in keys]) for row in content["rows"]]
    assert len(set(labels)) == len(labels)
    for row in content["rows"]:
        assert sum(setting.items() <= row.items() for setting in settings) == 1, row
    assert all(experiments.belonging(content["rows"], setting) for setting in settings)


def test_values_are_plausible(record):
    _, content = record
    for row in content["rows"]:
        for field in SHARES:
            assert 0 <= row.get(field, 0) <= 1
            # A share of 5,000 or 10,000 digits, or the mean of four such.
            assert abs(row.get(field, 0) * 40000 - round(row.get(field, 0) * 40000)) < 0.5
        low, high = PLAUSIBLE[row["network"]]
        if not row.get("shift") and not row.get("permuted"):
            assert low <= row.get("accuracy", row.get("test")) <= high, row
        assert 1 < row.get("cpu_seconds", 2) < 1000


def test_shifts_are_complete_and_hurt_global_pooling_least():
    for setting in experiments.EXPERIMENTS["shifts"][1]:
        found = rows("shifts", **setting)
        assert [row["shift"] for row in found] == list(range(9))
        assert all("inverted" in row for row in found if row["shift"] == 0)
        values = [row["accuracy"] for row in found]
        assert all(b < a + 0.01 for a, b in zip(values, values[1:], strict=False))
    four = {
        network: mean("shifts", network=network, shift=4)
        for network in PLAUSIBLE
        if rows("shifts", network=network)
    }
    assert max(four, key=four.get) == "global_pooling"
    assert min(four, key=four.get) == "dense"


def test_unshuffled_rows_are_the_networks_of_other_experiments():
    for row in rows("shuffled", permuted=False):
        which = {"network": row["network"], "seed": row["seed"]}
        others = rows("seeds", **which) or rows("shifts", **which, shift=0)
        assert row["accuracy"] == others[0]["accuracy"]


def test_shuffling_hurts_convolution_and_not_the_dense_network():
    lost = {
        network: mean("shuffled", network=network, permuted=False)
        - mean("shuffled", network=network, permuted=True)
        for network in ("dense", "two_pools", "small_cnn")
    }
    assert abs(lost["dense"]) < 0.003
    assert min(lost["two_pools"], lost["small_cnn"]) > 0.005


def test_sizes_and_costs_are_those_of_the_networks():
    for row in rows("architectures", seed=0):
        options = {key: row[key] for key in ("first_kernel", "batch_norm", "pooling", "average")}
        if row["network"] == "strided_cnn":
            model = models.strided_cnn(row["filters"], **options)
        else:
            model = getattr(models, row["network"])()
        assert row["parameters"] == model.count_params()
        assert row["multiply_adds"] == training.multiply_adds(model)


def test_one_network_gets_994_of_1000_digits_right():
    assert max(row["test"] for row in rows("architectures")) >= 0.994


@pytest.mark.parametrize(
    ("build", "parameters"),
    [(models.two_pools, 121930), (models.global_pooling, 56394), (models.strided_cnn, 29658)],
)
def test_networks_have_the_size_they_name(build, parameters):
    assert build().count_params() == parameters
    assert build()(np.zeros((2, 28, 28, 1))).shape == (2, 10)


def test_small_cnn_is_the_default_of_its_family():
    def layers(model):
        configs = [(type(layer), layer.get_config()) for layer in model.layers]
        return [(kind, {**config, "name": None}) for kind, config in configs]

    assert layers(models.small_cnn()) == layers(models.strided_cnn())


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="name must be one of .*seeds.*; it is 'luck'"):
        data.load_experiment("luck")


def test_a_package_without_the_course_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="not with the package alone"):
        data.load_experiment("seeds", folder=tmp_path / "experiments")


def test_shift_moves_whole_pixels_and_fills_with_zeros():
    images = np.arange(1, 2 * 784 + 1).reshape(2, 28, 28)
    assert (experiments.shifted(images, 0, 0) == images).all()
    moved = experiments.shifted(images, 2, -3)
    assert (moved[:, 2:, :25] == images[:, :26, 3:]).all()
    assert moved[:, :2].sum() == 0 and moved[:, :, 25:].sum() == 0


def test_share_of_digits_that_lose_ink():
    images = data.load_mnist()[1][0]
    for pixels, low, high in ((1, 0, 0.01), (4, 0.18, 0.25), (6, 0.5, 0.7)):
        ways = ((0, pixels), (pixels, 0), (0, -pixels), (-pixels, 0))
        left = [experiments.shifted(images, *way).sum(axis=(1, 2), dtype=int) for way in ways]
        assert low <= np.mean(left < images.sum(axis=(1, 2), dtype=int)) <= high


def test_jitter_moves_each_image_by_one_pixel_at_most():
    images = np.zeros((200, 28, 28), dtype="uint8")
    images[:, 14, 14] = 1
    moved = data.jittered(images, 1, np.random.default_rng(0))
    places = np.argwhere(moved)
    assert len(places) == 200 and moved.dtype == "uint8"
    assert len({tuple(place) for place in places[:, 1:]}) == 9
    assert abs(places[:, 1:] - 14).max() == 1


def test_shuffling_is_one_permutation_for_all_images():
    images = np.arange(784).reshape(1, 28, 28).repeat(2, axis=0)
    mixed = experiments.shuffled_pixels(images)
    assert (mixed[0] == mixed[1]).all() and (mixed[0] != images[0]).any()
    assert sorted(mixed[0].ravel()) == list(range(784))


def test_measuring_again_gives_the_recorded_values():
    """Other processors round otherwise, and training amplifies that: hence the bands."""
    for row, band in zip(
        experiments.measure_shifts("dense", 0, shifts=(0, 4)), (0.005, 0.04), strict=True
    ):
        (recorded,) = rows("shifts", network="dense", seed=0, shift=row["shift"])
        assert row["accuracy"] == pytest.approx(recorded["accuracy"], abs=band)
    setting = experiments.architecture(4, 8, 12, epochs=1)[0]
    (row,) = experiments.measure_architectures(**setting)
    (recorded,) = rows("architectures", **setting)
    assert row["validation"] == pytest.approx(recorded["validation"], abs=0.01)
    assert row["test"] == pytest.approx(recorded["test"], abs=0.01)


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    measured = []

    def measure(seed):
        if seed == 1 and len(measured) == 1:
            raise KeyboardInterrupt
        measured.append(seed)
        yield {"accuracy": 0.5}

    settings = [{"seed": 0}, {"seed": 1}]
    monkeypatch.setattr(experiments, "WORK", tmp_path / "work")
    monkeypatch.setattr(experiments, "RECORDS", tmp_path / "records")
    monkeypatch.setitem(experiments.EXPERIMENTS, "toy", ("Toy.", settings, measure))
    with pytest.raises(KeyboardInterrupt):
        experiments.record("toy", 99)
    measured.append("a second run")
    experiments.record("toy", 99)
    assert measured == [0, "a second run", 1]
    content = data.load_experiment("toy", folder=tmp_path / "records")
    assert content["rows"] == [{"seed": seed, "accuracy": 0.5} for seed in (0, 1)]
    written = (tmp_path / "records" / "toy.json").stat().st_mtime_ns
    experiments.record("toy", 1)  # nothing new: neither date nor rows change
    assert (tmp_path / "records" / "toy.json").stat().st_mtime_ns == written
