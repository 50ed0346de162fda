"""What a tool has shown of a call, and how that is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.benchmarks.peers_calls import figures

_ADDRESS = re.compile(r"0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """``steps`` of the function that are shown, ``writes`` to x, and all of it as ``text``.

    The text has no times and no addresses: two calls that show the same have the same text.
    ``stopped`` is what the tool says if it gave up before the end.
    """

    steps: int
    writes: int
    nbytes: int
    text: str
    stopped: str = ""


def changes(shown: Sequence[str]) -> int:
    """Count the writes that can be read off one name's value, as shown at one step after another.

    What a display cuts off or rounds away has not been shown.
    """
    return sum(before != after for before, after in pairwise(shown))


def elements(text: str, count: int) -> int:
    """Count those of ``figures(count)`` that stand in a text, whole."""
    found = set(re.findall(r"(?<![\d.])0\.\d+", text))
    return len(found.intersection(figures(count)))


def unmarked(text: str) -> str:
    """Return a text without the addresses of objects, which are others at each call."""
    return _ADDRESS.sub("", text)


def renumbered(source: str) -> str:
    """Return a graph with its nodes numbered as they come, not by the ids of the objects."""
    numbers: dict[str, str] = {}
    return re.sub(
        r"node\d+", lambda found: numbers.setdefault(found[0], f"n{len(numbers)}"), unmarked(source)
    )
