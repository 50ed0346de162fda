"""What a jailed process answered, or how it ended, as the exception that says so.

Every field of an answer was written by somebody else's process: it is checked before it is used,
and a text that goes to a terminal keeps no control characters.
"""

from __future__ import annotations

import difflib
import re
import signal
from typing import Any, Final

from tutor.jail import codes, errors
from tutor.jail.launch import End
from tutor.jail.program import Program

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CPU_SLACK: Final = 0.9
_RAISED: Final[dict[str, type[errors.Raised]]] = {
    kind.outcome.value: kind
    for kind in (
        errors.Raised,
        errors.MemoryLimit,
        errors.Recursion,
        errors.NeedsInput,
        errors.Blocked,
        errors.MissingModule,
        errors.Exited,
    )
}
_BOUNDS: Final = "The network, other processes, and files outside its own folder are out of reach."


def plain(text: object) -> str:
    """Return a text in which each control character but tab and newline is written out."""
    if not isinstance(text, str):
        return ""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def refusal(reply: dict[str, Any], asked: str, program: Program) -> errors.OracleError | None:
    """Return what an answer means, None if it is a value.

    Parameters
    ----------
    asked : str
        The name of the function that was called, or of the file that was loaded.
    """
    outcome = reply.get("outcome")
    filename = program.main.filename
    if outcome in ("returned", "loaded"):
        return None
    if outcome == "missing":
        return _missing(asked, reply, filename)
    if outcome == "unsendable":
        why = plain(reply.get("text"))
        return errors.BadReturn(f"{asked} returned {why}; return a number or an array.")
    if isinstance(outcome, str) and outcome in _RAISED:
        return _raised(_RAISED[outcome], reply, filename)
    return tampered(filename)


def tampered(filename: str) -> errors.Tampered:
    """Return the exception for bytes that the jail did not send."""
    return errors.Tampered(
        f"{filename} wrote to, or closed, a descriptor that is not its own; "
        "its answers cannot be trusted."
    )


def timeout(filename: str, seconds: float, wall: float, *, by_clock: bool) -> errors.Timeout:
    """Return the exception for a program that used up its time."""
    if by_clock:
        sentence = (
            f"{filename} gave no answer within {wall:g} seconds and computed little; "
            "look for a sleep, or for something that it waits for."
        )
    else:
        sentence = (
            f"{filename} was still running after {seconds:g} seconds; "
            "look for a loop that never ends."
        )
    return errors.Timeout(sentence, by_clock=by_clock)


def ending(end: End, program: Program, seconds: float, waited: float) -> errors.OracleError:
    """Return what the end of a process, in which an answer was awaited, means.

    Parameters
    ----------
    seconds, waited : float
        The processor time that it had, and the time by the clock that was waited for it.
    """
    filename, code = program.main.filename, end.code
    if code is None or code == codes.NOT_READY:
        return errors.JailFault(f"The process that runs {filename} is gone; run it again.")
    if code == codes.TOO_MUCH_OUTPUT:
        return errors.OutputLimit(f"{filename} printed more than 1 MB; print less.")
    if code == codes.LINE_LOST:
        return tampered(filename)
    if code >= 0:
        return _exited(filename, code)
    used = waited if end.cpu is None else end.cpu
    return _killed(-code, program, used >= seconds * _CPU_SLACK, seconds)


def _killed(number: int, program: Program, out_of_time: bool, seconds: float) -> errors.OracleError:
    filename = program.main.filename
    if number in (_number("SIGXCPU"), _number("SIGKILL")) and out_of_time:
        return timeout(filename, seconds, seconds, by_clock=False)
    if number == _number("SIGKILL"):
        sentence = f"{filename} was ended by the system, which had no memory left."
        return errors.MemoryLimit(sentence, "MemoryError", "")
    if number == _number("SIGSYS"):
        return errors.Blocked(f"{filename} tried what it may not. {_BOUNDS}", "PermissionError", "")
    # Only this far can one function call itself into the end of the stack.
    if number == _number("SIGSEGV") and program.mentions("setrecursionlimit"):
        sentence = f"{filename} calls itself without end: its stack overflowed."
        return errors.Recursion(sentence, "RecursionError", "")
    return errors.Crashed(f"{_ended(filename, signal.Signals(number).name)}.", number)


def _number(name: str) -> int | None:
    return getattr(signal, name, None)


def _exited(filename: str, code: int) -> errors.Exited:
    exited = errors.Exited(f"{_ended(filename, f'exit code {code}')}.", "SystemExit", str(code))
    exited.code = code
    return exited


def _ended(filename: str, how: str) -> str:
    return f"{filename} ended its own process ({how}) and gave no answer"


def _raised(sort: type[errors.Raised], reply: dict[str, Any], main: str) -> errors.Raised:
    place = _place(reply)
    kind, message = plain(reply.get("kind")), plain(reply.get("text"))
    where = place.filename or main
    at = f" in line {place.line} of {where}" if place.line else f" in {where}"
    shown = f", `{place.text.strip()}`" if place.text.strip() else ""
    sentence = f"{kind}{at}{shown}: {message or 'no message'}"
    if sort is errors.Blocked:
        sentence = f"{sentence}. {_BOUNDS}"
    error = sort(sentence, kind, message, place)
    if isinstance(error, errors.MissingModule):
        error.name = plain(reply.get("name"))
    if isinstance(error, errors.Exited):
        error.code = _whole(reply.get("code"))
    return error


def _place(reply: dict[str, Any]) -> errors.Place:
    module = reply.get("module")
    return errors.Place(
        plain(module) if isinstance(module, str) else None,
        plain(reply.get("filename")),
        _whole(reply.get("line")),
        plain(reply.get("source")),
        _whole(reply.get("helper_line")),
    )


def _whole(number: object) -> int | None:
    return number if type(number) is int else None


def _missing(name: str, reply: dict[str, Any], filename: str) -> errors.MissingFunction:
    names = reply.get("names")
    known = [item for item in names if isinstance(item, str)] if isinstance(names, list) else []
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" There is `{plain(near[0])}`; was that meant?" if near else _AT_TOP
    return errors.MissingFunction(f"{filename} defines no function `{name}`.{hint}", name)


_AT_TOP: Final = " Define it at the top level."
