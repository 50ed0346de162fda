"""What the line that just ran did, told in full: what it wrote and where, gave, printed, raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tutor.ui.drawing.figure import index_text, is_array, is_figure, kind, value_text
from tutor.ui.drawing.highlight import highlight
from tutor.ui.drawing.ink import BLANK, Line, Span, beside, harmless
from tutor.ui.drawing.labelled import code_rows, entry

if TYPE_CHECKING:
    from tutor.trace.state import Memory, Note, State, Write

_SIDE_BY_SIDE = 64
_MOST_WRITES = 12
_MOST_NOTES = 6
_MOST_PRINTED = 40  # lines of what one line of the program printed
_LONG = 400  # cells that one value may take, over several rows


class Told(NamedTuple):
    """A step of one run to be told of.

    ``title`` is empty where there is only one run; ``memory`` is needed only where the line
    wrote something.
    """

    title: str
    state: State
    memory: Memory | None = None
    notes: Sequence[Note] = ()


def account(told: Sequence[Told], notes: Sequence[str], cells: int) -> list[Line]:
    """Return what happened in one run or two, and below what there is to say of the whole run.

    Parameters
    ----------
    told : sequence of Told
    notes : sequence of str
        Sentences about the recording, such as why it ends where it does.
    cells : int
        The width.
    """
    lines = _runs(told, cells)
    shown = list(_notes(told, notes, cells))
    return [*lines, BLANK, *shown] if lines and shown else [*lines, *shown]


def _runs(told: Sequence[Told], cells: int) -> list[Line]:
    """Return what happened in each run, two of them side by side where there is room."""
    if len(told) == 2 and cells >= _SIDE_BY_SIDE:
        half = cells // 2
        left, right = ([*_run(one, half - 1)] for one in told)
        together = beside(left, right, half)
        if together is not None:
            return together
    lines: list[Line] = []
    for one in told:
        lines += [BLANK] if lines else []
        lines += _run(one, cells)
    return lines


def _run(told: Told, cells: int) -> Iterator[Line]:
    state = told.state
    if told.title:
        yield Line((Span(f" {told.title}", "strong"),))
    yield from _code(state, cells)
    said = list(_effects(state, told.memory, cells))
    yield from said or entry("", (Span("It changed nothing that is recorded.", "dim"),), cells)


def _code(state: State, cells: int) -> Iterator[Line]:
    """Yield the statement that ran, its lines joined with their common indentation removed."""
    numbers = range(state.line, max(state.line, state.end_line) + 1)
    rows = highlight(tuple(state.source.line(number) for number in numbers))
    for number, spans in zip(numbers, rows, strict=True):
        yield from code_rows(f"line {number}" if number == state.line else "", spans, cells)


def _effects(state: State, memory: Memory | None, cells: int) -> Iterator[Line]:
    for write in state.writes[:_MOST_WRITES]:
        yield from _write(write, cells)
    if state.written > _MOST_WRITES:
        more = f"and {state.written - min(len(state.writes), _MOST_WRITES):,} more elements"
        yield from entry("", (Span(more, "dim"),), cells)
    yield from _also(state, memory, cells)
    kept = _kept_return(state)
    for callee, value in state.returned if kept is None else ():
        back = (Span(_text(value)), Span(f"  from {callee}", "dim"))
        yield from entry("returned", back, cells)
    for name in state.assigned:
        if name in state.names:
            yield from _assigned(name, state, kept or "", cells)
    for value in state.result:
        yield from entry("returns", (Span(_text(value), "changed"),), cells)
    if state.exception:
        yield from entry("raised", (Span(harmless(state.exception), "bad"),), cells)
    yield from _printed(state.printed, cells)


def _write(write: Write, cells: int) -> Iterator[Line]:
    where = Span(f"{write.name}[{index_text(write.index)}]  ", "name")
    old, new = _text(write.old), _text(write.new)
    change = f"stays {new}" if old == new else f"{old} -> {new}"
    yield from entry("wrote", (where, Span(change, "changed")), cells)


def _also(state: State, memory: Memory | None, cells: int) -> Iterator[Line]:
    """Yield the other names whose memory was written."""
    written = {write.name for write in state.writes}
    for buffer in memory.buffers if memory and written else ():
        others = [name for name in buffer.names if name not in written]
        if buffer.written and others:
            text = f"{', '.join(others)}: the same memory, so changed as well"
            yield from entry("", (Span(text, "dim"),), cells)


def _kept_return(state: State) -> str | None:
    """Return what was called, where its value is just what the line's one name was given."""
    if len(state.returned) != 1 or len(state.assigned) != 1:
        return None
    (callee, value), now = state.returned[0], state.names.get(state.assigned[0])
    both = is_figure(value) and is_figure(now)
    same = both and (value == now or (value != value and now != now))
    return callee if same else None


def _assigned(name: str, state: State, callee: str, cells: int) -> Iterator[Line]:
    value = state.names[name]
    text = f"[{kind(value)}]" if is_array(value) else _text(value)
    source = (Span(f"  from {callee}", "dim"),) if callee else ()
    yield from entry("now", (Span(f"{name} = ", "name"), Span(text, "changed"), *source), cells)


def _printed(text: str, cells: int) -> Iterator[Line]:
    rows = text.expandtabs(4).splitlines()
    for number, row in enumerate(rows[:_MOST_PRINTED]):
        label = "printed" if number == 0 else ""
        yield from code_rows(label, (Span("| ", "quote"), Span(harmless(row), "quote")), cells)
    if len(rows) > _MOST_PRINTED:
        more = f"and {len(rows) - _MOST_PRINTED:,} more lines"
        yield from entry("", (Span(more, "dim"),), cells)


def _notes(told: Sequence[Told], notes: Iterable[str], cells: int) -> Iterator[Line]:
    """Yield the recorder's notes: those of this step, those of the whole run, those elsewhere."""
    for one in told:
        ordered = sorted(one.notes, key=lambda note: (note.step is None, note.step or 0))
        here = [note for note in ordered if note.step in (None, one.state.step)]
        elsewhere = [note for note in ordered if note not in here]
        shown = [*here, *elsewhere][:_MOST_NOTES]
        for note in shown:
            yield from _note(note.text, note.step, one.state.step, cells)
        if len(ordered) > len(shown):
            text = f"and {len(ordered) - len(shown):,} more notes"
            yield from entry("", (Span(text, "dim"),), cells)
    for text in notes:
        yield from _note(text, None, 0, cells)


def _note(text: str, step: int | None, here: int, cells: int) -> Iterator[Line]:
    away = step is not None and step != here
    where = f"at step {step + 1:,}: " if away and step is not None else ""
    click = f"step:{step}" if away else ""
    first, *rest = text.splitlines() or [""]
    yield from entry("note", (Span(f"{where}{harmless(first)}", "dim", click),), cells)
    for row in rest:
        yield from code_rows("", (Span(harmless(row), "dim", click),), cells)


def line_alone(state: State, notes: Sequence[str], cells: int) -> list[Line]:
    """Return a line that was not run, and below what there is to say of that."""
    return [*_code(state, cells), *(row for note in notes for row in _note(note, None, 0, cells))]


def nothing(title: str, exception: str, notes: Sequence[str], cells: int) -> list[Line]:
    """Return what is said in the place of a run without steps."""
    text = f"{title}: nothing was recorded, so there is no step to stand at."
    lines = [*entry("", (Span(text),), cells)]
    if exception:
        lines += entry("raised", (Span(harmless(exception), "bad"),), cells)
    return [*lines, *(row for note in notes for row in _note(note, None, 0, cells))]


def _text(value: object) -> str:
    return harmless(value_text(value, _LONG))
