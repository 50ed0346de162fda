"""An optimiser, examined: weights and gradients in, and where the weights are after its updates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import method, plain
from tutor.diagnosis.proof import Proof, proof
from tutor.pitfalls import Severity

Floats = NDArray[np.float64]

_UPDATE: Final = ("update", "step", "update_params", "update_parameters", "apply_gradients")
_PARAMS: Final = re.compile(r"param\w*|weights|model_params|p")
_GRADS: Final = re.compile(r"grad\w*|g|dparams|d_params")
_RATES: Final = re.compile(r"lr|l_r|\w*rate|alpha|eta")
_SHAPES: Final = {"W1": (4, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}
_TIMES: Final = 3
_RATE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Optimiser:
    """What an optimiser did to four weights with the same gradients three times.

    ``after`` are the weights after the first update, and after the last; ``grads_after`` the
    gradients then. ``rebound`` tells that another array stands in the place of a weight.
    """

    definition: Definition
    update: str
    asked: Observed
    before: Mapping[str, Floats]
    grads: Mapping[str, Floats]
    after: tuple[Mapping[str, Floats], Mapping[str, Floats]]
    grads_after: Mapping[str, Floats]
    rebound: bool
    returns: bool

    @property
    def moved(self) -> dict[str, Floats]:
        """Return how far the first update moved each weight."""
        return {n: self.after[0][n] - self.before[n] for n in self.after[0]}

    @property
    def stays(self) -> tuple[str, ...]:
        """Return the weights that are where they were after all updates."""
        last = self.after[1]
        return tuple(n for n in last if np.array_equal(last[n], self.before[n]))

    @property
    def climb(self) -> float:
        """Return the part of the first update that goes along the gradients, over its length."""
        moved = self.moved
        along = sum(float(np.sum(moved[n] * self.grads[n])) for n in moved)
        size = sum(float(np.sum(m**2)) for m in moved.values())
        grads = sum(float(np.sum(self.grads[n] ** 2)) for n in moved)
        return along / np.sqrt(size * grads) if size else 0.0

    @property
    def is_right(self) -> bool:
        """Tell whether every weight moves, and downhill."""
        return bool(self.after[0]) and not self.stays and self.climb < 0


def is_optimiser(definition: Definition) -> bool:
    """Tell whether a class has an update of weights by gradients."""
    name = method(definition.methods, _UPDATE)
    if not name:
        return False
    names = [plain(p) for p in definition.methods[name].parameters]
    enough = definition.methods[name].required <= 2 <= len(names)
    return enough and bool(_PARAMS.fullmatch(names[0]) and _GRADS.fullmatch(names[1]))


def ask_optimiser(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Optimiser | None:
    """Make an optimiser and let it update weights in a dict, or in a list; None if it cannot be."""
    update = method(definition.methods, _UPDATE)
    first: Optimiser | None = None
    for keyed in (True, False):
        if not _made(student, definition):
            return None
        found = _asked(student, definition, update, rng, keyed)
        if not found.asked.raised:
            return found
        first = first or found
    return first


def _made(student: Student, definition: Definition) -> bool:
    needed = [plain(name) for name in definition.parameters[: definition.required]]
    args = [_RATE if _RATES.fullmatch(name) else 0.9 for name in needed]
    return not student.observe(definition.expression, *args, keep="optimiser").raised


def _asked(
    student: Student, definition: Definition, update: str, rng: np.random.Generator, keyed: bool
) -> Optimiser:
    before = {n: rng.normal(size=s) for n, s in _SHAPES.items()}
    grads = {n: rng.choice([-1.0, 1.0], s) * rng.uniform(0.5, 1.5, s) for n, s in _SHAPES.items()}
    student.keep({"params": _held(before, keyed), "grads": _held(grads, keyed)})
    student.observe("dict" if keyed else "list", "=params", keep="params_before")
    after: list[Mapping[str, Floats]] = []
    asked = Observed()
    for _ in range(_TIMES):
        asked = student.observe(f"optimiser.{update}", "=params", "=grads")
        if asked.raised:
            break
        after.append(_values(student, "params", keyed))
    same = [f"params[{_key(n, keyed)}] is params_before[{_key(n, keyed)}]" for n in _SHAPES]
    kept = student.observe(f"(lambda: all(({', '.join(same)},)))")
    ends = (after[0], after[-1]) if after else ({}, {})
    left = _values(student, "grads", keyed)
    returns = asked.value is not None
    rebound = bool(after) and kept.value is False
    return Optimiser(definition, update, asked, before, grads, ends, left, rebound, returns)


def _held(arrays: Mapping[str, Floats], keyed: bool) -> Any:
    copies = {name: value.copy() for name, value in arrays.items()}
    return copies if keyed else list(copies.values())


def _key(name: str, keyed: bool) -> str:
    return repr(name) if keyed else str(list(_SHAPES).index(name))


def _values(student: Student, holder: str, keyed: bool) -> dict[str, Floats]:
    read = [f"{holder}[{_key(name, keyed)}]" for name in _SHAPES]
    found = student.observe(f"(lambda: [{', '.join(read)}])")
    if found.raised or not isinstance(found.value, list):
        return {}
    arrays = zip(_SHAPES.items(), found.value, strict=False)
    return {n: v for (n, s), v in arrays if isinstance(v, np.ndarray) and v.shape == s}


def faults(found: Optimiser) -> Iterator[Proof]:
    """Yield what the figures prove."""
    told = found.asked
    if told.raised:
        text = f"{told.raised}: {told.text}"
        evidence = proof("", "what an update gives", told.raised, text).evidence
        yield Proof("crash", evidence, Severity.ERROR, "", told.module, told.line)
        return
    if found.returns or not found.after[0]:
        return  # it gives the new weights back: whoever calls it puts them in their place
    if found.stays:
        yield _still(found)
    elif found.climb > 0:
        what = "the first update along the gradients, over its length"
        yield replace(proof("gradient-ascent", what, 1.0, found.climb), line=_line(found))
    elif found.rebound:
        what = "arrays that stand in the place of the weights"
        told_of = proof("rebinds-parameters", what, 1.0, 1.0)
        yield replace(told_of, severity=Severity.ADVICE, line=_line(found))


def _still(found: Optimiser) -> Proof:
    """Return that a weight is never moved, with what is moved in its place."""
    names = found.stays
    after, before = found.grads_after, found.grads
    changed = [n for n in names if n in after and not np.array_equal(after[n], before[n])]
    told = proof("", f"how far {names[0]}[0] moves in {_TIMES} updates", "not 0", 0.0)
    began = "are where they began" if len(names) > 1 else "is where it began"
    words = f"After {_TIMES} updates {', '.join(names)} {began}"
    words += ": it is the gradients that are changed." if changed else "."
    return replace(told, sentence=words, line=_line(found))


def _line(found: Optimiser) -> int:
    """Return the line of the last statement about a weight in the update, else the first line."""
    method_ = found.definition.methods[found.update]
    params, grads = method_.parameters[:2]
    lines = [
        node.lineno
        for node in ast.walk(method_.node)
        if isinstance(node, ast.AugAssign | ast.Assign | ast.Expr)
        and re.search(rf"\b({params}|{grads})\b\[", ast.unparse(node))
        and not _is_of_another(node, params, grads)
    ]
    return max(lines, default=method_.line)


def _is_of_another(node: ast.stmt, params: str, grads: str) -> bool:
    """Tell whether a statement writes to something else than a weight or a gradient."""
    targets = [node.target] if isinstance(node, ast.AugAssign) else getattr(node, "targets", [])
    texts = [ast.unparse(target) for target in targets]
    return bool(texts) and not any(t.startswith((f"{params}[", f"{grads}[")) for t in texts)
