"""A lesson found by its slug, or by the pitfall that it teaches."""

from __future__ import annotations

import difflib

from tutor.course.catalogue import Course, Summary


class UnknownLesson(LookupError):
    """There is no such lesson. ``nearest`` is the slug that was most likely meant, or empty."""

    def __init__(self, slug: str, nearest: str) -> None:
        hint = f"Did you mean {nearest}?" if nearest else "`gradtutor lessons` lists them."
        super().__init__(f"There is no lesson and no pitfall called {slug}. {hint}")
        self.slug = slug
        self.nearest = nearest

    def __str__(self) -> str:
        return str(self.args[0])


def find_lesson(course: Course, slug: str) -> Summary:
    """Return the lesson of a slug, or the first one that teaches the pitfall of that slug.

    Raises
    ------
    UnknownLesson
        If there is neither; it names the nearest right one.
    """
    wanted = slug.strip().lower().replace("_", "-")
    exact = course.summary(wanted)
    if exact is not None:
        return exact
    for lesson in course.lessons:
        if wanted in lesson.pitfalls:
            return lesson
    raise UnknownLesson(slug, _nearest(course, wanted))


def _nearest(course: Course, wanted: str) -> str:
    names = [lesson.slug for lesson in course.lessons]
    names += [pitfall for lesson in course.lessons for pitfall in lesson.pitfalls]
    # A low cutoff: a guess is more use to the reader than none, and it is only a guess.
    return next(iter(difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)), "")
