"""The lines of a gradient check, ``W1:4.18e-10``, and what they show."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tutor.diagnosis.figures.number import NUMBER, Number
from tutor.diagnosis.figures.printout import Printout

_PARAMETER: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?:grad_|diff_|d)?([WwBb]\d{1,2})(?![A-Za-z0-9_])"
)
_BETWEEN: Final = re.compile(r"(?!.*(?:shape|\[|\())[^\d\n]{0,60}$")
_FARTHEST: Final = 100
_ABOUT_A_CHECK: Final = re.compile(
    r"diff|abs\(|err|check|numerical|gradient|誤差|差|勾配|écart|ecart|차이|오차|기울기", re.I
)
PASSED: Final = 1e-6
"""Above this, a difference is more than rounding, h and the epsilon leave."""


@dataclass(frozen=True)
class Check:
    """One figure a parameter, as a gradient check prints them.

    Attributes
    ----------
    figures : mapping
        The parameter's name, in the order printed, to its figure.
    text : str
        The printed lines.
    has_code : bool
        Whether the code was handed in beside them.
    """

    figures: Mapping[str, Number]
    text: str
    has_code: bool = False

    @cached_property
    def values(self) -> dict[str, float]:
        """Return the absolute value of each figure."""
        return {name: abs(number.value) for name, number in self.figures.items()}

    @cached_property
    def last_bias(self) -> str:
        """Return the name of the last layer's bias; empty if it is not among them."""
        biases = [name for name in self.figures if name[0] in "bB"]
        last = max((name[1:] for name in self.figures), key=int)
        return next((name for name in biases if name[1:] == last), "")

    @cached_property
    def last_weight(self) -> str:
        """Return the name of the last layer's matrix; empty if it is not among them."""
        last = self.last_bias[1:]
        return next((name for name in self.figures if name[0] in "Ww" and name[1:] == last), "")

    @property
    def largest(self) -> float:
        """Return the largest figure."""
        return max(self.values.values())

    @property
    def passed(self) -> bool:
        """Tell whether every figure is as small as rounding and the epsilon make it."""
        return self.largest < PASSED

    @property
    def is_finite(self) -> bool:
        """Tell whether every figure is a number."""
        return all(map(math.isfinite, self.values.values()))

    def kind(self, letters: str) -> list[float]:
        """Return the figures of the matrices, ``"Ww"``, or of the biases, ``"Bb"``."""
        return [value for name, value in self.values.items() if name[0] in letters]

    def others(self, name: str) -> list[float]:
        """Return the figures of the other parameters."""
        return [value for key, value in self.values.items() if key != name]

    def layer(self, keep: Callable[[int], bool]) -> list[float]:
        """Return the figures of the layers whose number is to be kept."""
        return [value for key, value in self.values.items() if keep(int(key[1:]))]


def checks_of(printout: Printout) -> Iterator[Check]:
    """Find the gradient checks of an output; a parameter that comes again begins another."""
    if printout.has_code and not _ABOUT_A_CHECK.search(printout.context + printout.text):
        return
    figures: dict[str, Number] = {}
    start = end = 0
    for name, number, begin, finish in _labelled(printout.text):
        if name in figures:
            yield from _check(printout, figures, start, end)
            figures = {}
        start = start if figures else begin
        figures[name], end = number, finish
    yield from _check(printout, figures, start, end)


def _check(
    printout: Printout, figures: Mapping[str, Number], start: int, end: int
) -> Iterator[Check]:
    if len(figures) > 1 and any(name[0] in "bB" for name in figures):
        yield Check(figures, printout.text[start:end], printout.has_code)


def _labelled(text: str) -> Iterator[tuple[str, Number, int, int]]:
    """Yield each parameter's name with the figure that follows it, and where both stand."""
    for found in _PARAMETER.finditer(text):
        number = NUMBER.search(text, found.end(), found.end() + _FARTHEST)
        if number is None or not _BETWEEN.match(text[found.end() : number.start()]):
            continue
        read = Number.of(number[0])
        if not read.is_whole or read.value == 0:
            yield found[1], read, found.start(), number.end()
