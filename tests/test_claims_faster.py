"""What "Training faster" says without printing it."""

import numpy as np

from convbook import data, training


def test_last_fifth_of_the_cycle_stays_below_a_sixth_of_its_peak():
    rate = training.one_cycle(1e-2, 938)
    assert max(float(rate(step)) for step in range(751, 939)) < 1e-2 / 6


def test_shifts_win_in_every_recorded_pair_of_five_epochs():
    rows = training.average_seeds(data.load_experiment("architectures")["rows"])
    kinds = {}
    for row in rows:
        if row["epochs"] == 5 and row["network"] == "strided_cnn":
            kinds.setdefault(str(row["filters"]), {})[row["jitter"]] = row["validation"]
    pairs = [(kind[0], kind[1]) for kind in kinds.values() if len(kind) == 2]
    assert len(pairs) >= 3 and all(still < moved for still, moved in pairs)


def test_floats_and_bytes_give_the_same_answers():
    from convbook import models

    training.keras.utils.set_random_seed(0)
    model = models.small_cnn()
    digits = data.load_mnist()[1][0][:50, ..., None]
    as_bytes, as_floats = (model.predict(x, verbose=0) for x in (digits, digits.astype(float)))
    assert np.allclose(as_bytes, as_floats, atol=1e-5)


def test_average_seeds_averages_what_differs_in_the_seed_only():
    row = {"filters": [1], "seed": 0, "cpu_seconds": 1.0, "validation": 0.5, "test": 0.25}
    rows = [row, row | {"seed": 1, "cpu_seconds": 3.0}, row | {"filters": [2]}]
    averaged = training.average_seeds(rows)
    assert [(r["filters"], r["cpu_seconds"]) for r in averaged] == [([1], 2.0), ([2], 1.0)]
