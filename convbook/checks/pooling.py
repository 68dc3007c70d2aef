"""The exercises of "Pooling, striding, and how far a unit sees"."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal

from convbook.checks.patterns import _distinct
from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
KEEP, DROP = "Keep one number of four", "What is dropped, and what stays"
FIELD, MOVE = "How far a unit sees", "Moving along, or not minding"


def _images(rng):
    """Draw (image, size, stride); halves, and what each mistake needs."""
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)
    dark = -1e5 * np.abs(_distinct(rng, 4, 6))
    return {
        "blocks of two": (_distinct(rng, 4, 6) / 2, 2, 2),
        "all negative": (dark, 2, 2),
        "a row and a column left over": (_distinct(rng, 5, 7) / 2, 2, 2),
        "windows that overlap": (_distinct(rng, 7, 9) / 2, 3, 2),
        "windows with gaps": (_distinct(rng, 7, 9) / 2, 2, 3),
        "windows of one": (_distinct(rng, 3, 5) / 2, 1, 2),
        "as large as the image": (_distinct(rng, 3, 3) / 2, 3, 3),
        "bytes": (pixels[:24].reshape(4, 6), 2, 2),
        "windows of three, stride of one": (_distinct(rng, 5, 6) / 2, 3, 1),
    }


def _pool(image, size, stride, of=ndimage.maximum_filter):
    """Filter every place with SciPy, then keep the windows that lie inside."""
    filtered = of(image.astype(float), size)
    rows, columns = (slice(size // 2, size // 2 + n - size + 1, stride) for n in image.shape)
    return filtered[rows, columns]


def _partial(image, size, stride, fill=-np.inf):
    """Pool once more where a window would begin inside the image."""
    short = [-(-max(n - size, 0) // stride) * stride + size - n for n in image.shape]
    return _pool(
        np.pad(image.astype(float), [(0, n) for n in short], constant_values=fill), *(size, stride)
    )


def _at(image, size, rows, columns):
    """Return the maxima of the windows that begin there, as slices cut them at the end."""
    return np.array([[image[i : i + size, j : j + size].max() for j in columns] for i in rows])


def _begin(end):
    """Return the mistake of letting windows begin at range(0, end(n, size), stride)."""
    return lambda x, k, s: _at(x, k, *(range(0, end(n, k), s) for n in x.shape))


def _step(step):
    """Return the mistake of having the right number of windows, step(size) apart."""
    return lambda x, k, s: _at(
        x, k, *(range(0, step(k) * ((n - k) // s + 1), step(k)) for n in x.shape)
    )


def _windows(image, size, stride, pick):
    """Return pick(window, as a row of numbers) at each place."""
    view = sliding_window_view(image, (size, size))[::stride, ::stride]
    return np.apply_along_axis(pick, 2, view.reshape(*view.shape[:2], -1)).astype(float)


def _larger_by_difference(window):
    best = window[0]
    for value in window[1:]:
        if value - best > 0:
            best = value
    return best


_MAX_POOL = [
    (
        lambda x, k, s: np.maximum(_pool(x, k, s), 0),
        "the search starts at 0: start with the first number of the window",
        KEEP,
    ),
    (
        lambda x, k, s: np.maximum(_pool(x, k, s), -100),
        "the search starts at a number that may be too large: start with one of the window",
        KEEP,
    ),
    (lambda x, k, s: np.trunc(_pool(x, k, s)), "the fractions are cut off: use floats", KEEP),
    (
        lambda x, k, s: _pool(x, k, s, ndimage.uniform_filter),
        "this is average pooling: keep the largest number",
        KEEP,
    ),
    (
        lambda x, k, s: _pool(x, k, s, ndimage.minimum_filter),
        "this is the smallest number of each window",
        KEEP,
    ),
    (
        lambda x, k, s: _windows(x, k, s, lambda w: w[np.abs(w.astype(int)).argmax()]),
        "this is the number farthest from 0: a large negative one is small",
        KEEP,
    ),
    (
        lambda x, k, s: _windows(x, k, s, np.argmax),
        "np.argmax says where the largest number stands, np.max which it is",
        KEEP,
    ),
    (
        lambda x, k, s: _windows(x, k, s, lambda w: w[0]),
        "only the first number of each window is kept: compare all of them",
        KEEP,
    ),
    (
        lambda x, k, s: _windows(x, k, s, lambda w: w[:k].max()),
        "only the first row of each window is compared: take all of its rows",
        KEEP,
    ),
    (
        lambda x, k, s: _windows(x, k, s, _larger_by_difference),
        "the difference of two bytes is never negative: compare them, do not subtract",
        KEEP,
    ),
    (lambda x, k, s: _pool(x, k, s).T, "the result is transposed: rows come first", KEEP),
    (
        lambda x, k, s: _pool(x, k, k),
        "the windows are a stride apart, which need not be their size",
        DROP,
    ),
    (
        lambda x, k, s: _pool(x, s, s)[: (len(x) - k) // s + 1, : (x.shape[1] - k) // s + 1],
        "the windows are as large as the stride: their size is the other number",
        DROP,
    ),
    (
        lambda x, k, s: _pool(x, 2, s),
        "the windows are always 2 by 2: use `size`",
        DROP,
    ),
    (lambda x, k, s: _pool(x, k, 1), "the stride is not used: this keeps every window", DROP),
    (_step(lambda k: 1), "window i begins at i times the stride, not at i", DROP),
    (_step(lambda k: k), "window i begins at i times the stride, not at i times the size", DROP),
    (
        _begin(lambda n, k: n),
        "a window that begins behind n - k sticks out: let none begin there",
        DROP,
    ),
    (
        _begin(lambda n, k: n - k),
        "a window may begin at n - k itself: range leaves its end out, so add 1",
        DROP,
    ),
    (_partial, "windows that stick out are dropped, not cut off", DROP),
    (
        lambda x, k, s: ndimage.maximum_filter(x.astype(float), k)[k // 2 :: s, k // 2 :: s],
        "a filter gives a number at every pixel, at the end for windows that stick out: stop at "
        "n - k",
        DROP,
    ),
    (
        lambda x, k, s: _partial(x, k, s)[: len(x) // s, : x.shape[1] // s],
        "there are not n // s windows: it is floor((n - k) / s), and one more",
        DROP,
    ),
    (
        lambda x, k, s: _partial(x, k, s, 0),
        "the image was filled up with zeros: what does not fill a window is dropped",
        DROP,
    ),
    (
        lambda x, k, s: _pool(x, k, s)[: (len(x) - k) // s, : (x.shape[1] - k) // s],
        "the last windows are missing: floor((n - k) / s), and one more",
        DROP,
    ),
    (lambda x, k, s: x.max().astype(float), "this is global pooling: one window only", KEEP),
]


def _stacks(rng):
    """Draw (layers, unit), layers of (kernel, stride, zeros before)."""
    a, b, c = (int(kernel) for kernel in rng.permutation([3, 4, 5]))
    unit = int(rng.integers(3, 7))
    return {
        "two convolutions": ([(3, 1, 0), (3, 1, 0)], unit),
        "the lecture's network": ([(3, 1, 0), (2, 2, 0), (3, 1, 0)], unit),
        "two strides": ([(a, 2, 0), (b, 3, 0), (c, 1, 0)], unit),
        "a stride at the top": ([(b, 1, 0), (a, 3, 0)], unit),
        "padding": ([(a, 2, 1), (b, 3, 2), (c, 2, 1)], unit),
        "padding, unit 0": ([(c, 3, 1), (a, 2, 2)], 0),
        "only zeros": ([(2, 1, 4), (2, 1, 0)], 0),
        "no layer": ([], unit),
    }


def _seen(layers, unit):
    """Follow all the units that are seen, layer by layer, down to the pixels."""
    places = np.array([unit])
    for kernel, stride, before in reversed(layers):
        places = np.add.outer(stride * places - before, np.arange(kernel)).ravel()
    return places.min(), places.max()


def _size(layers):
    first, last = _seen(layers, 0)
    return last - first + 1


def _jump(layers):
    return _seen(layers, 1)[0] - _seen(layers, 0)[0]


def _with_size(size):
    """Return the mistake of going on from the right first pixel with another size."""
    return lambda layers, u: (_seen(layers, u)[0], _seen(layers, u)[0] + size(layers) - 1)


def _from(first):
    """Return the mistake of having the right size at another first pixel."""
    return lambda layers, u: (first(layers, u), first(layers, u) + _size(layers) - 1)


def _start(layers):
    return _seen(layers, 0)[0]


def _own_stride(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


def _whole_kernels(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += kernel * jump
        jump *= stride
    return size


def _padding_by_own_jump(layers, unit):
    start, jump = 0, 1
    for _, stride, before in layers:
        jump *= stride
        start -= before * jump
    return start + unit * jump


_PIXELS_SEEN = [
    (
        _with_size(lambda layers: sum(k for k, *_ in layers)),
        "the kernels were added up, which is right by luck for the lecture's network",
        FIELD,
    ),
    (
        _with_size(lambda layers: np.prod([k for k, *_ in layers])),
        "the kernels were multiplied: a layer adds (k - 1) jumps",
        FIELD,
    ),
    (
        _with_size(lambda layers: 1 + sum(k - 1 for k, *_ in layers)),
        "a kernel steps over units that lie a jump apart: multiply k - 1 by it",
        FIELD,
    ),
    (
        _with_size(_own_stride),
        "a layer's own stride matters only to the layers above: add first, then multiply",
        FIELD,
    ),
    (
        lambda layers, u: _padding_by_own_jump(layers, u) + np.array([0, _own_stride(layers) - 1]),
        "the stride was multiplied in first: let the layer add its share before that",
        FIELD,
    ),
    (
        _with_size(_whole_kernels),
        "k units are only k - 1 steps apart",
        FIELD,
    ),
    (
        _with_size(lambda layers: layers[-1][0] if layers else 1),
        "this is the field in the layer below, not in the image",
        FIELD,
    ),
    (
        lambda layers, u: (_seen(layers, u)[0], _seen(layers, u)[1] + 1),
        "the last pixel is start + u j + r - 1: r pixels from the first on",
        FIELD,
    ),
    (
        lambda layers, u: (_seen(layers, u)[0], _size(layers)),
        "the second number is the size: asked is the last pixel",
        FIELD,
    ),
    (
        lambda layers, u: (_size(layers), _jump(layers)),
        "these are size and jump: go on to the pixels of the unit",
        FIELD,
    ),
    (_from(lambda layers, u: _start(layers)), "this is what unit 0 sees: move by u jumps", FIELD),
    (
        _from(lambda layers, u: _start(layers) + u),
        "neighbouring units lie a jump apart, not one pixel",
        FIELD,
    ),
    (
        _from(lambda layers, u: _start(layers) + u * _size(layers)),
        "the fields of neighbours overlap: they lie a jump apart, not a field",
        FIELD,
    ),
    (
        _from(lambda layers, u: _start(layers) + u * (layers[-1][1] if layers else 1)),
        "the jump is the product of all strides, not the last one",
        FIELD,
    ),
    (
        _from(lambda layers, u: _start(layers) + u * (sum(s for _, s, _ in layers) or 1)),
        "strides are multiplied to give the jump, not added",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers)),
        "the padding is not used: it moves the start to the left",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers) - _start(layers)),
        "zeros in front move the start to the left, out of the image: subtract",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers) - sum(p for *_, p in layers)),
        "a zero of a higher layer is as wide as the jump below it: multiply",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers) - sum(p for *_, p in layers[:1])),
        "only the lowest layer's zeros are used: each layer moves the start",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers) + _start(layers[:-1])),
        "the top layer's zeros are left out: each layer moves the start",
        FIELD,
    ),
    (
        _from(lambda layers, u: u * _jump(layers) + _start(layers) - _start(layers[:-1])),
        "only the top layer's zeros are used: go on from the start of the layer below",
        FIELD,
    ),
    (
        _from(_padding_by_own_jump),
        "zeros lie among the units below: multiply by the previous jump",
        FIELD,
    ),
    (
        lambda layers, u: (max(_seen(layers, u)[0], 0), _seen(layers, u)[1]),
        "the field was cut at the image's border: zeros that are seen count",
        FIELD,
    ),
    (
        lambda layers, u: (_seen(layers, u)[0], max(_seen(layers, u)[1], 0)),
        "the last pixel may be negative, too: zeros in front of the image are seen as well",
        FIELD,
    ),
    (
        lambda layers, u: _seen(layers[::-1], u),
        "the layers were taken from the top: the first in the list is the lowest",
        FIELD,
    ),
]


def _layers_to_test(rng):
    """Draw (layer, wide image, move, margin); a layer makes a map of an image."""
    three, five = _distinct(rng, 3, 3) / 2, _distinct(rng, 5, 5) / 2
    wide = _distinct(rng, 5, 14) / 2
    pixels = rng.permutation(np.arange(140, 250)).astype(np.uint8)[:60].reshape(5, 12)

    def stained(image):
        image = image.copy()
        image[0, 5] -= 200
        return image

    def shaded(image):
        return image - 3.0 * np.arange(image.shape[1])

    def framed(image, column=-2):
        image = image.copy()
        image[:, column] = 0
        return image

    return {
        "convolution": (lambda x: signal.correlate2d(x, three, "valid"), wide, 2, 1),
        "padded with zeros": (lambda x: signal.correlate2d(x, three, "same"), wide, 1, 1),
        "padded with more zeros": (lambda x: signal.correlate2d(x, five, "same"), wide, 3, 2),
        "a stain at the top": (stained, wide, 1, 2),
        "darker to the right": (shaded, wide, 2, 2),
        "black near the left end": (lambda x: framed(x, 1), wide, 2, 2),
        "black where the interior begins": (lambda x: framed(x, 2), wide, 3, 2),
        "black where the interior ends": (lambda x: framed(x, -3), wide, 3, 2),
        "bytes, black near the right end": (framed, pixels, 2, 2),
    }


def _gap(layer, wide, move):
    """Return the difference after undoing the move."""
    before = np.asarray(layer(wide[:, move:]), float)
    after = np.asarray(layer(wide[:, :-move]), float)
    return after[:, move:] - before[:, : before.shape[1] - move]


def _parts(gap, margin, size=np.abs, most=np.max):
    columns = most(size(gap), axis=0)
    border = np.concatenate([columns[:margin], columns[-margin:]])
    return most(columns[margin:-margin]), most(border)


def _shift_test(layer, wide, move, margin):
    return _parts(_gap(layer, wide, move), margin)


def _split(interior=None, border=None):
    """Return the mistake of taking other columns for one of the two."""

    def answer(layer, wide, move, margin):
        size = np.abs(_gap(layer, wide, move))
        numbers = list(_parts(size, margin))
        for i, columns in enumerate((interior, border)):
            if columns:
                numbers[i] = max(size[:, part].max() for part in columns(margin))
        return numbers

    return answer


def _rolled(layer, wide, move, margin):
    """Move with np.roll, which brings the right edge in again at the left."""
    gap = layer(np.roll(wide, move, axis=1)) - 1.0 * np.roll(layer(wide), move, axis=1)
    return _parts(gap, margin)


def _rolled_and_cut(layer, wide, move, margin):
    """Move with np.roll, undo the move by cutting."""
    before, after = layer(wide), layer(np.roll(wide, move, axis=1))
    return _parts(after[:, move:] - 1.0 * before[:, :-move], margin)


def _undone_by_roll(layer, wide, move, margin):
    before, after = layer(wide[:, move:]), layer(wide[:, :-move])
    return _parts(np.roll(after, -move, axis=1) - 1.0 * before, margin)


def _whole_after(layer, wide, move, margin):
    return _parts(layer(wide)[:, move:] - 1.0 * layer(wide[:, move:]), margin)


def _wrong_way(layer, wide, move, margin):
    before, after = layer(wide[:, move:]), layer(wide[:, :-move])
    return _parts(after[:, :-move] - 1.0 * before[:, move:], margin)


def _not_undone(layer, wide, move, margin):
    return _parts(1.0 * layer(wide[:, :-move]) - layer(wide[:, move:]), margin)


def _in_bytes(layer, wide, move, margin):
    before, after = layer(wide[:, move:]), layer(wide[:, :-move])
    return _parts(after[:, move:] - before[:, :-move], margin)


def _downwards(layer, wide, move, margin):
    before, after = layer(wide[move:]), layer(wide[:-move])
    return _parts(1.0 * after[move:] - before[:-move], margin)


_SHIFT_TEST = [
    (
        _whole_after,
        "after the move the image is wide[:, :-move], not the whole: both have the same width",
        MOVE,
    ),
    (_rolled, "np.roll brings the right edge in at the left: a false alarm, cut windows", MOVE),
    (
        _rolled_and_cut,
        "np.roll puts the right edge beside the left one, where the image should go on: "
        "cut windows",
        MOVE,
    ),
    (
        _undone_by_roll,
        "undone by np.roll, the last columns meet others than their own: cut them off",
        MOVE,
    ),
    (_wrong_way, "undone in the wrong direction: column j + move of after meets j of before", MOVE),
    (_not_undone, "the move was not undone: this asks for invariance", MOVE),
    (
        _downwards,
        "this moves the image down or up: the columns are to move, the second axis",
        MOVE,
    ),
    (
        lambda f, x, d, m: _parts(_gap(f, x, d), m, most=np.mean),
        "a mean hides what happens in few places: take the largest",
        MOVE,
    ),
    (
        lambda f, x, d, m: _parts(_gap(f, x, d), m, most=np.sum),
        "a sum grows with the image: take the largest",
        MOVE,
    ),
    (
        lambda f, x, d, m: _parts(_gap(f, x, d), m, size=np.positive),
        "negative differences count, too: take their size first",
        MOVE,
    ),
    (
        lambda f, x, d, m: _parts(_gap(f, x, d), m, size=np.square),
        "the differences were squared: take their size",
        MOVE,
    ),
    (lambda *a: _shift_test(*a)[::-1], "the interior comes first, then the border", MOVE),
    (
        _split(interior=lambda m: [np.s_[:]]),
        "the first number is for the interior only: leave the margins out",
        MOVE,
    ),
    (
        _split(interior=lambda m: [np.s_[m : -m - 1]]),
        "the interior's last column is missing: a slice leaves its end out by itself",
        MOVE,
    ),
    (
        _split(interior=lambda m: [np.s_[m + 1 : -m]]),
        "the interior's first column is missing: it is column number `margin`, counted from 0",
        MOVE,
    ),
    (
        _split(border=lambda m: [np.s_[:]]),
        "the second number is for the margins only",
        MOVE,
    ),
    (
        _split(border=lambda m: [np.s_[: m + 1], np.s_[-m:]]),
        "the left border has a column too many: it is [:margin], which leaves its end out",
        MOVE,
    ),
    (
        _split(border=lambda m: [np.s_[:m], np.s_[-m - 1 :]]),
        "the right border has a column too many: it is [-margin:], which is `margin` columns",
        MOVE,
    ),
    (
        _split(border=lambda m: [[0, -1]]),
        "the border is not always one column wide on each side",
        MOVE,
    ),
    (
        _split(border=lambda m: [np.s_[:m]]),
        "the columns -margin: on the right belong to the border as well",
        MOVE,
    ),
    (
        _split(border=lambda m: [np.s_[-m:]]),
        "the columns :margin on the left belong to the border as well",
        MOVE,
    ),
    (
        lambda f, x, d, m: _parts(_gap(f, x, d)[m:-m], m),
        "only columns have a margin: keep all rows, as nothing moves up or down",
        MOVE,
    ),
    (
        lambda f, x, d, m: (_parts(_gap(f, x, d)[m:-m], m)[0], _shift_test(f, x, d, m)[1]),
        "the interior reaches from the first row to the last: leave out columns only",
        MOVE,
    ),
    (
        lambda f, x, d, m: _shift_test(f, x, d, 1),
        "the margin is not always one column wide",
        MOVE,
    ),
    (lambda f, x, d, m: _shift_test(f, x, 1, m), "the move is not always one pixel", MOVE),
    (_in_bytes, "the difference of two bytes wraps round: make the maps float first", MOVE),
]


def _lengths(rng):
    return {
        "four numbers": (4,),
        "more": (int(rng.choice(np.arange(10, 28, 2))),),
        "many": (int(rng.choice(np.arange(30, 78, 4))),),  # 4 does not divide it
        "a hundred": (100,),
    }


def _pairs(row):
    return ndimage.maximum_filter1d(row, 2)[1::2]


def _fragile(n):
    return np.arange(1, n + 1) % n


def _changes(row, n):
    """Return how many maxima change, the number of the first that does not, counted from 1
    (0: there is none), what becomes of the largest (0: it stays), and if there is any contrast.
    """
    row = np.asarray(row, float)
    if row.shape != (n,):
        raise NotUsableError(f"the result has the shape {row.shape} instead of {(n,)}")
    if not np.isfinite(row).all():
        raise NotUsableError("the row holds something that is no finite number")
    moved = np.append(row[1:], 0)
    kept = np.flatnonzero(_pairs(row) == _pairs(moved)) + 1
    first = kept[0] if len(kept) else 0
    return [n // 2 - len(kept), first, np.sign(moved.max() - row.max()), np.ptp(row) > 0]


_FRAGILE = [
    (np.ones, "a row of equal numbers does not change when it moves", MOVE),
    (
        lambda n: np.arange(n) // 2 % 2,
        "the page's row: only windows in the dark change, bright ones keep their maximum",
        MOVE,
    ),
    (
        lambda n: 1 - np.arange(n) % 2,
        "each window has a 1 before and after: let neighbouring maxima differ",
        MOVE,
    ),
    (
        lambda n: np.arange(n, 0, -1) * (np.arange(n) % 2),
        "no maximum changes: moved to the left, each window still holds its larger number, "
        "so let that come first",
        MOVE,
    ),
    (
        lambda n: np.arange(1, n + 1),
        "the last window keeps its maximum: it must not be the last number",
        MOVE,
    ),
    (
        lambda n: np.arange(n, 0, -1),
        "the largest number leaves the row: put it where it stays",
        MOVE,
    ),
    (
        lambda n: np.arange(n) == 2,
        "a single bright pixel changes two windows: all are to change",
        MOVE,
    ),
    (
        lambda n: np.arange(n) % 4 == 2,
        "every fourth number is bright: if 4 does not divide n, the last window stays dark",
        MOVE,
    ),
    (
        lambda n: [*range(n // 2), *range(n // 2, 0, -1)],
        "the top of the hill stays in its window if 4 does not divide n: its maximum is kept",
        MOVE,
    ),
    (
        lambda n: np.minimum(np.arange(n), np.arange(n)[::-1]),
        "two equal numbers at the top, side by side: one window keeps its maximum",
        MOVE,
    ),
    (
        lambda n: np.arange(n) % 4 == 0,
        "of four numbers only the first is bright and leaves the row",
        MOVE,
    ),
    (
        lambda n: -np.arange(n, 0, -1),
        "the 0 that follows becomes the largest number: use positive ones",
        MOVE,
    ),
]


def _networks(rng):
    """Draw (size, layers) with layers of (window, stride)."""
    n, overlap, gap, high, whole = (int(number) for number in rng.integers(8, 20, 5))
    return {
        "the lecture's, with two pools": (28, [(3, 1), (2, 2), (3, 1), (2, 2)]),
        "large strides": (12 * n + 10, [(5, 3), (3, 4)]),
        "windows that overlap": (4 * overlap + 2, [(3, 2), (3, 2)]),
        "windows with gaps": (6 * gap + 1, [(2, 3), (1, 2)]),
        "as large as the map": (high, [(3, 1), (high - 2, high - 2)]),
        "global pooling": (whole, [(whole, 1)]),
    }


def _count(size, window, stride):
    """Return how many windows there are, and the rows after the last, by NumPy's windows."""
    rows = sliding_window_view(np.arange(size), window)[::stride]
    return len(rows), size - 1 - rows[-1, -1]


def _chain(size, layers, rule=_count):
    """Apply a rule for (size, left over) from layer to layer."""
    rows = []
    for layer in layers:
        rows.append(rule(size, *layer))
        size = rows[-1][0]
    return rows


def _rule(size=None, left=None):
    """Return the mistake of having another rule for one of the two numbers."""

    def rule(n, k, s):
        right = _count(max(int(n), k), k, s)
        return size(n, k, s) if size else right[0], left(n, k, s) if left else right[1]

    return lambda n, layers: _chain(n, layers, rule)


_NET_SIZES = [
    (
        _rule(size=lambda n, k, s: -(-(n - k) // s) + 1),
        "what does not fill a window is dropped: round down",
        DROP,
    ),
    (
        _rule(size=lambda n, k, s: (n - k) / s + 1, left=lambda n, k, s: (n - k) % s),
        "there is no half row: divide with //",
        DROP,
    ),
    (
        _rule(size=lambda n, k, s: (n - k) // s),
        "the first window is not counted: add 1 after dividing",
        DROP,
    ),
    (
        _rule(size=lambda n, k, s: max(n // s, 1)),
        "the window is not used: n // s is right only for windows as long as the stride",
        DROP,
    ),
    (
        _rule(size=lambda n, k, s: n - k + 1),
        "the stride is not used",
        DROP,
    ),
    (
        lambda n, layers: [_count(n, *layer) for layer in layers],
        "each layer gets what the one before leaves, not the image",
        DROP,
    ),
    (
        _rule(size=lambda n, k, s: max(n // s, 1), left=lambda n, k, s: n % s),
        "n // s and n % s are right only for windows as long as the stride: use the window, too",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: n % s),
        "n % s is the rest for windows as long as the stride: take (n - k) % s",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: n % k),
        "n % k is the rest if the windows stand side by side: take (n - k) modulo s",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: n - _count(n, k, s)[0]),
        "a smaller map has not dropped rows: count those that no window reaches at the end",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: n - k * _count(n, k, s)[0]),
        "the windows overlap or leave gaps: the last one ends at s (n' - 1) + k",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: n - s * _count(n, k, s)[0]),
        "the last window is k long, not s",
        DROP,
    ),
    (
        _rule(left=lambda n, k, s: (n - k) % s > 0),
        "count the rows that are left over, do not only say that there are some",
        DROP,
    ),
    (
        lambda n, layers: np.array(_chain(n, layers))[:, ::-1],
        "the size comes first, then what is left over",
        DROP,
    ),
    (
        lambda n, layers: [(n, 0), *_chain(n, layers)],
        "the image is no layer: begin with the first layer's map",
        DROP,
    ),
    (lambda n, layers: _chain(n, layers)[-1:], "a row for each layer, not for the last", DROP),
]

EXERCISES = [
    Exercise("pooling", *row)
    for row in [
        # name, library, oracle, inputs, mistakes, by hand, view
        ("max_pool", "scipy.ndimage.maximum_filter", _pool, _images, _MAX_POOL),
        ("net_sizes", "the windows of NumPy", _chain, _networks, _NET_SIZES),
        ("pixels_seen", "numpy.add.outer", _seen, _stacks, _PIXELS_SEEN),
        ("shift_test", "numpy.max", _shift_test, _layers_to_test, _SHIFT_TEST),
        (
            "fragile",
            "scipy.ndimage.maximum_filter1d",
            _fragile,
            _lengths,
            _FRAGILE,
            False,
            _changes,
        ),
    ]
]
