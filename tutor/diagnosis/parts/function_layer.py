"""A layer of two functions, the forward of which hands a cache on to the backward."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import plain
from tutor.diagnosis.parts.layer import Layer, is_stub
from tutor.diagnosis.parts.shapes import layer_shape

Floats = NDArray[np.float64]

_STEP: Final = 1e-5
_FORWARD: Final = re.compile(r"forward|fwd")
_BACKWARD: Final = re.compile(r"backward|bwd")
_CACHE: Final = re.compile(r"\w*cache\w*|context|ctx|saved|memory")
_TIMES: Final = 6  # a mask of dropout may be the same twice


def forward_of(backward: Definition, known: Mapping[str, Definition]) -> Definition | None:
    """Return the function that goes forward where this one goes back; None if it is no backward."""
    if backward.kind is not Kind.FUNCTION or len(backward.parameters) != 2:
        return None
    name, second = plain(backward.name), plain(backward.parameters[1])
    if not _BACKWARD.search(name) or not _CACHE.fullmatch(second) or is_stub(backward):
        return None
    wanted = {_BACKWARD.sub(word, name) for word in ("forward", "fwd")}
    found = [d for d in known.values() if plain(d.name) in wanted and d.kind is Kind.FUNCTION]
    fits = [d for d in found if _roles(d) is not None and d.returns_something()]
    return fits[0] if fits else None


def _roles(forward: Definition) -> tuple[str, ...] | None:
    """Return what each parameter is: x, w or b; None where one is something else."""
    names = [plain(name) for name in forward.parameters[: max(forward.required, 1)]]
    out = tuple("x" if n in ("x", "inputs", "a") else n[:1] for n in names)
    fits = all(re.fullmatch(r"x|inputs|a|[wb]|weights?|bias(es)?", name) for name in names)
    return out if fits and out[:1] == ("x",) else None


def ask_function_layer(
    student: Student, backward: Definition, forward: Definition, rng: np.random.Generator
) -> Layer | None:
    """Send a batch forward, hand the cache back; None if it cannot be asked, or is random."""
    roles = _roles(forward)
    if roles is None:
        return None
    n, inputs, outputs = layer_shape(rng)
    shapes = {"x": (n, inputs), "w": (inputs, outputs), "b": (outputs,)}
    arrays = {role: rng.normal(size=shapes[role]) for role in roles}
    x = arrays["x"]
    x[np.abs(x) < 0.05] = 0.3  # away from a kink
    student.keep(arrays)
    args = tuple(f"={role}" for role in roles)
    target = forward.expression
    made = student.observe(target, *args, keep="both")
    out = student.observe("(lambda: both[0])")
    value = out.array()
    if made.raised or value is None or value.ndim != 2 or _is_random(student, target, args, value):
        return None
    dout = rng.normal(size=value.shape)
    student.observe(target, *args, keep="both")
    given_back = student.observe(backward.expression, dout, "=both[1]")
    weights = {role: array for role, array in arrays.items() if role != "x"}
    slopes = student.slopes(target, args, roles, _STEP, dout)
    dx, gradients = _told(given_back, roles)
    return Layer(
        backward, forward.name, backward.name, x, dout, weights, out, dx, gradients, slopes, weights
    )


def _is_random(student: Student, target: str, args: tuple[str, ...], value: Floats) -> bool:
    for _ in range(_TIMES):
        student.observe(target, *args, keep="again")
        again = student.observe("(lambda: again[0])").array()
        if again is None or not np.array_equal(again, value):
            return True
    return False


def _told(found: Observed, roles: tuple[str, ...]) -> tuple[Observed, dict[str, Observed]]:
    """Return what backward gave, by what it is the gradient of: in the order of forward."""
    values: Any = found.value
    if found.raised or not isinstance(values, tuple | list) or len(values) != len(roles):
        return found, {}
    each = {
        role: Observed(value, changed=found.changed)
        for role, value in zip(roles, values, strict=True)
    }
    return each["x"], {role: of for role, of in each.items() if role != "x"}
