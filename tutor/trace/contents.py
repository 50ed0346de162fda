"""The contents of every buffer of a run, checked against what was seen while it ran."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, Buffer, Snapshot
from tutor.trace.events import Book, Events
from tutor.trace.history import FOREIGN, History, differing_cells, make_history, shared_part
from tutor.trace.session import Check
from tutor.trace.state import Note

_AT_ONCE = 64  # stretches that are made when a recording is closed


class Contents:
    """Answers what a buffer held at a place.

    A buffer is seen anew in each call of the traced function, since what happens between two
    calls is not recorded; each stretch from one snapshot to the next has its own history. It is
    made when it is first asked for, so that a run of many calls is closed at once.
    """

    def __init__(self, book: Book, buffers: Sequence[Buffer], checks: Sequence[Check]) -> None:
        self.book = book
        self._events: dict[int, Events] | None = book.events()
        self._starts = [[shot.position for shot in buffer.snapshots] for buffer in buffers]
        self._wholes = [buffer.whole for buffer in buffers]
        self._waiting: dict[tuple[int, int], Snapshot] = {
            (buffer.number, number): shot
            for buffer in buffers
            for number, shot in enumerate(buffer.snapshots)
        }
        self._checks: dict[tuple[int, int], list[Check]] = {}
        for check in checks:
            self._checks.setdefault((check.buffer, check.call), []).append(check)
        self._histories: dict[tuple[int, int], History] = {}
        self._foreign: dict[int, list[Events]] = {}
        self._notes: list[Note] = []
        self._by_call: dict[int, list[tuple[int, int]]] = {}
        self._of_call: dict[int, list[tuple[int, History]]] = {}
        for buffer, starts in enumerate(self._starts):
            for number, start in enumerate(starts):
                call = book.timeline.call(start)
                self._by_call.setdefault(call, []).append((buffer, number))
        if len(self._waiting) <= _AT_ONCE:
            self._make_all()

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for all buffers."""
        self._make_all()
        return sum(history.nbytes for history in self._histories.values())

    @property
    def notes(self) -> list[Note]:
        """Return what was noticed to have been written by something else, in sentences."""
        self._make_all()
        return self._notes

    def history(self, buffer: int, position: int) -> History | None:
        """Return the history that covers a position, or None if the buffer was never copied."""
        starts = self._starts[buffer]
        if not starts:
            return None
        number = bisect_right(starts, position) - 1 if len(starts) > 1 else 0
        stretch = buffer, number if number > 0 else 0
        return self._histories.get(stretch) or self._made(*stretch)

    def has_foreign(self, call: int) -> bool:
        """Tell whether something other than a recorded line wrote while a call ran."""
        if call not in self._of_call:
            self.of_call(call)
        return bool(self._foreign)

    def of_call(self, call: int) -> list[tuple[int, History]]:
        """Return the histories that belong to one call, with their buffers' numbers."""
        found = self._of_call.get(call)
        if found is None:
            stretches = self._by_call.get(call, [])
            found = [(buffer, self._made(buffer, number)) for buffer, number in stretches]
            self._of_call[call] = found
        return found

    def events(self) -> dict[int, Events]:
        """Return every write by buffer, those that no line made among them."""
        self._make_all()
        found = self.book.events()
        for buffer, extra in self._foreign.items():
            lots = [found[buffer], *extra] if buffer in found else extra
            found[buffer] = Events.joined(lots)
        return found

    def starts(self, buffer: int) -> list[int]:
        """Return the positions at which a buffer's stretches begin."""
        return self._starts[buffer]

    def initial(self, buffer: int, stretch: int) -> NDArray[Any]:
        """Return a buffer's cells at the beginning of a stretch."""
        return self._made(buffer, stretch).initial

    def _make_all(self) -> None:
        for buffer, number in list(self._waiting):
            self._made(buffer, number)
        self._events = None

    def _made(self, buffer: int, number: int) -> History:
        """Return the history of one stretch, made if it was not asked for before."""
        stretch = (buffer, number)
        if stretch in self._histories:
            return self._histories[stretch]
        shot = self._waiting.pop(stretch)
        starts = self._starts[buffer]
        last = starts[number + 1] if number + 1 < len(starts) else None
        events = self._events.get(buffer) if self._events else None
        mine = _between(events, shot.position, last, self.book.span)
        seen = self._checks.pop((buffer, self.book.timeline.call(shot.position)), [])
        found = self._verified(self._wholes[buffer], shot, mine, seen)
        initial = shared_part(shot.cells, [column.floats for column in self.book.columns])
        self._histories[stretch] = make_history(self.book, initial, found)
        return self._histories[stretch]

    def _verified(
        self, whole: ArrayRef, snapshot: Snapshot, events: Events | None, checks: list[Check]
    ) -> Events | None:
        """Return the writes with those added that only the checks have noticed."""
        cells = np.array(snapshot.cells)
        extra: list[Events] = []
        done = 0
        for check in checks:
            until = self._until(check)
            if events is not None:
                after = int(np.searchsorted(events.keys, until, "left"))
                cells[events.cells[done:after]] = events.values[done:after]
                done = after
            changed = _differing(cells, check)
            if changed is None:
                self._note_unseen(check)
            elif len(changed):
                assert check.cells is not None
                extra.append(self._foreign_events(check, until, changed, whole))
                cells[changed] = check.cells[changed]
        if not extra:
            return events
        self._foreign.setdefault(whole.buffer, []).extend(extra)
        return Events.joined([events, *extra] if events is not None else extra)

    def _until(self, check: Check) -> int:
        """Return the time before which a check had been preceded by everything."""
        if check.site is None:
            return check.position * self.book.span
        return check.position * self.book.span + self._offset_of(check.site) + 1

    def _offset_of(self, site: int) -> int:
        for block in self.book.timeline.layout.blocks:
            if site in block.sites:
                return block.sites.index(site)
        raise LookupError(f"site {site} is in no block")

    def _foreign_events(
        self, check: Check, until: int, cells: NDArray[np.int64], whole: ArrayRef
    ) -> Events:
        assert check.cells is not None
        count = len(cells)
        if check.site is None:
            position = max(check.position - 1, 0)
            length = len(self.book.timeline.layout.blocks[self.book.timeline.path[position]].sites)
            key = position * self.book.span + length - 1
            self._note_foreign(position, check)
            ref = FOREIGN
        else:  # a line was seen to write, if not how
            key = until - 1
            ref = self.book.number_of(whole)
        none = np.full(count, FOREIGN, np.int64)
        keys = np.full(count, key, np.int64)
        return Events(keys, cells, check.cells[cells], none, np.full(count, ref, np.int64))

    def _note_foreign(self, position: int, check: Check) -> None:
        step = self.book.timeline.last_step_of(position)
        text = (
            "An array was changed by something other than a line of this function (a function "
            f"that it calls, or NumPy itself). The change was noticed after step {step}."
        )
        if not any("other than a line" in note.text for note in self._notes):
            self._notes.append(Note(text, step))

    def _note_unseen(self, check: Check) -> None:
        step = self.book.timeline.last_step_of(max(check.position - 1, 0))
        text = (
            "A large array was changed by something other than a line of this function "
            f"before step {step}; which elements is known at the end of the call only."
        )
        if not any(note.text.startswith("A large array") for note in self._notes):
            self._notes.append(Note(text, step))


def _between(events: Events | None, start: int, end: int | None, span: int) -> Events | None:
    if events is None:
        return None
    first = np.searchsorted(events.keys, start * span)
    after = len(events) if end is None else np.searchsorted(events.keys, end * span)
    return events.take(slice(int(first), int(after)))


def _differing(cells: NDArray[Any], check: Check) -> NDArray[np.int64] | None:
    """Return the cells that are not as expected; None if only that much is known."""
    if check.cells is None:
        same = zlib.crc32(cells.tobytes()) == check.checksum
        return np.empty(0, np.int64) if same else None
    if cells.dtype.kind not in "fiubc":
        return np.empty(0, np.int64)
    return np.flatnonzero(differing_cells(cells, check.cells))
