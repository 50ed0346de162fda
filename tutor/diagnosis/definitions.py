"""What a student's modules define: functions, classes and their methods, as the source has them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """What a definition is."""

    FUNCTION = "function"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a student's.

    Attributes
    ----------
    module, name : str
        The module it stands in, and its name there.
    line, end_line : int
        Where it begins (after its decorators) and ends in the module's source, counted from 1.
    parameters : tuple of str
        Its positional parameters, for a class those of ``__init__``, without ``self``.
    required : int
        How many of them have no default.
    methods : mapping of str to Definition
        Of a class, its own and those of its bases in the same module.
    node : ast.FunctionDef or ast.ClassDef
    """

    module: str
    name: str
    kind: Kind
    line: int
    end_line: int
    parameters: tuple[str, ...]
    required: int
    node: ast.FunctionDef | ast.ClassDef
    methods: Mapping[str, Definition] = field(default_factory=dict)

    @property
    def expression(self) -> str:
        """Return what names it inside the jail."""
        return self.name if self.module == "__main__" else f"{self.module}:{self.name}"

    @property
    def gives_function(self) -> bool:
        """Tell whether it takes one argument and returns a function that it defines."""
        if self.kind is not Kind.FUNCTION or self.required != 1:
            return False
        own = {node.name for node in ast.walk(self.node) if isinstance(node, ast.FunctionDef)}
        returned = [n.value for n in ast.walk(self.node) if isinstance(n, ast.Return)]
        functions = [
            value
            for value in returned
            if isinstance(value, ast.Lambda)
            or (isinstance(value, ast.Name) and value.id in own - {self.name})
        ]
        return bool(functions)

    def reads(self) -> frozenset[str]:
        """Return the names that its body reads."""
        return _names(self.node)

    def returns_something(self) -> bool:
        """Tell whether one of its own return statements gives a value."""
        return any(
            isinstance(node, ast.Return) and node.value is not None for node in ast.walk(self.node)
        )


@lru_cache(maxsize=1024)
def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(found.id for found in ast.walk(node) if isinstance(found, ast.Name))


def definitions(module: str, tree: ast.Module) -> dict[str, Definition]:
    """Return what a module defines at its top level, by name; of two, the later one."""
    found: dict[str, Definition] = {}
    for node in _top_level(tree.body):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _function(module, node, node.name)
        elif isinstance(node, ast.ClassDef):
            found[node.name] = _class(module, node, found)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = _lambda(module, node, node.value, target.id)
    return found


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from _top_level(node.body)
            yield from _top_level(getattr(node, "orelse", []))


def _function(module: str, node: ast.FunctionDef, name: str, skip: int = 0) -> Definition:
    arguments = [*node.args.posonlyargs, *node.args.args][skip:]
    names = tuple(argument.arg for argument in arguments)
    required = max(len(names) - len(node.args.defaults), 0)
    end = node.end_lineno or node.lineno
    return Definition(module, name, Kind.FUNCTION, node.lineno, end, names, required, node)


def _lambda(module: str, node: ast.Assign, value: ast.Lambda, name: str) -> Definition:
    body = [ast.copy_location(ast.Return(value.body), value.body)]
    function = ast.FunctionDef(name, value.args, list(body), [], None, None)
    ast.copy_location(function, node)
    return _function(module, function, name)


def _class(module: str, node: ast.ClassDef, before: Mapping[str, Definition]) -> Definition:
    methods: dict[str, Definition] = {}
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in before:
            methods.update(before[base.id].methods)
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            static = any(ast.unparse(d) == "staticmethod" for d in item.decorator_list)
            methods[item.name] = _function(module, item, f"{node.name}.{item.name}", not static)
    start = methods.get("__init__")
    end = node.end_lineno or node.lineno
    parameters, required = (start.parameters, start.required) if start else ((), 0)
    return Definition(
        module, node.name, Kind.CLASS, node.lineno, end, parameters, required, node, methods
    )
