"""What the line that just ran did, as one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.ui.digits import Figure, compare
from tutor.ui.drawing.figure import index_text, is_array, is_figure, kind, value_text

if TYPE_CHECKING:
    from tutor.trace.state import State, Write

_MOST_WRITES = 2
_ROOM = 24
_BEHIND = 2


def happened(state: State) -> str:
    """Return what a line wrote, assigned, returned or raised; empty if it did none of it."""
    if state.exception:
        return f"line {state.line} raised {state.exception}"
    parts = [_write(write) for write in state.writes[:_MOST_WRITES]]
    if len(state.writes) > _MOST_WRITES:
        parts.append(f"and {len(state.writes) - _MOST_WRITES} more elements")
    parts += [_assigned(name, state) for name in state.assigned if name in state.names]
    parts += [f"returns {value_text(value, _ROOM)}" for value in state.result]
    if not parts and state.returned:
        last = state.returned[-1]
        parts.append(f"{last.callee} gave {value_text(last.value, _ROOM)}")
    return "   ".join(parts)


def _write(write: Write) -> str:
    where = f"{write.name}[{index_text(write.index)}]"
    old, new = write.old, write.new
    if not (is_figure(old) and is_figure(new)):
        return f"{where} {old} -> {new}"
    if old == new:
        return f"{where} stays {value_text(new, _ROOM)}"
    if not (old and new):
        return f"{where} {value_text(old, _ROOM)} -> {value_text(new, _ROOM)}"
    both = compare(old, new)
    return f"{where} {_short(both.left)} -> {_short(both.right)}"


def _short(figure: Figure) -> str:
    """Return a figure up to a little behind the digit that sets it off from another."""
    digits = f"{figure.common}{figure.mark}{figure.rest}".removeprefix("+")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    kept = len(figure.common) + len(figure.mark) + _BEHIND
    cut = "…" if "." in digits[:kept] and len(digits) > kept else ""
    return (digits[:kept] if cut else digits) + cut + figure.exponent


def _assigned(name: str, state: State) -> str:
    value = state.names[name]
    if is_array(value):
        return f"{name} = [{kind(value)}]"
    return f"{name} = {value_text(value, _ROOM)}"
