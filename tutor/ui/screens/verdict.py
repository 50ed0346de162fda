"""A verdict: what is wrong, and the student's own run beside the repaired one where they part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as changed
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.timer import Timer

from tutor.diagnosis.shown import Shown, each_shown, file_of, unrun
from tutor.reports import Options
from tutor.reports.document import document
from tutor.reports.spots import spot
from tutor.reports.words import Words
from tutor.trace.saved import Saved
from tutor.ui.background import Background, Stopped
from tutor.ui.drawing.finding import Finding
from tutor.ui.footer import Moment
from tutor.ui.keymap import IN_A_VERDICT, VERDICT, Key
from tutor.ui.screens.base import bindings
from tutor.ui.screens.run import RunScreen
from tutor.ui.standing import reader_of, stand
from tutor.ui.widgets.bars import Heading, Timeline
from tutor.ui.widgets.board import Board
from tutor.ui.widgets.finding import FindingPane
from tutor.ui.widgets.happened import HappenedPane
from tutor.ui.widgets.panes import SourcePane, ValuesPane

if TYPE_CHECKING:
    from tutor.diagnosis.place import Place
    from tutor.reports import Item

_LOOK_EVERY = 0.1  # seconds between two looks at whether more runs are there
_RECORDING = "The run is being recorded; this is the line."
_TO_COME = "recording its run ..."
_ONLY_ONE = "This is the only finding."
_NO_PART = "There is nothing here that two runs part at."
_HERE = "Here the two runs part."
_HERE_ALONE = "From here on it goes wrong."
_FAILED = "The run could not be recorded, and that is gradtutor's own fault: {failure}."
_NO_CODE = "No code was handed in, so there is no run to step through."


class VerdictScreen(RunScreen):
    """The errors of a diagnosis, each with its runs, which are recorded while it is read.

    Parameters
    ----------
    item : Item
        A diagnosis with one error or more, and what it is of.
    options : Options, optional
        ``for_student`` shows neither the repaired line nor the repaired run.
    seed : int
        That of the diagnosis.
    """

    NO_OTHER = "There is no second run here to compare with."
    KEYS: ClassVar[tuple[Key, ...]] = (*VERDICT, *IN_A_VERDICT)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*VERDICT)

    def __init__(self, item: Item, options: Options | None = None, seed: int = 0) -> None:
        self._item, self._seed = item, seed
        self._options = options or Options()
        self._words = Words(self._options.language)
        content = document(item, self._options, self._words)
        self._entries = content.errors
        self._at = 0
        self._arrived = 0
        self._shown = list(self._before_recording())
        self._places = [self._place(one) for one in self._shown]
        self._readers = list(map(reader_of, self._shown, self._places))
        self._recording: Background[Shown] | None = None
        self._looking: Timer | None = None
        super().__init__(Saved(content.name, ()))
        self.reader = self._readers[0]

    def _before_recording(self) -> Iterable[Shown]:
        item = self._item
        if item.submission is None or not item.submission.has_code:
            self._arrived = len(item.diagnosis.errors)
            return [Shown(f, (), (_NO_CODE,), has_run=False) for f in item.diagnosis.errors]
        return unrun(item.submission, item.diagnosis)

    def _place(self, one: Shown) -> Place | None:
        error = one.finding
        return spot(self._item.submission, error.module, error.line).place

    def make_board(self) -> Board:
        """Return the panes of a run, and that of the finding before its words."""
        board = Board(HappenedPane("why"), "what happened", FindingPane("finding"))
        board.add_class("free", "verdict")
        return board

    def title_text(self) -> str:
        """Return the file, and the finding's number and name."""
        count = len(self._entries)
        number = f"finding {self._at + 1} of {count}, " if count > 1 else ""
        return f"{self._title}: {number}{self._entries[self._at].title}"

    def key_table(self) -> tuple[Key, ...]:
        """Return the keys; what leads back ends the program where nothing lies below."""
        labels = {"find.parting": ""}  # a goes there at once
        if not self._is_above_a_page:
            labels["verdict.leave"] = "quit"
        if self._options.for_student:
            labels["finding.parting"] = "where it goes wrong"
        keys = super().key_table()
        return tuple(changed(key, label=labels.get(key.id, key.label)) for key in keys)

    def moment(self) -> Moment:
        """Return what the keys depend on: other findings, and where the runs part."""
        return changed(
            super().moment(),
            findings=len(self._entries),
            parts=self._here.at is not None,
            still=not self._here.has_run,
        )

    def on_mount(self) -> None:
        """Begin to record the runs, and show the first finding."""
        self.show_finding()
        if self._item.submission is not None and not self._has_all:
            self._recording = Background(self._record)
            self._looking = self.set_interval(_LOOK_EVERY, self._fetch)

    # --- the finding ----------------------------------------------------------------------

    @property
    def _here(self) -> Shown:
        return self._shown[self._at]

    @property
    def _has_all(self) -> bool:
        return self._arrived >= len(self._shown)

    def show_finding(self) -> None:
        """Tell the finding, and mark its line in the source."""
        entry = self._entries[self._at]
        told = Finding(entry, self._at + 1, len(self._entries), self._words)
        self.query_one("#finding", FindingPane).show(told)
        place = self._places[self._at]
        if place is not None:
            self.query_one("#source", SourcePane).accuse(file_of(place), place.line)

    def action_finding(self, by: int) -> None:
        """Go to the next finding or the one before; from the last one on leads to the first."""
        if len(self._entries) < 2:
            self.notice(_ONLY_ONE)
            return
        self.action_stop()
        self._at = (self._at + by) % len(self._entries)
        self.reader = self._readers[self._at]
        self.board.open_tab("finding")
        self.show_finding()
        self.show_step()
        self.call_after_refresh(self._bring_news)

    def show_step(self) -> None:
        """Show the step; where there is no run, the accused line and why."""
        self._notes = self._said
        super().show_step()
        state = self.reader.standing.state if self.reader.standing else None
        if state is not None and not self._here.has_run:
            self.query_one("#why", HappenedPane).show_line(state, self._said)
            self.query_one("#left", ValuesPane).say(self._said)

    @property
    def _said(self) -> tuple[str, ...]:
        """Return what there is to say of the runs; of the repaired one nothing to a student."""
        if self._at >= self._arrived:
            return (_RECORDING,)
        hides = self._options.for_student and self._here.has_run
        return () if hides else self._here.sentences

    # --- the runs -------------------------------------------------------------------------

    def _record(self, stopped: Stopped) -> Iterable[Shown]:
        assert self._item.submission is not None
        return each_shown(self._item.submission, self._item.diagnosis, self._seed, stopped)

    def _fetch(self) -> None:
        """Show what has been recorded meanwhile."""
        if self._recording is None:
            return
        for one in self._recording.news():
            self._put(one)
        if self._recording.is_over and not self._has_all:
            self._give_up_recording(self._recording.failure)
        if self._has_all and self._looking is not None:
            self._looking.stop()

    def _put(self, one: Shown) -> None:
        number, self._arrived = self._arrived, self._arrived + 1
        if self._options.for_student:
            one = changed(one, runs=one.runs[:1])
        self._shown[number] = one
        self._readers[number] = reader_of(one, self._places[number])
        if number == self._at:
            self.reader = self._readers[number]
            self.show_step()
            self.call_after_refresh(self._bring_news)

    def _give_up_recording(self, failure: str) -> None:
        while not self._has_all:
            still = self._shown[self._arrived]
            self._put(changed(still, sentences=(_FAILED.format(failure=failure),)))

    def show_bars(self) -> None:
        """Show in the bars where the reader stands, or that the run is still to come."""
        super().show_bars()
        if not self._here.has_run:
            where = _TO_COME if self._at >= self._arrived else ""
            self.query_one("#heading", Heading).show(self.title_text(), where)
            self.query_one("#timeline", Timeline).show(None)

    def action_apart(self) -> None:
        """Go back to the steps at which the two runs part."""
        if self._here.at is None:
            self.notice(_RECORDING if self._at >= self._arrived else _NO_PART)
            return
        self.action_stop()
        stand(self.reader, self._here)
        self.show_step()
        self.call_after_refresh(self._bring_news)
        self.notice(_HERE if self.reader.comparing else _HERE_ALONE)

    def _bring_news(self) -> None:
        """Scroll to the values that the line gave: they are what the runs part in."""
        for name in ("left", "right"):
            self.query_one(f"#{name}", ValuesPane).bring_news()

    # --- leaving --------------------------------------------------------------------------

    @property
    def _is_above_a_page(self) -> bool:
        return self.app.screen_stack[0] is not self

    async def action_stop_or_leave(self) -> None:
        """Stop looking or playing; if there is nothing to stop, go back."""
        if self._seek is not None or self._playing is not None:
            self.action_stop()
        else:
            await self.action_leave()

    async def action_leave(self) -> None:
        """Go back to the page below, or end where there is none."""
        if self._is_above_a_page:
            self.app.pop_screen()
        else:
            await self.shell.action_quit()

    def on_unmount(self) -> None:
        """Tell the recording that nobody waits for it."""
        if self._recording is not None:
            self._recording.stop()
