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
from typing import Any, TypeVar

import numpy as np

from tutor.diagnosis.inside import space, watching
from tutor.diagnosis.inside.clock import Cut, at_most, keep_limits
from tutor.diagnosis.inside.outcomes import outcome, said
from tutor.diagnosis.inside.standins import FRAMEWORK, Finder, Missing, wants_only_data
from tutor.jail import chance

_PASSES = 200  # of a loop at the top level
_TRAINING_PASSES = 6  # of a loop that updates weights
_STATEMENT, _ALL = 0.8, 2.0  # seconds of processor time
_ENDED = "exited"
_HOLDERS = (list, dict, set, str, bytes, bytearray, np.ndarray)
_FUTURE = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}

_stopped: dict[tuple[str, int], dict[str, Any]] = {}
"""What was told of the statements that are not run again, by their file and line."""

_only: list[bool] = []  # not empty once nothing but definitions is to run


def load(
    sources: Sequence[Mapping[str, Any]], watched: Mapping[str, str], definitions_only: bool = False
) -> dict[str, Any]:
    """Run a student's modules; return what went wrong on the way.

    Parameters
    ----------
    sources : sequence of mappings
        ``name``, ``filename`` and ``source`` of each module; the first one is the file itself. One
        may hold ``sites`` too, see `tutor.diagnosis.inside.looking.load`.
    watched : mapping
        The qualified names of definitions whose calls are noted, with the part each plays.
    definitions_only : bool
        Leave out every statement that does more than define or import.

    Returns
    -------
    dict
        ``failures``: module, line, kind, text and outcome of each statement that raised. ``cut``:
        the lines of statements cut short. ``missing``: modules that could not be had.
    """
    keep_limits()
    chance.restart()
    if definitions_only:
        _only.append(True)
    loader = _Loader({s["name"]: s for s in sources[1:]}, watched, bool(_only))
    last = Missing()
    own = {**loader.sources, "loader": loader}
    sys.meta_path.insert(0, Finder(own, _frameworks(sources)))
    sys.meta_path.append(last)
    warnings.simplefilter("ignore")
    main = ModuleType(space.MAIN)
    sys.modules[space.MAIN] = main
    loader.run(main, sources[0])
    watching.stop()
    tops = {name.partition(".")[0] for name in loader.sources}
    missing = [name for name in last.names if name.partition(".")[0] not in tops]
    return {"failures": loader.failures, "cut": loader.cut, "missing": missing}


def _frameworks(sources: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the frameworks of which no more is wanted than data."""
    using = [s["source"] for s in sources if FRAMEWORK in s["source"]]
    alone = using and all(wants_only_data(ast.parse(text)) for text in using)
    return (FRAMEWORK,) if alone else ()


def events() -> list[dict[str, Any]]:
    """Return what the watched parts were seen to be used for."""
    return watching.noted


class _Loader:
    """Creates and runs the student's modules, for Python's import as well."""

    def __init__(
        self, sources: dict[str, Mapping[str, Any]], watched: Mapping[str, str], only: bool
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

    def run(self, module: ModuleType, source: Mapping[str, Any]) -> None:
        text, filename = source["source"], source["filename"]
        names = module.__dict__
        module.__file__ = filename
        space.modules[module.__name__] = names
        space.files[filename] = module.__name__
        lines = [f"{line}\n" for line in text.split("\n")]
        linecache.cache[filename] = (len(text), None, lines, filename)
        names["__builtins__"] = sys.modules["builtins"]  # the jail gives a student's code its own
        names["__package__"] = source.get("package", "")
        tree = ast.parse(text, filename)
        names.update(_TOOLS)
        flags = _flags(tree)
        in_main = module.__name__ == space.MAIN
        prepared = _Prepared(source.get("sites", ()))
        for statement, guarded in _flat(tree.body, in_main):
            if self.only and not _defines(statement):
                continue
            if (filename, statement.lineno) in _stopped:
                if _stopped[filename, statement.lineno]["kind"] == Cut.__name__:
                    self.cut.append(statement.lineno)
                continue
            code = _compiled(prepared.of([statement]), filename, flags)
            told = self._statement(code, names, statement.lineno, in_main)
            if told is not None:
                if told["outcome"] == _ENDED:
                    self.only = True
                    if guarded:  # so ends what is run as a script
                        continue
                if told["outcome"] in ("timeout", "memory", "recursion", _ENDED):
                    _stopped[filename, statement.lineno] = told
                if told["outcome"] == "memory":
                    _let_go(statement, names)
                self._tell(told, statement.lineno)
            self._watch(statement, names)

    def _statement(
        self, code: CodeType, names: dict[str, Any], line: int, in_main: bool
    ) -> dict[str, Any] | None:
        """Run one; return what there is to tell of it if it did not come to its end."""
        left = self.end - time.process_time()
        try:
            with at_most(min(_STATEMENT, max(left, 0.05))):
                exec(code, names)
        except watching.Enough:
            pass
        except BaseException as error:  # a student's code may raise whatever it likes
            if not in_main and isinstance(error, ImportError):
                raise
            kind, found = type(error).__name__, outcome(error)
            if kind == Cut.__name__:
                return {"line": line, "kind": kind, "outcome": found}
            module, at = space.last_line(error.__traceback__)
            if not at:  # no line of theirs was reached: a fault of ours
                raise
            place = {"module": module or space.MAIN, "line": at}
            return {**place, "kind": kind, "text": said(error), "outcome": found}
        return None

    def _tell(self, told: dict[str, Any], line: int) -> None:
        if told["kind"] == Cut.__name__:
            self.cut.append(line)
        else:
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


def statements(filename: str) -> Iterator[tuple[tuple[int, int], CodeType]]:
    """Yield what the file itself does at its top level beside defining, with its lines."""
    tree = ast.parse("".join(linecache.getlines(filename)), filename)
    flags = _flags(tree)
    for statement, _ in _flat(tree.body, in_main=True):
        if not _defines(statement):
            lines = statement.lineno, statement.end_lineno or statement.lineno
            yield lines, _compiled(_Prepared().of([statement]), filename, flags)


def _flags(tree: ast.Module) -> int:
    return sum(_FUTURE.get(name, 0) for name in _features(tree))


def _compiled(statements: list[ast.stmt], filename: str, flags: int) -> CodeType:
    """Return the code of statements that are prepared."""
    module = ast.Module(statements, [])
    code: CodeType = compile(module, filename, "exec", flags=flags, dont_inherit=True)
    return code


def _let_go(statement: ast.stmt, names: dict[str, Any]) -> None:
    """Let go of what a statement that took all of the memory may have filled."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(names.get(node.id), _HOLDERS):
            names[node.id] = None


# -- statements -----------------------------------------------------------------------------------


def _features(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            yield from (alias.name for alias in statement.names)


def _flat(body: Iterable[ast.stmt], in_main: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the statements of a module, those under ``if __name__ == "__main__"`` one by one.

    With each comes whether it stands there.
    """
    for statement in body:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            if in_main:
                yield from ((inner, True) for inner in statement.body)
        else:
            yield statement, False


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is None or not any(
            isinstance(node, ast.Call) for node in ast.walk(statement.value)
        )
    return isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef,
    )


class _Prepared:
    """Statements as they are run: with hooks around updates, and with loops cut short.

    That is the loops of the top level, and those anywhere that update weights.
    """

    def __init__(self, sites: Sequence[tuple[int, int, str, Sequence[str]]] = ()) -> None:
        self.sites = {(line, target): (site, rates) for site, line, target, rates in sites}
        self.lines = {line for line, _ in self.sites}

    def of(self, body: Iterable[ast.stmt], depth: int = 0) -> list[ast.stmt]:
        """Return what a block of statements becomes, so many functions deep."""
        return [made for statement in body for made in self._made(statement, depth)]

    def _made(self, node: ast.stmt, depth: int) -> list[ast.stmt]:
        if isinstance(node, ast.Assign | ast.AugAssign):
            return self._hooked(node) if node.lineno in self.lines else [node]
        inner = depth + isinstance(node, ast.FunctionDef)
        for block in _blocks(node):
            block[:] = self.of(block, inner)
        most = _most(node, depth) if isinstance(node, ast.For | ast.While) else 0
        if most and isinstance(node, ast.For):
            node.iter = _at(node.iter, _call("few", node.iter, ast.Constant(most)))
        elif most and isinstance(node, ast.While) and not _is_endless(node):
            again = _call("again", ast.Constant(f"{node.lineno}"), ast.Constant(most))
            node.test = _at(node.test, ast.BoolOp(ast.And(), [again, node.test]))
        return [node]

    def _hooked(self, node: ast.Assign | ast.AugAssign) -> list[ast.stmt]:
        target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
        text = ast.unparse(target)
        if (node.lineno, text) not in self.sites:
            return [node]
        site, rates = self.sites[node.lineno, text]
        given = (ast.Constant(site), ast.Constant(text))
        known = ast.Tuple([ast.Constant(rate) for rate in rates], ast.Load())
        before = ast.Expr(_call("before", *given, known))
        return [_at(node, before), node, _at(node, ast.Expr(_call("after", *given)))]


_Node = TypeVar("_Node", bound=ast.AST)


def _at(place: ast.AST, made: _Node) -> _Node:
    """Return what was made, standing where something else stood."""
    return ast.fix_missing_locations(ast.copy_location(made, place))


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements right within a statement."""
    parts = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
    for part in (node, *parts):
        for name in ("body", "orelse", "finalbody"):
            if hasattr(part, name):
                yield getattr(part, name)


def _most(node: ast.For | ast.While, depth: int) -> int:
    """Return how many passes of a loop are made, 0 for all."""
    if any(map(_is_update, ast.walk(node))):
        return _TRAINING_PASSES
    return _PASSES if depth == 0 else 0


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
