"""The three networks of the course. Each takes bytes (N, 28, 28, 1) and returns logits (N, 10)."""

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
