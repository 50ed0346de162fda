"""Training that cannot learn: weights that start at zero, that blow up, targets that are none."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.names import Role
from tutor.diagnosis.uses.polynomial import VECTOR, slopes_at
from tutor.diagnosis.uses.run import Pick, Round, Run
from tutor.diagnosis.uses.text import Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_SLOWER = (1e-2, 1e-4, 1e-6)  # times the learning rate


def find_training(case: Case) -> Iterator[Use]:
    """Yield what a run of the file's own training shows."""
    if not case.updates and not any("argmax" in text.source for text in case.texts.values()):
        return
    run = case.run
    yield from _zeros(case, run)
    blown = list(_blow_up(case, run))
    yield from blown
    yield from _constant(case, run, blown)


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
                yield case.at(text.name, node.lineno, proved, Repair(True, None, new))
                return


def _made_of_zeros(text: Text) -> Iterator[ast.Call]:
    for node in ast.walk(text.tree):
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
    rounds = [r for r in run.rounds if r.lines & lines]
    if not bad or not _goes_down(case, rounds):
        return
    for text in case.texts.values():
        for node in _rates(text, rates, {n for label in bad for n in label.update.rates}):
            for factor in _SLOWER:
                new = repr(float(f"{_number(node) * factor:.3g}"))
                after = case.changed({text.name: text.with_piece(node, new)})
                if _settles(after):
                    steps = min(label.bad for label in bad)
                    what = "updates until weights are no longer finite"
                    evidence = (Evidence(what, "never", steps), *_sizes(run))
                    statement = text.statement(node.lineno)
                    line = ast.unparse(statement) if statement is not None else ""
                    line = line.splitlines()[0].replace(ast.unparse(node), new) if line else ""
                    repair = Repair(True, None, line)
                    yield case.at(text.name, node.lineno, error("blow-up", *evidence), repair)
                    return


def _goes_down(case: Case, rounds: Sequence[Round]) -> bool:
    """Tell whether the steps go along the right gradient, as far as that can be told."""
    if rounds:
        first = rounds[0]
        return bool(abs(first.slope + first.size / first.rate) <= 0.25 * first.size / first.rate)
    used = [p.definition for p in case.parts if p.role is Role.DIFFERENTIATOR]
    return all(slopes_at(case.student, one, VECTOR).is_right for one in used)


def _settles(run: Run) -> bool:
    losses = [r.after for r in run.rounds]
    falls = not losses or bool(np.isfinite(losses).all() and losses[-1] <= run.rounds[0].before)
    return bool(run.labels) and not any(label.bad for label in run.labels) and falls


def _sizes(run: Run) -> Iterator[Evidence]:
    if len(run.rounds) > 1 and np.isfinite([run.rounds[0].before, run.rounds[0].after]).all():
        first = run.rounds[0]
        yield Evidence("loss after the first step, to the loss before", "below 1", _grown(first))


def _grown(one: Round) -> float:
    return one.after / one.before if one.before else float("inf")


def _number(node: ast.Constant) -> float:
    return float(node.value) if isinstance(node.value, int | float) else 0.0


def _rates(text: Text, values: set[float], names: set[str]) -> Iterator[ast.Constant]:
    """Yield the constants that are the learning rate."""
    ends = {name.rpartition(".")[2] for name in names}
    for node in ast.walk(text.tree):
        value: ast.AST | None = None
        if isinstance(node, ast.Assign):
            targets = {ast.unparse(t).rpartition(".")[2] for t in node.targets}
            value = node.value if targets & ends or not ends else None
        elif isinstance(node, ast.keyword) and node.arg in ends:
            value = node.value
        if isinstance(value, ast.Constant) and _number(value) > 0:
            yield value
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Constant) and node.value in values:
            yield node


# -- NaN that wins --------------------------------------------------------------------------------


def _constant(case: Case, run: Run, blown: Sequence[Use]) -> Iterator[Use]:
    """Yield an argmax over rows of NaN, which is always 0, if rows without NaN are possible."""
    picks = [p for p in run.picks if p.nan_rows and p.classes == 1 and p.first == 0]
    if not picks:
        return
    for text in case.texts.values():
        for node in ast.walk(text.tree):
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


def _use(case: Case, pick: Pick, new: str) -> Use:
    what = "rows that hold NaN, of those whose largest entry is looked for"
    evidence = (
        Evidence(what, 0, pick.nan_rows),
        Evidence("class that every row gets", 0, pick.first),
    )
    repair = Repair(True, None, new)
    return case.at(pick.module, pick.line, error("constant-class", *evidence), repair)
