"""The exercises of "A dense network on MNIST"; none of them needs Keras."""

import math

import numpy as np
from scipy import special

from convbook.engine import Exercise, NotUsableError, with_seeds

# Sections of the chapter's page, to read again.
LOOK, SETS = "Look at the data first", "Three sets with three jobs"
BEFORE, TRAINING = "What it should say before it has learnt anything", "Training"


def _batches(rng):
    """Draw batches of small pictures; no batch holds the brightest or the darkest byte."""
    bytes_ = rng.permutation(np.arange(20, 240)).astype(np.uint8)
    return {
        "two pictures": (bytes_[:12].reshape(2, 3, 2),),
        "one picture": (bytes_[12:20].reshape(1, 2, 4),),
        "one pixel each": (bytes_[20:23].reshape(3, 1, 1),),
        "black and white": (np.array([[[0, 255, 1], [254, 0, 255]]], np.uint8),),
    }


def _prepare(images):
    return np.divide(images, 255, dtype=np.float32)[..., np.newaxis]


def _memory(result, images):
    """Return the bytes a number, the shape, and the numbers, all in one row."""
    result = np.asarray(result)
    return np.array([result.dtype.itemsize, *result.shape, *result.ravel()])


def _scaled_by(number):
    return lambda images: _prepare(images) * np.float32(255 / number)


_PREPARE = [
    (
        lambda images: images / 255,
        "the axis of the channel is missing, and these are float64: begin with astype and newaxis",
        LOOK,
    ),
    (
        lambda images: images[..., None] / 255.0,
        "eight bytes a number, that is float64: turn the bytes to float32 first",
        LOOK,
    ),
    (
        lambda images: (images[..., None] / 255).astype(np.float16),
        "two bytes a number, that is float16: ask for float32",
        LOOK,
    ),
    (
        lambda images: (images[..., None] // 255).astype(np.float32),
        "the greys are gone, by // or as whole numbers: divide with /, keep the fractions",
        LOOK,
    ),
    (
        lambda images: images[..., None].astype(np.float32),
        "the range is still 0 to 255: divide",
        LOOK,
    ),
    (
        lambda images: _prepare(images) / np.float32(255),
        "divided by 255 twice: nothing is brighter than 0.004",
        LOOK,
    ),
    (
        lambda images: _prepare(images) * np.float32(255 / images.max()),
        "divided by the brightest pixel of the batch: the same grey then differs between batches",
        LOOK,
    ),
    (
        lambda images: (
            (images[..., None] - images.min()).astype(np.float32) / np.ptp(images).clip(1)
        ),
        "the batch was stretched from its darkest to its brightest: the scale is fixed, 0 to 255",
        LOOK,
    ),
    (
        _scaled_by(256),
        "divided by 256: the brightest byte, 255, must become 1",
        LOOK,
    ),
    (
        lambda images: _prepare(images) * 2 - 1,
        "the range is -1 to 1 instead of 0 to 1",
        LOOK,
    ),
    (
        lambda images: _prepare(255 - images),
        "black and white are swapped: here ink is white",
        LOOK,
    ),
    (
        lambda images: _prepare(images)[..., 0],
        "the axis for the channel is missing at the end",
        LOOK,
    ),
    (
        lambda images: _prepare(images)[:, None, ..., 0],
        "the channel stands before height and width: here it comes last",
        LOOK,
    ),
    (
        lambda images: _prepare(images)[None, ..., 0],
        "the new axis came first: that of the channel is the last",
        LOOK,
    ),
    (
        lambda images: np.repeat(_prepare(images), 3, axis=-1),
        "three channels: these pictures are grey, one is enough",
        LOOK,
    ),
    (
        lambda images: (images[..., None] / 255).astype(int),
        "whole numbers, eight bytes each, drop the greys: ask for float32",
        LOOK,
    ),
    (
        lambda images: _prepare(images).squeeze()[..., None],
        "an axis of length 1 was squeezed away: one picture is still a batch",
        LOOK,
    ),
    (
        lambda images: _prepare(images).reshape(*images.shape[:1], *images.shape[:0:-1], 1),
        "height and width are swapped: a reshape then tears the rows apart",
        LOOK,
    ),
    (
        lambda images: _prepare(images.reshape(len(images), -1)),
        "the pictures are flattened: keep height and width",
        LOOK,
    ),
]


def _labels(rng):
    """Draw (labels, number of validation labels, seed); some digits are rarer than others."""
    often = rng.integers(100, 300, 10)
    y = np.repeat(np.arange(10), often)
    few = np.repeat(np.arange(4), [400, 300, 200, 4])
    return {
        "sorted labels": (y, int(rng.integers(300, 500)), 3),
        "mixed labels": (rng.permutation(y).astype(np.uint8), int(rng.integers(300, 500)), 0),
        "a rare digit": (rng.permutation(few), 225, 1),
    }


def _split(y, n_val, seed, stratified=True, shuffle=True):
    from sklearn.model_selection import train_test_split  # here: a check begins sooner

    return train_test_split(
        np.arange(len(y)),
        test_size=n_val,
        random_state=seed if shuffle else None,
        stratify=y if stratified else None,
        shuffle=shuffle,
    )


def _sizes_and_tests(results, y, n_val, seed):
    """Return both sizes, then 1 for yes and 0 for no for what a split must hold to."""
    if not all(isinstance(result, tuple | list) and len(result) == 2 for result in results):
        raise NotUsableError("the result must be two parts, for training and for validation")
    parts = [[np.asarray(part) for part in result] for result in results]
    for train, validation in parts:
        for part in (train, validation):
            if part.ndim != 1 or part.dtype.kind not in "iu":
                raise NotUsableError("both parts must be lists of places in y: whole numbers")
    digits = np.unique(y)
    share = np.array([np.sum(y == d) for d in digits]) * n_val / len(y)
    tests = []
    for train, validation in parts:
        both = np.concatenate([train, validation]).astype(int)
        if both.size and (both.min() < 0 or both.max() >= len(y)):
            raise NotUsableError(f"there are places outside 0 to {len(y) - 1}, the places of y")
        drawn = np.array([np.sum(y[validation.astype(int)] == d) for d in digits])
        tests.append(
            [
                np.unique(both).size == both.size,
                np.unique(both).size == len(y),
                np.all(abs(drawn - share) <= 1),
            ]
        )
    sets = [frozenset(part.tolist()) for _, part in parts]
    again = [sets[0] == sets[1], len(set(sets)) == len(sets) - 1]
    return [*map(len, parts[0]), *np.all(tests, axis=0), *again]


def _without_replacement(y, n_val, seed):
    rng = np.random.default_rng(seed)
    return np.arange(len(y)), rng.permutation(len(y))[:n_val]


def _two_draws(y, n_val, seed):
    rng = np.random.default_rng(seed)
    return rng.permutation(len(y))[n_val:], rng.permutation(len(y))[:n_val]


def _with_replacement(y, n_val, seed):
    drawn = np.random.default_rng(seed).integers(0, len(y), n_val)
    return np.setdiff1d(np.arange(len(y)), drawn), drawn


def _as_many_of_each(y, n_val, seed):
    rng, digits = np.random.default_rng(seed), np.unique(y)
    each = [rng.permutation(np.flatnonzero(y == d))[: n_val // len(digits)] for d in digits]
    validation = np.concatenate(each)
    return np.setdiff1d(np.arange(len(y)), validation), validation


def _digit_by_digit(y, n, seed, whole=round):
    rng = np.random.default_rng(seed)
    drawn = [
        rng.permutation(np.flatnonzero(y == digit))[: whole(n * np.mean(y == digit))]
        for digit in range(10)
    ]
    validation = np.concatenate(drawn)
    return np.delete(np.arange(len(y)), validation), validation


_SPLIT = [
    (
        lambda y, n, seed: _split(y, n, None),
        "the same seed gave two different splits: hand the seed on to what draws",
        SETS,
    ),
    (
        lambda y, n, seed: _split(y, n, 0),
        "another seed gave the same split: draw with the seed that is handed in",
        SETS,
    ),
    (
        lambda y, n, seed: _split(y, n, seed, stratified=False),
        "the digits do not keep their shares: draw stratified",
        SETS,
    ),
    (
        lambda y, n, seed: _split(y, n, None, stratified=False),
        "neither stratified nor with the seed: two options are missing",
        SETS,
    ),
    (
        lambda y, n, seed: _split(y, n, None, stratified=False, shuffle=False),
        "the digits do not keep their shares, and another seed changes nothing: mend both",
        SETS,
    ),
    (
        _without_replacement,
        "validation digits are still in the training part: take them out",
        SETS,
    ),
    (
        _two_draws,
        "the two parts were drawn apart, so they overlap: the one is what the other leaves",
        SETS,
    ),
    (
        _with_replacement,
        "some digits were drawn twice: draw without putting back",
        SETS,
    ),
    (
        _as_many_of_each,
        "the same number of each digit is no share: what is rare stays rare",
        SETS,
    ),
    (
        lambda y, n, seed: _split(y, n, seed)[::-1],
        "the two parts are swapped: train first, then validation, of which there are n_val",
        SETS,
    ),
    (
        _digit_by_digit,
        "not n_val went to validation: rounded numbers need not add up to it",
        SETS,
    ),
    (
        lambda *args: _digit_by_digit(*args, whole=int),
        "fewer than n_val went to validation: cut to whole numbers, the digits' shares lose some",
        SETS,
    ),
    (
        lambda y, n, seed: (_split(y, n, seed)[0][:n], _split(y, n, seed)[1]),
        "training digits were left out: all that is not validation is for training",
        SETS,
    ),
    (
        lambda y, n, seed: [y[part] + 0.0 for part in _split(y, n, seed)],
        "must be lists of places in y: whole numbers",
        SETS,
    ),
    (
        lambda y, n, seed: [y[part] for part in _split(y, n, seed)],
        "these are the labels themselves: return the places where they stand in y",
        SETS,
    ),
    *(
        (
            lambda y, n, seed, share=share: _split(y, share, seed),
            f"{share:.0%} went to validation: n_val says how many go there",
            SETS,
        )
        for share in (0.1, 0.2, 0.25)  # sklearn's own is the last
    ),
]


def _logits(rng):
    """Draw rows of logits; the large ones are where the exponential function overflows."""
    halves = rng.permutation(np.arange(-7, 8)) / 2
    near = rng.permutation(np.arange(5)) / 2
    return {
        "two rows": (halves[:6].reshape(2, 3),),
        "square": (halves[6:15].reshape(3, 3),),
        "one row": (halves[:4].reshape(1, 4),),
        "one column": (halves[:2].reshape(2, 1),),
        "whole numbers": (rng.permutation(np.arange(-3, 3)).reshape(2, 3),),
        "large": (1000 + near[:4].reshape(2, 2),),
        "far below zero": (-1000 - near[:3].reshape(1, 3),),
        "one far above": (np.array([[near[0], 2000.0, near[1]]]),),
        "rows far apart": (np.array([1000.0 + near[:3], near[2:]]),),
    }


def _softmax(z):
    return special.softmax(z, axis=1)


def _negative_sum(z):
    power = np.exp(-z - np.max(-z, axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def _shifted_by(shift):
    """Return the softmax that subtracts `shift` before the exponential function."""

    def softmax(z):
        power = np.exp(z - shift(z))
        return power / power.sum(axis=1, keepdims=True)

    return softmax


def _loose(shift, axis=1):
    """Return the mistake of dividing by sums without keepdims, after shift(z) was subtracted."""

    def wrong(z):
        powers = np.exp(z - shift(z))
        return powers / powers.sum(axis=axis)

    return wrong


def _one_by_one(z):
    powers = np.array([[math.exp(score) for score in row] for row in z])
    return powers / powers.sum(axis=1, keepdims=True)


_SOFTMAX = [
    (
        _shifted_by(lambda z: 0),
        "exp overflows for large logits, and gives 0/0 for very small ones: "
        "subtract the largest of the row first",
        BEFORE,
    ),
    (
        _shifted_by(lambda z: z.mean(axis=1, keepdims=True)),
        "not the largest of the row was subtracted: a logit far above still overflows",
        BEFORE,
    ),
    (
        _shifted_by(lambda z: z.max(axis=0)),
        "the largest of each column was subtracted: take that of the row, axis=1",
        BEFORE,
    ),
    (
        _shifted_by(lambda z: z.max(axis=1)),
        "the largest of each row was subtracted along the columns: max needs keepdims=True, too",
        BEFORE,
    ),
    (
        _one_by_one,
        "math.exp stops where np.exp overflows: subtract the largest of the row first",
        BEFORE,
    ),
    (
        _loose(lambda z: z.max(axis=1, keepdims=True)),
        "the sums of the rows lie along the columns: keepdims=True lets each meet its row",
        BEFORE,
    ),
    (
        _loose(lambda z: z.max(axis=1)),
        "largest and sum of each row lie along the columns: keepdims=True for both",
        BEFORE,
    ),
    (
        _loose(lambda z: 0),
        "the sums of the rows lie along the columns, keepdims=True mends it; exp overflows, too",
        BEFORE,
    ),
    (
        _shifted_by(lambda z: z.max()),
        "the largest of the whole batch was subtracted: a row far below it becomes 0/0",
        BEFORE,
    ),
    (
        lambda z: special.softmax(z),
        "the whole batch adds up to 1: each row must, for itself",
        BEFORE,
    ),
    (
        lambda z: np.exp(z) / np.exp(z).sum(),
        "the whole batch adds up to 1, and exp overflows: subtract and add up row by row",
        BEFORE,
    ),
    (
        lambda z: special.softmax(z, axis=0),
        "the columns add up to 1: the classes of one picture stand in a row",
        BEFORE,
    ),
    (
        lambda z: np.exp(z) / np.exp(z).sum(axis=0),
        "the columns add up to 1 where exp does not overflow: work row by row, axis=1",
        BEFORE,
    ),
    (
        _loose(lambda z: z.max(axis=1, keepdims=True), axis=0),
        "the largest is that of the row, but the sum that of the column: axis=1 for both",
        BEFORE,
    ),
    (
        _loose(lambda z: z.max(axis=1, keepdims=True), axis=None),
        "the largest is that of the row, but the sum that of the whole batch: axis=1 for both",
        BEFORE,
    ),
    (
        lambda z: _softmax(z).astype(z.dtype),
        "the result has the type of the logits, and shares do not fit into whole numbers",
        BEFORE,
    ),
    (
        lambda z: z / z.sum(axis=1, keepdims=True),
        "a logit can be negative: take the exponential function before you divide",
        BEFORE,
    ),
    (
        special.expit,
        "this is the sigmoid: each score for itself, and the row does not add up to 1",
        BEFORE,
    ),
    (
        lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
        "not divided by the sum of the row",
        BEFORE,
    ),
    (
        lambda z: special.log_softmax(z, axis=1),
        "these are logarithms of probabilities: leave the log to the loss",
        BEFORE,
    ),
    (
        lambda z: _softmax(z * np.log(2)),
        "powers of 2 instead of powers of e",
        BEFORE,
    ),
    (
        lambda z: (z == z.max(axis=1, keepdims=True)) * 1.0,
        "this is the largest score only: the softmax gives each digit its share",
        BEFORE,
    ),
    (
        _negative_sum,
        "the smallest logit gets the largest share: a sign is wrong",
        BEFORE,
    ),
    (
        lambda z: _softmax(_softmax(z)),
        "the softmax was taken twice: the shares become nearly equal",
        BEFORE,
    ),
    (
        lambda z: _softmax(z - z.min(axis=1, keepdims=True) + 0.0)[0],
        "only the first row: return all of them",
        BEFORE,
    ),
]


def _predictions(rng):
    """Draw (probabilities, labels); a network can be certain, and then a 0 is among them."""

    def rows(n, classes):
        sixteenths = {3: [2, 3, 11], 4: [1, 2, 4, 9], 5: [1, 2, 3, 4, 6]}[classes]
        return np.array([rng.permutation(sixteenths) for _ in range(n)]) / 16

    several = rows(4, 3)
    surest = several.argmax(axis=1)
    around = rows(1, 3)[0]
    certain = rows(3, 4)
    certain[1] = 0, 1, 0, 0
    unlikely = np.array([[1, 16383], [16256, 128], [128, 16256], [16256, 128]]) / 16384
    return {
        "several": (several, np.array([surest[0], *(surest[1:] + 1) % 3])),
        "one": (rows(1, 5), np.array([int(rng.integers(1, 4))])),  # not the last class
        "as many as classes": (
            np.array([np.roll(around, i) for i in range(3)]),
            np.array([1, 2, 0]),
        ),
        "labels as bytes": (rows(5, 4), rng.integers(0, 4, 5).astype(np.uint8)),
        "one is certain": (certain, np.array([2, 1, 3])),
        "one is nearly ruled out": (unlikely, np.array([0, 1, 0, 1])),
    }


def _cross_entropy(probabilities, labels):
    from sklearn.metrics import log_loss

    return log_loss(labels, probabilities, labels=range(probabilities.shape[1]))


def _true(p, y):
    return p[np.arange(len(y)), y]


def _one_hot(p, y):
    return np.eye(p.shape[1])[y]


_CROSS_ENTROPY = [
    *(
        (
            lambda p, y, least=least: -np.mean(np.log(_true(p, y).clip(least))),
            f"small probabilities became {least}: to keep the logarithm from 0, 1e-7 is enough",
            BEFORE,
        )
        for least in (0.01, 0.001, 0.0001)
    ),
    *(
        (
            lambda p, y, more=more: -np.mean(np.log(_true(p, y) + more)),
            f"{more} was added to every probability: to keep the logarithm from 0, 1e-7 is enough",
            BEFORE,
        )
        for more in (1e-3, 1e-4, 1e-5, 1e-6)
    ),
    (
        lambda p, y: np.mean((1 - _true(p, y)) ** 2),
        "this is a squared distance: the loss takes the logarithm of the probability",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(p[:, y])),
        "p[:, y] takes these columns of every row: pair each row with its own label",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(p[y])),
        "p[y] takes whole rows, those of other pictures: in its own row, take the label's column",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(p[y, np.arange(len(y))])),
        "row and column are swapped: first the picture, then its label",
        BEFORE,
    ),
    (
        lambda p, y: -np.sum(np.eye(10)[y] * np.log(p)) / len(y),
        "there are not always ten classes: as many as p has columns",
        BEFORE,
    ),
    (
        lambda p, y: -np.sum(np.eye(y.max() + 1)[y] * np.log(p.clip(1e-9))) / len(y),
        "the largest label need not be the last class: as many columns as p has",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(1 - _true(p, y))),
        "-ln (1 - p) is small where p is small: take the logarithm of p itself",
        BEFORE,
    ),
    (
        lambda p, y: -np.sum(np.log(_true(p, y))) / p.shape[1],
        "divided by the number of classes: divide by that of the pictures",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(np.where(_one_hot(p, y), p, 1 - p).clip(1e-7))),
        "this charges the other classes, too: that is the loss for yes-or-no questions",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log2(_true(p, y))),
        "logarithm to the base 2: the loss takes the natural one",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log10(_true(p, y))),
        "logarithm to the base 10: the loss takes the natural one",
        BEFORE,
    ),
    (
        lambda p, y: -np.sum(np.log(_true(p, y))),
        "this is the sum: the loss of a batch is the mean over its pictures",
        BEFORE,
    ),
    (
        lambda p, y: np.mean(np.log(_true(p, y))),
        "the minus is missing: a loss is not negative",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(p.max(axis=1))),
        "this asks how sure the network was, right or wrong: take the probability of the label",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(p)),
        "all classes were averaged: only the probability of the true one counts",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(_one_hot(p, y) * np.log(p)),
        "divided by pictures times classes: divide by the number of pictures",
        BEFORE,
    ),
    (
        lambda p, y: -np.log(np.mean(_true(p, y))),
        "log of the mean is not the mean of the logs: take the log first",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(_true(p, y)),
        "no logarithm was taken: a sure answer would hardly cost less than an unsure one",
        BEFORE,
    ),
    (
        lambda p, y: np.mean(1 - _true(p, y)),
        "one minus the probability: take its logarithm",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(_true(special.softmax(p, axis=1), y))),
        "the softmax was taken again: these are probabilities already",
        BEFORE,
    ),
    (
        lambda p, y: -np.sum(_one_hot(p, y) * np.log(p)) / len(p),
        "0 times log 0 is not a number: pick the true class before you take the log",
        BEFORE,
    ),
    (
        lambda p, y: -np.mean(np.log(_true(p, y - 1))),
        "the labels start at 0: nothing is to be subtracted",
        BEFORE,
    ),
    (
        lambda p, y: -np.log(_true(p, y)),
        "one loss for each picture: return their mean",
        BEFORE,
    ),
    (
        lambda p, y: np.mean(p.argmax(axis=1) != y),
        "this is the share of wrong answers: the loss also asks how sure they were",
        BEFORE,
    ),
]

# 784-128-10, 8,000 digits of the training set, Adam, batches of 128, another seed for each log.
LOGS = """\
log A      training           validation
line    loss  accuracy      loss  accuracy
   0 147.738     0.098
   1  17.629     0.752     5.800     0.863
   2   3.343     0.896     4.309     0.883
   3   1.735     0.929     3.865     0.882
   4   1.075     0.943     3.655     0.888
   5   0.709     0.954     3.345     0.893
   6   0.416     0.966     3.053     0.904

log B      training           validation
line    loss  accuracy      loss  accuracy
   0   2.336     0.163
   1   0.884     0.765     0.442     0.880
   2   0.348     0.902     0.347     0.904
   3   0.269     0.924     0.306     0.914
   4   0.223     0.936     0.280     0.921
   5   0.190     0.945     0.261     0.928
   6   0.164     0.956     0.246     0.932

log C      training           validation
line    loss  accuracy      loss  accuracy
   0   2.300     0.128
   1   1.883     0.675     1.653     0.866
   2   1.614     0.888     1.597     0.897
   3   1.578     0.910     1.579     0.907
   4   1.561     0.922     1.569     0.912
   5   1.548     0.932     1.563     0.914
   6   1.539     0.940     1.558     0.917

log D      training           validation
line    loss  accuracy      loss  accuracy
   0   2.366     0.098
   1   2.329     0.104     2.297     0.159
   2   2.283     0.134     2.316     0.139
   3   2.258     0.157     2.321     0.144
   4   2.233     0.180     2.331     0.138
   5   2.207     0.194     2.340     0.134
   6   2.180     0.214     2.349     0.130

log E      training           validation
line    loss  accuracy      loss  accuracy
   0   6.763     0.103
   1   1.959     0.587     1.835     0.720
   2   2.009     0.444     2.186     0.397
   3   2.206     0.402     2.244     0.406
   4   2.281     0.373     2.135     0.352
   5   2.151     0.361     2.160     0.379
   6   2.166     0.381     2.167     0.374

log F      training           validation
line    loss  accuracy      loss  accuracy
   0   2.404     0.079
   1   0.900     0.762    15.316     0.012
   2   0.350     0.902    20.685     0.065
   3   0.273     0.921    23.530     0.084
   4   0.230     0.936    25.167     0.087
   5   0.198     0.946    26.165     0.088
   6   0.173     0.953    26.779     0.086
"""

_BUGS = {"a": 1, "b": 0, "c": 2, "d": 3, "e": 4, "f": 7}  # what was done to the program


def _questions(rng):
    logs = {f"log_{letter}": (letter,) for letter in _BUGS}
    return logs | {"line_in_a": ("line",), "floor_of_c": ("floor",)}


def _bug(case):
    """Return what was done, the line before training, or the loss of a certain softmax."""
    if case == "floor":
        return [_cross_entropy(special.softmax(np.eye(10)[:1], axis=1), [0])]
    return [_BUGS.get(case, 0)]


def _but(**others):
    return lambda case: np.atleast_1d(others[case]) if case in others else _bug(case)


def _rounded(row, *case):
    row = np.atleast_1d(row)
    return np.round(row, 2) if row.dtype.kind in "biuf" else row


_BY_HAND = [
    (_but(a=0), "the accuracy looks healthy, but an untrained network has a loss near 2.3", BEFORE),
    (_but(a=2), "two softmaxes keep every loss below 2.5, and log A begins far above", BEFORE),
    (
        _but(a=3),
        "shuffled labels cannot be learnt, and here nine of ten are read",
        TRAINING,
    ),
    (
        _but(a=4),
        "the training goes well, so the loss suits its input; look at line 0",
        BEFORE,
    ),
    (_but(a=5), "with a rate of 0 nothing is learnt, and here both losses fall", TRAINING),
    (_but(a=6), "the loss was far too high before the first step was taken", BEFORE),
    (_but(a=7), "validation is read nearly as well as training: they look alike", TRAINING),
    (_but(b=1), "the first loss is near 2.3, as it should be", BEFORE),
    (_but(b=2), "two softmaxes could not bring a loss below 1.4", BEFORE),
    (_but(b=3), "with shuffled labels the accuracy would stay near 0.1", TRAINING),
    (_but(b=4), "line 0 is where it should be: the loss takes what it is given", BEFORE),
    (_but(b=5), "from line to line the losses fall: something was learnt", TRAINING),
    (_but(b=6), "steps too long make a loss leap, and these fall evenly", TRAINING),
    (
        _but(b=7),
        "validation may beat training in the first epoch: training is averaged over it",
        TRAINING,
    ),
    (
        _but(c=0),
        "nine of ten are right and yet the loss is large: the network cannot become sure",
        BEFORE,
    ),
    (_but(c=1), "with such pixels line 0 would have far more than 2.3", BEFORE),
    (_but(c=3), "this network reads nine of ten digits: it had the right labels", TRAINING),
    (_but(c=4), "nearly, but the other way round: what are probabilities taken for?", BEFORE),
    (_but(c=5), "the accuracy rises, so steps were taken", TRAINING),
    (_but(c=6), "no leaps: these losses fall evenly, only not far", TRAINING),
    (_but(c=7), "validation is as good as training: the ink is the same", TRAINING),
    (_but(d=0), "after six epochs a healthy network reads nine of ten digits", TRAINING),
    (_but(d=1), "line 0 is where it should be, so the pixels are", BEFORE),
    (_but(d=2), "a network with two softmaxes learns to read all the same", BEFORE),
    (_but(d=4), "line 0 is where it should be, so the loss takes what it is given", BEFORE),
    (_but(d=5), "with a learning rate of 0 no number would move", TRAINING),
    (_but(d=6), "the training loss falls, slowly and evenly: no step was too long", TRAINING),
    (_but(d=7), "training is ill, too, and never meets the other ink", TRAINING),
    (_but(e=0), "after six epochs a healthy network reads more than four digits of ten", TRAINING),
    (_but(e=1), "pixels up to 255 give a first loss far above this one", BEFORE),
    (_but(e=2), "two softmaxes keep every loss below 2.5, and line 0 has more", BEFORE),
    (_but(e=3), "with shuffled labels the accuracy would not rise so far above 0.1", TRAINING),
    (_but(e=5), "the numbers move, so steps were taken", TRAINING),
    (_but(e=6), "line 0 is wrong already, before any step: what does the loss expect?", BEFORE),
    (_but(e=7), "training is as bad as validation, and has its own ink", TRAINING),
    (_but(f=0), "this is no overfitting: validation is worse than guessing", TRAINING),
    (_but(f=1), "training is healthy from line 0 on: its pixels are as they should be", BEFORE),
    (_but(f=2), "two softmaxes keep every loss below 2.5, and these rise above 20", BEFORE),
    (_but(f=3), "the training labels are learnt very well: look at the other columns", TRAINING),
    (_but(f=4), "both sets have the same loss, and that of training is healthy", BEFORE),
    (_but(f=5), "the training loss falls: it took steps", TRAINING),
    (_but(f=6), "the training loss falls evenly: its steps were not too long", TRAINING),
    (_but(line=1), "lines are counted from 0, the one before training", BEFORE),
    *(
        (_but(line=n), f"line {n} is no worse than those above it: begin at the top", BEFORE)
        for n in range(2, 6)
    ),
    (_but(line=6), "it looks well in the end: look where the log begins", BEFORE),
    (
        _but(floor=2.3),
        "this is the loss of a network that knows nothing: give the true class a 1",
        BEFORE,
    ),
    (
        _but(floor=0.0),
        "the second softmax sees numbers from 0 to 1, so its largest share is e / (e + 9)",
        BEFORE,
    ),
    (_but(floor=2.46), "one is missing: minus the logarithm of e / (e + 9)", BEFORE),
    (_but(floor=0.23), "this is the share: its loss is minus the logarithm", BEFORE),
    (_but(floor=-1.46), "the minus is missing: a loss is not negative", BEFORE),
    (_but(floor=0.63), "the loss takes the natural logarithm, not that to the base 10", BEFORE),
    (_but(floor=0.74), "so low it gets with the four classes of the bench: here are ten", BEFORE),
    (_but(floor=1.47), "rounded up, but the third decimal is less than five", BEFORE),
    (_but(floor=[1, 46]), "a comma parts two numbers: decimals follow a point", BEFORE),
    *(
        (_but(floor=low), f"the log itself gets to {low}: how low could it ever get?", BEFORE)
        for low in (1.54, 1.55, 1.56)
    ),
]

EXERCISES = [
    Exercise("mnist-dense", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        ("prepare", "numpy.divide", _prepare, _batches, _PREPARE, {"view": _memory, "digits": 4}),
        (
            "split",
            "the rules of sklearn.model_selection.train_test_split",
            _split,
            _labels,
            _SPLIT,
            {"view": _sizes_and_tests, "call": with_seeds(2), "digits": 0},
        ),
        ("softmax", "scipy.special.softmax", _softmax, _logits, _SOFTMAX, {"digits": 4}),
        (
            "sparse_cross_entropy",
            "sklearn.metrics.log_loss",
            _cross_entropy,
            _predictions,
            _CROSS_ENTROPY,
            {"digits": 4},
        ),
        (
            "by_hand_logs",
            "the programs that wrote the logs",
            _bug,
            _questions,
            _BY_HAND,
            {"by_hand": True, "view": _rounded},
        ),
    ]
]
