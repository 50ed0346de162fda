"""Nets whose pieces are put together wrongly: what they share, what they skip, what they keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Left, Repair
from tutor.diagnosis.known import known_net
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.uses.redefined import redefined_net
from tutor.diagnosis.uses.text import Function, Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_LAYERS = (
    "[[id(layer) for layer in (held.values() if isinstance(held, dict) else held)"
    " if hasattr(layer, 'backward')]"
    " for held in vars(net).values() if isinstance(held, (dict, list, tuple))]"
)


@dataclass(frozen=True, slots=True)
class Built:
    """A net of the file, made and asked; ``net`` is what could be measured of it."""

    definition: Definition
    text: Text
    net: Network | Observed

    def method(self, name: str) -> Function | None:
        """Return one of its methods."""
        found = self.definition.methods.get(name)
        node = found.node if found is not None else None
        return node if isinstance(node, ast.FunctionDef) else None


def find_nets(case: Case) -> Iterator[Use]:
    """Yield what is wrong with the way a net is put together."""
    for part in case.parts:
        if part.role is not Role.NETWORK:
            continue
        definition = part.definition
        net = known_net(case.student, definition)
        built = Built(definition, case.texts[definition.module], net)
        yield from _duplicate(case, built)
        yield from _shared(case, built)
        yield from _bypass(case, built)
        yield from _stale(case, built)
        yield from _forwards(case, built)


# -- one key for two layers -----------------------------------------------------------------------


def _duplicate(case: Case, built: Built) -> Iterator[Use]:
    """Yield a key of a container that is given a layer twice."""
    begin = built.method("__init__")
    for block in _blocks(begin) if begin is not None else ():
        keys: dict[str, ast.Assign] = {}
        for statement in block:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
                continue
            target = statement.targets[0]
            if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Constant):
                continue
            key = ast.unparse(target)
            if key in keys and _makes_layer(case, statement.value):
                yield from _renamed(case, built, statement, target)
            keys[key] = statement


def _blocks(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for inner in ast.walk(node):
        for name in ("body", "orelse"):
            block = getattr(inner, name, None)
            if isinstance(block, list):
                yield block


def _makes_layer(case: Case, value: ast.Call) -> bool:
    return any(
        p.definition.name == called(value) and p.role in (Role.LAYER, Role.LOSS_LAYER)
        for p in case.parts
    )


def _renamed(case: Case, built: Built, second: ast.Assign, target: ast.Subscript) -> Iterator[Use]:
    before = _layers(case)
    value = getattr(target.slice, "value", "")
    new = f"{ast.unparse(target.value)}[{str(value) + '_2'!r}] = {ast.unparse(second.value)}"
    after = redefined_net(case, built.definition, built.text.with_piece(second, new), _layers)
    if after is None or not isinstance(after.extra, list):
        return
    count, wanted = max(map(len, before), default=0), max(map(len, after.extra), default=0)
    if wanted > count:
        what = f"layers that the net holds, of {wanted} that it makes"
        evidence = Evidence(what, wanted - 1, count)
        repair = Repair(True, after.left, new, Left.NET)
        proved = error("duplicate-layer-key", evidence)
        yield case.at(built.text.name, second.lineno, proved, repair)


def _layers(case: Case) -> list[list[int]]:
    """Return the identities of the layers in each container of the net that was made last."""
    answer = case.student.observe(f"(lambda: {_LAYERS})")
    found = answer.value if isinstance(answer.value, list) else []
    return [held for held in found if held]


# -- one layer in two places ----------------------------------------------------------------------


def _shared(case: Case, built: Built) -> Iterator[Use]:
    """Yield a layer that stands twice in a net whose gradients for that are wrong."""
    held = next((ids for ids in _layers(case) if len(set(ids)) < len(ids)), None)
    begin = built.method("__init__")
    if held is None or begin is None or (isinstance(built.net, Network) and built.net.agrees):
        return
    for node, new in _copied(begin):
        source = built.text.with_piece(node, new)
        after = redefined_net(case, built.definition, source, _layers)
        if after is None or not after.net.agrees:
            continue
        what = f"different layers in the net, of {len(held)}"
        evidence = Evidence(what, f"below {len(held)}", len(set(held)))
        whole = built.text.piece(built.text.statement(node.lineno) or node)
        line = whole.replace(built.text.piece(node), _plain(new), 1)
        repair = Repair(True, after.left, line, Left.NET)
        yield case.at(built.text.name, node.lineno, error("shared-layer", evidence), repair)
        return


def _copied(begin: Function) -> Iterator[tuple[ast.expr, str]]:
    """Yield the expressions that put a layer made elsewhere into the net, and a copy of each."""
    for node in ast.walk(begin):
        values: list[ast.expr] = []
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            values = [node.value]
        elif isinstance(node, ast.Call) and called(node) == "append":
            values = list(node.args)
        elif isinstance(node, ast.AugAssign) and isinstance(node.value, ast.List):
            values = node.value.elts
        elif isinstance(node, ast.List | ast.Tuple | ast.Dict):
            held = node.values if isinstance(node, ast.Dict) else node.elts
            values = [v for v in held if isinstance(v, ast.expr)]
        for value in values:
            if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                yield value, f"__import__('copy').deepcopy({ast.unparse(value)})"


def _plain(new: str) -> str:
    """Return a copy as a person writes it, who has imported copy."""
    return new.replace("__import__('copy')", "copy")


# -- a last layer that is left out ----------------------------------------------------------------


def _bypass(case: Case, built: Built) -> Iterator[Use]:
    """Yield a loss that never runs the last layer, whose backward the gradient begins with."""
    net = built.net
    if isinstance(net, Observed) or not net.gradient or net.agrees or net.gradient == net.loss:
        return
    loss, gradient = built.method(net.loss), built.method(net.gradient)
    if loss is None or gradient is None:
        return
    last = _last_layer(gradient)
    reached = "".join(ast.unparse(node) for node in _reached(built, gradient))
    if not last or re.search(rf"self\.{last}(\.forward|\()", reached):
        return
    returns = [n for n in ast.walk(loss) if isinstance(n, ast.Return)]
    names = [argument.arg for argument in loss.args.args[1:3]]
    if not returns or len(names) < 2:
        return
    logits = _inner_call(loss) or f"self.predict({names[0]})"
    new = f"return self.{last}.forward({logits}, {names[1]})"
    source = built.text.with_piece(returns[-1], new)
    after = redefined_net(case, built.definition, source)
    if after is None or not after.net.agrees:
        return
    told = net.batches[0].asked
    given = f"{told.raised}: {told.text}" if told.raised else "those of another batch"
    evidence = Evidence("what the gradient gives after the loss", told.raised or given, given)
    proved = error("loss-bypasses-last-layer", evidence)
    repair = Repair(True, after.left, new, Left.NET)
    yield case.at(built.text.name, returns[-1].lineno, proved, repair)


def _last_layer(gradient: Function) -> str:
    """Return the attribute whose backward is called first."""
    for node in ast.walk(gradient):
        if isinstance(node, ast.Call) and called(node) == "backward":
            text = ast.unparse(node.func)
            found = re.fullmatch(r"self\.(\w+)\.backward", text)
            if found:
                return found[1]
    return ""


def _reached(built: Built, start: Function) -> list[Function]:
    """Return a method and the net's other methods that it calls."""
    out = [start]
    for node in out:
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("self."):
                method = built.method(called(call))
                if method is not None and method not in out:
                    out.append(method)
    return out


def _inner_call(loss: Function) -> str:
    """Return the call of the net's own prediction."""
    for node in ast.walk(loss):
        if isinstance(node, ast.Call) and called(node) in ("predict", "forward", "scores"):
            text = ast.unparse(node)
            if text.startswith("self."):
                return text
    return ""


# -- what the last forward pass left --------------------------------------------------------------


def _stale(case: Case, built: Built) -> Iterator[Use]:
    """Yield a gradient that is always that of the batch whose loss was taken last."""
    net = built.net
    if isinstance(net, Observed) or not net.gradient or net.gradient == net.loss:
        return
    gradient = built.method(net.gradient)
    names = [argument.arg for argument in gradient.args.args[1:]] if gradient is not None else []
    if gradient is None or len(names) < 2:
        return
    if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(gradient)):
        return
    if not _unprepared(case, net):
        return
    first = next((s for s in gradient.body if not _is_text(s)), gradient.body[0])
    call = f"self.{net.loss}({', '.join(names[:2])})"
    new = f"{call}; {built.text.piece(first)}"
    gap = _two_batches(case, net)
    after = redefined_net(
        case, built.definition, built.text.with_piece(first, new), lambda c: _two_batches(c, net)
    )
    if after is None or not after.net.agrees or gap is None or gap > 0 or not after.extra:
        return
    what = "difference of the gradients of two batches, one after the other"
    evidence = Evidence(f"{what} ({float(after.extra):.3g} once put right)", 0.0, gap)
    repair = Repair(True, after.left, f"{call}\n{built.text.piece(first)}", Left.NET)
    yield case.at(built.text.name, first.lineno, error("stale-cache", evidence), repair)


def _forwards(case: Case, built: Built) -> Iterator[Use]:
    """Yield a backward pass from the first layer to the last."""
    net = built.net
    gradient = built.method(net.gradient) if isinstance(net, Network) else None
    if gradient is None or isinstance(net, Observed) or net.agrees:
        return
    for method in _reached(built, gradient):
        for loop in ast.walk(method):
            if not isinstance(loop, ast.For) or not _runs_backward(loop):
                continue
            new = f"reversed(list({built.text.piece(loop.iter)}))"
            after = redefined_net(case, built.definition, built.text.with_piece(loop.iter, new))
            if after is None or not after.net.agrees:
                continue
            told = net.batches[0].asked
            given = f"{told.raised}: {told.text}" if told.raised else "other gradients"
            evidence = Evidence("what the gradient gives", "the slopes of the loss", given)
            repair = Repair(True, after.left, f"for {ast.unparse(loop.target)} in {new}:", Left.NET)
            yield case.at(built.text.name, loop.lineno, error("stale-cache", evidence), repair)
            return


def _runs_backward(loop: ast.For) -> bool:
    """Tell whether a loop calls the backward of what it goes through."""
    return any(
        isinstance(node, ast.Call)
        and called(node) == "backward"
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == ast.unparse(loop.target)
        for node in ast.walk(loop)
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _unprepared(case: Case, net: Network) -> bool:
    """Tell whether the file takes a gradient without the loss of the same batch before it."""
    for text in case.texts.values():
        for block in _blocks(text.tree):
            for place, statement in enumerate(block):
                for node in ast.walk(statement):
                    if not isinstance(node, ast.Call) or called(node) != net.gradient:
                        continue
                    if isinstance(statement, ast.For | ast.While | ast.If | ast.FunctionDef):
                        continue
                    before = "".join(ast.unparse(s) for s in block[:place])
                    args = ", ".join(ast.unparse(arg) for arg in node.args)
                    if node.args and f"{net.loss}({args})" not in before:
                        return True
    return False


def _two_batches(case: Case, net: Network) -> float | None:
    """Return how far the gradients of two batches are apart, after the loss of one of them."""
    one, other = net.batches[1], net.batches[1]
    x = np.asarray(other.x)[::-1] * 0.5
    case.student.observe(f"net.{net.loss}", one.x, one.t)
    first = _flat(case.student.observe(f"net.{net.gradient}", one.x, one.t).value)
    second = _flat(case.student.observe(f"net.{net.gradient}", x, other.t).value)
    if not first.size or first.shape != second.shape:
        return None
    return float(np.max(np.abs(first - second)))


def _flat(value: Any) -> Any:
    items = value.values() if isinstance(value, Mapping) else value
    arrays = [np.ravel(v) for v in items or () if isinstance(v, np.ndarray)]
    return np.concatenate(arrays) if arrays else np.zeros(0)
