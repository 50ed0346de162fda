"""Functions that train a net, called with small data until one call comes to a training step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tutor.diagnosis.inside import space, stepping, watching
from tutor.diagnosis.inside.clock import Cut, at_most
from tutor.diagnosis.inside.hush import hushed
from tutor.diagnosis.inside.standins import Anything

_SECONDS = 0.4
_NAMES = 6  # that a call may miss, one after another
_MISSING = re.compile(r"name '(\w+)' is not defined")


@hushed
def drive_step(
    number: int, statements: Sequence[tuple[str, Mapping[str, Any]]]
) -> tuple[int, list[str]]:
    """Run statements until one ends well and the program has come to a step on its way.

    Parameters
    ----------
    number : int
        Of the step.
    statements : sequence of (statement, names)
        ``names`` are values that the file would have made of data that are not there, by a
        pattern of their names; they are given where a name is missed, and only then.

    Returns
    -------
    (int, list of str)
        Which statement did it, -1 if none, and what each of those before raised.
    """
    told: list[str] = []
    for at, (statement, names) in enumerate(statements):
        before = dict(stepping._kept)
        raised = _run(statement, names)
        if not raised and number in stepping._kept:
            return at, told
        stepping._kept.clear()
        stepping._kept.update(before)
        told.append(raised or "no step")
    return -1, told


def _run(statement: str, names: Mapping[str, Any]) -> str:
    """Run a statement, once more for each name that it misses and that is known."""
    module = space.modules[space.MAIN]
    for name, value in list(module.items()):  # what was made of data that are not there
        known = _known(name, names) if isinstance(value, Anything) else None
        if known is not None:
            module[name] = known
    given: list[str] = []
    raised = ""
    for _ in range(_NAMES):
        try:
            with at_most(_SECONDS), np.errstate(all="ignore"):
                exec(statement, module)
        except NameError as error:
            raised = str(error)
            missed = _MISSING.search(raised)
            value = _known(missed[1], names) if missed is not None else None
            if missed is None or value is None:
                break
            module[missed[1]] = value
            given.append(missed[1])
            continue
        except (Exception, Cut, watching.Enough) as error:
            raised = f"{type(error).__name__}: {error}"[:200]
            break
        return ""
    for one in given:
        module.pop(one, None)
    return raised


def _known(name: str, names: Mapping[str, Any]) -> Any:
    return next((v for pattern, v in names.items() if re.fullmatch(pattern, name)), None)
