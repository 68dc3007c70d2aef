"""Light moves over a centre-surround cell."""

import numpy as np
from traitlets import Bool, Enum, TraitError, validate

from convbook.figures.base import Figure, Whole, module


class RetinaProbe(Figure):
    """A spot, bar, edge or uniform light over an ON- or OFF-centre cell, and the cell's answers.

    The cell has 13 x 13 weights, a Gaussian of sigma 1.2 minus one of 2.4, each of sum 1.
    `size` is the width of a spot or bar in pixels, `place` its middle, 0 that of the cell.
    """

    name, height = "retina", (827, 1415)
    seen = (
        "A spot of light beside the middle of a wide field; the cell's weights, positive in "
        "the middle and negative around it; bars for its answers at all places of the light."
    )
    _esm = module("retina")
    shape = Enum(["spot", "bar", "edge", "uniform"], "spot").tag(sync=True)
    size = Whole(5, min=1, max=13).tag(sync=True)
    place = Whole(-5, min=-8, max=8).tag(sync=True)
    dark = Bool(False).tag(sync=True)
    off = Bool(False).tag(sync=True)

    @validate("size")
    def _odd(self, proposal):
        if proposal.value % 2 == 0:
            raise TraitError(f"size must be odd, not {proposal.value}")
        return proposal.value

    def light(self, place, reach=6):
        """Return the light on columns -reach to reach, the cell's middle being column 0."""
        row, column = np.mgrid[-6:7, -reach : reach + 1]
        lit = {
            "spot": np.hypot(row, column - place) <= self.size / 2,
            "bar": abs(column - place) <= self.size / 2,
            "edge": column >= place,
            "uniform": row == row,
        }
        return lit[self.shape] != self.dark

    def weights(self):
        """Return the cell's weights (13, 13)."""
        row, column = np.mgrid[-6:7, -6:7]
        centre, surround = (np.exp(-(row**2 + column**2) / (2 * s**2)) for s in (1.2, 2.4))
        weights = centre / centre.sum() - surround / surround.sum()
        return -weights if self.off else weights

    def still(self, drawing):
        weights, places = self.weights(), range(-8, 9)
        upper, lower = drawing.subfigures(2, 1)
        left, right = upper.subplots(1, 2, width_ratios=(27, 13))
        left.imshow(self.light(self.place, 13), cmap="gray", vmin=-0.2, vmax=1)
        left.set_title("light")
        high = abs(weights).max() / 2
        right.imshow(weights, cmap="PuOr_r", vmin=-high, vmax=high)
        right.set_title("weights")
        for axes in (left, right):
            axes.set(xticks=[], yticks=[])
        axes = lower.subplots()
        axes.bar(places, [(self.light(place) * weights).sum() for place in places], color="0.4")
        axes.set(xlabel="place of the light", xticks=range(-8, 9, 2), ylabel="answer")
