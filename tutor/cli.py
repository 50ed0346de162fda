"""The command line. Textual and the course are imported only by the commands that need them."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.shell_completion import CompletionItem

from tutor.commands.diagnose import diagnose
from tutor.commands.open import open_run
from tutor.commands.pitfalls import pitfalls
from tutor.commands.trace import trace
from tutor.version import __version__

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.progress import Progress

_HELP = """Step through the gradients of nets written by hand in NumPy.

Without a command the tutor opens: at the first start with a puzzle, later with the course.

\b
To complete commands and lessons with the tab key, add one line to your shell's start file:
  bash   eval "$(_GRADTUTOR_COMPLETE=bash_source gradtutor)"     in ~/.bashrc
  zsh    eval "$(_GRADTUTOR_COMPLETE=zsh_source gradtutor)"      in ~/.zshrc
  fish   _GRADTUTOR_COMPLETE=fish_source gradtutor | source      in its config
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.option(
    "--lessons",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of lessons in place of the ones that came with the program.",
)
@click.version_option(__version__, prog_name="gradtutor", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, folder: Path | None) -> None:
    """Open the tutor, or do what the command says."""
    context.obj = folder
    if context.invoked_subcommand is None:
        if sys.stdout.isatty() and sys.stdin.isatty():
            _open(_course(folder))
        else:
            _print_lessons(_course(folder))


main.add_command(diagnose)
main.add_command(open_run)
main.add_command(pitfalls)
main.add_command(trace)


def _complete_slug(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the lessons, and the pitfalls that a lesson teaches."""
    root = context.find_root()
    try:
        course = _course(root.params.get("folder"))
    except (Exception, SystemExit):  # completion says nothing where there is nothing to say
        return []
    offers = [(s.slug, s.title) for s in course.lessons]
    offers += [(name, f"in {s.title}") for s in course.lessons for name in s.pitfalls]
    return [CompletionItem(n, help=h) for n, h in offers if n.startswith(incomplete)]


@main.command()
@click.argument("slug", shell_complete=_complete_slug)
@click.option("--plain", is_flag=True, help="Print the lesson as text.")
@click.pass_obj
def lesson(folder: Path | None, slug: str, plain: bool) -> None:
    """Open a lesson by its name, or by the name of a pitfall that it teaches.

    Where the output is no terminal, the lesson is printed as text.
    """
    course = _course(folder)
    found = _find(course, slug)
    if plain or not (sys.stdout.isatty() and sys.stdin.isatty()):
        _print_lesson(course, found)
    else:
        _open(course, found)


@main.group(invoke_without_command=True)
@click.pass_context
def lessons(context: click.Context) -> None:
    """List the lessons, or check a folder of them."""
    if context.invoked_subcommand is None:
        _print_lessons(_course(context.obj))


@lessons.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def check(folder: Path | None, directory: Path | None) -> None:
    """Check every lesson of a folder; the exit code is 1 if one has a fault."""
    from tutor.course.linter import check_lessons

    where = directory or folder
    if where is not None and not where.is_dir():
        raise click.UsageError(
            f"There is no folder {where}. Name the folder that holds course.toml."
        )
    problems = check_lessons(where)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        count = len(problems)
        click.echo(f"{count} fault{'s' if count > 1 else ''} found.", err=True)
        sys.exit(1)
    click.echo("The lessons have no fault.")


@main.command()
@click.option("--export", type=click.Path(path_type=Path), metavar="FILE", help="Copy it to FILE.")
@click.option("--reset", is_flag=True, help="Start afresh; what was there is set aside.")
@click.pass_obj
def progress(folder: Path | None, export: Path | None, reset: bool) -> None:
    """Show how far you are, copy it to a file, or start afresh."""
    if export and reset:
        raise click.UsageError("Choose --export or --reset, not both.")
    from tutor.course.progress import Progress

    kept = Progress.load()
    for sentence in kept.messages:
        click.echo(sentence, err=True)
    if reset:
        _reset(kept)
    elif export:
        _export(kept, export)
    else:
        _print_progress(_course(folder), kept)


def _reset(kept: Progress) -> None:
    problem = kept.reset()
    if problem:
        _stop(problem)
    click.echo("Every lesson starts afresh. A copy of what was there was set aside beside")
    click.echo(str(kept.path))


def _export(kept: Progress, file: Path) -> None:
    try:
        kept.export(file)
    except OSError as error:
        _stop(f"The progress could not be written to {file}: {error.strerror or error}.")
    click.echo(f"Copied to {file}")


def _course(folder: Path | None) -> Course:
    from tutor.course.catalogue import load_course
    from tutor.course.problem import LessonError

    if folder is not None and not folder.is_dir():
        raise click.UsageError(f"There is no folder {folder}; name one that holds course.toml.")
    try:
        return load_course(folder)
    except LessonError as error:
        _stop(f"The lessons cannot be used.\n{error}")


def _find(course: Course, slug: str) -> str:
    from tutor.course.find import UnknownLesson, find_lesson

    try:
        return find_lesson(course, slug).slug
    except UnknownLesson as error:
        raise click.UsageError(_untaught(slug) or str(error)) from None


def _untaught(slug: str) -> str:
    """Return where a pitfall is shown that no lesson teaches, empty if it is no pitfall."""
    from tutor.pitfalls import CATALOGUE

    name = slug.strip().lower().replace("_", "-")
    if name not in CATALOGUE:
        return ""
    return (
        f"No lesson teaches {name} yet. `gradtutor pitfalls {name}` shows it: the wrong line "
        "beside the right one, its figure, a live run."
    )


def _open(course: Course, slug: str | None = None) -> None:
    # Nothing of what starts up is garbage; the screen switches the collector on when it stands.
    gc.disable()
    from tutor.commands.opening import judge_path
    from tutor.ui.app import run

    sys.exit(run(course, slug, judge_path))


def _print_lesson(course: Course, slug: str) -> None:
    from tutor.course.problem import LessonError
    from tutor.ui.keeper import load
    from tutor.ui.plain import lesson_text

    try:
        for line in lesson_text(*load(course, slug)):
            click.echo(line)
    except LessonError as error:
        _stop(str(error))


def _print_lessons(course: Course) -> None:
    size = max((len(summary.slug) for summary in course.lessons), default=0)
    for chapter in course.chapters:
        click.echo(chapter.title)
        for summary in chapter.lessons:
            click.echo(f"  {summary.slug:<{size}}  {summary.title}, {summary.minutes} min")
    for fault in course.faults:
        click.echo(str(fault), err=True)


def _print_progress(course: Course, kept: Progress) -> None:
    from tutor.ui.drawing.course_map import standing_of

    size = max((len(summary.slug) for summary in course.lessons), default=0)
    for summary in course.lessons:
        mark, standing = standing_of(kept, summary.slug)
        click.echo(f"[{mark}] {summary.slug:<{size}}  {standing}")
    click.echo(f"Kept in {kept.path}")


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
