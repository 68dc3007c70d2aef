"""Checks for the exercise notebooks: `check(answer, seed=SEED)` and `summary()`.

An exercise is data: a library call as oracle, inputs drawn from a seed, and the
typical wrong answers, each with what to say about it. A check prints the values
that the student's answer gives (nbval compares them with those of the solved
notebook, outside the student's process), then the agreement or the diagnosis.
"""

import copy
import inspect
import io
import re
import sys
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
    """

    chapter: str
    name: str
    library: str
    oracle: Callable
    inputs: Callable
    mistakes: list[tuple[Callable, str, str]]
    by_hand: bool = False


class NotUsableError(Exception):
    """A result that cannot be compared; the message tells the student why."""


EXERCISES = {}  # name -> Exercise; filled at the end of this file
VERDICTS = {}  # name -> the last verdict; what `summary` prints


def check(answer, *, seed):
    """Print what `answer` gives on inputs drawn from `seed`, then agreement or diagnosis.

    What the answer itself prints, and its warnings, are not shown.
    """
    exercise = _exercise(answer, sys._getframe(1))
    if exercise is None:
        print(f"check knows only these exercises: {', '.join(EXERCISES)}")
        return
    VERDICTS[exercise.name], lines = judge(exercise, answer, seed)
    print("\n".join(lines))


def summary():
    """Print the last verdict on each exercise of the chapters checked so far."""
    chapters = {EXERCISES[name].chapter for name in VERDICTS}
    verdicts = {
        exercise.name: VERDICTS.get(exercise.name, "not checked yet")
        for exercise in EXERCISES.values()
        if exercise.chapter in chapters
    }
    for name, verdict in verdicts.items():
        print(f"{name:16} {verdict}")
    print(f"{list(verdicts.values()).count('pass')} of {len(verdicts)} pass")


def judge(exercise, answer, seed):
    """Return the verdict on `answer` (pass, wrong, error or todo) and the lines to print."""
    inputs = exercise.inputs(np.random.default_rng(seed))
    wanted = [_run(exercise.oracle, args) for args in inputs.values()]
    got = _results(exercise, answer, inputs)
    if all(isinstance(result, NotImplementedError) for result in got):
        return "todo", ["todo: not attempted yet"]
    show = _fingerprint if exercise.by_hand else _values
    lines = [f"{label}: {show(result)}" for label, result in zip(inputs, got, strict=True)]
    faults = {label: _fault(*pair) for label, *pair in zip(inputs, got, wanted, strict=True)}
    wrong = [label for label, fault in faults.items() if fault]
    if not wrong:
        return "pass", [*lines, f"agrees with {exercise.library} on {len(inputs)} inputs"]
    if exercise.by_hand:  # each row has a diagnosis of its own
        for i, label in enumerate(inputs):
            if label in wrong:
                row = [inputs[label]], wanted[i : i + 1], got[i : i + 1]
                lines.append(f"{label}: {_recognised(exercise, *row) or faults[label]}")
        todo = sum(isinstance(result, NotImplementedError) for result in got)
        return "todo" if todo == len(wrong) else "wrong", lines
    if mistake := _recognised(exercise, list(inputs.values()), wanted, got):
        return "wrong", [*lines, f"not yet: {mistake}"]
    lines.append(f'not yet: on the input "{wrong[0]}", {faults[wrong[0]]}')
    if all(isinstance(arg, np.ndarray) for arg in inputs[wrong[0]]):
        arrays = [f'np.array({arg.tolist()}, "{arg.dtype}")' for arg in inputs[wrong[0]]]
        lines.append(f"try it: {exercise.name}({', '.join(arrays)})")
    return "error" if any(map(_stopped, got)) else "wrong", lines


def _exercise(answer, frame):
    """Find the exercise by the word in `check(word, ...)`, else by the function's name.

    A list has no name, and after `combine = convolve1d` the function has another one.
    """
    line = "".join(inspect.getframeinfo(frame).code_context or [])
    word = re.search(r"\bcheck\(\s*(\w+)", line)
    by_word = EXERCISES.get(word[1]) if word else None
    return by_word or EXERCISES.get(getattr(answer, "__name__", None))


def _results(exercise, answer, inputs):
    """Return for each input a float array, a word, or the exception that came instead."""
    if answer is ...:
        return [NotImplementedError()] * len(inputs)
    if not exercise.by_hand:
        return [_run(answer, args) for args in inputs.values()]
    if not isinstance(answer, list | tuple) or len(answer) != len(inputs):
        return [NotUsableError(f"the answer is not a list of {len(inputs)} rows")] * len(inputs)
    return [_run(lambda row=row: row, ()) for row in answer]


def _run(answer, args):
    """Call `answer` on copies of `args`; return its normalised result or its exception."""
    copies, silence = copy.deepcopy(args), io.StringIO()
    with redirect_stdout(silence), redirect_stderr(silence), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = _normal(answer(*copies))
        except (Exception, SystemExit) as error:
            return error
    if not all(map(np.array_equal, args, copies)):
        return NotUsableError("the function changed its own input: work on a copy")
    return result


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
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":  # integers, unsigned, floats
        raise NotUsableError(f"the result ({type(value).__name__}) is not an array of numbers")
    return array.astype(float)


def _fault(got, wanted):
    """Say what is wrong with a result, but never the wanted values; "" if nothing is."""
    if isinstance(got, NotImplementedError):
        return "not attempted yet"
    if isinstance(got, NotUsableError):
        return str(got)
    if _stopped(got):
        return f"it stopped with {type(got).__name__}: {' '.join(str(got).split())[:100]}"
    if _same(got, wanted):
        return ""
    if isinstance(got, str) or isinstance(wanted, str):
        return "the result is not the right word"
    if got.shape != wanted.shape:
        return f"the result has the shape {got.shape} instead of {wanted.shape}"
    if not got.any():
        return "every value of the result is zero"
    wrong = ~np.isclose(got, wanted)
    return f"{wrong.sum()} of {wrong.size} values are wrong, the first at index {wrong.argmax()}"


def _recognised(exercise, inputs, wanted, got):
    """Describe the typical mistake that gives the same results; None if there is none.

    One input may give something else, because two mistakes at once are common.
    """
    best, description = len(got) - 2, None
    for answer, says, section in exercise.mistakes:
        theirs = [_run(answer, args) for args in inputs]
        same = [_same(*pair) for pair in zip(theirs, got, strict=True)]
        explains = any(s and not _same(g, w) for s, g, w in zip(same, got, wanted, strict=True))
        if explains and sum(same) > best:
            best, description = sum(same), f'{says}; see "{section}"'
    return description


def _same(a, b):
    """Tell whether two results agree; errors do that are of the same type."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return _stopped(a) and type(a) is type(b)


def _stopped(result):
    """Tell whether the answer raised an error of its own."""
    return isinstance(result, BaseException) and not isinstance(
        result, NotImplementedError | NotUsableError
    )


def _values(result):
    """Return a result as text, numbers with fixed digits."""
    if isinstance(result, np.ndarray):
        return " ".join([f"{result.shape}", *(f"{value + 0:.2f}" for value in result.ravel())])
    return result if isinstance(result, str) else "-"


def _fingerprint(result):
    """Return a short code of the values: the wanted output must not give a row away."""
    return f"fingerprint {zlib.crc32(_values(result).encode()):08x}"


# The data of "The sliding dot product": inputs, then typical mistakes, then the exercises.


def _distinct(rng, count):
    """Draw odd numbers of different sizes, at least one of them negative: never symmetric."""
    signs = rng.choice([-1, 1], count)
    signs[rng.integers(count)] = -1
    return signs * rng.permutation(np.arange(1, 2 * count + 6, 2))[:count]


def _pairs(rng):
    """Draw signals and kernels; halves, so that two digits show every sum exactly."""
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)[:7]
    return {
        "odd kernel": (_distinct(rng, 6) / 2, _distinct(rng, 3) / 2),
        "even kernel": (_distinct(rng, 7) / 2, _distinct(rng, 4) / 2),
        "kernel of one": (_distinct(rng, 4) / 2, _distinct(rng, 1) / 2),
        "equal lengths": (_distinct(rng, 3) / 2, _distinct(rng, 3) / 2),
        "whole numbers": (_distinct(rng, 6), _distinct(rng, 3) / 2),
        "uint8": (pixels, rng.permutation(np.arange(3, 10)).astype(np.uint8)[:3]),
    }


def _rows(kernel):
    """Return the inputs of an exercise by hand; nothing is drawn."""
    signals = {
        "impulse": [0, 0, 2, 0, 0],
        "step": [2, 2, 2, 0, 0, 0],
        "ramp": [0, 2, 4, 6, 8],
        "zigzag": [0, 0, 1, -2, 1, 0, 0],
    }
    return lambda rng: {name: (x, kernel) for name, x in signals.items()}


def _boxes(rng):
    """Return the black boxes for `identify`, in an order drawn by `rng`."""
    boxes = [
        lambda x, w: np.convolve(x, w),
        lambda x, w: np.correlate(x, w, "full"),
        lambda x, w: np.correlate(x, w, "full") * 2,
        lambda x, w: np.convolve(x, np.negative(w)),
        lambda x, w: np.convolve(x, np.full(len(w), np.mean(w))),
        lambda x, w: np.convolve(x, [*w[:-1], 3 * w[-1]]),
    ]
    return {f"box {i}": (boxes[k],) for i, k in enumerate(rng.permutation(len(boxes)), 1)}


def _kind(box, kernel=(1, 2, 4), names=("convolution", "correlation", "neither")):
    """Name what `box` does, going by one signal and one kernel."""
    out, signal = box([3, -1, 2, 5], kernel), [3, -1, 2, 5]
    if np.allclose(out, np.convolve(signal, kernel)):
        return names[0]
    return names[1 if np.allclose(out, np.correlate(signal, kernel, "full")) else 2]


def _float(operation, mode):
    """Return NumPy's operation on floats, which cannot wrap round."""
    return lambda x, w: operation(np.asarray(x, float), np.asarray(w, float), mode)


_valid, _full = _float(np.convolve, "valid"), _float(np.convolve, "full")
_corr, _corr_full = _float(np.correlate, "valid"), _float(np.correlate, "full")


def _first_value(box):
    return {1: "convolution", 4: "correlation"}.get(box([1], [1, 2, 4])[0], "neither")


def _past_the_end(x, w):
    return [sum(float(x[i + k]) * w[k] for k in range(len(w))) for i in range(len(x))]


def _products(x, w):
    return [x[i : i + len(w)] * w.astype(float) for i in range(len(x) - len(w) + 1)]


def _three_taps(x, w):
    return [x[i] * w[0] + x[i + 1] * w[1] + x[i + 2] * w[2] for i in range(len(x) - 2)]


def _centred(x, w):
    half, w = len(w) // 2, w.astype(float)
    return [x[i - half : i + half + 1] @ w for i in range(half, len(x) - half)]


def _any_index(x, w):
    places, samples = range(len(x) + len(w) - 1), range(len(x))
    return [sum(float(x[n]) * w[i - n] for n in samples) for i in places]


def _negative_index(x, w):
    taps, places = range(len(w)), range(len(x) + len(w) - 1)
    return [sum(float(x[i - k]) * w[k] for k in taps if i - k < len(x)) for i in places]


def _ring(x, w):
    return [sum(float(x[i - k]) * w[k] for k in range(len(w))) for i in range(len(x))]


def _uint8_products(x, w):
    out = np.zeros(len(x) + len(w) - 1)
    for i in range(len(x)):
        out[i : i + len(w)] += x[i] * w
    return out


# Sections of the chapter's page, to read again.
SLIDE, FLIP = "One product at a time", "Convolution: the same, flipped"
IMPULSE, ALGEBRA = "One impulse tells them apart", "The algebra that the flip buys"
TYPES = "The function of this course"

# A table: wrong answer, what to say, section. fmt: off


def _sums(right, raw, products):
    """Return the mistakes that every sum invites; `raw` and `products` compute in uint8."""
    return [
        (raw, "uint8 sums wrap round after 255: make the inputs float first", TYPES),
        (products, "uint8 products wrap round before they are added", TYPES),
        (lambda x, w: np.trunc(right(x, w)), "the fractions are cut off: use floats", TYPES),
        (lambda x, w: right(x, w).astype(x.dtype), "the result has the input's dtype", TYPES),
        (lambda x, w: right(np.trunc(x), np.trunc(w)), "the inputs were cut to integers", TYPES),
        (lambda x, w: right(x, w)[:1], "one value only: is the `return` inside the loop?", SLIDE),
    ]


_CORRELATE = [
    (_valid, "this is convolution: the kernel was flipped", FLIP),
    (lambda x, w: _corr(x, w)[:-1], "the last value is missing: i runs from 0 to N - K", SLIDE),
    (
        lambda x, w: np.append(_corr(x, w), np.zeros(len(w) - 1)),
        "zeros follow the values: make the result N - K + 1 long, not N",
        SLIDE,
    ),
    (
        lambda x, w: _corr_full(x, w)[len(w) - 1 :],
        "the kernel slides past the end: its last tap stops at the last sample",
        SLIDE,
    ),
    (_past_the_end, "an index runs past the end: i stops at N - K, k at K - 1", SLIDE),
    (_products, "these are the products of each window: add them up", SLIDE),
    (_three_taps, "this is right for K = 3 only: loop over all taps", SLIDE),
    (_centred, "this is right for odd kernels only: window i begins at i", SLIDE),
    (
        lambda x, w: _corr_full(x, w)[len(w) - 1 : 1 - len(w)],
        "for K = 1 the slice ends at -0, so it is empty",
        SLIDE,
    ),
    (lambda x, w: _corr(x, w)[::-1], "the right values, but in reverse order", SLIDE),
    *_sums(
        _corr,
        lambda x, w: np.correlate(x, w),
        lambda x, w: _uint8_products(x, w[::-1])[len(w) - 1 : len(x)],
    ),
]
_CONVOLVE = [
    (_corr_full, "this is correlation: the kernel was not flipped", FLIP),
    (_valid, "the ends are missing: partial overlaps count too", FLIP),
    (lambda x, w: _full(x, w)[: len(x)], "the tail is missing: i runs to N + K - 2", FLIP),
    (lambda x, w: _full(x, w)[: len(x) + 1], "i stops at N: it runs to N + K - 2", FLIP),
    (_negative_index, "a negative index read from the other end: outside, x is 0", FLIP),
    (_ring, "the signal was bent into a ring: outside, x is 0", FLIP),
    (_any_index, "an index left its range: what lies outside counts as 0", FLIP),
    (lambda x, w: -_corr_full(x, w), "the kernel was negated: to flip is to reverse it", FLIP),
    *_sums(_full, lambda x, w: np.convolve(x, w), _uint8_products),
]
_IDENTIFY = [
    (
        lambda box: _kind(box, kernel=(1, 2, 1)),
        "your test kernel reads the same both ways, so no flip can show",
        IMPULSE,
    ),
    (
        lambda box: _kind(box, names=("correlation", "convolution", "neither")),
        "the two names are swapped: convolution gives the kernel back as it is",
        IMPULSE,
    ),
    (
        lambda box: _kind(box, names=("convolution", "correlation", "correlation")),
        'what is not convolution need not be correlation: it can be "neither"',
        IMPULSE,
    ),
    (_first_value, "one value of the result is not enough: compare them all", IMPULSE),
    (lambda box: "convolution", "the answer does not depend on the box", IMPULSE),
]
_BUMP = [
    (lambda x, w: -_valid(x, w), "every sign is the wrong way round", FLIP),
    (lambda x, w: _full(x, w)[1 : len(x) - 1], "this starts one place too early", SLIDE),
    (lambda x, w: _full(x, w)[3 : len(x) + 1], "this starts one place too late", SLIDE),
    (_full, "too long: only windows that lie wholly inside the signal count", SLIDE),
]
_SLOPE = [(_corr, "this is correlation: the kernel was not flipped", FLIP), *_BUMP[1:]]
_COMBINE = [
    (_corr_full, "the first kernel was correlated with the second: one must be flipped", ALGEBRA),
    (
        lambda v, w: _corr_full(w, v),
        "the second kernel was correlated with the first: one must be flipped",
        ALGEBRA,
    ),
    (lambda v, w: v * w, "tap times tap does not mix neighbours", ALGEBRA),
    (lambda v, w: np.append(v, w), "the kernels were only put end to end", ALGEBRA),
    *_sums(_full, lambda v, w: np.convolve(v, w), _uint8_products),
]

_BOTH = "numpy.convolve and numpy.correlate"
for _row in [
    # name, library, oracle, inputs, mistakes, by hand
    ("correlate1d", "numpy.correlate", _corr, _pairs, _CORRELATE),
    ("convolve1d", "numpy.convolve", _full, _pairs, _CONVOLVE),
    ("identify", _BOTH, _kind, _boxes, _IDENTIFY),
    ("by_hand_bump", "numpy.convolve", _valid, _rows([-1, 1, -1]), _BUMP, True),
    ("by_hand_slope", "numpy.convolve", _valid, _rows([1, 0, -1]), _SLOPE, True),
    ("combine", "numpy.convolve", _full, _pairs, _COMBINE),
]:
    EXERCISES[_row[0]] = Exercise("sliding-dot-product", *_row)
