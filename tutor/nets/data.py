"""Handwritten digits: a small set that comes along, and MNIST from the learner's own disk.

Both give the same thing, which can be taken apart as
``(x_train, t_train), (x_test, t_test) = load_digits()``.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.nets.functions import one_hot as _one_hot
from tutor.nets.idx import DataError, read_idx

__all__ = ["DataError", "Dataset", "Samples", "load_digits", "load_mnist"]

# The bundled set in the order of its file: people who wrote it come one after the other.
DIGITS_FOR_TRAINING = 1500


class Samples(NamedTuple):
    """Pictures and what they show.

    Attributes
    ----------
    x : array
        The pictures, a row each.
    t : array
        The labels, shape (N,), or one-hot rows, shape (N, 10).
    """

    x: NDArray[Any]
    t: NDArray[Any]


class Dataset(NamedTuple):
    """Samples to learn from, and samples never shown while learning."""

    train: Samples
    test: Samples


def load_digits(*, normalize: bool = True, flatten: bool = True, one_hot: bool = False) -> Dataset:
    """Return 1,797 real handwritten digits of 8x8 pixels: 1,500 for training, 297 for testing.

    The split follows the order of the original file.

    Parameters
    ----------
    normalize : bool
        True for float64 pixels from 0 to 1; False for uint8 as stored, from 0 to 16.
    flatten : bool
        True for rows of 64 pixels, shape (N, 64); False for pictures, shape (N, 8, 8).
    one_hot : bool
        True for float64 targets of shape (N, 10); False for uint8 labels of shape (N,).

    References
    ----------
    E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, 1998, doi 10.24432/C50P49, licence CC BY 4.0; its test set. ``digits.txt``
    beside the file says what was changed.
    """
    with (
        resources.files("tutor.nets").joinpath("digits.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        images, labels = arrays["images"], arrays["labels"]
    x = _pixels(images, 16, normalize, flatten)
    t = _one_hot(labels, 10) if one_hot else labels
    n = DIGITS_FOR_TRAINING
    return Dataset(Samples(x[:n], t[:n]), Samples(x[n:], t[n:]))


def load_mnist(
    folder: str | Path, *, normalize: bool = True, flatten: bool = True, one_hot: bool = False
) -> Dataset:
    """Return MNIST, read from the four files of the original distribution.

    They are ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
    and ``t10k-labels-idx1-ubyte``, each also with a dot in place of the last-but-one hyphen
    (``train-images.idx3-ubyte``), with ``.gz`` behind it or without. Sets in the same format
    and with ten classes, such as Fashion-MNIST, can be read as well.

    Parameters
    ----------
    folder : path
        Where the files are.
    normalize : bool
        True for float64 pixels from 0 to 1 (380 MB for all of MNIST); False for uint8, 0 to 255.
    flatten : bool
        True for rows of 784 pixels, shape (N, 784); False for pictures, shape (N, 28, 28).
    one_hot : bool
        True for float64 targets of shape (N, 10); False for uint8 labels of shape (N,).

    Raises
    ------
    DataError
        If a file is missing, truncated, damaged, too long, of another kind, or does not fit its
        neighbour.

    References
    ----------
    Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits. The format is
    described there.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder. Give the folder that holds the MNIST files.")
    train = _read_samples(folder, "train")
    test = _read_samples(folder, "t10k")
    if train.x.shape[1:] != test.x.shape[1:]:
        raise DataError(
            f"In {folder} the training pictures are {_size(train.x)} pixels and the test pictures "
            f"{_size(test.x)}: they come from two sets. Fetch all four files from one place."
        )
    return Dataset(*(_prepared(part, normalize, flatten, one_hot) for part in (train, test)))


def _read_samples(folder: Path, part: str) -> Samples:
    images_file, images = read_idx(folder, f"{part}-images", dimensions=3)
    labels_file, labels = read_idx(folder, f"{part}-labels", dimensions=1)
    if len(images) != len(labels):
        raise DataError(
            f"{images_file} holds {len(images)} pictures and {labels_file.name} holds "
            f"{len(labels)} labels: they do not belong together. Fetch both from one place."
        )
    if labels.size and labels.max() > 9:
        raise DataError(
            f"{labels_file} holds the label {labels.max()}, and a digit is 0 to 9. "
            "Is it the labels of another set?"
        )
    return Samples(images, labels)


def _prepared(part: Samples, normalize: bool, flatten: bool, one_hot: bool) -> Samples:
    t = _one_hot(part.t, 10) if one_hot else part.t
    return Samples(_pixels(part.x, 255, normalize, flatten), t)


def _pixels(images: NDArray[Any], white: int, normalize: bool, flatten: bool) -> NDArray[Any]:
    if flatten:
        images = images.reshape(len(images), images.shape[1] * images.shape[2])
    return images / white if normalize else images


def _size(images: NDArray[Any]) -> str:
    return f"{images.shape[1]}x{images.shape[2]}"
