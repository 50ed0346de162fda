"""An f that cannot be differentiated: it gives nothing, an array, or something else each time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.findings import Evidence, Left, Repair
from tutor.diagnosis.known import known_net
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.parts.network import Network, ask_network
from tutor.diagnosis.uses.call import Call
from tutor.diagnosis.uses.redefined import Redefined, gradients_left, redefined_net
from tutor.diagnosis.uses.text import Function, Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_H = 1e-5
_FAIR = 1e-3


def find_objectives(case: Case) -> Iterator[Use]:
    """Yield what is wrong with the functions that the file differentiates."""
    for text in case.texts.values():
        for owner, function, inner in _silent(case, text):
            yield from _none(case, text, owner, function, inner)
        yield from _values(case, text)
    for call in case.calls:
        if call.raised and np.prod(call.returned[1]) > 1:
            yield from _array(case, call)
        elif not call.raised and len(call.values) > 1:
            yield from _random(case, call)
    yield from _random_nets(case)


# -- an f that returns nothing --------------------------------------------------------------------


def _silent(case: Case, text: Text) -> Iterator[tuple[str, Function, ast.stmt]]:
    """Yield functions that a differentiator is given and whose last line returns nothing."""
    differentiators = {t.definition.name for t in case.parts if t.role is Role.DIFFERENTIATOR} | {
        c.name for c in case.calls
    }
    given = {
        argument.id
        for node in text.nodes
        if isinstance(node, ast.Call) and called(node) in differentiators
        for argument in node.args[:1]
        if isinstance(argument, ast.Name)
    }
    for name, node in text.owners():
        last = node.body[-1]
        silent = not any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node))
        if node.name in given and silent and isinstance(last, ast.Expr | ast.Assign):
            yield name, node, last


def _none(case: Case, text: Text, name: str, node: Function, last: ast.stmt) -> Iterator[Use]:
    """Yield it if a returned value puts right what calls it."""
    value = ast.unparse(last.value if isinstance(last, ast.Expr) else last.targets[0])  # type: ignore[attr-defined]
    new = f"return {value}"
    whole = new if isinstance(last, ast.Expr) else f"{ast.unparse(last)}; {new}"
    source = text.with_piece(last, whole)
    told = "TypeError" if _raised(case, name) else ""
    evidence = Evidence("what f returns", "None", "None")
    owner = case.definitions.get(name.partition(".")[0])
    if owner is not None and owner.kind is Kind.CLASS:
        after = redefined_net(case, owner, source)
        if after is None or not (after.net.agrees or after.net.batches[0].numerical):
            return
        repair = Repair(True, after.left, new, Left.NET)
    else:
        fixed = case.changed({text.name: source})
        told = told or "".join(f.kind for f in case.run.own_failures[:1])
        if not told or any("NoneType" in f.text for f in fixed.failures):
            return
        repair = Repair(True, gradients_left(case, text.name, source), new, Left.NET)
    yield case.at(text.name, node.lineno, error("closure-returns-none", evidence), repair, name)


def _raised(case: Case, name: str) -> bool:
    return any(c.raised and c.f.function == name for c in case.calls)


# -- an f that is no function ---------------------------------------------------------------------


def _values(case: Case, text: Text) -> Iterator[Use]:
    """Yield what a differentiator is given for f and is the value of a call, not a function."""
    failed = [f for f in case.run.own_failures if "not callable" in f.text]
    differentiators = {t.definition.name for t in case.parts if t.role is Role.DIFFERENTIATOR}
    for name, function in text.owners() if failed else ():
        given = {
            node.args[0].id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and called(node) in differentiators and node.args
            if isinstance(node.args[0], ast.Name)
        }
        for statement in ast.walk(function):
            if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
                continue
            if not given & {t.id for t in statement.targets if isinstance(t, ast.Name)}:
                continue
            new = f"lambda _: {text.piece(statement.value)}"
            source = text.with_piece(statement.value, new)
            fixed = case.changed({text.name: source})
            if len(fixed.own_failures) < len(case.run.own_failures):
                evidence = Evidence("what f is", "a number", "a number")
                line = f"{ast.unparse(statement.targets[0])} = {new}"
                proved = error("closure-returns-none", evidence)
                repair = Repair(True, gradients_left(case, text.name, source), line, Left.NET)
                yield case.at(text.name, statement.lineno, proved, repair, name)


# -- an f that returns an array -------------------------------------------------------------------


def _array(case: Case, call: Call) -> Iterator[Use]:
    """Yield the function that gives an array, if its mean in place of it can be differentiated."""
    module, name, node = _giver(case, call)
    if node is None or node.value is None:
        return
    text = case.texts[module]
    new = f"return np.mean({text.piece(node.value)})"
    evidence = Evidence("shape of the loss", "other than ()", str(call.returned[1]))
    source = text.with_piece(node, new)
    fixed = case.changed({module: source})
    same = [f for f in fixed.failures if f.text == call.text]
    if not same:
        repair = Repair(True, gradients_left(case, module, source), new, Left.NET)
        yield case.at(module, node.lineno, error("loss-not-scalar", evidence), repair, name)


def _giver(case: Case, call: Call) -> tuple[str, str, ast.Return | None]:
    """Return the return statement that f's value comes from: its own, or of what it calls."""
    module = call.f.module or call.place.module
    text = case.texts[module]
    name = call.f.function
    node = text.function(name)
    if node is None or node.lineno != call.f.line:  # a lambda: the function that it calls
        for call_node in ast.walk(text.statement(call.f.line) or ast.Pass()):
            if isinstance(call_node, ast.Lambda) and isinstance(call_node.body, ast.Call):
                wanted = called(call_node.body)
                found = [(n, f) for n, f in text.owners() if f.name == wanted]
                if found:
                    name, node = found[-1]
                    break
        else:
            return module, name, None
    returns = [n for n in ast.walk(node) if isinstance(n, ast.Return)] if node else []
    return module, name, returns[-1] if returns else None


# -- an f that changes by itself ------------------------------------------------------------------


def _random(case: Case, call: Call) -> Iterator[Use]:
    """Yield an f that gives two values at one point."""
    asked = [case.student.observe(f"f{call.number}", *call.args()).number() for _ in range(3)]
    if None in asked or not np.all(np.isfinite(np.array(asked, float))):
        return
    one, *others = asked
    difference = max(abs(float(o) - float(one or 0.0)) for o in others if o is not None)
    if difference <= 1e-9 * max(abs(float(one or 0.0)), 1.0):
        return
    evidence = Evidence("difference of two values of f at one point", "other than 0", difference)
    place = drawing(case) or (call.place.module, call.place.line)
    repair = seeded(case, *place) or Repair(False)
    if repair.confirmed:
        yield case.at(*place, error("random-loss", evidence), repair)


def _random_nets(case: Case) -> Iterator[Use]:
    """Yield nets that take numerical gradients of a loss that is another one each time."""
    for part in case.parts:
        owner = part.definition
        if part.role is not Role.NETWORK or not _is_checked(case, owner):
            continue
        net = known_net(case.student, owner)
        if not isinstance(net, Network):
            continue
        one, other = net.batches[0].loss.number(), net.batches[0].again.number()
        place = drawing(case)
        if one is None or other is None or one == other or place is None:
            continue
        evidence = Evidence("difference of two losses of one batch", "other than 0", other - one)
        repair = seeded(case, *place)
        if repair is not None and repair.confirmed:
            yield case.at(*place, error("random-loss", evidence), repair)


def _is_checked(case: Case, owner: Definition) -> bool:
    """Tell whether the file calls a numerical gradient that a net has as a method."""
    methods = [name for name in owner.methods if "num" in plain(name)]
    calls = [c for text in case.texts.values() for name in methods for c in text.calls(name)]
    return any(isinstance(call.func, ast.Attribute) for call in calls)


def drawing(case: Case) -> tuple[str, int] | None:
    """Return the line in a function for the forward pass that draws random numbers."""
    for text in case.texts.values():
        for name, node in text.owners():
            end = name.rpartition(".")[2].lower()
            if not any(word in end for word in ("forward", "loss", "predict", "perte", "f")):
                continue
            if end.startswith("__"):
                continue
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and _draws(inner):
                    return text.name, inner.lineno
    return None


def _draws(node: ast.Call) -> bool:
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    return base is not None and re.search(r"random|rng", ast.unparse(base)) is not None


def seeded(case: Case, module: str, line: int) -> Repair | None:
    """Let a line draw the same numbers each time, and ask the net for two losses."""
    text = case.texts[module]
    statement = text.statement(line)
    if statement is None:
        return None
    draws = [n for n in ast.walk(statement) if isinstance(n, ast.Call) and _draws(n)]
    base = getattr(draws[0].func, "value", None) if draws else None
    new = f"np.random.seed(0); {text.piece(statement)}"
    source = text.with_piece(statement, new)
    if isinstance(base, ast.expr) and not ast.unparse(base).startswith("np"):
        source = text.with_piece(base, "np.random.default_rng(0)")
        new = ast.unparse(statement).replace(ast.unparse(base), "np.random.default_rng(0)")
    owner = case.definitions.get(text.owner(line).partition(".")[0])
    if owner is None:
        return None
    whole = "\n".join(source.split("\n")[owner.line - 1 : owner.end_line])
    student = case.student
    if not student.redefine(owner.name, whole, owner.line, owner.module):
        return None
    nets = [t.definition for t in case.parts if t.role is Role.NETWORK]
    found = [ask_network(student, net, np.random.default_rng(0)) for net in nets]
    student.restore()
    for net in found:
        if isinstance(net, Network):
            one, other = net.batches[0].loss.number(), net.batches[0].again.number()
            return Repair(one == other and one is not None, Redefined(net).left, new, Left.NET)
    return None
