"""Finds the calls in a file that are worth stepping through, without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tutor.diagnosis.definitions import Definition, Kind, definitions
from tutor.diagnosis.names import GRADIENT, NUMERICAL, Role, plain, role_of_function
from tutor.diagnosis.roles import taken
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.uses import unnamed
from tutor.diagnosis.uses.driver import reached
from tutor.diagnosis.uses.text import Text
from tutor.tracing.call import Call, Work
from tutor.tracing.inside.rewriting import called_name

_BACKWARD: Final = re.compile(r"backw|back_?prop|bprop|retro_?prop|bacward|逆伝播|역전파")
_TRAINING: Final = re.compile(
    r"^(train|fit|update|step|sgd|optimi[sz]e|entrain|mise_a_jour|maj|apprend|学習|更新|학습)"
    r"|train_?step|train_?batch|descen|_(update|step|sgd)$"
)
_GRADIENT: Final = re.compile(r"^(calc|compute|get)?_?grad(s|ient)?s?$|勾配|기울기")
_INSIDE: Final = 1.5  # how much less interesting a call is that stands in a function


def find_calls(submission: Submission) -> tuple[Call, ...]:
    """Return the calls in a file that can be traced, the most interesting first.

    A differentiator called with a net's parameter, ``net.numerical_gradient(x, t)``,
    ``net.gradient(x, t)``, ``layer.backward(dout)``, a training step: in any language that
    `tutor.diagnosis.names` knows, as far as the file or its siblings define what is called.
    Those that a run does not seem to reach come last.
    """
    ranked = sorted(_Search(submission).calls(), key=lambda pair: pair[0])
    return tuple(call for _, call in ranked)


def slopes_of(submission: Submission, name: str) -> frozenset[str]:
    """Return the differentiators that a call of a function may lead to, to be recorded instead.

    There are none for a training step: that is stepped through itself.
    """
    found = _Search(submission)
    leads = name in found.slopes or _is_slopes(name) or _is_gradient(name)
    return found.slopes if leads and not _TRAINING.search(plain(name)) else frozenset()


@dataclass(frozen=True)
class _Search:
    submission: Submission

    @cached_property
    def defined(self) -> Mapping[str, Definition]:
        """What the modules define at their top level; of two, the main module's."""
        found: dict[str, Definition] = {}
        for module in reversed(self.submission.modules):
            found.update(definitions(module.name, module.tree))
        return found

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of all functions and methods, nested ones too."""
        nodes = (node for module in self.submission.modules for node in ast.walk(module.tree))
        own = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        classes = {name for name, found in self.defined.items() if found.kind is Kind.CLASS}
        return frozenset((own | set(self.defined)) - classes)

    @cached_property
    def slopes(self) -> frozenset[str]:
        """The names of the differentiators."""
        roles = taken(iter(self.defined.values()))
        named = {one.definition.name for one in roles if one.role is Role.DIFFERENTIATOR}
        named |= set(unnamed(self.defined.values()))
        named |= {name for name in self.functions if _is_slopes(name) and name not in self.defined}
        return frozenset(named | set(self._aliases(named)))

    def _aliases(self, slopes: set[str]) -> Iterator[str]:
        """Yield other names of differentiators: ``slopes = make_gradient(h)``, ``partial(...)``."""
        makers = {name for name, found in self.defined.items() if _makes(found, slopes)}
        given = [n for n in ast.walk(self.submission.main.tree) if isinstance(n, ast.Assign)]
        for node in given:
            target = node.targets[0]
            if isinstance(target, ast.Name) and _is_another_name(node.value, slopes, makers):
                yield target.id

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that the file gives to modules."""
        imports = [n for n in ast.walk(self.submission.main.tree) if isinstance(n, ast.Import)]
        aliases = [alias for node in imports for alias in node.names]
        return frozenset(a.asname or a.name.partition(".")[0] for a in aliases)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The functions that a run comes to, methods with a dot before."""
        texts = {m.name: Text(m.name, m.filename, m.source) for m in self.submission.modules}
        return frozenset(reached(texts))

    def calls(self) -> Iterator[tuple[tuple[float, ...], Call]]:
        """Yield the calls, each with what it is sorted by."""
        for node, owner, in_class in _calls(self.submission.main.tree, "", ""):
            name = called_name(node)
            known = name in self.functions or name in self.slopes
            work = self._work(node, name) if known else None
            if work is None:
                continue
            place = self.submission.main.place(node.lineno)
            is_reached = not owner or bool({owner, f".{owner}"} & self.reached)
            rank = list(Work).index(work) + (_INSIDE if owner else 0)
            within = f"{in_class}.{owner}" if in_class else owner
            call = Call(ast.unparse(node), name, work, place.line, place.cell, within, is_reached)
            yield (float(not is_reached), rank, node.lineno, node.col_offset), call

    def _work(self, node: ast.Call, name: str) -> Work | None:
        words = plain(name)
        if self._is_of_object(node):
            if _is_slopes(name):
                return Work.NET_SLOPES
        elif name in self.slopes:
            return Work.SLOPES_OF_PARAMETER if _takes_parameter(node) else Work.SLOPES
        elif _is_slopes(name):
            return Work.NET_SLOPES if name in self.defined else Work.SLOPES
        if _BACKWARD.search(words):
            return Work.BACKWARD
        if _TRAINING.search(words):
            return Work.TRAINING
        return Work.GRADIENT if _is_gradient(name) else None

    def _is_of_object(self, node: ast.Call) -> bool:
        """Tell whether it is a method that is called, not a function of a module."""
        if not isinstance(node.func, ast.Attribute):
            return False
        return not (isinstance(node.func.value, ast.Name) and node.func.value.id in self.modules)


def _is_slopes(name: str) -> bool:
    return plain(name) in NUMERICAL or role_of_function(name) is Role.DIFFERENTIATOR


def _is_gradient(name: str) -> bool:
    return plain(name) in GRADIENT or _GRADIENT.search(plain(name)) is not None


def _makes(definition: Definition, slopes: set[str]) -> bool:
    """Tell whether a function returns a differentiator that it defines."""
    if definition.kind is Kind.CLASS or definition.name in slopes:
        return False
    nodes = list(ast.walk(definition.node))
    inner = {n.name for n in nodes if isinstance(n, ast.FunctionDef)} - {definition.name}
    returned = [n.value for n in nodes if isinstance(n, ast.Return)]
    names = {value.id for value in returned if isinstance(value, ast.Name)}
    return any(_is_slopes(name) for name in inner & names)


def _is_another_name(value: ast.expr, slopes: set[str], makers: set[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return name in slopes
        case ast.Call(args=[ast.Name(id=name), *_]) if called_name(value) == "partial":
            return name in slopes
        case ast.Call():
            return called_name(value) in makers
        case _:
            return False


def _takes_parameter(node: ast.Call) -> bool:
    """Tell whether something that an object or a dict holds is given beside f."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)][1:]
    return any(isinstance(value, ast.Attribute | ast.Subscript) for value in given)


def _calls(node: ast.AST, owner: str, in_class: str) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield every call with the function and the class that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _calls(child, owner or child.name, in_class)
        elif isinstance(child, ast.ClassDef):
            yield from _calls(child, owner, child.name if not owner else in_class)
        else:
            if isinstance(child, ast.Call):
                yield child, owner, in_class
            yield from _calls(child, owner, in_class)
