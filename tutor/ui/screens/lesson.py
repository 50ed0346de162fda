"""The lesson: a real run beside the text that asks about it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer
from textual.widgets import Static

from tutor.ui.footer import Moment, footer
from tutor.ui.keymap import ANSWERS, EVERYWHERE, LESSON, Key
from tutor.ui.layout import Layout, choose, no_room
from tutor.ui.messages import FiguresReady, RunReady
from tutor.ui.player import Moved, Onward, Player
from tutor.ui.screens.base import Page, bindings
from tutor.ui.speech import Speech
from tutor.ui.widgets.bars import Heading, KeyBar, Timeline
from tutor.ui.widgets.board import Board

_BEAT = 0.4
# The last rows of the text only say what enter does.
_HINT_ROWS = 2
_LOOK_ANYWAY = "This would show the answer. Choose one first, or press again to look."
_CHOOSE = "Choose an answer: its number, or up and down and enter."
_EDGE = "This is the end of the run in that direction."
_NO_CALL = "No call of f on this line: step to one that has, such as fxh1 = f(x)."
_NO_OTHER = "This lesson has no other run to compare with here."
_NO_IDX_INSIDE = "There are no iterations inside f: s steps out again, and then g asks for an idx."
_NO_IDX = "This run has no iterations to go to."
_NOT_YET = "The run is not there yet: a moment."
_NO_RUN = "This text has no run."


class LessonScreen(Page):
    """A lesson on the screen. What happens in it is the player's; this shows it."""

    KEYS: ClassVar[tuple[Key, ...]] = (*LESSON, *ANSWERS, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*LESSON, *ANSWERS)

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        self.speech = Speech(player)
        self._last_move = ""
        self._last_key = ""
        self._playing: Timer | None = None
        self._ready = False
        self._settled = False
        self._offer: tuple[Moment, list[Key]] | None = None

    def compose(self) -> ComposeResult:
        """Mount the board between the bars."""
        yield Heading("heading")
        yield Board()
        yield Timeline("timeline")
        yield KeyBar("keys")
        yield Static(id="no-room", markup=False)

    @property
    def board(self) -> Board:
        """Return the panes."""
        return self.query_one("#panes", Board)

    def on_mount(self) -> None:
        """Show the text at once; the runs follow when they are there."""
        self.board.set_class(not self.player.step.compare, "one-run")
        self._arrange(self.app.size.width, self.app.size.height)
        self._say(from_the_top=True)
        self._show_bars()
        self.call_after_refresh(self._prepare)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the new size; where the learner stands does not change."""
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, columns: int, rows: int) -> None:
        layout = choose(columns, rows)
        self.set_class(layout is Layout.NO_ROOM, Layout.NO_ROOM.value)
        self.query_one("#no-room", Static).update(no_room(columns, rows))
        if layout is not Layout.NO_ROOM:
            self.board.lay_out(layout, columns, rows)
            self._show_keys()

    # --- the runs -------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Record what this step shows, off the screen's thread."""
        self._ready = False
        index = self.player.index
        self.run_worker(lambda: self._record(index), thread=True, group="runs", exclusive=True)

    def _record(self, index: int) -> None:
        problem = ""
        try:
            self.player.prepare(index)
            _import_what_a_run_needs()
            self.post_message(RunReady(index))
            self.player.prepare_figures()
        except Exception as error:  # a scene is an author's code: it may raise anything
            problem = str(error)
        self.post_message(FiguresReady(problem))

    def on_run_ready(self, message: RunReady) -> None:
        """Stand where the lesson's step wants it, and show it."""
        message.stop()
        if message.step != self.player.index:
            return
        self.player.place()
        self._ready = True
        self.tutor.keeper.visit(self.player)
        self._show_step()
        self._say(from_the_top=True)
        if not self._settled:
            self._settled = True
            self.tutor.settle()

    def on_figures_ready(self, message: FiguresReady) -> None:
        """Fill the figures into the text, or say why there are none."""
        message.stop()
        self._say()
        if message.problem:
            self._ready = True
            self._show_bars()
            self.notify(message.problem, title="A run of this lesson failed", severity="error")

    # --- showing --------------------------------------------------------------------------

    def _show_step(self) -> None:
        """Show the step of the run that the player stands at."""
        self.board.show(self.player.shown())
        self._show_bars()

    def _show_bars(self) -> None:
        cursor, place = self.player.left, None
        where = "" if self._ready else "recording the run ..."
        if cursor is not None:
            from tutor.ui.drawing.timeline import place_of, where_text

            place, where = place_of(cursor), where_text(cursor)
        self.query_one("#heading", Heading).show(self.player.lesson.title, where)
        self.query_one("#timeline", Timeline).show(place)
        self._show_keys()

    def _bar_keys(self) -> list[Key]:
        """Return the keys of the bar, what the lesson waits for first."""
        player, question = self.player, self.player.question
        recording = player.left.recording if player.left is not None else None
        moment = Moment(
            answers=len(question.answers) if question and player.waiting else 0,
            inside=player.left is not None and player.left.depth > 0,
            iterations=recording is not None and recording.passes > 0,
            next_tab=self.board.next_tab(1),
        )
        if self._offer is None or self._offer[0] != moment:
            self._offer = moment, footer(self.key_table(), moment)
        return self._offer[1]

    def _show_keys(self) -> None:
        self.query_one("#keys", KeyBar).show(self._bar_keys())

    def _say(self, from_the_top: bool = False) -> None:
        # Not at every key by itself: a frame of its own would delay the one that follows.
        self._notice("")
        self.board.say(self.speech.talk(), from_the_top)

    def _notice(self, text: str) -> None:
        self.query_one("#keys", KeyBar).notice(text)

    # --- keys -----------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take back what was said to the key before."""
        self._notice("")
        if event.key != self._last_key:
            self._last_key, self._last_move = event.key, ""

    def action_move(self, how: str) -> None:
        """Step through the run."""
        self._try(how, lambda force: self.player.move(how, force))

    def action_up(self) -> None:
        """Choose the answer above, or go to the iteration before."""
        if self.player.waiting:
            self._pick(-1)
        else:
            self.action_move("previous_iteration")

    def action_down(self) -> None:
        """Choose the answer below, or go to the next iteration."""
        if self.player.waiting:
            self._pick(1)
        else:
            self.action_move("next_iteration")

    def _try(self, what: str, act: Callable[[bool], Moved], edge: str = _EDGE) -> None:
        """Do a move; one that would show an answer is done when it is asked for again."""
        force = self._last_move == what
        self._last_move = ""
        moved = act(force)
        if moved is Moved.YES:
            self._show_step()
        elif moved is Moved.ASKED_FIRST:
            self._last_move = what
            self._stop_playing()
            self._notice(_LOOK_ANYWAY)
        elif moved is Moved.NO_RUN:
            self._notice(_NO_RUN if self._ready else _NOT_YET)
        else:
            self._stop_playing()
            self._notice(edge)

    def _pick(self, by: int) -> None:
        self.speech.pick(by)
        self._say()
        self.board.open_tab("why")
        self.board.why.bring_question()

    def action_answer(self, number: int) -> None:
        """Give an answer to the open question."""
        if self.speech.closing or not self.player.answer(number - 1):
            self._notice("There is no such answer here.")
            return
        self.tutor.keeper.answer(self.player)
        self.board.open_tab("why")
        self._say()
        self.board.why.bring_question()
        self._show_bars()

    def action_onward(self) -> None:
        """Read on, give the chosen answer, or go to the next step of the lesson."""
        self._notice("")
        why = self.board.why
        self.board.open_tab("why")
        if self.player.waiting and self.speech.picked is not None:
            self.action_answer(self.speech.picked + 1)
        elif why.below > _HINT_ROWS and why.page(1):
            return
        else:
            self._next()

    def _next(self) -> None:
        came = self.player.onward()
        if came is Onward.ANSWER_FIRST:
            self._notice(_CHOOSE)
            self.board.why.bring_question()
        elif came is Onward.NEXT:
            self._stop_playing()
            self.speech.reset()
            self._prepare()
        elif not self.speech.closing:
            self.speech.close()
            self.tutor.keeper.finish(self.player)
            self._say(from_the_top=True)
        else:
            self.tutor.action_map()

    def action_backward(self) -> None:
        """Go back to the text before."""
        if self.speech.closing:
            self.speech.reset()
            self._say(from_the_top=True)
        elif self.player.backward():
            self._stop_playing()
            self.speech.reset()
            self._prepare()
        else:
            self._notice("This is the first text of the lesson.")

    def action_into(self) -> None:
        """Step into f, or out again."""
        self._try("into", self.player.into, _NO_CALL)

    def action_compare(self) -> None:
        """Show a second run beside the first, or only one."""
        self._try("compare", self.player.compare, _NO_OTHER)

    def action_next_pane(self, by: int) -> None:
        """Go to the next pane; where panes share a place, the next tab."""
        self.board.next_pane(by)
        self._show_keys()

    def action_page(self, direction: int) -> None:
        """Scroll the pane that has the focus, or the text."""
        self.board.page(direction)

    def action_play(self) -> None:
        """Play the run step by step, or stop."""
        if self._playing is not None:
            self._stop_playing()
        elif self.player.left is not None:
            self._playing = self.set_interval(_BEAT, lambda: self.action_move("forward"))

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def action_go(self) -> None:
        """Ask for an idx and go to its iteration."""
        cursor = self.player.left
        if cursor is None:
            self._notice("There is no run to go through yet.")
            return
        if not cursor.recording.passes:
            self._notice(_NO_IDX_INSIDE if cursor.depth else _NO_IDX)
            return
        from tutor.ui.screens.goto import GoTo

        self.app.push_screen(GoTo(cursor), self._go_to_idx)

    def _go_to_idx(self, idx: tuple[int, ...] | None) -> None:
        if idx is not None:
            self._try(f"idx {idx}", lambda force: self.player.go_to_idx(idx, force))

    def action_exercise(self) -> None:
        """Open the exercise of this lesson."""
        self._stop_playing()
        self.tutor.open_exercise(self.player)

    # --- the mouse ------------------------------------------------------------------------

    def clicked(self, what: str, rest: str) -> None:
        """Go to a line or a step, answer, open a tab."""
        if what == "step":
            self._try(f"step {rest}", lambda force: self.player.go_to(int(rest), force))
        elif what == "line":
            self._try(f"line {rest}", lambda force: self.player.go_to_line(int(rest), force))
        elif what == "answer":
            self.action_answer(int(rest))
        elif what == "tab":
            self.board.open_tab(rest)
            self._show_keys()
        elif what == "onward":
            self.action_onward()

    def on_unmount(self) -> None:
        """Let the collector have what this lesson held."""
        self._stop_playing()
        gc.unfreeze()
        gc.collect()


def _import_what_a_run_needs() -> None:
    """Import it off the screen's thread, so that the first step is shown without a pause."""
    from tutor.ui.drawing import happened, listing, memory, timeline, values

    _ = (happened, listing, memory, timeline, values)
