"""A check as a small HTML table, for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from tutor.checks.figures import pair, place, short

if TYPE_CHECKING:
    from tutor.checks.result import GradientCheck, TensorCheck

_HEADS = ("parameter", "outcome", "entry", "backprop", "slope", "relative error", "how it differs")


def html_table(check: GradientCheck) -> str:
    """Return a row a tensor: what was found, where it is worst, the two slopes there.

    Names, the only part that is not this program's, are escaped.
    """
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    rows = "".join(f"<tr>{''.join(_cells(_row(one)))}</tr>" for one in check.tensors)
    verdict = "The gradients agree." if check.ok else "The gradients do not all agree."
    caption = f"{verdict} Checked in {check.passes} forward passes."
    return (
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(one: TensorCheck) -> tuple[str, ...]:
    worst = one.worst
    bp, num = pair(worst.bp, worst.num) if worst else pair(one.bp, one.num)
    error = short(one.max_relative_error)
    figures = (place(worst.index) if worst else "", bp, num, error)
    known = tuple("" if figure == "nan" else figure for figure in figures)
    return (str(one.name), one.outcome.value, *known, one.pattern_text)


def _cells(texts: Iterable[str]) -> Iterator[str]:
    name, *others = (escape(text) for text in texts)
    yield f'<th scope="row">{name}</th>'
    yield from (f"<td>{text}</td>" for text in others)
