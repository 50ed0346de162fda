"""A student's program run once more, perhaps changed, and then forgotten."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside import loading, space, watching
from tutor.diagnosis.inside.clock import Cut, at_most
from tutor.diagnosis.inside.looking import look_on, noting
from tutor.diagnosis.inside.steps import Steps
from tutor.jail import chance

_DEPTH = 4
_MOST = 60
_SECONDS = 0.5
_tools = cast("dict[str, Any]", loading._TOOLS)


def reads(target: str) -> list[dict[str, Any]]:
    """Return the float arrays that a function reads, by the expression that names each for it.

    Each is kept under ``read0``, ``read1`` and so on, for later questions to move.
    """
    found = list(_read(space.evaluate(target)))[:_MOST]
    out = []
    for number, (path, values) in enumerate(found):
        space.kept[f"read{number}"] = values
        out.append(
            {
                "path": path,
                "kept": f"read{number}",
                "shape": values.shape,
                "zero": not values.any(),
            }
        )
    return out


def drive(statements: Sequence[str]) -> dict[str, Any]:
    """Run statements of the judge's among the file's own names.

    Returns
    -------
    dict
        ``raised``: the class of what each raised, empty where nothing did, and what `look_on` adds.
    """
    out = []
    watching._asked.clear()
    with look_on() as found:
        for statement in statements:
            raised = ""
            try:
                with at_most(_SECONDS), np.errstate(all="ignore"):
                    exec(statement, space.modules[space.MAIN])
            except (Exception, Cut, watching.Enough) as error:
                raised = type(error).__name__
            out.append(raised)
    watching.stop()
    return {**found, "raised": out}


def named(expression: str, module: str = space.MAIN) -> Any:
    """Return a copy of what an expression is among a module's own names; None if it raises."""
    try:
        return space.copied(eval(expression, space.modules[module]))
    except Exception:
        return None


def shares(one: str, other: str) -> bool:
    """Tell whether two arrays share memory."""
    return bool(np.shares_memory(space.evaluate(one), space.evaluate(other)))


def rerun(
    sources: Sequence[Mapping[str, str]],
    watched: Mapping[str, str],
    pairs: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Run a student's modules once more, from the beginning, and forget all that they made.

    Parameters
    ----------
    sources : sequence of mappings
        As for `load`. They may call ``__before__(site, target, rates)`` and
        ``__after__(site, target)`` around a statement that updates weights.
    watched : mapping
        As for `load`; the role ``call`` notes the arguments of a loss or of a gradient.
    pairs : sequence of (loss, gradient)
        Their names: the loss of a step is that of the data of the last gradient.

    Returns
    -------
    dict
        That of `load`, and for each failure ``chain``: module, function and line of each frame.
        ``labels`` and ``rounds``: what became of the weights, see `Steps`. ``picks``: the calls
        of ``np.argmax`` and how many of their rows held NaN.
    """
    steps = Steps(pairs)
    picks: dict[tuple[str, int], dict[str, Any]] = {}
    with _aside(sources), noting(picks) as chains:
        _tools.update(__before__=steps.before, __after__=steps.after)
        chance.restart()
        with np.errstate(all="ignore"):
            found = loading.load(sources, watched)
            steps.close()
        for failure, chain in zip(found["failures"], chains, strict=False):
            failure["chain"] = chain
    return {**found, **steps.found(), "picks": list(picks.values())}


@contextlib.contextmanager
def _aside(sources: Sequence[Mapping[str, str]]) -> Iterator[None]:
    """Put aside what the first run made, and put it back."""
    own = {source["name"] for source in sources} | {space.MAIN}
    names = [n for n in sys.modules if n in own or any(o.startswith(f"{n}.") for o in own)]
    held = {name: sys.modules.pop(name) for name in names}
    stores: list[dict[str, Any]] = [space.modules, space.files, space.kept, watching.calls]
    before = [dict(store) for store in stores]
    tools, path = dict(_tools), list(sys.meta_path)
    noted, seen, state = list(watching.noted), set(watching._seen), np.random.get_state()
    _tools["__again__"] = loading._counter()
    watching.noted.clear()
    watching._asked.clear()
    try:
        yield
    finally:
        for store, values in zip(stores, before, strict=True):
            store.clear()
            store.update(values)
        _tools.clear()
        _tools.update(tools)
        watching.noted[:] = noted
        watching.stop()
        watching._seen.clear()
        watching._seen.update(seen)
        sys.meta_path[:] = path
        np.random.set_state(state)
        for name in own:
            sys.modules.pop(name, None)
        sys.modules.update(held)


# -- what a function reads ------------------------------------------------------------------------


def _read(function: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", function, _DEPTH)]
    while waiting:
        path, value, left = waiting.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            if value.dtype.kind == "f":
                yield path, value
        elif left >= 0:
            waiting += [(*child, left - 1) for child in _inside(path, value)]


def _inside(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, FunctionType | MethodType) or hasattr(value, "__wrapped__"):
        yield from _names_of(value)
    elif isinstance(value, dict):
        yield from ((f"{path}[{key!r}]", item) for key, item in list(value.items())[:_MOST])
    elif isinstance(value, list | tuple):
        yield from ((f"{path}[{i}]", item) for i, item in enumerate(value[:_MOST]))
    elif not isinstance(value, type | ModuleType) and isinstance(
        getattr(value, "__dict__", None), dict
    ):
        yield from ((f"{path}.{name}", item) for name, item in list(vars(value).items())[:_MOST])


def _names_of(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(function, MethodType):
        yield "self", function.__self__
    inner = getattr(function, "__func__", function)
    inner = getattr(inner, "__wrapped__", inner)
    if not isinstance(inner, FunctionType):
        return
    for name, cell in zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # a name that has no value yet
            yield name, cell.cell_contents
    for name in inner.__code__.co_names:
        if name in inner.__globals__:
            yield name, inner.__globals__[name]
