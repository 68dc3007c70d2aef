"""Measure what people wait for; print Markdown tables and write them to _build/bench.md.

All rows belong to one run on one machine: compare them with each other, not with others. For
training, building and grading every row is a process of its own, so its peak memory is its own.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
FIGURES = ROOT / "convbook" / "figures"
MARKS = {"mathematics": 'class="math', "a figure": "data-figure"}
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
    """Yield the table's rows for the three recipes, and the two ratios."""
    names = {
        "lecture": f"(a) lecture's CNN, batch 32, Adam 1e-3, {LECTURE_EPOCHS} epochs (computed "
        "from the first two; accuracy after two)",
        "better": "(b) lecture's CNN, batch 128, one cycle to 3e-3, 3 epochs",
        "small": "(c) small CNN, batch 128, one cycle to 1e-2, 2 epochs",
    }
    results = {}
    for recipe, name in names.items():
        *_, megabytes, output = measure([sys.executable, __file__, "train", recipe])
        result = results[recipe] = json.loads(output.splitlines()[-1])
        yield name, result["seconds"], result["cpu"], megabytes, f"{result['accuracy']:.4f}"
    for letter, recipe in (("b", "better"), ("c", "small")):
        wall, cpu = (results["lecture"][k] / results[recipe][k] for k in ("seconds", "cpu"))
        reached = results[recipe]["accuracy"] >= LECTURE_ACCURACY
        verdict = "reaches" if reached else "DOES NOT REACH"
        yield f"ratio a/{letter}, {verdict} {LECTURE_ACCURACY}", wall, cpu, "", ""


def building_rows():
    """Yield rows for building a copy of the book: cold, unchanged, one page edited."""
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
            *spent, _ = measure(make, cwd=copy, stderr=subprocess.STDOUT)
            yield f"book, {name}", *spent


def grading_rows():
    """Yield rows for checking each solved notebook, and for grading a class."""
    import jupytext
    import nbformat

    grading = [sys.executable, "-m", "convbook.grading"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        solved = {}
        for source in sorted((ROOT / "solutions").glob("*.md")):
            solved[source.stem] = folder / f"{source.stem}.ipynb"
            nbformat.write(jupytext.read(source), solved[source.stem])
            check = ["make", "check", f"NOTEBOOK={solved[source.stem]}"]
            measure(check, cwd=ROOT)  # computes the reference
            *spent, _ = measure(check, cwd=ROOT)
            yield f"check, {source.stem}", *spent
        stem = "sliding-dot-product"
        for i in range(SUBMISSIONS):
            (folder / "class" / f"student{i}").mkdir(parents=True)
            shutil.copy(solved[stem], folder / "class" / f"student{i}")
        for jobs in (1, 2):
            grade = [*grading, "grade", str(folder / "class"), "--out", str(folder / f"out{jobs}")]
            *spent, _ = measure([*grade, "--jobs", str(jobs)], cwd=ROOT)
            yield f"grade, {SUBMISSIONS} submissions, JOBS={jobs}", *spent


def page_rows():
    """Yield rows for Lighthouse's scores of each page, as a slow phone loads it."""
    import browsing

    kinds = ("performance", "accessibility", "best-practices", "seo")
    with browsing.served(SITE) as address:
        for page in browsing.TEXTS:
            report = browsing.lighthouse(f"{address}/{page}.html", *kinds)
            scores = [f"{100 * report['categories'][kind]['score']:.0f}" for kind in kinds]
            kilobytes = report["audits"]["total-byte-weight"]["numericValue"] / 1000
            text = (SITE / f"{page}.html").read_text()
            holds = " and ".join(word for word, mark in MARKS.items() if mark in text)
            yield page, holds, *scores, f"{kilobytes:.0f}"


def figure_rows():
    """Yield rows for the script time of each interaction with each figure."""
    import browsing

    with browsing.served(SITE) as address, browsing.browser() as chromium:
        for page in browsing.TEXTS:
            tab = chromium.new_page(viewport={"width": 1280, "height": 1600})
            tab.goto(f"{address}/{page}.html", wait_until="networkidle")
            for figure in tab.locator("[data-figure]").all():
                figure.locator(".cb-state").wait_for()
                name = figure.get_attribute("data-figure")
                length = len((FIGURES / f"{name}.js").read_text().splitlines())
                times = interact(tab, figure)
                yield name, page, str(length), str(len(times)), median(times), max(times)
            tab.close()


def interact(tab, figure):
    """Drag over a figure and press keys on its controls.

    Return the milliseconds of script that each interaction took which changed the figure.
    """
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable")

    def spent():
        tab.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ScriptDuration")

    def steps():
        for control in figure.locator(".cb-controls :is(input, select)").all():
            control.focus()
            for key in ("ArrowRight", "ArrowLeft", "Space", "Space"):
                tab.keyboard.press(key)
                yield
        drawing = figure.locator(".cb-drag").first
        drawing.scroll_into_view_if_needed()
        for step in range(40):
            box = drawing.bounding_box()
            share = 0.05 + 0.9 * step / 40
            tab.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
            if step == 0:
                tab.mouse.down()
            yield
        tab.mouse.up()

    times, html, before = [], figure.inner_html(), spent()
    for _ in steps():
        after = spent()
        if (now := figure.inner_html()) != html:
            times.append(1000 * (after - before))
        html, before = now, spent()
    return times


TABLES = {  # what is measured, and the columns of its table
    "training": (training_rows, "what | seconds | CPU seconds | peak MB | test accuracy"),
    "building": (building_rows, "what | seconds | CPU seconds | peak MB"),
    "grading": (grading_rows, "what | seconds | CPU seconds | peak MB"),
    "pages": (page_rows, "page | with | performance | accessibility | best practices | SEO | KB"),
    "figures": (figure_rows, "figure | page | lines | interactions | median ms | longest ms"),
}


def lines(names):
    """Yield the lines of the tables of the given names."""
    for name in names:
        rows, columns = TABLES[name]
        yield from (f"\n## {name}\n", f"| {columns} |", "|---" + "|--:" * columns.count("|") + "|")
        for row in rows():
            cells = (cell if isinstance(cell, str) else f"{cell:.1f}" for cell in row)
            yield f"| {' | '.join(cells)} |"


def main(names):
    """Print and write the tables of the given names."""
    import browsing  # not above: it would count as memory of the training

    if unknown := set(names) - set(TABLES):
        sys.exit(f"bench knows {', '.join(TABLES)}, and no {', '.join(unknown)}")
    if not browsing.PATH and {"pages", "figures"} & set(names):
        sys.exit("There is no Chromium on the PATH, and pages and figures are measured in it")
    (ROOT / "_build").mkdir(exist_ok=True)
    with open(ROOT / "_build" / "bench.md", "w") as file:
        for line in lines(names):
            print(line, flush=True)
            print(line, file=file, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(sys.argv[2])
    else:
        main(sys.argv[1:] or TABLES)
