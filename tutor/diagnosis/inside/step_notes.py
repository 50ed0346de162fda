"""What one run of a training step writes down: its updates, its losses, what it held at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Note:
    """One update: the array, what it would have become, and whether that was odd."""

    weight: Any
    gradient: Any
    scalar: float
    rate: float | None
    sign: int
    line: int
    odd: bool = False


class Run:
    """What the tools in the student's names write down while a step runs."""

    current: ClassVar[list[Run]] = []

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.losses: dict[int, float] = {}
        self.end: dict[str, Any] = {}
        self.asking = False

    def update(self, line: int, weight: Any, factors: Any, rate: int, sign: int) -> Any:
        """Note an update and return the weight as it was; do what is none."""
        arrays = [(op, f) for op, f in factors if np.ndim(f) > 0]
        is_weight = isinstance(weight, np.ndarray) and weight.dtype.kind == "f"
        if is_weight and self.asking:
            return weight  # a loss that takes a step of its own
        if not is_weight:
            return _moved(weight, factors, sign)
        arrays, scalars, odd = _parted(factors, rate, arrays)
        gradient: Any = 1.0
        for _, factor in arrays:
            gradient = gradient * np.asarray(factor, float)
        known = [float(f) if op == "*" else 1 / float(f) for op, f in scalars]
        size = _rate_of(factors, rate)
        if size is None and len(known) == 1:
            size, known = known[0], []
        scalar = float(np.prod(known)) if known else 1.0
        way = sign if size is None or size >= 0 else -sign
        self.notes.append(Note(weight, np.array(gradient), scalar, size, way, line, odd))
        return weight

    def loss(self, number: int, ask: Callable[[], Any]) -> None:
        """Note a loss, if there is one to be had."""
        self.asking = True
        try:
            value = ask()
            while isinstance(value, tuple | list) and value:
                value = value[0]
            if np.size(value) == 1:
                self.losses[number] = float(np.asarray(value).reshape(()))
        except Exception:  # a loss that cannot be had is none
            return
        finally:
            self.asking = False

    def result(
        self, value: Any, given: Sequence[Any], names: Sequence[str], args: Sequence[str]
    ) -> None:
        """Note what a call gave back as if its gradients were subtracted with a rate of 1."""
        for weight, gradient in paired(value, given, names, args):
            self.notes.append(Note(weight, np.array(gradient, float), 1.0, 1.0, -1, 0))

    def ended(self, names: dict[str, Any], parts: Mapping[str, Callable[[], Any]]) -> None:
        """Note the names that the step ended with, and parts of its arrays."""
        self.end = dict(names)
        for text, ask in parts.items():
            try:
                self.end[text] = ask()
            except Exception:  # what cannot be had has no shape
                continue

    @property
    def told(self) -> dict[int, float]:
        """Return the losses, and under -1 a number that changes with any gradient."""
        size = sum(float(np.sum(np.square(note.gradient))) for note in self.notes)
        return {**self.losses, -1: size}


def _parted(factors: Any, rate: int, arrays: list[Any]) -> tuple[list[Any], list[Any], bool]:
    odd = any(op == "/" for op, _ in arrays)
    scalars = [(op, f) for i, (op, f) in enumerate(factors) if np.ndim(f) == 0 and i != rate]
    if not arrays:  # a weight that is one number, or a vector moved by one
        others = [i for i in range(len(factors)) if i != rate and factors[i][0] == "*"]
        last = others[-1] if others else 0
        arrays = [factors[last]]
        scalars = [pair for i, pair in enumerate(factors) if i not in (rate, last)]
    return arrays, scalars, odd


def _rate_of(factors: Any, rate: int) -> float | None:
    if rate < 0 or np.ndim(factors[rate][1]) > 0:
        return None
    return float(factors[rate][1])


def _moved(weight: Any, factors: Any, sign: int) -> Any:
    value: Any = 1
    for op, factor in factors:
        value = value * factor if op == "*" else value / factor
    return weight + value if sign > 0 else weight - value


def paired(
    value: Any, given: Sequence[Any], names: Sequence[str], args: Sequence[str]
) -> Iterator[tuple[Any, Any]]:
    """Yield (weight, gradient) for what a call gave back, by name or in order."""
    if (
        isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict | list | tuple)
    ) or (isinstance(value, tuple) and len(value) == 2 and np.ndim(value[0]) == 0):
        value = value[1]
    held = list(arrays("", dict(zip(args, given, strict=True))))
    gradients = list(arrays("", value))
    by_name: dict[str, Any] = {}
    for path, weight in held:
        by_name.setdefault(_plain(path), weight)
    wanted = [_plain(n) for n in names] if len(names) == len(gradients) else []
    if not wanted and isinstance(value, dict):
        wanted = [_plain(path) for path, _ in gradients]
    if wanted and all(name in by_name for name in wanted):
        yield from zip((by_name[n] for n in wanted), (g for _, g in gradients), strict=True)
        return
    shapes = [g.shape for _, g in gradients]
    for start in range(len(held) - len(shapes) + 1):
        part = [w for _, w in held[start : start + len(shapes)]]
        if shapes and [w.shape for w in part] == shapes:
            yield from zip(part, (g for _, g in gradients), strict=True)
            return


def arrays(path: str, value: Any, depth: int = 4) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays of floats in dicts, lists and objects, each with its path."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            yield path, value
    elif isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    elif isinstance(getattr(value, "__dict__", None), dict):
        items = vars(value).items()
    if depth:
        for key, item in items:
            yield from arrays(f"{path}.{key}", item, depth - 1)


def _plain(path: str) -> str:
    """Return the last part of a path without what marks a gradient: W1 of grads.dW1."""
    last = path.rpartition(".")[2].lower().replace("_", "")
    for start in ("grad", "d"):
        if last.startswith(start) and len(last) > len(start):
            return last.removeprefix(start)
    return last
