"""Feeding, watching, counting and judging a Keras network."""

import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from IPython.display import display
from scipy.stats import binomtest

from convbook.data import jittered


@contextlib.contextmanager
def _silence():
    """Discard what is written below Python to the standard error stream."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


with _silence():  # TensorFlow's greeting from oneDNN, which no setting turns off
    import keras
    import tensorflow as tf

tf.get_logger().setLevel("ERROR")  # no advice on retracing


def batches(x, y, batch_size, *, seed=None):
    """Return a ``tf.data.Dataset`` of batches ``(x, y)``, reshuffled each epoch.

    x (N, ...) and y (N,) keep their type: uint8 images stay uint8. Without a
    seed the order is kept, as validation and test want it.
    """
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if seed is not None:
        dataset = dataset.shuffle(len(x), seed=seed)
    # With autotuning, an epoch can stand still for a minute at its end.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.batch(batch_size).prefetch(2).with_options(options)


def one_cycle(peak, steps, *, warmup=0.2):
    """Return a learning rate that rises to `peak`, then falls as a cosine to 0.

    peak: the highest learning rate; steps: optimizer steps in all, of which
    the share `warmup` rises. One step is one batch.
    """
    rising = int(warmup * steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=steps - rising, warmup_target=peak, warmup_steps=rising
    )


class Progress(keras.callbacks.Callback):
    """Show one line an epoch, the last of them alive while the epoch runs."""

    def on_train_begin(self, logs=None):
        self.lines, self.seconds = [], []
        self.shown = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.began, self.drawn = epoch + 1, time.perf_counter(), 0.0

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if now - self.drawn > 1:
            self.drawn = now
            self._draw(f"batch {batch + 1}/{self.params['steps']}")

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)
        numbers = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        self.lines.append(self._line(f"{numbers}  {self.seconds[-1]:.1f} s"))
        self._draw()

    def _line(self, text):
        return f"epoch {self.epoch}/{self.params['epochs']}  {text}"

    def _draw(self, unfinished=None):
        lines = [*self.lines, self._line(unfinished)] if unfinished else self.lines
        data = {"text/plain": "\n".join(lines)}
        if self.shown is None:
            self.shown = display(data, raw=True, display_id=True)
        elif self.shown:
            self.shown.update(data, raw=True)


def fit(model, digits, epochs, *, optimizer="adam", validation=None, callbacks=()):
    """Train `model` and return its history, a dict of lists with one number an epoch.

    digits, validation: what `batches` returns; optimizer: a name or a Keras
    optimizer. The loss is the cross-entropy of the model's logits with integer
    labels. Progress is shown, one line an epoch. The history has the keys of
    Keras and "seconds".
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    progress = Progress()
    history = model.fit(
        digits,
        validation_data=validation,
        epochs=epochs,
        callbacks=[progress, *callbacks],
        shuffle=False,  # the batches shuffle themselves
        verbose=0,
    ).history
    return history | {"seconds": progress.seconds}


def multiply_adds(model):
    """Return the multiplications (each with its addition) of one forward pass.

    Counts `Conv2D` and `Dense` layers, for one example, without biases: each
    output value costs as many as there are weights in its sum.
    """
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            positions = math.prod(layer.output.shape[1:-1])
            total += positions * math.prod(layer.kernel.shape)
    return total


def accuracy_interval(correct, n, confidence=0.95):
    """Return ``(low, high)``: Wilson's interval for an accuracy of correct/n."""
    interval = binomtest(int(correct), int(n)).proportion_ci(confidence, method="wilson")
    return interval.low, interval.high


def score(logits, labels):
    """Return ``(accuracy, low, high)`` of logits (N, C) against labels (N,), with Wilson's 95 %."""
    right = np.sum(np.argmax(logits, axis=1) == labels)
    return right / len(labels), *accuracy_interval(right, len(labels))


def predict_elsewhere(model, x):
    """Save `model`, load the file in a new Python process, and predict x there.

    x (N, ...) -> (N, C), what the loaded model returns. The file lives in a
    temporary folder.

    Raises
    ------
    RuntimeError
        If the model cannot be loaded there, with the last line it said.
    """
    program = (
        "import sys, numpy, keras; model = keras.models.load_model(sys.argv[1]); "
        "numpy.save(sys.argv[3], model.predict(numpy.load(sys.argv[2]), verbose=0))"
    )
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("model.keras", "x.npy", "y.npy")]
        model.save(files[0])
        np.save(files[1], x)
        run = subprocess.run(
            [sys.executable, "-c", program, *files], capture_output=True, text=True
        )
        if run.returncode:
            raise RuntimeError(
                f"the saved model could not be loaded: {run.stderr.splitlines()[-1]}"
            )
        return np.load(files[2])


def cached_weights(pattern):
    """Return a file of pretrained weights in Keras's cache, or None; nothing is downloaded.

    pattern: the file's name, "*" for anything, for example "mobilenet_v2*no_top*".
    """
    folder = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    return next(folder.glob(pattern), None)


def train_recipe(
    build, x, y, *, batch_size=128, rate=1e-3, cycle=False, epochs=1, shifts=0, seed=0
):
    """Train a new network by one recipe, quietly; return ``(model, spent)``.

    Parameters
    ----------
    build : function without arguments that returns the network
    x, y : images (N, 28, 28, 1) and their integer labels (N,)
    batch_size, rate, epochs : examples a step, learning rate of Adam, passes over the data
    cycle : True lets the rate rise to `rate` and fall again (`one_cycle`); False keeps it constant
    shifts : each image is moved at random by at most so many pixels, anew in each epoch
    seed : of the starting weights, of the order of the examples and of the shifts

    `spent` has "seconds", as a clock on the wall shows them, and "cpu_seconds", the time in which
    this process kept a core busy, of all cores together. Both include building the network.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    generator = np.random.default_rng(seed)
    model = build()
    steps = epochs * math.ceil(len(x) / batch_size)
    schedule = one_cycle(rate, steps) if cycle else rate
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), loss)
    for epoch in range(epochs):
        images = jittered(x[..., 0], shifts, generator)[..., None] if shifts else x
        digits = batches(images, y, batch_size, seed=100 * seed + epoch)
        model.fit(digits, shuffle=False, verbose=0)
    return model, {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }


def average_seeds(rows, measured=("cpu_seconds", "validation", "test")):
    """Return the rows of an experiment, one a recipe: `measured` averaged over the seeds.

    "seeds" takes the place of "seed" and says how many there are.
    """
    recipes = {}
    for row in rows:
        recipe = {k: v for k, v in row.items() if k not in (*measured, "seed")}
        recipes.setdefault(repr(recipe), []).append(row)
    averages = []
    for group in recipes.values():
        means = {name: sum(row[name] for row in group) / len(group) for name in measured}
        averages.append({**group[0], **means, "seeds": len(group)})
        del averages[-1]["seed"]
    return averages


def early_stopping(val_loss, patience):
    """Return ``(stopped, best)``: what Keras's `EarlyStopping` would have done with these losses.

    val_loss: one number an epoch; patience: epochs without a new minimum that are borne. Both
    results count epochs from 1. If nothing stops the training, `stopped` is the last epoch.
    """
    model, stop = keras.Sequential(), keras.callbacks.EarlyStopping("val_loss", patience=patience)
    model.stop_training = False
    stop.set_model(model)
    stop.on_train_begin()
    for epoch, loss in enumerate(val_loss):
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    return epoch + 1, stop.best_epoch + 1
