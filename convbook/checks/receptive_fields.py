"""The exercises of "What does one cell see?"."""

import numpy as np
from scipy import signal

from convbook.engine import Exercise

# Sections of the chapter's page, to read again.
CELL, WEIGHTS = "One patch, one number", "Centre minus surround"
LIGHT, RATES = "Centre minus surround", "An edge gives a plus and a minus"
ORIENTED = "The next neuron adds them up"


def _gaussian(size, sigma, unit=True):
    """Return SciPy's Gaussian window in two dimensions, with the sum 1 if `unit`."""
    window = signal.windows.gaussian(size, sigma)
    weights = np.outer(window, window)
    return weights / weights.sum() if unit else weights


def _difference(size, sigma_centre, sigma_surround):
    return _gaussian(size, sigma_centre) - _gaussian(size, sigma_surround)


def _sizes(rng):
    """Draw (size, sigma of the centre, sigma of the surround), the centre narrower."""
    return {
        "small": (5, rng.uniform(0.6, 0.8), rng.uniform(1.1, 1.4)),
        "larger": (7, rng.uniform(0.9, 1.2), rng.uniform(1.8, 2.4)),
        "wide surround": (5, rng.uniform(0.6, 0.8), rng.uniform(3.0, 4.0)),
    }


def _unequal(size, sigma_centre, sigma_surround):
    return _gaussian(size, sigma_centre, unit=False) - _gaussian(size, sigma_surround, unit=False)


def _bell(distance, sigma):
    return np.exp(-(distance**2) / (2 * sigma**2))


def _with(bell=_bell, distance=np.hypot, middle=lambda size: size // 2):
    """Return an answer with another bell, distance or middle."""

    def weights(size, sigma):
        shape = bell(distance(*(np.mgrid[:size, :size] - middle(size))), sigma)
        return shape / shape.sum()

    return lambda n, c, s: weights(n, c) - weights(n, s)


_CENTRE_SURROUND = [
    (
        _unequal,
        "each Gaussian must sum to 1 first, or the cell answers to even light",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _difference(n, s, c),
        "this is an OFF-centre cell: subtract the wide Gaussian from the narrow one",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _difference(n, c / np.sqrt(2), s / np.sqrt(2)),
        "a Gaussian divides by 2 sigma squared: the 2 is missing",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _difference(n, np.sqrt(c), np.sqrt(s)),
        "sigma was taken for the variance: it stands squared in the Gaussian",
        WEIGHTS,
    ),
    (
        _with(middle=lambda size: size / 2),
        "the middle of n pixels is (n - 1) / 2, not n / 2",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _gaussian(n, c) + _gaussian(n, s),
        "the surround must be subtracted, not added",
        WEIGHTS,
    ),
    (
        lambda n, c, s: np.maximum(_difference(n, c, s), 0),
        "the negative surround was cut off: weights may be negative, only rates may not",
        WEIGHTS,
    ),
    (lambda n, c, s: _gaussian(n, c), "the surround is missing", WEIGHTS),
    (
        _with(lambda r, sigma: np.exp(-r / (2 * sigma**2))),
        "the distance stands squared in the Gaussian",
        WEIGHTS,
    ),
    (
        _with(lambda r, sigma: np.exp(-(r**2) / 2 * sigma**2)),
        "sigma belongs below the line: put 2 * sigma**2 into brackets",
        WEIGHTS,
    ),
    (
        _with(lambda r, sigma: np.exp(r**2 / (2 * sigma**2))),
        "the exponent needs its minus: a Gaussian falls with the distance",
        WEIGHTS,
    ),
    (
        _with(distance=lambda y, x: abs(y) + abs(x)),
        "the distance is the hypotenuse, not the way around the corner",
        WEIGHTS,
    ),
    (
        _with(middle=lambda size: 0),
        "the Gaussians stand in the upper left corner: measure from the middle",
        WEIGHTS,
    ),
    (
        lambda n, c, s: (
            _gaussian(n, c, unit=False) / (2 * np.pi * c**2)
            - _gaussian(n, s, unit=False) / (2 * np.pi * s**2)
        ),
        "2 pi sigma squared is the sum over an endless plane: divide by the sum over the square",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _difference(n, c, s) / _difference(n, c, s).max(),
        "the difference was divided again: only the two Gaussians are",
        WEIGHTS,
    ),
    (
        lambda n, c, s: _unequal(n, c, s) - _unequal(n, c, s).mean(),
        "taking the mean off silences even light, but moves the balance: divide each by its sum",
        WEIGHTS,
    ),
]


def _patches(rng):
    """Draw (patch, weights): halves, and bytes with weights of both signs."""
    bytes_ = rng.permutation(np.arange(120, 250)).astype(np.uint8)
    return {
        "square": _excited(rng, np.arange(-8, 8, 2), [[-3.5, -1.0], [0.5, 2.0]]),
        "wide": _excited(rng, np.arange(-9, 9), [[-2.5, -1.5, -0.5], [0.5, 1.5, 3.0]]),
        "one pixel": (np.array([[rng.integers(1, 5) + 0.5]]), np.array([[-2.5]])),
        "bytes": (bytes_[:6].reshape(3, 2), rng.permutation([-4, -3, -2, -1, 1, 2]).reshape(3, 2)),
    }


def _excited(rng, numbers, weights):
    """Draw a patch of halves, and an order of `weights` that gives a positive sum."""
    weights = np.array(weights)
    patch = rng.permutation(numbers)[: weights.size].reshape(weights.shape) / 2
    while True:
        drawn = rng.permutation(weights.ravel()).reshape(weights.shape)
        if np.vdot(patch, drawn) > 0:
            return patch, drawn


def _response(patch, weights):
    return np.vdot(patch.astype(float), weights)


def _in_bytes(patch, weights):
    return (patch * weights.astype(patch.dtype)).sum(dtype=patch.dtype)


_RESPONSE = [
    (
        lambda p, w: sum(p.astype(float) * w),
        "Python's sum adds the rows and leaves the columns: np.sum adds all",
        CELL,
    ),
    (
        lambda p, w: (p.astype(float) * w).sum(keepdims=True),
        "the number is still wrapped in an array: a cell gives one number",
        CELL,
    ),
    (
        lambda p, w: _response(p, w[::-1, ::-1]),
        "the weights were turned by half a turn: lay them on the patch as they are",
        CELL,
    ),
    (
        lambda p, w: _response(p, np.abs(w)),
        "the signs of the weights are lost: negative weights take away",
        CELL,
    ),
    (lambda p, w: p.astype(float) * w, "these are the products: add them up", CELL),
    (
        lambda p, w: _response(np.trunc(p), w),
        "the patch was cut to whole numbers: make it float, not int",
        CELL,
    ),
    (
        lambda p, w: _response(p, w) / p.size,
        "this is the mean of the products: a cell adds",
        CELL,
    ),
    (
        lambda p, w: (p.astype(float) @ w.T).sum(),
        "@ on matrices multiplies rows by columns: multiply pixel by pixel",
        CELL,
    ),
    (
        lambda p, w: np.trace(p.astype(float) @ w.T[:, ::-1]),
        "the weights are mirrored: each weight belongs to the pixel at its own place",
        CELL,
    ),
    (_in_bytes, "uint8 has no negative numbers and ends at 255: make the patch float first", CELL),
    (
        lambda p, w: p.astype(float).sum() * w.sum(),
        "the sums were multiplied: multiply first, then add",
        CELL,
    ),
    (
        lambda p, w: max(_response(p, w), 0),
        "this is a firing rate: the weighted sum itself may be negative",
        RATES,
    ),
    (
        lambda p, w: np.abs(p.astype(float) * w).sum(),
        "the signs are lost: products that are negative take away",
        CELL,
    ),
]


def _rates(rng):
    """Draw weighted sums; two of them are as small as the steps between them allow."""
    large = rng.permutation([-9, -7, -5, -3, 3, 5, 7])[:4]
    return {
        "both signs": (rng.permutation([*large, -1, 1]) / 2,),
        "none negative": (rng.permutation(np.arange(1, 9))[:4] / 2,),
        "one": (np.array([-1.5]),),
    }


def _pair(sums):
    return np.clip(sums, 0, None), np.clip(-sums, 0, None)


_ON_OFF = [
    (lambda r: (np.abs(r), np.abs(r)), "abs makes both cells fire at both signs", RATES),
    (lambda r: _pair(-r), "ON and OFF are swapped: the ON cell fires at positive sums", RATES),
    (
        lambda r: (np.maximum(r, 0), np.minimum(r, 0)),
        "a firing rate is never negative: turn the OFF cell's sum round first",
        RATES,
    ),
    (lambda r: (r, -r), "a firing rate is never negative: cut off what lies below 0", RATES),
    (lambda r: np.maximum(r, 0), "only the ON cell: the OFF cell is missing", RATES),
    (
        lambda r: tuple(np.trunc(rate) for rate in _pair(r)),
        "the fractions are cut off: rates need not be whole",
        RATES,
    ),
    (
        lambda r: (r > 0, r < 0),
        "this says whether a cell fires: give the rate, which is the sum",
        RATES,
    ),
    (
        lambda r: (np.maximum(r, 0), np.abs(r)),
        "the OFF cell fires at positive sums, too: abs keeps both signs",
        RATES,
    ),
    (
        lambda r: tuple(np.minimum(rate, 1) for rate in _pair(r)),
        "the rates end at 1: only below 0 is something cut off",
        RATES,
    ),
    (
        lambda r: np.transpose(_pair(r)),
        "the two cells are the columns: all ON rates come first, then all OFF rates",
        RATES,
    ),
    (lambda r: _pair(r - r.mean()), "the mean was taken off: the sums stay as they are", RATES),
]


def _scenes(rng):
    """Return pictures of 7 by 7 by hand, on a grey ground where they can be darker, too."""
    y, x = np.mgrid[:7, :7] - 3
    distance = np.hypot(x, y)
    return {
        "even light": (np.full((7, 7), 0.8),),
        "bright spot on the centre": (1.0 * (distance < 1.5),),
        "bright ring on the surround": (1.0 * (distance > 2),),
        "dark spot on the centre": (1.0 * (distance > 1.5),),
        "even light, twice as bright": (np.full((7, 7), 1.6),),
        "bright from the centre to the right": (1.0 * (x >= 0),),
    }


def _sign(picture):
    return [np.sign(np.round(np.vdot(picture, _difference(7, 1.0, 2.0)), 6))]


_SIGNS = [
    (
        lambda picture: [1],
        "light does not only excite: what falls on the surround takes away",
        LIGHT,
    ),
    (
        lambda picture: [-_sign(picture)[0]],
        "this is an ON-centre cell: its centre excites and its surround inhibits",
        LIGHT,
    ),
    (
        lambda picture: [0],
        "0 is for light that fills centre and surround alike",
        LIGHT,
    ),
]


def _places(rng):
    """Draw (unit, centres, size): units overlap, and none is symmetric."""
    unit = rng.permutation(np.arange(-4, 5)).reshape(3, 3) / 2
    row, column = (int(value) for value in rng.integers(2, 4, 2))
    return {
        "one unit": (unit, [(row, column + 2)], 8),
        "a column of three": (unit, [(row + i, column) for i in range(3)], 8),
        "a slanted row": (unit, [(row + i, column + 2 * i) for i in range(2)], 8),
        "the same place twice": (unit, [(row, column + 1)] * 2, 7),
        "into two corners": (unit, [(1, 1), (3, 3)], 5),
    }


def _impulses(centres, size):
    canvas = np.zeros((size, size))
    for row, column in centres:
        canvas[row, column] += 1
    return canvas


def _added(unit, centres, size):
    """Convolve a picture of single dots with the unit: SciPy adds a copy at each dot."""
    return signal.convolve2d(_impulses(centres, size), unit, "same")


def _overwritten(unit, centres, size):
    weights = np.zeros((size, size))
    for row, column in centres:
        weights[row - 1 : row + 2, column - 1 : column + 2] = unit
    return weights


_ADD_UNITS = [
    (
        _overwritten,
        "where units overlap the later one replaced the earlier: add them",
        ORIENTED,
    ),
    (
        lambda u, c, n: _added(u, [place[::-1] for place in c], n),
        "row and column are swapped: a place is (row, column)",
        ORIENTED,
    ),
    (
        lambda u, c, n: _added(u, [(i + 1, j + 1) for i, j in c], n),
        "the place is the unit's middle, not its upper left corner",
        ORIENTED,
    ),
    (
        lambda u, c, n: _added(u, c, n) / len(c),
        "this is the mean of the units: the next cell adds them",
        ORIENTED,
    ),
    (
        lambda u, c, n: signal.correlate2d(_impulses(c, n), u, "same"),
        "each unit was turned by half a turn: copy it as it is",
        ORIENTED,
    ),
    (lambda u, c, n: _added(u, c[:1], n), "only the first unit was placed", ORIENTED),
    (
        lambda u, c, n: _added(u, c[-1:], n),
        "only the last unit is left: make the square of zeros once, before the loop",
        ORIENTED,
    ),
    (
        lambda u, c, n: np.maximum(_added(u, c, n), 0),
        "the negative weights were cut off: only rates may not be negative",
        ORIENTED,
    ),
    (
        lambda u, c, n: _impulses(c, n) * u[1, 1],
        "only the middle of the unit was placed: all nine weights are copied",
        ORIENTED,
    ),
    (
        lambda u, c, n: sum(np.trunc(_added(u, [place], n)) for place in c),
        "the fractions are cut off: start from zeros of type float",
        ORIENTED,
    ),
    (
        lambda u, c, n: _added(u * ([[1], [1], [0]] * np.array([1, 1, 0])), c, n),
        "a slice ends before its last number: from i - 1 to i + 2 it has three",
        ORIENTED,
    ),
    (
        lambda u, c, n: signal.convolve2d(np.minimum(_impulses(c, n), 1), u, "same"),
        "a place that is named twice gets two units",
        ORIENTED,
    ),
    (
        lambda u, c, n: np.pad(_added(u, c, n)[1:-1, 1:-1], 1),
        "the outermost rows and columns stay 0: a unit may reach into them",
        ORIENTED,
    ),
]

EXERCISES = [
    Exercise(
        "receptive-fields",
        "centre_surround",
        "scipy.signal.windows.gaussian",
        _difference,
        _sizes,
        _CENTRE_SURROUND,
        digits=4,
    ),
    Exercise("receptive-fields", "response", "numpy.vdot", _response, _patches, _RESPONSE),
    Exercise("receptive-fields", "on_off", "numpy.clip", _pair, _rates, _ON_OFF),
    Exercise(
        "receptive-fields", "by_hand_signs", "scipy.signal", _sign, _scenes, _SIGNS, by_hand=True
    ),
    Exercise(
        "receptive-fields",
        "add_units",
        "scipy.signal.convolve2d",
        _added,
        _places,
        _ADD_UNITS,
    ),
]
