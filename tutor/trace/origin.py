"""Where a function comes from: its code, its source and its syntax tree."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import tokenize
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tutor.trace.errors import RecordingError, SourceNotFound
from tutor.trace.state import Source

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUTURE_FLAGS = 0x1FE0000  # the bits of co_flags that ``from __future__`` sets


@dataclass(frozen=True)
class Origin:
    """A function and the syntax tree that it was compiled from.

    Attributes
    ----------
    function : FunctionType
        The function whose code runs, with methods, partials and decorators taken off.
    source : Source
        Its source, as shown.
    node : FunctionDef
        Its node in the tree of the whole file, so that line numbers are the file's.
    enclosing_class : str or None
        The class that the function was defined in; private names are mangled with it.
    """

    function: types.FunctionType
    source: Source
    node: FunctionNode
    enclosing_class: str | None

    @property
    def future_flags(self) -> int:
        """Return the ``from __future__`` flags that the function was compiled under."""
        return self.function.__code__.co_flags & FUTURE_FLAGS


def plain_function(target: Callable[..., Any]) -> types.FunctionType:
    """Return the Python function behind a method, a partial, a decorator or a callable object.

    Raises
    ------
    RecordingError
        If there is none: a class, or a function that is written in C.
    """
    seen: Any = target
    while True:
        if isinstance(seen, functools.partial):
            seen = seen.func
        elif isinstance(seen, types.MethodType):
            seen = seen.__func__
        elif not isinstance(seen, type) and hasattr(seen, "__wrapped__"):
            seen = seen.__wrapped__
        elif isinstance(seen, types.FunctionType):
            return seen
        elif not isinstance(seen, type) and _own_call(seen) is not None:
            seen = _own_call(seen)
        else:
            break
    name = getattr(target, "__name__", repr(target))
    kind = "a class" if isinstance(target, type) else "not written in Python"
    raise RecordingError(
        f"{name} cannot be recorded: it is {kind}. Hand over a function whose lines you can read."
    )


def _own_call(value: object) -> types.FunctionType | None:
    """Return the method that runs when an object is called, if it is written in Python."""
    found = vars(type(value)).get("__call__")
    return found if isinstance(found, types.FunctionType) else None


def describe_source(function: types.FunctionType) -> Source:
    """Return a function's source, or a `Source` without lines where what ran is not there."""
    code = function.__code__
    unknown = Source(function.__name__, code.co_filename, code.co_firstlineno, ())
    text = _text_of(function)
    if not text or not _is_what_ran(function, text):
        return unknown
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):
        return unknown
    shown = tuple(line.rstrip("\n") for line in lines)
    return Source(function.__name__, code.co_filename, max(first, 1), shown)


def _text_of(function: types.FunctionType) -> str:
    linecache.checkcache(function.__code__.co_filename)
    return "".join(linecache.getlines(function.__code__.co_filename, function.__globals__))


def find_origin(target: Callable[..., Any]) -> Origin:
    """Find the source and the syntax tree of a function.

    Raises
    ------
    RecordingError
        If the target is no Python function, or a generator or coroutine.
    SourceNotFound
        If its source cannot be had, or is no longer what was run.
    """
    function = plain_function(target)
    code = function.__code__
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise RecordingError(
            f"{function.__name__} is a generator or a coroutine: calling it runs no line. "
            "Record an ordinary function that goes through it."
        )
    text = _text_of(function)
    if not text:
        raise SourceNotFound(
            f"The source of {function.__name__} ({code.co_filename}) cannot be had. "
            "Save the function in a file and import it from there."
        )
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise SourceNotFound(
            f"{code.co_filename} has changed since {function.__name__} was loaded "
            f"and no longer parses (line {error.lineno}). Load it again."
        ) from error
    for node, enclosing in _functions(tree, None):
        if _first_line(node) == code.co_firstlineno and node.name == code.co_name:
            if _is_what_ran(function, text):
                return Origin(function, describe_source(function), node, enclosing)
            break
    if code.co_name == "<lambda>":
        raise SourceNotFound("A lambda has one line and no statements to step through.")
    raise SourceNotFound(
        f"{code.co_filename} has changed since {function.__name__} was loaded. Load it again."
    )


def compile_function(origin: Origin, node: FunctionNode) -> types.CodeType:
    """Compile a (changed) node of the origin into a code object with the same free variables.

    Raises
    ------
    SourceNotFound
        If the compiled code would need other free variables than the function has.
    """
    code = origin.function.__code__
    names = [name for name in code.co_freevars if name != "__class__"]
    module = ast.parse(f"def factory({', '.join(names)}):\n class {_class_of(origin)}: pass")
    outer = module.body[0]
    assert isinstance(outer, ast.FunctionDef)
    if origin.enclosing_class:
        inner = outer.body[0]
        assert isinstance(inner, ast.ClassDef)
        inner.body = [node]
    else:
        outer.body = [node]
    own = {node.name, _class_of(origin)} - set(names)
    outer.body.insert(0, ast.Global(sorted(own)))  # in the file these are no names of a function
    ast.fix_missing_locations(module)
    flags = origin.future_flags
    compiled = compile(module, code.co_filename, "exec", flags=flags, dont_inherit=True)
    for candidate in _codes(compiled):
        if candidate.co_name == code.co_name and candidate.co_firstlineno == code.co_firstlineno:
            if candidate.co_freevars == code.co_freevars:
                return candidate.replace(co_qualname=code.co_qualname)
            break
    raise SourceNotFound(f"The source of {code.co_name} does not fit the function that was loaded.")


def _class_of(origin: Origin) -> str:
    return origin.enclosing_class or "Unused"


def _functions(node: ast.AST, enclosing: str | None) -> Iterator[tuple[FunctionNode, str | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield child, enclosing
            yield from _functions(child, enclosing)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, child.name)
        else:
            yield from _functions(child, enclosing)


def _first_line(node: FunctionNode) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _is_what_ran(function: types.FunctionType, text: str) -> bool:
    """Tell whether a file's text compiles to the code of the loaded function."""
    code = function.__code__
    try:
        compiled = _compiled(text, code.co_filename, code.co_flags & FUTURE_FLAGS)
        fresh = compiled.get(_place(code))
        if fresh is None:
            return False
        if _parts(fresh) == _parts(code):
            return True
        # A notebook compiles each statement by itself: then np.f(x) is other code.
        alone = _compiled_alone(text, code.co_filename, code.co_flags & FUTURE_FLAGS)
        if _parts(alone[_place(code)]) == _parts(code):
            return True
    except (SyntaxError, ValueError):
        return False
    if not any(name.startswith("@pytest_ar") for name in function.__globals__):
        return False
    # pytest has rewritten the asserts of this module: lines and names stay.
    lines = {line for _, _, line in code.co_lines() if line is not None}
    fresh_lines = {line for _, _, line in fresh.co_lines() if line is not None}
    return lines == fresh_lines and set(fresh.co_varnames) <= set(code.co_varnames)


@lru_cache(maxsize=32)
def _compiled(text: str, filename: str, flags: int) -> dict[tuple[str, int], types.CodeType]:
    """Return the code of each function of a file, by its place in it."""
    module = compile(text, filename, "exec", flags=flags, dont_inherit=True)
    return {_place(code): code for code in _codes(module)}


@lru_cache(maxsize=32)
def _compiled_alone(text: str, filename: str, flags: int) -> dict[tuple[str, int], types.CodeType]:
    """Return the code of each function of a file whose statements are compiled one by one."""
    found: dict[tuple[str, int], types.CodeType] = {}
    for statement in ast.parse(text).body:
        module = ast.Module([statement], [])
        code = compile(module, filename, "exec", flags=flags, dont_inherit=True)
        found.update({_place(inner): inner for inner in _codes(code)})
    return found


def _place(code: types.CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _parts(code: types.CodeType) -> tuple[object, ...]:
    """Return what makes two pieces of code the same, whatever they are called."""
    constants = [
        _parts(c) if isinstance(c, types.CodeType) else (type(c), c) for c in code.co_consts
    ]
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, tuple(constants)
