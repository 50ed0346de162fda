"""What becomes of weights, and of the loss, at each step of a student's training."""

from __future__ import annotations

import ast
import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside import space, watching

_ROUNDS = 8  # of one function, of which the loss is taken
_LABELS = 24
_FIRST, _EACH = 50, 8  # updates at one place, of which each is looked at, then each eighth
_HUGE = 1e4  # times what it was, or 1
_SMALL = 1e-4  # of a step, for its slope
_DEPTH = 4
_MOST = 60


@dataclass(slots=True)
class _Moved:
    """An array as it was before an update of it."""

    now: NDArray[Any]
    before: NDArray[Any]


@dataclass(slots=True)
class Steps:
    """Looks on while a student's program updates its weights.

    Attributes
    ----------
    pairs : sequence of (loss, gradient)
    light : bool
        Ask no loss, and for no holder of an array; look on only while `awake`.
    labels : dict
        For each updated array: ``site``, ``shape``, how often it was updated (``visits``),
        whether it was all zeros at first (``zero``), whether it ever ``moved``, whether the
        update put another array in its place (``rebound``), who went on holding the old one
        (``holders``), after how many updates it was NaN or 10,000 times what it was (``bad``, 0
        for never).
    rounds : list
        For each step: ``loss`` of the same data before and after it, its ``slope`` (the change
        of the loss along the step, to first order), ``size``: the step's squared length, and
        the learning ``rate``, and the ``sites`` of its updates.
    """

    pairs: Sequence[tuple[str, str]]
    light: bool = False
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    _moved: dict[str, _Moved] = field(default_factory=dict)
    _old: tuple[str, Any, Any, list[tuple[str, Any, Any]]] | None = None
    _ask: Callable[[], float] | None = None
    _loss: float = float("nan")
    _learning: float = float("nan")
    _busy: bool = False
    _code: CodeType | None = None
    _counts: Counter[CodeType] = field(default_factory=Counter)
    _visits: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Rest, if it is not to look on all the time."""
        self._busy = self.light

    @contextlib.contextmanager
    def awake(self) -> Iterator[None]:
        """Look on for a while."""
        self._busy = False
        try:
            yield
        finally:
            self.close()
            self._busy = True

    def before(self, site: int, target: str, rates: Sequence[str]) -> None:
        """Note an array that is about to be updated, unless nothing there is a learning rate."""
        self._old = None
        if self._busy or (self.light and self._is_known(site)):
            return
        frame = sys._getframe(1)
        value = _value(target, frame)
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or not value.ndim:
            return
        rate = _rate(rates, frame)
        if rates and rate is None:
            return
        self._learning = rate or float("nan")
        label = _label(site, target, value, frame)
        if label in self._moved or frame.f_code is not self._code:
            self.close()
        self._code = frame.f_code
        if not self.light and not self._moved and self._counts[self._code] < _ROUNDS:
            self._counts[self._code] += 1
            self._ask = self._objective()
            self._loss = self._asked(self._ask)
        is_new = label not in self.labels and not self.light
        held = list(_holders(value, frame)) if is_new else []
        self._old = (label, value, value.copy(), held)
        if label not in self.labels and len(self.labels) < _LABELS:
            self.labels[label] = _first(site, target, value)

    def _is_known(self, site: int) -> bool:
        """Tell whether an update was looked at so often that this time may be left out."""
        self._visits[site] += 1
        return self._visits[site] > _FIRST and bool(self._visits[site] % _EACH)

    def after(self, site: int, target: str) -> None:
        """Note what the update did to it."""
        if self._old is None:
            return
        label, old, before, held = self._old
        now = _value(target, sys._getframe(1))
        self._old = None
        found = self.labels.get(label)
        if not isinstance(now, np.ndarray) or found is None or now.shape != before.shape:
            return
        found["visits"] += 1
        found["moved"] = found["moved"] or not np.array_equal(now, before, equal_nan=True)
        largest = float(np.max(np.abs(now), initial=0.0))
        if not largest <= _HUGE * found["scale"] and not found["bad"]:
            found["bad"] = found["visits"]
        if now is not old and not np.shares_memory(now, old):
            found["rebound"] = True
            left = [path for path, owner, key in held if _item(owner, key) is not now]
            found["holders"] = found["holders"] or left[:4]
        if self._moved.setdefault(label, _Moved(now, before)).now is not now:
            self._moved[label].now = now

    def close(self) -> None:
        """End a step: take the loss of its data once more."""
        sites = sorted({self.labels[label]["site"] for label in self._moved})
        moved, self._moved = list(self._moved.values()), {}
        ask = self._ask
        if not moved or ask is None:
            return
        after = self._asked(ask)
        size = sum(float(np.sum((m.now - m.before) ** 2)) for m in moved)
        ends = [m.now.copy() for m in moved]
        sides = []
        for share in (_SMALL, -_SMALL):
            for m, end in zip(moved, ends, strict=True):
                m.now[...] = m.before + share * (end - m.before)
            sides.append(self._asked(ask))
        for m, end in zip(moved, ends, strict=True):
            m.now[...] = end
        self._ask = None
        slope = (sides[0] - sides[1]) / (2 * _SMALL)
        if np.isnan([self._loss, after]).all():
            return
        figures = {"slope": slope, "size": size, "rate": self._learning, "sites": sites}
        self.rounds.append({"loss": (self._loss, after), **figures})

    def found(self) -> dict[str, Any]:
        """Return what was seen."""
        return {"labels": list(self.labels.values()), "rounds": self.rounds}

    def _asked(self, ask: Callable[[], float] | None) -> float:
        """Return a loss without using up the program's random numbers; NaN if there is none."""
        if ask is None:
            return float("nan")
        state, calls = np.random.get_state(), dict(watching.calls)
        self._busy = True
        try:
            value: Any = ask()
            return float(value[0] if isinstance(value, tuple) else value)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            return float("nan")
        finally:
            self._busy = False
            np.random.set_state(state)
            watching.calls.clear()
            watching.calls.update(calls)

    def _objective(self) -> Callable[[], float] | None:
        """Return the loss of the data that the last gradient was taken for."""
        for name in reversed(list(watching.calls)):
            for loss, gradient in self.pairs:
                if name in (gradient, loss):
                    args, kwargs = watching.calls[name]
                    function = _function(loss, args)
                    if function is not None:
                        return lambda: function(*args, **kwargs)
        return None


def _first(site: int, target: str, value: NDArray[Any]) -> dict[str, Any]:
    return {
        "site": site,
        "target": target,
        "shape": value.shape,
        "zero": not value.any(),
        "scale": max(1.0, float(np.max(np.abs(value), initial=0.0))),
        "visits": 0,
        "moved": False,
        "rebound": False,
        "holders": [],
        "bad": 0,
    }


def _function(name: str, args: tuple[Any, ...]) -> Callable[..., Any] | None:
    owner, _, method = name.rpartition(".")
    if owner:
        return getattr(type(args[0]), method, None) if args else None
    held = (names.get(method) for names in space.modules.values())
    return next((value for value in held if callable(value)), None)


def _rate(rates: Sequence[str], frame: FrameType) -> float | None:
    """Return the first of some expressions that is one number."""
    for text in rates:
        value = _value(text, frame)
        if isinstance(value, int | float | np.number) and not isinstance(value, bool):
            return float(value)
    return None


def _value(target: str, frame: FrameType) -> Any:
    try:
        return eval(space.compiled(target), frame.f_globals, frame.f_locals)
    except Exception:  # the statement itself will raise it
        return None


def _label(site: int, target: str, value: NDArray[Any], frame: FrameType) -> str:
    """Return what tells an updated array from the others of its statement: who holds it where."""
    owner, index, name = _parts(target)
    if index:
        return f"{site}:{id(_value(owner, frame))}[{_value(index, frame)!r}]"
    if name:
        return f"{site}:{id(_value(owner, frame))}.{name}"
    return f"{site}:{id(value)}"


@lru_cache(maxsize=256)
def _parts(target: str) -> tuple[str, str, str]:
    """Return a target's owner, its index and its attribute, each empty where it has none."""
    node = ast.parse(target, mode="eval").body
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value), ast.unparse(node.slice), ""
    if isinstance(node, ast.Attribute):
        return ast.unparse(node.value), "", node.attr
    return "", "", ""


def _item(owner: Any, key: Any) -> Any:
    try:
        return vars(owner)[key] if isinstance(key, _Attribute) else owner[key]
    except (LookupError, TypeError):
        return None


class _Attribute(str):
    """The name of an attribute, not of an item."""


def _holders(value: NDArray[Any], frame: FrameType | None) -> Iterator[tuple[str, Any, Any]]:
    """Yield who holds an array: expression, owner, and the key or attribute."""
    roots: dict[str, Any] = {}
    while frame is not None:
        if frame.f_code.co_filename in space.files:
            roots = {**frame.f_locals, **roots}
        frame = frame.f_back
    for names in space.modules.values():
        roots = {**names, **roots}
    seen: set[int] = set()
    waiting = [(name, item, _DEPTH) for name, item in roots.items() if not name.startswith("__")]
    while waiting:
        path, owner, left = waiting.pop(0)
        if id(owner) in seen or left < 0 or isinstance(owner, type | ModuleType | np.ndarray):
            continue
        seen.add(id(owner))
        for child, item, key in _items(path, owner):
            if item is value and isinstance(key, _Attribute):
                yield child, owner, key
            elif item is not None and not isinstance(item, np.ndarray | str | int | float):
                waiting.append((child, item, left - 1))


def _items(path: str, owner: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(owner, dict):
        yield from ((f"{path}[{key!r}]", item, key) for key, item in list(owner.items())[:_MOST])
    elif isinstance(owner, list | tuple):
        yield from ((f"{path}[{i}]", item, i) for i, item in enumerate(owner[:_MOST]))
    elif isinstance(getattr(owner, "__dict__", None), dict):
        held = list(vars(owner).items())[:_MOST]
        yield from ((f"{path}.{name}", item, _Attribute(name)) for name, item in held)
