"""Questions about a function's syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tutor.trace.layout import IndexPart
from tutor.trace.origin import FunctionNode


def targets_of(node: ast.expr) -> Iterable[ast.expr]:
    """Return the single targets in an assignment target."""
    if isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from targets_of(element)
    elif isinstance(node, ast.Starred):
        yield from targets_of(node.value)
    else:
        yield node


def written_by(node: ast.stmt) -> list[ast.expr]:
    """Return the targets that a simple statement gives a value."""
    match node:
        case ast.Assign() | ast.Delete():
            return [t for target in node.targets for t in targets_of(target)]
        case ast.AugAssign():
            return [node.target]
        case ast.AnnAssign():
            return [node.target] if node.value is not None else []
        case ast.Import() | ast.ImportFrom():
            names = [alias.asname or alias.name.split(".")[0] for alias in node.names]
            return [ast.Name(name, ast.Store()) for name in names if name != "*"]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [ast.Name(node.name, ast.Store())]
        case _:
            return []


def runs_nothing(node: ast.stmt) -> bool:
    """Tell whether a statement only tells the compiler something."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.AnnAssign):
        return node.value is None
    return isinstance(node, ast.Global | ast.Nonlocal)


def is_repeatable(node: ast.AST | None) -> bool:
    """Tell whether an expression may be evaluated twice: it calls nothing."""
    if node is None or isinstance(node, ast.Name | ast.Constant):
        return True
    if isinstance(node, _PURE):
        children = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
        return all(is_repeatable(child) for child in children)
    return False


def values_in(node: ast.AST) -> set[str]:
    """Return the names whose values an expression takes, not just an attribute of them."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return set()
    return {name for child in ast.iter_child_nodes(node) for name in values_in(child)}


def user_call(node: ast.expr) -> str | None:
    """Return how a call is written if what it returns is worth recording.

    That is a call of a name, or of a method of one; a built-in, a function of NumPy and an
    array's own methods are not.
    """
    callee = _callee(node.func) if isinstance(node, ast.Call) else None
    if callee is None or callee in _BUILTINS:
        return None
    root, method = callee.split(".")[0], callee.rpartition(".")[2]
    if "." in callee and (root in _MODULES or method in _ARRAY_METHODS):
        return None
    return callee


def calls_function(node: ast.AST) -> bool:
    """Tell whether a statement or expression calls what may be f.

    A method whose result is thrown away, such as ``it.iternext()``, is not.
    """
    discarded = node.value if isinstance(node, ast.Expr) else None
    for child in same_scope(node):
        callee = user_call(child) if isinstance(child, ast.Call) else None
        if callee is not None and not (child is discarded and "." in callee):
            return True
    return False


def handed_out(node: ast.stmt) -> Iterable[str]:
    """Return the names that a call in a statement may write out of sight of the source."""
    for child in same_scope(node):
        if not isinstance(child, ast.Call):
            continue
        method = child.func
        if isinstance(method, ast.Attribute) and method.attr in _WRITING_METHODS:
            yield from (part.id for part in [method.value] if isinstance(part, ast.Name))
        for keyword in child.keywords:
            if keyword.arg == "out" and isinstance(keyword.value, ast.Name):
                yield keyword.value.id
        if isinstance(node, ast.Expr) and child is node.value:
            yield from (given.id for given in child.args if isinstance(given, ast.Name))


def same_scope(node: ast.AST) -> Iterable[ast.AST]:
    """Walk a tree without entering functions, lambdas, classes and comprehensions in it."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from same_scope(child)


def captured(pattern: ast.pattern) -> Iterable[str]:
    """Return the names that a pattern binds."""
    for child in ast.walk(pattern):
        if isinstance(child, ast.MatchAs | ast.MatchStar) and child.name:
            yield child.name
        elif isinstance(child, ast.MatchMapping) and child.rest:
            yield child.rest


def _bound_from_inside(node: ast.AST) -> Iterable[str]:
    """Return the names of a function that a scope inside it binds."""
    if isinstance(node, ast.Nonlocal):
        yield from node.names
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        yield from (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))


class Scope:
    """The names that a function binds itself, so that its columns know their values.

    ``indices`` are those that stand in subscripts; ``shared`` are bound by another scope too,
    an inner function or a comprehension. ``looks_around`` says that it can see its own names.
    """

    def __init__(self, node: FunctionNode) -> None:
        self.indices = _index_names(node)
        self.names = set(argument_names(node.args))
        shared: set[str] = set()
        for statement in node.body:
            for child in same_scope(statement):
                if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                    self.names.add(child.id)
                elif isinstance(child, ast.Global | ast.Nonlocal):
                    shared.update(child.names)
        inner = {name for child in ast.walk(node) for name in _bound_from_inside(child)}
        self.names -= shared | inner
        self.shared = inner
        read = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
        self.looks_around = bool(read & {"locals", "vars", "dir", "eval", "exec"})

    def place(
        self, target: ast.Subscript
    ) -> tuple[str | None, IndexPart | tuple[IndexPart, ...] | None]:
        """Return the name and the index of an element target, as far as they are recorded."""
        base = target.value.id if isinstance(target.value, ast.Name) else None
        if base is not None and base not in self.names:
            base = None
        if isinstance(target.slice, ast.Tuple):
            parts = tuple(self._index_part(part) for part in target.slice.elts)
            known = tuple(part for part in parts if part is not None)
            return base, known if len(known) == len(parts) else None
        return base, self._index_part(target.slice)

    def _index_part(self, node: ast.expr) -> IndexPart | None:
        if isinstance(node, ast.Name) and node.id in self.names:
            return IndexPart(name=node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._index_part(node.operand)
            if inner is not None and inner.name is None:
                return IndexPart(constant=-inner.constant)
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return IndexPart(constant=node.value)
        return None


def argument_names(given: ast.arguments) -> list[str]:
    """Return the names of a function's arguments, in the order of its signature."""
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return [argument.arg for argument in every if argument is not None]


def _callee(node: ast.expr) -> str | None:
    """Return how a called function is written: a name, or an attribute of something named."""
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return ast.unparse(node) if isinstance(inner, ast.Name) else None


def _index_names(node: ast.AST) -> set[str]:
    return {
        name.id
        for subscript in ast.walk(node)
        if isinstance(subscript, ast.Subscript)
        for name in ast.walk(subscript.slice)
        if isinstance(name, ast.Name)
    }


_PURE = (
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Tuple,
    ast.List,
    ast.UnaryOp,
    ast.BinOp,
)
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_MODULES = {"np", "numpy", "cp", "math", "cmath", "random", "plt", "time", "sys", "os", "copy"}
_BUILTINS = {
    "abs", "all", "any", "bool", "bytes", "callable", "complex", "dict", "dir", "divmod",
    "enumerate", "eval", "exec", "filter", "float", "format", "frozenset", "getattr", "globals",
    "hasattr", "hash", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list",
    "locals", "map", "max", "min", "next", "object", "open", "ord", "pow", "print", "range",
    "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "str", "sum", "super",
    "tuple", "type", "vars", "zip",
}  # fmt: skip
_ARRAY_METHODS = {
    "all", "any", "append", "argmax", "argmin", "astype", "clip", "copy", "cumsum", "dot",
    "extend", "flatten", "format", "get", "index", "item", "items", "iternext", "join", "keys",
    "max", "mean", "min", "pop", "prod", "ravel", "repeat", "reshape", "round", "squeeze", "std",
    "sum", "swapaxes", "tolist", "transpose", "values", "var",
}  # fmt: skip
_WRITING_METHODS = {
    "fill", "itemset", "partition", "put", "resize", "setfield", "setflags", "shuffle", "sort",
}  # fmt: skip
