"""What the line that just ran did, as one sentence."""

from __future__ import annotations

from math import floor, inf, log10
from typing import TYPE_CHECKING

from tutor.ui.digits import compare
from tutor.ui.drawing.figure import index_text, is_array, is_figure, kind, value_text

if TYPE_CHECKING:
    from tutor.trace.state import State, Write

_MOST_WRITES = 2
_ROOM = 24
_RESULT_ROOM = 44  # a line that returns says nothing else
_BEHIND = 2


def happened(state: State) -> str:
    """Return what a line wrote, assigned, returned or raised; empty if it did none of it."""
    if state.exception:
        return f"line {state.line} raised {state.exception}"
    parts = [_write(write) for write in state.writes[:_MOST_WRITES]]
    if state.written > _MOST_WRITES:
        parts.append(f"and {state.written - _MOST_WRITES} more elements")
    parts += [_assigned(name, state) for name in state.assigned if name in state.names]
    parts += [f"returns {value_text(value, _RESULT_ROOM)}" for value in state.result]
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
    return f"{where} {' -> '.join(_told_apart(old, new))}"


def _told_apart(old: float, new: float) -> tuple[str, str]:
    """Return two figures, both up to the digit that shows by how much they differ."""
    both = compare(old, new)
    figures = (both.left, both.right)
    texts = [f"{f.common}{f.mark}{f.rest}".removeprefix("+") for f in figures]
    points = {text.partition(".")[0] for text in texts}
    if not all("." in text for text in texts) or len({len(whole) for whole in points}) > 1:
        return texts[0] + both.left.exponent, texts[1] + both.right.exponent
    exponent = both.left.exponent
    mark = len(both.left.common) + len(both.left.mark) + _BEHIND
    kept = max(mark, texts[0].index(".") + 1 + _decimals(old, new, exponent))
    left, right = (_cut(text, kept) + exponent for text in _without_shared_zeros(texts))
    return left, right


def _decimals(old: float, new: float, exponent: str) -> int:
    """Return how many decimals it takes to see the difference of two figures."""
    gap = abs(float(old) - float(new))
    power = int(exponent[1:]) if exponent else 0
    # 1e-4 may come out of the subtraction a little smaller than it is.
    return power - floor(log10(gap) + 1e-6) if 0 < gap < inf else 0


def _without_shared_zeros(texts: list[str]) -> list[str]:
    """Return two figures of one length without the zeros at the end that both have."""
    spare = min(len(text) - len(text.rstrip("0")) for text in texts)
    return [text[: len(text) - spare].removesuffix(".") if spare else text for text in texts]


def _cut(text: str, kept: int) -> str:
    return text[:kept] + ("…" if text[kept:].strip("0") else "")


def _assigned(name: str, state: State) -> str:
    value = state.names[name]
    if is_array(value):
        return f"{name} = [{kind(value)}]"
    return f"{name} = {value_text(value, _ROOM)}"
