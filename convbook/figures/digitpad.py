"""Draw a digit; two networks read it, and every number of one of them can be looked at."""

import re
from functools import cache

import numpy as np
from traitlets import Bool, Dict, TraitError, Unicode, validate

from convbook import ops
from convbook.figures import network
from convbook.figures.base import Figure, Whole, module

PIXELS = 2 * 28 * 28  # of one digit, in hexadecimal


class DigitPad(Figure):
    """A drawn digit, read by a dense and by a convolutional network that run in the page.

    dense, cnn: Keras models like those of `convbook.models`; without them, untrained ones. The
    weights are rounded to 16 bits: `model` gives back what the page computes. ink: the drawing, as
    bytes (28, 28); without it, a seven. samples: ten digits to choose from, as bytes (10, 28, 28);
    without them, the first test digit of each class.
    """

    name, height = "digitpad", (1445, 2234)
    seen = "A digit in white on black; beside it the maps of a layer, which light up at its edges."
    _esm = module("digitpad")
    networks = Dict().tag(sync=True)
    samples = Unicode().tag(sync=True)
    ink = Unicode().tag(sync=True)
    centre = Bool(True).tag(sync=True)
    erase = Bool(False).tag(sync=True)
    pen_row = Whole(14, min=0, max=27).tag(sync=True)
    pen_column = Whole(14, min=0, max=27).tag(sync=True)
    layer = Whole(0, min=0, max=9).tag(sync=True)
    map = Whole(0, min=0, max=99).tag(sync=True)
    row = Whole(5, min=0, max=27).tag(sync=True)
    column = Whole(5, min=0, max=27).tag(sync=True)
    plane = Whole(0, min=0, max=99).tag(sync=True)

    def __init__(self, *, dense=None, cnn=None, samples=None, ink=None, **more):
        if "networks" not in more:
            models = {"dense": dense, "cnn": cnn}
            absent = {name: _untrained(name) for name, model in models.items() if model is None}
            more["networks"] = network.pack(**models | absent)
        samples = _test_digits() if samples is None else samples
        if not isinstance(samples, str):
            samples = _in_hexadecimal("samples", samples)
        ink = samples[7 * PIXELS : 8 * PIXELS] if ink is None else ink
        if not isinstance(ink, str):
            ink = _in_hexadecimal("ink", ink)
        super().__init__(samples=samples, ink=ink, **more)

    @validate("ink", "samples")
    def _are_digits(self, proposal):
        name, text = proposal["trait"].name, proposal["value"]
        count = 10 if name == "samples" else 1
        if not re.fullmatch(f"[0-9a-f]{{{count * PIXELS}}}", text):
            raise TraitError(f"{name} must be {count} x 28 x 28 bytes, in hexadecimal digits")
        return text

    @property
    def pixels(self):
        """The drawing as an array (28, 28) of bytes; the page centres it if `centre` is True."""
        return np.frombuffer(bytes.fromhex(self.ink), np.uint8).reshape(28, 28)

    def model(self, name, dtype="float32"):
        """Return the network "dense" or "cnn" as a Keras model, with the weights of the page."""
        return network.build(network.unpack(self.networks)[name], dtype)

    def still(self, drawing):
        first = next(x for x in network.unpack(self.networks)["cnn"] if x["kind"] == "conv")
        sums = ops.conv_layer(
            self.pixels[None, ..., None] / 255,
            first["kernel"].astype(float),
            first["bias"].astype(float),
            stride=first["stride"][0],
            padding="same" if first["same"] else "valid",
        )
        maps = np.moveaxis(np.maximum(sums[0], 0), 2, 0)
        side = int(np.ceil(np.sqrt(len(maps))))
        places = [[f"{i}-{j}" for j in range(side)] for i in range(side)]
        digit, rest = drawing.subfigures(1, 2)
        axes = {"digit": digit.subplots()} | rest.subplot_mosaic(places)
        for image, place in zip([self.pixels, *maps], axes.values(), strict=False):
            place.imshow(image, "gray", vmin=0)
        for place in axes.values():
            place.axis("off")


def _in_hexadecimal(name, pixels):
    pixels = np.array(pixels)
    if pixels.dtype.kind not in "iuf" or not ((pixels >= 0) & (pixels <= 255)).all():
        raise TraitError(f"{name} must be numbers from 0 to 255")
    return pixels.astype(np.uint8).tobytes().hex()


@cache
def _test_digits():
    from convbook import data

    _, (images, labels) = data.load_mnist()
    return images[[labels.tolist().index(digit) for digit in range(10)]]


@cache
def _untrained(name):
    from convbook import models

    return {"dense": models.dense, "cnn": models.small_cnn}[name]()
