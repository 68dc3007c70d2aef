"""What all figures have: traits for a state, a module that draws it, a still picture of it."""

import base64
import html
import io
import json
import re
from contextlib import suppress
from numbers import Real
from pathlib import Path

import anywidget
import numpy as np
from matplotlib.figure import Figure as Drawing
from PIL import Image
from traitlets import Float, Int, List, TraitError

HERE = Path(__file__).parent


def module(name):
    """Return the source of an ES module, with the modules that it imports inside as data URLs."""

    def inside(found):
        source = base64.b64encode(module(found[1]).encode()).decode()
        return f'"data:text/javascript;base64,{source}"'

    source = (HERE / f"{name}.js").read_text(encoding="utf-8")
    return re.sub(r'"\./(\w+)\.js"', inside, source)


def with_palette(png):
    """Return a PNG with 256 colours: a third of the bytes, and no difference to be seen."""
    with Image.open(io.BytesIO(png)) as image:
        if image.mode == "P":
            return png
        small = image.convert("RGBA").quantize(256, Image.Quantize.FASTOCTREE)
        small.save(out := io.BytesIO(), "png", optimize=True)
    return out.getvalue()


def plain(value):
    """Return NumPy's arrays and numbers, also those in lists, as Python's own."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


class Figure(anywidget.AnyWidget):
    """What all figures have. A subclass says its `name`, `seen` and `height`, and draws a `still`.

    name: of its module; seen: the alternative text of its still picture; height: the pixels to
    keep free for it on a page, in a column with room for two parts side by side (602 pixels and
    more) and in a narrower one (from 312 pixels, the column of a phone 360 pixels wide): what it
    needs at most there, in a font as wide as a browser's may be.
    """

    name, seen, height = "", "", (500, 700)

    def __init__(self, *, caption="", **state):
        unknown = sorted(set(state) - set(self.state_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has {self.state_names()}, and no {unknown}")
        super().__init__(**state)
        self.caption = caption

    def __setattr__(self, name, value):
        super().__setattr__(name, plain(value) if self.has_trait(name) else value)

    @classmethod
    def state_names(cls):
        """Return the names of the traits that are the figure's state."""
        names = set(cls.class_traits(sync=True)) - set(anywidget.AnyWidget.class_traits())
        return sorted(name for name in names if name[0] != "_")

    def state(self):
        """Return the state as plain lists, numbers and strings."""
        return {name: getattr(self, name) for name in self.state_names()}

    def still(self, drawing):
        """Draw the picture that stands on a page until, or unless, the figure comes to life."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        data, *more = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self._html()}, *more

    def _html(self):
        drawing = Drawing(figsize=(6.4, 3.2), layout="constrained")
        self.still(drawing)
        drawing.savefig(png := io.BytesIO(), dpi=100, metadata={"Software": None})
        picture = base64.b64encode(with_palette(png.getvalue())).decode()
        state = json.dumps(self.state()).replace("<", "\\u003c")
        wide, phone = self.height
        return (
            f'<figure class="cb-host" id="fig-touch-{self.name}">'
            f'<div data-figure="{self.name}" style="--wide:{wide}px;--phone:{phone}px">'
            f'<script type="application/json">{state}</script>'
            f'<img src="data:image/png;base64,{picture}" alt="{html.escape(self.seen)}"></div>'
            f'<figcaption><span class="caption-text">{html.escape(self.caption)}</span>'
            "</figcaption></figure>"
        )


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def _range(trait):
    """Say from where to where the numbers of a trait go, if it has ends."""
    ends = {"from": trait.min, "to": trait.max}
    known = {word: end for word, end in ends.items() if end is not None and np.isfinite(end)}
    return "".join(f" {word} {end}" for word, end in known.items())


class Whole(Int):
    """A whole number, which True is not."""

    def info(self):
        return "a whole number" + _range(self)

    def validate(self, obj, value):
        if not isinstance(value, bool):
            with suppress(TraitError):  # which does not say what is expected in a list
                return super().validate(obj, value)
        self.error(obj, value)


class Number(Float):
    """A finite number; JSON, and so the page, has no other."""

    def info(self):
        return "a finite number" + _range(self)

    def validate(self, obj, value):
        if _is_number(value) and np.isfinite(value):
            with suppress(TraitError):
                return super().validate(obj, float(value))
        self.error(obj, value)


def numbers(least, most, low=-9, high=9):
    """Return a trait: a list of `least` to `most` numbers from `low` to `high`."""
    return List(Number(min=low, max=high), minlen=least, maxlen=most).tag(sync=True)


class Table(List):
    """Lists in lists, of the shape of `default`, with numbers from `low` to `high`."""

    def __init__(self, default, low=-9, high=9):
        self.shape, self.low, self.high = np.shape(default), low, high
        super().__init__(default_value=np.array(default).tolist())

    def validate(self, obj, value):
        value = super().validate(obj, value)
        cells = np.array(value, object)
        fit = (_is_number(cell) and self.low <= cell <= self.high for cell in cells.flat)
        if cells.shape != self.shape or not all(fit):
            raise TraitError(
                f"{self.name} must be lists of shape {self.shape}, "
                f"of numbers from {self.low} to {self.high}"
            )
        return value
