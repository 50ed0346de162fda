"""`gradtutor diagnose`: students' files judged, and what is said of them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tutor.commands.printing import write
from tutor.commands.showing import on_terminal

if TYPE_CHECKING:
    from tutor.reports import Item, Options

_SECONDS = 10.0


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path())
@click.option("--each-folder", is_flag=True, help="Each subfolder is one submission.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option("--for-student", is_flag=True, help="Keep the repaired line back.")
@click.option("--lang", default="en", show_default=True, metavar="CODE", help="Of the report.")
@click.option("--unsafe", is_flag=True, help="Run the code even if nothing would keep it in.")
@click.option("--seed", default=0, show_default=True, help="Of the data that is tried.")
@click.option(
    "--seconds",
    default=_SECONDS,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Processor time for each submission.",
)
@click.option("--open", "opens", is_flag=True, help="Step through what is wrong, on a screen.")
def diagnose(
    paths: tuple[str, ...],
    each_folder: bool,
    form: str,
    for_student: bool,
    lang: str,
    unsafe: bool,
    seed: int,
    seconds: float,
    opens: bool,
) -> None:
    """Name the bug in students' files, with proof.

    PATH is a .py or .ipynb file, a folder of them, a zip or tar, or - for standard input. The
    exit code is 0 if nothing is wrong, 1 if something is, 2 if it cannot be judged. With --open
    each error is shown with the student's own run beside the repaired one, where they part.
    """
    from tutor.jail import start_early

    start_early("tutor.diagnosis.inside")  # while NumPy and the judge are being imported here
    from tutor.commands.opening import check_screen, hint, open_verdicts, with_errors

    if opens:
        check_screen(form, paths, on_terminal())
    from tutor.commands.judging import judge_all, refusal
    from tutor.reports import Options, exit_code, isolation_of, without_words

    sentence = "" if unsafe else refusal()
    if sentence:
        click.echo(sentence, err=True)
        sys.exit(2)
    if without_words(lang):
        click.echo(without_words(lang), err=True)
    stdin = sys.stdin.buffer if "-" in paths else None
    judged = judge_all(paths, each_folder, stdin, seed, seconds, _progress())
    items: list[Item] = []
    items.extend(judged)
    common = isolation_of(items) if len(items) > 1 else ()
    options = Options(_width(), _colour(), for_student, lang, common)
    wrong = with_errors(items)
    if opens and wrong:
        open_verdicts(wrong, options, seed)
    else:
        write(_report(items, form, options))
        if wrong and form == "text" and on_terminal():
            write(hint(paths, each_folder, for_student))
    sys.exit(exit_code(item.diagnosis for item in items))


def _report(items: Sequence[Item], form: str, options: Options) -> str:
    from tutor.reports import as_json, as_markdown, isolation_of

    if form == "json":
        return as_json(items, isolation_of(items))
    return as_markdown(items, options) if form == "markdown" else "".join(_text(items, options))


def _text(items: Sequence[Item], options: Options) -> Iterator[str]:
    """Yield one report, or the reports of those that are not clean and what came of all."""
    from tutor.reports import as_text, summary

    for item in items:
        if len(items) == 1 or item.diagnosis.verdict.exit_code:
            yield as_text(item.diagnosis, item.submission, options)
            if len(items) > 1:
                yield f"\n{'-' * options.width}\n\n"
    if len(items) > 1:
        yield summary(items, options)


def _progress() -> Callable[[int, int], None]:
    """Return what shows how far it is: on a terminal, in one line that is wiped at the end."""
    if not sys.stderr.isatty():
        return lambda done, whole: None

    def show(done: int, whole: int) -> None:
        if whole > 1:
            text = f"{done} of {whole}" if done < whole else ""
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)

    return show


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _width() -> int:
    return shutil.get_terminal_size((80, 24)).columns
