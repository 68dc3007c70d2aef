"""A kernel slides over a signal."""

import numpy as np
from traitlets import Bool

from convbook.figures.base import Figure, Whole, module, numbers


class Slide(Figure):
    """A kernel over a signal: correlation or convolution, with products and indices."""

    name, height = "slide", (868, 965)
    seen = (
        "Three charts with a bar for each number: above, the signal; below it, the shorter "
        "kernel; below that, the results."
    )
    _esm = module("slide")
    signal = numbers(5, 6)
    kernel = numbers(1, 5)
    flip = Bool(False).tag(sync=True)
    full = Bool(False).tag(sync=True)
    place = Whole(0, min=0, max=9).tag(sync=True)

    def __init__(self, signal=(0, 1, 0, 0, 2, 0), kernel=(1, 2, 3), **more):
        super().__init__(signal=signal, kernel=kernel, **more)

    def still(self, drawing):
        operation = np.convolve if self.flip else np.correlate
        result = operation(self.signal, self.kernel, "full" if self.full else "valid")
        rows = {"signal": self.signal, "kernel": self.kernel, "result": result}
        for axes, (label, values) in zip(drawing.subplots(3, 1), rows.items(), strict=True):
            axes.bar(range(len(values)), values, color="0.4")
            axes.set(xticks=range(len(values)), ylabel=label)
