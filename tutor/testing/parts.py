"""The parts of somebody's net that a gradient check needs, by their usual names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.names import GRADIENT, LOSS, method, plain

Array = NDArray[Any]
_PARAMS: Final = ("params", "parameters", "weights")
_GRADS: Final = ("grads", "gradients", "grad")
_OF_A_GRADIENT: Final = re.compile(r"^(d|g|grad|d_?l_?d|d_?loss_?d)_?(?=.)|_?grad(ient)?$")


@dataclass(frozen=True, slots=True)
class Given:
    """What a test has said itself: the batch, and the parts that it gives."""

    x: Any = None
    t: Any = None
    loss: Callable[[], float] | None = None
    params: Mapping[str, Array] | None = None
    grads: Mapping[str, Array] | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What is checked: the loss, the arrays it reads, their gradients; whose they are."""

    loss: Callable[[], float]
    params: dict[str, Array]
    grads: dict[str, Array]
    owner: type | None


def parts_of(net: object, given: Given) -> Parts:
    """Return the parts of a net: those that are given, and the others by their usual names.

    Raises
    ------
    TypeError
        If a part is neither given nor found.
    """
    loss = given.loss or _loss_of(net, given)
    grads = _grads_of(net, given) if given.grads is None else dict(given.grads)
    params = _params_of(net, grads) if given.params is None else dict(given.params)
    owner = None if net is None else net if isinstance(net, type) else type(net)
    return Parts(loss, params, _by_parameter(params, grads), owner)


def _loss_of(net: object, given: Given) -> Callable[[], float]:
    name = method(_methods(net), LOSS)
    if not name:
        raise _missing(net, "loss", LOSS, "a function without arguments that returns the loss")
    found = getattr(net, name)

    def loss() -> float:
        value = found(given.x, given.t)
        number: float = value[0] if isinstance(value, tuple) else value
        return number

    return loss


def _grads_of(net: object, given: Given) -> dict[str, Array]:
    """Return copies of the gradients: the arrays may be written again by the next pass."""
    names = [method(_methods(net), wanted) for wanted in (GRADIENT, LOSS)]
    results = [getattr(net, name)(given.x, given.t) for name in names if name]
    found = next((m for m in map(_mapping_in, results) if m), None) or _held(net, _GRADS)
    if found is not None:
        return {str(key): np.array(value) for key, value in found.items()}
    if names[0]:
        raise TypeError(
            f"{type(net).__name__}.{names[0]} returned {type(results[0]).__name__}, not a dict of "
            f"gradients by name. Give grads={{'W1': ..., 'b1': ...}}."
        )
    raise _missing(net, "grads", GRADIENT, "a dict of the gradients by backprop")


def _mapping_in(value: object) -> Mapping[Any, Any] | None:
    parts = value if isinstance(value, tuple) else (value,)
    return next((part for part in parts if isinstance(part, Mapping)), None)


def _params_of(net: object, grads: Mapping[str, Array]) -> dict[str, Array]:
    found = _held(net, _PARAMS)
    if found is not None:
        return {str(name): array for name, array in found.items()}
    wanted = {plain(name) for name in grads} | {_of(name) for name in grads}
    held = {n: a for n, a in vars(net).items() if isinstance(a, np.ndarray) and plain(n) in wanted}
    if not held:
        raise _missing(net, "params", _PARAMS, "a dict of the arrays that the loss reads")
    return held


def _held(net: object, names: tuple[str, ...]) -> Mapping[Any, Any] | None:
    found = (getattr(net, name, None) for name in names)
    return next((held for held in found if isinstance(held, Mapping) and held), None)


def _by_parameter(params: Mapping[str, Array], grads: Mapping[str, Array]) -> dict[str, Array]:
    """Return gradients under the names of their parameters: dW1 is the one of W1."""
    named = {plain(name): name for name in params}
    out = {}
    for name, grad in grads.items():
        of = name if name in params else named.get(plain(name)) or named.get(_of(name))
        out[of or name] = grad
    return out


def _of(name: str) -> str:
    """Return the plain name of the parameter that a gradient is called after."""
    return _OF_A_GRADIENT.sub("", plain(name), count=1)


def _methods(net: object) -> Iterator[str]:
    """Return the methods that a batch can be given to: inputs and targets."""
    if net is not None:
        yield from (name for name in dir(net) if _takes_a_batch(getattr(net, name, None)))


def _takes_a_batch(found: object) -> bool:
    if not callable(found):
        return False
    try:
        inspect.signature(found).bind(None, None)
    except (TypeError, ValueError):
        return False
    return True


def _missing(net: object, part: str, names: tuple[str, ...], what: str) -> TypeError:
    usual = ", ".join(names[:4])
    whose = "There is no net, and" if net is None else f"{type(net).__name__} has none of {usual}:"
    return TypeError(f"{whose} its {part} cannot be told. Give {part}=, {what}.")
