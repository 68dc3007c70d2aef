"""The exercises of "Reading learning curves"."""

import numpy as np
import scipy  # its parts are loaded when they are used: a check begins sooner
from scipy import special

from convbook import data
from convbook.engine import Exercise

# Sections of the chapter's page, to read again.
LOGS, DISAGREE = "Two logs", "Loss and accuracy disagree"
STOPPING, HALF = "Early stopping", "Half an epoch late"
LUCK, MANY = "How much is luck?", "The best of many looks too good"
ERRORS = "Find six errors"


def _losses(rng):
    """Draw (losses, patience, least gain), all of them sixteenths, exact in any format.

    Some epochs with large gains come before each list but the shortest.
    """

    def case(sixteenths, patience, gain=0):
        before = [sixteenths[0] + 16 * n for n in range(more, 0, -1)] * (len(sixteenths) > 1)
        return [(s + lift) / 16 for s in before + sixteenths], patience, gain / 16

    lift, more = int(rng.integers(0, 8)), int(rng.integers(0, 4))
    return {
        "wiggles": case([20, 14, 15, 12, 13, 11, 12, 13, 14, 9], 2),
        "a zigzag": case([20, 12, 14, 13, 15, 14, 13, 10], 3),
        "equal losses": case([10, 8, 8, 9, 8, 7, 7, 7], 2),
        "never stopped": case([10, 8, 9, 7, 8], 5),
        "falls to the end": case([9, 7, 5, 4], 1),
        "patience of 1": case([12, 9, 10, 8], 1),
        "small gains": case([30, 29, 28, 27, 26, 25, 25, 24, 24, 24, 24], 3, 2),
        "large losses": case([160, 140, 120, 100], 2, 8),
        "losses of 100,000": case([1600000, 1600016, 1600032, 1600048], 2),
        "exactly the gain": case([20, 18, 17, 17, 17, 16, 16, 16, 16], 3, 2),
        "one epoch": case([9], 2, 1),
    }


def _early_stop(losses, patience, gain):
    """Let Keras's callback watch these losses; epochs are counted from 1."""
    from convbook.training import keras

    stop = keras.callbacks.EarlyStopping("val_loss", min_delta=gain, patience=patience)
    stop.set_model(keras.Sequential())
    stop.model.stop_training = False
    stop.on_train_begin()
    for epoch, loss in enumerate(losses):
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if stop.model.stop_training:
            break
    return epoch + 1, stop.best_epoch + 1


def _watch(losses, patience, gain, slip=""):
    """Return what a program with this slip would do; without one it is right."""
    start = {"a start": 1000, "first waits": losses[0]}
    best, kept, waited = start.get(slip, np.inf), int(slip in start), 0
    for epoch, loss in enumerate(losses, start=1):
        before = losses[epoch - 2] if epoch > 1 else np.inf
        against = before if slip in ("neighbour", "rises") else best
        small = loss + gain >= against
        if slip == "equal counts":
            small = loss + gain > against
        if slip == "exactly gain":
            small = loss >= against or loss + gain > against
        if slip == "plus":
            small = loss >= best + gain
        if slip == "rises":
            small = loss > before
        if slip == "relative":
            small = loss >= best * (1 - gain)
        if not small:
            kept, waited = epoch, waited if slip == "no reset" else 0
        else:
            waited += 1
        best = min(best, loss) if slip == "moving mark" or not small else best
        if waited >= patience + (slip == "late") - (slip == "early"):
            break
    if slip == "rises":
        kept = 1 + int(np.argmin(losses[:epoch]))
    return epoch, kept


def _two_rules(losses, patience, gain, counts):
    """Return what a program does whose rules for keeping and for waiting are not the same."""
    lowest, mark, kept, waited = np.inf, np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        keep, reset = counts(loss, lowest, mark, gain)
        kept, mark = (epoch, loss) if keep else (kept, mark)
        waited = 0 if reset else waited + 1
        lowest = min(lowest, loss)
        if waited >= patience:
            break
    return epoch, kept


def _slip(slip):
    return lambda *args: _watch(*args, slip)


def _looked_ahead(losses, patience, gain):
    kept = 1 + int(np.argmin(losses))
    return min(kept + patience, len(losses)), kept


def _kept(change):
    """Return the right stop, with another epoch that is kept."""
    return lambda losses, patience, gain: change(losses, *_watch(losses, patience, gain), patience)


_EARLY_STOP = [
    (
        _kept(lambda losses, stop, best, patience: (stop - 1, best - 1)),
        "epochs are counted from 1 here, not from 0",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop, best - 1)),
        "the epoch that is kept is counted from 0, and the stop from 1: count both from 1",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop - 1, best)),
        "the stop is counted from 0, and the epoch that is kept from 1: count both from 1",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (best, stop)),
        "the two are swapped: first the epoch of the stop, then the one that is kept",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop, stop)),
        "the last epoch is kept: go back to the best",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop, stop - patience)),
        "the best is not always `patience` epochs back: if nothing stops, the end may be the best",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop, 1 + int(np.argmin(losses)))),
        "the epoch that is kept lies after the stop: those epochs are never trained",
        STOPPING,
    ),
    (
        _kept(lambda losses, stop, best, patience: (stop, 1 + int(np.argmin(losses[:stop])))),
        "the lowest loss may have been no gain: keep the last epoch that counted",
        STOPPING,
    ),
    (
        _slip("relative"),
        "the gain was taken for a share of the loss: it is a difference",
        STOPPING,
    ),
    (
        lambda losses, patience, gain: (len(losses), 1 + int(np.argmin(losses))),
        "this trains on to the end: stop as soon as `patience` epochs in a row brought no gain",
        STOPPING,
    ),
    (
        _looked_ahead,
        "the lowest loss of all was looked for first: go epoch by epoch, as training does",
        STOPPING,
    ),
    (
        _slip("equal counts"),
        "a loss that is no more than equal is no gain: it must be lower by more than `gain`",
        STOPPING,
    ),
    (
        _slip("exactly gain"),
        "a loss that is lower by exactly `gain` is no gain: it must be lower by more",
        STOPPING,
    ),
    (
        _slip("a start"),
        "the first epoch always counts: no number is a start for the best that suits all losses",
        STOPPING,
    ),
    (
        _slip("first waits"),
        "the first epoch was counted as one without a gain: it always counts",
        STOPPING,
    ),
    (
        _slip("plus"),
        "best + gain lets higher losses count: a loss must be below best - gain",
        STOPPING,
    ),
    (
        lambda *args: _two_rules(
            *args, lambda loss, low, mark, gain: (loss < low, loss + gain < low)
        ),
        "`gain` is used for the waiting alone: it also says which epoch is kept",
        STOPPING,
    ),
    (
        lambda *args: _two_rules(
            *args, lambda loss, low, mark, gain: (loss + gain < mark, loss < low)
        ),
        "`gain` says which epoch is kept, but not how long to wait: use it for both",
        STOPPING,
    ),
    (_slip("late"), "stopped one epoch too late: stop as soon as `patience` are reached", STOPPING),
    (
        lambda losses, patience, gain: _watch(losses, max(patience - 1, 1), gain),
        "stopped one epoch too early: `patience` epochs without a gain are borne",
        STOPPING,
    ),
    (_slip("no reset"), "a new minimum must set the count of the waiting back to 0", STOPPING),
    (
        _slip("neighbour"),
        "compared with the epoch before: compare with the best so far",
        STOPPING,
    ),
    (
        _slip("rises"),
        "rises in a row were counted: a loss may fall and still be no new minimum",
        STOPPING,
    ),
    (
        lambda losses, patience, gain: _watch(losses, patience, 0),
        "`gain` is not used: a loss that sinks by less is no new minimum",
        STOPPING,
    ),
    (
        _slip("moving mark"),
        "a gain too small to count must not move the mark either: many small ones add up",
        STOPPING,
    ),
    (
        lambda losses, patience, gain: _watch([-loss for loss in losses], patience, gain),
        "this looks for the largest value: a loss should be small",
        STOPPING,
    ),
]


def _runs(rng):
    """Draw (probabilities, labels), all epochs of a run; in each at least one digit is right."""

    def drawn(epochs, n, classes, lead=1.01):  # no whole number of steps, so no ties
        labels = rng.permutation(np.arange(n) % classes)
        scores = rng.permutation(np.arange(epochs * n * classes)) / (epochs * n * classes / 3)
        scores = scores.reshape(epochs, n, classes)
        scores[:, np.arange(n), labels] += lead
        scores[:, 0, labels[0]] += 3
        if lead < 3:
            others = np.exp(np.delete(scores[:, -1], labels[-1], axis=1)).sum(axis=1)
            scores[:, -1, labels[-1]] = np.log(others / 1999)  # certain and wrong: 1 in 2,000
        return special.softmax(scores, axis=2), labels

    p, labels = drawn(3, 5, 4)
    return {
        "five epochs": drawn(5, 7, 4),
        "as many epochs as digits": drawn(4, 4, 3),
        "labels as bytes": (p, labels.astype(np.uint8)),
        "one epoch": drawn(1, 6, 3),
        "none wrong": drawn(2, 3, 3, lead=4),
    }


def _right(p, y):
    return p.argmax(axis=2) == y


def _loss_parts(p, y):
    right = _right(p, y)
    losses = -special.xlogy(np.eye(p.shape[2])[y], p).sum(axis=2)
    return np.transpose([which.mean(axis=1) for which in (right, losses * right, losses * ~right)])


def _true(p, y):
    return p[:, np.arange(len(y)), y]


def _parts(right=_right, loss=lambda p, y: -np.log(_true(p, y)), mean=None):
    """Return the three numbers of each epoch as a program with a slip gives them."""

    def answer(p, y):
        told, losses = right(p, y), loss(p, y)
        parts = [(losses * which).mean(axis=1) for which in (told, ~told)]
        if mean:
            parts = [mean(losses * which, which) for which in (told, ~told)]
        return np.transpose([told.mean(axis=1), *parts])

    return answer


def _all_pairs(p, y):
    losses, right = -np.log(p[:, :, y]), _right(p, y)
    return np.stack([a.mean(axis=1) for a in (right, losses * right, losses * ~right)], axis=1)


_LOSS_PARTS = [
    (
        _parts(mean=lambda losses, which: losses.sum(axis=1) / which.sum(axis=1)),
        "each part was divided by its own digits: divide both by all, then they add up to the loss",
        DISAGREE,
    ),
    (
        _parts(mean=lambda losses, which: losses.sum(axis=1) / np.maximum(which.sum(axis=1), 1)),
        "the parts must add up to the loss: divide both by the number of all digits",
        DISAGREE,
    ),
    (
        _parts(mean=lambda losses, which: losses.sum(axis=1)),
        "these are sums: the loss of an epoch is a mean over its digits",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y) * p.shape[1],
        "all three numbers are sums: each is a mean over the digits",
        DISAGREE,
    ),
    (
        _parts(right=lambda p, y: p.argmax(axis=1) == y),
        "argmax(axis=1) compares the digits of an epoch: the classes lie along the last axis",
        LOGS,
    ),
    (
        _parts(right=lambda p, y: _true(p, y) > 0.5),
        "right means that no class has a larger probability: it may be below one half",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y)[:, [0, 2, 1]],
        "the two parts are swapped: first that of the right answers",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y) + [0, 0, 1] * _loss_parts(p, y)[:, [1]],
        "the last number is the whole loss: only wrong answers belong there",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(p.max(axis=2))),
        "this loss asks how sure the network was: take the probability of the true class",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: 1 - _true(p, y)),
        "one minus the probability: take its logarithm",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log10(_true(p, y))),
        "logarithm to the base 10: the loss takes the natural one",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(1 - _true(p, y))),
        "one minus the probability: that is the chance of all other classes",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y) * [p.shape[1], 1, 1],
        "the first number is a count: divide it by the number of digits",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y) + [0, 1, 0] * _loss_parts(p, y)[:, [2]],
        "the second number is the whole loss: only right answers belong there",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log2(_true(p, y))),
        "logarithm to the base 2: the loss takes the natural one",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: np.log(_true(p, y))),
        "the minus is missing: a loss is not negative",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(p[:, :, y]).mean(axis=2)),
        "p[:, :, labels] pairs every digit with every label: pair each with its own",
        DISAGREE,
    ),
    (
        _all_pairs,
        "p[:, :, labels] has an axis too many, digits by labels: pair each digit with its label",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(p[:, :, y]).mean(axis=1)),
        "[:, labels] takes a column of all digits for every label: take one number of each digit",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(p[:, :, y]).sum(axis=2)),
        "[:, labels] lets each digit pay for the labels of all: it has only its own",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(np.abs(~_right(p, y) - _true(p, y)))),
        "for wrong answers, too, the loss is -ln p of the true class, not -ln (1 - p)",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(_true(p, y).clip(0.001))),
        "small probabilities became 0.001: certain and wrong answers cost more than that",
        DISAGREE,
    ),
    (
        _parts(loss=lambda p, y: -np.log(p).mean(axis=2)),
        "all classes were averaged: only the true one counts",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y) * [100, 1, 1],
        "the accuracy is in per cent: return a share",
        DISAGREE,
    ),
    (
        lambda p, y: [1, 0, 0] + _loss_parts(p, y) * [-1, 1, 1],
        "this is the share of wrong answers: the first number is the accuracy",
        DISAGREE,
    ),
    (
        lambda p, y: _loss_parts(p, y).T,
        "the epochs lie along the second axis: one row an epoch",
        LOGS,
    ),
    (
        lambda p, y: _loss_parts(p, y).mean(axis=0),
        "averaged over the epochs: what is wanted is their course",
        LOGS,
    ),
    (
        lambda p, y: _loss_parts(p, y)[-1:],
        "only the last epoch: return all of them",
        LOGS,
    ),
]


def _counts(rng):
    """Draw (right answers, digits, z)."""
    n = int(rng.integers(30, 50))
    return {
        "some right": (int(rng.integers(9, 15)), n, 1.96),
        "nearly all right": (n - 1, n, 1.96),
        "all right": (n, n, 2.0),
        "none right": (0, n, 2.5),
        "one digit": (1, 1, 1.96),
        "another z": (2 * n // 3, n, 1.0),
        "many digits": (10 * n - 7, 10 * n, 3.0),
    }


def _wilson(correct, n, z):
    """Return SciPy's interval, asked for by the confidence that belongs to z."""
    confidence = 1 - 2 * scipy.stats.norm.sf(z)
    return tuple(scipy.stats.binomtest(correct, n).proportion_ci(confidence, method="wilson"))


def _method(method):
    def interval(correct, n, z):
        confidence = 1 - 2 * scipy.stats.norm.sf(z)
        return tuple(scipy.stats.binomtest(correct, n).proportion_ci(confidence, method=method))

    return interval


def _wald(correct, n, z, spread=lambda p, n: np.sqrt(p * (1 - p) / n)):
    share = correct / n
    return share - z * spread(share, n), share + z * spread(share, n)


def _centred(correct, n, z):
    """Return the interval of Agresti and Coull: Wald's about a shifted share."""
    return _wald(correct + z**2 / 2, n + z**2, z)


def _undivided(correct, n, z):
    return tuple(np.array(_wilson(correct, n, z)) * (1 + z**2 / n))


def _ends(b, root, a):
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def _solved(b=lambda share, extra: -(2 * share + extra), c=2, z_to_the=2, four=4, ends=_ends):
    """Return the roots of the quadratic equation as a program with a slip gives them."""

    def interval(correct, n, z):
        share, extra = correct / n, z**z_to_the / n
        a, b_ = 1 + extra, b(share, extra)
        return ends(b_, np.sqrt(b_**2 - four * a * share**c), a)

    return interval


_WILSON = [
    (
        _wald,
        "p is not the observed share: with it, all right would leave no doubt; solve for p",
        LUCK,
    ),
    (
        lambda *args: tuple(np.clip(_wald(*args), 0, 1)),
        "an interval that has to be cut off at 0 and 1 has p in the wrong place: solve for it",
        LUCK,
    ),
    (
        lambda c, n, z: _wald(c, n, z, lambda p, n: np.sqrt(p * (1 - p) / max(n - 1, 1))),
        "neither n - 1 nor the observed share: the root holds p (1 - p) / n, solve for p",
        LUCK,
    ),
    (
        lambda c, n, z: _wald(c, n, z, lambda p, n: p * (1 - p) / n),
        "the square root is missing",
        LUCK,
    ),
    (
        lambda c, n, z: _wald(c, n, z, lambda p, n: 0.5 / np.sqrt(n)),
        "one half was put for p under the root: that is the widest case, solve for p",
        LUCK,
    ),
    (
        lambda c, n, z: _wald(c, n, z, lambda p, n: np.sqrt(p * (1 - p))),
        "not divided by the number of digits: this does not shrink as they grow in number",
        LUCK,
    ),
    (
        _centred,
        "middle and width come from two formulas: both ends are roots of one equation",
        LUCK,
    ),
    (
        _undivided,
        "not divided by 1 + z²/n, the number before p²",
        LUCK,
    ),
    (
        _solved(b=lambda share, extra: 2 * share + extra),
        "a minus is lost: b is -(2p̂ + z²/n), and the formula for the roots begins with -b",
        LUCK,
    ),
    (
        _solved(b=lambda share, extra: -2 * share + extra),
        "the minus before the bracket is for both terms in it: b is -2p̂ - z²/n",
        LUCK,
    ),
    (
        _solved(ends=lambda b, root, a: ((-b - root) / 2 * a, (-b + root) / 2 * a)),
        "/ 2 * a multiplies by a: divide by (2 * a)",
        LUCK,
    ),
    (
        _solved(ends=lambda b, root, a: (-b - root / (2 * a), -b + root / (2 * a))),
        "only the root was divided by 2a: put (-b - root) and (-b + root) in brackets",
        LUCK,
    ),
    (
        _solved(z_to_the=1),
        "z instead of z²: square it wherever it stands",
        LUCK,
    ),
    (
        _solved(four=1),
        "the 4 is missing under the root: b² - 4ac",
        LUCK,
    ),
    (
        _solved(c=1),
        "the last number of the equation is the share squared",
        LUCK,
    ),
    (
        lambda c, n, z: _wilson(c, n, 1.96),
        "z is an argument: 1.96 is only the z of 95 %",
        LUCK,
    ),
    (
        _method("exact"),
        "this is the exact interval of Clopper and Pearson: wider, and not what was asked for",
        LUCK,
    ),
    (
        _method("wilsoncc"),
        "a correction for continuity was added: leave it out",
        LUCK,
    ),
    (
        lambda *args: _wilson(*args)[::-1],
        "your larger end comes first: return low, then high",
        LUCK,
    ),
    (
        lambda *args: tuple(100 * np.array(_wilson(*args))),
        "these are per cent: return shares between 0 and 1",
        LUCK,
    ),
    (
        lambda c, n, z: tuple(n * np.array(_wilson(c, n, z))),
        "these are numbers of digits: return shares",
        LUCK,
    ),
    (
        lambda c, n, z: (np.mean(_wilson(c, n, z)), np.diff(_wilson(c, n, z))[0] / 2),
        "this is the middle and half the width: return the two ends",
        LUCK,
    ),
]


def _searches(rng):
    """Draw (networks, digits, true share)."""
    n = int(rng.integers(12, 20))
    share = (rng.permutation(np.arange(60, 90, 3)) / 100).tolist()
    return {
        "a few networks": (4, n, share[0]),
        "many networks": (20, n + 1, share[1]),
        "more digits": (5, 20 * n, share[2]),
        "one network": (1, n, share[3]),
        "one digit": (3, 1, share[4]),
    }


def _optimism(m, n, share, best=lambda below, m: below**m):
    """Average the best of m, a random variable whose distribution SciPy's gives."""
    places = np.arange(n + 1)
    chance = np.diff(best(scipy.stats.binom.cdf(places, n, share), m), prepend=0)
    return chance @ places / n - share


def _like(best):
    return lambda m, n, share: _optimism(m, n, share, best)


def _sd(n, share):
    return np.sqrt(share * (1 - share) / n)


def _normal_best(m, n, share):
    grid = np.linspace(-8, 8, 4001)
    density = m * scipy.stats.norm.pdf(grid) * scipy.stats.norm.cdf(grid) ** (m - 1)
    return (grid * density).sum() * (grid[1] - grid[0]) * _sd(n, share)


def _one_short(m, n, share):
    below = scipy.stats.binom.cdf(np.arange(n - 1), n, share) ** m
    return np.sum(1 - below) / n - share


def _summed(term, function="cdf"):
    def answer(m, n, share):
        chances = getattr(scipy.stats.binom, function)(np.arange(n), n, share)
        return np.sum(term(chances, m)) / n - share

    return answer


def _best_found(searches):
    def answer(m, n, share):
        right = np.random.default_rng(0).binomial(n, share, (searches, m))
        return right.max(axis=1).mean() / n - share

    return answer


_OPTIMISM = [
    (
        lambda m, n, share: _optimism(m, n, share) + share,
        "this is the accuracy that is reported: take the true one off",
        MANY,
    ),
    (
        lambda m, n, share: n * _optimism(m, n, share),
        "this is a number of digits: divide by how many there are",
        MANY,
    ),
    (
        lambda m, n, share: n * (_optimism(m, n, share) + share) - share,
        "a share was taken off a number of digits: divide the sum by n first",
        MANY,
    ),
    (
        lambda m, n, share: _optimism(m, n, share) + share - share / n,
        "the share was divided by n, too: divide the sum alone, then take the share off",
        MANY,
    ),
    (
        lambda m, n, share: n / (n + 1) * (_optimism(m, n, share) + share) - share,
        "divided by n + 1: the counts are 0 to n, but the digits are n",
        MANY,
    ),
    (
        _summed(lambda below, m: below**m),
        "larger than k has the chance 1 - F(k)^m: the 1 minus is missing",
        MANY,
    ),
    (
        _summed(lambda exactly, m: 1 - exactly**m, "pmf"),
        "pmf is the chance of exactly k: F, the chance of at most k, is cdf",
        MANY,
    ),
    (
        _summed(lambda below, m: 1 - below * m),
        "the chance that all m get at most k right is F to the power m, not m times F",
        MANY,
    ),
    (
        lambda m, n, share: 0,
        "0 is the optimism of one network: that of the best of m needs the power m",
        MANY,
    ),
    (
        lambda m, n, share: 100 * _optimism(m, n, share),
        "these are percentage points: return a share",
        MANY,
    ),
    (
        lambda m, n, share: -_optimism(m, n, share),
        "the best looks too good, so the difference is positive",
        MANY,
    ),
    (
        _like(lambda below, m: 1 - (1 - below) ** m),
        "this is the worst of m: the best has at most k right if all of them have",
        MANY,
    ),
    (
        _like(lambda below, m: below ** (m - 1) if m > 1 else below),
        "one network was left out: the power is m",
        MANY,
    ),
    (
        _like(lambda below, m: below ** (m + 1)),
        "one network too many: the power is m",
        MANY,
    ),
    (
        lambda m, n, share: scipy.stats.binom.ppf(0.5 ** (1 / m), n, share) / n - share,
        "this is a middling best, as a median or a lone search gives: the mean is wanted",
        MANY,
    ),
    (
        lambda m, n, share: 1 - share,
        "the best that is possible is not what is expected of the best of m",
        MANY,
    ),
    (
        lambda m, n, share: _sd(n, share) * np.sqrt(2 * np.log(m)),
        "a rule of thumb for many candidates: here the exact mean is wanted",
        MANY,
    ),
    (
        _normal_best,
        "a bell curve stands in for the counts: with few digits it is too rough",
        MANY,
    ),
    (
        lambda m, n, share: _sd(n, share),
        "this is the spread of one accuracy, however many networks there are",
        MANY,
    ),
    (
        lambda m, n, share: (
            _optimism(m, n, share) - (1 - scipy.stats.binom.cdf(0, n, share) ** m) / n
        ),
        "the sum begins too late: k runs from 0 to n - 1",
        MANY,
    ),
    (
        _one_short,
        "the sum breaks off too soon: the last k is n - 1",
        MANY,
    ),
    *(
        (
            _best_found(searches),
            f"{searches:,} searches leave too much luck: add up the chances instead",
            MANY,
        )
        for searches in (200, 1000, 2000, 10_000)  # the page's are 2,000
    ),
]

SCRIPT = """\
 1  x, y = all_digits()        # 70,000, in one pile
 2  x = (x - x.mean()) / x.std()
 3  rest, test = split(y, 10_000, seed=0)
 4  fit, look = split(y, 5_000, seed=1)
 5  found = {}
 6  for width in (32, 64, 128):
 7      model = build(width)
 8      stop = EarlyStopping(patience=3)
 9      model.fit(x[fit], y[fit], epochs=50, callbacks=[stop],
10                validation_data=(x[look], y[look]))
11      found[width] = model.evaluate(x[look], y[look])
12  print("accuracy", max(found.values()))
"""


def _questions(rng):
    return {
        name: (name,)
        for name in (
            *("dense_by_accuracy", "cnn_by_accuracy", "digits_apart", "place", "ahead"),
            *("scaled", "doubly_used", "not_the_best", "flatters"),
        )
    }


def _reading(case):
    """Work out an answer from the lecture's logs; those to the script are numbers of lines."""
    logs = data.load_lecture_logs()
    dense, cnn = (np.array(logs[name]["val_accuracy"]) for name in ("dense", "cnn"))
    if case in ("dense_by_accuracy", "cnn_by_accuracy"):
        return _early_stop((-(dense if case[0] == "d" else cnn)).tolist(), 3, 0)
    return {
        "digits_apart": [round(3300 * (dense.max() - dense[-1]))],
        "place": [2.5],
        "ahead": [int(np.argmax(np.array(logs["dense"]["accuracy"]) > dense)) + 1],
        "scaled": [2],
        "doubly_used": [4],
        "not_the_best": [8],
        "flatters": [12],
    }[case]


def _but(**others):
    return lambda case: others.get(case, _reading(case))


_BY_HAND = [
    (
        _but(dense_by_accuracy=[8, 5]),
        "this is what the loss would have done: watch the accuracy",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[10, 7], cnn_by_accuracy=[6, 3]),
        "counted from 0: the first line of a log is epoch 1",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[20, 15], cnn_by_accuracy=[20, 4]),
        "three epochs without a new maximum came earlier",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[18, 15]),
        "nobody trains on to epoch 15 who has stopped before it",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[8, 11], cnn_by_accuracy=[4, 7]),
        "first the epoch of the stop, then the one that is kept",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[12, 8], cnn_by_accuracy=[8, 4]),
        "stopped too late: the third epoch in a row without a new maximum is the last",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[10, 8], cnn_by_accuracy=[6, 4]),
        "stopped too early: the epoch of the maximum is none of the three",
        STOPPING,
    ),
    (
        _but(dense_by_accuracy=[11, 15]),
        "the epoch that you keep comes after your stop: it was never trained",
        STOPPING,
    ),
    (
        _but(digits_apart=[0.0018]),
        "this is a share: how many of 3,300 digits is it?",
        LUCK,
    ),
    (_but(digits_apart=[5.94]), "digits are whole, and the table is rounded: so round", LUCK),
    (_but(digits_apart=[18]), "18 of 10,000: these were 3,300 digits", LUCK),
    (_but(digits_apart=[108]), "of 60,000 digits the training was made: here it is 3,300", LUCK),
    (_but(place=[3]), "at its end the network was better than its average over epoch 3", HALF),
    (_but(place=[3.5]), "half an epoch to the left, not to the right", HALF),
    (_but(ahead=[2]), "compare line by line, and count the lines from 1", LOGS),
    (
        _but(ahead=[1]),
        "in epoch 1 validation is ahead: the training value is an average over ignorant steps too",
        HALF,
    ),
    (_but(scaled=[3]), "this line is harmless: which one uses test digits before it?", ERRORS),
    (_but(doubly_used=[3]), "line 3 is right, but what does the next line cut from?", ERRORS),
    (
        _but(doubly_used=[10]),
        "a validation set belongs there: the question is where its digits come from",
        ERRORS,
    ),
    (
        _but(doubly_used=[9]),
        "this line trains on what it is handed: which one lets test digits in?",
        ERRORS,
    ),
    (
        _but(flatters=[10]),
        "this line only says on what to measure: where is one result chosen and reported?",
        ERRORS,
    ),
    (
        _but(not_the_best=[9]),
        "fifty epochs are only a limit: who stops the training, and with which weights?",
        ERRORS,
    ),
    (
        _but(not_the_best=[11]),
        "this line asks the network that it is given: which weights does it have?",
        ERRORS,
    ),
    (
        _but(flatters=[11]),
        "measuring each on validation digits is right: what is reported in the end?",
        ERRORS,
    ),
]

EXERCISES = [
    Exercise("learning-curves", *row, **more)
    for *row, more in [
        # name, library, oracle, inputs, mistakes, more
        (
            "early_stop",
            "keras.callbacks.EarlyStopping",
            _early_stop,
            _losses,
            _EARLY_STOP,
            {"digits": 0},
        ),
        ("loss_parts", "scipy.special.xlogy", _loss_parts, _runs, _LOSS_PARTS, {"digits": 4}),
        ("wilson", "scipy.stats.binomtest", _wilson, _counts, _WILSON, {"digits": 4}),
        ("optimism", "scipy.stats.binom", _optimism, _searches, _OPTIMISM, {"digits": 4}),
        (
            "by_hand_curves",
            "the logs and Keras",
            _reading,
            _questions,
            _BY_HAND,
            {"by_hand": True},
        ),
    ]
]
