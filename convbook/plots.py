"""The figures of the course. Each function draws, and returns the figure it drew on."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

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
        axes[1].text(column, row, f"{value:g}", ha="center", va="center", fontsize=14)
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
