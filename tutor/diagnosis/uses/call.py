"""One call of a differentiator, as it was seen while the file ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Student
from tutor.diagnosis.uses.text import plain_name

Floats = NDArray[np.float64]
_ALIKE = 2
_AT_REST = 1e-2  # largest slope over the value of f
_SHORT = 60  # elements of x, all of whose slopes are measured


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the student's, and the function around it."""

    module: str
    function: str
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a differentiator.

    Attributes
    ----------
    number : int
        Its f, its x as it was, and the array itself are kept as ``f<number>``, ``x<number>`` and
        ``live<number>``.
    name : str
        The differentiator.
    chain : tuple of Place
        Where it was called, the innermost first.
    values : tuple of float
        What f gave, NaN where that was no number; ``asked`` is how often.
    returned : (str, shape)
        The type of the first value of f.
    shared : bool
        f was always given the very array, not a copy of it.
    step : float
        How far x was moved at most.
    """

    number: int
    name: str
    chain: tuple[Place, ...]
    shape: tuple[int, ...]
    dtype: str
    cut: bool
    values: tuple[float, ...]
    asked: int
    raised: str
    text: str
    f: Place
    given: int
    step: float
    shared: bool
    returned: tuple[str, tuple[int, ...]]
    result: Any

    @staticmethod
    def of(event: Mapping[str, Any]) -> Call:
        """Read one that was noted."""
        return Call(
            int(event["number"]),
            str(event["name"]),
            tuple(_place(entry) for entry in event["chain"]),
            tuple(event["shape"]),
            str(event["dtype"]),
            bool(event["cut"]),
            tuple(event.get("values", ())),
            int(event.get("asked", 0)),
            str(event.get("raised", "")),
            str(event.get("text", "")),
            _place(event["f"]),
            int(event["given"]),
            float(event["step"]),
            bool(event["shared"]),
            (str(event["returned"][0]), tuple(event["returned"][1])),
            event.get("result"),
        )

    @property
    def place(self) -> Place:
        """Return where it was called."""
        return self.chain[0]

    @property
    def size(self) -> int:
        """Return the number of elements of x."""
        return int(np.prod(self.shape))

    @property
    def slopes(self) -> Floats | None:
        """Return the slopes that came back, None if it was cut short or gave none."""
        if self.cut or self.raised or not isinstance(self.result, np.ndarray | np.generic | float):
            return None
        found = np.asarray(self.result)
        return found.astype(float) if found.dtype.kind in "fiub" else None

    def args(self) -> list[str]:
        """Return what its f is to be asked with: the very array, or nothing."""
        return [f"=live{self.number}"] if self.given else []

    def is_as_then(self, student: Student, slope: float) -> bool:
        """Tell whether f still gives at x what it gave, and is not at rest there.

        ``slope`` is the largest slope of f; the first value that f gave is one step away from x.
        Where all slopes are next to nothing, any difference is mostly rounding.
        """
        student.put({f"live{self.number}": student.copies([f"x{self.number}"])[0]})
        now = student.observe(f"f{self.number}", *self.args()).number()
        if now is None or not self.values:
            return False
        loose = 1e-5 if self.dtype == "float32" else 1e-9
        room = 2 * self.step * slope + loose * max(abs(now), 1.0)
        return abs(now - self.values[0]) <= room and slope > _AT_REST * abs(now)

    def central(self, student: Student, h: float = 1e-5) -> tuple[Floats, NDArray[np.intp]]:
        """Return central differences of f at the array as it is now, and of which elements."""
        picked = np.unique(np.linspace(0, self.size - 1, min(self.size, _SHORT)).astype(int))
        moves = [(f"live{self.number}", unit(self.shape, i), [h, -h]) for i in picked]
        both = np.array(student.losses(f"f{self.number}", self.args(), moves), float)
        return (both[:, 0] - both[:, 1]) / (2 * h), picked


def calls_of(events: Sequence[Mapping[str, Any]], *, each_way: bool = False) -> tuple[Call, ...]:
    """Return the calls that the file makes itself, not those that one differentiator makes.

    Of many calls from one line with one shape, as in training, the first ones; ``each_way`` has
    the first ones of each way to that line.
    """
    own = [e for e in events if e["what"] == "differentiator" and "chain" in e]
    calls = [Call.of(e) for e in own if e["chain"] and not e["inner"]]
    counts: Counter[tuple[object, ...]] = Counter()
    out = []
    for call in calls:
        way = call.chain if each_way else call.place
        alike = (call.name, way, call.shape, call.dtype)
        counts[alike] += 1
        if counts[alike] <= _ALIKE:
            out.append(call)
    return tuple(out)


def _place(entry: Sequence[Any]) -> Place:
    return Place(str(entry[0]), plain_name(str(entry[1])), int(entry[2]))


def unit(shape: tuple[int, ...], index: int) -> Floats:
    """Return an array of zeros with a one in one element."""
    out = np.zeros(shape)
    out.flat[index] = 1.0
    return out
