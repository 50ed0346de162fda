"""The line that writes the gradient of a parameter, where no change has shown which is wrong."""

from __future__ import annotations

import ast
import re

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.proof import Proof


def written(definition: Definition, proof: Proof) -> int:
    """Return the last line that writes the gradient which a proof is about; 0 if there is none."""
    told = re.search(r"gradient of (\w+)", proof.evidence[0].what if proof.evidence else "")
    if told is None:
        return 0
    writes = [
        (node, ast.unparse(target))
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    own = re.compile(rf"(d_?|grad_?|nabla_?){told[1]}\b", re.IGNORECASE)
    held = re.compile(rf"[.'\"]{told[1]}\b")
    for pattern in (own, held):
        found = [node for node, text in writes if pattern.search(text)]
        computed = [node for node in found if not isinstance(node.value, ast.Name)]
        if found:
            return max(node.lineno for node in computed or found)
    return 0
