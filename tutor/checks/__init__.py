"""Is this gradient right, and where not. For any loss of NumPy arrays, wherever it is computed."""

from tutor.checks.check import check_gradients
from tutor.checks.compare import max_relative_error, ratio, relative_error
from tutor.checks.full import full_gradient
from tutor.checks.losses import InPlace, Losses, Question
from tutor.checks.pattern import Kind, Pattern, pattern
from tutor.checks.result import Entry, GradientCheck, Outcome, TensorCheck

__all__ = [
    "Entry",
    "GradientCheck",
    "InPlace",
    "Kind",
    "Losses",
    "Outcome",
    "Pattern",
    "Question",
    "TensorCheck",
    "check_gradients",
    "full_gradient",
    "max_relative_error",
    "pattern",
    "ratio",
    "relative_error",
]
