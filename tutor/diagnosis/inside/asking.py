"""Questions about one function, layer or net: call it, move its arrays, look at what it holds."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.clock import at_most
from tutor.diagnosis.inside.hush import hushed
from tutor.diagnosis.inside.outcomes import outcome, said
from tutor.diagnosis.inside.space import copied, evaluate, files, is_same, kept, last_line

_ENDS = ("timeout", "memory")  # once is enough
_DEPTH = 3
_SECONDS = 0.5  # of processor time that one call may take
_MOST_POINTS = 400
_MOST = 40


@hushed
def observe(target: str, args: Sequence[Any] = (), keep: str = "") -> dict[str, Any]:
    """Call what an expression names; return its value, or what it raised, and what it changed.

    Parameters
    ----------
    target : str
        An expression in the student's names: ``softmax``, ``net.loss``.
    args : sequence
        What it is called with. A string that begins with ``=`` is an expression too; a dict
        with the key ``**`` holds arguments by name.
    keep : str
        The name under which the value is kept for later questions; then it is not sent.
    """
    named: dict[str, Any] = next(
        (arg["**"] for arg in args if isinstance(arg, dict) and "**" in arg), {}
    )
    given = [_argument(arg) for arg in args if not (isinstance(arg, dict) and "**" in arg)]
    before = copied(given)
    try:
        with at_most(_SECONDS):
            value = evaluate(target)(*given, **named)
    except BaseException as error:  # a student's code may raise whatever it likes
        return {**_raised(error), "changed": _changed(before, given)}
    if keep:
        kept[keep] = value
        value = None
    return {"value": value, "changed": _changed(before, given)}


def several(questions: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Answer many `observe` questions in one go, in their order."""
    out: list[dict[str, Any]] = []
    for question in questions:
        ended = bool(out) and out[-1].get("outcome") in _ENDS
        out.append(out[-1] if ended else observe(*question))
    return out


def make(name: str, target: str, args: Sequence[Any] = ()) -> dict[str, Any]:
    """Call what an expression names and keep what it gives under a name."""
    return observe(target, args, name)


@hushed
def remake(name: str, target: str, sizes: Sequence[int], options: dict[str, Any]) -> dict[str, Any]:
    """Make an object as the student's own run first made it, with smaller sizes, and keep it.

    Parameters
    ----------
    name : str
        The name it is kept under.
    target : str
        The class.
    sizes : (inputs, hidden, outputs)
        What the first, the last and the other whole numbers above 1 become; empty: as they are.
    options : dict
        Arguments by name that are added to theirs.
    """
    key = f"made_{target.rpartition(':')[2]}"
    if key not in kept:
        return {"raised": "LookupError", "text": "it was never made"}
    args, kwargs = kept[key]
    if sizes:
        whole = _whole_numbers([*args, *kwargs.values()])
        args = _smaller(list(args), whole, sizes)
        kwargs = {k: _smaller(v, whole, sizes) for k, v in kwargs.items()}
    try:
        with at_most(_SECONDS):
            kept[name] = evaluate(target)(*args, **{**kwargs, **options})
    except BaseException as error:  # a student's code may raise whatever it likes
        return _raised(error)
    return {"value": None}


def _whole_numbers(values: Any) -> list[int]:
    if isinstance(values, list | tuple):
        return [number for value in values for number in _whole_numbers(value)]
    is_size = isinstance(values, int) and not isinstance(values, bool) and values > 1
    return [values] if is_size else []


def _smaller(value: Any, whole: list[int], sizes: Sequence[int]) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_smaller(item, whole, sizes) for item in value)
    if not _whole_numbers(value):
        return value
    return sizes[0] if value == whole[0] else sizes[2] if value == whole[-1] else sizes[1]


def where(target: str) -> dict[str, Any]:
    """Return the module, the line and the kind of what an expression names."""
    try:
        found = inspect.unwrap(evaluate(target))
    except (NameError, AttributeError, KeyError, TypeError):
        return {}
    code = getattr(getattr(found, "__func__", found), "__code__", None)
    if code is not None and code.co_filename in files:
        return {"module": files[code.co_filename], "line": code.co_firstlineno}
    return {"kind": type(found).__name__}


# -- arrays that a net holds ----------------------------------------------------------------------


def parameters(target: str) -> list[dict[str, Any]]:
    """Return every float array that an object holds: where, its shape, and which share memory."""
    found = list(_arrays(target, evaluate(target), _DEPTH, set()))[:_MOST]
    groups: list[NDArray[Any]] = []
    out = []
    for path, values in found:
        group = next((i for i, g in enumerate(groups) if np.shares_memory(g, values)), None)
        if group is None:
            group = len(groups)
            groups.append(values)
        out.append({"path": path, "shape": values.shape, "dtype": str(values.dtype), "at": group})
    return out


def _arrays(
    path: str, value: Any, depth: int, seen: set[int]
) -> Iterator[tuple[str, NDArray[Any]]]:
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fiu":
            yield path, value
        return
    if depth < 0 or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        items = [(f"{path}[{key!r}]", item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{path}[{i}]", item) for i, item in enumerate(value)]
    elif isinstance(getattr(value, "__dict__", None), dict) and not isinstance(value, type):
        items = [(f"{path}.{name}", item) for name, item in vars(value).items()]
    else:
        return
    for inner, item in items[:_MOST]:
        yield from _arrays(inner, item, depth - 1, seen)


def widen(target: str) -> list[str]:
    """Turn the float32 arrays that an object holds in its dicts and attributes into float64.

    Returns the expressions of those that were, one for each place that holds the array.
    """
    narrow = [
        p for p, v in _arrays(target, evaluate(target), _DEPTH, set()) if v.dtype == np.float32
    ]
    wide: dict[int, NDArray[Any]] = {}
    for path in narrow:
        values = evaluate(path)
        wide.setdefault(id(values), values.astype(np.float64))
        _assign(path, wide[id(values)])
    return narrow


def _assign(path: str, value: Any) -> None:
    """Put a value where an expression of an attribute or an item reads it."""
    owner, key = _split(path)
    holder = evaluate(owner)
    if key.startswith("["):
        holder[ast.literal_eval(key[1:-1])] = value
    else:
        setattr(holder, key.removeprefix("."), value)


def _split(path: str) -> tuple[str, str]:
    cut = path.rindex("[") if path.endswith("]") else path.rindex(".")
    return path[:cut], path[cut:]


def put(values: dict[str, NDArray[Any]]) -> None:
    """Write values into the arrays that expressions name, in place."""
    for path, value in values.items():
        evaluate(path)[...] = value


def copies(paths: Sequence[str]) -> list[Any]:
    """Return copies of the arrays that expressions name."""
    return [copied(evaluate(path)) for path in paths]


def keep(values: dict[str, Any]) -> None:
    """Keep values under names, for expressions to read."""
    kept.update(values)


@hushed
def losses(
    target: str, args: Sequence[Any], moves: Sequence[tuple[str, Any, Sequence[float]]]
) -> list[list[float]]:
    """Return a loss for each step of each move: an array moved along a direction, then put back.

    A move is the expression of an array, a direction (an array of its shape), and the steps. A
    loss that raises or is no number is NaN.
    """
    ask = evaluate(target)
    given = [_argument(arg) for arg in args]
    out = []
    with at_most(4 * _SECONDS):
        for path, along, steps in moves:
            values = evaluate(path)
            before = values.copy()
            found = []
            for step in steps:
                values[...] = before + step * along
                found.append(_number(ask, given, None))
            values[...] = before
            out.append(found)
    return out


@hushed
def swings(
    target: str, args: Sequence[Any], paths: Sequence[str], h: float, weights: Any = None
) -> list[NDArray[np.float64]]:
    """Return a loss with each element of some arrays moved up by h, then down by h.

    Parameters
    ----------
    target : str
        What is called; its value is a number, or with ``weights`` an array of their shape that
        they turn into one.
    paths : sequence of str
        Expressions of the arrays that are moved, in place; each element is put back.

    Returns
    -------
    list of arrays, shape (2, *shape of the array)
    """
    ask = evaluate(target)
    given = [_argument(arg) for arg in args]
    with at_most(4 * _SECONDS):
        return [_swing(ask, given, evaluate(path), h, weights) for path in paths]


def _swing(
    ask: Callable[..., Any], given: list[Any], values: NDArray[Any], h: float, weights: Any
) -> NDArray[np.float64]:
    out = np.empty((2, *values.shape))
    for index in np.ndindex(*values.shape):
        before = values[index]
        for side, step in enumerate((h, -h)):
            values[index] = before + step
            out[(side, *index)] = _number(ask, given, weights)
        values[index] = before
    return out


def _number(ask: Callable[..., Any], args: list[Any], weights: Any) -> float:
    try:
        value = ask(*copied(args))
        value = value[0] if isinstance(value, tuple) else value
        return float(value if weights is None else np.sum(value * weights))
    except (MemoryError, RecursionError):  # that takes its time: not once for each element
        raise
    except Exception:  # whatever a student's loss raises, it is no number
        return float("nan")


# -- a numerical differentiator -------------------------------------------------------------------


@hushed
def differentiate(
    target: str, x: NDArray[Any], powers: NDArray[Any], extra: Sequence[Any] = (), order: str = "fx"
) -> dict[str, Any]:
    """Call a differentiator with a polynomial f and return all that it did.

    f(x) is the sum of ``powers[k] * x ** k`` over all elements; ``powers`` has shape (n, *x.shape)
    or (n,). Each point at which f was asked is sent back, in the order of asking.
    """
    points: list[NDArray[Any]] = []
    count = [0]
    shared: list[bool] = []
    point = np.array(x)

    def f(asked: Any = None, *_: Any) -> np.float64:
        asked = point if asked is None else asked
        values = np.asarray(asked, dtype=float)
        if len(points) < _MOST_POINTS:
            points.append(values.copy())
        count[0] += 1
        if len(shared) < _MOST_POINTS:
            shared.append(isinstance(asked, np.ndarray) and np.shares_memory(asked, point))
        return np.float64(sum(np.sum(c * values**k) for k, c in enumerate(powers)))

    given = [f, point] if order == "fx" else [point, f]
    try:
        with at_most(_SECONDS):
            value = evaluate(target)(*given, *[_argument(arg) for arg in extra])
    except BaseException as error:  # a student's code may raise whatever it likes
        answer = _raised(error)
    else:
        answer = {"value": value}
    same = [p for p in points if p.shape == points[0].shape]
    return {
        **answer,
        "after": point,
        "asked": count[0],
        "points": np.array(same),
        "shared": all(shared) and bool(shared),
    }


# -- inside ---------------------------------------------------------------------------------------


def _argument(arg: Any) -> Any:
    return evaluate(arg[1:]) if isinstance(arg, str) and arg.startswith("=") else arg


def _changed(before: list[Any], after: list[Any]) -> list[int]:
    return [
        i
        for i, (one, other) in enumerate(zip(before, after, strict=True))
        if not is_same(one, other)
    ]


def _raised(error: BaseException) -> dict[str, Any]:
    module, line = last_line(error.__traceback__)
    place = {"module": module, "line": line}
    return {"raised": type(error).__name__, "text": said(error), "outcome": outcome(error), **place}
