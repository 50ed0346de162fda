"""Elements to look at while f is stepped into: its own lines did not write them.

The caller wrote into an array that f reads, or the run beside holds another number there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tutor.ui.drawing.figure import is_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tutor.trace import Cursor
    from tutor.trace.state import ArrayView, Index, Memory, State

# Where more elements than this differ, none of them stands out.
_MOST = 100


@dataclass(frozen=True, slots=True)
class LookedAt:
    """An array of which it was read once, for all that is drawn of it, what has changed."""

    view: ArrayView
    changed: tuple[Index, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array."""
        return self.view.shape

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Return the dtype of the array."""
        return self.view.dtype

    def __getitem__(self, index: int | Index) -> object:
        return self.view[index]

    def window(self, rows: slice, columns: slice) -> NDArray[np.generic]:
        """Return a copy of a part of the array."""
        return self.view.window(rows, columns)

    def to_numpy(self) -> NDArray[np.generic]:
        """Return a copy of the whole array."""
        return self.view.to_numpy()


class Marked(LookedAt):
    """An array of which some elements are pointed at, whoever wrote them."""

    __slots__ = ()


def states(cursors: Iterable[Cursor]) -> list[State]:
    """Return the state of each cursor, with the elements marked where it stands inside f."""
    cursors = list(cursors)
    plain = [cursor.state for cursor in cursors]
    if not cursors or not all(cursor.depth for cursor in cursors):
        return plain
    found: dict[str, set[Index]] = {}
    for cursor, state in zip(cursors, plain, strict=True):
        _join(found, written_outside(cursor, state))
    if len(plain) == 2:
        _join(found, different(*plain))
    return [_marked(state, found) for state in plain]


def _join(found: dict[str, set[Index]], more: Mapping[str, Iterable[Index]]) -> None:
    for name, indices in more.items():
        found.setdefault(name, set()).update(indices)


def _marked(state: State, found: Mapping[str, set[Index]]) -> State:
    names = dict(state.names)
    for name, indices in found.items():
        view = names.get(name)
        if is_array(view) and not view.changed and all(_within(i, view.shape) for i in indices):
            names[name] = Marked(view, tuple(sorted(indices)))
    return replace(state, names=names)


def _within(index: Index, shape: tuple[int, ...]) -> bool:
    return len(index) == len(shape) and all(
        i < length for i, length in zip(index, shape, strict=True)
    )


def written_outside(cursor: Cursor, state: State) -> dict[str, tuple[Index, ...]]:
    """Return the elements that the caller's iteration has moved, by the names that f reads."""
    outer = cursor.outermost.state(cursor.outer_step)
    written = {n: v.changed for n, v in outer.names.items() if is_array(v) and v.changed}
    if not written:
        return {}
    memory = cursor.recording.memory(cursor.step)
    inner = [name for name, view in state.names.items() if is_array(view)]
    return {
        name: indices
        for theirs, indices in written.items()
        for name in inner
        if _is_one_array(memory, name, f"{theirs} outside")
        or (theirs not in inner and _is_one_array(memory, name, theirs))
    }


def _is_one_array(memory: Memory, first: str, second: str) -> bool:
    buffer = memory.of(first)
    refs = {b.name: b.ref for b in buffer.bindings} if buffer else {}
    return second in refs and refs[first] == refs[second]


def different(left: State, right: State) -> dict[str, tuple[Index, ...]]:
    """Return the elements in which arrays of one name and shape differ between two runs."""
    found = {}
    for name, mine in left.names.items():
        theirs = right.names.get(name)
        if is_array(mine) and is_array(theirs) and mine.shape == theirs.shape and mine.shape:
            indices = _apart(mine.to_numpy(), theirs.to_numpy())
            if indices:
                found[name] = indices
    return found


def _apart(mine: Any, theirs: Any) -> tuple[Index, ...]:
    import numpy as np

    unlike = (mine != theirs) & ~((mine != mine) & (theirs != theirs))
    if np.count_nonzero(unlike) > _MOST:
        return ()
    return tuple(tuple(int(i) for i in index) for index in np.argwhere(unlike))
