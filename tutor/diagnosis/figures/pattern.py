"""Which parameters of a gradient check disagree, and what that alone says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.diagnosis.figures.check import PASSED, Check
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.findings import Evidence

_SMALL: Final = 1e-5
_LARGE: Final = 1e-4


def zero_below(check: Check) -> Iterator[Remark]:
    """Read differences of exactly 0 everywhere but in the last bias."""
    name = check.last_bias
    if not name or len(check.figures) < 3 or check.values[name] == 0 or any(check.others(name)):
        return
    yield said(
        f"Every difference but that of {name} is exactly 0. Two ways to one slope differ by "
        "rounding, so both slopes are 0 there: weights that are all zeros give that (only the last "
        "bias moves), and so does a layer of ReLUs that are all off. The figures do not say which, "
        "and the check says nothing of those parameters. Next: print np.abs(W1).max().",
        "zero-init",
        Evidence("differences other than the last bias's", "1e-12 or more", 0.0),
    )


def first_layer_alone(check: Check) -> Iterator[Remark]:
    """Read a first layer that disagrees while the later ones agree."""
    first = check.layer(lambda layer: layer == 1)
    later = check.layer(lambda layer: layer > 1)
    if not first or not later or max(later) > PASSED or max(first) < _SMALL:
        return
    if min(first) <= 30 * max(later):
        return
    yield said(
        f"The later layers agree, W1 and b1 do not ({min(first):.2g} and {max(first):.2g}): loss, "
        "softmax and last layer are right, and what is wrong lies between them and W1, most often "
        "the activation's backward. A difference up to about 1e-4 can also be a kink: a ReLU "
        "whose input lies within h of 0. Next: run the check with h = 1e-6; a kink's difference "
        "shrinks or goes, a wrong backward's stays.",
        "relu-kink" if max(first) < _LARGE else "",
    )


def matrices_alone(check: Check) -> Iterator[Remark]:
    """Read matrices that disagree while the last bias agrees."""
    matrices = check.kind("Ww")
    if not check.last_bias or check.values[check.last_bias] > PASSED:
        return
    if len(matrices) < 2 or min(matrices) < _LARGE:
        return
    yield said(
        f"The matrices disagree ({min(matrices):.2g} and more), {check.last_bias} does not. A "
        "vector is right and a matrix wrong where the numerical gradient loops over rows: x[i] of "
        "a matrix is a whole row. A dW that is wrong in every layer looks the same. "
        "Next: print the numerical gradient of W2; are its rows constant?",
        "row-view",
    )


def biases_alone(check: Check) -> Iterator[Remark]:
    """Read biases that disagree while the matrices agree."""
    biases, matrices = check.kind("Bb"), check.kind("Ww")
    if not matrices or not check.last_bias or check.values[check.last_bias] < _LARGE:
        return
    if max(matrices) > _SMALL or max(matrices) > max(biases) / 30:
        return
    alone = min(biases) < _SMALL * 10 and len(biases) > 1
    yield said(
        f"The matrices agree ({max(matrices):.2g} and less), "
        f"{'only ' + check.last_bias if alone else 'the biases'} does not ({max(biases):.3g}). "
        "What reaches the layer is right, then, and db is not: it is dout summed over the batch, "
        "np.sum(dout, axis=0), kept under its own name. Next: print db beside that sum.",
        "" if alone else "bias-gradient",
    )
