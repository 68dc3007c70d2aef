"""The exercises of "Bug clinic"; none of them needs Keras."""

import numpy as np
from scipy import special
from scipy.spatial.distance import cdist

from convbook.engine import Exercise, NotUsableError, with_seeds

# Sections of the chapter's page, to read again.
SOFTMAX = "Patient 1: right answers, but the loss will not fall"
LABELS = "Patient 3: it learns, and validation stays at chance"
TEST = "Patient 4: a result that nobody can repeat"
SMALLER = "Patient 5: every run gives a smaller test set"
BYTES = "Patient 6: a faint step that glares"
SHAPE = "Patient 8: the shape is right and the picture is not"
PAPER = "Patient 9: good at home, useless on my own handwriting"
HIGH = "Patient 10: a high start, and accuracy goes down"


def _outputs(rng):
    """Draw outputs of networks, one row an image; each kind has a case that looks like another."""
    scores = rng.permutation(np.arange(-9, 9)) / 4
    shares = special.softmax(scores.reshape(6, 3), axis=1)
    flat = shares[np.argsort(shares.max(axis=1))]  # the first stays below 1 when it grows
    uneven = flat[[1, 0, 2, 3]] * np.array([[1.0], [1.25], [0.75], [1.0]])
    one_off = shares * np.where(np.arange(6) == 3, 1.0018, 1)[:, None]
    signed = rng.permuted(np.tile([0.75, 0.5, -0.25], (4, 1)), axis=1)  # none above 1
    return {
        "shares in float32": ((shares * (1 + 2e-6)).astype("float32"),),
        "one is certain": (np.array([[0, 1, 0, 0], [0, 0, 0, 1]]),),
        "logarithms": (np.log(shares) + 2e-6,),
        "logarithm of one that is certain": (
            np.array([[0.0, -np.inf], np.log([0.25, 0.75]) + 2e-6]),
        ),
        "scores": (scores[:15].reshape(3, 5),),
        "all negative": (scores[:8].reshape(2, 4) - 5,),
        "between 0 and 1": (special.expit(scores[:8].reshape(2, 4)),),
        "rows that add up to 1": (signed,),
        "add up to 1 on average": (uneven,),
        "columns that add up to 1": (special.softmax(scores[:9].reshape(3, 3), axis=0),),
        "all together 1": (special.softmax(scores[:6].reshape(2, 3)),),
        "logarithms, 1 on average": (np.log(uneven),),
        "rows that add up to 1.0007": (shares * 1.0007,),
        "rows that add up to 1.0018": (shares * 1.0018,),
        "logarithms of sums of 0.9993": (np.log(shares * 0.9993),),
        "logarithms of sums of 0.9982": (np.log(shares * 0.9982),),
        "one of six adds up to 1.0018": (one_off,),
        "logarithms, one of six of 1.0018": (np.log(one_off),),
        "one image": (rng.permutation([0.5, 0.125, 0.375])[None],),
    }


def _shares(z, room=1e-3):
    return bool(np.all(z >= 0) and np.allclose(z.sum(axis=1), 1, atol=room))


def _logs(z, room=1e-3):
    return bool(np.allclose(special.logsumexp(z, axis=1), 0, atol=room))


def _kind(shares=_shares, logs=_logs):
    """Return a diagnosis by these two tests; by default they are right."""

    def name(z):
        return "probabilities" if shares(z) else "log-probabilities" if logs(z) else "logits"

    return name


_KIND_OF_OUTPUT = [
    (
        _kind(shares=lambda z: np.all((z >= 0) & (z <= 1))),
        "numbers from 0 to 1 are no probabilities unless each row adds up to 1",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: np.allclose(z.sum(axis=1), 1, atol=1e-3)),
        "rows can add up to 1 by chance: a probability is not negative either",
        SOFTMAX,
    ),
    (
        _kind(
            shares=lambda z: np.all(z >= 0) and np.all(z.sum(axis=1) == 1),
            logs=lambda z: np.all(np.exp(z).sum(axis=1) == 1),
        ),
        "sums of floats are hardly ever exactly 1: leave room for rounding",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: _shares(z, 1e-8), logs=lambda z: _logs(z, 1e-5)),
        "that is too little room: a sum may miss 1 by up to 0.001, and `np.allclose` allows less",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: _shares(z, 0.01), logs=lambda z: _logs(z, 0.01)),
        "that is too much room: a sum may miss 1 by no more than 0.001",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: np.all(z >= 0) and np.isclose(z.sum(), 1, atol=1e-3)),
        "all together add up to 1 only if there is one image: add up each row",
        SOFTMAX,
    ),
    (
        _kind(
            shares=lambda z: np.all(z >= 0) and np.isclose(z.sum(axis=1).mean(), 1, atol=1e-3),
            logs=lambda z: np.isclose(np.exp(z).sum(axis=1).mean(), 1, atol=1e-3),
        ),
        "rows that add up to 1 on average are not enough: each must",
        SOFTMAX,
    ),
    (
        _kind(
            shares=lambda z: np.all(z >= 0) and abs(z.sum(axis=1) - 1).mean() <= 1e-3,
            logs=lambda z: abs(np.exp(z).sum(axis=1) - 1).mean() <= 1e-3,
        ),
        "most rows, or the mean of what they miss, may be near enough: each row must be",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: _shares(z[[0, -1]]), logs=lambda z: _logs(z[[0, -1]])),
        "each row must add up to 1: it is not enough that some do, or all on average",
        SOFTMAX,
    ),
    (
        _kind(
            shares=lambda z: _shares(z.T),
            logs=lambda z: _logs(z.T),
        ),
        "the columns were added up: the classes of one image stand in a row",
        SOFTMAX,
    ),
    (
        _kind(shares=lambda z: _shares(z) and np.all(z > 0)),
        "a probability may be 0, and 1",
        SOFTMAX,
    ),
    (
        _kind(logs=lambda z: np.all(z <= 0)),
        "logits may all be negative: logarithms of probabilities also have exponentials that add "
        "up to 1",
        HIGH,
    ),
    (
        _kind(logs=lambda z: np.isfinite(z).all() and _logs(z)),
        "the logarithm of 0 is minus infinity, and its exponential 0 again: allow it",
        HIGH,
    ),
    (
        _kind(logs=lambda z: False),
        "logarithms of probabilities are a kind of their own: try the exponential function",
        HIGH,
    ),
    (
        lambda z: {"logits": "probabilities", "probabilities": "logits"}.get(
            _kind()(z), _kind()(z)
        ),
        "two names are swapped: logits are the scores before the softmax",
        HIGH,
    ),
    (
        lambda z: "logits",
        'everything is called "logits"',
        HIGH,
    ),
]


def _pairs(rng):
    """Draw (images, labels, seed); all images differ."""
    return {
        "images": (
            rng.permutation(240).astype(np.uint8).reshape(40, 2, 3),
            rng.permutation(np.arange(40) % 10),
            int(rng.integers(100)),
        ),
        "rows of one number": (
            rng.permutation(np.arange(-15, 16)).reshape(31, 1) / 2,
            rng.permutation(31).astype(np.uint8),
            int(rng.integers(100)),
        ),
    }


def _shuffle(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]


def _yes_or_no(results, x, y, seed):
    """Return 1 for yes and 0 for no for what a shuffle of pairs must hold to."""
    for result in results:
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise NotUsableError("the result must be two arrays, images and labels")
        shapes = [np.shape(part) for part in result]
        if shapes != [x.shape, y.shape]:
            raise NotUsableError(
                f"the shapes are {shapes[0]} and {shapes[1]} instead of {x.shape} and {y.shape}"
            )
    results = [[np.asarray(part) for part in result] for result in results]
    (images, labels), again, *others = results

    def rows(images, labels=None):
        flat = images.reshape(len(images), -1).tolist()
        return (
            [tuple(row) for row in flat]
            if labels is None
            else [(*row, label) for row, label in zip(flat, labels.tolist(), strict=True)]
        )

    old, new = rows(x), rows(images)
    place = {row: i for i, row in enumerate(old)}
    steps = np.diff([place.get(row, -1) for row in new])
    orders = [rows(result[0]) for result in results]
    stay = np.all([[a == b for a, b in zip(old, o, strict=True)] for o in orders], axis=0)
    return [
        sorted(new) == sorted(old),
        sorted(labels.tolist()) == sorted(y.tolist()),
        sorted(rows(images, labels)) == sorted(rows(x, y)),
        new == rows(again[0]) and labels.tolist() == again[1].tolist(),
        all(new != rows(o[0]) and labels.tolist() != o[1].tolist() for o in others),
        np.mean(np.abs(steps) == 1) < 0.5,  # few neighbours of the input are neighbours still
        not stay.any() or all(order == new for order in orders),
        labels.tolist() != sorted(labels.tolist()),
    ]


def _two_calls(x, y, seed):
    rng = np.random.default_rng(seed)
    return rng.permutation(x), rng.permutation(y)


def _with_order(change):
    """Return a shuffle that makes its result from images, labels and an order by `change`."""
    return lambda x, y, seed: change(x, y, np.random.default_rng(seed).permutation(len(x)))


def _fresh_order(x, y, seed):
    order = np.random.default_rng().permutation(len(x))
    return x[order], y[order]


def _twice_drawn(x, y, seed):
    order = np.random.default_rng(seed).integers(0, len(x), len(x))
    return x[order], y[order]


def _last_stays(x, y, seed):
    order = np.append(np.random.default_rng(seed).permutation(len(x) - 1), len(x) - 1)
    return x[order], y[order]


def _in_place(x, y, seed):
    np.random.default_rng(seed).shuffle(x)
    np.random.default_rng(seed).shuffle(y)
    return x, y


_SHUFFLE_PAIRS = [
    (
        _two_calls,
        "images and labels have two different orders: draw one, and use it for both",
        LABELS,
    ),
    (
        _with_order(lambda x, y, order: (x[order], y)),
        "the labels stayed where they were: they must go with their images",
        LABELS,
    ),
    (
        lambda x, y, seed: (x, np.random.default_rng().permutation(y)),
        "only the labels were shuffled, by no seed: use one order for both",
        LABELS,
    ),
    (
        _fresh_order,
        "the same seed gave two orders: hand it to the generator",
        SMALLER,
    ),
    (
        lambda x, y, seed: _shuffle(x, y, 0),
        "another seed gave the same order: draw with the seed that is handed in",
        SMALLER,
    ),
    (
        _twice_drawn,
        "some images were drawn twice and others lost: draw a permutation",
        LABELS,
    ),
    (
        lambda x, y, seed: (x, y),
        "no order was drawn: it is that of the input, or that turned round or moved along",
        LABELS,
    ),
    (
        lambda x, y, seed: tuple(np.roll(part, 1 + seed % (len(x) - 1), axis=0) for part in (x, y)),
        "the images were only moved along: neighbours must not stay neighbours",
        LABELS,
    ),
    (
        _last_stays,
        "one image stays at its place whatever the seed: each must be able to come to any place",
        LABELS,
    ),
    (
        lambda x, y, seed: (x[np.argsort(y)], np.sort(y)),
        "sorted by label, nothing drawn: such an order is the worst for training",
        LABELS,
    ),
    (
        lambda x, y, seed: (np.random.default_rng(seed).permuted(x, axis=0), y),
        "`permuted` moves every pixel by an order of its own: move whole images",
        SHAPE,
    ),
    (
        _with_order(lambda x, y, order: (y[order], x[order])),
        "the shapes are",
        LABELS,
    ),
    (
        _with_order(lambda x, y, order: zip(x[order], y[order], strict=True)),
        "the result must be two arrays, images and labels",
        LABELS,
    ),
    (
        _in_place,
        "the function changed its own input",
        SMALLER,
    ),
]


def _stacks(rng):
    """Draw (images, columns); no number stands twice, and none is 0."""

    def case(n, height, width, columns):
        values = np.arange(1, n * height * width + 1) - (n % 2) * 0.5
        return rng.permutation(values).reshape(n, height, width), columns

    return {
        "two rows": case(6, 2, 3, 3),
        "as many rows as columns": case(4, 3, 2, 2),
        "three rows": case(6, 1, 2, 2),
        "some are missing": case(7, 2, 1, 3),
        "fewer than columns": case(2, 2, 2, 3),
        "one column": case(3, 2, 3, 1),
        "one image": case(1, 3, 2, 1),
        "bytes": (rng.permutation(np.arange(1, 41)).astype(np.uint8).reshape(5, 2, 4), 4),
    }


def _sheet(images, columns):
    """Lay the images out with NumPy's block."""
    empty = [np.zeros(images.shape[1:])] * (-len(images) % columns)
    tiles = [*images, *empty]
    return np.block([tiles[i : i + columns] for i in range(0, len(tiles), columns)])


def _filled(images, columns, value=0.0, before=False):
    missing = -len(images) % columns
    widths = (missing, 0) if before else (0, missing)
    return np.pad(images.astype(float), (widths, (0, 0), (0, 0)), constant_values=value)


def _rearranged(axes, fill=None):
    """Return a sheet whose five axes were put in another order before the last reshape."""

    def sheet(images, columns):
        tiles = _filled(images, columns) if fill is None else fill(images, columns)
        n, height, width = tiles.shape
        grid = tiles.reshape(n // columns, columns, height, width)
        return grid.transpose(axes).reshape(n // columns * height, columns * width)

    return sheet


def _down_first(images, columns):
    tiles = _filled(images, columns)
    rows = len(tiles) // columns
    order = np.arange(len(tiles)).reshape(columns, rows).T.ravel()
    return _sheet(tiles[order], columns)


def _cyclic(images, columns):
    return images[np.arange(len(images) + -len(images) % columns) % len(images)]


_CONTACT_SHEET = [
    (
        _rearranged((0, 1, 2, 3)),
        "`reshape` alone cuts the numbers in their order: put the image's row before the column "
        "of images first",
        SHAPE,
    ),
    (
        _rearranged((1, 2, 0, 3)),
        "the two axes of the grid are mixed up: rows of images, image rows, columns, image columns",
        SHAPE,
    ),
    (
        _rearranged((0, 3, 1, 2)),
        "the image's own axes are swapped before the reshape: height goes with the rows",
        SHAPE,
    ),
    (
        _down_first,
        "filled from top to bottom: go along each row first",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(np.swapaxes(images, 1, 2), columns),
        "each image is transposed: its rows stay rows",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(images, columns).T,
        "the whole sheet is transposed",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(images, -(-len(images) // columns)),
        "rows and columns are mixed up: the number says how many images stand beside each other",
        SHAPE,
    ),
    (
        lambda images, columns: np.hstack(images),
        "all images stand in one row: begin a new row after so many",
        SHAPE,
    ),
    (
        lambda images, columns: np.vstack(images),
        "all images stand in one column",
        SHAPE,
    ),
    (
        lambda images, columns: (
            _sheet(images[: len(images) // columns * columns], columns)
            if len(images) >= columns
            else np.zeros((0, columns * images.shape[2]))
        ),
        "the last, incomplete row is missing",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(_filled(images, columns, before=True), columns),
        "the empty places come first: they belong at the end",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(_filled(images, columns, 255.0), columns),
        "the empty places are white: fill them with 0",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(_cyclic(images, columns), columns),
        "the empty places repeat the first images: fill them with 0",
        SHAPE,
    ),
    (
        lambda images, columns: np.vstack(
            np.split(_sheet(images, columns), -(-len(images) // columns))[::-1]
        ),
        "the first row of images is at the bottom",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(images, columns)[None],
        "one picture, not a batch of them: the result has two axes",
        SHAPE,
    ),
    (
        lambda images, columns: np.pad(
            _sheet(images, columns), ((0, 0 if len(images) % columns else images.shape[1]), (0, 0))
        ),
        "a row of images too many when they fit exactly: round up, do not add 1",
        SHAPE,
    ),
    (
        lambda images, columns: _sheet(images, min(columns, len(images))),
        "the sheet is always as wide as asked for, also with fewer images than columns",
        SHAPE,
    ),
    (
        lambda images, columns: np.trunc(_sheet(images, columns)),
        "the fractions are cut off: give the sheet the type of the images",
        SHAPE,
    ),
]


def _scans(rng):
    """Draw batches of bytes: a border that is light or dark, and ink of the other kind."""

    def image(height, width, paper, ink=(), border_ink=()):
        dark = rng.integers(1, 40, (height, width))
        light = rng.integers(200, 255, (height, width))
        where = np.zeros((height, width), bool)
        for region in (*ink, *border_ink):
            where[region] = True
        return np.where(where == paper, dark, light).astype(np.uint8)

    stroke = [np.s_[1:3, 2]]
    inside = [np.s_[1:-1, 1:-1]]
    black = image(4, 5, False, stroke)
    black[0], black[-1], black[:, 0], black[:, -1] = 0, 0, 0, 0
    one_side = np.uint8([[110, 250, 250, 250, 110], *[[110, 200, 200, 200, 110]] * 3, [110] * 5])
    return {
        "mixed": (np.stack([image(4, 5, True, stroke), black, image(4, 5, True, stroke)]),),
        "all paper": (np.stack([image(5, 4, True, stroke) for _ in range(2)]),),
        "all screen": (np.stack([image(5, 4, False, stroke) for _ in range(2)]),),
        "thick ink": (np.stack([image(9, 9, paper, inside) for paper in (False, True)]),),
        "ink in three corners": (
            np.stack([image(5, 6, p, stroke, [np.s_[0, ::5], np.s_[4, 0]]) for p in (True, False)]),
        ),
        "ink above and below": (
            np.stack([image(8, 3, p, [], [np.s_[0], np.s_[-1]]) for p in (False, True)]),
        ),
        "ink at both sides": (
            np.stack([image(3, 8, p, [], [np.s_[:, 0], np.s_[:, -1]]) for p in (True, False)]),
        ),
        "corners of the other kind": (
            np.uint8(
                [
                    [
                        [250, 60, 60, 60, 250],
                        *[[60, 255, 255, 255, 60]] * 2,
                        [250, 60, 60, 60, 250],
                    ],
                    [[5, 200, 200, 200, 5], *[[200, 0, 0, 0, 200]] * 2, [5, 200, 200, 200, 5]],
                ]
            ),
        ),
        "corners decide": (
            np.uint8(
                [
                    [[255, *[100] * 3, 255], *[[100, 0, 0, 0, 100]] * 2, [255, *[100] * 3, 255]],
                    [[0, *[155] * 3, 0], *[[155, 255, 255, 255, 155]] * 2, [0, *[155] * 3, 0]],
                ]
            ),
        ),
        "hardly, and not quite": (  # 127.57 and 127.43, against what most of the pixels say
            np.uint8(
                [
                    [
                        [115] * 5,
                        [150, 0, 0, 0, 150],
                        [150, 0, 0, 0, 151],
                        [115, 115, 115, 150, 115],
                    ],
                    [
                        [140] * 5,
                        [105, 255, 255, 255, 105],
                        [105, 255, 255, 255, 104],
                        [140, 140, 140, 105, 140],
                    ],
                ]
            ),
        ),
        "each corner decides": (  # 127.6 and 127.4; without a corner, on the other side of 127.5
            np.uint8(
                [
                    [
                        [150, *[115] * 3, 150],
                        *[[115, 0, 0, 0, 115]] * 2,
                        [150, *[115] * 2, 150, 151],
                    ],
                    [
                        [105, *[140] * 3, 105],
                        *[[140, 255, 255, 255, 140]] * 2,
                        [105, *[140] * 2, 105, 104],
                    ],
                ]
            ),
        ),
        "one light side": (np.stack([np.rot90(one_side, turns) for turns in range(4)]),),
        "exactly at the limit": (
            np.uint8([[[127, 128, 128, 127], [128, 200, 20, 127], [127, 128, 128, 127]]]),
        ),
        "one image": (image(6, 4, True, stroke)[None],),
    }


def _border(images, summary=np.mean, left_out=(), width=1):
    """Return the mean of each image's outermost pixels, or another summary of them."""
    mask = np.ones(images.shape[1:], bool)
    for region in (np.s_[width:-width, width:-width], *left_out):
        mask[region] = False
    return summary(images[:, mask], axis=1)


def _sides(images):
    return [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]]


def _turned(paper=lambda images: _border(images) > 127.5, turn=np.invert):
    """Return the images, those on paper turned round; a program with a slip does it otherwise."""

    def answer(images):
        on_paper = np.broadcast_to(paper(images), len(images))
        return np.where(on_paper[:, None, None], turn(images), images)

    return answer


def _as_bytes(result, images):
    result = np.asarray(result)
    if result.dtype != np.uint8:
        raise NotUsableError(f"the images must stay bytes (uint8), these are {result.dtype}")
    return result


_WHITE_ON_BLACK = [
    (
        _turned(turn=lambda images: np.uint8(1) - images),
        "1 - image is for pixels from 0 to 1: on bytes it wraps round",
        BYTES,
    ),
    (
        _turned(turn=np.negative),
        "minus a byte is 256 minus it: white must become 0, so take it from 255",
        BYTES,
    ),
    (
        _turned(paper=lambda images: True),
        "all were turned round: look at each image's border first",
        PAPER,
    ),
    (
        _turned(paper=lambda images: False),
        "nothing was turned round: a light border means paper",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images).mean() > 127.5),
        "one decision for the whole batch: each image has a border of its own",
        PAPER,
    ),
    (
        _turned(paper=lambda images: images.mean(axis=(1, 2)) > 127.5),
        "the mean of the whole image is misled by thick ink: take the border alone",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images) > 128),
        "the limit is too high: it lies between 127 and 128",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images) > 127),
        "the limit is too low: it lies between 127 and 128",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images) >= 127.5),
        "a mean of exactly 127.5 is not above 127.5: ask with `>`, and do not round the mean",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images, np.median) > 127.5),
        "this asks what most pixels of the border are: take their mean",
        PAPER,
    ),
    *(
        (
            _turned(paper=lambda images, left=left: _border(images, left_out=left) > 127.5),
            f"{says}: the border has four sides",
            PAPER,
        )
        for says, left in {
            "the right side is missing": [np.s_[1:-1, -1]],
            "the left side is missing": [np.s_[1:-1, 0]],
            "the last row is missing": [np.s_[-1]],
            "the first row is missing": [np.s_[0]],
            "the last row is missing, but for its corners": [np.s_[-1, 1:-1]],
            "the first row is missing, but for its corners": [np.s_[0, 1:-1]],
            "two neighbouring sides are missing": [np.s_[1:, -1], np.s_[-1, 1:]],
        }.items()
    ),
    (
        _turned(paper=lambda images: np.concatenate(_sides(images), axis=1).mean(axis=1) > 127.5),
        "the corners were counted twice: each belongs to a row and to a column",
        PAPER,
    ),
    (
        _turned(paper=lambda images: np.mean([s.mean(axis=1) for s in _sides(images)], 0) > 127.5),
        "the sides are not equally long: take all pixels of the border at once",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images, np.sum) / (2 * sum(images.shape[1:])) > 127.5),
        "each corner is one pixel: the border has 4 fewer than height and width give twice",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images, left_out=[np.ix_([0, -1], [0, -1])]) > 127.5),
        "the four corners are left out: they belong to the border",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images, left_out=[np.s_[-1, -1]]) > 127.5),
        "a corner is missing: each of the four belongs to the border",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images, width=2) > 127.5),
        "the border was taken two pixels wide: it is the outermost row or column alone",
        PAPER,
    ),
    (
        _turned(paper=lambda images: np.all([s.mean(1) > 127.5 for s in _sides(images)], axis=0)),
        "each side was asked for itself: the mean of the whole border counts",
        PAPER,
    ),
    (
        _turned(paper=lambda images: images[:, 0, 0] > 127.5),
        "corners may have ink: take the mean of the whole border",
        PAPER,
    ),
    (
        _turned(paper=lambda images: images[:, [0, -1]].mean(axis=(1, 2)) > 127.5),
        "first and last row are half of the border: the columns at the sides belong to it",
        PAPER,
    ),
    (
        _turned(paper=lambda images: images[:, :, [0, -1]].mean(axis=(1, 2)) > 127.5),
        "first and last column are half of the border: the rows above and below belong to it",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images) > 0.5),
        "the threshold is for pixels from 0 to 1: for bytes it is 127.5",
        PAPER,
    ),
    (
        _turned(paper=lambda images: _border(images) < 127.5),
        "the wrong ones were turned round: a light border means paper",
        PAPER,
    ),
    (
        lambda images: _turned()(images) / 255,
        "the images must stay bytes (uint8)",
        BYTES,
    ),
    (
        lambda images: np.where(_turned()(images) > 127, 255, 0).astype(np.uint8),
        "the greys are gone: only turn round, do not decide pixel by pixel",
        PAPER,
    ),
    (
        lambda images: np.where(images > 127, 255 - images, images).astype(np.uint8),
        "each light pixel was turned round, so all are dark now: turn whole images",
        PAPER,
    ),
]


def _two_sets(rng):
    """Draw (training images, test images) as bytes; some images are in both."""

    def images(n):
        return rng.integers(1, 250, (n, 2, 3)).astype(np.uint8)

    train, test = images(7), images(5)
    test[1], test[4] = train[5], train[0]
    twice = images(4)
    twice[[0, 3]] = train[2]
    doubled = images(6)
    doubled[[1, 2, 5]] = twice[1]
    near = train[:3].copy()
    near[:, 0, 0] += 1
    turned = train[:3, :, ::-1].copy()
    turned[0], turned[2] = train[1], train[2, ::-1]
    row = images(3)
    row[0, 1] = train[4, 1]
    same_sum = train[3:5].copy()
    same_sum[:, 0, 0] += 1
    same_sum[:, 1, 2] -= 1
    first_row = images(3)
    first_row[2, 0] = train[4, 0]
    edge = train[2:5].copy()
    edge[:, 0, 1] += 1
    columns, both = train[4:6].copy(), train[5:].copy()
    columns[:, :, 0] += np.uint8([1, 255])  # one more and one less
    both[:, :, :2] += np.uint8([[1, 255], [255, 1]])
    mosaic = rng.permutation(train.ravel())[:18].reshape(3, 2, 3)
    across = train.reshape(-1, 3)[1:7].reshape(3, 2, 3)
    halves = train[:3].copy()
    halves[:, 1] = train[1:4, 1]
    return {
        "two of five": (train, test),
        "none": (train, images(3)),
        "twice in the test set": (train, twice),
        "thrice in the training set": (doubled, twice),
        "at the same place": (train, np.concatenate([images(1), train[1:3]])),
        "a row in both": (train, row),
        "the first row in both": (train, first_row),
        "nearly the same": (train, near),
        "the same corners": (train, edge),
        "the same sum": (train, same_sum),
        "the same sums of columns": (train, columns),
        "the same sums of rows and columns": (train, both),
        "mirrored, and one in both": (train, turned),
        "made of the same pixels": (train, mosaic),
        "half of one image, half of the next": (train, across),
        "upper half of one, lower half of another": (train, halves),
        "brighter by 16 here and there": (train, train[:2] + np.uint8([[16, 0, 16], [0, 16, 0]])),
        "one and one": (train[:1], train[:1].copy()),
    }


def _same_images(train, test):
    return cdist(test.reshape(len(test), -1), train.reshape(len(train), -1)) == 0


def _in_both(train, test):
    return _same_images(train, test).any(axis=1).sum()


def _with_feature(feature):
    """Count the test images whose `feature`, of the image as floats, occurs in training."""

    def count(train, test):
        known = {feature(image.astype(float)) for image in train}
        return sum(feature(image.astype(float)) in known for image in test)

    return count


_IN_BOTH = [
    (
        lambda train, test: sum(image in train for image in test),
        "`image in train` is true as soon as one pixel is equal: compare whole images",
        SMALLER,
    ),
    (
        lambda train, test: np.isin(test, train).all(axis=(1, 2)).sum(),
        "pixels that occur somewhere make no image: all must agree with the same image",
        SMALLER,
    ),
    (
        lambda train, test: (test[:, None] == train).any(axis=1).all(axis=(1, 2)).sum(),
        "each pixel was sought at its place in all images: one image must have them all",
        SMALLER,
    ),
    (
        lambda train, test: sum(
            any(np.sum((image - t) ** 2) == 0 for t in train) for image in test
        ),
        "bytes wrap round, so that the square of 16 is 0: compare with `==`",
        BYTES,
    ),
    (
        lambda train, test: sum(image.tobytes() in train.tobytes() for image in test),
        "sought in all images end to end: compare with one image at a time",
        SMALLER,
    ),
    (
        lambda train, test: sum(map(np.array_equal, train, test)),
        "compared place by place: an image may stand anywhere in the other set",
        SMALLER,
    ),
    (
        lambda train, test: _same_images(train, test).sum(),
        "these are pairs: an image that is often in the training set counts once",
        TEST,
    ),
    (
        lambda train, test: _same_images(train, test).any(axis=0).sum(),
        "these are training images: count those of the test set",
        TEST,
    ),
    (
        lambda train, test: len({i.tobytes() for i in train} & {i.tobytes() for i in test}),
        "a set drops doubles: each test image that is known counts",
        TEST,
    ),
    (
        lambda train, test: (
            len(train) + len(test) - len(np.unique(np.concatenate([train, test]), axis=0))
        ),
        "doubles inside one set were counted too: only those in both count",
        TEST,
    ),
    (
        _with_feature(lambda image: image.sum()),
        "equal sums are not equal images: compare pixel by pixel",
        SMALLER,
    ),
    (
        _with_feature(lambda image: (*image.sum(axis=0), *image.sum(axis=1))),
        "rows or columns with equal sums are not equal: compare pixel by pixel",
        SMALLER,
    ),
    (
        _with_feature(lambda image: tuple(image[0])),
        "this compares first rows alone: all rows must be equal",
        SMALLER,
    ),
    (
        _with_feature(lambda image: tuple(image[[0, -1]][:, [0, -1]].ravel())),
        "this compares corners alone: all pixels must be equal",
        SMALLER,
    ),
    (
        _with_feature(lambda image: tuple(np.sort(image.ravel()))),
        "a mirrored image is another one, even with the same pixels: compare each at its place",
        SMALLER,
    ),
    (
        lambda train, test: sum(
            any((image == other).all(axis=1).any() for other in train) for image in test
        ),
        "one equal row is not enough: all pixels must",
        SMALLER,
    ),
    (
        lambda train, test: sum(
            any(abs(image - 1.0 * other).max() <= 1 for other in train) for image in test
        ),
        "nearly the same is not the same: pixels must be equal",
        SMALLER,
    ),
    (
        lambda train, test: len(test) - _in_both(train, test),
        "these are the clean ones: count those that are in both",
        TEST,
    ),
    (
        lambda train, test: _in_both(train, test) / len(test),
        "this is a share: return a number of images",
        TEST,
    ),
    (
        lambda train, test: _in_both(train, test) > 0,
        "yes or no is not enough: how many?",
        TEST,
    ),
    (
        lambda train, test: _same_images(train, test).any(axis=1),
        "one answer for each image: add them up",
        TEST,
    ),
]

PROGRAMS = """\
frames: how much brighter is the second camera picture?
    before, after = camera.read(), camera.read()   # bytes
    print("brighter by", (after - before).mean())

slices: 40 X-ray slices, to be stacked along the last axis
    volume = slices.reshape(512, 512, 40)          # was (40, 512, 512)

sentences: a network that recognises languages
    np.random.shuffle(sentences)
    np.random.shuffle(languages)
    model.fit(sentences, languages)

fahrenheit: a notebook cell
    celsius = celsius * 9 / 5 + 32
    plot(celsius)

trees: how deep should a decision tree be?
    for depth in range(1, 20):
        tree = DecisionTreeClassifier(max_depth=depth).fit(x_train, y_train)
        results[depth] = tree.score(x_test, y_test)
    print("accuracy", max(results.values()))

spam: is it spam? One output, 1 for yes
    model = Sequential([Input((300,)), Dense(1)])
    model.compile("adam", loss="binary_crossentropy")

spam_again: a colleague's version
    model = Sequential([Input((300,)), Dense(1, activation="sigmoid")])
    model.compile("adam", loss="binary_crossentropy")

cats: a network that learnt with photographs in the order red, green, blue
    picture = cv2.imread("cat.jpg")                # blue, green, red
    print(model.predict(picture[None]))

reviews: one to five stars
    model = Sequential([Input((300,)), Dense(5), Softmax()])
    model.compile("adam", SparseCategoricalCrossentropy(from_logits=True))
"""

_ILLNESSES = {
    "frames": 6,
    "slices": 8,
    "sentences": 3,
    "fahrenheit": 5,
    "trees": 4,
    "spam": 10,
    "spam_again": 0,
    "cats": 9,
    "reviews": 1,
}


def _programs(rng):
    return {name: (name,) for name in _ILLNESSES}


def _illness(name):
    return [_ILLNESSES[name]]


def _but(**others):
    return lambda name: [others.get(name, _ILLNESSES[name])]


_BY_HAND = [
    (_but(frames=0), "what is 5 - 10 in bytes? The mean of such differences is no change", BYTES),
    (_but(frames=9), "both pictures come from one camera: look at their type", BYTES),
    (_but(slices=0), "the shape is right: are there still slices in it?", SHAPE),
    (_but(slices=9), "nothing is trained or prepared here: draw one slice", SHAPE),
    (_but(sentences=0), "two calls, two orders: which language has the first sentence?", LABELS),
    (_but(sentences=2), "nothing is refused here: it runs, and learns nothing", LABELS),
    (_but(fahrenheit=0), "run the cell twice", SMALLER),
    (_but(fahrenheit=6), "no bytes here: what happens if the cell is run again?", SMALLER),
    (_but(trees=0), "who chose the depth, and who judges it?", TEST),
    (_but(trees=5), "the test set keeps its size; but how often is it asked?", TEST),
    (_but(spam=0), "the output is any number, the loss by its name expects another kind", HIGH),
    (_but(spam=1), "there is no softmax here, not even one", HIGH),
    (
        _but(spam_again=10),
        "the sigmoid makes a probability, and that is what this loss expects",
        HIGH,
    ),
    (_but(spam_again=1), "one sigmoid and no second one in the loss: that is healthy", SOFTMAX),
    (_but(cats=0), "shape, type and range are right, and yet it is not what it learnt from", PAPER),
    (_but(cats=8), "no axis is mixed up: the colours come in another order", PAPER),
    (_but(reviews=0), "add up one row of its output, then read what the loss was told", SOFTMAX),
    (
        _but(reviews=10),
        "the other way round: logits would be right for this loss, but here are probabilities",
        SOFTMAX,
    ),
]

EXERCISES = [
    Exercise("bug-clinic", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        ("kind_of_output", "scipy.special.logsumexp", _kind(), _outputs, _KIND_OF_OUTPUT, {}),
        (
            "shuffle_pairs",
            "the rules of numpy.random.Generator.permutation",
            _shuffle,
            _pairs,
            _SHUFFLE_PAIRS,
            {"view": _yes_or_no, "call": with_seeds(4), "digits": 0},
        ),
        ("contact_sheet", "numpy.block", _sheet, _stacks, _CONTACT_SHEET, {"digits": 1}),
        (
            "white_on_black",
            "numpy.invert",
            _turned(),
            _scans,
            _WHITE_ON_BLACK,
            {"view": _as_bytes, "digits": 0},
        ),
        ("in_both", "scipy.spatial.distance.cdist", _in_both, _two_sets, _IN_BOTH, {"digits": 0}),
        (
            "by_hand_clinic",
            "the ten patients",
            _illness,
            _programs,
            _BY_HAND,
            {"by_hand": True},
        ),
    ]
]
