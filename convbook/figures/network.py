"""Keras networks in a form that a page can hold: a list of layers, and weights of 16 bits."""

import base64
import math
import zlib

import numpy as np

MOST = 300_000  # bytes of weights that a page may bear, compressed


def pack(dense, cnn):
    """Return ``{"dense": layers, "cnn": layers, "weights": base64}`` of two Keras models.

    Batch normalisation is folded into the convolution before it; all weights are rounded to
    float16. A layer is a dict of "kind" (scale, conv, pool, flatten, dense) and what it needs.

    Raises ValueError for a layer that the page does not know, and if the weights are too many.
    """
    described, weights = {}, []
    for name, model in {"dense": dense, "cnn": cnn}.items():
        layers = _describe(model)
        for layer in layers:
            if "kernel" in layer:
                weights += [layer.pop("kernel"), layer.pop("bias")]
        described[name] = layers
    raw = b"".join(values.astype("<f2").tobytes() for values in weights)
    if (size := len(zlib.compress(raw))) > MOST:
        raise ValueError(f"the weights take {size / 1000:.0f} KB, and a page bears {MOST // 1000}")
    return described | {"weights": base64.b64encode(raw).decode()}


def unpack(networks):
    """Return ``{"dense": layers, "cnn": layers}``, the layers with their "kernel" and "bias"."""
    numbers, full = np.frombuffer(base64.b64decode(networks["weights"]), "<f2"), {}
    for name in ("dense", "cnn"):
        full[name] = []
        for layer in networks[name]:
            arrays = {}
            if shape := layer.get("shape"):
                kernel, bias, numbers = np.split(numbers, np.cumsum([math.prod(shape), shape[-1]]))
                arrays = {"kernel": kernel.reshape(shape), "bias": bias}
            full[name].append(layer | arrays)
    return full


def build(layers, dtype="float32"):
    """Return a Keras model of unpacked layers: what a page computes, in Python."""
    from convbook.training import keras

    model = keras.Sequential([keras.Input((28, 28, 1))])
    for layer in layers:
        window = {
            "strides": layer.get("stride"),
            "padding": "same" if layer.get("same") else "valid",
        }
        made = {"activation": "relu" if layer.get("relu") else None, "dtype": dtype}
        kernel = layer.get("kernel")
        match layer["kind"]:
            case "scale":
                scale = np.float64(layer["scale"])  # TensorFlow takes a float of Python for 32 bits
                model.add(keras.layers.Rescaling(scale, dtype=dtype))
            case "flatten":
                model.add(keras.layers.Flatten(dtype=dtype))
            case "pool":
                model.add(keras.layers.MaxPooling2D(layer["size"], **window, dtype=dtype))
            case "conv":
                model.add(keras.layers.Conv2D(kernel.shape[-1], layer["size"], **window, **made))
                model.layers[-1].set_weights([kernel, layer["bias"]])
            case "dense":
                model.add(keras.layers.Dense(kernel.shape[-1], **made))
                model.layers[-1].set_weights([kernel[0, 0], layer["bias"]])
    return model


def _describe(model):
    """Return the layers of a Keras model as dicts, with "kernel" and "bias" in float64."""
    described = []
    for layer in model.layers:
        kind = type(layer).__name__
        last = described[-1] if described else {}
        if kind == "Rescaling" and not layer.offset:
            described.append({"kind": "scale", "scale": float(layer.scale)})
        elif kind == "Flatten":
            described.append({"kind": "flatten"})
        elif kind == "MaxPooling2D":
            described.append({"kind": "pool", **_window(layer, layer.pool_size)})
        elif kind == "Conv2D" and layer.dilation_rate == (1, 1) and layer.groups == 1:
            described.append({"kind": "conv", **_window(layer, layer.kernel_size), **_sum(layer)})
        elif kind == "Dense":
            one = {"size": [1, 1], "stride": [1, 1], "same": False}
            described.append({"kind": "dense", **one, **_sum(layer)})
        elif kind == "BatchNormalization" and last.get("kind") == "conv" and not last["relu"]:
            scale, shift, mean, variance = (values.astype(float) for values in layer.get_weights())
            factor = scale / np.sqrt(variance + layer.epsilon)
            last["kernel"] = last["kernel"] * factor
            last["bias"] = shift + (last["bias"] - mean) * factor
        elif kind == "ReLU" and layer.max_value is None and "relu" in last:
            last["relu"] = True
        elif kind != "Dropout":
            raise ValueError(f"a page cannot compute this layer: {kind} {layer.name!r}")
    if any(layer["kind"] == "conv" and not layer["relu"] for layer in described):
        raise ValueError("each convolution needs a ReLU: the page shows maps from 0 up")
    return described


def _window(layer, size):
    return {
        "size": list(size),
        "stride": list(layer.strides),
        "same": layer.padding == "same",
    }


def _sum(layer):
    """Return what a layer of weighted sums has; a dense layer's kernel covers one pixel."""
    kernel, *bias = (values.astype(float) for values in layer.get_weights())
    kernel = kernel.reshape((1,) * (4 - kernel.ndim) + kernel.shape)
    activation = layer.activation.__name__
    if activation not in ("relu", "linear"):
        raise ValueError(f"a page cannot compute the activation {activation} of {layer.name!r}")
    return {
        "shape": list(kernel.shape),
        "relu": activation == "relu",
        "kernel": kernel,
        "bias": bias[0] if bias else np.zeros(kernel.shape[-1]),
    }
