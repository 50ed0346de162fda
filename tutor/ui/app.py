"""The applications: the course with its lessons, and a run of the learner's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tutor.ui.keeper import Keeper
from tutor.ui.keymap import (
    ANSWERS,
    EVERYWHERE,
    EXERCISE,
    FINDINGS,
    FREE_RUN,
    LESSON,
    MAP,
    SEARCH,
    VERDICT,
)
from tutor.ui.player import Player
from tutor.ui.screens.base import Page, bindings
from tutor.ui.shell import Group, Offer, Shell

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.reports import Item, Options
    from tutor.trace.saved import Saved
    from tutor.ui.diagnosing import Diagnosing, Judge
    from tutor.ui.drawing.choices import Choice
    from tutor.ui.reader import SamePlace
    from tutor.ui.screens.run import Watch


class TutorApp(Shell):
    """The tutor in a terminal."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*EVERYWHERE)

    def __init__(
        self,
        course: Course,
        keeper: Keeper,
        lesson: str | None = None,
        judge: Judge | None = None,
    ) -> None:
        super().__init__(keeper)
        self.course = course
        self._opening = lesson
        self._judge = judge
        self._diagnosing: Diagnosing | None = None

    def get_default_screen(self) -> Page:
        """Return the page to start with: the lesson asked for, the first puzzle, or the map."""
        if self._opening or self.keeper.is_new:
            page = self._lesson(self._opening or self._first_lesson())
            if page is not None:
                return page
        return self._map()

    def _first_lesson(self) -> str:
        return self.course.first or self.course.lessons[0].slug

    def offers(self) -> Iterator[Offer]:
        """Yield what the palette offers on every page: lessons and themes."""
        for summary in self.course.lessons:
            yield f"Lesson: {summary.title}", summary.slug, partial(self.open_lesson, summary.slug)
        if self._judge is not None:
            yield "Diagnose a file", "its verdict, and its runs to step through", self.diagnose
        yield from super().offers()

    def key_groups(self) -> Sequence[Group]:
        """Return the keys of lessons, the map and exercises."""
        return (
            ("In a lesson", (*LESSON, ANSWERS[0])),
            ("On the map of the course", MAP),
            ("In an exercise", EXERCISE),
            ("In a run of your own, besides", SEARCH),
            ("In the verdict on a file, besides", FINDINGS),
            ("Everywhere", EVERYWHERE),
        )

    def open_lesson(self, slug: str) -> None:
        """Open a lesson where it was left."""
        page = self._lesson(slug)
        if page is not None:
            self._show(page)

    def _lesson(self, slug: str) -> Page | None:
        """Return the page of a lesson; None, with the reason said, if it cannot be opened."""
        from tutor.course.problem import LessonError
        from tutor.ui.screens.lesson import LessonScreen

        try:
            return LessonScreen(self.keeper.player(self.course, slug))
        except LessonError as error:
            say = partial(self.notify, title="This lesson cannot be opened", severity="error")
            self.call_later(say, str(error))
            return None

    def _map(self) -> Page:
        from tutor.ui.screens.course import CourseScreen

        return CourseScreen()

    def open_exercise(self, player: Player) -> None:
        """Open a lesson's exercise on top of the lesson."""
        if player.lesson.exercise is None:
            self.notify("This lesson has no exercise.")
            return
        from tutor.ui.screens.exercise import ExerciseScreen

        self.push_screen(ExerciseScreen(player))

    def diagnose(self) -> None:
        """Ask for a file, judge it, and open its verdict on top of whatever is open then."""
        from tutor.ui.diagnosing import Diagnosing

        if self._diagnosing is None and self._judge is not None:
            self._diagnosing = Diagnosing(self, self._judge)
        if self._diagnosing is not None:
            self._diagnosing.ask()

    def action_map(self) -> None:
        """Open the course."""
        page = self._map()
        if type(self.screen) is not type(page):
            self._show(page)

    def _show(self, page: Page) -> None:
        """Put one page in the place of whatever is open."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_screen(page)


class RunApp(Shell):
    """One page that is no lesson: a run, a verdict, or the choice of one."""

    def __init__(self, page: Page, keeper: Keeper, keys: Group = ("In the run", FREE_RUN)) -> None:
        super().__init__(keeper)
        self._page = page
        self._keys = keys

    def get_default_screen(self) -> Page:
        """Return the page."""
        return self._page

    def key_groups(self) -> Sequence[Group]:
        """Return the keys of the page."""
        return (self._keys, *super().key_groups())


def run(course: Course, lesson: str | None = None, judge: Judge | None = None) -> int:
    """Run the tutor; return the exit code.

    Parameters
    ----------
    judge : callable, optional
        Judges the file that is diagnosed from the palette; without one that is not offered.
    """
    keeper = Keeper()
    return _run(TutorApp(course, keeper, lesson, judge))


def run_reader(
    saved: Saved,
    watch: Watch | None = None,
    same_place: SamePlace | None = None,
    beside: bool = False,
) -> int:
    """Step through recorded runs; return the exit code.

    Parameters
    ----------
    saved : Saved
        The runs, of which the first is opened.
    watch : callable, optional
        Asked again and again, in a thread: returns the runs recorded anew once the file has
        changed, a sentence where that failed, and None while there is nothing new.
    same_place : callable, optional
        Returns the step of new runs for a cursor in an old one; by default the same step.
    beside : bool
        Show the second run beside the first from the start.
    """
    from tutor.ui.screens.run import RunScreen

    return _run(RunApp(RunScreen(saved, watch, same_place, beside), Keeper()))


def run_verdict(item: Item, options: Options | None = None, seed: int = 0) -> int:
    """Show what is wrong with a submission, and its runs; return the exit code.

    Parameters
    ----------
    item : Item
        With one error or more.
    options : Options, optional
        ``for_student`` keeps the repaired line and the repaired run back.
    seed : int
        That of the diagnosis.
    """
    from tutor.ui.screens.verdict import VerdictScreen

    keys = ("In the verdict", VERDICT)
    return _run(RunApp(VerdictScreen(item, options, seed), Keeper(), keys))


def choose(title: str, choices: Sequence[Choice], picked: int = 0) -> int | None:
    """Show a list to choose from; return the number of the chosen one, None for none of them.

    Parameters
    ----------
    picked : int
        The one that the pointer stands at first.
    """
    from tutor.ui.screens.choose import ChoosePage

    page = ChoosePage(title, choices, picked)
    _run(RunApp(page, Keeper()))
    return page.chosen


def _run(app: Shell) -> int:
    try:
        return app.run() or 0
    finally:
        app.keeper.close()
