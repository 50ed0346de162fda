"""Two figures that are compared, with as many digits as it takes to tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import SupportsFloat

# Beyond these powers of ten a figure is written with an exponent.
_SMALLEST, _LARGEST = -5, 15
# Figures further apart than this many powers of ten share no place to line up at.
_FAR_APART = 12
_HEAD = 4
NARROWEST = 11


@dataclass(frozen=True, slots=True)
class Figure:
    """One of two compared figures, cut where the two part.

    Attributes
    ----------
    common : str
        What both begin with. Where ``skipped`` is not 0, that many digits of it are left out.
    mark : str
        The first digit that differs; empty if the two are equal.
    rest : str
        The digits behind it.
    exponent : str
        ``"e-09"``, or empty.
    left_off : int
        How many digits at the end are not shown.
    skipped : int
        How many common digits in the middle are not shown.
    """

    common: str
    mark: str = ""
    rest: str = ""
    exponent: str = ""
    left_off: int = 0
    skipped: int = 0

    @property
    def text(self) -> str:
        """Return the figure as it is printed: the mark in brackets, cuts shown by an ellipsis."""
        head = self.common + (f"…{self.skipped}…" if self.skipped else "")
        mark = f"[{self.mark}]" if self.mark else ""
        return head + mark + self.rest + ("…" if self.left_off else "") + self.exponent


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two figures and their difference, left minus right, as text."""

    left: Figure
    right: Figure
    difference: str


def compare(left: SupportsFloat, right: SupportsFloat, cells: int | None = None) -> Comparison:
    """Return two figures for a place of so many cells (all their digits if None).

    However narrow the place, two figures that differ look different: digits that they share
    are left out first, and their number is given.
    """
    room = None if cells is None else max(cells, NARROWEST)
    return Comparison(*_told_apart(str(left), str(right), room), difference(left, right))


# Most steps of a run leave the two as they were.
@lru_cache(maxsize=128)
def _told_apart(left: str, right: str, room: int | None) -> tuple[Figure, Figure]:
    a, b = Decimal(left), Decimal(right)
    if not (a.is_finite() and b.is_finite()) or _apart(a, b):
        pair = _unlike(_plain(a), _plain(b))
    else:
        pair = _aligned(a, b)
    return _shorten(pair[0], room), _shorten(pair[1], room)


def difference(left: SupportsFloat, right: SupportsFloat) -> str:
    """Return left minus right with four digits, ``0`` where they are equal.

    inf minus inf is nan, as it is in the run.
    """
    gap = float(left) - float(right)
    return "0" if gap == 0 else f"{gap:.3e}"


def shown(value: SupportsFloat, cells: int) -> tuple[str, int]:
    """Return one figure in so many cells and the number of digits that were left off."""
    text = str(value)
    if len(text) <= cells:
        return text, 0
    number = Decimal(text)
    if not number.is_finite():
        return text, 0
    mantissa, exponent = _split(number, 0 if _positional(number) else number.adjusted())
    figure = _shorten(Figure(mantissa, exponent=exponent), max(cells, 6), mark=False)
    return figure.text, figure.left_off


def _apart(a: Decimal, b: Decimal) -> bool:
    return bool(a) and bool(b) and abs(a.adjusted() - b.adjusted()) > _FAR_APART


def _positional(*numbers: Decimal) -> bool:
    return all(_SMALLEST <= n.adjusted() <= _LARGEST for n in numbers if n)


def _split(number: Decimal, power: int) -> tuple[str, str]:
    """Return the digits of a number over 10**power, and the exponent to print behind them."""
    if not number:
        number = Decimal(0)
    text = format(number.scaleb(-power), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".") or "0"
    return text, f"e{power:+03d}" if power else ""


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        return str(number).lower().replace("infinity", "inf")
    return "".join(_split(number, 0 if _positional(number) else number.adjusted()))


def _unlike(left: str, right: str) -> tuple[Figure, Figure]:
    if left == right:
        return Figure(left), Figure(right)
    return Figure("", left), Figure("", right)


def _aligned(a: Decimal, b: Decimal) -> tuple[Figure, Figure]:
    power = 0 if _positional(a, b) else max(n.adjusted() for n in (a, b) if n)
    (left, exponent), (right, _) = _split(a, power), _split(b, power)
    if a == b:
        return Figure(left, exponent=exponent), Figure(right, exponent=exponent)
    if left.startswith("-") != right.startswith("-"):
        return tuple(  # type: ignore[return-value]
            Figure("", t[0] if t[0] == "-" else "+", t.removeprefix("-"), exponent)
            for t in (left, right)
        )
    left, right = _same_places(left, right)
    if left.index(".") != right.index("."):
        return tuple(_whole_part(t, exponent) for t in (left, right))  # type: ignore[return-value]
    at = next(i for i, (x, y) in enumerate(zip(left, right, strict=True)) if x != y)
    return tuple(  # type: ignore[return-value]
        Figure(t[:at], t[at], t[at + 1 :].removesuffix("."), exponent) for t in (left, right)
    )


def _same_places(left: str, right: str) -> tuple[str, str]:
    """Return both with a point and with zeros up to the same decimal place."""
    places = max(len(t.partition(".")[2]) for t in (left, right))
    return tuple(  # type: ignore[return-value]
        f"{t.partition('.')[0]}.{t.partition('.')[2]:0<{places}}" for t in (left, right)
    )


def _whole_part(text: str, exponent: str) -> Figure:
    sign = "-" if text.startswith("-") else ""
    whole, _, rest = text.removeprefix("-").partition(".")
    return Figure(sign, whole, f".{rest}" if rest else "", exponent)


def _shorten(figure: Figure, cells: int | None, mark: bool = True) -> Figure:
    if cells is None or len(figure.text) <= cells:
        return figure
    brackets = 2 if figure.mark else 0
    room = cells - len(figure.exponent) - brackets - 1
    common, skipped = figure.common, 0
    if mark and figure.mark and len(common) + len(figure.mark) > room:
        space = room - len(figure.mark) - len(str(len(common))) - 2
        head = common[: min(max(1, space), _HEAD)]
        skipped = len(common) - len(head)
        common, room = head, room - len(str(skipped)) - 2
    if not figure.mark:
        kept = common[:room]
        return Figure(kept, exponent=figure.exponent, left_off=len(common) - len(kept))
    rest = figure.rest[: max(0, room - len(common) - len(figure.mark))]
    left_off = len(figure.rest) - len(rest)
    return Figure(common, figure.mark, rest, figure.exponent, left_off, skipped)
