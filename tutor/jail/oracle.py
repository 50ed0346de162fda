"""Somebody else's code behind glass: asked by name, answering with values, able to hurt nobody."""

from __future__ import annotations

from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from tutor.jail import codes, replies, warm
from tutor.jail.clock import WALL_FACTOR, Clock, TimeUp
from tutor.jail.errors import Crashed, JailFault, MissingFunction, OracleError, Unsafe
from tutor.jail.fresh import FreshChild
from tutor.jail.isolation import Isolation
from tutor.jail.launch import End, Running
from tutor.jail.program import Module, Program

if TYPE_CHECKING:
    from tutor.jail.talk import Talk

PRINTED_CAP: Final = 64_000
# Python and NumPy begin; on a machine with other things to do that can take a while.
START_SECONDS: Final = 20.0
END_SECONDS: Final = 1.0


class Oracle:
    """Runs a program in a process of its own and calls its functions.

    Parameters
    ----------
    source : str or Program
        Python source, or a program of several modules.
    filename : str
        The name under which the lines of a source are reported.
    seconds : float
        Processor time for all calls together; three times as much by the clock.
    seconds_each : float, optional
        How much of it one call may take.
    load : bool
        Run the program when the oracle is entered. Otherwise `load` does, so that helpers can be
        asked before.
    fresh : bool
        Start an interpreter of its own instead of a child of the warm process.
    refuse_unsafe : bool
        Run nothing where nothing would stop it.

    Attributes
    ----------
    answered : tuple of str and value, or None
        The function that returned last, and what.
    isolation : Isolation
        What holds the process in; known from the moment in which the oracle is entered.
    just_printed : str
        What the code printed during the last request.

    Notes
    -----
    Values go over as JSON and raw bytes: numbers, strings, None, NumPy arrays and scalars, and
    tuples, lists and dicts of them. The process has its own session, an empty folder to stand
    in, no keyboard, and caps on time, memory, files and output; where the system can do that, it
    can neither read nor write other files nor reach the network or other processes.
    """

    def __init__(
        self,
        source: str | Program,
        filename: str = "exercise.py",
        seconds: float = 10,
        *,
        seconds_each: float | None = None,
        load: bool = True,
        fresh: bool = False,
        refuse_unsafe: bool = False,
    ) -> None:
        self._program = source if isinstance(source, Program) else _single(source, filename)
        self._filename = self._program.main.filename
        self._clock = Clock(seconds)
        self._each = seconds_each
        self._load_at_once = load
        self._fresh = fresh
        self._refuse_unsafe = refuse_unsafe
        self._running: Running | None = None
        self._talk: Talk
        self._printed: list[str] = []
        self.answered: tuple[str, Any] | None = None
        self.isolation = Isolation()
        self.just_printed = ""

    @property
    def printed(self) -> str:
        """What the code has printed so far, cut at a cap."""
        return "".join(self._printed)[:PRINTED_CAP]

    def __enter__(self) -> Oracle:
        try:
            self._start()
            self._open()
            if self._load_at_once:
                self.load()
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

    def load(self) -> None:
        """Run the main module.

        Raises
        ------
        OracleError
            Of one of its kinds, with a sentence.
        """
        self._request({"do": "load"}, self._filename)

    def call(self, name: str, *args: object) -> Any:
        """Call a function of the main module with copies of the arguments; return its value.

        Raises
        ------
        OracleError
            Of one of its kinds, with a sentence: MissingFunction, BadReturn, Raised and so on.
        """
        value = self._request({"do": "call", "name": name}, name, args)
        self.answered = (name, value)
        return value

    def ask(self, name: str, *values: object) -> Any:
        """Call a function of the helpers with copies of the values; return its value.

        What cannot be sent of the value is an `Opaque`.

        Raises
        ------
        JailFault
            If the helpers have no such function.
        OracleError
            Of one of its other kinds.
        """
        try:
            return self._request({"do": "ask", "name": name}, name, values)
        except MissingFunction:
            raise JailFault(f"The helpers define no function `{name}`.") from None

    def close(self) -> None:
        """End the process and all that it started. Afterwards no call is possible."""
        running, self._running = self._running, None
        if running is not None:
            running.close()

    def _start(self) -> None:
        """Start a child of the warm process, or an interpreter if that does not come up."""
        seconds, why = self._clock.seconds, "not wanted"
        if not self._fresh:
            try:
                self._running = warm.fork(seconds)
                return self._await_ready()
            except warm.NoWarmProcess as error:
                why = str(error)
            except _NotReady as error:
                why = str(error)
                self.close()
                warm.give_up(why)
        try:
            self._running = FreshChild(seconds, why)
            return self._await_ready()
        except (OSError, _NotReady) as error:
            raise JailFault(
                f"{self._filename} was not run, since no process can be started: {error}. "
                "Check that this Python can start itself and import NumPy."
            ) from error

    def _await_ready(self) -> None:
        # Only here: it imports NumPy, while the other process does that too.
        from tutor.jail.talk import NotTheirs, Talk

        assert self._running is not None
        self._talk = Talk(self._running.lines)
        try:
            self._talk.await_word(Clock(START_SECONDS))
            pid = self._running.pid()
            ready = self._talk.hear(Clock(START_SECONDS))
        except (TimeUp, EOFError, OSError, NotTheirs) as error:
            end = self._running.end(END_SECONDS) or End()
            raise _NotReady(f"it did not start (exit code {end.code})") from error
        self.isolation = Isolation(tuple(ready["layers"]), tuple(ready["missing"]))
        if self._refuse_unsafe and self.isolation.is_none:
            raise Unsafe(
                f"{self._filename} was not run: nothing on this system would keep it from doing "
                "harm. Run it only if you trust it."
            )
        self._clock = Clock(self._clock.seconds, pid, self._each)

    def _open(self) -> None:
        import numpy as np

        modules = self._program.modules
        texts = [*(module.source for module in modules), self._program.helpers]
        # As arrays of bytes, which may be larger than a header.
        sent = [np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8) for text in texts]
        names = [[module.name, module.filename] for module in modules]
        self._request({"do": "open", "modules": names}, self._filename, sent)

    def _request(self, message: dict[str, Any], asked: str, value: object = ()) -> Any:
        from tutor.jail.frames import BadFrame, pack

        if self._running is None:
            raise Crashed(f"{self._filename} is not running any more; check it again.")
        try:
            request = pack(message, value)
        except BadFrame as error:
            raise JailFault(f"{asked} cannot be asked with {error}.") from error
        reply, result = self._exchange(request)
        self._keep(replies.plain(reply.get("printed")))
        refused = replies.refusal(reply, asked, self._program)
        if refused is not None:
            raise refused
        return result

    def _exchange(self, request: bytes) -> tuple[dict[str, Any], Any]:
        """Send a request and wait for the answer; whatever else happens ends the process."""
        from tutor.jail.talk import NotTheirs

        try:
            return self._talk.exchange(request, self._clock)
        except TimeUp as up:
            failed: OracleError = replies.timeout(
                self._filename,
                self._clock.seconds,
                self._clock.seconds * WALL_FACTOR,
                by_clock=up.by_clock,
            )
        except NotTheirs:
            failed = replies.tampered(self._filename)
        except (EOFError, OSError, ValueError):
            failed = self._ended()
        self.close()
        raise failed

    def _ended(self) -> OracleError:
        assert self._running is not None
        # One that lives on has closed the line.
        end = self._running.end(END_SECONDS) or End(codes.LINE_LOST)
        return replies.ending(end, self._program, self._clock.seconds, self._clock.waited)

    def _keep(self, printed: str) -> None:
        self.just_printed = printed
        if printed and sum(map(len, self._printed)) < PRINTED_CAP:
            self._printed.append(printed)


class _NotReady(Exception):
    """The process ended, or was silent, before it said that it is ready."""


def _single(source: str, filename: str) -> Program:
    return Program(Module(PurePath(filename).stem, filename, source))
