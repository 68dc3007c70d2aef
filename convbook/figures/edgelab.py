"""A kernel at the ends of a signal."""

import numpy as np
from traitlets import Enum

from convbook.figures.base import Figure, Whole, module, numbers
from convbook.ops import same_padding

MODES = {"zeros": "constant"} | {m: m for m in ("edge", "symmetric", "reflect", "wrap")}


class EdgeLab(Figure):
    """A signal, what a border mode puts around it, the outputs, and how often each number is used.

    The kernel has `size` numbers, -1 first and 1 last, and subtracts the first number under it
    from the last. But for "valid" as much is padded as Keras pads for "same".
    """

    name, height = "edgelab", (1018, 1119)
    seen = (
        "Three bar charts, one below the other: the numbers, and at both ends what was invented, "
        "hatched unless it is zero; the outputs; and how many windows use each number."
    )
    _esm = module("edgelab")
    signal = numbers(7, 8)
    size = Whole(3, min=1, max=7).tag(sync=True)
    mode = Enum(["valid", *MODES], "zeros").tag(sync=True)
    stride = Whole(1, min=1, max=4).tag(sync=True)
    place = Whole(0, min=0, max=7).tag(sync=True)

    def __init__(self, signal=(2, 3, 4, 5, 6, 7, 8, 9), **more):
        super().__init__(signal=signal, **more)

    def still(self, drawing):
        signal, before, after = np.array(self.signal), 0, 0
        if self.mode != "valid":
            before, after = same_padding(len(signal), self.size, stride=self.stride)
            signal = np.pad(signal, (before, after), mode=MODES[self.mode])
        windows = np.lib.stride_tricks.sliding_window_view(signal, self.size)[:: self.stride]
        outputs = windows[:, -1] - (windows[:, 0] if self.size > 1 else 0)
        starts = np.arange(len(outputs)) * self.stride - before
        place = np.arange(len(self.signal))
        used = [((starts <= i) & (i < starts + self.size)).sum() for i in place]
        upper, middle, lower = drawing.subplots(3, 1, sharex=True)
        inside = np.arange(len(signal)) - before
        invented = (inside < 0) | (inside >= len(self.signal))
        upper.bar(inside[~invented], signal[~invented], color="0.4")
        upper.bar(inside[invented], signal[invented], color="1", edgecolor="0.4", hatch="//")
        middle.bar(starts + (self.size - 1) / 2, outputs, color="0.4")
        lower.bar(place, used, color="0.4")
        for axes, label in ((upper, "padded"), (middle, "output"), (lower, "used")):
            axes.set_ylabel(label)
