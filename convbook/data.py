"""MNIST, validation sets cut from its training set, and the records of long experiments."""

import hashlib
import json
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.model_selection import train_test_split

MNIST_FILE = Path(__file__).resolve().parent.parent / "data" / "mnist.npz"
EXPERIMENTS = MNIST_FILE.parent / "experiments"
LECTURE_LOGS_FILE = MNIST_FILE.with_name("lecture_logs.json")
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
    """Return digits in the form of MNIST: uint8 of shape (N, 28, 28), white ink on black.

    Each digit is cut out, enlarged by cubic splines until its longer side has 20 pixels, stretched
    so that its brightest pixel is 255, and laid on 28 x 28 pixels with its centre of mass as near
    to pixel (14, 14) as the frame allows: on average MNIST's own digits have theirs just there.

    Parameters
    ----------
    images : (N, H, W) numbers, not negative; 0 is background

    Source: the MNIST page of LeCun, Cortes and Burges describes the box and the centring.

    Raises
    ------
    ValueError
        If ``images`` has another number of axes, negative numbers, or an image without ink.
    """
    images = np.asarray(images, dtype=float)
    if images.ndim != 3:
        raise ValueError(f"images must have shape (N, H, W), not {images.shape}")
    if images.size and not images.min() >= 0:
        raise ValueError("images must not be negative: 0 is background, larger is more ink")
    framed = np.zeros((len(images), 28, 28), np.uint8)
    for image, frame in zip(images, framed, strict=True):
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        if not len(rows):
            raise ValueError("images must show something: one of them has no ink at all")
        digit = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        digit = ndimage.zoom(
            digit / digit.max(), 20 / max(digit.shape), mode="grid-constant", grid_mode=True
        )
        digit = np.clip(digit, 0, None) / digit.max()
        height, width = digit.shape
        centre = ndimage.center_of_mass(digit)
        top, left = (
            int(np.clip(round(14 - middle), 0, 28 - size))
            for middle, size in zip(centre, digit.shape, strict=True)
        )
        frame[top : top + height, left : left + width] = np.round(255 * digit)
    return framed


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


def load_lecture_logs(path=LECTURE_LOGS_FILE):
    """Return what the lecture printed while it trained: ``{"dense": history, "cnn": history}``.

    Each history is a dict of lists with one number an epoch, 20 epochs: "loss", "accuracy",
    "val_loss" and "val_accuracy", as Keras names them, and "seconds". Both networks learnt from
    60,000 digits and were validated on 3,300 of the test digits.

    Source: the lecture that the book grew from; see ``data/README.md``.

    Raises
    ------
    FileNotFoundError
        If the file does not lie where the course keeps it.
    """
    return json.loads(Path(path).read_text(encoding="utf-8"))
