"""A bench for architectures: what the parts cost, and what recorded networks reached."""

from traitlets import Bool, Dict, List, TraitError, validate

from convbook import data
from convbook.figures.base import Figure, Whole, module
from convbook.ops import output_length

LECTURE = ((32, 3, 1, 2), (64, 3, 1, 1))
MOST = (96, 7, 2, 2)


def recorded():
    """Return the recorded networks in the order of their work, each with what it reached."""
    from convbook.training import average_seeds  # which loads TensorFlow

    networks = {}
    for row in average_seeds(data.load_experiment("architectures")["rows"]):
        known = _architecture(row)
        kept = networks.setdefault(known["name"], known | {"recipes": []})
        recipe = {"epochs": row["epochs"], "shifts": row["jitter"]}
        kept["recipes"].append(recipe | {"validation": row["validation"]})
    for network in networks.values():
        network["recipes"].sort(key=lambda recipe: recipe["validation"])
    return sorted(networks.values(), key=lambda network: network["multiply_adds"])


def _architecture(row):
    """Return a row of the records as a state of the bench, with its name and its cost."""
    cost = {name: row[name] for name in ("parameters", "multiply_adds")}
    if row["network"] == "dense":
        state = {"layers": [], "average": False, "dense": 128, "norm": False}
        return {"name": "dense network", **state, **cost}
    if row["network"] == "lecture_cnn":
        state = {"layers": [list(r) for r in LECTURE], "average": False, "dense": 64, "norm": False}
        return {"name": "lecture's network", **state, **cost}
    half = (1, 2) if row["pooling"] else (2, 1)
    last = len(row["filters"]) - 1
    layers = [
        [filters, 3 if i else row["first_kernel"], *(half if i < last else (1, 1))]
        for i, filters in enumerate(row["filters"])
    ]
    traits = {
        f"first kernel {row['first_kernel']}": row["first_kernel"] != 5,
        "pools": row["pooling"],
        "averaged": row["average"],
        "no batch norm": not row["batch_norm"],
    }
    name = ", ".join(
        ["-".join(map(str, row["filters"])), *(n for n, true in traits.items() if true)]
    )
    state = {"average": row["average"], "dense": 0, "norm": row["batch_norm"]}
    return {"name": name, "layers": layers, **state, **cost}


class ArchitectureBench(Figure):
    """A network for 28 x 28 pixels, part by part, and the recorded ones that are like it.

    layers: [filters, kernel, stride, pool] of each convolution (pool 1 is none); average: average
    each map instead of flattening; dense: units of a dense layer, 0 for none; norm: batch
    normalisation after each convolution, which then has no bias.
    """

    name, height = "bench", (928, 1428)
    seen = (
        "A chart with a ring for each recorded network: its validation accuracy, from 0.969 to "
        "0.995, against its multiply-adds an image, from thirty thousand to three million."
    )
    _esm = module("bench")
    layers = List(List(Whole(min=1)), maxlen=3).tag(sync=True)
    average = Bool(False).tag(sync=True)
    dense = Whole(64, min=0, max=128).tag(sync=True)
    norm = Bool(False).tag(sync=True)
    networks = List(Dict()).tag(sync=True)

    def __init__(self, layers=LECTURE, **more):
        super().__init__(layers=layers, networks=recorded(), **more)

    @validate("layers")
    def _fits(self, proposal):
        side = 28
        for row in proposal["value"]:
            if len(row) != 4 or any(n > most for n, most in zip(row, MOST, strict=True)):
                raise TraitError(f"layers must be [filters, kernel, stride, pool] up to {MOST}")
            _, kernel, stride, pool = row
            side = output_length(side, kernel, stride=stride) // pool if kernel <= side else 0
            if not side:
                raise TraitError("layers must leave at least one place of the 28 x 28")
        return proposal["value"]

    def still(self, drawing):
        axes = drawing.subplots()
        for network in self.networks:
            reached = [recipe["validation"] for recipe in network["recipes"]]
            axes.semilogx(
                [network["multiply_adds"]] * len(reached), reached, "ko", fillstyle="none"
            )
        axes.set(xlabel="multiply-adds an image", ylabel="validation accuracy")
