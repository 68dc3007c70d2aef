"""The exercises of "The sliding dot product": inputs, typical mistakes, then the table."""

import numpy as np

from convbook.engine import Exercise


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


def _two_kernels(rng):
    """Draw two kernels; the second may be longer."""
    longer = _distinct(rng, 3) / 2, _distinct(rng, 5) / 2
    return _pairs(rng) | {"second kernel longer": longer}


def _rows(kernel):
    """Return the inputs of an exercise by hand; nothing is drawn."""
    signals = {
        "impulse": [0, 0, 2, 0, 0],
        "step": [2, 2, 2, 0, 0, 0],
        "ramp": [0, 2, 4, 6, 8],
        "zigzag": [0, 0, 1, -2, 1, 0, 0],
    }
    return lambda rng: {name: (x, kernel) for name, x in signals.items()}


def _box(operation):
    """Return a black box; all have the same code, so that its line does not tell which it is."""
    return lambda signal, kernel: operation(signal, kernel)


def _boxes(rng):
    """Return the black boxes for `identify`, in an order drawn by `rng`."""
    boxes = [
        lambda x, w: np.convolve(x, w),
        lambda x, w: np.correlate(x, w, "full"),
        lambda x, w: np.correlate(x, w, "full") * 2,
        lambda x, w: np.convolve(x, np.negative(w)),
        lambda x, w: np.convolve(x, np.full(len(w), np.mean(w))),
        lambda x, w: np.convolve(x, [*w[:-1], 3 * w[-1]]),
        lambda x, w: np.convolve(x, [3 * w[0], *w[1:]]),
        lambda x, w: np.convolve(x, [t * (3 if k == len(w) // 2 else 1) for k, t in enumerate(w)]),
    ]
    return {f"box {i}": (_box(boxes[k]),) for i, k in enumerate(rng.permutation(len(boxes)), 1)}


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
_same, _corr_same = _float(np.convolve, "same"), _float(np.correlate, "same")


def _first_value(box):
    return {1: "convolution", 4: "correlation"}.get(box([1], [1, 2, 4])[0], "neither")


def _last_value(box):
    return {4: "convolution", 1: "correlation"}.get(box([1], [1, 2, 4])[-1], "neither")


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


def _replaced(x, w):
    out = np.zeros(len(x) + len(w) - 1)
    for i in range(len(x)):
        out[i : i + len(w)] = x[i] * w.astype(float)
    return out


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
    (_corr_full, "the kernel hangs over both ends: only N - K + 1 places hold all of it", SLIDE),
    (
        _corr_same,
        "the result is as long as the signal: only N - K + 1 places hold the whole kernel",
        SLIDE,
    ),
    (lambda x, w: _corr(x, w) / len(w), "this is the mean of the products: add them", SLIDE),
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
    (
        lambda x, w: np.cumsum(_corr(x, w)),
        "the sum goes on from window to window: begin each with 0",
        SLIDE,
    ),
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
    (lambda x, w: _full(x, w)[:-1], "the last value is missing: i runs to N + K - 2", FLIP),
    (
        _same,
        "only as long as the signal: partial overlaps at both ends count, too",
        FLIP,
    ),
    (_negative_index, "a negative index read from the other end: outside, x is 0", FLIP),
    (_ring, "the signal was bent into a ring: outside, x is 0", FLIP),
    (_any_index, "an index left its range: what lies outside counts as 0", FLIP),
    (lambda x, w: -_corr_full(x, w), "the kernel was negated: to flip is to reverse it", FLIP),
    (lambda x, w: _full(x, w)[::-1], "the right values, but in reverse order", FLIP),
    (_replaced, "each product replaced the one before it: add it, with +=", FLIP),
    *_sums(_full, lambda x, w: np.convolve(x, w), _uint8_products),
]
_IDENTIFY = [
    (
        lambda box: _kind(box, kernel=(1, 0, 4)),
        "what the box does to a tap between the ends goes unseen: let no tap be 0, "
        "and compare all values",
        IMPULSE,
    ),
    (
        lambda box: _kind(box, kernel=(1, 2, 1)),
        "no flip can show: take a kernel that differs from itself reversed, and compare all values",
        IMPULSE,
    ),
    (
        lambda box: _kind(box, kernel=(1, 0, -1)),
        "the flip turns your test kernel into its negative, "
        "so -1 times a convolution looks like a correlation",
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
    (
        lambda box: _kind(box, names=("convolution", "correlation", "convolution")),
        'what is not correlation need not be convolution: it can be "neither"',
        IMPULSE,
    ),
    (
        _first_value,
        "what the box does to the last tap goes unseen: let no tap be 0, and compare all values",
        IMPULSE,
    ),
    (
        _last_value,
        "what the box does to the first tap goes unseen: let no tap be 0, and compare all values",
        IMPULSE,
    ),
    *(
        (lambda box, word=word: word, f"not every box is a {word}", IMPULSE)
        for word in ("convolution", "correlation")
    ),
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
    (lambda v, w: _full(v, w)[::-1], "the right taps, but in reverse order", ALGEBRA),
    (
        _same,
        "taps are missing at both ends: the two kernels together reach further than each",
        ALGEBRA,
    ),
    (lambda v, w: v * w, "tap times tap does not mix neighbours", ALGEBRA),
    (lambda v, w: np.append(v, w), "the kernels were only put end to end", ALGEBRA),
    *_sums(_full, lambda v, w: np.convolve(v, w), _uint8_products),
]

_BOTH = "numpy.convolve and numpy.correlate"
EXERCISES = [
    Exercise("sliding-dot-product", *row)
    for row in [
        # name, library, oracle, inputs, mistakes, by hand
        ("correlate1d", "numpy.correlate", _corr, _pairs, _CORRELATE),
        ("convolve1d", "numpy.convolve", _full, _pairs, _CONVOLVE),
        ("identify", _BOTH, _kind, _boxes, _IDENTIFY),
        ("by_hand_bump", "numpy.convolve", _valid, _rows([-1, 1, -1]), _BUMP, True),
        ("by_hand_slope", "numpy.convolve", _valid, _rows([1, 0, -1]), _SLOPE, True),
        ("combine", "numpy.convolve", _full, _two_kernels, _COMBINE),
    ]
]
