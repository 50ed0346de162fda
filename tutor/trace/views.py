"""An array as it stood at one step, read where it is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.history import History
from tutor.trace.state import Index
from tutor.trace.timeline import Place


class RecordedView:
    """An array of a recording at one step; see `tutor.trace.state.ArrayView`."""

    __slots__ = ("_history", "_place", "ref")

    def __init__(self, ref: ArrayRef, history: History, place: Place) -> None:
        self.ref = ref
        self._history = history
        self._place = place

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array."""
        return self.ref.shape

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Return the dtype of the array."""
        return np.dtype(self.ref.dtype)

    @property
    def changed(self) -> tuple[Index, ...]:
        """Return the elements that differ from what they were when the iteration began."""
        found = (self.ref.index(cell) for cell in self._history.touched(self._place))
        return tuple(index for index in found if index is not None)

    def __getitem__(self, index: int | Index) -> Any:
        at = (index,) if isinstance(index, int) else index
        if len(at) != len(self.shape):
            raise IndexError(f"index {at} does not name one element of an array {self.shape}")
        positive = []
        for i, length in zip(at, self.shape, strict=True):
            if not -length <= i < length:
                raise IndexError(f"index {at} is out of bounds for an array {self.shape}")
            positive.append(i % length)
        cell = np.array([self.ref.cell(tuple(positive))])
        return self._history.values(cell, self._place)[0]

    def window(self, rows: slice, columns: slice) -> NDArray[Any]:
        """Return a copy of a part of the array seen as a matrix."""
        cells = self.ref.cells()
        matrix = cells.reshape(-1, cells.shape[-1]) if cells.ndim else cells.reshape(1, 1)
        part = matrix[rows, columns]
        return self._history.values(part.reshape(-1), self._place).reshape(part.shape)

    def to_numpy(self) -> NDArray[Any]:
        """Return a copy of the whole array at this step."""
        cells = self.ref.cells()
        return self._history.values(cells.reshape(-1), self._place).reshape(cells.shape).copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self.to_numpy(), dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<array {self.shape} {self.dtype} of the recording>"
