"""Which expressions may be the loss that a step goes down, the likeliest first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from typing import Final

from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import plain
from tutor.diagnosis.steps.step import Step, arguments, called

_STRONG: Final = re.compile(
    r"loss|cost|perte|cout|coût|損失|誤差|손실|비용|오차|verlust|kosten|perd|custo|erreur|nll|xent"
    r"|cross_?ent|entrop|entropie|(^|_)(mse|sse|cee?|j)(_|\d|$)|objective|交叉|代价"
)
_WEAK: Final = re.compile(r"err|(^|_)(e|l|energy)(_|\d|$)|square|quad")
_NOT: Final = re.compile(
    r"grad|deriv|prime|(^|_)d_|delta|list|hist|backw|plot|print|num|test|acc|val_"
)
_TARGET: Final = re.compile(
    r"^(t|y|label|target|cible|true|y_true|truth|classe|ラベル|정답|라벨|教師)"
)
_OUTPUT: Final = re.compile(
    r"forward|predict|avant|prediction|infer|feed|forw|순전파|예측|順伝播|予測"
)
_NP: Final = "__import__('numpy')"


class Trust(IntEnum):
    """How sure it is that an expression is the loss that the gradient is meant to be of."""

    REFERENCE = 0
    WEAK = 1
    NAMED = 2
    SAME_CALL = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """An expression in the names of a step, and how far it is trusted."""

    text: str
    trust: Trust


def losses(step: Step, definitions: Mapping[str, Definition]) -> list[Loss]:
    """Return the student's own losses of a step."""
    found = list(_of_call(step, definitions) if step.is_call else _of_body(step))
    found += list(_bound_losses(step, definitions))
    out: dict[str, Loss] = {}
    for loss in found:
        out.setdefault(loss.text, loss)
    return list(out.values())[:24]


def trust(name: str) -> Trust | None:
    """Return how far a name speaks for a loss, None if it does not."""
    words = plain(name)
    if _NOT.search(words):
        return None
    if _STRONG.search(words):
        return Trust.NAMED
    return Trust.WEAK if _WEAK.search(words) else None


def _of_call(step: Step, definitions: Mapping[str, Definition]) -> Iterator[Loss]:
    for node in ast.walk(step.node):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
            named = isinstance(first, ast.Name) and trust(first.id) is not None
            if len(node.value.elts) == 2 and (named or "loss" in plain(step.function)):
                yield Loss("__given__", Trust.SAME_CALL)


def _of_body(step: Step) -> Iterator[Loss]:
    """Yield what the statements of a step name or compute as a loss."""
    parts = _parts(step)
    for statement in _statements(step.body):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _named(target, statement.value)
        elif isinstance(statement, ast.AugAssign):
            yield from _named(statement.target, statement.value)
    for statement in step.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                name = called(node)
                sure = trust(name) if name else None
                if sure is not None and name not in ("append", "print"):
                    yield from (Loss(text, sure) for text in _on_the_batch(node, parts))


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield from (n for n in ast.walk(statement) if isinstance(n, ast.stmt))


def _named(target: ast.expr, value: ast.expr) -> Iterator[Loss]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Call):
        first = target.elts[0]
        sure = trust(ast.unparse(first)) if isinstance(first, ast.Name | ast.Attribute) else None
        if sure is not None:
            yield Loss(ast.unparse(first), Trust.SAME_CALL)
    elif isinstance(target, ast.Name | ast.Attribute):
        name = target.id if isinstance(target, ast.Name) else target.attr
        sure = trust(name)
        if sure is not None:
            yield Loss(ast.unparse(target), sure)
            yield Loss(ast.unparse(value), sure)


def _parts(step: Step) -> dict[str, list[str]]:
    """Return which parts of an array a step reads: X[idx] of X."""
    out: dict[str, list[str]] = {}
    for text in step.parts():
        out.setdefault(text.partition("[")[0], []).append(text)
    return out


def _on_the_batch(call: ast.Call, parts: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a call with whole arrays taken for the batch's part of them, then as it is."""
    names = sorted({n.id for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)})
    cut = {name: parts[name][0] for name in names if name in parts}
    parted = [n for a in call.args for n in ast.walk(a) if isinstance(n, ast.Subscript)]
    if cut and all(isinstance(n.slice, ast.Constant) for n in parted):
        changed = _Cut(cut).visit(ast.parse(ast.unparse(call), mode="eval"))
        yield ast.unparse(changed)
    yield ast.unparse(call)


class _Cut(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, str]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.AST:
        part = self.parts.get(node.id)
        return ast.parse(part, mode="eval").body if part else node


# -- losses that the step does not call -----------------------------------------------------------


def _bound_losses(step: Step, definitions: Mapping[str, Definition]) -> Iterator[Loss]:
    """Yield the file's own loss functions, on what the step hands to its other functions."""
    known = dict(_functions(definitions))
    bound, receivers = _bindings(step, known)
    outputs = list(_outputs(known, bound, receivers, step))
    targets = [text for name, text in bound.items() if _TARGET.match(plain(name))]
    for (owner, name), definition in known.items():
        sure = trust(name)
        if sure is None or not isinstance(definition.node, ast.FunctionDef):
            continue
        if step.is_call and name == step.function:
            continue
        for text in _calls(definition, owner, name, bound, receivers):
            yield Loss(text, sure)
        if definition.required == 2 and len(definition.parameters) <= 3 and not owner:
            for output, target in product(outputs, targets):
                yield Loss(f"{name}({output}, {target})", sure)


def _functions(
    definitions: Mapping[str, Definition],
) -> Iterator[tuple[tuple[str, str], Definition]]:
    for definition in definitions.values():
        if definition.kind is Kind.FUNCTION:
            yield ("", definition.name), definition
        for name, method in definition.methods.items():
            yield (definition.name, name), method


def _bindings(
    step: Step, known: Mapping[tuple[str, str], Definition]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what formal names stand for in a step, and an expression for each class's object."""
    bound: dict[str, str] = {}
    receivers: dict[str, str] = {step.owner: "self"} if step.owner else {}
    if step.is_call or isinstance(step.node, ast.FunctionDef):
        bound.update({name: name for name in arguments(step.node) if name != "self"})  # type: ignore[arg-type]
    if step.is_call:
        return bound, receivers
    calls = [n for s in step.body for n in ast.walk(s) if isinstance(n, ast.Call)]
    for call in sorted(calls, key=lambda c: len(c.args), reverse=True):
        owners = [(o, n) for o, n in known if n == called(call) and bool(o) is _has_receiver(call)]
        for key in owners[:1]:
            if key[0] and isinstance(call.func, ast.Attribute):
                receivers.setdefault(key[0], ast.unparse(call.func.value))
            if any(isinstance(a, ast.Starred) for a in call.args):
                continue
            for formal, actual in zip(known[key].parameters, call.args, strict=False):
                bound.setdefault(formal, ast.unparse(actual))
            for keyword in call.keywords:
                if keyword.arg:
                    bound.setdefault(keyword.arg, ast.unparse(keyword.value))
    return bound, receivers


def _has_receiver(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute)


def _calls(
    definition: Definition,
    owner: str,
    name: str,
    bound: Mapping[str, str],
    receivers: Mapping[str, str],
) -> Iterator[str]:
    needed = definition.parameters[: definition.required]
    if owner and owner not in receivers:
        return
    if not needed or not all(formal in bound for formal in needed):
        return
    args = [bound[formal] for formal in needed]
    args += [f"{f}={bound[f]}" for f in definition.parameters[definition.required :] if f in bound]
    function = f"{receivers[owner]}.{name}" if owner else name
    yield f"{function}({', '.join(args)})"


def _outputs(
    known: Mapping[tuple[str, str], Definition],
    bound: Mapping[str, str],
    receivers: Mapping[str, str],
    step: Step,
) -> Iterator[str]:
    for (owner, name), definition in known.items():
        if _OUTPUT.search(plain(name)) and name != step.function:
            for text in _calls(definition, owner, name, bound, receivers):
                yield text
                yield f"{text}[-1]"
                yield f"{text}[0]"


# -- losses that everybody knows ------------------------------------------------------------------


def references(step: Step, shapes: Mapping[str, tuple[int, ...]]) -> list[Loss]:
    """Return the usual losses of what a step seems to compare: outputs and targets by shape.

    They are meant up to a constant, and never hold anything against a step by themselves.
    """
    made = {n.id for s in step.body for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
    out: list[Loss] = []
    for target, shape in shapes.items():
        if not _TARGET.match(plain(target)) and target in made:
            continue
        for name in made:
            got = shapes.get(name)
            if name == target or got is None:
                continue
            if got == shape:
                out.append(Loss(f"0.5 * (({name} - {target}) ** 2).sum()", Trust.REFERENCE))
                out.append(Loss(f"-({target} * {_NP}.log({name})).sum()", Trust.REFERENCE))
                out.append(Loss(_binary(name, target), Trust.REFERENCE))
            elif len(got) == 2 and shape == got[:1]:
                rows = f"{_NP}.arange({got[0]})"
                out.append(Loss(f"-{_NP}.log({name}[{rows}, {target}]).sum()", Trust.REFERENCE))
            elif len(got) == 2 and shape == got[1:]:
                samples = f"{_NP}.arange({got[1]})"
                out.append(Loss(f"-{_NP}.log({name}[{target}, {samples}]).sum()", Trust.REFERENCE))
    return out[:40]


def _binary(name: str, target: str) -> str:
    return f"-({target} * {_NP}.log({name}) + (1 - {target}) * {_NP}.log(1 - {name})).sum()"
