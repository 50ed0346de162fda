"""What a loss makes of the file's own probabilities and targets."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.harm.seen import Seen, has, shown
from tutor.diagnosis.parts.loss import Loss
from tutor.diagnosis.proof import Proof, is_close

Floats = NDArray[np.float64]
FLAT: Final = 0.9  # of the slope that is left, where an epsilon has flattened a loss
_NUDGE: Final = 1e-4  # of the logarithm of a probability


def _given(one: Examined, seen: Seen) -> tuple[Floats, NDArray[Any]] | None:
    """Return y, shape (N, K), and the targets of a call of a loss."""
    found = one.measured
    if not isinstance(found, Loss) or len(seen.args) < 2:
        return None
    first, second = seen.args[:2]
    y, t = (second, first) if found.targets_first else (first, second)
    if not isinstance(y, np.ndarray) or t is None or y.dtype.kind != "f" or not y.size:
        return None
    rows, targets = np.atleast_2d(y).astype(float), np.asarray(t)
    if rows.ndim != 2 or targets.dtype.kind not in "fiub":
        return None
    return rows, targets


def _labels(y: Floats, t: NDArray[Any]) -> NDArray[np.intp] | None:
    """Return the right class of each row, None where the targets fit in no form."""
    n, k = y.shape
    if t.size == y.size and k > 1:
        return np.asarray(np.argmax(t.reshape(y.shape), axis=1))
    labels = t.reshape(-1)
    fits = labels.size == n and bool(np.all((labels >= 0) & (labels < k)))
    return labels.astype(np.intp) if fits else None


def _again(student: Student, one: Examined, seen: Seen, t: Any = None) -> Observed:
    """Ask a loss once more with the file's own arrays, or with other targets."""
    found = one.measured
    assert isinstance(found, Loss)
    args = list(seen.args[:2])
    if t is not None:
        args[0 if found.targets_first else 1] = t
    return student.observe(one.taken.definition.expression, *args)


def zero(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that the logarithm of 0 was taken, and made the loss inf or nan."""
    given = _given(one, seen)
    if given is None or not has(one, "log-of-zero") or seen.raised:
        return None
    y, t = given
    value = _again(student, one, seen).number()
    if value is None or np.isfinite(value) or not np.isfinite(y).all() or np.all(y > 0):
        return None
    with np.errstate(all="ignore"):
        forms = [-np.sum(t * np.log(y))] if t.size == y.size else [np.inf]
    predicted = float(forms[0])
    what = "loss of the file's own y, in which a probability is 0"
    return shown("log-of-zero", what, str(predicted), str(value))


def flattened(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that a numerical gradient was taken where the epsilon has flattened the loss."""
    given, found = _given(one, seen), one.measured
    if given is None or not seen.within or not isinstance(found, Loss) or found.epsilon is None:
        return None
    y, t = given
    labels = _labels(y, t)
    if labels is None or not has(one, "epsilon-plateau"):
        return None
    p = y[np.arange(len(y)), labels]
    row = int(np.argmin(p))
    predicted = float(p[row] / (p[row] + found.epsilon)) if p[row] else 0.0
    if predicted > FLAT:
        return None
    measured = _slope(student, one, seen, y, (row, int(labels[row])))
    if measured is None or measured > FLAT:
        return None
    what = f"slope of the loss over the right one, where y is {p[row]:.2g}"
    return shown("epsilon-plateau", what, predicted, measured)


def _slope(
    student: Student, one: Examined, seen: Seen, y: Floats, at: tuple[int, int]
) -> float | None:
    """Return the slope of a loss in the logarithm of one probability, over that of a mean."""
    found = one.measured
    assert isinstance(found, Loss)
    values = []
    for sign in (1, -1):
        moved = y.copy()
        moved[at] *= np.exp(sign * _NUDGE)
        args = [moved.reshape(np.shape(seen.args[found.targets_first])), seen.args[1]]
        if found.targets_first:
            args = [seen.args[0], args[0]]
        values.append(student.observe(one.taken.definition.expression, *args).number())
    if values[0] is None or values[1] is None:
        return None
    samples = 1 if found.is_sum else len(y)
    return float(-(values[0] - values[1]) / (2 * _NUDGE) * samples)


def broadcast(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that labels were multiplied with the columns of y, N and K being the same."""
    given, found = _given(one, seen), one.measured
    if given is None or not isinstance(found, Loss):
        return None
    y, t = given
    n, k = y.shape
    if n != k or n < 2 or t.shape != (k,) or np.ndim(seen.args[found.targets_first]) != 2:
        return None
    labels = _labels(y, t)
    value = _again(student, one, seen).number()
    if labels is None or value is None or t.dtype.kind not in "iu":
        return None
    log_y = np.log(y + (found.epsilon or 0.0))
    right, total = float(-log_y[np.arange(n), labels].sum()), float(-np.sum(t * log_y))
    for scale in (n, 1):
        if is_close(value, total / scale, 1e-4) and not is_close(value, right / scale, 1e-4):
            what = f"loss of the file's own labels and {y.shape} y"
            return shown("label-broadcast", what, total / scale, value)
    return None


def one_class(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that a loss of one output a sample takes argmax of its targets: all are class 0."""
    given = _given(one, seen)
    if given is None:
        return None
    y, t = given
    if y.shape[1] != 1 or len(y) < 2 or t.size != len(y) or set(np.unique(t)) != {0, 1}:
        return None
    value = _again(student, one, seen).number()
    other = _again(student, one, seen, 1 - np.asarray(t, int)).number()
    if value is None or value != other:
        return None
    what = "change of the loss when every target is the other one"
    return shown("single-class-argmax", what, 0.0, other - value)
