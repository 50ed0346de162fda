"""Notes how a student's own run uses the parts: with which shapes, on which arrays."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.space import copied, files, is_same, kept

_MOST_EVENTS = 60
_MOST_ELEMENTS = 2000  # of an array that is sent
_MOST_OF_ONE = 8  # calls of one part
_FIRST, _EACH = 24, 8  # after so many calls like others before only each eighth is looked at
_LONG = 300  # elements of x from which a differentiator is cut short
_ENOUGH = 40  # values of f, then

noted: list[dict[str, Any]] = []
"""What was seen, in the order in which it happened."""

_asked: list[bool] = []  # not empty once the judge is asking: what it does is no use of the file's
_seen: set[tuple[Any, ...]] = set()
_counts: Counter[str] = Counter()
_alike: Counter[str] = Counter()  # calls since the last that was noted

calls: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}
"""The arguments of the last call of each loss and gradient, the latest last."""

_open: list[int] = []


def watch_making(name: str, made: type) -> None:
    """Note with what a class was first made, for the judge to make another one like it."""
    begin: Callable[..., None] = getattr(made, "__init__")  # noqa: B009

    @functools.wraps(begin)
    def noted_begin(self: Any, *args: Any, **kwargs: Any) -> None:
        if type(self) is made:
            kept.setdefault(f"made_{name}", (args, kwargs))
        begin(self, *args, **kwargs)

    setattr(made, "__init__", noted_begin)  # noqa: B010 (a class takes it, mypy does not)


def stop() -> None:
    """Note nothing any more."""
    _asked.append(True)


class Enough(BaseException):
    """f was asked as often as was wanted. No ``except Exception`` of a student's stops it."""


def watch(name: str, role: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, noting the shapes that it is called with."""
    if not callable(function) or isinstance(function, type):
        return function
    if role == "differentiator":
        return _watch_slopes(name, function)
    if role == "call":
        return _watch_calls(name, function)

    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if _asked or _counts[name] >= _MOST_OF_ONE or len(noted) >= _MOST_EVENTS:
            return function(*args, **kwargs)
        _alike[name] += 1
        if _alike[name] > _FIRST and _alike[name] % _EACH:
            return function(*args, **kwargs)
        event: dict[str, Any] = {
            "what": role,
            "name": name,
            "shapes": tuple(_shape(arg) for arg in args),
            "line": _caller(),
            "args": [_short(arg) for arg in args],
            "raised": "",
            "text": "",
            "result": None,
        }
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            event.update(raised=type(error).__name__, text=str(error)[:300])
            _note(event, args)
            raise
        event["result"] = _sent(value)
        _note(event, args)
        return value

    return watched


def _note(event: dict[str, Any], args: tuple[Any, ...]) -> None:
    """Note a call, the first with such shapes, with such an end and from such a place.

    ``moved`` is how far it moved each argument, ``within`` whether it was made for a numerical
    gradient, ``shared`` whether it was given the very array that is being moved for that.
    """
    pairs = list(zip(event["args"], args, strict=True))
    event["moved"] = [_moved(before, after) for before, after in pairs]
    event["within"] = bool(_open)
    live = kept[f"live{_open[-1]}"] if _open else None
    arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
    event["shared"] = live is not None and any(np.shares_memory(a, live) for a in arrays)
    key = (event["name"], event["shapes"], event["raised"], _is_finite(event["result"]))
    state = (*key, tuple(map(bool, event["moved"])), event["within"], event["shared"])
    if state not in _seen:
        _seen.add(state)
        _counts[event["name"]] += 1
        _alike[event["name"]] = 0
        noted.append(event)


def _short(value: Any) -> Any:
    """Return an argument as it can be sent: a copy of a small array, a number, else None."""
    if isinstance(value, np.ndarray):
        return copied(value) if value.size <= _MOST_ELEMENTS else None
    return value if isinstance(value, int | float | np.generic) else None


def _moved(before: Any, after: Any) -> float:
    if not isinstance(before, np.ndarray) or is_same(before, after):
        return 0.0
    if before.shape != np.shape(after) or before.dtype.kind not in "fiu":
        return float("inf")
    return float(np.max(np.abs(np.asarray(after, float) - before), initial=0.0))


def _is_finite(value: Any) -> bool:
    found = np.asarray(value) if isinstance(value, np.ndarray | float | np.generic) else None
    return found is None or found.dtype.kind not in "f" or bool(np.isfinite(found).all())


def _watch_slopes(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        f = next((arg for arg in args if callable(arg)), None)
        x = next((arg for arg in args if isinstance(arg, np.ndarray)), None)
        if f is None or x is None or len(noted) >= _MOST_EVENTS or _asked:
            return function(*args, **kwargs)
        return _slopes(name, function, f, x, args, kwargs)

    return watched


def _slopes(
    name: str,
    function: Callable[..., Any],
    f: Callable[..., Any],
    x: NDArray[Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    number = len(noted)
    values: list[float] = []
    before = x.copy()
    long = x.size > _LONG

    @functools.wraps(f)
    def asked(*given: Any, **named: Any) -> Any:
        if long and len(values) >= _ENOUGH:
            raise Enough
        _note_point(event, given, x, before)
        value = f(*given, **named)
        if not values:
            event["returned"] = (type(value).__name__, _shape_of(value))
        values.append(_float(value))
        return value

    event: dict[str, Any] = {
        "what": "differentiator",
        "name": name,
        "line": _caller(),
        "shape": x.shape,
        "dtype": str(x.dtype),
        "cut": False,
        "number": number,
        "inner": bool(_open),
        "chain": _chain(sys._getframe(1)),
        "f": _code_of(f),
        "given": 0,
        "step": 0.0,
        "shared": True,
        "returned": ("", ()),
    }
    noted.append(event)
    kept[f"f{number}"], kept[f"x{number}"] = f, before
    kept[f"live{number}"] = x
    _open.append(number)
    call = tuple(asked if arg is f else arg for arg in args)
    try:
        result = function(*call, **kwargs)
    except Enough:
        event["cut"] = True
        x[...] = before
        result = np.zeros(x.shape)
    except Exception as error:
        event["raised"] = type(error).__name__
        event["text"] = str(error)[:300]
        raise
    finally:
        _open.pop()
        event["values"] = values[:_ENOUGH]
        event["asked"] = len(values)
    event["unchanged"] = is_same(before, x)
    event["result"] = _sent(result)
    event["x"] = _sent(before)
    return result


def _note_point(
    event: dict[str, Any], given: tuple[Any, ...], x: NDArray[Any], before: NDArray[Any]
) -> None:
    """Note with how many arguments f is asked, and how far x has been moved for it."""
    point = given[0] if given and isinstance(given[0], np.ndarray) else x
    event["given"] = len(given)
    event["shared"] = event["shared"] and bool(np.shares_memory(point, x))
    if point.shape == before.shape and point.dtype.kind in "fiu":
        moved = float(np.max(np.abs(point - before), initial=0.0))
        event["step"] = max(event["step"], moved)


def _shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of what f gave: () of a number, (2,) of a loss and its gradient."""
    if not isinstance(value, np.ndarray | list | tuple):
        return ()
    try:
        return np.shape(value)
    except ValueError:  # of parts that have several shapes
        return (len(value),)


def _chain(frame: FrameType | None) -> list[tuple[str, str, int]]:
    """Return module, function and line of each of the student's frames, the innermost first."""
    out = []
    while frame is not None:
        code = frame.f_code
        if code.co_filename in files:
            out.append((files[code.co_filename], code.co_qualname, frame.f_lineno))
        frame = frame.f_back
    return out


def _code_of(function: Any) -> tuple[str, str, int]:
    """Return module, name and line of a student's function; empty if it is none."""
    inner = getattr(function, "__func__", function)
    code = getattr(inner, "__code__", None)
    if code is None or code.co_filename not in files:
        return ("", "", 0)
    return (files[code.co_filename], code.co_qualname, code.co_firstlineno)


def _watch_calls(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        calls.pop(name, None)
        calls[name] = (args, kwargs)
        return function(*args, **kwargs)

    return watched


def _sent(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return copied(value) if value.size <= _MOST_ELEMENTS else {"shape": value.shape}
    return value if isinstance(value, int | float | np.generic | None) else type(value).__name__


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _shape(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (*value.shape, value.dtype.kind)
    return type(value).__name__


def _caller() -> int:
    """Return the line of the student's from which the watched function was called."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename not in files:
        if frame.f_back is None:
            return 0
        frame = frame.f_back
    return frame.f_lineno
