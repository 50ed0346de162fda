"""Training that cannot learn: weights that start at zero, that blow up, targets that are none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.names import Role
from tutor.diagnosis.uses.data import PIXELS
from tutor.diagnosis.uses.driver import reached
from tutor.diagnosis.uses.polynomial import VECTOR, slopes_at
from tutor.diagnosis.uses.run import Label, Pick, Round, Run
from tutor.diagnosis.uses.text import MODULE, Function, Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_TWICE = 2.0  # times the loss before: more, and a training has not merely trembled
_SLOWER = (1e-2, 1e-4, 1e-6)  # times the learning rate


def find_training(case: Case) -> Iterator[Use]:
    """Yield what a run of the file's own training shows."""
    if not case.updates and not any("argmax" in text.source for text in case.texts.values()):
        return
    run = case.run
    yield from _zeros(case, run)
    blown = list(_blow_up(case, run))
    picks = [p for p in run.picks if p.nan_rows and p.classes == 1 and p.first == 0]
    divided = list(_divided(case, picks)) if picks else []
    yield from divided
    wins = _constant(case, picks, blown) if picks and not divided else ()
    found = [*blown, *_unscaled(case), *wins]
    called_by_file = reached(case.texts) if found else set()
    for use in found:
        name = use.definition.rpartition(".")[2]
        own = use.definition == MODULE or bool({name, f".{name}"} & called_by_file)
        yield replace(use, is_symptom=not own)


# -- zeros ----------------------------------------------------------------------------------------


def _zeros(case: Case, run: Run) -> Iterator[Use]:
    """Yield matrices that all start at zero and, for that, never move."""
    matrices = [label for label in run.labels if len(label.shape) == 2 and label.visits]
    if len(matrices) < 2 or any(m.moved or not m.zero for m in matrices):
        return
    if not any(label.moved for label in run.labels):
        return
    for text in case.texts.values():
        for node in _made_of_zeros(text):
            shape = ", ".join(ast.unparse(item) for item in _shape(node))
            new = f"0.1 * np.random.randn({shape})"
            after = case.changed({text.name: text.with_piece(node, new)})
            moved = [a for a in after.labels if len(a.shape) == 2 and a.moved]
            if len(moved) >= len(matrices):
                what = "largest change of any weight, over all updates"
                proved = error("zero-init", Evidence(what, 0.0, 0.0))
                line = text.piece(text.statement(node.lineno) or node)
                repair = Repair(True, None, line.replace(text.piece(node), new, 1))
                yield case.at(text.name, node.lineno, proved, repair)
                return


def _made_of_zeros(text: Text) -> Iterator[ast.Call]:
    for node in text.nodes:
        if isinstance(node, ast.Call) and called(node) == "zeros" and len(_shape(node)) == 2:
            yield node


def _shape(node: ast.Call) -> list[ast.expr]:
    first = node.args[0] if node.args else None
    return first.elts if isinstance(first, ast.Tuple | ast.List) else []


# -- blow-up --------------------------------------------------------------------------------------


def _blow_up(case: Case, run: Run) -> Iterator[Use]:
    """Yield a learning rate with which the weights do not stay finite, if a smaller one does."""
    bad = [label for label in run.labels if label.bad]
    rates = {r.rate for r in run.rounds if np.isfinite(r.rate)}
    lines = {label.update.line for label in bad}
    rounds = [r for r in _of_a_loss(run) if r.lines & lines]
    used = {name for label in bad for name in _called_at(case, label)}
    if not bad or not _goes_down(case, rounds, used):
        return
    for text in case.texts.values():
        for node in _rates(text, rates, {n for label in bad for n in label.update.rates}):
            for factor in _SLOWER:
                new = repr(float(f"{_number(node) * factor:.3g}"))
                after = case.changed({text.name: text.with_piece(node, new)})
                if _settles(after, lines):
                    steps = min(label.bad for label in bad)
                    what = "updates until weights are no longer finite"
                    evidence = (Evidence(what, "above 0", steps), *_sizes(run))
                    statement = text.statement(node.lineno)
                    line = ast.unparse(statement) if statement is not None else ""
                    line = line.splitlines()[0].replace(ast.unparse(node), new) if line else ""
                    repair = Repair(True, None, line)
                    yield case.at(text.name, node.lineno, error("blow-up", *evidence), repair)
                    return


def _of_a_loss(run: Run) -> list[Round]:
    """Return the steps that change the loss which was noted: of another one nothing is known."""
    return [r for r in run.rounds if r.slope or r.before != r.after]


def _called_at(case: Case, label: Label) -> set[str]:
    """Return what is called in the function around an update; all names at the top level."""
    text = case.texts[label.update.module]
    node = text.function(text.owner(label.update.line)) or text.tree
    return {called(n) for n in ast.walk(node) if isinstance(n, ast.Call)}


def _goes_down(case: Case, rounds: Sequence[Round], names: set[str]) -> bool:
    """Tell whether the steps go along the right gradient, as far as that can be told."""
    if rounds:
        first = rounds[0]
        return bool(abs(first.slope + first.size / first.rate) <= 0.25 * first.size / first.rate)
    used = [p.definition for p in case.parts if p.role is Role.DIFFERENTIATOR]
    used = [definition for definition in used if definition.name in names] or used
    return all(slopes_at(case.student, one, VECTOR).is_right for one in used)


def _settles(run: Run, lines: set[int]) -> bool:
    """Tell whether nothing grows without end any more, and the loss of these updates falls."""
    rounds = [r for r in _of_a_loss(run) if r.lines & lines]
    losses = [r.after for r in rounds]
    falls = not losses or bool(np.isfinite(losses).all() and losses[-1] <= rounds[0].before)
    return bool(run.labels) and not any(label.bad for label in run.labels) and falls


def _sizes(run: Run) -> Iterator[Evidence]:
    rounds = _of_a_loss(run)
    if len(rounds) > 1 and np.isfinite([rounds[0].before, rounds[0].after]).all():
        first = rounds[0]
        yield Evidence("loss after the first step, to the loss before", "above 1", _grown(first))


def _grown(one: Round) -> float:
    return one.after / one.before if one.before else float("inf")


def _number(node: ast.Constant) -> float:
    return float(node.value) if isinstance(node.value, int | float) else 0.0


def _rates(text: Text, values: set[float], names: set[str]) -> Iterator[ast.Constant]:
    """Yield the constants that are the learning rate."""
    ends = {name.rpartition(".")[2] for name in names}
    for node in text.nodes:
        value: ast.AST | None = None
        if isinstance(node, ast.Assign):
            targets = {ast.unparse(t).rpartition(".")[2] for t in node.targets}
            value = node.value if targets & ends or not ends else None
        elif isinstance(node, ast.keyword) and node.arg in ends:
            value = node.value
        if isinstance(value, ast.Constant) and _number(value) > 0:
            yield value
    for _, function in text.owners():
        given = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        for argument, default in zip(given, function.args.defaults, strict=True):
            if argument.arg in ends and isinstance(default, ast.Constant) and _number(default) > 0:
                yield default
    for node in text.nodes:
        if isinstance(node, ast.Constant) and node.value in values:
            yield node


# -- pixels as they are ---------------------------------------------------------------------------


def _unscaled(case: Case) -> Iterator[Use]:
    """Yield a training on pixels from 0 to 255 whose loss rises, if it falls with 0 to 1."""
    for statement in case.driven:
        name = statement.partition("(")[0]
        text = next(iter(case.texts.values()))
        node = text.function(name)
        names = [a.arg for a in node.args.args if re.fullmatch(PIXELS, a.arg)] if node else []
        if node is None or not names:
            continue
        alone = replace(case, driven=(statement,))
        risen = _risen(alone.close_look)
        if not risen > _TWICE or not _goes_down(case, _of_a_loss(alone.close_look), set()):
            continue
        for piece, new in _scaled(case, text, node, names[0]):
            after = _risen(alone.changed({text.name: text.with_piece(piece, new)}))
            if after < 1.1:
                what = "highest loss of the training, to the loss before it"
                evidence = Evidence(what, "above 1.1", risen)
                line = text.piece(text.statement(piece.lineno) or piece)
                repair = Repair(True, None, line.replace(text.piece(piece), new, 1))
                yield case.at(text.name, piece.lineno, error("blow-up", evidence), repair)
                return


def _risen(run: Run) -> float:
    """Return the highest loss over the first; NaN if there is none, or one is no number."""
    rounds = _of_a_loss(run)
    highest = max((r.after for r in rounds if np.isfinite(r.after)), default=float("nan"))
    return highest / rounds[0].before if rounds and rounds[0].before else float("nan")


def _scaled(case: Case, text: Text, node: Function, pixels: str) -> Iterator[tuple[ast.expr, str]]:
    """Yield what may be divided by 255: what is made of the pixels, else the pixels themselves."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and [ast.unparse(a) for a in call.args] == [pixels]:
            made = text.function(called(call))
            for inner in ast.walk(made) if made is not None else ():
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield inner.value, f"({text.piece(inner.value)}) / 255.0"
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == pixels:
            yield inner, f"({pixels} / 255.0)"


# -- NaN that wins --------------------------------------------------------------------------------


def _constant(case: Case, picks: Sequence[Pick], blown: Sequence[Use]) -> Iterator[Use]:
    """Yield an argmax over rows of NaN, which is always 0, if rows without NaN are possible."""
    for text in case.texts.values():
        for node in text.nodes:
            if not isinstance(node, ast.Call) or called(node) != "exp" or len(node.args) != 1:
                continue
            inner = text.piece(node.args[0])
            new = f"np.exp({inner} - np.max({inner}, axis=-1, keepdims=True))"
            after = case.changed({text.name: text.with_piece(node, new)})
            if not any(p.nan_rows for p in after.picks):
                yield _use(case, picks[0], new)
                return
    for use in blown:
        if use.repair is not None:
            yield _use(case, picks[0], use.repair.line)


def _divided(case: Case, picks: Sequence[Pick]) -> Iterator[Use]:
    """Yield the division by a standard deviation of 0 that all the NaN come from."""
    for text in case.texts.values():
        for division in _by_spread(text):
            new = f"({text.piece(division.right)} + 1e-7)"
            after = case.changed({text.name: text.with_piece(division.right, new)})
            if not any(p.nan_rows for p in after.picks):
                line = text.piece(division).replace(text.piece(division.right), new)
                found = _use(case, picks[0], line)
                yield replace(found, line=division.lineno, definition=text.owner(division.lineno))
                return


def _by_spread(text: Text) -> Iterator[ast.BinOp]:
    """Yield the divisions by a standard deviation, which may be 0."""
    for node in text.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            right = node.right
            if isinstance(right, ast.Call) and called(right) == "std":
                yield node


def _use(case: Case, pick: Pick, new: str) -> Use:
    what = "rows that hold NaN, of those whose largest entry is looked for"
    evidence = (
        Evidence(what, pick.rows, pick.nan_rows),
        Evidence("class that every row gets", 0, pick.first),
    )
    repair = Repair(True, None, new)
    return case.at(pick.module, pick.line, error("constant-class", *evidence), repair)
