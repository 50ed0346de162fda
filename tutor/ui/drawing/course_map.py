"""The map of the course as lines: chapters, lessons, minutes, and marks for what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.ui.drawing.ink import BLANK, Line, Span, fit, width

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.progress import Progress


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson on the map.

    ``chapter`` is set on the first lesson of each. ``standing`` says in words how far it was
    read, and ``mark`` in one sign. ``resume`` is set on the one to go on with.
    """

    slug: str
    title: str
    minutes: int
    chapter: str
    mark: str
    standing: str
    needs: tuple[str, ...] = ()
    done: bool = False
    resume: bool = False


def entries(course: Course, progress: Progress) -> tuple[Entry, ...]:
    """Return every lesson with its marks."""
    next_one = _resume(course, progress)
    titles = {summary.slug: summary.title for summary in course.lessons}
    found = []
    for chapter in course.chapters:
        for at, summary in enumerate(chapter.lessons):
            mark, standing = standing_of(progress, summary.slug)
            found.append(
                Entry(
                    summary.slug,
                    summary.title,
                    summary.minutes,
                    chapter.title if at == 0 else "",
                    mark,
                    standing,
                    tuple(titles.get(need, need) for need in summary.needs),
                    done=mark == "x",
                    resume=summary.slug == next_one,
                )
            )
    return tuple(found)


def standing_of(progress: Progress, slug: str) -> tuple[str, str]:
    """Return the mark and the words for how far a lesson was read."""
    record = progress.lesson(slug)
    solved = ", exercise solved" if record.solved else ""
    status = record.status.value
    if status == "done":
        return "x", f"read{solved}"
    if status == "started":
        return "-", f"at text {record.place + 1}{solved}"
    return " ", f"not started{solved}"


def _resume(course: Course, progress: Progress) -> str:
    """Return the lesson to go on with: the one open last, unless it is read.

    Then the first that was not started, in reading order, else the first that is not read.
    """
    slugs = [summary.slug for summary in course.lessons]
    status = {slug: progress.lesson(slug).status.value for slug in slugs}
    if status.get(progress.last) == "started":
        return progress.last
    unread = [slug for slug in slugs if status[slug] != "done"]
    fresh = [slug for slug in unread if status[slug] != "started"]
    return next(iter((*fresh, *unread, *slugs)), "")


def course_map(shown: Sequence[Entry], picked: int, cells: int) -> list[Line]:
    """Return the lines of the map; the chosen lesson says more about itself."""
    lines: list[Line] = []
    for at, entry in enumerate(shown):
        if entry.chapter:
            lines += [BLANK] if lines else []
            lines.append(Line((Span(f" {entry.chapter}", "dim"),)))
        lines.append(_lesson(entry, at == picked, cells))
        if at == picked:
            lines.append(_more(entry, cells))
    return lines


def row_of(shown: Sequence[Entry], picked: int, cells: int) -> range:
    """Return the rows of the chosen lesson."""
    above = len(course_map(shown[:picked], -1, cells))
    if picked < len(shown) and shown[picked].chapter:
        above += 1 + (above > 0)
    return range(above, above + 2)


def _lesson(entry: Entry, picked: bool, cells: int) -> Line:
    click = f"lesson:{entry.slug}"
    right = f"{entry.standing}   {entry.minutes:>2} min "
    room = max(8, cells - width(right) - 9)
    title = fit(entry.title, room)
    gap = " " * max(1, cells - width(right) - width(title) - 7)
    ink = "good" if entry.mark == "x" else "key"
    return Line(
        (
            Span(" > " if picked else "   ", "pointer", click),
            Span(f"[{entry.mark}]", ink, click),
            Span(f" {title}", "strong" if picked else "text", click),
            Span(gap, "text", click),
            Span(right, "dim", click),
        ),
        "current" if picked else "",
    )


def _more(entry: Entry, cells: int) -> Line:
    start = "go on here" if entry.mark == "-" else "read it again" if entry.done else "start"
    needs = f"   builds on: {', '.join(entry.needs)}" if entry.needs else ""
    text = fit(f"       enter: {start}{needs}", cells)
    return Line((Span(text, "dim", f"lesson:{entry.slug}"),), "current")
