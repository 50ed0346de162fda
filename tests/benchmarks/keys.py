"""From a key to the last byte of the frame that answers it, on a real pseudo-terminal."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks import echo, start
from tests.benchmarks.table import Row, under
from tests.benchmarks.terminal import COLUMNS, ROWS, Terminal
from tests.benchmarks.timing import percentile

LESSONS = Path(__file__).parent / "lessons"
BIG, BIG_RUN = "every-parameter", "of 39,760"
_RIGHT, _LEFT, _DOWN, _UP = b"\x1b[C", b"\x1b[D", b"\x1b[B", b"\x1b[A"
# Slowly forward through the run, so that no two frames in a row are alike.
_WALK = (_RIGHT, _RIGHT, _LEFT, _DOWN, _RIGHT, _LEFT, _UP, _RIGHT, _LEFT)
_KEYS = 200
_BLOCK = 20
_MOST = 16.0  # ms
_FIRST = 2.0  # seconds to wait for a key's first byte


@dataclass(slots=True)
class Typist:
    """Presses keys in one terminal and keeps how long each frame took, in ms."""

    name: str
    terminal: Terminal
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    unanswered: int = 0
    walk: Iterator[bytes] = field(default_factory=lambda: itertools.cycle(_WALK))

    def type(self, count: int) -> None:
        for _ in range(count):
            at = self.terminal.press(next(self.walk))
            chunks = self.terminal.read(first=_FIRST)
            if chunks:
                self.times.append((chunks[-1].at - at) * 1e3)
                self.sizes.append(sum(len(chunk.data) for chunk in chunks))
            else:
                self.unanswered += 1

    def warm_up(self) -> None:
        self.type(len(_WALK))
        self.times, self.sizes, self.unanswered = [], [], 0

    def rows(self, target: float | None = None) -> Iterator[Row]:
        how = f"{len(self.times)} keys, {median(self.sizes):,.0f} bytes a frame"
        if self.unanswered:
            how += f"; {self.unanswered} keys were not answered"
        yield Row(f"{self.name}, median", median(self.times), "ms", how=how)
        wanted = None if target is None else under(target)
        slowest = f"slowest {max(self.times):.1f} ms"
        yield Row(f"{self.name}, p95", percentile(self.times, 95), "ms", wanted, slowest)


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the times of keys in both lessons and of the floor, taken in turns."""
    keys = 2 * len(_WALK) if quick else _KEYS
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        typists = [
            Typist("floor: a program that answers with one write", _echo(stack, data)),
            Typist("lesson 2", _lesson(stack, data / "small")),
            Typist("39,760 iterations", _big(stack, data / "big")),
        ]
        for typist in typists:
            typist.warm_up()
        for _ in range(0, keys, _BLOCK):
            for typist in typists:
                typist.type(min(_BLOCK, keys))
    yield from _rows(*typists)


def _rows(floor: Typist, small: Typist, big: Typist) -> Iterator[Row]:
    yield from floor.rows()
    yield from small.rows(_MOST)
    yield from big.rows(_MOST)
    same = f"wanted: the same in both; terminal of {COLUMNS}x{ROWS}"
    middle = median(big.times) / median(small.times)
    slow = percentile(big.times, 95) / percentile(small.times, 95)
    yield Row(f"{big.name} over {small.name}, median", middle, "x", how=same)
    yield Row(f"{big.name} over {small.name}, p95", slow, "x", how=same)


def _echo(stack: ExitStack, data: Path) -> Terminal:
    terminal = stack.enter_context(Terminal([str(Path(echo.__file__))], data))
    terminal.read_until(["ready"], limit=20)
    return terminal


def _lesson(stack: ExitStack, data: Path) -> Terminal:
    """Open lesson 2 and answer its first question, so that the keys step through the run."""
    terminal = stack.enter_context(Terminal(["-m", "tutor", "lesson", start.LESSON], data))
    terminal.read_until([start.QUESTION, start.RUN], limit=60)
    terminal.press(b"1")
    terminal.read(quiet=0.5)
    return terminal


def _big(stack: ExitStack, data: Path) -> Terminal:
    """Open a lesson that stands in the middle of the long recording."""
    arguments = ["-m", "tutor", "--lessons", str(LESSONS), "lesson", BIG]
    terminal = stack.enter_context(Terminal(arguments, data))
    terminal.read_until([BIG_RUN], limit=300, quiet=2.0)
    return terminal
