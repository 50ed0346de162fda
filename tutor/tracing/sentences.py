"""What is said of a run's end: what happened, where, and what to do next."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Mapping
from typing import Final

from tutor.diagnosis.place import Place
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.plan import Plan, Report
from tutor.tracing.traced import Ended

_CELL: Final = re.compile(r"(.*), cell (\d+)")
_KEPT: Final = " What it did until then is recorded."
_SIGNALS: Final[Mapping[int, str]] = {
    signal.SIGSEGV: "a segmentation fault",
    signal.SIGABRT: "an abort",
    signal.SIGFPE: "a floating point fault",
    signal.SIGILL: "an illegal instruction",
    signal.SIGTERM: "SIGTERM",
}


def place_of(label: str, line: int, file: str) -> Place | None:
    """Return a line as it is shown: the file by its name within the folder, and the cell."""
    if not label or not line:
        return None
    cell = _CELL.fullmatch(label)
    path = cell[1] if cell else label
    folder = os.path.dirname(file) + os.sep
    shown = path.removeprefix(folder) if path.startswith(folder) else os.path.basename(path)
    return Place(shown, line, int(cell[2]) if cell else None)


def death(code: int | None) -> str:
    """Return what a process died of, by its exit code."""
    if code is None or code >= 0:
        return f"exit code {code}"
    if code == -getattr(signal, "SIGKILL", 9):
        return "SIGKILL, from outside or for want of memory"
    return _SIGNALS.get(-code, f"signal {-code}")


def died(plan: Plan, place: Place | None, code: int | None) -> str:
    """Return what is said of a process that died, where nothing of it is recorded."""
    at = str(place) if place else _name(plan)
    if not code:
        return (
            f"{at}: its process ended and sent nothing. Take out what closes files that are not "
            "its own (os.close, os.closerange)."
        )
    return (
        f"{at}: the process died ({death(code)}). Look for what reaches below Python, or takes "
        "more memory than there is."
    )


def died_again(plan: Plan, place: Place | None, code: int | None) -> str:
    """Return what is said of a process that died and was followed up to there."""
    at = str(place) if place else _name(plan)
    return (
        f"{at}: the process died ({death(code)}). To show what it did until then, the file was "
        "run again, up to that line."
    )


def ended(report: Report, plan: Plan, seconds: float) -> Ended:
    """Return what is said of a run that has reported its end."""
    place = place_of(report.label, report.line, plan.file)
    error = f"{report.kind}: {report.text}".removesuffix(": ") if report.kind else ""
    sentence = _sentence(report, plan, seconds, f"{place}" if place else _name(plan), error)
    if report.steps and report.ending not in (Ending.FINISHED, Ending.NEVER, Ending.STEPS):
        sentence += _KEPT
    raised = report.ending in (Ending.RAISED, Ending.MEMORY, Ending.EXITED)
    return Ended(report.ending, sentence, place, error if raised else "")


def _sentence(report: Report, plan: Plan, seconds: float, at: str, error: str) -> str:
    match report.ending:
        case Ending.FINISHED:
            return ""
        case Ending.RAISED:
            return _raised(report, at, error)
        case Ending.EXITED:
            return _exited(report, at)
        case Ending.STOPPED:
            return f"{at}: stopped, as you asked."
        case Ending.TIME:
            return (
                f"{at}: still running after {seconds:g} s. Look for a loop without an end, or "
                "allow more time."
            )
        case Ending.STEPS:
            return (
                f"Recording stopped after {report.steps:,} steps, at {at}: no more than "
                f"{plan.max_steps:,} were asked for. Raise --max-steps to see more."
            )
        case Ending.OUTPUT:
            return f"{at}: more than a megabyte was printed. Take the print out of its loop."
        case Ending.MEMORY:
            return (
                f"{at}: there is not enough memory ({error}). Look for a shape that is too "
                "large, or for a list that grows without an end."
            )
        case Ending.DIED:
            return f"{at}: the file ended its process with os.abort()."
        case Ending.REFUSED:
            return report.text or f"{plan.function} is not defined when {_name(plan)} has run."
        case _:
            return _never(plan)


def _raised(report: Report, at: str, error: str) -> str:
    if report.kind == "ModuleNotFoundError":
        return f"{at}: {report.text}. Install it, or put its file beside {at.partition(',')[0]}."
    if report.kind == "EOFError" and report.text == "EOF when reading a line":
        return (
            f"{at}: the file waits for somebody to type, and nobody can here. Put a value in "
            "the place of input()."
        )
    if report.kind == "RecursionError":
        return f"{at}: a function calls itself without an end ({error})."
    return f"{at}: {error}"[:500] + ("" if error.endswith((".", "!", "?")) else ".")


def _exited(report: Report, at: str) -> str:
    how = "os._exit" if report.kind == "os._exit" else "exit"
    return f"{at}: the file ended its process with {how}({report.code}). Take that out."


def _never(plan: Plan) -> str:
    if plan.call:
        where = f" in line {plan.line}" if plan.line else ""
        return (
            f"{plan.call}{where} was never reached while {_name(plan)} ran. Choose another call, "
            "or call the function that it stands in."
        )
    return f"{plan.function} was never called while {_name(plan)} ran. Say which call: --call."


def _name(plan: Plan) -> str:
    return os.path.basename(plan.file)
