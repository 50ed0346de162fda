"""Values taken out of their stores again, one at a time."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np

from tutor.trace.columns import MISSING
from tutor.trace.saved.data import NameTable, Values

NOT_YET = object()  # a name that has got no value so far


class ViewNumber(int):
    """The number of a view, in the place of an array."""

    __slots__ = ()


class Picked:
    """The values of a table, each as the recording had it.

    An array is a `ViewNumber`, a deleted name is `MISSING`.
    """

    def __init__(self, values: Values, objects: tuple[object, ...]) -> None:
        self._values = values
        self._objects = objects
        self._ranks = values.ranks() if len(values.kinds) > 1 else None

    def __getitem__(self, at: int) -> object:
        kinds = self._values.kinds
        kind = kinds[int(self._values.which[at])] if self._ranks is not None else kinds[0]
        found: Any = kind.data[at if self._ranks is None else int(self._ranks[at])]
        match kind.name:
            case "numpy":
                return found
            case "array":
                return ViewNumber(found)
            case "object":
                return self._objects[int(found)]
            case "missing":
                return MISSING
            case "tuple":
                return tuple(found.tolist())
            case _:
                return found.item()


class PickedName:
    """A name's values, looked up by step."""

    def __init__(self, table: NameTable, objects: tuple[object, ...]) -> None:
        self.name = table.name
        self.of_iteration = table.of_iteration
        self.values = Picked(table.values, objects)
        self._steps = np.ascontiguousarray(table.steps, np.int64).data

    def at(self, step: int, since: int) -> object:
        """Return the value at a step, `NOT_YET` if the name was given none since another."""
        at = bisect_right(self._steps, step) - 1
        return self.values[at] if at >= 0 and self._steps[at] >= since else NOT_YET

    def given(self, step: int) -> object:
        """Return the value that the line of a step gave the name, `NOT_YET` if none."""
        return self.at(step, step)
