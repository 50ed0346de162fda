"""The lesson: a real run beside the text that asks about it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from tutor.ui.footer import Moment
from tutor.ui.keymap import ANSWERS, EVERYWHERE, LESSON, Key
from tutor.ui.messages import FiguresReady, RunReady
from tutor.ui.player import Onward, Player
from tutor.ui.screens.base import bindings
from tutor.ui.screens.stepping import SteppingScreen, import_what_a_run_needs
from tutor.ui.speech import Speech

# The last rows of the text only say what enter does.
_HINT_ROWS = 2
_CHOOSE = "Choose an answer: its number, or up and down and enter."


class LessonScreen(SteppingScreen):
    """A lesson on the screen. What happens in it is the player's; this shows it."""

    NO_OTHER = "This lesson has no other run to compare with here."
    KEYS: ClassVar[tuple[Key, ...]] = (*LESSON, *ANSWERS, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*LESSON, *ANSWERS)

    def __init__(self, player: Player) -> None:
        super().__init__(player)
        self.player = player
        self.speech = Speech(player)
        self._ready = False
        self._settled = False

    def title_text(self) -> str:
        """Return the lesson's title."""
        return self.player.lesson.title

    def no_run_text(self) -> str:
        """Return why there is no run to move in."""
        return "This text has no run." if self._ready else "The run is not there yet: a moment."

    def waiting_text(self) -> str:
        """Return what is being waited for."""
        return "" if self._ready else "recording the run ..."

    def moment(self) -> Moment:
        """Return what the keys depend on: the answers of an open question too."""
        question = self.player.question
        answers = len(question.answers) if question and self.player.waiting else 0
        return replace(super().moment(), answers=answers)

    def on_mount(self) -> None:
        """Show the text at once; the runs follow when they are there."""
        self.board.set_class(not self.player.step.compare, "one-run")
        self.fit_to(self.app.size.width, self.app.size.height)
        self._say(from_the_top=True)
        self.show_bars()
        self.call_after_refresh(self._prepare)

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
            import_what_a_run_needs()
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
        self.show_step()
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
            self.show_bars()
            self.notify(message.problem, title="A run of this lesson failed", severity="error")

    # --- the text ---------------------------------------------------------------------

    def _say(self, from_the_top: bool = False) -> None:
        # Not at every key by itself: a frame of its own would delay the one that follows.
        self.notice("")
        self.board.say(self.speech.talk(), from_the_top)

    def action_up(self) -> None:
        """Choose the answer above, or go to the iteration before."""
        if self.player.waiting:
            self._pick(-1)
        else:
            super().action_up()

    def action_down(self) -> None:
        """Choose the answer below, or go to the next iteration."""
        if self.player.waiting:
            self._pick(1)
        else:
            super().action_down()

    def _pick(self, by: int) -> None:
        self.speech.pick(by)
        self._say()
        self.board.open_tab("why")
        self.board.why.bring_question()

    def action_answer(self, number: int) -> None:
        """Give an answer to the open question."""
        if self.speech.closing or not self.player.answer(number - 1):
            self.notice("There is no such answer here.")
            return
        self.tutor.keeper.answer(self.player)
        self.board.open_tab("why")
        self._say()
        self.board.why.bring_question()
        self.show_bars()

    def action_onward(self) -> None:
        """Read on, give the chosen answer, or go to the next step of the lesson."""
        self.notice("")
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
            self.notice(_CHOOSE)
            self.board.why.bring_question()
        elif came is Onward.NEXT:
            self.stop_playing()
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
            self.stop_playing()
            self.speech.reset()
            self._prepare()
        else:
            self.notice("This is the first text of the lesson.")

    def action_exercise(self) -> None:
        """Open the exercise of this lesson."""
        self.stop_playing()
        self.tutor.open_exercise(self.player)

    def clicked(self, what: str, rest: str) -> None:
        """Answer or read on; go to a line or a step, or open a tab."""
        if what == "answer":
            self.action_answer(int(rest))
        elif what == "onward":
            self.action_onward()
        else:
            super().clicked(what, rest)
