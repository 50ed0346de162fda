"""Looking for a step of a run: a breakpoint, who wrote an element, where two runs part."""

from __future__ import annotations

from textual.timer import Timer

from tutor.trace.steps import Steps
from tutor.ui.messages import Found
from tutor.ui.reader import Moved
from tutor.ui.screens.ask import Ask
from tutor.ui.screens.stepping import SteppingScreen
from tutor.ui.seeking import (
    Kind,
    Seek,
    Sought,
    Stop,
    Tell,
    Wanted,
    element,
    element_text,
    find,
    likely_element,
    presets,
    problem_of,
    wanted,
)

_LOOK_EVERY = 0.2  # seconds between two looks at how far a search is
_WHERE_KEYS = "enter: run to the next   up, down: choose   esc: never mind"
_WROTE_KEYS = "enter: the last write before here   esc: never mind"
_NOTHING_YET = "Nothing was looked for yet: b asks what to run to."
_SAME_RUN = "This run was recorded anew, so what was found in the old one is left."
_NO_PART = "The two runs do not part: every step of one has the same values in the other."


class SeekingScreen(SteppingScreen):
    """A run in which steps can be looked for, in a thread that no key waits for."""

    _wanted: Wanted | None = None
    _typed = ""
    _seek: Seek | None = None
    _look: Timer | None = None

    # --- what is looked for ---------------------------------------------------------------

    def action_breakpoint(self) -> None:
        """Ask for a condition and run to where it becomes true."""
        cursor = self.reader.standing
        if cursor is None:
            self.notice(self.no_run_text())
            return
        steps = cursor.recording
        ask = Ask(
            "run to the next step at which",
            _WHERE_KEYS,
            lambda text: problem_of(text, steps),
            self._typed,
            "fxh1 == fxh2",
            presets(steps, self._typed),
        )
        self.app.push_screen(ask, self._asked_where)

    def _asked_where(self, text: str | None) -> None:
        if text:
            self._typed, self._wanted = text, wanted(text)
            self.action_again(True)

    def action_who_wrote(self) -> None:
        """Ask for an element and go to its last write before here."""
        cursor = self.reader.standing
        if cursor is None:
            self.notice(self.no_run_text())
            return
        ask = Ask("who wrote", _WROTE_KEYS, _element_problem, self._element_here(), "W[0, 1]")
        self.app.push_screen(ask, self._asked_who)

    def _element_here(self) -> str:
        what = self._wanted
        if what is not None and what.kind is Kind.WRITE:
            return element_text(what.text, what.idx)
        return likely_element(self.reader.left.state) if self.reader.left else ""

    def _asked_who(self, text: str | None) -> None:
        if text:
            self._wanted = Wanted(Kind.WRITE, *element(text))
            self.action_again(False)

    def action_again(self, forwards: bool) -> None:
        """Go to the next step at which what was looked for is true, or to the one before."""
        cursor, what = self.reader.standing, self._wanted
        if what is None or cursor is None:
            self.notice(_NOTHING_YET)
            return
        steps, here = cursor.recording, cursor.step

        def look(stop: Stop, tell: Tell) -> tuple[int, ...]:
            found = find(what, steps, here, forwards, stop, tell)
            return () if found is None else (found,)

        self._start(Seek(what.words, (steps,), look), forwards)

    def action_parting(self) -> None:
        """Go to the first step at which the two runs part."""
        if not self.reader.comparing and self.reader.compare() is not Moved.YES:
            self.notice(self.NO_OTHER)
            return
        left, right = self.reader.left, self.reader.right
        assert left is not None
        assert right is not None
        left.out_of_all()
        self.reader.go_to(left.step)
        self.show_step()
        ours, theirs = left.outermost, right.outermost

        def look(stop: Stop, tell: Tell) -> tuple[int, ...]:
            from tutor.trace.find import first_parting

            return first_parting(ours, theirs) or ()

        self._start(Seek("the two runs part", (ours, theirs), look), True)

    # --- the search -----------------------------------------------------------------------

    def _start(self, seek: Seek, forwards: bool) -> None:
        self._give_up()
        self.stop_playing()
        self._seek = seek
        self._forwards = forwards
        self.run_worker(lambda: self._search(seek), thread=True, group="search")
        self._look = self.set_interval(_LOOK_EVERY, self._say_share)

    def _search(self, seek: Seek) -> None:
        self.post_message(Found(seek, seek.run()))

    def _say_share(self) -> None:
        seek = self._seek
        if seek is not None:
            share = f" {seek.share:.0%}" if seek.share else ""
            self.notice(f"Looking for {seek.words} ...{share}   esc stops")

    def on_found(self, message: Found) -> None:
        """Go to what a search has found, or say why there is nothing."""
        message.stop()
        seek = message.seek
        if seek is not self._seek:
            return
        self._give_up()
        if not message.sought.steps:
            self.notice(message.sought.problem or self._nothing(seek))
        elif seek.runs != self._runs_now(seek):
            self.notice(_SAME_RUN)
        else:
            self._arrive(message.sought, seek)

    def _arrive(self, sought: Sought, seek: Seek) -> None:
        self.reader.go_to(sought.steps[0])
        right = self.reader.right
        if len(sought.steps) > 1 and right is not None:
            right.go_to(sought.steps[1])
        self.show_step()
        if len(sought.steps) > 1:
            self.notice("Here the two runs part for the first time.")
        else:
            self.notice(f"Here: {seek.words}   . the next   , the one before")

    def _nothing(self, seek: Seek) -> str:
        if len(seek.runs) > 1:
            return _NO_PART
        where = "from here on" if self._forwards else "before here"
        return f"Not found {where}: {seek.words}"

    def _runs_now(self, seek: Seek) -> tuple[Steps, ...]:
        cursors = (self.reader.left, self.reader.right)[: len(seek.runs)]
        return tuple(cursor.recording for cursor in cursors if cursor is not None)

    def _give_up(self) -> None:
        """Stop a search, if there is one."""
        if self._seek is not None:
            self._seek.stopped = True
            self._seek = None
        if self._look is not None:
            self._look.stop()
            self._look = None

    def action_stop(self) -> None:
        """Stop looking, or the run that plays."""
        if self._seek is not None:
            self._give_up()
            self.notice("Stopped looking; you are where you were.")
        self.stop_playing()

    def on_unmount(self) -> None:
        """Stop a search: nobody waits for it."""
        self._give_up()


def _element_problem(text: str) -> str:
    try:
        element(text)
    except ValueError as error:
        return str(error)
    return ""
