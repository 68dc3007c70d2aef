"""A kernel over a small image."""

import numpy as np
from traitlets import Bool, Enum

from convbook import ops
from convbook.figures.base import Figure, Table, Whole, module


class KernelBench(Figure):
    """An image to paint, a kernel to write, and the patch, products and sum behind each result.

    `image` is 8 x 8, from 0 (dark) to 1 (bright), the kernel 3 x 3. The patch shown is the one
    around pixel (`row`, `column`); `touch` is what a pointer does to the image: "move" the
    patch, or paint "bright" or "dark".
    """

    name, height = "kernelbench", (1037, 1782)
    seen = (
        "An image of 8 by 8 pixels, dark on the left and bright on the right; a kernel of 3 by 3 "
        "numbers; and the map of results, large where the two sides meet."
    )
    _esm = module("kernelbench")
    image = Table([[0, 0, 0, 0, 1, 1, 1, 1]] * 8, 0, 1).tag(sync=True)
    kernel = Table([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).tag(sync=True)
    flip = Bool(False).tag(sync=True)
    row = Whole(3, min=0, max=7).tag(sync=True)
    column = Whole(3, min=0, max=7).tag(sync=True)
    touch = Enum(["move", "bright", "dark"], "move").tag(sync=True)

    def still(self, drawing):
        operation = ops.convolve2d if self.flip else ops.correlate2d
        result = operation(self.image, self.kernel, padding="valid")
        left, middle, right = drawing.subplots(1, 3, width_ratios=(8, 3, 6))
        left.imshow(self.image, cmap="gray", vmin=-0.2, vmax=1)
        for axes, values in ((middle, np.array(self.kernel)), (right, result)):
            high = abs(values).max() or 1
            axes.imshow(values, cmap="PuOr_r", vmin=-high, vmax=high)
            for (i, j), value in np.ndenumerate(values):
                colour = "white" if abs(value) > 0.7 * high else "black"
                axes.text(j, i, f"{value:.2g}", ha="center", va="center", color=colour)
        for axes, title in ((left, "image"), (middle, "kernel"), (right, "result")):
            axes.set(xticks=[], yticks=[], title=title)
            axes.spines[:].set_visible(True)
