"""The process of the learner's file, seen from the tutor: started, listened to, asked to stop."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from tutor.jail.clock import Clock, TimeUp
from tutor.tracing.inside import limits
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.frames import Sort, read_frames
from tutor.tracing.inside.plan import Plan, Report
from tutor.tracing.inside.streams import OUTPUT_CAP

_START: Final = (
    "import sys; path = sys.path[:]; sys.path.insert(0, sys.argv[1]); "
    "from tutor.tracing.inside.start import main; sys.path[:] = path; main()"
)
_OWN_FOLDER: Final = str(Path(__file__).parents[2])
_POLL: Final = 0.05  # seconds
_TO_START: Final = 60.0
_TO_STOP: Final = 3.0  # for the file to be stopped between two lines of Python
_TO_CLOSE: Final = 120.0  # for the recording to be put together and sent
_NOT_SHOWN: Final = "\n(the rest of the output is not shown)\n"


@dataclass
class Outcome:
    """What a process has sent, and how it ended.

    Attributes
    ----------
    report : Report or None
        None if the process ended without a word.
    has_begun, has_ended : bool
        Whether the recording has begun, and whether it was over and was being put together.
    asked : Ending or None
        What the tutor has asked it to end for.
    code : int or None
        As `subprocess.Popen.returncode`.
    """

    report: Report | None = None
    document: bytes | None = None
    printed: str = ""
    has_begun: bool = False
    has_ended: bool = False
    asked: Ending | None = None
    code: int | None = None
    _printed: list[str] = field(default_factory=list)

    def take(self, sort: Sort, data: bytes) -> None:
        """Take in one frame."""
        if sort is Sort.BEGUN:
            self.has_begun = True
        elif sort is Sort.CLOSING:
            self.has_ended = True
        elif sort is Sort.PRINTED:
            self._printed.append(data.decode("utf-8", "replace"))
        elif sort is Sort.RECORDED:
            self.document = data
        elif sort is Sort.REPORT:
            # The file may have written on the tutor's own line.
            with suppress(ValueError, TypeError, LookupError):
                self.report = Report.from_json(data)

    def close(self, raw: bytes, code: int | None) -> None:
        """Put the output together; ``raw`` came past Python: from C, or from other programs."""
        text = "".join(self._printed) + raw.decode("utf-8", "replace")
        self.printed = text[:OUTPUT_CAP] + (_NOT_SHOWN if len(text) > OUTPUT_CAP else "")
        self.code = code


def run_process(plan: Plan, seconds: float, cancel: threading.Event | None = None) -> Outcome:
    """Run a plan in a fresh Python, to its end.

    Parameters
    ----------
    seconds : float
        Processor time; three times as much by the clock.
    cancel : Event, optional
        Set it to have the run stopped; what is recorded until then comes back.
    """
    process = _started(plan)
    try:
        return _Talk(process, seconds, cancel).run(plan.to_json())
    finally:
        _end(process)


def _started(plan: Plan) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _START, _OWN_FOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=os.path.dirname(plan.file),
        env={**os.environ, "MPLBACKEND": "Agg"},
        start_new_session=True,  # a Ctrl-C in the terminal is the tutor's to hand on
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it has started."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


class _Talk:
    """Listens to one process."""

    def __init__(
        self, process: subprocess.Popen[bytes], seconds: float, cancel: threading.Event | None
    ) -> None:
        self.process = process
        self.seconds = seconds
        self.cancel = cancel or threading.Event()
        self.outcome = Outcome()
        self.frames: queue.SimpleQueue[tuple[Sort, bytes] | None] = queue.SimpleQueue()
        self.raw = bytearray()
        self.raw_count = 0
        self.clock: Clock | None = None
        self.deadline = time.monotonic() + _TO_START

    def run(self, plan: bytes) -> Outcome:
        """Hand the plan over and listen until the end."""
        streams = ((self._read_frames, self.process.stdout), (self._read_raw, self.process.stderr))
        listeners = [threading.Thread(target=t, args=(s,), daemon=True) for t, s in streams]
        for listener in listeners:
            listener.start()
        with suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.write(plan)
            self.process.stdin.close()
        self._listen()
        code = self._code()
        _end(self.process)
        listeners[1].join(1.0)  # a process that the file left behind may hold it open
        self.outcome.close(bytes(self.raw), code)
        return self.outcome

    def _code(self) -> int | None:
        try:
            return self.process.wait(1.0)
        except subprocess.TimeoutExpired:
            return None

    def _read_frames(self, stream: IO[bytes]) -> None:
        try:
            with suppress(OSError, ValueError, OverflowError, MemoryError):
                for frame in read_frames(stream):
                    self.frames.put(frame)
        finally:
            self.frames.put(None)

    def _read_raw(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while data := os.read(stream.fileno(), 1 << 16):
                self.raw_count += len(data)
                self.raw += data[: max(OUTPUT_CAP + 1 - len(self.raw), 0)]

    def _listen(self) -> None:
        while self.outcome.report is None and time.monotonic() < self.deadline:
            try:
                frame = self.frames.get(timeout=_POLL)
            except queue.Empty:
                self._look()
                continue
            if frame is None:
                return
            self._take(*frame)

    def _take(self, sort: Sort, data: bytes) -> None:
        self.outcome.take(sort, data)
        if sort is Sort.STARTED:
            self.clock = Clock(self.seconds, self.process.pid)
            self.deadline = float("inf")
            if self.outcome.asked is not None:  # before it could be told
                self._ask(self.outcome.asked)
        elif sort is Sort.CLOSING:
            self.clock = None
            self.deadline = time.monotonic() + _TO_CLOSE

    def _look(self) -> None:
        """Ask the file to stop, once, when there is a reason."""
        if self.outcome.asked is None:
            reason = self._reason()
            if reason is not None:
                self._ask(reason)

    def _reason(self) -> Ending | None:
        if self.cancel.is_set():
            return Ending.STOPPED
        if self.clock is None:
            return None
        if self.raw_count > OUTPUT_CAP:
            return Ending.OUTPUT
        try:
            self.clock.patience()
        except TimeUp:
            return Ending.TIME
        return None

    def _ask(self, ending: Ending) -> None:
        self.outcome.asked = ending
        number = limits.TIME if ending is Ending.TIME else limits.STOP
        if self.clock is not None:
            with suppress(OSError, ValueError):
                self.process.send_signal(number)
            self.deadline = time.monotonic() + _TO_STOP
        else:  # it has not begun, or is closing
            self.deadline = min(self.deadline, time.monotonic() + _TO_STOP)
