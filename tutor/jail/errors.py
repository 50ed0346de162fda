"""What can go wrong when somebody else's code is asked something. Each message is a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tutor.jail.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """The last line of somebody else's code that was running.

    Attributes
    ----------
    module : str or None
        The module's name, ``"__main__"`` for the one that was run; None if no line is known.
    filename : str
        The name under which its lines are reported.
    line : int or None
        Counted from 1.
    text : str
        That line.
    helper_line : int or None
        The last line of the helpers that was running, if it was they who asked.
    """

    module: str | None = None
    filename: str = ""
    line: int | None = None
    text: str = ""
    helper_line: int | None = None


NOWHERE = Place()


class OracleError(Exception):
    """The code gave no answer that can be used. ``line`` is its line, where one is known."""

    outcome: ClassVar[Outcome]
    line: int | None = None


class JailFault(OracleError):
    """The jail itself, or what its user asked of it, is at fault; the code has not been judged."""

    outcome = Outcome.FAULT


class Unsafe(OracleError):
    """Nothing here keeps somebody else's code from doing harm, so it was not run."""

    outcome = Outcome.UNSAFE


class Timeout(OracleError):
    """It used up its time: ``by_clock`` if it waited, otherwise it computed."""

    outcome = Outcome.TIMEOUT

    def __init__(self, sentence: str, *, by_clock: bool = False) -> None:
        super().__init__(sentence)
        self.by_clock = by_clock


class Crashed(OracleError):
    """Its process ended. ``signal`` is the number of the signal, where there was one."""

    outcome = Outcome.CRASHED

    def __init__(self, sentence: str, signal: int | None = None) -> None:
        super().__init__(sentence)
        self.signal = signal


class OutputLimit(OracleError):
    """It printed more than is taken."""

    outcome = Outcome.OUTPUT_LIMIT


class Tampered(OracleError):
    """Something other than the jail wrote, or closed, the line on which answers come."""

    outcome = Outcome.TAMPERED


class BadReturn(OracleError):
    """What came back is no value that can be taken over."""

    outcome = Outcome.BAD_RETURN


class MissingFunction(OracleError):
    """It does not define the function that was asked for, ``name``."""

    outcome = Outcome.MISSING_FUNCTION

    def __init__(self, sentence: str, name: str) -> None:
        super().__init__(sentence)
        self.name = name


class Raised(OracleError):
    """It raised an exception.

    Attributes
    ----------
    kind, message : str
        The name of the exception's class and its text.
    place : Place
        Where; ``line``, ``module``, ``filename`` and ``text`` are its own.
    """

    outcome = Outcome.RAISED

    def __init__(self, sentence: str, kind: str, message: str, place: Place = NOWHERE) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.message = message
        self.place = place
        self.line = place.line
        self.module = place.module
        self.filename = place.filename
        self.text = place.text


class MemoryLimit(Raised):
    """It asked for more memory than it may have, or was ended for it."""

    outcome = Outcome.MEMORY


class Recursion(Raised):
    """It called itself too deeply."""

    outcome = Outcome.RECURSION


class NeedsInput(Raised):
    """It waits for somebody at a keyboard."""

    outcome = Outcome.NEEDS_INPUT


class Blocked(Raised):
    """It tried what it may not: the network, other processes, files outside its folder."""

    outcome = Outcome.BLOCKED


class MissingModule(Raised):
    """It imports ``name``, which is not there (or, where ``kind`` is ImportError, a part of it)."""

    outcome = Outcome.MISSING_MODULE
    name = ""


class Exited(Raised):
    """It ended by ``sys.exit`` or the like (the process lives on), or ended its own process."""

    outcome = Outcome.EXITED
    code: int | None = None
