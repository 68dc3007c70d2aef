"""A dense network on MNIST."""

import math

import numpy as np
from scipy import special
from sklearn.model_selection import StratifiedShuffleSplit, train_test_split


def by_pixel(images):
    n, height, width = images.shape
    out = np.zeros((n, height, width, 1), dtype="float32")
    for i in range(n):
        for row in range(height):
            for column in range(width):
                out[i, row, column, 0] = int(images[i, row, column]) / 255
    return out


def by_expansion(x):
    print(x.dtype)
    return np.expand_dims(np.float32(x) / np.float32(255.0), axis=-1)


def late_float32(images):
    return (images / 255).reshape(images.shape + (1,)).astype(np.float32)


def by_sklearn(y, n_val, seed):
    return train_test_split(np.arange(len(y)), test_size=n_val, stratify=y, random_state=seed)


def by_splitter(labels, count, seed):
    splitter = StratifiedShuffleSplit(1, test_size=count, random_state=seed)
    train, validation = next(splitter.split(labels[:, None], labels))
    return train.tolist(), validation.tolist()


def by_remainders(y, n_val, seed):
    np.random.seed(seed)
    digits = np.unique(y)
    shares = np.array([np.sum(y == d) * n_val / len(y) for d in digits])
    counts = np.floor(shares).astype(int)
    for k in np.argsort(counts - shares)[: n_val - counts.sum()]:
        counts[k] += 1
    validation = []
    for d, count in zip(digits, counts, strict=True):
        validation += np.random.permutation(np.flatnonzero(y == d))[:count].tolist()
    return [i for i in range(len(y)) if i not in set(validation)], validation


def row_by_row(z):
    out = []
    for row in z:
        power = [math.exp(score - max(row)) for score in row]
        out.append([p / sum(power) for p in power])
    return out


def through_log(z):
    return np.exp(z - special.logsumexp(z, axis=-1)[:, None])


def by_differences(z):
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2)


def in_loops(probabilities, labels):
    total = 0.0
    for row, label in zip(probabilities, labels, strict=True):
        total -= math.log(row[label])
    return total / len(labels)


def with_take(p, y):
    true = np.take_along_axis(p, y.astype(int)[:, None], axis=1)
    return np.log(1 / true).mean()


def with_a_mask(p, y):
    print("loss")
    return np.float64(np.mean(-np.log((np.eye(p.shape[1])[y] * p).sum(axis=1))))


ROWS = [[1], [0], [2], [3], [4], [7], [0], [1.46]]

RIGHT = {
    "prepare": [by_pixel, by_expansion, late_float32],
    "split": [by_sklearn, by_splitter, by_remainders],
    "softmax": [row_by_row, through_log, by_differences],
    "sparse_cross_entropy": [in_loops, with_take, with_a_mask],
    "by_hand_logs": [
        ROWS,
        tuple((float(value),) for (value,) in ROWS),
        [*ROWS[:-1], np.array([np.log(np.e + 9) - 1])],
        [1, 0, 2, 3, 4, 7, 0, 1.461],
    ],
}

NEEDED = [
    ("prepare", "squeezed away", {"one picture", "one pixel each", "black and white"}),
    ("prepare", "height and width are swapped", {"two pictures", "one picture", "black and white"}),
    (
        "prepare",
        "brightest pixel of the batch",
        {"two pictures", "one picture", "one pixel each"},
    ),
    ("split", "same number of each digit", {"sorted labels", "mixed labels", "a rare digit"}),
    ("softmax", "exp overflows", {"large", "far below zero", "one far above", "rows far apart"}),
    ("softmax", "not the largest of the row", {"one far above"}),
    ("softmax", "the largest of the whole batch", {"rows far apart"}),
    ("sparse_cross_entropy", "largest label need", {"one"}),
    ("sparse_cross_entropy", "0 times log 0", {"one is certain"}),
]
