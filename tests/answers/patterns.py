"""Kernels as pattern detectors."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage

from convbook.checks.patterns import DOT, EDGE


def four_loops(image, kernel):
    rows, columns = len(image), len(image[0])
    kh, kw = kernel.shape
    result = []
    for i in range(rows - kh + 1):
        line = []
        for j in range(columns - kw + 1):
            total = 0.0
            for a in range(kh):
                for b in range(kw):
                    total += float(image[i + a, j + b]) * float(kernel[a, b])
            line.append(total)
        result.append(line)
    return result


def all_windows(x, k):
    return np.einsum("ijab,ab->ij", sliding_window_view(x.astype("f4"), k.shape), k)


def by_shifts(x, k):
    print("adding shifted images")
    h, w = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    shifted = (x[a : a + h, b : b + w] * float(k[a, b]) for a, b in np.ndindex(k.shape))
    return sum(shifted)


def by_lists(kernel):
    return [list(reversed(row)) for row in reversed(kernel.tolist())]


def hand_made(task):
    if task == EDGE:
        return [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
    if task == DOT:
        return [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
    return [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]


def prewitt_and_laplace(task):
    if task == EDGE:
        return -np.array([[-1, 0, 1]] * 3, "f4")
    if task == DOT:
        return (np.arange(9).reshape(3, 3) == 4) - np.full((3, 3), 1 / 9)
    return np.where(np.eye(3), 2, -1)


def just_enough(task):
    if task == DOT:
        return [[-2, -3, -2], [-3, 20, -3], [-2, -3, -2]]
    return hand_made(task)


def in_ninths(task):
    return np.array(just_enough(task)) / 9


def larger(task):
    return 10 * np.array(hand_made(task))


def by_formula(image, template):
    h, w = image.shape[0] - template.shape[0] + 1, image.shape[1] - template.shape[1] + 1
    template = template.astype(float) - template.mean()
    out = np.zeros((h, w))
    for i, j in np.ndindex(h, w):
        patch = image[i : i + template.shape[0], j : j + template.shape[1]].astype(float)
        patch = patch - patch.mean()
        length = np.sqrt((patch**2).sum() * (template**2).sum())
        if length > 1e-9:
            out[i, j] = (patch * template).sum() / length
    return out


def standardised(image, template):
    windows = sliding_window_view(image.astype(float), template.shape)
    mean, std = windows.mean((2, 3)), windows.std((2, 3))
    t = (template - template.mean()) / template.std()
    products = ((windows - mean[..., None, None]) * t).mean((2, 3))
    return np.divide(products, std, out=np.zeros_like(std), where=std > 0)


def as_lists(image, template):
    return standardised(image, template).tolist()


def by_columns(image):
    image = image.astype(int)
    smooth = image[:-2] + 2 * image[1:-1] + image[2:]
    return smooth[:, 2:] - smooth[:, :-2]


RIGHT = {
    "correlate2d": [four_loops, all_windows, by_shifts],
    "half_turn": [lambda k: np.flip(k), by_lists, lambda k: k[::-1, ::-1].astype("f4")],
    "design_kernel": [hand_made, prewitt_and_laplace, larger, just_enough, in_ninths],
    "sobel": [
        by_columns,
        lambda image: ndimage.sobel(image.astype(np.int64), axis=1)[1:-1, 1:-1],
        lambda x: four_loops(x, np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])),
    ],
    "match": [by_formula, standardised, as_lists],
}

NEEDED = [
    ("correlate2d", "uint8 has no negative numbers", {"bytes"}),
    ("match", "a flat patch", {"a flat part"}),
    ("sobel", "so it wraps round", {"black to white", "white to black", "texture"}),
    ("half_turn", "only the columns were reversed", {"square", "wide", "tall"}),
]
