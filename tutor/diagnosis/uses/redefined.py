"""A net of the file with one piece of its class changed, made and asked anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.parts.network import Network, ask_network
from tutor.diagnosis.uses.use import Case


@dataclass(frozen=True, slots=True)
class Redefined:
    """A changed net, and what else was asked of it while it was there."""

    net: Network
    extra: Any = None

    @property
    def left(self) -> float | None:
        """Return the largest difference between its gradients and the slopes."""
        pairs = [(g, s) for _, _, g, s in self.net.pairs() if g.shape == s.shape]
        return max((float(np.max(np.abs(g - s))) for g, s in pairs if g.size), default=None)


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
