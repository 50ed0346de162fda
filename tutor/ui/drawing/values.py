"""The values of one run at one step: the perturbed array, the compared pair, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tutor.ui.digits import Figure, compare
from tutor.ui.drawing.figure import index_text, is_array, is_figure, is_opaque, kind, value_text
from tutor.ui.drawing.heatmap import Look, heatmap
from tutor.ui.drawing.ink import BLANK, Line, Span, fit, pad
from tutor.ui.drawing.marks import LookedAt, Marked
from tutor.ui.drawing.matrix import MOST_ROWS, matrix

if TYPE_CHECKING:
    from tutor.trace.state import ArrayView, State

PAIRS = (("fxh1", "fxh2"), ("f1", "f2"), ("fx1", "fx2"), ("bp", "num"))
_LEAD = 2
_MOST_MAP_ROWS, _LEAST_MAP_ROWS = 12, 3
# A heatmap's title, place and scale, and the pair of figures between two maps.
_MAP_FRAME = 3
_PAIR_ROWS = 3
_LONGEST_NAME = 12
_LEAST_VALUE = 6


@dataclass(frozen=True, slots=True)
class Room:
    """The place that the values of one run have.

    Attributes
    ----------
    cells, rows : int
        Width of a line, and how many lines are seen at once; 0 rows for no end of them.
    glyphs : bool
        Heatmaps write sign and level, for a terminal without colours.
    scales : dict of str to float
        The scale of each array's heatmap, kept from the first time it was drawn.
    """

    cells: int
    rows: int = 0
    glyphs: bool = False
    scales: dict[str, float] = field(default_factory=dict)


def values(state: State, room: Room) -> list[Line]:
    """Return the lines of a run's pane, its groups set apart where there is room for that."""
    groups = [group for group in _groups(_looked_at(state), room) if group]
    count = sum(map(len, groups)) + len(groups) - 1
    if count > room.rows > 0:
        return [row for group in groups for row in group]
    apart = [row for group in groups for row in (BLANK, *group)]
    return apart[1:]


def _looked_at(state: State) -> State:
    names = {
        name: LookedAt(value, value.changed)
        if is_array(value) and not isinstance(value, LookedAt)
        else value
        for name, value in state.names.items()
    }
    return replace(state, names=names)


def _groups(state: State, room: Room) -> Iterator[list[Line]]:
    """Yield the perturbed array, the compared pair, the other arrays, the rest."""
    pair = _pair(state)
    arrays = [name for name, value in state.names.items() if is_array(value)]
    first = _perturbed(state, arrays)
    map_rows = _map_rows(state, arrays, room)
    if first:
        yield list(_array(first, state, room, map_rows))
    if pair:
        yield _compared(state, pair, room.cells)
    for name in arrays:
        if name != first:
            yield list(_array(name, state, room, map_rows))
    size = _name_width(state)
    rest = [n for n in state.names if n not in arrays and n not in (pair or ())]
    rest += [n for n in state.blank if n not in state.names and n not in (pair or ())]
    kept = [n for n in rest if not _seen_only(state, n)]
    seen = [n for n in rest if _seen_only(state, n)]
    yield [_scalar(n, state, room.cells, size) for n in (*kept, *seen)]


def _map_rows(state: State, arrays: list[str], room: Room) -> int:
    """Return how many rows each heatmap may have for all of them to be seen at once."""
    maps = sum(1 for name in arrays if _is_large(state.names[name]))
    if not maps or not room.rows:
        return _MOST_MAP_ROWS
    return min(_MOST_MAP_ROWS, max(_LEAST_MAP_ROWS, (room.rows - _PAIR_ROWS) // maps - _MAP_FRAME))


def _is_large(value: object) -> bool:
    return is_array(value) and len(value.shape) > 1 and value.shape[0] > MOST_ROWS


def _seen_only(state: State, name: str) -> bool:
    return is_opaque(state.names.get(name))


def _name_width(state: State) -> int:
    return min(_LONGEST_NAME, max((len(name) for name in state.names), default=0))


def _pair(state: State) -> tuple[str, str] | None:
    known = set(state.names) | set(state.blank)
    return next((pair for pair in PAIRS if known.issuperset(pair)), None)


def _perturbed(state: State, arrays: list[str]) -> str | None:
    """Return the array that the loop perturbs: the one that changed, else the likeliest."""
    for name in arrays:
        view = state.names[name]
        if name != "grad" and is_array(view) and view.changed:
            return name
    return next((name for name in arrays if name in ("x", "W")), arrays[0] if arrays else None)


def _gutter(state: State, name: str) -> Span:
    """Return the mark of a name that this very line gave its value."""
    given = name in state.assigned or any(write.name == name for write in state.writes)
    return Span("> ", "pointer") if given else Span("  ")


def _array(name: str, state: State, room: Room, map_rows: int) -> Iterator[Line]:
    view = state.names[name]
    if not is_array(view):
        return
    yield _title(name, view, state, room.cells)
    if isinstance(view, Marked) and not _fits_title(name, view, room.cells):
        value = Span(value_text(view[view.changed[0]], room.cells - 2 * _LEAD))
        yield Line((Span(" " * 2 * _LEAD), value))
    inner = room.cells - _LEAD + 1
    rows = matrix(view, inner)
    if rows is None:
        rows = heatmap(view, _look(name, view, room, map_rows), state.idx)
    for row in rows:
        yield Line((Span(" " * (_LEAD - 1)), *row.spans))


def _look(name: str, view: ArrayView, room: Room, map_rows: int) -> Look:
    if name not in room.scales:
        from tutor.ui.drawing.heatmap import largest

        room.scales[name] = largest(view)
    columns = max(1, (room.cells - _LEAD - 1) // 2)
    scale = room.scales[name] if name != "grad" else 0.0
    return Look(map_rows, columns, room.cells - _LEAD + 1, scale, room.glyphs)


def _title(name: str, view: ArrayView, state: State, cells: int) -> Line:
    lead = (_gutter(state, name), Span(name, "name"))
    if view.changed and view.shape:
        where, more = _place_of(view)
        room = _title_room(name, view, cells)
        text = value_text(view[view.changed[0]], room) if room >= _LEAST_VALUE else ""
        if isinstance(view, Marked) and not _fits_title(name, view, cells):
            text = ""
        return Line((*lead, Span(f"{where} ", "dim"), Span(text), Span(more, "dim")))
    return Line((*lead, Span(fit(f"  {kind(view)}", cells - _LEAD - len(name)), "dim")))


def _place_of(view: ArrayView) -> tuple[str, str]:
    """Return the first element that changed, and how many more there are."""
    more = f" and {len(view.changed) - 1} more" if len(view.changed) > 1 else ""
    return f"[{index_text(view.changed[0])}]", more


def _title_room(name: str, view: ArrayView, cells: int) -> int:
    return cells - _LEAD - len(name + "".join(_place_of(view))) - 1


def _fits_title(name: str, view: ArrayView, cells: int) -> bool:
    """Tell whether the element fits beside its name with all its digits."""
    return len(str(view[view.changed[0]])) <= _title_room(name, view, cells)


def _compared(state: State, pair: tuple[str, str], cells: int) -> list[Line]:
    size = max(4, *map(len, pair))
    room = cells - _LEAD - size - 1
    left, right = (_value(state, name) for name in pair)
    if is_figure(left) and is_figure(right):
        both = compare(left, right, room)
        gap = both.difference
        # Where the difference is exact it says so; the word is for those who see no colour.
        tail = "" if gap != "0" else "  the same digits" if room >= 18 else "  same"
        last = Line((Span("  "), Span(pad("diff", size + 1), "name"), Span(gap), Span(tail, "dim")))
        return [
            _figure_line(pair[0], both.left, state, size),
            _figure_line(pair[1], both.right, state, size),
            last,
        ]
    lines = [_scalar(name, state, cells, size) for name in pair]
    return [*lines, Line((Span("  "), Span("diff", "name")))]


def _value(state: State, name: str) -> object:
    return None if name in state.blank else state.names.get(name)


def _figure_line(name: str, figure: Figure, state: State, size: int) -> Line:
    skipped = f"…{figure.skipped}…" if figure.skipped else ""
    rest = figure.rest + ("…" if figure.left_off else "")
    common = "dim" if figure.mark else "text"
    return Line(
        (
            _gutter(state, name),
            Span(pad(name, size + 1), "name"),
            Span(figure.common, common),
            Span(skipped, "dim"),
            *((Span("["), Span(figure.mark, "differs"), Span("]")) if figure.mark else ()),
            Span(rest),
            Span(figure.exponent, common),
        )
    )


def _scalar(name: str, state: State, cells: int, size: int) -> Line:
    label = pad(fit(name, max(size, 4)), size + 1)
    if name in state.blank or name not in state.names:
        return Line((Span("  "), Span(label, "name")))
    text = value_text(state.names[name], max(6, cells - _LEAD - len(label)))
    ink = "dim" if is_opaque(state.names[name]) else "text"
    return Line((_gutter(state, name), Span(label, "name"), Span(text, ink)))
