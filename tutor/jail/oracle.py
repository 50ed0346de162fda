"""A learner's code behind glass: asked by name, answering with values, able to hurt nobody."""

from __future__ import annotations

import contextlib
import difflib
import math
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from tutor.jail.errors import BadReturn, Crashed, MissingFunction, OracleError, Raised, Timeout
from tutor.jail.frames import BadFrame, pack, read_frame

# A learner's code may also wait, and the machine may be busy: the clock allows more than the CPU.
WALL_FACTOR: Final = 3
PRINTED_CAP: Final = 64_000

_START: Final = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from tutor.jail.child import main; main(*sys.argv[1:])"
)

_Opened = tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]


class Oracle:
    """Runs source text in a process of its own and calls its functions.

    Parameters
    ----------
    source : str
        Python source. It is run when the oracle is entered.
    filename : str
        The name under which its lines are reported.
    seconds : float
        Processor time for all calls together; three times as much by the clock.

    Attributes
    ----------
    answered : tuple of str and value, or None
        The function that returned last, and what.

    Notes
    -----
    Values go over as JSON and raw bytes: numbers, strings, None, NumPy arrays and scalars, and
    tuples, lists and dicts of them. The process has its own session, an empty folder to stand
    in, no keyboard, and caps on time, memory, files and output. It is no container: it can
    read what the user can read.
    """

    def __init__(self, source: str, filename: str, seconds: float = 10) -> None:
        self._source = source
        self._filename = filename
        self._seconds = seconds
        self._wall = seconds * WALL_FACTOR
        self._process: subprocess.Popen[bytes] | None = None
        self._to: IO[bytes]
        self._from: IO[bytes]
        self._printed: list[str] = []
        self._closing = contextlib.ExitStack()
        self.answered: tuple[str, Any] | None = None

    @property
    def printed(self) -> str:
        """What the code has printed so far, cut at a cap."""
        return "".join(self._printed)[:PRINTED_CAP]

    def __enter__(self) -> Oracle:
        try:
            self._open()
            self._ask({"do": "load", "source": self._source, "filename": self._filename})
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(self, name: str, *args: object) -> Any:
        """Call a function of the code with copies of the arguments and return its value.

        Raises
        ------
        MissingFunction, Raised, Timeout, Crashed, BadReturn
            Each with a sentence for the learner.
        """
        value = self._ask({"do": "call", "name": name}, args)
        self.answered = (name, value)
        return value

    def close(self) -> None:
        """End the process and all that it started. Afterwards no call is possible."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()
        self._closing.close()

    def _open(self) -> None:
        folder = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="gradtutor-", ignore_cleanup_errors=True)
        )
        command = [sys.executable, "-I", "-c", _START, str(Path(__file__).parents[2])]
        command.append(str(math.ceil(self._seconds)))
        options: dict[str, Any] = {
            "cwd": folder,
            "env": _environment(),
            "stderr": subprocess.DEVNULL,
        }
        start = self._open_windows if os.name == "nt" else self._open_posix
        self._process, self._to, self._from = start(command, options)

    def _open_posix(self, command: list[str], options: dict[str, Any]) -> _Opened:
        """Start it with two pipes of its own, which nothing that prints can reach by accident."""
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        to = self._closing.enter_context(os.fdopen(ours_out, "wb", buffering=0))
        back = self._closing.enter_context(os.fdopen(ours_in, "rb", buffering=0))
        try:
            process = subprocess.Popen(
                [*command, str(theirs_in), str(theirs_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs_in, theirs_out),
                start_new_session=True,
                **options,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return process, to, back

    def _open_windows(self, command: list[str], options: dict[str, Any]) -> _Opened:
        """Start it with the pipes as stdin and stdout; the child moves them out of the way."""
        process = subprocess.Popen(
            [*command, "0", "1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            **options,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._closing.callback(process.stdin.close)
        self._closing.callback(process.stdout.close)
        return process, process.stdin, process.stdout

    def _ask(self, message: dict[str, Any], value: object = ()) -> Any:
        if self._process is None:
            raise Crashed(f"{self._filename} is not running any more; check it again.")
        reply, result = self._exchange(pack(message, value))
        self._keep(reply.get("printed"))
        outcome = reply.get("outcome")
        if outcome == "returned":
            return result
        if outcome == "raised":
            raise self._raised(reply)
        if outcome == "missing":
            raise self._missing(str(message["name"]), reply)
        if outcome == "unsendable":
            name = message.get("name", self._filename)
            raise BadReturn(f"{name} returned {reply.get('text')}; return a number or an array.")
        if outcome != "loaded":
            raise BadReturn(f"{self._filename} sent an answer that makes no sense.")
        return None

    def _exchange(self, request: bytes) -> tuple[dict[str, Any], Any]:
        """Send a request and wait for the answer, no longer than there is time left."""
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        # In a thread, since a hostile process can refuse to read as well as to write.
        def exchange() -> None:
            try:
                view = memoryview(request)
                while view:
                    view = view[self._to.write(view) :]
                answers.put(read_frame(self._from.read))
            except (BadFrame, EOFError, OSError, ValueError) as error:
                answers.put(error)

        started = time.monotonic()
        threading.Thread(target=exchange, daemon=True).start()
        try:
            answer = answers.get(timeout=max(self._wall, 0.0))
        except queue.Empty:
            answer = self._too_long()
        self._wall -= time.monotonic() - started
        if isinstance(answer, BaseException):
            raise self._failed(answer) from None
        message, value = answer
        return message, value

    def _failed(self, error: BaseException) -> OracleError:
        process = self._process
        assert process is not None
        if isinstance(error, OracleError):
            found = error
        elif isinstance(error, BadFrame):
            found = BadReturn(f"{self._filename} sent {error}; return a number or an array.")
        else:
            found = self._ended(process)
        self.close()
        return found

    def _ended(self, process: subprocess.Popen[bytes]) -> OracleError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
        code = process.poll()
        if os.name != "nt" and code in (-signal.SIGXCPU, -signal.SIGKILL):
            return self._too_long()
        how = f"exit code {code}"
        if code is not None and code < 0:
            how = signal.Signals(-code).name
        return Crashed(f"{self._filename} ended its own process ({how}) and gave no answer.")

    def _too_long(self) -> Timeout:
        return Timeout(
            f"{self._filename} was still running after {self._seconds:g} seconds; "
            "look for a loop that never ends."
        )

    def _raised(self, reply: dict[str, Any]) -> Raised:
        line = reply.get("line")
        return Raised(
            str(reply.get("kind")),
            str(reply.get("text")),
            line if type(line) is int else None,
            str(reply.get("source", "")),
            self._filename,
        )

    def _missing(self, name: str, reply: dict[str, Any]) -> MissingFunction:
        names = reply.get("names")
        known = [item for item in names if isinstance(item, str)] if isinstance(names, list) else []
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" There is `{near[0]}`; was that meant?" if near else " Define it at the top level."
        return MissingFunction(f"{self._filename} defines no function `{name}`.{hint}")

    def _keep(self, printed: object) -> None:
        if isinstance(printed, str) and sum(map(len, self._printed)) < PRINTED_CAP:
            self._printed.append(printed)


def _environment() -> dict[str, str]:
    """Return the little that Python needs; nothing of the user's goes over."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "TEMP") if name in os.environ}
    # One thread: more of them would be counted against the caps on memory and time.
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**kept, **dict.fromkeys(threads, "1"), "LANG": "C.UTF-8"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
