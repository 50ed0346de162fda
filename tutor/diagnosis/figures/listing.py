"""What the code beside the figures says: the epsilon of its log, its x and t, changes of W."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.submission import Submission

_SIMPLE_NET: Final = re.compile(
    r"simple_?net|dot\(\s*\w+\s*,\s*self\.W\s*\)|\b\w+\s*@\s*self\.W\b", re.I
)
_MORE_THAN_W: Final = re.compile(r"self\.b\b|self\.W1\b|self\.params\b")
_LARGEST_EPSILON: Final = 1e-2


@dataclass(frozen=True)
class Listing:
    """What is known from the source.

    Attributes
    ----------
    has_code : bool
    epsilon : float or None
        What is added inside the log; 0.0 if nothing is; None if there is no log, or they differ.
    multiplies : bool
        Whether the scores are x @ W and nothing else, and W is not changed on the way.
    constants : mapping of str to arrays
        The different literal arrays that a name is given, each of shape (n,).
    """

    has_code: bool
    epsilon: float | None
    multiplies: bool
    constants: dict[str, tuple[NDArray[np.float64], ...]]


def listing_of(submission: Submission) -> Listing:
    """Read the source of a submission; nothing is run."""
    if not submission.has_code:
        return Listing(False, None, True, {})
    trees = [module.tree for module in submission.modules]
    source = "\n".join(module.source for module in submission.modules)
    logs = {added for tree in trees for added in _logs(tree)}
    plain = bool(_SIMPLE_NET.search(source)) and not _MORE_THAN_W.search(source)
    return Listing(
        True,
        logs.pop() if len(logs) == 1 else None,
        plain and not any(map(_changes_weights, trees)),
        _constants(trees),
    )


def _logs(tree: ast.Module) -> Iterator[float]:
    """Yield what each log adds to its argument."""
    named = _named_numbers(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node) == "log":
            inside = [
                found
                for part in ast.walk(node.args[0])
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add)
                for side in (part.left, part.right)
                if (found := _number(side, named)) and found <= _LARGEST_EPSILON
            ]
            yield inside[0] if inside else 0.0


def _named_numbers(tree: ast.Module) -> dict[str, float]:
    """Return the names that are given a number: ``delta = 1e-7``."""
    return {
        target.id: float(node.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int | float)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _number(node: ast.expr, named: dict[str, float]) -> float | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return named.get(node.id) if isinstance(node, ast.Name) else None


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _changes_weights(tree: ast.Module) -> bool:
    """Tell whether W of some net is assigned outside a method, or stepped anywhere."""
    targets: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            targets.append(node.target)
        elif isinstance(node, ast.Assign):
            targets += [t for t in node.targets if not ast.unparse(t).startswith("self.")]
    return any(re.search(r"\.W\b|^W\b", ast.unparse(target)) for target in targets)


def _constants(trees: Sequence[ast.Module]) -> dict[str, tuple[NDArray[np.float64], ...]]:
    found: dict[str, tuple[NDArray[np.float64], ...]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values = _literal(node.value)
            if values is not None:
                name = node.targets[0].id
                if not any(np.array_equal(values, one) for one in found.get(name, ())):
                    found[name] = (*found.get(name, ()), values)
    return found


def _literal(node: ast.expr) -> NDArray[np.float64] | None:
    """Return the vector that ``np.array([0.6, 0.9])`` stands for."""
    if isinstance(node, ast.Call) and _called(node) in ("array", "asarray") and node.args:
        node = node.args[0]
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    try:
        values = np.asarray(ast.literal_eval(node), float)
    except (ValueError, TypeError, SyntaxError):
        return None
    return values if values.ndim == 1 and values.size else None
