"""What is wrong below the last layer of a training step, told by special weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tutor.diagnosis.proof import Proof, proof
from tutor.diagnosis.steps.asked import Floats
from tutor.diagnosis.steps.measured import Stepped, compare
from tutor.diagnosis.steps.network import entries, is_bias
from tutor.nets import sigmoid

_NEAR_ZERO = 1e-3
_EVEN = 5e-3
_NOTHING = 1e-12  # what rounding leaves of a sum that is 0
# sigmoid'(sigmoid(0)) over sigmoid'(0): what is left of a gradient when the derivative is taken
# at the activation, with inputs near 0.
OF_ACTIVATION = float(sigmoid(0.5) * (1 - sigmoid(0.5)) / 0.25)


def inner(found: Stepped) -> Iterator[Proof]:
    """Yield what is wrong below the last layer: its gradients agree, those below do not."""
    wrong = [i for i, good in enumerate(found.best.alike) if not good]
    matrices = _matrices(found, wrong)
    if not found.best.is_anchored or not matrices:
        return
    first = matrices[-1]
    name = found.base.weights[first].name
    if found.best.right_but_for(-found.best.factor)[wrong].all():
        what = f"gradient of {name} over its slope, with those above right"
        yield proof("sigmoid-sign", what, -1.0, constant_ratio(found, found.values, first) or -1.0)
        return
    for rule in (_near_zero, _switched):
        proofs = list(rule(found, wrong, name))
        if proofs:
            yield from proofs
            return


def _matrices(found: Stepped, wrong: Sequence[int]) -> list[int]:
    """Return those weights that are matrices; a bias may be written as a column."""
    weights = found.base.weights
    return [i for i in wrong if found.values[i].ndim == 2 and not is_bias(weights[i], found)]


def _near_zero(found: Stepped, wrong: Sequence[int], name: str) -> Iterator[Proof]:
    """Yield what the ratio is where every unit of a layer stands near 0."""
    small = tuple(_NEAR_ZERO * v if i in wrong else v for i, v in enumerate(found.values))
    at = _matrices(found, wrong)[-1]
    ratio = constant_ratio(found, small, at)
    if ratio is None:
        return
    what = f"gradient of {name} over its slope, weights near 0"
    if abs(ratio / OF_ACTIVATION - 1) < _EVEN:
        yield proof("sigmoid-grad-of-activation", what, OF_ACTIVATION, ratio)
    for wanted in (2.0, 4.0):
        if abs(ratio / wanted - 1) < _EVEN:
            yield proof("sigmoid-backward", what, wanted, ratio)


def _switched(found: Stepped, wrong: Sequence[int], name: str) -> Iterator[Proof]:
    """Yield what the gradient is with every unit of a layer off, and with every one on."""
    biases = [i for i in wrong if is_bias(found.base.weights[i], found)]
    if not biases:
        return
    off, on = (_with_bias(found, biases, size) for size in (-30.0, 30.0))
    at = next(iter(_matrices(found, wrong)), wrong[0])
    g_off, s_off = _largest(found, off, at)
    g_on, s_on = _largest(found, on, at)
    name = found.base.weights[at].name
    if s_off == 0 and g_off > _NOTHING and s_on > 1e-6:
        what = f"largest gradient of {name} with every hidden unit off"
        yield proof("relu-mask", what, 0.0, g_off)
    elif g_on == 0 < s_on:
        what = f"largest gradient of {name} with every hidden unit on"
        yield proof("relu-mask", what, s_on, g_on)


def _with_bias(found: Stepped, biases: Sequence[int], size: float) -> tuple[Floats, ...]:
    values = [0.02 * value for value in found.values]
    for i in biases:
        values[i] = np.full(found.values[i].shape, size)
    return tuple(values)


def _largest(found: Stepped, values: Sequence[Floats], at: int) -> tuple[float, float]:
    """Return the largest gradient and the largest slope of one weight."""
    both = entries(found, values, [at])
    if both is None:
        return np.nan, np.nan
    gradient, slopes = both
    size = float(np.max(np.abs(slopes), initial=0.0))
    return float(np.max(np.abs(gradient), initial=0.0)), size if size > 1e-9 else 0.0


def constant_ratio(found: Stepped, values: Sequence[Floats], at: int) -> float | None:
    """Return gradient over slope of one weight where it is one number, up to the common factor."""
    both = entries(found, values, [at])
    if both is None:
        return None
    gradient, slopes = both
    size = float(np.max(np.abs(slopes), initial=0.0))
    mask = np.abs(slopes) > 0.05 * size
    if size <= 1e-7 or not mask.any():
        return None
    ratios = gradient[mask] / slopes[mask] / abs(found.best.factor)
    middle = float(np.median(ratios))
    return middle if float(np.ptp(ratios)) <= _EVEN * abs(middle) else None


def transposed(found: Stepped) -> Iterator[Proof]:
    """Yield that a transpose is missing: with symmetric weights everything agrees."""
    square = [v.ndim == 2 and v.shape[0] == v.shape[1] > 1 for v in found.values]
    if not any(square):
        return
    values = tuple(
        (v + v.T) / 2 if same else v for v, same in zip(found.values, square, strict=True)
    )
    now = compare(found, values)
    if now is None or not now.right_but_for(found.best.factor).all():
        return
    at = int(np.flatnonzero(~found.best.alike)[0])
    name = found.base.weights[at].name
    what = f"gradient of {name} along a direction, right with symmetric weights and only there"
    yield proof("missing-transpose", what, float(now.slopes[at]), float(now.gradients[at]))
