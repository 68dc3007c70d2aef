"""Training faster."""

import math

import numpy as np

ROWS = [[430], [88], [2150], [215], [57600], [345]]


def _one(shape, filters, kernel, stride, counts):
    height, width = ((n - k) // stride + 1 for n, k in zip(shape, kernel, strict=False))
    weights = math.prod(kernel) * shape[2] * filters
    return (height, width, filters), counts + [weights + filters, weights * height * width]


def step_by_step(peak, steps, rising):
    rates = []
    for step in range(steps):
        if step < rising:
            rates.append(peak * step / rising)
        else:
            share = (step - rising) / (steps - rising)
            rates.append(peak * (1 + math.cos(math.pi * share)) / 2)
    return rates


def with_linspace(peak, steps, rising):
    rise = np.linspace(0, peak, rising, endpoint=False)
    angle = np.linspace(0, np.pi, steps - rising, endpoint=False)
    return np.concatenate([rise, peak * np.cos(angle / 2) ** 2])


def in_float32(peak, steps, rising):
    step = np.arange(steps, dtype=np.float32)
    fall = peak * (0.5 + 0.5 * np.cos(np.pi * (step - rising) / (steps - rising)))
    return np.where(step < rising, peak * step / max(rising, 1), fall).astype(np.float32)


def pixel_by_pixel(images, shifts):
    result = np.zeros(images.shape, dtype=np.uint8)
    count, height, width = images.shape
    for n in range(count):
        down, right = shifts[n]
        for i in range(height):
            for j in range(width):
                if 0 <= i - down < height and 0 <= j - right < width:
                    result[n, i, j] = images[n, i - down, j - right]
    return result


def by_padding(images, moves):
    most = int(np.abs(moves).max())
    _, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    print(padded.dtype)
    return [
        x[most - d : most - d + h, most - r : most - r + w]
        for x, (d, r) in zip(padded, moves, strict=True)
    ]


def by_matrices(images, moves):
    _, h, w = images.shape
    out = [np.eye(h, k=-d) @ x @ np.eye(w, k=r) for x, (d, r) in zip(images, moves, strict=True)]
    return np.rint(out).astype("uint8")


def digit_by_digit(losses, examples, batch_size):
    return sum(losses[i // batch_size] for i in range(examples)) / examples


def with_the_rest(losses, n, size):
    last = n - (len(losses) - 1) * size
    return (size * sum(losses[:-1]) + last * losses[-1]) / n


def correcting_the_mean(losses, n, size):
    print("steps", len(losses))
    missing = -n % size
    return (np.sum(losses) * size - missing * losses[-1]) / n


def map_by_map(weights, bias, gamma, beta, mean, variance, epsilon):
    new, biases = weights.astype(float), []
    for o in range(len(gamma)):
        scale = gamma[o] / math.sqrt(variance[o] + epsilon)
        new[:, :, :, o] *= scale
        biases.append(beta[o] + scale * (bias[o] - mean[o]))
    return new, biases


def with_einsum(w, b, g, beta, m, v, e):
    scale = np.diag(g * (v + e) ** -0.5)
    return [np.einsum("abcd,de->abce", w, scale), scale @ (b - m) + beta]


def through_a_dense_layer(w, b, g, beta, m, v, e):
    rows = w.reshape(-1, len(b)) / np.sqrt(v + e) * g
    return rows.reshape(w.shape).tolist(), ((b - m) / np.sqrt(v + e) * g + beta).tolist()


def two_loops(costs, accuracies):
    result = []
    for i in range(len(costs)):
        beaten = False
        for j in range(len(costs)):
            no_worse = costs[j] <= costs[i] and accuracies[j] >= accuracies[i]
            if no_worse and (costs[j] < costs[i] or accuracies[j] > accuracies[i]):
                beaten = True
        result.append(not beaten)
    return result


def by_sorting(costs, accuracies):
    order = np.lexsort((-accuracies, costs))
    keep, best = np.zeros(len(costs), int), (-np.inf, -np.inf)
    for i in order:
        if accuracies[i] > best[1] or (costs[i], accuracies[i]) == best:
            keep[i], best = 1, (costs[i], accuracies[i])
    return keep


def through_sets(costs, accuracies):
    pairs = {(float(c), float(a)) for c, a in zip(costs, accuracies, strict=True)}
    good = {p for p in pairs if not any(q[0] <= p[0] and q[1] >= p[1] for q in pairs - {p})}
    return [(float(c), float(a)) in good for c, a in zip(costs, accuracies, strict=True)]


RIGHT = {
    "by_hand_plan": [
        ROWS,
        tuple((float(value),) for (value,) in ROWS),
        [430, 88, 2150, 215, 57600, 345],
        [*ROWS[:-1], np.array([345.0])],
    ],
    "cycle_rates": [step_by_step, with_linspace, in_float32],
    "shift_batch": [pixel_by_pixel, by_padding, by_matrices],
    "epoch_loss": [digit_by_digit, with_the_rest, correcting_the_mean],
    "fold_batch_norm": [map_by_map, with_einsum, through_a_dense_layer],
    "on_frontier": [two_loops, by_sorting, through_sets],
}

NEEDED = [
    ("cycle_rates", "nothing to divide by", {"none rises"}),
    (
        "shift_batch",
        "more than one pixel",
        {"two pictures", "three pictures", "one picture"}
        | {"up and far to the right", "out of sight", "far below and to the right"},
    ),
    ("shift_batch", "height - d is negative", {"far below and to the right"}),
    ("epoch_loss", "n % size is 0", {"all batches full", "batches of one"}),
    ("fold_batch_norm", "in the example only", {"a larger epsilon"}),
    (
        "fold_batch_norm",
        "the last axis of the weights",
        {"all sizes differ", "kernels of one", "as many maps as channels"}
        | {"a map that does not vary", "a larger epsilon"},
    ),
    (
        "fold_batch_norm",
        "not a floor for it",
        {"all sizes differ", "kernels of one", "one filter", "as many maps as channels"}
        | {"a map that does not vary", "a larger epsilon"},
    ),
    ("on_frontier", "only the first stayed", {"one twice"}),
    ("on_frontier", "of two with the same cost", {"equal costs", "equal costs, the better first"}),
    ("on_frontier", "of two with the same accuracy", {"equal accuracies"}),
]
