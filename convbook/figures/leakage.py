"""The best of many equal networks, and what it is worth on fresh digits."""

import numpy as np
from scipy.stats import binom
from traitlets import Bool

from convbook.figures.base import Figure, Number, Whole, module

TRUE = 0.98


class LeakageSimulator(Figure):
    """Searches among networks that are all right in 98 of 100 digits: the best looks better.

    candidates: networks a search tries; digits: on which each is measured; claim: a marker, in
    points above the truth; fresh: measure the winners again; seed: of the searches drawn.
    """

    name, height = "leakage", (984, 1010)
    seen = (
        "Two curves of how often reported minus true accuracy takes each value. On fresh digits, "
        "dashed, it is wide, around zero; for the best network it is narrow, and right of zero."
    )
    _esm = module("leakage")
    candidates = Whole(20, min=1, max=50).tag(sync=True)
    digits = Whole(3300, min=300, max=10000).tag(sync=True)
    claim = Number(0, min=0, max=2).tag(sync=True)
    fresh = Bool(False).tag(sync=True)
    seed = Whole(0, min=0, max=9999).tag(sync=True)

    def still(self, drawing):
        k = np.arange(self.digits + 1)
        points = 100 * (k / self.digits - TRUE)
        rows = {"fresh digits": 1, f"best of {self.candidates}": self.candidates}
        axes = drawing.subplots()
        for style, (label, m) in zip(("--", "-"), rows.items(), strict=True):
            chances = np.diff(binom.cdf(k, self.digits, TRUE) ** m, prepend=0)
            axes.plot(points, chances, f"k{style}", label=label)
        axes.set(xlim=(-2.2, 2.2), yticks=[], xlabel="reported minus true accuracy, in points")
        axes.legend()
