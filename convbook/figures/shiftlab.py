"""A digit moves: what convolution, pooling and four trained networks make of it."""

from functools import cache

import numpy as np
from traitlets import Dict, Enum, List, TraitError, default, validate

from convbook import data
from convbook.figures.base import Figure, Number, Whole, module


@cache
def _digit():
    return data.load_mnist()[1][0][0].tolist()


@cache
def _accuracies():
    """Return the mean over the seeds of each network's accuracy after 0 to 8 pixels."""
    found = {}
    for row in data.load_experiment("shifts")["rows"]:
        found.setdefault(row["network"], {}).setdefault(row["shift"], []).append(row["accuracy"])
    return {
        name: [round(float(np.mean(by_shift[shift])), 4) for shift in range(9)]
        for name, by_shift in found.items()
    }


class ShiftLab(Figure):
    """A digit moved right by 0 to 8 pixels: a map, its pooling, and the accuracy of networks.

    digit: 28 rows of 28 brightnesses from 0 to 255, here the first of the test set; accuracies:
    {network: accuracy after 0, 1, ... 8 pixels}, by default as recorded in data/experiments.
    """

    name, height = "shiftlab", (1003, 1003)
    seen = (
        "A digit that was moved, in white on black; beside it a chart of test accuracy against "
        "the shift, with a curve for each network; all curves fall."
    )
    _esm = module("shiftlab")
    shift = Whole(1, min=0, max=8).tag(sync=True)
    kernel = Enum(["vertical", "horizontal", "blur"], "vertical").tag(sync=True)
    digit = List(List(Whole(min=0, max=255), minlen=28, maxlen=28), minlen=28, maxlen=28)
    accuracies = Dict(List(Number(min=0, max=1), minlen=9, maxlen=9))
    digit.tag(sync=True)
    accuracies.tag(sync=True)

    @default("digit")
    def _first_digit(self):
        return _digit()

    @default("accuracies")
    def _recorded(self):
        return _accuracies()

    @validate("accuracies")
    def _of_a_network(self, proposal):
        if not proposal.value:
            raise TraitError("accuracies must be of at least one network, not {}")
        return proposal.value

    def still(self, drawing):
        left, right = drawing.subplots(1, 2, width_ratios=[1, 2])
        moved = np.pad(self.digit, ((0, 0), (self.shift, 0)))[:, :28]
        left.imshow(moved, cmap="gray")
        left.set(xticks=[], yticks=[], title=f"moved {self.shift} px")
        for (name, accuracies), mark in zip(self.accuracies.items(), "os^D", strict=False):
            right.plot(accuracies, f"{mark}-", label=name.replace("_", " "))
        right.set(xlabel="shift in pixels", ylabel="test accuracy", ylim=(0, 1.02))
        right.legend(fontsize=8)
