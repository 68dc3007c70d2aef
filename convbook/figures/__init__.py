"""Figures that readers touch: on a page without a kernel, in a notebook with one.

Each is an anywidget with its ES module beside its Python. All of a figure's state are traits:
``figure.kernel = [1, 0, -1]`` changes what is seen, and reading a trait gives what the reader
did. On a page the same module gets the same state from the HTML.
"""

from convbook.figures.digitpad import DigitPad
from convbook.figures.slide import Slide

__all__ = ["DigitPad", "Slide"]
