"""The exercises of "What happens at the edges?"."""

import itertools

import numpy as np

from convbook.engine import Exercise

# Sections of the chapter's page, to read again.
LENGTH, SAME = "How long is the output?", "The odd zero"
MODES, USE = "One ramp, six answers", "Who is seen how often?"

NAMES = {  # ours -> that of np.pad
    "zeros": "constant",
    "edge": "edge",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "wrap": "wrap",
}


def _lengths(rng):
    """Draw (length, kernel, stride, padding); each case has what one mistake needs."""
    n, half = int(rng.integers(20, 40)), int(rng.integers(1, 4))
    odd = 2 * half + 1
    return {
        "valid": (n, odd, 1, "valid"),
        "valid, a sample left over": (odd + 3 * n + 2, odd, 3, "valid"),
        "valid, one left over": (odd + 3 * n + 1, odd, 3, "valid"),
        "valid, stride that fits": (odd + 4 * n, odd, 4, "valid"),
        "valid, kernel as long": (odd, odd, 2, "valid"),
        "valid, even kernel": (n, odd + 1, 1, "valid"),
        "same": (n, odd, 1, "same"),
        "same, odd length": (2 * n + 1, odd, 2, "same"),
        "same, one left over": (3 * n + 1, odd, 3, "same"),
        "same, two left over": (3 * n + 2, odd, 3, "same"),
        "same, stride that fits": (4 * n, odd, 4, "same"),
        "same, even kernel": (n, odd + 1, 1, "same"),
        "same, even kernel, stride that fits": (3 * n, odd + 1, 3, "same"),
        "full": (n, odd + 1, 1, "full"),
    }


def _count(length, kernel, stride, padding):
    """Return the output length, counted on NumPy's arrays."""
    if padding == "same":
        return np.zeros(length)[::stride].size
    return np.convolve(np.zeros(length), np.zeros(kernel), padding)[::stride].size


def _but(**others):
    """Return `_count` with another rule for the paddings that are named."""
    return lambda n, k, s, padding: others.get(padding, _count)(
        *((n, k, s, padding) if padding not in others else (n, k, s))
    )


_OUTPUT_LENGTH = [
    (
        _but(valid=lambda n, k, s: (n - k) // s),
        "the first place is not counted: add 1 after dividing",
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: (n - k + 1) // s),
        "the 1 belongs behind the division: the steps are counted, then the first place is added",
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: len(range(0, n - k, s))),
        "the last place is missing: the window that begins at n - k still fits",
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: (n - k) / s + 1),
        "a number of places is whole: divide with //, what is left over is dropped",
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: round((n - k) / s) + 1),
        "rounding counts a place that is not there: what is left over is dropped",
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: -(-(n - k) // s) + 1),
        'rounding up is the rule for "same", not for "valid"',
        LENGTH,
    ),
    (
        _but(valid=lambda n, k, s: -(-(n - k // 2 * 2) // s)),
        "k // 2 at each end is right for odd kernels only: k - 1 places are lost in all",
        LENGTH,
    ),
    (_but(same=lambda n, k, s: n), 'with a stride, "same" is not as long as the input', SAME),
    (
        _but(same=lambda n, k, s: n // s),
        '"same" rounds up: the last, incomplete step counts too',
        SAME,
    ),
    (
        _but(same=lambda n, k, s: int(n / s + 0.5)),
        '"same" rounds up, however little is left over: one sample is enough',
        SAME,
    ),
    (
        _but(same=lambda n, k, s: (n + 1) // s),
        "adding 1 before the division rounds up for a stride of 2 only: add s - 1",
        SAME,
    ),
    (
        _but(same=lambda n, k, s: n // s + n % s),
        "what is left over is one more place, however many samples it has: do not add n % s",
        SAME,
    ),
    (
        _but(same=lambda n, k, s: n // s + 1),
        "one too many where the stride divides the length: round up, do not add 1",
        SAME,
    ),
    (
        _but(same=lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1),
        "k // 2 zeros on both sides are one too many for an even kernel",
        SAME,
    ),
    (
        _but(same=lambda n, k, s: (n + 2 * ((k - 1) // 2) - k) // s + 1),
        "(k - 1) // 2 zeros on both sides are one too few for an even kernel",
        SAME,
    ),
    (
        _but(full=lambda n, k, s: n + k),
        "one too many: at the first and at the last place the kernel overlaps by one sample",
        LENGTH,
    ),
    (
        _but(full=lambda n, k, s: n + k + 1),
        '"full" adds k - 1 zeros on each side, not k',
        LENGTH,
    ),
    (
        _but(full=lambda n, k, s: n + 2 * (k - 1)),
        "this is the length of the padded signal: the kernel has fewer places in it",
        LENGTH,
    ),
    (
        lambda n, k, s, padding: _count(n, k, 1, padding),
        "the stride is not used",
        LENGTH,
    ),
    (
        lambda n, k, s, padding: _count(n, k, s, "valid"),
        "the padding is not used",
        LENGTH,
    ),
]


def _sides(rng):
    """Draw (length, kernel, stride) for the zeros of "same"."""
    n, half = int(rng.integers(10, 40)), int(rng.integers(2, 5))
    return {
        "odd kernel": (n, 2 * half + 1, 1),
        "even kernel": (n, 2 * half, 1),
        "one zero": (2 * n, 3, 2),
        "three zeros": (2 * n + 1, 4, 1),
        "stride": (3 * n, 2 * half + 1, 3),
        "stride, odd length": (2 * n + 1, 2 * half - 1, 2),
        "stride, one left over": (3 * n + 1, 2 * half + 1, 3),
        "stride, two left over": (3 * n + 2, 2 * half + 1, 3),
        "kernel below the stride": (3 * n, 2, 3),
        "kernel of one": (n, 1, 1),
    }


def _zeros(length, kernel, stride):
    """Return the fewest zeros that make room for every place, the odd one after."""
    places = np.zeros(length)[::stride].size
    needed = (places - 1) * stride + kernel  # samples that the windows cover
    total = next(t for t in itertools.count() if length + t >= needed)
    return total // 2, total - total // 2


def _unclipped(n, k, s):
    total = (-(-n // s) - 1) * s + k - n
    return total // 2, total - total // 2


def _shared(rule):
    """Return the mistake of zeros that are shared out by another rule."""
    return lambda n, k, s: rule(sum(_zeros(n, k, s)))


def _total(rule):
    """Return the mistake of another number of zeros, shared out as it should be."""

    def answer(n, k, s):
        total = max(rule(n, k, s), 0)
        return total // 2, total - total // 2

    return answer


def _places(places):
    """Return the mistake of another number of places."""
    return _total(lambda n, k, s: (places(n, s) - 1) * s + k - n)


_SAME_PADDING = [
    (
        lambda n, k, s: (k // 2, k // 2),
        "k // 2 on both sides: an even kernel gets one zero too many, and the stride counts",
        SAME,
    ),
    (lambda n, k, s: _zeros(n, k, s)[::-1], "the odd zero goes after the signal, not before", SAME),
    (lambda n, k, s: _zeros(n, k, 1), "a stride needs other zeros: count the places first", SAME),
    (_unclipped, "a negative number of zeros: there can be none, but not fewer", SAME),
    (
        lambda n, k, s: (k - 1, k - 1),
        'these are the zeros of "full"',
        SAME,
    ),
    (_shared(lambda t: (t, 0)), "all zeros stand before the signal: share them out", SAME),
    (_shared(lambda t: (0, t)), "all zeros stand after the signal: share them out", SAME),
    (
        _shared(lambda t: (t // 2, t // 2 + 1)),
        "the side after gets one more only if the number of zeros is odd",
        SAME,
    ),
    (
        _shared(lambda t: (t // 2, t // 2)),
        "if the number of zeros is odd, one is lost: what is left over goes after",
        SAME,
    ),
    (
        _shared(lambda t: (-(-t // 2), -(-t // 2))),
        "if the number of zeros is odd, this is one too many: round down before the signal",
        SAME,
    ),
    (
        _shared(lambda t: (round(t / 2), t - round(t / 2))),
        "Python rounds a half to the even number, 0.5 to 0 but 1.5 to 2: divide with //",
        SAME,
    ),
    (
        _places(lambda n, s: n // s),
        "the places are rounded down: the last, incomplete step counts too",
        SAME,
    ),
    (
        _places(lambda n, s: int(n / s + 0.5)),
        "round the places up, however little is left over: one sample is enough",
        SAME,
    ),
    (
        _places(lambda n, s: n // s + n % s),
        "what is left over is one more place, however many samples it has: do not add n % s",
        SAME,
    ),
    (
        _total(lambda n, k, s: k - s),
        "k - s zeros are missing only where the stride divides the length",
        SAME,
    ),
    (
        _total(lambda n, k, s: k - n % s),
        "too many where the stride divides the length: there n % s is 0, and k - s are missing",
        SAME,
    ),
    (
        lambda n, k, s: _zeros(n, k + s, s),
        "one step too many: the last of m places begins at (m - 1) * stride",
        SAME,
    ),
    (
        _shared(lambda t: t),
        "two numbers are asked for: the zeros before, and those after",
        SAME,
    ),
    (
        _shared(lambda t: (t / 2, t / 2)),
        "half a zero cannot be: divide with //, the rest goes after",
        SAME,
    ),
]


def _pads(rng):
    """Draw (signal, before, after, mode); no value stands twice, two and three are added."""
    signal = rng.permutation(np.arange(-9, 10, 2))[:6] / 2
    return {mode: (signal, 2, 3, mode) for mode in NAMES} | {
        "nothing before": (signal, 0, 2, "reflect"),
        "nothing after": (signal, 2, 0, "wrap"),
        "nothing at all": (signal, 0, 0, "symmetric"),
        "wrap, nothing before": (signal, 0, 2, "wrap"),
        "zeros, nothing after": (signal, 2, 0, "zeros"),
        "edge, nothing after": (signal, 2, 0, "edge"),
    }


def _pad(signal, before, after, mode, **swapped):
    return np.pad(signal, (before, after), swapped.get(mode, NAMES[mode]))


def _with(**others):
    """Return `_pad` with other samples before and after in the modes that are named."""

    def answer(x, before, after, mode):
        if mode not in others:
            return _pad(x, before, after, mode)
        first, last = others[mode](x, before, after)
        return np.concatenate([first, x, last])

    return answer


def _sliced(slipped):
    """Return `_pad`, but the mode `slipped` fills slices of an array of zeros."""

    def answer(x, before, after, mode):
        if mode != slipped:
            return _pad(x, before, after, mode)
        out = np.zeros(before + len(x) + after)
        if mode == "zeros":
            out[before:-after] = x
        else:
            out[before : before + len(x)] = x
            out[:before], out[-after:] = x[0], x[-1]
        return out

    return answer


_PAD = [
    (
        lambda *a: _pad(*a, reflect="symmetric", symmetric="reflect"),
        "reflect and symmetric are swapped: only symmetric repeats the edge",
        MODES,
    ),
    (
        lambda *a: _pad(*a, symmetric="reflect"),
        "symmetric repeats the edge sample, reflect does not",
        MODES,
    ),
    (
        lambda *a: _pad(*a, reflect="symmetric"),
        "reflect leaves the edge sample out of the mirror image",
        MODES,
    ),
    (
        _with(wrap=lambda x, b, a: (x[::-1][len(x) - b :], x[::-1][:a])),
        "wrap goes on from the other end, it does not mirror",
        MODES,
    ),
    (
        _with(wrap=lambda x, b, a: (x[:b], x[len(x) - a :])),
        "wrap fetches the samples from the other end, not from the same one",
        MODES,
    ),
    (
        _with(
            reflect=lambda x, b, a: (x[1 : 1 + b], x[len(x) - 1 - a : len(x) - 1]),
            symmetric=lambda x, b, a: (x[:b], x[len(x) - a :]),
        ),
        "a mirror turns the order around: the sample next to it comes first",
        MODES,
    ),
    (
        lambda x, b, a, mode: np.trunc(_pad(x, b, a, mode)),
        "the fractions are cut off: make the result a float array",
        MODES,
    ),
    (lambda x, b, a, mode: _pad(x, a, b, mode), "before and after are swapped", MODES),
    (
        lambda x, b, a, mode: _pad(x, b, a, "zeros"),
        "only zeros are added, whatever the mode",
        MODES,
    ),
    (
        lambda *a: _pad(*a, edge="linear_ramp"),
        "edge repeats the last sample, it does not fade out",
        MODES,
    ),
    (
        _with(wrap=lambda x, b, a: (x[-b:], x[:a] if a else x[-a:])),
        "x[-0:] is the whole signal: take care when nothing is added",
        MODES,
    ),
    (
        _with(symmetric=lambda x, b, a: (x[b - 1 :: -1], x[: -a - 1 : -1])),
        "x[before - 1 :: -1] is the whole signal when nothing is added before",
        MODES,
    ),
    (
        _sliced("zeros"),
        "out[before:-0] is empty: take care when nothing is added after",
        MODES,
    ),
    (
        _sliced("edge"),
        "out[-0:] is all of the result: take care when nothing is added after",
        MODES,
    ),
]


def _uses(rng):
    """Draw (length, kernel, padding) with an odd kernel."""
    n, narrow = int(rng.integers(10, 16)), int(rng.choice([3, 5]))
    # Fewer places than what the edges leave to the sample in the middle.
    wide = n - n % 2 - int(rng.choice([1, 3]))
    return {
        "valid": (n, narrow, "valid"),
        "same": (n, narrow, "same"),
        "valid, wide kernel": (n, wide, "valid"),
        "same, wide kernel": (n, wide, "same"),
        "kernel of one": (int(rng.integers(4, 10)), 1, "same"),
    }


def _use(length, kernel, padding):
    """Return how many places of the kernel cover each sample, by NumPy's convolution."""
    places = np.ones(length if padding == "same" else length - kernel + 1)
    return np.convolve(places, np.ones(kernel), "same" if padding == "same" else "full")


def _ramps(length, kernel, padding):
    """Count what the edges leave, and forget that there may be fewer places than that."""
    if padding == "same":
        return _use(length, kernel, padding)
    left = np.arange(1, length + 1)
    return np.minimum(kernel, np.minimum(left, left[::-1]))


def _below_zero(length, kernel, padding, wrapped):
    """Let what lies before the signal count at its end, or lose the places that begin there."""
    use, half = _use(length, kernel, padding), kernel // 2
    if padding == "same" and half:
        if wrapped:
            use[-half:] += np.arange(1, half + 1)
        else:
            use[: kernel - 1] -= np.convolve(np.ones(half), np.ones(kernel))[half:]
    return use


_PIXEL_USE = [
    (
        lambda n, k, p: np.full(n, float(k)),
        "not every sample is used k times: near an edge fewer places reach it",
        USE,
    ),
    (lambda n, k, p: _use(n, k, "valid"), 'these are the counts of "valid" for both', USE),
    (lambda n, k, p: _use(n, k, "same"), 'these are the counts of "same" for both', USE),
    (
        lambda n, k, p: np.where(np.arange(n) % (n - 1), k, 1.0),
        "more than the two outermost samples lie near an edge",
        USE,
    ),
    (
        lambda n, k, p: np.convolve(np.ones(n), np.ones(k), p),
        "this counts the samples under each place, not the places over each sample",
        USE,
    ),
    (
        lambda n, k, p: _below_zero(n, k, p, wrapped=True),
        "an index below 0 reads from the other end: what lies before the signal is no sample",
        USE,
    ),
    (
        lambda n, k, p: _below_zero(n, k, p, wrapped=False),
        "a slice that begins below 0 is empty here: let it begin at 0",
        USE,
    ),
    (_ramps, "no sample is used more often than there are places: n - k + 1 of them", USE),
]


def _layers(rng):
    return {
        "width after ten layers": ((28, 3, 10),),
        "first layer that cannot be": ((28, 3),),
        "width after three layers of 5": ((28, 5, 3),),
        "zeros in all for same, 28 by 3, stride 2": ((28, 3, 2),),
    }


def _answer(case):
    """Work the questions by hand out with NumPy's own lengths."""
    n, k, *more = case
    if more == [2]:
        return [sum(_zeros(n, k, 2))]
    signal, layers = np.zeros(n), 0
    while len(signal) >= k and layers != (more or [None])[0]:
        signal, layers = np.convolve(signal, np.zeros(k), "valid"), layers + 1
    return [len(signal)] if more else [layers + 1]


def _taking(loss):
    """Return the mistake of layers that take another number from the width."""

    def answer(case):
        n, k, *more = case
        if more == [2]:
            return _answer(case)
        return [n - more[0] * loss(k)] if more else [(n - k) // loss(k) + 2]

    return answer


_BY_HAND = [
    (_taking(lambda k: 1), "a layer takes k - 1 from the width, not 1", LENGTH),
    (_taking(lambda k: k), "a layer takes k - 1 from the width, not k", LENGTH),
    (
        lambda case: [_answer(case)[0] - (len(case) == 2)],
        "one too few: count the last one that is possible, then go on",
        LENGTH,
    ),
    (
        lambda case: [2] if case[2:] == (2,) else _answer(case),
        "padding is what the stride needs, not k // 2 twice",
        SAME,
    ),
]

EXERCISES = [
    Exercise("edges", *row)
    for row in [
        # name, library, oracle, inputs, mistakes, by hand
        ("output_length", "the lengths of NumPy's arrays", _count, _lengths, _OUTPUT_LENGTH),
        ("same_padding", "the rule of Keras", _zeros, _sides, _SAME_PADDING),
        ("pad1d", "numpy.pad", _pad, _pads, _PAD),
        ("pixel_use", "numpy.convolve", _use, _uses, _PIXEL_USE),
        ("by_hand_widths", "numpy.convolve", _answer, _layers, _BY_HAND, True),
    ]
]
