"""Standing on a trained network."""

import numpy as np
from scipy import ndimage


def by_sums(digit):
    digit = digit / digit.max()
    rows, columns = np.indices(digit.shape)
    out = np.zeros((28, 28), dtype="uint8")
    place = []
    for index, size in zip((rows, columns), digit.shape, strict=True):
        centre = (index * digit).sum() / digit.sum()
        place.append(int(np.clip(int(14 - centre + 0.5), 0, 28 - size)))
    for i in range(digit.shape[0]):
        for j in range(digit.shape[1]):
            out[place[0] + i, place[1] + j] = round(digit[i, j] * 255)
    return out


def by_padding(digit):
    top, left = np.rint(14 - np.array(ndimage.center_of_mass(digit.astype("float32"))))
    top, left = max(int(top), 0), max(int(left), 0)
    height, width = digit.shape
    top, left = top - max(top + height - 28, 0), left - max(left + width - 28, 0)
    around = ((top, 28 - top - height), (left, 28 - left - width))
    return np.pad(np.rint(255.0 / digit.max() * digit).astype(np.uint8), around)


def by_trying(digit):
    ink = digit.astype(float)
    column = ink.sum(axis=0) @ np.arange(ink.shape[1]) / ink.sum()
    row = ink.sum(axis=1) @ np.arange(ink.shape[0]) / ink.sum()

    def best(centre, size):
        return min(range(28 - size + 1), key=lambda first: abs(first + centre - 14))

    top, left = best(row, len(ink)), best(column, ink.shape[1])
    frame = np.zeros((28, 28), np.uint8)
    frame[top:, left:][: len(ink), : ink.shape[1]] = np.uint8(ink / ink.max() * 255 + 0.5)
    print(top, left)
    return frame


MEANS = [123.68, 116.779, 103.939]


def by_colour(images, mode):
    out = np.zeros(images.shape)
    for c in range(3):
        plane = images[..., c].astype(float)
        if mode == "tf":
            out[..., c] = (plane - 127.5) / 127.5
        elif mode == "caffe":
            out[..., 2 - c] = plane - MEANS[c]
        else:
            out[..., c] = plane / 255 - [0.485, 0.456, 0.406][c]
            out[..., c] /= [0.229, 0.224, 0.225][c]
    return out.tolist()


def in_float32(x, mode):
    x = x.astype("float32")
    if mode == "tf":
        x = x / 255 * 2 - 1
    elif mode == "caffe":
        x = x[..., [2, 1, 0]] - np.float32(MEANS[::-1])
    else:
        x = (x - 255 * np.float32([0.485, 0.456, 0.406])) / np.float32([58.395, 57.12, 57.375])
    return x


def by_table(images, mode):
    slope, middle = {
        "tf": (1 / 127.5, 127.5),
        "caffe": (1, np.array(MEANS)),
        "torch": (1 / 255 / np.array([0.229, 0.224, 0.225]), np.array([123.675, 116.28, 103.53])),
    }[mode]
    out = (images - middle) * slope
    return np.flip(out, -1) if mode == "caffe" else out


def by_kind(channels, layers, frozen):
    learns = rest = 0
    for i, layer in enumerate(layers):
        if layer[0] == "conv":
            _, size, filters, bias = layer
            count, channels = size * size * channels * filters + filters * int(bias), filters
        elif layer[0] == "dense":
            count, channels = channels * layer[1] + layer[1], layer[1]
        else:
            count = 2 * channels
            rest += 2 * channels
        if i < frozen:
            rest += count
        else:
            learns += count
    return learns, rest


def by_difference(channels, layers, frozen):
    every, learns = 0, 0
    for place, (kind, *more) in enumerate(layers):
        if kind == "norm":
            sizes = [channels] * 4
        elif kind == "conv":
            sizes = [more[0] ** 2 * channels * more[1], more[1] * more[2]]
            channels = more[1]
        else:
            sizes = [channels * more[0], more[0]]
            channels = more[0]
        every += sum(sizes)
        learns += sum(sizes[:2]) * (place >= frozen)
    return np.array([learns, every - learns])


def recursive(channels, layers, frozen):
    if not layers:
        return [0.0, 0.0]
    (kind, *more), *others = layers
    if kind == "norm":
        here, never, out = 2 * channels, 2 * channels, channels
    else:
        out = more[1] if kind == "conv" else more[0]
        inside = more[0] ** 2 * channels if kind == "conv" else channels
        here, never = inside * out + (out if kind == "dense" or more[2] else 0), 0
    learns, rest = recursive(out, others, frozen - 1)
    return [learns + here * (frozen <= 0), rest + never + here * (frozen > 0)]


def on_rows(x, factor, summand, mean, variance, frozen):
    rows = x.reshape(-1, x.shape[-1])
    m, v = mean, variance
    if not frozen:
        m = rows.sum(axis=0) / len(rows)
        v = ((rows - m) ** 2).sum(axis=0) / len(rows)
        mean, variance = mean + (m - mean) / 10, variance + (v - variance) / 10
    out = [(row - m) * factor / (v + 1e-3) ** 0.5 + summand for row in rows]
    return np.reshape(out, x.shape), mean, variance


def by_channel(x, factor, summand, mean, variance, frozen):
    x = x.astype("float32").copy()
    means, variances = list(mean), list(variance)
    for c in range(x.shape[-1]):
        m, v = (mean[c], variance[c]) if frozen else (np.mean(x[..., c]), np.var(x[..., c]))
        if not frozen:
            means[c] = 0.9 * mean[c] + 0.1 * m
            variances[c] = 0.9 * variance[c] + 0.1 * v
        x[..., c] = factor[c] * (x[..., c] - m) / np.sqrt(v + 0.001) + summand[c]
    return [x, means, variances]


def as_a_line(x, g, b, m, v, frozen):
    axes = tuple(np.arange(x.ndim)[:-1].tolist())
    batch_m = np.mean(x, axes)
    batch_v = np.mean(np.square(x), axes) - batch_m**2
    share = 0 if frozen else 0.1
    used_m, used_v = (m, v) if frozen else (batch_m, batch_v)
    slope = g / np.sqrt(used_v + 0.001)
    return slope * x + (b - slope * used_m), m + share * (batch_m - m), v + share * (batch_v - v)


def in_the_dual(features, labels, strength, new):
    targets = (labels[:, None] == np.arange(labels.max() + 1)) * 1.0
    x = features - features.mean(axis=0)
    gram = x @ x.T + strength * np.eye(len(x))
    dual = np.linalg.inv(gram) @ (targets - targets.mean(0))
    return (new - features.mean(axis=0)) @ x.T @ dual + targets.mean(0)


def with_more_rows(f, y, a, new):
    hot = np.eye(int(y.max()) + 1)[y]
    middle, level = f.mean(0), hot.mean(0)
    x = np.vstack([f - middle, np.sqrt(a) * np.eye(f.shape[1])])
    t = np.vstack([hot - level, np.zeros((f.shape[1], hot.shape[1]))])
    return ((new - middle) @ np.linalg.lstsq(x, t, rcond=None)[0] + level).tolist()


def class_by_class(features, labels, strength, new):
    columns = []
    for c in range(labels.max() + 1):
        target = (labels == c).astype(float)
        x = features - features.mean(axis=0)
        w = np.linalg.solve(
            x.T.dot(x) + strength * np.identity(x.shape[1]), x.T.dot(target - target.mean())
        )
        bias = target.mean() - features.mean(axis=0).dot(w)
        columns.append(new.dot(w) + bias)
    return np.array(columns).T


RIGHT = {
    "into_frame": [by_sums, by_padding, by_trying],
    "backbone_input": [by_colour, in_float32, by_table],
    "count_trainable": [by_kind, by_difference, recursive],
    "batch_norm": [on_rows, by_channel, as_a_line],
    "ridge_head": [in_the_dual, with_more_rows, class_by_class],
}

NEEDED = [
    ("into_frame", "does not fit into a byte", {"bytes"}),
    ("into_frame", "made whole before", {"fractions of ink"}),
    (
        "into_frame",
        "leaves the frame is lost",
        {"heavy on the left", "heavy on the right", "heavy at the top", "heavy at the bottom"},
    ),
    ("backbone_input", "brightest of the batch", {"tf", "tf, floats", "tf, nearly black"}),
    ("backbone_input", "wraps round", {"caffe", "caffe, one pixel"}),
    ("backbone_input", "the images were turned round", {"caffe", "caffe, floats"}),
    ("backbone_input", "by the variance", {"torch", "torch, floats", "torch, nearly black"}),
    ("backbone_input", "divided by 128", {"tf", "tf, floats", "tf, black and white"}),
    ("backbone_input", "only nearly black", {"tf, nearly black", "torch, nearly black"}),
    ("backbone_input", "nothing of the range", {"tf, floats", "torch, floats"}),
    ("count_trainable", "has none to count", {"with a norm", "a block"}),
    ("count_trainable", "two of them, frozen or not", {"a norm that learns", "a block"}),
    (
        "count_trainable",
        "only the last layer",
        {"nothing frozen", "a norm that learns", "a block", "norm first", "all frozen"},
    ),
    ("batch_norm", "over the batch alone", {"images, learning", "rows of an image, learning"}),
    ("batch_norm", "three axes, too", {"rows of an image, learning"}),
    ("batch_norm", "four axes", {"images, learning"}),
    ("batch_norm", "stay as they are", {"frozen", "images, frozen", "one row, frozen"}),
    (
        "batch_norm",
        "by one less",
        {"learning", "images, learning", "as many as channels", "small variance"}
        | {"rows of an image, learning"},
    ),
    ("ridge_head", "has a column too", {"a class without labels"}),
    (
        "ridge_head",
        "always 1",
        {
            "many labels",
            "fewer labels than features",
            "one new",
            "labels as bytes",
            "a class without labels",
        },
    ),
]
