"""Every pitfall by its name: the wrong variant, the right part, and what gives it away."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from tutor.nets import SoftmaxWithLoss, cross_entropy_error, numerical_gradient, softmax
from tutor.pitfalls.backward import MissingBatchDivision, missing_division_ratio
from tutor.pitfalls.differentiator import (
    drift,
    forward_error,
    forward_gradient,
    perturbs_a_copy,
    slope_of_a_deaf_function,
    without_restoring,
)
from tutor.pitfalls.loss import (
    epsilon_plateau,
    log_of_zero,
    loss_of_logits,
    loss_without_epsilon,
    plateau_ratio,
)
from tutor.pitfalls.pitfall import Part, Pitfall, Severity
from tutor.pitfalls.softmax import softmax_whole_batch, whole_batch_bias_difference

_PITFALLS = (
    Pitfall(
        slug="perturbs-a-copy",
        part=Part.DIFFERENTIATOR,
        sentence=(
            "The step of h is written into a copy that the function never reads, "
            "so every slope comes out as exactly 0."
        ),
        severity=Severity.ERROR,
        lesson="mutated-or-copied",
        wrong=perturbs_a_copy,
        right=numerical_gradient,
        signature=slope_of_a_deaf_function,
    ),
    Pitfall(
        slug="no-restore",
        part=Part.DIFFERENTIATOR,
        sentence=(
            "An element that was moved by h is not put back, "
            "so later slopes are taken at another point and x has drifted by h."
        ),
        severity=Severity.ERROR,
        lesson="central-difference",
        wrong=without_restoring,
        right=numerical_gradient,
        signature=drift,
    ),
    Pitfall(
        slug="forward-difference",
        part=Part.DIFFERENTIATOR,
        sentence=(
            "The slope is taken upwards only, (f(x + h) - f(x)) / h, "
            "so it is off by half of h times the curvature."
        ),
        severity=Severity.ADVICE,
        lesson="central-difference",
        wrong=forward_gradient,
        right=numerical_gradient,
        signature=forward_error,
    ),
    Pitfall(
        slug="softmax-whole-batch",
        part=Part.SOFTMAX,
        sentence=(
            "Softmax divides by the sum over the whole batch, "
            "so a row sums to about 1/N and the gradients do not agree."
        ),
        severity=Severity.ERROR,
        lesson="",
        wrong=softmax_whole_batch,
        right=softmax,
        signature=whole_batch_bias_difference,
    ),
    Pitfall(
        slug="log-of-zero",
        part=Part.LOSS,
        sentence=(
            "The loss takes log(y) with nothing added, "
            "so a probability of exactly 0 makes it inf or nan."
        ),
        severity=Severity.ADVICE,
        lesson="log-epsilon",
        wrong=log_of_zero,
        right=cross_entropy_error,
        signature=loss_without_epsilon,
    ),
    Pitfall(
        slug="epsilon-plateau",
        part=Part.LOSS,
        sentence=(
            "With log(y + 1e-7) the loss stands still at 16.118 once y is far below 1e-7, "
            "and the numerical gradient is 0 there while backprop says -1."
        ),
        severity=Severity.ADVICE,
        lesson="log-epsilon",
        wrong=epsilon_plateau,
        right=loss_of_logits,
        signature=plateau_ratio,
    ),
    Pitfall(
        slug="missing-batch-division",
        part=Part.BACKWARD,
        sentence=(
            "The loss is a mean over the batch but backward does not divide by its size, "
            "so every gradient is N times too large."
        ),
        severity=Severity.ERROR,
        lesson="batch-division",
        wrong=MissingBatchDivision,
        right=SoftmaxWithLoss,
        signature=missing_division_ratio,
    ),
)

CATALOGUE: Mapping[str, Pitfall] = MappingProxyType(
    {pitfall.slug: pitfall for pitfall in _PITFALLS}
)
"""Every pitfall, by its slug; from the differentiator to the backward pass."""


class UnknownPitfall(LookupError):
    """There is no pitfall of that name; the message says which one comes nearest."""


def find(slug: str) -> Pitfall:
    """Return the pitfall of that name.

    Raises
    ------
    UnknownPitfall
        If there is none.
    """
    if slug in CATALOGUE:
        return CATALOGUE[slug]
    nearest = get_close_matches(slug, CATALOGUE, n=1)
    hint = f"Did you mean '{nearest[0]}'?" if nearest else f"There are: {', '.join(CATALOGUE)}."
    raise UnknownPitfall(f"There is no pitfall called '{slug}'. {hint}")
