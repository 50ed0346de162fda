"""The bundled digits against what is published of them; MNIST's files, whole and damaged."""

import gzip
import struct
from importlib import resources

import numpy as np
import pytest

from tutor.nets import DataError, load_digits, load_mnist

NAMES = {
    "train-images": "train-images-idx3-ubyte",
    "train-labels": "train-labels-idx1-ubyte",
    "t10k-images": "t10k-images-idx3-ubyte",
    "t10k-labels": "t10k-labels-idx1-ubyte",
}


def test_the_digits_are_the_test_set_of_uci():
    (x, t), (x_test, t_test) = load_digits()
    assert x.shape == (1500, 64)
    assert x_test.shape == (297, 64)
    assert x.dtype == np.float64
    # The class counts of optdigits.names.
    counts = np.bincount(np.concatenate([t, t_test]))
    np.testing.assert_array_equal(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert x.min() == 0
    assert x.max() == 1


def test_the_first_digit_is_the_zero_everybody_knows():
    (x, t), _ = load_digits(normalize=False, flatten=False)
    assert t[0] == 0
    assert x.dtype == np.uint8
    assert x.shape == (1500, 8, 8)
    np.testing.assert_array_equal(
        x[0, :3],
        [[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0], [0, 3, 15, 2, 0, 11, 8, 0]],
    )
    scaled = load_digits().train.x[0]
    np.testing.assert_array_equal(scaled * 16, x[0].ravel())


def test_one_hot_digits():
    (_, labels), (_, test_labels) = load_digits()
    (_, rows), (_, test_rows) = load_digits(one_hot=True)
    np.testing.assert_array_equal(rows, np.eye(10)[labels])
    np.testing.assert_array_equal(test_rows, np.eye(10)[test_labels])


def test_the_bundled_file_is_small_and_attributed():
    folder = resources.files("tutor.nets")
    assert len(folder.joinpath("digits.npz").read_bytes()) < 120_000
    words = folder.joinpath("digits.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in words
    assert "Alpaydin" in words


def images(n, seed=0, size=(28, 28)):
    return np.random.default_rng(seed).integers(256, size=(n, *size), dtype=np.uint8)


def labels(n, seed=0):
    return np.random.default_rng(seed).integers(10, size=n, dtype=np.uint8)


def idx(array):
    """Write the format down independently: struct, not the reader's arithmetic."""
    magic = {1: 2049, 3: 2051}[array.ndim]
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


CONTENT = {
    "train-images": idx(images(7)),
    "train-labels": idx(labels(7)),
    "t10k-images": idx(images(3, 1)),
    "t10k-labels": idx(labels(3, 1)),
}


@pytest.fixture
def folder(tmp_path):
    for stem, name in NAMES.items():
        (tmp_path / name).write_bytes(CONTENT[stem])
    return tmp_path


def check_mnist(folder):
    (x, t), (x_test, t_test) = load_mnist(folder, normalize=False, flatten=False)
    np.testing.assert_array_equal(x, images(7))
    np.testing.assert_array_equal(t, labels(7))
    np.testing.assert_array_equal(x_test, images(3, 1))
    np.testing.assert_array_equal(t_test, labels(3, 1))


@pytest.mark.parametrize("dot", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_mnist_by_all_its_names(tmp_path, dot, packed):
    for stem, name in NAMES.items():
        name = name.replace("-idx", ".idx") if dot else name
        content = gzip.compress(CONTENT[stem]) if packed else CONTENT[stem]
        (tmp_path / (name + ".gz" * packed)).write_bytes(content)
    check_mnist(tmp_path)
    check_mnist(str(tmp_path))


def test_a_file_unpacked_under_its_old_name_and_the_reverse(folder):
    name = NAMES["train-images"]
    (folder / name).rename(folder / (name + ".gz"))
    (folder / NAMES["t10k-labels"]).write_bytes(gzip.compress(CONTENT["t10k-labels"]))
    check_mnist(folder)


def test_normalised_flat_and_one_hot(folder):
    (x, t), (x_test, t_test) = load_mnist(folder, one_hot=True)
    assert x.shape == (7, 784)
    assert x.dtype == np.float64
    np.testing.assert_array_equal(x, images(7).reshape(7, 784) / 255)
    np.testing.assert_array_equal(t, np.eye(10)[labels(7)])
    assert x_test.shape == (3, 784)
    np.testing.assert_array_equal(t_test, np.eye(10)[labels(3, 1)])


def test_what_is_loaded_can_be_written_to(folder):
    load_mnist(folder, normalize=False).train.x[0, 0] = 1
    load_digits(normalize=False).train.x[0, 0] = 1


DAMAGES = {
    "cut in the pixels": ("train-images", lambda c: c[:-1], "is cut short"),
    "cut in the header": ("train-images", lambda c: c[:9], "within its header"),
    "cut in the magic number": ("t10k-labels", lambda c: c[:2], "it has 2 bytes"),
    "empty": ("t10k-labels", lambda c: b"", "it has 0 bytes"),
    "too long": ("train-labels", lambda c: c + b"\0", "goes on after its end"),
    "labels for pictures": ("train-images", lambda c: CONTENT["train-labels"], "holds labels"),
    "pictures for labels": ("t10k-labels", lambda c: CONTENT["t10k-images"], "holds pictures"),
    "a web page": ("train-images", lambda c: b"<!DOCTYPE html>", "web page"),
    "floats": ("train-images", lambda c: b"\0\0\x0d\x03" + c[4:], "starts with 3331"),
    "sizes made up": ("train-images", lambda c: c[:4] + b"\xff" * 12 + c[16:], "is cut short"),
    "one label less": ("train-labels", lambda c: idx(labels(6)), "7 pictures.*6 labels"),
    "a label of ten": ("t10k-labels", lambda c: c[:-1] + b"\x0a", "the label 10"),
    "broken download": ("t10k-images", lambda c: gzip.compress(c)[:-20], "damaged gzip"),
    "wrong checksum": ("t10k-images", lambda c: gzip.compress(c)[:-8] + b"\1" * 8, "damaged gzip"),
    "garbled": ("t10k-images", lambda c: gzip.compress(c)[:12] + b"\xff" * 50, "damaged gzip"),
    "half a gzip header": ("t10k-images", lambda c: b"\x1f\x8b\x08", "damaged gzip"),
    "no gzip after all": ("t10k-images", lambda c: b"\x1f\x8b\x00" + c, "damaged gzip"),
    "pictures of another size": ("t10k-images", lambda c: idx(images(3, 1, (8, 8))), "8x8"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_with_a_sentence(folder, damage):
    stem, harm, says = DAMAGES[damage]
    path = folder / NAMES[stem]
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(DataError, match=says) as caught:
        load_mnist(folder)
    assert str(folder) in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


@pytest.mark.parametrize("stem", NAMES)
def test_a_missing_file_is_named_with_all_its_names(folder, stem):
    (folder / NAMES[stem]).unlink()
    with pytest.raises(DataError, match="has no") as caught:
        load_mnist(folder)
    name = NAMES[stem]
    for spelling in (name, name + ".gz", name.replace("-idx", ".idx")):
        assert spelling in str(caught.value)


def test_a_missing_folder(tmp_path):
    with pytest.raises(DataError, match="no folder"):
        load_mnist(tmp_path / "nowhere")


def test_a_file_that_cannot_be_read(folder, monkeypatch):
    # Tests may run as root, whom no permission stops.
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        load_mnist(folder)


def test_a_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)
