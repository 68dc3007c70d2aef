"""The logs of two trainings, uncovered epoch by epoch."""

import numpy as np
from traitlets import Bool, Dict, Enum, List, TraitError, validate

from convbook import data
from convbook.figures.base import Figure, Number, Whole, module

COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")


class CurveReader(Figure):
    """Two logs; where would you stop, and which of the wiggles mean something?

    logs: {"dense": history, "cnn": history}, by default what the lecture printed; digits: how many
    digits each validation accuracy was measured on.
    """

    name, height = "curves", (1014, 1015)
    seen = (
        "Loss and accuracy of the lecture's dense network over 20 epochs. Its validation loss is "
        "lowest after epoch 5, its validation accuracy highest after epoch 15."
    )
    _esm = module("curves")
    logs = Dict(Dict(List(Number(), minlen=2, maxlen=60))).tag(sync=True)
    digits = Whole(3300, min=1).tag(sync=True)
    network = Enum(["dense", "cnn"], "dense").tag(sync=True)
    stop = Whole(3, min=1, max=60).tag(sync=True)
    shift = Bool(True).tag(sync=True)
    band = Bool(False).tag(sync=True)

    def __init__(self, logs=None, **more):
        logs = data.load_lecture_logs() if logs is None else logs
        super().__init__(logs=logs, **more)

    @validate("logs")
    def _four_columns_each(self, proposal):
        logs = proposal["value"]
        try:
            logs = {n: {c: logs[n][c] for c in COLUMNS} for n in ("dense", "cnn")}
        except KeyError as missing:
            raise TraitError(f"logs: no {missing} among dense, cnn and {COLUMNS}") from None
        if any(len({len(column) for column in log.values()}) > 1 for log in logs.values()):
            raise TraitError("logs must have as many numbers in each column of a network")
        return logs

    def still(self, drawing):
        log = self.logs[self.network]
        epochs = np.arange(1, len(log["loss"]) + 1)
        for axes, name in zip(drawing.subplots(1, 2), ("loss", "accuracy"), strict=True):
            axes.plot(epochs - self.shift / 2, log[name], "--", color="0.5", label="training")
            axes.plot(epochs, log[f"val_{name}"], "k.-", label="validation")
            axes.set(title=name, xlabel="epochs of training")
        axes.legend()
