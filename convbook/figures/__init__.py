"""Figures that readers touch: on a page without a kernel, in a notebook with one.

Each is an anywidget with its ES module beside its Python. All of a figure's state are traits:
``figure.kernel = [1, 0, -1]`` changes what is seen, and reading a trait gives what the reader
did. On a page the same module gets the same state from the HTML.
"""

from convbook.figures.findpattern import FindPattern
from convbook.figures.mixer import ChannelMixer
from convbook.figures.slide import Slide
from convbook.figures.switches import TwoSwitches

__all__ = ["ChannelMixer", "FindPattern", "Slide", "TwoSwitches"]
