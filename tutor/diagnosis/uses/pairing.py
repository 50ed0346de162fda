"""Targets that do not belong to the inputs beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.uses.run import Run
from tutor.diagnosis.uses.text import Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_DRAWS = ("choice", "randint", "integers", "permutation", "sample", "randperm")


def find_pairings(case: Case) -> Iterator[Use]:
    """Yield batches whose targets are those of other inputs, or the inputs themselves."""
    for text in case.texts.values():
        for x, t in _batches(text):
            picked, given = x.value, t.value
            if not isinstance(picked, ast.Subscript):
                continue
            partner = _partner(text, ast.unparse(picked.value), t.lineno)
            same = ast.unparse(given) in (ast.unparse(picked), ast.unparse(x.targets[0]))
            if partner and same:
                yield from _same(case, text, t, f"{partner}[{ast.unparse(picked.slice)}]")
            elif isinstance(given, ast.Subscript) and _are_two_draws(text, picked, given):
                yield from _apart(case, text, t, picked)


def _batches(text: Text) -> Iterator[tuple[ast.Assign, ast.Assign]]:
    """Yield two statements that pick rows of an array, for two arguments of one call."""
    picks: dict[str, list[ast.Assign]] = {}
    for statement in text.statements():
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    picks.setdefault(target.id, []).append(statement)
    seen = set()
    for node in text.nodes:
        if not isinstance(node, ast.Call) or len(node.args) < 2:
            continue
        names = [arg.id for arg in node.args[-2:] if isinstance(arg, ast.Name)]
        if len(names) == 2 and all(name in picks for name in names) and names[0] != names[1]:
            owner = text.owner(node.lineno)
            x, t = (_nearest(text, picks[name], owner) for name in names)
            if x is not None and t is not None and (x.lineno, t.lineno) not in seen:
                seen.add((x.lineno, t.lineno))
                yield x, t


def _nearest(text: Text, nodes: list[ast.Assign], owner: str) -> ast.Assign | None:
    own = [node for node in nodes if text.owner(node.lineno) == owner]
    return own[-1] if own else None


def _partner(text: Text, base: str, line: int) -> str:
    """Return the name that stands beside another: t_train of (x_train, t_train), or of (x, t)."""
    function = text.function(text.owner(line))
    rows = [[a.arg for a in function.args.args]] if function is not None else []
    for node in text.nodes:
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            rows.append([ast.unparse(item) for item in node.elts])
    for names in rows:
        if base in names[:-1]:
            partner = names[names.index(base) + 1]
            if partner[:1] in "tyl" and partner[:1] != base[:1]:
                return partner
    return ""


def _same(case: Case, text: Text, t: ast.Assign, new: str) -> Iterator[Use]:
    """Yield targets that are the inputs, if the training fails with them and runs without."""
    if not case.run.own_failures:
        return
    after = case.changed({text.name: text.with_piece(t.value, new)})
    if len(after.own_failures) >= len(case.run.own_failures) or not _learns(after):
        return
    target = ast.unparse(t.targets[0])
    failed = case.run.own_failures[0]
    evidence = (
        Evidence(f"what {target} is taken from", *[ast.unparse(t.value)] * 2),
        Evidence("what the training does", failed.kind, f"{failed.kind}: {failed.text}"),
    )
    repair = Repair(True, None, f"{target} = {new}")
    yield case.at(text.name, t.lineno, error("wrong-pairing", *evidence), repair)


def _are_two_draws(text: Text, x: ast.Subscript, t: ast.Subscript) -> bool:
    """Tell whether the rows of x and those of t were drawn by lot, each for itself."""
    one, other = ast.unparse(x.slice), ast.unparse(t.slice)
    drawn = [_drawn(text, x.slice, x.lineno), _drawn(text, t.slice, t.lineno)]
    apart = one != other or isinstance(x.slice, ast.Call)
    return apart and None not in drawn and (drawn[0] != drawn[1] or isinstance(t.slice, ast.Call))


def _drawn(text: Text, node: ast.expr, line: int) -> int | None:
    """Return the line in which an index was drawn at random, None if it was not."""
    if isinstance(node, ast.Call):
        return node.lineno if called(node) in _DRAWS else None
    if not isinstance(node, ast.Name):
        return None
    given = [
        s
        for s in text.statements()
        if isinstance(s, ast.Assign)
        and s.lineno < line
        and any(isinstance(target, ast.Name) and target.id == node.id for target in s.targets)
    ]
    last = max(given, key=lambda s: s.lineno) if given else None
    return _drawn(text, last.value, line) if last is not None else None


def _apart(case: Case, text: Text, t: ast.Assign, x: ast.Subscript) -> Iterator[Use]:
    """Yield targets of other rows than the inputs; with one draw the training still runs."""
    value = t.value
    if not isinstance(value, ast.Subscript) or isinstance(x.slice, ast.Call):
        return
    new = ast.unparse(x.slice)
    after = case.changed({text.name: text.with_piece(value.slice, new)})
    if len(after.own_failures) > len(case.run.own_failures) or not _learns(after):
        return
    evidence = Evidence("draws that choose the rows of the inputs and of the targets", 2, 2)
    line = f"{ast.unparse(t.targets[0])} = {ast.unparse(value.value)}[{new}]"
    repair = Repair(True, None, line)
    yield case.at(text.name, t.lineno, error("wrong-pairing", evidence), repair)


def _learns(run: Run) -> bool:
    return any(label.moved for label in run.labels)
