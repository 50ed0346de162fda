"""A net of the file with one piece of its class changed, made and asked anew."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.definitions import Definition, definitions
from tutor.diagnosis.left import error_left
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.network import Network, ask_network
from tutor.diagnosis.uses.use import Case


@dataclass(frozen=True, slots=True)
class Redefined:
    """A changed net, and what else was asked of it while it was there."""

    net: Network
    extra: Any = None

    @property
    def left(self) -> float | None:
        """Return the largest error of its gradients, relative to the slopes; None if too large."""
        return error_left(self.net) if self.net.has_gradient and self.net.agrees else None


def redefined_net(
    case: Case,
    owner: Definition,
    source: str,
    extra: Callable[[Case], Any] = lambda case: None,
) -> Redefined | None:
    """Ask a net of a class as the changed source of its module defines it; None if it fails."""
    before = case.texts[owner.module].source.count("\n")
    lines = source.split("\n")
    end = owner.end_line + len(lines) - before - 1
    whole = "\n".join(lines[owner.line - 1 : end])
    student = case.student
    if not student.redefine(owner.name, whole, owner.line, owner.module):
        return None
    try:
        found = ask_network(student, owner, np.random.default_rng(0))
        return None if isinstance(found, Observed) else Redefined(found, extra(case))
    finally:
        student.restore()


def gradients_left(case: Case, module: str, source: str) -> float | None:
    """Return what is left between the gradients of the file's nets and the slopes.

    Only nets count whose gradients agree with the changed source of the module and not without.
    """
    student, lines = case.student, source.split("\n")
    before = [(net, _agreed(case, net)) for net in _nets(case)]
    for changed in _changed(case, module, source):
        whole = "\n".join(lines[changed.line - 1 : changed.end_line])
        if not student.redefine(changed.name, whole, changed.line, module):
            break
    after = [_agreed(case, net) for net, left in before if left is None]
    student.restore()
    return max((left for left in after if left is not None), default=None)


def nets_left(case: Case) -> float | None:
    """Return what is left between the gradients of the file's nets and the slopes, as they are."""
    found = [_agreed(case, net) for net in _nets(case)]
    return max((left for left in found if left is not None), default=None)


def _nets(case: Case) -> list[Definition]:
    return [part.definition for part in case.parts if part.role is Role.NETWORK]


def _agreed(case: Case, net: Definition) -> float | None:
    found = ask_network(case.student, net, np.random.default_rng(0))
    return None if isinstance(found, Observed) else Redefined(found).left


def _changed(case: Case, module: str, source: str) -> Iterator[Definition]:
    """Yield the definitions of a module's top level that a change of its source changes."""
    old = definitions(module, case.texts[module].tree)
    for name, new in definitions(module, ast.parse(source)).items():
        if name in old and ast.dump(old[name].node) != ast.dump(new.node):
            yield new
