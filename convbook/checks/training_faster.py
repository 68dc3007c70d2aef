"""The exercises of "Training faster"; none of them needs Keras."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal

from convbook.checks.channels import _draw
from convbook.engine import Exercise, NotUsableError

# Sections of the chapter's page, to read again.
PAPER, INPUT = "Two numbers on paper", "The input: bytes will do"
STEP, NETWORK = "The step: batch size and rate", "The network: where the multiply-adds are"
COST = "What more accuracy costs"


def _questions(rng):
    names = ["steps", "last_batch", "steps_in_all", "peak_at", "work", "megabytes"]
    return {name: (name,) for name in names}


def _asked(name):
    """Work the questions by hand out with ranges and with NumPy's arrays."""
    starts = range(0, 55000, 128)
    image, kernels = np.zeros((28, 28)), np.zeros((5, 5, 16))
    windows = sliding_window_view(image, (5, 5))[::2, ::2]
    return [
        {
            "steps": len(starts),
            "last_batch": 55000 - starts[-1],
            "steps_in_all": 5 * len(starts),
            "peak_at": 5 * len(starts) // 10,
            "work": windows.shape[0] * windows.shape[1] * kernels.size,
            "megabytes": round(np.empty((55000, 28, 28), np.float64).nbytes / 1e6),
        }[name]
    ]


def _row(row, *name):
    return np.atleast_1d(row)


def _but(**others):
    return lambda name: [others[name]] if name in others else _asked(name)


_BY_HAND = [
    (_but(steps=429), "the digits that are left over make a step, too", PAPER),
    (
        _but(steps=429.6875, steps_in_all=2148.4375),
        "there is no part of a step: round up, an incomplete batch is a step as well",
        PAPER,
    ),
    (_but(last_batch=40), "this is what the last batch lacks: asked is what it has", PAPER),
    (_but(last_batch=128), "55,000 is no multiple of 128, so the last batch is smaller", PAPER),
    (
        _but(steps_in_all=2149),
        "each epoch ends with its small batch: round up an epoch, then multiply",
        PAPER,
    ),
    (_but(steps_in_all=2145), "the small batch at the end of each epoch is a step", PAPER),
    (_but(steps_in_all=430), "these are the steps of one epoch: there are five", PAPER),
    (
        _but(peak_at=214),
        "one too early: the steps are counted from 0, and all those before the peak rise",
        STEP,
    ),
    (_but(peak_at=43), "there is one cycle for the whole training, not one an epoch", STEP),
    (_but(peak_at=1935), "a tenth rises and nine tenths fall, not the other way round", STEP),
    (_but(peak_at=2150), "this is where the rate is 0 again", STEP),
    (
        _but(work=313600),
        "count the places of the kernel, not the pixels: near the edge it does not fit",
        PAPER,
    ),
    (_but(work=230400), "the stride leaves every second place out, on both axes", PAPER),
    (_but(work=115200), "the stride holds for both axes: a quarter is left, not a half", PAPER),
    (
        _but(work=78400),
        "half of 28 is not it: the kernel must lie inside, so there are fewer places",
        PAPER,
    ),
    (_but(work=59904), "a bias is added, not multiplied: leave it out", PAPER),
    (_but(work=400), "these are the weights: each is used at every place", NETWORK),
    (_but(work=3600), "this is one filter: there are 16", PAPER),
    (_but(megabytes=344.96), "right, but in whole MB: round", INPUT),
    (_but(megabytes=344), "the fraction was cut off: round to the nearest", INPUT),
    (_but(megabytes=43), "these are bytes: a float64 takes eight of them", INPUT),
    (_but(megabytes=172), "four bytes a number, that is float32: a float64 takes eight", INPUT),
    (_but(megabytes=2760), "eight bytes a number, not 64: there are 8 bits in a byte", INPUT),
    (_but(megabytes=329), "a MB is a million bytes here, not 1,048,576", INPUT),
]


def _cycles(rng):
    """Draw (peak, steps, rising); quarters, so that four digits show no tie."""
    peak = float(rng.integers(5, 30)) / 4
    n = int(rng.integers(3, 6))
    return {
        "a fifth rises": (peak, 10, 2),
        "a long rise": (peak + 1, 2 * n + 2, n + 2),
        "an odd number of steps": (peak + 0.5, 2 * n + 3, 4),
        "one step rises": (peak, n + 2, 1),
        "none rises": (peak, n + 3, 0),
        "a low peak": (float(rng.integers(1, 4)) / 4, n + 6, n),
    }


def _cycle(peak, steps, rising):
    """Return the rates: NumPy's line, then the right half of SciPy's Hann window."""
    falling = steps - rising
    rise = np.interp(np.arange(rising), [0, rising], [0, peak])
    return np.append(rise, peak * signal.windows.hann(2 * falling + 1)[falling:-1])


def _parts(rise=None, fall=None):
    """Return the mistake of another rise(k / rising, rising) or fall(k / falling, falling)."""

    def wrong(peak, steps, rising):
        rates, falling = _cycle(peak, steps, rising), steps - rising
        if rise and rising:
            rates[:rising] = peak * rise(np.arange(rising) / rising, rising)
        if fall:
            rates[rising:] = peak * fall(np.arange(falling) / falling, falling)
        return rates

    return wrong


def _half_wave(t):
    return (1 + np.cos(np.pi * t)) / 2


def _one_clock(peak, steps, rising):
    """Take the cosine over all steps instead of those that fall."""
    rates = peak * _half_wave(np.arange(steps) / steps)
    return np.append(_cycle(peak, steps, rising)[:rising], rates[rising:])


def _up_to_the_peak(peak, steps, rising):
    rises = [peak * step / rising for step in range(rising + 1)]
    return [*rises, *_cycle(peak, steps, rising)[rising + 1 :]]


_CYCLE = [
    (
        _parts(fall=lambda t, n: _half_wave(t * n / max(n - 1, 1))),
        "the rate is 0 at the last step already: it would be 0 one step later",
        STEP,
    ),
    (
        _parts(rise=lambda t, n: t * n / max(n - 1, 1)),
        "the rise reaches the peak one step too early: that is the first step of the fall",
        STEP,
    ),
    (
        _parts(rise=lambda t, n: t + 1 / n),
        "the rise begins at 0: step 0 has the rate 0",
        STEP,
    ),
    (
        _parts(rise=lambda t, n: t * 0 + 1),
        "the rate does not rise: it starts at the peak",
        STEP,
    ),
    (
        _parts(rise=lambda t, n: 1 - _half_wave(t)),
        "the rise is a straight line: only the fall is a cosine",
        STEP,
    ),
    (
        _parts(rise=lambda t, n: t * n),
        "each step of the rise adds peak / rising, not the whole peak",
        STEP,
    ),
    (_parts(fall=lambda t, n: 1 - t), "the fall is a cosine, not a straight line", STEP),
    (
        _parts(fall=lambda t, n: np.cos(np.pi * t / 2)),
        "this is a quarter of a wave: the fall must end flat, too, with half a wave",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: _half_wave(2 * t)),
        "this is a whole wave: it comes up again",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: np.cos(np.pi * t)),
        "the cosine goes down to -1: add 1 and halve, so that the rate ends at 0",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: 1 + np.cos(np.pi * t)),
        "the half is missing: the cosine plus 1 starts at 2",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: (1 + np.cos(t)) / 2),
        "half a wave is pi: the cosine takes radians",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: (1 + np.cos(np.deg2rad(np.pi * t))) / 2),
        "NumPy's cosine takes radians, no degrees",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: 1 - _half_wave(t)),
        "the cosine is upside down: the fall begins at the peak",
        STEP,
    ),
    (
        _parts(fall=lambda t, n: t * 0 + 1),
        "the rate stays at the peak: it must come to rest",
        STEP,
    ),
    (
        _one_clock,
        "the cosine began at step 0: count from the end of the rise",
        STEP,
    ),
    (
        _parts(
            rise=lambda t, n: t * n / max(n - 1, 1),
            fall=lambda t, n: _half_wave(t * n / max(n - 1, 1)),
        ),
        "both parts reach their ends: np.linspace leaves the end out with endpoint=False",
        STEP,
    ),
    (
        lambda peak, steps, rising: np.insert(_cycle(peak, steps, rising), rising, peak),
        "the peak comes twice: it belongs to the fall, and the rise ends before it",
        STEP,
    ),
    (
        _up_to_the_peak,
        "if no step rises, there is nothing to divide by: the fall begins at step `rising`",
        STEP,
    ),
    (
        lambda peak, steps, rising: np.append(_cycle(peak, steps, rising), 0.0),
        "one rate too many: the steps are 0 to steps - 1",
        STEP,
    ),
    (
        lambda peak, steps, rising: _cycle(peak, steps, steps - rising),
        "rising and falling steps are swapped",
        STEP,
    ),
    (
        lambda peak, steps, rising: _cycle(1.0, steps, rising),
        "the peak is not used",
        STEP,
    ),
]


def _batches(rng):
    """Draw (pictures, moves); no pixel is 0, and one picture leaves its frame."""
    bytes_ = rng.permutation(np.arange(1, 256)).astype(np.uint8)

    def batch(height, width, *moves):
        moves = np.array(moves)
        return bytes_[: len(moves) * height * width].reshape(-1, height, width), moves

    return {
        "two pictures": batch(3, 4, (1, -1), (-1, 2)),
        "three pictures": batch(4, 3, (0, 1), (2, 0), (-1, -2)),
        "one picture": batch(2, 5, (1, 3)),
        "nothing moves": batch(3, 2, (0, 0)),
        "up and far to the right": batch(4, 5, (-3, 4)),
        "out of sight": batch(2, 3, (2, 0), (0, -4)),
        "far below and to the right": batch(4, 4, (5, 0), (0, 6)),
    }


def _shift(images, moves, **options):
    pairs = zip(images, moves, strict=True)
    return np.array([ndimage.shift(x, move, order=0, **options) for x, move in pairs])


def _in_bytes(result, images, moves):
    """Return the pictures; refuse another dtype than that of the input."""
    result = np.asarray(result)
    if result.dtype.kind in "biuf" and result.dtype != images.dtype:
        raise NotUsableError(
            f"the dtype of the result is {result.dtype}: bytes must stay bytes, uint8"
        )
    return result


def _rolled(images, moves):
    pairs = zip(images, moves, strict=True)
    return np.array([np.roll(x, move, axis=(0, 1)) for x, move in pairs])


def _moves(change):
    return lambda images, moves: _shift(images, change(moves))


def _slices(images, moves):
    """Move by slices with negative numbers, which for 0 take nothing."""
    result = images
    for axis in (0, 1):
        before, result = result, np.zeros_like(images)
        for x, y, d in zip(before, result, moves[:, axis], strict=True):
            x, y = (x, y) if axis == 0 else (x.T, y.T)
            if d > 0:
                y[d:] = x[:-d]
            else:
                y[:d] = x[-d:]
    return result


def _cut_short(images, moves):
    """Move by slices up to size - d, a place counted from the end where d exceeds the size."""
    height, width = images.shape[1:]
    down, right = moves.T
    if np.any(down > height) or np.any(right > width):
        raise ValueError("could not broadcast input array")
    return _shift(images, moves)


def _filled(value):
    """Return the mistake of filling up with value(picture)."""
    return lambda images, moves: np.concatenate(
        [_shift(x[None], m[None], cval=value(x)) for x, m in zip(images, moves, strict=True)]
    )


_SHIFT = [
    (
        _rolled,
        "what leaves on one side came in on the other: np.roll wraps round, zeros must come in",
        NETWORK,
    ),
    (
        _moves(lambda moves: moves[:, ::-1]),
        "the two numbers are swapped: first down, then to the right",
        NETWORK,
    ),
    (
        _moves(lambda moves: -moves),
        "the pictures move the wrong way: down and to the right is positive",
        NETWORK,
    ),
    (
        _moves(lambda moves: moves * [-1, 1]),
        "a positive first number moves down, to larger rows, not up",
        NETWORK,
    ),
    (
        _moves(lambda moves: np.tile(moves[0], (len(moves), 1))),
        "all pictures move like the first: each has its own move",
        NETWORK,
    ),
    (_moves(lambda moves: moves * [1, 0]), "the move to the right is not used", NETWORK),
    (_moves(lambda moves: moves * [0, 1]), "the move down is not used", NETWORK),
    (_moves(np.abs), "a negative move goes up or to the left", NETWORK),
    (
        _moves(lambda moves: np.maximum(moves, 0)),
        "a negative move was left out: it goes up or to the left",
        NETWORK,
    ),
    (
        _moves(lambda moves: np.clip(moves, -1, 1)),
        "no picture moves by more than one pixel: take the whole move",
        NETWORK,
    ),
    (
        lambda images, moves: _shift(images, moves, mode="nearest"),
        "the last row or column was repeated: zeros must come in",
        NETWORK,
    ),
    (
        lambda images, moves: _shift(images, moves, mode="mirror"),
        "the picture was mirrored at its edge: zeros must come in",
        NETWORK,
    ),
    (
        _filled(lambda x: 255),
        "white came in: the ground of the digits is 0",
        NETWORK,
    ),
    (
        _filled(np.min),
        "the darkest pixel of the picture came in: it must be 0",
        NETWORK,
    ),
    (
        _slices,
        "x[-0:] is everything and x[:-0] nothing: a move by 0 needs care",
        NETWORK,
    ),
    (
        _cut_short,
        "height - d is negative where a picture moves by more than its size: then no pixel is left",
        NETWORK,
    ),
    (
        lambda images, moves: _shift(images, moves)[:1],
        "only the first picture was returned",
        NETWORK,
    ),
    (
        lambda images, moves: _shift(images, moves).astype(float),
        "bytes must stay bytes, uint8",
        INPUT,
    ),
]


def _epochs(rng):
    """Draw (losses, examples, batch size); quarters, no loss twice."""

    def epoch(examples, size):
        steps = len(range(0, examples, size))
        return rng.permutation(np.arange(1, 20))[:steps] / 4, examples, size

    return {
        "a small last batch": epoch(11, 4),
        "a last batch of one": epoch(16, 5),
        "all batches full": epoch(12, 3),
        "one batch, not full": epoch(5, 8),
        "batches of one": epoch(4, 1),
        "large numbers": epoch(55000, 10000),
    }


def _sizes(examples, size):
    """Return the number of examples in each batch."""
    return np.bincount(np.arange(examples) // size)


def _mean_loss(losses, examples, size):
    return np.average(losses, weights=_sizes(examples, size))


def _weighted(last):
    """Return the mistake of giving the last batch the weight last(examples, size)."""

    def wrong(losses, n, size):
        weights = np.full(len(losses), float(size))
        weights[-1] = last(n, size)
        return (weights @ losses) / weights.sum()

    return wrong


_EPOCH_LOSS = [
    (
        lambda losses, n, size: np.mean(losses),
        "the mean of the batches lets each digit of a small batch count more than others",
        PAPER,
    ),
    (
        _weighted(lambda n, size: n % size),
        "n % size is 0 where all batches are full: then the last is as large as the others",
        PAPER,
    ),
    (
        _weighted(lambda n, size: size - n % size),
        "this is what the last batch lacks: its weight is what it has",
        PAPER,
    ),
    (
        _weighted(lambda n, size: 0 if n % size else size),
        "the small batch is left out: its digits count like all others",
        PAPER,
    ),
    (
        lambda losses, n, size: (np.sum(losses[:-1]) * size + losses[-1] * (n % size)) / n,
        "the last batch is lost where all are full, since n % size is 0 there",
        PAPER,
    ),
    (
        lambda losses, n, size: np.sum(losses) * size / n,
        "the last batch was counted as if it were full",
        PAPER,
    ),
    (
        lambda losses, n, size: losses @ _sizes(n, size) / (len(losses) * size),
        "divide by the number of examples: the last batch is not full",
        PAPER,
    ),
    (
        lambda losses, n, size: losses @ _sizes(n, size)[::-1] / n,
        "the small batch is the last, not the first",
        PAPER,
    ),
    (
        lambda losses, n, size: losses @ _sizes(n, size),
        "this is the sum over all examples: divide by their number",
        PAPER,
    ),
    (
        lambda losses, n, size: losses @ _sizes(n, size) / len(losses),
        "the sum over the examples was divided by the number of batches",
        PAPER,
    ),
    (lambda losses, n, size: np.sum(losses), "the losses were only added up", PAPER),
    (
        lambda losses, n, size: losses[-1],
        "this is the loss of the last batch only",
        PAPER,
    ),
    (
        lambda losses, n, size: np.sum(losses) / n,
        "a loss stands for all examples of its batch: multiply by their number first",
        PAPER,
    ),
]


def _norms(rng):
    """Draw a layer and its batch normalisation; one map does not vary, one has as many in."""

    def layer(kh, kw, c_in, c_out, still=None, epsilon=0.25):
        variance = rng.permutation(np.arange(2, 9))[:c_out] / 4.0
        if still is not None:
            variance[still] = 0
        more = (_draw(rng, c_out) for _ in range(4))  # bias, gamma, beta, mean
        return _draw(rng, kh, kw, c_in, c_out) / 2, *more, variance, epsilon

    return {
        "all sizes differ": layer(1, 3, 2, 4),
        "kernels of one": layer(1, 1, 2, 3),
        "one filter": layer(2, 1, 3, 1),
        "a larger epsilon": layer(1, 2, 1, 2, epsilon=0.5),
        "as many maps as channels": layer(2, 1, 2, 2),
        "a map that does not vary": layer(1, 2, 1, 3, still=1),
    }


def _normalised(weights, bias, gamma, beta, mean, variance, epsilon):
    """Ask the two layers what they make of 0, and of a 1 in each place of a patch."""
    kh, kw, c_in, c_out = weights.shape
    ones = np.eye(kh * kw * c_in).reshape(-1, kh, kw, c_in)
    patches = np.concatenate([np.zeros((1, kh, kw, c_in)), ones])
    sums = np.tensordot(patches, weights, 3) + bias
    out = gamma * (sums - mean) / np.sqrt(variance + epsilon) + beta
    return (out[1:] - out[0]).reshape(weights.shape), out[0]


def _weights_and_bias(result, *layer):
    """Return the shape of the weights, then weights and bias, all in one row."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise NotUsableError("the result must be two arrays: weights and bias")
    weights, bias = (np.asarray(part) for part in result)
    if bias.ndim != 1 and bias.size == weights.shape[-1]:
        raise NotUsableError(f"the bias has the shape {bias.shape}: it is one number for each map")
    return np.array([*weights.shape, *weights.ravel(), *bias.ravel()])


def _scaled(scale):
    """Return the mistake of another scale(gamma, variance, epsilon) for both results."""

    def wrong(w, b, gamma, beta, mean, variance, epsilon):
        factor = scale(gamma, variance, epsilon)
        return w * factor, (b - mean) * factor + beta

    return wrong


def _bias_of(bias):
    """Return the mistake of another bias(bias, beta, mean, scale)."""

    def wrong(w, b, gamma, beta, mean, variance, epsilon):
        scale = gamma / np.sqrt(variance + epsilon)
        return w * scale, bias(b, beta, mean, scale)

    return wrong


_FOLD = [
    (
        _scaled(lambda gamma, v, e: gamma / np.sqrt(v)),
        "epsilon is forgotten: a map that does not vary divides by 0",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma / np.sqrt(v + 0.25)),
        "epsilon is 0.25 in the example only: use the argument",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma / np.sqrt(np.maximum(v, e))),
        "epsilon is added to the variance, not a floor for it",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma / (np.sqrt(v) + e)),
        "epsilon stands below the root, together with the variance",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma / (v + e)),
        "the root is missing: divide by the standard deviation, not by the variance",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma / np.sqrt(v**2 + e)),
        "the variance was squared: it is a square already",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma * np.sqrt(v + e)),
        "this multiplies by the standard deviation: divide",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: 1 / np.sqrt(v + e)),
        "gamma is not used: the maps are scaled once more by it",
        NETWORK,
    ),
    (
        _scaled(lambda gamma, v, e: gamma),
        "the variance is not used",
        NETWORK,
    ),
    (
        lambda w, b, gamma, beta, *more: _normalised(w, b, beta, gamma, *more),
        "gamma and beta are swapped: gamma is multiplied, beta added",
        NETWORK,
    ),
    (
        lambda w, b, g, beta, mean, v, e: _normalised(w, b, g, beta, v, np.abs(mean), e),
        "mean and variance are swapped",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: b * scale - mean + beta),
        "the mean is taken off before the map is scaled, so it must be scaled, too",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: b - mean * scale + beta),
        "the old bias is scaled with the map",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: (b + mean) * scale + beta),
        "the mean is taken off, not added",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: beta - mean * scale),
        "the old bias is lost: it is part of the sum that is normalised",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: b * scale + beta),
        "the mean is not used",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: (b - mean) * scale),
        "beta is not used: it is added at the end",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: (b - mean + beta) * scale),
        "beta is added after the scaling",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: beta),
        "the new bias is more than beta: old bias and mean go into it",
        NETWORK,
    ),
    (
        _bias_of(lambda b, beta, mean, scale: b),
        "the bias is unchanged: mean and beta go into it",
        NETWORK,
    ),
    (
        lambda *layer: (_normalised(*layer)[0], _normalised(*layer)[1][None]),
        "it is one number for each map",
        NETWORK,
    ),
    (
        lambda *layer: _normalised(*layer)[::-1],
        "bias and weights are swapped: the weights come first",
        NETWORK,
    ),
    (
        lambda w, *more: (w, _normalised(w, *more)[1]),
        "the weights are unchanged: they are scaled, map by map",
        NETWORK,
    ),
    (
        lambda w, b, g, beta, mean, v, e: (
            w * (g / np.sqrt(v + e))[:, None],
            _normalised(w, b, g, beta, mean, v, e)[1],
        ),
        "the scale belongs to the maps that come out, the last axis of the weights",
        NETWORK,
    ),
]


def _recipes(rng):
    """Draw (costs, accuracies), shuffled; ties are where the mistakes are."""

    def recipes(*rows, by=None):
        """Return rows in an order that is drawn, or by minus cost or by accuracy."""
        rows = np.array(rows)[rng.permutation(len(rows))]
        if by is not None:
            rows = rows[np.argsort(rows @ by, kind="stable")]
        return rows[:, 0] * int(rng.integers(2, 9)), rows[:, 1] / 1000

    start = np.array([3, 960])
    steps = rng.integers(1, 6, (4, 2))  # dearer and better
    steps[1:3] = [[4, 1], [1, 4]]  # the second lies below the line from the first to the third
    stairs = start + np.cumsum(steps, axis=0)
    between = [(c + 0.5, a - 0.5) for c, a in stairs]  # a little dearer than a step, and worse
    a, b = stairs[1:3]
    return {
        "no two agree": recipes(*stairs, *between),
        "equal costs, the better first": recipes(*stairs, (a[0], a[1] - 0.5), by=(0, -1)),
        "equal costs": recipes(*stairs, (b[0], b[1] - 0.5), by=(0, 1)),
        "equal accuracies": recipes(
            *stairs, (a[0] + 0.5, a[1]), (stairs[3][0] + 2, stairs[3][1]), by=(-1, 0)
        ),
        "one twice": recipes(*stairs, a, *between[:2]),
        "a beaten one twice": recipes(*stairs, between[0], between[0]),
        "all on the frontier": recipes(*stairs),
        "dear and bad": recipes(*stairs, (stairs[3][0] + 3, 955), (stairs[3][0] + 4, 957)),
        "only one": recipes(start),
    }


def _frontier(costs, accuracies, beats=None):
    """Compare each recipe with each other by NumPy."""
    beats = beats or (
        lambda c, a, d, b: (c <= d) & (a >= b) & ((c < d) | (a > b))  # (c, a) beats (d, b)
    )
    c, a = costs[:, None], accuracies[:, None]
    return ~np.any(beats(c, a, costs, accuracies), axis=0)


def _beaten_by(beats):
    return lambda costs, accuracies: _frontier(costs, accuracies, beats)


def _agree(costs, accuracies):
    """Tell which recipes agree in both numbers: a matrix."""
    return (costs[:, None] == costs) & (accuracies[:, None] == accuracies)


def _first_only(costs, accuracies):
    earlier = np.triu(_agree(costs, accuracies), 1).any(axis=0)
    return _frontier(costs, accuracies) & ~earlier


def _in_order(better):
    """Walk through the recipes by cost; better(accuracy, those before) decides."""

    def wrong(costs, accuracies):
        order, result = np.argsort(costs, kind="stable"), np.zeros(len(costs), bool)
        for place, i in enumerate(order):
            result[i] = not place or better(accuracies[i], accuracies[order[:place]])
        return result

    return wrong


def _by_the_way(costs, accuracies):
    """Compare each recipe with those that stand before it in the list."""
    return [all(accuracies[:i] < a) for i, a in enumerate(accuracies)]


def _hull(costs, accuracies):
    """Leave out what lies below the line between two others."""
    result = _frontier(costs, accuracies)
    rows = list(zip(costs[result], accuracies[result], strict=True))
    for i in np.flatnonzero(result):
        result[i] = not any(
            accuracies[i] < np.interp(costs[i], (c, d), (a, b))
            for c, a in rows
            for d, b in rows
            if c < costs[i] < d
        )
    return result


_FRONTIER = [
    (
        lambda costs, accuracies: accuracies == accuracies.max(),
        "this is only the most accurate: a cheaper one that is less accurate may stay",
        COST,
    ),
    (
        lambda costs, accuracies: costs == costs.min(),
        "this is only the cheapest: a better one that costs more may stay",
        COST,
    ),
    (
        lambda costs, accuracies: (accuracies == accuracies.max()) | (costs == costs.min()),
        "there are steps between the cheapest and the most accurate",
        COST,
    ),
    (
        lambda costs, accuracies: accuracies / costs >= np.mean(accuracies / costs),
        "accuracy divided by cost is another question: compare recipe with recipe",
        COST,
    ),
    (
        _beaten_by(lambda c, a, d, b: (c < d) & (a > b)),
        "one that is as good and cheaper, or as cheap and better, is enough to beat a recipe",
        COST,
    ),
    (
        _beaten_by(lambda c, a, d, b: (c <= d) & (a >= b)),
        "each was compared with itself, too, and nothing is better than itself",
        COST,
    ),
    (
        _beaten_by(lambda c, a, d, b: (c < d) | (a > b)),
        "cheaper or more accurate is not enough to beat a recipe: the other must be no worse",
        COST,
    ),
    (
        _beaten_by(lambda c, a, d, b: (c < d) & (a >= b)),
        "of two with the same cost the better one beats the other",
        COST,
    ),
    (
        _beaten_by(lambda c, a, d, b: (c <= d) & (a > b)),
        "of two with the same accuracy the cheaper one beats the other",
        COST,
    ),
    (
        lambda costs, accuracies: (
            _frontier(costs, accuracies) & (_agree(costs, accuracies).sum(axis=0) == 1)
        ),
        "two that agree in both numbers do not beat each other: both stay",
        COST,
    ),
    (_first_only, "of two that agree in both numbers only the first stayed: both do", COST),
    (
        _in_order(lambda a, before: a > before[-1]),
        "each was compared with the next cheaper one only: compare with all cheaper ones",
        COST,
    ),
    (
        _in_order(lambda a, before: a > before.max()),
        "after sorting by cost, one is left that is worse than another of the same cost",
        COST,
    ),
    (
        _in_order(lambda a, before: a >= before.max()),
        "after sorting by cost, one is left that is only as good as a cheaper one",
        COST,
    ),
    (
        _hull,
        "one below the line between two others is left out: no single recipe beats it, so it stays",
        COST,
    ),
    (
        _by_the_way,
        "each was compared with those before it in the list: the recipes are not sorted",
        COST,
    ),
    (
        lambda costs, accuracies: _frontier(-costs, accuracies),
        "a high cost was taken for an advantage",
        COST,
    ),
    (
        lambda costs, accuracies: _frontier(costs, -accuracies),
        "a low accuracy was taken for an advantage",
        COST,
    ),
    (
        lambda costs, accuracies: ~_frontier(costs, accuracies),
        "these are the beaten ones: True means that none beats it",
        COST,
    ),
    (
        lambda costs, accuracies: _frontier(costs, accuracies)[np.argsort(costs)],
        "the answers are in the order of the costs: give them in the order of the recipes",
        COST,
    ),
    (
        lambda costs, accuracies: np.flatnonzero(_frontier(costs, accuracies)),
        "these are places: give True or False for each recipe",
        COST,
    ),
    (
        lambda costs, accuracies: costs[_frontier(costs, accuracies)],
        "these are costs: give True or False for each recipe",
        COST,
    ),
]

EXERCISES = [
    Exercise("training-faster", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        (
            "by_hand_plan",
            "the sizes of NumPy's arrays",
            _asked,
            _questions,
            _BY_HAND,
            {"by_hand": True, "view": _row},
        ),
        (
            "cycle_rates",
            "scipy.signal.windows.hann",
            _cycle,
            _cycles,
            _CYCLE,
            {"digits": 4},
        ),
        (
            "shift_batch",
            "scipy.ndimage.shift",
            _shift,
            _batches,
            _SHIFT,
            {"view": _in_bytes, "digits": 0},
        ),
        ("epoch_loss", "numpy.average", _mean_loss, _epochs, _EPOCH_LOSS, {"digits": 4}),
        (
            "fold_batch_norm",
            "the two layers, by numpy.tensordot,",
            _normalised,
            _norms,
            _FOLD,
            {"view": _weights_and_bias, "digits": 4},
        ),
        (
            "on_frontier",
            "numpy.any, pair by pair,",
            _frontier,
            _recipes,
            _FRONTIER,
            {"digits": 0},
        ),
    ]
]
