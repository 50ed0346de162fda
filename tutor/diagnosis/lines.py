"""The line of a definition that a pitfall most likely stands in, where no change has shown it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tutor.diagnosis.definitions import Definition

_MARKS = {
    "softmax-overflow": r"exp\(",
    "softmax-global-max": r"max\(",
    "softmax-whole-batch": r"sum\(",
    "softmax-wrong-axis": r"sum\(",
    "softmax-wrong-denominator": r"sum\(",
    "softmax-missing-keepdims": r"/",
    "builtin-max-sum": r"(?<![\w.])(max|sum)\(",
    "hard-coded-batch": r"reshape|range\(\d",
    "softmax-is-sigmoid": r"exp\(",
    "softmax-mutates-input": r"[-+*/]=",
    "integer-result": r"_like\(",
    "step-underflow": r"e-\d\d|\bh\s*=",
    "bad-step-size": r"\bh\s*=|eps\w*\s*=",
    "reshapes-result": r"reshape|flatten|ravel",
    "reshape-discarded": r"^\s*\w+\.reshape",
    "loss-mutates-prediction": r"[-+*/]=|out=",
    "no-restore": r"\[.*\]\s*=\s*\(",
    "epsilon-wrong": r"log\(|delta\s*=",
    "loss-not-averaged": r"sum\(",
    "returns-early": r"return",
    "complex-step-into-float": r"\d*\.?\d*j\b",
    "single-class-argmax": r"argmax",
    "label-broadcast": r"log\(",
    "all-pairs-index": r"log\(",
    "gradient-ascent": r"[-+]=",
    "relu-mask": r"[<>]=?\s*0|mask",
    "double-batch-division": r"/",
    "missing-batch-division": r"-=\s*1|\by\b.*-|-\s*(self\.)?t\b",
    "wrong-batch-size": r"shape\[[^0]|ndim|size\s*=",
}


def likely_line(definition: Definition, source: str, pitfall: str) -> int:
    """Return a line of a definition: where the pitfall's mark stands, else the last return."""
    lines = source.split("\n")
    mark = _MARKS.get(pitfall)
    for line in _code_lines(definition):
        if mark and re.search(mark, lines[line - 1]):
            return line
    returns = [n.lineno for n in ast.walk(definition.node) if isinstance(n, ast.Return)]
    return max(returns, default=definition.line)


def _code_lines(definition: Definition) -> Iterator[int]:
    """Yield the lines of a definition on which a statement begins, its docstring left out."""
    seen = set()
    for node in ast.walk(definition.node):
        if isinstance(node, ast.stmt) and node is not definition.node:
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not is_text and node.lineno not in seen:
                seen.add(node.lineno)
    yield from sorted(seen)
