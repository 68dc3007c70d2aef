"""A pattern is searched for in an image, by three kinds of score."""

import numpy as np
from traitlets import Enum

from convbook import ops
from convbook.figures.base import Figure, Whole, module


class FindPattern(Figure):
    """A plus and a bright block in an image: which of them does a score find?"""

    name, height = "findpattern", (870, 1369)
    seen = (
        "A dark image of 7 by 12 pixels with a faint plus on its left and a bright block on its "
        "right; beside it the map of the scores, with a ring at each of the largest."
    )
    _esm = module("findpattern")
    score = Enum(["dot product", "zero-mean", "normalised"], "dot product").tag(sync=True)
    plus = Whole(1, min=0, max=9).tag(sync=True)
    block = Whole(9, min=0, max=9).tag(sync=True)
    ground = Whole(0, min=0, max=9).tag(sync=True)
    row = Whole(2, min=0, max=4).tag(sync=True)
    column = Whole(1, min=0, max=9).tag(sync=True)

    def still(self, drawing):
        pattern = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
        image = np.full((7, 12), self.ground)
        image[2:5, 1:4][pattern == 1] = self.plus
        image[1:6, 6:11] = self.block
        if self.score == "normalised":
            scores = ops.normalised_correlation2d(image, pattern)
        else:
            mean = pattern.mean() if self.score == "zero-mean" else 0
            scores = ops.correlate2d(image, pattern - mean)
        left, right = drawing.subplots(1, 2)
        left.imshow(image, cmap="gray", vmin=0, vmax=9)
        limit = np.abs(scores).max()
        right.imshow(scores, cmap="PuOr_r", vmin=-limit, vmax=limit)
        rows, columns = np.nonzero(scores > scores.max() - 1e-9)
        right.plot(columns, rows, "o", color="white", mfc="none")
        left.set_title("image")
        right.set_title(self.score)
        for axes in (left, right):
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
