"""Ends the run: from within a call, at any line, with what is recorded until then.

The process ends there. So no ``except`` or ``finally`` of the learner's can keep it going, and
nothing that the file would do after it is waited for.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import types
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from tutor.trace.frames import FrameRecording
from tutor.trace.origin import Origin
from tutor.trace.printed import note_printed, traced_frame
from tutor.trace.recording import Recording
from tutor.trace.session import Session
from tutor.tracing.inside import limits
from tutor.tracing.inside.document import document
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.failing import is_own, report_of
from tutor.tracing.inside.frames import Sender, Sort
from tutor.tracing.inside.plan import Plan, Report
from tutor.tracing.inside.retraced import follow_again
from tutor.tracing.inside.streams import OUTPUT_CAP

_leave = os._exit
_SAID = {
    Ending.STOPPED: "Stopped here",
    Ending.TIME: "Stopped here: the time was over",
    Ending.STEPS: "Stopped here: enough steps are recorded",
    Ending.OUTPUT: "Stopped here: more than a megabyte was printed",
}
_ROOM_TO_CLOSE = 2000  # frames: the run may have been stopped in a deep recursion
_AGAIN = 0.001  # seconds, after which a stop is tried once more


class Closer:
    """Takes note of the recording that is made, and ends the process with it.

    It is the recording's `Watch`. Every method but `ask` and `take` belongs to the main thread.
    """

    def __init__(self, plan: Plan, sender: Sender) -> None:
        self.plan = plan
        self.most_steps = plan.max_steps
        self.is_quiet = False
        self.setup = 0  # which of the plan's set-ups is used
        self._sender = sender
        self._origin: Origin | None = None
        self._session: Session | None = None
        self._asked: Ending | None = None
        self._is_closing = False
        self._left = OUTPUT_CAP
        self._rest: list[str] = []

    # -- while it is recorded -----------------------------------------------------------------

    def begins(self, origin: Origin, session: Session) -> None:
        """Take note of a recording that begins."""
        self._origin, self._session = origin, session
        self._sender.send(Sort.BEGUN)
        if self.plan.again is not None:
            follow_again(self.plan.again, self.plan.counter, session, self._died_here)

    def looks(self) -> None:
        """End the run when as many steps are recorded as were asked for."""
        session = self._session
        if session is None or not self._may_be_enough(session):
            return
        if session.steps >= self.most_steps:
            self.close(Report(Ending.STEPS), sys._getframe())

    def take(self, text: str) -> None:
        """Take what was printed: beside the step that did so, or for the rest of the output."""
        session = self._session
        if self._has_room(text) and (session is None or not note_printed(session, text)):
            self._put_by(text)

    def take_error(self, text: str) -> None:
        """Take what was written to standard error: it is beside no step."""
        if self._has_room(text):
            self._put_by(text)

    def flush(self) -> None:
        """Send the rest of the output on."""
        if self._rest:
            self._sender.send(Sort.PRINTED, "".join(self._rest).encode("utf-8", "replace"))
            self._rest.clear()

    # -- ends ---------------------------------------------------------------------------------

    def ask(self, ending: Ending) -> None:
        """End the run as soon as the recorder is not in the midst of something."""
        self._asked = ending
        if threading.current_thread() is threading.main_thread():
            self.stop(None, sys._getframe(1))
        else:
            limits.wake_main_thread()

    def stop(self, number: int | None, frame: types.FrameType | None) -> None:
        """End the run because of a signal."""
        if self._asked is None:
            self._asked = limits.meaning(number)
        if self._is_closing or frame is None:
            return
        if _is_recorder(frame):
            limits.wake_later(_AGAIN)
        else:
            self.close(Report(self._asked), frame)

    def leaves(self, code: int) -> None:
        """Stand in for `os._exit`."""
        if threading.current_thread() is not threading.main_thread() or self._is_closing:
            _leave(code)
        report = Report(Ending.EXITED, "os._exit", code=code)
        self.close(report, sys._getframe(1), f"os._exit({code})")

    def aborts(self) -> None:
        """Stand in for `os.abort`."""
        report = Report(Ending.DIED, "os.abort")
        self.close(report, sys._getframe(1), "os.abort()")

    def _died_here(self, frame: types.FrameType, message: str) -> None:
        self.close(Report(Ending.DIED), frame, message)

    def close(self, report: Report, frame: types.FrameType, message: str = "") -> NoReturn:
        """End the run at the line of the learner's that a frame is in."""
        self._begin_to_close()
        sys.settrace(None)
        place = self._place(frame)
        report = replace(report, label=place[0], line=place[1])
        recording: Recording | None = None
        session = self._session
        if session is not None and self._origin is not None:
            traced = traced_frame(session, frame)
            if traced is not None:
                session.stop(traced.f_lineno, message or _SAID[report.ending])
            recording = Recording(self._origin, session, None, None)
        self._end(report, recording)

    def finish(self, recording: Recording | FrameRecording) -> NoReturn:
        """End the run, since the call that was to be recorded has ended."""
        self._begin_to_close()
        error = recording.exception
        report = Report(Ending.FINISHED) if error is None else report_of(error, self.plan)
        if not len(recording) and error is None:
            report = Report(Ending.NEVER)
        self._end(report, recording)

    def give_up(self, report: Report) -> NoReturn:
        """End the run with nothing recorded."""
        self._begin_to_close()
        self._end(report, None)

    def _end(self, report: Report, recording: Recording | FrameRecording | None) -> NoReturn:
        self.flush()
        self._sender.send(Sort.CLOSING)
        if recording is not None and len(recording):
            self._sender.send(Sort.RECORDED, document(self.plan, report, recording))
            report = replace(report, steps=len(recording))
        self._sender.send(Sort.REPORT, replace(report, setup=self.setup).to_json())
        with suppress(BaseException):  # the learner's own files, and whatever they raise
            sys.stdout.flush()
        _leave(0)

    # -- inside -------------------------------------------------------------------------------

    def _has_room(self, text: str) -> bool:
        """Count a text towards the most that is taken; end the run where it is too much."""
        if self.is_quiet or self._is_closing:
            return False
        self._left -= len(text)
        if self._left < 0:
            self.ask(Ending.OUTPUT)
            return False
        return True

    def _put_by(self, text: str) -> None:
        """Keep a text for the rest of the output, which is sent line by line."""
        self._rest.append(text)
        if "\n" in text or len(self._rest) > 100:
            self.flush()

    def _begin_to_close(self) -> None:
        """Take the learner's limits away: from now on nothing of the file's is waited for."""
        self._is_closing = True
        limits.no_more(sys.getrecursionlimit() + _ROOM_TO_CLOSE)

    def _may_be_enough(self, session: Session) -> bool:
        longest = max((len(block.sites) for block in session.layout.blocks), default=0)
        return len(session.path) * longest >= self.most_steps

    def _place(self, frame: types.FrameType | None) -> tuple[str, int]:
        while frame is not None:
            if is_own(frame.f_code.co_filename, self.plan):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return "", 0


def install_signals(closer: Closer) -> None:
    """Have the run ended when the tutor asks for it."""
    for number in limits.STOPS:
        signal.signal(number, closer.stop)


def _is_recorder(frame: types.FrameType | None) -> bool:
    """Tell whether the recorder is at work: what it has half done must not be looked at."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("tutor.trace."):
            return True
        root = module.partition(".")[0]
        if root not in sys.stdlib_module_names and root not in ("numpy", "tutor"):
            return False
        frame = frame.f_back
    return False
