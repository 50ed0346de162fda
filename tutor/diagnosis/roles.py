"""Which definition of a student's plays which part, by name and signature."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import (
    NUMERICAL,
    Role,
    gives_slopes,
    method,
    role_of_function,
    takes_slopes,
)
from tutor.diagnosis.parts.descent import is_descent
from tutor.diagnosis.parts.function_layer import forward_of
from tutor.diagnosis.parts.functional import is_functional
from tutor.diagnosis.parts.implied import is_implied
from tutor.diagnosis.parts.layer import is_layer, methods
from tutor.diagnosis.parts.loss_layer import is_loss_layer
from tutor.diagnosis.parts.network import is_network
from tutor.diagnosis.parts.optimiser import is_optimiser

_ARGUMENTS = {
    Role.SOFTMAX: (1, 2),
    Role.LOSS: (2, 3),
    Role.SQUARED_LOSS: (2, 3),
    Role.DIFFERENTIATOR: (2, 4),
    Role.SIGMOID: (1, 1),
    Role.RELU: (1, 1),
    Role.TANH: (1, 1),
    Role.SIGMOID_GRADIENT: (1, 1),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A definition taken for a part; ``forward`` is the other half of a layer of two functions."""

    role: Role
    definition: Definition
    forward: Definition | None = None


def taken(definitions: Iterator[Definition]) -> list[Taken]:
    """Return what each definition is taken for, in the order of the source."""
    found = []
    known = {definition.name: definition for definition in definitions}
    for definition in known.values():
        forward = forward_of(definition, known)
        role = Role.LAYER if forward is not None else _role(definition)
        if role is not None:
            found.append(Taken(role, definition, forward))
        elif _is_shelf(definition):
            found += _kept_in(definition)
    slopes = {one.definition.name for one in found if one.role is Role.DIFFERENTIATOR}
    return [one for one in found if not _hands_on(one, slopes)]


def _is_shelf(definition: Definition) -> bool:
    """Tell whether a class does no more than keep functions together."""
    methods_ = [m for n, m in definition.methods.items() if n != "__init__"]
    return bool(methods_) and all(map(_is_static, methods_))


def _is_static(definition: Definition) -> bool:
    marks = {ast.unparse(mark) for mark in definition.node.decorator_list}
    return bool(marks & {"staticmethod", "classmethod"})


def _kept_in(owner: Definition) -> Iterator[Taken]:
    """Yield the functions that a class keeps together, and does nothing else."""
    for method_ in owner.methods.values():
        role = _role(method_) if _is_static(method_) else None
        if role is not None and role is not Role.FUNCTIONAL_NETWORK:
            yield Taken(role, method_)


def _hands_on(one: Taken, slopes: set[str]) -> bool:
    """Tell whether a function only hands its f to a differentiator, as its user it is judged."""
    definition = one.definition
    if one.role is not Role.DIFFERENTIATOR or role_of_function(definition.name) is not None:
        return False
    calls = [node for node in ast.walk(definition.node) if isinstance(node, ast.Call)]
    asked = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    return bool(asked & (slopes - {definition.name})) and definition.parameters[0] not in asked


def watched(parts: list[Taken]) -> dict[str, str]:
    """Return the definitions whose calls are noted while the file runs."""
    out = {}
    for part in parts:
        if part.role is Role.DESCENT:
            continue
        if part.definition.kind is Kind.FUNCTION or part.role is Role.NETWORK:
            out[part.definition.name] = part.role.value
        if part.role is Role.LOSS_LAYER:
            both = (f"{part.definition.name}.{name}" for name in methods(part.definition))
            out.update(dict.fromkeys(both, part.role.value))
        for name in part.definition.methods:
            if method([name], NUMERICAL) and part.role is not Role.NETWORK:
                out[f"{part.definition.name}.{name}"] = "differentiator"
    return out


def _role(definition: Definition) -> Role | None:
    if definition.kind is Kind.CLASS:
        if _is_shelf(definition):
            return None
        if is_loss_layer(definition):
            return Role.LOSS_LAYER
        if is_network(definition) or is_implied(definition):
            return Role.NETWORK
        if is_layer(definition):
            return Role.LAYER
        return Role.OPTIMISER if is_optimiser(definition) else None
    if is_functional(definition):
        return Role.FUNCTIONAL_NETWORK
    if definition.gives_function:
        found = gives_slopes(definition.name, definition.parameters)
        return Role.DIFFERENTIATOR if found else None
    if is_descent(definition):
        return Role.DESCENT
    role = role_of_function(definition.name)
    if role is None:
        found = takes_slopes(definition.name, definition.parameters)
        return Role.DIFFERENTIATOR if found and definition.returns_something() else None
    least, most = _ARGUMENTS[role]
    fits = definition.required <= most and len(definition.parameters) >= least
    return role if fits else None
