"""What stands in for the small data sets of scikit-learn: their shapes, with random figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Bunch(dict[str, Any]):
    """A dict whose entries are attributes too."""

    def __getattr__(self, name: str) -> Any:
        """Return an entry."""
        if name not in self:
            raise AttributeError(name)
        return self[name]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many samples, features and classes a data set has, and the largest figure in it."""

    samples: int
    features: int
    classes: int
    largest: float


# Of the 1797 digits only the last 197: what is left over by batches of 100, 50 or 32 stays so.
SHAPES = {
    "load_digits": Shape(197, 64, 10, 16.0),
    "load_iris": Shape(150, 4, 3, 8.0),
    "load_wine": Shape(178, 13, 3, 100.0),
    "load_breast_cancer": Shape(569, 30, 2, 100.0),
}


def loader(name: str) -> Callable[..., Any]:
    """Return a function that gives a data set of that name, in the form of scikit-learn."""
    shape = SHAPES[name]

    def load(*_: object, return_X_y: bool = False, **__: object) -> Any:
        x, t = _figures(shape)
        if return_X_y:
            return x, t
        names = np.array([f"class {k}" for k in range(shape.classes)])
        found = Bunch(data=x, target=t, target_names=names, feature_names=[], DESCR="")
        if name == "load_digits":
            found["images"] = x.reshape(-1, 8, 8)
        return found

    return load


def _figures(shape: Shape) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    random = np.random.RandomState(0)
    labels = np.arange(shape.samples) * shape.classes // shape.samples
    if shape.classes > 3:
        labels = random.randint(0, shape.classes, shape.samples)
    middle = random.uniform(0.2, 0.8, (shape.classes, shape.features))
    noise = random.uniform(-0.2, 0.2, (shape.samples, shape.features))
    x = np.round(shape.largest * (middle[labels] + noise), 1)
    return np.asarray(x, np.float64), labels.astype(np.int64)
