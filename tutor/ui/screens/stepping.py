"""What a lesson and a run of one's own share: panes, keys, timeline, mouse."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from tutor.ui.footer import Moment, footer
from tutor.ui.keymap import Key
from tutor.ui.layout import Layout, choose, no_room
from tutor.ui.reader import Moved, Reader
from tutor.ui.screens.base import Page
from tutor.ui.widgets.bars import Heading, KeyBar, Timeline
from tutor.ui.widgets.board import Board

_BEAT = 0.4
_LOOK_ANYWAY = "This would show the answer. Choose one first, or press again to look."
_EDGE = "This is the end of the run in that direction."
_NO_CALL = "No call of f on this line: step to one that has, such as fxh1 = f(x)."
_NO_IDX_INSIDE = "There are no iterations inside f: s steps out again, and then g asks for an idx."
_NO_IDX = "This run has no iterations to go to."


class SteppingScreen(Page):
    """A run on the screen. Where the reader stands is the reader's; this shows it."""

    NO_OTHER: ClassVar[str]

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self._last_move = ""
        self._last_key = ""
        self._playing: Timer | None = None
        self._offer: tuple[Moment, list[Key]] | None = None

    # --- what each kind of screen says for itself -----------------------------------------

    def make_board(self) -> Board:
        """Return the panes."""
        return Board()

    def title_text(self) -> str:
        """Return what stands at the left of the heading."""
        raise NotImplementedError

    def no_run_text(self) -> str:
        """Return why there is no run to move in."""
        raise NotImplementedError

    def waiting_text(self) -> str:
        """Return what stands at the right of the heading while no run is shown."""
        return ""

    def moment(self) -> Moment:
        """Return what the keys depend on now."""
        cursor = self.reader.standing
        return Moment(
            inside=cursor is not None and cursor.depth > 0,
            iterations=cursor is not None and cursor.recording.passes > 0,
            next_tab=self.board.label(self.board.next_tab(1)),
        )

    # --- layout ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Mount the board between the bars."""
        yield Heading("heading")
        yield self.make_board()
        yield Timeline("timeline")
        yield KeyBar("keys")
        yield Static(id="no-room", markup=False)

    @property
    def board(self) -> Board:
        """Return the panes."""
        return self.query_one("#panes", Board)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the new size; where the reader stands does not change."""
        self.fit_to(event.size.width, event.size.height)

    def fit_to(self, columns: int, rows: int) -> None:
        """Lay the panes out for a size."""
        layout = choose(columns, rows)
        self.set_class(layout is Layout.NO_ROOM, Layout.NO_ROOM.value)
        self.query_one("#no-room", Static).update(no_room(columns, rows))
        if layout is not Layout.NO_ROOM:
            self.board.lay_out(layout, columns, rows)
            self.show_keys()

    # --- showing --------------------------------------------------------------------------

    def show_step(self) -> None:
        """Show the step of the run that the reader stands at."""
        self.board.show(self.reader.shown())
        self.show_bars()

    def show_bars(self) -> None:
        """Show in the bars where the reader stands."""
        cursor, place, where = self.reader.standing, None, self.waiting_text()
        if cursor is not None:
            from tutor.ui.drawing.timeline import place_of, where_text

            place, where = place_of(cursor), where_text(cursor)
        self.query_one("#heading", Heading).show(self.title_text(), where)
        self.query_one("#timeline", Timeline).show(place)
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys that do something now, those that are waited for first."""
        moment = self.moment()
        if self._offer is None or self._offer[0] != moment:
            self._offer = moment, footer(self.key_table(), moment)
        self.query_one("#keys", KeyBar).show(self._offer[1])

    def notice(self, text: str) -> None:
        """Say something in place of the keys; empty brings them back."""
        self.query_one("#keys", KeyBar).notice(text)

    # --- keys -----------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take back what was said to the key before."""
        self.notice("")
        if event.key != self._last_key:
            self._last_key, self._last_move = event.key, ""

    def attempt(self, what: str, act: Callable[[bool], Moved], edge: str = _EDGE) -> None:
        """Do a move; one that would show an answer is done when it is asked for again."""
        force = self._last_move == what
        self._last_move = ""
        moved = act(force)
        if moved is Moved.YES:
            self.show_step()
        elif moved is Moved.ASKED_FIRST:
            self._last_move = what
            self.stop_playing()
            self.notice(_LOOK_ANYWAY)
        elif moved is Moved.NO_RUN:
            self.notice(self.no_run_text())
        else:
            self.stop_playing()
            self.notice(edge)

    def action_move(self, how: str) -> None:
        """Step through the run."""
        self.attempt(how, lambda force: self.reader.move(how, force))

    def action_up(self) -> None:
        """Go to the iteration before."""
        self.action_move("previous_iteration")

    def action_down(self) -> None:
        """Go to the next iteration."""
        self.action_move("next_iteration")

    def action_into(self) -> None:
        """Step into f, or out again."""
        cursor = self.reader.standing
        why = cursor.recording.why_not_into(cursor.step) if cursor is not None else ""
        self.attempt("into", self.reader.into, why or _NO_CALL)

    def action_compare(self) -> None:
        """Show a second run beside the first, or only one."""
        self.attempt("compare", self.reader.compare, self.NO_OTHER)

    def action_next_pane(self, by: int) -> None:
        """Go to the next pane; where panes share a place, the next tab."""
        self.board.next_pane(by)
        self.show_keys()

    def action_page(self, direction: int) -> None:
        """Scroll the pane that has the focus, or the text."""
        self.board.page(direction)

    def action_play(self) -> None:
        """Play the run step by step, or stop."""
        if self._playing is not None:
            self.stop_playing()
        elif self.reader.left is not None:
            self._playing = self.set_interval(_BEAT, lambda: self.action_move("forward"))

    def stop_playing(self) -> None:
        """Stop the run that plays."""
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def action_go(self) -> None:
        """Ask for an idx and go to its iteration."""
        cursor = self.reader.standing
        if cursor is None:
            self.notice(self.no_run_text())
        elif not cursor.recording.passes:
            self.notice(_NO_IDX_INSIDE if cursor.depth else _NO_IDX)
        else:
            from tutor.ui.screens.goto import GoTo

            self.app.push_screen(GoTo(cursor), self._go_to_idx)

    def _go_to_idx(self, idx: tuple[int, ...] | None) -> None:
        if idx is not None:
            self.attempt(f"idx {idx}", lambda force: self.reader.go_to_idx(idx, force))

    # --- the mouse ------------------------------------------------------------------------

    def clicked(self, what: str, rest: str) -> None:
        """Go to a line or a step, or open a tab."""
        if what == "step":
            self.attempt(f"step {rest}", lambda force: self.reader.go_to(int(rest), force))
        elif what == "line":
            self.attempt(f"line {rest}", lambda force: self.reader.go_to_line(int(rest), force))
        elif what == "tab":
            self.board.open_tab(rest)
            self.show_keys()

    def on_unmount(self) -> None:
        """Let the collector have what this screen held."""
        self.stop_playing()
        gc.unfreeze()
        gc.collect()


def import_what_a_run_needs() -> None:
    """Import it off the screen's thread, so that the first step is shown without a pause."""
    from tutor.ui.drawing import happened, listing, memory, timeline, values

    _ = (happened, listing, memory, timeline, values)
