"""MNIST is the original, damage is named, and validation digits come from the training set."""

import hashlib

import numpy as np
import pytest

from convbook.data import MNIST_FILE, load_mnist, split_validation


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


def test_shapes_and_types(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert x_train.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28)
    assert y_train.shape == (60000,) and y_test.shape == (10000,)
    assert all(array.dtype == np.uint8 for part in mnist for array in part)


@pytest.mark.parametrize(
    ("part", "array", "header", "md5"),
    [
        (0, 0, [2051, 60000, 28, 28], "6bbc9ace898e44ae57da46a324031adb"),
        (0, 1, [2049, 60000], "a25bea736e30d166cdddb491f175f624"),
        (1, 0, [2051, 10000, 28, 28], "2646ac647ad5339dbf082846283269ea"),
        (1, 1, [2049, 10000], "27ae3e4e09519cfbb04c329615203637"),
    ],
)
def test_arrays_are_the_original_files(mnist, part, array, header, md5):
    idx = np.array(header, dtype=">i4").tobytes() + mnist[part][array].tobytes()
    assert hashlib.md5(idx).hexdigest() == md5


@pytest.mark.parametrize("damage", ["flipped bit", "cut short", "empty", "another file"])
def test_damaged_file_is_named_with_the_way_to_restore_it(tmp_path, damage):
    good = MNIST_FILE.read_bytes()
    path = tmp_path / "mnist.npz"
    path.write_bytes(
        {
            "flipped bit": good[:5000] + bytes([good[5000] ^ 1]) + good[5001:],
            "cut short": good[: len(good) // 2],
            "empty": b"",
            "another file": b"<html>404</html>",
        }[damage]
    )
    with pytest.raises(ValueError, match="git checkout -- data/mnist.npz") as error:
        load_mnist(path)
    assert str(path) in str(error.value)
    assert hashlib.sha256(good).hexdigest() in str(error.value)


def test_missing_file_falls_back_to_keras(tmp_path, monkeypatch):
    import keras

    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: "downloaded by Keras")
    assert load_mnist(tmp_path / "mnist.npz") == "downloaded by Keras"


def test_split_is_stratified_disjoint_and_reproducible(mnist):
    y = mnist[0][1]
    train, validation = split_validation(y, 5000, seed=0)
    assert len(train) == 55000 and len(validation) == 5000
    assert np.array_equal(np.sort(np.r_[train, validation]), np.arange(60000))
    shares = np.bincount(y) * 5000 / 60000
    assert np.abs(np.bincount(y[validation]) - shares).max() <= 1
    again = split_validation(y, 5000, seed=0)
    assert np.array_equal(again[0], train) and np.array_equal(again[1], validation)
    assert not np.array_equal(split_validation(y, 5000, seed=1)[1], validation)


@pytest.mark.parametrize("size", [0, 9, 59991, 60000, -1])
def test_split_refuses_a_size_without_all_classes(mnist, size):
    with pytest.raises(ValueError, match="size"):
        split_validation(mnist[0][1], size, seed=0)


def test_split_refuses_images(mnist):
    with pytest.raises(ValueError, match="y must be the labels"):
        split_validation(mnist[0][0], 5000, seed=0)
