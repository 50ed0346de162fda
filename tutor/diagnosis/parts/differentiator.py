"""A numerical gradient, examined: at which points it asks f, what it makes of the answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Asked, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.proof import Proof, advice, is_close, proof
from tutor.pitfalls import Severity

# f is the sum of c0 + c1 x + c2 x**2 + c3 x**3 over all elements: no slope of it is 0 by chance.
_POWERS = np.array([0.31, 0.7, 1.3, 0.25])
_BEST = 6e-6  # the step at which a central difference of float64 errs least
_BEST_UPWARDS = 1e-6  # upwards only: between what rounding and what the curve allows
_FAIR, _POOR = 2.0, 2.3  # decades from the best: up to which it is fair, from which it is wrong


@dataclass(frozen=True, slots=True)
class Slopes:
    """What a differentiator did for one x."""

    x: NDArray[np.float64]
    asked: Asked

    @property
    def true(self) -> NDArray[np.float64]:
        """Return the slopes in closed form."""
        x = self.x.astype(float)
        return np.asarray(sum(k * c * x ** (k - 1) for k, c in enumerate(_POWERS) if k))

    @property
    def found(self) -> NDArray[np.float64] | None:
        """Return the slopes that it gave; one number for an x of one element has its shape."""
        given = self.asked.result.array()
        one_each = given is not None and given.size == self.x.size == 1
        return given.reshape(self.x.shape) if given is not None and one_each else given

    @property
    def is_right(self) -> bool:
        """Tell whether they are right, as far as a fair step allows."""
        return is_close(self.found, self.true, 2e-4)

    @property
    def step(self) -> float:
        """Return the largest distance that an element was moved: h."""
        moved = np.abs(self.moves)
        return float(moved.max(initial=0.0))

    @property
    def moves(self) -> NDArray[np.float64]:
        """Return how far x was moved at each point, shape (points, *x.shape)."""
        points = self.asked.points
        if points.ndim != self.x.ndim + 1 or points.shape[1:] != self.x.shape:
            return np.zeros((0, *self.x.shape))
        return np.asarray(points - self.x)


@dataclass(frozen=True, slots=True)
class Differentiator:
    """What a differentiator did for a vector, a matrix, integers, and an x of one element."""

    vector: Slopes
    matrix: Slopes
    integers: Slopes
    single: Slopes
    pair: Slopes
    has_complex: bool = False
    is_gradient: bool = False
    """Whether it is called one, and so should give a slope for each element."""

    @property
    def moves_all(self) -> bool:
        """Tell whether all elements are moved together: a derivative for one x, not a gradient."""
        moves = self.vector.moves
        found = self.vector.found
        if self.vector.step == 0.0 and found is not None and found.ndim == 0:
            return True  # it would, if its step were not lost
        counts = np.count_nonzero(moves, axis=1) if len(moves) else np.zeros(1)
        return bool(np.any(counts == self.vector.x.size)) and not bool(np.any(counts == 1))

    @property
    def is_right(self) -> bool:
        """Tell whether vectors and matrices both come out right and are left as they were."""
        return self.vector.is_right and self.matrix.is_right


def ask_differentiator(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Differentiator:
    """Ask a differentiator for the slopes of a polynomial at three points."""
    points = [rng.uniform(0.5, 2.0, shape) for shape in (3, (2, 3), 1)]
    for falling in (points[0][1:2], points[2]):  # where f rises, its absolute value is no other
        falling[...] = rng.uniform(-1.6, -0.8, 1)
    points.insert(2, np.array([3, 4]))
    order = "xf" if _array_first(definition) else "fx"
    name = definition.expression
    if definition.gives_function and ":" not in name:
        name = f"(lambda f, x: {name}(f)(x))"
    points.append(rng.uniform(0.5, 2.0, 2))
    vector, matrix, integers, single, pair = (
        Slopes(x, student.differentiate(name, x, _POWERS, order)) for x in points
    )
    called_one = "grad" in definition.name.lower()
    given = (vector, matrix, integers, single, pair)
    return Differentiator(*given, _has_complex(definition), called_one)


def is_differentiator(found: Differentiator) -> bool:
    """Tell whether f was asked at all."""
    return found.vector.asked.asked > 0 or found.matrix.asked.asked > 0


def faults(found: Differentiator) -> Iterator[Proof]:
    """Yield what the figures prove."""
    if found.vector.step == 0.0 and found.vector.asked.asked and found.has_complex:
        what = "distance that x moves for a step of 1j * h"
        yield proof("complex-step-into-float", what, 0.0, found.vector.step)
        return
    vector = found.single if found.moves_all else found.vector
    if found.moves_all and found.is_gradient:
        yield from _one_number(found.vector)
    core = list(_core(vector))
    if found.pair.is_right and not any(p.pitfall for p in core) and core:
        return  # written for two variables, and right for two
    yield from core
    if not core:
        yield from _leaves(vector)
        yield from _step(vector)
    if not core and not found.moves_all:
        yield from _matrix(found)
    if (
        not core
        and not found.moves_all
        and not found.integers.is_right
        and found.integers.found is not None
    ):
        first = float(found.integers.found.flat[0])
        predicted = _truncated(found)
        yield advice("integer-array", "slope at np.array([3, 4])[0]", predicted, first)


def _one_number(of: Slopes) -> Iterator[Proof]:
    """Yield that one number comes out for a vector: the file has to show that that is wrong."""
    num = of.found
    if num is not None and num.ndim == 0:
        told = float(of.true.sum()), float(num)
        yield proof("steps-all-coordinates", "the one number returned", *told)


def _has_complex(definition: Definition) -> bool:
    constants = (n.value for n in ast.walk(definition.node) if isinstance(n, ast.Constant))
    return any(isinstance(value, complex) for value in constants)


def _core(of: Slopes) -> Iterator[Proof]:
    """Yield what is wrong with the slopes of a vector."""
    num, true, h = of.found, of.true, of.step
    result = of.asked.result
    if num is None:
        yield from _no_slopes(of)
        return
    if of.asked.asked == 0:
        what = "times that f is asked for 3 slopes"
        yield proof("differentiates-another-function", what, 0, 0)
        return
    if num.shape != of.x.shape:
        yield from _other_shape(of, num)
        return
    if of.is_right:
        return
    if result.line and not num.any():
        return
    yield from _scaled(of, num, true, h)


def _no_slopes(of: Slopes) -> Iterator[Proof]:
    result = of.asked.result
    if result.raised:
        evidence = (Evidence("slopes", result.raised, f"{result.raised}: {result.text}"),)
        yield Proof("crash", evidence, module=result.module, line=result.line)
    elif result.value is None:
        yield proof("returns-none", "what it returns", "None", "None")


def _other_shape(of: Slopes, num: NDArray[np.float64]) -> Iterator[Proof]:
    if num.ndim == 0:
        total = float(of.true.sum())
        yield proof("steps-all-coordinates", "the one number returned", total, float(num))
    else:
        what = "shape of the slopes of a (3,) x"
        wrong = (3, 1) if num.shape == (3, 1) else (1, 3)
        yield proof("reshapes-result", what, str(wrong), str(num.shape))


def _scaled(
    of: Slopes, num: NDArray[np.float64], true: NDArray[np.float64], h: float
) -> Iterator[Proof]:
    """Yield which formula the slopes come from, in place of the right one."""
    up, down = _values_up_and_down(of)
    if not num.any():
        yield from _zeros(of, h)
        return
    ratio = num / true
    few = int(np.count_nonzero(num))
    if few < num.size and of.asked.asked <= 2 * num.size and few <= 1:
        yield proof("returns-early", "slopes other than 0, of 3", 1, few)
        return
    named = (
        ("step-precedence", "slope over the true one", h * h, true * h * h),
        ("step-precedence", "slope over the true one", 0.25, true / 4),
        ("sum-not-difference", "first slope", None, (up + down) / (2 * h) if h else None),
        ("sum-not-difference", "first slope", None, (up + down) / h if h else None),
        ("missing-parentheses", "first slope", None, up - down / h if h else None),
        ("missing-parentheses", "first slope", None, up - down / (2 * h) if h else None),
        ("divides-by-x", "first slope", None, (up - down) / (2 * of.x)),
    )
    for slug, what, predicted, formula in named:
        if formula is not None and is_close(num, formula, 1e-3):
            first = float(ratio[0]) if predicted is not None else float(num[0])
            told = predicted if predicted is not None else float(np.asarray(formula)[0])
            yield proof(slug, what, told, first)
            return
    central = h > 0 and is_close(num, (up - down) / (2 * h), 1e-3)
    if central or is_close(num, true, 0.2):
        return  # the step decides: see `_step`
    yield unnamed("what it returns", num, true, of.x, beside="the true slope")


def _zeros(of: Slopes, h: float) -> Iterator[Proof]:
    if h == 0.0 or bool(np.all(np.abs(of.moves) < 1e-15)):
        yield proof("step-underflow", "distance that x moves", 0.0, h)
    elif of.asked.asked <= 2:
        yield proof("returns-early", "times that f is asked for 3 slopes", 2, of.asked.asked)
    elif _twice_alike(of):
        told = proof("", "points at which f is asked for one slope", 2.0, 1.0)
        words = "Both values of f are taken at the same point, so every slope is exactly 0."
        yield replace(told, sentence=words)
    else:  # f was asked at the right points, and nothing was kept of it
        yield proof("returns-early", "slopes other than 0, of 3", 0, 0)


def _twice_alike(of: Slopes) -> bool:
    """Tell whether f is asked twice in a row at each of its points, moved, and nowhere else."""
    moves = of.moves
    pairs = moves[: len(moves) // 2 * 2].reshape(-1, 2, *of.x.shape)
    return len(pairs) > 1 and bool(moves.any()) and np.array_equal(pairs[:, 0], pairs[:, 1])


def _values_up_and_down(of: Slopes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return f above and below x for the step that was taken, element by element."""
    h = of.step
    base = float(sum(np.sum(c * of.x**k) for k, c in enumerate(_POWERS)))

    def at(step: float) -> NDArray[np.float64]:
        moved = sum(c * ((of.x + step) ** k - of.x**k) for k, c in enumerate(_POWERS))
        return np.asarray(base + moved)

    return at(h), at(-h)


def _leaves(of: Slopes) -> Iterator[Proof]:
    """Yield what became of x."""
    drift = np.asarray(of.asked.after, float) - of.x
    if drift.any() and drift.shape == of.x.shape:
        h = float(np.copysign(of.step, drift[0]))
        yield proof("no-restore", "drift of x[0] after the call", h, float(drift[0]))


def _step(of: Slopes) -> Iterator[Proof]:
    """Yield what the step itself does."""
    moves, h = of.moves, of.step
    if not len(moves) or of.found is None:
        return
    if of.x.size > 1 and of.asked.asked >= of.x.size**2 + of.x.size:
        yield advice("quadratic-cost", "times that f is asked for 3 slopes", 18, of.asked.asked)
    upwards = not np.any(moves < 0) and bool(np.any(moves > 0))
    best, fair, poor = (_BEST_UPWARDS, 3.0, 3.3) if upwards else (_BEST, _FAIR, _POOR)
    decades = abs(np.log10(h / best)) if h > 0 else np.inf
    if decades > fair:
        error = float(np.max(np.abs((of.found - of.true) / of.true)))
        severity = Severity.ERROR if decades > poor else Severity.ADVICE
        what = "largest relative error of the slopes, as a power of ten"
        powers = (float(np.round(np.log10(max(e, 1e-17)))) for e in (_expected(of), error))
        evidence = (Evidence(what, *powers),)
        yield Proof("bad-step-size", evidence, severity)
    elif upwards and np.all(np.count_nonzero(moves, axis=tuple(range(1, moves.ndim))) <= 1):
        second = 2 * _POWERS[2] + 6 * _POWERS[3] * of.x
        off = float((of.found - of.true).flat[0])
        what = "first slope minus the true one"
        told = float((h / 2 * second).flat[0]), off
        if h < _BEST_UPWARDS:  # rounding hides it
            what, told = "points below x at which f is asked", (0.0, 0.0)
        yield advice("forward-difference", what, *told)


def _expected(of: Slopes) -> float:
    """Return the relative error that a step leaves: of the curve, or of rounding."""
    h, x = of.step, of.x
    third = 6 * _POWERS[3]
    value = float(sum(np.sum(c * x**k) for k, c in enumerate(_POWERS)))
    curve = h * h / 6 * third
    rounding = float(np.finfo(float).eps) * value / (2 * h)
    return float(np.max(max(curve, rounding) / np.abs(of.true)))


def _truncated(found: Differentiator) -> float:
    """Return the first slope of an array of integers: 3 + h is 3 there, and 3 - h is 2."""
    h = found.vector.step
    moves = found.vector.moves
    x = int(found.integers.x.flat[0])
    change = float(sum(c * (x**k - (x - 1) ** k) for k, c in enumerate(_POWERS)))
    return float(np.trunc(change / (2 * h))) if h and np.any(moves < 0) else 0.0


def _matrix(found: Differentiator) -> Iterator[Proof]:
    """Yield what a matrix shows that a vector does not."""
    of = found.matrix
    if of.is_right or not found.vector.is_right:
        return
    num, result = of.found, of.asked.result
    rows = of.x.shape[0]
    if num is None and result.raised:
        told = f"{result.raised}: {result.text}"
        what = "slopes of a (2, 3) x"
        yield advice("one-d-loop-on-matrix", what, f"IndexError: index {rows}", told)
    elif num is not None and num.shape == of.x.shape:
        half = np.broadcast_to(of.true.sum(axis=1, keepdims=True) / 2, of.x.shape)
        if is_close(num, half, 1e-3):
            yield proof("row-view", "first slope", float(half[0, 0]), float(num[0, 0]))
        elif is_close(num, 2 * half, 1e-3):
            yield proof("row-view", "first slope", float(2 * half[0, 0]), float(num[0, 0]))


def _array_first(definition: Definition) -> bool:
    names = [name.lower() for name in definition.parameters[:2]]
    functions = ("f", "func", "fn", "function", "fct", "fonction", "loss", "cost", "g")
    return len(names) == 2 and names[1] in functions and names[0] not in functions
