"""Which call of a file is recorded, and recording it: once, or each time the file is saved."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tutor.diagnosis.submission import Submission
    from tutor.trace.saved import Run, Saved
    from tutor.tracing import Call, Request, Traced


class WrongCall(Exception):
    """What was asked for cannot be recorded; the message is a sentence."""


class ChosenNone(Exception):
    """The list of calls was left without a choice."""


@dataclass(frozen=True)
class Choosing:
    """What was asked for on the command line.

    ``call`` is a call, or the number of one in the list.
    """

    file: Path
    call: str | None
    function: str | None
    cell: int | None
    max_steps: int

    def request(self, screen: bool) -> Request:
        """Return what is to be recorded; where several calls can be, ask which.

        Raises
        ------
        WrongCall
            If nothing can be recorded, or it was not said which call is meant.
        ChosenNone
            If the list was left.
        """
        from tutor.tracing import Request

        request = Request(self.file, self.call, self.function, self.cell, max_steps=self.max_steps)
        number = int(self.call) if self.call and self.call.strip().isdecimal() else None
        if self.function is not None or (self.call is not None and number is None):
            return request
        submission = _read(self.file)
        calls = _calls(submission, self.cell)
        if not calls:
            return replace(request, call=None)  # tracing says what could be done about it
        chosen = self._chosen(calls, number, submission, screen)
        from tutor.tracing.trace import for_call

        return for_call(request, chosen)

    def _chosen(
        self, calls: Sequence[Call], number: int | None, submission: Submission, screen: bool
    ) -> Call:
        if number is not None:
            if not 1 <= number <= len(calls):
                raise WrongCall(f"There is no call {number} in the list.\n{_listed(calls)}")
            return calls[number - 1]
        if len(calls) == 1:
            return calls[0]
        if not screen:
            click.echo(_listed(calls))
            raise WrongCall(
                "Several calls can be recorded. Choose one: --call 1, or --call 'EXPR'."
            )
        from tutor.ui.app import choose
        from tutor.ui.drawing.choices import Choice

        choices = [Choice(call.text, _about(call, submission)) for call in calls]
        picked = choose(f"{submission.name}: which call shall be recorded?", choices)
        if picked is None:
            raise ChosenNone
        return calls[picked]


class Tracing:
    """Calls of one file that are recorded, and recorded anew when it is saved."""

    def __init__(self, requests: Sequence[Request]) -> None:
        from tutor.tracing import Watch

        self._requests = list(requests)
        self._traced: list[Traced] = []
        self._file = Path(requests[0].path)
        self._watch = Watch(*_files(self._file))

    @property
    def sentence(self) -> str:
        """Return how the runs ended, if there is something to say."""
        return "\n".join(dict.fromkeys(t.ended.sentence for t in self._traced if t.ended.sentence))

    @property
    def printed(self) -> str:
        """Return what was printed beside no step."""
        return self._traced[0].printed if self._traced else ""

    @property
    def exit_code(self) -> int:
        """Return 0 for a whole run, 1 for one that was cut, 2 where nothing could be recorded."""
        from tutor.tracing import Ending

        nothing = {Ending.REFUSED, Ending.UNREADABLE, Ending.NEVER}
        endings = {traced.ended.ending for traced in self._traced} or nothing
        if endings == {Ending.FINISHED}:
            return 0
        return 2 if endings & nothing else 1

    def first(self, told: bool) -> Saved | None:
        """Record the calls; ctrl+c stops a run, and what it did until then is there.

        ``told`` says on standard error that it is being recorded.
        """
        from tutor.tracing import trace_file

        self._traced = []
        for request in self._requests:
            what = request.call or request.function or self._file.name
            with _interruptible() as cancel, _saying(f"recording {what} ...   ctrl+c stops", told):
                self._traced.append(trace_file(request, cancel))
        return _together(self._requests, self._traced)

    def tell(self) -> None:
        """Print what there is to say where nothing was recorded."""
        if self.printed:
            click.echo(self.printed, nl=not self.printed.endswith("\n"))
        click.echo(self.sentence or "Nothing was recorded.", err=True)

    def again(self, cancel: threading.Event) -> Saved | str | None:
        """Return the run recorded anew if the file was saved, or why there is none."""
        from tutor.tracing import trace_file

        if not self._watch.has_changed():
            return None
        try:
            submission = _read(self._file)
        except WrongCall as error:
            return str(error)
        moved = [_moved(request, submission) for request in self._requests]
        self._traced = [trace_file(request, cancel) for request in moved]
        return _together(moved, self._traced) or self.sentence or "Nothing was recorded."


def _together(requests: Sequence[Request], traced: Sequence[Traced]) -> Saved | None:
    """Return the runs of several recordings as one; None if none of them has any."""
    pairs = zip(requests, traced, strict=True)
    found = [(request, one.saved) for request, one in pairs if one.saved is not None]
    if not found:
        return None
    titles = [run.title for _, saved in found for run in saved.runs]
    runs = tuple(
        _told_apart(run, request) if titles.count(run.title) > 1 else run
        for request, saved in found
        for run in saved.runs
    )
    notes = tuple(dict.fromkeys(note for _, saved in found for note in saved.notes))
    return replace(found[0][1], runs=runs, notes=notes)


def _told_apart(run: Run, request: Request) -> Run:
    return replace(run, title=f"line {request.line}: {run.title}") if request.line else run


def _read(file: Path) -> Submission:
    from tutor.diagnosis.submission import read_submission
    from tutor.diagnosis.unreadable import Unreadable

    try:
        return read_submission(file)
    except Unreadable as error:
        raise WrongCall(error.sentence) from None


def _calls(submission: Submission, cell: int | None) -> tuple[Call, ...]:
    """Return the calls to choose from: those that a run reaches, else such as can be built."""
    from tutor.tracing import find_calls, offered_calls

    found = tuple(call for call in find_calls(submission) if cell in (None, call.cell))
    reached = tuple(call for call in found if call.is_reached)
    return reached or (() if cell else offered_calls(submission)) or found


def _moved(request: Request, submission: Submission) -> Request:
    """Return a request for the same call, wherever it stands now."""
    from tutor.tracing.trace import for_call

    if request.line is None or request.call is None:
        return request
    line = request.line
    same = [call for call in _calls(submission, None) if call.text == request.call]
    if not same:
        return replace(request, line=None)
    return for_call(request, min(same, key=lambda call: abs(call.line - line)))


def _listed(calls: Sequence[Call]) -> str:
    rows = [f"  {n:>2}  {call.text}   ({_where(call)})" for n, call in enumerate(calls, 1)]
    return "\n".join(["The calls that can be recorded:", *rows])


def _where(call: Call) -> str:
    where = "is made with a small net and data" if call.is_built else call.where
    return f"{where}, {call.work.value}"


def _about(call: Call, submission: Submission) -> tuple[str, ...]:
    """Return where a call stands, and its line of code or the lines that are made for it."""
    if call.is_built:
        return (_where(call), *call.setups[0])
    main = submission.main
    for number, row in enumerate(main.source.split("\n"), 1):
        place = main.place(number)
        if (place.line, place.cell) == (call.line, call.cell):
            return (_where(call), row.strip())
    return (_where(call),)


def _files(file: Path) -> list[Path]:
    """Return a file and those beside it that it imports."""
    try:
        siblings = [file.parent / module.filename for module in _read(file).siblings]
    except WrongCall:
        siblings = []
    return [file, *(one for one in siblings if one.is_file())]


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Yield an event that ctrl+c sets."""
    cancel = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _saying(text: str, told: bool) -> Iterator[None]:
    """Say something on standard error for as long as something takes, and wipe it then."""
    if told:
        click.echo(f"\r\x1b[K{text[:78]}", err=True, nl=False)
    try:
        yield
    finally:
        if told:
            click.echo("\r\x1b[K", err=True, nl=False)
            sys.stderr.flush()
