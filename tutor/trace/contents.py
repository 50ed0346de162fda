"""The contents of every buffer of a run, checked against what was seen while it ran."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
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
    made when it is first asked for, so that a run of many calls is closed at once. The stretches
    are numbered, those of one buffer after the other.
    """

    def __init__(
        self,
        book: Book,
        buffers: Sequence[Buffer],
        checks: Sequence[Check],
        whole: Callable[[int], ArrayRef],
    ) -> None:
        self.book = book
        self._whole = whole
        self._shots: list[Snapshot | None] = [s for b in buffers for s in b.snapshots]
        counts = [len(buffer.snapshots) for buffer in buffers]
        buffer_of = np.repeat(np.arange(len(buffers), dtype=np.int32), counts)
        begins = np.cumsum([0, *counts]).astype(np.int32)
        starts = np.array([s.position for b in buffers for s in b.snapshots], np.int32)
        self._buffer_of, self._begins, self._starts = buffer_of.data, begins.data, starts.data
        self._calls = np.searchsorted(book.timeline.calls, starts, "right").astype(np.int32) - 1
        self._checks: dict[tuple[int, int], list[Check]] = {}
        for check in checks:
            self._checks.setdefault((check.buffer, check.call), []).append(check)
        self._histories: dict[int, History] = {}
        self._foreign: dict[int, list[Events]] = {}
        self._notes: list[Note] = []
        self._of_call: dict[int, list[tuple[int, History]]] = {}
        self._events_of: tuple[int, dict[int, Events]] | None = None
        events = book.events()
        if len(starts) <= _AT_ONCE or not self._are_of_their_calls(events):
            for stretch in range(len(starts)):
                self._made(stretch, events)
        else:
            book.forget()

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for all buffers."""
        events = self.book.events()
        self._make_checked(events)
        stretches = range(len(self._shots))
        return sum((self._histories.get(s) or self._fresh(s, events)).nbytes for s in stretches)

    @property
    def notes(self) -> list[Note]:
        """Return what was noticed to have been written by something else, in sentences."""
        if self._checks:
            self._make_checked(self.book.events())
        return self._notes

    def history(self, buffer: int, position: int) -> History | None:
        """Return the history that covers a position, or None if the buffer was never copied."""
        first, after = self._begins[buffer], self._begins[buffer + 1]
        if first == after:
            return None
        stretch = first
        if after - first > 1:
            stretch = max(bisect_right(self._starts, position, first, after) - 1, first)
        return self._histories.get(stretch) or self._made(stretch)

    def has_foreign(self, call: int) -> bool:
        """Tell whether something other than a recorded line wrote while a call ran."""
        if call not in self._of_call:
            self.of_call(call)
        return bool(self._foreign)

    def of_call(self, call: int) -> list[tuple[int, History]]:
        """Return the histories that belong to one call, with their buffers' numbers."""
        found = self._of_call.get(call)
        if found is None:
            stretches = np.flatnonzero(self._calls == call).tolist()
            found = [(self._buffer_of[stretch], self._made(stretch)) for stretch in stretches]
            self._of_call[call] = found
        return found

    def events(self) -> dict[int, Events]:
        """Return every write by buffer, those that no line made among them."""
        found = self.book.events()
        self._make_checked(found)
        for buffer, extra in self._foreign.items():
            lots = [found[buffer], *extra] if buffer in found else extra
            found[buffer] = Events.joined(lots)
        return found

    def starts(self, buffer: int) -> list[int]:
        """Return the positions at which a buffer's stretches begin."""
        return self._starts[self._begins[buffer] : self._begins[buffer + 1]].tolist()

    def initial(self, buffer: int, stretch: int) -> NDArray[Any]:
        """Return a buffer's cells at the beginning of a stretch."""
        number = self._begins[buffer] + stretch
        shot = self._shots[number]
        return self._histories[number].initial if shot is None else shot.cells

    def _make_checked(self, events: Mapping[int, Events]) -> None:
        """Make the histories in which something else may be found to have written."""
        for stretch, buffer in enumerate(self._buffer_of):
            if (buffer, int(self._calls[stretch])) in self._checks:
                self._made(stretch, events)
        self._checks.clear()

    def _are_of_their_calls(self, events: Mapping[int, Events]) -> bool:
        """Tell whether each write falls into the call in which its stretch begins."""
        if not events:
            return True
        most = len(self.book.timeline.path) + 1
        begins = np.array(self._buffer_of, np.int64) * most + np.array(self._starts)
        positions = np.concatenate([found.keys for found in events.values()]) // self.book.span
        buffers = np.repeat(list(events), [len(found) for found in events.values()])
        stretch = np.searchsorted(begins, buffers * most + positions, "right") - 1
        calls = np.searchsorted(self.book.timeline.calls, positions, "right") - 1
        same = np.array(self._buffer_of)[stretch] == buffers
        return bool((same & (self._calls[stretch] == calls)).all())

    def _events_in(self, call: int) -> Mapping[int, Events]:
        """Return the writes of one call, kept for what is asked next: it is the same call."""
        if self._events_of is None or self._events_of[0] != call:
            timeline = self.book.timeline
            found = self.book.events_between(timeline.calls[call], timeline.call_end(call))
            self._events_of = call, found
        return self._events_of[1]

    def _made(self, stretch: int, events: Mapping[int, Events] | None = None) -> History:
        """Return the history of one stretch, made if it was not asked for before."""
        if stretch not in self._histories:
            self._histories[stretch] = self._fresh(stretch, events)
            self._shots[stretch] = None
        return self._histories[stretch]

    def _fresh(self, stretch: int, events: Mapping[int, Events] | None) -> History:
        shot = self._shots[stretch]
        assert shot is not None
        buffer, call = self._buffer_of[stretch], int(self._calls[stretch])
        is_last = stretch + 1 == self._begins[buffer + 1]
        until = None if is_last else self._starts[stretch + 1]
        written = (self._events_in(call) if events is None else events).get(buffer)
        mine = _between(written, shot.position, until, self.book.span)
        seen = self._checks.pop((buffer, call), [])
        found = self._verified(self._whole(buffer), shot, mine, seen)
        initial = shared_part(shot.cells, [column.floats for column in self.book.columns])
        return make_history(self.book, initial, found)

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
            self._note_foreign(position)
            ref = FOREIGN
        else:  # a line was seen to write, if not how
            key = until - 1
            ref = self.book.number_of(whole)
        none = np.full(count, FOREIGN, np.int64)
        keys = np.full(count, key, np.int64)
        return Events(keys, cells, check.cells[cells], none, np.full(count, ref, np.int64))

    def _note_foreign(self, position: int) -> None:
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
