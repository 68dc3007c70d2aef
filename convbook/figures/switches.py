"""Two switches turn the matrix of a dense layer into that of a convolution."""

import numpy as np
from scipy.linalg import toeplitz
from traitlets import Bool

from convbook.figures.base import Figure, Table, Whole, module

ROW = [1, 2, 3, -1, 2, -3, 1, -2]  # with both switches on, the kernel is 1, 2, 3


class TwoSwitches(Figure):
    """The weight matrix of a layer of 4 to 8 inputs: locality and sharing, on or off."""

    name, height = "switches", (777, 1262)
    seen = (
        "A matrix of four rows and six columns with a letter and a number in each place: the same "
        "letter stands along each diagonal, with the same number."
    )
    _esm = module("switches")
    sharing = Bool(True).tag(sync=True)
    locality = Bool(False).tag(sync=True)
    inputs = Whole(6, min=4, max=8).tag(sync=True)
    weights = Table([np.roll(ROW, 3 * i) for i in range(6)]).tag(sync=True)
    row = Whole(0, min=0, max=5).tag(sync=True)
    column = Whole(0, min=0, max=7).tag(sync=True)

    def still(self, drawing):
        outputs = self.inputs - 2
        matrix = np.array(self.weights)[:outputs, : self.inputs]
        row, column = np.indices(matrix.shape)
        names = column + row * self.inputs
        if self.sharing:
            matrix, names = toeplitz(matrix[:, 0], matrix[0]), column - row + outputs - 1
        axes = drawing.subplots()
        axes.set(xlim=(-0.5, self.inputs - 0.5), ylim=(outputs - 0.5, -0.5))
        axes.set(xlabel="input", ylabel="output", yticks=range(outputs), aspect="equal")
        for i, j in np.ndindex(matrix.shape):
            if not self.locality or i <= j < i + 3:
                name = chr(ord("a") + names[i, j]) if names[i, j] < 26 else chr(39 + names[i, j])
                axes.text(j, i, f"{name}\n{matrix[i, j]:g}", ha="center", va="center")
