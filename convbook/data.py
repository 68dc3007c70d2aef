"""MNIST, validation sets cut from its training set, and the records of long experiments."""

import hashlib
import json
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.model_selection import train_test_split

MNIST_FILE = Path(__file__).resolve().parent.parent / "data" / "mnist.npz"
EXPERIMENTS = MNIST_FILE.parent / "experiments"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def load_mnist(path=MNIST_FILE):
    """Return ``(x_train, y_train), (x_test, y_test)`` as ``keras.datasets.mnist.load_data()`` does.

    The images are uint8 of shape (60000, 28, 28) and (10000, 28, 28) with values 0 (black) to 255,
    the labels uint8 of shape (60000,) and (10000,). Without the file (the package was installed
    alone), Keras downloads its own copy of the same arrays.

    Source: Y. LeCun, C. Cortes and C. Burges; licence and origin of the file in ``data/README.md``.

    Raises
    ------
    ValueError
        If the file is not the one that belongs to the course (damaged, cut short, replaced).
    """
    path = Path(path)
    if not path.exists():
        import keras

        return keras.datasets.mnist.load_data()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != MNIST_SHA256:
        raise ValueError(
            f"{path} is damaged: its SHA-256 is {found}, expected {MNIST_SHA256}. "
            "Restore it with `git checkout -- data/mnist.npz`, or delete it and Keras downloads "
            "its own copy."
        )
    with np.load(path) as arrays:
        return (
            (arrays["x_train"], arrays["y_train"]),
            (arrays["x_test"], arrays["y_test"]),
        )


def split_validation(y, size, seed):
    """Return ``(train, validation)``: two disjoint, sorted arrays of indices into ``y``.

    Parameters
    ----------
    y : (N,) integer labels of the *training* set; the test set takes no part in any choice
    size : number of validation examples, 0 < size < N; each class keeps its share (stratified)
    seed : integer; the same seed gives the same split

    Raises
    ------
    ValueError
        If ``y`` is not one-dimensional or ``size`` leaves a class out of one of the two parts.
    """
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"y must be the labels, of shape (N,), not of shape {y.shape}")
    classes = len(np.unique(y))
    if not classes <= size <= len(y) - classes:
        raise ValueError(
            f"size must lie between {classes} and {len(y) - classes}, so that both parts have "
            f"digits of all {classes} classes; it is {size}"
        )
    train, validation = train_test_split(
        np.arange(len(y)), test_size=size, stratify=y, random_state=seed
    )
    return np.sort(train), np.sort(validation)


def mnist_style(images):
    """Enlarge and centre digits (N, H, W), ink bright on 0, as MNIST does; uint8 (N, 28, 28).

    Each digit's ink is cut out, scaled to fit a square of 20 pixels without changing its
    proportions, and laid into 28 x 28 with its centre of mass in the middle. The brightest
    pixel becomes 255. Raises ValueError if an image has no ink.
    """
    images = np.asarray(images, dtype=float)
    result = np.zeros((len(images), 28, 28), np.uint8)
    for i, image in enumerate(images):
        rows, columns = np.nonzero(image > 0)
        if not rows.size:
            raise ValueError(f"images must all have ink, but images[{i}] is 0 everywhere")
        ink = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        ink = ndimage.zoom(ink, 20 / max(ink.shape), order=1)
        height, width = ink.shape
        canvas = np.zeros((28, 28))
        canvas[(28 - height) // 2 :, (28 - width) // 2 :][:height, :width] = ink
        middle = np.array(ndimage.center_of_mass(canvas))
        canvas = ndimage.shift(canvas, np.round(13.5 - middle), order=0)
        result[i] = np.round(255 * np.clip(canvas / canvas.max(), 0, 1))
    return result


def jittered(images, pixels, generator):
    """Shift each image (N, H, W) at random by at most `pixels` pixels along each axis.

    Zeros come in, what leaves the picture is lost. generator: a NumPy random generator.
    """
    height, width = images.shape[1:]
    padded = np.pad(images, ((0, 0), (pixels, pixels), (pixels, pixels)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    corners = generator.integers(0, 2 * pixels + 1, (2, len(images)))
    return windows[np.arange(len(images)), *corners]


def load_experiment(name, folder=EXPERIMENTS):
    """Return a recorded experiment as a dictionary: the file ``data/experiments/<name>.json``.

    Its keys are ``what`` (one sentence), ``command`` (measures it again), ``date``, ``versions``
    and ``rows``: a list of dictionaries, one a measurement. ``data/README.md`` explains the fields.

    Raises
    ------
    FileNotFoundError
        If there are no records at all, because the package was installed without the course.
    ValueError
        If no experiment has this name.
    """
    folder = Path(folder)
    known = sorted(path.stem for path in folder.glob("*.json"))
    if not known:
        raise FileNotFoundError(
            f"there are no experiments in {folder}: they come with the course, not with the "
            "package alone. Clone the repository and install the package from there"
        )
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}; it is {name!r}")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
