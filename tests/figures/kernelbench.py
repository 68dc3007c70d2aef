"""Kernel bench: the map is what the course's own operations give."""

from convbook import ops

CLASS = "KernelBench"
DRAG = (0.2, 0.2, 0.8, 0.6)
PICTURED = r"\d+(?:\.\d+)?"
SHOWN = r"(?:gives|from|to|all) −?(\d+(?:\.\d+)?)"


def random_state(rng):
    return {
        "image": (rng.integers(0, 3, (8, 8)) / 2).tolist(),
        "kernel": (rng.integers(-36, 37, (3, 3)) / 4).tolist(),
        "flip": bool(rng.integers(2)),
        "row": int(rng.integers(8)),
        "column": int(rng.integers(8)),
        "touch": str(rng.choice(["move", "bright", "dark"])),
    }


def expected(state):
    operation = ops.convolve2d if state["flip"] else ops.correlate2d
    return operation(state["image"], state["kernel"], padding="valid")


BAD = [
    {"image": [[0] * 8] * 7},
    {"image": [[0] * 7 + [2]] * 8},
    {"kernel": [[1, 2], [3, 4]]},
    {"row": 8},
    {"touch": "erase"},
]
