"""MNIST is the original, damage is named, and validation digits come from the training set."""

import hashlib

import numpy as np
import pytest

from convbook.data import (
    MNIST_FILE,
    jittered,
    load_lecture_logs,
    load_mnist,
    mnist_style,
    split_validation,
)


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


def test_lecture_logs_are_twenty_epochs_with_the_lectures_own_minima():
    logs = load_lecture_logs()
    assert {name: int(np.argmin(log["val_loss"])) + 1 for name, log in logs.items()} == {
        "dense": 5,
        "cnn": 4,
    }
    assert int(np.argmax(logs["dense"]["val_accuracy"])) + 1 == 15
    assert logs["dense"]["val_loss"][-1] == 0.1078 and logs["cnn"]["val_loss"][-1] == 0.0572
    for log in logs.values():
        assert {len(values) for values in log.values()} == {20}


def test_mnist_style_puts_a_digit_where_mnist_does():
    digit = np.zeros((8, 8))
    digit[1:7, 2:4] = 16
    digit[6, 4] = 8
    framed = mnist_style(digit[None])[0]
    rows, columns = np.nonzero(framed)
    assert framed.shape == (28, 28) and framed.dtype == np.uint8 and framed.max() == 255
    assert np.ptp(rows) + 1 == 20 and np.ptp(columns) + 1 <= 20
    middle = np.array([rows, columns]) @ framed[rows, columns] / framed.sum()
    assert np.abs(middle - 14).max() <= 0.5


def test_mnist_has_its_centres_of_mass_at_pixel_14():
    images = load_mnist()[0][0][:10_000].astype(float)
    places = np.indices((28, 28)) - 14
    away = np.einsum("nij,aij->na", images, places) / images.sum(axis=(1, 2))[:, None]
    assert np.abs(away.mean(axis=0)).max() < 0.02


@pytest.mark.parametrize("images", [np.zeros((1, 8, 8)), -np.ones((1, 8, 8)), np.ones((8, 8))])
def test_mnist_style_refuses_what_is_no_digit(images):
    with pytest.raises(ValueError, match="images must"):
        mnist_style(images)


def test_jittered_moves_each_image_by_at_most_so_many_pixels():
    images = np.zeros((200, 9, 8), np.uint8)
    images[:, 4, 3] = 1
    moved = jittered(images, 2, np.random.default_rng(0))
    places = np.argwhere(moved)
    assert len(places) == 200 and moved.dtype == np.uint8
    assert set(places[:, 1]) == set(range(2, 7)) and set(places[:, 2]) == set(range(1, 6))
