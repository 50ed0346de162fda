"""A second run of a file, with hooks around each update of an array."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import plain
from tutor.diagnosis.uses.call import Place
from tutor.diagnosis.uses.text import Text, plain_name

_LOSS = re.compile(r"(^|_)(loss|cost|perte|cout|coût|erreur|objective)|损失|損失|손실")
_GRADIENT = re.compile(r"grad|back|retro|rétro|逆伝播|勾配|反向|역전파|기울기")
_NUMERICAL = re.compile(r"num|check|finite|update|descent|descente")
_WEIGHTS = re.compile(r"param|weight|bias|theta|poids|\b(self\.)?[Wwb]_?\d*\b|\bp\b")


class Form(Enum):
    """How an update is written."""

    DOWN = "x -= step"
    UP = "x += step"
    NEW_DOWN = "x = x - step"
    NEW_UP = "x = x + step"

    @property
    def rebinds(self) -> bool:
        """Tell whether it makes a new array."""
        return self in (Form.NEW_DOWN, Form.NEW_UP)

    @property
    def climbs(self) -> bool:
        """Tell whether it adds."""
        return self in (Form.UP, Form.NEW_UP)


@dataclass(frozen=True, slots=True)
class Update:
    """A statement that may be a step of gradient descent."""

    module: str
    node: ast.Assign | ast.AugAssign
    target: str
    step: ast.expr
    form: Form

    @property
    def line(self) -> int:
        """Return where it stands."""
        return self.node.lineno

    @property
    def rates(self) -> list[str]:
        """Return the expressions of which one may be the learning rate."""
        factors = [
            side
            for node in ast.walk(self.step)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)
            for side in (node.left, node.right)
        ]
        simple = ast.Name | ast.Attribute | ast.Constant | ast.Subscript
        return [ast.unparse(side) for side in factors if isinstance(side, simple)]


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that a statement of the top level ended with."""

    kind: str
    text: str
    line: int
    chain: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """An array that was updated; see `tutor.diagnosis.inside.steps.Steps`."""

    update: Update
    shape: tuple[int, ...]
    zero: bool
    visits: int
    moved: bool
    rebound: bool
    holders: tuple[str, ...]
    bad: int


@dataclass(frozen=True, slots=True)
class Round:
    """One step: the loss of its data before and after, its slope, its squared length.

    ``lines`` are those of its updates.
    """

    before: float
    after: float
    slope: float
    size: float
    rate: float
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pick:
    """A call of ``np.argmax`` with a matrix."""

    module: str
    line: int
    rows: int
    nan_rows: int
    first: int
    classes: int


@dataclass(frozen=True, slots=True)
class Run:
    """What a run showed."""

    failures: tuple[Failure, ...]
    cut: tuple[int, ...]
    labels: tuple[Label, ...]
    rounds: tuple[Round, ...]
    picks: tuple[Pick, ...]

    @property
    def own_failures(self) -> tuple[Failure, ...]:
        """Return the failures that do not merely follow from a module or a name that is missing."""
        follow = ("ImportError", "ModuleNotFoundError", "NameError", "FileNotFoundError")
        return tuple(f for f in self.failures if f.kind not in follow)


def run(
    student: Student,
    texts: Mapping[str, Text],
    watched: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
) -> Run:
    """Run modules and look on at their updates."""
    updates = all_updates(texts)
    sources = [
        {"name": text.name, "filename": text.filename, "source": _hooked(text, updates)}
        for text in texts.values()
    ]
    found = student.oracle.ask("rerun", sources, dict(watched), list(pairs))
    return _read(found, updates)


def sites_of(updates: Sequence[Update], module: str) -> list[tuple[int, int, str, list[str]]]:
    """Return a module's updates as `tutor.diagnosis.inside.looking.load` is told of them."""
    return [
        (site, update.line, update.target, update.rates)
        for site, update in enumerate(updates)
        if update.module == module
    ]


def all_updates(texts: Mapping[str, Text]) -> tuple[Update, ...]:
    """Return the statements of all modules that may be a step of gradient descent."""
    return tuple(update for text in texts.values() for update in updates_of(text))


def first_run(
    updates: Sequence[Update], loaded: Mapping[str, Any], driven: Mapping[str, Any]
) -> Run | None:
    """Return what the file's first run showed; None if it has to be run once more to be sure.

    That is where an update did something that no update should, or where a call of the judge's
    own raised: only a run that looks closer tells what came of it.
    """
    seen = driven or loaded
    notes = {"labels": seen["labels"], "picks": seen["picks"], "rounds": ()}
    found = _read({**loaded, **notes}, updates)
    odd = any(a.bad or a.rebound or (a.update.form.climbs and a.moved) for a in found.labels)
    return None if odd or any(driven.get("raised", ())) else found


def updates_of(text: Text) -> Iterator[Update]:
    """Yield the statements that may be a step of gradient descent."""
    for node in text.nodes:
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub | ast.Add):
            form = Form.DOWN if isinstance(node.op, ast.Sub) else Form.UP
            update = Update(text.name, node, ast.unparse(node.target), node.value, form)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            made = _remade(node)
            if made is None:
                continue
            update = Update(text.name, node, ast.unparse(node.targets[0]), *made)
        else:
            continue
        if update.rates or _WEIGHTS.search(update.target):
            yield update


def objectives(definitions: Iterable[Definition]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a loss and a gradient: of one class, or both functions."""
    functions: list[str] = []
    pairs: list[tuple[str, str]] = []
    for definition in definitions:
        if definition.kind is Kind.CLASS:
            names = [f"{definition.name}.{name}" for name in definition.methods]
            pairs += _paired(names)
        else:
            functions.append(definition.name)
    return (*pairs, *_paired(functions))


def _paired(names: Sequence[str]) -> list[tuple[str, str]]:
    ends = {name: plain(name.rpartition(".")[2]) for name in names}
    gradients = [n for n, end in ends.items() if _GRADIENT.search(end)]
    gradients = [n for n in gradients if not _NUMERICAL.search(ends[n])]
    losses = [n for n, end in ends.items() if _LOSS.search(end) and n not in gradients]
    return [(loss, gradient) for loss in losses[:2] for gradient in gradients or [""]]


def _remade(node: ast.Assign) -> tuple[ast.expr, Form] | None:
    """Return the step and the form of ``x = x - step``."""
    value, target = node.value, ast.unparse(node.targets[0])
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Sub | ast.Add):
        return None
    if ast.unparse(value.left) != target:
        return None
    return value.right, Form.NEW_DOWN if isinstance(value.op, ast.Sub) else Form.NEW_UP


def _hooked(text: Text, updates: Sequence[Update]) -> str:
    changes: list[tuple[ast.expr | ast.stmt, str]] = []
    for site, update in enumerate(updates):
        if update.module == text.name:
            before = f"__before__({site}, {update.target!r}, {update.rates!r})"
            after = f"__after__({site}, {update.target!r})"
            changes.append((update.node, f"{before}; {text.piece(update.node)}; {after}"))
    return text.with_pieces(changes)


def _read(found: Mapping[str, Any], updates: Sequence[Update]) -> Run:
    failures = [
        Failure(
            str(f["kind"]),
            str(f["text"]),
            int(f["line"]),
            tuple(Place(m, plain_name(n), line) for m, n, line in f.get("chain", ())),
        )
        for f in found["failures"]
    ]
    labels = [
        Label(
            updates[entry["site"]],
            tuple(entry["shape"]),
            bool(entry["zero"]),
            int(entry["visits"]),
            bool(entry["moved"]),
            bool(entry["rebound"]),
            tuple(entry["holders"]),
            int(entry["bad"]),
        )
        for entry in found["labels"]
    ]
    rounds = [
        Round(
            float(entry["loss"][0]),
            float(entry["loss"][1]),
            float(entry["slope"]),
            float(entry["size"]),
            float(entry["rate"]),
            frozenset(updates[site].line for site in entry["sites"]),
        )
        for entry in found["rounds"]
    ]
    names = ("module", "line", "rows", "nan_rows", "class", "classes")
    picks = [Pick(*(entry[name] for name in names)) for entry in found["picks"]]
    return Run(tuple(failures), tuple(found["cut"]), tuple(labels), tuple(rounds), tuple(picks))
