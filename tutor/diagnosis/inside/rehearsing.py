"""Questions that come back unchanged for every change of a program, answered in one go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tutor.diagnosis.inside import asking, driving, repairing, shrinking, stepping
from tutor.diagnosis.inside.clock import Cut
from tutor.diagnosis.inside.space import copied

_SECONDS = 0.5  # of processor time, after which the rest is asked one by one
_QUESTIONS: dict[str, Callable[..., Any]] = {
    question.__name__: question
    for question in (
        asking.copies,
        asking.differentiate,
        asking.keep,
        asking.losses,
        asking.observe,
        asking.parameters,
        asking.put,
        asking.remake,
        asking.several,
        asking.swings,
        asking.where,
        asking.widen,
        driving.drive_step,
        repairing.redefine,
        repairing.redefine_method,
        repairing.restore,
        shrinking.shrink,
        stepping.run_step,
    )
}
_scripts: dict[str, Sequence[Sequence[Any]]] = {}


def rehearse(
    changes: Sequence[tuple[str, Sequence[Any]]], name: str, script: Any = None
) -> dict[str, Any]:
    """Change the program, then answer a script of questions as far as it goes as it did before.

    Parameters
    ----------
    changes : sequence of (question, values)
        Of `redefine` and its like; nothing more is done once one of them has raised.
    name : str
        Of the script.
    script : sequence of (question, values, raised), optional
        A new one under that name. An answer that raised where it says that none does, or the
        other way round, is the last one; so is the one that uses up the time.

    Returns
    -------
    dict
        ``changes`` and ``answers``, in their order.
    """
    if script is not None:
        _scripts[name] = script
    made: list[Any] = []
    for question, values in changes:
        made.append(_QUESTIONS[question](*values))
        if has_raised(made[-1]):
            return {"changes": made, "answers": []}
    return {"changes": made, "answers": list(_answers(_scripts.get(name, ())))}


def _answers(script: Sequence[Sequence[Any]]) -> Iterator[Any]:
    end = time.process_time() + _SECONDS
    for question, values, raised in script:
        try:
            answer = _QUESTIONS[question](*copied(values))
        except (Exception, Cut):  # asked by itself it may do so again, if it is asked at all
            return
        yield answer
        if has_raised(answer) != raised or time.process_time() > end:
            return


def has_raised(answer: Any) -> bool:
    """Tell whether an answer, or one of several, is that something raised."""
    if isinstance(answer, list):
        return any(map(has_raised, answer))
    return isinstance(answer, dict) and "raised" in answer
