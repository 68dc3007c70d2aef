"""What a network is fed with, and how it is counted and judged."""

import numpy as np
import pytest

from convbook import models, training


def test_batches_hold_every_example_once_in_a_new_order_each_epoch():
    x = np.arange(10, dtype=np.uint8)[:, None]
    orders = []
    dataset = training.batches(x, np.arange(10), 4, seed=0)
    for _ in range(2):
        pairs = [(a.numpy()[:, 0], b.numpy()) for a, b in dataset]
        assert all(np.array_equal(a, b) for a, b in pairs) and pairs[0][0].dtype == np.uint8
        orders.append(np.concatenate([b for _, b in pairs]).tolist())
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    assert orders[0] != orders[1]


def test_batches_without_a_seed_keep_their_order():
    batch = next(iter(training.batches(np.arange(5), np.arange(5), 5)))
    assert batch[0].numpy().tolist() == [0, 1, 2, 3, 4]


def test_one_cycle_rises_and_falls():
    rate = training.one_cycle(1e-2, 100)
    values = np.array([float(rate(step)) for step in range(101)])
    assert values[0] == 0 and values.argmax() == 20 and np.isclose(values[20], 1e-2)
    assert np.all(np.diff(values[:21]) > 0) and np.all(np.diff(values[20:]) < 0)
    assert np.isclose(values[-1], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("build", "count"), [("dense", 101_632), ("lecture_cnn", 2_921_216), ("small_cnn", 344_448)]
)
def test_multiply_adds(build, count):
    assert training.multiply_adds(getattr(models, build)()) == count


def test_score_is_the_share_of_right_answers_with_wilsons_interval():
    logits = np.eye(4)[[0, 1, 2, 2]]
    accuracy, low, high = training.score(logits, np.array([0, 1, 2, 3]))
    assert accuracy == 0.75
    assert np.allclose((low, high), (0.3006, 0.9544), atol=1e-4)


@pytest.mark.parametrize(
    ("losses", "patience", "result"),
    [([3, 2, 1, 2, 2, 0.5], 2, (5, 3)), ([3, 2, 1], 2, (3, 3)), ([1, 1, 1, 0.5], 3, (4, 4))],
)
def test_early_stopping_counts_epochs_from_one(losses, patience, result):
    assert training.early_stopping(losses, patience) == result


def test_cached_weights_are_found_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert training.cached_weights("net*") is None
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net_1.weights").write_bytes(b"")
    assert training.cached_weights("net*").name == "net_1.weights"
