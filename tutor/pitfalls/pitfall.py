"""What the catalogue says of one pitfall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Part(Enum):
    """The part of the nets that a pitfall is a wrong variant of."""

    DIFFERENTIATOR = "differentiator"
    SOFTMAX = "softmax"
    LOSS = "loss"
    BACKWARD = "backward"
    TRAINING = "training"


class Severity(Enum):
    """What a pitfall does to the file that it is found in."""

    ERROR = "error"
    """The file's own gradients, loss or training come out wrong."""

    ADVICE = "advice"
    """A trap that does no harm there."""


@dataclass(frozen=True, slots=True)
class Pitfall:
    """One mistake that learners make, executable.

    Attributes
    ----------
    slug : str
        Its name everywhere: in reports, in links to lessons, in tests.
    part : Part
        What it is a wrong variant of.
    sentence : str
        What the code does and what comes of it, for the learner.
    severity : Severity
        What it is as long as no run of the file shows more or less harm.
    lesson : str
        The slug of the lesson that teaches it; empty while there is none.
    wrong, right : function or class
        The variant, and the part it stands in for: they are called alike.
    signature : function
        Predicts the figure that gives the pitfall away, before anything is measured. Its
        docstring says which figure, from what, and where that was measured first.
    """

    slug: str
    part: Part
    sentence: str
    severity: Severity
    lesson: str
    wrong: Callable[..., Any]
    right: Callable[..., Any]
    signature: Callable[..., float]
