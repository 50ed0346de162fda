"""Why gradients do not agree, in words."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.checks import GradientCheck, check_gradients
from tutor.checks.result import AGREEING
from tutor.testing.judged import pitfalls_of
from tutor.testing.parts import Parts


def disagreement(parts: Parts, epsilon: float, seed: int, judge: bool) -> str:
    """Return what is wrong with some gradients, empty where they agree."""
    check = checked(parts, epsilon, seed)
    if check.ok:
        return ""
    told = "\n".join(_sentences(check))
    named = pitfalls_of(parts.owner) if judge and parts.owner is not None else ""
    return f"{told}\n\n{named}" if named else told


def checked(parts: Parts, epsilon: float, seed: int) -> GradientCheck:
    """Return the check of a net's gradients."""
    return check_gradients(parts.loss, parts.params, parts.grads, epsilon=epsilon, seed=seed)


def _sentences(check: GradientCheck) -> Iterator[str]:
    fine = [one.name for one in check if one.outcome in AGREEING]
    yield (
        "The gradients by backprop are not the slopes of the loss."
        if check.wrong
        else ("The gradients by backprop could not be told to be the slopes of the loss.")
    )
    yield from (str(one) for one in check if one.outcome not in AGREEING)
    if fine:
        yield f"{', '.join(fine)} {'agrees' if len(fine) == 1 else 'agree'}."
    yield f"Checked in {check.passes} forward passes."
