"""The curve reader: what the page reads from the lecture's logs is what NumPy reads."""

import numpy as np
from scipy.stats import binom

CLASS = "CurveReader"
DRAG = (0.3, 0.5, 0.8, 0.5)
SHOWN = r"(?:loss|accuracy|training:|est after epoch|ends|lies?|Within) ±?(\d+(?:\.\d+)?)"


def random_state(rng):
    return {
        "network": str(rng.choice(["dense", "cnn"])),
        "stop": int(rng.integers(1, 21)),
        "shift": bool(rng.integers(2)),
        "band": bool(rng.integers(2)),
    }


def expected(state):
    log = {name: np.array(values) for name, values in state["logs"][state["network"]].items()}
    losses, accuracies = log["val_loss"], log["val_accuracy"]
    epochs = np.arange(len(losses)) + 1
    loss, here = losses[state["stop"] - 1], accuracies[state["stop"] - 1]
    training = np.interp(state["stop"], epochs - state["shift"] / 2, log["accuracy"])
    reach = 1.96 * binom.std(state["digits"], here) / state["digits"]
    near = np.isclose(accuracies, here, rtol=0, atol=reach).sum()
    best = np.argsort(losses)[0] + 1, np.argsort(-accuracies, stable=True)[0] + 1
    return [*best, losses[-1] / losses.min(), loss, here, training - here, reach, near]


BAD = [{"network": "rnn"}, {"stop": 0}, {"stop": 2.5}, {"band": "yes"}, {"logs": {"dense": {}}}]
