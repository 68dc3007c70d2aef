"""One filter on three planes: partial maps, their sum, bias, ReLU, one map."""

import numpy as np
from traitlets import Bool, Enum

from convbook import ops
from convbook.figures.base import Figure, Table, Whole, module

CHANNELS = ["red", "green", "blue"]
COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]  # r + 2 g + 4 b
IMAGE = np.zeros((4, 4, 3), int)
IMAGE[:2, :2, 0] = IMAGE[:2, 2:, :2] = IMAGE[2:, 2:] = 1  # red, yellow; black, white
WEIGHTS = np.zeros((2, 2, 3, 2), int)
WEIGHTS[:, :, 0, 0], WEIGHTS[:, :, 1, 0] = [[2, 1], [1, 0]], [[-2, -1], [-1, 0]]
WEIGHTS[:, :, 0, 1] = WEIGHTS[:, :, 1, 1] = [[0, 1], [1, 2]]
WEIGHTS[:, :, 2, 1] = -1


class ChannelMixer(Figure):
    """An image of 4 by 4 coloured pixels, one filter or two, and the maps that they make."""

    name, height = "mixer", (1015, 1678)
    seen = (
        "A picture of four squares, red, yellow, black and white; its red, green and blue planes; "
        "and the feature map of 3 by 3 numbers, which is largest at the red square."
    )
    _esm = module("mixer")
    image = Table(IMAGE, 0, 1).tag(sync=True)
    weights = Table(WEIGHTS).tag(sync=True)
    bias = Table([-1, -6]).tag(sync=True)
    second = Bool(False).tag(sync=True)
    row = Whole(0, min=0, max=3).tag(sync=True)
    column = Whole(2, min=0, max=3).tag(sync=True)
    channel = Enum(CHANNELS, "red").tag(sync=True)
    brush = Enum(COLOURS, "blue").tag(sync=True)

    def still(self, drawing):
        image, weights = np.array(self.image, float), np.array(self.weights)
        sums = ops.conv_layer(image[None], weights, self.bias)[0]
        maps = np.maximum(sums, 0)[:, :, : 1 + self.second]
        axes = drawing.subplots(1, 4 + maps.shape[2])
        axes[0].imshow(image)
        for m, channel in enumerate(CHANNELS):
            axes[1 + m].imshow(image[:, :, m], cmap="gray", vmin=0, vmax=1)
            axes[1 + m].set_title(channel)
        for o, ax in enumerate(axes[4:]):
            ax.imshow(maps[:, :, o], cmap="Oranges", vmin=0, vmax=2 * maps.max() + 1)
            ax.set_title(f"map {o}")
            for (i, j), value in np.ndenumerate(maps[:, :, o]):
                ax.text(j, i, f"{value:g}", ha="center", va="center")
        for ax in axes:
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(True)
