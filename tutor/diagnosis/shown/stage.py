"""Where a function of a submission is run and recorded: the jail, as handed in and put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.judge import Program
from tutor.diagnosis.roles import Taken
from tutor.diagnosis.shown.calls import made_up
from tutor.diagnosis.shown.parting import parting
from tutor.diagnosis.trial import SECONDS, judges_program
from tutor.diagnosis.uses.data import Data
from tutor.diagnosis.uses.driver import driven
from tutor.diagnosis.uses.text import Text
from tutor.jail import Oracle, OracleError
from tutor.trace.saved import DamagedRun, Run, load

_EACH: Final = 3.0
NO_LINE: Final = (0, 0)
HANDED_IN: Final = "as handed in"
PUT_RIGHT: Final = "put right"


class Stopped(Exception):
    """Nobody waits for the runs any longer."""


class PutRightEnded(Exception):
    """The repaired run alone could not be recorded."""


class Way(Enum):
    """What is run so that the function is reached."""

    OWN = "the file's own statements"
    MADE_UP = "calls with a few numbers"
    DRIVEN = "calls of what the file leaves uncalled"


@dataclass(frozen=True)
class Stage:
    """Where a function of a submission is run and recorded.

    ``target`` names the function inside the jail.
    """

    program: Program
    parts: Sequence[Taken]
    target: str
    seed: int
    stopped: Callable[[], bool]

    def runs(
        self, changed: Mapping[str, str], lines: tuple[int, int], ways: Sequence[Way]
    ) -> tuple[Run, ...]:
        """Return the run as handed in, and put right if there are changed sources.

        The file's own run comes first, then made-up calls of the part, then those of what the
        file leaves uncalled: the first in which the two part, or else that is there at all.

        Parameters
        ----------
        lines : (int, int)
            First and last of the file's own that are run.
        """
        found: tuple[Run, ...] = ()
        with ExitStack() as stack:
            sides = [(self._loaded(stack, {}), HANDED_IN)]
            if changed:
                sides.append((self._loaded(stack, changed), PUT_RIGHT))
            for way in ways:
                runs = self._recorded(sides, way, lines)
                found = found or runs
                if runs and (not changed or parted(runs) is not None):
                    return runs
        return found

    def _loaded(self, stack: ExitStack, changed: Mapping[str, str]) -> Student:
        sources: list[dict[str, Any]] = self.program.sources([])
        for source in sources:
            source["source"] = changed.get(source["name"], source["source"])
        self._go_on()
        oracle = Oracle(judges_program(), seconds=SECONDS, seconds_each=_EACH)
        student = Student(stack.enter_context(oracle))
        with _put_right_alone(bool(changed)):
            student.load(sources, {})
        return student

    def _recorded(
        self, sides: Sequence[tuple[Student, str]], way: Way, lines: tuple[int, int]
    ) -> tuple[Run, ...]:
        own = lines if way is Way.OWN else NO_LINE
        calls = tuple(self._calls(sides[0][0], way))
        if way is not Way.OWN and not calls:
            return ()
        runs = []
        for student, title in sides:
            self._go_on()
            with _put_right_alone(title == PUT_RIGHT):
                raw = student.oracle.ask("recorded", self.target, own, calls, title)
                if raw is None:
                    break
                run = load(np.asarray(raw, np.uint8).tobytes()).runs[0]
            runs.append(replace(run, title=title))
        return tuple(runs)

    def _go_on(self) -> None:
        if self.stopped():
            raise Stopped

    def _calls(self, student: Student, way: Way) -> Iterator[str]:
        if way is Way.MADE_UP:
            yield from made_up(self.parts, self.target, Data.of(self.seed))
        elif way is Way.DRIVEN:
            modules = self.program.modules.items()
            texts = {name: Text(name, module.filename, module.source) for name, module in modules}
            yield from driven(student, texts, self.parts, self.seed)


@contextmanager
def _put_right_alone(is_put_right: bool) -> Iterator[None]:
    """Tell what ends the repaired run from what ends the run as handed in."""
    try:
        yield
    except (OracleError, DamagedRun) as error:
        if is_put_right:
            raise PutRightEnded(str(error)) from error
        raise


def parted(runs: Sequence[Run]) -> tuple[int, int] | None:
    """Return the steps at which the two runs part; None where they do not, or there is one."""
    return parting(runs[0].steps, runs[1].steps) if len(runs) > 1 else None
