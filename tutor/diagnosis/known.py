"""A net of the file as it stands, measured once for all who ask about it."""

from __future__ import annotations

import numpy as np

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.parts.network import Network, ask_network


def known_net(student: Student, definition: Definition) -> Network | Observed:
    """Return what a net of the unchanged file gave, and have it as ``net`` in the jail once more.

    It may have been asked other things since: its weights are those that it was measured with.
    """
    name = _name(definition)
    found: Network | Observed | None = student.nets.get(name)
    if found is None:
        found = ask_network(student, definition, np.random.default_rng(0))
        student.nets[name] = found
        student.observe("(lambda: net)", keep=name)  # it may have been made and not measured
        return found
    student.observe(f"(lambda: {name})", keep="net")
    if isinstance(found, Network):
        student.put({p.path: found.weights[p.name] for p in found.parameters})
    return found


def keep_known(student: Student, net: Network) -> None:
    """Have a net known that was measured just now, and stands in the jail as ``net``."""
    name = _name(net.definition)
    student.nets[name] = net
    student.observe("(lambda: net)", keep=name)


def _name(definition: Definition) -> str:
    return f"known_{definition.module}_{definition.name}".replace(".", "_")
