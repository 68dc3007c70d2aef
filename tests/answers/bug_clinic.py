"""Bug clinic."""

import math

import numpy as np
from scipy import special
from sklearn.utils import shuffle


def row_by_row(z):
    def shares(row):
        return min(row) >= 0 and abs(sum(row) - 1) < 1e-3

    if all(shares(row) for row in z.tolist()):
        return "probabilities"
    if all(shares([math.exp(score) for score in row]) for row in z.tolist()):
        return "log-probabilities"
    return "logits"


def through_logs(outputs):
    print(outputs.shape)
    if np.isclose(special.logsumexp(outputs, axis=-1), 0, atol=1e-3).all():
        return "Log-probabilities"
    negative = (outputs < 0).any()
    return "logits" if negative or abs(outputs.sum(-1) - 1).max() > 1e-3 else "probabilities"


def by_a_list_of_kinds(z):
    kinds = {"probabilities": z, "log-probabilities": np.exp(z.astype("float64"))}
    for name, p in kinds.items():
        if not np.any(p < 0) and np.max(np.abs(np.sum(p, axis=1) - 1)) <= 0.001:
            return name
    return " logits "


def by_sklearn(x, y, seed):
    return shuffle(x, y, random_state=seed)


def with_one_seed_twice(x, y, seed):
    return np.random.default_rng(seed).permutation(x), np.random.default_rng(seed).permutation(y)


def by_random_keys(x, y, seed):
    np.random.seed(seed)
    order = np.argsort(np.random.rand(len(x)))
    return [x[i] for i in order], [int(y[i]) for i in order]


def by_axes(images, columns):
    n, height, width = images.shape
    rows = math.ceil(n / columns)
    full = np.zeros((rows * columns, height, width))
    full[:n] = images
    grid = full.reshape(rows, columns, height, width)
    return grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def by_stacking(images, columns):
    rows = []
    for first in range(0, len(images), columns):
        row = list(images[first : first + columns].astype("float32"))
        row += [np.zeros_like(row[0])] * (columns - len(row))
        rows.append(np.hstack(row))
    return np.vstack(rows).tolist()


def by_pixel(images, columns):
    n, height, width = images.shape
    rows = (n + columns - 1) // columns
    sheet = []
    for i in range(rows * height):
        line = []
        for j in range(columns * width):
            k = i // height * columns + j // width
            line.append(images[k, i % height, j % width] if k < n else 0)
        sheet.append(line)
    return sheet


def image_by_image(images):
    out = images.copy()
    for i, image in enumerate(images):
        border = [*image[0], *image[-1], *image[1:-1, 0], *image[1:-1, -1]]
        if sum(map(int, border)) / len(border) > 127.5:
            out[i] = 255 - image
    return out


def by_difference(x):
    inner = x[:, 1:-1, 1:-1].sum(axis=(1, 2), dtype=int)
    total = x.sum(axis=(1, 2), dtype=int)
    count = x[0].size - x[0, 1:-1, 1:-1].size
    paper = ((total - inner) / count > 127.5).astype(np.uint8)[:, None, None]
    return x ^ (255 * paper)


def by_list(images):
    print("turning")
    out = []
    for image in images:
        inside = np.zeros(image.shape, bool)
        inside[1:-1, 1:-1] = True
        out.append(~image if np.ma.masked_array(image, inside).mean() > 127.5 else image)
    return np.array(out)


def in_loops(train, test):
    count = 0
    for image in test:
        for other in train:
            if np.array_equal(image, other):
                count += 1
                break
    return count


def by_broadcasting(train, test):
    return np.sum(np.any(np.all(test[:, None] == train[None], axis=(2, 3)), axis=1))


def by_lists(train, test):
    known = train.tolist()
    return float(len([image for image in test.tolist() if image in known]))


ROWS = [[6], [8], [3], [5], [4], [10], [0], [9], [1]]

RIGHT = {
    "kind_of_output": [row_by_row, through_logs, by_a_list_of_kinds],
    "shuffle_pairs": [by_sklearn, with_one_seed_twice, by_random_keys],
    "contact_sheet": [by_axes, by_stacking, by_pixel],
    "white_on_black": [image_by_image, by_difference, by_list],
    "in_both": [in_loops, by_broadcasting, by_lists],
    "by_hand_clinic": [
        ROWS,
        tuple((float(number),) for (number,) in ROWS),
        [np.array(row) for row in ROWS],
    ],
}

FRAMED = ["corners of the other kind", "hardly, and not quite"]
CORNERS = ["corners decide", "each corner decides"]
NEARLY = ["rows that add up to 1.0007", "logarithms of sums of 0.9993"]
ONE_OFF = ["one of six adds up to 1.0018", "logarithms, one of six of 1.0018"]
NEEDED = [
    ("kind_of_output", "by chance", {"rows that add up to 1"}),
    (
        "kind_of_output",
        "hardly ever exactly",
        {"shares in float32", "logarithms", "logarithm of one that is certain", *NEARLY},
    ),
    ("kind_of_output", "the mean of what they miss", {*ONE_OFF}),
    ("kind_of_output", "too little room", {*NEARLY}),
    ("kind_of_output", "may be 0", {"one is certain"}),
    (
        "kind_of_output",
        "not enough that some do",
        {"add up to 1 on average", "logarithms, 1 on average", *ONE_OFF},
    ),
    (
        "kind_of_output",
        "may all be negative",
        {"all negative", "logarithms, 1 on average", "logarithms of sums of 0.9982", ONE_OFF[1]},
    ),
    ("kind_of_output", "minus infinity", {"logarithm of one that is certain"}),
    (
        "kind_of_output",
        "all together",
        {"shares in float32", "one is certain", "all together 1", NEARLY[0]},
    ),
    ("contact_sheet", "incomplete row", {"some are missing", "fewer than columns", "bytes"}),
    (
        "contact_sheet",
        "top to bottom",
        {"two rows", "as many rows as columns", "three rows", "some are missing", "bytes"},
    ),
    ("white_on_black", "thick ink", {"thick ink", *CORNERS, *FRAMED}),
    ("white_on_black", "first and last row", {"ink above and below", "one light side", *FRAMED}),
    (
        "white_on_black",
        "first and last column",
        {"ink at both sides", "corners of the other kind", "one light side"},
    ),
    (
        "white_on_black",
        "corners may have ink",
        {"ink in three corners", "ink above and below", "ink at both sides", "one light side"}
        | {*FRAMED},
    ),
    ("white_on_black", "four corners are left out", {*CORNERS, "exactly at the limit"}),
    ("white_on_black", "a corner is missing", {CORNERS[1], "exactly at the limit"}),
    (
        "white_on_black",
        "most pixels",
        {*CORNERS, "hardly, and not quite", "one light side"},
    ),
    ("white_on_black", "too high", {"hardly, and not quite", CORNERS[1]}),
    ("white_on_black", "too low", {"hardly, and not quite", "exactly at the limit", CORNERS[1]}),
    ("white_on_black", "exactly 127.5", {"exactly at the limit"}),
    ("white_on_black", "the last row is missing", {"one light side", CORNERS[1]}),
    ("white_on_black", "the first row is missing", {"one light side", CORNERS[1]}),
    (
        "kind_of_output",
        "too much room",
        {"rows that add up to 1.0018", "logarithms of sums of 0.9982", *ONE_OFF},
    ),
    ("in_both", "these are pairs", {"thrice in the training set"}),
    ("in_both", "a set drops doubles", {"twice in the test set"}),
    ("in_both", "end to end", {"half of one image, half of the next"}),
    ("in_both", "one image must have them all", {"upper half of one, lower half of another"}),
    ("in_both", "the square of 16", {"brighter by 16 here and there"}),
    ("in_both", "mirrored", {"mirrored, and one in both"}),
    (
        "in_both",
        "equal sums are not",
        {"the same sum", "the same sums of columns", "the same sums of rows and columns"}
        | {"mirrored, and one in both"},
    ),
    ("in_both", "rows or columns with", {"the same sums of rows and columns"}),
    (
        "in_both",
        "first rows alone",
        {"the first row in both", "upper half of one, lower half of another"},
    ),
    ("in_both", "corners alone", {"the same corners"}),
    (
        "in_both",
        "one equal row",
        {"a row in both", "the first row in both", "nearly the same", "the same corners"}
        | {"upper half of one, lower half of another"},
    ),
    (
        "in_both",
        "yes or no",
        {"two of five", "twice in the test set", "at the same place"},
    ),
]
