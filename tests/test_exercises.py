"""The exercise notebooks: one source, checks that can fail, and each mistake by its name."""

import ast
import dataclasses
import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest
from answers import NEEDED, RIGHT

from convbook import checks, engine, exercises, figures
from convbook.checks import patterns, sliding_dot_product

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "solutions").glob("*.md"))
SLOW = {
    "mnist-dense",
    "learning-curves",
    "mnist-cnn",
    "training-faster",
    "pretrained",
    "bug-clinic",
}
FIGURES = {getattr(figures, name).name: getattr(figures, name) for name in figures.__all__}
LINKS = [  # to states of figures
    pytest.param(*link, id=f"{source.stem}-{link[1]}")
    for source in SOURCES
    for link in re.findall(r"\]\(<\.\./(\S+)#(\w+)=(.*?)>\)", source.read_text())
]
ON_SIGNALS = ["correlate1d", "convolve1d", "combine"]
MISTAKES = [
    pytest.param(exercise, *mistake[:2], id=f"{name}-{mistake[1]}")
    for name, exercise in checks.EXERCISES.items()
    for mistake in exercise.mistakes
]


def seeds(exercise):
    return range(2 if exercise.chapter in SLOW else 12)


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: source.stem)
def solved(request):
    return request.param.stem, exercises.solve(request.param)


@pytest.fixture(scope="module")
def ran(solved, tmp_path_factory):
    """Run nbval on the notebook solved, unsolved and with functions that fail.

    Return {which of them: (notebook, {cell id: (passed, what the cell printed)})}.
    """
    notebooks = {"solved": solved[1]}
    notebooks |= {name: exercises.unsolve(solved[1]) for name in ("unsolved", "wrong")}
    for cell in notebooks["wrong"].cells:
        cell.source = cell.source.replace("raise NotImplementedError", "return 1 / 0")
    folder = tmp_path_factory.mktemp("nbval")
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "conftest.py").write_text(
        "import json\n"
        "def pytest_runtest_makereport(item, call):\n"
        "    if call.when == 'call':\n"
        "        printed = ''.join(out.get('text', '') for out in item.test_outputs)\n"
        "        record = [item.path.stem, item.cell.id, not call.excinfo, printed]\n"
        "        with open('cells.jsonl', 'a') as file:\n"
        "            print(json.dumps(record), file=file)\n"
    )
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    options = ["-q", "-p", "no:cacheprovider", "--nbval-cell-timeout=60", "--rootdir=."]
    run = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 1, run.stdout + run.stderr  # as cells fail
    found = {name: (notebook, {}) for name, notebook in notebooks.items()}
    for line in (folder / "cells.jsonl").read_text().splitlines():
        name, cell, *outcome = json.loads(line)
        found[name][1][cell] = outcome
    return found


# The notebooks


@pytest.mark.parametrize(("page", "name", "state"), LINKS)
def test_figure_has_the_state_that_an_exercise_links_to(page, name, state):
    assert f"figures.{FIGURES[name].__name__}(" in (ROOT / page).read_text()
    FIGURES[name](**json.loads(state))  # or it raises


def test_exercises_of_every_chapter_with_a_figure_link_to_it():
    shown = {path.stem for path in (ROOT / "book").glob("*.md") if "figures." in path.read_text()}
    linked = {Path(link.values[0]).stem for link in LINKS}
    assert shown == linked


def code_cells(notebook):
    return [cell.id for cell in notebook.cells if cell.cell_type == "code"]


def test_committed_notebook_is_what_its_source_gives(solved, tmp_path, monkeypatch):
    """Byte for byte, its outputs, too: whoever solves it, and how often, gets the same."""
    stem, notebook = solved
    monkeypatch.setattr(exercises, "solve", lambda source: notebook)
    exercises.write(f"{stem}.md", tmp_path)
    fresh = (tmp_path / f"{stem}.ipynb").read_bytes()
    assert (ROOT / "exercises" / f"{stem}.ipynb").read_bytes() == fresh


def test_solved_notebook_passes_nbval(ran):
    notebook, cells = ran["solved"]
    assert list(cells) == code_cells(notebook)
    assert [cell for cell, (passed, _) in cells.items() if not passed] == []


def test_unsolved_notebook_fails_exactly_at_its_checks(ran):
    notebook, cells = ran["unsolved"]
    assert list(cells) == code_cells(notebook)  # it ran to its end
    wanted = [cell for cell in cells if cell.startswith("check-")]
    assert [cell for cell, (passed, _) in cells.items() if not passed] == wanted
    assert {cells[cell][1] for cell in wanted} == {"todo: not attempted yet\n"}


def test_wrong_answer_fails_nbval_even_if_its_stored_output_says_otherwise(ran):
    notebook, cells = ran["wrong"]
    source = {cell.id: cell.source for cell in notebook.cells}
    functions = [cell for cell in code_cells(notebook) if "return 1 / 0" in source[cell]]
    assert functions
    for passed, printed in (cells[f"check-{cell}"] for cell in functions):
        assert not passed
        assert "it stopped with ZeroDivisionError: division by zero" in printed


def test_each_exercise_has_its_check_and_what_to_see(solved):
    stem, notebook = solved
    cells = [cell.id for cell in exercises.unsolve(notebook).cells]
    for name, exercise in checks.EXERCISES.items():
        if exercise.chapter == stem:
            place = cells.index(name)
            assert cells[place + 1 : place + 3] == [f"check-{name}", f"expected-{name}"]
    assert len(set(cells)) == len(cells)


def test_cells_are_short(solved):
    for cell in solved[1].cells:
        lines = cell.source.splitlines()
        if cell.cell_type == "code":
            marks = sum("SOLUTION" in line for line in lines)
            assert len(lines) - marks <= 15
            assert max(map(len, lines)) <= 79


def test_by_hand_the_wanted_output_gives_no_row_away(solved):
    for cell in solved[1].cells:
        if cell.id.startswith("check-by_hand"):
            rows = cell.outputs[0].text.splitlines()[:-1]
            assert all(re.fullmatch(r"[^:]+: fingerprint [0-9a-f]{8}", row) for row in rows)


@pytest.mark.parametrize("exercise", checks.EXERCISES.values(), ids=list(checks.EXERCISES))
def test_page_has_the_sections_that_the_diagnoses_name(exercise):
    page = (ROOT / "book" / f"{exercise.chapter}.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^##+ (.+)$", page, re.MULTILINE))
    assert {section for *_, section in exercise.mistakes} <= headings


def test_exercises_are_found_by_their_names_alone():
    """Also one whose name is not written out in its chapter: then all chapters are searched."""
    assert [checks.EXERCISES[name].name for name in checks.EXERCISES] == list(checks.EXERCISES)
    for name in ("no_such", "tf", "", None, 3):
        assert name not in checks.EXERCISES
    code = "import sys; from convbook import checks; checks.EXERCISES['pad1d']; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    chapters = [word for word in done.stdout.split() if word.startswith("convbook.checks.")]
    assert chapters == ["convbook.checks.edges"]


def test_there_is_enough():
    assert set(RIGHT) == set(checks.EXERCISES)
    assert all(len(answers) >= 3 for answers in RIGHT.values())


# Writing, and leaving alone


@pytest.fixture
def written(solved, tmp_path, monkeypatch):
    """Return a function that writes the notebook into tmp_path, and the notebook's path."""
    stem, notebook = solved
    monkeypatch.setattr(exercises, "solve", lambda source: notebook)
    exercises.write(f"{stem}.md", tmp_path)
    return (lambda: exercises.write(f"{stem}.md", tmp_path)), tmp_path / f"{stem}.ipynb"


def edit_answer(text):
    return text.replace("raise NotImplementedError", "return signal", 1)


def save_in_a_frontend(text):
    return text.replace('"name": "python"', '"name": "python", "version": "3.12.1"', 1)


def cut(text):
    return text[: len(text) // 2]


def drop_digest(text):
    return text.replace('"digest"', '"other"')


@pytest.mark.parametrize("change", [edit_answer, save_in_a_frontend, cut, drop_digest])
def test_changed_notebook_is_left_alone(written, change):
    write, path = written
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert "left alone" in write()
    assert path.read_text(encoding="utf-8") == text


def test_unchanged_notebook_is_written_again(written):
    write, path = written
    before = path.read_bytes()
    assert write() == f"{path}: written"
    assert path.read_bytes() == before


def test_notebook_generated_from_an_older_source_is_replaced(written):
    write, path = written
    old = json.loads(path.read_text(encoding="utf-8"))
    old["cells"][0]["source"] = ["# An older title"]
    old["metadata"]["convbook"]["digest"] = exercises._digest(old)
    path.write_text(json.dumps(old), encoding="utf-8")
    assert write() == f"{path}: written"
    assert "An older title" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "stubbed"),
    [
        (
            "# Exercise: f\ndef f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION",
            "# Exercise: f\ndef f():\n    raise NotImplementedError",
        ),
        (
            "# Exercise: a\n# BEGIN SOLUTION\na = [\n    1,\n]\nb = 2\n# END SOLUTION\nc = [a, b]",
            "# Exercise: a\na = ...\nb = ...\nc = [a, b]",
        ),
        ("x = 1", "x = 1"),
    ],
)
def test_remove_answer(code, stubbed):
    assert exercises.remove_answer(code) == stubbed


@pytest.mark.parametrize(
    "code",
    [
        "# Exercise: f\nf = 1",
        "# BEGIN SOLUTION\nx = 1",
        "x = 1\n# END SOLUTION",
    ],
)
def test_remove_answer_refuses_a_cell_whose_answer_would_stay(code):
    with pytest.raises(ValueError, match="not a pair"):
        exercises.remove_answer(code)


def test_a_solution_that_fails_its_check_is_refused(tmp_path):
    source = (
        (ROOT / "solutions/sliding-dot-product.md")
        .read_text(encoding="utf-8")
        .replace("[4, 4, 4]", "[4, 4, 3]")
    )
    (tmp_path / "wrong.md").write_text(source, encoding="utf-8")
    with pytest.raises(ValueError, match="the solution fails check.by_hand_slope"):
        exercises.solve(tmp_path / "wrong.md")


# Answers: right ones pass in any style, wrong ones fail, each with its own diagnosis


def solution(exercise, seed=0):
    """Return a right answer: the library's function, or the rows that it gives."""
    return as_answer(exercise, exercise.oracle)


def as_answer(exercise, function):
    """Return `function` as a student would hand it in: by hand, that is a list of rows."""
    if not exercise.by_hand:
        return function
    return [function(*args) for args in exercise.inputs(None).values()]


@functools.cache
def known(name, seed):
    """Return the inputs of an exercise and what answers are compared with."""
    inputs = checks.EXERCISES[name].inputs(np.random.default_rng(seed))
    wanted, mistakes = engine.key(checks.EXERCISES[name], inputs)
    return inputs, wanted, functools.cache(mistakes)


def judged(exercise, answer, seed):
    """Judge as `checks.judge` does, but make what is compared with once for all answers."""
    inputs, *compared = known(exercise.name, seed)
    got = engine.results(exercise, answer, list(inputs.values()))
    return engine.verdict(exercise, inputs, got, *compared)


@pytest.mark.parametrize(("exercise", "wrong", "says"), MISTAKES)
def test_mistake_fails_with_its_own_diagnosis(exercise, wrong, says):
    for seed in seeds(exercise):
        verdict, lines = judged(exercise, as_answer(exercise, wrong), seed)
        assert verdict == "wrong"
        assert any(says in line for line in lines), lines
        assert not any("agrees" in line for line in lines)


@pytest.mark.parametrize("exercise", checks.EXERCISES.values(), ids=list(checks.EXERCISES))
def test_diagnoses_are_all_different(exercise):
    says = [mistake[1] for mistake in exercise.mistakes]
    assert len(set(says)) == len(says)


@pytest.mark.parametrize("exercise", checks.EXERCISES.values(), ids=list(checks.EXERCISES))
def test_right_answer_passes(exercise):
    for seed in seeds(exercise):
        verdict, lines = checks.judge(exercise, solution(exercise), seed)
        assert verdict == "pass"
        assert lines[-1].startswith(f"agrees with {exercise.library} on {len(lines) - 1} inputs")


DRAWN = [e for e in checks.EXERCISES.values() if not e.by_hand and e.chapter not in SLOW]


@pytest.mark.parametrize("exercise", DRAWN, ids=lambda exercise: exercise.name)
def test_verdict_does_not_depend_on_the_luck_of_the_seed(exercise):
    bare = dataclasses.replace(exercise, mistakes=[])  # a diagnosis takes time
    answers = {answer: "pass" for answer in (exercise.oracle, *RIGHT[exercise.name])}
    answers |= {mistake: "wrong" for mistake, *_ in exercise.mistakes}
    for seed in range(50):
        inputs = exercise.inputs(np.random.default_rng(seed))
        key = engine.key(bare, inputs)
        for answer, wanted in answers.items():
            got = engine.results(bare, answer, list(inputs.values()))
            passes = engine.verdict(bare, inputs, got, *key)[0] == "pass"
            assert passes == (wanted == "pass"), (seed, answer)


@pytest.mark.parametrize("name", ["split", "shuffle_pairs", "design_kernel"])
def test_all_that_is_asked_of_an_answer_is_true_of_the_right_one(name):
    exercise = checks.EXERCISES[name]
    for seed in range(10):
        for args in exercise.inputs(np.random.default_rng(seed)).values():
            row = engine._run(exercise, exercise.oracle, args)
            assert np.all(row[2 if name == "split" else 0 :] == 1)


@pytest.mark.parametrize("name", ["split", "shuffle_pairs"])
def test_a_seed_is_more_than_odd_or_even(name):
    exercise = checks.EXERCISES[name]
    assert checks.judge(exercise, lambda *a: exercise.oracle(*a[:-1], a[-1] % 2), 0)[0] == "wrong"


def one_element_wrong(right):
    wrong = np.array(right, dtype=float)
    wrong.flat[wrong.size // 2] += 0.5
    return wrong


UNIVERSAL = {
    "None": lambda right, args: None,
    "zeros": lambda right, args: np.zeros_like(right),
    "the input": lambda right, args: args[0],
    "other values": lambda right, args: np.cos(np.arange(right.size) + 1).reshape(right.shape),
    "one element": lambda right, args: one_element_wrong(right),
    "one value for all": lambda right, args: 7.25,
    "nan": lambda right, args: np.full(right.shape, np.nan),
    "text": lambda right, args: "a word that is never right",
    "another axis": lambda right, args: right[..., None],
    "ragged": lambda right, args: [[1, 2], [3]],
    "strings": lambda right, args: [str(value) for value in right.ravel()],
}


@pytest.mark.parametrize("wrong", UNIVERSAL.values(), ids=UNIVERSAL)
@pytest.mark.parametrize("name", checks.EXERCISES)
def test_universal_wrong_answer_fails(name, wrong):
    exercise = checks.EXERCISES[name]

    def answer(*args):
        right = engine._run(exercise, exercise.oracle, args)
        return wrong(right if isinstance(right, np.ndarray) else np.ones(3), args)

    for seed in seeds(exercise):
        verdict, lines = judged(exercise, as_answer(exercise, answer), seed)
        assert verdict in ("wrong", "error")
        assert not any("agrees" in line for line in lines)


SLIPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def slips(code):
    """Yield `code` with one whole number, operation or comparison changed, each in turn."""
    for place, kind in enumerate(map(type, ast.walk(ast.parse(code)))):
        for step in (-1, 1) if kind is ast.Constant else (0,):
            tree = ast.parse(code)
            node = list(ast.walk(tree))[place]
            if kind is ast.Constant and type(node.value) is int:
                node.value += step
            elif kind is ast.BinOp and type(node.op) in SLIPS:
                node.op = SLIPS[type(node.op)]()
            elif kind is ast.Compare and type(node.ops[0]) in SLIPS:
                node.ops[0] = SLIPS[type(node.ops[0])]()
            else:
                continue
            yield ast.unparse(tree)


@pytest.mark.parametrize("name", [name for name, e in checks.EXERCISES.items() if not e.by_hand])
def test_no_slip_passes_by_the_luck_of_the_seed(name):
    exercise = dataclasses.replace(checks.EXERCISES[name], mistakes=[])  # a diagnosis takes time
    cells = jupytext.read(ROOT / "solutions" / f"{exercise.chapter}.md").cells
    codes = [cell.source for cell in cells if cell.cell_type == "code"]
    answers = [code for code in codes if code.startswith("# Exercise: ")]
    space = {}
    for code in (codes[0], *answers):
        exec(code, space)
    (answer,) = [code for code in answers if code.startswith(f"# Exercise: {name}\n")]
    if not (changed := list(slips(answer))):
        pytest.skip("there is nothing to slip on")
    tried = range(4 if exercise.chapter in SLOW else 8)
    for code in changed:
        slipped = dict(space)
        exec(code, slipped)
        passes = [checks.judge(exercise, slipped[name], seed)[0] == "pass" for seed in tried]
        assert len(set(passes)) == 1, code  # if on every seed: it is as right as before


@pytest.mark.parametrize("word", [None, 0, "", "a convolution", ["neither"]])
def test_universal_wrong_word_fails(word):
    assert checks.judge(checks.EXERCISES["identify"], lambda box: word, 0)[0] == "wrong"


def both_slips(x, w):
    return np.convolve(x, w, "valid")  # flipped, and uint8 wraps


@pytest.mark.parametrize("task", patterns._PATTERNS)
def test_the_demands_on_a_kernel_can_be_met(task):
    assert all(patterns._properties(patterns._matched(task), task))


def test_rounding_is_no_answer_to_a_pattern():
    across = np.rot90(patterns._matched(patterns.EDGE))
    assert 0 < np.sum(across * patterns._PATTERNS[patterns.EDGE]) < 1e-9
    assert not patterns._properties(across, patterns.EDGE)[1]


@pytest.mark.parametrize("shape", [(1, -1), (1, 1, -1)])
def test_a_bias_of_several_axes_is_refused(shape):
    def answer(weights, bias, mix, mix_bias):
        return weights @ mix, (bias @ mix + mix_bias).reshape(shape)

    verdict, lines = checks.judge(checks.EXERCISES["merge_layers"], answer, 0)
    assert verdict == "wrong" and "the bias has the shape (1," in lines[-2]


@pytest.mark.parametrize("text", ["185", ["185"]])
def test_a_number_by_hand_in_quotes_is_told_to_be_text(text):
    exercise = checks.EXERCISES["by_hand_filter"]
    rows = solution(exercise)
    rows[4] = text  # the number of parameters
    assert "quotes" in checks.judge(exercise, rows, 0)[1][-1]


def test_first_of_two_mistakes_is_named():
    lines = checks.judge(checks.EXERCISES["correlate1d"], both_slips, 0)[1]
    assert "this is convolution" in lines[-1]


def test_by_hand_a_row_gets_only_the_mistakes_of_its_own_question():
    answer = [[7], [14], [15], [0]]  # one too few, but these questions count no layers
    lines = checks.judge(checks.EXERCISES["by_hand_widths"], answer, 0)[1]
    assert not any("one too few" in line for line in lines)


def changes_its_input(x, w):
    right = np.correlate(x.astype(float), w.astype(float))
    x[0] += 1
    return right


def test_changing_the_input_fails_though_the_values_are_right():
    verdict, lines = checks.judge(checks.EXERCISES["correlate1d"], changes_its_input, 0)
    assert verdict == "wrong"
    assert "changed its own input" in lines[-2]


def test_an_error_is_told_in_one_line_with_the_call_that_shows_it():
    def answer(signal, kernel):
        return signal[len(kernel) + 2] if len(kernel) == 4 else np.correlate(signal, kernel).foo

    verdict, lines = checks.judge(checks.EXERCISES["correlate1d"], answer, 0)
    assert verdict == "error"
    assert "kernel of one" in lines[-2] and "AttributeError" in lines[-2]
    assert lines[-1].startswith("try it: correlate1d(np.array([")


def test_a_slip_with_the_stride_comes_with_a_call_that_is_short_enough_to_show():
    exercise = checks.EXERCISES["torch_layer"]
    for only in (2, 3):
        shifted = lambda *args, only=only: exercise.oracle(*args) + (args[3] == only)  # noqa: E731
        for seed in seeds(exercise):
            lines = checks.judge(exercise, shifted, seed)[1]
            assert lines[-1].startswith("try it: torch_layer(np.array([")


def test_the_diagnosis_never_holds_the_wanted_values():
    for name in [*ON_SIGNALS, "by_hand_bump", "by_hand_slope"]:
        exercise = checks.EXERCISES[name]
        for wrong, *_ in exercise.mistakes:
            lines = checks.judge(exercise, as_answer(exercise, wrong), 0)[1]
            values = lines[: len(exercise.inputs(np.random.default_rng(0)))]
            for args in exercise.inputs(np.random.default_rng(0)).values():
                shown = engine._values(
                    engine._run(exercise, exercise.oracle, args), exercise.digits
                )
                assert not any(shown in line for line in lines if line not in values)


@pytest.mark.parametrize("name", ON_SIGNALS)
def test_inputs_follow_the_rules(name):
    for seed in range(20):
        pairs = checks.EXERCISES[name].inputs(np.random.default_rng(seed)).values()
        lengths = {(len(x), len(w)) for x, w in pairs}
        assert any(k == 1 for _, k in lengths) and any(n == k for n, k in lengths)
        assert any(k % 2 for n, k in lengths if k > 1) and any(k % 2 == 0 for _, k in lengths)
        assert any(x.dtype == np.uint8 for x, _ in pairs)
        for x, w in pairs:
            assert len(set(abs(x))) == len(x) and len(set(abs(w))) == len(w)  # never symmetric
            assert x.dtype == np.uint8 or (x.min() < 0 and w.min() < 0)


@pytest.mark.parametrize(("name", "says", "labels"), NEEDED)
def test_without_these_inputs_a_mistake_would_pass(name, says, labels):
    exercise = checks.EXERCISES[name]
    wrong = next(wrong for wrong, text, _ in exercise.mistakes if says in text)
    for seed in seeds(exercise):
        inputs = exercise.inputs(np.random.default_rng(seed))
        assert labels == {
            label
            for label, args in inputs.items()
            if engine._fault(*(engine._run(exercise, f, args) for f in (wrong, exercise.oracle)))
        }


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_every_input_is_in_the_stored_reference(name):
    """An input that is taken away changes what the solved notebook prints."""
    exercise = checks.EXERCISES[name]
    source = ROOT / "exercises" / f"{exercise.chapter}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(source, as_version=4).cells}
    printed = cells[f"check-{name}"].outputs[0].text.splitlines()
    labels = exercise.inputs(np.random.default_rng(0))
    assert sorted(line.split(": ")[0] for line in printed[:-1]) == sorted(labels)


def same_values(a, b):
    return bool(np.all(engine._close(a, b)))


RULES = [  # a rule of the engine, what is left without it, and an answer that would then pass
    ("_equal", lambda a, b: True, changes_its_input),
    ("_same", same_values, lambda x, w: np.correlate(x.astype(float), w.astype(float))[None]),
    ("_close", lambda a, b: np.isclose(a, b, atol=1), lambda x, w: as_floats(x, w) + 0.25),
    ("_close", lambda a, b: np.isclose(np.abs(a), np.abs(b)), lambda x, w: abs(as_floats(x, w))),
    ("_normal", lambda value: np.asarray(value, float), lambda x, w: as_floats(x, w).astype("U9")),
]


def as_floats(x, w):
    return np.correlate(x.astype(float), w.astype(float))


@pytest.mark.parametrize(("rule", "without", "wrong"), RULES)
def test_without_this_rule_a_wrong_answer_would_pass(rule, without, wrong, monkeypatch):
    exercise = checks.EXERCISES["correlate1d"]
    assert checks.judge(exercise, wrong, 0)[0] == "wrong"
    monkeypatch.setattr(engine, rule, without)
    assert checks.judge(exercise, wrong, 0)[0] == "pass"


# Right answers in other styles


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{getattr(answer, '__name__', i)}")
        for name, answers in RIGHT.items()
        for i, answer in enumerate(answers)
    ],
)
def test_right_answer_in_another_style_prints_the_very_same(name, answer, capfd):
    exercise = checks.EXERCISES[name]
    for seed in seeds(exercise):
        assert checks.judge(exercise, answer, seed) == checks.judge(
            exercise, solution(exercise), seed
        )
    assert capfd.readouterr() == ("", "")


# check and summary, as the notebook calls them


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(checks, "VERDICTS", {})


def test_check_finds_the_exercise_by_the_word_in_the_call(fresh, capsys):
    convolve1d = combine = lambda x, w: np.convolve(x.astype(float), w)
    checks.check(combine, seed=0)
    checks.check(convolve1d, seed=0)
    assert checks.VERDICTS == {"combine": "pass", "convolve1d": "pass"}
    by_hand_slope = solution(checks.EXERCISES["by_hand_slope"])
    checks.check(by_hand_slope, seed=0)
    assert checks.VERDICTS["by_hand_slope"] == "pass"


def test_a_list_is_found_by_its_name_on_the_next_line(fresh, capsys):
    answer = by_hand_slope = [[2, 0, -2], ..., ..., ...]
    # fmt: off
    checks.check(
        by_hand_slope, seed=0)
    # fmt: on
    assert answer is by_hand_slope and "step: not attempted yet" in capsys.readouterr().out


def test_two_checks_on_a_line_are_two(fresh, capsys):
    correlate1d, convolve1d = (
        checks.EXERCISES[name].oracle for name in ("correlate1d", "convolve1d")
    )
    checks.check(correlate1d, seed=0); checks.check(convolve1d, seed=0)  # fmt: skip # noqa: E702
    assert checks.VERDICTS == {"correlate1d": "pass", "convolve1d": "pass"}


def test_a_word_may_be_one_of_numpys():
    words = checks.EXERCISES["kind_of_output"]
    for wrap in (np.array, np.str_):
        answer = lambda *args, wrap=wrap: wrap(words.oracle(*args))  # noqa: E731
        assert checks.judge(words, answer, 0)[0] == "pass"


def test_right_answer_passes_where_a_notebook_makes_numpys_warnings_errors():
    softmax = checks.EXERCISES["softmax"]  # of very different logits: some exponentials vanish
    with np.errstate(all="raise"):
        assert checks.judge(softmax, softmax.oracle, 0)[0] == "pass"


def test_what_is_not_attempted_loads_no_library():
    code = "import sys; from convbook.checks import EXERCISES, judge; "
    code += "assert judge(EXERCISES['early_stop'], ..., 7)[0] == 'todo'; "
    code += "assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_check_of_an_unknown_name_says_which_it_knows(fresh, capsys):
    something = [1, 2]
    checks.check(something, seed=0)
    assert "correlate1d, convolve1d" in capsys.readouterr().out


@pytest.mark.parametrize("seed", [-1, 1.5, None, "7"])
def test_seed_that_is_none_is_said_to_be(fresh, capsys, seed):
    combine = RIGHT["combine"][0]
    checks.check(combine, seed=seed)
    assert capsys.readouterr().out == f"SEED is {seed!r}: it has to be a whole number from 0 on\n"
    assert checks.VERDICTS == {}


def test_not_attempted_is_todo(fresh, capsys):
    def correlate1d(signal, kernel):
        raise NotImplementedError

    by_hand_bump = [..., ..., ..., ...]
    combine = ...
    checks.check(correlate1d, seed=0)
    checks.check(by_hand_bump, seed=0)
    checks.check(combine, seed=0)
    assert capsys.readouterr().out == "todo: not attempted yet\n" * 3


def test_rows_by_hand_are_judged_one_by_one(fresh, capsys):
    by_hand_slope = [[2, 0, -2], ..., [-4, -4, -4], [1, 2]]
    checks.check(by_hand_slope, seed=0)
    lines = capsys.readouterr().out.splitlines()[4:]
    assert lines == [
        "step: not attempted yet",
        f'ramp: this is correlation: the kernel was not flipped; see "{sliding_dot_product.FLIP}"',
        "zigzag: the result has the shape (2,) instead of (5,)",
    ]


def test_a_row_of_one_number_may_be_the_number(fresh):
    for exercise in checks.EXERCISES.values():
        if exercise.by_hand:
            rows = [
                engine._run(exercise, exercise.oracle, a) for a in exercise.inputs(None).values()
            ]
            bare = [r.item() if np.size(r) == 1 and not isinstance(r, str) else r for r in rows]
            assert checks.judge(exercise, bare, 0)[0] == "pass"


def test_a_count_is_right_or_wrong_however_large_it_is():
    exercise = checks.EXERCISES["macs"]
    near = lambda layers, shape: exercise.oracle(layers, shape) + 1  # noqa: E731
    verdict, lines = checks.judge(exercise, near, 0)
    assert verdict == "wrong" and not any("agrees" in line for line in lines)


def test_what_agrees_is_printed_alike_whatever_the_rounding():
    exercise = checks.EXERCISES["response"]
    right = checks.judge(exercise, exercise.oracle, 0)
    for off in (1e-6, -1e-6):
        near = lambda *args, off=off: exercise.oracle(*args) * (1 + off)  # noqa: E731
        assert checks.judge(exercise, near, 0) == right


def test_an_error_is_no_mistake_that_stops_for_another_reason():
    def correlate1d(signal, kernel):
        return [1, 2][5]

    listed = [row for row in checks.EXERCISES["correlate1d"].mistakes if "index runs" in row[1]]
    verdict, lines = checks.judge(checks.EXERCISES["correlate1d"], correlate1d, 0)
    assert listed and verdict == "error"
    assert "it stopped with IndexError: list index out of range" in lines[-2]


def test_summary_counts_what_passes(fresh, capsys):
    checks.summary()
    convolve1d, combine = (lambda x, w: np.convolve(x.astype(float), w)), ...
    checks.check(convolve1d, seed=0)
    checks.check(combine, seed=0)
    capsys.readouterr()
    checks.summary()
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split(maxsplit=1) for line in lines[:-1]]
    assert ["convolve1d", "pass"] in rows and ["combine", "todo"] in rows
    assert len({len(line) - len(row[1]) for line, row in zip(lines, rows, strict=False)}) == 1
    assert lines[-1] == "1 of 6 pass"
