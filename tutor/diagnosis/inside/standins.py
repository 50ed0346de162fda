"""What stands in for the modules that a hand-in imports and the jail does not have.

Plotting draws nothing. Data sets are small, random and of the right shapes: what is looked for is
whether gradients are right, and for that any data will do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableSequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.space import files

TRAIN, TEST = 200, 50
_SIDE, _CLASSES = 28, 10
_DRAWING = (
    "matplotlib",
    "mpl_toolkits",
    "seaborn",
    "plotly",
    "bokeh",
    "PIL",
    "cv2",
    "IPython",
    "ipywidgets",
)
_HELPERS = ("tqdm", "pandas", "h5py", "requests", "wget", "google", "sklearn", "past", "six")
_DATA = ("mnist", "dataset", "datasets", "keras", "tensorflow.keras.datasets", "data_utils")


class Anything:
    """Takes every attribute, call and index, and does nothing."""

    def __getattr__(self, name: str) -> Anything:
        """Return another one, unless Python itself is asking."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *_: object, **__: object) -> Anything:
        """Do nothing."""
        return Anything()

    def __getitem__(self, _: object) -> Anything:
        """Return another one."""
        return Anything()

    def __setitem__(self, _: object, __: object) -> None:
        """Keep nothing."""

    def __iter__(self) -> Iterator[Anything]:
        """Yield two: a figure and its axes, most often."""
        return iter((Anything(), Anything()))

    def __len__(self) -> int:
        """Hold nothing."""
        return 0

    def __float__(self) -> float:
        """Be no number."""
        return float("nan")

    def _same(self, *_: object) -> Anything:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __neg__ = __lt__ = __gt__ = __le__ = __ge__ = _same

    def __enter__(self) -> Anything:
        """Open nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""


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


def train_test_split(*arrays: Any, test_size: float = 0.25, **_: object) -> list[Any]:
    """Return the first part and the rest of each array."""
    cut = int(len(arrays[0]) * (1 - float(test_size)))
    return [part for values in arrays for part in (values[:cut], values[cut:])]


def tqdm(iterable: Any = (), *_: object, **__: object) -> Any:
    """Return what it is given."""
    return iterable


_KNOWN: Mapping[str, Any] = {
    "load_mnist": load_mnist,
    "load_data": load_data,
    "train_test_split": train_test_split,
    "tqdm": tqdm,
    "trange": range,
    "xrange": range,
    "range": range,
    "object": object,
    "zip": zip,
    "map": map,
}


class StandIn(ModuleType):
    """A module that has everything one may ask of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: MutableSequence[str] = []

    def __getattr__(self, name: str) -> Any:
        """Return a stand-in of that name."""
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        if name in _KNOWN:
            return _KNOWN[name]
        return StandIn(name) if name.endswith("mnist") else Anything()


class Finder:
    """Finds the student's own modules, then stand-ins; notes what cannot be had."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        self.own = own
        self.missing: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        """Return how a module is to be had, None where Python is to look itself."""
        top = name.partition(".")[0]
        if name.endswith(("dataset.mnist", "dataset")) and _is_data(name):
            return ModuleSpec(name, _Loader(), is_package=True)  # theirs would download it
        if name in self.own or any(other.startswith(f"{name}.") for other in self.own):
            return ModuleSpec(name, self.own["loader"], is_package=True)
        if top in _DRAWING or top in _HELPERS or _is_data(name):
            return ModuleSpec(name, _Loader(), is_package=True)
        return None


class Missing:
    """The last finder asked: notes what nobody else could find."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Note the name."""
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and name not in self.names and _asked_by_student():
            self.names.append(name)


def _asked_by_student() -> bool:
    """Tell whether the import under way stands in the student's own source."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename in files


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def _is_data(name: str) -> bool:
    top = name.partition(".")[0]
    return top in _DATA or name.endswith(("mnist", "data_utils", ".datasets"))
