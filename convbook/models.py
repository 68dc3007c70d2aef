"""The networks of the course. Each takes bytes (N, 28, 28, 1) and returns logits (N, 10)."""

from convbook.training import keras

layers = keras.layers


def dense():
    """Return the dense network 784-128-10: 101,770 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10),
        ]
    )


def lecture_cnn():
    """Return the lecture's convolutional network: 515,146 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


def two_pools():
    """Return the lecture's network with a second max-pool: 121,930 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


def global_pooling():
    """Return a network that averages each last feature map: 56,394 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )


def small_cnn():
    """Return a small convolutional network: 29,658 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            *block(16, 5, stride=2),
            *block(32, 3, stride=2),
            *block(64, 3, stride=1),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def block(filters, kernel, stride):
    """Return convolution, batch normalisation and ReLU as a list of layers."""
    return [
        layers.Conv2D(filters, kernel, strides=stride, use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def strided_cnn(
    filters=(16, 32, 64), first_kernel=5, batch_norm=True, pooling=False, average=False
):
    """Return a network of the family of `small_cnn`, which it is without arguments.

    Parameters
    ----------
    filters : number of filters of each convolution, at most three; each but the last halves
        the map
    first_kernel : size of the first kernels; all others are 3 x 3
    batch_norm : False leaves batch normalisation out, and the convolutions get a bias
    pooling : True halves with stride 1 and a 2 x 2 max-pool instead of stride 2
    average : True averages each last feature map (global pooling) instead of flattening them
    """
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(1 / 255)])
    for i, number in enumerate(filters):
        halves = i < len(filters) - 1
        kernel, stride = 3 if i else first_kernel, 2 if halves and not pooling else 1
        if batch_norm:
            parts = block(number, kernel, stride)
        else:
            parts = [layers.Conv2D(number, kernel, strides=stride, activation="relu")]
        if halves and pooling:
            parts.append(layers.MaxPooling2D(2))
        for layer in parts:
            model.add(layer)
    model.add(layers.GlobalAveragePooling2D() if average else layers.Flatten())
    model.add(layers.Dense(10))
    return model
