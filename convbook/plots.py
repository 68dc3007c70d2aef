"""The figures of the course. Each function draws, and returns the figure it drew on."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import PercentFormatter

from convbook.ops import receptive_field

plt.style.use(Path(__file__).with_name("course.mplstyle"))

SIGNED = "PuOr_r"  # negative purple, zero white, positive orange


def images(pictures, titles=None, *, columns=10, signed=False, size=0.75):
    """Draw pictures (N, H, W) as a sheet of `columns` columns, row by row.

    All share one scale: 0 to the largest value in grey, or, if `signed`, a
    scale that is symmetric about 0 (purple negative, orange positive).
    titles: N short texts. size: inches a picture.
    """
    pictures = np.asarray(pictures)
    rows = -(-len(pictures) // columns)
    high = np.abs(pictures).max() or 1
    scale = {"cmap": SIGNED, "vmin": -high} if signed else {"cmap": "gray", "vmin": 0}
    height = size * (1.35 if titles is not None else 1)
    figure, axes = plt.subplots(rows, columns, figsize=(size * columns, height * rows))
    for i, ax in enumerate(np.atleast_1d(axes).flat):
        ax.axis("off")
        if i < len(pictures):
            ax.imshow(pictures[i], vmax=high, **scale)
            if titles is not None:
                ax.set_title(str(titles[i]), fontsize=10, pad=2)
    return figure


def response(image, kernel, result):
    """Draw an image (H, W), a kernel (kh, kw) with its numbers, and what came of them.

    The image is grey; kernel and result share signed colours, each symmetric
    about 0.
    """
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.9), width_ratios=(3, 2, 3))
    axes[0].imshow(image, cmap="gray")
    for ax, values in ((axes[1], kernel), (axes[2], result)):
        high = np.abs(values).max() or 1
        ax.imshow(values, cmap=SIGNED, vmin=-high, vmax=high)
    for (row, column), value in np.ndenumerate(kernel):
        colour = "white" if abs(value) > 0.7 * np.abs(kernel).max() else "black"
        axes[1].text(column, row, f"{value:g}", ha="center", va="center", fontsize=14, color=colour)
    for ax, title in zip(axes, ("image", "kernel", "result"), strict=True):
        ax.set_title(title)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    return figure


def signals(**values):
    """Draw 1-D signals below each other as stems, one panel a keyword."""
    figure, axes = plt.subplots(len(values), 1, figsize=(6.4, 1.35 * len(values)), sharex=True)
    for i, (ax, (name, signal)) in enumerate(zip(np.atleast_1d(axes), values.items(), strict=True)):
        ax.axhline(0, color="0.7", linewidth=1)
        ax.stem(np.arange(len(signal)), signal, linefmt=f"C{i}-", markerfmt=f"C{i}o", basefmt=" ")
        ax.margins(y=0.15)
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    ax.set_xlabel("index")
    return figure


def learning_curves(history):
    """Draw loss and accuracy of a Keras history over the epochs.

    Validation values are measured at an epoch's end. Training values are
    averages over the epoch, so they are drawn at its middle.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3))
    epochs = np.arange(1, len(history["loss"]) + 1)
    for ax, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        ax.plot(epochs - 0.5, history[quantity], "o--", label="training")
        ax.plot(epochs, history[f"val_{quantity}"], "s-", label="validation")
        ax.set(xlabel="epochs of training", ylabel=quantity, xlim=(0, epochs[-1] + 0.3))
    axes[0].set_ylim(bottom=0)
    axes[1].legend(loc="lower right")
    return figure


def confusion(counts):
    """Draw a confusion matrix (C, C): row = true class, column = prediction.

    The diagonal, which is right and large, is left white; mistakes are
    coloured by their number.
    """
    mistakes = np.array(counts) * (1 - np.eye(len(counts), dtype=int))
    figure, ax = plt.subplots(figsize=(5, 4.6))
    ax.imshow(mistakes, cmap="Oranges", vmax=1.5 * mistakes.max())
    for (row, column), count in np.ndenumerate(counts):
        right = row == column
        ax.text(
            column, row, count, ha="center", va="center",
            fontsize=8 if right else 11, color="0.4" if right or not count else "black",
        )  # fmt: skip
    ticks = range(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="predicted digit", ylabel="true digit")
    return figure


def curves(x, *, xlabel, ylabel, **values):
    """Draw curves over x, one a keyword; with more than one, a legend names them."""
    figure, ax = plt.subplots(figsize=(6.4, 3))
    ax.axhline(0, color="0.7", linewidth=1)
    for (name, y), style in zip(values.items(), ("o-", "s--", "^:", "d-."), strict=False):
        ax.plot(x, y, style, markersize=5, label=name.replace("_", " "))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(values) > 1:
        ax.legend()
    return figure


def cell(weights, **cuts):
    """Draw the weights (k, k) of one cell in signed colours, and cuts (k,) through it as curves.

    The colours saturate at half of the largest weight, so that a weak surround is seen.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3), width_ratios=(2, 3))
    high = np.abs(weights).max() / 2
    axes[0].imshow(weights, cmap=SIGNED, vmin=-high, vmax=high)
    axes[0].set(xticks=[], yticks=[], title="weights")
    axes[0].spines[:].set_visible(False)
    axes[1].axhline(0, color="0.7", linewidth=1)
    offsets = np.arange(len(weights)) - len(weights) // 2
    for (name, cut), style in zip(cuts.items(), ("--", ":", "-"), strict=False):
        axes[1].plot(offsets, cut, style, label=name)
    axes[1].set(xlabel="pixels from the middle", ylabel="weight")
    axes[1].legend(handlelength=1.4, loc="upper left", fontsize=11)
    return figure


def probes(pictures, places, responses, titles):
    """Draw pictures in a row, in each a circle at every place: the fuller, the larger the response.

    pictures (N, H, W); places: (row, column) of each cell; responses (N, cells),
    not negative; titles: N short texts.
    """
    figure, axes = plt.subplots(1, len(pictures), figsize=(7.2, 2.3))
    rows, columns = np.transpose(places)
    full = np.max(responses) or 1
    for ax, picture, response, title in zip(axes, pictures, responses, titles, strict=True):
        ax.imshow(picture, vmin=0, vmax=1.3 * np.max(pictures))
        colours = plt.get_cmap("Oranges")(np.asarray(response) / full * 0.7)
        colours[np.asarray(response) < full / 100, 3] = 0  # silent: an empty circle
        ax.scatter(columns, rows, s=95, c=colours, edgecolors="C1", linewidths=1.8)
        ax.set_title(title)
        ax.set(xticks=[], yticks=[])
    return figure


def borders(before, after, **rows):
    """Draw rows of numbers below each other, the first `before` and last `after` of each tinted."""
    length = max(len(row) for row in rows.values())
    figure, ax = plt.subplots(figsize=(6.4, 0.5 * len(rows)))
    for y, row in enumerate(rows.values()):
        for x, value in enumerate(row):
            inside = before <= x < len(row) - after
            face = "white" if inside else "#fdd9b0"
            ax.add_patch(plt.Rectangle((x, y), 0.94, 0.86, facecolor=face, edgecolor="0.5"))
            ax.text(x + 0.47, y + 0.45, f"{value:g}", ha="center", va="center", fontsize=13)
    ax.set(xlim=(-0.05, length), ylim=(len(rows), -0.05), xticks=[])
    ax.set_yticks(np.arange(len(rows)) + 0.45, rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return figure


def counts(**grids):
    """Draw tables of whole numbers side by side, each number on a shade of its size."""
    figure, axes = plt.subplots(1, len(grids), figsize=(3.6 * len(grids), 3.9), squeeze=False)
    high = max(np.max(grid) for grid in grids.values())
    for ax, (name, grid) in zip(axes.flat, grids.items(), strict=True):
        ax.imshow(grid, cmap="Blues", vmin=0, vmax=2 * high)
        for (row, column), value in np.ndenumerate(grid):
            ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=13)
        ax.set_title(name.replace("_", " "))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    return figure


def weight_matrices(tables, *, columns=2):
    """Draw matrices of weight numbers, titled: same number, same colour, same letter.

    tables: {title: (rows, columns) integers}; 0 means no connection and stays
    white, 1 is the weight "a", 2 is "b" and so on, at most 26. Odd numbers are
    orange, even ones purple, so that neighbours differ for everybody.
    """
    rows = -(-len(tables) // columns)
    height = sum(7.2 / columns * np.divide(*np.shape(t)) for t in tables.values()) / columns
    figure, axes = plt.subplots(rows, columns, figsize=(7.2, height + 0.4 * rows), squeeze=False)
    for ax, (title, numbers) in zip(axes.flat, tables.items(), strict=True):
        numbers = np.asarray(numbers)
        strength = 0.3 + 0.7 * ((numbers - 1) // 2 * 0.618 % 1)  # the golden ratio spreads them
        value = np.where(numbers % 2, strength, -strength) * (numbers > 0)
        ax.pcolormesh(value, cmap=SIGNED, vmin=-1.7, vmax=1.7, edgecolors="0.8", linewidth=0.5)
        for row, column in np.argwhere(numbers):
            letter = chr(ord("a") - 1 + numbers[row, column])
            ax.text(column + 0.5, row + 0.5, letter, ha="center", va="center")
        ax.set_title(title, fontsize=12)
        ax.set(xticks=[], yticks=[], aspect="equal")
        ax.invert_yaxis()
        ax.spines[:].set_visible(False)
    return figure


def seed_dots(groups, *, ylabel):
    """Draw one dot a value for {group: {series: values}}, and the mean of each as a line.

    Groups stand side by side; each series has one colour and one marker.
    """
    figure, ax = plt.subplots()
    for x, series in enumerate(groups.values()):
        for i, (name, values) in enumerate(series.items()):
            centre = x + 0.36 * (i - (len(series) - 1) / 2)
            spread = centre + np.linspace(-0.09, 0.09, len(values))
            label = None if x else name
            ax.hlines(np.mean(values), centre - 0.15, centre + 0.15, color=f"C{i}")
            ax.plot(spread, values, "os^D"[i % 4], color=f"C{i}", markersize=5, label=label)
    ax.set_xticks(range(len(groups)), groups)
    ax.margins(y=0.1)
    ax.set(ylabel=ylabel, xlim=(-0.5, len(groups) - 0.5), ylim=(0, None))
    ax.legend()
    return figure


def seed_bands(x, curves, *, xlabel, ylabel):
    """Draw the mean of each curve over x, and a band from its smallest to its largest value.

    curves: {name: (seeds, len(x))}, one row a seed. Names stand in a legend
    whose order is that of the curves' mean height.
    """
    figure, ax = plt.subplots(figsize=(6.4, 3.8))
    curves = {name: np.asarray(values) for name, values in curves.items()}
    names = sorted(curves, key=lambda name: -curves[name].mean())
    for i, name in enumerate(names):
        values = curves[name]
        ax.fill_between(x, values.min(axis=0), values.max(axis=0), color=f"C{i}", alpha=0.25)
        ax.plot(x, values.mean(axis=0), f"{'os^D'[i % 4]}-", color=f"C{i}", label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, 1.02), xticks=x)
    ax.legend(fontsize=11)
    return figure


def cones(length, layers, names, *, unit, pixel):
    """Draw a stack of 1-D layers twice: what one unit sees, and what one pixel reaches.

    length: input pixels; layers: a list of (kernel, stride), lowest first, with
    `names`. Each unit stands over the middle of what it sees in the input.
    unit: index in the highest layer; pixel: index in the input.
    """
    figure, axes = plt.subplots(2, 1, figsize=(7.2, 5.2))
    for height in range(len(layers) + 1):
        size, jump, start = receptive_field(layers[:height])
        above, step, first = receptive_field(layers[height:])
        n = (length - start - size) // jump + 1
        for u in range(n):
            seen = 0 <= u - first - unit * step < above
            reached = 0 <= pixel - start - u * jump < size
            centre = start + u * jump + (size - 1) / 2
            for ax, lit, colour in zip(axes, (seen, reached), ("C5", "C4"), strict=True):
                style = {"facecolor": colour if lit else "0.93", "edgecolor": "0.4"}
                box = {"boxstyle": "square,pad=0.35", "linewidth": 2 if lit else 0.5, **style}
                ax.text(centre, height, u, ha="center", va="center", fontsize=11, bbox=box)
    titles = (f"what unit {unit} at the top sees", f"what pixel {pixel} at the bottom reaches")
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, fontsize=12)
        ax.set_yticks(range(len(names)), names)
        ax.set(xticks=[], xlim=(-0.7, length - 0.3), ylim=(-0.5, len(layers) + 0.5))
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    return figure


def label_curves(labels, **accuracies):
    """Draw accuracy over the number of labels, a curve for each keyword: (sizes, seeds).

    The line joins the means of the seeds; each seed is a dot.
    """
    figure, ax = plt.subplots(figsize=(6.4, 3.6))
    for i, (name, values) in enumerate(accuracies.items()):
        mark, line = "os^D"[i % 4], ["-", "--", ":", "-."][i % 4]
        values = np.asarray(values)
        ax.plot(labels, values.mean(axis=1), f"C{i}{line}{mark}", label=name.replace("_", " "))
        ax.plot(np.repeat(labels, values.shape[1]), values.ravel(), f"C{i}{mark}", alpha=0.5)
    ax.set(xscale="log", xlabel="number of labels", ylabel="accuracy")
    ax.set_xticks(labels, labels, minor=False)
    ax.minorticks_off()
    ax.legend(loc="lower right")
    return figure


def numbers(tables, *, columns=None, mark=None, height=2.6):
    """Draw small tables, a dict of title and array (H, W), with each number in its cell.

    All share signed colours, symmetric about 0 and pale enough to read the
    numbers; None leaves a place empty. columns: tables a row, by default all.
    mark: (i, j), the place in the last table that is to be framed, with the
    patch it came from in the first; the second table is the kernel.
    """
    shown = {title: np.asarray(table) for title, table in tables.items() if table is not None}
    columns = columns or len(tables)
    rows = -(-len(tables) // columns)
    widths = [table.shape[1] for table in shown.values()][:columns]
    figure, axes = plt.subplots(rows, columns, figsize=(7.2, height * rows), width_ratios=widths)
    for ax, title in zip(np.ravel(axes), [*tables, *[None] * (rows * columns)], strict=False):
        ax.axis("off")
        if title in shown:
            _number_table(ax, shown[title], title)
    if mark:
        first, kernel, *_, last = shown.values()
        _frame(np.ravel(axes)[0], mark, kernel.shape)
        _frame(np.ravel(axes)[len(tables) - 1], mark, (1, 1))
    return figure


def _number_table(ax, table, title):
    """Draw one table; its largest number has a third of the full colour."""
    high = 2.5 * np.abs(table).max() or 1
    ax.imshow(table, cmap=SIGNED, vmin=-high, vmax=high)
    for (row, column), value in np.ndenumerate(table):
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=14)
    height, width = table.shape
    ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, color="0.8", linewidth=1)
    ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, color="0.8", linewidth=1)
    ax.set_title(title)


def _frame(ax, place, shape):
    """Frame `shape` rows and columns from `place` = (row, column) on."""
    row, column = place
    corner, size = (column - 0.5, row - 0.5), shape[::-1]
    frame = plt.Rectangle(corner, *size, fill=False, linewidth=3, clip_on=False, zorder=3)
    return ax.add_patch(frame)


def maps(image, results, *, columns=2, peaks=False, size=2.4):
    """Draw an image (H, W) or (H, W, 3) and what was computed from it.

    results: a dict of title and map (H', W'). Each map has signed colours of
    its own, symmetric about 0, and lies centred on the image, so that without
    padding each number stands in the middle of its patch. peaks: ring the
    largest number of each map.
    size: inches from top to bottom of a panel.
    """
    rows = -(-(len(results) + 1) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(7.2, size * rows))
    for ax in np.ravel(axes):
        ax.axis("off")
    first, *others = np.ravel(axes)
    first.imshow(image, cmap="gray")
    first.set_title("image")
    for ax, (title, result) in zip(others, results.items(), strict=False):
        high = np.abs(result).max() or 1
        top, left = (np.array(np.shape(image)[:2]) - result.shape) / 2
        down, right = top + result.shape[0], left + result.shape[1]
        extent = (left - 0.5, right - 0.5, down - 0.5, top - 0.5)
        ax.imshow(result, cmap=SIGNED, vmin=-high, vmax=high, extent=extent)
        ax.set(title=title, xlim=first.get_xlim(), ylim=first.get_ylim())
        # A frame, because what is zero is as white as the page.
        _frame(ax, (0, 0), np.shape(image)[:2]).set(linewidth=1, edgecolor="0.6")
        if peaks:
            row, column = np.unravel_index(np.argmax(result), result.shape)
            ax.plot(left + column, top + row, "ko", markersize=20, fillstyle="none")
    return figure


def ladder(names, seconds, accuracies, intervals):
    """Draw recipes below each other: a bar for the CPU seconds, a point for the accuracy.

    intervals: ``(low, high)`` of each accuracy, drawn as a line through its point.
    """
    figure, axes = plt.subplots(
        1, 2, figsize=(7.2, 0.42 * len(names) + 0.9), sharey=True, width_ratios=(2, 3)
    )
    rows = np.arange(len(names))
    axes[0].barh(rows, seconds, height=0.6, color="C0")
    axes[1].hlines(rows, *np.transpose(intervals), color="0.6", linewidth=4)
    axes[1].plot(accuracies, rows, "o", color="C1", markersize=8)
    axes[1].grid(axis="x", color="0.9")
    axes[1].xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes[0].set(yticks=rows, yticklabels=names, xlabel="CPU seconds")
    axes[1].set_xlabel("validation accuracy")
    axes[0].invert_yaxis()
    return figure


def frontier(work, accuracy, kinds):
    """Draw accuracy (N,) against work (N,) on a logarithmic axis, one marker a kind.

    kinds: N short texts. The grey steps lead from one point that no other
    beats, neither cheaper nor better, to the next.
    """
    work, accuracy, kinds = np.asarray(work), np.asarray(accuracy), np.asarray(kinds)
    figure, ax = plt.subplots(figsize=(6.4, 4))
    order = np.lexsort((-accuracy, work))
    best = np.maximum.accumulate(accuracy[order])
    ax.step(work[order], best, where="post", color="0.6", zorder=0)
    for kind, marker in zip(dict.fromkeys(kinds), "o^sDv", strict=False):
        mine = kinds == kind
        ax.plot(work[mine], accuracy[mine], marker, markersize=9, alpha=0.85, label=kind)
    ax.set(xscale="log", xlabel="multiply-adds of the training", ylabel="validation accuracy")
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    ax.grid(axis="y", color="0.9")
    ax.legend(loc="lower right", fontsize=11)
    return figure


def curves_side_by_side(histories):
    """Draw loss (above) and accuracy (below) of several histories, one column each.

    histories: a dict of title and Keras history. Training dashed, at the middle of its epoch;
    validation solid. A ring marks the lowest validation loss and the highest validation accuracy.
    """
    figure, axes = plt.subplots(2, len(histories), figsize=(7.2, 5), sharex=True, sharey="row")
    for column, (title, history) in zip(axes.T, histories.items(), strict=True):
        epochs = np.arange(1, len(history["loss"]) + 1)
        for ax, quantity, pick in zip(
            column, ("loss", "accuracy"), (np.argmin, np.argmax), strict=True
        ):
            validation = history[f"val_{quantity}"]
            best = pick(validation)
            ax.plot(epochs - 0.5, history[quantity], "--", label="training")
            ax.plot(epochs, validation, label="validation")
            ax.plot(best + 1, validation[best], "ko", markersize=10, fillstyle="none")
        column[0].set_title(title)
        column[1].set_xlabel("epochs of training")
    axes[0, 0].set(ylabel="loss", ylim=(0, None))
    axes[1, 0].set(ylabel="accuracy", xticks=range(0, len(epochs) + 1, 5))
    axes[0, 0].legend()
    return figure


def accuracy_band(accuracy, level, low, high):
    """Draw accuracies over the epochs, on a grey band from `low` to `high` about one `level`."""
    figure, ax = plt.subplots(figsize=(6.4, 3))
    epochs = np.arange(1, len(accuracy) + 1)
    ax.axhspan(low, high, color="0.88", label="95 % interval")
    ax.axhline(level, color="0.5", linewidth=1)
    ax.plot(epochs, accuracy, "s-", color="C1", label="validation")
    ax.set(xlabel="epochs of training", ylabel="accuracy", xticks=range(5, len(epochs) + 1, 5))
    ax.legend(loc="lower right")
    return figure


def seeds(val_losses):
    """Draw one curve of validation losses a seed, (seeds, epochs); a ring marks each minimum."""
    figure, ax = plt.subplots(figsize=(6.4, 3))
    for i, losses in enumerate(val_losses):
        best = np.argmin(losses)
        ax.plot(np.arange(1, len(losses) + 1), losses, color=f"C{i}", label=f"seed {i}")
        ax.plot(best + 1, losses[best], "o", color=f"C{i}", markersize=10, fillstyle="none")
    ax.set(xlabel="epochs of training", ylabel="validation loss")
    ax.legend()
    return figure


def optimism(differences):
    """Draw histograms of reported minus true accuracy, in points, one panel a dict entry."""
    figure, axes = plt.subplots(
        len(differences), 1, figsize=(6.4, 1.5 * len(differences) + 0.5), sharex=True, sharey=True
    )
    for ax, (name, values) in zip(np.atleast_1d(axes), differences.items(), strict=True):
        points = 100 * np.asarray(values)
        ax.hist(points, bins=np.arange(-2.5, 2.6, 0.2), color="C0")
        ax.axvline(0, color="black", linewidth=1)
        ax.axvline(points.mean(), color="C1", linestyle="--")
        ax.set_title(f"{name}: mean {points.mean():+.2f}", fontsize=12, loc="left")
        ax.set_yticks([])
    ax.set_xlabel("reported minus true accuracy, in points")
    return figure
