"""The exercises of "Kernels as pattern detectors"."""

import numpy as np
from scipy import ndimage, signal

from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
SLIDE, READ = "Sliding in two directions", "Reading a kernel"
FLIP, MATCH = "The flip is a half turn", "Likeness or light?"
BYTES = "What the weights add up to"


def _distinct(rng, height, width):
    """Draw odd numbers of different sizes with both signs: symmetric in no direction."""
    numbers = rng.permutation(np.arange(1, 2 * height * width + 5, 2))[: height * width]
    signs = rng.choice([-1, 1], numbers.size)
    signs[:1] = -1
    return (signs * numbers).reshape(height, width)


def _images(rng):
    """Draw (image, kernel); halves, so that two digits show every sum exactly."""
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)
    return {
        "square kernel": (_distinct(rng, 4, 5) / 2, _distinct(rng, 3, 3) / 2),
        "flat kernel": (_distinct(rng, 5, 4) / 2, _distinct(rng, 1, 3) / 2),
        "even kernel": (_distinct(rng, 3, 6) / 2, _distinct(rng, 2, 4) / 2),
        "kernel of one": (_distinct(rng, 2, 3) / 2, _distinct(rng, 1, 1) / 2),
        "as large as the image": (_distinct(rng, 3, 2) / 2, _distinct(rng, 3, 2) / 2),
        "bytes": (pixels[:12].reshape(3, 4), rng.permutation(np.arange(-4, 0)).reshape(2, 2)),
    }


def _correlate(image, kernel):
    return signal.correlate2d(image.astype(float), kernel.astype(float), "valid")


def _windows(image, kernel, combine):
    """Return combine(window, kernel) at each place."""
    h, w = np.array(image.shape) - kernel.shape + 1
    kh, kw = kernel.shape
    at = [[combine(image[i : i + kh, j : j + kw], kernel) for j in range(w)] for i in range(h)]
    return np.array(at, float)


def _in_bytes(window, kernel):
    return (window * kernel.astype(window.dtype)).sum(dtype=window.dtype)


def _swapped(image, kernel):
    h, w = np.array(image.shape) - kernel.shape + 1
    kh, kw = kernel.shape
    out = np.zeros((h, w))
    for i in range(w):
        for j in range(h):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw].astype(float) * kernel)
    return out


_CORRELATE2D = [
    (
        lambda x, k: _correlate(x, k[::-1, ::-1]),
        "this is convolution: the kernel was turned by half a turn",
        FLIP,
    ),
    (lambda x, k: _correlate(x, k[::-1]), "the kernel is upside down", FLIP),
    (lambda x, k: _correlate(x, k[:, ::-1]), "the kernel is mirrored left to right", FLIP),
    (lambda x, k: _correlate(x, k.T), "the kernel is transposed", FLIP),
    (lambda x, k: _correlate(x, k).T, "the result is transposed: i counts rows, j columns", SLIDE),
    (_swapped, "the loops are swapped: i runs over H - kh + 1 rows, j over columns", SLIDE),
    (lambda x, k: _correlate(x, k) / k.size, "this is the mean of the products: add them", SLIDE),
    (
        lambda x, k: _correlate(x, k)[:-1, :-1],
        "the last row and column are missing: there are H - kh + 1 and W - kw + 1 places",
        SLIDE,
    ),
    (
        lambda x, k: np.trunc(_correlate(x, k)),
        "the fractions are cut off: make the result an array of floats",
        SLIDE,
    ),
    (
        lambda x, k: np.cumsum(_correlate(x, k)).reshape(_correlate(x, k).shape),
        "the sum goes on from window to window: begin each with 0",
        SLIDE,
    ),
    (
        lambda x, k: signal.correlate2d(x.astype(float), k.astype(float), "same"),
        "the kernel hangs over the border: only places where it fits count",
        SLIDE,
    ),
    (
        lambda x, k: _windows(x.astype(float), k, lambda a, b: (a @ b.T).sum()),
        "@ on matrices multiplies rows by columns: multiply pixel by pixel",
        SLIDE,
    ),
    (
        lambda x, k: _windows(x, k, _in_bytes),
        "uint8 has no negative numbers and ends at 255: make the image float first",
        BYTES,
    ),
]


def _kernels(rng):
    return {
        "square": (_distinct(rng, 3, 3),),
        "wide": (_distinct(rng, 2, 3),),
        "tall": (_distinct(rng, 4, 1),),
        "one": (_distinct(rng, 1, 1),),
    }


_HALF_TURN = [
    (lambda k: k.T, "transposing is no turn: reverse the rows, then the columns", FLIP),
    (lambda k: k[::-1], "only the order of the rows was reversed: the columns, too", FLIP),
    (lambda k: k[:, ::-1], "only the columns were reversed: the rows, too", FLIP),
    (np.rot90, "this is a quarter turn: half a turn is two of them", FLIP),
    (
        lambda k: np.rot90(k, -1),
        "this is a quarter turn clockwise: half a turn is two of them",
        FLIP,
    ),
    (lambda k: -k, "the signs were turned: the numbers move, they do not change", FLIP),
    (lambda k: k[::-1, ::-1].T, "turned, and then transposed: leave that out", FLIP),
    (np.copy, "nothing was turned", FLIP),
]

EDGE = "bright left, dark right"
DOT = "a single bright pixel"
DIAGONAL = "a bright line from upper left to lower right"
_PATTERNS = {
    EDGE: [[1, 1, 0], [1, 1, 0], [1, 1, 0]],
    DOT: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    DIAGONAL: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


def _tasks(rng):
    return {task: (task,) for task in _PATTERNS}


def _matched(task):
    """Return the pattern itself with its mean taken off, the matched filter."""
    pattern = np.array(_PATTERNS[task], float)
    return signal.detrend(pattern.ravel(), type="constant").reshape(3, 3)


def _properties(kernel, task):
    """Return 0 or 1 for: silent on even light, answers to its pattern, not to the others."""
    kernel = np.asarray(kernel, float)
    if kernel.shape != (3, 3):
        raise NotUsableError(f"the kernel has the shape {kernel.shape} instead of (3, 3)")
    silent = abs(kernel.sum()) < 1e-6
    own = np.sum(kernel * _PATTERNS[task])
    turned = [np.rot90(_PATTERNS[EDGE], turn) for turn in range(4)]
    turned += [np.rot90(_PATTERNS[DIAGONAL], turn) for turn in range(2)] + [_PATTERNS[DOT]]
    others = [p for p in turned if not np.array_equal(p, _PATTERNS[task])]
    best = max(np.sum(kernel * other) for other in others)
    return [silent, own > 1e-9, own >= 1.25 * best - 1e-9]


LIT = "the weights do not add up to 0, so even light does not give 0"
TURNED = "its own pattern leaves a kernel silent, or worse: it is turned, or its signs are"
ALIKE = "another pattern excites a kernel as much as its own: let that one meet negative weights"
_ALIKE = {
    EDGE: [[0, 0, 0], [0, 1, -1], [0, 0, 0]],
    DOT: [[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
    DIAGONAL: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
}


def _in_one(wrong, one):
    """Return an answer that is wrong in the task `one` only."""
    return lambda task: np.array((wrong if task == one else _matched)(task), float)


_DESIGN = [
    (lambda task: np.array(_PATTERNS[task], float), LIT, READ),
    (
        lambda task: np.rot90(_matched(task)),
        "the edge and the line leave their kernels silent, or worse: "
        "both are turned, or their signs are",
        READ,
    ),
    (
        lambda task: -_matched(task),
        "the signs are the wrong way round: this finds the pattern's negative",
        READ,
    ),
    (
        lambda task: [[1, 0, -1]] * 3,
        "the edge kernel for all tasks: each pattern needs a kernel that looks like it",
        READ,
    ),
    (
        lambda task: np.full((3, 3), 1 / 9),
        "this is a mean: it answers to light, not to a pattern",
        READ,
    ),
    *(
        (_in_one(wrong, task), f'in "{task}", {says}', READ)
        for task in _PATTERNS
        for wrong, says in [
            (_PATTERNS.get, LIT),
            (lambda task: -_matched(task), TURNED),
            (_ALIKE.get, ALIKE),
        ]
    ),
    (
        _in_one(lambda task: _matched(task) + 0.01, DOT),
        f'in "{DOT}", {LIT}; the rest is right',
        READ,
    ),
]


def _scenes(rng):
    """Draw (image, template); one image has a flat part, one is all bytes."""
    template = _distinct(rng, 2, 3) / 2
    image = _distinct(rng, 4, 5) / 2
    flat = _distinct(rng, 3, 6) / 2
    flat[:2, 2:5] = 4.0
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)
    return {
        "ordinary": (image, template),
        "brighter": (image + 20, template),
        "less contrast": (image / 1000, template),
        "a flat part": (flat, template),
        "bytes": (pixels[:12].reshape(3, 4), pixels[20:24].reshape(2, 2)),
    }


def _corrcoef(window, template):
    if np.ptp(window) == 0:
        return 0.0
    return np.corrcoef(window.astype(float).ravel(), template.astype(float).ravel())[0, 1]


def _ncc(image, template):
    return _windows(image, template, _corrcoef)


def _cosine(a, b):
    return np.vdot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-300)


def _centred(a):
    return a.astype(float) - a.astype(float).mean()


_NCC = [
    (
        lambda x, t: _windows(x.astype(float), t.astype(float), _cosine),
        "no mean was taken off: brightness still counts",
        MATCH,
    ),
    (
        lambda x, t: _windows(x.astype(float), _centred(t), _cosine),
        "take the mean off each patch, too, not only off the template",
        MATCH,
    ),
    (
        lambda x, t: _windows(x, t, lambda a, b: np.vdot(_centred(a), _centred(b))),
        "not normalised: divide by both lengths",
        MATCH,
    ),
    (
        lambda x, t: _windows(
            x, t, lambda a, b: np.vdot(_centred(a), _centred(b)) / np.vdot(_centred(b), _centred(b))
        ),
        "divide by the patch's own length as well as the template's",
        MATCH,
    ),
    (
        lambda x, t: (
            _windows(x, t, lambda a, b: np.vdot(_centred(a), _centred(b)))
            / (np.linalg.norm(_centred(x)) * np.linalg.norm(_centred(t)))
        ),
        "the length is that of the whole image: each patch has its own",
        MATCH,
    ),
    (
        lambda x, t: _windows(x.astype(float) - x.mean(), _centred(t), _cosine),
        "the mean is that of the whole image: each patch has its own",
        MATCH,
    ),
    (
        lambda x, t: (
            _windows(x.astype(float), t.astype(float), lambda a, b: np.vdot(a, _centred(b)))
            / (_windows(x, t, lambda a, b: np.linalg.norm(_centred(a))) + 1e-300)
            / np.linalg.norm(t.astype(float))
        ),
        "take the mean off the template before you take its length, too",
        MATCH,
    ),
    (
        lambda x, t: _ncc(x, t) * t.size,
        "standard deviations are means: divide by the number of pixels, or use lengths",
        MATCH,
    ),
    (
        lambda x, t: _windows(
            x,
            t,
            lambda a, b: (
                _corrcoef(a, b)
                / (np.linalg.norm(_centred(a)) * np.linalg.norm(_centred(b)) + 1e-300)
            ),
        ),
        "the root is missing: a length is the root of the sum of squares",
        MATCH,
    ),
    (
        lambda x, t: np.clip(_ncc(x, t), 0, 1),
        "the negative values are cut off: -1 says that the patch is the template's negative",
        MATCH,
    ),
    (lambda x, t: _ncc(x, t) ** 2, "this is the square: the likeness itself has a sign", MATCH),
    (
        lambda x, t: _windows(x, t, lambda a, b: np.abs(_corrcoef(a, b))),
        "the sign is lost: -1 says that the patch is the template's negative",
        MATCH,
    ),
    (
        lambda x, t: _windows(x, t, lambda a, b: np.nan if np.ptp(a) == 0 else _corrcoef(a, b)),
        "a flat patch has the length 0: say 0 there instead of dividing",
        MATCH,
    ),
    (
        lambda x, t: _windows(x, t, lambda a, b: _corrcoef(a, b) * (np.ptp(a) > 0.1)),
        "a faint patch is not flat: say 0 only where the length is 0, or as good as 0",
        MATCH,
    ),
    (
        lambda x, t: _ncc(x, t[::-1, ::-1]),
        "the template was turned: lay it on the patch as it is",
        FLIP,
    ),
]


def _photographs(rng):
    """Draw pictures of bytes with a full step between black and white."""
    step = np.zeros((4, 5), np.uint8)
    step[:, int(rng.integers(2, 4)) :] = 255
    pixels = rng.permutation(np.arange(0, 256)).astype(np.uint8)
    return {
        "black to white": (step,),
        "white to black": (step[:, ::-1].copy(),),
        "texture": (pixels[:20].reshape(5, 4),),
    }


SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def _sobel(image, kernel=SOBEL):
    return signal.correlate2d(image.astype(float), kernel, "valid")


_SOBEL = [
    (
        lambda x: np.clip(_sobel(x), -255, 255),
        "the result was cut to -255 to 255: it reaches 1020",
        BYTES,
    ),
    (
        lambda x: ndimage.sobel(x, axis=1)[1:-1, 1:-1],
        "the result is uint8, so it wraps round: 1020 becomes 252",
        BYTES,
    ),
    (lambda x: np.clip(_sobel(x), 0, 255), "the result was cut to 0 to 255: keep its sign", BYTES),
    (
        lambda x: np.clip(np.abs(_sobel(x)), 0, 255),
        "the sign is lost, and the result was cut to 255: it reaches 1020",
        BYTES,
    ),
    (
        lambda x: np.maximum(_sobel(x), 0),
        "the negative values were cut off: they say that the left side is bright",
        BYTES,
    ),
    (lambda x: np.abs(_sobel(x)), "the sign is lost: it says which side is bright", BYTES),
    (
        lambda x: signal.convolve2d(x.astype(float), SOBEL, "valid"),
        "every sign is the wrong way round: the kernel was flipped",
        FLIP,
    ),
    (
        lambda x: _sobel(x, SOBEL.T),
        "this finds horizontal edges: the difference must run from left to right",
        READ,
    ),
    *(
        (
            lambda x, by=by: _sobel(x) / by,
            f"the result was divided by {by}: take the kernel as it stands",
            READ,
        )
        for by in (4, 8, 255)
    ),
    (
        lambda x: _sobel(x, SOBEL[1:2] / 2)[1:-1],
        "this is the middle row of the kernel alone: the rows above and below count, too",
        READ,
    ),
    (
        lambda x: _sobel(x, np.sign(SOBEL)),
        "these are the weights 1, 1, 1: the middle row of this kernel counts twice",
        READ,
    ),
    (
        lambda x: _sobel(x.astype(np.int8)),
        "int8 ends at 127: make the image float first",
        BYTES,
    ),
    (
        lambda x: np.hypot(_sobel(x), _sobel(x, SOBEL.T)),
        "this is the strength in any direction: only the difference from left to right is asked",
        READ,
    ),
    (
        lambda x: ndimage.sobel(x.astype(float), axis=1, mode="constant"),
        "the border is filled up with zeros: only places where the kernel fits count",
        SLIDE,
    ),
    (
        lambda x: ndimage.sobel(x.astype(float), axis=1),
        "the border is filled up: only places where the kernel fits count",
        SLIDE,
    ),
]

EXERCISES = [
    Exercise("patterns", *row)
    for row in [
        # name, library, oracle, inputs, mistakes, by hand, view
        ("correlate2d", "scipy.signal.correlate2d", _correlate, _images, _CORRELATE2D),
        ("half_turn", "numpy.rot90", lambda k: np.rot90(k, 2), _kernels, _HALF_TURN),
        ("design_kernel", "scipy.signal", _matched, _tasks, _DESIGN, False, _properties),
        ("sobel", "scipy.signal.correlate2d", _sobel, _photographs, _SOBEL),
        ("match", "numpy.corrcoef", _ncc, _scenes, _NCC),
    ]
]
