"""Small data sets of the shapes that the well-known ones have, and what prepares them.

What is looked for is whether gradients are right, and for that any data will do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.toy_sets import Bunch

TRAIN, TEST = 200, 50
_SIDE, _CLASSES = 28, 10
# Samples, features, classes; no classes where the targets are numbers.
_TABLES = {
    "load_diabetes": (442, 10, 0),
    "load_boston": (506, 13, 0),
    "fetch_california_housing": (500, 8, 0),
    "fetch_openml": (TRAIN, _SIDE * _SIDE, 10),
    "make_classification": (100, 20, 2),
    "make_regression": (100, 100, 0),
    "make_moons": (100, 2, 2),
    "make_circles": (100, 2, 2),
    "make_blobs": (100, 2, 3),
}


def digits(count: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return images, shape (count, 28, 28) of uint8, and their labels, shape (count,) of uint8.

    Each label has a picture of its own under the noise, so that a net can learn them.
    """
    pictures = np.random.RandomState(0).randint(0, 160, (_CLASSES, _SIDE, _SIDE))
    random = np.random.RandomState(seed)
    labels = random.randint(0, _CLASSES, count)
    noise = random.randint(0, 96, (count, _SIDE, _SIDE))
    return (pictures[labels] + noise).astype(np.uint8), labels.astype(np.uint8)


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False, **_: object
) -> Any:
    """Return ((x_train, t_train), (x_test, t_test)) in the form that the book's loader gives."""

    def part(count: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
        images, labels = digits(count, seed)
        x = images.astype(np.float32) / 255 if normalize else images
        x = x.reshape(count, -1) if flatten else x.reshape(count, 1, _SIDE, _SIDE)
        return x, np.eye(_CLASSES, dtype=int)[labels] if one_hot_label else labels

    return part(TRAIN, 1), part(TEST, 2)


def load_data(*_: object, **__: object) -> Any:
    """Return what Keras' loaders give: images of bytes and labels."""
    return digits(TRAIN, 1), digits(TEST, 2)


def _table(name: str) -> Callable[..., Any]:
    """Return a loader, or a maker, of scikit-learn's."""
    samples, features, classes = _TABLES[name]

    def load(n_samples: Any = samples, *_: object, **options: Any) -> Any:
        count = n_samples if isinstance(n_samples, int) else samples
        size = int(options.get("n_features", features))
        kinds = int(options.get("n_classes", options.get("centers", classes)))
        x, t = _rows(count, size, kinds)
        if name == "fetch_openml":
            x, t = np.round(255 * x / x.max()), t.astype(str)
        if name.startswith("make_") or options.get("return_X_y"):
            return x, t
        names = [f"feature {i}" for i in range(size)]
        return Bunch(data=x, target=t, feature_names=names, target_names=[], DESCR="")

    return load


def _rows(count: int, size: int, kinds: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return x of shape (count, size), above 0, and t of shape (count,): labels, or numbers."""
    random = np.random.RandomState(0)
    x = random.uniform(0, 4, (count, size))
    if not kinds:
        return x, x @ random.normal(size=size)
    t = random.randint(0, kinds, count)
    return x + 2.0 * random.uniform(size=(kinds, size))[t], t


def train_test_split(*arrays: Any, test_size: float = 0.25, **_: object) -> list[Any]:
    """Return the first part and the rest of each array."""
    count = len(arrays[0])
    rest = int(test_size) if test_size >= 1 else int(count * float(test_size))
    return [part for values in arrays for part in (values[: count - rest], values[count - rest :])]


def to_categorical(y: Any, num_classes: int | None = None, **_: object) -> NDArray[Any]:
    """Return one-hot rows for labels, as Keras does."""
    labels = np.asarray(y, int).ravel()
    return np.asarray(np.eye(num_classes or int(labels.max()) + 1)[labels])


class Scaler:
    """Moves columns to a mean of 0 and a deviation of 1."""

    def __init__(self, *_: object, **__: object) -> None:
        self.mean_: Any = 0.0
        self.scale_: Any = 1.0

    def fit(self, x: Any, *_: object) -> Scaler:
        """Take the columns' means and deviations."""
        self.mean_, self.scale_ = np.mean(x, axis=0), np.std(x, axis=0)
        self.scale_ = np.where(self.scale_ == 0, 1.0, self.scale_)
        return self

    def transform(self, x: Any) -> Any:
        """Return the columns moved."""
        return (np.asarray(x) - self.mean_) / self.scale_

    def fit_transform(self, x: Any, *_: object) -> Any:
        """Do both."""
        return self.fit(x).transform(x)


class OneHot:
    """Turns a column of labels into one-hot rows."""

    def __init__(self, *_: object, **__: object) -> None:
        self.categories_: list[Any] = []

    def fit(self, t: Any, *_: object) -> OneHot:
        """Take the labels that there are."""
        self.categories_ = [np.unique(t)]
        return self

    def transform(self, t: Any) -> Any:
        """Return one-hot rows."""
        return (np.asarray(t).reshape(-1, 1) == self.categories_[0]).astype(float)

    def fit_transform(self, t: Any, *_: object) -> Any:
        """Do both."""
        return self.fit(t).transform(t)


KNOWN: Mapping[str, Any] = {
    "load_mnist": load_mnist,
    "load_data": load_data,
    "train_test_split": train_test_split,
    "to_categorical": to_categorical,
    "StandardScaler": Scaler,
    "MinMaxScaler": Scaler,
    "OneHotEncoder": OneHot,
    "LabelBinarizer": OneHot,
    **{name: _table(name) for name in _TABLES},
}
"""What a stand-in of a module has under these names, whichever module it is."""
