"""What an exercise is, and how an answer is judged.

An exercise is data: a library call as oracle, inputs drawn from a seed, and the
typical wrong answers, each with what to say about it. `judge` does all in one
process, for learning. For marking, `results` runs in the student's process, which
holds neither oracle nor mistakes (convbook.blind), and `verdict` outside.
"""

import copy
import inspect
import io
import linecache
import re
import warnings
import zlib
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from numbers import Real

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """All that one check needs.

    oracle: arguments -> the right result, computed by the library that is named.
    inputs: random generator -> {label: arguments}.
    mistakes: rows of (wrong answer, what to say about it, section to read again).
    by_hand: the answer is no function but a list, one row of numbers for each input.
    view: raw result, *arguments -> what is compared and printed: numbers or a word.
        For results that are no array (a dict), or where several are right (then
        the properties that count). Raises NotUsableError on a wrong type, shape or dtype.
    digits: decimals that are printed and compared.
    call: answer, *arguments -> raw result, for an answer that must be called more than once,
        or whose result (a model) cannot leave its process.
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


LONGEST = 250  # characters of an error's message; the useful end of a library's comes late
TODO = "todo", ["todo: not attempted yet"]


def with_seeds(others):
    """Return the `call` of an answer whose last argument is a seed: twice with it, then `others`.

    Those are the seeds that follow it, odd and even.
    """

    def call(answer, *args):
        *args, seed = args
        results = [answer(*args, s) for s in (seed, *range(seed, seed + others + 1))]
        return None if results[0] is None else results

    return call


class NotUsableError(Exception):
    """A result that cannot be compared; the message tells the student why."""


def judge(exercise, answer, seed):
    """Return the verdict on `answer` (pass, wrong, error or todo) and the lines to print."""
    inputs = exercise.inputs(np.random.default_rng(seed))
    got = results(exercise, answer, list(inputs.values()))
    todo = all(map(_unattempted, got))  # then the library need not be loaded
    return TODO if todo else verdict(exercise, inputs, got, *key(exercise, inputs))


def key(exercise, inputs):
    """Return what answers are compared with: the right results, and a call for the mistakes'.

    That call gives, for each mistake, its result on each input; it may take its time.
    """
    right = [_run(exercise, exercise.oracle, args) for args in inputs.values()]
    answers = [answer for answer, *_ in exercise.mistakes]
    return right, lambda: [[_run(exercise, f, args) for args in inputs.values()] for f in answers]


def verdict(exercise, inputs, got, wanted, mistakes):
    """Return the verdict on the results `got`, and the lines to print.

    `wanted` and `mistakes` are what `key` returns.
    """
    got = [_comparable(exercise, *pair) for pair in zip(got, inputs.values(), strict=True)]
    if all(map(_unattempted, got)):
        return TODO
    noun = "printed values" if exercise.view or exercise.call else "values"
    faults = {n: _fault(*pair, noun) for n, *pair in zip(inputs, got, wanted, strict=True)}
    wrong = [label for label, fault in faults.items() if fault]
    # What agrees is printed as the right result is: rounding must not make a difference.
    printed = {n: w if not faults[n] else g for n, g, w in zip(inputs, got, wanted, strict=True)}
    printed = {label: _values(result, exercise.digits) for label, result in printed.items()}
    if exercise.by_hand:
        printed = {label: _fingerprint(label, text) for label, text in printed.items()}
    lines = [f"{label}: {text}" for label, text in printed.items()]
    if not wrong:
        return "pass", [*lines, f"agrees with {exercise.library} on {len(inputs)} inputs"]
    theirs = mistakes()
    if exercise.by_hand:  # each row has a diagnosis of its own
        for i, label in enumerate(inputs):
            if label in wrong:
                row = [[result[i]] for result in theirs], wanted[i : i + 1], got[i : i + 1]
                lines.append(f"{label}: {_recognised(exercise, *row) or faults[label]}")
        todo = sum(map(_unattempted, got))
        return "todo" if todo == len(wrong) else "wrong", lines
    if mistake := _recognised(exercise, theirs, wanted, got):
        return "wrong", [*lines, f"not yet: {mistake}"]
    calls = {n: f"{exercise.name}({', '.join(map(_literal, inputs[n]))})" for n in wrong}
    label = min(calls, key=lambda n: len(calls[n]))  # the smallest is the easiest to follow
    lines.append(f'not yet: on the input "{label}", {faults[label]}')
    if "<" not in calls[label] and len(calls[label]) < 500:  # no function in it, and readable
        lines.append(f"try it: {calls[label]}")
    return "error" if any(map(_stopped, got)) else "wrong", lines


def results(exercise, answer, inputs):
    """Return what `answer` gives for each of the inputs, or the exception that came instead."""
    if answer is ...:
        return [NotImplementedError()] * len(inputs)
    if not exercise.by_hand:
        return [_result(exercise, answer, args) for args in inputs]
    if not isinstance(answer, list | tuple) or len(answer) != len(inputs):
        return [NotUsableError(f"the answer is not a list of {len(inputs)} rows")] * len(inputs)
    return list(answer)


def _result(exercise, answer, args):
    """Call `answer` on copies of `args`; return its result or its exception."""
    copies = copy.deepcopy(args)
    with _silence():
        try:
            result = exercise.call(answer, *copies) if exercise.call else answer(*copies)
        except (Exception, SystemExit) as error:
            return error
    if not _equal(args, copies):
        return NotUsableError("the function changed its own input: work on a copy")
    a_word = isinstance(result, np.ndarray) and result.dtype.kind == "U" and not result.ndim
    return result.item() if a_word else result  # np.where gives words so


def _comparable(exercise, result, args):
    """Return a result as a float array or a word; an exception as it is, or a new one."""
    if isinstance(result, BaseException):
        return result
    with _silence():
        try:
            if exercise.view and result is not ... and result is not None:
                result = _viewed(exercise, result, args)
            result = _normal(result)
        except Exception as error:
            return error
    numbers = isinstance(result, np.ndarray)
    return np.atleast_1d(result) if exercise.by_hand and numbers else result


def _run(exercise, answer, args):
    """Call `answer`, the oracle or a mistake; return its comparable result or its exception."""
    return _comparable(exercise, _result(exercise, answer, args), args)


@contextmanager
def _silence():
    """Swallow what is printed, and warnings, also NumPy's where a notebook made them errors."""
    nowhere = io.StringIO()
    usual = np.errstate(divide="warn", over="warn", under="ignore", invalid="warn")
    with redirect_stdout(nowhere), redirect_stderr(nowhere), warnings.catch_warnings(), usual:
        warnings.simplefilter("ignore")
        yield


def _viewed(exercise, result, args):
    """Return what is compared of a result; a result without it is not usable."""
    try:
        return exercise.view(result, *args)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        form = f"the result ({type(result).__name__}) has not the form that was asked for"
        raise NotUsableError(f"{form}: {_brief(error)}") from error


def _brief(error):
    """Return an error's message in one line."""
    return " ".join(str(error).split())[:LONGEST]


def _equal(a, b):
    """Tell whether two arguments are equal: arrays, other values, or lists of them."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and len(a) == len(b) and all(map(_equal, a, b))
    return a is b or a == b


def called(answer, frame, names):
    """Find the exercise by the word in `check(word, ...)`, else by the function's name.

    A list has no name, and after `combine = convolve1d` the function has another one.
    """
    info = inspect.getframeinfo(frame)
    lines = linecache.getlines(info.filename)[info.lineno - 1 : info.positions.end_lineno]
    code = "".join(lines).encode()[info.positions.col_offset or 0 :].decode()  # from this call on
    word = re.search(r"\bcheck\(\s*(\w+)", code)
    found = [word and word[1], getattr(answer, "__name__", None)]
    return next((name for name in found if name and name in names), None)


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
        array = as_numbers(value)
    except ValueError:
        raise NotUsableError("the parts of the result have different lengths") from None
    if array.dtype.kind == "U":
        raise NotUsableError("a number is written as text: write it without quotes")
    if array.dtype.kind not in "biuf":  # booleans, integers, unsigned, floats
        raise NotUsableError(f"the result ({type(value).__name__}) is not an array of numbers")
    return array.astype(float)


def as_numbers(value):
    """Return an array, of floats where NumPy makes one of objects that are numbers (fractions)."""
    array = np.asarray(value)
    numbers = array.dtype == object and all(isinstance(number, Real) for number in array.flat)
    return array.astype(float) if numbers else array


def _fault(got, wanted, noun="values"):
    """Say what is wrong with a result, but never the wanted values; "" if nothing is."""
    if _unattempted(got):
        return "not attempted yet"
    if isinstance(got, NotUsableError):
        return str(got)
    if _stopped(got):
        return f"it stopped with {type(got).__name__}: {_brief(got)}"
    if _same(got, wanted):
        return ""
    if isinstance(wanted, BaseException):
        return f"this input should be refused with a {type(wanted).__name__}"
    if isinstance(got, str) and not isinstance(wanted, str):
        return "the result is a word, and not a number: write it without quotes"
    if isinstance(wanted, str):
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


def _recognised(exercise, mistakes, wanted, got):
    """Describe the typical mistake that gives the same results; None if there is none.

    One input may give something else, because two mistakes at once are common.
    """
    best, description = len(got) - 2, None
    for theirs, (_, says, section) in zip(mistakes, exercise.mistakes, strict=True):
        same = [_alike(*pair) for pair in zip(theirs, got, strict=True)]
        explains = any(s and not _same(g, w) for s, g, w in zip(same, got, wanted, strict=True))
        if explains and sum(same) > best:
            best, description = sum(same), f'{says}; see "{section}"'
    return description


def _alike(a, b):
    """Tell whether two results are the same; errors must also say the same."""
    return _same(a, b) and (not _stopped(a) or str(a) == str(b))


def _same(a, b):
    """Tell whether two results agree; errors do that are of the same type."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.all(_close(a, b)))
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return _stopped(a) and type(a).__name__ == type(b).__name__


def _close(a, b):
    """Compare numbers, with room for the rounding of 32-bit floats, and none for counts."""
    with np.errstate(invalid="ignore"):  # infinity less infinity
        far = np.nan_to_num(np.abs(np.subtract(a, b))) >= 0.005
    return np.isclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True) & ~far


def _stopped(result):
    """Tell whether the answer raised an error of its own."""
    usable = not isinstance(result, NotUsableError) and not _unattempted(result)
    return isinstance(result, BaseException) and usable


def _unattempted(result):
    """Tell whether the stub is still there; `input()` without a keyboard raises a kin of its."""
    return result is ... or type(result) is NotImplementedError


def _values(result, digits):
    """Return a result as text, numbers with fixed digits."""
    if isinstance(result, np.ndarray):
        numbers = (np.round(result.ravel(), digits) + 0.0).tolist()  # + 0.0: never "-0.00"
        return " ".join([f"{result.shape}", *(f"{number:.{digits}f}" for number in numbers)])
    return result if isinstance(result, str) else "-"


def _fingerprint(label, text):
    """Return a short code of a row: the wanted output must not give it away, nor its equals."""
    return f"fingerprint {zlib.crc32(f'{label}: {text}'.encode(errors='replace')):08x}"
