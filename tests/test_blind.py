"""What a kernel under grading gets to see, and that judging its results outside is the same."""

import array
import collections
import json
import pickle
import shutil
import types
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from answers import RIGHT

from convbook import blind, checks, engine, grading

ROOT = Path(__file__).parents[1]
STEMS = sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))


@pytest.fixture(scope="module", params=STEMS)
def pair(request, tmp_path_factory):
    """Return the bytes of a chapter's probes, and its key."""
    path = tmp_path_factory.mktemp("key") / f"{request.param}.ipynb"
    shutil.copy(ROOT / "exercises" / path.name, path)
    grading._write_key(path)
    probes, key = pickle.loads(path.with_suffix(".key").read_bytes())
    return probes, pickle.loads(key)


def functions(value, seen):
    """Yield the functions in an exercise's value, in its closures and in what it wraps."""
    if id(value) in seen:
        return
    seen[id(value)] = value  # kept, so that no other gets its number
    if isinstance(value, list | tuple):
        for part in value:
            yield from functions(part, seen)
    elif hasattr(value, "__wrapped__"):
        yield from functions(value.__wrapped__, seen)
    elif isinstance(value, types.FunctionType):
        yield value
        for cell in value.__closure__ or ():
            yield from functions(cell.cell_contents, seen)


def test_probes_hold_no_oracle_no_mistake_and_no_names_of_inputs(pair):
    probes, key = pair
    for name, (_, _, inputs, *_) in key.items():
        exercise = checks.EXERCISES[name]
        for function in functions(exercise.oracle, {}):
            assert function.__code__.co_code not in probes or len(function.__code__.co_code) < 30
        asked, args = pickle.loads(probes)[name]
        assert isinstance(args, list) and len(args) == len(inputs)
        assert (asked.oracle, asked.inputs, asked.view, asked.mistakes) == (None, None, None, [])


def test_judged_outside_an_answer_gets_the_verdict_and_the_diagnosis_of_its_notebook(pair):
    probes, key = pickle.loads(pair[0]), pair[1]
    for name, row in key.items():
        exercise, (asked, args) = checks.EXERCISES[name], probes[name]
        hand = exercise.inputs(None).values() if exercise.by_hand else ()
        wrong = [answer for answer, *_ in exercise.mistakes]
        if exercise.by_hand:
            wrong = [[answer(*case) for case in hand] for answer in wrong]
        for answer in [*wrong, *RIGHT[name], ..., lambda *a: None, lambda *a: 1 / 0]:
            verdict, lines = engine.judge(exercise, answer, 7)
            says = [line for line in lines[len(row[2]) :] if not line.startswith("try it")]
            printed = f"x\n{blind.MARK}{blind.encode(engine.results(asked, answer, args))}\n"
            wanted = verdict, "" if verdict == "pass" else "; ".join(says)
            assert grading._compared(*row, printed) == wanted


VALUES = [
    np.arange(6, dtype=np.uint8).reshape(2, 3),
    np.array([0.1, np.nan, -np.inf], np.float32),
    np.float64(0.1),
    np.array(True),
    np.zeros((0, 3)),
    [1, 2.5, True, None, "word"],
    ([1, 2], (np.ones(2), "x")),
    7,
    float("nan"),
    "a word",
    None,
]


@pytest.mark.parametrize("value", VALUES)
def test_result_comes_through_as_it_is(value):
    (found,) = blind.decode(blind.encode([value]), 1)
    assert type(found) in (type(value), np.ndarray)
    np.testing.assert_equal(found, value)
    assert getattr(found, "dtype", None) == getattr(value, "dtype", None)


class Odd:
    pass


@pytest.mark.parametrize(
    "value",
    [
        collections.deque([1, 2]),
        array.array("d", [1, 2]),
        memoryview(np.arange(2.0)),
        np.array([1, 2.5], object),
        [Fraction(1, 2), np.float32(2)],
    ],
    ids=["deque", "array", "memoryview", "objects", "fractions"],
)
def test_what_numpy_takes_for_numbers_comes_through(value):
    (found,) = blind.decode(blind.encode([value]), 1)
    np.testing.assert_equal(engine._normal(found), engine._normal(value))


@pytest.mark.parametrize("value", [{1: 2}, Odd(), np.array(["x"]), 1j, print, [[Odd()]]])
def test_what_is_no_result_is_refused_by_the_name_of_its_type(value):
    (found,) = blind.decode(blind.encode([value]), 1)
    with pytest.raises(engine.NotUsableError, match=type(value).__name__):
        engine._normal(found)


def test_list_that_holds_itself_and_results_without_end_are_no_results():
    endless = []
    endless.append(endless)
    for value in (endless, np.zeros(10**6)):
        (found,) = blind.decode(blind.encode([value]), 1)
        assert isinstance(engine._comparable(checks.EXERCISES["pad1d"], found, ()), Exception)


def test_word_with_half_a_character_is_judged_like_any_other(tmp_path):
    shutil.copy(ROOT / "exercises" / "sliding-dot-product.ipynb", tmp_path / "it.ipynb")
    grading._write_key(tmp_path / "it.ipynb")
    key = pickle.loads(pickle.loads((tmp_path / "it.key").read_bytes())[1])
    printed = blind.MARK + json.dumps(["\ud800"] * 4)
    assert grading._compared(*key["by_hand_bump"], printed)[0] == "wrong"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[1, 2]",
        "[" * 100_000,
        '[{"dtype": "O", "shape": [1], "base64": "AAAAAAAAAAA="}]',
        '[{"dtype": "<f8", "shape": [9], "base64": "AAAAAAAAAAA="}]',
        '[{"dtype": "<f8", "shape": [-1], "base64": "?"}]',
        '[{"dtype": [["a", "<f8"]], "shape": [1], "base64": ""}]',
        '[{"dtype": ",", "shape": [1], "base64": ""}]',
        '[{"dtype": "(1,f8", "shape": [1], "base64": ""}]',
        '["' + "x" * 2_000_000 + '"]',
        '[{"tuple": 1}]',
        '[{"other": 1}]',
        json.dumps([{"stopped": "a\0b", "says": ""}]),
    ],
)
def test_forged_line_is_refused(line):
    with pytest.raises(ValueError):
        blind.decode(line, 1)
