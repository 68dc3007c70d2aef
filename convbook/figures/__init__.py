"""Figures that readers touch: on a page without a kernel, in a notebook with one.

Each is an anywidget with its ES module beside its Python. All of a figure's state are traits:
``figure.kernel = [1, 0, -1]`` changes what is seen, and reading a trait gives what the reader
did. On a page the same module gets the same state from the HTML.
"""

from convbook.figures.bench import ArchitectureBench
from convbook.figures.curves import CurveReader
from convbook.figures.digitpad import DigitPad
from convbook.figures.edgelab import EdgeLab
from convbook.figures.findpattern import FindPattern
from convbook.figures.kernelbench import KernelBench
from convbook.figures.leakage import LeakageSimulator
from convbook.figures.mixer import ChannelMixer
from convbook.figures.retina import RetinaProbe
from convbook.figures.shiftlab import ShiftLab
from convbook.figures.slide import Slide
from convbook.figures.softmax import SoftmaxBench
from convbook.figures.switches import TwoSwitches
from convbook.figures.tracer import FieldTracer

__all__ = [
    "ArchitectureBench",
    "ChannelMixer",
    "CurveReader",
    "DigitPad",
    "EdgeLab",
    "FieldTracer",
    "FindPattern",
    "KernelBench",
    "LeakageSimulator",
    "RetinaProbe",
    "ShiftLab",
    "Slide",
    "SoftmaxBench",
    "TwoSwitches",
]
