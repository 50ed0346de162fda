"""A student's modules, run statement by statement, long loops cut short."""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tutor.diagnosis.inside import space, watching
from tutor.diagnosis.inside.clock import Cut, at_most
from tutor.diagnosis.inside.standins import Finder, Missing

_PASSES = 200  # of a loop at the top level
_TRAINING_PASSES = 6  # of a loop that updates weights
_STATEMENT, _ALL = 0.8, 2.0  # seconds of processor time
_NOT_THEIRS = (MemoryError, RecursionError, SystemExit)
_FUTURE = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


def load(
    sources: Sequence[Mapping[str, str]], watched: Mapping[str, str], definitions_only: bool = False
) -> dict[str, Any]:
    """Run a student's modules; return what went wrong on the way.

    Parameters
    ----------
    sources : sequence of mappings
        ``name``, ``filename`` and ``source`` of each module; the first one is the file itself.
    watched : mapping
        The qualified names of definitions whose calls are noted, with the part each plays.
    definitions_only : bool
        Leave out every statement that does more than define or import.

    Returns
    -------
    dict
        ``failures``: line, kind and text of each statement that raised. ``cut``: the lines of
        statements and loops cut short. ``missing``: modules that could not be had.
    """
    loader = _Loader({s["name"]: s for s in sources[1:]}, watched, definitions_only)
    last = Missing()
    sys.meta_path.insert(0, Finder({**loader.sources, "loader": loader}))
    sys.meta_path.append(last)
    warnings.simplefilter("ignore")
    main = ModuleType(space.MAIN)
    sys.modules[space.MAIN] = main
    loader.run(main, sources[0])
    watching.stop()
    own = {name.partition(".")[0] for name in loader.sources}
    missing = [name for name in last.names if name.partition(".")[0] not in own]
    return {"failures": loader.failures, "cut": loader.cut, "missing": missing}


def events() -> list[dict[str, Any]]:
    """Return what the watched parts were seen to be used for."""
    return watching.noted


class _Loader:
    """Creates and runs the student's modules, for Python's import as well."""

    def __init__(
        self, sources: dict[str, Mapping[str, str]], watched: Mapping[str, str], only: bool
    ) -> None:
        self.sources = sources
        self.watched = watched
        self.only = only
        self.failures: list[dict[str, Any]] = []
        self.cut: list[int] = []
        self.end = time.process_time() + _ALL

    def create_module(self, spec: Any) -> ModuleType:
        return ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in self.sources:
            self.run(module, self.sources[module.__name__])

    def run(self, module: ModuleType, source: Mapping[str, str]) -> None:
        text, filename = source["source"], source["filename"]
        names = module.__dict__
        module.__file__ = filename
        space.modules[module.__name__] = names
        space.files[filename] = module.__name__
        lines = [f"{line}\n" for line in text.split("\n")]
        linecache.cache[filename] = (len(text), None, lines, filename)
        names["__package__"] = source.get("package", "")
        tree = ast.parse(text, filename)
        names.update(_TOOLS)
        flags = sum(_FUTURE.get(name, 0) for name in _features(tree))
        in_main = module.__name__ == space.MAIN
        for statement in _flat(tree.body, in_main):
            if self.only and not _defines(statement):
                continue
            code = compile(
                ast.fix_missing_locations(ast.Module([_Shortener().visit(statement)], [])),
                filename,
                "exec",
                flags=flags,
                dont_inherit=True,
            )
            self._statement(code, names, statement.lineno, in_main)
            self._watch(statement, names)

    def _statement(self, code: CodeType, names: dict[str, Any], line: int, in_main: bool) -> None:
        left = self.end - time.process_time()
        try:
            with at_most(min(_STATEMENT, max(left, 0.05))):
                exec(code, names)
        except Cut:
            self.cut.append(line)
        except watching.Enough:
            pass
        except _NOT_THEIRS:
            raise
        except Exception as error:
            if not in_main and isinstance(error, ImportError):
                raise
            _, at = space.last_line(error.__traceback__)
            kind, text = type(error).__name__, str(error)[:500]
            told = {"line": at or line, "kind": kind, "text": text, "outcome": _outcome(error)}
            self.failures.append(told)

    def _watch(self, statement: ast.stmt, names: dict[str, Any]) -> None:
        if isinstance(statement, ast.FunctionDef) and statement.name in self.watched:
            role = self.watched[statement.name]
            if statement.name in names:
                names[statement.name] = watching.watch(statement.name, role, names[statement.name])
        if isinstance(statement, ast.ClassDef) and statement.name in names:
            owner = names[statement.name]
            if self.watched.get(statement.name) and isinstance(owner, type):
                watching.watch_making(statement.name, owner)
            for qualified, role in self.watched.items():
                name, _, method = qualified.partition(".")
                if name == statement.name and method in vars(owner):
                    function = vars(owner)[method]
                    if isinstance(function, FunctionType):
                        setattr(owner, method, watching.watch(qualified, role, function))


def _outcome(error: Exception) -> str:
    """Return what a failure is besides an exception: "blocked", "needs-input", or ""."""
    if isinstance(error, EOFError) and str(error) == "EOF when reading a line":
        return "needs-input"
    asked_network = type(error).__name__ in ("URLError", "gaierror", "ConnectionError")
    if isinstance(error, PermissionError) and not asked_network:
        return "blocked"
    return "blocked" if str(error).startswith("can't start new thread") else ""


# -- statements -----------------------------------------------------------------------------------


def _features(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            yield from (alias.name for alias in statement.names)


def _flat(body: Iterable[ast.stmt], in_main: bool) -> Iterator[ast.stmt]:
    """Yield the statements of a module; those under ``if __name__ == "__main__"`` one by one."""
    for statement in body:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            if in_main:
                yield from statement.body
        else:
            yield statement


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is None or not any(
            isinstance(node, ast.Call) for node in ast.walk(statement.value)
        )
    return isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef,
    )


class _Shortener(ast.NodeTransformer):
    """Cuts the loops of the top level short, and those anywhere that update weights."""

    def __init__(self) -> None:
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        most = self._most(node)
        if most:
            node.iter = _call("few", node.iter, ast.Constant(most))
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        most = self._most(node)
        if most and not _is_endless(node):
            again = _call("again", ast.Constant(f"{node.lineno}"), ast.Constant(most))
            node.test = ast.BoolOp(ast.And(), [again, node.test])
        return node

    def _most(self, node: ast.For | ast.While) -> int:
        if any(map(_is_update, ast.walk(node))):
            return _TRAINING_PASSES
        return _PASSES if self.depth == 0 else 0


def _is_endless(node: ast.While) -> bool:
    """Tell whether a loop has no end of its own: cutting it short would hide that."""
    always = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return always and not any(isinstance(n, ast.Break | ast.Return) for n in ast.walk(node))


def _is_update(node: ast.AST) -> bool:
    """Tell whether a statement looks like a step of gradient descent."""
    if isinstance(node, ast.AugAssign):
        value = ast.unparse(node.value)
        rate = any(word in value for word in ("lr", "rate", "alpha", "eta", "step"))
        return isinstance(node.op, ast.Sub | ast.Add) and rate
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("update", "step") and len(node.args) >= 1
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target = ast.unparse(node.targets[0])
        value = ast.unparse(node.value)
        return value.startswith(f"{target} -") and "*" in value
    return False


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(f"__{name}__", ast.Load()), list(args), [])


def _few(iterable: Iterable[Any], most: int) -> Iterator[Any]:
    for count, item in enumerate(iterable):
        if count >= most:
            return
        yield item


def _counter() -> Callable[[str, int], bool]:
    passes: dict[str, int] = {}

    def again(loop: str, most: int) -> bool:
        passes[loop] = passes.get(loop, 0) + 1
        return passes[loop] <= most

    return again


_TOOLS = {"__few__": _few, "__again__": _counter()}
