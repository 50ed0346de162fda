"""The exercise: broken code to repair, here or in the learner's own editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import TextArea

from tutor.ui.drawing.prose import prose
from tutor.ui.keymap import EVERYWHERE, EXERCISE, Key, with_changes
from tutor.ui.messages import Judged
from tutor.ui.own_editor import OwnFile
from tutor.ui.screens.base import Page, bindings
from tutor.ui.widgets.bars import Heading, KeyBar
from tutor.ui.widgets.editor import CodeEditor
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tutor.course.exercise import Verdict
    from tutor.ui.drawing.ink import Line
    from tutor.ui.player import Player

_WATCH = 0.5
_NARROW = 100
_MOST_PRINTED = 2000


class ExerciseScreen(Page):
    """An editor, the goal beside it, hints when asked for, and what the check found."""

    KEYS: ClassVar[tuple[Key, ...]] = (*EXERCISE, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*EXERCISE)

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        self.slug = player.lesson.slug
        self._checks = 0
        self._said = ""
        self._own: OwnFile | None = None
        self._watching: Timer | None = None

    def compose(self) -> ComposeResult:
        """Show the editor and the pane beside it."""
        yield Heading("heading")
        with Container(id="work"):
            yield CodeEditor(
                self._first_text(),
                id="editor",
                show_line_numbers=True,
                tab_behavior="indent",
                soft_wrap=True,
                theme="css",
            )
            pane = Pane("exercise", "goal")
            pane.add_class("pane")
            yield pane
        yield KeyBar("keys")

    def _first_text(self) -> str:
        exercise = self.player.lesson.exercise
        assert exercise is not None
        return self.tutor.keeper.progress.lesson(self.slug).draft or exercise.start

    def on_mount(self) -> None:
        """Give the editor the keys; compute the figures that goal and hints quote."""
        self.query_one("#heading", Heading).show(self.player.lesson.title, "exercise")
        self.query_one("#keys", KeyBar).show(with_changes(EXERCISE, self.tutor.keeper.keymap))
        self.query_one("#editor", TextArea).focus()
        self.set_class(self.app.size.width < _NARROW, "narrow")
        self._draw()
        self.run_worker(self._prepare, thread=True, group="figures")

    def _prepare(self) -> None:
        from tutor.course.problem import LessonError

        try:
            self.player.prepare_figures()
        except LessonError as error:
            self.app.call_later(self._say, str(error))
            return
        self.app.call_later(self._draw)

    def on_resize(self, event: events.Resize) -> None:
        """Put the goal below the editor where there is no room beside it."""
        self.set_class(event.size.width < _NARROW, "narrow")

    # --- what is said ---------------------------------------------------------------------

    def _draw(self) -> None:
        if self.is_mounted:
            self.query_one("#goal", Pane).draw(self._lines)

    def _lines(self, cells: int, height: int) -> list[Line]:
        return list(prose("\n\n".join(self._parts()), cells - 1))

    def _parts(self) -> list[str]:
        """Return what the pane says: the newest first, the goal always."""
        words = self.player.lesson.words
        parts = [self._said] if self._said else []
        if self._own is not None:
            parts.append(f"Save this file in your editor, and it is checked: `{self._own.path}`")
        fill = self._fill
        hints = words.hints[: self._hints_seen()]
        parts += [f"**Hint {n}.** {fill(hint)}" for n, hint in enumerate(hints, 1)]
        return [f"**Goal.** {fill(words.goal)}", *parts]

    def _fill(self, text: str) -> str:
        from tutor.ui.speech import Speech

        return Speech(self.player).fill(text)

    def _hints_seen(self) -> int:
        return self.tutor.keeper.progress.lesson(self.slug).hints

    def _say(self, text: str) -> None:
        self._said = text
        self._draw()
        self.query_one("#goal", Pane).scroll_to(y=0, animate=False, force=True)

    # --- keys -----------------------------------------------------------------------------

    def action_check(self) -> None:
        """Run and judge the code, in a process and a thread of their own."""
        self._checks += 1
        number, source = self._checks, self.query_one("#editor", TextArea).text
        from tutor.course.exercise import SECONDS

        self._say(f"Checking ... This gives up after {SECONDS:g} s of computing.")
        self.run_worker(
            lambda: self._judge(number, source), thread=True, group="check", exclusive=True
        )

    def _judge(self, number: int, source: str) -> None:
        from tutor.course.exercise import run_check
        from tutor.course.problem import LessonError

        lesson, play = self.player.lesson, self.player.play
        try:
            verdict = run_check(lesson, play, source)
            text = play.verdict(verdict)
        except LessonError as error:
            self.post_message(Judged(number, None, str(error)))
            return
        self.post_message(Judged(number, verdict, text))

    def on_judged(self, message: Judged) -> None:
        """Say what the check found, unless a newer one is under way."""
        message.stop()
        if message.number != self._checks:
            return
        if message.verdict is None:
            self._say(message.text)
            return
        if message.verdict.passed:
            self.tutor.keeper.solve(self.slug)
        self._say(verdict_text(message.verdict, message.text))

    def action_hint(self) -> None:
        """Show one more hint."""
        hints = self.player.lesson.words.hints
        seen = self._hints_seen()
        if seen >= len(hints):
            self._say("There are no more hints. The lesson behind `esc` shows the place.")
            return
        self.tutor.keeper.see_hint(self.slug, seen + 1)
        self._draw()
        pane = self.query_one("#goal", Pane)
        pane.scroll_to(y=len(pane.lines), animate=False, force=True)

    def action_start_again(self) -> None:
        """Put the code back as it was at the start; undo brings the edits back."""
        exercise = self.player.lesson.exercise
        assert exercise is not None
        editor = self.query_one("#editor", TextArea)
        if not editor.read_only:
            editor.replace(exercise.start, editor.document.start, editor.document.end)
            self._say("This is the code as it was at the start. Undo (^z) brings yours back.")

    def action_own_editor(self) -> None:
        """Go on in the learner's own editor, or come back to this one."""
        editor = self.query_one("#editor", TextArea)
        if self._own is not None:
            self._stop_watching()
            editor.read_only = False
            self._say("You are editing here again.")
            return
        exercise = self.player.lesson.exercise
        assert exercise is not None
        folder = self.tutor.keeper.progress.path.parent / "exercises" / self.slug
        own = OwnFile(folder / exercise.filename)
        try:
            kept = own.put(editor.text)
        except OSError as error:
            self._say(f"The file {own.path} could not be written: {error.strerror}.")
            return
        self._own = own
        editor.read_only = True
        self._watching = self.set_interval(_WATCH, self._look)
        self._say(f"What the file held before is kept in `{kept}`." if kept else "")

    def _look(self) -> None:
        """Check the file again if it was saved."""
        text = self._own.changed_text() if self._own else None
        if text is not None:
            editor = self.query_one("#editor", TextArea)
            editor.load_text(text)
            self.action_check()

    def _stop_watching(self) -> None:
        self._own = None
        if self._watching is not None:
            self._watching.stop()
            self._watching = None

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Remember the draft with every change."""
        self.tutor.keeper.draft(self.slug, event.text_area.text)

    def action_leave(self) -> None:
        """Back to the lesson."""
        self._stop_watching()
        self.dismiss(None)


def verdict_text(verdict: Verdict, text: str) -> str:
    """Return what is said to a verdict: the outcome first, then why, then what was printed."""
    lead = "**Solved.**" if verdict.passed else "**Not yet.**"
    if verdict.lesson_fault:
        lead = "**Not judged.**"
    # The sentence of an error names its line already.
    said = re.search(rf"\bline {verdict.line}\b", text)
    where = f" (line {verdict.line})" if verdict.line and not said else ""
    parts = [f"{lead} {text}{where}"]
    if verdict.printed.strip():
        printed = verdict.printed.rstrip()
        cut = len(printed) - _MOST_PRINTED
        tail = f"\n... and {cut:,} more characters" if cut > 0 else ""
        parts.append(f"It printed:\n\n```\n{printed[:_MOST_PRINTED]}{tail}\n```")
    return "\n\n".join(parts)
