"""A net's gradients, wherever it leaves them, by the parameter that each belongs to."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import plain

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameter:
    """An array that a net learns: its expression inside the jail, and its short name."""

    path: str
    name: str
    shape: tuple[int, ...]
    aliases: tuple[str, ...] = ()


def last_name(path: str) -> str:
    """Return the last name in the expression of an array: W1 of net.params['W1']."""
    found = re.findall(r"[A-Za-z_]\w*", path)
    return str(found[-1]) if found else path


def returns_pairs(definition: Definition, loss: str) -> bool:
    """Tell whether a loss gives its gradients as well, as in cs231n."""
    if not loss:
        return False
    node = definition.methods[loss].node
    return any(
        isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple) and len(n.value.elts) == 2
        for n in ast.walk(node)
    )


def ask_gradient(
    student: Student, definition: Definition, gradient: str, loss: str, x: Floats, t: NDArray[Any]
) -> Observed:
    """Call a net's gradient with whatever it takes: the batch, the targets, a dout, nothing."""
    if not gradient:
        return Observed(raised="AttributeError", text="it has no gradient")
    takes = definition.methods[gradient]
    if (
        gradient == loss
        or takes.required >= 2
        or (len(takes.parameters) >= 2 and takes.required != 0)
    ):
        found = student.observe(f"net.{gradient}", x, t)
        if isinstance(found.value, tuple | list) and len(found.value) == 2 and gradient == loss:
            return Observed(found.value[1], changed=found.changed)
        return found
    if takes.required == 1:
        found = student.observe(f"net.{gradient}", t)
        return found if not found.raised else student.observe(f"net.{gradient}", 1.0)
    return student.observe(f"net.{gradient}")


def gradients_of(
    student: Student, asked: Observed, parameters: Sequence[Parameter], slopes: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return a gradient for each parameter: from what came back, else from what the net keeps."""
    found = matched(asked.value, parameters, slopes)
    if found or asked.raised:
        return found
    held = {entry["path"]: entry for entry in student.parameters("net")}
    paths: dict[str, str] = {}
    for parameter in parameters:
        for path in (parameter.path, *parameter.aliases):
            beside = [p for p in held if p not in (parameter.path, *parameter.aliases)]
            near = [p for p in beside if _is_gradient_of(p, path)]
            if near:
                paths.setdefault(parameter.name, near[0])
    values = student.copies(list(paths.values()))
    return {name: np.asarray(v, float) for name, v in zip(paths, values, strict=True)}


def _is_gradient_of(path: str, parameter: str) -> bool:
    """Tell whether one expression names the gradient of another: layer.dW of layer.W."""
    name = last_name(parameter)
    stem = parameter[: parameter.rindex(name)]
    found = last_name(path)
    before = path[: path.rindex(found)]
    same = (f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}", f"grad{name}")
    if before == stem and plain(found) in map(plain, same):
        return True
    if re.sub("param(eter)?s|weights", "grads", stem) == before and found in (name, f"d{name}"):
        return True
    if found in ("grad", "gradient", "g") and name in ("value", "data", "val", "w"):
        return before == stem
    return re.sub("params", "grads", parameter) == path != parameter


def matched(
    value: Any, parameters: Sequence[Parameter], slopes: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return what came back as gradients, by the name of the parameter each belongs to."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
        value = value[1]
    if isinstance(value, dict):
        by_name = {plain(str(key)): item for key, item in value.items()}
        out = {}
        for parameter in parameters:
            name = plain(parameter.name)
            for wanted in (name, f"d{name}", f"grad_{name}", f"d_{name}", name[-2:]):
                if wanted in by_name and isinstance(
                    by_name[wanted], np.ndarray | np.generic | float
                ):
                    out[parameter.name] = np.asarray(by_name[wanted], float)
                    break
        return out
    if isinstance(value, list | tuple):
        if all(isinstance(item, list | tuple) for item in value):
            value = [array for item in value for array in item]
        arrays = [np.asarray(item, float) for item in value if isinstance(item, np.ndarray)]
        if len(arrays) == len(parameters):
            return _in_order(arrays, parameters, slopes)
    if isinstance(value, np.ndarray) and len(parameters) == 1:
        return {parameters[0].name: np.asarray(value, float)}
    return {}


def _in_order(
    arrays: Sequence[Floats], parameters: Sequence[Parameter], slopes: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return a list of gradients by parameter: in the parameters' own order, or by shape."""
    shapes = [p.shape for p in parameters]
    if [a.shape for a in arrays] == shapes:
        return {p.name: a for p, a in zip(parameters, arrays, strict=True)}
    if len(set(shapes)) == len(shapes):
        by_shape = {a.shape: a for a in arrays}
        return {p.name: by_shape[p.shape] for p in parameters if p.shape in by_shape}
    return {}
