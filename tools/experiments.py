"""Train the networks behind the recorded experiments; write data/experiments/<name>.json.

    python tools/experiments.py [--seeds N] [NAME ...]

An experiment is a list of settings and a function that measures one of them and yields rows. The
rows of each finished setting are kept in _build/experiments/, so that a run that was stopped goes
on where it stopped; delete that folder to measure anew. --seeds N runs the first N seeds only.
Each process uses one thread: on two cores, run two experiments at once.
"""

import argparse
import datetime
import json
import platform
from pathlib import Path

import numpy as np

from convbook import data, models, training

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "data" / "experiments"
WORK = ROOT / "_build" / "experiments"

keras = training.keras
SHIFTS = range(9)  # pixels
BATCH = 128


def shifted(images, down, right):
    """Shift images (N, 28, 28) by whole pixels; zeros come in, what leaves the picture is lost."""
    moved = np.zeros_like(images)
    rows, columns = (slice(max(d, 0), 28 + min(d, 0)) for d in (down, right))
    from_rows, from_columns = (slice(max(-d, 0), 28 + min(-d, 0)) for d in (down, right))
    moved[:, rows, columns] = images[:, from_rows, from_columns]
    return moved


def shuffled_pixels(images):
    """Put the pixels of all images into the same random order."""
    order = np.random.default_rng(0).permutation(28 * 28)
    return images.reshape(-1, 28 * 28)[:, order].reshape(-1, 28, 28)


def train(build, x, y, *, epochs, peak, seed, jitter=0):
    """Train a new network with one cycle of the learning rate; return it and its CPU seconds."""
    recipe = {"rate": peak, "cycle": True, "epochs": epochs, "shifts": jitter, "seed": seed}
    model, spent = training.train_recipe(build, x[..., None], y, batch_size=BATCH, **recipe)
    return model, round(spent["cpu_seconds"], 1)


def accuracy(model, x, y):
    """Return the share of images that the model gets right."""
    parts = np.split(x[..., None], len(x) // 1000)
    answers = np.concatenate([model.predict_on_batch(part) for part in parts]).argmax(axis=1)
    return round(float((answers == y).mean()), 5)


# One recipe a network, fixed in advance: nothing was tuned on what is measured here.
RECIPES = {
    "dense": {"epochs": 5, "peak": 3e-3},
    "lecture_cnn": {"epochs": 3, "peak": 3e-3},
    "two_pools": {"epochs": 3, "peak": 3e-3},
    "global_pooling": {"epochs": 3, "peak": 3e-3},
    "small_cnn": {"epochs": 2, "peak": 1e-2},
}


def measure_shifts(network, seed, shifts=SHIFTS):
    """Yield the test accuracy for each shift, averaged over right, down, left and up."""
    (x, y), (x_test, y_test) = data.load_mnist()
    model, _ = train(getattr(models, network), x, y, seed=seed, **RECIPES[network])
    for s in shifts:
        ways = ((0, s), (s, 0), (0, -s), (-s, 0)) if s else ((0, 0),)
        values = [accuracy(model, shifted(x_test, *way), y_test) for way in ways]
        row = {"shift": s, "accuracy": round(float(np.mean(values)), 5)}
        if not s:
            row["inverted"] = accuracy(model, 255 - x_test, y_test)
        yield row


def measure_shuffled(network, permuted, seed):
    """Yield the test accuracy after training with pixels in their order, or all shuffled alike.

    A network that another experiment trained on the same digits is not trained again.
    """
    known = belonging(recorded("seeds") + recorded("shifts"), {"network": network, "seed": seed})
    if known and not permuted:
        yield {"accuracy": known[0]["accuracy"]}  # for the shifts, the first row is shift 0
        return
    (x, y), (x_test, y_test) = data.load_mnist()
    if permuted:
        x, x_test = shuffled_pixels(x), shuffled_pixels(x_test)
    model, _ = train(getattr(models, network), x, y, seed=seed, **RECIPES[network])
    yield {"accuracy": accuracy(model, x_test, y_test)}


def measure_seeds(network, seed):
    """Yield the test accuracy of one more network that differs from the others in its seed only."""
    (x, y), (x_test, y_test) = data.load_mnist()
    model, cpu = train(getattr(models, network), x, y, seed=seed, **RECIPES[network])
    yield {"accuracy": accuracy(model, x_test, y_test), "cpu_seconds": cpu}


def measure_architectures(network, filters, epochs, jitter, seed, **options):
    """Yield size, cost, validation and test accuracy of one network trained on 55,000 digits."""
    (x, y), (x_test, y_test) = data.load_mnist()
    chosen, validation = data.split_validation(y, 5000, seed=0)

    def build():
        if network == "strided_cnn":
            return models.strided_cnn(filters, **options)
        return getattr(models, network)()

    peak = 1e-2 if options["batch_norm"] else 3e-3
    model, cpu = train(
        build, x[chosen], y[chosen], epochs=epochs, peak=peak, seed=seed, jitter=jitter
    )
    yield {
        "peak": peak,
        "parameters": model.count_params(),
        "multiply_adds": training.multiply_adds(model),
        "cpu_seconds": cpu,
        "validation": accuracy(model, x[validation], y[validation]),
        "test": accuracy(model, x_test, y_test),
    }


def architecture(*filters, epochs=2, jitter=0, seeds=3, **options):
    """Return the settings of one architecture, once a seed."""
    base = {"first_kernel": 5, "batch_norm": True, "pooling": False, "average": False}
    settings = {"network": "strided_cnn", "filters": list(filters), **base, **options}
    return [{**settings, "epochs": epochs, "jitter": jitter, "seed": s} for s in range(seeds)]


def reference(network, epochs):
    """Return the settings of a network that is no strided_cnn, once a seed."""
    none = dict.fromkeys(("filters", "first_kernel", "batch_norm", "pooling", "average"))
    settings = {"network": network, **none, "batch_norm": False, "epochs": epochs, "jitter": 0}
    return [{**settings, "seed": seed} for seed in range(2)]


ARCHITECTURES = [
    *architecture(24, 48, 96, epochs=5, jitter=1),
    *architecture(4, 8, 12),
    *architecture(8, 16, 24),
    *architecture(12, 24, 48),
    *architecture(16, 32, 64),
    *architecture(24, 48, 96),
    *architecture(8, 16, 24, batch_norm=False),
    *architecture(16, 32, 64, batch_norm=False),
    *architecture(4, 8, 12, epochs=1),
    *architecture(8, 16, 24, epochs=1),
    *architecture(16, 32, 64, epochs=1),
    *architecture(16, 32, 64, epochs=3),
    *architecture(16, 32, 64, first_kernel=3),
    *architecture(16, 32, 64, first_kernel=7),
    *architecture(16, 32, 64, average=True),
    *architecture(8, 16, 24, pooling=True),
    *architecture(4, 8, 12, epochs=5),
    *architecture(4, 8, 12, epochs=5, jitter=1),
    *architecture(8, 16, 24, epochs=5),
    *architecture(8, 16, 24, epochs=5, jitter=1),
    *architecture(16, 32, 64, epochs=5),
    *architecture(16, 32, 64, epochs=5, jitter=1),
    *architecture(24, 48, 96, epochs=5),
    *architecture(16, 32, 64, pooling=True),
    *reference("dense", 5),
    *reference("lecture_cnn", 3),
]

# name: (what was measured, settings, function); "shuffled" reuses networks of the two before it.
EXPERIMENTS = {
    "shifts": (
        "Test accuracy of four networks, trained on 60,000 centred digits, when the test digits "
        "are shifted by whole pixels (mean of right, down, left and up), or inverted.",
        [
            {"network": network, "seed": seed}
            for seed in range(5)
            for network in ("dense", "two_pools", "global_pooling", "lecture_cnn")
        ],
        measure_shifts,
    ),
    "seeds": (
        "Test accuracy of the small network, trained ten times on 60,000 digits: only the seed "
        "differs.",
        [{"network": "small_cnn", "seed": seed} for seed in range(10)],
        measure_seeds,
    ),
    "shuffled": (
        "Test accuracy of three networks trained and tested on digits as they are, and on digits "
        "whose pixels were all put into the same random order.",
        [
            {"network": network, "permuted": permuted, "seed": seed}
            for seed in range(5)
            for network in ("dense", "two_pools", "small_cnn")
            for permuted in (True, False)
        ],
        measure_shuffled,
    ),
    "architectures": (
        "Size, cost, validation and test accuracy of convolutional networks, trained on 55,000 "
        "digits: filters, kernel, halving, batch normalisation, epochs and random shifts vary.",
        sorted(ARCHITECTURES, key=lambda setting: setting["seed"]),
        measure_architectures,
    ),
}


def recorded(name):
    """Return the rows that the work file of an experiment holds."""
    path = WORK / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def belonging(rows, setting):
    """Return the rows that were measured with this setting."""
    return [row for row in rows if setting.items() <= row.items()]


def record(name, seeds):
    """Measure what is missing of an experiment, setting by setting, and write its JSON file."""
    what, settings, measure = EXPERIMENTS[name]
    settings = [setting for setting in settings if setting["seed"] < seeds]
    WORK.mkdir(parents=True, exist_ok=True)
    fresh = not (RECORDS / f"{name}.json").exists()
    for number, setting in enumerate(settings, 1):
        if not belonging(recorded(name), setting):
            rows = [{**setting, **result} for result in measure(**setting)]
            with open(WORK / f"{name}.jsonl", "a") as file:  # all rows of a setting, or none
                file.write("".join(json.dumps(row) + "\n" for row in rows))
            fresh = True
            print(f"{name} {number}/{len(settings)}: {rows[0]}", flush=True)
    if not fresh:  # or the date would be wrong
        return
    rows = recorded(name)
    write(name, what, [row for setting in settings for row in belonging(rows, setting)])


def write(name, what, rows):
    """Write data/experiments/<name>.json, one row a line."""
    head = {
        "what": what,
        "command": f"make experiments NAMES={name}",
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "keras": keras.__version__,
            "tensorflow": training.tf.__version__,
        },
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    table = ",\n".join(json.dumps(row) for row in rows)
    text = "{\n" + ",\n".join(lines) + ',\n"rows": [\n' + table + "\n]\n}\n"
    RECORDS.mkdir(parents=True, exist_ok=True)
    (RECORDS / f"{name}.json").write_text(text, encoding="utf-8")


def main():
    """Measure the experiments that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--seeds", type=int, default=99, help="measure only the first seeds")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(EXPERIMENTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(EXPERIMENTS)}")
    training.tf.config.threading.set_intra_op_parallelism_threads(1)
    training.tf.config.threading.set_inter_op_parallelism_threads(1)
    for name in arguments.names or EXPERIMENTS:
        record(name, arguments.seeds)


if __name__ == "__main__":
    main()
