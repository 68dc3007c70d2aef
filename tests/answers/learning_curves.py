"""Reading learning curves."""

import math

import numpy as np
from scipy import optimize, stats


def with_a_counter(losses, patience, gain):
    best, kept, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best - gain:
            best, kept, waited = loss, epoch + 1, 0
        else:
            waited += 1
        if waited == patience:
            print("stop")
            return [epoch + 1, kept]
    return [len(losses), kept]


def by_marks(losses, patience, gain):
    marks = [0]
    while True:
        later = [
            e for e in range(marks[-1] + 1, len(losses)) if losses[e] + gain < losses[marks[-1]]
        ]
        if not later or later[0] - marks[-1] > patience:
            return np.array([min(marks[-1] + patience, len(losses) - 1) + 1, marks[-1] + 1])
        marks.append(later[0])


def recursive(losses, patience, gain, kept=0, epoch=1):
    if epoch == len(losses):
        return float(epoch), kept + 1
    if losses[kept] - losses[epoch] > gain:
        return recursive(losses, patience, gain, epoch, epoch + 1)
    if epoch - kept == patience:
        return float(epoch + 1), kept + 1
    return recursive(losses, patience, gain, kept, epoch + 1)


def in_loops(probabilities, labels):
    rows = []
    for epoch in probabilities:
        parts = [0.0, 0.0, 0.0]
        for row, label in zip(epoch, labels, strict=True):
            right = max(range(len(row)), key=lambda c: row[c]) == label
            parts[0] += right
            parts[1 if right else 2] -= math.log(row[label])
        rows.append([part / len(labels) for part in parts])
    return rows


def by_one_hot(p, y):
    hot = np.eye(p.shape[2], dtype=bool)[y]
    losses = -np.log(np.where(hot, p, 1)).sum(axis=-1)
    wrong = np.argmax(p, axis=-1) != y
    parts = [
        1 - wrong.mean(1),
        np.where(wrong, 0, losses).mean(1),
        np.where(wrong, losses, 0).mean(1),
    ]
    return np.column_stack(parts)


def by_take(p, y):
    true = np.take_along_axis(p, np.broadcast_to(y[None, :, None], (*p.shape[:2], 1)), 2)[..., 0]
    right = true == p.max(axis=2)
    part = np.sum(-np.log(true), axis=1, where=right) / len(y)
    return np.transpose([right.mean(axis=1), part, -np.log(true).mean(axis=1) - part])


def by_roots(correct, n, z):
    share = correct / n
    a, b = 1 + z**2 / n, 2 * share + z**2 / n
    root = math.sqrt(max(b**2 - 4 * a * share**2, 0))
    return (b - root) / (2 * a), (b + root) / (2 * a)


def by_search(correct, n, z):
    share = correct / n

    def off(p):
        return (share - p) ** 2 - z**2 * p * (1 - p) / n

    low = optimize.brentq(off, 0, share - 1e-9, xtol=1e-14) if share > 0 else 0
    return [low, optimize.brentq(off, share + 1e-9, 1, xtol=1e-14) if share < 1 else 1]


def textbook(k, n, z):
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * (k * (n - k) / n + z * z / 4) ** 0.5
    return np.array([middle - half, middle + half])


def by_chances(networks, digits, share):
    chances = [
        math.comb(digits, k) * share**k * (1 - share) ** (digits - k) for k in range(digits + 1)
    ]
    below, mean = 0.0, 0.0
    for k, chance in enumerate(chances):
        mean += k * ((below + chance) ** networks - below**networks)
        below += chance
    return mean / digits - share


def by_survival(m, n, p):
    k = np.arange(n)
    return np.mean(1 - (1 - stats.binom.sf(k, n, p)) ** m) - p


def by_steps(networks, digits, share):
    total = 0
    for k in range(digits):
        total += 1 - stats.binom.cdf(k, digits, share) ** networks
    print(total)
    return [total / digits - share][0]


ROWS = [[11, 8], [7, 4], [6], [2.5], [3], [2], [4], [8], [12]]

RIGHT = {
    "early_stop": [with_a_counter, by_marks, recursive],
    "loss_parts": [in_loops, by_one_hot, by_take],
    "wilson": [by_roots, by_search, textbook],
    "optimism": [by_chances, by_survival, by_steps],
    "by_hand_curves": [
        ROWS,
        tuple(tuple(map(float, row)) for row in ROWS),
        [np.array(row) for row in ROWS],
    ],
}

NEEDED = [
    ("early_stop", "`gain` is not used", {"small gains", "exactly the gain"}),
    ("early_stop", "no more than equal", {"equal losses", "small gains", "exactly the gain"}),
    ("early_stop", "by exactly `gain`", {"small gains", "exactly the gain"}),
    ("early_stop", "always counts", {"losses of 100,000"}),
    ("early_stop", "back to 0", {"wiggles", "small gains", "exactly the gain"}),
    ("early_stop", "with the best so far", {"a zigzag", "small gains", "exactly the gain"}),
    (
        "early_stop",
        "`patience` epochs back",
        {"falls to the end", "never stopped", "one epoch", "large losses"},
    ),
    (
        "loss_parts",
        "the parts must add up",
        {"five epochs", "as many epochs as digits", "labels as bytes", "one epoch"},
    ),
    (
        "loss_parts",
        "small probabilities became",
        {"five epochs", "as many epochs as digits", "labels as bytes", "one epoch"},
    ),
    ("early_stop", "for the waiting alone", {"small gains", "exactly the gain"}),
    ("early_stop", "how long to wait", {"small gains", "exactly the gain"}),
    ("early_stop", "best + gain", {"small gains", "exactly the gain"}),
    ("early_stop", "without a gain: it always counts", {"patience of 1", "falls to the end"}),
    ("optimism", "not m times F", {"a few networks", "many networks", "more digits", "one digit"}),
    ("optimism", "the last k", {"a few networks", "many networks", "one network", "one digit"}),
    ("wilson", "z is an argument", {"all right", "none right", "another z", "many digits"}),
    (
        "optimism",
        "digits: divide by how many",
        {"a few networks", "many networks", "more digits"},
    ),
]
