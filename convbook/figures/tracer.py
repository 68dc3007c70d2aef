"""What a unit in a stack of layers sees, and what a pixel reaches."""

import numpy as np
from traitlets import List, TraitError, validate

from convbook.figures.base import Figure, Whole, module
from convbook.ops import receptive_field

PIXELS = 18


class FieldTracer(Figure):
    """A stack of layers on a row of 18 pixels: pick any place, and see its cones.

    layers: up to five, lowest first: (kernel, stride) or (kernel, stride, padding on both sides);
    level: where the picked place is, 0 being the input; unit: which one it is there.
    """

    name, height = "tracer", (877, 947)
    seen = (
        "A row of pixels with rows of units above it. One unit at the top is picked, and below it "
        "a cone opens to all the pixels that it sees."
    )
    _esm = module("tracer")
    layers = List(List(Whole()), minlen=1, maxlen=5).tag(sync=True)
    level = Whole(3, min=0, max=5).tag(sync=True)
    unit = Whole(2, min=0, max=22).tag(sync=True)

    def __init__(self, layers=((3, 2), (3, 1), (3, 1)), **more):
        super().__init__(layers=layers, **more)

    @validate("layers")
    def _layers_are_layers(self, proposal):
        layers = [[*layer, 0] if len(layer) == 2 else layer for layer in proposal.value]
        for layer in layers:
            kernel, stride, padding = layer if len(layer) == 3 else (0, 0, 0)
            if not (1 <= kernel <= 5 and 1 <= stride <= 3 and 0 <= padding <= min(2, kernel // 2)):
                raise TraitError(
                    "layers must be kernels of 1 to 5 with strides of 1 to 3 and a padding of at "
                    f"most 2 and half the kernel, not {layer}"
                )
        return layers

    def still(self, drawing):
        axes = drawing.subplots()
        heights = range(len(self.layers) + 1)
        level = min(self.level, heights[-1])
        for height in heights:
            r, j, start = receptive_field(self.layers[:height])
            units = np.arange((PIXELS - 2 * start - r) // j + 1)
            size, jump, first = receptive_field(
                self.layers[min(height, level) : max(height, level)]
            )
            low, high = (units, self.unit) if height <= level else (self.unit, units)
            lit = (low >= first + high * jump) & (low < first + high * jump + size)
            centres = start + units * j + (r - 1) / 2
            colours = np.where(lit, "C5", "0.9")
            axes.scatter(centres, 0 * units + height, 120, colours, marker="s", edgecolors="0.4")
        axes.set_yticks(heights, ["input", *(f"layer {n}" for n in heights[1:])])
        axes.set(xlabel="pixel", xticks=range(PIXELS), ylim=(-0.5, heights[-1] + 0.5))
