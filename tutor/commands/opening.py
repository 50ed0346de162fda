"""The verdict on a submission as a screen: from the command line, and from inside the tutor."""

from __future__ import annotations

import gc
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tutor.reports import Item, Options
    from tutor.ui.drawing.choices import Choice

_TITLE = "which verdict shall be opened?"
_NO_SCREEN = (
    "--open steps through the runs on a screen: call it on a terminal, with files by their "
    "names, and leave --format out."
)


def check_screen(form: str, paths: Sequence[str], screen: bool) -> None:
    """Refuse --open where there can be no screen, before anything is judged.

    Raises
    ------
    click.UsageError
        With a sentence.
    """
    if not screen or form != "text" or "-" in paths:
        raise click.UsageError(_NO_SCREEN)


def with_errors(items: Sequence[Item]) -> list[Item]:
    """Return the submissions in which something is wrong."""
    return [item for item in items if item.diagnosis.errors]


def open_verdicts(items: Sequence[Item], options: Options, seed: int) -> None:
    """Show the verdict on one submission, or those on several from a list until that is left.

    The program ends here if the screen was ended from outside.
    """
    from tutor.ui.app import choose

    choices = _choices(items, options)
    picked: int | None = 0
    while picked is not None:
        if len(items) > 1:
            picked = choose(_TITLE, choices, picked)
        if picked is not None:
            _open(items[picked], options, seed)
        if len(items) == 1:
            return


def _open(item: Item, options: Options, seed: int) -> None:
    from tutor.ui.app import run_verdict

    count = len(item.diagnosis.errors)
    what = "one finding" if count == 1 else f"{count} findings"
    click.echo(f"Recording the runs of {what} ...", err=True, nl=False)
    # Nothing of what starts up is garbage; the screen switches the collector on when it stands.
    gc.disable()
    try:
        code = run_verdict(item, options, seed)
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)
    if code:
        sys.exit(code)


def _choices(items: Sequence[Item], options: Options) -> list[Choice]:
    from tutor.reports.document import headline
    from tutor.reports.visible import MOST_NAME, shortened
    from tutor.reports.words import Words
    from tutor.ui.drawing.choices import Choice

    words = Words(options.language)
    return [
        Choice(shortened(item.diagnosis.name, MOST_NAME), (headline(item.diagnosis, words),))
        for item in items
    ]


def hint(paths: Sequence[str], each_folder: bool, for_student: bool) -> str:
    """Return the line that says how to step through what is wrong; empty for standard input."""
    from tutor.reports.visible import visible

    if "-" in paths:
        return ""
    flags = [*["--each-folder"] * each_folder, *["--for-student"] * for_student]
    call = shlex.join(["gradtutor", "diagnose", *map(visible, paths), *flags, "--open"])
    return f"\nStep through it: {call}\n"


def judge_path(path: str) -> Sequence[Item] | str:
    """Judge a file or a folder; return a sentence where nothing would keep its code in."""
    from tutor.commands.judging import judge_all, refusal
    from tutor.diagnosis.trial import SECONDS

    sentence = refusal()
    if sentence:
        return sentence
    return list(judge_all([path], False, None, 0, SECONDS, lambda done, whole: None))
