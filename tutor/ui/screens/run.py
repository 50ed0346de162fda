"""A run of one's own: the panes of a lesson, and what happened in place of its text."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace as changed
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tutor.ui.drawing.choices import Choice
from tutor.ui.footer import Moment
from tutor.ui.keymap import ALWAYS, FREE_RUN, Key
from tutor.ui.messages import RecordedAnew
from tutor.ui.reader import Reader, SamePlace
from tutor.ui.screens.ask import Ask
from tutor.ui.screens.base import bindings
from tutor.ui.screens.choose import Choose
from tutor.ui.screens.seeking import SeekingScreen
from tutor.ui.screens.stepping import import_what_a_run_needs
from tutor.ui.widgets.board import Board
from tutor.ui.widgets.happened import HappenedPane

if TYPE_CHECKING:
    from tutor.trace import Cursor
    from tutor.trace.saved import Saved
    from tutor.trace.steps import Steps

# Asked now and then: the runs recorded anew, why they could not be, or None if nothing is new.
# The event is set when nobody waits for it any longer.
Watch = Callable[[threading.Event], "Saved | str | None"]

_WATCH_EVERY = 0.5  # seconds
_GO_KEYS = "enter: go there   esc: never mind"


class RunScreen(SeekingScreen):
    """Runs to be stepped through without a lesson.

    Parameters
    ----------
    saved : Saved
        The runs, and what there is to say about them.
    watch : callable, optional
        See `tutor.ui.app.run_reader`.
    same_place : callable, optional
        The step of a new run for a cursor in an old one; by default the same step.
    beside : bool
        Show the second run beside the first from the start.
    """

    NO_OTHER = "There is no second run: trace FILE --call 1 --call 2 records two."
    KEYS: ClassVar[tuple[Key, ...]] = (*FREE_RUN, *ALWAYS)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*FREE_RUN)

    def __init__(
        self,
        saved: Saved,
        watch: Watch | None = None,
        same_place: SamePlace | None = None,
        beside: bool = False,
    ) -> None:
        super().__init__(Reader((run.title, run.steps) for run in saved.runs))
        if beside:
            self.reader.compare()
        self._title = saved.title
        self._notes = tuple(saved.notes)
        self._watch = watch
        self._same_place = same_place or _same_step
        self._fresh = len(saved.runs)  # behind them stands the one that was looked at before
        self._left = threading.Event()
        self._is_looking = False
        self._is_old = False

    def make_board(self) -> Board:
        """Return the panes, with what happened in place of a lesson's words."""
        board = Board(HappenedPane("why"), "what happened")
        board.add_class("free")
        return board

    def title_text(self) -> str:
        """Return the title, and that the file has changed since where its new run failed."""
        return f"{self._title} (as it was before)" if self._is_old else self._title

    def no_run_text(self) -> str:
        """Return why there is no run to move in."""
        return "Nothing was recorded in this run, so there is no step to go to."

    def moment(self) -> Moment:
        """Return what the keys depend on: other runs, and what was looked for."""
        alone, sought = len(self.reader.runs) < 2, self._wanted is not None
        return changed(super().moment(), alone=alone, sought=sought)

    def on_mount(self) -> None:
        """Show the first run."""
        import_what_a_run_needs()
        self.fit_to(self.app.size.width, self.app.size.height)
        self.show_step()
        if self._watch is not None:
            self.set_interval(_WATCH_EVERY, self._look_at_file)
        self.shell.settle()

    def show_step(self) -> None:
        """Show the step, and what happened there."""
        super().show_step()
        shown = self.reader.shown()
        pane = self.query_one("#why", HappenedPane)
        if shown:
            pane.show(shown, self._notes)
        else:
            self.board.clear()
            pane.show_nothing(self.reader.runs.get(self.reader.run), self._notes)

    # --- which run, and where -------------------------------------------------------------

    def action_choose_run(self) -> None:
        """Show the list of runs."""
        self.stop_playing()
        names = list(self.reader.runs)
        choices = [_choice(titled.title, titled.steps) for titled in self.reader.runs.values()]
        if choices:
            picked = names.index(self.reader.run)
            self.app.push_screen(Choose("the runs", choices, picked), self._chose)

    def _chose(self, number: int | None) -> None:
        names = list(self.reader.runs)
        if number is not None and number < len(names) and self.reader.choose(names[number]):
            self.show_step()

    def action_go(self) -> None:
        """Ask for an idx; in a run that perturbs nothing, for an iteration or a step."""
        cursor = self.reader.standing
        if cursor is None or len(cursor.recording.iterations):
            super().action_go()
            return
        what, count = _numbered(cursor)
        here = str((cursor.state.iteration if what == "iteration" else cursor.step) or 0)
        ask = Ask(
            f"go to {what} 1 to {count:,}",
            _GO_KEYS,
            lambda text: _number_problem(text, what, count),
            placeholder=here,
        )
        self.app.push_screen(ask, self._go_to_number)

    def _go_to_number(self, text: str | None) -> None:
        cursor = self.reader.standing
        if text and cursor is not None:
            what, count = _numbered(cursor)
            number = min(int(text.replace(",", "")), count) - 1
            steps = cursor.recording
            step = steps.iteration_start(number) if what == "iteration" else number
            self.attempt(f"{what} {number}", lambda force: self.reader.go_to(step, force))

    # --- a file that changes --------------------------------------------------------------

    def _look_at_file(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(self._ask_watch, thread=True, group="watch")

    def _ask_watch(self) -> None:
        assert self._watch is not None
        try:
            outcome = self._watch(self._left)
        finally:
            self._is_looking = False
        if outcome is not None and not self._left.is_set():
            self.post_message(RecordedAnew(outcome))

    def on_recorded_anew(self, message: RecordedAnew) -> None:
        """Show the new runs, or say why there are none and keep the old ones."""
        message.stop()
        self.replace(message.outcome)

    def replace(self, outcome: Saved | str) -> None:
        """Put new runs in the place of the old ones, the reader at the same place.

        A sentence in place of the runs says why there are none; then the old ones stay.
        """
        now = datetime.now().strftime("%H:%M:%S")
        self._is_old = isinstance(outcome, str)
        if isinstance(outcome, str):
            self.show_bars()
            title = f"Not recorded anew, {now}"
            self.notify(outcome, title=title, severity="warning", timeout=12, markup=False)
            return
        self.action_stop()
        self.app.clear_notifications()  # that an earlier save could not be recorded
        self._title, self._notes = outcome.title, tuple(outcome.notes)
        runs = [(run.title, run.steps) for run in outcome.runs]
        self.reader.replace([*runs, *self._before(now)], self._same_place)
        self._fresh = len(runs)
        self.show_step()
        self.notice(f"recorded anew {now}")

    def _before(self, now: str) -> list[tuple[str, Steps]]:
        """Return the run that is looked at, to be compared with the one that takes its place."""
        looked_at = self.reader.runs.get(self.reader.run)
        if looked_at is None:
            return []
        is_old = int(self.reader.run) > self._fresh
        return [(looked_at.title if is_old else f"before {now}", looked_at.steps)]

    def on_unmount(self) -> None:
        """Tell what watches the file that nobody waits for it."""
        self._left.set()


def _same_step(old: Cursor, new: Steps) -> int:
    return min(old.outer_step, len(new) - 1)


def _choice(title: str, steps: Steps) -> Choice:
    passes = f", {steps.passes:,} iterations" if steps.passes else ""
    ended = f"; ended by {type(steps.exception).__name__}" if steps.exception else ""
    return Choice(title, (f"{steps.source.name}: {len(steps):,} steps{passes}{ended}",))


def _numbered(cursor: Cursor) -> tuple[str, int]:
    """Return what can be gone to by its number, as the heading counts it, and how many."""
    steps = cursor.recording
    return ("iteration", steps.passes) if steps.passes else ("step", len(steps))


def _number_problem(text: str, what: str, count: int) -> str:
    digits = text.strip().replace(",", "")
    if digits.isdecimal() and 1 <= int(digits) <= count:
        return ""
    return f"Write the number of the {what}, from 1 to {count:,}."
