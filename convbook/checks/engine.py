"""What a check is, and how an answer is judged.

An exercise is data: a library call as oracle, inputs drawn from a seed, and the
typical wrong answers, each with what to say about it. A check prints the values
that the student's answer gives (nbval compares them with those of the solved
notebook, outside the student's process), then the agreement or the diagnosis.
"""

import copy
import io
import warnings
import zlib
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """All that one check needs.

    oracle: arguments -> the right result, computed by the library that is named.
    inputs: random generator -> {label: arguments}.
    mistakes: rows of (wrong answer, what to say about it, section to read again).
    by_hand: the answer is no function but a list, one row of numbers for each input.
    view: raw result, *arguments -> what is compared and printed: numbers or a word.
        For results that are no array (a model, a dict), or where several are right (then
        the properties that count). Raises NotUsableError on a wrong type, shape or dtype.
    digits: decimals that are printed and compared.
    call: answer, *arguments -> raw result, for an answer that must be called more than once.
    """

    chapter: str
    name: str
    library: str
    oracle: Callable
    inputs: Callable
    mistakes: list[tuple[Callable, str, str]]
    by_hand: bool = False
    view: Callable | None = None
    digits: int = 2
    call: Callable | None = None


class NotUsableError(Exception):
    """A result that cannot be compared; the message tells the student why."""


def judge(exercise, answer, seed):
    """Return the verdict on `answer` (pass, wrong, error or todo) and the lines to print."""
    inputs = exercise.inputs(np.random.default_rng(seed))
    wanted = [_run(exercise, exercise.oracle, args) for args in inputs.values()]
    got = _results(exercise, answer, inputs)
    if all(map(_unattempted, got)):
        return "todo", ["todo: not attempted yet"]
    printed = {n: _values(result, exercise.digits) for n, result in zip(inputs, got, strict=True)}
    if exercise.by_hand:
        printed = {label: _fingerprint(label, text) for label, text in printed.items()}
    lines = [f"{label}: {text}" for label, text in printed.items()]
    noun = "printed values" if exercise.view else "values"  # those of a view stand only there
    faults = {n: _fault(*pair, noun) for n, *pair in zip(inputs, got, wanted, strict=True)}
    wrong = [label for label, fault in faults.items() if fault]
    if not wrong:
        return "pass", [*lines, f"agrees with {exercise.library} on {len(inputs)} inputs"]
    if exercise.by_hand:  # each row has a diagnosis of its own
        for i, label in enumerate(inputs):
            if label in wrong:
                row = [inputs[label]], wanted[i : i + 1], got[i : i + 1]
                lines.append(f"{label}: {_recognised(exercise, *row) or faults[label]}")
        todo = sum(map(_unattempted, got))
        return "todo" if todo == len(wrong) else "wrong", lines
    if mistake := _recognised(exercise, list(inputs.values()), wanted, got):
        return "wrong", [*lines, f"not yet: {mistake}"]
    calls = {n: f"{exercise.name}({', '.join(map(_literal, inputs[n]))})" for n in wrong}
    label = min(calls, key=lambda n: len(calls[n]))  # the smallest is the easiest to follow
    lines.append(f'not yet: on the input "{label}", {faults[label]}')
    if "<" not in calls[label] and len(calls[label]) < 500:  # no function in it, and readable
        lines.append(f"try it: {calls[label]}")
    return "error" if any(map(_stopped, got)) else "wrong", lines


def _results(exercise, answer, inputs):
    """Return for each input a float array, a word, or the exception that came instead."""
    if answer is ...:
        return [NotImplementedError()] * len(inputs)
    if not exercise.by_hand:
        return [_run(exercise, answer, args) for args in inputs.values()]
    if not isinstance(answer, list | tuple) or len(answer) != len(inputs):
        return [NotUsableError(f"the answer is not a list of {len(inputs)} rows")] * len(inputs)
    return [_run(exercise, lambda row=row: row, ()) for row in answer]


def _run(exercise, answer, args):
    """Call `answer` on copies of `args`; return its normalised result or its exception."""
    copies, silence = copy.deepcopy(args), io.StringIO()
    with redirect_stdout(silence), redirect_stderr(silence), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = exercise.call(answer, *copies) if exercise.call else answer(*copies)
            if exercise.view and result is not ... and result is not None:
                result = _viewed(exercise, result, args)
            result = _normal(result)
        except (Exception, SystemExit) as error:
            return error
    if not _equal(args, copies):
        return NotUsableError("the function changed its own input: work on a copy")
    return result


def _viewed(exercise, result, args):
    """Return what is compared of a result; a result without it is not usable."""
    try:
        return exercise.view(result, *args)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        form = f"the result ({type(result).__name__}) has not the form that was asked for"
        raise NotUsableError(f"{form}: {' '.join(str(error).split())[:100]}") from error


def _equal(a, b):
    """Tell whether two arguments are equal: arrays, other values, or lists of them."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and len(a) == len(b) and all(map(_equal, a, b))
    return a is b or a == b


def _literal(arg):
    """Return an argument as a student may type it."""
    return f'np.array({arg.tolist()}, "{arg.dtype}")' if isinstance(arg, np.ndarray) else repr(arg)


def _normal(value):
    """Return numbers as a float array and a word in lower case; refuse anything else."""
    if value is ...:
        raise NotImplementedError
    if value is None:
        raise NotUsableError("the result is None: is the `return` missing?")
    if isinstance(value, str):
        return value.strip().lower()
    try:
        array = np.asarray(value)
    except ValueError:
        raise NotUsableError("the parts of the result have different lengths") from None
    if array.dtype.kind not in "biuf":  # booleans, integers, unsigned, floats
        raise NotUsableError(f"the result ({type(value).__name__}) is not an array of numbers")
    return array.astype(float)


def _fault(got, wanted, noun="values"):
    """Say what is wrong with a result, but never the wanted values; "" if nothing is."""
    if _unattempted(got):
        return "not attempted yet"
    if isinstance(got, NotUsableError):
        return str(got)
    if _stopped(got):
        return f"it stopped with {type(got).__name__}: {' '.join(str(got).split())[:100]}"
    if _same(got, wanted):
        return ""
    if isinstance(wanted, BaseException):
        return f"this input should be refused with a {type(wanted).__name__}"
    if isinstance(got, str) or isinstance(wanted, str):
        return "the result is not the right word"
    if got.shape != wanted.shape:
        return f"the result has the shape {got.shape} instead of {wanted.shape}"
    if not got.any():
        return "every value of the result is zero"
    if wanted.size == 1:
        return "the value is wrong"
    wrong = ~_close(got, wanted)
    verb, first = "is" if wrong.sum() == 1 else "are", np.argwhere(wrong)[0].tolist()
    return f"{wrong.sum()} of {wrong.size} {noun} {verb} wrong, the first at {first}"


def _recognised(exercise, inputs, wanted, got):
    """Describe the typical mistake that gives the same results; None if there is none.

    One input may give something else, because two mistakes at once are common.
    """
    best, description = len(got) - 2, None
    for answer, says, section in exercise.mistakes:
        theirs = [_run(exercise, answer, args) for args in inputs]
        same = [_same(*pair) for pair in zip(theirs, got, strict=True)]
        explains = any(s and not _same(g, w) for s, g, w in zip(same, got, wanted, strict=True))
        if explains and sum(same) > best:
            best, description = sum(same), f'{says}; see "{section}"'
    return description


def _same(a, b):
    """Tell whether two results agree; errors do that are of the same type."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.all(_close(a, b)))
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return _stopped(a) and type(a) is type(b)


def _close(a, b):
    """Compare numbers, with room for the rounding of 32-bit floats."""
    return np.isclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True)


def _stopped(result):
    """Tell whether the answer raised an error of its own."""
    usable = not isinstance(result, NotUsableError) and not _unattempted(result)
    return isinstance(result, BaseException) and usable


def _unattempted(result):
    """Tell whether the stub is still there; `input()` without a keyboard raises a kin of its."""
    return type(result) is NotImplementedError


def _values(result, digits):
    """Return a result as text, numbers with fixed digits."""
    if isinstance(result, np.ndarray):
        numbers = (np.round(result.ravel(), digits) + 0.0).tolist()  # + 0.0: never "-0.00"
        return " ".join([f"{result.shape}", *(f"{number:.{digits}f}" for number in numbers)])
    return result if isinstance(result, str) else "-"


def _fingerprint(label, text):
    """Return a short code of a row: the wanted output must not give it away, nor its equals."""
    return f"fingerprint {zlib.crc32(f'{label}: {text}'.encode()):08x}"
