"""Four logits, their probabilities, and the loss with one softmax or more."""

import numpy as np
from scipy.special import softmax
from traitlets import Bool

from convbook.figures.base import Figure, Number, Whole, module, numbers


class SoftmaxBench(Figure):
    """Four logits become probabilities and a loss, with one softmax as it should be, or more.

    temperature divides the logits; truth is the true class. twice: the network ends in two
    softmaxes; taken: the loss takes the probabilities for logits and applies one more.
    """

    name, height = "softmax", (848, 915)
    seen = (
        "Four logits as bars to both sides of zero; beside them the probabilities that a softmax "
        "makes of them, and those that a second softmax makes of these."
    )
    _esm = module("softmax")
    logits = numbers(4, 4, -6, 6)
    temperature = Number(1, min=0.25, max=4).tag(sync=True)
    truth = Whole(0, min=0, max=3).tag(sync=True)
    twice = Bool(True).tag(sync=True)
    taken = Bool(False).tag(sync=True)

    def __init__(self, logits=(4, 0, -2, 1), **more):
        super().__init__(logits=logits, **more)

    def still(self, drawing):
        columns = {
            "logits": self.logits,
            "softmax": softmax(np.divide(self.logits, self.temperature)),
        }
        for name in ["again"] * self.twice + ["in the loss"] * self.taken:
            columns[name] = softmax([*columns.values()][-1])
        axes = drawing.subplots(1, len(columns), sharey=True)
        for ax, (name, values) in zip(axes, columns.items(), strict=True):
            colours = ["C0" if i == self.truth else "0.6" for i in range(4)]
            ax.barh(range(4), values, color=colours)
            ax.set(title=name, xlim=None if name == "logits" else (0, 1))
        axes[0].set(ylabel="class", yticks=range(4), ylim=(3.5, -0.5))
