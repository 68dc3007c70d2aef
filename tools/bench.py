"""Measure training, building and grading; print a Markdown table and write it to _build/bench.md.

Every row is a process of its own, so that its peak memory is its own. All rows
belong to one run on one machine: compare them with each other, not with others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LECTURE_EPOCHS = 20
SUBMISSIONS = 60
LECTURE_ACCURACY = 0.9906  # what the lecture reported, on part of the test set


def measure(command, **options):
    """Run a command; return seconds, CPU seconds, peak megabytes of its largest process, output."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait again
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{command} failed:\n{output}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return seconds, usage.ru_utime + usage.ru_stime, kilobytes / 1024, output


def train(recipe):
    """Train one recipe from raw arrays; print what was measured as JSON."""
    from convbook import data, models, training

    keras = training.keras
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    keras.utils.set_random_seed(0)
    wall, cpu = time.perf_counter(), time.process_time()
    if recipe == "lecture":
        model, epochs, batch_size = models.lecture_cnn(), 2, 32
        rate = 1e-3
    else:
        build, epochs, peak = {
            "better": (models.lecture_cnn, 3, 3e-3),
            "small": (models.small_cnn, 2, 1e-2),
        }[recipe]
        model, batch_size = build(), 128
        rate = training.one_cycle(peak, epochs * -(-len(x_train) // batch_size))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    digits = training.batches(x_train[..., None], y_train, batch_size, seed=0)
    ends = [(wall, cpu)]
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: ends.append((time.perf_counter(), time.process_time()))
    )
    model.fit(digits, epochs=epochs, callbacks=[clock], shuffle=False, verbose=0)
    seconds, cpu_seconds = (ends[-1][i] - ends[0][i] for i in (0, 1))
    if recipe == "lecture":  # the first epoch is measured, and the second stands for the rest
        seconds, cpu_seconds = (
            (ends[1][i] - ends[0][i]) + (LECTURE_EPOCHS - 1) * (ends[2][i] - ends[1][i])
            for i in (0, 1)
        )
    answers = model.predict(x_test[..., None], batch_size=500, verbose=0).argmax(axis=1)
    accuracy = float((answers == y_test).mean())
    print(json.dumps({"seconds": seconds, "cpu": cpu_seconds, "accuracy": accuracy}))


def training_rows():
    """Return table rows for the three recipes, and the two ratios."""
    names = {
        "lecture": f"(a) lecture's CNN, batch 32, Adam 1e-3, {LECTURE_EPOCHS} epochs (computed "
        "from the first two; accuracy after two)",
        "better": "(b) lecture's CNN, batch 128, one cycle to 3e-3, 3 epochs",
        "small": "(c) small CNN, batch 128, one cycle to 1e-2, 2 epochs",
    }
    rows, results = [], {}
    for recipe, name in names.items():
        *_, megabytes, output = measure([sys.executable, __file__, recipe])
        result = results[recipe] = json.loads(output.splitlines()[-1])
        rows.append(
            f"| {name} | {result['seconds']:.1f} | {result['cpu']:.1f} | {megabytes:.0f} "
            f"| {result['accuracy']:.4f} |"
        )
    for letter, recipe in (("b", "better"), ("c", "small")):
        wall, cpu = (results["lecture"][k] / results[recipe][k] for k in ("seconds", "cpu"))
        reached = results[recipe]["accuracy"] >= LECTURE_ACCURACY
        verdict = "reaches" if reached else "DOES NOT REACH"
        rows.append(
            f"| ratio a/{letter}, {verdict} {LECTURE_ACCURACY} | {wall:.1f} | {cpu:.1f} | | |"
        )
    return rows


def building_rows():
    """Return table rows for building a copy of the book: cold, unchanged, one page edited."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", "_build", ".git"))
        make = ["make", "book", f"VENV={ROOT / '.venv'}", "READY=Makefile"]
        page = copy / "book" / "sliding-dot-product.md"
        for name in ("cold, every page executed", "nothing changed", "one page edited"):
            if name.startswith("one"):
                page.write_text(
                    page.read_text().replace("\nimport numpy", "\n# edited\nimport numpy")
                )
            seconds, cpu, megabytes, _ = measure(make, cwd=copy, stderr=subprocess.STDOUT)
            rows.append(f"| book, {name} | {seconds:.1f} | {cpu:.1f} | {megabytes:.0f} | |")
    return rows


def grading_rows():
    """Return table rows for checking each notebook, and for grading a class."""
    import jupytext
    import nbformat

    rows = []
    grading = [sys.executable, "-m", "convbook.grading"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        solved = {}
        for source in sorted((ROOT / "solutions").glob("*.md")):
            solved[source.stem] = folder / f"{source.stem}.ipynb"
            nbformat.write(jupytext.read(source), solved[source.stem])
            check = [*grading, "check", str(solved[source.stem])]
            measure(check, cwd=ROOT)  # computes the reference
            seconds, cpu, megabytes, _ = measure(check, cwd=ROOT)
            rows.append(f"| check, {source.stem} | {seconds:.1f} | {cpu:.1f} | {megabytes:.0f} | |")
        stem = "sliding-dot-product"
        for i in range(SUBMISSIONS):
            (folder / "class" / f"student{i}").mkdir(parents=True)
            shutil.copy(solved[stem], folder / "class" / f"student{i}")
        for jobs in (1, 2):
            grade = [*grading, "grade", str(folder / "class"), "--out", str(folder / f"out{jobs}")]
            seconds, cpu, megabytes, _ = measure([*grade, "--jobs", str(jobs)], cwd=ROOT)
            what = f"grade, {SUBMISSIONS} submissions, JOBS={jobs}"
            rows.append(f"| {what} | {seconds:.1f} | {cpu:.1f} | {megabytes:.0f} | |")
    return rows


def main():
    """Print and write the table."""
    header = ["| what | seconds | CPU seconds | peak MB | test accuracy |", "|---|--:|--:|--:|--:|"]
    lines = [*header, *training_rows(), *building_rows(), *grading_rows()]
    table = "\n".join(lines) + "\n"
    print(table)
    (ROOT / "_build").mkdir(exist_ok=True)
    (ROOT / "_build" / "bench.md").write_text(table)


if __name__ == "__main__":
    train(sys.argv[1]) if len(sys.argv) > 1 else main()
