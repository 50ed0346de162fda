"""From the start of the process to the first frame that a learner can use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import minimal_app
from tests.benchmarks.table import Row, at_most
from tests.benchmarks.terminal import Terminal, arrival
from tutor.course.catalogue import lessons_folder
from tutor.course.text import read_words

LESSON = "mutated-or-copied"
_WORDS = read_words(lessons_folder() / LESSON / "en.md", [])
TITLE = _WORDS.title
# The question is on the screen when its first answer is: a few words of it, on one row.
QUESTION = " ".join(next(iter(_WORDS.asked.values())).answers[0].label.split()[:3])
RUN = "iteration 1 of 6"
_ROUNDS = 9
_MOST = 1.8
_LIMIT = 60.0
_ALONE = str(Path(minimal_app.__file__))


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from one start of the tutor: to title and question, and to the run beside them."""

    question: float
    run: float


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the times of both, taken in turns, and their ratio."""
    rounds = 1 if quick else _ROUNDS
    _minimal(), _tutor()  # bytecode and the disk's cache are there from here on
    pairs = [(_minimal(), _tutor()) for _ in range(rounds)]
    minimal = median(one for one, _ in pairs)
    question = median(one.question for _, one in pairs)
    run = median(one.run for _, one in pairs)
    how = f"{rounds} rounds in turns; {minimal_app.TEXT!r} received"
    yield Row("minimal Textual app, median", minimal * 1e3, "ms", how=how)
    yield Row("tutor, median", question * 1e3, "ms", how=f"{LESSON}: title and question received")
    spread = sorted(one.question / least for least, one in pairs)
    how = f"round by round {spread[0]:.2f} to {spread[-1]:.2f}"
    yield Row("tutor over minimal app", question / minimal, "x", at_most(_MOST), how)
    yield Row("  until its run is there too", run / minimal, "x", how=f"{RUN!r} received")


def _minimal() -> float:
    (shown,) = _times([_ALONE], [[minimal_app.TEXT]])
    return shown


def _tutor() -> Start:
    texts = [[TITLE, QUESTION], [RUN]]
    return Start(*_times(["-m", "tutor", "lesson", LESSON], texts))


def _times(arguments: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """Start a program afresh; return the seconds until each group of texts had arrived."""
    with tempfile.TemporaryDirectory() as data, Terminal(arguments, Path(data)) as terminal:
        chunks = terminal.read_until([text for group in texts for text in group], _LIMIT)
        return [(arrival(chunks, group) or 0.0) - terminal.began for group in texts]
