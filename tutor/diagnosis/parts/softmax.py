"""A softmax, examined: rows of logits in, rows of probabilities out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Question, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.parts.shapes import two_batches
from tutor.diagnosis.proof import Proof, advice, is_close, proof
from tutor.nets import sigmoid, softmax

_FAR = 1000.0  # apart, two rows' logits have nothing left to say to each other
_LARGE = np.array([[1010.0, 1000.0, 990.0]])
_WHOLE_NUMBERS = np.array([[1, 2, 3], [3, 1, 1]])


@dataclass(frozen=True, slots=True)
class Softmax:
    """What a softmax gave for each of the logits it was asked for."""

    one: NDArray[np.float64]
    batches: tuple[NDArray[np.float64], ...]
    of_one: Observed
    of_batches: tuple[Observed, ...]
    of_square: Observed
    of_large: Observed
    of_far: Observed
    of_whole_numbers: Observed

    @property
    def takes_one(self) -> bool:
        """Tell whether it is right for a single row."""
        return is_close(self.of_one.array(), softmax(self.one))

    @property
    def takes_batches(self) -> bool:
        """Tell whether it is right for rows of a batch."""
        pairs = zip(self.of_batches, self.batches, strict=True)
        return all(is_close(found.array(), softmax(x)) for found, x in pairs)

    @property
    def takes_columns(self) -> bool:
        """Tell whether it takes each column of a batch for a sample."""
        pairs = zip(self.of_batches, self.batches, strict=True)
        return all(is_close(found.array(), softmax(x.T).T) for found, x in pairs)


def ask_softmax(student: Student, definition: Definition, rng: np.random.Generator) -> Softmax:
    """Ask a softmax for one row, for two batches, and for logits that are hard."""
    one = rng.normal(size=4)
    first, second = two_batches(rng)
    batches = (rng.normal(size=first), rng.normal(size=second))
    square = rng.normal(size=(4, 4))
    far = rng.normal(size=(2, 4)) + np.array([[0.0], [_FAR]])
    asked: list[Any] = [one, *batches, square, _LARGE, far, _WHOLE_NUMBERS]
    found = student.several([Question(definition.expression, (x,)) for x in asked])
    return Softmax(one, batches, found[0], tuple(found[1:3]), *found[3:])


def is_softmax(found: Softmax) -> bool:
    """Tell whether a function is a softmax of one row, whatever it makes of a batch."""
    return found.takes_one or found.takes_batches


def faults(found: Softmax) -> Iterator[Proof]:
    """Yield what the figures prove; the core first, then what is hard."""
    if not found.takes_batches:
        yield from _core(found)
    yield from _hard(found)
    changed = [o for o in (found.of_one, *found.of_batches) if o.changed]
    if changed:
        yield advice(
            "softmax-mutates-input", "arguments changed by a call", 1, len(changed[0].changed)
        )


def _core(found: Softmax) -> Iterator[Proof]:
    x, of = found.batches[0], found.of_batches[0]
    y = of.array()
    if y is None:
        yield from _refused(found)
    elif y.shape != x.shape:
        yield proof("", f"shape of softmax of a {x.shape} batch", str(x.shape), str(y.shape))
    elif all(
        is_close(o.array(), _whole(b)) for o, b in zip(found.of_batches, found.batches, strict=True)
    ):
        rows = float(y.sum(axis=1)[0])
        yield proof(
            "softmax-whole-batch", "sum of the first row of y", float(_whole(x)[0].sum()), rows
        )
    elif _sums_to_one_in_all(found):
        rows = float(y.sum(axis=1)[0])
        yield proof(
            "softmax-whole-batch",
            f"sum of all of y, where {len(x)} rows should give {len(x)}",
            1.0,
            float(y.sum()),
        )
    elif found.takes_columns or is_close(y.sum(axis=0), np.ones(y.shape[1])):
        column = float(y.sum(axis=0)[0])
        yield proof("softmax-wrong-axis", "sum of the first column of y", 1.0, column)
    elif is_close(y, sigmoid(x)):
        yield proof("softmax-is-sigmoid", "y[0, 0]", float(sigmoid(x)[0, 0]), float(y[0, 0]))
    elif is_close(y, softmax(softmax(x))):
        yield proof("squashed-twice", "y[0, 0]", float(softmax(softmax(x))[0, 0]), float(y[0, 0]))
    elif found.takes_one:
        right = np.asarray(softmax(x), np.float64)
        yield unnamed("y", y, right, x, beside="softmax of the logits")
    else:
        yield _denominator(found, y)


def _denominator(found: Softmax, y: NDArray[np.float64]) -> Proof:
    """Return what is wrong where the rows keep their shape and lose their sum."""
    x = found.batches[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = y / softmax(x)
    rows = float(y.sum(axis=1)[0])
    if bool(np.all(np.ptp(scale, axis=1) <= 1e-6 * np.abs(scale).max(axis=1))):
        for predicted in _row_sums(x):
            if is_close(rows, predicted, 1e-4):
                what = "sum of the first row of y"
                return proof("softmax-wrong-denominator", what, predicted, rows)
        what = "factor between y and the right one, how much it varies within a row"
        return proof("softmax-wrong-denominator", what, 0.0, 0.0)
    right = np.asarray(softmax(x), np.float64)
    return unnamed("y", y, right, x, beside="softmax of the logits")


def _row_sums(x: NDArray[np.float64]) -> Iterator[float]:
    """Yield what the first row sums to with each of the denominators that people write."""
    row, top = x[0], float(np.max(x[0]))
    exp, shifted = np.exp(row), np.exp(row - top)
    for above in (shifted.sum(), exp.sum()):
        below = (
            row.sum(),
            (row - top).sum(),
            (exp - top).sum(),
            exp.sum() - top,
            (shifted - top).sum(),
            shifted.max(),
            exp.max(),
            exp.sum(),
            shifted.sum(),
            top,
            row.size,
        )
        yield from (float(above / value) for value in below if value)


def _refused(found: Softmax) -> Iterator[Proof]:
    """Yield why a batch cannot be taken at all."""
    of = found.of_batches[0]
    text = of.text
    n, k = found.batches[0].shape
    what, told = f"softmax of a ({n}, {k}) batch", f"{of.raised}: {text}"
    if not of.raised:
        if of.value is None:
            yield proof("returns-none", "what softmax returns", "None", "None")
    elif "ambiguous" in text:
        wanted = "ValueError: The truth value of an array with more than one element is ambiguous"
        yield proof("builtin-max-sum", what, wanted, told)
    elif "broadcast" in text and found.of_square.array() is not None:
        why = f"operands could not be broadcast together with shapes ({n},{k}) ({n},)"
        wanted = f"ValueError: {why}"
        yield proof("softmax-missing-keepdims", what, wanted, told)
    elif "reshape" in text:
        yield proof("hard-coded-batch", what, "ValueError: cannot reshape array", told)
    else:
        yield proof("crash", what, of.raised, told)


def _hard(found: Softmax) -> Iterator[Proof]:
    ordinary = [of.array() for of in (found.of_one, *found.of_batches)]
    if not any(y is not None and np.all(np.isfinite(y)) for y in ordinary):
        return
    large = found.of_large.array()
    if large is not None and not np.all(np.isfinite(large)):
        with np.errstate(all="ignore"):
            predicted = float((np.exp(_LARGE) / np.sum(np.exp(_LARGE)))[0, 0])
        first = float(large.reshape(-1)[0])
        yield proof("softmax-overflow", "softmax([1010, 1000, 990])[0]", predicted, first)
        return
    far = found.of_far.array()
    if far is not None and found.takes_batches and np.isnan(far[-1]).any():
        yield proof("softmax-overflow", "largest y in a row of logits near 1000", np.nan, np.nan)
        return
    if found.takes_batches and far is not None and not np.all(np.isfinite(far)):
        what = "rows of y that are nan, where two rows lie 1000 apart"
        yield proof("softmax-global-max", what, 1, int(np.isnan(far).any(axis=1).sum()))
    whole = found.of_whole_numbers.array()
    if (found.takes_one or found.takes_batches) and whole is not None and not whole.any():
        yield proof("integer-result", "largest y for logits that are integers", 0.0, 0.0)


def _sums_to_one_in_all(found: Softmax) -> bool:
    """Tell whether all of y sums to 1, whatever was subtracted before the exponential."""
    sums = [of.array() for of in found.of_batches]
    return all(y is not None and np.all(y >= 0) and is_close(float(y.sum()), 1.0) for y in sums)


def _whole(x: NDArray[np.float64]) -> NDArray[np.float64]:
    exp = np.exp(x - np.max(x))
    return np.asarray(exp / np.sum(exp))
