"""A file diagnosed from inside the tutor: asked for, judged in a thread, its verdict opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.ui.background import Background
from tutor.ui.drawing.choices import Choice
from tutor.ui.drawing.ink import harmless
from tutor.ui.screens.ask import Ask
from tutor.ui.screens.choose import Choose

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel
    from textual.timer import Timer

    from tutor.reports import Item
    from tutor.ui.shell import Shell

# Judges a file or a folder; a sentence in place of the verdicts says why it is not judged.
Judge = Callable[[str], "Sequence[Item] | str"]
_LOOK_EVERY = 0.1  # seconds
_KEYS = "enter: judge it; you can go on meanwhile   esc: never mind"
_FAILED = "gradtutor stopped at this file, and that is its own fault: {failure}."


class Diagnosing:
    """Asks for a file, and opens what is wrong with it on top of whatever is open.

    Parameters
    ----------
    shell : Shell
        The application.
    judge : callable
        Called in a thread with a path.
    """

    def __init__(self, shell: Shell, judge: Judge) -> None:
        self._shell, self._judge = shell, judge
        self._typed = ""
        self._work: Background[Sequence[Item] | str] | None = None
        self._looking: Timer | None = None

    def ask(self) -> None:
        """Ask for the path."""
        sheet = Ask("diagnose a file", _KEYS, _problem, self._typed, "net.py, or report.ipynb")
        self._shell.push_screen(sheet, self._asked)

    def _asked(self, text: str | None) -> None:
        if not text:
            return
        self._typed = text
        path = str(Path(text).expanduser())
        self._give_up()
        self._say(f"{Path(path).name} is being judged ...", "Diagnose")
        self._work = Background(lambda stopped: [self._judge(path)])
        self._looking = self._shell.set_interval(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        work = self._work
        if work is None:
            return
        for outcome in work.news():
            self._give_up()
            self._show(outcome)
            return
        if work.is_over:
            self._give_up()
            self._say(_FAILED.format(failure=work.failure), "Not judged", "error")

    def _give_up(self) -> None:
        if self._looking is not None:
            self._looking.stop()
        self._work = self._looking = None

    def _show(self, outcome: Sequence[Item] | str) -> None:
        self._shell.clear_notifications()
        if isinstance(outcome, str):
            self._say(outcome, "Not judged", "warning")
            return
        wrong = [item for item in outcome if item.diagnosis.errors]
        if not wrong:
            for item in outcome:
                self._say(f"{item.diagnosis.name}: {_headline(item)}", "Diagnose")
        elif len(wrong) == 1:
            self._open(wrong[0])
        else:
            choices = [Choice(item.diagnosis.name, (_headline(item),)) for item in wrong]
            self._shell.push_screen(
                Choose("which verdict shall be opened?", choices),
                lambda at: self._open(wrong[at]) if at is not None else None,
            )

    def _open(self, item: Item) -> None:
        from tutor.ui.screens.verdict import VerdictScreen

        self._shell.push_screen(VerdictScreen(item))

    def _say(self, sentence: str, title: str, severity: SeverityLevel = "information") -> None:
        text = harmless(sentence)
        self._shell.notify(text, title=title, severity=severity, timeout=12, markup=False)


def _problem(text: str) -> str:
    if not text.strip():
        return "Write the path of a .py or .ipynb file."
    if not Path(text.strip()).expanduser().exists():
        return f"There is no file {text.strip()} in {Path.cwd()}; write where it lies."
    return ""


def _headline(item: Item) -> str:
    from tutor.reports.document import headline
    from tutor.reports.words import Words

    return headline(item.diagnosis, Words())
