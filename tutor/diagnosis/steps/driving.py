"""Calls of the functions that train a net and that the file itself never comes to.

Most files read data that are not here. Their functions are called with small data of the judge's,
in each of the ways in which samples may lie, until a training step is reached.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.names import plain
from tutor.diagnosis.steps.step import Step

_MOST: Final = 3  # functions
_ROWS: Final = 12
_X: Final = re.compile(r"x|x_\w+|inputs?|data|features|images?|train_x|train_data")
_T: Final = re.compile(r"y|t|y_\w+|t_\w+|targets?|labels?|train_y|train_labels|one_hot_y")
_WHOLE: Final = (
    (re.compile(r"\w*(epochs?|iter\w*|steps?|iters)"), "2"),
    (re.compile(r"lr|\w*learn\w*|alpha|eta|step_size"), "0.1"),
    (re.compile(r"n_h|n_hidden|hidden\w*|h|nh|num_hidden"), "4"),
    (re.compile(r"n_x|input_\w+|n_features|d"), "{d}"),
    (re.compile(r"n_y|output_\w+|n_classes|num_classes|k|c"), "{k}"),
    (re.compile(r"layers?_?(dims|sizes|dimensions)|sizes|dims"), "[{d}, 4, {k}]"),
    (re.compile(r"batch_size|mini_batch_size"), "3"),
    (re.compile(r"lambd\w*|reg\w*|decay"), "0.0"),
    (re.compile(r"m|n|num_examples|n_samples"), str(_ROWS)),
    (re.compile(r"print_\w+|verbose|plot\w*"), "False"),
)


@dataclass(frozen=True, slots=True)
class _Data:
    """How a batch lies: its ``inputs`` and ``classes``, rows or columns, one-hot or labels."""

    inputs: int
    classes: int
    columns: bool
    labels: bool

    def x(self) -> str:
        """Return the inputs."""
        shape = (self.inputs, _ROWS) if self.columns else (_ROWS, self.inputs)
        return f"__np.random.RandomState(0).rand{shape}"

    def t(self) -> str:
        """Return the targets."""
        if self.labels:
            return f"__np.arange({_ROWS}) % {self.classes}"
        if self.classes == 1:
            binary = f"(__np.arange({_ROWS}) % 2.0).reshape(-1, 1)"
            return f"{binary}.T" if self.columns else binary
        hot = f"__np.eye({self.classes})[__np.arange({_ROWS}) % {self.classes}]"
        return f"{hot}.T" if self.columns else hot

    def names(self) -> dict[str, Any]:
        """Return what a file may have made of its data, by a pattern of the names."""
        shape = (self.inputs, _ROWS) if self.columns else (_ROWS, self.inputs)
        x = np.random.RandomState(0).rand(*shape)  # as `x` has it: a file may read both
        labels = np.arange(_ROWS) % max(self.classes, 2)
        hot = np.eye(self.classes)[labels] if self.classes > 1 else labels.reshape(-1, 1) * 1.0
        t = labels if self.labels else hot.T if self.columns else hot
        return {
            r"[mN]|n_samples|num_(train|samples|examples)|m_train": _ROWS,
            r"[nd]|n_features|num_features": self.inputs,
            r"[Xx]|[Xx]_?[Tt]rain\w*|train_?[Xx]": x,
            r"[Yy]|[Yy]_?[Tt]rain\w*|train_?[Yy]|t_train": t,
            r"lr|learning_rate|alpha|eta": 0.1,
        }


def _ways() -> Iterator[_Data]:
    for inputs, classes in ((5, 3), (784, 10)):
        for columns in (True, False):
            for labels in (True, False):
                yield _Data(inputs, classes, columns, labels)
    for columns in (True, False):
        yield _Data(5, 1, columns, labels=False)


def drive(student: Student, found: Sequence[Step], came: Collection[int]) -> None:
    """Call the functions that move weights and that the program never came to."""
    done: set[str] = set()
    lines = {site.line for s in found if s.number in came for site in s.sites}
    for step in found:
        fresh = {site.line for site in step.sites} - lines
        if step.owner or step.is_call or not step.function or not fresh:
            continue
        if step.function in done or step.is_numerical or len(done) >= _MOST:
            continue
        node = _function(step)
        calls = [(text, way.names()) for way in _ways() if (text := _call(node, way))]
        if not calls:
            continue
        done.add(step.function)
        student.oracle.ask("drive_step", step.number, calls)


def _function(step: Step) -> ast.FunctionDef | None:
    return step.node if isinstance(step.node, ast.FunctionDef) else step.inside


def _call(node: ast.FunctionDef | None, way: _Data) -> str:
    """Return a call with a value for each argument that is needed; empty if one says nothing."""
    if node is None:
        return ""
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    needed = len(arguments) - len(node.args.defaults)
    given: list[str] = []
    for at, name in enumerate(arguments):
        value = _value(plain(name), way)
        if value and (at < needed or _WHOLE[0][0].fullmatch(plain(name))):
            given.append(f"{name}={value}")
        elif at < needed:
            return ""
    if not any("RandomState" in text for text in given):
        return ""
    return f"import numpy as __np\n{node.name}({', '.join(given)})"


def _value(name: str, way: _Data) -> str:
    if _X.fullmatch(name):
        return way.x()
    if _T.fullmatch(name):
        return way.t()
    found = next((text for pattern, text in _WHOLE if pattern.fullmatch(name)), "")
    return found.format(d=way.inputs, k=way.classes)
