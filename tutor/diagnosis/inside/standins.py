"""What stands in for the modules that a hand-in imports and the jail does not have.

Plotting draws nothing; data sets are those of `tutor.diagnosis.inside.datasets`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping, MutableSequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside import datasets, toy_sets
from tutor.diagnosis.inside.space import files

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
_PARTS = ("datasets", "preprocessing", "model_selection", "utils", "keras", "np_utils")
FRAMEWORK = "tensorflow"
_OF_DATA = re.compile(r"\.keras\.(?:datasets|utils)\b")
_DATA = ("mnist", "dataset", "datasets", "keras", "tensorflow.keras.datasets", "data_utils")


class Anything:
    """Takes every attribute, call and index, and does nothing."""

    def __getattr__(self, name: str) -> Anything:
        """Return another one, unless Python itself is asking."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args: Any, **named: object) -> Any:
        """Do nothing; as a decorator, leave what is decorated as it is."""
        if len(args) == 1 and not named and isinstance(args[0], FunctionType | type):
            return args[0]
        return Anything()

    def __mro_entries__(self, _: object) -> tuple[type, ...]:
        """Be no base of a class."""
        return ()

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

    def __array__(self, dtype: Any = None, copy: object = None) -> NDArray[Any]:
        """Be one number that is none.

        Without this NumPy would look for arrays in what it holds, and in that, without end.
        """
        return np.array(
            np.nan, dtype if dtype is not None and np.dtype(dtype).kind == "f" else float
        )

    def _same(self, *_: object) -> Anything:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __pow__ = __rpow__ = _same
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _same
    __matmul__ = __rmatmul__ = __neg__ = __abs__ = __lt__ = __gt__ = __le__ = __ge__ = _same

    def __enter__(self) -> Anything:
        """Open nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""


def tqdm(iterable: Any = (), *_: object, **__: object) -> Any:
    """Return what it is given."""
    return iterable


_KNOWN: Mapping[str, Any] = {
    **datasets.KNOWN,
    **{name: toy_sets.loader(name) for name in toy_sets.SHAPES},
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
        return StandIn(name) if name in _PARTS or name.endswith("mnist") else Anything()


def wants_only_data(tree: ast.Module) -> bool:
    """Tell whether a module takes nothing of TensorFlow but a data set and one-hot rows."""
    text = ast.unparse(tree)
    wanted: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(FRAMEWORK):
            wanted += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.asname or alias.name for alias in node.names if FRAMEWORK in alias.name]
            for name in names:
                uses = re.findall(rf"(?<!import )\b{re.escape(name)}\.[\w.]+", text)
                wanted += uses or [name]
    return bool(wanted) and all(map(_OF_DATA.search, wanted))


class Finder:
    """Finds the student's own modules, then stand-ins; notes what cannot be had."""

    def __init__(self, own: Mapping[str, Any], more: Collection[str] = ()) -> None:
        self.own = own
        self.more = more
        self.missing: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        """Return how a module is to be had, None where Python is to look itself."""
        top = name.partition(".")[0]
        if name.endswith(("dataset.mnist", "dataset")) and _is_data(name):
            return ModuleSpec(name, _Loader(), is_package=True)  # theirs would download it
        if name in self.own or any(other.startswith(f"{name}.") for other in self.own):
            return ModuleSpec(name, self.own["loader"], is_package=True)
        if top in _DRAWING or top in _HELPERS or top in self.more or _is_data(name):
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
