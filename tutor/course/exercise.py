"""An exercise judged: the learner's code runs in the jail, the lesson's check asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tutor.course.lesson import Lesson
from tutor.course.problem import LessonError

if TYPE_CHECKING:
    from tutor.course.play import Play
    from tutor.jail import Oracle, OracleError

SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    passed : bool
        Whether the exercise is solved.
    text : str
        The id of the words for it, ``## verdict: id``.
    figures : mapping
        Figures that those words may quote, besides the lesson's own.
    sentence : str
        What there is to say where no text is: the code raised, ran too long, and so on.
    printed : str
        What the learner's code printed.
    line : int or None
        The line of the learner's code that it is about.
    lesson_fault : bool
        The check itself failed. The learner's code has not been judged.
    """

    passed: bool
    text: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
    sentence: str = ""
    printed: str = ""
    line: int | None = None
    lesson_fault: bool = False


def run_check(lesson: Lesson, play: Play, source: str, seconds: float = SECONDS) -> Verdict:
    """Judge a learner's code by the lesson's `check(oracle)`. It never raises.

    Parameters
    ----------
    seconds : float
        Processor time that the learner's code may use.
    """
    from tutor.jail import Oracle, OracleError

    name = lesson.exercise.filename if lesson.exercise else "exercise.py"
    oracle = Oracle(source, name, seconds)
    try:
        with oracle:
            verdict = play.call("check", oracle)
    except OracleError as error:
        return _refused(error, oracle)
    except LessonError as error:
        if isinstance(error.__cause__, OracleError):
            return _refused(error.__cause__, oracle)
        if oracle.answered is not None and _is_sound(lesson, play, source):
            return Verdict(False, sentence=_unusable(*oracle.answered), printed=oracle.printed)
        return _fault(str(error))
    if not isinstance(verdict, Verdict):
        return _fault(f"{lesson.scene_file}: `check` must return a Verdict.")
    return replace(verdict, printed=oracle.printed)


def _is_sound(lesson: Lesson, play: Play, source: str) -> bool:
    """Tell whether the check works on the lesson's own solution: then it is not to blame."""
    if lesson.exercise is None or source == lesson.exercise.solution:
        return False
    return run_check(lesson, play, lesson.exercise.solution).passed


def _unusable(name: str, value: Any) -> str:
    if value is None:
        return f"`{name}` returned None; does it end with a `return`?"
    shape = getattr(value, "shape", ())
    what = f"an array of shape {shape}" if shape else f"a value of type {type(value).__name__}"
    return f"`{name}` returned {what}, and the check needs another sort of value."


def _refused(error: OracleError, oracle: Oracle) -> Verdict:
    return Verdict(False, sentence=str(error), printed=oracle.printed, line=error.line)


def _fault(text: str) -> Verdict:
    sentence = f"The lesson's own check failed; your code was not judged. {text}"
    return Verdict(False, sentence=sentence, lesson_fault=True)
